"""Entries of a page for the screen -> Markdown that a code host shows."""

import re
from collections.abc import Iterable
from functools import cache

from ivigcalc.catalogue import data_file, load_catalogue, load_limits
from ivigcalc.catalogue.formulary import load_formulary
from ivigcalc.export.screen import Screen
from ivigcalc.model import Catalogue, Formulary, Limits

COMMAND = "python -m tests.pages"
MARK = f"<!-- Written by: {COMMAND}. Do not change it here. -->"
_address = re.compile(r"https?://\S+?(?=[,;.]?(?:\s|$))")


class Markdown(Screen):
    """Collects the entries of a page as Markdown: a list of labels, what has several lines as a list below its label."""

    def __init__(self, level: int) -> None:
        super().__init__(80, colour=False)
        self._level = level
        self._written: list[str] = []

    def heading(self, text: str) -> None:
        """Add a heading, below that of the entry."""
        self._written += ["", f"{'#' * self._level} {escaped(text)}", ""]

    def gap(self) -> None:
        """A gap of the screen is none here: a heading or a list has its own."""

    def lines(self, texts: Iterable[str], indent: int = 0, style: str = "") -> None:
        """Add paragraphs."""
        self._written += [part for text in texts for part in (escaped(text), "")]

    def entry(self, label: str, texts: str | Iterable[str], style: str = "") -> None:
        """Add a label with its text."""
        first, *others = [texts] if isinstance(texts, str) else texts
        self._written += [f"- **{escaped(label)}:** {escaped(first)}", *(f"  - {escaped(text)}" for text in others)]

    def written(self) -> list[str]:
        """The lines of the page."""
        return self._written


@cache
def data() -> tuple[Catalogue, Limits, Formulary]:
    """The data files that ship."""
    return (
        load_catalogue(data_file("regimens.yaml")),
        load_limits(data_file("limits.yaml")),
        load_formulary(data_file("products.yaml")),
    )


def escaped(text: str) -> str:
    """A text in which nothing is taken for Markdown; an address becomes a link."""
    parts, at = [], 0
    for found in _address.finditer(text):
        parts += [_plain(text[at : found.start()]), f"<{found[0]}>"]
        at = found.end()
    return "".join((*parts, _plain(text[at:])))


def _plain(text: str) -> str:
    return re.sub(r"([\\`*_\[\]|~#])", r"\\\1", text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"))


def anchors(headings: Iterable[str]) -> list[str]:
    """The anchor that a code host gives each heading of a page, in their order.

    Args: the headings, as they are shown.
    Returns: small letters, spaces as hyphens, nothing but letters, digits, hyphens and underscores; one that repeats gets a number.
    """
    seen: dict[str, int] = {}
    found = []
    for heading in headings:
        slug = re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
        found.append(f"{slug}-{seen[slug]}" if slug in seen else slug)
        seen[slug] = seen.get(slug, 0) + 1
    return found


def text_of(lines: list[str]) -> str:
    """Lines as a file, never two empty ones together."""
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).rstrip() + "\n"
