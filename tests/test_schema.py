"""The JSON Schema of regimens.yaml says what the loader says, as far as a schema can."""

import copy
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
import yaml
from jsonschema import Draft7Validator, FormatChecker  # type: ignore[import-untyped]

from ivigcalc.catalogue import data_file, load_catalogue, reading
from ivigcalc.catalogue.schema import FILE, OPTIONAL, schema, schema_text
from ivigcalc.errors import CatalogueError
from tests.conftest import RunCli
from tests.injected import SHIPPED

SCHEMA: Final = schema()
VALIDATOR: Final = Draft7Validator(SCHEMA, format_checker=FormatChecker(["date"]))
BAD: Final = Path(__file__).parent / "bad_catalogues"


class Core(yaml.SafeLoader):
    """YAML 1.2 as editors read it: `no` and dates are words, `3` is a number."""

    yaml_implicit_resolvers = {}  # noqa: RUF012 (as PyYAML has it)


Core.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"^(?:~|null|Null|NULL|)$"), ["~", "n", "N", ""])
Core.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|True|TRUE|false|False|FALSE)$"), list("tTfF"))
Core.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"^[-+]?[0-9]+$"), list("-+0123456789"))
Core.add_implicit_resolver("tag:yaml.org,2002:float", re.compile(r"^[-+]?[0-9]*\.[0-9]+$"), list("-+0123456789."))


def read(text: str) -> Any:
    return yaml.load(text, Loader=Core)  # a loader without any tag of Python


def refusals(document: Any) -> list[str]:
    return [f"{error.json_path}: {error.message}" for error in VALIDATOR.iter_errors(document)]


def test_it_is_a_schema() -> None:
    Draft7Validator.check_schema(SCHEMA)


def test_the_file_that_ships_is_what_the_command_prints(run_cli: RunCli) -> None:
    assert run_cli("catalogue", "schema") == (0, schema_text().encode(), "")
    assert data_file(FILE).read_text(encoding="utf-8") == schema_text(), f"write it anew: ivigcalc catalogue schema > {FILE}"
    assert json.loads(schema_text()) == SCHEMA


def test_the_catalogue_names_it_in_its_first_line() -> None:
    assert SHIPPED.splitlines()[0] == f"# yaml-language-server: $schema=./{FILE}"
    assert data_file(FILE).parent == data_file("regimens.yaml").parent


def test_the_catalogue_that_ships_has_its_shape() -> None:
    assert refusals(read(SHIPPED)) == []


# Whatever the loader knows stands here, and nothing else.

WHOLE: Final[dict[str, Any]] = {
    "sources": {"smith": {"citation": "Smith", "url": "not stated", "licence": "not stated", "read": "2026-11-22", "external": "no",
                          "kind": "trial"}},
    "regimens": {
        "one": {
            "name": "The one", "indication": "some-disease", "aliases": ["uno"], "specialty": "neurology", "standing": "standard",
            "jurisdiction": "not stated", "population": "adults", "ages": {"from": "2 years", "below": "18 years"},
            "weight_basis": "actual body weight",
            "weight_basis_in_pregnancy": "pre-pregnancy weight",
            "phases": [
                {"phase": "loading", "dose": "0.4 g/kg", "per": "day", "days": 3, "every": "3 weeks", "cycles": 2, "caps": [
                    {"at_most": "25 g", "per": "day", "source": "smith", "locator": "Page 1", "quote": "at most 25 g"}]},
                {"phase": "after", "dose": "0.4 g/kg", "per": "day", "days": 1, "every": "3 weeks", "cycles": "not stated",
                 "begins": "3 weeks"},
            ],
            "window": {"within": "30 days", "after": "the start"},
            "cited": [{"source": "smith", "locator": "Page 1", "quote": "0.4 g/kg for 3 days every 3 weeks"}],
            "readings": [], "notes": ["A note."], "not_stated": ["when to stop"],
        },
        "two": {"name": "Both", "indication": "some-disease", "aliases": [], "choose": ["one", "three"], "readings": [], "notes": []},
    },
    "ambiguous": {"number": ["one", "three"]},
    "not_ivig": {"other": {"aliases": ["another"], "explanation": "It is not.",
                           "cited": [{"source": "smith", "locator": "Page 2", "quote": "it is not"}]}},
    "indications": {"some-disease": {"name": "Some disease", "aliases": ["sd"]}},
    "conflicts": [{"says": "They differ.", "between": ["one"],
                   "cited": [{"source": "smith", "locator": "Page 3", "quote": "they differ"}]}],
    "not_recommended": {"never": {"name": "Never", "aliases": [], "explanation": "Not at all.",
                                  "cited": [{"source": "smith", "locator": "Page 4", "quote": "never"}]}},
}  # fmt: skip
WHOLE["regimens"]["three"] = {**copy.deepcopy(WHOLE["regimens"]["one"]), "aliases": []}

Path_ = tuple[str | int, ...]


def tables(node: Any, path: Path_ = ()) -> Iterator[tuple[Path_, dict[str, Any]]]:
    """Every table of a document with its place."""
    if isinstance(node, dict):
        yield path, node
    for key, child in node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ():
        yield from tables(child, (*path, key))


def within(document: Any, path: Path_) -> Any:
    for key in path:
        document = document[key]
    return document


def changed(path: Path_, key: str | int, *value: Any) -> Any:
    """A copy of the whole document in which a value is another, or is taken out."""
    document = copy.deepcopy(WHOLE)
    table = within(document, path)
    if value:
        table[key] = value[0]
    else:
        del table[key]
    return document


def faults(document: Any, tmp_path: Path) -> tuple[str, ...]:
    """What the loader says of a document."""
    path = tmp_path / "catalogue.yaml"
    path.write_text(json.dumps(document), encoding="utf-8")  # JSON is YAML
    try:
        load_catalogue(path)
    except CatalogueError as error:
        return error.faults
    return ()


PLACES: Final = [path for path, _ in tables(WHOLE)]
NAMED: Final = ("sources", "regimens", "ambiguous", "not_ivig", "indications", "not_recommended")
"""The tables whose keys are names of their own."""
KEYS: Final = [
    (path, key) for path, table in tables(WHOLE) for key in table if path not in [(name,) for name in NAMED] and "three" not in path
]
"""Every key of the document; the third regimen is the first one again."""


def test_the_document_that_holds_every_key_is_taken_by_both(tmp_path: Path) -> None:
    assert faults(WHOLE, tmp_path) == ()
    assert refusals(WHOLE) == []


def test_the_loader_knows_every_key_and_the_schema_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    known: dict[str, set[str]] = {}
    only = reading.Item.only

    def note(item: reading.Item, *keys: str) -> None:
        known.setdefault(re.sub(r"\[\d+\]", "[]", item.where), set()).update(keys)
        only(item, *keys)

    monkeypatch.setattr(reading.Item, "only", note)
    assert faults(WHOLE, tmp_path) == ()
    kinds = SCHEMA["definitions"]
    tables_of = {
        "": SCHEMA, "sources.smith": kinds["source"], "regimens.one": kinds["regimen"]["else"], "regimens.two": kinds["regimen"]["then"],
        "regimens.one.phases[]": kinds["phase"], "regimens.one.phases[].caps[]": kinds["cap"],
        "regimens.one.window": kinds["regimen"]["else"]["properties"]["window"], "regimens.one.cited[]": kinds["citation"],
        "regimens.one.ages": kinds["regimen"]["else"]["properties"]["ages"],
        "not_ivig.other": kinds["not_ivig"], "indications.some-disease": kinds["indication"], "conflicts[]": kinds["conflict"],
        "not_recommended.never": kinds["not_recommended"], "conflicts[].cited[]": kinds["citation"],
        "not_ivig.other.cited[]": kinds["citation"],
        "not_recommended.never.cited[]": kinds["citation"],
    }  # fmt: skip
    for place, table in tables_of.items():
        assert known[place] == set(table["properties"]), place
        assert table["additionalProperties"] is False
    assert {place for place in known if not place.startswith("regimens.three")} == set(tables_of)
    assert set(kinds["first_phase"]["properties"]) == known["regimens.one.phases[]"] - {"begins"}


@pytest.mark.parametrize(("path", "key"), KEYS, ids=lambda value: ".".join(map(str, value)) if isinstance(value, tuple) else str(value))
def test_a_key_may_be_left_out_where_the_loader_lets_it(tmp_path: Path, path: Path_, key: str) -> None:
    without = changed(path, key)
    missing = [fault for fault in faults(without, tmp_path) if f"{key}: is missing" in fault]
    if key == "choose":  # then it is no choice, and lacks all that a regimen has
        assert refusals(without)
        return
    assert bool(refusals(without)) == bool(missing)


@pytest.mark.parametrize("path", PLACES, ids=lambda path: ".".join(map(str, path)))
def test_another_key_is_refused_by_both(tmp_path: Path, path: Path_) -> None:
    document = changed(path, "Remarks", "words")
    assert faults(document, tmp_path)
    assert refusals(document)


VALUES: Final[list[Any]] = [
    "not stated", "", " ", "words", "itp/ontario", "Some Words", 0, 1, 3, 31, 32, 1000, 1001, 3.5, True, [], ["a"], ["uno", "uno"], {},
    "0.4 g/kg", "400 mg/kg", "0.4 to 1 g/kg", "0.4 g/kg to 1 g/kg", "400 to 500 mg/kg", "0.4 G per KG", "0.4  g / kg", "10 g/kg",
    "0.4", "0.4 g", "25 g", "25g", "0.4 g/kg/day", "0,4 g/kg", "10.5 g/kg", "400 g/kg", "0.4 mg/kg", "10 mg/kg", "10000 mg/kg", ".4 g/kg",
    "04 g/kg",
    "2 to 5", "1 to 31", "2 to 32", "2-5", "2 TO 5", "two", "999 to 1000", "3 weeks", "3 to 4 weeks", "3 weeks to 4 weeks", "1 Month",
    "1000 days", "1001 days", "0 weeks", "3w", "30 days", "1 day", "2 years", "8 months", "3 Y", "2 weeks old",
    "yes", "no", "day", "course", "week", "guideline", "case series",
    "standard", "not routine", "adjusted body weight", "actual", "actually", "ideal\nbody weight", "seton",
    "2026-11-22", "2026-02-30", "22/11/2026",
]  # fmt: skip
UNSAYABLE: Final = re.compile(
    r"is not under sources|is not a regimen here|is also (?:a|the) name|also a name of|is the indication of (?:no regimen|other)"
    r"|below 0\.01 g per kg|is upside down|in a phase that another follows|is the name of two phases|holds a list or table, expected words"
)
"""What a schema cannot say, in the words of the loader; a list where words belong it does say."""


@pytest.mark.parametrize(("path", "key"), KEYS, ids=lambda value: ".".join(map(str, value)) if isinstance(value, tuple) else str(value))
def test_the_schema_takes_what_the_loader_takes_and_refuses_what_it_refuses_for_its_shape(tmp_path: Path, path: Path_, key: str) -> None:
    for value in VALUES:
        document = changed(path, key, value)
        told, refused = faults(document, tmp_path), refusals(document)
        if not told and value is not True:  # a truth value is a word to the loader
            assert refused == [], value
        if any(not UNSAYABLE.search(fault) for fault in told):
            assert refused, (value, told)


def test_the_keys_that_may_be_left_out_are_keys() -> None:
    assert {key for _, key in KEYS} >= OPTIONAL


# The faulty catalogues

CANNOT_SAY: Final = {
    **dict.fromkeys(("unknown_source", "empty_sources"), "whether a source is there"),
    **dict.fromkeys(
        ("duplicate_alias", "alias_that_is_an_id", "ambiguous_that_is_an_alias", "not_ivig_that_is_an_id", "same_name_without_its_slash",
         "indication_alias_that_is_an_alias", "indication_that_is_not_recommended", "not_recommended_that_is_an_alias"),
        "whether a name is that of another",
    ),
    **dict.fromkeys(
        ("choice_of_nothing_known", "choice_of_itself", "ambiguous_of_nothing_known", "conflict_of_nothing_known",
         "indication_of_no_regimen"),
        "whether a regimen is there",
    ),
    **dict.fromkeys(("range_upside_down", "range_of_one", "range_of_mixed_units"), "which of two figures is lower, and of mixed units"),
    "cycles_open_before_a_phase": "what another entry of a list holds",
    "days_with_a_decimal": "that 3.0 is no whole number",
    **dict.fromkeys(("anchor", "alias_for_a_value", "tag_on_words", "tag_on_a_scalar", "tag_on_a_table", "tag_on_a_list", "merge_key",
                     "repeated_key", "repeated_id", "second_document", "table_as_key"), "what is YAML's own"),
}  # fmt: skip
OTHER_SHAPE: Final = "limits:"


@pytest.mark.parametrize("path", sorted(BAD.glob("*.yaml")), ids=lambda path: path.stem)
def test_a_faulty_catalogue_is_refused_as_far_as_a_schema_can(path: Path) -> None:
    data = path.read_bytes()
    if OTHER_SHAPE.encode() in data:
        return  # a file of limits
    try:
        document = read(data.decode())
    except (yaml.YAMLError, UnicodeDecodeError):
        return  # an editor cannot read it either
    assert bool(refusals(document)) == (path.stem not in CANNOT_SAY)


def test_what_a_schema_cannot_say_is_a_faulty_catalogue() -> None:
    assert set(CANNOT_SAY) <= {path.stem for path in BAD.glob("*.yaml")}
