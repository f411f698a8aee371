"""What a phase comes to at one dosing weight, as a plan of it would be calculated: for reviewing a catalogue, not for a patient."""

from fractions import Fraction

from ivigcalc.changes import DoseAt
from ivigcalc.dosing.amounts import amounts
from ivigcalc.dosing.settle import settle
from ivigcalc.errors import Refused
from ivigcalc.model import Choices, Phase, Span
from ivigcalc.units import Dose


def doses_at(phase: Phase, weight_kg: Fraction) -> tuple[DoseAt, ...]:
    """Calculate the doses that a phase states, the ends of a range each by itself, with the caps of its own source applied.

    Args: the phase; dosing weight [kg].
    Returns: the calculated doses [g]; none where the source states no dose.
    """
    doses = tuple(dict.fromkeys(phase.dose or ()))
    days = tuple(dict.fromkeys(phase.days or ())) or (None,)
    return tuple(_dose(phase, dose, count, weight_kg) for dose in doses for count in days)


def _dose(phase: Phase, g_per_kg: Fraction, days: int | None, weight_kg: Fraction) -> DoseAt:
    fixed = phase._replace(dose=Span(g_per_kg, g_per_kg))
    if days is None:  # the dose of one day, or of a course however long: no cap of the other can be held against it
        fixed = fixed._replace(caps=tuple(cap for cap in phase.caps if cap.per == phase.per))
    settled = settle(fixed, Choices(dose=Dose(g_per_kg, phase.per), days=days or 1), weight_kg)
    try:
        found = amounts(settled, weight_kg, Choices().rounding)
    except Refused as error:
        return DoseAt(days, None, None, str(error).partition(";")[0])  # without what to type for a plan
    if days is None:
        return DoseAt(None, found.day_g if phase.per == "day" else None, found.course_g if phase.per == "course" else None, None)
    return DoseAt(days, found.day_g, found.course_g, None)
