"""The dose of any 28 consecutive dates, both ends counted, over a schedule and the course before it. Pure."""

from collections.abc import Iterable, Iterator
from datetime import date
from fractions import Fraction
from itertools import accumulate
from typing import NamedTuple

from ivigcalc.model import Caution, Course, Finding, LastCourse, Plan, Settled
from ivigcalc.numbers import exact_text, over_one, screen_text
from ivigcalc.safety.cautions import interval, per_kg, settled_by_source, sources
from ivigcalc.when import days_in, screen_date


class Day(NamedTuple):
    """One day of infusion; days are numbered, as dates or from the first one of the plan."""

    number: int
    course: int  # 0 for the course before


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
    last = list(last_days(plan.patient.last_course)) if plan.patient.last_course else []
    days = [day for day, _ in last] + _days(plan)
    windows = _windows(days, int(caution.figures["days"]))
    if not windows:
        return None
    last_g = [grams for _, grams in last]
    calculated_g = [infusion.calculated_g for infusion in plan.infusions]
    ordered_g = [infusion.ordered_g for infusion in plan.infusions]
    doses, parts = over_one([*last_g, *calculated_g, *last_g, *ordered_g])
    calculated, ordered = doses[: len(days)], doses[len(days) :]
    either = map(max, calculated, ordered)
    return Highest(_most(windows, days, calculated, parts), _most(windows, days, ordered, parts), _most(windows, days, either, parts).grams)


def limit_text(caution: Caution) -> str:
    """Write the limit."""
    return f"the limit of {screen_text(caution.figures['above'])} g per kg in {caution.figures['days']} days, a choice of ours"


def _days(plan: Plan, *, dates: bool = True) -> list[Day]:
    """Every day of the schedule, by its dates where it has any, or by the interval alone."""
    if dates and plan.infusions[0].date:
        return [Day(infusion.date.toordinal(), infusion.cycle) for infusion in plan.infusions if infusion.date]
    starts = zip(plan.courses, _by_interval(plan.courses), strict=True)
    return [Day(start + day, course.cycle) for course, start in starts for day in range(course.phase.days)]


def _by_interval(courses: tuple[Course, ...]) -> Iterator[int]:
    """Where each course starts by the intervals alone; a month counts as 28 days, as February has."""
    number = 1
    for before, course in zip((None, *courses), courses, strict=False):
        number += days_in(interval(before, course), month=28) if before else 0
        yield number


def last_days(last: LastCourse) -> Iterator[tuple[Day, Fraction]]:
    """The days of the course before with their doses [g]: even ones, or all of it on its last day where its first is not known."""
    count = (last.day - last.first).days + 1 if last.first else 1
    return ((Day(last.day.toordinal() - step, 0), last.grams / count) for step in reversed(range(count)))


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
    numbered = [day for day, _ in days]
    windows = _windows(numbered, width)
    return _most(windows, numbered, *over_one([grams for _, grams in days])) if windows else None


def _windows(days: list[Day], width: int) -> list[tuple[int, int]]:
    """The windows with more than one course in them, in order: the places of the first and the last day of each."""
    windows, first = [], 0
    for last, (number, course) in enumerate(days):
        while days[first].number <= number - width:
            first += 1
        if days[first].course != course:
            windows.append((first, last))
    return windows


def _most(windows: list[tuple[int, int]], days: list[Day], doses: Iterable[int], parts: int) -> Most:
    """The highest window; the earliest where several are as high. Doses are whole numbers of parts of a gram."""
    so_far = list(accumulate(doses, initial=0))
    totals = [so_far[last + 1] - so_far[first] for first, last in windows]  # up to its last day, less what was before its first
    total = max(totals)
    first, last = windows[totals.index(total)]
    return Most(Fraction(total, parts), days[first], days[last])


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
        doses = (infusion.calculated_g for infusion in plan.infusions)
        alone = highest(list(zip(_days(plan, dates=False), doses, strict=True)), width)
        if alone is None or alone.grams < most.grams:
            return "moving courses to other days brought them closer together"
    from ivigcalc.safety.population import outside

    return outside(plan.regimen, plan.patient)


def _of_source(plan: Plan, most: Most) -> str:
    """How the regimen's own figures cause it."""
    if not (begun := _begun_by_hand(plan, most)):
        return "the regimen's own source states it"
    phases = " and ".join(f"{phase.name} begins after {phase.begins}, which was entered by hand, and" for phase in begun)
    return f"the doses are those of the regimen's own source; {phases} no sooner than the source's own interval"


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
    last = next((infusion.date for infusion in plan.infusions if infusion.cycle == most.last.course), None)
    if last is None:
        return f"courses {most.first.course} and {most.last.course} by the interval"
    first, end = (date.fromordinal(day.number) for day in (most.first, most.last))
    return f"{screen_date(first)} to {screen_date(end)}"
