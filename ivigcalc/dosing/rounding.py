"""The one rounding step, and the split of a course over its days."""

from fractions import Fraction
from typing import NamedTuple

from ivigcalc.errors import Refused
from ivigcalc.model import Rounding
from ivigcalc.numbers import exact_text, over_one, screen_text
from ivigcalc.units import Basis

FINER_STEPS_G = tuple(Fraction(step) for step in ("10", "5", "2.5", "1", "0.5", "0.1", "0.01"))
"""What a refused rounding is offered instead: our choice of steps, coarser first."""


class Rounded(NamedTuple):
    """What rounding made of a dose."""

    days_g: tuple[Fraction, ...]  # ordered, of each day, rising
    tie: bool
    under_cap: bool  # the lower was taken only because the other would be more than the source's cap


class _Amount(NamedTuple):
    """A rounded amount [g], whether the calculated one lay midway, and whether it would have been the higher but for a cap."""

    grams: Fraction
    tie: bool = False
    under_cap: bool = False


def order(stated: Fraction, days: int, over: Basis, rounding: Rounding, most: Fraction | None) -> Rounded:
    """Round what the regimen states once, and split a course over its days in whole steps, larger days last.

    Args: the dose of a day or of the course [g], as `over` says; days of the course; the rounding; the most that may come out [g],
    such as a cap of the source, None for no bound.
    Returns: the ordered dose of each day.
    Raises: Refused for a departure beyond the limit, and for a day that would hold nothing.
    """
    rule = rounding.rule
    if rule and rule.ask_below_g is not None and (day := stated if over == "day" else stated / days) < rule.ask_below_g:
        raise Refused(
            f'--round {rule.id}: {_g(day)} a day is below {_g(rule.ask_below_g)}: {rule.note}; write the step itself, such as --round "1 g"'
        )
    amount = round_amount(stated, rounding, most)
    too_much, finer_would_do = departs(stated, amount.grams, rounding), rounding.step_g != FINER_STEPS_G[-1]
    if too_much and finer_would_do:  # a finer step mends an empty day too, so it is what to say
        raise Refused(_too_much(stated, days, over, rounding, most))
    ordered = _share(amount.grams, days, over, rounding)
    if ordered[0] == 0:
        raise Refused(_empty(stated * days if over == "day" else stated, ordered, rounding))
    if too_much:
        raise Refused(_too_much(stated, days, over, rounding, most))
    return Rounded(ordered, amount.tie, amount.under_cap)


def departs(stated: Fraction, amount: Fraction, rounding: Rounding) -> bool:
    """Whether rounding changes a dose by more than is allowed.

    Args: dose [g]; the rounded dose [g]; the rounding.
    """
    (rounded, meant, most), parts = over_one((amount, stated, rounding.limit_percent))
    return abs(rounded - meant) * 100 * parts > most * meant


def _empty(course: Fraction, ordered: tuple[Fraction, ...], rounding: Rounding) -> str:
    """Say that some days would hold nothing."""
    finer = " or smaller --vials" if rounding.step_g is None else "" if rounding.step_g == FINER_STEPS_G[-1] else " or a smaller --round"
    days, empty = _days(len(ordered)), ordered.count(Fraction(0))
    which = "a day" if empty == 1 else "each day" if empty == len(ordered) else f"{empty} days"
    return (
        f"{_g(course)} over {days} leaves {which} with nothing when rounded to {_to(rounding)}; "
        f"check the weight and the dose, or write fewer --days{finer}"
    )


def round_amount(amount: Fraction, rounding: Rounding, most: Fraction | None = None) -> _Amount:
    """Round to a multiple of the step, or to a sum of whole vials; a tie goes to the lower one, since no published rule says otherwise.

    Args: amount [g]; the rounding; the most that may come out [g], None for no bound.
    Returns: the rounded amount.
    """
    below, above = _neighbours(amount, rounding)
    if below == above or rounding.direction == "down":
        return _Amount(below)
    (low, meant, high), _ = over_one((below, amount, above))
    if rounding.direction == "up" or high - meant < meant - low:
        too_much = most is not None and above > most
        return _Amount(below if too_much else above, under_cap=too_much)
    tie = high - meant == meant - low and (most is None or above <= most)
    return _Amount(below, tie)


def _neighbours(amount: Fraction, rounding: Rounding) -> tuple[Fraction, Fraction]:
    """The amounts on either side that could be ordered [g]; both are the amount itself where it is one of them."""
    if rounding.step_g is None:
        from ivigcalc.dosing.vials import below_and_above  # only where whole vials are asked for

        return below_and_above(amount, rounding.vials_g)
    (meant, step), parts = over_one((amount, rounding.step_g))
    steps, rest = divmod(meant, step)
    return Fraction(steps * step, parts), Fraction((steps + (1 if rest else 0)) * step, parts)


def _share(amount: Fraction, days: int, over: Basis, rounding: Rounding) -> tuple[Fraction, ...]:
    """The dose of each day [g], of a rounded dose of a day or of the course."""
    if over == "day":
        return (amount,) * days
    if rounding.step_g is None:
        from ivigcalc.dosing.vials import split_in_vials

        return split_in_vials(amount, days, rounding.vials_g)
    return split_over_days(amount, days, rounding.step_g)


def split_over_days(course: Fraction, days: int, step: Fraction) -> tuple[Fraction, ...]:
    """Split a course over its days in whole steps, larger days last; the days add up to the course exactly.

    Args: course [g], a multiple of step; days [count]; step [g].
    Returns: one amount [g] a day.
    """
    steps, larger = divmod(int(course / step), days)
    return (step * steps,) * (days - larger) + (step * (steps + 1),) * larger


def _too_much(stated: Fraction, days: int, over: Basis, rounding: Rounding, most: Fraction | None) -> str:
    """Say by how much rounding would change the dose, and the nearest amount that fits."""
    amount = round_amount(stated, rounding, most)
    change = (amount.grams - stated) / stated * 100
    what = f"{_g(stated)} a day" if over == "day" else f"a course of {_g(stated)}"
    capped = f", and no more, as {_g(most)} is the most that the source allows" if amount.under_cap and most else ""
    by = f"{screen_text(abs(change), 1)}% {'more' if change > 0 else 'less'}"
    return (
        f"--round: {what} would become {_g(amount.grams)} when rounded {_direction(rounding)}to {_to(rounding)}{capped}, {by}; "
        f"at most {screen_text(rounding.limit_percent)}% is allowed ({rounding.limit_source}). {_mend(stated, days, over, rounding, most)}"
    )


def _mend(stated: Fraction, days: int, over: Basis, rounding: Rounding, most: Fraction | None) -> str:
    """The nearest amount within the limit, and what to type for it."""
    rule = rounding.rule
    ruled = rule is not None and rule.direction is not None
    offers = [] if ruled or rounding.direction == "nearest" else [(rounding._replace(direction="nearest"), "--direction nearest")]
    largest = max(rounding.vials_g) if rounding.step_g is None else rounding.step_g
    finer = rounding._replace(direction="nearest") if ruled else rounding
    offers += [
        (finer._replace(step_g=step), f'--round "{exact_text(step)} g"{_over(rule.over if rule else None)}')
        for step in FINER_STEPS_G
        if step < largest
    ]
    for other, words in offers:
        amount = round_amount(stated, other, most).grams
        if not departs(stated, amount, other) and 0 not in _share(amount, days, over, other):
            steps = "of whole vials" if other.step_g is None else f"in steps of {_g(other.step_g)}"
            return f"The nearest amount that fits {steps} is {_g(amount)}: write {words}"
    return f"No amount in steps of {_g(FINER_STEPS_G[-1])} fits; check the weight and the dose"


def _over(basis: Basis | None) -> str:
    """What keeps the basis of a rule when its step is written by hand."""
    return f" --round-over {basis}" if basis else ""


def _direction(rounding: Rounding) -> str:
    return "" if rounding.direction == "nearest" else f"{rounding.direction} "


def _to(rounding: Rounding) -> str:
    if rounding.step_g is None:
        return f"whole vials of {', '.join(exact_text(size) for size in sorted(rounding.vials_g))} g"
    return _g(rounding.step_g)


def _days(count: int) -> str:
    return f"{count} day{'' if count == 1 else 's'}"


def _g(grams: Fraction) -> str:
    return f"{screen_text(grams)} g"
