"""What a schedule asks for, on the screen: a bar for the grams of each day, product and so on, and what holds for all of it."""

import re
from collections.abc import Iterable
from datetime import date
from fractions import Fraction

from ivigcalc.demand.prices import ANY, Prices
from ivigcalc.demand.summing import About, Amounts, By, Demand, Group, Peak, Value
from ivigcalc.export.screen import Screen
from ivigcalc.export.words import INTENDED_USE, counted, duration, grams, vials
from ivigcalc.numbers import screen_text
from ivigcalc.when import WEEKDAYS, screen_date

HEADINGS: dict[By, str] = {
    "day": "Day", "week": "Week from", "month": "Month", "weekday": "Weekday", "course": "Course", "product": "Product",
    "regimen": "Regimen",
}  # fmt: skip
MOST_BAR, LEAST_BAR = 40, 6
_apart = re.compile(r"(?<=hr) (?=[0-9])|(?<=[0-9]) (?=of [0-9]|infusions?\b|[A-Z]{3}\b)|(?<=[0-9] of) (?=[0-9])")
MOST_CODES_SHOWN = 12
NOT_KNOWN = "not known"
UNDATED = (
    "in the totals, and in a line of their own wherever days count, since nothing says on which day they fall; "
    "--by course counts them by the number of the course"
)
NO_PRICE = "price not given; write price_per_g in the site file"


def demand_table(demand: Demand, about: About, width: int, *, colour: bool, block: str = "█") -> str:
    """Show a demand: its groups with a bar for the grams of each, then what holds for all of it.

    Args: the demand; what else there is to say; width of the screen [characters]; whether colour may be used; what bars are made of.
    Returns: the text of the screen.
    """
    screen = Screen(width, colour=colour)
    screen.heading(f"Demand by {' and '.join(demand.by)}")
    screen.gap()
    _groups(screen, demand, block)
    screen.gap()
    _entries(screen, demand, about)
    screen.entry("Use", INTENDED_USE)
    return screen.text()


def _groups(screen: Screen, demand: Demand, block: str) -> None:
    by = tuple(HEADINGS[name] for name in demand.by)
    currency = demand.prices.currency if demand.prices else ""
    headings = (*by, "Grams", "Infusions", "Time", "Wasted", *(["Cost"] if demand.prices else []))
    rows = [(*map(value_text, demand.by, group.values), *_cells(group, currency)) for group in demand.groups]
    total = ("In all", *[""] * (len(by) - 1), *_cells(demand.total, currency))
    room = screen.width - sum(max(map(len, column)) + 2 for column in zip(headings, *rows, total, strict=True))
    most = max(group.amounts.grams for group in demand.groups)
    in_vials = [_vials(group.amounts) for group in demand.groups]
    mixed = "product" not in demand.by and sum(group.amounts.with_vials > 0 for group in demand.products) > 1
    of_vials = "Vials of all products" if mixed else "Vials"
    if screen.narrow or room < LEAST_BAR:
        for group, row, shown in zip(demand.groups, rows, in_vials, strict=True):
            named = ", ".join(_named(by, value, cell) for by, value, cell in zip(demand.by, group.values, row, strict=False))
            screen.lines([keep(f"{named[:1].upper()}{named[1:]}: {_sentence(headings[len(by) :], row[len(by) :])}")])
            screen.lines([bar(group.amounts.grams, most, min(screen.width - 2, MOST_BAR), block), keep(f"{of_vials.lower()} {shown}")], 2)
        screen.lines([keep(f"In all: {_sentence(headings[len(by) :], total[len(by) :])}")])
        return
    bars = [bar(group.amounts.grams, most, min(room, MOST_BAR), block) for group in demand.groups]
    screen.rows((*headings, ""), [(*row, shown) for row, shown in zip((*rows, total), (*bars, ""), strict=True)])
    if demand.total.amounts.with_vials:
        screen.gap()
        screen.rows((*by, of_vials), [(*row[: len(by)], shown) for row, shown in zip(rows, in_vials, strict=True)])


def keep(text: str) -> str:
    """Keep a count with what it counts, and the parts of a time together, where lines are wrapped."""
    return _apart.sub("\u00a0", text)


def _named(by: By, value: Value, cell: str) -> str:
    """What a group belongs to, in a sentence."""
    if value in (None, ""):
        return "no product named" if by == "product" else cell
    return f"{HEADINGS[by].lower()} {cell}"


def _sentence(headings: Iterable[str], cells: Iterable[str]) -> str:
    return ", ".join(
        cell
        if heading == "Grams"
        else f"{cell} infusion{'' if cell == '1' else 's'}"
        if heading == "Infusions"
        else f"{heading.lower()} {cell}"
        for heading, cell in zip(headings, cells, strict=True)
    )


def _cells(group: Group, currency: str) -> tuple[str, ...]:
    amounts = group.amounts
    time = _known(amounts.timed, amounts.infusions, duration(amounts.minutes))
    wasted = _known(amounts.with_vials, amounts.infusions, grams(amounts.wasted_g))
    cost = []
    if group.cost:
        priced, all_ = amounts.grams - group.cost.unpriced_g, amounts.grams
        paid = f"{money(group.cost.ordered)} {currency}"
        cost = [f"at least {paid}" if 0 < priced < all_ else paid if priced else NOT_KNOWN]
    return grams(amounts.grams), f"{amounts.infusions:,}", time, wasted, *cost


def _known(known: int, infusions: int, text: str) -> str:
    """A sum over what is known: where that is not all, the whole is at least as much."""
    return NOT_KNOWN if not known else text if known == infusions else f"at least {text}"


def _vials(amounts: Amounts) -> str:
    if not amounts.counts:
        return NOT_KNOWN
    rest = amounts.infusions - amounts.with_vials
    more = f"; not known for {counted(rest, 'infusion')}, {grams(amounts.grams - amounts.with_vials_g)}" if rest else ""
    return f"{vials(amounts.counts)}{more}"


def _entries(screen: Screen, demand: Demand, about: About) -> None:
    amounts = demand.total.amounts
    ids = "" if about.ids is None else f" of {about.ids:,} id{'' if about.ids == 1 else 's'}"
    span = f", {screen_date(demand.first)} to {screen_date(demand.last)}" if demand.first and demand.last else ""
    screen.entry("Infusions", keep(f"{counted(amounts.infusions, 'infusion')}{ids}{span}"))
    if demand.undated.infusions:
        undated = demand.undated
        screen.entry("No date", f"{counted(undated.infusions, 'infusion')}, {grams(undated.grams)}: {UNDATED}")
    screen.entry("Vials", [keep(f"{product_text(group)}: {_vials(group.amounts)}") for group in demand.products])
    if amounts.with_vials:
        screen.entry("Wasted", keep(_wasted(amounts)))
    screen.entry("Time", keep(_time(amounts)))
    if peaks := list(map(keep, _peaks(demand))):
        screen.entry("Peak day", peaks)
    screen.entry("Cost", keep(cost_text(demand.total, demand.prices, about)))
    if amounts.flagged:
        screen.entry("Findings", _findings(demand))
    screen.entry("Not planned", not_planned(about))
    for note in about.notes:
        screen.entry("Note", note)


def product_text(group: Group) -> str:
    """Name the product of a group of one product."""
    return value_text("product", group.values[0]) if group.values[0] else "no product named"


def _wasted(amounts: Amounts) -> str:
    percent = screen_text(amounts.wasted_g / amounts.opened_g * 100, 1)
    rest = _rest(amounts, amounts.with_vials)
    return f"{grams(amounts.wasted_g)} of the {grams(amounts.opened_g)} in the vials that are opened, {percent}%{rest}"


def _time(amounts: Amounts) -> str:
    if not amounts.timed:
        return f"{NOT_KNOWN}: no row has minutes, which need a product or concentration and a rate"
    rest = _rest(amounts, amounts.timed)
    return f"{duration(amounts.minutes)} in the chair, the infusions alone, without what comes before and after{rest}"


def _rest(amounts: Amounts, known: int) -> str:
    rest = amounts.infusions - known
    return f"; not known for {counted(rest, 'infusion')}" if rest else ""


def _peaks(demand: Demand) -> Iterable[str]:
    if demand.peak_g and demand.peak_infusions:
        yield f"of grams: {_peak(demand.peak_g)}, {grams(demand.peak_g.most)}"
        yield f"of infusions: {_peak(demand.peak_infusions)}, {counted(int(demand.peak_infusions.most), 'infusion')}"
    if demand.peak_minutes:
        yield f"of time that is known: {_peak(demand.peak_minutes)}, {duration(demand.peak_minutes.most)}"


def _peak(peak: Peak) -> str:
    others = f" and {peak.as_much:,} later day{'' if peak.as_much == 1 else 's'}" if peak.as_much else ""
    return f"{screen_date(peak.day)}{others}"


def cost_text(group: Group, prices: Prices | None, about: About) -> str:
    """Say what grams cost, and by which prices; nothing where none was given."""
    cost = group.cost
    if cost is None or prices is None:
        return NO_PRICE
    parts = []
    if cost.unpriced_g < group.amounts.grams:
        ordered, wasted = (f"{money(amount)} {prices.currency}" for amount in cost[:2])
        parts.append(f"{ordered} for the grams ordered, {wasted} more for what is known to be wasted")
    if cost.unpriced_g:
        parts.append(f"price not given for {grams(cost.unpriced_g)}")
    named = ", ".join(
        f"{'any other' if key == ANY else key} {money(price, None)} {prices.currency} per g" for key, price in prices.per_g.items()
    )
    parts.append(f"prices of the site file of {about.site[0]}: {named}" if about.site else named)
    return "; ".join(parts)


def _findings(demand: Demand) -> str:
    codes = [f"{code} on {count:,}" for code, count in demand.codes[:MOST_CODES_SHOWN]]
    others = len(demand.codes) - len(codes) + bool(demand.other_codes)
    more = f", and others, which --format json names: {others:,}" if others > 0 else ""
    amounts = demand.total.amounts
    return f"{amounts.flagged:,} of {counted(amounts.infusions, 'infusion')} carry findings: {', '.join(codes)}{more}"


def not_planned(about: About) -> str:
    """Say how many patients are not in the figures."""
    if about.not_planned is None:
        return "rows that batch refused or found faulty are not in a schedule; add --errors FILE, which batch writes, to count them"
    refused, faulty = about.not_planned["refused"], about.not_planned["faulty"]
    if not refused and not faulty:
        return "none"
    return f"{refused:,} refused and {faulty:,} faulty row{'' if faulty == 1 else 's'} of the file of patients: not in these figures"


def value_text(by: By, value: Value) -> str:
    """Write what a group belongs to, for people."""
    if value is None:
        return "no date"
    if isinstance(value, date):
        return screen_date(value)[4:].partition("-")[2] if by == "month" else screen_date(value)
    if isinstance(value, int):
        return WEEKDAYS[value].title() if by == "weekday" else str(value)
    return value or ("none named" if by == "product" else "dose by hand")


def bar(amount: Fraction, most: Fraction, width: int, block: str) -> str:
    """A bar as long as an amount against the most [same unit], at least one block of the width [characters]."""
    return block * max(1, int(amount * width / most))


def money(amount: Fraction, decimals: int | None = 2) -> str:
    """Write an amount of money, its currency left out."""
    return screen_text(amount, decimals)
