"""A history that forbids immunoglobulin, or one product: what nothing accepts, and what is a warning. Pure."""

from collections.abc import Iterator

from ivigcalc.model import Cautions, Contraindication, Finding, Level, Patient, Product
from ivigcalc.safety.cautions import BY_PRODUCT, FOR_ALL, contains, sources


def refuse(patient: Patient, product: Product | None, cautions: Cautions) -> Iterator[Finding]:
    """Find what forbids immunoglobulin, or the product, in this patient.

    Args: the patient; the product, None where it is not known; the cautions of limits.yaml.
    Returns: the refusals; nothing accepts them, so they have no figure.
    """
    return (finding for finding in _judge(patient, product, cautions) if finding.level == "refusal")


def warn(patient: Patient, product: Product | None, cautions: Cautions) -> Iterator[Finding]:
    """Find what else there is to say of the history.

    Args: the patient; the product, None where it is not known; the cautions of limits.yaml.
    Returns: warnings and notes.
    """
    return (finding for finding in _judge(patient, product, cautions) if finding.level != "refusal")


def _judge(patient: Patient, product: Product | None, cautions: Cautions) -> Iterator[Finding]:
    history = patient.history or ()
    for name in history:
        if name in FOR_ALL:
            caution = cautions.of[name]
            text = f"The history holds {_words(name)}: {caution.cited[0].says}."
            yield Finding(name, "refusal", text, sources(caution.cited))
        elif name in BY_PRODUCT:
            yield _by_product(name, product)
    if "iga-deficiency" in history and "iga-deficiency-with-antibodies" not in history:
        caution = cautions.of["iga-deficiency"]
        text = f"IgA deficiency: {caution.cited[0].says}; {_iga(product)}."
        yield Finding("iga-deficiency", "warning", text, sources(caution.cited))


def _words(name: str) -> str:
    return name.replace("-", " ").replace("iga", "IgA")


def _iga(product: Product | None) -> str:
    """What the product holds of IgA, and what its label says of such patients."""
    if product is None:
        return "the IgA of the product is not known without --product"
    iga = f"{product.name} holds {product.iga.value} of IgA" if product.iga else f"the IgA of {product.name} is not stated"
    label = _of_label(product, "iga-deficiency-with-antibodies")
    return f"{iga}; {_says(label)}" if label else iga


def _of_label(product: Product, name: str) -> Contraindication | None:
    """What the label says of it, a contraindication before a warning."""
    found = [entry for entry in product.contraindications if entry.name == name]
    return min(found, key=lambda entry: entry.kind, default=None)  # contraindication comes before warning


def _says(entry: Contraindication) -> str:
    words = f'"{entry.words.quote}"' if entry.words.quote else f"{entry.words.value}, its words were not kept"
    return f"its label has the {entry.kind} {words}"


def _by_product(name: str, product: Product | None) -> Finding:
    """Judge by the label of the product, and by what it holds where the label was not read."""
    what, substance = _words(name), BY_PRODUCT[name]
    if product is None:
        return Finding(f"{name}-open", "warning", f"The history holds {what}, which is judged by the product; add --product.")
    entry = _of_label(product, name)
    level: Level = "warning"
    if entry:
        level = "refusal" if entry.kind == "contraindication" else "warning"
        return Finding(name, level, f"The history holds {what}: {product.name}, {_says(entry)}.", entry.words.source.citation)
    if contains(product, substance):
        text = f"The history holds {what}, and {product.name} contains {substance}; what its label says of it was not read."
        return Finding(name, level, text)
    if product.stabiliser is None or not product.contraindications:
        text = f"The history holds {what}; neither the label of {product.name} nor all that it contains was read. Check both."
        return Finding(name, level, text)
    return Finding(name, "note", f"The history holds {what}; what was read of the label of {product.name} does not name it.")
