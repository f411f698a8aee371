"""Dates, weekdays and intervals as people type them."""

import re
from calendar import monthrange
from datetime import date, time, timedelta
from typing import Literal, NamedTuple

from ivigcalc.errors import InputError
from ivigcalc.numbers import read_whole, refuse_long

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WEEKDAY_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTH_NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
MOST_INTERVAL = 1_000
"""Our own bound on the count of an interval."""


class Interval(NamedTuple):
    """The time from the start of one course to the start of the next; a month is a calendar month."""

    number: int
    unit: Literal["day", "week", "month"]

    def __str__(self) -> str:
        return f"{self.number} {self.unit}{'' if self.number == 1 else 's'}"


LEAST_MONTH = 28
"""Days of the shortest month, February."""


def days_in(every: Interval, month: int = LEAST_MONTH) -> int:
    """How many days an interval has.

    Args: the interval; how many days count as a month [days].
    Returns: the days.
    """
    return every.number * {"day": 1, "week": 7, "month": month}[every.unit]


def read_interval(text: str, what: str = "--every") -> Interval:
    """Read an interval such as "3 weeks", "21 days" or "1 month".

    Args: text as typed; what it is, for the message.
    Returns: the interval.
    Raises: InputError when there is no whole count or no unit.
    """
    refuse_long(text, what)
    match = re.fullmatch(r"\s*(\S+?)\s*(days?|weeks?|months?)\s*", text, re.ASCII | re.IGNORECASE)
    if not match:
        raise InputError(
            f'{what}: {text!r} is not an interval; write a count with days, weeks or months, such as "3 weeks", "21 days" or "1 month"'
        )
    count = read_whole(match[1], what, most=MOST_INTERVAL)
    unit: Literal["day", "week", "month"] = "day"
    if match[2].lower().startswith("week"):
        unit = "week"
    elif match[2].lower().startswith("month"):
        unit = "month"
    return Interval(count, unit)


def read_date(text: str, today: date, what: str) -> date:
    """Read an ISO date, `today` or `tomorrow`.

    Args: text as typed; today's date; what it is, for the message.
    Returns: the date.
    Raises: InputError for any other spelling and for a day that does not exist.
    """
    refuse_long(text, what)
    word = text.strip().lower()
    if word == "today":
        return today
    if word == "tomorrow" and today < date.max:
        return today + timedelta(days=1)
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", word):
        serial = f"; {word} may be a spreadsheet's number of a day, so give its cell the format yyyy-mm-dd"
        raise InputError(
            f"{what}: {text!r} is not a date that has one reading; write year-month-day, such as 2027-01-04, or today or tomorrow"
            f"{serial if re.fullmatch(r'[0-9]{5}(?:[.,][0-9]+)?', word) else ''}"
        )
    try:
        return date(int(word[:4]), int(word[5:7]), int(word[8:]))
    except ValueError:
        raise InputError(f"{what}: there is no day {word}; write a day of the calendar, such as 2027-02-28") from None


def read_time(text: str, what: str = "--start-time") -> time:
    """Read a time of the day on the 24-hour clock, such as 09:00.

    Args: text as typed; what it is, for the message.
    Returns: the time.
    Raises: InputError for any other spelling.
    """
    refuse_long(text, what)
    match = re.fullmatch(r"([01][0-9]|2[0-3]):([0-5][0-9])", text.strip())
    if not match:
        raise InputError(f"{what}: {text!r} is not a time; write hours and minutes on the 24-hour clock, such as 09:00 or 14:30")
    return time(int(match[1]), int(match[2]))


def read_weekdays(text: str, what: str = "--infuse-on") -> frozenset[int]:
    """Read weekdays such as "mon-fri" or "mon,wed,fri".

    Args: text as typed; what it is, for the message.
    Returns: weekday numbers, Monday 0 to Sunday 6.
    Raises: InputError for an unknown weekday.
    """
    refuse_long(text, what)
    days: set[int] = set()
    for part in text.lower().split(","):
        first, dash, last = (word.strip() for word in part.partition("-"))
        start = _weekday(first, text, what)
        end = _weekday(last, text, what) if dash else start
        days.update((start + step) % 7 for step in range((end - start) % 7 + 1))
    return frozenset(days)


def _weekday(word: str, text: str, what: str) -> int:
    for number, name in enumerate(_WEEKDAY_NAMES):
        if word in (name, name[:3]):
            return number
    raise InputError(f'{what}: {word!r} in {text!r} is not a weekday; write such as "mon-fri" or "mon,wed,fri"')


def add_months(day: date, months: int) -> date:
    """Move a date on by calendar months: 31 January, 28 February, 31 March.

    Args: day; how many months.
    Returns: the date, or the last day of its month where that has no such day.
    Raises: ValueError or OverflowError past the year 9999.
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def screen_date(day: date) -> str:
    """Write a date for people, so that no order of day and month can be mistaken: Mon 04-Jan-2027.

    Args: day.
    Returns: the date with its weekday, whatever the machine's language.
    """
    return f"{WEEKDAYS[day.weekday()].title()} {day.day:02}-{_MONTH_NAMES[day.month - 1]}-{day.year:04}"
