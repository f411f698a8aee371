"""`ivigcalc batch`: a file of patients, each row planned as `plan` does."""

from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack, closing
from functools import partial
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from ivigcalc.cli.rows import STANDARD, WRITTEN, format_of, refuse_same, source, targets
from ivigcalc.errors import InputError
from ivigcalc.export.words import counted

if TYPE_CHECKING:
    from ivigcalc.batch.planning import Format, Problem
    from ivigcalc.batch.reading import Kind
    from ivigcalc.cli.rows import Write
    from ivigcalc.data import Data

MOST_JOBS = 64
"""Our own bound on processes."""


class Files(NamedTuple):
    """Where rows come from and go to, settled before anything is read."""

    source: str
    kind: "Kind"
    output: str | None  # None: standard output
    format: "Format"
    errors: str | None  # None: standard error
    force: bool


def batch(
    patients: Annotated[
        str, typer.Argument(metavar="FILE", help="Patients: .csv, .tsv or .jsonl; - for standard input.", show_default=False)
    ],
    output: Annotated[
        str | None, typer.Option("--output", "-o", metavar="FILE", help="The schedule: .csv or .jsonl; - for standard output.")
    ] = None,
    errors: Annotated[
        str | None, typer.Option("--errors", metavar="FILE", help="Rows that were not planned, as .csv; else they are named on the screen.")
    ] = None,
    from_: Annotated[str | None, typer.Option("--from", metavar="FORMAT", help="csv or jsonl, where the suffix does not say it.")] = None,
    format_: Annotated[str | None, typer.Option("--format", metavar="FORMAT", help="csv or jsonl, of the schedule.")] = None,
    jobs: Annotated[str | None, typer.Option("--jobs", metavar="N", help="Processes that share the work; 1 unless set.")] = None,
    site: Annotated[
        str | None, typer.Option("--site", metavar="FILE", help="The hospital's own file of defaults and regimens; none for none.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace existing files.")] = False,
) -> None:
    """Plan a file of patients: each row as plan does, with its id; what cannot be planned is named with its line and the mend.

    The columns are named as the options of plan, without dashes, in any order: id,weight,regimen,start,cycles. An empty cell was
    not given; pregnant and not-pregnant take yes; closed, accept and history take several with a semicolon between.

    \b
    Examples:
      ivigcalc batch patients.csv -o schedule.csv
      ivigcalc batch patients.csv -o schedule.csv --errors errors.csv
      ivigcalc batch patients.jsonl -o schedule.jsonl --jobs 2
      ivigcalc batch - --from csv
    """
    from ivigcalc.cli.data import load_data
    from ivigcalc.numbers import read_whole

    files = _settle(patients, output, errors, from_, format_, force=force)
    processes = 1 if jobs is None else read_whole(jobs, "--jobs", most=MOST_JOBS)
    counts = _run(files, partial(load_data, site), processes)
    _summary(files, counts)
    if counts["refused"] or counts["faulty"]:
        raise typer.Exit(1)


def _settle(patients: str, output: str | None, errors: str | None, from_: str | None, format_: str | None, *, force: bool) -> Files:
    """Settle where rows come from and go to, and refuse what contradicts itself or would be lost."""
    from ivigcalc.batch.reading import SUFFIXES

    out = None if output == STANDARD else output
    if force and out is None and errors is None:
        raise InputError("--force replaces a file, and none is named; add -o FILE or leave it out")
    kind = format_of(patients, from_, "--from", patients, SUFFIXES)
    form = format_of(out, format_, "--format", f"-o {out}", WRITTEN) if out is not None or format_ else "csv"
    if errors is not None:
        format_of(errors, None, "", f"--errors {errors}", {".csv": "csv"})
    refuse_same("FILE, -o and --errors", patients, out, errors)
    return Files(patients, kind, out, form, errors, force)


def _run(files: Files, load_data: "Callable[[], Data]", jobs: int) -> "Counter[str]":
    """Read, plan, write and count; the files get their names when all is done."""
    from datetime import date

    from ivigcalc.batch.planning import Memory, Task, head, plan_again
    from ivigcalc.batch.reading import open_reader
    from ivigcalc.batch.repeats import open_store, remember, repeated
    from ivigcalc.batch.running import run
    from ivigcalc.cli.progress import progress

    counts: Counter[str] = Counter()
    with ExitStack() as stack:
        file, size = stack.enter_context(source(files.source, "patients"))
        reader = open_reader(file, files.kind)
        task = Task(reader.header, files.format, date.today(), load_data)  # noqa: DTZ011 (the ward's own day)
        data = load_data()
        write, note = stack.enter_context(targets(files.output, files.errors, force=files.force))
        report = _reporter(note)
        store = stack.enter_context(open_store())
        advance = stack.enter_context(progress(size))
        chunks = stack.enter_context(closing(run(reader.records, task, data, jobs)))
        write(head(files.format))
        for chunk, planned in chunks:
            write(planned.output)
            remember(store, ((key, chunk[number]) for number, key in planned.ids))
            for problem in planned.problems:
                report(problem)
            counts.update(problem.kind for problem in planned.problems)
            counts.update(rows=len(chunk) - planned.empty, planned=len(planned.ids), empty=planned.empty, harmless=planned.harmless)
            advance(counts["rows"], file.tell() if size else 0)
        if not counts["rows"]:
            raise InputError(
                f"{files.source}: holds no patients, so nothing was written; write a row for each below the names of the columns"
            )
        memory, cautions = Memory({}, {}), data.limits.cautions
        assert cautions  # limits.yaml is not read without them
        for warning in repeated(store, lambda record: plan_again(record, task, data, memory), cautions.of["28-day-dose"]):
            report(warning)
            counts["repeated"] += 1
            counts["above"] += warning.kind == "warning"
    return counts


def _reporter(note: "Write | None") -> "Callable[[Problem], object]":
    """What takes the rows that were not planned: a file, or a line each on standard error."""
    from ivigcalc.export.csv import csv_line, harmless

    if note is None:
        return tell_problem
    note(csv_line("line", "id", "kind", "message").encode())
    return lambda p: note(csv_line(str(p.line), harmless(p.id), p.kind, harmless(" ".join(p.message.split()))).encode())


def tell_problem(problem: "Problem") -> None:
    """Name a row that was not planned on standard error."""
    from ivigcalc.cli.output import tell

    tell(f"line {problem.line:,}: {f'id {problem.id}: ' if problem.id else ''}{problem.kind}: {problem.message}")


def _summary(files: Files, counts: "Counter[str]") -> None:
    """Say what came of the rows."""
    from ivigcalc.cli.output import tell

    tell(f"read {counted(counts['rows'])}: {counts['planned']:,} planned, {counts['refused']:,} refused, {counts['faulty']:,} faulty")
    if counts["empty"]:
        tell(f"{counted(counts['empty'])} without a word {'was' if counts['empty'] == 1 else 'were'} passed over")
    if counts["repeated"]:
        named = f"named in {files.errors}" if files.errors else "named above"
        tell(f"on several rows: {counted(counts['repeated'], 'id')}, each {named}")
        if counts["above"]:
            tell(
                f"WARNING: {counted(counts['above'], 'id')} on several rows above the limit of g per kg in 28 days, rows together; {named}"
            )
    if counts["harmless"]:
        tell(f"an id or label starts like a formula of a spreadsheet on {counted(counts['harmless'])}; an apostrophe was put before it")
    for name in (files.output, files.errors):
        if name:
            tell(f"wrote {name}")
