"""The products: figures taken from the sources by hand, what may become a rate step, and every kind of fault of a file."""

import re
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivigcalc.catalogue.files import data_file
from ivigcalc.catalogue.formulary import load_formulary
from ivigcalc.catalogue.products import find_product
from ivigcalc.errors import CatalogueError, InputError, Refused
from ivigcalc.model import NO_QUOTE, Figure, Ladder, Product, Rate, RateTable, Source, Span
from ivigcalc.numbers import exact_text
from ivigcalc.rates import ml_per_kg_per_h, read_rate

QUIET = settings(deadline=None, database=None)
FORMULARY = load_formulary(data_file("products.yaml"))
PRODUCTS = FORMULARY.products
FIGURES = ("concentration", "vials", "stabiliser", "sugar", "iga", "sodium", "osmolality", "ph")


def table(product: str, indication: str) -> RateTable:
    """The one table of a product for an indication."""
    (found,) = (table for table in PRODUCTS[product].rates if table.covers(indication))
    return found


def rates_of(product: Product) -> Iterator[tuple[str, Rate]]:
    """Every rate of a product with its place."""
    for number, row in enumerate(product.rates):
        where = f"{product.id}.rates[{number}]"
        yield f"{where}.first", row.first
        yield f"{where}.maximum", row.maximum
        if row.increment:
            yield f"{where}.increment", row.increment
        for place, step in enumerate(row.ladder.steps if row.ladder else ()):
            yield f"{where}.ladder[{place}]", step
    for number, risk in enumerate(product.at_risk):
        if risk.rate:
            yield f"{product.id}.at_risk[{number}]", risk.rate


RATES = [pair for product in PRODUCTS.values() for pair in rates_of(product)]


def sourced(product: Product) -> Iterator[tuple[str, Source, str | None, str]]:
    """Everything of a product that names a source: its place, source, quote and what it says in our words."""
    for name in FIGURES:
        figure: Figure[object] | None = getattr(product, name)
        if figure:
            yield f"{product.id}.{name}", figure.source, figure.quote, figure.value if isinstance(figure.value, str) else ""
    for dose in product.doses:
        yield f"{product.id}.doses", dose.dose.source, dose.dose.quote, f"{dose.dose.value} {dose.population}"
    for reason in product.contraindications:
        yield f"{product.id}.contraindications", reason.words.source, reason.words.quote, reason.words.value
    for risk in product.at_risk:
        if risk.sentence:
            yield f"{product.id}.at_risk", risk.sentence.source, risk.sentence.quote, ""
    for row in product.rates:
        times = [row.step_minutes, row.first.minutes, *(step.minutes for step in (row.ladder.steps if row.ladder else ()))]
        for minutes in filter(None, times):
            yield f"{product.id}.minutes", minutes.source, minutes.quote, ""
    for where, rate in rates_of(product):
        yield where, rate.source, rate.quote, ""


SOURCED = [entry for product in PRODUCTS.values() for entry in sourced(product)]


# What the file holds


def test_the_products_of_the_file() -> None:
    assert {product.id: product.grade for product in PRODUCTS.values()} == {
        **dict.fromkeys(("gamunex-c-us", "privigen-us", "octagam-10-us", "panzyga-us", "bivigam-us", "asceniv-us"), "full"),
        **dict.fromkeys(("gammagard-liquid-us", "octagam-5-us", "flebogamma-dif-10-us", "flebogamma-dif-5-eu"), "mostly"),
        **dict.fromkeys(("gammaplex-5-us", "gammaplex-10-us", "qivigy-us", "iqymune-eu", "privigen-eu"), "mostly"),
        **dict.fromkeys(("gammaked-us", "gammagard-sd-us", "privigen-au", "octagam-10-eu", "octagam-5-eu"), "partial"),
        **dict.fromkeys(("panzyga-uk", "panzyga-ca", "yimmugo-uk", "kiovig-eu", "intratect-5-eu", "intragam-10-au"), "partial"),
        **dict.fromkeys(("plangamma-eu", "flebogamma-dif-5-us"), "partial"),
    }


@pytest.mark.parametrize(
    ("name", "g_per_100_ml", "vials"),
    [
        ("gamunex-c-us", [10], ["40", "20", "10", "5", "2.5", "1"]),
        ("gammaked-us", [10], ["20", "10", "5", "2.5", "1"]),
        ("gammagard-liquid-us", [10], ["30", "20", "10", "5", "2.5", "1"]),
        ("gammagard-sd-us", [5, 10], ["10", "5"]),
        ("privigen-us", [10], ["40", "20", "10", "5"]),
        ("privigen-eu", [10], ["40", "20", "10", "5", "2.5"]),
        ("privigen-au", [10], ["40", "20", "10", "5"]),
        ("octagam-10-us", [10], ["30", "20", "10", "5", "2"]),
        ("octagam-5-us", [5], ["25", "10", "5", "2.5", "1"]),
        ("octagam-10-eu", [10], ["30", "20", "10", "5", "2"]),
        ("octagam-5-eu", [5], ["25", "10", "5", "2.5"]),
        ("panzyga-us", [10], ["30", "20", "10", "5", "2.5", "1"]),
        ("panzyga-uk", [10], ["30", "20", "10", "6", "5", "2.5", "1"]),
        ("panzyga-ca", [10], []),
        ("bivigam-us", [10], ["10", "5"]),
        ("asceniv-us", [10], ["5"]),
        ("flebogamma-dif-10-us", [10], ["20", "10", "5"]),
        ("flebogamma-dif-5-us", [5], ["20", "10", "5"]),
        ("flebogamma-dif-5-eu", [5], ["20", "10", "5", "2.5", "0.5"]),
        ("gammaplex-5-us", [5], ["20", "10", "5", "2.5"]),
        ("gammaplex-10-us", [10], ["20", "10", "5"]),
        ("yimmugo-uk", [10], ["20", "10", "5"]),
        ("qivigy-us", [10], ["10", "5"]),
        ("kiovig-eu", [10], ["30", "20", "10", "5", "2.5", "1"]),
        ("intratect-5-eu", [5], ["10", "5", "2.5", "1"]),
        ("iqymune-eu", [10], ["20", "10", "5", "2"]),
        ("intragam-10-au", [10], ["20", "10", "2.5"]),
        ("plangamma-eu", [10], []),
    ],
)
def test_strength_and_vials(name: str, g_per_100_ml: list[int], vials: list[str]) -> None:
    product = PRODUCTS[name]
    assert [value * 100 for value in product.concentration.value] == g_per_100_ml
    assert product.g_per_ml == (Fraction(g_per_100_ml[0], 100) if len(g_per_100_ml) == 1 else None)
    assert [exact_text(size) for size in product.vials_g] == vials


@pytest.mark.parametrize(
    ("name", "indication", "first", "most"),
    # In mL per kg per hour: the printed mL per kg per min x 60, or the printed mg per kg per min x 60 / mg per mL if that is lower.
    [
        ("gamunex-c-us", "pi", "0.6", "4.8"),
        ("gamunex-c-us", "itp", "0.6", "4.8"),
        ("gamunex-c-us", "cidp", "1.2", "4.8"),
        ("gammagard-liquid-us", "pi", "0.48", "4.8"),  # printed as 0.5 and 5 mL per kg per hour beside 0.8 and 8 mg per kg per min
        ("gammagard-liquid-us", "mmn", "0.48", "5.4"),
        ("gammagard-liquid-us", "cidp", "0.48", "5.4"),
        ("privigen-us", "pi", "0.3", "4.8"),
        ("privigen-us", "cidp", "0.3", "4.8"),
        ("privigen-us", "itp", "0.3", "2.4"),
        ("privigen-eu", "pi", "0.3", "7.2"),
        ("privigen-eu", "gbs", "0.3", "4.8"),
        ("octagam-10-us", "itp", "0.6", "7.2"),
        ("octagam-10-us", "dermatomyositis", "0.6", "2.4"),
        ("octagam-5-us", "pi", "0.6", "3.996"),  # 3.33 mg per kg per min, not the 0.07 mL per kg per min beside it, which is 4.2
        ("octagam-10-eu", "cidp", "0.6", "7.2"),
        ("octagam-10-eu", "dermatomyositis", "0.6", "2.4"),
        ("octagam-5-eu", "pi", "1", "4.8"),  # 0.08 mL per kg per min, not the 5 mL per kg per hour of the same page
        ("panzyga-us", "pi", "0.6", "8.4"),
        ("panzyga-us", "itp", "0.6", "4.8"),
        ("panzyga-us", "cidp", "0.6", "7.2"),
        ("panzyga-uk", "pi", "0.6", "8.4"),
        ("panzyga-uk", "itp", "0.6", "4.8"),
        ("panzyga-ca", "sid", "0.6", "8.4"),
        ("panzyga-ca", "itp", "0.6", "4.8"),
        ("bivigam-us", "pi", "0.3", "3.6"),
        ("asceniv-us", "pi", "0.3", "4.8"),
        ("flebogamma-dif-10-us", "itp", "0.6", "4.8"),
        ("flebogamma-dif-5-us", "pi", "0.6", "6"),
        ("flebogamma-dif-5-eu", "mmn", "0.6", "6"),
        ("gammaplex-5-us", "pi", "0.6", "4.8"),
        ("gammaplex-10-us", "itp", "0.3", "4.8"),
        ("qivigy-us", "pi-first-infusion", "0.6", "4.8"),
        ("qivigy-us", "pi-later-infusions", "1.2", "4.8"),
        ("kiovig-eu", "pi", "0.5", "6"),
        ("iqymune-eu", "itp", "0.5", "6"),
        ("plangamma-eu", "cidp", "0.6", "4.8"),
    ],
)
def test_first_and_maximum_rate(name: str, indication: str, first: str, most: str) -> None:
    found = table(name, indication)
    assert [found.first.ml_per_kg_per_h, found.maximum.ml_per_kg_per_h] == [Fraction(first), Fraction(most)]


@pytest.mark.parametrize(
    ("name", "indication"),
    [
        ("gamunex-c-us", "mmn"),
        ("privigen-us", "gbs"),
        ("octagam-10-us", "cidp"),
        ("octagam-5-us", "itp"),
        ("panzyga-ca", "cidp"),
        ("gammaked-us", "pi"),
        ("qivigy-us", "pi"),
        ("intratect-5-eu", "itp"),
    ],
)
def test_no_rate_is_carried_over_to_another_indication(name: str, indication: str) -> None:
    assert not [row for row in PRODUCTS[name].rates if row.covers(indication)]


def test_the_same_volume_is_half_the_mass_in_half_the_strength() -> None:
    assert table("gammaplex-5-us", "pi").maximum.printed == ("0.08 mL/kg/min", "4 mg/kg/min")
    assert table("gammaplex-10-us", "pi").maximum.printed == ("0.08 mL/kg/min", "8 mg/kg/min")


AT_RISK = {
    # the figure in mL per kg per hour, and whether the source says less than it
    ("gamunex-c-us", "kidney"): ("4.8", True),
    ("gamunex-c-us", "thrombosis"): ("4.8", True),
    ("octagam-10-us", "kidney"): ("1.8", False),  # 0.03 mL per kg per min, not the 3.3 mg per kg per min beside it
    ("octagam-10-us", "thrombosis"): ("1.8", False),
    ("octagam-10-eu", "kidney"): ("1.8", False),
    ("octagam-10-eu", "thrombosis"): ("1.8", False),
    ("octagam-5-us", "kidney"): ("3.96", True),  # less than 3.3 mg per kg per min, not 0.07 mL per kg per min
    ("panzyga-us", "kidney"): ("1.98", False),
    ("panzyga-us", "thrombosis"): ("1.98", False),
    ("plangamma-eu", "earlier reactions"): ("2.4", False),
}
SENTENCES = {
    ("gammagard-liquid-us", "kidney", "thrombosis"),
    ("privigen-us", "kidney", "thrombosis"),
    ("bivigam-us", "kidney", "thrombosis"),
    ("asceniv-us", "kidney", "thrombosis"),
    ("gammaplex-5-us", "kidney", "thrombosis"),
    ("gammaplex-10-us", "kidney", "thrombosis"),
    ("iqymune-eu", "kidney", "thrombosis"),
    ("flebogamma-dif-10-us", "thrombosis"),
    ("flebogamma-dif-10-us", "kidney"),
    ("flebogamma-dif-5-us", "thrombosis"),
}


def test_at_risk_there_is_a_figure_or_only_a_sentence() -> None:
    figures: dict[tuple[str, str], tuple[str, bool]] = {}
    sentences: set[tuple[str, ...]] = set()
    for product in PRODUCTS.values():
        for entry in product.at_risk:
            assert (entry.rate is None) != (entry.sentence is None)
            if entry.rate:
                figures |= {(product.id, risk): (exact_text(entry.rate.ml_per_kg_per_h), entry.rate.less_than) for risk in entry.risks}
            else:
                sentences.add((product.id, *entry.risks))
    assert figures == AT_RISK
    assert sentences == SENTENCES


def test_less_than_stands_where_the_source_says_so() -> None:
    for where, rate in RATES:
        assert rate.less_than == ("less than" in (rate.quote or "")), where


def test_at_risk_nothing_is_above_the_highest_maximum() -> None:
    for product in PRODUCTS.values():
        for entry in product.at_risk:
            if entry.rate:
                assert entry.rate.ml_per_kg_per_h <= max(row.maximum.ml_per_kg_per_h for row in product.rates)


# Ladders, increments and times


def steps(ladder: Ladder | None) -> list[tuple[str, int, int]]:
    assert ladder
    return [(exact_text(step.ml_per_kg_per_h), *step.minutes.value) for step in ladder.steps if step.minutes]


@pytest.mark.parametrize(
    ("name", "indication", "kind", "expected"),
    [
        ("octagam-10-us", "itp", "labelled", [("1.2", 30, 30), ("2.4", 30, 30), ("4.8", 30, 30)]),
        ("plangamma-eu", "pi", "labelled", [("1.2", 30, 30), ("2.4", 30, 30)]),
        ("panzyga-us", "itp", "manufacturer chart", [("2.4", 15, 30)]),
        ("gammaplex-10-us", "pi", "trial protocol", [("0.6", 15, 15), ("1.2", 15, 15), ("2.4", 15, 15), ("3.6", 15, 15)]),
        ("octagam-5-us", "pi", "compendium", [("1.2", 30, 30), ("2.4", 30, 30)]),
        ("qivigy-us", "pi-first-infusion", "trial protocol", [("1.2", 30, 30), ("2.4", 30, 30), ("3.6", 30, 30)]),
        ("qivigy-us", "pi-later-infusions", "trial protocol", [("2.4", 15, 15), ("3.6", 15, 15)]),
    ],
)
def test_printed_ladders(name: str, indication: str, kind: str, expected: list[tuple[str, int, int]]) -> None:
    ladder = table(name, indication).ladder
    assert ladder is not None
    assert (ladder.kind, steps(ladder)) == (kind, expected)


def test_there_are_no_other_ladders() -> None:
    assert sum(row.ladder is not None for product in PRODUCTS.values() for row in product.rates) == 7


def ladder_minutes(name: str, indication: str, ml_per_kg: int) -> Fraction:
    """The minutes of a volume by the printed ladder, recomputed here: first rate, steps, then the maximum to the end."""
    row = table(name, indication)
    assert row.ladder
    rest, clock = Fraction(ml_per_kg), Fraction(0)
    for rate in (row.first, *row.ladder.steps):
        assert rate.minutes
        minutes = rate.minutes.value.low
        rest -= rate.ml_per_kg_per_h * minutes / 60
        clock += minutes
    return clock + rest * 60 / row.maximum.ml_per_kg_per_h


@pytest.mark.parametrize(("ml_per_kg", "minutes"), [(5, "124.167"), (10, "165.833"), (20, "249.167")])
def test_the_ladder_of_octagam_10_takes_as_long_as_computed_from_the_page(ml_per_kg: int, minutes: str) -> None:
    assert round(ladder_minutes("octagam-10-us", "itp", ml_per_kg), 3) == Fraction(minutes)


@pytest.mark.parametrize(("ml_per_kg", "minutes"), [(4, "83.75"), (5, "96.25"), (10, "158.75"), (20, "283.75")])
def test_the_chart_of_panzyga_takes_as_long_as_computed_from_the_page(ml_per_kg: int, minutes: str) -> None:
    assert ladder_minutes("panzyga-us", "itp", ml_per_kg) == Fraction(minutes)


def test_increments() -> None:
    found = {
        product.id: (exact_text(row.increment.ml_per_kg_per_h), row.increment.minutes.value)
        for product in PRODUCTS.values()
        for row in product.rates
        if row.increment and row.increment.minutes
    }
    assert found == {"bivigam-us": ("0.48", Span(20, 20)), "plangamma-eu": ("1.2", Span(30, 30))}


@pytest.mark.parametrize(
    ("name", "indication", "first", "between"),
    [
        ("gamunex-c-us", "cidp", 30, None),
        ("gammagard-liquid-us", "pi", 30, (30, 30)),
        ("gammagard-liquid-us", "mmn", None, None),
        ("privigen-us", "pi", None, None),
        ("privigen-eu", "pi", 30, None),
        ("octagam-10-us", "dermatomyositis", None, None),
        ("panzyga-us", "cidp", 30, (15, 30)),
        ("panzyga-ca", "pi", None, (15, 30)),
        ("bivigam-us", "pi", 10, (20, 20)),
        ("asceniv-us", "pi", 15, (15, 15)),
        ("gammaplex-5-us", "itp", 15, (15, 15)),
        ("kiovig-eu", "itp", 30, None),
    ],
)
def test_times(name: str, indication: str, first: int | None, between: tuple[int, int] | None) -> None:
    row = table(name, indication)
    assert (row.first.minutes and row.first.minutes.value.fixed) == first
    assert (row.step_minutes and tuple(row.step_minutes.value)) == between


# What may become a rate step


def test_no_rate_without_a_quote_becomes_a_step() -> None:
    assert any(rate.quote is None for _, rate in RATES)
    for where, rate in RATES:
        if rate.quote is None:
            assert rate.shown_only == NO_QUOTE, where


def test_what_is_only_shown() -> None:
    unquoted = {where for where, rate in RATES if rate.shown_only == NO_QUOTE}
    assert {where.split(".")[0] for where in unquoted} == {"octagam-5-eu", "flebogamma-dif-5-us", "qivigy-us"}
    assert {where for where in unquoted if where.startswith(("octagam", "flebogamma"))} == {
        "octagam-5-eu.rates[0].first",
        "flebogamma-dif-5-us.rates[0].first",
        "flebogamma-dif-5-us.rates[0].maximum",
    }
    assert {where for where, rate in RATES if rate.source.key.startswith("qivigy")} <= unquoted
    assert {where: rate.shown_only for where, rate in RATES if rate.shown_only not in (None, NO_QUOTE)} == {
        "octagam-5-us.rates[0].ladder[0]": "the page does not name the brand; its figures are those of a 5% product",
        "octagam-5-us.rates[0].ladder[1]": "the page does not name the brand; its figures are those of a 5% product",
        "octagam-10-eu.rates[1].first": "a rate of another market",
        "flebogamma-dif-10-us.rates[0].first": "the copy that was read cuts its unit off",
    }


def digits(words: str) -> set[Fraction]:
    """The numbers of a quote; the Danish leaflet writes a decimal comma."""
    words = re.sub("(?<=[0-9]),(?=[0-9])", ".", words)
    return {Fraction(number) for number in re.findall(r"[0-9]+(?:\.[0-9]+)?", words)}


@pytest.mark.parametrize(("where", "rate"), [pair for pair in RATES if pair[1].quote], ids=[where for where, rate in RATES if rate.quote])
def test_a_quote_holds_the_digits_of_its_rate(where: str, rate: Rate) -> None:
    """The printed rate that counts stands in the quote; another that does not comes to the same."""
    product = PRODUCTS[where.split(".")[0]]
    inside = 0
    for text in rate.printed:
        pace = read_rate(text)
        if pace.number in digits(rate.quote or ""):
            inside += 1
        else:
            assert ml_per_kg_per_h(pace, product.g_per_ml) == rate.ml_per_kg_per_h
    assert inside, f"{where}: none of {rate.printed} in {rate.quote!r}"


def test_the_lowest_of_the_printed_rates_counts() -> None:
    for where, rate in RATES:
        product = PRODUCTS[where.split(".")[0]]
        assert rate.ml_per_kg_per_h == min(ml_per_kg_per_h(read_rate(text), product.g_per_ml) for text in rate.printed), where


def test_a_quote_holds_its_minutes() -> None:
    for product in PRODUCTS.values():
        for row in product.rates:
            rates = [row.first, *(row.ladder.steps if row.ladder else ()), *([row.increment] if row.increment else ())]
            for minutes in filter(None, [row.step_minutes, *(rate.minutes for rate in rates)]):
                if minutes.quote is None:
                    continue
                quote = minutes.quote.replace("thirty", "30")
                if span := re.match(r"([0-9]+)–([0-9]+) ", quote):  # the trial's table: minutes 16 to 30
                    assert minutes.value == Span(*[int(span[2]) - int(span[1]) + 1] * 2), product.id
                else:
                    assert set(minutes.value) <= digits(quote), (product.id, quote)


def test_vials_of_a_quote_are_in_the_list() -> None:
    for product in PRODUCTS.values():
        if product.vials and product.vials.quote:
            printed = {Fraction(number) for number in re.findall(r"([0-9.]+) g\b", product.vials.quote)}
            assert printed <= set(product.vials_g), product.id


# Sources and words


def test_every_source_is_used_and_dated() -> None:
    used = {source.key: source for _, source, _, _ in SOURCED}
    keys = re.findall(r"^  ([a-z0-9-]+):\n    citation:", data_file("products.yaml").read_text(encoding="utf-8"), re.MULTILINE)
    used |= {ramp.cited.source.key: ramp.cited.source for ramp in FORMULARY.ramps.values() if ramp.cited}
    assert sorted(used) == sorted(keys)
    for source in used.values():
        assert (source.read, source.licence, source.external) == ("2026-11-22", None, False), source.key
        assert source.url
        assert source.url.startswith("http"), source.key


def test_words_are_written_as_doses_must_be() -> None:
    for where, _, _, words in SOURCED:
        assert not re.search(r"[0-9a-zA-Z]/[0-9a-zA-Z]|[0-9]\.0\b|(?<![0-9])\.[0-9]|µ|\bug\b|[<>≤≥–]|[0-9](?:g|mg|mL)\b", words), (
            f"{where}: {words}"
        )


def test_an_id_names_brand_and_market() -> None:
    suffix = {"US": "us", "EU": "eu", "EU and UK": "eu", "Spain": "eu", "UK": "uk", "Canada": "ca", "Australia": "au"}
    for product in PRODUCTS.values():
        assert product.id.startswith(f"{product.brand}-")
        assert product.id.endswith(f"-{suffix[product.market]}")


def test_a_strength_in_the_name_is_the_strength() -> None:
    for product in PRODUCTS.values():
        if named := re.search(r"([0-9]+)%", product.name):
            assert product.g_per_ml == Fraction(int(named[1]), 100)


ABSENT = {"stabiliser": "stabiliser", "sugar": "sugar", "iga": "IgA", "sodium": "sodium", "osmolality": "osmolality", "ph": "pH"}


def test_what_is_said_to_be_missing_is_missing() -> None:
    for product in PRODUCTS.values():
        for name, word in ABSENT.items():
            assert (word in product.missing) == (getattr(product, name) is None), (product.id, word)
        assert ("vial sizes" in product.missing) == (product.vials is None), product.id
        assert ("infusion rates" in product.missing) == (not product.rates), product.id
        assert any(risk.rate for risk in product.at_risk) or "at risk" in " ".join(product.missing), product.id


def test_an_age_from_another_copy_is_said() -> None:
    for name in ("privigen-us", "flebogamma-dif-10-us"):
        (dose,) = (dose for dose in PRODUCTS[name].doses if dose.indications == ("itp",))
        assert dose.from_age_years
        assert "age was read in another copy" in (dose.dose.note or "")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("privigen-us", {("hyperprolinaemia", "contraindication"), ("iga-deficiency-with-antibodies", "contraindication")}),
        (
            "privigen-eu",
            {(n, "contraindication") for n in ("hyperprolinaemia", "iga-deficiency-with-antibodies", "hypersensitivity")},
        ),
        ("octagam-5-us", {("corn-allergy", "warning"), ("glucose-meters", "warning")}),
        (
            "flebogamma-dif-5-eu",
            {
                (n, "contraindication")
                for n in ("hypersensitivity", "iga-deficiency-with-antibodies", "fructose-intolerance", "under-2-years")
            },
        ),
        ("gammaplex-5-us", {("fructose-intolerance", "contraindication"), ("iga-deficiency-with-antibodies", "contraindication")}),
        ("gammaplex-10-us", set()),
    ],
)
def test_contraindications(name: str, expected: set[tuple[str, str]]) -> None:
    assert {(reason.name, reason.kind) for reason in PRODUCTS[name].contraindications} == expected


def test_lowest_ages() -> None:
    found = {
        (product.id, dose.label): dose.from_age_years for product in PRODUCTS.values() for dose in product.doses if dose.from_age_years
    }
    assert found[("privigen-us", "chronic ITP")] == 15
    assert found[("asceniv-us", "PI")] == 12
    assert found[("gamunex-c-us", "PI")] == 2
    for (name, label), years in found.items():
        populations = [dose.population for dose in PRODUCTS[name].doses if dose.label == label]
        assert all(population and str(years) in population for population in populations)


def test_an_indication_may_be_read_without_its_dose() -> None:
    assert [dose.dose.value for dose in PRODUCTS["gammaked-us"].doses] == ["300 to 600 mg per kg every 4 weeks", None, None]


# A name as typed


@pytest.mark.parametrize(
    ("name", "product"),
    [
        ("octagam-10-us", "octagam-10-us"),
        ("Octagam 10% US", "octagam-10-us"),
        (" OCTAGAM_5_us ", "octagam-5-us"),
        ("gammagard s/d us", "gammagard-sd-us"),
        ("Privigen® US", "privigen-us"),
        ("flebogamma 5% DIF US", "flebogamma-dif-5-us"),  # as the brand is written in the US
        ("asceniv", "asceniv-us"),
        ("Bivigam", "bivigam-us"),
        ("gamunex-c", "gamunex-c-us"),
        ("Gammaplex 5%", "gammaplex-5-us"),
        ("flebogamma dif 10%", "flebogamma-dif-10-us"),
    ],
)
def test_a_name_that_means_one_product(name: str, product: str) -> None:
    assert find_product(PRODUCTS, name).id == product


def refusal(name: str) -> str:
    with pytest.raises(InputError) as refused:
        find_product(PRODUCTS, name)
    assert refused.value.exit_code == 2
    return str(refused.value)


@pytest.mark.parametrize(
    ("name", "listed"),
    [
        ("octagam", ["octagam-10-us (10%)", "octagam-5-us (5%)", "octagam-10-eu (10%)", "octagam-5-eu (5%)"]),
        ("Octagam 10%", ["octagam-10-us (10%)", "octagam-10-eu (10%)"]),
        ("privigen", ["privigen-us (10%)", "privigen-eu (10%)", "privigen-au (10%)", "not listed here: Privigen, Canada"]),
        ("gammagard", ["gammagard-liquid-us (10%)", "gammagard-sd-us (5% or 10%)", "not listed here: Gammagard Liquid ERC, US"]),
        ("flebogamma-dif", ["flebogamma-dif-10-us (10%)", "flebogamma-dif-5-us (5%)", "flebogamma-dif-5-eu (5%)"]),
        ("flebogamma dif 5%", ["flebogamma-dif-5-us (5%)", "flebogamma-dif-5-eu (5%)"]),
        ("panzyga", ["panzyga-us (10%)", "panzyga-uk (10%)", "panzyga-ca (10%)"]),
        ("intratect", ["intratect-5-eu (5%)", "not listed here: Intratect 10%, EU"]),
        ("yimmugo", ["yimmugo-uk (10%)", "not listed here: Yimmugo, US"]),
    ],
)
def test_a_brand_with_several_markets_or_strengths(name: str, listed: list[str]) -> None:
    message = refusal(name)
    assert message.startswith(f"--product: {name!r} is sold on several markets or in several strengths; write ")
    for words in listed:
        assert words in message
    assert len(re.findall(r"%\)", message)) == sum(words.endswith("%)") for words in listed)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("gamunex", "did you mean gamunex-c-us?"),  # another product than Gamunex-C
        ("octagm-10-us", "did you mean octagam-10-us"),
        ("privigen-uk", "did you mean privigen-"),
        ("hizentra", "list the known ones with: ivigcalc products"),
        ("", "list the known ones with: ivigcalc products"),
        ("%", "list the known ones with: ivigcalc products"),
        ("\x1b[2J", "list the known ones with: ivigcalc products"),
    ],
)
def test_an_unknown_name(name: str, words: str) -> None:
    message = refusal(name)
    assert message.startswith(f"--product: {name!r} is not known; ")
    assert words in message
    assert message.isprintable()


def test_an_exact_id_wins_over_the_beginning_of_another() -> None:
    octagam = PRODUCTS["octagam-10-us"]
    found = find_product({"octagam-10": octagam._replace(id="octagam-10"), "octagam-10-us": octagam}, "octagam 10%")
    assert found.id == "octagam-10"


@QUIET
@given(st.text() | st.lists(st.sampled_from(["octagam", "-", " ", "10", "%", "us", "/", "®", "_", "s/d", "\x00", "İ"])).map("".join))
def test_no_name_breaks_the_search(name: str) -> None:
    try:
        assert find_product(PRODUCTS, name).id in PRODUCTS
    except (InputError, Refused) as error:
        assert str(error).isprintable()  # noqa: PT017


# Files with faults

GOOD = """\
sources:
  label:
    citation: A label
    url: not stated
    licence: not stated
    read: 2026-11-22
    external: no

products:
  thing-us:
    name: Thing
    brand: thing
    aliases: [thingy]
    market: US
    form: liquid
    grade: full
    concentration:
      is: 5%
      source: label
      quote: 5%
    vials:
      is: [5 g, 20 g, 0.5 g]
      source: label
      quote: not stated
      note: a note
    stabiliser: not stated
    sugar: not stated
    iga: not stated
    sodium: not stated
    osmolality: not stated
    ph: not stated
    doses:
      - for: [pi]
        label: PI
        population: children
        from_age: 2 years
        is: not stated
        source: label
        quote: not stated
    rates:
      - for: [all-except-itp]
        label: others
        first:
          printed: [1 mg/kg/min, 0.02 mL/kg/min]
          minutes: 30 minutes
          source: label
          quote: starts at 1 mg/kg/min
        ladder:
          kind: labelled
          steps:
            - printed: [2 mL/kg/h]
              minutes: not stated
              source: label
              quote: then 2
        increment:
          printed: [0.5 mL/kg/h]
          minutes: {is: 15 to 30 minutes, source: label, quote: not stated}
          source: label
          quote: by 0.5
        step_minutes: not stated
        maximum:
          printed: [4 mL/kg/h, 3 mg/kg/min]
          less_than: yes
          source: label
          quote: not stated
        note: a note
      - for: [itp]
        label: ITP
        first:
          printed: [1 mL/kg/h]
          minutes: not stated
          source: label
          quote: 1 mL
        step_minutes: not stated
        maximum:
          printed: [1 mL/kg/h]
          source: label
          quote: 1 mL
          shown_only: of a poster
    at_risk:
      - for: [kidney]
        printed: [1 mL/kg/h]
        source: label
        quote: 1 mL
      - for: [thrombosis]
        sentence: as slow as can be
        source: label
    contraindications:
      - name: gluttony
        kind: warning
        is: gluttony
        source: label
        quote: not stated
    conflicts: []
    missing: []
    notes: []
    not_listed: [Thing, EU]
"""
LAST = "    not_listed: [Thing, EU]\n"
VIALS = "      is: [5 g, 20 g, 0.5 g]\n      source: label\n      quote: not stated\n      note: a note\n"
STEPS = """\
          steps:
            - printed: [2 mL/kg/h]
              minutes: not stated
              source: label
              quote: then 2
"""
MAXIMUM = (
    "        maximum:\n          printed: [1 mL/kg/h]\n          source: label\n          quote: 1 mL\n          shown_only: of a poster\n"
)


def load(text: str, folder: Path) -> dict[str, Product]:
    path = folder / "products.yaml"
    path.write_text(text, encoding="utf-8")
    return load_formulary(path).products


def test_a_good_file(tmp_path: Path) -> None:
    (product,) = load(GOOD, tmp_path).values()
    assert product.g_per_ml == Fraction(1, 20)
    assert product.stabiliser is None
    assert product.vials == Figure((Fraction(20), Fraction(5), Fraction(1, 2)), product.concentration.source, None, "a note")
    others, itp = product.rates
    # 1 mg/kg/min and 0.02 mL/kg/min are both 1.2 mL/kg/h at 50 mg per mL; 3 mg/kg/min is 3.6, less than 4
    assert others.first.ml_per_kg_per_h == Fraction(6, 5)
    assert others.first.printed == ("1 mg/kg/min", "0.02 mL/kg/min")
    assert others.first.minutes == Figure(Span(30, 30), others.first.source, "starts at 1 mg/kg/min")
    assert others.first.shown_only is None
    assert others.maximum.ml_per_kg_per_h == Fraction(18, 5)
    assert others.maximum.less_than
    assert others.maximum.shown_only == NO_QUOTE
    assert others.increment
    assert others.increment.minutes
    assert others.increment.minutes.value == Span(15, 30)
    assert others.ladder
    assert others.ladder.steps[0].minutes is None
    assert itp.maximum.shown_only == "of a poster"
    assert [[row.covers(name) for row in product.rates] for name in ("pi", "itp")] == [[True, False], [False, True]]
    assert product.not_listed == ("Thing", "EU")
    assert product.doses[0].from_age_years == 2


def test_a_file_may_leave_out_what_is_optional(tmp_path: Path) -> None:
    (product,) = load(GOOD.replace(LAST, "").replace("        from_age: 2 years\n", ""), tmp_path).values()
    assert product.not_listed == ()
    assert product.doses[0].from_age_years is None
    (product,) = load(GOOD.replace(f"vials:\n{VIALS}", "vials: not stated\n"), tmp_path).values()
    assert product.vials_g == ()


P, R = "products.thing-us", "products.thing-us.rates[1]"
# What is wrong -> old words, new words, words that mark the line, the key, words of the message.
FAULTS: dict[str, tuple[str, str, str, str, tuple[str, ...]]] = {
    # keys
    "unknown key": (
        "    form: liquid",
        "    form: liquid\n    colour: red",
        "colour: red",
        f"{P}.colour",
        ("is not a key", "expected one of name,"),
    ),
    "unknown key at the top": (
        "products:",
        "product: {}\nproducts:",
        "product: {}",
        "product",
        ("is not a key", "sources, indications, products"),
    ),
    "unknown key of a figure": (
        "      note: a note",
        "      remark: a",
        "remark: a",
        f"{P}.vials.remark",
        ("is not a key", "is, source, quote, note"),
    ),
    "unknown key of a rate": (
        "          less_than: yes",
        "          more_than: yes",
        "more_than",
        f"{R}.maximum.more_than",
        ("less_than", "shown_only"),
    ),
    "unknown key of a table": (
        "        step_minutes: not stated\n        maximum:\n          printed: [4",
        "        pause: 1\n        maximum:\n          printed: [4",
        "pause: 1",
        f"{R}.pause",
        ("step_minutes",),
    ),
    "unknown key of a ladder": (
        "          kind: labelled",
        "          kind: labelled\n          from: me",
        "from: me",
        f"{R}.ladder.from",
        ("kind, steps",),
    ),
    "unknown key of a sentence": (
        "        sentence: as",
        "        quote: as\n        sentence: as",
        "quote: as",
        f"{P}.at_risk[2].quote",
        ("sentence",),
    ),
    "minutes of a maximum": (
        "          less_than: yes",
        "          minutes: 30 minutes",
        "minutes: 30 minutes\n          source: label\n          quote: not",
        f"{R}.maximum.minutes",
        ("is not a key",),
    ),
    "repeated key": ("    form: liquid", "    form: liquid\n    form: powder", "form: powder", "form", ("stands twice", "expected once")),
    "repeated product": (LAST, LAST + "  thing-us: {}\n", "thing-us: {}", "thing-us", ("stands twice",)),
    "missing name": ("    name: Thing\n", "", "thing-us:", f"{P}.name", ("is missing",)),
    "missing brand": ("    brand: thing\n", "", "thing-us:", f"{P}.brand", ("is missing",)),
    "missing grade": ("    grade: full\n", "", "thing-us:", f"{P}.grade", ("is missing", "full, mostly or partial")),
    "missing concentration": (
        "    concentration:\n      is: 5%\n      source: label\n      quote: 5%\n",
        "",
        "thing-us:",
        f"{P}.concentration",
        ("is missing",),
    ),
    "missing maximum": (MAXIMUM, "", "- for: [itp]", f"{P}.rates[2].maximum", ("is missing",)),
    "missing minutes": ("          minutes: 30 minutes\n", "", "first:", f"{R}.first.minutes", ("is missing", "'not stated'")),
    "missing quote": ("          quote: starts at 1 mg/kg/min\n", "", "first:", f"{R}.first.quote", ("is missing", "'not stated'")),
    "missing printed": ("          printed: [4 mL/kg/h, 3 mg/kg/min]\n", "", "maximum:", f"{R}.maximum.printed", ("is missing",)),
    "missing indications": (
        "      - for: [itp]\n        label: ITP",
        "      - label: ITP",
        "- label: ITP",
        f"{P}.rates[2].for",
        ("is missing",),
    ),
    "missing steps": (STEPS, "", "ladder:", f"{R}.ladder.steps", ("is missing",)),
    # sources
    "unknown source": (
        "      source: label\n      quote: 5%",
        "      source: lable\n      quote: 5%",
        "source: lable",
        f"{P}.concentration.source",
        ("'lable' is not under sources:", "expected one of label"),
    ),
    "unknown source of a rate": (
        "          source: label\n          quote: starts",
        "          source: me\n          quote: starts",
        "source: me",
        f"{R}.first.source",
        ("'me' is not under sources:",),
    ),
    "unknown source of a sentence": (
        "can be\n        source: label",
        "can be\n        source: me",
        "source: me",
        f"{P}.at_risk[2].source",
        ("'me' is not under sources:",),
    ),
    # strengths and vials
    "concentration 0": ("is: 5%", "is: 0%", "is: 0%", f"{P}.concentration.is", ("0 is zero",)),
    "concentration 500%": ("is: 5%", "is: 500%", "is: 500%", f"{P}.concentration.is", ("500 g in 100 mL", "from 1 to 100 g in 100 mL")),
    "concentration without unit": ("is: 5%", "is: 5", "is: 5", f"{P}.concentration.is", ("'5' is not a concentration",)),
    "subcutaneous": ("is: 5%", "is: 20%", "is: 20%", f"{P}.concentration.is", ("subcutaneous", "at most 12 g in 100 mL")),
    "concentration twice": ("is: 5%", "is: [5%, 50 mg/mL]", "is: [5%", f"{P}.concentration.is", ("holds a concentration twice",)),
    "no concentration": ("is: 5%", "is: []", "is: []", f"{P}.concentration.is", ("is empty", "at least one concentration")),
    "vial of 0 g": ("0.5 g]", "0 g]", "0 g]", f"{P}.vials.is[3]", ("0 is zero",)),
    "vial without unit": ("0.5 g]", "0.5]", "0.5]", f"{P}.vials.is[3]", ("'0.5' is not an amount in grams",)),
    "vial twice": ("0.5 g]", "5 g]", "20 g, 5 g]", f"{P}.vials.is", ("holds a vial size twice",)),
    "no vials": ("is: [5 g, 20 g, 0.5 g]", "is: []", "is: []", f"{P}.vials.is", ("is empty", "at least one vial size")),
    "vials are no list": ("is: [5 g, 20 g, 0.5 g]", "is: 5 g", "is: 5 g", f"{P}.vials.is", ("holds no list",)),
    # rates
    "rate without unit": ("[4 mL/kg/h,", "[4,", "[4,", f"{R}.maximum.printed[1]", ("'4' is not a rate",)),
    "rate per hour alone": ("[4 mL/kg/h,", "[4 mL/h,", "[4 mL/h,", f"{R}.maximum.printed[1]", ("'4 mL/h' is not a rate", "per kg")),
    "rate a dose": ("[4 mL/kg/h,", "[4 g/kg,", "[4 g/kg,", f"{R}.maximum.printed[1]", ("'4 g/kg' is not a rate",)),
    "rate with a comma": ("[4 mL/kg/h,", '["4,5 mL/kg/h",', "4,5", f"{R}.maximum.printed[1]", ('has a comma; write "4.5 mL/kg/h"',)),
    "rate of minutes for hours": ("[4 mL/kg/h,", "[4 mL/kg/min,", "[4 mL/kg/min,", f"{R}.maximum.printed[1]", ("240 mL per kg per hour",)),
    "rate range": (
        "[4 mL/kg/h, 3 mg/kg/min]",
        "[4 mL/kg/h, 5 mL/kg/h]",
        "[4 mL",
        f"{R}.maximum.printed[2]",
        ("mL/kg/h stands twice", "a range belongs in the note"),
    ),
    "no rate": ("[4 mL/kg/h, 3 mg/kg/min]", "[]", "printed: []", f"{R}.maximum.printed", ("is empty", "0.01 mL/kg/min")),
    "mass in two strengths": (
        "is: 5%\n      source: label",
        "is: [5%, 10%]\n      source: label",
        "printed: [1 mg",
        f"{R}.first.printed[1]",
        ("1 mg/kg/min needs one concentration",),
    ),
    "first above maximum": (
        "[1 mg/kg/min, 0.02 mL/kg/min]",
        "[4 mg/kg/min, 6 mL/kg/h]",
        "first:",
        f"{R}.first",
        ("4.8 mL/kg/h is above the maximum of 3.6 mL/kg/h",),
    ),
    "ladder not rising": (
        "[2 mL/kg/h]",
        "[1.1 mL/kg/h]",
        "ladder:",
        f"{R}.ladder",
        ("1.1 mL/kg/h follows 1.2 mL/kg/h", "expected rates that rise"),
    ),
    "ladder that stays": ("[2 mL/kg/h]", "[1.2 mL/kg/h]", "ladder:", f"{R}.ladder", ("1.2 mL/kg/h follows 1.2 mL/kg/h",)),
    "ladder above maximum": (
        "[2 mL/kg/h]",
        "[3.7 mL/kg/h]",
        "ladder:",
        f"{R}.ladder",
        ("3.7 mL/kg/h is above the maximum of 3.6 mL/kg/h",),
    ),
    "empty ladder": (
        STEPS,
        "          steps: []\n",
        "steps: []",
        f"{R}.ladder.steps",
        ("is empty", "between the first rate and the maximum"),
    ),
    "kind of a ladder": (
        "kind: labelled",
        "kind: invented",
        "kind: invented",
        f"{R}.ladder.kind",
        ("'invented'", "labelled or manufacturer chart or trial protocol"),
    ),
    "less than maybe": ("less_than: yes", "less_than: true", "less_than: true", f"{R}.maximum.less_than", ("'true', expected yes or no",)),
    "minutes without unit": (
        "minutes: 30 minutes",
        "minutes: 30",
        "minutes: 30",
        f"{R}.first.minutes",
        ("'30' is no time", "15 to 30 minutes"),
    ),
    "minutes of 0": ("minutes: 30 minutes", "minutes: 0 minutes", "minutes: 0", f"{R}.first.minutes", ("0 is zero",)),
    "minutes too many": ("minutes: 30 minutes", "minutes: 1441 minutes", "1441", f"{R}.first.minutes", ("1441 is more than 1,440",)),
    "minutes upside down": ("15 to 30 minutes", "30 to 15 minutes", "30 to 15", f"{R}.increment.minutes.is", ("upside down",)),
    "minutes that are no range": ("15 to 30 minutes", "30 to 30 minutes", "30 to 30", f"{R}.increment.minutes.is", ("no range",)),
    "rates are no list": ("    at_risk:\n", "    at_risk: none\n    at_risk_:\n", "at_risk: none", f"{P}.at_risk", ("holds no list",)),
    # indications and risks
    "indication in two tables": ("- for: [itp]", "- for: [cidp]", "- for: [cidp]", f"{P}.rates[2].for", ("stands in two tables",)),
    "two tables for all": ("- for: [itp]", "- for: [all]", "- for: [all]", f"{P}.rates[2].for", ("stands in two tables",)),
    "all beside others": (
        "- for: [itp]",
        "- for: [itp, all]",
        "- for: [itp, all]",
        f"{P}.rates[2].for",
        ("names all beside others", "expected it alone"),
    ),
    "all but one beside others": (
        "[all-except-itp]",
        "[all-except-itp, pi]",
        "[all-except-itp, pi]",
        f"{R}.for",
        ("names all beside others",),
    ),
    "no indication": ("- for: [itp]", "- for: []", "- for: []", f"{P}.rates[2].for", ("is empty", "[pi, itp] or [all]")),
    "misspelt indication": (
        "- for: [itp]",
        "- for: [I T P]",
        "- for: [I T P]",
        f"{P}.rates[2].for[1]",
        ("'I T P'", "small letters, digits and hyphens"),
    ),
    "no risk": (
        "- for: [kidney]",
        "- for: []",
        "- for: []",
        f"{P}.at_risk[1].for",
        ("is empty", "kidney, thrombosis or earlier reactions"),
    ),
    "unknown risk": ("- for: [kidney]", "- for: [liver]", "- for: [liver]", f"{P}.at_risk[1].for[1]", ("'liver'", "kidney or thrombosis")),
    "missing risk": (
        "- for: [kidney]\n        printed",
        "- printed",
        "- printed: [1 mL/kg/h]\n        source",
        f"{P}.at_risk[1].for",
        ("is missing",),
    ),
    "risk in two entries": (
        "- for: [thrombosis]",
        "- for: [thrombosis, kidney]",
        "[thrombosis, kidney]",
        f"{P}.at_risk[2].for",
        ("a risk stands in two entries",),
    ),
    # names and words
    "misspelt id": ("  thing-us:", "  Thing US:", "Thing US:", "products.Thing US", ("is not a name", "octagam-10-us")),
    "misspelt brand": ("brand: thing", "brand: The Thing", "brand: The Thing", f"{P}.brand", ("'The Thing'", "small letters")),
    "alias that is an id": ("[thingy]", "[thing-us]", "[thing-us]", f"{P}.aliases", ("thing-us is also a name of products.thing-us",)),
    "misspelt alias": ("[thingy]", "[Thingy]", "[Thingy]", f"{P}.aliases[1]", ("'Thingy'",)),
    "grade minimal": ("grade: full", "grade: minimal", "grade: minimal", f"{P}.grade", ("'minimal', expected full or mostly or partial",)),
    "age without unit": ("from_age: 2 years", "from_age: 2", "from_age: 2", f"{P}.doses[1].from_age", ("'2' is no age", '"2 years"')),
    "age of 121": ("from_age: 2 years", "from_age: 121 years", "from_age: 121", f"{P}.doses[1].from_age", ("121 is more than 120",)),
    "kind of a contraindication": (
        "kind: warning",
        "kind: worry",
        "kind: worry",
        f"{P}.contraindications[1].kind",
        ("'worry', expected contraindication or warning",),
    ),
    "empty words": ("      note: a note", '      note: ""', 'note: ""', f"{P}.vials.note", ("is empty",)),
    "figure without a table": (
        "    sugar: not stated",
        "    sugar: sweet",
        "sugar: sweet",
        f"{P}.sugar",
        ("holds no table", "is, source, quote, note"),
    ),
    "rate without a table": (MAXIMUM, "        maximum: 1 mL/kg/h\n", "maximum: 1 mL/kg/h", f"{P}.rates[2].maximum", ("holds no table",)),
    "product without a table": (LAST, LAST + "  other-us: other\n", "other-us: other", "products.other-us", ("holds no table",)),
}


def faults_of(text: str, folder: Path) -> tuple[str, ...]:
    with pytest.raises(CatalogueError) as refused:
        load(text, folder)
    assert refused.value.exit_code == 3
    return tuple(fault.removeprefix(f"{folder / 'products.yaml'}:") for fault in refused.value.faults)


@pytest.mark.parametrize("kind", FAULTS)
def test_a_fault_with_its_line_its_key_and_a_mend(kind: str, tmp_path: Path) -> None:
    old, new, mark, key, words = FAULTS[kind]
    assert GOOD.count(old) >= 1
    text = GOOD.replace(old, new, 1)
    line = text[: text.index(mark)].count("\n") + 1
    found = [fault for fault in faults_of(text, tmp_path) if fault.startswith(f"{line}: {key}: ")]
    assert found, faults_of(text, tmp_path)
    assert all(word in found[0] for word in words), found
    assert re.search("expected|write|check", found[0])


NOT_ALONE = {"rates are no list", "mass in two strengths", "repeated product", "unknown key of a table"}  # more than one thing is wrong


@pytest.mark.parametrize("kind", sorted(set(FAULTS) - NOT_ALONE))
def test_a_fault_brings_no_others_with_it(kind: str, tmp_path: Path) -> None:
    old, new, *_ = FAULTS[kind]
    assert len(faults_of(GOOD.replace(old, new, 1), tmp_path)) == 1


def test_all_faults_at_once(tmp_path: Path) -> None:
    text = GOOD
    kinds = (
        "unknown key",
        "concentration 0",
        "vial of 0 g",
        "rate without unit",
        "unknown risk",
        "grade minimal",
        "kind of a contraindication",
    )
    for kind in kinds:
        text = text.replace(*FAULTS[kind][:2], 1)
    found = faults_of(text, tmp_path)
    assert len(found) == len(kinds)
    lines = [int(fault.split(":")[0]) for fault in found]
    assert lines == sorted(lines)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("sources: {}\nproducts: {}\n", "products: is empty, expected at least one product"),
        ("sources: {}\nproducts: []\n", "products: holds no table"),
        ("sources: {}\n", "products: is missing"),
        ("", "the file is empty"),
    ],
)
def test_a_file_without_products(text: str, words: str, tmp_path: Path) -> None:
    assert any(words in fault for fault in faults_of(text, tmp_path))


def test_an_alias_of_two_products(tmp_path: Path) -> None:
    second = GOOD[GOOD.index("  thing-us:") :].replace("  thing-us:", "  other-us:")
    (fault,) = faults_of(GOOD + second, tmp_path)
    assert "products.other-us.aliases: thingy is also a name of products.thing-us, expected a name of its own" in fault


@pytest.mark.parametrize("name", ["alloimmune", "allergy"])
def test_a_name_that_begins_like_all_is_not_all(name: str, tmp_path: Path) -> None:
    text = GOOD.replace("[all-except-itp]", f"[{name}, pi]")
    (product,) = load(text, tmp_path).values()
    assert [row.covers("itp") for row in product.rates] == [False, True]
    assert [row.covers(name) for row in product.rates] == [True, False]


@QUIET
@given(st.data())
def test_no_line_of_a_file_breaks_the_loader(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    """A line that is lost, doubled or holds something else is a fault or still a good file, never another error."""
    lines = GOOD.splitlines()
    number = data.draw(st.integers(0, len(lines) - 1))
    head = re.match(r" *(?:- )?[a-z_-]+:", lines[number])
    change: Callable[[], list[str]] = data.draw(
        st.sampled_from(
            [
                list,
                lambda: [lines[number], lines[number]],
                lambda: [f"{head[0] if head else '    x:'} {word}" for word in ("not stated",)],
                lambda: [f"{head[0] if head else '    x:'} []"],
                lambda: [f"{head[0] if head else '    x:'} {{}}"],
                lambda: [f"{head[0] if head else '    x:'} [[]]"],
                lambda: [f"{head[0] if head else '    x:'}"],
                lambda: [f"{head[0] if head else '    x:'} 10 g"],
            ]
        )
    )
    text = "\n".join([*lines[:number], *change(), *lines[number + 1 :]])
    try:
        load(text, tmp_path_factory.mktemp("changed"))
    except CatalogueError as error:
        assert error.faults  # noqa: PT017
