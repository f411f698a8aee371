"""Where a result goes, in which format, how wide and with which colour."""

import os
import shutil
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from ivigcalc.errors import InputError, OutputError
from ivigcalc.export import MACHINE_FORMATS, SUFFIXES
from ivigcalc.export.write import refuse_special, write_file, write_stdout

FORMATS = ("table", *MACHINE_FORMATS)
FILE_WIDTH = 80


def choose_format(wanted: str | None, output: str | None) -> str:
    """Settle the format from --format and the suffix of the file.

    Args: --format as typed; the file as typed, - for standard output.
    Returns: the format's name.
    Raises: InputError when a format or suffix is not known, or they contradict each other; OutputError for a
    target that is a folder or a device.
    """
    if wanted is not None and wanted not in FORMATS:
        raise InputError(f"--format: {wanted!r} is not known; write {' or '.join(FORMATS)}")
    if output is None or output == "-":
        return wanted or "table"
    if not output.strip():
        raise InputError("-o: nothing was given; name a file, such as itp.csv")
    if output.endswith(("/", os.sep)):
        raise OutputError(f"-o {output}: names a folder, not a regular file, and nothing was written; name a file")
    refuse_special(Path(output))
    suffix = Path(output).suffix.lower()
    known = SUFFIXES.get(suffix)
    if wanted and known and known != wanted:
        raise InputError(f"-o {output}: the suffix {suffix} contradicts --format {wanted}; change one of them")
    if Path(output).name.lower() in SUFFIXES:
        raise InputError(f"-o {output}: the name before {Path(output).name} is missing; name a file, such as itp.csv")
    if suffix and not known:
        raise InputError(f"-o {output}: the suffix {suffix} is not known; end the name with {' or '.join(SUFFIXES)}")
    if not (wanted or known):
        raise InputError(f"-o {output}: has no suffix; end the name with {' or '.join(SUFFIXES)}, or add --format")
    return wanted or known or "table"


def deliver(data: bytes, output: str | None, *, force: bool) -> None:
    """Write a result to the file that was named, or to standard output.

    Args: the bytes; the file as typed, None or - for standard output; whether an existing file may be replaced.
    Raises: OutputError.
    """
    if output is None or output == "-":
        write_stdout(data)
    else:
        write_file(Path(output), data, force=force)


def screen_bytes(text: str) -> bytes:
    """Encode text for the screen; what the screen cannot show is written as an escape, never dropped."""
    return text.encode(getattr(sys.stdout, "encoding", None) or "utf-8", "backslashreplace")


def page_bytes(page: Callable[[int, bool], str], output: str | None) -> bytes:
    """Make a page for the file that was named, or for the screen.

    Args: what makes it for a width [characters], with or without colour; the file as typed, None or - for standard output.
    Returns: the bytes.
    """
    if output and output != "-":
        return page(FILE_WIDTH, False).encode()  # noqa: FBT003 (as a page takes it)
    return screen_bytes(page(screen_width(), may_colour()))


def refuse_force(output: str | None, *, force: bool) -> None:
    """Refuse --force where no file is named that it could replace.

    Args: the file as typed, None or - for standard output; whether --force was typed.
    Raises: InputError.
    """
    if force and output in (None, "-"):
        raise InputError("--force replaces a file, and none is named; add -o FILE or leave it out")


def screen_width() -> int:
    """The width of the screen [characters]: the terminal's, else COLUMNS, else 80."""
    return max(20, min(shutil.get_terminal_size((80, 24)).columns, 500))


def may_colour() -> bool:
    """Whether standard output is a terminal that shows colour, and nobody asked for none."""
    return bool(sys.stdout and sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb")


def tell(message: str) -> None:
    """Say something beside the result, on stderr; where that cannot be written, the result stands all the same."""
    with suppress(OSError, ValueError):
        print(printable(f"ivigcalc: {message}"), file=sys.stderr, flush=True)  # noqa: T201


def printable(text: str) -> str:
    """Escape what could steer a terminal or break a line, such as in the name of a file."""
    return "".join(char if char.isprintable() else repr(char)[1:-1] for char in text)
