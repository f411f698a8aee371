"""Sources and citations, the same in every data file: a key, a place in the source, its words."""

import re
from datetime import date
from fractions import Fraction

from ivigcalc.catalogue.reading import Item, one_of, text
from ivigcalc.errors import InputError
from ivigcalc.model import NOT_STATED, Cited, Source
from ivigcalc.units import read_dose
from ivigcalc.when import read_date

KINDS = ("guideline", "label", "trial", "cohort", "case series", "case report", "review", "textbook")
"""The kinds of evidence that a source may be."""
SOURCE = ("citation", "url", "licence", "read", "external", "kind")
CITATION = ("source", "locator", "quote")


def read_sources(item: Item) -> dict[str, Source]:
    """Read the table `sources:`.

    Args: its item.
    Returns: key -> source.
    """
    sources = {}
    for key, entry in item.entries():
        entry.only(*SOURCE)
        sources[key] = Source(
            key=key,
            citation=entry.take("citation", text),
            url=entry.take_stated("url", text),
            licence=entry.take_stated("licence", text),
            read=entry.take("read", _iso_date),
            external=entry.take("external", one_of("yes", "no")) == "yes",
            kind=entry.take_or("kind", one_of(*KINDS), None),
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
        entry.only(*CITATION)
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
        source=entry.take("source", lambda item: known_source(item, sources)),
        locator=entry.take("locator", text),
        quote=entry.take("quote", _quote),
    )


def known_source(item: Item, sources: dict[str, Source]) -> Source:
    """Read the key of a source.

    Args: its item; the file's sources.
    Returns: the source.
    Raises: InputError when the file has no such source.
    """
    key = text(item)
    if key not in sources:
        raise InputError(f"{key!r} is not under sources:, expected one of {', '.join(sources) or 'the keys there'}")
    return sources[key]


def dose_without_basis(words: str, where: str) -> Fraction:
    """Read a dose of a data file, whose basis stands under a key of its own.

    Args: the words, such as 0.4 g/kg; their place in the file.
    Returns: dose [g/kg].
    Raises: InputError.
    """
    try:
        dose = read_dose(words, where)
    except InputError as error:
        if "not a dose per kg" not in str(error):
            raise
        raise InputError(f"{words!r} is not a dose per kg, expected grams per kg, such as 0.4 g/kg") from None
    if dose.per:
        raise InputError(f"{words!r} holds the basis, expected g/kg here and day or course under per")
    return dose.g_per_kg


def _quote(item: Item) -> str:
    words = text(item)
    if words == NOT_STATED:
        raise InputError("'not stated', expected the words of the source")
    return words


def _iso_date(item: Item) -> str:
    words = text(item)
    if not re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", words, re.ASCII):
        raise InputError(f"{words!r}, expected the day on which the source was read, year-month-day, such as 2026-11-22")
    return read_date(words, date.min, item.where).isoformat()
