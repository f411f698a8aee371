"""How far a long run is: rows, rows per second and the time left, on a terminal only."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

SECOND = 1_000_000_000  # ns

Advance = Callable[[int, int], None]
"""Says how many rows, and how many bytes of the input, are done."""


@contextmanager
def progress(size: int | None) -> Iterator[Advance]:
    """Show progress on standard error while the block runs, if that is a terminal.

    Args: bytes of the input, None where nobody knows.
    Returns: a function that takes the rows and the bytes that are done.
    """
    if not (sys.stderr and sys.stderr.isatty()):
        yield lambda *_: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.fields[rows]} rows, {task.fields[rate]} per second"), BarColumn(bar_width=None), TimeRemainingColumn())
    begin = time.monotonic_ns()
    with Progress(*columns, console=Console(stderr=True), transient=True, redirect_stdout=False) as shown:
        task = shown.add_task("", total=size, rows="0", rate="0")

        def advance(rows: int, done: int) -> None:
            rate = rows * SECOND // (time.monotonic_ns() - begin + 1)
            shown.update(task, completed=done, rows=f"{rows:,}", rate=f"{rate:,}")

        yield advance
