"""What `catalogue check` finds: forty faults put into a copy of the file that ships, and what is suspicious in one without a fault."""

from fractions import Fraction
from pathlib import Path

import pytest

from ivigcalc.catalogue import data_file, load_catalogue
from ivigcalc.catalogue.quoted import basis_of_cap, cap_quoted, narrowed, not_capped, not_quoted, plain, said_of_dose, weights_named
from ivigcalc.model import Cap, Cited, Phase, Source, Span
from ivigcalc.when import Interval
from tests.conftest import RunCli
from tests.injected import SHIPPED, injected

# What goes wrong when a file is edited. Entry, what stood there, what stands there now, lines down to the fault, its key, and words.
Injected = tuple[str, str, str, int, str, str]
FAULTS: dict[str, Injected] = {
    "a dose without its unit": ("itp", "dose: 0.4 g/kg", "dose: 0.4", 0, "regimens.itp.phases[1].dose", "g/kg"),
    "g for mg": ("itp", "dose: 0.4 g/kg", "dose: 400 g/kg", 0, "regimens.itp.phases[1].dose", "whether mg was meant"),
    "mg for g": ("itp", "dose: 0.4 g/kg", "dose: 0.4 mg/kg", 0, "regimens.itp.phases[1].dose", "whether g was meant"),
    "a decimal comma": ("itp", "dose: 0.4 g/kg", "dose: 0,4 g/kg", 0, "regimens.itp.phases[1].dose", "has a comma"),
    "a dose with its basis": ("icaht", "dose: 2 g/kg", "dose: 2 g/kg/day", 0, "regimens.icaht.phases[1].dose", "holds the basis"),
    "grams alone": ("icaht", "dose: 2 g/kg", "dose: 140 g", 0, "regimens.icaht.phases[1].dose", "not a dose per kg"),
    "an empty dose": ("icaht", "dose: 2 g/kg", "dose:", 0, "regimens.icaht.phases[1].dose", "is empty"),
    "a dose that is taken out": ("icaht", "        dose: 2 g/kg\n", "", -1, "regimens.icaht.phases[1].dose", "is missing"),
    "no basis": ("ten", "        per: day\n", "", -2, "regimens.ten.phases[1].per", "is missing, expected day or course"),
    "another basis": ("ten", "per: day", "per: week", 0, "regimens.ten.phases[1].per", "expected day or course"),
    "a basis not stated": ("ten", "per: day", "per: not stated", 0, "regimens.ten.phases[1].per", "expected day or course"),
    "too many days": ("ten", "days: 3", "days: 33", 0, "regimens.ten.phases[1].days", "more than 31"),
    "no day": ("ten", "days: 3", "days: 0", 0, "regimens.ten.phases[1].days", "is zero"),
    "days in words": ("ten", "days: 3", "days: three", 0, "regimens.ten.phases[1].days", "'three'"),
    "days with a unit": ("ten", "days: 3", "days: 3 days", 0, "regimens.ten.phases[1].days", "'3 days'"),
    "a range upside down": ("lems", "days: 2", "days: 5 to 2", 0, "regimens.lems.phases[1].days", "upside down"),
    "a range with a hyphen": ("lems", "days: 2", "days: 2-5", 0, "regimens.lems.phases[1].days", "'2-5'"),
    "an interval without a unit": ("cll", "every: 3 weeks", "every: 3", 0, "regimens.cll.phases[1].every", "is not an interval"),
    "an abbreviated interval": ("cll", "every: 3 weeks", "every: q3w", 0, "regimens.cll.phases[1].every", "is not an interval"),
    "too many courses": ("pyoderma/maintenance", "4 to 6", "4 to 6000", 0, "regimens.pyoderma/maintenance.phases[1].cycles", "1,000"),
    "a cap without its unit": ("mis-c/nih", "at_most: 100 g", "at_most: 100", 0, "regimens.mis-c/nih.phases[1].caps[1].at_most", "grams"),
    "a cap of nothing": ("mis-c/nih", "per: course\n            source", "source", -1,
                         "regimens.mis-c/nih.phases[1].caps[1].per", "is missing"),
    "a key misspelt": ("avwd", "weight_basis:", "weight_bases:", 0, "regimens.avwd.weight_bases", "is not a key"),
    "a key twice": ("avwd", "population: adults", "jurisdiction: Italy", 0, "jurisdiction", "stands twice"),
    "a population taken out": ("avwd", "    population: adults\n", "", -7, "regimens.avwd.population", "is missing"),
    "a weight that is not known": ("avwd", "weight_basis: not stated", "weight_basis: lean", 0, "regimens.avwd.weight_basis", "'lean'"),
    "another standing": ("avwd", "standing: standard", "standing: usual", 0, "regimens.avwd.standing", "'usual'"),
    "a source that is not there": ("avwd", "source: avwd-1999", "source: avwd-1998", 0,
                                   "regimens.avwd.cited[1].source", "is not under sources"),
    "no locator": ("avwd", "        locator: Abstract\n", "", -1, "regimens.avwd.cited[1].locator", "is missing"),
    "no words of the source": ("cidp/maintenance", "quote: Maintenance dose is", "quote: not stated #", 0,
                               "regimens.cidp/maintenance.cited[1].quote", "the words of the source"),
    "an id that is the indication of others": ("gbs/iqymune", "gbs/iqymune:", "mmn:", 0,
                                               "regimens.mmn", "is the indication of other regimens"),
    "an alias of another": ("lems", "[lambert-eaton,", "[cll,", 0, "regimens.lems.aliases", "also a name of regimens.cll"),
    "an alias with a capital": ("lems", "[lambert-eaton,", "[LEMS,", 0, "regimens.lems.aliases[1]", "small letters"),
    "an id twice": ("", "\n  icaht:", "\n  itp:", 1, "itp", "stands twice"),
    "an id with a space": ("", "\n  lems:", "\n  le ms:", 1, "regimens.le ms", "is not a name"),
    "a choice of nothing": ("melanoma", "melanoma-q3w,", "melanoma-q4w,", 0, "regimens.melanoma.choose", "is not a regimen here"),
    "a day of reading that is none": ("lin-2022", "read: 2026-11-22", "read: 2026-11-31", 0, "sources.lin-2022.read", "no day 2026-11-31"),
    "true for yes": ("lin-2022", "external: no", "external: false", 0, "sources.lin-2022.external", "expected yes or no"),
    "another kind of evidence": ("ash-2011", "kind: guideline", "kind: opinion", 0, "sources.ash-2011.kind", "'opinion'"),
    "a list that is words": ("avwd", "aliases: [acquired-von-willebrand,", "aliases: words # [", 0,
                             "regimens.avwd.aliases", "holds no list"),
    "a tab": ("itp", "    name: Immune", "\tname: Immune", 0, "YAML", "expected valid YAML"),
    "a word of two meanings that has one": ("", "sclerosis: [multiple-sclerosis, systemic-sclerosis]", "sclerosis: [multiple-sclerosis]", 0,
                                            "ambiguous.sclerosis", "expected at least two"),
    "a conflict of nothing": ("", "between: [ten]", "between: [tens]", 0, "conflicts[10].between", "tens is not a regimen here"),
}  # fmt: skip


def test_there_are_forty() -> None:
    assert len(FAULTS) >= 40


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_in_a_copy_of_the_file_that_ships_is_found_at_its_line(run_cli: RunCli, tmp_path: Path, name: str) -> None:
    entry, old, new, down, key, words = FAULTS[name]
    path, line = injected(tmp_path, entry, old, new)
    result = run_cli("catalogue", "check", str(path))
    assert (result.code, result.out) == (3, b"")
    here = [fault for fault in result.err.splitlines() if fault.startswith(f"{path}:{line + down}: {key}: ")]
    assert len(here) == 1, result.err
    assert words in here[0]


def test_the_copy_itself_has_no_fault(run_cli: RunCli, tmp_path: Path) -> None:
    path, _ = injected(tmp_path, "", "x", "x")
    assert run_cli("catalogue", "check", str(path)).code == 0


# What is suspicious

WARNINGS: dict[str, Injected] = {
    "the total every day": ("icaht", "per: course", "per: day", -1, "regimens.icaht.phases[1].dose",
                            "comes to 8 g per kg in a course, above the limit of 2 g per kg"),
    "the basis against the quote": ("icaht", "per: course", "per: day", 0, "regimens.icaht.phases[1].per",
                                    "the quote says that 2 g per kg is for the whole course"),
    "the dose of a day as the total": ("itp", "per: day", "per: course", 0, "regimens.itp.phases[1].per", "0.4 g per kg is for each day"),
    "a day's dose where the quote has infusions": ("cidp/privigen-us-maintenance", "per: course", "per: day", 0,
                                                   "regimens.cidp/privigen-us-maintenance.phases[1].per",
                                                   "1 g per kg is for the whole course"),
    "a basis that no words state": ("itp/privigen-us", "- 1 g per kg for 2 consecutive days is read as 1 g per kg on each of 2 days.",
                                    "- The days follow each other.", -9, "regimens.itp/privigen-us.phases[1].per",
                                    "do not say whether 1 g per kg is for each day or for the whole course"),
    "fewer days than the source leaves": ("abmr/ivig-alone", "days: 2 to 5", "days: 2", 0, "regimens.abmr/ivig-alone.phases[1].days",
                                          "is a part of what the quote says, 2 to 5 days"),
    "a shorter range of days": ("abmr/ivig-alone", "days: 2 to 5", "days: 2 to 4", 0, "regimens.abmr/ivig-alone.phases[1].days",
                                "is a part of what the quote says, 2 to 5 days"),
    "the most of a range of doses": ("pid/ontario-adult", "dose: 0.4 to 0.6 g/kg", "dose: 0.6 g/kg", 0,
                                     "regimens.pid/ontario-adult.phases[1].dose", "is a part of what the quote says, 0.4-0.6 g/kg"),
    "an age in words alone": ("pid/asceniv-us", "    ages: {from: 12 years}\n", "", -1, "regimens.pid/asceniv-us.population",
                              "states an age that no plan is held against"),
    "one day, where the course is single": ("systemic-sclerosis-takehara", "days: 5", "days: 1", 0,
                                            "regimens.systemic-sclerosis-takehara.phases[1].days", "1 day:"),
    "the days of another phase": ("ms/trial", "days: 1\n", "days: 5\n", 1, "regimens.ms/trial.phases[2].every", "every 2 months:"),
    "the dose of another phase": ("cidp/gammagard-us", "dose: 2 g/kg", "dose: 1 g/kg", 2,
                                  "regimens.cidp/gammagard-us.phases[1].days", "2 days:"),
    "the dose of another interval": ("mmn/maintenance-1g", "dose: 1 g/kg", "dose: 2 g/kg", 3,
                                     "regimens.mmn/maintenance-1g.phases[1].every", "every 2 weeks:"),
    "a beginning that nobody stated": ("cidp/gammagard-us", "begins: not stated", "begins: 3 weeks", 0,
                                       "regimens.cidp/gammagard-us.phases[2].begins", "after 3 weeks: the quotes of this regimen"),
    "a beginning within the course before": ("cidp/gammagard-us", "begins: not stated", "begins: 3 days", 0,
                                             "regimens.cidp/gammagard-us.phases[2].begins", "the course before, of 5 days, which would"),
    "another weight": ("abmr/ivig-alone", "weight_basis: adjusted", "weight_basis: actual", 0, "regimens.abmr/ivig-alone.weight_basis",
                       "the quotes name adjusted body weight, and the entry does not"),
    "another weight, abbreviated": ("mis-c/nih", "weight_basis: ideal", "weight_basis: actual", 0, "regimens.mis-c/nih.weight_basis",
                                    "the quotes name ideal body weight"),
    "no weight in pregnancy": ("measles/ontario", "    weight_basis_in_pregnancy: actual body weight\n", "", -1,
                               "regimens.measles/ontario.weight_basis", "the quotes name actual body weight"),
    "the most of a day for that of a course": ("mis-c/nih", "per: course", "per: day", 0, "regimens.mis-c/nih.phases[1].caps[1].per",
                                               "it is the most of a course"),
    "the most of a course for that of a day": ("ms/ontario-relapse", "at_most: 1 g/kg\n            per: day",
                                               "at_most: 1 g/kg\n            per: course", 1,
                                               "regimens.ms/ontario-relapse.phases[1].caps[1].per", "it is the most of a day"),
    "younger than the population": ("pid/asceniv-us", "{from: 12 years}", "{from: 2 years}", 0, "regimens.pid/asceniv-us.ages",
                                    "are not those of the population, adults and adolescents from 12 years"),
    "months for years": ("pid/gammagard-us", "{from: 2 years}", "{from: 2 months}", 0, "regimens.pid/gammagard-us.ages", "are not those"),
    "another dose": ("itp", "dose: 0.4 g/kg", "dose: 0.5 g/kg", 0, "regimens.itp.phases[1].dose", "0.5 g per kg: the quotes"),
    "another range": ("pid/ontario-adult", "0.4 to 0.6", "0.4 to 0.8", 0, "regimens.pid/ontario-adult.phases[1].dose", "0.8 g per kg:"),
    "another number of days": ("itp", "days: 3", "days: 5", 0, "regimens.itp.phases[1].days", "5 days: the quotes"),
    "another interval": ("itp", "every: 3 weeks", "every: 4 weeks", 0, "regimens.itp.phases[1].every", "every 4 weeks: the quotes"),
    "other courses": ("pyoderma/maintenance", "4 to 6", "4 to 8", 0, "regimens.pyoderma/maintenance.phases[1].cycles", "8 courses:"),
    "another cap": ("mis-c/nih", "at_most: 100 g", "at_most: 200 g", 0, "regimens.mis-c/nih.phases[1].caps[1].at_most", "200 g: the quote"),
    "another cap per kg": ("ms/ontario-relapse", "at_most: 1 g/kg", "at_most: 1.5 g/kg", 0,
                           "regimens.ms/ontario-relapse.phases[1].caps[1].at_most", "1.5 g per kg: the quote"),
    "a day above the limit": ("itp/us-label", "days: 2", "days: 1 to 2", -2, "regimens.itp/us-label.phases[1].dose",
                              "comes to 2 g per kg in a day, above the limit of 1 g per kg"),
    "up to, as a dose": ("fnait/maternal", "dose: not stated", "dose: 1 g/kg", 0, "regimens.fnait/maternal.phases[1].dose",
                         "is only the most in the quote, expected dose: not stated"),
    "a dose above its own cap": ("ms/ontario-relapse", "dose: 1 to 2 g/kg\n        per: course", "dose: 2 g/kg\n        per: day", 6,
                                 "regimens.ms/ontario-relapse.phases[1].caps[1].at_most", "is less than the dose of 2 g per kg"),
    "courses that overlap": ("itp", "every: 3 weeks", "every: 2 days", 0, "regimens.itp.phases[1].every", "does not fit into 2 days"),
    "a figure that is not named as missing": ("itp", "not_stated: [number of courses, when to stop,", "not_stated: [", 0,
                                              "regimens.itp.not_stated", "does not name the number of courses"),
    "a weight that is not named as missing": ("itp", "weight used for dosing, product", "product", 0, "regimens.itp.not_stated",
                                              "does not name the weight used for dosing"),
    "a figure that is named as missing and is not": ("itp", "[number of courses,", "[number of courses, interval,", 0,
                                                     "regimens.itp.not_stated", "names the interval, which is stated here"),
    "an indication that is almost another": ("itp/ontario", "indication: immune-thrombocytopenia", "indication: immune-thrombocytopaenia",
                                            0,
                                             "regimens.itp/ontario.indication", "is almost immune-thrombocytopenia"),
    "the same plan twice": ("ptp/5-days", "days: 5", "days: 2", -13, "regimens.ptp/5-days", "has the figures, population and"),
    "a source of nothing": ("ten", "- source: prins-2003", "- source: blum-2008", 0, "sources.prins-2003", "is cited by nothing"),
    "a day to come": ("lin-2022", "read: 2026-11-22", "read: 2926-11-22", 0, "sources.lin-2022.read", "2926-11-22 is a day to come"),
    "the same words from two": ("ptp/5-days", "source: practical-transfusion", "source: avwd-1999", 0,
                                "regimens.ptp/5-days.cited[1].source", "the same words are quoted from practical-transfusion"),
}  # fmt: skip


def warnings(run_cli: RunCli, path: Path) -> list[str]:
    result = run_cli("catalogue", "check", str(path))
    assert (result.code, result.err) == (0, "")
    *found, last = result.text.splitlines()
    count = f"; {len(found)} warning{'' if len(found) == 1 else 's'}" if found else ""
    assert last.startswith(f"{path}: no faults; ")
    assert last.endswith(count)
    return found


@pytest.mark.parametrize("name", WARNINGS)
def test_what_is_suspicious_is_said_with_its_line_its_key_and_what_to_do(run_cli: RunCli, tmp_path: Path, name: str) -> None:
    entry, old, new, down, key, words = WARNINGS[name]
    path, line = injected(tmp_path, entry, old, new)
    line = SHIPPED[: SHIPPED.index("  prins-2003:\n")].count("\n") + 1 if key == "sources.prins-2003" else line + down
    here = [found for found in warnings(run_cli, path) if found.startswith(f"{path}:{line}: {key}: ") and words in found]
    assert len(here) == 1, warnings(run_cli, path)
    assert here[0].isprintable()


@pytest.mark.parametrize(("entry", "most"), [("mis-c/nih", "maximum total dose of 100 g"), ("ms/ontario-relapse", "maximum 1 g/kg")])
def test_a_cap_that_is_taken_out_is_missed(run_cli: RunCli, tmp_path: Path, entry: str, most: str) -> None:
    start = SHIPPED.index(f"\n  {entry}:\n")
    caps = SHIPPED[SHIPPED.index("        caps:\n", start) : SHIPPED.index("    cited:\n", start)]
    assert 3 < caps.count("\n") < 12
    path, line = injected(tmp_path, entry, caps, "")
    where = SHIPPED.count("\n", 0, SHIPPED.index("    phases:", start)) + 1
    (found,) = (words for words in warnings(run_cli, path) if ": the quotes say " in words)
    assert where < line
    assert found.startswith(f"{path}:{where}: regimens.{entry}.phases: the quotes say ")
    assert f"{most}, and no cap does" in found


def test_what_is_suspicious_in_the_file_that_ships(run_cli: RunCli) -> None:
    """Each of these is what its source says, and every plan of it warns or shows the reading or note."""
    path = data_file("regimens.yaml")
    found = [message.removeprefix(f"{path}:").split(": ", 2)[1:] for message in warnings(run_cli, path)]
    assert [(key, words.split(",")[0]) for key, words in found] == [
        ("regimens.mmn/gammagard-us.phases[1].dose", "comes to 2.4 g per kg in a course"),
        ("regimens.kawasaki-disease.phases[1].dose", "comes to 2 g per kg in a day"),
        ("regimens.mis-c/nih.phases[1].dose", "comes to 2 g per kg in a day"),
        ("regimens.mis-c/ontario.phases[1].dose", "comes to 2 g per kg in a day"),
        ("regimens.ten.phases[1].dose", "comes to 3 g per kg in a course"),
    ]


@pytest.mark.parametrize("name", ["limits.yaml", "products.yaml"])
def test_nothing_is_suspicious_in_the_other_files_that_ship(run_cli: RunCli, name: str) -> None:
    assert warnings(run_cli, data_file(name)) == []


SITE = Path(__file__).parent.parent.joinpath("docs", "site-example.yaml").read_text(encoding="utf-8")


def test_a_site_file_is_reviewed_and_its_indications_are_held_against_ours(run_cli: RunCli, tmp_path: Path) -> None:
    path, line = injected(tmp_path, "", "indication: immune-thrombocytopenia", "indication: immune-thrombocytopenias", SITE)
    (found,) = warnings(run_cli, path)
    assert found.startswith(f"{path}:{line}: regimens.ward-7-itp.indication: immune-thrombocytopenias is almost immune-thrombocytopenia, ")
    path, line = injected(tmp_path, "", 'quote: "0.4 g per kg each day', 'quote: "0.5 g per kg each day', SITE)
    (found,) = warnings(run_cli, path)
    assert found.startswith(f"{path}:{line - 2}: regimens.ward-7-itp.phases[1].dose: 0.4 g per kg: the quotes")
    path = tmp_path / "defaults.yaml"
    path.write_text("site: Ward 7\ndefaults: {round: 5 g}\n", encoding="utf-8")
    assert warnings(run_cli, path) == []


# What the words of a source hold

SOURCE = Source("smith", "Smith", None, None, "2026-11-22", external=False)


def figures(dose: str | None = None, days: int | None = None, every: Interval | None = None, cycles: int | None = None) -> Phase:
    """A phase in which these figures are stated."""
    return Phase(
        name="course",
        dose=Span(Fraction(dose), Fraction(dose)) if dose else None,
        per="day",
        days=Span(days, days) if days else None,
        every=Span(every, every) if every else None,
        cycles=Span(cycles, cycles) if cycles else None,
    )


@pytest.mark.parametrize(
    ("stated", "quote"),
    [
        (figures("0.4"), "400 mg per kilogram of body weight"),
        (figures("1"), "1,000 mg/kg"),
        (figures("2"), "2.0 g/kg"),
        (figures("2"), "a dose of 2.00 gm/kg."),
        (figures("0.8"), "0 .8 to 1 g/kg"),
        (figures("1"), "0.8 to 1 g/kg"),
        (figures("1"), "1–2 g/kg"),
        (figures(days=2), "on two consecutive days"),
        (figures(days=5), "over 2-5 days"),
        (figures(days=2), "over 2 or 5 days"),
        (figures(days=4), "in four divided doses"),
        (figures(days=1), "as a single dose"),
        (figures(days=1), "once every 6 weeks"),
        (figures(every=Interval(3, "week")), "every three weeks"),
        (figures(every=Interval(4, "week")), "every 3 to 4 weeks"),
        (figures(every=Interval(3, "week")), "every 3-4 weeks"),
        (figures(every=Interval(3, "week")), "at 3-week intervals"),
        (figures(every=Interval(3, "week")), "3-weekly"),
        (figures(every=Interval(1, "month")), "2 g/kg/mo"),
        (figures(every=Interval(1, "month")), "repeated monthly"),
        (figures(every=Interval(1, "week")), "1 g/kg weekly"),
        (figures(cycles=6), "for 4 to 6 cycles"),
        (figures(cycles=1), "Induction: 2 g/kg"),
    ],
)
def test_a_figure_is_found_in_a_quote_in_the_spellings_of_sources(stated: Phase, quote: str) -> None:
    assert not_quoted(stated, [quote], []) == []


@pytest.mark.parametrize(
    ("stated", "quote", "key"),
    [
        (figures("0.4"), "40 mg per kg", "dose"),
        (figures("0.4"), "10.4 g/kg", "dose"),
        (figures("4"), "0.4 g/kg", "dose"),
        (figures("2"), "2 mg/kg", "dose"),
        (figures("2"), "1.2 g/kg", "dose"),
        (figures("0.2"), "0.25 g/kg", "dose"),
        (figures(days=5), "over 15 days", "days"),
        (figures(days=5), "5 weeks", "days"),
        (figures(every=Interval(3, "week")), "every 3 months", "every"),
        (figures(every=Interval(3, "week")), "every 13 weeks", "every"),
        (figures(every=Interval(1, "month")), "for 1 month", "every"),
        (figures(cycles=6), "for 6 months", "cycles"),
    ],
)
def test_another_figure_is_not_found(stated: Phase, quote: str, key: str) -> None:
    assert [found for found, _ in not_quoted(stated, [quote], [])] == [key]


def test_a_dose_is_never_read_into_a_quote_and_days_may_be() -> None:
    stated = figures("0.4", 1)
    assert not_quoted(stated, ["every 3 weeks"], ["0.4 g/kg is one infusion on one day"]) == [("dose", "0.4 g per kg")]


@pytest.mark.parametrize(
    ("grams", "g_per_kg", "quote", "held"),
    [
        (Fraction(25), None, "(max. 25 g/day)", True),
        (Fraction(100), None, "up to a maximum total dose of 100 g", True),
        (Fraction(100), None, "maximum 100 g/kg", False),
        (Fraction(25), None, "25 g/day", False),
        (None, Fraction(1), "(maximum 1 g/kg/day)", True),
        (None, Fraction(1), "not more than 1000 mg/kg", True),
        (None, Fraction(1), "maximum 1 g a day", False),
        (None, Fraction(1), "maximum 0.1 g/kg", False),
    ],
)
def test_a_cap_is_found_as_a_maximum_in_its_own_unit(grams: Fraction | None, g_per_kg: Fraction | None, quote: str, held: bool) -> None:
    assert cap_quoted(Cap(grams, "day", Cited(SOURCE, "Page 1", quote), g_per_kg)) is held


@pytest.mark.parametrize(
    ("quote", "basis", "most"),
    [
        ("2 g/kg divided over 2 to 5 days", "course", False),
        ("a total dose of 2 g/kg", "course", False),
        ("2 g/kg in divided doses", "course", False),
        ("2 g/kg (total dose, divided over 2-5 days)", "course", False),
        ("(2 g/kg), to be given in divided doses", "course", False),
        ("2 g/kg (total dose 10 g/kg)", "", False),
        ("2 g/kg over five consecutive days", "course", False),
        ("2 g/kg/day for 5 days", "day", False),
        ("2 g/kg body weight/day", "day", False),
        ("2 g per kg each day, in all 4 g", "day", False),
        ("2000 mg/kg daily", "day", False),
        ("2 g/kg", "", False),
        ("2 g/kg/day, a total of 2 g/kg", "day course", False),
        ("up to 2 g/kg", "", True),
        ("Maximum dose is 2 g/kg", "", True),
        ("up to a total of 2 g/kg weekly", "course", True),
        ("2 g/kg (maximum 2 g/kg)", "", False),
        ("nothing", "", False),
        ("2 g/kg (20 mL/kg) administered in 1 to 2 infusions", "course", False),
        ("1 - 2 g/kg (10-20 mL/kg) every 3 weeks", "course", False),
        ("2 g per kg body weight (20 mL per kg) daily for 2 consecutive days", "day", False),
        ("2 g/kg over 12 hours", "course", False),
        ("2 g/kg/month", "course", False),
        ("2 grams/kg per month", "course", False),
        ("2 g/kg every 2 to 4 weeks", "course", False),
        ("one dose of 2g/kg", "course", False),
        ("2 g/kg for 2 days", "", False),
        ("2 g per kg for 2 days is read as 2 g per kg on each of 2 days", "day", False),
        ("2 g per kg is read as the whole course", "course", False),
    ],
)
def test_what_a_quote_says_of_a_dose(quote: str, basis: str, most: bool) -> None:
    assert said_of_dose(Fraction(2), [quote]) == (frozenset(basis.split()), most)


@pytest.mark.parametrize(
    ("quote", "read", "words"),
    [
        ("2 g/kg, at most 100 g", [], "at most 100 g"),
        ("2 g/kg, not more than 1000 mg/kg a day", [], "not more than 1000 mg/kg"),
        ("2 g/kg, at most 25 g", [], None),  # the cap
        ("up to 2 g/kg", [], None),  # the dose
        ("at most 100 g", ["The 100 g of the source are for adults."], None),
        ("at most 2 g/kg a day", [], None),
        ("at most 2 g/kg over 20 days", [], "at most 2 g/kg"),  # the dose is that of a day
        ("maximum rate 5 mL/kg/h", [], None),
    ],
)
def test_the_most_that_a_quote_names_has_a_cap(quote: str, read: list[str], words: str | None) -> None:
    own = figures("2")._replace(caps=(Cap(Fraction(25), "day", Cited(SOURCE, "Page 1", "at most 25 g"), None),))
    assert not_capped([own], [quote], read) == ([words] if words else [])


@pytest.mark.parametrize(
    ("quote", "basis"),
    [
        ("(max. 25 g/day)", "day"),
        ("at most 1 g/kg daily", "day"),
        ("up to a maximum total dose of 100 g", "course"),
        ("up to 1 g/kg weekly", "course"),
        ("maximum 2 g/kg to be given over 2 days", "course"),
        ("at most 100 g", None),
    ],
)
def test_what_a_quote_says_of_the_most(quote: str, basis: str | None) -> None:
    assert basis_of_cap(Cap(Fraction(25), "day", Cited(SOURCE, "Page 1", quote), None)) == basis


def test_the_weights_that_quotes_name() -> None:
    quotes = ["2 g/kg adjusted body weight", "on Ideal weight", "2 g/kg IBW/dose", "pre-pregnancy body weight", "the weight itself"]
    assert weights_named(quotes) == {"adjusted", "ideal", "pre-pregnancy"}
    assert weights_named(["actual body weight"]) == {"actual"}


@pytest.mark.parametrize(
    ("stated", "quote", "missing"),
    [
        # figures that stand beside another dose are those of another phase
        (figures("2", 5), "2 g/kg over 2 days, then 1 g/kg over 5 days", ["days"]),
        (figures("1", 5), "2 g/kg over 2 days, then 1 g/kg over 5 days", []),
        (figures("2", every=Interval(4, "week")), "1 g/kg every 4 weeks or 2 g/kg every 8 weeks", ["every"]),
        (figures("2", every=Interval(8, "week")), "1 g/kg every 4 weeks or 2 g/kg every 8 weeks", []),
        (figures("2", 5), "2 g/kg. Given over 5 days.", []),
        (figures("2", 1), "2 g/kg; single booster of 1 g/kg", ["days"]),
        (figures("2", 1), "a single course of 2 g/kg", ["days"]),
        (figures("2", 1), "a single infusion of 2 g/kg", []),
        (figures("2")._replace(begins=Interval(3, "week")), "2 g/kg every 3 weeks", ["begins"]),
        (figures("2")._replace(begins=Interval(3, "week")), "after 3 weeks 2 g/kg", []),
        (figures("2")._replace(begins=Interval(3, "week")), "2 g/kg three weeks later", []),
    ],
)
def test_figures_stand_beside_their_dose(stated: Phase, quote: str, missing: list[str]) -> None:
    assert [key for key, _ in not_quoted(stated, [quote], [])] == missing


@pytest.mark.parametrize(
    ("stated", "quotes", "read", "words"),
    [
        ([figures(days=2)], ["over 2-5 days"], [], "2-5 days"),
        ([figures(days=3)], ["in 2 to 5 infusions"], [], "2 to 5 infusions"),
        ([figures(every=Interval(3, "week"))], ["every 3 to 4 weeks"], [], "every 3 to 4 weeks"),
        ([figures(cycles=6)], ["for 4 to 6 cycles"], [], "4 to 6 cycles"),
        ([figures("1")], ["1000-2000 mg per kilogram"], [], "1000-2000 mg per kilogram"),
        ([figures("1")], ["1 to 2 g/kg"], [], "1 to 2 g/kg"),
        ([figures(days=2)], ["over 2 or 5 days"], [], None),  # one of two figures, each a regimen of its own
        ([figures(days=2)], ["over 3-5 days"], [], None),  # another figure, which is not quoted
        ([figures(every=Interval(3, "week"))], ["every 3 to 4 months"], [], None),
        ([figures(days=2)], ["over 2-5 days"], ["The source's 2 to 5 days are 2 here, the most that the ward can give."], None),
        ([figures(days=2), Phase("later", None, "day", Span(2, 5), None, None)], ["2 days, then 2 to 5 days"], [], None),
        ([Phase("course", None, "day", Span(1, 2), None, Span(1, 1))], ["in 1 to 2 infusions"], [], None),
        (
            [Phase("course", Span(Fraction("0.4"), Fraction("0.8")), "day", None, None, None)],
            ["0.4 – 0.8 g/kg, then 0.2 – 0.8 g/kg"],
            [],
            None,
        ),
    ],
)
def test_a_part_of_a_range_is_found(stated: list[Phase], quotes: list[str], read: list[str], words: str | None) -> None:
    assert [found for _, _, found in narrowed(stated, quotes, read)] == ([words] if words else [])


def test_the_other_basis_would_be_noticed_in_every_regimen_that_ships() -> None:
    """Day and course changed round: the quotes or the readings contradict it, but where both stand in them."""
    both = []
    for regimen in load_catalogue(data_file("regimens.yaml")).regimens.values():
        quotes = [cited.quote for cited in regimen.cited]
        for phase in regimen.phases:
            for dose in set(phase.dose or ()) if phase.days is None or phase.days.fixed != 1 else ():
                said = said_of_dose(dose, quotes)[0] or said_of_dose(dose, regimen.readings)[0]
                assert phase.per in said, regimen.id
                both += [regimen.id] if len(said) > 1 else []
    # the trial's booster is the dose of each of its first days, and Ontario's most of a day is the lower dose of a course
    assert both == ["ms/ontario-relapse", "ms/trial-loading", "ms/trial"]


def test_words_are_made_alike() -> None:
    assert plain("Two doses\u00a0of 1.50 g,  over 2–5 days; 2,500 mg.") == "2 doses of 1.5 g, over 2-5 days; 2500 mg."


def test_an_alias_that_is_another_indication_is_a_fault(run_cli: RunCli, tmp_path: Path) -> None:
    """Whoever types the disease would get the plan of another."""
    path = tmp_path / "regimens.yaml"
    line = next(number for number, text in enumerate(SHIPPED.splitlines(), 1) if text.strip() == "aliases: [ms]")
    path.write_text(SHIPPED.replace("aliases: [ms]", "aliases: [ms, cidp]", 1), encoding="utf-8")
    result = run_cli("catalogue", "check", str(path))
    assert result.code == 3
    assert f"{path}:{line}: regimens.multiple-sclerosis.aliases: cidp is the indication of other regimens" in result.err + result.text
