"""The bytes of a file of patients or orders -> its header and its records, each with its line; what cannot be read is kept as a fault."""

import csv
from collections import deque
from collections.abc import Iterator
from typing import IO, Literal, NamedTuple

from ivigcalc.batch.columns import PATIENTS, Sheet, column, suggest
from ivigcalc.errors import InputError

Kind = Literal["csv", "jsonl"]
SUFFIXES: dict[str, Kind] = {".csv": "csv", ".tsv": "csv", ".txt": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl"}
DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "vertical bar"}
MOST_LINE = 65_536
"""Our own bound on a line [bytes]; no patient needs more."""
MOST_LINES = 20
"""Our own bound on the lines of a quoted cell."""
_BOM = b"\xef\xbb\xbf"


class Header(NamedTuple):
    """What the file is, and the columns of a CSV; none where each line names its own."""

    kind: Kind
    delimiter: str = ","
    columns: tuple[str, ...] = ()
    sheet: Sheet = PATIENTS


class Record(NamedTuple):
    """The text of one row, or why it cannot be read."""

    line: int
    text: str
    fault: str | None = None
    cut: bool = False  # the last line, without its line end


class Reader(NamedTuple):
    """A file of patients, ready to be read row by row."""

    header: Header
    records: Iterator[Record]


def open_reader(file: IO[bytes], kind: Kind | None, sheet: Sheet = PATIENTS) -> Reader:
    """Read the header of a file of patients or orders.

    Args: the open file; what it holds, None where the first line is to say it; how its columns are named.
    Returns: the header, and the records after it in their order.
    Raises: InputError for a file that is empty or whose header cannot be used.
    """
    lines = read_lines(file, sheet.of)
    first = next(lines, None)
    if first is None:
        raise InputError(f"the file of {sheet.of} is empty; its first line names the columns, such as {sheet.example}")
    is_json = first.text.lstrip().startswith("{")
    if kind == "jsonl" or (kind is None and is_json):
        return Reader(Header("jsonl", sheet=sheet), _chain(first, lines))
    if first.fault:
        raise InputError(f"line 1, the header: {first.fault}")
    if is_json:
        raise InputError("line 1 is JSON and not a header; a file of JSON Lines is named .jsonl, or said to be one with --from jsonl")
    header = read_header(first.text, sheet)
    return Reader(header, _without_headers(_join(lines, header), header))


def read_header(text: str, sheet: Sheet = PATIENTS) -> Header:
    """Read the names of the columns, in any order, and see what stands between them; nameless columns at the end are left out.

    Args: the first line; how columns are named.
    Returns: the header.
    Raises: InputError for a column that is unknown, repeated or missing.
    """
    if "\r" in text:
        raise InputError(f"line 1, the header: {_RETURN}")
    known = {delimiter: sum(column(cell) in sheet.columns for cell in _cells(text, delimiter)) for delimiter in DELIMITERS}
    delimiter = max(DELIMITERS, key=lambda delimiter: (known[delimiter], len(_cells(text, delimiter))))
    typed = _cells(text, delimiter)
    if not known[delimiter]:
        why = f"none of its {len(typed):,} cells names a column" if len(typed) > 1 else "it names no column"
        raise InputError(f"line 1 is no header: {why}; write one such as {sheet.example}, and delete what stands above it")
    while not typed[-1].strip():
        typed.pop()
    names = [column(cell) for cell in typed]
    for number, name in enumerate(names, start=1):
        if not name:
            raise InputError(f"line 1, the header: column {number} has no name; name it, or delete the column")
        if name not in sheet.columns:
            raise InputError(f"line 1, the header: the column {typed[number - 1].strip()!r} is not known; {suggest(name, sheet)}")
        if name in names[: number - 1]:
            raise InputError(f"line 1, the header: the column {name} stands twice; delete one of them")
    for name, other in sheet.needed:
        if name not in names and other not in names:
            add = f", or {other} for doses of your own" if other != name else f", such as {sheet.example}"
            raise InputError(f"line 1, the header: the column {name} is missing; add it{add}")
    return Header("csv", delimiter, tuple(names), sheet)


def split(text: str, delimiter: str) -> list[str]:
    """Split a row of CSV into its cells.

    Args: the row without its line end; the delimiter.
    Returns: the cells.
    Raises: InputError for quotes that do not pair up and a carriage return inside the line.
    """
    if '"' not in text:
        if "\r" in text:
            raise InputError(_RETURN)
        return text.split(delimiter)
    try:
        return next(csv.reader([text], delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise InputError(_QUOTES if "unexpected end" in str(error) else f'{_QUOTES[:-1]} ({error}); write "" for a quote in it') from None


_RETURN = "a carriage return stands inside the line; save the file with lines that end in LF or CRLF"
_QUOTES = "a quote opens a cell and does not close it where the cell ends; mend the quotes of this row."


def _cells(text: str, delimiter: str) -> list[str]:
    try:
        return split(text, delimiter)
    except InputError:
        return text.split(delimiter)


def read_lines(file: IO[bytes], of: str) -> Iterator[Record]:
    """The lines of a file without their ends; one that is too long is passed over, never held in memory.

    Args: the open file; what it holds a row for each of.
    Returns: each line, or why it cannot be read.
    Raises: InputError for a file of another encoding, and where reading fails.
    """
    number = 0
    while raw := _readline(file, MOST_LINE + 2, of):
        number += 1
        if number == 1:
            if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
                raise InputError("line 1: the file is UTF-16; save it as CSV UTF-8")
            raw = raw.removeprefix(_BOM)
        end = raw[-1:]
        if end != b"\n" and len(raw) > MOST_LINE:
            size, returns = len(raw), b"\r" in raw
            while end not in (b"\n", b"") and (more := _readline(file, MOST_LINE, of)):
                size, end = size + len(more), more[-1:]
            why = (
                f"a line of {size:,} bytes; write at most {MOST_LINE:,} (a bound of our own), and mend quotes or line ends that are missing"
            )
            yield Record(number, "", _RETURN if returns else why)
            continue
        yield _decode(number, raw)


def _readline(file: IO[bytes], size: int, of: str) -> bytes:
    try:
        return file.readline(size)
    except OSError as error:
        raise InputError(f"the file of {of} could not be read ({error.strerror or error}); nothing was written") from None


def _decode(number: int, raw: bytes) -> Record:
    cut = not raw.endswith(b"\n")
    raw = raw.removesuffix(b"\n").removesuffix(b"\r")
    if b"\0" in raw:
        return Record(number, "", "the line holds a NUL byte, so it is no text; save the file as CSV UTF-8")
    try:
        return Record(number, raw.decode(), cut=cut)
    except UnicodeDecodeError as error:
        return Record(number, "", f"byte {error.start + 1} of the line, 0x{raw[error.start]:02x}, is not UTF-8; save the file as CSV UTF-8")


def _chain(first: Record, rest: Iterator[Record]) -> Iterator[Record]:
    yield first
    yield from rest


def _without_headers(records: Iterator[Record], header: Header) -> Iterator[Record]:
    """Refuse a header inside the file, and every row after one that names other columns: its cells would be taken for what they are not."""
    other = 0
    for record in records:
        if other:
            why = f"another header stands on line {other:,}, so that the columns of this row are not sure"
            yield Record(record.line, "", f"{why}; split the file before that line")
        elif names := _header_again(record.text, header):
            if names == header.columns:
                yield Record(record.line, "", "the header stands here again; delete this line")
            else:
                other = record.line
                yield Record(record.line, "", "another header stands here, with other columns; split the file before this line")
        else:
            yield record


def _header_again(text: str, header: Header) -> tuple[str, ...]:
    """The columns that a row names, if it does nothing else."""
    first = text.partition(header.delimiter)[0]
    if first[-1:].isdigit() or column(first.strip('"')) not in header.sheet.columns:  # an id mostly ends in a digit, a name never
        return ()
    cells = [cell for cell in _cells(text, header.delimiter) if cell.strip()]
    names = tuple(map(column, cells))
    return names if len(names) > 1 and all(name in header.sheet.columns for name in names) else ()


def _join(lines: Iterator[Record], header: Header) -> Iterator[Record]:
    """Join the lines of a quoted cell with line breaks in it; a quote that is left open takes no other row with it."""
    ahead: deque[Record] = deque()
    while True:
        record = ahead.popleft() if ahead else next(lines, None)
        if record is None:
            return
        if '"' not in record.text or not _is_open(record.text, header.delimiter):
            yield record
            continue
        text = record.text
        taken: list[Record] = []
        while _is_open(text, header.delimiter) and len(taken) < MOST_LINES:
            following = ahead.popleft() if ahead else next(lines, None)
            if following is None:
                break
            taken.append(following)
            if following.fault or _is_row(following.text, header):
                break
            text += "\n" + following.text
        else:
            if not _is_open(text, header.delimiter):
                yield Record(record.line, text, cut=taken[-1].cut)
                continue
        ahead.extendleft(reversed(taken))
        yield Record(record.line, "", _QUOTES if taken else f"{_QUOTES[:-1]}, or look whether the end of the file is missing")


def _is_open(text: str, delimiter: str) -> bool:
    """Whether a quoted cell goes on after the end of the text."""
    try:
        next(csv.reader([text], delimiter=delimiter, strict=True))
    except csv.Error as error:
        return "unexpected end" in str(error)
    return False


def _is_row(text: str, header: Header) -> bool:
    """Whether a line has the cells and the pairs of quotes of a row of its own, so that a quote before it must have been left open."""
    return text.count(header.delimiter) >= len(header.columns) - 1 and text.count('"') % 2 == 0
