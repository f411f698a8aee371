"""A hospital's own file -> its defaults, regimens, products and ramps beside those that ship, or every fault of it.

Defaults are options of `plan` as text and go the way of typed ones; one that is typed wins, and each one that is used is said.
"""

import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

from ivigcalc.catalogue import sha256_of
from ivigcalc.catalogue.files import read_bytes
from ivigcalc.catalogue.formulary import add_formulary
from ivigcalc.catalogue.prices import read_prices
from ivigcalc.catalogue.reading import Faults, Item, parse, text
from ivigcalc.catalogue.regimens import add_regimens
from ivigcalc.catalogue.sources import read_sources
from ivigcalc.demand.prices import Prices
from ivigcalc.errors import InputError, Refused
from ivigcalc.model import Catalogue, Choices, Formulary, Limits, SiteUse
from ivigcalc.options import GetFormulary, Options, clean
from ivigcalc.pharmacy import add_pharmacy, read_ramp_option
from ivigcalc.when import read_date, read_weekdays

SUPPLY = ("product", "concentration", "vials")
ROUNDING = ("round", "direction", "round-over", "round-limit")
DEFAULTS = ("dosing-weight", *ROUNDING, *SUPPLY, "ramp", "pump-step", "infuse-on", "closed")
"""The options that a site may set: how a dose is worked out on the ward, never the dose or the patient."""

Defaults = dict[str, str | tuple[str, ...]]


class Site(NamedTuple):
    """What a hospital's file holds, merged with what ships."""

    name: str
    path: Path
    sha256: str
    defaults: Defaults
    catalogue: Catalogue
    formulary: GetFormulary
    own: frozenset[str]  # such as regimens.ward-itp
    replaced: frozenset[str]  # those of them that ship under the same name
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
    name = root.take("site", _site_name, "the name of the hospital or ward, which every plan shows")
    sources = root.take("sources", read_sources) or {} if root.child("sources") else {}
    merged = add_regimens(root, sources, catalogue)
    _check_regimens(root, merged, catalogue)
    defaults = table.value(_defaults) or {} if (table := root.child("defaults")) else {}
    ships: dict[str, Iterable[str]] = {"regimens": catalogue.regimens}
    pharmacy, unread = formulary, frozenset[str]()
    if any(root.child(section) for section in ("products", "ramps")):
        before, shipped = len(faults.found), formulary()
        both = shipped
        with suppress(InputError):  # a section that is no table, which was noted already
            both = add_formulary(root, sources, shipped)
        _check_products(root, both, shipped)
        ships |= {"products": shipped.products, "ramps": shipped.ramps}
        if len(faults.found) == before:
            pharmacy = lambda: both  # noqa: E731 (a formulary that is there already)
        else:
            unread = frozenset(key for section in ("products", "ramps") for key, _ in _entries(root, section))
    _check_defaults(root, {key: value for key, value in defaults.items() if value not in unread}, limits, pharmacy)
    known = {*(pharmacy().products if root.child("price_per_g") else ()), *(key for key, _ in _entries(root, "products"))}
    prices = table.value(lambda item: read_prices(item, known)) if (table := root.child("price_per_g")) else None
    faults.report()
    own = frozenset(f"{section}.{key}" for section in ships for key, _ in _entries(root, section))
    replaced = own & frozenset(f"{section}.{key}" for section, keys in ships.items() for key in keys)
    return Site(name, path, sha256_of(data), defaults, merged, pharmacy, own, replaced, prices)


def _entries(root: Item, section: str) -> list[tuple[str, Item]]:
    table = root.child(section)
    return list(table.entries()) if table and isinstance(table.node.value, dict) else []


def _site_name(item: Item) -> str:
    words = text(item)
    if clean(words) != words:
        raise InputError(f"{words!r} holds characters that steer a terminal, expected plain words")
    return words


def _check_regimens(root: Item, merged: Catalogue, shipped: Catalogue) -> None:
    """Note a regimen that takes the name of ours for another indication or kind: names that lead to ours would then mean something else."""
    for key, entry in _entries(root, "regimens"):
        ours, own = shipped.regimens.get(key), merged.regimens[key]
        if ours and own.indication and own.indication != ours.indication:
            entry.at("indication").fault(
                f"{own.indication!r}, expected {ours.indication} as in the regimen that it replaces, or another name"
            )
        if ours and bool(ours.choose) != bool(entry.child("choose")):
            wanted = "choose" if ours.choose else "phases"
            entry.fault(f"replaces a regimen that has {wanted}, expected {wanted} here too, or another name")


def _check_products(root: Item, merged: Formulary, shipped: Formulary) -> None:
    """Note a product that takes the name of ours for another brand, or has an alias of ours for its name."""
    aliases = {alias: product.id for product in shipped.products.values() for alias in product.aliases}
    for key, entry in _entries(root, "products"):
        ours, own = shipped.products.get(key), merged.products.get(key)
        if ours and own and own.brand and own.brand != ours.brand:
            entry.at("brand").fault(f"{own.brand!r}, expected {ours.brand} as in the product that it replaces, or another name")
        if key in aliases:
            entry.fault(f"is also a name of {aliases[key]}, which ships, expected a name of its own")


def _defaults(item: Item) -> Defaults:
    """Read the defaults; one with a fault is left out."""
    if not isinstance(item.node.value, dict):
        raise InputError(f"holds no table, expected some of the keys {', '.join(DEFAULTS)}, or no defaults: at all")
    item.only(*DEFAULTS)
    found: Defaults = {}
    for key, entry in item.entries():
        if key in DEFAULTS and (value := entry.value(_dates) if key == "closed" else entry.value(text)):
            found[key] = value
    return found


def _dates(item: Item) -> tuple[str, ...]:
    found = tuple(row.value(_date) for row in item.rows())
    if not found:
        raise InputError("is empty, expected dates of the calendar, such as [2027-12-25]")
    return found


def _date(item: Item) -> str:
    words = text(item)
    if words in ("today", "tomorrow"):
        raise InputError(f"{words!r}, expected a date of the calendar, such as 2027-12-25")
    return read_date(words, date.min, item.where).isoformat()


def _check_defaults(root: Item, defaults: Defaults, limits: Limits, formulary: GetFormulary) -> None:
    """Note every default that could not be typed as it stands, each at its own line."""
    here = root.at("defaults")
    passed: dict[str, str | tuple[str, ...]] = {}

    def attempt(key: str, read: Callable[[], object]) -> None:
        try:
            read()
        except (InputError, Refused) as error:
            first = re.match(r"--([a-z-]+):? ", str(error))
            named = first[1] if first and first[1] in defaults else key
            here.at(named).fault(re.sub(r"--(?=[a-z])", "", str(error).removeprefix(f"--{named}").lstrip(": ")))
        else:
            passed[key] = defaults[key]

    def with_the_rest(key: str, *others: str, **more: str) -> Callable[[], object]:
        options = {**more, **{other: passed[other] for other in others if other in passed}, key: defaults[key]}
        return lambda: add_pharmacy(Choices(), options, None, limits.rounding, formulary)

    for key in ("concentration", "vials", "product", "direction", "round-over", "round-limit"):
        if key in defaults:
            attempt(key, with_the_rest(key, *(("concentration", "vials") if key == "product" else ())))
    supplied = all((key in passed) == bool(here.child(key)) for key in SUPPLY)  # what could not be read was noted already
    if "round" in defaults and not (_whole_vials(defaults) and (not supplied or passed.keys().isdisjoint(SUPPLY))):
        attempt("round", with_the_rest("round", "direction", "round-over", *SUPPLY))
    if "ramp" in defaults:
        if not (here.child("product") or here.child("concentration")):
            here.at("ramp").fault("is never used without a product or concentration, expected one of them beside it")
        alone = lambda: read_ramp_option(str(defaults["ramp"]), formulary().ramps, Fraction("0.1"))  # noqa: E731
        attempt("ramp", with_the_rest("ramp", *SUPPLY) if supplied and not passed.keys().isdisjoint(SUPPLY[:2]) else alone)
    if "pump-step" in defaults:
        attempt("pump-step", with_the_rest("pump-step", concentration="10%"))
    if "dosing-weight" in defaults:
        attempt("dosing-weight", lambda: _policy(str(defaults["dosing-weight"]), limits))
    if "infuse-on" in defaults:
        attempt("infuse-on", lambda: read_weekdays(str(defaults["infuse-on"])))


def _whole_vials(defaults: Defaults) -> bool:
    return str(defaults.get("round", "")).strip().lower() in ("vial", "vials")


def _policy(name: str, limits: Limits) -> None:
    known = ("actual", "ideal", "adjusted", *limits.weights.offered)
    if name.strip().lower() not in known:
        raise InputError(f"--dosing-weight: {name!r} is not known; write one of {', '.join(known)}")


def with_defaults(typed: Options, site: Site) -> tuple[Options, SiteUse]:
    """Add a site's defaults to what was typed; what was typed wins, and takes with it the defaults that belong to the same choice.

    Args: options as typed; the site.
    Returns: all options, and which of them came from the site.
    """
    skipped = {name for name in DEFAULTS if name in typed and name != "closed"}
    if "product" in typed or "concentration" in typed:
        skipped |= {*SUPPLY, "ramp"}  # vials and ramps are those of the site's product
    if "round" in typed:
        skipped |= {"direction", "round-over"}
    if "start" not in typed:
        skipped |= {"infuse-on", "closed"}
    used = {name: value for name, value in site.defaults.items() if name not in skipped}
    if {*used, *typed}.isdisjoint(("product", "concentration")):
        used.pop("ramp", None)
        used.pop("pump-step", None)
    merged = {**used, **typed}
    if "closed" in used and "closed" in typed:
        merged["closed"] = tuple(dict.fromkeys((*used["closed"], *typed["closed"])))
    return merged, SiteUse(site.name, site.sha256, used, site.own, site.replaced)


def without(name: str, typed: Options, site: Site) -> Options:
    """The options as they would be if the site did not set one of its defaults.

    Args: the default; options as typed; the site.
    Returns: all options.
    """
    rest = {other: value for other, value in site.defaults.items() if other != name}
    return with_defaults(typed, site._replace(defaults=rest))[0]


def told(site: Site, names: tuple[str, ...]) -> str:
    """Say which defaults of a site stand behind a refusal, and how to plan without them.

    Args: the site; the defaults.
    Returns: the words.
    """
    came = ", ".join(f"--{name} {_shown(site.defaults[name])}" for name in names)
    other = " or ".join(f"--{name}" for name in names if name != "closed")
    mend = f"type another {other}, or add --site none" if other else "to plan without the file add --site none"
    return f"from the site file of {site.name}, {site.path}: {came}; {mend}"


def _shown(value: str | tuple[str, ...]) -> str:
    if isinstance(value, str):
        return f'"{value}"' if " " in value else value
    return value[0] if len(value) == 1 else f"with {len(value)} dates"
