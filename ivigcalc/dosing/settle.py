"""A phase as the source states it + what the user chose -> a phase with every figure settled, and what was changed."""

from fractions import Fraction
from typing import Literal, NamedTuple

from ivigcalc.errors import InputError, Refused
from ivigcalc.model import MOST_DAYS, Cap, Choices, Override, Phase, Settled, Span
from ivigcalc.numbers import exact_text, screen_text
from ivigcalc.units import Basis, Dose
from ivigcalc.when import Interval

BY_HAND = Phase(name="course", dose=None, per="course", days=None, every=None, cycles=None)
"""A regimen that states nothing: the frame of a dose entered by hand."""


class Amounts(NamedTuple):
    """The calculated dose of a day and of a course [g], after the caps of the regimen's own source."""

    uncapped_g: Fraction  # the course without the caps
    day_g: Fraction
    course_g: Fraction


def missing(phase: Phase, choices: Choices) -> tuple[str, ...]:
    """Name the options that would settle what the source leaves open; the interval only where it states a range.

    Args: the phase; what was chosen.
    Returns: option names, such as --days.
    """
    open_figures = {
        "--dose": choices.dose is None and (phase.dose is None or phase.dose.fixed is None),
        "--days": choices.days is None and (phase.days is None or phase.days.fixed is None),
        "--every": choices.every is None and phase.every is not None and phase.every.fixed is None,
    }
    return tuple(option for option, is_open in open_figures.items() if is_open)


def settle(phase: Phase, choices: Choices, weight_kg: Fraction) -> Settled:
    """Settle a phase in which nothing is missing.

    Args: the phase; what was chosen; dosing weight [kg], for the words of a refusal.
    Returns: the phase with one figure each.
    Raises: InputError for a dose with two readings.
    """
    days = choices.days or (phase.days and phase.days.fixed) or 1
    dose = read_basis(choices.dose, days, weight_kg) or Dose(phase.dose.low if phase.dose else Fraction(0), phase.per)
    every = choices.every or (phase.every and phase.every.fixed)
    overrides = tuple(
        override
        for override in (
            _dose_override(phase, dose, days) if choices.dose else None,
            count_override("days", phase.days, choices.days),
            _interval_override(phase.every, choices.every),
        )
        if override
    )
    changed = {override.what for override in overrides}
    stated = {"dose": None if phase.between else phase.dose, "days": phase.days, "every": phase.every}
    entered = tuple(what for what, span in stated.items() if span is None and what not in changed and getattr(choices, what) is not None)
    from_source: set[Basis] = set()
    if stated["dose"] and "dose" not in changed:
        from_source = {"day", "course"} if phase.days and "days" not in changed else {phase.per}
    return Settled(
        name=phase.name,
        dose_g_per_kg=dose.g_per_kg,
        per=dose.per or phase.per,
        days=days,
        every=every or None,
        cycles=phase.cycles,
        begins=phase.begins,
        caps=phase.caps,
        overrides=overrides,
        entered=entered,
        from_source=frozenset(from_source),
    )


def read_basis(dose: Dose | None, days: int | None, weight_kg: Fraction) -> Dose | None:
    """Refuse a dose that could be for a day or for the course; over one day both are the same.

    Args: the dose as typed, None where none was; days of the course, None where not known; dosing weight [kg].
    Returns: the dose with its basis.
    Raises: InputError with both readings in grams: the best-documented IVIG error is the one read as the other.
    """
    if dose is None or dose.per:
        return dose
    if days == 1:
        return Dose(dose.g_per_kg, "day")
    once = dose.g_per_kg * weight_kg
    if days is None:
        readings = f"{dose}/course is {_g(once)} in all; {dose}/day is {_g(once)} every day"
    else:
        readings = (
            f"{dose}/course is {_g(once)} in all, {_g(once / days)} a day; "
            f"{dose}/day is {_g(once)} a day, {_g(once * days)} in all over {days} days"
        )
    raise InputError(f'--dose: "{dose}" has two readings: {readings}; write --dose "{dose}/course" or --dose "{dose}/day"')


def amounts(phase: Phase | Settled, dose_g_per_kg: Fraction, per: Basis, days: int, weight_kg: Fraction) -> Amounts:
    """Calculate the dose of a day and of a course, exactly.

    Formula: dose per kg x dosing weight; x days for a course, or / days for a day.

    Args: the phase, for its caps; dose [g/kg]; its basis; days of the course; dosing weight [kg].
    Returns: the amounts [g].
    Raises: Refused when a course needs more days to keep a cap of its source.
    """
    once = dose_g_per_kg * weight_kg
    uncapped = once * days if per == "day" else once
    course_cap, day_cap = (own_cap(phase.caps, of) for of in ("course", "day"))
    course = uncapped if course_cap is None else min(uncapped, course_cap)
    if day_cap is not None and course / days > day_cap:
        if per == "course":
            needed = -(-course // day_cap)
            mend = f"write --days {needed} or more" if needed <= MOST_DAYS else f"no course of up to {MOST_DAYS} days keeps that"
            raise Refused(
                f"{_g(course)} over {days} day{'' if days == 1 else 's'} is {_g(course / days)} a day, more than the "
                f"{_g(day_cap)} a day of the source; {mend}"
            )
        course = day_cap * days
    return Amounts(uncapped, course / days, course)


def own_cap(caps: tuple[Cap, ...], per: str) -> Fraction | None:
    """The strictest cap [g] of the regimen's own source for a day or a course; one of an external source only warns."""
    return min((cap.grams for cap in caps if cap.per == per and not cap.cited.source.external), default=None)


def _dose_override(phase: Phase, dose: Dose, days: int) -> Override | None:
    stated = phase.dose
    if stated is None or stated.low <= in_basis(dose, phase.per, days) <= stated.high:
        return None
    low = "" if stated.fixed is not None else f"{exact_text(stated.low)} to "
    return Override("dose", f"{low}{exact_text(stated.high)} g/kg/{phase.per}", str(dose))


def count_override(what: Literal["days", "cycles"], stated: Span[int] | None, used: int | None) -> Override | None:
    """What was changed of a number that the source states, or None."""
    if stated is None or used is None or stated.low <= used <= stated.high:
        return None
    return Override(what, stated.low if stated.fixed is not None else f"{stated.low} to {stated.high}", used)


def _interval_override(stated: Span[Interval] | None, used: Interval | None) -> Override | None:
    if stated is None or used is None:
        return None
    (unit, least), (_, most), (used_unit, count) = _length(stated.low), _length(stated.high), _length(used)
    if unit == used_unit and least <= count <= most:
        return None
    return Override("every", str(stated.high) if stated.fixed else f"{stated.low.number} to {stated.high}", str(used))


def _length(interval: Interval) -> tuple[str, int]:
    """Weeks are days; months stay apart, since they are none of a fixed number of days."""
    return ("day", interval.number * 7) if interval.unit == "week" else (interval.unit, interval.number)


def in_basis(dose: Dose, per: Basis, days: int) -> Fraction:
    """The dose [g/kg] in another basis."""
    if dose.per == per:
        return dose.g_per_kg
    return dose.g_per_kg * days if per == "course" else dose.g_per_kg / days


def _g(grams: Fraction) -> str:
    return f"{screen_text(grams)} g"
