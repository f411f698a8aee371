"""Whether a patient is of the population that a source or a label was made for, as far as ages go. Pure."""

import re
from collections.abc import Iterator
from fractions import Fraction
from functools import lru_cache

from ivigcalc.model import Ages, Choices, Cited, Finding, Patient, Regimen
from ivigcalc.numbers import screen_text

_READ_AS = (
    ("adults?", Ages(Fraction(18), None)),
    ("child|children|pa?ediatrics?", Ages(None, Fraction(18))),
    ("infants?", Ages(None, Fraction(1))),
    ("newborns?|neonates?|neonatal", Ages(None, Fraction(1, 12))),
)
"""As which ages [years] a source's words are read here: choices of ours. Two of them in one text are read as none."""


def outside(regimen: Regimen | None, patient: Patient) -> str | None:
    """Say why a patient is not, or may not be, of the population of a regimen's source.

    Args: the regimen; the patient.
    Returns: the words, or None where the patient is of the population or the source states none.
    """
    if _pregnant_only(regimen) and not patient.pregnant:
        return "the regimen's own source states it for pregnant women" + (
            "; pregnancy not recorded, add --pregnant" if patient.pregnant is None else ""
        )
    ages, read = _ages(regimen)
    age_years = patient.age_years
    if ages is None:
        return None
    if age_years is None:
        return f"the regimen's own source states it for patients {_words(ages)}{read}; age not recorded, add --age"
    if _holds(ages, age_years):
        return None
    return f"the regimen's own source states it for patients {_words(ages)}{read}, not at {_age(age_years)}"


def check_population(patient: Patient, regimen: Regimen | None, choices: Choices, cited: tuple[Cited, ...]) -> Iterator[Finding]:
    """Warn of a patient who is, or may be, outside the population of the regimen's source or of the product's label.

    Args: the patient; the regimen, None for a dose entered by hand; what was chosen; the regimen's citations.
    Returns: the warnings.
    """
    age, supply = patient.age_years, choices.supply
    source = cited[0].source.citation if cited else None
    if _pregnant_only(regimen) and (patient.pregnant is False or patient.sex == "male"):
        yield Finding(
            "pregnancy-outside-source", "warning", "The regimen's source is about pregnant women, and the patient is not one.", source
        )
    ages, read = _ages(regimen)
    if age is None:
        if ages and ages.below_years is not None:  # a child's dose for a patient who may be none
            text = f"The regimen's source is about patients {_words(ages)}{read}, and no age is recorded; add --age."
            yield Finding("age-not-recorded", "warning", text, source)
        return
    years = _age(age)
    if ages and not _holds(ages, age):
        text = f"The regimen's source is about patients {_words(ages)}{read}, and the patient is {years}."
        yield Finding("age-outside-source", "warning", text, source)
    if not supply or not supply.product:
        return
    table, asked = choices.rate.table, choices.rate.indication
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
    if regimen is None or regimen.ages:
        return regimen and regimen.ages, ""
    return read_ages(regimen.population or ""), ", as its words are read here"


@lru_cache(maxsize=256)
def read_ages(population: str) -> Ages | None:
    """Read the ages of a population that is stated in words alone, such as adults or children.

    Args: the words of an entry.
    Returns: the ages [years]; None where the words state none, or more than one.
    """
    found = [ages for names, ages in _READ_AS if re.search(rf"\b(?:{names})\b", population, re.IGNORECASE)]
    return found[0] if len(found) == 1 else None


def _pregnant_only(regimen: Regimen | None) -> bool:
    return bool(regimen and regimen.population and regimen.population.lower().startswith("pregnant"))


def _holds(ages: Ages, age_years: Fraction) -> bool:
    return (ages.from_years is None or age_years >= ages.from_years) and (ages.below_years is None or age_years < ages.below_years)


def _words(ages: Ages) -> str:
    bounds = ((word, years) for word, years in (("from", ages.from_years), ("below", ages.below_years)) if years is not None)
    return " and ".join(f"{word} {_age(years)}" for word, years in bounds)


def _age(years: Fraction) -> str:
    """An age in years, or in months where that is the whole number."""
    months = years * 12
    if years < 2 and years.denominator > 1 and months.denominator == 1:
        return f"{months} month{'' if months == 1 else 's'}"
    return "1 year" if years == 1 else f"{screen_text(years, 2)} years"
