"""Settled phases -> courses in their order, with or without dates."""

from collections.abc import Iterator
from datetime import date
from itertools import chain, count, repeat
from typing import NamedTuple

from ivigcalc.dosing.dates import add_interval, check_apart, check_interval, first_fit
from ivigcalc.errors import InputError, Refused
from ivigcalc.model import MOST_CYCLES, Choices, Settled
from ivigcalc.when import screen_date


class Slot(NamedTuple):
    """A course before its grams: its phase, its number, its place in the calendar."""

    phase: Settled
    cycle: int
    start: date | None
    planned: date | None


def schedule(phases: tuple[Settled, ...], choices: Choices) -> tuple[tuple[Slot, ...], date | None]:
    """Place the courses that were asked for, and find the start of the one after them.

    Args: settled phases in order; what was chosen.
    Returns: the courses, and the date on which the next is due (None without dates, without an interval, or when the
    source's last course is among them).
    Raises: Refused for courses that overlap, never fit, or need an interval that nobody stated; InputError past the
    year 9999 or beyond 1,000 courses.
    """
    for phase in phases:
        if phase.every:
            check_interval(phase.every, phase.days)
    wanted = choices.cycles or (None if choices.until else _stated_cycles(phases))
    slots: list[Slot] = []
    courses = _courses(phases, choices)
    while wanted is None or len(slots) < wanted:
        if choices.until and slots and slots[-1].phase.every is None and _is_finished(phases, len(slots)):
            return tuple(slots), None  # no interval, and the source states no further course
        slot = next(courses)
        if choices.until and slot.start and slot.start > choices.until:
            if not slots:
                raise Refused(f"--until {choices.until}: the first course starts on {screen_date(slot.start)}; write a later --until")
            return tuple(slots), slot.start
        if len(slots) == MOST_CYCLES:
            raise InputError(f"--until: more than {MOST_CYCLES:,} courses, a bound of our own; write an earlier date")
        _check_apart(slots, slot)
        slots.append(slot)
    return tuple(slots), _next_start(courses, phases, slots)


def _stated_cycles(phases: tuple[Settled, ...]) -> int:
    """The courses to show when nobody said how many: what the source states; one of an open-ended phase."""
    return sum(_fixed_cycles(phase) if phase.every else 1 for phase in phases)


def _fixed_cycles(phase: Settled) -> int:
    return (phase.cycles and phase.cycles.fixed) or 1


def _next_start(courses: Iterator[Slot], phases: tuple[Settled, ...], slots: list[Slot]) -> date | None:
    if _is_finished(phases, len(slots)):
        return None
    try:
        following = next(courses)
        _check_apart(slots, following)
    except (InputError, Refused):
        return None  # past the calendar, in the way of the last one, or without an interval: nobody asked for this course
    return following.start


def _is_finished(phases: tuple[Settled, ...], planned: int) -> bool:
    """Whether every course that the source states is planned."""
    stated = [phase.cycles.high if phase.cycles else None for phase in phases]
    return stated[-1] is not None and planned >= sum(number or 0 for number in stated)


def _check_apart(slots: list[Slot], slot: Slot) -> None:
    """Refuse a course that starts before the one before it has ended."""
    if slots and slots[-1].start and slot.start:
        option = "--every" if slot.phase is slots[-1].phase else "--begins"
        check_apart(slots[-1].start, slots[-1].phase.days, slot.start, slot.cycle, option)


def _courses(phases: tuple[Settled, ...], choices: Choices) -> Iterator[Slot]:
    """The courses without end: of each phase its own number of them, of the last phase for ever."""
    finite = ((phase, number) for phase in phases[:-1] for number in range(_fixed_cycles(phase)))
    places = chain(finite, zip(repeat(phases[-1]), count()))
    last: Slot | None = None
    anchor: date | None = None  # the start that a phase's courses are counted from
    while True:
        phase, number = next(places)
        planned = _due(last, phase, anchor, number) if last else choices.start
        start = planned and first_fit(planned, phase.days, choices.infuse_on, choices.closed)
        last = Slot(phase, last.cycle + 1 if last else 1, start, planned)
        anchor = start if number == 0 else anchor
        yield last


def _due(last: Slot, phase: Settled, anchor: date | None, number: int) -> date | None:
    """When a course is due by its interval alone: counted from the phase's first actual start, so moves do not add up."""
    every = phase.every if number else phase.begins  # which is asked for where no source states it
    if every is None:
        raise Refused(f'course {last.cycle + 1}: no source states an interval; add --every, such as --every "4 weeks"')
    if last.start is None or anchor is None:
        if not number:  # the interval of a phase's own courses was checked before
            check_interval(every, last.phase.days, "--begins")
        return None
    return add_interval(anchor if number else last.start, every, number or 1)
