"""Records -> the bytes of their plans and what there is to say of the others: one row can neither stop nor change another."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Literal, NamedTuple

from ivigcalc import __version__
from ivigcalc.batch.columns import Given, Row, as_typed, from_cells, from_json
from ivigcalc.batch.reading import Header, Record, split
from ivigcalc.catalogue import sha256_of
from ivigcalc.errors import InputError, Refused
from ivigcalc.export.csv import COLUMNS, csv_line, harmless, plan_rows, with_first
from ivigcalc.model import Catalogue, Comparison, Formulary, Limits, Origin, Plan
from ivigcalc.options import GetFormulary
from ivigcalc.request import answer, is_ambiguous, missing_choice
from ivigcalc.site import Site

Format = Literal["csv", "jsonl"]
FORMATS: tuple[Format, ...] = ("csv", "jsonl")


class Data(NamedTuple):
    """The data files that plans rest on."""

    shipped: Catalogue
    limits: Limits
    formulary: GetFormulary
    site: Site | None


class Task(NamedTuple):
    """What is the same for every row; `load` reads the data files, in each process by itself."""

    header: Header
    format: Format
    today: date
    load: Callable[[], Data]


class Problem(NamedTuple):
    """What there is to say of a row: it is faulty or refused, or planned with a note."""

    line: int
    id: str  # empty where it could not be read
    kind: Literal["faulty", "refused", "note"]
    message: str


class Planned(NamedTuple):
    """The rows of a chunk, planned."""

    output: bytes
    ids: tuple[tuple[int, str], ...]  # of the rows that were planned: the number within the chunk, and the id
    problems: tuple[Problem, ...]
    empty: int  # rows without a word
    harmless: int  # rows with a text that a spreadsheet would have run as a formula


_CUT = "the last line does not end with a line break; it was planned as it stands; look whether the end of the file is missing"


def head(format_: Format) -> bytes:
    """What stands before the first row."""
    return csv_line("id", *COLUMNS).encode() if format_ == "csv" else b""


def plan_records(task: Task, data: Data, records: Iterable[Record]) -> Planned:
    """Plan rows, each by itself.

    Args: the task; the data files; the records.
    Returns: what came of them, in their order.
    """
    output: list[bytes] = []
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
            options = as_typed(row.texts)
            plan = plan_row(options, task, data)
        except (InputError, Refused) as error:
            kind: Literal["faulty", "refused"] = "faulty" if isinstance(error, InputError) else "refused"
            problems.append(Problem(record.line, key, kind, str(error).removeprefix("--")))
            continue
        output.append(_encode(key, options, plan, task, data))
        ids.append((number, key))
        if task.format == "csv" and any(text != harmless(text) for text in (key, plan.patient.label or "")):
            made_harmless += 1
        if record.cut:
            problems.append(Problem(record.line, key, "note", _CUT))
    return Planned(b"".join(output), tuple(ids), tuple(problems), empty, made_harmless)


def read_record(record: Record, header: Header) -> Row | None:
    """Read a record.

    Args: the record; the header.
    Returns: the row; None for an empty one.
    Raises: InputError.
    """
    if record.fault:
        raise InputError(record.fault)
    if header.kind == "jsonl":
        return from_json(record.text)
    return from_cells(split(record.text, header.delimiter), header.columns)


def plan_row(options: Given, task: Task, data: Data) -> Plan:
    """Plan a row as `plan` does.

    Args: the options of the row; the task; the data files.
    Returns: the plan.
    Raises: InputError, Refused; a choice that the row leaves open is one of these.
    """
    result = answer(options, data.shipped, data.limits, task.today, data.formulary, data.site)
    if isinstance(result, Comparison):
        message = f"a file needs a plan, and a choice is missing: {missing_choice(result)}"
        raise InputError(message) if is_ambiguous(result) else Refused(message)
    return result


def plan_again(record: Record, task: Task, data: Data) -> Plan:
    """Plan a record that was planned before.

    Args: the record; the task; the data files.
    Returns: the same plan.
    """
    row = read_record(record, task.header)
    assert row
    return plan_row(as_typed(row.texts), task, data)


def _encode(key: str, options: Given, plan: Plan, task: Task, data: Data) -> bytes:
    formulary: Formulary | None = data.formulary() if plan.choices.supply else None
    origin = Origin(options, __version__, sha256_of(data.shipped.data), formulary and sha256_of(formulary.data))
    if task.format == "csv":
        return with_first(plan_rows(plan, origin), key, plan.patient.label or "").encode()
    from ivigcalc.export.json import as_json_line

    return as_json_line(key, plan, origin)
