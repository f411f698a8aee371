"""The shape of regimens.yaml as a JSON Schema, for editors that check and complete while somebody types.

Built from the same keys, words and bounds that the loader reads with; tests hold the two against each other value by value. What a
schema cannot say (a source that is not there, a range upside down, a day that does not exist) `ivigcalc catalogue check` says. Draft 7,
since that is the newest that editors read in full. A scalar that YAML 1.2 takes for a number, such as `days: 3`, is a number here.
"""

import json
from typing import Any

from ivigcalc.catalogue.around import CONFLICT, INDICATION, NOT_IVIG, NOT_RECOMMENDED
from ivigcalc.catalogue.names import NAME
from ivigcalc.catalogue.regimens import AGES, CAP, CHOICE, PHASE, PHASE_NAME, REGIMEN, SECTIONS, STANDINGS, WEIGHTS, WINDOW
from ivigcalc.catalogue.sources import CITATION, KINDS, SOURCE
from ivigcalc.model import MOST_CYCLES, MOST_DAYS, NOT_STATED
from ivigcalc.units import MOST_AGE_YEARS
from ivigcalc.when import MOST_INTERVAL

FILE = "regimens.schema.json"
"""Its name beside regimens.yaml, whose first line names it."""

Schema = dict[str, Any]

OPTIONAL = frozenset(
    ("kind", "specialty", "standing", "weight_basis_in_pregnancy", "window", "ages", "from", "below", "begins", "caps", "ambiguous",
     "not_ivig", "indications", "conflicts", "not_recommended")
)  # fmt: skip
"""The keys that may be left out; `cited` of a conflict is one more."""

_NUMBER = r"(?:0|[1-9][0-9]*)(?:\.[0-9]+)?"
_GRAMS = r"(?:10(?:\.0+)?|[0-9](?:\.[0-9]+)?)\s*[gG]"  # per kg: at most 10
_MILLIGRAMS = r"(?:10000(?:\.0+)?|[1-9][0-9]{1,3}(?:\.[0-9]+)?)\s*[mM][gG]"  # per kg: 10 to 10,000
_MASS = rf"(?:{_GRAMS}|{_MILLIGRAMS})"
_DOSE = rf"{_MASS}\s*(?:/|\s[pP][eE][rR]\s)\s*[kK][gG]"

WORDS: Schema = {"type": ["string", "number", "boolean"], "pattern": r"\S"}
NAMES: Schema = {"type": "array", "items": {"$ref": "#/definitions/name"}, "uniqueItems": True}
TEXTS: Schema = {"type": "array", "items": WORDS}
QUOTE: Schema = {**WORDS, "not": {"const": NOT_STATED}}
PER: Schema = {"enum": ["day", "course"]}
CITED: Schema = {"type": "array", "items": {"$ref": "#/definitions/citation"}, "minItems": 1}


def schema_text() -> str:
    """Write the schema as the file that ships beside regimens.yaml."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


def schema() -> Schema:
    """Build the JSON Schema (draft 7) of regimens.yaml."""
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "regimens.yaml of ivigcalc",
        "description": "The regimens that ivigcalc plans. Check a change with: ivigcalc catalogue check regimens.yaml",
        **_table(
            SECTIONS,
            sources=_named("A key for each source, and where its words were read.", {"$ref": "#/definitions/source"}, names=False),
            regimens={**_named("A name for each regimen.", {"$ref": "#/definitions/regimen"}), "minProperties": 1},
            ambiguous=_named("A word, and the regimens that it may mean.", {**NAMES, "minItems": 2}),
            not_ivig=_named("What is asked for here and is not IVIG.", {"$ref": "#/definitions/not_ivig"}),
            indications=_named("What people call an indication.", {"$ref": "#/definitions/indication"}),
            conflicts=_says("Where sources differ.", {"type": "array", "items": {"$ref": "#/definitions/conflict"}}),
            not_recommended=_named(
                "An indication for which a source says that IVIG is not to be given.", {"$ref": "#/definitions/not_recommended"}
            ),
        ),
        "definitions": {
            "name": {"type": ["string", "integer"], "pattern": f"^{NAME}$"},
            "source": _source(),
            "citation": _table(CITATION, **_citation()),
            "indication": _table(INDICATION, name=WORDS, aliases=NAMES),
            "conflict": _table(
                CONFLICT,
                frozenset(("cited",)),
                says=_says("What differs, in words.", WORDS),
                between=_says("The regimens with which it is shown.", {**NAMES, "minItems": 1}),
                cited=CITED,
            ),
            "not_ivig": _table(NOT_IVIG, aliases=NAMES, explanation=WORDS, cited=CITED),
            "not_recommended": _table(NOT_RECOMMENDED, name=WORDS, aliases=NAMES, explanation=WORDS, cited=CITED),
            "regimen": {"if": {"required": ["choose"]}, "then": _table(CHOICE, **_choice()), "else": _table(REGIMEN, **_regimen())},
            "first_phase": _table(tuple(key for key in PHASE if key != "begins"), **_phase(first=True)),
            "phase": _table(PHASE, OPTIONAL - {"begins"}, **_phase(first=False)),
            "cap": _table(
                CAP,
                at_most=_says(
                    "The most, with its unit, such as 25 g or 1 g/kg, whichever the source says.",
                    _pattern(rf"(?:{_NUMBER}\s*[gG]|{_MASS}\s*/\s*[kK][gG])"),
                ),
                per=_says("The most of a day or of the whole course.", PER),
                **_citation(),
            ),
        },
    }


def _source() -> Schema:
    return _table(
        SOURCE,
        citation=_says("Authors, title, where and when it was published.", WORDS),
        url=_stated("Its address.", WORDS),
        licence=_stated("Its licence.", WORDS),
        read=_says(
            "The day on which it was read, year-month-day.",
            {"type": "string", "pattern": r"^\s*[0-9]{4}-[0-9]{2}-[0-9]{2}\s*$", "format": "date"},
        ),
        external=_says("Whether it is outside the document that the regimen was taken from.", {"enum": ["yes", "no"]}),
        kind=_says("Its kind of evidence.", {"enum": list(KINDS)}),
    )


def _citation() -> dict[str, Schema]:
    return {
        "source": _says("A key under sources.", WORDS),
        "locator": _says("Where in the source: a page, a table, a section.", WORDS),
        "quote": _says("The source's own words, verbatim.", QUOTE),
    }


def _choice() -> dict[str, Schema]:
    return {
        "name": _says("What it is called.", WORDS),
        "indication": _says("The id of its indication; regimens of one indication stand side by side.", {"$ref": "#/definitions/name"}),
        "aliases": _says("Other names that lead to it.", NAMES),
        "choose": _says("The regimens that it stands for.", {**NAMES, "minItems": 2}),
        "readings": _says("Where a plan rests on how the catalogue reads the source; shown with every plan.", TEXTS),
        "notes": _says("Shown on the page of the regimen.", TEXTS),
    }


def _regimen() -> dict[str, Schema]:
    weight = _pattern(rf"(?:{'|'.join(WEIGHTS)})(?:\s[\s\S]*)?")
    return {
        **{key: value for key, value in _choice().items() if key != "choose"},
        "specialty": WORDS,
        "standing": _says("How it stands with those who write guidelines.", {"enum": list(STANDINGS)}),
        "jurisdiction": _stated("The country or state whose source it is.", WORDS),
        "population": _stated("Whom the source is about.", WORDS),
        "ages": {
            **_says(
                "The ages of the patients, where the source states them as figures.",
                _table(
                    AGES,
                    **{
                        "from": _says("The lowest age, such as 2 years.", _age()),
                        "below": _says("The age below which they are, such as 18 years.", _age()),
                    },
                ),
            ),
            "minProperties": 1,
        },
        "weight_basis": _stated("The weight that the source names: one of these first, and then any words.", weight),
        "weight_basis_in_pregnancy": _says("Another weight that the source names for pregnancy.", weight),
        "phases": _says(
            "Loading, maintenance; most have one.",
            {
                "type": "array",
                "minItems": 1,
                "items": [{"$ref": "#/definitions/first_phase"}],
                "additionalItems": {"$ref": "#/definitions/phase"},
                "if": {"minItems": 2},
                "then": {"items": {"properties": {"phase": _pattern(PHASE_NAME.replace("[ -]", r"(?:\s+|-)"))}}},
            },
        ),
        "window": _table(
            WINDOW,
            within=_says("Days, such as 30 days.", _pattern(rf"{_count(MOST_INTERVAL)}\s*{_any_case('days')}")),
            after=_says("The event from which they count.", WORDS),
        ),
        "cited": CITED,
        "not_stated": _says("What the source leaves open; shown with every plan.", TEXTS),
    }


def _phase(*, first: bool) -> dict[str, Schema]:
    interval = rf"{_count(MOST_INTERVAL)}\s*(?:{_any_case('days')}|{_any_case('weeks')}|{_any_case('months')})"
    values = {
        "phase": _says("Its name, such as course, loading or maintenance.", WORDS),
        "dose": _stated(
            "One dose or a range, such as 0.4 g/kg, in g or mg for each kg of body weight.",
            _pattern(rf"(?:(?:{_NUMBER}|{_DOSE})\s+to\s+)?{_DOSE}"),
        ),
        "per": _says("Whether the dose is that of a day or of the whole course.", PER),
        "days": _stated("The days of a course, one number or a range: 3, or 2 to 5.", _numbers(MOST_DAYS)),
        "every": _stated(
            "From the start of one course to the start of the next: 3 weeks, or 3 to 4 weeks; a month is a calendar month.",
            _pattern(rf"(?:{_count(MOST_INTERVAL)}\s+to\s+|{interval}\s+to\s+)?{interval}"),
        ),
        "cycles": _stated("How many courses, one number or a range.", _numbers(MOST_CYCLES)),
        "begins": _stated("From the start of the last course of the phase before.", _pattern(interval)),
        "caps": _says("The most of a day or of a course.", {"type": "array", "items": {"$ref": "#/definitions/cap"}}),
    }
    return {key: value for key, value in values.items() if not (first and key == "begins")}


def _table(keys: tuple[str, ...], optional: frozenset[str] = OPTIONAL, /, **values: Schema) -> Schema:
    """A table with these keys and no others."""
    return {
        "type": "object",
        "properties": {key: values[key] for key in keys},
        "required": [key for key in keys if key not in optional],
        "additionalProperties": False,
    }


def _named(words: str, entry: Schema, *, names: bool = True) -> Schema:
    """A table of entries under names."""
    named = {"propertyNames": {"$ref": "#/definitions/name"}} if names else {}
    return {"description": words, "type": "object", "additionalProperties": entry, **named}


def _says(words: str, value: Schema) -> Schema:
    return {"description": words, **value}


def _stated(words: str, value: Schema) -> Schema:
    """A value that may be `not stated`."""
    return {"description": words, "anyOf": [{"const": NOT_STATED}, value]}


def _pattern(expression: str) -> Schema:
    return {"type": "string", "pattern": rf"^\s*{expression}\s*$"}


def _age() -> Schema:
    """A number of years or months; a bare number is years."""
    unit = rf"(?:{_any_case('years')}|{_any_case('months')}|[yY])"
    return {"anyOf": [{"type": "number", "exclusiveMinimum": 0, "maximum": MOST_AGE_YEARS}, _pattern(rf"{_NUMBER}\s*{unit}?")]}


def _numbers(most: int) -> Schema:
    """A whole number, or a range of them."""
    return {"anyOf": [{"type": "integer", "minimum": 1, "maximum": most}, _pattern(rf"(?:{_count(most)}\s+to\s+)?{_count(most)}")]}


def _count(most: int) -> str:
    """A pattern for the whole numbers from 1 to a bound."""
    if most == 10 ** (len(str(most)) - 1):
        return rf"(?:{most}|[1-9][0-9]{{0,{len(str(most)) - 2}}})"
    return f"(?:{'|'.join(map(str, range(most, 0, -1)))})"


def _any_case(word: str) -> str:
    """A pattern for a plural word, or the same without its s, in any case of letters."""
    return "".join(f"[{letter}{letter.upper()}]" for letter in word) + "?"
