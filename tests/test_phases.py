"""Loading then maintenance in one plan: each phase gets its own figures by name, and when one begins is asked, never guessed."""

import csv
import io
import json
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import pytest

from ivigcalc.batch.columns import COLUMNS
from ivigcalc.catalogue import data_file, load_catalogue
from ivigcalc.errors import CatalogueError, InputError, Refused
from ivigcalc.model import Plan
from ivigcalc.options import Options
from tests.conftest import RunCli
from tests.test_dosing import grams, induction, rows, upkeep
from tests.test_request import ask, ask_choices, ask_plan, catalogue_of, codes, regimen, texts

SHIPPED: Final = load_catalogue(data_file("regimens.yaml"))
PHASED: Final = [key for key, entry in SHIPPED.regimens.items() if len(entry.phases) > 1]
CIDP: Final[dict[str, str]] = {
    "weight": "62",
    "age": "54",
    "regimen": "cidp/gammagard-us",
    "days": "loading 4, maintenance 1",
    "begins": "3 weeks",
}


def starts(plan: Plan) -> list[str]:
    return [str(course.start) for course in plan.courses]


def found(plan: Plan, code: str) -> list[tuple[str, str]]:
    """Level and text of the findings of a code and what it is written with."""
    return [(finding.level, finding.text) for finding in plan.findings if finding.code.startswith(code)]


# The regimens that ship; every figure by hand for 62 kg


@pytest.mark.parametrize(
    ("options", "phases", "days_g", "first_days", "following"),
    [
        # 2 x 62 = 124 over 4 days, 31 each; 1 x 62 = 62 once; 4 January + 21 days = 25 January, + 21 = 15 February, + 21 = 8 March
        (
            {**CIDP, "cycles": "3"},
            ["loading", "maintenance", "maintenance"],
            ["31"] * 4 + ["62"] * 2,
            ["2027-01-04", "2027-01-25", "2027-02-15"],
            "2027-03-08",
        ),
        # 124 over 2 days, 62 over 2 days
        (
            {**CIDP, "regimen": "cidp/privigen-us", "days": "loading 2, maintenance 2"},
            ["loading", "maintenance"],
            ["62", "62", "31", "31"],
            ["2027-01-04", "2027-01-25"],
            "2027-02-15",
        ),
        # days stated; 2 x 62 = 124 in 2 doses of 62, then 1 x 62 in 2 doses of 31
        (
            {**CIDP, "regimen": "cidp/panzyga-us", "days": "", "dose": "1 g/kg/course"},
            ["loading", "maintenance"],
            ["62", "62", "31", "31"],
            ["2027-01-04", "2027-01-25"],
            "2027-02-15",
        ),
        # 124 / 5 = 24.8; 62 / 2 = 31; 35 days after 4 January is 8 February, 28 days more 8 March
        (
            {"regimen": "mmn/efns-1g", "days": "loading 5, maintenance 2", "every": "4 weeks", "begins": "5 weeks"},
            ["loading", "maintenance"],
            ["24.8"] * 5 + ["31", "31"],
            ["2027-01-04", "2027-02-08"],
            "2027-03-08",
        ),
        # 124 / 2 = 62 in both; 42 days after 4 January is 15 February, 56 more 12 April
        (
            {"regimen": "mmn/efns-2g", "days": "maintenance 2, loading 2", "every": "8 weeks", "begins": "6 weeks"},
            ["loading", "maintenance"],
            ["62"] * 4,
            ["2027-01-04", "2027-02-15"],
            "2027-04-12",
        ),
        # 0.4 x 62 = 24.8 on 5 days, 124 in all; then once every 2 calendar months
        (
            {"regimen": "ms/trial", "begins": "2 months", "cycles": "boosters 2"},
            ["loading", "boosters", "boosters"],
            ["24.8"] * 7,
            ["2027-01-04", "2027-03-04", "2027-05-04"],
            "2027-07-04",
        ),
    ],
    ids=lambda value: value["regimen"] if isinstance(value, dict) else "",
)
def test_a_shipped_regimen_of_two_phases_at_62_kg(
    options: dict[str, str], phases: list[str], days_g: list[str], first_days: list[str], following: str
) -> None:
    typed = {name: text for name, text in {"weight": "62", "start": "2027-01-04", **options}.items() if text}
    plan = ask_plan(typed, SHIPPED)
    assert [course.phase.name for course in plan.courses] == phases
    assert grams(plan) == [Fraction(day) for day in days_g]
    assert starts(plan) == first_days
    assert str(plan.next_start) == following
    assert plan.ordered_g == plan.calculated_g == sum(map(Fraction, days_g))
    ((level, text),) = found(plan, "entered-begins")
    assert (level, text) == ("note", f"Entered by hand: {phases[1]}, begins after {typed['begins']}; no source states it.")


def test_the_days_of_loading_and_maintenance_are_dated_one_by_one() -> None:
    plan = ask_plan({**CIDP, "start": "2027-01-04", "cycles": "2"}, SHIPPED)
    assert [
        (infusion.phase, infusion.cycle, infusion.day, str(infusion.date), str(infusion.cumulative_g)) for infusion in plan.infusions
    ] == [
        ("loading", 1, 1, "2027-01-04", "31"),
        ("loading", 1, 2, "2027-01-05", "62"),
        ("loading", 1, 3, "2027-01-06", "93"),
        ("loading", 1, 4, "2027-01-07", "124"),
        ("maintenance", 2, 1, "2027-01-25", "186"),
    ]


@pytest.mark.parametrize("key", PHASED)
def test_a_phase_has_the_figures_of_the_regimen_that_stands_by_itself(key: str) -> None:
    single = {
        "cidp/gammagard-us": ("cidp/induction", "cidp/maintenance"),
        "cidp/ontario": ("cidp/ontario-induction", "cidp/ontario-maintenance"),
        "cidp/privigen-us": ("cidp/privigen-us-loading", "cidp/privigen-us-maintenance"),
        "cidp/panzyga-us": ("cidp/panzyga-us-loading", "cidp/panzyga-us-maintenance"),
        "mmn/efns-1g": ("mmn/induction", "mmn/maintenance-1g"),
        "mmn/efns-2g": ("mmn/induction", "mmn/maintenance-2g"),
        "ms/trial": ("ms/trial-loading", "ms/trial-boosters"),
    }[key]
    entry = SHIPPED.regimens[key]
    for part, other in zip(entry.phases, single, strict=True):
        (alone,) = SHIPPED.regimens[other].phases
        assert part._replace(name="course", follows=False, cycles=alone.cycles) == alone
        assert set(SHIPPED.regimens[other].cited) <= set(entry.cited)
    assert [(part.follows, part.begins) for part in entry.phases] == [(False, None), (True, None)]
    assert any("maintenance begins" in words or "first booster" in words for words in entry.not_stated)


# What is asked for


def test_both_phases_and_the_beginning_are_asked_for() -> None:
    comparison = ask_choices({"weight": "62", "regimen": "cidp/gammagard-us"}, SHIPPED)
    assert comparison.missing == ('--days "loading N, maintenance N"', "--begins INTERVAL")
    assert rows(comparison) == [
        ("loading", 2, 2, 62, 124), ("loading", 2, 3, Fraction(124, 3), 124), ("loading", 2, 4, 31, 124),
        ("loading", 2, 5, Fraction("24.8"), 124),
        ("maintenance", 1, 1, 62, 62), ("maintenance", 1, 2, 31, 62), ("maintenance", 1, 3, Fraction(62, 3), 62),
        ("maintenance", 1, 4, Fraction("15.5"), 62),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("regimen", "more", "missing"),
    [
        ("cidp/gammagard-us", {"days": "loading 4"}, ('--days "loading N, maintenance N"', "--begins INTERVAL")),
        ("cidp/gammagard-us", {"days": "loading 4, maintenance 2"}, ("--begins INTERVAL",)),
        ("cidp/gammagard-us", {"begins": "3 weeks"}, ('--days "loading N, maintenance N"',)),
        ("cidp/panzyga-us", {}, ("--dose", "--begins INTERVAL")),
        ("mmn/efns-1g", {}, ('--days "loading N, maintenance N"', "--every", "--begins INTERVAL")),
        ("ms/trial", {}, ("--begins INTERVAL",)),
    ],
)
def test_what_is_still_open_is_named_as_it_is_typed(regimen: str, more: dict[str, str], missing: tuple[str, ...]) -> None:
    assert ask_choices({"weight": "62", "regimen": regimen, **more}, SHIPPED).missing == missing


@pytest.mark.parametrize("option", [{"start": "2027-01-04"}, {"cycles": "4"}, {"until": "2027-12-31", "start": "2027-01-04"}])
def test_a_schedule_is_refused_until_it_is_said_when_maintenance_begins(option: dict[str, str]) -> None:
    with pytest.raises(Refused, match=r"a choice is missing: add --begins INTERVAL$"):
        ask({"weight": "62", "regimen": "ms/trial", **option}, SHIPPED)


def test_a_file_is_refused_until_it_is_said_when_maintenance_begins(run_cli: RunCli) -> None:
    done = run_cli("plan", "--weight", "62", "--regimen", "ms/trial", "--format", "json")
    assert (done.code, done.out) == (1, b"")
    assert "--format needs a plan, and a choice is missing: add --begins INTERVAL" in done.err


# A figure for a phase by its name


def test_a_figure_by_name_goes_to_its_phase_in_any_order_and_case(tmp_path: Path) -> None:
    catalogue = catalogue_of(tmp_path, r=regimen(induction(days="2 to 5"), upkeep("0.4 to 1 g/kg", "1 to 4", every="2 to 4 weeks")))
    plan = ask_plan(
        {
            "weight": "70", "regimen": "r", "start": "2027-01-04", "cycles": "3", "age": "40",
            "days": " Maintenance  2 ,LOADING 5", "dose": "maintenance 0.5 g/kg/course", "every": "maintenance 3 weeks",
            "begins": "maintenance 5 weeks",
        },
        catalogue,
    )  # fmt: skip
    # 2 x 70 / 5 = 28; 0.5 x 70 / 2 = 17.5; 35 days after 4 January is 8 February, 21 more 1 March
    assert grams(plan) == [28] * 5 + [Fraction("17.5")] * 4
    assert starts(plan) == ["2027-01-04", "2027-02-08", "2027-03-01"]
    assert [(override.what, override.source, override.used, override.phase) for override in plan.overrides] == [
        ("begins", "4 weeks", "5 weeks", "maintenance")
    ]
    ((_, text),) = found(plan, "override-maintenance-begins-4-weeks-to-5-weeks")
    assert text == "Changed by hand: maintenance, begins after 5 weeks; the source states 4 weeks."


def test_a_figure_of_the_source_is_changed_by_name_and_flagged() -> None:
    plan = ask_plan({**CIDP, "days": "loading 6, maintenance 1", "every": "maintenance 4 weeks", "begins": "6 weeks"}, SHIPPED)
    assert [course.phase.days for course in plan.courses] == [6, 1]
    assert set(codes(plan)) >= {"override-loading-days-2-to-5-to-6", "override-maintenance-every-3-weeks-to-4-weeks"}
    assert "Changed by hand: loading, days of the course 6; the source states 2 to 5." in texts(plan)


def test_a_figure_that_no_source_states_is_said_with_its_phase() -> None:
    plan = ask_plan({**CIDP, "regimen": "cidp/ontario", "days": "loading 4, maintenance 2"}, SHIPPED)
    assert "Entered by hand: maintenance, days of the course 2; no source states it." in texts(plan)


def test_both_readings_of_a_dose_by_name() -> None:
    with pytest.raises(InputError, match=r"62 g in all, 31 g a day; .* 62 g a day, 124 g in all over 2 days"):
        ask({**CIDP, "regimen": "cidp/panzyga-us", "days": "maintenance 2", "dose": "maintenance 1 g/kg"}, SHIPPED)


@pytest.mark.parametrize(
    ("option", "text", "words"),
    [
        ("days", "3", 'not clear which is meant; write it by name, such as --days "loading N, maintenance N"'),
        ("dose", "1 g/kg/day", 'write it by name, such as --dose "loading DOSE, maintenance DOSE"'),
        ("every", "4 weeks", 'write it by name, such as --every "loading INTERVAL, maintenance INTERVAL"'),
        ("days", "loading", "--days: 'loading' is no phase with its figure; write loading and maintenance by name, such as --days"),
        ("days", "load 3, maintenance 1", "--days: 'load 3' is no phase with its figure"),
        ("days", "loading 3, 1", "--days: '1' is no phase with its figure"),
        ("days", "loading 3,", "--days: '' is no phase with its figure"),
        ("days", "loading 3, loading 4", "--days: loading stands twice; write one figure for each phase"),
        ("days", "loading three, maintenance 1", "--days"),
        ("days", "loading 32, maintenance 1", "--days"),
        ("days", "loading -4, maintenance 1", "--days"),
        ("begins", "loading 3 weeks", "--begins: 'loading 3 weeks' is no phase with its figure; write maintenance by name"),
        ("begins", "3", "--begins"),
        ("cycles", "loading 1", '--cycles: how many courses of maintenance was not said; write --cycles "maintenance N"'),
        ("cycles", "loading 2, maintenance 3", "--cycles: the source states 1 of loading, not 2"),
        ("cycles", "maintenance 1000", "--cycles"),
        ("cycles", "maintenance 0", "--cycles"),
    ],
)
def test_what_cannot_be_given_to_a_phase_is_refused_with_the_form(option: str, text: str, words: str) -> None:
    with pytest.raises(InputError) as refusal:
        ask({**CIDP, option: text}, SHIPPED)
    assert words in str(refusal.value)


@pytest.mark.parametrize("regimen", ["itp", "cidp/induction", "cidp", None])
def test_the_beginning_belongs_to_a_regimen_of_several_phases(regimen: str | None) -> None:
    options = {"weight": "62", "begins": "3 weeks", **({"regimen": regimen} if regimen else {"dose": "1 g/kg/day", "days": "1"})}
    with pytest.raises(InputError, match="--begins belongs to a regimen with several phases, such as --regimen cidp/gammagard-us"):
        ask(options, SHIPPED)


def test_figures_by_name_are_no_figures_of_a_regimen_with_one_phase() -> None:
    for option, text in (("days", "loading 3"), ("cycles", "maintenance 3")):
        with pytest.raises(InputError, match=f"--{option}"):
            ask({"weight": "62", "regimen": "itp", option: text})


def test_the_longest_name_is_meant_where_one_begins_as_another_does(tmp_path: Path) -> None:
    second = upkeep(phase="loading more")
    catalogue = catalogue_of(tmp_path, r=regimen(induction(days="2 to 5"), {**second, "days": "1 to 3"}))
    plan = ask_plan({"weight": "70", "regimen": "r", "age": "40", "days": "loading more 2, loading 4"}, catalogue)
    assert [(course.phase.name, course.phase.days) for course in plan.courses] == [("loading", 4), ("loading more", 2)]


# Courses and dates


@pytest.mark.parametrize(
    ("more", "phases"),
    [
        ({}, ["loading", "maintenance"]),  # what the source states, and one of the open-ended phase
        ({"cycles": "1"}, ["loading"]),
        ({"cycles": "4"}, ["loading", *["maintenance"] * 3]),  # of the whole plan
        ({"cycles": "maintenance 3"}, ["loading", *["maintenance"] * 3]),
        ({"cycles": "maintenance 3, loading 1"}, ["loading", *["maintenance"] * 3]),
        ({"until": "2027-01-24"}, ["loading"]),
        ({"until": "2027-01-25"}, ["loading", "maintenance"]),
        ({"until": "2027-02-15"}, ["loading", "maintenance", "maintenance"]),
    ],
)
def test_which_courses_are_planned(more: dict[str, str], phases: list[str]) -> None:
    plan = ask_plan({**CIDP, "start": "2027-01-04", **more}, SHIPPED)
    assert [course.phase.name for course in plan.courses] == phases


def test_maintenance_is_counted_from_the_actual_start_of_loading_and_then_from_its_own() -> None:
    # 4 days from Thu 7 January do not fit Monday to Friday, so from Mon 11; 21 days later Mon 1 February is closed, so Tue 2;
    # 21 days after that Tue 23 February
    plan = ask_plan({**CIDP, "start": "2027-01-07", "infuse-on": "mon-fri", "closed": ("2027-02-01",), "cycles": "3"}, SHIPPED)
    assert starts(plan) == ["2027-01-11", "2027-02-02", "2027-02-23"]
    assert [str(course.planned) for course in plan.courses] == ["2027-01-07", "2027-02-01", "2027-02-23"]
    assert [text for _, text in found(plan, "moved")] == [
        "Course 1 was due on Thu 07-Jan-2027 and starts on Mon 11-Jan-2027, the first start on which all its days fit.",
        "Course 2 was due on Mon 01-Feb-2027 and starts on Tue 02-Feb-2027, the first start on which all its days fit.",
    ]


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({}, "courses of 4 days followed after 3 days would overlap; write a longer --begins or fewer --days"),
        (
            {"start": "2027-01-04"},
            "course 2 would start on Thu 07-Jan-2027, before course 1 ends on Thu 07-Jan-2027; write a longer --begins or fewer --days",
        ),
    ],
)
def test_maintenance_cannot_begin_while_loading_runs(more: dict[str, str], words: str) -> None:
    with pytest.raises(Refused, match=words):
        ask({**CIDP, "begins": "3 days", **more}, SHIPPED)
    accepted: Options = {**CIDP, "begins": "4 days", **more, "accept": ("28-day-dose=3",), "reason": "of the test"}
    assert len(ask_plan(accepted, SHIPPED).courses) == 2


# The dose of 28 dates


@pytest.mark.parametrize(
    ("more", "level", "words"),
    [
        # 4 to 7 and 25 January: 2 + 1 g per kg
        ({"start": "2027-01-04"}, "warning", "3 g per kg within 28 days, Mon 04-Jan-2027 to Mon 25-Jan-2027"),
        ({}, "warning", "the doses are those of the regimen's own source; maintenance begins after 3 weeks, which was entered by hand"),
        # days 2 to 29 hold 3 of the 4 loading days: 1.5 + 1 g per kg
        ({"begins": "4 weeks"}, "warning", "2.5 g per kg within 28 days"),
        ({"begins": "1 month"}, "warning", "2.5 g per kg within 28 days"),  # February has 28 days
        ({"begins": "1 month", "start": "2027-01-04"}, None, ""),  # 4 February is day 32
        ({"begins": "28 days", "start": "2027-01-04"}, "warning", "2.5 g per kg within 28 days, Tue 05-Jan-2027 to Mon 01-Feb-2027"),
        ({"begins": "29 days"}, None, ""),  # days 3 to 30 hold 2 loading days: 1 + 1 g per kg, which is not above 2
        # sooner than its own interval
        ({"begins": "20 days"}, "refusal", "that maintenance begins after 20 days was entered by hand, and is sooner than its courses"),
        ({"begins": "2 weeks", "start": "2027-01-04"}, "refusal", "is sooner than its courses follow each other"),
        # an override, an earlier course, an age that is not the source's
        ({"every": "maintenance 2 weeks"}, "refusal", "not all of its figures are those of a source"),
        ({"dose": "loading 1.5 g/kg/course"}, "refusal", "not all of its figures are those of a source"),
        ({"last-course": "2026-12-20 62 g", "start": "2027-01-04"}, "refusal", "3 g per kg within 28 days"),
        ({"age": "17"}, "refusal", "for patients from 18 years, as its words are read here, not at 17 years"),
        ({"age": ""}, "refusal", "age not recorded, add --age"),
    ],
)
def test_28_days_over_loading_and_maintenance(more: dict[str, str], level: str | None, words: str) -> None:
    options = {name: text for name, text in {**CIDP, **more}.items() if text}
    if level == "refusal":
        with pytest.raises(Refused, match="28-day-dose: ") as refusal:
            ask(options, SHIPPED)
        assert words in str(refusal.value)
        return
    plan = ask_plan(options, SHIPPED)
    assert [said[0] for said in found(plan, "28-day-dose")] == ([level] if level else [])
    assert not level or words in found(plan, "28-day-dose-source")[0][1]


def test_a_month_of_the_source_is_31_days_where_a_phase_begins_by_days(tmp_path: Path) -> None:
    """Days 5 to 32 are 28 dates: the last 0.4 g per kg of loading and 2 g per kg, no sooner than a source's month of 31 days."""
    monthly = upkeep("2 g/kg", "1", every="1 month", begins="not stated")
    catalogue = catalogue_of(tmp_path, r=regimen(induction(), monthly))
    plan = ask_plan(catalogue=catalogue, weight="70", regimen="r", begins="31 days")
    ((level, text),) = found(plan, "28-day-dose")
    assert level == "warning"
    assert "2.4 g per kg within 28 days" in text
    assert "no sooner than the source's own interval" in text
    with pytest.raises(Refused, match=r"begins after 30 days was entered by hand, and is sooner"):
        ask(catalogue=catalogue, weight="70", regimen="r", begins="30 days")


def test_each_phase_whose_beginning_was_entered_is_named(tmp_path: Path) -> None:
    """Weekly courses of 1 g per kg: three phases within 28 days, of which two begin when a person said."""
    names = ("first", "second", "third")
    phases = [upkeep("1 g/kg", "1", every="1 week", phase=name, cycles="1", begins="not stated") for name in names]
    del phases[0]["begins"]
    catalogue = catalogue_of(tmp_path, r=regimen(*phases))
    plan = ask_plan(catalogue=catalogue, weight="70", regimen="r", begins="second 1 week, third 1 week")
    ((level, text),) = found(plan, "28-day-dose")
    assert level == "warning"
    begin = "second begins after 1 week, which was entered by hand, third begins after 1 week, which was entered by hand, and no sooner"
    assert begin in text


def test_an_open_choice_says_nothing_of_a_beginning_that_was_entered() -> None:
    comparison = ask_choices({**CIDP, "days": "maintenance 1"}, SHIPPED)
    assert {finding.code for option in comparison.options for finding in option.findings} & {"entered-begins", "entered-days"} == set()


def test_28_days_of_maintenance_alone_do_not_rest_on_when_it_begins() -> None:
    # 2 g per kg every 3 weeks in maintenance: 4 g per kg in 28 dates, its source's own figures, whenever it begins
    plan = ask_plan(
        {**CIDP, "regimen": "cidp/panzyga-us", "days": "maintenance 2", "dose": "2 g/kg/course", "begins": "8 weeks", "cycles": "3"},
        SHIPPED,
    )
    ((level, text),) = found(plan, "28-day-dose")
    assert level == "warning"
    assert text.endswith("the regimen's own source states it.")


@pytest.mark.parametrize(
    ("every", "begins", "refused"),
    [("1 month", "4 weeks", True), ("1 month", "1 month", False), ("4 weeks", "1 month", False), ("not stated", "3 weeks", True)],
)
def test_a_month_is_never_taken_as_longer_or_shorter_than_it_may_be(tmp_path: Path, every: str, begins: str, *, refused: bool) -> None:
    # 28 days are sooner than a month may be, and a month is no sooner than 28 days
    catalogue = catalogue_of(tmp_path, r=regimen(induction(), upkeep(every=every, begins="not stated")))
    options = {"weight": "70", "age": "40", "regimen": "r", "begins": begins}
    if refused:
        with pytest.raises(Refused, match=f"that maintenance begins after {begins} was entered by hand, and is sooner"):
            ask(options, catalogue)
    else:
        assert [level for level, _ in found(ask_plan(options, catalogue), "28-day-dose")] == ["warning"]


def test_a_beginning_that_the_source_states_is_its_own_and_another_is_an_override(tmp_path: Path) -> None:
    catalogue = catalogue_of(tmp_path, r=regimen(induction(), upkeep(begins="3 weeks")))
    ((level, text),) = found(ask_plan({"weight": "70", "regimen": "r", "age": "40"}, catalogue), "28-day-dose")
    assert level == "warning"
    assert text.endswith("; the regimen's own source states it.")
    with pytest.raises(Refused, match="not all of its figures are those of a source"):
        ask({"weight": "70", "regimen": "r", "age": "40", "begins": "maintenance 2 weeks"}, catalogue)
    with pytest.raises(InputError, match=r'--begins: this regimen has the phases .* such as --begins "maintenance INTERVAL"'):
        ask({"weight": "70", "regimen": "r", "age": "40", "begins": "2 weeks"}, catalogue)


# The catalogue


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Loading", "'Loading' is the name of two phases, expected another name for each"),
        ("phase 2", "'phase 2' cannot be typed beside a figure, expected letters, such as maintenance"),
        ("a, b", "'a, b' cannot be typed beside a figure"),
    ],
)
def test_a_phase_needs_a_name_that_can_be_typed(tmp_path: Path, name: str, words: str) -> None:
    with pytest.raises(CatalogueError) as fault:
        catalogue_of(tmp_path, r=regimen(induction(), upkeep(phase=name)))
    assert f"regimens.r.phases[2].phase: {words}" in str(fault.value)


# What is shown


PLAN: Final = ("plan", *(word for name, text in CIDP.items() for word in (f"--{name}", text)))


@pytest.mark.parametrize("width", ["40", "80", "200"])
def test_the_screen_says_both_phases_and_when_the_second_begins(run_cli: RunCli, monkeypatch: pytest.MonkeyPatch, width: str) -> None:
    monkeypatch.setenv("COLUMNS", width)
    done = run_cli(*PLAN, "--start", "2027-01-04", "--cycles", "maintenance 2")
    assert all(len(line) <= int(width) for line in done.text.splitlines())
    text = " ".join(done.text.split())
    assert "loading 31 g once daily for 4 days, 124 g per course 0.5 g per kg per day, 2 g per kg per course" in text
    assert "maintenance 62 g once, on one day, 62 g per course 1 g per kg per course, given on one day" in text
    assert "Begins 3 weeks after the start of loading, entered by hand" in text
    assert "loading: DOSE 31 g once daily for 4 days" in text
    assert "maintenance: DOSE 62 g once, on one day" in text
    assert "Mon 15-Feb-2027" in text
    assert "248 g in all" in text  # 124 + 2 x 62


def test_without_dates_the_order_says_when_maintenance_begins(run_cli: RunCli) -> None:
    text = " ".join(run_cli(*PLAN).text.split())
    assert "maintenance: begins 3 weeks after the start of loading, entered by hand, DOSE 62 g once, on one day" in text


def test_the_last_of_several_courses_is_what_the_beginning_is_counted_from(tmp_path: Path) -> None:
    from ivigcalc.export.table import comparison_table, plan_table
    from ivigcalc.request import missing_choice

    catalogue = catalogue_of(tmp_path, r=regimen(induction(cycles="2", every="6 weeks"), upkeep(begins="not stated")))
    comparison = ask_choices({"weight": "70", "regimen": "r"}, catalogue)
    shown = " ".join(comparison_table(comparison, 80, missing_choice(comparison), colour=False).split())
    assert "Begins maintenance: not stated when; --begins INTERVAL counts from the start of the last course of loading" in shown
    plan = ask_plan({"weight": "70", "regimen": "r", "begins": "8 weeks", "start": "2027-01-04"}, catalogue)
    assert starts(plan) == ["2027-01-04", "2027-02-15", "2027-04-12"]
    assert "8 weeks after the start of the last course of loading, entered by hand" in " ".join(plan_table(plan, 80, colour=False).split())


def test_open_choices_name_the_phase_and_a_beginning_that_was_given(run_cli: RunCli) -> None:
    text = " ".join(run_cli("plan", "--weight", "62", "--regimen", "cidp/gammagard-us", "--begins", "3 weeks").text.split())
    assert "Days loading 2 g per kg, 124 g in all maintenance 1 g per kg, 62 g in all" in text
    assert "Begins maintenance: 3 weeks after the start of loading" in text


def test_side_by_side_the_phases_stand_together_with_the_day_and_the_course(run_cli: RunCli) -> None:
    text = " ".join(run_cli("plan", "--weight", "62", "--regimen", "cidp").text.split())
    assert (
        "cidp/gammagard-us CIDP, loading then maintenance, label of Gammagard Liquid "
        "loading, 2 g per kg per course, interval not stated over 2 to 5 days 62 g to 24.8 g a day, 124 g per course "
        "maintenance, 1 g per kg per course, every 3 weeks over 1 to 4 days 62 g to 15.5 g a day, 62 g per course "
        "maintenance begins: not stated when; add --begins INTERVAL"
    ) in text
    # a number of days that a limit refuses stands by itself
    text = " ".join(run_cli("plan", "--weight", "62", "--regimen", "mmn").text.split())
    assert (
        "maintenance, 2 g per kg per course, every 4 to 8 weeks on 1 day 124 g a day, 124 g per course, refused over 2 days 62 g a day"
        in text
    )


def test_days_that_could_be_of_either_phase_leave_the_two_phases_without_grams(run_cli: RunCli) -> None:
    text = " ".join(run_cli("plan", "--weight", "62", "--regimen", "cidp", "--days", "2").text.split())
    assert "cidp/privigen-us CIDP, loading then maintenance, label of Privigen No grams: --days: this regimen has the phases" in text
    assert "cidp/privigen-us-maintenance CIDP, maintenance, label of Privigen 1 g per kg per course, every 3 weeks over 2 days" in text


def test_a_dose_of_an_indication_is_not_given_to_a_phase() -> None:
    comparison = ask_choices({"weight": "62", "regimen": "cidp", "dose": "1 g/kg/course", "days": "1"}, SHIPPED)
    assert {option.regimen.id for option in comparison.options if option.regimen} == {
        "cidp/maintenance", "cidp/ontario-maintenance", "cidp/privigen-us-maintenance", "cidp/panzyga-us-maintenance",
    }  # fmt: skip


def test_a_faulty_dose_of_an_indication_is_still_refused() -> None:
    with pytest.raises(InputError, match="--dosing-weight"):
        ask({"weight": "62", "regimen": "cidp", "dosing-weight": "heavy"}, SHIPPED)


def test_the_csv_has_the_phase_of_each_infusion(run_cli: RunCli) -> None:
    done = run_cli(*PLAN, "--start", "2027-01-04", "--cycles", "maintenance 1", "--format", "csv")
    table = list(csv.DictReader(io.StringIO(done.text)))
    assert [(row["phase"], row["cycle"], row["day"], row["date"], row["ordered_g"], row["course_g"]) for row in table] == [
        ("loading", "1", "1", "2027-01-04", "31", "124"),
        ("loading", "1", "2", "2027-01-05", "31", "124"),
        ("loading", "1", "3", "2027-01-06", "31", "124"),
        ("loading", "1", "4", "2027-01-07", "31", "124"),
        ("maintenance", "2", "1", "2027-01-25", "62", "62"),
    ]
    assert {"entered-begins", "28-day-dose-source"} <= set(table[0]["findings"].split(";"))


def test_the_json_has_the_phases_with_what_was_changed(run_cli: RunCli) -> None:
    done = run_cli(*PLAN[:-1], "6 weeks", "--every", "maintenance 4 weeks", "--format", "json")
    found = json.loads(done.out)
    assert [(phase["phase"], phase["every"], phase["begins"], phase["cycles"]) for phase in found["regimen"]["phases"]] == [
        ("loading", None, None, 1),
        ("maintenance", "4 weeks", "6 weeks", None),
    ]
    assert found["regimen"]["overrides"] == [{"what": "every", "source": "3 weeks", "used": "4 weeks", "phase": "maintenance"}]
    assert [cycle["phase"] for cycle in found["cycles"]] == ["loading", "maintenance"]


def test_regimens_show_says_that_the_beginning_is_not_stated(run_cli: RunCli, tmp_path: Path) -> None:
    from ivigcalc.export.reference import regimen_page

    text = " ".join(run_cli("regimens", "show", "ms/trial").text.split())
    assert "Phase boosters Dose 0.4 g per kg per day Days 1 Begins not stated when; --begins says it Interval every 2 months" in text
    catalogue = catalogue_of(tmp_path, r=regimen(induction(), upkeep()))
    text = " ".join(regimen_page(catalogue, catalogue.regimens["r"], 80, colour=False).split())
    assert "Begins 4 weeks after the start of the last course before it" in text


def test_a_row_of_a_file_takes_the_figures_of_both_phases(run_cli: RunCli, tmp_path: Path) -> None:
    assert "begins" in COLUMNS
    path = tmp_path / "patients.csv"
    path.write_text(
        "id,weight,age,regimen,days,begins,start,cycles\n"
        'p1,62,54,cidp/gammagard-us,"loading 4, maintenance 2",3 weeks,2027-01-04,maintenance 1\n'
        "p2,62,54,cidp/gammagard-us,4,3 weeks,2027-01-04,\n"
        "p3,62,54,cidp/gammagard-us,,,2027-01-04,\n"
        "p4,62,54,itp,,3 weeks,2027-01-04,\n",
        encoding="utf-8",
    )
    done = run_cli("batch", str(path))
    assert [(row["id"], row["phase"], row["ordered_g"], row["date"]) for row in csv.DictReader(io.StringIO(done.text))] == [
        *(("p1", "loading", "31", f"2027-01-0{day}") for day in (4, 5, 6, 7)),
        *(("p1", "maintenance", "31", f"2027-01-{day}") for day in (25, 26)),
    ]
    assert "id p2: faulty: days: this regimen has the phases loading and maintenance" in done.err
    assert 'id p3: refused: start asks for a schedule, and a choice is missing: add --days "loading N, maintenance N"' in done.err
    assert "id p4: faulty: begins belongs to a regimen with several phases" in done.err


def test_an_order_is_checked_against_each_phase(run_cli: RunCli) -> None:
    words: tuple[Any, ...] = ("check", "--weight", "62", "--regimen", "cidp/gammagard-us", "--order")
    for order, name in (("31 g daily for 4 days", "loading, 2 g per kg"), ("62 g once", "maintenance, 1 g per kg")):
        done = run_cli(*words, order)
        assert done.code == 0
        assert f"from cidp/gammagard-us: {name} per course" in " ".join(done.text.split())
    assert run_cli(*words, "124 g daily for 4 days").code == 1


def test_haemolysis_looks_at_every_phase(tmp_path: Path) -> None:
    """1 g per kg, then 2 g per kg once: the risk is that of the second phase, which has one course."""
    loading, later = induction(dose="1 g/kg"), upkeep("2 g/kg", "2", begins="5 weeks", cycles="1")
    plan = ask_plan(catalogue=catalogue_of(tmp_path, r=regimen(loading, later)), weight="70", regimen="r")
    ((_, text),) = found(plan, "haemolysis")
    assert "2 g per kg in a course" in text
