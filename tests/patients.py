"""Patients by chance, the same for the same seed: every regimen, policy, product and unit, and rows broken in 30 ways."""

import csv
import io
from collections.abc import Callable
from random import Random
from typing import Final

from ivigcalc.catalogue import data_file
from ivigcalc.catalogue.formulary import load_formulary
from ivigcalc.dosing.settle import missing
from ivigcalc.model import Choices
from ivigcalc.numbers import exact_text
from ivigcalc.record import HISTORY
from tests.test_request import CATALOGUE, LIMITS

COLUMNS: Final = (
    "id", "weight", "regimen", "dose", "days", "every", "begins", "cycles", "until", "start", "infuse-on", "closed", "height", "sex",
    "age",
    "pregnant", "not-pregnant", "pre-pregnancy-weight", "blood-group", "history", "last-course", "weight-date", "previous-weight",
    "vaccines", "dosing-weight", "product", "concentration", "vials", "round", "direction", "round-over", "round-limit",
    "ramp", "at-risk", "rate-for", "pump-step", "start-time", "bispecific-start", "label", "accept", "reason",
)  # fmt: skip
PRODUCTS: Final = tuple(load_formulary(data_file("products.yaml")).products)
POLICIES: Final = ("actual", "ideal", "adjusted", *LIMITS.weights.offered)
REGIMENS: Final = tuple(CATALOGUE.regimens)
DOSES: Final = ("0.4 g/kg/day", "1 g/kg/course", "2 g/kg/course", "400 mg/kg/day", "0.5 g per kg per day", "1000 mg/kg/course")
HEIGHTS: Final = ("165", "1.8 m", "5 ft 5 in", "5'5\"", "150 cm", "65 in")
RAMPS: Final = (
    *("printed", "double every 30 min", "0.5, 1, 2 mL/kg/h every 30 min", "0.01, 0.02 mL/kg/min every 15 min"),
    *("30, 60 mg/kg/h every 30 min", "0.5, 1 mg/kg/min every 30 min", "30 for 30 min, 60 mL/h"),
)
SETTLED: Final = tuple(r.id for r in CATALOGUE.regimens.values() if r.phases and not any(missing(phase, Choices()) for phase in r.phases))


def patient(random: Random, number: int) -> dict[str, str]:
    """A row that `plan` understands; it may still refuse it."""
    maybe = random.random
    row = {"id": f"p{number}", "weight": _weight(random)}
    if maybe() < 0.25:
        row |= {
            "dose": random.choice(
                ("0.4 g/kg/day", "1 g/kg/course", "2 g/kg/course", "400 mg/kg/day", "0.5 g per kg per day", "1000 mg/kg/course")
            )
        }
        row |= {"days": random.choice(("1", "2", "3", "5"))}
    else:
        row |= {"regimen": random.choice(REGIMENS if maybe() < 0.4 else SETTLED)}
        if maybe() < 0.3:
            row |= {"days": random.choice(("1", "2", "4", "5"))}
        if maybe() < 0.15:
            row |= {"dose": random.choice(("1 g/kg/course", "2 g/kg/course", "0.4 g/kg/day"))}
        if maybe() < 0.4:
            row |= _what_is_asked_for(row["regimen"])
    if maybe() < 0.6:
        row |= {"start": random.choice(("2027-01-04", "2027-01-31", "today", "2028-02-29"))}
        if maybe() < 0.2:
            row |= {"last-course": random.choice(("2025-12-28 124 g", "2026-01-04 62.5 g", "2025-06-01 5 g"))}
        if maybe() < 0.3:
            row |= {"infuse-on": random.choice(("mon-fri", "mon,tue,wed", "fri-mon"))}
        if maybe() < 0.2:
            row |= {"closed": random.choice(("2027-01-05", "2027-01-04;2027-01-06", "2027-02-01"))}
    if maybe() < 0.4:
        row |= {"cycles": random.choice(("1", "2", "4", "6")), "every": random.choice(("3 weeks", "1 month", "28 days", ""))}
    if maybe() < 0.5:
        row |= {
            "height": random.choice(HEIGHTS),
            "sex": random.choice(("female", "male")),
        }
        row |= {"age": random.choice(("54", "8 months", "17", "")), "dosing-weight": random.choice(("", *POLICIES))}
        row |= random.choice(({}, {"not-pregnant": "yes"}, {"pregnant": "yes"} if row["sex"] == "female" else {}))
        if "pregnant" in row and maybe() < 0.4:
            row |= {"pre-pregnancy-weight": random.choice(("30", "25.5 kg", "60 lb"))}
    row |= _record(random)
    if maybe() < 0.4:
        row |= {"product": random.choice(PRODUCTS)}
        if row["product"] == "gammagard-sd-us":  # made up to either
            row |= {"concentration": random.choice(("", "5%", "10%"))}
    elif maybe() < 0.2:
        row |= {"concentration": random.choice(("10%", "50 mg/mL", "5 g in 50 mL")), "vials": random.choice(("5,10,20", "2.5, 10", ""))}
    if maybe() < 0.3:
        row |= {"round": random.choice(("5 g", "vial", "0.1 g", *LIMITS.rounding.rules))}
        if maybe() < 0.4:
            row |= {"direction": random.choice(("nearest", "down", "up")), "round-over": random.choice(("", "day", "course"))}
    if maybe() < (0.3 if "product" in row else 0.02):
        row |= {"ramp": random.choice(RAMPS), "start-time": "09:00"}
    if maybe() < 0.3:
        row |= {"label": random.choice(("bed 4", "ward 3, bed 4", 'say "go"', "=1+1", "é ß 漢", " a;b "))}
    if maybe() < 0.03:
        row |= {"dose": "1.5 g/kg/day", "days": "1", "accept": "daily-dose=1.5", "reason": "meant; by haematology"}
    return {name: text for name, text in row.items() if text}


def _what_is_asked_for(regimen: str) -> dict[str, str]:
    """What the phases of a regimen leave open, phase by phase where there are several, for an adult in whom maintenance begins late."""
    phases = CATALOGUE.regimens[regimen].phases
    found: dict[str, list[str]] = {}
    for phase in phases:
        own = f"{phase.name} " if len(phases) > 1 else ""
        for option in missing(phase, Choices()):
            figures = {
                "--dose": f"{exact_text(phase.dose.low)} g/kg/{phase.per}" if phase.dose else "0.4 g/kg/course",
                "--days": str(phase.days.low) if phase.days else "2",
                "--every": str(phase.every.high) if phase.every else "4 weeks",
                "--begins": "8 weeks",
            }
            name = option.split()[0]
            found.setdefault(name.removeprefix("--"), []).append(own + figures[name])
    return {**{name: ", ".join(figures) for name, figures in found.items()}, "age": "54"}


def _record(random: Random) -> dict[str, str]:
    """What is known of the patient's record."""
    maybe = random.random
    row: dict[str, str] = {}
    if maybe() < 0.3:
        row |= {"blood-group": random.choice(("O", "A", "b neg", "AB+"))}
    if maybe() < 0.2:
        row |= {"history": random.choice(("none", "none", *HISTORY, "iga-deficiency;corn-allergy", "IgA deficiency"))}
    if maybe() < 0.1:
        row |= {"weight-date": random.choice(("2025-06-01", "2026-01-04")), "previous-weight": random.choice(("", _weight(random)))}
    if maybe() < 0.1:
        row |= {"vaccines": random.choice(tuple(LIMITS.cautions.vaccines if LIMITS.cautions else ()))}
    return row


def _weight(random: Random) -> str:
    kg = random.randint(300, 1300)
    return random.choice((f"{kg / 10:g}", f"{kg // 10} kg", f"{kg // 5} lb", f"{kg // 64} st {kg % 14} lb", f"{kg * 10} g"))


def line(row: dict[str, str], columns: tuple[str, ...] = COLUMNS, delimiter: str = ",") -> str:
    """A row as a spreadsheet writes it."""
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerow([row.get(name, "") for name in columns])
    return text.getvalue()


def _with(**cells: str) -> Callable[[str], bytes]:
    row = {"weight": "62", "regimen": "itp"} | {name.replace("_", "-"): text for name, text in cells.items()}
    return lambda key: line({"id": key} | row).encode()


def _raw(text: str | bytes) -> Callable[[str], bytes]:
    words = text if isinstance(text, bytes) else text.encode()
    return lambda key: words.replace(b"KEY", key.encode()) + b"\r\n"


_GOOD: Final = line({"id": "KEY", "weight": "62", "regimen": "itp"})[:-2]
BROKEN: Final[dict[str, tuple[Callable[[str], bytes], str]]] = {
    "comma for a point": (_with(weight="62,5"), "write 62.5"),
    "no weight": (_with(weight=""), "--weight is needed".removeprefix("--")),
    "weight zero": (_with(weight="0"), "is zero"),
    "weight with a sign": (_with(weight="-62"), "has a sign"),
    "weight not a number": (_with(weight="nan"), "is not a quantity"),
    "weight with an exponent": (_with(weight="6e1"), "has an exponent"),
    "weight of no person": (_with(weight="6200"), "a body weight is from 0.2 to 650 kg"),
    "weight in a strange unit": (_with(weight="62 oz"), "has the unit 'oz'"),
    "weight with full-width digits": (_with(weight="６２"), "write plain digits"),
    "regimen unknown": (_with(regimen="itq"), "did you mean itp"),
    "regimen with two meanings": (_with(regimen="sclerosis"), "more than one meaning"),
    "neither regimen nor dose": (_with(regimen=""), "say what to plan"),
    "not IVIG": (_with(regimen="il-2"), "is not IVIG"),
    "dose without a basis": (_with(regimen="", dose="2 g/kg", days="5"), "has two readings"),
    "dose above the limit": (_with(regimen="", dose="3 g/kg/course", days="2"), "--accept daily-dose=1.5"),
    "days not whole": (_with(days="2.5"), "is not a whole number"),
    "open choice": (_with(regimen="melanoma-q3w"), "add --days"),
    "date that does not exist": (_with(start="2027-02-30"), "there is no day"),
    "date with two readings": (_with(start="04/01/2027"), "not a date that has one reading"),
    "infuse-on without start": (_with(infuse_on="mon-fri"), "needs the first day"),
    "never fits": (_with(start="2027-01-04", infuse_on="mon"), "never fits"),
    "overlap": (_with(start="2027-01-04", cycles="2", every="2 days"), "overlap"),
    "sex unknown": (_with(sex="x"), "write female or male"),
    "flag with no": (_with(pregnant="no"), "write yes for not-pregnant"),
    "product unknown": (_with(product="privigen-ux"), "privigen-u"),
    "acceptance of another patient": (_with(accept="daily-dose=2", reason="no"), "does not carry over from another patient"),
    "history unknown": (_with(history="asthma"), "'asthma' is not known"),
    "history against it": (_with(history="anaphylaxis-to-immunoglobulin"), "nothing accepts this"),
    "last course without start": (_with(last_course="2026-01-04 124 g"), "add --start"),
    "last course in the future": (_with(start="2027-01-04", last_course="2027-01-05 124 g"), "is not before"),
    "blood group with a zero": (_with(blood_group="0"), "is the letter O"),
    "id missing": (lambda key: _with()("").replace(b",62,itp", b",62,itp"), "the id is missing"),
    "too few cells": (_raw("KEY,62,itp"), "3 cells where the header has"),
    "too many cells": (_raw(f"{_GOOD},62"), "cells where the header has"),
    "not UTF-8": (_raw(_GOOD.encode().replace(b"itp", b"it\xfc")), "0xfc, is not UTF-8"),
    "NUL byte": (_raw(_GOOD.replace("itp", "it\0p")), "NUL byte"),
    "quote left open": (_raw(_GOOD.replace("itp", '"itp')), "a quote opens a cell"),
    "text after a quote": (_raw(_GOOD.replace("itp", '"itp"x')), "a quote opens a cell"),
    "a line without end": (_raw(f"{_GOOD}{'x' * 70_000}"), "write at most 65,536"),
}
"""What may be wrong with a row -> the row for an id, and words that its message must hold."""


def mixed(rows: int, seed: int = 1, broken_every: int = 100) -> tuple[bytes, dict[int, dict[str, str]], dict[int, str]]:
    """A file of patients, one row in a hundred broken.

    Returns: the file; the good rows by line; what was done to the broken ones, by line.
    """
    random = Random(seed)
    ways = list(BROKEN)
    parts = [",".join(COLUMNS).encode() + b"\r\n"]
    good: dict[int, dict[str, str]] = {}
    broken: dict[int, str] = {}
    for number in range(2, rows + 2):
        if number % broken_every == 0:
            broken[number] = ways[number // broken_every % len(ways)]
            parts.append(BROKEN[broken[number]][0](f"p{number}"))
        else:
            good[number] = patient(random, number)
            parts.append(line(good[number]).encode())
    return b"".join(parts), good, broken
