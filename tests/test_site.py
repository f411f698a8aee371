"""The hospital's own file: each default used, said and overridden; its own regimens, products and ramps; every kind of fault."""

import csv
import hashlib
import io
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, assume, settings
from hypothesis import given as examples_of
from hypothesis import strategies as st

from ivigcalc.cli.data import check_site, load_data, shipped_formulary
from ivigcalc.errors import CatalogueError, InputError, Refused
from ivigcalc.export.csv import as_csv
from ivigcalc.export.json import as_json
from ivigcalc.export.table import comparison_table, plan_table
from ivigcalc.model import Comparison, Origin, Plan
from ivigcalc.request import answer
from ivigcalc.site import DEFAULTS, Site, load_site, with_defaults
from tests.conftest import Run, RunCli
from tests.test_display import entry, problems
from tests.test_request import CATALOGUE, LIMITS, TODAY, phase, regimen, spelt

EXAMPLE: Final = Path(__file__).parent.parent / "docs" / "site-example.yaml"
SOURCES: Final = {
    "own": {"citation": "Ward protocol", "url": "not stated", "licence": "not stated", "read": "2026-11-22", "external": "no"}
}
REPLACES: Final = "is the site's own and replaces the one that ships with ivigcalc"


def product(**more: Any) -> dict[str, Any]:
    """A product as a file states it, 10%, with vials of 6 and 3 g."""
    unknown = dict.fromkeys(("stabiliser", "sugar", "iga", "sodium", "osmolality", "ph"), "not stated")
    lists: dict[str, list[str]] = {
        key: [] for key in ("aliases", "doses", "rates", "at_risk", "contraindications", "conflicts", "missing", "notes")
    }
    figures = {
        "concentration": {"is": "10%", "source": "own", "quote": "10 g in 100 mL"},
        "vials": {"is": ["6 g", "3 g"], "source": "own", "quote": "6 g and 3 g"},
    }
    named = {"name": "Wardglobin", "brand": "wardglobin", "market": "XX", "form": "liquid", "grade": "full"}
    return {**named, **unknown, **lists, **figures, **more}


def ramp(steps: str = "1, 2 mL/kg/h every 30 min", **more: Any) -> dict[str, Any]:
    return {"name": "of the ward", "steps": steps, "product": "not stated", "cited": "not stated", **more}


def write(folder: Path, defaults: dict[str, Any] | None = None, **sections: Any) -> Path:
    """A site file; JSON is YAML."""
    path = folder / "ward.yaml"
    held = {"site": "Ward 7", "sources": SOURCES, **sections, **({"defaults": defaults} if defaults else {})}
    path.write_text(json.dumps(held), "utf-8")
    return path


def site_of(folder: Path, defaults: dict[str, Any] | None = None, **sections: Any) -> Site:
    return load_site(write(folder, defaults, **sections), CATALOGUE, LIMITS, shipped_formulary)


def ask(site: Site | None, **named: str | tuple[str, ...]) -> Plan | Comparison:
    return answer(spelt(named), CATALOGUE, LIMITS, TODAY, shipped_formulary, site)


def ask_plan(site: Site | None, **named: str | tuple[str, ...]) -> Plan:
    plan = ask(site, **named)
    assert isinstance(plan, Plan)
    return plan


def grams(plan: Plan) -> list[str]:
    return [str(infusion.ordered_g) for infusion in plan.infusions]


def dates(plan: Plan) -> list[str]:
    return [str(infusion.date) for infusion in plan.infusions]


def codes_of(plan: Plan | Comparison) -> set[str]:
    return {finding.code for finding in plan.findings}


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


ITP: Final = ["--weight", "62", "--regimen", "itp"]  # 0.4 g/kg a day for 3 days: 24.8 g a day
STARTED: Final = ["--start", "2027-01-04"]  # a Monday
SIZE: Final = ["--height", "165", "--sex", "female"]

# A default; the rest of the file; what is typed; what the JSON shows with it and, worked out by hand, with another one typed.
# Ideal weight of a woman of 165 cm: 45.5 + 2.3 x (165/2.54 - 60) = 56.909449 kg, 0.4 g of it is 22.7637795, ordered 22.76 g.
Seen = Callable[[Any], Any]
FIRST: Final[Seen] = lambda plan: plan["infusions"][0]["ordered_g"]  # noqa: E731
DATES: Final[Seen] = lambda plan: [infusion["date"] for infusion in plan["infusions"]]  # noqa: E731
STEPS: Final[Seen] = lambda plan: [step["ml_per_h"] for step in plan["infusions"][0]["steps"]]  # noqa: E731
EACH: Final[dict[str, tuple[Any, dict[str, Any], list[str], Seen, Any, str, Any]]] = {
    "dosing-weight": ("ideal", {}, SIZE, FIRST, 22.76, "actual", 24.8),
    "round": ("5 g", {}, [], FIRST, 25, "1 g", 25),
    "direction": ("down", {"round": "1 g"}, [], FIRST, 24, "up", 25),
    # the course of 74.4 g to the nearest 5 g is 75 g, 25 g a day; to 1 g 74 g, of which the first day has 24 g
    "round-over": ("course", {"round": "1 g"}, [], FIRST, 24, "day", 25),
    # 62 kg, 5 g up is 30 g, 21% more, which the published limit of 10% refuses
    "round-limit": ("25%", {"round": "5 g", "direction": "up"}, [], lambda plan: plan["rounding"]["limit_percent"], 25, "30%", 30),
    "product": ("privigen-us", {}, [], lambda plan: plan["product"]["id"], "privigen-us", "octagam-5-us", "octagam-5-us"),
    # 24.8 g of a 10% product are 248 mL, of a 5% one 496 mL
    "concentration": ("10%", {}, [], lambda plan: plan["infusions"][0]["volume_ml"], 248, "5%", 496),
    "vials": ("10,20", {}, [], lambda plan: plan["infusions"][0]["vials"], [{"g": 20, "count": 1}, {"g": 10, "count": 1}], "5",
              [{"g": 5, "count": 5}]),
    # 62 kg at 1 and 2 mL/kg/h
    "ramp": ("1, 2 mL/kg/h every 30 min", {"concentration": "10%"}, [], STEPS, [62, 124], "0.5, 1 mL/kg/h every 30 min", [31, 62]),
    # 62 kg at 0.33 mL/kg/h is 20.46 mL/h
    "pump-step": ("1 mL/h", {"concentration": "10%", "ramp": "0.33 mL/kg/h"}, [], STEPS, [20], "0.1 mL/h", [20.4]),
    "infuse-on": ("wed-fri", {}, STARTED, DATES, ["2027-01-06", "2027-01-07", "2027-01-08"], "tue-thu",
                  ["2027-01-05", "2027-01-06", "2027-01-07"]),
    # closed days are a union: neither the 5th nor the 9th can be one of three days in a row
    "closed": (["2027-01-05"], {}, STARTED, DATES, ["2027-01-06", "2027-01-07", "2027-01-08"], "2027-01-08",
               ["2027-01-09", "2027-01-10", "2027-01-11"]),
}  # fmt: skip


def test_every_default_has_a_case() -> None:
    assert set(EACH) == set(DEFAULTS)


@pytest.mark.parametrize("name", EACH)
def test_each_default_is_used_said_with_the_digest_and_overridden(run_cli: RunCli, tmp_path: Path, name: str) -> None:
    value, others, typed, seen, expected, other, overridden = EACH[name]
    path = write(tmp_path, {**others, name: value})
    command = ["plan", *ITP, *typed, "--site", str(path)]
    said = f"--{name} {value if isinstance(value, str) else ', '.join(value)}"

    plan = json.loads(run_cli(*command, "--format", "json").out)
    assert seen(plan) == expected
    assert plan["site"] == {"name": "Ward 7", "sha256": digest(path), "options": {**others, name: value}}
    assert plan["inputs"]["options"] == {
        **{option.removeprefix("--"): text for option, text in zip(command[1:-2:2], command[2:-2:2], strict=True)},
        "format": "json",
    }
    notes = {finding["code"]: finding for finding in plan["findings"]}
    assert (notes[f"site-{name}"]["level"], notes[f"site-{name}"]["text"]) == ("note", f'From it: "{said}"')
    assert "Ward 7" in notes[f"site-{digest(path)[:12]}"]["text"]

    rows = list(csv.DictReader(io.StringIO(run_cli(*command, "--format", "csv").text)))
    assert {f"site-{name}", f"site-{digest(path)[:12]}"} <= set(rows[0]["findings"].split(";"))

    for width in (40, 80, 200):
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("COLUMNS", str(width))
            words = " ".join(run_cli(*command).text.split())
        assert f'From it: "{said}"' in words
        assert f'The site file of Ward 7 was used; its digest starts with "{digest(path)[:12]}".' in words

    plan = json.loads(run_cli(*command, f"--{name}", other, "--format", "json").out)
    assert seen(plan) == overridden
    if name == "closed":
        assert plan["site"]["options"] == {"closed": ["2027-01-05"]}
    else:
        assert name not in plan["site"]["options"]
        assert f"site-{name}" not in {finding["code"] for finding in plan["findings"]}


@pytest.mark.parametrize(
    ("defaults", "typed", "left"),
    [
        ({"product": "privigen-us", "vials": "10,20", "ramp": "double every 30 min", "round": "5 g", "pump-step": "1 mL/h"},
         {"product": "octagam-5-us"}, {"round", "pump-step"}),
        ({"product": "privigen-us", "vials": "10,20", "ramp": "double every 30 min"}, {"concentration": "5%"}, set()),
        ({"product": "privigen-us", "vials": "10,20", "ramp": "double every 30 min"}, {"vials": "5"}, {"product", "ramp"}),
        ({"product": "privigen-us", "vials": "10,20", "ramp": "double every 30 min"}, {"ramp": "printed"}, {"product", "vials"}),
        ({"round": "5 g", "direction": "up", "round-over": "course", "round-limit": "50%"}, {"round": "1 g"}, {"round-limit"}),
        ({"round": "5 g", "direction": "up", "round-limit": "50%"}, {"direction": "down"}, {"round", "round-limit"}),
        ({"infuse-on": "mon-fri", "closed": ["2027-01-04"]}, {}, set()),
        ({"infuse-on": "mon-fri", "closed": ["2027-01-04"]}, {"start": "2027-01-04"}, {"infuse-on", "closed"}),
        ({"infuse-on": "mon-fri", "closed": ["2027-01-04"]}, {"start": "2027-01-04", "infuse-on": "tue-sat"}, {"closed"}),
        ({"pump-step": "1 mL/h"}, {}, set()),
        ({"pump-step": "1 mL/h"}, {"product": "privigen-us"}, {"pump-step"}),
        ({"pump-step": "1 mL/h", "vials": "5"}, {}, {"vials"}),
    ],
)  # fmt: skip
def test_what_is_typed_takes_with_it_what_belongs_to_the_same_choice(
    tmp_path: Path, defaults: dict[str, Any], typed: dict[str, str], left: set[str]
) -> None:
    merged, use = with_defaults(typed, site_of(tmp_path, defaults))
    assert set(use.defaults) == left
    assert set(merged) == left | set(typed)
    assert {name: merged[name] for name in typed} == typed


def test_closed_days_are_those_of_the_site_and_those_that_are_typed(tmp_path: Path) -> None:
    site = site_of(tmp_path, {"closed": ["2027-01-05", "2027-12-25"]})
    merged, use = with_defaults({"start": "2027-01-04", "closed": ("2027-01-08", "2027-01-05")}, site)
    assert merged["closed"] == ("2027-01-05", "2027-12-25", "2027-01-08")
    assert use.defaults == {"closed": ("2027-01-05", "2027-12-25")}


def test_a_site_of_which_nothing_is_used_leaves_the_plan_as_it_is(run_cli: RunCli, tmp_path: Path) -> None:
    path = write(tmp_path, {"infuse-on": "mon-fri"}, regimens={"ward-itp": regimen(phase("1 g/kg", "day", "2"))})
    assert run_cli("plan", *ITP, "--site", str(path)).out == run_cli("plan", *ITP).out
    plan = json.loads(run_cli("plan", *ITP, "--site", str(path), "--format", "json").out)
    assert plan["site"] == {"name": "Ward 7", "sha256": digest(path), "options": {}}
    assert plan["findings"] == []


# Nothing in it can silently change a dose

OURS: Final = ("itp", "melanoma-q3w", "melanoma-high-dose", "icaht")
BOTH: Final = st.fixed_dictionaries(
    {},
    optional={
        "dosing-weight": st.sampled_from(["ideal", "adjusted", "actual"]),
        "round": st.sampled_from(["1 g", "5 g", "0.5 g", "ontario", "vial"]),
        "direction": st.sampled_from(["nearest", "down", "up"]),
        "round-over": st.sampled_from(["day", "course"]),
        "round-limit": st.sampled_from(["60%", "80%"]),
        "product": st.sampled_from(["privigen-us", "octagam-5-us", "ward-product"]),
        "ramp": st.sampled_from(["double every 30 min", "ward-ramp", "0.5, 1 mL/kg/h every 15 min"]),
        "pump-step": st.sampled_from(["1 mL/h", "5 mL/h"]),
        "infuse-on": st.sampled_from(["mon-fri", "tue-sun"]),
        "closed": st.just(["2027-01-05", "2027-01-13"]),
    },
)
TYPED: Final = st.fixed_dictionaries(
    {"weight": st.sampled_from(["62", "8.3", "137 lb"]), "height": st.just("165"), "sex": st.just("female")},
    optional={
        "start": st.just("2027-01-04"),
        "round": st.sampled_from(["1 g", "0.1 g"]),
        "product": st.sampled_from(["privigen-us", "gamunex-c-us"]),
        "ramp": st.just("0.5, 2 mL/kg/h every 15 min"),
        "dosing-weight": st.just("actual"),
        "closed": st.just(("2027-01-06",)),
    },
)
ASKED: Final = st.sampled_from(
    [
        {"regimen": "itp"},
        {"regimen": "icaht"},
        {"regimen": "melanoma-q3w", "days": "3"},
        {"regimen": "melanoma", "dose": "1 g/kg/course", "days": "4"},
        {"regimen": "metastatic-melanoma", "dose": "2 g/kg/course", "days": "4"},
        {"regimen": "melanoma", "dose": "1.5 g/kg/course", "days": "4"},
    ]
)
OWN_DOSES: Final = st.dictionaries(st.sampled_from(OURS), st.sampled_from(["1 g/kg", "1.5 g/kg", "2 g/kg"]), max_size=2)


def facts(plan: Plan | Comparison | str) -> object:
    """What is given, when and how; not what is said of it."""
    if isinstance(plan, Plan):
        days = [(day.date, day.ordered_g, day.given.volume_ml, day.given.vials, day.given.minutes) for day in plan.infusions]
        return (days, plan.next_start)
    return plan if isinstance(plan, str) else [option.ordered_g for option in plan.options]


def outcome(site: Site | None, options: dict[str, Any]) -> Plan | Comparison | str:
    try:
        return ask(site, **options)
    except (InputError, Refused):
        return "refused"


def everywhere(plan: Plan) -> tuple[str, set[str], set[str]]:
    """The table as words, the codes of the CSV, the codes of the JSON."""
    origin = Origin({}, "0", "0" * 64)
    rows = list(csv.DictReader(io.StringIO(as_csv(plan, origin).decode())))
    found = json.loads(as_json(plan, origin))["findings"]
    table = " ".join(plan_table(plan, 80, colour=False).split())
    return table, set(rows[0]["findings"].split(";")), {finding["code"] for finding in found}


@settings(deadline=None, database=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@examples_of(BOTH, TYPED, ASKED, OWN_DOSES, st.booleans())
def test_whatever_a_site_changes_in_a_plan_is_named_in_every_output(
    tmp_path: Path, defaults: dict[str, Any], typed: dict[str, Any], asked: dict[str, str], doses: dict[str, str], vials: bool
) -> None:
    """Take each default and each regimen away by itself: what makes a difference has to be named, in words and in every code."""
    if "ramp" in defaults and "product" not in defaults:
        del defaults["ramp"]
    if defaults.get("round") == "ontario":
        defaults.pop("direction", None)
        defaults.pop("round-over", None)
    own = {key: regimen(phase(dose, "course", "4"), indication=CATALOGUE.regimens[key].indication) for key, dose in doses.items()}
    ours: dict[str, Any] = {"privigen-us": product(brand="privigen")} if vials else {}
    sections: dict[str, Any] = {
        **({"regimens": own} if own else {}),
        "products": {"ward-product": product(), **ours},
        "ramps": {"ward-ramp": ramp()},
    }
    options = {**typed, **asked}
    if "start" not in options:
        options.pop("closed", None)
    site = site_of(tmp_path, defaults, **sections)
    plan = outcome(site, options)
    assume(isinstance(plan, Plan))
    assert isinstance(plan, Plan)

    def differs(less: Site) -> bool:
        return facts(outcome(less, options)) != facts(plan)

    named = {f"site-{name}" for name in defaults if differs(site._replace(defaults={k: v for k, v in site.defaults.items() if k != name}))}
    for key in own:
        kept = {**site.catalogue.regimens, key: CATALOGUE.regimens[key]}
        if differs(site._replace(catalogue=site.catalogue._replace(regimens=kept))):
            named.add(f"site-regimen-{key}-replaced")
    shipped = shipped_formulary()
    kept_products = site.formulary()._replace(products={**site.formulary().products, "privigen-us": shipped.products["privigen-us"]})
    if vials and differs(site._replace(formulary=lambda: kept_products)):
        named.add("site-product-privigen-us-replaced")

    if facts(outcome(None, options)) != facts(plan):
        assert any(finding.code.startswith("site-") for finding in plan.findings)
    table, in_csv, in_json = everywhere(plan)
    assert named <= in_csv
    assert named <= in_json
    if named:
        start = f"site-{digest(tmp_path / 'ward.yaml')[:12]}"
        assert start in in_csv & in_json
        assert start.removeprefix("site-") in table
    for code in named:
        if code.endswith("-replaced"):
            kind, key = code.removeprefix("site-").removesuffix("-replaced").split("-", 1)
            assert f"The {kind} {key} {REPLACES}" in table
        else:
            assert f'From it: "--{code.removeprefix("site-")} ' in table


def test_the_choices_side_by_side_name_what_came_from_the_site(tmp_path: Path) -> None:
    """Own vials, an own member of a choice and the choice itself all change the grams that are shown."""
    own = regimen(phase("1.5 g/kg", "course", "not stated"), indication="metastatic-melanoma")
    group = {**{key: regimen()[key] for key in ("name", "readings", "notes")}, "aliases": [], "indication": "metastatic-melanoma"}
    site = site_of(
        tmp_path, {"round": "vial", "product": "privigen-us"},
        regimens={"melanoma-q3w": own, "melanoma": {**group, "choose": ["melanoma-q3w", "melanoma-high-dose"]}},
        products={"privigen-us": product(brand="privigen")},
    )  # fmt: skip
    choices = ask(site, weight="62", regimen="melanoma", at_risk="kidney")
    assert isinstance(choices, Comparison)
    assert "kidney-risk" in codes_of(choices)  # the site's findings stand beside those of the patient
    assert {
        *("site-round", "site-product", "site-regimen-melanoma-replaced", "site-regimen-melanoma-q3w-replaced"),
        "site-product-privigen-us-replaced",
    } <= codes_of(choices)
    table = " ".join(comparison_table(choices, 80, "x", colour=False).split())
    for words in ('From it: "--round vial"', f"The regimen melanoma-q3w {REPLACES}", f"The product privigen-us {REPLACES}"):
        assert words in table
    # 62 kg at 1.5 g/kg are 93 g, in vials of 3 and 6 g exactly
    assert "93 g" in table


def test_a_plan_of_a_member_of_a_choice_names_the_members_that_are_the_sites_own(tmp_path: Path) -> None:
    site = site_of(tmp_path, regimens={"melanoma-q3w": regimen(phase("1.5 g/kg", "course", "3"), indication="metastatic-melanoma")})
    plan = ask_plan(site, weight="62", regimen="melanoma", dose="1.5 g/kg/course", days="3")
    assert grams(plan) == ["31", "31", "31"]
    assert "site-regimen-melanoma-q3w-replaced" in codes_of(plan)


# Own regimens, products and ramps


def test_an_own_regimen_is_planned_found_listed_and_completed(run_cli: RunCli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = regimen(phase("0.5 g/kg", "day", "2"), name="Ward ITP", indication="immune-thrombocytopenia", aliases=["ward"])
    path = str(write(tmp_path, regimens={"itp-of-ward-7": own}))
    plan = json.loads(run_cli("plan", "--weight", "62", "--regimen", "ward", "--site", path, "--format", "json").out)
    assert [infusion["ordered_g"] for infusion in plan["infusions"]] == [31, 31]
    assert [finding["text"] for finding in plan["findings"]][-1] == "The regimen itp-of-ward-7 is the site's own."
    assert "site-regimen-itp-of-ward-7" in {finding["code"] for finding in plan["findings"]}
    # the regimen that ships stays as it was, and names the other one
    assert run_cli("plan", *ITP, "--site", path).text.replace(", itp-of-ward-7\n", "\n") == run_cli("plan", *ITP).text
    for typed in ("itp-of-wrd-7", "icath"):
        meant = {"itp-of-wrd-7": "itp-of-ward-7", "icath": "icaht"}[typed]
        refused = run_cli("plan", "--weight", "62", "--regimen", typed, "--site", path)
        assert refused.code == 2
        assert f"did you mean {meant}" in refused.err
    for words in (["regimens"], ["regimens", "thrombocytopenia"], ["regimens", "show", "ward"]):
        shown = run_cli(*words, "--site", path).text
        assert "Ward ITP" in shown
        assert entry(shown, "Site file") == "From the site file of Ward 7: itp-of-ward-7"
        assert "Warning" not in shown
    for words in (["regimens", "melanoma"], ["regimens", "show", "itp"]):
        assert run_cli(*words, "--site", path).out == run_cli(*words).out
    assert {"itp-of-ward-7", "ward"} & set(completed(run_cli, monkeypatch, "plan --regimen ")) == set()
    monkeypatch.setenv("IVIGCALC_SITE", path)
    for line in ("plan --regimen ", "regimens show "):
        assert {"itp-of-ward-7", "ward", "itp"} <= set(completed(run_cli, monkeypatch, line))


def completed(run_cli: RunCli, monkeypatch: pytest.MonkeyPatch, line: str) -> list[str]:
    """What bash is offered at the end of a line."""
    from click.shell_completion import BashComplete
    from typer.main import get_command

    from ivigcalc.cli import app

    words = line.split()
    offered = BashComplete(get_command(app), {}, "ivigcalc", "_X").get_completions(words, "")
    return [item.value for item in offered]


def test_a_regimen_that_replaces_ours_warns_in_every_output(run_cli: RunCli, tmp_path: Path) -> None:
    own = regimen(phase("0.5 g/kg", "day", "2"), name="Ward ITP", indication="immune-thrombocytopenia")
    path = str(write(tmp_path, regimens={"itp": own}))
    warning = f"The regimen itp {REPLACES}."
    plan = json.loads(run_cli("plan", *ITP, "--site", path, "--format", "json").out)
    assert [infusion["ordered_g"] for infusion in plan["infusions"]] == [31, 31]
    (found,) = (finding for finding in plan["findings"] if finding["code"] == "site-regimen-itp-replaced")
    assert (found["level"], found["text"]) == ("warning", warning)
    written = run_cli("plan", *ITP, "--site", path, "--format", "csv")
    assert "site-regimen-itp-replaced" in written.text
    assert f"warning: site-regimen-itp-replaced: {warning}" in written.err
    for words in (["plan", *ITP], ["regimens"], ["regimens", "itp"], ["regimens", "show", "itp"]):
        assert entry(run_cli(*words, "--site", path).text, "Warning") == warning
    assert "Warning" not in run_cli("regimens", "show", "itp", "--site", "none").text


def test_where_sources_differ_is_said_of_a_regimen_that_replaces_ours_too(tmp_path: Path) -> None:
    own = regimen(phase("1 g/kg", "day", "3"), indication="toxic-epidermal-necrolysis")
    plan = ask_plan(site_of(tmp_path, {}, regimens={"ten": own}), weight="40", regimen="ten")
    assert [conflict.text for conflict in CATALOGUE.regimens["ten"].conflicts]
    assert plan.regimen
    assert plan.regimen.conflicts == CATALOGUE.regimens["ten"].conflicts
    assert CATALOGUE.regimens["ten"].conflicts[0].text in " ".join(finding.text for finding in plan.findings)


def test_a_page_of_a_choice_names_the_member_that_is_the_sites_own(run_cli: RunCli, tmp_path: Path) -> None:
    path = str(write(tmp_path, regimens={"melanoma-q3w": regimen(phase("1 g/kg", "course", "3"), indication="metastatic-melanoma")}))
    assert f"The regimen melanoma-q3w {REPLACES}." in " ".join(run_cli("regimens", "show", "melanoma", "--site", path).text.split())


RATE: Final = {"printed": ["1 mL/kg/h"], "source": "own", "quote": "one", "minutes": "not stated"}
MAXIMUM: Final = {"printed": ["2 mL/kg/h"], "source": "own", "quote": "at most two"}
TABLE: Final = {"for": ["all"], "label": "all uses", "first": RATE, "step_minutes": "not stated", "maximum": MAXIMUM}


def test_an_own_product_with_a_ramp_of_its_own(run_cli: RunCli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = str(
        write(
            tmp_path, {"product": "ward-product", "ramp": "ward-ramp"},
                ramps={"ward-ramp": ramp("1, 4 mL/kg/h every 30 min", product="ward-product")},
            products={"ward-product": product(aliases=["wp"], rates=[TABLE])},
        )
    )  # fmt: skip
    plan = json.loads(run_cli("plan", *ITP, "--site", path, "--format", "json").out)
    # 24.8 g are 248 mL: 31 mL in the first half hour at 62 mL/h, the rest at the label's 2 mL/kg/h
    assert [(step["ml_per_h"], step["volume_ml"]) for step in plan["infusions"][0]["steps"]] == [(62, 31), (124, 217)]
    codes = [finding["code"] for finding in plan["findings"]]
    assert {"site-product-ward-product", "site-ramp-ward-ramp", "site-product", "site-ramp", "capped-rate"} <= set(codes)
    # 9 vials of 3 g are 27 g; 4 of 6 g and 1 of 3 g are as little and fewer
    assert plan["infusions"][0]["vials"] == [{"g": 6, "count": 4}, {"g": 3, "count": 1}]
    refused = run_cli("plan", *ITP, "--product", "privigen-us", "--ramp", "ward-ramp", "--site", path)
    assert refused.code == 2
    assert "--ramp ward-ramp is for ward-product and is not carried over to another product" in refused.err
    for words in (["products"], ["products", "wardglobin"], ["products", "show", "wp"]):
        shown = run_cli(*words, "--site", path).text
        assert "Wardglobin" in shown
        assert entry(shown, "Site file") == "From the site file of Ward 7: ward-product"
    assert run_cli("products", "show", "privigen-us", "--site", path).out == run_cli("products", "show", "privigen-us").out
    unknown = run_cli("plan", *ITP, "--product", "ward-prodct", "--site", path)
    assert (unknown.code, "did you mean ward-product" in unknown.err) == (2, True)
    monkeypatch.setenv("IVIGCALC_SITE", path)
    assert {"ward-product", "wp", "privigen-us"} <= set(completed(run_cli, monkeypatch, "plan --product "))
    assert "ward-product" in completed(run_cli, monkeypatch, "products show ")


def test_a_product_and_a_ramp_that_replace_ours_warn(run_cli: RunCli, tmp_path: Path) -> None:
    path = str(write(tmp_path, products={"asceniv-us": product(brand="asceniv")}, ramps={"us-order-form": ramp()}))
    plan = run_cli("plan", *ITP, "--product", "asceniv-us", "--ramp", "us-order-form", "--site", path)
    words = " ".join(plan.text.split())
    assert f"Warning The product asceniv-us {REPLACES}." in words
    assert f"Warning The ramp us-order-form {REPLACES}." in words
    assert entry(run_cli("products", "show", "asceniv-us", "--site", path).text, "Warning") == f"The product asceniv-us {REPLACES}."
    typed = ("plan", *ITP, "--product", "asceniv-us", "--ramp", "us-order-form", "--site", path)
    found = {finding["code"]: finding for finding in json.loads(run_cli(*typed, "--format", "json").out)["findings"]}
    written = run_cli(*typed, "--format", "csv")
    for kind, key in (("product", "asceniv-us"), ("ramp", "us-order-form")):
        code, words = f"site-{kind}-{key}-replaced", f"The {kind} {key} {REPLACES}."
        assert (found[code]["level"], found[code]["text"]) == ("warning", words)
        assert all(code in row["findings"].split(";") for row in csv.DictReader(io.StringIO(written.text)))
        assert f"warning: {code}: {words}" in written.err


def test_what_a_site_adds_or_replaces_is_said_in_table_csv_and_json_each_by_its_name(run_cli: RunCli, tmp_path: Path) -> None:
    own = regimen(phase("0.4 g/kg", "day", "3"), indication="immune-thrombocytopenia")
    sections: dict[str, Any] = {
        "regimens": {"itp": own, "itp/ward": own},
        "products": {"asceniv-us": product(brand="asceniv"), "ward-product": product()},
        "ramps": {"us-order-form": ramp(), "ward-ramp": ramp()},
    }
    path = str(write(tmp_path, **sections))
    added = {"regimen": "itp/ward", "product": "ward-product", "ramp": "ward-ramp"}
    replaced = {"regimen": "itp", "product": "asceniv-us", "ramp": "us-order-form"}
    for names, end, level in ((added, "", "note"), (replaced, "-replaced", "warning")):
        words = ("plan", "--weight", "62", *(word for kind, key in names.items() for word in (f"--{kind}", key)), "--site", path)
        codes = {f"site-{kind}-{key}{end}" for kind, key in names.items()}
        found = json.loads(run_cli(*words, "--format", "json").out)["findings"]
        assert {finding["code"]: finding["level"] for finding in found if finding["code"] in codes} == dict.fromkeys(codes, level)
        (row, *_) = csv.DictReader(io.StringIO(run_cli(*words, "--format", "csv").text))
        assert codes <= set(row["findings"].split(";"))
        table = " ".join(run_cli(*words).text.split())
        assert [finding["text"] for finding in found if finding["code"] in codes and finding["text"] not in table] == []
        others = replaced if names is added else added
        assert not any(f"site-{kind}-{key}" in (finding["code"] for finding in found) for kind, key in others.items())


# Faults. What is replaced in the good file, by what; then line, key and words of each fault.

GOOD: Final = (
    """\
site: Ward 7
defaults:
  dosing-weight: actual
  round: 5 g
  direction: nearest
  round-over: day
  round-limit: 10%
  product: privigen-us
  concentration: 10%
  vials: 10,20
  ramp: double every 30 min
  pump-step: 1 mL/h
  infuse-on: mon-fri
  closed: [2027-12-25, 2027-12-26]
sources:
  own:
    citation: Ward protocol
    url: not stated
    licence: not stated
    read: 2026-11-22
    external: no
regimens:
  ward-itp: REGIMEN
products:
  ward-product: PRODUCT
ramps:
  ward-ramp: RAMP
""".replace("REGIMEN", json.dumps(regimen(phase("0.4 g/kg", "day", "3"))))
    .replace("PRODUCT", json.dumps(product()))
    .replace("RAMP", json.dumps(ramp()))
)
Fault = tuple[int, str, tuple[str, ...]]
NAMES: Final = "dosing-weight, round, direction, round-over, round-limit, product, concentration, vials, ramp, pump-step, infuse-on, closed"
DEFAULT_LINES: Final = GOOD[GOOD.index("  dosing-weight") : GOOD.index("sources:")]
FAULTS: Final[dict[str, tuple[str, str, tuple[Fault, ...]]]] = {
    "unknown key": ("sources:", "settings: 1\nsources:", ((15, "settings", ("is not a key", "site, defaults, sources, regimens")),)),
    "no name": ("site: Ward 7\n", "", ((1, "site", ("is missing", "expected the name of the hospital or ward")),)),
    "empty name": ("site: Ward 7", "site:", ((1, "site", ("is empty", "expected words")),)),
    "name that steers the terminal": ("Ward 7", '"Ward\\e[31m 7"', ((1, "site", ("steer a terminal", "expected plain words")),)),
    "list for a name": ("Ward 7", "[a]", ((1, "site", ("holds a list or table", "expected words")),)),
    "empty defaults": (DEFAULT_LINES, "", ((2, "defaults", ("holds no table", NAMES)),)),
    "list of defaults": (DEFAULT_LINES, "  - round\n", ((2, "defaults", ("holds no table", NAMES)),)),
    "defaults twice": ("sources:", "defaults: {round: 1 g}\nsources:", ((15, "defaults", ("stands twice", "expected once")),)),
    # what a site may not set
    **{
        f"default {name}": (
            "  round: 5 g", f"  {name}: 62\n  round: 5 g", ((4, f"defaults.{name}", ("is not a key that is known here", NAMES)),)
        )
        for name in ("weight", "dose", "days", "every", "cycles", "start", "regimen", "height", "sex", "age", "accept", "reason", "label")
    },
    # each default with what it cannot be
    "empty default": ("round: 5 g", "round:", ((4, "defaults.round", ("is empty", "expected words")),)),
    "list for a default": ("product: privigen-us", "product: [a]", ((8, "defaults.product", ("holds a list or table",)),)),
    "table for vials": ("vials: 10,20", "vials: {a: b}", ((10, "defaults.vials", ("holds a list or table",)),)),
    "unknown policy": (
        "actual", "heavy", ((3, "defaults.dosing-weight", ("'heavy' is not known", "actual, ideal, adjusted, australia-2026")),)),
    "round without unit": ("5 g", "5", ((4, "defaults.round", ("5 has no unit", 'write "5 g"')),)),
    "round to nothing": ("5 g", "0 g", ((4, "defaults.round", ("above zero",)),)),
    "round too coarse": ("5 g", "500 g", ((4, "defaults.round", ("500 g is outside 0.01 to 100 g",)),)),
    "unknown rule": ("5 g", "ontari", ((4, "defaults.round", ("'ontari' is not known", "ontario, seton, new-zealand")),)),
    "a rule that states another basis": ("5 g", "ontario", ((4, "defaults.round", ("the rule states course", "leave round-over out")),)),
    "unknown direction": ("nearest", "sideways", ((5, "defaults.direction", ("'sideways' is not known", "nearest or down or up")),)),
    "unknown basis": ("round-over: day", "round-over: week", ((6, "defaults.round-over", ("'week' is not known", "day or course")),)),
    "limit without percent": ("round-limit: 10%", "round-limit: ten", ((7, "defaults.round-limit", ("'ten'",)),)),
    "unknown product": ("privigen-us", "privigen-uss", ((8, "defaults.product", ("is not known", "did you mean privigen-us")),)),
    "bare brand": ("privigen-us", "privigen", ((8, "defaults.product", ("several markets", "privigen-us (10%) or privigen-eu")),)),
    "product in another strength": (
        "10%\n  vials", "5%\n  vials", ((9, "defaults.concentration", ("5% is not a strength of privigen-us",)),)),
    "500%": ("concentration: 10%", "concentration: 500%", ((9, "defaults.concentration", ("500%",)),)),
    "subcutaneous": ("concentration: 10%", "concentration: 20%", ((9, "defaults.concentration", ("20%", "subcutaneous")),)),
    "vial 0": ("10,20", "0", ((10, "defaults.vials", ("zero",)),)),
    "vial that the product does not have": ("10,20", "3", ((10, "defaults.vials", ("privigen-us has no vial of 3 g",)),)),
    "vial twice": ("10,20", "10,10", ((10, "defaults.vials", ("holds a size twice",)),)),
    "unknown ramp": ("double every 30 min", "slow", ((11, "defaults.ramp", ("'slow' is not known", "ward-ramp")),)),
    "ramp that cannot be read": ("double every 30 min", "0.5 then 1", ((11, "defaults.ramp", ("is not a ramp",)),)),
    "ramp of another product": (
        "double every 30 min", "gamunex-trial", ((11, "defaults.ramp", ("is for gamunex-c-us and is not carried over",)),)),
    "ramp without a product": (
        "  product: privigen-us\n  concentration: 10%\n", "",
        ((9, "defaults.ramp", ("is never used without a product or concentration", "expected one of them beside it")),),
    ),
    "pump step without number": ("1 mL/h", "fast", ((12, "defaults.pump-step", ("'fast'",)),)),
    "pump step 0": ("1 mL/h", "0 mL/h", ((12, "defaults.pump-step", ("zero",)),)),
    "funday": ("mon-fri", "funday", ((13, "defaults.infuse-on", ("'funday'",)),)),
    "closed today": ("[2027-12-25, 2027-12-26]", "[today]", ((14, "defaults.closed[1]", ("'today'", "such as 2027-12-25")),)),
    "closed on no day": ("2027-12-26]", "2027-02-30]", ((14, "defaults.closed[2]", ("2027-02-30",)),)),
    "closed not a list": ("[2027-12-25, 2027-12-26]", "2027-12-25", ((14, "defaults.closed", ("holds no list", "expected one")),)),
    "closed never": ("[2027-12-25, 2027-12-26]", "[]", ((14, "defaults.closed", ("is empty", "expected dates")),)),
    "made up in two strengths": (
        "product: privigen-us\n  concentration: 10%\n  vials: 10,20\n", "product: gammagard-sd-us\n",
        ((8, "defaults.product", ("gammagard-sd-us is made up to 5% or 10%", "add concentration with one of them")),),
    ),
    "whole vials of a product without sizes": (
        ("round: 5 g\n  direction: nearest\n  round-over: day\n  round-limit: "
        "10%\n  product: privigen-us\n  concentration: 10%\n  vials: 10,20\n"),
        "round: vial\n  product: panzyga-ca\n",
        ((4, "defaults.round", ("vial needs the sizes of the vials", "those of panzyga-ca", "add vials 5,10,20")),),
    ),
    "a rule that leaves the direction open": (
        "5 g\n  direction: nearest", "new-zealand", (
            (4, "defaults.round", ("does not state a direction", "add direction nearest, down or up")),)
    ),
    "faults of several defaults of one choice": (
        "product: privigen-us\n  concentration: 10%\n  vials: 10,20",
        "product: privigen\n  concentration: 500%\n  vials: 0",
        ((8, "defaults.product", ("several",)), (9, "defaults.concentration", ("500%",)), (10, "defaults.vials", ("zero",))),
    ),
    # aliases and anchors
    "anchor": ("round: 5 g", "round: &r 5 g", ((4, "&r", ("a YAML anchor",)),)),
    "alias": ("product: privigen-us", "product: *p", ((8, "*p", ("a YAML alias", "expected the value itself")),)),
    # own regimens, products and ramps
    "regimen without source": ('"source": "own", "locator": "Table 1"', '"source": "owl", "locator": "x"', (
        (23, "regimens.ward-itp.cited[1].source", ("'owl' is not under sources:", "own")),)),
    "alias that is a regimen of ours": ('"aliases": [], "readings"', '"aliases": ["icaht"], "readings"', (
        (23, "regimens.ward-itp.aliases", ("icaht is also a name of regimens.icaht", "a name of its own")),)),
    "alias that is an alias of ours": ('"aliases": [], "readings"', '"aliases": ["ms"], "readings"', (
        (23, "regimens.ward-itp.aliases", ("ms is also a name of regimens.multiple-sclerosis", "a name of its own")),)),
    "alias that is a synonym of an indication of ours": ('"aliases": [], "readings"', '"aliases": ["gbs"], "readings"', (
        (23, "regimens.ward-itp.aliases", ("gbs is also a name of indications.guillain-barre-syndrome, which ships", "its own")),)),
    "id that is not planned": ("ward-itp:", "als:", (
        (23, "regimens.als", ("als is also a name of not_recommended.motor-neuron-disease, which ships", "its own")),)),
    "another indication for ours": ("ward-itp:", "icaht:", (
        (23, "regimens.icaht.indication", ("'a-disease', expected immune-effector-cell-associated-haematotoxicity", "or another name")),)),
    "phases for what is a choice": (
        'ward-itp: {"name": "A name", "indication": "a-disease"', 'melanoma: {"name": "A", "indication": "metastatic-melanoma"', (
        (23, "regimens.melanoma", ("replaces a regimen that has choose", "expected choose here too, or another name")),)),
    "ramp of no product": ('"product": "not stated", "cited"', '"product": "owl", "cited"', (
        (27, "ramps.ward-ramp.product", ("'owl' is not a product here",)),)),
    "product of another brand for ours": ("ward-product:", "octagam-5-us:", (
        (25, "products.octagam-5-us.brand", ("'wardglobin', expected octagam", "or another name")),)),
    "product without market, and the default that names it": (
        '"market": "XX", ', "", ((25, "products.ward-product.market", ("is missing",)),)),
    "words for regimens": (
        GOOD[GOOD.index("regimens:") : GOOD.index("products:")], "regimens: none\n", ((22, "regimens", ("holds no table",)),)),
    "words for products": (
        GOOD[GOOD.index("products:") : GOOD.index("ramps:")], "products: none\n", ((24, "products", ("holds no table",)),)),
}  # fmt: skip


def faults_of(path: Path) -> tuple[str, ...]:
    with pytest.raises(CatalogueError) as caught:
        load_site(path, CATALOGUE, LIMITS, shipped_formulary)
    assert caught.value.exit_code == 3
    return caught.value.faults


def faulty(tmp_path: Path, old: str, new: str, text: str = GOOD) -> Path:
    assert text.count(old) == 1, f"{text.count(old)} places for {old!r}"
    path = tmp_path / "ward.yaml"
    path.write_text(text.replace(old, new), "utf-8")
    return path


@pytest.mark.parametrize("name", FAULTS)
def test_every_fault_is_reported_once_with_its_line_its_key_and_the_mend(run_cli: RunCli, tmp_path: Path, name: str) -> None:
    old, new, expected = FAULTS[name]
    path = faulty(tmp_path, old, new)
    faults = faults_of(path)
    assert len(faults) == len(expected), "\n".join(faults)
    for fault, (line, key, words) in zip(faults, expected, strict=True):
        start = f"{path}:{line}: {key}: "
        assert fault.startswith(start)
        rest = fault.removeprefix(start)
        assert [word for word in words if word not in rest] == [], fault
        assert "--" not in rest  # in the file a key has no dashes before it
    for command in (["plan", *ITP, "--site", str(path)], ["regimens", "--site", str(path)], ["catalogue", "check", str(path)]):
        if command[0] != "catalogue" or name != "no name":
            ran = run_cli(*command)
            assert (ran.code, ran.out) == (3, b"")
            assert all(fault in ran.err for fault in faults)
            assert "Traceback" not in ran.err


@pytest.mark.parametrize("default", ["ward-product", "ward-ramp"])
def test_a_default_that_names_a_faulty_product_or_ramp_of_the_file_is_no_second_fault(tmp_path: Path, default: str) -> None:
    text = GOOD.replace("product: privigen-us\n  concentration: 10%\n  vials: 10,20", "product: ward-product").replace(
        "double every 30 min", "ward-ramp"
    )
    old = {"ward-product": '"is": "10%"', "ward-ramp": "1, 2 mL/kg/h every 30 min"}[default]
    faults = faults_of(faulty(tmp_path, old, old.replace("10%", "ten").replace("1, 2", "2, 1"), text))
    assert len(faults) == 1
    assert f"{default}." in faults[0]


def test_all_faults_are_reported_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    text = GOOD.replace("site: Ward 7\n", "").replace("  round: 5 g", "  weight: 62\n  round: 5").replace("mon-fri", "funday")
    path = faulty(tmp_path, "1, 2 mL/kg/h", "2, 1 mL/kg/h", text.replace("2027-12-26", "2027-12-32").replace("actual", "heavy"))
    found = [re.sub(r"^.*?ward\.yaml:(\d+): (\S+): .*$", r"\1 \2", fault) for fault in faults_of(path)]
    assert found == [
        *("1 site", "2 defaults.dosing-weight", "3 defaults.weight", "4 defaults.round", "13 defaults.infuse-on"),
        *("14 defaults.closed[2]", "27 ramps.ward-ramp.steps"),
    ]


def test_the_file_that_the_faulty_ones_were_made_from_is_read(run_cli: RunCli, tmp_path: Path) -> None:
    path = faulty(tmp_path, "site: Ward 7", "site: Ward 7")
    site = load_site(path, CATALOGUE, LIMITS, shipped_formulary)
    assert (site.name, site.path, site.sha256) == ("Ward 7", path, digest(path))
    assert tuple(site.defaults) == DEFAULTS
    assert site.own == {"regimens.ward-itp", "products.ward-product", "ramps.ward-ramp"}
    assert site.replaced == frozenset()
    checked = run_cli("catalogue", "check", str(path))
    assert checked.code == 0
    assert checked.text.splitlines()[-1].startswith(f"{path}: no faults; 12 defaults, 1 regimen, 1 product, 1 ramp")


@pytest.mark.parametrize(
    "defaults",
    [
        {"round": "vial"},  # the sizes come with the product that is typed
        {"round": "vial", "direction": "down"},
        {"round": "vial", "vials": "5,10"},
        {"round": "new-zealand", "direction": "down"},
        {"concentration": "5%", "product": "gammagard-sd-us"},
        {"product": "gamunex-c-us", "ramp": "gamunex-trial"},
        {"product": "privigen-us", "ramp": "printed"},
        {"dosing-weight": "australia-2026"},
        {"closed": ["2020-12-25"]},
    ],
)
def test_defaults_that_may_stand_so(tmp_path: Path, defaults: dict[str, Any]) -> None:
    assert set(site_of(tmp_path, defaults).defaults) == set(defaults)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", ":1: the file is empty"),
        (b"# nothing\n", ":1: the file is empty"),
        (b"- a\n", ":1: the file holds no table"),
        (b"site: Ward 7\ndefaults:\n  round: 5\xe9 g\n", ":3: byte 0xe9 is not UTF-8"),
        (b"site: [\n", "YAML: "),
    ],
)
@pytest.mark.parametrize("command", [["plan", *ITP, "--site"], ["regimens", "--site"], ["products", "--site"], ["catalogue", "check"]])
def test_what_is_no_site_file(run_cli: RunCli, tmp_path: Path, data: bytes, words: str, command: list[str]) -> None:
    path = tmp_path / "ward.yaml"
    path.write_bytes(data)
    refused(run_cli(*command, str(path)), f"{path}", words)


def test_a_file_of_another_shape_is_not_checked_as_a_site_file() -> None:
    assert check_site(EXAMPLE.parent.parent / "regimens.yaml") is None


def refused(ran: Run, *words: str, code: int = 3) -> None:
    assert (ran.code, ran.out) == (code, b"")
    assert [word for word in words if word not in ran.err] == [], ran.err
    assert "Traceback" not in ran.err


# An id that is a name of ours


@pytest.mark.parametrize(("name", "ours"), [("ssc", "ssc"), ("il-2", "il-2"), ("sclerosis", "sclerosis")])
def test_an_own_regimen_cannot_take_another_name_of_ours(tmp_path: Path, name: str, ours: str) -> None:
    (fault,) = faults_of(faulty(tmp_path, "ward-itp:", f"{name}:"))
    assert "expected a name of its own" in fault
    assert ours in fault


def test_an_own_product_cannot_take_an_alias_of_ours(tmp_path: Path) -> None:
    aliases = {alias: ours.id for ours in shipped_formulary().products.values() for alias in ours.aliases}
    alias, ours = next(iter(aliases.items()))
    (fault,) = faults_of(faulty(tmp_path, "ward-product:", f"{alias}:"))
    assert f":25: products.{alias}: is also a name of {ours}, which ships, expected a name of its own" in fault


# Which file is found


def shown_site(run: Run) -> str | None:
    found: str | None = json.loads(run.out)["site"] and json.loads(run.out)["site"]["name"]
    return found


def test_the_file_that_is_typed_then_that_of_the_environment_then_that_of_the_user(
    run_cli: RunCli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = ["plan", *ITP, "--format", "json"]
    for name in ("typed", "environment", "ivigcalc/site"):
        path = tmp_path / f"{name}.yaml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"site: {name}\n", "utf-8")
    assert shown_site(run_cli(*command)) is None
    monkeypatch.setattr("click.get_app_dir", lambda name: str(tmp_path / name))
    assert shown_site(run_cli(*command)) == "ivigcalc/site"
    monkeypatch.setenv("IVIGCALC_SITE", "")  # as good as not set
    assert shown_site(run_cli(*command)) == "ivigcalc/site"
    monkeypatch.setenv("IVIGCALC_SITE", str(tmp_path / "environment.yaml"))
    assert shown_site(run_cli(*command)) == "environment"
    monkeypatch.chdir(tmp_path)
    assert shown_site(run_cli(*command, "--site", "typed.yaml")) == "typed"
    assert shown_site(run_cli(*command, "--site", "none")) is None
    assert (tmp_path / "typed.yaml").rename(tmp_path / "none").exists()
    assert shown_site(run_cli(*command, "--site", "none")) is None
    assert shown_site(run_cli(*command, "--site", "./none")) == "typed"
    assert run_cli("catalogue", "check", "none").text == "none: no faults; 0 defaults, 0 regimens, 0 products, 0 ramps\n"
    monkeypatch.setenv("IVIGCALC_SITE", "none")
    assert shown_site(run_cli(*command)) is None
    monkeypatch.setenv("IVIGCALC_SITE", "environment.yaml")
    assert shown_site(run_cli(*command)) == "environment"


@pytest.mark.skipif("sys.platform != 'linux'", reason="where the user's configuration is depends on the system")
def test_the_users_configuration_on_linux(run_cli: RunCli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "ivigcalc").mkdir()
    (tmp_path / "ivigcalc" / "site.yaml").write_text("site: Mine\ndefaults: {round: 1 g}\n", "utf-8")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert entry(run_cli("plan", *ITP).text, "Site file").startswith("The site file of Mine was used")
    monkeypatch.delenv("XDG_CONFIG_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / ".config").mkdir()
    (tmp_path / "ivigcalc").rename(tmp_path / ".config" / "ivigcalc")
    assert entry(run_cli("plan", *ITP).text, "Site file").startswith("The site file of Mine was used")


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (lambda path: path.mkdir(parents=True), "not a regular file"),
        (lambda path: (path.parent.mkdir(), path.symlink_to("nowhere")), "No such file or directory"),
        (lambda path: (path.parent.mkdir(), path.symlink_to("site.yaml")), "ymbolic links"),
    ],
)
def test_a_file_of_the_user_that_cannot_be_read_is_never_passed_over(
    run_cli: RunCli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make: Callable[[Path], object], why: str
) -> None:
    make(tmp_path / "ivigcalc" / "site.yaml")
    monkeypatch.setattr("click.get_app_dir", lambda name: str(tmp_path / name))
    where = str(tmp_path / "ivigcalc" / "site.yaml")
    refused(run_cli("plan", *ITP), where, "is the site file of this user's configuration, and it cannot be read", why, "add --site none")
    assert run_cli("plan", *ITP, "--site", "none").code == 0


def test_a_place_that_nobody_may_look_into_is_never_passed_over(run_cli: RunCli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("click.get_app_dir", lambda name: str(tmp_path / ("x" * 300)))  # a name that is too long fails for root, too
    refused(run_cli("plan", *ITP), "is the site file of this user's configuration", "File name too long", "add --site none")
    (tmp_path / "file").write_text("x", "utf-8")
    monkeypatch.setattr("click.get_app_dir", lambda name: str(tmp_path / "file"))  # a file where a folder would be: there is none
    assert run_cli("plan", *ITP).code == 0


@pytest.mark.parametrize(
    ("path", "why"), [("missing.yaml", "No such file or directory"), (".", "not a regular file"), ("x" * 5000, "File name too long")]
)
def test_a_file_that_is_named_and_cannot_be_read(
    run_cli: RunCli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str, why: str
) -> None:
    monkeypatch.chdir(tmp_path)
    refused(run_cli("plan", *ITP, "--site", path), f"{path}: cannot be read", "name a YAML file that can")
    monkeypatch.setenv("IVIGCALC_SITE", path)
    for command in (["plan", *ITP], ["regimens"], ["products"]):
        refused(run_cli(*command), f"{path}: $IVIGCALC_SITE names this file, and it cannot be read ({why}); mend that, or add --site none")


@pytest.mark.parametrize("text", ["", "  "])
def test_no_name_for_a_file_is_wrong_use(run_cli: RunCli, text: str) -> None:
    refused(run_cli("plan", *ITP, "--site", text), "--site: nothing was given; name a file", "write --site none", code=2)


@pytest.mark.parametrize("data", [b"\xef\xbb\xbfsite: Ward 7\ndefaults:\n  round: 5 g\n", b"site: Ward 7\r\ndefaults:\r\n  round: 5 g\r\n"])
def test_a_file_of_another_editor_is_read_and_its_digest_is_of_its_bytes(run_cli: RunCli, tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "ward.yaml"
    path.write_bytes(data)
    plan = json.loads(run_cli("plan", *ITP, "--site", str(path), "--format", "json").out)
    assert plan["infusions"][0]["ordered_g"] == 25
    assert plan["site"]["sha256"] == hashlib.sha256(data).hexdigest()


# Refusals that a default causes


@pytest.mark.parametrize(
    ("defaults", "typed", "came", "mend"),
    [
        ({"round": "5 g"}, ["--weight", "3.2", "--dose", "0.4 g/kg/day", "--days", "1"], '--round "5 g"', "type another --round, or add"),
        ({"round": "vial", "pump-step": "1 mL/h"}, ITP, "--round vial", "type another --round, or add"),
        ({"dosing-weight": "australia-2026", "round": "1 g"},
            ITP, "--dosing-weight australia-2026", "type another --dosing-weight, or add"),
        # 30 g would become 40 g, a third more
        (
            {"round": "40 g", "direction": "up"}, ["--weight", "30", "--dose", "1 g/kg/day", "--days", "1"],
            '--round "40 g", --direction up', "type another --round or --direction, or add",
        ),
        ({"infuse-on": "mon,wed"}, [*ITP, *STARTED], "--infuse-on mon,wed", "type another --infuse-on, or add"),
        ({"product": "privigen-us", "ramp": "printed"},
            ITP, "--product privigen-us, --ramp printed", "type another --product or --ramp, or add"),
        (
            # due on the 7th, the second course moves to the 10th, on which the third is due
            {"closed": ["2027-01-09", "2027-12-25"]}, [*ITP, *STARTED, "--every", "3 days", "--cycles", "3"],
            "--closed with 2 dates", "to plan without the file add",
        ),
    ],
)  # fmt: skip
def test_a_refusal_names_the_default_behind_it_the_file_and_the_mend(
    run_cli: RunCli, tmp_path: Path, defaults: dict[str, Any], typed: list[str], came: str, mend: str
) -> None:
    path = write(tmp_path, defaults)
    ran = run_cli("plan", *typed, "--site", str(path))
    assert ran.code in (1, 2), ran
    assert ran.out == b""
    assert ran.err.endswith(f"(from the site file of Ward 7, {path}: {came}; {mend} --site none)\n"), ran.err
    assert ran.err.count("site file") == 1


@pytest.mark.parametrize(
    "typed",
    [
        ["--weight", "62"],
        ["--weight", "62,5", "--regimen", "itp"],
        ["--weight", "62", "--regimen", "ipt"],
        ["--weight", "62", "--dose", "2 g/kg", "--days", "5"],
        ["--weight", "62", "--regimen", "itp", "--product", "privigen"],
        ["--weight", "62", "--dose", "3 g/kg/course", "--days", "5"],
    ],
)
def test_a_refusal_that_has_nothing_to_do_with_the_file_is_left_alone(run_cli: RunCli, tmp_path: Path, typed: list[str]) -> None:
    path = write(tmp_path, {"round": "1 g", "product": "privigen-us", "ramp": "1, 2 mL/kg/h every 30 min", "infuse-on": "mon-fri"})
    with_file, plain = run_cli("plan", *typed, "--site", str(path)), run_cli("plan", *typed)
    assert with_file.code in (1, 2)
    assert with_file.err == plain.err


def test_a_refusal_behind_which_two_defaults_stand_each_by_itself_names_both(run_cli: RunCli, tmp_path: Path) -> None:
    """Sat 09-Jan-2027 is closed, and Saturdays are left out: either moves the second course onto the third."""
    path = write(tmp_path, {"round": "1 g", "infuse-on": "sun-fri", "closed": ["2027-01-09"]})
    ran = run_cli("plan", *ITP, *STARTED, "--every", "3 days", "--cycles", "3", "--site", str(path))
    assert (ran.code, ran.out) == (1, b"")
    assert "--infuse-on sun-fri, --closed 2027-01-09; " in ran.err


def test_a_site_without_defaults_leaves_refusals_alone(run_cli: RunCli, tmp_path: Path) -> None:
    path = write(tmp_path)
    assert run_cli("plan", "--weight", "62", "--site", str(path)).err == run_cli("plan", "--weight", "62").err


# One site for many patients


def test_a_site_is_read_and_hashed_once_for_any_number_of_patients(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    site = site_of(
        tmp_path, {"round": "5 g", "product": "ward-product"},
            products={"ward-product": product()}, regimens={"itp-7": regimen(phase("0.4 g/kg", "day", "3"))}
    )  # fmt: skip
    expected = ask_plan(site, weight="62", regimen="itp-7")

    def never(*_: object, **__: object) -> None:
        raise AssertionError("the file was read or hashed again")

    for place in ("hashlib.sha256", "pathlib.Path.read_bytes", "pathlib.Path.open", "builtins.open", "yaml.parse"):
        monkeypatch.setattr(place, never)
    for _ in range(1_000):
        assert ask_plan(site, weight="62", regimen="itp-7") == expected


# The display rules, the help and the example


def test_what_is_said_of_a_site_keeps_the_display_rules(run_cli: RunCli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = regimen(phase("0.5 g/kg", "day", "3"), indication="immune-thrombocytopenia", name="Of the ward")
    path = write(
        tmp_path, {"round": "5 g", "product": "ward-product", "ramp": "ward-ramp", "pump-step": "1 mL/h", "closed": ["2027-12-25"]},
        regimens={"itp": own}, products={"ward-product": product()}, ramps={"ward-ramp": ramp()},
    )  # fmt: skip
    for width in ("40", "80", "200"):
        monkeypatch.setenv("COLUMNS", width)
        for words in (["plan", *ITP, *STARTED], ["regimens", "show", "itp"], ["products", "show", "ward-product"]):
            text = run_cli(*words, "--site", str(path)).text
            assert "ite file" in text
            said = " ".join(line for line in text.split("\n"))
            said = said[said.index("is the site's own") if "is the site's own" in said else 0 :]
            start = text.index("Site file")
            assert problems(text[start:].split("\n\n")[0]) == []
            assert max(map(len, text.split("\n"))) <= int(width)


@pytest.mark.parametrize("command", ["plan", "regimens", "products"])
def test_the_option_is_in_the_help(run_cli: RunCli, command: str) -> None:
    assert "--site FILE" in run_cli(command, "--help").text


def test_the_example_of_the_docs_is_read_checked_and_planned_with(run_cli: RunCli) -> None:
    checked = run_cli("catalogue", "check", str(EXAMPLE))
    assert (checked.code, checked.text) == (0, f"{EXAMPLE}: no faults; 4 defaults, 1 regimen, 0 products, 1 ramp, 2 prices\n")
    assert check_site(EXAMPLE) == "4 defaults, 1 regimen, 0 products, 1 ramp, 2 prices"
    data = load_data(str(EXAMPLE))
    assert data.site
    assert data.site.own == {"regimens.ward-7-itp", "ramps.ward-7"}
    plan = json.loads(
        run_cli("plan", "--weight", "62", "--regimen", "ward-7-itp", "--product", "privigen-us", "--ramp", "ward-7", *STARTED,
                "--site", str(EXAMPLE), "--format", "json").out
    )  # fmt: skip
    # 24.8 g to the nearest 5 g; Mon 04-Jan-2027 is closed, so that three days of one week are Tue to Thu
    assert [(infusion["date"], infusion["ordered_g"]) for infusion in plan["infusions"]] == [(f"2027-01-0{day}", 25) for day in (5, 6, 7)]
    # 62 kg at 0.5, 1 and 2 mL/kg/h, half an hour each but the last: 15.5 and 31 mL, then 203.5 of the 250 mL
    assert [(step["ml_per_h"], step["volume_ml"]) for step in plan["infusions"][0]["steps"]] == [(31, 15.5), (62, 31), (124, 203.5)]
    assert set(plan["site"]["options"]) == {"round", "pump-step", "infuse-on", "closed"}
