"""The same id on several rows: planned, named, and added up over any 28 consecutive dates."""

import sqlite3
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from random import Random

import pytest

from ivigcalc.batch.repeats import Most, most_in_window, open_store
from ivigcalc.errors import OutputError
from tests.conftest import RunCli
from tests.test_batch import batch, rows

DAY = date(2027, 1, 4)


def test_an_id_on_two_rows_is_planned_and_added_up(run_cli: RunCli, tmp_path: Path) -> None:
    # 1.2 g per kg on 4 to 6 January and the same on 25 to 27 January (days 22 to 24) by its own row; on 31 January, day 28, another
    # row gives 1 g per kg: 3.4 in the 28 dates from 4 to 31 January
    text = (
        "id,weight,regimen,dose,days,start,cycles\np1,62,itp,,,2027-01-04,2\np2,70,itp,,,,\n"
        "p1,62,,1 g/kg/course,1,2027-01-31,\np1,62,,1 g/kg/course,1,,\n"
    )
    target = tmp_path / "errors.csv"
    run = batch(run_cli, tmp_path, text, "--errors", str(target))
    assert run.code == 0
    assert len(rows(run.out)) == 6 + 3 + 1 + 1
    assert "read 4 rows: 4 planned" in run.err
    assert "on several rows: 1 id, each named as a note" in run.err
    (note,) = rows(target.read_bytes())
    assert (note["line"], note["id"], note["kind"]) == ("2", "p1", "note")
    assert note["message"] == (
        "this id stands on 3 rows, lines 2, 4, 5, and each was planned by itself; together at most 3.4 g per kg in any 28 consecutive "
        "dates, from Mon 04-Jan-2027 to Sun 31-Jan-2027; 1 row without dates is not in that sum; check that the rows belong together, or "
        "mend the id"
    )


def test_one_day_later_is_another_window(run_cli: RunCli, tmp_path: Path) -> None:
    text = "id,weight,dose,days,start\np1,62,1 g/kg/course,1,2027-01-04\np1,62,1 g/kg/course,1,2027-02-01\n"
    assert "together at most 1 g per kg in any 28 consecutive dates, on Mon 04-Jan-2027; check" in batch(run_cli, tmp_path, text).err


def test_rows_without_dates_are_said(run_cli: RunCli, tmp_path: Path) -> None:
    text = "id,weight,regimen\n" + "p1,62,itp\n" * 7
    said = batch(run_cli, tmp_path, text).err
    assert (
        "this id stands on 7 rows, lines 2, 3, 4, 5, 6 and 2 more, and each was planned by itself; 7 rows without dates are not in" in said
    )


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
    found = most_in_window(sorted(doses))
    sums = {
        first: sum((g for day, g in doses if first <= day < first + timedelta(days=28)), Fraction(0))
        for first in (DAY + timedelta(days=number) for number in range(91))
    }
    assert found
    assert found.g_per_kg == max(sums.values())
    assert sum((g for day, g in doses if found.first <= day <= found.last), Fraction(0)) == found.g_per_kg
    assert (found.last - found.first).days < 28


def test_no_doses_have_no_most() -> None:
    assert most_in_window([]) is None
    assert most_in_window([(DAY, Fraction(1))]) == Most(Fraction(1), DAY, DAY)


def test_a_store_without_room_is_said() -> None:
    with pytest.raises(OutputError, match="the temporary file for repeated ids could not be used"), open_store():
        raise sqlite3.OperationalError("database or disk is full")
