"""`cautions:` and `vaccines:` of limits.yaml -> what a second person should see, each with its figures and sources."""

import re
from fractions import Fraction
from functools import partial

from ivigcalc.catalogue.reading import Item, stated, text, texts
from ivigcalc.catalogue.sources import dose_without_basis, known_source
from ivigcalc.errors import InputError
from ivigcalc.model import Caution, Cautions, Passage, Source, VaccineRow, VaccineTable
from ivigcalc.numbers import read_number, read_whole

MOST_MONTHS = 120
"""Our own bound on the months of a table of vaccines."""
CAUTIONS: dict[str, dict[str, str]] = {
    "28-day-dose": {"above": " g/kg", "days": " days"},
    "haemolysis": {"at_least": " g/kg"},
    "kidney-risk": {"age_above": " years"},
    "thrombosis-risk": {},
    "glucose-meters": {},
    "sucrose-kidney": {},
    "restart": {"above": " weeks"},
    "weight-date": {"above": " months"},
    "weight-changed": {"at_least": "%"},
    "anaphylaxis-to-immunoglobulin": {},
    "iga-deficiency-with-antibodies": {},
    "iga-deficiency": {},
}
"""The cautions whose rule ivigcalc/safety/ knows, each with its figures and the unit that they are written with."""


def read_cautions(root: Item, sources: dict[str, Source]) -> Cautions | None:
    """Read the cautions and the tables of live vaccines.

    Args: the root of limits.yaml; the file's sources.
    Returns: all of them, by name; None where the file holds no cautions.
    """
    if root.child("cautions") is None:
        return None
    no_tables: dict[str, VaccineTable] = {}
    return Cautions(
        root.take("cautions", lambda item: _cautions(item, sources)),
        root.take_or("vaccines", lambda item: {key: _table(entry, sources) for key, entry in item.entries()}, no_tables),
    )


def _cautions(item: Item, sources: dict[str, Source]) -> dict[str, Caution]:
    item.only(*CAUTIONS)
    found = {}
    for name, units in CAUTIONS.items():
        if item.child(name) is None:
            item.take(name, text, "the caution that the rule of this name reads")
            continue
        entry = item.at(name)
        entry.only("figures", "cited") if units else entry.only("cited")
        figures = entry.take("figures", partial(_figures, units), "the figures that the rule reads") if units else {}
        found[name] = Caution(figures, entry.take("cited", lambda cited: _passages(cited, sources)))
    return found


def _figures(units: dict[str, str], item: Item) -> dict[str, Fraction]:
    item.only(*units)
    return {name: item.take(name, partial(_figure, unit), f"a figure with its unit, such as 8{unit}") for name, unit in units.items()}


def _figure(unit: str, item: Item) -> Fraction:
    words = text(item)
    if not words.endswith(unit):
        raise InputError(f"{words!r}, expected a number with{unit if unit.startswith(' ') else f' {unit}'}, such as 8{unit}")
    return read_number(words.removesuffix(unit), item.where)


def _passages(item: Item, sources: dict[str, Source]) -> tuple[Passage, ...]:
    found = []
    for entry in item.rows():
        entry.only("source", "locator", "says", "quote")
        found.append(
            Passage(
                source=entry.take("source", lambda key: known_source(key, sources)),
                locator=entry.take("locator", text),
                says=entry.take("says", text),
                quote=entry.take("quote", stated(text), "its words, or 'not stated' where they were not kept"),
            )
        )
    if not found:
        raise InputError("is empty, expected at least one source with what it says")
    return tuple(found)


def _table(entry: Item, sources: dict[str, Source]) -> VaccineTable:
    entry.only("name", "rows", "notes", "cited")
    if not re.fullmatch("[a-z]+(-[a-z]+)*", entry.where.removeprefix("vaccines."), re.ASCII):
        entry.fault("is not a name, expected small letters and hyphens, such as acip")
    return VaccineTable(
        name=entry.take("name", text),
        rows=entry.take("rows", _rows),
        notes=entry.take("notes", texts),
        cited=entry.take("cited", lambda cited: _passages(cited, sources)),
    )


def _rows(item: Item) -> tuple[VaccineRow, ...]:
    rows: list[VaccineRow] = []
    for entry in item.rows():
        entry.only("from", "to", "months", "note")
        rows.append(
            VaccineRow(
                from_g_per_kg=entry.take("from", _dose),
                to_g_per_kg=entry.take("to", _dose),
                months=entry.take("months", lambda months: read_whole(text(months), months.where, most=MOST_MONTHS)),
                note=entry.take_or("note", text, None),
            )
        )
    bounds = [bound for row in rows for bound in (row.from_g_per_kg, row.to_g_per_kg)]
    if not rows or (None not in bounds and bounds != sorted(bounds)):
        raise InputError("is empty or upside down, expected rows with rising doses")
    return tuple(rows)


def _dose(item: Item) -> Fraction:
    return dose_without_basis(text(item), item.where)
