"""The schedule as CSV: the columns of docs/design.md, read back with Python's own csv module and held to figures worked by hand."""

import csv
import hashlib
import io
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest

from ivigcalc.catalogue import data_file
from ivigcalc.export.csv import harmless
from tests.conftest import RunCli

# docs/design.md, "Machine formats"
HEADER = (
    "label,regimen,phase,cycle,day,days,date,calculated_g,ordered_g,g_per_kg,course_g,product,volume_ml,vials,wasted_g,minutes,"
    "cumulative_g,dosing_weight_kg,weight_basis,rounding,findings,catalogue"
)
EMPTY = ("product", "volume_ml", "vials", "wasted_g", "minutes")
ITP = ("plan", "--weight", "62", "--regimen", "itp", "--format", "csv")


def rows(run_cli: RunCli, *words: str) -> list[dict[str, str]]:
    """The rows that a spreadsheet would read."""
    result = run_cli(*words)
    assert result.code == 0, result.err
    return list(csv.DictReader(io.StringIO(result.out.decode("utf-8"), newline=""), strict=True))


def test_the_columns_are_those_of_the_design(run_cli: RunCli) -> None:
    assert run_cli(*ITP).text.split("\r\n")[0] == HEADER


def test_the_bytes_are_utf_8_without_bom_and_every_line_ends_in_crlf(run_cli: RunCli) -> None:
    out = run_cli(*ITP, "--label", "José").out
    assert not out.startswith(b"\xef\xbb\xbf")
    assert "José".encode() in out
    assert out.endswith(b"\r\n")
    assert out.count(b"\r\n") == out.count(b"\n") == out.count(b"\r") == 4


def test_four_dated_courses_at_62_kg(run_cli: RunCli) -> None:
    # 0.4 g per kg x 62 kg = 24.8 g a day, x 3 = 74.4 g a course; starts 21 days apart from Monday 4 January 2027;
    # two courses within 28 dates are 2.4 g per kg
    starts = [date(2027, 1, 4), date(2027, 1, 25), date(2027, 2, 15), date(2027, 3, 8)]
    dates = [(start + timedelta(days=day)).isoformat() for start in starts for day in range(3)]
    so_far = ["24.8", "49.6", "74.4", "99.2", "124", "148.8", "173.6", "198.4", "223.2", "248", "272.8", "297.6"]
    digest = hashlib.sha256(data_file("regimens.yaml").read_bytes()).hexdigest()[:12]
    expected = [
        {
            "label": "", "regimen": "itp", "phase": "course", "cycle": str(number // 3 + 1), "day": str(number % 3 + 1), "days": "3",
            "date": dates[number], "calculated_g": "24.8", "ordered_g": "24.8", "g_per_kg": "0.4", "course_g": "74.4",
            **dict.fromkeys(EMPTY, ""), "cumulative_g": so_far[number], "dosing_weight_kg": "62", "weight_basis": "actual",
            "rounding": "0.01 g nearest", "findings": "28-day-dose-source;haemolysis", "catalogue": digest,
        }
        for number in range(12)
    ]  # fmt: skip
    assert rows(run_cli, *ITP, "--start", "2027-01-04", "--cycles", "4") == expected


def test_a_course_that_does_not_divide_evenly(run_cli: RunCli) -> None:
    # 2 g per kg x 70 kg = 140 g over 3 days: 46.666667 g calculated; ordered 46.66, 46.67, 46.67 (larger days last)
    found = rows(run_cli, "plan", "--weight", "70", "--dose", "2 g/kg/course", "--days", "3", "--format", "csv")
    columns = ("regimen", "date", "calculated_g", "ordered_g", "g_per_kg", "course_g", "cumulative_g", "findings")
    assert [[row[column] for column in columns] for row in found] == [
        ["", "", "46.666667", "46.66", "0.666571", "140", "46.66", "no-source;haemolysis"],  # 46.66 / 70 = 0.6665714...
        ["", "", "46.666667", "46.67", "0.666714", "140", "93.33", "no-source;haemolysis"],  # 46.67 / 70 = 0.6667142...
        ["", "", "46.666667", "46.67", "0.666714", "140", "140", "no-source;haemolysis"],
    ]


def test_a_weight_in_pounds_is_exact(run_cli: RunCli) -> None:
    # 137 lb x 0.45359237 kg = 62.14215469 kg; x 0.4 = 24.856861876 g; nearest 0.01 g is 24.86 g, x 3 = 74.58 g
    row = rows(run_cli, "plan", "--weight", "137 lb", "--regimen", "itp", "--format", "csv")[-1]
    assert (row["dosing_weight_kg"], row["calculated_g"], row["ordered_g"]) == ("62.14215469", "24.856861876", "24.86")
    assert (row["course_g"], row["cumulative_g"]) == ("74.58", "74.58")
    assert Fraction(row["g_per_kg"]) == round(Fraction("24.86") / Fraction("62.14215469"), 6)


def test_numbers_have_no_comma_exponent_trailing_zero_or_missing_digit(run_cli: RunCli) -> None:
    big = rows(run_cli, *(word if word != "62" else "650" for word in ITP), "--start", "2027-01-04", "--cycles", "40")
    small = rows(run_cli, "plan", "--weight", "0.2", "--dose", "0.1 g/kg/day", "--days", "1", "--format", "csv")
    assert big[-1]["cumulative_g"] == "31200"  # 0.4 x 650 x 3 x 40
    for row in (*big, *small):
        for name in ("calculated_g", "ordered_g", "g_per_kg", "course_g", "cumulative_g", "dosing_weight_kg"):
            assert row[name] == format(Decimal(row[name]).normalize(), "f")


@pytest.mark.parametrize(
    "label",
    ["ward 3, bed 4", 'say "go"', "'quoted'", "a;b", "é ß 漢 \U0001f642", "<b>[red]bold[/red]</b>", "100%", "a=b+c-d@e"],
)
def test_a_label_is_read_back_as_it_was_typed(run_cli: RunCli, label: str) -> None:
    found = rows(run_cli, *ITP, f"--label={label}")
    assert {row["label"] for row in found} == {label}
    assert len(found) == 3


@pytest.mark.parametrize("label", ["bed\n4", "bed\r\n4", "bed\t4", "bed\x004", "bed\x1b4", "bed\u20284", "bed\x854", " bed  4 ", "\nbed 4"])
def test_control_characters_of_a_label_become_spaces(run_cli: RunCli, label: str) -> None:
    assert {row["label"] for row in rows(run_cli, *ITP, "--label", label)} == {"bed 4"}


@pytest.mark.parametrize("label", ["=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("http://x","y")', "\t=1+1", "\r=1+1", " =1+1"])
def test_a_label_that_a_spreadsheet_would_run_is_made_harmless_and_that_is_said(run_cli: RunCli, label: str) -> None:
    result = run_cli(*ITP, f"--label={label}")
    assert {row["label"] for row in csv.DictReader(io.StringIO(result.text))} == {f"'{label.strip()}"}
    assert "ivigcalc: the label starts like a formula of a spreadsheet; an apostrophe was put before it" in result.err


def test_nothing_is_said_of_a_harmless_label_or_in_another_format(run_cli: RunCli) -> None:
    assert run_cli(*ITP, "--label", "bed 4").err == ""
    result = run_cli("plan", "--weight", "62", "--regimen", "itp", "--format", "json", "--label", "=1+1")
    assert (result.code, result.err) == (0, "")
    assert '"label": "=1+1"' in result.text


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_every_start_of_a_formula_is_known(start: str) -> None:
    assert harmless(f"{start}1") == f"'{start}1"
    assert harmless(f"1{start}") == f"1{start}"
    assert harmless("") == ""


def test_findings_are_in_every_row_and_on_standard_error(run_cli: RunCli) -> None:
    words = ("--days", "5", "--start", "2027-01-08", "--infuse-on", "mon-fri")
    result = run_cli(*ITP, *words)
    found = list(csv.DictReader(io.StringIO(result.text)))
    assert {row["findings"] for row in found} == {"override-days-3-to-5;moved;haemolysis"}
    assert "ivigcalc: warning: override-days-3-to-5: Changed by hand: days of the course 5; the source states 3." in result.err
    assert "ivigcalc: note: moved: Course 1 was due on Fri 08-Jan-2027 and starts on Mon 11-Jan-2027" in result.err


def test_an_accepted_refusal_is_in_every_row_and_on_standard_error(run_cli: RunCli) -> None:
    words = ("--dose", "1.5 g/kg/day", "--days", "1", "--accept", "daily-dose=1.5", "--reason", "planned by haematology")
    result = run_cli("plan", "--weight", "70", *words, "--format", "csv")
    row = next(csv.DictReader(io.StringIO(result.text)))
    assert (row["ordered_g"], row["findings"]) == ("105", "daily-dose-1.5-accepted;no-source")
    assert "ivigcalc: accepted: daily-dose: " in result.err
    assert "planned by haematology" in result.err
