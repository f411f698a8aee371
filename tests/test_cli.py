"""The command line: exit codes, help, completion, the list of regimens, and that no failure goes unsaid or is blamed on the user."""

import errno
import io
import os
import re
import runpy
import shlex
import shutil
import sys
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import NoReturn

import click
import pytest
import typer
from click.shell_completion import BashComplete

from ivigcalc import __version__, cli
from ivigcalc.catalogue import data_file, known_names, load_catalogue
from ivigcalc.cli import app, main
from ivigcalc.cli.choices import complete_policy
from ivigcalc.cli.complete import complete_product, complete_regimen
from ivigcalc.errors import CatalogueError, InputError, IvigcalcError, OutputError, Refused
from tests.conftest import RunCli
from tests.test_bad_input import one_line

ITP = ("plan", "--weight", "62", "--regimen", "itp")
REGIMENS = [
    "itp", "icaht", "melanoma", "melanoma-q3w", "melanoma-high-dose", "multiple-sclerosis", "systemic-sclerosis",
    "systemic-sclerosis-takehara", "myeloma-teclistamab",
]  # fmt: skip
COMMAND = typer.main.get_command(app)


def commands(command: click.Command = COMMAND, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Every command with the words that call it."""
    yield path, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            sub = command.get_command(context, name)
            assert sub is not None
            yield from commands(sub, (*path, name))


def failing(error: BaseException) -> Callable[..., NoReturn]:
    """A function that fails."""

    def fail(*_: object, **__: object) -> NoReturn:
        raise error

    return fail


# Exit codes


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("plan --weight 62 --regimen itp", 0),
        ("plan --weight 62 --regimen melanoma", 0),
        ("plan --weight 62 --regimen systemic-sclerosis", 1),
        ("plan --weight 70 --dose '2 g/kg/day' --days 5", 1),
        ("plan --weight 62 --regimen il-2", 1),
        ("plan --weight 62 --regimen sclerosis", 2),
        ("plan --weight 70 --dose '2 g/kg' --days 5", 2),
        ("catalogue check /no/such/file.yaml", 3),
        ("plan --weight 62 --regimen itp --format csv -o /no/such/folder/itp.csv", 4),
    ],
)
def test_exit_codes(run_cli: RunCli, typed: str, code: int) -> None:
    result = run_cli(*shlex.split(typed))
    assert result.code == code
    assert (result.err != "") is (code != 0)
    assert (result.out == b"") is (code != 0)


@pytest.mark.parametrize(("error", "code"), [(IvigcalcError, 70), (Refused, 1), (InputError, 2), (OutputError, 4)])
def test_each_kind_of_error_has_its_exit_code(
    run_cli: RunCli, monkeypatch: pytest.MonkeyPatch, error: type[IvigcalcError], code: int
) -> None:
    monkeypatch.setattr("ivigcalc.request.answer", failing(error("what it is")))
    assert one_line(run_cli(*ITP), code) == "ivigcalc: what it is\n"


def test_a_faulty_catalogue_names_every_fault(run_cli: RunCli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ivigcalc.cli.data.load_catalogue", failing(CatalogueError(("a.yaml:3: dose: x", "a.yaml:9: days: y"))))
    result = run_cli(*ITP)
    assert (result.code, result.out) == (3, b"")
    assert result.err.splitlines() == ["a.yaml:3: dose: x", "a.yaml:9: days: y", "ivigcalc: 2 faults in a data file; mend and run again"]


def test_a_bug_is_one_line_that_says_how_to_report_it(run_cli: RunCli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ivigcalc.request.answer", failing(ZeroDivisionError("first line\nsecond  line")))
    line = one_line(run_cli(*ITP, "--label", "ward 3"), 70)
    assert f"a bug in ivigcalc {__version__}: ZeroDivisionError at test_cli.py:" in line
    for words in (
        "first line second line",
        "Do not use anything it printed",
        "report this line",
        "CONTRIBUTING.md",
        "without a patient's name",
    ):
        assert words in line
    assert "ward 3" not in line


def test_a_bug_writes_no_file(run_cli: RunCli, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("ivigcalc.export.csv.as_csv", failing(AssertionError("broken")))
    one_line(run_cli(*ITP, "-o", str(tmp_path / "itp.csv")), 70)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("interruption", [KeyboardInterrupt(), click.Abort()])
def test_an_interruption_is_said(run_cli: RunCli, monkeypatch: pytest.MonkeyPatch, interruption: BaseException) -> None:
    monkeypatch.setattr("ivigcalc.request.answer", failing(interruption))
    assert "interrupted; nothing was written" in one_line(run_cli(*ITP), 130)


def test_a_fault_of_click_is_one_line(run_cli: RunCli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ivigcalc.request.answer", failing(click.ClickException("what it is")))
    assert one_line(run_cli(*ITP), 2) == "ivigcalc: what it is\n"


def test_a_fault_of_use_without_a_command_points_at_the_help(run_cli: RunCli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ivigcalc.request.answer", failing(click.UsageError("What it is.")))
    assert one_line(run_cli(*ITP), 2) in {f"ivigcalc: What it is. See: {command} --help\n" for command in ("ivigcalc", "ivigcalc plan")}


def test_standard_error_on_a_full_disk_changes_no_exit_code(monkeypatch: pytest.MonkeyPatch) -> None:
    class Full:
        def isatty(self) -> bool:
            return False

        def write(self, text: str) -> NoReturn:
            raise OSError(errno.ENOSPC, "No space left on device")

        def flush(self) -> None: ...

    with monkeypatch.context() as patch:
        patch.setattr(sys, "stderr", Full())
        assert cli.run(["plan", "--weight", "x", "--regimen", "itp"]) == 2


def test_standard_error_that_is_closed_changes_no_exit_code(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stderr", None)
        assert cli.run(["plan", "--weight", "x", "--regimen", "itp"]) == 2


# Starting it


def test_python_m_ivigcalc(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "argv", ["ivigcalc", "--version"])
    with pytest.raises(SystemExit) as left:
        runpy.run_module("ivigcalc", run_name="__main__")
    assert left.value.code == 0
    assert capsys.readouterr().out == f"ivigcalc {__version__}\n"


def test_main_leaves_with_the_exit_code(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "argv", ["ivigcalc", "plan", "--weight", "x", "--regimen", "itp"])
    with pytest.raises(SystemExit) as left:
        main()
    assert left.value.code == 2
    assert capsys.readouterr().err.startswith("ivigcalc: --weight: 'x'")


@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, "full"), BrokenPipeError(errno.EPIPE, "gone"), ValueError("closed")])
def test_main_leaves_quietly_when_nothing_more_can_be_flushed(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    closed: list[int] = []
    with monkeypatch.context() as patch:
        patch.setattr(cli, "run", lambda _: 1)
        patch.setattr(os, "dup2", lambda _, to: closed.append(to))
        patch.setattr(sys, "stdout", type("Stdout", (), {"flush": staticmethod(failing(error))})())
        with pytest.raises(SystemExit) as left:
            main()
    assert (left.value.code, closed) == (1, [1])


def test_main_runs_without_standard_output(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(cli, "run", lambda _: 4)
        patch.setattr(os, "dup2", failing(OSError(errno.EBADF, "closed")))
        patch.setattr(sys, "stdout", None)
        with pytest.raises(SystemExit) as left:
            main()
    assert left.value.code == 4


# Help


def test_the_version(run_cli: RunCli) -> None:
    assert run_cli("--version") == (0, f"ivigcalc {__version__}\n".encode(), "")


@pytest.mark.parametrize("path", [path for path, _ in commands()], ids=" ".join)
def test_help_leads_with_examples(run_cli: RunCli, path: tuple[str, ...]) -> None:
    result = run_cli(*path, "--help")
    assert (result.code, result.err) == (0, "")
    if path != ("catalogue",):
        example, options = (re.search(rf"(?m)^ *{words}:", result.text) for words in ("Examples?", "Options"))
        assert example
        assert options
        assert example.start() < options.start()
        assert result.text.count("\n    ivigcalc ") >= 1


@pytest.mark.parametrize(("path", "command"), list(commands()), ids=lambda value: " ".join(value) if isinstance(value, tuple) else "")
def test_every_option_and_argument_has_its_help(run_cli: RunCli, path: tuple[str, ...], command: click.Command) -> None:
    shown = run_cli(*path, "--help").text
    context = click.Context(command, info_name="ivigcalc")
    for parameter in command.get_params(context):
        text = getattr(parameter, "help", None)
        assert text, f"{parameter.name} of {' '.join(path)}"
        assert text.split()[0] in shown
        assert text.endswith((".", "regimens"))


PATIENTS = "id,weight,regimen\np1,62,itp\n"


def test_every_example_of_the_help_works(run_cli: RunCli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("regimens.yaml", "regimens-new.yaml"):
        shutil.copy(data_file("regimens.yaml"), tmp_path / name)
    (tmp_path / "patients.jsonl").write_text('{"id": "p1", "weight": 62, "regimen": "itp"}\n', encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "120")
    asked = ("catalogue", "new")  # which reads answers
    pages = [run_cli(*path, "--help").text for path, _ in commands() if path != asked]
    examples = {line.strip() for page in pages for line in page.splitlines() if line.startswith("    ivigcalc ")}
    assert len(examples) >= 10
    for example in sorted(examples):
        for file in tmp_path.glob("*.csv"):
            file.unlink()
        (tmp_path / "patients.csv").write_text(PATIENTS, encoding="utf-8")
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(PATIENTS.encode())))
        if example.startswith("ivigcalc demand schedule.csv"):
            run_cli("batch", "patients.csv", "-o", "schedule.csv", "--errors", "errors.csv")
        result = run_cli(*shlex.split(example)[1:])
        assert result.code == 0, f"{example}: {result.err}"


@pytest.mark.parametrize("words", [(), ("catalogue",)])
def test_a_command_alone_shows_its_help(run_cli: RunCli, words: tuple[str, ...]) -> None:
    result = run_cli(*words)
    help_text = run_cli(*words, "--help").text
    assert result.code in {0, 2}
    assert (result.text + result.err).strip() == help_text.strip()


# Completion


def completed(words: str, incomplete: str) -> list[str]:
    """What a shell offers."""
    complete = BashComplete(COMMAND, {}, "ivigcalc", "_IVIGCALC_COMPLETE")
    return [item.value for item in complete.get_completions(words.split(), incomplete)]


@pytest.mark.parametrize(
    ("words", "incomplete", "offered"),
    [
        ("plan --regimen", "mel", ["melanoma", "melanoma-q3w", "melanoma-high-dose"]),
        ("plan --regimen", "sc", ["scleromyxoedema/series", "scleromyxoedema/monthly", "scleroderma", "scleromyxoedema", "scleromyxedema"]),
        ("plan --regimen", "cidp/o", ["cidp/ontario-induction", "cidp/ontario-maintenance", "cidp/ontario"]),
        ("plan --regimen", "kawa", ["kawasaki-disease", "kawasaki"]),
        ("plan --regimen", "zz", []),
        ("plan --format", "", ["table", "csv", "json"]),
        ("plan --format", "c", ["csv"]),
        ("regimens", "sh", ["show"]),
        ("regimens", "co", ["compare"]),
        ("regimens compare", "cidp/o", ["cidp/ontario-induction", "cidp/ontario-maintenance", "cidp/ontario"]),
        ("regimens show", "ic", ["icaht"]),
        ("", "p", ["plan", "products"]),
        ("products", "sh", ["show"]),
        ("products show", "octagam-5", ["octagam-5-us", "octagam-5-eu"]),
        ("products show", "flebogamma-1", ["flebogamma-10-dif-us"]),
        ("catalogue", "", ["check", "diff", "schema", "new"]),
        ("plan", "--w", ["--weight", "--weight-date"]),
    ],
)
def test_completion(words: str, incomplete: str, offered: list[str]) -> None:
    assert completed(words, incomplete) == offered


def test_every_id_and_alias_is_offered() -> None:
    names = known_names(load_catalogue(data_file("regimens.yaml")))
    assert {*REGIMENS, "ms", "scleroderma", "ssc", "takehara", "teclistamab", "cidp", "itp/ontario"} <= set(names)
    assert completed("plan --regimen", "") == [*names]
    assert completed("regimens", "") == ["compare", "show", *names]


def test_a_shell_is_answered(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    for name, value in (("_IVIGCALC_COMPLETE", "complete_bash"), ("COMP_WORDS", "ivigcalc plan --regimen ic"), ("COMP_CWORD", "3")):
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "argv", ["ivigcalc"])
    with pytest.raises(SystemExit) as left:
        main()
    assert left.value.code == 0
    assert capsys.readouterr().out.split() == ["icaht"]


# Regimens


def test_the_list_names_every_regimen_in_the_order_of_the_file(run_cli: RunCli) -> None:
    headings = [line.split(",")[0] for line in run_cli("regimens").text.splitlines() if re.match(r"[a-z]", line)]
    assert headings == list(load_catalogue(data_file("regimens.yaml")).regimens)
    assert headings[: len(REGIMENS)] == REGIMENS


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (["sclerosis"], ["multiple-sclerosis", "systemic-sclerosis", "systemic-sclerosis-takehara"]),
        (["SCLEROSIS", "trial"], ["systemic-sclerosis-takehara", "ms/trial-loading"]),
        (["dermatology", "Canada"], ["pemphigus/ontario", "pyoderma/induction"]),
        (["ms"], ["multiple-sclerosis"]),
        (["thrombocytopenia"], ["itp"]),
        (["car", "t-cell"], ["icaht"]),
    ],
)
def test_the_list_holds_every_word(run_cli: RunCli, words: list[str], found: list[str]) -> None:
    listed = [line.split(",")[0] for line in run_cli("regimens", *words).text.splitlines() if re.match(r"[a-z]", line)]
    assert set(found) <= set(listed)
    assert len(listed) < 30  # of 66


# docs/design.md, "Catalogue": the table of the documents' regimens
FIGURES = {
    "itp": ["0.4 g per kg per day", "Days 3", "every 3 weeks"],
    "icaht": ["2 g per kg per course", "Days 4", "Courses 1"],
    "melanoma": ["melanoma-q3w: 1 g per kg per course", "melanoma-high-dose: 2 g per kg per course"],
    "melanoma-q3w": ["1 g per kg per course", "Days not stated", "every 3 weeks", "25 g a day", "External source"],
    "melanoma-high-dose": ["2 g per kg per course", "Days not stated", "Interval not stated"],
    "multiple-sclerosis": ["0.4 g per kg per day", "Days 1", "every 6 weeks", "Also ms"],
    "systemic-sclerosis": ["Dose not stated", "Days 2 to 5", "month", "Also scleroderma, ssc"],
    "systemic-sclerosis-takehara": ["0.4 g per kg per day", "Days 5", "External source", "Country Japan"],
    "myeloma-teclistamab": ["Dose not stated", "Days 1", "within 30 days of the start of the bispecific antibody"],
}


@pytest.mark.parametrize("regimen", REGIMENS)
def test_a_regimen_is_shown_with_every_figure_its_source_and_its_quote(run_cli: RunCli, regimen: str) -> None:
    result = run_cli("regimens", "show", regimen)
    text = " ".join(result.text.split())
    assert (result.code, result.err) == (0, "")
    assert f"Id {regimen} " in text
    for words in (*FIGURES[regimen], "Source ", "licence ", "read 2026-11-22", '"'):
        assert words in text
    entry = load_catalogue(data_file("regimens.yaml")).regimens[regimen]
    for cited in entry.cited:
        assert f'{cited.locator}: "{cited.quote}"' in text
    for words in (*entry.notes, *entry.readings, *entry.not_stated):
        assert words in text


@pytest.mark.parametrize("typed", ["ITP", "systemic sclerosis", "Systemic_Sclerosis", "ssc", "metastatic-melanoma"])
def test_a_regimen_is_shown_by_any_of_its_names(run_cli: RunCli, typed: str) -> None:
    result = run_cli("regimens", "show", *typed.split())
    assert (result.code, result.err) == (0, "")


def test_an_indication_with_several_regimens_shows_each(run_cli: RunCli) -> None:
    text = run_cli("regimens", "show", "metastatic-melanoma").text
    assert re.findall(r"(?m)^Id +(\S+)", text) == ["melanoma-q3w", "melanoma-high-dose"]


# Data files


def test_the_data_files_have_no_faults(run_cli: RunCli) -> None:
    for name, words in (("regimens.yaml", "96 regimens"), ("limits.yaml", "2 limits")):
        path = str(data_file(name))
        result = run_cli("catalogue", "check", path)
        assert (result.code, result.err) == (0, "")
        assert result.text.splitlines()[-1].startswith(f"{path}: no faults; {words}")


def test_a_faulty_data_file_is_told_fault_by_fault(run_cli: RunCli, tmp_path: Path) -> None:
    faulty = tmp_path / "faulty.yaml"
    faulty.write_text("limits:\n  daily-dose:\n    above: 1\n    per: week\n", encoding="utf-8")
    result = run_cli("catalogue", "check", str(faulty))
    *faults, last = result.err.splitlines()
    assert (result.code, result.out) == (3, b"")
    assert len(faults) >= 3
    assert all(fault.startswith(f"{faulty}:") for fault in faults)
    assert last == f"ivigcalc: {len(faults)} faults in a data file; mend and run again"


# Plans


@pytest.mark.parametrize("word", ["today", "TOMORROW"])
def test_a_plan_may_start_today_or_tomorrow(run_cli: RunCli, word: str) -> None:
    before = date.today()
    found = re.search(r",(\d{4}-\d\d-\d\d),", run_cli(*ITP, "--start", word, "--format", "csv").text)
    after = date.today()
    assert found
    late = 0 if word == "today" else 1
    assert before.toordinal() + late <= date.fromisoformat(found[1]).toordinal() <= after.toordinal() + late


@pytest.mark.parametrize("typed", ["itp", "ITP", " Itp "])
def test_a_regimen_is_planned_by_any_of_its_names(run_cli: RunCli, typed: str) -> None:
    assert "24.8 g once daily for 3 days" in run_cli("plan", "--weight", "62", "--regimen", typed).text


def test_force_without_a_file_is_refused(run_cli: RunCli) -> None:
    result = run_cli("plan", "--weight", "62", "--regimen", "itp", "--force")
    assert (result.code, result.text) == (2, "")
    assert "--force replaces a file, and none is named" in result.err


def test_a_suffix_without_a_name_is_no_file(run_cli: RunCli) -> None:
    result = run_cli("plan", "--weight", "62", "--regimen", "itp", "-o", ".csv")
    assert (result.code, result.text) == (2, "")
    assert "the name before .csv is missing" in result.err


def test_a_faulty_catalogue_completes_nothing_and_says_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    faulty = tmp_path / "regimens.yaml"
    faulty.write_text("nothing: here\n", encoding="utf-8")
    monkeypatch.setattr("ivigcalc.cli.data.data_file", lambda _: faulty)
    assert complete_regimen() == []
    assert complete_product() == []


def test_the_products_are_checked_as_products(run_cli: RunCli) -> None:
    result = run_cli("catalogue", "check", str(data_file("products.yaml")))
    assert (result.code, result.err) == (0, "")
    assert result.text.endswith("no faults; 28 products\n")


def test_the_policies_of_dosing_weight_are_completed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert complete_policy() == ["actual", "ideal", "adjusted", "australia-2026", "uk-request-form", "seton", "us-120"]
    faulty = tmp_path / "limits.yaml"
    faulty.write_text("nothing: here\n", encoding="utf-8")
    monkeypatch.setattr("ivigcalc.catalogue.data_file", lambda _: faulty)
    assert complete_policy() == []


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        (("--height", "165"), "110 kg, 242.51 lb actual weight, height 165 cm"),
        (("--sex", "female", "--age", "50"), "110 kg, 242.51 lb actual weight, female, 50 years"),
        (("--not-pregnant",), "110 kg, 242.51 lb actual weight, not pregnant"),
        (("--pregnant",), "110 kg, 242.51 lb actual weight, pregnant"),
        (("--age", "8 months"), "110 kg, 242.51 lb actual weight, 0.67 years"),
    ],
)
def test_what_was_said_of_the_patient_is_echoed(run_cli: RunCli, said: tuple[str, ...], shown: str) -> None:
    text = run_cli("plan", "--weight", "110", "--regimen", "itp", "--dosing-weight", "actual", *said).text
    assert f"Patient     {shown}\n" in text
    assert "\nPatient  " not in run_cli("plan", "--weight", "110", "--regimen", "itp").text
