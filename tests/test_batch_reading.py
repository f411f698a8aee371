"""What a file of patients may look like, and what is said of one that cannot be read."""

import io
import json
import tracemalloc
from pathlib import Path

import pytest

from ivigcalc.batch.columns import as_typed, from_json
from ivigcalc.batch.reading import MOST_LINES, open_reader, read_header
from ivigcalc.errors import InputError
from tests.conftest import RunCli
from tests.test_batch import batch, rows


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"", "the file of patients is empty; its first line names the columns"),
        (b"\n", "line 1 is no header: it names no column; write one such as id,weight,regimen,start,cycles"),
        (
            b"Ward 4\nid,weight,regimen\n",
            "line 1 is no header: it names no column; write one such as id,weight,regimen,start,cycles, and delete",
        ),
        (b"sep=;\nid;weight;regimen\n", "line 1 is no header: none of its 2 cells names a column"),
        (b"p1,62,itp\n", "line 1 is no header: none of its 3 cells names a column; write one such as id,weight,regimen"),
        (b"id,wieght,regimen\n", "the column 'wieght' is not known; did you mean weight"),
        (b"id,weight,regimen,ward\n", "the column 'ward' is not known; "),
        (b"id,weight,regimen,zzzzzz\n", "the column 'zzzzzz' is not known; rename it, or delete it; columns are named as the options"),
        (b"id,weight,regimen,Weight\n", "the column weight stands twice; delete one of them"),
        (b"id,weight,,regimen\n", "column 3 has no name; name it, or delete the column"),
        (b"weight,regimen\n", "the column id is missing"),
        (b"id,regimen\n", "the column weight is missing"),
        (b"id,weight\n", "the column regimen is missing; add it, or dose for doses of your own"),
        (b"id,weight,force\n", "the column 'force' is not known"),
        (b"Patient ID,Weight,Regimen\n", "the column 'Patient ID' is not known; did you mean id? Columns are named as the options of"),
        (b"id,Weight (lb),regimen\n", "the column 'Weight (lb)' is not known; did you mean weight (a number alone is in kg)?"),
        (b"id weight regimen\n", "line 1 is no header: it names no column"),
        (b",,\n", "line 1 is no header: none of its 3 cells names a column"),
        (b'{"id": "p1"}\n', "line 1 is JSON and not a header; a file of JSON Lines is named .jsonl"),
        (b"id,weight,reg\0imen\n", "line 1, the header: the line holds a NUL byte"),
        (b"id,weight,r\xe9gimen\n", "line 1, the header: byte 12 of the line, 0xe9, is not UTF-8"),
        ("id,weight,regimen\n".encode("utf-16"), "line 1: the file is UTF-16; save it as CSV UTF-8"),
        (b'id,weight,"regimen\n', "the column '\"regimen' is not known; did you mean regimen"),
        (b"id,weight,regimen\rp1,62,itp\r", "a carriage return stands inside the line"),
        (b"id,weight,regimen\r" + b"p1,62,itp\r" * 9_000, "line 1, the header: a carriage return stands inside the line"),
        (
            "id,weight,regimen\n".encode("utf-16-le"),
            "line 1, the header: the line holds a NUL byte, so it is no text; save the file as CSV UTF-8",
        ),
        (b"PK\x03\x04\x14\0\x06\0", "line 1, the header: the line holds a NUL byte, so it is no text; save the file as CSV UTF-8"),
        (b"x" * 70_000, "line 1, the header: a line of 70,000 bytes; write at most 65,536 (a bound of our own)"),
    ],
)
def test_a_header_that_cannot_be_used_stops_before_anything_is_written(run_cli: RunCli, tmp_path: Path, text: bytes, message: str) -> None:
    target = tmp_path / "out.csv"
    run = batch(run_cli, tmp_path, text, "-o", str(target), "--errors", str(tmp_path / "errors.csv"))
    assert run.code == 2
    assert message in run.err
    assert [path.name for path in tmp_path.iterdir()] == ["patients.csv"]


def test_names_are_taken_in_any_case_of_letters_with_spaces_for_hyphens() -> None:
    header = read_header("ID;Weight; Infuse On ;dosing_weight;DOSE")
    assert (header.delimiter, header.columns) == (";", ("id", "weight", "infuse-on", "dosing-weight", "dose"))


def test_a_delimiter_in_a_quoted_name_does_not_count() -> None:
    assert read_header('"id";"weight";"regimen"').delimiter == ";"


HEAD = "id,weight,regimen,label\n"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_empty_columns_and_cells_at_the_end_are_left_out(run_cli: RunCli, tmp_path: Path, delimiter: str) -> None:
    text = "id,weight,regimen,,\np1,62,itp,,\n,,,,\np2,62,itp\np3,62,itp,,,,,\np4,62,itp,, ,\np5,62,itp,,x\n,,,,x\np6,62\n"
    run = batch(run_cli, tmp_path, text.replace(",", delimiter))
    assert [row["id"] for row in rows(run.out)[::3]] == ["p1", "p2", "p3", "p4"]
    said = run.err.splitlines()
    assert said[0].startswith("ivigcalc: line 7: faulty: 5 cells where the header has 3; mend the delimiters of this row")
    assert said[1].startswith("ivigcalc: line 8: faulty: 5 cells where the header has 3")
    assert said[2].startswith("ivigcalc: line 9: faulty: 2 cells where the header has 3")
    assert said[3:] == ["ivigcalc: read 7 rows: 4 planned, 0 refused, 3 faulty", "ivigcalc: 1 row without a word was passed over"]


def test_a_header_that_stands_again_is_no_patient(run_cli: RunCli, tmp_path: Path) -> None:
    run = batch(run_cli, tmp_path, 'id,weight,regimen,\np1,62,itp\nID, Weight,"regimen",\np2,62,itp\n')
    assert [row["id"] for row in rows(run.out)] == ["p1"] * 3 + ["p2"] * 3
    assert run.err.startswith("ivigcalc: line 3: faulty: the header stands here again; delete this line\n")


def test_no_row_after_another_header_is_planned(run_cli: RunCli, tmp_path: Path) -> None:
    """Two files one after the other: 165 of the second one is a height, and would be a body weight by the first header."""
    text = "id,weight,height,regimen\np1,62,165,itp\nid,height,weight,regimen\np2,165,62,itp\np3,0,62,itp\n"
    for jobs in ("1", "2"):
        run = batch(run_cli, tmp_path, text, "--jobs", jobs)
        assert [row["id"] for row in rows(run.out)] == ["p1"] * 3
        said = run.err.splitlines()
        assert said[0] == "ivigcalc: line 3: faulty: another header stands here, with other columns; split the file before this line"
        for number in (4, 5):
            assert said[number - 3] == (
                f"ivigcalc: line {number}: faulty: another header stands on line 3, so that the columns of this row are not sure; "
                "split the file before that line"
            )
        assert said[3] == "ivigcalc: read 4 rows: 1 planned, 0 refused, 3 faulty"


def test_a_patient_may_have_the_name_of_a_column(run_cli: RunCli, tmp_path: Path) -> None:
    run = batch(run_cli, tmp_path, HEAD + "label,62,itp,dose\n")
    assert (run.code, [row["id"] for row in rows(run.out)]) == (0, ["label"] * 3)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        *(
            (typed, "is not a date that has one reading; write year-month-day")
            for typed in ("04/01/2027", "1/4/2027", "04-Jan-27", "#REF!")
        ),
        ("2027-01-04 00:00:00", "write year-month-day, such as 2027-01-04, or today or tomorrow"),
        ("46391", "46391 may be a spreadsheet's number of a day, so give its cell the format yyyy-mm-dd"),
        ("46391.0", "may be a spreadsheet's number of a day"),
    ],
)
def test_dates_as_a_spreadsheet_writes_them(run_cli: RunCli, tmp_path: Path, typed: str, words: str) -> None:
    run = batch(run_cli, tmp_path, f"id,weight,regimen,start\np1,62,itp,{typed}\n")
    assert (run.code, run.out.count(b"\n")) == (1, 1)
    assert f"line 2: id p1: faulty: start: {typed!r} is not a date" in run.err
    assert words in run.err


def test_a_quote_left_open_takes_no_other_row_with_it(run_cli: RunCli, tmp_path: Path) -> None:
    text = HEAD + 'p1,62,itp,"bed 4\np2,62,itp,bed 5\np3,62,itp,"bed 6"\np4,62,itp,"bed\n\n7"\n'
    run = batch(run_cli, tmp_path, text)
    assert [(row["id"], row["label"]) for row in rows(run.out)[::3]] == [("p2", "bed 5"), ("p3", "bed 6"), ("p4", "bed 7")]
    assert run.err.startswith("ivigcalc: line 2: faulty: a quote opens a cell and does not close it")


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ('label,id,weight,regimen\n"bed\n4",p1,62,itp\n', ["bed 4"]),
        ('id,weight,regimen,label\np1,62,itp,"bed 4\nnurse A, B, C, D"\np2,62,itp,bed 5\n', ["bed 4 nurse A, B, C, D", "bed 5"]),
        ('id,label,weight,regimen\np1,"a\nb,c,d,f\ne",62,itp\n', None),  # a line like a row of its own, without quotes
    ],
)
def test_a_quoted_cell_may_go_on_in_a_line_that_has_delimiters(
    run_cli: RunCli, tmp_path: Path, text: str, labels: list[str] | None
) -> None:
    run = batch(run_cli, tmp_path, text)
    if labels is None:
        assert "line 2: faulty: a quote opens a cell" in run.err
        return
    assert run.code == 0, run.err
    assert [row["label"] for row in rows(run.out)[::3]] == labels


def test_a_file_without_patients_writes_nothing(run_cli: RunCli, tmp_path: Path) -> None:
    source, target = tmp_path / "patients.csv", tmp_path / "schedule.csv"
    source.write_text("id,weight,regimen\n\n", encoding="utf-8")
    target.write_text("old", encoding="utf-8")
    run = run_cli("batch", str(source), "-o", str(target), "--force")
    assert (run.code, target.read_text(encoding="utf-8")) == (2, "old")
    assert f"{source}: holds no patients, so nothing was written; write a row for each" in run.err


def test_lines_are_counted_in_the_file_not_in_rows(run_cli: RunCli, tmp_path: Path) -> None:
    run = batch(run_cli, tmp_path, HEAD + 'p1,62,itp,"a\nb\nc"\n\np2,0,itp,\n')
    assert run.err.startswith("ivigcalc: line 6: id p2: faulty: weight: 0 is zero")


def test_a_quoted_cell_has_a_bound_on_its_lines(run_cli: RunCli, tmp_path: Path) -> None:
    breaks = "x\n" * (MOST_LINES + 3)
    run = batch(run_cli, tmp_path, HEAD + f'p1,62,itp,"{breaks}"\np2,62,itp,\n')
    assert [row["id"] for row in rows(run.out)] == ["p2"] * 3
    assert "line 2: faulty: a quote opens a cell" in run.err


def test_a_file_that_ends_inside_a_quote(run_cli: RunCli, tmp_path: Path) -> None:
    run = batch(run_cli, tmp_path, HEAD + 'p1,62,itp,bed 4\np2,62,itp,"bed')
    assert "line 3: faulty: a quote opens a cell and does not close it where the cell ends" in run.err
    assert "look whether the end of the file is missing" in run.err


def test_a_last_line_without_its_end_is_planned_and_said(run_cli: RunCli, tmp_path: Path) -> None:
    run = batch(run_cli, tmp_path, HEAD + 'p1,62,itp,"bed\n4"')
    assert run.code == 0
    assert run.err.startswith("ivigcalc: line 2: id p1: note: the last line does not end with a line break")
    assert "1 planned" in run.err


def test_a_carriage_return_inside_a_line(run_cli: RunCli, tmp_path: Path) -> None:
    run = batch(run_cli, tmp_path, HEAD + "p1,62,itp,a\rb\np2,62,itp,\n")
    assert "line 2: faulty: a carriage return stands inside the line" in run.err


def test_the_id_has_bounds(run_cli: RunCli, tmp_path: Path) -> None:
    run = batch(run_cli, tmp_path, HEAD + f"{'p' * 61},62,itp,\n\x01,62,itp,\n{'p' * 60},62,itp,\n")
    assert "line 2: faulty: the id has 61 characters; write 1 to 60 (a bound of our own)" in run.err
    assert "line 3: faulty: the id has 0 characters" in run.err
    assert "1 planned" in run.err


def test_a_line_of_100_mb_is_passed_over_in_little_memory() -> None:
    class Long(io.RawIOBase):
        """A header, 100 MB without a line end, and a row."""

        def __init__(self) -> None:
            self.parts = [b"id,weight,regimen\n", *[b"x" * 1_000_000] * 100, b"\np2,62,itp\n"]
            self.rest = b""

        def readable(self) -> bool:
            return True

        def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
            self.rest = self.rest or (self.parts.pop(0) if self.parts else b"")
            taken = self.rest[: len(buffer)]
            buffer[: len(taken)] = taken
            self.rest = self.rest[len(taken) :]
            return len(taken)

    tracemalloc.start()
    records = list(open_reader(io.BufferedReader(Long()), "csv").records)  # type: ignore[type-var]
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert [(record.line, record.text) for record in records] == [(2, ""), (3, "p2,62,itp")]
    assert records[0].fault
    assert records[0].fault.startswith("a line of 100,000,001 bytes; write at most 65,536")
    assert peak < 8_000_000


def test_a_file_that_can_no_longer_be_read(run_cli: RunCli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken(io.BytesIO):
        def readline(self, size: int | None = -1) -> bytes:
            raise OSError(5, "Input/output error")

    with pytest.raises(InputError, match=r"could not be read \(Input/output error\)"):
        open_reader(Broken(b"x"), "csv")


# JSON Lines


def test_json_lines_keep_every_digit_and_the_order(run_cli: RunCli, tmp_path: Path) -> None:
    lines = [
        {"id": "p1", "weight": 62.14215469, "regimen": "itp", "cycles": 2, "label": None, "sex": ""},
        {
            "regimen": "itp",
            "Weight": "137 lb",
            "id": 7,
            "start": "2027-01-04",
            "infuse_on": "mon-fri",
            "closed": ["2027-01-05", "2027-01-06"],
        },
        {"id": "p3", "weight": "62", "regimen": "itp", "not-pregnant": True, "label": "漢"},
    ]
    text = "\r\n".join(json.dumps(line) for line in lines) + "\r\n\r\n"
    run = batch(run_cli, tmp_path, text, name="patients.jsonl")
    assert run.code == 0
    found = rows(run.out)
    assert [(row["id"], row["dosing_weight_kg"]) for row in found][::3] == [
        ("p1", "62.14215469"), ("p1", "62.14215469"), ("7", "62.14215469"), ("p3", "62"),
    ]  # fmt: skip
    assert found[6]["date"] == "2027-01-11"  # Monday 4 January does not fit: 5 and 6 January are closed, and then comes the weekend


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("62", "the line is no JSON object with values"),
        ("{}", "the line is no JSON object with values"),
        ("[]", "the line is no JSON object with values"),
        ('["id"]', "the line is no JSON object with values"),
        ('{"id": "p1", "weight": 62', "the line is no JSON object, Expecting ',' delimiter at character 26"),
        ("[" * 50_000, "the line is no JSON object"),
        ('{"id": "p1", "wieght": 62}', "the name 'wieght' is not known; did you mean weight"),
        ('{"id": "p1", "weight": 62, "weight": 63}', "the name weight stands twice"),
        ('{"weight": 62, "regimen": "itp"}', "the id is missing"),
        ('{"id": "p1", "weight": {"kg": 62}}', "--weight: the value is neither a text nor a number"),
        ('{"id": "p1", "weight": true}', "--weight: the value is neither a text nor a number"),
        ('{"id": "p1", "pregnant": false}', '--pregnant: the value is neither a text nor a number; write such as "pregnant": "yes"'),
        ('{"id": "p1", "label": "\\ud800"}', "--label: holds half of a character"),
    ],
)
def test_json_that_is_no_row(text: str, message: str) -> None:
    with pytest.raises(InputError) as error:
        from_json(text)
    assert message in str(error.value)


def test_numbers_of_json_stay_text() -> None:
    row = from_json('{"id": 1, "weight": 62.10, "cycles": 1e3, "height": NaN, "pregnant": true, "accept": "a=1; b=2"}')
    assert row
    assert row.id == "1"
    assert as_typed(row.texts) == {"weight": "62.10", "cycles": "1e3", "height": "NaN", "pregnant": "yes", "accept": ("a=1", "b=2")}


def test_a_broken_line_of_json_stops_no_other(run_cli: RunCli, tmp_path: Path) -> None:
    good = '{"id": "p%d", "weight": "62", "regimen": "itp"}\n'
    text = b"\xef\xbb\xbf" + (good % 1).encode() + b"{\n\xff\n\n" + (good % 2).encode()
    run = batch(run_cli, tmp_path, text, name="patients.jsonl")
    assert [row["id"] for row in rows(run.out)] == ["p1"] * 3 + ["p2"] * 3
    said = run.err.splitlines()
    assert said[0].startswith("ivigcalc: line 2: faulty: the line is no JSON object")
    assert said[1].startswith("ivigcalc: line 3: faulty: byte 1 of the line, 0xff, is not UTF-8")
    assert said[2] == "ivigcalc: read 4 rows: 2 planned, 0 refused, 2 faulty"
