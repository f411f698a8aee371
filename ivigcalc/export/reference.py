"""The catalogue on the screen: a list of regimens, and one regimen with all that is known of it."""

from fractions import Fraction

from ivigcalc.export import words
from ivigcalc.export.screen import Screen
from ivigcalc.model import NOT_STATED, Cap, Catalogue, Phase, Regimen, Span
from ivigcalc.numbers import screen_text


def regimen_list(regimens: tuple[Regimen, ...], width: int, *, colour: bool) -> str:
    """List regimens, each with its dose.

    Args: regimens; width of the screen [characters]; whether colour may be used.
    Returns: the text of the screen.
    """
    screen = Screen(width, colour=colour)
    for regimen in regimens:
        also = f"also {', '.join(regimen.aliases)}" if regimen.aliases else ""
        fits = len(f"{regimen.id}, {also}") <= width
        screen.heading(f"{regimen.id}, {also}" if also and fits else regimen.id)
        screen.lines([*(() if fits else (also,)), regimen.name, *_phases(regimen), *_stands_for(regimen), *_fields(regimen)], 2)
    screen.gap()
    screen.lines(["Show one with all its figures and sources: ivigcalc regimens show ID"])
    return screen.text()


def regimen_page(catalogue: Catalogue, regimen: Regimen, width: int, *, colour: bool) -> str:
    """Show one regimen: every figure, its source and quote, and what is not stated.

    Args: catalogue, for the regimens that this one stands for; regimen; width [characters]; whether colour may be used.
    Returns: the text of the screen.
    """
    screen = Screen(width, colour=colour)
    screen.heading(regimen.name)
    screen.gap()
    regimen_entries(screen, catalogue, regimen)
    return screen.text()


def regimen_entries(screen: Screen, catalogue: Catalogue, regimen: Regimen) -> None:
    """Show all that is known of a regimen, label by label.

    Args: the screen, or what collects the same entries; catalogue; regimen.
    """
    screen.entry("Id", regimen.id)
    screen.entry("Also", ", ".join(regimen.aliases) or "no other names")
    screen.entry("Indication", regimen.indication)
    for line in _stands_for(regimen):
        screen.entry("Stands for", line)
    for member in (catalogue.regimens[key] for key in regimen.choose):
        screen.entry("Choice", f"{member.id}: {', '.join(phase_words(phase) for phase in member.phases)}")
    for label, text in (("Specialty", regimen.specialty), ("Standing", regimen.standing), ("Evidence", ", ".join(regimen.evidence))):
        if text:
            screen.entry(label, text)
    if not regimen.choose:
        screen.entry("Population", regimen.population or NOT_STATED)
        screen.entry("Country", regimen.jurisdiction or NOT_STATED)
        in_pregnancy = f"; in pregnancy {regimen.weight_basis_in_pregnancy}" if regimen.weight_basis_in_pregnancy else ""
        screen.entry("Weight used", (regimen.weight_basis or NOT_STATED) + in_pregnancy)
    for phase in regimen.phases:
        _phase_entries(screen, phase, several=len(regimen.phases) > 1)
    if regimen.window:
        screen.entry("Start", f"within {regimen.window.days} days of the {regimen.window.event}")
    cited = regimen.cited or tuple(dict.fromkeys(cited for key in regimen.choose for cited in catalogue.regimens[key].cited))
    for source in dict.fromkeys(citation.source for citation in cited):
        screen.entry("Source", [*words.source_lines(source), *(f'{c.locator}: "{c.quote}"' for c in cited if c.source is source)])
    for conflict in regimen.conflicts:
        screen.entry("Conflict", words.conflict_lines(conflict))
    for label, texts in (("Reading", regimen.readings), ("Note", regimen.notes)):
        if texts:
            screen.entry(label, texts)
    if regimen.not_stated:
        screen.entry("Not stated", f"{', '.join(regimen.not_stated)}.")


def _stands_for(regimen: Regimen) -> list[str]:
    return [f"the choice between {' and '.join(regimen.choose)}"] if regimen.choose else []


def _fields(regimen: Regimen) -> list[str]:
    """What it can be found by, beside its names, in a line."""
    evidence = ", ".join(regimen.evidence)
    standing = None if regimen.standing == "standard" else regimen.standing
    found = [field for field in (regimen.specialty, evidence, regimen.jurisdiction, regimen.population, standing) if field]
    return ["; ".join(found)] if found else []


def _phase_entries(screen: Screen, phase: Phase, *, several: bool) -> None:
    if several:
        screen.entry("Phase", phase.name)
    for label, figure in stated(phase).items():
        screen.entry(label, figure)
    for cap in phase.caps:
        quote = f'{cap.cited.locator}: "{cap.cited.quote}"'
        screen.entry(
            "At most",
            [cap_words(cap), *words.source_lines(cap.cited.source), quote],
        )


def stated(phase: Phase) -> dict[str, str]:
    """Write the figures that a source states of a phase, label by label."""
    return {
        "Dose": f"{_range(phase.dose)} g per kg per {phase.per}" if phase.dose else NOT_STATED,
        "Days": _range(phase.days) if phase.days else NOT_STATED,
        **({"Begins": _begins(phase)} if phase.follows else {}),
        "Interval": f"{words.interval(phase.every)}, from start to start" if phase.every else NOT_STATED,
        "Courses": _range(phase.cycles) if phase.cycles else NOT_STATED,
    }


def _begins(phase: Phase) -> str:
    return f"{phase.begins} after the start of the last course before it" if phase.begins else f"{NOT_STATED} when; --begins says it"


def cap_words(cap: Cap) -> str:
    """Write the most that a source allows."""
    figure = f"{screen_text(cap.g_per_kg)} g per kg" if cap.g_per_kg is not None else f"{screen_text(cap.grams or Fraction(0))} g"
    return f"{figure} per {cap.per}" if cap.g_per_kg is not None else f"{figure} a {cap.per}"


def _phases(regimen: Regimen) -> list[str]:
    """The dose of each phase, with its name where there are several."""
    several = len(regimen.phases) > 1
    return [f"{phase.name}: {phase_words(phase)}" if several else phase_words(phase) for phase in regimen.phases]


def phase_words(phase: Phase) -> str:
    """Write the figures of a phase in a line."""
    most = "".join(f", at most {cap_words(cap)}" for cap in phase.caps) if not phase.dose else ""
    dose = f"{_range(phase.dose)} g per kg per {phase.per}" if phase.dose else f"dose not stated{most}"
    days = f"{_range(phase.days)} day{'' if phase.days.fixed == 1 else 's'}" if phase.days else "days not stated"
    return f"{dose}, {days}, {words.interval(phase.every)}"


def _range(span: "Span[int] | Span[Fraction]") -> str:
    low, high = (screen_text(Fraction(figure)) for figure in (span.low, span.high))
    return low if low == high else f"{low} to {high}"
