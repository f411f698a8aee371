"""Several regimens side by side on the screen: those of an indication as a block each, since days, basis and weight may differ; those
that were asked for by name with all that tells them apart, in columns where they fit."""

from fractions import Fraction
from itertools import groupby

from ivigcalc.export import words
from ivigcalc.export.reference import cap_words, phase_words, stated
from ivigcalc.export.screen import Screen
from ivigcalc.export.table import finding_entries, patient_entries
from ivigcalc.export.words import grams
from ivigcalc.model import NOT_STATED, Cap, Comparison, Option, Regimen, Source
from ivigcalc.numbers import screen_text

_MARKS = {"refusal": "refused", "warning": "warning"}


def blocks(screen: Screen, comparison: Comparison) -> None:
    """Show each regimen with the grams of every choice that it leaves, then those that have none.

    Args: the screen; the comparison.
    """
    shared = len({option.weight for option in comparison.options}) == 1
    for regimen, options in groupby(comparison.options, key=lambda option: option.regimen):
        assert regimen is not None
        screen.heading(regimen.id)
        lines = [regimen.name if regimen.standing in (None, "standard") else f"{regimen.name}; {regimen.standing}"]
        own = list(options)
        if not shared and own[0].weight:
            lines.append(f"on {words.kilograms(own[0].weight.kg)}, {own[0].weight.basis} body weight; {own[0].weight.reason}")
        lines += _doses(regimen, own)
        screen.lines(lines, 2)
        screen.lines(_found(own), 2)
    for left in comparison.left_out:
        screen.heading(left.regimen.id)
        screen.lines([left.regimen.name, f"No grams: {left.why}"], 2)


def compared(comparison: Comparison, width: int, *, colour: bool) -> str:
    """Show regimens that were asked for by name, with the grams of every choice and what tells them apart.

    Args: the comparison; width of the screen [characters]; whether colour may be used.
    Returns: the text of the screen.
    """
    screen = Screen(width, colour=colour)
    screen.heading("Regimens side by side")
    screen.gap()
    patient_entries(screen, comparison)
    if not comparison.options:
        screen.entry("Weight", f"{words.kilograms(comparison.patient.weight_kg)}, as given")
    finding_entries(screen, comparison.findings)
    screen.gap()
    columns = [_column(regimen, comparison) for regimen in comparison.regimens]
    labels = dict.fromkeys(label for column in columns for label in column)
    rows = [(label, tuple(column.get(label, []) for column in columns)) for label in labels]
    screen.columns(tuple(regimen.id for regimen in comparison.regimens), [row for row in rows if any(row[1])])
    screen.gap()
    for conflict in dict.fromkeys(conflict for regimen in comparison.regimens for conflict in regimen.conflicts):
        screen.entry("Conflict", words.conflict_lines(conflict))
    screen.entry("See", ["the words of a source: ivigcalc regimens show ID", "a schedule: ivigcalc plan --weight WEIGHT --regimen ID"])
    screen.entry("Use", words.INTENDED_USE)
    return screen.text()


def _column(regimen: Regimen, comparison: Comparison) -> dict[str, list[str]]:
    """What tells a regimen apart, label by label."""
    own = [option for option in comparison.options if option.regimen is regimen]
    why = [f"none: {left.why}" for left in comparison.left_out if left.regimen is regimen]
    phase, *later = regimen.phases
    figures = stated(phase)
    if later:
        figures["Dose"] += f", {phase.name}"
    if own and not phase.days:
        figures["Days"] += f"; 1 to {max(option.phase.days for option in own)} are shown, a choice of ours"
    return {
        "For": [regimen.name],
        "Grams": why or _doses(regimen, own),
        **{label: [figure] for label, figure in figures.items()},
        "At most": [_cap(cap) for cap in phase.caps] or [NOT_STATED],
        "Then": [f"{other.name}: {phase_words(other)}" for other in later],
        "Weight": [] if own and len({option.weight for option in comparison.options}) == 1 else [_weight(regimen, own)],
        "Population": [regimen.population or NOT_STATED],
        "Country": [regimen.jurisdiction or NOT_STATED],
        "Specialty": [regimen.specialty or NOT_STATED],
        "Evidence": [", ".join(regimen.evidence) or NOT_STATED],
        "Standing": [regimen.standing or NOT_STATED],
        "Findings": _found(own),
        "Reading": list(regimen.readings),
        "Source": [line for source in dict.fromkeys(cited.source for cited in regimen.cited) for line in _source(source)],
    }


def _source(source: Source) -> list[str]:
    external = "External source, outside the document: " if source.external else ""
    return [f"{external}{source.citation}.", *([source.url] if source.url else [])]


def _cap(cap: Cap) -> str:
    return cap_words(cap) + (", an external source, which changes nothing" if cap.cited.source.external else "")


def _weight(regimen: Regimen, own: list[Option]) -> str:
    """The weight that the grams rest on, or else the one that the source names."""
    weight = own[0].weight if own else None
    if weight is None:
        return f"the source names {regimen.weight_basis}" if regimen.weight_basis else NOT_STATED
    return f"{words.kilograms(weight.kg)}, {weight.basis} body weight; {weight.reason}"


def _found(own: list[Option]) -> list[str]:
    """What the limits and caps say of the choices of a regimen, each once."""
    said = {finding.text: finding for option in own for finding in option.findings}.values()
    return [
        f"{_MARKS.get(finding.level, finding.level).capitalize()}: {finding.text}"
        + (f" Source: {finding.source}." if finding.source else "")
        for finding in said
    ]


def _doses(regimen: Regimen, own: list[Option]) -> list[str]:
    """The doses of a regimen with the grams of every choice, phase by phase."""
    lines: list[str] = []
    for name, phase in groupby(own, key=lambda option: option.phase.name):
        of_phase = f"{name}, " if len(regimen.phases) > 1 else ""
        for _, choices in groupby(phase, key=lambda option: option.phase.dose_g_per_kg):
            lines += _dose(list(choices), of_phase)
    return [*lines, *(f"{name} begins: not stated when; add --begins INTERVAL" for name in _unsaid(regimen))]


def _unsaid(regimen: Regimen) -> list[str]:
    """The phases of which the source does not state when they begin."""
    return [phase.name for phase in regimen.phases if phase.follows and not phase.begins]


def _dose(options: list[Option], of_phase: str) -> list[str]:
    """A dose, and what each number of days that its source leaves would give; of one of several phases the fewest and the most
    days together, as each phase has a regimen of its own beside it."""
    first, last = options[0], options[-1]
    per = first.phase.per if first.phase.days > 1 else "course"
    lines = [f"{of_phase}{screen_text(first.phase.dose_g_per_kg)} g per kg per {per}, {words.interval(first.every)}"]
    if of_phase and len(options) > 1 and not any(option.findings for option in options):
        days = f"over {first.phase.days} to {last.phase.days} days {grams(first.ordered_g[-1])} to {grams(last.ordered_g[-1])} a day"
        return [*lines, f"{days}, {grams(sum(last.ordered_g, Fraction(0)))} per course"]
    for option in options:
        least, most = option.ordered_g[0], option.ordered_g[-1]
        day = f"{grams(most)} a day" if least == most else f"{screen_text(least)} to {grams(most)} a day"
        days = "on 1 day" if option.phase.days == 1 else f"over {option.phase.days} days"
        marks = [_MARKS[finding.level] for finding in option.findings if finding.level in _MARKS]
        lines.append(", ".join((f"{days} {day}", f"{grams(sum(option.ordered_g, Fraction(0)))} per course", *marks[:1])))
    return lines
