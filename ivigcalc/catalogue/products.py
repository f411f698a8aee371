"""The products of a data file, or every fault of them; and a name as typed -> the product it means."""

import re
from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple, TypeVar, cast

from ivigcalc.catalogue.reading import Item, one_of, stated, text, texts
from ivigcalc.catalogue.sources import known_source
from ivigcalc.errors import InputError, Refused
from ivigcalc.model import (
    NO_QUOTE,
    AtRisk,
    Contraindication,
    Figure,
    Grade,
    LabelDose,
    Ladder,
    LadderKind,
    Product,
    Rate,
    RateTable,
    Risk,
    Source,
    Span,
)
from ivigcalc.numbers import exact_text, read_whole
from ivigcalc.rates import ml_per_kg_per_h, read_concentration, read_rate
from ivigcalc.units import read_grams

T = TypeVar("T")

MOST_MINUTES = 24 * 60
"""Our own bound on the minutes of one rate."""
MOST_YEARS = 120
"""Our own bound on an age."""
SHORT = 2
"""A word of so many characters stands in too many others: us in Australia."""

_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*", re.ASCII).fullmatch
_RATE_KEYS = ("printed", "less_than", "source", "quote", "note", "shown_only")


class _Context(NamedTuple):
    """What every figure of a product is read with."""

    sources: dict[str, Source]
    strengths: tuple[Fraction, ...]  # g/mL; none where they could not be read, and then rates in mg are not converted


def find_product(products: dict[str, Product], name: str, what: str = "--product") -> Product:
    """Find what a name means; an exact id or alias always wins, and two meanings are never resolved in silence.

    Args: the products; the name as typed, in any case of letters, with spaces, underscores or a percent sign; what it is, for the message.
    Returns: the product.
    Raises: InputError for a name that is unknown, or that several markets or strengths share.
    """
    key = _key(name)
    for product in products.values():
        if key == product.id or key in product.aliases:
            return product
    named = [product for product in products.values() if key in (product.brand, _key(product.name))]
    meant = [product for product in products.values() if product in named or product.id.startswith(f"{key}-")]
    if len(meant) == 1 and meant == named and not named[0].not_listed:
        return named[0]
    if len(meant) > 1 or named:
        others = tuple(dict.fromkeys(other for product in meant for other in product.not_listed))
        raise InputError(
            f"{what}: {name!r} is sold on several markets or in several strengths; write {' or '.join(map(_described, meant))}"
            + (f"; not listed here: {', '.join(others)}" if others else "")
        )
    raise InputError(f"{what}: {name!r} is not known; {_suggest(products, key)}")


def find_all_products(products: dict[str, Product], words: str) -> tuple[Product, ...]:
    """List the products that hold every word in what names them, their strength, form, stabiliser or indications.

    Args: the products; words, in any case of letters; none for all. A word of one or two characters, such as us or pi, stands by itself.
    Returns: the products, in the order of the file.
    """
    wanted = words.lower().split()
    return tuple(product for product in products.values() if all(_holds(_searched(product), word) for word in wanted))


def product_names(products: dict[str, Product]) -> tuple[str, ...]:
    """List the ids and aliases that `find_product` always takes, ids first."""
    return (*products, *(alias for product in products.values() for alias in product.aliases))


def _holds(searched: str, word: str) -> bool:
    if len(word) > SHORT:
        return word in searched
    return word in re.findall(r"[^\W_]+%?", searched)


def _searched(product: Product) -> str:
    strengths = (f"{exact_text(value * 100)}%" for value in product.concentration.value)
    stabiliser = product.stabiliser.value if product.stabiliser else ""
    doses = (words for dose in product.doses for words in (dose.label, *dose.indications))
    rates = (words for table in product.rates for words in (table.label, *table.indications))
    named = (product.id, *product.aliases, product.name, product.brand, product.market, product.form)
    return " ".join((*named, *strengths, stabiliser, *doses, *rates)).lower()


def _key(name: str) -> str:
    return re.sub(r"[\s_-]+", "-", re.sub(r"[%/®™]", "", name).strip().lower())


def _described(product: Product) -> str:
    strengths = " or ".join(f"{exact_text(value * 100)}%" for value in product.concentration.value)
    return f"{product.id} ({strengths})"


def _suggest(products: dict[str, Product], key: str) -> str:
    from difflib import get_close_matches

    close = get_close_matches(key, [name for product in products.values() for name in (product.id, *product.aliases)], n=3)
    if close:
        return f"did you mean {' or '.join(close)}? See: ivigcalc products"
    return "list the known ones with: ivigcalc products"


def read_products(item: Item, sources: dict[str, Source]) -> dict[str, Product]:
    """Read a table of products.

    Args: its item; the file's sources.
    Returns: id -> product, in the order of the file.
    Raises: InputError when it is empty.
    """
    products = {key: _product(key, entry, sources) for key, entry in item.entries()}
    if not products and isinstance(item.node.value, dict):
        raise InputError("is empty, expected at least one product")
    return products


def _product(key: str, entry: Item, sources: dict[str, Source]) -> Product:
    entry.only(*(field for field in Product._fields if field != "id"))
    concentration = entry.take("concentration", lambda item: _figure(item, sources, _concentrations))
    context = _Context(sources, (concentration and concentration.value) or ())

    def words(field: str) -> Figure[str] | None:
        return entry.take_stated(field, lambda item: _figure(item, sources, text))

    return Product(
        id=key,
        name=entry.take("name", text),
        brand=entry.take("brand", _name),
        aliases=entry.take("aliases", _names),
        market=entry.take("market", text),
        form=entry.take("form", text),
        grade=cast("Grade", entry.take("grade", one_of("full", "mostly", "partial"), "full, mostly or partial")),
        concentration=concentration,
        vials=entry.take_stated("vials", lambda item: _figure(item, sources, _vials)),
        stabiliser=words("stabiliser"),
        sugar=words("sugar"),
        iga=words("iga"),
        sodium=words("sodium"),
        osmolality=words("osmolality"),
        ph=words("ph"),
        doses=entry.take("doses", lambda item: tuple(_dose(row, sources) for row in item.rows())),
        rates=entry.take("rates", lambda item: _tables(item, context)),
        at_risk=entry.take("at_risk", lambda item: _at_risk(item, context)),
        contraindications=entry.take("contraindications", lambda item: tuple(_contraindication(row, sources) for row in item.rows())),
        conflicts=entry.take("conflicts", texts),
        missing=entry.take("missing", texts),
        notes=entry.take("notes", texts),
        not_listed=entry.take_or("not_listed", texts, ()),
    )


def _figure(entry: Item, sources: dict[str, Source], read: Callable[[Item], T], *more: str) -> Figure[T]:
    """Read a figure with its source; `more` are the keys that its owner reads itself."""
    entry.only(*more, "is", "source", "quote", "note")
    return Figure(
        value=entry.take("is", read),
        source=entry.take("source", lambda item: known_source(item, sources)),
        quote=entry.take_stated("quote", text),
        note=entry.take_or("note", text, None),
    )


def _concentrations(item: Item) -> tuple[Fraction, ...]:
    rows = tuple(item.rows()) if isinstance(item.node.value, list) else (item,)
    found = tuple(row.value(_concentration) for row in rows)
    return _sorted(found, "concentration")


def _concentration(item: Item) -> Fraction:
    try:
        return read_concentration(text(item), item.where)
    except Refused as error:
        raise InputError(str(error)) from None


def _vials(item: Item) -> tuple[Fraction, ...]:
    found = tuple(row.value(lambda size: read_grams(text(size), size.where)) for row in item.rows())
    return _sorted(found, "vial size")[::-1]


def _sorted(found: tuple[Fraction, ...], noun: str) -> tuple[Fraction, ...]:
    """Put what could be read in order; the file is refused as a whole where something could not."""
    read = sorted(value for value in found if value)
    if not found:
        raise InputError(f"is empty, expected at least one {noun}")
    if len(set(read)) < len(read):
        raise InputError(f"holds a {noun} twice, expected each once")
    return tuple(read)


def _dose(entry: Item, sources: dict[str, Source]) -> LabelDose:
    return LabelDose(
        indications=entry.take("for", _indications),
        label=entry.take("label", text),
        population=entry.take_stated("population", text),
        from_age_years=entry.take_or("from_age", _years, None),
        dose=_figure(entry, sources, stated(text), "for", "label", "population", "from_age"),
    )


def _contraindication(entry: Item, sources: dict[str, Source]) -> Contraindication:
    kind = entry.take("kind", one_of("contraindication", "warning"))
    words = _figure(entry, sources, text, "name", "kind")
    return Contraindication(entry.take("name", _name), "warning" if kind == "warning" else "contraindication", words)


def _tables(item: Item, context: _Context) -> tuple[RateTable, ...]:
    rows = tuple(item.rows())
    tables = tuple(_table(row, context) for row in rows)
    for number, (table, row) in enumerate(zip(tables, rows, strict=True)):
        if any(_overlap(table, other) for other in tables[:number]):
            _fault(row, "for", "an indication stands in two tables, expected it in one")
    return tables


def _table(entry: Item, context: _Context) -> RateTable:
    entry.only("for", "label", "first", "ladder", "increment", "step_minutes", "maximum", "note")
    table = RateTable(
        indications=entry.take("for", _indications),
        label=entry.take("label", text),
        first=entry.take("first", lambda item: _timed_rate(item, context)),
        ladder=entry.take_or("ladder", lambda item: _ladder(item, context), None),
        increment=entry.take_or("increment", lambda item: _timed_rate(item, context), None),
        step_minutes=entry.take_stated("step_minutes", lambda item: _figure(item, context.sources, _minutes)),
        maximum=entry.take("maximum", lambda item: _rate(item, context)),
        note=entry.take_or("note", text, None),
    )
    _check_rising(entry, table)
    return table


def _overlap(table: RateTable, other: RateTable) -> bool:
    """Whether some indication is in both; two tables for all (but one) always share some."""
    if not table.indications or not other.indications:
        return False
    if _for_all(table.indications[0]) and _for_all(other.indications[0]):
        return True
    return any(map(table.covers, other.indications)) or any(map(other.covers, table.indications))


def _for_all(name: str) -> bool:
    return name == "all" or name.startswith("all-except-")


def _check_rising(entry: Item, table: RateTable) -> None:
    """Note a first rate above the maximum and a ladder that does not rise between them."""
    first, most = (rate and rate.ml_per_kg_per_h for rate in (table.first, table.maximum))
    if not first or not most:
        return
    if first > most:
        _fault(entry, "first", f"{_shown(first)} is above the maximum of {_shown(most)}, expected at most that")
        return
    steps = [step.ml_per_kg_per_h for step in table.ladder.steps or ()] if table.ladder else []
    for before, after in pairwise((first, *filter(None, steps))):
        if after <= before:
            _fault(entry, "ladder", f"{_shown(after)} follows {_shown(before)}, expected rates that rise")
        if after > most:
            _fault(entry, "ladder", f"{_shown(after)} is above the maximum of {_shown(most)}, expected at most that")


def _fault(entry: Item, key: str, message: str) -> None:
    """Note a fault where its key stands."""
    (entry.child(key) or entry).fault(message)


def _shown(rate: Fraction) -> str:
    return f"{exact_text(rate)} mL/kg/h"


def _ladder(entry: Item, context: _Context) -> Ladder:
    entry.only("kind", "steps")

    def steps(item: Item) -> tuple[Rate, ...]:
        found = tuple(_timed_rate(row, context) for row in item.rows())
        if not found:
            raise InputError("is empty, expected the steps between the first rate and the maximum")
        return found

    kinds = ("labelled", "manufacturer chart", "trial protocol", "compendium")
    return Ladder(cast("LadderKind", entry.take("kind", one_of(*kinds), " or ".join(kinds))), entry.take("steps", steps))


def _timed_rate(entry: Item, context: _Context) -> Rate:
    """Read a rate that says how long it is held, in its own quote or with a source of its own."""
    rate = _rate(entry, context, "minutes")

    def minutes(item: Item) -> Figure[Span[int]]:
        if isinstance(item.node.value, str):
            return Figure(_minutes(item), rate.source, rate.quote)
        return _figure(item, context.sources, _minutes)

    return rate._replace(minutes=entry.take_stated("minutes", minutes))


def _rate(entry: Item, context: _Context, *more: str) -> Rate:
    """Read a rate as printed; `more` are the keys that its owner reads itself."""
    entry.only(*more, *_RATE_KEYS)
    printed = entry.take("printed", lambda item: _printed(item, context.strengths)) or {}
    quote = entry.take_stated("quote", text)
    return Rate(
        ml_per_kg_per_h=min(printed.values(), default=Fraction(0)),
        printed=tuple(printed),
        less_than=entry.take_or("less_than", one_of("yes", "no"), "no") == "yes",
        minutes=None,
        source=entry.take("source", lambda item: known_source(item, context.sources)),
        quote=quote,
        note=entry.take_or("note", text, None),
        shown_only=entry.take_or("shown_only", text, None) or (None if quote else NO_QUOTE),
        disagree=len(set(printed.values())) > 1,
    )


def _printed(item: Item, strengths: tuple[Fraction, ...]) -> dict[str, Fraction]:
    """Read rates in the units that a source prints -> the same in mL/kg/h."""
    found: dict[str, Fraction] = {}
    units: set[str] = set()

    def read(row: Item) -> None:
        pace = read_rate(text(row), row.where)
        if pace.unit in units:
            raise InputError(f"{pace.unit} stands twice, expected each unit once; a range belongs in the note")
        units.add(pace.unit)
        if strengths or pace.unit.startswith("mL"):
            found[str(pace)] = ml_per_kg_per_h(pace, strengths[0] if len(strengths) == 1 else None, row.where)

    rows = tuple(item.rows())
    if not rows:
        raise InputError('is empty, expected the rates that the source prints, such as "0.01 mL/kg/min"')
    for row in rows:
        row.value(read)
    return found


def _at_risk(item: Item, context: _Context) -> tuple[AtRisk, ...]:
    found: list[AtRisk] = []
    for entry in item.rows():
        risks = cast("tuple[Risk, ...]", entry.take("for", _risks))
        rate, sentence = None, None
        if entry.child("sentence"):
            entry.only("for", "sentence", "source", "note")
            words = entry.take("sentence", text)
            source = entry.take("source", lambda key: known_source(key, context.sources))
            sentence = Figure(words, source, words, entry.take_or("note", text, None))
        else:
            rate = _rate(entry, context, "for")
        if any(risk in other.risks for other in found for risk in risks or ()):
            _fault(entry, "for", "a risk stands in two entries, expected it in one")
        found.append(AtRisk(risks or (), rate, sentence))
    return tuple(found)


def _risks(item: Item) -> tuple[str, ...]:
    found = tuple(row.value(one_of("kidney", "thrombosis", "earlier reactions")) for row in item.rows())
    if not found:
        raise InputError("is empty, expected kidney, thrombosis or earlier reactions")
    return found


def _indications(item: Item) -> tuple[str, ...]:
    names = _names(item)
    if not names:
        raise InputError("is empty, expected names such as [pi, itp] or [all]")
    read = tuple(name for name in names if name)
    if len(read) > 1 and any(map(_for_all, read)):
        raise InputError("names all beside others, expected it alone")
    return read


def _minutes(item: Item) -> Span[int]:
    words = text(item)
    match = re.fullmatch(r"(\S+)(?: to (\S+))? minutes", words, re.ASCII)
    if not match:
        raise InputError(f'{words!r} is no time, expected such as "30 minutes" or "15 to 30 minutes"')
    low, high = (read_whole(number, item.where, most=MOST_MINUTES) for number in (match[1], match[2] or match[1]))
    if match[2] and low >= high:
        raise InputError(f"{words!r} is upside down or no range, expected the lower figure first")
    return Span(low, high)


def _years(item: Item) -> int:
    words = text(item)
    if not words.endswith(" years"):
        raise InputError(f'{words!r} is no age, expected such as "2 years"')
    return read_whole(words.removesuffix(" years"), item.where, most=MOST_YEARS)


def _name(item: Item) -> str:
    name = text(item)
    if not _NAME(name):
        raise InputError(f"{name!r}, expected small letters, digits and hyphens, such as octagam-10-us")
    return name


def _names(item: Item) -> tuple[str, ...]:
    return tuple(row.value(_name) for row in item.rows())


def check_names(root: Item, products: dict[str, Product]) -> None:
    """Note every id and alias that is misspelt or stands twice."""
    owner = {key: f"products.{key}" for key in products}
    here = root.child("products")
    for key, product in products.items():
        if here and not here.child(key):
            owner |= dict.fromkeys(product.aliases, f"products.{key}")
    for key, entry in (item for table in [root.child("products")] if table and products for item in table.entries()):
        if not _NAME(key):
            entry.fault("is not a name, expected small letters, digits and hyphens, such as octagam-10-us")
        for alias in filter(None, products[key].aliases or ()):
            if alias in owner:
                _fault(entry, "aliases", f"{alias} is also a name of {owner[alias]}, expected a name of its own")
            owner[alias] = f"products.{key}"
