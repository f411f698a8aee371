"""Whole vials, proved against brute force; published cases from their sources."""

from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivigcalc.dosing.vials import below_and_above, pick, split_in_vials


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
