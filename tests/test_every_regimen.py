"""Every regimen at 3, 20, 62 and 110 kg, with and without a product, in every format: its grams, or the reason why there are none.

What is expected is read from regimens.yaml as bare text and worked out in plain fractions (tests/oracle.py), so that neither the
program's reader of that file nor its arithmetic stands on both sides.
"""

import csv
import io
import re
from fractions import Fraction
from functools import cache
from itertools import product as every_combination
from typing import Any, NamedTuple

import pytest
import simplejson
import yaml

from ivigcalc.catalogue import data_file
from ivigcalc.catalogue.formulary import load_formulary
from ivigcalc.errors import Refused
from ivigcalc.export.csv import as_csv
from ivigcalc.export.json import as_json
from ivigcalc.export.table import comparison_table, plan_table
from ivigcalc.model import Comparison, Formulary, Origin, Plan
from ivigcalc.request import answer, missing_choice
from tests.oracle import Amounts, amounts, hundredths
from tests.test_request import TODAY
from tests.test_screen import CATALOGUE, LIMITS

FILE: dict[str, Any] = yaml.load(data_file("regimens.yaml").read_text(encoding="utf-8"), yaml.BaseLoader)  # every figure as its text
ENTRIES, SOURCES = FILE["regimens"], FILE["sources"]
PHASED = [regimen for regimen, entry in ENTRIES.items() if len(entry.get("phases", ())) > 1]
SINGLE = [regimen for regimen in ENTRIES if regimen not in PHASED]
WEIGHTS = ("3", "20", "62", "110")
PRODUCT = "privigen-us"  # 10 g in 100 mL; vials of 5, 10, 20 and 40 g
LEAST_VIAL_G = 5
ORIGIN = Origin({}, "0", "0" * 64, "0" * 64)
Options = dict[str, str]

# ideal body weight by Devine of a woman of 165 cm: 45.5 kg and 2.3 kg for each inch above 60; adjusted: 0.4 of the difference more
IDEAL_KG = Fraction("45.5") + Fraction("2.3") * (165 / Fraction("2.54") - 60)


class Stated(NamedTuple):
    """What an entry states, as numbers; None where it is not stated."""

    doses: tuple[Fraction, ...]
    per: str
    days: tuple[int, ...]
    every: tuple[str, ...]
    cycles: str
    caps: tuple[tuple[Fraction, str, str], ...]  # figure, unit, per: of its own source
    weight: str | None


@cache
def stated(regimen: str, place: int = 0) -> Stated:
    """Read one phase of an entry."""
    entry = ENTRIES[regimen]
    phase = entry["phases"][place]
    numbers = {key: [] if phase[key] == "not stated" else re.findall(r"\d+(?:\.\d+)?", phase[key]) for key in ("dose", "days", "every")}
    unit = phase["every"].split()[-1]
    caps = [cap for cap in phase.get("caps", ()) if SOURCES[cap["source"]]["external"] == "no"]
    return Stated(
        doses=tuple(map(Fraction, numbers["dose"])),
        per=phase["per"],
        days=tuple(map(int, numbers["days"])),
        every=tuple(f"{number} {unit}" for number in numbers["every"]),
        cycles=phase["cycles"],
        caps=tuple((Fraction(cap["at_most"].split()[0]), cap["at_most"].split()[1], cap["per"]) for cap in caps),
        weight=None if entry["weight_basis"] == "not stated" else entry["weight_basis"].split()[0],
    )


def age_of(entry: dict[str, Any]) -> str | None:
    """An age that is of the population of a source, which has it as figures or in words; None where it is no matter of age."""
    if figures := entry.get("ages"):
        return str(figures["from"] if "from" in figures else int(figures["below"].removesuffix(" years")) - 1)
    population = entry["population"]
    adults, children = re.search(r"\badults?\b", population), re.search(r"\b(?:child|children|infants?|newborns?)\b", population)
    return None if bool(adults) == bool(children) else "54" if adults else "8"


def open_options(at: Stated) -> set[str]:
    """What has to be chosen before there is a plan."""
    found = {"--dose"} if len(at.doses) > 1 else set()
    found |= {"--days"} if len(at.days) != 1 else set()
    return found | ({"--every"} if len(at.every) > 1 else set())


def dosing_kg(at: Stated, weight: str) -> Fraction:
    """The weight that the source names, for a woman of 165 cm who is not pregnant; never above the actual one."""
    actual = Fraction(weight)
    by = {None: actual, "ideal": IDEAL_KG, "adjusted": IDEAL_KG + Fraction("0.4") * (actual - IDEAL_KG)}
    return min(actual, by[at.weight])


def limited(at: Stated, dose: Fraction, days: int) -> set[str]:
    """The limits that a dose is above: 1 g per kg in a day, 2 g per kg in a course (limits.yaml)."""
    day, course = (dose, dose * days) if at.per == "day" else (dose / days, dose)
    return ({"daily-dose"} if day > 1 else set()) | ({"course-dose"} if course > 2 else set())


def grams(at: Stated, kg: Fraction, dose: Fraction, days: int) -> Amounts | None:
    """What a course comes to under the caps of its source [g]; None where a day's cap cannot be kept."""
    whole = dose * kg * (days if at.per == "day" else 1)
    caps = [(figure if unit == "g" else figure * kg, per) for figure, unit, per in at.caps]
    most = min([whole, *(cap_g for cap_g, per in caps if per == "course")])
    day_caps = [cap_g for cap_g, per in caps if per == "day" and most / days > cap_g]
    if day_caps and at.per == "course":
        return None
    most = min([most, *(cap_g * days for cap_g in day_caps)])
    found = amounts(kg, most / kg / (days if at.per == "day" else 1), at.per, days)
    ordered = found.ordered
    while any((max(ordered) if per == "day" else sum(ordered)) > cap_g for cap_g, per in caps):  # rounding never passes a cap
        ordered = amounts(Fraction(1), sum(ordered, Fraction(-1, 100)), "course", days).ordered
    return found._replace(ordered=ordered)


def text(grams: Fraction) -> str:
    """A dose that is a whole number of hundredths [g], as it is shown."""
    whole = hundredths(grams)
    assert Fraction(whole, 100) == grams
    return f"{whole // 100}.{whole % 100:02}".rstrip("0").rstrip(".")


@cache
def formulary() -> Formulary:
    return load_formulary(data_file("products.yaml"))


def asked(options: Options) -> Plan | Comparison | str:
    """The answer, or the words of a refusal."""
    try:
        return answer(options, CATALOGUE, LIMITS, TODAY, formulary)
    except Refused as error:
        return str(error)


def one_line(shown: str) -> str:
    return " ".join(shown.split())


# What stands in the output


class Shown(NamedTuple):
    """A plan in every format."""

    table: str
    rows: list[dict[str, str]]
    document: dict[str, Any]


def shown_in_every_format(plan: Plan) -> Shown:
    rows = list(csv.DictReader(io.StringIO(as_csv(plan, ORIGIN).decode())))
    return Shown(one_line(plan_table(plan, 80, colour=False)), rows, simplejson.loads(as_json(plan, ORIGIN), use_decimal=True))


def assert_grams(plan: Plan, shown: Shown, expected: Amounts, *, with_product: bool) -> None:
    """Every format holds the grams of every day and of the course."""
    table, rows, document = shown
    course = sum(expected.ordered, Fraction(0))
    assert [infusion.ordered_g for infusion in plan.infusions] == list(expected.ordered)
    assert {infusion.calculated_g for infusion in plan.infusions} == {expected.calculated_day}
    assert [row["ordered_g"] for row in rows] == [text(day) for day in expected.ordered]
    assert {(row["course_g"], row["days"], row["rounding"]) for row in rows} == {
        (text(course), str(len(expected.ordered)), "0.01 g nearest")
    }
    assert [Fraction(infusion["ordered_g"]) for infusion in document["infusions"]] == list(expected.ordered)
    assert Fraction(document["totals"]["ordered_g"]) == course
    assert round(expected.calculated_course, 6) == round(Fraction(document["totals"]["calculated_g"]), 6)
    assert all(f"{text(day)} g" in table for day in expected.ordered)
    assert f" {text(course)} g per course" in table
    for day, row, infusion in zip(expected.ordered, rows, document["infusions"], strict=True):
        if not with_product:
            assert (row["volume_ml"], row["vials"], infusion["volume_ml"]) == ("", "", None)
            continue
        assert Fraction(row["volume_ml"]) == Fraction(infusion["volume_ml"]) == day * 10  # 10 g in 100 mL
        opened = sum(int(count) * int(size) for count, size in re.findall(r"(\d+)x(\d+) g", row["vials"]))
        assert opened == -(-day // LEAST_VIAL_G) * LEAST_VIAL_G  # every size is a number of the least, so no less can be wasted
        assert Fraction(row["wasted_g"]) == opened - day


def assert_named(shown: Shown, at: Stated, entry: dict[str, Any], typed: Options) -> None:
    """Nothing took part that is not named: which weight, rounding, what is not stated, readings, caps, what was chosen, every finding."""
    table, (row, *others), document = shown
    assert all(other["findings"] == row["findings"] for other in others)
    # the weight and the reason for it
    kg = dosing_kg(at, typed["weight"])
    assert Fraction(document["dosing_weight"]["kg"]) == Fraction(row["dosing_weight_kg"]) == round(kg, 6)
    reason = document["dosing_weight"]["reason"]
    assert ("the source does not state which weight to use" if at.weight is None else f"the source names {entry['weight_basis']}") in reason
    assert "height" in typed or "BMI not known without --height" in reason
    assert f"{row['weight_basis']} body weight; {one_line(reason)}" in table
    assert document["dosing_weight"]["basis"] == row["weight_basis"]
    # the rounding, which is a default of the program's
    over = "day" if at.per == "day" or not others else "course"
    assert f"nearest 0.01 g of {'each day' if over == 'day' else 'the course'}" in table
    rounding = document["rounding"]
    assert (rounding["to"], rounding["direction"], rounding["applies_to"]) == ("0.01 g", "nearest", over)
    # what the source leaves open
    (phase,) = document["regimen"]["phases"]
    assert (phase["every"] is None, "interval not stated" in table) == ((True, True) if not at.every else (False, False))
    assert "number of courses not stated" in table or at.cycles != "not stated"
    assert (phase["cycles"] is None) == (at.cycles == "not stated")
    for said in ("not_stated", "readings"):
        assert [one_line(words) for words in entry[said]] == [one_line(words) for words in document["regimen"][said]]
        assert all(one_line(words) in table for words in entry[said])
    # sources, and every finding, in every format
    assert {cited["quote"] for cited in document["regimen"]["sources"]} == {cited["quote"].strip() for cited in entry["cited"]}
    assert all(one_line(cited["quote"]) in table for cited in entry["cited"])
    codes = {finding["code"] for finding in document["findings"]}
    assert codes == set(row["findings"].split(";")) - {""}
    assert all(one_line(finding["text"]) in table for finding in document["findings"])
    months = any(every.endswith(("month", "months")) for every in at.every)
    assert ("calendar-month" in codes) is months
    assert ("entered-days" in codes) is ("days" in typed and not at.days)
    assert not {code for code in codes if code.startswith("override-")} - {code for code in codes if code.startswith("override-weight-")}
    if entry.get("standing", "standard") != "standard":
        assert f"standing-{entry['standing'].replace(' ', '-')}" in codes
    if "product" in typed:
        assert document["product"]["id"] == row["product"] == PRODUCT
        assert document["rates"]["weight_kg"] == min(Fraction(typed["weight"]), document["dosing_weight"]["kg"])
        assert document["rates"]["pump_step_ml_per_h"] is not None
        assert "the lower of actual and dosing weight, a choice of ours" in table or document["rates"]["open"]


# Weight alone


@pytest.mark.parametrize("regimen", SINGLE)
def test_a_regimen_is_planned_or_says_why_not(regimen: str) -> None:
    entry = ENTRIES[regimen]
    for weight, with_product in every_combination(WEIGHTS, (False, True)):
        typed = {"weight": weight, "regimen": regimen, **({"product": PRODUCT} if with_product else {})}
        found = asked(typed)
        if "choose" in entry:
            assert isinstance(found, Comparison)
            assert {option.regimen.id for option in found.options if option.regimen} == set(entry["choose"])
            continue
        at = stated(regimen)
        limits = limited(at, at.doses[-1], at.days[0]) if at.doses and len(at.days) == 1 else set()
        if not at.doses:
            assert isinstance(found, str)
            assert f"--regimen {regimen}: the source states no dose, so none is given" in found
        elif at.weight:
            assert isinstance(found, str)
            needs = ("--pregnant",) if "weight_basis_in_pregnancy" in entry else ("--height", "--sex")
            assert all(option in found for option in (at.weight, *needs))
        elif opened := open_options(at):
            assert isinstance(found, Comparison)
            assert set(found.missing) == opened
            assert_side_by_side(found, at, Fraction(weight))
        elif limits and age_of(entry):
            assert isinstance(found, str)
            assert all(f"{code}: " in found and f"--accept {code}=" in found for code in limits)
            assert "age not recorded, add --age" in found
        else:
            assert isinstance(found, Plan), found
            expected = grams(at, Fraction(weight), at.doses[0], at.days[0])
            assert expected is not None
            shown = shown_in_every_format(found)
            assert_grams(found, shown, expected, with_product=with_product)
            assert_named(shown, at, entry, typed)


def assert_side_by_side(found: Comparison, at: Stated, kg: Fraction) -> None:
    """Every choice is there with the grams that choosing it gives; no file or machine format is written without one."""
    shown = one_line(comparison_table(found, 120, missing_choice(found), colour=False))
    assert {option.phase.dose_g_per_kg for option in found.options} == set(at.doses)
    if at.days:
        assert {option.phase.days for option in found.options} == set(range(at.days[0], at.days[-1] + 1))
    for option in found.options:
        expected = grams(at, kg, option.phase.dose_g_per_kg, option.phase.days)
        assert expected is not None
        assert option.ordered_g == expected.ordered
        assert f"{text(expected.ordered[-1])} g a day" in shown
        assert f"{text(sum(expected.ordered, Fraction(0)))} g in all" in shown


# With what is asked for


def choices(at: Stated) -> list[Options]:
    """The lowest, the highest, and the highest dose on the fewest days; where no days are stated, 2 and 5."""
    days, found = at.days or (2, 5), []
    for dose, number, every in ((0, 0, 0), (-1, -1, -1), (-1, 0, -1)):
        chosen = {"dose": f"{text(at.doses[dose])} g/kg/{at.per}"} if len(at.doses) > 1 else {}
        chosen |= {"days": str(days[number])} if len(at.days) != 1 else {}
        found.append(chosen | ({"every": at.every[every]} if len(at.every) > 1 else {}))
    return [chosen for number, chosen in enumerate(found) if chosen not in found[:number]]


SETTLED = [regimen for regimen in SINGLE if "choose" not in ENTRIES[regimen] and stated(regimen).doses]


@pytest.mark.parametrize("regimen", SETTLED)
def test_a_regimen_is_planned_once_what_it_asks_for_is_given(regimen: str) -> None:
    entry, at = ENTRIES[regimen], stated(regimen)
    who = {"height": "165", "sex": "female"} if at.weight else {}
    who |= {"not-pregnant": "yes"} if "weight_basis_in_pregnancy" in entry else {}
    who |= {"age": age} if (age := age_of(entry)) else {}
    planned = 0
    for weight, with_product, chosen in every_combination(WEIGHTS, (False, True), choices(at)):
        typed = {"weight": weight, "regimen": regimen, **who, **chosen, **({"product": PRODUCT} if with_product else {})}
        dose = Fraction(chosen["dose"].split()[0]) if "dose" in chosen else at.doses[0]
        days = int(chosen.get("days", at.days[0] if at.days else 0))
        kg = dosing_kg(at, weight)
        expected, found = grams(at, kg, dose, days), asked(typed)
        if expected is None:
            assert isinstance(found, str)
            assert "--days" in found
            continue
        if not at.days and "daily-dose" in limited(at, dose, days):  # the days were chosen by hand, so no source excuses the day's dose
            assert isinstance(found, str)
            assert "daily-dose: " in found
            continue
        assert isinstance(found, Plan), (typed, found)
        assert {f"{code}-source" for code in limited(at, dose, days)} <= {finding.code for finding in found.findings}
        shown = shown_in_every_format(found)
        assert_grams(found, shown, expected, with_product=with_product)
        assert_named(shown, at, entry, typed)
        capped = expected.calculated_course < dose * kg * (days if at.per == "day" else 1)
        codes = {finding.code for finding in found.findings}
        assert ("capped" in codes) is capped
        nearest = amounts(kg, expected.calculated_course / kg, "course", 1).ordered[0]
        assert ("rounded-under-cap" in codes) is (at.per == "course" and sum(expected.ordered) < nearest)
        planned += 1
    assert planned >= len(WEIGHTS)


@pytest.mark.parametrize("regimen", PHASED)
def test_a_regimen_of_phases_is_planned_once_it_is_said_when_the_next_one_begins(regimen: str) -> None:
    entry = ENTRIES[regimen]
    names, phases = [phase["phase"] for phase in entry["phases"]], [stated(regimen, place) for place in range(len(entry["phases"]))]
    assert len(phases) == 2
    for weight, with_product, pick in every_combination(WEIGHTS, (False, True), (0, -1)):
        typed = {"weight": weight, "regimen": regimen, "age": "54", **({"product": PRODUCT} if with_product else {})}
        open_ones = asked(typed)
        assert isinstance(open_ones, Comparison)
        assert "--begins INTERVAL" in open_ones.missing
        for option in ("dose", "days", "every"):
            figures = {
                "dose": {
                    name: f"{text(at.doses[pick])} g/kg/{at.per}" for name, at in zip(names, phases, strict=True) if len(at.doses) > 1
                },
                "days": {name: str((at.days or (2, 5))[pick]) for name, at in zip(names, phases, strict=True) if len(at.days) != 1},
                "every": {name: at.every[pick] for name, at in zip(names, phases, strict=True) if len(at.every) > 1},
            }[option]
            if figures:
                typed[option] = ", ".join(f"{name} {figure}" for name, figure in figures.items())
        found = asked({**typed, "begins": "8 weeks", "cycles": "2"})  # 56 days: no 28 dates hold both phases
        assert isinstance(found, Plan), (typed, found)
        shown = shown_in_every_format(found)
        kg = dosing_kg(phases[0], weight)
        expected = [grams(at, kg, at.doses[pick], (at.days or (2, 5))[pick]) for at in phases]
        days = [day for course in expected if course for day in course.ordered]
        assert len(days) == sum((at.days or (2, 5))[pick] for at in phases)
        assert [infusion.ordered_g for infusion in found.infusions] == days
        assert [(row["phase"], row["ordered_g"]) for row in shown.rows] == [
            (name, text(day)) for name, course in zip(names, expected, strict=True) if course for day in course.ordered
        ]
        assert [Fraction(infusion["ordered_g"]) for infusion in shown.document["infusions"]] == days
        assert all(f"{text(sum(course.ordered, Fraction(0)))} g per course" in shown.table for course in expected if course)
        assert "entered-begins" in {finding["code"] for finding in shown.document["findings"]}
        assert all("entered-begins" in row["findings"] for row in shown.rows)
        assert "no source states it" in shown.table


def test_enough_is_planned_for_these_tests_to_say_something() -> None:
    assert len(SETTLED) >= 60
    assert sum(bool(open_options(stated(regimen))) for regimen in SETTLED) >= 20
    assert sum(bool(stated(regimen).weight) for regimen in SETTLED) >= 15


@pytest.mark.parametrize("regimen", [regimen for regimen in SETTLED if not stated(regimen).weight])
def test_from_a_bmi_of_30_a_regimen_whose_source_names_no_weight_asks_for_one(regimen: str) -> None:
    # 110 / 1.65 squared = 40.4
    found = asked({"weight": "110", "height": "165", "sex": "female", "regimen": regimen})
    assert isinstance(found, str)
    assert found.startswith("BMI is 40.4, and neither the source nor you say which weight to use: actual: 110 kg")
    assert f"ideal: {IDEAL_KG.numerator * 100 // IDEAL_KG.denominator // 100}" in found


@pytest.mark.parametrize("weight", WEIGHTS)
def test_the_weight_in_pregnancy_is_the_one_that_the_source_names_for_it(weight: str) -> None:
    # measles: actual body weight in pregnancy; 0.4 g per kg on one day
    who = {"height": "165", "sex": "female", "pregnant": "yes", "age": "30"}
    found = asked({"weight": weight, "regimen": "measles/ontario", **who})
    assert isinstance(found, Plan)
    assert (found.weight.basis, found.ordered_g) == ("actual", Fraction("0.4") * int(weight))
