"""docs/regimens.md and docs/products.md: as the data files are now, whole, right in their arithmetic, and readable on a code host."""

import html
import re
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import yaml

from ivigcalc.catalogue import data_file
from tests import hazards, pages
from tests.markdown import Markdown, anchors, escaped, text_of
from tests.pages import PRODUCTS, REGIMENS, ROOT, generated
from tests.test_display import PRODUCT_EXCEPTED, PRODUCT_RULES, problems

TEXT = {path.name: path.read_text(encoding="utf-8") for path in (REGIMENS, PRODUCTS)}
DATA: dict[str, Any] = {
    name: yaml.load(data_file(name).read_text(encoding="utf-8"), yaml.BaseLoader)  # every figure as its text
    for name in ("regimens.yaml", "products.yaml")
}
GENERATED = dict(generated())


def as_read(text: str) -> str:
    """What a reader of the page sees, without the marks of Markdown."""
    return html.unescape(re.sub(r"\\([\\`*_\[\]|~#])", r"\1", re.sub(r"<(https?://[^>]*)>", r"\1", text))).replace("**", "")


def sections(text: str) -> dict[str, str]:
    """The parts of a page by the heading `## ` or `### ` above them; of two that are called the same, the later."""
    parts = re.split(r"(?m)^#{2,3} (.*)\n", text)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


@pytest.mark.parametrize("path", GENERATED, ids=lambda path: path.name)
def test_a_generated_page_is_not_stale(path: Path) -> None:
    where = path.relative_to(ROOT)
    assert path.read_text(encoding="utf-8") == GENERATED[path], f"{where} is stale; run: python -m tests.pages"


def test_the_command_writes_every_generated_page(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(pages, "ROOT", tmp_path)
    monkeypatch.setattr(pages, "generated", lambda: iter([(tmp_path / "one.md", "a\nb\n"), (tmp_path / "two.md", "c\n")]))
    monkeypatch.setattr(hazards, "main", lambda: 7)
    assert pages.main() == 7  # that of the hazard log, which comes last
    assert capsys.readouterr().out == "one.md: 2 lines\ntwo.md: 1 lines\n"
    assert (tmp_path / "one.md").read_bytes() == b"a\nb\n"


@pytest.mark.parametrize("name", TEXT)
def test_every_page_says_how_it_is_written(name: str) -> None:
    assert TEXT[name].splitlines()[0] == "<!-- Written by: python -m tests.pages. Do not change it here. -->"


# That nothing is missing


def texts(entry: object) -> Iterator[str]:
    """Every text below an entry of a YAML file."""
    if isinstance(entry, dict):
        for value in entry.values():
            yield from texts(value)
    elif isinstance(entry, list):
        for value in entry:
            yield from texts(value)
    else:
        yield str(entry)


def cited(entry: object, key: str) -> Iterator[str]:
    """Every value of a key below an entry of a YAML file."""
    if isinstance(entry, dict):
        for name, value in entry.items():
            if name == key and isinstance(value, str):
                yield value
            else:
                yield from cited(value, key)
    elif isinstance(entry, list):
        for value in entry:
            yield from cited(value, key)


@pytest.mark.parametrize("regimen", DATA["regimens.yaml"]["regimens"])
def test_a_regimen_stands_with_every_word_of_its_entry(regimen: str) -> None:
    entry, sources = DATA["regimens.yaml"]["regimens"][regimen], DATA["regimens.yaml"]["sources"]
    shown = " ".join(as_read(sections(TEXT["regimens.md"])[regimen]).split())
    assert entry["name"] in shown
    assert set(cited(entry, "quote")) or "choose" in entry
    for words in (
        *cited(entry, "quote"),
        *cited(entry, "locator"),
        *(words for key in ("not_stated", "readings", "notes") for words in entry.get(key, ())),
    ):
        assert " ".join(words.split()) in shown
    for key in cited(entry, "source"):
        for field in ("citation", "url"):
            assert sources[key][field] == "not stated" or " ".join(sources[key][field].split()) in shown
    for field in ("population", "jurisdiction", "weight_basis", "weight_basis_in_pregnancy", "specialty", "standing"):
        assert entry.get(field, "not stated") in shown
    for key in cited(entry.get("cited", []), "source"):
        assert sources[key].get("kind", "") in shown
    for phase in entry.get("phases", ()):
        for cap in phase.get("caps", ()):
            amount, unit = cap["at_most"].split()
            assert re.search(rf"At most:.* {re.escape(amount)} {unit.replace('/', ' per ')} (?:a|per) {cap['per']}", f"At most: {shown}")
        dose = phase["dose"].removesuffix(" g/kg").replace("g/kg ", "")
        assert (f"Dose: {dose} g per kg per {phase['per']}" if phase["dose"] != "not stated" else "Dose: not stated") in shown
        assert f"Days: {phase['days']}" in shown
        assert f"Courses: {phase['cycles']}" in shown
    for conflict in DATA["regimens.yaml"]["conflicts"]:
        if regimen in conflict["between"]:
            assert " ".join(conflict["says"].split()) in shown
            assert all(f'"{quote}"' in shown for quote in cited(conflict, "quote"))


@pytest.mark.parametrize("section", ["not_recommended", "not_ivig"])
def test_what_is_refused_stands_with_its_words(section: str) -> None:
    found = sections(TEXT["regimens.md"])
    for key, entry in DATA["regimens.yaml"][section].items():
        shown = " ".join(as_read(found[key]).split())
        for words in (*cited(entry, "quote"), entry["explanation"], *entry["aliases"], entry.get("name", "")):
            assert " ".join(words.split()) in shown


def test_what_is_ambiguous_stands_there() -> None:
    for name, meant in DATA["regimens.yaml"]["ambiguous"].items():
        assert f"- `{name}`: {', '.join(f'`{key}`' for key in meant)}" in TEXT["regimens.md"]


@pytest.mark.parametrize("product", DATA["products.yaml"]["products"])
def test_a_product_stands_with_every_quote_and_source_of_its_entry(product: str) -> None:
    entry, sources = DATA["products.yaml"]["products"][product], DATA["products.yaml"]["sources"]
    shown = " ".join(as_read(sections(TEXT["products.md"])[product]).split())
    quotes = {" ".join(quote.split()) for quote in cited(entry, "quote") if quote != "not stated"}
    assert [quote for quote in quotes if quote not in shown] == []
    for key in set(cited(entry, "source")):
        assert " ".join(sources[key]["citation"].split()) in shown
        assert sources[key]["url"] == "not stated" or sources[key]["url"] in shown
    for field in ("note", "words", "missing", "notes", "conflicts"):
        assert [words for words in cited(entry, field) if words != "not stated" and " ".join(words.split()) not in shown] == []


def test_every_ramp_stands_there() -> None:
    found = sections(TEXT["products.md"])
    for key, entry in DATA["products.yaml"]["ramps"].items():
        shown = " ".join(as_read(found[key]).split())
        assert all(" ".join(quote.split()) in shown for quote in cited(entry, "quote"))


# The arithmetic

_N = r"([\d,]+(?:\.\d+)?)"
ARITHMETIC: dict[str, Callable[[Fraction, Fraction, Fraction], tuple[Fraction, Fraction]]] = {
    rf"{_N} g per kg(?: a day| per course)? × {_N} kg = {_N} g(?: a day| per course)?": lambda a, b, c: (a * b, c),
    rf"{_N} g a day × {_N} days = {_N} g per course": lambda a, b, c: (a * b, c),
    rf"{_N} g per course ÷ {_N} days = {_N} g a day(?:, refused)?": lambda a, b, c: (a / b, c),
}
LINES = [as_read(line) for line in TEXT["regimens.md"].splitlines() if re.search(r"[×÷=]", line) and "http" not in line and '"' not in line]


def figure(text: str) -> Fraction:
    return Fraction(text.replace(",", ""))


@pytest.mark.parametrize("line", sorted(set(LINES)))
def test_the_arithmetic_is_right(line: str) -> None:
    statement = re.sub(r"^- (?:[a-z0-9/-]+: )?(?:over \d+ days: )?", "", line)
    for pattern, check in ARITHMETIC.items():
        if match := re.fullmatch(pattern, statement):
            result, shown = check(*map(figure, match.groups()))
            assert round(result, 6) == shown
            break
    else:
        pytest.fail(f"no arithmetic that is known here: {line}")


@pytest.mark.parametrize("regimen", [key for key, entry in DATA["regimens.yaml"]["regimens"].items() if "phases" in entry])
def test_the_arithmetic_is_that_of_the_regimen(regimen: str) -> None:
    """The dose of each phase × 70 kg and its days; or none where no dose is stated."""
    shown = as_read(sections(TEXT["regimens.md"])[regimen])
    for phase in DATA["regimens.yaml"]["regimens"][regimen]["phases"]:
        if phase["dose"] == "not stated":
            assert "refused: " in shown
            assert "=" not in shown.split("Figures and sources:")[0]
        else:
            assert_arithmetic(shown, phase)


def assert_arithmetic(shown: str, phase: dict[str, Any]) -> None:
    for dose in re.findall(r"\d+(?:\.\d+)?", phase["dose"]):
        per_day = phase["per"] == "day" or phase["days"] == "1"
        grams = Fraction(dose) * 70
        most = [Fraction(cap["at_most"].split()[0]) for cap in phase.get("caps", ()) if cap["at_most"].endswith(" g")]
        assert re.search(
            rf"(?m)^- (?:[a-z]+: )?{re.escape(dose)} g per kg.* × 70 kg = {re.escape(str(float(grams)).removesuffix('.0'))} g", shown
        )
        for days in re.findall(r"\d+", phase["days"])[-1:]:
            course = grams * int(days) if per_day and phase["per"] == "day" else grams
            assert f" {str(float(course)).removesuffix('.0')} g per course" in shown or most


def test_a_regimen_whose_source_names_a_weight_is_refused_without_it_and_then_shown() -> None:
    # ideal 50 + 2.3 x (175 / 2.54 - 60) = 70.46 kg and adjusted 70.28 kg are above 70 kg, which is never exceeded
    shown = sections(TEXT["regimens.md"])["abmr/ivig-alone"]
    assert "**At 70 kg**, refused: --dosing-weight adjusted cannot be worked out" in shown
    assert "**At 70 kg, a man of 175 cm, whose ideal and adjusted weight are not below 70 kg**, on 70 kg, actual body weight;" in shown
    assert "- 2 g per kg per course × 70 kg = 140 g per course" in shown
    assert "- over 5 days: 140 g per course ÷ 5 days = 28 g a day" in shown


# On a code host


def headings(text: str) -> list[str]:
    """The headings of a page, as they are shown."""
    return [as_read(heading) for heading in re.findall(r"(?m)^#{1,6} (.*)$", text)]


@pytest.mark.parametrize("name", TEXT)
def test_every_link_leads_to_a_heading_or_a_file(name: str) -> None:
    there = anchors(headings(TEXT[name]))
    assert len(set(there)) == len(there)
    links = re.findall(r"(?<!\\)\]\(([^)]*)\)", TEXT[name])
    assert len(links) > 25
    for link in links:
        assert link.removeprefix("#") in there if link.startswith("#") else (ROOT / "docs" / link).is_file(), link


@pytest.mark.parametrize(
    ("name", "ids"), [("regimens.md", DATA["regimens.yaml"]["regimens"]), ("products.md", DATA["products.yaml"]["products"])]
)
def test_the_contents_lead_to_each_entry(name: str, ids: dict[str, object]) -> None:
    contents = re.findall(r"(?m)^\| \[([^\]]*)\]\(#([^)]*)\)", TEXT[name])
    assert sorted(key for key, _ in contents) == sorted(ids)
    named = headings(TEXT[name])
    of = dict(zip(anchors(named), named, strict=True))
    levels = {as_read(heading): marks for marks, heading in re.findall(r"(?m)^(#+) (.*)$", TEXT[name])}
    for key, anchor in contents:
        assert of[anchor] == key
        assert levels[key] in ("##", "###")


@pytest.mark.parametrize("name", TEXT)
def test_the_rows_of_a_table_have_as_many_cells_as_its_head(name: str) -> None:
    for table in re.findall(r"(?:^\|.*\n)+", TEXT[name], re.MULTILINE):
        counts = {len(re.findall(r"(?<!\\)\|", row)) for row in table.splitlines()}
        assert len(counts) == 1
        assert re.match(r"\|.*\n\|(?:---\|)+\n\|", table)


@pytest.mark.parametrize("name", TEXT)
def test_nothing_of_the_data_is_taken_for_markdown(name: str) -> None:
    bare = re.sub(r"<https?://[^\s<>]*>|`[^`]*`|\\.|<!-- .*? -->|\]\([^)]*\)", "_", TEXT[name])
    assert not re.search(r"[<>]|(?<!\n)https?://", bare)
    bare = re.sub(r"(?m)^\| \[.*", "", bare)
    assert not re.search(r"(?<!\*)\*(?!\*)|~", bare)
    assert all(line.count("**") % 2 == 0 for line in bare.splitlines())
    assert "\n\n\n" not in TEXT[name]
    assert not re.search(r"[ \t]\n", TEXT[name])


@pytest.mark.parametrize("name", TEXT)
def test_the_pages_keep_the_rules_of_display(name: str) -> None:
    plain = re.sub(r"(?m)^\|(?:---\|)+$|^<!--.*-->$", "", TEXT[name])
    plain = as_read(re.sub(r"(?<!\\)\|", ";", re.sub(r"`[^`]*`|\]\([^)]*\)", " _ ", plain)))
    plain = re.sub(r"(?m)^- .* [×÷] .* = .*$", "", plain)  # the arithmetic, which the test above holds
    plain = re.sub(r"(?m)^\*{0,2}At 70 kg.* refused: .*$", "", plain)  # a message that names what to type: tests/test_display.py
    found = [problem for line in plain.splitlines() for problem in problems(line, PRODUCT_RULES, PRODUCT_EXCEPTED)]
    assert found == []


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("a_b *c* [1] x|y", r"a\_b \*c\* \[1\] x\|y"),
        ("≤12 <60 & >5", "≤12 &lt;60 &amp; &gt;5"),
        ("https://x.example/a_b?c=1&d=2, read", "<https://x.example/a_b?c=1&d=2>, read"),
        ("at https://x.example/a.", "at <https://x.example/a>."),
        ("# ~1", r"\# \~1"),
    ],
)
def test_a_text_is_escaped(text: str, written: str) -> None:
    assert escaped(text) == written
    assert as_read(written) == text


def test_anchors_are_those_of_a_code_host() -> None:
    # https://docs.github.com: letters to lowercase, spaces to hyphens, other signs removed, -1 for one that repeats
    shown = ["Contents", "itp/ontario", "Guillain-Barré syndrome", "PI, in children", "contents", "Contents"]
    assert anchors(shown) == ["contents", "itpontario", "guillain-barré-syndrome", "pi-in-children", "contents-1", "contents-2"]


def test_the_entries_of_a_page_become_a_list() -> None:
    page = Markdown(4)
    page.heading("Rates")
    page.gap()
    page.lines(["one", "two"])
    page.entry("Dose", "25 g")
    page.entry("Note", ["a", "b"])
    assert text_of(page.written()) == "\n#### Rates\n\none\n\ntwo\n\n- **Dose:** 25 g\n- **Note:** a\n  - b\n"
