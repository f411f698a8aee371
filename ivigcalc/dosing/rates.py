"""What a label states and what was chosen -> how an infusion runs. No rate is invented, and none is above the label's maximum."""

from collections.abc import Iterable
from fractions import Fraction

from ivigcalc.dosing.infusion import above, pump_rate, rising, run_ramp
from ivigcalc.errors import InputError, Refused
from ivigcalc.model import AtRisk, Product, PumpStep, Ramp, RampStep, Rate, RateCap, RateChoice, Rates, RateTable, Supply
from ivigcalc.ramps import both, rate_in_words


def settle_rates(choice: RateChoice, supply: Supply, patient_kg: Fraction, dosing_kg: Fraction) -> Rates:
    """Settle how an infusion runs: by the ramp that was named, else by the label's own ladder, else not at all.

    The rate rests on the lower of actual and dosing weight, a choice of our own: no source that was read but one says which.

    Args: what was chosen; what the doses are drawn from; actual and dosing weight [kg].
    Returns: the rates.
    Raises: Refused where a patient at risk needs a ramp, a ramp starts above the label's maximum, or the printed one cannot be run;
    InputError for a ramp that never ends.
    """
    weight = min(patient_kg, dosing_kg)
    found = at_risk(choice, supply.product)
    cap = _cap(choice.table, found)
    ramp = _ramp(choice, supply, found)
    ladder = _ladder(ramp, choice.table, weight, cap) if ramp else ()
    table = choice.table
    first = table.first.ml_per_kg_per_h if table and not table.first.shown_only else None
    if ladder and cap:
        _refuse_above(ladder, cap, weight)
    return Rates(
        choice=choice,
        at_risk=found,
        cap=cap,
        ramp=ramp,
        ladder=ladder,
        weight_kg=weight,
        first_ml_per_h=None if first is None else pump_rate(first, weight, choice.pump_step),
        most_ml_per_h=None
        if cap is None or cap.shown_only
        else pump_rate(cap.ml_per_kg_per_h, weight, choice.pump_step, less_than=cap.less_than),
    )


def run(rates: Rates, volume: Fraction) -> tuple[PumpStep, ...] | None:
    """The steps that a volume takes.

    Args: the rates; volume [mL].
    Returns: the steps, None where no ramp is known.
    Raises: Refused where the pump cannot run as slowly as a step asks.
    """
    return run_ramp(rates.ladder, volume, rates.weight_kg, rates.choice.pump_step, rates.cap) if rates.ladder else None


def shortest_minutes(rates: Rates, volume: Fraction) -> Fraction | None:
    """The shortest time [minutes] that a volume [mL] could take: at the label's maximum all the time; None without one."""
    return volume * 60 / rates.most_ml_per_h if rates.most_ml_per_h else None


def at_risk(choice: RateChoice, product: Product | None) -> tuple[AtRisk, ...]:
    """What the label asks for in a patient with the risks that were named."""
    return tuple(entry for entry in product.at_risk if set(entry.risks) & set(choice.risks)) if product else ()


def _cap(table: RateTable | None, found: tuple[AtRisk, ...]) -> RateCap | None:
    """The lowest of the label's maximum for the indication and for the patient at risk."""
    rates = [(table.maximum, False)] if table else []
    rates += [(entry.rate, True) for entry in found if entry.rate]
    caps = [RateCap(rate.ml_per_kg_per_h, rate.less_than, at_risk, rate.shown_only) for rate, at_risk in rates]
    return min(caps, key=lambda cap: (cap.ml_per_kg_per_h, not cap.less_than), default=None)


def _ramp(choice: RateChoice, supply: Supply, found: tuple[AtRisk, ...]) -> Ramp | None:
    """The ramp that was named, else the label's own ladder; a patient at risk without a figure of the label needs a named one."""
    if choice.ramp and choice.table is None and supply.product and supply.product.rates:
        return None  # which of the label's maxima would cap it is not known
    if isinstance(choice.ramp, Ramp) and choice.ramp.doubles_after is None:
        return choice.ramp
    _ask_at_risk(choice, supply, found)
    if isinstance(choice.ramp, Ramp):
        return choice.ramp
    printed = _printed(choice.table) if choice.table else choice.open
    if isinstance(printed, Ramp) and (choice.ramp == "printed" or _is_label(choice.table)):
        return printed
    if choice.ramp == "printed":
        raise Refused(f'--ramp printed: {printed}; write the rates of your ward, such as --ramp "0.5, 1, 2 mL/kg/h every 30 min"')
    return None


def _ask_at_risk(choice: RateChoice, supply: Supply, found: tuple[AtRisk, ...]) -> None:
    """Ask for a ramp where the label gives a patient at risk no figure."""
    for risk in choice.risks:
        entries = [entry for entry in found if risk in entry.risks]
        if any(entry.rate for entry in entries):
            continue
        said = "no label is known for a concentration alone"
        if supply.product:
            sentence = next(
                (f'says only "{entry.sentence.value}"' for entry in entries if entry.sentence), "was read without a rate for it"
            )
            said = f"the label of {supply.product.id} {sentence}"
        raise Refused(
            f"--at-risk {risk.replace(' ', '-')}: {said}, so no rate is taken from it; write the rates of your ward, "
            'such as --ramp "0.5, 1, 2 mL/kg/h every 30 min"'
        )


def _is_label(table: RateTable | None) -> bool:
    """Whether the steps between are the label's own, which need not be asked for."""
    return bool(table and table.ladder and table.ladder.kind == "labelled")


def _printed(table: RateTable) -> Ramp | str:
    """The steps that a source prints for this product and indication, or why there are none to run."""
    if not table.ladder and not table.increment:
        return "no steps between the first rate and the maximum are printed"
    rates = [table.first, *(table.ladder.steps if table.ladder else ()), *([table.increment] if table.increment else ())]
    for rate in rates:
        if why := _unusable(rate):
            return why
    if table.maximum.shown_only:
        return f"the maximum is shown only: {table.maximum.shown_only}"
    steps = [_held(rate) for rate in rates if rate is not table.increment]
    most = table.maximum.ml_per_kg_per_h
    if table.increment:
        more, every = table.increment.ml_per_kg_per_h, _held(table.increment).minutes
        assert every is not None
        steps += rising(steps[-1].rate + more, every, most, lambda rate: rate + more)
    else:
        steps.append(RampStep(most, None))
    kind = table.ladder.kind if table.ladder else "labelled increment"
    what = {"labelled": "the steps of the label", "labelled increment": "the increment that the label prints"}.get(
        kind, f"a {kind}, not the label"
    )
    return Ramp("printed", what, tuple(steps), note=_ranges(rates))


def _unusable(rate: Rate) -> str | None:
    """Why a printed rate is never a step: its own reason, or a time that no source's words hold."""
    if rate.shown_only:
        return f"{rate.printed[0]} is shown only: {rate.shown_only}"
    if rate.minutes is None:
        return f"no source states how long {rate.printed[0]} is held"
    return None if rate.minutes.quote else f"of the time for {rate.printed[0]} no verbatim quote was kept"


def _held(rate: Rate) -> RampStep:
    """A printed rate for the longer of its printed times: the slower infusion."""
    assert rate.minutes
    return RampStep(rate.ml_per_kg_per_h, Fraction(rate.minutes.value.high))


def _ranges(rates: Iterable[Rate]) -> str | None:
    """Say that a printed time is a range and which end of it was taken."""
    spans = dict.fromkeys(rate.minutes.value for rate in rates if rate.minutes and rate.minutes.value.fixed is None)
    return "; ".join(f"{span.low} to {span.high} min is printed, and the longer is taken" for span in spans) or None


def _ladder(ramp: Ramp, table: RateTable | None, weight_kg: Fraction, cap: RateCap | None) -> tuple[RampStep, ...]:
    """The steps of a ramp [mL/kg/h]."""
    if ramp.doubles_after is None:
        return tuple(step if step.per_kg else RampStep(step.rate / weight_kg, step.minutes) for step in ramp.steps)
    if table is None or cap is None:
        raise InputError(
            "--ramp: doubling never ends, as no first rate and maximum of a label are known here; "
            'write the rates, such as "0.5, 1, 2 mL/kg/h every 30 min"'
        )
    for what, rate in (("first rate", table.first), ("maximum", table.maximum)):
        if rate.shown_only:
            raise Refused(
                f"--ramp: the label's {what}, {rate_in_words(rate, weight_kg)}, is shown only: {rate.shown_only}; "
                'write the rates themselves, such as "0.5, 1, 2 mL/kg/h every 30 min"'
            )
    return rising(table.first.ml_per_kg_per_h, ramp.doubles_after, cap.ml_per_kg_per_h, lambda rate: rate * 2)


def _refuse_above(ladder: tuple[RampStep, ...], cap: RateCap, weight_kg: Fraction) -> None:
    """Refuse a ramp that starts above the maximum, or would have to be lowered to one that is never a rate step."""
    of = f"the label's maximum{' for a patient at risk' if cap.at_risk else ''}, {rate_in_words(cap, weight_kg)}"
    if above(ladder[0].rate, cap):
        raise Refused(f"--ramp: its first rate, {both(ladder[0].rate, weight_kg)}, is above {of}; write a ramp that starts lower")
    if cap.shown_only and above(ladder[-1].rate, cap):
        raise Refused(f"--ramp: it rises above {of}, which is shown only: {cap.shown_only}; write a ramp that stays within it")
