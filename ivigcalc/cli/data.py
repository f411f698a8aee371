"""The data files that a command reads: those that ship, and the hospital's own."""

import os
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from ivigcalc.catalogue import data_file, load_catalogue, load_limits
from ivigcalc.catalogue.files import read_bytes
from ivigcalc.catalogue.reading import Faults, Item, parse
from ivigcalc.errors import CatalogueError
from ivigcalc.model import Catalogue, Formulary, Limits
from ivigcalc.options import GetFormulary

if TYPE_CHECKING:
    from ivigcalc.site import Site

VARIABLE = "IVIGCALC_SITE"
NONE = "none"
"""What to write for --site to plan without the site file."""


class Data(NamedTuple):
    """What ships, and the hospital's own file; `catalogue` and `formulary` hold both."""

    shipped: Catalogue
    limits: Limits
    catalogue: Catalogue
    formulary: GetFormulary
    site: "Site | None"


@cache
def shipped_formulary() -> Formulary:
    """The products and ramps that ship, read once and only where they are needed."""
    from ivigcalc.catalogue.formulary import load_formulary

    return load_formulary(data_file("products.yaml"))


def load_data(site: str | None = None, regimen: str | None = None) -> Data:
    """Read the data files.

    Args: the site file as typed; None for the one that $IVIGCALC_SITE or the user's configuration names, if there is one; the name of the
    only regimen that is needed, with those of its indication.
    Returns: the data.
    Raises: CatalogueError with every fault of the first faulty file.
    """
    path = _site_file(site)
    catalogue = load_catalogue(data_file("regimens.yaml"), regimen if path is None else None)
    limits = load_limits(data_file("limits.yaml"))
    if path is None:
        return Data(catalogue, limits, catalogue, shipped_formulary, None)
    from ivigcalc.site import load_site  # only where a hospital has a file of its own

    own = load_site(path, catalogue, limits, shipped_formulary)
    return Data(catalogue, limits, own.catalogue, own.formulary, own)


def check_site(path: Path) -> str | None:
    """Check a hospital's own file.

    Args: path of the YAML file.
    Returns: what it holds, in words; None for a file of another shape.
    Raises: CatalogueError with every fault of the file.
    """
    faults = Faults(str(path))
    root = Item(parse(read_bytes(path), faults), "", faults)
    if not (root.child("site") or root.child("defaults")):
        return None
    site = load_data(str(path)).site
    assert site
    counts = {section: sum(name.startswith(f"{section}.") for name in site.own) for section in ("regimens", "products", "ramps")}
    holds = {"defaults": len(site.defaults), **counts}
    return ", ".join(f"{count} {noun if count != 1 else noun.removesuffix('s')}" for noun, count in holds.items())


def _site_file(typed: str | None) -> Path | None:
    """The site file: the one that was typed, else that of the environment, else that of the user's configuration."""
    if typed is not None:
        return None if typed == NONE else Path(typed)
    if named := os.environ.get(VARIABLE):
        if not Path(named).is_file():
            raise CatalogueError((f"{named}: ${VARIABLE} names this file, and it is not there; mend the variable, or write --site {NONE}",))
        return Path(named)
    own = Path(click.get_app_dir("ivigcalc")) / "site.yaml"
    return own if own.is_file() else None
