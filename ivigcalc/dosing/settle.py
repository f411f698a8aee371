"""A phase as the source states it + what the user chose -> a phase with every figure settled, and what was changed."""

from fractions import Fraction
from typing import Literal

from ivigcalc.errors import InputError
from ivigcalc.model import Choices, Override, Phase, Settled, Span
from ivigcalc.numbers import exact_text, screen_text
from ivigcalc.units import Basis, Dose
from ivigcalc.when import Interval

BY_HAND = Phase(name="course", dose=None, per="course", days=None, every=None, cycles=None)
"""A regimen that states nothing: the frame of a dose entered by hand."""


def missing(phase: Phase, choices: Choices) -> tuple[str, ...]:
    """Name the options that would settle what the source leaves open; the interval only where it states a range.

    Args: the phase; what was chosen.
    Returns: option names, such as --days.
    """
    open_figures = {
        "--dose": choices.dose is None and (phase.dose is None or phase.dose.fixed is None),
        "--days": choices.days is None and (phase.days is None or phase.days.fixed is None),
        "--every": choices.every is None and phase.every is not None and phase.every.fixed is None,
        "--begins": phase.follows and phase.begins is None and choices.begins is None,
    }
    return tuple(option for option, is_open in open_figures.items() if is_open)


def settle(phase: Phase, choices: Choices, weight_kg: Fraction) -> Settled:
    """Settle a phase in which nothing is missing.

    Args: the phase; what was chosen; dosing weight [kg], for the words of a refusal.
    Returns: the phase with one figure each.
    Raises: InputError for a dose with two readings.
    """
    days = choices.days or (phase.days and phase.days.fixed) or 1  # open where only the words for a dose are asked for
    typed = read_basis(choices.dose, days, weight_kg)
    if typed is None or (phase.dose and phase.dose.fixed == in_basis(typed, phase.per, days) and not phase.between):
        assert phase.dose
        dose = Dose(phase.dose.low, phase.per)  # one that was typed in another basis too, so that it is rounded on what the source states
    else:
        dose = typed
    every = choices.every or (phase.every and phase.every.fixed)
    overrides = tuple(
        override
        for override in (
            _dose_override(phase, dose, days),
            count_override("days", phase.days, choices.days),
            _interval_override("every", phase.every, choices.every),
            _interval_override("begins", phase.begins and Span(phase.begins, phase.begins), choices.begins),
        )
        if override
    )
    changed = {override.what for override in overrides}
    stated = {"dose": None if phase.between else phase.dose, "days": phase.days, "every": phase.every, "begins": phase.begins}
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
        begins=choices.begins or phase.begins,
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


def _dose_override(phase: Phase, dose: Dose, days: int) -> Override | None:
    stated = phase.dose
    if stated is None or stated.low <= in_basis(dose, phase.per, days) <= stated.high:
        return None
    low = "" if stated.fixed is not None else f"{exact_text(stated.low)} {'or' if phase.between else 'to'} "
    return Override("dose", f"{low}{exact_text(stated.high)} g/kg/{phase.per}", str(dose))


def count_override(what: Literal["days", "cycles"], stated: Span[int] | None, used: int | None) -> Override | None:
    """What was changed of a number that the source states, or None."""
    if stated is None or used is None or stated.low <= used <= stated.high:
        return None
    return Override(what, stated.low if stated.fixed is not None else f"{stated.low} to {stated.high}", used)


def _interval_override(what: Literal["every", "begins"], stated: Span[Interval] | None, used: Interval | None) -> Override | None:
    if stated is None or used is None:
        return None
    (unit, least), (_, most), (used_unit, count) = _length(stated.low), _length(stated.high), _length(used)
    if unit == used_unit and least <= count <= most:
        return None
    return Override(what, str(stated.high) if stated.fixed else f"{stated.low.number} to {stated.high}", str(used))


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
