"""What a regimen leaves open, every choice side by side with its grams; nothing is chosen here."""

from fractions import Fraction

from ivigcalc.dosing.amounts import amounts
from ivigcalc.dosing.settle import settle
from ivigcalc.errors import Refused
from ivigcalc.model import MOST_DAYS, Choices, DosingWeight, Option, Phase, Regimen, Span
from ivigcalc.units import Dose

DAYS_SHOWN = 5
"""How many days are shown where no source states any: our choice of what to show, not a recommendation."""


def compare(
    regimen: Regimen | None, phase: Phase, choices: Choices, weight: DosingWeight, days_shown: int | None = None
) -> tuple[Option, ...]:
    """Calculate every open choice of a phase.

    Args: regimen, None for a dose entered by hand; its phase; what was chosen; dosing weight; how many days to show
    where the source states none (as many as its daily cap asks for, or 5).
    Returns: one option for each dose and number of days that the source allows.
    Raises: Refused where it allows none.
    """
    options = []
    refusal: Refused | None = None
    for dose in _doses(phase, choices):
        for days in _days(phase, choices, dose, weight.kg, days_shown):
            settled = settle(phase, choices._replace(dose=dose, days=days), weight.kg)
            try:
                grams = amounts(settled, weight.kg, choices.rounding)
            except Refused as error:
                refusal = error  # the source's daily cap asks for more days than these, or a day would hold nothing
                continue
            every = Span(choices.every, choices.every) if choices.every else phase.every
            options.append(Option(regimen, settled, every, grams.uncapped_g, grams.day_g, grams.course_g, grams.ordered_g))
    if not options and refusal:
        raise refusal
    return tuple(options)


def _doses(phase: Phase, choices: Choices) -> tuple[Dose, ...]:
    if choices.dose:
        return (choices.dose,)
    assert phase.dose is not None
    return tuple(Dose(g_per_kg, phase.per) for g_per_kg in dict.fromkeys((phase.dose.low, phase.dose.high)))


def _days(phase: Phase, choices: Choices, dose: Dose, weight_kg: Fraction, days_shown: int | None) -> range:
    if choices.days:
        return range(choices.days, choices.days + 1)
    if phase.days:
        return range(phase.days.low, phase.days.high + 1)
    day_caps = [cap.at(weight_kg) for cap in phase.caps if cap.per == "day"]
    if day_caps and dose.per == "course" and days_shown is None:
        return range(1, min(-(-dose.g_per_kg * weight_kg // min(day_caps)), MOST_DAYS) + 1)
    return range(1, (days_shown or DAYS_SHOWN) + 1)
