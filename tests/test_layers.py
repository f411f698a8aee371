"""Imports go one way, and the core touches no file, clock, console or randomness."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "ivigcalc"
# A layer may import itself and what stands before it; `catalogue`, `dosing`, `safety` and `export` do not import each other.
LAYERS = [
    "errors", "numbers", "when", "units", "rates", "model", "checking", "changes", "ramps", "demand", "catalogue|dosing|safety|export",
    "options", "pharmacy|record", "site", "data", "request", "batch|several|order", "cli",
]  # fmt: skip
RANK = {name: rank for rank, names in enumerate(LAYERS) for name in names.split("|")}
CORE = {"errors", "numbers", "when", "units", "rates", "model", "checking", "changes", "ramps", "demand", "dosing", "safety"}
ALLOWED_IN_CORE = {
    "calendar", "collections", "datetime", "decimal", "fractions", "functools", "heapq", "itertools", "math", "pathlib", "pint", "re",
    "typing",
}  # fmt: skip


def _part(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def _imports(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: write imports in full"
            names.add(node.module or "")
    return names


FILES = sorted(path for path in PACKAGE.rglob("*.py") if _part(path) in RANK)


def breach(part: str, imported: str) -> str | None:
    """Say what is wrong with one import, or None."""
    words = imported.split(".")
    if words[0] == "ivigcalc":
        other = words[1] if len(words) > 1 else part
        if other == part:
            return None
        return None if RANK[other] < RANK[part] else f"{part} imports {other}"
    return None if part not in CORE or words[0] in ALLOWED_IN_CORE else f"{part} imports {words[0]}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_go_one_way(path: Path) -> None:
    assert [fault for name in sorted(_imports(path)) if (fault := breach(_part(path), name))] == []


def test_every_module_has_a_layer() -> None:
    assert {_part(path) for path in PACKAGE.rglob("*.py")} - set(RANK) == {"__init__", "__main__"}


@pytest.mark.parametrize(
    ("part", "imported"),
    [("model", "ivigcalc.dosing"), ("dosing", "ivigcalc.safety"), ("export", "ivigcalc.catalogue"), ("dosing", "random"), ("safety", "os")],
)
def test_a_breach_is_seen(part: str, imported: str) -> None:
    assert breach(part, imported)


def test_only_units_knows_the_registry_and_its_definition_file() -> None:
    users = {_part(path) for path in FILES if any(name.split(".")[0] == "pint" for name in _imports(path))}
    assert users == {"units"}


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_binary_float_anywhere(path: Path) -> None:
    """A float literal, a call of float(), or true division of two literals would bring binary rounding into a dose."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        assert not (isinstance(node, ast.Constant) and isinstance(node.value, float)), f"{path}:{node.lineno}: a float"
        assert not (isinstance(node, ast.Name) and node.id == "float"), f"{path}:{node.lineno}: float"
