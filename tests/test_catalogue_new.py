"""`catalogue new`: the questions, what is asked again with the loader's words, and what becomes of a file that is there."""

import io
import json
import os
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from ivigcalc.catalogue import load_catalogue
from ivigcalc.catalogue.entry import add_entry, render
from ivigcalc.cli import app
from ivigcalc.errors import InputError
from tests.conftest import Run, RunCli
from tests.injected import SHIPPED

SITE = ["Ward 7"]
NAMES = ["itp/ward-7", "Immune thrombocytopenia, as on ward 7", "immune-thrombocytopenia", "itp-ward, itp-7", "haematology", "standard"]
WHOM = ["", "adults", "actual body weight", ""]
SOURCE = ["ward-protocol", "Protocol of the ward: 2026", "https://ward.test/protocol#page=1", "", "2026-11-22", "no", "guideline"]
QUOTE = "Give 0.4 g/kg/day for 3 consecutive days, every 3 weeks, for 4 cycles."
WORDS = ["Page 1", QUOTE, ""]
PHASES = [""]
FIGURES = ["0.4 g/kg", "day", "3", "3 weeks", "4"]
REST = ["", "", "A reading, of ours.", "", "A note: one.", "", "product, infusion rate"]  # no cap, no window
ANSWERS = [*SITE, *NAMES, *WHOM, *SOURCE, *WORDS, *PHASES, *FIGURES, *REST]

WRITTEN = """\
site: Ward 7
sources:
  ward-protocol:
    citation: "Protocol of the ward: 2026"
    url: "https://ward.test/protocol#page=1"
    licence: not stated
    read: 2026-11-22
    external: no
    kind: guideline
regimens:
  itp/ward-7:
    name: Immune thrombocytopenia, as on ward 7
    indication: immune-thrombocytopenia
    aliases: [itp-ward, itp-7]
    specialty: haematology
    standing: standard
    jurisdiction: not stated
    population: adults
    weight_basis: actual body weight
    phases:
      - phase: course
        dose: 0.4 g/kg
        per: day
        days: 3
        every: 3 weeks
        cycles: 4
    cited:
      - source: ward-protocol
        locator: Page 1
        quote: Give 0.4 g/kg/day for 3 consecutive days, every 3 weeks, for 4 cycles.
    readings: ["A reading, of ours."]
    notes: ["A note: one."]
    not_stated: [product, infusion rate]
"""


def answered(run_cli: RunCli, monkeypatch: pytest.MonkeyPatch, answers: list[str], *options: str) -> Run:
    """Run the command with these answers typed."""
    monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{answer}\n" for answer in answers)))
    return run_cli("catalogue", "new", *options)


def test_the_answers_become_an_entry_that_is_checked_and_planned_with(
    run_cli: RunCli, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    result = answered(run_cli, monkeypatch, ANSWERS)
    assert (result.code, result.text) == (0, WRITTEN)
    assert "warning" not in result.err
    path = tmp_path / "ward-7.yaml"
    path.write_bytes(result.out)
    checked = run_cli("catalogue", "check", str(path))
    assert (checked.code, checked.text) == (0, f"{path}: no faults; 0 defaults, 1 regimen, 0 products, 0 ramps\n")
    asked = ("--weight", "70", "--regimen", "itp-7", "--cycles", "1", "--site", str(path), "--format", "json")
    plan = json.loads(run_cli("plan", *asked).out)
    assert [infusion["ordered_g"] for infusion in plan["infusions"]] == [28] * 3  # 0.4 g per kg of 70 kg, 3 days


def test_with_the_runner_of_typer() -> None:
    result = CliRunner().invoke(app, ["catalogue", "new"], input="".join(f"{answer}\n" for answer in ANSWERS))
    assert result.exit_code == 0
    assert result.stdout == WRITTEN
    assert "Dose per kg" in result.stderr


# Answer number, what is typed first, and the loader's words, after which the question comes again.
WRONG = {
    "an id with capitals": (1, ["ITP"], "'ITP' is not a name, expected small letters"),
    "an id of ours": (1, ["itp"], "itp is a regimen that is there already, expected a name of its own, such as itp/ward-7"),
    "an id that is an alias of ours": (
        1,
        ["takehara"],
        "takehara is also a name of regimens.systemic-sclerosis-takehara, which ships, expected",
    ),
    "no name": (2, ["", " "], "is empty, expected words"),
    "an indication in words": (3, ["Some disease"], "'Some disease', expected small letters"),
    "an alias of ours": (4, ["cidp/induction"], "cidp/induction is also a name of regimens.cidp/induction"),
    "an alias with a space": (4, ["a b"], "'a b', expected small letters"),
    "a standing of its own": (6, ["usual"], "'usual', expected standard or contested"),
    "a weight that is not known": (9, ["lean"], "'lean', expected one of actual, ideal"),
    "a weight in pregnancy that is not known": (10, ["lean"], "'lean', expected one of actual, ideal"),
    "a source with capitals": (11, ["Smith 2020"], "'Smith 2020' is not a name"),
    "a day in another order": (15, ["22/11/2026"], "'22/11/2026', expected the day on which the source was read"),
    "a day that is none": (15, ["2026-02-30"], "there is no day 2026-02-30"),
    "true": (16, ["true"], "'true', expected yes or no"),
    "opinion": (17, ["opinion"], "'opinion', expected guideline or label"),
    "no quote": (19, ["not stated"], "'not stated', expected the words of the source"),
    "a dose without a unit": (22, ["0.4"], "'0.4' is not a dose per kg"),
    "a dose with its basis": (22, ["0.4 g/kg/day"], "holds the basis, expected g/kg here"),
    "a decimal comma": (22, ["0,4 g/kg"], "has a comma"),
    "mg for g": (22, ["0.4 mg/kg"], "check whether g was meant"),
    "a basis that is none": (23, ["week", "not stated"], "'not stated', expected day or course"),
    "too many days": (24, ["40"], "40 is more than 31"),
    "days upside down": (24, ["5 to 2"], "upside down"),
    "an abbreviated interval": (25, ["q3w"], "'q3w' is not an interval"),
    "too many courses": (26, ["2000"], "2000 is more than 1,000"),
    "a cap without a unit": (27, ["25"], "'25' is not an amount in grams"),
    "a window in weeks": (28, ["4 weeks"], "4 weeks, expected days"),
    "a character that steers a terminal": (2, ["a\x1b[31mb"], "expected words that can be printed"),
    "a reading that cannot be printed": (29, ["a\x1bb"], "expected words that can be printed"),
    "what is not stated that cannot be printed": (33, ["a\x1bb"], "expected words that can be printed"),
    "a name of the ward that cannot be printed": (0, ["a\x1bb", " "], "expected plain words"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_answer_is_asked_again_with_the_words_of_the_loader(run_cli: RunCli, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    number, typed, words = WRONG[name]
    result = answered(run_cli, monkeypatch, [*ANSWERS[:number], *typed, *ANSWERS[number:]])
    assert words in result.err
    assert (result.code, result.text) == (0, WRITTEN)


@pytest.mark.parametrize("number", range(len(ANSWERS)))
def test_an_end_before_the_last_answer_leaves_nothing(
    run_cli: RunCli, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, number: int
) -> None:
    path = tmp_path / "ward-7.yaml"
    result = answered(run_cli, monkeypatch, ANSWERS[:number], "-o", str(path))
    assert (result.code, result.out) == (130, b"")
    assert result.err.endswith("ivigcalc: interrupted; nothing was written\n")
    assert list(tmp_path.iterdir()) == []


def test_everything_that_is_not_known_stays_not_stated(run_cli: RunCli, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = [*SITE, "a/b", "A", "a-disease", *[""] * 7, "own", "Own", "", "", "2026-11-22", "no", "", "Page 1", "words", "", "",
               "", "course", "", "", "", "", "", "", "", ""]  # fmt: skip
    result = answered(run_cli, monkeypatch, answers)
    assert result.code == 0, result.err
    entry = yaml.safe_load(result.out)["regimens"]["a/b"]
    assert {key: entry[key] for key in ("jurisdiction", "population", "weight_basis")} == dict.fromkeys(
        ("jurisdiction", "population", "weight_basis"), "not stated"
    )
    assert entry["phases"] == [{"phase": "course", "dose": "not stated", "per": "course", "days": "not stated", "every": "not stated",
                                "cycles": "not stated"}]  # fmt: skip
    assert entry["not_stated"] == ["dose", "days of a course", "interval", "number of courses", "weight used for dosing"]
    assert not entry.keys() & {"specialty", "standing", "weight_basis_in_pregnancy", "window"}


PHASED = [
    "loading, after", "2 g/kg", "course", "2 to 5", "", "not stated", "1", "", "1 g/kg", "course", "", "3 weeks", "", "soon", "3 weeks",
    "25 g", "day", "ward-protocol", "Page 2", "at most 25 g a day", "", "30 days", "the start", "", "", "",
]  # fmt: skip


def test_phases_caps_a_window_and_a_second_source(run_cli: RunCli, monkeypatch: pytest.MonkeyPatch) -> None:
    begin = "Load with 2 g/kg divided over 2 to 5 days, 3 weeks later 1 g/kg every 3 weeks, "
    long = begin + "as long as the platelets stay above the figure " * 3
    second = ["second", "Second", "", "", "2026-11-22", "yes", "", "Page 9", "one course", ""]
    answers = [*SITE, *NAMES, *WHOM, *SOURCE, "Page 1", long, *second, *PHASED]
    result = answered(run_cli, monkeypatch, answers)
    assert "is not stated in a phase that another follows, expected the number of courses" in result.err
    assert "'soon' is not an interval" in result.err
    assert result.code == 0, result.err
    entry = yaml.safe_load(result.out)["regimens"]["itp/ward-7"]
    assert [phase["phase"] for phase in entry["phases"]] == ["loading", "after"]
    assert (entry["phases"][0]["cycles"], entry["phases"][1]["begins"]) == (1, "3 weeks")
    cap = {"at_most": "25 g", "per": "day", "source": "ward-protocol", "locator": "Page 2", "quote": "at most 25 g a day"}
    assert entry["phases"][1]["caps"] == [cap]
    assert entry["window"] == {"within": "30 days", "after": "the start"}
    assert [cited["source"] for cited in entry["cited"]] == ["ward-protocol", "second"]
    assert entry["cited"][0]["quote"] == " ".join(long.split())
    assert max(map(len, result.text.splitlines())) <= 140


@pytest.mark.parametrize(
    ("population", "answers", "ages"),
    [
        ("boys and girls", ["2 years", "18 years"], {"from": "2 years", "below": "18 years"}),
        ("12 years and older", ["12 years", ""], {"from": "12 years"}),
        ("below 16 years", ["", "sixteen", "16 years"], {"below": "16 years"}),
        ("women with two losses", ["", ""], None),
        ("Children", [], None),  # whose ages are read from the word
        ("", [], None),
    ],
)
def test_ages_are_asked_for_where_the_words_of_a_population_state_none(
    run_cli: RunCli, monkeypatch: pytest.MonkeyPatch, population: str, answers: list[str], ages: dict[str, str] | None
) -> None:
    whom = ["", population, *answers, "actual body weight", ""]
    result = answered(run_cli, monkeypatch, [*SITE, *NAMES, *whom, *SOURCE, *WORDS, *PHASES, *FIGURES, *REST])
    assert result.code == 0, result.err
    assert yaml.safe_load(result.out)["regimens"]["itp/ward-7"].get("ages") == ages


def test_when_a_phase_begins_may_be_not_stated(run_cli: RunCli, monkeypatch: pytest.MonkeyPatch) -> None:
    phases = ["loading, after", "2 g/kg", "course", "4", "", "1", "", "1 g/kg", "course", "1", "3 weeks", "", "", ""]
    words = ["Page 1", "2 g/kg divided over 4 days, then 1 g/kg as one infusion every 3 weeks", ""]
    result = answered(run_cli, monkeypatch, [*SITE, *NAMES, *WHOM, *SOURCE, *words, *phases, "", "", "", "", "y"])
    assert result.code == 0, result.err
    assert yaml.safe_load(result.out)["regimens"]["itp/ward-7"]["phases"][1]["begins"] == "not stated"


@pytest.mark.parametrize(("said", "code"), [("y", 0), ("n", 130), ("maybe", 130)])
def test_what_is_suspicious_is_said_and_asked_about(run_cli: RunCli, monkeypatch: pytest.MonkeyPatch, said: str, code: int) -> None:
    figures = ["0.4 g/kg", "course", "3", "3 weeks", "4"]
    result = answered(run_cli, monkeypatch, [*ANSWERS[:22], *figures, *REST, said])
    assert "the quote says that 0.4 g per kg is for each day" in " ".join(result.err.split())
    assert (result.code, bool(result.out)) == (code, code == 0)


# A file that is there

EXAMPLE = Path(__file__).parent.parent.joinpath("docs", "site-example.yaml").read_text(encoding="utf-8")
ADDED = [*NAMES, *WHOM, *SOURCE, *WORDS, *PHASES, *FIGURES, *REST]
ADDED[10] = "own-protocol"
FILES = {
    "the example": EXAMPLE,
    "four spaces": "# kept\nsite: Ward 7\nsources:\n    a:\n        {citation: A, url: not stated, licence: not stated, read: 2026-01-01,"
                   " external: no}\n# also kept\ndefaults: {round: 5 g}\n",
    "defaults alone": "site: Ward 7 # kept\ndefaults: {round: 5 g}",
    "another line end": EXAMPLE.replace("\n", "\r\n"),
    "a mark at the start": "\ufeff" + EXAMPLE,
    "a comment last": EXAMPLE + "\n\n# The end.\n",
}  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_an_entry_is_added_and_all_that_was_there_stays(
    run_cli: RunCli, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str
) -> None:
    path = tmp_path / "ward-7.yaml"
    path.write_bytes(FILES[name].encode())
    path.chmod(0o640)
    result = answered(run_cli, monkeypatch, ADDED, "-o", str(path))
    assert (result.code, result.out) == (0, b""), result.err
    assert f"ivigcalc: wrote {path}: the regimen itp/ward-7; plan with it: " in result.err
    text = path.read_bytes().decode()
    kept = iter(text.splitlines())
    assert [line for line in FILES[name].splitlines() if line.strip() and line not in kept] == [], "each line, in its order"
    assert ("\r\n" in text) == ("\r\n" in FILES[name])
    assert text.startswith("\ufeff") == FILES[name].startswith("\ufeff")
    assert path.stat().st_mode & 0o777 == 0o640
    before, after = (yaml.safe_load(each.removeprefix("\ufeff")) for each in (FILES[name], text))
    assert after["regimens"].pop("itp/ward-7")["phases"][0]["dose"] == "0.4 g/kg"
    assert after["sources"].pop("own-protocol")["citation"] == "Protocol of the ward: 2026"
    assert {key: value for key, value in after.items() if value} == before
    assert run_cli("catalogue", "check", str(path)).code == 0
    assert [each.name for each in tmp_path.iterdir()] == ["ward-7.yaml"]


def test_a_source_of_the_file_is_named_and_not_asked_for_again(run_cli: RunCli, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "ward-7.yaml"
    path.write_text(EXAMPLE, encoding="utf-8")
    result = answered(run_cli, monkeypatch, [*NAMES, *WHOM, "ward-protocol", *WORDS, *PHASES, *FIGURES, *REST], "-o", str(path))
    assert result.code == 0, result.err
    assert path.read_text(encoding="utf-8").startswith(EXAMPLE[: EXAMPLE.index("\nramps:")].rstrip())
    assert list(yaml.safe_load(path.read_text(encoding="utf-8"))["sources"]) == ["ward-protocol"]


def test_a_copy_of_the_catalogue_takes_an_entry(run_cli: RunCli, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "regimens.yaml"
    path.write_text(SHIPPED, encoding="utf-8")
    result = answered(run_cli, monkeypatch, ADDED, "-o", str(path))
    assert result.code == 0, result.err
    catalogue = load_catalogue(path)
    assert list(catalogue.regimens)[-1] == "itp/ward-7"
    assert len(catalogue.regimens) == len(yaml.safe_load(SHIPPED)["regimens"]) + 1


def test_a_new_file_is_made(run_cli: RunCli, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "new.yaml"
    assert answered(run_cli, monkeypatch, ANSWERS, "-o", str(path)).code == 0
    assert path.read_text(encoding="utf-8") == WRITTEN
    assert answered(run_cli, monkeypatch, ANSWERS, "-o", "-").text == WRITTEN


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("site: Ward 7\nregimens: {}\n", 3, "is empty, expected at least one regimen"),
        ("limits: {}\n", 2, "is neither a site file nor shaped like regimens.yaml"),
        ("words\n", 3, "the file holds no table"),
    ],
)
def test_a_file_that_takes_no_entry_is_told_before_any_question(
    run_cli: RunCli, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, text: str, code: int, words: str
) -> None:
    path = tmp_path / "ward-7.yaml"
    path.write_text(text, encoding="utf-8")
    result = answered(run_cli, monkeypatch, [], "-o", str(path))
    assert (result.code, path.read_text(encoding="utf-8")) == (code, text)
    assert words in result.err


def test_places_that_cannot_be_written_are_told_first(run_cli: RunCli, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert answered(run_cli, monkeypatch, [], "-o", str(tmp_path)).code == 4
    assert answered(run_cli, monkeypatch, [], "-o", " ").code == 2


def test_a_layout_that_takes_no_entry_is_left_alone(run_cli: RunCli, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    text = "site: Ward 7\nsources: {}\ndefaults: {round: 5 g}\n"
    path = tmp_path / "ward-7.yaml"
    path.write_text(text, encoding="utf-8")
    result = answered(run_cli, monkeypatch, ADDED, "-o", str(path))
    assert (result.code, path.read_text(encoding="utf-8")) == (2, text)
    assert "put what is then shown into the file by hand" in result.err


def test_a_file_that_changes_meanwhile_is_kept(run_cli: RunCli, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "ward-7.yaml"
    path.write_text(EXAMPLE, encoding="utf-8")

    def changed(data: bytes, *rest: object) -> bytes:
        path.write_text("site: Ward 8\ndefaults: {round: 5 g}\n", encoding="utf-8")
        return add_entry(data, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr("ivigcalc.catalogue.entry.add_entry", changed)
    result = answered(run_cli, monkeypatch, ADDED, "-o", str(path))
    assert result.code == 4
    assert "was changed by somebody else meanwhile" in result.err
    assert path.read_text(encoding="utf-8") == "site: Ward 8\ndefaults: {round: 5 g}\n"


def test_a_write_that_fails_leaves_the_old_file(run_cli: RunCli, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "ward-7.yaml"
    path.write_text(EXAMPLE, encoding="utf-8")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    result = answered(run_cli, monkeypatch, ADDED, "-o", str(path))
    assert result.code == 4
    assert "No space left on device" in result.err
    assert [(each.name, each.read_text(encoding="utf-8")) for each in tmp_path.iterdir()] == [("ward-7.yaml", EXAMPLE)]


def test_input_that_is_not_utf8_is_told(run_cli: RunCli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"Ward \xe4\n"), encoding="utf-8"))
    result = run_cli("catalogue", "new")
    assert (result.code, result.out) == (2, b"")
    assert "what was typed is not UTF-8" in result.err


@pytest.mark.parametrize("width", [40, 80])
def test_the_questions_fit_a_narrow_screen(run_cli: RunCli, monkeypatch: pytest.MonkeyPatch, width: int) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    asked = answered(run_cli, monkeypatch, ANSWERS).err
    lines = [line for text in asked.split("\n") for line in text.split(": ")]
    assert max(len(line) for line in lines if "://" not in line) <= width


# YAML that is read back as it was

TEXTS = ["yes", "No", "null", "~", "12", "2026-11-22", "a: b", "a #b", "- a", "[a]", "{a}", "'a'", 'a "b"', "a, b", "*a", "&a", "!a", "%",
         "@a", "é–’", "\\n", "0.4 g/kg", "?", "a:", "x" * 300, "word " * 60, "# a", "> a", "| a"]  # fmt: skip


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_is_read_back_as_it_was(text: str) -> None:
    words = text.strip()
    table = {"a": words, "b": [words, words], "c": [{"d": words, "e": "f"}], "g": {"h": words}, "i": []}
    assert yaml.load(render(table, 2), Loader=yaml.BaseLoader) == table  # every scalar as text, as the loader reads it


def test_what_is_lost_is_noticed() -> None:
    with pytest.raises(InputError, match="by hand"):
        add_entry(b"regimens: {one: {name: a}}\nsources:\n  a: b\n", {}, "two", {"name": "b"})
