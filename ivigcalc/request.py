"""The options of `plan` as text -> a plan with its findings, or the open choices. The command line and files of patients
both come through here, so they cannot differ."""

from datetime import date
from typing import TYPE_CHECKING

from ivigcalc.catalogue import find
from ivigcalc.dosing.plan import make_plan
from ivigcalc.dosing.weights import decide
from ivigcalc.errors import InputError, Refused
from ivigcalc.model import (
    Catalogue,
    Cautions,
    Choices,
    Comparison,
    DosingWeight,
    Finding,
    Formulary,
    LeftOut,
    Limits,
    Option,
    Patient,
    Plan,
    Regimen,
    SiteUse,
)
from ivigcalc.options import PHARMACY, RECORD, GetFormulary, Options, clean, default_rounding, given, many, one, read_choices, read_patient
from ivigcalc.safety.checks import accept, check, mark, refuse_never

if TYPE_CHECKING:
    from ivigcalc.site import Site


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
    if site is None:
        return _answer(options, catalogue, limits, today, formulary, None)
    from ivigcalc.site import told, with_defaults  # only where a hospital has a file of its own

    merged, use = with_defaults(options, site)
    try:
        return _answer(merged, site.catalogue, limits, today, site.formulary, use)
    except (InputError, Refused) as error:
        if names := _behind(str(error), options, use, site, limits, today):
            raise type(error)(f"{error} ({told(site, names)})") from None
        raise


def _behind(said: str, typed: Options, use: SiteUse, site: "Site", limits: Limits, today: date) -> tuple[str, ...]:
    """The defaults of a site without which a refusal would not be what it is; all of them where no single one is behind it."""
    from ivigcalc.site import without

    def same(options: Options) -> bool:
        try:
            _answer(options, site.catalogue, limits, today, site.formulary, None)
        except (InputError, Refused) as error:
            return str(error) == said
        return False

    if not use.defaults or same(typed):
        return ()
    return tuple(name for name in use.defaults if not same(without(name, typed, site))) or tuple(use.defaults)


def _answer(
    options: Options, catalogue: Catalogue, limits: Limits, today: date, formulary: GetFormulary, site: SiteUse | None
) -> Plan | Comparison:
    regimens = find(catalogue, one(options, "regimen")) if "regimen" in options else ()
    regimen = regimens[0] if len(regimens) == 1 else None
    choices = read_choices(options, regimen, today)
    if not regimens and choices.dose is None:
        raise InputError(
            'say what to plan: --regimen ID (list them with: ivigcalc regimens) or a dose such as --dose "2 g/kg/course" --days 5'
        )
    patient = read_patient(options)
    choices = _with_pharmacy(choices, options, regimen, limits, formulary)
    if any(name in options for name in RECORD):
        from ivigcalc.record import add_record  # not needed by every plan

        patient, choices = add_record(patient, choices, options, today, limits.cautions)
        refuse_never(many(options, "accept"))
        if patient.history and limits.cautions:
            _refuse_contraindicated(patient, choices, limits.cautions)
    among = tuple(catalogue.regimens[key] for key in regimen.choose) if regimen else regimens
    result = make_plan(patient, regimen, choices, among, _others(catalogue, regimen), limits.weights)
    if isinstance(result, Comparison):
        _refuse_schedule(options, result)
        return mark(result, limits.doses, site, choices.supply)
    plan = check(result, limits.doses, site, among, limits.cautions)
    reason = None if (why := given(options, "reason")) is None else clean(why)
    plan = plan._replace(findings=accept(plan.findings, many(options, "accept"), reason))
    if refusals := [finding for finding in plan.findings if finding.level == "refusal" and not finding.accepted]:
        raise Refused(_refusal(refusals, many(options, "accept")))
    return plan


def answer_several(
    options: Options,
    ids: tuple[str, ...],
    catalogue: Catalogue,
    limits: Limits,
    today: date,
    formulary: GetFormulary = _nothing,
    site: "Site | None" = None,
) -> Comparison:
    """Lay several regimens side by side for a patient; one that gives no grams says what it needs, and the others are shown.

    Args: options as typed, of the patient and the dosing weight; the ids of the regimens; the catalogue; the limits and weight policies;
    today's date; the products, for the rounding of a site; the hospital's own file.
    Returns: the comparison.
    Raises: InputError.
    """
    use = None
    if site:
        from ivigcalc.site import with_defaults  # only where a hospital has a file of its own

        options, use = with_defaults(options, site)
        catalogue, formulary = site.catalogue, site.formulary
    patient = read_patient(options)
    choices = _with_pharmacy(read_choices(options, None, today), options, None, limits, formulary)
    shown: list[Option] = []
    left: list[LeftOut] = []
    for regimen in (catalogue.regimens[key] for key in ids):
        if regimen.phases[0].dose is None:
            left.append(LeftOut(regimen, "the source states no dose"))
            continue
        try:
            result = make_plan(patient, None, choices, (regimen,), (), limits.weights)
        except Refused as error:
            left.append(LeftOut(regimen, str(error)))
        else:
            assert isinstance(result, Comparison)  # what a plan by itself would settle is laid out here too
            shown += result.options
    weight = (shown[0].weight if shown else None) or decide(patient, "actual", limits.weights)
    assert isinstance(weight, DosingWeight)
    return mark(Comparison(patient, weight, None, tuple(shown), (), tuple(left)), limits.doses, use, choices.supply)


def _with_pharmacy(choices: Choices, options: Options, regimen: Regimen | None, limits: Limits, formulary: GetFormulary) -> Choices:
    """Add the rounding, the product and the rates to what was chosen."""
    choices = choices._replace(rounding=default_rounding(limits.rounding))
    if any(name in options for name in PHARMACY):
        from ivigcalc.pharmacy import add_pharmacy  # not needed by every plan

        choices = add_pharmacy(choices, options, regimen, limits.rounding, formulary)
    return choices


def _refuse_contraindicated(patient: Patient, choices: Choices, cautions: Cautions) -> None:
    """Refuse what nothing accepts, whether or not anything else is settled."""
    from ivigcalc.safety.contraindications import refuse

    refusals = list(refuse(patient, choices.supply, cautions))
    if refusals:
        texts = " ".join(f"{finding.code}: {finding.text} (source: {finding.source})" for finding in refusals)
        raise Refused(f"{texts} Nothing is planned, and nothing accepts this.")


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
