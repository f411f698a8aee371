"""How changes of the core that no test noticed are told from changes of words, named and judged. CONTRIBUTING.md has the long run."""

import ast

import pytest

from tests.mutation import (
    LEAST_PERCENT,
    PAGE,
    ROOT,
    Change,
    Tally,
    difference,
    is_words,
    main,
    named,
    plain_name,
    problems,
    shown,
    table,
    tally,
)

ORIGINAL = """
def cap(grams, most=1):
    text = f"{grams} g is more than the limit"
    code = "daily-dose"
    if grams > most and most:
        return min(grams, most), code, text
    return grams
"""


def change(before: str, after: str) -> list[tuple[ast.AST, ast.AST | None]]:
    assert ORIGINAL.count(before) == 1
    return difference(ast.parse(ORIGINAL).body[0], ast.parse(ORIGINAL.replace(before, after)).body[0])


@pytest.mark.parametrize(
    ("before", "after", "part", "instead"),
    [
        ("grams > most", "grams >= most", "grams > most", "grams >= most"),
        ("most and most", "most or most", "grams > most and most", "grams > most or most"),
        ("min(grams, most)", "min(grams, )", "min(grams, most)", "min(grams)"),
        ("min(grams, most)", "min(most)", "min(grams, most)", "min(most)"),
        ("min(grams, most)", "min(grams, None)", "min(grams, most)", "min(grams, None)"),
        ('"daily-dose"', '"XXdaily-doseXX"', "code = 'daily-dose'", "code = 'XXdaily-doseXX'"),
        ("return grams\n", "return None\n", "return grams", "return None"),
        ("most=1", "most=2", "grams, most=1", "grams, most=2"),
    ],
)
def test_a_change_is_shown_by_its_smallest_part(before: str, after: str, part: str, instead: str) -> None:
    path = change(before, after)
    assert shown(path) == (part, instead)
    assert not is_words(path)


@pytest.mark.parametrize(("before", "after"), [('f"{grams} g is more than the limit"', "None"), ("{grams} g", "{most} g")])
def test_a_change_of_words_is_told_from_others(before: str, after: str) -> None:
    assert is_words(change(before, after))


@pytest.mark.parametrize(
    ("name", "plain"),
    [("x_read_weight__mutmut_12", "read_weight"), ("x__step__mutmut_1", "_step"), ("x\u01c1Dose\u01c1__str____mutmut_3", "Dose.__str__")],
)
def test_the_name_of_a_function(name: str, plain: str) -> None:
    assert plain_name(name) == plain


MUTATED = """
def x_cap__mutmut_orig(grams, most):
    return grams > most, f"{grams} g or {most} g"

def x_cap__mutmut_1(grams, most):
    return grams >= most, f"{grams} g or {most} g"

def x_cap__mutmut_2(grams, most):
    return None

def x_cap__mutmut_3(grams, most):
    return grams > most, f"{grams} g or {None} g"

def x_cap__mutmut_4(grams, most):
    return grams < most, f"{grams} g or {most} g"

def x_cap__mutmut_5(grams, most):
    return grams == most, f"{grams} g or {most} g"
"""
RESULTS: dict[str, int | None] = {f"a.x_cap__mutmut_{number}": code for number, code in ((1, 0), (2, 37), (3, 0), (4, 1), (5, 24))}
LEFT = Change("a.py", "cap", "grams > most", "grams >= most")


def test_what_became_of_the_changes_of_a_module() -> None:
    found = tally("a.py", MUTATED, RESULTS)
    assert found == Tally(made=5, words=1, by_types=1, by_tests=2, left=(LEFT,))
    assert round(found.percent, 1) == 66.7


def test_a_function_that_no_test_runs_is_left() -> None:
    assert tally("a.py", MUTATED, {"a.x_cap__mutmut_1": 33}).left == (LEFT,)


def test_a_run_that_was_broken_off_is_not_judged() -> None:
    with pytest.raises(ValueError, match="broken off"):
        tally("a.py", MUTATED, {**RESULTS, "a.x_cap__mutmut_5": None})


NAMED = """
## Left
### `ivigcalc/units.py`
- `convert`: ``a > b`` \u2192 ``a >= b``: they are never the same
### Others
- free words
"""


def test_the_list_of_the_page_is_read() -> None:
    assert named(NAMED) == {Change("ivigcalc/units.py", "convert", "a > b", "a >= b"): "they are never the same"}
    with pytest.raises(ValueError, match="is no entry"):
        named("### `ivigcalc/units.py`\n- `convert`: something")


def test_what_is_left_has_to_be_named_and_what_is_named_has_to_be_left() -> None:
    good = Tally(made=100, words=0, by_types=0, by_tests=99, left=(LEFT,))
    assert problems({"a.py": good}, {LEFT: "why"}) == []
    assert [line.partition(":")[2].split(",")[0] for line in problems({"a.py": good}, {})] == [" no test notices"]
    gone = LEFT._replace(after="grams < most")
    assert "noticed now, or gone" in problems({"a.py": good}, {LEFT: "why", gone: "why"})[0]
    assert problems({"a.py": good._replace(by_tests=18)}, {LEFT: "why"}) == [f"94.7% noticed, less than {LEAST_PERCENT}%"]
    assert problems({"a.py": good._replace(by_tests=19)}, {LEFT: "why"}) == []


def test_the_figures_add_up() -> None:
    one = Tally(made=1_005, words=2, by_types=3, by_tests=999, left=(LEFT,))
    assert table({"a.py": one, "b.py": one}).splitlines()[2:] == [
        "| `a.py` | 1,005 | 2 | 3 | 999 | 1 | 99.9% |",
        "| `b.py` | 1,005 | 2 | 3 | 999 | 1 | 99.9% |",
        "| all | 2,010 | 4 | 6 | 1,998 | 2 | 99.9% |",
    ]


def test_every_change_that_the_page_names_is_in_the_code() -> None:
    for left in named(PAGE.read_text(encoding="utf-8")):
        names = {
            node.name for node in ast.walk(ast.parse((ROOT / left.file).read_text(encoding="utf-8"))) if isinstance(node, ast.FunctionDef)
        }
        assert left.function.rpartition(".")[2] in names, left
        code = " ".join(ast.unparse(ast.parse((ROOT / left.file).read_text(encoding="utf-8"))).split())
        assert left.before in code, left


def test_the_command_takes_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 2
    assert "python -m tests.mutation" in capsys.readouterr().err
