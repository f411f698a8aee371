"""Shared by all tests: a plain environment, and the program run in process."""

import io
import os
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import NamedTuple

import pytest

from ivigcalc.cli import run


class Run(NamedTuple):
    """What a run of the program left behind."""

    code: int
    out: bytes
    err: str

    @property
    def text(self) -> str:
        """Standard output as text."""
        return self.out.decode()


RunCli = Callable[..., Run]


class _Stream(io.TextIOWrapper):
    """Standard output or error in memory, which may say that it is a terminal."""

    def __init__(self, errors: str, *, tty: bool) -> None:
        super().__init__(io.BytesIO(), encoding="utf-8", errors=errors, newline="")
        self._tty = tty

    def isatty(self) -> bool:
        return self._tty

    def content(self) -> bytes:
        """Everything that was written."""
        self.flush()
        assert isinstance(self.buffer, io.BytesIO)
        return self.buffer.getvalue()


def type_to(*words: str, tty: bool = False) -> Run:
    """Run the program in this process on what is typed."""
    with redirect_stdout(_Stream("strict", tty=tty)) as out, redirect_stderr(_Stream("backslashreplace", tty=tty)) as err:
        code = run(list(words))
    return Run(code, out.content(), err.content().decode())


@pytest.fixture(scope="session")
def run_cli() -> RunCli:
    """For all tests: `run_cli("plan", "--weight", "62", ...)` -> exit code, standard output as bytes, standard error as text."""
    return type_to


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """80 columns, no say about colour and no site file, wherever the tests run."""
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("TERM", "xterm")
    for name in ("XDG_CONFIG_HOME", "APPDATA"):
        monkeypatch.setenv(name, os.path.join(os.sep, "nowhere"))  # nobody's own site file
    for name in ("NO_COLOR", "FORCE_COLOR", "LINES", "IVIGCALC_SITE"):
        monkeypatch.delenv(name, raising=False)


def pytest_addoption(parser: pytest.Parser) -> None:
    """`pytest --update-goldens` rewrites tests/golden; read every change before you keep it."""
    parser.addoption("--update-goldens", action="store_true", help="rewrite tests/golden from what the program prints now")


HoldGolden = Callable[[str, Path], None]


@pytest.fixture
def hold_golden(request: pytest.FixtureRequest) -> HoldGolden:
    """Hold what is shown against a file that a person has read; `--update-goldens` writes it."""

    def hold(shown: str, golden: Path) -> None:
        if request.config.getoption("--update-goldens"):
            golden.write_bytes(shown.encode())
        assert shown == golden.read_bytes().decode()

    return hold
