"""The data files that a command reads: those that ship, and the hospital's own."""

import os
import stat
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import click

from ivigcalc.catalogue import data_file, load_catalogue, load_limits
from ivigcalc.catalogue.files import read_bytes
from ivigcalc.catalogue.reading import Faults, Item, parse
from ivigcalc.data import Data
from ivigcalc.errors import CatalogueError, InputError
from ivigcalc.model import Formulary

VARIABLE = "IVIGCALC_SITE"
NONE = "none"
"""What to write for --site to plan without the site file."""


@cache
def shipped_formulary() -> Formulary:
    """The products and ramps that ship, read once and only where they are needed."""
    from ivigcalc.catalogue.formulary import load_formulary

    return load_formulary(data_file("products.yaml"))


def load_data(site: str | None = None, regimen: str | None = None) -> Data:
    """Read the data files.

    Args: the site file as typed; None for the one that $IVIGCALC_SITE or the user's configuration names, if there is one; the name of the
    only regimen that is needed, with those that it stands for.
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
    from ivigcalc.site import load_site

    site = load_site(path, load_catalogue(data_file("regimens.yaml")), load_limits(data_file("limits.yaml")), shipped_formulary)
    counts = {section: sum(name.startswith(f"{section}.") for name in site.own) for section in ("regimens", "products", "ramps")}
    holds = {"defaults": len(site.defaults), **counts, **({"prices": len(site.prices.per_g)} if site.prices else {})}
    return ", ".join(f"{count} {noun if count != 1 else noun.removesuffix('s')}" for noun, count in holds.items())


def site_lines(shown: Iterable[str], data: Data) -> str:
    """Say what of a page of reference comes from the hospital's own file.

    Args: the names of what is shown, such as regimens.itp; the data.
    Returns: the lines below the page; none where nothing comes from it.
    """
    if data.site is None:
        return ""
    from ivigcalc.cli.output import may_colour, screen_width
    from ivigcalc.export.site import site_entries

    return site_entries(shown, data.site.name, data.site.own, data.site.replaced, screen_width(), colour=may_colour())


def _site_file(typed: str | None) -> Path | None:
    """The site file: the one that was typed, else that of the environment, else that of the user's configuration."""
    if typed is not None:
        if not typed.strip():
            raise InputError(f"--site: nothing was given; name a file, such as --site ward-7.yaml, or write --site {NONE}")
        return None if typed == NONE else Path(typed)
    if named := os.environ.get(VARIABLE):
        return None if named == NONE else _regular(Path(named), f"${VARIABLE} names this file")
    own = Path(click.get_app_dir("ivigcalc")) / "site.yaml"
    try:
        own.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError:
        pass  # it may be there: nobody plans without it unawares
    return _regular(own, "is the site file of this user's configuration")


def _regular(path: Path, why: str) -> Path:
    """A file that nobody typed, so that what is wrong with it has to say why it is read."""
    try:
        wrong = None if stat.S_ISREG(path.stat().st_mode) else "not a regular file"
    except OSError as error:
        wrong = error.strerror
    if wrong:
        raise CatalogueError((f"{path}: {why}, and it cannot be read ({wrong}); mend that, or add --site {NONE}",))
    return path
