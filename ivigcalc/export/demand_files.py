"""What a schedule asks for, for machines: as CSV, and as JSON, schema ivigcalc.demand/1; every number is exact."""

from datetime import date
from fractions import Fraction
from typing import Any

from ivigcalc.demand.prices import Prices
from ivigcalc.demand.summing import About, By, Demand, Group, Peak, Value
from ivigcalc.export.csv import csv_line, harmless
from ivigcalc.export.exact import exact, iso, json_page
from ivigcalc.model import Counts
from ivigcalc.numbers import exact_text
from ivigcalc.when import WEEKDAYS

SCHEMA = "ivigcalc.demand/1"


def demand_csv(demand: Demand) -> bytes:
    """Write a demand as CSV: one row a group, empty where nothing is known, one column for each size of vial.

    Args: the demand.
    Returns: UTF-8 bytes with CRLF; the rows add up to the whole.
    """
    sizes = [size for size, _ in demand.total.amounts.counts or ()]
    head = csv_line(*demand.by, *csv_columns(sizes))
    return (head + "".join(_csv_row(demand, group, sizes) for group in demand.groups)).encode()


def _csv_row(demand: Demand, group: Group, sizes: list[Fraction]) -> str:
    named = [_machine(by, value) for by, value in zip(demand.by, group.values, strict=True)]
    return csv_line(*("" if value is None else harmless(str(value)) for value in named), *csv_cells(group, sizes, demand.prices))


def csv_columns(sizes: list[Fraction]) -> tuple[str, ...]:
    """The columns of what infusions ask for.

    Args: the sizes of vials [g].
    Returns: their names.
    """
    return (
        "infusions", "ordered_g", *(f"vials_{exact_text(size)}_g" for size in sizes), "wasted_g", "infusions_without_vials",
        "ordered_g_without_vials", "minutes", "infusions_without_minutes", "cost", "cost_of_waste", "currency", "ordered_g_without_price",
        "infusions_with_findings",
    )  # fmt: skip


def csv_cells(group: Group, sizes: list[Fraction], prices: Prices | None) -> tuple[str, ...]:
    """What infusions ask for, in the columns of `csv_columns`, empty where it is not known.

    Args: the infusions; the sizes of vials [g]; the prices.
    Returns: the cells.
    """
    amounts, cost = group.amounts, group.cost
    counts = [str(amounts.vials[size]) for size in sizes] if amounts.with_vials else [""] * len(sizes)
    money = ["", "", "", ""]
    if cost and prices:
        paid = [exact_text(cost.ordered), exact_text(cost.wasted), prices.currency] if cost.unpriced_g < amounts.grams else ["", "", ""]
        money = [*paid, exact_text(cost.unpriced_g)]
    return (
        str(amounts.infusions),
        exact_text(amounts.grams),
        *counts,
        exact_text(amounts.wasted_g) if amounts.with_vials else "",
        str(amounts.infusions - amounts.with_vials),
        exact_text(amounts.grams - amounts.with_vials_g),
        exact_text(amounts.minutes) if amounts.timed else "",
        str(amounts.infusions - amounts.timed),
        *money,
        str(amounts.flagged),
    )


def demand_json(demand: Demand, about: About) -> bytes:
    """Write a demand as JSON; null where nothing is known.

    Args: the demand; what else there is to say.
    Returns: UTF-8 bytes, one object.
    """
    prices = demand.prices
    return json_page(
        {
            "schema": SCHEMA,
            "generator": {"name": "ivigcalc", "version": about.version},
            "schedule": {"ids": about.ids, "catalogues": list(about.catalogues), "not_planned": about.not_planned},
            "by": list(demand.by),
            "groups": [
                {**{by: _machine(by, value) for by, value in zip(demand.by, group.values, strict=True)}, **amounts_json(group)}
                for group in demand.groups
            ],
            "total": amounts_json(demand.total),
            "products": [{"product": product_json(group), **amounts_json(group)} for group in demand.products],
            "first_date": iso(demand.first),
            "last_date": iso(demand.last),
            "without_date": {"infusions": demand.undated.infusions, "ordered_g": exact(demand.undated.grams)},
            "peak_day": {
                "ordered_g": _peak_json(demand.peak_g),
                "infusions": _peak_json(demand.peak_infusions),
                "minutes": _peak_json(demand.peak_minutes),
            },
            "price": prices_json(prices, about),
            "findings": [{"code": code, "infusions": count} for code, count in demand.codes],
            "other_findings": demand.other_codes,
            "notes": list(about.notes),
        }
    )


def amounts_json(group: Group) -> dict[str, Any]:
    """What infusions ask for, as it stands in JSON."""
    amounts, cost = group.amounts, group.cost
    priced = cost is not None and (cost.unpriced_g < amounts.grams or not amounts.grams)
    return {
        "infusions": amounts.infusions,
        "ordered_g": exact(amounts.grams),
        "vials": _counts_json(amounts.counts),
        "wasted_g": exact(amounts.wasted_g) if amounts.with_vials else None,
        "without_vials": {"infusions": amounts.infusions - amounts.with_vials, "ordered_g": exact(amounts.grams - amounts.with_vials_g)},
        "minutes": exact(amounts.minutes) if amounts.timed else None,
        "without_minutes": amounts.infusions - amounts.timed,
        "cost": exact(cost.ordered) if cost and priced else None,
        "cost_of_waste": exact(cost.wasted) if cost and priced else None,
        "without_price_g": exact(cost.unpriced_g) if cost else None,
        "with_findings": amounts.flagged,
    }


def product_json(group: Group) -> str | int | None:
    """The id of the product of a group of one product; null where none is named."""
    return _machine("product", group.values[0])


def prices_json(prices: Prices | None, about: About) -> dict[str, Any] | None:
    """The prices, and whose they are; null where none was given."""
    if prices is None or about.site is None:
        return None
    per_g = {key: exact(price) for key, price in prices.per_g.items()}
    return {"currency": prices.currency, "per_g": per_g, "site": {"name": about.site[0], "sha256": about.site[1]}}


def _counts_json(counts: Counts | None) -> list[dict[str, Any]] | None:
    return None if counts is None else [{"g": exact(size), "count": count} for size, count in counts]


def _peak_json(peak: Peak | None) -> dict[str, Any] | None:
    return peak and {"date": peak.day.isoformat(), "most": exact(peak.most), "other_days": peak.as_much}


def _machine(by: By, value: Value) -> str | int | None:
    """What a group belongs to, for machines; None where there is none."""
    if isinstance(value, date):
        return value.isoformat()[:7] if by == "month" else value.isoformat()
    if isinstance(value, int):
        return WEEKDAYS[value] if by == "weekday" else value
    return value or None
