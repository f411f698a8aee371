"""`ivigcalc products`: what is known of each product."""

from typing import TYPE_CHECKING, Annotated

import typer

from ivigcalc.cli.complete import complete_product
from ivigcalc.errors import InputError

if TYPE_CHECKING:
    from ivigcalc.model import Product


def _complete() -> list[str]:
    return ["show", *complete_product()]


def products(
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[show ID | WORD...]",
            help="Show one, or list those that hold every word.",
            autocompletion=_complete,
        ),
    ] = None,
    site: Annotated[str | None, typer.Option("--site", metavar="FILE", help="The hospital's own file; none for none.")] = None,
) -> None:
    """List the products, or show one with every figure, its source, its quote and what is not stated.

    \b
    Examples:
      ivigcalc products
      ivigcalc products cidp us
      ivigcalc products show octagam-10-us
    """
    from ivigcalc.catalogue.products import find_all_products, find_product
    from ivigcalc.cli.data import load_data, site_lines
    from ivigcalc.cli.output import deliver, may_colour, screen_bytes, screen_width
    from ivigcalc.export.products import product_list, product_page

    data = load_data(site)
    known = data.formulary().products
    words = words or []
    if words[:1] == ["show"]:
        if len(words) == 1:
            raise InputError("products show: the id is missing; write such as: ivigcalc products show octagam-10-us")
        listed: tuple[Product, ...] = (find_product(known, " ".join(words[1:]), "products show"),)
        text = product_page(listed[0], screen_width(), colour=may_colour())
    else:
        listed = find_all_products(known, " ".join(words))
        if not listed:
            raise InputError(f"products: none holds {' '.join(words)!r}; list all with: ivigcalc products")
        text = product_list(listed, screen_width(), colour=may_colour())
    shown = (f"products.{product.id}" for product in listed)
    deliver(screen_bytes(text + site_lines(shown, data)), None, force=False)
