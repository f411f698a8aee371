"""What holds for every weight, dose and date: the program against a second calculation, and against itself."""

from datetime import date, timedelta
from fractions import Fraction
from typing import Any, Final

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ivigcalc.dosing.plan import make_plan
from ivigcalc.errors import Refused
from ivigcalc.model import Choices, Patient, Phase, Plan, Span, Supply
from ivigcalc.options import Options
from ivigcalc.when import WEEKDAYS, Interval
from tests import oracle
from tests.test_request import CATALOGUE, LIMITS, ask, ask_plan

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


def test_every_regimen_of_the_documents_is_in_the_second_calculation() -> None:
    assert [*DOCUMENTS] == [name for name in [*CATALOGUE.regimens][:9] if not CATALOGUE.regimens[name].choose]


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
        number, unit = calendar["every"]
        shorter = number * {"day": 1, "week": 7, "month": 28}[unit] < calendar["days"]
        assert expected.next_start is None or shorter  # the course after the last would overlap it, but for a move at best
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


# Rounding, vials and volumes

SIZES: Final = st.sets(
    st.sampled_from(["0.5", "0.6", "1", "1.25", "2", "2.5", "3", "5", "6", "10", "12", "20", "25", "30", "40"]), min_size=1, max_size=6
)
FEW_SIZES: Final = st.sets(st.sampled_from(["2.5", "3", "5", "6", "10", "12", "20", "25"]), min_size=1, max_size=3)
DIRECTIONS: Final = st.sampled_from(["nearest", "down", "up"])
STEPS: Final = st.sampled_from(["0.01", "0.1", "0.25", "0.5", "1", "2.5", "5", "10", "40"])
WIDE: Final = {"round-limit": "100%"}  # so that what is tested is the rounding and not its limit


def typed_sizes(sizes: set[str]) -> str:
    """Sizes as they are typed, with their unit, so that no comma is in doubt."""
    return ", ".join(f"{size} g" for size in sorted(sizes))


def a_course_of(grams: str, days: int) -> Options:
    """Options for a course of so many grams."""
    millionths = int(Fraction(grams) * 10**4)
    return {
        "weight": "100",
        "dose": f"{millionths // 10**6}.{millionths % 10**6:06} g/kg/course",
        "days": str(days),
    }


def fractions_of(sizes: set[str]) -> tuple[Fraction, ...]:
    return tuple(Fraction(size) for size in sorted(sizes))


@thorough
@given(dose_options(), STEPS, DIRECTIONS, BASES)
def test_a_rounded_quantity_departs_by_half_a_step_or_one_step(
    drawn: tuple[Options, oracle.Amounts], step: str, direction: str, over: str
) -> None:
    options, expected = drawn
    size = Fraction(step)
    plan = planned_or_none({**options, **WIDE, "round": f"{step} g", "direction": direction, "round-over": over})
    if plan is None:
        return
    course, days = plan.courses[0], [infusion.ordered_g for infusion in plan.infusions]
    stated, got = (expected.calculated_day, days[0]) if over == "day" else (expected.calculated_course, course.ordered_g)
    assert abs(got - stated) <= size / 2 if direction == "nearest" else abs(got - stated) < size
    assert got == oracle.rounded(stated, [stated // size * size, -(-stated // size) * size], direction)
    assert not [day for day in days if day % size]
    assert sum(days) == course.ordered_g
    assert days == sorted(days)
    assert max(days) - min(days) <= (0 if over == "day" else size)
    assert min(days) > 0


@thorough
@given(dose_options(), SIZES, DIRECTIONS, BASES)
def test_a_dose_in_whole_vials_is_the_one_that_vials_make(
    drawn: tuple[Options, oracle.Amounts], sizes: set[str], direction: str, over: str
) -> None:
    options, expected = drawn
    stated = expected.calculated_day if over == "day" else expected.calculated_course
    assume(stated <= 400)
    plan = planned_or_none({**options, **WIDE, "round": "vial", "vials": typed_sizes(sizes), "direction": direction, "round-over": over})
    if plan is None:
        return
    held = fractions_of(sizes)
    amounts = oracle.amounts_of_vials(held, stated + max(held))
    days = [infusion.ordered_g for infusion in plan.infusions]
    assert (days[0] if over == "day" else sum(days)) == oracle.rounded(stated, amounts, direction)
    assert sum(days) == plan.courses[0].ordered_g
    assert set(days) <= set(oracle.amounts_of_vials(held, max(days)))
    assert days == sorted(days)
    for infusion in plan.infusions:
        assert infusion.given.wasted_g == 0
        assert sum(size * count for size, count in infusion.given.vials or ()) == infusion.ordered_g


@a_few
@given(st.integers(1, 4), decimals("1", "70", 1), FEW_SIZES, DIRECTIONS)
def test_a_course_of_whole_vials_is_split_as_evenly_as_any_days_can_be(days: int, stated: str, sizes: set[str], direction: str) -> None:
    """The course is the nearest that such days can make; it is refused only where the most even days leave one empty, or all are."""
    held = fractions_of(sizes)
    amounts = oracle.amounts_of_vials(held, Fraction(stated) + max(held))
    course = oracle.rounded(Fraction(stated), amounts, direction)
    assume(len(amounts) ** days < 100_000)
    expected = oracle.most_even(course, days, amounts)
    assert expected is not None
    options = {**a_course_of(stated, days), **WIDE, "round": "vial", "vials": typed_sizes(sizes), "direction": direction}
    plan = planned_or_none(options)
    if plan is None:
        assert expected[0] == 0 or course > 2 * Fraction(stated)
        return
    found = tuple(infusion.ordered_g for infusion in plan.infusions)
    assert sum(found) == course
    assert sum(day * day for day in found) == sum(day * day for day in expected)


@a_few
@given(decimals("1", "60", 2), FEW_SIZES)
def test_the_vials_waste_least_then_are_the_fewest_then_the_larger(dose: str, sizes: set[str]) -> None:
    (infusion,) = planned({**a_course_of(dose, 1), "vials": typed_sizes(sizes)}).infusions
    assert infusion.ordered_g == Fraction(dose)
    larger_first = sorted(fractions_of(sizes), reverse=True)
    counts = dict(infusion.given.vials or ())
    assert tuple(counts.get(size, 0) for size in larger_first) == oracle.vials_for(Fraction(dose), larger_first)


@thorough
@given(schedules(), SIZES, st.sampled_from(["5%", "6%", "10%", "12%", "50 mg/mL"]))
def test_vials_less_waste_and_volume_times_concentration_are_the_dose(
    drawn: tuple[Plan, dict[str, Any]], sizes: set[str], concentration: str
) -> None:
    bare, _ = drawn
    sold = {"5%": "0.05", "6%": "0.06", "10%": "0.1", "12%": "0.12", "50 mg/mL": "0.05"}[concentration]
    assume(bare.infusions[-1].ordered_g < 2000)
    supply = Supply(None, Fraction(sold), tuple(sorted(fractions_of(sizes), reverse=True)), vials_by_hand=True)
    assert ask_plan(weight="62", regimen="itp", concentration=concentration, vials=typed_sizes(sizes)).choices.supply == supply
    plan = make_plan(bare.patient, None, bare.choices._replace(supply=supply))
    assert isinstance(plan, Plan)
    for infusion in plan.infusions:
        given = infusion.given
        assert given.volume_ml is not None
        assert given.wasted_g is not None
        assert given.volume_ml * Fraction(sold) == infusion.ordered_g
        opened = sum((size * count for size, count in given.vials or ()), Fraction(0))
        assert opened - given.wasted_g == infusion.ordered_g
        assert 0 <= given.wasted_g < min(supply.vials_g)
        assert given.wasted_percent == given.wasted_g / opened * 100
    together = plan.given
    assert together.volume_ml == sum(infusion.given.volume_ml or 0 for infusion in plan.infusions)
    assert sum(size * count for size, count in together.vials or ()) - (together.wasted_g or 0) == plan.ordered_g


@thorough
@given(WEIGHTS, WEIGHTS, dose_options(), STEPS, SIZES, DIRECTIONS, st.booleans())
def test_a_higher_weight_never_gets_a_lower_dose(
    one: Weight, other: Weight, drawn: tuple[Options, oracle.Amounts], step: str, sizes: set[str], direction: str, vials: bool
) -> None:
    to = {"round": "vial", "vials": typed_sizes(sizes)} if vials else {"round": f"{step} g"}
    lighter, heavier = sorted((one, other), key=lambda weight: oracle.kilograms(*weight[1]))
    asked: Options = {**drawn[0], **WIDE, **to, "direction": direction}
    less, more = (planned_or_none({**asked, "weight": weight[0]}) for weight in (lighter, heavier))
    if less and more:
        assert less.ordered_g <= more.ordered_g
        assert max(infusion.ordered_g for infusion in less.infusions) <= max(infusion.ordered_g for infusion in more.infusions) or vials


@thorough
@given(
    decimals("40", "200", 2),
    decimals("40", "200", 2),
    st.sampled_from(["ideal", "adjusted", "australia-2026", "uk-request-form", "us-120"]),
)
def test_under_a_policy_a_higher_weight_gets_a_lower_dose_only_where_the_policy_steps_down(one: str, other: str, policy: str) -> None:
    """70 in, male: ideal weight is 73 kg, and two policies fall from the actual to the adjusted weight above 87.6 kg (docs/design.md)."""
    asked: Options = {
        "dose": "0.4 g/kg/day", "days": "5", "round": "5 g", "height": "70 in", "sex": "male", "age": "40", "dosing-weight": policy, **WIDE,
    }  # fmt: skip
    lighter, heavier = sorted((one, other), key=Fraction)
    less, more = (planned({**asked, "weight": weight}) for weight in (lighter, heavier))
    steps_down = policy in ("uk-request-form", "us-120") and Fraction(lighter) <= Fraction("87.6") < Fraction(heavier)
    assert steps_down or less.ordered_g <= more.ordered_g


@a_few
@given(decimals("20", "1400", 2), STEPS, SIZES, DIRECTIONS, st.booleans())
def test_pounds_and_kilograms_are_rounded_alike(pounds: str, step: str, sizes: set[str], direction: str, vials: bool) -> None:
    scaled = int(Fraction(pounds) * Fraction("0.45359237") * 10**10)
    in_kg = f"{scaled // 10**10}.{scaled % 10**10:010}"
    to = {"round": "vial", "vials": typed_sizes(sizes)} if vials else {"round": f"{step} g"}
    asked: Options = {"dose": "0.4 g/kg/day", "days": "3", "direction": direction, **WIDE, **to}
    assert planned_or_none({**asked, "weight": f"{pounds} lb"}) == planned_or_none({**asked, "weight": in_kg})
