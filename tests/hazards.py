"""The hazard log: docs/hazards.yaml -> its faults, and docs/hazards.md with what proves each control.

    python -m tests.hazards      writes docs/hazards.md; ends with 1 and the faults when there are any

A hazard needs a control that the program has, or one in use beside it and a word on what is open. A control of the program
needs tests, and each of them has to be a function of tests/ (read from the source, parametrised or not).
"""

import ast
import re
import sys
from functools import cache
from pathlib import Path
from typing import NamedTuple

from ivigcalc.catalogue.reading import Faults, Item, one_of, parse, text, texts
from ivigcalc.errors import CatalogueError, InputError

ROOT = Path(__file__).parent.parent
LOG = ROOT / "docs" / "hazards.yaml"
PAGE = ROOT / "docs" / "hazards.md"

SEVERITIES = ("minor", "significant", "considerable", "major", "catastrophic")
LIKELIHOODS = ("very low", "low", "medium", "high", "very high")
MATRIX = {  # DCB0129's example, as docs/hazards.yaml cites it: likelihood -> the risk of each severity
    "very low": (1, 1, 2, 2, 3),
    "low": (1, 2, 2, 3, 4),
    "medium": (2, 2, 3, 3, 4),
    "high": (2, 3, 3, 4, 5),
    "very high": (3, 4, 4, 5, 5),
}
NO_CONTROL = re.compile(r"(?i)^\W*(?:none|nothing|no controls?|not yet|to do|todo|tbd|n/a)\b|\bnone yet\b|^\W*$")

NOT_RUN = re.compile(r"\bmark\.(?:skip|xfail)\b")


class Risk(NamedTuple):
    """How severe and how likely a harm is held to be."""

    severity: str
    likelihood: str

    @property
    def level(self) -> int:
        """From 1 to 5."""
        return MATRIX[self.likelihood][SEVERITIES.index(self.severity)]


class Control(NamedTuple):
    """What the program does against a hazard, and the tests that prove it, as file::function."""

    words: str
    tests: tuple[str, ...]


class Hazard(NamedTuple):
    """One entry of the log."""

    id: str
    name: str
    causes: tuple[str, ...]
    harm: str
    before: Risk
    after: Risk
    controls: tuple[Control, ...]
    in_use: tuple[str, ...]  # controls beside the program
    open: str | None


class Log(NamedTuple):
    """Everything that docs/hazards.yaml holds."""

    scale: str
    source: str
    severities: dict[str, str]
    likelihoods: dict[str, str]
    levels: dict[str, str]
    sign_off: tuple[str, ...]
    hazards: tuple[Hazard, ...]


@cache
def known_tests(folder: Path = ROOT / "tests") -> frozenset[str]:
    """Every test of a folder as file::function, from the source alone; one that is skipped or expected to fail proves nothing."""
    found = set()
    for path in sorted(folder.glob("**/test_*.py")):
        where = path.relative_to(folder.parent).as_posix()
        tree = ast.parse(path.read_text(encoding="utf-8"))
        found |= {f"{where}::{name}" for name in _tests_in(tree)}
        classes = [node for node in tree.body if isinstance(node, ast.ClassDef) and node.name.startswith("Test")]
        found |= {f"{where}::{node.name}::{name}" for node in classes for name in _tests_in(node)}
    return frozenset(found)


def _tests_in(parent: ast.Module | ast.ClassDef) -> list[str]:
    functions = [node for node in parent.body if isinstance(node, ast.FunctionDef) and node.name.startswith("test")]
    return [node.name for node in functions if not any(NOT_RUN.search(ast.unparse(mark)) for mark in node.decorator_list)]


def load(path: Path | None = None, tests: frozenset[str] | None = None) -> Log:
    """Read the log.

    Args: path of the YAML file, docs/hazards.yaml unless given; the tests that there are, those of tests/ unless given.
    Returns: the log.
    Raises: CatalogueError with every fault of it, each with its line.
    """
    path = path or LOG
    faults = Faults(path.name)
    root = Item(parse(path.read_bytes(), faults), "", faults)
    root.only("scale", "source", "severities", "likelihoods", "levels", "sign_off", "hazards")
    existing = known_tests() if tests is None else tests
    log = Log(
        scale=root.take("scale", text),
        source=root.take("source", text),
        severities=root.take("severities", lambda item: _words(item, SEVERITIES)),
        likelihoods=root.take("likelihoods", lambda item: _words(item, LIKELIHOODS)),
        levels=root.take("levels", lambda item: _words(item, tuple("12345"))),
        sign_off=root.take("sign_off", texts),
        hazards=root.take("hazards", lambda item: tuple(_hazard(key, entry, existing) for key, entry in item.entries())),
    )
    if log.hazards:
        expected = tuple(f"H{number}" for number in range(1, len(log.hazards) + 1))
        if (ids := tuple(hazard.id for hazard in log.hazards)) != expected:
            root.at("hazards").fault(f"the ids are {', '.join(ids)}, expected H1 to {expected[-1]} in order")
    faults.report()
    return log


def _words(item: Item, keys: tuple[str, ...]) -> dict[str, str]:
    item.only(*keys)
    return {key: item.take(key, text) for key in keys}


def _hazard(key: str, entry: Item, existing: frozenset[str]) -> Hazard:
    entry.only("hazard", "causes", "harm", "before", "after", "controls", "in_use", "open")
    hazard = Hazard(
        id=key,
        name=entry.take("hazard", text),
        causes=entry.take("causes", _some),
        harm=entry.take("harm", text),
        before=entry.take("before", _risk),
        after=entry.take("after", _risk),
        controls=entry.take_or("controls", lambda item: tuple(_control(row, existing) for row in item.rows()), ()),
        in_use=entry.take_or("in_use", _some, ()),
        open=entry.take_or("open", text, None),
    )
    if not hazard.controls and not (hazard.in_use and hazard.open):
        entry.fault("has no control, expected controls of the program, or those in_use and what is open")
    for words in (*(control.words for control in hazard.controls or () if control), *(hazard.in_use or ())):
        if words and NO_CONTROL.search(words):
            entry.fault(f"{words!r} is no control, expected what is done against the hazard")
    if hazard.before and hazard.after and all((*hazard.before, *hazard.after)) and hazard.after.level > hazard.before.level:
        entry.fault("the risk after the controls is above the one before them, expected at most the same")
    return hazard


def _some(item: Item) -> tuple[str, ...]:
    found = texts(item)
    if not found:
        raise InputError("is empty, expected at least one line")
    return found


def _risk(item: Item) -> Risk:
    item.only("severity", "likelihood")
    return Risk(item.take("severity", one_of(*SEVERITIES)), item.take("likelihood", one_of(*LIKELIHOODS)))


def _control(entry: Item, existing: frozenset[str]) -> Control:
    entry.only("control", "tests")
    tests = entry.take("tests", lambda item: tuple(f"tests/{name}" for name in _some(item)), "the tests that prove it, as file::function")
    for name in tests or ():
        if name not in existing:
            entry.fault(f"{name} is no test, expected file::function of tests/, without what is in brackets")
    return Control(entry.take("control", text), tests or ())


def page(log: Log) -> str:
    """Write the log for people: the scale, an overview, every hazard, which test proves what, and lines to sign on.

    Args: the log.
    Returns: Markdown.
    """
    lines = [
        "<!-- Written by: python -m tests.hazards, from hazards.yaml. Do not change it here. -->",
        "# Hazard log",
        "",
        log.scale,
        "",
        f"Source of the scale: {log.source}",
        "",
        "| Likelihood | " + " | ".join(word.capitalize() for word in SEVERITIES) + " |",
        "|---" * 6 + "|",
        *(f"| {word.capitalize()} | {' | '.join(map(str, MATRIX[word]))} |" for word in reversed(LIKELIHOODS)),
        "",
        *(f"- Risk {level}: {words}" for level, words in log.levels.items()),
        *(f"- {word.capitalize()}, a severity: {log.severities[word]}" for word in SEVERITIES),
        *(f"- {word.capitalize()}, a likelihood: {log.likelihoods[word]}" for word in LIKELIHOODS),
        "",
        "## Overview",
        "",
        "| Hazard | What | Before | After | Controls | Tests | Open |",
        "|---|---|---|---|---|---|---|",
        *(_overview(hazard) for hazard in log.hazards),
        "",
        "## Hazards",
        *(line for hazard in log.hazards for line in _section(hazard)),
        "",
        "## Which test proves which control",
        "",
        "| Test | Controls |",
        "|---|---|",
        *(f"| `{test}` | {', '.join(controls)} |" for test, controls in sorted(_proofs(log).items())),
        "",
        "## Sign-off",
        "",
        "Left blank until a person of the organisation that uses ivigcalc has judged every hazard and signs.",
        "",
        "| Role | Name | Registration | Date | Version and digests (`ivigcalc about`) | Signature |",
        "|---|---|---|---|---|---|",
        *(f"| {role} | | | | | |" for role in log.sign_off),
    ]
    return "\n".join(lines) + "\n"


def _risk_words(risk: Risk) -> str:
    return f"{risk.level}: {risk.severity}, {risk.likelihood}"


def _overview(hazard: Hazard) -> str:
    tests = {test for control in hazard.controls for test in control.tests}
    counts = f"{len(hazard.controls)} | {len(tests)}"
    return (
        f"| [{hazard.id}](#{hazard.id.lower()}) | {hazard.name} | {_risk_words(hazard.before)} | {_risk_words(hazard.after)} "
        f"| {counts} | {'open' if hazard.open else ''} |"
    )


def _section(hazard: Hazard) -> list[str]:
    lines = [
        "",
        f"### {hazard.id}",
        "",
        f"**{hazard.name}**",
        "",
        *(f"- Cause: {cause}" for cause in hazard.causes),
        f"- Harm: {hazard.harm}",
        f"- Risk before: {_risk_words(hazard.before)}. After: {_risk_words(hazard.after)}.",
    ]
    for number, control in enumerate(hazard.controls, 1):
        lines.append(f"- Control {hazard.id}.{number}: {control.words}")
        lines += [f"  - `{test}`" for test in control.tests]
    lines += [f"- Control in use, beside the program: {words}" for words in hazard.in_use]
    return [*lines, *([f"- **Open:** {hazard.open}"] if hazard.open else [])]


def _proofs(log: Log) -> dict[str, list[str]]:
    """Test -> the controls that it proves."""
    proofs: dict[str, list[str]] = {}
    for hazard in log.hazards:
        for number, control in enumerate(hazard.controls, 1):
            for test in control.tests:
                proofs.setdefault(test, []).append(f"{hazard.id}.{number}")
    return proofs


def main() -> int:
    """Write docs/hazards.md, or say what is wrong with docs/hazards.yaml."""
    try:
        log = load()
    except CatalogueError as error:
        print("\n".join(error.faults), file=sys.stderr)
        return 1
    PAGE.write_text(page(log), encoding="utf-8", newline="\n")
    print(f"{PAGE.relative_to(ROOT)}: {len(log.hazards)} hazards, {len(_proofs(log))} tests")
    return 0


if __name__ == "__main__":
    sys.exit(main())
