"""The pharmacy's options as text -> how to round, what the doses are drawn from, and how fast they run."""

import re
from fractions import Fraction
from typing import Literal, cast

from ivigcalc.errors import InputError, Refused
from ivigcalc.model import (
    Choices,
    Direction,
    Product,
    Ramp,
    RateChoice,
    RateTable,
    Regimen,
    Risk,
    Rounding,
    RoundingRule,
    RoundingRules,
    Supply,
)
from ivigcalc.numbers import exact_text, read_number, read_percent, refuse_long
from ivigcalc.options import GetFormulary, Options, clean, default_rounding, given
from ivigcalc.ramps import RAMP_EXAMPLES, read_doubling, read_ramp
from ivigcalc.rates import read_concentration
from ivigcalc.units import Basis, read_grams
from ivigcalc.when import read_time

STEP_G = (Fraction("0.01"), Fraction(100))
"""Our own bounds on a rounding step."""
VIAL_G = (Fraction("0.1"), Fraction(100))
"""Our own bounds on a vial."""
MOST_VIALS = 12
"""Our own bound on the sizes of vials on a shelf."""
PUMP_STEP = (Fraction("0.001"), Fraction(10))
"""Our own bounds on the step of a pump [mL/h]."""
RISKS = {"kidney": "kidney", "thrombosis": "thrombosis", "earlier-reactions": "earlier reactions"}


def add_pharmacy(choices: Choices, options: Options, regimen: Regimen | None, rules: RoundingRules, formulary: GetFormulary) -> Choices:
    """Add rounding, product, vials and rates to what was chosen.

    Args: the choices; options as typed; the regimen, None for a dose entered by hand; the published rules of rounding; the products
    and ramps, read only if they are needed.
    Returns: the choices.
    Raises: InputError; Refused where a choice is missing.
    """
    supply = _supply(options, formulary)
    rounding = _rounding(options, rules, supply)
    if supply is None or supply.g_per_ml is None:
        for name in ("ramp", "pump-step", "rate-for", "start-time"):
            if name in options:
                raise InputError(f'--{name} is about the rate, which needs the concentration; add --product ID or --concentration "10%"')
        risks = given(options, "at-risk")  # what is to be seen of them needs no product
        return choices._replace(rounding=rounding, supply=supply, rate=RateChoice(risks=() if risks is None else _risks(risks)))
    return choices._replace(rounding=rounding, supply=supply, rate=_rate(options, regimen, supply, formulary))


def _rounding(options: Options, rules: RoundingRules, supply: Supply | None) -> Rounding:
    to, direction, over, limit = (given(options, name) for name in ("round", "direction", "round-over", "round-limit"))
    rounding = default_rounding(rules)._replace(
        direction=cast("Direction", _word(direction or "nearest", "--direction", "nearest", "down", "up")),
        applies_to=None if over is None else cast("Basis", _word(over, "--round-over", "day", "course")),
    )
    if limit is not None:
        rounding = rounding._replace(limit_percent=read_percent(limit, "--round-limit"), limit_source="as --round-limit says")
    if to is None:
        return rounding
    word = to.strip().lower()
    if word in rules.rules:
        return _by_rule(rounding, rules.rules[word], direction, over)
    if word in ("vial", "vials"):
        if supply is None or not supply.vials_g:
            why = f": no source that was read states those of {supply.product.id}" if supply and supply.product else ""
            raise InputError(f"--round vial needs the sizes of the vials{why}; add {'' if why else '--product ID or '}--vials 5,10,20")
        return rounding._replace(step_g=None, vials_g=supply.vials_g)
    if not re.fullmatch(r"\S+\s*g", word, re.ASCII):
        known = ", ".join(rules.rules)
        raise InputError(f'--round: {to!r} is not known; write an amount such as "5 g", vial, or a published rule: {known}')
    return rounding._replace(step_g=_within(read_grams(to, "--round"), STEP_G, "--round", "g"))


def _by_rule(rounding: Rounding, rule: RoundingRule, direction: str | None, over: str | None) -> Rounding:
    """Round by a published rule; what it states cannot be changed, what it leaves open is asked for."""
    if rule.direction is None and direction is None:
        raise Refused(f"--round {rule.id}: the rule does not state a direction; add --direction nearest, down or up")
    for option, stated, asked in (("--direction", rule.direction, direction), ("--round-over", rule.over, over)):
        if stated and asked and asked.strip().lower() != stated:
            raise InputError(f"--round {rule.id}: the rule states {stated}; leave {option} out, or write the step itself")
    applies_to = rule.over or rounding.applies_to
    return rounding._replace(step_g=rule.step_g, direction=rule.direction or rounding.direction, applies_to=applies_to, rule=rule)


def _supply(options: Options, formulary: GetFormulary) -> Supply | None:
    name, strength, vials = (given(options, option) for option in ("product", "concentration", "vials"))
    product = None
    if name is not None:
        from ivigcalc.catalogue.products import find_product  # large, and not needed by every plan

        product = find_product(formulary().products, name)
    if name is None and strength is None and vials is None:
        return None
    g_per_ml = _strength(product, None if strength is None else read_concentration(strength))
    sizes = product.vials_g if product else ()
    if vials is not None:
        shelf = _vials(vials)
        if product and sizes and (other := [size for size in shelf if size not in sizes]):
            have = ", ".join(exact_text(size) for size in sizes)
            raise InputError(f"--vials: {product.id} has no vial of {exact_text(other[0])} g; it has {have} g")
        sizes = shelf
    return Supply(product, g_per_ml, sizes, vials_by_hand=vials is not None)


def _strength(product: Product | None, typed: Fraction | None) -> Fraction | None:
    """The concentration [g/mL]: the product's own, or the one that was typed if the product has it."""
    if product is None:
        return typed
    strengths = " or ".join(f"{exact_text(value * 100)}%" for value in product.concentration.value)
    if typed is None and product.g_per_ml is None:
        raise Refused(f"--product {product.id} is made up to {strengths}; add --concentration with one of them")
    if typed is not None and typed not in product.concentration.value:
        raise InputError(
            f"--concentration: {exact_text(typed * 100)}% is not a strength of {product.id}, which is {strengths}; mend one of them"
        )
    return typed or product.g_per_ml


def _vials(text: str) -> tuple[Fraction, ...]:
    """Read sizes such as 5,10,20 or "2.5 g, 5 g", larger first."""
    refuse_long(text, "--vials")
    sizes = []
    for part in text.split(","):
        word = re.sub(r"\s*g$", "", part.strip(), flags=re.ASCII | re.IGNORECASE)
        sizes.append(_within(read_number(word, "--vials", None, "5,10,20"), VIAL_G, "--vials", "g"))
    if len(set(sizes)) < len(sizes):
        raise InputError(f"--vials: {text!r} holds a size twice; write each once, such as 5,10,20")
    if len(sizes) > MOST_VIALS:
        raise InputError(f"--vials: {len(sizes)} sizes; write at most {MOST_VIALS} (a bound of our own)")
    return tuple(sorted(sizes, reverse=True))


def _rate(options: Options, regimen: Regimen | None, supply: Supply, formulary: GetFormulary) -> RateChoice:
    risks, step, start = (given(options, name) for name in ("at-risk", "pump-step", "start-time"))
    table, asked, why = _table(given(options, "rate-for"), regimen, supply.product, formulary)
    choice = RateChoice(
        table=table,
        indication=asked,
        open=why,
        ramp=_ramp(options, supply, formulary),
        risks=() if risks is None else _risks(risks),
        start=None if start is None else read_time(start),
    )
    if step is None:
        return choice
    word = re.sub(r"\s*mL\s*(?:/|per\s)\s*h(?:our)?$", "", step.strip(), flags=re.ASCII | re.IGNORECASE)
    return choice._replace(pump_step=_within(read_number(word, "--pump-step", step, "0.1"), PUMP_STEP, "--pump-step", "mL per hour"))


def _table(
    asked: str | None, regimen: Regimen | None, product: Product | None, formulary: GetFormulary
) -> tuple[RateTable | None, str | None, str | None]:
    """The label's rates for the indication, what was asked for, and, without rates, why; nothing comes from another indication."""
    if product is None:
        if asked is not None:
            raise InputError("--rate-for names an indication of a label; add --product ID, or leave it out")
        return None, None, "no label is known for a concentration alone; add --product ID, or --ramp with the rates of your ward"
    stated = ", ".join(dict.fromkeys(name for table in product.rates for name in table.indications))
    if not product.rates:
        if asked is not None:
            raise InputError(
                f"--rate-for: no rate of the label of {product.id} was read; leave it out and add --ramp with the rates of your ward"
            )
        return (
            None,
            None,
            f"no rate of the label of {product.id} was read; follow its current label, or add --ramp with the rates of your ward",
        )
    key = regimen.indication if regimen else None
    if asked is not None:
        key = re.sub(r"[\s_-]+", "-", asked.strip().lower())
    name = formulary().indications.get(key or "", key if key in stated.split(", ") else None)
    table = next((table for table in product.rates if name and table.covers(name)), None)
    if table is None and asked is None and product.rates[0].indications == ("all",):
        table = product.rates[0]
    if table:
        return table, None if asked is None else name, None
    if asked is not None:
        raise InputError(f"--rate-for: the label of {product.id} has no rates for {asked!r}; it has them for {stated}")
    return None, None, f"the label of {product.id} has rates for {stated}; add --rate-for with one of them"


def _ramp(options: Options, supply: Supply, formulary: GetFormulary) -> Ramp | Literal["printed"] | None:
    """The ramp that was named, or whose rates were typed."""
    text = given(options, "ramp")
    if text is None:
        return None
    ramp = read_ramp_option(text, formulary().ramps, supply.g_per_ml)
    only = ramp.product if isinstance(ramp, Ramp) else None
    if only and (supply.product is None or supply.product.id != only):
        raise InputError(f"--ramp {text} is for {only} and is not carried over to another product; write another ramp")
    return ramp


def read_ramp_option(text: str, ramps: dict[str, Ramp], g_per_ml: Fraction | None) -> Ramp | Literal["printed"]:
    """Read --ramp: `printed`, the name of a ramp, or its rates.

    Args: text as typed; the ramps that have names; concentration [g/mL], for rates in mg.
    Returns: the ramp.
    Raises: InputError.
    """
    word = text.strip().lower()
    if word == "printed":
        return "printed"
    if re.fullmatch(r"[a-z][a-z0-9-]*", word, re.ASCII):
        if word not in ramps:
            raise InputError(f"--ramp: {text!r} is not known; write {', '.join(('printed', *ramps))}, or the rates, {RAMP_EXAMPLES}")
        return ramps[word]
    if minutes := read_doubling(text):
        return Ramp(clean(text), "typed", (), doubles_after=minutes)
    return Ramp(clean(text), "typed", read_ramp(text, g_per_ml))


def _risks(text: str) -> tuple[Risk, ...]:
    found = []
    for part in text.split(","):
        word = re.sub(r"[\s_-]+", "-", part.strip().lower())
        if word not in RISKS:
            raise InputError(f"--at-risk: {part.strip()!r} is not known; write {', '.join(RISKS)}, or several with a comma between")
        found.append(cast("Risk", RISKS[word]))
    return tuple(dict.fromkeys(found))


def _word(text: str, what: str, *words: str) -> str:
    word = text.strip().lower()
    if word not in words:
        raise InputError(f"{what}: {text!r} is not known; write {' or '.join(words)}")
    return word


def _within(value: Fraction, bounds: tuple[Fraction, Fraction], what: str, unit: str) -> Fraction:
    if not bounds[0] <= value <= bounds[1]:
        allowed = f"{exact_text(bounds[0])} to {exact_text(bounds[1])} {unit}"
        raise InputError(f"{what}: {exact_text(value)} {unit} is outside {allowed} (bounds of our own); check the number")
    return value
