"""A name as typed -> the regimen it means; two meanings are never resolved in silence."""

import re

from ivigcalc.errors import InputError, Refused
from ivigcalc.model import Catalogue, Regimen


def find(catalogue: Catalogue, name: str, asked: str = "--regimen") -> tuple[Regimen, ...]:
    """Find what a name means: one regimen, or the several of an indication that is no id itself.

    Args: the catalogue; the name as typed, in any case of letters, spaces for hyphens; how it was asked for.
    Returns: the regimen, or several to show side by side.
    Raises: InputError for a name that is unknown or has two meanings; Refused for what is not IVIG.
    """
    key = _key(name)
    for regimen in catalogue.regimens.values():
        if key == regimen.id or key in regimen.aliases:
            return (regimen,)
    if key in catalogue.ambiguous:
        meanings = "; ".join(f"{asked} {key} ({catalogue.regimens[key].name})" for key in catalogue.ambiguous[key])
        raise InputError(f"{asked}: {name!r} has more than one meaning; write {meanings}")
    for other in catalogue.not_ivig.values():
        if key == other.id or key in other.aliases:
            raise Refused(f"{asked}: {name!r} is not IVIG. {other.explanation} (source: {other.cited[0].source.citation})")
    if several := tuple(r for r in catalogue.regimens.values() if r.indication == key and not r.choose):
        return several
    raise InputError(f"{asked}: {name!r} is not known; {_suggest(catalogue, key)}")


def find_all(catalogue: Catalogue, words: str) -> tuple[Regimen, ...]:
    """List the regimens that hold every word in their id, name, aliases, indication or population.

    Args: the catalogue; words, in any case of letters; none for all.
    Returns: the regimens, in the order of the file.
    """
    wanted = words.lower().split()
    return tuple(r for r in catalogue.regimens.values() if all(word in _searched(r) for word in wanted))


def known_names(catalogue: Catalogue) -> tuple[str, ...]:
    """List the ids and aliases that `find` takes, ids first."""
    aliases = (alias for r in catalogue.regimens.values() for alias in r.aliases)
    return (*catalogue.regimens, *aliases)


def _searched(regimen: Regimen) -> str:
    return " ".join((regimen.id, regimen.name, *regimen.aliases, regimen.indication, regimen.population or "")).lower()


def _key(name: str) -> str:
    return re.sub(r"[\s_-]+", "-", name.strip().lower())


def _suggest(catalogue: Catalogue, key: str) -> str:
    from difflib import get_close_matches

    names = (
        *known_names(catalogue),
        *(r.indication for r in catalogue.regimens.values()),
        *catalogue.ambiguous,
        *catalogue.not_ivig,
        *(alias for other in catalogue.not_ivig.values() for alias in other.aliases),
    )
    close = dict.fromkeys(get_close_matches(key, names, n=3))
    if close:
        return f"did you mean {' or '.join(close)}? See: ivigcalc regimens"
    return "list the known ones with: ivigcalc regimens"
