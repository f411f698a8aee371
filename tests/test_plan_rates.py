"""Rates in a plan: published rates and times, every product of the file worked again from its raw text, and what is refused."""

import json
import re
import shlex
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from ivigcalc.catalogue import data_file
from ivigcalc.catalogue.formulary import load_formulary
from ivigcalc.dosing.rates import _ask_at_risk, _printed, _ranges
from ivigcalc.errors import InputError, Refused
from ivigcalc.export.json import as_json
from ivigcalc.export.table import plan_table
from ivigcalc.model import AtRisk, Formulary, Origin, Plan, PumpStep, Ramp, RateChoice, Span, Supply
from ivigcalc.numbers import exact_text
from ivigcalc.options import Options
from ivigcalc.request import answer
from tests.conftest import RunCli
from tests.test_display import PRODUCT_EXCEPTED, problems
from tests.test_request import CATALOGUE, LIMITS, codes, texts

QUIET = settings(deadline=None, database=None, max_examples=60)
FORMULARY: Final = load_formulary(data_file("products.yaml"))
RAW: Final[dict[str, Any]] = yaml.load(data_file("products.yaml").read_text(encoding="utf-8"), yaml.BaseLoader)
DAY: Final = {"dose": "0.4 g/kg/day", "days": "1"}


def plan_of(**named: str | tuple[str, ...]) -> Plan:
    """Plan 0.4 g per kg on one day for 62 kg, or what is named; an option is named with _ for a hyphen."""
    options: Options = {name.replace("_", "-"): text for name, text in {"weight": "62", **DAY, **named}.items()}
    plan = answer(options, CATALOGUE, LIMITS, date(2027, 1, 4), lambda: FORMULARY)
    assert isinstance(plan, Plan)
    return plan


def steps_of(plan: Plan) -> tuple[PumpStep, ...]:
    """The steps of a plan's first infusion."""
    steps = plan.infusions[0].given.steps
    assert steps is not None
    return steps


def refusal(kind: type[Exception], **named: str) -> str:
    with pytest.raises(kind) as refused:
        plan_of(**named)
    assert type(refused.value) is kind
    return str(refused.value)


# Published rates and times

CASES: Final[list[dict[str, Any]]] = yaml.load(
    (Path(__file__).parent / "cases" / "rates.yaml").read_text(encoding="utf-8"), yaml.BaseLoader
)


def with_key(key: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("case", [pytest.param(case, id=case["id"]) for case in CASES if key in case])


def dose_of(case: dict[str, Any], per_kg: str) -> dict[str, Any]:
    """The dose of a case; above 1 g per kg a day it has to be accepted."""
    typed = {"dose": f"{per_kg} g/kg/day", "days": "1", **case["options"]}
    return {**typed, "accept": (f"daily-dose={per_kg}",), "reason": "arithmetic"} if Fraction(per_kg) > 1 else typed


def test_every_case_of_rates_has_a_source_and_something_to_hold_it_to() -> None:
    assert len({case["id"] for case in CASES}) == len(CASES)
    for case in CASES:
        assert len(case["source"]) > 5
        assert set(case) <= {"id", "source", "note", "options", "dose", "cells", "minutes", "rates", "volumes", "rounded_up"}
        assert set(case) & {"cells", "minutes", "rates"}


@with_key("cells")
def test_published_rates_of_the_pump(case: dict[str, Any]) -> None:
    for kg, cells in case["cells"].items():
        steps = steps_of(plan_of(weight=kg, **dose_of(case, case.get("dose", "1"))))
        assert len(steps) == len(cells)
        assert [
            (step.ml_per_h, cell) for step, cell in zip(steps, cells, strict=True) if cell not in ("~", exact_text(step.ml_per_h))
        ] == []


@with_key("minutes")
def test_published_minutes(case: dict[str, Any]) -> None:
    for per_kg, minutes in case["minutes"].items():
        found = plan_of(**{"weight": "100", **dose_of(case, per_kg)}).infusions[0].given.minutes
        assert found is not None
        assert round(found, 3) == Fraction(minutes), per_kg


@with_key("rates")
def test_published_ramps(case: dict[str, Any]) -> None:
    steps = steps_of(plan_of(**dose_of(case, case["dose"])))
    assert [exact_text(step.ml_per_h) for step in steps] == case["rates"]
    if "volumes" in case:
        assert [exact_text(step.volume_ml) for step in steps] == case["volumes"]
    if "rounded_up" in case:
        assert -(-steps[-1].ends_after_minutes // 1) == int(case["rounded_up"])


@pytest.mark.parametrize(
    ("product", "indication", "first", "minutes", "most"),
    [
        # first rates and maxima as the issuing bodies print them, x 60 where they print minutes
        ("privigen-eu", "itp", "0.3", 30, "4.8"),
        ("privigen-eu", "pi", "0.3", 30, "7.2"),
        ("kiovig-eu", "itp", "0.5", 30, "6"),
        ("flebogamma-dif-5-eu", "itp", "0.6", 30, "6"),
        ("panzyga-ca", "sid", "0.6", None, "8.4"),
        ("panzyga-ca", "itp", "0.6", None, "4.8"),
        ("octagam-10-eu", "dermatomyositis", "0.6", 30, "2.4"),
        ("gamunex-c-us", "pi", "0.6", 30, "4.8"),
        ("gamunex-c-us", "cidp", "1.2", 30, "4.8"),
    ],
)
def test_first_rates_and_maxima_of_issuing_bodies(product: str, indication: str, first: str, minutes: int | None, most: str) -> None:
    rates = plan_of(weight="10", product=product, rate_for=indication).rates
    assert rates
    assert rates.choice.table
    held = rates.choice.table.first.minutes
    assert (rates.choice.table.first.ml_per_kg_per_h, held and held.value.low) == (Fraction(first), minutes)
    assert rates.most_ml_per_h == Fraction(most) * 10
    shown_only = product == "octagam-10-eu"  # its first rate in dermatomyositis is that of another market
    assert rates.first_ml_per_h == (None if shown_only else Fraction(first) * 10)


def test_the_dosing_weight_of_an_obese_patient_reaches_the_pump() -> None:
    # Devine: 50 + 2.3 x (175 / 2.54 - 60) = 70.464567 kg; + 0.4 x (100 - 70.464567) = 82.278740 kg; x 2 = 164.557480 g, not 164.4
    plan = plan_of(
        weight="100",
        height="175",
        sex="male",
        dosing_weight="adjusted",
        dose="2 g/kg/course",
        days="2",
        product="privigen-us",
        rate_for="itp",
    )
    assert plan.ordered_g == Fraction("164.56")
    assert plan.given.volume_ml == Fraction("1645.6")
    assert plan.rates
    adjusted = 50 + Fraction(23, 10) * (Fraction(17500, 254) - 60)
    adjusted += Fraction(4, 10) * (100 - adjusted)
    assert plan.rates.weight_kg == adjusted  # the lower of 100 and 82.278740 kg
    assert plan.rates.most_ml_per_h == Fraction("197.4")  # 82.278740 x 2.4 = 197.468976, down to 0.1


# Every product and every table of the file, worked again from its raw text

WEIGHTS: Final = ("62", "3.2", "117.3")
PUMP: Final = Fraction(1, 10)
NO_QUOTE: Final = "not stated"


def percents(raw: dict[str, Any]) -> list[Fraction]:
    found = raw["concentration"]["is"]
    return [Fraction(text.removesuffix("%")) for text in (found if isinstance(found, list) else [found])]


def per_hour(rate: dict[str, Any], percent: Fraction) -> Fraction:
    """The lowest of the printed rates [mL/kg/h]."""
    found = []
    for printed in rate["printed"]:
        number, unit = printed.split(" ")
        value = Fraction(number) * (60 if unit.endswith("/min") else 1)
        found.append(value / (10 * percent) if unit.startswith("mg") else value)  # 10% is 100 mg in each mL
    return min(found)


def usable(rate: dict[str, Any]) -> bool:
    return rate["quote"] != NO_QUOTE and "shown_only" not in rate


def held(rate: dict[str, Any]) -> Fraction | None:
    """The minutes of a rate that has a quote for them: the longer of a range; None without."""
    minutes = rate["minutes"]
    if minutes == NO_QUOTE or (isinstance(minutes, dict) and minutes["quote"] == NO_QUOTE):
        return None
    words = minutes["is"] if isinstance(minutes, dict) else minutes
    return Fraction(words.removesuffix(" minutes").split(" to ")[-1])


Rungs = list[tuple[Fraction, Fraction | None]]


def printed(table: dict[str, Any], percent: Fraction) -> Rungs | None:
    """The steps that a source prints, with their minutes; None where there are none or one of them may not run."""
    rates = [table["first"], *table.get("ladder", {}).get("steps", []), *([table["increment"]] if "increment" in table else [])]
    if len(rates) == 1 or not all(map(usable, [*rates, table["maximum"]])) or any(held(rate) is None for rate in rates):
        return None
    most = per_hour(table["maximum"], percent)
    if "increment" not in table:
        return [*((per_hour(rate, percent), held(rate)) for rate in rates), (most, None)]
    rungs: Rungs = [(per_hour(rate, percent), held(rate)) for rate in rates[:-1]]
    while rungs[-1][0] + per_hour(rates[-1], percent) < most:
        rungs.append((rungs[-1][0] + per_hour(rates[-1], percent), held(rates[-1])))
    return [*rungs, (most, None)]


def doubled(table: dict[str, Any], percent: Fraction, most: Fraction) -> Rungs:
    rungs: Rungs = [(per_hour(table["first"], percent), Fraction(30))]
    while rungs[-1][0] * 2 < most:
        rungs.append((rungs[-1][0] * 2, Fraction(30)))
    return [*rungs, (most, None)] if rungs[-1][0] < most else [(most, None)]


def on_the_pump(
    rungs: Rungs, kg: Fraction, volume: Fraction, most: Fraction, *, less_than: bool = False
) -> list[tuple[Fraction, Fraction]]:
    """What to set [mL/h] and for how long [min] until the volume is in."""
    highest = most * kg // PUMP * PUMP
    if less_than and most * kg % PUMP == 0:
        highest -= PUMP
    found: list[tuple[Fraction, Fraction]] = []
    for rate, minutes in rungs:
        pump = min(rate * kg // PUMP * PUMP, highest)
        taken = volume * 60 / pump if minutes is None else min(minutes, volume * 60 / pump)
        volume -= pump * taken / 60
        if found and found[-1][0] == pump:
            found[-1] = (pump, found[-1][1] + taken)
        else:
            found.append((pump, taken))
        if volume == 0:
            return found
    raise AssertionError("the last step of a ramp has no end")


TABLES = [
    pytest.param(key, number, strength, id=f"{key}-{table['for'][0]}-{strength}")
    for key, raw in RAW["products"].items()
    for number, table in enumerate(raw["rates"])
    for strength in percents(raw)
]


def asked(key: str, number: int, percent: Fraction, **more: str) -> dict[str, str]:
    raw = RAW["products"][key]
    typed = {"product": key, "rate_for": raw["rates"][number]["for"][0], **more}
    return {**typed, "concentration": f"{percent}%"} if len(percents(raw)) > 1 else typed


def pumped(plan: Plan) -> list[tuple[Fraction, Fraction]] | None:
    steps = plan.infusions[0].given.steps
    return [(step.ml_per_h, step.minutes) for step in steps] if steps else None


def volume_of(kg: str, percent: Fraction) -> Fraction:
    """0.4 g per kg, ordered to 0.01 g, ties to the lower dose, at so many g in 100 mL."""
    hundredths = Fraction(kg) * 40
    return -((-hundredths + Fraction(1, 2)) // 1) / percent


def test_the_file_has_the_products_and_tables_that_are_tried_here() -> None:
    assert len(RAW["products"]) == 28
    assert (
        len(TABLES) == sum(len(raw["rates"]) for raw in RAW["products"].values()) == sum(len(p.rates) for p in FORMULARY.products.values())
    )


@pytest.mark.parametrize("kg", WEIGHTS)
@pytest.mark.parametrize(("key", "number", "percent"), TABLES)
def test_without_a_ramp_only_a_labels_own_ladder_runs(key: str, number: int, percent: Fraction, kg: str) -> None:
    table = RAW["products"][key]["rates"][number]
    most, volume = per_hour(table["maximum"], percent), volume_of(kg, percent)
    plan = plan_of(**asked(key, number, percent, weight=kg))
    assert plan.given.volume_ml == volume
    rungs = printed(table, percent)
    assert plan.rates
    if table["maximum"]["quote"] == "not stated":  # shown, and never what a pump is set to
        assert (plan.rates.most_ml_per_h, plan.given.shortest_minutes, pumped(plan)) == (None, None, None)
        assert "rate-shown-only" in codes(plan)
        return
    assert plan.rates.most_ml_per_h == most * Fraction(kg) // PUMP * PUMP  # no table of the file has a maximum of "less than"
    if rungs and table.get("ladder", {}).get("kind") == "labelled":
        assert pumped(plan) == on_the_pump(rungs, Fraction(kg), volume, most)
        assert plan.given.shortest_minutes is None
    else:
        assert pumped(plan) is None
        assert plan.given.minutes is None
        assert plan.given.shortest_minutes == volume * 60 / plan.rates.most_ml_per_h


def test_only_two_labels_print_a_ladder_of_their_own() -> None:
    tables = [(key, table) for key, raw in RAW["products"].items() for table in raw["rates"]]
    labelled = [(key, table["for"][0]) for key, table in tables if table.get("ladder", {}).get("kind") == "labelled"]
    assert labelled == [("octagam-10-us", "itp"), ("plangamma-eu", "all")]
    found = [(key, table["for"][0]) for key, table in tables if printed(table, percents(RAW["products"][key])[0])]
    assert found == [
        ("octagam-10-us", "itp"),
        ("panzyga-us", "itp"),
        ("bivigam-us", "pi"),
        ("gammaplex-10-us", "pi"),
        ("plangamma-eu", "all"),
    ]


@pytest.mark.parametrize("kg", WEIGHTS)
@pytest.mark.parametrize(("key", "number", "percent"), TABLES)
def test_what_is_printed_runs_only_where_every_rate_and_time_has_its_quote(key: str, number: int, percent: Fraction, kg: str) -> None:
    table = RAW["products"][key]["rates"][number]
    typed = asked(key, number, percent, weight=kg, ramp="printed")
    rungs = printed(table, percent)
    if rungs is None:
        message = refusal(Refused, **typed)
        assert "write the rates of your ward, such as --ramp" in message
        assert ("are printed" in message) is not ("ladder" in table or "increment" in table)
        return
    plan = plan_of(**typed)
    assert pumped(plan) == on_the_pump(rungs, Fraction(kg), volume_of(kg, percent), rungs[-1][0])
    assert "capped-rate" not in codes(plan)


@pytest.mark.parametrize("kg", WEIGHTS)
@pytest.mark.parametrize(("key", "number", "percent"), TABLES)
def test_a_doubling_ramp_starts_and_ends_at_what_the_label_states_with_a_quote(key: str, number: int, percent: Fraction, kg: str) -> None:
    table = RAW["products"][key]["rates"][number]
    typed = asked(key, number, percent, weight=kg, ramp="double every 30 min")
    if not usable(table["first"]) or not usable(table["maximum"]):
        assert re.search("is shown only: .*; write the rates themselves", refusal(Refused, **typed))
        return
    most = per_hour(table["maximum"], percent)
    plan = plan_of(**typed)
    assert pumped(plan) == on_the_pump(doubled(table, percent, most), Fraction(kg), volume_of(kg, percent), most)
    assert "capped-rate" not in codes(plan)


@pytest.mark.parametrize("kg", WEIGHTS)
@pytest.mark.parametrize(("key", "number", "percent"), TABLES)
def test_a_typed_ramp_is_held_at_the_labels_maximum(key: str, number: int, percent: Fraction, kg: str) -> None:
    table = RAW["products"][key]["rates"][number]
    typed = asked(key, number, percent, weight=kg, ramp="0.2, 0.3, 12 mL/kg/h every 10 min")
    if not usable(table["maximum"]):
        assert "which is shown only: " in refusal(Refused, **typed)
        assert "capped-rate" not in codes(plan_of(**{**typed, "ramp": "0.2, 0.3 mL/kg/h every 10 min"}))
        return
    most = per_hour(table["maximum"], percent)
    plan = plan_of(**typed)
    rungs: Rungs = [(Fraction(1, 5), Fraction(10)), (Fraction(3, 10), Fraction(10)), (Fraction(12), None)]
    assert pumped(plan) == on_the_pump(rungs, Fraction(kg), volume_of(kg, percent), most)
    assert [step.capped for step in steps_of(plan)] == [False, False, True]
    assert all(step.ml_per_kg_per_h <= most and step.ml_per_h <= most * Fraction(kg) for step in steps_of(plan))
    (capped,) = [finding for finding in plan.findings if finding.code == "capped-rate"]
    assert capped.level == "warning"
    assert "would rise above the maximum of the label" in capped.text


@pytest.mark.parametrize(("key", "number", "percent"), TABLES)
def test_a_ramp_that_starts_above_the_maximum_is_refused(key: str, number: int, percent: Fraction) -> None:
    most = per_hour(RAW["products"][key]["rates"][number]["maximum"], percent)
    starts = most + Fraction(1, 1000)
    message = refusal(Refused, **asked(key, number, percent, ramp=f"{exact_text(starts)}, 15 mL/kg/h every 30 min"))
    assert f"its first rate, {exact_text(starts)} mL per kg per hour, {exact_text(starts * 62)} mL per hour, is above" in message
    assert f"the label's maximum, {exact_text(most)} mL per kg per hour, {exact_text(most * 62)} mL per hour; write a ramp that" in message


@pytest.mark.parametrize("risk", ["kidney", "thrombosis", "earlier-reactions"])
@pytest.mark.parametrize(("key", "number", "percent"), TABLES)
def test_a_patient_at_risk_has_the_labels_own_figure_or_a_ramp_is_asked_for(key: str, number: int, percent: Fraction, risk: str) -> None:
    raw = RAW["products"][key]
    table = raw["rates"][number]
    entry = next((entry for entry in raw["at_risk"] if risk.replace("-", " ") in entry["for"]), None)
    typed = asked(key, number, percent, at_risk=risk)
    ward = {**typed, "ramp": "0.2, 0.3 mL/kg/h every 10 min"}
    if entry is None or "sentence" in entry:
        for ramp in ({}, {"ramp": "printed"}, {"ramp": "double every 30 min"}):
            message = refusal(Refused, **{**typed, **ramp})
            assert message.startswith(f"--at-risk {risk}: the label of {key} ")
            assert "no rate is taken from it; write the rates of your ward, such as --ramp" in message
            assert (entry["sentence"] if entry else "was read without a rate for it") in message
        finding = next(finding for finding in plan_of(**ward).findings if finding.code == "at-risk")
        assert finding.level == "warning"
        assert (entry["sentence"] if entry else "no label that was read says anything of it") in finding.text
        return
    figure, less_than = per_hour(entry, percent), entry.get("less_than") == "yes"
    most = min(figure, per_hour(table["maximum"], percent))
    plan = plan_of(**typed)
    assert plan.rates
    exact = most * 62 % PUMP == 0
    assert plan.rates.most_ml_per_h == most * 62 // PUMP * PUMP - (PUMP if less_than and exact and most == figure else 0)
    fast = {**typed, "ramp": "0.2, 12 mL/kg/h every 10 min"}
    if usable(table["maximum"]):
        found = steps_of(plan_of(**fast))[-1]
        assert (found.ml_per_h, found.capped) == (plan.rates.most_ml_per_h, True)
        assert found.ml_per_kg_per_h < figure if less_than else found.ml_per_kg_per_h <= figure
    assert "at-risk" in codes(plan)
    assert entry["quote"] not in texts(plan)  # which stands with its source, below


@pytest.mark.parametrize("key", RAW["products"])
def test_a_rate_is_never_carried_over_to_another_indication(key: str) -> None:
    raw = RAW["products"][key]
    stated = {name for table in raw["rates"] for name in table["for"]}
    strength = {"concentration": f"{percents(raw)[0]}%"} if len(percents(raw)) > 1 else {}
    for name, others in RAW["indications"].items():
        covered = name in stated or "all" in stated or any(f"all-except-{other}" in stated for other in RAW["indications"] if other != name)
        for word in (name, *others):
            if covered:
                assert plan_of(product=key, rate_for=word, **strength).rates
            else:
                message = refusal(InputError, product=key, rate_for=word, **strength)
                assert ("was read; leave it out" if not stated else f"no rates for {word!r}; write one that it has them for: ") in message


@pytest.mark.parametrize("key", [key for key, raw in RAW["products"].items() if not raw["rates"]])
def test_a_label_without_rates_gives_volume_and_no_rate(key: str) -> None:
    strength = {"concentration": f"{percents(RAW['products'][key])[0]}%"} if len(percents(RAW["products"][key])) > 1 else {}
    plan = plan_of(product=key, **strength)
    assert plan.given.volume_ml == Fraction("2480") / percents(RAW["products"][key])[0]
    assert plan.given.shortest_minutes is None
    assert pumped(plan) is None
    assert codes(plan).count("rate-open") == 1
    typed = plan_of(product=key, ramp="0.5, 1 mL/kg/h every 30 min", **strength)
    assert pumped(typed)
    assert "no-label-maximum" in codes(typed)
    assert "rate-open" not in codes(typed)


# Which rates of a label count


def test_the_indication_of_the_regimen_settles_the_rates() -> None:
    options = {"dose": "0.4 g/kg/day", "days": "3", "regimen": "itp"}
    plan = plan_of(**options, product="privigen-us")
    assert plan.rates
    assert plan.rates.choice.table
    assert plan.rates.choice.table.indications == ("itp",)
    assert "rate-for" not in codes(plan)
    assert "rate-for" not in codes(plan_of(**options, product="privigen-us", rate_for="ITP"))  # asked for, and the same


def test_rates_for_another_indication_than_the_regimens_are_warned_of() -> None:
    typed = {"regimen": "itp", "dose": "0.4 g/kg/day", "days": "3"}
    plan = plan_of(**typed, product="privigen-us", rate_for="cidp")
    (finding,) = [finding for finding in plan.findings if finding.code == "rate-for"]
    assert (finding.level, finding.text) == (
        "warning",
        (
            "The label's rates for PI and CIDP were asked for with --rate-for; the regimen is for immune-thrombocytopenia, "
            "for which the label has rates of its own, for chronic ITP."
        ),
    )
    (finding,) = [finding for finding in plan_of(**typed, product="bivigam-us", rate_for="pid").findings if finding.code == "rate-for"]
    assert (finding.level, finding.text.endswith("; the regimen is for immune-thrombocytopenia.")) == ("note", True)
    (finding,) = [finding for finding in plan_of(product="bivigam-us", rate_for="PI").findings if finding.code == "rate-for"]
    assert (finding.level, finding.text) == ("note", "The label's rates for PI were asked for with --rate-for.")


@pytest.mark.parametrize("product", ["kiovig-eu", "iqymune-eu", "flebogamma-dif-5-eu", "octagam-5-eu", "plangamma-eu"])
def test_rates_for_all_need_no_indication(product: str) -> None:
    plan = plan_of(product=product)
    assert plan.rates
    assert plan.rates.choice.table is FORMULARY.products[product].rates[0]


@pytest.mark.parametrize(("product", "stated"), [("privigen-us", "pi, cidp, itp"), ("gamunex-c-us", "pi, itp, cidp")])
def test_without_an_indication_that_the_label_has_none_is_chosen(product: str, stated: str) -> None:
    for regimen in ({}, {"regimen": "icaht", "dose": "0.5 g/kg/day", "days": "4"}):
        plan = plan_of(product=product, **regimen)
        assert pumped(plan) is None
        assert plan.given.shortest_minutes is None
        (finding,) = [finding for finding in plan.findings if finding.code == "rate-open"]
        assert f"has rates for {stated}; add --rate-for with one of them, or add --ramp with the rates of your ward." in finding.text


def test_a_label_for_all_but_one_indication_is_for_any_other() -> None:
    plan = plan_of(product="privigen-eu", regimen="icaht", dose="0.5 g/kg/day", days="4")
    assert plan.rates
    assert plan.rates.choice.table
    assert plan.rates.choice.table.indications == ("all-except-pi",)
    assert "rate-open" in codes(plan_of(product="privigen-eu"))  # a dose entered by hand is for no indication


def test_a_first_step_is_held_as_long_as_a_label_lets_a_rate_rise() -> None:
    # Panzyga in Canada: from 0.01 mL per kg per min, every 15 to 30 minutes; nothing of the first rate's own time
    fast = plan_of(product="panzyga-ca", rate_for="itp", ramp="0.6 for 1 min, 4.8 mL/kg/h")
    assert "sooner-than-label" in codes(fast)
    assert "sooner-than-label" not in codes(plan_of(product="panzyga-ca", rate_for="itp", ramp="0.6 for 15 min, 4.8 mL/kg/h"))


# What a ramp does that the label does not


def test_a_ramp_that_is_faster_than_the_label_is_warned_of() -> None:
    # Gammaplex 10%: first 0.005 mL per kg per min for 15 minutes, then every 15 minutes
    typed = {"product": "gammaplex-10-us", "rate_for": "pi"}

    def found(ramp: str) -> list[str]:
        plan = plan_of(**typed, ramp=ramp)
        return [finding.text for finding in plan.findings if finding.code in ("sooner-than-label", "above-first-rate", "capped-rate")]

    assert found("0.3, 0.6, 1.2 mL/kg/h every 15 min") == []
    assert found("0.3 for 14 min, 0.6 for 15 min, 1.2 mL/kg/h") == [
        "The ramp holds its first rate for 14 min and not for the 15 min of the label."
    ]
    assert found("0.3 for 15 min, 0.6 for 14.5 min, 1.2 mL/kg/h") == ["The ramp rises sooner than every 15 min, as the label has it."]
    assert found("0.31 for 15 min, 0.6 mL/kg/h") == [
        (
            "The ramp starts above the first rate of the label, 0.3 mL per kg per hour, 18.6 mL per hour, "
            'printed as "0.005 mL/kg/min, 0.5 mg/kg/min".'
        )
    ]
    assert found("0.3 mL/kg/h") == []  # without end
    assert found("0.3 for 15 min, 4.8 mL/kg/h") == []
    (capped,) = found("0.3 for 15 min, 4.81 mL/kg/h")
    assert "4.8 mL per kg per hour, 297.6 mL per hour, and is held at 297.6 mL per hour" in capped


def test_a_step_above_the_maximum_that_comes_to_the_same_on_the_pump_is_not_shown_above_it() -> None:
    # 3.2 kg: 4.81 and 4.8 mL per kg per hour are 15.392 and 15.36 mL per hour, both 15.3 on the pump
    last = steps_of(plan_of(weight="3.2", product="gammaplex-10-us", rate_for="pi", ramp="0.3 for 15 min, 4.81 mL/kg/h"))[-1]
    assert (last.ml_per_h, last.ml_per_kg_per_h, last.capped) == (Fraction("15.3"), Fraction("4.8"), True)


def test_less_than_is_one_step_of_the_pump_below() -> None:
    # Gamunex-C at risk: less than 0.08 mL per kg per min; 62 kg x 4.8 = 297.6
    plan = plan_of(product="gamunex-c-us", rate_for="pi", at_risk="kidney,thrombosis", ramp="double every 30 min")
    last = steps_of(plan)[-1]
    assert (last.ml_per_h, last.ml_per_kg_per_h) == (Fraction("297.5"), Fraction("297.5") / 62)
    assert codes(plan).count("at-risk") == 1
    one = plan_of(product="gamunex-c-us", rate_for="pi", at_risk="kidney", ramp="double every 30 min", pump_step="1")
    assert steps_of(one)[-1].ml_per_h == 297  # 297.6 is no whole step, so the step below it is already less
    assert "is above the label's maximum for a patient at risk, less than 4.8 mL per kg per hour, 297.6 mL per hour; " in refusal(
        Refused, product="gamunex-c-us", rate_for="pi", at_risk="kidney", ramp="4.8 mL/kg/h"
    )


@pytest.mark.parametrize("ramp", ["1, 3 mL/kg/h every 30 min", "double every 30 min", "printed"])
def test_no_ramp_runs_while_it_is_open_which_maximum_of_the_label_caps_it(ramp: str) -> None:
    plan = plan_of(product="octagam-10-us", ramp=ramp)
    assert pumped(plan) is None
    assert "ramp-not-run" in codes(plan)
    assert "the label of octagam-10-us has rates for itp, dermatomyositis; add --rate-for with one of them" in texts(plan)


def test_a_figure_for_a_patient_at_risk_holds_without_an_indication_too() -> None:
    # Octagam 10%: 0.03 mL per kg per min, 1.8 mL per kg per hour, 111.6 mL per hour for 62 kg
    text = plan_table(plan_of(product="octagam-10-us", at_risk="kidney"), 80, colour=False)
    assert "at risk, at most 1.8 mL per kg per hour, 111.6 mL per hour" in " ".join(text.split())


def test_a_risk_without_a_label_asks_for_a_ramp_and_is_said_with_it() -> None:
    message = refusal(Refused, concentration="10%", at_risk="thrombosis")
    assert message.startswith(
        "--at-risk thrombosis: no label is known for a concentration alone, so no rate is taken from it; write the rates"
    )
    assert "Patient at risk, thrombosis: no label that was read says anything" in texts(
        plan_of(concentration="10%", at_risk="thrombosis", ramp="0.5 mL/kg/h")
    )


def test_ramps_that_ship_say_what_they_are() -> None:
    plan = plan_of(product="gamunex-c-us", rate_for="itp", ramp="gamunex-trial")
    assert [exact_text(step.ml_per_h) for step in steps_of(plan)] == ["74.4", "148.8", "297.6"]  # 1.2, 2.4, 4.8; never 6 x 62 = 372
    assert [step.capped for step in steps_of(plan)] == [False, False, True]
    (finding,) = [finding for finding in plan.findings if finding.code == "ramp"]
    assert finding.level == "warning"
    assert "a trial protocol in children, not a label" in finding.text
    assert finding.source == (
        "Blood Advances, manuscript ADV2019001343, legend of figure 1, trial protocol for children with Gamunex 10%, Legend of figure 1"
    )
    plan = plan_of(concentration="5%", ramp="US-order-form")
    assert [exact_text(step.ml_per_h) for step in steps_of(plan)] == ["30", "60", "90", "120", "150"]
    assert "no-label-maximum" in codes(plan)
    ours = plan_of(product="panzyga-us", rate_for="itp", ramp="printed")
    assert "Ramp printed: a manufacturer chart, not the label. 15 to 30 min is printed, and the longer is taken." in texts(ours)


def test_rates_in_mg_take_the_concentration() -> None:
    at_5 = plan_of(product="gammagard-sd-us", concentration="5%", ramp="1, 2 mg/kg/min every 30 min")
    at_10 = plan_of(product="gammagard-sd-us", concentration="10%", ramp="1, 2 mg/kg/min every 30 min")
    assert [step.ml_per_kg_per_h for step in steps_of(at_5)] == [Fraction("1.2"), Fraction("2.4")]  # 60 mg per hour in 50 mg per mL
    assert [step.ml_per_kg_per_h for step in steps_of(at_10)] == [Fraction("0.6"), Fraction("1.2")]


# Tables that no label of the file has, and a later one may


def with_table(**changes: Any) -> Formulary:
    """The file with another first table for Octagam 10%."""
    product = FORMULARY.products["octagam-10-us"]
    tables = (product.rates[0]._replace(**changes), *product.rates[1:])
    return FORMULARY._replace(products={"octagam-10-us": product._replace(rates=tables)})


def plan_with(formulary: Formulary, **named: str) -> Plan:
    options: Options = {"weight": "62", **DAY, "product": "octagam-10-us", "rate-for": "itp", **named}
    plan = answer(options, CATALOGUE, LIMITS, date(2027, 1, 4), lambda: formulary)
    assert isinstance(plan, Plan)
    return plan


def test_a_ladder_with_an_unquoted_maximum_or_a_step_without_a_time_never_runs() -> None:
    table = FORMULARY.products["octagam-10-us"].rates[0]
    assert table.ladder
    steps = tuple(step._replace(minutes=None) for step in table.ladder.steps)
    unquoted = tuple(step._replace(minutes=step.minutes and step.minutes._replace(quote=None)) for step in table.ladder.steps)
    for formulary, why in (
        (with_table(maximum=table.maximum._replace(shown_only="of a poster")), "the maximum is shown only: of a poster"),
        (with_table(ladder=table.ladder._replace(steps=steps)), "no source states how long 0.02 mL/kg/min is held"),
        (with_table(ladder=table.ladder._replace(steps=unquoted)), "of the time for 0.02 mL/kg/min no verbatim quote was kept"),
    ):
        assert pumped(plan_with(formulary)) is None
        with pytest.raises(Refused, match=f"--ramp printed: {why}; write the rates of your ward"):
            plan_with(formulary, ramp="printed")
    poster = with_table(maximum=table.maximum._replace(shown_only="of a poster"))
    for ramp, why in (
        (
            "double every 30 min",
            "the label's maximum, 7.2 mL per kg per hour, 446.4 mL per hour, is shown only: of a poster",
        ),
        (
            "0.6, 8 mL/kg/h every 30 min",
            "it rises above the label's maximum, 7.2 mL per kg per hour, 446.4 mL per hour, which is shown",
        ),
    ):
        with pytest.raises(Refused, match=why):
            plan_with(poster, ramp=ramp)
    assert pumped(plan_with(poster, ramp="0.6, 7.2 mL/kg/h every 30 min"))


def test_a_maximum_of_less_than_is_never_reached() -> None:
    table = FORMULARY.products["octagam-10-us"].rates[0]
    formulary = with_table(maximum=table.maximum._replace(less_than=True))
    last = steps_of(plan_with(formulary, dose="1 g/kg/day"))[-1]
    assert (last.ml_per_h, last.capped) == (Fraction("446.3"), True)  # 62 x 7.2 = 446.4
    text = " ".join(plan_table(plan_with(formulary), 80, colour=False).split())
    assert 'for 30 min may rise every 30 min less than 7.2 mL per kg per hour, 446.4 mL per hour, printed as "0.12 mL/kg/min' in text


def test_vials_alone_have_no_rate_and_no_source() -> None:
    plan = plan_of(vials="5,10")
    assert plan.rates is None
    assert "\nRates" not in plan_table(plan, 80, colour=False)


# What holds of every plan with a product

SIZES = st.builds(lambda tenths: exact_text(Fraction(tenths, 10)), st.integers(20, 2000))
RAMPS = st.sampled_from(
    ["0.3, 0.6, 1.2, 2.4, 9 mL/kg/h every 15 min", "double every 20 min", "5, 10, 400 mL/h every 30 min", "0.01 for 5 min, 0.3 mL/kg/min"]
)
TARGETS = st.sampled_from(
    [("octagam-10-us", "itp"), ("privigen-us", "cidp"), ("gammaplex-5-us", "pi"), ("kiovig-eu", "all"), ("octagam-5-us", "pi")]
)


@QUIET
@given(SIZES, RAMPS, TARGETS, st.booleans(), st.sampled_from(["0.1", "0.01", "1"]))
def test_of_every_plan(kg: str, ramp: str, target: tuple[str, str], course: bool, step: str) -> None:
    """Volumes add up, rate x time is volume, steps rise, none is above the maximum, and JSON recomputes to itself."""
    options = {"dose": "2 g/kg/course", "days": "3"} if course else {}
    try:
        plan = plan_of(weight=kg, product=target[0], rate_for=target[1], ramp=ramp, pump_step=step, start_time="22:30", **options)
    except Refused as error:
        assert "is less than the pump's step" in str(error) or "is above the label's maximum" in str(error)  # noqa: PT017
        return
    assert plan.rates
    assert plan.rates.cap
    assert plan.rates.choice.table
    most = plan.rates.choice.table.maximum.ml_per_kg_per_h
    read = json.loads(as_json(plan, Origin({}, "0", "0")), parse_float=Fraction, parse_int=Fraction)
    for infusion, said in zip(plan.infusions, read["infusions"], strict=True):
        steps = infusion.given.steps
        assert steps
        assert sum(step.volume_ml for step in steps) == infusion.given.volume_ml
        assert [step.ml_per_h for step in steps] == sorted({step.ml_per_h for step in steps})
        for each in steps:
            assert each.ml_per_h * each.minutes / 60 == each.volume_ml
            assert each.ml_per_h % Fraction(step) == 0
            assert each.ml_per_h <= most * Fraction(kg)
            assert each.ml_per_kg_per_h <= most
        assert said["volume_ml"] * read["product"]["g_per_ml"] == said["ordered_g"]
        volume, minutes = Fraction(0), Fraction(0)
        for each_said in said["steps"]:
            volume, minutes = volume + each_said["volume_ml"], minutes + each_said["minutes"]
            assert abs(each_said["so_far_ml"] - volume) < Fraction(1, 10_000)  # six decimals where a figure does not end
            assert abs(each_said["ends_after_minutes"] - minutes) < Fraction(1, 10_000)
            clock = 22 * 60 + 30 - (-each_said["ends_after_minutes"] // 1)
            assert each_said["ends_at"] == f"{clock // 60 % 24:02}:{clock % 60:02}"
            assert each_said["ends_days_later"] == clock // (24 * 60)
        assert abs(said["minutes"] - minutes) < Fraction(1, 10_000)


@QUIET
@given(st.integers(5, 900))
def test_pounds_and_kilograms_agree(lb: int) -> None:
    kg = exact_text(lb * Fraction(45359237, 100_000_000))
    ramp = {"product": "octagam-10-us", "rate_for": "itp", "ramp": "double every 30 min"}
    assert steps_of(plan_of(weight=f"{lb} lb", **ramp)) == steps_of(plan_of(weight=kg, **ramp))


def test_a_heavier_patient_runs_faster_on_the_lower_of_two_weights() -> None:
    # 100 kg with a dosing weight of 82.278740 kg: the rates rest on 82.278740, and on 62 where both are 62
    obese = plan_of(
        weight="100", height="175", sex="male", dosing_weight="adjusted", product="privigen-us", rate_for="itp", ramp="0.3 mL/kg/h"
    )
    assert steps_of(obese)[0].ml_per_h == Fraction("24.6")  # 24.683622, not 30


# The machine formats


def test_json_has_every_figure_of_the_rates_with_its_source() -> None:
    plan = plan_of(product="octagam-10-us", rate_for="itp", at_risk="kidney", start_time="23:30")
    rates = json.loads(as_json(plan, Origin({}, "0", "0")))["rates"]
    assert (rates["for"], rates["label"], rates["weight_kg"], rates["pump_step_ml_per_h"]) == (["itp"], "chronic ITP", 62, 0.1)
    assert (rates["first_ml_per_h"], rates["most_ml_per_h"], rates["start_time"], rates["risks"]) == (37.2, 111.6, "23:30", ["kidney"])
    first = rates["first"]
    assert first["printed"] == ["0.01 mL/kg/min", "1 mg/kg/min"]
    assert (first["ml_per_kg_per_h"], first["less_than"], first["disagree"], first["shown_only"]) == (0.6, False, False, None)
    assert (first["minutes"]["least"], first["minutes"]["most"]) == (30, 30)
    assert first["quote"] == first["minutes"]["quote"] == "First 30 min 1 (60) 0.01"
    assert first["url"] == "https://octagamusa.com/octagam10/usage/"
    assert [step["ml_per_kg_per_h"] for step in rates["ladder"]["steps"]] == [1.2, 2.4, 4.8]
    assert rates["ladder"]["kind"] == "labelled"
    assert rates["maximum"]["ml_per_kg_per_h"] == 7.2
    assert (rates["maximum"]["minutes"], rates["increment"], rates["note"]) == (None, None, None)
    (risk,) = rates["at_risk"]
    assert (risk["for"], risk["rate"]["ml_per_kg_per_h"], risk["rate"]["disagree"]) == (["kidney", "thrombosis"], 1.8, True)
    assert rates["ramp"] == {"name": "printed", "what": "the steps of the label", "note": None, "source": None}
    steps = json.loads(as_json(plan, Origin({}, "0", "0")))["infusions"][0]["steps"]
    # 30 min at 37.2, 30 min at 74.4, then 192.2 mL at 111.6 mL per hour: 103.333 min
    assert [(step["ends_at"], step["ends_days_later"]) for step in steps] == [("00:00", 1), ("00:30", 1), ("02:14", 1)]
    assert [step["capped"] for step in steps] == [False, False, True]


def test_json_of_a_sentence_an_increment_and_no_label() -> None:
    plan = plan_of(product="bivigam-us", rate_for="pi", at_risk="kidney", ramp="0.3, 0.6 mL/kg/h every 20 min")
    rates = json.loads(as_json(plan, Origin({}, "0", "0")))["rates"]
    assert rates["increment"]["ml_per_kg_per_h"] == 0.48
    assert rates["step_minutes"]["least"] == 20
    (risk,) = rates["at_risk"]
    assert risk["rate"] is None
    assert risk["sentence"].endswith("at the minimum dose and infusion rate practicable.")
    assert "Bivigam" in risk["sentence_source"]
    rates = json.loads(as_json(plan_of(concentration="10%", ramp="us-order-form"), Origin({}, "0", "0")))["rates"]
    assert [
        rates[key] for key in ("for", "label", "first", "first_ml_per_h", "ladder", "increment", "step_minutes", "maximum", "note")
    ] == ([None] * 9)
    assert rates["open"] == "no label is known for a concentration alone"
    assert rates["ramp"]["source"]["quote"].startswith("start at 30 mL/hr x 15 minutes")
    steps = json.loads(as_json(plan_of(concentration="10%", ramp="us-order-form"), Origin({}, "0", "0")))["infusions"][0]["steps"]
    assert {(step["ends_at"], step["ends_days_later"]) for step in steps} == {(None, None)}
    assert json.loads(as_json(plan_of(), Origin({}, "0", "0")))["rates"] is None


def test_csv_has_the_minutes_of_each_infusion(run_cli: RunCli) -> None:
    words = "plan --weight 62 --regimen itp --product octagam-10-us --format csv"
    header, *rows = run_cli(*words.split()).text.splitlines()
    at = header.split(",").index("minutes")
    assert [row.split(",")[at] for row in rows] == ["113.75"] * 3  # 30 + 30 + 30 + 117.8 / 297.6 x 60
    header, *rows = run_cli(*words.replace("octagam-10", "privigen").split()).text.splitlines()
    assert [row.split(",")[at] for row in rows] == [""] * 3


# The screen


@pytest.mark.parametrize("risk", [False, True])
@pytest.mark.parametrize(("key", "number", "percent"), TABLES)
def test_the_screen_has_every_figure_of_the_rates_with_its_source(key: str, number: int, percent: Fraction, risk: bool) -> None:
    raw = RAW["products"][key]
    table = raw["rates"][number]
    figures = [table["first"], table["maximum"]] + [entry for entry in raw["at_risk"] if "printed" in entry and risk]
    risks = ",".join(name.replace(" ", "-") for entry in raw["at_risk"] for name in entry["for"])
    more = {"at_risk": risks, "ramp": "0.2, 0.3 mL/kg/h every 30 min"} if risk and risks else {}
    plan = plan_of(**asked(key, number, percent, start_time="21:00", **more))
    for width in (40, 80, 200):
        wrapped = plan_table(plan, width, colour=False)
        text = " ".join(wrapped.split())
        glued = re.sub(r"\s", "", wrapped)
        assert problems(wrapped, excepted=PRODUCT_EXCEPTED) == []
        assert all(len(line) <= width for line in wrapped.splitlines())
        for figure in figures:
            rate = per_hour(figure, percent)
            assert (
                f"{exact_text(rate)} mL per kg per hour, {Decimal((rate * 62).numerator) / (rate * 62).denominator:,f} mL per hour" in text
            )
            assert f'printed as "{", ".join(figure["printed"])}"' in text
            assert re.sub(r"\s", "", RAW["sources"][figure["source"]]["citation"]) in glued
            quote = "no verbatim quote of its source was kept" if figure["quote"] == NO_QUOTE else f'"{figure["quote"]}"'
            assert re.sub(r"\s", "", quote) in glued
        if table.get("note"):
            assert "note: " in text


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (
            {"product": "privigen-us", "rate_for": "itp", "start_time": "23:30"},
            # 62 x 2.4 = 148.8; 248 / 148.8 x 60 = 100 min
            ("on a pump with steps of 0.1 mL per hour: first 18.6 mL per hour, at most 148.8 mL per hour; "
            "24.8 g in no less than 1hr 40min, from 23:30 until 01:10 the next day, at the maximum all the time, rounded up to the minute"),
        ),
        (
            {"weight": "0.5", "product": "privigen-us", "rate_for": "itp", "pump_step": "1"},
            "on a pump with steps of 1 mL per hour: first slower than it can run, at most 1 mL per hour; 0.2 g in no less than 2hr, at",
        ),
        (
            {"weight": "0.5", "product": "privigen-us", "rate_for": "itp", "pump_step": "2"},
            ("on a pump with steps of 2 mL per hour: first slower than it can run, at most slower than it can run "
            "no steps between the first rate and the maximum are run without --ramp"),
        ),
        (
            {"product": "privigen-eu", "rate_for": "pi"},
            "of the label for PID, on 62 kg, the lower of actual and dosing weight, a choice of ours",
        ),
        (
            {"product": "privigen-eu", "rate_for": "pi"},
            "note: above 4.8 mL per kg per hour (297.6 mL per hour) only where that rate was tolerated well",
        ),
        ({"product": "privigen-eu", "rate_for": "itp"}, "of the label for all indications except PID, on 62 kg"),
        ({"product": "kiovig-eu"}, "of the label for all indications, on 62 kg"),
        ({"product": "panzyga-us", "rate_for": "itp"}, "for 30 min may rise every 15 to 30 min at most 4.8 mL per kg per hour, 297.6 mL"),
        ({"product": "asceniv-us", "rate_for": "pi"}, "may rise every 15 min, of which no verbatim quote was kept"),
        (
            {"product": "gammagard-liquid-us", "rate_for": "pi"},
            ('first 0.48 mL per kg per hour, 29.76 mL per hour, printed as "0.5 mL/kg/h, 0.8 mg/kg/min", '
            "which disagree, so that the lowest counts; for 30 min"),
        ),
        (
            {"product": "flebogamma-dif-5-us", "rate_for": "pi"},
            "shown only: no verbatim quote of its source was kept; how long is not stated",
        ),
        ({"product": "gamunex-c-us", "rate_for": "pi", "at_risk": "kidney"}, "at risk, less than 4.8 mL per kg per hour"),
        (
            {"product": "octagam-5-us", "rate_for": "pi", "at_risk": "kidney"},
            "0.07 mL per kg per min (260.4 mL per hour) would be 3.5 mg per kg per min (260.4 mL per hour); the lower counts",
        ),
        ({"product": "bivigam-us", "rate_for": "pi", "ramp": "printed"}, 'increment and its time: "Increase every 20 minutes'),
        ({"product": "octagam-10-us", "rate_for": "itp"}, 'step 3 and its time: "Next 30 min 4 (240) 0.04"'),
        ({"product": "gamunex-c-us", "rate_for": "pi"}, 'time of the first rate: "initial infusion rate be used'),
        ({"concentration": "10%", "ramp": "us-order-form"}, 'ramp us-order-form, Infusion rate: "start at 30 mL/hr x 15 minutes'),
        ({"product": "gamunex-c-us", "rate_for": "pi"}, 'concentration: "GAMUNEX-C consists of 9%–11% protein'),
        ({"product": "octagam-10-us", "rate_for": "itp", "start_time": "23:10"}, "Clock 23:40"),
        ({"product": "octagam-10-us", "rate_for": "itp", "start_time": "23:10"}, "Clock 00:10 the next day"),
        ({"product": "octagam-10-us", "rate_for": "itp", "ramp": "0.05 mL/kg/h", "start_time": "09:00"}, "Clock 17:00 3 days later"),
    ],
)  # fmt: skip
def test_the_words_of_the_screen(options: dict[str, str], words: str) -> None:
    assert words in " ".join(plan_table(plan_of(**options), 80, colour=False).split())


def test_nothing_stands_twice_on_the_screen() -> None:
    text = plan_table(plan_of(product="gammaked-us"), 80, colour=False)
    assert "\nRates" not in text  # the note says that there is none
    assert " ".join(text.split()).count("no rate of the label of gammaked-us was read") == 1
    uneven = plan_of(weight="70", dose="2 g/kg/course", days="3", product="privigen-us", rate_for="itp", ramp="double every 30 min")
    text = plan_table(uneven, 80, colour=False)
    # 140 g over 3 days is 46.66, 46.67 and 46.67 g; 2.4 x 70 = 168 mL per hour
    assert re.findall(r"(?m)^Steps for (\S+) g, (\S+) mL", text) == [("46.66", "466.6"), ("46.67", "466.7")]
    assert text.count("mL per hour rounded down to the pump's step") == 1
    at_hand = plan_table(plan_of(product="gamunex-c-us", rate_for="pi", vials="5,10"), 80, colour=False)
    assert "vial sizes: " not in at_hand


def test_steps_stand_in_the_order_of_the_days_and_phases() -> None:
    plan = plan_of(weight="70", dose="2 g/kg/course", days="3", concentration="10%", ramp="0.5, 1 mL/kg/h every 30 min")
    text = plan_table(plan, 80, colour=False)
    assert text.index("Steps for 46.66 g") < text.index("Steps for 46.67 g")


# What is typed wrongly

OCTAGAM = "--product octagam-10-us --rate-for itp"
BAD = [
    # what is typed, exit code, what the message says, how it can be mended
    (f"{OCTAGAM} --ramp fast", 2, "'fast' is not known", "write printed, gamunex-trial, us-order-form, or the rates, such as"),
    (f"{OCTAGAM} --ramp double", 2, "'double' is not known", '"double every 30 min"'),
    (f"{OCTAGAM} --ramp gamunex-trial", 2, "is for gamunex-c-us and is not carried over", "write another ramp"),
    ("--concentration 10% --ramp gamunex-trial", 2, "is for gamunex-c-us and is not carried over", "write another ramp"),
    ("--product privigen-us --rate-for itp --ramp printed", 1, "no steps between the first rate and the maximum are printed", "--ramp"),
    ("--concentration 10% --ramp printed", 1, "no label is known for a concentration alone", "write the rates of your ward"),
    ("--concentration 10% --ramp 'double every 30 min'", 2, "doubling never ends", 'write the rates, such as "0.5, 1, 2 mL/kg/h'),
    ("--product gammaked-us --ramp 'double every 30 min'", 2, "doubling never ends", 'write the rates, such as "0.5, 1, 2 mL/kg/h'),
    (f"{OCTAGAM} --ramp '8, 9 mL/kg/h every 30 min'", 1, "its first rate, 8 mL per kg per hour, 496 mL per hour, is above", "starts lower"),
    (f"{OCTAGAM} --ramp {'1' * 201}", 2, "a text of 201 characters", "write at most 200"),
    ("--product gammagard-sd-us --concentration 4% --ramp '1 mg/kg/min'", 2, "4% is not a strength", "mend one of them"),
    ("--concentration 10% --rate-for itp", 2, "--rate-for names an indication of a label", "add --product ID, or leave it out"),
    ("--product gammaked-us --rate-for itp", 2, "no rate of the label of gammaked-us was read", "leave it out and add --ramp"),
    ("--product octagam-10-us --rate-for mmn", 2, "no rates for 'mmn'", "write one that it has them for: itp, dermatomyositis"),
    ("--product octagam-10-us --rate-for ''", 2, "no rates for ''", "write one that it has them for: itp, dermatomyositis"),
    (f"--product octagam-10-us --rate-for {'x' * 61}", 2, "a text of 61 characters", "write at most 60"),
    (f"{OCTAGAM} --at-risk liver", 2, "'liver' is not known", "write kidney, thrombosis, earlier-reactions"),
    (f"{OCTAGAM} --at-risk ''", 2, "'' is not known", "write kidney, thrombosis, earlier-reactions"),
    (f"{OCTAGAM} --at-risk kidney,", 2, "'' is not known", "write kidney, thrombosis, earlier-reactions"),
    (f"{OCTAGAM} --at-risk {'x' * 61}", 2, "a text of 61 characters", "write at most 60"),
    (f"{OCTAGAM} --pump-step 0", 2, "0 is zero", "write a number above zero"),
    (f"{OCTAGAM} --pump-step 500", 2, "500 mL per hour is outside 0.001 to 10 mL per hour", "check the number"),
    (f"{OCTAGAM} --pump-step 0,1", 2, "'0,1' has a comma", "write 0.1"),
    (f"{OCTAGAM} --pump-step 0.1mL", 2, "'0.1mL' is not a number", "such as 0.1"),
    (f"{OCTAGAM} --start-time 9:00", 2, "'9:00' is not a time", "such as 09:00"),
    (f"{OCTAGAM} --start-time 24:00", 2, "'24:00' is not a time", "such as 09:00"),
    (f"{OCTAGAM} --start-time 9am", 2, "'9am' is not a time", "such as 09:00"),
    (f"{OCTAGAM} --start-time ''", 2, "'' is not a time", "such as 09:00"),
    ("--ramp printed", 2, "--ramp is about the rate, which needs the concentration", "add --product ID or --concentration"),
    ("--rate-for itp", 2, "--rate-for is about the rate, which needs the concentration", "add --product ID or --concentration"),
    ("--at-risk liver", 2, "'liver' is not known", "write kidney, thrombosis, earlier-reactions"),  # without a product it is read too
    ("--pump-step 1", 2, "--pump-step is about the rate, which needs the concentration", "add --product ID or --concentration"),
    ("--start-time 09:00", 2, "--start-time is about the rate, which needs the concentration", "add --product ID or --concentration"),
    ("--vials 5,10 --start-time 09:00", 2, "--start-time is about the rate", "add --product ID or --concentration"),
    ("--product gammaked-us --start-time 09:00", 2, "none is known: no rate of the label of gammaked-us was read", "add --ramp"),
    ("--concentration 10% --start-time 09:00", 2, "none is known: no label is known for a concentration alone", "or add --product ID"),
    ("--product privigen-us --start-time 09:00", 2, "has rates for pi, cidp, itp", "or add --rate-for with one of them"),
    ("--product bivigam-us --rate-for pi --at-risk kidney", 1, "administer BIVIGAM at the minimum dose", "write the rates of your ward"),
]


@pytest.mark.parametrize(("typed", "code", "said", "mend"), BAD, ids=[typed for typed, *_ in BAD])
def test_what_is_typed_wrongly_is_said_with_its_mend(
    run_cli: RunCli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, typed: str, code: int, said: str, mend: str
) -> None:
    monkeypatch.chdir(tmp_path)
    words = shlex.split(f"plan --weight 62 --dose '0.4 g/kg/day' --days 1 {typed} -o plan.json")
    result = run_cli(*words)
    assert (result.code, result.out, list(tmp_path.iterdir())) == (code, b"", [])
    (line,) = result.err.splitlines()
    assert said in line
    assert mend in line
    assert line.isprintable()


def test_a_pump_too_coarse_for_a_newborn_is_refused() -> None:
    # 0.3 x 0.3 = 0.09 mL per hour
    newborn = {"weight": "0.3", "product": "privigen-us", "rate_for": "itp", "ramp": "double every 30 min"}
    message = refusal(Refused, **newborn)
    assert message == "0.09 mL per hour is less than the pump's step of 0.1 mL per hour; write a smaller --pump-step if the pump has one"
    assert steps_of(plan_of(**newborn, pump_step="0.01"))[0].ml_per_h == Fraction("0.09")


@pytest.mark.parametrize(
    ("pump_step", "ml_per_h"), [("0.1 mL/h", "37.2"), ("1", "37"), ("1 mL per hour", "37"), ("0.001", "37.2"), ("10 ml/hour", "30")]
)
def test_the_step_of_the_pump(pump_step: str, ml_per_h: str) -> None:
    assert steps_of(plan_of(product="octagam-10-us", rate_for="itp", pump_step=pump_step))[0].ml_per_h == Fraction(ml_per_h)


def test_the_vials_of_a_course_and_of_the_whole_schedule_stand_together() -> None:
    # 24.8 g a day from 20 g and 5 g, 0.2 g left; 3 days and 2 courses: 6 of each, 1.2 g of 150 g is 0.8%
    text = " ".join(plan_table(plan_of(product="privigen-us", days="3", cycles="2", every="4 weeks"), 80, colour=False).split())
    assert "per course: 3 of 20 g, 3 of 5 g; 0.6 g wasted, 0.8% of what is opened" in text
    assert "in all, 2 courses: 6 of 20 g, 6 of 5 g; 1.2 g wasted, 0.8% of what is opened" in text


def test_the_minutes_of_a_course_are_those_of_its_days() -> None:
    plan = plan_of(product="octagam-10-us", rate_for="itp", days="3", cycles="2", every="4 weeks")
    (day,) = {infusion.given.minutes for infusion in plan.infusions}
    assert day
    assert [course.given.minutes for course in plan.courses] == [3 * day] * 2
    assert plan.given.minutes == 6 * day


def test_an_increment_that_may_not_be_a_step_is_none() -> None:
    table = next(
        table for product in FORMULARY.products.values() for table in product.rates if table.increment and isinstance(_printed(table), Ramp)
    )
    assert table.increment
    assert _printed(table._replace(increment=table.increment._replace(shown_only="not sure"))) == (
        f"{table.increment.printed[0]} is shown only: not sure"
    )


def test_printed_times_that_are_ranges_are_each_said_once() -> None:
    rate = next(table.first for product in FORMULARY.products.values() for table in product.rates if table.first.minutes)
    assert rate.minutes
    short, long = (rate._replace(minutes=rate.minutes._replace(value=Span(*ends))) for ends in ((15, 30), (30, 60)))
    assert _ranges([short, long, short]) == (
        "15 to 30 min is printed, and the longer is taken; 30 to 60 min is printed, and the longer is taken"
    )
    assert _ranges([rate._replace(minutes=None)]) is None


def test_each_risk_is_asked_for_by_itself() -> None:
    product = FORMULARY.products["octagam-10-us"]
    rate = next(table.first for table in product.rates)
    found = (AtRisk(("kidney",), rate, None), AtRisk(("thrombosis",), None, None))
    supply = Supply(product, Fraction(1, 10), (), vials_by_hand=False)
    with pytest.raises(Refused, match=r"^--at-risk thrombosis: the label of octagam-10-us was read without a rate for it"):
        _ask_at_risk(RateChoice(risks=("kidney", "thrombosis")), supply, found)
    _ask_at_risk(RateChoice(risks=("kidney",)), supply, found)
