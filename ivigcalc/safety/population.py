"""Whether a patient is of the population that a source or a label was made for, as far as ages go. Pure."""

import re
from collections.abc import Iterator
from fractions import Fraction

from ivigcalc.model import Ages, Finding, Plan, Regimen
from ivigcalc.numbers import screen_text

ADULT_YEARS = Fraction(18)
"""From which age a source's word `adults` is read here: a choice of ours."""


def outside(regimen: Regimen | None, age_years: Fraction | None) -> str | None:
    """Say why a patient is not, or may not be, of the population of a regimen's source.

    Args: the regimen; the patient's age [years], None where it was not given.
    Returns: the words, or None where the patient is of the population or the source states none.
    """
    ages, read = _ages(regimen)
    if ages is None:
        return None
    if age_years is None:
        return f"the regimen's own source states it for patients {_words(ages)}{read}; age not recorded, add --age"
    if _holds(ages, age_years):
        return None
    return f"the regimen's own source states it for patients {_words(ages)}{read}, not at {screen_text(age_years, 2)} years"


def check_age(plan: Plan) -> Iterator[Finding]:
    """Warn of an age outside those of the regimen's source or of the product's label.

    Args: plan of a patient whose age was given.
    Returns: the warnings.
    """
    age, regimen, supply = plan.patient.age_years, plan.regimen, plan.choices.supply
    assert age is not None
    years = screen_text(age, 2)
    ages, read = _ages(regimen)
    if ages and not _holds(ages, age):
        source = plan.cited[0].source.citation
        yield Finding(
            "age-outside-source",
            "warning",
            f"The regimen's source is about patients {_words(ages)}{read}, and the patient is {years}.",
            source,
        )
    if not supply or not supply.product:
        return
    table, asked = plan.choices.rate.table, plan.choices.rate.indication
    names = {asked} if asked else set(table.indications) if table else set()
    doses = [dose for dose in supply.product.doses if not names or "all" in names or names & set(dose.indications)]
    lowest = [dose.from_age_years for dose in doses]
    known = [years for years in lowest if years is not None]
    if known and len(known) == len(lowest) and age < min(known):
        label = next(dose for dose in doses if dose.from_age_years == min(known))
        text = f"The label of {supply.product.name} is for {label.label} from {min(known)} years, and the patient is {years}."
        yield Finding("age-outside-label", "warning", text, label.dose.source.citation)


def _ages(regimen: Regimen | None) -> tuple[Ages | None, str]:
    """The ages of the regimen's source, and a remark where they rest on its words alone."""
    return (regimen.ages, "") if regimen and regimen.ages else (_from_words(regimen), ", as its words are read here")


def _from_words(regimen: Regimen | None) -> Ages | None:
    """The ages of a population that is stated in words alone, such as adults or children."""
    words = (regimen and regimen.population) or ""
    adults, children = (re.search(rf"\b(?:{names})\b", words) for names in ("adults?", "child|children|infants?|newborns?|neonates?"))
    if bool(adults) == bool(children):
        return None
    return Ages(ADULT_YEARS, None) if adults else Ages(None, ADULT_YEARS)


def _holds(ages: Ages, age_years: Fraction) -> bool:
    return (ages.from_years is None or age_years >= ages.from_years) and (ages.below_years is None or age_years < ages.below_years)


def _words(ages: Ages) -> str:
    bounds = ((word, years) for word, years in (("from", ages.from_years), ("below", ages.below_years)) if years is not None)
    return " and ".join(f"{word} {screen_text(years, 2)} years" for word, years in bounds)
