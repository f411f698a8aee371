"""Rules D1 to D21 for text that names a dose, run over everything the program prints for people.

They are drawn from the ISMP List of Error-Prone Abbreviations, Symbols and Dose Designations, the Joint Commission "Do Not
Use" list, the NHS Common User Interface (Medication Line; Date and Time Display) and the Australian Commission's
terminology for medicines. Verbatim quotes, citations, ids, echoed input, commands and URLs are excepted.

"Everywhere" is every golden, plan, page of a regimen or product, help text at four widths, message on standard error, block
and paragraph of the README, and every text of the program's source with its placeholders filled in (where a rule needs to see
what stands beside a text, it is not run over a text alone: D12).

| Rule | What | How it is held |
|------|------|----------------|
| D1 | no trailing zero | pattern, everywhere; screen_text on figures worked by hand |
| D2 | a zero before the point | pattern, everywhere |
| D3 | no exponent | pattern, everywhere; no library formats a number (tests/test_numbers.py) |
| D4 | a comma from 1,000, on the screen only | pattern, everywhere; the CSV and JSON in tests/test_csv.py, tests/test_json.py |
| D5 | no say of the machine's language | no call of what knows a locale; every month and weekday compared with letters |
| D6 | a fixed precision, unrounded and rounded dose | ordered g: at most 2 decimals in the dose and order lines, pattern; mL and rates of
        a plan in tests of their own; the calculated dose stands in full, or to 6 decimals, where the rule asks for 2: our choice |
| D7 | nothing displayed is calculated with | a split of thirds that adds up; no text is read back by the program's exports |
| D8 | a space before the unit, no stop after it, mL, g, kg | patterns, everywhere; tests/test_screen.py at a hundred widths |
| D9 | no micro sign, IU, U, cc | pattern, everywhere |
| D10 | per, not a slash | pattern, everywhere but where a text names what is to be typed |
| D11 | every number has its unit or label | dose and order lines, number by number; elsewhere it cannot be linted, since a count or
        the number of a day has no unit |
| D12 | a rate per kg stands with the pump's mL per hour | pattern, everywhere but on the pages of products, which have no patient |
| D13 | no QD, q3w, BID, d1-3 | pattern, everywhere |
| D14 | no symbols in the dose line, no bar beside a digit | pattern, dose and order lines; the bar everywhere |
| D15 | no abbreviated drug in the dose line | pattern, dose and order lines, and how the order line begins. The brand stands after the
        generic as its label spells it, and not in capitals: our choice |
| D16 | never x3, day and course together | pattern, everywhere; dose and order lines hold both |
| D17 | Mon 04-Jan-2027 for people | pattern, everywhere; leap day and change of clocks. ISO in files: tests/test_csv.py |
| D18 | 3hr 20min | pattern, everywhere |
| D19 | wrap, never cut off | the ellipsis, everywhere; that nothing is lost at any width in tests/test_screen.py |
| D20 | nothing by colour alone | a warning is a word; tests/test_screen.py compares all words with and without colour |
| D21 | the dose line repeats its basis | order line: weight, which weight, g per kg; the rounding with its direction and change stands in
        the lines above it, and not in the order line |

A rule that asks for plain words, such as "at least" for a sign, is held for the sign alone: whether the words are plain cannot be linted.
"""

import ast
import re
import shlex
from collections.abc import Iterable, Iterator
from datetime import date
from fractions import Fraction
from functools import cache
from pathlib import Path

import pytest

from ivigcalc import __version__
from ivigcalc.catalogue import data_file
from ivigcalc.catalogue.formulary import load_formulary
from ivigcalc.model import Cited
from ivigcalc.numbers import screen_text
from ivigcalc.safety.expected import within_source
from ivigcalc.safety.slips import ISMP
from ivigcalc.when import screen_date
from tests.conftest import RunCli
from tests.test_bad_input import BAD
from tests.test_cli import commands
from tests.test_products import SOURCED
from tests.test_readme import EXAMPLES as README_EXAMPLES
from tests.test_readme import README
from tests.test_screen import CATALOGUE, GOLDEN, LIMITS, PLANS, UNITS, shown

RULES = {
    "D1 a trailing zero": r"\d\.\d*0(?!\d)",
    "D2 no zero before the point": r"(?<!\d)\.\d",
    "D3 an exponent": r"\d[eE][+-]?\d",
    "D4 no comma from 1,000": r"(?<![\d.,-])(?<!year )\d{4,}(?![\d-])",
    "D8 no space between number and unit": r"\d(?:g|kg|mg|mL|ml|lb|cm|days?|weeks?|months?)\b",
    "D8 a full stop after a unit": r"\b(?:g|kg|mg|mL|lb|cm|min|hr)\.(?=\s|$)",
    "D8 a unit in another spelling": r"\d ?(?:ml|ML|cc|Kg|KG|gm|gms|gr|grams?|kgs|lbs)\b",
    "D9 a symbol for micro, units or cubic centimetres": r"[µμ]|\b(?:ug|IU|cc)\b|\d ?[Uu]\b",
    "D10 a slash for per": r"\b(?:g|mg|kg|mL|lb)\s*/|/\s*(?:kg|day|days|course|cycle|hr?|hour|min)\b",
    "D12 a rate per kg without the rate of a pump": r"(?:mg|mL) per kg per (?:min|hour)(?!(?:[^.;]|\.(?=\d))*mL per hour)",
    "D13 an abbreviated frequency": r"(?i)\b(?:qo?d|[btq]id|tiw|prn|stat|[bo]d|[tq]ds)\b|\bq\.?d\.|\bq ?\d+ ?[dwhm]|\bd ?\d+ ?- ?d?\d",
    "D14 a bar beside a digit": r"\d ?\||\| ?\d",
    "D16 a multiplication sign for repeats": r"(?<!\w)[x×] ?\d|\d ?[x×](?!\w)",
    "D17 a date whose month is a number": r"\b\d{4}-\d\d-\d\d\b|\b\d{1,2}[/.]\d{1,2}[/.]\d{2,4}\b|\b\d\d-\d\d-\d{4}\b",
    "D18 a decimal or abbreviated duration": r"\d\.\d+ ?(?:h|hrs?|hours?)\b|\d ?(?:hrs|mins|m)\b",
    "D19 an ellipsis": r"…|\.\.\.",
}
DOSE_LINE_RULES = {
    "D6 an ordered dose finer than 0.01 g": r"\d\.\d{3,} g(?! per kg)",
    "D14 a symbol": r"[@<>&°()\[\]{}|]",
    "D15 an abbreviated product": r"\b(?:IVIG|IVIg|IGIV|Ig|HNIG)\b",
}


def anywhere(text: str) -> str:
    """A pattern for a text however it was wrapped."""
    return r"\s*".join(re.escape(character) for character in text if not character.isspace())


assert LIMITS.cautions
CAUTIONS = LIMITS.cautions
CITED = [cited for regimen in CATALOGUE.regimens.values() for cited in regimen.cited]
CITED += [cap.cited for regimen in CATALOGUE.regimens.values() for phase in regimen.phases for cap in phase.caps]
CITED += [cited for other in CATALOGUE.not_ivig.values() for cited in other.cited]
CITED += [cited for regimen in CATALOGUE.regimens.values() for conflict in regimen.conflicts for cited in conflict.cited]
CITED += [cited for other in CATALOGUE.not_recommended.values() for cited in other.cited]
CITED += [cited for limit in LIMITS.doses for cited in limit.cited]
CAUTIONED = [passage for caution in CAUTIONS.of.values() for passage in caution.cited]
CAUTIONED += [passage for table in CAUTIONS.vaccines.values() for passage in table.cited]
CITED += [Cited(passage.source, passage.locator, passage.quote or "") for passage in CAUTIONED]
CITATIONS = {text for cited in CITED for text in (cited.source.citation, cited.source.url, cited.locator, cited.quote) if text}
CITATIONS |= {within_source(LIMITS.rounding), ISMP}
IDS = {name for regimen in CATALOGUE.regimens.values() for name in (regimen.id, regimen.indication, *regimen.aliases)}
COMMANDS = r"(?m)^ +ivigcalc .*$|^Usage: .*(?:\n {6,}.*)*"
EXCEPTED = [
    *map(anywhere, sorted(CITATIONS, key=len, reverse=True)),
    r"\bread \d{4}-\d\d-\d\d",  # of a source
    r"licence CC BY-NC 4\.0",
    r"\[show ID \|(?: compare ID ID \|)? WORD\.\.\.\]",
    r'"[^"]*"',
    r"(?<!\w)'[^'\n]*'(?!\w)",
    r"(?:such as|write|First day:) \d[\d.,-]*\d",  # what to type
    r"--?[a-z][a-z-]*:? ?\d[\d.-]*",  # an option with its value
    r"there is no day \S+",
    r"(?:warning|note|accepted): \S+:",  # the code of a finding
    r"\b(?:[0-9a-f] ?){64}\b",  # a digest, folded on a narrow screen
    *(rf"(?<![\w-]){re.escape(name)}(?![\w-])" for name in sorted(IDS, key=len, reverse=True)),
    re.escape(__version__),
]

FORMULARY = load_formulary(data_file("products.yaml"))
PRODUCTS = FORMULARY.products
PRODUCT_TEXTS = {text for _, source, quote, _ in SOURCED for text in (source.citation, source.url, quote and f'"{quote}"') if text}
RAMPS = [ramp.cited for ramp in FORMULARY.ramps.values() if ramp.cited]
PRODUCT_TEXTS |= {text for cited in RAMPS for text in (cited.source.citation, cited.source.url) if text}
PRODUCT_IDS = {name for product in PRODUCTS.values() for name in (product.id, *product.aliases)}
PRODUCT_IDS |= {reason.name for product in PRODUCTS.values() for reason in product.contraindications}
PRODUCT_EXCEPTED = [
    *map(anywhere, sorted(PRODUCT_TEXTS, key=len, reverse=True)),
    *EXCEPTED,
    r"\b(?:of|in|December) 20\d\d\b(?! \w*g\b)",  # the year of a label or a piece of news
    *(rf"(?<![\w-]){re.escape(name)}(?![\w-])" for name in sorted(PRODUCT_IDS, key=len, reverse=True)),
]
# A page of reference has no patient, so there is no rate of a pump to put beside a rate per kg, and the page says so. D12 is about
# what is set on a pump: it holds for every plan.
PRODUCT_RULES = {rule: pattern for rule, pattern in RULES.items() if not rule.startswith("D12 ")}


compiled = cache(re.compile)  # there are more patterns than `re` keeps


def prose(text: str, excepted: list[str] = EXCEPTED) -> str:
    """What is left of a text, on one line, without what is excepted."""
    text = " ".join(re.sub(COMMANDS, "_", text).split())
    for pattern in excepted:
        text = compiled(pattern).sub("_", text)
    return text


def problems(text: str, rules: dict[str, str] = RULES, excepted: list[str] = EXCEPTED) -> list[str]:
    """What a text does against the rules."""
    left = prose(text, excepted)
    return [
        f"{rule}: {left[max(0, found.start() - 30) : found.end() + 20]!r}"
        for rule, pattern in rules.items()
        for found in re.finditer(pattern, left)
    ]


def entry(text: str, label: str) -> str:
    """The text of a labelled entry on a screen of 80 columns."""
    found = re.search(rf"(?m)^{label.ljust(12)}(.*(?:\n {{12}}.*)*)", text)
    assert found, f"no {label} in\n{text}"
    return " ".join(found[1].split())


@pytest.mark.parametrize(
    ("rule", "wrong", "right"),
    [
        ("D1", "25.0 g", "25 g"),
        ("D1", "25.50 g", "25.5 g"),
        ("D2", ".5 g", "0.5 g"),
        ("D3", "1E+2 g", "100 g"),
        ("D4", "1240 mL", "1,240 mL"),
        ("D8", "25g", "25 g"),
        ("D8", "62 kg. Then", "62 kg; then"),
        ("D8", "25 grams", "25 g"),
        ("D8", "250 ml", "250 mL"),
        ("D9", "5 µg", "0.005 mg"),
        ("D9", "10 IU", "10 units"),
        ("D10", "0.4 g/kg", "0.4 g per kg"),
        ("D10", "24.8 g/day", "24.8 g per day"),
        ("D12", "1.9 mL per kg per hour", "1.9 mL per kg per hour, 118 mL per hour"),
        ("D12", "1.9 mL per kg per hour; 117.8 mL per hour", "1.9 mL per kg per hour, 117.8 mL per hour"),
        ("D13", "q3w", "every 3 weeks"),
        ("D13", "QD", "once daily"),
        ("D13", "on d1-3", "on days 1 to 3"),
        ("D13", "25 g OD for 3 days", "25 g once daily for 3 days"),
        ("D13", "25 g bd", "25 g twice daily"),
        ("D14", "25 | 50", "25 and 50"),
        ("D8", "in 20 min. Then", "in 20 min; then"),
        ("D16", "24.8 g x3", "24.8 g once daily for 3 days"),
        ("D16", "3 × 24.8 g", "24.8 g once daily for 3 days"),
        ("D17", "on 2027-01-04", "on Mon 04-Jan-2027"),
        ("D17", "on 04/01/2027", "on Mon 04-Jan-2027"),
        ("D18", "3.33 h", "3hr 20min"),
        ("D19", "the whole…", "the whole course"),
    ],
)
def test_the_rules_find_what_they_should(rule: str, wrong: str, right: str) -> None:
    assert any(problem.startswith(f"{rule} ") for problem in problems(wrong))
    assert problems(right) == []


@pytest.mark.parametrize(("rule", "wrong"), [("D6", "24.856 g once daily"), ("D14", "immunoglobulin (intravenous)"), ("D15", "IVIG 25 g")])
def test_the_rules_of_a_dose_line_find_what_they_should(rule: str, wrong: str) -> None:
    assert any(problem.startswith(f"{rule} ") for problem in problems(wrong, DOSE_LINE_RULES))


GOLDENS = sorted(GOLDEN.parent.glob("golden*/*.txt"))


@pytest.mark.parametrize("path", GOLDENS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_the_goldens_keep_the_rules(path: Path) -> None:
    rules = PRODUCT_RULES if path.name.startswith("products") else RULES
    assert problems(path.read_text(encoding="utf-8"), rules, PRODUCT_EXCEPTED) == []


def test_there_are_goldens_of_every_folder() -> None:
    assert {path.parent.name for path in GOLDENS} == {path.name for path in GOLDEN.parent.iterdir() if path.name.startswith("golden")}


@pytest.mark.parametrize("number", range(len(PLANS)))
def test_the_plans_keep_the_rules(number: int) -> None:
    assert problems(shown(PLANS[number], 80)) == []


@pytest.mark.parametrize("regimen", CATALOGUE.regimens)
def test_the_pages_of_the_regimens_keep_the_rules(run_cli: RunCli, regimen: str) -> None:
    assert problems(run_cli("regimens", "show", regimen).text) == []


@pytest.mark.parametrize("words", [(), *(("show", product) for product in PRODUCTS)], ids=" ".join)
def test_the_pages_of_the_products_keep_the_rules(run_cli: RunCli, words: tuple[str, ...]) -> None:
    text = run_cli("products", *words).text
    assert problems(text, PRODUCT_RULES, PRODUCT_EXCEPTED) == []
    rates = re.findall(r"(?:mg|mL) per kg per (?:min|hour)", prose(text, PRODUCT_EXCEPTED))
    assert not rates or "the rate of a pump needs a patient's weight" in " ".join(text.split())


def test_only_a_rate_per_kg_is_excepted_on_the_pages_of_the_products() -> None:
    assert set(RULES) - set(PRODUCT_RULES) == {"D12 a rate per kg without the rate of a pump"}
    for wrong in ("0.8 mg/kg/min", "25.0 g", "2010 g of 2010 mg", "vials of 10g"):
        assert problems(wrong, PRODUCT_RULES, PRODUCT_EXCEPTED)


HELP = [path for path, _ in commands()]


@pytest.mark.parametrize("width", ["40", "60", "80", "200"])
@pytest.mark.parametrize("words", HELP, ids=" ".join)
def test_the_help_keeps_the_rules(run_cli: RunCli, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], width: str) -> None:
    monkeypatch.setenv("COLUMNS", width)
    text = run_cli(*words, "--help").text
    assert problems(text) == []
    assert not re.search(rf"[0-9]\n *(?:{UNITS}|g/kg|mg/kg)\b", text), text


@pytest.mark.parametrize("width", ["40", "80", "200"])
def test_what_it_says_of_itself_keeps_the_rules(run_cli: RunCli, monkeypatch: pytest.MonkeyPatch, width: str) -> None:
    monkeypatch.setenv("COLUMNS", width)
    assert problems(run_cli("about").text) == []


@pytest.mark.parametrize(("command", "shown"), README_EXAMPLES, ids=[command for command, _ in README_EXAMPLES])
def test_the_examples_of_the_readme_keep_the_rules(command: str, shown: str) -> None:
    assert problems(echo_removed(shown, shlex.split(command)), RULES, PRODUCT_EXCEPTED) == []


def test_the_readme_keeps_the_rules() -> None:
    text = re.sub(r"(?ms)^```.*?^```$|<!--.*?-->|`[^`]*`|\]\([^)]*\)", "_", README.read_text(encoding="utf-8"))
    assert "never chosen for you" in text
    assert problems(text, RULES, PRODUCT_EXCEPTED) == []


def echo_removed(text: str, words: Iterable[str]) -> str:
    """A message without what was typed and is echoed in it."""
    for word in words:
        if "/" in word or "." in word:
            text = re.sub(rf"{re.escape(word)}(?:/course|/day)?", "_", text)
    return text


def messages() -> Iterator[tuple[str, ...]]:
    """Command lines that say something on standard error."""
    yield from (tuple(shlex.split(typed)) for typed, *_ in BAD)
    itp = ("plan", "--weight", "62", "--regimen", "itp", "--format", "csv")
    yield (*itp, "--days", "5", "--dose", "0.3 g/kg/day", "--every", "1 month")
    yield (*itp, "--start", "2027-01-08", "--infuse-on", "mon-fri", "--cycles", "2")
    yield (*itp, "--label", "=1+1")
    yield (
        "plan",
        "--weight",
        "70",
        "--dose",
        "1.5 g/kg/day",
        "--days",
        "1",
        "--accept",
        "daily-dose=1.5",
        "--reason",
        "meant",
        "--format",
        "csv",
    )
    yield ("plan", "--weight", "62", "--regimen", "melanoma-q3w", "--days", "2", "--format", "csv")
    yield ("plan", "--weight", "62", "--regimen", "systemic-sclerosis-takehara", "--format", "csv")
    yield ("plan", "--weight", "62.003", "--dose", "1 g/kg/day", "--days", "2", "--format", "csv")
    yield ("plan", "--weight", "62", "--dose", "1.004 g/kg/day", "--days", "3")
    teclistamab = ("plan", "--weight", "62", "--regimen", "myeloma-teclistamab", "--bispecific-start", "2027-01-01")
    yield teclistamab
    yield (*teclistamab, "--dose", "0.4 g/kg", "--start", "2027-02-05", "--format", "csv")
    yield (*itp, "--start", "2027-01-04", "--every", "2 days", "--cycles", "2")
    for order in ("75 g for 3 days", "30 g daily for 3 days", "30 g daily", "30 g pro Tag", "1240 mL over 4 days", "30 g 5/7"):
        yield ("check", "--weight", "62", "--regimen", "itp", "--order", order)


@pytest.mark.parametrize("words", list(messages()), ids=lambda words: " ".join(words)[:70])
def test_the_messages_keep_the_rules(run_cli: RunCli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]) -> None:
    monkeypatch.chdir(tmp_path)
    text = echo_removed(run_cli(*words).err, words)
    assert text
    assert problems(text) == []


def test_what_a_file_says_keeps_the_rules(run_cli: RunCli, tmp_path: Path) -> None:
    words = ("plan", "--weight", "650", "--regimen", "itp", "--start", "2027-01-04", "--cycles", "400", "-o", str(tmp_path / "itp.csv"))
    said = run_cli(*words).err.replace(str(tmp_path), "")
    assert "1,200 infusions, 312,000 g in all" in said  # 0.4 x 650 x 3 x 400
    assert problems(said) == []


# What the source of the program holds: a message that no test calls forth is held to the rules too

PACKAGE = Path(data_file("regimens.yaml")).parent / "ivigcalc"
TYPED = [  # where a text names what is to be typed; and a figure as it is typed, which stands in quotes where it is shown
    r"\b(?:such as|write|expected) (?:[A-Za-z]+,? |\d[\d.]* )*?(?:g|mL)/kg\b(?:/(?:h|min))?(?: or mL/kg/min)?(?! *per)",
    r"\b2027-\d\d-\d\d\b",  # a date in the source is an example of what to type
    r"^7?(?: ?(?:g|mL)/kg(?:/(?:h|7))?| g/kg)$",
    r"^7/course is |(?<=; )7/day is ",
]
# A text alone does not show what stands beside it.
TEXT_RULES = {rule: pattern for rule, pattern in RULES.items() if not rule.startswith("D12 ")}


def types_in(annotation: ast.AST) -> Iterator[ast.AST]:
    """The nodes of an annotation, but not what a call in it holds, such as the help of an option."""
    yield annotation
    for node in ast.iter_child_nodes(annotation):
        if not isinstance(node, ast.Call):
            yield from types_in(node)


def texts_of(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Every text of a module with a space in it, and its line, with 7 for each placeholder; not its docstrings, patterns and types."""
    left_out: set[ast.AST] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr):
            left_out.add(node.value)  # a docstring
        elif isinstance(node, ast.Call) and ast.unparse(node.func).startswith(("re.", "cast")):
            left_out |= {inner for argument in node.args[:1] for inner in ast.walk(argument)}
        elif isinstance(node, ast.AnnAssign | ast.arg) and node.annotation:
            left_out |= set(types_in(node.annotation))
        elif isinstance(node, ast.FunctionDef) and node.returns:
            left_out |= set(types_in(node.returns))
        elif isinstance(node, ast.JoinedStr):
            left_out |= {part for part in node.values if isinstance(part, ast.Constant)}
            left_out |= {part.format_spec for part in node.values if isinstance(part, ast.FormattedValue) and part.format_spec}
    for node in ast.walk(tree):
        if node in left_out:
            continue
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = node.value
        elif isinstance(node, ast.JoinedStr):
            parts = [str(part.value) if isinstance(part, ast.Constant) else "\0" for part in node.values]
            text = re.sub("\0+", "7", "".join(parts))
        else:
            continue
        if " " in text and "(?" not in text:
            yield node.lineno, text


def faulty_texts(source: str) -> list[str]:
    return [
        f"{line}: {problem}" for line, text in texts_of(ast.parse(source)) for problem in problems(text, TEXT_RULES, [*TYPED, *EXCEPTED])
    ]


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_every_text_of_the_source_keeps_the_rules(path: Path) -> None:
    assert faulty_texts(path.read_text(encoding="utf-8")) == []


def test_the_texts_of_the_source_are_found() -> None:
    found = [text for path in PACKAGE.rglob("*.py") for _, text in texts_of(ast.parse(path.read_text(encoding="utf-8")))]
    assert len(found) > 500
    assert "A month is a calendar month, on the same day of the month or its last day; it is not 28 days." in found  # a finding
    assert "--accept: nothing asks for 7; leave it out, so that it does not carry over from another patient" in found  # an error
    assert "Pregnant; unsaid is not taken as no." in found  # a help text


@pytest.mark.parametrize(
    "source",
    [
        'raise InputError(f"{grams}g is too much")',
        'raise Refused(f"more than {grams} g/day")',
        'text = f"{day}-{month:02} q3w"',
        'Finding("code", "note", "2.50 g are ordered")',
        'tell("wrote the whole" + " file...")',
        'x = f"{a} g x{days} in all"',
        'help="1000 mL at most"',
        'Finding(f"{a}", "note", f"{x} g per kg. {y} kg. Then")',
        'raise InputError(f"{x} is no rate of {y} mL/kg/h")',
    ],
)
def test_a_faulty_text_of_the_source_is_found(source: str) -> None:
    assert faulty_texts(source if not source.startswith("help=") else f"f({source})")


@pytest.mark.parametrize(
    "source", ['"""25.0 g/day"""', 're.sub("25.0 g", x)', 'PATTERN = "25.0 (?:g)"', 'x: "tuple[str, ...]"', 'f"{x} g per day"', '"25.0g"']
)
def test_what_is_no_text_for_people_is_left_alone(source: str) -> None:
    assert faulty_texts(source) == []


# The dose line and the order line

HIGH = {"weight": "110", "height": "165", "sex": "female"}
DOSED: list[tuple[str, dict[str, str | tuple[str, ...]], str, str]] = [
    # name, options, the order's weight, the rounding; ideal weight by Devine: 45.5 + 2.3 x (165 / 2.54 - 60) = 56.909449
    (
        "a weight in pounds",
        {"weight": "137 lb", "regimen": "itp"},
        "actual body weight 62.14215469 kg",
        "nearest 0.01 g of each day's dose",
    ),
    ("the ideal weight", {**HIGH, "regimen": "itp", "dosing-weight": "ideal"}, "ideal body weight 56.909449 kg", "nearest 0.01 g"),
    # 56.909449 + 0.4 x (110 - 56.909449) = 78.145669
    ("the adjusted weight", {**HIGH, "regimen": "itp", "dosing-weight": "adjusted"}, "adjusted body weight 78.145669 kg", "nearest 0.01 g"),
    # 24.8 g to the next 1 g is 25 g: 0.2 / 24.8 = 0.80645%
    (
        "rounded up",
        {"weight": "62", "regimen": "itp", "round": "1 g"},
        "actual body weight 62 kg",
        "nearest 1 g of each day's dose; calculated 24.8 g a day, 74.4 g per course; ordered 75 g per course, +0.8%",
    ),
    # down to 24 g: -0.8 / 24.8 = -3.2258%
    (
        "rounded down",
        {"weight": "62", "regimen": "itp", "round": "1 g", "direction": "down"},
        "actual body weight 62 kg",
        "down to 1 g of each day's dose; calculated 24.8 g a day, 74.4 g per course; ordered 72 g per course, -3.2%",
    ),
]


@pytest.mark.parametrize(("options", "weight", "rounding"), [case[1:] for case in DOSED], ids=[case[0] for case in DOSED])
def test_the_order_repeats_its_weight_its_dose_per_kg_and_the_rounding(
    options: dict[str, str | tuple[str, ...]], weight: str, rounding: str
) -> None:  # D21
    text = shown(options, 80)
    order = entry(text, "Order")
    assert order.endswith(f"; on {weight}")
    assert "0.4 g per kg per day, 1.2 g per kg per course; on " in order
    assert entry(text, "Rounding").startswith(rounding)
    assert text.index("\nDOSE ") < text.index("\nRounding ") < text.index("\nOrder ")


DOSE_LINES = {
    f"{path.parent.name}/{path.name}": text
    for path in GOLDENS
    if "80" in path.name and "\nDOSE " in (text := path.read_text(encoding="utf-8"))
}


def test_there_are_dose_lines() -> None:
    assert len(DOSE_LINES) >= 6


@pytest.mark.parametrize("name", DOSE_LINES)
def test_the_dose_and_order_lines_keep_their_own_rules(name: str) -> None:
    dose, order = entry(DOSE_LINES[name], "DOSE"), entry(DOSE_LINES[name], "Order")
    for line in (dose, order):
        assert problems(line, DOSE_LINE_RULES) == []
        assert re.search(r"\d g\b.* per course", line)  # D16: the day's dose and the course's total stand together
        assert re.search(r"once daily for \d+ days|once, on one day|on days? \d+", line)
        assert re.search(r"\d g per kg per course", line)
    assert order.startswith("Human normal immunoglobulin for intravenous use, ")  # D15
    assert "DOSE " in order  # D11: labelled
    assert re.search(r"on (?:actual|ideal|adjusted) body weight [\d.]+ kg", order)  # D21
    assert dose.split(" per course")[0] in order
    assert re.match(r"(?:nearest|up to|down to) ", entry(DOSE_LINES[name], "Rounding"))


@pytest.mark.parametrize("name", DOSE_LINES)
def test_every_number_of_a_dose_or_order_line_has_its_unit_or_label(name: str) -> None:  # D11
    for label in ("DOSE", "Order"):
        line = re.sub(r"\w{3} \d\d-\w{3}-\d{4}", "DATE", entry(DOSE_LINES[name], label))
        for number in re.finditer(r"\d[\d.,]*\d|\d", line):
            labelled = re.search(r"\b(?:days?|course|to) $", line[: number.start()])
            assert labelled or re.match(rf"%|-| {UNITS}\b", line[number.end() :]), f"{number[0]} in {line}"


def test_numbers_look_the_same_in_every_language_of_the_machine() -> None:  # D5
    for path in PACKAGE.rglob("*.py"):
        assert not re.search(
            r"\bstrftime\b|\bimport locale\b|\bday_name\b|\bmonth_(?:name|abbr)\b|:n\}", path.read_text(encoding="utf-8")
        ), path


def test_every_month_and_weekday_is_written_in_full_letters() -> None:  # D5, D17
    # 2027 begins on a Friday; 2028 is a leap year, whose 29 February is a Tuesday
    names = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec"
    assert [screen_date(date(2027, month, 1))[7:10] for month in range(1, 13)] == names.split()
    assert [screen_date(date(2027, 1, day))[:3] for day in range(1, 8)] == ["Fri", "Sat", "Sun", "Mon", "Tue", "Wed", "Thu"]
    assert screen_date(date(2028, 2, 29)) == "Tue 29-Feb-2028"
    assert screen_date(date(2027, 3, 28)) == "Sun 28-Mar-2027"  # clocks change in Europe


def test_a_displayed_value_is_never_calculated_with() -> None:  # D7
    # 124 g over 3 days is ordered as 41.33, 41.33 and 41.34 g, which is 124 g
    text = shown({"weight": "62", "regimen": "melanoma"}, 80)
    assert "2 g per kg, 124 g in all" in text
    assert "41.33 to 41.34 g a day" in text
    assert "20.66 to 20.67 g a day" in text  # 20.66 + 20.67 + 20.67 is 62 g, and not 62.01 g


@pytest.mark.parametrize(
    ("number", "text"),
    [("100", "100"), ("1240", "1,240"), ("1240000", "1,240,000"), ("0.5", "0.5"), ("1000.25", "1,000.25"), ("999.5", "999.5")],
)
def test_numbers_of_the_screen(number: str, text: str) -> None:  # D1 to D4
    assert screen_text(Fraction(number)) == text


def test_a_warning_is_a_word(run_cli: RunCli) -> None:  # D20; tests/test_screen.py compares every word with and without colour
    text = run_cli("plan", "--weight", "62", "--regimen", "itp", "--days", "5", tty=True).text
    assert "Warning" in re.sub(r"\x1b\[[0-9;]*m", "", text)


def test_every_rule_has_its_row_in_the_table_above() -> None:
    assert re.findall(r"(?m)^\| (D\d+) \|", __doc__ or "") == [f"D{number}" for number in range(1, 22)]
    named = {rule.split()[0] for rule in (*RULES, *DOSE_LINE_RULES)}
    assert named <= {f"D{number}" for number in range(1, 22)}
