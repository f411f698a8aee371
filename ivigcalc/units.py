"""Quantities as people type them, and the one registry that knows what a unit is.

What is typed in canonical spelling (62, "62 kg", "165 cm", "0.4 g/kg") needs no conversion and does not load the
registry; tests hold both ways against each other.
"""

import re
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from ivigcalc.errors import InputError
from ivigcalc.numbers import exact_text, is_number, read_number, read_whole, refuse_long, screen_text

if TYPE_CHECKING:
    from pint import UnitRegistry

KG_PER_LB = Fraction("0.45359237")  # international yard and pound agreement, 1959; also in units.txt
Basis = Literal["day", "course"]

# Bounds of our own: outside them a number is a slip of the keyboard, not a patient.
WEIGHT_KG = (Fraction("0.2"), Fraction(650))
HEIGHT_CM = (Fraction(20), Fraction(272))
MOST_AGE_YEARS = 125
DOSE_G_PER_KG = (Fraction("0.01"), Fraction(10))  # 0.4 mg/kg for g/kg lands far below, 400 g/kg for mg/kg far above

# What may be typed (in any case of letters) -> the registry's name.
_WEIGHT_UNITS = {
    **dict.fromkeys(("kg", "kgs", "kilogram", "kilograms"), "kilogram"),
    **dict.fromkeys(("lb", "lbs", "pound", "pounds"), "pound"),
    **dict.fromkeys(("st", "stone", "stones"), "stone"),
    **dict.fromkeys(("g", "gram", "grams"), "body_gram"),
}
_HEIGHT_UNITS = {
    **dict.fromkeys(("cm", "centimeter", "centimeters", "centimetre", "centimetres"), "centimeter"),
    **dict.fromkeys(("m", "meter", "meters", "metre", "metres"), "meter"),
    **dict.fromkeys(("ft", "foot", "feet", "'"), "foot"),
    **dict.fromkeys(("in", "inch", "inches", '"'), "inch"),
}
_SMALLER = {"stone": ("pound", 14), "foot": ("inch", 12)}  # the larger unit -> its smaller part and how many make one
_DOSE_UNITS = {"g/kg": "gram / kilogram", "mg/kg": "milligram / kilogram"}
_BASES: dict[str, Basis] = {"day": "day", "d": "day", "course": "course"}


class Dose(NamedTuple):
    """A dose per body weight [g/kg] and what it is for: a day, a whole course, or not said."""

    g_per_kg: Fraction
    per: Basis | None

    def __str__(self) -> str:
        return f"{exact_text(self.g_per_kg)} g/kg" + (f"/{self.per}" if self.per else "")


def read_weight(text: str, what: str = "--weight") -> Fraction:
    """Read a body weight; a bare number is kg, and g is 0.001 kg of body.

    Args: text as typed, such as 62, "137 lb", "9 st 11 lb", "3200 g"; what it is, for the message.
    Returns: body weight [kg], exact.
    Raises: InputError when it cannot be read or is outside 0.2 to 650 kg (a bound of our own).
    """
    if is_number(text):  # what most are, and the same as the way below
        value = read_number(text, what)
    else:
        value = _read_amount(text, what, _WEIGHT_UNITS, "kilogram", 'kg, lb, st or g, such as "62 kg", "137 lb", "9 st 11 lb"')
    return _within(value, WEIGHT_KG, text, what, "kg", "a body weight")


def read_height(text: str, what: str = "--height") -> Fraction:
    """Read a height; a bare number is cm.

    Args: text as typed, such as 165, "1.65 m", "5 ft 5 in", 5'5"; what it is, for the message.
    Returns: height [cm], exact.
    Raises: InputError when it cannot be read or is outside 20 to 272 cm (a bound of our own).
    """
    value = _read_amount(text, what, _HEIGHT_UNITS, "centimeter", 'cm, m, ft or in, such as "165 cm", "1.65 m", "5 ft 5 in"')
    return _within(value, HEIGHT_CM, text, what, "cm", "a height")


def read_age(text: str, what: str = "--age") -> Fraction:
    """Read an age; a bare number is years.

    Args: text as typed, such as 54, "54 years", "8 months"; what it is, for the message.
    Returns: age [years], exact.
    Raises: InputError when it cannot be read or is above 125 years (a bound of our own).
    """
    refuse_long(text, what)
    match = re.fullmatch(r"(\S+?)\s*(years?|months?|y)?", text.strip(), re.ASCII | re.IGNORECASE)
    number, unit = match.groups() if match else (text.strip(), None)
    if re.match(r"[0-9.]+\s*[a-z]", number, re.ASCII | re.IGNORECASE):
        raise InputError(f'{what}: {text!r} is not an age; write years or months, such as 54 or "8 months"')
    age = read_number(number, what, text, "54") / (12 if unit and unit.lower().startswith("month") else 1)
    if age > MOST_AGE_YEARS:
        raise InputError(f'{what}: {text!r} is above {MOST_AGE_YEARS} years (a bound of our own); write such as 54 or "8 months"')
    return age


def read_dose(text: str, what: str = "--dose") -> Dose:
    """Read a dose per body weight, with or without its basis.

    Args: text as typed, such as "0.4 g/kg/day", "2 g/kg/course", "400 mg/kg"; what it is, for the message.
    Returns: the dose [g/kg] and its basis.
    Raises: InputError when it is no mass per body weight, or outside 0.01 to 10 g/kg (a bound of our own).
    """
    refuse_long(text, what)
    match = re.fullmatch(
        r"(\S+?)\s*(m?g)\s*(?:/|\s+per\s+)\s*kg(?:\s*(?:/|\s+per\s+)\s*([a-z]+))?",
        text.strip(),
        re.ASCII | re.IGNORECASE,
    )
    if not match or (match[3] and match[3].lower() not in _BASES):
        raise InputError(
            f"{what}: {text!r} is not a dose per kg; write grams per kg with per day or per course, "
            'such as "0.4 g/kg/day" or "2 g/kg/course"'
        )
    number, unit, basis = match.groups()
    value = _convert(read_number(number, what, text, "0.4"), _DOSE_UNITS[f"{unit.lower()}/kg"], "gram / kilogram")
    least, most = DOSE_G_PER_KG
    if value < least:
        raise InputError(
            f"{what}: {text!r} is {exact_text(value)} g per kg, below {exact_text(least)} g per kg (a bound of our own); "
            "check whether g was meant where mg was typed"
        )
    if value > most:
        raise InputError(
            f"{what}: {text!r} is {exact_text(value)} g per kg, above {exact_text(most)} g per kg (a bound of our own); "
            "check whether mg was meant where g was typed"
        )
    return Dose(value, _BASES[basis.lower()] if basis else None)


def read_grams(text: str, what: str) -> Fraction:
    """Read an amount of immunoglobulin such as "25 g".

    Args: text as typed; what it is, for the message.
    Returns: mass [g], exact.
    Raises: InputError when it is not a number with g.
    """
    refuse_long(text, what)
    match = re.fullmatch(r"(\S+?)\s*g", text.strip(), re.ASCII | re.IGNORECASE)
    if not match:
        raise InputError(f'{what}: {text!r} is not an amount in grams; write such as "25 g"')
    return read_number(match[1], what, text)


def kg_to_lb(kg: Fraction) -> Fraction:
    """Convert body weight [kg] to [lb], exactly."""
    return kg / KG_PER_LB


_PAIR = r"\s*([+-]?(?:nan|inf|infinity)\b|[+-]?\s*[^\sA-Za-z'\"]+(?:[eE][+-]?[0-9]+)?)\s*([A-Za-z]+|'|\")?"
_pairs = re.compile(rf"{_PAIR}(?:{_PAIR})?\s*", re.ASCII | re.IGNORECASE).fullmatch


def _read_amount(text: str, what: str, units: dict[str, str], canonical: str, allowed: str) -> Fraction:
    """Read a number, a number with its unit, or two such pairs, in the canonical unit of their dimension."""
    refuse_long(text, what)
    match = _pairs(re.sub(r"\s", " ", text))  # a space of any kind, as pasted from a document
    if not match or not re.search(r"\d|nan|inf", text, re.IGNORECASE):
        raise InputError(f"{what}: {_cannot_read(text, what)}; write {allowed}")
    larger, larger_unit, smaller, smaller_unit = match.groups()
    if smaller is not None and not re.search(r"[0-9\uff10-\uff19]", smaller):
        larger_unit, smaller = text.strip().removeprefix(larger).strip(), None  # the second part is no number
    if smaller is not None and larger_unit is None:
        raise InputError(f"{what}: {text!r} has a space inside a number; write {allowed}")
    for unit in (larger_unit, smaller_unit):
        if unit is not None and not (unit.isascii() and unit.lower() in units):  # the Kelvin sign lowers to k
            raise InputError(f"{what}: {text!r} has the unit {unit!r}; write {allowed}")
    name = units[larger_unit.lower()] if larger_unit else canonical
    if smaller is None:
        return _convert(read_number(larger, what, text), name, canonical)
    if smaller_unit is None:
        raise InputError(f"{what}: {text!r} has a number without a unit; write {allowed}")
    if name not in _SMALLER or units[smaller_unit.lower()] != _SMALLER[name][0]:
        raise InputError(f"{what}: {text!r} does not go together; write {allowed}")
    part, makes_one = _SMALLER[name]
    whole = read_whole(larger, what, most=1_000)
    rest = Fraction(0) if smaller == "0" else read_number(smaller, what, text)
    if rest >= makes_one:
        raise InputError(f"{what}: {text!r}: {makes_one} {smaller_unit} make 1 {larger_unit}; write fewer than {makes_one} {smaller_unit}")
    return _convert(Fraction(whole), name, canonical) + _convert(rest, part, canonical)


def _cannot_read(text: str, what: str) -> str:
    """Say why a text is not one or two pairs of number and unit."""
    if not re.search(r"\d", text):
        read_number(text.strip(), what)  # says what is wrong with it
    if re.search(r"[0-9]\s+[0-9]", text):
        return f"{text!r} has a space inside a number"
    if re.match(r"\s*[A-Za-z]", text):
        return f"{text!r} does not start with a number"
    return f"{text!r} does not go together"


def _convert(value: Fraction, unit: str, canonical: str) -> Fraction:
    return value if unit == canonical else convert(value, unit, canonical)


def convert(value: Fraction, unit: str, to: str) -> Fraction:
    """Convert between two units of the registry, exactly.

    Args: value [unit]; both units by the registry's names.
    Returns: value [to].
    Raises: pint's DimensionalityError when the units measure different things.
    """
    return value * _factor(unit, to)


@cache
def _factor(unit: str, to: str) -> Fraction:
    """How many of a unit make another one: asked of the registry once."""
    from decimal import Decimal, Inexact, localcontext

    with localcontext(prec=100) as context:
        context.traps[Inexact] = True
        return Fraction(registry().Quantity(Decimal(1), unit).to(to).magnitude)


@cache
def registry() -> "UnitRegistry[Any]":
    """Build the one pint registry, from units.txt alone, with exact numbers."""
    from decimal import Decimal

    import pint

    units: UnitRegistry[Any] = pint.UnitRegistry(None, non_int_type=Decimal)
    units.load_definitions(str(Path(__file__).with_name("units.txt")))
    return units


def _within(value: Fraction, bounds: tuple[Fraction, Fraction], text: str, what: str, unit: str, noun: str) -> Fraction:
    least, most = bounds
    if not least <= value <= most:
        raise InputError(
            f"{what}: {text!r} is {screen_text(value)} {unit}; {noun} is from {screen_text(least)} to {screen_text(most)} {unit} "
            "(a bound of our own); check the number and its unit"
        )
    return value


__all__ = [
    "Basis",
    "Dose",
    "convert",
    "kg_to_lb",
    "read_age",
    "read_dose",
    "read_grams",
    "read_height",
    "read_weight",
    "read_whole",
    "registry",
]
