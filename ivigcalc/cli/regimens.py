"""`ivigcalc regimens`: what the catalogue holds."""

from typing import Annotated

import typer

from ivigcalc.cli.complete import complete_regimen
from ivigcalc.errors import InputError, Refused


def _complete() -> list[str]:
    return ["show", *complete_regimen()]


def regimens(
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[show ID | WORD...]",
            help="Show one, or list those that hold every word.",
            autocompletion=_complete,
        ),
    ] = None,
    site: Annotated[str | None, typer.Option("--site", metavar="FILE", help="The hospital's own file; none for none.")] = None,
) -> None:
    """List the regimens, or show one with every figure, its source, its quote and what is not stated.

    \b
    Examples:
      ivigcalc regimens
      ivigcalc regimens sclerosis
      ivigcalc regimens show itp
    """
    from ivigcalc.catalogue import find, find_all, why_not_planned
    from ivigcalc.cli.data import load_data, site_lines
    from ivigcalc.cli.output import deliver, may_colour, screen_bytes, screen_width
    from ivigcalc.export.reference import regimen_list, regimen_page

    data = load_data(site)
    catalogue = data.catalogue
    words = words or []
    if words[:1] == ["show"]:
        if len(words) == 1:
            raise InputError("regimens show: the id is missing; write such as: ivigcalc regimens show itp")
        listed = find(catalogue, " ".join(words[1:]), "regimens show")
        text = "\n".join(regimen_page(catalogue, regimen, screen_width(), colour=may_colour()) for regimen in listed)
    else:
        listed = find_all(catalogue, " ".join(words))
        if not listed and (why := why_not_planned(catalogue, " ".join(words))):
            raise Refused(f"regimens: {' '.join(words)!r}{why}")
        if not listed:
            raise InputError(f"regimens: none holds {' '.join(words)!r}; list all with: ivigcalc regimens")
        text = regimen_list(listed, screen_width(), colour=may_colour())
    shown = (f"regimens.{key}" for regimen in listed for key in (regimen.id, *regimen.choose))
    deliver(screen_bytes(text + site_lines(shown, data)), None, force=False)
