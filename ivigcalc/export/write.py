"""Bytes -> a file or standard output; a write that fails leaves the old file as it was."""

import os
import stat
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from ivigcalc.errors import OutputError, ReaderGone


def write_file(path: Path, data: bytes, *, force: bool) -> None:
    """Write a file whole or not at all.

    Args: the target; its bytes; whether an existing file may be replaced.
    Raises: OutputError when it exists already, is not a regular file, or cannot be written.
    """
    with writing(path, force=force) as file:
        file.write(data)


@contextmanager
def writing(path: Path, *, force: bool) -> Iterator[IO[bytes]]:
    """Write a file bit by bit: it is made beside its target and gets its name when all of it is there.

    Args: the target; whether an existing file may be replaced.
    Returns: the open file, which takes bytes; where anything fails meanwhile, the old file stays as it was.
    Raises: OutputError when it exists already, is not a regular file, or cannot be written.
    """
    target = Path(os.path.realpath(path))
    try:
        refuse_special(path)
        mode = target.stat().st_mode if target.exists() else None
        if mode is not None and not force:
            raise OutputError(f"{path}: exists already and was kept; name another file, or add --force to replace it")
        with _replacing(target, 0o666 & ~_umask() if mode is None else stat.S_IMODE(mode), keep=not force) as file:
            yield file
    except FileExistsError:
        raise OutputError(f"{path}: exists already and was kept; name another file, or add --force to replace it") from None
    except OSError as error:
        raise OutputError(f"{path}: could not be written ({error.strerror}); nothing was changed there; name another place") from None


def refuse_special(path: Path) -> None:
    """Refuse a target that exists and is a folder, a device or another special file.

    Args: the target.
    Raises: OutputError.
    """
    try:
        special = path.exists() and not path.is_file()
    except OSError as error:
        raise OutputError(f"{path}: could not be written ({error.strerror}); name another place") from None
    if special:
        raise OutputError(f"{path}: is a folder or a device, not a regular file, and nothing was written; name a file")


def write_stdout(data: bytes) -> None:
    """Write bytes to standard output.

    Args: the bytes.
    Raises: OutputError when they could not be written; ReaderGone when nobody reads them any more.
    """
    if sys.stdout is None:
        raise OutputError("standard output is closed, so nothing could be shown; write to a file with -o")
    try:
        sys.stdout.flush()
        stream = getattr(sys.stdout, "buffer", None)
        if stream is None:  # a caller has put text in its place
            sys.stdout.write(data.decode())
        else:
            stream.write(data)
            stream.flush()
    except BrokenPipeError:
        raise ReaderGone from None
    except OSError as error:
        raise OutputError(f"standard output could not be written ({error.strerror}); what it holds is not complete") from None


@contextmanager
def _replacing(target: Path, mode: int, *, keep: bool) -> Iterator[IO[bytes]]:
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name[:40]}.", suffix=".tmp")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(mode)
        if keep:
            _link(temporary, target)
        else:
            temporary.replace(target)
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise


def _link(temporary: Path, target: Path) -> None:
    """Give the file its name without replacing one that somebody has made meanwhile, where the file system has hard links."""
    try:
        target.hardlink_to(temporary)
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links
        temporary.replace(target)
    else:
        temporary.unlink()


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return current
