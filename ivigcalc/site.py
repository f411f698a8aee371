"""A hospital's own file -> its defaults, regimens, products and ramps beside those that ship, or every fault of it.

Defaults are options of `plan` as text and go the way of typed ones; one that is typed wins, and each one that is used is said.
"""

from collections.abc import Callable
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

from ivigcalc.catalogue.files import read_bytes
from ivigcalc.catalogue.formulary import add_formulary
from ivigcalc.catalogue.prices import read_prices
from ivigcalc.catalogue.reading import Faults, Item, parse, text
from ivigcalc.catalogue.regimens import add_regimens
from ivigcalc.catalogue.sources import read_sources
from ivigcalc.demand.prices import Prices
from ivigcalc.errors import InputError, Refused
from ivigcalc.model import Catalogue, Choices, Limits, SiteUse
from ivigcalc.options import GetFormulary, Options
from ivigcalc.pharmacy import add_pharmacy, read_ramp_option
from ivigcalc.when import read_date, read_weekdays

SUPPLY = ("product", "concentration", "vials")
ROUNDING = ("round", "direction", "round-over", "round-limit")
DEFAULTS = ("dosing-weight", *ROUNDING, *SUPPLY, "ramp", "pump-step", "infuse-on", "closed")
"""The options that a site may set: how a dose is worked out on the ward, never the dose or the patient."""


class Site(NamedTuple):
    """What a hospital's file holds, merged with what ships."""

    name: str
    defaults: Options
    catalogue: Catalogue
    formulary: GetFormulary
    own: frozenset[str]  # such as regimens.ward-itp
    replaced: frozenset[str]  # those of them that ship under the same name
    data: bytes
    prices: Prices | None = None  # for the demand of many patients; no plan rests on them


def load_site(path: Path, catalogue: Catalogue, limits: Limits, formulary: GetFormulary) -> Site:
    """Read a site file.

    Args: path of the YAML file; what ships.
    Returns: the site.
    Raises: CatalogueError with every fault of the file.
    """
    faults = Faults(str(path))
    data = read_bytes(path)
    root = Item(parse(data, faults), "", faults)
    root.only("site", "defaults", "sources", "regimens", "products", "ramps", "price_per_g")
    name = root.take("site", text, "the name of the hospital or ward, which every plan shows")
    sources = root.take("sources", read_sources) or {} if root.child("sources") else {}
    merged = add_regimens(root, sources, catalogue)
    needs_formulary = any(root.child(section) for section in ("products", "ramps"))
    defaults: dict[str, str | tuple[str, ...]] = {}
    if table := root.child("defaults"):
        defaults = table.value(_defaults) or {}
        needs_formulary = needs_formulary or "product" in defaults or "ramp" in defaults
    ships = {"regimens": frozenset(catalogue.regimens)}
    if needs_formulary:
        shipped = formulary()
        pharmacy = add_formulary(root, sources, shipped)
        ships |= {"products": frozenset(shipped.products), "ramps": frozenset(shipped.ramps)}
        formulary = lambda: pharmacy  # noqa: E731 (a formulary that is there already)
    _check_defaults(root, defaults, limits, formulary)
    known = {*(formulary().products if root.child("price_per_g") else ()), *(key for key, _ in _entries(root, "products"))}
    prices = table.value(lambda item: read_prices(item, known)) if (table := root.child("price_per_g")) else None
    faults.report()
    own = frozenset(f"{section}.{key}" for section in ships for key, _ in _entries(root, section))
    replaced = own & frozenset(f"{section}.{key}" for section, keys in ships.items() for key in keys)
    return Site(name, defaults, merged, formulary, own, replaced, data, prices)


def _entries(root: Item, section: str) -> list[tuple[str, Item]]:
    table = root.child(section)
    return list(table.entries()) if table else []


def _defaults(item: Item) -> dict[str, str | tuple[str, ...]]:
    item.only(*DEFAULTS)
    return {
        key: tuple(row.value(_date) for row in entry.rows()) if key == "closed" else entry.value(text)
        for key, entry in item.entries()
        if key in DEFAULTS
    }


def _date(item: Item) -> str:
    words = text(item)
    if words in ("today", "tomorrow"):
        raise InputError(f"{words!r}, expected a date of the calendar, such as 2027-12-25")
    return read_date(words, date.min, item.where).isoformat()


def _check_defaults(root: Item, defaults: Options, limits: Limits, formulary: GetFormulary) -> None:
    """Note every default that could not be typed as it stands, each at its own line."""
    supply = {key: defaults[key] for key in SUPPLY if key in defaults}
    rounding = {key: defaults[key] for key in ROUNDING if key in defaults}

    def by_pharmacy(options: Options) -> Callable[[], object]:
        return lambda: add_pharmacy(Choices(), options, None, limits.rounding, formulary)

    checks: dict[str, Callable[[], object]] = {
        **dict.fromkeys(SUPPLY, by_pharmacy(supply)),
        "dosing-weight": lambda: _policy(str(defaults["dosing-weight"]), limits),
        **dict.fromkeys(ROUNDING, by_pharmacy({**({} if _vials_later(rounding, supply) else rounding), **supply})),
        "ramp": lambda: read_ramp_option(str(defaults["ramp"]), formulary().ramps, Fraction(1, 10)),
        "pump-step": by_pharmacy({"concentration": "10%", "pump-step": defaults.get("pump-step", "")}),
        "infuse-on": lambda: read_weekdays(str(defaults["infuse-on"])),
    }
    said: set[str] = set()
    for key in (*SUPPLY, *(key for key in defaults if key not in SUPPLY)):
        if key not in defaults or key not in checks or not defaults[key]:
            continue
        try:
            checks[key]()
        except (InputError, Refused) as error:
            named = next((other for other in DEFAULTS if str(error).startswith(f"--{other}") and other in defaults), key)
            if str(error) not in said:
                root.at("defaults", named).fault(str(error).removeprefix(f"--{named}").lstrip(": "))
            said.add(str(error))


def _vials_later(rounding: Options, supply: Options) -> bool:
    """Whether whole vials are a default and their sizes come with the product that is typed."""
    return str(rounding.get("round", "")).strip().lower() in ("vial", "vials") and not supply


def _policy(name: str, limits: Limits) -> None:
    known = ("actual", "ideal", "adjusted", *limits.weights.offered)
    if name.strip().lower() not in known:
        raise InputError(f"--dosing-weight: {name!r} is not known; write one of {', '.join(known)}")


def with_defaults(typed: Options, site: Site) -> tuple[Options, SiteUse]:
    """Add a site's defaults to what was typed; what was typed wins, and takes with it the defaults that belong to the same choice.

    Args: options as typed; the site.
    Returns: all options, and which of them came from the site.
    """
    import hashlib

    skipped = {name for name in DEFAULTS if name in typed and name != "closed"}
    if "product" in typed or "concentration" in typed:
        skipped |= {*SUPPLY, "ramp"}  # vials and ramps are those of the site's product
    if "round" in typed:
        skipped |= {"direction", "round-over"}
    if "start" not in typed:
        skipped |= {"infuse-on", "closed"}
    used = {name: value for name, value in site.defaults.items() if name not in skipped}
    merged = {**used, **typed}
    if "closed" in used and "closed" in typed:
        merged["closed"] = tuple(dict.fromkeys((*site.defaults["closed"], *typed["closed"])))
    if "product" not in merged and "concentration" not in merged:
        for name in ("ramp", "pump-step"):
            if name in used:
                del used[name], merged[name]
    digest = hashlib.sha256(site.data).hexdigest()
    return merged, SiteUse(site.name, digest, used, site.own, site.replaced)
