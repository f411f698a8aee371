"""`ivigcalc check`: an order that somebody else wrote, read and judged."""

from typing import Annotated

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
    from ivigcalc.order import check_order
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
