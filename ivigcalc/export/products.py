"""The products on the screen: a list, and one product with every figure beside its source, to be checked against the label."""

from collections.abc import Iterable
from fractions import Fraction
from typing import NamedTuple, TypeVar

from ivigcalc.export import words
from ivigcalc.export.screen import Screen
from ivigcalc.model import NO_QUOTE, NOT_STATED, AtRisk, Contraindication, Figure, LabelDose, Product, Rate, RateTable, Source, Span
from ivigcalc.numbers import screen_text
from ivigcalc.rates import ml_per_kg_per_h, read_rate

T = TypeVar("T")

_WHOLE = "concentration, vial sizes, IgA, labelled doses, first and maximum rates and the main contraindications"
GRADES = {
    "full": ("in full", f"in full: {_WHOLE}."),
    "mostly": (
        "mostly",
        f"mostly: {_WHOLE}, but one or two of these come from another market, an old label or a concise monograph, or are incomplete.",
    ),
    "partial": ("in part", f"in part: something is missing among {_WHOLE}."),
}
CHECK = "Most labels were read in copies, often only in part: check every figure against the current label before use."
UNITS = {
    "mL/kg/h": "mL per kg per hour",
    "mL/kg/min": "mL per kg per min",
    "mg/kg/h": "mg per kg per hour",
    "mg/kg/min": "mg per kg per min",
}
LADDERS = {
    "labelled": "by the label",
    "manufacturer chart": "by a chart of the manufacturer, not the label itself",
    "trial protocol": "by the protocol of a trial, not the label",
    "compendium": "by a compendium, not the label",
}
_GLUE = "\u00a0"


class _Page(NamedTuple):
    """What is being written, and the sources in the order in which it names them."""

    screen: Screen
    sources: dict[Source, int]
    g_per_ml: Fraction | None

    def cited(self, source: Source, quote: str | None) -> str:
        """Write the number of a source with its words, or that none were kept."""
        number = self.sources.setdefault(source, len(self.sources) + 1)
        return f"source{_GLUE}{number}: {_quoted(quote)}" if quote else f"source{_GLUE}{number}, {NO_QUOTE}"


def product_list(products: tuple[Product, ...], width: int, *, colour: bool) -> str:
    """List products, each with its strength, sizes and the indications that have rates.

    Args: products; width of the screen [characters]; whether colour may be used.
    Returns: the text of the screen.
    """
    screen = Screen(width, colour=colour)
    for product in products:
        also = f", also {', '.join(product.aliases)}" if product.aliases else ""
        screen.heading(f"{product.id}{also}")
        vials = f"vials of {_sizes(product)}" if product.vials else f"vial sizes {NOT_STATED}"
        rates = "; ".join(table.label for table in product.rates)
        summary = f"{product.name}, {product.market}; {product.form}; label read {GRADES[product.grade][0]}"
        screen.lines([summary, f"{_strength(product)}; {vials}", f"rates for {rates}" if rates else f"rates {NOT_STATED}"], 2)
    screen.gap()
    screen.lines(["Show one with all its figures and sources: ivigcalc products show ID", CHECK])
    return screen.text()


def product_page(product: Product, width: int, *, colour: bool) -> str:
    """Show one product: every figure, its source and quote, which of several rates counts, and what is not stated.

    Args: product; width of the screen [characters]; whether colour may be used.
    Returns: the text of the screen.
    """
    screen = Screen(width, colour=colour)
    screen.heading(f"{product.name}, {product.market}")
    screen.gap()
    product_entries(screen, product)
    return screen.text()


def product_entries(screen: Screen, product: Product) -> None:
    """Show all that is known of a product, label by label.

    Args: the screen, or what collects the same entries; product.
    """
    page = _Page(screen, {}, product.g_per_ml)
    screen.entry("Id", product.id)
    screen.entry("Also", ", ".join(product.aliases) or "no other names")
    screen.entry("Brand", product.brand)
    screen.entry("Form", product.form)
    screen.entry("Label read", [GRADES[product.grade][1], CHECK])
    for label, texts in (
        ("Conflict", product.conflicts),
        ("Missing", product.missing),
        ("Note", product.notes),
        ("Not listed", product.not_listed),
    ):
        if texts:
            screen.entry(label, texts)
    _section(page, "Composition")
    _composition(page, product)
    _section(page, "Doses of the label")
    for dose in product.doses:
        _dose(page, dose)
    _unstated(page, "Dose", product.doses)
    _section(page, "Infusion rates")
    screen.lines(["Per body weight, as the source prints them; the rate of a pump needs a patient's weight."])
    for table in product.rates:
        _table(page, table)
    _unstated(page, "Rate", product.rates)
    _section(page, "In patients at risk")
    for risk in product.at_risk:
        _risk(page, risk)
    _unstated(page, "At risk", product.at_risk)
    _section(page, "Contraindications and warnings")
    for reason in product.contraindications:
        _contraindication(page, reason)
    _unstated(page, "Reasons", product.contraindications)
    _section(page, "Sources")
    for source, number in page.sources.items():
        screen.entry(f"Source {number}", words.source_lines(source))


def _section(page: _Page, heading: str) -> None:
    page.screen.gap()
    page.screen.heading(heading)


def _unstated(page: _Page, label: str, found: tuple[object, ...]) -> None:
    """Say so where nothing was read, which does not mean that the label has nothing."""
    if not found:
        page.screen.entry(label, f"{NOT_STATED} in what was read")


def _composition(page: _Page, product: Product) -> None:
    _figure(page, "Strength", product.concentration, _strength(product))
    _figure(page, "Vials", product.vials, _sizes(product))
    for label, figure in (
        ("Stabiliser", product.stabiliser),
        ("Sugar", product.sugar),
        ("IgA", product.iga),
        ("Sodium", product.sodium),
        ("Osmolality", product.osmolality),
        ("pH", product.ph),
    ):
        _figure(page, label, figure, figure.value if figure else "")


def _figure(page: _Page, label: str, figure: Figure[T] | None, shown: str) -> None:
    if figure is None:
        page.screen.entry(label, NOT_STATED)
        return
    page.screen.entry(label, [shown, page.cited(figure.source, figure.quote), *_noted(figure.note)])


def _dose(page: _Page, dose: LabelDose) -> None:
    youngest = "" if dose.from_age_years is None else f"; lowest age {dose.from_age_years} years"
    lines = [
        f"{dose.label}, {_short_names(dose.indications)}",
        dose.dose.value or f"dose {NOT_STATED}",
        f"population: {dose.population or NOT_STATED}{youngest}",
        page.cited(dose.dose.source, dose.dose.quote),
        *_noted(dose.dose.note),
    ]
    page.screen.entry("Dose for", lines)


def _table(page: _Page, table: RateTable) -> None:
    """Write a table of rates in the order in which it is infused."""
    page.screen.entry("Rates for", [f"{table.label}, {_short_names(table.indications)}", *_noted(table.note)])
    page.screen.entry("First rate", _rate(page, table.first, "for"))
    if table.ladder:
        page.screen.entry("Steps", LADDERS[table.ladder.kind])
        for number, step in enumerate(table.ladder.steps, 1):
            page.screen.entry(f"Step {number}", _rate(page, step, "for"))
    elif not table.increment:
        page.screen.entry("Steps", NOT_STATED)
    if table.increment:
        page.screen.entry("Then add", _rate(page, table.increment, "every"))
    raised = table.step_minutes
    _figure(page, "Raise every", raised, _minutes(raised.value) if raised else "")
    page.screen.entry("Maximum", _rate(page, table.maximum))


def _risk(page: _Page, risk: AtRisk) -> None:
    lines = [", ".join(risk.risks)]
    if risk.rate:
        page.screen.entry("At risk", [*lines, *_rate(page, risk.rate, most="at most ")])
    if risk.sentence:
        sentence = risk.sentence
        lines += ["a sentence, no figure", page.cited(sentence.source, sentence.quote), *_noted(sentence.note)]
        page.screen.entry("At risk", lines)


def _contraindication(page: _Page, reason: Contraindication) -> None:
    figure = reason.words
    lines = [f"{figure.value}; short name {reason.name}", page.cited(figure.source, figure.quote), *_noted(figure.note)]
    page.screen.entry(reason.kind.capitalize(), lines)


def _rate(page: _Page, rate: Rate, held: str | None = None, most: str = "") -> list[str]:
    """Write a rate in the units of its source, which of them counts, how long it is held, its sources and what keeps it from being a step.

    Args: page; rate; how its minutes are said, None where a rate has none; what stands before a figure that is a limit.
    """
    paces = [read_rate(printed) for printed in rate.printed]
    shown = [f"{screen_text(pace.number)} {UNITS[pace.unit]}" for pace in paces]
    per_hour = [ml_per_kg_per_h(pace, page.g_per_ml) for pace in paces]
    below = "less than " if rate.less_than else most
    timed = f", {held} {_minutes(rate.minutes.value)}" if held and rate.minutes else ""
    lines = [f"{below}{', also printed as '.join(shown)}{timed}"]
    counts = f"{screen_text(rate.ml_per_kg_per_h)} {UNITS['mL/kg/h']}"
    lowest = [text for text, value in zip(shown, per_hour, strict=True) if value == rate.ml_per_kg_per_h]
    if len(lowest) < len(shown):
        which = "" if counts in lowest else f", which is {counts}"
        lines.append(f"the lowest counts: {' and '.join(lowest)}{which}")
    elif shown != [counts]:
        lines.append(f"{'each' if len(shown) > 1 else 'which'} is {counts}")
    if rate.less_than:
        lines.append("the source says less than this: one step of the pump below it")
    lines.append(page.cited(rate.source, rate.quote))
    if rate.shown_only:
        lines.append(f"shown only, never a rate step: {rate.shown_only}")
    lines += _noted(rate.note)
    if held and not rate.minutes:
        lines.append(f"minutes: {NOT_STATED}")
    elif rate.minutes and (rate.minutes.source, rate.minutes.quote) != (rate.source, rate.quote):
        minutes = rate.minutes
        lines += [f"{_minutes(minutes.value)}: {page.cited(minutes.source, minutes.quote)}", *_noted(minutes.note)]
    return lines


def _noted(note: str | None) -> list[str]:
    return [f"note: {note}"] if note else []


def _quoted(quote: str) -> str:
    return f"'{quote}'" if '"' in quote else f'"{quote}"'


def _minutes(span: Span[int]) -> str:
    low, high = (screen_text(Fraction(minutes)) for minutes in (span.low, span.high))
    return f"{low} minutes" if low == high else f"{low} to {high} minutes"


def _strength(product: Product) -> str:
    return " or ".join(f"{screen_text(value * 100)} g in 100 mL" for value in product.concentration.value)


def _sizes(product: Product) -> str:
    return ", ".join(words.grams(size) for size in product.vials_g)


def _short_names(indications: Iterable[str]) -> str:
    names = list(indications)
    return f"short name{'' if len(names) == 1 else 's'} {', '.join(names)}"
