"""Where courses fall on the calendar. Pure: today's date is never asked for here."""

from collections.abc import Iterator
from datetime import date, timedelta

from ivigcalc.errors import InputError, Refused
from ivigcalc.when import WEEKDAYS, Interval, add_months, days_in, screen_date


def add_interval(start: date, every: Interval, times: int = 1) -> date:
    """Move a date on by whole intervals; months keep the day of the month where the month has it.

    Args: start; the interval; how many times.
    Returns: the date. A month is a calendar month: 31 January, 28 February, 31 March.
    Raises: InputError for a date past the year 9999.
    """
    count = every.number * times
    try:
        if every.unit == "month":
            return add_months(start, count)
        return start + timedelta(days=count * (7 if every.unit == "week" else 1))
    except (ValueError, OverflowError):
        what = f"{times * every.number} {every.unit}s after {screen_date(start)}"
        raise InputError(f"{what} is past the year 9999; write an earlier date") from None


def last_day(start: date, days: int) -> date:
    """The last day of a course.

    Args: its first day; its length [days].
    Returns: the date.
    Raises: InputError for a date past the year 9999.
    """
    return add_interval(start, Interval(days - 1, "day"))


def first_fit(start: date, days: int, infuse_on: frozenset[int] | None, closed: frozenset[date]) -> date:
    """Find the first start, from a date on, at which all consecutive days of a course can be given.

    Args: the earliest start; the course's length [days]; weekdays of infusion (Monday 0), None for all; closed dates.
    Returns: the first start that fits.
    Raises: Refused when no week holds the course; InputError past the year 9999.
    """
    if infuse_on is not None and not _week_holds(days, infuse_on):
        weekdays = ", ".join(WEEKDAYS[day] for day in sorted(infuse_on))
        raise Refused(
            f"a course of {days} consecutive days never fits on {weekdays}; choose other --infuse-on days, "
            "or a regimen or --days that fits them"
        )
    while True:
        wrong = [day for day in _days(start, days) if day in closed or (infuse_on is not None and day.weekday() not in infuse_on)]
        if not wrong:
            return start
        start = add_interval(wrong[-1], Interval(1, "day"))


def _days(start: date, days: int) -> Iterator[date]:
    last_day(start, days)  # refuses a course that runs past the calendar
    return (start + timedelta(days=number) for number in range(days))


def _week_holds(days: int, infuse_on: frozenset[int]) -> bool:
    """Whether some start in a week without closed dates fits."""
    return any(all((first + number) % 7 in infuse_on for number in range(days)) for first in range(7))


def check_apart(before: date, days: int, start: date, cycle: int, option: str = "--every") -> None:
    """Refuse a course that starts before the one before it has ended.

    Args: start and length [days] of the course before; start and number of this one; the option that says how far apart they are.
    Raises: Refused.
    """
    if start <= last_day(before, days):
        raise Refused(
            f"course {cycle} would start on {screen_date(start)}, before course {cycle - 1} ends on "
            f"{screen_date(last_day(before, days))}; write a longer {option} or fewer --days"
        )


def check_interval(every: Interval, days: int, option: str = "--every") -> None:
    """Refuse an interval that is shorter than the course before it, with or without dates.

    Args: the interval, start to start; the course's length [days]; the option that says how far apart they are.
    Raises: Refused.
    """
    shortest = days_in(every)
    if shortest < days:
        apart = f"every {every}" if option == "--every" else f"followed after {every}"
        raise Refused(f"courses of {days} days {apart} would overlap; write a longer {option} or fewer --days")
