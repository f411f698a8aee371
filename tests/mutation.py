"""Mutation testing of the core: small changes of its code, one at a time, that some test has to notice.

    python -m tests.mutation             makes every change, runs the tests on each (mutmut, set up in pyproject.toml), and judges
    python -m tests.mutation --judge     judges what the last run left in mutants/

mutmut makes the changes and runs the tests. What is done here is what it cannot do: changes of words that people read are left
out of the count, and what no test noticed is held against docs/mutation.md, where each stands with the reason why it cannot
matter. Ends with 1 if one is not named there, a named one is gone, or less than 95% of all that count were noticed.

Needs: pip install -e .[mutation], and a system that can fork.
"""

import ast
import json
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent
LEFT = ROOT / "mutants"
PAGE = ROOT / "docs" / "mutation.md"
LEAST_PERCENT = 95

BY_TESTS = (1, 3, 24, 36, 152, 255, -24)  # how mutmut notes a failing test, and a run that was broken off after far too long
BY_TYPES = 37
_ENTRY = re.compile(r"- `(?P<function>[^`]+)`: ``(?P<before>.+?)`` → ``(?P<after>.+?)``: (?P<reason>.+)")


class Change(NamedTuple):
    """A change of the code, by its smallest part that shows it."""

    file: str
    function: str
    before: str
    after: str

    def __str__(self) -> str:
        return f"- `{self.function}`: ``{self.before}`` → ``{self.after}``"


class Tally(NamedTuple):
    """What became of the changes of one module."""

    made: int
    words: int  # changes of what people read, which are not counted
    by_types: int  # that mypy refuses
    by_tests: int
    left: tuple[Change, ...]

    @property
    def percent(self) -> float:
        """How many of the changes that mypy lets pass were noticed by a test."""
        return 100 * self.by_tests / max(self.by_tests + len(self.left), 1)


def tallies() -> dict[str, Tally]:
    """Read what a run left: module -> what became of its changes."""
    found = {}
    for meta in sorted(LEFT.glob("ivigcalc/**/*.py.meta")):
        path = meta.with_suffix("")
        results = json.loads(meta.read_text(encoding="utf-8"))["exit_code_by_key"]
        if results:
            name = path.relative_to(LEFT).as_posix()
            found[name] = tally(name, path.read_text(encoding="utf-8"), results)
    return found


def tally(file: str, mutated: str, results: dict[str, int | None]) -> Tally:
    """Sort the changes of one module.

    Args: its file; the code with all changes in it, as mutmut writes it; change -> what the run of the tests ended with.
    Returns: the counts, and what no test noticed.
    Raises: ValueError where the run was broken off.
    """
    if None in results.values():
        raise ValueError(f"{file}: the run was broken off; start it again, and it goes on")
    functions = {node.name: node for node in ast.walk(ast.parse(mutated)) if isinstance(node, ast.FunctionDef)}
    counts: Counter[str] = Counter()
    left = []
    for key, result in results.items():
        name = key.rpartition(".")[2]
        original = re.sub(r"__mutmut_\d+$", "__mutmut_orig", name)
        path = difference(functions[original], functions[name])
        if is_words(path):
            counts["words"] += 1
        elif result == BY_TYPES:
            counts["types"] += 1
        elif result in BY_TESTS:
            counts["tests"] += 1
        else:
            before, after = shown(path)
            left.append(Change(file, plain_name(name), before, after))
    return Tally(len(results), counts["words"], counts["types"], counts["tests"], tuple(sorted(set(left))))


def plain_name(name: str) -> str:
    """The name of a function or method in mutmut's spelling, such as xǁDoseǁ__str____mutmut_1."""
    return re.sub(r"__mutmut_\d+$", "", name).removeprefix("x_").removeprefix("xǁ").replace("ǁ", ".")


Pair = tuple[ast.AST, ast.AST | None]


def difference(before: ast.AST, after: ast.AST) -> list[Pair]:
    """The one place where two pieces of code differ: the pairs of nodes from the outermost to the smallest, the last without a
    partner where it was left out."""
    path: list[Pair] = [(before, after)]
    while (step := _step(*path[-1])) is not None:
        path.append(step)
    return path


def _step(before: ast.AST, after: ast.AST | None) -> Pair | None:
    if type(before) is not type(after) or after is None:
        return None
    for name in before._fields:
        old, new = getattr(before, name), getattr(after, name)
        if isinstance(old, ast.AST) and isinstance(new, ast.AST) and ast.dump(old) != ast.dump(new):
            return old, new
        if isinstance(old, list) and [*map(_dump, old)] != [*map(_dump, new)]:
            at = next((at for at, (one, other) in enumerate(zip(old, new, strict=False)) if _dump(one) != _dump(other)), len(new))
            if at < len(old) and isinstance(old[at], ast.AST):
                return old[at], new[at] if len(old) == len(new) else None
    return None


def _dump(value: object) -> str:
    return ast.dump(value) if isinstance(value, ast.AST) else repr(value)


def is_words(path: list[Pair]) -> bool:
    """Whether a change is one of words that people read: text with a space in it, or what is put into such a text."""
    return any(_has_words(node) for node, _ in path)


def _has_words(node: ast.AST) -> bool:
    if isinstance(node, ast.Constant):
        return isinstance(node.value, str) and " " in node.value.strip()
    if isinstance(node, ast.JoinedStr):
        return any(" " in part.value for part in node.values if isinstance(part, ast.Constant) and isinstance(part.value, str))
    if isinstance(node, ast.BinOp):
        return isinstance(node.op, ast.Add) and (_has_words(node.left) or _has_words(node.right))
    return False


def shown(path: list[Pair]) -> tuple[str, str]:
    """The smallest part of the code, and what became of it, that says what was changed."""
    for before, after in reversed(path[:-1] or path):
        if isinstance(before, ast.expr | ast.stmt | ast.arguments) and after is not None:
            return _line(before), _line(after)
    raise ValueError(path)


def _line(node: ast.AST) -> str:
    return " ".join(ast.unparse(node).split())


def named(page: str) -> dict[Change, str]:
    """Read the list of docs/mutation.md.

    Args: its text: a heading for each file, and under it a line for each change.
    Returns: change -> why it cannot matter.
    Raises: ValueError for a line of the list that cannot be read.
    """
    return dict(_named(page))


def _named(page: str) -> Iterator[tuple[Change, str]]:
    file = ""
    for line in page.splitlines():
        if heading := re.fullmatch(r"### `(ivigcalc/\S+\.py)`", line):
            file = heading[1]
        elif line.startswith("#"):
            file = ""
        elif file and line.startswith("- "):
            match = _ENTRY.fullmatch(line)
            if not match:
                raise ValueError(f"{PAGE.name}: {line!r} is no entry; write - `function`: ``before`` → ``after``: reason")
            yield Change(file, match["function"], match["before"], match["after"]), match["reason"]


def problems(found: dict[str, Tally], reasons: dict[Change, str]) -> list[str]:
    """Hold what no test noticed against what is named, and the shares against what is asked.

    Args: module -> tally; change -> reason.
    Returns: what is wrong, a line each.
    """
    left = {change for done in found.values() for change in done.left}
    return [
        *(f"{change.file}: no test notices, and {PAGE.name} does not name:\n  {change}" for change in sorted(left - set(reasons))),
        *(f"{change.file}: named in {PAGE.name}, and noticed now, or gone:\n  {change}" for change in sorted(set(reasons) - left)),
        *([f"{all_of(found).percent:.1f}% noticed, less than {LEAST_PERCENT}%"] if all_of(found).percent < LEAST_PERCENT else []),
    ]


def all_of(found: dict[str, Tally]) -> Tally:
    """The figures of all modules together."""
    made, words, by_types, by_tests = (sum(figures) for figures in zip(*(one[:4] for one in found.values()), strict=True))
    return Tally(made, words, by_types, by_tests, tuple(change for one in found.values() for change in one.left))


def table(found: dict[str, Tally]) -> str:
    """The figures as docs/mutation.md has them."""
    rows = [*((f"`{file}`", one) for file, one in found.items()), ("all", all_of(found))]
    return "\n".join(
        (
            "| Module | Changes | Of words | Refused by mypy | Noticed by tests | Left | Noticed |",
            "|---|---|---|---|---|---|---|",
            *(
                " | ".join((f"| {name}", *(f"{figure:,}" for figure in (*one[:4], len(one.left))), f"{one.percent:.1f}% |"))
                for name, one in rows
            ),
        )
    )


def main(words: list[str]) -> int:
    """Make the changes unless they are only to be judged, and judge."""
    if words not in ([], ["--judge"]):
        print(__doc__, file=sys.stderr)
        return 2
    if not words:
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"  # where mutmut looks for mypy
        subprocess.run([sys.executable, "-m", "mutmut", "run"], cwd=ROOT, env={**os.environ, "PATH": path}, check=True)
    found = tallies()
    print(table(found))
    wrong = problems(found, named(PAGE.read_text(encoding="utf-8")))
    print(*wrong, sep="\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
