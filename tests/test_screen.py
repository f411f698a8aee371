"""What a person sees: goldens read and worked by hand, at any width, with and without colour, no figure parted from its unit."""

import io
import os
import re
import shlex
from contextlib import redirect_stdout
from datetime import date
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import NoReturn

import pytest

from ivigcalc.catalogue import data_file, load_catalogue, load_limits
from ivigcalc.cli.output import screen_bytes
from ivigcalc.dosing.plan import make_plan
from ivigcalc.export.reference import regimen_list, regimen_page
from ivigcalc.export.screen import Screen, wrap
from ivigcalc.export.table import comparison_table, plan_table
from ivigcalc.export.words import order_text
from ivigcalc.model import Choices, Comparison, Patient, Phase, Plan, Span
from ivigcalc.request import answer, missing_choice
from ivigcalc.when import Interval
from tests.conftest import HoldGolden, RunCli

GOLDEN = Path(__file__).parent / "golden"
UNITS = r"(?:g|mg|kg|mL|lb|cm|%|hr|min|days?|weeks?|months?|courses?)"

# name -> what is typed, the widths, and figures worked by hand that must be in it
GOLDENS = {
    "itp": (
        "plan --weight 62 --regimen itp",
        (40, 80, 200),
        # 62 / 0.45359237 = 136.6867 lb; 0.4 x 62 = 24.8; x 3 = 74.4; 0.4 x 3 = 1.2 g per kg
        [
            "62 kg",
            "136.69 lb",
            "24.8 g once daily for 3 days",
            "74.4 g per course",
            "0.4 g per kg per day",
            "1.2 g per kg per course",
            "49.6 g",
        ],
    ),
    "itp-four-courses": (
        "plan --weight 62 --regimen itp --start 2027-01-04 --cycles 4",
        (40, 80, 200),
        # starts 21 days apart; 4 x 74.4 = 297.6
        [
            "Mon 04-Jan-2027",
            "Mon 25-Jan-2027",
            "Mon 15-Feb-2027",
            "Mon 08-Mar-2027",
            "Wed 10-Mar-2027",
            "Mon 29-Mar-2027",
            "297.6 g in all",
        ],
    ),
    "phases": (
        (
            'plan --weight 62 --age 54 --regimen cidp/gammagard-us --days "loading 4, maintenance 1" --begins "3 weeks" '
            "--start 2027-01-04 --cycles 3"
        ),
        (40, 80, 200),
        # 2 x 62 = 124, over 4 days 31; 1 x 62 = 62; 21 days after 4 January is 25 January, then 15 February; 124 + 2 x 62 = 248
        [
            "31 g once daily for 4 days",
            "124 g per course",
            "62 g once, on one day",
            "Begins 3 weeks after the start of loading, entered by hand",
            "Mon 25-Jan-2027",
            "Mon 15-Feb-2027",
            "248 g in all",
        ],
    ),
    "phases-open": (
        "plan --weight 62 --regimen cidp/gammagard-us",
        (40, 80),
        ['--days "loading N, maintenance N" and --begins INTERVAL', "62 g a day", "24.8 g a day"],
    ),
    "icaht": (
        "plan --weight 70.3 --regimen icaht",
        (80,),
        # 2 x 70.3 = 140.6; / 4 = 35.15; 70.3 / 0.45359237 = 154.98497 lb
        ["70.3 kg", "154.98 lb", "35.15 g once daily for 4 days", "140.6 g per course", "0.5 g per kg per day", "105.45 g"],
    ),
    "melanoma": (
        "plan --weight 62 --regimen melanoma",
        (80, 200),
        # 62 g and 124 g over 1 to 5 days; 62 / 3 = 20.67, 124 / 3 = 41.33
        [
            "62 g a day",
            "31 g a day",
            "20.67 g a day",
            "15.5 g a day",
            "12.4 g a day",
            "41.33 to 41.34 g a day",
            "24.8 g a day",
            "124 g in all",
            "refused",
        ],
    ),
    "melanoma-q3w": (
        "plan --weight 62 --regimen melanoma-q3w",
        (80,),
        # at most 25 g a day by the authors' slides: 62 / 25 asks for 3 days
        ["62 g a day, warning", "31 g a day, warning", "20.66 to 20.67 g a day", "1 g per kg, 62 g in all", "more than the 25 g a day"],
    ),
    "systemic-sclerosis": (
        'plan --weight 62 --regimen systemic-sclerosis --dose "2 g/kg/course" --days 5 --start 2027-01-31',
        (80,),
        # 2 x 62 = 124; / 5 = 24.8; one calendar month after 31 January is 28 February
        [
            "24.8 g once daily for 5 days",
            "124 g per course",
            "Sun 31-Jan-2027",
            "Thu 04-Feb-2027",
            "the next course is due on Sun 28-Feb-2027",
        ],
    ),
    "accepted": (
        'plan --weight 70 --dose "1.5 g/kg/day" --days 1 --accept daily-dose=1.5 --reason "Planned by haematology."',
        (80,),
        # 1.5 x 70 = 105; 70 / 0.45359237 = 154.3236 lb
        ["105 g once, on one day", "1.5 g per kg per course", "154.32 lb", "ACCEPTED", "Planned by haematology."],
    ),
    "uneven": (
        'plan --weight 70 --dose "2 g/kg/course" --days 3 --every "4 weeks" --label "bed 4"',
        (80,),
        # 140 g over 3 days: 46.66 + 46.67 + 46.67
        ["46.66 g on day 1, 46.67 g once daily on days 2 to 3", "140 g per course", "93.33 g", "0.666667 g per kg per day", "bed 4"],
    ),
    "rates-label": (
        "plan --weight 62 --regimen itp --product octagam-10-us --start-time 09:00",
        (40, 80),
        # 62 x 0.6 = 37.2, 74.4, 148.8, 297.6 mL per hour; 18.6 + 37.2 + 74.4 mL in 90 min; 117.8 / 297.6 x 60 = 23.75 min
        [
            "37.2",
            "297.6",
            "130.2 mL",
            "24min",
            "117.8 mL",
            "1hr 54min",
            "10:54",
            '"First 30 min 1 (60) 0.01"',
            '"Maximum ≤12 (≤720) ≤0.12"',
        ],
    ),
    "rates-without-a-ramp": (
        "plan --weight 62 --regimen itp --product privigen-us",
        (80,),
        # 62 x 0.3 = 18.6; 62 x 2.4 = 148.8; 248 / 148.8 x 60 = 100 min
        [
            "18.6 mL per hour",
            "148.8 mL per hour",
            "24.8 g in no less than 1hr 40min",
            "no steps between the first rate and the maximum are run",
        ],
    ),
    "rates-of-a-chart": (
        "plan --weight 62 --regimen itp --product panzyga-us --ramp printed",
        (80,),
        # 37.2 and 148.8 mL per hour for 30 min each are 93 mL; 155 / 297.6 x 60 = 31.25 min
        ["a manufacturer chart, not the label", "15 to 30 min is printed, and the longer is taken", "93 mL", "155 mL", "32min"],
    ),
    "rates-at-risk-across-midnight": (
        'plan --weight 62 --regimen itp --product gamunex-c-us --at-risk kidney --ramp "double every 30 min" --start-time 23:10',
        (80,),
        # less than 62 x 4.8 = 297.6, so 297.5; 23:10 and 30 min, and 1 hr
        ["at risk, less than 4.8 mL per kg per hour", "held at 297.5 mL per hour", "Clock 23:40", "Clock 00:10 the next day"],
    ),
    "rates-of-a-trial": (
        "plan --weight 62 --regimen itp --product gamunex-c-us --ramp gamunex-trial",
        (80,),
        # 62 x 1.2 = 74.4, 148.8, and 297.6 instead of 62 x 6 = 372; 192.2 / 297.6 x 60 = 38.75 min
        [
            "a trial protocol in children, not a label",
            "is held at 297.6 mL per hour",
            "192.2 mL",
            "39min",
            "for 15 min and not for the 30 min of the label",
        ],
    ),
    "rates-without-a-label": (
        "plan --weight 62 --regimen itp --concentration 10% --ramp us-order-form",
        (80,),
        # 7.5 + 15 + 22.5 + 30 = 75 mL in an hour; 173 / 150 x 60 = 69.2 min
        ["not held against a label", "75 mL", "173 mL", "1hr 10min", "2hr 10min"],
    ),
    "rates-uneven-days": (
        'plan --weight 70 --dose "2 g/kg/course" --days 3 --product gammagard-liquid-us --rate-for pi --ramp "double every 30 min"',
        (80,),
        # 0.48 x 70 = 33.6, 67.2, 134.4, 268.8, 4.8 x 70 = 336; 466.6 and 466.7 mL
        ["which disagree, so that the lowest counts", "46.66 g, 466.6 mL", "46.67 g, 466.7 mL", "33.6", "268.8", "336"],
    ),
    "regimens": ("regimens", (40, 80), ["0.4 g per kg per day, 3 days, every 3 weeks", "2 g per kg per course, 4 days", "every month"]),
    "products": ("products", (40, 80), ["rates for chronic ITP; dermatomyositis", "5 g in 100 mL or 10 g in 100 mL", "rates not stated"]),
    "products-show-octagam-10-us": (
        "products show octagam-10-us",
        (40, 80),
        # 0.12 mL per kg per min x 60 = 7.2; 0.03 x 60 = 1.8, and 3.3 mg per kg per min x 60 / 100 would be 1.98
        [
            "30 g, 20 g, 10 g, 5 g, 2 g",
            "0.12 mL per kg per min, also printed as 12 mg per kg per min each is 7.2 mL per kg per hour",
            (
                "at most 0.03 mL per kg per min, also printed as 3.3 mg per kg per min "
                "the lowest counts: 0.03 mL per kg per min, which is 1.8 mL per kg per hour"
            ),
        ],
    ),
    "products-show-gammagard-sd-us": ("products show gammagard-sd-us", (80,), ["5 g in 100 mL or 10 g in 100 mL", "10 g, 5 g"]),
    "products-show-gammaked-us": (
        "products show gammaked-us",
        (80,),
        ["Rate not stated in what was read", "46 micrograms per mL on average"],
    ),
    "cidp": (
        "plan --weight 62 --regimen cidp",
        (40, 80),
        # 2 x 62 = 124; / 5 = 24.8; 1 x 62 = 62; / 4 = 15.5
        ["over 5 days 24.8 g a day, 124 g per course", "over 4 days 15.5 g a day, 62 g per course", "every 3 weeks"],
    ),
    "regimens-show-hdn": (
        "regimens show hdn/low-dose",
        (40, 80),
        ["0.5 g per kg per day", "Standing contested", "Conflict The trial gave"],
    ),
    "regimens-show-itp": ("regimens show itp", (40, 80), ["0.4 g per kg per day", "every 3 weeks, from start to start", "1.2 g per kg"]),
}
CASES = [(name, width) for name, (_, widths, _) in GOLDENS.items() for width in widths]


@pytest.mark.parametrize(("name", "width"), CASES)
def test_golden(run_cli: RunCli, monkeypatch: pytest.MonkeyPatch, hold_golden: HoldGolden, name: str, width: int) -> None:
    typed, _, figures = GOLDENS[name]
    monkeypatch.setenv("COLUMNS", str(width))
    result = run_cli(*shlex.split(typed))
    assert (result.code, result.err) == (0, "")
    for figure in figures:
        assert figure in " ".join(result.text.split())
    hold_golden(result.text, GOLDEN / f"{name}.{width}.txt")


def test_every_golden_is_used() -> None:
    assert {path.name for path in GOLDEN.iterdir()} == {f"{name}.{width}.txt" for name, width in CASES}


CATALOGUE = load_catalogue(data_file("regimens.yaml"))
LIMITS = load_limits(data_file("limits.yaml"))
PLANS: list[dict[str, str | tuple[str, ...]]] = [
    {"weight": "62", "regimen": "itp", "start": "2027-01-04", "cycles": "4", "label": "ward 3, bed 4"},
    {"weight": "137 lb", "regimen": "itp", "days": "5", "every": "1 month", "start": "2027-01-31", "until": "2027-06-30"},
    {"weight": "62", "regimen": "melanoma"},
    {"weight": "650", "dose": "1 g/kg/day", "days": "2", "every": "4 weeks", "cycles": "3"},
    {"weight": "70", "dose": "2 g/kg/day", "days": "5", "accept": ("daily-dose=2", "course-dose=10"), "reason": "for the test"},
    {"weight": "62", "regimen": "myeloma-teclistamab", "dose": "0.4 g/kg", "bispecific-start": "2027-01-01", "start": "2027-02-05"},
    {"weight": "62", "regimen": "systemic-sclerosis", "dose": "2 g/kg/course"},
    {"weight": "62", "dose": "0.35 g/kg/day", "every": "1 month"},
]


def shown(options: dict[str, str | tuple[str, ...]], width: int, *, colour: bool = False) -> str:
    """What `plan` shows at a width."""
    result = answer(options, CATALOGUE, LIMITS, date(2027, 1, 1))
    if isinstance(result, Plan):
        return plan_table(result, width, colour=colour)
    return comparison_table(result, width, missing_choice(result), colour=colour)


@cache
def screens(width: int) -> list[str]:
    """A broad set of screens at a width."""
    pages = [regimen_page(CATALOGUE, regimen, width, colour=False) for regimen in CATALOGUE.regimens.values()]
    return [*(shown(options, width) for options in PLANS), *pages, regimen_list(tuple(CATALOGUE.regimens.values()), width, colour=False)]


WIDTHS = [*range(30, 130), 160, 200, 500]


def test_nothing_is_wider_than_the_screen() -> None:
    for width in [*range(20, 30), *WIDTHS]:
        for text in screens(width):
            for line in text.splitlines():
                assert len(line) <= width or "://" in line
                assert line == line.rstrip()


def test_no_number_is_parted_from_its_unit_and_no_weekday_from_its_date() -> None:
    for width in WIDTHS:
        for text in screens(width):
            prose = re.sub(r'"[^"]*"', lambda quote: re.sub(r"\S", "_", quote[0]), text)  # a verbatim quote wraps as prose does
            assert not re.search(rf"[0-9]\n *{UNITS}\b", prose), f"width {width}\n{text}"
            assert not re.search(r"\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)\n", prose), f"width {width}\n{text}"
            assert not re.search(r"\bg\n *per kg\b|\bg per\n *kg\b", prose), f"width {width}\n{text}"


def test_no_label_of_a_row_is_parted_from_its_figure() -> None:
    # NHS Common User Interface, Medication Line, MEDi-008, -010 and -011: wrapping must not split a label from its value
    for width in WIDTHS:
        for text in screens(width):
            assert not re.search(r"(?m)\S (?:Course|Day|Days|Date|Dose|So|So far|DOSE)$", text), f"width {width}\n{text}"


def test_the_same_words_and_figures_stand_at_every_width() -> None:
    for options in PLANS:
        narrow, normal, wide = (set(re.findall(r"[^\s,:;]+", shown(options, width))) for width in (45, 80, 200))
        assert normal == wide
        assert normal <= narrow


def test_labels_stand_above_their_text_on_a_narrow_screen() -> None:
    narrow, normal = Screen(40, colour=False), Screen(80, colour=False)
    for screen in (narrow, normal):
        screen.entry("Weight", ["62 kg", "136.69 lb"])
    assert narrow.text() == "Weight\n  62 kg\n  136.69 lb\n"
    assert normal.text() == "Weight      62 kg\n            136.69 lb\n"


@pytest.mark.parametrize("label", ["x" * length for length in (1, 11, 12, 13, 30)])
def test_a_label_never_touches_its_text(label: str) -> None:
    for width in (40, 80):
        screen = Screen(width, colour=False)
        screen.entry(label, "62 kg")
        assert re.fullmatch(rf"{label}\s+62 kg\n", screen.text())


def test_prose_is_no_wider_than_reads_well() -> None:
    assert all(len(line) <= 110 for text in screens(200) for line in text.splitlines())


def test_rows_that_do_not_fit_become_sentences() -> None:
    screen = Screen(60, colour=False)
    screen.rows(("Day", "Dose", "So far"), [("1 of 2", "x" * 50, "25 g"), ("2 of 2", "25 g", "50 g")])
    assert screen.text() == f"Day 1 of 2,\nDose {'x' * 50},\nSo far 25 g\nDay 2 of 2, Dose 25 g, So far 50 g\n"


def test_a_word_longer_than_the_line_is_folded_and_never_cut_off() -> None:
    assert wrap("x" * 25, 10) == ["x" * 10, "x" * 10, "x" * 5]
    assert wrap("", 10) == [""]


@pytest.mark.parametrize("width", [40, 80, 200])
def test_colour_changes_nothing_but_the_colour(width: int) -> None:
    for options in PLANS:
        coloured = shown(options, width, colour=True)
        assert "\x1b[1m" in coloured
        plain = re.sub(r"\x1b\[[0-9;]*m", "", coloured)
        assert [line.rstrip() for line in plain.splitlines()] == shown(options, width).splitlines()


def test_a_refusal_or_warning_is_a_word_and_not_only_a_colour() -> None:
    text = shown(PLANS[4], 80)
    assert "\nACCEPTED    2 g per kg per day is more than the limit of 1 g per kg per day." in text
    assert "\nWarning     The dose was entered by hand" in text


@pytest.mark.parametrize(
    ("tty", "environment", "coloured"),
    [
        (True, {}, True),
        (True, {"NO_COLOR": ""}, True),  # https://no-color.org: only when it is not empty
        (True, {"NO_COLOR": "1"}, False),
        (True, {"NO_COLOR": "0"}, False),
        (True, {"TERM": "dumb"}, False),
        (False, {}, False),
        (False, {"FORCE_COLOR": "1"}, False),
    ],
)
@pytest.mark.parametrize(
    "typed", ["plan --weight 62 --regimen itp", "plan --weight 62 --regimen melanoma", "regimens", "regimens show itp"]
)
def test_colour_is_for_a_terminal_that_wants_it(
    run_cli: RunCli, monkeypatch: pytest.MonkeyPatch, typed: str, tty: bool, environment: dict[str, str], coloured: bool
) -> None:
    plain = run_cli(*typed.split()).text
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    text = run_cli(*typed.split(), tty=tty).text
    assert ("\x1b[" in text) is coloured
    assert [line.rstrip() for line in re.sub(r"\x1b\[[0-9;]*m", "", text).splitlines()] == plain.splitlines()


@pytest.mark.parametrize("format_name", ["csv", "json"])
def test_a_machine_format_is_never_coloured(run_cli: RunCli, format_name: str) -> None:
    assert b"\x1b" not in run_cli("plan", "--weight", "62", "--regimen", "itp", "--format", format_name, tty=True).out


@pytest.mark.parametrize(("columns", "widest"), [("", 80), ("abc", 80), ("0", 80), ("-5", 80), ("60", 60), ("5", 20), ("100000", 110)])
def test_columns_rules_where_there_is_no_terminal(run_cli: RunCli, monkeypatch: pytest.MonkeyPatch, columns: str, widest: int) -> None:
    def no_terminal(_: int) -> NoReturn:
        raise OSError

    monkeypatch.setattr(os, "get_terminal_size", no_terminal)
    monkeypatch.setenv("COLUMNS", columns)
    lines = run_cli("plan", "--weight", "62", "--regimen", "itp").text.splitlines()
    assert widest - 8 <= max(map(len, lines)) <= widest


def test_a_message_is_wrapped_where_a_person_reads_it(run_cli: RunCli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    words = ("plan", "--weight", "70", "--dose", "2 g/kg/day", "--days", "5")
    piped, wrapped = run_cli(*words).err, run_cli(*words, tty=True).err
    assert len(piped.splitlines()) == 1
    assert max(map(len, wrapped.splitlines())) <= 40
    assert wrapped.split() == piped.split()
    assert not re.search(rf"[0-9]\n{UNITS}\b", wrapped)


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "latin-1", "utf-8"])
def test_what_the_screen_cannot_show_is_written_as_an_escape(encoding: str) -> None:
    text = "© José \U0001f642"
    with redirect_stdout(io.TextIOWrapper(io.BytesIO(), encoding=encoding)):
        assert screen_bytes(text) == text.encode(encoding, "backslashreplace")
        assert screen_bytes("25 g") == b"25 g"


@pytest.mark.parametrize("label", ["[bold]x[/bold]", "[red]", ":smile:", "{x}", "%s", "\\n", "<b>x</b>", "https://x.example", "漢" * 60])
def test_a_label_is_text_and_never_markup(run_cli: RunCli, label: str) -> None:
    for tty in (False, True):
        assert label in run_cli("plan", "--weight", "62", "--regimen", "itp", "--label", label, tty=tty).text


def test_a_reason_without_a_full_stop_does_not_run_into_the_source(run_cli: RunCli) -> None:
    words = ("--dose", "1.5 g/kg/day", "--days", "1", "--accept", "daily-dose=1.5", "--reason", "planned by haematology")
    text = " ".join(run_cli("plan", "--weight", "70", *words).text.split())
    assert "planned by haematology Source" not in text
    assert "planned by haematology" in text


@pytest.mark.parametrize(
    ("weight", "regimen", "words"),
    [
        # 62.14215469 kg x 0.4 = 24.856861876 g, ordered 24.86 g; 74.58 against 74.570585628 g is +0.0126%
        ("137 lb", "itp", ["calculated 24.856861876 g a day, 74.570585628 g per course", "ordered 74.58 g per course, +0.0126%"]),
        # 62.14215469 kg x 2 = 124.28430938 g, ordered 124.28 g: 0.00430938 g less is -0.0035%
        ("137 lb", "icaht", ["calculated 31.071077345 g a day, 124.28430938 g per course", "ordered 124.28 g per course, -0.0035%"]),
        # 0.23 kg x 0.4 = 0.092 g, ordered 0.09 g; 0.27 against 0.276 g is -2.1739%, from a tenth of a percent on with one decimal
        ("0.23", "itp", ["calculated 0.092 g a day, 0.276 g per course", "ordered 0.27 g per course, -2.2%"]),
    ],
)
def test_the_rounding_is_said_with_its_direction(run_cli: RunCli, weight: str, regimen: str, words: list[str]) -> None:
    text = " ".join(run_cli("plan", "--weight", weight, "--regimen", regimen).text.split())
    for phrase in words:
        assert phrase in text


def test_a_change_too_small_to_show_is_not_shown_as_none(run_cli: RunCli) -> None:
    text = run_cli("plan", "--weight", "62.00000001", "--regimen", "itp").text  # 24.800000004 g, ordered 24.8 g
    assert not re.search(r"[+-]0%", text)


def test_every_name_of_an_interval_reads_alike(run_cli: RunCli) -> None:
    for words in (
        ("regimens",),
        ("regimens", "show", "systemic-sclerosis"),
        ("plan", "--weight", "62", "--dose", "1 g/kg/day", "--days", "1"),
    ):
        text = " ".join(run_cli(*words, *(("--every", "1 month") if words[0] == "plan" else ())).text.split())
        assert "every month" in text
        assert "every 1 month" not in text


def test_the_next_course_is_named_where_one_is_due(run_cli: RunCli) -> None:
    assert "Next" not in run_cli("plan", "--weight", "62", "--regimen", "icaht").text
    assert "the next course is due 3 weeks after the first day of this one" in run_cli("plan", "--weight", "62", "--regimen", "itp").text
    assert (
        "not stated when or whether a further course"
        in run_cli("plan", "--weight", "62", "--regimen", "melanoma-high-dose", "--days", "4").text
    )


def two_phases(cycles: int) -> Plan:
    """Loading 1 g per kg on each of 2 days, once; a week later 0.4 g per kg on one day, every 3 to 4 weeks."""
    week, month = Interval(1, "week"), Span(Interval(3, "week"), Interval(4, "week"))
    one = CATALOGUE.regimens["itp"]
    loading = Phase("loading", Span(Fraction(1), Fraction(1)), "day", Span(2, 2), None, Span(1, 1))
    upkeep = Phase("maintenance", Span(Fraction("0.4"), Fraction("0.4")), "day", Span(1, 1), month, None, begins=week)
    choices = Choices(every=Interval(4, "week"), cycles=cycles, start=date(2027, 1, 4))
    plan = make_plan(Patient(None, Fraction(62)), one._replace(phases=(loading, upkeep)), choices)
    assert isinstance(plan, Plan)
    return plan


def test_each_phase_is_shown_with_its_own_dose() -> None:
    # 1 x 62 = 62 g a day, 124 g in 2 days; 0.4 x 62 = 24.8 g; 124 + 24.8 + 24.8 = 173.6 g
    text = plan_table(two_phases(3), 80, colour=False)
    assert "\nloading     62 g once daily for 2 days, 124 g per course\n" in text
    assert "\nmaintenance 24.8 g once, on one day, 24.8 g per course\n" in text
    order = order_text(two_phases(3))
    for words in (
        "loading: DOSE 62 g once daily for 2 days, 124 g per course, 1 g per kg per day, 2 g per kg per course",
        "course 1 on Mon 04-Jan-2027, Tue 05-Jan-2027; maintenance: DOSE 24.8 g once, on one day, 24.8 g per course",
        "course 2 on Mon 11-Jan-2027; course 3 on Mon 08-Feb-2027",
        "173.6 g in all",
    ):
        assert words in order


def test_a_phase_that_is_not_reached_is_not_shown() -> None:
    assert "maintenance" not in plan_table(two_phases(1), 80, colour=False)
    assert "maintenance" not in order_text(two_phases(1))


def test_a_page_shows_each_phase_and_a_range_of_intervals() -> None:
    plan = two_phases(1)
    assert plan.regimen
    text = regimen_page(CATALOGUE, plan.regimen, 80, colour=False)
    assert re.findall(r"(?m)^Phase +(\w+)", text) == ["loading", "maintenance"]
    assert "\nInterval    every 3 to 4 weeks, from start to start\n" in text


@pytest.mark.parametrize(
    ("dose", "basis", "last"),
    [("0.4 g/kg/day", "day", "24.8 g a day, 124 g in all"), ("1 g/kg/course", "course", "12.4 g a day")],
)
def test_open_days_are_headed_by_the_basis_of_the_dose(run_cli: RunCli, dose: str, basis: str, last: str) -> None:
    # 0.4 x 62 = 24.8 g a day, x 5 = 124 g; 1 x 62 = 62 g a course, / 5 = 12.4 g
    text = run_cli("plan", "--weight", "62", "--dose", dose).text
    assert f" {dose.split()[0]} g per kg per {basis}, interval not stated " in " ".join(text.split())
    assert " No schedule yet: add --days. " in " ".join(text.split())
    assert re.search(rf"(?m)^5 +{last}", text)


def test_days_that_one_source_does_not_offer_are_said() -> None:
    itp = CATALOGUE.regimens["itp"]
    members = tuple(
        itp._replace(id=name, phases=(itp.phases[0]._replace(dose=Span(dose, dose), days=Span(low, low + 1)),))
        for name, dose, low in (("one", Fraction(1), 1), ("two", Fraction(2, 5), 2))
    )
    comparison = make_plan(Patient(None, Fraction(62)), CATALOGUE.regimens["melanoma"], Choices(), members)
    assert isinstance(comparison, Comparison)
    rows = re.findall(r"(?m)^[123]  .*", comparison_table(comparison, 80, "choose", colour=False))
    assert [re.split(r"  +", row) for row in rows] == [
        ["1", "62 g a day, 62 g in all", "not offered"],
        ["2", "62 g a day, 124 g in all", "24.8 g a day, 49.6 g in all"],
        ["3", "not offered", "24.8 g a day, 74.4 g in all"],
    ]


@pytest.mark.parametrize(
    ("days", "cycles", "words"),
    [
        ("31", "1", "course 1 on Fri 01-Jan-2027, Sat 02-Jan-2027, Sun 03-Jan-2027, "),
        ("16", "2", "course 1 on Fri 01-Jan-2027 to Sat 16-Jan-2027; course 2 on Fri 29-Jan-2027 to Sat 13-Feb-2027;"),
    ],
)
def test_beyond_31_infusions_the_order_names_the_first_and_last_day_of_each_course(
    run_cli: RunCli, days: str, cycles: str, words: str
) -> None:
    dose = ("--dose", "0.05 g/kg/day", "--days", days, "--every", "4 weeks" if cycles == "2" else "5 weeks", "--cycles", cycles)
    result = run_cli("plan", "--weight", "62", *dose, "--start", "2027-01-01")
    assert words in " ".join(result.text.split()), result.err
