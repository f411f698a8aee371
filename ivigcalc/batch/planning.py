"""Records -> the bytes of their plans and what there is to say of the others: one row can neither stop nor change another."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Literal, NamedTuple, TypeVar

from ivigcalc import __version__
from ivigcalc.batch.columns import Given, Row, as_typed, from_cells, from_json
from ivigcalc.batch.reading import Header, Record, split
from ivigcalc.catalogue import sha256_of
from ivigcalc.data import Data
from ivigcalc.errors import InputError, Refused
from ivigcalc.export.csv import COLUMNS, csv_line, harmless, plan_rows, with_first
from ivigcalc.model import Comparison, Formulary, Origin, Plan
from ivigcalc.request import PATIENT, Prepared, answer_for, is_ambiguous, missing_choice, prepare

K = TypeVar("K")
V = TypeVar("V")
Format = Literal["csv", "jsonl"]
FORMATS: tuple[Format, ...] = ("csv", "jsonl")


class Task(NamedTuple):
    """What is the same for every row; `load` reads the data files, in each process by itself."""

    header: Header
    format: Format
    today: date
    load: Callable[[], Data]


class Memory(NamedTuple):
    """What a process keeps between rows, by the texts that it came from: nothing in it rests on an id, and it is bounded."""

    prepared: dict[tuple[tuple[str, str], ...], Prepared]  # of all cells but the patient's
    rows: dict[tuple[tuple[str, str], ...], tuple[str, ...]]  # of all cells but the id: the rows of a short plan


MOST_PREPARED = 256
MOST_PLACES = 512
"""Infusions of a schedule that is kept without its patient."""
MOST_ANSWERS = 2_048
MOST_ROWS = 64
"""Infusions of a plan that is kept; with the bounds above this is what memory can grow to."""


class Problem(NamedTuple):
    """What there is to say of a row: it is faulty or refused, or planned with a note or a warning."""

    line: int
    id: str  # empty where it could not be read
    kind: Literal["faulty", "refused", "note", "warning"]
    message: str


class Planned(NamedTuple):
    """The rows of a chunk, planned."""

    output: bytes
    ids: tuple[tuple[int, str], ...]  # of the rows that were planned: the number within the chunk, and the id
    problems: tuple[Problem, ...]
    empty: int  # rows without a word
    harmless: int  # rows with a text that a spreadsheet would have run as a formula


CUT = "the last line does not end with a line break; it was planned as it stands; look whether the end of the file is missing"


def head(format_: Format) -> bytes:
    """What stands before the first row."""
    return csv_line("id", *COLUMNS).encode() if format_ == "csv" else b""


def plan_records(task: Task, data: Data, memory: Memory, records: Iterable[Record]) -> Planned:
    """Plan rows, each by itself.

    Args: the task; the data files; what is kept between rows; the records.
    Returns: what came of them, in their order.
    """
    output: list[str] = []
    ids: list[tuple[int, str]] = []
    problems: list[Problem] = []
    empty = made_harmless = 0
    for number, record in enumerate(records):
        key = ""
        try:
            row = read_record(record, task.header)
            if row is None:
                empty += 1
                continue
            key = row.id
            text, is_harmless = _encoded(row, task, data, memory)
        except (InputError, Refused) as error:
            kind: Literal["faulty", "refused"] = "faulty" if isinstance(error, InputError) else "refused"
            problems.append(Problem(record.line, key, kind, str(error).removeprefix("--")))
            continue
        output.append(text)
        ids.append((number, key))
        made_harmless += not is_harmless
        if record.cut:
            problems.append(Problem(record.line, key, "note", CUT))
    return Planned("".join(output).encode(), tuple(ids), tuple(problems), empty, made_harmless)


def read_record(record: Record, header: Header) -> Row | None:
    """Read a record.

    Args: the record; the header.
    Returns: the row; None for an empty one.
    Raises: InputError.
    """
    if record.fault:
        raise InputError(record.fault)
    if header.kind == "jsonl":
        return from_json(record.text, header.sheet)
    return from_cells(split(record.text, header.delimiter), header.columns, header.sheet)


def plan_row(texts: dict[str, str], task: Task, data: Data, memory: Memory) -> tuple[Plan, Given]:
    """Plan a row as `plan` does.

    Args: the cells of the row; the task; the data files; what is kept between rows.
    Returns: the plan, and its options.
    Raises: InputError, Refused; a choice that the row leaves open is one of these.
    """
    options = as_typed(texts)
    shared = tuple(cell for cell in texts.items() if cell[0] not in PATIENT)
    asked = memory.prepared.get(shared)
    if asked is None:
        asked = prepare(options, data.shipped, data.limits, task.today, data.formulary, data.site)
        if asked.frame is None or len(asked.frame.places) <= MOST_PLACES:
            keep(memory.prepared, shared, asked, MOST_PREPARED)
    result = answer_for(asked, options)
    if isinstance(result, Comparison):
        message = f"a file needs a plan, and a choice is missing: {missing_choice(result)}"
        raise InputError(message) if is_ambiguous(result) else Refused(message)
    return result, options


def plan_again(record: Record, task: Task, data: Data, memory: Memory) -> Plan:
    """Plan a record that was planned before.

    Args: the record; the task; the data files; what is kept between rows.
    Returns: the same plan.
    """
    row = read_record(record, task.header)
    assert row
    return plan_row(row.texts, task, data, memory)[0]


def _encoded(row: Row, task: Task, data: Data, memory: Memory) -> tuple[str, bool]:
    """The text of a planned row, and whether its id and label are harmless in a spreadsheet."""
    key, texts = row
    whole = tuple(texts.items())
    rows = memory.rows.get(whole)
    label = ""
    if rows is None:
        plan, options = plan_row(texts, task, data, memory)
        formulary: Formulary | None = data.formulary() if plan.choices.supply else None
        origin = Origin(options, __version__, sha256_of(data.shipped.data), formulary and sha256_of(formulary.data))
        if task.format == "jsonl":
            from ivigcalc.export.json import as_json_line

            return as_json_line(key, plan, origin), True
        rows = plan_rows(plan, origin)
        label = plan.patient.label or ""
        if not label and len(rows) <= MOST_ROWS:
            keep(memory.rows, whole, rows, MOST_ANSWERS)
    return with_first(rows, key, label), harmless(key) == key and harmless(label) == label


def keep(kept: dict[K, V], key: K, value: V, most: int) -> None:
    """Keep a value; when there are too many, all go, so that memory stays flat.

    Args: what is kept; the key and its value; how many may be kept.
    """
    if len(kept) >= most:
        kept.clear()
    kept[key] = value
