"""Rules D1 to D20 for text that names a dose, run over everything the program prints for people.

They are drawn from the ISMP List of Error-Prone Abbreviations, Symbols and Dose Designations, the Joint Commission "Do Not
Use" list, the NHS Common User Interface (Medication Line; Date and Time Display) and the Australian Commission's
terminology for medicines. Verbatim quotes, citations, ids, echoed input, commands and URLs are excepted.
"""

import re
import shlex
from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from ivigcalc import __version__
from ivigcalc.catalogue import data_file
from ivigcalc.catalogue.formulary import load_formulary
from ivigcalc.model import Cited
from ivigcalc.numbers import screen_text
from ivigcalc.when import screen_date
from tests.conftest import RunCli
from tests.test_bad_input import BAD
from tests.test_products import SOURCED
from tests.test_screen import CATALOGUE, GOLDEN, LIMITS, PLANS, UNITS, shown

RULES = {
    "D1 a trailing zero": r"\d\.\d*0(?!\d)",
    "D2 no zero before the point": r"(?<!\d)\.\d",
    "D3 an exponent": r"\d[eE][+-]?\d",
    "D4 no comma from 1,000": r"(?<![\d.,-])(?<!year )\d{4,}(?![\d-])",
    "D8 no space between number and unit": r"\d(?:g|kg|mg|mL|ml|lb|cm|days?|weeks?|months?)\b",
    "D8 a full stop after a unit": r"\b(?:g|kg|mg|mL|lb|cm)\.(?=\s|$)",
    "D8 a unit in another spelling": r"\d ?(?:ml|ML|cc|Kg|KG|gm|gms|gr|grams?|kgs|lbs)\b",
    "D9 a symbol for micro, units or cubic centimetres": r"[µμ]|\b(?:ug|IU|cc)\b|\d ?[Uu]\b",
    "D10 a slash for per": r"\b(?:g|mg|kg|mL|lb)\s*/|/\s*(?:kg|day|days|course|cycle|hr?|hour|min)\b",
    "D12 a rate per kg without the rate of a pump": r"(?:mg|mL) per kg per (?:min|hour)(?![^.;]*mL per hour)",
    "D13 an abbreviated frequency": r"(?i)\b(?:qd|qod|bid|tid|qid|tiw|prn|stat)\b|\bq\.?d\.|\b[Qq] ?\d+ ?[dwhm]|\bd ?\d+ ?- ?d?\d",
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
CITED += [cited for limit in LIMITS.doses for cited in limit.cited]
CAUTIONED = [passage for caution in CAUTIONS.of.values() for passage in caution.cited]
CAUTIONED += [passage for table in CAUTIONS.vaccines.values() for passage in table.cited]
CITED += [Cited(passage.source, passage.locator, passage.quote or "") for passage in CAUTIONED]
CITATIONS = {text for cited in CITED for text in (cited.source.citation, cited.source.url, cited.locator, cited.quote) if text}
IDS = {name for regimen in CATALOGUE.regimens.values() for name in (regimen.id, regimen.indication, *regimen.aliases)}
EXAMPLES = r"(?m)^ +ivigcalc .*$|^Usage: .*(?:\n {6,}.*)*"
EXCEPTED = [
    *map(anywhere, sorted(CITATIONS, key=len, reverse=True)),
    r"\bread \d{4}-\d\d-\d\d",  # of a source
    r"licence CC BY-NC 4\.0",
    r"\[show ID \| WORD\.\.\.\]",
    r'"[^"]*"',
    r"(?<!\w)'[^'\n]*'(?!\w)",
    r"(?:such as|write|First day:) \d[\d.,-]*\d",  # what to type
    r"--?[a-z][a-z-]*:? ?\d[\d.-]*",  # an option with its value
    r"there is no day \S+",
    r"(?:warning|note|accepted): \S+:",  # the code of a finding
    *(rf"(?<![\w-]){re.escape(name)}(?![\w-])" for name in sorted(IDS, key=len, reverse=True)),
    re.escape(__version__),
]

PRODUCTS = load_formulary(data_file("products.yaml")).products
PRODUCT_TEXTS = {text for _, source, quote, _ in SOURCED for text in (source.citation, source.url, quote and f'"{quote}"') if text}
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


def prose(text: str, excepted: list[str] = EXCEPTED) -> str:
    """What is left of a text, on one line, without what is excepted."""
    text = " ".join(re.sub(EXAMPLES, "_", text).split())
    for pattern in excepted:
        text = re.sub(pattern, "_", text)
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
        ("D13", "q3w", "every 3 weeks"),
        ("D13", "QD", "once daily"),
        ("D13", "on d1-3", "on days 1 to 3"),
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


@pytest.mark.parametrize("path", sorted(GOLDEN.glob("*.txt")), ids=lambda path: path.name)
def test_the_goldens_keep_the_rules(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    found = problems(text, PRODUCT_RULES, PRODUCT_EXCEPTED) if path.name.startswith("products") else problems(text)
    assert found == []


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


HELP = [(), ("plan",), ("regimens",), ("products",), ("catalogue",), ("catalogue", "check")]


@pytest.mark.parametrize("width", ["40", "60", "80", "200"])
@pytest.mark.parametrize("words", HELP, ids=" ".join)
def test_the_help_keeps_the_rules(run_cli: RunCli, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], width: str) -> None:
    monkeypatch.setenv("COLUMNS", width)
    text = run_cli(*words, "--help").text
    assert problems(text) == []
    assert not re.search(rf"[0-9]\n *(?:{UNITS}|g/kg|mg/kg)\b", text), text


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


@pytest.mark.parametrize("words", list(messages()), ids=lambda words: " ".join(words)[:70])
def test_the_messages_keep_the_rules(run_cli: RunCli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]) -> None:
    monkeypatch.chdir(tmp_path)
    text = run_cli(*words).err
    for word in words:
        if "/" in word or "." in word:
            text = re.sub(rf"{re.escape(word)}(?:/course|/day)?", "_", text)  # echoed input
    assert text
    assert problems(text) == []


def test_what_a_file_says_keeps_the_rules(run_cli: RunCli, tmp_path: Path) -> None:
    words = ("plan", "--weight", "650", "--regimen", "itp", "--start", "2027-01-04", "--cycles", "400", "-o", str(tmp_path / "itp.csv"))
    said = run_cli(*words).err.replace(str(tmp_path), "")
    assert "1,200 infusions, 312,000 g in all" in said  # 0.4 x 650 x 3 x 400
    assert problems(said) == []


@pytest.mark.parametrize("name", ["itp", "itp-four-courses", "icaht", "systemic-sclerosis", "accepted", "uneven"])
def test_the_dose_and_order_lines_keep_their_own_rules(name: str) -> None:
    text = (GOLDEN / f"{name}.80.txt").read_text(encoding="utf-8")
    dose, order = entry(text, "DOSE"), entry(text, "Order")
    for line in (dose, order):
        assert problems(line, DOSE_LINE_RULES) == []
        assert re.search(r"\d g\b.* per course", line)  # D16: the day's dose and the course's total stand together
        assert re.search(r"once daily for \d+ days|once, on one day|on days? \d+", line)
        assert re.search(r"\d g per kg per course", line)
    assert order.startswith("Human normal immunoglobulin for intravenous use, DOSE ")  # D15, and D11: labelled
    assert re.search(r"on actual body weight [\d.]+ kg", order)
    assert dose.split(" per course")[0] in order


@pytest.mark.parametrize("name", ["itp", "itp-four-courses", "icaht", "systemic-sclerosis", "accepted", "uneven"])
def test_every_number_of_a_dose_or_order_line_has_its_unit_or_label(name: str) -> None:  # D11
    text = (GOLDEN / f"{name}.80.txt").read_text(encoding="utf-8")
    for label in ("DOSE", "Order"):
        line = re.sub(r"\w{3} \d\d-\w{3}-\d{4}", "DATE", entry(text, label))
        for number in re.finditer(r"\d[\d.,]*\d|\d", line):
            labelled = re.search(r"\b(?:days?|course|to) $", line[: number.start()])
            assert labelled or re.match(rf" {UNITS}\b", line[number.end() :]), f"{number[0]} in {line}"


def test_numbers_look_the_same_in_every_language_of_the_machine() -> None:  # D5
    package = Path(data_file("regimens.yaml")).parent / "ivigcalc"
    for path in package.rglob("*.py"):
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
