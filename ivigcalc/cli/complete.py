"""What the shell is offered for a name that several commands take."""

from contextlib import suppress

from ivigcalc.errors import IvigcalcError


def complete_regimen() -> list[str]:
    """Complete the ids and aliases of regimens."""
    from ivigcalc.catalogue import data_file, known_names, load_catalogue

    with suppress(IvigcalcError):  # a faulty file is told by the command itself, not at the prompt
        return list(known_names(load_catalogue(data_file("regimens.yaml"))))
    return []


def complete_product() -> list[str]:
    """Complete the ids and aliases of products."""
    from ivigcalc.catalogue import data_file
    from ivigcalc.catalogue.formulary import load_formulary
    from ivigcalc.catalogue.products import product_names

    with suppress(IvigcalcError):
        return list(product_names(load_formulary(data_file("products.yaml")).products))
    return []
