"""`ivigcalc demand`: what a schedule of many patients asks for; or two policies against each other."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ivigcalc import __version__
from ivigcalc.cli.rows import STANDARD, refuse_same, source
from ivigcalc.errors import InputError
from ivigcalc.export.words import counted

if TYPE_CHECKING:
    from ivigcalc.demand.summing import About, By
    from ivigcalc.site import Site


def demand(
    schedule: Annotated[
        str,
        typer.Argument(metavar="FILE", help="The .csv that batch or plan wrote; with --compare the patients.", show_default=False),
    ],
    by: Annotated[
        str | None,
        typer.Option("--by", metavar="WORDS", help="day, week, month, weekday, course, product, regimen; month unless set."),
    ] = None,
    compare: Annotated[
        list[str] | None,
        typer.Option("--compare", metavar="POLICY", help='Twice: such as as-is, "round=5\u00a0g", "vials=10,20;round=vial".'),
    ] = None,
    errors: Annotated[
        str | None,
        typer.Option("--errors", metavar="FILE", help="What batch wrote with --errors, to count rows not planned."),
    ] = None,
    site: Annotated[
        str | None, typer.Option("--site", metavar="FILE", help="The hospital's own file, for its price_per_g; none for none.")
    ] = None,
    format_: Annotated[str | None, typer.Option("--format", metavar="FORMAT", help="table, csv or json.")] = None,
    output: Annotated[str | None, typer.Option("--output", "-o", metavar="FILE", help="Write to a file: .csv, .json or .txt.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace an existing file.")] = False,
) -> None:
    """Add up a schedule of many patients: grams, vials by size, infusions, chair time, waste and cost, and the peak day.

    \b
    Examples:
      ivigcalc demand schedule.csv
      ivigcalc demand schedule.csv --by week,product -o demand.csv
      ivigcalc demand schedule.csv --by day --errors errors.csv
      ivigcalc demand patients.csv --compare as-is --compare "round=5\u00a0g"
    """
    from ivigcalc.cli.output import choose_format, refuse_force
    from ivigcalc.demand.summing import read_by

    format_name = choose_format(format_, output)
    target = None if output == STANDARD else output
    refuse_force(target, force=force)
    refuse_same("FILE, --errors and -o", schedule, errors, target)
    if schedule == errors == STANDARD:
        raise InputError("FILE, --errors and -o name the same file; name another one, so that nothing is lost")
    if compare:
        if by is not None or errors is not None:
            raise InputError(
                f"{'--by' if by is not None else '--errors'} belongs to a schedule, and --compare reads patients; leave one out"
            )
        _compare(schedule, compare, site, format_name, target, force=force)
    else:
        _demand(schedule, read_by("month" if by is None else by), errors, site, format_name, target, force=force)


def _demand(
    schedule: str, by: "tuple[By, ...]", errors: str | None, site_name: str | None, format_name: str, output: str | None, *, force: bool
) -> None:
    """Read a schedule, add it up and show it."""
    from ivigcalc.batch.repeats import open_store
    from ivigcalc.batch.schedule import Scan, read_schedule
    from ivigcalc.cli.data import load_data
    from ivigcalc.cli.output import page_bytes
    from ivigcalc.cli.progress import progress
    from ivigcalc.demand.summing import add, finish, start
    from ivigcalc.export.demand import demand_table
    from ivigcalc.export.demand_files import demand_csv, demand_json

    _refuse_suffix(schedule)
    site = load_data(site_name).site
    planned = None if errors is None else _not_planned(errors)
    sums, scan, count = start(by), Scan(), 0
    with source(schedule, "infusions, as batch writes it") as (file, size), open_store() as store, progress(size) as advance:
        for count, row in enumerate(read_schedule(file, store, scan), 1):
            add(sums, row)
            if count % 1_000 == 0:
                advance(count, file.tell() if size else 0)
    _stop_at(scan.faults.lines(), scan.faults.count, schedule)
    if not count:
        raise InputError(
            f"{_called(schedule)}: the schedule has no rows, so there is nothing to add up; look at what batch said when it wrote it"
        )
    result = finish(sums, site.prices if site else None)
    about = _about(site, scan.ids, tuple(sorted(scan.catalogues)), planned, tuple(scan.notes))
    if format_name == "table":
        block = _block(output)
        _deliver(
            page_bytes(lambda width, colour: demand_table(result, about, width, colour=colour, block=block), output), output, force=force
        )
        return
    _deliver(demand_csv(result) if format_name == "csv" else demand_json(result, about), output, force=force)
    _say_beside(about, result.total.amounts.flagged)


def _say_beside(about: "About", flagged: int) -> None:
    """Say on standard error what a table would show and a column cannot."""
    from ivigcalc.cli.output import tell
    from ivigcalc.export.demand import not_planned

    tell(f"not planned: {not_planned(about)}")
    if flagged:
        tell(f"infusions with findings: {flagged:,}; see the column findings of the schedule")
    for note in about.notes:
        tell(f"note: {note}")


def _compare(patients: str, policies: list[str], site_name: str | None, format_name: str, output: str | None, *, force: bool) -> None:
    """Plan a file of patients with two policies and show what one saves against the other."""
    from datetime import date
    from functools import partial

    from ivigcalc.batch.comparing import compare, read_policies
    from ivigcalc.batch.planning import Task
    from ivigcalc.batch.reading import SUFFIXES, open_reader
    from ivigcalc.cli.batch import tell_problem
    from ivigcalc.cli.data import load_data
    from ivigcalc.cli.output import page_bytes
    from ivigcalc.cli.progress import progress
    from ivigcalc.export.savings import savings_csv, savings_json, savings_table

    both = read_policies(policies)
    data = load_data(site_name)
    with source(patients, "patients") as (file, size), progress(size) as advance:
        reader = open_reader(file, SUFFIXES.get(Path(patients).suffix.lower(), "csv"))
        task = Task(reader.header, "csv", date.today(), partial(load_data, site_name))  # noqa: DTZ011 (the ward's own day)
        savings = compare(
            reader.records, both, task, data, tell_problem, lambda rows: advance(rows, file.tell() if size else 0)
        )  # fmt: skip
    if not savings.both:
        raise InputError(
            f"{_called(patients)}: both policies together plan none of its {counted(savings.rows)}, so there is nothing to compare"
        )
    about = _about(data.site, None, (), None, ())
    if format_name == "table":
        _deliver(page_bytes(lambda width, colour: savings_table(savings, about, width, colour=colour), output), output, force=force)
    else:
        _deliver(savings_csv(savings) if format_name == "csv" else savings_json(savings, about), output, force=force)
    if savings.both < savings.rows:
        raise typer.Exit(1)


def _not_planned(name: str) -> dict[str, int]:
    """Count the rows that batch did not plan."""
    from ivigcalc.batch.schedule import read_problems

    with source(name, "rows that were not planned, as batch writes it with --errors") as (file, _):
        counts, faults = read_problems(file)
    _stop_at(faults.lines(), faults.count, name)
    return {kind: counts[kind] for kind in ("refused", "faulty")}


def _called(name: str) -> str:
    return "standard input" if name == STANDARD else name


def _refuse_suffix(name: str) -> None:
    if (suffix := Path(name).suffix.lower()) in (".jsonl", ".ndjson", ".json", ".xlsx", ".ods"):
        mend = "save it as CSV UTF-8" if suffix in (".xlsx", ".ods") else "write it with: ivigcalc batch patients.csv -o schedule.csv"
        raise InputError(f"{name}: a schedule is added up from its CSV; {mend}")


def _stop_at(lines: list[str], count: int, name: str) -> None:
    """Name every fault of a file, and stop if there is one: a sum without these rows would be too low."""
    from ivigcalc.cli.output import tell

    for line in lines:
        tell(f"{_called(name)}: {line}")
    if count:
        raise InputError(
            f"{_called(name)}: {counted(count, 'fault')}, and nothing was added up, since a sum without these rows would be wrong"
        )


def _about(
    site: "Site | None", ids: int | None, catalogues: tuple[str, ...], planned: dict[str, int] | None, notes: tuple[str, ...]
) -> "About":
    from ivigcalc.demand.summing import About

    whose = (site.name, site.sha256) if site and site.prices else None
    return About(__version__, ids, catalogues, planned, notes, whose)


def _block(output: str | None) -> str:
    """What bars are made of: a block, or a sign that every screen has."""
    import sys

    try:
        "█".encode("utf-8" if output else getattr(sys.stdout, "encoding", None) or "utf-8")
    except (UnicodeEncodeError, LookupError):
        return "#"
    return "█"


def _deliver(data: bytes, output: str | None, *, force: bool) -> None:
    from ivigcalc.cli.output import deliver, tell

    deliver(data, output, force=force)
    if output:
        tell(f"wrote {output}")
