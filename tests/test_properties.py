"""What holds for every weight, dose and date: the program against a second calculation, and against itself."""

from datetime import date, timedelta
from fractions import Fraction
from typing import Any, Final

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ivigcalc.dosing.plan import make_plan
from ivigcalc.errors import Refused
from ivigcalc.model import Choices, Patient, Phase, Plan, Span
from ivigcalc.options import Options
from ivigcalc.when import WEEKDAYS, Interval
from tests import oracle
from tests.test_request import CATALOGUE, LIMITS, ask

HUNDREDTH: Final = Fraction(1, 100)
thorough = settings(max_examples=200, deadline=None, database=None)
a_few = settings(thorough, max_examples=60)


def planned(options: Options) -> Plan:
    """Plan without limits, which are not what is tested here."""
    plan = ask(options, limits=LIMITS._replace(doses=(), cautions=None))
    assert isinstance(plan, Plan)
    return plan


def planned_or_none(options: Options) -> Plan | None:
    """Plan, or None where it is refused."""
    try:
        return planned(options)
    except Refused:
        return None


# What may be typed


def decimals(low: str, high: str, places: int) -> st.SearchStrategy[str]:
    """Plain decimal numbers as text."""
    scale = 10**places
    whole = st.integers(int(Fraction(low) * scale), int(Fraction(high) * scale))
    return whole.map(lambda number: f"{number // scale}.{number % scale:0{places}}")


Weight = tuple[str, tuple[tuple[str, str], ...]]  # as typed, and its parts for the second calculation


def one(number: str, unit: str, typed: str) -> Weight:
    return typed, ((number, unit),)


WEIGHTS: Final[st.SearchStrategy[Weight]] = st.one_of(
    decimals("0.2", "650", 3).map(lambda kg: one(kg, "kg", kg)),
    st.integers(1, 650).map(lambda kg: one(str(kg), "kg", f"{kg} kg")),
    decimals("0.45", "1430", 2).map(lambda lb: one(lb, "lb", f"{lb} lb")),
    st.integers(200, 9999).map(lambda g: one(str(g), "g", f"{g} g")),
    st.tuples(st.integers(1, 100), decimals("0.1", "13.9", 1)).map(
        lambda pair: (f"{pair[0]} st {pair[1]} lb", ((str(pair[0]), "st"), (pair[1], "lb")))
    ),
)
DOSES: Final = decimals("0.01", "3", 4)  # g/kg
BASES: Final = st.sampled_from(["day", "course"])
LENGTHS: Final = st.one_of(st.integers(1, 7), st.integers(1, 31))
DATES: Final = st.dates(date(1996, 1, 1), date(2104, 12, 31))
INTERVALS: Final = st.sampled_from([("day", 60), ("week", 8), ("month", 6)]).flatmap(
    lambda unit: st.tuples(st.integers(1, unit[1]), st.just(unit[0]))
)


@st.composite
def dose_options(draw: st.DrawFn) -> tuple[dict[str, str | tuple[str, ...]], oracle.Amounts]:
    """Options for a dose, and what the second calculation makes of them."""
    typed, parts = draw(WEIGHTS)
    dose, per, days = draw(DOSES), draw(BASES), draw(LENGTHS)
    options: dict[str, str | tuple[str, ...]] = {"weight": typed, "dose": f"{dose} g/kg/{per}", "days": str(days)}
    return options, oracle.amounts(oracle.kilograms(*parts), Fraction(dose), per, days)


# The program against the second calculation


@thorough
@given(dose_options())
def test_the_dose_is_that_of_a_second_calculation(drawn: tuple[Options, oracle.Amounts]) -> None:
    options, expected = drawn
    if min(expected.ordered) == 0:
        with pytest.raises(Refused, match=r"leaves .* with nothing"):
            planned(options)
        return
    if abs(sum(expected.ordered) - expected.calculated_course) * 10 > expected.calculated_course:
        with pytest.raises(Refused, match="at most 10% is allowed"):  # a step of 0.01 g is too coarse for so small a dose
            planned(options)
        return
    plan = planned(options)
    assert {infusion.calculated_g for infusion in plan.infusions} == {expected.calculated_day}
    assert plan.courses[0].calculated_g == plan.calculated_g == expected.calculated_course
    assert tuple(infusion.ordered_g for infusion in plan.infusions) == expected.ordered


# The figures of the documents, typed off them once more: dose [g/kg], its basis, days.
DOCUMENTS: Final[dict[str, tuple[str, str, int, dict[str, str]]]] = {
    "itp": ("0.4", "day", 3, {}),
    "icaht": ("2", "course", 4, {}),
    "melanoma-q3w": ("1", "course", 3, {"days": "3"}),
    "melanoma-high-dose": ("2", "course", 5, {"days": "5"}),
    "multiple-sclerosis": ("0.4", "day", 1, {}),
    "systemic-sclerosis": ("2", "course", 4, {"dose": "2 g/kg/course", "days": "4"}),
    "systemic-sclerosis-takehara": ("0.4", "day", 5, {}),
    "myeloma-teclistamab": ("0.4", "day", 1, {"dose": "0.4 g/kg"}),
}


def test_every_regimen_of_the_catalogue_is_in_the_second_calculation() -> None:
    assert set(DOCUMENTS) == {name for name, regimen in CATALOGUE.regimens.items() if not regimen.choose}


@a_few
@given(WEIGHTS, st.sampled_from(sorted(DOCUMENTS)))
def test_the_regimens_are_those_of_a_second_calculation(weight: Weight, name: str) -> None:
    dose, per, days, choices = DOCUMENTS[name]
    plan = planned({"weight": weight[0], "regimen": name, **choices})
    expected = oracle.amounts(oracle.kilograms(*weight[1]), Fraction(dose), per, days)
    assert tuple(infusion.ordered_g for infusion in plan.infusions) == expected.ordered
    assert plan.calculated_g == expected.calculated_course


@st.composite
def calendars(draw: st.DrawFn) -> dict[str, Any]:
    """Where courses are to fall, as the second calculation takes it."""
    start, days = draw(DATES), draw(st.integers(1, 8))
    calendar: dict[str, Any] = {"start": start, "days": days, "every": draw(INTERVALS)}
    if draw(st.booleans()):
        calendar["cycles"] = draw(st.integers(1, 12))
    else:
        calendar["until"] = start + timedelta(days=draw(st.integers(30, 400)))
    if draw(st.booleans()):
        calendar["weekdays"] = draw(st.sets(st.integers(0, 6), min_size=1))
    if draw(st.booleans()):
        calendar["closed"] = draw(st.sets(st.integers(0, 60).map(lambda later: start + timedelta(days=later)), max_size=12))
    return calendar


def options_of(calendar: dict[str, Any]) -> Options:
    number, unit = calendar["every"]
    options: dict[str, str | tuple[str, ...]] = {
        "weight": "62",
        "dose": "0.2 g/kg/day",
        "days": str(calendar["days"]),
        "start": str(calendar["start"]),
        "every": f"{number} {unit}s",
        "closed": tuple(str(day) for day in sorted(calendar.get("closed", ()))),
    }
    options |= {name: str(calendar[name]) for name in ("cycles", "until") if name in calendar}
    if "weekdays" in calendar:
        options["infuse-on"] = ",".join(WEEKDAYS[day] for day in sorted(calendar["weekdays"]))
    return options


@thorough
@given(calendars())
def test_the_dates_are_those_of_a_second_calculation(calendar: dict[str, Any]) -> None:
    try:
        expected = oracle.dates(**calendar)
    except (oracle.Overlap, oracle.NeverFits):
        with pytest.raises(Refused):
            planned(options_of(calendar))
        return
    assume(expected.starts[0] <= calendar.get("until", expected.starts[0]))
    plan = planned_or_none(options_of(calendar))
    if plan is None:
        assert expected.next_start is None  # the course after the last would overlap it
        return
    assert tuple(course.start for course in plan.courses) == expected.starts
    assert tuple(course.planned for course in plan.courses) == expected.planned
    assert plan.next_start == expected.next_start
    assert tuple(infusion.date for infusion in plan.infusions) == tuple(
        day for start in expected.starts for day in oracle.course(start, calendar["days"])
    )


@a_few
@given(DATES, st.integers(1, 4), INTERVALS, INTERVALS, INTERVALS, st.integers(1, 9))
def test_the_dates_of_phases_are_those_of_a_second_calculation(
    start: date, loading: int, first: tuple[int, Any], begins: tuple[int, Any], then: tuple[int, Any], cycles: int
) -> None:
    def stated(name: str, every: tuple[int, Any], count: Span[int] | None, after: Interval | None) -> Phase:
        interval = Interval(*every)
        return Phase(name, Span(Fraction(1), Fraction(1)), "course", Span(1, 1), Span(interval, interval), count, after)

    phases = (stated("loading", first, Span(loading, loading), None), stated("maintenance", then, None, Interval(*begins)))
    regimen = CATALOGUE.regimens["itp"]._replace(phases=phases)
    plan = make_plan(Patient(None, Fraction(62)), regimen, Choices(start=start, cycles=cycles))
    assert isinstance(plan, Plan)
    expected = [oracle.later(start, first[0] * number, first[1]) for number in range(loading)]
    maintenance = oracle.later(expected[-1], *begins)
    expected += [oracle.later(maintenance, then[0] * number, then[1]) for number in range(10)]
    assert [course.start for course in plan.courses] == expected[:cycles]
    assert plan.next_start == expected[cycles]
    assert [course.phase.name for course in plan.courses] == (["loading"] * loading + ["maintenance"] * 9)[:cycles]


# The program against itself


@st.composite
def schedules(draw: st.DrawFn) -> tuple[Plan, dict[str, Any]]:
    """A plan of several courses that could be made, with what it was asked for."""
    options, expected = draw(dose_options())
    calendar = draw(calendars())
    assume(min(expected.ordered) > 0)
    plan = planned_or_none({**options_of(calendar), **options})
    assume(plan and plan.courses)
    assert plan is not None
    return plan, calendar


@thorough
@given(schedules())
def test_the_ordered_days_add_up(drawn: tuple[Plan, dict[str, Any]]) -> None:
    plan, _ = drawn
    so_far = Fraction(0)
    for infusion in plan.infusions:
        so_far += infusion.ordered_g
        assert infusion.cumulative_g == so_far
        assert infusion.g_per_kg * plan.weight.kg == infusion.ordered_g
    for course in plan.courses:
        days = [infusion for infusion in plan.infusions if infusion.cycle == course.cycle]
        assert sum(infusion.ordered_g for infusion in days) == course.ordered_g
        assert {infusion.course_g for infusion in days} == {course.ordered_g}
        assert course.g_per_kg * plan.weight.kg == course.ordered_g
        assert sum(infusion.calculated_g for infusion in days) == course.calculated_g
    assert plan.ordered_g == so_far == sum(course.ordered_g for course in plan.courses)
    assert plan.calculated_g == sum(course.calculated_g for course in plan.courses)


@thorough
@given(schedules())
def test_rounding_departs_by_half_a_step_at_most(drawn: tuple[Plan, dict[str, Any]]) -> None:
    plan, _ = drawn
    for infusion in plan.infusions:
        assert (infusion.ordered_g / HUNDREDTH).denominator == 1
        assert infusion.ordered_g > 0
    for course in plan.courses:
        if course.phase.per == "day":
            departs = [abs(infusion.ordered_g - infusion.calculated_g) for infusion in plan.infusions if infusion.cycle == course.cycle]
        else:
            departs = [abs(course.ordered_g - course.calculated_g)]
        assert max(departs) <= HUNDREDTH / 2
        assert course.change_percent * course.calculated_g == (course.ordered_g - course.calculated_g) * 100


@thorough
@given(schedules())
def test_the_days_of_a_course_are_consecutive_and_never_decrease(drawn: tuple[Plan, dict[str, Any]]) -> None:
    plan, _ = drawn
    for course in plan.courses:
        days = [infusion for infusion in plan.infusions if infusion.cycle == course.cycle]
        assert [infusion.day for infusion in days] == list(range(1, course.phase.days + 1))
        assert {infusion.days for infusion in days} == {course.phase.days}
        ordered = [infusion.ordered_g for infusion in days]
        assert ordered == sorted(ordered)
        assert max(ordered) - min(ordered) <= HUNDREDTH
        assert course.start is not None
        assert [infusion.date for infusion in days] == [course.start + timedelta(days=number) for number in range(course.phase.days)]


@thorough
@given(schedules())
def test_the_calendar_is_kept(drawn: tuple[Plan, dict[str, Any]]) -> None:
    plan, calendar = drawn
    dates = [infusion.date for infusion in plan.infusions]
    assert all(day is not None and day >= calendar["start"] for day in dates)
    assert all(day and day not in calendar.get("closed", ()) for day in dates)
    assert all(day and day.weekday() in calendar.get("weekdays", range(7)) for day in dates)
    assert len(set(dates)) == len(dates)  # courses never overlap
    assert dates == sorted(dates, key=lambda day: day or date.min)
    assert [course.cycle for course in plan.courses] == list(range(1, len(plan.courses) + 1))
    assert all(course.start and course.planned and course.start >= course.planned for course in plan.courses)
    if "cycles" in calendar:
        assert len(plan.courses) == calendar["cycles"]
    else:
        assert all(course.start and course.start <= calendar["until"] for course in plan.courses)
        assert plan.next_start is not None
        assert plan.next_start > calendar["until"]
    moved = [course.cycle for course in plan.courses if course.start != course.planned]
    assert [finding.text.split()[1] for finding in plan.findings if finding.code == "moved"] == [str(cycle) for cycle in moved]


@a_few
@given(decimals("0.5", "1400", 2), DOSES, BASES, LENGTHS)
def test_pounds_and_kilograms_agree(pounds: str, dose: str, per: str, days: int) -> None:
    scaled = int(Fraction(pounds) * Fraction("0.45359237") * 10**10)  # ends within ten decimals
    in_kg = f"{scaled // 10**10}.{scaled % 10**10:010}"
    assert Fraction(in_kg) == Fraction(pounds) * Fraction("0.45359237")
    options: Options = {"dose": f"{dose} g/kg/{per}", "days": str(days)}
    try:
        plan = planned({**options, "weight": f"{pounds} lb"})
    except Refused:
        with pytest.raises(Refused):
            planned({**options, "weight": in_kg})
        return
    assert plan == planned({**options, "weight": in_kg}) == planned({**options, "weight": f"{in_kg} kg"})


@a_few
@given(decimals("1", "325", 3), DOSES, BASES, LENGTHS)
def test_twice_the_weight_is_twice_the_calculated_dose(weight: str, dose: str, per: str, days: int) -> None:
    twice = Fraction(weight) * 2
    doubled = f"{twice.numerator * 1000 // twice.denominator // 1000}.{twice.numerator * 1000 // twice.denominator % 1000:03}"
    options: Options = {"dose": f"{dose} g/kg/{per}", "days": str(days)}
    try:
        single = planned({**options, "weight": weight})
    except Refused:
        return  # too little for a day
    double = planned({**options, "weight": doubled})
    assert double.calculated_g == 2 * single.calculated_g
    assert [infusion.calculated_g for infusion in double.infusions] == [2 * infusion.calculated_g for infusion in single.infusions]
    assert abs(double.ordered_g - 2 * single.ordered_g) <= HUNDREDTH * Fraction(3, 2) * (days if per == "day" else 1)


@a_few
@given(WEIGHTS, DOSES, LENGTHS)
def test_a_course_spread_over_its_days_is_the_same_dose_in_both_bases(weight: Weight, dose: str, days: int) -> None:
    course = planned_or_none({"weight": weight[0], "dose": f"{dose} g/kg/day", "days": str(days)})
    total = Fraction(dose) * days
    assume(total <= 10)  # as much as may be typed
    scaled = int(total * 10**4)
    as_course = planned_or_none({"weight": weight[0], "dose": f"{scaled // 10**4}.{scaled % 10**4:04} g/kg/course", "days": str(days)})
    if course and as_course:
        assert course.calculated_g == as_course.calculated_g
        assert abs(course.ordered_g - as_course.ordered_g) <= HUNDREDTH / 2 * (days + 1)


@a_few
@given(calendars())
def test_dates_change_no_dose(calendar: dict[str, Any]) -> None:
    options = {name: value for name, value in options_of(calendar).items() if name in {"weight", "dose", "days", "every"}}
    dated = planned_or_none({**options, "start": str(calendar["start"]), "cycles": "3"})
    undated = planned_or_none({**options, "cycles": "3"})
    if dated and undated:
        assert [infusion._replace(date=None) for infusion in dated.infusions] == list(undated.infusions)
        assert (dated.ordered_g, dated.calculated_g) == (undated.ordered_g, undated.calculated_g)
