"""The plan on the screen: what to give each day, why, and where every number comes from."""

from fractions import Fraction
from itertools import pairwise
from types import ModuleType

from ivigcalc.export import words
from ivigcalc.export.infusions import infusion_rows
from ivigcalc.export.screen import Screen
from ivigcalc.export.words import grams
from ivigcalc.model import Cited, Comparison, Course, Finding, Option, Patient, Plan, Regimen
from ivigcalc.numbers import screen_text
from ivigcalc.when import screen_date

_LABELS = {"refusal": "ACCEPTED", "warning": "Warning", "note": "Note"}
_STYLES = {"refusal": "bold red", "warning": "yellow", "note": ""}


def plan_table(plan: Plan, width: int, *, colour: bool) -> str:
    """Show a plan.

    Args: plan; width of the screen [characters]; whether colour may be used.
    Returns: the text of the screen.
    """
    screen = Screen(width, colour=colour)
    screen.heading(words.title(plan))
    screen.gap()
    patient_entries(screen, plan)
    _dose(screen, plan)
    of_supply = _of_supply() if plan.choices.supply else None
    if of_supply:
        of_supply.supply_entries(screen, plan)
    finding_entries(screen, plan.findings)
    record_entry(screen, plan.patient, plan.choices.rate.risks)
    screen.gap()
    infusion_rows(screen, plan)
    screen.gap()
    if of_supply:
        of_supply.step_rows(screen, plan)
    if following := _next(plan):
        screen.entry("Next", following)
    screen.entry("Order", words.order_text(plan))
    if plan.regimen:
        _sources(screen, (plan.regimen,), plan.cited)
    if of_supply:
        of_supply.supply_sources(screen, plan)
    if plan.others:
        screen.entry("See also", ", ".join(plan.others))
    screen.entry("Use", words.INTENDED_USE)
    return screen.text()


def _of_supply() -> ModuleType:
    """What shows a product, its rates and steps; loaded only where there is one."""
    from ivigcalc.export import supply

    return supply


def comparison_table(comparison: Comparison, width: int, choice: str, *, colour: bool) -> str:
    """Show the open choices side by side.

    Args: comparison; width of the screen [characters]; what to type to choose; whether colour may be used.
    Returns: the text of the screen.
    """
    screen = Screen(width, colour=colour)
    regimens = comparison.regimens
    screen.heading(words.title(comparison) if comparison.regimen or not regimens else f"Regimens for {regimens[0].indication}")
    screen.gap()
    patient_entries(screen, comparison)
    screen.entry("Open", f"No schedule yet: {choice}.")
    finding_entries(screen, comparison.findings)
    record_entry(screen, comparison.patient, comparison.risks)
    screen.gap()
    if comparison.regimen is None and len(comparison.regimens) > 1:
        from ivigcalc.export.indication import blocks  # not needed for a plan

        blocks(screen, comparison)
        screen.gap()
    else:
        _matrix(screen, comparison)
    shown = tuple(dict.fromkeys(regimen for regimen in (comparison.regimen, *comparison.regimens) if regimen))
    for conflict in dict.fromkeys(conflict for regimen in shown for conflict in regimen.conflicts):
        screen.entry("Conflict", words.conflict_lines(conflict))
    _sources(screen, shown, tuple(dict.fromkeys(cited for regimen in shown for cited in regimen.cited)))
    screen.entry("Use", words.INTENDED_USE)
    return screen.text()


def record_entry(screen: Screen, patient: Patient, risks: tuple[str, ...]) -> None:
    """Say what was not given of the patient's record."""
    if missing := words.not_recorded(patient, risks):
        screen.entry("Record", f"not recorded: {', '.join(missing)}")


def _matrix(screen: Screen, comparison: Comparison) -> None:
    """Show the choices of one regimen as days by doses, and what was found on them."""
    columns = _columns(comparison)
    several = comparison.regimen is not None and len(comparison.regimen.phases) > 1
    headings = [
        f"{f'{column[0].phase.name} ' if several else ''}{screen_text(column[0].phase.dose_g_per_kg)} g per kg" for column in columns
    ]
    for heading, column in zip(headings, columns, strict=True):
        screen.entry(heading, _column_words(column[-1], comparison))
    if several:
        _begin(screen, comparison)
    screen.gap()
    days = sorted({option.phase.days for column in columns for option in column})
    heads = [heading + _shared_total(column) for heading, column in zip(headings, columns, strict=True)]
    screen.rows(("Days", *heads), [(str(count), *(_cell(column, count) for column in columns)) for count in days])
    screen.gap()
    if comparison.regimen and comparison.regimen.standing not in (None, "standard"):
        screen.entry("Standing", f"{comparison.regimen.standing}: it is not standard treatment")
    first_of_kind = {finding.code: finding for option in reversed(comparison.options) for finding in option.findings}
    for finding in first_of_kind.values():
        label = "Refused" if finding.level == "refusal" else _LABELS[finding.level]
        screen.entry(label, f"{finding.text} Source: {finding.source}." if finding.source else finding.text, _STYLES[finding.level])


def _begin(screen: Screen, comparison: Comparison) -> None:
    """Say when each further phase begins, or that no source says it."""
    assert comparison.regimen
    phases = comparison.regimen.phases
    for before, phase in pairwise(phases):
        chosen = next((option.phase.begins for option in comparison.options if option.phase.name == phase.name), None)
        after = f"{chosen} after" if chosen else "not stated when; --begins INTERVAL counts from"
        screen.entry("Begins", f"{phase.name}: {after} the start of {words.last_of(before)}")


def patient_entries(screen: Screen, result: Plan | Comparison) -> None:
    """Show the patient, the weight that the dose rests on where it is one for all, and the regimen.

    Args: the screen; the plan or comparison.
    """
    if result.patient.label:
        screen.entry("Label", result.patient.label)
    if measures := _measures(result.patient):
        screen.entry("Patient", measures)
    if isinstance(result, Plan) or len({option.weight for option in result.options}) == 1:  # else each regimen says its own
        screen.entry("Weight", f"{words.kilograms(result.weight.kg)}, {result.weight.basis} body weight; {result.weight.reason}.")
    if result.regimen:
        screen.entry("Regimen", result.regimen.id)


def _measures(patient: Patient) -> str:
    """What was said of the patient beside the weight, with the actual weight that the dosing weight was made from."""
    said = []
    if patient.height_cm is not None:
        said.append(f"height {screen_text(patient.height_cm)} cm")
    if patient.sex:
        said.append(patient.sex)
    if patient.age_years is not None:
        said.append(f"{screen_text(patient.age_years, 2)} years")
    if patient.pregnant is not None:
        said.append("pregnant" if patient.pregnant else "not pregnant")
    if patient.pre_pregnancy_kg is not None:
        said.append(f"{screen_text(patient.pre_pregnancy_kg)} kg before pregnancy")
    said += words.record(patient)
    return ", ".join([f"{words.kilograms(patient.weight_kg)} actual weight", *said]) if said else ""


def _dose(screen: Screen, plan: Plan) -> None:
    """Each phase's dose: per day and per course, in g and in g per kg, with the rounding."""
    for phase in plan.phases:
        course = next((course for course in plan.courses if course.phase is phase), None)
        if course is None:
            continue
        infusions = [infusion for infusion in plan.infusions if infusion.cycle == course.cycle]
        lines = [
            f"{words.days_of(infusions)}, {grams(course.ordered_g)} per course",
            words.calculated_per_kg(course),
        ]
        screen.entry("DOSE" if len(plan.phases) == 1 else phase.name, lines, "bold")
        screen.entry("Rounding", _rounding(plan, course))
        if after := words.begins(plan, phase):
            screen.entry("Begins", after)
        cycles = words.courses(phase.cycles)
        stated = "" if phase.cycles is None else "the source states "
        screen.entry("Interval", f"{words.interval(phase.every)}{', from start to start' if phase.every else ''}; {stated}{cycles}")


def _rounding(plan: Plan, course: Course) -> str:
    rounding = plan.rounding
    to = "whole vials" if rounding.step_g is None else rounding.to
    way = {"nearest": "nearest", "down": "down to", "up": "up to"}[rounding.direction]
    of = "each day's dose" if course.rounded_over == "day" else "the course"
    rule = f"{way} {to} of {of}"
    days = {infusion.ordered_g: infusion for infusion in plan.infusions if infusion.cycle == course.cycle}
    if course.change_percent == 0 and all(day.change_percent == 0 for day in days.values()):
        return f"{rule}, no change"
    first = next(iter(days.values()))
    of_course = " of the course" if course.change_percent == 0 else ""
    text = (
        f"{rule}; calculated {grams(first.calculated_g)} a day, {grams(course.calculated_g)} per course; "
        f"ordered {grams(course.ordered_g)} per course, {words.percent(course.change_percent)}{of_course}"
    )
    if len(days) == 1 and first.change_percent == course.change_percent:
        return text
    return f"{text}; {', '.join(f'{grams(day.ordered_g)} a day {words.percent(day.change_percent)}' for day in days.values())}"


def finding_entries(screen: Screen, findings: tuple[Finding, ...]) -> None:
    """Show the findings, the notes on the site file together."""
    for finding in findings:
        if not _of_site(finding):
            _finding(screen, finding)
    if notes := [finding.text for finding in findings if _of_site(finding)]:
        screen.entry("Site file", notes)


def _of_site(finding: Finding) -> bool:
    return finding.code.startswith("site-") and finding.level == "note"


def _finding(screen: Screen, finding: Finding) -> None:
    source = f" Source: {finding.source}." if finding.source else ""
    screen.entry(_LABELS[finding.level], f"{finding.text}{source}", _STYLES[finding.level])


def _next(plan: Plan) -> str | None:
    last = plan.phases[-1]
    if plan.next_start:
        return f"the next course is due on {screen_date(plan.next_start)}"
    if last.every and not plan.choices.start and (last.cycles is None or len(plan.courses) < last.cycles.high):
        return f"the next course is due {last.every} after the first day of this one"
    if last.every is None and last.cycles is None:
        return "not stated when or whether a further course is due"
    return None


def _sources(screen: Screen, regimens: tuple[Regimen, ...], cited: tuple[Cited, ...]) -> None:
    """Each source once, with its quotes; then what the plan reads into them, and what they leave out."""
    for source in dict.fromkeys(citation.source for citation in cited):
        external = "External source, outside the document: " if source.external else ""
        quotes = [f'{citation.locator}: "{citation.quote}"' for citation in cited if citation.source is source]
        screen.entry("Source", [f"{external}{source.citation}. {source.url or ''}".strip(), *quotes])
    said: dict[tuple[str, tuple[str, ...]], list[str]] = {}  # what is the same of several regimens is said once, of all of them
    for regimen in regimens:
        if regimen.readings:
            said.setdefault(("Reading", regimen.readings), []).append(regimen.id)
        if regimen.not_stated:
            said.setdefault(("Not stated", (f"the source does not state: {', '.join(regimen.not_stated)}",)), []).append(regimen.id)
    for (label, texts), ids in said.items():
        whose = f"{', '.join(ids)}: " if len(regimens) > 1 else ""
        screen.entry(label, [whose + text for text in texts])


def _columns(comparison: Comparison) -> list[list[Option]]:
    """Group the options by regimen, phase and dose: one column each."""
    columns: dict[tuple[object, ...], list[Option]] = {}
    for option in comparison.options:
        key = (option.regimen, option.phase.name, option.phase.dose_g_per_kg)
        columns.setdefault(key, []).append(option)
    return list(columns.values())


def _column_words(option: Option, comparison: Comparison) -> str:
    name = f"{option.regimen.id}, " if option.regimen and option.regimen is not comparison.regimen else ""
    per = option.phase.per if option.phase.days > 1 else "course"
    return f"{name}per {per}, {words.interval(option.every)}"


def _total(option: Option) -> str:
    return f"{grams(sum(option.ordered_g, Fraction(0)))} in all"


def _shared_total(column: list[Option]) -> str:
    """The course of a column, where it is the same for every number of days."""
    totals = {_total(option) for option in column}
    return f", {totals.pop()}" if len(totals) == 1 else ""


def _cell(column: list[Option], days: int) -> str:
    """What one day and the course hold, and whether a limit would refuse it."""
    option = next((option for option in column if option.phase.days == days), None)
    if option is None:
        return "not offered"
    marks = {"refusal": "refused", "warning": "warning"}
    found = [marks[finding.level] for finding in option.findings if finding.level in marks]
    least, most = option.ordered_g[0], option.ordered_g[-1]
    day = f"{grams(most)} a day" if least == most else f"{screen_text(least)} to {grams(most)} a day"
    return ", ".join((day, *(() if _shared_total(column) else (_total(option),)), *found[:1]))
