"""What was said of the patient's record, as text -> Patient: blood group, history, last course, earlier weights, vaccines."""

import re
from datetime import date
from fractions import Fraction
from typing import Literal, cast

from ivigcalc.errors import InputError
from ivigcalc.model import MOST_DAYS, Cautions, LastCourse, Patient
from ivigcalc.numbers import exact_text, refuse_long
from ivigcalc.options import Options, given, many
from ivigcalc.units import read_grams, read_weight
from ivigcalc.when import read_date, screen_date

HISTORY = (
    *("anaphylaxis-to-immunoglobulin", "iga-deficiency", "iga-deficiency-with-antibodies"),
    *("hyperprolinaemia", "fructose-intolerance", "corn-allergy"),
)
"""What a history may hold; `none` says that none of these is in it."""
LAST_COURSE_G = (Fraction("0.1"), Fraction(6_500))
"""Our own bounds on the grams of a last course: the highest dose per kg for the highest body weight."""


def add_record(patient: Patient, options: Options, start: date | None, today: date) -> Patient:
    """Add what was said of the patient's record.

    Args: the patient; options as typed; the first day of the plan; today's date.
    Returns: the patient, with what was said.
    Raises: InputError.
    """
    group, last, weighed, previous = (given(options, name) for name in ("blood-group", "last-course", "weight-date", "previous-weight"))
    return patient._replace(
        blood_group=None if group is None else _blood_group(group),
        history=_history(many(options, "history")) if "history" in options else None,
        last_course=None if last is None else _last_course(last, start, today),
        weight_date=None if weighed is None else _weight_date(weighed, today),
        previous_weight_kg=None if previous is None else read_weight(previous, "--previous-weight"),
    )


def _blood_group(text: str) -> Literal["O", "A", "B", "AB"]:
    """Read a blood group; what is said of Rh changes nothing here."""
    refuse_long(text, "--blood-group")
    words = " ".join(text.upper().split())
    match = re.fullmatch(r"(O|A|B|AB) ?(?:RH ?D? ?)?(?:[+\u2212-]|POS(?:ITIVE)?|NEG(?:ATIVE)?)?", words)
    if not match:
        zero = "; the group without A and B is the letter O" if words.startswith("0") else ""
        raise InputError(f"--blood-group: {text!r} is not known; write O, A, B or AB{zero}; if it is not known, leave it out")
    return cast('Literal["O", "A", "B", "AB"]', match[1])


def _history(texts: tuple[str, ...]) -> tuple[str, ...]:
    """Read what is in the history, or `none`."""
    found = []
    for text in texts:
        refuse_long(text, "--history")
        word = re.sub(r"[\s_-]+", "-", text.strip().lower()).replace("hyperprolinemia", "hyperprolinaemia")
        if word not in (*HISTORY, "none"):
            raise InputError(f"--history: {text!r} is not known; write {', '.join(HISTORY)} or none, and the option again for another")
        found.append(word)
    if "none" in found and len(set(found)) > 1:
        raise InputError("--history: none and something else contradict each other; write one of them")
    return tuple(word for word in dict.fromkeys(found) if word != "none")


def _last_course(text: str, start: date | None, today: date) -> LastCourse:
    """Read the day of the last infusion, or the first and the last day, and the grams of the whole course."""
    refuse_long(text, "--last-course")
    example = 'write the day of its last infusion and its grams in all, such as "2027-01-04 124 g", or "2027-01-04 to 2027-01-08 124 g"'
    match = re.fullmatch(r"(?:(\S+)\s+to\s+)?(\S+)\s+(.+)", text.strip(), re.IGNORECASE | re.DOTALL)
    if not match:
        raise InputError(f"--last-course: {text!r} is not a date and an amount; {example}")
    first = None if match[1] is None else read_date(match[1], today, "--last-course")
    day, grams = read_date(match[2], today, "--last-course"), read_grams(match[3], "--last-course")
    if first and not 0 <= (day - first).days < MOST_DAYS:
        span = f"{screen_date(first)} to {screen_date(day)}"
        raise InputError(f"--last-course: {span} is no course of 1 to {MOST_DAYS} days (a bound of our own); {example}")
    least, most = LAST_COURSE_G
    if not least <= grams <= most:
        bounds = f"{exact_text(least)} to {exact_text(most)} g (bounds of our own)"
        raise InputError(f"--last-course: {exact_text(grams)} g is outside {bounds}; check the grams of the whole course")
    if start is None:
        raise InputError("--last-course needs the first day of this plan, from which the time is counted; add --start")
    if day >= start:
        raise InputError(
            f"--last-course: {screen_date(day)} is not before the first day, {screen_date(start)}; if both are meant, it may be the "
            f"same course ordered twice; {example}"
        )
    return LastCourse(day, grams, first)


def _weight_date(text: str, today: date) -> date:
    day = read_date(text, today, "--weight-date")
    if day > today:
        raise InputError(
            f"--weight-date: {screen_date(day)} is after today, {screen_date(today)}; write the day on which the patient was weighed"
        )
    return day


def read_vaccines(text: str, cautions: Cautions | None) -> str:
    """Read whose table of live vaccines is asked for.

    Args: the word as typed; the tables.
    Returns: the name of the table.
    Raises: InputError.
    """
    refuse_long(text, "--vaccines")
    word, known = text.strip().lower(), list(cautions.vaccines) if cautions else []
    if word not in known:
        why = "no interval for the UK was found in a source" if word in ("uk", "gb", "united kingdom") else f"{text!r} is not known"
        raise InputError(f"--vaccines: {why}; write {' or '.join(known)}, or leave it out")
    return word
