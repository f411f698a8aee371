"""Ramps as they are written: what is read, what is refused with its mend, and rates of a label in words."""

import re
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivigcalc.errors import InputError
from ivigcalc.model import RampStep, Rate, RateCap, Source
from ivigcalc.numbers import exact_text
from ivigcalc.ramps import both, printed_rate, rate_in_words, read_doubling, read_ramp, with_ml_per_hour

QUIET = settings(deadline=None, database=None)
TENTH = Fraction(1, 10)


def seen(text: str, g_per_ml: Fraction | None = TENTH) -> list[tuple[str, str | None, bool]]:
    return [
        (exact_text(step.rate), None if step.minutes is None else exact_text(step.minutes), step.per_kg)
        for step in read_ramp(text, g_per_ml)
    ]


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("0.5, 1, 2, 4 mL/kg/h every 30 min", [("0.5", "30", True), ("1", "30", True), ("2", "30", True), ("4", None, True)]),
        ("0.3 for 30 min, 0.6 for 15 min, 1.2 mL/kg/h", [("0.3", "30", True), ("0.6", "15", True), ("1.2", None, True)]),
        ("0.5 mL/kg/h", [("0.5", None, True)]),
        ("0.5 , 1 ml per kg per hour  EVERY 20 minutes", [("0.5", "20", True), ("1", None, True)]),
        ("0.5, 1 mL/kg/hr every 30min", [("0.5", "30", True), ("1", None, True)]),
        ("0.01, 0.02 mL/kg/min every 7.5 min", [("0.6", "7.5", True), ("1.2", None, True)]),  # x 60
        ("0.5, 1 mg/kg/min every 30 min", [("0.3", "30", True), ("0.6", None, True)]),  # x 60 / 100 mg per mL
        ("60 mg/kg/h for 30 min, 0.02 mL/kg/min", [("0.6", "30", True), ("1.2", None, True)]),  # two units, both per kg
        ("30, 60, 90 mL/h every 15 min", [("30", "15", False), ("60", "15", False), ("90", None, False)]),
        ("30 mL per hour for 15 min, 60 ml/hr", [("30", "15", False), ("60", None, False)]),
    ],
)
def test_what_is_read(text: str, steps: list[tuple[str, str | None, bool]]) -> None:
    assert seen(text) == steps


def test_rates_in_mg_take_the_concentration() -> None:
    assert seen("0.5, 1 mg/kg/min every 30 min", Fraction(1, 20)) == [("0.6", "30", True), ("1.2", None, True)]
    with pytest.raises(InputError, match=r"0.5 mg/kg/min needs one concentration to become mL; write the rate in mL/kg/h or mL/kg/min"):
        read_ramp("0.5, 1 mg/kg/min every 30 min", None)


@pytest.mark.parametrize(
    ("text", "said", "mend"),
    [
        # falling, or the same twice
        ("2, 1 mL/kg/h every 30 min", "1 does not rise above the rate before it", "write rates that rise"),
        ("1, 1 mL/kg/h every 30 min", "1 does not rise above the rate before it", "write rates that rise"),
        ("0.1 mL/kg/min for 30 min, 6 mL/kg/h", "6 does not rise above the rate before it", "write rates that rise"),
        # units: mixed, missing, of something else, in the wrong place
        ("0.5 mL/kg/h for 30 min, 30 mL/h", "mixes mL per hour and rates per kg", "write all of it in one unit"),
        ("30 mL/h for 15 min, 35 mL/kg/h", "is 35 mL per kg per hour; a rate is from 0.05 to 20", "check whether minutes and hours"),
        ("30 mL/h for 15 min, 19 mL/kg/h", "mixes mL per hour and rates per kg", "write all of it in one unit"),
        ("0.5", "is not a ramp", "the unit after the last one"),
        ("0.5 mL/kg/h for 30 min, 1", "is not a ramp", "the unit after the last one"),
        ("0.5 mL/min", "is not a rate", "write mL or mg per kg"),
        ("0.5, 1 g/kg/h every 30 min", "is not a ramp", "write rates that rise"),
        ("1 mL/kg/day", "is not a rate", "write mL or mg per kg"),
        # numbers
        ("0, 1 mL/kg/h every 30 min", "0 is zero", "write a number above zero"),
        ("0,5, 1 mL/kg/h every 30 min", "can be a decimal comma or part two rates", "a space after a comma"),
        ("1,2 mL/kg/h every 30 min", "can be a decimal comma or part two rates", "a space after a comma"),
        ("-0.5, 1 mL/kg/h every 30 min", "'-0.5' has a sign", "above zero without a sign"),
        (".5, 1 mL/kg/h every 30 min", "'.5' has no digit before the point", "0.5"),
        ("1e1 mL/kg/h", "is not a ramp", "write rates that rise"),
        ("\uff11 mL/kg/h", "has characters other than 0 to 9", "write plain digits"),
        # minutes and hours, in the rate and in the time
        ("0.5, 1 mL/kg/min every 30 min", "'0.5 mL/kg/min' is 30 mL per kg per hour", "minutes and hours were mixed up"),
        ("0.01, 0.02 mL/kg/h every 30 min", "'0.01 mL/kg/h' is 0.01 mL per kg per hour", "minutes and hours were mixed up"),
        ("0.05 mL/h", "0.05 mL/h is outside 0.1 to 2,000 mL per hour (bounds of our own)", "check the number and its unit"),
        ("2001 mL/h", "2001 mL/h is outside 0.1 to 2,000 mL per hour (bounds of our own)", "check the number and its unit"),
        ("0.5, 1 mL/kg/h every 1 h", '"every 1 h" is not in minutes', "every 30 min"),
        ("0.5, 1 mL/kg/h every 2 hours", '"every 2 hours" is not in minutes', "every 30 min"),
        ("0.5 for 2 hours, 1 mL/kg/h", '"for 2 hours" is not in minutes', "every 30 min"),
        ("double every 2 hours", '"every 2 hours" is not in minutes', "every 30 min"),
        ("0.5, 1 mL/kg/h every 0 min", "0 is zero", "write a number above zero"),
        ("0.5, 1 mL/kg/h every 0.5 min", "a rate is held for 1 to 1,440 minutes (bounds of our own); 0.5 min was given", ""),
        ("0.5, 1 mL/kg/h every 1441 min", "a rate is held for 1 to 1,440 minutes (bounds of our own); 1441 min was given", ""),
        ("0.5, 1 mL/kg/h every -5 min", "'-5' has a sign", "above zero without a sign"),
        # how long
        ("0.5, 1 mL/kg/h", "does not say how long 0.5 is held", 'add such as "every 30 min"'),
        ("0.5 for 30, 1 mL/kg/h", "is not a ramp", "0.3 for 30 min"),
        ("0.5 mL/kg/h for 30 min", "the last rate runs to the end of the infusion", 'leave out "for 30 min"'),
        ("0.5 for 30 min, 1 mL/kg/h for 30 min", "the last rate runs to the end of the infusion", 'leave out "for 30 min"'),
        ("0.5 for 10 min, 1 mL/kg/h every 30 min", "every 30 min holds for all", 'leave out "for 10 min"'),
        ("0.5 mL/kg/h every 30 min", "has one rate, which has nothing to rise to", 'leave out "every 30 min"'),
        ("0.5, 1 mL/kg/h every 30 min every 15 min", "is not a ramp", "write rates that rise"),
        ("0.5, 1 mL/kg/h every 30 min for 15 min", "is not a ramp", "write rates that rise"),
        # no ramp at all
        ("", "'' is not a ramp", "write rates that rise"),
        (",", "',' is not a ramp", "write rates that rise"),
        ("every 30 min", "is not a ramp", "write rates that rise"),
        ("0.5; 1; 2 mL/kg/h every 30 min", "is not a ramp", "write rates that rise"),
        ("0.5,, 1 mL/kg/h every 30 min", "is not a ramp", "write rates that rise"),
        ("triple every 30 min", "is not a ramp", '"double every 30 min"'),
        ("1 " * 101 + "mL/kg/h", "a text of 209 characters", "write at most 200"),
    ],
)
def test_what_is_refused(text: str, said: str, mend: str) -> None:
    with pytest.raises(InputError) as refused:
        read_ramp(text, TENTH, "ramps.ward.steps")
    message = str(refused.value)
    assert message.startswith("ramps.ward.steps: ")
    assert said in message
    assert mend in message
    assert message.isprintable()


def test_doubling() -> None:
    assert read_doubling("double every 30 min") == read_doubling(" DOUBLE  every 30minutes ") == 30
    assert read_doubling("0.5, 1 mL/kg/h every 30 min") is None
    assert read_doubling("double every 2 hours") is None
    for text, said in (
        ("double every 0 min", "--ramp: 'double every 0 min': 0 is zero"),
        ("double every 1,5 min", "--ramp: 'double every 1,5 min': '1,5' has a comma; write \"double every 1.5 min\""),
        ("double every 2000 min", "--ramp: a rate is held for 1 to 1,440 minutes"),
    ):
        with pytest.raises(InputError) as refused:
            read_doubling(text)
        assert str(refused.value).startswith(said)


PIECES = st.sampled_from(
    [
        *(
            "0.5",
            "1",
            "30",
            "0",
            ",",
            ", ",
            " ",
            "mL/kg/h",
            "mL/h",
            "mg/kg/min",
            "for",
            "every",
            "min",
            "double",
            "h",
            ".",
            "-",
            "x",
            "\n",
            "５",
        )
    ]
)


@QUIET
@given(st.text() | st.lists(PIECES, max_size=12).map(" ".join) | st.lists(PIECES, max_size=12).map("".join))
def test_anything_is_a_rising_ramp_or_a_clear_refusal(text: str) -> None:
    try:
        steps = read_ramp(text, TENTH)
    except InputError as error:
        assert str(error).startswith("--ramp: ")  # noqa: PT017
        return
    assert steps[-1].minutes is None
    assert all(step.minutes for step in steps[:-1])
    assert [step.rate for step in steps] == sorted({step.rate for step in steps})
    assert len({step.per_kg for step in steps}) == 1


@QUIET
@given(st.lists(st.integers(5, 1999), min_size=1, max_size=8, unique=True).map(sorted), st.integers(1, 1440), st.booleans())
def test_what_is_written_is_read_exactly(hundredths: list[int], minutes: int, per_kg: bool) -> None:
    rates = [Fraction(rate, 100 if per_kg else 1) for rate in hundredths]
    unit, every = "mL/kg/h" if per_kg else "mL/h", f" every {minutes} min" if len(rates) > 1 else ""
    times = [*[Fraction(minutes)] * (len(rates) - 1), None]
    expected = tuple(RampStep(rate, time, per_kg) for rate, time in zip(rates, times, strict=True))
    assert read_ramp(f"{', '.join(map(exact_text, rates))} {unit}{every}", None) == expected


# Rates of a label in words

SOURCE = Source("label", "The label", None, None, "2026-11-22", external=False)


def rate(*printed: str, disagree: bool = False, shown_only: str | None = None, less_than: bool = False) -> Rate:
    return Rate(Fraction("4.8"), printed, less_than, None, SOURCE, "quote", None, shown_only, disagree)


def test_a_printed_rate_in_words() -> None:
    # 4.8 x 62 = 297.6; x 300 = 1,440
    assert both(Fraction("4.8"), Fraction(62)) == "4.8 mL per kg per hour, 297.6 mL per hour"
    assert printed_rate(rate("8 mg/kg/min"), Fraction(300)) == '4.8 mL per kg per hour, 1,440 mL per hour, printed as "8 mg/kg/min"'
    assert printed_rate(rate("5 mL/kg/h", "8 mg/kg/min", disagree=True, less_than=True, shown_only="why"), Fraction(62)) == (
        'less than 4.8 mL per kg per hour, 297.6 mL per hour, printed as "5 mL/kg/h, 8 mg/kg/min", '
        "which disagree, so that the lowest counts; shown only: why"
    )
    assert rate_in_words(RateCap(Fraction("4.8"), less_than=True), Fraction(62)) == "less than 4.8 mL per kg per hour, 297.6 mL per hour"


@pytest.mark.parametrize(
    ("note", "g_per_ml", "words"),
    [
        ("above 4.8 mL per kg per hour only", TENTH, "above 4.8 mL per kg per hour (297.6 mL per hour) only"),
        ("up to 0.02 mL per kg per min; the lower", None, "up to 0.02 mL per kg per min (74.4 mL per hour); the lower"),  # x 60 x 62
        ("3.3 mg per kg per min", TENTH, "3.3 mg per kg per min (122.76 mL per hour)"),  # 3.3 x 60 / 100 x 62
        ("3.5 mg per kg per min", Fraction(1, 20), "3.5 mg per kg per min (260.4 mL per hour)"),  # 3.5 x 60 / 50 x 62
        ("3.3 mg per kg per min", None, "3.3 mg per kg per min"),
        ("the US table states no times", TENTH, "the US table states no times"),
    ],
)
def test_a_rate_in_a_note_has_the_rate_of_the_pump(note: str, g_per_ml: Fraction | None, words: str) -> None:
    assert with_ml_per_hour(note, Fraction(62), g_per_ml) == words


def test_every_message_names_an_example_that_is_a_ramp() -> None:
    with pytest.raises(InputError) as refused:
        read_ramp("x", TENTH)
    examples = re.findall(r'"([^"]+)"', str(refused.value))
    assert [read_doubling(text) or read_ramp(text, TENTH) for text in examples]
    assert len(examples) == 3
