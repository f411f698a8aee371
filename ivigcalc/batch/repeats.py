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
from ivigcalc.model import Caution, LastCourse, Plan
from ivigcalc.numbers import screen_text
from ivigcalc.safety.cautions import per_kg, sources
from ivigcalc.safety.days28 import last_days
from ivigcalc.when import screen_date

MOST_SHOWN = 5
"""How many lines of an id are named."""


class Most(NamedTuple):
    """The most that an id gets in any so many consecutive dates."""

    g_per_kg: Fraction
    first: date  # the first and the last date with an infusion in them
    last: date


class Together(NamedTuple):
    """What the rows of an id come to."""

    rows: int
    lines: list[int]  # the first few
    undated: int  # rows without dates
    weights_kg: tuple[Fraction, Fraction]  # the lowest and the highest dosing weight
    ordered: Most | None
    calculated: Most | None
    last_counted: bool  # a course before the first date of all its rows is in the sum
    shared: int  # dates that stand on several rows
    first_shared: date | None


@contextmanager
def open_store() -> Iterator[sqlite3.Connection]:
    """Open a database in a temporary file that goes when it is closed."""
    try:
        store = sqlite3.connect("", isolation_level=None)
        try:
            store.execute("PRAGMA journal_mode = OFF")
            store.execute("PRAGMA cache_size = -512")  # kB: a file of any size takes the same memory
            store.execute("CREATE TABLE rows (id TEXT, line INTEGER, text TEXT)")
            store.execute("CREATE TABLE doses (day INTEGER, line INTEGER, ordered TEXT, calculated TEXT)")
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


def repeated(store: sqlite3.Connection, plan: Callable[[Record], Plan], limit: Caution) -> Iterator[Problem]:
    """Report every id that was planned on several rows.

    Args: the store; what plans a row again, as it was planned before; the limit of the dose in so many days [g/kg].
    Returns: a note for each, in the order of their first rows; a warning where all its rows together are above the limit.
    """
    store.execute("CREATE TABLE repeated AS SELECT id, min(line) AS first, count(*) AS rows FROM rows GROUP BY id HAVING count(*) > 1")
    rows = store.execute(
        "SELECT r.first, r.rows, rows.id, rows.line, rows.text FROM rows JOIN repeated r ON r.id = rows.id ORDER BY r.first, rows.line"
    )
    for (first, count, key), group in groupby(rows, key=lambda row: row[:3]):
        together = _add_up(store, count, ((line, plan(Record(line, text))) for _, _, _, line, text in group), int(limit.figures["days"]))
        above = together.calculated is not None and together.calculated.g_per_kg > limit.figures["above"]
        yield Problem(first, key, "warning" if above else "note", _words(together, limit))


def _add_up(store: sqlite3.Connection, count: int, plans: Iterable[tuple[int, Plan]], width: int) -> Together:
    """Add up the rows of an id, each on its own weight, as the plans of the rows have it."""
    lines: list[int] = []
    undated = 0
    low = high = Fraction(0)
    before: dict[LastCourse, Plan] = {}
    store.execute("DELETE FROM doses")
    store.execute("BEGIN")
    for line, plan in plans:
        if len(lines) < MOST_SHOWN:
            lines.append(line)
        low, high = min(low or plan.weight.kg, plan.weight.kg), max(high, plan.weight.kg)
        dated = [
            (infusion.date.toordinal(), line, str(infusion.g_per_kg), str(per_kg(plan, infusion.calculated_g)))
            for infusion in plan.infusions
            if infusion.date
        ]
        store.executemany("INSERT INTO doses VALUES (?, ?, ?, ?)", dated)
        undated += not dated
        if plan.patient.last_course:
            before.setdefault(plan.patient.last_course, plan)
    ((begin,),) = store.execute("SELECT min(day) FROM doses").fetchall()
    last_counted = False
    for last, plan in before.items():  # one that ends later may be another of these rows, which is counted already
        if begin is not None and last.day.toordinal() < begin:
            given = [(day.number, 0, str(grams / plan.weight.kg), str(per_kg(plan, grams))) for day, grams in last_days(last)]
            store.executemany("INSERT INTO doses VALUES (?, ?, ?, ?)", given)
            last_counted = True
    store.execute("COMMIT")
    ordered, calculated = (
        most_in_window(((date.fromordinal(day), Fraction(text)) for day, text in store.execute(query)), width)
        for query in ("SELECT day, ordered FROM doses ORDER BY day", "SELECT day, calculated FROM doses ORDER BY day")
    )
    several = "SELECT count(*), min(day) FROM (SELECT day FROM doses WHERE line > 0 GROUP BY day HAVING min(line) < max(line))"
    ((shared, first),) = store.execute(several).fetchall()
    return Together(
        count, lines, undated, (low, high), ordered, calculated, last_counted, shared, date.fromordinal(first) if shared else None
    )


def most_in_window(doses: Iterable[tuple[date, Fraction]], width: int) -> Most | None:
    """Find the most in any so many consecutive dates.

    Args: the doses by date, rising [g/kg]; how many dates, both ends counted.
    Returns: the most [g/kg] and its dates; None without doses.
    """
    window: deque[tuple[date, Fraction]] = deque()
    total, most = Fraction(0), None
    for day, rows in groupby(doses, key=lambda dose: dose[0]):
        window.append((day, sum((g_per_kg for _, g_per_kg in rows), Fraction(0))))
        total += window[-1][1]
        while (day - window[0][0]).days >= width:
            total -= window.popleft()[1]
        if most is None or total > most.g_per_kg:
            most = Most(total, window[0][0], day)
    return most


def _words(together: Together, limit: Caution) -> str:
    """What there is to say of an id on several rows."""
    count, lines = together.rows, together.lines
    which = ", ".join(f"{line:,}" for line in lines) + (f" and {count - len(lines):,} more" if count > len(lines) else "")
    parts = [f"this id stands on {count:,} rows, lines {which}, and each was planned by itself"]
    if together.ordered and together.calculated:
        most = _most(together.ordered, together.calculated, limit)
        parts.append(f"{most}, the course before them among it" if together.last_counted else most)
    if not together.ordered:
        days = int(limit.figures["days"])
        parts.append(f"none of them has dates, so that their dose in any {days} consecutive dates is not known; add start to know it")
    elif together.undated:
        one = together.undated == 1
        which = "1 row without dates is" if one else f"{together.undated:,} rows without dates are"
        parts.append(f"{which} not in that sum; add start to count {'it' if one else 'them'}")
    if together.first_shared:
        dates = "1 date stands" if together.shared == 1 else f"{together.shared:,} dates stand"
        parts.append(f"{dates} on several of them, {'' if together.shared == 1 else 'first '}{screen_date(together.first_shared)}")
    low, high = together.weights_kg
    if low < high:
        parts.append(f"their dosing weights differ, from {screen_text(low)} to {screen_text(high)} kg, and each row counts by its own")
    return f"{'; '.join(parts)}; check that the rows belong together, or mend the id"


def _most(ordered: Most, calculated: Most, limit: Caution) -> str:
    """The most of all rows, and how it stands to the limit, which is judged on the calculated dose as in a plan."""
    above, width = limit.figures["above"], int(limit.figures["days"])
    most = f"together at most {screen_text(ordered.g_per_kg)} g per kg in any {width} consecutive dates, {_span(ordered)}"
    of_limit = f"the limit of {screen_text(above)} g per kg in {width} days, a choice of ours; source: {sources(limit.cited)}"
    if calculated.g_per_kg > above:
        if calculated != ordered:
            most += f"; calculated {screen_text(calculated.g_per_kg)} g per kg, {_span(calculated)}"
        return f"{most}, which is more than {of_limit}"
    return f"{most}; rounding alone takes it above {of_limit}" if ordered.g_per_kg > above else most


def _span(most: Most) -> str:
    return f"from {screen_date(most.first)} to {screen_date(most.last)}" if most.first < most.last else f"on {screen_date(most.first)}"
