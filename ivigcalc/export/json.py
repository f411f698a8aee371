"""The plan as JSON, schema ivigcalc.plan/1; every number is exact."""

from typing import Any

from ivigcalc.export.exact import exact, iso, json_line, json_page, maybe
from ivigcalc.export.words import clock_time, not_recorded, order_text
from ivigcalc.model import Cited, Figure, Given, Origin, Plan, Rate, Rates, Regimen, Settled, SiteUse, Span, Supply

SCHEMA = "ivigcalc.plan/1"


def as_json(plan: Plan, origin: Origin) -> bytes:
    """Write a plan as JSON.

    Args: plan; what it was made from.
    Returns: UTF-8 bytes, one object.
    """
    return json_page(_document(plan, origin))


def as_json_line(key: str, plan: Plan, origin: Origin) -> str:
    """Write a plan as one line of JSON with the id of its row in front.

    Args: id; plan; what it was made from.
    Returns: one object and its line end.
    """
    return json_line({"id": key, **_document(plan, origin)}) + "\n"


def _document(plan: Plan, origin: Origin) -> dict[str, Any]:
    """The plan as it stands in JSON."""
    return {
        "schema": SCHEMA,
        "generator": {"name": "ivigcalc", "version": origin.version, "catalogue_sha256": origin.catalogue_sha256, **_products(origin)},
        "inputs": {
            "label": plan.patient.label,
            "weight_kg": exact(plan.patient.weight_kg),
            "height_cm": maybe(plan.patient.height_cm),
            "sex": plan.patient.sex,
            "age_years": maybe(plan.patient.age_years),
            "not_recorded": not_recorded(plan.patient, plan.choices.rate.risks),
            "options": origin.options,
        },
        "dosing_weight": {
            "kg": exact(plan.weight.kg),
            "basis": plan.weight.basis,
            "policy": plan.weight.policy,
            "reason": plan.weight.reason,
            "source": plan.weight.source,
        },
        "regimen": _regimen(plan),
        "product": _product(plan.choices.supply),
        "rounding": {
            "to": plan.rounding.to,
            "direction": plan.rounding.direction,
            "applies_to": plan.rounding.applies_to,
            "limit_percent": exact(plan.rounding.limit_percent),
            "rule": plan.rounding.rule and {"id": plan.rounding.rule.id, "sources": [_source(cited) for cited in plan.rounding.rule.cited]},
        },
        "rates": _rates(plan.rates),
        "cycles": [
            {
                "phase": course.phase.name,
                "cycle": course.cycle,
                "start": iso(course.start),
                "calculated_g": exact(course.calculated_g),
                "ordered_g": exact(course.ordered_g),
                "g_per_kg": exact(course.g_per_kg),
                "change_percent": exact(course.change_percent),
                **_given(course.given),
            }
            for course in plan.courses
        ],
        "infusions": [
            {
                "phase": infusion.phase,
                "cycle": infusion.cycle,
                "day": infusion.day,
                "date": iso(infusion.date),
                "calculated_g": exact(infusion.calculated_g),
                "ordered_g": exact(infusion.ordered_g),
                "g_per_kg": exact(infusion.g_per_kg),
                "change_percent": exact(infusion.change_percent),
                **_given(infusion.given),
                "steps": _steps(infusion.given, plan.rates),
                "cumulative_g": exact(infusion.cumulative_g),
            }
            for infusion in plan.infusions
        ],
        "totals": {
            "calculated_g": exact(plan.calculated_g),
            "ordered_g": exact(plan.ordered_g),
            **_given(plan.given),
        },
        "site": _site(plan.site),
        "next_cycle_start": iso(plan.next_start),
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


def _products(origin: Origin) -> dict[str, str]:
    """The digest of the products, where one of them was used."""
    return {"products_sha256": origin.products_sha256} if origin.products_sha256 else {}


def _product(supply: Supply | None) -> dict[str, Any] | None:
    if supply is None:
        return None
    product = supply.product
    return {
        "id": product.id if product else None,
        "name": product.name if product else None,
        "market": product.market if product else None,
        "g_per_ml": maybe(supply.g_per_ml),
        "vial_sizes_g": [exact(size) for size in reversed(supply.vials_g)],
        "vials_by_hand": supply.vials_by_hand,
        "source": product.concentration.source.citation if product else None,
        "quote": product.concentration.quote if product else None,
    }


def _given(given: Given) -> dict[str, Any]:
    """What giving a dose takes; null where it is not known."""
    return {
        "volume_ml": maybe(given.volume_ml),
        "vials": None if given.vials is None else [{"g": exact(size), "count": count} for size, count in given.vials],
        "wasted_g": maybe(given.wasted_g),
        "wasted_percent": maybe(given.wasted_percent),
        "minutes": maybe(given.minutes),
        "shortest_minutes": maybe(given.shortest_minutes),
    }


def _steps(given: Given, rates: Rates | None) -> list[dict[str, Any]] | None:
    if given.steps is None or rates is None:
        return None
    start = rates.choice.start
    return [
        {
            "ml_per_kg_per_h": exact(step.ml_per_kg_per_h),
            "ml_per_h": exact(step.ml_per_h),
            "minutes": exact(step.minutes),
            "volume_ml": exact(step.volume_ml),
            "so_far_ml": exact(step.so_far_ml),
            "ends_after_minutes": exact(step.ends_after_minutes),
            "ends_at": None if start is None else clock_time(start, step.ends_after_minutes)[1],
            "ends_days_later": None if start is None else clock_time(start, step.ends_after_minutes)[0],
            "capped": step.capped,
        }
        for step in given.steps
    ]


def _rates(rates: Rates | None) -> dict[str, Any] | None:
    """The rates that a label states, and the ramp that was run."""
    if rates is None:
        return None
    table, ramp = rates.choice.table, rates.ramp
    return {
        "for": list(table.indications) if table else None,
        "label": table.label if table else None,
        "weight_kg": exact(rates.weight_kg),
        "pump_step_ml_per_h": exact(rates.choice.pump_step),
        "first": _rate(table.first) if table else None,
        "first_ml_per_h": maybe(rates.first_ml_per_h),
        "ladder": {"kind": table.ladder.kind, "steps": [_rate(step) for step in table.ladder.steps]} if table and table.ladder else None,
        "increment": _rate(table.increment) if table and table.increment else None,
        "step_minutes": _minutes(table.step_minutes) if table else None,
        "maximum": _rate(table.maximum) if table else None,
        "most_ml_per_h": maybe(rates.most_ml_per_h),
        "note": table.note if table else None,
        "risks": list(rates.choice.risks),
        "at_risk": [
            {
                "for": list(entry.risks),
                "rate": _rate(entry.rate) if entry.rate else None,
                "sentence": entry.sentence.value if entry.sentence else None,
                "sentence_source": entry.sentence.source.citation if entry.sentence else None,
            }
            for entry in rates.at_risk
        ],
        "ramp": None
        if ramp is None
        else {"name": ramp.name, "what": ramp.words, "note": ramp.note, "source": _source(ramp.cited) if ramp.cited else None},
        "start_time": None if rates.choice.start is None else f"{rates.choice.start:%H:%M}",
        "open": rates.choice.open,
    }


def _rate(rate: Rate) -> dict[str, Any]:
    return {
        "ml_per_kg_per_h": exact(rate.ml_per_kg_per_h),
        "less_than": rate.less_than,
        "printed": list(rate.printed),
        "disagree": rate.disagree,
        "minutes": _minutes(rate.minutes),
        "source": rate.source.citation,
        "url": rate.source.url,
        "quote": rate.quote,
        "note": rate.note,
        "shown_only": rate.shown_only,
    }


def _site(site: SiteUse | None) -> dict[str, Any] | None:
    """The hospital's own file, and what was taken from it."""
    return site and {"name": site.name, "sha256": site.sha256, "options": site.defaults}


def _minutes(minutes: Figure[Span[int]] | None) -> dict[str, Any] | None:
    """How long a rate is held, or how often it may rise: one figure or a range."""
    if minutes is None:
        return None
    span = minutes.value
    return {"least": span.low, "most": span.high, "source": minutes.source.citation, "quote": minutes.quote}


def _regimen(plan: Plan) -> dict[str, Any]:
    regimen: Regimen | None = plan.regimen
    return {
        "id": regimen.id if regimen else None,
        "name": regimen.name if regimen else "dose entered by hand",
        "overrides": [
            {"what": override.what, "source": override.source, "used": override.used, "phase": override.phase}
            for override in plan.overrides
        ],
        "sources": [_source(cited) for cited in plan.cited],
        "phases": [_phase(phase) for phase in plan.phases],
        "readings": list(regimen.readings) if regimen else [],
        "not_stated": list(regimen.not_stated) if regimen else [],
        "other_regimens": list(plan.others),
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
        "dose_g_per_kg": exact(phase.dose_g_per_kg),
        "per": "day" if phase.days == 1 else phase.per,
        "days": phase.days,
        "every": str(phase.every) if phase.every else None,
        "begins": str(phase.begins) if phase.begins else None,
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
    return {"after": window.event, "days": window.days, "from": event.isoformat(), "last_day": iso(plan.last_start)}
