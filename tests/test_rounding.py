"""Rounding and vials as they are asked for: the options, the limits, ties and caps, and that all of it stands in every format."""

import csv
import io
import json
import time
from contextlib import suppress
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import pytest

from ivigcalc.dosing.rounding import order, round_amount
from ivigcalc.errors import InputError, Refused
from ivigcalc.model import Catalogue, Comparison, Direction, Formulary, Plan, Product, Rounding
from ivigcalc.options import Options
from ivigcalc.request import answer
from tests.conftest import RunCli
from tests.test_cases import formulary
from tests.test_request import CATALOGUE, LIMITS, TODAY, cap, catalogue_of, codes, phase, regimen, texts
from tests.test_weights import just_around

ICAHT: Final = {"weight": "62", "regimen": "icaht"}
ITP: Final = {"weight": "62", "regimen": "itp"}
ONE_DAY: Final = {"dose": "0.5 g/kg", "days": "1"}


def g(*amounts: str) -> list[Fraction]:
    return [Fraction(amount) for amount in amounts]


def ask(options: Options, catalogue: Catalogue = CATALOGUE) -> Plan | Comparison:
    return answer(options, catalogue, LIMITS, TODAY, formulary)


def plan_of(options: Options, catalogue: Catalogue = CATALOGUE) -> Plan:
    plan = ask(options, catalogue)
    assert isinstance(plan, Plan)
    return plan


def ordered(plan: Plan) -> list[Fraction]:
    return [infusion.ordered_g for infusion in plan.infusions]


def typed(options: Options) -> list[str]:
    return [word for name, value in options.items() for word in (f"--{name}", str(value))]


# Every format holds what was ordered, what it was calculated as, and the vials


def test_the_screen_shows_course_and_days_with_both_changes_and_the_note(run_cli: RunCli) -> None:
    ran = run_cli("plan", *typed({**ICAHT, "vials": "5,10,20", "round": "vial"}))
    words = " ".join(ran.text.split())
    assert (ran.code, ran.err) == (0, "")
    assert "30 g once daily on days 1 to 3, 35 g on day 4, 125 g per course" in words
    assert "nearest whole vials of the course; calculated 31 g a day, 124 g per course" in words
    assert "ordered 125 g per course, +0.8%; 30 g a day -3.2%, 35 g a day +12.9%" in words
    assert "per course: 4 of 20 g, 4 of 10 g, 1 of 5 g; nothing wasted" in words
    assert "Note Rounding alone takes the dose to 2.016129 g per kg per course, above the limit of 2 g per kg per course." in words
    assert "4 of 4 35 g 1 of 20 g, 1 of 10 g, 1 of 5 g" in words


@pytest.mark.parametrize("columns", ["40", "80", "200"])
def test_at_any_width_nothing_of_it_is_lost(run_cli: RunCli, monkeypatch: pytest.MonkeyPatch, columns: str) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    ran = run_cli("plan", *typed({**ICAHT, "vials": "5,10,20", "round": "vial"}))
    assert max(len(line) for line in ran.text.splitlines()) <= int(columns)
    words = " ".join(ran.text.split())
    for part in ("+0.8%", "+12.9%", "-3.2%", "4 of 20 g, 4 of 10 g, 1 of 5 g", "nothing wasted", "2.016129 g per kg per course"):
        assert part in words


def test_csv_holds_both_doses_the_vials_and_the_finding(run_cli: RunCli) -> None:
    ran = run_cli("plan", *typed({**ICAHT, "vials": "5,10,20", "round": "vial", "format": "csv"}))
    rows = list(csv.DictReader(io.StringIO(ran.text)))
    assert ran.code == 0
    assert [(row["calculated_g"], row["ordered_g"], row["course_g"]) for row in rows] == [
        ("31", "30", "125"), ("31", "30", "125"), ("31", "30", "125"), ("31", "35", "125"),
    ]  # fmt: skip
    assert [row["vials"] for row in rows] == ["1x20 g;1x10 g"] * 3 + ["1x20 g;1x10 g;1x5 g"]
    assert {row["wasted_g"] for row in rows} == {"0"}
    assert {row["rounding"] for row in rows} == {"vial nearest"}
    assert {row["findings"] for row in rows} == {"course-dose-rounding;haemolysis"}  # 2 g per kg, as the regimen states
    assert "course-dose-rounding: Rounding alone takes the dose to 2.016129 g per kg per course" in ran.err


def read_json(run_cli: RunCli, options: Options) -> dict[str, Any]:
    ran = run_cli("plan", *typed({**options, "format": "json"}))
    assert ran.code == 0, ran.err
    found: dict[str, Any] = json.loads(ran.text, parse_float=Decimal)
    return found


def test_json_holds_the_changes_of_the_course_and_of_each_day(run_cli: RunCli) -> None:
    found = read_json(run_cli, {**ICAHT, "vials": "5,10,20", "round": "vial"})
    assert found["rounding"] == {"to": "vial", "direction": "nearest", "applies_to": "course", "limit_percent": 10, "rule": None}
    assert [infusion["ordered_g"] for infusion in found["infusions"]] == [30, 30, 30, 35]
    # 1 / 124, -1 / 31 and 4 / 31 to 6 decimals
    assert found["cycles"][0]["change_percent"] == Decimal("0.806452")
    assert [infusion["change_percent"] for infusion in found["infusions"]] == [Decimal("-3.225806")] * 3 + [Decimal("12.903226")]
    assert found["infusions"][3]["vials"] == [{"g": 20, "count": 1}, {"g": 10, "count": 1}, {"g": 5, "count": 1}]
    totals = found["totals"]
    assert (totals["ordered_g"], totals["calculated_g"], totals["wasted_g"]) == (125, 124, 0)
    assert totals["vials"] == [{"g": 20, "count": 4}, {"g": 10, "count": 4}, {"g": 5, "count": 1}]
    assert [(finding["code"], finding["level"]) for finding in found["findings"]] == [
        ("course-dose-rounding", "note"), ("haemolysis", "note"),
    ]  # fmt: skip


def test_a_course_that_is_repeated_adds_its_vials_up(run_cli: RunCli) -> None:
    found = read_json(run_cli, {**ITP, "vials": "2.5", "round": "vial", "cycles": "4"})
    assert {infusion["ordered_g"] for infusion in found["infusions"]} == {25}
    assert found["totals"]["vials"] == [{"g": Decimal("2.5"), "count": 120}]
    assert found["totals"]["ordered_g"] == 300


REFUSED_IN_EVERY_FORMAT: Final[list[tuple[Options, str]]] = [
    ({"weight": "3200 g", "dose": "0.4 g/kg", "days": "1", "round": "5 g"}, "would become 0 g when rounded to 5 g, 100% less"),
    (
        {"weight": "62", "dose": "2 g/kg/course", "days": "2", "round": "vial", "vials": "40"},
        "1.290323 g per kg per day, more than a tenth",
    ),
    ({"weight": "20", "dose": "2 g/kg/course", "days": "5", "round": "vial", "vials": "20"}, "leaves 3 days with nothing"),
]


@pytest.mark.parametrize("form", ["table", "csv", "json"])
@pytest.mark.parametrize(("options", "words"), REFUSED_IN_EVERY_FORMAT)
def test_what_is_refused_is_refused_in_every_format(run_cli: RunCli, tmp_path: Path, form: str, options: Options, words: str) -> None:
    ran = run_cli("plan", *typed({**options, "format": form}))
    assert (ran.code, ran.out) == (1, b"")
    assert words in ran.err
    suffix = {"table": "txt"}.get(form, form)
    target = tmp_path / f"plan.{suffix}"
    run_cli("plan", *typed({**options, "format": form, "output": str(target)}))
    assert not target.exists()


def test_a_day_above_the_limit_by_rounding_can_be_accepted_by_its_figure() -> None:
    options: Options = {"weight": "62", "dose": "2 g/kg/course", "days": "2", "round": "vial", "vials": "40"}
    plan = plan_of({**options, "accept": ("daily-dose-rounding=1.290323",), "reason": "nothing else on the shelf"})
    assert ordered(plan) == g("40", "80")
    with pytest.raises(Refused, match=r"daily-dose-rounding=1\.290323"):
        ask({**options, "accept": ("daily-dose-rounding=1.29",), "reason": "nothing else on the shelf"})


# What may be typed

READ: Final[list[tuple[Options, str, list[str]]]] = [
    ({}, "0.01 g", ["31", "31", "31", "31"]),
    ({"round": "5 g"}, "5 g", ["30", "30", "30", "35"]),
    ({"round": "5g"}, "5 g", ["30", "30", "30", "35"]),
    ({"round": " 5 G "}, "5 g", ["30", "30", "30", "35"]),
    ({"round": "0.01 g"}, "0.01 g", ["31", "31", "31", "31"]),
    ({"round": "5 g", "direction": "DOWN"}, "5 g", ["30", "30", "30", "30"]),
    ({"round": "5 g", "direction": " up "}, "5 g", ["30", "30", "30", "35"]),
    ({"round": "5 g", "round-over": "Day"}, "5 g", ["30", "30", "30", "30"]),
    ({"round": "1 g", "round-over": "course"}, "1 g", ["31", "31", "31", "31"]),
    ({"round": "VIAL", "vials": "10"}, "vial", ["30", "30", "30", "30"]),
    ({"round": "vials", "vials": "5 g, 10g,20"}, "vial", ["30", "30", "30", "35"]),
    ({"round": "vial", "product": "privigen-us"}, "vial", ["30", "30", "30", "35"]),
    ({"round": "vial", "product": "panzyga-ca", "vials": "10"}, "vial", ["30", "30", "30", "30"]),
    ({"round": "vial", "product": "privigen-us", "vials": "10,40"}, "vial", ["30", "30", "30", "30"]),
    ({"round": "Ontario"}, "5 g", ["30", "30", "30", "35"]),
    ({"round": "ontario", "direction": "nearest", "round-over": "course"}, "5 g", ["30", "30", "30", "35"]),
    ({"round": "New Zealand", "direction": "up"}, "5 g", ["30", "30", "30", "35"]),
    ({"round": "new_zealand", "direction": "down", "round-over": "day"}, "5 g", ["30", "30", "30", "30"]),
]


@pytest.mark.parametrize(("options", "to", "days"), READ)
def test_what_is_read(options: Options, to: str, days: list[str]) -> None:
    plan = plan_of({**ICAHT, **options})
    assert plan.rounding.to == to
    assert ordered(plan) == g(*days)


WRONG: Final[list[tuple[Options, tuple[str, ...]]]] = [
    ({"round": ""}, ("--round: ''", 'write an amount such as "5 g", vial, or a published rule: ontario, seton, new-zealand')),
    ({"round": "vail"}, ("--round: 'vail' is not known", "published rule")),
    ({"round": "ontaro"}, ("--round: 'ontaro' is not known", "ontario")),
    ({"round": "5"}, ("--round: 5 has no unit", 'write "5 g"')),
    ({"round": "2.5"}, ('write "2.5 g"',)),
    ({"round": "0"}, ("--round: 0 has no unit",)),
    ({"round": "0 g"}, ("--round: 0 is zero", "above zero")),
    ({"round": "2,5 g"}, ("has a comma", 'write "2.5 g"')),
    ({"round": ".5 g"}, ("no digit before the point", 'write "0.5 g"')),
    ({"round": "-5 g"}, ("has a sign",)),
    ({"round": "1e1 g"}, ("has an exponent", "write all its digits")),
    ({"round": "5 mg"}, ("'5 mg' is not known", 'such as "5 g"')),
    ({"round": "5mg"}, ("'5mg' is not known", 'such as "5 g"')),
    ({"round": "5 kg"}, ("'5 kg' is not known",)),
    ({"round": "5 g/kg"}, ("'5 g/kg' is not known",)),
    ({"round": "nan g"}, ("'nan g' is not known",)),
    ({"round": "g"}, ("'g' is not known",)),
    ({"round": "100.01 g"}, ("100.01 g is outside 0.01 to 100 g (bounds of our own)", "check the number")),
    ({"round": "1000000 g"}, ("outside 0.01 to 100 g",)),
    ({"round": "0.009 g"}, ("0.009 g is outside 0.01 to 100 g",)),
    ({"round": "0.015 g"}, ("0.015 g is no whole number of 0.01 g (a bound of our own)",)),
    ({"round": "9" * 30 + " g"}, ("a number of 30 characters", "at most 24")),
    ({"round": "x" * 100}, ("a text of 100 characters", "write at most 60")),
    ({"round": "vial"}, ("--round vial needs the sizes of the vials", "add --product ID or --vials 5,10,20")),
    ({"round": "vial", "concentration": "10%"}, ("needs the sizes of the vials", "add --product ID or --vials 5,10,20")),
    ({"round": "vial", "product": "panzyga-ca"}, ("no source that was read states those of panzyga-ca", "add --vials 5,10,20")),
    ({"direction": ""}, ("--direction: '' is not known", "nearest or down or up")),
    ({"direction": "sideways"}, ("--direction: 'sideways' is not known", "nearest or down or up")),
    ({"round-over": ""}, ("--round-over: '' is not known", "day or course")),
    ({"round-over": "week"}, ("--round-over: 'week' is not known", "day or course")),
    ({"round": "ontario", "direction": "up"}, ("the rule states nearest; leave --direction out", '"5 g"')),
    ({"round": "ontario", "round-over": "day"}, ("the rule states course; leave --round-over out", '"5 g"')),
    ({"round": "seton", "direction": "down"}, ("--round seton: the rule states nearest",)),
    ({"round-limit": ""}, ("--round-limit: nothing was given", "such as 10")),
    ({"round-limit": "0"}, ("--round-limit: 0 is zero",)),
    ({"round-limit": "0%"}, ("--round-limit: 0 is zero",)),
    ({"round-limit": "7,5%"}, ("has a comma", "write 7.5%")),
    ({"round-limit": "-5%"}, ("has a sign",)),
    ({"round-limit": "ten"}, ("'ten' is not a number", "such as 10")),
    ({"round-limit": "500%"}, ("500% is more than 100%", "such as 10%")),
    ({"round-limit": "1" * 61}, ("a text of 61 characters",)),
    ({"vials": ""}, ("--vials: '' lacks a size", "such as 5,10,20")),
    ({"vials": "5,,10"}, ("'5,,10' lacks a size", "with a comma between")),
    ({"vials": "0"}, ("--vials: 0 is zero",)),
    ({"vials": "5,0"}, ("--vials: 0 is zero",)),
    ({"vials": "5;10"}, ("'5;10' is not a number", "such as 5,10,20")),
    ({"vials": "five"}, ("'five' is not a number",)),
    ({"vials": "5 mg"}, ("'5 mg' is not a number",)),
    ({"vials": "-5"}, ("has a sign",)),
    ({"vials": "5,10,5"}, ("'5,10,5' holds a size twice", "write each once")),
    ({"vials": "5,5.0"}, ("holds a size twice",)),
    ({"vials": "0.05"}, ("0.05 g is outside 0.1 to 100 g (bounds of our own)",)),
    ({"vials": "1000"}, ("1000 g is outside 0.1 to 100 g",)),
    ({"vials": "0.37,0.41"}, ("0.37 g is no whole number of 0.05 g (a bound of our own)",)),
    ({"vials": "0.1000000000000000001,100"}, ("no whole number of 0.05 g",)),
    ({"vials": "1,2,3,4,5,6,7,8,9,10,11,12,13"}, ("13 sizes; write at most 12 (a bound of our own)",)),
    ({"vials": ",".join(["5"] * 40)}, ("a text of 79 characters",)),
    ({"vials": "2,5"}, ("'2,5' can be 2.5 g, or 2 g and 5 g", 'write "2.5 g", or "2 g, 5 g"')),
    ({"vials": "12,5 g"}, ("can be 12.5 g, or 12 g and 5 g",)),
    ({"vials": "1,25", "concentration": "5%"}, ("can be 1.25 g, or 1 g and 25 g",)),
    ({"vials": "2,5", "product": "panzyga-ca"}, ("can be 2.5 g, or 2 g and 5 g",)),
    ({"vials": "2,5", "product": "privigen-eu"}, ("privigen-eu has no vial of 2 g; it has 40, 20, 10, 5, 2.5 g",)),
    ({"vials": "5,15", "product": "privigen-us"}, ("privigen-us has no vial of 15 g; it has 40, 20, 10, 5 g",)),
    ({"concentration": "500%"}, ("500 g in 100 mL", "from 1 to 100 g in 100 mL (a bound of our own)")),
    ({"concentration": "0%"}, ("--concentration: 0 is zero",)),
    ({"concentration": ""}, ("--concentration: ''", '"10%"')),
    ({"concentration": "10"}, ("'10' is not a concentration", '"10%"')),
    ({"concentration": "10,5%"}, ("has a comma", "write 10.5%")),
    ({"product": "privigen-us", "concentration": "5%"}, ("5% is not a strength of privigen-us, which is 10%", "mend one of them")),
    ({"product": "gammagard-sd-us", "concentration": "7%"}, ("7% is not a strength of gammagard-sd-us, which is 5% or 10%",)),
    ({"product": "privigen"}, ("several markets", "privigen-us (10%)")),
    ({"product": "nonsense"}, ("--product: 'nonsense' is not known", "ivigcalc products")),
]


@pytest.mark.parametrize(("options", "words"), WRONG, ids=[" ".join(typed(options))[:60] for options, _ in WRONG])
def test_wrong_use_says_what_was_given_what_is_allowed_and_the_mend(run_cli: RunCli, options: Options, words: tuple[str, ...]) -> None:
    with pytest.raises(InputError) as error:
        ask({**ICAHT, **options})
    assert [word for word in words if word not in str(error.value)] == []
    ran = run_cli("plan", *(f"--{name}={value}" for name, value in {**ICAHT, **options}.items()))
    assert (ran.code, ran.out) == (2, b"")
    assert " ".join(str(error.value).split()) in " ".join(ran.err.split())


MISSING: Final[list[tuple[Options, tuple[str, ...]]]] = [
    ({"round": "new-zealand"}, ("--round new-zealand: the rule does not state a direction", "add --direction nearest, down or up")),
    ({"product": "gammagard-sd-us"}, ("made up to 5% or 10%", "add --concentration with one of them")),
    ({"product": "gammagard-sd-us", "round": "vial"}, ("made up to 5% or 10%",)),
    ({"concentration": "16.5%"}, ("16.5 g in 100 mL, a product for subcutaneous use", "at most 12 g in 100 mL")),
    ({"concentration": "12.01%"}, ("a product for subcutaneous use",)),
    ({"concentration": "200 mg/mL"}, ("20 g in 100 mL, a product for subcutaneous use",)),
]


@pytest.mark.parametrize(("options", "words"), MISSING)
def test_what_is_missing_is_asked_for(run_cli: RunCli, options: Options, words: tuple[str, ...]) -> None:
    with pytest.raises(Refused) as error:
        ask({**ICAHT, **options})
    assert [word for word in words if word not in str(error.value)] == []
    assert run_cli("plan", *typed({**ICAHT, **options})).code == 1


@pytest.mark.parametrize(
    ("vials", "sizes"),
    [
        ("5,10,20", ["20", "10", "5"]),
        ("20 g , 2.5 G", ["20", "2.5"]),
        ("1,2,5", ["5", "2", "1"]),  # three sizes are no decimal comma
        ("5,25", ["25", "5"]),  # nor does a vial of 5.25 g exist
        ("10,5", ["10", "5"]),
        ("2 g, 5 g", ["5", "2"]),
        ("0.1,100", ["100", "0.1"]),
        ("1,2,3,4,5,6,7,8,9,10,11,12", [str(size) for size in range(12, 0, -1)]),
    ],
)
def test_sizes_on_the_shelf(vials: str, sizes: list[str]) -> None:
    supply = plan_of({**ICAHT, "vials": vials}).choices.supply
    assert supply
    assert supply.vials_by_hand
    assert list(supply.vials_g) == g(*sizes)


def test_a_comma_in_doubt_is_none_where_the_product_has_both_sizes() -> None:
    plan = plan_of({**ITP, "product": "iqymune-eu", "vials": "2,5"})
    assert plan.infusions[0].given.vials == ((Fraction(5), 5),)


def test_a_product_whose_vials_are_finer_than_our_bound_is_refused() -> None:
    known = formulary()
    odd: Product = known.products["asceniv-us"]
    assert odd.vials
    odd = odd._replace(vials=odd.vials._replace(value=(Fraction("0.37"),)))
    changed: Formulary = known._replace(products={**known.products, "asceniv-us": odd})
    with pytest.raises(InputError, match=r"--product asceniv-us, vials: 0\.37 g is no whole number of 0\.05 g \(a bound of our own\)"):
        answer({**ITP, "product": "asceniv-us"}, CATALOGUE, LIMITS, TODAY, lambda: changed)


def test_every_product_that_ships_is_within_our_bounds_on_vials() -> None:
    for product in formulary().products.values():
        strength = {"concentration": "10%"} if product.g_per_ml is None else {}
        plan = plan_of({**ITP, "product": product.id, **strength})
        assert (plan.infusions[0].given.vials is None) is (not product.vials_g)


@pytest.mark.parametrize(("rule", "words"), [("ontario", "Ontario, ORBCoN dose calculator"), ("seton", "Seton Healthcare, Texas")])
def test_a_published_rule_is_named_with_its_source_in_every_format(run_cli: RunCli, rule: str, words: str) -> None:
    options: Options = {**ICAHT, "round": rule}
    source = LIMITS.rounding.rules[rule].cited[0]
    shown = " ".join(run_cli("plan", *typed(options)).text.split())
    assert f"Rounded by a published rule: {words}. Source: {source.source.citation}, {source.locator}." in shown
    found = read_json(run_cli, options)
    assert found["rounding"]["rule"]["id"] == rule
    assert found["rounding"]["rule"]["sources"][0]["quote"] == source.quote
    row = next(csv.DictReader(io.StringIO(run_cli("plan", *typed({**options, "format": "csv"})).text)))
    assert f"round-{rule}" in row["findings"].split(";")


@pytest.mark.parametrize(("weight", "asked"), [("24.999999", True), ("25", False), ("25.000001", False)])
def test_seton_asks_below_10_g_a_day(weight: str, asked: bool) -> None:
    for days in ("1", "5"):
        options: Options = {"weight": weight, "dose": "0.4 g/kg/day", "days": days, "round": "seton"}
        if asked:
            with pytest.raises(Refused, match=r"a day is below 10 g: neonates and infants .* the policy states no age for them"):
                ask(options)
        else:
            assert ordered(plan_of(options)) == g("10") * int(days)


# Ties


TIES: Final[list[tuple[str, Options, str, str, str]]] = [
    # weight at 0.5 g per kg on one day; what is rounded to; down, up; what lies midway
    ("65", {"round": "5 g"}, "30", "35", "32.5 g lies midway between two multiples of 5 g"),
    ("75", {"round": "5 g"}, "35", "40", "37.5 g lies midway between two multiples of 5 g"),
    ("43", {"round": "1 g"}, "21", "22", "21.5 g lies midway between two multiples of 1 g"),
    ("62.01", {}, "31", "31.01", "31.005 g lies midway between two multiples of 0.01 g"),
    ("145", {"round": "vial", "vials": "5"}, "70", "75", "72.5 g lies midway between two amounts of whole vials"),
    ("85", {"round": "vial", "vials": "20,25"}, "40", "45", "42.5 g lies midway between two amounts of whole vials"),
]


@pytest.mark.parametrize(("weight", "options", "down", "up", "words"), TIES)
def test_a_tie_goes_to_the_lower_dose_and_is_said_and_a_direction_knows_no_tie(
    weight: str, options: Options, down: str, up: str, words: str
) -> None:
    plan = plan_of({"weight": weight, **ONE_DAY, **options})
    assert ordered(plan) == g(down)
    assert f"{words}; the lower was taken, as no published rule says which." in texts(plan)
    for direction, dose in (("down", down), ("up", up)):
        directed = plan_of({"weight": weight, **ONE_DAY, **options, "direction": direction})
        assert ordered(directed) == g(dose)
        assert "tie" not in codes(directed)


@pytest.mark.parametrize(("weight", "options", "down", "up", "words"), TIES)
def test_beside_a_tie_the_nearer_is_taken_and_no_tie_is_said(weight: str, options: Options, down: str, up: str, words: str) -> None:
    for dose, other in ((Fraction(weight) / 2 - Fraction("0.0005"), down), (Fraction(weight) / 2 + Fraction("0.0005"), up)):
        beside = f"{(dose * 2).numerator / Decimal((dose * 2).denominator)}"
        plan = plan_of({"weight": beside, **ONE_DAY, **options})
        assert ordered(plan) == g(other)
        assert "tie" not in codes(plan)


def test_a_tie_of_the_course_names_the_course() -> None:
    # 2 x 61.25 = 122.5, midway between 120 and 125
    plan = plan_of({"weight": "61.25", "regimen": "icaht", "round": "5 g"})
    assert ordered(plan) == g("30", "30", "30", "30")
    assert "122.5 g lies midway" in texts(plan)


# The limits of rounding


@pytest.mark.parametrize(("step", "direction", "fits_from"), [("9 g", "down", -1), ("11 g", "up", 1)])
def test_ten_percent_of_the_calculated_dose(step: str, direction: str, fits_from: int) -> None:
    """10 g become 9 or 11 g, which is 10% and allowed; what is a millionth further away is not."""
    for weight, side in just_around(Fraction(10)):
        options: Options = {"weight": weight, "dose": "1 g/kg", "days": "1", "round": step, "direction": direction}
        if side in (0, fits_from):
            changed = abs(plan_of(options).courses[0].change_percent)
            assert (changed == 10) is (side == 0)
            assert changed <= 10
        else:
            with pytest.raises(Refused, match=r"10% (less|more); at most 10% is allowed \(Siegel, .*HOPA.* The nearest amount that fits"):
                ask(options)


@pytest.mark.parametrize(
    ("limit", "weight", "fits"),
    [("8%", "65", True), ("7.69%", "65", False), ("7.7", "65", True), ("5%", "62", True), ("3%", "62", False)],
)
def test_the_limit_may_be_set(limit: str, weight: str, fits: bool) -> None:
    # 32.5 -> 30 is 7.692% less; 31 -> 30 is 3.226% less
    options: Options = {"weight": weight, **ONE_DAY, "round": "5 g", "round-limit": limit}
    if fits:
        assert ordered(plan_of(options)) == g("30")
        assert "round-limit" not in codes(plan_of(options))
    else:
        with pytest.raises(Refused, match=r"at most 7?3?[.69]*% is allowed \(as --round-limit says\)"):
            ask(options)


def test_a_wider_limit_is_a_warning_in_every_format(run_cli: RunCli) -> None:
    # 8 g up to 10 g is 25% more
    options: Options = {"weight": "20", "dose": "0.4 g/kg", "days": "1", "round": "5 g", "direction": "up", "round-limit": "25%"}
    words = "Rounding was allowed to change the dose by up to 25%; the published limit is 10%."
    plan = plan_of(options)
    assert ordered(plan) == g("10")
    assert [(found.level, found.text) for found in plan.findings if found.code == "round-limit"] == [("warning", words)]
    assert f"Warning {words}" in " ".join(run_cli("plan", *typed(options)).text.split())
    found = read_json(run_cli, options)
    assert found["rounding"]["limit_percent"] == 25
    assert [(one["level"], one["text"]) for one in found["findings"] if one["code"] == "round-limit"] == [("warning", words)]
    ran = run_cli("plan", *typed({**options, "format": "csv"}))
    assert "round-limit" in next(csv.DictReader(io.StringIO(ran.text)))["findings"].split(";")
    assert words in ran.err
    with pytest.raises(Refused, match=r"25% more; at most 24\.9% is allowed \(as --round-limit says\)"):
        ask({**options, "round-limit": "24.9%"})


def test_the_whole_dose_is_never_rounded_away() -> None:
    with pytest.raises(Refused, match=r"1\.28 g over 1 day leaves a day with nothing when rounded to 5 g"):
        ask({"weight": "3.2", "dose": "0.4 g/kg", "days": "1", "round": "5 g", "round-limit": "100%"})


# A day of 55 g beside one of 45: 100 g in all is 2 g per kg of 50 kg, and 55 g is 1.1 g per kg
UNEVEN: Final = {"dose": "2 g/kg/course", "days": "2", "round": "vial", "vials": "45,55"}


def test_a_day_may_be_a_tenth_above_the_limit_and_no_more() -> None:
    for weight, side in just_around(Fraction(50)):
        if side < 0:
            with pytest.raises(Refused, match=r"^daily-dose-rounding: Rounding alone takes the dose to 1\.1\d* g per kg per day"):
                ask({"weight": weight, **UNEVEN})
            continue
        plan = plan_of({"weight": weight, **UNEVEN})
        assert ordered(plan) == g("45", "55")
        assert [found.level for found in plan.findings if found.code == "daily-dose-rounding"] == ["note"]


def test_a_day_at_the_limit_is_nothing_to_say() -> None:
    # 110 g are two days of 55 g; at 55 kg that is the limit itself
    for weight, side in just_around(Fraction(55)):
        plan = plan_of({"weight": weight, **UNEVEN})
        assert ordered(plan) == g("55", "55")
        assert ("daily-dose-rounding" in codes(plan)) is (side < 0)


def test_a_course_may_be_a_tenth_above_the_limit_and_no_more() -> None:
    # 2 g per kg of 50 kg up to 110 g; the limit of rounding is widened, so that only that of the dose counts
    for weight, side in just_around(Fraction(50)):
        options: Options = {
            "weight": weight,
            "dose": "2 g/kg/course",
            "days": "5",
            "round": "22 g",
            "direction": "up",
            "round-limit": "50%",
        }
        if side < 0:
            with pytest.raises(Refused, match=r"course-dose-rounding: .* more than a tenth above the limit of 2 g per kg per course"):
                ask(options)
        elif side == 0:
            assert [found.level for found in plan_of(options).findings if found.code == "course-dose-rounding"] == ["note"]


def test_rounding_may_not_run_away_from_a_dose_that_was_accepted() -> None:
    # 1.5 g per kg a day of 62 kg are 93 g; 186 g in vials of 60 g are 180 g, 60 and 120
    options: Options = {"weight": "62", "dose": "3 g/kg/course", "days": "2", "round": "vial", "vials": "60", "reason": "meant"}
    accepted = ("daily-dose=1.5", "course-dose=3")
    with pytest.raises(
        Refused, match=r"1\.935484 g per kg per day, more than a tenth above the 1\.5 g per kg per day that it is calculated"
    ):
        ask({**options, "accept": accepted})
    plan = plan_of({**options, "accept": (*accepted, "daily-dose-rounding=1.935484")})
    assert ordered(plan) == g("60", "120")
    assert "daily-dose-rounding" not in codes(plan_of({**options, "vials": "45", "accept": accepted}))  # 90 and 90


# The mend of a refused rounding holds when it is typed


@pytest.mark.parametrize(
    ("options", "mend", "result"),
    [
        ({"weight": "3.2", "dose": "0.4 g/kg", "days": "1", "round": "5 g"}, {"round": "0.1 g"}, ["1.3"]),
        ({"weight": "3.2", "dose": "0.4 g/kg", "days": "1", "round": "5 g", "direction": "down"}, {"round": "0.1 g"}, ["1.2"]),
        ({"weight": "62", "regimen": "itp", "round": "5 g", "direction": "down"}, {"direction": "nearest"}, ["25", "25", "25"]),
        ({"weight": "62", "regimen": "itp", "round": "vial", "vials": "40"}, {"round": "5 g"}, ["25", "25", "25"]),
        (
            {"weight": "62", "regimen": "itp", "round": "vial", "vials": "5", "direction": "down"},
            {"direction": "nearest"},
            ["25", "25", "25"],
        ),
        (
            {"weight": "6", "regimen": "itp", "round": "ontario"},
            {"round": "2.5 g", "round-over": "course"},
            ["2.5", "2.5", "2.5"],
        ),  # 7.2
        ({"weight": "5", "regimen": "itp", "round": "new-zealand", "direction": "nearest"}, {"round": "1 g"}, ["2", "2", "2"]),
        ({"weight": "7", "dose": "0.4 g/kg/course", "days": "4", "round": "5 g"}, {"round": "0.5 g"}, ["0.5", "0.5", "1", "1"]),
    ],
)
def test_the_mend_that_is_offered_works(options: dict[str, str], mend: dict[str, str], result: list[str]) -> None:
    with pytest.raises(Refused) as error:
        ask(options)
    words = " ".join(f'--{name} "{value}"' if " " in value else f"--{name} {value}" for name, value in mend.items())
    assert str(error.value).endswith(f": write {words}")
    days = ordered(plan_of({**options, **mend}))
    assert days == g(*result)
    stated = sum(days) if "a course of" in str(error.value) else days[0]
    assert f" is {Decimal(stated.numerator) / stated.denominator} g: write" in str(error.value)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({**ITP, "round": "vial", "vials": "5", "direction": "down"}, "fits of whole vials is 25 g: write --direction nearest"),
        ({**ITP, "round": "vial", "vials": "40"}, 'fits in steps of 5 g is 25 g: write --round "5 g"'),
        ({**ITP, "round": "5 g", "direction": "down"}, "fits in steps of 5 g is 25 g: write --direction nearest"),
    ],
)
def test_the_mend_names_the_steps_that_it_rests_on(options: Options, words: str) -> None:
    with pytest.raises(Refused) as error:
        ask(options)
    assert str(error.value).endswith(f". The nearest amount that {words}")


@pytest.mark.parametrize(
    ("direction", "becomes"),
    [
        ("nearest", "0 g when rounded to 5 g, 100% less"),
        ("down", "0 g when rounded down to 5 g, 100% less"),
        ("up", "5 g when rounded up to 5 g, 150% more"),
    ],
)
def test_a_rounding_that_changes_too_much_names_its_direction(direction: Direction, becomes: str) -> None:
    with pytest.raises(Refused) as error:
        order(Fraction(2), 1, "day", Rounding(step_g=Fraction(5), direction=direction), None)
    assert str(error.value).startswith(f"--round: 2 g a day would become {becomes}; at most 10% is allowed (a limit of ivigcalc). ")


def test_the_mend_that_is_offered_keeps_the_cap_of_the_source(tmp_path: Path) -> None:
    # 70 x 0.4 = 28 g, capped at 24 g; the nearest multiple of 5 g would be 25 g, of 2.5 g too, so 22.5 g, 6.25% less
    catalogue = catalogue_of(tmp_path, daily=regimen(phase("0.4 g/kg", "day", "3", caps=[cap("24 g", "day")])))
    with pytest.raises(Refused) as error:
        ask({"weight": "70", "regimen": "daily", "round": "20 g"}, catalogue)
    assert str(error.value).endswith('is 22.5 g: write --round "2.5 g"')


@pytest.mark.parametrize(
    ("course", "days", "step", "which", "more"),
    [
        ("0.02", 5, "0.01", "3 days", ""),
        ("0.01", 2, "0.01", "a day", ""),
        ("0.2", 5, "0.1", "3 days", " or a smaller --round"),
    ],
)
def test_a_smaller_step_is_only_offered_where_there_is_one(course: str, days: int, step: str, which: str, more: str) -> None:
    with pytest.raises(Refused) as error:
        order(Fraction(course), days, "course", Rounding(step_g=Fraction(step)), None)
    what = f"{course} g over {days} days leaves {which} with nothing when rounded to {step} g"
    assert str(error.value) == f"{what}; check the weight and the dose, or write fewer --days{more}"


def test_a_rule_that_states_a_direction_is_not_answered_with_another() -> None:
    rules = {key: rule._replace(direction="down", over=None) for key, rule in LIMITS.rounding.rules.items()}
    limits = LIMITS._replace(rounding=LIMITS.rounding._replace(rules=rules))
    with pytest.raises(Refused) as error:
        answer({**ITP, "round": "ontario"}, CATALOGUE, limits, TODAY, formulary)
    assert "would become 20 g when rounded down to 5 g, 19.4% less" in str(error.value)
    assert str(error.value).endswith('is 25 g: write --round "2.5 g"')


def test_where_even_the_finest_step_changes_too_much_it_says_so() -> None:
    with pytest.raises(
        Refused, match=r"0\.014 g would become 0\.01 g .* 28\.6% less; .* No amount in steps of 0\.01 g fits; check the weight"
    ):
        order(Fraction("0.014"), 1, "course", Rounding(), None)
    with pytest.raises(Refused, match=r"No amount in steps of 0\.01 g fits"):
        order(Fraction("0.014"), 1, "day", Rounding(step_g=Fraction(1)), None)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"weight": "20", "dose": "2 g/kg/course", "days": "5", "round": "vial", "vials": "20"}, "3 days with nothing .* smaller --vials$"),
        ({"weight": "25.1", "dose": "0.4 g/kg/course", "days": "3", "round": "5 g"}, "a day with nothing .* a smaller --round$"),
    ],
)
def test_days_with_nothing_say_what_would_help(options: Options, words: str) -> None:
    with pytest.raises(Refused, match=words):
        ask(options)


# Caps of the regimen's own source


@pytest.fixture
def capped(tmp_path: Path) -> Catalogue:
    return catalogue_of(
        tmp_path,
        daily=regimen(phase("0.4 g/kg", "day", "3", caps=[cap("25 g", "day")])),
        course=regimen(phase("1 g/kg", "course", "4", caps=[cap("25 g", "day")])),
        total=regimen(phase("1 g/kg", "course", "4", caps=[cap("100 g", "course")])),
        **{"per-kg": regimen(phase("2 g/kg", "course", "2", caps=[cap("1 g/kg", "day")]))},
        external=regimen(phase("0.4 g/kg", "day", "3", caps=[cap("25 g", "day", "external")])),
    )


CAPPED: Final[list[tuple[str, str, Options, list[str], bool]]] = [
    # regimen, weight, rounding; each day; whether a cap is why the dose is the lower of two
    ("daily", "70", {"round": "2 g", "direction": "down"}, ["24"] * 3, False),
    ("daily", "70", {"round": "2 g", "direction": "nearest"}, ["24"] * 3, False),  # a tie but for the cap
    ("daily", "70", {"round": "2 g", "direction": "up"}, ["24"] * 3, True),
    ("daily", "62", {"round": "2.6 g", "direction": "nearest"}, ["23.4"] * 3, True),  # 24.8 is nearer to 26
    ("daily", "62", {"round": "2.6 g", "direction": "down"}, ["23.4"] * 3, False),
    ("daily", "62", {"round": "vial", "vials": "13,23"}, ["23"] * 3, True),  # 24.8 is nearer to 26
    ("daily", "62", {"round": "5 g", "direction": "up"}, ["25"] * 3, False),
    ("daily", "70", {"round": "5 g", "direction": "up"}, ["25"] * 3, False),
    ("course", "98", {"round": "5 g", "direction": "up"}, ["25"] * 4, False),
    ("course", "99", {"round": "7 g", "direction": "up"}, ["21", "21", "28", "28"], False),  # refused, below
    ("course", "99", {"round": "8 g", "direction": "up"}, ["24"] * 4, True),  # 104 g would be more than 4 x 25
    # 125 steps over 4 days would be 24.8, 24.8, 24.8 and 25.6 g
    ("course", "99.8", {"round": "0.8 g"}, ["24.8"] * 4, True),
    # 33.33 g is 3,333 steps over 2 days, 16.66 and 16.67 g; the next is the cap of 1 g per kg itself, to the step below it
    ("per-kg", "16.6666", {}, ["16.66"] * 2, True),
    ("per-kg", "16.67", {}, ["16.67"] * 2, False),
    ("total", "140", {"round": "8 g", "direction": "up"}, ["24"] * 4, True),
    ("total", "140", {"round": "8 g", "direction": "nearest"}, ["24"] * 4, False),
    ("external", "62", {"round": "2.6 g"}, ["26"] * 3, False),
]


@pytest.mark.parametrize(("name", "weight", "options", "days", "under"), CAPPED)
def test_no_direction_passes_a_cap_of_the_own_source(
    capped: Catalogue, name: str, weight: str, options: Options, days: list[str], under: bool
) -> None:
    asked: Options = {"weight": weight, "regimen": name, **options}
    if Fraction(days[-1]) > 25 and name == "course":
        with pytest.raises(Refused, match="would take a day to 28 g, more than the 25 g a day of the source; write a smaller --round"):
            ask(asked, capped)
        return
    plan = plan_of(asked, capped)
    assert ordered(plan) == g(*days)
    assert ("rounded-under-cap" in codes(plan)) is under
    assert "tie" not in codes(plan)


def test_the_note_of_a_cap_says_what_was_left(capped: Catalogue) -> None:
    up = plan_of({"weight": "70", "regimen": "daily", "round": "2 g", "direction": "up"}, capped)
    assert "The dose was rounded down, as the amount above would be more than the source allows." in texts(up)
    nearest = plan_of({"weight": "62", "regimen": "daily", "round": "2.6 g"}, capped)
    assert "The dose was rounded down, as the nearest amount would be more than the source allows." in texts(nearest)


def test_a_cap_that_keeps_a_rounding_from_fitting_is_named(capped: Catalogue) -> None:
    with pytest.raises(Refused) as error:
        ask({"weight": "70", "regimen": "daily", "round": "10 g", "direction": "up"}, capped)
    words = "would become 20 g when rounded up to 10 g, and no more, as 25 g is the most that the source allows, 20% less"
    assert words in str(error.value)
    # nearest is 20 g too, so a finer step is what helps
    assert str(error.value).endswith('is 25 g: write --round "5 g"')


def test_days_that_keep_a_cap_are_refused_where_they_are_too_much_less(capped: Catalogue) -> None:
    # 95 g is 11 steps, days of 18, 27, 27 and 27 g; days of 18 g would be 72 g, 24% less
    with pytest.raises(Refused, match="would take a day to 27 g, more than the 25 g a day of the source; write a smaller --round"):
        ask({"weight": "95", "regimen": "course", "round": "9 g"}, capped)


def test_the_dose_of_a_source_with_its_own_daily_cap_is_planned(capped: Catalogue) -> None:
    """Ontario's 2 g per kg with at most 1 g per kg a day, over 2 days, at 80 kg and 160 cm: half of 126.858268 g is the cap itself."""
    woman: Options = {"weight": "80", "height": "160", "sex": "female", "age": "30"}
    plan = plan_of({**woman, "regimen": "ms/ontario-relapse", "dose": "2 g/kg/course", "days": "2"})
    assert ordered(plan) == g("63.42", "63.42")
    assert "rounded-under-cap" in codes(plan)


def test_a_day_of_whole_vials_above_a_cap_asks_for_smaller_vials(capped: Catalogue) -> None:
    with pytest.raises(Refused, match="would take a day to 40 g, more than the 25 g a day of the source; write a smaller --vials"):
        ask({"weight": "99", "regimen": "course", "round": "vial", "vials": "20"}, capped)


def test_round_amount_knows_its_neighbours() -> None:
    vials = Rounding(step_g=None, vials_g=(Fraction(10), Fraction(25)))
    assert tuple(round_amount(Fraction(35), vials)) == (35, False, False)
    assert tuple(round_amount(Fraction(15), vials)) == (10, True, False)
    assert tuple(round_amount(Fraction(16), vials, Fraction(19))) == (10, False, True)
    assert tuple(round_amount(Fraction(15), vials, Fraction(19))) == (10, False, False)


# Speed: whatever is allowed is answered within a second

ABSURD: Final = [
    "0.1,100",
    "0.15,100",
    "99.95,100",
    "97.1,98.3,99.7",
    "0.35,0.4",
    "13.35,55.55,99.9",
    "50.05,50.1",
    "0.1,0.15,99.95,100",
    "1.05,1.1,1.15,1.25,1.3,1.35,1.4,1.45,1.5,1.55,1.65,1.7",
    "66.15,4.1",
    "0.95,99.6",
]


@pytest.mark.parametrize("vials", ABSURD)
@pytest.mark.parametrize(
    "options",
    [
        {"dose": "10 g/kg/course", "days": "31", "accept": ("course-dose=10",), "reason": "a trial"},
        {"dose": "10 g/kg/day", "days": "31", "accept": ("daily-dose=10", "course-dose=310"), "reason": "a trial"},
        {"dose": "10 g/kg/day", "days": "31", "round-over": "course", "accept": ("daily-dose=10", "course-dose=310"), "reason": "a trial"},
        {"dose": "2 g/kg/course", "days": "30"},
        {"regimen": "melanoma"},
    ],
    ids=["course", "day", "day over the course", "30 days", "choices"],
)
def test_absurd_vials_answer_within_a_second(vials: str, options: Options) -> None:
    for to in ({"round": "vial"}, {}):
        started = time.process_time()
        with suppress(Refused):
            ask({"weight": "650", "vials": vials, **to, **options})
        assert time.process_time() - started < 1


def test_vials_that_hardly_share_a_unit_are_refused_with_a_bound_of_our_own() -> None:
    options: Options = {
        "weight": "650", "dose": "10 g/kg/course", "days": "31", "vials": "97.1,98.3,99.7", "round": "vial",
        "accept": ("course-dose=10",), "reason": "a trial",
    }  # fmt: skip
    with pytest.raises(Refused, match=r"more than 5,000 tries, a bound of our own; write --round-over day, other --vials, or an amount"):
        ask(options)
    # 209.68 g a day lie between 199.4 g, 5% less, and three vials
    assert set(ordered(plan_of({**options, "round-over": "day"}))) == {Fraction("199.4")}


def test_a_rule_that_asks_below_an_amount_looks_at_the_day() -> None:
    seton = LIMITS.rounding.rules["seton"]
    rounding = Rounding(step_g=Fraction(5), rule=seton)
    assert order(Fraction(15), 3, "day", rounding, None).days_g == tuple(g("15", "15", "15"))  # a third of it would be below 10 g
    with pytest.raises(Refused, match="5 g a day is below 10 g"):
        order(Fraction(15), 3, "course", rounding, None)


@pytest.mark.parametrize(("most", "tie"), [(None, True), ("15", True), ("14.99", False)])
def test_a_tie_is_none_where_a_cap_decides(most: str | None, tie: bool) -> None:
    rounded = round_amount(Fraction("12.5"), Rounding(step_g=Fraction(5)), None if most is None else Fraction(most))
    assert rounded.grams == 10
    assert rounded.tie is tie


@pytest.mark.parametrize(("weight", "words"), [("100", "write --days 31 or more"), ("100.01", "no course of up to 31 days keeps that")])
def test_a_cap_of_a_day_asks_for_as_many_days_as_a_course_may_have(tmp_path: Path, weight: str, words: str) -> None:
    # 7.75 g per kg of 100 kg are 775 g, 31 days of 25 g
    catalogue = catalogue_of(tmp_path, r=regimen(phase("7.75 g/kg", "course", "5", caps=[cap("25 g", "day")])))
    with pytest.raises(Refused, match=words):
        ask({"weight": weight, "regimen": "r"}, catalogue)


def test_what_is_wasted_is_a_share_of_what_is_opened() -> None:
    # 24.8 g from 20 and 5 g: 0.2 of 25 g are 0.8%; three days 0.6 of 75 g
    plan = plan_of({**ITP, "vials": "5,20"})
    assert {infusion.given.wasted_percent for infusion in plan.infusions} == {Fraction("0.8")}
    assert plan.courses[0].given.wasted_percent == plan.given.wasted_percent == Fraction("0.8")
    # 124 g over 3 days in steps of 5 g: 40, 40 and 45 g from vials of 20 g: 0, 0 and 15 of 140 g
    uneven = plan_of({**ICAHT, "days": "3", "round": "5 g", "vials": "20"})
    assert [infusion.given.wasted_percent for infusion in uneven.infusions] == [0, 0, 25]
    assert uneven.given.wasted_percent == Fraction(15, 140) * 100
