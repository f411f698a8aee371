"""The dosing-weight policies of limits.yaml: every kind of fault with its line and words, and the figures of the file that ships."""

import re
from fractions import Fraction
from pathlib import Path
from typing import Final

import pytest

from ivigcalc.catalogue import check_file, data_file, load_limits
from ivigcalc.errors import CatalogueError
from ivigcalc.model import WeightPolicies
from tests.conftest import RunCli

GOOD: Final = """\
sources:
  smith:
    citation: Smith A. A form. 2020
    url: not stated
    licence: not stated
    read: 2026-11-22
    external: no
limits:
  daily-dose:
    above: 1 g/kg
    per: day
    cited:
      - source: smith
        locator: Dose
        quote: one gram for each kilogram of body
weight_policies:
  australia-2026:
    name: A country
    figures:
      adult_age: 18 years
      least_height: 152 cm
      factor: 0.4
      inches_per_cm: 0.393701
    rule: Adjusted for adults.
    cited:
      - source: smith
        locator: Weight
        quote: adjusted for adults
  us-120:
    name: A form
    figures:
      factor: 0.4
      percent_of_ideal_above: 120
    rule: Actual up to a bound.
    cited:
      - source: smith
        locator: Weight
        quote: actual up to a bound
not_offered:
  ontario:
    name: Ontario
    missing: the factor is cut off
rounding:
  departure:
    at_most: 10%
    cited:
      - source: smith
        locator: Rounding
        quote: stay within a tenth
  rules:
    ontario-rule:
      name: A province
      step: 5 g
      direction: nearest
      over: course
      cited:
        - source: smith
          locator: Rounding
          quote: to the nearest 5 grams
"""
US: Final = "weight_policies.us-120"
RU: Final = "rounding.rules.ontario-rule"
ROUNDING: Final = GOOD[GOOD.index("rounding:") :]
DEPARTURE: Final = GOOD[GOOD.index("  departure:") : GOOD.index("  rules:")]
RULE: Final = GOOD[GOOD.index("    ontario-rule:") :]
AU: Final = "weight_policies.australia-2026"
OWN: Final = GOOD[GOOD.index("  us-120:") : GOOD.index("not_offered:")]
POLICIES: Final = GOOD[GOOD.index("  australia-2026:") : GOOD.index("not_offered:")]
CITED: Final = "    cited:\n      - source: smith\n        locator: Weight\n        quote: actual up to a bound\n"

Fault = tuple[int, str, tuple[str, ...]]
# What is replaced, by what, and the fault: line, key, words that the message must hold.
FAULTS: Final[dict[str, tuple[str, str, Fault]]] = {
    # the policies as a whole
    "words for policies": (POLICIES, "  none\n", (16, "weight_policies", ("holds no table", "expected names with a colon"))),
    "list for policies": (POLICIES, "  - us-120\n", (16, "weight_policies", ("holds no table", "expected names with a colon"))),
    "words for a policy": (OWN, "  us-120: adjusted\n", (29, US, ("holds no table", "expected the keys name, figures, rule, cited"))),
    "policy twice": (OWN, OWN + OWN, (39, "us-120", ("stands twice", "expected once"))),
    "misspelt key at the top": (
        "weight_policies:",
        "weight_policy:",
        (16, "weight_policy", ("is not a key", "weight_policies, not_offered")),
    ),
    # the keys of a policy
    "unknown key": (
        "    rule: Actual",
        "    role: x\n    rule: Actual",
        (34, f"{US}.role", ("is not a key", "name, figures, rule, cited")),
    ),
    "no name": ("    name: A form\n", "", (29, f"{US}.name", ("is missing", "expected"))),
    "no rule": ("    rule: Actual up to a bound.\n", "", (29, f"{US}.rule", ("is missing", "expected"))),
    "no source": (CITED, "", (29, f"{US}.cited", ("is missing", "expected"))),
    "no figures": (
        "    figures:\n      factor: 0.4\n      percent_of_ideal_above: 120\n",
        "",
        (29, f"{US}.figures", ("is missing", "expected")),
    ),
    "empty name": ("name: A form", "name:", (30, f"{US}.name", ("is empty", "expected words"))),
    "empty rule": ("rule: Actual up to a bound.", 'rule: " "', (34, f"{US}.rule", ("is empty", "expected words"))),
    "list for the rule": ("rule: Actual up to a bound.", "rule: [a, b]", (34, f"{US}.rule", ("holds a list or table", "expected words"))),
    "empty citations": (CITED, "    cited: []\n", (35, f"{US}.cited", ("is empty", "expected at least one source"))),
    "words for citations": (CITED, "    cited: smith\n", (35, f"{US}.cited", ("holds no list", "a dash"))),
    "unknown source": (
        CITED,
        CITED.replace("smith", "smyth"),
        (36, f"{US}.cited[1].source", ("'smyth' is not under sources:", "expected one of smith")),
    ),
    "quote not stated": (
        CITED,
        CITED.replace("actual up to a bound", "not stated"),
        (38, f"{US}.cited[1].quote", ("'not stated'", "expected the words of the source")),
    ),
    # the figures
    "words for figures": (
        "    figures:\n      factor: 0.4\n      percent_of_ideal_above: 120\n",
        "    figures: 0.4\n",
        (31, f"{US}.figures", ("holds no table", "expected")),
    ),
    "unknown figure": (
        "percent_of_ideal_above: 120\n",
        "percent_of_ideal_above: 120\n      percent_over: 20\n",
        (
            34,
            f"{US}.figures.percent_over",
            ("is not a key", "adult_age, least_height, factor, inches_per_cm, bmi_above, percent_of_ideal_above"),
        ),
    ),
    "figure twice": (
        "percent_of_ideal_above: 120\n",
        "percent_of_ideal_above: 120\n      factor: 0.5\n",
        (34, "factor", ("stands twice", "expected once")),
    ),
    "age without unit": ("18 years", "18", (20, f"{AU}.figures.adult_age", ("'18'", "expected a number with years"))),
    "age in months": ("18 years", "216 months", (20, f"{AU}.figures.adult_age", ("'216 months'", "expected a number with years"))),
    "height without unit": ("152 cm", "152", (21, f"{AU}.figures.least_height", ("'152'", "expected a number with cm"))),
    "height in metres": ("152 cm", "1.52 m", (21, f"{AU}.figures.least_height", ("'1.52 m'", "expected a number with cm"))),
    "height without number": ("152 cm", "low cm", (21, f"{AU}.figures.least_height", ("'low'", "not a number"))),
    "factor with a comma": ("120", "120,5", (33, f"{US}.figures.percent_of_ideal_above", ("'120,5' has a comma", "120.5"))),
    "factor with a unit": ("120", "120%", (33, f"{US}.figures.percent_of_ideal_above", ("'120%'", "not a number"))),
    "zero": ("120", "0", (33, f"{US}.figures.percent_of_ideal_above", ("is zero", "above zero"))),
    "sign": ("120", "-120", (33, f"{US}.figures.percent_of_ideal_above", ("'-120' has a sign", "without a sign"))),
    "nan": ("120", ".nan", (33, f"{US}.figures.percent_of_ideal_above", ("'.nan'", "not a number"))),
    "exponent": ("120", "1.2e2", (33, f"{US}.figures.percent_of_ideal_above", ("'1.2e2' has an exponent",))),
    "empty figure": ("percent_of_ideal_above: 120", "percent_of_ideal_above:", (33, f"{US}.figures.percent_of_ideal_above", ("is empty",))),
    "list for a figure": ("120", "[120]", (33, f"{US}.figures.percent_of_ideal_above", ("holds a list or table", "expected words"))),
    "not stated": ("120", "not stated", (33, f"{US}.figures.percent_of_ideal_above", ("'not stated'", "not a number"))),
    # a figure or a name that the rule cannot do without, or does not know
    "a figure of the rule is missing": (
        "      percent_of_ideal_above: 120\n",
        "",
        (31, f"{US}.figures.percent_of_ideal_above", ("is missing", "expected")),
    ),
    "a policy without a rule of ours": ("us-120:", "us-121:", (29, "weight_policies.us-121", ("us-120",))),
    "a misspelt policy": ("us-120:", "US 120:", (29, "weight_policies.US 120", ())),
    "offered and not offered": ("  ontario:", "  us-120:", (40, "not_offered.us-120", ())),
    # those that are not offered
    "words for those not offered": (
        GOOD[GOOD.index("  ontario:") : GOOD.index("rounding:")],
        "  ontario\n",
        (39, "not_offered", ("holds no table", "names with a colon")),
    ),
    "words for one not offered": (
        GOOD[GOOD.index("  ontario:") : GOOD.index("rounding:")],
        "  ontario: cut off\n",
        (40, "not_offered.ontario", ("holds no table", "expected the keys name, missing")),
    ),
    "nothing said to be missing": (
        "    missing: the factor is cut off\n",
        "",
        (40, "not_offered.ontario.missing", ("is missing", "expected")),
    ),
    "empty missing": ("missing: the factor is cut off", "missing:", (42, "not_offered.ontario.missing", ("is empty", "expected words"))),
    "no name of one not offered": ("    name: Ontario\n", "", (40, "not_offered.ontario.name", ("is missing", "expected"))),
    "list for its name": (
        "name: Ontario",
        "name: [Ontario]",
        (41, "not_offered.ontario.name", ("holds a list or table", "expected words")),
    ),
    "unknown key of one not offered": (
        "    missing: the",
        "    rule: none\n    missing: the",
        (42, "not_offered.ontario.rule", ("is not a key", "expected one of name, missing")),
    ),
    "one not offered twice": (
        "  ontario:\n    name: Ontario\n",
        "  ontario: {name: x, missing: y}\n  ontario:\n    name: Ontario\n",
        (41, "ontario", ("stands twice", "expected once")),
    ),
    # rounding
    "no rounding": (ROUNDING, "", (1, "rounding", ("is missing", "the most that rounding may change"))),
    "words for rounding": (ROUNDING, "rounding: 10%\n", (43, "rounding", ("holds no table", "expected the keys departure, rules"))),
    "no departure": (DEPARTURE, "", (43, "rounding.departure", ("is missing", "the most that a rounded dose may depart, with its source"))),
    "words for the departure": (DEPARTURE, "  departure: 10%\n", (44, "rounding.departure", ("holds no table", "at_most, cited"))),
    "no percentage": ("    at_most: 10%\n", "", (44, "rounding.departure.at_most", ("is missing", "such as 10%"))),
    "percentage in words": ("at_most: 10%", "at_most: ten", (45, "rounding.departure.at_most", ("'ten'", "with its sign, such as 10%"))),
    "percentage without its sign": ("at_most: 10%", "at_most: 10", (45, "rounding.departure.at_most", ("'10'", "with its sign"))),
    "percentage with a comma": ("at_most: 10%", "at_most: 7,5%", (45, "rounding.departure.at_most", ("has a comma", "write 7.5%"))),
    "percentage above 100": (
        "at_most: 10%",
        "at_most: 150%",
        (45, "rounding.departure.at_most", ("150% is more than 100%", "such as 10%")),
    ),
    "percentage of zero": ("at_most: 10%", "at_most: 0%", (45, "rounding.departure.at_most", ("0 is zero", "above zero"))),
    "departure without a source": (
        "    cited:\n      - source: smith\n        locator: Rounding\n        quote: stay within a tenth\n",
        "",
        (44, "rounding.departure.cited", ("is missing",)),
    ),
    "no rules": ("  rules:\n" + RULE, "", (43, "rounding.rules", ("is missing", "the rules by name"))),
    "words for the rules": (RULE, "    none\n", (50, "rounding.rules", ("holds no table", "names with a colon"))),
    "words for a rule": (RULE, "    x: 5 g\n", (51, "rounding.rules.x", ("holds no table", "expected the keys name, step, direction"))),
    "a rule twice": (RULE, RULE + RULE, (60, "ontario-rule", ("stands twice", "expected once"))),
    "a rule that is called vial": ("    ontario-rule:", "    vial:", (51, "rounding.rules.vial", ("is not a name", "such as ontario"))),
    "a rule that is called vials": ("    ontario-rule:", "    vials:", (51, "rounding.rules.vials", ("is not a name",))),
    "a rule with a capital": ("    ontario-rule:", "    Ontario:", (51, "rounding.rules.Ontario", ("is not a name", "small letters"))),
    "a rule like an amount": ("    ontario-rule:", "    5-g:", (51, "rounding.rules.5-g", ("is not a name",))),
    "a rule without a name": ("      name: A province\n", "", (51, f"{RU}.name", ("is missing",))),
    "a rule without a step": ("      step: 5 g\n", "", (51, f"{RU}.step", ("is missing",))),
    "step without a unit": ("step: 5 g", "step: 5", (53, f"{RU}.step", ("'5' is not an amount in grams", '"25 g"'))),
    "step in another unit": ("step: 5 g", "step: 5 mg", (53, f"{RU}.step", ("'5 mg' is not an amount in grams",))),
    "step of zero": ("step: 5 g", "step: 0 g", (53, f"{RU}.step", ("0 is zero",))),
    "step too large": ("step: 5 g", "step: 100.01 g", (53, f"{RU}.step", ("100.01 g", "0.01 g up to 100 g (bounds of our own)"))),
    "step too small": ("step: 5 g", "step: 0.009 g", (53, f"{RU}.step", ("0.009 g", "such as 5 g"))),
    "step too fine": ("step: 5 g", "step: 0.015 g", (53, f"{RU}.step", ("0.015 g", "a whole number of 0.01 g"))),
    "unknown direction": ("direction: nearest", "direction: closest", (54, f"{RU}.direction", ("'closest'", "nearest or down or up"))),
    "no direction": ("      direction: nearest\n", "", (51, f"{RU}.direction", ("is missing", "nearest, down, up or not stated"))),
    "rounded over a week": ("over: course", "over: week", (55, f"{RU}.over", ("'week'", "day or course"))),
    "rounded over nothing": ("      over: course\n", "", (51, f"{RU}.over", ("is missing", "day, course or not stated"))),
    "a rule below which there is none": (
        "      step: 5 g\n",
        "      step: 5 g\n      ask_below: 10 g\n",
        (51, RU, ("has ask_below and no note", "tells what the rule is below it")),
    ),
    "a bound in words": (
        "      step: 5 g\n",
        "      step: 5 g\n      ask_below: ten\n      note: x\n",
        (54, f"{RU}.ask_below", ("'ten' is not an amount in grams",)),
    ),
    "unknown key of a rule": (
        "      step: 5 g\n",
        "      steps: 5 g\n      step: 5 g\n",
        (53, f"{RU}.steps", ("is not a key", "ask_below")),
    ),
    "a rule without a source": (
        "      cited:\n        - source: smith\n          locator: Rounding\n          quote: to the nearest 5 grams\n",
        "",
        (51, f"{RU}.cited", ("is missing",)),
    ),
}


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "limits.yaml"
    path.write_text(text, "utf-8")
    return path


def faults_of(path: Path) -> tuple[str, ...]:
    with pytest.raises(CatalogueError) as caught:
        load_limits(path)
    assert caught.value.exit_code == 3
    return caught.value.faults


def replaced(old: str, new: str) -> str:
    """The good file with the last place of `old` replaced."""
    before, found, after = GOOD.rpartition(old)
    assert found
    return before + new + after


@pytest.mark.parametrize("name", FAULTS)
def test_every_fault_is_reported_once_with_its_line_its_key_and_what_is_expected(tmp_path: Path, name: str) -> None:
    old, new, (line, key, words) = FAULTS[name]
    path = write(tmp_path, replaced(old, new))
    faults = faults_of(path)
    assert len(faults) == 1, "\n".join(faults)
    start = f"{path}:{line}: {key}: "
    assert faults[0].startswith(start)
    assert [word for word in words if word not in faults[0].removeprefix(start)] == [], faults[0]


def test_all_faults_are_reported_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    text = GOOD.replace("18 years", "18").replace("0.393701", "1/2.54").replace("    name: A form\n", "").replace("name: Ontario", "name:")
    path = write(tmp_path, text)
    found = [re.sub(r"^.*?limits\.yaml:(\d+): (\S+): .*$", r"\1 \2", fault) for fault in faults_of(path)]
    assert found == [
        f"20 {AU}.figures.adult_age",
        f"23 {AU}.figures.inches_per_cm",
        f"29 {US}.name",
        "40 not_offered.ontario.name",
    ]


def test_the_file_that_the_faulty_ones_were_made_from_is_read(tmp_path: Path) -> None:
    path = write(tmp_path, GOOD)
    weights = load_limits(path).weights
    assert list(weights.offered) == ["australia-2026", "us-120"]
    australia = weights.offered["australia-2026"]
    assert australia.figures == {
        "adult_age": 18,
        "least_height": 152,
        "factor": Fraction(2, 5),
        "inches_per_cm": Fraction(393_701, 1_000_000),
    }
    assert (australia.id, australia.name, australia.rule) == ("australia-2026", "A country", "Adjusted for adults.")
    assert australia.source == "Smith A. A form. 2020, Weight"
    assert [tuple(other) for other in weights.not_offered.values()] == [("ontario", "Ontario", "the factor is cut off")]
    rounding = load_limits(path).rounding
    assert (rounding.limit_percent, [cited.quote for cited in rounding.cited]) == (Fraction(10), ["stay within a tenth"])
    (rule,) = rounding.rules.values()
    assert rule[:-1] == ("ontario-rule", "A province", Fraction(5), "nearest", "course", None, None)
    assert rule.cited[0].quote == "to the nearest 5 grams"
    assert check_file(path)


def test_what_a_rule_of_rounding_does_not_state_is_nothing(tmp_path: Path) -> None:
    text = GOOD.replace("direction: nearest", "direction: not stated").replace("over: course", "over: not stated")
    text = text.replace("step: 5 g", "step: 0.01 g\n      ask_below: 7.5 g\n      note: less has a rule of its own")
    (rule,) = load_limits(write(tmp_path, text)).rounding.rules.values()
    assert rule[2:-1] == (Fraction(1, 100), None, None, Fraction(15, 2), "less has a rule of its own")
    assert load_limits(write(tmp_path, GOOD.replace("  rules:\n" + RULE, "  rules: {}\n"))).rounding.rules == {}
    assert load_limits(write(tmp_path, GOOD.replace("step: 5 g", "step: 100 g"))).rounding.rules["ontario-rule"].step_g == 100


def test_policies_may_be_left_out(tmp_path: Path) -> None:
    limits = load_limits(write(tmp_path, GOOD[: GOOD.index("weight_policies:")] + GOOD[GOOD.index("rounding:") :]))
    assert limits.weights == WeightPolicies({}, {})
    assert [limit.code for limit in limits.doses] == ["daily-dose"]


@pytest.mark.parametrize("command", [["weight", "--weight", "62"], ["plan", "--weight", "62", "--regimen", "itp"]])
def test_a_faulty_file_ends_every_command_with_3_and_nothing_on_standard_output(
    run_cli: RunCli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: list[str]
) -> None:
    faulty = write(tmp_path, GOOD.replace("18 years", "18"))

    def ours(name: str) -> Path:
        return faulty if name == "limits.yaml" else data_file(name)

    for place in ("ivigcalc.catalogue.data_file", "ivigcalc.cli.data.data_file"):
        monkeypatch.setattr(place, ours)
    ran = run_cli(*command)
    assert (ran.code, ran.out) == (3, b"")
    assert f"{faulty}:20: {AU}.figures.adult_age: " in ran.err
    assert "Traceback" not in ran.err


def test_catalogue_check_reports_a_faulty_policy(run_cli: RunCli, tmp_path: Path) -> None:
    faulty = write(tmp_path, GOOD.replace("152 cm", "152"))
    ran = run_cli("catalogue", "check", str(faulty))
    assert (ran.code, ran.out) == (3, b"")
    assert f"{faulty}:21: {AU}.figures.least_height: " in ran.err


# The file that ships


SHIPPED: Final = load_limits(data_file("limits.yaml")).weights
ROUNDING_THAT_SHIPS: Final = load_limits(data_file("limits.yaml")).rounding
# Policy: its thresholds and factors, its sources, and words of each quote, as the sources print them.
PUBLISHED: Final[dict[str, tuple[dict[str, str], dict[str, str]]]] = {
    "australia-2026": (
        {"adult_age": "18", "least_height": "152", "factor": "0.4", "inches_per_cm": "0.393701"},
        {
            "https://www.lifeblood.com.au/news-and-stories/health-professionals-news/"
            "coming-1-july-2026-adjusted-body-weight-ig-dosing-in": "mandated default in BloodSTAR (unless an exclusion applies",
            "https://nba.gov.au/bloodstar-calculator-adjusting-ig-dose-ideal-body-weight": "may adjust the dose for Ideal Body Weight",
        },
    ),
    "uk-request-form": (
        {"adult_age": "18", "least_height": "132", "factor": "0.4", "bmi_above": "30", "percent_of_ideal_above": "120"},
        {"https://docslib.org/doc/13685911/immunoglobulin-request-form": "BMI > 30kg/m2 or actual weight >20% over IBW"},
    ),
    "seton": (
        {"percent_of_ideal_above": "130"},
        {"http://medicinelakex1.com/c/cds.seton.net1.html": "obese adult patents (greater than 130% of ideal body weight)"},
    ),
    "us-120": (
        {"factor": "0.4", "percent_of_ideal_above": "120"},
        {"https://studyres.com/doc/6558262/dose-interval-dose-interval": "(ABW) for patients up to 120% ideal body weight"},
    ),
}


def test_the_policies_that_ship_are_those_whose_whole_rule_was_read() -> None:
    assert list(SHIPPED.offered) == list(PUBLISHED)
    assert list(SHIPPED.not_offered) == ["ontario", "nhs-england", "bc", "prairies"]


@pytest.mark.parametrize("name", PUBLISHED)
def test_thresholds_sources_and_quotes_are_as_published(name: str) -> None:
    figures, quotes = PUBLISHED[name]
    policy = SHIPPED.offered[name]
    assert policy.figures == {key: Fraction(value) for key, value in figures.items()}
    assert [cited.source.url for cited in policy.cited] == list(quotes)
    for cited, words in zip(policy.cited, quotes.values(), strict=True):
        assert words in cited.quote
        assert cited.source.citation in policy.source


def test_what_a_policy_lacks_is_said() -> None:
    assert {key: other.missing.split()[:2] for key, other in SHIPPED.not_offered.items()} == {
        "ontario": ["the", "factor"],
        "nhs-england": ["the", "policy"],
        "bc": ["only", "the"],
        "prairies": ["the", "calculators"],
    }


# Rule: step, direction, over what, and the dose below which it asks, as the sources state them.
ROUNDING_RULES: Final[dict[str, tuple[str, str | None, str | None, str | None, str]]] = {
    "ontario": ("5", "nearest", "course", None, "https://ivig.transfusionontario.org/dose"),
    "seton": ("5", "nearest", "course", "10", "http://medicinelakex1.com/c/cds.seton.net1.html"),
    "new-zealand": ("5", None, None, None, "not stated"),
}


def test_the_rules_of_rounding_that_ship_are_as_published() -> None:
    found = {
        key: (rule.step_g, rule.direction, rule.over, rule.ask_below_g, rule.cited[0].source.url or "not stated")
        for key, rule in ROUNDING_THAT_SHIPS.rules.items()
    }
    assert found == {
        key: (Fraction(step), direction, over, below and Fraction(below), url)
        for key, (step, direction, over, below, url) in ROUNDING_RULES.items()
    }


def test_the_limit_of_rounding_is_that_of_its_two_sources() -> None:
    assert ROUNDING_THAT_SHIPS.limit_percent == 10
    assert ["within 10% of the" in cited.quote for cited in ROUNDING_THAT_SHIPS.cited] == [True, True]
    assert [cited.source.url for cited in ROUNDING_THAT_SHIPS.cited] == [
        "https://www.pppmag.com/article/753",
        "https://www.docwirenews.com/conference-coverage/dose-rounding-3-million-savings/",
    ]
