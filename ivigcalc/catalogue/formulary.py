"""products.yaml -> the products, the ramps and the names of indications, or every fault of the file."""

import re
from pathlib import Path

from ivigcalc.catalogue.files import read_bytes
from ivigcalc.catalogue.products import check_names, read_products
from ivigcalc.catalogue.reading import Faults, Item, parse, text, texts
from ivigcalc.catalogue.sources import read_citation, read_sources
from ivigcalc.model import Cited, Formulary, Product, Ramp, Source
from ivigcalc.ramps import read_doubling, read_ramp

_name = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*", re.ASCII).fullmatch


def load_formulary(path: Path) -> Formulary:
    """Read a file of products.

    Args: path of the YAML file.
    Returns: the products and ramps, in the order of the file.
    Raises: CatalogueError with every fault of the file.
    """
    faults = Faults(str(path))
    data = read_bytes(path)
    root = Item(parse(data, faults), "", faults)
    root.only("sources", "indications", "products", "ramps")
    sources = root.take("sources", read_sources) or {}
    no_names: dict[str, str] = {}
    no_ramps: dict[str, Ramp] = {}
    indications = root.take_or("indications", _indications, no_names)
    products = root.take("products", lambda item: read_products(item, sources)) or {}
    check_names(root, products)
    ramps = root.take_or("ramps", lambda item: read_ramps(item, sources, products), no_ramps)
    faults.report()
    return Formulary(products, ramps, indications, data)


def add_formulary(root: Item, sources: dict[str, Source], shipped: Formulary) -> Formulary:
    """Read a hospital's own products and ramps beside those that ship; one with the same name replaces ours.

    Args: the root of its file; the file's sources; what ships.
    Returns: both.
    """
    no_products: dict[str, Product] = {}
    no_ramps: dict[str, Ramp] = {}
    own = root.take_or("products", lambda item: read_products(item, sources), no_products) or no_products
    products = {**shipped.products, **own}
    check_names(root, products)
    ramps = root.take_or("ramps", lambda item: read_ramps(item, sources, products), no_ramps) or no_ramps
    return shipped._replace(products=products, ramps={**shipped.ramps, **ramps})


def _indications(item: Item) -> dict[str, str]:
    """Read the short names of indications with the names that regimens use -> each of them with its short name."""
    found: dict[str, str] = {}
    for short, entry in item.entries():
        for name in (short, *(entry.value(texts) or ())):
            if not _name(name or "-"):
                entry.fault(f"{name!r}, expected small letters, digits and hyphens, such as immune-thrombocytopenia")
            elif name in found:
                entry.fault(f"{name} is also under {found[name]}, expected it once")
            found[name] = short
    return found


def read_ramps(item: Item, sources: dict[str, Source], products: dict[str, Product]) -> dict[str, Ramp]:
    """Read a table of ramps.

    Args: its item; the file's sources; the products, for the concentration of a ramp in mg.
    Returns: name -> ramp, in the order of the file.
    """
    return {key: _ramp(key, entry, sources, products) for key, entry in item.entries()}


def _ramp(key: str, entry: Item, sources: dict[str, Source], products: dict[str, Product]) -> Ramp:
    entry.only("name", "steps", "product", "cited", "note")
    if key in ("printed", "double"):
        entry.fault("means something else as a ramp, expected a name of its own, such as ward-7")
    elif not _name(key):
        entry.fault("is not a name for a ramp, expected small letters, digits and hyphens, such as ward-7")
    product = entry.take_stated("product", text)
    if product and product not in products:
        entry.at("product").fault(f"{product!r} is not a product here, expected one of {', '.join(products)}, or not stated")
    g_per_ml = products[product].g_per_ml if product and product in products else None
    words = entry.take("steps", text, 'rates such as "0.5, 1, 2 mL/kg/h every 30 min"') or ""
    doubles = entry.at("steps").value(lambda item: read_doubling(words, item.where)) if words else None
    return Ramp(
        name=key,
        words=entry.take("name", text),
        steps=() if doubles or not words else entry.at("steps").value(lambda item: read_ramp(words, g_per_ml, item.where)),
        doubles_after=doubles,
        product=product,
        cited=entry.take_stated("cited", lambda cited: _cited(cited, sources)),
        note=entry.take_or("note", text, None),
    )


def _cited(item: Item, sources: dict[str, Source]) -> Cited:
    item.only("source", "locator", "quote")
    return read_citation(item, sources)
