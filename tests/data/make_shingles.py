"""Make document_shingles.txt: what tests/test_quotes.py holds every quote of the data files against.

    python tests/data/make_shingles.py DOCUMENTS_FOLDER FACTS_FOLDER OUT

The documents that the catalogue cites may not be shipped, so their wording is kept as hashes: the first 10 hex digits of
the SHA-256 of every 5 consecutive words, or of all of a quote that has fewer. One section a source: `[name]`, then its hashes,
sorted.

- DOCUMENTS_FOLDER holds the documents, *.txt; a section is named like its file.
- FACTS_FOLDER holds what was copied from other sources, word for word; a section is named like the address of the source:
  document_regimens_external.yaml, guideline_regimens.yaml, products.yaml and ramps.yaml (every table with a `quote` and its `url` or
  `source`; of guideline_regimens.yaml also what stands in double quotes in the `values` of a table with a `url`, and a quote
  of fewer than 5 words as one hash), error_reports.md (what stands in double quotes under a heading, for every address
  under that heading) and weights_rounding.md (what stands in double quotes in the row of an address, or
  of the name of a site whose address another row has).

The tests need neither folder. Words are what white space parts, in small letters, without markup, with plain quotation
marks and hyphens; their punctuation stays, since it is part of a quote.
"""

import hashlib
import re
import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

WINDOW = 5
DIGITS = 10
_PLAIN = str.maketrans(
    {
        "\u2018": "'",
        "\u2019": "'",
        "\u201c": '"',
        "\u201d": '"',
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-"),
        "\u00ad": None,
    }
)


def words_of(text: str) -> list[str]:
    """Part a text into its words, as the top of this file says."""
    text = re.sub(r"</?[A-Za-z][^<>]*>|[*#|\\$]", " ", text)
    return unicodedata.normalize("NFC", text).translate(_PLAIN).lower().split()


def shingles_of(words: list[str]) -> list[str]:
    """Hash every window of 5 words, in the order of the text; a shorter text is one window."""
    windows = (" ".join(words[start : start + WINDOW]) for start in range(max(len(words) - WINDOW + 1, 1)))
    return [hashlib.sha256(window.encode()).hexdigest()[:DIGITS] for window in windows]


def short(words: list[str]) -> list[str]:
    """Hash a quote of fewer than 5 words as a whole."""
    return [] if len(words) >= WINDOW else [hashlib.sha256(" ".join(words).encode()).hexdigest()[:DIGITS]]


def read_shingles(text: str) -> dict[str, frozenset[str]]:
    """Read what `main` has written: section -> hashes."""
    sections: dict[str, set[str]] = {}
    hashes: set[str] = set()
    for line in text.splitlines():
        if line.startswith("["):
            hashes = sections.setdefault(line[1:-1], set())
        elif not line.startswith("#"):
            hashes.update(line.split())
    return {name: frozenset(found) for name, found in sections.items()}


def _quotes(tree: Any) -> Iterator[tuple[str, str]]:
    """Address and quote of every table with both, at any depth."""
    if isinstance(tree, dict):
        addresses = tree.get("url") or tree.get("source")
        for address in addresses if isinstance(addresses, list) else [addresses]:
            if isinstance(address, str) and isinstance(tree.get("quote"), str):
                yield address, tree["quote"]
    for child in tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list) else ():
        yield from _quotes(child)


def _quotes_of_values(tree: Any) -> Iterator[tuple[str, str]]:
    """Address and quotes of every conflict that has an address."""
    for conflict in tree["conflicts"]:
        if "url" in conflict:
            for quote in re.findall(r'"([^"]+)"', conflict["values"]):
                yield conflict["url"], quote


def _quotes_of_report(text: str) -> Iterator[tuple[str, str]]:
    for section in re.split(r"^#+ ", text, flags=re.MULTILINE):
        for address in re.findall(r"https?://[^\s),;]+", section):
            for quote in re.findall(r'"([^"]+)"', section):
                yield address, quote


def _quotes_of_rows(text: str) -> Iterator[tuple[str, str]]:
    known = dict.fromkeys(re.findall(r"https?://[^\s|),;]+", text))
    for row in text.splitlines():
        for address in re.findall(r"https?://[^\s|),;]+", row) or [address for address in known if address.split("/")[2] in row]:
            for quote in re.findall(r'"([^"]+)"', row):
                yield address, quote


def main(documents: Path, facts: Path, out: Path) -> None:
    """Write the hashes of all sources to `out`."""
    sections: dict[str, set[str]] = {}
    for document in sorted(documents.glob("*.txt")):
        sections[document.name] = set(shingles_of(words_of(document.read_text(encoding="utf-8"))))
    copied = [*_quotes_of_report((facts / "error_reports.md").read_text(encoding="utf-8"))]
    copied += _quotes_of_rows((facts / "weights_rounding.md").read_text(encoding="utf-8"))
    for name in ("document_regimens_external.yaml", "products.yaml", "ramps.yaml"):
        copied += _quotes(yaml.safe_load((facts / name).read_text(encoding="utf-8")))
    guidelines = yaml.safe_load((facts / "guideline_regimens.yaml").read_text(encoding="utf-8"))
    copied += (places := [*_quotes(guidelines), *_quotes_of_values(guidelines)])
    for address, quote in places:
        sections.setdefault(address, set()).update(short(words_of(quote)))
    for address, quote in copied:
        sections.setdefault(address, set()).update(shingles_of(words_of(quote)))
    lines = ["# Made by make_shingles.py, which says what this is. Do not edit."]
    for section, hashes in sorted(sections.items()):
        if hashes:
            found = sorted(hashes)
            lines += [f"[{section}]", *(" ".join(found[start : start + 12]) for start in range(0, len(found), 12))]
    out.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(*(Path(word) for word in sys.argv[1:]))
