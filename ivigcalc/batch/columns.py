"""The columns of a file of patients or orders, named as options, and one row of it -> an id and options as typed."""

import json
import re
from typing import NamedTuple

from ivigcalc.errors import InputError
from ivigcalc.numbers import MOST_TEXT
from ivigcalc.options import PHARMACY, RECORD, clean

FLAGS = ("pregnant", "not-pregnant")
SEVERAL = ("closed", "accept", "history")
OPTIONS = (
    *("weight", "regimen", "dose", "days", "every", "begins", "cycles", "until", "start", "infuse-on", "closed", "height", "sex", "age"),
    *(*FLAGS, "pre-pregnancy-weight", *RECORD, "vaccines", "dosing-weight", *PHARMACY, "bispecific-start", "label", "accept", "reason"),
)


class Sheet(NamedTuple):
    """What a file holds a row for each of, and how its columns are named."""

    of: str
    columns: tuple[str, ...]
    needed: tuple[tuple[str, str], ...]  # a column that has to be there, or else the other one
    command: str  # whose options the columns are
    example: str


PATIENTS = Sheet(
    "patients", ("id", *OPTIONS), (("id", "id"), ("weight", "weight"), ("regimen", "dose")), "plan", "id,weight,regimen,start,cycles"
)
ORDERS = Sheet(
    "orders",
    (
        *("id", "order", "weight", "regimen", "dose", "days", "every", "cycles", "until", "start", "infuse-on", "closed", "height", "sex"),
        *("age", *FLAGS, "blood-group", "history", "last-course", "pre-pregnancy-weight", "dosing-weight", "bispecific-start", "product"),
        *("concentration", "at-risk", "vials", "round", "direction", "round-over", "round-limit", "within", "label", "accept", "reason"),
    ),
    (("order", "order"), ("weight", "weight")),
    "check",
    "id,weight,regimen,order",
)
COLUMNS = PATIENTS.columns
"""What a column of a file of patients may be called."""
_BARE = {"weight": "kg", "pre-pregnancy-weight": "kg", "previous-weight": "kg", "height": "cm", "age": "years"}
"""What a number without a unit is, said where a heading may have meant another one."""

Given = dict[str, str | tuple[str, ...]]


class Row(NamedTuple):
    """One row: whose it is, and the texts of its other cells by column."""

    id: str  # empty where an order has none
    texts: dict[str, str]


def column(text: str) -> str:
    """The name of a column as typed, in any case of letters, with a space or underscore for a hyphen."""
    return re.sub(r"[\s_-]+", "-", text.strip().lower().removeprefix("--"))


def suggest(name: str, sheet: Sheet) -> str:
    """What an unknown column may have meant."""
    from difflib import get_close_matches

    words = [word for word in re.findall("[a-z]+", name) if word in sheet.columns]
    if close := words[:2] or get_close_matches(name, sheet.columns, n=2):
        bare = (f"{known} (a number alone is in {_BARE[known]})" if known in _BARE else known for known in close)
        return f"did you mean {' or '.join(bare)}? Columns are named as the options of: ivigcalc {sheet.command} --help"
    return f"rename it, or delete it; columns are named as the options of: ivigcalc {sheet.command} --help"


def from_cells(cells: list[str], columns: tuple[str, ...], sheet: Sheet = PATIENTS) -> Row | None:
    """Read a row of CSV; an empty cell was not given.

    Args: the cells; the columns of the header; what they may be.
    Returns: the row; None where every cell is empty.
    Raises: InputError.
    """
    options = {name: cell for name, cell in zip(columns, cells, strict=False) if cell and not cell.isspace()}
    if len(cells) != len(columns):
        beyond = any(cell and not cell.isspace() for cell in cells[len(columns) :])
        if beyond or (options and len(cells) < len(columns)):
            raise InputError(
                f"{len(cells)} cells where the header has {len(columns)}; mend the delimiters of this row, such as a comma in a number, "
                "quote a cell that holds one, or look whether the end of the file is missing"
            )
    if not options:
        return None
    return _row(options, sheet)


def from_json(text: str, sheet: Sheet = PATIENTS) -> Row | None:
    """Read a row of JSON Lines: one object, its values text or numbers exactly as they stand.

    Args: the line; what its names may be.
    Returns: the row; None for an empty line.
    Raises: InputError.
    """
    if not text.strip():
        return None
    try:
        pairs = json.loads(text, parse_float=str, parse_int=str, parse_constant=str, object_pairs_hook=list)
    except (ValueError, RecursionError) as error:
        why = f", {error.msg} at character {error.pos + 1}" if isinstance(error, json.JSONDecodeError) else ""
        raise InputError(f'the line is no JSON object{why}; write one object a line, such as {{"id": "p1", "weight": "62"}}') from None
    if not isinstance(pairs, list) or not pairs or not all(isinstance(pair, tuple) for pair in pairs):
        raise InputError('the line is no JSON object with values; write such as {"id": "p1", "weight": "62", "regimen": "itp"}')
    options: dict[str, str] = {}
    for key, value in pairs:
        name = column(key)
        if name not in sheet.columns:
            raise InputError(f"the name {key!r} is not known; {suggest(name, sheet)}")
        if name in options:
            raise InputError(f"the name {name} stands twice; delete one of them")
        if value is not None and value != "":
            options[name] = _text(name, value)
    return _row(options, sheet)


def _text(name: str, value: object) -> str:
    """The text of a value; several for an option that is repeatable go between semicolons."""
    if isinstance(value, str):
        try:
            value.encode()
        except UnicodeEncodeError:
            raise InputError(f"--{name}: holds half of a character; write it in UTF-8") from None
        return value
    if value is True and name in FLAGS:
        return "yes"
    if name in SEVERAL and isinstance(value, list) and all(isinstance(part, str) for part in value):
        return ";".join(_text(name, part) for part in value)
    raise InputError(f'--{name}: the value is neither a text nor a number; write such as "{name}": "{"yes" if name in FLAGS else "62"}"')


def _row(options: dict[str, str], sheet: Sheet) -> Row:
    key = options.pop("id", None)
    if key is None:
        if ("id", "id") not in sheet.needed:
            return Row("", options)
        raise InputError("the id is missing; write one, such as a study number; no patient's name, please")
    if not key.isalnum():
        key = clean(key)
    if not 0 < len(key) <= MOST_TEXT:
        raise InputError(f"the id has {len(key):,} characters; write 1 to {MOST_TEXT} (a bound of our own)")
    return Row(key, options)


def as_typed(texts: dict[str, str]) -> Given:
    """Make options of the texts of a row, as the command line would have them.

    Args: the texts by column.
    Returns: the options; a repeatable one as a tuple.
    Raises: InputError for a flag with another word than yes.
    """
    options: Given = {**texts}
    for name in FLAGS:
        if name in texts:
            options[name] = _flag(name, texts[name])
    for name in SEVERAL:
        if name in texts:
            options[name] = tuple(part.strip() for part in texts[name].split(";") if part.strip())
    return options


def _flag(name: str, text: str) -> str:
    if text.strip().lower() != "yes":
        other = next(flag for flag in FLAGS if flag != name)
        raise InputError(f"--{name}: {text!r} is not yes; write yes, or leave it empty and write yes for {other} if that is meant")
    return "yes"
