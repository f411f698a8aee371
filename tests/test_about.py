"""`ivigcalc about`: the intended use in short, what is installed, and how to report a fault."""

import hashlib
import re
from pathlib import Path

import pytest

from ivigcalc import __version__
from ivigcalc.catalogue import data_file
from ivigcalc.export import about as words
from ivigcalc.export.about import About, DataFile, about_page
from tests.conftest import HoldGolden, RunCli

GOLDEN = Path(__file__).parent / "golden_about"
FILES = ("regimens.yaml", "limits.yaml", "products.yaml")
GRADES = ("full", "mostly", "partial")
# figures of no release, so that a change of a data file does not change the golden
EXAMPLE = About(
    "1.2.3",
    (
        DataFile("regimens.yaml", "9 regimens, 7 sources read on Sun 22-Nov-2026", "01" * 32),
        DataFile("limits.yaml", "2 limits, 10 sources read on Sun 22-Nov-2026", "23" * 32),
        DataFile("products.yaml", "28 products, 97 sources read on Fri 20-Nov-2026 to Sun 22-Nov-2026", "45" * 32),
        DataFile("site file", "that of Ward 3", "67" * 32),
    ),
    {"full": 6, "mostly": 9, "partial": 13},
)


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize("width", [40, 80])
def test_golden(hold_golden: HoldGolden, width: int) -> None:
    hold_golden(about_page(EXAMPLE, width, colour=False), GOLDEN / f"about.{width}.txt")


@pytest.mark.parametrize("width", [20, 40, 59, 60, 80, 200])
def test_nothing_is_wider_than_the_screen_and_nothing_is_lost(width: int) -> None:
    text = about_page(EXAMPLE, width, colour=False)
    assert max(map(len, text.splitlines())) <= width
    for file in EXAMPLE.files:
        assert file.sha256 in re.sub(r"\s", "", text)  # a narrow screen folds it
    assert "".join(about_page(EXAMPLE, 200, colour=False).split()) == "".join(text.split())


def test_version_digests_and_counts_are_those_of_the_files(run_cli: RunCli) -> None:
    result = run_cli("about")
    text = " ".join(result.text.split())
    assert (result.code, result.err) == (0, "")
    assert text.startswith(f"ivigcalc {__version__}, ")
    for name in FILES:
        assert re.search(rf"{name}: [^:]*{digest(data_file(name))}", text), name
    assert f"{len(re.findall('(?m)^    grade: ', data_file('products.yaml').read_text('utf-8')))} products, " in text
    grades = [len(re.findall(rf"(?m)^    grade: {grade}$", data_file("products.yaml").read_text("utf-8"))) for grade in GRADES]
    assert f"Labels of {sum(grades)} products were read: {grades[0]} in full, {grades[1]} for the most part, {grades[2]} in part." in text


def test_the_sources_are_counted_with_the_days_of_their_reading(run_cli: RunCli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # the file that ships, with one of its sources read a day earlier: 21 November 2026 is a Saturday
    content = data_file("limits.yaml").read_text("utf-8")
    every = len(re.findall(r"(?m)^    read: 2026-11-22$", content))
    assert f"limits, {every} sources read on Sun 22-Nov-2026" in " ".join(run_cli("about").text.split())
    for name in FILES:
        text = data_file(name).read_text("utf-8")
        (tmp_path / name).write_text(text.replace("read: 2026-11-22", "read: 2026-11-21", 1) if name == "limits.yaml" else text, "utf-8")
    monkeypatch.setattr("ivigcalc.catalogue.files._PACKAGE", tmp_path)
    text = " ".join(run_cli("about").text.split())
    assert f"limits, {every} sources read on Sat 21-Nov-2026 to Sun 22-Nov-2026 {digest(tmp_path / 'limits.yaml')}" in text


def test_the_site_file_in_use_is_named_with_its_digest(run_cli: RunCli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    site = tmp_path / "site.yaml"
    site.write_text("site: Ward 3\ndefaults:\n  round: 5 g\n", "utf-8")
    assert f"site file: that of Ward 3 {digest(site)}" in " ".join(run_cli("about", "--site", str(site)).text.split())
    monkeypatch.setenv("IVIGCALC_SITE", str(site))
    assert f"site file: that of Ward 3 {digest(site)}" in " ".join(run_cli("about").text.split())
    assert "site file" not in run_cli("about", "--site", "none").text


def test_a_faulty_data_file_is_not_told_as_if_it_were_in_use(run_cli: RunCli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in FILES:
        (tmp_path / name).write_bytes(data_file(name).read_bytes())
    (tmp_path / "limits.yaml").write_text("limits: {}\n", "utf-8")
    monkeypatch.setattr("ivigcalc.catalogue.files._PACKAGE", tmp_path)
    result = run_cli("about")
    assert (result.code, result.out) == (3, b"")
    assert "limits.yaml" in result.err


@pytest.mark.parametrize("statement", ["registered medical device in any jurisdiction", "No clinician has signed it off", "recalculates"])
def test_what_must_be_said_is_said(run_cli: RunCli, statement: str) -> None:
    assert statement in " ".join(run_cli("about").text.split())


def test_a_terminal_gets_colour_and_the_same_words(run_cli: RunCli) -> None:
    coloured = run_cli("about", tty=True).text
    assert "\x1b[1m" in coloured
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured).split() == run_cli("about").text.split()


def test_nothing_is_claimed_that_nobody_has_granted() -> None:
    said = " ".join(str(value) for name, value in vars(words).items() if name.isupper())
    assert not re.search(r"(?i)validated|complian|certified|approved|educational", said)
