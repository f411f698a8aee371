"""The known slips of writing an order, and which of them give the number of this one. Pure.

That a course total is ordered every day is the best-documented of them: ISMP, Acute Care 18 Dec 2014, "IVIG 150 g for 5 days".
"""

from collections.abc import Iterator
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

from ivigcalc.checking import Doses, Expected, Reading, Slip
from ivigcalc.model import Span
from ivigcalc.numbers import screen_text
from ivigcalc.safety.expected import Context, implied_kg, interval_text
from ivigcalc.safety.order_days import days_text
from ivigcalc.units import KG_PER_LB
from ivigcalc.when import Interval, screen_date

ISMP = "ISMP, Hospital Pharmacy, May 2015, https://read.nxtbook.com/thomas/hospitalpharmacy/may2015/ismpmedication.html"


class _Case(NamedTuple):
    """An order beside one expectation."""

    reading: Reading
    grams: Doses
    expected: Expected
    context: Context

    def near(self, ordered: Fraction, slip: Fraction) -> bool:
        """Whether what is ordered is what a slip gives, within rounding; a finer rounding that was set hides no slip."""
        return abs(ordered - slip) <= max(self.context.within, self.context.published) * slip

    @property
    def mean_g(self) -> Fraction:
        """The mean day's dose of the order [g]."""
        return self.grams.course / self.reading.days


def slips_of(reading: Reading, grams: Doses, expected: tuple[Expected, ...], context: Context, *, fits: bool) -> tuple[Slip, ...]:
    """Find every slip that fits an order.

    Args: the reading and its grams; what it is compared with, nearest first; the weights and the rounding that is allowed;
    whether its dose and days fit the nearest, so that only interval, dates and its own figures can be wrong.
    Returns: the slips; each is named with the choice that it fits, where there are several.
    """
    found: list[Slip] = []
    for one in expected[:1] if fits else expected:
        case = _Case(reading, grams, one, context)
        slips = list(_rest(case)) if one is expected[0] else []
        if not fits:
            slips = [*_dose_slips(case), *slips]
        named = f"{one.name}: " if one.name and not fits else ""
        found += [slip._replace(text=named + slip.text) for slip in slips if slip.code not in {other.code for other in found}]
    return tuple(found)


def _dose_slips(case: _Case) -> Iterator[Slip]:
    """The slips that change the dose or the days."""
    expected, course, count = case.expected, case.grams.course, len(case.expected.days_g)
    whole = sum(expected.days_g, Fraction(0))
    day = expected.day_g if count > 1 and len(set(expected.days_g)) > 1 else expected.days_g[0]
    if count > 1 and case.reading.days > 1 and case.near(case.mean_g, expected.course_g):
        as_written = "" if case.mean_g == whole else f", as {_g(case.mean_g)}"
        yield Slip(
            "course-given-daily",
            f"the course total of {_g(whole)} is ordered every day{as_written}: {_g(course)} in all, "
            f"{screen_text(course / whole, 2)} times the course; the daily dose is {_g(day)}",
            ISMP,
        )
    if count > 1 and case.near(course, expected.day_g):
        text = f"the daily dose of {_g(day)} is ordered as the whole course: {_g(course)} in all"
        yield Slip("daily-given-as-course", f"{text} over {days_text(case.reading.days)}; the course is {_g(whole)}")
    yield from _scaled(case)
    if case.reading.days != count:
        said = days_text(case.reading.days) if case.reading.days_said else "one infusion"
        text = f"{said} ordered, {days_text(count)} expected"
        if case.near(case.mean_g, expected.day_g):
            text += f": the day's dose fits, and the course is {_g(course)} instead of {_g(whole)}"
        elif case.near(course, expected.course_g):
            text += f": the course fits, and a day is {_g(case.mean_g)} instead of {_g(day)}"
        yield Slip("wrong-days", text)


def _scaled(case: _Case) -> Iterator[Slip]:
    """The slips that multiply the dose that the order states, of a day or of the course."""
    by_day, weight = case.reading.stated == "day", case.context.weight
    ordered, meant = (case.mean_g, case.expected.day_g) if by_day else (case.grams.course, case.expected.course_g)
    a = "a day" if by_day else "per course"
    instead = f"{_g(ordered)} {a} instead of {_g(meant)}"
    per = "per kg per day" if by_day else "per kg per course"
    figure = f"{screen_text(meant / weight.kg, 4)} g {per}"
    for code, factor, text in (
        ("mg-for-g", Fraction(1, 1000), f"mg written for g: {instead}, a thousandth"),
        ("g-for-mg", Fraction(1000), f"g written for mg: {instead}, 1,000 times as much"),
        ("ten-fold", Fraction(10), f"ten times the dose: {instead}; look for a lost point or a zero too many"),
        ("tenth", Fraction(1, 10), f"a tenth of the dose: {instead}; look for a point too many or a lost zero"),
        ("pounds-for-kilograms", 1 / KG_PER_LB, f"the weight in lb taken for kg: {instead}"),
        ("kilograms-for-pounds", KG_PER_LB, f"the weight in kg taken for lb: {instead}"),
        ("g-per-day-for-g-per-kg-per-day" if by_day else "g-for-g-per-kg", 1 / weight.kg, f"{figure} written without per kg: {instead}"),
        ("g-per-kg-for-g", weight.kg, f"grams written as g per kg: {instead}"),
    ):
        if case.near(ordered, meant * factor):
            yield Slip(code, text)
    if strength := case.reading.strength:
        if case.near(ordered, meant * strength):
            yield Slip(
                "ml-for-g", f"mL written for g: {screen_text(ordered / strength, 2)} mL is {_g(ordered)} {a}, and {_g(meant)} is meant"
            )
        if case.near(ordered, meant / strength):
            yield Slip(
                "g-for-ml", f"g written for mL: {_g(meant)} {a} is {screen_text(meant / strength, 2)} mL, and {_g(ordered)} is ordered"
            )
    alike: dict[Fraction, list[str]] = {}
    for name, kg in case.context.others_kg.items():
        if round(kg, 2) != round(weight.kg, 2) and case.near(ordered, meant * kg / weight.kg):
            alike.setdefault(round(kg, 2), []).append(name)
    for kg, names in alike.items():
        text = f"another dosing weight: {screen_text(kg)} kg, which is {' and '.join(names)}, instead of {screen_text(weight.kg, 2)} kg"
        yield Slip("other-weight-basis", f"{text}: {instead}")
    named = case.reading.body.kg if case.reading.body else None
    if named and not case.reading.grams and named != weight.kg and round(named, 2) not in alike:
        text = f"the order's own weight of {screen_text(named, 2)} kg instead of {screen_text(weight.kg, 2)} kg"
        if case.near(ordered, meant * named / weight.kg):
            yield Slip("other-weight", f"{text}: {instead}")


def own_figures(reading: Reading, context: Context) -> tuple[Slip, ...]:
    """Find whether an order's own grams and g per kg belong to another body weight.

    Args: the reading; the weights and the rounding that is allowed.
    Returns: the slip, or none.
    """
    implied = implied_kg(reading, context)
    if implied is None or reading.grams is None or reading.per_kg is None:
        return ()
    both = f"{_g(reading.grams.course)} and {screen_text(reading.per_kg.course, 6)} g per kg per course"
    weights = f"{screen_text(implied, 2)} kg, not {screen_text(context.weight.kg, 2)} kg"
    return (Slip("other-weight", f"the order's own {both} belong to a body weight of {weights}"),)


def _rest(case: _Case) -> Iterator[Slip]:
    """What can be wrong although the dose and the days are right."""
    reading, expected = case.reading, case.expected
    if reading.every and expected.every and not _covers(expected.every, reading.every):
        yield Slip("wrong-interval", f"every {reading.every} ordered, {interval_text(expected.every)} expected")
    if apart(reading):
        days = ", ".join(screen_date(day) for day in next(course for course in reading.dates if _gap(course)))
        yield Slip("days-apart", f"the days of the course are apart, {days}; {len(expected.days_g)} consecutive days are expected")
    if reading.courses and expected.courses and reading.courses != expected.courses:
        yield Slip("wrong-courses", f"{reading.courses} courses ordered, {expected.courses} expected")
    for ordered, planned in zip(reading.dates, expected.dates, strict=False):
        if ordered != planned and len(ordered) == len(planned):
            here, there = next((one, other) for one, other in zip(ordered, planned, strict=True) if one != other)
            yield Slip("other-dates", f"{screen_date(here)} ordered, {screen_date(there)} expected")
            return


def apart(reading: Reading) -> bool:
    """Whether the order names dates that do not run on within a course.

    Args: the reading.
    Returns: whether.
    """
    return any(_gap(course) for course in reading.dates)


def _gap(course: tuple[date, ...]) -> bool:
    return any(later - earlier != timedelta(days=1) for earlier, later in pairwise(course))


def _covers(stated: Span[Interval], ordered: Interval) -> bool:
    """Whether an interval is within the stated one; weeks are days, and a month is neither."""
    (unit, least), (_, most), (other, number) = (_length(interval) for interval in (stated.low, stated.high, ordered))
    return unit == other and least <= number <= most


def _length(interval: Interval) -> tuple[str, int]:
    return ("day", interval.number * 7) if interval.unit == "week" else (interval.unit, interval.number)


def _g(grams: Fraction) -> str:
    return f"{screen_text(grams, 2 if abs(grams) >= 1 else 4)} g"
