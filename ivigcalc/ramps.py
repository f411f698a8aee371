"""Ramps as people and hospitals write them: rates one after the other, and how long each is held; and a printed rate in words."""

import re
from fractions import Fraction

from ivigcalc.errors import InputError
from ivigcalc.model import RampStep, Rate, RateCap
from ivigcalc.numbers import exact_text, read_number, screen_text
from ivigcalc.rates import ml_per_kg_per_h, read_rate

MOST_RAMP_TEXT = 200
"""Our own bound on the characters of a ramp."""
STEP_MINUTES = (Fraction(1), Fraction(24 * 60))
"""Our own bounds on how long a rate is held."""
ML_PER_H = (Fraction("0.1"), Fraction(2_000))
"""Our own bounds on the rate of a pump."""

RAMP_EXAMPLES = 'such as "0.5, 1, 2, 4 mL/kg/h every 30 min", "0.3 for 30 min, 0.6 for 15 min, 1.2 mL/kg/h" or "double every 30 min"'
_MINUTES = r"(\S+?)\s*min(?:utes?)?"
_doubling = re.compile(rf"double\s+every\s+{_MINUTES}", re.ASCII | re.IGNORECASE).fullmatch
_every = re.compile(rf"(.*\S)\s+every\s+{_MINUTES}", re.ASCII | re.IGNORECASE).fullmatch
_step = re.compile(
    r"(?P<number>[^\s/a-z]+)\s*(?P<unit>m[lg]\s*(?:/|per\s)(?:(?!\bevery\b).)*?)?(?:\s+for\s+(?P<minutes>\S+?)\s*min(?:utes?)?)?",
    re.ASCII | re.IGNORECASE,
).fullmatch
_hours = re.compile(r"(?:every|for)\s+\S+?\s*(?:h|hrs?|hours?|s|sec|seconds?)\b", re.ASCII | re.IGNORECASE).search
_touching = re.compile(r"[0-9],[0-9]", re.ASCII).search
_per_hour = re.compile(r"ml\s*(?:/|per\s)\s*(?:h|hr|hour)", re.ASCII | re.IGNORECASE).fullmatch
_per_kg = re.compile(r"[0-9]+(?:\.[0-9]+)? m[Lg] per kg per (?:min|hour)\b", re.ASCII).sub


def read_doubling(text: str, what: str = "--ramp") -> Fraction | None:
    """Read a ramp that doubles the label's first rate again and again, such as "double every 30 min".

    Args: text as written; what it is, for the message.
    Returns: how long each rate is held [minutes], or None for any other ramp.
    Raises: InputError.
    """
    match = _doubling(text.strip())
    return _minutes(match[1], what, text.strip()) if match else None


def read_ramp(text: str, g_per_ml: Fraction | None, what: str = "--ramp") -> tuple[RampStep, ...]:
    """Read a ramp of rates that rise, the last one until the end of the infusion.

    Args: text as written, such as "0.5, 1, 2, 4 mL/kg/h every 30 min"; concentration [g/mL], for rates in mg; what it is, for the message.
    Returns: the steps.
    Raises: InputError when a rate or time cannot be read, the rates do not rise, or the last one has an end.
    """
    words = " ".join(text.split())
    if len(words) > MOST_RAMP_TEXT:
        raise InputError(f"{what}: a text of {len(words)} characters; write at most {MOST_RAMP_TEXT}")
    match = _every(words)
    if hours := _hours(words):
        raise InputError(f'{what}: {text!r}: "{hours[0]}" is not in minutes; write such as "every 30 min"')
    if _touching(words):
        raise InputError(
            f"{what}: {text!r}: a comma between two digits can be a decimal comma or part two rates; "
            'write a point in a decimal and a space after a comma, such as "0.5, 1, 2 mL/kg/h every 30 min"'
        )
    each = _minutes(match[2], what, words) if match else None
    steps = [_step(part.strip()) for part in (match[1] if match else words).split(",")]
    last = steps[-1]
    if not all(steps) or last is None or last["unit"] is None:
        raise InputError(f"{what}: {text!r} is not a ramp; write rates that rise, the unit after the last one, {RAMP_EXAMPLES}")
    if match and len(steps) == 1:
        raise InputError(
            f'{what}: {text!r} has one rate, which has nothing to rise to; write further rates, or leave out "every {match[2]} min"'
        )
    found: list[RampStep] = []
    for step in filter(None, steps):
        is_last, own = step is last, step["minutes"]
        if own and (each or is_last):
            why = (
                "the last rate runs to the end of the infusion" if is_last else f"every {exact_text(each or Fraction(0))} min holds for all"
            )
            raise InputError(f'{what}: {text!r}: {why}; leave out "for {own} min"')
        if not (own or each or is_last):
            raise InputError(f'{what}: {text!r} does not say how long {step["number"]} is held; add such as "every 30 min"')
        minutes = None if is_last else _minutes(own, what, words) if own else each
        rate, per_kg = _rate(step["number"], step["unit"] or last["unit"], g_per_ml, what)
        if found and found[-1].per_kg is not per_kg:
            raise InputError(f"{what}: {text!r} mixes mL per hour and rates per kg; write all of it in one unit, {RAMP_EXAMPLES}")
        if found and rate <= found[-1].rate:
            raise InputError(
                f"{what}: {text!r}: {step['number']} does not rise above the rate before it; write rates that rise, {RAMP_EXAMPLES}"
            )
        found.append(RampStep(rate, minutes, per_kg))
    return tuple(found)


def _rate(number: str, unit: str, g_per_ml: Fraction | None, what: str) -> tuple[Fraction, bool]:
    """A rate [mL/kg/h], or [mL/h] where it does not rest on the weight."""
    if not _per_hour(unit.strip()):
        return ml_per_kg_per_h(read_rate(f"{number} {unit}", what), g_per_ml, what), True
    rate = read_number(number, what, f"{number} {unit}", "30")
    if not ML_PER_H[0] <= rate <= ML_PER_H[1]:
        bounds = f"{exact_text(ML_PER_H[0])} to {screen_text(ML_PER_H[1])} mL per hour"
        raise InputError(f"{what}: {number} {unit} is outside {bounds} (bounds of our own); check the number and its unit")
    return rate, False


def _minutes(number: str, what: str, within: str) -> Fraction:
    minutes = read_number(number, f"{what}: {within!r}", within, "30")
    if not STEP_MINUTES[0] <= minutes <= STEP_MINUTES[1]:
        bounds = f"{exact_text(STEP_MINUTES[0])} to {screen_text(STEP_MINUTES[1])} minutes"
        raise InputError(f"{what}: a rate is held for {bounds} (bounds of our own); {number} min was given")
    return minutes


def printed_rate(rate: Rate, weight_kg: Fraction) -> str:
    """Write a rate of a label with the same in mL per hour, and with the units that its source prints.

    Args: the rate; the weight that it rests on [kg].
    Returns: the words; of several units that disagree the lowest counts.
    """
    lowest = ", which disagree, so that the lowest counts" if rate.disagree else ""
    marked = f"; shown only: {rate.shown_only}" if rate.shown_only else ""
    return f'{rate_in_words(rate, weight_kg)}, printed as "{", ".join(rate.printed)}"{lowest}{marked}'


def rate_in_words(rate: Rate | RateCap, weight_kg: Fraction) -> str:
    """Write a rate [mL/kg/h] with the same in mL per hour for a weight [kg], exact; what a pump can be set to may be lower."""
    less = "less than " if rate.less_than else ""
    return f"{less}{both(rate.ml_per_kg_per_h, weight_kg)}"


def both(ml_per_kg_per_h: Fraction, weight_kg: Fraction) -> str:
    """Write a rate [mL/kg/h] with the same in mL per hour for a weight [kg], exact."""
    return f"{screen_text(ml_per_kg_per_h)} mL per kg per hour, {screen_text(ml_per_kg_per_h * weight_kg)} mL per hour"


def with_ml_per_hour(words: str, weight_kg: Fraction, g_per_ml: Fraction | None) -> str:
    """Add to every rate per kg in a note of a label the same in mL per hour.

    Args: the note, such as "only above 4.8 mL per kg per hour"; the weight that the rates rest on [kg]; concentration [g/mL].
    Returns: the note; a rate in mg without one concentration is left as it is.
    """

    def add(found: re.Match[str]) -> str:
        pace = read_rate(found[0])
        if pace.unit.startswith("mg") and g_per_ml is None:
            return found[0]
        return f"{found[0]} ({screen_text(ml_per_kg_per_h(pace, g_per_ml) * weight_kg)} mL per hour)"

    return _per_kg(add, words)
