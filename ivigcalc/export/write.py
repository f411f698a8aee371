"""Bytes -> a file or standard output; a write that fails leaves the old file as it was."""

import os
import stat
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import IO, NamedTuple

from ivigcalc.errors import OutputError, ReaderGone


def write_file(path: Path, data: bytes, *, force: bool) -> None:
    """Write a file whole or not at all.

    Args: the target; its bytes; whether an existing file may be replaced.
    Raises: OutputError when it exists already, is not a regular file, or cannot be written.
    """
    with writing(path, force=force) as (draft,):
        draft.write(data)


class Draft(NamedTuple):
    """A file that is being made beside its target."""

    path: Path  # the target as it was named
    target: Path
    temporary: Path
    file: IO[bytes]
    mode: int
    keep: bool  # whether an existing file is kept

    def write(self, data: bytes) -> None:
        """Add bytes.

        Args: the bytes.
        Raises: OutputError.
        """
        with _said(self.path):
            self.file.write(data)


@contextmanager
def writing(*paths: Path, force: bool) -> Iterator[tuple[Draft, ...]]:
    """Write files bit by bit: each is made beside its target, and all get their names when everything is there.

    Args: the targets; whether existing files may be replaced.
    Returns: the drafts, which take bytes; where anything fails meanwhile, the old files stay as they were.
    Raises: OutputError when one exists already, is not a regular file, or cannot be written.
    """
    with ExitStack() as stack:
        drafts = tuple(stack.enter_context(_draft(path, force=force)) for path in paths)
        yield drafts
        for draft in drafts:
            with _said(draft.path):
                draft.file.flush()
                os.fsync(draft.file.fileno())
                draft.file.close()
                draft.temporary.chmod(draft.mode)
        for draft in drafts:  # one right after the other, so that hardly anything can come between
            with _said(draft.path):
                _name(draft)


@contextmanager
def _draft(path: Path, *, force: bool) -> Iterator[Draft]:
    """Make a file beside its target; it goes unless it got its name."""
    target = Path(os.path.realpath(path))
    temporary = target.parent / f".{target.name[:40]}.{os.urandom(8).hex()}.tmp"
    with _said(path):
        refuse_special(path)
        mode = target.stat().st_mode if target.exists() else None
        if mode is not None and not force:
            raise FileExistsError
    try:
        with _said(path):
            handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
            file = os.fdopen(handle, "wb")
        try:
            yield Draft(path, target, temporary, file, 0o666 & ~_umask() if mode is None else stat.S_IMODE(mode), not force)
        finally:
            with suppress(OSError):  # what could not be written was said before
                file.close()
    finally:
        try:
            _remove(temporary)
        except KeyboardInterrupt:  # it came just now
            _remove(temporary)
            raise


def _remove(temporary: Path) -> None:
    with suppress(OSError):
        temporary.unlink(missing_ok=True)


@contextmanager
def _said(path: Path) -> Iterator[None]:
    """Say of which file a failure is."""
    try:
        yield
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


def _name(draft: Draft) -> None:
    """Give a file its name; where none may be replaced, not even one that somebody has made meanwhile, if there are hard links."""
    if draft.keep:
        try:
            draft.target.hardlink_to(draft.temporary)
        except FileExistsError:
            raise
        except OSError:  # a file system without hard links
            pass
        else:
            return
    draft.temporary.replace(draft.target)


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return current
