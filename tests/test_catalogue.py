"""The catalogue: every kind of fault with its line, key and mend; and the figures of the file that ships."""

import hashlib
import re
from collections.abc import Callable
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
import yaml

from ivigcalc.catalogue import check_file, data_file, files, load_catalogue, load_limits, reading, sha256_of
from ivigcalc.errors import CatalogueError
from ivigcalc.model import Catalogue, Span
from tests.conftest import RunCli

BAD = Path(__file__).parent / "bad_catalogues"
ONE, PHASE = "regimens.one", "regimens.one.phases[1]"

# File -> its faults: the line where the key stands, the key, and words that the message must hold.
# A key that is `None` is of the file as a whole.
Fault = tuple[int, str | None, tuple[str, ...]]
FAULTS: dict[str, list[Fault]] = {
    # keys
    "unknown_key": [(15, f"{ONE}.weight_base", ("is not a key", "expected one of name,", "weight_basis,"))],
    "unknown_key_with_a_block": [(27, f"{ONE}.remarks", ("is not a key", "readings, notes"))],
    "unknown_key_at_the_top": [(8, "regimen", ("is not a key", "sources, regimens, ambiguous, not_ivig"))],
    "unknown_key_in_a_phase": [(20, f"{PHASE}.day", ("is not a key", "days"))],
    "unknown_key_in_a_source": [(4, "sources.smith.doi", ("is not a key", "url"))],
    "escape_in_a_key": [(27, None, ("is not a key", "readings"))],
    "table_as_key": [(9, f"{ONE}.name", ("is missing",)), (10, None, ("a table or list stands where a key belongs", "expected a word"))],
    "repeated_key": [(21, "days", ("stands twice", "expected once"))],
    "repeated_id": [(30, "one", ("stands twice", "expected once"))],
    "missing_name": [(9, f"{ONE}.name", ("is missing", "expected"))],
    "missing_dose": [(17, f"{PHASE}.dose", ("is missing", "'not stated' where the source has none"))],
    "missing_basis": [(17, f"{PHASE}.per", ("is missing", "expected day or course"))],
    "missing_quote": [(24, f"{ONE}.cited[1].quote", ("is missing", "expected"))],
    "empty_name": [(10, f"{ONE}.name", ("is empty", "expected words"))],
    "empty_dose": [(18, f"{PHASE}.dose", ("is empty", "'not stated' where the source has none"))],
    "empty_quote": [(26, f"{ONE}.cited[1].quote", ("is empty", "expected words"))],
    # sources
    "missing_source": [(24, f"{ONE}.cited[1].source", ("is missing", "expected"))],
    "unknown_source": [(24, f"{ONE}.cited[1].source", ("'smyth' is not under sources:", "expected one of smith"))],
    "no_sources": [(1, "sources", ("is missing",)), (17, f"{ONE}.cited[1].source", ("'smith' is not under sources:",))],
    "empty_sources": [(18, f"{ONE}.cited[1].source", ("'smith' is not under sources:", "expected"))],
    "quote_not_stated": [(26, f"{ONE}.cited[1].quote", ("'not stated'", "expected"))],
    "read_on_no_day": [(6, "sources.smith.read", ("no day 2026-02-30", "calendar"))],
    "read_today": [(6, "sources.smith.read", ("'today'", "expected the day on which the source was read", "2026-11-22"))],
    "read_in_another_order": [(6, "sources.smith.read", ("'22/11/2026'", "year-month-day"))],
    "external_true": [(7, "sources.smith.external", ("'true'", "expected yes or no"))],
    # quantities
    "dose_without_unit": [(18, f"{PHASE}.dose", ("'0.4'", "g/kg"))],
    "dose_in_grams": [(18, f"{PHASE}.dose", ("'25 g'", "not a dose per kg", "g/kg"))],
    "dose_a_thousandfold_too_small": [(18, f"{PHASE}.dose", ("'0.4 mg/kg'", "0.0004 g per kg", "whether g was meant"))],
    "dose_a_thousandfold_too_large": [(18, f"{PHASE}.dose", ("'400 g/kg'", "bound of our own", "mg"))],
    "dose_with_a_comma": [(18, f"{PHASE}.dose", ("'0,4' has a comma", "0.4"))],
    "dose_holds_its_basis": [(18, f"{PHASE}.dose", ("'0.4 g/kg/day' holds the basis", "expected g/kg here", "per"))],
    "wrong_basis": [(19, f"{PHASE}.per", ("'week'", "expected day or course"))],
    "basis_not_stated": [(19, f"{PHASE}.per", ("'not stated'", "expected day or course"))],
    "days_40": [(20, f"{PHASE}.days", ("40 is more than 31", "bound of our own"))],
    "days_with_a_decimal": [(20, f"{PHASE}.days", ("3.0 is not a whole number", "1 to 31"))],
    "cycles_1001": [(22, f"{PHASE}.cycles", ("1001 is more than 1,000", "bound of our own"))],
    "interval_without_unit": [(21, f"{PHASE}.every", ("'3' is not an interval", "days, weeks or months"))],
    "interval_a_mass": [(21, f"{PHASE}.every", ("'3 g' is not an interval", "days, weeks or months"))],
    "cap_holds_its_basis": [(24, f"{PHASE}.caps[1].at_most", ("'1 g/kg/day' holds the basis", "expected g/kg here", "per"))],
    "cap_without_unit": [(24, f"{PHASE}.caps[1].at_most", ("'25' is not an amount in grams", '"25 g"'))],
    "window_in_weeks": [(23, f"{ONE}.window.within", ("4 weeks", "expected days, such as 30 days"))],
    "range_upside_down": [(20, f"{PHASE}.days", ("'5 to 2'", "upside down", "expected the lower figure first"))],
    "range_of_one": [(18, f"{PHASE}.dose", ("'1000 mg/kg to 1 g/kg'", "no range"))],
    "range_of_mixed_units": [(21, f"{PHASE}.every", ("'3 weeks to 1 month'", "expected", "unit"))],
    "range_without_end": [(20, f"{PHASE}.days", ("'2 to'",))],
    # names
    "misspelt_id": [(9, f"{ONE}".replace("one", "The One"), ("is not a name", "small letters, digits and hyphens"))],
    "misspelt_indication": [(11, f"{ONE}.indication", ("'Some disease'", "small letters, digits and hyphens"))],
    "misspelt_aliases": [
        (12, f"{ONE}.aliases[1]", ("'Uno'", "small letters")),
        (12, f"{ONE}.aliases[2]", ("'Dos Tres'", "small letters")),
    ],
    "misspelt_limit": [(9, "limits.Daily Dose", ("small letters, digits and hyphens",))],
    "duplicate_alias": [(33, "regimens.two.aliases", ("uno is also a name of regimens.one", "expected a name of its own"))],
    "alias_that_is_an_id": [(33, "regimens.two.aliases", ("one is also a name of regimens.one", "expected a name of its own"))],
    "ambiguous_that_is_an_alias": [(12, f"{ONE}.aliases", ("uno is also a name of ambiguous.uno", "expected a name of its own"))],
    "not_ivig_that_is_an_id": [(31, "not_ivig.one", ("is also the name of regimens.one", "expected a name of its own"))],
    "choice_of_nothing_known": [(55, "regimens.pick.choose", ("three is not a regimen here", "expected one of one, two"))],
    "choice_of_itself": [(55, "regimens.pick.choose", ("pick is not a regimen here", "expected one of one, two"))],
    "choice_of_one": [(55, "regimens.pick.choose", ("fewer than two", "expected at least two"))],
    "choice_of_none": [(55, "regimens.pick.choose", ("fewer than two", "expected at least two"))],
    "choice_with_a_population": [(56, "regimens.pick.population", ("is not a key", "choose"))],
    "ambiguous_of_nothing_known": [(52, "ambiguous.number", ("three is not a regimen here", "expected one of one, two"))],
    "ambiguous_of_one": [(52, "ambiguous.number", ("fewer than two", "expected at least two"))],
    "same_name_without_its_slash": [(30, "regimens.one/a", ("is also the name of regimens.one-a", "expected a name of its own"))],
    # what stands around the regimens
    "indication_of_no_regimen": [(32, "indications.other-disease", ("is the indication of no regimen here", "expected one"))],
    "misspelt_indications": [
        (31, "indications.some-disease.aliases[1]", ("'Sd'", "small letters")),
        (32, "indications.Other Disease", ("is not a name", "small letters")),
        (32, "indications.Other Disease", ("is the indication of no regimen here", "expected one")),
    ],
    "indication_alias_that_is_an_alias": [
        (31, "indications.some-disease.aliases", ("uno is also a name of regimens.one", "expected a name of its own"))
    ],
    "indication_that_is_not_recommended": [
        (31, "indications.some-disease", ("is also a name of not_recommended.some-disease", "expected a name of its own"))
    ],
    "not_recommended_without_source": [(31, "not_recommended.other.cited", ("is missing", "expected"))],
    "not_recommended_that_is_an_alias": [
        (33, "not_recommended.other.aliases", ("uno is also a name of regimens.one", "expected a name of its own"))
    ],
    "conflict_of_nothing_known": [(32, "conflicts[1].between", ("three is not a regimen here", "expected one of one"))],
    "conflict_of_none": [
        (32, "conflicts[1].between", ("fewer than one regimen", "expected at least one")),
        (35, "conflicts[2].cited", ("is empty", "expected at least one source")),
    ],
    "unknown_key_in_a_conflict": [(33, "conflicts[1].because", ("is not a key", "says, between, cited"))],
    "words_for_conflicts": [(30, "conflicts", ("holds no list", "a dash"))],
    "words_for_indications": [(30, "indications", ("holds no table", "expected names with a colon"))],
    "weight_not_known": [(15, f"{ONE}.weight_basis", ("'booking weight'", "expected one of actual, ideal, adjusted, pre-pregnancy"))],
    "weight_in_pregnancy_not_known": [(16, f"{ONE}.weight_basis_in_pregnancy", ("'todays weight'", "expected one of actual,"))],
    "standing_not_known": [(13, f"{ONE}.standing", ("'excellent'", "expected standard or contested"))],
    "kind_not_known": [(8, "sources.smith.kind", ("'opinion'", "expected guideline or label or trial"))],
    # phases
    "second_phase_without_begins": [(23, f"{ONE}.phases[2].begins", ("is missing", "expected"))],
    "first_phase_with_begins": [(23, f"{PHASE}.begins", ("stands in the first phase", "expected only from the second"))],
    "cycles_open_before_a_phase": [(22, f"{PHASE}.cycles", ("not stated in a phase that another follows", "expected the number"))],
    "cycles_faulty_before_a_phase": [(22, f"{PHASE}.cycles", ("0 is zero", "is zero"))],
    # shapes
    "no_regimens": [(1, "regimens", ("is missing", "expected"))],
    "empty_regimens": [(8, "regimens", ("is empty", "expected at least one regimen"))],
    "empty_phases": [(16, f"{ONE}.phases", ("is empty", "expected at least one phase"))],
    "empty_citations": [(23, f"{ONE}.cited", ("is empty", "expected at least one source with its locator and quote"))],
    "empty_limits": [(8, "limits", ("is empty", "expected at least one limit"))],
    "list_for_words": [(10, f"{ONE}.name", ("holds a list or table", "expected words"))],
    "table_for_words": [(10, f"{ONE}.name", ("holds a list or table", "expected words"))],
    "words_for_a_list": [(29, f"{ONE}.not_stated", ("holds no list", "[a, b]"))],
    "words_for_phases": [(16, f"{ONE}.phases", ("holds no list", "a dash"))],
    "words_for_citations": [(23, f"{ONE}.cited", ("holds no list", "a dash"))],
    "words_for_a_phase": [(17, PHASE, ("holds no table", "expected the keys phase, dose, per"))],
    "words_for_a_regimen": [(9, ONE, ("holds no table", "expected the keys name,"))],
    "words_for_a_window": [(23, f"{ONE}.window", ("holds no table", "expected the keys within, after"))],
    "words_for_sources": [(1, "sources", ("holds no table", "expected")), (18, f"{ONE}.cited[1].source", ("not under sources:",))],
    "words_for_regimens": [(8, "regimens", ("holds no table", "expected names with a colon"))],
    "list_for_regimens": [(8, "regimens", ("holds no table", "expected names with a colon"))],
    "list_for_limits": [(8, "limits", ("holds no table", "expected names with a colon"))],
    "ambiguous_of_words": [(52, "ambiguous.number", ("holds no list", "[a, b]"))],
    "not_ivig_without_source": [(31, "not_ivig.other.cited", ("is missing", "expected"))],
    # limits
    "limit_with_a_basis": [(10, "limits.daily-dose.above", ("holds the basis", "expected g/kg here", "per"))],
    "limit_without_unit": [(10, "limits.daily-dose.above", ("'1'", "g/kg"))],
    "limit_without_basis": [(9, "limits.daily-dose.per", ("is missing", "expected day or course"))],
    "limit_without_source": [(13, "limits.daily-dose.cited[1].source", ("is missing", "expected"))],
    # the file as a whole
    "empty": [(1, None, ("the file is empty", "sources: and regimens:"))],
    "only_comments": [(1, None, ("the file is empty", "sources: and regimens:"))],
    "only_words": [(1, None, ("the file holds no table", "sources: and regimens:"))],
    "not_a_mapping": [(1, None, ("the file holds no table", "sources: and regimens:"))],
    "not_utf8": [(10, None, ("byte 0xe4 is not UTF-8", "expected the file to be saved as UTF-8"))],
    "second_document": [(31, None, ("a second document starts here", "expected one document"))],
    "too_deep": [(2, None, ("more than 20 deep", "expected the shape of regimens.yaml"))],
    # what YAML itself can do
    "alias_for_a_value": [(25, "*place", ("a YAML alias", "expected the value itself"))],
    "anchor": [(18, "&usual", ("a YAML anchor", "expected the value without a name"))],
    "merge_key": [(10, "*usual", ("a YAML alias",)), (10, f"{ONE}.<<", ("is not a key",))],
    "tag_on_words": [(10, "tag:yaml.org,2002:python/name:os.system", ("a YAML tag", "expected a plain value"))],
    "tag_on_a_scalar": [(18, "tag:yaml.org,2002:str", ("a YAML tag", "expected a plain value"))],
    "tag_on_a_table": [(9, "tag:yaml.org,2002:python/object:os.system", ("a YAML tag", "expected a plain value"))],
    "tag_on_a_list": [(16, "tag:yaml.org,2002:set", ("a YAML tag", "expected a plain value"))],
    "unclosed_bracket": [(13, "YAML", ("expected valid YAML",))],
    "colon_in_words": [(10, "YAML", ("mapping values are not allowed", "expected valid YAML"))],
    "tab": [(10, "YAML", ("character", "expected valid YAML"))],
    "control_character": [(10, "YAML", ("characters are not allowed", "expected valid YAML"))],
    # everything in one pass, in the order of the lines
    "many_faults": [
        (7, "sources.smith.external", ("'maybe'", "expected yes or no")),
        (15, f"{ONE}.weight_base", ("is not a key",)),
        (19, f"{PHASE}.dose", ("'0.4'", "g/kg")),
        (20, f"{PHASE}.per", ("'week'", "expected day or course")),
        (21, f"{PHASE}.days", ("'5 to 2'", "upside down")),
        (25, f"{ONE}.cited[1].locator", ("is missing",)),
        (33, "regimens.two.aliases", ("dos is also a name of regimens.one",)),
        (39, "regimens.two.phases[1].dose", ("'25 g'", "not a dose per kg")),
        (43, "every", ("stands twice",)),
        (46, "regimens.two.cited[1].source", ("'smyth'", "expected one of smith")),
        (50, "regimens.two.notes", ("holds no list",)),
        (55, "&other", ("a YAML anchor",)),
        (61, "ambiguous.number", ("three is not a regimen here",)),
    ],
}


def _faults(path: Path) -> tuple[str, ...]:
    with pytest.raises(CatalogueError) as caught:
        check_file(path)
    assert str(caught.value) == "\n".join(caught.value.faults)
    return caught.value.faults


def _place(path: Path, fault: str) -> int:
    match = re.match(re.escape(str(path)) + r":([1-9][0-9]*): \S", fault)
    assert match, f"expected `file:line: key: what is wrong, what is expected`: {fault}"
    return int(match[1])


@pytest.mark.parametrize("name", FAULTS)
def test_every_fault_of_a_file_is_reported_once_with_its_line_its_key_and_what_is_expected(name: str) -> None:
    path = BAD / f"{name}.yaml"
    faults = _faults(path)
    assert [_place(path, fault) for fault in faults] == [line for line, _, _ in FAULTS[name]], "\n".join(faults)
    for fault, (line, key, words) in zip(faults, FAULTS[name], strict=True):
        start = f"{path}:{line}: {key}: " if key else f"{path}:{line}: "
        assert fault.startswith(start)
        assert [word for word in words if word not in fault.removeprefix(start)] == [], fault
        assert fault.isprintable(), "one line, without control characters"


def test_every_faulty_file_is_expected() -> None:
    assert {path.stem for path in BAD.iterdir()} == {*FAULTS, "alias_bomb"}


def test_a_bomb_of_aliases_is_only_its_own_size() -> None:
    path = BAD / "alias_bomb.yaml"
    faults = [fault.removeprefix(f"{path}:") for fault in _faults(path)]
    anchors = [f"{line}: &{name}: a YAML anchor, expected the value without a name" for line, name in enumerate("abcdefghij", 2)]
    aliases = [f"{line}: *{name}: a YAML alias, expected the value itself" for line, name in enumerate("abcdefghi", 3)]
    assert [fault for fault in faults if "anchor" in fault] == anchors
    assert [fault for fault in faults if "alias" in fault and "anchor" not in fault] == aliases
    assert len(faults) == len(anchors) + len(aliases) + 1  # and `bomb` is no key


@pytest.mark.parametrize("name", FAULTS)
def test_faults_are_the_same_without_the_fast_yaml_reader(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    path = BAD / f"{name}.yaml"
    fast = [_without_wording(fault) for fault in _faults(path)]
    monkeypatch.delattr(yaml, "CSafeLoader", raising=False)
    assert [_without_wording(fault) for fault in _faults(path)] == fast


def _without_wording(fault: str) -> str:
    """Leave out the words of a syntax error, which are those of the reader that found it."""
    return re.sub(r"(:[0-9]+: YAML: ).*", r"\1", fault)


# A mend that a message offers must be one that is then taken.


@pytest.mark.parametrize("name", ["missing_basis", "limit_without_basis", "missing_source", "missing_quote", "empty_quote", "missing_name"])
def test_not_stated_is_not_offered_where_it_is_refused_or_says_nothing(name: str) -> None:
    (fault,) = _faults(BAD / f"{name}.yaml")
    assert "not stated" not in fault


@pytest.mark.parametrize("name", ["dose_without_unit", "dose_in_grams", "limit_without_unit"])
def test_a_dose_with_its_basis_is_not_offered_where_it_is_refused(name: str) -> None:
    (fault,) = _faults(BAD / f"{name}.yaml")
    assert "g/kg/" not in fault


def test_today_is_not_offered_as_the_day_of_reading() -> None:
    (fault,) = _faults(BAD / "read_in_another_order.yaml")
    assert "today" not in fault


def test_mixed_units_are_not_called_upside_down() -> None:
    (fault,) = _faults(BAD / "range_of_mixed_units.yaml")
    assert "upside down" not in fault


# Files that are made here.

GOOD = (BAD / "anchor.yaml").read_text(encoding="utf-8").replace("&usual ", "")


def _write(tmp_path: Path, text: str | bytes) -> Path:
    path = tmp_path / "catalogue.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_the_file_that_the_faulty_ones_were_made_from_has_no_fault(tmp_path: Path) -> None:
    assert check_file(_write(tmp_path, GOOD)) == "1 regimens"


@pytest.mark.parametrize("opening", ["[", "{a: ", "- "])
def test_a_hundred_thousand_levels_are_refused_and_not_followed(tmp_path: Path, opening: str) -> None:
    path = _write(tmp_path, "regimens:\n  " + opening * 100_000)
    (fault,) = _faults(path)
    assert fault == f"{path}:2: lists and tables stand more than 20 deep, expected the shape of regimens.yaml"


def test_twenty_levels_are_read(tmp_path: Path) -> None:
    level_20, level_21 = ("regimens: " + "[" * depth + "]" * depth for depth in (19, 20))
    assert not [fault for fault in _faults(_write(tmp_path, level_20)) if "deep" in fault]
    assert [fault for fault in _faults(_write(tmp_path, level_21)) if "deep" in fault]


def test_a_file_of_more_than_four_million_bytes_is_not_parsed(tmp_path: Path) -> None:
    (fault,) = _faults(path := _write(tmp_path, b"#" * 4_000_001))
    assert fault == f"{path}:1: the file has 4,000,001 bytes, expected at most 4,000,000"
    (fault,) = _faults(_write(tmp_path, b"#" * 4_000_000))
    assert "the file is empty" in fault


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("\ufeff" + GOOD, "a byte order mark"),
        (GOOD.replace("\n", "\r\n"), "line ends of Windows"),
        ("---\n" + GOOD + "...\n", "a marked document"),
        (GOOD.replace("0.4 g/kg", '"0.4 g/kg"').replace("not stated", "'not stated'"), "quotation marks"),
        (GOOD.replace("0.4 g/kg", "400 mg/kg"), "milligrams"),
        (GOOD.replace("The one", ">-\n      The\n      one"), "folded words"),
        (GOOD.replace("The one", "|\n      The\n        one"), "kept lines"),
    ],
)
def test_spellings_of_yaml_that_mean_the_same_are_read_the_same(tmp_path: Path, text: str, same: str) -> None:
    expected = load_catalogue(_write(tmp_path, GOOD))
    assert load_catalogue(_write(tmp_path, text))._replace(data=b"") == expected._replace(data=b""), same


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("dose: 0.4 to 1 g/kg", Fraction(2, 5), Fraction(1)),
        ("dose: 400 mg/kg to 1 g/kg", Fraction(2, 5), Fraction(1)),
        ("dose: 400 to 1000 mg/kg", Fraction(2, 5), Fraction(1)),
        ("days: 2 to 5", 2, 5),
        ("days: 31", 31, 31),
        ("cycles: 1 to 1000", 1, 1000),
        ("every: 3 to 4 weeks", (3, "week"), (4, "week")),
        ("every: 28 days", (28, "day"), (28, "day")),
        ("every: 1 month", (1, "month"), (1, "month")),
    ],
)
def test_a_figure_or_a_range_is_read_exactly(tmp_path: Path, text: str, low: object, high: object) -> None:
    key = text.split(":")[0]
    stated = re.sub(rf"^        {key}: .*", f"        {text}", GOOD, flags=re.MULTILINE)
    phase = load_catalogue(_write(tmp_path, stated)).regimens["one"].phases[0]
    assert getattr(phase, key) == (low, high)


@pytest.mark.parametrize(
    "text", ["every: 3 to 3 weeks", "every: 4 to 3 weeks", "every: 4 weeks to 3 weeks", "dose: 1 to 1 g/kg", "days: 5 to 5"]
)
def test_a_range_goes_up(tmp_path: Path, text: str) -> None:
    key, words = text.split(": ")
    (fault,) = _faults(_write(tmp_path, re.sub(rf"^        {key}: .*", f"        {text}", GOOD, flags=re.MULTILINE)))
    assert f"{PHASE}.{key}: {words!r}" in fault
    assert "expected the lower figure first" in fault


def test_two_phases_and_a_cap_are_read(tmp_path: Path) -> None:
    second = """\
      - phase: maintenance
        dose: 1 g/kg
        per: course
        days: 1
        every: 4 weeks
        cycles: not stated
        begins: 3 weeks
        caps:
          - {at_most: 100 g, per: course, source: smith, locator: Dose, quote: at most one hundred grams each}
"""
    regimen = load_catalogue(_write(tmp_path, GOOD.replace("cycles: not stated\n", "cycles: 2\n" + second))).regimens["one"]
    loading, maintenance = regimen.phases
    assert (loading.name, loading.cycles, loading.begins, loading.caps) == ("course", Span(2, 2), None, ())
    assert (maintenance.name, maintenance.per, maintenance.cycles, maintenance.begins) == ("maintenance", "course", None, (3, "week"))
    assert [(cap.grams, cap.per, cap.cited.source.key, cap.cited.locator) for cap in maintenance.caps] == [
        (Fraction(100), "course", "smith", "Dose")
    ]


@pytest.mark.parametrize(("at_most", "grams", "g_per_kg"), [("25 g", 25, None), ("2 g/kg", None, 2), ("500 mg/kg", None, Fraction(1, 2))])
def test_a_cap_is_in_grams_or_in_grams_per_kg(tmp_path: Path, at_most: str, grams: int | None, g_per_kg: Fraction | None) -> None:
    text = (BAD / "cap_holds_its_basis.yaml").read_text(encoding="utf-8").replace("1 g/kg/day", at_most)
    (cap,) = load_catalogue(_write(tmp_path, text)).regimens["one"].phases[0].caps
    assert (cap.grams, cap.g_per_kg) == (grams, g_per_kg)
    assert cap.at(Fraction(62)) == (grams if grams is not None else g_per_kg and g_per_kg * 62)


def test_an_alias_twice_in_one_regimen_is_a_fault_too(tmp_path: Path) -> None:
    (fault,) = _faults(_write(tmp_path, GOOD.replace("[uno]", "[uno, uno]")))
    assert "uno is also a name of regimens.one" in fault


@pytest.mark.parametrize("junk", ["", "[]", "{}", "[[]]", "- x", "{a: {}}", "not stated", "0", "1 to 2", "*a", "!x", "? y"])
def test_junk_in_any_line_is_a_fault_with_a_line_of_the_file_or_no_fault_at_all(tmp_path: Path, junk: str) -> None:
    lines = GOOD.splitlines()
    for at, line in enumerate(lines):
        key, colon, _ = line.partition(":")
        for changed in (f"{key}{colon} {junk}", f"{line[: len(line) - len(line.lstrip())]}{junk}"):
            path = _write(tmp_path, "\n".join([*lines[:at], changed, *lines[at + 1 :]]))
            faults = _faults_if_any(path)
            places = [_place(path, fault) for fault in faults]
            assert places == sorted(places)
            assert all(place <= len(lines) + 1 for place in places)
            assert "None" not in "".join(faults)


def _faults_if_any(path: Path) -> tuple[str, ...]:
    try:
        check_file(path)
    except CatalogueError as error:
        return error.faults
    return ()


# Where the files are.


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("regimens:\n  one: words\nno colon here\n", "3: YAML: "),
        ("a: b\n--- &a", "2: a second document starts here"),
        ("a: b\n---\n", "2: a second document starts here"),
        ("a: [b\n", "1: YAML: "),
    ],
)
def test_a_fault_at_the_end_of_a_file_names_its_last_line(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "short.yaml"
    path.write_text(text, encoding="utf-8", newline="")
    with pytest.raises(CatalogueError) as refusal:
        load_catalogue(path)
    assert any(fault.startswith(f"{path}:{message}") for fault in refusal.value.faults), refusal.value.faults
    assert all(int(fault.removeprefix(f"{path}:").partition(":")[0]) <= len(text.splitlines()) for fault in refusal.value.faults)


def test_a_data_file_of_the_package_wins_over_one_of_the_checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "ivigcalc"
    package.mkdir()
    monkeypatch.setattr(files, "_PACKAGE", package)
    with pytest.raises(CatalogueError, match=r"^x\.yaml: the file that ships with ivigcalc is missing; install ivigcalc again$"):
        data_file("x.yaml")
    (tmp_path / "x.yaml").touch()
    assert data_file("x.yaml") == tmp_path / "x.yaml"
    (package / "x.yaml").mkdir()  # a folder of that name is not the file
    assert data_file("x.yaml") == tmp_path / "x.yaml"
    (package / "x.yaml").rmdir()
    (package / "x.yaml").touch()
    assert data_file("x.yaml") == package / "x.yaml"


@pytest.mark.parametrize("name", ["regimens.yaml", "limits.yaml"])
def test_the_shipped_files_are_found(name: str) -> None:
    assert data_file(name).is_file()


@pytest.mark.parametrize("load", [check_file, load_catalogue, load_limits])
def test_what_cannot_be_read_says_so(load: Callable[[Path], object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for path, why in ((tmp_path, "Is a directory|Permission denied"), (tmp_path / "none.yaml", "No such file")):
        with pytest.raises(CatalogueError, match=rf"^{re.escape(str(path))}: cannot be read \(({why}).*; ") as caught:
            load(path)
        assert len(caught.value.faults) == 1

    def denied(path: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", denied)
    with pytest.raises(CatalogueError, match=r"x\.yaml: cannot be read \(Permission denied\)"):
        load(tmp_path / "x.yaml")


def test_a_file_of_limits_is_told_from_one_of_regimens(tmp_path: Path) -> None:
    limits = data_file("limits.yaml").read_text(encoding="utf-8")
    assert check_file(data_file("limits.yaml")) == "2 limits"
    assert check_file(data_file("regimens.yaml")) == "96 regimens"
    path = _write(tmp_path, GOOD + limits[limits.index("\nlimits:") : limits.index("\n# Rounding")].replace("privigen-us-label", "smith"))
    (fault,) = _faults(path)
    assert ": limits: is not a key that is known here" in fault


# The command line.


@pytest.mark.parametrize(("name", "holds"), [("regimens.yaml", "96 regimens"), ("limits.yaml", "2 limits")])
def test_check_of_a_sound_file(run_cli: RunCli, name: str, holds: str) -> None:
    path = data_file(name)
    code, out, err = run_cli("catalogue", "check", str(path))
    assert (code, err) == (0, "")
    assert out.decode().splitlines()[-1].startswith(f"{path}: no faults; {holds}")  # what is suspicious is in tests/test_review.py


@pytest.mark.parametrize("name", [*FAULTS, "alias_bomb"])
def test_check_of_a_faulty_file(run_cli: RunCli, name: str) -> None:
    path = BAD / f"{name}.yaml"
    faults = _faults(path)
    code, out, err = run_cli("catalogue", "check", str(path))
    assert (code, out) == (3, b"")
    count = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
    assert err.splitlines() == [*faults, f"ivigcalc: {count} in a data file; mend and run again"]


@pytest.mark.parametrize("name", [".", "no-such-file.yaml"])
def test_check_of_what_is_no_file(run_cli: RunCli, tmp_path: Path, name: str) -> None:
    code, out, err = run_cli("catalogue", "check", str(tmp_path / name))
    assert (code, out) == (3, b"")
    assert f"{tmp_path / name}: cannot be read (" in err


@pytest.mark.parametrize("arguments", [("catalogue", "check"), ("catalogue", "check", "a", "b"), ("catalogue", "chekc", "a")])
def test_check_used_in_a_wrong_way(run_cli: RunCli, arguments: tuple[str, ...]) -> None:
    code, out, err = run_cli(*arguments)
    assert (code, out) == (2, b"")
    assert "Traceback" not in err


@pytest.mark.parametrize(("faulty", "line"), [("regimens.yaml", "many_faults"), ("limits.yaml", "limit_without_unit")])
@pytest.mark.parametrize("arguments", [("plan", "--weight", "62", "--regimen", "itp"), ("plan", "--weight", "62", "--dose", "1 g/kg/day")])
def test_no_plan_is_made_with_a_faulty_file(
    run_cli: RunCli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, faulty: str, line: str, arguments: tuple[str, ...]
) -> None:
    for name in ("regimens.yaml", "limits.yaml"):
        (tmp_path / name).write_bytes((BAD / f"{line}.yaml" if name == faulty else data_file(name)).read_bytes())
    monkeypatch.setattr(files, "_PACKAGE", tmp_path)
    code, out, err = run_cli(*arguments)
    assert (code, out) == (3, b"")
    assert err.count(f"{tmp_path / faulty}:") == len(FAULTS[line])


# The file that ships. Figures by hand: the table of the design (docs/design.md) and the readings of the documents.


DOCUMENTS = (
    *("itp", "icaht", "melanoma", "melanoma-q3w", "melanoma-high-dose", "multiple-sclerosis"),
    *("systemic-sclerosis", "systemic-sclerosis-takehara", "myeloma-teclistamab"),
)


@pytest.fixture(scope="module")
def whole() -> Catalogue:
    return load_catalogue(data_file("regimens.yaml"))


@pytest.fixture(scope="module")
def shipped(whole: Catalogue) -> Catalogue:
    """The regimens of the documents; tests/test_guidelines.py holds the others."""
    return whole._replace(regimens={key: whole.regimens[key] for key in DOCUMENTS})


# id: dose [g/kg], per, days, every, cycles; None where the source states nothing.
Stated = tuple[str | None, str, tuple[int, int] | None, tuple[int, str] | None, int | None]
STATED: dict[str, Stated] = {
    "itp": ("0.4", "day", (3, 3), (3, "week"), None),
    "icaht": ("2", "course", (4, 4), None, 1),
    "melanoma-q3w": ("1", "course", None, (3, "week"), None),
    "melanoma-high-dose": ("2", "course", None, None, None),
    "multiple-sclerosis": ("0.4", "day", (1, 1), (6, "week"), None),
    "systemic-sclerosis": (None, "course", (2, 5), (1, "month"), None),
    "systemic-sclerosis-takehara": ("0.4", "day", (5, 5), None, 1),
    "myeloma-teclistamab": (None, "day", (1, 1), None, None),
}
# id: grams per day and per course at 62 kg, as the documents' readings have them.
AT_62_KG = {
    "itp": ("24.8", "74.4"),
    "icaht": ("31", "124"),
    "melanoma-q3w": (None, "62"),
    "melanoma-high-dose": (None, "124"),
    "multiple-sclerosis": ("24.8", "24.8"),
    "systemic-sclerosis-takehara": ("24.8", "124"),
}
ALIASES = {
    "multiple-sclerosis": ("ms",),
    "systemic-sclerosis": ("scleroderma", "ssc"),
    "systemic-sclerosis-takehara": ("takehara",),
    "myeloma-teclistamab": ("teclistamab",),
}
# key: address, licence, whether it is outside the documents; None where the document does not state it.
SOURCES = {
    "lin-2022": (None, "CC BY-NC 4.0", False),
    "laham-2025": ("https://doi.org/10.3324/haematol.2024.286714", "CC BY-NC", False),
    "hoa-2023": ("https://www.sclerodermabc.ca", None, False),
    "teclistamab-blog": (None, None, False),
    "recchia-2008": (None, None, False),
    "takehara-2013": ("https://accounts.public.ce.basespace.illumina.com/b/search/article.nb?id=23910617", None, True),
    "schachter-2006": ("https://www.sec.gov/Archives/edgar/data/1141222/000114420406052288/v060214_ex99-1.htm", None, True),
}


def test_the_regimens_of_the_documents_come_first(whole: Catalogue, shipped: Catalogue) -> None:
    assert tuple(whole.regimens)[:9] == DOCUMENTS
    assert {key: regimen.aliases for key, regimen in shipped.regimens.items() if regimen.aliases} == ALIASES
    assert all(key == regimen.id for key, regimen in shipped.regimens.items())


@pytest.mark.parametrize("key", STATED)
def test_a_regimen_holds_the_figures_of_its_source_and_no_others(shipped: Catalogue, key: str) -> None:
    dose, per, days, every, cycles = STATED[key]
    (phase,) = shipped.regimens[key].phases
    assert phase.dose == (None if dose is None else (Fraction(dose), Fraction(dose)))
    assert phase.per == per
    assert phase.days == days
    assert phase.every == (None if every is None else (every, every))
    assert phase.cycles == (None if cycles is None else (cycles, cycles))
    assert (phase.begins, phase.between, shipped.regimens[key].choose) == (None, False, ())


@pytest.mark.parametrize("key", AT_62_KG)
def test_the_grams_at_62_kg_are_those_that_the_readings_work_out(key: str) -> None:
    dose, per, days, _, _ = STATED[key]
    grams = Fraction(dose or 0) * 62
    length = days[0] if days else None
    a_day = grams if per == "day" else grams / length if length else None
    a_course = grams if per == "course" else grams * (length or 0)
    stated_day, stated_course = AT_62_KG[key]
    assert (a_day, a_course) == (Fraction(stated_day) if stated_day else None, Fraction(stated_course))


@pytest.mark.parametrize("key", STATED)
def test_what_a_source_does_not_state_is_named_and_not_filled_in(shipped: Catalogue, key: str) -> None:
    regimen = shipped.regimens[key]
    assert regimen.weight_basis is None  # no document says which weight
    assert regimen.jurisdiction == ("Japan" if key == "systemic-sclerosis-takehara" else None)
    listed = "; ".join(regimen.not_stated)
    for words in ("weight used for dosing", "product", "rounding", "infusion rate"):
        assert words in listed
    dose, _, days, every, cycles = STATED[key]
    assert (dose is None) == ("dose" in regimen.not_stated)
    assert (days is None) == ("days of a course" in regimen.not_stated)
    assert (every is None) == ("interval" in listed)
    assert (cycles is None) == ("number of" in listed)


def test_only_the_external_slides_cap_a_dose_and_only_the_myeloma_page_names_a_window(shipped: Catalogue) -> None:
    caps = {key: cap for key, regimen in shipped.regimens.items() for phase in regimen.phases for cap in phase.caps}
    assert {key: (cap.grams, cap.per, cap.cited.source.external) for key, cap in caps.items()} == {
        "melanoma-q3w": (Fraction(25), "day", True)
    }
    windows = {key: regimen.window for key, regimen in shipped.regimens.items() if regimen.window}
    assert windows == {"myeloma-teclistamab": (30, "start of the bispecific antibody")}


def test_melanoma_is_a_choice_between_its_two_documented_doses(shipped: Catalogue) -> None:
    melanoma = shipped.regimens["melanoma"]
    assert (melanoma.choose, melanoma.phases) == (("melanoma-q3w", "melanoma-high-dose"), ())
    assert [key for key, regimen in shipped.regimens.items() if regimen.choose] == ["melanoma"]
    assert "no source states a dose between them" in " ".join(melanoma.readings)


@pytest.mark.parametrize("key", ["icaht", "melanoma-q3w", "melanoma-high-dose", "myeloma-teclistamab"])
def test_a_plan_that_rests_on_a_reading_says_which(shipped: Catalogue, key: str) -> None:
    assert shipped.regimens[key].readings


def test_every_regimen_has_a_citation_a_locator_and_a_quote(whole: Catalogue) -> None:
    for key, regimen in whole.regimens.items():
        cited = [place for chosen in regimen.choose for place in whole.regimens[chosen].cited] or regimen.cited
        assert cited, key
        for place in cited:
            assert "not stated" not in (place.source.citation, place.locator, place.quote)
            assert all((place.source.citation, place.locator, place.quote))


def test_the_sources_are_as_full_as_the_documents_allow(shipped: Catalogue) -> None:
    cited = [place for regimen in shipped.regimens.values() for place in regimen.cited]
    cited += [place for other in shipped.not_ivig.values() for place in other.cited]
    cited += [cap.cited for regimen in shipped.regimens.values() for phase in regimen.phases for cap in phase.caps]
    sources = {place.source.key: place.source for place in cited}
    assert {key: (source.url, source.licence, source.external) for key, source in sources.items()} == SOURCES
    for source in sources.values():
        assert date.fromisoformat(source.read) >= date(2026, 11, 1)
    for key, words in {
        "lin-2022": "Breast Cancer. Case report, published online Feb 17, 2022. © 2022 Korean Breast Cancer Society",
        "laham-2025": "Early view Jan 9, 2025. Ferrata Storti Foundation",
        "hoa-2023": "Hoa S. Intravenous immunoglobulin and scleroderma. Scleroderma Association of B.C., March 2023",
        "teclistamab-blog": "IVIG Prophylaxis in Myeloma",
        "recchia-2008": "Maintenance immunotherapy in metastatic breast cancer. Oncology Reports 2008; pages 1173-1179",
        "takehara-2013": "Clin Exp Rheumatol (2013); 31 (2 Suppl 76): 151-156. PMID 23910617",
        "schachter-2006": "Ann N Y Acad Sci 2007;1110:305-14",
    }.items():
        assert words in sources[key].citation


def test_what_is_ambiguous_and_what_is_not_ivig(shipped: Catalogue) -> None:
    assert shipped.ambiguous == {
        "sclerosis": ("multiple-sclerosis", "systemic-sclerosis"),
        "myeloma": ("myeloma-plateau", "myeloma-teclistamab"),
    }
    assert list(shipped.not_ivig) == ["il-2"]
    il_2 = shipped.not_ivig["il-2"]
    assert {"13-cis-retinoic-acid", "maintenance-immunotherapy", "breast-cancer", "metastatic-breast-cancer"} <= set(il_2.aliases)
    assert "no immunoglobulin" in il_2.explanation
    assert [cited.source.key for cited in il_2.cited] == ["recchia-2008"]


def test_the_digest_is_that_of_the_bytes_of_the_file(shipped: Catalogue) -> None:
    assert sha256_of(shipped.data) == hashlib.sha256(data_file("regimens.yaml").read_bytes()).hexdigest()


def test_the_first_limits_are_one_gram_a_day_and_two_a_course() -> None:
    limits = load_limits(data_file("limits.yaml")).doses
    assert [(limit.code, limit.g_per_kg, limit.per) for limit in limits] == [
        ("daily-dose", Fraction(1), "day"),
        ("course-dose", Fraction(2), "course"),
    ]
    assert all(cited.quote and cited.locator for limit in limits for cited in limit.cited)
    assert [[cited.source.key for cited in limit.cited] for limit in limits] == [["privigen-us-label"], ["privigen-us-label"]]


def test_a_repeated_fault_is_reported_once_and_no_fault_is_no_error() -> None:
    faults = reading.Faults("f.yaml")
    faults.report()
    faults.add(2, "a: wrong")
    faults.add(10, "b: wrong")
    faults.add(2, "a: wrong")
    with pytest.raises(CatalogueError) as caught:
        faults.report()
    assert caught.value.faults == ("f.yaml:2: a: wrong", "f.yaml:10: b: wrong")
