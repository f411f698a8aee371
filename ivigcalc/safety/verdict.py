"""What an order says + what was expected -> a verdict. Pure; the slips that fit a difference are in `safety/slips.py`."""

from collections.abc import Iterator
from fractions import Fraction

from ivigcalc.checking import Doses, Expected, Judged, Reading, Verdict
from ivigcalc.errors import InputError
from ivigcalc.model import DosingWeight, Finding
from ivigcalc.numbers import exact_text, screen_text
from ivigcalc.safety.cautions import haemolysis, sources
from ivigcalc.safety.days28 import Day, highest, last_days, last_words, limit_text
from ivigcalc.safety.expected import Context, changes, implied_kg, in_range, interval_text
from ivigcalc.safety.order_parts import WHAT
from ivigcalc.safety.slips import apart, own_figures, slips_of
from ivigcalc.units import DOSE_G_PER_KG
from ivigcalc.when import days_in

SMALL_G_PER_KG = Fraction("0.1")
"""Our own bound: below it an order may have lost its "per kg"."""


def judge(readings: tuple[Reading, ...], expected: tuple[Expected, ...], context: Context) -> tuple[Judged, ...]:
    """Judge an order against what was expected, or by the limits alone.

    Args: what it says, two readings where it has two; what was expected, nothing for the limits alone; the weights, the
    rounding that is allowed and the limits.
    Returns: the judgement of each reading that can be meant; with two of them the order is ambiguous.
    Raises: InputError where an order per kg names another kind of body weight than the plan's, and no figure.
    """
    for reading in readings:
        _same_weight(reading, context.weight)
    sound = tuple(reading for reading in readings if implied_kg(reading, context) is None)
    return tuple(_judge(reading, expected, context) for reading in sound or readings)


def _judge(reading: Reading, expected: tuple[Expected, ...], context: Context) -> Judged:
    grams = reading.grams_at(context.weight.kg)
    own = own_figures(reading, context)
    if (reading.courses or 1) > 1 and not reading.every and len(reading.dates) < 2 and not any(one.every for one in expected):
        example = 'such as "30 g daily for 5 days every 4 weeks, 3 courses"'
        raise InputError(f"{WHAT}: names {reading.courses} courses and no interval, so 28 days cannot be judged; write it, {example}")
    if not expected:
        found = (
            *_limits(grams, None, context, rounded=False),
            *_in_28_days(reading, grams, None, context),
            *_remarks(reading, None, context),
            *_small(grams, context),
        )
        kind: Verdict = "differs" if own else "above a limit" if _refused(found) else "within the limits"
        return Judged(reading, grams, kind, None, None, None, own, found)
    inside = in_range(grams, expected, context.limits, context.lower_kg)
    ranked = [inside] if inside else sorted(expected, key=lambda one: (len(one.days_g) != reading.days, max(map(abs, changes(grams, one)))))
    nearest = ranked[0]
    day_change, course_change = changes(grams, nearest)
    exact = grams.days == nearest.days_g or grams.days == (nearest.day_g,) * len(nearest.days_g)
    close = len(nearest.days_g) == reading.days and max(abs(day_change), abs(course_change)) <= context.within
    against = [nearest, *(one for one in ranked[1:] if len(one.days_g) == reading.days == len(nearest.days_g))]
    fits = exact or close
    slips = (*slips_of(reading, grams, tuple(against), context, fits=fits), *own)
    found = (
        *_limits(grams, nearest, context, rounded=fits),
        *_in_28_days(reading, grams, nearest if fits else None, context),
        *_remarks(reading, nearest, context),
        *(() if fits else _unknown(context)),
    )
    if slips or not fits:
        return Judged(reading, grams, "differs", nearest, day_change, course_change, slips, found)
    kind = "above a limit" if _refused(found) else "agrees" if exact else "agrees within rounding"
    return Judged(reading, grams, kind, nearest, day_change, course_change, (), found)


def _small(grams: Doses, context: Context) -> list[Finding]:
    """Refuse an order far below any dose, and warn of one that may have lost its "per kg"; both are bounds of our own."""
    least = DOSE_G_PER_KG[0]
    figure = grams.course / max(context.weight.kg, context.patient.weight_kg)
    words = f"asks for {screen_text(figure)} g per kg in all"
    if figure < least:
        raise InputError(
            f"{WHAT}: {words}, less than {screen_text(least)} g per kg (a bound of our own); look for mg written for g, "
            "mL for g, or a point for a comma"
        )
    if figure >= SMALL_G_PER_KG:
        return []
    text = f"The order {words}, less than {screen_text(SMALL_G_PER_KG)} g per kg, a bound of our own; look for mg or mL written for g"
    return [Finding("small-dose", "warning", f'{text}, and for "per kg" left out.')]


def _refused(findings: tuple[Finding, ...]) -> bool:
    return any(finding.level == "refusal" and not finding.accepted for finding in findings)


def _unknown(context: Context) -> tuple[Finding, ...]:
    """Say where another dosing weight could not be looked for."""
    if not context.needed:
        return ()
    text = f"Some other dosing weights are not known without {', '.join(context.needed)}, so that slip was not fully looked for."
    return (Finding("weights-not-known", "note", text),)


def _same_weight(reading: Reading, weight: DosingWeight) -> None:
    body = reading.body
    if body and body.basis and not body.kg and not reading.grams and body.basis != weight.basis:
        raise InputError(
            f"{WHAT}: is per kg of {body.basis} body weight, and the check rests on {weight.basis} body weight; "
            f"add --dosing-weight {body.basis}, or write the grams"
        )


def _limits(grams: Doses, expected: Expected | None, context: Context, *, rounded: bool) -> list[Finding]:
    """Judge the order by the limits, whatever it is compared with."""
    found = []
    lower_kg = context.lower_kg
    for limit in context.limits:
        ordered = max(grams.days) if limit.per == "day" else grams.course
        figure = ordered / lower_kg
        if figure <= limit.g_per_kg:
            continue
        source = "; ".join(cited.place for cited in limit.cited)
        most = f"the limit of {screen_text(limit.g_per_kg)} g per kg per {limit.per}"
        text = f"The order asks for {screen_text(figure)} g per kg per {limit.per}, more than {most}"
        meant = (expected.day_g if limit.per == "day" else expected.course_g) / lower_kg if expected and rounded else Fraction(0)
        excused = rounded and figure * 10 <= max(limit.g_per_kg, meant) * 11  # as in a plan: rounding makes no more than a tenth
        known = _known(expected, limit.code) if excused else None
        if known:
            found.append(known._replace(text=f"{text}, as what is expected does: {known.text}", source=source))
        elif excused:
            found.append(Finding(f"{limit.code}-rounding", "warning", f"{text}; rounding alone takes it there.", source))
        else:
            found.append(Finding(limit.code, "refusal", f"{text}.", source, exact_text(figure)))
    return found


def _in_28_days(reading: Reading, grams: Doses, fitting: Expected | None, context: Context) -> list[Finding]:
    """Judge the highest 28 consecutive dates of an order that repeats, or that follows a last course.

    A warning where the expected doses are its source's own or rounding alone takes it there, else a refusal; what was found on
    what is expected is repeated. From the same doses follows the risk of haemolysis.
    """
    if context.cautions is None:
        return []
    caution, blood = context.cautions.of["28-day-dose"], context.cautions.of["haemolysis"]
    above, width = caution.figures["above"], int(caution.figures["days"])
    days = sorted(_days(reading, grams.days, context, width, fitting))
    most = highest(days, width)
    lower_kg = context.lower_kg
    course = grams.course / lower_kg
    figure = most.grams / lower_kg if most else Fraction(0)
    within = "in a course" if course >= figure else f"within {width} days"
    found = list(haemolysis(max(course, figure), within, context.patient.blood_group, blood))
    if most is None or figure <= above:
        return found
    source = sources(caution.cited)
    text = f"The order asks for {screen_text(figure)} g per kg within {width} days, more than {limit_text(caution)}"
    if most.first.course == 0:
        text += f"; {last_words(context.patient.last_course)}"
    known = _known(fitting, "28-day-dose")
    if known and known.figure and figure * 10 <= Fraction(known.figure) * 11:
        return [*found, known._replace(text=f"{text}, as what is expected does: {known.text}")]
    if fitting and most.first.course > 0:
        calculated = highest(sorted(_days(reading, (fitting.day_g,) * reading.days, context, width, fitting)), width)
        if calculated and calculated.grams / lower_kg <= above:
            return [*found, Finding("28-day-dose-rounding", "warning", f"{text}; rounding alone takes it there.", source)]
        if fitting.of_source and fitting.every:
            return [*found, Finding("28-day-dose-source", "warning", f"{text}; the regimen's own source states it.", source)]
    return [*found, Finding("28-day-dose", "refusal", f"{text}.", source, exact_text(figure))]


def _known(expected: Expected | None, code: str) -> Finding | None:
    """What was found on what is expected, of the same kind."""
    return next((finding for finding in expected.findings if finding.code in (code, f"{code}-source")), None) if expected else None


def _days(
    reading: Reading, days_g: tuple[Fraction, ...], context: Context, width: int, fitting: Expected | None
) -> Iterator[tuple[Day, Fraction]]:
    """The days of an order with their doses [g], as far as a window reaches, after the last course; a month counts as 28 days.

    Several courses without an interval have that of what is expected.
    """
    first = reading.dates[0][0] if reading.dates else context.start
    if context.patient.last_course and first:
        yield from last_days(context.patient.last_course)
    begin = first.toordinal() if first else 1
    courses = [[day.toordinal() for day in dates] for dates in reading.dates] or [[begin + day for day in range(len(days_g))]]
    every = reading.every or (fitting.every.low if fitting and fitting.every and reading.courses else None)
    if every and len(courses) == 1:
        step = days_in(every)
        reach = width // step + 2
        courses = [[day + number * step for day in courses[0]] for number in range(min(reach, reading.courses or reach))]
    for number, days in enumerate(courses, 1):
        yield from ((Day(day, number), dose) for day, dose in zip(days, days_g, strict=True))


def _remarks(reading: Reading, expected: Expected | None, context: Context) -> list[Finding]:
    """What a second person should know of the order beside its dose."""
    found = [Finding("order-note", "note", f"{note[0].upper()}{note[1:]}.") for note in reading.notes]
    if not reading.days_said:
        found.append(Finding("no-days", "note", "The order names no days, so it is read as one infusion."))
    body, weight, actual_kg = reading.body, context.weight, context.patient.weight_kg
    if body and body.kg and min(abs(body.kg - weight.kg), abs(body.kg - actual_kg)) > body.half:
        text = f"The order names a body weight of {screen_text(body.kg, 2)} kg; this check was given {screen_text(actual_kg, 2)} kg"
        found.append(
            Finding("order-weight", "warning", f"{text}, and doses on {screen_text(weight.kg, 2)} kg of {weight.basis} body weight.")
        )
    elif body and body.basis and body.basis != weight.basis:
        text = f"The order names {body.basis} body weight; this check doses on {weight.basis} body weight."
        found.append(Finding("order-weight-basis", "warning", text))
    if expected is None and apart(reading):
        found.append(Finding("not-consecutive", "warning", "The dates of the order are not consecutive."))
    if expected and expected.every and not reading.every and len(reading.dates) < 2:
        found.append(Finding("no-interval", "note", f"The order names no interval; expected is {interval_text(expected.every)}."))
    if reading.every and (expected is None or expected.every is None):
        found.append(Finding("interval-not-compared", "note", f"The interval of the order, every {reading.every}, was not compared."))
    if reading.courses and (expected is None or expected.courses is None):
        text = f"The number of courses of the order, {reading.courses}, was not compared; without --cycles nothing states one."
        found.append(Finding("courses-not-compared", "note", text))
    if reading.dates and not (expected and expected.dates):
        found.append(Finding("dates-not-compared", "note", "The dates of the order were not compared, as no --start was given."))
    return found
