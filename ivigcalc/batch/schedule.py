"""The CSV that `batch` and `plan` write, read back row by row, and every fault of it at once, each with its line and column."""

import re
import sqlite3
from collections import Counter
from collections.abc import Iterator
from datetime import date
from itertools import groupby
from typing import IO, NamedTuple

from ivigcalc.batch.reading import DELIMITERS, Record, read_lines, split
from ivigcalc.demand.rows import CELLS, Row, read_row
from ivigcalc.errors import InputError
from ivigcalc.export.csv import COLUMNS
from ivigcalc.export.words import counted
from ivigcalc.when import screen_date

MOST_FAULTS = 100
"""How many faults of a file are named; the others are counted."""
PROBLEMS = ("line", "id", "kind", "message")
"""The columns of the file of rows that `batch` did not plan."""
KINDS = ("refused", "faulty", "note", "warning")
_WRITE = "write it with: ivigcalc batch patients.csv -o schedule.csv"
_is_digest = re.compile("[0-9a-f]{12}").fullmatch


class Faults:
    """Collects the faults of a file: the first of them in words, the others as a number."""

    def __init__(self) -> None:
        self.count = 0
        self._first: list[tuple[int, str]] = []

    def add(self, line: int, message: str, last: int | None = None) -> None:
        """Note a fault of a line, or of all lines to the last."""
        self.count += 1
        if len(self._first) < MOST_FAULTS:
            lines = f"line {line:,}" if last in (None, line) else f"lines {line:,} to {last:,}"
            self._first.append((line, f"{lines}{message}"))

    def lines(self) -> list[str]:
        """The faults in the order of the file."""
        told = [message for _, message in sorted(self._first, key=lambda fault: fault[0])]
        more = self.count - len(told)
        return told + ([f"and {more:,} more fault{'' if more == 1 else 's'}"] if more else [])


class Header(NamedTuple):
    """Where the columns of a schedule stand."""

    delimiter: str
    columns: tuple[str, ...]
    who: int
    cells: tuple[int, ...]  # of CELLS, in their order
    catalogue: int | None


class Scan:
    """What is seen of a schedule while its rows are read."""

    def __init__(self) -> None:
        self.faults = Faults()
        self.ids: int | None = None  # how many, where there is a column of ids
        self.catalogues: Counter[str] = Counter()
        self.notes: list[str] = []


def read_schedule(file: IO[bytes], store: sqlite3.Connection, scan: Scan) -> Iterator[Row]:
    """Read a schedule row by row.

    Args: the open file; a database that takes whose rows they are; what is seen meanwhile, the faults among it.
    Returns: the rows without a fault, in their order. When they are at an end, so is the looking for faults.
    Raises: InputError for a file without a header that can be used.
    """
    lines = read_lines(file, "infusions")
    first = next(lines, None)
    if first is None:
        raise InputError(f"the schedule is empty; {_WRITE}")
    if first.fault:
        raise InputError(f"line 1, the header: {first.fault}")
    header = read_header(first.text)
    kept: list[tuple[str, int, str]] = []
    last: tuple[Record, Row] | None = None
    for record in lines:
        row = _read(record, header, scan)
        if row is None:
            continue
        kept.append((_key(row), record.line, row.who))
        if len(kept) >= _TOGETHER:
            _remember(store, kept)
        last = record, row
        yield row
    _remember(store, kept)
    if last and last[1].day < last[1].days:
        record, row = last
        what = f"the last row, line {record.line:,}, is day {row.day} of a course of {row.days} days"
        scan.notes.append(f"{what}; look whether the end of the file is missing")
    if len(scan.catalogues) > 1:
        scan.notes.append(f"the rows were planned with {len(scan.catalogues)} versions of the regimens; look whether these belong together")
    _repeated(store, scan)
    if "id" in header.columns:
        scan.ids = int(store.execute("SELECT count(DISTINCT text) FROM rows").fetchone()[0])


_TOGETHER = 1_024
"""Rows that are written to the database at a time."""


def read_header(text: str) -> Header:
    """Read the names of the columns, in any order; others among them are passed over.

    Args: the first line.
    Returns: the header.
    Raises: InputError with everything that is wrong with it.
    """
    choices = [(delimiter, _names(text, delimiter)) for delimiter in DELIMITERS]
    known = ("id", *COLUMNS)
    delimiter, names = max(choices, key=lambda choice: sum(name in known for name in choice[1]))
    if "weight" in names and "ordered_g" not in names:
        raise InputError(
            "line 1: this is a file of patients, not yet a schedule; plan it first with: ivigcalc batch patients.csv -o schedule.csv, "
            "or add --compare to compare two policies on it"
        )
    if "ordered_g" not in names and "cycle" not in names:
        raise InputError(f"line 1 is no header of a schedule: {_first_names(names)}; {_WRITE}, or put the first line of the schedule back")
    wrong = [
        f"the column {name} stands twice; delete one of them" for name in dict.fromkeys(names) if name in known and names.count(name) > 1
    ]
    missing = [name for name in CELLS if name not in names]
    if "id" not in names and "label" not in names:
        missing.insert(0, "id")
    wrong += [f"the column {name} is missing" for name in missing] + ([_WRITE] if missing else [])
    if wrong:
        raise InputError(f"line 1, the header: {'; '.join(wrong)}")
    who = names.index("id" if "id" in names else "label")
    catalogue = names.index("catalogue") if "catalogue" in names else None
    return Header(delimiter, tuple(names), who, tuple(names.index(name) for name in CELLS), catalogue)


def read_problems(file: IO[bytes]) -> tuple[Counter[str], Faults]:
    """Count the rows that `batch` did not plan, from the file that it wrote with --errors.

    Args: the open file.
    Returns: how many were refused, faulty, and planned with a note or a warning; the faults of the file.
    """
    counts: Counter[str] = Counter()
    faults = Faults()
    for record in read_lines(file, "infusions"):
        try:
            cells = [] if record.fault else split(record.text, ",")
        except InputError as error:
            faults.add(record.line, f": {error}")
            continue
        if record.fault:
            faults.add(record.line, f": {record.fault}")
        elif record.line == 1:
            if tuple(cells) != PROBLEMS:
                faults.add(1, f" is not {','.join(PROBLEMS)}; name the file that ivigcalc batch wrote with --errors")
                break
        elif len(cells) != len(PROBLEMS):
            faults.add(record.line, f": {len(cells)} cells where the header has {len(PROBLEMS)}; mend the row, or run batch again")
        elif cells[2] not in KINDS:
            faults.add(record.line, f", column kind: {cells[2][:60]!r} is not known; write {', '.join(KINDS[:-1])} or {KINDS[-1]}")
        else:
            counts[cells[2]] += 1
    return counts, faults


def _names(text: str, delimiter: str) -> list[str]:
    try:
        cells = split(text, delimiter)
    except InputError:
        cells = text.split(delimiter)
    return [cell.strip().lower() for cell in cells]


def _first_names(names: list[str]) -> str:
    shown = ", ".join(repr(name[:20]) for name in names[:3])
    return f"it begins with {shown}"


def _read(record: Record, header: Header, scan: Scan) -> Row | None:
    """Read a row; None where it has a fault, which is noted, or no word."""
    faults = scan.faults
    if record.fault:
        faults.add(record.line, f": {record.fault}")
        return None
    try:
        cells = split(record.text, header.delimiter)
    except InputError as error:
        faults.add(record.line, f": {_CUT if record.cut else error}")
        return None
    if not any(cells):
        return None
    if len(cells) != len(header.columns):
        why = f"{len(cells)} cells where the header has {len(header.columns)}"
        faults.add(record.line, f": {why}; {_CUT if record.cut else 'mend the delimiters of this row, or write the schedule again'}")
        return None
    if cells[header.cells[_ORDERED]].strip().lower() == "ordered_g":
        faults.add(record.line, ": the header stands here again, so two schedules were put together; delete this line if both are meant")
        return None
    digest = cells[header.catalogue] if header.catalogue is not None else None
    if record.cut:
        if digest is not None and not _is_digest(digest):
            faults.add(record.line, f", column catalogue: {digest!r} is not whole; {_CUT}")
            return None
        scan.notes.append(f"the last line, {record.line:,}, has no line end; it was counted as it stands; look whether the end is missing")
    row = read_row(cells[header.who], [cells[number] for number in header.cells])
    if not isinstance(row, Row):
        for fault in row:
            column = fault.column or header.columns[header.who]
            faults.add(record.line, f", column {column}: {fault.message}")
        return None
    if digest and (digest in scan.catalogues or len(scan.catalogues) < MOST_FAULTS):
        scan.catalogues[digest] += 1
    return row


_ORDERED = CELLS.index("ordered_g")
_CUT = "the file ends in this row; write the schedule again, or delete the row if it is not needed"


# Rows that stand twice, found on disk: memory does not grow


def _key(row: Row) -> str:
    day = row.date.isoformat() if row.date else ""
    return f"{row.ordered_g}\x1f{row.who}\x1f{row.regimen}\x1f{row.phase}\x1f{row.cycle}\x1f{row.day}\x1f{day}"


def _remember(store: sqlite3.Connection, kept: list[tuple[str, int, str]]) -> None:
    store.execute("BEGIN")
    store.executemany("INSERT INTO rows VALUES (?, ?, ?)", kept)
    store.execute("COMMIT")
    kept.clear()


def _repeated(store: sqlite3.Connection, scan: Scan) -> None:
    """Note every infusion that stands on several rows: it would be counted twice. With another dose it is another one, and that is said."""
    places = "SELECT substr(id, instr(id, char(31)) + 1) AS place FROM rows GROUP BY place HAVING count(DISTINCT id) > 1"
    if others := store.execute(f"SELECT count(*) FROM ({places})").fetchone()[0]:  # noqa: S608 (no text from outside)
        told = f"{counted(others, 'infusion')} of an id, a course and a day {'stands' if others == 1 else 'stand'} on several rows"
        scan.notes.append(f"{told} with different doses, and each row is counted; look whether all are meant")
    store.execute("CREATE TABLE repeated AS SELECT id, min(line) AS first FROM rows GROUP BY id HAVING count(*) > 1")
    rows = store.execute(
        "SELECT rows.line, r.first, rows.id FROM rows JOIN repeated r ON r.id = rows.id WHERE rows.line > r.first ORDER BY rows.line"
    )
    for _, run in groupby(enumerate(rows), key=lambda numbered: (numbered[1][0] - numbered[0], numbered[1][1] - numbered[0])):
        (_, (line, first, key)), *others = run
        last = line + len(others)
        mend = "delete it here, or give one an id of its own if they are two patients"
        stands = f"stand{'' if others else 's'} on line{f's {first:,} to {first + len(others):,}' if others else f' {first:,}'} already"
        scan.faults.add(line, f": {_named(key)}{' and what follows' if others else ''} {stands} and would be counted twice; {mend}", last)


def _named(key: str) -> str:
    _, who, regimen, _, cycle, day, when = key.split("\x1f")
    on = screen_date(date.fromisoformat(when)) if when else "without a date"
    return f"{f'id {who}' if who else 'a row without id'}, {regimen or 'a dose by hand'}, course {cycle}, day {day}, {on},"
