"""Orders as people write them: what is read, what has two readings, what is refused; every figure worked by hand in tests/cases/orders.yaml."""

from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from ivigcalc.errors import InputError, Refused
from ivigcalc.model import Reading
from ivigcalc.safety.order_words import MOST_ORDER
from ivigcalc.safety.orders import read_order

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "orders.yaml").read_text(encoding="utf-8"))
TEN_PERCENT = Fraction("0.1")
KG = Fraction(75)


def names(cases: list[dict[str, Any]]) -> list[str]:
    return [str(case["order"])[:60] for case in cases]


@pytest.mark.parametrize("case", CASES["read"], ids=names(CASES["read"]))
def test_an_order_is_read(case: dict[str, Any]) -> None:
    readings = read_order(case["order"], TEN_PERCENT)
    meant = [reading for reading in readings if reading.grams is None or reading.per_kg is None or _fits(reading)]
    assert len(meant) == 1
    reading = meant[0]
    grams = reading.grams_at(KG)
    each = case.get("each") or [case["day"]] * case["days"]
    assert grams.days == tuple(map(Fraction, each))
    assert grams.course == Fraction(case["course"])
    assert (reading.days, reading.stated) == (case["days"], case["states"])
    assert (str(reading.every) if reading.every else None, reading.courses) == (case.get("every"), case.get("courses"))
    assert (reading.body and reading.body.kg) == (Fraction(case["body"]) if "body" in case else None)
    assert [reading.dates[0][0], reading.dates[-1][-1]] if reading.dates else [None, None] == [case.get("first"), case.get("last")]


def _fits(reading: Reading) -> bool:
    """Whether grams and g per kg belong together at 75 kg."""
    assert reading.grams is not None
    assert reading.per_kg is not None
    return reading.grams.course == reading.per_kg.course * KG


@pytest.mark.parametrize("case", CASES["ambiguous"], ids=names(CASES["ambiguous"]))
def test_an_order_with_two_readings_has_both(case: dict[str, Any]) -> None:
    readings = read_order(case["order"], TEN_PERCENT)
    grams = [reading.grams_at(KG) for reading in readings]
    assert [[one.days[0], one.course] for one in grams] == [[Fraction(text) for text in pair] for pair in case["readings"]]
    assert [reading.stated for reading in readings] == ["day", "course"]


@pytest.mark.parametrize("case", CASES["refused"], ids=names(CASES["refused"]))
def test_what_cannot_be_read_is_refused_by_name(case: dict[str, Any]) -> None:
    with pytest.raises(InputError) as refused:
        read_order(case["order"], TEN_PERCENT)
    message = str(refused.value)
    assert message.startswith("--order: ")
    assert case["says"].lower() in message.lower()
    assert len(message.split(";")) > 1, "the mend is missing"


def test_there_are_enough_orders() -> None:
    assert len(CASES["read"]) >= 60
    assert len(CASES["refused"]) + len(CASES["ambiguous"]) >= 30
    assert len({case["order"] for kind in CASES.values() for case in kind}) == sum(map(len, CASES.values()))
