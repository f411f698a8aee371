"""Ended at any moment: no half file under a final name, the old file whole, nothing else running."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any, Final, NamedTuple

import pytest

from ivigcalc.cli.ending import cleaning_up
from tests.patients import mixed

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals of Unix")
OLD: Final = b"old"
WORDS: Final = ("batch", "patients.csv", "-o", "out.csv", "--errors", "errors.csv")


class Whole(NamedTuple):
    """What a run makes that nobody ends, and how long it takes."""

    files: dict[str, bytes]
    ns: int


def start(folder: Path, *words: str) -> "subprocess.Popen[bytes]":
    """Start `batch` in a group of its own, as a shell does. Its processes share its standard error, so that it ends when they have."""
    command = [sys.executable, "-m", "ivigcalc", *WORDS, *words]
    return subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True)


def content(folder: Path) -> dict[str, bytes]:
    """What stands under names that are not those of temporary files."""
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.suffix != ".tmp" and path.name != "patients.csv"}


def temporary(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir() if path.suffix == ".tmp"]


@pytest.fixture(scope="module")
def data() -> bytes:
    return mixed(500)[0]


@pytest.fixture(scope="module")
def many() -> bytes:
    return mixed(10_000)[0]


@pytest.fixture(scope="module", params=["1", "2"])
def jobs(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, data: bytes, jobs: str) -> Whole:
    folder = tmp_path_factory.mktemp("whole")
    (folder / "patients.csv").write_bytes(data)
    begin = time.monotonic_ns()
    process = start(folder, "--jobs", jobs)
    process.communicate(timeout=300)
    assert process.returncode == 1
    return Whole(content(folder), time.monotonic_ns() - begin)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("force", [True, False])
def test_killed_at_any_moment_no_file_is_half(tmp_path: Path, data: bytes, whole: Whole, jobs: str, seed: int, force: bool) -> None:
    """Twenty times in all, with one process and two."""
    (tmp_path / "patients.csv").write_bytes(data)
    before: dict[str, bytes] = dict.fromkeys(whole.files, OLD) if force else {}
    for name, old in before.items():
        (tmp_path / name).write_bytes(old)
    process = start(tmp_path, "--jobs", jobs, *(["--force"] if force else []))
    time.sleep(whole.ns * Random(seed).randint(1, 110) // 100 / 10**9)
    process.kill()
    process.communicate(timeout=60)
    found = content(tmp_path)
    for name, made in whole.files.items():
        assert found.get(name) in (before.get(name), made), name
    assert found.get("out.csv") == before.get("out.csv") or found.get("errors.csv") == whole.files["errors.csv"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
@pytest.mark.parametrize("to_all", [False, True])
def test_told_to_end_nothing_is_left_behind(tmp_path: Path, many: bytes, jobs: str, number: signal.Signals, to_all: bool) -> None:
    """A terminal sends Ctrl-C, and its own end, to all processes of a command; the system sends SIGTERM to one or to all."""
    (tmp_path / "patients.csv").write_bytes(many)
    (tmp_path / "out.csv").write_bytes(OLD)
    process = start(tmp_path, "--force", "--jobs", jobs)
    while not any((tmp_path / name).stat().st_size for name in temporary(tmp_path)):
        time.sleep(0.01)
    (os.killpg if to_all else os.kill)(process.pid, number)
    _, said = process.communicate(timeout=60)
    code = 130 if number == signal.SIGINT else 128 + number
    assert (process.returncode, said.decode().strip()) == (code, "ivigcalc: interrupted; nothing was written")
    assert content(tmp_path) == {"out.csv": OLD}
    assert temporary(tmp_path) == []


@pytest.mark.parametrize("wait", [0, 2, 4, 6, 8])
def test_ctrl_c_while_processes_start_says_one_line(tmp_path: Path, data: bytes, wait: int) -> None:
    (tmp_path / "patients.csv").write_bytes(data)
    process = start(tmp_path, "--jobs", "2")
    while not temporary(tmp_path):
        time.sleep(0.005)
    time.sleep(wait / 20)
    os.killpg(process.pid, signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode in (130, 1)  # 1: it was done before
    assert b"Traceback" not in said
    if process.returncode == 130:
        assert said == b"ivigcalc: interrupted; nothing was written\n"
        assert content(tmp_path) == {}


# At each step on the file system, one after the other

STEPS: Final = """
import json, os, signal, sys
from pathlib import Path
from ivigcalc.cli import main, run

number, force, folder = int(sys.argv[1]), sys.argv[2] == "force", sys.argv[3]
words = ["batch", "patients.csv", "-o", "out.csv", "--errors", "errors.csv"] + ["--force"] * force
os.chdir(folder)
run(words)  # so that all modules are there
whole = {name: Path(name).read_bytes() for name in ("out.csv", "errors.csv")}
results, step, code = [], 0, None
while code not in (0, 1):
    step += 1
    for path in Path(".").iterdir():
        if path.name != "patients.csv":
            path.unlink()
    for name in whole:
        if force:
            Path(name).write_bytes(b"old")
    child = os.fork()
    if not child:
        seen = 0
        def hook(event, args):
            global seen
            if event in ("open", "os.rename", "os.link", "os.remove", "os.chmod") and any(str(a).endswith(".tmp") for a in args):
                seen += 1
                if seen == step:
                    os.kill(os.getpid(), number)
        sys.addaudithook(hook)
        sys.argv = ["ivigcalc", *words]
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        main()
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    state = {path.name: path.read_bytes() for path in Path(".").iterdir() if path.name != "patients.csv"}
    words_of = {name: "whole" if data == whole.get(name) else data.decode("latin-1") for name, data in state.items()}
    results.append([code, words_of])
print(json.dumps(results))
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("force", [True, False])
def test_ended_at_each_step_on_the_file_system(tmp_path: Path, number: signal.Signals, force: bool) -> None:
    (tmp_path / "patients.csv").write_text("id,weight,regimen\np1,62,itp\np2,0,itp\n", encoding="utf-8")
    script = [sys.executable, "-c", STEPS, str(int(number)), "force" if force else "keep", str(tmp_path)]
    run = subprocess.run(script, capture_output=True, check=True, timeout=300)
    *ended, last = json.loads(run.stdout)
    assert last == [1, {"out.csv": "whole", "errors.csv": "whole"}]
    assert len(ended) >= 8  # two files: made, their modes set, named, removed
    old = {"old"} if force else {None}
    for code, state in ended:
        assert code == (-signal.SIGKILL if number == signal.SIGKILL else 128 + number)
        left = {name for name in state if name.endswith(".tmp")}
        assert not left or number == signal.SIGKILL
        assert state.get("out.csv") in old | {"whole"}
        assert state.get("errors.csv") in old | {"whole"}
        assert state.get("out.csv") != "whole" or state.get("errors.csv") == "whole"  # the errors first
    assert any(state.get("errors.csv") == "whole" for _, state in ended)


def test_what_is_ignored_stays_ignored() -> None:
    """Such as SIGHUP under nohup."""
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with cleaning_up() as received:
            assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
            assert signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL
    finally:
        signal.signal(signal.SIGHUP, before)
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
    assert received == []


def test_a_second_request_does_not_stop_the_cleaning_up() -> None:
    cleaned = False
    with cleaning_up() as received:
        try:
            os.kill(os.getpid(), signal.SIGTERM)
            time.sleep(5)
        except KeyboardInterrupt:
            os.kill(os.getpid(), signal.SIGHUP)
            os.kill(os.getpid(), signal.SIGTERM)
            cleaned = True
    assert cleaned
    assert received == [signal.SIGTERM]


def test_a_system_without_a_signal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(signal, "SIGHUP")  # as on Windows
    with cleaning_up():
        assert signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL


def lost(error: BaseException) -> Any:
    """What Python hands on of an error that came where nothing can be raised."""
    return SimpleNamespace(exc_type=type(error), exc_value=error, exc_traceback=None, err_msg=None, object=None)


def lose_an_end() -> None:
    with cleaning_up():
        sys.unraisablehook(lost(KeyboardInterrupt()))
        time.sleep(10)


def test_an_end_that_is_lost_where_nothing_can_be_raised_is_asked_for_again() -> None:
    before = sys.unraisablehook
    with pytest.raises(KeyboardInterrupt):
        lose_an_end()
    assert sys.unraisablehook is before


def test_what_else_cannot_be_raised_is_shown_as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[object] = []
    monkeypatch.setattr(sys, "__unraisablehook__", shown.append)
    error = lost(ValueError("x"))
    with cleaning_up():
        sys.unraisablehook(error)
    assert shown == [error]
