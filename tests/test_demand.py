"""The demand of a schedule: held to sums by SQLite over the CSV, to figures worked by hand, and to every fault of a file."""

import csv
import io
import json
import sqlite3
import sys
import tracemalloc
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import pytest

from ivigcalc.batch.repeats import open_store
from ivigcalc.batch.schedule import MOST_FAULTS, PROBLEMS, Scan, read_schedule
from ivigcalc.demand import rows as row_reader
from ivigcalc.demand.rows import CELLS
from ivigcalc.demand.summing import MOST_CODES, add, finish, start
from ivigcalc.export.csv import COLUMNS
from tests.conftest import HoldGolden, Run, RunCli
from tests.patients import mixed
from tests.test_display import problems

GOLDEN = Path(__file__).parent / "golden_demand"
DIGEST: Final = "0123456789ab"
HEADER: Final = ",".join(("id", *COLUMNS))

# Three patients, worked by hand. p1: 25 g of octagam-10-us on Mon 04 and Tue 05 January 2027, 1 of 20 g and 1 of 5 g, nothing
# wasted, 115 minutes each. p2: 31 g of privigen-us on Tue 05 January and Mon 01 February, 1 of 20 g, 1 of 10 g, 1 of 5 g, 4 g
# wasted, time not known, and a finding. p3: 20 g without a date and without a product, once.
P1: Final = "{key},,itp,course,1,{day},2,{date},24.8,25,0.4,50,octagam-10-us,250,1x20 g;1x5 g,0,115,25,62,actual,vial nearest,," + DIGEST
P2: Final = (
    "{key},,icaht,course,{cycle},1,1,{date},31,31,0.5,31,privigen-us,310,1x20 g;1x10 g;1x5 g,4,,31,62,actual,0.01 g nearest,{codes},"
    + DIGEST
)
P3: Final = "p3,,,course,1,1,1,,20,20,0.4,20,,,,,,20,50,actual,0.01 g nearest,no-source," + DIGEST
LINES: Final = (
    HEADER,
    P1.format(key="p1", day=1, date="2027-01-04"),
    P1.format(key="p1", day=2, date="2027-01-05"),
    P2.format(key="p2", cycle=1, date="2027-01-05", codes="rate-open"),
    P2.format(key="p2", cycle=2, date="2027-02-01", codes="rate-open"),
    P3,
)
PRICES: Final = "site: Ward 3\nprice_per_g:\n  octagam-10-us: 92.50 USD\n  privigen-us: 100.1 USD\n"


def text_of(*lines: str) -> str:
    return "".join(f"{line}\r\n" for line in lines)


SCHEDULE: Final = text_of(*LINES)


def write(folder: Path, text: str | bytes, name: str = "schedule.csv") -> str:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return str(path)


def demand(run_cli: RunCli, folder: Path, text: str | bytes, *words: str) -> Run:
    return run_cli("demand", write(folder, text), *words)


def exact(data: bytes) -> Any:
    return json.loads(data, parse_float=Fraction, parse_int=int)


def in_json(run_cli: RunCli, folder: Path, text: str | bytes, *words: str) -> Any:
    run = demand(run_cli, folder, text, *words, "--format", "json")
    assert run.code == 0, run.err
    return exact(run.out)


def table(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode(), newline=""), strict=True))


# Against SQLite

MICRO: Final = 10**9
GROUPINGS: Final = {
    "day": "date",
    "week": "date(date, '-6 days', 'weekday 1')",
    "month": "strftime('%Y-%m', date)",
    "weekday": "substr('sunmontuewedthufrisat', 3 * strftime('%w', date) + 1, 3)",
    "course": "cycle",
    "product": "nullif(product, '')",
    "regimen": "nullif(regimen, '')",
}


def micro(text: str) -> int | None:
    """An exact number in billionths; None for an empty cell."""
    scaled = Decimal(text) * MICRO if text else None
    assert scaled is None or scaled == int(scaled)
    return None if scaled is None else int(scaled)


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory, run_cli: RunCli) -> Iterator[tuple[Path, sqlite3.Connection]]:
    """4,000 mixed rows of patients, planned by batch; the schedule in a database, read on its own."""
    folder = tmp_path_factory.mktemp("demand")
    patients = write(folder, mixed(4_000, seed=11)[0], "patients.csv")
    run_cli("batch", patients, "-o", str(folder / "schedule.csv"), "--errors", str(folder / "errors.csv"))
    store = sqlite3.connect(":memory:")
    store.execute(
        "CREATE TABLE i (id, regimen, cycle INTEGER, date, product, g INTEGER, wasted INTEGER, minutes INTEGER, "
        "has_vials INTEGER, flagged INTEGER)"
    )
    store.execute("CREATE TABLE v (i INTEGER, g TEXT, count INTEGER)")
    with (folder / "schedule.csv").open(newline="", encoding="utf-8") as file:
        for number, row in enumerate(csv.DictReader(file, strict=True), 1):
            amounts = [micro(row[name]) for name in ("ordered_g", "wasted_g", "minutes")]
            named = [row[name] or None for name in ("id", "regimen", "cycle", "date", "product")]
            store.execute(
                "INSERT INTO i VALUES (?,?,?,?,?,?,?,?,?,?)", (*named, *amounts, row["vials"] != "", row["findings"] != "")
            )  # fmt: skip
            for part in filter(None, row["vials"].split(";")):
                count, size = part.removesuffix(" g").split("x")
                store.execute("INSERT INTO v VALUES (?,?,?)", (number, size, int(count)))
    yield folder, store
    store.close()


def sums(store: sqlite3.Connection, *by: str) -> dict[tuple[Any, ...], dict[str, Any]]:
    """What SQLite adds up."""
    keys = ", ".join([*(GROUPINGS[name] for name in by), "1"])
    numbers = ", ".join(str(number) for number in range(1, len(by) + 2))
    found: dict[tuple[Any, ...], dict[str, Any]] = {}
    for row in store.execute(
        f"SELECT {keys}, count(*), sum(g), sum(has_vials), sum(wasted), count(minutes), sum(minutes), sum(flagged), "
        f"sum(CASE WHEN has_vials THEN 0 ELSE g END) FROM i GROUP BY {numbers}"
    ):
        infusions, grams, with_vials, wasted, timed, minutes, flagged, without_g = row[len(by) + 1 :]
        found[row[: len(by)]] = {
            "infusions": infusions,
            "ordered_g": Fraction(grams, MICRO),
            "vials": {} if with_vials else None,
            "wasted_g": Fraction(wasted, MICRO) if with_vials else None,
            "without_vials": {"infusions": infusions - with_vials, "ordered_g": Fraction(without_g, MICRO)},
            "minutes": Fraction(minutes, MICRO) if timed else None,
            "without_minutes": infusions - timed,
            "cost": None,
            "cost_of_waste": None,
            "without_price_g": None,
            "with_findings": flagged,
        }
    size = len(by) + 1
    for row in store.execute(f"SELECT {keys}, v.g, sum(v.count) FROM v JOIN i ON i.rowid = v.i GROUP BY {numbers}, {size + 1}"):
        found[row[: len(by)]]["vials"][Fraction(row[size])] = row[size + 1]
    return found


def read_back(group: dict[str, Any], *by: str) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """A group of the JSON as `sums` has it."""
    rest = {name: value for name, value in group.items() if name not in by}
    rest["vials"] = None if rest["vials"] is None else {Fraction(vial["g"]): vial["count"] for vial in rest["vials"]}
    return tuple(group[name] for name in by), rest


@pytest.mark.parametrize(
    "by",
    [*((name,) for name in GROUPINGS), ("month", "product"), ("week", "regimen"), ("weekday", "product", "regimen"), ("course", "day")],
)
def test_every_grouping_of_4_000_mixed_patients_is_as_sqlite_adds_it_up(
    run_cli: RunCli, planned: tuple[Path, sqlite3.Connection], by: tuple[str, ...]
) -> None:
    folder, store = planned
    run = run_cli("demand", str(folder / "schedule.csv"), "--by", ",".join(by), "--format", "json")
    assert run.code == 0, run.err
    found = exact(run.out)
    expected = sums(store, *by)
    assert dict(read_back(group, *by) for group in found["groups"]) == expected
    assert len(found["groups"]) == len(expected) > 3
    assert read_back(found["total"])[1] == sums(store)[()]
    assert dict(read_back(group, "product") for group in found["products"]) == sums(store, "product")
    assert found["without_date"]["infusions"] == store.execute("SELECT count(*) FROM i WHERE date IS NULL").fetchone()[0]
    assert found["schedule"]["ids"] == store.execute("SELECT count(DISTINCT id) FROM i").fetchone()[0]


def test_the_csv_holds_the_same_as_the_json(run_cli: RunCli, planned: tuple[Path, sqlite3.Connection]) -> None:
    folder, store = planned
    expected = sums(store, "month", "product")
    run = run_cli("demand", str(folder / "schedule.csv"), "--by", "month,product", "--format", "csv")
    found = table(run.out)
    assert len(found) == len(expected)
    for row in found:
        group = expected[row["month"] or None, row["product"] or None]
        assert (int(row["infusions"]), Fraction(row["ordered_g"])) == (group["infusions"], group["ordered_g"])
        assert (Fraction(row["wasted_g"]) if row["wasted_g"] else None) == group["wasted_g"]
        assert (Fraction(row["minutes"]) if row["minutes"] else None) == group["minutes"]
        sizes = {Fraction(name[6:-2]): text for name, text in row.items() if name.startswith("vials_")}
        if group["vials"] is None:
            assert set(sizes.values()) == {""}
        else:
            assert {size: int(text) for size, text in sizes.items() if text != "0"} == group["vials"]
        assert int(row["infusions_without_vials"]) == group["without_vials"]["infusions"]
        assert Fraction(row["ordered_g_without_vials"]) == group["without_vials"]["ordered_g"]
        assert int(row["infusions_without_minutes"]) == group["without_minutes"]
        assert int(row["infusions_with_findings"]) == group["with_findings"]
        assert (row["cost"], row["cost_of_waste"], row["currency"], row["ordered_g_without_price"]) == ("", "", "", "")


def test_peaks_and_dates_are_those_of_sqlite(run_cli: RunCli, planned: tuple[Path, sqlite3.Connection]) -> None:
    folder, store = planned
    found = exact(run_cli("demand", str(folder / "schedule.csv"), "--format", "json").out)
    first, last = store.execute("SELECT min(date), max(date) FROM i").fetchone()
    assert (found["first_date"], found["last_date"]) == (first, last)
    for name, amount in (("ordered_g", "sum(g)"), ("infusions", f"count(*) * {MICRO}"), ("minutes", "sum(minutes)")):
        days = store.execute(
            f"SELECT date, {amount} AS a FROM i WHERE date IS NOT NULL GROUP BY 1 HAVING a NOT NULL ORDER BY a DESC, 1"
        ).fetchall()
        as_much = sum(day[1] == days[0][1] for day in days) - 1
        assert found["peak_day"][name] == {"date": days[0][0], "most": Fraction(days[0][1], MICRO), "other_days": as_much}


def test_rows_that_were_not_planned_are_counted_from_the_file_of_errors(run_cli: RunCli, planned: tuple[Path, sqlite3.Connection]) -> None:
    folder, _ = planned
    errors = table((folder / "errors.csv").read_bytes())
    words = ("demand", str(folder / "schedule.csv"), "--errors", str(folder / "errors.csv"))
    counts = {kind: sum(row["kind"] == kind for row in errors) for kind in ("refused", "faulty")}
    assert exact(run_cli(*words, "--format", "json").out)["schedule"]["not_planned"] == counts
    said = f"{counts['refused']:,} refused and {counts['faulty']:,} faulty rows of the file of patients: not in these figures"
    assert said in " ".join(run_cli(*words).text.split())
    assert f"ivigcalc: not planned: {said}\n" in run_cli(*words, "--format", "csv").err
    assert min(counts.values()) > 10


# Worked by hand


def test_by_month_by_hand(run_cli: RunCli, tmp_path: Path) -> None:
    found = in_json(run_cli, tmp_path, SCHEDULE)
    assert found["schema"] == "ivigcalc.demand/1"
    assert found["by"] == ["month"]
    january, february, undated = found["groups"]
    # January: 25 + 25 + 31 = 81 g; 3 of 20 g, 1 of 10 g, 3 of 5 g; 4 g wasted; 2 x 115 = 230 minutes of 2 infusions
    assert (january["month"], january["ordered_g"], january["wasted_g"], january["minutes"]) == ("2027-01", 81, 4, 230)
    assert january["vials"] == [{"g": 20, "count": 3}, {"g": 10, "count": 1}, {"g": 5, "count": 3}]
    assert (january["infusions"], january["without_minutes"], january["with_findings"]) == (3, 1, 1)
    assert (february["month"], february["ordered_g"], february["minutes"]) == ("2027-02", 31, None)
    assert (undated["month"], undated["ordered_g"], undated["vials"], undated["wasted_g"]) == (None, 20, None, None)
    assert undated["without_vials"] == {"infusions": 1, "ordered_g": 20}
    assert (found["total"]["ordered_g"], found["total"]["infusions"], found["total"]["wasted_g"]) == (132, 5, 8)
    assert (found["first_date"], found["last_date"]) == ("2027-01-04", "2027-02-01")
    assert found["peak_day"]["ordered_g"] == {"date": "2027-01-05", "most": 56, "other_days": 0}
    assert found["peak_day"]["minutes"] == {"date": "2027-01-04", "most": 115, "other_days": 1}
    assert found["findings"] == [{"code": "rate-open", "infusions": 2}, {"code": "no-source", "infusions": 1}]
    assert found["schedule"] == {"ids": 3, "catalogues": [DIGEST], "not_planned": None}
    assert (found["price"], found["total"]["cost"]) == (None, None)


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        ("day", [("2027-01-04", 25), ("2027-01-05", 56), ("2027-02-01", 31), (None, 20)]),
        ("week", [("2027-01-04", 81), ("2027-02-01", 31), (None, 20)]),
        ("weekday", [("mon", 56), ("tue", 56), (None, 20)]),
        ("course", [(1, 101), (2, 31)]),
        ("product", [("octagam-10-us", 50), ("privigen-us", 62), (None, 20)]),
        ("regimen", [("icaht", 62), ("itp", 50), (None, 20)]),
    ],
)
def test_each_grouping_by_hand(run_cli: RunCli, tmp_path: Path, by: str, expected: list[tuple[Any, int]]) -> None:
    found = in_json(run_cli, tmp_path, SCHEDULE, "--by", by.upper())
    assert [(group[by], group["ordered_g"]) for group in found["groups"]] == expected


def test_without_any_date_there_is_no_peak_and_no_span(run_cli: RunCli, tmp_path: Path) -> None:
    text = text_of(HEADER, P3)
    found = in_json(run_cli, tmp_path, text, "--by", "week")
    assert found["peak_day"] == {"ordered_g": None, "infusions": None, "minutes": None}
    assert (found["first_date"], found["without_date"]) == (None, {"infusions": 1, "ordered_g": 20})
    shown = demand(run_cli, tmp_path, text, "--by", "week").text
    assert "Peak day" not in shown
    assert "Wasted      " not in shown
    assert "1 infusion of 1 id\n" in shown
    assert "1 infusion, 20 g: in the totals, and in a line of their own wherever days count" in " ".join(shown.split())
    assert "no date    20 g" in shown


def test_cost_by_hand(run_cli: RunCli, tmp_path: Path) -> None:
    site = write(tmp_path, PRICES, "site.yaml")
    found = in_json(run_cli, tmp_path, SCHEDULE, "--by", "product", "--site", site)
    octagam, privigen, unnamed = found["groups"]
    assert (octagam["cost"], octagam["cost_of_waste"], octagam["without_price_g"]) == (4625, 0, 0)  # 50 x 92.5
    assert (privigen["cost"], privigen["cost_of_waste"]) == (Fraction("6206.2"), Fraction("800.8"))  # 62 and 8 x 100.1
    assert (unnamed["cost"], unnamed["cost_of_waste"], unnamed["without_price_g"]) == (None, None, 20)
    assert (found["total"]["cost"], found["total"]["without_price_g"]) == (Fraction("10831.2"), 20)
    assert found["price"]["currency"] == "USD"
    assert found["price"]["per_g"] == {"octagam-10-us": Fraction("92.5"), "privigen-us": Fraction("100.1")}
    assert found["price"]["site"]["name"] == "Ward 3"
    rows = table(demand(run_cli, tmp_path, SCHEDULE, "--by", "product", "--site", site, "--format", "csv").out)
    assert [(row["cost"], row["cost_of_waste"], row["currency"], row["ordered_g_without_price"]) for row in rows] == [
        ("4625", "0", "USD", "0"), ("6206.2", "800.8", "USD", "0"), ("", "", "", "20"),
    ]  # fmt: skip
    shown = " ".join(demand(run_cli, tmp_path, SCHEDULE, "--site", site).text.split())
    assert "10,831.2 USD for the grams ordered, 800.8 USD more for what is known to be wasted; price not given for 20 g" in shown
    assert "prices of the site file of Ward 3: octagam-10-us 92.5 USD per g, privigen-us 100.1 USD per g" in shown


def test_any_is_the_price_of_what_has_none_of_its_own(run_cli: RunCli, tmp_path: Path) -> None:
    site = write(tmp_path, "site: Ward 3\nprice_per_g:\n  privigen-us: 100 EUR\n  any: 80 EUR\n", "site.yaml")
    found = in_json(run_cli, tmp_path, SCHEDULE, "--site", site)
    assert (found["total"]["cost"], found["total"]["without_price_g"]) == (62 * 100 + 70 * 80, 0)
    assert "any other 80 EUR per g" in " ".join(demand(run_cli, tmp_path, SCHEDULE, "--site", site).text.split())


def test_without_any_price_that_fits_nothing_is_taken_for_zero(run_cli: RunCli, tmp_path: Path) -> None:
    site = write(tmp_path, "site: Ward 3\nprice_per_g:\n  octagam-5-us: 80 EUR\n", "site.yaml")
    assert in_json(run_cli, tmp_path, SCHEDULE, "--site", site)["total"]["cost"] is None
    shown = " ".join(demand(run_cli, tmp_path, SCHEDULE, "--site", site).text.split())
    assert "Cost price not given for 132 g; prices of" in shown
    assert "price not given; write price_per_g in the site file" in " ".join(demand(run_cli, tmp_path, SCHEDULE).text.split())


@pytest.mark.parametrize(
    ("prices", "message"),
    [
        ("  octagm: 5 USD", "site.yaml:3: price_per_g.octagm: is no product that is known"),
        ("  any: 3,5 USD", "site.yaml:3: price_per_g.any: '3,5' has a comma; write \"3.5 USD\""),
        ("  any: 5 usd", "price_per_g.any: '5 usd' is no price; write the price of a gram and its currency in three letters"),
        ("  any: 5", "'5' is no price"),
        ("  any: 0 USD", "0 is zero"),
        ("  any: 5 USD\n  privigen-us: 5 EUR", "site.yaml:4: price_per_g.privigen-us: EUR, expected USD"),
        ("  [5 USD]", "price_per_g: holds no table"),
        ("  {}", "price_per_g: is empty, expected the price of a gram"),
    ],
)
def test_a_faulty_price_is_told_and_nothing_is_added_up(run_cli: RunCli, tmp_path: Path, prices: str, message: str) -> None:
    site = write(tmp_path, f"site: Ward 3\nprice_per_g:\n{prices}\n", "site.yaml")
    run = demand(run_cli, tmp_path, SCHEDULE, "--site", site)
    assert (run.code, run.out) == (3, b"")
    assert message in run.err


def test_the_prices_of_a_site_are_checked_and_counted(run_cli: RunCli, tmp_path: Path) -> None:
    assert "2 prices" in run_cli("catalogue", "check", write(tmp_path, PRICES, "site.yaml")).text


def test_a_price_changes_no_plan(run_cli: RunCli, tmp_path: Path) -> None:
    site = write(tmp_path, PRICES, "site.yaml")
    words = ("plan", "--weight", "62", "--regimen", "itp", "--format", "csv")
    assert run_cli(*words, "--site", site).out == run_cli(*words).out


# What the schedule may look like


def test_a_schedule_of_plan_has_no_ids(run_cli: RunCli, tmp_path: Path) -> None:
    run = run_cli("plan", "--weight", "62", "--regimen", "itp", "--start", "2027-01-04", "--cycles", "2", "--format", "csv")
    found = in_json(run_cli, tmp_path, run.out)
    assert (found["total"]["ordered_g"], found["schedule"]["ids"]) == (Fraction("148.8"), None)  # 6 x 24.8
    assert "6 infusions, Mon 04-Jan-2027 to Wed 27-Jan-2027" in demand(run_cli, tmp_path, run.out).text


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_a_spreadsheet_may_have_saved_it(run_cli: RunCli, tmp_path: Path, delimiter: str) -> None:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\n")
    lines = [line.split(",") for line in LINES]
    writer.writerows([[*cells[::-1], "a remark"] for cells in lines])
    writer.writerow([""] * (len(lines[0]) + 1))
    expected = in_json(run_cli, tmp_path, SCHEDULE)
    assert in_json(run_cli, tmp_path, b"\xef\xbb\xbf" + out.getvalue().encode()) == expected


def test_standard_input(run_cli: RunCli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(SCHEDULE.encode())))
    assert exact(run_cli("demand", "-", "--format", "json", "-o", "-").out)["total"]["ordered_g"] == 132


def test_accepted_refusals_are_counted_together_whatever_their_figure(run_cli: RunCli, tmp_path: Path) -> None:
    text = SCHEDULE.replace("rate-open", "daily-dose-1.5-accepted", 1).replace("rate-open", "daily-dose-1.25-accepted;x", 1)
    assert in_json(run_cli, tmp_path, text)["findings"][0] == {"code": "daily-dose-accepted", "infusions": 2}


def test_codes_without_bound_are_counted_together(run_cli: RunCli, tmp_path: Path) -> None:
    rows = [P2.format(key=f"p{n}", cycle=1, date="2027-01-05", codes=f"code-{n}") for n in range(MOST_CODES + 3)]
    text = text_of(HEADER, *rows)
    found = in_json(run_cli, tmp_path, text)
    assert (len(found["findings"]), found["other_findings"]) == (MOST_CODES, 3)
    assert "and others, which --format json names: 989" in " ".join(
        demand(run_cli, tmp_path, text).text.split()
    )  # 1,000 less 12, and the rest


@pytest.mark.parametrize(
    ("text", "note"),
    [
        (text_of(*LINES[:2]), "the last row, line 2, is day 1 of a course of 2 days"),
        (SCHEDULE[:-2], "the last line, 6, has no line end; it was counted as it stands"),
        (SCHEDULE.replace(DIGEST, "a" * 12, 1), "the rows were planned with 2 versions of the regimens"),
    ],
)
def test_what_looks_odd_is_a_note(run_cli: RunCli, tmp_path: Path, text: str, note: str) -> None:
    assert note in " ".join(demand(run_cli, tmp_path, text).text.split())
    run = demand(run_cli, tmp_path, text, "--format", "json")
    assert note in exact(run.out)["notes"][0]
    assert f"note: {note}" in run.err


def test_a_schedule_without_the_column_of_the_catalogue(run_cli: RunCli, tmp_path: Path) -> None:
    text = text_of(*(line.rpartition(",")[0] for line in LINES))
    assert in_json(run_cli, tmp_path, text)["schedule"]["catalogues"] == []
    assert in_json(run_cli, tmp_path, text[:-2])["total"]["ordered_g"] == 132


def test_catalogues_without_bound_are_not_all_kept(run_cli: RunCli, tmp_path: Path) -> None:
    rows = [P2.format(key=f"p{n}", cycle=1, date="2027-01-05", codes="").replace(DIGEST, f"{n:012}") for n in range(MOST_FAULTS + 5)]
    assert len(in_json(run_cli, tmp_path, text_of(HEADER, *rows))["schedule"]["catalogues"]) == MOST_FAULTS


# Faults


def one_wrong(old: str, new: str, line: int = 2) -> str:
    lines = list(LINES)
    assert old in lines[line - 1]
    lines[line - 1] = lines[line - 1].replace(old, new, 1)
    return text_of(*lines)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (one_wrong(",25,0.4", ',"25,5",0.4'), "line 2, column ordered_g: '25,5' has a comma; write 25.5"),
        (one_wrong(",25,0.4", ",0,0.4"), "line 2, column ordered_g: 0 is zero"),
        (one_wrong(",25,0.4", ",,0.4"), "line 2, column ordered_g: nothing was given"),
        (one_wrong(",25,0.4", f",{'2' * 70},0.4"), "line 2, column ordered_g: a number of 70 characters"),
        (one_wrong("2027-01-04", "04/01/2027"), "line 2, column date: '04/01/2027' is no date of a schedule"),
        (one_wrong("2027-01-04", "2027-02-30"), "line 2, column date: there is no day 2027-02-30"),
        (one_wrong("2027-01-04", "2" * 70), "line 2, column date: a text of 70 characters"),
        (one_wrong("1x20 g;1x5 g", "1x20 g,1x5 g"), "line 2: 24 cells where the header has 23; mend the delimiters"),
        (one_wrong("1x20 g;1x5 g", "1 of 20 g"), "line 2, column vials: '1 of 20 g' does not name vials; write counts and sizes"),
        (one_wrong("1x20 g;1x5 g", "1x20 g;" * 12), "line 2, column vials: a text of 84 characters does not name vials"),
        (one_wrong("1x20 g;1x5 g", "1x20 g;1x20 g"), "each size once"),
        (one_wrong("1x20 g;1x5 g", "1x20 g;1x0 g"), "does not name vials"),
        (one_wrong("1x20 g;1x5 g", "2x20 g"), "column vials: these vials hold 40 g, and ordered_g and wasted_g make 25 g; mend one"),
        (one_wrong("1x20 g;1x5 g", ""), "line 2, column vials: the cell is empty and wasted_g is not; fill in both, or empty both"),
        (one_wrong("1x20 g;1x5 g,0,", "1x20 g;1x5 g,,"), "line 2, column wasted_g: the cell is empty and vials is not"),
        (one_wrong("1x20 g;1x5 g,0,", "1x20 g;1x5 g,-1,"), "line 2, column wasted_g: '-1' has a sign"),
        (one_wrong(",115,", ",1hr 55min,"), "line 2, column minutes: '1hr 55min' is not a number"),
        (one_wrong(",course,1,1,2,", ",course,0,1,2,"), "line 2, column cycle: 0 is zero; write a whole number from 1 to 1,000"),
        (one_wrong(",course,1,1,2,", ",course,1,3,2,"), "line 2, column day: day 3 of a course of 2; mend one of the two columns"),
        (one_wrong(",course,1,1,2,", ",course,1,1,32,"), "line 2, column days: 32 is more than 31"),
        (one_wrong("octagam-10-us", "octagam\x1b-10"), "line 2, column product: 'octagam\\x1b-10' holds a character that no screen shows"),
        (one_wrong("octagam-10-us", "o" * 121), "line 2, column product: a text of 121 characters; write at most 120"),
        (one_wrong("p1,,", "p\x07,,"), "line 2, column id: 'p\\x07' holds a character"),
        (one_wrong(",itp,", ',"itp,'), "line 2: a quote opens a cell and does not close it"),
        (one_wrong(",itp,", ",i\0tp,"), "line 2: the line holds a NUL byte"),
        (one_wrong("itp", "it" * 40_000), "line 2: a line of "),
        (text_of(*LINES, HEADER), "line 7: the header stands here again, so two schedules were put together"),
        (
            text_of(*LINES, LINES[1]),
            "line 7: id p1, itp, course 1, day 1, Mon 04-Jan-2027, stands on line 2 already and would be counted twice",
        ),
        (text_of(*LINES, P3), "line 7: id p3, a dose by hand, course 1, day 1, without a date, stands on line 6 already"),
        (
            text_of(*LINES, *LINES[1:]),
            "lines 7 to 11: id p1, itp, course 1, day 1, Mon 04-Jan-2027, and what follows stand on lines 2 to 6 already",
        ),
        (SCHEDULE[:-5], "line 6, column catalogue: '012345678' is not whole; the file ends in this row; write the schedule again"),
        (SCHEDULE[:-40], "line 6: 20 cells where the header has 23; the file ends in this row"),
        (SCHEDULE[:-2].replace(",,course,1,1,1,,", ',,"course,1,1,1,,'), "line 6: the file ends in this row"),
    ],
)
def test_a_fault_is_told_with_line_column_and_mend_and_nothing_is_added_up(
    run_cli: RunCli, tmp_path: Path, text: str, message: str
) -> None:
    run = demand(run_cli, tmp_path, text)
    assert (run.code, run.out) == (2, b"")
    assert message in run.err
    assert "schedule.csv: 1 fault, and nothing was added up" in run.err


def test_all_faults_are_told_at_once_in_the_order_of_the_file(run_cli: RunCli, tmp_path: Path) -> None:
    text = text_of(LINES[0], LINES[1].replace(",25,0.4", ",x,0.4").replace("2027-01-04", "soon"), *LINES[2:4], LINES[2], "p9,1")
    said = demand(run_cli, tmp_path, text).err.splitlines()
    path = tmp_path / "schedule.csv"
    assert [line.removeprefix(f"ivigcalc: {path}: ").split(":")[0] for line in said] == [
        "line 2, column date",
        "line 2, column ordered_g",
        "line 5",
        "line 6",
        "4 faults, and nothing was added up, since a sum without these rows would be wrong",
    ]


def test_beyond_a_hundred_faults_are_counted(run_cli: RunCli, tmp_path: Path) -> None:
    said = demand(run_cli, tmp_path, text_of(HEADER, *["p1,1"] * (MOST_FAULTS + 2))).err
    assert said.count("cells where the header has") == MOST_FAULTS
    assert "and 2 more faults\n" in said
    assert ": 102 faults, and nothing was added up" in said
    assert "and 1 more fault\n" in demand(run_cli, tmp_path, text_of(HEADER, *["p1,1"] * (MOST_FAULTS + 1))).err


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the schedule is empty; write it with: ivigcalc batch patients.csv -o schedule.csv"),
        (text_of(HEADER), "the schedule has no rows, so there is nothing to add up"),
        (text_of(*LINES[1:]), "line 1 is no header of a schedule: it begins with 'p1', '', 'itp'"),
        ("id,weight,regimen\np1,62,itp\n", "line 1: this is a file of patients, not yet a schedule; plan it first with"),
        ("line,id,kind,message\n", "line 1 is no header of a schedule"),
        (SCHEDULE.replace(",vials", ",wasted_g", 1), "the column wasted_g stands twice; delete one of them; the column vials is missing"),
        (SCHEDULE.replace("id,label", "who,name", 1), "line 1, the header: the column id is missing"),
        ("\0", "line 1, the header: the line holds a NUL byte"),
        ('"id,cycle\n', "line 1, the header: the column"),
        ("\xff\xfe", "line 1 is no header"),
    ],
)
def test_a_file_that_is_no_schedule(run_cli: RunCli, tmp_path: Path, text: str, message: str) -> None:
    run = demand(run_cli, tmp_path, text)
    assert (run.code, run.out) == (2, b"")
    assert message in run.err
    assert len(run.err.splitlines()) == 1


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("id,kind\n", "line 1 is not line,id,kind,message; name the file that ivigcalc batch wrote with --errors"),
        ("line,id,kind,message\r\n3,p1,lost,no\r\n", "line 2, column kind: 'lost' is not known; write refused, faulty, note or warning"),
        ("line,id,kind,message\r\n3,p1\r\n", "line 2: 2 cells where the header has 4"),
        ('line,id,kind,message\r\n3,p1,"refused,x\r\n', "line 2: a quote opens a cell"),
        ("line,id,kind,message\r\n3,p1,refused,\0\r\n", "line 2: the line holds a NUL byte"),
    ],
)
def test_a_faulty_file_of_errors(run_cli: RunCli, tmp_path: Path, text: str, message: str) -> None:
    run = demand(run_cli, tmp_path, SCHEDULE, "--errors", write(tmp_path, text, "errors.csv"))
    assert (run.code, run.out) == (2, b"")
    assert message in run.err


def test_what_batch_says_of_rows_that_it_planned_is_no_row_left_out(run_cli: RunCli, tmp_path: Path) -> None:
    errors = write(tmp_path, ",".join(PROBLEMS) + "\r\n2,p1,warning,too much\r\n3,p2,note,cut\r\n4,p4,refused,no\r\n", "errors.csv")
    assert "1 refused" in demand(run_cli, tmp_path, SCHEDULE, "--errors", errors).text


def test_two_doses_of_one_id_on_one_day_are_both_counted_and_said(run_cli: RunCli, tmp_path: Path) -> None:
    patients = write(tmp_path, "id,weight,dose,days\np1,62,1 g/kg/day,2\np1,62,0.4 g/kg/day,1\n", "patients.csv")
    assert run_cli("batch", patients, "-o", str(tmp_path / "two.csv")).code == 0
    run = run_cli("demand", str(tmp_path / "two.csv"), "--format", "json")
    assert run.code == 0, run.err
    assert json.loads(run.out, parse_float=str)["total"]["ordered_g"] == "148.8"  # 62 + 62 + 24.8
    assert "1 infusion of an id, a course and a day stands on several rows with different doses, and each row is counted" in run.err


def test_a_cut_line_is_said_when_two_policies_are_compared(run_cli: RunCli, tmp_path: Path) -> None:
    patients = write(tmp_path, "id,weight,regimen,product\np1,62,itp,privigen-us\np2,12,itp,privigen-us", "cut.csv")
    run = run_cli("demand", patients, "--compare", "round=vial", "--compare", "round=1 g")
    assert "line 3: id p2: note: the last line does not end with a line break" in run.err


def test_a_file_of_errors_without_rows_says_that_none_were_left_out(run_cli: RunCli, tmp_path: Path) -> None:
    errors = write(tmp_path, ",".join(PROBLEMS) + "\r\n", "errors.csv")
    assert "Not planned none\n" in demand(run_cli, tmp_path, SCHEDULE, "--errors", errors).text


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("schedule.csv", "--by", "year"), 2, "--by: 'year' is not known; write day, week, month, weekday, course, product or regimen"),
        (("schedule.csv", "--by", "month,month"), 2, "--by: month stands twice; write it once"),
        (("schedule.csv", "--by", "month,day"), 2, "--by: month and day are parts of the same time; write one of them"),
        (("schedule.csv", "--by", ""), 2, "--by: '' is not known"),
        (("schedule.csv", "--force"), 2, "--force replaces a file, and none is named"),
        (("schedule.csv", "-o", "schedule.csv", "--force"), 2, "name the same file"),
        (("schedule.csv", "--errors", "schedule.csv"), 2, "name the same file"),
        (("-", "--errors", "-"), 2, "name the same file"),
        (("schedule.csv", "-o", "x.pdf"), 2, "the suffix .pdf is not known"),
        (("schedule.csv", "-o", "old.csv"), 4, "old.csv: exists already and was kept"),
        (("schedule.jsonl",), 2, "schedule.jsonl: a schedule is added up from its CSV; write it with: ivigcalc batch"),
        (("schedule.xlsx",), 2, "schedule.xlsx: a schedule is added up from its CSV; save it as CSV UTF-8"),
        (("none.csv",), 2, "none.csv: could not be read (No such file or directory); name a file of infusions, as batch writes it"),
        (("schedule.csv", "--errors", "none.csv"), 2, "name a file of rows that were not planned, as batch writes it with --errors"),
        (("schedule.csv", "--compare", "as-is"), 2, "--compare stands once; write it twice"),
        (("schedule.csv", "--compare", "as-is", "--compare", "AS-IS"), 2, '"as-is" and "as-is" are the same policy'),
        (("schedule.csv", *("--compare", "as-is") * 3), 2, "--compare stands 3 times"),
        (("schedule.csv", "--compare", "as-is", "--compare", "round"), 2, "'round' is no option with its value"),
        (("schedule.csv", "--compare", "as-is", "--compare", "dose=1 g/kg/day"), 2, "'dose' is no option of rounding or supply"),
        (("schedule.csv", "--compare", "as-is", "--compare", "round=1 g;round=2 g"), 2, "round stands twice"),
        (("schedule.csv", "--compare", "as-is", "--compare", " ; "), 2, "--compare: nothing was given"),
        (("schedule.csv", "--compare", "as-is", "--by", "day"), 2, "--by belongs to a schedule, and --compare reads patients"),
        (("schedule.csv", "--compare", "as-is", "--errors", "e.csv"), 2, "--errors belongs to a schedule"),
    ],
)
def test_wrong_use_writes_nothing(
    run_cli: RunCli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], code: int, message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path, "old", "old.csv")
    write(tmp_path, SCHEDULE)
    run = run_cli("demand", *words)
    assert (run.code, run.out) == (code, b"")
    assert message in run.err
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"old.csv": b"old", "schedule.csv": SCHEDULE.encode()}


# Two policies against each other


def totals(data: bytes, keys: set[str]) -> dict[str, Any]:
    """What a schedule asks for over some ids, added up here."""
    rows = [row for row in table(data) if row["id"] in keys]
    in_vials = [part.removesuffix(" g").split("x") for row in rows for part in filter(None, row["vials"].split(";"))]
    return {
        "infusions": len(rows),
        "ordered_g": sum(Fraction(row["ordered_g"]) for row in rows),
        "wasted_g": sum(Fraction(row["wasted_g"]) for row in rows),
        "in_vials_g": sum(int(count) * Fraction(size) for count, size in in_vials),
        "with_findings": sum(row["findings"] != "" for row in rows),
    }


@pytest.mark.parametrize(
    "policies",
    [
        ({"round": "0.01 g"}, {"round": "vial"}),
        ({"vials": "5,10,20"}, {"vials": "10,20"}),
        ({}, {"round": "5 g", "direction": "down"}),
        ({}, {"product": "privigen-us", "round": "0.1 g"}),
    ],
)
def test_two_policies_are_as_batch_plans_each_of_them(run_cli: RunCli, tmp_path: Path, policies: tuple[dict[str, str], ...]) -> None:
    rows = [
        {"id": f"p{n}", "weight": f"{40 + n}.{n % 10}", "regimen": ("itp", "icaht")[n % 2], "start": "2027-01-04",
         "product": "octagam-10-us", "direction": ("", "up")[n % 3 == 0], "round": "0.5 g"}
        for n in range(60)
    ]  # fmt: skip
    texts = []
    for policy in ({}, *policies):
        out = io.StringIO()
        writer = csv.DictWriter(out, ("id", "weight", "regimen", "start", "product", "vials", "round", "direction"))
        writer.writeheader()
        for row in rows:
            # the product of a policy takes the row's vials with it, its rounding the row's direction
            writer.writerow({**row, **({"direction": ""} if "round" in policy else {}), **policy})
        texts.append(out.getvalue())
    schedules = [run_cli("batch", write(tmp_path, text, "one.csv")).out for text in texts[1:]]
    both = set.intersection(*({row["id"] for row in table(schedule)} for schedule in schedules))
    assert len(both) > 10
    names = [";".join(f"{name}={text}" for name, text in policy.items()) or "as-is" for policy in policies]
    patients = write(tmp_path, texts[0], "patients.csv")
    run = run_cli("demand", patients, "--compare", names[0], "--compare", names[1], "--format", "json")
    found = exact(run.out)
    assert found["schema"] == "ivigcalc.savings/1"
    assert found["rows"]["read"] == 60
    assert found["rows"]["both"] == len(both)
    assert run.code == (0 if len(both) == 60 else 1)
    for side, schedule, policy, name in zip(found["policies"], schedules, policies, names, strict=True):
        assert (side["policy"], side["options"]) == (name, policy)
        expected = totals(schedule, both)
        assert {key: side[key] for key in expected} == expected
        calculated = sum(Fraction(row["calculated_g"]) for row in table(schedule) if row["id"] in both)
        assert abs(side["calculated_g"] - calculated) < Fraction(1, 1_000)  # the CSV has 6 decimals
    rows_of_csv = table(run_cli("demand", patients, "--compare", names[0], "--compare", names[1], "--format", "csv").out)
    assert [Fraction(row["ordered_g"]) for row in rows_of_csv] == [side["ordered_g"] for side in found["policies"]]
    assert [row["policy"] for row in rows_of_csv] == names


PATIENTS: Final = (
    "id,weight,regimen,product,concentration,vials,round,direction\n"
    "p1,62,itp,octagam-10-us,,,,\n"  # 24.8 g on 3 days: 20 + 5 g, 0.2 g wasted each day; to 5 g: 25 g
    "p2,50,itp,,,,,\n"  # 20 g on 3 days, without vials; to 5 g the same
    "p3,30,itp,octagam-10-us,,,0.01 g,up\n"  # 12 g: to 5 g it is 25% less or more: refused
    ",,,,,,,\n"
    "p4,0,itp,,,,,\n"
    'p5,"62,itp,,,,,\n'
)
AGAINST: Final = ("--compare", "as-is", "--compare", "round=5 g")


def test_two_policies_by_hand(run_cli: RunCli, tmp_path: Path) -> None:
    run = run_cli("demand", write(tmp_path, PATIENTS, "patients.csv"), *AGAINST, "--format", "json")
    found = exact(run.out)
    assert run.code == 1
    assert found["rows"] == {"read": 5, "both": 2, "first_only": 1, "second_only": 0, "neither": 2}
    before, after = found["policies"]
    assert (before["calculated_g"], after["calculated_g"]) == (Fraction("134.4"), Fraction("134.4"))  # 3 x (24.8 + 20)
    assert (before["ordered_g"], after["ordered_g"]) == (Fraction("134.4"), 135)
    assert (before["in_vials_g"], before["wasted_g"]) == (75, Fraction("0.6"))
    assert (after["in_vials_g"], after["wasted_g"]) == (75, 0)
    assert before["without_vials"] == {"infusions": 3, "ordered_g": 60}
    said = run.err.splitlines()
    assert said[0].startswith("ivigcalc: line 4: id p3: refused: with round=5 g: round: 12 g a day would become")
    assert said[1].startswith("ivigcalc: line 6: id p4: faulty: with as-is and round=5 g: weight: 0 is zero")
    assert said[2].startswith("ivigcalc: line 7: faulty: a quote opens a cell")
    assert len(said) == 3


def test_two_policies_on_the_screen(hold_golden: HoldGolden, run_cli: RunCli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    patients, site = write(tmp_path, PATIENTS, "patients.csv"), write(tmp_path, PRICES, "site.yaml")
    for width in (40, 80):
        monkeypatch.setenv("COLUMNS", str(width))
        text = run_cli("demand", patients, *AGAINST).text + run_cli("demand", patients, *AGAINST, "--site", site).text
        hold_golden(text, GOLDEN / f"compare.{width}.txt")
        assert max(map(len, text.splitlines())) <= width
        assert problems(text) == []


def test_costs_of_two_policies(run_cli: RunCli, tmp_path: Path) -> None:
    site = write(tmp_path, "site: Ward 3\nprice_per_g:\n  octagam-10-us: 90 USD\n", "site.yaml")
    only_p1 = write(tmp_path, "".join(PATIENTS.splitlines(keepends=True)[:2]), "patients.csv")
    run = run_cli("demand", only_p1, *AGAINST, "--site", site)
    assert run.code == 0
    # 74.4 x 90 = 6,696 and 0.6 x 90 = 54; 75 x 90 = 6,750
    assert "Cost in all 6,750 USD 6,750 USD none" in " ".join(run.text.split())
    assert "54 USD less, 100%" in run.text
    assert "Left out" not in run.text
    unpriced = write(tmp_path, "site: Ward 3\nprice_per_g:\n  privigen-us: 90 USD\n", "site.yaml")
    other = run_cli("demand", only_p1, "--compare", "as-is", "--compare", "product=privigen-us", "--site", unpriced).text
    assert "Cost in all not known 6,750 USD not known" in " ".join(other.split())  # 75 g in vials at 90 USD
    other = run_cli("demand", only_p1, "--compare", "product=privigen-us", "--compare", "as-is", "--site", unpriced).text
    assert "Cost in all 6,750 USD not known not known" in " ".join(other.split())


def test_a_policy_beyond_what_is_known_leaves_vials_and_time_out_of_both(run_cli: RunCli, tmp_path: Path) -> None:
    # p2 has no product, so that its vials are known under one of the two policies only
    patients = write(tmp_path, "id,weight,regimen\np2,50,itp\n", "patients.csv")
    text = run_cli("demand", patients, "--compare", "as-is", "--compare", "vials=10").text
    assert "In vials" not in text
    assert "the vials of 3 of 3 infusions" in text


def test_what_one_policy_alone_knows_is_left_out_of_both(run_cli: RunCli, tmp_path: Path) -> None:
    ramp = '"0.5, 1, 2 mL/kg/h every 30 min"'
    patients = write(tmp_path, f"id,weight,regimen,product,ramp\np1,62,itp,octagam-10-us,{ramp}\np2,62,itp,,\n", "patients.csv")
    # another product takes the row's ramp with it, so that its time is not known; and p2 has vials with a product only
    found = exact(run_cli("demand", patients, "--compare", "as-is", "--compare", "product=privigen-us", "--format", "json").out)
    for side in found["policies"]:
        assert (side["infusions"], side["minutes"], side["without_minutes"]) == (6, None, 6)
        assert side["without_vials"] == {"infusions": 3, "ordered_g": Fraction("74.4")}
        assert side["in_vials_g"] == 75
    same = exact(run_cli("demand", patients, *AGAINST, "--format", "json").out)
    assert [side["without_minutes"] for side in same["policies"]] == [3, 3]


def test_where_nothing_can_be_compared_it_says_so(run_cli: RunCli, tmp_path: Path) -> None:
    run = run_cli("demand", write(tmp_path, "id,weight,regimen\np4,0,itp\n", "patients.csv"), *AGAINST)
    assert (run.code, run.out) == (2, b"")
    assert "both policies together plan none of its 1 row, so there is nothing to compare" in run.err


def test_what_one_policy_alone_plans_is_told(run_cli: RunCli, tmp_path: Path) -> None:
    patients = write(tmp_path, PATIENTS, "patients.csv")
    other = run_cli("demand", patients, "--compare", "round=5 g", "--compare", "as-is").text
    assert "3 rows: 1 planned with the second alone, 2 with neither" in other
    of_two = write(tmp_path, "".join(PATIENTS.splitlines(keepends=True)[i] for i in (0, 1, 3)), "patients.csv")
    assert "1 row: 1 planned with the first alone\n" in run_cli("demand", of_two, *AGAINST).text


def test_a_change_too_small_for_a_tenth_of_a_percent(run_cli: RunCli, tmp_path: Path) -> None:
    patients = write(tmp_path, "id,weight,regimen\np1,62.03,itp\n", "patients.csv")  # 24.812 g: to 0.01 g 24.81, to 0.02 g 24.82
    text = run_cli("demand", patients, "--compare", "round=0.01 g", "--compare", "round=0.02 g").text
    assert "0.03 g more, under 0.1%" in text


def test_patients_in_json_lines(run_cli: RunCli, tmp_path: Path) -> None:
    patients = write(tmp_path, '{"id": "p1", "weight": 62, "regimen": "itp"}\n', "patients.jsonl")
    assert run_cli("demand", patients, *AGAINST, "-o", str(tmp_path / "out.txt")).code == 0
    assert "With findings" in (tmp_path / "out.txt").read_text("utf-8")


# Memory


def synthetic(rows: int) -> Iterator[str]:
    yield f"{HEADER}\r\n"
    for number in range(rows):
        yield P2.format(key=f"p{number}", cycle=1, date=f"2027-01-{number % 28 + 1:02}", codes="") + "\r\n"


def test_memory_does_not_grow_with_the_rows() -> None:
    peaks = []
    for rows in (2_000, 20_000):
        file = io.BytesIO("".join(synthetic(rows)).encode())
        tracemalloc.start()
        totals, scan = start(("day", "product")), Scan()
        with open_store() as store:
            for row in read_schedule(file, store, scan):
                add(totals, row)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        assert finish(totals, None).total.amounts.grams == 31 * rows
        assert (scan.ids, len(totals.amounts)) == (rows, 28)
    assert peaks[1] < peaks[0] * 1.2


def test_progress_is_shown_on_a_terminal(run_cli: RunCli, tmp_path: Path) -> None:
    source = write(tmp_path, "".join(synthetic(2_500)))
    assert "rows, " in run_cli("demand", source, "--format", "csv", tty=True).err


def test_the_cells_that_are_read_are_columns_of_the_schedule() -> None:
    assert set(CELLS) < set(COLUMNS)
    assert set(row_reader._READERS) < set(CELLS)


# On the screen


@pytest.mark.parametrize("width", [40, 80, 200])
@pytest.mark.parametrize("by", ["month", "week,product"])
def test_golden(hold_golden: HoldGolden, run_cli: RunCli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, by: str, width: int) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    site = write(tmp_path, PRICES, "site.yaml")
    text = demand(run_cli, tmp_path, SCHEDULE, "--by", by, *(("--site", site) if by != "month" else ())).text
    hold_golden(text, GOLDEN / f"{by.replace(',', '-')}.{width}.txt")
    assert problems(text) == []


@pytest.mark.parametrize("width", [20, 40, 59, 60, 72, 80, 120, 200])
def test_nothing_is_wider_than_the_screen_and_no_figure_is_dropped(
    run_cli: RunCli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    text = demand(run_cli, tmp_path, SCHEDULE).text
    assert max(map(len, text.splitlines())) <= width
    words = " ".join(text.replace("█", "").split())
    for figure in ("81 g", "31 g", "20 g", "132 g", "3hr 50min", "at least 8 g", "3 of 20 g", "1 of 10 g", "Tue 05-Jan-2027", "56 g"):
        assert figure in words


def test_bars_are_as_long_as_the_grams(run_cli: RunCli, tmp_path: Path) -> None:
    lengths = [line.count("█") for line in demand(run_cli, tmp_path, SCHEDULE, "--by", "course").text.splitlines() if "█" in line]
    assert lengths[1] == lengths[0] * 31 // 101  # 101 and 31 g


def test_colour_changes_nothing_but_the_colour(run_cli: RunCli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import re

    source = write(tmp_path, SCHEDULE)
    coloured = run_cli("demand", source, tty=True).text
    assert "\x1b[" in coloured
    monkeypatch.setenv("NO_COLOR", "1")
    plain = run_cli("demand", source, tty=True).text
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == plain


def test_a_screen_without_blocks_gets_a_sign_that_it_has(run_cli: RunCli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from ivigcalc.cli.demand import _block

    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(io.BytesIO(), encoding="ascii"))
    assert (_block(None), _block("out.txt")) == ("#", "█")


def test_files(run_cli: RunCli, tmp_path: Path) -> None:
    for name in ("out.txt", "out.csv", "out.json"):
        run = demand(run_cli, tmp_path, SCHEDULE, "-o", str(tmp_path / name))
        assert (run.code, run.out) == (0, b"")
        assert f"ivigcalc: wrote {tmp_path / name}\n" in run.err
    assert (tmp_path / "out.txt").read_text("utf-8") == demand(run_cli, tmp_path, SCHEDULE).text
    assert b"month,infusions,ordered_g,vials_20_g,vials_10_g,vials_5_g,wasted_g," in (tmp_path / "out.csv").read_bytes()
    assert run_cli("demand", write(tmp_path, SCHEDULE), "-o", str(tmp_path / "out.csv"), "--force").code == 0


def test_nothing_is_said_of_findings_where_there_are_none(run_cli: RunCli, tmp_path: Path) -> None:
    text = SCHEDULE.replace("rate-open", "").replace("no-source", "")
    assert "findings" not in demand(run_cli, tmp_path, text).text
    assert "findings" not in demand(run_cli, tmp_path, text, "--format", "csv").err
