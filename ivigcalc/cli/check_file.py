"""`ivigcalc check --csv`: a file of orders, row by row; a faulty row never stops the others."""

import csv
import io
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

from ivigcalc.cli.check import check_order
from ivigcalc.cli.data import Data
from ivigcalc.errors import InputError, IvigcalcError, Refused

COLUMNS = (
    "id", "order", "weight", "regimen", "dose", "days", "every", "cycles", "until", "start", "infuse-on", "closed", "height", "sex", "age",
    "pregnant", "not-pregnant", "dosing-weight", "bispecific-start", "product", "concentration", "vials", "round", "direction",
    "round-over", "within", "label", "accept", "reason",
)  # fmt: skip
_SEVERAL = ("closed", "accept")
_YES = ("pregnant", "not-pregnant")
_FAULT = "what is wrong with the row"  # no column can be named so
MOST_BYTES = 50_000_000
"""Our own bound on the size of a file of orders."""


def check_file(
    options: Mapping[str, str | tuple[str, ...]], site: str | None, format_: str | None, output: str | None, *, force: bool
) -> int:
    """Check every order of a CSV file and write a row for each.

    Args: the options as typed, with the file; --site, --format and -o as typed; whether an existing file may be replaced.
    Returns: the exit code: 0 all agree, 1 some differ or have two readings or are refused, 2 some cannot be read.
    Raises: InputError where the file or an option cannot be read.
    """
    from ivigcalc.cli.data import load_data
    from ivigcalc.cli.output import choose_format, deliver, tell
    from ivigcalc.export.check import COLUMNS as RESULT
    from ivigcalc.export.csv import harmless

    if other := next((name for name in options if name not in ("csv", "site")), None):
        raise InputError(f"--{other} is for one order; with --csv write it as a column of the file")
    if choose_format(format_ or (None if output and output != "-" else "csv"), output) != "csv":
        raise InputError("--csv gives a row for each order; write -o FILE.csv, or leave --format out")
    rows = list(_rows(str(options["csv"])))
    if not rows:
        raise InputError(f"--csv {options['csv']}: holds no orders; write a row for each below the names of the columns")
    data = load_data(site)
    today = date.today()  # noqa: DTZ011 (the ward's own day)
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(RESULT)
    codes = []
    for row in rows:
        code, cells = _checked(row, data, today)
        codes.append(code)
        writer.writerow([harmless(cell) for cell in cells])
    deliver(text.getvalue().encode(), output, force=force)
    to = f"wrote {output}: " if output and output != "-" else ""
    tell(
        f"{to}{len(rows):,} order{'' if len(rows) == 1 else 's'}: {codes.count(0):,} agree, {codes.count(1):,} to be mended, "
        f"{codes.count(2):,} could not be read"
    )
    return max(codes)


def _checked(row: dict[str, str], data: Data, today: date) -> tuple[int, tuple[str, ...]]:
    """Check one row: its exit code and its cells."""
    from ivigcalc.export.check import check_row, unchecked_row

    try:
        if _FAULT in row:
            raise InputError(row[_FAULT])
        options = {name: _option(name, text) for name, text in row.items() if name != "id" and text.strip()}
        checked = check_order(options, data, today)
    except IvigcalcError as error:
        verdict = "refused" if isinstance(error, Refused) else "unreadable"
        return error.exit_code, unchecked_row(row.get("id", ""), row.get("order", ""), verdict, str(error))
    return 0 if checked.passes else 1, check_row(row.get("id", ""), row["order"], checked)


def _option(name: str, text: str) -> str | tuple[str, ...]:
    """A cell as the option of its column."""
    if name in _YES and text.strip().lower() != "yes":
        raise InputError(f"--{name}: {text!r} is not known in a file; write yes, or leave the cell empty")
    return tuple(part.strip() for part in text.split(";") if part.strip()) if name in _SEVERAL else text


def _rows(name: str) -> Iterator[dict[str, str]]:
    """The rows of a file, each as its cells by column; one with too many or too few cells says so under _FAULT."""
    reader = csv.reader(io.StringIO(_text(name), newline=""), strict=True)
    try:
        head = [cell.strip().lower().removeprefix("--") for cell in next(reader, [])]
        _check_head(head, name)
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            row = dict(zip(head, cells, strict=False))
            if len(cells) != len(head):
                row[_FAULT] = f"line {reader.line_num}: has {len(cells)} cells and the file {len(head)} columns; mend the row"
            yield row
    except csv.Error as error:
        raise InputError(f"--csv {name}: line {reader.line_num}: is not CSV ({error}); mend the file") from None


def _check_head(head: list[str], name: str) -> None:
    if unknown := next((column for column in head if column not in COLUMNS), None):
        raise InputError(f"--csv {name}: the column {unknown!r} is not known; name the columns as the options: {', '.join(COLUMNS)}")
    if twice := next((column for number, column in enumerate(head) if column in head[:number]), None):
        raise InputError(f"--csv {name}: has the column {twice!r} twice; write it once")
    if missing := next((column for column in ("order", "weight") if column not in head), None):
        raise InputError(f"--csv {name}: has no column {missing!r}; write a first row such as id,weight,regimen,order")


def _text(name: str) -> str:
    """The text of a file in UTF-8, with or without a byte order mark."""
    try:
        with Path(name).open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise InputError(f"--csv {name}: cannot be read ({error.strerror}); name a file of orders") from None
    if len(data) > MOST_BYTES:
        raise InputError(f"--csv {name}: has more than {MOST_BYTES:,} bytes (a bound of our own); split it")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError(f"--csv {name}: is not UTF-8; save it again as CSV UTF-8") from None
