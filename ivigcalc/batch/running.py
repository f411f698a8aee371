"""Chunks of records over processes, their results in the order of the file: the same bytes with one process or many."""

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING

from ivigcalc.batch.planning import Memory, Planned, Task, plan_records
from ivigcalc.batch.reading import Record
from ivigcalc.data import Data
from ivigcalc.errors import OutputError

if TYPE_CHECKING:
    from concurrent.futures import Future, ProcessPoolExecutor

CHUNK = 128
"""Records that are planned at a time."""
AHEAD = 4
"""Chunks that wait for each process, so that none is idle and memory stays flat."""

Chunk = tuple[Record, ...]
_plan: Callable[[Iterable[Record]], Planned] | None = None  # of a worker process


def run(records: Iterator[Record], task: Task, data: Data, jobs: int) -> Generator[tuple[Chunk, Planned]]:
    """Plan records in chunks.

    Args: the records; what is the same for all; the data files, for work in this process; how many processes.
    Returns: each chunk with what came of it, in the order of the file.
    Raises: OutputError when a process ends unexpectedly.
    """
    chunks = iter(lambda: tuple(islice(records, CHUNK)), ())
    if jobs == 1:
        memory = Memory({}, {})
        return ((chunk, plan_records(task, data, memory, chunk)) for chunk in chunks)
    return _over_processes(chunks, task, jobs)


def _over_processes(chunks: Iterator[Chunk], task: Task, jobs: int) -> Generator[tuple[Chunk, Planned]]:
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool

    with _left_to_the_parent():  # it starts a process that keeps count of what the others share
        pool = ProcessPoolExecutor(jobs, multiprocessing.get_context("spawn"), _start_worker, (task,))
    waiting: deque[tuple[Chunk, Future[Planned]]] = deque()
    try:
        for chunk in chunks:
            waiting.append((chunk, _submit(pool, chunk)))
            if len(waiting) >= AHEAD * jobs:
                yield _first(waiting)
        while waiting:
            yield _first(waiting)
    except BrokenProcessPool:
        raise OutputError("a process ended before its rows were planned, perhaps for want of memory; run again with --jobs 1") from None
    finally:
        pool.shutdown(cancel_futures=True)


def _submit(pool: "ProcessPoolExecutor", chunk: Chunk) -> "Future[Planned]":
    """Give a chunk to the pool, which starts a process where it needs one."""
    try:
        with _left_to_the_parent():
            return pool.submit(_work, chunk)
    except OSError as error:
        raise OutputError(f"a process could not be started ({error.strerror}); run again with --jobs 1") from None


@contextmanager
def _left_to_the_parent() -> Iterator[None]:
    """Keep from a process that may be started here what a terminal sends to all of them, from its first moment: a mask is inherited."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGHUP})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _first(waiting: "deque[tuple[Chunk, Future[Planned]]]") -> tuple[Chunk, Planned]:
    chunk, future = waiting.popleft()
    return chunk, future.result()


def _start_worker(task: Task) -> None:
    """Load the data files once; leave Ctrl-C to the parent, and go when it is gone."""
    global _plan  # a pool of processes keeps nothing else for its worker
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_go_with_parent, daemon=True).start()
    _plan = partial(plan_records, task, task.load(), Memory({}, {}))


def _go_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent:
        parent.join()
        os._exit(1)


def _work(chunk: Chunk) -> Planned:
    assert _plan
    return _plan(chunk)
