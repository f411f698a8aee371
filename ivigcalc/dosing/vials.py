"""Whole vials: which amounts they make, which of them waste least, and how a course is split over days of whole vials.

All of it is integer arithmetic in units of the greatest common divisor of the sizes, so every answer is exact. What it costs grows
with the sizes and hardly with the dose, so that odd sizes and long courses answer at once too.
"""

from collections import Counter
from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache
from heapq import heappop, heappush
from itertools import count
from math import gcd, lcm
from typing import NamedTuple

from ivigcalc.errors import Refused
from ivigcalc.model import Counts

MOST_TRIES = 5_000
"""Our own bound on the splits that are tried for a course; sizes that are sold need far fewer."""


class Pick(NamedTuple):
    """The vials for one infusion."""

    vials: Counts
    grams: Fraction  # what they hold together [g]
    wasted_g: Fraction


class _Shelf(NamedTuple):
    """Vial sizes in whole units, and which amounts they make."""

    unit: Fraction  # [g]
    sizes: tuple[int, ...]  # larger first
    least: tuple[int, ...]  # for each remainder of a division by the smallest size, the least amount of that remainder that vials make

    def make(self, amount: int) -> bool:
        """Whether whole vials make this amount exactly: one of the same remainder, and more of the smallest."""
        return amount >= self.least[amount % self.sizes[-1]]


@lru_cache(maxsize=1024)
def pick(dose_g: Fraction, sizes_g: tuple[Fraction, ...]) -> Pick:
    """Find the vials for a dose: least waste, then fewest vials, then larger ones first.

    Args: dose [g]; vial sizes [g], any order.
    Returns: the vials and what is left over [g].
    """
    shelf = _shelf(sizes_g)
    total = next(amount for amount in count(-(-dose_g // shelf.unit)) if shelf.make(amount))
    vials = sorted(_fewest(total, shelf.sizes).items(), reverse=True)
    grams = shelf.unit * total
    return Pick(tuple((shelf.unit * size, number) for size, number in vials), grams, grams - dose_g)


def below_and_above(grams: Fraction, sizes_g: tuple[Fraction, ...]) -> tuple[Fraction, Fraction]:
    """Find the nearest amounts of whole vials on either side of an amount.

    Args: amount [g]; vial sizes [g].
    Returns: the largest amount not above it (0 at least) and the smallest not below it [g].
    """
    shelf = _shelf(sizes_g)
    low, high = _around(grams / shelf.unit, shelf.make)
    return shelf.unit * low, shelf.unit * high


def split_in_vials(course_g: Fraction, days: int, sizes_g: tuple[Fraction, ...]) -> tuple[Fraction, ...]:
    """Split a course over days of whole vials, as evenly as they allow, larger days last.

    Args: course [g], an amount that whole vials make; days [count]; vial sizes [g].
    Returns: one amount [g] a day, in rising order; a day may be 0 where there are fewer vials than days.
    Raises: Refused where sizes that hardly share a unit would need too many tries.
    """
    shelf = _shelf(sizes_g)
    return tuple(shelf.unit * amount for amount in sorted(_most_even(int(course_g / shelf.unit), days, shelf)))


def _most_even(course: int, days: int, shelf: _Shelf) -> list[int]:
    """The split with the least sum of squares, which is the most even one.

    Days of the two amounts around the mean are the most even there can be; every other amount costs (amount - low) x (amount - high)
    more. So splits are tried by what their other amounts cost, the cheapest first, and the first that adds up is the best. No two
    days of it are further apart than the largest vial, or a vial could move from one to the other.
    """
    low, high = _around(Fraction(course, days), shelf.make)
    if low == high:
        return [low] * days
    reach = range(high - shelf.sizes[0], low + shelf.sizes[0] + 1)
    others = sorted((amount for amount in reach if shelf.make(amount) and amount not in (low, high)), key=lambda a: (a - low) * (a - high))
    tries: list[tuple[int, tuple[int, ...]]] = [(0, ())]  # what the other amounts cost, and which of them, rising
    seen: set[tuple[int, int, int]] = set()  # how many others, what they add up to, the last of them: what further tries depend on
    while len(seen) < MOST_TRIES:
        cost, chosen = heappop(tries)
        odd = [others[number] for number in chosen]
        last = chosen[-1] if chosen else 0
        if (state := (len(odd), sum(odd), last)) in seen:
            continue
        seen.add(state)
        higher, rest = divmod(course - sum(odd) - low * (days - len(odd)), high - low)
        if not rest and 0 <= higher <= days - len(odd):
            return [low] * (days - len(odd) - higher) + [high] * higher + odd
        following = [(*chosen, last)] if len(chosen) < days else []
        following += [(*chosen[:-1], last + 1)] if chosen and last + 1 < len(others) else []
        for numbers in following:
            more = others[numbers[-1]]
            less = others[last] if len(numbers) == len(chosen) else low  # which costs nothing
            heappush(tries, (cost + (more - low) * (more - high) - (less - low) * (less - high), numbers))
    raise Refused(
        f"vials of these sizes share a course over {days} days evenly only after more than {MOST_TRIES:,} tries, a bound of our own; "
        'write --round-over day, other --vials, or an amount such as --round "1 g"'
    )


def _around(amount: Fraction, made: Callable[[int], bool]) -> tuple[int, int]:
    """The nearest amounts on either side that can be made; the gaps are never wider than the smallest vial."""
    down, up = amount // 1, -(-amount // 1)
    return next(low for low in count(down, -1) if made(low)), next(high for high in count(up) if made(high))


@lru_cache(maxsize=64)
def _shelf(sizes_g: tuple[Fraction, ...]) -> _Shelf:
    """Put sizes in the greatest unit of which each is a whole multiple, and find what they make."""
    denominator = lcm(*(size.denominator for size in sizes_g))
    whole = sorted({int(size * denominator) for size in sizes_g}, reverse=True)
    common = gcd(*whole)
    sizes = tuple(size // common for size in whole)
    smallest = sizes[-1]
    least = [0] + [smallest * sizes[0]] * (smallest - 1)  # no remainder needs as much as that
    for size in sizes[:-1]:
        rings = gcd(size, smallest)  # adding the size again and again comes back to where it started
        for start in range(rings):
            for step in range(2 * smallest // rings):  # twice around: from its lowest amount the whole ring is reached
                at = start + step * size
                least[(at + size) % smallest] = min(least[(at + size) % smallest], least[at % smallest] + size)
    return _Shelf(Fraction(common, denominator), sizes, tuple(least))


def _fewest(total: int, sizes: tuple[int, ...]) -> Counter[int]:
    """The fewest vials that make a total exactly, larger ones first.

    Of as many smaller vials as the largest has units, some would add up to a whole number of the largest, which are fewer. So the
    smaller ones are fewer than that, the largest fill the rest, and only what is then left is searched.
    """
    largest, second = sizes[0], sizes[:2][-1]
    sure = max(0, -(-(total - (largest - 1) * second) // largest))
    rest = total - sure * largest
    within = (1 << rest + 1) - 1
    made = [1]  # the amounts that 0, 1, 2 and more vials make, each as a bit of a number
    while not made[-1] >> rest & 1:
        more = 0
        for size in sizes:
            more |= made[-1] << size
        made.append(more & within)
    vials = Counter({largest: sure}) if sure else Counter[int]()
    for before in reversed(made[:-1]):
        size = next(size for size in sizes if size <= rest and before >> rest - size & 1)
        vials[size] += 1
        rest -= size
    return vials
