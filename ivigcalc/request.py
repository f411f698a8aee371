"""The options of `plan` as text -> a plan with its findings, or the open choices. The command line and files of patients
both come through here, so they cannot differ."""

import re
from collections.abc import Mapping
from datetime import date

from ivigcalc.catalogue import find
from ivigcalc.dosing.plan import make_plan
from ivigcalc.errors import InputError, Refused
from ivigcalc.model import MOST_CYCLES, MOST_DAYS, Catalogue, Choices, Comparison, Finding, Limits, Patient, Plan, Regimen
from ivigcalc.numbers import read_whole
from ivigcalc.safety.checks import accept, check, mark
from ivigcalc.units import read_age, read_dose, read_height, read_weight
from ivigcalc.when import read_date, read_interval, read_weekdays

Options = Mapping[str, str | tuple[str, ...]]
"""Options by their long name without dashes, as typed; a repeatable one as a tuple."""


def answer(options: Options, catalogue: Catalogue, limits: Limits, today: date) -> Plan | Comparison:
    """Answer a request for a plan.

    Args: options as typed; the catalogue; the safety limits and weight policies; today's date.
    Returns: a plan in which no refusal is left open, or a comparison of the open choices.
    Raises: InputError, Refused.
    """
    regimens = find(catalogue, _one(options, "regimen")) if "regimen" in options else ()
    regimen = regimens[0] if len(regimens) == 1 else None
    choices = _choices(options, regimen, today)
    if not regimens and choices.dose is None:
        raise InputError(
            'say what to plan: --regimen ID (list them with: ivigcalc regimens) or a dose such as --dose "2 g/kg/course" --days 5'
        )
    patient = read_patient(options)
    among = tuple(catalogue.regimens[key] for key in regimen.choose) if regimen else regimens
    result = make_plan(patient, regimen, choices, among, _others(catalogue, regimen), limits.weights)
    if isinstance(result, Comparison):
        _refuse_schedule(options, result)
        return mark(result, limits.doses)
    plan = check(result, limits.doses)
    reason = clean(_one(options, "reason")) if "reason" in options else None
    plan = plan._replace(findings=accept(plan.findings, _many(options, "accept"), reason))
    if refusals := [finding for finding in plan.findings if finding.level == "refusal" and not finding.accepted]:
        raise Refused(_refusal(refusals, _many(options, "accept")))
    return plan


def _label(text: str) -> str:
    if not clean(text):
        raise InputError('--label: nothing was given; write a text, such as --label "bed 4", or leave it out')
    return clean(text)


def read_patient(options: Options) -> Patient:
    """Read what was said of the patient.

    Args: options as typed, with the weight.
    Returns: the patient.
    Raises: InputError.
    """

    def given(name: str) -> str | None:
        return _one(options, name) if name in options else None

    if "weight" not in options:
        raise InputError('--weight is needed: the body weight, such as --weight 62 or --weight "137 lb"')
    label, height, sex, age = (given(name) for name in ("label", "height", "sex", "age"))
    if sex is not None and sex.lower() not in ("female", "male"):
        raise InputError(f"--sex: {sex!r} is not known; write female or male, as the formulas of ideal weight are published for these")
    if "pregnant" in options and "not-pregnant" in options:
        raise InputError("--pregnant and --not-pregnant contradict each other; write one of them")
    if "pregnant" in options and sex is not None and sex.lower() == "male":
        raise InputError("--pregnant and --sex male contradict each other; mend one of them")
    return Patient(
        label=None if label is None else _label(label),
        weight_kg=read_weight(_one(options, "weight")),
        height_cm=None if height is None else read_height(height),
        sex=None if sex is None else "female" if sex.lower() == "female" else "male",
        age_years=None if age is None else read_age(age),
        pregnant=True if "pregnant" in options else False if "not-pregnant" in options else None,
    )


def clean(text: str) -> str:
    """Strip control characters from free text, so that it cannot steer a terminal or break a row."""
    return " ".join(re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]", " ", text).split())


def _one(options: Options, name: str) -> str:
    value = options[name]
    assert isinstance(value, str)
    return value


def _many(options: Options, name: str) -> tuple[str, ...]:
    value = options.get(name, ())
    assert isinstance(value, tuple)
    return value


def _choices(options: Options, regimen: Regimen | None, today: date) -> Choices:
    """Read every option that chooses something, and refuse those that contradict each other."""

    def given(name: str) -> str | None:
        return _one(options, name) if name in options else None

    def day(name: str) -> date | None:
        text = given(name)
        return None if text is None else read_date(text, today, f"--{name}")

    dose, days, every, cycles, weekdays = (given(name) for name in ("dose", "days", "every", "cycles", "infuse-on"))
    choices = Choices(
        dose=None if dose is None else read_dose(dose),
        days=None if days is None else read_whole(days, "--days", most=MOST_DAYS),
        every=None if every is None else read_interval(every),
        cycles=None if cycles is None else read_whole(cycles, "--cycles", most=MOST_CYCLES),
        until=day("until"),
        start=day("start"),
        infuse_on=None if weekdays is None else read_weekdays(weekdays),
        closed=frozenset(read_date(text, today, "--closed") for text in _many(options, "closed")),
        event=day("bispecific-start"),
        dosing_weight=None if (policy := given("dosing-weight")) is None else policy.strip().lower(),
    )
    if choices.start is None:
        for name in ("until", "infuse-on", "closed"):
            if name in options:
                raise InputError(f"--{name} needs the first day; add --start, such as --start 2027-01-04")
    if choices.cycles and choices.until:
        raise InputError("--cycles and --until both say how many courses; write one of them")
    if choices.until and choices.start and choices.until < choices.start:
        raise InputError(f"--until {choices.until} is before --start {choices.start}; write a later --until")
    if choices.event and not (regimen and regimen.window):
        raise InputError("--bispecific-start belongs to a regimen with a start window, such as --regimen myeloma-teclistamab; leave it out")
    return choices


def _others(catalogue: Catalogue, regimen: Regimen | None) -> tuple[Regimen, ...]:
    """Further regimens of the same indication."""
    if regimen is None:
        return ()
    return tuple(
        r for r in catalogue.regimens.values() if r.indication == regimen.indication and r is not regimen and r.id not in regimen.choose
    )


def _refuse_schedule(options: Options, comparison: Comparison) -> None:
    """Refuse a schedule while a choice is missing; without one, the choices are shown."""
    for name in ("start", "cycles", "until"):
        if name in options:
            raise Refused(f"--{name} asks for a schedule, and a choice is missing: {missing_choice(comparison)}")
    for name in ("accept", "reason"):
        if name in options:
            raise InputError(f"--{name}: there is no plan yet that it could apply to: {missing_choice(comparison)}")


def is_ambiguous(comparison: Comparison) -> bool:
    """Whether what was asked for names several regimens rather than one that leaves something open."""
    return comparison.regimen is None and len(comparison.regimens) > 1


def missing_choice(comparison: Comparison) -> str:
    """Say which options would settle a comparison."""
    ids = tuple(regimen.id for regimen in comparison.regimens)
    one_of = f"write --regimen {' or --regimen '.join(ids)}"
    if is_ambiguous(comparison):
        return one_of
    add = f"add {' and '.join(comparison.missing)}"
    if len(ids) <= 1:
        return add
    rest = [option for option in comparison.missing if option != "--dose"]
    return f"{one_of}{', and add ' + ' and '.join(rest) if rest else ''}; or {add}"


def _refusal(refusals: list[Finding], accepted: tuple[str, ...]) -> str:
    words = " ".join(f"--accept {finding.code}={finding.figure}" for finding in refusals)
    texts = " ".join(f"{finding.code}: {finding.text} (source: {finding.source})" for finding in refusals)
    other = f" Accepted was {', '.join(accepted)}." if accepted else ""
    return f'{texts}{other} Nothing is planned. If this dose is meant, add: {words} --reason "..."'
