"""Files of rows on the command line: where they come from and go to, in which format, and what is said of them."""

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING

from ivigcalc.errors import InputError, OutputError

if TYPE_CHECKING:
    from ivigcalc.batch.reading import Kind

STANDARD = "-"
"""Standard input or output."""
WRITTEN: "Mapping[str, Kind]" = {".csv": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl"}
"""Suffixes of what is written, and their formats."""

Write = Callable[[bytes], object]


def format_of(name: str | None, wanted: str | None, option: str, what: str, suffixes: "Mapping[str, Kind]") -> "Kind":
    """Settle the format that was asked for, else the one that a suffix says.

    Args: the file as typed; the format as typed; the option of the latter, empty where there is none; the file in a message; what
    suffixes say.
    Returns: the format.
    Raises: InputError where it is not known, or they contradict each other.
    """
    from ivigcalc.batch.planning import FORMATS

    asked = next((known for known in FORMATS if known == wanted), None)
    if wanted is not None and asked is None:
        raise InputError(f"{option}: {wanted!r} is not known; write {' or '.join(FORMATS)}")
    suffix = "" if name in (None, STANDARD) else Path(str(name)).suffix.lower()
    known = suffixes.get(suffix)
    if asked and known and asked != known:
        raise InputError(f"{what}: the suffix {suffix} contradicts {option} {asked}; change one of them")
    if (form := asked or known) and (known or not suffix or option == "--from"):
        return form
    why = "standard input" if name == STANDARD else f"the suffix {suffix} is not known" if suffix else "the name has no suffix"
    rename = "" if name == STANDARD else f"end the name with {' or '.join(suffixes)}"
    add = f"add {option} {' or '.join(FORMATS)}" if option == "--from" or (option and not suffix) else ""
    raise InputError(f"{what}: {why}, so its format is not known; {', or '.join(mend for mend in (rename, add) if mend)}")


def refuse_same(what: str, *names: str | None) -> None:
    """Refuse to read and write the same file.

    Args: the files in a message; the files as typed.
    Raises: InputError.
    """
    named = [os.path.realpath(name) for name in names if name not in (None, STANDARD)]
    if len(set(named)) < len(named):
        raise InputError(f"{what} name the same file; name another one, so that nothing is lost")


@contextmanager
def source(name: str, of: str) -> "Iterator[tuple[IO[bytes], int | None]]":
    """Open a file of rows.

    Args: the file as typed, - for standard input; what its rows are of.
    Returns: the file, and its size [bytes] where that is known.
    Raises: InputError.
    """
    if name == STANDARD:
        if sys.stdin is None:
            raise InputError(f"standard input is closed; name a file of {of}")
        yield sys.stdin.buffer, None
        return
    try:
        file = Path(name).open("rb")  # noqa: SIM115 (closed below; what fails later is not a fault of opening)
    except OSError as error:
        raise InputError(f"{name}: could not be read ({error.strerror}); name a file of {of}") from None
    with file:
        yield file, os.fstat(file.fileno()).st_size if file.seekable() else None


@contextmanager
def targets(output: str | None, errors: str | None, *, force: bool) -> "Iterator[tuple[Write, Write | None]]":
    """Open where results go, piece by piece: files, which get their names together at the end, or standard output.

    Args: the file of results as typed, None for standard output; the file of what could not be done; whether they may be replaced.
    Returns: what takes the bytes of results, and of the others where a file was named for them.
    Raises: OutputError.
    """
    from ivigcalc.export.write import write_stdout, writing

    try:
        with writing(*(Path(name) for name in (errors, output) if name), force=force) as drafts:
            yield drafts[-1].write if output else write_stdout, drafts[0].write if errors else None
    except KeyboardInterrupt:
        if output:
            raise
        raise OutputError("interrupted; what stands on standard output is not complete") from None
