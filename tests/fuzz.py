"""Texts as people mistype, paste and mangle them, against everything of ivigcalc that reads a text.

    python -m tests.fuzz                                         100,000 different inputs for each reader
    python -m tests.fuzz --inputs 5000 weight date               so many, for these alone
    python -m tests.fuzz --seed 7 order                          other inputs than those of seed 0

A reader has to give a value or refuse in ivigcalc's own words, within seconds; what it read has to stand within the bounds of
docs/design.md, and written down and read again has to be the same. About one input in 500 is typed to the program itself, which
has to end with an exit code of its own and without a traceback. Ends with 1 and the shortest input that was found to fail.
"""

import argparse
import re
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from fractions import Fraction
from functools import cache
from pathlib import Path
from types import FrameType
from typing import Final, NamedTuple
from zlib import crc32

import yaml
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from ivigcalc.catalogue import check_file, load_catalogue
from ivigcalc.catalogue.excerpt import excerpt
from ivigcalc.checking import Reading
from ivigcalc.errors import CatalogueError, InputError, Refused
from ivigcalc.model import MOST_DAYS
from ivigcalc.numbers import MOST_CHARACTERS, exact_text
from ivigcalc.safety.orders import read_order
from ivigcalc.units import read_dose, read_height, read_weight
from ivigcalc.when import read_date
from tests.conftest import Run, type_to

ROOT: Final = Path(__file__).parent.parent
TODAY: Final = date(2027, 1, 4)
BATCH: Final = 1_000
MOST_SECONDS: Final = 10
"""Of the processor, so that other work on the machine does not count: far above what any input takes, and a hang is seen."""

NUMBERS: Final = (
    "62",
    "62.5",
    "0.4",
    "0",
    "00",
    "1240",
    "1,240",
    "62,5",
    ".5",
    "5.",
    "1e3",
    "1E-2",
    "9" * 25,
    "0.1" * 9,
    "nan",
    "inf",
    "-62",
    "+2",
)
FOREIGN: Final = ("\uff16\uff12", "\u0666\u0662", "\u096c\u0968", "\u00b2", "\u00bd", "\u2167", "\U0001d7d2", "\u516d\u5341")
SPACES: Final = (" ", "  ", "\u00a0", "\u202f", "\u2009", "\u3000", "\t", "\n", "\r\n", "\u200b", "")
SIGNS: Final = (
    ".",
    ",",
    "'",
    "\u2019",
    '"',
    "\u201d",
    "_",
    "/",
    "-",
    "\u2013",
    "\u2212",
    "+",
    "\u00d7",
    "x",
    "*",
    "%",
    ":",
    ";",
    "(",
    ")",
    "=",
    "~",
)
MARKS: Final = (
    "\u200e",
    "\u200f",
    "\u202e",
    "\u2066",
    "\ufeff",
    "\u0301",
    "\u212a",
    "\x00",
    "\x1b[31m",
    "\ud800",
    "\U0001f489",
    "[bold]",
    "{0}",
    "%s",
)
WEIGHTS: Final = (
    "62",
    "62 kg",
    "62.5 kg",
    "137 lb",
    "9 st 11 lb",
    "3200 g",
    "136.69lbs",
    "10 stone",
    "0.2",
    "650 kg",
    "62 kilograms",
    "10 st 0 lb",
)
HEIGHTS: Final = ("165", "165 cm", "1.65 m", "5 ft 5 in", "5'5\"", "65 in", "20", "272 cm", "6 feet", "5 ft 0 in")
DOSES: Final = (
    "0.4 g/kg/day",
    "2 g/kg/course",
    "400 mg/kg",
    "2 g per kg per course",
    "0.4 g/kg/d",
    "10 g/kg",
    "0.01 g/kg/day",
    "1000mg/kg/course",
)
DATES: Final = (
    "2027-01-04",
    "today",
    "tomorrow",
    "2028-02-29",
    "9999-12-31",
    "0001-01-01",
    "2027-02-30",
    "04/01/2027",
    "4 Jan 2027",
    "Mon 04-Jan-2027",
)
WORDS: Final = {
    "weight": ("kg", "lb", "lbs", "st", "stone", "g", "KG", "\u338f", "pounds"),
    "height": ("cm", "m", "ft", "in", "'", '"', "\u2032", "\u2033", "CM", "feet"),
    "dose": ("g/kg", "mg/kg", "/day", "/course", " per kg", " per day", "g", "mg", "\u00b5g", "/d", "G/KG"),
    "date": ("today", "tomorrow", "-", "2027", "01", "04", "-13-", "Jan", "T00:00", "Z", "W01"),
    "order": (
        "g", "mg", "mL", "g/kg", "daily", "for 5 days", "over 5 days", "5/7", "OD", "every 3 weeks", "x 5", "on 2027-01-04", "total",
        "10%", "IVIG", "not",
    ),
    "catalogue": (
        "&a ", "*a", "!!python/object:os.system ", "{", "}", "[", "]", "- ", "|\n", ">", "---\n", "...\n", "? ", ": ", "#", "<<: ",
        "%YAML 1.1\n", "'", '"', "\n", "\n    ", "not stated", "0.4 g/kg", "3 weeks", "1 to 5", "!!binary ", "@", "`", "\\x41", "yes",
        "null", "0x1F", "1:30",
    ),
}  # fmt: skip


@cache
def orders() -> tuple[str, ...]:
    """The orders that people write, read or refused, of tests/orders.yaml."""
    cases = yaml.safe_load((ROOT / "tests" / "orders.yaml").read_text(encoding="utf-8"))
    return tuple(str(case["order"]) for group in cases.values() for case in group)


@cache
def catalogues() -> tuple[str, ...]:
    """Catalogues of one indication each, cut out of regimens.yaml, and limits.yaml."""
    text = (ROOT / "regimens.yaml").read_text(encoding="utf-8")
    parts = [excerpt(text, name) for name in re.findall(r"^  ([a-z0-9/-]+):$", text, re.MULTILINE)]
    # without empty lines, and without the conflicts, which name regimens of other indications
    small = [
        re.sub(r"\n\n+", "\n", re.sub(r"^conflicts:\n(?:[ #].*\n|\n)*", "", part.text, flags=re.MULTILINE)).lstrip()
        for part in parts
        if part
    ]
    return (*dict.fromkeys(part for part in small if len(part) < 3_000), (ROOT / "limits.yaml").read_text(encoding="utf-8"))


REAL: Final[dict[str, Callable[[], tuple[str, ...]]]] = {
    "weight": lambda: WEIGHTS,
    "height": lambda: HEIGHTS,
    "dose": lambda: DOSES,
    "date": lambda: DATES,
    "order": orders,
    "catalogue": catalogues,
}


# What may be typed

PIECES: Final = {name: st.sampled_from((*words, *NUMBERS, *FOREIGN, *SPACES, *SIGNS, *MARKS, *words)) for name, words in WORDS.items()}
PLACE: Final = st.integers(0, 8 * 9 * 5_000 - 1)
FIGURE: Final = st.one_of(st.integers(1, 12), st.integers(0, 999))
DIGITS: Final = {ord("0") + digit: chr(0xFF10 + digit) for digit in range(10)}


def edited(draw: st.DrawFn, text: str, pieces: st.SearchStrategy[str]) -> str:
    """A real text after a slip: something put in, left out, doubled, moved, or in other letters."""
    for place in draw(st.lists(PLACE, min_size=1, max_size=3)):
        rest, how = divmod(place, 8)
        at, length = divmod(rest, 9)
        at %= len(text) + 1
        before, part, after = text[:at], text[at : at + length], text[at + length :]
        if how == 0:
            text = before + draw(pieces) + part + after
        elif how == 1:
            text = before + draw(pieces) + after
        elif how == 2:
            text = before + after
        elif how == 3:
            text = before + part + part + after
        elif how == 4:
            text = before + part.swapcase() + after
        elif how == 5:
            text = after + part + before
        elif how == 6:
            text = text.replace(" ", SPACES[length])
        else:
            text = before + part.translate(DIGITS) + after
    return text


def with_other_figures(draw: st.DrawFn, text: str) -> str:
    """A real text with other numbers in it, most of which can be read."""
    figures = iter(draw(st.lists(FIGURE, min_size=1, max_size=6)))

    def other(found: re.Match[str]) -> str:
        length = len(found[0])
        return found[0] if length > 3 else str(next(figures, int(found[0])) % 10**length).zfill(length if found[0].startswith("0") else 1)

    return re.sub("[0-9]+", other, text)


def of_lines(draw: st.DrawFn, text: str, pieces: st.SearchStrategy[str]) -> str:
    """A file with lines left out, doubled, set in or out, or with another value."""
    lines = text.splitlines()
    for place in draw(st.lists(PLACE, min_size=1, max_size=3)):
        rest, how = divmod(place, 8)
        at = rest % len(lines)
        line = lines[at]
        if how == 0:
            lines[at : at + 1] = []
        elif how == 1:
            lines.insert(rest * 7 % len(lines), line)
        elif how in (2, 3):
            lines[at] = f"{line.partition(':')[0]}: {draw(pieces)}"
        elif how == 4:
            lines[at] = "  " + line
        elif how == 5:
            lines[at] = line.removeprefix("  ")
        elif how == 6:
            del lines[max(0, at - rest % 5) : at]
        else:
            lines[at] = line + draw(pieces)
        lines = lines or [""]
    return "\n".join(lines) + "\n"


@st.composite
def typed(draw: st.DrawFn, name: str) -> str:
    """A text for one reader: of its grammar's pieces, a real one after slips, fragments pasted together, long, or any characters."""
    how = draw(st.integers(0, 14))
    pieces = PIECES[name]
    if how <= 2:
        return "".join(draw(st.lists(pieces, max_size=9)))
    if how == 3:
        return draw(st.text(max_size=70))
    text = draw(st.sampled_from(REAL[name]()))
    if how == 4:
        return text + draw(pieces) * draw(st.sampled_from((2, 9, 30, 61, 500, 20_000)))
    if how == 5:
        before, at = draw(st.sampled_from(REAL[name]())), draw(PLACE)
        return before[: at % (len(before) + 1)] + SPACES[at % len(SPACES)] + text[at // 7 % (len(text) + 1) :]
    if how <= 10:
        return of_lines(draw, text, pieces) if name == "catalogue" and how < 9 else edited(draw, text, pieces)
    return with_other_figures(draw, text)


# What has to hold


def text_of_weight(text: str) -> None:
    """A weight stands within 0.2 to 650 kg and reads back."""
    kg = read_weight(text)
    assert Fraction("0.2") <= kg <= 650, kg
    reads_back(kg, "kg", read_weight)


def text_of_height(text: str) -> None:
    """A height stands within 20 to 272 cm and reads back."""
    cm = read_height(text)
    assert 20 <= cm <= 272, cm
    reads_back(cm, "cm", read_height)


def reads_back(value: Fraction, unit: str, read: Callable[[str], Fraction]) -> None:
    """What is written in full and read again is the same."""
    written = exact_text(value)
    if len(written) <= MOST_CHARACTERS and Fraction(written) == value:
        assert read(f"{written} {unit}") == value, written


def text_of_dose(text: str) -> None:
    """A dose stands within 0.01 to 10 g per kg and reads back with what it is for."""
    dose = read_dose(text)
    assert Fraction("0.01") <= dose.g_per_kg <= 10, dose
    assert dose.per in (None, "day", "course")
    if len(exact_text(dose.g_per_kg)) <= MOST_CHARACTERS:
        assert read_dose(str(dose)) == dose


def text_of_date(text: str) -> None:
    """A date reads back, and nothing but an ISO date or a word is one."""
    day = read_date(text, TODAY, "--start")
    assert read_date(day.isoformat(), TODAY, "--start") == day
    assert day.isoformat() == text.strip() or text.strip().lower() in ("today", "tomorrow"), day


def text_of_order(text: str) -> None:
    """Each reading adds up, holds no empty day, and reads back from plain words."""
    readings = read_order(text, Fraction(1, 10))
    assert len(readings) in (1, 2)
    for reading in readings:
        for doses in (reading.grams, reading.per_kg):
            if doses:
                assert 1 <= len(doses.days) <= MOST_DAYS, doses
                assert sum(doses.days, Fraction(0)) == doses.course, doses
                assert min(doses.days) > 0, doses
        order_reads_back(reading)


def order_reads_back(reading: Reading) -> None:
    """The doses of a reading in words that have one meaning give the same reading, if they can be typed at all."""
    doses, unit = (reading.grams, "g") if reading.grams else (reading.per_kg, "g/kg")
    assert doses is not None
    if len(set(doses.days)) > 1:
        return
    day, course = exact_text(doses.days[0]), exact_text(doses.course)
    if Fraction(day) == doses.days[0] and len(day) <= MOST_CHARACTERS:
        words = f"{day} {unit} daily for {reading.days} day{'' if reading.days == 1 else 's'}"
    elif Fraction(course) == doses.course and len(course) <= MOST_CHARACTERS:
        words = f"{course} {unit} over {reading.days} days"
    else:
        return
    (again,) = read_order(words)
    assert (again.grams if unit == "g" else again.per_kg) == doses, (words, again)


def text_of_catalogue(text: str) -> None:
    """Every fault names file and line; a catalogue without one keeps the bounds, and what an excerpt of it says is the same."""
    data = text.encode("utf-8", "surrogatepass")
    path = scratch() / "typed.yaml"
    path.write_bytes(data)
    try:
        assert re.fullmatch("[0-9]+ (?:regimens|limits|products)", check_file(path))
    except CatalogueError as error:
        say_where(error.faults, path, text)
        raise
    if "\nregimens:" not in f"\n{text}":
        return
    catalogue = load_catalogue(path)
    for regimen in catalogue.regimens.values():
        for phase in regimen.phases:
            assert phase.dose is None or Fraction("0.01") <= phase.dose.low <= phase.dose.high <= 10, phase
            assert phase.days is None or 1 <= phase.days.low <= phase.days.high <= MOST_DAYS, phase
        assert load_catalogue(path, regimen.id).regimens[regimen.id] == regimen


def say_where(faults: tuple[str, ...], path: Path, text: str) -> None:
    """Each fault names the file and a line of it, and can be shown."""
    lines = max(len(text.splitlines()), 1)
    assert faults
    for fault in faults:
        found = re.match(rf"{re.escape(str(path))}:([0-9]+): \S", fault)
        assert found, fault
        assert 1 <= int(found[1]) <= lines, (fault, lines)
        assert fault.isprintable(), fault


@cache
def scratch() -> Path:
    """A folder for the files that are typed."""
    return Path(tempfile.mkdtemp(prefix="ivigcalc-fuzz-"))


class Reader(NamedTuple):
    """What reads a text: the reader with what has to hold of it, and the words that give the text to the program."""

    check: Callable[[str], None]
    words: Callable[[str], list[str]]


def _file_words(text: str) -> list[str]:
    path = scratch() / "typed.yaml"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    return ["catalogue", "check", str(path)]


PLAN: Final = ["plan", "--days=1", "--dose=1 g/kg/course"]
READERS: Final = {
    "weight": Reader(text_of_weight, lambda text: [*PLAN, f"--weight={text}"]),
    "height": Reader(text_of_height, lambda text: [*PLAN, "--weight=62", f"--height={text}"]),
    "dose": Reader(text_of_dose, lambda text: ["plan", "--weight=62", "--days=3", f"--dose={text}"]),
    "date": Reader(text_of_date, lambda text: [*PLAN, "--weight=62", f"--start={text}"]),
    "order": Reader(text_of_order, lambda text: ["check", "--weight=75", "--dose=2 g/kg/course", "--days=5", f"--order={text}"]),
    "catalogue": Reader(text_of_catalogue, _file_words),
}


class Hang(Exception):
    """An input took longer than any input may."""


@contextmanager
def in_time() -> Iterator[None]:
    """Break off what hangs, where the system can."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise Hang(f"more than {MOST_SECONDS} seconds")

    if not hasattr(signal, "setitimer"):
        yield
        return
    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, float(MOST_SECONDS))
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def hold(name: str, text: str) -> str:
    """Read one text.

    Args: the reader's name; the text.
    Returns: read or refused.
    Raises: AssertionError or whatever else the reader lets out: a fault of ivigcalc.
    """
    with in_time():
        try:
            READERS[name].check(text)
        except (InputError, Refused, CatalogueError) as error:
            keeps_its_words(str(error))
            return "refused"
    return "read"


def keeps_its_words(message: str) -> None:
    """A message says something, and nothing of the program's inside."""
    assert message.strip()
    for inside in ("Traceback", 'File "', " object at 0x", "<class ", "Error("):
        assert inside not in message, message
    assert "\x1b" not in message, message


def type_in(name: str, text: str) -> None:
    """Give a text to the whole program: it ends with an exit code of its own and says why when that is not 0."""
    with in_time():
        run: Run = type_to(*READERS[name].words(text))
    assert run.code in (0, 1, 2, 3), run
    assert run.code == 0 or name == "order" or run.err, run
    assert "Traceback" not in run.err, run.err


class Done(NamedTuple):
    """How a run went."""

    inputs: int
    counts: Counter[str]
    slowest: float  # seconds of the processor
    seconds: float


def fuzz(name: str, inputs: int, first_seed: int = 0) -> Done:
    """Give a reader so many different texts.

    Args: the reader's name; how many; from which seed they are made.
    Returns: how many were read and refused, and the seconds that the slowest took.
    Raises: the first fault, with the shortest text that shows it.
    """
    seen: set[str] = set()
    counts: Counter[str] = Counter()
    slowest, began, batch = 0.0, time.perf_counter(), first_seed * 1_000_000
    while len(seen) < inputs:

        @seed(batch)
        @settings(
            max_examples=min(BATCH, max(inputs - len(seen), 100)),
            deadline=None,
            database=None,
            phases=(Phase.generate, Phase.shrink),
            suppress_health_check=list(HealthCheck),
        )
        @given(typed(name))
        def some(text: str) -> None:
            nonlocal slowest
            if text in seen or len(seen) >= inputs:
                return
            started = time.process_time()
            how = hold(name, text)
            slowest = max(slowest, time.process_time() - started)
            if crc32(text.encode("utf-8", "surrogatepass")) % 500 == 0:
                type_in(name, text)
            seen.add(text)
            counts[how] += 1

        some()
        batch += 1
    return Done(len(seen), counts, slowest, time.perf_counter() - began)


def main(words: list[str]) -> int:
    """Fuzz the readers that were named, or all of them."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description="Texts as people mistype them, against every reader.")
    parser.add_argument("readers", nargs="*", metavar="READER", help=f"{', '.join(READERS)}; all of them where none is named")
    parser.add_argument("--inputs", type=int, default=100_000, help="how many different texts for each (100000)")
    parser.add_argument("--seed", type=int, default=0, help="another number makes other texts (0)")
    asked = parser.parse_args(words)
    if unknown := [name for name in asked.readers if name not in READERS]:
        parser.error(f"{', '.join(unknown)}: write {', '.join(READERS)}")
    for name in asked.readers or READERS:
        done = fuzz(name, asked.inputs, asked.seed)
        print(
            f"{name}: {done.inputs:,} inputs, {done.counts['read']:,} read, {done.counts['refused']:,} refused, no traceback; "
            f"{done.seconds:.0f} s, the slowest {done.slowest:.2f} s",
            flush=True,
        )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
