"""Dosing weights: published figures, every threshold just below, at and just above it, and a second calculation."""

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ivigcalc.dosing.weights import _beside, _capped, _plain, adjusted_kg, bmi, decide, ideal_kg, side_by_side
from ivigcalc.errors import InputError, Refused
from ivigcalc.model import DosingWeight, Patient, Undecided
from ivigcalc.numbers import exact_text
from ivigcalc.options import read_patient
from ivigcalc.units import read_age
from tests.conftest import RunCli
from tests.test_request import LIMITS, ask, ask_plan, catalogue_of, phase, regimen

POLICIES: Final = LIMITS.weights
PLAIN: Final = ["actual", "ideal", "adjusted"]
PUBLISHED: Final = ["australia-2026", "uk-request-form", "seton", "us-120"]
NAMES: Final = PLAIN + PUBLISHED
ADULT: Final = {"age": "50", "not_pregnant": "true"}
thorough = settings(max_examples=200, deadline=None, database=None)


def person(**named: str) -> Patient:
    """A patient as typed; an option is named with _ for a hyphen."""
    return read_patient({name.replace("_", "-"): value for name, value in named.items()})


def decided(policy: str, **named: str) -> DosingWeight:
    """What must be a figure."""
    decision = decide(person(**named), policy, POLICIES)
    assert isinstance(decision, DosingWeight), decision
    return decision


def undecided(policy: str, **named: str) -> Undecided:
    """What must be no figure."""
    decision = decide(person(**named), policy, POLICIES)
    assert isinstance(decision, Undecided), decision
    return decision


def exact(weight: Fraction | Undecided | None) -> Fraction:
    assert isinstance(weight, Fraction)
    return weight


def printed(value: Fraction, places: int) -> Decimal:
    """A value at the precision of a source; none of these figures lies halfway."""
    return Decimal(round(value * 10**places)).scaleb(-places)


# Published figures, each at the precision at which its source prints it


@pytest.mark.parametrize(
    ("sex", "height", "kg", "source_url"),
    [
        ("female", "60 in", "45.5", "https://omnicalchub.com/blog/ideal-weight-chart.html"),
        ("male", "63 in", "56.9", "https://omnicalchub.com/blog/ideal-weight-chart.html"),
        ("female", "63 in", "52.4", "https://omnicalchub.com/blog/ideal-weight-chart.html"),
        ("male", "65 in", "61.5", "https://omnicalchub.com/blog/ideal-weight-chart.html"),
        ("female", "65 in", "57.0", "https://omnicalchub.com/blog/ideal-weight-chart.html"),
        ("male", "67 in", "66.1", "https://omnicalchub.com/blog/ideal-weight-chart.html"),
        ("male", "70 in", "73.0", "https://omnicalchub.com/blog/ideal-weight-chart.html"),
        ("female", "72 in", "73.1", "https://omnicalchub.com/blog/ideal-weight-chart.html"),
        # wrong as published: the page prints 68 kg for 45.5 + 2.3 x 10
        ("female", "70 in", "68.5", "https://terican.com/calculators/ideal-weight-calculator"),
        ("male", "70 in", "73", "https://theprimecalculator.com/health/adult-dosing-weight/formula"),
        ("female", "64 in", "54.7", "http://manuelsweb.com/IBW.htm"),
        ("male", "170 cm", "65.94", "GitHub (repository unknown): Swift unit tests,"),
        ("male", "170", "65.9370", "GitHub (repository unknown): Swift unit tests,"),
        ("male", "175", "70.5", "https://www.onlycalculators.com/health/dosage/ivig-dose-calculator/"),
        ("female", "165", "56.9094", "https://nba.gov.au/bloodstar-calculator-adjusting-ig-dose-ideal-body-weight"),
        ("female", "152", "45.1378", "https://nba.gov.au/bloodstar-calculator-adjusting-ig-dose-ideal-body-weight"),
        (
            "male",
            "180",
            "74.99",
            "https://www.lifeblood.com.au/news-and-stories/health-professionals-news/coming-1-july-2026-adjusted-body-weight-ig-dosing-in",
        ),
    ],
)
def test_published_ideal_weights(sex: str, height: str, kg: str, source_url: str) -> None:
    ideal = exact(ideal_kg(person(weight="90", height=height, sex=sex)))
    assert printed(ideal, len(kg.partition(".")[2])) == Decimal(kg), source_url


@pytest.mark.parametrize(
    ("sex", "height", "weight", "kg", "source_url"),
    [
        ("female", "64 in", "80", "64.8", "http://manuelsweb.com/IBW.htm"),
        ("male", "70 in", "110", "87.8", "https://theprimecalculator.com/health/adult-dosing-weight/formula"),
        ("female", "165", "95", "72.1457", "https://nba.gov.au/bloodstar-calculator-adjusting-ig-dose-ideal-body-weight"),
        ("female", "152", "80", "59.0827", "https://nba.gov.au/bloodstar-calculator-adjusting-ig-dose-ideal-body-weight"),
        (
            "male",
            "180",
            "60",
            "69.00",
            "https://www.lifeblood.com.au/news-and-stories/health-professionals-news/coming-1-july-2026-adjusted-body-weight-ig-dosing-in",
        ),
    ],
)
def test_published_adjusted_weights_by_the_formula_alone(sex: str, height: str, weight: str, kg: str, source_url: str) -> None:
    adjusted = exact(adjusted_kg(person(weight=weight, height=height, sex=sex)))
    assert printed(adjusted, len(kg.partition(".")[2])) == Decimal(kg), source_url


def test_the_adjusted_weight_is_exact_where_a_page_rounds_on_the_way() -> None:
    # http://manuelsweb.com/IBW.htm rounds the step of 10.12 kg to 10.1 and prints 64.8
    assert decided("adjusted", weight="80", height="64 in", sex="female").kg == Fraction("64.82")


def test_the_published_percent_over_ideal() -> None:
    # https://theprimecalculator.com/health/adult-dosing-weight/formula prints 51
    patient = person(weight="110", height="70 in", sex="male")
    assert round((patient.weight_kg / exact(ideal_kg(patient)) - 1) * 100) == 51


@pytest.mark.parametrize(
    ("weight", "kg_per_square_metre", "source_url"),
    [
        ("100", "32.7", "https://www.onlycalculators.com/health/dosage/ivig-dose-calculator/"),
        ("100", "32.653", "https://www.onlycalculators.com/health/dosage/ivig-dose-calculator/"),
        ("80", "26.1", "https://www.onlycalculators.com/health/dosage/ivig-dose-calculator/"),
    ],
)
def test_published_body_mass_indices(weight: str, kg_per_square_metre: str, source_url: str) -> None:
    index = exact(bmi(person(weight=weight, height="175")))
    assert printed(index, len(kg_per_square_metre.partition(".")[2])) == Decimal(kg_per_square_metre), source_url


@pytest.mark.parametrize(
    ("weight", "dosing_weight", "grams", "source_url"),
    [
        # wrong as published: rounding on the way makes it 164.4 g
        ("100", "adjusted", "164.56", "https://www.onlycalculators.com/health/dosage/ivig-dose-calculator/"),
        # the page prints 140.9 g
        ("80", "ideal", "140.93", "https://www.onlycalculators.com/health/dosage/ivig-dose-calculator/"),
    ],
)
def test_published_grams_on_a_dosing_weight(run_cli: RunCli, weight: str, dosing_weight: str, grams: str, source_url: str) -> None:
    typed = ["plan", "--weight", weight, "--height", "175", "--sex", "male", "--dosing-weight", dosing_weight]
    ran = run_cli(*typed, "--dose", "2 g/kg/course", "--days", "5", "--format", "json")
    assert ran.code == 0
    plan = json.loads(ran.text, parse_float=Decimal)
    assert plan["totals"]["ordered_g"] == Decimal(grams), source_url
    assert sum(infusion["ordered_g"] for infusion in plan["infusions"]) == Decimal(grams)
    assert plan["dosing_weight"]["basis"] == plan["dosing_weight"]["policy"] == dosing_weight


@pytest.mark.parametrize(
    ("height", "sex", "weight", "kg", "basis", "source_url"),
    [
        ("165", "female", "95", "72.1457177", "adjusted", "https://nba.gov.au/bloodstar-calculator-adjusting-ig-dose-ideal-body-weight"),
        ("152", "female", "80", "59.08272176", "adjusted", "https://nba.gov.au/bloodstar-calculator-adjusting-ig-dose-ideal-body-weight"),
        (
            "180",
            "male",
            "60",
            "60",
            "actual",
            "https://www.lifeblood.com.au/news-and-stories/health-professionals-news/coming-1-july-2026-adjusted-body-weight-ig-dosing-in",
        ),
    ],
)
def test_australia_with_its_own_inch(height: str, sex: str, weight: str, kg: str, basis: str, source_url: str) -> None:
    # by hand: 45.5 + 2.3 x (165 x 0.393701 - 60) = 56.9095295, + 0.4 x 38.0904705; 45.5 + 2.3 x (152 x 0.393701 - 60) = 45.1378696
    decision = decided("australia-2026", weight=weight, height=height, sex=sex, **ADULT)
    assert (decision.kg, decision.basis, decision.policy) == (Fraction(kg), basis, "australia-2026"), source_url


# Thresholds just below, at and just above: exact figures, in kg and cm and in lb and inches

INCHES_70: Final = ["70 in", "5 ft 10 in", "5'10\"", "177.8", "1.778 m"]  # ideal weight: 73 kg (male), 68.5 kg (female)


def just_around(kg: Fraction) -> Iterator[tuple[str, int]]:
    """Weights as typed, just below (-1), at (0, where it ends) and just above (1) a threshold, in kg and lb."""
    for unit, size in (("kg", Fraction(1)), ("lb", Fraction("0.45359237"))):
        millionths = kg / size * 10**6
        below = millionths.numerator // millionths.denominator - (millionths.denominator == 1)
        yield f"{below // 10**6}.{below % 10**6:06} {unit}", -1
        if millionths.denominator == 1:
            at = millionths.numerator
            yield f"{at // 10**6}.{at % 10**6:06} {unit}", 0
        above = millionths.numerator // millionths.denominator + 1
        yield f"{above // 10**6}.{above % 10**6:06} {unit}", 1


def test_the_weights_around_a_threshold_are_where_they_should_be() -> None:
    assert list(just_around(Fraction("87.6"))) == [
        ("87.599999 kg", -1),
        ("87.600000 kg", 0),
        ("87.600001 kg", 1),
        ("193.124941 lb", -1),
        ("193.124942 lb", 1),
    ]


@pytest.mark.parametrize("height", INCHES_70)
@pytest.mark.parametrize(("sex", "ideal"), [("male", Fraction(73)), ("female", Fraction("68.5"))])
@pytest.mark.parametrize("policy", ["us-120", "uk-request-form"])
def test_120_percent_of_ideal(policy: str, sex: str, ideal: Fraction, height: str) -> None:
    for weight, side in just_around(ideal * Fraction(120, 100)):
        decision = decided(policy, weight=weight, height=height, sex=sex, **ADULT)
        actual = person(weight=weight).weight_kg
        expected = (ideal + Fraction(4, 10) * (actual - ideal), "adjusted") if side > 0 else (actual, "actual")
        assert (decision.kg, decision.basis) == expected, weight


@pytest.mark.parametrize("height", INCHES_70)
@pytest.mark.parametrize(("sex", "ideal"), [("male", Fraction(73)), ("female", Fraction("68.5"))])
def test_seton_at_130_percent_of_ideal(sex: str, ideal: Fraction, height: str) -> None:
    for weight, side in just_around(ideal * Fraction(130, 100)):
        if side > 0:
            decision = undecided("seton", weight=weight, height=height, sex=sex)
            assert decision.needs == ("--dosing-weight adjusted",)
            assert "above 130%" in decision.reason
            assert "does not state" in decision.reason
        else:
            assert decided("seton", weight=weight, height=height, sex=sex)[:2] == (ideal, "ideal")


@pytest.mark.parametrize(("sex", "ideal"), [("male", Fraction(73)), ("female", Fraction("68.5"))])
def test_seton_at_the_ideal_weight(sex: str, ideal: Fraction) -> None:
    for weight, side in just_around(ideal):
        decision = decided("seton", weight=weight, height="70 in", sex=sex)
        actual = person(weight=weight).weight_kg
        assert decision[:2] == ((actual, "actual") if side < 0 else (ideal, "ideal"))


BMI_30: Final = [("70 in", "1.778"), ("177.8", "1.778"), ("173", "1.73"), ("1.61 m", "1.61"), ("5 ft 5 in", "1.651")]


@pytest.mark.parametrize(("height", "metres"), BMI_30)
@pytest.mark.parametrize("sex", ["female", "male"])
def test_the_uk_form_at_a_bmi_of_30(sex: str, height: str, metres: str) -> None:
    # A BMI of 30 is always more than 120% of ideal (below): the weight is adjusted on both sides, the reason differs.
    for weight, side in just_around(30 * Fraction(metres) ** 2):
        decision = decided("uk-request-form", weight=weight, height=height, sex=sex, **ADULT)
        assert decision.basis == "adjusted"
        assert ("BMI" in decision.reason) is (side > 0), weight
        assert ("120%" in decision.reason) is (side <= 0), weight


@pytest.mark.parametrize(("height", "metres"), BMI_30)
def test_a_plan_asks_from_a_bmi_of_30(height: str, metres: str) -> None:
    for weight, side in just_around(30 * Fraction(metres) ** 2):
        if side < 0:
            plan = ask_plan(weight=weight, height=height, regimen="itp")
            assert (plan.weight.kg, plan.weight.basis) == (plan.patient.weight_kg, "actual")
        else:
            with pytest.raises(Refused, match="BMI is 30"):
                ask(weight=weight, height=height, regimen="itp")


def test_a_reason_never_contradicts_itself_just_beside_a_bmi_of_30() -> None:
    # 70 in: 94.83852 kg are a BMI of 30. One gram less or more must not be shown as "BMI 30".
    below = ask_plan(weight="94.837", height="70 in", regimen="itp").weight.reason
    assert "BMI 30 is not 30" not in below
    above = decided("uk-request-form", weight="94.84", height="70 in", sex="male", **ADULT).reason
    assert "BMI 30 is above the 30" not in above


@pytest.mark.parametrize(
    ("height", "below"),
    [("131.999999", True), ("132", False), ("132.000001", False), ("1.32 m", False), ("51.968503 in", True), ("51.968504 in", False)],
)
def test_the_uk_form_at_132_cm(height: str, below: bool) -> None:
    decision = decided("uk-request-form", weight="60", height=height, sex="female", **ADULT)
    assert decision.basis == ("actual" if below else "adjusted")
    assert ("132 cm" in decision.reason) is below
    cm = exact(person(weight="60", height=height).height_cm)
    ideal = Fraction("45.5") + Fraction("2.3") * (cm / Fraction("2.54") - 60)
    assert decision.kg == (60 if below else ideal + Fraction("0.4") * (60 - ideal))


@pytest.mark.parametrize(
    ("height", "below"),
    [("151.999999", True), ("152", False), ("152.000001", False), ("1.52 m", False), ("59.84252 in", False), ("59.84251 in", True)],
)
def test_australia_at_152_cm(height: str, below: bool) -> None:
    decision = decided("australia-2026", weight="80", height=height, sex="male", **ADULT)
    assert decision.basis == ("actual" if below else "adjusted")
    assert ("152 cm" in decision.reason) is below
    cm = exact(person(weight="80", height=height).height_cm)
    ideal = 50 + Fraction("2.3") * (cm * Fraction("0.393701") - 60)
    assert decision.kg == (80 if below else ideal + Fraction("0.4") * (80 - ideal))


AGES: Final = [("17", True), ("17.999999", True), ("215 months", True), ("215.99 months", True), ("18", False), ("216 months", False)]


@pytest.mark.parametrize(("age", "child"), [*AGES, ("18.000001", False), ("216.01 months", False), ("8 months", True), ("90", False)])
@pytest.mark.parametrize("policy", ["australia-2026", "uk-request-form"])
def test_policies_at_18_years(policy: str, age: str, child: bool) -> None:
    decision = decided(policy, weight="110", height="165", sex="female", age=age, not_pregnant="true")
    assert decision.basis == ("actual" if child else "adjusted")
    assert ("18 years" in decision.reason) is child
    assert (decision.kg == 110) is child


@pytest.mark.parametrize("basis", ["ideal", "adjusted"])
@pytest.mark.parametrize(
    ("height", "below"), [("152.399999", True), ("152.4", False), ("59.999999 in", True), ("60 in", False), ("5 ft", False)]
)
def test_the_plain_weights_start_where_devine_starts(basis: str, height: str, below: bool) -> None:
    if below:
        decision = undecided(basis, weight="60", height=height, sex="male")
        assert decision.needs == ()
        assert "60 inches, 152.4 cm" in decision.reason
    else:
        assert decided(basis, weight="60", height=height, sex="male").kg == {"ideal": 50, "adjusted": 54}[basis]


@pytest.mark.parametrize("policy", ["seton", "us-120"])
@pytest.mark.parametrize(("height", "weight"), [("60", "5"), ("20", "0.5"), ("100", "16"), ("131", "60"), ("152.399999", "60")])
def test_a_policy_that_names_no_height_is_not_carried_below_the_formula(policy: str, height: str, weight: str) -> None:
    # At 60 cm the straight line of the formula gives an ideal weight of -33.7 kg, which no policy can have meant.
    decision = undecided(policy, weight=weight, height=height, sex="male", **ADULT)
    assert "60 inches" in decision.reason


# Exclusions and their order: Australia


@pytest.mark.parametrize(
    ("named", "word"),
    [
        ({"age": "17", "height": "151", "sex": "female", "pregnant": "true"}, "age"),
        ({"age": "17", "height": "190", "sex": "female", "pregnant": "true"}, "age"),
        ({"age": "17"}, "age"),
        ({"age": "30", "height": "151", "sex": "female", "pregnant": "true"}, "height"),
        ({"age": "30", "height": "151"}, "height"),
        ({"height": "151"}, "height"),
        ({"age": "30", "height": "190", "sex": "female", "pregnant": "true"}, "pregnant"),
        ({"age": "30", "pregnant": "true"}, "pregnant"),
        ({"pregnant": "true"}, "pregnant"),
        ({"age": "30", "height": "190", "sex": "female", "not_pregnant": "true"}, "adjusted weight"),
        ({"age": "30", "height": "190", "sex": "male"}, "adjusted weight"),
        ({"age": "30", "height": "190", "sex": "male", "not_pregnant": "true"}, "adjusted weight"),
    ],
)
def test_australia_excludes_by_age_then_height_then_pregnancy_then_a_lower_actual_weight(named: dict[str, str], word: str) -> None:
    decision = decided("australia-2026", weight="60", **named)
    assert (decision.kg, decision.basis) == (Fraction(60), "actual")
    words = ["age is", "height is", "pregnant", "adjusted weight"]
    assert [found for found in words if found in decision.reason] == [found for found in words if found.startswith(word)]
    assert word != "pregnant" or decision.reason == "pregnant"


def test_australia_where_actual_and_adjusted_meet() -> None:
    # Adjusted is below actual exactly where ideal is. Male, 160 cm: 50 + 2.3 x (160 x 0.393701 - 60) = 56.881968 kg
    ideal = Fraction("56.881968")
    for weight, basis in (("56.881967", "actual"), ("56.881968", "adjusted"), ("56.881969", "adjusted")):
        decision = decided("australia-2026", weight=weight, height="160", sex="male", age="50")
        assert decision.basis == basis
        assert decision.kg == min(Fraction(weight), ideal + Fraction("0.4") * (Fraction(weight) - ideal))


@pytest.mark.parametrize("age", ["17", "216 months"])
def test_the_uk_form_takes_a_short_patient_before_a_child(age: str) -> None:
    assert "132 cm" in decided("uk-request-form", weight="60", height="131", age=age).reason


def test_plain_weights_are_never_above_the_actual_one() -> None:
    for basis, above in (("ideal", "74.99"), ("adjusted", "69")):
        decision = decided(basis, weight="60", height="180", sex="male")
        assert (decision.kg, decision.basis, decision.policy) == (Fraction(60), "actual", basis)
        assert f"{above} kg, is above the actual weight" in decision.reason


@pytest.mark.parametrize(
    ("policy", "low"), [("uk-request-form", {"bmi_above": Fraction(20)}), ("us-120", {"percent_of_ideal_above": Fraction(90)})]
)
def test_other_thresholds_do_not_take_a_policy_above_the_actual_weight(policy: str, low: dict[str, Fraction]) -> None:
    # Male, 180 cm: ideal 74.99 kg. At 70 kg the BMI is 21.6, and adjusted would be 72.99 kg.
    own = POLICIES.offered[policy]
    other = POLICIES._replace(offered={policy: own._replace(figures={**own.figures, **low})})
    decision = decide(person(weight="70", height="180", sex="male", **ADULT), policy, other)
    assert isinstance(decision, DosingWeight)
    assert (decision.kg, decision.basis, decision.policy) == (Fraction(70), "actual", policy)
    assert "never exceeded" in decision.reason


# What is missing is named


NEEDS: Final = {
    "ideal": ["--height", "--sex"],
    "adjusted": ["--height", "--sex"],
    "australia-2026": ["--age", "--height", "--sex", "--pregnant or --not-pregnant"],
    "uk-request-form": ["--age", "--height", "--sex"],
    "seton": ["--height", "--sex"],
    "us-120": ["--height", "--sex"],
}
GIVEN: Final = {"--age": ("age", "50"), "--height": ("height", "165"), "--sex": ("sex", "female")}
GIVEN_PREGNANT: Final = {**GIVEN, "--pregnant or --not-pregnant": ("not_pregnant", "true")}
LACKING: Final = [(policy, lacks) for policy, needs in NEEDS.items() for lacks in [*([need] for need in needs), needs]]


@pytest.mark.parametrize(("policy", "lacks"), LACKING)
def test_a_policy_names_exactly_what_it_lacks(run_cli: RunCli, policy: str, lacks: list[str]) -> None:
    named = dict(given for option, given in GIVEN_PREGNANT.items() if option not in lacks)
    decision = undecided(policy, weight="70", **named)
    assert sorted(decision.needs) == sorted(lacks)
    words = [word for name, value in named.items() for word in ([f"--{name}", value] if value != "true" else ["--not-pregnant"])]
    ran = run_cli("plan", "--weight", "70", *words, "--regimen", "itp", "--dosing-weight", policy)
    assert (ran.code, ran.out) == (1, b"")
    assert f"--dosing-weight {policy} cannot be worked out" in ran.err
    added = ran.err.rpartition("; add ")[2]
    assert sorted(re.findall(r"--[a-z-]+", added)) == sorted(word for lack in lacks for word in re.findall(r"--[a-z-]+", lack))
    ran = run_cli("weight", "--weight", "70", *words, "--format", "json")
    assert ran.code == 0
    (row,) = [row for row in json.loads(ran.text)["policies"] if row["policy"] == policy]
    assert (row["kg"], row["basis"]) == (None, None)
    assert [lack for lack in lacks if lack not in row["reason"]] == []


def test_a_man_is_not_asked_whether_he_is_pregnant() -> None:
    assert undecided("australia-2026", weight="70", height="165", sex="male").needs == ("--age",)
    assert decided("australia-2026", weight="70", height="165", sex="male", age="50").basis == "adjusted"


@pytest.mark.parametrize("policy", NAMES)
def test_what_was_asked_for_is_what_a_plan_rests_on(policy: str) -> None:
    patient: dict[str, str] = {"weight": "70", "height": "165", "sex": "female", "age": "50"}
    plan = ask_plan({**patient, "not-pregnant": "true", "regimen": "itp", "dosing-weight": policy})
    alone = decided(policy, **patient, not_pregnant="true")
    assert plan.weight == alone._replace(reason=f"asked for; {alone.reason}")
    assert plan.weight.policy == policy
    assert (plan.weight.source is None) is (policy in PLAIN)


@pytest.mark.parametrize("typed", ["ADJUSTED", " adjusted ", "Us-120"])
def test_a_policy_in_any_case_of_letters(typed: str) -> None:
    plan = ask_plan(weight="110", height="165", sex="female", regimen="itp", dosing_weight=typed)
    assert plan.weight.policy == typed.strip().lower()


def test_an_empty_policy_is_refused_and_not_passed_over(run_cli: RunCli) -> None:
    ran = run_cli("plan", "--weight", "62", "--regimen", "itp", "--dosing-weight", "")
    assert (ran.code, ran.out) == (2, b"")
    assert "--dosing-weight" in ran.err


# BMI of 30 or more, and the basis that a source names


def test_a_bmi_of_30_with_neither_asks_with_three_weights_and_their_grams(run_cli: RunCli) -> None:
    # By hand: 110 kg, ideal 56.909449, adjusted 78.145669; 0.4 g per kg per day, 3 days: each day rounds to 0.01 g on its own
    ran = run_cli("plan", "--weight", "110", "--height", "165", "--sex", "female", "--regimen", "itp")
    assert (ran.code, ran.out) == (1, b"")
    assert "BMI is 40.4" in ran.err
    assert "--dosing-weight" in ran.err
    for name, kg, day in (("actual", "110", "44"), ("ideal", "56.91", "22.76"), ("adjusted", "78.15", "31.26")):
        assert f"{name}: {kg} kg, {day} g a day" in ran.err
    for course in ("132 g per course", "68.29 g per course", "93.77 g per course"):
        assert course in ran.err


def test_a_dose_entered_by_hand_asks_as_well(run_cli: RunCli) -> None:
    typed = ["--weight", "100", "--height", "175", "--sex", "male", "--dose", "2 g/kg/course", "--days", "5"]
    ran = run_cli("plan", *typed)
    assert ran.code == 1
    for grams in ("40 g a day, 200 g per course", "140.93 g per course", "164.56 g per course"):
        assert grams in ran.err


def test_grams_are_shown_where_the_dose_is_stated_and_only_the_days_are_open() -> None:
    # 1 g per kg per course, days not stated: 110, 56.91 and 78.15 g
    with pytest.raises(Refused) as refusal:
        ask(weight="110", height="165", sex="female", regimen="melanoma-q3w")
    for grams in ("110 g", "56.91 g", "78.15 g"):
        assert grams in str(refusal.value)


def test_a_dose_that_is_open_is_said_to_be_open() -> None:
    with pytest.raises(Refused, match=r"actual: 110 kg, dose open"):
        ask(weight="110", height="165", sex="female", regimen="systemic-sclerosis")


@pytest.mark.parametrize(
    ("named", "ideal"),
    [
        ({"height": "165"}, "ideal: needs --sex; adjusted: needs --sex"),
        ({"height": "140", "sex": "male"}, "ideal: Devine's formula starts at"),
    ],
)
def test_what_cannot_be_shown_says_why(named: dict[str, str], ideal: str) -> None:
    with pytest.raises(Refused) as refusal:
        ask({"weight": "110", "regimen": "itp", **named})
    assert "actual: 110 kg, 44 g a day, 132 g per course" in str(refusal.value)
    assert ideal in str(refusal.value)


@pytest.mark.parametrize(
    ("named", "words"),
    [
        ({}, "BMI not known without --height"),
        ({"height": "165", "sex": "female"}, "BMI 22.8 is not 30 or more"),
        ({"sex": "male"}, "BMI not known"),
    ],
)
def test_actual_weight_where_neither_is_named_and_bmi_is_below_30_or_not_known(named: dict[str, str], words: str) -> None:
    for options in ({"regimen": "itp"}, {"dose": "0.4 g/kg/day", "days": "3"}):
        plan = ask_plan({"weight": "62", **options, **named})
        assert (plan.weight.kg, plan.weight.basis, plan.weight.policy) == (Fraction(62), "actual", "actual")
        assert words in plan.weight.reason
        assert ("entered by hand" in plan.weight.reason) is ("dose" in options)
        assert ("does not state which weight" in plan.weight.reason) is ("regimen" in options)


@pytest.mark.parametrize(
    ("basis", "kg"), [("actual", Fraction(110)), ("ideal", Fraction("68.5")), ("adjusted", Fraction("85.1")), ("us-120", Fraction("85.1"))]
)
def test_a_source_that_names_a_basis_gets_that_one(tmp_path: Path, basis: str, kg: Fraction) -> None:
    stated = basis if basis == "us-120" else f"{basis} body weight"
    catalogue = catalogue_of(tmp_path, one=regimen(phase("0.4 g/kg", "day", "3"), weight_basis=stated))
    plan = ask_plan({"weight": "110", "height": "70 in", "sex": "female", "regimen": "one"}, catalogue)
    assert (plan.weight.kg, plan.weight.policy) == (kg, basis)
    assert f"the source names {stated}" in plan.weight.reason
    other = ask_plan({"weight": "110", "height": "70 in", "sex": "female", "regimen": "one", "dosing-weight": "ideal"}, catalogue)
    assert (other.weight.kg, other.weight.policy) == (Fraction("68.5"), "ideal")
    assert other.weight.reason.startswith("asked for")


def test_a_source_that_names_a_basis_asks_for_what_it_needs(tmp_path: Path) -> None:
    catalogue = catalogue_of(tmp_path, one=regimen(phase("0.4 g/kg", "day", "3"), weight_basis="adjusted body weight"))
    with pytest.raises(Refused, match=r"rests on height and sex; add --height, --sex$"):
        ask({"weight": "110", "regimen": "one"}, catalogue)
    with pytest.raises(Refused, match=r"152\.4 cm, and the height of 140 cm is below it; the source names that weight; if another"):
        ask({"weight": "110", "height": "140", "sex": "male", "regimen": "one"}, catalogue)


# Policies that are not offered, names that are not known, contradictions


@pytest.mark.parametrize(
    ("name", "missing"),
    [
        ("ontario", "the factor of the adjusted weight is cut off"),
        ("nhs-england", "the policy document itself was not read"),
        ("bc", "only the page of the programme was read"),
        ("prairies", "were not read"),
    ],
)
def test_a_policy_that_is_not_offered_says_what_is_missing(run_cli: RunCli, name: str, missing: str) -> None:
    ran = run_cli("plan", "--weight", "62", "--regimen", "itp", "--dosing-weight", name)
    assert (ran.code, ran.out) == (2, b"")
    for words in (f"{name} is not offered: ", missing, "write one of " + ", ".join((*NAMES[:3], "pre-pregnancy", *NAMES[3:]))):
        assert words in ran.err


def test_a_policy_that_is_not_known_says_which_are() -> None:
    with pytest.raises(InputError) as refusal:
        ask(weight="62", regimen="itp", dosing_weight="lean")
    assert "'lean' is not known; write one of " + ", ".join((*NAMES[:3], "pre-pregnancy", *NAMES[3:])) in str(refusal.value)


@pytest.mark.parametrize("command", [["weight"], ["plan", "--regimen", "itp"]])
@pytest.mark.parametrize(
    ("typed", "says"),
    [
        (["--pregnant", "--not-pregnant"], ["--pregnant and --not-pregnant contradict", "write one"]),
        (["--pregnant", "--sex", "male"], ["--pregnant and --sex male contradict", "mend one"]),
        (["--pregnant", "--sex", "MALE"], ["--pregnant and --sex male contradict", "mend one"]),
        (["--sex", "m"], ["--sex: 'm' is not known", "write female or male"]),
        (["--sex", ""], ["--sex: ''", "write female or male"]),
        (["--height", "19.9"], ["--height", "from 20 to 272 cm (a bound of our own)"]),
        (["--height", "272.1"], ["--height", "from 20 to 272 cm (a bound of our own)"]),
        (["--height", "1.75"], ["--height", "from 20 to 272 cm (a bound of our own)"]),
        (["--height", "5'12\""], ["--height", "write fewer than 12"]),
    ],
)
def test_what_contradicts_or_cannot_be_read_is_refused(run_cli: RunCli, command: list[str], typed: list[str], says: list[str]) -> None:
    ran = run_cli(*command, "--weight", "62", *typed)
    assert (ran.code, ran.out) == (2, b"")
    assert [words for words in says if words not in ran.err] == []


def test_sex_in_any_case_of_letters_and_pregnancy_unsaid_is_not_no() -> None:
    assert person(weight="62", sex="FEMALE").sex == "female"
    assert person(weight="62", sex="Male").sex == "male"
    assert [person(weight="62", **said).pregnant for said in ({}, {"pregnant": "true"}, {"not_pregnant": "true"})] == [None, True, False]


# Ages


@pytest.mark.parametrize(
    ("typed", "years"),
    [
        ("54", Fraction(54)),
        ("54.5", Fraction(109, 2)),
        ("54 years", Fraction(54)),
        ("54years", Fraction(54)),
        ("54 YEARS", Fraction(54)),
        ("54y", Fraction(54)),
        ("1 year", Fraction(1)),
        (" 54 ", Fraction(54)),
        ("8 months", Fraction(2, 3)),
        ("8months", Fraction(2, 3)),
        ("1 month", Fraction(1, 12)),
        ("0.5 Months", Fraction(1, 24)),
        ("125", Fraction(125)),
        ("1500 months", Fraction(125)),
    ],
)
def test_ages_in_years_and_months(typed: str, years: Fraction) -> None:
    assert read_age(typed) == years


REFUSED_AGES: Final = [
    "0",
    "0 months",
    "-3",
    "+3",
    "126",
    "125.000001",
    "1501 months",
    "",
    " ",
    "1e1",
    "nan",
    "018",
    ".5",
    "5.",
    "5 0",
    "month",
]


@pytest.mark.parametrize(
    "typed", [*REFUSED_AGES, "8 m", "3 weeks", "54 kg", "2 years 3 months", "54,5", "\uff15\uff14", "newborn", "54 years old"]
)
def test_ages_that_are_refused(run_cli: RunCli, typed: str) -> None:
    ran = run_cli("weight", "--weight", "62", "--age", typed)
    assert (ran.code, ran.out) == (2, b"")
    assert "--age" in ran.err
    assert "; write" in ran.err


@pytest.mark.parametrize("typed", ["8,5 months", ".5 months"])
def test_the_mend_of_an_age_keeps_its_unit(typed: str) -> None:
    # 8,5 months mended to 8.5 would be 8.5 years
    with pytest.raises(InputError) as refusal:
        read_age(typed)
    assert re.search(r"write \"?[0-9.]+ months", str(refusal.value)), str(refusal.value)


@pytest.mark.parametrize("typed", ["3 weeks", "2 years 3 months", "8 m"])
def test_an_age_in_another_unit_says_which_are_read(typed: str) -> None:
    with pytest.raises(InputError, match="months"):
        read_age(typed)
    with pytest.raises(InputError) as refusal:
        read_age(typed)
    assert "years" in str(refusal.value).replace(typed, "")
    assert "months" in str(refusal.value).replace(typed, "")


# JSON


def weight_json(run_cli: RunCli, *typed: str) -> dict[str, Any]:
    ran = run_cli("weight", *typed, "--format", "json")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.endswith(b"}\n")
    assert not re.search(rb"\d\.\d*0[,\s]|\d[eE][+-]?\d", re.sub(rb'"[^"\n]*"', b"", ran.out)), "no trailing zero, no exponent"
    document = json.loads(ran.text, parse_float=Decimal)
    assert list(document) == ["schema", "actual_kg", "ideal_kg", "adjusted_kg", "bmi", "policies"]
    assert document["schema"] == "ivigcalc.weight/1"
    assert [row["policy"] for row in document["policies"]] == NAMES
    for row in document["policies"]:
        assert list(row) == ["policy", "kg", "basis", "reason", "source"]
        assert isinstance(row["reason"], str)
        assert row["reason"]
        assert (row["kg"] is None) is (row["basis"] is None)
    assert isinstance(document, dict)
    return document


def test_json_with_every_figure_that_can_be_known(run_cli: RunCli) -> None:
    typed = ["--weight", "95", "--height", "165", "--sex", "female", "--age", "50", "--not-pregnant", "--label", "bed 4"]
    document = weight_json(run_cli, *typed)
    # by hand, and published as 56.9094, 72.1457 and 56.9095, 72.1457 with the Australian inch; 95 / 1.65 squared = 34.894399
    assert [document[key] for key in ("actual_kg", "ideal_kg", "adjusted_kg", "bmi")] == [
        95,
        Decimal("56.909449"),
        Decimal("72.145669"),
        Decimal("34.894399"),
    ]
    assert [(row["kg"], row["basis"]) for row in document["policies"]] == [
        (95, "actual"),
        (Decimal("56.909449"), "ideal"),
        (Decimal("72.145669"), "adjusted"),
        (Decimal("72.1457177"), "adjusted"),  # ends, so it is written in full
        (Decimal("72.145669"), "adjusted"),
        (None, None),  # Seton: above 130% of 56.9 kg
        (Decimal("72.145669"), "adjusted"),
    ]
    sources = {row["policy"]: row["source"] for row in document["policies"]}
    assert [sources[name] for name in PLAIN] == [None] * 3
    assert "Lifeblood" in sources["australia-2026"]
    assert "National Blood Authority" in sources["australia-2026"]
    assert "request form" in sources["uk-request-form"]
    assert "US inpatient" in sources["us-120"]


def test_json_of_a_weight_alone(run_cli: RunCli) -> None:
    document = weight_json(run_cli, "--weight", "137 lb")
    # 137 lb are 62.14215469 kg exactly
    assert [document[key] for key in ("actual_kg", "ideal_kg", "adjusted_kg", "bmi")] == [Decimal("62.14215469"), None, None, None]
    assert [(row["kg"], row["basis"]) for row in document["policies"]] == [(Decimal("62.14215469"), "actual")] + [(None, None)] * 6


def test_json_below_the_start_of_the_formula_and_of_an_adjusted_weight_above_the_actual_one(run_cli: RunCli) -> None:
    low = weight_json(run_cli, "--weight", "60", "--height", "150", "--sex", "male")
    assert (low["ideal_kg"], low["adjusted_kg"], low["bmi"]) == (None, None, Decimal("26.666667"))
    # 180 cm, male: 50 + 2.3 x (180 / 2.54 - 60) = 74.992126 kg; 0.6 x that + 0.4 x 60 = 68.995276 kg
    tall = weight_json(run_cli, "--weight", "60", "--height", "180", "--sex", "male")
    assert (tall["ideal_kg"], tall["adjusted_kg"]) == (Decimal("74.992126"), Decimal("68.995276"))
    assert {row["policy"]: row["kg"] for row in tall["policies"] if row["policy"] in PLAIN} == dict.fromkeys(PLAIN, 60)


# The screen

ON_SCREEN: Final = [
    ["--weight", "62"],
    ["--weight", "95", "--height", "165", "--sex", "female", "--age", "50", "--not-pregnant"],
    ["--weight", "110", "--height", "165", "--sex", "female"],
    ["--weight", "9 st 11 lb", "--height", "5 ft 5 in", "--sex", "female", "--pregnant", "--label", "bed 4"],
    ["--weight", "30", "--height", "131", "--sex", "male", "--age", "8"],
    ["--weight", "60", "--height", "180", "--sex", "male", "--age", "17"],
]


@pytest.mark.parametrize("typed", ON_SCREEN, ids=" ".join)
@pytest.mark.parametrize("width", [40, 80])
def test_the_screen(run_cli: RunCli, monkeypatch: pytest.MonkeyPatch, typed: list[str], width: int) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    ran = run_cli("weight", *typed)
    assert (ran.code, ran.err) == (0, "")
    assert max(map(len, ran.text.splitlines())) <= width
    words = " ".join(ran.text.split())
    assert "none is recommended" in words
    assert re.sub(r"\s", "", "Not a registered medical device.") in re.sub(r"\s", "", ran.text)
    for name in NAMES:
        assert re.search(rf"(?m)^{name}(,|$)", ran.text)
    for policy in POLICIES.offered.values():
        for text in (
            policy.name,
            policy.rule,
            *(cited.quote for cited in policy.cited),
            *(cited.source.citation for cited in policy.cited),
        ):
            assert text in words
    for other in POLICIES.not_offered.values():
        assert f"Not offered {other.id}, {other.name}: {other.missing}." in words
    assert ("Label bed 4" in words) is ("--label" in typed)
    assert ("Height not given" in words) is ("--height" not in typed)
    assert ("BMI not known without --height" in words) is ("--height" not in typed)
    for row in json.loads(run_cli("weight", *typed, "--format", "json").text, parse_float=Decimal)["policies"]:
        assert ("no figure: " if row["kg"] is None else f"{row['kg']} kg, ") + ("" if row["kg"] else row["reason"]) in words
        assert row["reason"] in words


@pytest.mark.parametrize("typed", ON_SCREEN, ids=" ".join)
def test_no_width_parts_a_number_from_its_unit(run_cli: RunCli, monkeypatch: pytest.MonkeyPatch, typed: list[str]) -> None:
    parted = []
    for width in range(40, 81):
        monkeypatch.setenv("COLUMNS", str(width))
        text = run_cli("weight", *typed).text
        parted += [f"width {width}: {found[0]!r}" for found in re.finditer(r"[\d.]+\n\s*(?:kg|lb|cm|g|%|years|inches)\b", text)]
    assert parted == []


def test_height_and_bmi_are_shown_with_their_units(run_cli: RunCli) -> None:
    text = run_cli("weight", "--weight", "100", "--height", "5 ft 10 in", "--format", "table").text
    assert re.search(r"(?m)^Actual +100 kg, 220\.46 lb$", text)
    assert re.search(r"(?m)^Height +177\.8 cm$", text)
    assert re.search(r"(?m)^BMI +31\.6 kg per square metre$", text)  # 100 / 1.778 squared = 31.633


def test_a_terminal_gets_colour_and_the_same_words(run_cli: RunCli) -> None:
    plain = run_cli("weight", "--weight", "62").text
    coloured = run_cli("weight", "--weight", "62", tty=True).text
    assert "\x1b[" in coloured
    assert [line.rstrip() for line in re.sub(r"\x1b\[[0-9;]*m", "", coloured).splitlines()] == plain.splitlines()


@pytest.mark.parametrize("typed", ["csv", "xml", "", "JSON "])
def test_a_format_that_weight_does_not_have(run_cli: RunCli, typed: str) -> None:
    ran = run_cli("weight", "--weight", "62", "--format", typed)
    assert (ran.code, ran.out) == (2, b"")
    assert "--format" in ran.err
    assert "write table or json" in ran.err


def test_weight_without_a_weight(run_cli: RunCli) -> None:
    ran = run_cli("weight", "--height", "165")
    assert (ran.code, ran.out) == (2, b"")
    assert "--weight is needed" in ran.err


def test_the_examples_of_the_help_run(run_cli: RunCli) -> None:
    examples = re.findall(r"(?m)^ +ivigcalc (weight .*)$", run_cli("weight", "--help").text)
    assert len(examples) == 3
    assert [run_cli(*example.split()).code for example in examples] == [0, 0, 0]


# A second calculation, in plain fractions, that shares nothing with the program

Figure = tuple[Fraction, str] | None


def devine(sex: str, inches: Fraction) -> Fraction:
    """Devine's ideal weight [kg]: 50 or 45.5 kg at 60 inches, 2.3 kg for every further inch."""
    return (Fraction(100) if sex == "male" else Fraction(91)) / 2 + (inches - 60) * 23 / 10


def second(policy: str, kg: Fraction, cm: Fraction, sex: str, age: Fraction, pregnant: bool) -> Figure:
    """The dosing weight [kg] and what it is, or None where the published rule gives none."""
    ideal, actual = devine(sex, cm * 50 / 127), (kg, "actual")
    lower = min((kg, "actual"), (ideal * 6 / 10 + kg * 4 / 10, "adjusted"), key=lambda pair: pair[0])
    starts = cm * 10 >= 1524
    if policy == "actual":
        return actual
    if policy == "australia-2026":
        own = devine(sex, cm * 393_701 / 1_000_000) * 6 / 10 + kg * 4 / 10
        return actual if age < 18 or cm < 152 or pregnant or kg < own else (own, "adjusted")
    if policy == "uk-request-form":
        over = kg * 10_000 > 30 * cm * cm or kg * 10 > ideal * 12
        return actual if cm < 132 or age < 18 or not over else lower
    if not starts:
        return None
    if policy == "ideal":
        return actual if kg < ideal else (ideal, "ideal")
    if policy == "adjusted":
        return actual if kg < ideal else lower
    if policy == "us-120":
        return lower if kg * 10 > ideal * 12 else actual
    assert policy == "seton"
    return None if kg * 10 > ideal * 13 else actual if kg < ideal else (ideal, "ideal")


def decimals(low: str, high: str, places: int) -> st.SearchStrategy[str]:
    scale = 10**places
    whole = st.integers(int(Fraction(low) * scale), int(Fraction(high) * scale))
    return whole.map(lambda number: f"{number // scale}.{number % scale:0{places}}")


KILOGRAMS: Final = st.one_of(decimals("40", "130", 3), decimals("0.2", "650", 3))
TALL: Final = decimals("152.4", "272", 2)  # where Devine's formula starts
ANY_HEIGHT: Final = st.one_of(decimals("130", "200", 2), decimals("20", "272", 2))
HEIGHTS: Final = {name: TALL if name in ("seton", "us-120") else ANY_HEIGHT for name in NAMES}
PEOPLE: Final = st.fixed_dictionaries(
    {
        "sex": st.sampled_from(["female", "male"]),
        "age": st.one_of(decimals("17", "19", 2), decimals("0.1", "100", 1)),
        "pregnant": st.booleans(),
    }
)
NAME_AND_HEIGHT: Final = st.sampled_from(NAMES).flatmap(lambda name: st.tuples(st.just(name), HEIGHTS[name]))


def typed_person(who: dict[str, Any], weight: str, height: str) -> Patient:
    expecting = who["pregnant"] and who["sex"] == "female"
    said = "pregnant" if expecting else "not_pregnant"
    return person(weight=weight, height=height, sex=who["sex"], age=who["age"], **{said: "true"})


def figure(policy: str, patient: Patient) -> Figure:
    decision = decide(patient, policy, POLICIES)
    return (decision.kg, decision.basis) if isinstance(decision, DosingWeight) else None


@thorough
@given(NAME_AND_HEIGHT, KILOGRAMS, PEOPLE)
def test_a_second_calculation_agrees(policy_and_height: tuple[str, str], weight: str, who: dict[str, Any]) -> None:
    policy, height = policy_and_height
    expecting = who["pregnant"] and who["sex"] == "female"
    expected = second(policy, Fraction(weight), Fraction(height), who["sex"], Fraction(who["age"]), expecting)
    # Where both are the same figure, either name of it is right.
    found = figure(policy, typed_person(who, weight, height))
    assert (found and found[0]) == (expected and expected[0])
    assert found is None or expected is None or found[1] == expected[1] or found[0] == Fraction(weight)


@pytest.mark.parametrize("policy", NAMES)
@pytest.mark.parametrize("sex", ["female", "male"])
def test_a_second_calculation_agrees_on_a_grid(policy: str, sex: str) -> None:
    for height in range(153, 211, 3):
        for weight in range(30, 200, 7):
            found = figure(policy, person(weight=str(weight), height=str(height), sex=sex, **ADULT))
            assert found == second(policy, Fraction(weight), Fraction(height), sex, Fraction(50), pregnant=False), (weight, height)


@thorough
@given(st.sampled_from(NAMES), ANY_HEIGHT, KILOGRAMS, PEOPLE)
def test_no_dosing_weight_is_above_the_actual_one_nor_below_zero(policy: str, height: str, weight: str, who: dict[str, Any]) -> None:
    found = figure(policy, typed_person(who, weight, height))
    assert found is None or 0 < found[0] <= Fraction(weight)
    assert found is None or found[1] in PLAIN


def test_no_dosing_weight_is_above_the_actual_one_at_any_height() -> None:
    for height in range(20, 273, 4):
        for weight in (1, 5, 20, 45, 60, 90, 150, 650):
            for sex in ("female", "male"):
                patient = person(weight=str(weight), height=str(height), sex=sex, **ADULT)
                for name, decision in side_by_side(patient, POLICIES).items():
                    assert isinstance(decision, Undecided) or 0 < decision.kg <= weight, (name, weight, height, sex, decision)


# Raising the actual weight never lowers the dosing weight, except where a published rule itself steps down

STEPS: Final = {"uk-request-form": Fraction(120, 100), "us-120": Fraction(120, 100)}
"""Policy -> the multiple of ideal weight at which it steps from the actual weight down to the adjusted one."""


@pytest.mark.parametrize(("sex", "height", "ideal"), [("male", "70 in", "73"), ("female", "63 in", "52.4"), ("male", "60 in", "50")])
@pytest.mark.parametrize("policy", NAMES)
def test_the_places_where_a_rule_steps_down(policy: str, sex: str, height: str, ideal: str) -> None:
    found: list[tuple[Fraction, Figure]] = []
    for tenths in range(200, 3000):
        weight = f"{tenths // 10}.{tenths % 10}"
        found.append((Fraction(weight), figure(policy, person(weight=weight, height=height, sex=sex, **ADULT))))
    down = [
        (low, high) for (low, below), (high, above) in pairwise(found) if below is not None and above is not None and above[0] < below[0]
    ]
    if policy not in STEPS:
        assert down == []
        return
    step = STEPS[policy] * Fraction(ideal)
    assert len(down) == 1
    assert down[0][0] <= step < down[0][1]
    # At the step the dose falls by 0.6 x 20% of ideal: just above it the adjusted weight is 108% of ideal.
    above = figure(policy, person(weight=exact_text(down[0][1]), height=height, sex=sex, **ADULT))
    assert above == (Fraction(ideal) * 6 / 10 + down[0][1] * 4 / 10, "adjusted")


def test_seton_ends_where_its_factor_is_not_known() -> None:
    ends = [w for w in range(60, 120) if (figure("seton", person(weight=str(w), height="70 in", sex="male")) is None)]
    assert ends == list(range(95, 120))  # 130% of 73 kg is 94.9 kg


@pytest.mark.parametrize(("sex", "base"), [("male", Fraction(50)), ("female", Fraction("45.5"))])
def test_a_bmi_of_30_is_always_above_120_percent_of_ideal(sex: str, base: Fraction) -> None:
    # so the step of the UK form is always the one at 120% of ideal, never one at a BMI of 30
    for cm in range(132, 273):
        assert 30 * Fraction(cm, 100) ** 2 > Fraction(120, 100) * devine(sex, cm / Fraction("2.54")), cm
    assert devine(sex, Fraction(60)) == base


@thorough
@given(NAME_AND_HEIGHT, st.tuples(KILOGRAMS, KILOGRAMS), PEOPLE)
def test_more_weight_never_gives_less_on_either_side_of_a_step(
    policy_and_height: tuple[str, str], weights: tuple[str, str], who: dict[str, Any]
) -> None:
    policy, height = policy_and_height
    less, more = sorted(weights, key=Fraction)
    if policy in STEPS:
        step = STEPS[policy] * devine(who["sex"], Fraction(height) / Fraction("2.54"))
        assume(not Fraction(less) <= step < Fraction(more))
    low, high = figure(policy, typed_person(who, less, height)), figure(policy, typed_person(who, more, height))
    assert low is None or high is None or low[0] <= high[0]


# Units


@thorough
@given(decimals("88", "400", 2), decimals("40", "80", 3), PEOPLE)
def test_pounds_and_inches_agree_with_kilograms_and_centimetres(pounds: str, inches: str, who: dict[str, Any]) -> None:
    kg, cm = Decimal(pounds) * Decimal("0.45359237"), Decimal(inches) * Decimal("2.54")
    feet, rest = divmod(Decimal(inches), 12)
    imperial = typed_person(who, f"{pounds} lb", f"{inches} in")
    assert side_by_side(imperial, POLICIES) == side_by_side(typed_person(who, f"{kg}", f"{cm}"), POLICIES)
    assert bmi(imperial) == Fraction(kg) / (Fraction(cm) / 100) ** 2
    if rest:
        stone, pound = divmod(Decimal(pounds), 14)
        assume(pound)
        mixed = typed_person(who, f"{stone} st {pound} lb", f"{feet} ft {rest} in")
        assert side_by_side(mixed, POLICIES) == side_by_side(imperial, POLICIES)


# The weight before pregnancy


def test_the_weight_before_pregnancy_is_taken_where_it_is_asked_for() -> None:
    asked = {"weight": "80", "pregnant": "yes", "pre-pregnancy-weight": "137 lb", "dose": "1 g/kg/course", "days": "1"}
    plan = ask_plan({**asked, "dosing-weight": "pre-pregnancy"})
    assert plan.weight.kg == 137 * Fraction("0.45359237")  # international pound
    assert (plan.weight.basis, plan.weight.policy) == ("pre-pregnancy", "pre-pregnancy")
    assert plan.weight.reason == "asked for; the weight before pregnancy, as given"
    assert ask_plan(asked).weight.basis == "actual"  # nothing asks for it


def test_the_weight_before_pregnancy_is_never_above_the_actual_one() -> None:
    asked = {"weight": "60", "pregnant": "yes", "pre-pregnancy-weight": "60.01", "dosing-weight": "pre-pregnancy"}
    plan = ask_plan({**asked, "dose": "1 g/kg/course", "days": "1"})
    assert plan.weight.kg == 60
    assert plan.weight.basis == "actual"
    assert "the weight before pregnancy, 60.01 kg, is above the actual weight, which is never exceeded" in plan.weight.reason


@pytest.mark.parametrize("said", [{}, {"not-pregnant": "yes"}])
def test_the_weight_before_pregnancy_belongs_to_a_pregnant_patient(said: dict[str, str]) -> None:
    with pytest.raises(InputError, match="--pre-pregnancy-weight is of a pregnant patient; add --pregnant, or leave it out"):
        ask({"weight": "60", "pre-pregnancy-weight": "55", "dose": "1 g/kg/course", "days": "1", **said})


def test_the_weight_before_pregnancy_stands_beside_the_others(run_cli: RunCli) -> None:
    words = ("--weight", "95", "--height", "165", "--sex", "female", "--pregnant", "--pre-pregnancy-weight", "88")
    assert "88 kg, 194.01 lb, pre-pregnancy body weight: the weight before pregnancy, as given" in " ".join(
        run_cli("weight", *words).text.split()
    )
    refused = run_cli("plan", *words, "--dose", "1 g/kg/course", "--days", "2")
    assert refused.code == 1
    assert "pre-pregnancy: 88 kg, 44 g a day, 88 g per course" in refused.err  # BMI 34.9, and nobody says which weight
    shown = run_cli("plan", *words, "--dose", "1 g/kg/course", "--days", "2", "--dosing-weight", "pre-pregnancy").text
    assert "pregnant, 88 kg before pregnancy" in " ".join(shown.split())


def test_the_same_weight_before_pregnancy_is_that_before_pregnancy() -> None:
    asked = {"weight": "60", "pregnant": "yes", "pre-pregnancy-weight": "60", "dose": "1 g/kg/course", "days": "1"}
    weight = ask_plan({**asked, "dosing-weight": "pre-pregnancy"}).weight
    assert weight.kg == 60
    assert weight.basis == "pre-pregnancy"
    assert weight.reason == "asked for; the weight before pregnancy, as given"


@pytest.mark.parametrize(
    ("index", "shown"),
    [
        ("30.44444", "30.4"),
        ("30.04444", "30.04"),
        ("30.00444", "30.004"),
        ("30.00044", "30.0004"),
        ("30.0000444", "30.000044"),
        ("30", "30"),
    ],
)
def test_a_bmi_beside_a_threshold_has_the_decimals_that_tell_them_apart(index: str, shown: str) -> None:
    assert _beside(Fraction(index), Fraction(30)) == shown


@pytest.mark.parametrize(
    ("policy", "named"),
    [
        ("australia-2026", {"age": "10", "weight": "30", "height": "140", "sex": "male"}),
        ("australia-2026", {**ADULT, "weight": "60", "height": "150", "sex": "male"}),
        ("australia-2026", {"age": "30", "pregnant": "true", "weight": "60", "height": "165", "sex": "female"}),
        ("australia-2026", {**ADULT, "weight": "40", "height": "170", "sex": "male"}),  # below 55.6 kg adjusted
        ("uk-request-form", {**ADULT, "weight": "30", "height": "130", "sex": "male"}),
        ("uk-request-form", {"age": "10", "weight": "30", "height": "140", "sex": "male"}),
        ("uk-request-form", {**ADULT, "weight": "66", "height": "170", "sex": "male"}),
        ("seton", {**ADULT, "weight": "40", "height": "170", "sex": "male"}),  # below 65.9 kg ideal
        ("us-120", {**ADULT, "weight": "66", "height": "170", "sex": "male"}),
    ],
)
def test_where_a_policy_takes_the_actual_weight_it_is_named_with_its_source(policy: str, named: dict[str, str]) -> None:
    decision = decided(policy, **named)
    assert decision.kg == Fraction(named["weight"])
    assert (decision.basis, decision.policy, decision.source) == ("actual", policy, POLICIES.offered[policy].source)


@pytest.mark.parametrize(("weight", "basis"), [("59.9", "adjusted"), ("60", "adjusted"), ("60.1", "actual")])
def test_an_adjusted_weight_is_never_above_the_actual_one(weight: str, basis: str) -> None:
    policy = POLICIES.offered["us-120"]
    decision = _capped(person(weight="60"), Fraction(weight), policy, "a reason")
    assert decision.kg == min(Fraction(weight), 60)
    assert (decision.basis, decision.policy, decision.source) == (basis, "us-120", policy.source)


@pytest.mark.parametrize(("weight", "basis"), [("60", "ideal"), ("60.01", "actual")])
def test_a_formula_that_gives_the_actual_weight_keeps_its_name(weight: str, basis: str) -> None:
    decision = _plain(person(weight="60", height="170", sex="male"), "ideal", Fraction(weight), "a reason")
    assert isinstance(decision, DosingWeight)
    assert (decision.basis, decision.policy) == (basis, "ideal")
    assert decision.kg == 60
