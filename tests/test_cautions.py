"""What a second pair of eyes would ask: each caution just below, at and just above its figure, and what nothing accepts."""

import re
from datetime import date
from fractions import Fraction
from pathlib import Path
from random import Random
from typing import Final

import pytest

from ivigcalc.catalogue import data_file
from ivigcalc.catalogue.formulary import load_formulary
from ivigcalc.errors import CatalogueError, InputError, Refused
from ivigcalc.model import (
    AtRisk,
    Cautions,
    Comparison,
    Figure,
    Finding,
    Formulary,
    LabelDose,
    LastCourse,
    Patient,
    Plan,
    RateChoice,
    Source,
)
from ivigcalc.options import Options
from ivigcalc.request import answer
from ivigcalc.safety.cautions import _label_at_risk, sources
from ivigcalc.safety.checks import check
from ivigcalc.safety.contraindications import refuse, warn
from ivigcalc.safety.days28 import Day, Most, highest
from ivigcalc.safety.population import check_population
from ivigcalc.when import add_months
from tests.conftest import RunCli
from tests.test_request import CATALOGUE, LIMITS, TODAY, ask, ask_choices, ask_plan, catalogue_of, codes, phase, regimen, spelt

FORMULARY: Final = load_formulary(data_file("products.yaml"))
FORTY: Final[Options] = {"weight": "62", "dose": "0.4 g/kg/day", "days": "1"}  # nothing to say of it
WEIGHTS: Final = ["62", "137 lb", "1432 lb", "3200 g"]
OWN: Final = Source("own", "An own source", None, None, "2026-11-22", external=False)


def plan_of(options: Options, formulary: Formulary = FORMULARY, **named: str | tuple[str, ...]) -> Plan:
    """Ask for a plan with the products that ship."""
    plan = answer({**options, **spelt(named)}, CATALOGUE, LIMITS, TODAY, lambda: formulary)
    assert isinstance(plan, Plan)
    return plan


def found(plan: Plan, code: str) -> Finding | None:
    return next((finding for finding in plan.findings if finding.code == code), None)


def said(plan: Plan, code: str) -> str:
    """The words of a finding that must be there."""
    finding = found(plan, code)
    assert finding, codes(plan)
    return finding.text


def cautions() -> Cautions:
    assert LIMITS.cautions
    return LIMITS.cautions


# 28 days


@pytest.mark.parametrize("weight", WEIGHTS)
@pytest.mark.parametrize(
    ("dose", "days", "every", "figure"),
    [
        # both ends counted: the 28 dates from day 1 hold days 1 to 28, so a course 28 days later is in no window with the first day
        ("1.999999 g/kg/course", "5", "4 weeks", None),
        ("2 g/kg/course", "5", "4 weeks", None),
        ("2 g/kg/course", "5", "28 days", None),
        ("2 g/kg/course", "5", "27 days", "2.4"),  # the window from day 1 also holds the first 0.4 g per kg of the next
        ("0.999999 g/kg", "1", "2 weeks", None),
        ("1 g/kg", "1", "2 weeks", None),  # days 1 and 15; day 29 is the 29th
        ("0.666667 g/kg", "1", "13 days", "2.000001"),  # days 1, 14 and 27
        ("0.666666 g/kg", "1", "13 days", None),
        ("0.4 g/kg", "1", "7 days", None),  # 4 in 28 days
        ("0.500001 g/kg", "1", "7 days", "2.000004"),
        ("0.5 g/kg", "1", "7 days", None),
        ("2 g/kg/course", "5", "1 month", None),
    ],
)
@pytest.mark.parametrize("start", [None, "2027-01-04"])
def test_28_days_just_below_at_and_just_above(weight: str, dose: str, days: str, every: str, figure: str | None, start: str | None) -> None:
    options: Options = {"weight": weight, "dose": dose, "days": days, "every": every, "cycles": "4", **({"start": start} if start else {})}
    if figure is None:
        plan = ask_plan(options)
        assert not [code for code in codes(plan) if code in ("28-day-dose", "28-day-dose-source")]
        return
    with pytest.raises(Refused, match="not all of its figures are those of a source") as refusal:
        ask(options)
    assert re.findall(r"--accept (\S+)", str(refusal.value)) == [f"28-day-dose={figure}"]
    accepted = ask_plan(options, accept=(f"28-day-dose={figure}",), reason="meant")
    assert [finding.accepted for finding in accepted.findings if finding.code == "28-day-dose"] == [True]


@pytest.mark.parametrize(
    ("day", "grams", "start", "figure"),
    [
        # 4 January is the first of 28 dates that end on 31 January, which hold the 0.4 g per kg of that day alone
        ("2027-01-04", "99.2 g", "2027-01-31", None),  # 1.6 + 0.4 = 2
        ("2027-01-04", "99.21 g", "2027-01-31", "2.000161"),  # (99.21 + 24.8) / 62
        ("2027-01-04", "620 g", "2027-02-01", None),
        ("2027-01-04", "49.6 g", "2027-01-11", None),  # 0.8 + 1.2 g per kg
        ("2027-01-04", "49.61 g", "2027-01-11", "2.000161"),  # 124.01 / 62
    ],
)
def test_the_last_course_counts_on_its_last_day(day: str, grams: str, start: str, figure: str | None) -> None:
    options: Options = {"weight": "62", "regimen": "itp", "start": start, "last-course": f"{day} {grams}"}
    if figure is None:
        assert not found(ask_plan(options), "28-day-dose")
        return
    with pytest.raises(Refused, match="the last course is part of it") as refusal:
        ask(options)
    assert f"28-day-dose={figure}" in str(refusal.value)


def test_the_published_example_of_a_last_course() -> None:
    # 124 g is 2 g per kg of 62 kg on 4 January; itp from 25 January adds 1.2 g per kg within 28 days
    with pytest.raises(Refused, match=r"3\.2 g per kg within 28 days, Mon 04-Jan-2027 to Wed 27-Jan-2027") as refusal:
        ask(weight="62", regimen="itp", start="2027-01-25", last_course="2027-01-04 124 g")
    assert refusal.value.exit_code == 1


@pytest.mark.parametrize(("start", "level"), [(None, "warning"), ("2027-01-04", "warning")])
def test_the_source_s_own_phases_are_a_warning(start: str | None, level: str) -> None:
    plan = ask_plan({"weight": "62", "regimen": "itp", "cycles": "2", **({"start": start} if start else {})})
    finding = found(plan, "28-day-dose-source")
    assert finding
    assert (finding.level, finding.figure) == (level, None)
    where = "Mon 04-Jan-2027 to Wed 27-Jan-2027" if start else "courses 1 and 2 by the interval"
    assert finding.text == (
        f"2.4 g per kg within 28 days, {where}, is more than the limit of 2 g per kg in 28 days, a choice of ours; "
        "the regimen's own source states it."
    )


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({"days": "4"}, "not all of its figures"),
        ({"dose": "0.6 g/kg/day"}, "not all of its figures"),
        ({"every": "2 weeks"}, "not all of its figures"),
        # every 4 weeks itself is no excess; the first course, moved by a closed day, comes nearer to the second
        (
            {"start": "2027-01-25", "last-course": "2027-01-06 74.4 g"},
            "the last course is part of it, all of it on its last day; give its first day too",
        ),
        ({"start": "2027-01-25", "last-course": "2027-01-04 to 2027-01-06 74.4 g"}, r"; the last course is part of it\. "),
    ],
)
def test_what_a_person_changed_is_a_refusal(options: Options, why: str) -> None:
    with pytest.raises(Refused, match=why):
        ask({"weight": "62", "regimen": "itp", "cycles": "3", **options})


def test_an_interval_that_was_entered_is_a_refusal(tmp_path: Path) -> None:
    catalogue = catalogue_of(tmp_path, r=regimen(phase("1.2 g/kg", "course", "3")))
    with pytest.raises(Refused, match=r"28-day-dose=2\.4"):
        ask(catalogue=catalogue, weight="62", regimen="r", every="3 weeks", cycles="2")
    assert not [
        code for code in codes(ask_plan(catalogue=catalogue, weight="62", regimen="r", every="4 weeks", cycles="2")) if "28" in code
    ]


def test_days_that_were_entered_for_a_dose_of_each_day_are_a_refusal(tmp_path: Path) -> None:
    catalogue = catalogue_of(tmp_path, r=regimen(phase("0.6 g/kg", "day", "not stated", every="2 weeks")))
    with pytest.raises(Refused, match=r"28-day-dose=2\.4"):
        ask(catalogue=catalogue, weight="62", regimen="r", days="2", cycles="2")


def test_courses_that_were_moved_together_are_a_refusal(tmp_path: Path) -> None:
    # every 4 weeks 2 g per kg over 5 days is no excess. Course 2 waits from 1 to 4 February, course 3 does not move from 1 March: 25 days
    catalogue = catalogue_of(tmp_path, r=regimen(phase("0.4 g/kg", "day", "5", every="4 weeks", cycles="3")))
    options: Options = {"weight": "62", "regimen": "r", "start": "2027-01-04"}
    assert not [code for code in codes(ask_plan(options, catalogue)) if code.startswith("28-day")]
    with pytest.raises(Refused, match="moving courses to other days brought them closer together"):
        ask(options, catalogue, closed=("2027-02-01", "2027-02-02", "2027-02-03"))


def test_a_course_more_than_the_source_has_is_a_refusal(tmp_path: Path) -> None:
    catalogue = catalogue_of(tmp_path, r=regimen(phase("0.4 g/kg", "day", "5", every="3 weeks", cycles="2")))
    options: Options = {"weight": "62", "regimen": "r"}
    assert found(ask_plan(options, catalogue), "28-day-dose-source")
    with pytest.raises(Refused, match="28-day-dose"):
        ask({**options, "every": "4 days", "days": "2"}, catalogue, cycles="9")
    unstated = catalogue_of(tmp_path, r=regimen(phase("1 g/kg", "course", "1", every="2 weeks", cycles="3")))
    assert not [code for code in codes(ask_plan(options, unstated)) if code.startswith("28-day")]


def test_courses_beyond_the_source_s_number_cause_a_refusal(tmp_path: Path) -> None:
    # 3 courses of 0.6 g per kg a week are 1.8; a fourth, which the source does not state, makes 2.4
    catalogue = catalogue_of(tmp_path, r=regimen(phase("0.6 g/kg", "course", "1", every="1 week", cycles="3")))
    assert not [code for code in codes(ask_plan(catalogue=catalogue, weight="62", regimen="r")) if code.startswith("28-day")]
    with pytest.raises(Refused, match=r"2\.4 g per kg within 28 days"):
        ask(catalogue=catalogue, weight="62", regimen="r", cycles="4")


def test_an_excess_of_one_rounding_step_is_a_note() -> None:
    # 1 g per kg of 62.006 kg is 62.006 g, ordered as 62.01 g: 124.02 / 62.006 = 2.000129 in 2 weeks
    plan = ask_plan(weight="62.006", dose="1 g/kg", days="1", every="2 weeks", cycles="2", start="2027-01-04")
    finding = found(plan, "28-day-dose-rounding")
    assert finding
    assert (finding.level, "2.000129 g per kg within 28 days" in finding.text) == ("note", True)
    assert not found(ask_plan(weight="62.004", dose="1 g/kg", days="1", every="2 weeks", cycles="2"), "28-day-dose-rounding")


# Both weights


def obese(dose: str, **more: str | tuple[str, ...]) -> Options:
    """165 cm and 110 kg: Devine 45.5 + 2.3 x (165 / 2.54 - 60) = 56.909 kg for a woman."""
    return {"weight": "110", "height": "165", "sex": "female", "dosing-weight": "ideal", "dose": dose, "days": "5", **more}


def test_an_excess_names_the_figure_on_both_weights() -> None:
    with pytest.raises(
        Refused, match=r"2\.1 g per kg per course is more than .*; that is on the dosing weight, and 1\.086453 g per kg"
    ) as error:
        ask(obese("2.1 g/kg/course"))
    assert "course-dose=2.1" in str(error.value)


def test_an_actual_weight_below_the_dosing_weight_is_judged_too() -> None:
    """No policy gives such a dosing weight; a plan that has one is refused all the same."""
    plan = ask_plan(weight="62", dose="1 g/kg", days="1")
    lighter = plan._replace(patient=plan.patient._replace(weight_kg=Fraction(50)), findings=())
    finding = next(finding for finding in check(lighter, LIMITS.doses).findings if finding.code == "daily-dose")
    assert finding.figure == "1.24"  # 62 / 50
    assert "that is on the actual weight, and 1 g per kg on the dosing weight" in finding.text
    twice = ask_plan(weight="62", dose="1 g/kg", days="1", every="2 weeks", cycles="2")
    lighter = twice._replace(patient=twice.patient._replace(weight_kg=Fraction(50)), findings=())
    finding = next(finding for finding in check(lighter, (), cautions=cautions()).findings if finding.code == "28-day-dose")
    assert finding.figure == "2.48"  # 124 / 50


def test_a_source_does_not_excuse_an_excess_on_the_actual_weight_alone(tmp_path: Path) -> None:
    plan = ask_plan(catalogue=catalogue_of(tmp_path, r=regimen(phase("1 g/kg", "course", "1", cycles="1"))), weight="62", regimen="r")
    lighter = plan._replace(patient=plan.patient._replace(weight_kg=Fraction(50)), findings=())
    assert [(finding.code, finding.level) for finding in check(lighter, LIMITS.doses).findings] == [("daily-dose", "refusal")]


# The population of a source


@pytest.mark.parametrize(
    ("population", "ages", "age", "why"),
    [
        ("not stated", None, None, None),
        ("one woman", None, "90", None),
        ("adults and children", None, "90", None),
        ("children", None, "17.9", None),
        ("children", None, "18", "patients below 18 years, as its words are read here, not at 18 years"),
        ("children", None, None, "patients below 18 years, as its words are read here; age not recorded, add --age"),
        ("adults", None, "18", None),
        ("two adults", None, "17", "patients from 18 years, as its words are read here, not at 17 years"),
        ("children", {"from": "2 years", "below": "5 years"}, "2", None),
        ("children", {"from": "2 years", "below": "5 years"}, "4.9", None),
        ("children", {"from": "2 years", "below": "5 years"}, "5", "patients from 2 years and below 5 years, not at 5 years"),
        ("children", {"from": "2 years"}, "23 months", "patients from 2 years, not at 23 months"),
        ("children", {"below": "6 months"}, "6 months", "patients below 6 months, not at 6 months"),
    ],
)
def test_a_source_excuses_its_dose_only_in_its_own_population(
    tmp_path: Path, population: str, ages: dict[str, str] | None, age: str | None, why: str | None
) -> None:
    more = {"ages": ages} if ages else {}
    catalogue = catalogue_of(tmp_path, r=regimen(phase("2 g/kg", "course", "1", cycles="1"), population=population, **more))
    options: Options = {"weight": "12", "regimen": "r", **({"age": age} if age else {})}
    if why is None:
        assert found(ask_plan(options, catalogue), "daily-dose-source")
        return
    with pytest.raises(Refused, match=re.escape(f"the regimen's own source states it for {why}")):
        ask(options, catalogue)
    plan = ask_plan(options, catalogue, accept=("daily-dose=2",), reason="meant")
    assert [finding.level for finding in plan.findings if finding.code == "age-outside-source"] == (["warning"] if age else [])


@pytest.mark.parametrize(("age", "refused"), [("17", False), ("18", True), (None, True)])
def test_the_population_counts_for_28_days_too(tmp_path: Path, age: str | None, refused: bool) -> None:
    catalogue = catalogue_of(tmp_path, r=regimen(phase("2 g/kg", "course", "5", every="1 week", cycles="2"), population="children"))
    options: Options = {"weight": "12", "regimen": "r", **({"age": age} if age else {})}
    if refused:
        with pytest.raises(Refused, match=r"28-day-dose: .*below 18 years"):
            ask(options, catalogue)
    else:
        assert found(ask_plan(options, catalogue), "28-day-dose-source")


def test_choices_outside_the_population_are_marked_as_refused(tmp_path: Path) -> None:
    catalogue = catalogue_of(tmp_path, r=regimen(phase("3 g/kg", "course", "not stated"), population="children"))
    for age, level in (("5", "warning"), ("50", "refusal")):
        comparison = ask(catalogue=catalogue, weight="12", regimen="r", age=age)
        assert isinstance(comparison, Comparison)
        assert {finding.level for option in comparison.options for finding in option.findings if "course" in finding.code} == {level}


@pytest.mark.parametrize(
    ("ages", "words"),
    [
        ({}, "states no age"),
        ({"from": "18 years", "below": "5 years"}, "is upside down"),
        ({"from": "old"}, "'old'"),
        ({"above": "18 years"}, "is not a key"),
        ("18 years", "holds no table"),
    ],
)
def test_faulty_ages_of_a_population_are_refused(tmp_path: Path, ages: dict[str, str] | str, words: str) -> None:
    with pytest.raises(CatalogueError, match=words):
        catalogue_of(tmp_path, r=regimen(phase("2 g/kg", "course", "1"), ages=ages))


@pytest.mark.parametrize(
    ("product", "more", "age", "warned"),
    [
        ("privigen-us", {"rate-for": "itp"}, "14.9", True),  # 15 years and older
        ("privigen-us", {"rate-for": "itp"}, "15", False),
        ("privigen-us", {"rate-for": "pi"}, "3", False),  # not stated
        ("privigen-us", {}, "3", False),  # for one of the indications no age is stated
        ("gamunex-c-us", {"rate-for": "pi"}, "23 months", True),  # 2 years and older
        ("gamunex-c-us", {"rate-for": "pi"}, "24 months", False),
        ("gamunex-c-us", {"rate-for": "pi"}, None, False),
    ],
)
def test_an_age_below_the_label_s_is_a_warning(product: str, more: Options, age: str | None, warned: bool) -> None:
    plan = plan_of({**FORTY, "product": product, **more, **({"age": age} if age else {})})
    finding = found(plan, "age-outside-label")
    assert bool(finding) == warned
    if finding:
        assert finding.level == "warning"
        assert finding.source


# Haemolysis


@pytest.mark.parametrize("weight", WEIGHTS)
@pytest.mark.parametrize(
    ("dose", "days", "there"),
    [("1.99 g/kg/course", "5", False), ("2 g/kg/course", "5", True), ("2 g/kg/course", "2", True), ("0.39 g/kg/day", "5", False),
     ("0.4 g/kg/day", "5", True)],
)  # fmt: skip
def test_haemolysis_from_2_g_per_kg_however_it_is_divided(weight: str, dose: str, days: str, there: bool) -> None:
    assert bool(found(ask_plan(weight=weight, dose=dose, days=days), "haemolysis")) == there


def test_rounding_up_to_2_g_per_kg_is_said_too() -> None:
    # 1.99 x 62 = 123.38 g, as 125 g 2.016 g per kg
    assert "2.016129 g per kg" in said(ask_plan(weight="62", dose="1.99 g/kg/course", days="5", round="5 g"), "haemolysis")


@pytest.mark.parametrize(
    ("group", "level", "words"),
    [
        (None, "note", "blood group not recorded, and A, B and AB are risk factors"),
        ("O", "note", "blood group O, which is not a risk factor itself"),
        ("A", "warning", "blood group A, a further risk factor"),
        ("B", "warning", "blood group B, a further risk factor"),
        ("AB", "warning", "blood group AB, a further risk factor"),
    ],
)
def test_haemolysis_by_blood_group_with_both_windows(group: str | None, level: str, words: str) -> None:
    plan = ask_plan({"weight": "62", "regimen": "icaht", **({"blood-group": group} if group else {})})
    finding = found(plan, "haemolysis")
    assert finding
    assert finding.level == level
    for part in (words, "36 to 96 hours", "5 to 10 days"):
        assert part in finding.text
    assert finding.source
    assert "June 2012" in finding.source
    assert "Transfusion 2021" in finding.source
    assert finding.source.count("its words were not kept") == 1


@pytest.mark.parametrize(
    ("typed", "group"),
    [("A+", "A"), ("a pos", "A"),
     ("AB-", "AB"), ("ab neg", "AB"), ("O Rh+", "O"), ("o positive", "O"), ("B RhD negative", "B"), (" ab ", "AB"),
     ("A\u2212", "A"), ("O rh neg", "O")],
)  # fmt: skip
def test_rhesus_is_read_and_ignored(typed: str, group: str) -> None:
    assert ask_plan(FORTY, blood_group=typed).patient.blood_group == group


# Kidneys, thrombosis, sugars


@pytest.mark.parametrize(("age", "there"), [("64", False), ("65", False), ("65.01", True), ("66", True), (None, False)])
def test_above_65_years_the_kidneys_are_named(age: str | None, there: bool) -> None:
    plan = ask_plan({**FORTY, **({"age": age} if age else {})})
    assert bool(found(plan, "kidney-risk")) == there


def test_at_risk_of_both_with_and_without_age_or_product() -> None:
    plan = ask_plan(FORTY, at_risk="kidney,thrombosis")
    assert said(plan, "kidney-risk").startswith("At risk of kidney failure: ")
    for words in ("volume depleted", "creatinine", "minimum dose"):
        assert words in said(plan, "kidney-risk")
    assert "hydration first" in said(plan, "thrombosis-risk")
    older = said(ask_plan(FORTY, at_risk="kidney", age="70"), "kidney-risk")
    assert older.startswith("At risk of kidney failure; age above 65 years is a risk factor for kidney failure")
    assert not found(ask_plan(FORTY, at_risk="kidney"), "thrombosis-risk")
    assert not found(ask_plan(FORTY, at_risk="thrombosis"), "kidney-risk")


@pytest.mark.parametrize(
    ("product", "words"),
    [
        ("privigen-us", "administer Privigen at the minimum dose and infusion rate practicable."),
        ("gamunex-c-us", "has a maximum of its own for it: add --at-risk kidney"),
        ("gammaked-us", "what the label of gammaked-us asks for then was not read"),
    ],
)
def test_above_65_years_the_label_is_asked(product: str, words: str) -> None:
    assert words in said(plan_of(FORTY, product=product, age="66"), "kidney-risk")


@pytest.mark.parametrize(
    ("product", "maltose"),
    [("octagam-10-us", True), ("octagam-5-us", True), ("octagam-10-eu", True), ("privigen-au", False), ("gamunex-c-us", False)],
)
def test_maltose_is_named_for_its_glucose_meters(product: str, maltose: bool) -> None:
    plan = plan_of(FORTY, product=product)
    assert bool(found(plan, "glucose-meters")) == maltose
    assert not maltose or "GDH-PQQ" in said(plan, "glucose-meters")


def with_sugar(sugar: str | None, stabiliser: str | None = None) -> Formulary:
    """A product like Gamunex-C with another sugar."""
    product = FORMULARY.products["gamunex-c-us"]
    figures = [None if words is None else Figure(words, OWN, words) for words in (sugar, stabiliser)]
    return FORMULARY._replace(products={"gamunex-c-us": product._replace(sugar=figures[0], stabiliser=figures[1], contraindications=())})


@pytest.mark.parametrize(
    ("sugar", "stabiliser", "more", "there"),
    [
        ("sucrose 100 mg per mL", None, {"age": "66"}, True),
        (None, "sucrose", {"age": "66"}, True),
        ("sucrose", None, {"age": "65"}, False),
        ("sucrose", None, {}, False),
        ("sucrose", None, {"at-risk": "kidney"}, True),
        ("sucrose", None, {"at-risk": "thrombosis"}, False),
        ("no sucrose", None, {"age": "66"}, False),
        ("sucrose-free", None, {"age": "66"}, False),
        ("maltose; no sucrose", None, {"age": "66"}, False),
        ("no maltose; sucrose", None, {"age": "66"}, True),
        (None, None, {"age": "66"}, False),
    ],
)
def test_sucrose_and_kidneys(sugar: str | None, stabiliser: str | None, more: Options, there: bool) -> None:
    plan = plan_of({**FORTY, "product": "gamunex-c-us", **more}, with_sugar(sugar, stabiliser))
    finding = found(plan, "sucrose-kidney")
    assert bool(finding) == there
    if finding:
        assert finding.level == "warning"
        assert finding.text.startswith("STRONG WARNING: ")


# History


@pytest.mark.parametrize("history", ["anaphylaxis-to-immunoglobulin", "iga-deficiency-with-antibodies", "IgA deficiency with antibodies"])
@pytest.mark.parametrize("options", [FORTY, {"weight": "62", "regimen": "melanoma"}, {"weight": "62", "regimen": "itp"}])
def test_what_nothing_accepts(history: str, options: Options) -> None:
    code = history.lower().replace(" ", "-")
    with pytest.raises(Refused, match=f"{code}: .*Nothing is planned, and nothing accepts this") as refusal:
        ask(options, history=(history,))
    assert "--accept" not in str(refusal.value)
    for figure in (code, f"{code}=1", f" {code}=0"):
        with pytest.raises(InputError, match=f"--accept: nothing accepts {code}; it is a contraindication"):
            ask(options, history=(history,), accept=(figure,), reason="meant")


def test_an_acceptance_of_a_contraindication_is_wrong_without_one_too() -> None:
    with pytest.raises(InputError, match="nothing accepts anaphylaxis-to-immunoglobulin"):
        ask_plan(FORTY, accept=("anaphylaxis-to-immunoglobulin=1",), reason="meant")


@pytest.mark.parametrize(
    ("product", "history", "level", "words"),
    [
        ("privigen-us", "hyperprolinaemia", "refusal", 'its label has the contraindication "too much proline in your blood"'),
        ("privigen-us", "hyperprolinemia", "refusal", "Privigen"),
        ("privigen-eu", "hyperprolinaemia", "refusal", "hyperprolinaemia type I or II"),
        ("privigen-au", "hyperprolinaemia", "warning", "contains proline; what its label says of it was not read"),
        ("gamunex-c-us", "hyperprolinaemia", "note", "does not name it"),
        ("gammagard-sd-us 5%", "hyperprolinaemia", "warning", "was read. Check both"),
        (None, "hyperprolinaemia", "warning", "add --product"),
        ("flebogamma-dif-5-eu", "fructose-intolerance", "refusal", "a quite rare genetic condition"),
        ("flebogamma-dif-10-us", "fructose-intolerance", "warning", "its label has the warning hereditary fructose intolerance"),
        ("gammaplex-5-us", "fructose-intolerance", "refusal", "its words were not kept"),
        ("octagam-10-us", "corn-allergy", "warning", "Patients known to have corn allergies should avoid using octagam"),
        ("octagam-5-eu", "corn-allergy", "warning", "contains maltose"),
        ("privigen-us", "corn-allergy", "note", "does not name it"),
    ],
)
def test_what_is_judged_by_the_product(product: str | None, history: str, level: str, words: str) -> None:
    made_up = dict(zip(("product", "concentration"), (product or "").split(), strict=False))
    options: Options = {**FORTY, **made_up, "history": (history,)}
    code = history.replace("hyperprolinemia", "hyperprolinaemia")
    if level == "refusal":
        with pytest.raises(Refused, match=re.escape(words)) as refusal:
            plan_of(options)
        assert str(refusal.value).startswith(f"{code}: ")
        assert "nothing accepts this" in str(refusal.value)
        with pytest.raises(InputError, match=f"nothing accepts {code}"):
            plan_of(options, accept=(f"{code}=1",), reason="meant")
        return
    finding = found(plan_of(options), code if product else f"{code}-open")
    assert finding
    assert (finding.level, words in finding.text) == (level, True)


@pytest.mark.parametrize(
    ("product", "words"),
    [
        (None, "the IgA of the product is not known without --product"),
        ("gamunex-c-us", "Gamunex-C holds 46 micrograms per mL on average of IgA"),
        ("privigen-us", "Privigen holds at most 25 micrograms per mL of IgA"),
        ("gamunex-c-us", 'contraindication "IgA deficient patients with antibodies against IgA'),
    ],
)
def test_iga_deficiency_alone_is_a_warning_with_the_product_s_iga(product: str | None, words: str) -> None:
    plan = plan_of({**FORTY, **({"product": product} if product else {}), "history": ("iga-deficiency",)})
    finding = found(plan, "iga-deficiency")
    assert finding
    assert finding.level == "warning"
    assert words in finding.text


def test_iga_that_no_source_states_is_said() -> None:
    product = FORMULARY.products["gamunex-c-us"]._replace(iga=None, contraindications=())
    plan = plan_of({**FORTY, "product": "gamunex-c-us", "history": ("iga-deficiency",)}, FORMULARY._replace(products={product.id: product}))
    assert said(plan, "iga-deficiency").endswith("the IgA of Gamunex-C is not stated.")


def test_a_history_of_none_is_said_and_changes_nothing() -> None:
    plan = ask_plan(FORTY, history=("none",))
    assert plan.patient.history == ()
    assert codes(plan) == ["no-source"]


# A long gap


@pytest.mark.parametrize(
    ("start", "days"), [("2027-02-28", None), ("2027-03-01", None), ("2027-03-02", 57), ("2027-06-01", 148)]
)  # 56 days after 4 January is 1 March
def test_more_than_8_weeks_since_the_last_course_start_at_the_first_rate(start: str, days: int | None) -> None:
    plan = ask_plan(FORTY, start=start, last_course="2027-01-04 30 g")
    assert bool(found(plan, "restart")) == (days is not None)
    if days:
        assert said(plan, "restart").startswith(
            f"{days} days after the last course, more than 8 weeks: start again at the first rate of the label of"
        )


@pytest.mark.parametrize(
    ("every", "days", "start", "words"),
    [
        ("8 weeks", "1", None, None),
        ("57 days", "1", None, "57 days after course 1"),
        ("60 days", "5", None, None),  # from the last infusion on day 5 to day 61
        ("61 days", "5", None, "57 days after course 1"),
        ("2 months", "1", None, "Up to 62 days after course 1"),
        ("1 month", "1", None, None),
        ("2 months", "1", "2027-01-31", "59 days after course 1"),  # to 31 March
        ("2 months", "1", "2027-01-04", "59 days after course 1"),
        ("57 days", "1", "2027-01-04", "57 days after course 1"),
        ("8 weeks", "1", "2027-01-04", None),
    ],
)
def test_a_gap_between_courses(every: str, days: str, start: str | None, words: str | None) -> None:
    plan = ask_plan(
        {"weight": "62", "dose": "0.2 g/kg/day", "days": days, "every": every, "cycles": "2", **({"start": start} if start else {})}
    )
    assert bool(found(plan, "restart")) == bool(words)
    assert not words or said(plan, "restart").startswith(words)


def test_a_gap_names_the_first_rate_of_the_label() -> None:
    plan = plan_of(FORTY, product="octagam-10-us", rate_for="itp", start="2027-06-01", last_course="2027-01-04 30 g")
    assert "start again at the first rate of the label, 0.6 mL per kg per hour, 37.2 mL per hour" in said(plan, "restart")


# Live vaccines


@pytest.mark.parametrize(
    ("where", "dose", "days", "when", "words"),
    [
        # 4 January plus 8, 10 or 11 calendar months
        ("acip", "0.29 g/kg", "1", "not before Sat 04-Sep-2027, 8 months", "the next higher one, 0.3 to 0.4 g per kg, counts"),
        ("acip", "0.3 g/kg", "1", "not before Sat 04-Sep-2027, 8 months", "0.3 g per kg, the whole course"),
        ("acip", "0.4 g/kg", "1", "not before Sat 04-Sep-2027, 8 months", "0.4 g per kg"),
        ("acip", "0.41 g/kg", "1", "not before Thu 04-Nov-2027, 10 months", "the next higher one, 1 g per kg, counts"),
        ("acip", "1 g/kg", "1", "not before Thu 04-Nov-2027, 10 months", "1 g per kg"),
        ("acip", "1.01 g/kg/course", "2", "not before Sun 05-Dec-2027, 11 months", "the next higher one, 2 g per kg, counts"),
        ("acip", "2 g/kg/course", "2", "not before Sun 05-Dec-2027, 11 months", "2 g per kg"),
        ("australia", "0.4 g/kg", "1", "not before Mon 04-Oct-2027, 9 months", "9 months stand for replacement, 8 for 0.4 g per kg"),
        ("australia", "1 g/kg", "1", "not before Thu 04-Nov-2027, 10 months", "the handbook was revised since"),
        ("australia", "1.59 g/kg/course", "2", "not before Sun 05-Dec-2027, 11 months", "the next higher one, 1.6 to 2 g per kg, counts"),
        ("Australia", "1.6 g/kg/course", "2", "not before Sun 05-Dec-2027, 11 months", "1.6 g per kg"),
    ],
)
def test_live_vaccines_by_jurisdiction_stepwise(where: str, dose: str, days: str, when: str, words: str) -> None:
    plan = ask_plan(weight="62", dose=dose, days=days, start="2027-01-04", vaccines=where)
    assert when in said(plan, "vaccines")
    assert words in said(plan, "vaccines")
    assert ("next higher" in said(plan, "vaccines")) == ("next higher" in words)
    finding = found(plan, "vaccines")
    assert finding
    assert (finding.level, bool(finding.source)) == ("note", True)


def test_without_dates_the_months_are_counted_from_the_last_infusion() -> None:
    assert "8 months after the last infusion of this plan" in said(ask_plan(FORTY, vaccines="acip"), "vaccines")
    assert not found(ask_plan(FORTY), "vaccines")


def test_above_the_table_no_interval_is_stated() -> None:
    plan = ask_plan(weight="62", dose="2.1 g/kg/course", days="5", vaccines="acip", accept=("course-dose=2.1",), reason="meant")
    finding = found(plan, "vaccines-not-stated")
    assert finding
    assert (finding.level, "no interval is stated above 2 g per kg" in finding.text) == ("warning", True)


@pytest.mark.parametrize(
    ("start", "day"), [("2027-06-30", "Tue 29-Feb-2028"), ("2027-12-31", "Thu 31-Aug-2028"), ("2026-06-30", "Sun 28-Feb-2027")]
)
def test_a_month_ends_on_its_last_day(start: str, day: str) -> None:
    assert f"not before {day}, 8 months" in said(ask_plan(FORTY, start=start, vaccines="acip"), "vaccines")


def test_a_vaccine_past_the_calendar_is_refused() -> None:
    with pytest.raises(InputError, match="--vaccines: 8 months after Fri 31-Dec-9999 is past the year 9999"):
        ask(FORTY, start="9999-12-31", vaccines="acip")


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        ((2027, 1, 31), 1, (2027, 2, 28)),
        ((2028, 1, 31), 1, (2028, 2, 29)),
        ((2027, 11, 30), 3, (2028, 2, 29)),
        ((2027, 1, 31), 2, (2027, 3, 31)),
    ],
)
def test_calendar_months(day: tuple[int, int, int], months: int, then: tuple[int, int, int]) -> None:
    assert add_months(date(*day), months) == date(*then)


# The weight itself


@pytest.mark.parametrize(
    ("weighed", "start", "old"),
    [
        ("2026-07-04", None, False),  # 6 months before today, 4 January 2027
        ("2026-07-03", None, True),
        ("2026-08-31", "2027-02-28", False),  # 28 February is 6 calendar months after 31 August
        ("2026-08-31", "2027-03-01", True),
        ("2027-01-04", "2027-07-04", False),
        ("2027-01-04", "2027-07-05", True),
    ],
)
def test_a_weight_of_more_than_6_months_ago_is_a_warning(weighed: str, start: str | None, old: bool) -> None:
    plan = ask_plan({**FORTY, "weight-date": weighed, **({"start": start} if start else {})})
    finding = found(plan, "weight-date")
    assert bool(finding) == old
    assert finding is None or (finding.level, "more than 6 months before" in finding.text) == ("warning", True)


@pytest.mark.parametrize(
    ("weight", "before", "words"),
    [
        ("65.9", "60", None),
        ("66", "60", "66 kg is 10% more than the 60 kg before"),
        ("66.1", "60", "66.1 kg is 10.2% more than the 60 kg before"),
        ("54.1", "60", None),
        ("54", "60", "54 kg is 10% less than the 60 kg before"),
        ("110 lb", "100 lb", "10% more than the 45.36 kg before"),
        ("109.9 lb", "100 lb", None),
        ("90 lb", "100 lb", "10% less"),
    ],
)
def test_a_weight_changed_by_a_tenth_is_a_warning(weight: str, before: str, words: str | None) -> None:
    plan = ask_plan({**FORTY, "weight": weight, "previous-weight": before})
    assert bool(found(plan, "weight-changed")) == bool(words)
    assert not words or words in said(plan, "weight-changed")


@pytest.mark.parametrize(
    ("weight", "height", "words"),
    [
        ("100", "158.2", None),  # 100 / 1.582 squared = 39.96
        ("100", "158.1", "BMI of 40.01"),  # 40.007
        ("137", "165", "if pounds were taken for kilograms, it would be 62.1 kg and 165 cm"),  # 50.3
        ("302 lb", "185.1", None),  # 136.98 kg, 39.98
        ("303 lb", "185.1", "BMI of 40.11"),
        ("62", "65", "if inches were taken for centimetres, it would be 62 kg and 165.1 cm"),
        ("28.1", "165", "if kilograms were taken for pounds, it would be 61.9 kg and 165 cm"),  # 10.3
        ("12", "100", None),  # 12
        ("11.99", "100", "BMI of 11.99"),
        ("11.998", "100", "BMI just below 12, outside 12 to 40"),
        ("40.002", "100", "BMI just above 40, outside 12 to 40"),
        ("0.5", "30", None),  # a newborn: 5.6, below 100 cm
        ("400", "120", "BMI of 277.78"),
    ],
)
def test_a_weight_and_a_height_that_do_not_belong_together_are_a_warning(weight: str, height: str, words: str | None) -> None:
    plan = ask_plan({**FORTY, "weight": weight, "height": height, "dosing-weight": "actual"})
    finding = found(plan, "weight-and-height")
    assert bool(finding) == bool(words)
    if finding and words:
        assert finding.level == "warning"
        assert words in finding.text
        assert "a bound of our own" in finding.text


# What was said, and what was not


def test_what_was_not_given_is_said_in_one_line(run_cli: RunCli) -> None:
    words = ["plan", "--weight", "62", "--regimen", "itp", "--start", "2027-06-01"]
    assert "not recorded: blood group, history, last course, age, risk factors" in run_cli(*words).text
    known = ["--blood-group", "A+", "--history", "none", "--last-course", "2027-01-04 124 g"]
    text = " ".join(run_cli(*words, *known, "--weight-date", "2026-01-01", "--previous-weight", "60").text.split())
    assert "Record not recorded: age, risk factors" in text
    assert "blood group A, history none of those asked for, last course 124 g until Mon 04-Jan-2027, weighed on Thu 01-Jan-2026" in text
    assert "60 kg, 132.28 lb before" in text
    assert "not recorded" not in run_cli(*words, *known, "--age", "54", "--at-risk", "kidney").text
    assert "history iga-deficiency and corn-allergy" in " ".join(
        run_cli(*words, "--history", "iga-deficiency", "--history", "corn-allergy").text.split()
    )


GROUP = "write O, A, B or AB"
HISTORY = "write anaphylaxis-to-immunoglobulin, iga-deficiency"
LAST = 'such as "2027-01-04 124 g"'
BAD: Final[list[tuple[Options, str]]] = [
    *(({"blood-group": text}, GROUP) for text in ("", "C", "0", "BA", "A++", "AB0", "\u0410", "A" * 80, "unknown")),
    ({"blood-group": "0+"}, "the letter O"),
    *(({"history": (text,)}, HISTORY) for text in ("", "anaphylaxis", "IgA", "no", "iga-deficiency,corn-allergy", "none of these")),
    ({"history": ("none", "corn-allergy")}, "contradict each other"),
    ({"history": ("x" * 80,)}, "80 characters"),
    *(({"last-course": text}, LAST) for text in ("", "2027-01-01", "124g", "2027-01-04 30 g")),
    ({"last-course": "124 g 2027-01-01"}, "year-month-day"),
    ({"last-course": "2026-02-30 124 g"}, "there is no day"),
    ({"last-course": "2026-12-01 124"}, "not an amount in grams"),
    ({"last-course": "2026-12-01 124 mg"}, "write"),
    ({"last-course": "2026-12-01 2 g/kg"}, "not an amount in grams"),
    ({"last-course": "2026-12-01 0 g"}, "zero"),
    ({"last-course": "2026-12-01 0.09 g"}, "0.1 to 6500 g (bounds of our own)"),
    ({"last-course": "2026-12-01 6501 g"}, "bounds of our own"),
    *(({"weight-date": text}, "write") for text in ("", "04/01/2027", "2027-01-05", "tomorrow", "2026-13-01", "last week")),
    *(({"previous-weight": text}, "--previous-weight") for text in ("", "62,5", "-60", "60 cm", "700", "nan")),
    *(({"vaccines": text}, "write acip or australia") for text in ("", "us", "canada", "uk", "United Kingdom", "acip,australia")),
    ({"vaccines": "uk"}, "no interval for the UK was found"),
    ({"vaccines": "x" * 80}, "80 characters"),
    *(({"at-risk": text}, "write kidney, thrombosis") for text in ("", "heart", "kidney;thrombosis")),
]  # fmt: skip


@pytest.mark.parametrize(("options", "words"), BAD)
def test_what_cannot_be_read_says_what_to_write(options: Options, words: str) -> None:
    with pytest.raises(InputError) as error:
        ask({**FORTY, "start": "2027-01-04", **options})
    assert words in str(error.value) or (words == GROUP and "80 characters" in str(error.value))
    assert next(iter(options)) in str(error.value)


def test_the_last_course_needs_a_first_day() -> None:
    with pytest.raises(InputError, match="--last-course needs the first day of this plan"):
        ask(FORTY, last_course="2026-12-01 124 g")


def test_without_cautions_in_the_file_no_table_is_known() -> None:
    with pytest.raises(InputError, match="--vaccines: 'acip' is not known"):
        ask(FORTY, limits=LIMITS._replace(cautions=None), vaccines="acip")
    assert isinstance(ask(FORTY, limits=LIMITS._replace(cautions=None), history=("corn-allergy",)), Plan)


def test_every_finding_travels_in_every_format(run_cli: RunCli) -> None:
    words = [
        "plan",
        "--weight",
        "62",
        "--regimen",
        "icaht",
        "--blood-group",
        "AB",
        "--age",
        "70",
        "--vaccines",
        "acip",
        "--start",
        "2027-01-04",
    ]
    expected = ("haemolysis", "kidney-risk", "vaccines")
    row = run_cli(*words, "--format", "csv").text.split("\r\n")[1]
    document = run_cli(*words, "--format", "json").text
    for code in expected:
        assert code in row
        assert f'"code": "{code}"' in document


def test_a_figure_stands_behind_every_caution() -> None:
    figures = {name: dict(caution.figures) for name, caution in cautions().of.items() if caution.figures}
    assert figures == {
        "28-day-dose": {"above": 2, "days": 28},
        "haemolysis": {"at_least": 2},
        "kidney-risk": {"age_above": 65},
        "restart": {"above": 8},
        "weight-date": {"above": 6},
        "weight-changed": {"at_least": 10},
    }
    rows = {
        name: [(float(row.from_g_per_kg), float(row.to_g_per_kg), row.months) for row in table.rows]
        for name, table in cautions().vaccines.items()
    }
    assert rows == {
        "acip": [(0.3, 0.4, 8), (1, 1, 10), (2, 2, 11)],
        "australia": [(0.3, 0.4, 9), (1, 1, 10), (1.6, 2, 11)],
    }


# What small changes of the code showed to be untested


def names_source(finding: Finding | None, code: str) -> bool:
    """Whether a finding names every place that its caution rests on."""
    assert finding
    assert finding.source
    return all(passage.source.citation in finding.source and passage.locator in finding.source for passage in cautions().of[code].cited)


def test_every_finding_on_28_days_names_its_source() -> None:
    assert names_source(found(ask_plan(weight="62", regimen="itp", cycles="2"), "28-day-dose-source"), "28-day-dose")
    rounded = ask_plan(weight="62.006", dose="1 g/kg", days="1", every="2 weeks", cycles="2", start="2027-01-04")
    assert names_source(found(rounded, "28-day-dose-rounding"), "28-day-dose")
    high: Options = {"weight": "62", "dose": "0.666667 g/kg", "days": "1", "every": "13 days", "cycles": "3"}
    accepted = ask_plan(high, accept=("28-day-dose=2.000001",), reason="meant")
    assert names_source(found(accepted, "28-day-dose"), "28-day-dose")


def test_a_month_counts_as_28_days_and_no_more() -> None:
    # 0.5 g per kg a day: day 5 and, 28 days after day 1, days 29 to 32 are 2.5; were a month 29 days, it would be 2
    high: Options = {"weight": "62", "dose": "2.5 g/kg/course", "days": "5", "every": "1 month", "cycles": "2"}
    with pytest.raises(Refused, match=r"--accept 28-day-dose=2\.5"):
        ask(high, accept=("course-dose=2.5",), reason="meant")


@pytest.mark.parametrize(
    ("loading", "maintenance", "days"),
    [
        # 3 days typed for the loading: 1.8, and 0.4 a week later
        (phase("0.6 g/kg", "day", "not stated", cycles="1"), phase("0.4 g/kg", "course", "1", every="3 weeks", begins="1 week"), "3"),
        # 2 days typed for the maintenance: 1.8, and 0.8 a week later
        (phase("1.8 g/kg", "course", "3", cycles="1"), phase("0.4 g/kg", "day", "not stated", every="3 weeks", begins="1 week"), "2"),
    ],
)
def test_a_figure_that_was_entered_in_either_phase_is_no_figure_of_the_source(
    tmp_path: Path, loading: dict[str, str], maintenance: dict[str, str], days: str
) -> None:
    catalogue = catalogue_of(tmp_path, r=regimen({**loading, "phase": "loading"}, {**maintenance, "phase": "maintenance"}))
    with pytest.raises(Refused, match="not all of its figures are those of a source"):
        ask(catalogue=catalogue, weight="62", regimen="r", days=days, cycles="2")


def test_the_highest_window_keeps_what_is_still_in_it() -> None:
    # from day 3 to day 30 the first day is gone and the 5 g of day 20 are not
    days = [(Day(1, 1), Fraction(1)), (Day(20, 1), Fraction(5)), (Day(30, 2), Fraction(1))]
    assert highest(days, 28) == Most(Fraction(6), Day(20, 1), Day(30, 2))
    assert highest(days[:2], 28) is None
    assert highest([(Day(1, 1), Fraction(1)), (Day(28, 2), Fraction(2))], 28) == Most(Fraction(3), Day(1, 1), Day(28, 2))
    assert highest([(Day(1, 1), Fraction(1)), (Day(29, 2), Fraction(2))], 28) is None


@pytest.mark.parametrize("seed", range(50))
def test_no_other_28_dates_with_several_courses_hold_more(seed: int) -> None:
    random = Random(seed)
    numbers = sorted(random.sample(range(1, 120), random.randint(2, 12)))
    courses = sorted(random.randint(1, 4) for _ in numbers)
    days = [(Day(n, course), Fraction(random.randint(1, 9), random.randint(1, 7))) for n, course in zip(numbers, courses, strict=True)]
    dates = ([dosed for dosed in days if first <= dosed[0].number < first + 28] for first in range(1, 120))
    sums = [sum((grams for _, grams in within), Fraction(0)) for within in dates if len({day.course for day, _ in within}) > 1]
    most = highest(days, 28)
    assert (most and most.grams) == max(sums, default=None)
    if most:
        within = [(day, grams) for day, grams in days if most.first.number <= day.number <= most.last.number]
        assert sum((grams for _, grams in within), Fraction(0)) == most.grams
        assert most.last.number < most.first.number + 28


def test_of_windows_that_are_as_high_the_earliest_is_named() -> None:
    days = [(Day(number, course), Fraction(2)) for course, number in enumerate((1, 22, 43, 64), 1)]
    assert highest(days, 28) == Most(Fraction(4), Day(1, 1), Day(22, 2))


def patient(*history: str) -> Patient:
    return Patient(None, Fraction(62), history=history)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("anaphylaxis-to-immunoglobulin", "The history holds anaphylaxis to immunoglobulin: "),
        ("iga-deficiency-with-antibodies", "The history holds IgA deficiency with antibodies: "),
    ],
)
def test_a_contraindication_is_named_with_its_source(name: str, words: str) -> None:
    (finding,) = refuse(patient(name), None, cautions())
    assert (finding.code, finding.level, finding.figure) == (name, "refusal", None)
    assert finding.text.startswith(words)
    assert names_source(finding, name)


def test_iga_deficiency_is_said_once_and_only_where_it_is_in_the_history() -> None:
    assert [finding.code for finding in warn(patient("iga-deficiency"), None, cautions())] == ["iga-deficiency"]
    assert names_source(next(warn(patient("iga-deficiency"), None, cautions())), "iga-deficiency")
    assert [*warn(patient("iga-deficiency", "iga-deficiency-with-antibodies"), None, cautions())] == []
    assert [finding.code for finding in warn(patient("hyperprolinaemia"), None, cautions())] == ["hyperprolinaemia-open"]


def test_a_label_is_named_as_the_source_of_its_words() -> None:
    product = FORMULARY.products["octagam-10-us"]
    (entry,) = (entry for entry in product.contraindications if entry.name == "corn-allergy")
    finding = found(plan_of({**FORTY, "product": "octagam-10-us", "history": ("corn-allergy",)}), "corn-allergy")
    assert finding
    assert finding.source == entry.words.source.citation


@pytest.mark.parametrize("unread", ["stabiliser", "contraindications"])
def test_a_product_of_which_only_a_part_was_read_is_to_be_checked(unread: str) -> None:
    product = FORMULARY.products["gamunex-c-us"]
    assert product.stabiliser
    assert product.contraindications
    part = product._replace(stabiliser=None) if unread == "stabiliser" else product._replace(contraindications=())
    (finding,) = warn(patient("hyperprolinaemia"), part, cautions())
    assert (finding.level, "was read. Check both." in finding.text) == ("warning", True)


def test_a_label_without_figure_or_sentence_adds_nothing() -> None:
    product = FORMULARY.products["gamunex-c-us"]._replace(at_risk=(AtRisk(("kidney",), None, None),))
    assert _label_at_risk(product) == ""


def test_above_the_table_its_source_is_named() -> None:
    plan = ask_plan(weight="62", dose="2.1 g/kg/course", days="5", vaccines="acip", accept=("course-dose=2.1",), reason="meant")
    finding = found(plan, "vaccines-not-stated")
    assert finding
    assert finding.source
    assert all(passage.source.citation in finding.source for passage in cautions().vaccines["acip"].cited)


@pytest.mark.parametrize(
    ("weight", "height", "slips"),
    [
        ("90", "150", None),  # 90 / 1.5 squared is 40 exactly
        ("64.516", "50", ["inches"]),  # 50 in are 127 cm, and 64.516 / 1.27 squared is 40 exactly
        ("19.3548", "50", ["pounds", "inches"]),  # 12 exactly; in pounds 8.78 kg: 35.1, which fits too
        ("80", "100", ["pounds", "inches"]),  # 36.287 kg: 36.3; 254 cm: 12.4
        ("100", "110", ["pounds"]),  # 279.4 cm would fit a BMI of 12.8, and nobody is so tall
        ("120", "107.2", []),  # 272.288 cm, above 272, and in pounds 54.43 kg: 47.4
        ("300", "272", ["pounds"]),  # 136.08 kg: 18.4
        ("400", "120", []),
    ],
)
def test_only_a_slip_that_fits_is_offered(weight: str, height: str, slips: list[str] | None) -> None:
    plan = ask_plan({**FORTY, "weight": weight, "height": height, "dosing-weight": "actual"})
    finding = found(plan, "weight-and-height")
    if slips is None:
        assert finding is None
        return
    assert finding
    assert re.findall("if (pounds|inches|kilograms) were", finding.text) == slips


def test_two_slips_that_fit_are_both_offered() -> None:
    plan = ask_plan({**FORTY, "weight": "80", "height": "100", "dosing-weight": "actual"})
    assert said(plan, "weight-and-height") == (
        "80 kg and 100 cm give a BMI of 80, outside 12 to 40, a bound of our own: check both and their units; "
        "if pounds were taken for kilograms, it would be 36.3 kg and 100 cm; "
        "if inches were taken for centimetres, it would be 80 kg and 254 cm."
    )


def label_dose(indication: str, label: str, years: int) -> LabelDose:
    return LabelDose((indication,), label, None, years, Figure("a dose", OWN, None))


@pytest.mark.parametrize(
    ("table", "asked", "age", "words"),
    [
        (("itp",), None, "15", "is for chronic ITP from 18 years, and the patient is 15 years."),
        (("pi",), None, "15", None),
        (("pi",), None, "1", "is for PI from 2 years, and the patient is 1 year."),
        (("all",), None, "15", None),
        (("all",), None, "1", "is for PI from 2 years"),
        (None, None, "15", None),
        (None, None, "8 months", "is for PI from 2 years, and the patient is 8 months."),
        (None, "itp", "15", "is for chronic ITP from 18 years"),
        (("pi",), "itp", "15", "is for chronic ITP from 18 years"),
    ],
)
def test_the_age_of_a_label_is_that_of_the_indication_where_it_is_known(
    table: tuple[str, ...] | None, asked: str | None, age: str, words: str | None
) -> None:
    plan = plan_of({**FORTY, "product": "gamunex-c-us", "age": age})
    assert plan.choices.supply
    product = FORMULARY.products["gamunex-c-us"]._replace(doses=(label_dose("itp", "chronic ITP", 18), label_dose("pi", "PI", 2)))
    rate = RateChoice(table=product.rates[0]._replace(indications=table) if table else None, indication=asked)
    supply = plan.choices.supply._replace(product=product)
    findings = [*check_population(plan.patient, None, plan.choices._replace(rate=rate, supply=supply), ())]
    assert [(finding.code, finding.source) for finding in findings] == ([("age-outside-label", "An own source")] if words else [])
    assert not words or words in findings[0].text


@pytest.mark.parametrize(
    ("population", "within", "outside"),
    [
        ("adults", "18", "17"),
        ("an adult", "18", "17"),
        ("Adults", "18", "17"),
        ("Children", "17", "18"),
        ("PAEDIATRIC patients", "17", "18"),
        ("pediatrics", "17", "18"),
        ("Neonatal, in intensive care", "0.08", "1 month"),
        ("children", "17", "18"),
        ("a child", "17", "18"),
        ("infants", "11 months", "12 months"),
        ("newborns", "0.08", "1 month"),
        ("neonates", "0.08", "1 month"),
        ("a neonate", "0.08", "1 month"),
        ("adults and children", "17", None),
        ("pregnant women", "17", None),
        ("not stated", "17", None),
    ],
)
def test_a_population_in_words_has_the_ages_of_its_words(tmp_path: Path, population: str, within: str, outside: str | None) -> None:
    catalogue = catalogue_of(tmp_path, r=regimen(phase("0.4 g/kg", "course", "1"), population=population))
    assert not found(ask_plan(catalogue=catalogue, weight="12", regimen="r", age=within), "age-outside-source")
    if outside:
        finding = found(ask_plan(catalogue=catalogue, weight="12", regimen="r", age=outside), "age-outside-source")
        assert finding
        assert finding.source == "The own source"


@pytest.mark.parametrize(
    ("population", "ages", "words"),
    [
        ("children", None, "below 18 years, as its words are read here, and no age is recorded; add --age."),
        ("infants", None, "below 1 year, as its words are read here, and"),
        ("newborns", None, "below 1 month, as its words are read here, and"),
        ("children", {"from": "2 years", "below": "16 years"}, "from 2 years and below 16 years, and no age"),
        ("children", {"from": "2 years"}, None),  # whatever the age is, nobody is too old for it
        ("adults", None, None),
        ("adults and children", None, None),
        ("not stated", None, None),
    ],
)
def test_a_childs_dose_for_a_patient_of_unknown_age_warns(
    tmp_path: Path, population: str, ages: dict[str, str] | None, words: str | None
) -> None:
    more = {"ages": ages} if ages else {}
    catalogue = catalogue_of(tmp_path, r=regimen(phase("0.4 g/kg", "course", "1", cycles="1"), population=population, **more))
    plan = ask_plan(catalogue=catalogue, weight="12", regimen="r")
    finding = found(plan, "age-not-recorded")
    assert (finding is None) == (words is None)
    assert words is None or (finding and finding.level == "warning" and finding.source == "The own source" and words in finding.text)
    assert not found(ask_plan(catalogue=catalogue, weight="12", regimen="r", age="3"), "age-not-recorded")


def test_every_open_choice_of_a_childs_dose_warns(tmp_path: Path) -> None:
    catalogue = catalogue_of(tmp_path, r=regimen(phase("0.4 g/kg", "day", "1 to 3"), population="children"))
    comparison = ask_choices(catalogue=catalogue, weight="12", regimen="r")
    assert [[(found.code, found.source) for found in option.findings] for option in comparison.options] == [
        [("age-not-recorded", "The own source")]
    ] * 3


@pytest.mark.parametrize("regimen", ["fnait/infant", "juvenile-dermatomyositis"])
def test_a_shipped_regimen_for_children_asks_for_the_age(regimen: str) -> None:
    answer = ask(weight="12", regimen=regimen)
    findings = answer.findings if isinstance(answer, Plan) else answer.options[0].findings
    (finding,) = (finding for finding in findings if finding.code == "age-not-recorded")
    assert finding.source
    assert finding.source.startswith("Ontario I")


def test_an_age_that_is_no_whole_month_is_shown_with_two_decimals(tmp_path: Path) -> None:
    catalogue = catalogue_of(tmp_path, r=regimen(phase("0.4 g/kg", "course", "1"), population="adults"))
    plan = ask_plan(catalogue=catalogue, weight="8", regimen="r", age="0.666")
    assert said(plan, "age-outside-source").endswith("and the patient is 0.67 years.")


def test_every_place_that_is_cited_is_named_apart() -> None:
    first, second = cautions().of["haemolysis"].cited
    where = [f"{passage.source.citation}, {passage.locator}" for passage in (first, second)]
    assert sources((first._replace(quote="words"), second._replace(quote=None))) == f"{where[0]}; {where[1]}, its words were not kept"
    plan = plan_of({**FORTY, "dose": "2 g/kg/course", "days": "5"})
    assert said(plan, "haemolysis").endswith(f": {first.says}; {second.says}.")


def test_the_label_is_named_after_the_age() -> None:
    text = said(plan_of({**FORTY, "age": "70", "product": "octagam-10-us"}), "kidney-risk")
    assert text.startswith("Age above 65 years is a risk factor for kidney failure, and an advanced age is one for thrombosis; ")


# What stands beside other things


def test_open_choices_name_the_risks_that_were_given() -> None:
    comparison = ask_choices(weight="62", regimen="melanoma", at_risk="kidney")
    assert comparison.risks == ("kidney",)
    assert "kidney-risk" in [finding.code for finding in comparison.findings]


def test_haemolysis_counts_several_courses_and_the_last_one() -> None:
    # 62 g on 22 January and 62 g on 25 January at 62 kg: 2 g per kg within 28 dates
    after = ask_plan(weight="62", dose="1 g/kg/course", days="1", start="2027-01-25", last_course="2027-01-22 62 g", blood_group="AB")
    assert "2 g per kg within 28 days" in said(after, "haemolysis")
    weekly = ask_plan(weight="62", dose="1 g/kg/course", days="1", every="1 week", cycles="2")
    assert "2 g per kg within 28 days" in said(weekly, "haemolysis")
    assert not found(ask_plan(weight="62", dose="1 g/kg/course", days="1", every="4 weeks", cycles="2"), "haemolysis")


def test_haemolysis_names_the_course_where_no_window_holds_more() -> None:
    # 0.4 g per kg on 5 days every 4 weeks: days 2 to 29 hold 4 days of a course and 1 of the next, 2 g per kg as well
    assert "2 g per kg in a course is a risk" in said(
        ask_plan(weight="62", dose="2 g/kg/course", days="5", every="4 weeks", cycles="2"), "haemolysis"
    )


def test_live_vaccines_go_by_the_calculated_dose() -> None:
    # 124 g by whole vials of 5 g and more are 125 g, 2.016 g per kg; ACIP has 11 months for up to 2 g per kg
    plan = plan_of({"weight": "62", "dose": "2 g/kg/course", "days": "4", "product": "privigen-us", "round": "vial", "vaccines": "acip"})
    assert plan.ordered_g > 124
    assert "11 months" in said(plan, "vaccines")


def test_a_weight_that_goes_stale_within_the_plan_is_named_with_its_course() -> None:
    # weighed on 20 November 2026, six months end on 20 May 2027; courses every 4 weeks from 4 January: the sixth starts on 24 May
    plan = ask_plan(
        weight="62", dose="0.4 g/kg/course", days="1", every="4 weeks", cycles="7", start="2027-01-04", weight_date="2026-11-20"
    )
    assert "more than 6 months before course 6 on Mon 24-May-2027" in said(plan, "weight-date")


@pytest.mark.parametrize(
    ("population", "options", "code", "words"),
    [
        ("newborns", {"age": "2 months"}, "age-outside-source", "below 1 month, as its words are read here, and the patient is 2 months."),
        ("newborns", {"age": "0.05"}, None, ""),
        ("infants", {"age": "14 months"}, "age-outside-source", "below 1 year, as its words are read here, and the patient is 14 months."),
        ("adults and children", {"age": "3"}, None, ""),
        ("pregnant women", {"not_pregnant": "yes"}, "pregnancy-outside-source", "is about pregnant women"),
        ("pregnant women", {"sex": "male"}, "pregnancy-outside-source", "is about pregnant women"),
        ("Pregnant women", {"sex": "male"}, "pregnancy-outside-source", "is about pregnant women"),
        ("infants", {"age": "30 months"}, "age-outside-source", "and the patient is 2.5 years."),
        ("pregnant women", {"pregnant": "yes", "sex": "female"}, None, ""),
        ("pregnant women", {}, None, ""),
    ],
)
def test_a_patient_outside_the_population(tmp_path: Path, population: str, options: Options, code: str | None, words: str) -> None:
    catalogue = catalogue_of(tmp_path, r=regimen(phase("0.4 g/kg", "course", "1", cycles="1"), population=population))
    plan = ask_plan({"weight": "12", "regimen": "r"}, catalogue, **options)
    outside = [(finding.code, finding.source) for finding in plan.findings if finding.code.endswith("outside-source")]
    assert outside == ([(code, "The own source")] if code else [])
    assert code is None or words in said(plan, code)


@pytest.mark.parametrize(
    ("options", "why"),
    [({}, "pregnant women; pregnancy not recorded, add --pregnant"), ({"not-pregnant": "yes"}, "states it for pregnant women.")],
)
def test_a_source_on_pregnancy_excuses_only_a_pregnant_patient(tmp_path: Path, options: Options, why: str) -> None:
    catalogue = catalogue_of(tmp_path, r=regimen(phase("2 g/kg", "course", "1", cycles="1"), population="pregnant women"))
    with pytest.raises(Refused, match=re.escape(why)):
        ask({"weight": "62", "regimen": "r", **options}, catalogue)
    assert found(ask_plan({"weight": "62", "regimen": "r"}, catalogue, pregnant="yes"), "daily-dose-source")


def test_a_last_course_has_an_order_of_days_and_no_more_than_31() -> None:
    for text in ("2027-01-08 to 2027-01-04 124 g", "2026-11-01 to 2027-01-04 124 g"):
        with pytest.raises(InputError, match=r"is no course of 1 to 31 days \(a bound of our own\)"):
            ask(FORTY, start="2027-02-01", last_course=text)
    plan = ask_plan(FORTY, start="2027-03-01", last_course="2027-01-04 to 2027-01-08 25 g")
    assert plan.patient.last_course == LastCourse(date(2027, 1, 8), Fraction(25), date(2027, 1, 4))


@pytest.mark.parametrize(
    ("height", "words"), [("150", "a BMI just above 40, outside 12 to 40"), ("149", "a BMI of 40.54, outside 12 to 40")]
)
def test_a_bmi_is_never_shown_as_the_bound_that_it_passes(height: str, words: str) -> None:
    # 90.01 / 1.5 / 1.5 = 40.0044; 90.01 / 1.49 / 1.49 = 40.543
    assert words in said(
        ask_plan(weight="90.01", height=height, dose="0.4 g/kg/course", days="1", dosing_weight="actual"), "weight-and-height"
    )


@pytest.mark.parametrize(
    ("weighed", "more", "when"),
    [
        # six months end on 1 December, before the first course; on 20 January, between both; without dates today counts, a 4 January
        ("2026-06-01", {"start": "2027-01-04"}, "before Mon 04-Jan-2027: "),
        ("2026-07-20", {"start": "2027-01-04"}, "before course 2 on Mon 01-Feb-2027: "),
        ("2026-06-01", {}, "before Mon 04-Jan-2027: "),
    ],
)
def test_the_course_before_which_a_weight_is_old(weighed: str, more: Options, when: str) -> None:
    plan = ask_plan({"weight": "62", "dose": "0.4 g/kg", "days": "1", "every": "4 weeks", "cycles": "2", **more}, weight_date=weighed)
    assert f"more than 6 months {when}" in said(plan, "weight-date")
