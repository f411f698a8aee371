"""The worked examples under cases/: what is typed, what must come out, and where that figure is from."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

import ivigcalc.errors
from ivigcalc.catalogue import data_file
from ivigcalc.catalogue.formulary import load_formulary
from ivigcalc.dosing.dates import last_day
from ivigcalc.model import Comparison, Counts, Formulary, Plan
from ivigcalc.options import Options
from ivigcalc.request import answer
from tests.test_request import CATALOGUE, LIMITS, TODAY, ask

Case = dict[str, Any]
ANSWERS: Final = ("plan", "choices", "refused")
PLAN_KEYS: Final = {
    "kg", "day", "calculated", "ordered", "course", "per_kg", "total", "count", "starts", "last_days", "day_numbers", "next", "every",
    "basis", "last_start", "change", "changes", "rounded", "volume", "volumes", "vials", "shelf", "wasted", "wasted_percent", "codes",
}  # fmt: skip


ELSEWHERE: Final = {"rates.yaml"}  # run by tests/test_plan_rates.py


def load() -> list[Case]:
    paths = sorted(path for path in (Path(__file__).parent / "cases").glob("*.yaml") if path.name not in ELSEWHERE)
    return [case for path in paths for case in yaml.safe_load(path.read_text("utf-8"))]


CASES: Final = load()


def those_with(answer: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("case", [pytest.param(case, id=case["id"]) for case in CASES if answer in case])


def options_of(case: Case) -> Options:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in case["options"].items()}


def test_every_case_has_a_source_and_one_answer() -> None:
    assert len({case["id"] for case in CASES}) == len(CASES)
    for case in CASES:
        assert len(case["source"]) > 5, case["id"]
        assert sum(answer in case for answer in ANSWERS) == 1, case["id"]
        assert set(case) <= {"id", "source", "note", "gap", "published", "options", *ANSWERS}, case["id"]
        assert set(case.get("plan", {})) <= PLAN_KEYS, case["id"]


def test_no_file_of_cases_is_lost() -> None:
    names = {"documents.yaml", "guidelines.yaml", "labels.yaml", "pounds.yaml", "published.yaml", "rounding.yaml"} | ELSEWHERE
    assert {path.name for path in (Path(__file__).parent / "cases").iterdir()} == names


@cache
def formulary() -> Formulary:
    return load_formulary(data_file("products.yaml"))


def counted(vials: Counts | None) -> str:
    """Vials as the cases write them, such as 1x20 g;1x5 g."""
    return ";".join(f"{count}x{Decimal(size.numerator) / size.denominator} g" for size, count in vials or ())


def seen(plan: Plan) -> dict[str, Any]:
    """Everything that a case may state, of a plan."""
    course, first = plan.courses[0], plan.infusions[0]
    days = tuple(infusion for infusion in plan.infusions if infusion.cycle == 1)
    start = course.start or date(2027, 1, 4)
    return {
        "kg": plan.weight.kg,
        "day": first.calculated_g,
        "calculated": course.calculated_g,
        "ordered": [infusion.ordered_g for infusion in days],
        "course": course.ordered_g,
        "per_kg": course.g_per_kg,
        "total": plan.ordered_g,
        "count": len(plan.courses),
        "starts": [str(course.start) for course in plan.courses],
        "last_days": [str(last_day(course.start, course.phase.days)) for course in plan.courses if course.start],
        "day_numbers": [(infusion.date - start) // timedelta(days=1) + 1 for infusion in plan.infusions if infusion.date],
        "next": str(plan.next_start),
        "every": str(course.phase.every),
        "basis": course.phase.per,
        "last_start": str(plan.last_start),
        "change": course.change_percent,
        "changes": [infusion.change_percent for infusion in days],
        "rounded": course.rounded_over,
        "volume": course.given.volume_ml,
        "volumes": [infusion.given.volume_ml for infusion in days],
        "vials": [counted(infusion.given.vials) for infusion in days],
        "shelf": counted(course.given.vials),
        "wasted": course.given.wasted_g,
        "wasted_percent": course.given.wasted_percent,
        "codes": [finding.code for finding in plan.findings if finding.code != "rate-open"],
    }


def figure(text: str) -> Fraction:
    """A number, or one divided by another, such as 60/74.4."""
    number, _, divisor = text.partition("/")
    return Fraction(number) / Fraction(divisor or "1")


@those_with("plan")
def test_a_plan_has_the_figures_of_the_case(case: Case) -> None:
    plan = answer(options_of(case), CATALOGUE, LIMITS, TODAY, formulary)
    assert isinstance(plan, Plan)
    found = seen(plan)
    for key, expected in case["plan"].items():
        if key in {"kg", "day", "calculated", "course", "per_kg", "total", "change", "volume", "wasted", "wasted_percent"}:
            expected = figure(expected)
        elif key in {"ordered", "changes", "volumes"}:
            expected = [figure(each) for each in expected]
        elif key == "codes":
            expected, found[key] = set(expected), set(found[key])
        assert found[key] == expected, key


@those_with("choices")
def test_the_choices_stand_side_by_side_with_their_grams(case: Case) -> None:
    comparison = ask(options_of(case))
    assert isinstance(comparison, Comparison)
    assert list(comparison.missing) == case["choices"]["ask"]
    found = [
        (
            option.phase.dose_g_per_kg,
            option.phase.days,
            option.day_g,
            option.course_g,
            ";".join(f.code for f in option.findings if not f.code.startswith("override-weight")),
        )
        for option in comparison.options
    ]
    expected = [(Fraction(d), n, Fraction(day), Fraction(course), marks) for d, n, day, course, marks in case["choices"]["rows"]]
    assert found == expected


@those_with("refused")
def test_a_refusal_says_what_is_wrong_and_what_to_type(case: Case) -> None:
    with pytest.raises(getattr(ivigcalc.errors, case["refused"]["kind"])) as refusal:
        ask(options_of(case))
    for words in case["refused"]["words"]:
        assert words in str(refusal.value)
