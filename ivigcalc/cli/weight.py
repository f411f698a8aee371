"""`ivigcalc weight`: every dosing weight side by side."""

from typing import Annotated

import typer

from ivigcalc.cli.choices import Age, Height, NotPregnant, Pregnant, PrePregnancyWeight
from ivigcalc.cli.command import options_given


def weight(
    ctx: typer.Context,
    weight_: Annotated[str | None, typer.Option("--weight", metavar="WEIGHT", help='Body weight: 62 (kg), "137 lb", "9 st 11 lb".')] = None,
    height: Height = None,
    sex: Annotated[str | None, typer.Option("--sex", metavar="SEX", help="female or male.")] = None,
    age: Age = None,
    pregnant: Pregnant = False,
    not_pregnant: NotPregnant = False,
    pre_pregnancy_weight: PrePregnancyWeight = None,
    label: Annotated[str | None, typer.Option("--label", metavar="TEXT", help="Shown with the weights. No patient's name, please.")] = None,
    format_: Annotated[str | None, typer.Option("--format", metavar="FORMAT", help="table or json.")] = None,
) -> None:
    """Show the actual, ideal and adjusted weight and what each published policy makes of them.

    \b
    Examples:
      ivigcalc weight --weight 110 --height 165 --sex female
      ivigcalc weight --weight 95 --height 165 --sex female --age 50 --not-pregnant
      ivigcalc weight --weight 110 --height 165 --sex female --format json
    """
    from ivigcalc.catalogue import data_file, load_limits
    from ivigcalc.cli.output import deliver, may_colour, screen_bytes, screen_width
    from ivigcalc.dosing.weights import adjusted_kg, bmi, ideal_kg, plain, side_by_side
    from ivigcalc.errors import InputError
    from ivigcalc.export.weights import weights_json, weights_table
    from ivigcalc.options import read_patient

    if format_ not in (None, "table", "json"):
        raise InputError(f"--format: {format_!r} is not known here; write table or json")
    patient = read_patient(options_given(ctx))
    policies = load_limits(data_file("limits.yaml")).weights
    decisions = side_by_side(patient, policies)
    if format_ == "json":
        ideal, adjusted = plain(patient, ideal_kg(patient)), plain(patient, adjusted_kg(patient))
        deliver(weights_json(patient, bmi(patient), ideal, adjusted, decisions), None, force=False)
        return
    text = weights_table(patient, bmi(patient), decisions, policies, screen_width(), colour=may_colour())
    deliver(screen_bytes(text), None, force=False)
