"""Measure `ivigcalc batch` against Python's own csv.writer writing the same rows, in one run, as ratios.

    python benchmarks/batch.py

`itp`, 4 courses, no product. Two files of patients: body weights to 0.1 kg, as scales show them, so that weights recur; and every weight
another one, to 0.001 kg, so that none does. Both sides write a file; runs alternate, so that a busy machine slows both; a ratio is
the median of the pairs' ratios. `--jobs 2` is timed against one process with its start, on the second file four times over.
"""

import contextlib
import csv
import io
import statistics
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

from ivigcalc.cli import run

PATIENTS = 10_000
PAIRS = 7
TARGET, TARGET_JOBS = "0.35", "1.6"


def weights(count: int, step: int) -> list[str]:
    """Body weights [kg] from 40 kg in steps of 1 g times `step`, up to 140 kg and then again."""
    return [kg(40_000 + number * step % 100_000) for number in range(count)]


def kg(grams: int) -> str:
    """A body weight [g] as it is typed, in kg."""
    return f"{grams // 1000}.{grams % 1000:03}".rstrip("0").rstrip(".")


def patients(path: Path, typed: Iterable[str]) -> Path:
    """Write a file of patients, line by line."""
    with path.open("w", encoding="utf-8") as file:
        file.write("id,weight,regimen,cycles\n")
        file.writelines(f"p{number:07},{weight},itp,4\n" for number, weight in enumerate(typed))
    return path


def batch(source: Path, *words: str) -> int:
    """Time a run of ours [ns]."""
    target = source.with_suffix(".out.csv")
    begin = time.perf_counter_ns()
    with contextlib.redirect_stderr(io.StringIO()):
        assert run(["batch", str(source), "-o", str(target), "--force", "--site", "none", *words]) == 0
    return time.perf_counter_ns() - begin


def writer(rows: list[list[str]], target: Path) -> int:
    """Time csv.writer on the rows [ns]."""
    begin = time.perf_counter_ns()
    with target.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    return time.perf_counter_ns() - begin


def one_by_one(rows: list[list[str]], target: Path) -> int:
    """Time csv.writer on the rows, one call each [ns]."""
    begin = time.perf_counter_ns()
    with target.open("w", encoding="utf-8", newline="") as file:
        write = csv.writer(file).writerow
        for row in rows:
            write(row)
    return time.perf_counter_ns() - begin


def read_back(source: Path) -> list[list[str]]:
    """The rows that a run of ours wrote."""
    with source.with_suffix(".out.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def compare(source: Path) -> tuple[float, float, float]:
    """Time both sides in pairs."""
    batch(source)
    rows = read_back(source)
    target = source.with_suffix(".writer.csv")
    timed = [(batch(source), one_by_one(rows, target), writer(rows, target)) for _ in range(PAIRS)]
    assert source.with_suffix(".out.csv").read_bytes() == target.read_bytes()
    ours = statistics.median(o for o, _, _ in timed) / PATIENTS / 1000
    return statistics.median(w / o for o, w, _ in timed), statistics.median(w / o for o, _, w in timed), ours


def main() -> None:
    """Print the ratios."""
    with tempfile.TemporaryDirectory() as folder:
        for name, step in (("weights to 0.1 kg", 100), ("every weight another", 7)):
            source = patients(Path(folder) / "patients.csv", weights(PATIENTS, step))
            single, many, ours = compare(source)
            print(f"{name}: {single:.2f} of csv.writer row by row, {many:.2f} of writerows (target {TARGET}); {ours:.0f} µs a patient")
        source = patients(Path(folder) / "patients.csv", weights(4 * PATIENTS, 7))
        ratio = statistics.median(batch(source) / batch(source, "--jobs", "2") for _ in range(3))
        print(f"--jobs 2 against one process: {ratio:.2f} (target {TARGET_JOBS})")


if __name__ == "__main__":
    main()
    sys.exit()
