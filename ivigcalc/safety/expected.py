"""What an order is compared with, and how far it may be rounded. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from fractions import Fraction
from typing import NamedTuple

from ivigcalc.checking import Doses, Expected, Reading
from ivigcalc.errors import InputError
from ivigcalc.model import Cautions, Comparison, DosingWeight, Limit, Option, Patient, Plan, RoundingRules, Span
from ivigcalc.numbers import read_number, refuse_long, screen_text
from ivigcalc.safety.cautions import settled_by_source
from ivigcalc.safety.order_days import days_text
from ivigcalc.safety.population import outside
from ivigcalc.when import Interval

MOST_WITHIN = Fraction(1, 5)
"""Our own bound on what may be called rounding."""


class Context(NamedTuple):
    """What an order is judged with."""

    patient: Patient
    weight: DosingWeight
    others_kg: Mapping[str, Fraction]  # the other dosing weights, by basis or policy
    needed: tuple[str, ...]  # the options without which some of them are not known
    within: Fraction
    published: Fraction  # the share that published rules call rounding
    limits: tuple[Limit, ...]
    cautions: Cautions | None = None
    start: date | None = None  # of the plan that the order is compared with

    @property
    def lower_kg(self) -> Fraction:
        """The lower of dosing and actual weight [kg], on which a dose per kg is the higher."""
        return min(self.weight.kg, self.patient.weight_kg)


def within_source(rules: RoundingRules) -> str:
    """Where it was read how far a dose may be rounded, with the words."""
    return "; ".join(f'{cited.source.citation}, {cited.source.url}: "{cited.quote}"' for cited in rules.cited)


def read_within(text: str, what: str = "--within") -> Fraction:
    """Read how far an order may be rounded.

    Args: text as typed, such as "5%" or "7.5"; what it is, for the message.
    Returns: the share, 0.05 for 5%.
    Raises: InputError when it is no percentage from 0 to 20% (a bound of our own).
    """
    refuse_long(text, what)
    number = text.strip().removesuffix("%").strip()
    share = Fraction(0) if number == "0" else read_number(number, what, text.strip(), "10") / 100
    if share > MOST_WITHIN:
        most = f"{screen_text(MOST_WITHIN * 100)}%"
        raise InputError(f"{what}: {text!r} is more than {most}, which no source calls rounding (a bound of our own); write 0% to {most}")
    return share


def expected_of(result: Plan | Comparison) -> tuple[Expected, ...]:
    """What a plan or a comparison expects, one for each phase or choice.

    Args: the plan, or the open choices.
    Returns: what may be ordered.
    """
    if isinstance(result, Comparison):
        return tuple(_choices(result))
    found = []
    for phase in result.phases:
        courses = [course for course in result.courses if course.phase is phase]
        if not courses:
            continue
        days = {course.cycle: [i for i in result.infusions if i.cycle == course.cycle] for course in courses}
        first = days[courses[0].cycle]
        found.append(
            Expected(
                name=phase.name if len(result.phases) > 1 else "",
                per=phase.per,
                days_g=tuple(infusion.ordered_g for infusion in first),
                day_g=courses[0].calculated_g / phase.days,
                course_g=courses[0].calculated_g,
                every=Span(phase.every, phase.every) if phase.every else None,
                of_source=settled_by_source(phase) and not outside(result.regimen, result.patient),
                courses=len(courses) if result.choices.cycles or result.choices.until else None,
                dates=tuple(tuple(i.date for i in infusions if i.date) for infusions in days.values()) if courses[0].start else (),
                findings=result.findings,
            )
        )
    return tuple(found)


def _choices(comparison: Comparison) -> Iterator[Expected]:
    """What the open choices expect; the least dose of a range that a source states knows the highest one of as many days."""
    several = len({option.regimen.id for option in comparison.options if option.regimen}) > 1
    highest = {
        (option.regimen.id, option.phase.name, option.phase.days): option
        for option in comparison.options
        if option.regimen and (span := _stated(option)) and span.low < span.high == option.phase.dose_g_per_kg
    }
    for option in comparison.options:
        regimen, phase, span = option.regimen, option.phase, _stated(option)
        of = (f"{regimen.id}, " if regimen and several else "") + (f"{phase.name}, " if regimen and len(regimen.phases) > 1 else "")
        given = f"g per kg per {phase.per} over {days_text(phase.days)}"
        most = highest.get((regimen.id, phase.name, phase.days)) if regimen else None
        one = _choice(option, f"{of}{screen_text(phase.dose_g_per_kg)} {given}", comparison.patient)
        if most and span and span.low == phase.dose_g_per_kg:
            within = f"{of}within {screen_text(span.low)} to {screen_text(span.high)} {given}"
            one = one._replace(range=(within, _choice(most, within, comparison.patient)))
        yield one


def _stated(option: Option) -> Span[Fraction] | None:
    """The dose [g/kg] that the source of a regimen states for a phase."""
    return next((phase.dose for phase in option.regimen.phases if phase.name == option.phase.name), None) if option.regimen else None


def _choice(option: Option, name: str, patient: Patient) -> Expected:
    return Expected(
        name=name,
        per=option.phase.per,
        days_g=option.ordered_g,
        day_g=option.day_g,
        course_g=option.course_g,
        every=option.every,
        of_source="course" in option.phase.from_source and not outside(option.regimen, patient),
        courses=None,
        dates=(),
        findings=option.findings,
    )


def in_range(grams: Doses, expected: Iterable[Expected], limits: tuple[Limit, ...], lower_kg: Fraction) -> Expected | None:
    """Find the range of a source that an order lies in, its day as well as its course.

    Args: what is ordered [g]; what is expected; the safety limits; the lower of dosing and actual weight [kg].
    Returns: what was ordered, as a dose that the source leaves to whoever prescribes; with what was found on the highest dose of the range
    where it passes a limit, else on the least. None where it lies in no range.
    """
    for least in expected:
        if least.range is None or len(least.days_g) != len(grams.days):
            continue
        within, most = least.range
        days = least.day_g <= min(grams.days) and max(grams.days) <= most.day_g
        if days and least.course_g <= grams.course <= most.course_g:
            ordered = {"day": max(grams.days), "course": grams.course}
            above = any(ordered[limit.per] / lower_kg > limit.g_per_kg for limit in limits)
            day_g = grams.course / len(grams.days)
            end = most if above else least
            return end._replace(name=within, days_g=grams.days, day_g=day_g, course_g=grams.course, range=None)
    return None


def changes(grams: Doses, expected: Expected) -> tuple[Fraction, Fraction]:
    """How far a day's dose, the one that is farthest off, and the course are from the calculated ones, as shares of these."""
    days = [(day - expected.day_g) / expected.day_g for day in grams.days]
    return max(days, key=abs), (grams.course - expected.course_g) / expected.course_g


def implied_kg(reading: Reading, context: Context) -> Fraction | None:
    """The body weight [kg] that belongs to an order's own grams and g per kg, where it is not the one that it is for."""
    if not (reading.grams and reading.per_kg):
        return None
    kg = reading.body.kg if reading.body and reading.body.kg else context.weight.kg
    implied = reading.grams.course / reading.per_kg.course
    return None if abs(implied - kg) <= context.within * kg else implied


def interval_text(every: Span[Interval]) -> str:
    """Write an interval or a range of them, start to start."""
    return f"every {every.high}" if every.fixed else f"every {every.low.number} to {every.high}"
