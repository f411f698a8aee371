"""Whether the words of a source hold a figure that is cited from them, and what they say of it."""

import re
from collections.abc import Iterable
from fractions import Fraction
from typing import TypeVar

from ivigcalc.model import Cap, Phase, Span
from ivigcalc.numbers import exact_text, screen_text
from ivigcalc.units import Basis
from ivigcalc.when import Interval

T = TypeVar("T", int, Fraction, Interval)

_NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_SPELLED = {word: str(number) for number, word in enumerate(_NUMBERS, 1)}
_spelled = re.compile(rf"\b(?:{'|'.join(_SPELLED)})\b")

_MORE = r"(?: ?(?:-|to|or|and) ?[\d.]+)?"  # the rest of a range
_LESS = r"(?:\d+ ?(?:-|to|or) ?)?"  # its beginning
_ONCE = r"\bonce\b|\b1 (?:dose|infusion)\b|\b1-time\b|\binitial dose\b"
_ONE_DAY = rf"{_ONCE}|\bsingle (?:intravenous |iv )?(?:dose|infusion|day)\b|\b1 day\b"
_any_dose = re.compile(r"\d ?(?:m?g|gm|grams?|milligrams?)(?: ?/ ?| per )k(?:g|ilogram)\b")
_clause_ends = re.compile(r"; |\. |\bfollowed by\b|\bthen\b|\bmaintenance\b| or (?=[\d.]+ ?m?g\b)")
_RANGE = r"(?<![\d.])(\d[\d.]*) ?(?:-|to) ?(\d[\d.]*)[ -]?"
_RANGES = {
    "dose": rf"{_RANGE}(?:(?P<mg>mg|milligrams?)|gm?|grams?)(?: ?/ ?| per )k(?:g|ilogram)\b",
    "days": rf"{_RANGE}(?:\w+ )?(?:days?|doses|infusions)\b",
    "every": rf"\bevery {_RANGE}(?P<unit>day|week|month)s?\b",
    "cycles": rf"{_RANGE}(?:\w+ )?(?:cycles|courses|infusions|doses|times)\b",
}
_ONE_COURSE = rf"{_ONCE}|\bsingle\b|\binitial\b|\binduction\b|\bloading\b|\b1 (?:course|cycle)\b"
_FOR_ONE = {"day": r"|\bdaily\b", "week": r"|\bweekly\b|\bper week\b|/w(?:k|eek)\b", "month": r"|\bmonthly\b|\bper month\b|/mo(?:nth)?\b"}
_MOST = r"(?:\bmax\w*|\bup to|\bat most|\bnot (?:be )?more than|\bexceed\w*)"
_most_figure = re.compile(rf"{_MOST}\.?[^\d.;]{{0,40}}(?P<figure>\d[\d.]*) ?(?P<unit>mg|gm?)\b(?P<per_kg> ?/ ?kg| per kg)?")
_weight = re.compile(r"\b(?:ideal|adjusted|pre-pregnancy|actual)(?= (?:body )?weight\b)|\bibw\b")
_most_before = re.compile(rf"{_MOST}\.?(?: (?:is|a|an|of|daily|total|dose))*\W*$")
_kg = (
    r"(?: ?/ ?kg| per (?:kg|kilogram))?(?: of)?(?:/?[ ]?(?:body weight|bw|ibw|abw|adjusted body weight))?"
    r"(?: \([\d.-]+ ml(?: ?/ ?| per )kg\))?"  # as labels have it: 1 g/kg (10 mL/kg)
)
_day_after = re.compile(rf"{_kg} ?(?:/ ?d(?:ay)?\b|per day\b|a day\b|daily\b|(?:on )?each (?:of|day)\b|every day\b|once daily\b)")
_doses = r"\bin (?:equal )?(?:\d+ )?(?:divided )?doses\b"
_spread = rf"\b(?:over|in) {_LESS}\d+ (?:\w+ )?(?:days?|infusions|hours)\b"
_divided = rf"\bdivided\b|\bin all\b|\btotal\b(?! (?:dose )?(?:of )?\d)|{_doses}|{_spread}"
_often = r"\bevery (?:\d+ ?(?:or|to|-) ?)?(?:\d+ )?(?:weeks?|months?)\b|\bweekly\b|\bmonthly\b|(?:/|\bper )(?:w(?:ee)?k|mo(?:nth)?)\b"
_course_after = re.compile(rf"{_kg}(?: is (?:read as )?the whole course\b|[^.;\d]{{0,30}}(?:{_divided}|{_often}))")
_course_before = re.compile(r"\b(?:total (?:dose )?(?:of )?(?:is )?|(?:1|single) dose of )\W*$")


def plain(words: str) -> str:
    """Write words in small letters and digits: numbers that are spelled, dashes, thousands and trailing zeros made alike."""
    text = re.sub(r"[\u2010-\u2015]", "-", " ".join(words.lower().split()))
    text = _spelled.sub(lambda word: _SPELLED[word[0]], text)
    text = re.sub(r"(?<=\d),(?=\d{3}\b)", "", re.sub(r"(?<=\d) (?=\.\d)", "", text))
    return re.sub(r"(\d)\.(?!\d)", r"\1", re.sub(r"(\d\.\d*?)0+(?!\d)", r"\1", text))


def not_quoted(phase: Phase, quotes: Iterable[str], read: Iterable[str]) -> list[tuple[str, str]]:
    """List the figures of a phase that stand in no quote; days, interval and courses may also be read into them, and then that is said.

    They have to stand beside the dose, or where no dose is spoken of: those of another dose are another phase's.

    Args: the phase; the quotes; the readings and notes.
    Returns: the key of each figure, such as days, and the figure in words.
    """
    said, also = [*map(plain, quotes)], [*map(plain, read)]
    clauses = [clause for words in said for clause in _clause_ends.split(words)]
    doses = {dose: dose_pattern(dose) for dose in _ends(phase.dose)}
    of_none = [clause for clause in clauses if not _any_dose.search(clause)]
    beside = [clause for clause in clauses if any(re.search(pattern, clause) for pattern in doses.values())]
    missing = [_missing(phase, [clause, *of_none, *also]) for clause in beside] or [_missing(phase, [*said, *also])]
    unsaid = [dose for dose, pattern in doses.items() if not any(re.search(pattern, words) for words in said)]
    return [*(("dose", f"{screen_text(dose)} g per kg") for dose in unsaid), *min(missing, key=len)]


def _missing(phase: Phase, texts: list[str]) -> list[tuple[str, str]]:
    """The figures beside the dose that stand in none of some texts."""
    wanted = []
    for days in _ends(phase.days):
        once = f"|{_ONE_DAY}" if days == 1 else ""
        wanted.append(("days", _count(days, "day"), rf"\b{days}{_MORE}[ -](?:\w+ )?(?:days?|doses|infusions)\b{once}"))
    for every in _ends(phase.every):
        number, unit = every.number, every.unit
        once = _FOR_ONE[unit] + rf"|\bevery {unit}\b" if number == 1 else ""
        spaced = rf"\bevery {_LESS}{number}{_MORE}[ -]?{unit}s?\b|\b{number}[ -]{unit}(?:ly| intervals?)\b"
        wanted.append(("every", f"every {every}", spaced + once))
    for cycles in _ends(phase.cycles):
        once = f"|{_ONE_COURSE}" if cycles == 1 else ""
        pattern = rf"\b{_LESS}{cycles}{_MORE} (?:\w+ )?(?:cycles|courses|infusions|doses|times)\b{once}"
        wanted.append(("cycles", _count(cycles, "course"), pattern))
    if phase.begins:
        when = rf"{phase.begins.number} {phase.begins.unit}s?"
        wanted.append(("begins", f"after {phase.begins}", rf"\b(?:after|at|from) {when}\b|\b{when} (?:after|later|from|following)\b"))
    return [(key, words) for key, words, pattern in wanted if not any(re.search(pattern, text) for text in texts)]


def narrowed(phases: Iterable[Phase], quotes: Iterable[str], read: Iterable[str]) -> list[tuple[int, str, str]]:
    """List the figures that are only a part of a range in the quotes, which no phase states whole and no reading names.

    Args: the phases of a regimen; its quotes; the readings and notes.
    Returns: the number of the phase, from 0; the key of the figure, such as days; the words of the range.
    """
    said, also = [*map(plain, quotes)], [*map(plain, read)]
    stated = [(at, key, _bounds(span)) for at, phase in enumerate(phases) for key in _RANGES if (span := getattr(phase, key))]
    missing = []
    for at, key, own in stated:
        same = ("days", "cycles") if key in ("days", "cycles") else (key,)  # infusions may be of either
        whole = {bounds for _, other, bounds in stated if other in same} | {bounds for bounds, _ in _ranges(key, also)}
        ranges = _ranges(key, said)
        for (low, high, unit), words in ranges if own not in (bounds for bounds, _ in ranges) else ():
            if low <= own[0] and own[1] <= high and unit == own[2] and (low, high, unit) not in whole:
                missing.append((at, key, words))
    return list(dict.fromkeys(missing))


def _ranges(key: str, texts: Iterable[str]) -> list[tuple[tuple[Fraction, Fraction, str], str]]:
    """The ranges that stand in plain words: their figures, as `_bounds` has them, and their words."""
    found = []
    for match in (match for words in texts for match in re.finditer(_RANGES[key], words)):
        parts = match.groupdict()
        low, high = (Fraction(number) / (1000 if parts.get("mg") else 1) for number in match.group(1, 2))
        found.append(((low, high, parts.get("unit") or ""), match[0]))
    return found


def cap_quoted(cap: Cap) -> bool:
    """Whether the quote of a cap holds its figure as a maximum."""
    most = cap.grams if cap.g_per_kg is None else cap.g_per_kg
    assert most is not None
    unit = r" ?gm?\b(?! ?/ ?kg| per kg)" if cap.g_per_kg is None else r" ?gm?(?: ?/ ?| per )kg"
    milligrams = rf"|{exact_text(most * 1000)} ?mg(?: ?/ ?| per )kg" if cap.g_per_kg is not None else ""
    return bool(re.search(rf"{_MOST}\D*(?:(?<![\d.]){exact_text(most)}{unit}{milligrams})", plain(cap.cited.quote)))


def not_capped(phases: Iterable[Phase], quotes: Iterable[str], read: Iterable[str]) -> list[str]:
    """List the most that quotes name and that no cap or dose has, unless a reading or note speaks of it.

    Args: the phases of a regimen; its quotes; the readings and notes.
    Returns: the words of each.
    """
    listed, also = list(phases), [*map(plain, read)]
    caps = {(most, cap.g_per_kg is not None) for phase in listed for cap in phase.caps if (most := cap.g_per_kg or cap.grams)}
    missing = []
    for words in map(plain, quotes):
        for found in _most_figure.finditer(words):
            figure, per_kg = Fraction(found["figure"]) / (1000 if found["unit"] == "mg" else 1), bool(found["per_kg"])
            basis = _basis_of_most(found, words)
            dosed = per_kg and any(figure in _ends(phase.dose) and basis in (None, phase.per) for phase in listed)
            pattern = dose_pattern(figure) if per_kg else rf"(?<![\d.]){exact_text(figure)} ?g\b"
            if (figure, per_kg) not in caps and not dosed and not any(re.search(pattern, text) for text in also):
                missing.append(found[0])
    return list(dict.fromkeys(missing))


def basis_of_cap(cap: Cap) -> Basis | None:
    """Whether the quote of a cap says that it is for a day or for a course; None where it says neither."""
    words = plain(cap.cited.quote)
    return next((basis for found in _most_figure.finditer(words) if (basis := _basis_of_most(found, words))), None)


def _basis_of_most(found: re.Match[str], words: str) -> Basis | None:
    after = words[found.end() :]
    if _day_after.match(after):
        return "day"
    return "course" if "total" in found[0] or _course_after.match(after) else None


def weights_named(quotes: Iterable[str]) -> set[str]:
    """The kinds of body weight that quotes name, in the words of `weight_basis`."""
    return {"ideal" if found == "ibw" else found.split()[0] for words in map(plain, quotes) for found in _weight.findall(words)}


def dose_pattern(g_per_kg: Fraction) -> str:
    """A pattern for a dose [g/kg] as plain words hold it, in g or in mg."""
    grams = rf"(?<![\d.]){exact_text(g_per_kg)}{_MORE} ?(?:g|gm|grams?)\b"
    return rf"{grams}|(?<![\d.]){exact_text(g_per_kg * 1000)}{_MORE} ?(?:mg|milligrams?)\b"


def said_of_dose(g_per_kg: Fraction, quotes: Iterable[str]) -> tuple[frozenset[Basis], bool]:
    """Read what quotes say of a dose.

    Args: dose [g/kg]; the quotes.
    Returns: whether they say that it is for a day, for a course, neither or both; whether they only say that it is the most.
    """
    bases: set[Basis] = set()
    most = []
    for words in map(plain, quotes):
        for found in re.finditer(dose_pattern(g_per_kg), words):
            before, after = words[: found.start()], words[found.end() :]
            most.append(bool(_most_before.search(before)))
            if _day_after.match(after):
                bases.add("day")
            elif _course_after.match(after) or _course_before.search(before):
                bases.add("course")
    return frozenset(bases), bool(most) and all(most)


def _bounds(span: Span[int] | Span[Fraction] | Span[Interval]) -> tuple[Fraction, Fraction, str]:
    """The figures of a span, and the unit of an interval."""
    low, high = span
    if isinstance(low, Interval) and isinstance(high, Interval):
        return Fraction(low.number), Fraction(high.number), low.unit
    assert not isinstance(low, Interval)
    assert not isinstance(high, Interval)
    return Fraction(low), Fraction(high), ""


def _ends(span: Span[T] | None) -> tuple[T, ...]:
    """The figure of a span, or both of a range."""
    return tuple(dict.fromkeys(span or ()))


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
