"""`ivigcalc check`: an order that somebody else wrote, read and judged."""

from functools import lru_cache
from typing import TYPE_CHECKING, Annotated

import typer

from ivigcalc import __version__
from ivigcalc.cli.choices import (
    Age,
    AtRisk,
    BispecificStart,
    BloodGroup,
    Closed,
    Cycles,
    Days,
    Direction,
    DosingWeight,
    Height,
    History,
    LastCourse,
    NotPregnant,
    OwnFile,
    Pregnant,
    PrePregnancyWeight,
    RoundLimit,
    RoundOver,
    Until,
    Vials,
)
from ivigcalc.cli.command import options_given
from ivigcalc.cli.complete import complete_product, complete_regimen
from ivigcalc.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from fractions import Fraction

    from ivigcalc.checking import Check, Reading
    from ivigcalc.cli.data import Data
    from ivigcalc.model import Finding, Limits, Patient, Product, SiteUse

    Options = Mapping[str, str | tuple[str, ...]]

_OWN = ("order", "csv", "within", "format", "output", "force", "site")
_OF_A_RATE = ("ramp", "pump-step")
"""Defaults of a site that an order has no part in."""
_OF_A_PLAN = (
    "round",
    "direction",
    "round-over",
    "round-limit",
    "vials",
    "days",
    "every",
    "cycles",
    "until",
    "start",
    "infuse-on",
    "closed",
    "accept",
    "reason",
    "bispecific-start",
)


def check(
    ctx: typer.Context,
    order: Annotated[
        str | None,
        typer.Option("--order", metavar="ORDER", help='The order as it was written: "30\u00a0g daily for 5\u00a0days".'),
    ] = None,
    weight: Annotated[
        str | None, typer.Option("--weight", metavar="WEIGHT", help='Body weight: 62 (kg), "137\u00a0lb", "9\u00a0st 11\u00a0lb".')
    ] = None,
    regimen: Annotated[
        str | None,
        typer.Option("--regimen", metavar="ID", help="The regimen that is meant: ivigcalc regimens", autocompletion=complete_regimen),
    ] = None,
    dose: Annotated[
        str | None, typer.Option("--dose", metavar="DOSE", help='The dose that is meant: "0.4\u00a0g/kg/day", "2\u00a0g/kg/course".')
    ] = None,
    days: Days = None,
    every: Annotated[
        str | None, typer.Option("--every", metavar="INTERVAL", help='Start to start: "3\u00a0weeks", "1\u00a0month".')
    ] = None,
    cycles: Cycles = None,
    until: Until = None,
    start: Annotated[str | None, typer.Option("--start", metavar="DATE", help="First day, so that the order's dates are compared.")] = None,
    infuse_on: Annotated[str | None, typer.Option("--infuse-on", metavar="WEEKDAYS", help='Weekdays of infusion: "mon-fri".')] = None,
    closed: Closed = None,
    height: Height = None,
    sex: Annotated[str | None, typer.Option("--sex", metavar="SEX", help="female or male, for ideal weight.")] = None,
    age: Age = None,
    pregnant: Pregnant = False,
    not_pregnant: NotPregnant = False,
    blood_group: BloodGroup = None,
    history: History = None,
    last_course: LastCourse = None,
    pre_pregnancy_weight: PrePregnancyWeight = None,
    dosing_weight: DosingWeight = None,
    bispecific_start: BispecificStart = None,
    product: Annotated[
        str | None,
        typer.Option("--product", metavar="ID", help="The product of an order in mL, or that it names.", autocompletion=complete_product),
    ] = None,
    concentration: Annotated[
        str | None, typer.Option("--concentration", metavar="STRENGTH", help='Of an order in mL: "10%", "100\u00a0mg/mL".')
    ] = None,
    at_risk: AtRisk = None,
    vials: Vials = None,
    round_: Annotated[str | None, typer.Option("--round", metavar="TO", help="How the dose that is meant is rounded, as of plan.")] = None,
    direction: Direction = None,
    round_over: RoundOver = None,
    round_limit: RoundLimit = None,
    within: Annotated[
        str | None, typer.Option("--within", metavar="PERCENT", help="How far an order may be rounded; 10% unless set.")
    ] = None,
    label: Annotated[str | None, typer.Option("--label", metavar="TEXT", help="Shown with the check. No patient's name, please.")] = None,
    accept: Annotated[
        list[str] | None, typer.Option("--accept", metavar="CODE=FIGURE", help="Let one refused figure of the dose that is meant through.")
    ] = None,
    reason: Annotated[str | None, typer.Option("--reason", metavar="TEXT", help="Why it is accepted.")] = None,
    site: OwnFile = None,
    csv: Annotated[
        str | None,
        typer.Option("--csv", metavar="FILE", help="Check a file of orders, its columns named as the options, with id and order."),
    ] = None,
    format_: Annotated[str | None, typer.Option("--format", metavar="FORMAT", help="table or json.")] = None,
    output: Annotated[
        str | None, typer.Option("--output", "-o", metavar="FILE", help="Write to a file: .txt, .json; .csv with --csv.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace an existing file.")] = False,
) -> int:
    """Check an order that somebody else wrote against a regimen, a dose, or the limits alone.

    Says what it read before it judges. Leaves with 0 where the order agrees, 1 where it differs or has two readings, 2 where
    it cannot be read.

    \b
    Examples:
      ivigcalc check --weight 62 --regimen itp --order "25 g OD for 3 days"
      ivigcalc check --weight 75 --dose "2 g/kg/course" --days 5 --order "150 g over 5 days"
      ivigcalc check --weight 62 --regimen icaht --concentration "10%" --order "1240 mL over 4 days"
      ivigcalc check --weight 75 --order "30 g daily for 5 days"
    """
    from datetime import date

    from ivigcalc.catalogue import sha256_of
    from ivigcalc.cli.data import load_data
    from ivigcalc.cli.output import choose_format, deliver, page_bytes, refuse_force, tell
    from ivigcalc.export.check import check_json, check_table, verdict_text
    from ivigcalc.safety.expected import within_source

    options = {name: text for name, text in options_given(ctx).items() if name not in ("output", "force", "format")}
    refuse_force(output, force=force)
    if csv is not None:
        from ivigcalc.cli.check_file import check_file

        return check_file(options, site, format_, output, force=force)
    format_name = choose_format(format_, output)
    if format_name == "csv":
        raise InputError(
            "a check of one order is shown or written as JSON; write --format json or -o FILE.json, or check a file with --csv"
        )
    data = load_data(site)
    rounding = within_source(data.limits.rounding)
    checked = check_order(options, data, date.today())  # noqa: DTZ011 (the ward's own day)
    if format_name == "json":
        shown = check_json(checked, rounding, options, __version__, sha256_of(data.shipped.data))
    else:
        shown = page_bytes(lambda width, colour: check_table(checked, rounding, width, colour=colour), output)
    deliver(shown, output, force=force)
    if not checked.passes:
        tell(f"the order {'' if checked.kind == 'differs' else 'is '}{verdict_text(checked)}")
    return 0 if checked.passes else 1


def check_order(typed: "Options", data: "Data", today: "date") -> "Check":
    """Read and judge one order.

    Args: options as typed, by long name without dashes; the data files; today's date.
    Returns: the check.
    Raises: InputError where something cannot be read; Refused where what is meant cannot be planned.
    """
    from ivigcalc.checking import Check as Checked
    from ivigcalc.dosing.weights import dosing_weight, side_by_side
    from ivigcalc.model import Choices, Comparison, DosingWeight, RateChoice, Supply, Undecided
    from ivigcalc.options import clean
    from ivigcalc.pharmacy import read_risks
    from ivigcalc.request import answer, refuse_contraindicated
    from ivigcalc.safety.cautions import of_patient
    from ivigcalc.safety.expected import Context, expected_of, read_within
    from ivigcalc.safety.verdict import judge

    options, limits, use = typed, data.limits, None
    site = data.site
    if site:
        from ivigcalc.site import with_defaults

        site = site._replace(defaults={name: value for name, value in site.defaults.items() if name not in _OF_A_RATE})
        options, use = with_defaults(typed, site)
    text = options.get("order")
    if not isinstance(text, str):
        raise InputError('--order is needed: the order as it was written, such as --order "30 g daily for 5 days"')
    asked = {name: value for name, value in typed.items() if name not in _OWN}
    share = options.get("within")
    within = read_within(share) if isinstance(share, str) else limits.rounding.limit_percent / 100
    product = _product(options, data)
    strength = _strength(options, product)
    told = options.get("at-risk")
    risks = read_risks(told) if isinstance(told, str) else ()
    names = tuple(dict.fromkeys((product.id, product.name, product.brand, *product.aliases))) if product else ()
    beside: tuple[Finding, ...] = ()
    if "regimen" in options or "dose" in options:
        result = answer(asked, data.shipped, limits, today, data.formulary, site)
        patient, weight = result.patient, result.weight
        start = None if isinstance(result, Comparison) else result.choices.start
    else:
        if alone := next((name for name in _OF_A_PLAN if name in typed), None):
            raise InputError(f"--{alone} belongs to what the order is compared with; add --regimen or --dose, or leave it out")
        result, start, policy = None, None, options.get("dosing-weight")
        patient = _recorded(options, limits, _read(text, strength, names)[0], today)
        refuse_contraindicated(patient, product, limits.cautions)
        chosen = Choices(supply=Supply(product, strength, (), vials_by_hand=False) if product else None, rate=RateChoice(risks=risks))
        beside = tuple(of_patient(patient, chosen, limits.cautions)) if limits.cautions else ()
        wanted = policy.strip().lower() if isinstance(policy, str) else None
        weight = dosing_weight(patient, None, wanted, limits.weights, lambda _: "no dose is compared")
        weight = weight._replace(reason=weight.reason.replace("the dose was entered by hand", "no dose is compared"))
    regimens = (
        (result.regimen, *(option.regimen for option in result.options)) if isinstance(result, Comparison) else (result and result.regimen,)
    )
    names += tuple(name for regimen in regimens if regimen for name in (regimen.id, regimen.indication, *regimen.aliases))
    decisions = side_by_side(patient, limits.weights)
    undecided = [decision for decision in decisions.values() if isinstance(decision, Undecided)]
    context = Context(
        patient=patient,
        weight=weight,
        others_kg={name: decision.kg for name, decision in decisions.items() if isinstance(decision, DosingWeight)},
        needed=tuple(dict.fromkeys(need for decision in undecided for need in decision.needs if "dosing-weight" not in need)),
        within=within,
        published=limits.rounding.limit_percent / 100,
        limits=limits.doses,
        cautions=limits.cautions,
        start=start,
    )
    expected = expected_of(result) if result else ()
    judged = judge(_read(text, strength, tuple(dict.fromkeys(names))), expected, context)
    used = (*(f"regimens.{regimen.id}" for regimen in regimens if regimen), *((f"products.{product.id}",) if product else ()))
    beside += _site(use, used)
    return Checked(clean(text), patient, risks, result, expected, weight, within, isinstance(share, str), judged, beside)


@lru_cache(maxsize=1_024)  # of a file, in which the same words recur
def _read(text: str, g_per_ml: "Fraction | None", names: tuple[str, ...]) -> "tuple[Reading, ...]":
    """What an order says, which rests on nothing but its words, the concentration [g/mL] and the names that may stand in it."""
    from ivigcalc.safety.orders import read_order

    return read_order(text, g_per_ml, names)


def _recorded(options: "Options", limits: "Limits", reading: "Reading", today: "date") -> "Patient":
    """The patient of an order that is judged by the limits alone; the days since a last course are counted to the order's own dates."""
    from ivigcalc.options import read_patient
    from ivigcalc.record import add_record

    if "last-course" in options and not reading.dates:
        example = '--order "30 g daily for 5 days from 2027-02-01"'
        raise InputError(f"--last-course needs the first day of the order; write it in the order, such as {example}")
    return add_record(read_patient(options), options, reading.dates[0][0] if reading.dates else None, today)


def _site(use: "SiteUse | None", used: tuple[str, ...]) -> "tuple[Finding, ...]":
    """What was taken from the hospital's own file."""
    if use is None:
        return ()
    from ivigcalc.safety.site import check_site

    return tuple(check_site(use, used))


def _product(options: "Options", data: "Data") -> "Product | None":
    """The product that the order is read with."""
    named = options.get("product")
    if not isinstance(named, str):
        return None
    from ivigcalc.catalogue.products import find_product

    return find_product(data.formulary().products, named)


def _strength(options: "Options", product: "Product | None") -> "Fraction | None":
    """The concentration [g/mL] that an order in mL is read with."""
    from ivigcalc.pharmacy import strengths_text
    from ivigcalc.rates import read_concentration

    typed = options.get("concentration")
    strength = read_concentration(typed) if isinstance(typed, str) else None
    if product is None:
        return strength
    if strength and strength not in product.concentration.value:
        raise InputError(f"--concentration: {typed!r} is none of those of {product.id}; write {strengths_text(product)}, or leave it out")
    return strength or product.g_per_ml
