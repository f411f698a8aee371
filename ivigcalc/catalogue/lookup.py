"""A name as typed -> the regimen it means; two meanings are never resolved in silence."""

from ivigcalc.catalogue.names import flat, key_of
from ivigcalc.errors import InputError, Refused
from ivigcalc.model import Catalogue, Regimen


def find(catalogue: Catalogue, name: str, asked: str = "--regimen") -> tuple[Regimen, ...]:
    """Find what a name means: one regimen, or the several of an indication that is no id itself.

    Args: the catalogue; the name as typed, in any case of letters, spaces for hyphens; how it was asked for.
    Returns: the regimen, or several to show side by side.
    Raises: InputError for a name that is unknown or has two meanings; Refused for what is not IVIG or not recommended.
    """
    key = _key(name)
    for spelling in (str, flat):  # as it stands, then without the slash of an id such as cidp/induction
        for regimen in catalogue.regimens.values():
            if key in map(spelling, (regimen.id, *regimen.aliases)):
                return (regimen,)
    if key in catalogue.ambiguous:
        meanings = "; ".join(f"{asked} {key} ({catalogue.regimens[key].name})" for key in catalogue.ambiguous[key])
        raise InputError(f"{asked}: {name!r} has more than one meaning; write {meanings}")
    if why := why_not_planned(catalogue, name):
        raise Refused(f"{asked}: {name!r}{why}")
    indication = next((entry.id for entry in catalogue.indications.values() if key in entry.aliases), key)
    if several := tuple(r for r in catalogue.regimens.values() if r.indication == indication and not r.choose):
        return several
    raise InputError(f"{asked}: {name!r} is not known; {_suggest(catalogue, key)}")


def why_not_planned(catalogue: Catalogue, name: str) -> str | None:
    """Say why nothing is planned for a name: it is not IVIG, or a source says that IVIG is not to be given for it.

    Args: the catalogue; the name as typed.
    Returns: the reason with its source, or None.
    """
    key = _key(name)
    for other in catalogue.not_ivig.values():
        if key == other.id or key in other.aliases:
            return f" is not IVIG. {other.explanation} (source: {other.cited[0].source.citation})"
    for entry in catalogue.not_recommended.values():
        if key == entry.id or key in entry.aliases:
            words = "; ".join(cited.place_and_quote for cited in entry.cited)
            return f": IVIG is not recommended for {entry.name}. {entry.explanation} (source: {words})"
    return None


def known_names(catalogue: Catalogue) -> tuple[str, ...]:
    """List the names that `find` takes for a plan or a choice: ids first, then aliases, then indications with several regimens."""
    aliases = (alias for r in catalogue.regimens.values() for alias in r.aliases)
    indications = (name for entry in catalogue.indications.values() for name in (entry.id, *entry.aliases))
    return tuple(dict.fromkeys((*catalogue.regimens, *aliases, *indications)))


def _key(name: str) -> str:
    """A name as typed, in the spelling of ids, which have no accents."""
    if name.isascii():
        return key_of(name)
    from ivigcalc.catalogue.search import unaccented  # not needed by every plan

    return key_of(unaccented(name))


def _suggest(catalogue: Catalogue, key: str) -> str:
    """Name what is close to a name that is not known."""
    from ivigcalc.catalogue.search import suggest  # not needed by a plan

    names = (
        *known_names(catalogue),
        *(r.indication for r in catalogue.regimens.values()),
        *catalogue.ambiguous,
        *(name for other in catalogue.not_ivig.values() for name in (other.id, *other.aliases)),
        *(name for entry in catalogue.not_recommended.values() for name in (entry.id, *entry.aliases)),
    )
    return suggest(catalogue, key, names)
