"""A settled dose -> grams: calculated exactly, then ordered, rounded once on what the regimen states."""

from fractions import Fraction
from typing import NamedTuple

from ivigcalc.dosing.rounding import DEFAULT_STEP_G, round_to_step, split_over_days
from ivigcalc.errors import Refused
from ivigcalc.model import MOST_DAYS, Cap, Settled
from ivigcalc.numbers import screen_text


class Amounts(NamedTuple):
    """What a course holds [g]."""

    uncapped_g: Fraction  # the calculated course without the caps of the regimen's own source
    day_g: Fraction  # calculated
    course_g: Fraction  # calculated
    ordered_g: tuple[Fraction, ...]  # of each day, rising


def amounts(phase: Settled, weight_kg: Fraction) -> Amounts:
    """Calculate the dose of a course and order it day by day.

    Formula: dose per kg x dosing weight; x days for a course, or / days for a day.

    Args: the phase; dosing weight [kg].
    Returns: the amounts [g].
    Raises: Refused when a course needs more days to keep a cap of its source, or a day would hold nothing.
    """
    once = phase.dose_g_per_kg * weight_kg
    uncapped = once * phase.days if phase.per == "day" else once
    course = _capped(phase, uncapped, weight_kg)
    most = _own_cap(phase.caps, "course", weight_kg)
    if phase.per == "day":
        ordered = (round_to_step(course / phase.days, DEFAULT_STEP_G, most and most / phase.days),) * phase.days
    else:
        ordered = split_over_days(round_to_step(course, DEFAULT_STEP_G, most), phase.days, DEFAULT_STEP_G)
    if min(ordered) == 0:
        raise Refused(
            f"{_g(course)} over {_days(phase.days)} leaves a day with nothing when rounded to {_g(DEFAULT_STEP_G)}; "
            "check the weight and the dose, or write fewer --days"
        )
    return Amounts(uncapped, course / phase.days, course, ordered)


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
