"""A plan -> bytes, one file a format; nothing here calculates a dose. A format is loaded only when it is asked for."""

from collections.abc import Callable

from ivigcalc.model import Origin, Plan


def _csv(plan: Plan, origin: Origin) -> bytes:
    from ivigcalc.export.csv import as_csv

    return as_csv(plan, origin)


def _json(plan: Plan, origin: Origin) -> bytes:
    from ivigcalc.export.json import as_json

    return as_json(plan, origin)


MACHINE_FORMATS: dict[str, Callable[[Plan, Origin], bytes]] = {"csv": _csv, "json": _json}
SUFFIXES = {".csv": "csv", ".json": "json", ".txt": "table"}
