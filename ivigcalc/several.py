"""Several regimens that were asked for by name -> a comparison of them for one patient."""

from datetime import date
from typing import TYPE_CHECKING

from ivigcalc.dosing.plan import make_plan
from ivigcalc.dosing.weights import decide
from ivigcalc.errors import Refused
from ivigcalc.model import Catalogue, Comparison, DosingWeight, LeftOut, Limits, Option
from ivigcalc.options import GetFormulary, Options, read_patient
from ivigcalc.request import prepare
from ivigcalc.safety.checks import mark

if TYPE_CHECKING:
    from ivigcalc.site import Site


def answer_several(
    options: Options, ids: tuple[str, ...], catalogue: Catalogue, limits: Limits, today: date, formulary: GetFormulary, site: "Site | None"
) -> Comparison:
    """Lay several regimens side by side for a patient; one that gives no grams says what it needs, and the others are shown.

    Args: options as typed, of the patient and the dosing weight; the ids of the regimens, none of them a choice; the catalogue; the limits
    and weight policies; today's date; the products, for the defaults of a site; the hospital's own file.
    Returns: the comparison, those with grams first.
    Raises: InputError.
    """
    patient = read_patient(options)
    shown: list[Option] = []
    left: list[LeftOut] = []
    for key in ids:
        asked = prepare({**options, "regimen": key}, catalogue, limits, today, formulary, site)
        regimen = asked.regimen
        assert regimen is not None  # an exact id always wins
        if regimen.phases[0].dose is None:
            left.append(LeftOut(regimen, "the source states no dose"))
            continue
        try:
            result = make_plan(patient, None, asked.choices, (regimen,), (), limits.weights)
        except Refused as error:
            left.append(LeftOut(regimen, str(error)))
        else:
            assert isinstance(result, Comparison)  # what would be settled in a plan is laid out here too
            shown += result.options
    weight = (shown[0].weight if shown else None) or decide(patient, "actual", limits.weights)
    assert isinstance(weight, DosingWeight)
    return mark(Comparison(patient, weight, None, tuple(shown), (), tuple(left)), asked.choices, limits.doses, asked.use, limits.cautions)
