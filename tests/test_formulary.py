"""The sections `indications:` and `ramps:` of the products' file: what they hold, and every kind of fault with its line and key."""

import re
from fractions import Fraction
from pathlib import Path

import pytest

from ivigcalc.catalogue import data_file, load_catalogue
from ivigcalc.catalogue.formulary import load_formulary
from ivigcalc.errors import CatalogueError
from ivigcalc.model import Formulary, RampStep
from tests.test_products import GOOD

FORMULARY = load_formulary(data_file("products.yaml"))

INDICATIONS = """\
indications:
  itp: [immune-thrombocytopenia, thrombocytopenia]
  gbs: []
"""
NINE = """\
  ward-9:
    name: ward 9
    steps: double every 15 min
    product: not stated
    cited: not stated
"""
RAMPS = f"""\
ramps:
  ward-7:
    name: ward 7, adults
    steps: 0.5, 1, 2 mL/kg/h every 30 min
    product: not stated
    cited:
      source: label
      locator: page 2
      quote: start at 0.5
    note: for adults
  ward-8:
    name: ward 8
    steps: 1, 2 mg/kg/min every 20 min
    product: thing-us
    cited: not stated
{NINE}"""


def load(text: str, folder: Path) -> Formulary:
    path = folder / "products.yaml"
    path.write_text(text, encoding="utf-8")
    return load_formulary(path)


def test_a_good_file(tmp_path: Path) -> None:
    formulary = load(INDICATIONS + GOOD + RAMPS, tmp_path)
    assert formulary.indications == {"itp": "itp", "immune-thrombocytopenia": "itp", "thrombocytopenia": "itp", "gbs": "gbs"}
    seven, eight, nine = formulary.ramps.values()
    assert [ramp.name for ramp in formulary.ramps.values()] == ["ward-7", "ward-8", "ward-9"]
    half_hour = Fraction(30)
    assert seven.steps == (RampStep(Fraction(1, 2), half_hour), RampStep(Fraction(1), half_hour), RampStep(Fraction(2), None))
    assert (seven.words, seven.note, seven.product, seven.doubles_after) == ("ward 7, adults", "for adults", None, None)
    assert seven.cited
    assert (seven.cited.source.key, seven.cited.locator, seven.cited.quote) == ("label", "page 2", "start at 0.5")
    # thing-us holds 50 mg in 1 mL: 1 mg per kg per min is 1.2 mL per kg per hour
    assert eight.steps == (RampStep(Fraction(6, 5), Fraction(20)), RampStep(Fraction(12, 5), None))
    assert (eight.product, eight.cited, eight.note) == ("thing-us", None, None)
    assert not nine.steps
    assert nine.doubles_after == 15


def test_both_sections_may_be_left_out(tmp_path: Path) -> None:
    formulary = load(GOOD, tmp_path)
    assert (formulary.indications, formulary.ramps) == ({}, {})


def test_what_the_file_holds() -> None:
    # https://studyres.com/doc/6558262/: 30 mL/hr x 15 minutes, 30 more every 15 minutes, final rate 150
    form = FORMULARY.ramps["us-order-form"]
    quarter = Fraction(15)
    assert form.steps == (
        *(RampStep(Fraction(rate), quarter, per_kg=False) for rate in (30, 60, 90, 120)), RampStep(Fraction(150), None, per_kg=False),
    )  # fmt: skip
    assert form.product is None
    # Blood Advances ADV2019001343, figure 1: 0.02, 0.04, 0.08, 0.10 mL per kg per min, printed as 1.2, 2.4, 4.8, 6.0 per hour
    trial = FORMULARY.ramps["gamunex-trial"]
    assert [step.rate for step in trial.steps] == [Fraction(rate) for rate in ("1.2", "2.4", "4.8", "6")]
    assert [step.minutes for step in trial.steps] == [15, 15, 15, None]
    assert trial.product == "gamunex-c-us"
    assert trial.cited
    assert set(FORMULARY.ramps) == {"gamunex-trial", "us-order-form"}


def test_the_indications_of_the_file_are_those_of_regimens_and_labels() -> None:
    labels = {name for product in FORMULARY.products.values() for table in product.rates for name in table.indications}
    bare = {name.removeprefix("all-except-") for name in labels} - {"all", "pi-first-infusion", "pi-later-infusions"}
    assert bare <= set(FORMULARY.indications.values())
    regimens = {regimen.indication for regimen in load_catalogue(data_file("regimens.yaml")).regimens.values()}
    assert set(FORMULARY.indications) - set(FORMULARY.indications.values()) - regimens == {"pid"}  # as it is typed
    assert {name: FORMULARY.indications[name] for name in regimens & set(FORMULARY.indications)} == {
        "immune-thrombocytopenia": "itp",
        "primary-immunodeficiency": "pi",
        "secondary-immunodeficiency": "sid",
        "chronic-lymphocytic-leukaemia": "cll",
        "cidp": "cidp",
        "guillain-barre-syndrome": "gbs",
        "mmn": "mmn",
        "dermatomyositis": "dermatomyositis",
        "kawasaki-disease": "kawasaki",
    }


# What is wrong -> old words, new words, words that mark the line, the key, words of the message.
FAULTS: dict[str, tuple[str, str, str, str, tuple[str, ...]]] = {
    "unknown key": (
        "    note: for",
        "    colour: for",
        "colour:",
        "ramps.ward-7.colour",
        ("is not a key", "name, steps, product, cited, note"),
    ),
    "unknown section": ("ramps:", "ramp:", "ramp:", "ramp", ("is not a key", "sources, indications, products, ramps")),
    "no name": ("    name: ward 8\n", "", "  ward-8:", "ramps.ward-8.name", ("is missing",)),
    "no steps": (
        "    steps: double every 15 min\n",
        "",
        "  ward-9:",
        "ramps.ward-9.steps",
        ("is missing", 'rates such as "0.5, 1, 2 mL/kg/h every 30 min"'),
    ),
    "no product": ("    product: thing-us\n", "", "  ward-8:", "ramps.ward-8.product", ("is missing", "not stated")),
    "no citation": (
        "    product: thing-us\n    cited: not stated\n",
        "    product: thing-us\n",
        "  ward-8:",
        "ramps.ward-8.cited",
        ("is missing",),
    ),
    "no quote": ("      quote: start at 0.5\n", "", "    cited:", "ramps.ward-7.cited.quote", ("is missing",)),
    "unknown key of a citation": (
        "      locator:",
        "      page: 2\n      locator:",
        "page: 2",
        "ramps.ward-7.cited.page",
        ("is not a key",),
    ),
    "unknown source": (
        "      source: label\n      locator",
        "      source: lable\n      locator",
        "source: lable",
        "ramps.ward-7.cited.source",
        ("'lable'",),
    ),
    "a name with capitals": ("  ward-7:", "  Ward-7:", "  Ward-7:", "ramps.Ward-7", ("is not a name for a ramp", "such as ward-7")),
    "a name with a space": (
        "  ward-7:",
        "  ward 7:",
        "  ward 7:",
        "ramps.ward 7",
        ("is not a name for a ramp", "small letters, digits and hyphens"),
    ),
    "a name that starts with a digit": ("  ward-7:", "  7-ward:", "  7-ward:", "ramps.7-ward", ("is not a name for a ramp",)),
    "a name that is taken": ("  ward-7:", "  printed:", "\n  printed:", "ramps.printed", ("means something else", "such as ward-7")),
    "a name that starts a ramp": ("  ward-7:", "  double:", "\n  double:", "ramps.double", ("means something else",)),
    "the same name twice": ("  ward-8:", "  ward-7:", "  ward-7:\n    name: ward 8", "ward-7", ("stands twice",)),
    "unknown product": (
        "product: thing-us",
        "product: thing-eu",
        "product: thing-eu",
        "ramps.ward-8.product",
        ("'thing-eu' is not a product here", "expected one of thing-us"),
    ),
    "a ramp that falls": ("0.5, 1, 2 mL/kg/h", "0.5, 2, 1 mL/kg/h", "steps: 0.5, 2", "ramps.ward-7.steps", ("1 does not rise above",)),
    "a ramp without times": (
        "2 mL/kg/h every 30 min",
        "2 mL/kg/h",
        "steps: 0.5",
        "ramps.ward-7.steps",
        ("does not say how long 0.5 is held",),
    ),
    "a ramp in mg without a concentration": (
        "0.5, 1, 2 mL/kg/h",
        "0.5, 1, 2 mg/kg/min",
        "steps: 0.5",
        "ramps.ward-7.steps",
        ("needs one concentration to become mL",),
    ),
    "doubling without end": ("every 15 min", "every 0 min", "steps: double", "ramps.ward-9.steps", ("0 is zero",)),
    "doubling in hours": ("every 15 min", "every 2 hours", "steps: double", "ramps.ward-9.steps", ("is not in minutes",)),
    "steps that are no text": ("steps: double every 15 min", "steps: [0.5]", "steps: [", "ramps.ward-9.steps", ("expected",)),
    "a ramp that is no table": (NINE, "  ward-9: fast\n", "ward-9: fast", "ramps.ward-9", ("expected",)),
    "ramps that are no table": (RAMPS, "ramps: none\n", "ramps: none", "ramps", ("expected",)),
    "an indication with capitals": ("  itp: [", "  ITP: [", "  ITP: [", "indications.ITP", ("'ITP'", "expected small letters")),
    "a name of an indication with a space": (
        "[immune-thrombocytopenia,",
        "[immune thrombocytopenia,",
        "  itp: [",
        "indications.itp",
        ("'immune thrombocytopenia'", "such as immune-thrombocytopenia"),
    ),
    "a name under two indications": (
        "  gbs: []",
        "  gbs: [thrombocytopenia]",
        "  gbs: [",
        "indications.gbs",
        ("thrombocytopenia is also under itp",),
    ),
    "an indication that is a name of another": (
        "  gbs: []",
        "  thrombocytopenia: []",
        "  thrombocytopenia: []",
        "indications.thrombocytopenia",
        ("thrombocytopenia is also under itp",),
    ),
    "names that are no list": ("  gbs: []", "  gbs: guillain", "  gbs: guillain", "indications.gbs", ("expected",)),
    "indications that are no table": (INDICATIONS, "indications: [itp]\n", "indications: [itp]", "indications", ("expected",)),
}


@pytest.mark.parametrize("name", FAULTS)
def test_each_fault_has_its_line_key_and_mend(tmp_path: Path, name: str) -> None:
    old, new, mark, key, words = FAULTS[name]
    good = INDICATIONS + GOOD + RAMPS
    assert good.count(old) == 1, name
    text = good.replace(old, new)
    line = text[: text.index(mark)].count("\n") + 1 + (mark[0] == "\n")
    with pytest.raises(CatalogueError) as refused:
        load(text, tmp_path)
    found = [fault for fault in str(refused.value).splitlines() if re.search(rf":{line}: {re.escape(key)}\b", fault)]
    assert found, str(refused.value)
    assert all(any(word in fault for fault in found) for word in words), found


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    text = (INDICATIONS + GOOD + RAMPS).replace("  gbs: []", "  GBS: []").replace("0.5, 1, 2", "2, 1, 0.5").replace("  ward-9:", "  Ward:")
    with pytest.raises(CatalogueError) as refused:
        load(text, tmp_path)
    for key in ("indications.GBS", "ramps.ward-7.steps", "ramps.Ward"):
        assert key in str(refused.value)
