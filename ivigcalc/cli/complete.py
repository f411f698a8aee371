"""What the shell is offered for a name that several commands take."""

from contextlib import suppress

from ivigcalc.errors import IvigcalcError


def complete_regimen() -> list[str]:
    """Complete the ids and aliases of regimens."""
    from ivigcalc.catalogue import known_names
    from ivigcalc.cli.data import load_data

    with suppress(IvigcalcError):  # a faulty file is told by the command itself, not at the prompt
        return list(known_names(load_data().catalogue))
    return []


def complete_product() -> list[str]:
    """Complete the ids and aliases of products."""
    from ivigcalc.catalogue.products import product_names
    from ivigcalc.cli.data import load_data

    with suppress(IvigcalcError):
        return list(product_names(load_data().formulary().products))
    return []
