"""The calculator: a patient, a regimen and choices -> a plan, or the open choices side by side. Pure."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from fractions import Fraction
from typing import NamedTuple

from ivigcalc.dosing.amounts import Amounts, amounts, rounded_over
from ivigcalc.dosing.compare import DAYS_SHOWN, compare
from ivigcalc.dosing.dates import add_interval
from ivigcalc.dosing.schedule import Slot, schedule
from ivigcalc.dosing.settle import BY_HAND, count_override, in_basis, missing, read_basis, settle
from ivigcalc.dosing.weights import dosing_weight
from ivigcalc.errors import InputError, Refused
from ivigcalc.model import (
    Choices,
    Cited,
    Comparison,
    Course,
    DosingWeight,
    Given,
    Infusion,
    LeftOut,
    Option,
    Override,
    Patient,
    Phase,
    Plan,
    Rates,
    Regimen,
    Rounding,
    Settled,
    Span,
    Supply,
    WeightPolicies,
)
from ivigcalc.numbers import running_totals, screen_text, total
from ivigcalc.units import Basis, Dose
from ivigcalc.when import Interval, screen_date

NOTHING_GIVEN = Given()
NOBODY_KG = Fraction(1)
"""Stands where a weight is only needed for the words of a refusal that cannot come."""


_Place = tuple[str, int, int, int, date | None]
"""The fields of Infusion from phase to date."""


class Frame(NamedTuple):
    """A plan before its patient: all that does not rest on a weight."""

    regimen: Regimen | None
    cited: tuple[Cited, ...]
    rows: list[tuple[Phase, Choices]]
    phases: tuple[Settled, ...]
    slots: tuple[Slot, ...]
    next_start: date | None
    overrides: tuple[Override, ...]
    planned: tuple[Settled, ...]  # the phases of these courses
    phase_of: tuple[int, ...]  # of each course, its place among them
    places: tuple[_Place, ...]  # of each infusion
    rounding: Rounding
    choices: Choices
    others: tuple[str, ...]


class _Day(NamedTuple):
    """What is the same on a day of every course of a phase."""

    grams: tuple[Fraction, Fraction, Fraction, Fraction, Fraction]  # of Infusion, from calculated_g to course_g
    given: Given


class _Dose(NamedTuple):
    """What is the same in every course of a phase."""

    course: tuple[Fraction, Fraction, Fraction, Fraction, Fraction, Fraction, Basis, bool, Given, bool]  # of Course, from uncapped_g on
    days: list[_Day]


NO_POLICIES = WeightPolicies({}, {})


def make_plan(
    patient: Patient,
    regimen: Regimen | None,
    choices: Choices,
    among: tuple[Regimen, ...] = (),
    others: tuple[str, ...] = (),
    policies: WeightPolicies = NO_POLICIES,
) -> Plan | Comparison:
    """Plan a regimen for a patient, or lay what it leaves open side by side.

    Args: patient; regimen, None for a dose entered by hand; what was chosen; the regimens to choose among where the
    regimen (or, without one, the indication) stands for several; ids of further regimens of the indication; the dosing-weight policies.
    Returns: a plan whose every figure is settled, or a comparison of the open choices.
    Raises: Refused where no dose is stated or the courses cannot be placed; InputError where the dose has two readings.
    """
    if among:
        read_basis(choices.dose, choices.days, patient.weight_kg)
    offered = _documented(among, choices)
    if among and len(offered) != 1:
        if choices.dose is None or offered:
            return _side_by_side(patient, regimen, offered or among, choices, policies)
        if regimen is None:
            ids = " or --regimen ".join(member.id for member in among)
            raise InputError(f"--dose: none of the regimens states {choices.dose}; write --regimen {ids}, or leave --regimen out")
    if regimen is None and offered:
        regimen = offered[0]
    phases, cited = _what_is_stated(regimen, offered, among)
    rows = [(phase, _choices_for(phase, phases, choices)) for phase in phases]
    weight = dosing_weight(patient, regimen, choices.dosing_weight, policies, lambda kg: _would_give(rows, kg))
    for phase, own in rows:
        read_basis(own.dose, own.days or (phase.days and phase.days.fixed), weight.kg)
    if still_open := _still_open(rows):
        _require_dose(regimen, rows, others)
        options = tuple(option for phase, own in rows for option in compare(regimen, phase, own, weight))
        return Comparison(patient, weight, regimen, options, still_open)
    settled = tuple(settle(phase, own, weight.kg) for phase, own in rows)
    return _plan(patient, weight, _frame(regimen, cited, rows, settled, choices, others))


def frame(regimen: Regimen | None, choices: Choices, others: tuple[str, ...] = ()) -> Frame | None:
    """Settle all of a plan that does not rest on the patient, once for many patients.

    Args: regimen, None for a dose entered by hand; what was chosen; ids of further regimens of the indication.
    Returns: the frame; None where the patient's weight is needed to say what is open or has two readings.
    Raises: Refused, InputError, as make_plan does.
    """
    phases, cited = _what_is_stated(regimen, (), ())
    rows = [(phase, _choices_for(phase, phases, choices)) for phase in phases]
    if any((own.dose and own.dose.per is None) or missing(phase, own) for phase, own in rows):
        return None
    settled = tuple(settle(phase, own, NOBODY_KG) for phase, own in rows)
    return _frame(regimen, cited, rows, settled, choices, others)


def _frame(
    regimen: Regimen | None,
    cited: tuple[Cited, ...],
    rows: list[tuple[Phase, Choices]],
    settled: tuple[Settled, ...],
    choices: Choices,
    others: tuple[str, ...],
) -> Frame:
    """Place settled phases in the calendar."""
    slots, next_start = schedule(settled, choices)
    planned = tuple(phase for phase in settled if any(slot.phase is phase for slot in slots))
    return Frame(
        regimen=regimen,
        cited=cited,
        rows=rows,
        phases=settled,
        slots=slots,
        next_start=next_start,
        overrides=(*_overrides(settled), *_cycles_override(settled, len(slots), choices)),
        planned=planned,
        phase_of=tuple(next(number for number, phase in enumerate(planned) if phase is slot.phase) for slot in slots),
        places=tuple(place for slot in slots for place in _places(slot)),
        rounding=choices.rounding._replace(applies_to=rounded_over(planned[0], choices.rounding)),
        choices=choices,
        others=others,
    )


def _places(slot: Slot) -> Iterator[_Place]:
    """The days of a course."""
    phase, start = slot.phase, slot.start
    for number in range(phase.days):
        yield phase.name, slot.cycle, number + 1, phase.days, start + timedelta(days=number) if start else None


def fill(patient: Patient, outline: Frame, policies: WeightPolicies = NO_POLICIES) -> Plan:
    """Plan a frame for a patient.

    Args: patient; the frame; the dosing-weight policies.
    Returns: the plan that make_plan gives.
    Raises: Refused, InputError, as make_plan does.
    """
    rows, wanted = outline.rows, outline.choices.dosing_weight
    weight = dosing_weight(patient, outline.regimen, wanted, policies, lambda kg: _would_give(rows, kg))
    return _plan(patient, weight, outline)


def _documented(among: tuple[Regimen, ...], choices: Choices) -> tuple[Regimen, ...]:
    """The regimens of a choice that state the dose that was typed, in whatever basis."""
    if choices.dose is None:
        return ()
    found = []
    for member in among:
        if len(member.phases) > 1:
            continue  # of which phase the dose is was not said
        phase = member.phases[0]
        days = choices.days or (phase.days and phase.days.fixed)
        typed = choices.dose.per or ("day" if days == 1 else None)
        if not phase.dose or typed is None or (days is None and typed != phase.per):
            continue
        if phase.dose.low <= in_basis(Dose(choices.dose.g_per_kg, typed), phase.per, days or 1) <= phase.dose.high:
            found.append(member)
    return tuple(found)


def _side_by_side(
    patient: Patient, regimen: Regimen | None, among: tuple[Regimen, ...], choices: Choices, policies: WeightPolicies
) -> Comparison:
    """Lay the regimens of a choice side by side, each on the weight that its source names; name those with nothing to show."""
    which = () if choices.dose else ("--dose",)
    open_options = tuple(dict.fromkeys((*which, *(option for member in among for option in missing(member.phases[0], choices)))))
    shown = [member for member in among if choices.dose or member.phases[0].dose]
    if not shown:
        ids = ", ".join(member.id for member in among)
        raise Refused(f'none of the regimens {ids} states a dose, so none is given; if you have one, add --dose "G g/kg/course"')
    options: list[Option] = []
    left_out = [LeftOut(member, "the source states no dose") for member in among if member not in shown]
    refusals: list[Refused | InputError] = []
    for member in shown:
        try:
            weight = dosing_weight(patient, member, choices.dosing_weight, policies, lambda _: "dose open")
            found = [
                option
                for phase in member.phases
                for option in compare(member, phase, _choices_for(phase, member.phases, choices), weight, days_shown=DAYS_SHOWN)
            ]
        except (Refused, InputError) as error:
            if isinstance(error, InputError) and len(member.phases) == 1:
                raise
            refusals.append(error)
            left_out.append(LeftOut(member, str(error)))
        else:
            options += [option._replace(weight=weight) for option in found]
    if not options:
        raise refusals[0]
    first = options[0].weight
    assert first is not None
    return Comparison(patient, first, regimen, tuple(options), open_options, tuple(left_out))


def _would_give(rows: list[tuple[Phase, Choices]], weight_kg: Fraction) -> str:
    """The words for the dose that a weight would give, or for its absence while the dose is open."""
    phase, own = rows[0]
    open_options = missing(phase, own)
    if "--dose" in open_options or (own.dose and own.dose.per is None and "--days" in open_options):
        return "dose open"
    settled = settle(phase, own, weight_kg)
    if "--days" in open_options:
        return f"{screen_text(settled.dose_g_per_kg * weight_kg, 2)} g per {settled.per}"
    grams = amounts(settled, weight_kg, own.rounding)
    return f"{screen_text(grams.day_g, 2)} g a day, {screen_text(grams.course_g, 2)} g per course"


def _require_dose(regimen: Regimen | None, rows: list[tuple[Phase, Choices]], others: tuple[str, ...]) -> None:
    """Refuse where no source and no person states a dose, and say what can be typed."""
    if regimen is None or all(phase.dose or own.dose for phase, own in rows):
        return
    known_days = all(phase.days and phase.days.fixed for phase, _ in rows)
    dose = '--dose "G g/kg"' if known_days else '--dose "G g/kg/course" --days N'
    message = f"--regimen {regimen.id}: the source states no dose, so none is given; if you have one, add {dose} with figures of your own"
    if others:
        message += f"; other regimens of this indication: {', '.join(others)}"
    last = _last_start(regimen, rows[0][1])
    if regimen.window and last:
        message += f". Last day of the {regimen.window.days}-day window after the {regimen.window.event}: {screen_date(last)}"
    raise Refused(message)


def _last_start(regimen: Regimen | None, choices: Choices) -> date | None:
    """The last day of a regimen's start window, if the event that opens it was given."""
    if regimen is None or regimen.window is None or choices.event is None:
        return None
    return add_interval(choices.event, Interval(regimen.window.days, "day"))


def _what_is_stated(
    regimen: Regimen | None, offered: tuple[Regimen, ...], among: tuple[Regimen, ...]
) -> tuple[tuple[Phase, ...], tuple[Cited, ...]]:
    """The phases to plan and the citations behind them."""
    if offered:
        return offered[0].phases, offered[0].cited
    if not among:
        return (regimen.phases, regimen.cited) if regimen else ((BY_HAND,), ())
    cited = tuple(dict.fromkeys(cited for member in among for cited in member.cited))
    phases = [member.phases[0] for member in among]
    doses = [phase.dose for phase in phases if phase.dose]
    if not doses or len({phase.per for phase in phases}) > 1:
        return (BY_HAND,), cited  # doses of a day and of a course have no range together
    together = Span(min(dose.low for dose in doses), max(dose.high for dose in doses))
    return (BY_HAND._replace(dose=together, per=phases[0].per, between=True),), cited


def _choices_for(phase: Phase, phases: tuple[Phase, ...], choices: Choices) -> Choices:
    """What was chosen for a phase; with one phase, all of it."""
    if len(phases) == 1:
        return choices
    from ivigcalc.dosing.phases import choices_for  # few regimens have several

    return choices_for(phase, phases, choices)


def _still_open(rows: list[tuple[Phase, Choices]]) -> tuple[str, ...]:
    """The options that would settle what is still open."""
    if len(rows) == 1:
        return missing(*rows[0])
    from ivigcalc.dosing.phases import still_open

    return still_open(rows)


def _plan(patient: Patient, weight: DosingWeight, outline: Frame) -> Plan:
    choices, places = outline.choices, outline.places
    worked = [amounts(phase, weight.kg, choices.rounding) for phase in outline.planned]
    rates, give = _supplied(choices.supply, choices, patient, weight)
    doses = [_dose(grams, give, weight.kg, choices.supply) for grams in worked]
    slots = zip(outline.slots, outline.phase_of, strict=True)
    courses = [Course(slot.phase, slot.cycle, slot.start, slot.planned, *doses[phase].course) for slot, phase in slots]
    days = [day for phase in outline.phase_of for day in doses[phase].days]
    totals = running_totals([day.grams[1] for day in days])
    infusions = [Infusion(*place, *day.grams, so_far, day.given) for place, day, so_far in zip(places, days, totals, strict=True)]
    return Plan(
        patient=patient,
        weight=weight,
        regimen=outline.regimen,
        cited=outline.cited,
        choices=choices,
        phases=outline.phases,
        overrides=outline.overrides,
        rounding=outline.rounding,
        courses=tuple(courses),
        infusions=tuple(infusions),
        calculated_g=total(worked[phase].course_g for phase in outline.phase_of),
        ordered_g=totals[-1],
        rates=rates,
        given=_together((course.given for course in courses), choices.supply),
        next_start=outline.next_start,
        last_start=_last_start(outline.regimen, choices),
        others=outline.others,
    )


def _supplied(
    supply: Supply | None, choices: Choices, patient: Patient, weight: DosingWeight
) -> tuple[Rates | None, Callable[[Fraction], Given]]:
    """How an infusion runs, and what giving a dose [g] takes."""
    if supply is None:
        return None, lambda _: NOTHING_GIVEN
    from ivigcalc.dosing.rates import settle_rates  # only where the doses are drawn from something
    from ivigcalc.dosing.supply import give

    rates = settle_rates(choices.rate, supply, patient.weight_kg, weight.kg) if supply.g_per_ml else None
    return rates, lambda dose: give(dose, supply, rates)


def _together(days: Iterable[Given], supply: Supply | None) -> Given:
    """What several doses take together."""
    if supply is None:
        return NOTHING_GIVEN
    from ivigcalc.dosing.supply import together

    return together(days)


def _overrides(phases: tuple[Settled, ...]) -> Iterator[Override]:
    """What was changed of each phase, with its name where there are several."""
    for phase in phases:
        for override in phase.overrides:
            yield override._replace(phase=phase.name) if len(phases) > 1 else override


def _cycles_override(phases: tuple[Settled, ...], planned: int, choices: Choices) -> tuple[Override, ...]:
    """What was changed of the number of courses, where every phase states one; --until may always stop early."""
    stated = [phase.cycles for phase in phases if phase.cycles]
    if len(stated) < len(phases):
        return ()
    together = Span(sum(span.low for span in stated), sum(span.high for span in stated))
    if planned < together.low and choices.cycles is None:
        return ()
    override = count_override("cycles", together, planned)
    return (override,) if override else ()


def _change(calculated: Fraction, ordered: Fraction) -> Fraction:
    """By how much [%] an ordered dose departs from the calculated one."""
    (given, given_parts), (meant, meant_parts) = ordered.as_integer_ratio(), calculated.as_integer_ratio()
    return Fraction((given * meant_parts - meant * given_parts) * 100, meant * given_parts)


def _dose(grams: Amounts, give: Callable[[Fraction], Given], weight_kg: Fraction, supply: Supply | None) -> _Dose:
    """Work out what is the same in every course of a phase."""
    ordered = total(grams.ordered_g)
    days: list[_Day] = []
    for day_g in grams.ordered_g:
        if days and (day_g is days[-1].grams[1] or day_g == days[-1].grams[1]):  # days rise, so equal ones stand together
            days.append(days[-1])
        else:
            days.append(_Day((grams.day_g, day_g, _change(grams.day_g, day_g), day_g / weight_kg, ordered), give(day_g)))
    course = (
        grams.uncapped_g,
        grams.course_g,
        ordered,
        ordered / weight_kg,
        grams.course_g / weight_kg,
        _change(grams.course_g, ordered),
        grams.rounded_over,
        grams.tie,
        _together((day.given for day in days), supply),
        grams.under_cap,
    )
    return _Dose(course, days)
