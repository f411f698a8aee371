"""What a hurried person types wrongly: one clear line that names it and its mend, the right exit code, and nothing touched."""

import re
import shlex
from pathlib import Path

import pytest

from tests.conftest import Run, RunCli

ITP = "plan --weight 62 --regimen itp"

# What is typed, the exit code, and what the message must say: the given value, then the mend.
NUMBERS = [
    # decimal commas and thousands
    ("plan --weight 62,5 --regimen itp", 2, "--weight", "'62,5'", "write 62.5"),
    ("plan --weight 1,250.5 --regimen itp", 2, "--weight", "'1,250.5'", "write digits with a point"),
    ("plan --weight '62,5 kg' --regimen itp", 2, "--weight", "'62,5'", 'write "62.5 kg"'),
    ("plan --weight 62 --dose '0,4 g/kg/day' --days 3", 2, "--dose", "'0,4'", "0.4"),
    # units: glued, misspelt, missing, too many, of something else
    ("plan --weight 62kq --regimen itp", 2, "--weight", "'62kq'", 'such as "62 kg"'),
    ("plan --weight 62mg --regimen itp", 2, "--weight", "'62mg'", 'such as "62 kg"'),
    ("plan --weight '62 kilo' --regimen itp", 2, "--weight", "'kilo'", 'such as "62 kg"'),
    ("plan --weight '62 cm' --regimen itp", 2, "--weight", "'cm'", 'such as "62 kg"'),
    ("plan --weight '62 kg/day' --regimen itp", 2, "--weight", "'62 kg/day'", 'such as "62 kg"'),
    ("plan --weight '62 kg kg' --regimen itp", 2, "--weight", "'62 kg kg'", 'such as "62 kg"'),
    ("plan --weight '9 st 11' --regimen itp", 2, "--weight", "'9 st 11'", '"9 st 11 lb"'),
    ("plan --weight '9 st 14 lb' --regimen itp", 2, "--weight", "'9 st 14 lb'", "write fewer than 14 lb"),
    ("plan --weight '11 lb 9 st' --regimen itp", 2, "--weight", "'11 lb 9 st'", '"9 st 11 lb"'),
    ("plan --weight kg --regimen itp", 2, "--weight", "'kg'", "such as 62.5"),
    # signs, nothing, no number
    ("plan --weight -62 --regimen itp", 2, "--weight", "'-62'", "without a sign"),
    ("plan --weight=-62 --regimen itp", 2, "--weight", "'-62'", "without a sign"),
    ("plan --weight +62 --regimen itp", 2, "--weight", "'+62'", "without a sign"),
    ("plan --weight \u221262 --regimen itp", 2, "--weight", "'\u221262'", "without a sign"),
    ("plan --weight 0 --regimen itp", 2, "--weight", "0 is zero", "above zero"),
    ("plan --weight 0.0 --regimen itp", 2, "--weight", "0.0 is zero", "above zero"),
    ("plan --weight 0kg --regimen itp", 2, "--weight", "0 is zero", "above zero"),
    ("plan --weight nan --regimen itp", 2, "--weight", "'nan'", "such as 62.5"),
    ("plan --weight NaN --regimen itp", 2, "--weight", "'NaN'", "such as 62.5"),
    ("plan --weight inf --regimen itp", 2, "--weight", "'inf'", "such as 62.5"),
    ("plan --weight Infinity --regimen itp", 2, "--weight", "'Infinity'", "such as 62.5"),
    ("plan --weight sixty --regimen itp", 2, "--weight", "'sixty'", "such as 62.5"),
    ("plan --weight '' --regimen itp", 2, "--weight", "nothing was given", "such as 62.5"),
    ("plan --weight ' ' --regimen itp", 2, "--weight", "nothing was given", "such as 62.5"),
    # digits that are not plain
    ("plan --weight 1e3 --regimen itp", 2, "--weight", "'1e3'", "write all its digits"),
    ("plan --weight 6.2e1kg --regimen itp", 2, "--weight", "'6.2e1", "write"),
    ("plan --weight 62_0 --regimen itp", 2, "--weight", "'62_0'", "write digits"),
    ("plan --weight 62. --regimen itp", 2, "--weight", "'62.'", "write 62"),
    ("plan --weight .5 --regimen itp", 2, "--weight", "'.5'", "write 0.5"),
    ("plan --weight 062 --regimen itp", 2, "--weight", "'062'", "write the number without doubt"),
    ("plan --weight 62.5.1 --regimen itp", 2, "--weight", "'62.5.1'", "at most one point"),
    ("plan --weight 6O --regimen itp", 2, "--weight", "'6O'", 'such as "62 kg"'),
    ("plan --weight l62 --regimen itp", 2, "--weight", "'l62'", "such as"),
    ("plan --weight '6 2' --regimen itp", 2, "--weight", "'6 2'", 'such as "62 kg"'),
    ("plan --weight 62-65 --regimen itp", 2, "--weight", "'62-65'", "such as 62.5"),
    ("plan --weight '<62' --regimen itp", 2, "--weight", "'<62'", "such as 62.5"),
    ("plan --weight \uff16\uff12 --regimen itp", 2, "--weight", "'\uff16\uff12'", "write plain digits"),
    ("plan --weight \uff16\uff12kg --regimen itp", 2, "--weight", "'\uff16\uff12'", "write plain digits"),
    ("plan --weight 62\U0001f642 --regimen itp", 2, "--weight", "'62\U0001f642'", "write plain digits"),
    ("plan --weight \U0001f642 --regimen itp", 2, "--weight", "'\U0001f642'", "write plain digits"),
    (f"plan --weight {'6' * 400} --regimen itp", 2, "--weight", "400 characters", "write at most 60"),
    # no patient weighs this
    ("plan --weight 700 --regimen itp", 2, "--weight", "'700'", "from 0.2 to 650 kg (a bound of our own); check"),
    ("plan --weight 0.1 --regimen itp", 2, "--weight", "'0.1'", "from 0.2 to 650 kg (a bound of our own); check"),
    ("plan --weight 62000 --regimen itp", 2, "--weight", "'62000'", "from 0.2 to 650 kg (a bound of our own); check"),
    # whole numbers
    (f"{ITP} --days 0", 2, "--days", "0 is zero", "write a whole number from 1 to"),
    (f"{ITP} --days -1", 2, "--days", "'-1'", "write a whole number from 1 to"),
    (f"{ITP} --days 2.5", 2, "--days", "2.5", "write a whole number from 1 to"),
    (f"{ITP} --days 3.0", 2, "--days", "3.0", "write a whole number from 1 to"),
    (f"{ITP} --days 32", 2, "--days", "32", "write a whole number from 1 to"),
    (f"{ITP} --days three", 2, "--days", "'three'", "write"),
    (f"{ITP} --days 1e1", 2, "--days", "'1e1'", "write a whole number from 1 to"),
    (f"{ITP} --days ''", 2, "--days", "nothing was given", "write"),
    (f"{ITP} --cycles 0", 2, "--cycles", "0 is zero", "write a whole number from 1 to"),
    (f"{ITP} --cycles x", 2, "--cycles", "'x'", "write"),
    (f"{ITP} --cycles 1001", 2, "--cycles", "1001", "write a whole number from 1 to"),
]
DOSES = [
    (f"{ITP[: ITP.index(' --regimen')]} --dose {dose} --days 5", 2, "--dose", named, mend)
    for dose, named, mend in [
        ("2", "'2'", '"2 g/kg/course"'),
        ("'2 g'", "'2 g'", '"2 g/kg/course"'),
        ("'2 g/g'", "'2 g/g'", '"2 g/kg/course"'),
        ("'2 g/kg/week'", "'2 g/kg/week'", '"2 g/kg/course"'),
        ("'150 g/day'", "'150 g/day'", '"2 g/kg/course"'),
        ("'up to 2 g/kg/course'", "'up to 2 g/kg/course'", '"2 g/kg/course"'),
        ("''", "''", '"2 g/kg/course"'),
        ("'0 g/kg/day'", "0 is zero", "above zero"),
        ("'-0.4 g/kg/day'", "'-0.4'", "without a sign"),
        ("'nan g/kg/day'", "'nan'", "write"),
        ("'4e-1 g/kg/day'", "'4e-1'", "write all its digits"),
        ("'0.4 mg/kg/day'", "'0.4 mg/kg/day'", "check whether g was meant"),
        ("'2 g/kg'", '"2 g/kg"', 'write --dose "2 g/kg/course" or --dose "2 g/kg/day"'),
    ]
]
DATES = [
    (f"{ITP} --start 2027-02-31", 2, "--start", "2027-02-31", "write a day of the calendar"),
    (f"{ITP} --start 2027-02-29", 2, "--start", "2027-02-29", "write a day of the calendar"),
    (f"{ITP} --start 31-02-2027", 2, "--start", "'31-02-2027'", "write year-month-day, such as 2027-01-04"),
    (f"{ITP} --start 04/01/2027", 2, "--start", "'04/01/2027'", "write year-month-day, such as 2027-01-04"),
    (f"{ITP} --start 2027-1-4", 2, "--start", "'2027-1-4'", "write year-month-day, such as 2027-01-04"),
    (f"{ITP} --start yesterday", 2, "--start", "'yesterday'", "today or tomorrow"),
    (f"{ITP} --start ''", 2, "--start", "''", "write year-month-day, such as 2027-01-04"),
    (f"{ITP} --start \uff12\uff10\uff12\uff17-01-04", 2, "--start", "-01-04'", "write year-month-day, such as 2027-01-04"),
    (f"{ITP} --start 10000-01-01", 2, "--start", "'10000-01-01'", "write year-month-day, such as 2027-01-04"),
    (f"{ITP} --start 0000-01-01", 2, "--start", "0000-01-01", "write a day of the calendar"),
    (f"{ITP} --start 9999-12-29 --cycles 2", 2, "9999", "3 weeks after", "write an earlier date"),
    (f"{ITP} --start 2027-01-04 --until 2027-01-03", 2, "--until", "2027-01-03", "write a later --until"),
    (f"{ITP} --start 2027-01-04 --until 2027-13-03", 2, "--until", "2027-13-03", "write a day of the calendar"),
    (f"{ITP} --until 2027-01-03", 2, "--until", "needs the first day", "add --start"),
    (f"{ITP} --infuse-on mon-fri", 2, "--infuse-on", "needs the first day", "add --start"),
    (f"{ITP} --closed 2027-01-05", 2, "--closed", "needs the first day", "add --start"),
    (f"{ITP} --closed 2027-01-32 --start 2027-01-04", 2, "--closed", "2027-01-32", "write a day of the calendar"),
    (f"{ITP} --start 2027-01-04 --until 2027-03-01 --cycles 2", 2, "--cycles", "--until", "write one of them"),
    (f"{ITP} --start 2027-01-04 --infuse-on mon-xyz", 2, "--infuse-on", "'xyz' in 'mon-xyz'", 'write such as "mon-fri"'),
    (f"{ITP} --start 2027-01-04 --infuse-on ''", 2, "--infuse-on", "''", 'write such as "mon-fri"'),
    (f"{ITP} --start 2027-01-04 --infuse-on mon,wed", 1, "--infuse-on", "3 consecutive days", "choose other --infuse-on days"),
    (f"{ITP} --every 3", 2, "--every", "'3'", '"3 weeks"'),
    (f"{ITP} --every weekly", 2, "--every", "'weekly'", '"3 weeks"'),
    (f"{ITP} --every '3 wks'", 2, "--every", "'3 wks'", '"3 weeks"'),
    (f"{ITP} --every '0 weeks'", 2, "--every", "0 is zero", "write a whole number from 1 to"),
    (f"{ITP} --every '1.5 weeks'", 2, "--every", "1.5", "write a whole number from 1 to"),
    (f"{ITP} --every '2000 weeks'", 2, "--every", "2000", "write a whole number from 1 to"),
    (f"{ITP} --every '2 days' --cycles 2", 1, "--every", "every 2 days", "write a longer --every or fewer --days"),
    (f"{ITP} --bispecific-start 2027-01-04", 2, "--bispecific-start", "start window", "leave it out"),
]
NAMES = [
    (
        "plan --weight 62 --regimen ipt",
        2,
        "--regimen",
        "'ipt'",
        "did you mean itp (Immune thrombocytopenia)?",
    ),
    ("plan --weight 62 --regimen melanome", 2, "--regimen", "'melanome'", "did you mean melanoma"),
    ("plan --weight 62 --regimen scleroderm", 2, "--regimen", "'scleroderm'", "did you mean scleroderma"),
    ("plan --weight 62 --regimen zzzz", 2, "--regimen", "'zzzz'", "list the known ones with: ivigcalc regimens"),
    ("plan --weight 62 --regimen ''", 2, "--regimen", "''", "list the known ones with: ivigcalc regimens"),
    ("plan --weight 62 --regimen \U0001f642", 2, "--regimen", "'\U0001f642'", "list the known ones with: ivigcalc regimens"),
    ("plan --weight 62 --regimen sclerosis", 2, "'sclerosis'", "--regimen multiple-sclerosis", "--regimen systemic-sclerosis"),
    ("plan --weight 62 --regimen il-2", 1, "--regimen", "'il-2' is not IVIG", "--regimen itp"),
    ("plan --weight 62 --regimen systemic-sclerosis", 1, "systemic-sclerosis", "no dose", '--dose "G g/kg/course" --days N'),
    ("regimens zzzz", 2, "regimens", "'zzzz'", "list all with: ivigcalc regimens"),
    ("regimens show", 2, "regimens show", "id is missing", "ivigcalc regimens show itp"),
    ("regimens show ipt", 2, "'ipt'", "not known", "did you mean itp (Immune thrombocytopenia)?"),
]
LIMITS = [
    (
        "plan --weight 70 --dose '2 g/kg/day' --days 5",
        1,
        "2 g per kg per day is more than",
        "10 g per kg per course is more than",
        "--accept daily-dose=2 --accept course-dose=10 --reason",
    ),
    (
        "plan --weight 70 --dose '1.5 g/kg/day' --days 1 --accept daily-dose=1.4 --reason x",
        1,
        "daily-dose",
        "1.5",
        "--accept daily-dose=1.5",
    ),
    (f"{ITP} --accept daily-dose=2 --reason x", 2, "--accept", "nothing asks for daily-dose", "leave it out"),
    (f"{ITP} --accept daily-dose=2", 2, "--accept", "needs a reason", "add --reason"),
    (f"{ITP} --accept daily-dose=2 --reason ' '", 2, "--accept", "needs a reason", "add --reason"),
    (f"{ITP} --accept daily-dose --reason x", 2, "--accept", "'daily-dose'", "such as daily-dose=1.5"),
    (f"{ITP} --accept '' --reason x", 2, "--accept", "''", "such as daily-dose=1.5"),
    (f"{ITP} --reason x", 2, "--reason", "nothing is accepted", "leave it out"),
    ("plan --weight 62 --regimen melanoma --accept daily-dose=2 --reason x", 2, "--accept", "no plan yet", "add --dose and --days"),
]
OPTIONS = [
    ("plan --regimen itp", 2, "--weight is needed", "--weight 62", '"137 lb"'),
    ("plan --weight 62", 2, "say what to plan", "--regimen ID", '--dose "2 g/kg/course"'),
    ("plan", 2, "say what to plan", "--regimen ID", '--dose "2 g/kg/course"'),
    ("plan --wieght 62 --regimen itp", 2, "'--wieght'", "'--weight'", "ivigcalc plan --help"),
    ("plan --weig 62 --regimen itp", 2, "'--weig'", "'--weight'", "ivigcalc plan --help"),
    ("plan --weight 62 --reg itp", 2, "'--reg'", "'--regimen'", "ivigcalc plan --help"),
    ("plan -w 62 --regimen itp", 2, "No such option", "'-w'", "ivigcalc plan --help"),
    ("plan --zzzz 3", 2, "No such option", "'--zzzz'", "ivigcalc plan --help"),
    ("plan 62 itp", 2, "'62' stands without an option", "--weight 62 --regimen itp", "ivigcalc plan --help"),
    ("plan --regimen itp --weight", 2, "'--weight'", "requires an argument", "ivigcalc plan --help"),
    (f"{ITP} --format", 2, "'--format'", "requires an argument", "ivigcalc plan --help"),
    (f"{ITP} -o", 2, "'-o'", "requires an argument", "ivigcalc plan --help"),
    (f"{ITP} --force=yes", 2, "'--force'", "does not take a value", "ivigcalc plan --help"),
    ("plan --weight --regimen itp", 2, "--weight", "--regimen", "ivigcalc plan --help"),
    (f"{ITP} --weight 63", 2, "--weight", "given twice", "write it once"),
    (f"{ITP} --force --force", 2, "--force", "given twice", "write it once"),
    (f"{ITP} -o a.csv --output b.csv", 2, "--output", "given twice", "write it once"),
    ("plna --weight 62", 2, "No such command", "'plna'", "Did you mean 'plan'?"),
    ("regimens --all", 2, "No such option", "'--all'", "ivigcalc regimens --help"),
    ("catalogue chek x", 2, "No such command", "'chek'", "Did you mean one of: 'check'"),
    ("catalogue check", 2, "Missing argument", "FILE", "ivigcalc catalogue check --help"),
    ("--versoin", 2, "No such option", "'--versoin'", "Did you mean '--version'?"),
]
PLACES = [
    (f"{ITP} --format xml", 2, "--format", "'xml'", "write table or csv or json"),
    (f"{ITP} --format CSV", 2, "--format", "'CSV'", "write table or csv or json"),
    (f"{ITP} -o itp.xlsx", 2, "itp.xlsx", "the suffix .xlsx is not known", "end the name with .csv or .json or .txt"),
    (f"{ITP} -o itp", 2, "itp", "has no suffix", "end the name with .csv or .json or .txt"),
    (f"{ITP} -o ''", 2, "-o", "nothing was given", "name a file"),
    (f"{ITP} -o itp.csv --format json", 2, "itp.csv", "contradicts --format json", "change one of them"),
    (f"{ITP} -o itp.json --format csv", 2, "itp.json", "contradicts --format csv", "change one of them"),
    (f"{ITP} -o kept.csv", 4, "kept.csv", "exists already and was kept", "name another file, or add --force"),
    (f"{ITP} -o folder.csv", 4, "folder.csv", "not a regular file", "name a file"),
    (f"{ITP} -o folder", 4, "folder", "not a regular file", "name a file"),
    (f"{ITP} -o folder/", 4, "folder", "not a regular file", "name a file"),
    (f"{ITP} -o folder.csv --force", 4, "folder.csv", "not a regular file", "name a file"),
    (f"{ITP} -o new.csv/", 4, "new.csv/", "not a regular file", "name a file"),
    (f"{ITP} -o nowhere/itp.csv", 4, "nowhere/itp.csv", "No such file or directory", "name another place"),
    (f"{ITP} -o kept.csv/itp.csv", 4, "kept.csv/itp.csv", "Not a directory", "name another place"),
    (f"{ITP} -o {'n' * 300}.csv", 4, "nnn.csv", "name too long", "name another place"),
    (f"{ITP} -o /dev/null --format csv", 4, "/dev/null", "not a regular file", "name a file"),
    (f"{ITP} -o /dev/null", 4, "/dev/null", "not a regular file", "name a file"),
    (f"{ITP} -o /dev/null --format csv --force", 4, "/dev/null", "not a regular file", "name a file"),
    ("plan --weight 62 --regimen melanoma -o itp.csv", 1, "-o needs a plan", "a choice is missing", "add --dose and --days"),
    ("plan --weight 62 --regimen melanoma --format json", 1, "--format needs a plan", "a choice is missing", "add --dose and --days"),
    ("plan --weight 62 --regimen melanoma --start 2027-01-04", 1, "--start asks", "a choice is missing", "add --dose and --days"),
    ("plan --weight 62 --regimen melanoma-high-dose -o itp.csv", 1, "-o needs a plan", "a choice is missing", "add --days"),
    ("plan --weight 62 --regimen metastatic-melanoma --format csv", 2, "--format", "melanoma-q3w", "--regimen melanoma-high-dose"),
]
BAD = [*NUMBERS, *DOSES, *DATES, *NAMES, *LIMITS, *OPTIONS, *PLACES]


def one_line(result: Run, code: int) -> str:
    """Hold a refusal to its form, and give its line."""
    assert result.code == code, result.err
    assert result.out == b""
    assert result.err.startswith("ivigcalc: ")
    assert result.err.endswith("\n")
    assert len(result.err.splitlines()) == 1, result.err
    assert "Traceback" not in result.err
    return result.err


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder that already holds a file and two folders."""
    (tmp_path / "kept.csv").write_bytes(b"old")
    (tmp_path / "folder.csv").mkdir()
    (tmp_path / "folder").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def contents(folder: Path) -> dict[str, tuple[int, bytes | None]]:
    """Every path under a folder with its mode and bytes."""
    return {
        str(path.relative_to(folder)): (path.stat().st_mode, path.read_bytes() if path.is_file() else None) for path in folder.rglob("*")
    }


def test_there_are_many_kinds_of_bad_input() -> None:
    assert len({typed for typed, *_ in BAD}) == len(BAD) >= 100


@pytest.mark.parametrize(("typed", "code", "says"), [(typed, code, says) for typed, code, *says in BAD], ids=lambda value: str(value)[:60])
def test_bad_input_is_one_line_with_the_value_and_a_mend(run_cli: RunCli, folder: Path, typed: str, code: int, says: list[str]) -> None:
    before = contents(folder)
    line = one_line(run_cli(*shlex.split(typed)), code)
    for words in says:
        assert words.lower() in line.lower()
    assert contents(folder) == before


@pytest.mark.parametrize(
    "typed", [typed for typed, *_ in NUMBERS + DOSES] + [f"{ITP} --days 2,5", f"{ITP} --cycles 1,5", f"{ITP} --days 3."]
)
def test_a_number_that_a_message_offers_is_accepted(run_cli: RunCli, typed: str) -> None:
    words = shlex.split(typed)
    message = run_cli(*words).err
    named = re.match(r"ivigcalc: (--[a-z]+): '([^']+)'", message)
    offered = re.search(r"; write ([0-9.]+)$", message)
    if named and offered:
        at = words.index(named[1]) + 1
        words[at] = words[at].replace(named[2], offered[1])
        assert run_cli(*words).code == 0, f"{message} but it is refused: {words}"


@pytest.mark.parametrize(
    ("option", "typed"),
    [("--days", "three"), ("--days", ""), ("--days", "nan"), ("--cycles", "1,000.5"), ("--dose", "nan g/kg/day"), ("--every", "x weeks")],
)
def test_the_example_in_a_message_is_one_for_the_option(run_cli: RunCli, option: str, typed: str) -> None:
    line = one_line(run_cli("plan", "--weight", "62", "--regimen", "itp", option, typed), 2)
    assert "62.5" not in line
    assert "1240.5" not in line


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [("l62", "space"), ("62 kg kg", "without a unit"), ("62 lbs oz", "without a unit"), ("-inf", "the unit"), ("6.2e1kg", "the unit")],
)
def test_the_reason_that_a_message_gives_is_the_true_one(run_cli: RunCli, typed: str, wrong: str) -> None:
    assert wrong not in one_line(run_cli("plan", "--weight", typed, "--regimen", "itp"), 2)


def test_a_course_past_the_last_day_of_the_calendar_is_not_blamed_on_the_number_of_courses(run_cli: RunCli) -> None:
    line = one_line(run_cli("plan", "--weight", "62", "--regimen", "itp", "--start", "9999-12-31"), 2)
    assert "9999" in line
    assert "fewer courses" not in line


@pytest.mark.parametrize("command", ["plna", "regimen", "catalog"])
def test_a_suggestion_is_made_once(run_cli: RunCli, command: str) -> None:
    assert one_line(run_cli(command), 2).count("Did you mean") == 1


@pytest.mark.parametrize("name", ["ipt", "sclerosis", "il-2"])
def test_a_message_of_regimens_show_names_no_option_that_it_does_not_have(run_cli: RunCli, name: str) -> None:
    assert "--regimen: " not in run_cli("regimens", "show", name).err


def test_every_option_is_refused_when_given_twice(run_cli: RunCli) -> None:
    once = {"weight": "62", "regimen": "itp", "dose": "1 g/kg/day", "days": "3", "every": "3 weeks", "cycles": "2", "until": "2027-02-01"}
    once |= {"start": "2027-01-04", "infuse-on": "mon-fri", "bispecific-start": "2027-01-01", "label": "x", "reason": "y", "format": "csv"}
    for name, value in once.items():
        assert f"--{name} is given twice" in one_line(run_cli("plan", f"--{name}", value, f"--{name}", value), 2)


def test_an_acceptance_left_over_from_another_patient_is_refused_beside_the_right_one(run_cli: RunCli) -> None:
    accept = ("--accept", "daily-dose=1.4", "--accept", "daily-dose=1.5", "--reason", "meant")
    line = one_line(run_cli("plan", "--weight", "70", "--dose", "1.5 g/kg/day", "--days", "1", *accept), 2)
    assert "daily-dose=1.4" in line
    assert "leave it out" in line


def test_options_that_may_be_repeated_may_be(run_cli: RunCli) -> None:
    dates = ("--start", "2027-01-04", "--closed", "2027-01-05", "--closed", "2027-01-06")
    result = run_cli("plan", "--weight", "62", "--regimen", "itp", *dates, "--format", "csv")
    assert result.code == 0
    assert b",2027-01-07," in result.out


def test_two_readings_are_spelt_out_in_grams(run_cli: RunCli) -> None:
    # 2 g per kg x 70 kg = 140 g in all, or 140 g a day and 5 x 140 g = 700 g in all
    line = one_line(run_cli("plan", "--weight", "70", "--dose", "2 g/kg", "--days", "5"), 2)
    for words in ("140 g in all", "28 g a day", "140 g a day", "700 g in all"):
        assert words in line


@pytest.mark.parametrize("where", ["--label", "--reason", "--regimen", "-o"])
def test_control_characters_never_reach_the_terminal(run_cli: RunCli, folder: Path, where: str) -> None:
    words = ["plan", "--weight", "70", "--dose", "1.5 g/kg/day", "--days", "1", "--accept", "daily-dose=1.5"]
    if where != "--reason":
        words += ["--reason", "meant"]
    result = run_cli(*words, where, "a\x1b[31m\x07\r\nb.txt")
    printed = result.text + result.err
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", printed)
    assert all(line.startswith("ivigcalc: ") for line in result.err.splitlines())


@pytest.mark.parametrize("format_name", ["table", "csv", "json"])
@pytest.mark.parametrize("option", ["--label", "--reason"])
def test_text_in_another_encoding_is_no_bug(run_cli: RunCli, tmp_path: Path, option: str, format_name: str) -> None:
    # "Jos\xe9" typed in a Latin-1 terminal reaches a UTF-8 program as a lone surrogate
    words = ["plan", "--weight", "70", "--dose", "1.5 g/kg/day", "--days", "1", "--accept", "daily-dose=1.5"]
    words += ["--reason", "meant"] if option == "--label" else []
    for target in ("-", str(tmp_path / "out")):
        result = run_cli(*words, option, "Jos\udce9", "--format", format_name, "-o", target)
        assert result.code in {0, 2}, result.err
        if result.code == 2:
            assert option in one_line(result, 2)


@pytest.mark.parametrize("lone", [0xDCE9, 0xD800], ids=hex)
@pytest.mark.parametrize("option", ["--weight", "--dose", "--label"])
def test_half_a_character_is_no_bug(run_cli: RunCli, option: str, lone: int) -> None:
    # the first is how a byte that is no UTF-8 arrives, the second how Windows hands on half of a pair
    given = {"--weight": "70", "--dose": "1 g/kg", "--label": "bed 4"}
    words = [part for name, text in given.items() for part in (name, text + chr(lone) if name == option else text)]
    assert f"{option}: " in one_line(run_cli("plan", "--days", "1", *words), 2)


def test_a_command_like_none_gets_no_suggestion(run_cli: RunCli) -> None:
    assert one_line(run_cli("zzzz"), 2) == "ivigcalc: No such command 'zzzz'. See: ivigcalc --help\n"
