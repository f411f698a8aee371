"""A checked order on the screen, as JSON (schema ivigcalc.check/1) and as a row of CSV."""

from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from itertools import groupby
from typing import Any

from ivigcalc.checking import Check, Expected, Judged, Slip
from ivigcalc.export.exact import exact, iso, json_line, json_page
from ivigcalc.export.screen import Screen
from ivigcalc.export.table import record_entry
from ivigcalc.export.words import INTENDED_USE, interval, kilograms, not_recorded
from ivigcalc.model import Cited, Comparison, Finding, Plan
from ivigcalc.numbers import exact_text, screen_text
from ivigcalc.when import screen_date

SCHEMA = "ivigcalc.check/1"
COLUMNS = ("id", "order", "read", "verdict", "day_percent", "course_percent", "slips", "findings", "message")
_LABELS = {"refusal": "Above limit", "warning": "Warning", "note": "Note"}
_STYLES = {"refusal": "bold red", "warning": "yellow", "note": ""}


def check_table(check: Check, rounding_source: str, width: int, *, colour: bool) -> str:
    """Show a checked order: what was read, before it is judged.

    Args: the check; where the rounding that is allowed comes from; width of the screen [characters]; whether colour may be used.
    Returns: the text of the screen.
    """
    screen = Screen(width, colour=colour)
    screen.heading("Check of an order")
    screen.gap()
    if check.patient.label:
        screen.entry("Label", check.patient.label)
    screen.entry("Order", f'"{check.order}"')
    several = len(check.judged) > 1
    for number, judged in enumerate(check.judged, 1):
        screen.entry(f"Reading {number}" if several else "Read", reading_lines(judged, check))
    screen.entry("Weight", f"{kilograms(check.weight.kg)}, {check.weight.basis} body weight; {check.weight.reason}.")
    for line in _expected_lines(check):
        screen.entry("Expected", line)
    screen.gap()
    style = "" if check.passes else "bold red"
    screen.entry("VERDICT", verdict_text(check), style)
    for number, judged in enumerate(check.judged, 1):
        if several:
            screen.entry(f"Reading {number}", f"{judged.kind}{_by(judged)}")
        for slip in judged.slips:
            screen.entry("Slip", _sourced(slip.text, slip.source), "bold red")
        if judged.kind == "differs" and not judged.slips:
            screen.entry("Slip", "no known slip gives this dose; ask whoever wrote the order")
    for finding in _findings(check):
        screen.entry(
            _LABELS["warning"] if finding.accepted else _LABELS[finding.level],
            _sourced(finding.text, finding.source),
            _STYLES[finding.level],
        )
    record_entry(screen, check.patient, check.risks)
    screen.gap()
    if check.result is not None:
        how = "set by hand" if check.within_set else rounding_source
        screen.entry("Rounding", f"up to {screen_text(check.within * 100)}% from the calculated dose; {how}")
    cited = _cited(check.result)
    for source in dict.fromkeys(citation.source for citation in cited):
        quotes = [f'{citation.locator}: "{citation.quote}"' for citation in cited if citation.source is source]
        screen.entry("Source", [f"{source.citation}. {source.url or ''}".strip(), *quotes])
    screen.entry("Use", INTENDED_USE)
    return screen.text()


def verdict_text(check: Check) -> str:
    """Write the verdict in a sentence.

    Args: the check.
    Returns: the verdict, with percent where something was compared.
    """
    first = check.judged[0]
    if check.kind == "ambiguous":
        days, as_written = first.reading.days, [judged.reading.grams or judged.reading.per_kg or judged.grams for judged in check.judged]
        unit = "g" if first.reading.grams else "g/kg"
        each, total = (f"{screen_text(amount)} {unit}" for amount in (as_written[0].days[0], as_written[1].course))
        mend = f'write "{each} daily for {days} days" or "{total} over {days} days"'
        return f"ambiguous: it can be the dose of each day or the whole course; {mend}"
    if check.kind == "within the limits":
        return "within the limits of a dose; nothing was compared, as neither --regimen nor --dose was given"
    if check.kind == "above a limit" and check.result is None:
        return "above a limit; nothing was compared, as neither --regimen nor --dose was given"
    if check.kind == "agrees within rounding":
        return f"agrees within rounding{_by(first)}; up to {screen_text(check.within * 100)}% is taken as rounding"
    return "agrees: the order is what is expected" if check.kind == "agrees" else f"{check.kind}{_by(first)}"


def _by(judged: Judged) -> str:
    """How far the order is from what was expected."""
    if judged.day_change is None or judged.course_change is None:
        return ""
    if judged.day_change == judged.course_change:
        return "" if judged.day_change == 0 else f": {_percent(judged.day_change)} what is expected"
    return f": a day's dose is {_percent(judged.day_change)}, the course {_percent(judged.course_change)} what is expected"


def _percent(change: Fraction) -> str:
    """A change with its direction; one that is too small to be shown is said to be so."""
    if change == 0:
        return "equal to"
    size = screen_text(abs(change) * 100, 2)
    return f"{'under 0.01' if size == '0' else size}% {'above' if change > 0 else 'below'}"


def reading_lines(judged: Judged, check: Check) -> list[str]:
    """Write what an order says in words that have one reading.

    Args: the reading, judged; the check.
    Returns: the dose of each day with the total, in g and in g per kg; then interval, courses and dates, where it names them.
    """
    reading, grams = judged.reading, judged.grams
    lines = [doses_text(grams.days, grams.course)]
    kg = check.weight.kg
    if reading.unit == "mL" and reading.strength and reading.grams:
        volume = f"{screen_text(grams.course / reading.strength, 2)} mL in all"
        lines.append(f"{volume} at {screen_text(reading.strength * 100)} g in 100 mL")
    if reading.per_kg:
        lines.append(f"as written {_per_kg(reading.per_kg.days, reading.per_kg.course)}")
    if reading.body and reading.body.kg:
        lines.append(f"on {screen_text(reading.body.kg, 2)} kg, the body weight of the order")
    if not reading.per_kg or (reading.body and reading.body.kg):
        lines.append(f"{_per_kg([day / kg for day in grams.days], grams.course / kg)} on {screen_text(kg, 2)} kg")
    lines += [interval(reading.every)] if reading.every else []
    lines += [f"{reading.courses} course{'' if reading.courses == 1 else 's'}"] if reading.courses else []
    return [*lines, *_dates(reading.dates)]


def _dates(courses: Sequence[Sequence[date]]) -> list[str]:
    several = len(courses) > 1
    return [f"{f'course {number} ' if several else ''}on {', '.join(map(screen_date, course))}" for number, course in enumerate(courses, 1)]


def doses_text(days: Sequence[Fraction], course: Fraction) -> str:
    """Write the dose of each day with the total, so that neither can be taken for the other.

    Args: the dose of each day [g]; of the course [g].
    Returns: such as "30 g once daily for 5 days, 150 g in all".
    """
    if len(days) == 1:
        return f"{_g(course)} once, on one day"
    if len(set(days)) == 1:
        return f"{_g(days[0])} once daily for {len(days)} days, {_g(course)} in all"
    groups, first = [], 1
    for dose, group in groupby(days):
        last = first + len(list(group)) - 1
        groups.append(f"{_g(dose)} on day {first}" if first == last else f"{_g(dose)} once daily on days {first} to {last}")
        first = last + 1
    return f"{', '.join(groups)}, {_g(course)} in all"


def _per_kg(days: Sequence[Fraction], course: Fraction) -> str:
    if len(days) == 1:
        return f"{screen_text(course, 4)} g per kg"
    least, most = screen_text(min(days), 4), screen_text(max(days), 4)
    day = most if least == most else f"{least} to {most}"
    return f"{day} g per kg per day, {screen_text(course, 4)} g per kg per course"


def _g(grams: Fraction) -> str:
    """An amount; one that does not end within 0.01 g is said to be about so much."""
    text = screen_text(grams, 2 if grams >= 1 else 4)
    return f"{'' if Fraction(text.replace(',', '')) == grams else 'about '}{text} g"


def _expected_lines(check: Check) -> list[list[str]]:
    """What the order is compared with: the one expectation, or the nearest of several."""
    if check.result is None:
        return []
    if check.result.regimen:
        of = f"from {check.result.regimen.id}"
    else:  # the names of an indication's choices begin with their regimens
        several = isinstance(check.result, Comparison) and any(option.regimen for option in check.result.options)
        of = "of the indication" if several else "from a dose entered by hand"
    lines = []
    for expected, kind in {judged.expected: judged.kind for judged in check.judged if judged.expected}.items():
        which = "the nearest of" if kind == "differs" else "one of"
        name = f": {expected.name}, {which} {len(check.expected)} choices" if expected.name else ""
        kg = check.weight.kg
        calculated = _per_kg((expected.day_g / kg,) * len(expected.days_g), expected.course_g / kg)
        every = [interval(expected.every)] if expected.every else []
        if set(expected.days_g) != {expected.day_g}:
            calculated = f"{_g(expected.day_g)} a day, {_g(expected.course_g)} per course, {calculated}"
        doses = doses_text(expected.days_g, sum(expected.days_g, Fraction(0)))
        lines.append([doses, f"{calculated}, calculated", *every, *_dates(expected.dates), f"{of}{name}"])
    return lines


def _findings(check: Check) -> tuple[Finding, ...]:
    """What was found on the order, and the warnings of the plan that it is compared with; each once, refusals first."""
    found = []
    for number, judged in enumerate(check.judged, 1):
        of_all = [finding for finding in judged.findings if all(finding in other.findings for other in check.judged)]
        found += [
            finding if finding in of_all else finding._replace(text=f"Reading {number}: {finding.text}") for finding in judged.findings
        ]
    own = {finding.code for finding in found}
    of_what_fits = [
        finding for judged in check.judged if judged.expected and judged.kind != "differs" for finding in judged.expected.findings
    ]
    of_what_is_meant = [*(check.result.findings if check.result else ()), *(of_what_fits if isinstance(check.result, Comparison) else ())]
    found += [finding for finding in of_what_is_meant if finding.level != "note" and finding.code not in own]
    found += check.beside
    rank = {"refusal": 0, "warning": 1, "note": 2}
    return tuple(sorted(dict.fromkeys(found), key=lambda finding: rank[finding.level]))


def _cited(result: Plan | Comparison | None) -> tuple[Cited, ...]:
    if isinstance(result, Plan):
        return result.cited
    if result is None:
        return ()
    regimens = dict.fromkeys(option.regimen for option in result.options if option.regimen)
    return tuple(dict.fromkeys(cited for regimen in regimens for cited in regimen.cited))


def _sourced(text: str, source: str | None) -> str:
    if not source:
        return text
    return f"{text} Source: {source}." if text.endswith(".") else f"{text}; source: {source}"


def check_json(check: Check, rounding_source: str, options: dict[str, Any], version: str, catalogue_sha256: str) -> bytes:
    """Write a checked order as JSON; every number is exact.

    Args: the check; where the rounding that is allowed comes from; the options as typed; what it was made with.
    Returns: UTF-8 bytes, one object.
    """
    return json_page(_document(check, rounding_source, options, version, catalogue_sha256))


def check_json_line(check: Check, rounding_source: str, options: dict[str, Any], version: str, catalogue_sha256: str) -> str:
    """Write a checked order of a file as one object on a line, as `check_json` does; its id goes in front by `json_with_id`."""
    return json_line(_document(check, rounding_source, options, version, catalogue_sha256))


def unchecked_json_line(order: str, verdict: str, message: str) -> str:
    """Write an order that could not be checked as one object on a line.

    Args: the order as typed; unreadable or refused; why.
    Returns: the object.
    """
    return json_line({"schema": SCHEMA, "order": order or None, "verdict": verdict, "passes": False, "message": message})


def json_with_id(identity: str, document: str) -> str:
    """Put the id of a row in front of its object.

    Args: the id, empty where there is none; the object.
    Returns: a line with its end.
    """
    return f'{{"id": {json_line(identity or None)}, {document[1:]}\n'


def _document(check: Check, rounding_source: str, options: dict[str, Any], version: str, catalogue_sha256: str) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "generator": {"name": "ivigcalc", "version": version, "catalogue_sha256": catalogue_sha256},
        "inputs": {
            "label": check.patient.label,
            "weight_kg": exact(check.patient.weight_kg),
            "options": options,
            "not_recorded": not_recorded(check.patient, check.risks),
        },
        "order": check.order,
        "dosing_weight": {
            "kg": exact(check.weight.kg),
            "basis": check.weight.basis,
            "policy": check.weight.policy,
            "reason": check.weight.reason,
        },
        "regimen": check.result.regimen.id if check.result and check.result.regimen else None,
        "verdict": check.kind,
        "passes": check.passes,
        "within": {"percent": exact(check.within * 100), "source": None if check.within_set else rounding_source},
        "readings": [_reading(judged, check) for judged in check.judged],
        "expected": [_expected(expected) for expected in check.expected],
        "findings": [_finding(finding) for finding in _findings(check)],
        "sources": [
            {
                "key": cited.source.key,
                "citation": cited.source.citation,
                "quote": cited.quote,
                "locator": cited.locator,
                "url": cited.source.url,
            }
            for cited in _cited(check.result)
        ],
    }


def _reading(judged: Judged, check: Check) -> dict[str, Any]:
    reading, kg = judged.reading, check.weight.kg
    return {
        "text": reading_lines(judged, check),
        "states": reading.stated,
        "unit": reading.unit,
        "days": reading.days,
        "days_said": reading.days_said,
        "day_g": [exact(day) for day in judged.grams.days],
        "course_g": exact(judged.grams.course),
        "day_g_per_kg": [exact(day / kg) for day in judged.grams.days],
        "course_g_per_kg": exact(judged.grams.course / kg),
        "every": str(reading.every) if reading.every else None,
        "courses": reading.courses,
        "dates": [[iso(day) for day in course] for course in reading.dates],
        "body_weight_kg": exact(reading.body.kg) if reading.body and reading.body.kg else None,
        "concentration_g_per_ml": exact(reading.strength) if reading.strength else None,
        "verdict": judged.kind,
        "expected": judged.expected and _expected(judged.expected),
        "day_percent": None if judged.day_change is None else exact(judged.day_change * 100),
        "course_percent": None if judged.course_change is None else exact(judged.course_change * 100),
        "slips": [_slip(slip) for slip in judged.slips],
        "findings": [_finding(finding) for finding in judged.findings],
    }


def _expected(expected: Expected) -> dict[str, Any]:
    return {
        "choice": expected.name or None,
        "days": len(expected.days_g),
        "day_g": [exact(day) for day in expected.days_g],
        "course_g": exact(sum(expected.days_g, Fraction(0))),
        "calculated_day_g": exact(expected.day_g),
        "calculated_course_g": exact(expected.course_g),
        "every": interval(expected.every).removeprefix("every ") if expected.every else None,
        "courses": expected.courses,
        "dates": [[iso(day) for day in course] for course in expected.dates],
    }


def _slip(slip: Slip) -> dict[str, Any]:
    return {"code": slip.code, "text": slip.text, "source": slip.source}


def _finding(finding: Finding) -> dict[str, Any]:
    return {"code": finding.code, "level": finding.level, "text": finding.text, "source": finding.source, "accepted": finding.accepted}


def unchecked_row(identity: str, order: str, verdict: str, message: str) -> tuple[str, ...]:
    """Write an order that could not be checked as a row of CSV, in the columns of COLUMNS.

    Args: what identifies the row; the order as typed; unreadable or refused; why.
    Returns: the cells.
    """
    return (identity, order, "", verdict, "", "", "", "", f"not checked: {message}")


def check_row(identity: str, order: str, check: Check) -> tuple[str, ...]:
    """Write a checked order as a row of CSV, in the columns of COLUMNS.

    Args: what identifies the row; the order as typed; the check.
    Returns: the cells.
    """
    first = check.judged[0]
    changes = () if len(check.judged) > 1 else (first.day_change, first.course_change)
    day, course = (exact_text(change * 100) if change is not None else "" for change in changes or (None, None))
    return (
        identity,
        order,
        " or ".join("; ".join(reading_lines(judged, check)) for judged in check.judged),
        check.kind,
        day,
        course,
        ";".join(dict.fromkeys(slip.code for judged in check.judged for slip in judged.slips)),
        ";".join(dict.fromkeys(finding.code for finding in _findings(check))),
        ". ".join([verdict_text(check), *(slip.text for judged in check.judged for slip in judged.slips)]),
    )
