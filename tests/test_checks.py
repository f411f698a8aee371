"""What a second person should see: limits just below, at and just above; acceptances; notes and warnings."""

import re
from pathlib import Path
from typing import Any, Final

import pytest

from ivigcalc.errors import InputError, Refused
from ivigcalc.model import Catalogue, Choices, Conflict, Finding, Plan, Rounding, SiteUse
from ivigcalc.options import Options
from ivigcalc.safety.checks import _rounding, _standing, accept, check, mark
from tests.test_request import LIMITS, ask, ask_choices, ask_plan, catalogue_of, codes, phase, regimen

TEN_PER_KG: Final[Options] = {"weight": "70", "dose": "2 g/kg/day", "days": "5"}  # the published error: 2 g/kg, meant as a total, every day
WEIGHTS: Final = ["62", "0.2", "650", "137 lb", "1432 lb", "9 st 11 lb", "3200 g"]


def level(plan: Plan, code: str) -> str | None:
    return next((finding.level for finding in plan.findings if finding.code == code), None)


# The limits


def test_the_limits_are_one_gram_a_day_and_two_a_course() -> None:
    found = [(limit.code, f"{limit.g_per_kg} g/kg/{limit.per}") for limit in LIMITS.doses]
    assert found == [("daily-dose", "1 g/kg/day"), ("course-dose", "2 g/kg/course")]


@pytest.mark.parametrize("weight", WEIGHTS)
@pytest.mark.parametrize(
    ("dose", "days", "refused"),
    [
        ("0.999999 g/kg/day", "1", []),
        ("1 g/kg/day", "1", []),
        ("1.000001 g/kg/day", "1", ["daily-dose=1.000001"]),
        ("1 g/kg/day", "2", []),
        ("1.000001 g/kg/day", "2", ["daily-dose=1.000001", "course-dose=2.000002"]),
        ("1.999999 g/kg/course", "2", []),
        ("2 g/kg/course", "2", []),
        ("2.000001 g/kg/course", "3", ["course-dose=2.000001"]),
        ("2.000001 g/kg/course", "2", ["daily-dose=1.0000005", "course-dose=2.000001"]),
        ("2 g/kg/course", "1", ["daily-dose=2"]),
        ("0.399999 g/kg/day", "5", []),
        ("0.4 g/kg/day", "5", []),
        ("0.400001 g/kg/day", "5", ["course-dose=2.000005"]),
        ("1 g/kg/day", "3", ["course-dose=3"]),
        ("1000 mg/kg/day", "1", []),
        ("1000.001 mg/kg/day", "1", ["daily-dose=1.000001"]),
    ],
)
def test_a_limit_just_below_at_and_just_above(weight: str, dose: str, days: str, refused: list[str]) -> None:
    options: Options = {"weight": weight, "dose": dose, "days": days}
    if not refused:
        assert {finding.level for finding in ask_plan(options).findings if finding.code != "no-source"} <= {"note"}
        return
    with pytest.raises(Refused) as refusal:
        ask(options)
    assert re.findall(r"--accept (\S+)", str(refusal.value)) == refused
    assert refusal.value.exit_code == 1


def test_a_refusal_names_the_figure_the_limit_the_source_and_what_to_type() -> None:
    with pytest.raises(Refused) as refusal:
        ask(TEN_PER_KG)
    for words in (
        "daily-dose: 2 g per kg per day is more than the limit of 1 g per kg per day",
        "course-dose: 10 g per kg per course is more than the limit of 2 g per kg per course",
        "Privigen US prescribing information",
        "Nothing is planned",
        '--accept daily-dose=2 --accept course-dose=10 --reason "',
    ):
        assert words in str(refusal.value)


@pytest.mark.parametrize(
    ("weight", "dose", "days", "code", "figure"),
    [
        # 62.006 g are ordered as 62.01 g: 62.01 / 62.006 = 1.0000645
        ("62.006", "1 g/kg", "1", "daily-dose-rounding", "1.000065 g per kg per day"),
        # 138 lb are 62.59574706 kg, ordered as 62.60 g: 1.0000679
        ("138 lb", "1 g/kg", "1", "daily-dose-rounding", "1.000068 g per kg per day"),
        # 2 x 62.003 = 124.006 g are ordered as 124.01 g: 2.0000645
        ("62.003", "2 g/kg/course", "5", "course-dose-rounding", "2.000065 g per kg per course"),
        # 1.999999 x 62.003 = 124.0059 g, still below the limit, likewise
        ("62.003", "1.999999 g/kg/course", "5", "course-dose-rounding", "2.000065 g per kg per course"),
        # 137 lb over 2 days: 124.28430938 g are ordered as 124.28 g, 62.14 g a day, and stay below 62.14215469 kg x 1 and x 2
        ("137 lb", "2 g/kg/course", "2", None, ""),
        ("62", "1 g/kg", "1", None, ""),
        ("62.004", "1 g/kg", "1", None, ""),
    ],
)
def test_an_excess_by_rounding_alone_is_a_note(weight: str, dose: str, days: str, code: str | None, figure: str) -> None:
    plan = ask_plan(weight=weight, dose=dose, days=days)
    rounding = [finding for finding in plan.findings if finding.code.endswith("-rounding")]
    assert [(finding.code, finding.level) for finding in rounding] == ([(code, "note")] if code else [])
    assert all(f"Rounding alone takes the dose to {figure}" in finding.text and finding.source for finding in rounding)


def test_the_largest_day_of_a_split_is_what_rounding_is_judged_by() -> None:
    # 0.3 kg: 2 g/kg are 0.60 g; over 2 days 0.30 g. 0.305 kg: 0.61 g, over 2 days 0.30 and 0.31 g, of which the last is 1.016 g per kg
    assert "daily-dose-rounding" not in codes(ask_plan(weight="0.3", dose="2 g/kg/course", days="2"))
    assert "daily-dose-rounding" in codes(ask_plan(weight="0.305", dose="2 g/kg/course", days="2"))


# A source that itself exceeds a limit


@pytest.fixture
def high(tmp_path: Path) -> Catalogue:
    return catalogue_of(
        tmp_path,
        kawasaki=regimen(phase("2 g/kg", "course", "1", cycles="1")),
        high=regimen(phase("3 g/kg", "course", "2")),
        many=regimen(phase("0.8 g/kg", "day", "3")),
        spread=regimen(phase("2.5 g/kg", "course", "not stated")),
        range=regimen(phase("2.5 g/kg", "course", "2 to 5")),
        phases=regimen(
            {**phase("2 g/kg", "course", "5", cycles="1"), "phase": "loading"},
            {**phase("3 g/kg", "course", "3", every="3 weeks", begins="3 weeks"), "phase": "maintenance"},
        ),
    )


@pytest.mark.parametrize(
    ("options", "found"),
    [
        ({"regimen": "kawasaki"}, ["daily-dose-source"]),
        ({"regimen": "kawasaki", "dose": "2 g/kg"}, ["daily-dose-source"]),
        ({"regimen": "high"}, ["daily-dose-source", "course-dose-source"]),
        ({"regimen": "many"}, ["course-dose-source"]),
        ({"regimen": "spread", "days": "3"}, ["course-dose-source"]),
        ({"regimen": "range", "days": "2"}, ["daily-dose-source", "course-dose-source"]),
        ({"regimen": "range", "days": "3"}, ["course-dose-source"]),
        ({"regimen": "phases"}, ["course-dose-source", "28-day-dose-source"]),
        ({"regimen": "phases", "cycles": "1"}, []),
    ],
)
def test_a_source_that_exceeds_a_limit_is_a_warning(high: Catalogue, options: Options, found: list[str]) -> None:
    plan = ask_plan({"weight": "70", **options}, high)
    warnings = [finding for finding in plan.findings if finding.code.endswith("-source")]
    assert [finding.code for finding in warnings] == found
    assert {finding.level for finding in warnings} <= {"warning"}
    assert all("the regimen's own source states it" in finding.text for finding in warnings)
    assert all(finding.source and finding.source.startswith("Privigen US prescribing information") for finding in warnings)


@pytest.mark.parametrize(
    ("options", "refused"),
    [
        ({"regimen": "kawasaki", "dose": "3 g/kg"}, ["daily-dose=3", "course-dose=3"]),
        ({"regimen": "kawasaki", "days": "2", "dose": "2 g/kg/day"}, ["daily-dose=2", "course-dose=4"]),
        ({"regimen": "high", "dose": "2.9 g/kg/course"}, ["daily-dose=1.45", "course-dose=2.9"]),
        ({"regimen": "high", "days": "1"}, ["daily-dose=3"]),
        ({"regimen": "many", "days": "4"}, ["course-dose=3.2"]),
        ({"regimen": "many", "dose": "0.9 g/kg/day"}, ["course-dose=2.7"]),
        ({"regimen": "spread", "days": "2"}, ["daily-dose=1.25"]),
        ({"regimen": "range", "days": "1"}, ["daily-dose=2.5"]),
    ],
)
def test_what_departs_from_such_a_source_is_refused(high: Catalogue, options: Options, refused: list[str]) -> None:
    with pytest.raises(Refused) as refusal:
        ask({"weight": "70", **options}, high)
    assert re.findall(r"--accept (\S+)", str(refusal.value)) == refused


def test_choices_are_marked_with_what_the_limits_say(high: Catalogue) -> None:
    marks = {
        option.phase.days: [(finding.code, finding.level) for finding in option.findings]
        for option in ask_choices(catalogue=high, weight="70", regimen="range").options
    }
    course = ("course-dose-source", "warning")
    assert marks == {2: [("daily-dose-source", "warning"), course], 3: [course], 4: [course], 5: [course]}
    marks = {o.phase.days: [(f.code, f.level) for f in o.findings] for o in ask_choices(weight="62", dose="2.2 g/kg/course").options}
    refused = ("course-dose", "refusal")
    both = [("daily-dose", "refusal"), refused]
    assert marks == {1: both, 2: both, 3: [refused], 4: [refused], 5: [refused]}


# Acceptance


def test_the_accepted_figure_lets_the_dose_through_and_is_printed_with_its_reason() -> None:
    plan = ask_plan(TEN_PER_KG, accept=("daily-dose=2", "course-dose=10"), reason="trial protocol 7")
    assert [(finding.code, finding.level, finding.accepted) for finding in plan.findings[:2]] == [
        ("daily-dose", "refusal", True),
        ("course-dose", "refusal", True),
    ]
    assert all("Accepted: trial protocol 7" in finding.text for finding in plan.findings[:2])
    assert [finding.figure for finding in plan.findings[:2]] == ["2", "10"]
    assert not any(finding.accepted for finding in plan.findings[2:])
    assert plan.ordered_g == 700


@pytest.mark.parametrize(
    ("accepted", "still_refused"),
    [
        (("daily-dose=2",), ["course-dose=10"]),
        (("course-dose=10",), ["daily-dose=2"]),
        (("daily-dose=1.99", "course-dose=10"), ["daily-dose=2"]),
        (("daily-dose=10", "course-dose=2"), ["daily-dose=2", "course-dose=10"]),
        (("daily-dose=3",), ["daily-dose=2", "course-dose=10"]),
        (("daily-dose=2.000001", "course-dose=10.000001"), ["daily-dose=2", "course-dose=10"]),
    ],
)
def test_another_figure_does_not_help(accepted: tuple[str, ...], still_refused: list[str]) -> None:
    with pytest.raises(Refused) as refusal:
        ask(TEN_PER_KG, accept=accepted, reason="meant")
    assert re.findall(r"--accept (\S+)", str(refusal.value)) == still_refused


def test_a_figure_too_many_is_wrong_use() -> None:
    with pytest.raises(InputError, match="nothing asks for course-dose=11, daily-dose=3; leave it out"):
        ask(TEN_PER_KG, accept=("daily-dose=3", "daily-dose=2", "course-dose=11", "course-dose=10"), reason="meant")


@pytest.mark.parametrize(
    ("reason", "printed"), [("meant", "meant."), ("meant.", "meant."), ("meant!", "meant!"), ("Trial 7 (arm B)", "Trial 7 (arm B).")]
)
def test_a_reason_is_printed_as_a_sentence(reason: str, printed: str) -> None:
    plan = ask_plan(TEN_PER_KG, accept=("daily-dose=2", "course-dose=10"), reason=reason)
    assert plan.findings[0].text.endswith(f"Accepted: {printed}")


@pytest.mark.parametrize("spelt", ["daily-dose=2", " daily-dose=2 ", "daily-dose=2.0"])
def test_the_same_figure_may_be_spelt_with_zeros(spelt: str) -> None:
    assert ask_plan(TEN_PER_KG, accept=(spelt, "course-dose=10.00"), reason="meant").ordered_g == 700


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"accept": ("daily-dose=2",)}, "--accept: needs a reason"),
        ({"accept": ("daily-dose=2",), "reason": ""}, "--accept: needs a reason"),
        ({"accept": ("daily-dose=2",), "reason": " \t\x07"}, "--accept: needs a reason"),
        ({"reason": "meant"}, "--reason: nothing is accepted with it"),
        ({"reason": ""}, "--reason: nothing is accepted with it"),
        ({"accept": ("weekly-dose=2",), "reason": "meant"}, "nothing asks for weekly-dose; leave it out"),
        ({"accept": ("daily-dose=2", "no-source=2"), "reason": "meant"}, "nothing asks for no-source"),
        *[
            ({"accept": (text,), "reason": "meant"}, "cannot be read; write the code and figure that the refusal names")
            for text in ("", "daily-dose", "daily-dose=", "=2", "daily-dose=two", "daily-dose=2 g/kg", "daily-dose:2", "Daily-Dose=2",
                         "daily-dose=-2", "daily-dose=2e0", "daily-dose=2,0", "daily-dose=.5", "daily-dose=2=2", "daily-dose=\uff12", "2")
        ],
    ],
)  # fmt: skip
def test_an_acceptance_that_cannot_stand_is_wrong_use(more: Options, words: str) -> None:
    with pytest.raises(InputError) as error:
        ask({**TEN_PER_KG, **more})
    assert words in str(error.value)
    assert error.value.exit_code == 2


@pytest.mark.parametrize("code", ["daily-dose", "course-dose", "daily-dose-source", "daily-dose-rounding"])
def test_an_acceptance_that_nothing_asks_for_is_wrong_use(code: str, high: Catalogue) -> None:
    for options in ({"regimen": "kawasaki"}, {"regimen": "many", "days": "2"}, {"dose": "0.4 g/kg/day", "days": "5"}):
        with pytest.raises(InputError, match=f"nothing asks for {code}; leave it out"):
            ask({"weight": "70.006", **options}, high, accept=(f"{code}=2",), reason="meant")


@pytest.mark.parametrize(("dose", "days"), [("3.1 g/kg/course", "3"), ("7 g/kg/course", "6"), ("1.234567 g/kg/day", "31")])
@pytest.mark.parametrize("weight", WEIGHTS)
def test_the_words_of_the_refusal_typed_back_let_it_through(weight: str, dose: str, days: str) -> None:
    options: Options = {"weight": weight, "dose": dose, "days": days}
    with pytest.raises(Refused) as refusal:
        ask(options)
    plan = ask_plan(options, accept=tuple(re.findall(r"--accept (\S+)", str(refusal.value))), reason="meant")
    assert {finding.accepted for finding in plan.findings if finding.level == "refusal"} == {True}


def test_an_acceptance_touches_refusals_alone() -> None:
    refusal, warning = Finding("a", "refusal", "Too much.", None, "2"), Finding("a", "warning", "Much.", None, "2")
    accepted, untouched = accept((refusal, warning), ("a=2",), "meant")
    assert accepted.accepted
    assert accepted.text.startswith("Too much. Accepted: meant")
    assert untouched is warning
    assert accept((warning,), (), None) == (warning,)


# What else is said


def test_refusals_come_first_then_warnings_then_notes() -> None:
    plan = ask_plan(
        weight="62.006", regimen="itp", dose="1 g/kg/day", days="5", every="1 month", start="2027-01-09", infuse_on="mon-fri",
        accept=("course-dose=5",), reason="meant",
    )  # fmt: skip
    assert [finding.level for finding in plan.findings] == ["refusal", *["warning"] * 3, *["note"] * 4]
    assert set(codes(plan)) == {
        "course-dose", "override-dose-0.4-g/kg/day-to-1-g/kg/day", "override-days-3-to-5", "override-every-3-weeks-to-1-month",
        "calendar-month", "moved", "daily-dose-rounding", "haemolysis",
    }  # fmt: skip


def test_a_warning_comes_before_a_note_whatever_it_is_about() -> None:
    assert codes(ask_plan(weight="62", regimen="melanoma-q3w", days="2")) == ["external-limit", "entered-days"]


def test_a_finding_is_said_once_for_all_courses() -> None:
    plan = ask_plan(weight="62.006", dose="1 g/kg", days="1", every="3 weeks", cycles="10")
    assert codes(plan).count("daily-dose-rounding") == 1


def test_each_phase_is_judged_by_its_own_days(tmp_path: Path) -> None:
    def first_then(dose: str) -> Catalogue:
        loading = {**phase("2 g/kg", "course", "1", cycles="1"), "phase": "loading"}
        maintenance = {**phase(dose, "course", "1", every="3 weeks", begins="3 weeks"), "phase": "maintenance"}
        return catalogue_of(tmp_path, r=regimen(loading, maintenance))

    expected = ["daily-dose-source", "28-day-dose-source", "haemolysis"]
    assert codes(ask_plan(catalogue=first_then("0.4 g/kg"), weight="62", regimen="r")) == expected
    assert codes(ask_plan(catalogue=first_then("2 g/kg"), weight="62", regimen="r")) == expected  # the same words, once


def test_a_source_from_outside_the_document_is_named() -> None:
    finding = next(finding for finding in ask_plan(weight="62", regimen="takehara").findings if finding.code == "external-source")
    assert finding.level == "note"
    assert finding.source is not None
    assert "Takehara K" in finding.source
    assert "external-source" not in codes(ask_plan(weight="62", regimen="itp"))


def test_an_external_limit_is_a_warning_with_both_figures() -> None:
    def said(weight: str, days: str) -> list[str]:
        plan = ask_plan(weight=weight, regimen="melanoma-q3w", days=days)
        return [finding.text for finding in plan.findings if finding.code == "external-limit"]

    assert said("62", "2") == ["31 g a day is more than the 25 g a day of an external source."]
    assert said("62", "3") == []
    assert said("75", "3") == []  # 25 g a day exactly
    assert said("75.3", "3") == ["25.1 g a day is more than the 25 g a day of an external source."]
    assert ask_plan(weight="62", regimen="melanoma-q3w", days="2").ordered_g == 62  # and changes nothing


@pytest.mark.parametrize(
    ("start", "outside"),
    [(None, False), ("2027-01-04", False), ("2027-02-03", False), ("2027-02-04", True), ("2027-01-03", True)],
)
def test_a_start_outside_the_window_warns(start: str | None, outside: bool) -> None:
    more: dict[str, Any] = {"start": start} if start else {}
    plan = ask_plan(weight="62", regimen="teclistamab", dose="0.4 g/kg", bispecific_start="2027-01-04", **more)
    window = next(finding for finding in plan.findings if finding.code == "start-window")
    assert (window.level, window.text) == (
        "note",
        "Last day of the 30-day window after the start of the bispecific antibody: Wed 03-Feb-2027.",
    )
    assert level(plan, "outside-start-window") == ("warning" if outside else None)


def test_the_window_is_judged_by_the_day_that_the_course_really_starts() -> None:
    plan = ask_plan(
        weight="62", regimen="teclistamab", dose="0.4 g/kg", bispecific_start="2027-01-04", start="2027-02-03", infuse_on="thu"
    )  # fmt: skip
    warning = next(finding for finding in plan.findings if finding.code == "outside-start-window")
    assert warning.text == "The start on Thu 04-Feb-2027 is outside the window from Mon 04-Jan-2027 to Wed 03-Feb-2027."


def test_a_site_adds_its_findings_and_leaves_those_of_the_options() -> None:
    comparison = ask_choices(weight="62", regimen="melanoma")._replace(findings=())
    bare = comparison._replace(options=tuple(option._replace(findings=()) for option in comparison.options))
    site = SiteUse("Ward 4", "0" * 64, {"round": "5 g"}, frozenset(), frozenset())
    marked = mark(bare, Choices(), LIMITS.doses, site)
    assert [option.findings for option in marked.options] == [option.findings for option in mark(bare, Choices(), LIMITS.doses).options]
    assert any(option.findings for option in marked.options)
    assert [finding.code for finding in marked.findings] == ["site-000000000000", "site-round"]


def test_a_conflict_of_sources_names_each_with_its_words() -> None:
    plan = ask_plan(weight="62", regimen="itp")
    assert plan.regimen
    (cited,) = plan.regimen.cited
    other = cited._replace(locator="Table 9", quote="other words")
    conflict = Conflict("One says this, another that.", ("itp",), (cited, other))
    (finding,) = _standing(plan.regimen._replace(conflicts=(conflict,)))
    citation = cited.source.citation
    assert finding.source == f'{citation}, {cited.locator}: "{cited.quote}"; {citation}, Table 9: "other words"'


def test_a_plan_keeps_what_was_taken_from_a_site() -> None:
    site = SiteUse("Ward 4", "0" * 64, {"round": "5 g"}, frozenset(), frozenset())
    plan = ask_plan(weight="62", regimen="itp")
    assert check(plan, LIMITS.doses, site).site is site
    assert check(plan, LIMITS.doses).site is None


def test_an_acceptance_keeps_its_reason() -> None:
    plan = ask_plan(TEN_PER_KG, accept=("daily-dose=2", "course-dose=10"), reason="meant")
    found = [finding for finding in plan.findings if finding.accepted]
    assert {(finding.code, finding.reason) for finding in found} == {("daily-dose", "meant"), ("course-dose", "meant")}


def test_a_limit_and_a_rule_name_every_source_apart() -> None:
    limit = LIMITS.doses[0]
    (cited,) = limit.cited
    where = f"{cited.source.citation}, {cited.locator}; {cited.source.citation}, Table 9"
    two = limit._replace(cited=(cited, cited._replace(locator="Table 9")))
    plan = check(ask_plan(TEN_PER_KG, accept=("daily-dose=2", "course-dose=10"), reason="meant")._replace(findings=()), (two,))
    assert next(finding.source for finding in plan.findings if finding.code == "daily-dose") == where
    rule = LIMITS.rounding.rules["ontario"]
    (cited,) = rule.cited
    where = f"{cited.source.citation}, {cited.locator}; {cited.source.citation}, Table 9"
    (finding,) = _rounding(Rounding(rule=rule._replace(cited=(cited, cited._replace(locator="Table 9")))))
    assert finding.source == where


def test_rounding_that_runs_away_from_a_dose_at_the_limit_is_held_against_the_limit() -> None:
    # 40 g are 1 g per kg; rounded up to 60 g they are 1.5
    with pytest.raises(Refused, match=r"takes the dose to 1\.5 g per kg per day, more than a tenth above the limit of 1 g per kg per day"):
        ask({"weight": "40", "dose": "1 g/kg", "days": "1", "round": "30 g", "direction": "up", "round-limit": "100%"})
    up = {"weight": "40", "dose": "1 g/kg", "days": "1", "round": "30 g", "direction": "up", "round-limit": "100%"}
    plan = ask_plan(up, accept=("daily-dose-rounding=1.5",), reason="meant")
    (finding,) = (finding for finding in plan.findings if finding.code == "daily-dose-rounding")
    assert finding.source
    assert finding.source.startswith("Privigen US prescribing information")


def test_a_refusal_that_no_source_comes_near_ends_with_its_limit() -> None:
    with pytest.raises(Refused) as refusal:
        ask({"weight": "62", "dose": "1.5 g/kg", "days": "1"})
    assert "1.5 g per kg per day is more than the limit of 1 g per kg per day. (source: " in str(refusal.value)


def test_what_was_changed_of_one_phase_is_named_without_it() -> None:
    (finding,) = (finding for finding in ask_plan(weight="62", regimen="itp", days="4").findings if finding.code.startswith("override"))
    assert finding.text == "Changed by hand: days of the course 4; the source states 3."


@pytest.mark.parametrize(
    ("options", "code"),
    [
        # adjusted for all but pregnant women, for whom the source names actual weight
        ({"pregnant": "yes"}, None),
        ({"pregnant": "yes", "dosing-weight": "adjusted"}, "override-weight-actual-to-adjusted"),
        ({"not-pregnant": "yes"}, None),
        ({"not-pregnant": "yes", "dosing-weight": "actual"}, "override-weight-adjusted-to-actual"),
    ],
)
def test_the_weight_that_a_source_names_in_pregnancy_is_that_of_pregnant_women(options: Options, code: str | None) -> None:
    woman: Options = {"weight": "80", "height": "165", "sex": "female", "age": "30", "regimen": "measles/ontario"}
    found = [code for code in codes(ask_plan({**woman, **options})) if code.startswith("override-weight")]
    assert found == ([code] if code else [])
