"""Every command of the README and of docs is run, and what they show is what it prints."""

import re
import shlex
import shutil
from pathlib import Path

import pytest

from ivigcalc.catalogue import data_file
from ivigcalc.cli import run
from tests.conftest import RunCli
from tests.pages import ROOT, examples, files, pages_with_examples, printed, run_before, with_outputs

README = ROOT / "README.md"
PAGES = {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in (*pages_with_examples(), ROOT / "CONTRIBUTING.md")}
EXAMPLES = [example for text in PAGES.values() for example in examples(text)]
WHERE = [(page, *example) for page, text in PAGES.items() for example in examples(text)]


@pytest.mark.parametrize(("page", "command", "shown"), WHERE, ids=[f"{page}: {command}" for page, command, _ in WHERE])
def test_example(
    page: str, command: str, shown: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    for name, text in files(PAGES[page]).items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    for words in run_before(command):
        run(words)
    capfd.readouterr()
    run(shlex.split(command)[1:])
    out, err = capfd.readouterr()
    assert out + err == shown, f"{page} is stale; run: python -m tests.pages"


def test_there_are_examples() -> None:
    assert len([page for page, *_ in WHERE if page == "README.md"]) >= 4
    assert any(page.startswith("docs/") for page, *_ in WHERE)


def test_the_first_screen_holds_both_commands() -> None:
    first_screen = README.read_text(encoding="utf-8").splitlines()[:24]
    assert sum(line.startswith("python3 -m venv .venv && ") for line in first_screen) == 2


# Commands that stand in a line of text, without what they print

# what is typed for a name that stands for any -> something of that kind
STANDS_FOR = {
    "FILE": "site.yaml",
    "OLD": "catalogue.yaml",
    "NEW": "catalogue.yaml",
    "regimens.yaml": "catalogue.yaml",
    "ID": "octagam-10-us",
}
FOR_REGIMENS = {"ID": "itp"}
NEEDS_MORE = (
    "plan",
    "check",
    "weight",
    "batch",
    "catalogue new -o site.yaml",
    "regimens compare",
    "regimens show",
    "products show",
)  # named alone: its help is asked for
CODES = {
    "ivigcalc batch patients.csv -o schedule.csv --errors errors.csv": 1
}  # of README's three patients one is refused, and that is said
ASKED_OF_A_SHELL = "ivigcalc --install-completion"  # writes to the shell's own files, so that only its help is asked for


def in_text(text: str) -> list[str]:
    """The commands in the lines of a page."""
    spans = re.findall(r"`(ivigcalc [^`]*)`", re.sub(r"(?ms)^```.*?^```", "", text))
    return [" ".join(span.split()) for span in spans]


COMMANDS = sorted({command for text in PAGES.values() for command in in_text(text)})


def typed(command: str) -> list[str]:
    """A command with something of the kind for each name that stands for any."""
    stands_for = STANDS_FOR | (FOR_REGIMENS if re.search(r"regimens? ", command) else {})
    return [stands_for.get(word, word) for word in shlex.split(command)[1:]]


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_in_a_line_of_text_runs(run_cli: RunCli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copy(ROOT / "docs" / "site-example.yaml", tmp_path / "site.yaml")
    shutil.copy(data_file("regimens.yaml"), tmp_path / "catalogue.yaml")
    for text in PAGES.values():
        for name, held in files(text).items():
            Path(name).write_text(held, encoding="utf-8")
    Path("orders.csv").write_text("id,weight,regimen,order\n1,62,itp,24.8 g once daily for 3 days\n", encoding="utf-8")
    if command == ASKED_OF_A_SHELL:
        assert "--install-completion" in run_cli("--help").text
        return
    for before in run_before(command):
        run_cli(*before)
    words = typed(command)
    result = run_cli(*words, *(["--help"] if " ".join(words) in NEEDS_MORE else []))
    assert result.code == CODES.get(command, 0), result.err
    assert result.out or result.err


def test_the_commands_in_the_text_are_found() -> None:
    assert len(COMMANDS) >= 12
    assert in_text("see `ivigcalc products show\nID`, `ivigcalc/units.py` and\n```sh\n`ivigcalc x`\n```\n") == ["ivigcalc products show ID"]


@pytest.mark.parametrize("page", PAGES)
def test_no_command_of_a_block_is_left_out(page: str) -> None:
    """A block that shows a command is run: it is marked <!-- run -->, or <!-- command: --> for what .ci/run types."""
    held = {command for command, _ in examples(PAGES[page])}
    blocks = re.findall(r"(?m)(<!-- .*? -->\n)?^```\w*\n((?:.*\n)*?)^```", PAGES[page])
    for mark, block in blocks:
        if mark.startswith("<!-- command: "):
            continue
        shown = [line.removeprefix("$ ") for line in block.splitlines() if re.match(r"(?:\$ )?(?:\S+/)?ivigcalc ", line)]
        assert [command for command in shown if not command.startswith("ivigcalc: ") and command not in held] == []


def test_an_example_that_is_stale_is_seen_and_mended() -> None:
    command = "ivigcalc --version"
    page = f"text\n<!-- run -->\n```console\n$ {command}\nivigcalc 0.0.0\n```\nmore\n"
    assert examples(page) == [(command, "ivigcalc 0.0.0\n")]
    mended = with_outputs(page)
    assert examples(mended) == [(command, printed(command, {}))]
    assert mended != page
    assert mended.startswith("text\n<!-- run -->\n")
    assert mended.endswith("```\nmore\n")
    assert with_outputs(mended) == mended
