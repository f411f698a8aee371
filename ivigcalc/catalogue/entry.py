"""A new entry for a data file: its answers -> YAML, what the loader says of each, and the file with the entry added.

An answer is judged by the loader itself: it reads the entry with this answer and sound ones in every place that is still open.
"""

import json
import re
import textwrap
from collections.abc import Mapping
from typing import Any

from ivigcalc.catalogue.reading import Faults, Item, Node, parse
from ivigcalc.catalogue.regimens import add_regimens
from ivigcalc.catalogue.sources import read_sources
from ivigcalc.errors import InputError
from ivigcalc.model import Catalogue

Draft = dict[str, Any]
"""Text, lists and tables, as they are written."""

_WIDTH = 110
_plain = re.compile(r"[A-Za-z0-9(][A-Za-z0-9 .,;()/%+'’–é-]*", re.ASCII).fullmatch
_not_words = re.compile(r"(?:true|false|yes|no|on|off|null|y|n|~)", re.IGNORECASE).fullmatch


def complaint(key: str, entry: Draft, sources: Mapping[str, Draft], known: Catalogue, place: str) -> str | None:
    """Say what the loader has against one answer.

    Args: the id of the regimen; the entry with the answer and sound values elsewhere; its sources; the regimens beside which it will stand;
    where the answer stands, such as regimens.ward-itp.phases[1].dose.
    Returns: the loader's words at that place, or else anywhere, since all else is sound; None where it takes the answer.
    """
    faults = Faults("new")
    root = Item(parse(render({"sources": dict(sources), "regimens": {key: entry}}).encode(), faults), "", faults)
    add_regimens(root, root.take("sources", read_sources) or {}, known)
    found = [message.split(":", 2)[2].strip().partition(": ") for message in faults.found]
    here = [words for where, _, words in found if where == place or where.startswith((f"{place}[", f"{place}."))]
    return next(iter(here or (words for _, _, words in found)), None)


def render(document: Draft, indent: int = 0) -> str:
    """Write a table as YAML lines in the layout of regimens.yaml.

    Args: the table; how many spaces stand before each line.
    Returns: the lines.
    """
    return "".join(f"{' ' * indent}{line}\n" if line else "\n" for line in _lines(document))


def _lines(table: Draft) -> list[str]:
    lines: list[str] = []
    for key, value in table.items():
        if isinstance(value, dict):
            lines += [f"{key}:", *(f"  {line}" for line in _lines(value))]
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            lines.append(f"{key}:")
            for row in value:
                first, *rest = _lines(row)
                lines += [f"  - {first}", *(f"    {line}" for line in rest)]
        elif isinstance(value, list):
            short = f"{key}: [{', '.join(map(_flow, value))}]"
            lines += [short] if len(short) <= _WIDTH else [f"{key}:", *(f"  - {_scalar(text)}" for text in value)]
        else:
            lines += [f"{key}: >-", *(f"  {line}" for line in _fold(value))] if len(value) > _WIDTH else [f"{key}: {_scalar(value)}"]
    return lines


def _fold(text: str) -> list[str]:
    return textwrap.wrap(text, _WIDTH, break_long_words=False, break_on_hyphens=False)


def _scalar(text: str) -> str:
    """A text as YAML reads it back: plain where it can be, else in quotes."""
    return text if text in ("yes", "no") or (_plain(text) and not _not_words(text)) else _quoted(text)


def _flow(text: str) -> str:
    return text if _plain(text) and not _not_words(text) and "," not in text else _quoted(text)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)  # which YAML reads too, of text that can be printed


def add_entry(data: bytes, sources: Mapping[str, Draft], key: str, entry: Draft) -> bytes:
    """Add an entry to a data file and leave all that is there as it is, comments among it.

    Args: the file; the new sources; the id of the regimen; the regimen.
    Returns: the file with the entry.
    Raises: InputError where the layout of the file does not allow it.
    """
    text = data.decode("utf-8-sig")
    end = "\r\n" if "\r\n" in text else "\n"
    lines = text.replace("\r\n", "\n").rstrip("\n").split("\n")
    for section, entries in (("sources", dict(sources)), ("regimens", {key: entry})):
        if entries:
            lines = _insert(lines, section, entries)
    added = (end.join(lines) + end).encode()
    added = data[:3] + added if data.startswith(b"\xef\xbb\xbf") else added
    if not _holds(added, data):
        raise InputError("its layout does not take another entry; leave out -o, and put what is then shown into the file by hand")
    return added


def _insert(lines: list[str], section: str, entries: Draft) -> list[str]:
    """Put entries at the end of a section, in its own indentation; a section that is missing comes last."""
    start = next((number for number, line in enumerate(lines) if re.fullmatch(rf"{section}:\s*(?:#.*)?", line)), None)
    if start is None:
        return [*lines, "", f"{section}:", *render(entries, 2).rstrip("\n").split("\n")]
    stop = next((n for n in range(start + 1, len(lines)) if re.match(r"[^\s#]", lines[n])), len(lines))
    while not lines[stop - 1].strip() or lines[stop - 1].startswith("#"):
        stop -= 1
    indents = (re.match(r" *(?=[^ #])", line) for line in lines[start + 1 : stop])
    indent = next((len(found[0]) for found in indents if found), 2)
    gap = [""] if section == "regimens" else []
    return [*lines[:stop], *gap, *render(entries, indent).rstrip("\n").split("\n"), *lines[stop:]]


def _holds(new: bytes, old: bytes) -> bool:
    """Whether everything that a file held is there as it was."""
    faults = Faults("new")
    return _part(parse(old, Faults("old")), parse(new, faults), deep=2) and not faults.found


def _part(old: Node, new: Node, deep: int) -> bool:
    if deep == 0 or not (isinstance(old.value, dict) and isinstance(new.value, dict)):
        return _same(old) == _same(new)
    return all(key in new.value and _part(node, new.value[key], deep - 1) for key, node in old.value.items())


def _same(node: Node) -> object:
    """What a node holds, without its lines."""
    if isinstance(node.value, dict):
        return {key: _same(child) for key, child in node.value.items()}
    return [_same(child) for child in node.value] if isinstance(node.value, list) else node.value
