"""The calculator: what a regimen states + what was chosen -> grams; and the choices that it leaves open."""

from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import pytest

from ivigcalc.dosing.rounding import round_amount, split_over_days
from ivigcalc.errors import CatalogueError, InputError, IvigcalcError, Refused
from ivigcalc.model import Catalogue, Comparison, Override, Plan, Rounding
from ivigcalc.options import Options
from tests.test_request import ask, ask_choices, ask_plan, cap, catalogue_of, codes, phase, regimen, texts

HUNDREDTH: Final = Fraction("0.01")


def grams(plan: Plan) -> list[Fraction]:
    return [infusion.ordered_g for infusion in plan.infusions]


def rows(comparison: Comparison) -> list[tuple[Any, ...]]:
    return [(o.phase.name, o.phase.dose_g_per_kg, o.phase.days, o.day_g, o.course_g) for o in comparison.options]


# The one rounding step


@pytest.mark.parametrize(
    ("amount", "ordered"),
    [
        ("24.8", "24.8"),
        ("24.804999", "24.8"),
        ("24.805", "24.8"),  # a tie goes to the lower dose
        ("24.805001", "24.81"),
        ("24.815", "24.81"),  # half to even would give 24.82
        ("0.005", "0"),
        ("0.0051", "0.01"),
        ("124/3", "41.33"),
        ("200/3", "66.67"),
    ],
)
def test_rounding_is_to_the_nearest_step(amount: str, ordered: str) -> None:
    assert round_amount(Fraction(amount), Rounding())[0] == Fraction(ordered)


@pytest.mark.parametrize(
    ("amount", "step", "ordered"), [("62.4", "5", "60"), ("62.5", "5", "60"), ("62.6", "5", "65"), ("7", "2.5", "7.5")]
)
def test_rounding_takes_any_step(amount: str, step: str, ordered: str) -> None:
    assert round_amount(Fraction(amount), Rounding(Fraction(step)))[0] == Fraction(ordered)


@pytest.mark.parametrize(
    ("amount", "most", "ordered"),
    [("99.996", "100", "100"), ("99.996", "99.999", "99.99"), ("99.994", "100", "99.99"), ("100", "100", "100")],
)
def test_rounding_may_reach_a_cap_and_not_pass_it(amount: str, most: str, ordered: str) -> None:
    assert round_amount(Fraction(amount), Rounding(), Fraction(most))[0] == Fraction(ordered)


def test_the_step_is_a_hundredth_of_a_gram() -> None:
    for name, applies_to in (("itp", "day"), ("icaht", "course")):
        rounding = ask_plan(weight="62", regimen=name).rounding
        assert (rounding.step_g, rounding.direction, rounding.applies_to) == (HUNDREDTH, "nearest", applies_to)


@pytest.mark.parametrize(
    ("course", "days", "step", "split"),
    [
        ("140", 3, "0.01", ["46.66", "46.67", "46.67"]),
        ("62", 3, "0.01", ["20.66", "20.67", "20.67"]),
        ("124", 3, "0.01", ["41.33", "41.33", "41.34"]),
        ("140", 4, "0.01", ["35", "35", "35", "35"]),
        ("0.05", 3, "0.01", ["0.01", "0.02", "0.02"]),
        ("140", 3, "5", ["45", "45", "50"]),
        ("0.01", 2, "0.01", ["0", "0.01"]),
    ],
)
def test_a_course_is_split_with_the_larger_days_last(course: str, days: int, step: str, split: list[str]) -> None:
    assert list(split_over_days(Fraction(course), days, Fraction(step))) == [Fraction(day) for day in split]


def test_rounding_is_applied_to_what_the_regimen_states() -> None:
    # 70.01 kg: a day of 0.4 g/kg is 28.004 and five are 140.00; a course of 2 g/kg is 140.02 and is split
    assert grams(ask_plan(weight="70.01", dose="0.4 g/kg/day", days="5")) == [28] * 5
    by_course = grams(ask_plan(weight="70.01", dose="2 g/kg/course", days="5"))
    assert by_course == [28, 28, 28, Fraction("28.01"), Fraction("28.01")]


def test_the_ordered_dose_stands_beside_the_calculated_one() -> None:
    course = ask_plan(weight="70.01", dose="0.4 g/kg/day", days="5").courses[0]
    assert course.calculated_g == Fraction("140.02")
    assert course.ordered_g == 140
    assert course.calculated_g_per_kg == 2
    assert course.g_per_kg == Fraction(140) / Fraction("70.01")
    assert course.change_percent == Fraction(-200, 14002)  # -0.02 g of 140.02 g, in per cent


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"weight": "0.2", "dose": "0.01 g/kg/course", "days": "5"}, "0.002 g over 5 days leaves each day with nothing"),
        ({"weight": "0.2", "dose": "0.01 g/kg", "days": "1"}, "0.002 g over 1 day leaves a day with nothing"),
        ({"weight": "0.5", "dose": "0.01 g/kg/day", "days": "3"}, "0.015 g over 3 days leaves each day with nothing"),
        ({"weight": "2", "dose": "0.15 g/kg/course", "days": "31"}, "0.3 g over 31 days leaves a day with nothing"),
    ],
)
def test_a_day_with_nothing_is_refused(options: Options, words: str) -> None:
    with pytest.raises(Refused) as refusal:
        ask(options)
    assert words in str(refusal.value)


def test_the_least_day_that_is_something_is_planned() -> None:
    assert grams(ask_plan(weight="2", dose="0.155 g/kg/course", days="31")) == [HUNDREDTH] * 31


def test_totals_run_over_the_whole_schedule() -> None:
    plan = ask_plan(weight="62", regimen="icaht", cycles="2", every="4 weeks")
    assert [infusion.cumulative_g for infusion in plan.infusions] == [31, 62, 93, 124, 155, 186, 217, 248]
    assert [(infusion.cycle, infusion.day, infusion.days) for infusion in plan.infusions[3:6]] == [(1, 4, 4), (2, 1, 4), (2, 2, 4)]
    assert {infusion.course_g for infusion in plan.infusions} == {124}
    assert plan.ordered_g == plan.calculated_g == 248


# What departs from the source, and what the source does not state


@pytest.mark.parametrize(
    ("options", "override", "words"),
    [
        (
            {"regimen": "itp", "dose": "1 g/kg/day", "days": "2"},
            Override("dose", "0.4 g/kg/day", "1 g/kg/day"),
            "dose 1 g per kg per day; the source states 0.4 g per kg per day",
        ),
        (
            {"regimen": "itp", "dose": "2 g/kg/course"},
            Override("dose", "0.4 g/kg/day", "2 g/kg/course"),
            "dose 2 g per kg per course; the source states 0.4 g per kg per day",
        ),
        (
            {"regimen": "icaht", "dose": "0.4 g/kg/day"},
            Override("dose", "2 g/kg/course", "0.4 g/kg/day"),
            "dose 0.4 g per kg per day; the source states 2 g per kg per course",
        ),
        ({"regimen": "itp", "days": "5"}, Override("days", 3, 5), "days of the course 5; the source states 3"),
        ({"regimen": "itp", "days": "1"}, Override("days", 3, 1), "days of the course 1; the source states 3"),
        ({"regimen": "ssc", "dose": "1 g/kg/course", "days": "6"}, Override("days", "2 to 5", 6), "6; the source states 2 to 5"),
        ({"regimen": "itp", "every": "4 weeks"}, Override("every", "3 weeks", "4 weeks"), "interval 4 weeks; the source states 3 weeks"),
        (
            {"regimen": "itp", "every": "21 months"},
            Override("every", "3 weeks", "21 months"),
            "interval 21 months; the source states 3 weeks",
        ),
        ({"regimen": "itp", "every": "1 month"}, Override("every", "3 weeks", "1 month"), "interval 1 month; the source states 3 weeks"),
        (
            {"regimen": "ssc", "dose": "1 g/kg/course", "days": "2", "every": "28 days"},
            Override("every", "1 month", "28 days"),
            "interval 28 days; the source states 1 month",
        ),
        (
            {"regimen": "icaht", "cycles": "2", "every": "4 weeks"},
            Override("cycles", 1, 2),
            "number of courses 2; the source states 1",
        ),
        (
            {"regimen": "melanoma", "dose": "0.9 g/kg/course", "days": "2"},
            Override("dose", "1 or 2 g/kg/course", "0.9 g/kg/course"),
            "dose 0.9 g per kg per course; the source states 1 or 2 g per kg per course",
        ),
    ],
)
def test_what_departs_from_the_source_is_flagged_with_both_figures(options: Options, override: Override, words: str) -> None:
    plan = ask_plan({"weight": "62", **options})
    assert override in plan.overrides
    finding = next(finding for finding in plan.findings if finding.code.startswith(f"override-{override.what}"))
    assert finding.level == "warning"
    assert words in finding.text
    for figure in (override.source, override.used):  # the codes alone stand in a CSV file
        assert str(figure).replace(" ", "-") in finding.code


@pytest.mark.parametrize(
    "options",
    [
        {"regimen": "itp", "dose": "0.4 g/kg/day", "days": "3", "every": "21 days"},
        {"regimen": "itp", "dose": "400 mg/kg/d", "every": "3 weeks", "cycles": "7"},
        {"regimen": "itp", "dose": "1.2 g/kg/course"},
        {"regimen": "icaht", "dose": "0.5 g/kg/day", "days": "4", "cycles": "1"},
        {"regimen": "ms", "every": "42 days", "dose": "0.4 g/kg"},
        {"regimen": "takehara", "dose": "2 g/kg/course"},
    ],
)
def test_saying_again_what_the_source_states_changes_nothing(options: Options) -> None:
    plan = ask_plan({"weight": "62", **options})
    assert plan.phases[0].overrides == ()
    assert not [code for code in codes(plan) if code.startswith(("override", "entered"))]


@pytest.mark.parametrize(
    ("options", "entered", "level", "words"),
    [
        ({"regimen": "teclistamab", "dose": "0.4 g/kg"}, "dose", "warning", "dose 0.4 g per kg per day; no source states it"),
        ({"regimen": "melanoma-q3w", "days": "3"}, "days", "note", "days of the course 3; no source states it"),
        ({"regimen": "takehara", "every": "6 months"}, "every", "note", "interval 6 months; no source states it"),
        (
            {"regimen": "melanoma", "dose": "1.5 g/kg/course", "days": "3"},
            "dose",
            "warning",
            "dose 1.5 g per kg per course; no source states it",
        ),
    ],
)
def test_what_no_source_states_is_said_to_be_entered(options: Options, entered: str, level: str, words: str) -> None:
    plan = ask_plan({"weight": "62", **options})
    assert entered in plan.phases[0].entered
    finding = next(finding for finding in plan.findings if finding.code == f"entered-{entered}")
    assert (finding.level, words in finding.text) == (level, True)


# A regimen of ranges


@pytest.fixture
def ranges(tmp_path: Path) -> Catalogue:
    return catalogue_of(tmp_path, ranges=regimen(phase("0.4 to 1 g/kg", "day", "2 to 3", every="3 to 4 weeks")))


def test_a_range_shows_its_ends_for_every_number_of_days(ranges: Catalogue) -> None:
    comparison = ask_choices(catalogue=ranges, weight="70", regimen="ranges")
    assert comparison.missing == ("--dose", "--days", "--every")
    low, high = Fraction("0.4"), Fraction(1)
    assert rows(comparison) == [
        ("course", low, 2, 28, 56), ("course", low, 3, 28, 84),
        ("course", high, 2, 70, 140), ("course", high, 3, 70, 210),
    ]  # fmt: skip
    assert {option.every and (str(option.every.low), str(option.every.high)) for option in comparison.options} == {("3 weeks", "4 weeks")}


def test_what_is_chosen_is_no_longer_asked_for(ranges: Catalogue) -> None:
    comparison = ask_choices(catalogue=ranges, weight="70", regimen="ranges", dose="0.5 g/kg/day")
    assert comparison.missing == ("--days", "--every")
    assert rows(comparison) == [("course", Fraction("0.5"), 2, 35, 70), ("course", Fraction("0.5"), 3, 35, 105)]
    comparison = ask_choices(catalogue=ranges, weight="70", regimen="ranges", dose="0.5 g/kg/day", days="2")
    assert comparison.missing == ("--every",)
    comparison = ask_choices(catalogue=ranges, weight="70", regimen="ranges", days="3", every="3 weeks")
    assert comparison.missing == ("--dose",)
    assert [(row[1], row[2]) for row in rows(comparison)] == [(Fraction("0.4"), 3), (1, 3)]


@pytest.mark.parametrize(
    ("dose", "days", "every", "flagged"),
    [
        ("0.4 g/kg/day", "2", "3 weeks", []),
        ("1 g/kg/day", "2", "4 weeks", []),
        ("0.7 g/kg/day", "2", "24 days", []),
        ("1.4 g/kg/course", "2", "28 days", []),
        ("0.39 g/kg/day", "2", "3 weeks", ["override-dose-0.4-to-1-g/kg/day-to-0.39-g/kg/day"]),
        ("0.4 g/kg/day", "4", "3 weeks", ["override-days-2-to-3-to-4"]),
        ("0.4 g/kg/day", "1", "3 weeks", ["override-days-2-to-3-to-1"]),
        ("0.4 g/kg/day", "2", "20 days", ["override-every-3-to-4-weeks-to-20-days"]),
        ("0.4 g/kg/day", "2", "29 days", ["override-every-3-to-4-weeks-to-29-days"]),
        ("0.4 g/kg/day", "2", "1 month", ["override-every-3-to-4-weeks-to-1-month"]),
    ],
)
def test_a_choice_inside_a_range_is_the_source_s_own(ranges: Catalogue, dose: str, days: str, every: str, flagged: list[str]) -> None:
    plan = ask_plan(catalogue=ranges, weight="70", regimen="ranges", dose=dose, days=days, every=every)
    assert [code for code in codes(plan) if code.startswith("override")] == flagged


def test_an_override_of_a_range_names_the_range(ranges: Catalogue) -> None:
    plan = ask_plan(catalogue=ranges, weight="70", regimen="ranges", dose="0.3 g/kg/day", days="4", every="5 weeks")
    for words in ("states 0.4 to 1 g per kg per day", "states 2 to 3", "states 3 to 4 weeks"):
        assert words in texts(plan)


@pytest.mark.parametrize("cycles", ["not stated", "2", "2 to 4"])
def test_a_stated_number_of_courses_is_what_may_be_asked_for(tmp_path: Path, cycles: str) -> None:
    catalogue = catalogue_of(tmp_path, r=regimen(phase("0.2 g/kg", "day", "5", every="3 weeks", cycles=cycles)))
    inside = {"not stated": {"1", "2", "4", "5"}, "2": {"2"}, "2 to 4": {"2", "4"}}[cycles]
    for asked in ("1", "2", "4", "5"):
        plan = ask_plan(catalogue=catalogue, weight="70", regimen="r", cycles=asked)
        flag = f"override-cycles-{cycles}-to-{asked}".replace(" ", "-")
        assert [code for code in codes(plan) if code.startswith("override-cycles")] == ([] if asked in inside else [flag])


@pytest.mark.parametrize(("cycles", "shown"), [("not stated", 1), ("2", 2), ("2 to 4", 1)])
def test_without_a_number_the_source_s_courses_are_shown_and_one_of_an_open_ended_regimen(tmp_path: Path, cycles: str, shown: int) -> None:
    catalogue = catalogue_of(tmp_path, r=regimen(phase("0.4 g/kg", "day", "5", every="3 weeks", cycles=cycles)))
    assert len(ask_plan(catalogue=catalogue, weight="70", regimen="r").courses) == shown


def test_courses_without_an_interval_are_shown_once(tmp_path: Path) -> None:
    catalogue = catalogue_of(tmp_path, r=regimen(phase("0.4 g/kg", "day", "5", cycles="2")))
    assert len(ask_plan(catalogue=catalogue, weight="70", regimen="r").courses) == 1
    assert len(ask_plan(catalogue=catalogue, weight="70", regimen="r", every="4 weeks").courses) == 2


# Caps


@pytest.fixture
def caps(tmp_path: Path) -> Catalogue:
    five_days = ("0.4 g/kg", "day", "5")
    return catalogue_of(
        tmp_path,
        daily=regimen(phase(*five_days, caps=[cap("25 g", "day")])),
        total=regimen(phase(*five_days, caps=[cap("100 g", "course")])),
        both=regimen(phase(*five_days, caps=[cap("25 g", "day"), cap("100 g", "course")])),
        course=regimen(phase("2 g/kg", "course", "3", caps=[cap("100 g", "course")])),
        open=regimen(phase("2 g/kg", "course", "not stated", caps=[cap("25 g", "day")])),
        range=regimen(phase("2 g/kg", "course", "2 to 5", caps=[cap("25 g", "day"), cap("100 g", "course")])),
        six=regimen(phase("0.3 g/kg", "day", "6", caps=[cap("100 g", "course")])),
        outside=regimen(phase(*five_days, caps=[cap("25 g", "day", "external"), cap("100 g", "course", "external")])),
        strictest=regimen(phase(*five_days, caps=[cap("25 g", "day"), cap("30 g", "day", "second")])),
    )


@pytest.mark.parametrize(
    ("name", "weight", "ordered", "said"),
    [
        ("daily", "62.5", ["25"] * 5, None),  # 0.4 x 62.5 is the cap itself
        ("daily", "62.6", ["25"] * 5, "25 g a day: 125 g instead of 125.2 g per course."),
        ("daily", "80", ["25"] * 5, "25 g a day: 125 g instead of 160 g per course."),
        ("total", "50", ["20"] * 5, None),
        ("total", "60", ["20"] * 5, "100 g a course: 100 g instead of 120 g per course."),
        ("both", "62.6", ["20"] * 5, "100 g a course: 100 g instead of 125.2 g per course."),
        ("course", "50", ["33.33", "33.33", "33.34"], None),
        ("course", "70", ["33.33", "33.33", "33.34"], "100 g a course: 100 g instead of 140 g per course."),
    ],
)
def test_a_cap_of_the_own_source_is_applied_and_said_with_both_figures(
    caps: Catalogue, name: str, weight: str, ordered: list[str], said: str | None
) -> None:
    plan = ask_plan(catalogue=caps, weight=weight, regimen=name)
    assert grams(plan) == [Fraction(day) for day in ordered]
    found = [(finding.level, finding.text, finding.source) for finding in plan.findings if finding.code == "capped"]
    assert found == ([("warning", f"The source caps the dose at {said}", "The own source, Table 2")] if said else [])


def test_a_cap_is_never_exceeded_by_rounding(caps: Catalogue) -> None:
    # 108 g are capped at 100 g; 100 / 6 rounds up to 16.67, six of which are 100.02
    plan = ask_plan(catalogue=caps, weight="60", regimen="six")
    assert plan.courses[0].calculated_g == 100
    assert plan.courses[0].ordered_g <= 100


def test_of_two_caps_for_the_same_the_lower_one_counts(caps: Catalogue) -> None:
    assert grams(ask_plan(catalogue=caps, weight="80", regimen="strictest")) == [25] * 5


def test_a_course_that_breaks_the_daily_cap_asks_for_more_days(caps: Catalogue) -> None:
    with pytest.raises(Refused) as refusal:
        ask(catalogue=caps, weight="62", regimen="open", days="4")
    assert "124 g over 4 days is 31 g a day, more than the 25 g a day of the source; write --days 5 or more" in str(refusal.value)
    assert grams(ask_plan(catalogue=caps, weight="62", regimen="open", days="5")) == [Fraction("24.8")] * 5
    assert grams(ask_plan(catalogue=caps, weight="50", regimen="open", days="4")) == [25] * 4  # the cap itself


def test_a_course_on_one_day_is_not_cut_down_to_the_daily_cap(caps: Catalogue) -> None:
    """124 g over 2, 3 or 4 days are refused; on one day they are too, rather than planned as 25 g."""
    with pytest.raises(Refused, match="124 g over 1 day is 124 g a day, more than the 25 g a day of the source; write --days 5 or more"):
        ask(catalogue=caps, weight="62", regimen="open", days="1")


def test_only_days_that_keep_the_daily_cap_are_shown(caps: Catalogue) -> None:
    assert [row[2:] for row in rows(ask_choices(catalogue=caps, weight="62", regimen="open"))] == [(5, Fraction("24.8"), 124)]
    assert [row[2:] for row in rows(ask_choices(catalogue=caps, weight="40", regimen="range"))] == [(4, 20, 80), (5, 16, 80)]


def test_the_cap_of_the_course_is_applied_before_that_of_the_day(caps: Catalogue) -> None:
    # 140 g are capped at 100 g, which is 25 g over 4 days and 20 g over 5: both keep the cap of 25 g a day
    assert [row[2:] for row in rows(ask_choices(catalogue=caps, weight="70", regimen="range"))] == [(4, 25, 100), (5, 20, 100)]
    assert grams(ask_plan(catalogue=caps, weight="70", regimen="range", days="4")) == [25] * 4


def test_choices_are_never_an_empty_list(caps: Catalogue) -> None:
    with pytest.raises(Refused, match="25 g a day") as refusal:  # 800 g need 32 days, and a course has at most 31
        ask(catalogue=caps, weight="400", regimen="open")
    assert "--days 32" not in str(refusal.value)


def test_a_cap_of_another_source_warns_and_changes_nothing(caps: Catalogue) -> None:
    plan = ask_plan(catalogue=caps, weight="62.6", regimen="outside")
    assert grams(plan) == [Fraction("25.04")] * 5
    assert [(finding.level, finding.text, finding.source) for finding in plan.findings if finding.code == "external-limit"] == [
        ("warning", "25.04 g a day is more than the 25 g a day of an external source.", "The external source, Table 2"),
        ("warning", "125.2 g a course is more than the 100 g a course of an external source.", "The external source, Table 2"),
    ]
    assert codes(ask_plan(catalogue=caps, weight="50", regimen="outside")) == ["haemolysis"]  # 20 g and 100 g, the cap itself


# Regimens in phases


def test_a_course_of_one_day_is_a_dose_per_day() -> None:
    for options in ({"regimen": "melanoma-q3w", "days": "1"}, {"dose": "1 g/kg/course", "days": "1"}, {"regimen": "ms"}):
        assert ask_plan({"weight": "62", **options}).rounding.applies_to == "day"
    assert ask_plan(weight="62", regimen="melanoma-q3w", days="2").rounding.applies_to == "course"


def induction(**more: Any) -> dict[str, Any]:
    return {**phase("2 g/kg", "course", "5"), "phase": "loading", "cycles": "1", **more}


def upkeep(dose: str = "1 g/kg", days: str = "2", **more: Any) -> dict[str, Any]:
    return {**phase(dose, "course", days), "phase": "maintenance", "every": "3 weeks", "begins": "4 weeks", **more}


def test_loading_is_followed_by_maintenance(tmp_path: Path) -> None:
    catalogue = catalogue_of(tmp_path, r=regimen(induction(), upkeep()))
    plan = ask_plan(catalogue=catalogue, weight="70", regimen="r")
    assert grams(plan) == [28] * 5 + [35] * 2
    assert [(course.phase.name, course.cycle) for course in plan.courses] == [("loading", 1), ("maintenance", 2)]
    assert [course.ordered_g for course in plan.courses] == [140, 70]
    plan = ask_plan(catalogue=catalogue, weight="70", regimen="r", start="2027-01-04", cycles="4")
    assert [str(course.start) for course in plan.courses] == ["2027-01-04", "2027-02-01", "2027-02-22", "2027-03-15"]
    assert str(plan.next_start) == "2027-04-05"
    assert plan.ordered_g == 350
    plan = ask_plan(catalogue=catalogue, weight="70", regimen="r", start="2027-01-04", until="2027-02-21")
    assert [course.phase.name for course in plan.courses] == ["loading", "maintenance"]
    assert [course.phase.name for course in ask_plan(catalogue=catalogue, weight="70", regimen="r", cycles="1").courses] == ["loading"]


def test_maintenance_begins_after_the_last_loading_course_and_keeps_its_own_interval(tmp_path: Path) -> None:
    catalogue = catalogue_of(tmp_path, r=regimen(induction(cycles="3", every="2 weeks"), upkeep(every="1 month")))
    plan = ask_plan(catalogue=catalogue, weight="70", regimen="r", start="2027-01-04", cycles="5", closed=("2027-03-01",))
    assert [str(course.start) for course in plan.courses] == ["2027-01-04", "2027-01-18", "2027-02-01", "2027-03-02", "2027-04-02"]
    assert [course.planned != course.start for course in plan.courses] == [False, False, False, True, False]


def test_stated_numbers_of_courses_add_up(tmp_path: Path) -> None:
    catalogue = catalogue_of(tmp_path, r=regimen(induction(), upkeep(cycles="2")))
    plan = ask_plan(catalogue=catalogue, weight="70", regimen="r", start="2027-01-04")
    assert [course.phase.name for course in plan.courses] == ["loading", "maintenance", "maintenance"]
    assert plan.next_start is None
    plan = ask_plan(catalogue=catalogue, weight="70", regimen="r", start="2027-01-04", cycles="2")
    assert str(plan.next_start) == "2027-02-22"


def test_more_courses_than_the_phases_of_the_source_add_up_to_are_flagged(tmp_path: Path) -> None:
    catalogue = catalogue_of(tmp_path, r=regimen(induction(), upkeep(cycles="2")))
    plan = ask_plan(catalogue=catalogue, weight="70", regimen="r", cycles="9")
    assert [code for code in codes(plan) if code.startswith("override-cycles")]


@pytest.mark.parametrize("more", [{}, {"every": "4 weeks"}])
def test_until_does_not_pass_the_source_s_number_of_courses_unsaid(tmp_path: Path, more: Options) -> None:
    catalogue = catalogue_of(tmp_path, r=regimen(phase("0.4 g/kg", "day", "5", every="4 weeks", cycles="2")))
    plan = ask_plan({"weight": "70", "regimen": "r", "start": "2027-01-04", "until": "2027-12-31", **more}, catalogue)
    assert len(plan.courses) <= 2 or [code for code in codes(plan) if code.startswith("override-cycles")]


def test_a_range_of_loading_courses_is_not_settled_in_silence(tmp_path: Path) -> None:
    """The catalogue may refuse the regimen or the calculator the plan, but one loading course is none of 2 to 4."""
    loading = induction(cycles="2 to 4", every="1 week")
    with pytest.raises((CatalogueError, Refused)):
        ask(weight="70", regimen="r", cycles="5", catalogue=catalogue_of(tmp_path, r=regimen(loading, upkeep())))


def test_a_choice_goes_to_the_phase_that_leaves_it_open(tmp_path: Path) -> None:
    catalogue = catalogue_of(tmp_path, r=regimen(induction(), upkeep("0.4 to 1 g/kg", "1 to 2", every="3 to 6 weeks")))
    comparison = ask_choices(catalogue=catalogue, weight="70", regimen="r")
    assert comparison.missing == ("--dose", "--days", "--every")
    assert rows(comparison) == [
        ("loading", 2, 5, 28, 140),
        ("maintenance", Fraction("0.4"), 1, 28, 28), ("maintenance", Fraction("0.4"), 2, 14, 28),
        ("maintenance", 1, 1, 70, 70), ("maintenance", 1, 2, 35, 70),
    ]  # fmt: skip
    plan = ask_plan(catalogue=catalogue, weight="70", regimen="r", dose="0.5 g/kg/course", days="2", every="3 weeks")
    assert [(str(settled.dose_g_per_kg), settled.days, str(settled.every)) for settled in plan.phases] == [
        ("2", 5, "None"),
        ("1/2", 2, "3 weeks"),
    ]
    assert plan.phases[0].overrides == plan.phases[1].overrides == ()
    plan = ask_plan(catalogue=catalogue, weight="70", regimen="r", dose="0.5 g/kg/course", days="3", every="3 weeks")
    assert [override.what for settled in plan.phases for override in settled.overrides] == ["days"]


def test_both_readings_of_a_dose_are_given_for_the_phase_that_it_goes_to(tmp_path: Path) -> None:
    catalogue = catalogue_of(tmp_path, r=regimen(induction(), upkeep("0.4 to 1 g/kg")))
    with pytest.raises(InputError, match=r"35 g in all, 17\.5 g a day; .* 35 g a day, 70 g in all over 2 days"):
        ask(catalogue=catalogue, weight="70", regimen="r", dose="0.5 g/kg")


@pytest.mark.parametrize(("option", "value"), [("dose", "1 g/kg/course"), ("days", "3"), ("every", "5 weeks")])
@pytest.mark.parametrize("taker", ["none", "both"])
def test_a_choice_that_no_phase_or_more_than_one_leaves_open_is_refused(tmp_path: Path, option: str, value: str, taker: str) -> None:
    ranges = {"dose": "1 to 2 g/kg", "days": "2 to 5", "every": "3 to 6 weeks"}
    open_ones = {option: ranges[option]} if taker == "both" else {}
    catalogue = catalogue_of(tmp_path, r=regimen(induction(**open_ones), upkeep(**open_ones)))
    with pytest.raises(InputError, match=f"--{option}: this regimen has the phases loading and maintenance"):
        ask({"weight": "70", "regimen": "r", option: value}, catalogue)


def test_an_interval_that_is_asked_for_is_then_taken(tmp_path: Path) -> None:
    catalogue = catalogue_of(tmp_path, r=regimen(induction(cycles="2", every="1 week"), upkeep(every="not stated")))
    with pytest.raises(Refused, match='course 4: no source states an interval; add --every, such as --every "4 weeks"'):
        ask(catalogue=catalogue, weight="70", regimen="r", cycles="4")
    plan = ask_plan(catalogue=catalogue, weight="70", regimen="r", cycles="4", every="4 weeks", start="2027-01-04")
    assert [str(course.start) for course in plan.courses] == ["2027-01-04", "2027-01-11", "2027-02-08", "2027-03-08"]


def test_an_interval_goes_to_the_one_phase_that_is_repeated_without_one(tmp_path: Path) -> None:
    catalogue = catalogue_of(tmp_path, r=regimen(induction(cycles="2"), upkeep()))
    plan = ask_plan(
        catalogue=catalogue, weight="70", regimen="r", cycles="3", every="1 week", start="2027-01-04", accept=("28-day-dose=4",), reason="x"
    )
    assert [str(course.start) for course in plan.courses] == ["2027-01-04", "2027-01-11", "2027-02-08"]
    catalogue = catalogue_of(tmp_path, r=regimen(induction(cycles="2"), upkeep(every="not stated")))
    with pytest.raises(InputError, match="--every: this regimen has the phases loading and maintenance"):
        ask(catalogue=catalogue, weight="70", regimen="r", cycles="3", every="1 week")


def test_a_phase_begins_only_where_the_source_or_a_person_says_when(tmp_path: Path) -> None:
    catalogue = catalogue_of(tmp_path, r=regimen(induction(), upkeep(begins="not stated")))
    assert ask_choices(catalogue=catalogue, weight="70", regimen="r").missing == ("--begins INTERVAL",)
    plan = ask_plan(catalogue=catalogue, weight="70", regimen="r", begins="5 weeks", start="2027-01-04")
    assert [str(course.start) for course in plan.courses] == ["2027-01-04", "2027-02-08"]


# Several regimens of an indication


def outcome(catalogue: Catalogue, **named: str) -> Plan | Comparison | IvigcalcError:
    """The answer, or what it was refused with."""
    try:
        return ask(dict(named), catalogue)
    except IvigcalcError as error:
        return error


def test_the_two_documented_doses_of_melanoma_keep_their_own_interval() -> None:
    for name in ("melanoma", "metastatic-melanoma"):
        comparison = ask_choices(weight="62", regimen=name)
        intervals = {(o.regimen and o.regimen.id, str(o.every.fixed) if o.every else None) for o in comparison.options}
        assert intervals == {("melanoma-q3w", "3 weeks"), ("melanoma-high-dose", None)}


def test_a_documented_dose_of_melanoma_is_planned_as_its_source_has_it() -> None:
    plan = ask_plan(weight="62", regimen="melanoma", dose="1 g/kg/course", days="2", start="2027-01-04", cycles="2")
    assert plan.ordered_g == 124
    assert [str(course.start) for course in plan.courses] == ["2027-01-04", "2027-01-25"]
    assert [cited.locator for cited in plan.cited] == ["Discussion, its reference 6"]
    assert "external-limit" in codes(plan)
    plan = ask_plan(weight="62", regimen="melanoma", dose="2 g/kg/course", days="2", start="2027-01-04")
    assert plan.ordered_g == 124
    assert plan.next_start is None
    assert [cited.locator for cited in plan.cited] == ["Discussion, its reference 5"]


@pytest.mark.parametrize(
    ("dose", "days", "stated"),
    [
        ("1 g/kg", "1", True),
        ("1 g/kg/day", "1", True),
        ("0.5 g/kg/day", "2", True),
        ("0.2 g/kg/day", "5", True),
        ("0.7 g/kg/day", "2", False),
    ],
)
def test_a_documented_dose_is_known_in_whatever_basis_it_is_typed(dose: str, days: str, stated: bool) -> None:
    plan = ask_plan(weight="62", regimen="melanoma", dose=dose, days=days)
    assert ("entered-dose" not in codes(plan)) == stated
    assert (str(plan.phases[0].every) == "3 weeks") == stated
    assert ("external-limit" in codes(plan)) == (stated and int(days) < 3)


@pytest.mark.parametrize("name", ["melanoma", "metastatic-melanoma"])
def test_a_documented_dose_without_days_shows_those_of_its_source(name: str) -> None:
    comparison = ask_choices(weight="62", regimen=name, dose="1 g/kg/course")
    assert comparison.missing == ("--days",)
    marks = [(option.phase.days, [finding.code for finding in option.findings]) for option in comparison.options]
    assert marks == [(1, ["external-limit"]), (2, ["external-limit"]), (3, [])]


def test_a_dose_between_the_documented_ones_is_stated_by_none() -> None:
    assert ask_choices(weight="62", regimen="melanoma", dose="1.5 g/kg/course").missing == ("--days",)
    plan = ask_plan(weight="62", regimen="melanoma", dose="1.5 g/kg/course", days="3")
    assert grams(plan) == [31] * 3
    assert "entered-dose" in codes(plan)
    assert plan.phases[0].every is None
    assert len(plan.cited) == 2
    with pytest.raises(Refused, match="course 2: no source states an interval"):
        ask(weight="62", regimen="melanoma", dose="1.5 g/kg/course", days="3", cycles="2")


def test_a_typed_dose_is_held_against_the_regimens_of_one_phase(tmp_path: Path) -> None:
    """A regimen of two phases does not say of which the dose would be; those after it are looked at all the same."""
    of_one = regimen(phase("1 g/kg", "course", "2"))
    catalogue = catalogue_of(tmp_path, r=regimen(induction(dose="1 g/kg"), upkeep()), s=of_one)
    plan = ask_plan(catalogue=catalogue, weight="70", regimen="a-disease", dose="1 g/kg/course", days="2")
    assert plan.regimen
    assert plan.regimen.id == "s"
    assert grams(plan) == [35, 35]


def test_what_is_entered_for_one_regimen_is_named_without_a_phase() -> None:
    text = next(finding.text for finding in ask_plan(weight="62", regimen="melanoma-q3w", days="2").findings if "Entered" in finding.text)
    assert text == "Entered by hand: days of the course 2; no source states it."


def test_a_dose_between_those_of_two_regimens_is_no_override(tmp_path: Path) -> None:
    """0.6 g per kg a day, where one source states 0.4 and another 0.8: stated by none, and a change of none."""
    of = {key: regimen(phase(dose, "day", "5")) for key, dose in (("a", "0.4 g/kg"), ("b", "0.8 g/kg"))}
    group = {"name": "Both", "indication": "a-disease", "aliases": [], "choose": ["a", "b"], "readings": [], "notes": []}
    catalogue = catalogue_of(tmp_path, **of, both=group)
    plan = ask_plan(catalogue=catalogue, weight="70", regimen="both", dose="0.6 g/kg/day", days="3")
    assert [code for code in codes(plan) if code.startswith("override-dose")] == []
    assert "entered-dose" in codes(plan)


def test_days_chosen_for_an_indication_leave_its_doses_open() -> None:
    comparison = ask_choices(weight="62", regimen="melanoma", days="3")
    assert comparison.missing == ("--dose",)
    assert rows(comparison) == [("course", 1, 3, Fraction(62, 3), 62), ("course", 2, 3, Fraction(124, 3), 124)]


def test_an_indication_with_a_documented_dose_has_its_source() -> None:
    by_indication = ask_plan(weight="62", regimen="metastatic-melanoma", dose="1 g/kg/course", days="3")
    assert "no-source" not in codes(by_indication)
    assert "entered-days" in codes(by_indication)
    assert codes(by_indication) == codes(ask_plan(weight="62", regimen="melanoma-q3w", days="3"))


def test_a_dose_that_two_regimens_share_is_not_given_to_one_of_them_in_silence(tmp_path: Path) -> None:
    monthly, weekly = (phase("2 g/kg", "course", days, every=every) for days, every in (("5", "1 month"), ("2", "6 weeks")))
    catalogue = catalogue_of(tmp_path, a=regimen(monthly), b=regimen(weekly))
    assert len(ask_choices(catalogue=catalogue, weight="70", regimen="a-disease").options) == 2
    found = outcome(catalogue, weight="70", regimen="a-disease", dose="2 g/kg/course")
    if isinstance(found, IvigcalcError):
        assert "--regimen a or --regimen b" in str(found)
    else:
        assert isinstance(found, Comparison)
        assert {option.regimen and option.regimen.id for option in found.options} == {"a", "b"}


def test_a_dose_inside_the_range_of_a_regimen_is_its_own(tmp_path: Path) -> None:
    daily, ranged = phase("0.4 g/kg", "day", "5", every="4 weeks"), phase("1 to 2 g/kg", "course", "2 to 5", every="3 to 6 weeks")
    catalogue = catalogue_of(tmp_path, daily=regimen(daily), ranged=regimen(ranged))
    plan = outcome(catalogue, weight="70", regimen="a-disease", dose="1.5 g/kg/course", days="3", every="3 weeks")
    assert isinstance(plan, Plan)
    assert plan.regimen is catalogue.regimens["ranged"]
    shared = outcome(catalogue, weight="70", regimen="a-disease", dose="2 g/kg/course", days="5", every="4 weeks")
    assert not isinstance(shared, Plan)  # 0.4 g/kg a day for 5 days, and the upper end of 1 to 2 g/kg a course


def test_a_dose_of_a_course_is_never_said_to_be_one_of_a_day(tmp_path: Path) -> None:
    group = {"name": "Both", "indication": "a-disease", "aliases": [], "choose": ["daily", "total"], "readings": [], "notes": []}
    members = {"daily": regimen(phase("0.4 g/kg", "day", "5")), "total": regimen(phase("2 g/kg", "course", "5"))}
    plan = ask_plan(catalogue=catalogue_of(tmp_path, both=group, **members), weight="70", regimen="both", dose="0.3 g/kg/day", days="5")
    assert "2 g per kg per day" not in texts(plan)


@pytest.mark.parametrize("second", ["not stated", "2 g/kg"])
def test_an_indication_may_have_regimens_without_a_dose(tmp_path: Path, second: str) -> None:
    catalogue = catalogue_of(
        tmp_path,
        a=regimen(phase("not stated", "course", "5", every="4 weeks")),
        b=regimen(phase(second, "course", "2", every="6 weeks")),
    )
    found = outcome(catalogue, weight="70", regimen="a-disease")
    if isinstance(found, Comparison):
        assert [(option.regimen and option.regimen.id, str(option.course_g)) for option in found.options] == [("b", "140")]
    else:
        assert isinstance(found, Refused)
        assert "--dose" in str(found)
    assert outcome(catalogue, weight="70", regimen="a-disease", dose="1 g/kg/course", days="5")


# A regimen without a dose


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"regimen": "systemic-sclerosis"}, '--dose "G g/kg/course" --days N'),
        ({"regimen": "ssc", "days": "3"}, "the source states no dose"),
        ({"regimen": "ssc", "start": "2027-01-04"}, "other regimens of this indication: systemic-sclerosis-takehara"),
        ({"regimen": "teclistamab"}, '--dose "G g/kg"'),
        ({"regimen": "teclistamab", "start": "2027-01-04", "cycles": "3"}, "the source states no dose"),
        (
            {"regimen": "teclistamab", "bispecific-start": "2028-01-31"},
            "30-day window after the start of the bispecific antibody: Wed 01-Mar-2028",
        ),
    ],
)
def test_without_a_stated_dose_none_is_given(options: Options, words: str) -> None:
    with pytest.raises(Refused) as refusal:
        ask({"weight": "62", **options})
    assert words in str(refusal.value)


def test_no_window_is_named_without_the_day_that_opens_it() -> None:
    with pytest.raises(Refused) as refusal:
        ask(weight="62", regimen="teclistamab")
    assert "window" not in str(refusal.value)
    assert ask_plan(weight="62", regimen="teclistamab", dose="0.4 g/kg").last_start is None


def test_a_dose_by_hand_without_days_is_shown_for_one_to_five() -> None:
    comparison = ask_choices(weight="70", dose="2 g/kg/course")
    assert comparison.regimen is None
    assert [row[2:] for row in rows(comparison)] == [(1, 140, 140), (2, 70, 140), (3, Fraction(140, 3), 140), (4, 35, 140), (5, 28, 140)]
    comparison = ask_choices(weight="70", dose="0.4 g/kg/day")
    assert [row[2:] for row in rows(comparison)] == [(days, 28, 28 * days) for days in range(1, 6)]


def test_a_schedule_of_several_courses_needs_an_interval() -> None:
    for options in ({"regimen": "takehara"}, {"dose": "0.4 g/kg/day", "days": "5"}):
        with pytest.raises(Refused, match='course 2: no source states an interval; add --every, such as --every "4 weeks"'):
            ask({"weight": "62", "cycles": "2", **options})


def test_an_interval_that_is_typed_belongs_to_the_last_of_three_phases(tmp_path: Path) -> None:
    # the first two are one course each, so that only the last one needs to know how often it is repeated
    first = {**phase("1 g/kg", "course", "2", cycles="1"), "phase": "first"}
    second = {**phase("0.6 g/kg", "course", "1", cycles="1", begins="2 weeks"), "phase": "second"}
    third = {**phase("0.4 g/kg", "course", "1", begins="3 weeks"), "phase": "third"}
    catalogue = catalogue_of(tmp_path, r=regimen(first, second, third))
    plan = ask_plan(catalogue=catalogue, weight="62", regimen="r", every="4 weeks", start="2027-01-04", cycles="4")
    starts = [course.start for course in plan.courses]
    assert starts == [date(2027, 1, 4), date(2027, 1, 18), date(2027, 2, 8), date(2027, 3, 8)]
    assert [phase.every and str(phase.every) for phase in plan.phases] == [None, None, "4 weeks"]


HEAVY: Final[Options] = {"weight": "110", "height": "165", "sex": "female"}  # BMI 110 / 1.65 squared = 40.4


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"dose": "1 g/kg/day"}, "actual: 110 kg, 110 g per day; "),
        ({"dose": "1 g/kg/course"}, "actual: 110 kg, 110 g per course; "),
        ({"dose": "1 g/kg"}, "actual: 110 kg, dose open; "),
        ({"dose": "1 g/kg/course", "days": "2"}, "actual: 110 kg, 55 g a day, 110 g per course; "),
    ],
)
def test_the_weights_to_choose_from_show_what_is_known_of_the_dose(options: Options, words: str) -> None:
    with pytest.raises(Refused) as refusal:
        ask({**HEAVY, **options})
    assert words in str(refusal.value)
    assert "pre-pregnancy" not in str(refusal.value)  # which was not given


def of_two(folder: Path, first: str = "not stated", second: str = "ideal body weight") -> Catalogue:
    """Two regimens of one indication, each on the weight that its source names."""
    return catalogue_of(
        folder,
        a=regimen(phase("1 g/kg", "course", "1 to 2"), weight_basis=first),
        b=regimen(phase("1 g/kg", "course", "2 to 3"), weight_basis=second),
    )


def test_side_by_side_only_what_is_open_is_asked_for(tmp_path: Path) -> None:
    asked: Options = {"weight": "62", "height": "165", "sex": "female", "regimen": "a-disease"}
    assert ask_choices(asked, of_two(tmp_path)).missing == ("--dose", "--days")
    assert ask_choices({**asked, "dose": "1 g/kg/course"}, of_two(tmp_path)).missing == ("--days",)


def test_side_by_side_a_weight_that_was_asked_for_counts_for_all(tmp_path: Path) -> None:
    asked: Options = {"weight": "62", "height": "165", "sex": "female", "regimen": "a-disease"}

    def bases(options: Options) -> list[str | None]:
        return [option.weight and option.weight.basis for option in ask_choices({**asked, **options}, of_two(tmp_path)).options]

    assert bases({}) == ["actual", "actual", "ideal", "ideal"]
    assert bases({"dosing-weight": "actual"}) == ["actual"] * 4


def test_where_no_regimen_can_be_shown_the_reason_of_the_first_is_given(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="--dosing-weight pre-pregnancy cannot be worked out"):
        ask({"weight": "62", "regimen": "a-disease"}, of_two(tmp_path, "pre-pregnancy body weight", "ideal body weight"))
    with pytest.raises(Refused, match="--dosing-weight ideal cannot be worked out"):
        ask({"weight": "62", "regimen": "a-disease"}, of_two(tmp_path, "ideal body weight", "pre-pregnancy body weight"))


def test_where_no_regimen_states_a_dose_all_are_named(tmp_path: Path) -> None:
    catalogue = catalogue_of(
        tmp_path, a=regimen(phase("not stated", "course", "1")), b=regimen(phase("not stated", "course", "2"))
    )  # fmt: skip
    with pytest.raises(Refused) as refusal:
        ask({"weight": "62", "regimen": "a-disease"}, catalogue)
    assert str(refusal.value).startswith("none of the regimens a, b states a dose, so none is given")


def test_a_regimen_that_states_another_dose_or_none_is_passed_over_for_the_one_that_states_it(tmp_path: Path) -> None:
    catalogue = catalogue_of(
        tmp_path,
        a=regimen(phase("not stated", "course", "1")),
        b=regimen(phase("1 g/kg", "course", "2")),
        c=regimen(phase("2 g/kg", "course", "1 to 2")),
    )
    plan = ask_plan({"weight": "62", "regimen": "a-disease", "dose": "1 g/kg/course"}, catalogue)
    assert plan.regimen is catalogue.regimens["b"]
    # 2 g per kg a day is not the 2 g per kg per course of c, as long as its days are open
    with pytest.raises(InputError, match="states 2 g/kg/day; write --regimen a or --regimen b or --regimen c, or leave"):
        ask({"weight": "62", "regimen": "a-disease", "dose": "2 g/kg/day"}, catalogue)


def test_the_choices_of_one_regimen_name_it(tmp_path: Path) -> None:
    catalogue = catalogue_of(tmp_path, a=regimen(phase("1 g/kg", "course", "1 to 2")))
    comparison = ask_choices({"weight": "62", "regimen": "a"}, catalogue)
    assert comparison.regimen is catalogue.regimens["a"]
    assert [option.regimen for option in comparison.options] == [comparison.regimen] * 2


def test_every_infusion_and_course_has_its_dose_per_kg() -> None:
    plan = ask_plan(weight="62", regimen="itp", round="5 g")  # 24.8 g as 25 g
    assert {infusion.g_per_kg for infusion in plan.infusions} == {Fraction(25, 62)}
    assert plan.courses[0].g_per_kg == Fraction(75, 62)
    assert plan.courses[0].calculated_g_per_kg == Fraction("1.2")
