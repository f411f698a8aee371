"""How text is laid out on a screen of any width: wrapped, never cut, a number never parted from its unit."""

import io
import re
import textwrap
from collections.abc import Iterable
from itertools import zip_longest

NARROW = 60
"""Below this width labels stand above their text, and rows become lines."""
LABEL = 12
LEAST_COLUMN = 24
"""Columns of prose are no narrower than this; where they would be, they stand one below the other."""
MOST_PROSE = 110
"""Lines of prose no longer than this, however wide the screen."""

_GLUE = "\u00a0"
_UNIT = r"(?:g|mg|kg|mL|lb|cm|days?|weeks?|months?|years?|inches|courses?|hr|min|hours?|minutes|micrograms|mmol|mOsm(?:ol)?|bytes|%)"
_glued = re.compile(
    rf"(?<=\d) (?={_UNIT}\b)|(?<=\bg) (?=per kg\b)|(?<=\bper) (?=(?:kg|day|course|hour|min)\b)"
    r"|(?<=\b(?:mL|mg)) (?=per kg\b)|(?<=\bper kg) (?=per (?:min|hour)\b)"
    r"|(?:(?<=\bday)|(?<=\bdays)|(?<=\bcourse)|(?<=\bDOSE)|(?<=\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun))) (?=\d)"
)


class Screen:
    """Collects what is shown, line by line, at a fixed width; colour changes nothing but the colour."""

    def __init__(self, width: int, *, colour: bool) -> None:
        self.width = width
        self.colour = colour
        self._lines: list[tuple[tuple[str, str], ...]] = []  # each of pieces: text and its style

    @property
    def narrow(self) -> bool:
        """Whether labels go above their text."""
        return self.width < NARROW

    def heading(self, text: str) -> None:
        """Add a heading."""
        self._lines += [((line, "bold"),) for line in wrap(text, self.width)]

    def gap(self) -> None:
        """Add an empty line."""
        self._lines.append(())

    def lines(self, texts: Iterable[str], indent: int = 0, style: str = "") -> None:
        """Add plain lines, wrapped."""
        room = min(self.width, MOST_PROSE) - indent
        self._lines += [((" " * indent + line, style),) for text in texts for line in wrap(text, room)]

    def entry(self, label: str, texts: str | Iterable[str], style: str = "") -> None:
        """Add a label with its text; several texts start on lines of their own."""
        texts = [texts] if isinstance(texts, str) else texts
        if self.narrow or len(label) >= LABEL:
            self.heading(label)
            self.lines(texts, 2 if self.narrow else LABEL, style)
            return
        lines = [line for text in texts for line in wrap(text, min(self.width, MOST_PROSE) - LABEL)]
        for head, line in zip([label, *[""] * len(lines)], lines, strict=False):
            self._lines.append(((head.ljust(LABEL), "bold"), (line, style)))

    def rows(self, headings: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> None:
        """Add rows in columns, or on a narrow screen as a sentence each, nothing dropped."""
        rows = list(rows)
        widths = [max(map(len, column)) + 2 for column in zip(headings, *rows, strict=True)]
        if self.narrow or sum(widths) - 2 > self.width:
            heads = [f"{heading}: " if ", " in heading else heading.replace(" ", _GLUE) + _GLUE for heading in headings]
            for row in rows:
                cells = [head + cell for head, cell in zip(heads, row, strict=True)]
                if any(", " in cell for cell in (*headings, *row)):  # a cell of several figures gets lines of its own
                    self.lines(cells[:1])
                    self.lines(cells[1:], 2)
                else:
                    self.lines([", ".join(cells)])
            return
        for row, style in ((headings, "bold"), *((row, "") for row in rows)):
            self._lines.append((("".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip(), style),))

    def columns(self, headings: tuple[str, ...], rows: Iterable[tuple[str, tuple[list[str], ...]]]) -> None:
        """Add columns of wrapped prose with a label for each row; where they do not fit, one below the other, nothing dropped."""
        room = min((self.width - LABEL) // len(headings) - 2, MOST_PROSE)
        if self.narrow or room < LEAST_COLUMN:
            rows = list(rows)
            for number, heading in enumerate(headings):
                if number:
                    self.gap()
                self.heading(heading)
                for label, cells in rows:
                    if cells[number]:
                        self.entry(label, cells[number])
            return
        for label, cells in (("", tuple([heading] for heading in headings)), *rows):
            wrapped = [[line for text in cell for line in _hanging(text, room)] for cell in cells]
            for number, pieces in enumerate(zip_longest([label], *wrapped, fillvalue="")):
                head, *texts = pieces
                line = "".join(text.ljust(room + 2) for text in texts).rstrip()
                self._lines.append(((head.ljust(LABEL), "bold"), (line, "" if label or number else "bold")))

    def text(self) -> str:
        """Put all of it together; rich, which knows how to colour a terminal, is loaded only for colour."""
        if not self.colour:
            return "".join("".join(text for text, _ in line).rstrip() + "\n" for line in self._lines)
        from rich.console import Console
        from rich.text import Text

        out = io.StringIO()
        console = Console(file=out, width=self.width, force_terminal=True, color_system="standard", legacy_windows=False)
        for line in self._lines:
            console.print(Text.assemble(*line), soft_wrap=True)
        return out.getvalue()


def _hanging(text: str, room: int) -> list[str]:
    """Wrap a text of a cell, its further lines indented, so that the next text is told from them."""
    first, *others = wrap(text, room - 2)
    return [first, *(f"  {line}" for line in others)]


def wrap(text: str, width: int) -> list[str]:
    """Wrap text, keeping a number with its unit and a weekday with its date; long words are folded, never cut off.

    Args: text; width [characters].
    Returns: lines.
    """
    lines = textwrap.wrap(_glued.sub(_GLUE, text), max(width, 10), break_on_hyphens=False)
    return [line.replace(_GLUE, " ") for line in lines] or [""]
