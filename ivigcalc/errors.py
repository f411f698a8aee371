"""What can go wrong, and the exit code of each: every message says what was given, what is allowed, how to mend it."""

from typing import ClassVar


class IvigcalcError(Exception):
    """A fault that the user can mend; its text is the whole message."""

    exit_code: ClassVar[int] = 70


class Refused(IvigcalcError):
    """The request was understood and is refused: a limit, a rounding, a course that never fits, a missing choice."""

    exit_code = 1


class InputError(IvigcalcError):
    """The request cannot be read, has two readings, contradicts itself or is outside our own bounds."""

    exit_code = 2


class CatalogueError(IvigcalcError):
    """A data file is faulty; `faults` holds one `file:line: key: what is wrong, what is expected` for each fault."""

    exit_code = 3

    def __init__(self, faults: tuple[str, ...]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


class ReaderGone(IvigcalcError):
    """Whoever read the output has closed it, as `head` does; that is no fault and nothing is said."""

    exit_code = 0


class OutputError(IvigcalcError):
    """The output exists already, is not a regular file, or could not be written."""

    exit_code = 4
