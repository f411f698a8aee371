"""What the words of an order can be, before anything is understood of the whole."""

from datetime import date
from fractions import Fraction
from typing import Literal, NamedTuple

from ivigcalc.checking import Body, Unit
from ivigcalc.when import Interval

WHAT = "--order"
EXAMPLE = "such as 30 g daily for 5 days, or 150 g over 5 days"

Length = Literal["over", "each", "plain", "times", "once", "shorthand"]


class Amount(NamedTuple):
    """A number with its unit [g, mg or mL, or these per kg]."""

    number: Fraction
    unit: Unit
    per_kg: bool
    half: Fraction  # half of the last digit that was written: how far the number may have been rounded
    words: str


class Per(NamedTuple):
    """What an amount is for. `bound` is said of one amount (per day), which an adverb (daily) need not be."""

    of: Literal["day", "course", "dose", "all"]
    bound: bool
    words: str


class Days(NamedTuple):
    """How many days; `over` makes an amount a total, `each` a day's dose; `plain` neither, nor `times` (x 5), nor `shorthand` (5/7)."""

    number: int
    how: Length
    words: str


class On(NamedTuple):
    """Numbers of days of the course, such as days 2 to 3."""

    days: tuple[int, ...]


class Day(NamedTuple):
    """A date; its role is to be a day of infusion, to start a treatment, or to end a row of days."""

    date: date
    role: Literal["on", "start", "end"]


class Repeat(NamedTuple):
    """An interval from start to start."""

    every: Interval


class Courses(NamedTuple):
    """How many courses."""

    number: int


class CourseNumber(NamedTuple):
    """The dates that follow are those of this course."""

    number: int


class Strength(NamedTuple):
    """A concentration [g/mL] that the order names."""

    g_per_ml: Fraction


class Aside(NamedTuple):
    """What is read and not judged: the duration or the volume of an infusion."""

    note: str


class Gap(NamedTuple):
    """A comma or another pause."""


Part = Amount | Per | Days | On | Day | Repeat | Courses | CourseNumber | Body | Strength | Aside | Gap
