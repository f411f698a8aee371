"""What a second person should see of a patient, a product and a schedule. Pure; every figure comes from limits.yaml."""

import re
from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import NamedTuple

from ivigcalc.model import Caution, Cautions, Course, Finding, Level, Passage, Patient, Plan, Product, Settled
from ivigcalc.numbers import screen_text
from ivigcalc.units import kg_to_lb
from ivigcalc.when import Interval, add_months, screen_date

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
    yield from _haemolysis(plan, of["haemolysis"])
    yield from _kidney(plan, of["kidney-risk"])
    if "thrombosis" in plan.choices.rate.risks:
        yield _finding("thrombosis-risk", "warning", "At risk of thrombosis", of["thrombosis-risk"])
    if plan.choices.supply and (product := plan.choices.supply.product):
        yield from _sugars(plan, product, of)
    yield from _restart(plan, of["restart"])
    if patient.weight_date or patient.previous_weight_kg:
        yield from _weighing(plan, of)
    if patient.height_cm:
        yield from _measures(patient, patient.height_cm)
    if patient.age_years is not None:
        from ivigcalc.safety.population import check_age

        yield from check_age(plan)
    if patient.history:
        from ivigcalc.safety.contraindications import warn

        yield from warn(patient, plan.choices.supply and plan.choices.supply.product, cautions)
    if plan.choices.vaccines:
        from ivigcalc.safety.vaccines import check_vaccines

        yield from check_vaccines(plan, cautions.vaccines[plan.choices.vaccines])
    if len(plan.courses) > 1 or patient.last_course:
        from ivigcalc.safety.days28 import check_28_days

        yield from check_28_days(plan, of["28-day-dose"])


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


def _gaps(plan: Plan) -> Iterator[Gap]:
    """The times without infusions: before the plan, if its last course was given, and between its courses."""
    last, first = plan.patient.last_course, plan.infusions[0].date
    if last and first:
        yield Gap((first - last.day).days, "the last course", at_most=False)
    for before, course in zip(plan.courses, plan.courses[1:], strict=False):
        dated = (course.start - before.start).days if course.start and before.start else None
        days = interval_days(before, course, month=31) if dated is None else dated
        months = dated is None and days != interval_days(before, course, month=28)
        yield Gap(days - before.phase.days + 1, f"course {before.cycle}", at_most=months)


def interval_days(before: Course, course: Course, month: int) -> int:
    """From the start of a course to that of the next [days], by the interval alone.

    Args: both courses; how many days count as a month [days].
    Returns: the days.
    """
    every = course.phase.every if before.phase is course.phase else course.phase.begins
    assert every  # dosing/schedule.py refuses courses whose interval nobody states
    return days_of(every, month)


def days_of(every: Interval, month: int) -> int:
    """How many days an interval has.

    Args: the interval; how many days count as a month [days].
    Returns: the days.
    """
    return every.number * {"day": 1, "week": 7, "month": month}[every.unit]


def _finding(code: str, level: Level, lead: str, caution: Caution) -> Finding:
    """A finding that says what the sources of its caution ask for."""
    says = "; ".join(passage.says for passage in caution.cited)
    return Finding(code, level, f"{lead}: {says}.", sources(caution.cited))


def _haemolysis(plan: Plan, caution: Caution) -> Iterator[Finding]:
    """A high cumulative dose; splitting it over days does not change it."""
    most = max(per_kg(plan, max(course.calculated_g, course.ordered_g)) for course in plan.courses)
    if most < caution.figures["at_least"]:
        return
    group = plan.patient.blood_group
    blood = {
        None: "blood group not recorded, and A, B and AB are risk factors",
        "O": "blood group O, which is not a risk factor itself",
    }.get(group, f"blood group {group}, a further risk factor")
    lead = f"Haemolysis: {screen_text(most)} g per kg in a course is a risk factor; {blood}"
    yield _finding("haemolysis", "note" if group in (None, "O") else "warning", lead, caution)


def _kidney(plan: Plan, caution: Caution) -> Iterator[Finding]:
    age, above = plan.patient.age_years, caution.figures["age_above"]
    asked, old = "kidney" in plan.choices.rate.risks, age is not None and age > above
    if not asked and not old:
        return
    by_age = f"age above {screen_text(above)} years is a risk factor for kidney failure, and an advanced age is one for thrombosis"
    lead = "; ".join(words for words, said in (("at risk of kidney failure", asked), (by_age, old)) if said)
    lead = lead[0].upper() + lead[1:]
    if not asked and plan.choices.supply and plan.choices.supply.product:
        lead += _label_at_risk(plan.choices.supply.product)
    yield _finding("kidney-risk", "warning", lead, caution)


def _label_at_risk(product: Product) -> str:
    """What the label asks for in a patient at risk, where the risk was not asked for with --at-risk."""
    entry = next((entry for entry in product.at_risk if "kidney" in entry.risks), None)
    if entry is None:
        return f"; what the label of {product.id} asks for then was not read"
    if entry.rate:
        return f"; the label of {product.id} has a maximum of its own for it: add --at-risk kidney"
    return f'; the label says: "{entry.sentence.value}"' if entry.sentence else ""


def _sugars(plan: Plan, product: Product, of: dict[str, Caution]) -> Iterator[Finding]:
    if contains(product, "maltose"):
        yield _finding("glucose-meters", "warning", f"{product.name} contains maltose", of["glucose-meters"])
    age, above = plan.patient.age_years, of["kidney-risk"].figures["age_above"]
    if contains(product, "sucrose") and ("kidney" in plan.choices.rate.risks or (age is not None and age > above)):
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
    gap = next((gap for gap in _gaps(plan) if gap.days > weeks * 7), None)
    if gap is None:
        return
    table = plan.rates and plan.rates.choice.table
    rate = "the first rate of the label of its product"
    if plan.rates and table:
        from ivigcalc.ramps import printed_rate

        rate = f"the first rate of the label, {printed_rate(table.first, plan.rates.weight_kg)}"
    after = f"{'Up to ' if gap.at_most else ''}{gap.days} days after {gap.after}"
    yield _finding("restart", "warning", f"{after}, more than {screen_text(weeks)} weeks: start again at {rate}", caution)


def _weighing(plan: Plan, of: dict[str, Caution]) -> Iterator[Finding]:
    """A weight that is old, or that has changed."""
    patient = plan.patient
    used = plan.choices.start or plan.choices.today
    if patient.weight_date and used:
        months = of["weight-date"].figures["above"]
        if add_months(patient.weight_date, int(months)) < used:
            lead = f"Weighed on {screen_date(patient.weight_date)}, more than {screen_text(months)} months before {screen_date(used)}"
            yield _finding("weight-date", "warning", lead, of["weight-date"])
    if previous := patient.previous_weight_kg:
        change = (patient.weight_kg - previous) / previous * 100
        if abs(change) >= of["weight-changed"].figures["at_least"]:
            more = "more" if change > 0 else "less"
            lead = (
                f"{screen_text(patient.weight_kg)} kg is {screen_text(abs(change), 1)}% {more} than the {screen_text(previous)} kg before"
            )
            yield _finding("weight-changed", "warning", lead, of["weight-changed"])


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
    text = (
        f"{screen_text(kg)} kg and {screen_text(height_cm)} cm give a BMI of {screen_text(bmi, 2)}, {outside}: check both and their units"
    )
    text += "".join(f"; if {fit}" for fit in fits) + "."
    yield Finding("weight-and-height", "warning", text)


def _bmi(kg: Fraction, height_cm: Fraction) -> Fraction:
    return kg / (height_cm / 100) ** 2


def settled_by_source(phase: Settled) -> bool:
    """Whether dose and interval of a phase are its source's own figures."""
    return "course" in phase.from_source and "every" not in phase.entered and not phase.overrides
