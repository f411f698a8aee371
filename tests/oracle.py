"""A second calculation, to hold against the program: plain fractions and dates, and nothing of ivigcalc.

It is written for the eye and not for speed, and wherever there is a choice it goes about things in another way than the
program does: it tries every day in turn, counts months one by one, and deals out hundredths of a gram.
"""

from collections.abc import Collection
from datetime import date, timedelta
from fractions import Fraction
from itertools import combinations_with_replacement, product
from math import floor
from typing import NamedTuple

KG = {"kg": Fraction(1), "g": Fraction(1, 1000), "lb": Fraction("0.45359237"), "st": 14 * Fraction("0.45359237")}
"""One unit of body weight [kg]: the pound of the international yard and pound agreement of 1959; a stone is 14 of them."""

A_YEAR_OF_TRIES = 400


class NeverFits(Exception):
    """No start holds all the days of a course."""


class Overlap(Exception):
    """A course starts before the one before it has ended."""


class Amounts(NamedTuple):
    """What a course comes to [g]."""

    calculated_day: Fraction
    calculated_course: Fraction
    ordered: tuple[Fraction, ...]  # of each day


class Dates(NamedTuple):
    """Where courses fall: where the interval puts them, where they start, and when the next would."""

    planned: tuple[date, ...]
    starts: tuple[date, ...]
    next_start: date | None  # None without an interval, and where it would overlap the last one


def kilograms(*parts: tuple[str, str]) -> Fraction:
    """A body weight [kg] from its parts, such as ("9", "st"), ("11", "lb")."""
    return sum((Fraction(number) * KG[unit] for number, unit in parts), Fraction(0))


def hundredths(grams: Fraction) -> int:
    """The nearest whole number of hundredths of a gram; halfway between two it is the lower one."""
    lower = floor(grams * 100)
    return lower if grams * 100 - lower <= Fraction(1, 2) else lower + 1


def amounts(weight_kg: Fraction, g_per_kg: Fraction, per: str, days: int) -> Amounts:
    """The dose of a day and of a course, and what is ordered on each day.

    A dose per day is rounded as a day's dose. A dose per course is rounded as a course, and its hundredths are dealt out
    one by one, from the last day backwards, until none is left.
    """
    once = g_per_kg * weight_kg
    if per == "day" or days == 1:
        return Amounts(once, once * days, (Fraction(hundredths(once), 100),) * days)
    whole, left_over = divmod(hundredths(once), days)
    dealt = [whole] * days
    while left_over:
        dealt[days - left_over] += 1
        left_over -= 1
    return Amounts(once / days, once, tuple(Fraction(number, 100) for number in dealt))


def amounts_of_vials(sizes: Collection[Fraction], most: Fraction) -> list[Fraction]:
    """Every amount up to `most` [g] that whole vials make, by opening one more vial again and again; 0 is one of them."""
    made, fresh = {Fraction(0)}, {Fraction(0)}
    while fresh:
        fresh = {amount + size for amount in fresh for size in sizes if amount + size <= most} - made
        made |= fresh
    return sorted(made)


def rounded(calculated: Fraction, amounts: Collection[Fraction], direction: str) -> Fraction:
    """The amount to order, of those that could be; of two that are as near it is the lower."""
    if direction == "down":
        return max(amount for amount in amounts if amount <= calculated)
    if direction == "up":
        return min(amount for amount in amounts if amount >= calculated)
    return min(amounts, key=lambda amount: (abs(amount - calculated), amount))


def most_even(course: Fraction, days: int, amounts: Collection[Fraction]) -> tuple[Fraction, ...] | None:
    """The split with the least sum of squares, of all there are; None where there is none."""
    every = (split for split in combinations_with_replacement(sorted(amounts), days) if sum(split) == course)
    return min(every, key=lambda split: sum(day * day for day in split), default=None)


def vials_for(dose: Fraction, sizes: Collection[Fraction]) -> tuple[int, ...]:
    """How many of each size, larger first: of all that suffice those that waste least, then the fewest, then the larger ones."""
    larger_first = sorted(sizes, reverse=True)
    enough = [
        counts
        for counts in product(*(range(int(dose / size) + 2) for size in larger_first))
        if sum(count * size for count, size in zip(counts, larger_first, strict=True)) >= dose
    ]

    def worse(counts: tuple[int, ...]) -> tuple[Fraction, int, tuple[int, ...]]:
        held = sum((count * size for count, size in zip(counts, larger_first, strict=True)), Fraction(0))
        return held, sum(counts), tuple(-count for count in counts)

    return min(enough, key=worse)


def later(start: date, number: int, unit: str) -> date:
    """A date so many days, weeks or calendar months on; a month too short for the day of the month ends on its last day."""
    if unit != "month":
        return start + timedelta(days=number * {"day": 1, "week": 7}[unit])
    year, month = start.year, start.month
    for _ in range(number):
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    for day in range(start.day, 0, -1):
        try:
            return date(year, month, day)
        except ValueError:
            continue
    raise AssertionError


def course(start: date, days: int) -> tuple[date, ...]:
    """The consecutive days of a course."""
    return tuple(start + timedelta(days=number) for number in range(days))


def first_fit(start: date, days: int, weekdays: Collection[int], closed: Collection[date]) -> date:
    """Try one start after another until every day of the course is open; give up after more than a year."""
    for tries in range(A_YEAR_OF_TRIES):
        attempt = start + timedelta(days=tries)
        if all(day.weekday() in weekdays and day not in closed for day in course(attempt, days)):
            return attempt
    raise NeverFits


def dates(
    start: date,
    days: int,
    every: tuple[int, str] | None,
    cycles: int | None = None,
    until: date | None = None,
    weekdays: Collection[int] = range(7),
    closed: Collection[date] = (),
) -> Dates:
    """Place courses: each keeps its interval from the first one's actual start, and is moved to the first start that fits."""
    first = first_fit(start, days, weekdays, closed)
    planned, starts = [start], [first]
    while True:
        due = later(first, every[0] * len(starts), every[1]) if every else None
        following = due and first_fit(due, days, weekdays, closed)
        done = len(starts) >= (cycles or 1) if until is None else following is None or following > until
        if done:
            overlaps = following is not None and following <= course(starts[-1], days)[-1]
            return Dates(tuple(planned), tuple(starts), None if overlaps else following)
        assert due is not None
        assert following is not None
        if following <= course(starts[-1], days)[-1]:
            raise Overlap
        planned.append(due)
        starts.append(following)
