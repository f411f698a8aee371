"""Dates, weekdays and intervals: one reading each, or refused."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ivigcalc.when import MOST_INTERVAL, Interval, read_date, read_interval, read_time, read_weekdays, screen_date
from tests.test_numbers import QUIET, message_of, read_or_refuse

TODAY = date(2027, 1, 4)  # a Monday
MON, TUE, WED, THU, FRI, SAT, SUN = range(7)
COUNTS = st.sampled_from(["3", "21", "1000", "1001", "0", "-1", "1.5", "three", "３", ""])
SPANS = st.tuples(COUNTS, st.sampled_from(["", " ", "  "]), st.sampled_from(["day", "days", "Weeks", "MONTH", "years", ""])).map("".join)
NEARLY_DATES = st.builds("{:04}-{:02}-{:02}".format, st.integers(0, 10_000), st.integers(0, 13), st.integers(0, 32))
WEEKDAYS = st.lists(st.sampled_from(["mon", "Tue", "wednesday", "sun", "mo", ""]), min_size=1, max_size=4).flatmap(
    lambda words: st.sampled_from([",", "-", " , ", " - ", " "]).map(lambda between: between.join(words))
)


def read_start(text: str) -> date:
    return read_date(text, TODAY, "--start")


@pytest.mark.parametrize(
    ("text", "interval"),
    [
        ("3 weeks", Interval(3, "week")),
        ("21 days", Interval(21, "day")),
        ("1 month", Interval(1, "month")),
        ("1 day", Interval(1, "day")),
        ("1 week", Interval(1, "week")),
        ("6 months", Interval(6, "month")),
        ("3weeks", Interval(3, "week")),
        ("  3   weeks  ", Interval(3, "week")),
        ("3 Weeks", Interval(3, "week")),
        ("1 MONTH", Interval(1, "month")),
        ("2 week", Interval(2, "week")),
        ("1000 days", Interval(1000, "day")),
    ],
)
def test_intervals_are_read(text: str, interval: Interval) -> None:
    assert read_interval(text) == interval
    assert read_interval(str(interval)) == interval


def test_a_month_is_not_28_days() -> None:
    assert read_interval("1 month") not in (read_interval("28 days"), read_interval("4 weeks"))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("3", "write a count with days, weeks or months"),
        ("", "write a count with days, weeks or months"),
        ("weeks", "write a count with days, weeks or months"),
        ("q3w", "write a count with days, weeks or months"),
        ("28d", "write a count with days, weeks or months"),
        ("3 years", "write a count with days, weeks or months"),
        ("monthly", "write a count with days, weeks or months"),
        ("3 weeks weeks", "write a count with days, weeks or months"),
        ("3 weeks 2 days", "write a count with days, weeks or months"),
        ("3 4 weeks", "write a count with days, weeks or months"),
        ("every 3 weeks", "write a count with days, weeks or months"),
        ("3 weeks\x00", "write a count with days, weeks or months"),
        ("0 weeks", "0 is zero"),
        ("-3 weeks", "has a sign"),
        ("1.5 weeks", "1.5 is not a whole number"),
        ("3.0 weeks", "3.0 is not a whole number"),
        ("03 weeks", "starts with a zero"),
        ("three weeks", "'three' is not a number"),
        ("nan weeks", "'nan' is not a quantity"),
        ("1e1 days", "has an exponent"),
        ("1_0 days", "is not a number"),
        ("３ weeks", "characters other than 0 to 9"),
        ("3 ｗeeks", "write a count with days, weeks or months"),
        ("1001 days", "1001 is more than 1,000, a bound of our own"),
        ("9" * 400 + " days", "characters; write"),
    ],
)
def test_what_is_no_interval_is_refused(text: str, words: str) -> None:
    message = message_of(lambda: read_interval(text))
    assert message.startswith("--every: ")
    assert words in message


def test_half_an_interval_is_not_offered_as_a_mend() -> None:
    assert "write 1.5" not in message_of(lambda: read_interval("1,5 weeks"))


def test_the_name_in_the_message_is_the_one_that_was_asked_for() -> None:
    assert message_of(lambda: read_interval("soon", "regimens.yaml:7: every")).startswith("regimens.yaml:7: every: 'soon' ")
    assert message_of(lambda: read_date("soon", TODAY, "--until")).startswith("--until: 'soon' ")
    assert message_of(lambda: read_weekdays("soon", "--on")).startswith("--on: 'soon' ")


@pytest.mark.parametrize(
    ("interval", "text"),
    [
        (Interval(1, "day"), "1 day"),
        (Interval(21, "day"), "21 days"),
        (Interval(1, "week"), "1 week"),
        (Interval(3, "week"), "3 weeks"),
        (Interval(1, "month"), "1 month"),
        (Interval(2, "month"), "2 months"),
    ],
)
def test_an_interval_is_written_as_people_type_it(interval: Interval, text: str) -> None:
    assert str(interval) == text


@QUIET
@given(SPANS | st.text())
def test_any_text_is_an_interval_or_an_input_error(text: str) -> None:
    interval = read_or_refuse(read_interval, text, "--every")
    if interval:
        assert 1 <= interval.number <= MOST_INTERVAL == 1_000
        assert read_interval(str(interval)) == interval


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2027-01-04", date(2027, 1, 4)),
        (" 2027-01-04 ", date(2027, 1, 4)),
        ("2027-04-01", date(2027, 4, 1)),
        ("2028-02-29", date(2028, 2, 29)),
        ("2000-02-29", date(2000, 2, 29)),
        ("0001-01-01", date(1, 1, 1)),
        ("9999-12-31", date(9999, 12, 31)),
        ("today", date(2027, 1, 4)),
        ("TODAY", date(2027, 1, 4)),
        ("tomorrow", date(2027, 1, 5)),
        (" Tomorrow ", date(2027, 1, 5)),
    ],
)
def test_dates_are_read(text: str, day: date) -> None:
    assert read_date(text, TODAY, "--start") == day


@pytest.mark.parametrize(
    ("today", "tomorrow"),
    [(date(2027, 2, 28), date(2027, 3, 1)), (date(2028, 2, 28), date(2028, 2, 29)), (date(2027, 12, 31), date(2028, 1, 1))],
)
def test_tomorrow_crosses_months_and_years(today: date, tomorrow: date) -> None:
    assert read_date("tomorrow", today, "--start") == tomorrow


def test_there_is_no_tomorrow_after_the_last_day_of_the_calendar() -> None:
    assert read_date("today", date.max, "--start") == date.max
    assert message_of(lambda: read_date("tomorrow", date.max, "--start")).startswith("--start: ")


@pytest.mark.parametrize(
    "text",
    [
        "04/01/2027",  # 4 January or 1 April
        "01/04/2027",
        "04-01-2027",
        "4.1.2027",
        "27-01-04",
        "2027/01/04",
        "2027-1-4",
        "20270104",
        "2027-W01-1",
        "2027-004",
        "4 Jan 2027",
        "2027-01-04T08:00",
        "2027-01-04 08:00",
        "-2027-01-04",
        "+2027-01-04",
        "10000-01-01",  # past the year 9999
        "２０２７-01-04",
        "2027−01−04",
        "yesterday",
        "now",
        "to day",
        "monday",
        "",
        "😀",
    ],
)
def test_a_date_with_more_than_one_reading_is_refused(text: str) -> None:
    message = message_of(lambda: read_date(text, TODAY, "--start"))
    assert message.startswith(f"--start: {text!r} ")
    assert "write year-month-day, such as 2027-01-04, or today or tomorrow" in message


@pytest.mark.parametrize(
    "text",
    ["2027-02-31", "2027-02-29", "2100-02-29", "2027-04-31", "2027-13-01", "2027-00-10", "2027-01-00", "2027-01-32", "0000-01-01"],
)
def test_a_day_that_does_not_exist_is_refused(text: str) -> None:
    message = message_of(lambda: read_date(text, TODAY, "--closed"))
    assert message == f"--closed: there is no day {text}; write a day of the calendar, such as 2027-02-28"


@pytest.mark.parametrize("read", [read_interval, read_weekdays, read_start])
@pytest.mark.parametrize("text", ["x" * 400, "3 " * 200, "9" * 400])
def test_a_very_long_text_is_not_thrown_back_at_its_author(read: Callable[[str], object], text: str) -> None:
    assert len(message_of(lambda: read(text))) < 300


@QUIET
@given(st.dates(), st.dates())
def test_every_date_reads_back(day: date, today: date) -> None:
    assert read_date(day.isoformat(), today, "--start") == day
    assert read_date("today", today, "--start") == today


@QUIET
@given(st.dates(max_value=date.max - timedelta(days=1)))
def test_tomorrow_is_the_day_after_today(today: date) -> None:
    assert read_date("tomorrow", today, "--start").toordinal() == today.toordinal() + 1


@QUIET
@given(NEARLY_DATES | st.text())
@example("2027-02-31")
def test_any_text_is_a_date_or_an_input_error(text: str) -> None:
    day = read_or_refuse(read_start, text, "--start")
    if day:
        assert read_date(day.isoformat(), TODAY, "--start") == day


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("mon-fri", {MON, TUE, WED, THU, FRI}),
        ("mon,wed,fri", {MON, WED, FRI}),
        ("mon", {MON}),
        ("sunday", {SUN}),
        ("fri-mon", {FRI, SAT, SUN, MON}),
        ("sat-tue", {SAT, SUN, MON, TUE}),
        ("sun-sat", set(range(7))),
        ("mon-sun", set(range(7))),
        ("sun-mon", {SUN, MON}),
        ("tue-mon", set(range(7))),
        ("wed-wed", {WED}),
        ("mon-tue,thu-fri", {MON, TUE, THU, FRI}),
        ("mon-wed,tue-thu", {MON, TUE, WED, THU}),
        ("mon,mon", {MON}),
        (" Mon - Fri ", {MON, TUE, WED, THU, FRI}),
        ("MONDAY-friday", {MON, TUE, WED, THU, FRI}),
        ("tue, thursday , sat", {TUE, THU, SAT}),
    ],
)
def test_weekdays_are_read(text: str, days: set[int]) -> None:
    assert read_weekdays(text) == days


@pytest.mark.parametrize(
    ("short", "name", "day"),
    [
        ("mon", "monday", date(2027, 1, 4)),
        ("tue", "tuesday", date(2027, 1, 5)),
        ("wed", "wednesday", date(2027, 1, 6)),
        ("thu", "thursday", date(2027, 1, 7)),
        ("fri", "friday", date(2027, 1, 8)),
        ("sat", "saturday", date(2027, 1, 9)),
        ("sun", "sunday", date(2027, 1, 10)),
    ],
)
def test_weekday_names_are_those_of_the_calendar(short: str, name: str, day: date) -> None:
    assert read_weekdays(short) == read_weekdays(name) == {day.weekday()}


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("", ""),
        ("mon,,fri", ""),
        ("mon,", ""),
        ("mon-", ""),
        ("-fri", ""),
        ("mon-wed-fri", "wed-fri"),
        ("mo-fr", "mo"),
        ("mon-fry", "fry"),
        ("tues", "tues"),
        ("weekdays", "weekdays"),
        ("mon fri", "mon fri"),
        ("mon–fri", "mon–fri"),
        ("1-5", "1"),
        ("montag", "montag"),
        ("😀", "😀"),
    ],
)
def test_what_is_no_weekday_is_refused(text: str, word: str) -> None:
    message = message_of(lambda: read_weekdays(text))
    assert message == f'--infuse-on: {word!r} in {text!r} is not a weekday; write such as "mon-fri" or "mon,wed,fri"'


@QUIET
@given(WEEKDAYS | st.text())
def test_any_text_is_weekdays_or_an_input_error(text: str) -> None:
    days = read_or_refuse(read_weekdays, text, "--infuse-on")
    if days is not None:
        assert days
        assert days <= set(range(7))
        assert read_weekdays(",".join(("mon", "tue", "wed", "thu", "fri", "sat", "sun")[day] for day in days)) == days


@pytest.mark.parametrize(
    ("day", "text"),
    [
        (date(2027, 1, 4), "Mon 04-Jan-2027"),
        (date(2027, 1, 5), "Tue 05-Jan-2027"),
        (date(2027, 1, 6), "Wed 06-Jan-2027"),
        (date(2027, 1, 7), "Thu 07-Jan-2027"),
        (date(2027, 1, 8), "Fri 08-Jan-2027"),
        (date(2027, 1, 9), "Sat 09-Jan-2027"),
        (date(2027, 1, 10), "Sun 10-Jan-2027"),
        (date(2028, 2, 29), "Tue 29-Feb-2028"),
        (date(2026, 12, 31), "Thu 31-Dec-2026"),
        (date(1, 1, 1), "Mon 01-Jan-0001"),
        (date(9999, 12, 31), "Fri 31-Dec-9999"),
    ],
)
def test_a_date_for_people_holds_weekday_and_month_in_letters(day: date, text: str) -> None:
    assert screen_date(day) == text


@pytest.mark.parametrize("month", range(1, 13))
def test_the_months_are_in_order(month: int) -> None:
    name = "JanFebMarAprMayJunJulAugSepOctNovDec"[3 * month - 3 : 3 * month]
    assert f"-{name}-" in screen_date(date(2027, month, 1))


def test_a_time_that_cannot_be_read_names_its_option() -> None:
    assert message_of(lambda: read_time("9:00")).startswith("--start-time: '9:00' is not a time")
