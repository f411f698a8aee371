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
from ivigcalc.numbers import exact_text, read_number, read_whole

if TYPE_CHECKING:
    from pint import UnitRegistry

KG_PER_LB = Fraction("0.45359237")  # international yard and pound agreement, 1959; also in units.txt
Basis = Literal["day", "course"]

# Bounds of our own: outside them a number is a slip of the keyboard, not a patient.
WEIGHT_KG = (Fraction("0.2"), Fraction(650))
HEIGHT_CM = (Fraction(20), Fraction(272))
LEAST_DOSE_G_PER_KG = Fraction("0.01")  # 400 typed as 0.4 with mg/kg lands far below it

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


def read_dose(text: str, what: str = "--dose") -> Dose:
    """Read a dose per body weight, with or without its basis.

    Args: text as typed, such as "0.4 g/kg/day", "2 g/kg/course", "400 mg/kg"; what it is, for the message.
    Returns: the dose [g/kg] and its basis.
    Raises: InputError when it is no mass per body weight, or below 0.01 g/kg (a bound of our own).
    """
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
    value = _convert(read_number(number, what), _DOSE_UNITS[f"{unit.lower()}/kg"], "gram / kilogram")
    if value < LEAST_DOSE_G_PER_KG:
        raise InputError(
            f"{what}: {text!r} is {exact_text(value)} g per kg, below {exact_text(LEAST_DOSE_G_PER_KG)} g per kg (a bound of our own); "
            "check whether g was meant where mg was typed"
        )
    return Dose(value, _BASES[basis.lower()] if basis else None)


def read_grams(text: str, what: str) -> Fraction:
    """Read an amount of immunoglobulin such as "25 g".

    Args: text as typed; what it is, for the message.
    Returns: mass [g], exact.
    Raises: InputError when it is not a number with g.
    """
    match = re.fullmatch(r"(\S+?)\s*g", text.strip(), re.ASCII)
    if not match:
        raise InputError(f'{what}: {text!r} is not an amount in grams; write such as "25 g"')
    return read_number(match[1], what)


def kg_to_lb(kg: Fraction) -> Fraction:
    """Convert body weight [kg] to [lb], exactly."""
    return kg / KG_PER_LB


def _read_amount(text: str, what: str, units: dict[str, str], canonical: str, allowed: str) -> Fraction:
    """Read a number, a number with its unit, or two such pairs, in the canonical unit of their dimension."""
    words = text.strip()
    tokens = re.findall(r"[A-Za-z]+|['\"]|[^\sA-Za-z'\"]+", words)
    if len(tokens) < 2 or re.fullmatch(r"[0-9.]+[eE][0-9+-]+", words, re.ASCII):
        return read_number(words, what)
    numbers, given = tokens[0::2], tokens[1::2]
    if len(given) < len(numbers) and len(numbers) > 1 and not re.search(r"[0-9]\s+[0-9]", words, re.ASCII):
        raise InputError(f"{what}: {text!r} has a number without a unit; write {allowed}")
    for unit in given:
        if re.fullmatch(r"[0-9.,]+", unit, re.ASCII):
            raise InputError(f"{what}: {text!r} has a space inside a number; write {allowed}")
        if unit.lower() not in units:
            raise InputError(f"{what}: {text!r} has the unit {unit!r}; write {allowed}")
    names = [units[unit.lower()] for unit in given]
    if len(numbers) == len(names) == 1:
        return _convert(read_number(numbers[0], what), names[0], canonical)
    smaller, makes_one = _SMALLER.get(names[0], ("", 0))
    if len(numbers) != 2 or names[1:] != [smaller]:
        raise InputError(f"{what}: {text!r} does not go together; write {allowed}")
    larger = read_whole(numbers[0], what, most=1_000)
    rest = Fraction(0) if numbers[1] == "0" else read_number(numbers[1], what)
    if rest >= makes_one:
        raise InputError(f"{what}: {text!r}: {makes_one} {given[1]} make 1 {given[0]}; write fewer than {makes_one} {given[1]}")
    return _convert(Fraction(larger), names[0], canonical) + _convert(rest, smaller, canonical)


def _convert(value: Fraction, unit: str, canonical: str) -> Fraction:
    return value if unit == canonical else convert(value, unit, canonical)


def convert(value: Fraction, unit: str, to: str) -> Fraction:
    """Convert between two units of the registry, exactly.

    Args: value [unit]; both units by the registry's names.
    Returns: value [to].
    Raises: pint's DimensionalityError when the units measure different things.
    """
    from decimal import Decimal, Inexact, localcontext

    with localcontext(prec=100) as context:
        context.traps[Inexact] = True
        factor = registry().Quantity(Decimal(1), unit).to(to).magnitude
    return value * Fraction(factor)


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
            f"{what}: {text!r} is {exact_text(value)} {unit}; {noun} is from {exact_text(least)} to {exact_text(most)} {unit} "
            "(a bound of our own); check the number and its unit"
        )
    return value


__all__ = [
    "Basis",
    "Dose",
    "convert",
    "kg_to_lb",
    "read_dose",
    "read_grams",
    "read_height",
    "read_weight",
    "read_whole",
    "registry",
]
