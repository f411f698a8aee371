"""Measure `ivigcalc plan` as a whole process against the straightforward program, in one run, as a ratio.

    python benchmarks/run.py

Runs alternate, so that a busy machine slows both; the ratio is the median of the pairs' ratios. Python may keep the
byte code of the modules that both sides import, as pip does when it installs them.
"""

import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

PAIRS = 21
TARGET = 0.5
OPTIONS = ["--weight", "62", "--regimen", "itp"]
OURS = [str(Path(sys.executable).parent / "ivigcalc"), "plan", *OPTIONS]
WITHOUT_NUMPY = "import runpy, sys; sys.modules['numpy'] = None; sys.argv.pop(0); runpy.run_path(sys.argv[0], run_name='__main__')"
"""pint loads numpy where it happens to be installed, which takes longer than all the rest and is no part of the yardstick."""
YARDSTICK = [sys.executable, "-c", WITHOUT_NUMPY, str(Path(__file__).parent / "straightforward.py"), *OPTIONS]
ENVIRONMENT = {name: text for name, text in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def seconds(command: list[str]) -> float:
    """Time one whole process [s]."""
    begin = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=ENVIRONMENT)
    return time.perf_counter() - begin


def main() -> None:
    """Print the ratio and both medians; exit 1 when the target is missed."""
    for command in (OURS, YARDSTICK):
        seconds(command)  # warm the file cache
    pairs = [(seconds(OURS), seconds(YARDSTICK)) for _ in range(PAIRS)]
    ratio = statistics.median(ours / theirs for ours, theirs in pairs)
    ours, theirs = (statistics.median(column) for column in zip(*pairs, strict=True))
    print(
        f"plan / straightforward program: {ratio:.2f} (target at most {TARGET}), "
        f"medians {ours * 1000:.0f} ms / {theirs * 1000:.0f} ms, {PAIRS} pairs"
    )
    sys.exit(ratio > TARGET)


if __name__ == "__main__":
    main()
