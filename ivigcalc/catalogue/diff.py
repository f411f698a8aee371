"""Two catalogues -> what changes from one to the other, regimen by regimen."""

from collections.abc import Iterator, Mapping
from itertools import zip_longest
from typing import Any, NamedTuple

from ivigcalc.changes import CatalogueChange, Change, RegimenChange
from ivigcalc.model import Cap, Catalogue, Cited, Phase, Regimen

RESTS_ON = ("indication", "aliases", "population", "ages", "weight_basis", "weight_basis_in_pregnancy", "window", "choose")
"""What decides which plan a name gives, for whom and on which weight."""
WORDS = ("name", "jurisdiction", "specialty", "standing", "readings", "notes", "not_stated")
PHASE = ("name", "dose", "per", "days", "every", "cycles", "begins")
SOURCE = ("citation", "url", "licence", "read", "external", "kind")
AROUND = ("indications", "ambiguous", "not_ivig", "not_recommended")


def compare_catalogues(old: Catalogue, new: Catalogue) -> CatalogueChange:
    """Work out what changes from one catalogue to another.

    Args: the catalogue as it was; as it is now.
    Returns: every difference; regimens in the order of the new catalogue, those that were removed first.
    """
    removed = (key for key in old.regimens if key not in new.regimens)
    regimens = (_regimen(key, old.regimens.get(key), new.regimens.get(key)) for key in (*removed, *new.regimens))
    return CatalogueChange(
        before=len(old.regimens),
        now=len(new.regimens),
        regimens=tuple(change for change in regimens if change.figures or change.words or not (change.old and change.new)),
        around=tuple(change for section in AROUND for change in _table(section, getattr(old, section), getattr(new, section))),
    )


def _regimen(key: str, old: Regimen | None, new: Regimen | None) -> RegimenChange:
    if old is None or new is None:
        return RegimenChange(key, old, new, (), ())
    figures = [*_phases(old.phases, new.phases), *_fields(old, new, RESTS_ON)]
    words = [*_fields(old, new, WORDS), *_cited("", old.cited, new.cited)]
    for before, now in zip(old.phases, new.phases, strict=False):
        words += _cited("cap ", tuple(cap.cited for cap in before.caps), tuple(cap.cited for cap in now.caps))
    words += _conflicts(old, new)
    return RegimenChange(key, old, new, tuple(figures), tuple(words))


def _phases(old: tuple[Phase, ...], new: tuple[Phase, ...]) -> Iterator[Change]:
    if len(old) != len(new):
        yield Change("phases", "", tuple(phase.name for phase in old), tuple(phase.name for phase in new))
        return
    for before, now in zip(old, new, strict=True):
        place = now.name if len(new) > 1 else ""
        yield from _fields(before, now, PHASE, place)
        if [*map(_most, before.caps)] != [*map(_most, now.caps)]:
            yield Change("caps", place, before.caps, now.caps)


def _most(cap: Cap) -> tuple[object, ...]:
    """The figure of a cap, and whether it is applied."""
    return cap.grams, cap.g_per_kg, cap.per, cap.cited.source.external


def _fields(old: NamedTuple, new: NamedTuple, keys: tuple[str, ...], place: str = "") -> Iterator[Change]:
    for key in keys:
        before, now = getattr(old, key), getattr(new, key)
        if before != now:
            yield Change(key, place, before, now)


def _cited(of: str, old: tuple[Cited, ...], new: tuple[Cited, ...]) -> Iterator[Change]:
    """What changes in a list of citations, each held against the one in its place."""
    for number, (before, now) in enumerate(zip_longest(old, new), 1):
        place = f"{of}{number}" if of or max(len(old), len(new)) > 1 else ""
        if before is None or now is None:
            yield Change("cited", place, before, now)
            continue
        if before.source.key != now.source.key:
            yield Change("source", place, before.source.key, now.source.key)
        else:
            yield from _fields(before.source, now.source, SOURCE, before.source.key)
        yield from _fields(before, now, ("locator", "quote"), place)


def _conflicts(old: Regimen, new: Regimen) -> Iterator[Change]:
    before, now = (tuple((conflict.text, conflict.cited) for conflict in regimen.conflicts) for regimen in (old, new))
    if before != now:
        yield Change("conflicts", "", tuple(text for text, _ in before), tuple(text for text, _ in now))


def _table(section: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    for key in dict.fromkeys((*old, *new)):
        before, now = old.get(key), new.get(key)
        if before is None or now is None:
            yield Change(section, key, before, now)
        elif hasattr(now, "_fields"):
            yield from (change._replace(key=f"{section} {key} {change.key}") for change in _fields(before, now, now._fields))
        elif before != now:
            yield Change(section, key, before, now)
