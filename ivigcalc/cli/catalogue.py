"""`ivigcalc catalogue`: look after the data files."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ivigcalc.cli.command import StrictCommand

if TYPE_CHECKING:
    from ivigcalc.model import Catalogue

WEIGHT_KG = 70
"""The dosing weight [kg] at which two catalogues are compared: our own choice, a common adult."""

catalogue = typer.Typer(
    name="catalogue", help="Look after the catalogue of regimens.", rich_markup_mode=None, no_args_is_help=True, suggest_commands=False
)


@catalogue.command(cls=StrictCommand, short_help="Check a data file.")
def check(
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="A file shaped like regimens.yaml, limits.yaml or products.yaml, or a site file.")
    ],
) -> None:
    """Check a data file: every fault at once, each with its line, its key and what is expected.

    Of a file without a fault, what is suspicious is listed in the same way; that alone leaves the exit code 0.

    \b
    Example:
      ivigcalc catalogue check regimens.yaml
    """
    from ivigcalc.catalogue import check_file
    from ivigcalc.cli.data import check_site
    from ivigcalc.cli.output import deliver, screen_bytes

    holds = check_site(Path(file)) or check_file(Path(file))
    found = _suspicious(Path(file))
    looks = f"; {len(found)} warning{'' if len(found) == 1 else 's'}" if found else ""
    lines = "".join(f"{line}\n" for line in (*found, f"{file}: no faults; {holds}{looks}"))
    deliver(screen_bytes(lines), None, force=False)


def _suspicious(path: Path) -> tuple[str, ...]:
    """What is suspicious in a file that has no fault."""
    from datetime import date

    from ivigcalc.catalogue import data_file, load_catalogue, load_limits
    from ivigcalc.catalogue.files import read_bytes
    from ivigcalc.catalogue.reading import Faults, Item, parse
    from ivigcalc.catalogue.review import review
    from ivigcalc.cli.data import load_data

    faults = Faults(str(path))
    root = Item(parse(read_bytes(path), faults), "", faults)
    if root.child("site"):
        data = load_data(str(path))
        own = data.site.own if data.site else frozenset()
        regimens = {key: regimen for key, regimen in data.catalogue.regimens.items() if f"regimens.{key}" in own}
        indications = {*data.shipped.indications, *(regimen.indication for regimen in data.shipped.regimens.values())}
    elif root.child("regimens"):
        catalogue = load_catalogue(path)
        regimens, indications = catalogue.regimens, {*catalogue.indications}
    else:
        regimens, indications = {}, set()
    return review(root, regimens, sorted(indications), load_limits(data_file("limits.yaml")).doses, date.today())  # noqa: DTZ011 (the reader's own day)


@catalogue.command(cls=StrictCommand, short_help="What changes in grams.")
def diff(
    old: Annotated[str, typer.Argument(metavar="OLD", help="The file as it was, shaped like regimens.yaml, or a site file.")],
    new: Annotated[str, typer.Argument(metavar="NEW", help="The file as it is now.")],
) -> None:
    """Show what changes from one catalogue to another: in grams at 70\u00a0kg, regimen by regimen, then in words.

    A site file counts with what ships beside it. The exit code is 0 where nothing changes, and 1 where something does.

    \b
    Example:
      ivigcalc catalogue diff regimens.yaml regimens-new.yaml
    """
    from fractions import Fraction

    from ivigcalc.catalogue.diff import compare_catalogues
    from ivigcalc.cli.output import deliver, may_colour, screen_bytes, screen_width, tell
    from ivigcalc.dosing.at_weight import doses_at
    from ivigcalc.export.diff import diff_page

    change = compare_catalogues(_load(Path(old)), _load(Path(new)))
    page = diff_page(change, doses_at, Fraction(WEIGHT_KG), screen_width(), colour=may_colour())
    deliver(screen_bytes(page), None, force=False)
    if count := len(change.regimens) + len(change.around):
        tell(f"{count} difference{'' if count == 1 else 's'} from {old} to {new}")
        raise typer.Exit(1)


def _load(path: Path) -> "Catalogue":
    """The regimens of a file; of a site file those that ship with its own among them."""
    from ivigcalc.catalogue import load_catalogue
    from ivigcalc.cli.data import check_site, load_data

    return load_data(str(path)).catalogue if check_site(path) else load_catalogue(path)


@catalogue.command(cls=StrictCommand, short_help="The JSON Schema of regimens.yaml.")
def schema() -> None:
    """Print the JSON Schema (draft 7) of regimens.yaml, by which an editor checks and completes while you type.

    The first line of regimens.yaml names it for the YAML language server; the same file ships beside it.

    \b
    Example:
      ivigcalc catalogue schema
    """
    from ivigcalc.catalogue.schema import schema_text
    from ivigcalc.cli.output import deliver

    deliver(schema_text().encode(), None, force=False)


@catalogue.command(cls=StrictCommand, short_help="Write a regimen of your own, question by question.")
def new(
    output: Annotated[
        str | None, typer.Option("-o", "--output", metavar="FILE", help="Your own file; what it holds stays as it is.")
    ] = None,
) -> None:
    """Ask what a regimen holds and write the entry, for a hospital's own file.

    What the source does not state stays not stated. Ctrl-C leaves nothing behind.

    \b
    Examples:
      ivigcalc catalogue new
      ivigcalc catalogue new -o ward-7.yaml
    """
    from ivigcalc.catalogue.entry import add_entry, render
    from ivigcalc.catalogue.files import read_bytes
    from ivigcalc.cli import catalogue_new as questions
    from ivigcalc.cli.output import deliver, tell
    from ivigcalc.errors import InputError, OutputError
    from ivigcalc.export.write import refuse_special

    path = None if output in (None, "-") else Path(str(output))
    if path is not None and not str(output).strip():
        raise InputError("-o: nothing was given; name a file, such as ward-7.yaml")
    if path:
        refuse_special(path)
    there = path is not None and path.exists()
    before = read_bytes(path) if path and there else b""
    known, sources = _beside(path if there else None)
    site = None if there else questions.ask_site()
    asked = questions.ask_regimen(known, sources)
    entry = questions.without_none(asked.entry)
    if site is None:
        data = add_entry(before, asked.sources, asked.key, entry)
    else:
        data = render({"site": site, "sources": asked.sources, "regimens": {asked.key: entry}}).encode()
    if warnings := _warnings(data, asked.key, tuple(asked.sources)):
        questions.told(warnings)
        if not questions.confirm("Write it all the same?"):
            raise typer.Abort
    if path and there and read_bytes(path) != before:
        raise OutputError(f"{path}: was changed by somebody else meanwhile and was kept; begin again")
    deliver(data, output, force=there)
    if path:
        tell(f"wrote {path}: the regimen {asked.key}; plan with it: ivigcalc plan --site {path} --regimen {asked.key}")


def _beside(path: Path | None) -> "tuple[Catalogue, frozenset[str]]":
    """The regimens beside which a new one will stand, and the sources that its file has."""
    from ivigcalc.catalogue import data_file, load_catalogue
    from ivigcalc.catalogue.files import read_bytes
    from ivigcalc.catalogue.reading import Faults, Item, parse
    from ivigcalc.errors import InputError

    if path is None:
        return load_catalogue(data_file("regimens.yaml")), frozenset()
    faults = Faults(str(path))
    root = Item(parse(read_bytes(path), faults), "", faults)
    if not (root.child("site") or root.child("regimens")):
        raise InputError(f"-o {path}: is neither a site file nor shaped like regimens.yaml; name another file")
    known = _load(path)
    listed = root.child("sources")
    return known, frozenset(key for key, _ in listed.entries()) if listed else frozenset()


def _warnings(data: bytes, key: str, sources: tuple[str, ...]) -> tuple[str, ...]:
    """What is suspicious in a new entry, once the whole file has been checked as `catalogue check` does."""
    from tempfile import TemporaryDirectory

    places = tuple(f"{of}{end}" for of in (f"regimens.{key}", *(f"sources.{source}" for source in sources)) for end in (":", "."))
    with TemporaryDirectory() as folder:
        path = Path(folder) / "new.yaml"
        path.write_bytes(data)
        _load(path)
        found = [line.removeprefix(f"{path}:").partition(": ")[2] for line in _suspicious(path)]
    return tuple(words for words in found if words.startswith(places))


@catalogue.callback()
def _group() -> None:
    """Look after the catalogue of regimens."""
