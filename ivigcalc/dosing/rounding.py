"""The one rounding step, and the split of a course over its days."""

from fractions import Fraction
from typing import NamedTuple

from ivigcalc.dosing.vials import below_and_above, split_in_vials
from ivigcalc.errors import Refused
from ivigcalc.model import Rounding
from ivigcalc.numbers import exact_text, screen_text
from ivigcalc.units import Basis

FINER_STEPS_G = tuple(Fraction(step) for step in ("10", "5", "2.5", "1", "0.5", "0.1", "0.01"))
"""What a refused rounding is offered instead: our choice of steps, coarser first."""


class Rounded(NamedTuple):
    """What rounding made of a dose."""

    days_g: tuple[Fraction, ...]  # ordered, of each day, rising
    tie: bool


def order(stated: Fraction, days: int, over: Basis, rounding: Rounding, most: Fraction | None) -> Rounded:
    """Round what the regimen states once, and split a course over its days in whole steps, larger days last.

    Args: the dose of a day or of the course [g], as `over` says; days of the course; the rounding; the most that may come out [g],
    such as a cap of the source, None for no bound.
    Returns: the ordered dose of each day.
    Raises: Refused for a departure beyond the limit, and for a day that would hold nothing.
    """
    rule = rounding.rule
    if rule and rule.ask_below_g is not None and stated < rule.ask_below_g:
        raise Refused(
            f'--round {rule.id}: {_g(stated)} is below {_g(rule.ask_below_g)}: {rule.note}; write the step itself, such as --round "1 g"'
        )
    amount, tie = round_amount(stated, rounding, most)
    ordered = (amount,) * days if over == "day" else _split(amount, days, rounding)
    departs = abs(amount - stated) * 100 > rounding.limit_percent * stated
    finer_would_do = rounding.step_g != Rounding().step_g
    if ordered[0] == 0 and not (departs and finer_would_do):
        raise Refused(_empty(stated * days if over == "day" else stated, ordered, rounding))
    if departs:
        raise Refused(_departs(stated, amount, over, rounding, most))
    return Rounded(ordered, tie)


def _empty(course: Fraction, ordered: tuple[Fraction, ...], rounding: Rounding) -> str:
    """Say that some days would hold nothing."""
    finer = " or smaller --vials" if rounding.step_g is None else ""
    days, empty = _days(len(ordered)), ordered.count(Fraction(0))
    which = "a day" if empty == 1 else "each day" if empty == len(ordered) else f"{empty} days"
    return (
        f"{_g(course)} over {days} leaves {which} with nothing when rounded to {_to(rounding)}; "
        f"check the weight and the dose, or write fewer --days{finer}"
    )


def round_amount(amount: Fraction, rounding: Rounding, most: Fraction | None = None) -> tuple[Fraction, bool]:
    """Round to a multiple of the step, or to a sum of whole vials; a tie goes to the lower one, since no published rule says otherwise.

    Args: amount [g]; the rounding; the most that may come out [g], None for no bound.
    Returns: the rounded amount [g]; whether it lay midway.
    """
    below, above = _neighbours(amount, rounding)
    if below == above or rounding.direction == "down" or (most is not None and above > most):
        return below, False
    if rounding.direction == "up":
        return above, False
    return (above if above - amount < amount - below else below), above - amount == amount - below


def _neighbours(amount: Fraction, rounding: Rounding) -> tuple[Fraction, Fraction]:
    """The amounts on either side that could be ordered [g]; both are the amount itself where it is one of them."""
    if rounding.step_g is None:
        return below_and_above(amount, rounding.vials_g)
    steps, rest = divmod(amount, rounding.step_g)
    return rounding.step_g * steps, rounding.step_g * (steps + (1 if rest else 0))


def _split(course: Fraction, days: int, rounding: Rounding) -> tuple[Fraction, ...]:
    if rounding.step_g is None:
        return split_in_vials(course, days, rounding.vials_g)
    return split_over_days(course, days, rounding.step_g)


def split_over_days(course: Fraction, days: int, step: Fraction) -> tuple[Fraction, ...]:
    """Split a course over its days in whole steps, larger days last; the days add up to the course exactly.

    Args: course [g], a multiple of step; days [count]; step [g].
    Returns: one amount [g] a day.
    """
    steps, larger = divmod(int(course / step), days)
    return (step * steps,) * (days - larger) + (step * (steps + 1),) * larger


def _departs(stated: Fraction, amount: Fraction, over: Basis, rounding: Rounding, most: Fraction | None) -> str:
    """Say by how much rounding would change the dose, and the nearest amount that fits."""
    change = (amount - stated) / stated * 100
    what = f"{_g(stated)} a day" if over == "day" else f"a course of {_g(stated)}"
    by = f"{screen_text(abs(change), 1)}% {'more' if change > 0 else 'less'}"
    return (
        f"--round: {what} would become {_g(amount)} when rounded {_direction(rounding)}to {_to(rounding)}, {by}; "
        f"at most {screen_text(rounding.limit_percent)}% is allowed ({rounding.limit_source}). {_mend(stated, rounding, most)}"
    )


def _mend(stated: Fraction, rounding: Rounding, most: Fraction | None) -> str:
    """The nearest amount within the limit, and what to type for it."""
    step = rounding.step_g
    offers = [(rounding._replace(direction="nearest"), "--direction nearest")] if rounding.direction != "nearest" else []
    largest = max(rounding.vials_g) if step is None else step
    offers += [
        (Rounding(finer, limit_percent=rounding.limit_percent), f'--round "{exact_text(finer)} g"')
        for finer in FINER_STEPS_G
        if finer < largest
    ]
    for other, words in offers:
        amount, _ = round_amount(stated, other, most)
        if abs(amount - stated) * 100 <= rounding.limit_percent * stated:
            return f"The nearest amount that fits is {_g(amount)}: write {words}"
    return "No amount in steps of 0.01 g fits; check the weight and the dose"


def _direction(rounding: Rounding) -> str:
    return "" if rounding.direction == "nearest" else f"{rounding.direction} "


def _to(rounding: Rounding) -> str:
    if rounding.step_g is None:
        return f"whole vials of {', '.join(_g(size) for size in rounding.vials_g)}"
    return _g(rounding.step_g)


def _days(count: int) -> str:
    return f"{count} day{'' if count == 1 else 's'}"


def _g(grams: Fraction) -> str:
    return f"{screen_text(grams)} g"
