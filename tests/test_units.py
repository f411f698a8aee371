"""Quantities as people type them, held against the registry and against factors written down here."""

import re
import subprocess
import sys
from collections.abc import Callable
from decimal import Decimal, Inexact, localcontext
from fractions import Fraction
from math import ceil, floor

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pint import DimensionalityError, UndefinedUnitError

from ivigcalc.numbers import exact_text
from ivigcalc.units import Dose, convert, kg_to_lb, read_age, read_dose, read_grams, read_height, read_weight, registry
from tests.test_numbers import QUIET, message_of, read_or_refuse

# Exact by the international yard and pound agreement of 1959.
KG_IN_A_POUND = Fraction(45359237, 100_000_000)
CM_IN_AN_INCH = Fraction(254, 100)


def numbers_between(least: str, most: str) -> st.SearchStrategy[str]:
    """Typed numbers with up to six decimals, the bounds among them."""
    low, high = ceil(Fraction(least) * 10**6), floor(Fraction(most) * 10**6)
    return st.integers(low, high).map(lambda digits: exact_text(Fraction(digits, 10**6)))


KILOGRAMS, POUNDS = numbers_between("0.2", "650"), numbers_between("1", "1433")


def nearly(numbers: list[str], units: list[str], rests: list[str]) -> st.SearchStrategy[str]:
    """Texts near to what can be read, and any text at all."""
    pieces = (numbers, ["", " ", "\t"], units, ["", " "], rests)
    return st.tuples(*map(st.sampled_from, pieces)).map("".join) | st.text()


SLIPS = ["0", "62,5", "-5", "6 2", "６", "nan", "1e2"]
WEIGHTS = nearly(
    ["62", "9", "165", "4.5", *SLIPS], ["", "kg", "KG", "lb", "st", "oz", "Ｋg", "_0"], ["", "", "11 lb", "11.5lb", "14 lb", "5", "kg"]
)
HEIGHTS = nearly(
    ["165", "5", "1.65", "62", *SLIPS], ["", "cm", "M", "ft", "in", "'", '"', "mm"], ["", "", "5 in", '5"', "5", "12 in", "cm", "😀"]
)
DOSES = nearly(
    ["0.4", "2", "400", *SLIPS], ["", "g/kg", "mg/kg", "G per KG", "g", "\u212ag"], ["", "/day", "per course", " / d", "/week", "/", "kg"]
)
GRAMS = nearly(["25", "2.5", "400", *SLIPS], ["g", " g", "mg", ""], ["", "", "g"])


def by_registry(text: str, to: str) -> Fraction:
    """What pint's own parser and conversion make of a text, with an error instead of any rounding."""
    with localcontext(prec=100) as context:
        context.traps[Inexact] = True
        return Fraction(registry().Quantity(text).to(to).magnitude)


def read_an_amount(text: str) -> Fraction:
    return read_grams(text, "at_most")


# Weight


@pytest.mark.parametrize(
    ("text", "kg"),
    [
        ("62", Fraction(62)),
        ("62.5", Fraction(125, 2)),
        ("62 kg", Fraction(62)),
        ("62kg", Fraction(62)),
        (" 62  kg ", Fraction(62)),
        ("62\u00a0kg", Fraction(62)),
        ("62 KG", Fraction(62)),
        ("62 Kg", Fraction(62)),
        ("62 kgs", Fraction(62)),
        ("62 kilogram", Fraction(62)),
        ("62 kilograms", Fraction(62)),
        ("137 lb", Fraction("62.14215469")),  # 137 x 0.45359237
        ("137lb", Fraction("62.14215469")),
        ("137 LBS", Fraction("62.14215469")),
        ("137 pounds", Fraction("62.14215469")),
        ("1 pound", Fraction("0.45359237")),
        ("9 st 11 lb", Fraction("62.14215469")),  # 9 x 14 + 11 = 137 lb
        ("9st11lb", Fraction("62.14215469")),
        ("9 St 11 Lbs", Fraction("62.14215469")),
        ("9 stone 11 pounds", Fraction("62.14215469")),
        ("9 stones 11 pound", Fraction("62.14215469")),
        ("9 st", Fraction("57.15263862")),  # 126 x 0.45359237
        ("9 st 0 lb", Fraction("57.15263862")),
        ("9.5 st", Fraction("60.32778521")),  # 133 x 0.45359237
        ("9 st 11.5 lb", Fraction("62.368950875")),  # 137.5 x 0.45359237
        ("9 st 13.99 lb", Fraction("63.4983958763")),  # 139.99 x 0.45359237
        ("3200 g", Fraction("3.2")),
        ("3200g", Fraction("3.2")),
        ("3200 Grams", Fraction("3.2")),
        ("1000 gram", Fraction(1)),
    ],
)
def test_weights_are_read_exactly(text: str, kg: Fraction) -> None:
    assert read_weight(text) == kg
    assert read_weight(exact_text(kg)) == kg


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("62,5", "has a comma; write 62.5"),
        ("1,240", "decimal point or thousands"),
        ("6 2", "has a space inside a number"),
        ("6 2 kg", "has a space inside a number"),
        ("6 2 0", "has a space inside a number"),
        ("9 st 1 1 lb", "has a space inside a number"),
        ("-62", "has a sign; write a number above zero without a sign"),
        ("-62 kg", "has a sign; write a number above zero without a sign"),
        ("+62", "has a sign"),
        ("−62 kg", "has a sign"),
        ("9 st -1 lb", "has a sign"),
        ("nan", "'nan' is not a quantity"),
        ("nan kg", "'nan' is not a quantity"),
        ("inf", "'inf' is not a quantity"),
        ("Infinity", "is not a quantity"),
        ("1e3", "has an exponent; write all its digits"),
        ("1E3", "has an exponent; write all its digits"),
        ("1e+3", "has an exponent; write all its digits"),
        ("6.2e-1", "has an exponent; write all its digits"),
        ("62_0", "'62_0' is not a number; write digits with at most one point"),
        ("62_0 kg", "'62_0' is not a number; write digits with at most one point"),
        ("６２", "write plain digits"),
        ("６２ kg", "write plain digits"),
        ("62\u200b kg", "write plain digits"),
        ("😀", "write plain digits"),
        ("", "nothing was given; write a number"),
        ("  \t", "nothing was given; write a number"),
        (".5", "has no digit before the point; write 0.5"),
        ("62.", "has no digit after the point; write 62"),
        ("062", "starts with a zero, and a point may be missing after it"),
        ("062 kg", "starts with a zero, and a point may be missing after it"),
        ("9 st 011 lb", "starts with a zero"),
        ("9" * 400, "characters; write at most"),
        ("9" * 400 + " kg", "characters; write at most"),
        ("0", "0 is zero; write a number above zero"),
        ("0 kg", "0 is zero; write a number above zero"),
        ("0.0 kg", "0.0 is zero; write a number above zero"),
        ("kg", "'kg' is not a number"),
        ("62.5.5 kg", "'62.5.5' is not a number"),
        ("62-64 kg", "'62-64' is not a number"),
        ("about 62 kg", "'about 62 kg'"),
        ("62 😀", "has the unit '😀'; write kg, lb, st or g"),
        ("62 ｋｇ", "has the unit 'ｋｇ'; write kg, lb, st or g"),
        ("62 mg", "has the unit 'mg'; write kg, lb, st or g"),
        ("62 kilos", "has the unit 'kilos'; write kg, lb, st or g"),
        ("62 k", "has the unit 'k'; write kg, lb, st or g"),
        ("62 cm", "has the unit 'cm'; write kg, lb, st or g"),
        ("62 \u212ag", "write kg, lb, st or g"),  # the Kelvin sign looks like a K
        ("62 k\u017f", "write kg, lb, st or g"),  # and the long s is an s to some
        ("7 lb 6 oz", "has the unit 'oz'; write kg, lb, st or g"),
        ("62kg70", "has a number without a unit"),
        ("9 st 11", "has a number without a unit"),
        ("62 kg 62 kg", "does not go together; write kg, lb, st or g"),
        ("3 kg 200 g", "does not go together; write kg, lb, st or g"),
        ("11 lb 9 st", "does not go together; write kg, lb, st or g"),
        ("9 st 11 st", "does not go together; write kg, lb, st or g"),
        ("9 st 1 kg", "does not go together; write kg, lb, st or g"),
        ("9 st 11 lb 3 g", "does not go together; write kg, lb, st or g"),
        ("9.5 st 3 lb", "9.5 is not a whole number"),
        ("9 st 14 lb", "14 lb make 1 st; write fewer than 14 lb"),
        ("9 st 14.5 pounds", "14 pounds make 1 st; write fewer than 14 pounds"),
        ("9 st 111 lb", "14 lb make 1 st; write fewer than 14 lb"),
        ("1001 st 3 lb", "more than 1,000"),
    ],
)
def test_a_doubtful_weight_is_refused_with_its_mend(text: str, words: str) -> None:
    message = message_of(lambda: read_weight(text))
    assert message.startswith("--weight: ")
    assert words in message
    assert len(message) < 250


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("1e3 kg", "has an exponent"),
        ("1e+3 kg", "has an exponent"),
        ("-inf", "has a sign"),
        ("-nan kg", "has a sign"),
        ("- 62 kg", "has a sign"),
    ],
)
def test_the_reason_stays_right_when_letters_stand_in_the_number(text: str, words: str) -> None:
    assert words in message_of(lambda: read_weight(text))


@pytest.mark.parametrize("text", ["62 kg kg", "62 kg lb", "62 k g", "62 kg."])
def test_a_unit_too_many_is_not_called_a_number_without_a_unit(text: str) -> None:
    message = message_of(lambda: read_weight(text))
    assert "without a unit" not in message
    assert "kg, lb, st or g" in message


@pytest.mark.parametrize("text", ["9 st nan lb", "9 st ½ lb", "62 kg inf", "62 kg.", "62 kilos", "62 😀"])
def test_a_unit_that_is_named_stands_so_in_the_text(text: str) -> None:
    for unit in re.findall(r"has the unit '(.*?)'", message_of(lambda: read_weight(text))):
        assert unit in text


@pytest.mark.parametrize("text", ["kg 62", "kg62", "st 9", "lb 137"])
def test_a_unit_before_its_number_is_not_called_a_space_inside_a_number(text: str) -> None:
    message = message_of(lambda: read_weight(text))
    assert "space inside a number" not in message
    assert "kg, lb, st or g" in message


@pytest.mark.parametrize(
    ("read", "text", "mend"),
    [
        (read_weight, "137,5 lb", 'write "137.5 lb"'),  # 137.5 alone would be kilograms, 2.2 times as much
        (read_weight, "62,5 kg", 'write "62.5 kg"'),
        (read_weight, "62. kg", 'write "62 kg"'),
        (read_weight, "9 st 11,5 lb", 'write "9 st 11.5 lb"'),
        (read_height, "1,65 m", 'write "1.65 m"'),
        (read_dose, "0,4 g/kg/day", 'write "0.4 g/kg/day"'),
        (read_dose, ".4 g/kg", 'write "0.4 g/kg"'),
    ],
)
def test_a_mend_keeps_the_unit(read: Callable[[str], object], text: str, mend: str) -> None:
    assert message_of(lambda: read(text)).endswith(f"; {mend}")


@pytest.mark.parametrize("text", ["6 2", "62_0", "062", "062,5", "1,240 kg", "62 kg kg", "-62 kg", "９ st 11 lb", "9 st 14 lb"])
def test_no_weight_is_guessed(text: str) -> None:
    message = message_of(lambda: read_weight(text)).replace(repr(text), "")
    assert not re.search(r"write (6\.2|62|620|62\.5|062\.5|1240|10 st)( kg)?$", message)


@pytest.mark.parametrize("text", ["0.2", "0.200001", "200 g", "650", "649.999999", "649999.999 g", "1433 lb", "102 st 5 lb", "0.45 lb"])
def test_weights_at_and_within_the_bounds_are_read(text: str) -> None:
    assert Fraction("0.2") <= read_weight(text) <= 650


@pytest.mark.parametrize(
    ("text", "kg"),
    [
        ("0.199999", "0.199999"),
        ("199.999 g", "0.199999"),
        ("0.44 lb", "0.1995806428"),  # 0.44 x 0.45359237
        ("650.000001", "650.000001"),
        ("650000.001 g", "650.000001"),
        ("1434 lb", "650.45145858"),  # 1434 x 0.45359237
        ("102 st 6 lb", "650.45145858"),
        ("3200", "3,200"),  # a newborn without its g
        ("62000 kg", "62,000"),
    ],
)
def test_weights_outside_the_bounds_are_refused_as_our_own_bound(text: str, kg: str) -> None:
    message = message_of(lambda: read_weight(text))
    assert f"{text!r} is {kg} kg; a body weight is from 0.2 to 650 kg (a bound of our own)" in message


# Height


@pytest.mark.parametrize(
    ("text", "cm"),
    [
        ("165", Fraction(165)),
        ("165.5", Fraction("165.5")),
        ("165 cm", Fraction(165)),
        ("165cm", Fraction(165)),
        ("165 CM", Fraction(165)),
        ("165 centimetres", Fraction(165)),
        ("165 centimetre", Fraction(165)),
        ("165 centimeters", Fraction(165)),
        ("165 centimeter", Fraction(165)),
        ("1.65 m", Fraction(165)),
        ("1.65m", Fraction(165)),
        ("1.65 M", Fraction(165)),
        ("2 metres", Fraction(200)),
        ("1 metre", Fraction(100)),
        ("1 meter", Fraction(100)),
        ("2 meters", Fraction(200)),
        ("5 ft 5 in", Fraction("165.1")),  # 65 x 2.54
        ("5ft5in", Fraction("165.1")),
        ("5 Feet 5 Inches", Fraction("165.1")),
        ("5 foot 5 inch", Fraction("165.1")),
        ("5'5\"", Fraction("165.1")),
        ("5' 5\"", Fraction("165.1")),
        ("5'0\"", Fraction("152.4")),
        ("5'", Fraction("152.4")),
        ("5 ft", Fraction("152.4")),
        ("5.5 ft", Fraction("167.64")),  # 66 x 2.54
        ("65 in", Fraction("165.1")),
        ('65"', Fraction("165.1")),
        ("5 ft 11.9 in", Fraction("182.626")),  # 71.9 x 2.54
    ],
)
def test_heights_are_read_exactly(text: str, cm: Fraction) -> None:
    assert read_height(text) == cm
    assert read_height(exact_text(cm)) == cm


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("165,5", "has a comma; write 165.5"),
        ("5 ft 12 in", "12 in make 1 ft; write fewer than 12 in"),
        ("5'12\"", '12 " make 1 \'; write fewer than 12 "'),
        ("5 ft 55 in", "12 in make 1 ft; write fewer than 12 in"),
        ("5.5 ft 1 in", "5.5 is not a whole number"),
        ("5 ft 5", "has a number without a unit"),
        ("5'5", "has a number without a unit"),
        ("1 m 65 cm", "does not go together; write cm, m, ft or in"),
        ("5\"5'", "does not go together; write cm, m, ft or in"),
        ("165 kg", "has the unit 'kg'; write cm, m, ft or in"),
        ("165 mm", "has the unit 'mm'; write cm, m, ft or in"),
        ("5′5″", "characters other than 0 to 9"),
        ("5’5”", "characters other than 0 to 9"),
        ("１６５", "write plain digits"),
        ("-165", "has a sign"),
        ("nan cm", "is not a quantity"),
        ("1e2", "has an exponent"),
        ("16 5", "has a space inside a number"),
        ("165_0", "is not a number"),
        ("0165", "starts with a zero"),
        ("165.", "has no digit after the point; write 165"),
        ("0 cm", "0 is zero"),
        ("", "nothing was given"),
        ("9" * 400, "characters; write at most"),
    ],
)
def test_a_doubtful_height_is_refused_with_its_mend(text: str, words: str) -> None:
    message = message_of(lambda: read_height(text))
    assert message.startswith("--height: ")
    assert words in message


@pytest.mark.parametrize("text", ["5''5", "5'5''"])
def test_two_apostrophes_are_refused_for_what_they_are(text: str) -> None:
    message = message_of(lambda: read_height(text))
    assert "space inside" not in message
    assert "without a unit" not in message
    assert "5 ft 5 in" in message


@pytest.mark.parametrize("text", ["20", "20.000001", "0.2 m", "272", "271.999999", "2.72 m", "8 ft 11 in", "8 in"])
def test_heights_at_and_within_the_bounds_are_read(text: str) -> None:
    assert 20 <= read_height(text) <= 272


@pytest.mark.parametrize(
    ("text", "cm"),
    [
        ("19.999999", "19.999999"),
        ("0.19999 m", "19.999"),
        ("7.8 in", "19.812"),  # 7.8 x 2.54
        ("272.000001", "272.000001"),
        ("2.72001 m", "272.001"),
        ("9 ft", "274.32"),
        ("1.65", "1.65"),  # metres without their m
        ("165 m", "16,500"),
    ],
)
def test_heights_outside_the_bounds_are_refused_as_our_own_bound(text: str, cm: str) -> None:
    message = message_of(lambda: read_height(text))
    assert f"{text!r} is {cm} cm; a height is from 20 to 272 cm (a bound of our own)" in message


# Dose


@pytest.mark.parametrize(
    ("text", "g_per_kg", "per"),
    [
        ("0.4 g/kg/day", "0.4", "day"),
        ("0.4g/kg/day", "0.4", "day"),
        ("0.4 g/kg/d", "0.4", "day"),
        ("2 g/kg/course", "2", "course"),
        ("2 g/kg", "2", None),
        ("400 mg/kg", "0.4", None),
        ("400mg/kg/day", "0.4", "day"),
        ("400 MG/KG/Day", "0.4", "day"),
        ("2 G/KG/COURSE", "2", "course"),
        (" 2  g / kg / course ", "2", "course"),
        ("2 g per kg", "2", None),
        ("2 g per kg per course", "2", "course"),
        ("0.4 g/kg per day", "0.4", "day"),
        ("0.01 g/kg", "0.01", None),
        ("10 mg/kg", "0.01", None),
    ],
)
def test_doses_are_read_exactly_with_their_basis(text: str, g_per_kg: str, per: str | None) -> None:
    dose = read_dose(text)
    assert dose == (Fraction(g_per_kg), per)
    assert read_dose(str(dose)) == dose


@pytest.mark.parametrize(
    "text", ["2", "2 g", "2 g/g", "2 g/lb", "2 kg/kg", "2 mL/kg", "2 grams/kg", "2 μg/kg", "2 g/\u212ag", "g/kg", "", "😀"]
)
@pytest.mark.parametrize("suffix", ["", "/day", " per course"])
def test_what_is_not_grams_per_kg_is_refused(text: str, suffix: str) -> None:
    typed = (text + suffix).strip()
    message = message_of(lambda: read_dose(typed))
    assert message.startswith(f"--dose: {typed!r} is not a dose per kg; ")
    assert message.endswith('such as "0.4 g/kg/day" or "2 g/kg/course"')


@pytest.mark.parametrize(
    "suffix", ["/week", "/hour", "/day/day", "/day/course", "/", "day", " day", " daily", " x5", " for 5 days", "/ｄay", "."]
)
def test_what_is_no_basis_is_refused(suffix: str) -> None:
    assert message_of(lambda: read_dose(f"2 g/kg{suffix}")).startswith(f"--dose: {f'2 g/kg{suffix}'!r} is not a dose per kg; ")


@pytest.mark.parametrize("text", ["up to 2 g/kg", "1 to 2 g/kg", "about 2 g/kg"])
def test_a_dose_that_leaves_something_open_is_refused(text: str) -> None:
    assert message_of(lambda: read_dose(text)).startswith(f"--dose: {text!r} is not a dose per kg; ")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("0 g/kg", "0 is zero"),
        ("-2 g/kg/day", "has a sign"),
        ("nan g/kg", "is not a quantity"),
        ("inf g/kg", "is not a quantity"),
        ("2e3 g/kg", "has an exponent"),
        ("2_0 g/kg", "is not a number"),
        ("1-2 g/kg", "'1-2' is not a number"),
        ("２ g/kg", "write plain digits"),
        ("02 g/kg", "starts with a zero"),
        ("9" * 400 + " g/kg", "characters; write at most"),
    ],
)
def test_a_dose_with_a_doubtful_number_is_refused(text: str, words: str) -> None:
    assert words in message_of(lambda: read_dose(text))


@pytest.mark.parametrize(
    ("text", "g_per_kg"),
    [("0.4 mg/kg/day", "0.0004"), ("0.009999 g/kg", "0.009999"), ("9.999 mg/kg", "0.009999")],
)
def test_a_dose_below_our_own_bound_asks_whether_g_was_meant(text: str, g_per_kg: str) -> None:
    message = message_of(lambda: read_dose(text))
    assert f"{text!r} is {g_per_kg} g per kg, below 0.01 g per kg (a bound of our own)" in message
    assert "g was meant where mg was typed" in message


@pytest.mark.parametrize(("text", "g_per_kg"), [("10 g/kg", "10"), ("10000 mg/kg", "10"), ("9.999999 g/kg", "9.999999")])
def test_a_dose_up_to_our_own_bound_is_read(text: str, g_per_kg: str) -> None:
    assert read_dose(text).g_per_kg == Fraction(g_per_kg)


@pytest.mark.parametrize(
    ("text", "g_per_kg"),
    [("400 g/kg/day", "400"), ("10.000001 g/kg", "10.000001"), ("10000.001 mg/kg", "10.000001")],
)
def test_a_dose_above_our_own_bound_asks_whether_mg_was_meant(text: str, g_per_kg: str) -> None:
    message = message_of(lambda: read_dose(text))
    assert f"{text!r} is {g_per_kg} g per kg, above 10 g per kg (a bound of our own)" in message
    assert "mg was meant where g was typed" in message


@pytest.mark.parametrize(
    ("dose", "text"),
    [
        (Dose(Fraction(2, 5), "day"), "0.4 g/kg/day"),
        (Dose(Fraction(2), "course"), "2 g/kg/course"),
        (Dose(Fraction(2), None), "2 g/kg"),
    ],
)
def test_a_dose_is_written_as_people_type_it(dose: Dose, text: str) -> None:
    assert str(dose) == text


# Grams


@pytest.mark.parametrize(("text", "g"), [("25 g", "25"), ("25g", "25"), (" 2.5 g ", "2.5"), ("25 G", "25")])
def test_grams_are_read_exactly(text: str, g: str) -> None:
    assert read_grams(text, "at_most") == Fraction(g)


@pytest.mark.parametrize("text", ["25", "", "g", "25 mg", "25 kg", "25 mL", "25 g/kg", "25 g g", "25 g 5 g"])
def test_an_amount_without_grams_is_refused(text: str) -> None:
    assert message_of(lambda: read_grams(text, "at_most")).startswith("at_most: ")


@pytest.mark.parametrize("text", ["0 g", "-25 g", "2,5 g", "nan g", "1e2 g", "025 g"])
def test_a_doubtful_amount_is_refused(text: str) -> None:
    assert message_of(lambda: read_grams(text, "at_most")).startswith("at_most: ")


@pytest.mark.parametrize("read", [read_weight, read_height, read_dose, read_an_amount])
@pytest.mark.parametrize("text", ["62 " + "k" * 400, "62" + " " * 400 + "kg lb x y", "9" * 400])
def test_a_very_long_text_is_not_thrown_back_at_its_author(read: Callable[[str], object], text: str) -> None:
    assert len(message_of(lambda: read(text))) < 300


# The registry


def test_the_factors_are_those_of_the_1959_agreement() -> None:
    assert convert(Fraction(1), "pound", "kilogram") == KG_IN_A_POUND
    assert convert(Fraction(1), "inch", "centimeter") == CM_IN_AN_INCH
    assert convert(Fraction(1), "stone", "kilogram") == 14 * KG_IN_A_POUND
    assert convert(Fraction(1), "foot", "centimeter") == 12 * CM_IN_AN_INCH
    assert kg_to_lb(KG_IN_A_POUND) == 1


@pytest.mark.parametrize(
    ("unit", "to", "factor"),
    [
        ("body_gram", "kilogram", "0.001"),
        ("meter", "centimeter", "100"),
        ("milligram", "gram", "0.001"),
        ("hour", "minute", "60"),
        ("day", "minute", "1440"),
        ("milligram / kilogram", "gram / kilogram", "0.001"),
    ],
)
def test_the_other_factors_of_the_registry(unit: str, to: str, factor: str) -> None:
    assert convert(Fraction(1), unit, to) == Fraction(factor)


def test_a_conversion_keeps_fractions_that_do_not_end() -> None:
    assert convert(Fraction(1, 3), "pound", "kilogram") == KG_IN_A_POUND / 3


@pytest.mark.parametrize(("unit", "to"), [("kilogram", "pound"), ("centimeter", "inch"), ("minute", "hour")])
def test_a_conversion_that_would_have_to_be_rounded_is_an_error(unit: str, to: str) -> None:
    with pytest.raises(Inexact):
        convert(Fraction(1), unit, to)


def test_there_is_one_registry_and_it_computes_with_decimals() -> None:
    assert isinstance(registry().Quantity("62.5 kg").magnitude, Decimal)
    assert registry() is registry()


def test_2_g_per_kg_of_62_kg_is_124_g() -> None:
    assert registry().Quantity("2 g/kg") * registry().Quantity("62 kg") == registry().Quantity("124 g")


@pytest.mark.parametrize("text", ["2", "2 g", "2 g/g", "2 g/kg/day", "2 kg", "2 kg/kg", "2 g/mL", "2 mg", "2 g/cm"])
def test_the_registry_refuses_what_is_no_dose_per_kg(text: str) -> None:
    with pytest.raises(DimensionalityError):
        by_registry(text, "gram / kilogram")
    assert by_registry("2 g/kg", "gram / kilogram") == 2


@pytest.mark.parametrize("unit", ["dimensionless", "gram", "gram / gram", "gram / kilogram / day"])
def test_a_conversion_to_a_course_dose_checks_the_dimension(unit: str) -> None:
    with pytest.raises(DimensionalityError):
        convert(Fraction(2), unit, "gram / kilogram")


def test_2_g_per_kg_per_day_is_never_read_as_a_course_dose() -> None:
    assert read_dose("2 g/kg/day") != read_dose("2 g/kg/course")
    assert read_dose("2 g/kg/day").per == "day"
    assert read_dose("2 g/kg").per is None


@pytest.mark.parametrize("text", ["70000 g", "62 mg", "165 cm", "62", "62 mL"])
def test_the_registry_keeps_body_weight_apart_from_mass(text: str) -> None:
    with pytest.raises(DimensionalityError):
        by_registry(text, "kilogram")


@pytest.mark.parametrize("unit", ["oz", "Hz", "percent", "mcg", "L", "ton"])
def test_the_registry_knows_no_unit_beyond_ours(unit: str) -> None:
    with pytest.raises(UndefinedUnitError):
        registry().Unit(unit)


@QUIET
@given(KILOGRAMS)
@example("0.2")
@example("62.5")
@example("650")
def test_canonical_spelling_and_the_registry_agree_on_weights(number: str) -> None:
    kg = by_registry(f"{number} kg", "kilogram")
    assert read_weight(number) == read_weight(f"{number} kg") == convert(Fraction(number), "kilogram", "kilogram") == kg == Fraction(number)
    assert read_weight(f"{exact_text(kg * 1000)} g") == kg


@QUIET
@given(POUNDS)
@example("137")
def test_what_the_registry_makes_of_pounds_is_the_canonical_weight(number: str) -> None:
    kg = by_registry(f"{number} lb", "kilogram")
    assert read_weight(f"{number} lb") == read_weight(exact_text(kg)) == kg == Fraction(number) * KG_IN_A_POUND


@pytest.mark.parametrize(
    ("unit", "cm_in_one", "least", "most"),
    [("cm", "1", "20", "272"), ("m", "100", "0.2", "2.72"), ("in", "2.54", "8", "107"), ("ft", "30.48", "1", "8")],
)
def test_canonical_spelling_and_the_registry_agree_on_heights(unit: str, cm_in_one: str, least: str, most: str) -> None:
    @QUIET
    @given(numbers_between(least, most))
    def agree(number: str) -> None:
        cm = by_registry(f"{number} {unit}", "centimeter")
        assert read_height(f"{number} {unit}") == cm == Fraction(number) * Fraction(cm_in_one)
        assert read_height(exact_text(cm)) == read_height(f"{exact_text(cm)} cm") == cm

    agree()


@pytest.mark.parametrize(("unit", "least", "most"), [("g/kg", "0.01", "3"), ("mg/kg", "10", "3000")])
def test_canonical_spelling_and_the_registry_agree_on_doses(unit: str, least: str, most: str) -> None:
    @QUIET
    @given(numbers_between(least, most))
    def agree(number: str) -> None:
        g_per_kg = by_registry(f"{number} {unit}", "gram / kilogram")
        assert g_per_kg == Fraction(number) / (1000 if unit == "mg/kg" else 1)
        assert read_dose(f"{number} {unit}/day") == read_dose(f"{exact_text(g_per_kg)} g/kg/day") == (g_per_kg, "day")

    agree()


def test_canonical_spelling_never_loads_pint() -> None:
    program = """
import sys
from datetime import date
from ivigcalc.errors import InputError
from ivigcalc.numbers import read_whole
from ivigcalc.units import kg_to_lb, read_dose, read_grams, read_height, read_weight
from ivigcalc.when import read_date, read_interval, read_weekdays
assert [read_weight(text) for text in ("62", "62 kg", "62.5KG")] == [62, 62, 62.5]
assert [read_height(text) for text in ("165", "165 cm")] == [165, 165]
assert [read_dose(text).per for text in ("0.4 g/kg/day", "2 g/kg/course", "2 g/kg")] == ["day", "course", None]
read_grams("25 g", "at_most"), kg_to_lb(read_weight("62")), read_whole("3", "--days", most=31)
read_interval("3 weeks"), read_date("2027-01-04", date(2027, 1, 4), "--start"), read_weekdays("mon-fri")
for text in ("62,5", "62 kilos", "9 st 14 lb", "0.1"):
    try:
        read_weight(text)
    except InputError:
        pass
    else:
        raise AssertionError(text)
assert "pint" not in sys.modules, "canonical spelling loads pint"
read_weight("137 lb")
assert "pint" in sys.modules, "this test cannot see pint"
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr


# Properties


@QUIET
@given(POUNDS)
def test_pounds_and_kilograms_agree(number: str) -> None:
    kg = Fraction(number) * KG_IN_A_POUND
    assert read_weight(f"{number} lb") == read_weight(f"{exact_text(kg)} kg")
    assert kg_to_lb(kg) == Fraction(number)


@QUIET
@given(st.integers(1, 101), st.integers(0, 1399))
def test_stones_and_pounds_are_pounds(stones: int, hundredths: int) -> None:
    pounds = Fraction(hundredths, 100)
    whole = exact_text(14 * stones + pounds)
    assert read_weight(f"{stones} st {exact_text(pounds)} lb") == read_weight(f"{whole} lb")


@QUIET
@given(st.integers(1, 7), st.integers(0, 1199))
def test_feet_and_inches_are_inches(feet: int, hundredths: int) -> None:
    inches = Fraction(hundredths, 100)
    whole = exact_text(12 * feet + inches)
    cm = read_height(f'{whole}"')
    assert read_height(f"{feet} ft {exact_text(inches)} in") == read_height(f"{feet}'{exact_text(inches)}\"") == cm


@QUIET
@given(WEIGHTS)
def test_any_text_is_a_weight_or_an_input_error(text: str) -> None:
    kg = read_or_refuse(read_weight, text, "--weight")
    if kg is not None:
        assert Fraction("0.2") <= kg <= 650
        assert read_weight(exact_text(kg)) == read_weight(f"{exact_text(kg)} kg") == kg


@QUIET
@given(HEIGHTS)
def test_any_text_is_a_height_or_an_input_error(text: str) -> None:
    cm = read_or_refuse(read_height, text, "--height")
    if cm is not None:
        assert 20 <= cm <= 272
        assert read_height(exact_text(cm)) == read_height(f"{exact_text(cm)} cm") == cm


@QUIET
@given(DOSES)
@example("2 g/kg/course")
def test_any_text_is_a_dose_or_an_input_error(text: str) -> None:
    dose = read_or_refuse(read_dose, text, "--dose")
    if dose is not None:
        assert dose.g_per_kg >= Fraction("0.01")
        assert read_dose(str(dose)) == dose


@QUIET
@given(GRAMS)
def test_any_text_is_an_amount_in_grams_or_an_input_error(text: str) -> None:
    grams = read_or_refuse(read_an_amount, text, "at_most")
    if grams is not None:
        assert read_grams(f"{exact_text(grams)} g", "at_most") == grams


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("kg 62", "'kg 62' does not start with a number"),
        ("KG 62", "'KG 62' does not start with a number"),
        ("6\u00a02\u00a03\u00a04", "'6\\xa02\\xa03\\xa04' has a space inside a number"),
        ("9 st 11 lb 3 oz", "'9 st 11 lb 3 oz' does not go together"),
    ],
)
def test_a_weight_that_cannot_be_taken_apart_says_why(text: str, why: str) -> None:
    assert message_of(lambda: read_weight(text)) == f'--weight: {why}; write kg, lb, st or g, such as "62 kg", "137 lb", "9 st 11 lb"'


def test_an_amount_that_is_mended_keeps_its_unit() -> None:
    assert message_of(lambda: read_grams("25. g", "--round")) == "--round: '25.' has no digit after the point; write \"25 g\""


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("old", "'old' is not a number; write digits with at most one point, such as 54"),
        ("54Q", "'54Q' is not an age; write years or months, such as 54 or \"8 months\""),
        ("54 q", "'54 q' is not an age; write years or months, such as 54 or \"8 months\""),
    ],
)
def test_an_age_that_cannot_be_read_says_what_to_write(text: str, words: str) -> None:
    assert message_of(lambda: read_age(text)) == f"--age: {words}"


@pytest.mark.parametrize(("text", "years"), [("8 MONTHS", "2/3"), ("8 months", "2/3"), ("54 Years", "54"), ("54Y", "54")])
def test_an_age_is_read_in_letters_of_any_case(text: str, years: str) -> None:
    assert read_age(text) == Fraction(years)


@pytest.mark.parametrize("text", ["NaN", "nan", "INF", "Infinity"])
def test_what_is_no_quantity_is_said_in_letters_of_any_case(text: str) -> None:
    assert f"{text!r} is not a quantity" in message_of(lambda: read_weight(text))


def test_a_dose_that_cannot_be_read_says_what_to_write() -> None:
    assert message_of(lambda: read_dose("some g/kg")) == (
        "--dose: 'some' is not a number; write digits with at most one point, such as 0.4"
    )
