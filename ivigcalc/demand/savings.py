"""Two policies of rounding or supply, side by side over the same patients."""

from collections.abc import Mapping
from fractions import Fraction
from typing import NamedTuple

from ivigcalc.demand.summing import Amounts, Demand


class Side(NamedTuple):
    """What a policy asks for."""

    policy: str  # as typed
    options: Mapping[str, str]
    calculated_g: Fraction  # before rounding
    demand: Demand

    @property
    def amounts(self) -> Amounts:
        """All of it together."""
        return self.demand.total.amounts


class Savings(NamedTuple):
    """Two policies over the rows that both of them plan."""

    first: Side
    second: Side
    rows: int  # read, those without a word left out
    both: int  # planned with both
    first_only: int
    second_only: int
    neither: int
