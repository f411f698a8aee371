"""regimens.yaml -> Catalogue, or every fault of the file."""

import re
from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import TypeVar, cast

from ivigcalc.catalogue.files import read_bytes
from ivigcalc.catalogue.reading import NOT_STATED, Faults, Item, one_of, parse, text, texts
from ivigcalc.catalogue.sources import dose_without_basis, read_citation, read_citations, read_sources
from ivigcalc.errors import InputError
from ivigcalc.model import MOST_CYCLES, MOST_DAYS, Cap, Catalogue, Cited, NotIvig, Phase, Regimen, Source, Span, Window
from ivigcalc.numbers import read_whole
from ivigcalc.units import Basis, read_grams
from ivigcalc.when import Interval, read_interval

T = TypeVar("T", int, Fraction, Interval)


_NAME = re.compile(r"[a-z0-9]+(?:[-/][a-z0-9]+)*", re.ASCII).fullmatch


def load_catalogue(path: Path) -> Catalogue:
    """Read a catalogue of regimens.

    Args: path of the YAML file.
    Returns: the catalogue.
    Raises: CatalogueError with every fault of the file.
    """
    data = read_bytes(path)
    faults = Faults(str(path))
    root = Item(parse(data, faults), "", faults)
    root.only("sources", "regimens", "ambiguous", "not_ivig")
    sources = root.take("sources", read_sources) or {}
    regimens = root.take("regimens", lambda item: _regimens(item, sources)) or {}
    no_ambiguous: dict[str, tuple[str, ...]] = {}
    no_not_ivig: dict[str, NotIvig] = {}
    ambiguous = root.take_or("ambiguous", _ambiguous, no_ambiguous) or {}
    not_ivig = root.take_or("not_ivig", lambda item: _not_ivig(item, sources), no_not_ivig) or {}
    _check_names(root, regimens, ambiguous, not_ivig)
    faults.report()
    return Catalogue(regimens, not_ivig, ambiguous, data)


def add_regimens(root: Item, sources: dict[str, Source], shipped: Catalogue) -> Catalogue:
    """Read a hospital's own regimens beside those that ship; one with the same id replaces ours.

    Args: the root of its file; the file's sources; what ships.
    Returns: both.
    """
    none: dict[str, Regimen] = {}
    own = root.take_or("regimens", lambda item: _regimens(item, sources), none) or none
    merged = {**shipped.regimens, **own}
    if own:
        _check_names(root, merged, shipped.ambiguous, shipped.not_ivig)
    return shipped._replace(regimens=merged)


@lru_cache(maxsize=4)
def sha256_of(data: bytes) -> str:
    """The digest of a data file, which machine formats carry; it is only worked out for them."""
    import hashlib

    return hashlib.sha256(data).hexdigest()


def _regimens(item: Item, sources: dict[str, Source]) -> dict[str, Regimen]:
    regimens = {key: _regimen(key, entry, sources) for key, entry in item.entries()}
    if not regimens and isinstance(item.node.value, dict):
        raise InputError("is empty, expected at least one regimen")
    return regimens


def _regimen(key: str, entry: Item, sources: dict[str, Source]) -> Regimen:
    if entry.child("choose"):
        entry.only("name", "indication", "aliases", "choose", "readings", "notes")
    else:
        entry.only(
            "name",
            "indication",
            "aliases",
            "jurisdiction",
            "population",
            "weight_basis",
            "phases",
            "window",
            "cited",
            "readings",
            "notes",
            "not_stated",
        )
    phases: tuple[Phase, ...] = ()
    cited: tuple[Cited, ...] = ()
    if not entry.child("choose"):
        phases = entry.take("phases", lambda item: _phases(item, sources))
        cited = entry.take("cited", lambda item: read_citations(item, sources))
    group = not phases and entry.child("choose") is not None
    return Regimen(
        id=key,
        name=entry.take("name", text),
        indication=entry.take("indication", _name),
        aliases=entry.take("aliases", _names),
        jurisdiction=None if group else entry.take_stated("jurisdiction", text),
        population=None if group else entry.take_stated("population", text),
        weight_basis=None if group else entry.take_stated("weight_basis", text),
        phases=phases,
        choose=entry.take_or("choose", _names, ()),
        window=entry.take_or("window", _window, None),
        cited=cited,
        readings=entry.take("readings", texts),
        notes=entry.take("notes", texts),
        not_stated=() if group else entry.take("not_stated", texts),
    )


def _phases(item: Item, sources: dict[str, Source]) -> tuple[Phase, ...]:
    phases = []
    for number, entry in enumerate(item.rows()):
        entry.only("phase", "dose", "per", "days", "every", "cycles", "begins", "caps")
        phases.append(
            Phase(
                name=entry.take("phase", text),
                dose=entry.take_stated("dose", _span(dose_without_basis)),
                per=cast("Basis", entry.take("per", one_of("day", "course"), "day or course")),
                days=entry.take_stated("days", _span(_whole(MOST_DAYS))),
                every=entry.take_stated("every", _span(_interval)),
                cycles=entry.take_stated("cycles", _span(_whole(MOST_CYCLES))),
                begins=entry.take("begins", lambda item: read_interval(text(item), item.where)) if number else None,
                caps=entry.take_or("caps", lambda item: _caps(item, sources), ()),
            )
        )
        if number == 0 and (begins := entry.child("begins")):
            begins.fault("stands in the first phase, expected only from the second, counted from the last course before")
    if not phases:
        raise InputError("is empty, expected at least one phase")
    for entry in list(item.rows())[:-1]:
        cycles = entry.child("cycles")
        if cycles and cycles.node.value == NOT_STATED:
            cycles.fault("is not stated in a phase that another follows, expected the number of courses")
        elif cycles and " to " in str(cycles.node.value):
            cycles.fault("is a range in a phase that another follows, expected the number of courses")
    return tuple(phases)


def _caps(item: Item, sources: dict[str, Source]) -> tuple[Cap, ...]:
    caps = []
    for entry in item.rows():
        entry.only("at_most", "per", "source", "locator", "quote")
        grams = entry.take("at_most", lambda at_most: read_grams(text(at_most), at_most.where))
        caps.append(Cap(grams, cast("Basis", entry.take("per", one_of("day", "course"), "day or course")), read_citation(entry, sources)))
    return tuple(caps)


def _window(entry: Item) -> Window:
    entry.only("within", "after")
    within = entry.take("within", lambda item: read_interval(text(item), item.where))
    if within and within.unit != "day":
        entry._replace(where=f"{entry.where}.within").fault(f"{within}, expected days, such as 30 days")
    return Window(within.number if within else 0, entry.take("after", text))


def _span(read: Callable[[str, str], T]) -> Callable[[Item], Span[T]]:
    """Make a reader of `X` or `X to Y`; the unit may stand once, at the end."""

    def reader(item: Item) -> Span[T]:
        words = text(item)
        first, to, last = words.partition(" to ")
        high = read(last if to else first, item.where)
        if not to:
            return Span(high, high)
        unit = re.sub(r"^[0-9.]+", "", last)
        low = read(first + unit if re.fullmatch(r"[0-9.]+", first, re.ASCII) else first, item.where)
        if mixed := _mixed(low, high):
            raise InputError(f"{words!r} mixes {mixed}, expected one unit, such as 3 to 4 weeks")
        if not _below(low, high):
            raise InputError(f"{words!r} is upside down or no range, expected the lower figure first")
        return Span(low, high)

    return reader


def _mixed(low: int | Fraction | Interval, high: int | Fraction | Interval) -> str | None:
    """The two units of a range that mixes them."""
    if isinstance(low, Interval) and isinstance(high, Interval) and low.unit != high.unit:
        return f"{low.unit}s and {high.unit}s"
    return None


def _below(low: int | Fraction | Interval, high: int | Fraction | Interval) -> bool:
    if isinstance(low, Interval) and isinstance(high, Interval):
        return low.number < high.number
    return not isinstance(low, Interval) and not isinstance(high, Interval) and low < high


def _interval(words: str, where: str) -> Interval:
    return read_interval(words, where)


def _whole(most: int) -> Callable[[str, str], int]:
    return lambda words, where: read_whole(words, where, most=most)


def _name(item: Item) -> str:
    name = text(item)
    if not _NAME(name):
        raise InputError(f"{name!r}, expected small letters, digits and hyphens, such as multiple-sclerosis")
    return name


def _names(item: Item) -> tuple[str, ...]:
    return tuple(row.value(_name) for row in item.rows())


def _ambiguous(item: Item) -> dict[str, tuple[str, ...]]:
    return {key: entry.value(_names) for key, entry in item.entries()}


def _not_ivig(item: Item, sources: dict[str, Source]) -> dict[str, NotIvig]:
    found = {}
    for key, entry in item.entries():
        entry.only("aliases", "explanation", "cited")
        found[key] = NotIvig(
            id=key,
            aliases=entry.take("aliases", _names),
            explanation=entry.take("explanation", text),
            cited=entry.take("cited", lambda cited: read_citations(cited, sources)),
        )
    return found


def _check_names(root: Item, regimens: dict[str, Regimen], ambiguous: dict[str, tuple[str, ...]], not_ivig: dict[str, NotIvig]) -> None:
    """Note every id and alias that is misspelt, stands twice, or names nothing."""
    owner: dict[str, str] = {}
    for section, entries in (("regimens", regimens), ("not_ivig", not_ivig), ("ambiguous", ambiguous)):
        for key in entries:
            entry = root.at(section, key)
            if not _NAME(key):
                entry.fault("is not a name, expected small letters, digits and hyphens, such as multiple-sclerosis")
            if key in owner:
                entry.fault(f"is also the name of {owner[key]}, expected a name of its own")
            owner[key] = f"{section}.{key}"
    for section, aliases in (
        ("regimens", {key: regimen.aliases for key, regimen in regimens.items()}),
        ("not_ivig", {key: other.aliases for key, other in not_ivig.items()}),
    ):
        for key, names in aliases.items():
            for alias in filter(None, names or ()):
                if alias in owner:
                    root.at(section, key, "aliases").fault(f"{alias} is also a name of {owner[alias]}, expected a name of its own")
                owner[alias] = f"{section}.{key}"
    for key, names in ambiguous.items():
        _check_refers(root.at("ambiguous", key), names, regimens)
    for key, regimen in regimens.items():
        if root.at("regimens", key).child("choose"):
            _check_refers(
                root.at("regimens", key, "choose"),
                regimen.choose,
                {k: r for k, r in regimens.items() if not r.choose},
            )


def _check_refers(item: Item, names: tuple[str, ...] | None, regimens: dict[str, Regimen]) -> None:
    for name in names or ():
        if name and name not in regimens:
            item.fault(f"{name} is not a regimen here, expected one of {', '.join(regimens)}")
    if names is not None and len(names) < 2:
        item.fault("names fewer than two regimens, expected at least two")
