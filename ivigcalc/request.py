"""The options of `plan` as text -> a plan with its findings, or the open choices. The command line and files of patients
both come through here, so they cannot differ."""

import re
from contextlib import suppress
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from ivigcalc.catalogue import find
from ivigcalc.dosing.plan import Frame, fill, frame, make_plan
from ivigcalc.errors import InputError, Refused
from ivigcalc.model import Catalogue, Choices, Comparison, Finding, Formulary, Limits, Plan, Regimen, SiteUse
from ivigcalc.options import PHARMACY, GetFormulary, Options, clean, default_rounding, given, many, one, read_choices, read_patient
from ivigcalc.safety.checks import accept, check, mark

if TYPE_CHECKING:
    from ivigcalc.site import Site


PATIENT = frozenset(("weight", "height", "sex", "age", "pregnant", "not-pregnant", "label", "accept", "reason"))
"""The options that `prepare` does not look at: they are the patient's own."""


def _nothing() -> Formulary:
    """A formulary without products."""
    return Formulary({}, {}, {}, b"")


def answer(
    options: Options, catalogue: Catalogue, limits: Limits, today: date, formulary: GetFormulary = _nothing, site: "Site | None" = None
) -> Plan | Comparison:
    """Answer a request for a plan.

    Args: options as typed; the catalogue; the safety limits and weight policies; today's date; the products and ramps, read only if
    they are needed; the hospital's own file, which holds all of these merged with its own.
    Returns: a plan in which no refusal is left open, or a comparison of the open choices.
    Raises: InputError, Refused.
    """
    return answer_for(prepare(options, catalogue, limits, today, formulary, site), options)


class Prepared(NamedTuple):
    """All of a request that does not rest on the patient, read once for many patients."""

    regimen: Regimen | None
    among: tuple[Regimen, ...]
    others: tuple[Regimen, ...]
    choices: Choices
    frame: Frame | None  # None where the patient is needed to settle it
    limits: Limits
    site: SiteUse | None


def prepare(
    options: Options, catalogue: Catalogue, limits: Limits, today: date, formulary: GetFormulary = _nothing, site: "Site | None" = None
) -> Prepared:
    """Read the options that are not the patient's.

    Args: as of `answer`; options of the patient are passed over.
    Returns: what was asked for.
    Raises: InputError, Refused.
    """
    if site is None:
        return _prepare(options, catalogue, limits, today, formulary, None)
    from ivigcalc.site import with_defaults  # only where a hospital has a file of its own

    merged, use = with_defaults(options, site)
    try:
        return _prepare(merged, site.catalogue, limits, today, site.formulary, use)
    except (InputError, Refused) as error:
        raise _from_site(error, use) from None


def answer_for(asked: Prepared, options: Options) -> Plan | Comparison:
    """Answer what was prepared, for a patient.

    Args: what was asked for; options as typed, the patient's among them.
    Returns: as `answer`.
    Raises: InputError, Refused.
    """
    try:
        return _answer(asked, options)
    except (InputError, Refused) as error:
        if asked.site is None:
            raise
        raise _from_site(error, asked.site) from None


def _from_site(error: InputError | Refused, use: SiteUse) -> InputError | Refused:
    """Say in a message which of the options that it names came from the site file."""
    if named := [name for name in use.defaults if re.search(rf"--{name}\b(?!-)", str(error))]:
        came = ", ".join(f"--{name}" for name in named)
        return type(error)(f"{error} ({came} came from the site file of {use.name})")
    return error


def _prepare(
    options: Options, catalogue: Catalogue, limits: Limits, today: date, formulary: GetFormulary, site: SiteUse | None
) -> Prepared:
    regimens = find(catalogue, one(options, "regimen")) if "regimen" in options else ()
    regimen = regimens[0] if len(regimens) == 1 else None
    choices = read_choices(options, regimen, today)
    if not regimens and choices.dose is None:
        raise InputError(
            'say what to plan: --regimen ID (list them with: ivigcalc regimens) or a dose such as --dose "2 g/kg/course" --days 5'
        )
    choices = choices._replace(rounding=default_rounding(limits.rounding))
    if any(name in options for name in PHARMACY):
        from ivigcalc.pharmacy import add_pharmacy  # not needed by every plan

        choices = add_pharmacy(choices, options, regimen, limits.rounding, formulary)
    among = tuple(catalogue.regimens[key] for key in regimen.choose) if regimen else regimens
    others = _others(catalogue, regimen)
    outline = None
    if not among:
        with suppress(InputError, Refused):  # said when its turn comes, after what is wrong with the patient
            outline = frame(regimen, choices, others)
    return Prepared(regimen, among, others, choices, outline, limits, site)


def _answer(asked: Prepared, options: Options) -> Plan | Comparison:
    patient, limits = read_patient(options), asked.limits
    result: Plan | Comparison
    if asked.frame:
        result = fill(patient, asked.frame, limits.weights)
    else:
        result = make_plan(patient, asked.regimen, asked.choices, asked.among, asked.others, limits.weights)
    if isinstance(result, Comparison):
        _refuse_schedule(options, result)
        return mark(result, limits.doses, asked.site)
    plan = check(result, limits.doses, asked.site)
    reason = None if (why := given(options, "reason")) is None else clean(why)
    findings = accept(plan.findings, many(options, "accept"), reason)
    if findings is not plan.findings:
        plan = plan._replace(findings=findings)
    if refusals := [finding for finding in plan.findings if finding.level == "refusal" and not finding.accepted]:
        raise Refused(_refusal(refusals, many(options, "accept")))
    return plan


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
    return comparison.regimen is None and len({option.regimen for option in comparison.options}) > 1


def missing_choice(comparison: Comparison) -> str:
    """Say which options would settle a comparison."""
    ids = tuple(dict.fromkeys(option.regimen.id for option in comparison.options if option.regimen))
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
