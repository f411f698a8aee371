"""`ivigcalc catalogue`: look after the data files."""

from pathlib import Path
from typing import Annotated

import typer

from ivigcalc.cli.command import StrictCommand

catalogue_app = typer.Typer(name="catalogue", help="Look after the catalogue of regimens.", rich_markup_mode=None, no_args_is_help=True)


@catalogue_app.command(cls=StrictCommand, short_help="Check a data file.")
def check(
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="A file shaped like regimens.yaml, limits.yaml or products.yaml, or a site file.")
    ],
) -> None:
    """Check a data file: every fault at once, each with its line, its key and what is expected.

    \b
    Example:
      ivigcalc catalogue check regimens.yaml
    """
    from ivigcalc.catalogue import check_file
    from ivigcalc.cli.data import check_site
    from ivigcalc.cli.output import deliver, screen_bytes

    holds = check_site(Path(file)) or check_file(Path(file))
    deliver(screen_bytes(f"{file}: no faults; {holds}\n"), None, force=False)


@catalogue_app.callback()
def _group() -> None:
    """Look after the catalogue of regimens."""
