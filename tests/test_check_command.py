"""`ivigcalc check` as it is typed: what it shows, writes and leaves with; one order, and a file of them."""

import csv
import io
import json
import re
import shlex
import sys
import tracemalloc
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import click
import pytest
import typer

from ivigcalc.batch.columns import ORDERS
from ivigcalc.cli import app
from ivigcalc.export.check import COLUMNS
from tests.conftest import HoldGolden, RunCli
from tests.test_display import problems
from tests.test_screen import UNITS

GOLDEN = Path(__file__).parent / "golden_check"
COURSE = 'check --weight 75 --dose "2 g/kg/course" --days 5'

# name -> what is typed, the exit code, and words worked by hand that must be in it
GOLDENS = {
    "course-given-daily": (
        f'{COURSE} --order "150 g daily for 5 days"',
        1,
        # 2 x 75 = 150 g; 150 / 5 = 30 g; 150 x 5 = 750 g; 750 / 150 = 5; 150 / 75 = 2 and 750 / 75 = 10 g per kg
        [
            "150 g once daily for 5 days, 750 g in all",
            "2 g per kg per day, 10 g per kg per course",
            "30 g once daily for 5 days, 150 g in all",
            "differs: 400% above what is expected",
            "the course total of 150 g is ordered every day: 750 g in all, 5 times the course; the daily dose is 30 g",
        ],
    ),
    "ambiguous": (
        f'{COURSE} --order "150 g for 5 days"',
        1,
        [
            "150 g once daily for 5 days, 750 g in all",
            "30 g once daily for 5 days, 150 g in all",
            '"150 g daily for 5 days" or "150 g over 5 days"',
        ],
    ),
    "rounded": (
        'check --weight 62 --regimen itp --order "25 g OD for 3 days"',
        0,
        # 25 / 24.8 = 1.00806; 25 / 62 = 0.40323, 75 / 62 = 1.20968
        ["25 g once daily for 3 days, 75 g in all", "0.4032 g per kg per day, 1.2097 g per kg per course", "0.81% above", "every 3 weeks"],
    ),
    "volume": (
        'check --weight 62 --regimen icaht --product privigen-us --order "Privigen 1240 mL over 4 days" --label "bed 4"',
        0,
        ["31 g once daily for 4 days, 124 g in all", "1,240 mL in all at 10 g in 100 mL", "agrees: the order is what is expected", "bed 4"],
    ),
    "choice": (
        'check --weight 62 --regimen melanoma --order "62 g daily for 5 days"',
        1,
        [
            "melanoma-q3w, 1 g per kg per course over 5 days",
            "24.8 g once daily for 5 days, 124 g in all",
            "310 g in all, 5 times the course",
        ],
    ),
    "own-weight": (
        f'{COURSE} --order "0.4 g/kg/day for 5 days, weight 60 kg"',
        1,
        # 0.4 x 60 = 24 g; 24 x 5 = 120 g; 24 / 75 = 0.32; 24 / 30 - 1 = -20%
        [
            "24 g once daily for 5 days, 120 g in all",
            "as written 0.4 g per kg per day",
            "0.32 g per kg per day, 1.6 g per kg per course on 75 kg",
            "20% below",
        ],
    ),
    "at-odds": (
        'check --weight 75 --order "30 g/day (0.5 g/kg/day) for 5 days"',
        1,
        ["150 g and 2.5 g per kg per course belong to a body weight of 60 kg, not 75 kg"],  # 150 / 2.5
    ),
    "two-days": (
        f'{COURSE} --order "150 g over 2 days"',
        1,
        [
            "75 g once daily for 2 days",
            "a day's dose is 150% above, the course equal to what is expected",
            "2 days ordered, 5 days expected",
        ],
    ),
    "limits-alone": (
        'check --weight 75 --order "30 g daily for 5 days"',
        0,
        ["within the limits of a dose; nothing was compared", "0.4 g per kg per day, 2 g per kg per course"],
    ),
    "dates": (
        f'{COURSE} --start 2027-01-04 --order "30 g on 2027-01-05, 2027-01-06, 2027-01-07, 2027-01-08, 2027-01-09"',
        1,
        ["Tue 05-Jan-2027 ordered, Mon 04-Jan-2027 expected", "differs"],
    ),
    "uneven": (
        'check --weight 70 --dose "2 g/kg/course" --days 3 --every "4 weeks" --order "46.67 g daily for 3 days every 4 weeks x 2 courses"',
        0,
        # 140 / 3 = 46.6667; 46.67 x 3 = 140.01
        [
            "46.67 g once daily for 3 days, 140.01 g in all",
            "46.66 g on day 1, 46.67 g once daily on days 2 to 3, 140 g in all",
            "0.01% above",
        ],
    ),
}
CASES = [(name, width) for name in GOLDENS for width in (40, 80)]


@pytest.mark.parametrize(("name", "width"), CASES)
def test_golden(run_cli: RunCli, monkeypatch: pytest.MonkeyPatch, hold_golden: HoldGolden, name: str, width: int) -> None:
    typed, code, words = GOLDENS[name]
    monkeypatch.setenv("COLUMNS", str(width))
    result = run_cli(*shlex.split(typed))
    assert result.code == code
    assert bool(result.err) is bool(code)
    for text in words:
        assert text in " ".join(result.text.split())
    hold_golden(result.text, GOLDEN / f"{name}.{width}.txt")


def test_every_golden_is_used() -> None:
    assert {path.name for path in GOLDEN.iterdir()} == {f"{name}.{width}.txt" for name, width in CASES}


@pytest.mark.parametrize("path", sorted(GOLDEN.glob("*.txt")), ids=lambda path: path.name)
def test_the_goldens_keep_the_rules_of_display(path: Path) -> None:
    assert problems(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("width", [20, 30, 40, 60, 100, 200])
def test_nothing_is_wider_than_the_screen_and_no_number_parted_from_its_unit(
    run_cli: RunCli, monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    for typed, _, _ in GOLDENS.values():
        text = run_cli(*shlex.split(typed)).text
        assert all(len(line) <= width for line in text.splitlines())
        assert width < 30 or not re.search(rf"[0-9]\n *{UNITS}\b", text), text


def test_colour_changes_no_word(run_cli: RunCli, monkeypatch: pytest.MonkeyPatch) -> None:
    words = shlex.split(GOLDENS["course-given-daily"][0])
    coloured = run_cli(*words, tty=True).text
    assert "\x1b[" in coloured
    monkeypatch.setenv("NO_COLOR", "1")
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == run_cli(*words, tty=True).text == run_cli(*words).text


@pytest.mark.parametrize(
    ("typed", "code", "said"),
    [
        (f'{COURSE} --order "30 g daily for 5 days"', 0, ""),
        (f'{COURSE} --order "33 g daily for 5 days"', 0, ""),
        (f'{COURSE} --order "33.01 g daily for 5 days"', 1, "the order differs"),
        (f'{COURSE} --within 5% --order "33 g daily for 5 days"', 1, "the order differs"),
        (f'{COURSE} --order "30 g 5/7"', 1, "the order is ambiguous"),
        ('check --weight 75 --order "151 g over 5 days"', 1, "the order is above a limit"),
        (f'{COURSE} --order "30 g pro Tag"', 2, "--order: 'pro'"),
        (f"{COURSE}", 2, "--order is needed"),
        ('check --weight 75 --dose "3 g/kg/course" --days 5 --order "30 g daily for 5 days"', 1, "course-dose"),
        ('check --weight 62 --regimen sclerosis --order "30 g once"', 2, "--regimen multiple-sclerosis"),
        (f'{COURSE} --order "30 g once" --format csv', 2, "--csv"),
        (f'{COURSE} --order "30 g once" --format xml', 2, "--format"),
        (f'{COURSE} --order "30 g once" --force', 2, "--force"),
        (f'{COURSE} --order "30 g once" --order "31 g once"', 2, "twice"),
        ('check --weight 75 --concentration "20%" --order "30 g once"', 1, "subcutaneous"),
        ('check --weight 110 --height 165 --sex female --order "30 g once"', 1, "--dosing-weight"),
        ('check --weight 110 --height 165 --sex female --dosing-weight Adjusted --order "30 g once"', 0, ""),
    ],
)
def test_the_exit_code_says_what_was_found(run_cli: RunCli, typed: str, code: int, said: str) -> None:
    result = run_cli(*shlex.split(typed))
    assert result.code == code
    assert said in result.err
    assert bool(result.err) is bool(code)
    assert "Traceback" not in result.err


def test_control_characters_of_an_order_do_not_reach_the_screen(run_cli: RunCli) -> None:
    result = run_cli(*shlex.split(COURSE), "--order", "30 g daily\n\tfor 5 days\x0b")
    assert result.code == 0
    assert '"30 g daily for 5 days"' in result.text
    assert run_cli(*shlex.split(COURSE), "--order", "30 g \x1b[31mdaily").code == 2


# JSON


def test_json(run_cli: RunCli) -> None:
    result = run_cli(*shlex.split(GOLDENS["course-given-daily"][0]), "--format", "json")
    assert result.code == 1
    document = json.loads(result.out, parse_float=Decimal)
    assert (document["schema"], document["verdict"], document["passes"]) == ("ivigcalc.check/1", "differs", False)
    assert (document["order"], document["inputs"]["weight_kg"]) == ("150 g daily for 5 days", 75)
    assert document["inputs"]["options"]["dose"] == "2 g/kg/course"
    (reading,) = document["readings"]
    assert (reading["days"], reading["day_g"], reading["course_g"], reading["states"]) == (5, [150] * 5, 750, "day")
    assert (reading["day_g_per_kg"], reading["course_g_per_kg"]) == ([2] * 5, 10)
    assert (reading["day_percent"], reading["course_percent"]) == (400, 400)
    assert [slip["code"] for slip in reading["slips"]] == ["course-given-daily"]
    assert "ISMP" in reading["slips"][0]["source"]
    (expected,) = document["expected"]
    assert (expected["day_g"], expected["course_g"], expected["calculated_day_g"]) == ([30] * 5, 150, 30)
    assert {finding["code"] for finding in document["findings"]} >= {"daily-dose", "course-dose", "no-source"}
    assert document["within"]["percent"] == 10
    assert "pppmag.com" in document["within"]["source"]


def test_json_of_two_readings_and_of_the_limits_alone(run_cli: RunCli) -> None:
    two = json.loads(run_cli(*shlex.split(GOLDENS["ambiguous"][0]), "--format", "json").out)
    assert (two["verdict"], [reading["verdict"] for reading in two["readings"]]) == ("ambiguous", ["differs", "agrees"])
    alone = json.loads(run_cli(*shlex.split(GOLDENS["limits-alone"][0]), "--format", "json").out)
    assert (alone["regimen"], alone["expected"], alone["readings"][0]["expected"], alone["sources"]) == (None, [], None, [])
    dated = json.loads(run_cli(*shlex.split(GOLDENS["dates"][0]), "--format", "json", "--within", "5").out)
    assert dated["readings"][0]["dates"] == [["2027-01-05", "2027-01-06", "2027-01-07", "2027-01-08", "2027-01-09"]]
    assert dated["expected"][0]["dates"][0][0] == "2027-01-04"
    assert dated["within"] == {"percent": 5, "source": None}
    choice = json.loads(run_cli(*shlex.split(GOLDENS["choice"][0]), "--format", "json").out)
    assert len(choice["expected"]) == 10
    assert choice["sources"][0]["quote"]


@pytest.mark.parametrize("suffix", [".json", ".txt"])
def test_a_check_is_written_to_a_file(run_cli: RunCli, tmp_path: Path, suffix: str) -> None:
    target = tmp_path / f"check{suffix}"
    words = (*shlex.split(GOLDENS["rounded"][0]), "-o", str(target))
    assert run_cli(*words).code == 0
    assert "agrees within rounding" in target.read_text(encoding="utf-8")
    assert run_cli(*words).code == 4
    assert run_cli(*words, "--force").code == 0


SITE = "site: Test hospital\ndefaults:\n  product: privigen-us\n  round: vial\n"


def test_what_came_from_a_site_file_is_said(run_cli: RunCli, tmp_path: Path) -> None:
    site = tmp_path / "site.yaml"
    site.write_text(SITE, encoding="utf-8")
    for words in (("--regimen", "itp", "--order", "250 mL OD for 3 days"), ("--order", "Privigen 250 mL OD for 3 days")):
        text = " ".join(run_cli("check", "--site", str(site), "--weight", "62", *words).text.split())
        assert "The site file of Test hospital was used" in text
        assert '"--product privigen-us"' in text
        assert "750 mL in all at 10 g in 100 mL" in text
    rounded = run_cli("check", "--site", str(site), "--weight", "62", "--regimen", "itp", "--order", "25 g OD for 3 days")
    assert "agrees: the order is what is expected" in rounded.text  # 24.8 g is ordered as whole vials of 25 g
    assert "24.8 g a day, 74.4 g per course" in " ".join(rounded.text.split())
    orders = tmp_path / "orders.csv"
    orders.write_text("id,weight,regimen,order\n1,62,itp,250 mL OD for 3 days\n", encoding="utf-8")
    result = run_cli("check", "--site", str(site), "--csv", str(orders))
    (row,) = csv.DictReader(io.StringIO(result.text, newline=""))
    assert (result.code, row["verdict"]) == (0, "agrees")
    assert "site-product" in row["findings"]


def test_an_order_agrees_with_a_dose_that_is_rounded_as_asked(run_cli: RunCli) -> None:
    typed = 'check --weight 62 --regimen itp --round "5 g" --order "25 g OD for 3 days"'
    assert "agrees: the order is what is expected" in run_cli(*shlex.split(typed)).text
    assert run_cli(*shlex.split(typed.replace("--regimen itp", ""))).code == 2


# A file of orders

ROWS = [
    ("id", "weight", "dose", "days", "regimen", "order", "within"),
    ("a", "75", "2 g/kg/course", "5", "", "150 g daily for 5 days", ""),
    ("b", "62", "", "", "itp", "25 g OD for 3 days", ""),
    ("c", "62", "", "", "itp", "25 g pro Tag", ""),
    ("d", "heavy", "", "", "itp", "25 g OD for 3 days", ""),
    ("e", "75", "2 g/kg/course", "5", "", "30 g 5/7", ""),
    ("f", "62", "", "", "itp", "", ""),
    ("g", "75", "3 g/kg/course", "5", "", "30 g daily for 5 days", ""),
    ("h", "62", "", "", "itp", "26 g OD for 3 days, every 3 weeks", "3%"),
]
VERDICTS = ["differs", "agrees within rounding", "unreadable", "unreadable", "ambiguous", "unreadable", "refused", "differs"]


def as_csv(rows: Sequence[tuple[str, ...]]) -> str:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue()


@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_a_file_is_checked_row_by_row(run_cli: RunCli, tmp_path: Path, mark: str) -> None:
    source = tmp_path / "orders.csv"
    source.write_bytes((mark + as_csv(ROWS)).encode())
    result = run_cli("check", "--csv", str(source))
    assert result.code == 2
    rows = list(csv.DictReader(io.StringIO(result.out.decode(), newline="")))
    assert tuple(rows[0]) == COLUMNS
    assert [row["id"] for row in rows] == list("abcdefgh")
    assert [row["order"] for row in rows] == [row[5] for row in ROWS[1:]]
    assert [row["verdict"] for row in rows] == VERDICTS
    assert (rows[0]["day_percent"], rows[0]["course_percent"], rows[0]["slips"]) == ("400", "400", "course-given-daily")
    assert rows[0]["read"].startswith("150 g once daily for 5 days, 750 g in all")
    assert "5 times the course; the daily dose is 30 g" in rows[0]["message"]
    assert "daily-dose" in rows[0]["findings"]
    assert rows[1]["day_percent"] == "0.806452"
    assert "'pro'" in rows[2]["message"]
    assert "--weight" in rows[3]["message"]
    assert (rows[4]["day_percent"], rows[4]["course_percent"]) == ("", "")
    assert " or " in rows[4]["read"]
    assert "--order is needed" in rows[5]["message"]
    assert "course-dose" in rows[6]["message"]
    assert "8 orders: 1 agree, 4 to be mended, 3 could not be read" in result.err


def test_a_file_gives_a_file(run_cli: RunCli, tmp_path: Path) -> None:
    source, target = tmp_path / "orders.csv", tmp_path / "checked.csv"
    head = ("order", "weight", "closed", "pregnant", "start", "dose", "days")
    row_typed = ("30 g once", "75", "2027-01-04; 2027-01-05", "YES", "2027-01-04", "0.4 g/kg", "1")
    source.write_text(as_csv([head, row_typed]), encoding="utf-8")
    result = run_cli("check", "--csv", str(source), "-o", str(target))
    assert (result.code, result.out) == (0, b"")
    assert "wrote" in result.err
    assert "1 order: 1 agree" in result.err
    (row,) = csv.DictReader(io.StringIO(target.read_text(encoding="utf-8"), newline=""))
    assert (row["id"], row["verdict"]) == ("", "agrees")
    assert run_cli("check", "--csv", str(source), "-o", str(target)).code == 4
    assert run_cli("check", "--csv", str(source), "-o", str(target), "--force").code == 0


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ('a,62,itp', "not checked: line 3: 3 cells where the header has 5"),
        ('a,62,itp,25 g OD for 3 days,,x', "not checked: line 3: 6 cells where the header has 5"),
        ('a,62,itp,25 g OD for 3 days,maybe', "not checked: line 3: --pregnant: 'maybe' is not yes; write yes"),
        ('a,62,itp,=1+1,', "not checked: line 3: "),
        ('a,62,itp,"25 g OD for 3 days,', "not checked: line 3: a quote opens a cell"),
        ('a,62,itp,25 g OD\0 for 3 days,', "not checked: line 3: the line holds a NUL byte"),
        ('id,weight,regimen,order,pregnant', "not checked: line 3: the header stands here again"),
        (f"a,62,itp,{'x' * 70_000},", "not checked: line 3: a line of 70,011 bytes; write at most 65,536"),
    ],
)  # fmt: skip
def test_a_faulty_row_stops_no_other(run_cli: RunCli, tmp_path: Path, row: str, words: str) -> None:
    source = tmp_path / "orders.csv"
    good = "z,62,itp,25 g OD for 3 days,"
    source.write_text(f"id,weight,regimen,order,pregnant\n{good}\n{row}\n\n{good}\n", encoding="utf-8")
    result = run_cli("check", "--csv", str(source))
    rows = list(csv.DictReader(io.StringIO(result.text, newline="")))
    assert (result.code, [one["verdict"] for one in rows]) == (2, ["agrees within rounding", "unreadable", "agrees within rounding"])
    assert words in rows[1]["message"]
    assert rows[1]["id"] == ("a" if row.endswith(("maybe", "=1+1,")) else "")  # where the cells are in doubt, the line has to do
    assert not rows[1]["order"].startswith("=")


@pytest.mark.parametrize(
    ("content", "code", "words"),
    [
        (b"id,weight,regimen\n1,62,itp\n", 2, "line 1, the header: the column order is missing; add it, such as id,weight,regimen,order"),
        (b"id,regimen,order\n1,itp,30 g\n", 2, "line 1, the header: the column weight is missing"),
        (b"id,weight,order,colour\n1,62,30 g,red\n", 2, "'colour' is not known"),
        (b"id,weight,order,weight\n1,62,30 g,62\n", 2, "twice"),
        (b"", 2, "the file of orders is empty; its first line names the columns, such as id,weight,regimen,order"),
        (b"1,62,30 g\n", 2, "line 1 is no header"),
        (b"id,weight,\xf6rder\n", 2, "UTF-8"),
        ("id,weight,order\n".encode("utf-16"), 2, "the file is UTF-16"),
        (b"id,weight,order\n", 2, "no orders"),
        (b"id,weight,order\n,,\n\n", 2, "no orders"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_read_is_refused(run_cli: RunCli, tmp_path: Path, content: bytes, code: int, words: str) -> None:
    source = tmp_path / "orders.csv"
    source.write_bytes(content)
    result = run_cli("check", "--csv", str(source))
    assert (result.code, result.out) == (code, b"")
    assert words in result.err


def test_a_file_that_is_not_there(run_cli: RunCli, tmp_path: Path) -> None:
    for name in (tmp_path / "none.csv", tmp_path):
        result = run_cli("check", "--csv", str(name))
        assert (result.code, result.out) == (2, b"")
        assert "could not be read" in result.err
        assert "name a file of orders" in result.err


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_a_file_as_spreadsheets_and_exports_write_it(run_cli: RunCli, tmp_path: Path, delimiter: str) -> None:
    text = 'ID,Weight,Regimen,Order,,\r\na,62,itp,25 g OD for 3 days,,\r\nb,62,itp,"30 g\r\nOD for 3 days",,\r\n,,,,,\r\n'
    source = tmp_path / "orders.csv"
    source.write_bytes(text.replace(",", delimiter).encode())
    result = run_cli("check", "--csv", str(source))
    rows = list(csv.DictReader(io.StringIO(result.text, newline="")))
    assert [(row["id"], row["verdict"]) for row in rows] == [("a", "agrees within rounding"), ("b", "differs")]
    assert result.code == 1
    assert "2 orders: 1 agree, 1 to be mended, 0 could not be read" in result.err


def test_the_columns_of_a_file_of_orders_are_the_options_of_check() -> None:
    command = typer.main.get_command(app)
    check = command.get_command(click.Context(command), "check")  # type: ignore[attr-defined]
    options = {opt.removeprefix("--") for parameter in check.params for opt in parameter.opts if opt.startswith("--")}
    assert set(ORDERS.columns) == {"id", *options} - {"csv", "output", "force", "format", "site", "help"}


JSON_ROWS = (
    '{"id": "a", "weight": 75, "dose": "2 g/kg/course", "days": 5, "order": "150 g daily for 5 days"}\n'
    '{"weight": "62", "regimen": "itp", "order": "25 g OD for 3 days", "history": ["iga-deficiency"]}\n'
    '{"id": "c", "weight": "62", "order": "25 g pro Tag"}\n{"id": "d", "weight": 0, "order": "25 g once"}\n{\n'
)


@pytest.mark.parametrize("standard_input", [True, False])
def test_json_lines_in_and_out(run_cli: RunCli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, standard_input: bool) -> None:
    source = tmp_path / "orders.jsonl"
    source.write_text(JSON_ROWS, encoding="utf-8")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(JSON_ROWS.encode())))
    target = tmp_path / "checked.jsonl"
    result = run_cli("check", "--csv", "-" if standard_input else str(source), "-o", str(target))
    assert (result.code, result.out) == (2, b"")
    assert "5 orders: 1 agree, 1 to be mended, 3 could not be read" in result.err
    first, second, *unreadable = (json.loads(line) for line in target.read_text(encoding="utf-8").splitlines())
    for found, options in ((first, COURSE), (second, "check --weight 62 --regimen itp --history iga-deficiency")):
        shown = run_cli(*shlex.split(options), "--order", found["order"], "--format", "json")
        alone = json.loads(shown.out)
        assert {**found, "inputs": None} == {"id": found["id"], **alone, "inputs": None}
        assert found["inputs"]["options"] == alone["inputs"]["options"]
    assert [next(iter(found)) for found in (first, second, *unreadable)] == ["id"] * 5
    assert (first["id"], second["id"]) == ("a", None)
    assert [(row["id"], row["verdict"], row["passes"], row["order"]) for row in unreadable] == [
        ("c", "unreadable", False, "25 g pro Tag"),
        ("d", "unreadable", False, "25 g once"),
        (None, "unreadable", False, None),
    ]
    assert [row["message"].split(":")[0] for row in unreadable] == ["line 3", "line 4", "line 5"]


def test_standard_input_as_csv_and_json_lines_as_asked(run_cli: RunCli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(as_csv(ROWS[:3]).encode())))
    result = run_cli("check", "--csv", "-", "--format", "jsonl")
    assert [json.loads(line)["verdict"] for line in result.out.splitlines()] == VERDICTS[:2]
    assert result.code == 1


def test_a_row_that_was_kept_is_that_of_its_own_order(run_cli: RunCli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    head, *rows = ROWS
    repeated = [head, *rows, *((f"{row[0]}2", *row[1:]) for row in rows), *((f"{row[0]}3", *row[1:]) for row in rows)]
    source = tmp_path / "orders.csv"
    source.write_text(as_csv(repeated), encoding="utf-8")
    result = run_cli("check", "--csv", str(source))
    found = list(csv.reader(io.StringIO(result.text, newline="")))[1:]
    assert [row[0] for row in found] == [row[0] for row in repeated[1:]]
    for number in (1, 2):
        part = found[number * len(rows) : (number + 1) * len(rows)]
        assert [re.sub(r"line [0-9]+", "", row[-1]) for row in part] == [re.sub(r"line [0-9]+", "", row[-1]) for row in found[: len(rows)]]
        assert [row[1:-1] for row in part] == [row[1:-1] for row in found[: len(rows)]]
    monkeypatch.setattr("ivigcalc.cli.check_file.MOST_KEPT", 1)
    assert run_cli("check", "--csv", str(source)).out == result.out


def test_a_last_order_without_its_end_is_said(run_cli: RunCli, tmp_path: Path) -> None:
    source = tmp_path / "orders.csv"
    source.write_text("id,weight,regimen,order\na,62,itp,25 g OD for 3 days", encoding="utf-8")
    result = run_cli("check", "--csv", str(source))
    assert result.code == 0
    assert "line 2: the last line does not end with a line break; it was checked as it stands" in result.err


def test_progress_of_a_file_is_shown_on_a_terminal_only(run_cli: RunCli, tmp_path: Path) -> None:
    source = tmp_path / "orders.csv"
    source.write_text(as_csv(ROWS), encoding="utf-8")
    assert "8 rows, " in run_cli("check", "--csv", str(source), "-o", str(tmp_path / "checked.csv"), tty=True).err
    assert " per second" not in run_cli("check", "--csv", str(source)).err


def test_a_file_of_orders_of_any_size_takes_the_same_memory(run_cli: RunCli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Peaks of 1,000 and 4,000 orders, none of them twice."""
    monkeypatch.setattr("ivigcalc.cli.check_file.MOST_KEPT", 64)
    peaks = []
    for size in (1_000, 4_000):
        source = tmp_path / f"{size}.csv"
        source.write_text(
            as_csv([("id", "weight", "order"), *((f"p{n}", f"{n % 600 + 1}.{n}", "30 g once") for n in range(size))]), encoding="utf-8"
        )
        run_cli("check", "--csv", str(source), "-o", str(tmp_path / f"warm-{size}.csv"))
        tracemalloc.start()
        run_cli("check", "--csv", str(source), "-o", str(tmp_path / f"out-{size}.csv"))
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] * 13 // 10


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (("--weight", "62"), "column of the file"),
        (("--format", "json"), "row for each order"),
        (("--format", "table"), "row for each order"),
        (("-o", "checked.json"), "row for each order"),
        (("-o", "checked.xls"), "suffix"),
        (("-o", "checked.txt"), "row for each order"),
        (("-o", "checked.csv", "--format", "jsonl"), "contradicts"),
        (("-o", "{source}", "--force"), "name the same file"),
    ],
)
def test_options_that_do_not_go_with_a_file(run_cli: RunCli, tmp_path: Path, more: tuple[str, ...], words: str) -> None:
    source = tmp_path / "orders.csv"
    source.write_text(as_csv(ROWS), encoding="utf-8")
    result = run_cli("check", "--csv", str(source), *(word.format(source=source) for word in more))
    assert result.code == 2
    assert words in result.err


def test_a_ramp_of_the_site_that_cannot_run_has_no_part_in_a_check(run_cli: RunCli, tmp_path: Path) -> None:
    site = tmp_path / "site.yaml"
    # 14 mL per kg per h is above every maximum of the label
    defaults = {"product": "privigen-us", "ramp": "14, 15 mL/kg/h every 30 min", "pump-step": "1 mL/h"}
    site.write_text(json.dumps({"site": "St Elsewhere", "defaults": defaults}), encoding="utf-8")
    words = ("--weight", "62", "--regimen", "itp", "--site", str(site))
    assert "--ramp" in run_cli("plan", *words).err
    result = run_cli("check", *words, "--order", "248 mL daily for 3 days")  # 24.8 g at 10%
    assert (result.code, "agrees" in result.text) == (0, True)
    assert "ramp" not in result.text


def test_a_check_takes_the_limit_of_rounding_of_what_is_meant(run_cli: RunCli) -> None:
    # 62 kg of icaht are 31 g a day; the next multiple of 10 g is 30 g, 3.2% less
    words = ("check", "--weight", "62", "--regimen", "icaht", "--round", "10 g", "--order", "30 g daily for 4 days")
    assert run_cli(*words).code == 0
    refused = run_cli(*words, "--round-limit", "3%")
    assert refused.code != 0
    assert "3%" in refused.err
