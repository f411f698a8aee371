"""The guideline, label and trial regimens of the file that ships: every figure in its own quote, every plan, what speaks against one."""

import json
import re
from datetime import date
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest

from ivigcalc.catalogue import data_file, find, load_catalogue, load_limits
from ivigcalc.cli.output import FORMATS
from ivigcalc.errors import Refused
from ivigcalc.model import Comparison, Phase, Plan, Regimen, Span
from ivigcalc.numbers import exact_text
from ivigcalc.request import answer
from ivigcalc.when import Interval
from tests.conftest import RunCli
from tests.test_request import ask, ask_plan, catalogue_of, phase, regimen

CATALOGUE: Final = load_catalogue(data_file("regimens.yaml"))
LIMITS: Final = load_limits(data_file("limits.yaml"))
SINGLE: Final = [key for key, entry in CATALOGUE.regimens.items() if not entry.choose]
GUIDELINES: Final = SINGLE[8:]

# Every figure of a regimen stands in its own quotes, beside its unit.
ONE_DAY: Final = r"single|once|1 dose|1-time|initial dose"
ONE_COURSE: Final = r"single|once|1 dose|1-time|initial|induction|loading|starting"
SPELLED: Final = {"one": "1", "two": "2", "three": "3", "four": "4", "five": "5"}


def plain(quote: str) -> str:
    """A quote in small letters and digits: numbers that are spelled, dashes and trailing zeros made alike."""
    text = re.sub(r"[\u2013\u2014]", "-", quote.lower()).replace("0 .8", "0.8")  # so in the source
    text = re.sub(r"\b(?:one|two|three|four|five)\b", lambda word: SPELLED[word[0]], text)
    return re.sub(r"(\d\.\d*?)0+(?!\d)", r"\1", text).replace(". g", " g")


def patterns(entry: Phase) -> dict[str, str]:
    """The figures of a phase, each with what its quote must hold."""
    found = {}
    more = r"(?: ?(?:-|to|or|and) ?[\d.]+)?"
    for dose in entry.dose or ():
        found[f"dose {exact_text(dose)}"] = (
            rf"(?<![\d.]){exact_text(dose)}{more} ?g(?:m|rams)?\b|(?<![\d.]){exact_text(dose * 1000)}{more} ?mg\b"
        )
    for count in entry.days or ():
        kinds = r"(?:consecutive |divided |daily )?(?:days|doses|infusions on consecutive days)"
        found[f"days {count}"] = rf"\b{count}{more} {kinds}" + (f"|{ONE_DAY}" if count == 1 else "")
    for every in entry.every or ():
        once = {"week": "|weekly", "month": r"|monthly|per month|/mo(?:nth)?\b", "day": "|daily"}[every.unit] if every.number == 1 else ""
        found[f"every {every}"] = rf"every (?:\d+ ?(?:-|to) ?)?{every.number}{more} {every.unit}s?\b{once}"
    for count in entry.cycles or ():
        found[f"cycles {count}"] = rf"for (?:\d+ ?(?:-|to) ?)?{count}{more} cycles" + (f"|{ONE_COURSE}" if count == 1 else "")
    for cap in entry.caps:
        unit, most = ("g/kg", cap.g_per_kg) if cap.grams is None else ("g", cap.grams)
        found[f"cap {most}"] = rf"(?:max\S*|up to)\D*{most} ?{unit}\b"
    return found


# What is no figure of the quotes: each is a reading that the regimen says, or follows from figures that are there.
INFUSION: Final = ["days 1"]  # a dose with its interval: one infusion on one day
READ: Final = {
    "icaht": ["cycles 1"],  # a course
    "myeloma-teclistamab": INFUSION,
    "pid/ontario-adult": INFUSION,
    "pid/ontario-child": INFUSION,
    "sid/ontario": INFUSION,
    "cll": INFUSION,
    "myeloma-plateau": INFUSION,
    "hiv-child": INFUSION,
    "ms/ontario-prevention": INFUSION,
    "mis-c/nih": INFUSION,  # per dose
    "mis-c/ontario": INFUSION,  # over 12 hours
    **{f"pid/{label}": INFUSION for label in ("gamunex-c", "gammagard-us", "privigen-us", "octagam-5-us", "panzyga-us", "asceniv-us")},
    **{f"pid/{label}": INFUSION for label in ("flebogamma-10-us", "gammaplex-5-us", "gammaplex-10-us", "iqymune-start", "iqymune")},
    "sid/iqymune": INFUSION,
    "mmn/efns-1g": ["cycles 1"],  # of the loading course
    "mmn/efns-2g": ["cycles 1"],
    "abmr/ivig-alone": ["cycles 1", "cycles 4"],  # the first, and a further three
    "abmr/plasma-exchange": ["days 1", "cycles 1", "cycles 20"],  # a total of 2 g per kg in doses of 0.1 g per kg
}


def without_quote(entry: Regimen) -> list[str]:
    """The figures of a regimen that its quotes do not hold."""
    quotes = [plain(cited.quote) for cited in (*entry.cited, *(cap.cited for part in entry.phases for cap in part.caps))]
    wanted = {name: pattern for part in entry.phases for name, pattern in patterns(part).items()}
    return [name for name, pattern in wanted.items() if not any(re.search(pattern, quote) for quote in quotes)]


@pytest.mark.parametrize("key", SINGLE)
def test_every_figure_stands_in_a_quote_of_its_own(key: str) -> None:
    assert without_quote(CATALOGUE.regimens[key]) == READ.get(key, [])


@pytest.mark.parametrize("key", READ)
def test_a_figure_that_is_read_into_a_quote_is_said_with_every_plan_or_in_a_note(key: str) -> None:
    entry = CATALOGUE.regimens[key]
    assert entry.readings or entry.notes


@pytest.mark.parametrize(
    ("key", "change", "name"),
    [
        ("itp", {"dose": Span(Fraction("0.5"), Fraction("0.5"))}, "dose 0.5"),
        ("itp", {"days": Span(4, 4)}, "days 4"),
        ("itp", {"every": Span(Interval(4, "week"), Interval(4, "week"))}, "every 4 weeks"),
        ("itp", {"every": Span(Interval(3, "day"), Interval(3, "day"))}, "every 3 days"),
        ("pyoderma/maintenance", {"cycles": Span(4, 5)}, "cycles 5"),
        ("pyoderma/maintenance", {"dose": Span(Fraction(1), Fraction("2.5"))}, "dose 2.5"),
        ("cll", {"dose": Span(Fraction(4), Fraction(4))}, "dose 4"),
    ],
)
def test_another_figure_is_noticed(key: str, change: dict[str, Any], name: str) -> None:
    entry = CATALOGUE.regimens[key]
    changed = entry._replace(phases=(entry.phases[0]._replace(**change),))
    assert [*READ.get(key, []), name] == without_quote(changed) or [name, *READ.get(key, [])] == without_quote(changed)


def test_another_cap_is_noticed() -> None:
    entry = CATALOGUE.regimens["mis-c/nih"]
    (cap,) = entry.phases[0].caps
    for changed in (cap._replace(grams=Fraction(50)), cap._replace(grams=None, g_per_kg=Fraction(100))):
        assert any(name.startswith("cap") for name in without_quote(entry._replace(phases=(entry.phases[0]._replace(caps=(changed,)),))))


# Evidence

SECOND_HAND: Final = (
    *("igcalculator", "mims.com", "healio", "etg-complete", "www.octagam.com", "medscape", "skyscape"),
    *("drugs.com/dosage/immune-globulin", "drugs.com/ppa"),  # lists of all brands; other pages there are copies of one label
    "rxreasoner.com/indications",  # names no brand
)


def test_no_source_is_one_that_was_read_second_hand_only() -> None:
    cited = [place for entry in CATALOGUE.regimens.values() for place in entry.cited]
    cited += [cap.cited for entry in CATALOGUE.regimens.values() for part in entry.phases for cap in part.caps]
    cited += [place for entry in CATALOGUE.regimens.values() for conflict in entry.conflicts for place in conflict.cited]
    cited += [place for other in CATALOGUE.not_recommended.values() for place in other.cited]
    addresses = {(place.source.url or "").lower() for place in cited}
    assert [(url, host) for url in addresses for host in SECOND_HAND if host in url] == []


@pytest.mark.parametrize("key", GUIDELINES)
def test_a_guideline_regimen_says_its_specialty_standing_and_evidence(run_cli: RunCli, key: str) -> None:
    entry = CATALOGUE.regimens[key]
    assert entry.specialty
    assert entry.standing
    assert entry.evidence
    text = " ".join(run_cli("regimens", "show", key).text.split())
    for words in (
        f"Specialty {entry.specialty}",
        f"Standing {entry.standing}",
        f"Evidence {', '.join(entry.evidence)}",
        f"Population {entry.population or 'not stated'}",
    ):
        assert words in text
    assert f"Weight used {entry.weight_basis or 'not stated'}" in text
    for conflict in entry.conflicts:
        assert f"Conflict {conflict.text}" in text
    for cited in (cited for conflict in entry.conflicts for cited in conflict.cited):
        assert f'"{cited.quote}"' in text


def test_the_regimens_of_the_documents_are_shown_as_before(run_cli: RunCli) -> None:
    for key in [*CATALOGUE.regimens][:9]:
        entry = CATALOGUE.regimens[key]
        assert (entry.specialty, entry.standing, entry.evidence, entry.conflicts, entry.weight_basis_in_pregnancy) == (
            None,
            None,
            (),
            (),
            None,
        )
        assert not re.search(r"(?m)^(?:Specialty|Standing|Evidence|Conflict)", run_cli("regimens", "show", key).text)


# Every regimen is planned, or refused with its reason

AGE: Final = {"kawasaki-disease": "5", "mis-c/nih": "5", "ten": "40"}
"""Of patients of sources whose dose is above a limit: the source excuses it for patients of its own ages alone."""
FIRST: Final = {"dose": lambda part: f"{exact_text(part.dose.low)} g/kg/{part.per}" if part.dose else "1 g/kg/course"}


@cache
def result_of(key: str, weight: str) -> Plan | Comparison | str:
    """The answer to nothing but a weight and a regimen, or why there is none."""
    try:
        return answer({"weight": weight, "regimen": key}, CATALOGUE, LIMITS, date(2027, 1, 1))
    except Refused as error:
        return str(error)


def first_choices(entry: Regimen) -> list[str]:
    """Options that settle a regimen: the lowest figure of each range, the middle weight, what the patient is."""
    options = ["--dosing-weight", "actual"] if entry.weight_basis else []
    if entry.id in AGE:
        options += ["--age", AGE[entry.id]]
    if len(entry.phases) > 1:
        return [*options, *choices_by_name(entry)]
    (part,) = entry.phases
    if part.dose is None or part.dose.fixed is None:
        options += ["--dose", FIRST["dose"](part)]
    if part.days is None or part.days.fixed is None:
        options += ["--days", str(part.days.high if part.days else 2)]
    if part.every and part.every.fixed is None:
        options += ["--every", str(part.every.low)]
    return options


def choices_by_name(entry: Regimen) -> list[str]:
    """The same for each phase by its name; each begins so late that no two courses are within 28 dates."""
    figures: dict[str, list[str]] = {"dose": [], "days": [], "every": [], "begins": []}
    for part in entry.phases:
        if part.dose is None or part.dose.fixed is None:
            figures["dose"].append(f"{part.name} {FIRST['dose'](part)}")
        if part.days is None or part.days.fixed is None:
            figures["days"].append(f"{part.name} {part.days.high if part.days else 2}")
        if part.every and part.every.fixed is None:
            figures["every"].append(f"{part.name} {part.every.low}")
        if part.follows:
            figures["begins"].append(f"{part.name} 6 weeks")
    return [word for option, parts in figures.items() if parts for word in (f"--{option}", ", ".join(parts))]


@pytest.mark.parametrize("weight", ["3", "20", "62", "110"])
@pytest.mark.parametrize("key", SINGLE)
def test_a_regimen_is_planned_at_every_weight_or_says_what_is_missing(key: str, weight: str) -> None:
    entry = CATALOGUE.regimens[key]
    result = result_of(key, weight)
    if len(entry.phases) > 1:
        assert isinstance(result, Comparison)
        assert "--begins INTERVAL" in result.missing
        stated = {(part.name, dose) for part in entry.phases for dose in part.dose or ()}
        assert {(option.phase.name, option.phase.dose_g_per_kg) for option in result.options} == stated
        return
    (part,) = entry.phases
    if entry.weight_basis_in_pregnancy:
        assert "add --pregnant or --not-pregnant" in str(result)
    elif entry.weight_basis:
        assert f"--dosing-weight {entry.weight_basis.split()[0]} cannot be worked out" in str(result)
        assert "add --height, --sex" in str(result)
    elif part.dose is None:
        assert "the source states no dose" in str(result)
    elif part.dose.fixed is None or part.days is None or part.days.fixed is None or (part.every and part.every.fixed is None):
        assert isinstance(result, Comparison)
        assert {option.phase.dose_g_per_kg for option in result.options} == {part.dose.low, part.dose.high}
    elif key in AGE:
        assert "age not recorded, add --age" in str(result)
    else:
        assert isinstance(result, Plan)
        days = part.days.low if part.per == "day" else 1
        assert result.courses[0].calculated_g == part.dose.low * days * Fraction(weight)


@pytest.mark.parametrize("weight", ["3", "20", "62", "110"])
@pytest.mark.parametrize("key", SINGLE)
def test_a_settled_regimen_is_written_in_every_format(run_cli: RunCli, key: str, weight: str) -> None:
    entry = CATALOGUE.regimens[key]
    given = ("plan", "--weight", weight, "--regimen", key, *first_choices(entry), "--start", "2027-01-04")
    for name in FORMATS:
        done = run_cli(*given, "--format", name)
        assert (done.code, name) == (0, name), done.err
        assert key.encode() in done.out
    plan = answer(dict(zip([word[2:] for word in given[1::2]], given[2::2], strict=True)), CATALOGUE, LIMITS, date(2027, 1, 1))
    assert isinstance(plan, Plan)
    assert sum(infusion.ordered_g for infusion in plan.infusions) == plan.ordered_g
    assert not [finding for finding in plan.findings if finding.level == "refusal"]


@pytest.mark.parametrize(
    ("key", "code", "figure", "of_it", "not_of_it"),
    [
        # from the words adults and children, read as from and below 18 years
        ("kawasaki-disease", "daily-dose", "2", "17.99", "18"),  # 2 g per kg on one day
        ("mis-c/nih", "daily-dose", "1.612903", "17.99", "18"),  # at most 100 g: 100 / 62
        ("ten", "course-dose", "3", "18", "17.99"),  # 1 g per kg on 3 days
    ],
)
def test_a_source_excuses_a_dose_above_a_limit_for_patients_of_its_ages_alone(
    key: str, code: str, figure: str, of_it: str, not_of_it: str
) -> None:
    given = {"weight": "62", "regimen": key, "dosing-weight": "actual"}
    plan = ask_plan({**given, "age": of_it}, CATALOGUE)
    assert [finding.level for finding in plan.findings if finding.code == f"{code}-source"] == ["warning"]
    for age, why in (({}, "age not recorded, add --age"), ({"age": not_of_it}, f"not at {not_of_it} years")):
        with pytest.raises(Refused, match=why) as refusal:
            ask({**given, **age}, CATALOGUE)
        assert f"add: --accept {code}={figure} " in str(refusal.value)


def test_no_other_regimen_needs_an_age() -> None:
    asks = {key for key in SINGLE if "age not recorded, add --age" in str(result_of(key, "62"))}
    # the third one is asked for its weight first; the highest dose that the label of Gammagard Liquid states for MMN is 2.4 g per kg
    assert asks == {"kawasaki-disease", "ten", "mmn/gammagard-us"}


# What speaks against a regimen


@pytest.mark.parametrize(
    ("key", "said", "quote"),
    [
        ("hdn/low-dose", "an international guideline is against its routine use", "IVIG should not be routinely used"),
        ("itp/us-label", "1 g per kg once", None),
        ("ten", "exceeds the usual 2 g per kg", None),
        ("kawasaki-disease", None, None),
        ("itp", None, None),
    ],
)
def test_where_sources_differ_the_plan_says_so_in_every_format(run_cli: RunCli, key: str, said: str | None, quote: str | None) -> None:
    words = ("plan", "--weight", "62", "--regimen", key, *(("--age", AGE[key]) if key in AGE else ()))
    table = " ".join(run_cli(*words).text.split())
    document = json.loads(run_cli(*words, "--format", "json").out)
    texts = [(finding["text"], finding["source"]) for finding in document["findings"] if finding["code"] == "sources-differ"]
    csv = run_cli(*words, "--format", "csv").text
    assert ("sources-differ" in csv) == (said is not None) == ("Sources differ." in table)
    assert [said in text for text, _ in texts] == ([True] if said else [])
    if quote:
        assert f'"{quote}"' in table
        assert f'"{quote}"' in texts[0][1]


@pytest.mark.parametrize(
    ("key", "code"),
    [("pandas", "standing-not-routine"), ("hdn/high-dose", "standing-contested"), ("hiv-child", "standing-historical"), ("cll", None)],
)
def test_a_regimen_that_is_not_standard_says_so(key: str, code: str | None) -> None:
    plan = ask_plan(weight="20", regimen=key)
    found = [finding for finding in plan.findings if finding.code.startswith("standing")]
    assert [finding.code for finding in found] == ([code] if code else [])
    assert all(finding.level == "warning" and "not standard treatment" in finding.text for finding in found)


def test_the_standing_and_the_conflicts_are_shown_while_a_choice_is_open(run_cli: RunCli) -> None:
    text = run_cli("plan", "--weight", "62", "--regimen", "systemic-sclerosis/monthly").text
    assert "not routine: it is not standard treatment" in text
    text = run_cli("plan", "--weight", "62", "--regimen", "ms/ontario-relapse", "--dosing-weight", "actual").text
    assert "Conflict    Ontario allows short-term use" in text
    text = " ".join(run_cli("plan", "--weight", "3", "--regimen", "hdn").text.split())
    assert "the lower dose of a trial; contested 0.5 g per kg per course" in text
    assert text.count("The trial gave immunoglobulin") == 1


@pytest.mark.parametrize("key", CATALOGUE.not_recommended)
def test_what_is_not_recommended_is_refused_with_the_words_of_its_source(run_cli: RunCli, key: str) -> None:
    other = CATALOGUE.not_recommended[key]
    for name in (key, *other.aliases, key.replace("-", " ").upper()):
        for words in (("plan", "--weight", "62", "--regimen", name), ("regimens", "show", name)):
            done = run_cli(*words)
            assert (done.code, done.out) == (1, b"")
            assert f"IVIG is not recommended for {other.name}." in done.err
            assert f'"{other.cited[0].quote}"' in done.err


def test_a_search_for_what_is_not_recommended_says_so(run_cli: RunCli) -> None:
    done = run_cli("regimens", "narcolepsy")
    assert (done.code, done.out) == (1, b"")
    assert "IVIG is not recommended for narcolepsy." in done.err
    assert "did you mean narcolepsy (not recommended)?" in run_cli("plan", "--weight", "62", "--regimen", "narcolepsia").err


# An indication with several regimens


def test_regimens_of_an_indication_stand_side_by_side_each_on_its_own_weight(run_cli: RunCli) -> None:
    # male, 170 cm = 66.929 in: 50 + 2.3 x 6.929 = 65.937 kg ideal; 65.937 + 0.4 x (80 - 65.937) = 71.562 kg adjusted
    comparison = ask({"weight": "80", "height": "170", "sex": "male", "age": "17", "regimen": "mis-c"}, CATALOGUE)
    assert isinstance(comparison, Comparison)
    courses = {option.regimen.id: option.course_g for option in comparison.options if option.regimen}
    ideal = 50 + Fraction("2.3") * (Fraction(170) / Fraction("2.54") - 60)
    adjusted = ideal + Fraction("0.4") * (80 - ideal)
    assert courses == {"mis-c/acr": 2 * ideal, "mis-c/nih": 100, "mis-c/ontario": 2 * adjusted}
    (once,) = (
        option for option in comparison.options if option.regimen and option.regimen.id == "mis-c/ontario" and option.phase.days == 1
    )
    (finding,) = once.findings
    both = "that is on the dosing weight, and 1.789055 g per kg on the actual weight"  # 143.124409 / 80
    assert finding.text == f"2 g per kg per day is more than the limit of 1 g per kg per day; {both}; the regimen's own source states it."
    assert (finding.code, finding.level) == ("daily-dose-source", "warning")
    text = " ".join(run_cli("plan", "--weight", "80", "--height", "170", "--sex", "male", "--regimen", "mis-c").text.split())
    assert "on 65.937008 kg, 145.37 lb, ideal body weight" in text
    assert "on 71.562205 kg, 157.77 lb, adjusted body weight" in text
    assert "over 2 days 71.56 g a day, 143.12 g per course" in text
    assert "Warning: The source caps the dose at 100 g a course" in text


def test_a_regimen_without_grams_is_named_with_its_reason(run_cli: RunCli) -> None:
    text = " ".join(run_cli("plan", "--weight", "62", "--regimen", "dermatomyositis").text.split())
    assert "write --regimen dermatomyositis/us-label or --regimen dermatomyositis/ontario" in text
    assert "over 5 days 24.8 g a day, 124 g per course" in text
    assert "No grams: the source states no dose" in text
    text = " ".join(run_cli("plan", "--weight", "62", "--regimen", "pemphigus").text.split())
    assert "No grams: --dosing-weight adjusted cannot be worked out: ideal body weight rests on height and sex; add --height, --sex" in text


@pytest.mark.parametrize("width", ["40", "80", "200"])
@pytest.mark.parametrize("name", ["cidp", "immune-thrombocytopenia", "rrms", "hdn", "pemphigus"])
def test_side_by_side_no_member_is_dropped_at_any_width(run_cli: RunCli, monkeypatch: pytest.MonkeyPatch, name: str, width: str) -> None:
    monkeypatch.setenv("COLUMNS", width)
    text = run_cli("plan", "--weight", "62", "--regimen", name).text
    assert all(len(line) <= int(width) for line in text.splitlines())
    for entry in find(CATALOGUE, name):
        assert re.search(rf"(?m)^{re.escape(entry.id)}$", text)


def test_an_indication_cannot_be_written_to_a_file(run_cli: RunCli, tmp_path: Path) -> None:
    done = run_cli("plan", "--weight", "62", "--regimen", "cidp", "-o", str(tmp_path / "cidp.csv"))
    assert (done.code, [*tmp_path.iterdir()]) == (2, [])
    assert "write --regimen ID, one of cidp/induction, cidp/maintenance, cidp/ontario-induction" in done.err


def test_where_no_weight_can_be_worked_out_the_indication_is_refused() -> None:
    with pytest.raises(Refused, match="ideal body weight rests on height and sex; add --height, --sex"):
        ask({"weight": "62", "regimen": "mis-c"}, CATALOGUE)


# Caps in g per kg


def test_a_cap_in_g_per_kg_follows_the_weight() -> None:
    # at most 1 g per kg a day: 2 g per kg needs 2 days, at any weight
    for weight in ("20", "110"):
        options = {"weight": weight, "regimen": "ms/ontario-relapse", "dosing-weight": "actual", "dose": "2 g/kg/course"}
        with pytest.raises(Refused, match=rf"more than the {weight} g a day of the source; write --days 2 or more"):
            ask({**options, "days": "1"}, CATALOGUE)
        assert ask_plan({**options, "days": "2"}, CATALOGUE).infusions[0].ordered_g == Fraction(weight)


def test_a_dose_above_the_most_of_its_source_is_capped_and_said_with_both_figures() -> None:
    # up to 1 g per kg weekly; 1.5 x 70 = 105 g becomes 70 g
    plan = ask_plan({"weight": "70", "regimen": "fnait/maternal", "dose": "1.5 g/kg/course", "days": "2"}, CATALOGUE)
    assert plan.ordered_g == 70
    (capped,) = (finding for finding in plan.findings if finding.code == "capped")
    assert capped.text == "The source caps the dose at 70 g a course, 1 g per kg: 70 g instead of 105 g per course."


def test_a_cap_in_g_per_kg_is_shown_with_its_quote(run_cli: RunCli) -> None:
    text = " ".join(run_cli("regimens", "show", "ms/ontario-relapse").text.split())
    assert "At most 1 g per kg per day Ontario Immune Globulin Utilization Management guidelines" in text


# The weight that a source names


@pytest.mark.parametrize(
    ("said", "kg"),
    [
        # female, 165 cm = 64.961 in: 45.5 + 2.3 x 4.961 = 56.909 kg ideal; + 0.4 x (90 - 56.909) = 70.146 kg adjusted
        ({"not-pregnant": "yes"}, Fraction("45.5") + Fraction("2.3") * (Fraction(165) / Fraction("2.54") - 60)),
        ({"pregnant": "yes"}, None),
    ],
)
def test_a_source_may_name_another_weight_in_pregnancy(said: dict[str, str], kg: Fraction | None) -> None:
    plan = ask_plan({"weight": "90", "height": "165", "sex": "female", "regimen": "measles", **said}, CATALOGUE)
    assert plan.weight.kg == (90 if kg is None else kg + Fraction("0.4") * (90 - kg))
    assert ("the source names actual body weight" in plan.weight.reason) == (kg is None)


def test_whether_a_woman_is_pregnant_is_asked_and_a_man_is_not() -> None:
    for sex in ({}, {"sex": "female"}):
        with pytest.raises(
            Refused, match="names adjusted body weight, and in pregnancy actual body weight; add --pregnant or --not-pregnant"
        ):
            ask({"weight": "90", "height": "165", "regimen": "measles", **sex}, CATALOGUE)
    assert ask_plan({"weight": "90", "height": "165", "sex": "male", "regimen": "measles"}, CATALOGUE).weight.basis == "adjusted"
    asked = {"weight": "90", "regimen": "measles", "dosing-weight": "actual"}
    assert ask_plan(asked, CATALOGUE).weight.reason == "asked for; the weight as given"


def test_the_weight_before_pregnancy_is_asked_for(tmp_path: Path) -> None:
    catalogue = catalogue_of(tmp_path, one=regimen(phase("1 g/kg", "day", "1"), weight_basis="pre-pregnancy body weight"))
    with pytest.raises(Refused, match="the weight before pregnancy is not known; add --pregnant with --pre-pregnancy-weight"):
        ask({"weight": "70", "regimen": "one"}, catalogue)
    plan = ask_plan({"weight": "70", "pregnant": "yes", "pre-pregnancy-weight": "62", "regimen": "one"}, catalogue)
    assert plan.weight.basis == "pre-pregnancy"
    assert plan.weight.kg == plan.ordered_g == 62
    assert ask_plan({"weight": "62", "regimen": "one", "dosing-weight": "actual"}, catalogue).ordered_g == 62


@pytest.mark.parametrize("words", [{}, {"days": "5"}])
def test_a_dosing_weight_other_than_the_one_that_a_source_names_is_flagged(words: dict[str, str]) -> None:
    asked = {"weight": "95", "height": "165", "sex": "female", "regimen": "catastrophic-aps/ontario", **words}

    def marks(options: dict[str, str]) -> set[str]:
        result = ask(options, CATALOGUE)
        found = result.findings if isinstance(result, Plan) else [f for option in result.options for f in option.findings]
        return {finding.code for finding in found if finding.code.startswith("override-weight")}

    assert marks(asked) == marks({**asked, "dosing-weight": "adjusted"}) == set()
    assert marks({**asked, "dosing-weight": "actual"}) == {"override-weight-adjusted-to-actual"}
    assert marks({**asked, "dosing-weight": "us-120"}) == set()  # which is the adjusted weight here
