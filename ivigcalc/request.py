"""The options of `plan` as text -> a plan with its findings, or the open choices. The command line and files of patients
both come through here, so they cannot differ."""

from contextlib import suppress
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from ivigcalc.catalogue import find
from ivigcalc.dosing.plan import Frame, fill, frame, make_plan
from ivigcalc.errors import InputError, Refused
from ivigcalc.model import Catalogue, Cautions, Choices, Comparison, Finding, Formulary, Limits, Patient, Plan, Product, Regimen, SiteUse
from ivigcalc.options import (
    PHARMACY,
    RECORD,
    GetFormulary,
    Options,
    clean,
    default_rounding,
    given,
    many,
    one,
    read_choices,
    read_patient,
)
from ivigcalc.safety.checks import accept, check, mark, refuse_never

if TYPE_CHECKING:
    from ivigcalc.site import Site


PATIENT = frozenset(
    (
        *("weight", "height", "sex", "age", "pregnant", "not-pregnant", "pre-pregnancy-weight", "label", "accept", "reason"),
        *RECORD,
    )
)
"""The options that `prepare` does not look at: they are the patient's own."""
_RECORD = frozenset(RECORD)
MOST_IN_WORDS = 4
"""Up to so many regimens are offered each with its option, more of them in a list: so it is read more easily."""


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
    others: tuple[str, ...]
    choices: Choices
    frame: Frame | None  # None where the patient is needed to settle it
    limits: Limits
    today: date
    use: SiteUse | None  # what was taken from the site
    site: "Site | None"


def prepare(
    options: Options, catalogue: Catalogue, limits: Limits, today: date, formulary: GetFormulary = _nothing, site: "Site | None" = None
) -> Prepared:
    """Read the options that are not the patient's.

    Args: as of `answer`; options of the patient are passed over.
    Returns: what was asked for.
    Raises: InputError, Refused.
    """
    if site is None:
        return _prepare(options, catalogue, limits, today, formulary)
    from ivigcalc.site import with_defaults  # only where a hospital has a file of its own

    merged, use = with_defaults(options, site)
    try:
        return _prepare(merged, site.catalogue, limits, today, site.formulary)._replace(use=use, site=site)
    except (InputError, Refused) as error:
        raise _told(error, options, use, site, limits, today) from None


def answer_for(asked: Prepared, options: Options) -> Plan | Comparison:
    """Answer what was prepared, for a patient.

    Args: what was asked for; options as typed, the patient's among them.
    Returns: as `answer`.
    Raises: InputError, Refused.
    """
    try:
        return _answer(asked, options)
    except (InputError, Refused) as error:
        if asked.site is None or asked.use is None:
            raise
        raise _told(error, options, asked.use, asked.site, asked.limits, asked.today) from None


def _told(error: InputError | Refused, typed: Options, use: SiteUse, site: "Site", limits: Limits, today: date) -> InputError | Refused:
    """Add to a message which defaults of a site stand behind it."""
    from ivigcalc.site import told

    names = _behind(str(error), typed, use, site, limits, today)
    return type(error)(f"{error} ({told(site, names)})") if names else error


def _behind(said: str, typed: Options, use: SiteUse, site: "Site", limits: Limits, today: date) -> tuple[str, ...]:
    """The defaults of a site without which a refusal would not be what it is; all of them where no single one is behind it."""
    from ivigcalc.site import without

    def same(options: Options) -> bool:
        try:
            _answer(_prepare(options, site.catalogue, limits, today, site.formulary), options)
        except (InputError, Refused) as error:
            return str(error) == said
        return False

    if not use.defaults or same(typed):
        return ()
    return tuple(name for name in use.defaults if not same(without(name, typed, site))) or tuple(use.defaults)


def _prepare(options: Options, catalogue: Catalogue, limits: Limits, today: date, formulary: GetFormulary) -> Prepared:
    regimens = find(catalogue, one(options, "regimen")) if "regimen" in options else ()
    regimen = regimens[0] if len(regimens) == 1 else None
    choices = read_choices(options, regimen, today)
    if not regimens and choices.dose is None:
        raise InputError(
            'say what to plan: --regimen ID (list them with: ivigcalc regimens) or a dose such as --dose "2 g/kg/course" --days 5'
        )
    choices = choices._replace(rounding=default_rounding(limits.rounding), today=today)
    if any(name in options for name in PHARMACY):
        from ivigcalc.pharmacy import add_pharmacy  # not needed by every plan

        choices = add_pharmacy(choices, options, regimen, limits.rounding, formulary)
    if "vaccines" in options:
        from ivigcalc.record import read_vaccines  # not needed by every plan

        choices = choices._replace(vaccines=read_vaccines(one(options, "vaccines"), limits.cautions))
    among = tuple(catalogue.regimens[key] for key in regimen.choose) if regimen else regimens
    others = _others(catalogue, regimen)
    outline = None
    if not among:
        with suppress(InputError, Refused):  # said when its turn comes, after what is wrong with the patient
            outline = frame(regimen, choices, others)
    return Prepared(regimen, among, others, choices, outline, limits, today, None, None)


def _answer(asked: Prepared, options: Options) -> Plan | Comparison:
    patient, limits, supply = read_patient(options), asked.limits, asked.choices.supply
    if not _RECORD.isdisjoint(options):
        from ivigcalc.record import add_record  # not needed by every plan

        patient = add_record(patient, options, asked.choices.start, asked.today)
        refuse_never(many(options, "accept"))
        refuse_contraindicated(patient, supply and supply.product, limits.cautions)
    result: Plan | Comparison
    if asked.frame:
        result = fill(patient, asked.frame, limits.weights)
    else:
        result = make_plan(patient, asked.regimen, asked.choices, asked.among, asked.others, limits.weights)
    if isinstance(result, Comparison):
        _refuse_schedule(options, result)
        return mark(result, asked.choices, limits.doses, asked.use, limits.cautions)
    plan = check(result, limits.doses, asked.use, asked.among, limits.cautions)
    reason = None if (why := given(options, "reason")) is None else clean(why)
    findings = accept(plan.findings, many(options, "accept"), reason)
    if findings is not plan.findings:
        plan = plan._replace(findings=findings)
    if refusals := [finding for finding in plan.findings if finding.level == "refusal" and not finding.accepted]:
        raise Refused(_refusal(refusals, many(options, "accept")))
    return plan


def refuse_contraindicated(patient: Patient, product: Product | None, cautions: Cautions | None) -> None:
    """Refuse what nothing accepts, whether or not anything else is settled.

    Args: the patient; the product, None where it is not known; the cautions of limits.yaml.
    Raises: Refused.
    """
    if not patient.history or cautions is None:
        return
    from ivigcalc.safety.contraindications import refuse

    refusals = list(refuse(patient, product, cautions))
    if refusals:
        texts = " ".join(f"{finding.code}: {finding.text} (source: {finding.source})" for finding in refusals)
        raise Refused(f"{texts} Nothing is planned, and nothing accepts this.")


def _others(catalogue: Catalogue, regimen: Regimen | None) -> tuple[str, ...]:
    """The ids of further regimens of the same indication."""
    if regimen is None:
        return ()
    return catalogue.others or tuple(
        r.id for r in catalogue.regimens.values() if r.indication == regimen.indication and r is not regimen and r.id not in regimen.choose
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
    one_of = f"write --regimen {' or --regimen '.join(ids) if len(ids) <= MOST_IN_WORDS else 'ID, one of ' + ', '.join(ids)}"
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
