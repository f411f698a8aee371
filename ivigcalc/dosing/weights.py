"""The weight that a dose rests on."""

from ivigcalc.model import DosingWeight, Patient, Regimen


def dosing_weight(patient: Patient, regimen: Regimen | None) -> DosingWeight:
    """Choose the dosing weight: actual body weight, with the reason.

    Args: patient; regimen, None for a dose entered by hand.
    Returns: dosing weight [kg].
    """
    if regimen is None:
        reason = "the dose was entered by hand and no other weight was asked for"
    else:
        reason = "the source does not state which weight to use, and no other was asked for"
    return DosingWeight(patient.weight_kg, "actual", "actual", reason, None)
