"""What a second person should see of a patient, a product and a schedule. Pure; every figure comes from limits.yaml."""

import re
from collections.abc import Iterable, Iterator
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from ivigcalc.model import (
    Caution,
    Cautions,
    Choices,
    Cited,
    Course,
    Finding,
    Level,
    Passage,
    Patient,
    Plan,
    Product,
    Regimen,
    Settled,
)
from ivigcalc.numbers import screen_text
from ivigcalc.units import kg_to_lb
from ivigcalc.when import Interval, add_months, days_in, screen_date

if TYPE_CHECKING:
    from ivigcalc.safety.days28 import Highest

# Bounds of our own: outside them a unit was probably mistaken, and nothing is refused for it.
BMI = (Fraction(12), Fraction(40))
LOW_BMI_FROM_CM = Fraction(100)
"""A low BMI says nothing of a small child."""
CM_PER_INCH = Fraction("2.54")

FOR_ALL = ("anaphylaxis-to-immunoglobulin", "iga-deficiency-with-antibodies")
"""What forbids every immunoglobulin."""
BY_PRODUCT = {"hyperprolinaemia": "proline", "fructose-intolerance": "sorbitol", "corn-allergy": "maltose"}
"""What may forbid a product, by its label, and the substance behind it."""
NEVER = (*FOR_ALL, *BY_PRODUCT)
"""The codes of refusals that nothing accepts."""


class Gap(NamedTuple):
    """From the last infusion of a course to the first of the next [days]; without dates a month counts as 31 days."""

    days: int
    after: str
    at_most: bool  # it rests on such a month


def check_cautions(plan: Plan, cautions: Cautions) -> Iterator[Finding]:
    """Find what there is to say beside the doses.

    Args: plan; the cautions of limits.yaml.
    Returns: the findings.
    """
    of, patient = cautions.of, plan.patient
    highest: Highest | None = None
    if len(plan.courses) > 1 or patient.last_course:
        from ivigcalc.safety.days28 import check_28_days, highest_of

        highest = highest_of(plan, of["28-day-dose"])
    yield from _haemolysis(plan, highest, of["haemolysis"], of["28-day-dose"])
    yield from of_patient(patient, plan.choices, cautions)
    yield from of_population(patient, plan.regimen, plan.choices, plan.cited)
    yield from _restart(plan, of["restart"])
    if patient.weight_date:
        yield from _weighed(patient.weight_date, plan, of["weight-date"])
    if plan.choices.vaccines:
        from ivigcalc.safety.vaccines import check_vaccines

        yield from check_vaccines(plan, cautions.vaccines[plan.choices.vaccines])
    if highest:
        yield from check_28_days(plan, highest, of["28-day-dose"])


def of_patient(patient: Patient, choices: Choices, cautions: Cautions) -> Iterator[Finding]:
    """Find what there is to say of a patient and a product, whatever the dose is.

    Args: the patient; what was chosen; the cautions of limits.yaml.
    Returns: the findings.
    """
    of, product = cautions.of, choices.supply and choices.supply.product
    yield from _kidney(patient, choices, of["kidney-risk"])
    if "thrombosis" in choices.rate.risks:
        yield _finding("thrombosis-risk", "warning", "At risk of thrombosis", of["thrombosis-risk"])
    if product:
        yield from _sugars(patient, choices, product, of)
    if patient.previous_weight_kg:
        yield from _changed_weight(patient, patient.previous_weight_kg, of["weight-changed"])
    if patient.height_cm:
        yield from _measures(patient, patient.height_cm)
    if patient.history:
        from ivigcalc.safety.contraindications import warn

        yield from warn(patient, product, cautions)


def of_population(patient: Patient, regimen: Regimen | None, choices: Choices, cited: tuple[Cited, ...]) -> Iterator[Finding]:
    """Find where a patient is not, or may not be, of the population of a regimen's source or of the product's label.

    Args: the patient; the regimen; what was chosen; the regimen's citations.
    Returns: the warnings.
    """
    if regimen or patient.age_years is not None:
        from ivigcalc.safety.population import check_population

        yield from check_population(patient, regimen, choices, cited)


def sources(cited: Iterable[Passage]) -> str:
    """Name the places that were cited, and those whose own words were not kept."""
    return "; ".join(
        f"{passage.source.citation}, {passage.locator}{'' if passage.quote else ', its words were not kept'}" for passage in cited
    )


def per_kg(plan: Plan, grams: Fraction) -> Fraction:
    """The dose [g/kg] on the lower of dosing and actual weight: the higher of both figures.

    Args: plan; amount [g].
    Returns: dose [g/kg].
    """
    return grams / min(plan.weight.kg, plan.patient.weight_kg)


def _first_courses(plan: Plan) -> list[Course]:
    """The first course of each phase: the others of a phase hold the same doses."""
    return [
        course
        for before, course in zip((None, *plan.courses), plan.courses, strict=False)
        if not before or before.phase is not course.phase
    ]


def _gaps(plan: Plan) -> Iterator[Gap]:
    """The times without infusions: before the plan, if its last course was given, and between its courses."""
    last, first = plan.patient.last_course, plan.infusions[0].date
    if last and first:
        yield Gap((first - last.day).days, "the last course", at_most=False)
    for before, course in zip(plan.courses, plan.courses[1:], strict=False):
        if course.start and before.start:
            days, at_most = (course.start - before.start).days, False
        else:
            every = interval(before, course)
            days, at_most = days_in(every, month=31), every.unit == "month"
        yield Gap(days - before.phase.days + 1, f"course {before.cycle}", at_most)


def interval(before: Course, course: Course) -> Interval:
    """From the start of a course to that of the next, by the interval alone.

    Args: both courses.
    Returns: the interval.
    """
    every = course.phase.every if before.phase is course.phase else course.phase.begins
    assert every  # dosing/schedule.py refuses courses whose interval nobody states
    return every


def _finding(code: str, level: Level, lead: str, caution: Caution) -> Finding:
    """A finding that says what the sources of its caution ask for."""
    says = "; ".join(passage.says for passage in caution.cited)
    return Finding(code, level, f"{lead}: {says}.", sources(caution.cited))


def _haemolysis(plan: Plan, highest: "Highest | None", caution: Caution, window: Caution) -> Iterator[Finding]:
    """A high cumulative dose; splitting it over days or courses does not change it."""
    most_g, within = max(max(course.calculated_g, course.ordered_g) for course in _first_courses(plan)), "in a course"
    if highest and highest.either_g > most_g:
        most_g, within = highest.either_g, f"within {window.figures['days']} days"
    yield from haemolysis(per_kg(plan, most_g), within, plan.patient.blood_group, caution)


def haemolysis(g_per_kg: Fraction, within: str, group: str | None, caution: Caution) -> Iterator[Finding]:
    """Name a dose from which haemolysis is a risk, with the blood group.

    Args: the dose [g/kg]; what it is in, in words; the blood group, None where it was not given; the figure and its sources.
    Returns: at most one finding.
    """
    if g_per_kg < caution.figures["at_least"]:
        return
    blood = {
        None: "blood group not recorded, and A, B and AB are risk factors",
        "O": "blood group O, which is not a risk factor itself",
    }.get(group, f"blood group {group}, a further risk factor")
    lead = f"Haemolysis: {screen_text(g_per_kg)} g per kg {within} is a risk factor; {blood}"
    yield _finding("haemolysis", "note" if group in (None, "O") else "warning", lead, caution)


def _kidney(patient: Patient, choices: Choices, caution: Caution) -> Iterator[Finding]:
    age, above = patient.age_years, caution.figures["age_above"]
    asked, old = "kidney" in choices.rate.risks, age is not None and age > above
    if not asked and not old:
        return
    by_age = f"age above {screen_text(above)} years is a risk factor for kidney failure, and an advanced age is one for thrombosis"
    lead = "; ".join(words for words, said in (("at risk of kidney failure", asked), (by_age, old)) if said)
    lead = lead[0].upper() + lead[1:]
    if not asked and choices.supply and choices.supply.product:
        lead += _label_at_risk(choices.supply.product)
    yield _finding("kidney-risk", "warning", lead, caution)


def _label_at_risk(product: Product) -> str:
    """What the label asks for in a patient at risk, where the risk was not asked for with --at-risk."""
    entry = next((entry for entry in product.at_risk if "kidney" in entry.risks), None)
    if entry is None:
        return f"; what the label of {product.id} asks for then was not read"
    if entry.rate:
        return f"; the label of {product.id} has a maximum of its own for it: add --at-risk kidney"
    return f'; the label says: "{entry.sentence.value}"' if entry.sentence else ""


def _sugars(patient: Patient, choices: Choices, product: Product, of: dict[str, Caution]) -> Iterator[Finding]:
    if contains(product, "maltose"):
        yield _finding("glucose-meters", "warning", f"{product.name} contains maltose", of["glucose-meters"])
    age, above = patient.age_years, of["kidney-risk"].figures["age_above"]
    if contains(product, "sucrose") and ("kidney" in choices.rate.risks or (age is not None and age > above)):
        lead = f"STRONG WARNING: {product.name} contains sucrose, in a patient at risk of kidney failure; choose a product without it"
        yield _finding("sucrose-kidney", "warning", lead, of["sucrose-kidney"])


def contains(product: Product, substance: str) -> bool:
    """Whether a product holds a substance, by its stabiliser and its sugar.

    Args: product; the substance, such as maltose.
    Returns: whether; what no source states is not taken as no by those who ask.
    """
    parts = [part for figure in (product.stabiliser, product.sugar) if figure for part in re.split("[;,(]", figure.value.lower())]
    return any(re.search(rf"\b{substance}\b", part) and not re.search(r"\b(?:no|without|free)\b", part) for part in parts)


def _restart(plan: Plan, caution: Caution) -> Iterator[Finding]:
    """A long gap: the next infusion starts again at the first rate."""
    weeks = caution.figures["above"]
    most_days = int(weeks * 7)  # a gap is whole days
    gap = next((gap for gap in _gaps(plan) if gap.days > most_days), None)
    if gap is None:
        return
    table = plan.rates and plan.rates.choice.table
    rate = "the first rate of the label of its product"
    if plan.rates and table:
        from ivigcalc.ramps import printed_rate

        rate = f"the first rate of the label, {printed_rate(table.first, plan.rates.weight_kg)}"
    after = f"{'Up to ' if gap.at_most else ''}{gap.days} days after {gap.after}"
    yield _finding("restart", "warning", f"{after}, more than {screen_text(weeks)} weeks: start again at {rate}", caution)


def _weighed(day: date, plan: Plan, caution: Caution) -> Iterator[Finding]:
    """A weight that is old by the first course that rests on it, or will be by a later one."""
    months = caution.figures["above"]
    until = add_months(day, int(months))
    starts = [(course.cycle, course.start) for course in plan.courses if course.start] or [(1, plan.choices.today or day)]
    late = next(((cycle, start) for cycle, start in starts if until < start), None)
    if late is None:
        return
    what = f"course {late[0]} on {screen_date(late[1])}" if late[0] > 1 else screen_date(late[1])
    lead = f"Weighed on {screen_date(day)}, more than {screen_text(months)} months before {what}"
    yield _finding("weight-date", "warning", lead, caution)


def _changed_weight(patient: Patient, previous_kg: Fraction, caution: Caution) -> Iterator[Finding]:
    change = (patient.weight_kg - previous_kg) / previous_kg * 100
    if abs(change) >= caution.figures["at_least"]:
        more = "more" if change > 0 else "less"
        percent, before = screen_text(abs(change), 1), screen_text(previous_kg, 2)
        lead = f"{screen_text(patient.weight_kg, 2)} kg is {percent}% {more} than the {before} kg before"
        yield _finding("weight-changed", "warning", lead, caution)


def _measures(patient: Patient, height_cm: Fraction) -> Iterator[Finding]:
    """A weight and a height that do not belong together; bounds of our own, and never a refusal."""
    kg = patient.weight_kg
    low, high = BMI
    bmi = _bmi(kg, height_cm)
    if bmi > high:
        slips = [("pounds were taken for kilograms", kg / kg_to_lb(Fraction(1)), height_cm)]
        slips += [("inches were taken for centimetres", kg, height_cm * CM_PER_INCH)]
    elif bmi < low and height_cm >= LOW_BMI_FROM_CM:
        slips = [("kilograms were taken for pounds", kg_to_lb(kg), height_cm)]
    else:
        return
    fits = [
        f"{what}, it would be {screen_text(other_kg, 1)} kg and {screen_text(other_cm, 1)} cm"
        for what, other_kg, other_cm in slips
        if low <= _bmi(other_kg, other_cm) <= high and other_cm <= 272
    ]
    outside = f"outside {screen_text(low)} to {screen_text(high)}, a bound of our own"
    text = f"{screen_text(kg, 2)} kg and {screen_text(height_cm, 2)} cm give a BMI {_bmi_words(bmi)}, {outside}: check both and their units"
    text += "".join(f"; if {fit}" for fit in fits) + "."
    yield Finding("weight-and-height", "warning", text)


def _bmi(kg: Fraction, height_cm: Fraction) -> Fraction:
    return kg / (height_cm / 100) ** 2


def _bmi_words(bmi: Fraction) -> str:
    """A BMI outside the bounds, never shown as the bound itself."""
    low, high = BMI
    return (
        f"of {screen_text(bmi, 2)}"
        if not low <= Fraction(screen_text(bmi, 2)) <= high
        else f"just {'above' if bmi > high else 'below'} {screen_text(bmi, 2)}"
    )


def settled_by_source(phase: Settled) -> bool:
    """Whether dose and interval of a phase are its source's own figures."""
    return "course" in phase.from_source and "every" not in phase.entered and not phase.overrides
