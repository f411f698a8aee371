"""Rows of a schedule -> what they ask for together, by day, week, month, weekday, course, product or regimen."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from fractions import Fraction
from typing import Literal, NamedTuple, cast

from ivigcalc.demand.prices import Prices
from ivigcalc.demand.rows import Row
from ivigcalc.errors import InputError
from ivigcalc.model import Counts

By = Literal["day", "week", "month", "weekday", "course", "product", "regimen"]
TIMES: tuple[By, ...] = ("day", "week", "month")
KINDS: tuple[By, ...] = (*TIMES, "weekday", "course", "product", "regimen")
MOST_CODES = 1_000
"""Our own bound on the codes of findings that are counted one by one."""

Value = date | int | str | None
"""A day, the Monday of a week, the first of a month; a weekday from Monday 0, a course; an id, empty for none; None without a date."""


class Amounts:
    """What infusions ask for together. It is added to in place, since a schedule may have millions of rows."""

    __slots__ = ("flagged", "grams", "infusions", "minutes", "timed", "vials", "wasted_g", "with_vials", "with_vials_g")

    def __init__(self) -> None:
        self.infusions = 0
        self.grams = Fraction(0)  # ordered
        self.with_vials = 0  # infusions whose vials are known
        self.with_vials_g = Fraction(0)  # what these have ordered
        self.vials: Counter[Fraction] = Counter()
        self.wasted_g = Fraction(0)
        self.timed = 0  # infusions whose time is known
        self.minutes = Fraction(0)
        self.flagged = 0  # infusions with findings

    def add(self, row: Row) -> None:
        """Add an infusion."""
        self.infusions += 1
        self.grams += row.ordered_g
        if row.vials is not None and row.wasted_g is not None:
            self.with_vials += 1
            self.with_vials_g += row.ordered_g
            for size, count in row.vials:
                self.vials[size] += count
            if row.wasted_g:
                self.wasted_g += row.wasted_g
        if row.minutes is not None:
            self.timed += 1
            self.minutes += row.minutes
        if row.findings:
            self.flagged += 1

    def merge(self, other: "Amounts") -> None:
        """Add what other infusions ask for."""
        self.infusions += other.infusions
        self.grams += other.grams
        self.with_vials += other.with_vials
        self.with_vials_g += other.with_vials_g
        self.vials.update(other.vials)
        self.wasted_g += other.wasted_g
        self.timed += other.timed
        self.minutes += other.minutes
        self.flagged += other.flagged

    @property
    def counts(self) -> Counts | None:
        """How many vials of each size [g], larger first; None where none are known."""
        return tuple(sorted(self.vials.items(), reverse=True)) if self.with_vials else None

    @property
    def opened_g(self) -> Fraction:
        """What the vials that are known hold [g]."""
        return self.with_vials_g + self.wasted_g


class Cost(NamedTuple):
    """What grams cost, in the one currency of the prices."""

    ordered: Fraction = Fraction(0)
    wasted: Fraction = Fraction(0)  # of what is wasted where the vials are known; not in `ordered`
    unpriced_g: Fraction = Fraction(0)  # ordered, of what has no price


class Key(NamedTuple):
    """What amounts are kept apart by while rows are read; regimen and course only where they are asked for."""

    day: date | None
    product: str
    regimen: str
    course: int


class Sums(NamedTuple):
    """What has been read so far: its size is bounded by days and products, not by rows."""

    by: tuple[By, ...]
    amounts: dict[Key, Amounts]
    codes: Counter[str]


class Group(NamedTuple):
    """What belongs to one day, product and so on."""

    values: tuple[Value, ...]  # in the order of what was asked for
    amounts: Amounts
    cost: Cost | None  # None where no price was given


class Peak(NamedTuple):
    """The day with the most of something."""

    day: date
    most: Fraction
    as_much: int  # later days with as much


class Demand(NamedTuple):
    """What a schedule asks for."""

    by: tuple[By, ...]
    groups: tuple[Group, ...]
    total: Group
    products: tuple[Group, ...]
    first: date | None
    last: date | None
    undated: Amounts
    peak_g: Peak | None
    peak_infusions: Peak | None
    peak_minutes: Peak | None
    codes: tuple[tuple[str, int], ...]  # findings, and on how many infusions; most first
    other_codes: int  # on how many infusions those stand that were not counted one by one
    prices: Prices | None


class About(NamedTuple):
    """What there is to say of a schedule besides its figures."""

    version: str
    ids: int | None  # None where it has none
    catalogues: tuple[str, ...]  # the start of the digest of the regimens that it was planned with
    not_planned: dict[str, int] | None  # rows that were refused, and faulty; None where nobody said
    notes: tuple[str, ...]
    site: tuple[str, str] | None  # whose prices: the name and the digest of the site file


def read_by(text: str) -> tuple[By, ...]:
    """Read what to group by, such as "month" or "month,product".

    Args: text as typed.
    Returns: what to group by, in its order.
    Raises: InputError.
    """
    words = [word.strip().lower() for word in text.split(",")]
    for number, word in enumerate(words):
        if word not in KINDS:
            raise InputError(f"--by: {word!r} is not known; write {', '.join(KINDS[:-1])} or {KINDS[-1]}, or two such as month,product")
        if word in words[:number]:
            raise InputError(f"--by: {word} stands twice; write it once")
    if len(times := [word for word in words if word in TIMES]) > 1:
        raise InputError(f"--by: {' and '.join(times)} are parts of the same time; write one of them")
    return tuple(cast("By", word) for word in words)


def start(by: tuple[By, ...]) -> Sums:
    """Nothing read so far.

    Args: what to group by.
    Returns: empty sums.
    """
    return Sums(by, {}, Counter())


def add(sums: Sums, row: Row) -> None:
    """Add an infusion to what has been read."""
    by = sums.by
    key = Key(row.date, row.product, row.regimen if "regimen" in by else "", row.cycle if "course" in by else 0)
    amounts = sums.amounts.get(key)
    if amounts is None:
        amounts = sums.amounts[key] = Amounts()
    amounts.add(row)
    for code in row.findings:
        sums.codes[code if code in sums.codes or len(sums.codes) < MOST_CODES else ""] += 1


def finish(sums: Sums, prices: Prices | None) -> Demand:
    """Put together what was read.

    Args: the sums; the prices, None where none were given.
    Returns: the demand.
    """
    parts = sums.amounts.items()
    days = _grouped(parts, lambda key: (key.day,), None)
    dated = [(cast("date", group.values[0]), group.amounts) for group in days if group.values[0]]
    nothing = Group((), Amounts(), Cost() if prices else None)
    return Demand(
        by=sums.by,
        groups=_grouped(parts, lambda key: tuple(_value(by, key) for by in sums.by), prices),
        total=next(iter(_grouped(parts, lambda _: (), prices)), nothing),
        products=_grouped(parts, lambda key: (key.product,), prices),
        first=dated[0][0] if dated else None,
        last=dated[-1][0] if dated else None,
        undated=next((group.amounts for group in days if group.values[0] is None), Amounts()),
        peak_g=_peak((day, amounts.grams) for day, amounts in dated),
        peak_infusions=_peak((day, Fraction(amounts.infusions)) for day, amounts in dated),
        peak_minutes=_peak((day, amounts.minutes) for day, amounts in dated if amounts.timed),
        codes=tuple(sorted(((code, count) for code, count in sums.codes.items() if code), key=lambda code: (-code[1], code[0]))),
        other_codes=sums.codes.get("", 0),
        prices=prices,
    )


def _grouped(parts: Iterable[tuple[Key, Amounts]], values: Callable[[Key], tuple[Value, ...]], prices: Prices | None) -> tuple[Group, ...]:
    """Amounts that share values, together, in the order of these; what has none of them comes last."""
    groups: dict[tuple[Value, ...], Group] = {}
    for key, amounts in parts:
        wanted = values(key)
        group = groups.get(wanted) or Group(wanted, Amounts(), Cost() if prices else None)
        group.amounts.merge(amounts)
        if prices and group.cost:
            group = group._replace(cost=_with(group.cost, amounts, prices.of(key.product)))
        groups[wanted] = group
    return tuple(groups[wanted] for wanted in sorted(groups, key=_order))


def _with(cost: Cost, amounts: Amounts, price: Fraction | None) -> Cost:
    if price is None:
        return cost._replace(unpriced_g=cost.unpriced_g + amounts.grams)
    return cost._replace(ordered=cost.ordered + amounts.grams * price, wasted=cost.wasted + amounts.wasted_g * price)


def _value(by: By, key: Key) -> Value:
    if by in ("product", "regimen", "course"):
        return cast("Value", getattr(key, by))
    if key.day is None or by == "day":
        return key.day
    if by == "weekday":
        return key.day.weekday()
    return key.day - timedelta(key.day.weekday()) if by == "week" else key.day.replace(day=1)


def _order(values: tuple[Value, ...]) -> tuple[tuple[bool, object], ...]:
    return tuple((value is None or value == "", value) for value in values)


def _peak(days: Iterator[tuple[date, Fraction]]) -> Peak | None:
    """The day with the most; of several with as much the first. The days come in their order."""
    peak: Peak | None = None
    for day, amount in days:
        if peak is None or amount > peak.most:
            peak = Peak(day, amount, 0)
        elif amount == peak.most:
            peak = peak._replace(as_much=peak.as_much + 1)
    return peak
