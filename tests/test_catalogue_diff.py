"""`catalogue diff`: what changes in grams at 70 kg. Every amount is worked by hand: 70 kg times the dose per kg, by or over the days."""

from fractions import Fraction
from pathlib import Path

import pytest
import yaml

from ivigcalc.catalogue import data_file, load_catalogue
from ivigcalc.catalogue.diff import compare_catalogues
from ivigcalc.changes import DoseAt
from ivigcalc.dosing.at_weight import doses_at
from ivigcalc.model import Catalogue
from ivigcalc.numbers import exact_text
from tests.conftest import RunCli
from tests.injected import SHIPPED, injected
from tests.test_display import problems

COUNT = len(yaml.load(data_file("regimens.yaml").read_text(encoding="utf-8"), yaml.BaseLoader)["regimens"])
OLD = data_file("regimens.yaml")


def diff(run_cli: RunCli, new: Path, *, old: Path = OLD) -> str:
    """The page of a difference, in one line."""
    result = run_cli("catalogue", "diff", str(old), str(new))
    assert result.code == 1
    assert result.err.endswith(f" from {old} to {new}\n")
    return " ".join(result.text.split())


# What is replaced in the file that ships, and what the page then says of it.
CHANGED: dict[str, tuple[str, str, str, tuple[str, ...]]] = {
    "days": ("itp", "days: 3", "days: 5", (
        "Before 28 g once daily for 3 days, 84 g per course; 0.4 g per kg per day, 1.2 g per kg per course",
        "Now 28 g once daily for 5 days, 140 g per course; 0.4 g per kg per day, 2 g per kg per course",
        "Changes days: 3 days; now 5 days")),
    "dose": ("itp", "dose: 0.4 g/kg", "dose: 0.5 g/kg", (
        "Now 35 g once daily for 3 days, 105 g per course; 0.5 g per kg per day, 1.5 g per kg per course",
        "Changes dose: 0.4 g per kg; now 0.5 g per kg")),
    "basis": ("icaht", "per: course", "per: day", (
        "Before 35 g once daily for 4 days, 140 g per course; 0.5 g per kg per day, 2 g per kg per course",
        "Now 140 g once daily for 4 days, 560 g per course; 2 g per kg per day, 8 g per kg per course",
        "Changes per: course; now day")),
    "one day": ("itp/us-label", "days: 2", "days: 1", (
        "Now 140 g once, on one day; 2 g per kg per course", "Changes days: 2 days; now 1 day")),
    "range of a dose": ("pid/ontario-adult", "dose: 0.4 to 0.6 g/kg", "dose: 0.4 to 0.8 g/kg", (
        ("Before 0.4 to 0.6 g per kg per day, 1 day, at the ends of what is stated 28 g once, on one day; 0.4 g per kg per course "
         "42 g once, on one day; 0.6 g per kg per course every 3 to 4 weeks"),
        ("Now 0.4 to 0.8 g per kg per day, 1 day, at the ends of what is stated 28 g once, on one day; 0.4 g per kg per course "
         "56 g once, on one day; 0.8 g per kg per course every 3 to 4 weeks"),
        "Changes dose: 0.4 to 0.6 g per kg; now 0.4 to 0.8 g per kg")),
    "range of days": ("cidp/induction", "days: 2 to 5", "days: 2 to 4", (
        ("70 g once daily for 2 days, 140 g per course; 1 g per kg per day, 2 g per kg per course "
         "28 g once daily for 5 days, 140 g per course; 0.4 g per kg per day, 2 g per kg per course"),
        "35 g once daily for 4 days, 140 g per course; 0.5 g per kg per day, 2 g per kg per course",
        "Changes days: 2 to 5 days; now 2 to 4 days")),
    "days no longer stated": ("icaht", "days: 4", "days: not stated", (
        "Now 140 g per course, 2 g per kg per course; days not stated, so no dose of a day", "Changes days: 4 days; now not stated")),
    "days of a day's dose no longer stated": ("itp", "days: 3", "days: not stated", (
        "Now 28 g a day, 0.4 g per kg per day; days not stated, so no total",)),
    "range of a dose without days": ("icaht", "dose: 2 g/kg\n        per: course\n        days: 4",
                                     "dose: 1 to 2 g/kg\n        per: course\n        days: not stated", (
        "Now 1 to 2 g per kg per course, days not stated, at the ends of what is stated 70 g per course, 1 g per kg per course;",
        "140 g per course, 2 g per kg per course; days not stated")),
    "dose no longer stated": ("itp", "dose: 0.4 g/kg", "dose: not stated", (
        "Now dose not stated every 3 weeks", "Changes dose: 0.4 g per kg; now not stated")),
    "interval": ("itp", "every: 3 weeks", "every: 2 to 3 weeks", (
        "Now 28 g once daily for 3 days, 84 g per course; 0.4 g per kg per day, 1.2 g per kg per course every 2 to 3 weeks,",
        "Changes every: every 3 weeks; now every 2 to 3 weeks")),
    "courses": ("itp", "cycles: not stated", "cycles: 4", ("every 3 weeks, 4 courses", "Changes cycles: not stated; now 4")),
    "cap of its own source": ("mis-c/nih", "at_most: 100 g", "at_most: 50 g", (
        "Before 100 g once, on one day; 1.428571 g per kg per course", "at most 100 g per course",
        "Now 50 g once, on one day; 0.714286 g per kg per course", "Changes caps: at most 100 g per course; now at most 50 g per course")),
    "cap per kg": ("ms/ontario-relapse", "at_most: 1 g/kg", "at_most: 0.5 g/kg", (
        "refused: 140 g over 1 day is 140 g a day, more than the 70 g a day of the source 28 g once daily for 5 days",
        "at most 0.5 g per kg per day, 35 g", "Changes caps: at most 1 g per kg per day; now at most 0.5 g per kg per day")),
    "cap of another source": ("melanoma-q3w", "at_most: 25 g", "at_most: 30 g", (
        ("70 g per course, 1 g per kg per course; days not stated, so no dose of a day every 3 weeks, number of courses not stated "
         "at most 30 g per day, of an external source, which only warns"),)),
    "which weight": ("sid/ontario", "weight_basis: adjusted", "weight_basis: ideal", (
        "on adjusted body weight Now", "on ideal body weight Changes weight_basis: adjusted body weight; now ideal body weight")),
    "window": ("myeloma-teclistamab", "within: 30 days", "within: 40 days", (
        "Changes window: within 30 days of the start of the bispecific antibody; now within 40 days of the start",)),
    "ages": ("cidp/induction", "    weight_basis:", "    ages: {from: 18 years, below: 80 years}\n    weight_basis:", (
        "Changes ages: not stated; now from 18 years, below 80 years",)),
    # which plan a name gives, and for whom
    "alias": ("ten", "aliases: []", "aliases: [lyell]", ("Changes aliases: none; now lyell",)),
    "indication": ("ten", "indication: toxic-epidermal-necrolysis", "indication: sepsis", ("necrolysis; now sepsis",)),
    "population": ("ten", "population: adults", "population: not stated", ("Changes population: adults; now not stated",)),
    "choice": ("melanoma", "choose: [melanoma-q3w, melanoma-high-dose]", "choose: [melanoma-high-dose, melanoma-q3w]", (
        "Before stands for the choice between melanoma-q3w and melanoma-high-dose",
        "Changes choose: melanoma-q3w, melanoma-high-dose; now melanoma-high-dose, melanoma-q3w")),
}  # fmt: skip


@pytest.mark.parametrize("name", CHANGED)
def test_a_change_of_figures_is_shown_in_grams_before_and_now(run_cli: RunCli, tmp_path: Path, name: str) -> None:
    entry, old, new, words = CHANGED[name]
    path, _ = injected(tmp_path, entry, old, new)
    page = diff(run_cli, path)
    assert f"Regimens {COUNT} before, {COUNT} now; 1 changed in what plans rest on Grams for a dosing weight of 70 kg" in page
    assert f" Changed {entry} " in page
    assert [text for text in words if text not in page] == [], page


WORDS: dict[str, tuple[str, str, str, str]] = {
    "quote": ("lems", "infusion on two", "infusions on two", 'quote: "infusion on two consecutive days of'),
    "second quote": ("icaht", "in four divided", "in 4 divided", 'quote 2: "Based on the promising'),
    "locator": ("lems", "locator: Abstract", "locator: Results", "locator: Abstract; now Results"),
    "source": ("lems", "source: bain-1996", "source: blum-2008", "source: bain-1996; now blum-2008"),
    "citation": ("bain-1996", "Bain 1996", "Bain P 1996", "citation bain-1996: Bain 1996, crossover trial"),
    "external": ("bain-1996", "external: no", "external: yes", "external bain-1996: no; now yes"),
    "address": ("lin-2022", "url: not stated", "url: https://a.test", "url lin-2022: not stated; now https://a.test"),
    "name": ("ten", "name: Toxic", "name: A toxic", "name: Toxic epidermal necrolysis, over 3 days; now A toxic"),
    "note": ("cll", "    notes:\n      - The trial treated", "    notes:\n      - It treated", "notes: The trial treated for one year;"),
    "no longer stated": ("cll", "not_stated: [number of courses, ", "not_stated: [", "not_stated: number of courses, weight used"),
    "words of a cap": ("mis-c/nih", "(up to a maximum total dose of 100 g)\n    cited", "(maximum 100 g)\n    cited",
                       'quote cap 1: "IVIG 2 g/kg'),
    "one citation more": ("lems", "    readings: []", "      - {source: blum-2008, locator: Page 2, quote: some words}\n    readings: []",
                          'cited 2: not stated; now blum-2008, Page 2: "some words"'),
    "conflict": ("", "no longer fund it.\n    between: [ten]", "do not fund it.\n    between: [ten]",
                 "conflicts: 3 g per kg in all exceeds"),
}  # fmt: skip


@pytest.mark.parametrize("name", WORDS)
def test_a_change_of_words_alone_is_named_and_said_to_change_no_dose(run_cli: RunCli, tmp_path: Path, name: str) -> None:
    entry, old, new, words = WORDS[name]
    path, _ = injected(tmp_path, entry, old, new)
    page = diff(run_cli, path)
    assert "changed in words alone" in page
    assert "changed in what plans rest on" not in page
    assert "Doses no change Text " in page
    assert words in page
    assert "Before" not in page


def test_a_source_that_several_regimens_cite_is_named_with_each(run_cli: RunCli, tmp_path: Path) -> None:
    path, _ = injected(tmp_path, "", "American Society of Hematology, guideline", "ASH, guideline")
    page = diff(run_cli, path)
    assert "2 changed in words alone" in page
    assert [key for key in ("itp/ontario", "itp/ontario-child", "itp/us-label") if f" Words {key} " in page] == [
        "itp/ontario",
        "itp/ontario-child",
    ]


AROUND = {
    "an indication's alias": ("[pyoderma]}", "[pg]}", "indications pyoderma-gangrenosum aliases: pyoderma; now pg"),
    "an indication more": ("\nregimens:", "  lems: {name: Lems, aliases: []}\n\nregimens:", "indications: lems added"),
    "a word with two meanings": ("  sclerosis: [multiple-sclerosis, systemic-sclerosis]\n", "", "ambiguous: sclerosis removed"),
    "its meanings": ("[multiple-sclerosis, systemic-sclerosis]", "[systemic-sclerosis, multiple-sclerosis]",
                     "ambiguous sclerosis: multiple-sclerosis, systemic-sclerosis; now systemic-sclerosis, multiple-sclerosis"),
    "what is not recommended": ("    explanation: The trial was against it.", "    explanation: It is not.",
                                "not_recommended autologous-bone-marrow-transplant explanation: The trial was against it.; now It is not."),
    "its words": ("Table III\n", "Table IV\n", 'not_recommended acquired-haemophilia-a cited: haemophilia-review, Table III: "High doses'),
}  # fmt: skip
AROUND["an indication more"] = (
    "\nregimens:\n  itp:",
    "  lambert-eaton-myasthenic-syndrome: {name: Lems, aliases: []}\n\nregimens:\n  itp:",
    "indications: lambert-eaton-myasthenic-syndrome added",
)


@pytest.mark.parametrize("name", AROUND)
def test_what_stands_around_the_regimens_is_compared_too(run_cli: RunCli, tmp_path: Path, name: str) -> None:
    old, new, words = AROUND[name]
    path, _ = injected(tmp_path, "", old, new)
    page = diff(run_cli, path)
    assert f"{COUNT} before, {COUNT} now; none changes" in page
    assert f" Around {words.partition(':')[0].split()[0]}" in page
    assert words in page


def test_what_was_added_and_removed_is_shown_in_grams(run_cli: RunCli, tmp_path: Path) -> None:
    path, _ = injected(tmp_path, "", "\n  avwd:\n", "\n  avwd-two:\n")
    page = diff(run_cli, path)
    assert f"{COUNT} before, {COUNT} now; 1 removed, 1 added " in page
    grams = "70 g once daily for 2 days, 140 g per course; 1 g per kg per day, 2 g per kg per course"
    assert f"Removed avwd Acquired von Willebrand disease with a monoclonal gammopathy, over 2 days Before {grams}" in page
    assert f"Added avwd-two Acquired von Willebrand disease with a monoclonal gammopathy, over 2 days Now {grams}" in page
    assert page.index("Removed") < page.index("Added")


PHASES = """\
      - phase: loading
        dose: 0.4 g/kg
        per: day
        days: 5
        every: not stated
        cycles: 1
      - phase: boosters
        dose: 0.4 g/kg
        per: day
        days: 1
        every: 2 months
        cycles: not stated
        begins: 2 months
"""


def test_phases_are_shown_each_by_its_name(run_cli: RunCli, tmp_path: Path) -> None:
    start = SHIPPED.index("      - phase: course", SHIPPED.index("\n  ms/trial-loading:\n"))
    end = SHIPPED.index("    cited:", start)
    two, _ = injected(tmp_path, "ms/trial-loading", SHIPPED[start:end], PHASES)
    page = diff(run_cli, two)
    assert "Now loading: 28 g once daily for 5 days, 140 g per course; 0.4 g per kg per day, 2 g per kg per course" in page
    assert (
        "boosters: 28 g once, on one day; 0.4 g per kg per course every 2 months, number of courses not stated begins 2 months after"
        in page
    )
    assert "Changes phases: course; now loading, boosters" in page
    text = two.read_text(encoding="utf-8")
    (tmp_path / "later").mkdir()
    later, _ = injected(tmp_path / "later", "ms/trial-loading", "begins: 2 months", "begins: 3 months", text)
    page = diff(run_cli, later, old=two)
    assert "Changes begins boosters: 2 months; now 3 months" in page
    more, _ = injected(tmp_path / "later", "ms/trial-loading", "boosters\n        dose: 0.4", "boosters\n        dose: 0.5", text)
    assert "Changes dose boosters: 0.4 g per kg; now 0.5 g per kg" in diff(run_cli, more, old=two)


def test_no_change_is_said_and_ends_in_0(run_cli: RunCli, tmp_path: Path) -> None:
    assert run_cli("catalogue", "diff", str(OLD), str(OLD)) == (0, f"Regimens    {COUNT} before, {COUNT} now; none changes\n".encode(), "")
    path, _ = injected(tmp_path, "", "# The regimens", "# Another comment, the regimens")
    assert run_cli("catalogue", "diff", str(OLD), str(path)).code == 0


def test_a_site_file_is_compared_together_with_what_ships(run_cli: RunCli, tmp_path: Path) -> None:
    site = OLD.parent / "docs" / "site-example.yaml"
    page = diff(run_cli, site)
    assert f"{COUNT} before, {COUNT + 1} now; 1 added Grams" in page
    assert "Added ward-7-itp Immune thrombocytopenia, as on ward 7 Now 28 g once daily for 3 days, 84 g per course;" in page
    assert "Removed ward-7-itp" in diff(run_cli, OLD, old=site)


@pytest.mark.parametrize("swapped", [False, True])
def test_a_faulty_file_is_not_compared(run_cli: RunCli, tmp_path: Path, swapped: bool) -> None:
    path, line = injected(tmp_path, "itp", "days: 3", "days: 33")
    result = run_cli("catalogue", "diff", *map(str, (path, OLD) if swapped else (OLD, path)))
    assert (result.code, result.out) == (3, b"")
    assert result.err.startswith(f"{path}:{line}: regimens.itp.phases[1].days: ")


@pytest.mark.parametrize("width", [20, 40, 59, 60, 80, 200])
def test_the_page_keeps_the_display_rules_at_any_width(
    run_cli: RunCli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    text = SHIPPED
    for name in ("days", "range of a dose", "range of days", "cap of its own source", "cap per kg", "which weight", "window", "choice"):
        path, _ = injected(tmp_path, *CHANGED[name][:3], text)
        text = path.read_text(encoding="utf-8")
    for name in ("name", "note", "one citation more", "conflict"):
        path, _ = injected(tmp_path, *WORDS[name][:3], text)
        text = path.read_text(encoding="utf-8")
    path, _ = injected(tmp_path, "", "\n  avwd:\n", "\n  avwd-two:\n", text)
    monkeypatch.setenv("COLUMNS", "500")
    whole = diff(run_cli, path)
    monkeypatch.setenv("COLUMNS", str(width))
    shown = run_cli("catalogue", "diff", str(OLD), str(path)).text
    assert problems(shown) == []
    assert max(map(len, shown.splitlines())) <= width
    assert "".join(shown.split()) == "".join(whole.split()), "nothing is dropped"


# The arithmetic, against plain fractions, for every regimen that ships

CATALOGUE: Catalogue = load_catalogue(OLD)


@pytest.mark.parametrize("key", [key for key, regimen in CATALOGUE.regimens.items() if regimen.phases])
def test_the_grams_of_every_regimen_at_70_kg(key: str) -> None:
    for phase in CATALOGUE.regimens[key].phases:
        expected = []
        for dose in dict.fromkeys(phase.dose or ()):
            for days in dict.fromkeys(phase.days or (None,)):
                once = dose * 70
                day = once if phase.per == "day" else days and once / days
                course = once if phase.per == "course" else days and once * days
                expected.append((dose, days, day, course))
        found = doses_at(phase, Fraction(70))
        assert len(found) == len(expected)
        for at, (dose, days, day, course) in zip(found, expected, strict=True):
            if key == "mis-c/nih":  # 2 g per kg are 140 g, above the 100 g of its source
                assert at == DoseAt(1, Fraction(100), Fraction(100), None)
            elif at.refused:  # 2 g per kg in one day, above the 1 g per kg a day of its source
                assert (key, days, at.refused) == (
                    "ms/ontario-relapse",
                    1,
                    "140 g over 1 day is 140 g a day, more than the 70 g a day of the source",
                )
            else:
                assert (at.days, at.day_g, at.course_g) == (days, day, course), exact_text(dose)


def test_a_catalogue_does_not_differ_from_itself() -> None:
    change = compare_catalogues(CATALOGUE, load_catalogue(OLD))
    assert (change.before, change.now, change.regimens, change.around) == (COUNT, COUNT, (), ())
