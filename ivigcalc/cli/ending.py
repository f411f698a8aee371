"""A run that the system tells to end cleans up first, as it does after Ctrl-C."""

import _thread
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sys import UnraisableHookArgs

SIGNALS = ("SIGTERM", "SIGHUP")
"""What ends a run: the system's request, and a terminal that is closed (which Windows does not know)."""
BY_SIGNAL = 128
"""Added to the number of a signal, it is the exit code that a shell shows for it."""


@contextmanager
def cleaning_up() -> Iterator[list[int]]:
    """Let a request to end go the way of Ctrl-C while the block runs, so that temporary files are removed.

    Returns: a list that takes the number of the signal.
    """
    received: list[int] = []

    def end(number: int, _: FrameType | None) -> None:
        for known in before:
            signal.signal(known, signal.SIG_IGN)  # a second one must not stop the cleaning up
        received.append(number)
        raise KeyboardInterrupt

    numbers = [number for name in SIGNALS if (number := getattr(signal, name, None)) is not None]
    before = {number: handler for number in numbers if (handler := signal.getsignal(number)) is signal.SIG_DFL}  # nohup ignores one
    for number in before:
        signal.signal(number, end)
    hook, sys.unraisablehook = sys.unraisablehook, _interrupt_again
    try:
        yield received
    finally:
        sys.unraisablehook = hook
        for number, handler in before.items():
            signal.signal(number, handler)


def _interrupt_again(lost: "UnraisableHookArgs") -> None:
    """Ask again for an end that came where nothing can be raised, such as in a callback of the import system, and was lost there."""
    if lost.exc_type is not KeyboardInterrupt:
        sys.__unraisablehook__(lost)
        return
    from threading import Timer

    Timer(0, _thread.interrupt_main).start()  # from another thread, since what is raised here is lost too
