"""The dose of any 28 consecutive dates, both ends counted, over a schedule and the course before it. Pure."""

from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from ivigcalc.model import Caution, Finding, LastCourse, Plan, Settled
from ivigcalc.numbers import exact_text, over_one, screen_text
from ivigcalc.safety.cautions import interval, per_kg, settled_by_source, sources
from ivigcalc.when import days_in, screen_date


class Day(NamedTuple):
    """One day of infusion; days are numbered, as dates or from the first one of the plan."""

    number: int
    course: int  # 0 for the course before


Window = tuple[int, int]
"""The places of its first and its last day among the days of a plan."""


class Most(NamedTuple):
    """The highest dose of any window [g], and the first and last day in it; judged where several courses are in it."""

    grams: Fraction
    first: Day
    last: Day


class Highest(NamedTuple):
    """The highest windows of a plan, by its calculated doses, by those ordered, and by the higher of both on each day [g]."""

    calculated: Most
    ordered: Most
    either_g: Fraction


def check_28_days(plan: Plan, highest: Highest, caution: Caution) -> Iterator[Finding]:
    """Judge the calculated dose of the highest window that holds more than one course.

    A warning where the regimen's own figures alone cause it, else a refusal; a note where only rounding does.

    Args: plan; its highest windows; the limit [g/kg] and its days.
    Returns: at most one finding.
    """
    above, width = caution.figures["above"], int(caution.figures["days"])
    calculated, ordered, _ = highest
    limit = limit_text(caution)
    source = sources(caution.cited)
    if (figure := per_kg(plan, calculated.grams)) > above:
        text = f"{screen_text(figure)} g per kg within {width} days, {_when(plan, calculated)}, is more than {limit}"
        if why := _not_of_source(plan, calculated, width):
            yield Finding("28-day-dose", "refusal", f"{text}; {why}.", source, exact_text(figure))
        else:
            yield Finding("28-day-dose-source", "warning", f"{text}; {_of_source(plan, calculated)}.", source)
    elif (figure := per_kg(plan, ordered.grams)) > above:
        text = (
            f"Rounding alone takes the dose to {screen_text(figure)} g per kg within {width} days, {_when(plan, ordered)}, above {limit}."
        )
        yield Finding("28-day-dose-rounding", "note", text, source)


def highest_of(plan: Plan, caution: Caution) -> Highest | None:
    """Find the highest windows of a schedule and the course before it.

    Args: plan; the days of a window.
    Returns: the windows; None where none holds several courses.
    """
    last = plan.patient.last_course
    days, windows = _calendar(tuple(_courses(plan)), int(caution.figures["days"]))
    if not windows:
        return None
    last_g = [grams for _, grams in last_days(last)] if last else []
    calculated_g = [infusion.calculated_g for infusion in plan.infusions]
    ordered_g = [infusion.ordered_g for infusion in plan.infusions]
    doses, parts = over_one([*last_g, *calculated_g, *last_g, *ordered_g])
    calculated, ordered = doses[: len(days)], doses[len(days) :]
    either = list(map(max, calculated, ordered))
    return Highest(_most(windows, days, calculated, parts), _most(windows, days, ordered, parts), _most(windows, days, either, parts).grams)


def limit_text(caution: Caution) -> str:
    """Write the limit."""
    return f"the limit of {screen_text(caution.figures['above'])} g per kg in {caution.figures['days']} days, a choice of ours"


def _courses(plan: Plan, *, dates: bool = True) -> Iterator[tuple[int, int, int]]:
    """The number, first day and days of each course: by its dates and after the course before, or by the interval alone.

    By the interval a month counts as 28 days, as February has.
    """
    last, before, first = plan.patient.last_course, None, 1
    if last and dates:
        count = _days_of(last)
        yield 0, last.day.toordinal() - count + 1, count
    for course in plan.courses:
        first += days_in(interval(before, course), month=28) if before else 0
        yield course.cycle, course.start.toordinal() if course.start and dates else first, course.phase.days
        before = course


@lru_cache(maxsize=16)
def _calendar(courses: tuple[tuple[int, int, int], ...], width: int) -> tuple[tuple[Day, ...], tuple[Window, ...]]:
    """The days of courses and the windows on them; there is no dose in it, and of many patients most have the same."""
    days = tuple(Day(first + number, course) for course, first, count in courses for number in range(count))
    return days, _windows(days, width)


def last_days(last: LastCourse) -> Iterator[tuple[Day, Fraction]]:
    """The days of the course before with their doses [g]: even ones, or all of it on its last day where its first is not known."""
    count = _days_of(last)
    return ((Day(last.day.toordinal() - step, 0), last.grams / count) for step in reversed(range(count)))


def _days_of(last: LastCourse) -> int:
    """How many days of the course before are counted: all of them, or only its last one where its first is not known."""
    return (last.day - last.first).days + 1 if last.first else 1


def last_words(last: LastCourse | None) -> str:
    """Say that the course before counts, and how."""
    counted = (
        ""
        if last and last.first
        else ', all of it on its last day; give its first day too, --last-course "DATE to DATE GRAMS", to spread it'
    )
    return f"the last course is part of it{counted}"


def highest(days: list[tuple[Day, Fraction]], width: int) -> Most | None:
    """Find the highest window with more than one course in it; the earliest where several are as high.

    Args: each day with its dose [g], in order; how many consecutive dates a window has [days].
    Returns: the window; None where none holds days of two courses.
    """
    numbered = tuple(day for day, _ in days)
    windows = _windows(numbered, width)
    return _most(windows, numbered, *over_one([grams for _, grams in days])) if windows else None


def _windows(days: tuple[Day, ...], width: int) -> tuple[Window, ...]:
    """The windows with more than one course in them, in order.

    One that lies within another is left out: every day has a dose, so that it holds less.
    """
    windows: list[Window] = []
    first = 0
    for last, (number, course) in enumerate(days):
        while days[first].number <= number - width:
            first += 1
        if days[first].course != course:
            if windows and windows[-1][0] == first:
                windows.pop()
            windows.append((first, last))
    return tuple(windows)


def _most(windows: tuple[Window, ...], days: tuple[Day, ...], doses: list[int], parts: int) -> Most:
    """The highest window; the earliest where several are as high. Doses are whole numbers of parts of a gram."""
    totals = [sum(doses[first : last + 1]) for first, last in windows]
    most = max(totals)
    first, last = windows[totals.index(most)]
    return Most(Fraction(most, parts), days[first], days[last])


def _not_of_source(plan: Plan, most: Most, width: int) -> str | None:
    """What causes the excess beside the regimen's own figures, or None."""
    if most.first.course == 0:
        return last_words(plan.patient.last_course)
    within = (course.phase for course in plan.courses if most.first.course <= course.cycle <= most.last.course)
    if plan.regimen is None or _beyond(plan, most) or not all(map(settled_by_source, within)):
        return "not all of its figures are those of a source"
    for phase in _begun_by_hand(plan, most):
        if _is_sooner(phase):
            return f"that {phase.name} begins after {phase.begins} was entered by hand, and is sooner than its courses follow each other"
    if plan.infusions[0].date:
        days, _ = _calendar(tuple(_courses(plan, dates=False)), width)
        alone = highest(list(zip(days, (infusion.calculated_g for infusion in plan.infusions), strict=True)), width)
        if alone is None or alone.grams < most.grams:
            return "moving courses to other days brought them closer together"
    from ivigcalc.safety.population import outside

    return outside(plan.regimen, plan.patient)


def _of_source(plan: Plan, most: Most) -> str:
    """How the regimen's own figures cause it."""
    if not (begun := _begun_by_hand(plan, most)):
        return "the regimen's own source states it"
    phases = ", ".join(f"{phase.name} begins after {phase.begins}, which was entered by hand" for phase in begun)
    return f"the doses are those of the regimen's own source; {phases}, and no sooner than the source's own interval"


def _begun_by_hand(plan: Plan, most: Most) -> list[Settled]:
    """The phases that begin within a window at a time that was entered."""
    first = next(course.phase for course in plan.courses if course.cycle == most.first.course)
    within = [course.phase for course in plan.courses if most.first.course < course.cycle <= most.last.course]
    return list(dict.fromkeys(phase for phase in within if phase is not first and "begins" in phase.entered))


def _is_sooner(phase: Settled) -> bool:
    """Whether a phase begins sooner after the one before than its source lets its own courses follow each other."""
    assert phase.begins  # it was entered
    if phase.every is None:
        return True
    if phase.begins.unit == phase.every.unit:
        return phase.begins.number < phase.every.number
    return days_in(phase.begins) < days_in(phase.every, month=31)


def _beyond(plan: Plan, most: Most) -> bool:
    """Whether a course is in it that the source, which states how many, does not."""
    stated = [phase.cycles.high for phase in plan.phases if phase.cycles]
    return len(stated) == len(plan.phases) and most.last.course > sum(stated)


def _when(plan: Plan, most: Most) -> str:
    """From when to when, in dates where there are any."""
    last = next(infusion.date for infusion in plan.infusions if infusion.cycle == most.last.course)
    if last is None:
        return f"courses {most.first.course} and {most.last.course} by the interval"
    first, end = (date.fromordinal(day.number) for day in (most.first, most.last))
    return f"{screen_date(first)} to {screen_date(end)}"
