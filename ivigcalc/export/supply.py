"""The product of a plan on the screen: what the doses are drawn from, its rates with their sources, and the steps of the pump."""

from collections.abc import Iterator
from datetime import time
from fractions import Fraction
from typing import Any

from ivigcalc.export import words
from ivigcalc.export.screen import Screen
from ivigcalc.export.words import grams, milliliters
from ivigcalc.model import NO_QUOTE, Figure, Given, Plan, Rate, Rates, Source, Span, Supply
from ivigcalc.numbers import screen_text
from ivigcalc.ramps import printed_rate, rate_in_words, with_ml_per_hour


def supply_entries(screen: Screen, plan: Plan) -> None:
    """Show what the doses are drawn from, the vials to pick, and what the label says of the rate."""
    supply = plan.choices.supply
    assert supply
    screen.entry("Product", _supply(supply))
    if plan.given.vials is not None:
        courses = {course.phase: course for course in reversed(plan.courses)}
        several = len(courses) > 1
        lines = [f"{f'{phase.name}, ' if several else ''}per course: {_pick(course.given)}" for phase, course in reversed(courses.items())]
        if len(plan.courses) > 1:
            lines.append(f"in all, {len(plan.courses):,} courses: {_pick(plan.given)}")
        screen.entry("Vials", lines)
    if plan.rates and (lines := _rates(plan, plan.rates)):
        screen.entry("Rates", lines)


def _supply(supply: Supply) -> str:
    product = supply.product
    name = f"{product.name}, {product.market}, {product.id}" if product else "no product named"
    strength = f"{grams(supply.g_per_ml * 100)} in 100 mL" if supply.g_per_ml else "concentration not given, so no volume"
    if not supply.vials_g:
        return f"{name}; {strength}; vial sizes not stated"
    sizes = ", ".join(screen_text(size) for size in reversed(supply.vials_g))
    return f"{name}; {strength}; vials of {sizes} g{' as given with --vials' if supply.vials_by_hand else ''}"


def _pick(given: Given) -> str:
    wasted = "nothing wasted"
    if given.wasted_g and given.wasted_percent is not None:
        wasted = f"{grams(given.wasted_g)} wasted, {screen_text(given.wasted_percent, 1)}% of what is opened"
    return f"{words.vials(given.vials or ())}; {wasted}"


def _rates(plan: Plan, rates: Rates) -> list[str]:
    """The label's first rate and maximum; without a ramp also the shortest time, and no step between."""
    choice, weight = rates.choice, rates.weight_kg
    on = f"on {screen_text(weight)} kg, the lower of actual and dosing weight, a choice of ours"
    at_risk = [f"at risk, {_most(entry.rate)}{rate_in_words(entry.rate, weight)}" for entry in rates.at_risk if entry.rate]
    if choice.table is None:
        return [on, *at_risk] if rates.ramp or at_risk else []
    table, held = choice.table, choice.table.first.minutes
    lines = [
        f"of the label for {_label(table.label)}, {on}",
        f"first {printed_rate(table.first, weight)}; {_time('for', held) if held else 'how long is not stated'}",
        *([f"may rise {_time('every', table.step_minutes)}"] if table.step_minutes else []),
        f"{_most(table.maximum)}{printed_rate(table.maximum, weight)}",
        *at_risk,
    ]
    if table.note:
        g_per_ml = plan.choices.supply.g_per_ml if plan.choices.supply else None
        lines.append(f"note: {with_ml_per_hour(table.note, weight, g_per_ml)}")
    return lines if rates.ramp else [*lines, *_without_ramp(plan, rates)]


def _most(rate: Rate) -> str:
    return "" if rate.less_than else "at most "


def _label(label: str) -> str:
    """The indications in the label's words, as part of a sentence."""
    return label.replace("all", "all indications", 1) if label == "all" or label.startswith("all except") else label


def _without_ramp(plan: Plan, rates: Rates) -> list[str]:
    """What the pump can be set to, and the shortest time that the label allows."""
    choice = rates.choice
    first, most = ("not set, as shown only" if rate is None else _set(rate) for rate in (rates.first_ml_per_h, rates.most_ml_per_h))
    pump = f"on a pump with steps of {screen_text(choice.pump_step)} mL per hour: first {first}, at most {most}"
    times = {infusion.ordered_g: infusion.given.shortest_minutes for infusion in plan.infusions}
    shortest = [f"{grams(dose)} in no less than {_until(choice.start, minutes)}" for dose, minutes in times.items() if minutes]
    if shortest:
        pump += f"; {', '.join(shortest)}, at the maximum all the time, rounded up to the minute"
    return [pump, "no steps between the first rate and the maximum are run without --ramp"]


def _set(ml_per_h: Fraction) -> str:
    return f"{screen_text(ml_per_h)} mL per hour" if ml_per_h else "slower than it can run"


def _until(start: time | None, minutes: Fraction) -> str:
    return words.duration(minutes) + (f", from {start:%H:%M} until {words.clock(start, minutes)}" if start else "")


def _ramp(rates: Rates) -> str:
    assert rates.ramp
    if rates.ramp.words == "typed":
        return f'the ramp "{rates.ramp.name}"'
    return rates.ramp.words if rates.ramp.name == "printed" else f"the ramp {rates.ramp.name}"


def _time(word: str, minutes: Figure[Span[int]]) -> str:
    span = minutes.value
    time = f"{span.low} min" if span.fixed else f"{span.low} to {span.high} min"
    return f"{word} {time}" + ("" if minutes.quote else ", of which no verbatim quote was kept")


def supply_sources(screen: Screen, plan: Plan) -> None:
    """Show where the figures of the product and the ramp are from, each source once, with its words."""
    supply = plan.choices.supply
    assert supply
    weight = plan.rates.weight_kg if plan.rates else plan.weight.kg
    sources: dict[Source, dict[str, list[str]]] = {}
    for what, source, quote, note in _cited(supply, plan.rates):
        said = f"; note: {with_ml_per_hour(note, weight, supply.g_per_ml)}" if note else ""
        quoted = f'"{quote}"' if quote else NO_QUOTE
        sources.setdefault(source, {}).setdefault(f"{quoted}{said}", []).append(what)
    for source, lines in sources.items():
        screen.entry(
            "Source", [f"{source.citation}. {source.url or ''}".strip(), *(f"{', '.join(what)}: {line}" for line, what in lines.items())]
        )


def _cited(supply: Supply, rates: Rates | None) -> Iterator[tuple[str, Source, str | None, str | None]]:
    """What is shown of the product and its rates: what it is, its source, the source's words and a note."""
    product = supply.product
    figures: list[tuple[str, Figure[Any] | Rate | None]] = []
    if product:
        figures += [("concentration", product.concentration), ("vial sizes", None if supply.vials_by_hand else product.vials)]
    if rates:
        table = rates.choice.table
        if table:
            steps = table.ladder.steps if table.ladder and rates.ramp and rates.ramp.name == "printed" else ()
            more = table.increment if rates.ramp and rates.ramp.name == "printed" else None
            figures += _timed("first rate", table.first)
            figures += [figure for number, step in enumerate(steps, 2) for figure in _timed(f"step {number}", step)]
            figures += _timed("increment", more) if more else []
            figures.append(("maximum", table.maximum))
            figures.append(("time between steps", table.step_minutes))
        figures += [("maximum at risk", entry.rate) for entry in rates.at_risk]
    for what, figure in figures:
        if figure and (figure.quote or what not in ("concentration", "vial sizes")):  # without a quote these two are a finding
            yield what, figure.source, figure.quote, figure.note
    if rates and rates.ramp and rates.ramp.cited:
        cited = rates.ramp.cited
        yield f"ramp {rates.ramp.name}, {cited.locator}", cited.source, cited.quote, None


def _timed(what: str, rate: Rate) -> list[tuple[str, Figure[Any] | Rate | None]]:
    """A rate and how long it is held, which often stands in the same words."""
    held = rate.minutes
    if held and (held.source, held.quote) == (rate.source, rate.quote):
        return [(f"{what} and its time", rate)]
    return [(what, rate), (f"time of the {what}", held)]


def step_rows(screen: Screen, plan: Plan) -> None:
    """Show the steps of the pump, once for each dose."""
    rates = plan.rates
    if rates is None or not rates.ladder:
        return
    start = rates.choice.start
    headings = ("mL per kg per hour", "mL per hour", "Time", "Volume", "So far", "Ends after", *(("Clock",) if start else ()))
    doses = dict.fromkeys(infusion.ordered_g for infusion in plan.infusions)
    for infusion in (next(infusion for infusion in plan.infusions if infusion.ordered_g == dose) for dose in doses):
        given = infusion.given
        assert given.volume_ml is not None
        assert given.steps is not None
        if infusion is not plan.infusions[0]:
            screen.gap()
        screen.heading(f"Steps for {grams(infusion.ordered_g)}, {milliliters(given.volume_ml)}: {_ramp(rates)}")
        rows = [
            (
                screen_text(step.ml_per_kg_per_h, 4),
                screen_text(step.ml_per_h),
                words.duration(step.minutes),
                milliliters(step.volume_ml),
                milliliters(step.so_far_ml),
                words.duration(step.ends_after_minutes),
                *((words.clock(start, step.ends_after_minutes),) if start else ()),
            )
            for step in given.steps
        ]
        screen.rows(headings, rows)
    pump = f"{screen_text(rates.choice.pump_step)} mL per hour"
    screen.lines([f"mL per hour rounded down to the pump's step of {pump}; times rounded up to the minute"])
    screen.gap()
