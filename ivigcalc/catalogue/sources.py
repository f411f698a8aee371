"""Sources and citations, the same in every data file: a key, a place in the source, its words."""

from datetime import date

from ivigcalc.catalogue.reading import Item, one_of, stated, text
from ivigcalc.errors import InputError
from ivigcalc.model import Cited, Source
from ivigcalc.when import read_date


def read_sources(item: Item) -> dict[str, Source]:
    """Read the table `sources:`.

    Args: its item.
    Returns: key -> source.
    """
    sources = {}
    for key, entry in item.entries():
        entry.only("citation", "url", "licence", "read", "external")
        sources[key] = Source(
            key=key,
            citation=entry.take("citation", text),
            url=entry.take("url", stated(text)),
            licence=entry.take("licence", stated(text)),
            read=entry.take("read", _iso_date),
            external=entry.take("external", one_of("yes", "no")) == "yes",
        )
    return sources


def read_citations(item: Item, sources: dict[str, Source]) -> tuple[Cited, ...]:
    """Read a list `cited:`, at least one entry.

    Args: its item; the file's sources.
    Returns: the citations.
    Raises: InputError when the list is empty.
    """
    cited = []
    for entry in item.rows():
        entry.only("source", "locator", "quote")
        cited.append(read_citation(entry, sources))
    if not cited:
        raise InputError("is empty, expected at least one source with its locator and quote")
    return tuple(cited)


def read_citation(entry: Item, sources: dict[str, Source]) -> Cited:
    """Read the keys source, locator and quote of an entry.

    Args: the entry; the file's sources.
    Returns: the citation.
    """
    return Cited(
        source=entry.take("source", lambda item: _known_source(item, sources)),
        locator=entry.take("locator", text),
        quote=entry.take("quote", text),
    )


def _known_source(item: Item, sources: dict[str, Source]) -> Source:
    key = text(item)
    if key not in sources:
        raise InputError(f"{key!r} is not under sources:, expected one of {', '.join(sources) or 'the keys there'}")
    return sources[key]


def _iso_date(item: Item) -> str:
    words = text(item)
    if not words[:1].isdigit():
        raise InputError(f"{words!r}, expected the day on which the source was read, such as 2026-11-22")
    return read_date(words, date.min, item.where).isoformat()
