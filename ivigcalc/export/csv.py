"""The schedule as CSV: RFC 4180, one row an infusion, the same columns always."""

import csv
import io
from functools import lru_cache

from ivigcalc.model import Finding, Given, Origin, Plan
from ivigcalc.numbers import exact_text

COLUMNS = (
    "label", "regimen", "phase", "cycle", "day", "days", "date", "calculated_g", "ordered_g", "g_per_kg", "course_g",
    "product", "volume_ml", "vials", "wasted_g", "minutes", "cumulative_g", "dosing_weight_kg", "weight_basis",
    "rounding", "findings", "catalogue",
)  # fmt: skip


def as_csv(plan: Plan, origin: Origin) -> bytes:
    """Write a plan as CSV.

    Args: plan; what it was made from.
    Returns: UTF-8 bytes with CRLF; grams as plain numbers, empty where nothing is known.
    """
    return (csv_line(*COLUMNS) + with_first(plan_rows(plan, origin), plan.patient.label or "")).encode()


def with_first(rows: tuple[str, ...], *first: str) -> str:
    """Put the same free text in front of every row, made harmless.

    Args: rows that end with CRLF; the cells that go in front.
    Returns: the rows, one after the other.
    """
    front = csv_line(*map(harmless, first))[:-2] + ","
    return front + front.join(rows)


def csv_line(*cells: str) -> str:
    """One line of CSV with its CRLF; a single empty cell is left as it is."""
    if '"' not in (text := ",".join(cells)) and text.count(",") == len(cells) - 1 and text.isprintable():
        return text + "\r\n"
    line = io.StringIO()
    csv.writer(line).writerow(cells)
    return line.getvalue()


def plan_rows(plan: Plan, origin: Origin) -> tuple[str, ...]:
    """Write the rows of a plan without the label, which comes in front of each.

    Args: plan; what it was made from.
    Returns: a line with its CRLF for each infusion.
    """
    findings = _cell(";".join(dict.fromkeys(_code(finding) for finding in plan.findings)))
    supply = plan.choices.supply
    regimen = _cell(plan.regimen.id if plan.regimen else "")
    product = _cell(supply.product.id if supply and supply.product else "")
    weight = f"{exact_text(plan.weight.kg)},{plan.weight.basis}"
    last = f"{weight},{plan.rounding.to} {plan.rounding.direction},{findings},{origin.catalogue_sha256[:12]}\r\n"
    rows = []
    texts: dict[tuple[int, ...], str] = {}  # what courses share is the same object, and is written once
    for phase, cycle, day, days, date, calculated, ordered, _, g_per_kg, course, so_far, given in plan.infusions:
        shared = (id(calculated), id(ordered), id(g_per_kg), id(course), id(given))
        if (middle := texts.get(shared)) is None:
            amounts = f"{exact_text(calculated)},{exact_text(ordered)},{exact_text(g_per_kg)},{exact_text(course)}"
            middle = texts[shared] = f"{amounts},{product},{_given(given)}"
        rows.append(f"{regimen},{_cell(phase)},{cycle},{day},{days},{date or ''},{middle},{exact_text(so_far)},{last}")
    return tuple(rows)


@lru_cache(maxsize=256)
def _cell(text: str) -> str:
    """One cell, in quotes where it needs them."""
    return csv_line(text)[:-2]


def _given(given: Given) -> str:
    """Volume, vials such as 1x20 g;1x5 g, waste and minutes, empty where not known."""
    volume, wasted, minutes = ("" if value is None else exact_text(value) for value in (given.volume_ml, given.wasted_g, given.minutes))
    vials = ";".join(f"{count}x{exact_text(size)} g" for size, count in given.vials or ())
    return f"{volume},{vials},{wasted},{minutes}"


def _code(finding: Finding) -> str:
    """The code of a finding; of one that was accepted, with the figure that was."""
    return f"{finding.code}-{finding.figure}-accepted" if finding.accepted else finding.code


def harmless(text: str) -> str:
    """Keep a spreadsheet from running free text as a formula: such text gets an apostrophe in front."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r", "\n")) else text
