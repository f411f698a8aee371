"""Volumes and ramps: published rates and times from their sources, and what holds of every ramp."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivigcalc.dosing.infusion import pump_rate, rising, run_ramp, volume_ml
from ivigcalc.errors import Refused
from ivigcalc.model import RampStep, RateCap

TENTH = Fraction(1, 10)
EXACT = Fraction(1, 1000)  # a pump step so fine that the published, unrounded times come out


def _ramp(*rates: str, minutes: int = 30) -> tuple[RampStep, ...]:
    *first, last = (Fraction(rate) for rate in rates)
    return (*(RampStep(rate, Fraction(minutes)) for rate in first), RampStep(last, None))


@pytest.mark.parametrize(
    ("weight", "grams", "rates", "per_hour", "minutes"),
    [
        # https://github.com/pharmot/multipurpose-calculator (js/ivig.js at 280ccc2): ramps of 30 minutes a step, 10% product
        ("70", "28", ("0.3", "0.6", "1.2", "2.4", "4.8"), ("21", "42", "84", "168", "336"), "141.875"),
        ("70", "35", ("0.3", "0.6", "1.2", "2.4", "4.8"), ("21", "42", "84", "168", "336"), "154.375"),
        ("70", "70", ("0.3", "0.6", "1.2", "2.4", "4.8"), ("21", "42", "84", "168", "336"), "216.875"),
        ("80", "80", ("0.3", "0.6", "1.2", "2.4"), ("24", "48", "96", "192"), "313.75"),
        ("90", "90", ("1.2", "2.4", "4.8"), ("108", "216", "432"), "162.5"),
    ],
)
def test_published_times(weight: str, grams: str, rates: tuple[str, ...], per_hour: tuple[str, ...], minutes: str) -> None:
    steps = run_ramp(_ramp(*rates), volume_ml(Fraction(grams), TENTH), Fraction(weight), EXACT, None)
    assert [step.ml_per_h for step in steps] == [Fraction(rate) for rate in per_hour]
    assert steps[-1].ends_after_minutes == sum(step.minutes for step in steps) == Fraction(minutes)


@pytest.mark.parametrize(
    ("grams", "percent", "ml"),
    [("140", 10, "1400"), ("140", 5, "2800"), ("36.4", 10, "364"), ("12", 6, "200"), ("2.5", 5, "50")],
)
def test_published_volumes(grams: str, percent: int, ml: str) -> None:
    # droracle.ai (arithmetic only; 365 mL for 36.4 g is wrong as published), Intragam P 6% and Flebogamma 5% vials
    assert volume_ml(Fraction(grams), Fraction(percent, 100)) == Fraction(ml)


@pytest.mark.parametrize(
    ("weight", "per_kg", "less_than", "rate"),
    [
        ("4.5", "0.3", False, "1.3"),  # exactly 1.35 mL per h, which a binary float turns into 1.3499999
        ("130", "8.4", False, "1092"),
        ("60", "4.8", True, "287.9"),  # less than 288: one step of the pump below
        ("62", "4.83", True, "299.4"),  # 299.46 is no whole step, so the step below it is already less
        ("0.2", "0.3", False, "0"),
        ("0.2", "0.5", True, "0"),
    ],
)
def test_a_rate_is_rounded_down_to_the_pump(weight: str, per_kg: str, less_than: bool, rate: str) -> None:
    assert pump_rate(Fraction(per_kg), Fraction(weight), TENTH, less_than=less_than) == Fraction(rate)


def test_a_step_above_the_maximum_is_capped_and_equal_steps_are_one() -> None:
    # 60 kg: 0.5, 1, 2, 4 mL per kg per h with a maximum of 2.4 is 30, 60, 120, 144 mL per h
    steps = run_ramp(_ramp("0.5", "1", "2", "4", "6"), Fraction(600), Fraction(60), TENTH, RateCap(Fraction("2.4"), less_than=False))
    assert [(int(step.ml_per_h), step.capped) for step in steps] == [(30, False), (60, False), (120, False), (144, True)]
    assert [step.so_far_ml for step in steps] == [15, 45, 105, 600]
    assert steps[-1].ml_per_kg_per_h == Fraction("2.4")
    below = run_ramp(_ramp("4"), Fraction(600), Fraction(60), TENTH, RateCap(Fraction("2.4"), less_than=True))
    assert [(step.ml_per_h, step.capped) for step in below] == [(Fraction("143.9"), True)]


def test_a_dose_that_is_in_before_the_ramp_ends_needs_no_further_step() -> None:
    steps = run_ramp(_ramp("0.5", "1", "2"), Fraction(15), Fraction(60), TENTH, None)
    assert [(int(step.ml_per_h), int(step.minutes)) for step in steps] == [(30, 30)]


def test_a_pump_that_cannot_run_so_slowly_is_said() -> None:
    with pytest.raises(Refused, match=r"0.06 mL per hour is less than the pump's step of 0.1 mL per hour; write a smaller --pump-step"):
        run_ramp(_ramp("0.3"), Fraction(1), Fraction("0.2"), TENTH, None)


def test_a_rising_ramp_ends_at_the_most_that_is_allowed() -> None:
    # Bivigam: 0.5, then 0.8 mg per kg per min more every 20 minutes, at most 6; at 10% that is 0.3, +0.48, 3.6 mL per kg per h
    ramp = rising(Fraction("0.3"), Fraction(20), Fraction("3.6"), lambda rate: rate + Fraction("0.48"))
    assert [step.rate for step in ramp] == [Fraction(rate) for rate in ("0.3", "0.78", "1.26", "1.74", "2.22", "2.7", "3.18", "3.6")]
    assert ramp[-1].minutes is None
    with pytest.raises(Refused, match="more than 200 steps"):
        rising(Fraction("0.3"), Fraction(20), Fraction("3.6"), lambda rate: rate)


@given(
    st.lists(st.integers(1, 90), min_size=1, max_size=6),
    st.integers(1, 5000),
    st.integers(20, 1500),
    st.integers(1, 60),
    st.one_of(st.none(), st.tuples(st.integers(10, 90), st.booleans())),
)
def test_of_every_ramp(rates: list[int], volume: int, weight: int, minutes: int, cap: tuple[int, bool] | None) -> None:
    """The volumes of the steps add up to the volume, rate x time is volume, and no step is above the maximum."""
    most = cap and RateCap(Fraction(cap[0], 10), cap[1])
    ramp = _ramp(*(f"{rate}/10" for rate in rates), minutes=minutes)
    steps = run_ramp(ramp, Fraction(volume), Fraction(weight, 10), Fraction(1, 100), most)
    assert sum(step.volume_ml for step in steps) == volume == steps[-1].so_far_ml
    for step in steps:
        assert step.ml_per_h * step.minutes / 60 == step.volume_ml
        if most:
            limit = most.ml_per_kg_per_h * Fraction(weight, 10)
            assert step.ml_per_h < limit if most.less_than else step.ml_per_h <= limit


def test_a_ramp_that_starts_at_the_most_has_no_step_below_it() -> None:
    assert rising(Fraction(2), Fraction(30), Fraction(2), lambda rate: rate + 1) == (RampStep(Fraction(2), None),)
    assert rising(Fraction(1), Fraction(30), Fraction(2), lambda rate: rate + 1) == (
        RampStep(Fraction(1), Fraction(30)),
        RampStep(Fraction(2), None),
    )
