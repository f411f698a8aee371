"""`ivigcalc batch`: a file of patients, each row planned as `plan` does."""

import os
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated, NamedTuple

import typer

from ivigcalc.errors import InputError, OutputError

if TYPE_CHECKING:
    from ivigcalc.batch.planning import Data, Format, Problem
    from ivigcalc.batch.reading import Kind

STANDARD = "-"
"""Standard input or output."""
MOST_JOBS = 64
"""Our own bound on processes."""
_WRITTEN: "Mapping[str, Kind]" = {".csv": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl"}


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
    from ivigcalc.numbers import read_whole

    files = _settle(patients, output, errors, from_, format_, force=force)
    processes = 1 if jobs is None else read_whole(jobs, "--jobs", most=MOST_JOBS)
    counts = _run(files, partial(load, site), processes)
    _summary(files, counts)
    if counts["refused"] or counts["faulty"]:
        raise typer.Exit(1)


def load(site: str | None) -> "Data":
    """Read the data files, in whichever process plans with them.

    Args: the site file as typed.
    Returns: the data.
    """
    from ivigcalc.batch.planning import Data
    from ivigcalc.cli.data import load_data

    data = load_data(site)
    return Data(data.shipped, data.limits, data.formulary, data.site)


def _settle(patients: str, output: str | None, errors: str | None, from_: str | None, format_: str | None, *, force: bool) -> Files:
    """Settle where rows come from and go to, and refuse what contradicts itself or would be lost."""
    from ivigcalc.batch.reading import SUFFIXES

    out = None if output == STANDARD else output
    if force and out is None and errors is None:
        raise InputError("--force replaces a file, and none is named; add -o FILE or leave it out")
    kind = _format(patients, from_, "--from", patients, SUFFIXES)
    form = _format(out, format_, "--format", f"-o {out}", _WRITTEN) if out is not None or format_ else "csv"
    if errors is not None:
        _format(errors, None, "", f"--errors {errors}", {".csv": "csv"})
    named = [os.path.realpath(name) for name in (patients, out, errors) if name not in (None, STANDARD)]
    if len(set(named)) < len(named):
        raise InputError("FILE, -o and --errors name the same file; name another one, so that nothing is lost")
    return Files(patients, kind, out, form, errors, force)


def _format(name: str | None, wanted: str | None, option: str, what: str, suffixes: "Mapping[str, Kind]") -> "Kind":
    """The format that was asked for, else the one that a suffix says."""
    from ivigcalc.batch.planning import FORMATS

    asked = next((known for known in FORMATS if known == wanted), None)
    if wanted is not None and asked is None:
        raise InputError(f"{option}: {wanted!r} is not known; write {' or '.join(FORMATS)}")
    suffix = "" if name in (None, STANDARD) else Path(str(name)).suffix.lower()
    known = suffixes.get(suffix)
    if asked and known and asked != known:
        raise InputError(f"{what}: the suffix {suffix} contradicts {option} {asked}; change one of them")
    if (form := asked or known) and (known or not suffix or option == "--from"):
        return form
    why = "standard input" if name == STANDARD else f"the suffix {suffix} is not known" if suffix else "the name has no suffix"
    rename = "" if name == STANDARD else f"end the name with {' or '.join(suffixes)}"
    add = f"add {option} {' or '.join(FORMATS)}" if option == "--from" or (option and not suffix) else ""
    raise InputError(f"{what}: {why}, so its format is not known; {', or '.join(mend for mend in (rename, add) if mend)}")


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
        source, size = stack.enter_context(_source(files.source))
        reader = open_reader(source, files.kind)
        task = Task(reader.header, files.format, date.today(), load_data)  # noqa: DTZ011 (the ward's own day)
        data = load_data()
        write = stack.enter_context(_target(files.output, force=files.force))
        report = stack.enter_context(_problems(files.errors, force=files.force))
        store = stack.enter_context(open_store())
        advance = stack.enter_context(progress(size))
        write(head(files.format))
        for chunk, planned in run(reader.records, task, data, jobs):
            write(planned.output)
            remember(store, ((key, chunk[number]) for number, key in planned.ids))
            for problem in planned.problems:
                report(problem)
            counts.update(problem.kind for problem in planned.problems)
            counts.update(rows=len(chunk) - planned.empty, planned=len(planned.ids), empty=planned.empty, harmless=planned.harmless)
            advance(counts["rows"], source.tell() if size else 0)
        memory = Memory({}, {})
        for note in repeated(store, lambda record: plan_again(record, task, data, memory)):
            report(note)
            counts["repeated"] += 1
    return counts


@contextmanager
def _source(name: str) -> "Iterator[tuple[IO[bytes], int | None]]":
    """Open the file of patients, and tell its size [bytes] where that is known."""
    if name == STANDARD:
        if sys.stdin is None:
            raise InputError("standard input is closed; name a file of patients")
        yield sys.stdin.buffer, None
        return
    try:
        file = Path(name).open("rb")  # noqa: SIM115 (closed below; what fails later is not a fault of opening)
    except OSError as error:
        raise InputError(f"{name}: could not be read ({error.strerror}); name a file of patients") from None
    with file:
        yield file, os.fstat(file.fileno()).st_size if file.seekable() else None


@contextmanager
def _target(name: str | None, *, force: bool) -> "Iterator[Callable[[bytes], object]]":
    """Where the schedule goes, piece by piece."""
    from ivigcalc.export.write import write_stdout, writing

    if name is None:
        try:
            yield write_stdout
        except KeyboardInterrupt:
            raise OutputError("interrupted; what stands on standard output is not complete") from None
        return
    with writing(Path(name), force=force) as file:
        yield file.write


@contextmanager
def _problems(name: str | None, *, force: bool) -> "Iterator[Callable[[Problem], object]]":
    """Where rows go that were not planned: a file, or a line each on standard error."""
    from ivigcalc.cli.output import tell

    if name is None:
        yield lambda problem: tell(f"line {problem.line:,}: {f'id {problem.id}: ' if problem.id else ''}{problem.kind}: {problem.message}")
        return
    from ivigcalc.export.csv import csv_line, harmless
    from ivigcalc.export.write import writing

    with writing(Path(name), force=force) as file:
        file.write(csv_line("line", "id", "kind", "message").encode())
        yield lambda p: file.write(csv_line(str(p.line), harmless(p.id), p.kind, harmless(" ".join(p.message.split()))).encode())


def _summary(files: Files, counts: "Counter[str]") -> None:
    """Say what came of the rows."""
    from ivigcalc.cli.output import tell

    tell(f"read {_rows(counts['rows'])}: {counts['planned']:,} planned, {counts['refused']:,} refused, {counts['faulty']:,} faulty")
    if counts["empty"]:
        tell(f"{_rows(counts['empty'])} without a word {'was' if counts['empty'] == 1 else 'were'} passed over")
    if counts["repeated"]:
        tell(f"on several rows: {counts['repeated']:,} id{'' if counts['repeated'] == 1 else 's'}, each named as a note")
    if counts["harmless"]:
        tell(f"an id or label starts like a formula of a spreadsheet on {_rows(counts['harmless'])}; an apostrophe was put before it")
    for name in (files.output, files.errors):
        if name:
            tell(f"wrote {name}")


def _rows(count: int) -> str:
    return f"{count:,} row{'' if count == 1 else 's'}"
