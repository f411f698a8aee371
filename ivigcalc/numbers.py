"""Exact numbers, in and out: the only place that turns text into a number or a number into text.

Inside ivigcalc every weight, dose and amount is a `Fraction`, so no step of the arithmetic can lose anything.
"""

import re
from collections.abc import Iterable
from fractions import Fraction
from itertools import accumulate
from math import lcm

from ivigcalc.errors import InputError

DECIMALS = 6
"""Decimals of a value that does not end (design: "Numbers out")."""

MOST_CHARACTERS = 24
"""Our own bound on the length of a typed number; no weight or dose needs more."""

NUMBER = r"(?:0|[1-9][0-9]*)(?:\.[0-9]+)?"
MOST_TEXT = 60
"""Our own bound on the length of a typed quantity, date or interval."""
_number = re.compile(NUMBER, re.ASCII).fullmatch


def refuse_long(text: str, what: str) -> None:
    """Refuse a text that is longer than any quantity or date, without throwing it back.

    Args: text as typed; what it is, for the message.
    Raises: InputError.
    """
    if len(text) > MOST_TEXT:
        raise InputError(f"{what}: a text of {len(text):,} characters; write at most {MOST_TEXT}")


def is_number(text: str) -> bool:
    """Whether a text is plain digits with at most one decimal point, and not too long."""
    return len(text) <= MOST_CHARACTERS and _number(text) is not None


def read_number(text: str, what: str, within: str | None = None, example: str = "62.5") -> Fraction:
    """Read a positive decimal number exactly.

    Args: text as typed; what the number is, for the message; the text that it stands in, so that a mend keeps the unit;
    a number that would be right, for the message.
    Returns: the number, above zero.
    Raises: InputError for anything but plain digits with at most one decimal point.
    """
    if not is_number(text):
        why, advice = _what_is_wrong(text, example)
        if mended := _mend(text):
            right = " ".join((within or text).split()).replace(text, mended)
            advice = f'write "{right}"' if " " in right or "/" in right else f"write {right}"
        raise InputError(f"{what}: {why}; {advice}")
    whole, _, decimals = text.partition(".")
    value = Fraction(int(whole + decimals), 10 ** len(decimals))
    if value == 0:
        raise InputError(f"{what}: {text} is zero; write a number above zero")
    return value


def read_whole(text: str, what: str, *, most: int) -> int:
    """Read a whole number from 1 to `most`.

    Args: text as typed; what the number is; the highest that is allowed.
    Returns: the whole number.
    Raises: InputError when it is not whole or outside the bounds.
    """
    words, advice = text.strip(), f"write a whole number from 1 to {most:,}"
    if not _number(words) or len(words) > MOST_CHARACTERS:
        raise InputError(f"{what}: {_what_is_wrong(words, example=str(most))[0]}; {advice}")
    if "." in words:
        raise InputError(f"{what}: {words} is not a whole number; {advice}")
    if words == "0":
        raise InputError(f"{what}: 0 is zero; {advice}")
    if int(words) > most:
        raise InputError(f"{what}: {words} is more than {most:,}, a bound of our own; {advice}")
    return int(words)


def read_percent(text: str, what: str) -> Fraction:
    """Read a percentage from above 0 to 100, with or without its sign.

    Args: text as typed, such as "10%"; what it is, for the message.
    Returns: the percentage [%].
    Raises: InputError.
    """
    refuse_long(text, what)
    value = read_number(re.sub(r"\s*%$", "", text.strip()), what, text, "10")
    if value > 100:
        raise InputError(f"{what}: {text.strip()} is more than 100%; write a percentage such as 10%")
    return value


def _what_is_wrong(text: str, example: str) -> tuple[str, str]:
    """Say why a text is no number, and what to write."""
    given, advice = repr(text), f"write digits with at most one point, such as {example}"
    if len(text) > MOST_CHARACTERS:
        return f"a number of {len(text)} characters", f"write at most {MOST_CHARACTERS}, such as {example}"
    if not text.strip():
        return "nothing was given", f"write a number, such as {example}"
    if text.startswith(("-", "+", "\u2212")):
        return f"{given} has a sign", "write a number above zero without a sign"
    if re.fullmatch(r"[0-9]+,[0-9]{1,2}", text):
        return f"{given} has a comma", advice
    if "," in text:
        return f"{given} has a comma, which can be a decimal point or thousands", f"write digits with a point, such as {example}"
    if text.lower() in {"nan", "inf", "infinity"}:
        return f"{given} is not a quantity", f"write a number, such as {example}"
    if re.fullmatch(r"\.[0-9]+", text):
        return f"{given} has no digit before the point", advice
    if re.fullmatch(r"(?:0|[1-9][0-9]*)\.", text):
        return f"{given} has no digit after the point", advice
    if re.fullmatch(r"0[0-9]+(?:\.[0-9]+)?", text):
        return f"{given} starts with a zero, and a point may be missing after it", "write the number without doubt"
    if not text.isascii():
        return f"{given} has characters other than 0 to 9 and a point", f"write plain digits, such as {example}"
    if re.fullmatch(r"[0-9.]+[eE][+-]?[0-9]+", text):
        return f"{given} has an exponent", "write all its digits"
    return f"{given} is not a number", advice


def _mend(text: str) -> str | None:
    """The right spelling, where only one is possible and it is above zero."""
    mended = None
    if re.fullmatch(r"(?:0|[1-9][0-9]*),[0-9]{1,2}", text):
        mended = text.replace(",", ".")
    elif re.fullmatch(r"\.[0-9]+", text):
        mended = f"0{text}"
    elif re.fullmatch(r"(?:0|[1-9][0-9]*)\.", text):
        mended = text[:-1]
    return mended if mended and len(text) <= MOST_CHARACTERS and Fraction(mended) > 0 else None


def exact_text(value: Fraction) -> str:
    """Write a number as the machine formats have it: in full if it ends, else to 6 decimals, half to even.

    Args: value, of any unit.
    Returns: digits without exponent, comma or trailing zeros.
    """
    top, bottom = value.as_integer_ratio()
    if bottom == 1:
        return str(top)
    if ending := _SHORT.get(bottom) or _ending(bottom):
        decimals, factor = ending
        return _digits(top * factor, decimals)
    scaled, rest = divmod(top * 10**DECIMALS, bottom)  # never midway: what lies midway ends
    return _digits(scaled + (2 * rest > bottom), DECIMALS)


def running_totals(amounts: Iterable[Fraction]) -> list[Fraction]:
    """Add amounts up one by one.

    Args: the amounts, of the same unit.
    Returns: the sum after each of them, exact.
    """
    tops, bottom = over_one(amounts)
    return [Fraction(total, bottom) for total in accumulate(tops)]


def total(amounts: Iterable[Fraction]) -> Fraction:
    """Add amounts up.

    Args: the amounts, of the same unit.
    Returns: the sum, exact.
    """
    tops, bottom = over_one(amounts)
    return Fraction(sum(tops), bottom)


def over_one(values: Iterable[Fraction]) -> tuple[list[int], int]:
    """Put numbers over one denominator, so that many of them can be added and compared as whole numbers.

    Args: values, of the same unit.
    Returns: the numerators, and the denominator.
    """
    pairs = [value.as_integer_ratio() for value in values]
    bottom = lcm(*{below for _, below in pairs})
    return [above * (bottom // below) for above, below in pairs], bottom


def _ending(bottom: int) -> tuple[int, int] | None:
    """The decimals of a number in lowest terms over this denominator, and 10 to that power over it; None where it never ends."""
    if pow(10, bottom.bit_length(), bottom):
        return None  # a prime other than 2 and 5 is in it
    decimals = next(decimals for decimals in range(bottom.bit_length()) if 10**decimals % bottom == 0)
    return decimals, 10**decimals // bottom


_SHORT = {2**twos * 5**fives: _ending(2**twos * 5**fives) for twos in range(6) for fives in range(6)}
"""Most numbers have no more than 5 decimals."""


def screen_text(value: Fraction, decimals: int | None = None) -> str:
    """Write a number for people: as `exact_text`, with a comma from 1,000.

    Args: value, of any unit; decimals to round to (half to even) where the place allows no more.
    Returns: digits, such as 1,240.5.
    """
    text = exact_text(value if decimals is None else round(value, decimals))
    sign = "-" if text.startswith("-") else ""
    whole, _, rest = text.removeprefix("-").partition(".")
    return f"{sign}{int(whole):,}" + (f".{rest}" if rest else "")


def _digits(scaled: int, decimals: int) -> str:
    """Write a whole number of the last of `decimals` decimals, without trailing zeros."""
    digits = str(scaled)
    if len(digits) <= decimals or scaled < 0:
        digits = str(abs(scaled)).rjust(decimals + 1, "0")
    text = f"{digits[:-decimals]}.{digits[-decimals:]}".rstrip("0").removesuffix(".")
    return f"-{text}" if scaled < 0 else text
