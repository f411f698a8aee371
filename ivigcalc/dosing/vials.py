"""Whole vials: which amounts they make, which of them waste least, and how a course is split over days of whole vials.

All of it is integer arithmetic in units of the greatest common divisor of the sizes, so every answer is exact.
"""

from fractions import Fraction
from functools import cache
from math import gcd, lcm
from typing import NamedTuple

from ivigcalc.model import Counts


class Pick(NamedTuple):
    """The vials for one infusion."""

    vials: Counts
    grams: Fraction  # what they hold together [g]
    wasted_g: Fraction


@cache
def pick(dose_g: Fraction, sizes_g: tuple[Fraction, ...]) -> Pick:
    """Find the vials for a dose: least waste, then fewest vials, then larger ones first.

    Args: dose [g]; vial sizes [g], any order.
    Returns: the vials and what is left over [g].
    """
    unit, sizes = _units(sizes_g)
    need = -(-dose_g // unit)
    fewest = _fewest(need + sizes[0], sizes)
    total = next(amount for amount in range(need, len(fewest)) if fewest[amount] is not None)
    counts = dict.fromkeys(sizes, 0)
    rest = total
    while rest:
        size = next(s for s in sizes if s <= rest and fewest[rest - s] is not None and fewest[rest - s] == _count(fewest, rest) - 1)
        counts[size] += 1
        rest -= size
    return Pick(tuple((unit * size, count) for size, count in counts.items() if count), unit * total, unit * total - dose_g)


def below_and_above(grams: Fraction, sizes_g: tuple[Fraction, ...]) -> tuple[Fraction, Fraction]:
    """Find the nearest amounts of whole vials on either side of an amount.

    Args: amount [g]; vial sizes [g].
    Returns: the largest amount not above it (0 at least) and the smallest not below it [g].
    """
    unit, sizes = _units(sizes_g)
    exact, up = grams // unit, -(-grams // unit)
    fewest = _fewest(up + sizes[0], sizes)
    low = next(amount for amount in range(exact, -1, -1) if fewest[amount] is not None)
    high = next(amount for amount in range(up, len(fewest)) if fewest[amount] is not None)
    return unit * low, unit * high


def split_in_vials(course_g: Fraction, days: int, sizes_g: tuple[Fraction, ...]) -> tuple[Fraction, ...]:
    """Split a course over days of whole vials, as evenly as they allow, larger days last.

    Args: course [g], an amount that whole vials make; days [count]; vial sizes [g].
    Returns: one amount [g] a day, in rising order; a day may be 0 where there are fewer vials than days.
    """
    unit, sizes = _units(sizes_g)
    course = int(course_g / unit)
    if sizes[-1] == 1:  # every amount can be made: an even split in single units
        each, larger = divmod(course, days)
        return (unit * each,) * (days - larger) + (unit * (each + 1),) * larger
    return tuple(unit * amount for amount in sorted(_most_even(course, days, sizes)))


def _most_even(course: int, days: int, sizes: tuple[int, ...]) -> list[int]:
    """The split with the least sum of squares, which is the most even one, by dynamic programming over the days."""
    fewest = _fewest(course, sizes)
    reach = 2 * sizes[0]
    mean = course // days
    amounts = [a for a in range(max(0, mean - reach), min(course, mean + reach) + 1) if fewest[a] is not None]
    best: list[dict[int, tuple[int, int]]] = [{0: (0, 0)}]  # after each day: given so far -> (sum of squares, last day)
    for _ in range(days):
        following: dict[int, tuple[int, int]] = {}
        for given, (squares, _last) in best[-1].items():
            for amount in amounts:
                total, cost = given + amount, squares + amount * amount
                if total <= course and (total not in following or cost < following[total][0]):
                    following[total] = (cost, amount)
        best.append(following)
    split, rest = [], course
    for day in range(days, 0, -1):
        amount = best[day][rest][1]
        split.append(amount)
        rest -= amount
    return split


def _units(sizes_g: tuple[Fraction, ...]) -> tuple[Fraction, tuple[int, ...]]:
    """The greatest amount of which every size is a whole multiple [g], and the sizes in it, larger first."""
    denominator = lcm(*(size.denominator for size in sizes_g))
    whole = sorted({int(size * denominator) for size in sizes_g}, reverse=True)
    common = gcd(*whole)
    return Fraction(common, denominator), tuple(size // common for size in whole)


def _fewest(most: int, sizes: tuple[int, ...]) -> list[int | None]:
    """The fewest vials that make each amount from 0 to `most` exactly; None where none do."""
    fewest: list[int | None] = [0]
    for amount in range(1, most + 1):
        made = [before + 1 for size in sizes if size <= amount and (before := fewest[amount - size]) is not None]
        fewest.append(min(made, default=None))
    return fewest


def _count(fewest: list[int | None], amount: int) -> int:
    count = fewest[amount]
    assert count is not None
    return count
