"""The infusions of a plan on the screen: each day's dose with its volume, vials and time, and the steps of the pump."""

from ivigcalc.export import words
from ivigcalc.export.screen import Screen
from ivigcalc.export.words import grams, milliliters
from ivigcalc.model import Given, Infusion, Plan, Rate, Rates, Supply
from ivigcalc.numbers import screen_text
from ivigcalc.ramps import printed_rate
from ivigcalc.when import screen_date


def supply_entries(screen: Screen, plan: Plan) -> None:
    """Show what the doses are drawn from, the vials to pick, and what the label says of the rate."""
    supply = plan.choices.supply
    if supply is None:
        return
    screen.entry("Product", _supply(supply))
    if plan.given.vials is not None:
        courses = {course.phase: course for course in reversed(plan.courses)}
        several = len(courses) > 1
        lines = [f"{f'{phase.name}, ' if several else ''}per course: {_pick(course.given)}" for phase, course in reversed(courses.items())]
        if len(plan.courses) > 1:
            lines.append(f"in all, {len(plan.courses):,} courses: {_pick(plan.given)}")
        screen.entry("Vials", lines)
    if plan.rates:
        screen.entry("Rates", _rates(plan, plan.rates))


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
    choice = rates.choice
    on = f"on {screen_text(rates.weight_kg)} kg, the lower of actual and dosing weight, a choice of ours"
    if choice.table is None:
        return [on] if rates.ramp else [f"none: {choice.open}"]
    first, most = choice.table.first, choice.table.maximum
    lines = [
        f"of the label for {choice.table.label}, {on}",
        f"first {printed_rate(first, rates.weight_kg)}; {_held(first)}",
        f"at most {printed_rate(most, rates.weight_kg)}",
    ]
    lines += [f"at risk, at most {printed_rate(entry.rate, rates.weight_kg)}" for entry in rates.at_risk if entry.rate]
    if rates.ramp:
        return lines
    times = {infusion.ordered_g: infusion.given.shortest_minutes for infusion in plan.infusions}
    shortest = [f"{grams(dose)} in no less than {words.duration(minutes)}" for dose, minutes in times.items() if minutes]
    return [*lines, f"{', '.join(shortest)}, at the maximum all the time; no steps between are run without --ramp"]


def _ramp(rates: Rates) -> str:
    assert rates.ramp
    if rates.ramp.words == "typed":
        return f'the ramp "{rates.ramp.name}"'
    return rates.ramp.words if rates.ramp.name == "printed" else f"the ramp {rates.ramp.name}"


def _held(rate: Rate) -> str:
    if rate.minutes is None:
        return "how long is not stated"
    span = rate.minutes.value
    time = f"{span.low} min" if span.fixed else f"{span.low} to {span.high} min"
    return f"for {time}" + ("" if rate.minutes.quote else ", of which no verbatim quote was kept")


def infusion_rows(screen: Screen, plan: Plan) -> None:
    """Show one row a day; with a product its volume, vials and time stand where the running total does without."""
    several, dated = len(plan.courses) > 1, plan.infusions[0].date is not None
    supplied = plan.choices.supply is not None
    given = plan.infusions[0].given
    headings = (
        *(("Course",) if several else ()),
        "Day",
        *(("Date",) if dated else ()),
        "Dose",
        *(("Volume",) if given.volume_ml else ()),
        *(("Vials",) if given.vials else ()),
        *(("Time",) if given.minutes else ()),
        *(() if supplied else ("So far",)),
    )
    screen.rows(headings, [_row(infusion, several=several, supplied=supplied) for infusion in plan.infusions])
    if supplied:
        total = [f"{grams(plan.ordered_g)}", *([milliliters(plan.given.volume_ml)] if plan.given.volume_ml else [])]
        total += [words.duration(plan.given.minutes)] if plan.given.minutes else []
        screen.lines([f"In all {', '.join(total)}"])


def _row(infusion: Infusion, *, several: bool, supplied: bool) -> tuple[str, ...]:
    given = infusion.given
    return (
        *((str(infusion.cycle),) if several else ()),
        f"{infusion.day} of {infusion.days}",
        *((screen_date(infusion.date),) if infusion.date else ()),
        grams(infusion.ordered_g),
        *((milliliters(given.volume_ml),) if given.volume_ml else ()),
        *((words.vials(given.vials),) if given.vials else ()),
        *((words.duration(given.minutes),) if given.minutes else ()),
        *(() if supplied else (grams(infusion.cumulative_g),)),
    )


def step_rows(screen: Screen, plan: Plan) -> None:
    """Show the steps of the pump, once for each dose."""
    rates = plan.rates
    if rates is None or not rates.ladder:
        return
    start = rates.choice.start
    headings = ("mL per kg per hour", "mL per hour", "Time", "Volume", "So far", "Ends after", *(("Clock",) if start else ()))
    for infusion in {infusion.ordered_g: infusion for infusion in reversed(plan.infusions)}.values():
        given = infusion.given
        assert given.volume_ml is not None
        assert given.steps is not None
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
