"""The pages of the products: nothing of the file is dropped, every figure stands with its source, at any width."""

import re
from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from functools import cache

import pytest

from ivigcalc.catalogue import data_file
from ivigcalc.catalogue.formulary import load_formulary
from ivigcalc.catalogue.products import find_all_products, product_names
from ivigcalc.export.products import product_list, product_page
from ivigcalc.model import NO_QUOTE, Figure, Ladder, Product, Rate, Source, Span
from ivigcalc.numbers import exact_text
from tests.conftest import RunCli
from tests.test_screen import UNITS

PRODUCTS = load_formulary(data_file("products.yaml")).products
WIDTHS = (40, 80, 200)


@cache
def page(product: str, width: int) -> str:
    return product_page(PRODUCTS[product], width, colour=False)


def squeezed(text: str) -> str:
    """A text without white space, so that it is found however it was wrapped."""
    return "".join(text.split())


# Nothing is dropped. What has to be there is read off the types, without knowing how a page is laid out.

SAID_OTHERWISE = {"grade", "key", "kind", "printed"}
"""Fields whose text is put into other words; they have tests of their own."""


def texts(node: object, field: str = "") -> Iterator[str]:
    """Every text of a product as loaded, however deep."""
    if isinstance(node, str):
        if field not in SAID_OTHERWISE:
            yield node
    elif hasattr(node, "_fields"):
        for name in node._fields:
            yield from texts(getattr(node, name), name)
    elif isinstance(node, tuple):
        for child in node:
            yield from texts(child, field)


def nodes(node: object, kind: type) -> Iterator[object]:
    """Every part of a product of one type, however deep."""
    if isinstance(node, kind):
        yield node
    if isinstance(node, tuple):
        for child in node:
            yield from nodes(child, kind)


def cited(product: Product) -> list[Figure[object] | Rate]:
    """Everything that has a source; minutes in the quote of their own rate need none of their own."""
    found = [*nodes(product, Figure), *nodes(product, Rate)]
    shared = [
        rate.minutes
        for rate in nodes(product, Rate)
        if isinstance(rate, Rate) and rate.minutes and (rate.minutes.source, rate.minutes.quote) == (rate.source, rate.quote)
    ]
    kept = [figure for figure in found if not any(figure is minutes for minutes in shared)]
    return [figure for figure in kept if isinstance(figure, Figure | Rate)]


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("product", PRODUCTS)
def test_every_text_of_the_file_is_on_its_page(product: str, width: int) -> None:
    shown = squeezed(page(product, width))
    wanted = set(texts(PRODUCTS[product]))
    assert len(wanted) > 15
    assert [text for text in wanted if squeezed(text) not in shown] == []


@pytest.mark.parametrize("product", PRODUCTS)
def test_a_text_stands_as_often_as_in_the_file(product: str) -> None:
    shown = squeezed(page(product, 80))
    figures = cited(PRODUCTS[product])
    for field in ("quote", "note"):
        counted = Counter(getattr(figure, field) for figure in figures)
        for text, times in counted.items():
            if text:
                assert shown.count(squeezed(text)) >= times, text


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("product", PRODUCTS)
def test_every_quote_stands_with_the_number_of_its_own_source(product: str, width: int) -> None:
    shown = squeezed(page(product, width).rsplit("\nSources\n", 1)[0])
    listed = page(product, width).rsplit("\nSources\n", 1)[1]
    numbers = {}
    for number, rest in re.findall(r"Source (\d+)\s((?:(?!\nSource \d).)*)", listed, re.DOTALL):
        numbers[squeezed(rest)] = number
    sources = {figure.source for figure in cited(PRODUCTS[product])}
    assert len(numbers) == len(sources)
    assert list(numbers.values()) == [str(number) for number in range(1, len(sources) + 1)]
    for figure in cited(PRODUCTS[product]):
        (number,) = (number for rest, number in numbers.items() if rest == squeezed(written(figure.source)))
        if figure.quote:
            assert f"source{number}:" + squeezed(quoted(figure.quote)) in shown
        else:
            assert f"source{number}," + squeezed(NO_QUOTE) in shown


def written(source: Source) -> str:
    return f"{source.citation}. {source.url}, licence {source.licence or 'not stated'}, read {source.read}"


def quoted(quote: str) -> str:
    return f"'{quote}'" if '"' in quote else f'"{quote}"'


@pytest.mark.parametrize("product", PRODUCTS)
def test_each_figure_without_a_quote_is_marked_where_it_stands(product: str) -> None:
    figures = cited(PRODUCTS[product])
    without = sum(figure.quote is None for figure in figures)
    never = sum(isinstance(figure, Rate) and figure.shown_only == NO_QUOTE for figure in figures)
    assert squeezed(page(product, 80)).count(squeezed(NO_QUOTE)) == without + never


@pytest.mark.parametrize("product", PRODUCTS)
def test_every_number_is_on_its_page(product: str) -> None:
    shown = squeezed(page(product, 80))
    known = PRODUCTS[product]
    wanted = [f"{exact_text(value * 100)} g in 100 mL" for value in known.concentration.value]
    wanted += [f"{exact_text(size)} g" for size in known.vials_g]
    wanted += [f"lowest age {dose.from_age_years} years" for dose in known.doses if dose.from_age_years]
    for span in nodes(known, Span):
        assert isinstance(span, Span)
        wanted.append(f"{span.low} minutes" if span.low == span.high else f"{span.low} to {span.high} minutes")
    for rate in nodes(known, Rate):
        assert isinstance(rate, Rate)
        wanted.append(f"{exact_text(rate.ml_per_kg_per_h)} mL per kg per hour")
        wanted += [unit_in_words(printed) for printed in rate.printed]
    assert [text for text in wanted if squeezed(text) not in shown] == []


def unit_in_words(printed: str) -> str:
    return re.sub(r"per h$", "per hour", printed.replace("/", " per "))


@pytest.mark.parametrize("product", PRODUCTS)
def test_what_no_source_states_is_said(product: str) -> None:
    known, shown = PRODUCTS[product], squeezed(page(product, 80))
    for label, figure in (
        ("Vials", known.vials),
        ("Stabiliser", known.stabiliser),
        ("Sugar", known.sugar),
        ("IgA", known.iga),
        ("Sodium", known.sodium),
        ("Osmolality", known.osmolality),
        ("pH", known.ph),
    ):
        assert (f"{label}notstated" in shown) == (figure is None), label
    for label, rows in (("Dose", known.doses), ("Rate", known.rates), ("Atrisk", known.at_risk), ("Reasons", known.contraindications)):
        assert (f"{label}notstatedinwhatwasread" in shown) == (not rows), label
    assert shown.count("population:notstated") == sum(dose.population is None for dose in known.doses)
    assert shown.count("dosenotstated") == sum(dose.dose.value is None for dose in known.doses)
    assert shown.count("Raiseeverynotstated") == sum(table.step_minutes is None for table in known.rates)
    assert shown.count("Stepsnotstated") == sum(not table.ladder and not table.increment for table in known.rates)
    assert shown.count("minutes:notstated") == sum(table.first.minutes is None for table in known.rates)


@pytest.mark.parametrize("product", PRODUCTS)
def test_a_rate_that_is_only_shown_and_one_below_say_so(product: str) -> None:
    rates = [rate for rate in nodes(PRODUCTS[product], Rate) if isinstance(rate, Rate)]
    shown = " ".join(page(product, 200).split())
    assert shown.count("shown only, never a rate step: ") == sum(rate.shown_only is not None for rate in rates)
    assert shown.count("the source says less than this: one step of the pump below it") == sum(rate.less_than for rate in rates)


@pytest.mark.parametrize("product", PRODUCTS)
def test_whose_ladder_it_is_and_how_much_was_read_is_said(product: str) -> None:
    known, shown = PRODUCTS[product], " ".join(page(product, 200).split())
    whose = {
        "labelled": "by the label First",
        "manufacturer chart": "by a chart of the manufacturer",
        "trial protocol": "by the protocol of a trial",
        "compendium": "by a compendium",
    }
    for ladder in nodes(known, Ladder):
        assert isinstance(ladder, Ladder)
        assert whose[ladder.kind].removesuffix(" First") in shown
    assert {"full": "in full: ", "mostly": "mostly: ", "partial": "in part: "}[known.grade] in shown
    assert "check every figure against the current label before use" in shown


# Which of several rates counts; the figures by hand, printed per min x 60, and mg / (10 x grams in 100 mL)


@pytest.mark.parametrize(
    ("product", "words"),
    [
        (
            "octagam-5-us",  # 3.33 x 60 / 50 = 3.996; 0.07 x 60 = 4.2
            (
                "0.07 mL per kg per min, also printed as 3.33 mg per kg per min "
                "the lowest counts: 3.33 mg per kg per min, which is 3.996 mL per kg per hour"
            ),
        ),
        (
            "octagam-5-us",  # 3.3 x 60 / 50 = 3.96
            (
                "less than 0.07 mL per kg per min, also printed as 3.3 mg per kg per min "
                "the lowest counts: 3.3 mg per kg per min, which is 3.96 mL per kg per hour "
                "the source says less than this: one step of the pump below it"
            ),
        ),
        (
            "gammagard-liquid-us",  # 8 x 60 / 100 = 4.8
            (
                "5 mL per kg per hour, also printed as 8 mg per kg per min "
                "the lowest counts: 8 mg per kg per min, which is 4.8 mL per kg per hour"
            ),
        ),
        (
            "gammagard-liquid-us",  # 9 x 60 / 100 = 5.4
            "5.4 mL per kg per hour, also printed as 9 mg per kg per min each is 5.4 mL per kg per hour",
        ),
        ("octagam-5-eu", "the lowest counts: 0.08 mL per kg per min, which is 4.8 mL per kg per hour"),
        ("gamunex-c-us", "less than 0.08 mL per kg per min, also printed as 8 mg per kg per min each is 4.8 mL per kg per hour"),
        ("plangamma-eu", "at most 0.04 mL per kg per min which is 2.4 mL per kg per hour"),
        ("bivigam-us", "Then add 0.8 mg per kg per min, every 20 minutes which is 0.48 mL per kg per hour"),
        ("kiovig-eu", "Maximum 6 mL per kg per hour source"),  # in that unit already
        (
            "qivigy-us",
            "also printed as 4.8 mL per kg per hour, also printed as 8 mg per kg per min each is 4.8 mL per kg per hour",
        ),
        ("panzyga-us", "Raise every 15 to 30 minutes"),
    ],
)
def test_which_rate_counts(product: str, words: str) -> None:
    assert words in " ".join(page(product, 200).split())


def test_the_lowest_rate_may_be_printed_in_the_unit_that_counts() -> None:
    product = PRODUCTS["gammagard-liquid-us"]
    table = product.rates[0]
    rate = table.maximum._replace(printed=("4.7 mL/kg/h", "8 mg/kg/min"), ml_per_kg_per_h=Fraction("4.7"))
    text = product_page(product._replace(rates=(table._replace(maximum=rate),)), 200, colour=False)
    assert "the lowest counts: 4.7 mL per kg per hour\n" in text


def test_rates_of_a_product_in_two_strengths_stay_in_millilitres() -> None:
    table = PRODUCTS["plangamma-eu"].rates[0]
    text = product_page(PRODUCTS["gammagard-sd-us"]._replace(rates=(table,)), 80, colour=False)
    assert "0.08 mL per kg per min\n            which is 4.8 mL per kg per hour\n" in text


# Laid out


@pytest.mark.parametrize("width", [20, 25, 30, 35, 45, 60, 100, *WIDTHS, 500])
def test_nothing_is_wider_than_the_screen_and_no_figure_is_parted_from_its_unit(width: int) -> None:
    for text in [*(page(product, width) for product in PRODUCTS), product_list(tuple(PRODUCTS.values()), width, colour=False)]:
        for line in text.splitlines():
            assert len(line) <= min(width, 110)
            assert line == line.rstrip()
        prose = re.sub(r'"[^"]*"', lambda quote: re.sub(r"\S", "_", quote[0]), text.rsplit("\nSources\n", 1)[0])
        if width >= 30:
            assert not re.search(rf"[0-9]\n *(?:{UNITS}|minutes|micrograms|mmol|mOsm)\b", prose), text
            assert not re.search(r"\b(?:mL|mg|g)\n *per kg\b|per kg\n *per (?:min|hour)|per\n *(?:min|hour|kg)\b", prose), text
            assert not re.search(r"\bsource\n *[0-9]", prose), text


@pytest.mark.parametrize("product", PRODUCTS)
def test_a_page_says_the_same_at_every_width_and_in_colour(product: str) -> None:
    narrow, normal, wide = (squeezed(page(product, width)) for width in WIDTHS)
    assert narrow == normal == wide
    coloured = product_page(PRODUCTS[product], 80, colour=True)
    assert "\x1b[1m" in coloured
    assert [line.rstrip() for line in re.sub(r"\x1b\[[0-9;]*m", "", coloured).splitlines()] == page(product, 80).splitlines()


# The list and the search


def listed(run_cli: RunCli, *words: str) -> list[str]:
    result = run_cli("products", *words)
    assert (result.code, result.err) == (0, "")
    return [line.split(",")[0] for line in result.text.splitlines() if re.fullmatch(r"[a-z0-9-]+(?:, also .*)?", line)]


def test_the_list_names_every_product_in_the_order_of_the_file(run_cli: RunCli) -> None:
    assert listed(run_cli) == list(PRODUCTS)


@pytest.mark.parametrize("width", WIDTHS)
def test_the_list_holds_what_a_product_is_known_by(width: int) -> None:
    for product in PRODUCTS.values():
        text = squeezed(product_list((product,), width, colour=False))
        for wanted in (product.id, *product.aliases, product.name, product.market, product.form, *(row.label for row in product.rates)):
            assert squeezed(wanted) in text
        assert all(f"{exact_text(size)}g" in text for size in product.vials_g)
        assert ("vialsizesnotstated" in text) == (product.vials is None)
        assert ("ratesnotstated" in text) == (not product.rates)
        assert {"full": "labelreadinfull", "mostly": "labelreadmostly", "partial": "labelreadinpart"}[product.grade] in text


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (["octagam"], ["octagam-10-us", "octagam-5-us", "octagam-10-eu", "octagam-5-eu"]),
        (["OCTAGAM", "us"], ["octagam-10-us", "octagam-5-us"]),
        (["australia"], ["privigen-au", "intragam-10-au"]),
        (["au"], ["privigen-au", "intragam-10-au"]),
        (["uk"], ["octagam-10-eu", "octagam-5-eu", "panzyga-uk", "yimmugo-uk", "iqymune-eu"]),
        (["freeze-dried"], ["gammagard-sd-us"]),
        (["proline", "eu"], ["privigen-eu"]),
        (["dermatomyositis"], ["octagam-10-us", "octagam-10-eu"]),
        (["multiple", "myeloma"], ["panzyga-uk"]),
        (["5%", "eu"], ["octagam-5-eu", "flebogamma-dif-5-eu", "intratect-5-eu"]),
        (["flebogamma-5-dif"], ["flebogamma-dif-5-us"]),
        (["sid", "canada"], ["panzyga-ca"]),
    ],
)
def test_the_list_holds_every_word(run_cli: RunCli, words: list[str], found: list[str]) -> None:
    assert listed(run_cli, *words) == found


def test_a_short_word_stands_by_itself() -> None:
    assert all(product.market == "US" for product in find_all_products(PRODUCTS, "us"))
    assert "5%" not in " ".join(product.name for product in find_all_products(PRODUCTS, "10"))
    assert not find_all_products(PRODUCTS, "zz")


def test_no_words_list_all() -> None:
    assert find_all_products(PRODUCTS, "  ") == tuple(PRODUCTS.values())


def test_the_names_that_always_work() -> None:
    assert product_names(PRODUCTS) == (*PRODUCTS, "flebogamma-10-dif-us", "flebogamma-5-dif-us")


# The command


@pytest.mark.parametrize("product", PRODUCTS)
@pytest.mark.parametrize("width", WIDTHS)
def test_every_product_is_shown_by_its_id(run_cli: RunCli, monkeypatch: pytest.MonkeyPatch, product: str, width: int) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    result = run_cli("products", "show", product)
    assert (result.code, result.err, result.text) == (0, "", page(product, width))


@pytest.mark.parametrize("typed", ["Octagam 10% US", "octagam_10_us", "OCTAGAM-10-US"])
def test_a_product_is_shown_by_its_name_as_typed(run_cli: RunCli, typed: str) -> None:
    assert run_cli("products", "show", *typed.split()).text == page("octagam-10-us", 80)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("show",), "products show: the id is missing; write such as: ivigcalc products show octagam-10-us"),
        (("zzzz",), "products: none holds 'zzzz'; list all with: ivigcalc products"),
        (("octagam", "zzzz"), "products: none holds 'octagam zzzz'; list all with: ivigcalc products"),
        (
            ("show", "privigen"),
            (
                "products show: 'privigen' is sold on several markets or in several strengths; write privigen-us (10%) or "
                "privigen-eu (10%) or privigen-au (10%); not listed here: Privigen, Canada"
            ),
        ),
        (
            ("show", "Octagam"),
            (
                "products show: 'Octagam' is sold on several markets or in several strengths; write octagam-10-us (10%) or "
                "octagam-5-us (5%) or octagam-10-eu (10%) or octagam-5-eu (5%)"
            ),
        ),
        (("show", "octagm-10-us"), "products show: 'octagm-10-us' is not known; did you mean octagam-10-us"),
        (("show", "hizentra"), "products show: 'hizentra' is not known; list the known ones with: ivigcalc products"),
    ],
)
def test_what_is_refused_says_how_to_mend_it(run_cli: RunCli, words: tuple[str, ...], said: str) -> None:
    result = run_cli("products", *words)
    assert (result.code, result.text) == (2, "")
    assert result.err.startswith(f"ivigcalc: {said}")
    assert "--product" not in result.err
