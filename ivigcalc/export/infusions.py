"""The infusions of a plan on the screen: each day's dose, with its volume, vials and time where they are known."""

from ivigcalc.export import words
from ivigcalc.export.screen import Screen
from ivigcalc.export.words import grams, milliliters
from ivigcalc.model import Infusion, Plan
from ivigcalc.when import screen_date


def infusion_rows(screen: Screen, plan: Plan) -> None:
    """Show one row a day; with a product its volume, vials and time stand where the running total does without."""
    phases = len(plan.phases) > 1
    several, dated = len(plan.courses) > 1, plan.infusions[0].date is not None
    supplied = plan.choices.supply is not None
    given = plan.infusions[0].given
    headings = (
        *(("Course",) if several else ()),
        *(("Phase",) if phases else ()),
        "Day",
        *(("Date",) if dated else ()),
        "Dose",
        *(("Volume",) if given.volume_ml else ()),
        *(("Vials",) if given.vials else ()),
        *(("Time",) if given.minutes else ()),
        *(() if supplied else ("So far",)),
    )
    screen.rows(headings, [_row(infusion, several=several, phases=phases, supplied=supplied) for infusion in plan.infusions])
    if supplied:
        total = [f"{grams(plan.ordered_g)}", *([milliliters(plan.given.volume_ml)] if plan.given.volume_ml else [])]
        total += [words.duration(plan.given.minutes)] if plan.given.minutes else []
        screen.lines([f"In all {', '.join(total)}"])


def _row(infusion: Infusion, *, several: bool, phases: bool, supplied: bool) -> tuple[str, ...]:
    given = infusion.given
    return (
        *((str(infusion.cycle),) if several else ()),
        *((infusion.phase,) if phases else ()),
        f"{infusion.day} of {infusion.days}",
        *((screen_date(infusion.date),) if infusion.date else ()),
        grams(infusion.ordered_g),
        *((milliliters(given.volume_ml),) if given.volume_ml else ()),
        *((words.vials(given.vials),) if given.vials else ()),
        *((words.duration(given.minutes),) if given.minutes else ()),
        *(() if supplied else (grams(infusion.cumulative_g),)),
    )
