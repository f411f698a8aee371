"""Whole vials, proved against brute force; published cases from their sources."""

from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivigcalc.dosing.vials import below_and_above, pick, split_in_vials
from ivigcalc.errors import Refused


def _g(*sizes: str) -> tuple[Fraction, ...]:
    return tuple(Fraction(size) for size in sizes)


def _brute_force(dose: Fraction, sizes: tuple[Fraction, ...]) -> tuple[tuple[Fraction, int], ...]:
    """Try every combination of counts: least waste, then fewest, then the most of the largest size, and so on."""
    ordered = sorted(set(sizes), reverse=True)
    ranges = [range(int(dose / size) + 2) for size in ordered]
    enough = [c for c in product(*ranges) if sum(n * s for n, s in zip(c, ordered, strict=True)) >= dose]
    best = min(enough, key=lambda c: (sum(n * s for n, s in zip(c, ordered, strict=True)), sum(c), tuple(-n for n in c)))
    return tuple((size, count) for size, count in zip(ordered, best, strict=True) if count)


@given(
    st.integers(1, 1200),
    st.sets(st.sampled_from(["0.5", "1", "2", "2.5", "3", "5", "6", "10", "12", "20", "25", "30"]), min_size=1, max_size=4),
)
@settings(max_examples=100, deadline=None)
def test_pick_is_what_brute_force_finds(tenths: int, names: set[str]) -> None:
    dose, sizes = Fraction(tenths, 10) / 4, _g(*names)
    assert pick(dose, sizes).vials == _brute_force(dose, sizes)


@given(st.fractions(Fraction(1, 10), 300, max_denominator=700), st.sets(st.sampled_from(["1", "2.5", "5", "10", "20", "40"]), min_size=1))
@settings(max_examples=200, deadline=None)
def test_vials_less_waste_is_the_dose(dose: Fraction, names: set[str]) -> None:
    found = pick(dose, _g(*names))
    assert sum(size * count for size, count in found.vials) - found.wasted_g == dose
    assert 0 <= found.wasted_g < min(_g(*names))


@pytest.mark.parametrize(
    ("dose", "sizes", "vials"),
    [
        ("24.8", ("5", "10", "20"), [("20", 1), ("5", 1)]),
        ("30", ("5", "10", "20"), [("20", 1), ("10", 1)]),
        ("35", ("5", "10", "20"), [("20", 1), ("10", 1), ("5", 1)]),
        ("6", ("3", "4"), [("3", 2)]),  # larger first alone would take 4 and 3 and waste 1 g
        ("12", ("6", "4"), [("6", 2)]),  # 4 + 4 + 4 wastes as little and takes more vials
        ("60", ("10", "20", "30"), [("30", 2)]),
        ("15", ("3", "12"), [("12", 1), ("3", 1)]),  # Intragam P: 3 and 12 g
    ],
)
def test_known_picks(dose: str, sizes: tuple[str, ...], vials: list[tuple[str, int]]) -> None:
    assert pick(Fraction(dose), _g(*sizes)).vials == tuple((Fraction(size), count) for size, count in vials)


@pytest.mark.parametrize(
    ("grams", "sizes", "low", "high"),
    [
        ("124", ("5", "10", "20"), "120", "125"),
        ("24.8", ("2.5", "5"), "22.5", "25"),
        ("15", ("10", "25"), "10", "20"),
        ("1.28", ("5",), "0", "5"),
        ("25", ("5",), "25", "25"),
        ("7", ("4", "6"), "6", "8"),
        ("35", ("6", "10", "15"), "35", "35"),  # 10 + 10 + 15
        ("33.5", ("6", "10", "15"), "33", "34"),  # 15 + 3 x 6; 4 x 6 + 10
        ("29", ("6", "10", "15"), "28", "30"),  # the largest amount that these cannot make
    ],
)
def test_neighbours(grams: str, sizes: tuple[str, ...], low: str, high: str) -> None:
    assert below_and_above(Fraction(grams), _g(*sizes)) == (Fraction(low), Fraction(high))


@pytest.mark.parametrize(
    ("course", "days", "sizes", "split"),
    [
        ("125", 4, ("5", "10", "20"), ["30", "30", "30", "35"]),
        ("120", 2, ("40",), ["40", "80"]),
        ("40", 5, ("20",), ["0", "0", "0", "20", "20"]),
        ("75", 3, ("2.5", "5"), ["25", "25", "25"]),
        ("50", 2, ("10", "25"), ["25", "25"]),
        ("45", 2, ("10", "25"), ["20", "25"]),
        ("30", 2, ("10", "25"), ["10", "20"]),
    ],
)
def test_splits(course: str, days: int, sizes: tuple[str, ...], split: list[str]) -> None:
    assert split_in_vials(Fraction(course), days, _g(*sizes)) == tuple(Fraction(day) for day in split)


@given(st.integers(1, 24), st.integers(1, 3), st.sets(st.sampled_from([2, 3, 4, 5, 6, 10]), min_size=1, max_size=3))
@settings(max_examples=200, deadline=None)
def test_a_split_is_the_most_even_one(course: int, days: int, sizes: set[int]) -> None:
    grams = tuple(Fraction(size) for size in sizes)
    total, _ = below_and_above(Fraction(course), grams)
    made = {Fraction(0)}
    for _ in range(15):
        made |= {amount + size for amount in made for size in grams if amount + size <= total}
    split = split_in_vials(total, days, grams)
    assert sum(split) == total
    assert list(split) == sorted(split)
    every = [days_ for days_ in product(sorted(made), repeat=days) if sum(days_) == total]
    assert sum(day * day for day in split) == min(sum(day * day for day in days_) for days_ in every)


def _made(sizes: tuple[int, ...], most: int) -> list[bool]:
    """Which amounts from 0 to `most` vials make, one after the other."""
    made = [True]
    for amount in range(1, most + 1):
        made.append(any(size <= amount and made[amount - size] for size in sizes))
    return made


SOME_SIZES = st.sets(st.integers(1, 60), min_size=1, max_size=4).map(lambda sizes: tuple(sorted(sizes)))


@given(st.integers(0, 4000), SOME_SIZES)
@settings(max_examples=300, deadline=None)
def test_neighbours_are_those_found_one_after_the_other(tenths: int, sizes: tuple[int, ...]) -> None:
    made = _made(sizes, tenths // 10 + 61)
    low = max(amount for amount in range(tenths // 10 + 1) if made[amount])
    high = min(amount for amount in range(-(-tenths // 10), len(made)) if made[amount])
    assert below_and_above(Fraction(tenths, 10), tuple(Fraction(size) for size in sizes)) == (Fraction(low), Fraction(high))


@given(st.integers(1, 3000), SOME_SIZES)
@settings(max_examples=300, deadline=None)
def test_a_long_dose_takes_the_fewest_vials_and_larger_ones_first(dose: int, sizes: tuple[int, ...]) -> None:
    """Where most vials are of the largest size and only the rest is searched, held against a table of every amount."""
    made = _made(sizes, dose + sizes[0])
    total = min(amount for amount in range(dose, len(made)) if made[amount])
    # fewest, and of those the most of the larger ones, counted downwards so that the least of all is the best
    best: list[tuple[int, tuple[int, ...]] | None] = [(0, (0,) * len(sizes))]
    for amount in range(1, total + 1):
        found = []
        for place, size in enumerate(reversed(sizes)):
            if size <= amount and (before := best[amount - size]):
                found.append((before[0] + 1, tuple(less - (at == place) for at, less in enumerate(before[1]))))
        best.append(min(found, default=None))
    fewest = best[total]
    assert fewest
    found_vials = pick(Fraction(dose), tuple(Fraction(size) for size in sizes))
    counts = dict(found_vials.vials)
    assert tuple(counts.get(Fraction(size), 0) for size in reversed(sizes)) == tuple(-less for less in fewest[1])
    assert (found_vials.grams, found_vials.wasted_g) == (Fraction(total), Fraction(total - dose))


@given(st.integers(1, 160), st.integers(2, 7), st.sets(st.integers(2, 25), min_size=1, max_size=3).map(lambda sizes: tuple(sorted(sizes))))
@settings(max_examples=150, deadline=None)
def test_a_split_over_more_days_is_the_most_even_one(stated: int, days: int, sizes: tuple[int, ...]) -> None:
    """The least sum of squares over all splits, found day by day over every amount."""
    grams = tuple(Fraction(size) for size in sizes)
    course = int(below_and_above(Fraction(stated), grams)[1])
    amounts = [amount for amount, makes in enumerate(_made(sizes, course)) if makes]
    least = {0: 0}
    for _ in range(days):
        following: dict[int, int] = {}
        for so_far, squares in least.items():
            for amount in amounts:
                if so_far + amount <= course:
                    cost = squares + amount * amount
                    following[so_far + amount] = min(cost, following.get(so_far + amount, cost))
        least = following
    split = split_in_vials(Fraction(course), days, grams)
    assert sum(split) == course
    assert list(split) == sorted(split)
    assert set(split) <= set(amounts)
    assert sum(day * day for day in split) == least[course]


SOLD = [
    ("1", "2.5", "5", "10", "20", "30"), ("1", "2.5", "5", "6", "10", "20", "30"), ("0.5", "2.5", "5", "10", "20"),
    ("2", "5", "10", "20"), ("5", "10", "20", "40"), ("0.6", "3", "12"), ("2.5", "10", "20"), ("2", "5", "10", "20", "30"),
    ("1", "2.5", "5", "10", "25"), ("10", "25"), ("3", "12"), ("6", "12"), ("2", "5"), ("30", "40"), ("12",),
]  # fmt: skip


@pytest.mark.parametrize("sizes", SOLD)
def test_vials_that_are_sold_never_need_many_tries(sizes: tuple[str, ...]) -> None:
    held = _g(*sizes)
    for days in range(1, 32):
        for grams in range(7, 1300, 41):
            for course in below_and_above(Fraction(grams, 2), held):
                split = split_in_vials(course, days, held)
                assert (sum(split), len(split)) == (course, days)


def test_the_order_of_the_sizes_makes_no_difference() -> None:
    for sizes in (("5", "10", "20"), ("20", "5", "10"), ("10", "20", "5")):
        assert pick(Fraction(35), _g(*sizes)).vials == tuple((size, 1) for size in _g("20", "10", "5"))
        assert split_in_vials(Fraction(125), 4, _g(*sizes)) == _g("30", "30", "30", "35")


def test_sizes_that_hardly_share_a_unit_end_in_a_bound_of_our_own() -> None:
    course = below_and_above(Fraction(6500), _g("97.1", "98.3", "99.7"))[0]
    with pytest.raises(Refused, match=r"over 31 days evenly only after more than 5,000 tries, a bound of our own; write --round-over day"):
        split_in_vials(course, 31, _g("97.1", "98.3", "99.7"))


@pytest.mark.parametrize(
    ("course", "days", "sizes", "split"),
    [
        # the least sum of squares, found by trying every split: 13,468; 1,721; 16,961; 14,448; 1,481
        ("284", 6, ("5", "25", "32"), ("45", "45", "47", "47", "50", "50")),
        ("67", 5, ("2", "6", "32", "39"), ("6", "6", "8", "8", "39")),
        ("225", 3, ("27", "30", "38"), ("68", "76", "81")),
        ("240", 4, ("11", "14", "39"), ("58", "58", "58", "66")),
        ("51", 5, ("13", "16", "33", "35"), ("0", "0", "0", "16", "35")),
    ],
)
def test_amounts_further_from_the_mean_are_tried_by_what_they_cost(
    course: str, days: int, sizes: tuple[str, ...], split: tuple[str, ...]
) -> None:
    assert split_in_vials(Fraction(course), days, _g(*sizes)) == _g(*split)
