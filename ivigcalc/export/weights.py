"""Every dosing weight side by side, on the screen and as JSON, schema ivigcalc.weight/1."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from ivigcalc.export.exact import json_page, maybe
from ivigcalc.export.screen import Screen
from ivigcalc.export.words import INTENDED_USE, kilograms
from ivigcalc.model import DosingWeight, Patient, Undecided, WeightPolicies
from ivigcalc.numbers import screen_text

SCHEMA = "ivigcalc.weight/1"
Decisions = Mapping[str, DosingWeight | Undecided]


def weights_table(
    patient: Patient, bmi: Fraction | None, decisions: Decisions, policies: WeightPolicies, width: int, *, colour: bool
) -> str:
    """Show every dosing weight with its reason; none is recommended.

    Args: patient; body mass index [kg/m2]; what each policy decides; the policies; width of the screen [characters];
    whether colour may be used.
    Returns: the text of the screen.
    """
    screen = Screen(width, colour=colour)
    screen.heading("Dosing weights side by side; none is recommended")
    screen.gap()
    if patient.label:
        screen.entry("Label", patient.label)
    screen.entry("Actual", kilograms(patient.weight_kg))
    height = "not given" if patient.height_cm is None else f"{screen_text(patient.height_cm)} cm"
    screen.entry("Height", height)
    screen.entry("BMI", "not known without --height" if bmi is None else f"{screen_text(bmi, 1)} kg per square metre")
    screen.gap()
    for name, decision in decisions.items():
        screen.heading(f"{name}{_title(name, policies)}")
        screen.lines(_decision(decision), 2)
        if name in policies.offered:
            policy = policies.offered[name]
            screen.lines([policy.rule, *(f'{c.source.citation}. {c.locator}: "{c.quote}"' for c in policy.cited)], 2)
    screen.gap()
    for other in policies.not_offered.values():
        screen.entry("Not offered", f"{other.id}, {other.name}: {other.missing}.")
    screen.entry("Use", INTENDED_USE)
    return screen.text()


def weights_json(
    patient: Patient, bmi: Fraction | None, ideal_kg: Fraction | None, adjusted_kg: Fraction | None, decisions: Decisions
) -> bytes:
    """Write every dosing weight as JSON; a weight that cannot be decided is null, with its reason.

    Args: patient; body mass index [kg/m2]; ideal and adjusted weight [kg] by the formula alone; what each policy decides.
    Returns: UTF-8 bytes, one object.
    """
    document = {
        "schema": SCHEMA,
        "actual_kg": maybe(patient.weight_kg),
        "ideal_kg": maybe(ideal_kg),
        "adjusted_kg": maybe(adjusted_kg),
        "bmi": maybe(bmi),
        "policies": [_policy(name, decision) for name, decision in decisions.items()],
    }
    return json_page(document)


def _title(name: str, policies: WeightPolicies) -> str:
    return f", {policies.offered[name].name}" if name in policies.offered else ""


def _decision(decision: DosingWeight | Undecided) -> list[str]:
    if isinstance(decision, DosingWeight):
        return [f"{kilograms(decision.kg)}, {decision.basis} body weight: {decision.reason}"]
    needs = f"; add {', '.join(decision.needs)}" if decision.needs else ""
    return [f"no figure: {decision.reason}{needs}"]


def _policy(name: str, decision: DosingWeight | Undecided) -> dict[str, Any]:
    if isinstance(decision, DosingWeight):
        kg, basis, source = maybe(decision.kg), decision.basis, decision.source
        return {"policy": name, "kg": kg, "basis": basis, "reason": decision.reason, "source": source}
    needs = f"; add {', '.join(decision.needs)}" if decision.needs else ""
    return {"policy": name, "kg": None, "basis": None, "reason": decision.reason + needs, "source": None}
