"""What is generated in docs and README: the pages of the regimens and the products, and what each example prints.

    python -m tests.pages      writes docs/regimens.md and docs/products.md from the data files, and the output of every command
                               that is marked <!-- run --> in README.md and docs/; then docs/hazards.md, by tests/hazards.py

The entries of a page are those of `regimens show` and `products show`, so that nothing can be missing on one of them alone.
"""

import io
import os
import re
import shlex
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import chdir, redirect_stderr, redirect_stdout
from pathlib import Path
from unittest.mock import patch

from ivigcalc.cli import run
from tests import hazards
from tests.products_page import products_page
from tests.regimens_page import regimens_page

ROOT = Path(__file__).parent.parent
REGIMENS = ROOT / "docs" / "regimens.md"
PRODUCTS = ROOT / "docs" / "products.md"

_example = re.compile(r"(<!-- run -->\n```console\n\$ (ivigcalc [^\n]*)\n)(.*?)(```)", re.DOTALL)
_file = re.compile(r"<!-- file: (\S+) -->\n```csv\n(.*?)```", re.DOTALL)


def pages_with_examples() -> list[Path]:
    """README and the pages of docs."""
    return [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def examples(text: str) -> list[tuple[str, str]]:
    """The commands of a page that are marked <!-- run -->, each with what is shown below it."""
    return [(found[2], found[3]) for found in _example.finditer(text)]


def files(text: str) -> dict[str, str]:
    """The files that a page shows for its commands, by name."""
    return dict(_file.findall(text))


def with_outputs(text: str) -> str:
    """A page in which each example shows what its command prints now."""
    return _example.sub(lambda found: f"{found[1]}{printed(found[2], files(text))}{found[4]}", text)


def run_before(command: str) -> list[list[str]]:
    """What a command of a page rests on: a schedule is what the command before it has written."""
    return [["batch", "patients.csv", "-o", "schedule.csv"]] if command.startswith("ivigcalc demand schedule.csv") else []


def printed(command: str, there: Mapping[str, str]) -> str:
    """What a command prints at 80 columns, in a folder of these files and with nobody's own site file."""
    environment = {"COLUMNS": "80", "XDG_CONFIG_HOME": "/nowhere", "APPDATA": "/nowhere", "TERM": "dumb"}
    with tempfile.TemporaryDirectory() as folder, chdir(folder), patch.dict(os.environ, environment):
        os.environ.pop("IVIGCALC_SITE", None)
        for name, held in there.items():
            Path(name).write_text(held, encoding="utf-8")
        with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
            for words in run_before(command):
                run(words)
        out, err = io.TextIOWrapper(io.BytesIO(), "utf-8", newline=""), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err):
            run(shlex.split(command)[1:])
        out.flush()
        assert isinstance(out.buffer, io.BytesIO)
        return out.buffer.getvalue().decode() + err.getvalue()


def generated() -> Iterator[tuple[Path, str]]:
    """Every page that is generated, or shows what commands print, as it should be."""
    yield REGIMENS, regimens_page()
    yield PRODUCTS, products_page()
    for path in pages_with_examples():
        if path not in (REGIMENS, PRODUCTS) and _example.search(text := path.read_text(encoding="utf-8")):
            yield path, with_outputs(text)


def main() -> int:
    """Write what is generated."""
    for path, text in generated():
        path.write_text(text, encoding="utf-8", newline="\n")
        print(f"{path.relative_to(ROOT)}: {len(text.splitlines())} lines")
    return hazards.main()


if __name__ == "__main__":
    sys.exit(main())
