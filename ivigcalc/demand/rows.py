"""The cells of one row of a schedule -> what it asks for, or every fault of them, each with its column and mend."""

import re
from collections.abc import Callable, Sequence
from datetime import date
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from ivigcalc.errors import InputError
from ivigcalc.model import MOST_CYCLES, MOST_DAYS, Counts
from ivigcalc.numbers import MOST_TEXT, NUMBER, exact_text, read_number, read_whole, refuse_long

CELLS = ("regimen", "phase", "cycle", "day", "days", "date", "ordered_g", "product", "vials", "wasted_g", "minutes", "findings")
"""The columns of a schedule that a demand is made of, besides the one that says whose row it is."""
MOST_WORDS = 120
"""Our own bound on an id and the like."""
KEPT = 4_096
"""How many texts of a kind are kept with what they came to; they recur."""

_number = re.compile(NUMBER, re.ASCII).fullmatch
_vials = re.compile(rf"([1-9][0-9]{{0,8}})x({NUMBER}) g", re.ASCII).fullmatch
_accepted = re.compile(r"-[0-9.]+-accepted\Z", re.ASCII)


class Row(NamedTuple):
    """One infusion of a schedule; None where the schedule does not know it, which is never taken as 0."""

    who: str  # the id, or the label of a schedule that `plan` wrote
    regimen: str  # empty for a dose entered by hand
    phase: str
    cycle: int
    day: int
    days: int
    date: date | None
    ordered_g: Fraction
    product: str  # empty where none is named
    vials: Counts | None
    wasted_g: Fraction | None
    minutes: Fraction | None
    findings: tuple[str, ...]  # codes, without the figure of one that was accepted


class Fault(NamedTuple):
    """What is wrong with a cell."""

    column: str  # empty for the one that says whose row it is
    message: str


def read_row(who: str, cells: Sequence[str]) -> Row | tuple[Fault, ...]:
    """Read a row.

    Args: whose it is; the texts of the columns of CELLS, in their order.
    Returns: the row; or every fault of it.
    """
    regimen, phase, cycle, day, days, date_, ordered, product, vials, wasted, minutes, findings = cells
    try:
        row = Row(
            _once(who), _text(regimen), _text(phase), _cycle(cycle), _day(day), _day(days), _date(date_), _above_zero(ordered),
            _text(product), _counts(vials), _or_zero(wasted), _maybe(minutes), _codes(findings),
        )  # fmt: skip
    except InputError:
        return tuple(_faults(who, cells))
    return tuple(_contradictions(row)) or row


def _faults(who: str, cells: Sequence[str]) -> list[Fault]:
    """The faults of single cells."""
    faults = []
    for column, text in zip(("", *CELLS), (who, *cells), strict=True):
        try:
            _READERS.get(column, _text)(text)
        except InputError as error:
            faults.append(Fault(column, str(error).removeprefix(": ")))
    return faults


def _contradictions(row: Row) -> list[Fault]:
    """What cells that can be read say against each other."""
    faults = []
    if row.day > row.days:
        faults.append(Fault("day", f"day {row.day} of a course of {row.days}; mend one of the two columns"))
    if (row.vials is None) != (row.wasted_g is None):
        empty, other = ("vials", "wasted_g") if row.vials is None else ("wasted_g", "vials")
        faults.append(Fault(empty, f"the cell is empty and {other} is not; fill in both, or empty both"))
    elif row.vials is not None and row.wasted_g is not None:
        opened, needed = in_vials(row.vials), row.ordered_g + row.wasted_g
        if opened != needed:
            why = f"these vials hold {exact_text(opened)} g, and ordered_g and wasted_g make {exact_text(needed)} g"
            faults.append(Fault("vials", f"{why}; mend one of the three columns"))
    return faults


@lru_cache(KEPT)
def in_vials(vials: Counts) -> Fraction:
    """What vials hold together [g]."""
    return sum((size * count for size, count in vials), Fraction(0))


def _once(text: str) -> str:
    """An id, which does not recur."""
    if len(text) > MOST_WORDS:
        raise InputError(f"a text of {len(text):,} characters; write at most {MOST_WORDS} (a bound of our own)")
    if not text.isprintable():
        raise InputError(f"{text!r} holds a character that no screen shows; delete it")
    return text


_text = lru_cache(KEPT)(_once)


@lru_cache(KEPT)
def _above_zero(text: str) -> Fraction:
    if len(text) > MOST_TEXT or not _number(text) or not (value := Fraction(text)):
        return read_number(text, "")
    return value


@lru_cache(KEPT)
def _maybe(text: str) -> Fraction | None:
    return _above_zero(text) if text else None


@lru_cache(KEPT)
def _or_zero(text: str) -> Fraction | None:
    return Fraction(0) if text == "0" else _maybe(text)


@lru_cache(KEPT)
def _cycle(text: str) -> int:
    return read_whole(text, "", most=MOST_CYCLES)


@lru_cache(KEPT)
def _day(text: str) -> int:
    return read_whole(text, "", most=MOST_DAYS)


@lru_cache(KEPT)
def _date(text: str) -> date | None:
    if not text:
        return None
    refuse_long(text, "")
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text, re.ASCII):
        raise InputError(
            f"{text!r} is no date of a schedule, which a spreadsheet may have changed; write year-month-day, such as 2027-01-04"
        )
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InputError(f"there is no day {text}; write a day of the calendar, such as 2027-02-28") from None


@lru_cache(KEPT)
def _counts(text: str) -> Counts | None:
    """Vials such as 1x20 g;1x5 g."""
    if not text:
        return None
    parts = [_vials(part) for part in text.split(";")]
    counts = tuple((Fraction(part[2]), int(part[1])) for part in parts if part)
    if len(counts) < len(parts) or len({size for size, _ in counts}) < len(parts) or not all(size for size, _ in counts):
        shown = repr(text) if len(text) <= MOST_TEXT else f"a text of {len(text):,} characters"
        raise InputError(f"{shown} does not name vials; write counts and sizes, each size once, such as 1x20 g;1x5 g")
    return tuple(sorted(counts, reverse=True))


@lru_cache(KEPT)
def _codes(text: str) -> tuple[str, ...]:
    return tuple(_accepted.sub("-accepted", code) for code in text.split(";")) if text else ()


_READERS: dict[str, Callable[[str], object]] = {
    "cycle": _cycle, "day": _day, "days": _day, "date": _date, "ordered_g": _above_zero, "vials": _counts, "wasted_g": _or_zero,
    "minutes": _maybe, "findings": _codes,
}  # fmt: skip
