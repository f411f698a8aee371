"""What a second person should see of the product, its vials and its rates. Pure."""

from collections.abc import Iterator

from ivigcalc.model import NO_QUOTE, Finding, Plan, Product, Rates
from ivigcalc.numbers import screen_text
from ivigcalc.ramps import printed_rate


def check_supply(plan: Plan) -> Iterator[Finding]:
    """Find what there is to say of the supply and the rates of a plan.

    Args: plan.
    Returns: the findings.
    """
    supply, rates = plan.choices.supply, plan.rates
    if supply and supply.product:
        yield from _unquoted(supply.product, vials=not supply.vials_by_hand)
        if not supply.vials_g:
            text = f"No source that was read states the vial sizes of {supply.product.id}; add --vials for vials and waste."
            yield Finding("vials-not-stated", "note", text)
    if rates:
        yield from _rates(rates)
        yield from _steps(plan, rates)


def _unquoted(product: Product, *, vials: bool) -> Iterator[Finding]:
    """Name the figures that were read without keeping the source's words."""
    figures = [("concentration", product.concentration.quote, product.concentration.source)]
    if vials and product.vials:
        figures.append(("vial sizes", product.vials.quote, product.vials.source))
    for what, quote, source in figures:
        if quote is None:
            yield Finding("unquoted", "note", f"{product.name}, {what}: {NO_QUOTE}; check it against the label.", source.citation)


def _rates(rates: Rates) -> Iterator[Finding]:
    """What stands behind the rates, or why there are none."""
    choice = rates.choice
    if choice.indication and choice.table:
        yield Finding("rate-for", "note", f"The label's rates for {choice.table.label} were asked for with --rate-for.")
    for entry in rates.at_risk:
        if entry.sentence:
            yield Finding(
                "at-risk", "warning", f'Patient at risk; the label says: "{entry.sentence.value}"', entry.sentence.source.citation
            )
        if entry.rate:
            text = f"Patient at risk: the label's own maximum for that counts, {printed_rate(entry.rate, rates.weight_kg)}."
            yield Finding("at-risk", "warning", text, entry.rate.source.citation)
    ramp = rates.ramp
    if ramp is None:
        return
    cited = ramp.cited
    source = f"{cited.source.citation}, {cited.locator}" if cited else None
    said = f" {ramp.note[0].upper()}{ramp.note[1:]}." if ramp.note else ""
    if ramp.words != "typed" and (cited or ramp.note):
        yield Finding("ramp", "warning" if cited else "note", f"Ramp {ramp.name}: {ramp.words}.{said}", source)
    if choice.table is None:
        yield Finding("no-label-maximum", "warning", f"The ramp is not held against a label: {choice.open}.")
    elif rates.ladder[0].rate > choice.table.first.ml_per_kg_per_h:
        text = f"The ramp starts above the first rate of the label, {printed_rate(choice.table.first, rates.weight_kg)}."
        yield Finding("above-first-rate", "warning", text, choice.table.first.source.citation)


def _steps(plan: Plan, rates: Rates) -> Iterator[Finding]:
    """Where the label's maximum lowered a ramp, and where no steps are known."""
    if rates.ramp is None:
        if rates.choice.open:
            yield Finding("rate-open", "note", f"No rate is given: {rates.choice.open}.")
        return
    steps = [step for infusion in plan.infusions for step in infusion.given.steps or ()]
    if any(step.capped for step in steps) and rates.cap:
        less = "less than " if rates.cap.less_than else ""
        most = f"{less}{screen_text(rates.cap.ml_per_kg_per_h)} mL per kg per hour"
        pump = f"{screen_text(rates.most_ml_per_h or rates.weight_kg)} mL per hour"
        yield Finding("capped-rate", "warning", f"The ramp rises above the maximum of the label, {most}, and is held at {pump}.")
