"""`regimens compare`: regimens side by side for a patient, in columns where they fit, nothing chosen and nothing dropped."""

import re
from pathlib import Path

import pytest

from ivigcalc.catalogue import data_file
from ivigcalc.catalogue.formulary import load_formulary
from ivigcalc.export.indication import compared
from ivigcalc.export.screen import Screen
from ivigcalc.model import Comparison, Formulary, Patient, Phase, Span
from ivigcalc.several import answer_several
from ivigcalc.when import Interval
from tests.conftest import RunCli
from tests.test_display import problems
from tests.test_request import TODAY
from tests.test_screen import CATALOGUE, LIMITS, UNITS


def formulary() -> Formulary:
    return load_formulary(data_file("products.yaml"))


ITP = ("itp/ontario", "itp/us-label")
MIXED = ("melanoma-q3w", "fnait/maternal", "mis-c/acr", "abmr/ivig-alone", "ten")


def words_of(text: str) -> str:
    return " ".join(text.split())


def columns(text: str) -> list[dict[str, str]]:
    """The columns of a screen, label by label, read by where their headings stand."""
    lines = text.split("\n\n")[2].splitlines()
    starts = [found.start() for found in re.finditer(r"\S+", lines[0])]
    ends = [*starts[1:], None]
    found: list[dict[str, str]] = [{} for _ in starts]
    label = ""
    for line in lines[1:]:
        label = line[:12].strip() or label
        for column, start, end in zip(found, starts, ends, strict=True):
            column[label] = words_of(f"{column.get(label, '')} {line[start:end]}")
    return found


def test_two_regimens_stand_in_columns(run_cli: RunCli) -> None:
    # 1 x 62 = 62 g once; 2 x 62 = 124 g over 2 days, 62 g on each; 62 / 0.45359237 = 136.69 lb
    result = run_cli("regimens", "compare", *ITP, "--weight", "62")
    assert (result.code, result.err) == (0, "")
    ontario, label = columns(result.text)
    assert (ontario["Grams"], label["Grams"]) == (
        "1 g per kg per course, interval not stated on 1 day 62 g a day, 62 g per course",
        "2 g per kg per course, interval not stated over 2 days 62 g a day, 124 g per course",
    )
    assert (ontario["Days"], label["Days"]) == ("1", "2")
    assert (ontario["Dose"], label["Dose"]) == ("1 g per kg per day", "2 g per kg per course")
    assert (ontario["Courses"], label["Courses"]) == ("1", "not stated")
    assert (ontario["Interval"], label["At most"]) == ("not stated", "not stated")
    assert (ontario["Evidence"], label["Evidence"]) == ("guideline", "label")
    assert ontario["Country"] == "Ontario, Canada; the United States society ASH states the same dose"
    assert label["Country"] == "United States"
    assert (ontario["Population"], label["Specialty"]) == ("adults", "haematology")
    assert "American Society of Hematology, guideline on immune thrombocytopenia 2011." in ontario["Source"]
    assert label["Source"].startswith("Octagam 10% US prescribing information")
    assert "62 kg, 136.69 lb, actual body weight" in words_of(result.text)
    assert words_of(result.text).count("state 1 g per kg on each of 2 days, 2 g per kg in all") == 1  # where both differ stands once, below


@pytest.mark.parametrize("width", [20, 30, 40, 60, 80, 100, 120, 160, 200, 300])
def test_nothing_is_wider_than_the_screen_and_nothing_is_dropped(run_cli: RunCli, monkeypatch: pytest.MonkeyPatch, width: int) -> None:
    def at(columns: int) -> str:
        monkeypatch.setenv("COLUMNS", str(columns))
        return run_cli("regimens", "compare", *MIXED, "--weight", "62").text

    text, wide = at(width), at(80)  # at 80 columns these five stand one below the other
    assert all(len(line) <= width for line in text.splitlines())
    assert sorted("".join(text.split())) == sorted("".join(wide.split())) or width > 120  # side by side each label stands once
    assert set(re.findall(r"\d[\d.,]* (?:g|kg)\b", text)) == set(re.findall(r"\d[\d.,]* (?:g|kg)\b", wide))
    unquoted = re.sub(r'"[^"]*"', "", text)
    assert not re.search(rf"[0-9]\n *{UNITS}\b", unquoted)


def test_five_stand_in_columns_on_a_wide_screen(run_cli: RunCli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    text = run_cli("regimens", "compare", *MIXED, "--weight", "62", "--age", "54").text
    found = dict(zip(text.split("\n\n")[2].splitlines()[0].split(), columns(text), strict=True))
    # those with grams first; 3 x 62 = 186 g, 62 g on each of 3 days
    assert list(found) == ["melanoma-q3w", "ten", "fnait/maternal", "mis-c/acr", "abmr/ivig-alone"]
    assert found["ten"]["Grams"] == "1 g per kg per day, interval not stated over 3 days 62 g a day, 186 g per course, warning"
    assert "3 g per kg per course is more than the limit of 2 g per kg per course" in found["ten"]["Findings"]
    assert found["melanoma-q3w"]["Days"] == "not stated; 1 to 5 are shown, a choice of ours"
    assert "over 2 days 31 g a day, 62 g per course, warning" in found["melanoma-q3w"]["Grams"]
    assert found["melanoma-q3w"]["At most"] == "25 g a day, an external source, which changes nothing"
    assert found["fnait/maternal"]["Grams"] == "none: the source states no dose"
    assert found["fnait/maternal"]["At most"] == "1 g per kg per course"
    for name, weight in (("mis-c/acr", "ideal"), ("abmr/ivig-alone", "adjusted")):
        assert found[name]["Grams"].startswith(f"none: --dosing-weight {weight} cannot be worked out: ")
        assert found[name]["Grams"].endswith("add --height, --sex")
        assert found[name]["Weight"] == f"the source names {weight} body weight"
        assert "g a day" not in found[name]["Grams"]


def test_each_regimen_stands_on_the_weight_that_its_source_names(run_cli: RunCli) -> None:
    # ideal by Devine: 45.5 + 2.3 x (165 / 2.54 - 60) = 56.909449 kg, x 2 = 113.82 g, a fifth of it 22.76 g; the
    # adjusted 56.909449 + 0.4 x (75 - 56.909449) = 64.145669 kg, x 2 = 128.29 g, half of it 64.145 g; BMI 27.5
    options = ("--weight", "75", "--height", "165", "--sex", "female")
    acr, abmr = columns(run_cli("regimens", "compare", "mis-c/acr", "abmr/ivig-alone", *options).text)
    assert acr["Weight"].startswith("56.909449 kg, 125.46 lb, ideal body weight")
    assert "on 1 day 113.82 g a day, 113.82 g per course" in acr["Grams"]
    assert "over 5 days 22.76 to 22.77 g a day, 113.82 g per course" in acr["Grams"]
    assert abmr["Weight"].startswith("64.145669 kg, 141.42 lb, adjusted body weight")
    assert "over 2 days 64.14 to 64.15 g a day, 128.29 g per course" in abmr["Grams"]


def test_one_dosing_weight_may_be_asked_for_all(run_cli: RunCli) -> None:
    options = ("--weight", "75", "--height", "165", "--sex", "female", "--dosing-weight", "actual")
    text = run_cli("regimens", "compare", "mis-c/acr", "abmr/ivig-alone", *options).text
    acr, abmr = columns(text)
    assert "Weight" not in acr  # one for all stands above
    assert "over 5 days 30 g a day, 150 g per course" in acr["Grams"]
    assert "the regimen's source names ideal body weight" in acr["Findings"]
    assert "the regimen's source names adjusted body weight" in abmr["Findings"]


def test_an_indication_or_a_choice_stands_for_its_regimens(run_cli: RunCli) -> None:
    for typed, ids in (
        (("hdn",), ["hdn/low-dose", "hdn/high-dose"]),
        (("melanoma", "melanoma-q3w"), ["melanoma-q3w", "melanoma-high-dose"]),
    ):
        text = run_cli("regimens", "compare", *typed, "--weight", "3.2").text
        assert text.split("\n\n")[2].splitlines()[0].split() == ids


def test_none_with_grams_is_still_compared(run_cli: RunCli) -> None:
    result = run_cli("regimens", "compare", "fnait/maternal", "mis-c/acr", "--weight", "62")
    assert (result.code, result.err) == (0, "")
    assert [column["Grams"][:4] for column in columns(result.text)] == ["none", "none"]
    assert "\nWeight      62 kg, 136.69 lb, as given\n" in result.text


def test_a_later_phase_is_said() -> None:
    weeks = Span(Interval(3, "week"), Interval(3, "week"))
    one = CATALOGUE.regimens["itp/us-label"]
    later = Phase("maintenance", one.phases[0].dose, "course", Span(2, 2), weeks, None, begins=Interval(3, "week"))
    two = one._replace(id="two", phases=(one.phases[0]._replace(name="loading"), later))
    catalogue = CATALOGUE._replace(regimens={**CATALOGUE.regimens, "two": two})
    comparison = answer_several({"weight": "62"}, ("two", "itp/ontario"), catalogue, LIMITS, TODAY, formulary, None)
    assert isinstance(comparison, Comparison)
    first, _ = columns(compared(comparison, 100, colour=False))
    assert first["Then"] == "maintenance: 2 g per kg per course, 2 days, every 3 weeks"
    assert first["Dose"] == "2 g per kg per course, loading"


@pytest.mark.parametrize("width", [40, 80, 200])
@pytest.mark.parametrize("ids", [ITP, MIXED, ("mmn/induction", "mmn/maintenance-1g", "hdn")], ids=" ".join)
def test_the_display_rules_hold(run_cli: RunCli, monkeypatch: pytest.MonkeyPatch, ids: tuple[str, ...], width: int) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    text = run_cli("regimens", "compare", *ids, "--weight", "62").text
    in_columns = width == 200 or (width == 80 and len(ids) == 2 and ids == ITP)
    cells = [f"{label} {cell}" for column in columns(text) for label, cell in column.items()] if in_columns else []
    assert [problem for cell in cells or [text] for problem in problems(cell)] == []
    assert len(cells) >= 20 * in_columns


@pytest.mark.parametrize("tty", [False, True])
def test_colour_changes_nothing_but_the_colour(run_cli: RunCli, tty: bool) -> None:
    plain = run_cli("regimens", "compare", *ITP, "--weight", "62").text
    text = run_cli("regimens", "compare", *ITP, "--weight", "62", tty=tty).text
    assert ("\x1b[1m" in text) is tty
    assert [line.rstrip() for line in re.sub(r"\x1b\[[0-9;]*m", "", text).splitlines()] == plain.splitlines()


@pytest.mark.parametrize(
    ("typed", "code", "words"),
    [
        ("compare", 2, "the ids are missing; name two or more, such as: ivigcalc regimens compare"),
        ("compare itp", 2, "'itp' is one regimen; name two or more"),
        ("compare itp itp ITP", 2, "is one regimen"),
        ("compare itp icath --weight 62", 2, "regimens compare: 'icath' is not known; did you mean icaht"),
        ("compare itp sclerosis --weight 62", 2, "write regimens compare multiple-sclerosis"),
        ("compare itp il-2 --weight 62", 1, "'il-2' is not IVIG"),
        ("compare itp icaht", 2, "--weight is needed"),
        ("compare itp icaht --weight 62,5", 2, "62.5"),
        ("compare itp icaht --weight 62 --dosing-weight lean", 2, "'lean' is not known"),
        ("itp --weight 62", 2, "--weight is for comparing; write such as: ivigcalc regimens compare"),
        ("show itp --height 170", 2, "--height is for comparing"),
        ("compare itp icaht --weight 62 --pregnant --not-pregnant", 2, "contradict each other"),
    ],
)
def test_what_cannot_be_compared_is_told(run_cli: RunCli, typed: str, code: int, words: str) -> None:
    result = run_cli("regimens", *typed.split())
    assert (result.code, result.out) == (code, b"")
    assert words in result.err


def test_what_comes_from_the_hospitals_own_file_is_said(run_cli: RunCli) -> None:
    # the example of docs: rounded to 5 g, 0.4 x 62 = 24.8 g is 25 g a day
    site = Path(__file__).parent.parent / "docs" / "site-example.yaml"
    text = run_cli("regimens", "compare", "ward-7-itp", "itp/ontario", "--weight", "62", "--site", str(site)).text
    own, _ = columns(text.replace(text[text.index("Site file") : text.index("\n\n", text.index("Site file"))], "x"))
    assert "over 3 days 25 g a day, 75 g per course" in own["Grams"]
    assert "Ward 7 of an example hospital" in words_of(text)
    assert "--round 5 g" in words_of(text)


def test_a_regimen_of_the_hospital_that_has_no_grams_is_said_to_be_its_own(run_cli: RunCli, tmp_path: Path) -> None:
    example = (Path(__file__).parent.parent / "docs" / "site-example.yaml").read_text(encoding="utf-8")
    site = tmp_path / "site.yaml"
    site.write_text(example.replace("dose: 0.4 g/kg,", "dose: not stated,"), encoding="utf-8")
    text = run_cli("regimens", "compare", "ward-7-itp", "itp/ontario", "--weight", "62", "--site", str(site)).text
    assert columns(text)[1]["Grams"] == "none: the source states no dose"
    assert "ward-7-itp" in text[text.index("\nUse ") :]
    assert "Ward 7 of an example hospital" in text[text.index("\nUse ") :]


def test_columns_of_a_screen_wrap_and_stand_below_each_other_where_they_do_not_fit() -> None:
    rows: list[tuple[str, tuple[list[str], ...]]] = [("Dose", (["25 g " * 8], ["1 g"])), ("Note", ([], ["two", "lines"]))]
    wide, narrow = Screen(80, colour=False), Screen(58, colour=False)
    for screen in (wide, narrow):
        screen.columns(("one", "two"), rows)
    assert wide.text() == (
        "            one                               two\n"
        "Dose        25 g 25 g 25 g 25 g 25 g 25 g     1 g\n"
        "              25 g 25 g\n"
        "Note                                          two\n"
        "                                              lines\n"
    )
    assert narrow.text() == "one\nDose\n  25 g 25 g 25 g 25 g 25 g 25 g 25 g 25 g\n\ntwo\nDose\n  1 g\nNote\n  two\n  lines\n"


def test_a_patient_is_read_as_for_a_plan() -> None:
    comparison = answer_several({"weight": "137 lb", "age": "54", "label": "x"}, ITP, CATALOGUE, LIMITS, TODAY, formulary, None)
    assert isinstance(comparison.patient, Patient)
    assert comparison.patient.age_years == 54
