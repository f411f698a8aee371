"""`ivigcalc check --csv`: a file of orders, row by row; a faulty row never stops the others."""

from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from datetime import date
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from ivigcalc import __version__
from ivigcalc.batch.columns import ORDERS, Given, as_typed
from ivigcalc.batch.planning import keep, read_record
from ivigcalc.batch.reading import SUFFIXES, Header, Kind, Record, open_reader
from ivigcalc.catalogue import sha256_of
from ivigcalc.checking import Check
from ivigcalc.cli.rows import STANDARD, WRITTEN, format_of, refuse_same, source, targets
from ivigcalc.data import Data
from ivigcalc.errors import InputError, Refused
from ivigcalc.export.check import COLUMNS, check_json_line, check_row, json_with_id, unchecked_json_line, unchecked_row
from ivigcalc.export.csv import csv_line, harmless
from ivigcalc.export.words import counted
from ivigcalc.order import check_order
from ivigcalc.safety.expected import within_source

CHUNK = 64
"""Rows that are written at a time."""
MOST_KEPT = 2_048
"""Checked orders that are kept, by all of their cells but the id; it bounds memory."""
NUMBERS = ("day_percent", "course_percent")
"""Columns of our own numbers, whose minus is no formula of a spreadsheet."""
CUT = "the last line does not end with a line break"


class Desk(NamedTuple):
    """What all rows are checked with."""

    header: Header
    format: Kind
    check: Callable[[Given], Check]
    line: Callable[[Check, Given], str]  # of a checked order, without its id
    kept: dict[tuple[tuple[str, str], ...], tuple[int, str]]


def check_file(
    options: Mapping[str, str | tuple[str, ...]], site: str | None, format_: str | None, output: str | None, *, force: bool
) -> int:
    """Check every order of a file and write a row for each.

    Args: the options as typed, with the file; --site, --format and -o as typed; whether an existing file may be replaced.
    Returns: the exit code: 0 all agree, 1 some differ or have two readings or are refused, 2 some cannot be read.
    Raises: InputError where the file or an option cannot be read; OutputError.
    """
    from ivigcalc.cli.data import load_data
    from ivigcalc.cli.output import tell
    from ivigcalc.cli.progress import progress

    if other := next((name for name in options if name not in ("csv", "site")), None):
        raise InputError(f"--{other} is for one order; with --csv write it as a column of the file")
    name, out = str(options["csv"]), None if output == STANDARD else output
    form = _format(format_, out)
    refuse_same("--csv and -o", name, out)
    codes: Counter[int] = Counter()
    last = Record(0, "")
    with ExitStack() as stack:
        file, size = stack.enter_context(source(name, "orders"))
        reader = open_reader(file, SUFFIXES.get(Path(name).suffix.lower()), ORDERS)
        desk = _desk(reader.header, form, load_data(site))
        write, _ = stack.enter_context(targets(out, None, force=force))
        advance = stack.enter_context(progress(size))
        while chunk := tuple(islice(reader.records, CHUNK)):
            checked = [row for record in chunk if (row := _checked(record, desk)) is not None]
            begin = csv_line(*COLUMNS) if form == "csv" and checked and not codes else ""
            write((begin + "".join(line for _, line in checked)).encode())
            codes.update(code for code, _ in checked)
            last = chunk[-1]
            advance(codes.total(), file.tell() if size else 0)
        if not codes:
            raise InputError(f"--csv {name}: holds no orders; write a row for each below the names of the columns")
    if last.cut:
        tell(f"line {last.line:,}: {CUT}; it was checked as it stands; look whether the end of the file is missing")
    to = f"wrote {out}: " if out else ""
    tell(f"{to}{counted(codes.total(), 'order')}: {codes[0]:,} agree, {codes[1]:,} to be mended, {codes[2]:,} could not be read")
    return max(codes)


def _format(wanted: str | None, out: str | None) -> Kind:
    """The format that was asked for; CSV on standard output."""
    suffix = Path(out).suffix.lower() if out else ""
    if wanted in ("table", "json") or suffix in (".txt", ".json"):
        raise InputError("--csv gives a row for each order; write -o FILE.csv or FILE.jsonl, or --format csv or jsonl")
    return format_of(out, wanted, "--format", f"-o {out}", WRITTEN) if out is not None or wanted else "csv"


def _desk(header: Header, form: Kind, data: Data) -> Desk:
    """Make ready what all rows are checked with."""
    today = date.today()  # noqa: DTZ011 (the ward's own day)
    made_with = within_source(data.limits.rounding), sha256_of(data.shipped.data)

    def line(checked: Check, options: Given) -> str:
        if form == "csv":
            cells = zip(COLUMNS[1:], check_row("", str(options["order"]), checked)[1:], strict=True)
            return csv_line(*(cell if name in NUMBERS else harmless(cell) for name, cell in cells))
        return check_json_line(checked, made_with[0], options, __version__, made_with[1])

    return Desk(header, form, lambda options: check_order(options, data, today), line, {})


def _checked(record: Record, desk: Desk) -> tuple[int, str] | None:
    """Check one row: its exit code and its line; None for a row without a word."""
    key, order = "", ""
    try:
        row = read_record(record, desk.header)
        if row is None:
            return None
        key, order = row.id, row.texts.get("order", "")
        cells = tuple(row.texts.items())
        if (kept := desk.kept.get(cells)) is None:
            options = as_typed(row.texts)
            checked = desk.check(options)
            kept = 0 if checked.passes else 1, desk.line(checked, options)
            keep(desk.kept, cells, kept, MOST_KEPT)
        code, line = kept
    except (InputError, Refused) as error:
        code, message = error.exit_code, f"line {record.line:,}: {error}"
        verdict = "refused" if isinstance(error, Refused) else "unreadable"
        if desk.format == "jsonl":
            line = unchecked_json_line(order, verdict, message)
        else:
            line = csv_line(*map(harmless, unchecked_row("", order, verdict, message)[1:]))
    if desk.format == "jsonl":
        return code, json_with_id(key, line)
    return code, f"{csv_line(harmless(key), '')[:-2]}{line}"
