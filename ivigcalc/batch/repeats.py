"""Which ids stand on several rows, and how much such an id gets in any 28 dates. It is found on disk: memory does not grow."""

import sqlite3
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from fractions import Fraction
from itertools import groupby
from typing import NamedTuple

from ivigcalc.batch.planning import Problem
from ivigcalc.batch.reading import Record
from ivigcalc.errors import OutputError
from ivigcalc.model import Plan
from ivigcalc.numbers import exact_text, screen_text
from ivigcalc.when import screen_date

WINDOW_DAYS = 28
MOST_SHOWN = 5
"""How many lines of an id are named."""


class Most(NamedTuple):
    """The most that an id gets in any 28 consecutive dates."""

    g_per_kg: Fraction
    first: date  # the first and the last date with an infusion in them
    last: date


@contextmanager
def open_store() -> Iterator[sqlite3.Connection]:
    """Open a database in a temporary file that goes when it is closed."""
    try:
        store = sqlite3.connect("", isolation_level=None)
        try:
            store.execute("PRAGMA journal_mode = OFF")
            store.execute("PRAGMA cache_size = -512")  # kB: a file of any size takes the same memory
            store.execute("CREATE TABLE rows (id TEXT, line INTEGER, text TEXT)")
            store.execute("CREATE TABLE doses (day INTEGER, g_per_kg TEXT)")
            yield store
        finally:
            store.close()
    except sqlite3.Error as error:
        raise OutputError(f"the temporary file for repeated ids could not be used ({error}); make room where TMPDIR points") from None


def remember(store: sqlite3.Connection, planned: Iterable[tuple[str, Record]]) -> None:
    """Keep the rows that were planned.

    Args: the store; each row with its id.
    """
    store.execute("BEGIN")
    store.executemany("INSERT INTO rows VALUES (?, ?, ?)", ((key, record.line, record.text) for key, record in planned))
    store.execute("COMMIT")


def repeated(store: sqlite3.Connection, plan: Callable[[Record], Plan]) -> Iterator[Problem]:
    """Report every id that was planned on several rows.

    Args: the store; what plans a row again, as it was planned before.
    Returns: a note for each, in the order of their first rows.
    """
    store.execute("CREATE TABLE repeated AS SELECT id, min(line) AS first, count(*) AS rows FROM rows GROUP BY id HAVING count(*) > 1")
    rows = store.execute(
        "SELECT r.first, r.rows, rows.id, rows.line, rows.text FROM rows JOIN repeated r ON r.id = rows.id ORDER BY r.first, rows.line"
    )
    for (_, count, key), group in groupby(rows, key=lambda row: row[:3]):
        lines: list[int] = []
        undated = 0
        store.execute("DELETE FROM doses")
        store.execute("BEGIN")
        for _, _, _, line, text in group:
            if len(lines) < MOST_SHOWN:
                lines.append(line)
            infusions = plan(Record(line, text)).infusions
            dated = [(infusion.date.toordinal(), exact_text(infusion.g_per_kg)) for infusion in infusions if infusion.date]
            store.executemany("INSERT INTO doses VALUES (?, ?)", dated)
            undated += not dated
        store.execute("COMMIT")
        doses = ((date.fromordinal(day), Fraction(g_per_kg)) for day, g_per_kg in store.execute("SELECT * FROM doses ORDER BY day"))
        yield Problem(lines[0], key, "note", _words(count, lines, most_in_window(doses), undated))


def most_in_window(doses: Iterable[tuple[date, Fraction]]) -> Most | None:
    """Find the most in any 28 consecutive dates.

    Args: the doses by date, rising, each as the column g_per_kg has it [g/kg].
    Returns: the most [g/kg] and its dates; None without doses.
    """
    window: deque[tuple[date, Fraction]] = deque()
    total, most = Fraction(0), None
    for day, rows in groupby(doses, key=lambda dose: dose[0]):
        window.append((day, sum((g_per_kg for _, g_per_kg in rows), Fraction(0))))
        total += window[-1][1]
        while (day - window[0][0]).days >= WINDOW_DAYS:
            total -= window.popleft()[1]
        if most is None or total > most.g_per_kg:
            most = Most(total, window[0][0], day)
    return most


def _words(count: int, lines: list[int], most: Most | None, undated: int) -> str:
    """What there is to say of an id on several rows."""
    which = ", ".join(f"{line:,}" for line in lines) + (f" and {count - len(lines):,} more" if count > len(lines) else "")
    parts = [f"this id stands on {count:,} rows, lines {which}, and each was planned by itself"]
    if most:
        span = f"from {screen_date(most.first)} to {screen_date(most.last)}" if most.first < most.last else f"on {screen_date(most.first)}"
        parts.append(f"together at most {screen_text(most.g_per_kg)} g per kg in any {WINDOW_DAYS} consecutive dates, {span}")
    if undated:
        parts.append(f"{undated:,} row{'' if undated == 1 else 's'} without dates {'is' if undated == 1 else 'are'} not in that sum")
    return f"{'; '.join(parts)}; check that the rows belong together, or mend the id"
