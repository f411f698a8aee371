"""Many mixed patients through `batch`, every row held against `plan`, and `demand` against their sum.

    python -m tests.many --patients 100000 --jobs 2

Every regimen, dosing weight policy, product and unit, with what a record holds; one row in a hundred is broken, each in another way.
"""

import argparse
import csv
import json
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Final, NamedTuple

from ivigcalc import __version__
from ivigcalc.batch.columns import FLAGS, SEVERAL
from ivigcalc.catalogue import data_file, sha256_of
from ivigcalc.catalogue.formulary import load_formulary
from ivigcalc.errors import InputError, Refused
from ivigcalc.export.csv import as_csv
from ivigcalc.export.json import as_json
from ivigcalc.model import Comparison, Origin, Plan
from ivigcalc.options import RECORD, Options
from ivigcalc.request import answer
from tests.patients import BROKEN, POLICIES, PRODUCTS, REGIMENS, mixed
from tests.test_request import CATALOGUE, LIMITS

FORMULARY: Final = load_formulary(data_file("products.yaml"))
EVERY: Final = {
    "regimen": frozenset(REGIMENS),
    "dosing-weight": frozenset(POLICIES),
    "product": frozenset(PRODUCTS),
    "weight unit": frozenset(("kg", "lb", "st lb", "g", "none")),
    "height unit": frozenset(("cm", "m", "ft in", "'\"", "in", "none")),
    "record": frozenset(RECORD) | {"vaccines", "pre-pregnancy-weight"},
}
"""What has to stand in planned rows."""


class Held(NamedTuple):
    """What came of a file that was held against `plan`."""

    rows: int
    planned: int
    refused: int
    faulty: int
    broken: int  # of these, rows that were broken on purpose
    ways: int  # in how many ways
    infusions: int
    planned_with: dict[str, frozenset[str]]
    seconds: dict[str, int]  # of each run [s]


def options_of(row: dict[str, str]) -> Options:
    """The options that the command line would hold for a row; independent of what reads the file."""
    options: dict[str, str | tuple[str, ...]] = {name: text for name, text in row.items() if name != "id"}
    for name in SEVERAL:
        if name in row:
            options[name] = tuple(row[name].split(";"))
    return options


def words_of(row: dict[str, str]) -> list[str]:
    """The words of the command line for a row."""
    words: list[str] = []
    for name, value in options_of(row).items():
        if name in FLAGS:
            words.append(f"--{name}")
        else:
            words += [f"--{name}={text}" for text in ((value,) if isinstance(value, str) else value)]
    return words


def planned(options: Options, today: date) -> Plan | str:
    """What `plan` answers: a plan, or `faulty` or `refused`."""
    try:
        result = answer(options, CATALOGUE, LIMITS, today, lambda: FORMULARY)
    except (InputError, Refused) as error:
        return "faulty" if isinstance(error, InputError) else "refused"
    if isinstance(result, Comparison):
        return "refused" if result.regimen or len({option.regimen for option in result.options}) == 1 else "faulty"
    return result


def origin(options: Options, plan: Plan) -> Origin:
    """What stands behind a plan."""
    products = sha256_of(FORMULARY.data) if plan.choices.supply else None
    return Origin(options=dict(options), version=__version__, catalogue_sha256=sha256_of(CATALOGUE.data), products_sha256=products)


def hold(folder: Path, patients: int, seed: int = 1, jobs: int = 1) -> Held:
    """Plan mixed patients with `batch` as JSON Lines and as CSV, and hold every row against `plan`.

    Args: a folder to work in; how many rows; the seed of chance; processes.
    Returns: the counts.
    Raises: AssertionError at the first row that differs, is lost or is not reported.
    """
    data, good, broken = mixed(patients, seed)
    source = folder / "many.csv"
    source.write_bytes(data)
    del data
    said, seconds = {}, {}
    for form in ("jsonl", "csv"):
        begin = time.monotonic_ns()
        words = ["batch", source.name, "-o", f"out.{form}", "--errors", f"errors-{form}.csv", "--jobs", str(jobs)]
        run = subprocess.run([sys.executable, "-m", "ivigcalc", *words], cwd=folder, capture_output=True, check=False)
        assert run.returncode == 1, run.stderr.decode()
        said[form], seconds[form] = run.stderr.decode(), (time.monotonic_ns() - begin) // 10**9
    errors = (folder / "errors-csv.csv").read_bytes()
    assert errors == (folder / "errors-jsonl.csv").read_bytes()
    begin = time.monotonic_ns()
    counts, used, infusions = _hold_rows(folder, good, broken)
    seconds["plan"] = (time.monotonic_ns() - begin) // 10**9
    begin = time.monotonic_ns()
    assert _demanded(folder) == _added(folder)
    seconds["demand"] = (time.monotonic_ns() - begin) // 10**9
    summary = f"read {patients:,} rows: {counts['planned']:,} planned, {counts['refused']:,} refused, {counts['faulty']:,} faulty"
    assert all(f"ivigcalc: {summary}\n" in text for text in said.values()), said
    assert patients == counts["planned"] + counts["refused"] + counts["faulty"]
    with_ = {name: frozenset(value for kind, value in used if kind == name) for name in EVERY}
    return Held(
        patients, counts["planned"], counts["refused"], counts["faulty"], len(broken), len(set(broken.values())), infusions, with_, seconds
    )


def _hold_rows(folder: Path, good: dict[int, dict[str, str]], broken: dict[int, str]) -> tuple[Counter[str], set[tuple[str, str]], int]:
    counts: Counter[str] = Counter()
    used: set[tuple[str, str]] = set()
    infusions = 0
    with (
        (folder / "out.jsonl").open(encoding="utf-8", newline="") as documents,
        (folder / "out.csv").open(encoding="utf-8", newline="") as table,
        (folder / "errors-csv.csv").open(encoding="utf-8", newline="") as problems,
    ):
        head, errors = table.readline(), csv.DictReader(problems, strict=True)
        for number in range(2, len(good) + len(broken) + 2):
            if number in broken:
                error = next(errors)
                assert int(error["line"]) == number, error
                assert BROKEN[broken[number]][1] in error["message"], (broken[number], error)
                counts[error["kind"]] += 1
                continue
            row = good[number]
            options = options_of(row)
            plan = planned(options, date.today())
            if isinstance(plan, str):
                error = next(errors)
                assert (int(error["line"]), error["id"], error["kind"]) == (number, row["id"], plan), (row, error)
                assert error["message"]
                counts[plan] += 1
                continue
            expected = as_json(plan, origin(options, plan))
            assert _read(next(documents)) == {"id": row["id"], **_read(expected)}, row
            names, *shown = as_csv(plan, origin(options, plan)).decode().splitlines(keepends=True)
            assert head == f"id,{names}"
            lines = "".join(f"{row['id']},{line}" for line in shown)
            assert table.read(len(lines)) == lines, row
            infusions += len(shown)
            counts["planned"] += 1
            used.update(_uses(row))
        assert (documents.read(), next(errors, None), table.read()) == ("", None, "")
    return counts, used, infusions


Sums = dict[tuple[str | None, str | None], tuple[int, Decimal, dict[Decimal, int]]]
"""Month and product -> infusions, grams, vials by their size."""


def _demanded(folder: Path) -> Sums:
    """What `demand` says of the schedule."""
    words = ["demand", "out.csv", "--by", "month,product", "--format", "json"]
    run = subprocess.run([sys.executable, "-m", "ivigcalc", *words], cwd=folder, capture_output=True, check=True)
    groups = json.loads(run.stdout, parse_float=Decimal)["groups"]
    return {
        (group["month"], group["product"]): (
            group["infusions"],
            Decimal(group["ordered_g"]),
            {Decimal(vial["g"]): vial["count"] for vial in group["vials"] or ()},
        )
        for group in groups
    }


def _added(folder: Path) -> Sums:
    """The rows of the schedule added up from their texts."""
    infusions: Counter[tuple[str | None, str | None]] = Counter()
    grams: defaultdict[tuple[str | None, str | None], Decimal] = defaultdict(Decimal)
    vials: defaultdict[tuple[str | None, str | None], Counter[Decimal]] = defaultdict(Counter)
    with (folder / "out.csv").open(encoding="utf-8", newline="") as table:
        for row in csv.DictReader(table, strict=True):
            key = row["date"][:7] or None, row["product"] or None
            infusions[key] += 1
            grams[key] += Decimal(row["ordered_g"])
            for count, size in re.findall(r"([0-9]+)x([0-9.]+) g", row["vials"]):
                vials[key][Decimal(size)] += int(count)
    return {key: (infusions[key], grams[key], dict(vials[key])) for key in infusions}


def _read(text: str | bytes) -> dict[str, object]:
    """A document of JSON; its numbers stay the text that they are."""
    document: dict[str, object] = json.loads(text, parse_float=str, parse_int=str)
    return document


def _uses(row: dict[str, str]) -> Iterator[tuple[str, str]]:
    """What of EVERY a row has."""
    for name in ("regimen", "dosing-weight", "product"):
        if name in row:
            yield name, row[name]
    yield "weight unit", _unit(row["weight"])
    if "height" in row:
        yield "height unit", _unit(row["height"])
    yield from (("record", name) for name in EVERY["record"] if name in row)


def _unit(text: str) -> str:
    return " ".join(re.findall(r"[a-z]+", text)) or "".join(re.findall(r"['\"]", text)) or "none"


def main() -> None:
    """Hold many patients against `plan`, and say what was found."""
    parser = argparse.ArgumentParser(prog="python -m tests.many", description=__doc__)
    parser.add_argument("--patients", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=1)
    typed = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        held = hold(Path(folder), typed.patients, typed.seed, typed.jobs)
    print(f"{held.rows:,} rows = {held.planned:,} planned + {held.refused:,} refused + {held.faulty:,} faulty")
    print(f"{held.broken:,} of them broken on purpose in {held.ways} ways, each reported with its line")
    print(
        f"{held.infusions:,} infusions, every row equal to that of plan in JSON and in CSV; demand by month and product equal to their sum"
    )
    for name, every in EVERY.items():
        missing = ", ".join(sorted(every - held.planned_with[name]))
        what = f"{len(every & held.planned_with[name])} of {len(every)}{f', not {missing}' if missing else ''}"
        print(f"in planned rows, {name}: {what}")
    print(f"seconds: {', '.join(f'{name} {taken:,}' for name, taken in held.seconds.items())}")


if __name__ == "__main__":
    main()
