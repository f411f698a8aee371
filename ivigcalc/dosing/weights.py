"""The weight that a dose rests on: each policy one function, each answer with its reason.

Devine's formula: ideal body weight = base + 2.3 kg for every inch of height over 60 inches; base 50 kg (male), 45.5 kg
(female). Adjusted body weight = ideal + factor x (actual - ideal). Source: as the Australian National Blood Authority
publishes both, https://nba.gov.au/bloodstar-calculator-adjusting-ig-dose-ideal-body-weight
"""

from collections.abc import Callable
from fractions import Fraction
from typing import Literal

from ivigcalc.errors import InputError, Refused
from ivigcalc.model import DosingWeight, Patient, Regimen, Undecided, WeightPolicies, WeightPolicy
from ivigcalc.numbers import screen_text

BASE_KG = {"male": Fraction(50), "female": Fraction("45.5")}  # Devine, see above
KG_PER_INCH = Fraction("2.3")  # Devine, see above
BASE_INCHES = Fraction(60)  # Devine, see above
CM_PER_INCH = Fraction("2.54")  # international yard and pound agreement, 1959
FACTOR = Fraction("0.4")  # Australian National Blood Authority, see above
OBESE_BMI = Fraction(30)  # kg/m2: at and above it the plan asks which weight to use (docs/design.md, "Dosing weight")


Decision = DosingWeight | Undecided


def _beside(index: Fraction, threshold: Fraction) -> str:
    """A BMI with one decimal, or with as many as it takes to stand apart from a threshold."""
    decimals = next((d for d in (1, 2, 3, 4) if round(index, d) != threshold), 6)
    return screen_text(index, decimals)


def bmi(patient: Patient) -> Fraction | None:
    """Body mass index [kg/m2] = actual weight [kg] / height [m] squared; None without a height."""
    if patient.height_cm is None:
        return None
    return patient.weight_kg / (patient.height_cm / 100) ** 2


def ideal_kg(patient: Patient, inches_per_cm: Fraction = 1 / CM_PER_INCH) -> Fraction | Undecided:
    """Ideal body weight [kg] by Devine.

    Args: patient; inches in a centimetre, as the policy publishes it.
    Returns: the weight, or what is needed.
    """
    needs = tuple(option for option, value in (("--height", patient.height_cm), ("--sex", patient.sex)) if value is None)
    if needs or patient.height_cm is None or patient.sex is None:
        return Undecided(needs, "ideal body weight rests on height and sex")
    inches = patient.height_cm * inches_per_cm
    return BASE_KG[patient.sex] + KG_PER_INCH * (inches - BASE_INCHES)


def adjusted_kg(patient: Patient, factor: Fraction = FACTOR, inches_per_cm: Fraction = 1 / CM_PER_INCH) -> Fraction | Undecided:
    """Adjusted body weight [kg] = ideal + factor x (actual - ideal); it may lie above the actual weight."""
    ideal = ideal_kg(patient, inches_per_cm)
    return ideal if isinstance(ideal, Undecided) else ideal + factor * (patient.weight_kg - ideal)


def _actual(patient: Patient, policy: str, reason: str, source: str | None = None) -> DosingWeight:
    return DosingWeight(patient.weight_kg, "actual", policy, reason, source)


def _below_devine(patient: Patient) -> Undecided | None:
    """Devine's formula starts at 60 inches; below it nothing is extrapolated unless a policy's own text does so."""
    if patient.height_cm is not None and patient.height_cm < BASE_INCHES * CM_PER_INCH:
        return Undecided(
            (), f"Devine's formula starts at 60 inches, 152.4 cm, and the height of {screen_text(patient.height_cm)} cm is below it"
        )
    return None


def ideal(patient: Patient) -> Decision:
    """Ideal body weight by Devine, never above the actual weight."""
    return _plain(patient, "ideal", ideal_kg(patient), "Devine's ideal body weight")


def adjusted(patient: Patient) -> Decision:
    """Adjusted body weight with 0.4, never above the actual weight."""
    reason = "Devine's ideal body weight + 0.4 of the difference to the actual weight"
    return _plain(patient, "adjusted", adjusted_kg(patient), reason)


def _plain(patient: Patient, name: Literal["ideal", "adjusted"], formula: Fraction | Undecided, reason: str) -> Decision:
    """A weight by formula, where the formula holds, never above the actual one."""
    weight = _below_devine(patient) or formula
    if isinstance(weight, Undecided):
        return weight
    if weight > patient.weight_kg:
        above = f"{name} body weight, {screen_text(weight, 2)} kg, is above the actual weight, which is never exceeded"
        return _actual(patient, name, above)
    return DosingWeight(weight, name, name, reason, None)


def _australia(patient: Patient, policy: WeightPolicy) -> Decision:
    """Adjusted for all adults; actual for age < 18, height < 152 cm, pregnancy, or where actual is below adjusted."""
    f = policy.figures
    if patient.age_years is not None and patient.age_years < f["adult_age"]:
        return _actual(patient, policy.id, f"age is below {screen_text(f['adult_age'])} years", policy.source)
    if patient.height_cm is not None and patient.height_cm < f["least_height"]:
        return _actual(patient, policy.id, f"the height is below the {screen_text(f['least_height'])} cm of the policy", policy.source)
    if patient.pregnant:
        return _actual(patient, policy.id, "pregnant", policy.source)
    weight = adjusted_kg(patient, f["factor"], f["inches_per_cm"])
    needs = [*(() if patient.age_years is not None else ("--age",)), *(weight.needs if isinstance(weight, Undecided) else ())]
    if patient.pregnant is None and patient.sex != "male":
        needs.append("--pregnant or --not-pregnant")
    if needs or isinstance(weight, Undecided):
        return Undecided(tuple(needs), "the policy excludes by age, height and pregnancy")
    if patient.weight_kg < weight:
        return _actual(patient, policy.id, f"the adjusted weight, {screen_text(weight, 2)} kg, is above the actual one", policy.source)
    return DosingWeight(weight, "adjusted", policy.id, "no exclusion applies", policy.source)


def _uk_request_form(patient: Patient, policy: WeightPolicy) -> Decision:
    """Adjusted for BMI > 30 or actual > 120% of ideal; actual for under 132 cm and for paediatric patients."""
    f = policy.figures
    if patient.height_cm is not None and patient.height_cm < f["least_height"]:
        return _actual(patient, policy.id, f"the height is below the {screen_text(f['least_height'])} cm of the policy", policy.source)
    if patient.age_years is not None and patient.age_years < f["adult_age"]:
        return _actual(patient, policy.id, "a paediatric patient, read as below 18 years; the form states no age", policy.source)
    ideal_weight, index = ideal_kg(patient), bmi(patient)
    needs = [*(() if patient.age_years is not None else ("--age",)), *(ideal_weight.needs if isinstance(ideal_weight, Undecided) else ())]
    if needs or isinstance(ideal_weight, Undecided) or index is None:
        return Undecided(tuple(needs), "the form's rule rests on height, sex and whether the patient is a child")
    weight = ideal_weight + f["factor"] * (patient.weight_kg - ideal_weight)
    if index > f["bmi_above"]:
        return _capped(
            patient, weight, policy, f"BMI {_beside(index, f['bmi_above'])} is above the {screen_text(f['bmi_above'])} of the form"
        )
    if patient.weight_kg * 100 > ideal_weight * f["percent_of_ideal_above"]:
        return _capped(patient, weight, policy, f"actual weight is above {screen_text(f['percent_of_ideal_above'])}% of the ideal weight")
    return _actual(patient, policy.id, "BMI and actual weight are within the form's bounds", policy.source)


def _capped(patient: Patient, weight: Fraction, policy: WeightPolicy, reason: str) -> DosingWeight:
    """An adjusted weight, never above the actual one."""
    if weight > patient.weight_kg:
        return _actual(patient, policy.id, f"{reason}; adjusted is above the actual weight, which is never exceeded", policy.source)
    return DosingWeight(weight, "adjusted", policy.id, reason, policy.source)


def _seton(patient: Patient, policy: WeightPolicy) -> Decision:
    """Ideal unless obese (actual > 130% of ideal); actual where it is below ideal; the factor for the obese was not read."""
    weight = _below_devine(patient) or ideal_kg(patient)
    if isinstance(weight, Undecided):
        return weight
    if patient.weight_kg * 100 > weight * policy.figures["percent_of_ideal_above"]:
        percent = screen_text(policy.figures["percent_of_ideal_above"])
        return Undecided(
            ("--dosing-weight adjusted",),
            f"actual weight is above {percent}% of the ideal weight; the policy then asks for an adjusted weight, "
            "whose factor the text that was read does not state",
        )
    if patient.weight_kg < weight:
        return _actual(patient, policy.id, f"the ideal weight, {screen_text(weight, 2)} kg, is above the actual one", policy.source)
    return DosingWeight(weight, "ideal", policy.id, "not obese by the policy's rule", policy.source)


def _us_120(patient: Patient, policy: WeightPolicy) -> Decision:
    """Actual up to 120% of ideal, adjusted above it."""
    f = policy.figures
    ideal_weight = _below_devine(patient) or ideal_kg(patient)
    if isinstance(ideal_weight, Undecided):
        return ideal_weight
    weight = ideal_weight + f["factor"] * (patient.weight_kg - ideal_weight)
    if patient.weight_kg * 100 > ideal_weight * f["percent_of_ideal_above"]:
        return _capped(patient, weight, policy, f"actual weight is above {screen_text(f['percent_of_ideal_above'])}% of the ideal weight")
    return _actual(
        patient, policy.id, f"actual weight is at most {screen_text(f['percent_of_ideal_above'])}% of the ideal weight", policy.source
    )


RULES: dict[str, Callable[[Patient, WeightPolicy], Decision]] = {
    "australia-2026": _australia,
    "uk-request-form": _uk_request_form,
    "seton": _seton,
    "us-120": _us_120,
}
"""Policy id -> its rule; the thresholds and sources stand in limits.yaml."""

BASES: dict[str, Callable[[Patient], Decision]] = {"ideal": ideal, "adjusted": adjusted}
"""The plain weights beside the actual one, by name."""


PRE_PREGNANCY: Literal["pre-pregnancy"] = "pre-pregnancy"
"""The weight before pregnancy, which some sources name; only for a patient of whom it was given."""


def _pre_pregnancy(patient: Patient) -> Decision:
    """The weight before pregnancy, never above the actual weight."""
    if patient.pre_pregnancy_kg is None:
        return Undecided(("--pregnant with --pre-pregnancy-weight",), "the weight before pregnancy is not known")
    if patient.pre_pregnancy_kg > patient.weight_kg:
        before = f"the weight before pregnancy, {screen_text(patient.pre_pregnancy_kg, 2)} kg"
        return _actual(patient, PRE_PREGNANCY, f"{before}, is above the actual weight, which is never exceeded")
    return DosingWeight(patient.pre_pregnancy_kg, PRE_PREGNANCY, PRE_PREGNANCY, "the weight before pregnancy, as given", None)


def plain(patient: Patient, weight: Fraction | Undecided) -> Fraction | None:
    """A Devine weight [kg] before any policy; None where it is not known, or the height is below where the formula starts."""
    return None if isinstance(weight, Undecided) or _below_devine(patient) else weight


def side_by_side(patient: Patient, policies: WeightPolicies) -> dict[str, Decision]:
    """Work out every dosing weight that is offered.

    Args: patient; the policies.
    Returns: name -> dosing weight, or what is needed to know it; the plain ones first.
    """
    before = () if patient.pre_pregnancy_kg is None else (PRE_PREGNANCY,)
    return {name: decide(patient, name, policies) for name in ("actual", *BASES, *before, *policies.offered)}


def decide(patient: Patient, name: str, policies: WeightPolicies) -> Decision:
    """Work out the weight of a policy, or of a plain basis.

    Args: patient; `actual`, `ideal`, `adjusted` or the id of a policy; the policies.
    Returns: the dosing weight [kg], or what is needed to know it.
    Raises: InputError for a name that is not known or not offered.
    """
    if name == "actual":
        return _actual(patient, "actual", "the weight as given")
    if name in BASES:
        return BASES[name](patient)
    if name == PRE_PREGNANCY:
        return _pre_pregnancy(patient)
    if name in policies.offered:
        return RULES[name](patient, policies.offered[name])
    known = ", ".join(("actual", *BASES, PRE_PREGNANCY, *policies.offered))
    if name in policies.not_offered:
        raise InputError(f"--dosing-weight: {name} is not offered: {policies.not_offered[name].missing}; write one of {known}")
    raise InputError(f"--dosing-weight: {name!r} is not known; write one of {known}")


def dosing_weight(
    patient: Patient, regimen: Regimen | None, wanted: str | None, policies: WeightPolicies, grams: Callable[[Fraction], str]
) -> DosingWeight:
    """Choose the weight that a dose rests on: the one asked for, else the one that the source names, else the actual one.

    With a BMI of 30 or more and neither, nothing is chosen: sources disagree, so the plan asks.

    Args: patient; regimen, None for a dose entered by hand; the policy asked for; the policies; the words for the dose
    that a weight [kg] would give.
    Returns: dosing weight [kg].
    Raises: Refused where the weight needs an input that is missing, or a choice; InputError for an unknown policy.
    """
    stated = None if regimen is None or wanted is not None else _named(patient, regimen)
    name = wanted if wanted is not None else (stated.split()[0] if stated else None)
    if name is not None:
        decision = decide(patient, name, policies)
        if isinstance(decision, Undecided):
            needs = f"; add {', '.join(decision.needs)}" if decision.needs else ""
            if wanted is None and not needs:  # no input helps, as for a child whom Devine's formula does not reach
                needs = (
                    "; the source names that weight; if another is meant, write it, such as --dosing-weight actual, and the plan says so"
                )
            raise Refused(f"--dosing-weight {name} cannot be worked out: {decision.reason}{needs}")
        why = "asked for" if wanted else f"the source names {stated}"
        return decision._replace(reason=f"{why}; {decision.reason}")
    index = bmi(patient)
    if index is not None and index >= OBESE_BMI:
        raise Refused(_which_weight(patient, index, policies, grams))
    who = "the dose was entered by hand" if regimen is None else "the source does not state which weight to use"
    known = "BMI not known without --height" if index is None else f"BMI {_beside(index, OBESE_BMI)} is not 30 or more"
    return _actual(patient, "actual", f"{who}; {known}")


def _named(patient: Patient, regimen: Regimen) -> str | None:
    """The weight that a source names for this patient, in its words."""
    stated = regimen.weight_basis
    if regimen.weight_basis_in_pregnancy and patient.sex != "male":
        if patient.pregnant is None:
            words = f"the source names {stated}, and in pregnancy {regimen.weight_basis_in_pregnancy}"
            raise Refused(f"--dosing-weight: {words}; add --pregnant or --not-pregnant")
        stated = regimen.weight_basis_in_pregnancy if patient.pregnant else stated
    return stated


def _which_weight(patient: Patient, index: Fraction, policies: WeightPolicies, grams: Callable[[Fraction], str]) -> str:
    """Ask which weight to use, with the dose that each would give."""
    offers = []
    for name in ("actual", *BASES, *(() if patient.pre_pregnancy_kg is None else (PRE_PREGNANCY,))):
        decision = decide(patient, name, policies)
        if isinstance(decision, Undecided):
            needs = f"needs {', '.join(decision.needs)}" if decision.needs else decision.reason
            offers.append(f"{name}: {needs}")
        else:
            offers.append(f"{name}: {screen_text(decision.kg, 2)} kg, {grams(decision.kg)}")
    return (
        f"BMI is {screen_text(index, 1)}, and neither the source nor you say which weight to use: {'; '.join(offers)}. "
        "Add --dosing-weight with one of them or with a policy (see: ivigcalc weight --help)"
    )
