"""The names of regimens, indications and what is not planned: how they are spelt, and that each means one thing."""

import re
from collections.abc import Collection

from ivigcalc.catalogue.reading import Item, text
from ivigcalc.errors import InputError
from ivigcalc.model import Catalogue

EXPECTED = "small letters, digits and hyphens, with a slash before what sets a regimen of an indication apart"
NAME = "[a-z0-9]+(?:[-/][a-z0-9]+)*"
is_name = re.compile(NAME, re.ASCII).fullmatch


def read_name(item: Item) -> str:
    """Read a name; raises InputError for one that is misspelt."""
    name = text(item)
    if not is_name(name):
        raise InputError(f"{name!r}, expected {EXPECTED}, such as multiple-sclerosis or itp/ontario")
    return name


def read_names(item: Item) -> tuple[str, ...]:
    """Read a list of names."""
    return tuple(row.value(read_name) for row in item.rows())


def key_of(name: str) -> str:
    """A name as typed, in the spelling of ids: small letters, hyphens for spaces."""
    return re.sub(r"-?/-?", "/", re.sub(r"[\s_-]+", "-", name.strip().lower()))


def flat(name: str) -> str:
    """A name as it is typed without its slash: cidp/induction is also found as "cidp induction"."""
    return name.replace("/", "-")


def check_names(root: Item, catalogue: Catalogue) -> None:
    """Note every id and alias that is misspelt, stands twice, or names nothing.

    Args: the root of the file; what was read of it.
    """
    owner: dict[str, tuple[str, Item | None]] = {}
    regimens = catalogue.regimens
    sections = (
        ("regimens", {key: regimen.aliases for key, regimen in regimens.items()}),
        ("not_ivig", {key: other.aliases for key, other in catalogue.not_ivig.items()}),
        ("not_recommended", {key: other.aliases for key, other in catalogue.not_recommended.items()}),
        ("ambiguous", dict.fromkeys(catalogue.ambiguous, ())),
    )
    for section, names in sections:
        for key in names:
            entry = _entry(root, section, key)
            if not is_name(key):
                root.at(section, key).fault(f"is not a name, expected {EXPECTED}, such as multiple-sclerosis or itp/ontario")
            _own(entry, owner, key, f"{section}.{key}", "is also the name of")
    for section, names in (*sections, ("indications", {key: indication.aliases for key, indication in catalogue.indications.items()})):
        for key, aliases in names.items():
            for alias in filter(None, aliases or ()):
                entry = _entry(root, section, key)
                _own(entry and entry.at("aliases"), owner, alias, f"{section}.{key}", f"{alias} is also a name of")
    used = {regimen.indication for regimen in regimens.values()}
    for key, regimen in regimens.items():
        for name in (key, *(regimen.aliases or ())):
            if name in used and name != regimen.indication:  # whoever types the disease would get the plan of another
                entry = root.at("regimens", key) if name == key else root.at("regimens", key, "aliases")
                entry.fault(f"{name} is the indication of other regimens, expected a name that is no other indication's")
    for key in catalogue.indications:
        if key not in used:
            root.at("indications", key).fault("is the indication of no regimen here, expected one that a regimen names")
        place, _ = owner.get(key, (f"regimens.{key}", None))
        if place.partition(".")[0] != "regimens":
            root.at("indications", key).fault(f"is also a name of {place}, expected a name of its own")
    for key, names_meant in catalogue.ambiguous.items():
        check_refers(root.at("ambiguous", key), names_meant, regimens, least=2)
    single = {key: regimen for key, regimen in regimens.items() if not regimen.choose}
    for key, regimen in regimens.items():
        if root.at("regimens", key).child("choose"):
            check_refers(root.at("regimens", key, "choose"), regimen.choose, single, least=2)


def _entry(root: Item, section: str, key: str) -> Item | None:
    """An entry of this file; None for one that ships, beside which a hospital's own file is read."""
    table = root.child(section)
    return table and table.child(key)


def _own(entry: Item | None, owner: dict[str, tuple[str, Item | None]], name: str, place: str, words: str) -> None:
    """Give a name to a place, or note that it has one already; with and without a slash it is the same name."""
    if flat(name) in owner:
        other, first = owner[flat(name)]
        if entry:
            entry.fault(f"{words} {other}, expected a name of its own")
        else:
            assert first  # what ships was held against itself when it was read
            first.fault(f"{name} is also a name of {place}, which ships, expected a name of its own")
    owner[flat(name)] = (place, entry)


def check_refers(item: Item, names: tuple[str, ...] | None, regimens: Collection[str], least: int) -> None:
    """Note every name that is no regimen, and a list that is too short.

    Args: the list; what was read of it; the ids that it may name; how many it must name at least.
    """
    for name in names or ():
        if name and name not in regimens:
            item.fault(f"{name} is not a regimen here, expected one of {', '.join(regimens)}")
    if names is not None and len(names) < least:
        item.fault(f"names fewer than {'two regimens' if least > 1 else 'one regimen'}, expected at least {'two' if least > 1 else 'one'}")
