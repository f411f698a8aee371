"""An order that somebody else wrote, and what is known of its patient -> the order judged."""

from datetime import date
from fractions import Fraction
from functools import lru_cache

from ivigcalc.checking import Check, Reading
from ivigcalc.data import Data
from ivigcalc.dosing.weights import dosing_weight, side_by_side
from ivigcalc.errors import InputError
from ivigcalc.model import Choices, Comparison, DosingWeight, Finding, Patient, Product, RateChoice, SiteUse, Supply, Undecided
from ivigcalc.options import Options, clean, read_patient
from ivigcalc.pharmacy import read_risks, strengths_text
from ivigcalc.rates import read_concentration
from ivigcalc.record import add_record
from ivigcalc.request import answer, refuse_contraindicated
from ivigcalc.safety.cautions import of_patient
from ivigcalc.safety.expected import Context, expected_of, read_within
from ivigcalc.safety.orders import read_order
from ivigcalc.safety.verdict import judge

_OWN = ("order", "csv", "within", "format", "output", "force", "site")
_OF_A_RATE = ("ramp", "pump-step")
"""Defaults of a site that an order has no part in."""
_OF_A_PLAN = (
    "round",
    "direction",
    "round-over",
    "round-limit",
    "vials",
    "days",
    "every",
    "cycles",
    "until",
    "start",
    "infuse-on",
    "closed",
    "accept",
    "reason",
    "bispecific-start",
)


def check_order(typed: Options, data: Data, today: date) -> Check:
    """Read and judge one order.

    Args: options as typed, by long name without dashes; the data files; today's date.
    Returns: the check.
    Raises: InputError where something cannot be read; Refused where what is meant cannot be planned.
    """
    options, limits, use = typed, data.limits, None
    site = data.site
    if site:
        from ivigcalc.site import with_defaults

        site = site._replace(defaults={name: value for name, value in site.defaults.items() if name not in _OF_A_RATE})
        options, use = with_defaults(typed, site)
    text = options.get("order")
    if not isinstance(text, str):
        raise InputError('--order is needed: the order as it was written, such as --order "30 g daily for 5 days"')
    asked = {name: value for name, value in typed.items() if name not in _OWN}
    share = options.get("within")
    within = read_within(share) if isinstance(share, str) else limits.rounding.limit_percent / 100
    product = _product(options, data)
    strength = _strength(options, product)
    told = options.get("at-risk")
    risks = read_risks(told) if isinstance(told, str) else ()
    names = tuple(dict.fromkeys((product.id, product.name, product.brand, *product.aliases))) if product else ()
    beside: tuple[Finding, ...] = ()
    if "regimen" in options or "dose" in options:
        result = answer(asked, data.shipped, limits, today, data.formulary, site)
        patient, weight = result.patient, result.weight
        start = None if isinstance(result, Comparison) else result.choices.start
    else:
        if alone := next((name for name in _OF_A_PLAN if name in typed), None):
            raise InputError(f"--{alone} belongs to what the order is compared with; add --regimen or --dose, or leave it out")
        result, start, policy = None, None, options.get("dosing-weight")
        patient = _recorded(options, _read(text, strength, names)[0], today)
        refuse_contraindicated(patient, product, limits.cautions)
        chosen = Choices(supply=Supply(product, strength, (), vials_by_hand=False) if product else None, rate=RateChoice(risks=risks))
        beside = tuple(of_patient(patient, chosen, limits.cautions)) if limits.cautions else ()
        wanted = policy.strip().lower() if isinstance(policy, str) else None
        weight = dosing_weight(patient, None, wanted, limits.weights, lambda _: "no dose is compared")
        weight = weight._replace(reason=weight.reason.replace("the dose was entered by hand", "no dose is compared"))
    regimens = (
        (result.regimen, *(option.regimen for option in result.options)) if isinstance(result, Comparison) else (result and result.regimen,)
    )
    names += tuple(name for regimen in regimens if regimen for name in (regimen.id, regimen.indication, *regimen.aliases))
    decisions = side_by_side(patient, limits.weights)
    undecided = [decision for decision in decisions.values() if isinstance(decision, Undecided)]
    context = Context(
        patient=patient,
        weight=weight,
        others_kg={name: decision.kg for name, decision in decisions.items() if isinstance(decision, DosingWeight)},
        needed=tuple(dict.fromkeys(need for decision in undecided for need in decision.needs if "dosing-weight" not in need)),
        within=within,
        published=limits.rounding.limit_percent / 100,
        limits=limits.doses,
        cautions=limits.cautions,
        start=start,
    )
    expected = expected_of(result) if result else ()
    judged = judge(_read(text, strength, tuple(dict.fromkeys(names))), expected, context)
    used = (*(f"regimens.{regimen.id}" for regimen in regimens if regimen), *((f"products.{product.id}",) if product else ()))
    beside += _site(use, used)
    return Check(clean(text), patient, risks, result, expected, weight, within, isinstance(share, str), judged, beside)


@lru_cache(maxsize=1_024)  # of a file, in which the same words recur
def _read(text: str, g_per_ml: Fraction | None, names: tuple[str, ...]) -> tuple[Reading, ...]:
    """What an order says, which rests on nothing but its words, the concentration [g/mL] and the names that may stand in it."""
    return read_order(text, g_per_ml, names)


def _recorded(options: Options, reading: Reading, today: date) -> Patient:
    """The patient of an order that is judged by the limits alone; the days since a last course are counted to the order's own dates."""
    if "last-course" in options and not reading.dates:
        example = '--order "30 g daily for 5 days from 2027-02-01"'
        raise InputError(f"--last-course needs the first day of the order; write it in the order, such as {example}")
    return add_record(read_patient(options), options, reading.dates[0][0] if reading.dates else None, today)


def _site(use: SiteUse | None, used: tuple[str, ...]) -> tuple[Finding, ...]:
    """What was taken from the hospital's own file."""
    if use is None:
        return ()
    from ivigcalc.safety.site import check_site

    return tuple(check_site(use, used))


def _product(options: Options, data: Data) -> Product | None:
    """The product that the order is read with."""
    named = options.get("product")
    if not isinstance(named, str):
        return None
    from ivigcalc.catalogue.products import find_product

    return find_product(data.formulary().products, named)


def _strength(options: Options, product: Product | None) -> Fraction | None:
    """The concentration [g/mL] that an order in mL is read with."""
    typed = options.get("concentration")
    strength = read_concentration(typed) if isinstance(typed, str) else None
    if product is None:
        return strength
    if strength and strength not in product.concentration.value:
        raise InputError(f"--concentration: {typed!r} is none of those of {product.id}; write {strengths_text(product)}, or leave it out")
    return strength or product.g_per_ml
