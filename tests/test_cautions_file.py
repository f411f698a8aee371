"""`cautions:` and `vaccines:` of limits.yaml: every kind of fault with its place and words."""

from pathlib import Path
from typing import Final

import pytest

from ivigcalc.catalogue import data_file, load_limits
from ivigcalc.catalogue.cautions import CAUTIONS
from ivigcalc.errors import CatalogueError

SHIPPED: Final = data_file("limits.yaml").read_text("utf-8")

ROW: Final = "{from: 0.3 g/kg, to: 0.4 g/kg, months: 8}"
FAULTS: Final[list[tuple[str, str, str, str]]] = [
    # what stands in the file that ships, what is put for it, where the fault is, and what is said
    ("  haemolysis:\n", "  hemolysis:\n", "cautions.hemolysis", "is not a key that is known here"),
    ("  haemolysis:\n", "  hemolysis:\n", "cautions.haemolysis", "is missing"),
    ("{at_least: 2 g/kg}", "{at_least: 2}", "cautions.haemolysis.figures.at_least", "expected a number with g/kg, such as 8 g/kg"),
    ("{at_least: 2 g/kg}", "{at_least: two g/kg}", "cautions.haemolysis.figures.at_least", "'two' is not a number"),
    ("{at_least: 2 g/kg}", "{above: 2 g/kg}", "cautions.haemolysis.figures.above", "is not a key that is known here"),
    ("{at_least: 2 g/kg}", "{above: 2 g/kg}", "cautions.haemolysis.figures.at_least", "is missing, expected a figure with its unit"),
    ("{at_least: 10%}", "{at_least: 10}", "cautions.weight-changed.figures.at_least", "expected a number with %, such as 8%"),
    ("{above: 8 weeks}", "[8 weeks]", "cautions.restart.figures", "holds no table"),
    ("    figures: {above: 8 weeks}\n", "", "cautions.restart.figures", "is missing, expected the figures that the rule reads"),
    ("  glucose-meters:\n", "  glucose-meters:\n    figures: {above: 1 g/kg}\n", "cautions.glucose-meters.figures", "is not a key"),
    ("source: fda-glucose", "source: fda", "cautions.glucose-meters.cited[1].source", "is not under sources:"),
    ("        locator: Safety alert\n", "", "cautions.glucose-meters.cited[1].locator", "is missing"),
    ("        says: weigh again at least every 6 months\n", "", "cautions.weight-date.cited[1].says", "is missing"),
    ("says: weigh again at least every 6 months", "says:", "cautions.weight-date.cited[1].says", "is empty"),
    (
        "says: weigh again at least every 6 months\n        quote: not stated\n",
        "says: weigh again\n",
        "cautions.weight-date.cited[1].quote",
        "is missing, expected its words, or 'not stated'",
    ),
    ("says: weigh again", "said: weigh again", "cautions.weight-date.cited[1].said", "is not a key that is known here"),
    ("name: ACIP, US", "name:", "vaccines.acip.name", "is empty"),
    ("  acip:\n", "  ACIP 2:\n", "vaccines.ACIP 2", "is not a name, expected small letters and hyphens, such as acip"),
    (ROW, "{from: 0.5 g/kg, to: 0.4 g/kg, months: 8}", "vaccines.acip.rows", "upside down"),
    (ROW, "{from: 0.3 g/kg, to: 3 g/kg, months: 8}", "vaccines.acip.rows", "rising doses"),
    (ROW, "{from: 0.3 g/kg, to: 0.4 g/kg/day, months: 8}", "vaccines.acip.rows[1].to", "holds the basis"),
    (ROW, "{from: 0.3 g/kg, months: 8}", "vaccines.acip.rows[1].to", "is missing"),
    (ROW, "{from: 0.3 g/kg, to: 0.4 g/kg, months: 121}", "vaccines.acip.rows[1].months", "a bound of our own"),
    (ROW, "{from: 0.3 g/kg, to: 0.4 g/kg, months: 8 months}", "vaccines.acip.rows[1].months", "whole number"),
    ("    notes: []\n", "    notes: none\n", "vaccines.acip.notes", "holds no list"),
]  # fmt: skip


def faults_of(tmp_path: Path, text: str) -> tuple[str, ...]:
    path = tmp_path / "limits.yaml"
    path.write_text(text, "utf-8")
    with pytest.raises(CatalogueError) as caught:
        load_limits(path)
    return caught.value.faults


@pytest.mark.parametrize(("old", "new", "where", "words"), FAULTS)
def test_every_fault_names_its_place_and_what_is_expected(tmp_path: Path, old: str, new: str, where: str, words: str) -> None:
    assert old in SHIPPED
    assert [fault for fault in faults_of(tmp_path, SHIPPED.replace(old, new, 1)) if f": {where}: " in fault and words in fault]


def test_a_caution_without_a_source_or_rows_without_any_are_faults(tmp_path: Path) -> None:
    start, end = SHIPPED.index("  restart:\n"), SHIPPED.index("  weight-date:\n")
    text = f"{SHIPPED[:start]}  restart:\n    figures: {{above: 8 weeks}}\n    cited: []\n{SHIPPED[end:]}"
    assert "cautions.restart.cited: is empty, expected at least one source" in faults_of(tmp_path, text)[0]
    start, end = SHIPPED.index("    rows:\n"), SHIPPED.index("    notes: []")
    assert "vaccines.acip.rows: is empty" in faults_of(tmp_path, f"{SHIPPED[:start]}    rows: []\n{SHIPPED[end:]}")[0]


def test_cautions_and_vaccines_may_be_left_out(tmp_path: Path) -> None:
    path = tmp_path / "limits.yaml"
    path.write_text(SHIPPED[: SHIPPED.index("cautions:\n")], "utf-8")
    assert load_limits(path).cautions is None
    path.write_text(SHIPPED[: SHIPPED.index("vaccines:\n")], "utf-8")
    cautions = load_limits(path).cautions
    assert cautions
    assert (list(cautions.of), cautions.vaccines) == (list(CAUTIONS), {})


def test_every_caution_of_the_file_has_a_source_and_says_what_it_asks_for() -> None:
    cautions = load_limits(data_file("limits.yaml")).cautions
    assert cautions
    for name, caution in cautions.of.items():
        assert caution.cited, name
        assert all(passage.source.url and passage.says for passage in caution.cited), name
