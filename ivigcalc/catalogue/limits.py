"""limits.yaml -> the safety limits, or every fault of the file."""

import re
from pathlib import Path
from typing import cast

from ivigcalc.catalogue.files import read_bytes
from ivigcalc.catalogue.reading import Faults, Item, one_of, parse, text
from ivigcalc.catalogue.sources import dose_without_basis, read_citations, read_sources
from ivigcalc.errors import InputError
from ivigcalc.model import Limit, Source
from ivigcalc.units import Basis


def load_limits(path: Path) -> tuple[Limit, ...]:
    """Read the safety limits.

    Args: path of the YAML file.
    Returns: the limits, in the order of the file.
    Raises: CatalogueError with every fault of the file.
    """
    faults = Faults(str(path))
    root = Item(parse(read_bytes(path), faults), "", faults)
    root.only("sources", "limits")
    sources = root.take("sources", read_sources) or {}
    limits = root.take("limits", lambda item: _limits(item, sources))
    faults.report()
    return limits


def _limits(item: Item, sources: dict[str, Source]) -> tuple[Limit, ...]:
    limits = []
    for code, entry in item.entries():
        entry.only("above", "per", "cited")
        dose = entry.take("above", lambda above: dose_without_basis(text(above), above.where))
        per = cast("Basis", entry.take("per", one_of("day", "course"), "day or course"))
        if not re.fullmatch("[a-z0-9-]+", code, re.ASCII):
            entry.fault("is not a name, expected small letters, digits and hyphens, such as daily-dose")
        limits.append(
            Limit(
                code,
                dose,
                per,
                entry.take("cited", lambda cited: read_citations(cited, sources)),
            )
        )
    if not limits:
        raise InputError("is empty, expected at least one limit")
    return tuple(limits)
