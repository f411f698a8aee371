"""The days and dates of an order: how many days a course has, and on which dates its doses are given. Pure."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise
from typing import Literal, NamedTuple, TypeVar

from ivigcalc.checking import Unit
from ivigcalc.errors import InputError
from ivigcalc.model import MOST_DAYS
from ivigcalc.numbers import screen_text
from ivigcalc.safety.order_parts import EXAMPLE, WHAT, Amount, CourseNumber, Day, Days, On, Part
from ivigcalc.when import screen_date

T = TypeVar("T")


class Stated(NamedTuple):
    """An amount of the order [g or g/kg], with what it is for and the days or dates that belong to it."""

    value: Fraction
    half: Fraction
    unit: Unit
    per_kg: bool
    words: str
    per: Literal["day", "course", "dose", "all"] | None = None
    bound: bool = False
    on: tuple[int | date, ...] = ()


FOR = {"day": "day", "dose": "dose", "course": "course", "all": "course"}
"""What an amount is for, in words."""


class Calendar(NamedTuple):
    """The days and dates of an order."""

    numbers: tuple[int, ...]  # of days, where these are named
    dates: tuple[tuple[date, ...], ...]  # of each course
    start: date | None  # of the first course, where only that is named
    listed: bool  # whether the dates are named one by one, and not as a row from one to another


def calendar_of(parts: Sequence[Part], amounts: list[Stated]) -> tuple[list[Stated], Calendar]:
    """Find the days and dates of an order.

    Args: its parts; its amounts.
    Returns: the amounts, which keep days of their own where several have some; the days and dates.
    Raises: InputError where a day stands alone, twice or out of order.
    """
    own: dict[int, list[int | date]] = {}
    of_courses: list[list[date]] = []
    start: date | None = None
    leads = _leads(parts)
    number = -1
    for place, part in enumerate(parts):
        if isinstance(part, Amount):
            number += 1
        elif isinstance(part, CourseNumber):
            if part.number != len(of_courses) + 1:
                raise InputError(f"{WHAT}: course {part.number} does not follow course {len(of_courses)}; count the courses from 1")
            of_courses.append([])
        elif isinstance(part, On):
            own.setdefault(number + leads, []).extend(part.days)
        elif isinstance(part, Day):
            listed = of_courses[-1] if of_courses else own.setdefault(number + leads, [])
            if part.role == "start" and not _range_follows(parts, place):
                start = one_of("first days", [*([start] if start else []), part.date])
            elif part.role == "end":
                listed.extend(_up_to(listed, part.date))
            else:
                listed.append(part.date)
    own = {key: days for key, days in own.items() if days}
    if any(not 0 <= key < len(amounts) for key in own):
        raise InputError(f"{WHAT}: a date or day stands without its dose; write such as 31 g on 2027-01-04, 2027-01-05")
    together = [day for days in own.values() for day in days]
    numbers = tuple(day for day in together if isinstance(day, int))
    dates = [day for day in together if isinstance(day, date)]
    if numbers and sorted(numbers) != list(range(1, len(numbers) + 1)):
        raise InputError(f"{WHAT}: days {', '.join(map(str, numbers))} do not count every day once from 1; write such as days 1 to 5")
    for row in (dates, [day for course in of_courses for day in course]):
        if again := next((later for earlier, later in pairwise(row) if later <= earlier), None):
            raise InputError(f"{WHAT}: {screen_date(again)} does not come after the date before it; write each date once, in their order")
    if (dates and of_courses) or (numbers and dates):
        raise InputError(f"{WHAT}: names days in two ways; write each date once, {EXAMPLE}")
    if len(own) > 1:
        amounts = [amount._replace(on=tuple(own.get(key, ()))) for key, amount in enumerate(amounts)]
    courses = tuple(tuple(course) for course in of_courses) or ((tuple(dates),) if dates else ())
    one_by_one = bool(courses) and not any(isinstance(part, Day) and part.role == "end" for part in parts)
    return amounts, Calendar(numbers, courses, start, one_by_one)


def _leads(parts: Sequence[Part]) -> int:
    """1 where a day or date stands before its dose ("2027-01-04: 31 g"), 0 where it follows it."""
    first = next((part for part in parts if isinstance(part, Amount | On) or (isinstance(part, Day) and part.role == "on")), None)
    return 0 if isinstance(first, Amount) else 1


def _range_follows(parts: Sequence[Part], place: int) -> bool:
    after = parts[place + 1] if place + 1 < len(parts) else None
    return isinstance(after, Day) and after.role == "end"


def _up_to(listed: list[int | date] | list[date], last: date) -> Iterator[date]:
    """The days from the one listed last to the end of a row."""
    first = listed[-1] if listed else None
    if not isinstance(first, date) or not 0 < (last - first).days < MOST_DAYS:
        raise InputError(
            f"{WHAT}: {screen_date(last)} does not end a row of up to {MOST_DAYS} days; write such as 2027-01-04 to 2027-01-08"
        )
    for step in range(1, (last - first).days + 1):
        yield first + timedelta(days=step)


def length_of(lengths: list[Days], amounts: list[Stated], calendar: Calendar) -> tuple[int, bool]:
    """Settle how many days a course has; a dose with no word of days is one infusion.

    Args: the numbers of days that are said; the amounts; the days and dates.
    Returns: the number of days, and whether the order says it.
    Raises: InputError where two are said, or none for a daily dose or a total.
    """
    counts = [length.number for length in lengths]
    counts += [len(calendar.numbers)] if calendar.numbers else []
    counts += [len(course) for course in calendar.dates]
    if found := one_of("numbers of days", counts):
        if found > MOST_DAYS:
            raise InputError(f"{WHAT}: names {found} days; a course has at most {MOST_DAYS} (a bound of our own)")
        return found, True
    if missing := next((amount for amount in amounts if amount.per in ("day", "course", "all")), None):
        raise InputError(
            f"{WHAT}: {missing.words!r} is for a {FOR[missing.per or 'day']}, and nothing says how many days; write them, {EXAMPLE}"
        )
    return 1, False


def dates_from(start: date | None, count: int) -> tuple[tuple[date, ...], ...]:
    """Name the consecutive dates of a course.

    Args: its first day, None where not known; its number of days.
    Returns: one course, or none.
    Raises: InputError past the end of the calendar.
    """
    if start is None:
        return ()
    if date.max - start < timedelta(days=count):
        raise InputError(f"{WHAT}: {screen_date(start)} is too near the end of the calendar; write an earlier date")
    return (tuple(start + timedelta(days=step) for step in range(count)),)


def one_of(what: str, found: Sequence[T]) -> T | None:
    """Settle the one figure that is said, perhaps more than once.

    Args: what is counted, for the message; the figures.
    Returns: the figure, None where none is said.
    Raises: InputError where two are said.
    """
    if other := next((figure for figure in found if figure != found[0]), None):
        raise InputError(f"{WHAT}: names two {what}, {_shown(found[0])} and {_shown(other)}; mend the order")
    return found[0] if found else None


def _shown(figure: object) -> str:
    return screen_text(figure) if isinstance(figure, Fraction) else str(figure)


def days_text(count: int) -> str:
    """Write a number of days."""
    return f"{count} day{'' if count == 1 else 's'}"
