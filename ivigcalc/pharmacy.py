"""The pharmacy's options as text -> how to round, what the doses are drawn from, and how fast they run."""

import re
from fractions import Fraction
from typing import Literal, cast

from ivigcalc.errors import InputError, Refused
from ivigcalc.model import (
    STEP_G,
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
from ivigcalc.numbers import NUMBER, exact_text, read_number, read_percent, refuse_long
from ivigcalc.options import GetFormulary, Options, clean, default_rounding, given
from ivigcalc.ramps import MOST_RAMP_TEXT, RAMP_EXAMPLES, read_doubling, read_ramp
from ivigcalc.rates import read_concentration
from ivigcalc.units import Basis, read_grams
from ivigcalc.when import read_time

VIAL_G = (Fraction("0.1"), Fraction(100))
"""Our own bounds on a vial."""
VIAL_STEP_G = Fraction("0.05")
"""Our own bound on how finely a vial is filled; every one that is sold is a whole number of it."""
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
        return choices._replace(rounding=rounding, supply=supply, rate=RateChoice(risks=() if risks is None else read_risks(risks)))
    return choices._replace(rounding=rounding, supply=supply, rate=_rate(options, regimen, supply, formulary))


def _rounding(options: Options, rules: RoundingRules, supply: Supply | None) -> Rounding:
    to, direction, over, limit = (given(options, name) for name in ("round", "direction", "round-over", "round-limit"))
    rounding = default_rounding(rules)._replace(
        direction=cast("Direction", _word("nearest" if direction is None else direction, "--direction", "nearest", "down", "up")),
        applies_to=None if over is None else cast("Basis", _word(over, "--round-over", "day", "course")),
    )
    if limit is not None:
        rounding = rounding._replace(limit_percent=read_percent(limit, "--round-limit"), limit_source="as --round-limit says")
    if to is None:
        return rounding
    word = to.strip().lower()
    if rule := rules.rules.get(re.sub(r"[\s_]+", "-", word)):
        return _by_rule(rounding, rule, direction, over)
    if word in ("vial", "vials"):
        if supply is None or not supply.vials_g:
            why = f": no source that was read states those of {supply.product.id}" if supply and supply.product else ""
            raise InputError(f"--round vial needs the sizes of the vials{why}; add {'' if why else '--product ID or '}--vials 5,10,20")
        return rounding._replace(step_g=None, vials_g=supply.vials_g)
    if re.fullmatch(NUMBER, word, re.ASCII):
        raise InputError(f'--round: {word} has no unit; write "{word} g"')
    if not re.fullmatch(r"\S*[^\sa-z]\s*g", word, re.ASCII):
        known = ", ".join(rules.rules)
        refuse_long(to, "--round")
        raise InputError(f'--round: {to!r} is not known; write an amount such as "5 g", vial, or a published rule: {known}')
    return rounding._replace(step_g=_grams(read_grams(to, "--round"), STEP_G, STEP_G[0], "--round"))


def _by_rule(rounding: Rounding, rule: RoundingRule, direction: str | None, over: str | None) -> Rounding:
    """Round by a published rule: what it states cannot be changed, and a direction that it leaves open is asked for."""
    if rule.direction is None and direction is None:
        raise Refused(f"--round {rule.id}: the rule does not state a direction; add --direction nearest, down or up")
    own = f'write the step itself: "{exact_text(rule.step_g)} g"'
    for option, stated, asked in (("--direction", rule.direction, direction), ("--round-over", rule.over, over)):
        if stated and asked and asked.strip().lower() != stated:
            raise InputError(f"--round {rule.id}: the rule states {stated}; leave {option} out, or {own}")
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
    sizes = tuple(_grams(size, VIAL_G, VIAL_STEP_G, f"--product {product.id}, vials") for size in product.vials_g) if product else ()
    if vials is not None:
        shelf = _vials(vials)
        if not sizes:
            _refuse_decimal_comma(vials)
        if product and sizes and (other := [size for size in shelf if size not in sizes]):
            have = ", ".join(exact_text(size) for size in sizes)
            raise InputError(f"--vials: {product.id} has no vial of {exact_text(other[0])} g; it has {have} g")
        sizes = shelf
    return Supply(product, g_per_ml, sizes, vials_by_hand=vials is not None)


def strengths_text(product: Product) -> str:
    """Write the strengths that a product comes in, such as "5% or 10%"."""
    return " or ".join(f"{exact_text(value * 100)}%" for value in product.concentration.value)


def _strength(product: Product | None, typed: Fraction | None) -> Fraction | None:
    """The concentration [g/mL]: the product's own, or the one that was typed if the product has it."""
    if product is None:
        return typed
    strengths = strengths_text(product)
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
        word = re.sub(r"(?<=[0-9.])\s*g$", "", part.strip(), flags=re.ASCII | re.IGNORECASE)
        if not word:
            raise InputError(f"--vials: {text!r} lacks a size; write sizes in grams with a comma between, such as 5,10,20")
        sizes.append(_grams(read_number(word, "--vials", None, "5,10,20"), VIAL_G, VIAL_STEP_G, "--vials"))
    if len(set(sizes)) < len(sizes):
        raise InputError(f"--vials: {text!r} holds a size twice; write each once, such as 5,10,20")
    if len(sizes) > MOST_VIALS:
        raise InputError(f"--vials: {len(sizes)} sizes; write at most {MOST_VIALS} (a bound of our own)")
    return tuple(sorted(sizes, reverse=True))


def _refuse_decimal_comma(text: str) -> None:
    """Refuse sizes such as 2,5, which can be one vial of 2.5 g or two sizes."""
    match = re.fullmatch(r"([0-9]+),(5|25|75)(?:\s*g)?", text.strip(), re.ASCII | re.IGNORECASE)
    if match and int(match[1]) % 5:
        one, two = match[1], match[2]
        raise InputError(f'--vials: {text!r} can be {one}.{two} g, or {one} g and {two} g; write "{one}.{two} g", or "{one} g, {two} g"')


def _rate(options: Options, regimen: Regimen | None, supply: Supply, formulary: GetFormulary) -> RateChoice:
    risks, step, start = (given(options, name) for name in ("at-risk", "pump-step", "start-time"))
    choice = _table(given(options, "rate-for"), regimen, supply.product, formulary)._replace(
        ramp=_ramp(options, supply, formulary),
        risks=() if risks is None else read_risks(risks),
        start=None if start is None else read_time(start),
    )
    if start is not None and choice.table is None and choice.ramp is None and not choice.risks:
        raise InputError(
            f"--start-time is about the rate, and none is known: {choice.open}; add --ramp with the rates of your ward, {RAMP_EXAMPLES}"
            + (f", or {choice.mend}" if choice.mend else "")
        )
    if step is None:
        return choice
    word = re.sub(r"\s*mL\s*(?:/|per\s)\s*h(?:our)?$", "", step.strip(), flags=re.ASCII | re.IGNORECASE)
    return choice._replace(pump_step=_within(read_number(word, "--pump-step", step, "0.1"), PUMP_STEP, "--pump-step", "mL per hour"))


def _table(asked: str | None, regimen: Regimen | None, product: Product | None, formulary: GetFormulary) -> RateChoice:
    """The label's rates for the indication or, without them, why; nothing comes from another indication, product or strength."""
    if product is None:
        if asked is not None:
            raise InputError("--rate-for names an indication of a label; add --product ID, or leave it out")
        return RateChoice(open="no label is known for a concentration alone", mend="add --product ID")
    if not product.rates:
        if asked is not None:
            raise InputError(
                f"--rate-for: no rate of the label of {product.id} was read; leave it out and add --ramp with the rates of your ward"
            )
        return RateChoice(open=f"no rate of the label of {product.id} was read", mend="follow its current label")
    stated = tuple(dict.fromkeys(name for table in product.rates for name in table.indications))
    names = {**{name: name for name in stated}, **formulary().indications}
    own = _covering(product, names.get(regimen.indication, regimen.indication) if regimen else None)
    if asked is None:
        if own is None and stated == ("all",):
            own = product.rates[0]
        if own:
            return RateChoice(table=own)
        return RateChoice(open=f"the label of {product.id} has rates for {', '.join(stated)}", mend="add --rate-for with one of them")
    refuse_long(asked, "--rate-for")
    name = names.get(re.sub(r"[\s_-]+", "-", asked.strip().lower()))
    table = _covering(product, name)
    if table is None:
        raise InputError(
            f"--rate-for: the label of {product.id} has no rates for {asked!r}; write one that it has them for: {', '.join(stated)}"
        )
    if table is own:
        return RateChoice(table=table)
    return RateChoice(table=table, indication=name, passed_over=own.label if own else None)


def _covering(product: Product, name: str | None) -> RateTable | None:
    """The rates of a product's label for an indication, by its short name."""
    return next((table for table in product.rates if name and table.covers(name)), None)


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
    if len(text) > MOST_RAMP_TEXT:
        raise InputError(f"--ramp: a text of {len(text):,} characters; write at most {MOST_RAMP_TEXT}")
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


def read_risks(text: str) -> tuple[Risk, ...]:
    """Read for what a patient is at risk.

    Args: the words as typed, with commas between.
    Returns: the risks.
    Raises: InputError.
    """
    refuse_long(text, "--at-risk")
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


def _grams(value: Fraction, bounds: tuple[Fraction, Fraction], step: Fraction, what: str) -> Fraction:
    """Refuse an amount outside bounds of our own, or finer than a step of our own."""
    if _within(value, bounds, what, "g") % step:
        raise InputError(f"{what}: {exact_text(value)} g is no whole number of {exact_text(step)} g (a bound of our own); check the number")
    return value


def _within(value: Fraction, bounds: tuple[Fraction, Fraction], what: str, unit: str) -> Fraction:
    if not bounds[0] <= value <= bounds[1]:
        allowed = f"{exact_text(bounds[0])} to {exact_text(bounds[1])} {unit}"
        raise InputError(f"{what}: {exact_text(value)} {unit} is outside {allowed} (bounds of our own); check the number")
    return value
