"""The README's commands are run, and what it shows is what they print."""

import re
import shlex
from pathlib import Path

import pytest

from ivigcalc.cli import run

README = Path(__file__).parent.parent / "README.md"
EXAMPLES = re.findall(r"<!-- run -->\n```console\n\$ (ivigcalc [^\n]*)\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
FILES = re.findall(r"<!-- file: (\S+) -->\n```csv\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)


@pytest.mark.parametrize(("command", "shown"), EXAMPLES, ids=[command for command, _ in EXAMPLES])
def test_example(command: str, shown: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    for name, text in FILES:
        (tmp_path / name).write_text(text, encoding="utf-8")
    run(shlex.split(command)[1:])
    out, err = capfd.readouterr()
    assert out + err == shown


def test_there_are_examples() -> None:
    assert len(EXAMPLES) >= 4


def test_the_first_screen_holds_both_commands() -> None:
    first_screen = README.read_text(encoding="utf-8").splitlines()[:24]
    assert sum(line.startswith("python3 -m venv .venv && ") for line in first_screen) == 2
