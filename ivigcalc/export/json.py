"""The plan as JSON, schema ivigcalc.plan/1; every number is exact."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import simplejson

from ivigcalc.export.words import order_text
from ivigcalc.model import Cited, Origin, Plan, Regimen, Settled
from ivigcalc.numbers import exact_text

SCHEMA = "ivigcalc.plan/1"


def as_json(plan: Plan, origin: Origin) -> bytes:
    """Write a plan as JSON.

    Args: plan; what it was made from.
    Returns: UTF-8 bytes, one object.
    """
    document = {
        "schema": SCHEMA,
        "generator": {"name": "ivigcalc", "version": origin.version, "catalogue_sha256": origin.catalogue_sha256},
        "inputs": {
            "label": plan.patient.label,
            "weight_kg": _number(plan.patient.weight_kg),
            "height_cm": None if plan.patient.height_cm is None else _number(plan.patient.height_cm),
            "sex": plan.patient.sex,
            "age_years": None if plan.patient.age_years is None else _number(plan.patient.age_years),
            "options": origin.options,
        },
        "dosing_weight": {
            "kg": _number(plan.weight.kg),
            "basis": plan.weight.basis,
            "policy": plan.weight.policy,
            "reason": plan.weight.reason,
            "source": plan.weight.source,
        },
        "regimen": _regimen(plan),
        "product": None,
        "rounding": {
            "to": plan.rounding.to,
            "direction": plan.rounding.direction,
            "applies_to": plan.rounding.applies_to,
        },
        "cycles": [
            {
                "phase": course.phase.name,
                "cycle": course.cycle,
                "start": _date(course.start),
                "calculated_g": _number(course.calculated_g),
                "ordered_g": _number(course.ordered_g),
                "g_per_kg": _number(course.g_per_kg),
            }
            for course in plan.courses
        ],
        "infusions": [
            {
                "phase": infusion.phase,
                "cycle": infusion.cycle,
                "day": infusion.day,
                "date": _date(infusion.date),
                "calculated_g": _number(infusion.calculated_g),
                "ordered_g": _number(infusion.ordered_g),
                "g_per_kg": _number(infusion.g_per_kg),
                "volume_ml": None,
                "vials": None,
                "wasted_g": None,
                "minutes": None,
                "steps": None,
                "cumulative_g": _number(infusion.cumulative_g),
            }
            for infusion in plan.infusions
        ],
        "totals": {
            "calculated_g": _number(plan.calculated_g),
            "ordered_g": _number(plan.ordered_g),
            "volume_ml": None,
            "vials": None,
            "wasted_g": None,
        },
        "next_cycle_start": _date(plan.next_start),
        "start_window": _window(plan),
        "order_text": order_text(plan),
        "findings": [
            {
                "code": finding.code,
                "level": finding.level,
                "text": finding.text,
                "source": finding.source,
                "accepted": finding.accepted,
            }
            for finding in plan.findings
        ],
    }
    return (simplejson.dumps(document, use_decimal=True, ensure_ascii=False, indent=1, allow_nan=False) + "\n").encode()


def _regimen(plan: Plan) -> dict[str, Any]:
    regimen: Regimen | None = plan.regimen
    return {
        "id": regimen.id if regimen else None,
        "name": regimen.name if regimen else "dose entered by hand",
        "overrides": [{"what": override.what, "source": override.source, "used": override.used} for override in plan.overrides],
        "sources": [_source(cited) for cited in plan.cited],
        "phases": [_phase(phase) for phase in plan.phases],
        "readings": list(regimen.readings) if regimen else [],
        "not_stated": list(regimen.not_stated) if regimen else [],
        "other_regimens": [other.id for other in plan.others],
    }


def _source(cited: Cited) -> dict[str, Any]:
    source = cited.source
    return {
        "key": source.key,
        "citation": source.citation,
        "quote": cited.quote,
        "locator": cited.locator,
        "url": source.url,
        "external": source.external,
    }


def _phase(phase: Settled) -> dict[str, Any]:
    return {
        "phase": phase.name,
        "dose_g_per_kg": _number(phase.dose_g_per_kg),
        "per": "day" if phase.days == 1 else phase.per,
        "days": phase.days,
        "every": str(phase.every) if phase.every else None,
        "cycles": _cycles(phase),
    }


def _cycles(phase: Settled) -> int | str | None:
    """The number of courses as the source has it; a range in words."""
    span = phase.cycles
    return span and (span.fixed or f"{span.low} to {span.high}")


def _window(plan: Plan) -> dict[str, Any] | None:
    window, event = plan.regimen and plan.regimen.window, plan.choices.event
    if not window or not event:
        return None
    return {"after": window.event, "days": window.days, "from": event.isoformat(), "last_day": _date(plan.last_start)}


def _number(value: Fraction) -> Decimal:
    return Decimal(exact_text(value))


def _date(day: date | None) -> str | None:
    return day.isoformat() if day else None
