"""What regimens.yaml holds around its regimens: indications, conflicts, words with two meanings, and what is not planned."""

from ivigcalc.catalogue.names import EXPECTED, is_name, read_names
from ivigcalc.catalogue.reading import Item, text
from ivigcalc.catalogue.sources import read_citations
from ivigcalc.model import Cited, Conflict, Indication, NotIvig, NotRecommended, Source

INDICATION = ("name", "aliases")
CONFLICT = ("says", "between", "cited")
NOT_IVIG = ("aliases", "explanation", "cited")
NOT_RECOMMENDED = ("name", "aliases", "explanation", "cited")


def read_indications(item: Item) -> dict[str, Indication]:
    """Read the table `indications:`; an indication of a regimen need not stand there.

    Args: its item.
    Returns: id -> indication.
    """
    found = {}
    for key, entry in item.entries():
        entry.only(*INDICATION)
        if not is_name(key):
            entry.fault(f"is not a name, expected {EXPECTED}, such as multiple-sclerosis")
        found[key] = Indication(key, entry.take("name", text), entry.take("aliases", read_names))
    return found


def read_conflicts(item: Item, sources: dict[str, Source]) -> tuple[Conflict, ...]:
    """Read the list `conflicts:`: where sources differ, and the regimens with which that is shown.

    Args: its item; the file's sources.
    Returns: the conflicts.
    """
    found = []
    no_citations: tuple[Cited, ...] = ()
    for entry in item.rows():
        entry.only(*CONFLICT)
        found.append(
            Conflict(
                text=entry.take("says", text),
                between=entry.take("between", read_names),
                cited=entry.take_or("cited", lambda cited: read_citations(cited, sources), no_citations),
            )
        )
    return tuple(found)


def read_ambiguous(item: Item) -> dict[str, tuple[str, ...]]:
    """Read the table `ambiguous:`: a word and the regimens that it may mean."""
    return {key: entry.value(read_names) for key, entry in item.entries()}


def read_not_ivig(item: Item, sources: dict[str, Source]) -> dict[str, NotIvig]:
    """Read the table `not_ivig:`.

    Args: its item; the file's sources.
    Returns: id -> treatment that is not IVIG.
    """
    found = {}
    for key, entry in item.entries():
        entry.only(*NOT_IVIG)
        found[key] = NotIvig(
            id=key,
            aliases=entry.take("aliases", read_names),
            explanation=entry.take("explanation", text),
            cited=entry.take("cited", lambda cited: read_citations(cited, sources)),
        )
    return found


def read_not_recommended(item: Item, sources: dict[str, Source]) -> dict[str, NotRecommended]:
    """Read the table `not_recommended:`.

    Args: its item; the file's sources.
    Returns: id -> indication for which IVIG is not to be given.
    """
    found = {}
    for key, entry in item.entries():
        entry.only(*NOT_RECOMMENDED)
        found[key] = NotRecommended(
            id=key,
            name=entry.take("name", text),
            aliases=entry.take("aliases", read_names),
            explanation=entry.take("explanation", text),
            cited=entry.take("cited", lambda cited: read_citations(cited, sources)),
        )
    return found
