"""Phrases that every format for people shares, written so that they cannot be misread (docs/design.md, "How doses are shown")."""

from collections.abc import Iterable
from datetime import time
from fractions import Fraction
from itertools import groupby

from ivigcalc.model import NOT_STATED, Comparison, Conflict, Counts, Course, Infusion, Patient, Phase, Plan, Settled, Source, Span, Supply
from ivigcalc.numbers import screen_text
from ivigcalc.units import kg_to_lb
from ivigcalc.when import Interval, screen_date

PRODUCT = "human normal immunoglobulin for intravenous use"
INTENDED_USE = "For prescribers and pharmacists. Not a registered medical device."
MOST_DATES = 31
"""Beyond so many infusions the order line names each course's first and last day."""


def grams(value: Fraction, decimals: int | None = None) -> str:
    """Write an amount [g] with its unit."""
    return f"{screen_text(value, decimals)} g"


def kilograms(kg: Fraction) -> str:
    """Write a body weight [kg] in kg and lb."""
    return f"{screen_text(kg)} kg, {screen_text(kg_to_lb(kg), 2)} lb"


def calculated_per_kg(course: Course) -> str:
    """Write the calculated dose [g/kg] of a day and of a course; beside a dose that rounding has changed it is said to be that."""
    return ("calculated " if course.change_percent else "") + per_kg(course.phase, course.calculated_g_per_kg)


def record(patient: Patient) -> list[str]:
    """Write what was said of the patient's record, one phrase for each thing."""
    said = []
    if patient.blood_group:
        said.append(f"blood group {patient.blood_group}")
    if patient.history is not None:
        said.append(f"history {' and '.join(patient.history) or 'none of those asked for'}")
    if patient.last_course:
        first, last = patient.last_course.first, screen_date(patient.last_course.day)
        days = f"from {screen_date(first)} to {last}" if first else f"until {last}"
        said.append(f"last course {grams(patient.last_course.grams)} {days}")
    if patient.weight_date:
        said.append(f"weighed on {screen_date(patient.weight_date)}")
    if patient.previous_weight_kg:
        said.append(f"{kilograms(patient.previous_weight_kg)} before")
    return said


def not_recorded(patient: Patient, risks: tuple[str, ...]) -> list[str]:
    """Name what was not given of the patient's record, so that it is not taken as no."""
    said = {
        "blood group": patient.blood_group,
        "history": patient.history,
        "last course": patient.last_course,
        "age": patient.age_years,
        "risk factors": risks or None,
    }
    return [name for name, value in said.items() if value is None]


def per_kg(phase: Settled, course_g_per_kg: Fraction) -> str:
    """Write the dose [g/kg] of a day and of a course together."""
    if phase.days == 1:
        return f"{screen_text(course_g_per_kg)} g per kg per course, given on one day"
    return f"{screen_text(course_g_per_kg / phase.days)} g per kg per day, {screen_text(course_g_per_kg)} g per kg per course"


def interval(every: Interval | Span[Interval] | None) -> str:
    """Write an interval, start to start."""
    if every is None:
        return "interval not stated"
    if isinstance(every, Span):
        return interval(every.fixed) if every.fixed else f"every {every.low.number} to {every.high}"
    return f"every {every}".replace("every 1 ", "every ")


def courses(cycles: Span[int] | None) -> str:
    """Write how many courses the source states."""
    if cycles is None:
        return "number of courses not stated"
    return f"{cycles.low} course{'' if cycles.high == 1 else 's'}" if cycles.fixed else f"{cycles.low} to {cycles.high} courses"


def begins(plan: Plan, phase: Settled) -> str | None:
    """Write when a phase begins after the one before it; nothing for the first one."""
    number = next(number for number, other in enumerate(plan.phases) if other is phase)
    if phase.begins is None or number == 0:
        return None
    by_hand = ", entered by hand" if "begins" in phase.entered else ""
    return f"{phase.begins} after the start of {last_of(plan.phases[number - 1])}{by_hand}"


def last_of(phase: Phase | Settled) -> str:
    """Name what the beginning of the next phase is counted from."""
    return f"the last course of {phase.name}" if phase.cycles and phase.cycles.high > 1 else phase.name


def milliliters(value: Fraction, decimals: int | None = 2) -> str:
    """Write a volume [mL] with its unit."""
    return f"{screen_text(value, decimals)} mL"


def duration(minutes: Fraction) -> str:
    """Write a time [minutes] for people, rounded up to the whole minute: 3hr 20min."""
    hours, rest = divmod(-(-minutes // 1), 60)
    return f"{hours:,}hr {rest}min" if hours and rest else f"{hours:,}hr" if hours else f"{rest}min"


def clock(start: time, minutes: Fraction) -> str:
    """Write what the clock shows so many minutes after a start, rounded up to the whole minute."""
    later, shown = clock_time(start, minutes)
    days = "" if later == 0 else " the next day" if later == 1 else f" {later} days later"
    return f"{shown}{days}"


def clock_time(start: time, minutes: Fraction) -> tuple[int, str]:
    """Work out how many days later a clock shows what, so many minutes after a start, rounded up to the whole minute."""
    whole = start.hour * 60 + start.minute - (-minutes // 1)
    later, of_day = divmod(whole, 24 * 60)
    return later, f"{of_day // 60:02}:{of_day % 60:02}"


def vials(counts: Counts) -> str:
    """Write how many vials of each size."""
    return ", ".join(f"{count:,} of {grams(size)}" for size, count in counts)


def percent(change: Fraction) -> str:
    """A change [%] with its direction; one too small for four decimals is said to be so."""
    if change == 0:
        return "no change"
    decimals = 1 if abs(change) * 10 >= 1 else 4
    text = screen_text(change, decimals)
    if text in ("0", "-0"):
        return f"{'more' if change > 0 else 'less'} by under 0.0001%"
    return text + "%" if change < 0 else f"+{text}%"


def product(supply: Supply | None) -> str:
    """Write what the doses are drawn from, as the order line names it."""
    if supply is None or supply.g_per_ml is None:
        return ""
    name = f", {supply.product.name}" if supply.product else ""
    return f"{name}, {grams(supply.g_per_ml * 100)} in 100 mL"


def days_of(infusions: Iterable[Infusion]) -> str:
    """Write what is given on each day of a course: the same every day, or each dose with its days."""
    days = list(infusions)
    groups = [list(group) for _, group in groupby(days, key=lambda infusion: infusion.ordered_g)]
    if len(days) == 1:
        return f"{grams(days[0].ordered_g)} once, on one day"
    if len(groups) == 1:
        return f"{grams(days[0].ordered_g)} once daily for {len(days)} days"
    return ", ".join(_on_days(group) for group in groups)


def _on_days(group: list[Infusion]) -> str:
    dose, first, last = grams(group[0].ordered_g), group[0].day, group[-1].day
    return f"{dose} on day {first}" if first == last else f"{dose} once daily on days {first} to {last}"


def order_text(plan: Plan) -> str:
    """Write the order line as ISMP asks: the grams of each day and every date, with the total of the course.

    Source of the form: ISMP, Hospital Pharmacy, May 2015, https://read.nxtbook.com/thomas/hospitalpharmacy/may2015/ismpmedication.html

    Args: plan.
    Returns: one line, ready to paste into a record.
    """
    parts = []
    many = len(plan.infusions) > MOST_DATES
    for phase in plan.phases:
        courses = [course for course in plan.courses if course.phase is phase]
        if not courses:
            continue
        infusions = [infusion for infusion in plan.infusions if infusion.cycle == courses[0].cycle]
        name = f"{phase.name}: " if len(plan.phases) > 1 else ""
        if (after := begins(plan, phase)) and courses[0].start is None:
            name += f"begins {after}, "
        parts.append(f"{name}DOSE {days_of(infusions)}, {grams(courses[0].ordered_g)} per course, {calculated_per_kg(courses[0])}")
        if len(courses) > 1 and courses[0].start is None:
            parts[-1] += f", {len(courses)} courses {interval(phase.every)} from start to start"
        parts += [
            f"course {course.cycle} on " + _dates([i for i in plan.infusions if i.cycle == course.cycle], short=many)
            for course in courses
            if course.start
        ]
    parts.append(f"on {plan.weight.basis} body weight {screen_text(plan.weight.kg)} kg")
    if len(plan.courses) > 1:
        parts.append(f"{grams(plan.ordered_g)} in all")
    parts += [f"accepted beyond a limit: {f.code} {f.figure} g per kg, {f.reason}" for f in plan.findings if f.accepted]
    return f"{PRODUCT[0].upper()}{PRODUCT[1:]}{product(plan.choices.supply)}, " + "; ".join(parts)


def _dates(infusions: list[Infusion], *, short: bool) -> str:
    dates = [screen_date(infusion.date) for infusion in infusions if infusion.date]
    if short and len(dates) > 1:
        return f"{dates[0]} to {dates[-1]}"
    return ", ".join(dates)


def source_lines(source: Source) -> list[str]:
    """Write a source: its citation, where it is, its licence and when it was read."""
    external = "External source, outside the document: " if source.external else ""
    licence = source.licence or NOT_STATED
    return [
        f"{external}{source.citation}.",
        f"{source.url or 'address not stated'}, licence {licence}, read {source.read}",
    ]


def counted(count: int, noun: str = "row") -> str:
    """Write how many there are, such as "1 row" or "1,240 rows"."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def conflict_lines(conflict: Conflict) -> list[str]:
    """Write where sources differ, with the words of those that are cited for it."""
    return [conflict.text, *(cited.place_and_quote for cited in conflict.cited)]


def title(result: Plan | Comparison) -> str:
    """Name what is planned."""
    return result.regimen.name if result.regimen else "Dose entered by hand"
