"""What of regimens.yaml a plan by an id rests on: the same lines, with everything else left empty.

A clinician waits for a plan, and reading a whole file takes longer with every regimen in it. A file in the layout of ours is
cut by its lines before YAML reads it. In any other layout, for any name that is not an id or alias of one regimen, and where
what is left has a fault, the whole file is read. `ivigcalc catalogue check` always reads all of it.
"""

import re
from typing import NamedTuple

from ivigcalc.catalogue.names import flat

_SECTION = re.compile(r"^([a-z_]+):\n", re.MULTILINE)
_ENTRY = re.compile(r"^  ([a-z0-9/-]+):\n", re.MULTILINE)
_laid_out = re.compile(r"[a-z_]+:\n(?:(?:    .*|  [a-z0-9/-]+:| {0,2}#.*)?\n)*").fullmatch


class Excerpt(NamedTuple):
    """A part of a catalogue."""

    text: str  # with as many lines as the file
    ids: tuple[str, ...]  # of all regimens of the file
    others: tuple[str, ...]  # ids of further regimens of the indication, which are only named


class _Block(NamedTuple):
    """An entry of a section: its name and its lines, the one with the name among them."""

    name: str
    lines: str


def excerpt(text: str, name: str) -> Excerpt | None:
    """Keep of a catalogue the regimen of an id or alias, those that it stands for, their sources, and the conflicts.

    Args: the file's text; the name in small letters, with hyphens for spaces.
    Returns: the excerpt, or None where the whole file has to be read.
    """
    starts = list(_SECTION.finditer(text))
    if not starts:
        return None
    ends = [*(start.start() for start in starts[1:]), len(text)]
    parts = {start[1]: text[start.start() : end] for start, end in zip(starts, ends, strict=True)}
    regimens, sources = (_blocks(parts.get(section, "")) for section in ("regimens", "sources"))
    asked = [block for block in regimens if block.name and name in _names(block)]
    if len(parts) < len(starts) or not sources or len(asked) != 1:
        return None
    indication, chosen = _value(asked[0], "indication"), _listed(asked[0], "choose")
    kept = {block.name: block for block in regimens if block.name and (block is asked[0] or block.name in chosen)}
    cited = re.findall(r"source: (\S+)$", "".join((*(block.lines for block in kept.values()), parts.get("conflicts", ""))), re.MULTILINE)
    new = {"regimens": _without(regimens, kept), "sources": _without(sources, cited), "conflicts": parts.get("conflicts", "")}
    whole = "".join(new.get(section, "\n" * part.count("\n")) for section, part in parts.items())
    others = (block.name for block in regimens if block.name not in kept and _value(block, "indication") == indication)
    ids = (block.name for block in regimens if block.name)
    return Excerpt("\n" * text.count("\n", 0, starts[0].start()) + whole, tuple(ids), tuple(others))


def _blocks(part: str) -> list[_Block]:
    """The line of a section and its entries; nothing where a line of it is not laid out as ours are."""
    starts = list(_ENTRY.finditer(part))
    if not starts or not _laid_out(part):
        return []
    ends = [*(start.start() for start in starts[1:]), len(part)]
    return [_Block("", part[: starts[0].start()]), *(_Block(s[1], part[s.start() : end]) for s, end in zip(starts, ends, strict=True))]


def _without(blocks: list[_Block], kept: "dict[str, _Block] | list[str]") -> str:
    """A section in which the lines of the entries that are not kept are empty."""
    return "".join(block.lines if not block.name or block.name in kept else "\n" * block.lines.count("\n") for block in blocks)


def _value(block: _Block, key: str) -> str | None:
    found = re.search(rf"^    {key}: (.*)$", block.lines, re.MULTILINE)
    return found and found[1]


def _listed(block: _Block, key: str) -> list[str]:
    return re.findall(r"[a-z0-9/-]+", _value(block, key) or "")


def _names(block: _Block) -> list[str]:
    names = [block.name, *_listed(block, "aliases")]
    return [*names, *map(flat, names)]
