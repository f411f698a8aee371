"""Numbers in and out: plain digits only, nothing lost on the way, and a mend only where it cannot be wrong."""

import re
from collections.abc import Callable
from decimal import ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction
from typing import TypeVar

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ivigcalc.errors import InputError
from ivigcalc.numbers import (
    DECIMALS,
    MOST_CHARACTERS,
    MOST_TEXT,
    _ending,
    exact_text,
    over_one,
    read_number,
    read_percent,
    read_whole,
    refuse_long,
    running_totals,
    screen_text,
)

T = TypeVar("T")
QUIET = settings(deadline=None, database=None)
WRITTEN = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]*[1-9])?")  # no exponent, comma, trailing zero, leading zero or bare point
HURRIED = st.text() | st.text("0123456789.,+-−_eEnaif ０６２٣½😀 \t\n", max_size=30)
ENDING = st.builds(
    lambda numerator, twos, fives: Fraction(numerator, 2**twos * 5**fives),
    st.integers(-(10**15), 10**15),
    st.integers(0, 30),
    st.integers(0, 30),
)
ENDLESS = st.fractions().filter(lambda value: 10**400 % value.denominator != 0)


def message_of(read: Callable[[], object]) -> str:
    """The one line with which a reader refuses."""
    with pytest.raises(InputError) as refusal:
        read()
    message = str(refusal.value)
    assert message.isprintable()
    return message


def read_or_refuse(read: Callable[[str], T], text: str, what: str) -> T | None:
    """What a reader makes of any text: a value, or None when it refuses in one line that names the option."""
    try:
        return read(text)
    except InputError as refusal:
        message = str(refusal)
    assert message.startswith(f"{what}: ")
    assert message.isprintable()
    return None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("62", Fraction(62)),
        ("62.5", Fraction(125, 2)),
        ("0.4", Fraction(2, 5)),
        ("0.45359237", Fraction(45359237, 10**8)),
        ("62.50", Fraction(125, 2)),
        ("10", Fraction(10)),
        ("0.1", Fraction(1, 10)),  # a binary float would not be a tenth
        ("1" * MOST_CHARACTERS, Fraction((10**MOST_CHARACTERS - 1) // 9)),
    ],
)
def test_plain_digits_are_read_exactly(text: str, value: Fraction) -> None:
    assert read_number(text, "--weight") == value


@pytest.mark.parametrize(
    ("text", "mend"),
    [
        ("62,5", "write 62.5"),
        ("62,50", "write 62.50"),
        ("0,4", "write 0.4"),
        (".5", "write 0.5"),
        ("62.", "write 62"),
        ("10.", "write 10"),
    ],
)
def test_a_mend_that_cannot_be_wrong_is_offered(text: str, mend: str) -> None:
    message = message_of(lambda: read_number(text, "--weight"))
    assert message.startswith(f"--weight: {text!r} ")
    assert message.endswith(f"; {mend}")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "nothing was given; write a number"),
        ("   ", "nothing was given; write a number"),
        ("1,240", "decimal point or thousands; write digits with a point"),
        ("1,240,000", "decimal point or thousands; write digits with a point"),
        ("1.240,5", "decimal point or thousands; write digits with a point"),
        ("62,500", "decimal point or thousands; write digits with a point"),
        (",5", "has a comma"),
        ("-62", "has a sign; write a number above zero without a sign"),
        ("+62", "has a sign; write a number above zero without a sign"),
        ("−62", "has a sign; write a number above zero without a sign"),
        ("-inf", "has a sign"),
        ("nan", "is not a quantity; write a number"),
        ("NaN", "is not a quantity; write a number"),
        ("inf", "is not a quantity; write a number"),
        ("Infinity", "is not a quantity; write a number"),
        ("062", "starts with a zero, and a point may be missing after it; write the number without doubt"),
        ("00", "starts with a zero"),
        ("00.5", "starts with a zero"),
        ("６２", "characters other than 0 to 9 and a point; write plain digits"),
        ("6２", "characters other than 0 to 9 and a point; write plain digits"),
        ("٦٢", "characters other than 0 to 9 and a point; write plain digits"),
        ("²", "characters other than 0 to 9 and a point; write plain digits"),
        ("½", "characters other than 0 to 9 and a point; write plain digits"),
        ("😀", "characters other than 0 to 9 and a point; write plain digits"),
        ("62\u200b", "characters other than 0 to 9 and a point; write plain digits"),
        ("1e3", "has an exponent; write all its digits"),
        ("1E3", "has an exponent; write all its digits"),
        ("6.2e+1", "has an exponent; write all its digits"),
        ("620e-1", "has an exponent; write all its digits"),
        ("62_0", "is not a number; write digits with at most one point"),
        ("6 2", "is not a number; write digits with at most one point"),
        ("62\n", "is not a number; write digits with at most one point"),
        ("62.5.5", "is not a number; write digits with at most one point"),
        (".", "is not a number; write digits with at most one point"),
        ("1/2", "is not a number; write digits with at most one point"),
        ("0x3e", "is not a number; write digits with at most one point"),
        ("about 60", "is not a number; write digits with at most one point"),
        ("\x00", "is not a number; write digits with at most one point"),
        ("0", "0 is zero; write a number above zero"),
        ("0.000", "0.000 is zero; write a number above zero"),
        ("9" * 400, "a number of 400 characters; write at most 24"),
        ("1" * (MOST_CHARACTERS + 1), "a number of 25 characters; write at most 24"),
    ],
)
def test_a_doubtful_number_is_refused_with_its_reason(text: str, words: str) -> None:
    message = message_of(lambda: read_number(text, "--weight"))
    assert message.startswith("--weight: ")
    assert words in message
    assert len(message) < 200


@pytest.mark.parametrize("text", ["62_0", "6 2", "062", "0620", "062,5", "1,240", "62,500", "1e3", "-62", "６２", "6..2"])
def test_no_mend_is_guessed_where_it_could_be_wrong(text: str) -> None:
    message = message_of(lambda: read_number(text, "--weight"))
    offered = set(re.findall(r"[0-9][0-9.]*", message.replace(repr(text), "")))
    assert offered <= {"62.5", "1240.5", "0", "9"}, "only the standing examples and '0 to 9' may be named"


@QUIET
@given(HURRIED)
@example("0,0")
@example("062,5")
@example(".0")
@example("0.")
def test_a_mend_that_is_offered_can_be_typed(text: str) -> None:
    try:
        read_number(text, "--weight")
    except InputError as refusal:
        if mend := re.search(r"; write ([0-9.]+)$", str(refusal)):
            assert read_number(mend[1], "--weight") > 0


@QUIET
@given(HURRIED)
def test_any_text_is_a_positive_number_or_an_input_error(text: str) -> None:
    value = read_or_refuse(lambda text: read_number(text, "--weight"), text, "--weight")
    if value is not None:
        assert value > 0
        assert value == Fraction(Decimal(text))
        assert read_number(exact_text(value), "--weight") == value


@QUIET
@given(st.integers(1, 10**15), st.integers(0, 8))
def test_a_number_that_is_written_reads_back_exactly(digits: int, decimals: int) -> None:
    value = Fraction(digits, 10**decimals)
    assert read_number(exact_text(value), "--weight") == value


@pytest.mark.parametrize(("text", "value"), [("1", 1), ("31", 31), (" 7 ", 7), ("10", 10)])
def test_whole_numbers_within_the_bound_are_read(text: str, value: int) -> None:
    whole = read_whole(text, "--days", most=31)
    assert whole == value
    assert type(whole) is int


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("1.5", "1.5 is not a whole number; write a whole number from 1 to 1,000"),
        ("3.0", "3.0 is not a whole number; write a whole number from 1 to 1,000"),
        ("1001", "1001 is more than 1,000, a bound of our own; write a whole number from 1 to 1,000"),
        ("0", "0 is zero"),
        ("-3", "has a sign"),
        ("", "nothing was given"),
        (" ", "nothing was given"),
        ("1_0", "is not a number"),
        ("1 0", "is not a number"),
        ("1e2", "has an exponent"),
        ("03", "starts with a zero"),
        ("３", "characters other than 0 to 9"),
        ("1,000", "thousands"),
        ("9" * 400, "a number of 400 characters"),
    ],
)
def test_what_is_no_whole_number_is_refused(text: str, words: str) -> None:
    message = message_of(lambda: read_whole(text, "--cycles", most=1_000))
    assert message.startswith("--cycles: ")
    assert words in message


@pytest.mark.parametrize("most", [31, 1_000])
def test_the_bound_of_a_whole_number_is_itself_allowed(most: int) -> None:
    assert read_whole(str(most - 1), "--days", most=most) == most - 1
    assert read_whole(str(most), "--days", most=most) == most
    assert f"more than {most:,}" in message_of(lambda: read_whole(str(most + 1), "--days", most=most))


@pytest.mark.parametrize("text", ["", "four", "３", "2,5", "1,000", ".5", "3_0", "1.5", "9" * 400])
def test_a_refused_whole_number_names_no_fraction_as_a_mend(text: str) -> None:
    message = message_of(lambda: read_whole(text, "--days", most=31)).replace(repr(text), "").replace(f"{text} is", "")
    assert re.findall(r"[0-9]+\.[0-9]+", message) == []


@QUIET
@given(HURRIED)
def test_any_text_is_a_whole_number_within_the_bound_or_an_input_error(text: str) -> None:
    value = read_or_refuse(lambda text: read_whole(text, "--days", most=31), text, "--days")
    if value is not None:
        assert 1 <= value <= 31
        assert read_whole(str(value), "--days", most=31) == value


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Fraction("24.856861876"), "24.856861876"),  # 0.4 g/kg at 137 lb, by hand: 0.4 x 62.14215469
        (Fraction(25), "25"),
        (Fraction(250), "250"),
        (Fraction("0.5"), "0.5"),
        (Fraction("0.01"), "0.01"),
        (Fraction(1, 1024), "0.0009765625"),
        (Fraction(1, 10**12), "0.000000000001"),
        (Fraction(0), "0"),
        (Fraction(10**30), "1" + "0" * 30),
        (Fraction(1240), "1240"),
        (Fraction("-0.5"), "-0.5"),
        (Fraction(-40), "-40"),
        (Fraction("-1240.25"), "-1240.25"),
        (Fraction(140, 3), "46.666667"),
        (Fraction(1, 3), "0.333333"),
        (Fraction(-2, 3), "-0.666667"),
        (Fraction(2, 7), "0.285714"),
        (Fraction(5999999, 3 * 10**6), "2"),  # 1.99999966...: no trailing zeros after rounding
        (Fraction(1, 3 * 10**7), "0"),
        (Fraction(-1, 3 * 10**7), "0"),  # never -0
    ],
)
def test_numbers_are_written_in_full_or_to_six_decimals(value: Fraction, text: str) -> None:
    assert exact_text(value) == text


@QUIET
@given(ENDING)
def test_a_number_that_ends_is_written_in_full(value: Fraction) -> None:
    text = exact_text(value)
    assert Fraction(text) == value
    assert WRITTEN.fullmatch(text)
    assert text != "-0"


@QUIET
@given(ENDLESS)
def test_a_number_that_does_not_end_is_within_half_of_the_last_decimal(value: Fraction) -> None:
    text = exact_text(value)
    assert abs(Fraction(text) - value) <= Fraction(1, 2 * 10**6)
    assert len(text.partition(".")[2]) <= DECIMALS == 6
    assert WRITTEN.fullmatch(text)
    assert text != "-0"


def decimals_of(value: Fraction) -> int | None:
    ending = _ending(value.denominator)
    return ending and ending[0]


@pytest.mark.parametrize("value", [Fraction(1, 3 * 10**9), Fraction(-1, 3 * 10**9)])
def test_next_to_nothing_has_no_sign(value: Fraction) -> None:
    assert exact_text(value) == "0"


@QUIET
@given(ENDING | ENDLESS)
def test_decimals_are_the_fewest_that_hold_the_number(value: Fraction) -> None:
    count = decimals_of(value)
    if count is None:
        assert all((value * 10**decimals).denominator > 1 for decimals in (0, 1, 6, 60, 600))
    else:
        assert (value * 10**count).denominator == 1
        assert count == 0 or (value * 10 ** (count - 1)).denominator > 1


@pytest.mark.parametrize(("value", "decimals"), [(Fraction(3), 0), (Fraction("0.5"), 1), (Fraction("0.04"), 2), (Fraction(1, 8), 3)])
def test_decimals_of_numbers_known_by_hand(value: Fraction, decimals: int) -> None:
    assert decimals_of(value) == decimals


@pytest.mark.parametrize("value", [Fraction(1, 3), Fraction(1, 6), Fraction(1, 15), Fraction(22, 7)])
def test_thirds_and_sevenths_have_no_last_decimal(value: Fraction) -> None:
    assert decimals_of(value) is None


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (Fraction(999), None, "999"),
        (Fraction("999.5"), None, "999.5"),
        (Fraction(1000), None, "1,000"),
        (Fraction("1240.5"), None, "1,240.5"),
        (Fraction(1234567), None, "1,234,567"),
        (Fraction("0.5"), None, "0.5"),
        (Fraction(25), None, "25"),
        (Fraction(140, 3), None, "46.666667"),
        (Fraction(62) / Fraction("0.45359237"), 2, "136.69"),  # 62 kg in lb: 136.6866...
        (Fraction(136), 2, "136"),
        (Fraction("999.996"), 2, "1,000"),
        (Fraction("0.005"), 2, "0"),  # ties go to the even digit
        (Fraction("0.015"), 2, "0.02"),
        (Fraction("0.025"), 2, "0.02"),
        (Fraction("0.5"), 0, "0"),
        (Fraction("1.5"), 0, "2"),
        (Fraction("-1240.5"), None, "-1,240.5"),
        (Fraction("-1.5"), 0, "-2"),
        (Fraction("-0.5"), None, "-0.5"),  # a small minus is still a minus: an order 0.5% below the dose
        (Fraction("-0.01613"), 4, "-0.0161"),
        (Fraction("-0.001"), 2, "0"),
    ],
)
def test_numbers_for_people(value: Fraction, decimals: int | None, text: str) -> None:
    assert screen_text(value, decimals) == text


@QUIET
@given(ENDING | ENDLESS)
def test_the_screen_says_what_the_machine_formats_say(value: Fraction) -> None:
    assert screen_text(value).replace(",", "") == exact_text(value)


@QUIET
@given(st.integers(-(10**9), 10**9), st.integers(0, 4))
def test_a_tie_goes_to_the_even_digit(number: int, decimals: int) -> None:
    tie = Fraction(10 * number + 5, 10 ** (decimals + 1))
    exact = Decimal(10 * number + 5).scaleb(-decimals - 1)
    even = exact.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_EVEN, Context(prec=50))
    assert Fraction(screen_text(tie, decimals).replace(",", "")) == Fraction(even)


@pytest.mark.parametrize("amounts", [[], ["24.8"], ["46.66", "46.67", "46.67"], ["1/3", "1/7", "2.5", "1/1000003"]])
def test_running_totals_are_sums(amounts: list[str]) -> None:
    values = [Fraction(amount) for amount in amounts]
    assert running_totals(values) == [sum(values[: n + 1], Fraction(0)) for n in range(len(values))]
    assert running_totals(reversed(values))[-1:] == [sum(values, Fraction(0))][: len(values)]


@QUIET
@given(st.lists(st.fractions(max_denominator=10**6), min_size=1, max_size=6))
def test_numbers_over_one_denominator_are_the_same_numbers(values: list[Fraction]) -> None:
    tops, bottom = over_one(values)
    assert [Fraction(top, bottom) for top in tops] == values
    assert all(bottom % value.denominator == 0 for value in values)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("ten%", "'ten' is not a number; write digits with at most one point, such as 10"),
        ("10. %", "'10.' has no digit after the point; write \"10 %\""),
        ("10,5", "'10,5' has a comma; write 10.5"),
    ],
)
def test_a_percentage_that_cannot_be_read_says_what_to_write(text: str, words: str) -> None:
    assert message_of(lambda: read_percent(text, "--round-limit")) == f"--round-limit: {words}"


def test_a_percentage_ends_at_100() -> None:
    assert read_percent("100%", "--round-limit") == 100
    assert message_of(lambda: read_percent("100.1%", "--round-limit")) == (
        "--round-limit: 100.1% is more than 100%; write a percentage such as 10%"
    )


def test_a_number_of_24_characters_is_not_yet_too_long() -> None:
    text = "1" * 22 + ",5"
    assert message_of(lambda: read_number(text, "--weight")) == f"--weight: {text!r} has a comma; write {'1' * 22}.5"


def test_a_whole_number_of_24_characters_is_not_yet_too_long() -> None:
    text = "1" * 24
    assert message_of(lambda: read_whole(text, "--days", most=31)).startswith(f"--days: {text} is more than 31, a bound of our own")
    assert "a number of 25 characters" in message_of(lambda: read_whole(text + "1", "--days", most=31))


def test_a_text_as_long_as_is_allowed_is_read() -> None:
    refuse_long("6" * MOST_TEXT, "--weight")
    with pytest.raises(InputError, match=r"^--weight: a text of 61 characters; write at most 60$"):
        refuse_long("6" * (MOST_TEXT + 1), "--weight")
