"""Rates and concentrations, held against printed pairs of units, against the registry, and against nonsense."""

import re
import subprocess
import sys
from collections.abc import Callable
from fractions import Fraction

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pint import DimensionalityError

from ivigcalc.errors import InputError, Refused
from ivigcalc.numbers import exact_text
from ivigcalc.rates import (
    CONCENTRATION_G_PER_ML,
    RATE_MG_PER_KG_PER_H,
    RATE_ML_PER_KG_PER_H,
    SUBCUTANEOUS_G_PER_ML,
    Pace,
    RateUnit,
    ml_per_kg_per_h,
    read_concentration,
    read_rate,
)
from ivigcalc.units import convert

QUIET = settings(deadline=None, database=None)
UNITS: tuple[RateUnit, ...] = ("mL/kg/h", "mL/kg/min", "mg/kg/h", "mg/kg/min")
REGISTRY_UNITS = {
    "mL/kg/h": "milliliter / kilogram / hour",
    "mL/kg/min": "milliliter / kilogram / minute",
    "mg/kg/h": "milligram / kilogram / hour",
    "mg/kg/min": "milligram / kilogram / minute",
}
DECIMALS = st.builds(lambda digits, places: exact_text(Fraction(digits, 10**places)), st.integers(1, 10**6), st.integers(0, 5))
PIECES = st.sampled_from(
    [
        *("0.5", "10", "1", "0", "5", "100", "0.1", "3.33", ".", ",", "-", "–", "e", " ", "/", "%", "_", "nan", "\t", "\n", "５"),
        *("mL", "ml", "mg", "g", "kg", "min", "h", "hr", "hour", "minute", "per", "in", "µg", "\u212a", "\u212bg"),
        *("mL/kg/h", "mL/kg/min", "mg/kg/min", "g/100 mL", "mg/mL"),
    ]
)
HURRIED = st.text() | st.lists(PIECES, max_size=9).map("".join)


def refusal(read: Callable[[], object], kind: type[Exception] = InputError) -> str:
    with pytest.raises(kind) as refused:
        read()
    assert type(refused.value) is kind
    message = str(refused.value)
    assert message.isprintable()
    return message


def in_ml(text: str, concentration: str) -> Fraction:
    return ml_per_kg_per_h(read_rate(text), read_concentration(concentration))


# What is printed


@pytest.mark.parametrize(
    ("volume", "concentration", "mass", "agree"),
    [
        # label_rate_unit_pairs: a manufacturer's page or a copy of a label prints both
        pytest.param("0.08 mL/kg/min", "10%", "8 mg/kg/min", True, id="gamunex-c-maximum"),
        pytest.param("0.14 mL/kg/min", "10%", "14 mg/kg/min", True, id="panzyga-pi-maximum"),
        pytest.param("0.12 mL/kg/min", "10%", "12 mg/kg/min", True, id="panzyga-cidp-maximum"),
        pytest.param("0.033 mL/kg/min", "10%", "3.3 mg/kg/min", True, id="panzyga-at-risk"),
        pytest.param("0.03 mL/kg/min", "10%", "3.3 mg/kg/min", False, id="octagam-10-at-risk-rounded-on-the-label"),
        pytest.param("0.07 mL/kg/min", "5%", "3.33 mg/kg/min", False, id="octagam-5-maximum-rounded-on-the-label"),
        pytest.param("0.08 mL/kg/min", "10%", "8 mg/kg/min", True, id="gammaplex-10-maximum"),
        pytest.param("0.08 mL/kg/min", "10%", "8 mg/kg/min", True, id="asceniv-maximum"),
        pytest.param("5.4 mL/kg/h", "10%", "9 mg/kg/min", True, id="gammagard-mmn-cidp-maximum"),
        # unit_conversion
        pytest.param("0.04 mL/kg/min", "10%", "4 mg/kg/min", True, id="conv-privigen-4mgkgmin"),
        pytest.param("0.08 mL/kg/min", "10%", "8 mg/kg/min", True, id="conv-privigen-8mgkgmin"),
        pytest.param("0.12 mL/kg/min", "10%", "12 mg/kg/min", True, id="conv-panzyga-12mgkgmin"),
        pytest.param("0.033 mL/kg/min", "10%", "3.3 mg/kg/min", True, id="conv-panzyga-3.3mgkgmin"),
        pytest.param("5 mL/kg/h", "10%", "8 mg/kg/min", False, id="conv-gammagard-5"),
        pytest.param("5.4 mL/kg/h", "10%", "9 mg/kg/min", True, id="conv-gammagard-5.4"),
        # the tables of Octagam 10%, Octagam 5% and Gammaplex 10%
        pytest.param("0.01 mL/kg/min", "10%", "60 mg/kg/h", True, id="octagam-10-1"),
        pytest.param("0.02 mL/kg/min", "10%", "120 mg/kg/h", True, id="octagam-10-2"),
        pytest.param("0.04 mL/kg/min", "10%", "240 mg/kg/h", True, id="octagam-10-4"),
        pytest.param("0.08 mL/kg/min", "10%", "480 mg/kg/h", True, id="octagam-10-8"),
        pytest.param("0.12 mL/kg/min", "10%", "720 mg/kg/h", True, id="octagam-10-12"),
        pytest.param("0.01 mL/kg/min", "5%", "30 mg/kg/h", True, id="octagam-5-30"),
        pytest.param("0.02 mL/kg/min", "5%", "60 mg/kg/h", True, id="octagam-5-60"),
        pytest.param("0.04 mL/kg/min", "5%", "120 mg/kg/h", True, id="octagam-5-120"),
        pytest.param("0.07 mL/kg/min", "5%", "200 mg/kg/h", False, id="octagam-5-200"),
        pytest.param("0.005 mL/kg/min", "10%", "30 mg/kg/h", True, id="gammaplex-10-0.005"),
        pytest.param("0.06 mL/kg/min", "10%", "360 mg/kg/h", True, id="gammaplex-10-0.06"),
    ],
)
def test_a_printed_pair(volume: str, concentration: str, mass: str, *, agree: bool) -> None:
    assert (in_ml(volume, concentration) == in_ml(mass, concentration)) is agree


@pytest.mark.parametrize(
    ("text", "concentration", "ml"),
    [
        ("8 mg/kg/min", "10%", Fraction(24, 5)),  # Gammagard Liquid in PI: 4.8, not the 5 beside it
        ("0.8 mg/kg/min", "10%", Fraction(12, 25)),
        ("3.33 mg/kg/min", "5%", Fraction(999, 250)),  # Octagam 5%: 3.996, not 4.2
        ("200 mg/kg/h", "5%", Fraction(4)),
        ("3.3 mg/kg/min", "10%", Fraction(99, 50)),
        ("0.5 mg/kg/min", "3%", Fraction(1)),
        ("0.5 mg/kg/min", "6%", Fraction(1, 2)),
        ("1 mg/kg/min", "12%", Fraction(1, 2)),
    ],
)
def test_a_mass_becomes_a_volume_exactly(text: str, concentration: str, ml: Fraction) -> None:
    assert in_ml(text, concentration) == ml


@pytest.mark.parametrize(
    ("per_minute", "per_hour"),
    # per_min_to_per_hour: Ig Vena 5%, and the rapid protocol of the paediatric trial with Gamunex
    [("0.01", "0.6"), ("0.02", "1.2"), ("0.06", "3.6"), ("0.04", "2.4"), ("0.08", "4.8"), ("0.10", "6.0"), ("0.1", "6")],
)
def test_minutes_and_hours(per_minute: str, per_hour: str) -> None:
    assert ml_per_kg_per_h(read_rate(f"{per_minute} mL/kg/min"), None) == ml_per_kg_per_h(read_rate(f"{per_hour} mL/kg/h"), None)


@pytest.mark.parametrize(
    ("mg_per_kg", "concentration", "ml_per_kg"),
    # label_dose_to_volume: mg per kg beside mL per kg on one page; and the two pairs of Privigen among the conversions
    [
        (300, "10%", 3), (600, "10%", 6), (200, "10%", 2), (800, "10%", 8), (1_000, "10%", 10), (2_000, "10%", 20), (600, "5%", 12),
        (300, "5%", 6), (800, "5%", 16), (400, "5%", 8), (2_000, "5%", 40),
    ],
)  # fmt: skip
def test_a_printed_dose_and_its_volume(mg_per_kg: int, concentration: str, ml_per_kg: int) -> None:
    assert Fraction(mg_per_kg, 1_000) / read_concentration(concentration) == ml_per_kg


# Spellings


@pytest.mark.parametrize(
    ("text", "pace"),
    [
        ("0.5 mL/kg/h", Pace(Fraction(1, 2), "mL/kg/h")),
        ("0.5mL/kg/hr", Pace(Fraction(1, 2), "mL/kg/h")),
        (" 0.5 ml / kg / hour ", Pace(Fraction(1, 2), "mL/kg/h")),
        ("0.5 ML PER KG PER HOUR", Pace(Fraction(1, 2), "mL/kg/h")),
        ("0.01 mL/kg/min", Pace(Fraction(1, 100), "mL/kg/min")),
        ("0.01 mL per kg per minute", Pace(Fraction(1, 100), "mL/kg/min")),
        ("1 mg/kg/min", Pace(Fraction(1), "mg/kg/min")),
        ("60 mg/kg/h", Pace(Fraction(60), "mg/kg/h")),
    ],
)
def test_spellings_of_a_rate(text: str, pace: Pace) -> None:
    assert read_rate(text) == pace


@pytest.mark.parametrize(
    ("text", "g_per_ml"),
    [
        ("10%", Fraction(1, 10)),
        (" 10 % ", Fraction(1, 10)),
        ("100 mg/mL", Fraction(1, 10)),
        ("100mg/ml", Fraction(1, 10)),
        ("100 mg per mL", Fraction(1, 10)),
        ("0.1 g/mL", Fraction(1, 10)),
        ("5 g/100 mL", Fraction(1, 20)),
        ("5 g in 100 mL", Fraction(1, 20)),
        ("2.5g/50mL", Fraction(1, 20)),
        ("50 mg/mL", Fraction(1, 20)),
        ("3%", Fraction(3, 100)),
        ("12%", Fraction(3, 25)),
        ("1%", Fraction(1, 100)),
        ("10 g/150 mL", Fraction(1, 15)),
    ],
)
def test_spellings_of_a_concentration(text: str, g_per_ml: Fraction) -> None:
    assert read_concentration(text) == g_per_ml


# The registry


@pytest.mark.parametrize("unit", UNITS)
def test_the_factors_are_those_of_the_registry(unit: RateUnit) -> None:
    amount = "milliliter" if unit.startswith("mL") else "milligram"
    per_hour = convert(Fraction(1), REGISTRY_UNITS[unit], f"{amount} / kilogram / hour")
    grams = convert(per_hour, "milligram", "gram") if amount == "milligram" else None
    for g_per_ml in (Fraction(1, 10), Fraction(1, 20), Fraction(1, 30)):
        assert ml_per_kg_per_h(Pace(Fraction(1), unit), g_per_ml) == (per_hour if grams is None else grams / g_per_ml)


def test_a_mass_is_no_volume_and_a_rate_is_per_body_weight() -> None:
    with pytest.raises(DimensionalityError):
        convert(Fraction(1), "milligram / kilogram / hour", "milliliter / kilogram / hour")
    with pytest.raises(DimensionalityError):
        convert(Fraction(1), "milliliter / gram / hour", "milliliter / kilogram / hour")


def test_the_units_of_a_concentration_are_those_of_the_registry() -> None:
    assert convert(Fraction(100), "milligram / milliliter", "gram / milliliter") == read_concentration("100 mg/mL")


@QUIET
@given(st.fractions("0.01", 20), st.fractions("0.01", "0.12"))
def test_a_mass_and_its_volume_agree(ml: Fraction, g_per_ml: Fraction) -> None:
    mg = ml * g_per_ml * 1_000
    assert ml_per_kg_per_h(Pace(mg, "mg/kg/h"), g_per_ml) == ml
    assert ml_per_kg_per_h(Pace(mg / 60, "mg/kg/min"), g_per_ml) == ml
    assert ml_per_kg_per_h(Pace(ml / 60, "mL/kg/min"), g_per_ml) == ml


@QUIET
@given(DECIMALS, st.sampled_from(UNITS))
def test_a_rate_reads_back_from_its_own_text(number: str, unit: RateUnit) -> None:
    try:
        pace = read_rate(f"{number} {unit}")
    except InputError as error:
        assert "a bound of our own" in str(error)  # noqa: PT017
    else:
        assert pace == Pace(Fraction(number), unit)
        assert read_rate(str(pace)) == pace


def test_neither_loads_pint() -> None:
    code = (
        "from ivigcalc.rates import ml_per_kg_per_h, read_concentration, read_rate\n"
        "ml_per_kg_per_h(read_rate('3.3 mg/kg/min'), read_concentration('5 g/100 mL'))\n"
        "import sys; sys.exit('pint' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


# Refusals


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "0.5", "mL/kg/h", "5 mL/h", "5 mL", "0.5 mL/kg", "0.5 mL/kg/day", "0.5 g/kg/h", "0.5 mL/h/kg", "0.5 mL/lb/h"),
        *("0.5 mg/mL", "0.5 mL/kg/hrs", "0,01-0,ml/kg/minut", "30 mL/h x 15 min", "0.5 m/kg/h", "0.5 mL/\u212ag/h", "0.5 mL/kg/min 30"),
    ],
)
def test_what_is_no_rate(text: str) -> None:
    message = refusal(lambda: read_rate(text, "--ramp"))
    assert message.startswith(f"--ramp: {text!r} is not a rate; write mL or mg per kg, per hour or minute, such as ")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("0,5 mL/kg/h", "'0,5' has a comma; write \"0.5 mL/kg/h\""),
        ("1,200 mg/kg/h", "thousands"),
        ("-0.5 mL/kg/h", "has a sign"),
        (".5 mL/kg/h", 'write "0.5 mL/kg/h"'),
        ("5. mL/kg/h", 'write "5 mL/kg/h"'),
        ("05 mL/kg/h", "starts with a zero"),
        ("0 mL/kg/h", "0 is zero"),
        ("0.0 mL/kg/min", "0.0 is zero"),
        ("1e1 mL/kg/h", "exponent"),
        ("1_0 mL/kg/h", "not a number"),
        ("0.01-0.02 mL/kg/min", "not a number"),
        ("５ mL/kg/h", "characters other than 0 to 9"),
        ("0.0000000000000000000000001 mL/kg/h", "write at most 24"),
    ],
)
def test_a_rate_with_a_doubtful_number(text: str, words: str) -> None:
    message = refusal(lambda: read_rate(text, "first"))
    assert message.startswith("first: ")
    assert words in message


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("0.5 mL/kg/min", "30 mL per kg per hour; a rate is from 0.05 to 20"),
        ("0.01 mL/kg/h", "0.01 mL per kg per hour; a rate is from 0.05 to 20"),
        ("30 mg/kg/min", "1,800 mg per kg per hour; a rate is from 5 to 1,200"),
        ("0.5 mg/kg/h", "0.5 mg per kg per hour; a rate is from 5 to 1,200"),
    ],
)
def test_minutes_where_hours_were_meant(text: str, words: str) -> None:
    message = refusal(lambda: read_rate(text))
    assert words in message
    assert message.endswith("(a bound of our own); check whether minutes and hours were mixed up")


@pytest.mark.parametrize(
    ("bounds", "unit"),
    [(RATE_ML_PER_KG_PER_H, "mL/kg/h"), (RATE_MG_PER_KG_PER_H, "mg/kg/h")],
)
def test_the_bounds_themselves_are_allowed(bounds: tuple[Fraction, Fraction], unit: RateUnit) -> None:
    for bound in bounds:
        assert read_rate(f"{exact_text(bound)} {unit}") == Pace(bound, unit)
    least, most = bounds
    for beyond in (least - Fraction("0.0001"), most + Fraction("0.0001")):
        refusal(lambda beyond=beyond: read_rate(f"{exact_text(beyond)} {unit}"))  # type: ignore[misc]


def test_a_mass_needs_one_concentration() -> None:
    message = refusal(lambda: ml_per_kg_per_h(read_rate("1 mg/kg/min"), None, "--ramp"))
    assert message == "--ramp: 1 mg/kg/min needs one concentration to become mL; write the rate in mL/kg/h or mL/kg/min"


@pytest.mark.parametrize(
    "text",
    ["", "10", "0.1", "10 g", "%", "mg/mL", "g/mL", "10 % w/v", "10 mL/g", "100 mg/kg", "0.1 g/L", "100 µg/mL", "10%%x"],
)
def test_what_is_no_concentration(text: str) -> None:
    message = refusal(lambda: read_concentration(text))
    assert message.startswith("--concentration: ")
    assert re.search("write", message)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("0%", "0 is zero"),
        ("0 g/100 mL", "0 is zero"),
        ("5 g/0 mL", "0 is zero"),
        ("10,5%", "'10,5' has a comma; write 10.5%"),
        ("0,1 g/mL", "'0,1' has a comma; write \"0.1 g/mL\""),
        ("-10%", "has a sign"),
        ("1e1%", "exponent"),
        ("500%", "500 g in 100 mL; a concentration is from 1 to 100 g in 100 mL (a bound of our own)"),
        ("0.1%", "0.1 g in 100 mL; a concentration is from 1 to 100 g in 100 mL (a bound of our own)"),
        ("100 g/mL", "10000 g in 100 mL"),
        ("5 mg/mL", "0.5 g in 100 mL"),
        ("100.1%", "100.1 g in 100 mL"),
        ("0.99%", "0.99 g in 100 mL"),
    ],
)
def test_a_concentration_that_cannot_be(text: str, words: str) -> None:
    assert words in refusal(lambda: read_concentration(text))


@pytest.mark.parametrize("text", ["12.1%", "16.5%", "20%", "200 mg/mL", "0.2 g/mL", "20 g/100 mL", "100%"])
def test_a_subcutaneous_product_is_refused(text: str) -> None:
    message = refusal(lambda: read_concentration(text), Refused)
    assert f"{text!r} is " in message
    assert "subcutaneous" in message
    assert message.endswith("write a product of at most 12 g in 100 mL")


def test_the_bounds_of_a_concentration() -> None:
    assert [exact_text(bound) for bound in (*CONCENTRATION_G_PER_ML, SUBCUTANEOUS_G_PER_ML)] == ["0.01", "1", "0.12"]


@QUIET
@given(HURRIED)
@example("mL/kg/h")
@example("0.5 mL/kg/" + "h" * 1_000)
def test_no_text_breaks_the_reader_of_rates(text: str) -> None:
    try:
        pace = read_rate(text)
    except InputError as error:
        assert str(error).isprintable()  # noqa: PT017
    else:
        assert RATE_ML_PER_KG_PER_H[0] <= ml_per_kg_per_h(pace, Fraction(1, 10)) <= RATE_ML_PER_KG_PER_H[1]


@QUIET
@given(HURRIED | DECIMALS.map(lambda number: f"{number}%") | st.tuples(DECIMALS, DECIMALS).map(lambda pair: f"{pair[0]} g/{pair[1]} mL"))
@example("%")
def test_no_text_breaks_the_reader_of_concentrations(text: str) -> None:
    try:
        value = read_concentration(text)
    except (InputError, Refused) as error:
        assert str(error).isprintable()  # noqa: PT017
    else:
        assert CONCENTRATION_G_PER_ML[0] <= value <= SUBCUTANEOUS_G_PER_ML


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("ten%", "'ten' is not a number; write digits with at most one point, such as 10"),
        ("five g/100 mL", "'five' is not a number; write digits with at most one point, such as 5"),
        ("5 g/hundred mL", "'hundred' is not a number; write digits with at most one point, such as 100"),
        ("10.%", "'10.' has no digit after the point; write 10%"),
        ("5. g/100 mL", "'5.' has no digit after the point; write \"5 g/100 mL\""),
        ("5 g/100. mL", "'100.' has no digit after the point; write \"5 g/100 mL\""),
    ],
)
def test_a_number_of_a_concentration_that_cannot_be_read_says_what_to_write(text: str, words: str) -> None:
    with pytest.raises(InputError) as refusal:
        read_concentration(text)
    assert str(refusal.value) == f"--concentration: {words}"


def test_a_rate_that_cannot_be_read_says_what_to_write() -> None:
    with pytest.raises(InputError) as refusal:
        read_rate("half mL/kg/h")
    assert str(refusal.value) == "--ramp: 'half' is not a number; write digits with at most one point, such as 0.5"
    with pytest.raises(InputError, match=r"^--ramp: 3 mg/kg/min needs one concentration"):
        ml_per_kg_per_h(read_rate("3 mg/kg/min"), None)
