"""Rates per body weight and concentrations, as labels print them and people type them.

The factors are exact and need no registry; tests hold them against it.
"""

import re
from fractions import Fraction
from typing import Literal, NamedTuple, cast

from ivigcalc.errors import InputError, Refused
from ivigcalc.numbers import exact_text, read_number, screen_text

RateUnit = Literal["mL/kg/h", "mL/kg/min", "mg/kg/h", "mg/kg/min"]

# Bounds of our own: outside them minutes and hours, mg and mL, or g and mg were mixed up.
RATE_ML_PER_KG_PER_H = (Fraction("0.05"), Fraction(20))
RATE_MG_PER_KG_PER_H = (Fraction(5), Fraction(1_200))
CONCENTRATION_G_PER_ML = (Fraction("0.01"), Fraction(1))

SUBCUTANEOUS_G_PER_ML = Fraction("0.12")
"""Above this a product is for subcutaneous use; immunoglobulin for intravenous use is at most 12 g in 100 mL."""

_ALLOWED = 'mL or mg per kg, per hour or minute, such as "0.5 mL/kg/h", "0.01 mL/kg/min", "1 mg/kg/min"'
_PER = r"\s*(?:/|\s+per\s+)\s*"
_RATE = re.compile(rf"(\S+?)\s*(ml|mg){_PER}kg{_PER}(h|hr|hour|min|minute)", re.ASCII | re.IGNORECASE)
_PERCENT = re.compile(r"(\S+?)\s*%", re.ASCII)
_MASS_PER_VOLUME = re.compile(r"(\S+?)\s*(m?g)\s*(?:/|\s+(?:per|in)\s+)\s*(?:(\S+?)\s*)?ml", re.ASCII | re.IGNORECASE)


class Pace(NamedTuple):
    """How fast an infusion runs per body weight, in the unit in which it is written."""

    number: Fraction
    unit: RateUnit

    def __str__(self) -> str:
        return f"{exact_text(self.number)} {self.unit}"


def read_rate(text: str, what: str = "--ramp") -> Pace:
    """Read an infusion rate per body weight.

    Args: text as written, such as "0.5 mL/kg/h", "0.01 mL/kg/min", "1 mg/kg/min", "60 mg/kg/h"; what it is, for the message.
    Returns: the rate in its own unit, exact.
    Raises: InputError when it is no volume or mass per body weight and time, or outside bounds of our own
    (0.05 to 20 mL/kg/h, 5 to 1200 mg/kg/h).
    """
    words = text.strip()
    match = _RATE.fullmatch(words)
    if not match:
        raise InputError(f"{what}: {text!r} is not a rate; write {_ALLOWED}")
    amount = "mL" if match[2].lower() == "ml" else "mg"
    time = "min" if match[3].lower().startswith("min") else "h"
    pace = Pace(read_number(match[1], what, words, "0.5"), cast("RateUnit", f"{amount}/kg/{time}"))
    per_hour = _per_hour(pace)
    least, most = RATE_ML_PER_KG_PER_H if amount == "mL" else RATE_MG_PER_KG_PER_H
    if not least <= per_hour <= most:
        raise InputError(
            f"{what}: {text!r} is {screen_text(per_hour)} {amount} per kg per hour; a rate is from {exact_text(least)} to "
            f"{screen_text(most)} (a bound of our own); check whether minutes and hours were mixed up"
        )
    return pace


def ml_per_kg_per_h(pace: Pace, g_per_ml: Fraction | None, what: str = "--ramp") -> Fraction:
    """Convert a rate to volume per body weight and hour.

    Formula: per minute x 60; milligrams / (1,000 x concentration).

    Args: the rate; concentration [g/mL], None if the product has several or none is known; what it is, for the message.
    Returns: rate [mL/kg/h], exact.
    Raises: InputError when a rate in mg stands without one concentration.
    """
    per_hour = _per_hour(pace)
    if pace.unit.startswith("mL"):
        return per_hour
    if g_per_ml is None:
        raise InputError(f"{what}: {pace} needs one concentration to become mL; write the rate in mL/kg/h or mL/kg/min")
    return per_hour / (1_000 * g_per_ml)


def read_concentration(text: str, what: str = "--concentration") -> Fraction:
    """Read a concentration of immunoglobulin.

    Args: text as written, such as "10%", "100 mg/mL", "0.1 g/mL", "5 g/100 mL"; what it is, for the message.
    Returns: concentration [g/mL], exact.
    Raises: InputError when it is no mass per volume, or below 1 or above 100 g in 100 mL (a bound of our own);
    Refused above 12 g in 100 mL, which is a product for subcutaneous use.
    """
    words = text.strip()
    if match := _PERCENT.fullmatch(words):
        value = read_number(match[1], what, words, "10") / 100
    elif match := _MASS_PER_VOLUME.fullmatch(words):
        grams = read_number(match[1], what, words, "5") / (1_000 if match[2].lower() == "mg" else 1)
        value = grams / (read_number(match[3], what, words, "100") if match[3] else 1)
    else:
        raise InputError(
            f'{what}: {text!r} is not a concentration; write grams in 100 mL or mg per mL, such as "10%", "100 mg/mL", "5 g/100 mL"'
        )
    least, most = CONCENTRATION_G_PER_ML
    if not least <= value <= most:
        raise InputError(
            f"{what}: {text!r} is {exact_text(value * 100)} g in 100 mL; a concentration is from {exact_text(least * 100)} to "
            f"{exact_text(most * 100)} g in 100 mL (a bound of our own); check the number and its unit"
        )
    if value > SUBCUTANEOUS_G_PER_ML:
        raise Refused(
            f"{what}: {text!r} is {exact_text(value * 100)} g in 100 mL, a product for subcutaneous use, and this is an intravenous plan; "
            f"write a product of at most {exact_text(SUBCUTANEOUS_G_PER_ML * 100)} g in 100 mL"
        )
    return value


def _per_hour(pace: Pace) -> Fraction:
    """The rate per hour, in the mL or mg of its own unit."""
    return pace.number * (60 if pace.unit.endswith("/min") else 1)
