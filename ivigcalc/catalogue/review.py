"""What is suspicious in a data file that has no fault: each with its line, its key and what to do. Nothing here refuses a file."""

import re
from collections.abc import Collection, Iterator, Mapping
from datetime import date
from difflib import SequenceMatcher
from fractions import Fraction

from ivigcalc.catalogue.quoted import basis_of_cap, cap_quoted, narrowed, not_capped, not_quoted, said_of_dose, weights_named
from ivigcalc.catalogue.reading import Item, Node
from ivigcalc.model import Cited, Limit, Phase, Regimen
from ivigcalc.numbers import screen_text
from ivigcalc.when import days_in

ALIKE = 92
"""Percent: our own bound on how alike the names of two indications are that may be one."""
LONG = 12
"""Words: our own bound on a quote that no two sources have by chance."""
NOT_STATED = {
    "dose": ("dose",),
    "days": ("days",),
    "every": ("interval",),
    "cycles": ("courses", "infusions", "cycles"),
    "weight_basis": ("weight",),
}
"""The figures that a source may not state, each with words by which `not_stated` names it; it prints with every plan."""
EXACTLY = {
    "dose": "dose",
    "days of a course": "days",
    "interval": "every",
    "number of courses": "cycles",
    "weight used for dosing": "weight_basis",
}
"""What `not_stated` says of one figure and of nothing else."""
_A_YEAR = {"year": 1, "month": 12}
_an_age = re.compile(r"\b(\d+) (year|month)s?\b", re.IGNORECASE)


def review(
    root: Item, regimens: Mapping[str, Regimen], indications: Collection[str], limits: tuple[Limit, ...], today: date
) -> tuple[str, ...]:
    """List what a reviewer of a data file would want to look at.

    Args: the root of the file, with a collector of its own; its regimens as they were read; the indications that are known under
    their names; the safety limits; today.
    Returns: `file:line: key: what is suspicious, what to do`, in the order of the file.
    """
    _sources(root, today)
    for key, regimen in regimens.items():
        entry = root.at("regimens", key)
        for item, phase in zip(_rows(entry, "phases"), regimen.phases, strict=True):
            _above(item, phase, limits)
            _quotes(item, phase, regimen)
            _caps(item, phase)
            _overlap(item, phase)
        _narrowed(entry, regimen)
        _beside(entry, regimen)
        _population(entry, regimen)
        if not regimen.choose:
            _not_stated(entry, regimen)
    _same_indication(root, regimens, indications)
    _same_plan(root, regimens)
    _same_words(root, regimens)
    return tuple(sorted(root.faults.found, key=lambda message: root.faults.found[message]))


def _rows(entry: Item, key: str) -> list[Item]:
    found = entry.child(key)
    return list(found.rows()) if found else []


def _sources(root: Item, today: date) -> None:
    used = set(_named(root.node))
    for key, entry in sources.entries() if (sources := root.child("sources")) else ():
        if key not in used:
            entry.fault("is cited by nothing here, cite it or take it out")
        if (read := str(entry.at("read").node.value)) > today.isoformat():
            entry.at("read").fault(f"{read} is a day to come, check the date on which it was read")


def _named(node: Node) -> Iterator[str]:
    """The keys of all sources that something in the file names."""
    if isinstance(node.value, list):
        for row in node.value:
            yield from _named(row)
    elif isinstance(node.value, dict):
        for key, child in node.value.items():
            if key == "source" and isinstance(child.value, str):
                yield child.value
            yield from _named(child)


def _above(item: Item, phase: Phase, limits: tuple[Limit, ...]) -> None:
    """The most that the stated figures come to, per day and per course, against the limits that every plan is held against."""
    if phase.dose is None:
        return
    most = {phase.per: phase.dose.high}
    if phase.days:
        most |= {"course": phase.dose.high * phase.days.high} if phase.per == "day" else {"day": phase.dose.high / phase.days.low}
    for limit in limits:
        caps = [cap.g_per_kg for cap in phase.caps if cap.per == limit.per and cap.g_per_kg is not None and not cap.cited.source.external]
        figure = min([most[limit.per], *caps]) if limit.per in most else Fraction(0)
        if figure > limit.g_per_kg:
            words = f"{screen_text(figure)} g per kg in a {limit.per}, above the limit of {screen_text(limit.g_per_kg)} g per kg"
            item.at("dose").fault(f"comes to {words}, check that per: {phase.per} and the days are those of the source")


def _quotes(item: Item, phase: Phase, regimen: Regimen) -> None:
    """The figures of a phase against the words that are cited for them."""
    quotes = [cited.quote for cited in (*regimen.cited, *(cap.cited for cap in phase.caps))]
    unquoted = not_quoted(phase, quotes, (*regimen.readings, *regimen.notes))
    for key, words in unquoted:
        also, where = ("", "") if key == "dose" else (", or say under readings how it is read", " beside its dose")
        item.at(key).fault(f"{words}: the quotes of this regimen do not hold that figure{where}, quote the words that state it{also}")
    for dose in dict.fromkeys(phase.dose or ()):
        said, most = said_of_dose(dose, quotes)
        said = said or said_of_dose(dose, regimen.readings)[0]
        figure = f"{screen_text(dose)} g per kg"
        if phase.days and phase.days.fixed == 1:
            pass  # the day is the course
        elif said and phase.per not in said:
            meant = "each day" if phase.per == "course" else "the whole course"
            item.at("per").fault(f"{phase.per}, where the quote says that {figure} is for {meant}, check which of the two is meant")
        elif not said and not most and ("dose", figure) not in unquoted:
            item.at("per").fault(
                f"{phase.per}: the quotes do not say whether {figure} is for each day or for the whole course, say under readings "
                f'that it is the whole course, or "{figure} on each day"'
            )
        if most:
            item.at("dose").fault(f"{figure} is only the most in the quote, expected dose: not stated, and that figure under caps")


def _narrowed(entry: Item, regimen: Regimen) -> None:
    """Figures that are less than the whole range that the source leaves to whoever prescribes."""
    quotes = [cited.quote for cited in regimen.cited]
    phases = _rows(entry, "phases")
    for at, key, words in narrowed(regimen.phases, quotes, (*regimen.readings, *regimen.notes)):
        phases[at].at(key).fault(f"is a part of what the quote says, {words}; state the whole range, or say under readings why not")


def _beside(entry: Item, regimen: Regimen) -> None:
    """The weights and the most that quotes name, against the entry; when a phase begins, against the course before it."""
    quotes = [cited.quote for cited in (*regimen.cited, *(cap.cited for phase in regimen.phases for cap in phase.caps))]
    bases = {words.split()[0] for words in (regimen.weight_basis, regimen.weight_basis_in_pregnancy) if words}
    for named in sorted(weights_named(quotes) - bases):
        entry.at("weight_basis").fault(
            f"the quotes name {named} body weight, and the entry does not, check which weight the source doses on"
        )
    for words in not_capped(regimen.phases, quotes, (*regimen.readings, *regimen.notes)):
        entry.at("phases").fault(f"the quotes say {words}, and no cap does, add it under caps, or say under readings what it means")
    phases = _rows(entry, "phases")
    for item, before, phase in zip(phases[1:], regimen.phases, regimen.phases[1:], strict=False):
        if phase.begins and before.days and before.days.high > days_in(phase.begins):
            words = f"is counted from the start of the course before, of {before.days.high} days, which would not have ended, check both"
            item.at("begins").fault(words)


def _population(entry: Item, regimen: Regimen) -> None:
    """The ages that the words of a population state, against those that plans are held against."""
    ages = regimen.ages
    if ages is None:
        if _an_age.search(regimen.population or "") or re.search(r"\badolescents?\b", regimen.population or "", re.IGNORECASE):
            entry.at("population").fault("states an age that no plan is held against, add it as figures, such as ages: {from: 2 years}")
        return
    stated = [Fraction(number) / _A_YEAR[unit.lower()] for number, unit in _an_age.findall(regimen.population or "")]
    if any(age not in (ages.from_years, ages.below_years) for age in stated):
        entry.at("ages").fault(f"are not those of the population, {regimen.population}, check both")


def _caps(item: Item, phase: Phase) -> None:
    for entry, cap in zip(_rows(item, "caps"), phase.caps, strict=True):
        if not cap_quoted(cap):
            figure = f"{screen_text(cap.g_per_kg)} g per kg" if cap.g_per_kg is not None else f"{screen_text(cap.grams or Fraction(0))} g"
            entry.at("at_most").fault(f"{figure}: the quote does not hold that figure as a maximum, quote the words that state it")
        if (said := basis_of_cap(cap)) and said != cap.per:
            entry.at("per").fault(f"{cap.per}, where the quote says that it is the most of a {said}, check which of the two is meant")
        if phase.dose and cap.per == phase.per and cap.g_per_kg is not None and cap.g_per_kg < phase.dose.low:
            entry.at("at_most").fault(
                f"is less than the dose of {screen_text(phase.dose.low)} g per kg, which is then never given, check both figures"
            )


def _overlap(item: Item, phase: Phase) -> None:
    if phase.days and phase.every and phase.days.high > (fits := days_in(phase.every.low)):
        item.at("every").fault(
            f"a course of {phase.days.high} days does not fit into {phase.every.low}, of {fits} days, check days and interval"
        )


def _not_stated(entry: Item, regimen: Regimen) -> None:
    """What `not_stated` says against what is stated: it prints with every plan."""
    said = [words.lower() for words in regimen.not_stated]
    stated: dict[str, bool] = {"weight_basis": regimen.weight_basis is not None}
    for key in ("dose", "days", "every", "cycles"):
        stated[key] = all(getattr(phase, key) is not None for phase in regimen.phases)
    known = {**stated, "every": all(phase.every or _needs_no_interval(phase, regimen) for phase in regimen.phases)}
    for key, words in NOT_STATED.items():
        if not known[key] and not any(word in text for word in words for text in said):
            name = next(name for name, of in EXACTLY.items() if of == key)
            entry.at("not_stated").fault(f"does not name the {name}, which is not stated here, add it")
    for text in said:
        if stated.get(EXACTLY.get(text, "")):
            entry.at("not_stated").fault(f"names the {text}, which is stated here, take it out")


def _needs_no_interval(phase: Phase, regimen: Regimen) -> bool:
    """Whether it is the one course before another phase, which has its own word for when it begins."""
    return phase is not regimen.phases[-1] and phase.cycles is not None and phase.cycles.high == 1


def _same_indication(root: Item, regimens: Mapping[str, Regimen], known: Collection[str]) -> None:
    """Indications whose names differ by so little that one may be a slip: its regimens would not stand beside the others."""
    names = [*known]
    for key, regimen in regimens.items():
        if regimen.indication in names:
            continue
        for other in names:
            if SequenceMatcher(None, regimen.indication, other).ratio() * 100 >= ALIKE:
                entry = root.at("regimens", key, "indication")
                entry.fault(f"{regimen.indication} is almost {other}, write the same name where the same is meant")
        names.append(regimen.indication)


def _same_plan(root: Item, regimens: Mapping[str, Regimen]) -> None:
    """Regimens that nothing sets apart."""
    seen: dict[tuple[object, ...], str] = {}
    for key, regimen in regimens.items():
        sources = frozenset(cited.source.key for cited in regimen.cited)  # the labels of two products may well say the same
        plan = (regimen.indication, regimen.population, regimen.jurisdiction, regimen.weight_basis, sources, _figures(regimen))
        if regimen.phases and (first := seen.setdefault(plan, key)) != key:
            root.at("regimens", key).fault(f"has the figures, population and jurisdiction of {first}, say what sets it apart or keep one")


def _figures(regimen: Regimen) -> tuple[object, ...]:
    return tuple(
        (phase._replace(name="", caps=()), *((cap.grams, cap.g_per_kg, cap.per) for cap in phase.caps)) for phase in regimen.phases
    )


def _same_words(root: Item, regimens: Mapping[str, Regimen]) -> None:
    """The same long quote under two sources, of which one is a slip; short ones are alike by themselves."""
    first: dict[str, Cited] = {}
    for key, regimen in regimens.items():
        for item, cited in zip(_rows(root.at("regimens", key), "cited"), regimen.cited, strict=True):
            other = first.setdefault(cited.quote, cited)
            if other.source != cited.source and len(cited.quote.split()) >= LONG:
                item.at("source").fault(f"{cited.source.key}: the same words are quoted from {other.source.key}, check whose they are")
