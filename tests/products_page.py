"""docs/products.md: every product with its figures, quotes and sources, and the ramps."""

from ivigcalc.export import words
from ivigcalc.export.products import CHECK, GRADES, product_entries
from ivigcalc.export.words import grams
from ivigcalc.model import NOT_STATED, Product, Ramp
from ivigcalc.numbers import screen_text
from tests.markdown import MARK, Markdown, data, escaped, text_of


def products_page() -> str:
    """Write every product with its figures, quotes and sources, and the ramps."""
    _, _, formulary = data()
    products = formulary.products.values()
    lines = [
        MARK,
        "# Products",
        "",
        f"Everything that [`products.yaml`](../products.yaml) holds. {CHECK}",
        "",
        words.INTENDED_USE,
        "",
        f"{len(formulary.products)} products and {len(formulary.ramps)} ramps.",
        "",
        "## Contents",
        "",
        "| Product | Name | Market | Strength | Vials | Rates for | Label read |",
        "|---|---|---|---|---|---|---|",
        *map(_product_row, products),
        "",
        "Below them: [ramps](#ramps).",
    ]
    for product in products:
        screen = Markdown(4)
        product_entries(screen, product)
        lines += ["", f"## {product.id}", "", f"**{escaped(f'{product.name}, {product.market}')}**", "", *screen.written()]
    lines += ["", "## Ramps", "", "Ways to raise a rate that are asked for by name; the label's maximum caps every one."]
    for name, ramp in formulary.ramps.items():
        lines += ["", f"### {name}", "", *_ramp(ramp)]
    return text_of(lines)


def _product_row(product: Product) -> str:
    strength = " or ".join(f"{screen_text(value * 100)} g in 100 mL" for value in product.concentration.value)
    vials = ", ".join(grams(size) for size in product.vials_g) or NOT_STATED
    rates = "; ".join(table.label for table in product.rates) or NOT_STATED
    cells = (product.name, product.market, strength, vials, rates, GRADES[product.grade][0])
    return f"| [{product.id}](#{product.id}) | {' | '.join(map(escaped, cells))} |"


def _ramp(ramp: Ramp) -> list[str]:
    screen = Markdown(4)
    screen.entry("What", ramp.words)
    for number, step in enumerate(ramp.steps, 1):
        unit = "mL per kg per hour" if step.per_kg else "mL per hour"
        held = "until the end" if step.minutes is None else f"for {screen_text(step.minutes)} minutes"
        screen.entry(f"Step {number}", f"{screen_text(step.rate)} {unit}, {held}")
    screen.entry("Product", ramp.product or NOT_STATED)
    if ramp.note:
        screen.entry("Note", ramp.note)
    if ramp.cited:
        screen.entry("Source", [*words.source_lines(ramp.cited.source), f'{ramp.cited.locator}: "{ramp.cited.quote}"'])
    return screen.written()
