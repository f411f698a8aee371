"""What an order says and what was found on it. Apart from model.py, since a plan needs none of it.

Frozen, without behaviour beyond what their fields mean; the unit is in the name.
"""

from datetime import date
from fractions import Fraction
from typing import Literal, NamedTuple

from ivigcalc.model import Comparison, DosingWeight, Finding, Patient, Plan, Risk, Span
from ivigcalc.units import Basis
from ivigcalc.when import Interval

Unit = Literal["g", "mg", "mL"]
WeightBasis = Literal["actual", "ideal", "adjusted"]
Verdict = Literal["agrees", "agrees within rounding", "differs", "ambiguous", "within the limits", "above a limit"]


class Doses(NamedTuple):
    """The dose of each day and of the course [g or g/kg]."""

    days: tuple[Fraction, ...]
    course: Fraction


class Body(NamedTuple):
    """A body weight [kg] that the order names, and its kind; either may be missing."""

    kg: Fraction | None
    half: Fraction
    basis: WeightBasis | None


class Reading(NamedTuple):
    """What an order says."""

    grams: Doses | None  # [g]; None where the order is per body weight alone
    per_kg: Doses | None  # [g/kg]; None where it is in grams alone
    stated: Basis  # whether its first dose is that of a day or of the course
    unit: Unit  # in which that was written
    days_said: bool  # whether it says how many days
    every: Interval | None
    courses: int | None
    dates: tuple[tuple[date, ...], ...]  # of each course; none where it names none
    body: Body | None
    strength: Fraction | None  # g/mL, named in the order or of the product
    notes: tuple[str, ...]

    @property
    def days(self) -> int:
        """How many days a course has."""
        doses = self.grams or self.per_kg
        assert doses is not None
        return len(doses.days)

    def grams_at(self, weight_kg: Fraction) -> Doses:
        """The grams: as written, else per kg of the weight that the order names, else per kg of the dosing weight [kg]."""
        if self.grams:
            return self.grams
        assert self.per_kg is not None
        kg = self.body.kg if self.body and self.body.kg else weight_kg
        return Doses(tuple(day * kg for day in self.per_kg.days), self.per_kg.course * kg)


class Expected(NamedTuple):
    """One way to give what was expected; several where a regimen leaves a choice open."""

    name: str  # of the choice or the phase; empty where there is only one
    per: Basis  # what its dose is stated for
    days_g: tuple[Fraction, ...]  # of each day, as the plan orders it
    day_g: Fraction  # calculated
    course_g: Fraction  # calculated
    every: Span[Interval] | None
    of_source: bool  # dose and interval are the source's own, for a patient of its population
    courses: int | None  # where a number was asked for
    dates: tuple[tuple[date, ...], ...]  # of each course; none where no first day was given
    findings: tuple[Finding, ...]  # what was found on it, with what was accepted
    range: "tuple[str, Expected] | None" = None  # of the least dose that a source states: the range in words, and the highest dose of it


class Slip(NamedTuple):
    """A known slip that gives the number of the order."""

    code: str
    text: str
    source: str | None = None


class Judged(NamedTuple):
    """One reading of an order, judged."""

    reading: Reading
    grams: Doses
    kind: Verdict
    expected: Expected | None  # the one that it agrees with, or the nearest; None where nothing was compared
    day_change: Fraction | None  # of the day's dose that is farthest off, against the expected one
    course_change: Fraction | None  # of the course
    slips: tuple[Slip, ...]
    findings: tuple[Finding, ...]


class Check(NamedTuple):
    """An order with its verdict."""

    order: str
    patient: Patient
    risks: tuple[Risk, ...]  # of the patient, as they were said
    result: Plan | Comparison | None  # what it was compared with; None for the limits alone
    expected: tuple[Expected, ...]
    weight: DosingWeight
    within: Fraction  # how far an order may be rounded
    within_set: bool  # whether that was set by hand
    judged: tuple[Judged, ...]  # two for an order with two readings
    beside: tuple[Finding, ...] = ()  # what was found beside the order: of the patient, and of a hospital's own file

    @property
    def kind(self) -> Verdict:
        """The verdict on the whole order."""
        return self.judged[0].kind if len(self.judged) == 1 else "ambiguous"

    @property
    def passes(self) -> bool:
        """Whether the order is what was expected, or within the limits where nothing was."""
        return self.kind in ("agrees", "agrees within rounding", "within the limits")
