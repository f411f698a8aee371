"""Two policies side by side: on the screen, as CSV, and as JSON, schema ivigcalc.savings/1."""

from collections.abc import Callable, Iterator
from fractions import Fraction

from ivigcalc.demand.prices import Prices
from ivigcalc.demand.savings import Savings, Side
from ivigcalc.demand.summing import About, Group
from ivigcalc.export.csv import csv_line, harmless
from ivigcalc.export.demand import NO_PRICE, NOT_KNOWN, cost_text, keep, money, product_text
from ivigcalc.export.demand_files import amounts_json, csv_cells, csv_columns, prices_json, product_json
from ivigcalc.export.exact import exact, json_page
from ivigcalc.export.screen import Screen
from ivigcalc.export.words import INTENDED_USE, counted, duration, grams, vials
from ivigcalc.numbers import exact_text, screen_text

SCHEMA = "ivigcalc.savings/1"


def savings_table(savings: Savings, about: About, width: int, *, colour: bool) -> str:
    """Show two policies side by side.

    Args: both; whose prices; width of the screen [characters]; whether colour may be used.
    Returns: the text of the screen.
    """
    screen = Screen(width, colour=colour)
    first, second = savings.first, savings.second
    screen.heading("Two policies over the same patients")
    screen.gap()
    screen.entry("First", first.policy)
    screen.entry("Second", second.policy)
    screen.entry("Compared", f"{counted(savings.both)} of {savings.rows:,} of the file of patients, those that both policies plan")
    if left := savings.rows - savings.both:
        screen.entry("Left out", f"{counted(left)}: {', '.join(_left_out(savings))}")
    screen.gap()
    screen.rows(("What", "First", "Second", "Difference"), list(_lines(first, second)))
    screen.gap()
    if costs := list(_cost_lines(first, second)):
        screen.rows(("What", "First", "Second", "Difference"), costs)
        screen.gap()
    names = (("First", first), ("Second", second))
    screen.entry("Vials", [keep(f"{name}: {'; '.join(_vials(side)) or NOT_KNOWN}") for name, side in names])
    if rest := first.amounts.infusions - first.amounts.with_vials:
        which = f"{rest:,} of {first.amounts.infusions:,} infusions"
        screen.entry("Not known", f"the vials of {which}; in vials, wasted and vials are those of the others")
    priced = [keep(f"{name}: {cost_text(side.demand.total, side.demand.prices, about)}") for name, side in names]
    screen.entry("Cost", priced if first.demand.prices else NO_PRICE)
    screen.entry("Use", INTENDED_USE)
    return screen.text()


def _left_out(savings: Savings) -> Iterator[str]:
    for count, name in ((savings.first_only, "first"), (savings.second_only, "second")):
        if count:
            yield f"{count:,} planned with the {name} alone"
    if savings.neither:
        yield f"{savings.neither:,} with neither"


def _vials(side: Side) -> list[str]:
    return [f"{product_text(group)}: {vials(counts)}" for group in side.demand.products if (counts := group.amounts.counts)]


def _lines(first: Side, second: Side) -> Iterator[tuple[str, str, str, str]]:
    one, two = first.amounts, second.amounts
    yield _line("Calculated", first.calculated_g, second.calculated_g, lambda value: grams(value, 2))
    yield _line("Ordered", one.grams, two.grams, grams)
    if one.with_vials and two.with_vials:
        yield _line("In vials", one.opened_g, two.opened_g, grams)
        yield _line("Wasted", one.wasted_g, two.wasted_g, grams)
        yield _line("Vials", Fraction(one.vials.total()), Fraction(two.vials.total()), screen_text)
    if one.timed and two.timed:
        shown = [Fraction(-(-side.minutes // 1)) for side in (one, two)]  # rounded up as times are, so that the difference fits them
        yield _line("Time", shown[0], shown[1], duration)
    yield _line("With findings", Fraction(one.flagged), Fraction(two.flagged), screen_text)


def _cost_lines(first: Side, second: Side) -> Iterator[tuple[str, str, str, str]]:
    """What both cost; where a price is missing on either side, nothing is said of the difference."""
    one, two, prices = first.demand.total, second.demand.total, first.demand.prices
    if not (prices and one.cost and two.cost):
        return
    for name, before, after in (
        ("Cost of ordered", one.cost.ordered, two.cost.ordered),
        ("Cost of wasted", one.cost.wasted, two.cost.wasted),
        ("Cost in all", one.cost.ordered + one.cost.wasted, two.cost.ordered + two.cost.wasted),
    ):
        if one.cost.unpriced_g or two.cost.unpriced_g:
            yield name, _money(before, one, prices), _money(after, two, prices), NOT_KNOWN
        else:
            yield _line(name, before, after, lambda value: f"{money(value)} {prices.currency}")


def _money(amount: Fraction, group: Group, prices: Prices) -> str:
    """What a group costs, as far as its prices are known."""
    unpriced_g = group.cost.unpriced_g if group.cost else group.amounts.grams
    if unpriced_g == group.amounts.grams:
        return NOT_KNOWN
    return f"{'at least ' if unpriced_g else ''}{money(amount)} {prices.currency}"


def _line(name: str, before: Fraction, after: Fraction, text: Callable[[Fraction], str]) -> tuple[str, str, str, str]:
    if before == after:
        return name, text(before), text(after), "none"
    change = abs(after - before)
    percent = change / before * 100 if before else None
    share = "" if percent is None else ", under 0.1%" if percent * 10 < 1 else f", {screen_text(percent, 1)}%"
    return name, text(before), text(after), f"{text(change)} {'less' if after < before else 'more'}{share}"


def savings_csv(savings: Savings) -> bytes:
    """Write two policies as CSV, a row for each.

    Args: both.
    Returns: UTF-8 bytes with CRLF.
    """
    sides = savings.first, savings.second
    sizes = sorted({size for side in sides for size in side.amounts.vials}, reverse=True)
    lines = [csv_line("policy", "rows", "calculated_g", *csv_columns(sizes))]
    for side in sides:
        cells = csv_cells(side.demand.total, sizes, side.demand.prices)
        lines.append(csv_line(harmless(side.policy), str(savings.both), exact_text(side.calculated_g), *cells))
    return "".join(lines).encode()


def savings_json(savings: Savings, about: About) -> bytes:
    """Write two policies as JSON.

    Args: both; whose prices.
    Returns: UTF-8 bytes, one object.
    """
    sides = savings.first, savings.second
    return json_page(
        {
            "schema": SCHEMA,
            "generator": {"name": "ivigcalc", "version": about.version},
            "rows": {
                "read": savings.rows,
                "both": savings.both,
                "first_only": savings.first_only,
                "second_only": savings.second_only,
                "neither": savings.neither,
            },
            "policies": [
                {
                    "policy": side.policy,
                    "options": dict(side.options),
                    "calculated_g": exact(side.calculated_g),
                    "in_vials_g": exact(side.amounts.opened_g) if side.amounts.with_vials else None,
                    **amounts_json(side.demand.total),
                    "products": [{"product": product_json(group), **amounts_json(group)} for group in side.demand.products],
                }
                for side in sides
            ],
            "price": prices_json(savings.first.demand.prices, about),
        }
    )
