"""A settled dose -> grams: calculated exactly, then ordered, rounded once on what the regimen states."""

from fractions import Fraction
from typing import NamedTuple

from ivigcalc.dosing.rounding import Rounded, departs, order, round_amount
from ivigcalc.errors import Refused
from ivigcalc.model import MOST_DAYS, Cap, Rounding, Settled
from ivigcalc.numbers import screen_text
from ivigcalc.units import Basis


class Amounts(NamedTuple):
    """What a course holds [g]."""

    uncapped_g: Fraction  # the calculated course without the caps of the regimen's own source
    day_g: Fraction  # calculated
    course_g: Fraction  # calculated
    ordered_g: tuple[Fraction, ...]  # of each day, rising
    rounded_over: Basis
    tie: bool  # the rounded dose lay midway between two that could be ordered
    under_cap: bool  # only a cap of the source kept it from the higher of them


def amounts(phase: Settled, weight_kg: Fraction, rounding: Rounding) -> Amounts:
    """Calculate the dose of a course and order it day by day.

    Formula: dose per kg x dosing weight; x days for a course, or / days for a day.

    Args: the phase; dosing weight [kg]; how to round.
    Returns: the amounts [g].
    Raises: Refused when a course needs more days to keep a cap of its source, a day would hold nothing, or rounding changes
    the dose too much.
    """
    once = phase.dose_g_per_kg * weight_kg
    uncapped = once * phase.days if phase.per == "day" else once
    course = _capped(phase, uncapped, weight_kg) if phase.caps else uncapped
    day = once if course is uncapped and phase.per == "day" else course / phase.days
    over = rounded_over(phase, rounding)
    stated = day if over == "day" else course
    rounded = order(stated, phase.days, over, rounding, _most(phase, over, weight_kg) if phase.caps else None)
    day_cap = _own_cap(phase.caps, "day", weight_kg) if phase.caps else None
    if day_cap is not None and rounded.days_g[-1] > day_cap:
        rounded = _days_under(day_cap, stated, rounded, rounding)
    return Amounts(uncapped, day, course, rounded.days_g, over, rounded.tie, rounded.under_cap)


def rounded_over(phase: Settled, rounding: Rounding) -> Basis:
    """What a dose is rounded over: what was asked for, else what the regimen states.

    Args: the phase; how to round.
    """
    return rounding.applies_to or ("day" if phase.days == 1 else phase.per)


def _days_under(day_cap: Fraction, course: Fraction, rounded: Rounded, rounding: Rounding) -> Rounded:
    """Give every day of a course the highest amount that keeps its source's daily cap [g], where the split would pass it by a step."""
    days = len(rounded.days_g)
    day = round_amount(day_cap, rounding._replace(direction="down")).grams
    if departs(course, day * days, rounding):
        raise Refused(
            f"rounding would take a day to {_g(rounded.days_g[-1])}, more than the {_g(day_cap)} a day of the source; "
            f"write a smaller {'--vials' if rounding.step_g is None else '--round'}, or more --days"
        )
    return Rounded((day,) * days, tie=False, under_cap=True)


def _most(phase: Settled, over: Basis, weight_kg: Fraction) -> Fraction | None:
    """The most [g] that the caps of the regimen's own source leave for a day or a course."""
    day, course = (_own_cap(phase.caps, per, weight_kg) for per in ("day", "course"))
    caps = (day, course and course / phase.days) if over == "day" else (day and day * phase.days, course)
    return min((cap for cap in caps if cap is not None), default=None)


def _capped(phase: Settled, course: Fraction, weight_kg: Fraction) -> Fraction:
    """Apply the caps of the regimen's own source to a course [g]."""
    course_cap, day_cap = (_own_cap(phase.caps, per, weight_kg) for per in ("course", "day"))
    course = course if course_cap is None else min(course, course_cap)
    if day_cap is None or course / phase.days <= day_cap:
        return course
    if phase.per == "day":
        return day_cap * phase.days
    needed = -(-course // day_cap)
    mend = f"write --days {needed} or more" if needed <= MOST_DAYS else f"no course of up to {MOST_DAYS} days keeps that"
    raise Refused(
        f"{_g(course)} over {_days(phase.days)} is {_g(course / phase.days)} a day, more than the {_g(day_cap)} a day of the source; {mend}"
    )


def _own_cap(caps: tuple[Cap, ...], per: str, weight_kg: Fraction) -> Fraction | None:
    """The strictest cap [g] of the regimen's own source for a day or a course; one of an external source only warns."""
    return min((cap.at(weight_kg) for cap in caps if cap.per == per and not cap.cited.source.external), default=None)


def _days(count: int) -> str:
    return f"{count} day{'' if count == 1 else 's'}"


def _g(grams: Fraction) -> str:
    return f"{screen_text(grams)} g"
