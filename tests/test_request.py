"""Options as text -> a plan, the open choices, or a refusal; and what the other tests of the calculator ask with."""

import json
from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import pytest

from ivigcalc.catalogue import data_file, load_catalogue, load_limits
from ivigcalc.errors import InputError, Refused
from ivigcalc.model import Catalogue, Comparison, Limits, Plan, Rounding, Span
from ivigcalc.options import Options, clean
from ivigcalc.request import answer, is_ambiguous, missing_choice
from ivigcalc.when import Interval

TODAY: Final = date(2027, 1, 4)  # a Monday
CATALOGUE: Final = load_catalogue(data_file("regimens.yaml"))
LIMITS: Final = load_limits(data_file("limits.yaml"))

NO_OPTIONS: Final[Options] = {}

Given = dict[str, Any]


def ask(
    options: Options = NO_OPTIONS,
    catalogue: Catalogue = CATALOGUE,
    limits: Limits = LIMITS,
    **named: str | tuple[str, ...],
) -> Plan | Comparison:
    """Ask for a plan; an option can also be named, with _ for a hyphen."""
    return answer({**options, **spelt(named)}, catalogue, limits, TODAY)


def spelt(named: Mapping[str, str | tuple[str, ...]]) -> Options:
    return {name.replace("_", "-"): value for name, value in named.items()}


def ask_plan(options: Options = NO_OPTIONS, catalogue: Catalogue = CATALOGUE, **named: str | tuple[str, ...]) -> Plan:
    """Ask for what must be a plan."""
    plan = ask({**options, **spelt(named)}, catalogue)
    assert isinstance(plan, Plan)
    return plan


def ask_choices(options: Options = NO_OPTIONS, catalogue: Catalogue = CATALOGUE, **named: str | tuple[str, ...]) -> Comparison:
    """Ask for what must be a comparison of choices."""
    comparison = ask({**options, **spelt(named)}, catalogue)
    assert isinstance(comparison, Comparison)
    return comparison


def codes(plan: Plan) -> list[str]:
    """The codes of a plan's findings."""
    return [finding.code for finding in plan.findings]


def texts(plan: Plan) -> str:
    """The words of a plan's findings."""
    return "\n".join(finding.text for finding in plan.findings)


# A catalogue of a few regimens. JSON is YAML, and needs no care with quotes.


def phase(dose: str, per: str, days: str, **more: Any) -> Given:
    """A phase as a catalogue states it; what is not given is `not stated`."""
    return {"phase": "course", "dose": dose, "per": per, "days": days, "every": "not stated", "cycles": "not stated", **more}


def cap(at_most: str, per: str, source: str = "own") -> Given:
    """A cap of a source."""
    return {"at_most": at_most, "per": per, "source": source, "locator": "Table 2", "quote": f"at most {at_most}"}


def regimen(*phases: Given, **more: Any) -> Given:
    """A regimen as a catalogue states it."""
    unknown = dict.fromkeys(("jurisdiction", "population", "weight_basis"), "not stated")
    cited = [{"source": "own", "locator": "Table 1", "quote": "the dose"}]
    lists: Given = {key: [] for key in ("aliases", "readings", "notes", "not_stated")}
    return {"name": "A name", "indication": "a-disease", **unknown, **lists, "phases": phases, "cited": cited, **more}


def catalogue_of(folder: Path, **regimens: Given) -> Catalogue:
    """Load a catalogue of these regimens; it has the sources own, second and external."""
    facts = {"url": "not stated", "licence": "not stated", "read": "2026-11-22"}
    sources = {key: {"citation": f"The {key} source", **facts, "external": "no"} for key in ("own", "second")}
    sources["external"] = {**sources["own"], "citation": "The external source", "external": "yes"}
    path = folder / "catalogue.yaml"
    path.write_text(json.dumps({"sources": sources, "regimens": regimens}), "utf-8")
    return load_catalogue(path)


# What is asked for


def test_the_main_job() -> None:
    plan = ask_plan(weight="62", regimen="itp")
    assert plan.regimen is CATALOGUE.regimens["itp"]
    assert plan.weight.kg == 62
    assert plan.weight.basis == plan.weight.policy == "actual"
    assert "does not state which weight" in plan.weight.reason
    assert plan.cited[0].quote.startswith("For refractory ITP")
    assert [infusion.day for infusion in plan.infusions] == [1, 2, 3]
    assert [infusion.date for infusion in plan.infusions] == [None] * 3
    assert plan.next_start is None
    assert codes(plan) == []


def test_a_dose_by_hand_has_no_source() -> None:
    plan = ask_plan(weight="70", dose="0.4 g/kg/day", days="4")
    assert (plan.regimen, plan.cited, plan.others) == (None, (), ())
    assert "entered by hand" in plan.weight.reason
    assert codes(plan) == ["no-source"]
    assert {infusion.phase for infusion in plan.infusions} == {"course"}


WRONG_USE: Final[list[tuple[Mapping[str, str | tuple[str, ...]], str]]] = [
    ({}, "say what to plan: --regimen ID"),
    ({"weight": "62"}, "say what to plan"),
    ({"weight": "62", "days": "3", "every": "3 weeks", "start": "2027-01-04"}, "say what to plan"),
    ({"regimen": "itp"}, "--weight is needed"),
    ({"dose": "0.4 g/kg", "days": "1"}, "--weight is needed"),
    ({"weight": "62", "regimen": "itq"}, "did you mean itp"),
    ({"weight": "62", "regimen": "sclerosis"}, "more than one meaning"),
    ({"weight": "62", "regimen": "itp", "dose": "2"}, "not a dose per kg"),
    ({"weight": "62", "regimen": "itp", "dose": "2 g"}, "not a dose per kg"),
    ({"weight": "62", "regimen": "itp", "days": "0"}, "--days: 0 is zero"),
    ({"weight": "62", "regimen": "itp", "days": "1.5"}, "--days: 1.5 is not a whole number"),
    ({"weight": "62", "regimen": "itp", "days": "32"}, "--days: 32 is more than 31"),
    ({"weight": "62", "regimen": "itp", "cycles": "0"}, "--cycles: 0 is zero"),
    ({"weight": "62", "regimen": "itp", "cycles": "1001"}, "--cycles: 1001 is more than 1,000"),
    ({"weight": "62", "regimen": "itp", "every": "3"}, "not an interval"),
    ({"weight": "62", "regimen": "itp", "start": "2027-02-31"}, "--start: there is no day 2027-02-31"),
    ({"weight": "62", "regimen": "itp", "start": "2027-01-04", "until": "04/02/2027"}, "--until: '04/02/2027' is not a date"),
    ({"weight": "62", "regimen": "itp", "start": "2027-01-04", "closed": ("2027-01-05", "soon")}, "--closed: 'soon' is not a date"),
    ({"weight": "62", "regimen": "itp", "start": "2027-01-04", "infuse-on": "mon-fry"}, "--infuse-on: 'fry'"),
    ({"weight": "62", "regimen": "itp", "until": "2027-02-04"}, "--until needs the first day; add --start"),
    ({"weight": "62", "regimen": "itp", "infuse-on": "mon-fri"}, "--infuse-on needs the first day; add --start"),
    ({"weight": "62", "regimen": "itp", "closed": ("2027-01-05",)}, "--closed needs the first day; add --start"),
    ({"weight": "62", "regimen": "itp", "start": "2027-01-04", "cycles": "2", "until": "2027-02-04"}, "--cycles and --until both"),
    ({"weight": "62", "regimen": "itp", "start": "2027-01-04", "until": "2027-01-03"}, "--until 2027-01-03 is before --start 2027-01-04"),
    ({"weight": "62", "regimen": "itp", "bispecific-start": "2027-01-04"}, "--bispecific-start belongs to a regimen with a start window"),
    ({"weight": "62", "dose": "0.4 g/kg", "days": "1", "bispecific-start": "2027-01-04"}, "--bispecific-start belongs"),
]


@pytest.mark.parametrize(("options", "words"), WRONG_USE)
def test_wrong_use_is_refused_with_what_to_write(options: Options, words: str) -> None:
    with pytest.raises(InputError) as error:
        ask(options)
    assert words in str(error.value)
    assert error.value.exit_code == 2


def test_until_the_very_day_of_the_start_is_one_course() -> None:
    plan = ask_plan(weight="62", regimen="itp", start="2027-01-04", until="2027-01-04")
    assert [course.start for course in plan.courses] == [TODAY]


@pytest.mark.parametrize(("word", "start"), [("today", date(2027, 1, 4)), ("tomorrow", date(2027, 1, 5))])
def test_today_is_what_the_caller_says(word: str, start: date) -> None:
    assert ask_plan(weight="62", regimen="itp", start=word).courses[0].start == start


def test_thirty_one_days_and_a_thousand_courses_are_allowed() -> None:
    plan = ask_plan(weight="62", dose="0.05 g/kg/day", days="31", every="31 days", cycles="1000", start="2027-01-04")
    assert len(plan.courses) == 1_000
    assert len(plan.infusions) == 31_000
    assert plan.ordered_g == 31_000 * Fraction("3.1")


def test_a_label_and_a_reason_lose_their_control_characters() -> None:
    assert clean("A\x1b[31m\tB\u202e C\u2028\r\n ") == "A [31m B C"
    plan = ask_plan(
        weight="62", dose="1.5 g/kg", days="1", accept=("daily-dose=1.5",), reason="second\x07 opinion\n", label="Bed 4\x1b\n"
    )  # fmt: skip
    assert plan.patient.label == "Bed 4"
    assert "Accepted: second opinion" in plan.findings[0].text
    assert plan.findings[0].text.isprintable()


def test_other_regimens_of_the_indication_are_named() -> None:
    def others(name: str) -> list[str]:
        return list(ask_plan(weight="62", regimen=name, dose="1 g/kg/course", days="3").others)

    assert others("systemic-sclerosis-takehara") == ["systemic-sclerosis", "systemic-sclerosis/monthly"]
    assert "melanoma-high-dose" in others("melanoma-q3w")
    assert others("melanoma") == []  # it stands for both
    labels = ["us-label", "privigen-us", "panzyga-us", "flebogamma-10-us", "gammaplex-5-us", "gammaplex-10-us"]
    assert others("itp") == ["itp/ontario", "itp/ontario-child", *(f"itp/{label}" for label in labels)]
    assert others("icaht") == []


def test_the_same_question_has_the_same_answer_and_is_left_as_it_was() -> None:
    options: dict[str, str | tuple[str, ...]] = {"weight": "137 lb", "regimen": "itp", "start": "2027-01-08", "infuse-on": "mon-fri"}
    before = dict(options)
    assert ask(options) == ask(options)
    assert options == before


# A choice that is missing


@pytest.mark.parametrize(
    ("options", "option"),
    [({"start": "2027-01-04"}, "--start"), ({"cycles": "4"}, "--cycles"), ({"start": "2027-01-04", "cycles": "4"}, "--start")],
)
@pytest.mark.parametrize(("name", "words"), [("melanoma-q3w", "add --days"), ("melanoma", "add --dose and --days")])
def test_a_schedule_needs_every_choice(name: str, words: str, options: Options, option: str) -> None:
    with pytest.raises(Refused) as refusal:
        ask({"weight": "62", "regimen": name, **options})
    assert f"{option} asks for a schedule, and a choice is missing" in str(refusal.value)
    assert words in str(refusal.value)
    assert refusal.value.exit_code == 1


@pytest.mark.parametrize("options", [{"accept": ("daily-dose=2",), "reason": "meant"}, {"accept": ("daily-dose=2",)}, {"reason": "meant"}])
def test_nothing_can_be_accepted_before_there_is_a_plan(options: Options) -> None:
    with pytest.raises(InputError, match="there is no plan yet"):
        ask({"weight": "62", "regimen": "melanoma-high-dose", **options})


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("melanoma-q3w", "add --days"),
        ("melanoma", "write --regimen melanoma-q3w or --regimen melanoma-high-dose, and add --days; or add --dose and --days"),
        ("metastatic-melanoma", "write --regimen melanoma-q3w or --regimen melanoma-high-dose"),
    ],
)
def test_what_to_type_is_said(name: str, words: str) -> None:
    assert missing_choice(ask_choices(weight="62", regimen=name)) == words


def test_what_was_typed_is_not_asked_for_again() -> None:
    words = missing_choice(ask_choices(weight="62", regimen="melanoma", days="3"))
    assert words == "write --regimen melanoma-q3w or --regimen melanoma-high-dose; or add --dose"


def test_an_indication_is_ambiguous_and_a_regimen_is_not() -> None:
    assert is_ambiguous(ask_choices(weight="62", regimen="metastatic-melanoma"))
    assert not is_ambiguous(ask_choices(weight="62", regimen="melanoma"))
    assert not is_ambiguous(ask_choices(weight="62", regimen="melanoma-q3w"))
    assert not is_ambiguous(ask_choices(weight="62", dose="2 g/kg/course"))


# `2 g/kg` over several days: the published error


@pytest.mark.parametrize("dose", ["2 g/kg", "2g/kg", "2 g per kg", "2 G/KG", "2000 mg/kg", "2.0 g / kg"])
@pytest.mark.parametrize(
    ("options", "readings"),
    [
        ({"days": "5"}, ("2 g/kg/course is 140 g in all, 28 g a day", "2 g/kg/day is 140 g a day, 700 g in all over 5 days")),
        ({}, ("2 g/kg/course is 140 g in all", "2 g/kg/day is 140 g every day")),
        ({"regimen": "itp"}, ("140 g in all, 46.666667 g a day", "140 g a day, 420 g in all over 3 days")),
        ({"regimen": "itp", "days": "2"}, ("140 g in all, 70 g a day", "140 g a day, 280 g in all over 2 days")),
        ({"regimen": "icaht"}, ("140 g in all, 35 g a day", "140 g a day, 560 g in all over 4 days")),
        ({"regimen": "melanoma"}, ("140 g in all", "140 g every day")),
        ({"regimen": "metastatic-melanoma"}, ("140 g in all", "140 g every day")),
        ({"regimen": "metastatic-melanoma", "days": "4"}, ("140 g in all, 35 g a day", "140 g a day, 560 g in all over 4 days")),
        ({"regimen": "melanoma", "days": "4"}, ("140 g in all, 35 g a day", "140 g a day, 560 g in all over 4 days")),
        ({"regimen": "melanoma-q3w"}, ("140 g in all", "140 g every day")),
        ({"regimen": "systemic-sclerosis"}, ("140 g in all", "140 g every day")),
        ({"regimen": "systemic-sclerosis", "days": "2"}, ("140 g in all, 70 g a day", "140 g a day, 280 g in all over 2 days")),
        ({"days": "31"}, ("140 g in all, 4.516129 g a day", "140 g a day, 4,340 g in all over 31 days")),
    ],
)
def test_a_dose_without_its_basis_is_refused_with_both_readings_in_grams(dose: str, options: Options, readings: tuple[str, str]) -> None:
    with pytest.raises(InputError) as error:
        ask({"weight": "70", "dose": dose, **options})
    assert '"2 g/kg" has two readings' in str(error.value)
    for reading in (*readings, '--dose "2 g/kg/course"', '--dose "2 g/kg/day"'):
        assert reading in str(error.value)


def test_both_readings_are_of_the_patient_s_own_weight() -> None:
    with pytest.raises(InputError) as error:
        ask(weight="137 lb", dose="2 g/kg", days="5")  # 2 x 62.14215469 kg, which ends and is written in full
    assert "124.28430938 g in all, 24.856861876 g a day" in str(error.value)
    assert "124.28430938 g a day, 621.4215469 g in all over 5 days" in str(error.value)


@pytest.mark.parametrize("options", [{"days": "1"}, {"regimen": "ms"}, {"regimen": "teclistamab"}, {"regimen": "itp", "days": "1"}])
def test_over_one_day_both_readings_are_the_same(options: Options) -> None:
    plan = ask_plan({"weight": "70", "dose": "0.9 g/kg", **options})
    assert [infusion.ordered_g for infusion in plan.infusions] == [63]
    assert plan.phases[0].per == "day"


# The words of the model


def test_a_rounding_step_has_a_name() -> None:
    assert Rounding(Fraction("0.01"), "nearest", "day").to == "0.01 g"
    assert Rounding(Fraction(5), "nearest", "course").to == "5 g"


def test_a_span_of_one_figure_is_fixed() -> None:
    assert Span(3, 3).fixed == 3
    assert Span(2, 5).fixed is None
    assert Span(Interval(3, "week"), Interval(4, "week")).fixed is None


@pytest.mark.parametrize(
    "options",
    [
        {"weight": "61.0375", "regimen": "systemic-sclerosis", "dose": "0.4 g/kg/day"},
        {"weight": "62", "regimen": "melanoma-q3w"},
        {"weight": "62", "regimen": "melanoma-high-dose", "dose": "1 g/kg/course"},
        {"weight": "70", "dose": "2 g/kg/course", "every": "5 weeks"},
        {"weight": "62", "regimen": "melanoma-q3w", "every": "4 weeks"},
    ],
)
def test_a_choice_shown_is_the_plan_that_typing_it_gives(options: dict[str, str]) -> None:
    comparison = ask(options)
    assert isinstance(comparison, Comparison)
    planned = 0
    for option in comparison.options:
        if any(finding.level == "refusal" for finding in option.findings):
            continue
        plan = ask_plan({**options, "days": str(option.phase.days)})
        assert [infusion.ordered_g for infusion in plan.infusions] == list(option.ordered_g)
        assert option.every == (plan.phases[0].every and Span(plan.phases[0].every, plan.phases[0].every)) or option.every is None
        told = {finding.code for finding in plan.findings} - {"no-source", "entered-days", "calendar-month", "tie", "haemolysis"}
        assert told - {finding.code for finding in option.findings} <= {"entered-every"}
        planned += 1
    assert planned


def test_a_tie_is_said() -> None:
    # 61.0375 kg x 0.4 g per kg = 24.415 g, midway between 24.41 and 24.42 g
    plan = ask_plan({"weight": "61.0375", "regimen": "itp"})
    assert plan.infusions[0].ordered_g == Fraction("24.41")
    assert [finding.text for finding in plan.findings if finding.code == "tie"] == [
        "24.415 g lies midway between two multiples of 0.01 g; the lower was taken, as no published rule says which."
    ]
    assert all(finding.code != "tie" for finding in ask_plan({"weight": "62", "regimen": "itp"}).findings)


def test_the_own_dose_typed_in_another_basis_is_rounded_on_what_the_source_states() -> None:
    # 137 lb: 24.86 g a day as itp states it; 1.2 g per kg per course is the same dose
    typed = ask_plan({"weight": "137 lb", "regimen": "itp", "dose": "1.2 g/kg/course"})
    assert [infusion.ordered_g for infusion in typed.infusions] == [Fraction("24.86")] * 3
    assert not typed.overrides


def test_a_source_of_one_course_needs_no_interval_until_a_day() -> None:
    plan = ask_plan({"weight": "62", "regimen": "icaht", "start": "2027-01-04", "until": "2027-12-31"})
    assert (len(plan.courses), plan.next_start) == (1, None)


def test_a_refusal_after_another_figure_was_accepted_names_it() -> None:
    with pytest.raises(Refused, match=r"Accepted was daily-dose=1.9. Nothing is planned"):
        ask({"weight": "70", "dose": "2 g/kg/day", "days": "1", "accept": ("daily-dose=1.9",), "reason": "x"})


def test_an_empty_label_is_refused() -> None:
    with pytest.raises(InputError, match="--label: nothing was given"):
        ask({"weight": "62", "regimen": "itp", "label": " "})


def test_without_a_formulary_no_product_is_known() -> None:
    with pytest.raises(InputError, match="--product: 'privigen-us' is not known"):
        ask(weight="62", regimen="itp", product="privigen-us")
