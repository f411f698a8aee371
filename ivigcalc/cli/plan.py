"""`ivigcalc plan`: what to give on each day."""

from typing import TYPE_CHECKING, Annotated

import typer

from ivigcalc import __version__
from ivigcalc.cli.choices import (
    Age,
    AtRisk,
    Begins,
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
from ivigcalc.errors import InputError, Refused

if TYPE_CHECKING:
    from ivigcalc.data import Data
    from ivigcalc.model import Comparison, Plan

_NOT_INPUTS = ("output", "force", "site")


def complete_format() -> list[str]:
    """Complete the names of formats."""
    from ivigcalc.cli.output import FORMATS

    return list(FORMATS)


def plan(
    ctx: typer.Context,
    weight: Annotated[
        str | None,
        typer.Option("--weight", metavar="WEIGHT", help='Body weight: 62 (kg), "137 lb", "9 st 11 lb", "3200 g".'),
    ] = None,
    regimen: Annotated[
        str | None,
        typer.Option(
            "--regimen",
            metavar="ID",
            help="A regimen of the catalogue: ivigcalc regimens",
            autocompletion=complete_regimen,
        ),
    ] = None,
    dose: Annotated[
        str | None,
        typer.Option("--dose", metavar="DOSE", help='A dose of your own: "0.4 g/kg/day" or "2 g/kg/course".'),
    ] = None,
    days: Days = None,
    every: Annotated[
        str | None,
        typer.Option("--every", metavar="INTERVAL", help='Start to start: "3 weeks", "21 days", "1 month" (a calendar month).'),
    ] = None,
    begins: Begins = None,
    cycles: Cycles = None,
    until: Until = None,
    start: Annotated[str | None, typer.Option("--start", metavar="DATE", help="First day: 2027-01-04, today or tomorrow.")] = None,
    infuse_on: Annotated[
        str | None,
        typer.Option("--infuse-on", metavar="WEEKDAYS", help='Weekdays of infusion: "mon-fri" or "mon,wed,fri".'),
    ] = None,
    closed: Closed = None,
    height: Height = None,
    sex: Annotated[str | None, typer.Option("--sex", metavar="SEX", help="female or male, for ideal weight.")] = None,
    age: Age = None,
    pregnant: Pregnant = False,
    not_pregnant: NotPregnant = False,
    blood_group: BloodGroup = None,
    history: History = None,
    last_course: LastCourse = None,
    weight_date: Annotated[str | None, typer.Option("--weight-date", metavar="DATE", help="When the patient was weighed.")] = None,
    previous_weight: Annotated[str | None, typer.Option("--previous-weight", metavar="WEIGHT", help="The body weight before.")] = None,
    vaccines: Annotated[
        str | None, typer.Option("--vaccines", metavar="WHERE", help="When live vaccines may follow: acip or australia.")
    ] = None,
    pre_pregnancy_weight: PrePregnancyWeight = None,
    dosing_weight: DosingWeight = None,
    product: Annotated[
        str | None,
        typer.Option(
            "--product", metavar="ID", help="A product: ivigcalc products. Gives volume, vials and rates.", autocompletion=complete_product
        ),
    ] = None,
    concentration: Annotated[
        str | None,
        typer.Option("--concentration", metavar="C", help='Of a product that is not listed: "10%", "100\u00a0mg/mL", "0.1\u00a0g/mL".'),
    ] = None,
    vials: Vials = None,
    round_: Annotated[
        str | None,
        typer.Option("--round", metavar="TO", help='"5 g", vial, or a published rule: ontario, seton, new-zealand.'),
    ] = None,
    direction: Direction = None,
    round_over: RoundOver = None,
    round_limit: RoundLimit = None,
    rate_for: Annotated[str | None, typer.Option("--rate-for", metavar="INDICATION", help="Rates of the label for this.")] = None,
    at_risk: AtRisk = None,
    ramp: Annotated[
        str | None,
        typer.Option(
            "--ramp", metavar="RAMP", help='"0.5, 1, 2\u00a0mL/kg/h every 30\u00a0min", "double every 30\u00a0min", printed, or a name.'
        ),
    ] = None,
    pump_step: Annotated[
        str | None, typer.Option("--pump-step", metavar="STEP", help='Of the pump, such as "0.1\u00a0mL/h"; 0.1 unless set.')
    ] = None,
    start_time: Annotated[str | None, typer.Option("--start-time", metavar="TIME", help="On the clock, such as 09:00.")] = None,
    bispecific_start: BispecificStart = None,
    label: Annotated[str | None, typer.Option("--label", metavar="TEXT", help="Printed with the plan. No patient's name, please.")] = None,
    accept: Annotated[
        list[str] | None,
        typer.Option("--accept", metavar="CODE=FIGURE", help="Let one refused figure through, as the refusal names it."),
    ] = None,
    reason: Annotated[str | None, typer.Option("--reason", metavar="TEXT", help="Why it is accepted; printed with the plan.")] = None,
    site: OwnFile = None,
    format_: Annotated[
        str | None,
        typer.Option("--format", metavar="FORMAT", help="table, csv or json.", autocompletion=complete_format),
    ] = None,
    output: Annotated[str | None, typer.Option("--output", "-o", metavar="FILE", help="Write to a file: .csv, .json or .txt.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace an existing file.")] = False,
) -> None:
    """Plan a regimen for a patient: grams for each day and each course, with dates and sources.

    \b
    Examples:
      ivigcalc plan --weight 62 --regimen itp
      ivigcalc plan --weight 62 --regimen itp --start 2027-01-04 --cycles 4 -o itp.csv
      ivigcalc plan --weight 70 --dose "2 g/kg/course" --days 5 --start 2027-01-04
      ivigcalc plan --weight 62 --regimen itp --start today --infuse-on mon-fri
      ivigcalc plan --weight 62 --regimen melanoma
      ivigcalc plan --weight 62 --age 54 --regimen cidp/privigen-us --days "loading 2, maintenance 1" --begins "3 weeks"
    """
    from datetime import date

    from ivigcalc.cli.data import load_data
    from ivigcalc.cli.output import choose_format, deliver, refuse_force, tell
    from ivigcalc.export.csv import harmless
    from ivigcalc.export.words import grams
    from ivigcalc.model import Comparison
    from ivigcalc.request import answer

    format_name = choose_format(format_, output)
    refuse_force(output, force=force)
    options = {name: text for name, text in options_given(ctx).items() if name not in _NOT_INPUTS}
    data = load_data(site, regimen)
    result = answer(options, data.shipped, data.limits, date.today(), data.formulary, data.site)  # noqa: DTZ011 (the ward's own day)
    if isinstance(result, Comparison):
        _show_choices(result, format_name, output)
        return
    deliver(_encode(result, options, data, format_name, output), output, force=force)
    if output and output != "-":
        tell(f"wrote {output}: {len(result.infusions):,} infusions, {grams(result.ordered_g)} in all")
    if format_name != "table" or output:
        for finding in result.findings:
            tell(f"{'accepted' if finding.level == 'refusal' else finding.level}: {finding.code}: {finding.text}")
        if format_name == "csv" and result.patient.label and harmless(result.patient.label) != result.patient.label:
            tell("the label starts like a formula of a spreadsheet; an apostrophe was put before it")


def _encode(plan: "Plan", options: dict[str, str | tuple[str, ...]], data: "Data", format_name: str, output: str | None) -> bytes:
    """Turn a plan into the bytes of a format."""
    from ivigcalc.catalogue import sha256_of
    from ivigcalc.cli.output import page_bytes
    from ivigcalc.export import MACHINE_FORMATS
    from ivigcalc.export.table import plan_table
    from ivigcalc.model import Origin

    if format_name in MACHINE_FORMATS:
        products = sha256_of(data.formulary().data) if plan.choices.supply else None
        return MACHINE_FORMATS[format_name](plan, Origin(options, __version__, sha256_of(data.shipped.data), products))
    return page_bytes(lambda width, colour: plan_table(plan, width, colour=colour), output)


def _show_choices(comparison: "Comparison", format_name: str, output: str | None) -> None:
    """Show the open choices on the screen; a file or a machine format needs them made."""
    from ivigcalc.cli.output import deliver, page_bytes
    from ivigcalc.export.table import comparison_table
    from ivigcalc.request import is_ambiguous, missing_choice

    choice = missing_choice(comparison)
    if format_name != "table" or output:
        message = f"{'-o' if output else '--format'} needs a plan, and a choice is missing: {choice}"
        raise InputError(message) if is_ambiguous(comparison) else Refused(message)
    deliver(page_bytes(lambda width, colour: comparison_table(comparison, width, choice, colour=colour), None), None, force=False)
