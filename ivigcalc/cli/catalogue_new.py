"""`ivigcalc catalogue new`: the questions. An answer is judged by the loader and asked again with its words; nothing is filled in."""

import re
import sys
from contextlib import redirect_stdout
from typing import NamedTuple

import typer

from ivigcalc.catalogue.entry import Draft, complaint
from ivigcalc.catalogue.names import EXPECTED, is_name
from ivigcalc.catalogue.regimens import STANDINGS, WEIGHTS
from ivigcalc.catalogue.review import EXACTLY
from ivigcalc.catalogue.sources import KINDS
from ivigcalc.cli.output import printable, screen_width, tell
from ivigcalc.errors import InputError
from ivigcalc.export.screen import wrap
from ivigcalc.model import NOT_STATED, Catalogue
from ivigcalc.safety.population import read_ages

NONE = ""
"""The answer that leaves a key out: Enter alone."""
OPTIONAL = ("specialty", "standing", "ages", "weight_basis_in_pregnancy", "window")
_ENTER = "Enter for none"
_FIGURES = {"dose": "dose", "days": "days of a course", "every": "interval", "cycles": "number of courses"}


class Asked(NamedTuple):
    """What was answered so far; `entry` has sound values in every place that is still open."""

    key: str
    entry: Draft
    sources: dict[str, Draft]  # of this entry
    there: frozenset[str]  # keys of sources that stand in the file already
    known: Catalogue  # the regimens beside which it will stand


def prompt(question: str, default: str | None = None) -> str:
    """Ask one question on standard error, so that standard output holds the entry alone.

    Args: the question; the answer of Enter alone, None where there has to be one.
    Returns: the answer, its spaces made single.
    Raises: typer's Abort at the end of the input.
    """
    shown = default if default else None
    text = "\n".join(wrap(question, screen_width() - (len(shown) + 6 if shown else 3)))
    with redirect_stdout(sys.stderr):
        try:
            answer = typer.prompt(text, default=default, show_default=bool(shown))
        except typer.Abort:
            typer.echo()  # what is said next begins a line of its own
            raise
        except UnicodeDecodeError:
            raise InputError("what was typed is not UTF-8; set the terminal to UTF-8 and begin again") from None
    return re.sub(" +", " ", str(answer)).strip()


def confirm(question: str) -> bool:
    """Ask a question that is answered with yes or no, and has no default."""
    with redirect_stdout(sys.stderr):
        return typer.confirm("\n".join(wrap(question, screen_width() - 9)), default=None)


def ask_site() -> str:
    """Ask for the name that a site file gives itself."""
    while True:
        name = prompt("Name of the hospital or ward, which every plan shows")
        if name and name.isprintable():
            return name
        tell("expected plain words")


def ask_regimen(known: Catalogue, there: frozenset[str]) -> Asked:
    """Ask for everything that an entry holds.

    Args: the regimens beside which it will stand; the keys of the sources that are in the file already.
    Returns: the answers.
    """
    key = _name("Id of the regimen, such as itp/ward-7", tuple(known.regimens), known)
    entry = _sound()
    asked = Asked(key, entry, {}, there, known)
    at = f"regimens.{key}"
    _ask(asked, entry, "name", at, "Name, in words")
    _ask(asked, entry, "indication", at, "Indication, such as immune-thrombocytopenia")
    _ask(asked, entry, "aliases", at, f"Other names that lead to it, with commas between them; {_ENTER}", NONE, many=True)
    _ask(asked, entry, "specialty", at, f"Specialty, such as neurology; {_ENTER}", NONE)
    _ask(asked, entry, "standing", at, f"How it stands: {', '.join(STANDINGS)}; {_ENTER}", NONE)
    _ask(asked, entry, "jurisdiction", at, "Country or state whose source it is", NOT_STATED)
    _ask(asked, entry, "population", at, "Population: whom the source is about", NOT_STATED)
    _ages(asked, at)
    _ask(asked, entry, "weight_basis", at, f"Weight that the source names, {', '.join(WEIGHTS)}, and any words", NOT_STATED)
    _ask(asked, entry, "weight_basis_in_pregnancy", at, f"Another weight that it names for pregnancy; {_ENTER}", NONE)
    _citations(asked, at)
    _phases(asked, at)
    _window(asked, at)
    for name, words in (("readings", "A reading: where a plan rests on how you understand the source"), ("notes", "A note")):
        _texts(asked, name, at, f"{words}; {_ENTER}")
    entry["not_stated"] = _open(entry)
    more = _texts_of("What else the source does not state, with commas, such as product, rounding, infusion rate; " + _ENTER)
    entry["not_stated"] += [words for words in more if words not in entry["not_stated"]]
    return asked


def _judge(asked: Asked, place: str) -> str | None:
    stub = {"citation": "open", "url": NOT_STATED, "licence": NOT_STATED, "read": "2026-01-01", "external": "no"}
    sources = {**dict.fromkeys((*asked.there, "open"), stub), **asked.sources}
    return complaint(asked.key, without_none(asked.entry), sources, asked.known, place)


def without_none(entry: Draft) -> Draft:
    """An entry without the keys that were left out."""
    return {key: value for key, value in entry.items() if value != NONE or key not in OPTIONAL}


def _ask(
    asked: Asked, table: Draft, key: str, at: str, question: str, default: str | None = None, *, many: bool = False
) -> str | list[str]:
    """Ask until the loader takes the answer."""
    while True:
        answer = prompt(question, default)
        value = _split(answer) if many else answer
        table[key] = value
        words = "expected words that can be printed" if not answer.isprintable() else None
        words = words or (None if value == NONE == default else _judge(asked, f"{at}.{key}"))
        if words is None:
            return value
        tell(words)


def _split(answer: str) -> list[str]:
    return [part.strip() for part in answer.split(",") if part.strip()]


def _name(question: str, taken: tuple[str, ...], known: Catalogue) -> str:
    """Ask for an id."""
    while True:
        key = prompt(question)
        if not is_name(key):
            tell(f"{key!r} is not a name, expected {EXPECTED}, such as multiple-sclerosis or itp/ontario")
        elif key in taken:
            tell(f"{key} is a regimen that is there already, expected a name of its own, such as {key.partition('/')[0]}/ward-7")
        elif words := _judge(Asked(key, _sound(), {}, frozenset(), known), f"regimens.{key}"):
            tell(words)
        else:
            return key


def _sound() -> Draft:
    """An entry that the loader takes, in the order of regimens.yaml; a key that is left out has none of its own."""
    return {
        "name": "open", "indication": "open", "aliases": [], "specialty": NONE, "standing": NONE, "jurisdiction": NOT_STATED,
        "population": NOT_STATED, "ages": NONE, "weight_basis": NOT_STATED, "weight_basis_in_pregnancy": NONE,
        "phases": [{"phase": "course", "per": "day", **dict.fromkeys(_FIGURES, NOT_STATED)}], "window": NONE,
        "cited": [{"source": "open", "locator": "open", "quote": "open"}], "readings": [], "notes": [], "not_stated": [],
    }  # fmt: skip


def _ages(asked: Asked, at: str) -> None:
    """Ask for the ages of a population whose words state none that plans are held against."""
    population = asked.entry["population"]
    if population == NOT_STATED or read_ages(population):
        return
    ages: Draft = {"from": "1 year", "below": "99 years"}
    asked.entry["ages"] = ages
    for key, example in (("from", "2 years"), ("below", "18 years")):
        if _ask(asked, ages, key, f"{at}.ages", f"Ages of its patients, {key} which age, such as {example}; {_ENTER}", NONE) == NONE:
            del ages[key]
    asked.entry["ages"] = ages or NONE


def _citations(asked: Asked, at: str) -> None:
    """Ask for each source with its place and words."""
    cited = asked.entry["cited"]
    cited.clear()
    while True:
        cited.append({"source": "open", "locator": "open", "quote": "open"})
        if cited[1:]:
            question, default = f"Another source of it, its key; {_ENTER}", NONE
        else:
            question, default = "Key of its source, such as smith-2020", None
        key = _source(asked, question, default)
        if key == NONE:
            cited.pop()
            return
        cited[-1]["source"] = key
        place = f"{at}.cited[{len(cited)}]"
        _ask(asked, cited[-1], "locator", place, "Where in the source: page, table or section")
        _ask(asked, cited[-1], "quote", place, "Its own words, verbatim, with every figure")


def _source(asked: Asked, question: str, default: str | None) -> str:
    """Ask for the key of a source, and for the source where it is a new one."""
    while True:
        key = prompt(question, default)
        if key == NONE == default or key in asked.sources or key in asked.there:
            return key
        if is_name(key):
            break
        tell(f"{key!r} is not a name, expected {EXPECTED}, such as smith-2020")
    source: Draft = {"citation": "open", "url": NOT_STATED, "licence": NOT_STATED, "read": "2026-01-01", "external": "no", "kind": KINDS[0]}
    asked.sources[key] = source
    at = f"sources.{key}"
    _ask(asked, source, "citation", at, "Citation: authors, title, where and when it was published")
    _ask(asked, source, "url", at, "Its address", NOT_STATED)
    _ask(asked, source, "licence", at, "Its licence", NOT_STATED)
    _ask(asked, source, "read", at, "The day on which you read it, year-month-day")
    _ask(asked, source, "external", at, "Is it outside the document that the regimen is taken from: yes or no")
    if _ask(asked, source, "kind", at, f"Its kind of evidence: {', '.join(KINDS)}; {_ENTER}", NONE) == NONE:
        del source["kind"]
    return key


def _phases(asked: Asked, at: str) -> None:
    """Ask for each phase; of one that another follows the number of courses has to be known."""
    names = _texts_of("Phases with commas between them, such as loading, maintenance; Enter for one, the course") or ["course"]
    figures = dict.fromkeys(("days", "every"), NOT_STATED)
    phases: list[Draft] = [{"phase": name, "dose": NOT_STATED, "per": "day", **figures, "cycles": "1", "begins": "1 day"} for name in names]
    phases[0].pop("begins")
    phases[-1]["cycles"] = NOT_STATED
    asked.entry["phases"] = phases
    for number, phase in enumerate(phases, 1):
        place, of = f"{at}.phases[{number}]", f"{phase['phase']}: " if len(phases) > 1 else ""
        _ask(asked, phase, "dose", place, f"{of}Dose per kg or a range, such as 0.4 g/kg", NOT_STATED)
        _ask(asked, phase, "per", place, f"{of}Is that the dose of a day or of the whole course: day or course")
        _ask(asked, phase, "days", place, f"{of}Days of a course or a range, such as 2 to 5", NOT_STATED)
        _ask(asked, phase, "every", place, f"{of}Interval from start to start, such as 3 weeks", NOT_STATED)
        _ask(asked, phase, "cycles", place, f"{of}How many courses", NOT_STATED)
        if number > 1:
            _ask(
                asked, phase, "begins", place, f"{of}When it begins after the start of the last course before, such as 3 weeks", NOT_STATED
            )
        _caps(asked, phase, place, of)


def _caps(asked: Asked, phase: Draft, place: str, of: str) -> None:
    caps: list[Draft] = []
    while True:
        phase["caps"] = [*caps, cap := {"at_most": "1 g", "per": "day", "source": "open", "locator": "open", "quote": "open"}]
        here = f"{place}.caps[{len(caps) + 1}]"
        question = f"{of}The most that a source allows for a day or a course, such as 25 g or 1 g/kg; {_ENTER}"
        if _ask(asked, cap, "at_most", here, question, NONE) == NONE:
            break
        _ask(asked, cap, "per", here, "The most of a day or of the whole course: day or course")
        cap["source"] = _source(asked, "Key of the source of that", None)
        _ask(asked, cap, "locator", here, "Where in the source: page, table or section")
        _ask(asked, cap, "quote", here, "Its own words, verbatim, with that figure")
        caps.append(cap)
    phase["caps"] = caps
    if not caps:
        del phase["caps"]


def _window(asked: Asked, at: str) -> None:
    window: Draft = {"within": "1 day", "after": "open"}
    asked.entry["window"] = window
    question = f"Days within which it has to start after an event, such as 30 days; {_ENTER}"
    if _ask(asked, window, "within", f"{at}.window", question, NONE) == NONE:
        asked.entry["window"] = NONE
        return
    _ask(asked, window, "after", f"{at}.window", "The event from which they count, such as start of the bispecific antibody")


def _texts(asked: Asked, key: str, at: str, question: str) -> None:
    """Ask for texts, one at a time."""
    found: list[str] = []
    asked.entry[key] = found
    while words := prompt(question, NONE):
        if words.isprintable():
            found.append(words)
        else:
            tell("expected words that can be printed")


def _texts_of(question: str) -> list[str]:
    """Ask for texts with commas between them."""
    while not (words := prompt(question, NONE)).isprintable():
        tell("expected words that can be printed")
    return list(dict.fromkeys(_split(words)))


def _open(entry: Draft) -> list[str]:
    """What was answered with `not stated`, in the words by which plans say so."""
    found = [words for key, words in _FIGURES.items() if any(phase[key] == NOT_STATED for phase in entry["phases"])]
    weight = next(words for words, key in EXACTLY.items() if key == "weight_basis")
    return [*found, *([weight] if entry["weight_basis"] == NOT_STATED else [])]


def told(warnings: tuple[str, ...]) -> None:
    """Show what is suspicious in the new entry."""
    for words in warnings:
        with redirect_stdout(sys.stderr):
            typer.echo("\n".join(wrap(printable(f"warning: {words}"), screen_width())))
