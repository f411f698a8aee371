"""Files of patients: every row as `plan` does it, digit by digit; no row stops another, and none is lost."""

import csv
import errno
import io
import json
import os
import signal
import subprocess
import sys
from datetime import date
from functools import partial
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any, Final

import pytest

from ivigcalc.batch import running
from ivigcalc.batch.columns import COLUMNS, FLAGS, SEVERAL
from ivigcalc.batch.planning import Task, head, keep
from ivigcalc.batch.reading import Record, read_header
from ivigcalc.cli import app
from ivigcalc.cli.data import load_data
from tests.conftest import Run, RunCli
from tests.many import words_of
from tests.patients import BROKEN, line, mixed, patient
from tests.patients import COLUMNS as MIXED_COLUMNS

SMALL: Final = "id,weight,regimen\np1,62,itp\np2,70,itp\n"


def write(folder: Path, text: str | bytes, name: str = "patients.csv") -> str:
    """A file of patients in a folder."""
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return str(path)


def batch(run_cli: RunCli, folder: Path, text: str | bytes, *words: str, name: str = "patients.csv") -> Run:
    """Plan a file of patients."""
    return run_cli("batch", write(folder, text, name), *words)


def rows(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode(), newline=""), strict=True))


@pytest.mark.parametrize("way", BROKEN)
def test_a_broken_row_stops_no_other(run_cli: RunCli, tmp_path: Path, way: str) -> None:
    good = line({"id": "good", "weight": "62", "regimen": "itp"}).encode()
    data = (
        line(dict(zip(MIXED_COLUMNS, MIXED_COLUMNS, strict=True))).encode() + good + BROKEN[way][0]("bad") + good.replace(b"good", b"last")
    )
    run = batch(run_cli, tmp_path, data)
    assert run.code == 1
    assert [row["id"] for row in rows(run.out)] == ["good"] * 3 + ["last"] * 3
    said = run.err.splitlines()
    assert said[0].startswith("ivigcalc: line 3: ")
    assert BROKEN[way][1] in said[0]
    assert said[1].startswith("ivigcalc: read 3 rows: 2 planned, ")
    assert len(said) == 2


def test_the_rows_are_those_of_plan_byte_by_byte(run_cli: RunCli, tmp_path: Path) -> None:
    random = Random(7)
    people = [patient(random, number) for number in range(120)]
    text = "".join(map(line, [dict(zip(MIXED_COLUMNS, MIXED_COLUMNS, strict=True)), *people]))
    out = batch(run_cli, tmp_path, text).out.decode()
    expected = ""
    for row in people:
        shown = run_cli("plan", *words_of(row), "--format", "csv")
        if shown.code == 0:
            head, *body = shown.text.splitlines(keepends=True)
            expected = expected or f"id,{head}"
            expected += "".join(f"{row['id']},{part}" for part in body)
    assert out == expected
    assert len(expected.splitlines()) > 100


def test_a_row_of_json_is_that_of_plan(run_cli: RunCli, tmp_path: Path) -> None:
    row = {"weight": "62", "regimen": "itp", "product": "octagam-10-us", "start": "2027-01-04"}
    target = tmp_path / "plan.json"
    assert run_cli("plan", *words_of(row), "-o", str(target)).code == 0
    run = batch(run_cli, tmp_path, json.dumps({"id": "p1", **row}), "--format", "jsonl", name="patients.jsonl")
    assert run.out.count(b"\n") == 1
    assert json.loads(run.out) == {"id": "p1", **json.loads(target.read_bytes())}
    assert list(json.loads(run.out))[:2] == ["id", "schema"]


def test_the_columns_are_the_options_of_plan() -> None:
    import typer

    plan = typer.main.get_command(app).commands["plan"]  # type: ignore[attr-defined]
    options = {opt.removeprefix("--") for parameter in plan.params for opt in parameter.opts if opt.startswith("--")}
    assert set(COLUMNS) == {"id", *options} - {"output", "force", "format", "site", "help"}
    assert {p.opts[0].removeprefix("--") for p in plan.params if p.multiple} == set(SEVERAL)
    assert {p.opts[0].removeprefix("--") for p in plan.params if p.is_flag and p.name != "force"} == set(FLAGS)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_what_a_spreadsheet_writes(run_cli: RunCli, tmp_path: Path, delimiter: str, bom: bytes, end: str) -> None:
    text = end.join(
        delimiter.join(cells)
        for cells in (
            ("Start", "weight", "ID", "Regimen", "label", "infuse_on"),
            ("2027-01-04", "62", "p1", "itp", '"bed, 4; ""b"""', '"mon,tue,wed"'),
            ("", '" 9 st 11 lb"', "p2", "itp", '""', ""),
            ("",) * 6,
            ("", "5", "p3", '"itp"', f'"bed{end}4"', ""),
        )
    )
    run = batch(run_cli, tmp_path, bom + text.encode() + end.encode())
    found = rows(run.out)
    assert [(row["id"], row["label"], row["date"]) for row in found[::3]] == [
        ("p1", 'bed, 4; "b"', "2027-01-04"), ("p2", "", ""), ("p3", "bed 4", ""),
    ]  # fmt: skip
    assert run.err.splitlines() == [
        "ivigcalc: read 3 rows: 3 planned, 0 refused, 0 faulty",
        "ivigcalc: 1 row without a word was passed over",
    ]
    assert run.code == 0


def test_standard_input_and_output(run_cli: RunCli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(SMALL.encode())))
    run = run_cli("batch", "-", "--from", "csv", "-o", "-")
    assert [row["id"] for row in rows(run.out)] == ["p1"] * 3 + ["p2"] * 3


def test_processes_write_the_same_bytes_as_one(run_cli: RunCli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "CHUNK", 50)  # more chunks than may wait
    data, _, _ = mixed(700, seed=3, broken_every=10)
    one = batch(run_cli, tmp_path, data, "-o", str(tmp_path / "one.csv"), "--errors", str(tmp_path / "one-errors.csv"))
    many = batch(run_cli, tmp_path, data, "-o", str(tmp_path / "two.csv"), "--errors", str(tmp_path / "two-errors.csv"), "--jobs", "2")
    assert (tmp_path / "one.csv").read_bytes() == (tmp_path / "two.csv").read_bytes()
    assert (tmp_path / "one-errors.csv").read_bytes() == (tmp_path / "two-errors.csv").read_bytes()
    assert (one.code, one.err.replace("one", "two")) == (many.code, many.err)


def test_a_site_file_counts_for_every_row(run_cli: RunCli, tmp_path: Path) -> None:
    site = write(tmp_path, 'site: "Ward 3"\ndefaults:\n  round: "5 g"\n', "site.yaml")
    for jobs in ("1", "2"):
        found = rows(batch(run_cli, tmp_path, SMALL, "--site", site, "--jobs", jobs).out)
        assert {row["ordered_g"] for row in found} == {"25", "30"}  # 24.8 and 28 to the nearest 5 g
        assert "site-round" in found[0]["findings"]


def test_exit_codes(run_cli: RunCli, tmp_path: Path) -> None:
    assert batch(run_cli, tmp_path, SMALL).code == 0
    assert batch(run_cli, tmp_path, SMALL + "p3,62,melanoma-q3w\n").code == 1
    assert batch(run_cli, tmp_path, SMALL + "p3,0,itp\n").code == 1
    assert batch(run_cli, tmp_path, "id,weight,regimen\n").code == 2  # an empty export is no schedule of nobody


def test_acceptance_counts_for_its_own_row_only(run_cli: RunCli, tmp_path: Path) -> None:
    text = "id,weight,dose,days,accept,reason\np1,70,1.5 g/kg/day,1,daily-dose=1.5,meant\np2,70,1.5 g/kg/day,1,,\n"
    run = batch(run_cli, tmp_path, text)
    assert [(row["id"], row["findings"]) for row in rows(run.out)] == [("p1", "daily-dose-1.5-accepted;no-source")]
    assert "line 3: id p2: refused: daily-dose: 1.5 g per kg per day is more than the limit" in run.err


def test_what_a_spreadsheet_would_run_is_made_harmless_and_said(run_cli: RunCli, tmp_path: Path) -> None:
    text = "id,weight,regimen,label\n=p1,62,itp,\np2,62,itp,+1\n@p3,0,itp,\n"
    run = batch(run_cli, tmp_path, text, "--errors", str(tmp_path / "errors.csv"), "-o", str(tmp_path / "out.csv"))
    assert [(row["id"], row["label"]) for row in rows((tmp_path / "out.csv").read_bytes())[::3]] == [("'=p1", ""), ("p2", "'+1")]
    assert [row["id"] for row in rows((tmp_path / "errors.csv").read_bytes())] == ["'@p3"]
    assert "an id or label starts like a formula of a spreadsheet on 2 rows; an apostrophe was put before it" in run.err


def test_errors_are_written_even_where_there_are_none(run_cli: RunCli, tmp_path: Path) -> None:
    target = tmp_path / "errors.csv"
    assert batch(run_cli, tmp_path, SMALL, "--errors", str(target)).code == 0
    assert target.read_bytes() == b"line,id,kind,message\r\n"


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("-o", "out.xlsx"), 2, "-o out.xlsx: the suffix .xlsx is not known"),
        (("-o", "out"), 2, "-o out: the name has no suffix"),
        (("-o", "out.csv", "--format", "jsonl"), 2, "the suffix .csv contradicts --format jsonl"),
        (("--from", "jsonl"), 2, "the suffix .csv contradicts --from jsonl"),
        (("--format", "xml"), 2, "--format: 'xml' is not known; write csv or jsonl"),
        (("--errors", "errors.txt"), 2, "--errors errors.txt: the suffix .txt is not known"),
        (("--force",), 2, "--force replaces a file, and none is named"),
        (("--jobs", "0"), 2, "--jobs: 0 is zero; write a whole number from 1 to 64"),
        (("--jobs", "65"), 2, "a bound of our own"),
        (("-o", "patients.csv", "--force"), 2, "name the same file"),
        (("-o", "a.csv", "--errors", "a.csv"), 2, "name the same file"),
        (("-o", "old.csv"), 4, "old.csv: exists already and was kept"),
        (("--errors", "old.csv"), 4, "old.csv: exists already and was kept"),
        (("-o", "nowhere/out.csv"), 4, "could not be written"),
    ],
)
def test_wrong_use_writes_nothing(
    run_cli: RunCli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], code: int, message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path, "old", "old.csv")
    write(tmp_path, SMALL)
    run = run_cli("batch", "patients.csv", *words)
    assert (run.code, run.out) == (code, b"")
    assert message in run.err
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"old.csv": b"old", "patients.csv": SMALL.encode()}


@pytest.mark.parametrize(
    ("name", "message"), [("none.csv", "none.csv: could not be read"), (".", "has no suffix"), ("-", "standard input")]
)
def test_an_input_that_cannot_be_read(run_cli: RunCli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, message: str) -> None:
    monkeypatch.chdir(tmp_path)
    run = run_cli("batch", name)
    assert (run.code, run.out) == (2, b"")
    assert message in run.err


def test_a_folder_is_no_file_of_patients(run_cli: RunCli, tmp_path: Path) -> None:
    (tmp_path / "folder.csv").mkdir()
    assert "could not be read (Is a directory)" in run_cli("batch", str(tmp_path / "folder.csv")).err


def test_standard_input_that_is_closed(run_cli: RunCli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    run = run_cli("batch", "-", "--from", "csv")
    assert (run.code, run.err) == (2, "ivigcalc: standard input is closed; name a file of patients\n")


def test_force_replaces_both_files_and_keeps_their_modes(run_cli: RunCli, tmp_path: Path) -> None:
    out = Path(write(tmp_path, "old", "out.csv"))
    out.chmod(0o600)
    assert batch(run_cli, tmp_path, SMALL, "-o", str(out), "--force").code == 0
    assert out.read_bytes().startswith(b"id,label,")
    assert out.stat().st_mode & 0o777 == 0o600


def test_progress_is_shown_on_a_terminal_only(run_cli: RunCli, tmp_path: Path) -> None:
    source = write(tmp_path, SMALL)
    target = str(tmp_path / "out.csv")
    shown = run_cli("batch", source, "-o", target, tty=True).err
    assert "2 rows, " in shown
    assert " per second" in shown
    assert "read 2 rows: 2 planned" in shown
    assert " per second" not in run_cli("batch", source, "-o", target, "--force").err


def test_rich_is_not_loaded_without_a_terminal(tmp_path: Path) -> None:
    source = write(tmp_path, SMALL)
    code = f"import sys; from ivigcalc.cli import run; run(['batch', {source!r}]); sys.exit('rich.progress' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=False).returncode == 0


def test_the_date_of_today_is_the_same_for_every_row(run_cli: RunCli, tmp_path: Path) -> None:
    run = batch(run_cli, tmp_path, "id,weight,regimen,start\np1,62,itp,today\np2,62,itp,tomorrow\n")
    first, second = (date.fromisoformat(row["date"]) for row in rows(run.out)[::3])
    assert (second - first).days == 1


# What is kept between rows


def test_nothing_that_is_kept_goes_to_another_patient(run_cli: RunCli, tmp_path: Path) -> None:
    text = (
        "id,weight,regimen,label,dose,days,accept,reason\n"
        "p1,62,itp,,,,,\np2,62,itp,,,,,\np3,62,itp,bed 4,,,,\np4,62,itp,,,,,\n=p5,62,itp,,,,,\np6,62.0,itp,=1,,,,\n"
        "p7,70,,,1.5 g/kg/day,1,daily-dose=1.5,meant\np8,70,,,1.5 g/kg/day,1,,\np9,70,,,1.5 g/kg/day,1,daily-dose=1.5,other\n"
    )
    run = batch(run_cli, tmp_path, text)
    assert [(row["id"], row["label"]) for row in rows(run.out)[:18:3]] == [
        ("p1", ""), ("p2", ""), ("p3", "bed 4"), ("p4", ""), ("'=p5", ""), ("p6", "'=1"),
    ]  # fmt: skip
    assert [row["id"] for row in rows(run.out)[18:]] == ["p7", "p9"]
    assert "on 2 rows; an apostrophe" in run.err
    assert "line 9: id p8: refused: daily-dose" in run.err


def test_what_is_kept_is_bounded_and_changes_nothing(run_cli: RunCli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data, _, _ = mixed(200, seed=5)
    expected = batch(run_cli, tmp_path, data).out
    for name in ("MOST_PREPARED", "MOST_PLACES", "MOST_ANSWERS", "MOST_ROWS"):
        monkeypatch.setattr(f"ivigcalc.batch.planning.{name}", 1)
    assert batch(run_cli, tmp_path, data).out == expected
    kept: dict[int, int] = {}
    for number in range(10):
        keep(kept, number, number, 3)
        assert kept[number] == number
        assert len(kept) <= 3


# Interrupted: tests/test_killed.py holds what a signal leaves behind


def test_interrupted_on_standard_output_it_says_so(run_cli: RunCli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("ivigcalc.batch.running.plan_records", interrupt)
    run = batch(run_cli, tmp_path, SMALL)
    assert (run.code, run.err) == (4, "ivigcalc: interrupted; what stands on standard output is not complete\n")
    run = batch(run_cli, tmp_path, SMALL, "-o", str(tmp_path / "out.csv"), "--errors", str(tmp_path / "errors.csv"))
    assert (run.code, run.err) == (130, "ivigcalc: interrupted; nothing was written\n")
    assert [path.name for path in tmp_path.iterdir()] == ["patients.csv"]


def test_what_a_process_does(monkeypatch: pytest.MonkeyPatch) -> None:
    ignored: list[object] = []
    monkeypatch.setattr("signal.signal", lambda *what: ignored.append(what))
    monkeypatch.setattr(running, "_plan", None)
    task = Task(read_header("id,weight,regimen"), "csv", date.today(), partial(load_data, "none"))
    running._start_worker(task)
    assert ignored == [(signal.SIGINT, signal.SIG_IGN)]
    assert [row["id"] for row in rows(head("csv") + running._work((Record(2, "p1,62,itp"),)).output)] == ["p1"] * 3


def test_a_process_ends_with_its_parent(monkeypatch: pytest.MonkeyPatch) -> None:
    ended: list[int] = []
    monkeypatch.setattr(os, "_exit", ended.append)
    running._go_with_parent()  # this process has no parent of its own
    assert ended == []
    monkeypatch.setattr("multiprocessing.parent_process", lambda: SimpleNamespace(join=lambda: None))
    running._go_with_parent()
    assert ended == [1]


def die(_: object) -> None:
    """What a process does that the system ends."""
    os._exit(9)


def test_a_process_that_dies_is_said_and_nothing_is_written(run_cli: RunCli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ivigcalc.batch.running._work", die)
    run = batch(run_cli, tmp_path, SMALL, "-o", str(tmp_path / "out.csv"), "--jobs", "2")
    assert run.code == 4
    assert "a process ended before its rows were planned" in run.err
    assert not (tmp_path / "out.csv").exists()


def test_a_process_that_cannot_be_started_is_said(run_cli: RunCli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> None:
        raise OSError(errno.EAGAIN, "Resource temporarily unavailable")

    monkeypatch.setattr("concurrent.futures.ProcessPoolExecutor.submit", refuse)
    run = batch(run_cli, tmp_path, SMALL, "-o", str(tmp_path / "out.csv"), "--jobs", "2")
    assert (run.code, run.err) == (
        4,
        "ivigcalc: a process could not be started (Resource temporarily unavailable); run again with --jobs 1\n",
    )
    assert not (tmp_path / "out.csv").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="masks of Unix")
def test_what_a_terminal_sends_to_all_is_kept_from_what_is_started(monkeypatch: pytest.MonkeyPatch) -> None:
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ())
    with running._left_to_the_parent():
        assert {signal.SIGINT, signal.SIGHUP} <= signal.pthread_sigmask(signal.SIG_BLOCK, ())
    assert signal.pthread_sigmask(signal.SIG_BLOCK, ()) == before
    monkeypatch.delattr(signal, "pthread_sigmask")  # as on Windows
    with running._left_to_the_parent():
        pass
