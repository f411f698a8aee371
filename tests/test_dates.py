"""Where courses fall on the calendar: intervals, closed days, weekdays, overlaps, the end of the calendar."""

from datetime import date, timedelta
from pathlib import Path
from typing import Final

import pytest

from ivigcalc.dosing.dates import add_interval, check_apart, check_interval, first_fit, last_day
from ivigcalc.errors import InputError, Refused
from ivigcalc.options import Options
from ivigcalc.when import Interval
from tests.test_request import ask, ask_plan, catalogue_of, codes, phase, regimen, texts

FIVE_DAYS: Final[Options] = {"weight": "62", "dose": "0.05 g/kg/day", "days": "5"}  # far below the limits, which are not tested here
WORKING_DAYS: Final = frozenset(range(5))


def starts(options: Options) -> list[str]:
    return [str(course.start) for course in ask_plan(options).courses]


# Intervals


@pytest.mark.parametrize(
    ("start", "every", "later"),
    [
        ("2027-01-04", Interval(21, "day"), "2027-01-25"),
        ("2027-01-04", Interval(3, "week"), "2027-01-25"),
        ("2027-12-20", Interval(3, "week"), "2028-01-10"),
        ("2027-01-31", Interval(1, "month"), "2027-02-28"),
        ("2028-01-31", Interval(1, "month"), "2028-02-29"),
        ("2027-01-31", Interval(2, "month"), "2027-03-31"),
        ("2027-03-31", Interval(1, "month"), "2027-04-30"),
        ("2027-12-31", Interval(2, "month"), "2028-02-29"),
        ("2027-11-15", Interval(1, "month"), "2027-12-15"),
        ("2027-12-15", Interval(1, "month"), "2028-01-15"),
        ("2027-06-30", Interval(12, "month"), "2028-06-30"),
        ("2096-02-29", Interval(48, "month"), "2100-02-28"),
        ("9999-11-30", Interval(1, "month"), "9999-12-30"),
        ("9999-12-30", Interval(1, "day"), "9999-12-31"),
    ],
)
def test_an_interval_later(start: str, every: Interval, later: str) -> None:
    assert add_interval(date.fromisoformat(start), every) == date.fromisoformat(later)


def test_months_are_counted_from_the_first_start_so_that_the_day_comes_back() -> None:
    every = Interval(1, "month")
    found = [add_interval(date(2027, 1, 31), every, times) for times in range(6)]
    assert [day.day for day in found] == [31, 28, 31, 30, 31, 30]


@pytest.mark.parametrize(("every", "unit"), [("1 month", "month"), ("4 weeks", "week")])
def test_a_month_is_never_28_days(every: str, unit: str) -> None:
    expected = {"month": ["2027-01-04", "2027-02-04", "2027-03-04"], "week": ["2027-01-04", "2027-02-01", "2027-03-01"]}[unit]
    plan = ask_plan(FIVE_DAYS, every=every, cycles="3", start="2027-01-04")
    assert [str(course.start) for course in plan.courses] == expected
    assert ("it is not 28 days" in texts(plan)) == (unit == "month")


def test_a_calendar_month_is_explained() -> None:
    plan = ask_plan(weight="62", regimen="ssc", dose="2 g/kg/course", days="4")
    assert "calendar-month" in codes(plan)
    assert "calendar-month" in codes(ask_plan(weight="62", regimen="itp", every="1 month"))
    assert "calendar-month" not in codes(ask_plan(weight="62", regimen="itp"))


def test_the_days_of_a_course_follow_each_other() -> None:
    infusions = ask_plan(FIVE_DAYS, start="2028-02-26").infusions
    assert [str(infusion.date) for infusion in infusions] == ["2028-02-26", "2028-02-27", "2028-02-28", "2028-02-29", "2028-03-01"]
    assert last_day(date(2028, 2, 26), 5) == date(2028, 3, 1)
    assert last_day(date(2028, 2, 26), 1) == date(2028, 2, 26)


# Weekdays and closed days


@pytest.mark.parametrize(
    ("start", "days", "weekdays", "closed", "fit"),
    [
        ("2027-01-08", 1, "fri", [], "2027-01-08"),
        ("2027-01-08", 1, "mon", [], "2027-01-11"),
        ("2027-01-08", 3, "mon-fri", [], "2027-01-11"),
        ("2027-01-06", 3, "mon-fri", [], "2027-01-06"),
        ("2027-01-07", 3, "mon-fri", [], "2027-01-11"),
        ("2027-01-05", 5, "mon-fri", [], "2027-01-11"),
        ("2027-01-08", 2, "fri,sat", [], "2027-01-08"),
        ("2027-01-09", 3, "fri-mon", [], "2027-01-09"),
        ("2027-01-10", 3, "fri-mon", [], "2027-01-15"),
        ("2027-01-04", 3, None, ["2027-01-05"], "2027-01-06"),
        ("2027-01-04", 3, None, ["2027-01-05", "2027-01-08"], "2027-01-09"),
        ("2027-01-04", 3, None, ["2027-01-03", "2027-01-07"], "2027-01-04"),
        ("2027-01-04", 5, "mon-fri", ["2027-01-08", "2027-01-11"], "2027-01-18"),
        ("2026-12-24", 2, "mon-fri", ["2026-12-25", "2026-12-28"], "2026-12-29"),
    ],
)
def test_the_first_start_on_which_every_day_fits(start: str, days: int, weekdays: str | None, closed: list[str], fit: str) -> None:
    options: dict[str, str | tuple[str, ...]] = {"days": str(days), "start": start, "closed": tuple(closed)}
    if weekdays:
        options["infuse-on"] = weekdays
    plan = ask_plan({"weight": "62", "dose": "0.2 g/kg/day", **options})
    assert str(plan.courses[0].start) == fit
    assert str(plan.courses[0].planned) == start
    assert ("moved" in codes(plan)) == (start != fit)


def test_what_moved_is_said_with_both_days() -> None:
    plan = ask_plan(weight="62", regimen="itp", start="2027-01-08", cycles="3", infuse_on="mon-fri", closed=("2027-02-02",))
    assert [str(course.start) for course in plan.courses] == ["2027-01-11", "2027-02-03", "2027-02-22"]
    moved = [finding.text for finding in plan.findings if finding.code == "moved"]
    assert moved == [
        "Course 1 was due on Fri 08-Jan-2027 and starts on Mon 11-Jan-2027, the first start on which all its days fit.",
        "Course 2 was due on Mon 01-Feb-2027 and starts on Wed 03-Feb-2027, the first start on which all its days fit.",
    ]
    assert {finding.level for finding in plan.findings if finding.code != "28-day-dose-source"} == {"note"}


def test_moves_do_not_add_up() -> None:
    # 18 days after Monday 11 January is a Friday, and the course waits for Monday; 36 days after is a Tuesday
    options: Options = {
        "weight": "62",
        "regimen": "itp",
        "start": "2027-01-08",
        "cycles": "3",
        "infuse-on": "mon-fri",
        "every": "18 days",
        "dose": "0.2 g/kg/day",
    }
    assert starts(options) == ["2027-01-11", "2027-02-01", "2027-02-16"]


@pytest.mark.parametrize(
    ("days", "weekdays"), [("2", "mon,wed,fri"), ("6", "mon-fri"), ("3", "sat,sun"), ("7", "mon-sat"), ("31", "tue-sun"), ("2", "sun")]
)
def test_a_course_that_never_fits_is_refused(days: str, weekdays: str) -> None:
    with pytest.raises(Refused, match=f"a course of {days} consecutive days never fits on .*; choose other --infuse-on days"):
        ask(weight="62", dose="0.05 g/kg/day", days=days, start="2027-01-04", infuse_on=weekdays)


def test_on_all_seven_weekdays_every_course_fits() -> None:
    options: Options = {"weight": "62", "dose": "0.05 g/kg/day", "days": "31", "start": "2027-01-06", "infuse-on": "tue-mon"}
    assert starts(options) == ["2027-01-06"]


def test_weekdays_are_named_in_their_order() -> None:
    with pytest.raises(Refused, match="never fits on mon, wed, fri;"):
        first_fit(date(2027, 1, 4), 2, frozenset({4, 0, 2}), frozenset())


# Which courses


@pytest.mark.parametrize(
    ("until", "expected", "due"),
    [
        ("2027-01-11", ["2027-01-11"], "2027-02-03"),
        ("2027-02-01", ["2027-01-11"], "2027-02-03"),  # the day on which it would be due, had it not moved
        ("2027-02-02", ["2027-01-11"], "2027-02-03"),
        ("2027-02-03", ["2027-01-11", "2027-02-03"], "2027-02-22"),
    ],
)
def test_until_is_judged_by_the_actual_start(until: str, expected: list[str], due: str) -> None:
    plan = ask_plan(weight="62", regimen="itp", start="2027-01-08", infuse_on="mon-fri", until=until, closed=("2027-02-02",))
    assert [str(course.start) for course in plan.courses] == expected
    assert str(plan.next_start) == due


@pytest.mark.parametrize("options", [{"regimen": "itp"}, {"regimen": "teclistamab", "dose": "0.4 g/kg", "bispecific-start": "2027-01-01"}])
def test_until_before_the_first_actual_start_is_refused(options: Options) -> None:
    with pytest.raises((Refused, InputError), match="--until"):  # Saturday 9 January moves to Monday 11 January
        ask({"weight": "62", "start": "2027-01-09", "until": "2027-01-10", "infuse-on": "mon-fri", **options})


def test_a_single_course_of_the_source_has_no_next_one() -> None:
    assert ask_plan(weight="62", regimen="icaht", start="2027-01-04").next_start is None
    assert ask_plan(weight="62", regimen="icaht", start="2027-01-04", every="4 weeks").next_start is None
    plan = ask_plan(weight="62", regimen="icaht", start="2027-01-04", every="4 weeks", cycles="2")
    assert (len(plan.courses), plan.next_start) == (2, None)


def test_without_a_start_no_date_is_made_up() -> None:
    plan = ask_plan(weight="62", regimen="itp", cycles="3")
    assert {course.start for course in plan.courses} == {course.planned for course in plan.courses} == {None}
    assert {infusion.date for infusion in plan.infusions} == {None}
    assert plan.next_start is None


def test_without_an_interval_no_next_course_is_due() -> None:
    assert ask_plan(FIVE_DAYS, start="2027-01-04").next_start is None
    assert ask_plan(FIVE_DAYS, start="2027-01-04", every="4 weeks").next_start == date(2027, 2, 1)


def test_at_most_a_thousand_courses_until_a_day() -> None:
    options: Options = {"weight": "62", "dose": "0.05 g/kg", "days": "1", "every": "1 day", "start": "2027-01-04"}
    last = date(2027, 1, 4) + timedelta(days=999)
    plan = ask_plan(options, until=str(last))
    assert (len(plan.courses), plan.next_start) == (1_000, last + timedelta(days=1))
    with pytest.raises(InputError, match="--until: more than 1,000 courses"):
        ask(options, until=str(last + timedelta(days=1)))


# Courses that would overlap


@pytest.mark.parametrize("dated", [{"start": "2027-01-04"}, {}])
@pytest.mark.parametrize("count", [{"cycles": "2"}, {}])
@pytest.mark.parametrize("every", ["4 days", "1 day"])
def test_courses_that_overlap_are_refused_with_and_without_dates(dated: Options, count: Options, every: str) -> None:
    with pytest.raises(Refused, match="write a longer --every or fewer --days"):
        ask({**FIVE_DAYS, **dated, **count, "every": every})


@pytest.mark.parametrize("dated", [{"start": "2027-01-04"}, {}])
def test_courses_that_touch_are_planned(dated: Options) -> None:
    plan = ask_plan({**FIVE_DAYS, **dated, "cycles": "3", "every": "5 days"})
    assert len(plan.courses) == 3


@pytest.mark.parametrize(
    ("every", "days", "refused"),
    [
        ("1 week", "7", False),
        ("1 week", "8", True),
        ("8 days", "8", False),
        ("1 month", "28", False),
        ("1 month", "29", True),
        ("4 weeks", "29", True),
    ],
)
@pytest.mark.parametrize("dated", [{"start": "2027-02-01"}, {}])
def test_the_shortest_interval_holds_the_course(every: str, days: str, refused: bool, dated: Options) -> None:
    options: Options = {"weight": "62", "dose": "0.05 g/kg/day", "days": days, "every": every, "cycles": "2", **dated}
    if not refused:
        assert len(ask_plan(options).courses) == 2
        return
    with pytest.raises(Refused, match=r"overlap|before course 1 ends"):
        ask(options)


def test_a_move_into_the_next_course_is_refused() -> None:
    # every 5 days: closed on 9 January, so course 2 moves to 10 January and still runs on 14 January, when course 3 is due
    words = r"course 3 would start on Thu 14-Jan-2027, before course 2 ends on Thu 14-Jan-2027; write a longer --every or fewer --days"
    with pytest.raises(Refused, match=words):
        ask(FIVE_DAYS, every="5 days", cycles="3", start="2027-01-04", closed=("2027-01-09",))


@pytest.mark.parametrize("count", [{"cycles": "2"}, {"until": "2027-01-12"}])
def test_a_course_that_nobody_asked_for_is_no_reason_to_refuse(count: Options) -> None:
    # as above, but without the third course
    options: Options = {**FIVE_DAYS, "every": "5 days", "start": "2027-01-04", "closed": ("2027-01-09",)}
    assert starts({**options, **count}) == ["2027-01-04", "2027-01-10"]


def test_the_words_of_an_overlap_name_both_days() -> None:
    with pytest.raises(Refused, match=r"course 2 would start on Wed 06-Jan-2027, before course 1 ends on Fri 08-Jan-2027"):
        check_apart(date(2027, 1, 4), 5, date(2027, 1, 6), 2)
    check_apart(date(2027, 1, 4), 5, date(2027, 1, 9), 2)


def test_the_interval_alone_shows_an_overlap() -> None:
    with pytest.raises(Refused, match="courses of 5 days every 4 days would overlap"):
        check_interval(Interval(4, "day"), 5)
    for every in (Interval(5, "day"), Interval(1, "week"), Interval(1, "month")):
        check_interval(every, 5)


# The end of the calendar


def test_the_last_days_of_the_calendar_can_be_used() -> None:
    plan = ask_plan(weight="62", regimen="itp", start="9999-12-29")
    assert [str(infusion.date) for infusion in plan.infusions] == ["9999-12-29", "9999-12-30", "9999-12-31"]
    assert plan.next_start is None


@pytest.mark.parametrize(
    "options",
    [
        {"regimen": "itp", "start": "9999-12-30"},
        {"regimen": "itp", "start": "9999-12-10", "cycles": "2"},
        {"regimen": "itp", "start": "9999-12-10", "until": "9999-12-31"},  # the second would start on that day and run past it
        {"regimen": "itp", "start": "9999-12-29", "closed": ("9999-12-31",)},
        {"regimen": "itp", "start": "9999-12-29", "infuse-on": "mon,tue,wed"},
        {"regimen": "itp", "start": "9000-01-01", "every": "1000 months", "cycles": "13"},
        {"regimen": "itp", "start": "9000-01-01", "every": "1000 weeks", "cycles": "1000"},
        {"regimen": "teclistamab", "dose": "0.4 g/kg", "bispecific-start": "9999-12-02"},
    ],
)
def test_nothing_runs_past_the_year_9999(options: Options) -> None:
    with pytest.raises(InputError, match="9999") as error:
        ask({"weight": "62", **options})
    assert error.value.exit_code == 2


@pytest.mark.parametrize(
    "options", [{"regimen": "itp", "start": "9999-12-30"}, {"regimen": "teclistamab", "dose": "0.4 g/kg", "bispecific-start": "9999-12-02"}]
)
def test_the_words_at_the_end_of_the_calendar_fit_one_course(options: Options) -> None:
    with pytest.raises(InputError) as error:
        ask({"weight": "62", **options})
    assert "fewer courses" not in str(error.value)
    assert "1 times" not in str(error.value)


def test_the_words_at_the_end_of_the_calendar_name_the_whole_time() -> None:
    with pytest.raises(InputError, match=r"12,?000 months after .*9000.* is past the year 9999"):  # twelve times 1000 months
        ask(weight="62", regimen="itp", start="9000-01-01", every="1000 months", cycles="13")


def test_a_window_may_end_on_the_last_day_of_the_calendar() -> None:
    plan = ask_plan(weight="62", regimen="teclistamab", dose="0.4 g/kg", bispecific_start="9999-12-01")
    assert plan.last_start == date(9999, 12, 31)


def test_what_says_how_far_courses_are_apart_is_named() -> None:
    with pytest.raises(Refused, match=r"write a longer --every or fewer --days$"):
        check_apart(date(2027, 1, 4), 5, date(2027, 1, 8), 2)
    with pytest.raises(Refused, match=r"write a longer --begins or fewer --days$"):
        check_apart(date(2027, 1, 4), 5, date(2027, 1, 8), 2, "--begins")
    check_apart(date(2027, 1, 4), 5, date(2027, 1, 9), 2)
    with pytest.raises(Refused, match=r"^courses of 5 days every 4 days would overlap; write a longer --every or fewer --days$"):
        check_interval(Interval(4, "day"), 5)
    with pytest.raises(Refused, match=r"^courses of 5 days followed after 4 days would overlap; write a longer --begins or fewer --days$"):
        check_interval(Interval(4, "day"), 5, "--begins")
    check_interval(Interval(5, "day"), 5)


@pytest.mark.parametrize("start", [{}, {"start": "2027-01-04"}])
def test_a_phase_that_begins_within_the_one_before_is_refused_with_its_option(tmp_path: Path, start: dict[str, str]) -> None:
    loading = {**phase("0.4 g/kg", "day", "5", cycles="1"), "phase": "loading"}
    maintenance = {**phase("0.4 g/kg", "course", "1", every="3 weeks", begins="4 days"), "phase": "maintenance"}
    catalogue = catalogue_of(tmp_path, r=regimen(loading, maintenance))
    with pytest.raises(Refused, match=r"write a longer --begins or fewer --days$"):
        ask({"weight": "62", "regimen": "r", **start}, catalogue, cycles="2")
