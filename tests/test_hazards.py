"""The hazard log is whole, each of its controls is proved by tests that exist, and what is said of the intended use agrees everywhere."""

import ast
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from ivigcalc.errors import CatalogueError
from ivigcalc.export import about
from tests import hazards
from tests.hazards import LIKELIHOODS, MATRIX, PAGE, ROOT, SEVERITIES, Log, Risk, known_tests, load, page

GOOD = """\
scale: How it is rated.
source: A page
severities: {minor: a, significant: b, considerable: c, major: d, catastrophic: e}
likelihoods: {very low: a, low: b, medium: c, high: d, very high: e}
levels: {"1": a, "2": b, "3": c, "4": d, "5": e}
sign_off: [Pharmacy]
hazards:
  H1:
    hazard: A wrong dose
    causes: [a slip]
    harm: overdose
    before: {severity: major, likelihood: medium}
    after: {severity: major, likelihood: very low}
    controls:
      - control: a second calculation
        tests: [test_a.py::test_one, test_a.py::test_two]
  H2:
    hazard: A second course
    causes: [two orders]
    harm: thrombosis
    before: {severity: major, likelihood: medium}
    after: {severity: major, likelihood: medium}
    in_use: [the pharmacy looks up earlier courses]
    open: the program knows of no other course
"""
TESTS = frozenset({"tests/test_a.py::test_one", "tests/test_a.py::test_two"})


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "hazards.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def faults_of(tmp_path: Path, text: str) -> tuple[str, ...]:
    with pytest.raises(CatalogueError) as caught:
        load(written(tmp_path, text), TESTS)
    return caught.value.faults


# The log that ships


@pytest.fixture(scope="module")
def log() -> Log:
    return load()


def test_the_page_is_the_one_of_the_log(log: Log) -> None:
    assert PAGE.read_text(encoding="utf-8") == page(log), "docs/hazards.md is stale; run: python -m tests.hazards"


def test_the_sixteen_hazards_that_were_known_from_the_start_are_there(log: Log) -> None:
    words = "formula unit weight rests every vials concentration rates day misread pasted spreadsheet guessed binary chose warning"
    for hazard, word in zip(log.hazards, words.split(), strict=False):
        assert word in hazard.name.lower(), hazard.id
    assert len(log.hazards) > 16


def test_no_hazard_is_rated_unacceptable_after_its_controls_and_what_is_undesirable_is_open(log: Log) -> None:
    for hazard in log.hazards:
        assert hazard.after.level <= 3, hazard.id
        assert hazard.after.level < 3 or hazard.open, f"{hazard.id} stays undesirable and does not say what is open"


def test_no_sentence_is_split_at_its_comma() -> None:
    assert not re.search(r"(?m)^ +(?:causes|in_use|controls): \[", hazards.LOG.read_text(encoding="utf-8"))


def test_every_sign_off_is_blank() -> None:
    for path in (PAGE, ROOT / "docs" / "intended-use.md"):
        rows = path.read_text(encoding="utf-8").split("## Sign-off")[1].split("|---|---|---|---|---|---|\n")[1].splitlines()
        assert len(rows) >= 4
        for row in rows:
            assert re.fullmatch(r"\| [A-Z][a-z ]+(?: or [a-z]+)? \|(?: \|){5}", row), row


def test_the_table_of_tests_leads_back_to_every_control(log: Log) -> None:
    table = page(log).split("## Which test proves which control")[1]
    for hazard in log.hazards:
        for number, control in enumerate(hazard.controls, 1):
            for test in control.tests:
                (row,) = re.findall(rf"(?m)^\| `{re.escape(test)}` \| (.*) \|$", table)
                assert f"{hazard.id}.{number}" in row.split(", ")


# The scale


def test_the_matrix_is_the_one_that_is_cited() -> None:
    # typed again from the table that docs/hazards.yaml cites, most likely first; columns from minor to catastrophic
    table = "3 4 4 5 5 / 2 3 3 4 5 / 2 2 3 3 4 / 1 2 2 3 4 / 1 1 2 2 3"
    rows = [tuple(map(int, row.split())) for row in table.split(" / ")]
    assert rows == [MATRIX[likelihood] for likelihood in ("very high", "high", "medium", "low", "very low")]
    assert Risk("major", "medium").level == 3
    assert Risk("catastrophic", "very low").level == 3
    assert Risk("minor", "low").level == 1


@pytest.mark.parametrize("severity", SEVERITIES)
def test_more_likely_or_more_severe_is_never_a_lower_risk(severity: str) -> None:
    levels = [Risk(severity, likelihood).level for likelihood in LIKELIHOODS]
    assert levels == sorted(levels)
    assert all(row == tuple(sorted(row)) for row in MATRIX.values())


# What is a fault


def test_the_file_that_the_faulty_ones_are_made_from_is_read(tmp_path: Path) -> None:
    first, second = load(written(tmp_path, GOOD), TESTS).hazards
    assert first.controls[0].tests == ("tests/test_a.py::test_one", "tests/test_a.py::test_two")
    assert (first.before.level, first.after.level, first.open) == (3, 2, None)
    assert (second.controls, second.in_use) == ((), ("the pharmacy looks up earlier courses",))


CONTROLS = GOOD[GOOD.index("    controls:") : GOOD.index("  H2:")]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (CONTROLS, "", "hazards.H1: has no control"),
        (CONTROLS, "    controls: []\n", "hazards.H1: has no control"),
        (CONTROLS, "    in_use: [the second person]\n", "hazards.H1: has no control"),
        ("    in_use: [the pharmacy looks up earlier courses]\n", "", "hazards.H2: has no control"),
        ("    open: the program knows of no other course\n", "", "hazards.H2: has no control"),
        ("a second calculation", "none yet", "'none yet' is no control"),
        ("a second calculation", "To do", "'To do' is no control"),
        ("a second calculation", "n/a", "'n/a' is no control"),
        ("a second calculation", '"-"', "'-' is no control"),
        ("the pharmacy looks up earlier courses", "none", "'none' is no control"),
        ("        tests: [test_a.py::test_one, test_a.py::test_two]\n", "", "hazards.H1.controls[1].tests: is missing"),
        ("[test_a.py::test_one, test_a.py::test_two]", "[]", "hazards.H1.controls[1].tests: is empty"),
        ("test_a.py::test_two", "test_a.py::test_three", "tests/test_a.py::test_three is no test"),
        ("test_a.py::test_two", "test_b.py::test_two", "tests/test_b.py::test_two is no test"),
        ("test_a.py::test_two", '"test_a.py::test_two[62]"', "is no test, expected file::function"),
        ("severity: major, likelihood: very low", "severity: grave, likelihood: low", "hazards.H1.after.severity: 'grave'"),
        ("severity: major, likelihood: very low", "severity: major", "hazards.H1.after.likelihood: is missing"),
        ("likelihood: very low", "likelihood: high", "the risk after the controls is above the one before them"),
        ("    causes: [a slip]\n", "", "hazards.H1.causes: is missing"),
        ("causes: [a slip]", "causes: []", "hazards.H1.causes: is empty"),
        ("    harm: overdose\n", "", "hazards.H1.harm: is missing"),
        ("    harm: overdose\n", "    harm: overdose\n    owner: me\n", "hazards.H1.owner: is not a key that is known here"),
        ("    harm: overdose\n", "    harm: overdose\n    harm: none\n", "harm: stands twice in one table"),
        ("  H2:", "  H3:", "expected H1 to H2 in order"),
        ("sign_off: [Pharmacy]\n", "", "sign_off: is missing"),
        ('"5": e', '"6": e', "levels.5: is missing"),
    ],
)
def test_a_fault_is_found(tmp_path: Path, old: str, new: str, words: str) -> None:
    assert GOOD.count(old) >= 1
    faults = faults_of(tmp_path, GOOD.replace(old, new, 1))
    assert any(words in fault for fault in faults), faults
    assert all(re.match(r"hazards\.yaml:\d+: ", fault) for fault in faults)


# Which tests there are


def test_tests_are_known_from_their_source_alone(tmp_path: Path) -> None:
    folder = tmp_path / "tests"
    (folder / "deep").mkdir(parents=True)
    (folder / "test_a.py").write_text(
        "import pytest\nraise RuntimeError('never imported')\n"
        "def test_one(): ...\n"
        "@pytest.mark.parametrize('x', [1])\ndef test_two(x): ...\n"
        "@pytest.mark.skip\ndef test_skipped(): ...\n"
        "@pytest.mark.xfail(strict=True)\ndef test_expected_to_fail(): ...\n"
        "def helper():\n    def test_inner(): ...\n"
        "# def test_commented(): ...\n"
        "class TestThree:\n    def test_four(self): ...\n    def other(self): ...\n"
        "class Other:\n    def test_five(self): ...\n",
        encoding="utf-8",
    )
    (folder / "helpers.py").write_text("def test_six(): ...\n", encoding="utf-8")
    (folder / "deep" / "test_b.py").write_text("def test_seven(): ...\n", encoding="utf-8")
    assert known_tests(folder) == {
        "tests/test_a.py::test_one",
        "tests/test_a.py::test_two",
        "tests/test_a.py::TestThree::test_four",
        "tests/deep/test_b.py::test_seven",
    }


def test_the_known_tests_are_those_that_pytest_collects(request: pytest.FixtureRequest) -> None:
    collected = {item.nodeid.split("[")[0] for item in request.session.items}
    assert collected <= known_tests()
    assert "tests/test_hazards.py::test_a_fault_is_found" in known_tests()


# The tool


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """Let the tool work on a log in a folder of its own, which holds its tests too; gives the page."""

    def prepare(text: str) -> Path:
        monkeypatch.setattr(hazards, "LOG", written(tmp_path, text))
        monkeypatch.setattr(hazards, "PAGE", tmp_path / "hazards.md")
        monkeypatch.setattr(hazards, "ROOT", tmp_path)
        monkeypatch.setattr(hazards, "known_tests", lambda: TESTS)
        return tmp_path / "hazards.md"

    return prepare


def test_the_tool_writes_the_page(elsewhere: Callable[[str], Path], capsys: pytest.CaptureFixture[str]) -> None:
    target = elsewhere(GOOD)
    assert hazards.main() == 0
    assert capsys.readouterr().out == "hazards.md: 2 hazards, 2 tests\n"
    text = target.read_text(encoding="utf-8")
    assert "| [H1](#h1) | A wrong dose | 3: major, medium | 2: major, very low | 1 | 2 |  |" in text
    assert "| [H2](#h2) | A second course | 3: major, medium | 3: major, medium | 0 | 0 | open |" in text
    assert "- Control H1.1: a second calculation\n  - `tests/test_a.py::test_one`\n" in text
    assert "- Control in use, beside the program: the pharmacy looks up earlier courses\n- **Open:** the program knows" in text
    assert "| Pharmacy | | | | | |\n" in text


def test_the_tool_writes_nothing_for_a_faulty_log(elsewhere: Callable[[str], Path], capsys: pytest.CaptureFixture[str]) -> None:
    target = elsewhere(GOOD.replace("test_two]", "test_three]"))
    assert hazards.main() == 1
    assert "tests/test_a.py::test_three is no test" in capsys.readouterr().err
    assert not target.exists()


# The intended use


def plain(path: Path) -> str:
    """A page on one line."""
    return " ".join(path.read_text(encoding="utf-8").split())


def test_the_short_form_is_that_of_the_document() -> None:
    text = plain(ROOT / "docs" / "intended-use.md")
    for words in (about.PURPOSE, about.USERS, about.STATUS, *about.FIRST, *about.LIMITS, *(f"- {words}" for words in about.NOT_FOR)):
        assert words in text
    section = text.split("## Not for")[1].split("What it does not judge")[0]
    assert section.count("- ") == len(about.NOT_FOR)


def test_every_source_of_the_document_is_named_in_it_and_used() -> None:
    text = (ROOT / "docs" / "intended-use.md").read_text(encoding="utf-8")
    body, sources = text.split("## Sources\n")
    used = {int(number) for number in re.findall(r"\[(\d+)\]", body)}
    assert used == {int(number) for number in re.findall(r"(?m)^(\d+)\. ", sources)}


CLAIM = (
    r"(?i)clinically (?:validated|proven)|\bcomplian(?:t|ce)\b|\bcertifi(?:ed|cation)\b"
    r"|\bCE[- ]mark|FDA[- ](?:cleared|approved)|educational use"
)


@pytest.mark.parametrize(
    "path",
    [ROOT / "README.md", ROOT / "CHANGELOG.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").iterdir(), *(ROOT / "ivigcalc").rglob("*.py")],
    ids=lambda path: str(path.relative_to(ROOT)),
)
def test_nothing_is_claimed_that_nobody_has_granted(path: Path) -> None:
    assert not re.search(CLAIM, path.read_text(encoding="utf-8"))


def test_what_must_be_read_before_use_is_linked_from_the_readme() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "](docs/intended-use.md)" in text
    assert "](docs/hazards.md)" in text


NETWORK = {
    "socket",
    "ssl",
    "http",
    "urllib",
    "ftplib",
    "smtplib",
    "requests",
    "httpx",
    "aiohttp",
    "urllib3",
    "asyncio",
    "xmlrpc",
    "webbrowser",
}


def test_no_module_reaches_for_the_network() -> None:
    for path in (ROOT / "ivigcalc").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not {name.split(".")[0] for name in names} & NETWORK, path
