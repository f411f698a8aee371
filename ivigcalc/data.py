"""The data files that plans, checks and batches rest on, as they were read."""

from typing import TYPE_CHECKING, NamedTuple

from ivigcalc.model import Catalogue, Limits
from ivigcalc.options import GetFormulary

if TYPE_CHECKING:
    from ivigcalc.site import Site  # only where a hospital has a file of its own


class Data(NamedTuple):
    """What ships, and the hospital's own file; `catalogue` and `formulary` hold both."""

    shipped: Catalogue
    limits: Limits
    catalogue: Catalogue
    formulary: GetFormulary
    site: "Site | None"
