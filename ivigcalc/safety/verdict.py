"""What an order says + what was expected -> a verdict. Pure; the slips that fit a difference are in `safety/slips.py`."""

from collections.abc import Mapping
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise
from typing import Literal, NamedTuple

from ivigcalc.errors import InputError
from ivigcalc.model import Comparison, DosingWeight, Finding, Limit, Plan, Span
from ivigcalc.numbers import exact_text, read_number, refuse_long, screen_text
from ivigcalc.safety.order_days import days_text
from ivigcalc.safety.order_parts import WHAT
from ivigcalc.safety.orders import Doses, Reading
from ivigcalc.units import Basis
from ivigcalc.when import Interval

WITHIN = Fraction(1, 10)  # Siegel 2010 and HOPA, see WITHIN_SOURCE
WITHIN_SOURCE = (
    'Siegel J. Pharmacy Purchasing & Products 2010, https://www.pppmag.com/article/753: "it is advisable to stay within 10% of the '
    'original defined order, whether you are rounding up or down"; HOPA, read at '
    "https://www.docwirenews.com/conference-coverage/dose-rounding-3-million-savings/: "
    '"rounded to the nearest vial size when it is within 10% of the ordered dose"'
)
MOST_WITHIN = Fraction(1, 5)
"""Our own bound on what may be called rounding."""

Kind = Literal["agrees", "agrees within rounding", "differs", "ambiguous", "within the limits", "above a limit"]


class Expected(NamedTuple):
    """One way to give what was expected; several where a regimen leaves a choice open."""

    name: str  # of the choice or the phase; empty where there is only one
    per: Basis  # what its dose is stated for
    days_g: tuple[Fraction, ...]  # of each day, as the plan orders it
    day_g: Fraction  # calculated
    course_g: Fraction  # calculated
    every: Span[Interval] | None
    courses: int | None  # where a number was asked for
    dates: tuple[tuple[date, ...], ...]  # of each course; none where no first day was given
    findings: tuple[Finding, ...]  # what was found on it, with what was accepted


class Slip(NamedTuple):
    """A known slip that gives the number of the order."""

    code: str
    text: str
    source: str | None = None


class Context(NamedTuple):
    """What an order is judged with."""

    weight: DosingWeight
    actual_kg: Fraction
    others_kg: Mapping[str, Fraction]  # the other dosing weights, by basis or policy
    within: Fraction
    limits: tuple[Limit, ...]


class Judged(NamedTuple):
    """One reading of an order, judged."""

    reading: Reading
    grams: Doses
    kind: Kind
    expected: Expected | None  # the one that it agrees with, or the nearest; None where nothing was compared
    day_change: Fraction | None  # of the day's dose that is farthest off, against the expected one
    course_change: Fraction | None  # of the course
    slips: tuple[Slip, ...]
    findings: tuple[Finding, ...]


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
        ids = {option.regimen.id for option in result.options if option.regimen}
        return tuple(
            Expected(
                name=(f"{option.regimen.id}, " if option.regimen and len(ids) > 1 else "")
                + f"{screen_text(option.phase.dose_g_per_kg)} g per kg per {option.phase.per} over {days_text(option.phase.days)}",
                per=option.phase.per,
                days_g=option.ordered_g,
                day_g=option.day_g,
                course_g=option.course_g,
                every=option.every,
                courses=None,
                dates=(),
                findings=option.findings,
            )
            for option in result.options
        )
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
                courses=len(courses) if result.choices.cycles or result.choices.until else None,
                dates=tuple(tuple(i.date for i in infusions if i.date) for infusions in days.values()) if courses[0].start else (),
                findings=result.findings,
            )
        )
    return tuple(found)


def judge(readings: tuple[Reading, ...], expected: tuple[Expected, ...], context: Context) -> tuple[Judged, ...]:
    """Judge an order against what was expected, or by the limits alone.

    Args: what it says, two readings where it has two; what was expected, nothing for the limits alone; the weights, the
    rounding that is allowed and the limits.
    Returns: the judgement of each reading that can be meant; with two of them the order is ambiguous.
    Raises: InputError where an order per kg names another kind of body weight than the plan's, and no figure.
    """
    for reading in readings:
        _same_weight(reading, context.weight)
    sound = tuple(reading for reading in readings if implied_kg(reading, context) is None)
    return tuple(_judge(reading, expected, context) for reading in sound or readings)


def kind_of(judged: tuple[Judged, ...]) -> Kind:
    """The verdict on the whole order."""
    return judged[0].kind if len(judged) == 1 else "ambiguous"


def agrees(kind: Kind) -> bool:
    """Whether a verdict lets the order pass."""
    return kind in ("agrees", "agrees within rounding", "within the limits")


def _judge(reading: Reading, expected: tuple[Expected, ...], context: Context) -> Judged:
    from ivigcalc.safety.slips import slips_of

    grams = reading.grams_at(context.weight.kg)
    if not expected:
        found = (*_limits(grams, None, context, rounded=False), *_remarks(reading, None, context))
        kind: Kind = "above a limit" if any(finding.level == "refusal" for finding in found) else "within the limits"
        return Judged(reading, grams, kind, None, None, None, (), found)
    ranked = sorted(expected, key=lambda one: (len(one.days_g) != reading.days, max(map(abs, changes(grams, one)))))
    nearest = ranked[0]
    day_change, course_change = changes(grams, nearest)
    fits = len(nearest.days_g) == reading.days and max(abs(day_change), abs(course_change)) <= context.within
    exact = grams.days == nearest.days_g or set(grams.days) == {nearest.day_g}
    against = [nearest, *(one for one in ranked[1:] if len(one.days_g) == reading.days == len(nearest.days_g))]
    slips = slips_of(reading, grams, tuple(against), context, fits=fits)
    kind = "differs" if slips or not fits else "agrees" if exact else "agrees within rounding"
    findings = (*_limits(grams, nearest, context, rounded=fits), *_remarks(reading, nearest, context))
    return Judged(reading, grams, kind, nearest, day_change, course_change, slips, findings)


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


def _same_weight(reading: Reading, weight: DosingWeight) -> None:
    body = reading.body
    if body and body.basis and not body.kg and not reading.grams and body.basis != weight.basis:
        raise InputError(
            f"{WHAT}: is per kg of {body.basis} body weight, and the check rests on {weight.basis} body weight; "
            f"add --dosing-weight {body.basis}, or write the grams"
        )


def _limits(grams: Doses, expected: Expected | None, context: Context, *, rounded: bool) -> list[Finding]:
    """Judge the order by the limits, whatever it is compared with."""
    found = []
    for limit in context.limits:
        ordered = max(grams.days) if limit.per == "day" else grams.course
        figure = ordered / context.weight.kg
        if figure <= limit.g_per_kg:
            continue
        source = "; ".join(f"{cited.source.citation}, {cited.locator}" for cited in limit.cited)
        most = f"the limit of {screen_text(limit.g_per_kg)} g per kg per {limit.per}"
        text = f"The order asks for {screen_text(figure)} g per kg per {limit.per}, more than {most}"
        known = (
            next((f for f in expected.findings if f.code in (limit.code, f"{limit.code}-source")), None) if expected and rounded else None
        )
        if known:
            text += ", as the plan does."
            found.append(known._replace(text=f"{text} {known.text}", source=source))
        elif rounded:
            found.append(Finding(f"{limit.code}-rounding", "note", f"{text}; rounding alone takes it there.", source))
        else:
            found.append(Finding(limit.code, "refusal", f"{text}.", source, exact_text(figure)))
    return found


def _remarks(reading: Reading, expected: Expected | None, context: Context) -> list[Finding]:
    """What a second person should know of the order beside its dose."""
    found = [Finding("order-note", "note", f"{note[0].upper()}{note[1:]}.") for note in reading.notes]
    if not reading.days_said:
        found.append(Finding("no-days", "note", "The order names no days, so it is read as one infusion."))
    body, weight = reading.body, context.weight
    if body and body.kg and min(abs(body.kg - weight.kg), abs(body.kg - context.actual_kg)) > body.half:
        text = f"The order names a body weight of {screen_text(body.kg, 2)} kg; this check was given {screen_text(context.actual_kg, 2)} kg"
        found.append(
            Finding("order-weight", "warning", f"{text}, and doses on {screen_text(weight.kg, 2)} kg of {weight.basis} body weight.")
        )
    elif body and body.basis and body.basis != weight.basis:
        text = f"The order names {body.basis} body weight; this check doses on {weight.basis} body weight."
        found.append(Finding("order-weight-basis", "warning", text))
    if any(later - earlier != timedelta(days=1) for course in reading.dates for earlier, later in pairwise(course)):
        found.append(Finding("not-consecutive", "warning", "The dates of the order are not consecutive."))
    if expected and expected.every and not reading.every and len(reading.dates) < 2:
        found.append(Finding("no-interval", "note", f"The order names no interval; expected is every {expected.every.high}."))
    if reading.every and (expected is None or expected.every is None):
        found.append(Finding("interval-not-compared", "note", f"The interval of the order, every {reading.every}, was not compared."))
    if reading.dates and not (expected and expected.dates):
        found.append(Finding("dates-not-compared", "note", "The dates of the order were not compared, as no --start was given."))
    return found

