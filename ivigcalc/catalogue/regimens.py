"""regimens.yaml -> Catalogue, or every fault of the file."""

import re
from collections.abc import Callable
from contextlib import suppress
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import TypeVar, cast

from ivigcalc.catalogue.around import read_ambiguous, read_conflicts, read_indications, read_not_ivig, read_not_recommended
from ivigcalc.catalogue.excerpt import Excerpt, excerpt
from ivigcalc.catalogue.files import read_bytes
from ivigcalc.catalogue.limits import RULES as POLICIES
from ivigcalc.catalogue.names import check_names, check_refers, key_of, read_name, read_names
from ivigcalc.catalogue.reading import Faults, Item, one_of, parse, text, texts
from ivigcalc.catalogue.sources import CITATION, dose_without_basis, read_citation, read_citations, read_sources
from ivigcalc.errors import CatalogueError, InputError
from ivigcalc.model import MOST_CYCLES, MOST_DAYS, NOT_STATED, Ages, Cap, Catalogue, Cited, Conflict, Phase, Regimen, Source, Span, Window
from ivigcalc.numbers import read_whole
from ivigcalc.units import Basis, read_age, read_grams
from ivigcalc.when import Interval, read_interval

T = TypeVar("T", int, Fraction, Interval)
V = TypeVar("V")


STANDINGS = ("standard", "contested", "not routine", "historical")
"""How a regimen stands with those who write guidelines."""
WEIGHTS = ("actual", "ideal", "adjusted", "pre-pregnancy", *POLICIES)
"""The weights that a source may name: the first word of `weight_basis`; any words may follow."""

SECTIONS = ("sources", "regimens", "ambiguous", "not_ivig", "indications", "conflicts", "not_recommended")
REGIMEN = (
    "name", "indication", "aliases", "specialty", "standing", "jurisdiction", "population", "ages", "weight_basis",
    "weight_basis_in_pregnancy", "phases", "window", "cited", "readings", "notes", "not_stated",
)  # fmt: skip
CHOICE = ("name", "indication", "aliases", "choose", "readings", "notes")
PHASE = ("phase", "dose", "per", "days", "every", "cycles", "begins", "caps")
CAP = ("at_most", "per", *CITATION)
WINDOW = ("within", "after")
AGES = ("from", "below")


def load_catalogue(path: Path, name: str | None = None) -> Catalogue:
    """Read a catalogue of regimens.

    Args: path of the YAML file; the name of the only regimen that is needed, with those that it stands for.
    Returns: the catalogue; with a name that is an id or alias, those regimens, the conflicts and the ids of the others of its
    indication may be all that it holds.
    Raises: CatalogueError with every fault of the file.
    """
    data = read_bytes(path)
    if name is not None and (part := _excerpt(data, name)):
        faults = Faults(str(path))
        with suppress(CatalogueError):  # a fault: the whole file is read, so that every one is told
            catalogue = _read(part.text.encode(), faults, part.ids)
            faults.report()
            return catalogue._replace(data=data, others=part.others)
    faults = Faults(str(path))
    catalogue = _read(data, faults, ())
    faults.report()
    return catalogue


def _excerpt(data: bytes, name: str) -> Excerpt | None:
    try:
        return excerpt(data.decode("utf-8"), key_of(name))
    except UnicodeDecodeError:
        return None


def _read(data: bytes, faults: Faults, elsewhere: tuple[str, ...]) -> Catalogue:
    """Read a catalogue whose conflicts may also name regimens that stand elsewhere."""
    root = Item(parse(data, faults), "", faults)
    root.only(*SECTIONS)
    sources = root.take("sources", read_sources) or {}
    no_conflicts: tuple[Conflict, ...] = ()
    conflicts = root.take_or("conflicts", lambda item: read_conflicts(item, sources), no_conflicts) or ()
    regimens = root.take("regimens", lambda item: _regimens(item, sources, conflicts)) or {}
    catalogue = Catalogue(
        regimens=regimens,
        indications=_table(root, "indications", read_indications),
        not_ivig=_table(root, "not_ivig", lambda item: read_not_ivig(item, sources)),
        not_recommended=_table(root, "not_recommended", lambda item: read_not_recommended(item, sources)),
        ambiguous=_table(root, "ambiguous", read_ambiguous),
        data=data,
    )
    check_names(root, catalogue)
    if listed := root.child("conflicts"):
        for entry, conflict in zip(listed.rows() if conflicts else (), conflicts, strict=True):
            check_refers(entry.at("between"), conflict.between, (*regimens, *elsewhere), least=1)
    return catalogue


def _table(root: Item, section: str, read: Callable[[Item], dict[str, V]]) -> dict[str, V]:
    """Read a section that may be left out."""
    nothing: dict[str, V] = {}
    return root.take_or(section, read, nothing) or nothing


def add_regimens(root: Item, sources: dict[str, Source], shipped: Catalogue) -> Catalogue:
    """Read a hospital's own regimens beside those that ship; one with the same id replaces ours.

    Args: the root of its file; the file's sources; what ships.
    Returns: both.
    """
    none: dict[str, Regimen] = {}
    # where sources differ stays said of a regimen that replaces ours
    between = tuple(dict.fromkeys(conflict for regimen in shipped.regimens.values() for conflict in regimen.conflicts))
    own = root.take_or("regimens", lambda item: _regimens(item, sources, between), none) or none
    merged = shipped._replace(regimens={**shipped.regimens, **own})
    if own:
        check_names(root, merged)
    return merged


@lru_cache(maxsize=4)
def sha256_of(data: bytes) -> str:
    """The digest of a data file, which machine formats carry; it is only worked out for them."""
    import hashlib

    return hashlib.sha256(data).hexdigest()


def _regimens(item: Item, sources: dict[str, Source], conflicts: tuple[Conflict, ...]) -> dict[str, Regimen]:
    regimens = {}
    for key, entry in item.entries():
        regimens[key] = _regimen(key, entry, sources, tuple(conflict for conflict in conflicts if key in (conflict.between or ())))
    if not regimens and isinstance(item.node.value, dict):
        raise InputError("is empty, expected at least one regimen")
    return regimens


def _regimen(key: str, entry: Item, sources: dict[str, Source], conflicts: tuple[Conflict, ...]) -> Regimen:
    if entry.child("choose"):
        entry.only(*CHOICE)
    else:
        entry.only(*REGIMEN)
    phases: tuple[Phase, ...] = ()
    cited: tuple[Cited, ...] = ()
    if not entry.child("choose"):
        phases = entry.take("phases", lambda item: _phases(item, sources))
        cited = entry.take("cited", lambda item: read_citations(item, sources))
    group = not phases and entry.child("choose") is not None
    return Regimen(
        id=key,
        name=entry.take("name", text),
        indication=entry.take("indication", read_name),
        aliases=entry.take("aliases", read_names),
        jurisdiction=None if group else entry.take_stated("jurisdiction", text),
        population=None if group else entry.take_stated("population", text),
        weight_basis=None if group else entry.take_stated("weight_basis", _weight),
        phases=phases,
        choose=entry.take_or("choose", read_names, ()),
        window=entry.take_or("window", _window, None),
        cited=cited,
        readings=entry.take("readings", texts),
        notes=entry.take("notes", texts),
        not_stated=() if group else entry.take("not_stated", texts),
        specialty=entry.take_or("specialty", text, None),
        standing=entry.take_or("standing", one_of(*STANDINGS), None),
        weight_basis_in_pregnancy=entry.take_or("weight_basis_in_pregnancy", _weight, None),
        conflicts=conflicts,
        ages=entry.take_or("ages", _ages, None),
    )


def _ages(entry: Item) -> Ages:
    """Read the ages of a source's patients, such as {from: 2 years, below: 18 years}."""
    entry.only(*AGES)
    lowest = entry.take_or("from", lambda item: read_age(text(item), item.where), None)
    below = entry.take_or("below", lambda item: read_age(text(item), item.where), None)
    if not entry.child("from") and not entry.child("below"):
        entry.fault("states no age, expected from, below or both, such as {from: 18 years}")
    if lowest and below and lowest >= below:
        entry.fault("is upside down, expected from to be the lower age")
    return Ages(lowest, below)


def _weight(item: Item) -> str:
    """Read the weight that a source names."""
    words = text(item)
    if words.split()[0] not in WEIGHTS:
        raise InputError(f"{words!r}, expected one of {', '.join(WEIGHTS)}, and then any words, such as adjusted body weight")
    return words


def _phases(item: Item, sources: dict[str, Source]) -> tuple[Phase, ...]:
    phases = []
    for number, entry in enumerate(item.rows()):
        entry.only(*PHASE)
        phases.append(
            Phase(
                name=entry.take("phase", text),
                dose=entry.take_stated("dose", _span(dose_without_basis)),
                per=cast("Basis", entry.take("per", one_of("day", "course"), "day or course")),
                days=entry.take_stated("days", _span(_whole(MOST_DAYS))),
                every=entry.take_stated("every", _span(_interval)),
                cycles=entry.take_stated("cycles", _span(_whole(MOST_CYCLES))),
                begins=entry.take_stated("begins", lambda item: read_interval(text(item), item.where)) if number else None,
                follows=number > 0,
                caps=entry.take_or("caps", lambda item: _caps(item, sources), ()),
            )
        )
        if number == 0 and (begins := entry.child("begins")):
            begins.fault("stands in the first phase, expected only from the second, counted from the last course before")
    if not phases:
        raise InputError("is empty, expected at least one phase")
    for number, entry in enumerate(item.rows()) if len(phases) > 1 else ():
        _check_phase_name(entry.at("phase"), [phase.name for phase in phases], number)
    for entry in list(item.rows())[:-1]:
        cycles = entry.child("cycles")
        if cycles and cycles.node.value == NOT_STATED:
            cycles.fault("is not stated in a phase that another follows, expected the number of courses")
        elif cycles and " to " in str(cycles.node.value):
            cycles.fault("is a range in a phase that another follows, expected the number of courses")
    return tuple(phases)


PHASE_NAME = r"[A-Za-z]+(?:[ -][A-Za-z]+)*"
"""What one of several phases may be called, so that it can be typed beside a figure."""


def _check_phase_name(entry: Item, names: list[str], number: int) -> None:
    """Note a name by which a phase could not be told from the others, or could not be typed beside a figure."""
    name = names[number]
    if name and not re.fullmatch(PHASE_NAME, name, re.ASCII):
        entry.fault(f"{name!r} cannot be typed beside a figure, expected letters, such as maintenance")
    elif name and name.lower() in [other.lower() for other in names[:number] if other]:
        entry.fault(f"{name!r} is the name of two phases, expected another name for each")


def _caps(item: Item, sources: dict[str, Source]) -> tuple[Cap, ...]:
    caps = []
    for entry in item.rows():
        entry.only(*CAP)
        cap = entry.take("at_most", _most)  # None after a fault, with which the file is refused as a whole
        grams, g_per_kg = cap if isinstance(cap, tuple) else (None, None)
        per = cast("Basis", entry.take("per", one_of("day", "course"), "day or course"))
        caps.append(Cap(grams, per, read_citation(entry, sources), g_per_kg))
    return tuple(caps)


def _most(item: Item) -> tuple[Fraction | None, Fraction | None]:
    """Read the figure of a cap, in grams or in grams per kg."""
    words = text(item)
    return (None, dose_without_basis(words, item.where)) if "/" in words else (read_grams(words, item.where), None)


def _window(entry: Item) -> Window:
    entry.only(*WINDOW)
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
