"""`ivigcalc regimens`: what the catalogue holds, found by its words, shown in full, or side by side for a patient."""

from typing import TYPE_CHECKING, Annotated

import typer

from ivigcalc.cli.choices import Age, DosingWeight, Height, NotPregnant, OwnFile, Pregnant, PrePregnancyWeight
from ivigcalc.cli.command import options_given
from ivigcalc.cli.complete import complete_regimen
from ivigcalc.errors import InputError, Refused

if TYPE_CHECKING:
    from ivigcalc.data import Data
    from ivigcalc.model import Regimen

_EXAMPLE = "ivigcalc regimens compare itp/ontario itp/us-label --weight 62"


def _complete() -> list[str]:
    return ["compare", "show", *complete_regimen()]


def regimens(
    ctx: typer.Context,
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[show ID | compare ID ID | WORD...]",
            help="List those that hold every word, show one, or compare several for a patient.",
            autocompletion=_complete,
        ),
    ] = None,
    weight: Annotated[
        str | None, typer.Option("--weight", metavar="WEIGHT", help="To compare for: 62 (kg), read as by plan; so are the next options.")
    ] = None,
    height: Height = None,
    sex: Annotated[str | None, typer.Option("--sex", metavar="SEX", help="female or male, for ideal weight.")] = None,
    age: Age = None,
    pregnant: Pregnant = False,
    not_pregnant: NotPregnant = False,
    pre_pregnancy_weight: PrePregnancyWeight = None,
    dosing_weight: DosingWeight = None,
    site: OwnFile = None,
) -> None:
    """List the regimens by any words, show one with every figure and its source, or compare several for a patient.

    A word is looked for in names, indication, population, specialty, country, evidence and standing; a dose such as
    "2 g/kg" among the doses of a day or a course.

    \b
    Examples:
      ivigcalc regimens
      ivigcalc regimens neurology guideline
      ivigcalc regimens children "2 g/kg"
      ivigcalc regimens show itp
      ivigcalc regimens compare itp/ontario itp/us-label --weight 62
    """
    from ivigcalc.cli.data import load_data, site_lines
    from ivigcalc.cli.output import deliver, screen_bytes

    words = words or []
    options = {name: text for name, text in options_given(ctx).items() if name not in ("words", "site")}
    if options and words[:1] != ["compare"]:
        raise InputError(f"--{next(iter(options))} is for comparing; write such as: {_EXAMPLE}, or leave it out")
    data = load_data(site)
    if words[:1] == ["compare"]:
        text = _compared(words[1:], options, data)
        deliver(screen_bytes(text), None, force=False)
        return
    listed, text = _shown(words[1:], data) if words[:1] == ["show"] else _found(" ".join(words), data)
    shown = (f"regimens.{key}" for regimen in listed for key in (regimen.id, *regimen.choose))
    deliver(screen_bytes(text + site_lines(shown, data)), None, force=False)


def _shown(words: list[str], data: "Data") -> "tuple[tuple[Regimen, ...], str]":
    """The pages of a name."""
    from ivigcalc.catalogue import find
    from ivigcalc.cli.output import may_colour, screen_width
    from ivigcalc.export.reference import regimen_page

    if not words:
        raise InputError("regimens show: the id is missing; write such as: ivigcalc regimens show itp")
    listed = find(data.catalogue, " ".join(words), "regimens show")
    return listed, "\n".join(regimen_page(data.catalogue, regimen, screen_width(), colour=may_colour()) for regimen in listed)


def _found(words: str, data: "Data") -> "tuple[tuple[Regimen, ...], str]":
    """The list of those that hold every word."""
    from ivigcalc.catalogue import why_not_planned
    from ivigcalc.catalogue.search import find_all, why_none
    from ivigcalc.cli.output import may_colour, screen_width
    from ivigcalc.export.reference import regimen_list

    listed = find_all(data.catalogue, words)
    if not listed and (why := why_not_planned(data.catalogue, words)):
        raise Refused(f"regimens: {words!r}{why}")
    if not listed:
        raise InputError(f"regimens: {why_none(data.catalogue, words)}")
    return listed, regimen_list(listed, screen_width(), colour=may_colour())


def _compared(names: list[str], options: dict[str, str | tuple[str, ...]], data: "Data") -> str:
    """Several regimens side by side for a patient."""
    from datetime import date

    from ivigcalc.catalogue import find
    from ivigcalc.cli.data import site_lines
    from ivigcalc.cli.output import may_colour, screen_width
    from ivigcalc.export.indication import compared
    from ivigcalc.several import answer_several

    found = (regimen for name in names for regimen in find(data.catalogue, name, "regimens compare"))
    members = tuple(dict.fromkeys(key for regimen in found for key in (regimen.choose or (regimen.id,))))
    if len(members) < 2:
        given = f"{' '.join(names)!r} is one regimen" if names else "the ids are missing"
        raise InputError(f"regimens compare: {given}; name two or more, such as: {_EXAMPLE}")
    comparison = answer_several(options, members, data.catalogue, data.limits, date.today(), data.formulary, data.site)  # noqa: DTZ011 (the ward's own day)
    without_grams = (f"regimens.{left.regimen.id}" for left in comparison.left_out)  # the others are told with what they rest on
    return compared(comparison, screen_width(), colour=may_colour()) + site_lines(without_grams, data)
