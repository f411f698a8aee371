"""Where results go: whole files or none, old files kept, every failure said in one line."""

import errno
import io
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import pytest

from ivigcalc.cli import run
from ivigcalc.cli.output import choose_format
from ivigcalc.errors import InputError, OutputError
from ivigcalc.export.write import write_file, write_stdout, writing
from tests.conftest import RunCli
from tests.test_bad_input import one_line

ITP = ("plan", "--weight", "62", "--regimen", "itp")
NO_SPACE = OSError(errno.ENOSPC, "No space left on device")


@pytest.fixture
def target(tmp_path: Path) -> Iterator[Path]:
    """A file to write, in a folder that must hold nothing else afterwards."""
    yield tmp_path / "itp.csv"
    assert {path.name for path in tmp_path.iterdir()} <= {"itp.csv"}


class FullDisk(io.FileIO):
    """A file on a disk that has no room."""

    def write(self, data: object) -> int:
        raise NO_SPACE


def fail(monkeypatch: pytest.MonkeyPatch, where: str, error: OSError = NO_SPACE) -> None:
    """Let one step of writing a file fail."""

    def raise_error(*_: Any, **__: Any) -> None:
        raise error

    if where == "write":
        monkeypatch.setattr(os, "fdopen", lambda handle, mode: FullDisk(handle, mode))
    else:
        owner = {"open": os, "fsync": os, "chmod": Path, "replace": Path}[where]
        monkeypatch.setattr(owner, where, raise_error)


@pytest.mark.parametrize("suffix", [".csv", ".json", ".txt"])
def test_a_file_holds_what_standard_output_shows(run_cli: RunCli, tmp_path: Path, suffix: str) -> None:
    target = tmp_path / f"itp{suffix}"
    shown = run_cli(*ITP, "--format", {".csv": "csv", ".json": "json", ".txt": "table"}[suffix])
    result = run_cli(*ITP, "-o", str(target))
    assert (result.code, result.out) == (0, b"")
    assert f"wrote {target}: 3 infusions, 74.4 g in all" in result.err
    assert target.read_bytes().replace(b',\n   "format": "json"', b"") == shown.out.replace(b',\n   "format": "json"', b"")


def test_a_suffix_is_taken_in_any_case_of_letters(run_cli: RunCli, tmp_path: Path) -> None:
    assert run_cli(*ITP, "-o", str(tmp_path / "ITP.CSV")).code == 0
    assert (tmp_path / "ITP.CSV").read_bytes().startswith(b"label,regimen,")


def test_a_file_of_text_is_80_columns_wide_and_plain_on_any_terminal(
    run_cli: RunCli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    assert run_cli(*ITP, "-o", str(tmp_path / "itp.txt"), tty=True).code == 0
    monkeypatch.setenv("COLUMNS", "80")
    assert (tmp_path / "itp.txt").read_bytes() == run_cli(*ITP).out


def test_a_dash_is_standard_output(run_cli: RunCli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    result = run_cli(*ITP, "--format", "csv", "-o", "-")
    assert result.out == run_cli(*ITP, "--format", "csv").out
    assert "wrote" not in result.err
    assert run_cli(*ITP, "-o", "-").out == run_cli(*ITP).out
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("wanted", "output", "format_name"),
    [
        (None, None, "table"),
        (None, "-", "table"),
        ("json", None, "json"),
        ("json", "-", "json"),
        (None, "a.csv", "csv"),
        (None, "a.json", "json"),
        (None, "a.txt", "table"),
        ("csv", "a.csv", "csv"),
        ("csv", "a", "csv"),
    ],
)
def test_the_format_follows_the_option_or_the_suffix(wanted: str | None, output: str | None, format_name: str) -> None:
    assert choose_format(wanted, output) == format_name


@pytest.mark.parametrize(("wanted", "output"), [("csv", "a.txt"), ("table", "a.csv"), ("json", "a.CSV"), (None, "a.xlsx"), (None, "a")])
def test_a_suffix_that_contradicts_or_is_unknown_is_refused(wanted: str | None, output: str) -> None:
    with pytest.raises(InputError, match=f"^-o {output}: "):
        choose_format(wanted, output)


def test_an_existing_file_is_kept_unless_forced(run_cli: RunCli, target: Path) -> None:
    target.write_bytes(b"old")
    assert "exists already and was kept" in one_line(run_cli(*ITP, "-o", str(target)), 4)
    assert target.read_bytes() == b"old"
    assert run_cli(*ITP, "-o", str(target), "--force").code == 0
    assert target.read_bytes().startswith(b"label,regimen,")


def test_force_makes_a_file_that_is_not_there(target: Path) -> None:
    write_file(target, b"new", force=True)
    assert target.read_bytes() == b"new"


@pytest.mark.parametrize("mode", [0o600, 0o644, 0o640])
def test_the_mode_of_a_replaced_file_is_kept(target: Path, mode: int) -> None:
    target.write_bytes(b"old")
    target.chmod(mode)
    write_file(target, b"new", force=True)
    assert (target.read_bytes(), stat.S_IMODE(target.stat().st_mode)) == (b"new", mode)


@pytest.mark.parametrize(("umask", "mode"), [(0o022, 0o644), (0o077, 0o600)])
def test_a_new_file_has_the_mode_that_the_umask_asks_for(target: Path, umask: int, mode: int) -> None:
    before = os.umask(umask)
    try:
        write_file(target, b"new", force=False)
        assert os.umask(umask) == umask
    finally:
        os.umask(before)
    assert stat.S_IMODE(target.stat().st_mode) == mode


def test_a_symbolic_link_stays_one_and_its_file_is_written(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    real, link = tmp_path / "real" / "itp.csv", tmp_path / "link.csv"
    link.symlink_to(real)
    write_file(link, b"one", force=False)
    assert real.read_bytes() == b"one"
    with pytest.raises(OutputError, match="exists already"):
        write_file(link, b"two", force=False)
    write_file(link, b"two", force=True)
    assert link.is_symlink()
    assert real.read_bytes() == b"two"
    assert list((tmp_path / "real").iterdir()) == [real]


def test_a_pipe_or_socket_is_no_regular_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OutputError, match="not a regular file"):
        write_file(tmp_path / "pipe", b"new", force=True)
    assert stat.S_ISFIFO((tmp_path / "pipe").stat().st_mode)


@pytest.mark.parametrize("where", ["open", "write", "fsync", "chmod", "replace"])
def test_a_write_that_fails_leaves_the_old_file(run_cli: RunCli, target: Path, monkeypatch: pytest.MonkeyPatch, where: str) -> None:
    target.write_bytes(b"old")
    fail(monkeypatch, where)
    line = one_line(run_cli(*ITP, "-o", str(target), "--force"), 4)
    assert str(target) in line
    assert "No space left on device" in line
    assert "nothing was changed there" in line
    assert target.read_bytes() == b"old"


@pytest.mark.parametrize("where", ["open", "write", "fsync", "chmod"])
def test_a_write_that_fails_leaves_no_new_file(run_cli: RunCli, target: Path, monkeypatch: pytest.MonkeyPatch, where: str) -> None:
    fail(monkeypatch, where)
    one_line(run_cli(*ITP, "-o", str(target)), 4)
    assert not target.exists()


def test_a_folder_without_permission(run_cli: RunCli, target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fail(monkeypatch, "open", PermissionError(errno.EACCES, "Permission denied"))
    line = one_line(run_cli(*ITP, "-o", str(target)), 4)
    assert f"{target}: could not be written (Permission denied)" in line
    assert "name another place" in line


def test_a_folder_that_may_not_be_searched(run_cli: RunCli, target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    look = Path.stat

    def deny(self: Path, *, follow_symlinks: bool = True) -> os.stat_result:
        if self.name == target.name:
            raise PermissionError(errno.EACCES, "Permission denied")
        return look(self, follow_symlinks=follow_symlinks)

    monkeypatch.setattr(Path, "stat", deny)
    fail(monkeypatch, "open", PermissionError(errno.EACCES, "Permission denied"))
    line = one_line(run_cli(*ITP, "-o", str(target)), 4)
    assert f"{target}: could not be written (Permission denied)" in line


def test_an_interrupted_write_leaves_the_old_file(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(_: int) -> None:
        raise KeyboardInterrupt

    target.write_bytes(b"old")
    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_file(target, b"new", force=True)
    assert target.read_bytes() == b"old"


def test_a_temporary_file_that_cannot_be_removed_hides_no_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def deny(self: Path, missing_ok: bool = False) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    fail(monkeypatch, "fsync")
    monkeypatch.setattr(Path, "unlink", deny)
    with pytest.raises(OutputError, match="No space left on device"):
        write_file(tmp_path / "itp.csv", b"new", force=False)
    assert not (tmp_path / "itp.csv").exists()


def test_an_interruption_of_the_cleaning_up_leaves_nothing_behind(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    unlink, calls = Path.unlink, []

    def interrupted_once(self: Path, missing_ok: bool = False) -> None:
        calls.append(self)
        if len(calls) == 1:
            raise KeyboardInterrupt
        unlink(self, missing_ok=missing_ok)

    monkeypatch.setattr(Path, "unlink", interrupted_once)
    with pytest.raises(KeyboardInterrupt):
        write_file(target, b"new", force=False)
    assert target.read_bytes() == b"new"
    assert len(calls) == 2


def test_files_get_their_names_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the second one cannot be finished, the first one is as it was too."""
    first, second = tmp_path / "errors.csv", tmp_path / "out.csv"
    first.write_bytes(b"old")
    fsync, calls = os.fsync, []

    def full_at_the_second(handle: int) -> None:
        calls.append(handle)
        if len(calls) == 2:
            raise NO_SPACE
        fsync(handle)

    def write() -> None:
        with writing(first, second, force=True) as drafts:
            for draft in drafts:
                draft.write(b"new")

    monkeypatch.setattr(os, "fsync", full_at_the_second)
    with pytest.raises(OutputError, match=r"out\.csv: could not be written \(No space left"):
        write()
    assert first.read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["errors.csv"]
    write()
    assert first.read_bytes() == second.read_bytes() == b"new"


def test_a_file_that_appears_meanwhile_is_kept(run_cli: RunCli, target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fsync = os.fsync

    def somebody_is_faster(handle: int) -> None:
        fsync(handle)
        target.write_bytes(b"somebody else's")

    monkeypatch.setattr(os, "fsync", somebody_is_faster)
    assert "exists already and was kept" in one_line(run_cli(*ITP, "-o", str(target)), 4)
    assert target.read_bytes() == b"somebody else's"


def test_a_file_system_without_hard_links(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_links(self: Path, other: Path) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(Path, "hardlink_to", no_links)
    write_file(target, b"new", force=False)
    assert target.read_bytes() == b"new"
    with pytest.raises(OutputError, match="exists already"):
        write_file(target, b"newer", force=False)
    assert target.read_bytes() == b"new"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no device that is always full")
@pytest.mark.parametrize("words", [ITP, (*ITP, "--format", "json"), ("regimens",), ("--version",), ("--help",), ("plan", "--help")])
def test_redirected_to_a_full_disk(words: tuple[str, ...]) -> None:
    with Path("/dev/full").open("wb") as full:
        result = subprocess.run([sys.executable, "-m", "ivigcalc", *words], stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert result.returncode == 4, result.stderr
    assert result.stderr.startswith("ivigcalc: standard output could not be written (No space left on device)")
    assert len(result.stderr.splitlines()) == 1


@pytest.mark.parametrize("words", [(*ITP, "--start", "2027-01-04", "--cycles", "1000"), ("regimens",), ("--version",), ("--help",)])
def test_a_reader_that_has_gone_is_met_with_silence(words: tuple[str, ...]) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    command = [sys.executable, "-m", "ivigcalc", *words]
    try:
        result = subprocess.run(command, stdout=writer, stderr=subprocess.PIPE, text=True, check=False)
    finally:
        os.close(writer)
    assert (result.returncode, result.stderr) == (0, "")


class Refusing(io.BytesIO):
    """A standard output that takes nothing."""

    def __init__(self, error: OSError) -> None:
        super().__init__()
        self.error = error

    def write(self, data: object) -> int:
        raise self.error


@pytest.mark.parametrize("error", [NO_SPACE, OSError(errno.EIO, "Input/output error")])
@pytest.mark.parametrize("format_name", ["table", "csv", "json"])
def test_standard_output_that_cannot_be_written(capsys: pytest.CaptureFixture[str], error: OSError, format_name: str) -> None:
    with redirect_stdout(io.TextIOWrapper(Refusing(error))):
        assert run([*ITP, "--format", format_name]) == 4
    said = capsys.readouterr().err
    assert said == f"ivigcalc: standard output could not be written ({error.strerror}); what it holds is not complete\n"


@pytest.mark.parametrize("error", [BrokenPipeError(errno.EPIPE, "Broken pipe"), BrokenPipeError()])
def test_a_reader_that_has_gone_is_met_with_silence_in_process(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, error: OSError
) -> None:
    with monkeypatch.context() as patch, redirect_stdout(io.TextIOWrapper(Refusing(error))):
        patch.setattr(os, "dup2", lambda *_: None)
        assert run(list(ITP)) == 0
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(("error", "code"), [(BrokenPipeError(errno.EPIPE, "Broken pipe"), 0), (NO_SPACE, 4)])
@pytest.mark.parametrize("words", [("--help",), ("--version",), ("plan", "--help")])
def test_help_that_cannot_be_printed(words: tuple[str, ...], error: OSError, code: int) -> None:
    class Failing(io.StringIO):
        def write(self, text: str) -> int:
            raise error

    with redirect_stdout(Failing()), redirect_stderr(io.StringIO()) as said:
        assert run(list(words)) == code
    assert len(said.getvalue().splitlines()) == (code != 0)


def test_standard_output_that_is_closed(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stdout", None)  # as the interpreter has it after `>&-`
        assert run(list(ITP)) == 4
    said = capsys.readouterr().err
    assert said.startswith("ivigcalc: standard output ")
    assert len(said.splitlines()) == 1


def test_text_put_in_the_place_of_standard_output() -> None:
    with redirect_stdout(io.StringIO()) as out:
        write_stdout("25 g, José".encode())
    assert out.getvalue() == "25 g, José"
