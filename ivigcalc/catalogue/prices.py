"""The prices of a hospital's own file -> prices per gram in one currency, or every fault of them."""

from collections.abc import Collection

from ivigcalc.catalogue.reading import Item, text
from ivigcalc.demand.prices import ANY, Prices, read_price
from ivigcalc.errors import InputError


def read_prices(item: Item, products: Collection[str]) -> Prices:
    """Read prices per gram by product.

    Args: the table; the ids of the products that are known.
    Returns: the prices.
    Raises: InputError where there is no table, or nothing in it.
    """
    currencies: dict[str, Item] = {}
    per_g = {}
    for key, entry in item.entries():
        if key != ANY and key not in products:
            entry.fault(f"is no product that is known, expected its id (list them with: ivigcalc products), or {ANY} for all others")
        if price := entry.value(lambda price: read_price(text(price), price.where)):
            per_g[key], currency = price
            currencies.setdefault(currency, entry)
    if not item.node.value:
        raise InputError("is empty, expected the price of a gram, such as 92.50 USD, after the id of a product")
    first = next(iter(currencies), "")
    for currency, entry in currencies.items():
        if currency != first:
            entry.fault(f"{currency}, expected {first} as in the price before, since all prices are in one currency")
    return Prices(first, per_g)
