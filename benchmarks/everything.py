"""Measure all of ivigcalc's speed and memory in one run, as ratios against other programs. Takes about 20 minutes.

    pip install -e .[bench]
    python benchmarks/everything.py

`--quick` leaves out a million patients, every weight another, which are most of the time. The other programs are optional, and what is
missing is said: `drugdose` (a Python dosing program, one dose without units), `clincalc` (a Rust engine; BMI only, by its `batch`) and
pandas. Pairs alternate, so that a busy machine slows both sides; a ratio is the median of the pairs' ratios, with the lowest and highest of
them, by the clock and by processor time, which depends less on what else the machine does.
"""

import argparse
import contextlib
import importlib.util
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parent.parent))

from benchmarks import batch, run

PAIRS = 7
PATIENTS = 10_000
SIZES = (1_000, 10_000, 100_000, 1_000_000)

BATCH = """
import re, sys
from pathlib import Path
from ivigcalc.cli import run
code = run(["batch", *sys.argv[1:], "-o", "-", "--format", "csv", "--site", "none"])
status = Path("/proc/self/status")
peak = re.search(r"VmHWM:\\s+([0-9]+)", status.read_text(encoding="utf-8")) if status.exists() else None
print(peak[1] if peak else 0, file=sys.stderr)
sys.exit(code)
"""
"""Plans a file and says the peak of its own memory [kB], 0 where the system does not tell; that of a parent is no part of it."""
CLINCALC = """
import sys, time, pandas, clincalc
frame = pandas.read_csv(sys.argv[1], usecols=["weight"]).rename(columns={"weight": "weight_kg"})
frame["height_cm"] = 170
begin, processor = time.perf_counter(), time.process_time()
found = clincalc.batch("bmi", frame)
print(time.perf_counter() - begin, time.process_time() - processor)
assert len(found) == len(frame)
"""
PANDAS = """
import sys, time, pandas
begin, processor = time.perf_counter(), time.process_time()
frame = pandas.read_csv(sys.argv[1])
frame["calculated_g"] = 0.4 * frame["weight"]
frame["ordered_g"] = frame["calculated_g"].round(2)
frame["g_per_kg"] = (frame["ordered_g"] / frame["weight"]).round(6)
frame["course_g"] = 3 * frame["ordered_g"]
days = pandas.DataFrame([(cycle, day) for cycle in range(1, 5) for day in range(1, 4)], columns=["cycle", "day"])
rows = frame.drop(columns="cycles").merge(days, how="cross")
rows["cumulative_g"] = rows["ordered_g"] * (3 * (rows["cycle"] - 1) + rows["day"])
rows.to_csv(sys.argv[2], index=False)
print(time.perf_counter() - begin, time.process_time() - processor)
"""
"""The same schedule by hand: floats, ties to even, no checks, no findings, nothing read but a number."""
MIXED = """
import sys
from pathlib import Path
from tests.patients import mixed
Path(sys.argv[1]).write_bytes(mixed(int(sys.argv[2]))[0])
"""


class Taken(NamedTuple):
    """What a run took: by the clock, of the processor [s], and the peak of its memory [kB]."""

    seconds: float
    processor: float
    memory: int = 0


def pairs(name: str, ours: Callable[[], Taken], theirs: Callable[[], Taken], target: str = "", count: int = PAIRS) -> None:
    """Print how the time of a first measure stands to that of a second one, taken in turns."""
    ours(), theirs()  # warm the file cache
    taken = [(ours(), theirs()) for _ in range(count)]
    print(f"{name}:{target and f' (target {target})'}")
    for way, which in (("by the clock", 0), ("by processor time", 1)):
        found = [mine[which] / other[which] for mine, other in taken]
        sides = " / ".join(f"{statistics.median(side[which] for side in sides) * 1000:.0f}" for sides in zip(*taken, strict=True))
        print(f"  {statistics.median(found):.3f} ({min(found):.3f} to {max(found):.3f}) {way}, medians {sides} ms", flush=True)


def here(work: Callable[[], object]) -> Taken:
    """Time work in this process."""
    begin, processor = time.perf_counter(), time.process_time()
    work()
    return Taken(time.perf_counter() - begin, time.process_time() - processor)


def process(command: list[str], given: bytes = b"") -> Taken:
    """Time a whole process."""
    before, begin = os.times(), time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, input=given, env=run.ENVIRONMENT)
    after = os.times()
    used = after.children_user + after.children_system - before.children_user - before.children_system
    return Taken(time.perf_counter() - begin, used)


def printed(code: str, *words: str) -> Taken:
    """Run a program in a process of its own that prints what it took."""
    found = subprocess.run([sys.executable, "-c", code, *words], check=True, capture_output=True, text=True).stdout.split()
    return Taken(float(found[0]), float(found[1]))


def measured(source: Path, *words: str) -> Taken:
    """Plan a file in a process of its own, with its start and its children."""
    before, begin = os.times(), time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", BATCH, str(source), *words],
        check=False,  # 1 where a row was not planned
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env=run.ENVIRONMENT,
    )
    after = os.times()
    used = after.children_user + after.children_system - before.children_user - before.children_system
    return Taken(time.perf_counter() - begin, used, int(done.stderr.split()[-1]))


def missing(*modules: str) -> bool:
    """Whether a program is not installed, which is said."""
    absent = [module for module in modules if importlib.util.find_spec(module) is None]
    if absent:
        print(f"not measured, since it is not installed: {', '.join(absent)} (pip install -e .[bench])")
    return bool(absent)


def plan() -> None:
    """Whole processes."""
    pairs("time, plan / straightforward program", lambda: process(run.OURS), lambda: process(run.YARDSTICK), "at most 0.5", 15)
    if not missing("drugdose"):
        other = shutil.which("drugdose", path=str(Path(sys.executable).parent)) or "drugdose"
        words = [other, "calculate", "epinephrine", "--route", "IV", "--weight", "70"]
        questions = b"\n" * 9  # every question is passed over
        pairs("time, plan / drugdose calculate", lambda: process(run.OURS), lambda: process(words, questions), count=15)


def rows(folder: Path) -> None:
    """Files of 10,000 patients: every weight another one, in no order; and weights to 0.1 kg, which recur."""
    target = folder / "other.csv"
    for name, source in (
        ("every weight another", spread(folder / "patients.csv", PATIENTS)),
        ("weights to 0.1 kg, which recur", spread(folder / "recurring.csv", PATIENTS, step=100)),
    ):
        batch.batch(source)
        written = batch.read_back(source)
        print(f"{PATIENTS:,} patients, {len(written) - 1:,} infusions, {name}")
        ours = ours_of(source)
        pairs("rows per second, batch / csv.writer", lambda: here(lambda: batch.one_by_one(written, target)), ours, "0.35")  # noqa: B023
        pairs("rows per second, batch / csv.writer.writerows", lambda: here(lambda: batch.writer(written, target)), ours)  # noqa: B023
        if not missing("clincalc", "pandas"):
            print(f"{(len(written) - 1) // PATIENTS} rows are written for each patient, where clincalc gives one")
            pairs("patients per second, batch / clincalc.batch", lambda: printed(CLINCALC, str(source)), ours)  # noqa: B023
        if not missing("pandas"):
            pairs("patients per second, batch / pandas by hand", lambda: printed(PANDAS, str(source), str(target)), ours)  # noqa: B023


def ours_of(source: Path) -> Callable[[], Taken]:
    """A measure of a file that is planned in this process."""
    return lambda: here(lambda: batch.batch(source))


def jobs(folder: Path) -> None:
    """Two processes against one, each with its start."""
    source = spread(folder / "more.csv", 4 * PATIENTS)
    pairs("speed, --jobs 2 / one process, 40,000 patients", lambda: measured(source), lambda: measured(source, "--jobs", "2"), "1.6", 3)


def sizes(folder: Path, *, most: int) -> None:
    """Time and memory against size."""
    source = folder / "sizes.csv"
    for name, step, largest in (("every weight another", 1, most), ("weights to 0.1 kg", 100, SIZES[-1])):
        for size in (size for size in SIZES if size <= largest):
            taken = measured(spread(source, size, step=step))
            each = f"{taken.seconds / size * 1e6:.0f} µs a patient, {taken.processor / size * 1e6:.0f} µs of processor time"
            print(f"{size:,} patients, {name}: {taken.seconds:.1f} s, {each}; peak memory {taken.memory / 1024:.1f} MB", flush=True)


def mixed(folder: Path) -> None:
    """A file of every regimen, policy, product and unit, one row in a hundred broken; without a target."""
    if missing("hypothesis", "pytest"):
        return
    source = folder / "mixed.csv"
    subprocess.run([sys.executable, "-c", MIXED, str(source), str(PATIENTS)], check=True, cwd=Path(__file__).parent.parent)
    taken = measured(source)
    print(f"mixed file, {PATIENTS:,} rows: {taken.seconds:.1f} s, {taken.processor / PATIENTS * 1e6:.0f} µs of processor time a row")


def spread(path: Path, count: int, step: int = 1) -> Path:
    """Write a file of patients from 40 kg on, in steps of 1 g times `step` and in no order; each is another one up to 100,000 / step."""
    range_ = 100_000 // step
    batch.patients(path, (batch.kg(40_000 + step * (number * 61_813 % range_)) for number in range(count)))
    return path


def machine() -> str:
    """The processor, its cores and the Python."""
    name = platform.processor() or platform.machine()
    with contextlib.suppress(OSError, StopIteration):
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        name = next(line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    return f"{name}, {os.cpu_count()} cores, Python {platform.python_version()}, {platform.system()}{load}"


def main() -> None:
    """Print every ratio."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="leave out a million patients of another weight each")
    quick = parser.parse_args().quick
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for part in (plan, lambda: rows(folder), lambda: jobs(folder), lambda: sizes(folder, most=SIZES[-2 if quick else -1])):
            print(machine())
            part()
        mixed(folder)


if __name__ == "__main__":
    main()
