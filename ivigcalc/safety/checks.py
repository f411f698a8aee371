"""Plan -> findings: what a second person should see. Pure; every limit comes from limits.yaml, every cap from its source."""

import re
from fractions import Fraction
from typing import NamedTuple

from ivigcalc.errors import InputError
from ivigcalc.model import (
    Cautions,
    Choices,
    Comparison,
    Course,
    DosingWeight,
    Finding,
    Limit,
    Override,
    Patient,
    Plan,
    Regimen,
    Rounding,
    Settled,
    SiteUse,
)
from ivigcalc.numbers import NUMBER, exact_text, screen_text
from ivigcalc.safety.cautions import NEVER, check_cautions, of_patient, of_population
from ivigcalc.units import Basis
from ivigcalc.when import screen_date

_WORDS = {"dose": "dose", "days": "days of the course", "every": "interval", "cycles": "number of courses", "begins": "begins after"}


def refuse_never(acceptances: tuple[str, ...]) -> None:
    """Refuse an acceptance of what nothing accepts.

    Args: acceptances as typed.
    Raises: InputError.
    """
    for text in acceptances:
        if (code := text.split("=")[0].strip().lower()) in NEVER:
            raise InputError(f"--accept: nothing accepts {code}; it is a contraindication, so leave it out")


class _Whose(NamedTuple):
    """Whom a dose is judged for: both weights [kg], the regimen, and the patient."""

    dosing_kg: Fraction
    actual_kg: Fraction
    regimen: Regimen | None
    patient: Patient

    @classmethod
    def of(cls, result: Plan | Comparison, weight: DosingWeight, regimen: Regimen | None) -> "_Whose":
        return cls(weight.kg, result.patient.weight_kg, regimen, result.patient)


def check(
    plan: Plan, limits: tuple[Limit, ...], site: SiteUse | None = None, among: tuple[Regimen, ...] = (), cautions: Cautions | None = None
) -> Plan:
    """Add every finding to a plan.

    Args: plan; the safety limits; what was taken from a site file; the regimens that its own was chosen among; the cautions of limits.yaml.
    Returns: the plan with its findings, refusals first.
    """
    findings = [
        *_changed(plan),
        *_weight(plan.regimen, plan.patient, plan.weight),
        *_provenance(plan),
        *_window(plan),
        *_moved(plan),
        *_rounding(plan.rounding),
    ]
    if plan.choices.supply:
        from ivigcalc.safety.supply import check_supply  # only where there is a product

        findings += check_supply(plan)
    for phase in plan.phases:
        course = next((course for course in plan.courses if course.phase is phase), None)
        if course is None:
            continue
        ordered = [infusion.ordered_g for infusion in plan.infusions if infusion.cycle == course.cycle]
        calculated: dict[Basis, Fraction] = {"day": course.calculated_g / phase.days, "course": course.calculated_g}
        whose = _Whose.of(plan, plan.weight, plan.regimen)
        findings += _limits(phase, calculated, {"day": max(ordered), "course": course.ordered_g}, whose, limits)
        findings += _caps(phase, calculated, course.uncapped_g, plan.weight.kg)
        findings += _tie(plan, course)
        findings += _under_cap(course, plan.rounding)
    if cautions:
        findings += check_cautions(plan, cautions)
    if site:
        from ivigcalc.safety.site import check_site, rests_on

        findings += check_site(site, rests_on((plan.regimen, *among), plan.choices.supply, plan.rates and plan.rates.ramp))
    rank = {"refusal": 0, "warning": 1, "note": 2}
    ranked = tuple(sorted(dict.fromkeys(findings), key=lambda finding: rank[finding.level]))
    return plan._replace(findings=ranked, site=site)


def mark(
    comparison: Comparison, choices: Choices, limits: tuple[Limit, ...], site: SiteUse | None = None, cautions: Cautions | None = None
) -> Comparison:
    """Mark each option of a comparison with what the limits and caps say of it, and all of them with what the patient asks for.

    Args: comparison; what was chosen; the safety limits; what was taken from a site file; the cautions of limits.yaml.
    Returns: the comparison with findings on its options, and with those of all of them.
    """
    options = []
    for option in comparison.options:
        weight = option.weight or comparison.weight
        grams: dict[Basis, Fraction] = {"day": option.day_g, "course": option.course_g}
        ordered: dict[Basis, Fraction] = {"day": max(option.ordered_g), "course": sum(option.ordered_g, Fraction(0))}
        found = (
            *_limits(option.phase, grams, ordered, _Whose.of(comparison, weight, option.regimen), limits),
            *_caps(option.phase, grams, option.uncapped_g, weight.kg),
            *_overridden(option.phase.overrides),
            *_weight(option.regimen, comparison.patient, option.weight or comparison.weight),
            *(finding for finding in _entered(option.phase) if option.regimen and finding.code not in ("entered-days", "entered-begins")),
            *of_population(comparison.patient, option.regimen, choices, option.regimen.cited if option.regimen else ()),
        )
        options.append(option._replace(findings=found))
    together = tuple(of_patient(comparison.patient, choices, cautions)) if cautions else ()
    if site:
        from ivigcalc.safety.site import check_site, rests_on

        regimens = (comparison.regimen, *(option.regimen for option in options))
        together += tuple(check_site(site, rests_on(regimens, choices.supply, None)))
    return comparison._replace(options=tuple(options), findings=together, risks=choices.rate.risks)


def accept(findings: tuple[Finding, ...], acceptances: tuple[str, ...], reason: str | None) -> tuple[Finding, ...]:
    """Mark the refusals that were accepted by name and figure.

    Args: findings; acceptances as typed, such as daily-dose=2; the reason given for them.
    Returns: the findings, with what was accepted and why.
    Raises: InputError for an acceptance that cannot be read, that nothing asked for, or without a reason.
    """
    if not acceptances and reason is None:
        return findings
    if acceptances and not (reason and reason.strip()):
        raise InputError('--accept: needs a reason that is printed with the plan; add --reason "why this dose is meant"')
    if reason is not None and not acceptances:
        raise InputError("--reason: nothing is accepted with it; leave it out, or add the --accept that a refusal names")
    asked = {finding.code for finding in findings if finding.level == "refusal"}
    refuse_never(acceptances)
    accepted: set[tuple[str, str]] = set()
    for text in acceptances:
        match = re.fullmatch(rf"([a-z0-9-]+)=({NUMBER})", text.strip())
        if not match:
            raise InputError(f"--accept: {text!r} cannot be read; write the code and figure that the refusal names, such as daily-dose=1.5")
        if match[1] not in asked:
            raise InputError(f"--accept: nothing asks for {match[1]}; leave it out, so that it does not carry over from another patient")
        accepted.add((match[1], exact_text(Fraction(match[2]))))
    found = {(finding.code, finding.figure) for finding in findings if finding.level == "refusal"}
    if found <= accepted and (left := sorted(accepted - found)):
        words = ", ".join(f"{code}={figure}" for code, figure in left)
        raise InputError(f"--accept: nothing asks for {words}; leave it out, so that it does not carry over from another patient")
    return tuple(
        finding._replace(
            accepted=True, reason=reason, text=f"{finding.text} Accepted: {reason}{'' if reason and reason[-1] in '.!?' else '.'}"
        )
        if finding.level == "refusal" and (finding.code, finding.figure) in accepted
        else finding
        for finding in findings
    )


def _limits(
    phase: Settled,
    calculated: dict[Basis, Fraction],
    ordered: dict[Basis, Fraction],
    whose: _Whose,
    limits: tuple[Limit, ...],
) -> list[Finding]:
    """Judge the calculated dose on the lower of dosing and actual weight; an excess that only rounding causes is a note."""
    found = []
    lower_kg, higher_kg = sorted((whose.dosing_kg, whose.actual_kg))
    for limit in limits:
        if max(calculated[limit.per], ordered[limit.per]) <= limit.g_per_kg * lower_kg:
            continue
        figure, rounded = calculated[limit.per] / lower_kg, ordered[limit.per] / lower_kg
        source = "; ".join(cited.place for cited in limit.cited)
        most = f"the limit of {screen_text(limit.g_per_kg)} g per kg per {limit.per}"
        if figure > limit.g_per_kg:
            text = f"{screen_text(figure)} g per kg per {limit.per} is more than {most}"
            if lower_kg != higher_kg:
                on = ("dosing", "actual") if whose.dosing_kg < whose.actual_kg else ("actual", "dosing")
                text += (
                    f"; that is on the {on[0]} weight, and {screen_text(calculated[limit.per] / higher_kg)} g per kg on the {on[1]} weight"
                )
            stated = limit.per in phase.from_source and whose.dosing_kg <= whose.actual_kg
            if stated and not (why := _outside(whose)):
                found.append(Finding(f"{limit.code}-source", "warning", f"{text}; the regimen's own source states it.", source))
            else:
                text += f"; {why}" if stated else ""
                found.append(Finding(limit.code, "refusal", f"{text}.", source, exact_text(figure)))
        if rounded * 10 > max(limit.g_per_kg, figure) * 11:  # a dose that is meant to be above the limit may not run away either
            above = most if figure <= limit.g_per_kg else f"the {screen_text(figure)} g per kg per {limit.per} that it is calculated as"
            text = (
                f"Rounding alone takes the dose to {screen_text(rounded)} g per kg per {limit.per}, more than a tenth above {above}; "
                "round to smaller steps or vials, or write another number of days."
            )
            found.append(Finding(f"{limit.code}-rounding", "refusal", text, source, exact_text(rounded)))
        elif rounded > limit.g_per_kg >= figure:
            text = f"Rounding alone takes the dose to {screen_text(rounded)} g per kg per {limit.per}, above {most}."
            found.append(Finding(f"{limit.code}-rounding", "note", text, source))
    return found


def _outside(whose: _Whose) -> str | None:
    """Why the patient is not of the population of the regimen's source."""
    from ivigcalc.safety.population import outside  # only where a source exceeds a limit

    return outside(whose.regimen, whose.patient)


def _caps(phase: Settled, calculated: dict[Basis, Fraction], uncapped_g: Fraction, weight_kg: Fraction) -> list[Finding]:
    """Say where a cap of the regimen's own source was applied, and warn where an external one is exceeded."""
    found = []
    for cap in phase.caps:
        source = cap.cited.place
        cap_g = cap.at(weight_kg)
        most = f"{screen_text(cap_g)} g a {cap.per}"
        if cap.g_per_kg is not None:
            most += f", {screen_text(cap.g_per_kg)} g per kg"
        if cap.cited.source.external and calculated[cap.per] > cap_g:
            text = f"{screen_text(calculated[cap.per])} g a {cap.per} is more than the {most} of an external source."
            found.append(Finding("external-limit", "warning", text, source))
        elif not cap.cited.source.external and uncapped_g > calculated["course"] and calculated[cap.per] == cap_g:
            course = f"{screen_text(calculated['course'])} g instead of {screen_text(uncapped_g)} g per course"
            text = f"The source caps the dose at {most}: {course}."
            found.append(Finding("capped", "warning", text, source))
    return found


def _tie(plan: Plan, course: Course) -> list[Finding]:
    """Say that a dose lay midway between two that could be ordered, and which one was taken."""
    if not course.tie:
        return []
    stated = course.calculated_g if course.rounded_over == "course" else course.calculated_g / course.phase.days
    steps = "amounts of whole vials" if plan.rounding.step_g is None else f"multiples of {plan.rounding.to}"
    return [
        Finding(
            "tie", "note", f"{screen_text(stated)} g lies midway between two {steps}; the lower was taken, as no published rule says which."
        )
    ]


def _under_cap(course: Course, rounding: Rounding) -> list[Finding]:
    """Say that a cap of the regimen's own source kept the dose from the amount that it would have been rounded to."""
    if not course.under_cap:
        return []
    other = "amount above" if rounding.direction == "up" else "nearest amount"
    return [Finding("rounded-under-cap", "note", f"The dose was rounded down, as the {other} would be more than the source allows.")]


def _rounding(rounding: Rounding) -> list[Finding]:
    """Name the published rule that was followed, and a limit on rounding that was widened by hand."""
    found = []
    if rule := rounding.rule:
        source = "; ".join(cited.place for cited in rule.cited)
        found.append(Finding(f"round-{rule.id}", "note", f"Rounded by a published rule: {rule.name}.", source))
    if rounding.limit_percent > rounding.published_limit:
        widened, published = screen_text(rounding.limit_percent), screen_text(rounding.published_limit)
        text = f"Rounding was allowed to change the dose by up to {widened}%; the published limit is {published}%."
        found.append(Finding("round-limit", "warning", text))
    return found


def _changed(plan: Plan) -> list[Finding]:
    """Flag what departs from the regimen's own figures, and what was entered where the source states nothing."""
    several = len(plan.phases) > 1
    return _overridden(plan.overrides) + [
        finding for phase in plan.phases if plan.regimen for finding in _entered(phase, phase.name if several else None)
    ]


def _weight(regimen: Regimen | None, patient: Patient, weight: DosingWeight) -> list[Finding]:
    """Flag a dosing weight other than the one that the regimen's source names for this patient."""
    if regimen is None:
        return []
    in_pregnancy = regimen.weight_basis_in_pregnancy if patient.pregnant else None
    stated = in_pregnancy or regimen.weight_basis
    if not stated or stated.split()[0] in (weight.basis, weight.policy):
        return []
    named = stated.split()[0]
    text = f"The dose rests on {weight.basis} body weight by {weight.policy}; the regimen's source names {stated}."
    return [Finding(f"override-weight-{named}-to-{weight.policy}", "warning", text)]


def _overridden(overrides: tuple[Override, ...]) -> list[Finding]:
    """Flag what departs from the regimen's own figures, with both."""
    found = []
    for override in overrides:
        what = f"{override.phase}, {_WORDS[override.what]}" if override.phase else _WORDS[override.what]
        text = f"Changed by hand: {what} {_in_words(override.used)}; the source states {_in_words(override.source)}."
        of = f"{override.phase.lower()}-" if override.phase else ""
        code = f"override-{of}{override.what}-{override.source}-to-{override.used}".replace(" ", "-")
        found.append(Finding(code, "warning", text))
    return found


def _entered(phase: Settled, name: str | None = None) -> list[Finding]:
    """Name what was entered where the source states nothing, with the name of the phase where there are several."""
    found = []
    for figure in phase.entered:
        dose = f"{exact_text(phase.dose_g_per_kg)} g/kg/{phase.per}"
        used = {"dose": dose, "days": str(phase.days), "every": str(phase.every), "begins": str(phase.begins)}[figure]
        what = f"{name}, {_WORDS[figure]}" if name else _WORDS[figure]
        text = f"Entered by hand: {what} {_in_words(used)}; no source states it."
        found.append(Finding(f"entered-{figure}", "warning" if figure == "dose" else "note", text))
    return found


def _in_words(figure: int | str) -> str:
    return str(figure).replace("/", " per ")


def _provenance(plan: Plan) -> list[Finding]:
    """Say what stands behind the dose where it is not the regimen's document."""
    by_hand = Finding("no-source", "warning", "The dose was entered by hand; no source stands behind it.")
    found = _standing(plan.regimen) if plan.regimen else [by_hand]
    for cited in plan.cited:
        if cited.source.external:
            text = "A source from outside the regimen's document stands behind the dose."
            found.append(Finding("external-source", "note", text, cited.place))
    if any(phase.every and phase.every.unit == "month" for phase in plan.phases):
        text = "A month is a calendar month, on the same day of the month or its last day; it is not 28 days."
        found.append(Finding("calendar-month", "note", text))
    return found


def _standing(regimen: Regimen) -> list[Finding]:
    """Say where a regimen is not standard treatment, and where sources differ on it."""
    found = []
    if regimen.standing and regimen.standing != "standard":
        text = f"This regimen is {regimen.standing}: it is not standard treatment."
        found.append(Finding(f"standing-{regimen.standing.replace(' ', '-')}", "warning", text))
    for conflict in regimen.conflicts:
        source = "; ".join(cited.place_and_quote for cited in conflict.cited)
        found.append(Finding("sources-differ", "note", f"Sources differ. {conflict.text}", source or None))
    return found


def _window(plan: Plan) -> list[Finding]:
    """Name the last day of a start window, and warn of a start outside it."""
    window, event, last = plan.regimen and plan.regimen.window, plan.choices.event, plan.last_start
    if not window or not event or not last:
        return []
    text = f"Last day of the {window.days}-day window after the {window.event}: {screen_date(last)}."
    found = [Finding("start-window", "note", text)]
    start = plan.courses[0].start
    if start and not event <= start <= last:
        text = f"The start on {screen_date(start)} is outside the window from {screen_date(event)} to {screen_date(last)}."
        found.append(Finding("outside-start-window", "warning", text))
    return found


def _moved(plan: Plan) -> list[Finding]:
    found = []
    for course in plan.courses:
        if course.start and course.planned and course.start != course.planned:
            dates = f"was due on {screen_date(course.planned)} and starts on {screen_date(course.start)}"
            found.append(Finding("moved", "note", f"Course {course.cycle} {dates}, the first start on which all its days fit."))
    return found
