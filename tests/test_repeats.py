"""The same id on several rows: planned, named, and added up over any 28 consecutive dates."""

import sqlite3
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from random import Random

import pytest

from ivigcalc.batch.repeats import Most, most_in_window, open_store
from ivigcalc.catalogue import data_file
from ivigcalc.errors import OutputError
from tests.conftest import RunCli
from tests.test_batch import batch, rows

DAY = date(2027, 1, 4)


SOURCE = "Privigen US prescribing information (read in a mirror of the label), CIDP, loading dose"  # as limits.yaml cites it


def test_an_id_on_two_rows_is_planned_and_added_up(run_cli: RunCli, tmp_path: Path) -> None:
    # 1.2 g per kg on 4 to 6 January and the same on 25 to 27 January (days 22 to 24) by its own row; on 31 January, day 28, another
    # row gives 1 g per kg: 3.4 in the 28 dates from 4 to 31 January, more than 2
    text = (
        "id,weight,regimen,dose,days,start,cycles\np1,62,itp,,,2027-01-04,2\np2,70,itp,,,,\n"
        "p1,62,,1 g/kg/course,1,2027-01-31,\np1,62,,1 g/kg/course,1,,\n"
    )
    target = tmp_path / "errors.csv"
    run = batch(run_cli, tmp_path, text, "--errors", str(target))
    assert run.code == 0
    assert len(rows(run.out)) == 6 + 3 + 1 + 1
    assert "read 4 rows: 4 planned" in run.err
    assert f"on several rows: 1 id, each named in {target}" in run.err
    assert f"WARNING: 1 id on several rows above the limit of g per kg in 28 days, rows together; named in {target}" in run.err
    (note,) = rows(target.read_bytes())
    assert (note["line"], note["id"], note["kind"]) == ("2", "p1", "warning")
    assert note["message"] == (
        "this id stands on 3 rows, lines 2, 4, 5, and each was planned by itself; together at most 3.4 g per kg in any 28 consecutive "
        "dates, from Mon 04-Jan-2027 to Sun 31-Jan-2027, which is more than the limit of 2 g per kg in 28 days, a choice of ours; "
        f"source: {SOURCE}; 1 row without dates is not in that sum; add start to count it; check that the rows belong together, or mend "
        "the id"
    )


def notes(run_cli: RunCli, tmp_path: Path, *rows_typed: str) -> list[str]:
    """What is said of the rows `id,weight,dose,days,start,round`."""
    text = "\n".join(("id,weight,dose,days,start,round", *rows_typed, ""))
    return [line for line in batch(run_cli, tmp_path, text).err.splitlines() if ": note: " in line or ": warning: " in line]


@pytest.mark.parametrize(
    ("last", "words"),
    [
        # 30 g on 20 December are 0.483871 g per kg; with 1.2 on 4 to 6 January and 0.4 on 12 January 2.083871 within 24 dates
        (
            "2026-12-20 30 g",
            "warning: this id stands on 2 rows, lines 2, 3, and each was planned by itself; together at most 2.083871 g per kg",
        ),
        # 15 g on each of 2 days, 19 and 20 December: the same within 25 dates
        (
            "2026-12-19 to 2026-12-20 30 g",
            "warning: this id stands on 2 rows, lines 2, 3, and each was planned by itself; together at most 2.083",
        ),
        ("2026-12-15 30 g", "note: "),  # 29 dates before 12 January: 1.683871
        ("2026-12-16 30 g", "warning: "),  # the first of 28
        ("", "together at most 1.6 g per kg"),
    ],
)
def test_the_course_before_all_rows_is_added_up_with_them(run_cli: RunCli, tmp_path: Path, last: str, words: str) -> None:
    text = f"id,weight,regimen,dose,days,start,last-course\np1,62,itp,,,2027-01-04,{last}\np1,62,,0.4 g/kg/day,1,2027-01-12,\n"
    run = batch(run_cli, tmp_path, text)
    (said,) = (line for line in run.err.splitlines() if "stands on 2 rows" in line)
    assert words in said
    assert ("the course before them among it" in said) == bool(last)


def test_a_last_course_that_may_be_another_row_is_not_counted_twice(run_cli: RunCli, tmp_path: Path) -> None:
    text = "id,weight,regimen,start,last-course\np1,62,itp,2027-01-04,\np1,62,itp,2027-02-15,2027-01-06 74.4 g\n"
    (said,) = (line for line in batch(run_cli, tmp_path, text).err.splitlines() if "stands on 2 rows" in line)
    assert "together at most 1.2 g per kg" in said
    assert "the course before" not in said


@pytest.mark.parametrize(
    ("second", "kind"),
    [
        ("p1,62,1 g/kg/course,1,2027-01-31,", "note"),  # 1 + 1 = 2 within 28 dates: at the limit
        ("p1,62,1.01 g/kg/course,2,2027-01-31,", "note"),  # half of 1.01 falls on the 29th date: 1 + 0.505
        ("p1,62,1.01 g/kg/course,2,2027-01-30,", "warning"),  # 2.01
        ("p1,62,1 g/kg/course,2,2027-02-01,", "note"),  # the 29th date
        ("p1,62,1 g/kg/course,2,,", "note"),
    ],
)
def test_the_limit_is_that_of_28_dates(run_cli: RunCli, tmp_path: Path, second: str, kind: str) -> None:
    (said,) = notes(run_cli, tmp_path, "p1,62,1 g/kg/course,1,2027-01-04,", second)
    assert f": {kind}: " in said
    assert ("more than the limit of 2 g per kg in 28 days, a choice of ours; source: Privigen" in said) is (kind == "warning")


def test_thirds_add_up_exactly(run_cli: RunCli, tmp_path: Path) -> None:
    # 1/3 g per kg is 0.333333 in the schedule; six of them are 2, at the limit and not above it
    typed = [f"p1,60,1 g/kg/course,3,2027-01-{day:02},20 g" for day in (4, 11)]
    (said,) = notes(run_cli, tmp_path, *typed)
    assert ": note: " in said
    assert "together at most 2 g per kg" in said


def test_rounding_alone_above_the_limit_is_a_note_as_in_a_plan(run_cli: RunCli, tmp_path: Path) -> None:
    # 62 g to the nearest 5 g is 60, 63 g is 65: 65 / 63 = 1.031746, twice 2.063492 ordered, 2 calculated
    (said,) = notes(run_cli, tmp_path, *(f"p1,63,1 g/kg/course,1,2027-01-{day:02},5 g" for day in (4, 11)))
    assert ": note: " in said
    assert "together at most 2.063492 g per kg" in said
    assert "; rounding alone takes it above the limit of 2 g per kg in 28 days, a choice of ours; source: Privigen" in said


def test_rounding_down_does_not_hide_what_is_above_the_limit(run_cli: RunCli, tmp_path: Path) -> None:
    # 1.01 x 61 = 61.61 g is ordered as 60: 60 / 61 = 0.983607, twice 1.967213 ordered, 2.02 calculated
    (said,) = notes(run_cli, tmp_path, *(f"p1,61,1.01 g/kg/course,2,2027-01-{day:02},5 g" for day in (4, 11)))
    assert ": warning: " in said
    assert "together at most 1.967213 g per kg in any 28 consecutive dates, from Mon 04-Jan-2027 to Tue 12-Jan-2027; " in said
    assert "; calculated 2.02 g per kg, from Mon 04-Jan-2027 to Tue 12-Jan-2027, which is more than the limit of 2 g per kg" in said


def test_each_row_counts_on_its_own_weight_and_that_they_differ_is_said(run_cli: RunCli, tmp_path: Path) -> None:
    (said,) = notes(run_cli, tmp_path, "p1,62,1 g/kg/course,1,2027-01-04,", "p1,63 kg,1 g/kg/course,1,2027-01-12,")
    assert "together at most 2 g per kg" in said
    assert "their dosing weights differ, from 62 to 63 kg, and each row counts by its own" in said
    (said,) = notes(run_cli, tmp_path, "p1,62,1 g/kg/course,1,2027-01-04,", "p1,62 kg,1 g/kg/course,1,2027-01-12,")
    assert "differ" not in said


def test_dates_that_stand_on_several_rows_are_said(run_cli: RunCli, tmp_path: Path) -> None:
    (said,) = notes(run_cli, tmp_path, *["p1,62,0.8 g/kg/course,2,2027-01-04,"] * 2)
    assert "2 dates stand on several of them, first Mon 04-Jan-2027; check" in said
    (said,) = notes(run_cli, tmp_path, "p1,62,0.8 g/kg/course,2,2027-01-04,", "p1,62,0.8 g/kg/course,2,2027-01-05,")
    assert "1 date stands on several of them, Tue 05-Jan-2027; check" in said


def test_the_limit_and_its_days_come_from_the_file(run_cli: RunCli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    limits = tmp_path / "limits.yaml"
    text = data_file("limits.yaml").read_text(encoding="utf-8")
    limits.write_text(text.replace("{above: 2 g/kg, days: 28 days}", "{above: 1.5 g/kg, days: 7 days}"), encoding="utf-8")
    monkeypatch.setattr("ivigcalc.cli.data.data_file", lambda name: limits if name == "limits.yaml" else data_file(name))
    (said,) = notes(run_cli, tmp_path, "p1,62,1 g/kg/course,1,2027-01-04,", "p1,62,1 g/kg/course,1,2027-01-10,")
    assert "2 g per kg in any 7 consecutive dates" in said
    assert "more than the limit of 1.5 g per kg in 7 days" in said
    (said,) = notes(run_cli, tmp_path, "p1,62,1 g/kg/course,1,2027-01-04,", "p1,62,1 g/kg/course,1,2027-01-11,")
    assert ": note: " in said


def test_one_day_later_is_another_window(run_cli: RunCli, tmp_path: Path) -> None:
    text = "id,weight,dose,days,start\np1,62,1 g/kg/course,1,2027-01-04\np1,62,1 g/kg/course,1,2027-02-01\n"
    assert "together at most 1 g per kg in any 28 consecutive dates, on Mon 04-Jan-2027; check" in batch(run_cli, tmp_path, text).err


def test_rows_without_dates_are_said(run_cli: RunCli, tmp_path: Path) -> None:
    text = "id,weight,regimen\n" + "p1,62,itp\n" * 7
    said = batch(run_cli, tmp_path, text).err
    assert (
        "this id stands on 7 rows, lines 2, 3, 4, 5, 6 and 2 more, and each was planned by itself; none of them has dates, so that their "
        "dose in any 28 consecutive dates is not known; add start to know it; check"
    ) in said
    (said,) = notes(run_cli, tmp_path, "p1,62,0.4 g/kg/course,1,2027-01-04,", *["p1,62,0.4 g/kg/course,1,,"] * 2)
    assert "together at most 0.4 g per kg" in said
    assert "on Mon 04-Jan-2027; 2 rows without dates are not in that sum; add start to count them; check" in said


def test_a_row_that_was_not_planned_does_not_count(run_cli: RunCli, tmp_path: Path) -> None:
    assert "note" not in batch(run_cli, tmp_path, "id,weight,regimen\np1,62,itp\np1,0,itp\n").err


def test_notes_come_in_the_order_of_the_rows(run_cli: RunCli, tmp_path: Path) -> None:
    text = "id,weight,regimen\n" + "".join(f"{key},62,itp\n" for key in ("b", "a", "c", "a", "b"))
    said = batch(run_cli, tmp_path, text).err.splitlines()
    assert [line.split(": note")[0] for line in said[:2]] == ["ivigcalc: line 2: id b", "ivigcalc: line 3: id a"]


@pytest.mark.parametrize("seed", range(20))
def test_the_window_against_every_window(seed: int) -> None:
    random = Random(seed)
    doses = [(DAY + timedelta(days=random.randint(0, 90)), Fraction(random.randint(1, 99), 10)) for _ in range(random.randint(1, 60))]
    found = most_in_window(sorted(doses), 28)
    sums = {
        first: sum((g for day, g in doses if first <= day < first + timedelta(days=28)), Fraction(0))
        for first in (DAY + timedelta(days=number) for number in range(91))
    }
    assert found
    assert found.g_per_kg == max(sums.values())
    assert sum((g for day, g in doses if found.first <= day <= found.last), Fraction(0)) == found.g_per_kg
    assert (found.last - found.first).days < 28


def test_no_doses_have_no_most() -> None:
    assert most_in_window([], 28) is None
    assert most_in_window([(DAY, Fraction(1))], 28) == Most(Fraction(1), DAY, DAY)


def test_a_store_without_room_is_said() -> None:
    with pytest.raises(OutputError, match="the temporary file for repeated ids could not be used"), open_store():
        raise sqlite3.OperationalError("database or disk is full")
