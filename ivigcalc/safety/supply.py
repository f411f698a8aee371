"""What a second person should see of the product, its vials and its rates. Pure."""

from collections.abc import Iterator

from ivigcalc.model import NO_QUOTE, Finding, Plan, Product, Ramp, Rates, RateTable
from ivigcalc.numbers import screen_text
from ivigcalc.ramps import printed_rate, rate_in_words


def check_supply(plan: Plan) -> Iterator[Finding]:
    """Find what there is to say of the supply and the rates of a plan.

    Args: plan.
    Returns: the findings.
    """
    supply, rates = plan.choices.supply, plan.rates
    if supply and supply.product:
        yield from _unquoted(supply.product, vials=not supply.vials_by_hand)
        if rates and rates.choice.table:
            yield from _shown_only(supply.product, rates.choice.table)
        if not supply.vials_g:
            text = f"No source that was read states the vial sizes of {supply.product.id}; add --vials for vials and waste."
            yield Finding("vials-not-stated", "note", text)
    if rates:
        yield from _rates(plan, rates)
        yield from _steps(plan, rates)


def _unquoted(product: Product, *, vials: bool) -> Iterator[Finding]:
    """Name the figures that were read without keeping the source's words."""
    figures = [("concentration", product.concentration.quote, product.concentration.source)]
    if vials and product.vials:
        figures.append(("vial sizes", product.vials.quote, product.vials.source))
    for what, quote, source in figures:
        if quote is None:
            yield Finding("unquoted", "note", f"{product.name}, {what}: {NO_QUOTE}; check it against the label.", source.citation)


def _shown_only(product: Product, table: RateTable) -> Iterator[Finding]:
    """Name the rates of the label that are shown and are never a step."""
    for what, rate in (("first rate", table.first), ("maximum rate", table.maximum)):
        if rate.shown_only:
            text = f"{product.name}, {what}: shown only and never a step: {rate.shown_only}; check it against the label."
            yield Finding("rate-shown-only", "warning", text, rate.source.citation)


def _rates(plan: Plan, rates: Rates) -> Iterator[Finding]:
    """What stands behind the rates, or why there are none."""
    choice = rates.choice
    if choice.indication and choice.table:
        regimen = f"; the regimen is for {plan.regimen.indication}" if plan.regimen else ""
        other = f", for which the label has rates of its own, for {choice.passed_over}" if choice.passed_over else ""
        text = f"The label's rates for {choice.table.label} were asked for with --rate-for{regimen}{other}."
        yield Finding("rate-for", "warning" if choice.passed_over else "note", text)
    yield from _at_risk(rates)
    if rates.ramp is None:
        if choice.open and choice.ramp:
            text = f"The ramp is not run, as no maximum of the label is known for it: {choice.open}; {choice.mend}."
            yield Finding("ramp-not-run", "warning", text)
        elif choice.open:
            mend = f"{choice.mend}, or " if choice.mend else ""
            yield Finding("rate-open", "note", f"No rate is given: {choice.open}; {mend}add --ramp with the rates of your ward.")
        return
    yield from _ramp(rates, rates.ramp)


def _at_risk(rates: Rates) -> Iterator[Finding]:
    """What the label asks for in a patient at risk, and the risks of which it was read to say nothing."""
    for entry in rates.at_risk:
        if entry.sentence:
            text = f'Patient at risk; the label says: "{entry.sentence.value}"'
            yield Finding("at-risk", "warning", text, entry.sentence.source.citation)
        if entry.rate:
            text = f"Patient at risk: the label's own maximum for that counts, {printed_rate(entry.rate, rates.weight_kg)}."
            yield Finding("at-risk", "warning", text, entry.rate.source.citation)
    known = {risk for entry in rates.at_risk for risk in entry.risks}
    for risk in rates.choice.risks:
        if risk not in known:
            text = (
                f"Patient at risk, {risk}: no label that was read says anything of it for this product; the ramp is not held against one."
            )
            yield Finding("at-risk", "warning", text)


def _ramp(rates: Rates, ramp: Ramp) -> Iterator[Finding]:
    """Where the ramp is from, and where it is faster than the label."""
    cited, table, first = ramp.cited, rates.choice.table, rates.ladder[0]
    source = cited.place if cited else None
    said = f" {ramp.note[0].upper()}{ramp.note[1:]}." if ramp.note else ""
    if ramp.words != "typed" and (cited or ramp.note):
        yield Finding("ramp", "warning" if cited else "note", f"Ramp {ramp.name}: {ramp.words}.{said}", source)
    if table is None:
        mend = f"; {rates.choice.mend}" if rates.choice.mend else ""
        yield Finding("no-label-maximum", "warning", f"The ramp is not held against a label: {rates.choice.open}{mend}.")
        return
    if first.rate > table.first.ml_per_kg_per_h:
        text = f"The ramp starts above the first rate of the label, {printed_rate(table.first, rates.weight_kg)}."
        yield Finding("above-first-rate", "warning", text, table.first.source.citation)
    held = table.first.minutes
    if held and first.minutes is not None and first.minutes < held.value.low:
        text = f"The ramp holds its first rate for {screen_text(first.minutes)} min and not for the {held.value.low} min of the label."
        yield Finding("sooner-than-label", "warning", text, held.source.citation)
    every = table.step_minutes
    if every and any(step.minutes is not None and step.minutes < every.value.low for step in (rates.ladder[1:] if held else rates.ladder)):
        text = f"The ramp rises sooner than every {every.value.low} min, as the label has it."
        yield Finding("sooner-than-label", "warning", text, every.source.citation)


def _steps(plan: Plan, rates: Rates) -> Iterator[Finding]:
    """Where the label's maximum lowered a ramp."""
    cap = rates.cap
    if cap and any(step.capped for infusion in plan.infusions for step in infusion.given.steps or ()):
        of = "the maximum of the label for a patient at risk" if cap.at_risk else "the maximum of the label"
        held = max(step.ml_per_h for infusion in plan.infusions for step in infusion.given.steps or ())
        text = f"The ramp would rise above {of}, {rate_in_words(cap, rates.weight_kg)}, and is held at {screen_text(held)} mL per hour."
        yield Finding("capped-rate", "warning", text)
