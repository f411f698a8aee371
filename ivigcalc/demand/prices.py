"""What a gram costs, as a hospital says it: an exact decimal with its currency. Nothing is assumed where it does not."""

import re
from collections.abc import Mapping
from fractions import Fraction
from typing import NamedTuple

from ivigcalc.errors import InputError
from ivigcalc.numbers import read_number, refuse_long

ANY = "any"
"""The name of a price for all that has none of its own."""


class Prices(NamedTuple):
    """Prices per gram in one currency."""

    currency: str  # three letters, as ISO 4217 has them
    per_g: Mapping[str, Fraction]  # by id of the product; ANY for what has none of its own

    def of(self, product: str) -> Fraction | None:
        """The price of a gram of a product, empty where none is named; None where none was given."""
        return self.per_g.get(product, self.per_g.get(ANY))


def read_price(text: str, what: str) -> tuple[Fraction, str]:
    """Read a price such as "92.50 USD".

    Args: text as written; what it is, for the message.
    Returns: the price of a gram, and its currency.
    Raises: InputError.
    """
    refuse_long(text, what)
    match = re.fullmatch(r"(\S+) ([A-Z]{3})", text, re.ASCII)
    if not match:
        raise InputError(f"{what}: {text!r} is no price; write the price of a gram and its currency in three letters, such as 92.50 USD")
    return read_number(match[1], what, text, "92.50"), match[2]
