"""YAML -> regimens, products and limits; or every fault at once, each with file, line, key and mend."""

from pathlib import Path

from ivigcalc.catalogue.files import data_file, read_bytes
from ivigcalc.catalogue.limits import load_limits
from ivigcalc.catalogue.lookup import find, known_names, why_not_planned
from ivigcalc.catalogue.reading import Faults, Item, parse
from ivigcalc.catalogue.regimens import load_catalogue, sha256_of


def check_file(path: Path) -> str:
    """Check a data file of either shape.

    Args: path of the YAML file.
    Returns: what it holds, in words.
    Raises: CatalogueError with every fault of the file.
    """
    faults = Faults(str(path))
    root = Item(parse(read_bytes(path), faults), "", faults)
    if root.child("limits") and not root.child("regimens"):
        return f"{len(load_limits(path).doses)} limits"
    if root.child("products") and not root.child("regimens"):
        from ivigcalc.catalogue.formulary import load_formulary  # large, and not needed by every command

        return f"{len(load_formulary(path).products)} products"
    return f"{len(load_catalogue(path).regimens)} regimens"


__all__ = [
    "check_file",
    "data_file",
    "find",
    "known_names",
    "load_catalogue",
    "load_limits",
    "sha256_of",
    "why_not_planned",
]
