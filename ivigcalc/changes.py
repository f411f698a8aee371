"""What changes between two catalogues. Apart from model.py, since a plan needs none of it.

Frozen, without behaviour beyond what their fields mean; the unit is in the name.
"""

from fractions import Fraction
from typing import NamedTuple

from ivigcalc.model import Regimen


class DoseAt(NamedTuple):
    """What a phase comes to at one dosing weight, for one dose and number of days that the source allows."""

    days: int | None  # None where the source states none
    day_g: Fraction | None  # None where the days are not known
    course_g: Fraction | None
    refused: str | None  # why no course is made of it, such as a cap


class Change(NamedTuple):
    """A value that differs; None where there was or is none."""

    key: str  # such as days, or quote
    place: str  # of several phases or citations the one that it is of, such as loading; else empty
    old: object
    new: object


class RegimenChange(NamedTuple):
    """A regimen that was added, removed or changed."""

    id: str
    old: Regimen | None
    new: Regimen | None
    figures: tuple[Change, ...]  # what a dose, its days or its weight rests on
    words: tuple[Change, ...]  # the rest


class CatalogueChange(NamedTuple):
    """Everything that differs between two catalogues."""

    before: int  # how many regimens
    now: int
    regimens: tuple[RegimenChange, ...]
    around: tuple[Change, ...]  # indications, words with two meanings, what is not IVIG or not recommended
