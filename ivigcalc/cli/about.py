"""`ivigcalc about`: what it is for, what it holds, and how to report a fault."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from ivigcalc.export.about import DataFile

FILES = ("regimens.yaml", "limits.yaml", "products.yaml")


def about(
    site: Annotated[str | None, typer.Option("--site", metavar="FILE", help="The hospital's own file; none for none.")] = None,
) -> None:
    """Show the intended use, the version and digest of each data file, the licence, and how to report a fault.

    \b
    Example:
      ivigcalc about
    """
    from collections import Counter

    from ivigcalc import __version__
    from ivigcalc.catalogue import data_file
    from ivigcalc.cli.data import load_data
    from ivigcalc.cli.output import deliver, may_colour, screen_bytes, screen_width
    from ivigcalc.export.about import About, DataFile, about_page

    data = load_data(site)
    files = [_shipped(data_file(name)) for name in FILES]
    if data.site:
        files.append(DataFile("site file", f"that of {data.site.name}", data.site.sha256))
    grades: Counter[str] = Counter(product.grade for product in data.formulary().products.values())
    text = about_page(About(__version__, tuple(files), grades), screen_width(), colour=may_colour())
    deliver(screen_bytes(text), None, force=False)


def _shipped(path: Path) -> "DataFile":
    """What a file that ships holds, when its sources were read, and its digest."""
    from ivigcalc.catalogue import check_file, sha256_of
    from ivigcalc.catalogue.files import read_bytes
    from ivigcalc.catalogue.reading import Faults, Item, parse
    from ivigcalc.catalogue.sources import read_sources
    from ivigcalc.export.about import DataFile
    from ivigcalc.when import screen_date

    content = read_bytes(path)
    holds = check_file(path)  # refuses a faulty file, so its sources can be read
    faults = Faults(str(path))
    days = sorted(source.read for source in Item(parse(content, faults), "", faults).take("sources", read_sources).values())
    first, last = (screen_date(date.fromisoformat(day)) for day in (days[0], days[-1]))
    read = first if first == last else f"{first} to {last}"
    return DataFile(path.name, f"{holds}, {len(days)} sources read on {read}", sha256_of(content))
