"""limits.yaml -> the safety limits, the rules of rounding and the dosing-weight policies, or every fault of the file."""

import re
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import cast

from ivigcalc.catalogue.cautions import read_cautions
from ivigcalc.catalogue.files import read_bytes
from ivigcalc.catalogue.reading import Faults, Item, one_of, parse, stated, text
from ivigcalc.catalogue.sources import dose_without_basis, read_citations, read_sources
from ivigcalc.errors import InputError
from ivigcalc.model import (
    STEP_G,
    Direction,
    Limit,
    Limits,
    NotOffered,
    RoundingRule,
    RoundingRules,
    Source,
    WeightPolicies,
    WeightPolicy,
)
from ivigcalc.numbers import exact_text, read_number, read_percent
from ivigcalc.units import Basis, read_grams

FIGURES = {
    "adult_age": " years",
    "least_height": " cm",
    "factor": "",
    "inches_per_cm": "",
    "bmi_above": "",
    "percent_of_ideal_above": "",
}
"""The thresholds that a weight policy may hold, each with the unit that it is written with."""
RULES = {
    "australia-2026": ("adult_age", "least_height", "factor", "inches_per_cm"),
    "uk-request-form": ("adult_age", "least_height", "factor", "bmi_above", "percent_of_ideal_above"),
    "seton": ("percent_of_ideal_above",),
    "us-120": ("factor", "percent_of_ideal_above"),
}
"""The policies whose rule ivigcalc/dosing/weights.py knows, each with the thresholds that the rule reads."""


def load_limits(path: Path) -> Limits:
    """Read the safety limits, the rules of rounding and the dosing-weight policies.

    Args: path of the YAML file.
    Returns: all of them, in the order of the file.
    Raises: CatalogueError with every fault of the file.
    """
    faults = Faults(str(path))
    root = Item(parse(read_bytes(path), faults), "", faults)
    root.only("sources", "limits", "rounding", "weight_policies", "not_offered", "cautions", "vaccines")
    sources = root.take("sources", read_sources) or {}
    doses = root.take("limits", lambda item: _limits(item, sources))
    rounding = root.take("rounding", lambda item: _rounding(item, sources), "the most that rounding may change, and the rules by name")
    no_policies: dict[str, WeightPolicy] = {}
    none_else: dict[str, NotOffered] = {}
    offered = root.take_or("weight_policies", lambda item: _policies(item, sources), no_policies)
    not_offered = root.take_or("not_offered", _not_offered, none_else)
    for key in set(offered or ()) & set(not_offered or ()):
        root.at("not_offered", key).fault("is also under weight_policies, expected in one of them")
    cautions = read_cautions(root, sources)
    faults.report()
    return Limits(doses, rounding, WeightPolicies(offered, not_offered), cautions)


def _limits(item: Item, sources: dict[str, Source]) -> tuple[Limit, ...]:
    limits = []
    for code, entry in item.entries():
        entry.only("above", "per", "cited")
        dose = entry.take("above", lambda above: dose_without_basis(text(above), above.where))
        per = cast("Basis", entry.take("per", one_of("day", "course"), "day or course"))
        if not re.fullmatch("[a-z0-9-]+", code, re.ASCII):
            entry.fault("is not a name, expected small letters, digits and hyphens, such as daily-dose")
        limits.append(
            Limit(
                code,
                dose,
                per,
                entry.take("cited", lambda cited: read_citations(cited, sources)),
            )
        )
    if not limits:
        raise InputError("is empty, expected at least one limit")
    return tuple(limits)


def _rounding(item: Item, sources: dict[str, Source]) -> RoundingRules:
    item.only("departure", "rules")
    rules = item.take("rules", lambda found: {key: _rule(key, rule, sources) for key, rule in found.entries()}, "the rules by name, or {}")
    expected = "the most that a rounded dose may depart, with its source"
    return item.take("departure", lambda entry: _with_departure(entry, rules, sources), expected)


def _with_departure(entry: Item, rules: dict[str, RoundingRule], sources: dict[str, Source]) -> RoundingRules:
    entry.only("at_most", "cited")
    return RoundingRules(
        limit_percent=entry.take("at_most", _percent, "the most that a rounded dose may depart, such as 10%"),
        cited=entry.take("cited", lambda cited: read_citations(cited, sources)),
        rules=rules,
    )


def _rule(key: str, entry: Item, sources: dict[str, Source]) -> RoundingRule:
    entry.only("name", "step", "direction", "over", "ask_below", "note", "cited")
    if not re.fullmatch("[a-z]+(-[a-z]+)*", key, re.ASCII) or key in ("vial", "vials"):
        entry.fault("is not a name, expected small letters and hyphens, such as ontario")
    below, note = entry.take_or("ask_below", _grams, None), entry.take_or("note", text, None)
    if below is not None and note is None:
        entry.fault("has ask_below and no note, expected a note that tells what the rule is below it")
    return RoundingRule(
        id=key,
        name=entry.take("name", text),
        step_g=entry.take("step", _step),
        direction=cast(
            "Direction | None", entry.take("direction", stated(one_of("nearest", "down", "up")), "nearest, down, up or not stated")
        ),
        over=cast("Basis | None", entry.take("over", stated(one_of("day", "course")), "day, course or not stated")),
        ask_below_g=below,
        note=note,
        cited=entry.take("cited", lambda cited: read_citations(cited, sources)),
    )


def _grams(item: Item) -> Fraction:
    return read_grams(text(item), item.where)


def _step(item: Item) -> Fraction:
    step, (least, most) = _grams(item), STEP_G
    if not least <= step <= most or step % least:
        bounds = f"{exact_text(least)} g up to {exact_text(most)} g"
        raise InputError(f"{exact_text(step)} g, expected a whole number of {bounds} (bounds of our own), such as 5 g")
    return step


def _percent(item: Item) -> Fraction:
    words = text(item)
    if not words.endswith("%"):
        raise InputError(f"{words!r}, expected a percentage with its sign, such as 10%")
    return read_percent(words, item.where)


def _policies(item: Item, sources: dict[str, Source]) -> dict[str, WeightPolicy]:
    policies = {}
    for key, entry in item.entries():
        entry.only("name", "figures", "rule", "cited")
        if key not in RULES:
            entry.fault(f"is a policy whose rule is not known here, expected one of {', '.join(RULES)}")
        policies[key] = WeightPolicy(
            id=key,
            name=entry.take("name", text),
            rule=entry.take("rule", text),
            figures=entry.take("figures", partial(_figures, RULES.get(key, ()))),
            cited=entry.take("cited", lambda cited: read_citations(cited, sources)),
        )
    return policies


def _figures(needed: tuple[str, ...], item: Item) -> dict[str, Fraction]:
    figures = {name: figure.value(_figure) for name, figure in item.entries() if name in FIGURES}
    item.only(*FIGURES)
    for name in needed:
        item.take(name, text, "the threshold that the rule reads")
    return figures


def _figure(item: Item) -> Fraction:
    words, unit = text(item), FIGURES[item.where.rsplit(".", 1)[1]]
    if not words.endswith(unit):
        raise InputError(f"{words!r}, expected a number with{unit}, such as 18{unit}")
    return read_number(re.sub(f"{unit}$", "", words), item.where)


def _not_offered(item: Item) -> dict[str, NotOffered]:
    found = {}
    for key, entry in item.entries():
        entry.only("name", "missing")
        found[key] = NotOffered(key, entry.take("name", text), entry.take("missing", text))
    return found
