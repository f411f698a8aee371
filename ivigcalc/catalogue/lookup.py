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
    key = key_of(name)
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
    key = key_of(name)
    for other in catalogue.not_ivig.values():
        if key == other.id or key in other.aliases:
            return f" is not IVIG. {other.explanation} (source: {other.cited[0].source.citation})"
    for entry in catalogue.not_recommended.values():
        if key == entry.id or key in entry.aliases:
            words = "; ".join(f'{cited.source.citation}, {cited.locator}: "{cited.quote}"' for cited in entry.cited)
            return f": IVIG is not recommended for {entry.name}. {entry.explanation} (source: {words})"
    return None


def find_all(catalogue: Catalogue, words: str) -> tuple[Regimen, ...]:
    """List the regimens that hold every word in what is known of them beside their figures.

    Args: the catalogue; words, in any case of letters; none for all.
    Returns: the regimens, in the order of the file.
    """
    wanted = words.lower().split()
    return tuple(r for r in catalogue.regimens.values() if all(word in _searched(catalogue, r) for word in wanted))


def known_names(catalogue: Catalogue) -> tuple[str, ...]:
    """List the names that `find` takes for a plan or a choice: ids first, then aliases, then indications with several regimens."""
    aliases = (alias for r in catalogue.regimens.values() for alias in r.aliases)
    indications = (name for entry in catalogue.indications.values() for name in (entry.id, *entry.aliases))
    return tuple(dict.fromkeys((*catalogue.regimens, *aliases, *indications)))


def _searched(catalogue: Catalogue, regimen: Regimen) -> str:
    indication = catalogue.indications.get(regimen.indication)
    known = (regimen.population, regimen.specialty, regimen.standing, regimen.jurisdiction, *regimen.evidence)
    named = (indication.name, *indication.aliases) if indication else ()
    return " ".join((regimen.id, regimen.name, *regimen.aliases, regimen.indication, *named, *filter(None, known))).lower()


def _suggest(catalogue: Catalogue, key: str) -> str:
    from difflib import get_close_matches

    names = (
        *known_names(catalogue),
        *(r.indication for r in catalogue.regimens.values()),
        *catalogue.ambiguous,
        *(name for other in catalogue.not_ivig.values() for name in (other.id, *other.aliases)),
        *(name for entry in catalogue.not_recommended.values() for name in (entry.id, *entry.aliases)),
    )
    close = sorted(dict.fromkeys(get_close_matches(key, names, n=3)), key=lambda name: name[:1] != key[:1])
    if close:
        return f"did you mean {' or '.join(close)}? See: ivigcalc regimens"
    return "list the known ones with: ivigcalc regimens"
