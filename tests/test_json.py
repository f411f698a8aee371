"""The plan as JSON, schema ivigcalc.plan/1 of docs/design.md: its keys, its exact numbers, and that it recomputes to itself."""

import hashlib
import json
import re
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from ivigcalc import __version__
from ivigcalc.catalogue import data_file, load_catalogue, load_limits
from ivigcalc.export import MACHINE_FORMATS
from ivigcalc.model import Origin, Plan
from ivigcalc.request import answer
from tests.conftest import RunCli

# docs/design.md, "Machine formats": the keys of each object; then those that were added.
GIVEN = "volume_ml vials wasted_g wasted_percent minutes shortest_minutes"
KEYS = {
    "": (
        "schema generator inputs dosing_weight regimen product rounding cycles infusions totals next_cycle_start order_text findings",
        "start_window rates site",
    ),
    "generator": ("name version catalogue_sha256", ""),
    "inputs": ("label weight_kg height_cm sex age_years options", "not_recorded"),
    "dosing_weight": ("kg basis policy reason source", ""),
    "regimen": ("id name overrides sources phases", "readings not_stated other_regimens"),
    "regimen.overrides": ("what source used", "phase"),
    "regimen.sources": ("key citation quote", "locator url external"),
    "regimen.phases": ("phase dose_g_per_kg per days every cycles", "begins"),
    "rounding": ("to direction applies_to", "limit_percent rule"),
    "cycles": ("phase cycle start calculated_g ordered_g g_per_kg", f"change_percent {GIVEN}"),
    "infusions": (
        "phase cycle day date calculated_g ordered_g g_per_kg volume_ml vials wasted_g minutes steps cumulative_g",
        "change_percent shortest_minutes wasted_percent",
    ),
    "totals": ("calculated_g ordered_g volume_ml vials wasted_g", "minutes shortest_minutes wasted_percent"),
    "findings": ("code level text source accepted", ""),
    "start_window": ("after days from last_day", ""),
}  # fmt: skip
MYELOMA = ("--regimen", "myeloma-teclistamab", "--dose", "0.4 g/kg", "--bispecific-start", "2027-01-01", "--start", "2027-02-05")
WARD = ("--regimen", "itp", "--infuse-on", "mon-fri", "--closed", "2027-01-11", "--closed", "2027-02-01")
PLANS: list[tuple[str, ...]] = [
    ("--weight", "62", "--regimen", "itp"),
    ("--weight", "62", "--regimen", "itp", "--start", "2027-01-04", "--cycles", "4", "--label", 'bed 4, "x"'),
    ("--weight", "137 lb", "--regimen", "itp", "--days", "5", "--every", "1 month", "--start", "2027-01-31", "--until", "2027-06-30"),
    ("--weight", "62", *WARD, "--start", "2027-01-08", "--cycles", "2"),
    ("--weight", "70", "--dose", "2 g/kg/course", "--days", "3"),
    ("--weight", "9 st 11 lb", "--regimen", "melanoma-q3w", "--days", "2"),
    ("--weight", "70", "--dose", "1.5 g/kg/day", "--days", "1", "--accept", "daily-dose=1.5", "--reason", "planned by haematology"),
    ("--weight", "70.3", "--regimen", "icaht"),
    ("--weight", "62", "--regimen", "systemic-sclerosis", "--dose", "2 g/kg/course", "--days", "5"),
    ("--weight", "62", *MYELOMA),
]  # fmt: skip


def document(run_cli: RunCli, *words: str) -> Any:
    """What a reader with decimal numbers finds."""
    result = run_cli("plan", *words, "--format", "json")
    assert result.code == 0, result.err
    return json.loads(result.out.decode("utf-8"), parse_float=Decimal, parse_int=Decimal)


@pytest.mark.parametrize("words", PLANS, ids=" ".join)
def test_the_keys_are_those_of_the_design(run_cli: RunCli, words: tuple[str, ...]) -> None:
    found = document(run_cli, *words)
    for path, (designed, added) in KEYS.items():
        value = found
        for key in filter(None, path.split(".")):
            value = value[key]
        for item in value if isinstance(value, list) else [value]:
            if path == "start_window" and "--bispecific-start" not in words:
                assert item is None
            else:
                assert set(item) == set(f"{designed} {added}".split()), path


def test_a_plan_without_dates(run_cli: RunCli) -> None:
    found = document(run_cli, "--weight", "62", "--regimen", "itp")
    digest = hashlib.sha256(data_file("regimens.yaml").read_bytes()).hexdigest()
    assert found["schema"] == "ivigcalc.plan/1"
    assert found["generator"] == {"name": "ivigcalc", "version": __version__, "catalogue_sha256": digest}
    assert found["inputs"] == {
        "label": None, "weight_kg": 62, "height_cm": None, "sex": None, "age_years": None,
        "not_recorded": ["blood group", "history", "last course", "age", "risk factors"],
        "options": {"weight": "62", "regimen": "itp", "format": "json"},
    }  # fmt: skip
    assert (found["dosing_weight"]["kg"], found["dosing_weight"]["basis"], found["dosing_weight"]["source"]) == (62, "actual", None)
    assert found["regimen"]["phases"] == [
        {"phase": "course", "dose_g_per_kg": Decimal("0.4"), "per": "day", "days": 3, "every": "3 weeks", "begins": None, "cycles": None}
    ]
    assert found["rounding"] == {"to": "0.01 g", "direction": "nearest", "applies_to": "day", "limit_percent": 10, "rule": None}
    # 0.4 g per kg x 62 kg = 24.8 g a day, x 3 = 74.4 g, 1.2 g per kg
    course = {"phase": "course", "cycle": 1, "start": None, "calculated_g": Decimal("74.4"), "ordered_g": Decimal("74.4")}
    given = dict.fromkeys(GIVEN.split())
    assert found["cycles"] == [course | {"g_per_kg": Decimal("1.2"), "change_percent": 0} | given]
    nulls = given | {"date": None, "steps": None, "change_percent": 0}
    assert found["infusions"] == [
        {"phase": "course", "cycle": 1, "day": day, "calculated_g": Decimal("24.8"), "ordered_g": Decimal("24.8"),
         "g_per_kg": Decimal("0.4"), "cumulative_g": Decimal(so_far), **nulls}
        for day, so_far in ((1, "24.8"), (2, "49.6"), (3, "74.4"))
    ]  # fmt: skip
    assert found["totals"] == {
        "calculated_g": Decimal("74.4"),
        "ordered_g": Decimal("74.4"),
        **given,
    }
    for key in ("product", "rates", "site", "next_cycle_start", "start_window"):
        assert found[key] is None
    assert found["findings"] == []


def test_every_regimen_cites_its_source_with_its_words(run_cli: RunCli) -> None:
    source = document(run_cli, "--weight", "62", "--regimen", "itp")["regimen"]["sources"][0]
    assert source["citation"].startswith("Lin KL, Chao TC, Chen MH.")
    assert "0.4 g/kg/day for 3 consecutive days every 3 weeks" in source["quote"]


def test_dates_are_iso_and_the_next_course_is_named(run_cli: RunCli) -> None:
    found = document(run_cli, "--weight", "62", "--regimen", "itp", "--start", "2027-01-04", "--cycles", "4")
    assert [cycle["start"] for cycle in found["cycles"]] == ["2027-01-04", "2027-01-25", "2027-02-15", "2027-03-08"]
    assert found["infusions"][-1]["date"] == "2027-03-10"
    assert found["next_cycle_start"] == "2027-03-29"
    assert found["totals"]["ordered_g"] == Decimal("297.6")  # 4 x 74.4
    assert found["infusions"][-1]["cumulative_g"] == Decimal("297.6")


def test_numbers_are_exact_and_end_in_no_zero(run_cli: RunCli) -> None:
    # 137 lb x 0.45359237 = 62.14215469 kg; x 0.4 = 24.856861876 g a day; x 3 = 74.570585628 g a course
    found = document(run_cli, "--weight", "137 lb", "--regimen", "itp")
    assert found["inputs"]["weight_kg"] == found["dosing_weight"]["kg"] == Decimal("62.14215469")
    assert found["infusions"][0]["calculated_g"] == Decimal("24.856861876")
    assert found["totals"]["calculated_g"] == Decimal("74.570585628")
    assert found["totals"]["ordered_g"] == Decimal("74.58")
    assert Fraction(found["cycles"][0]["g_per_kg"]) == round(Fraction("74.58") / Fraction("62.14215469"), 6)


@pytest.mark.parametrize("words", [*PLANS, ("--weight", "0.2", "--dose", "0.1 g/kg/day", "--days", "1")], ids=" ".join)
def test_no_number_is_written_with_an_exponent_or_a_trailing_zero(run_cli: RunCli, words: tuple[str, ...]) -> None:
    text = run_cli("plan", *words, "--format", "json").text
    numbers = re.findall(r'(?m)^ *(?:"\w+": )?(-?[0-9][^,\n]*),?$', text)
    assert numbers
    for number in numbers:
        assert re.fullmatch(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]*[1-9])?", number), number


def test_overrides_hold_both_figures(run_cli: RunCli) -> None:
    words = ("--days", "5", "--dose", "0.3 g/kg/day", "--every", "4 weeks")
    found = document(run_cli, "--weight", "62", "--regimen", "itp", *words)
    assert {"what": "days", "source": 3, "used": 5, "phase": None} in found["regimen"]["overrides"]
    assert {override["what"] for override in found["regimen"]["overrides"]} == {"dose", "days", "every"}
    assert found["regimen"]["phases"][0]["dose_g_per_kg"] == Decimal("0.3")
    assert found["regimen"]["phases"][0]["days"] == 5
    assert document(run_cli, "--weight", "62", "--regimen", "itp", "--days", "3")["regimen"]["overrides"] == []


def test_options_are_as_typed_without_output_and_force(run_cli: RunCli, tmp_path: Any) -> None:
    target = tmp_path / "itp.json"
    words = ("--weight", "9 st 11 lb", "--regimen", "ITP", "--start", "2027-01-04", "--closed", "2027-01-05", "--label", " a\tb ")
    assert run_cli("plan", *words, "-o", str(target), "--force").code == 0
    found = json.loads(target.read_bytes())
    expected = {"weight": "9 st 11 lb", "regimen": "ITP", "start": "2027-01-04", "closed": ["2027-01-05"], "label": " a\tb "}
    assert found["inputs"]["options"] == expected
    assert found["inputs"]["label"] == "a b"


def test_a_dose_entered_by_hand_has_no_regimen(run_cli: RunCli) -> None:
    regimen = document(run_cli, "--weight", "70", "--dose", "2 g/kg/course", "--days", "4", "--every", "1 month")["regimen"]
    assert (regimen["id"], regimen["sources"], regimen["overrides"]) == (None, [], [])
    assert regimen["phases"] == [
        {"phase": "course", "dose_g_per_kg": 2, "per": "course", "days": 4, "every": "1 month", "begins": None, "cycles": None}
    ]


def test_a_course_of_one_day_is_per_day(run_cli: RunCli) -> None:
    assert document(run_cli, "--weight", "62", "--regimen", "melanoma-q3w", "--days", "1")["regimen"]["phases"][0]["per"] == "day"


def test_the_number_of_courses_is_that_of_the_source(run_cli: RunCli) -> None:
    assert document(run_cli, "--weight", "62", "--regimen", "icaht")["regimen"]["phases"][0]["cycles"] == 1
    assert document(run_cli, "--weight", "62", "--regimen", "itp", "--cycles", "4")["regimen"]["phases"][0]["cycles"] is None


def test_the_window_of_a_start(run_cli: RunCli) -> None:
    # 1 January 2027 + 30 days = 31 January 2027
    found = document(run_cli, "--weight", "62", *MYELOMA)
    assert {key: found["start_window"][key] for key in ("days", "from", "last_day")} == {
        "days": 30,
        "from": "2027-01-01",
        "last_day": "2027-01-31",
    }
    assert (found["findings"][0]["code"], found["findings"][0]["level"]) == ("entered-dose", "warning")
    assert {"start-window", "outside-start-window"} <= {finding["code"] for finding in found["findings"]}


def test_findings_have_their_level_source_and_acceptance(run_cli: RunCli) -> None:
    words = ("--dose", "1.5 g/kg/day", "--days", "1", "--accept", "daily-dose=1.5", "--reason", "planned by haematology")
    refusal, warning = document(run_cli, "--weight", "70", *words)["findings"]
    assert (refusal["code"], refusal["level"], refusal["accepted"]) == ("daily-dose", "refusal", True)
    assert "planned by haematology" in refusal["text"]
    assert "Privigen US prescribing information" in refusal["source"]
    assert (warning["code"], warning["level"], warning["accepted"], warning["source"]) == ("no-source", "warning", False, None)


@pytest.mark.parametrize("words", PLANS, ids=" ".join)
def test_the_same_findings_are_in_every_format(run_cli: RunCli, words: tuple[str, ...]) -> None:
    found = document(run_cli, *words)["findings"]
    table = " ".join(run_cli("plan", *words).text.split())
    row = run_cli("plan", *words, "--format", "csv")
    codes = row.text.split("\r\n")[1].split(",")[-2]
    accepted = {"daily-dose": "daily-dose-1.5-accepted"}  # 1.5 g per kg on one day
    named = [accepted[finding["code"]] if finding["accepted"] else finding["code"] for finding in found]
    assert codes == ";".join(dict.fromkeys(named))
    for finding in found:
        assert " ".join(finding["text"].split()) in table
        assert finding["text"] in row.err


@pytest.mark.parametrize("words", PLANS, ids=" ".join)
def test_a_plan_read_back_recomputes_to_itself(run_cli: RunCli, words: tuple[str, ...]) -> None:
    out = run_cli("plan", *words, "--format", "json").out
    written = json.loads(out)
    options = {name: tuple(value) if isinstance(value, list) else value for name, value in written["inputs"]["options"].items()}
    catalogue = load_catalogue(data_file("regimens.yaml"))
    plan = answer(options, catalogue, load_limits(data_file("limits.yaml")), date(2027, 1, 1))
    assert isinstance(plan, Plan)
    origin = Origin(options, written["generator"]["version"], written["generator"]["catalogue_sha256"])
    assert MACHINE_FORMATS["json"](plan, origin) == out


@pytest.mark.parametrize("label", ["José \U0001f642 漢", 'say "go"', "back\\slash", "</script>"])
def test_a_label_is_text(run_cli: RunCli, label: str) -> None:
    result = run_cli("plan", "--weight", "62", "--regimen", "itp", "--label", label, "--format", "json")
    assert json.loads(result.out.decode("utf-8"))["inputs"]["label"] == label
    assert result.out.endswith(b"}\n")
    assert label[:4].encode() in result.out.replace(b'\\"', b'"').replace(b"\\\\", b"\\")
