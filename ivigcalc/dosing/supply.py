"""An ordered dose -> what giving it takes: its volume, the vials that waste least, and its time."""

from collections import Counter
from collections.abc import Iterable
from fractions import Fraction

from ivigcalc.dosing.infusion import volume_ml
from ivigcalc.dosing.rates import run, shortest_minutes
from ivigcalc.dosing.vials import pick
from ivigcalc.model import Counts, Given, Rates, Supply


def give(ordered_g: Fraction, supply: Supply, rates: Rates | None) -> Given:
    """Work out what one day's dose takes.

    Args: the ordered dose [g]; what it is drawn from; how it runs.
    Returns: volume, vials, waste and time, each only where it is known.
    Raises: Refused where the pump cannot run as slowly as a step asks.
    """
    volume = volume_ml(ordered_g, supply.g_per_ml) if supply.g_per_ml else None
    vials = pick(ordered_g, supply.vials_g) if supply.vials_g else None
    steps = run(rates, volume) if rates and volume else None
    return Given(
        volume_ml=volume,
        vials=vials.vials if vials else None,
        wasted_g=vials.wasted_g if vials else None,
        wasted_percent=vials.wasted_g / vials.grams * 100 if vials else None,
        minutes=steps[-1].ends_after_minutes if steps else None,
        steps=steps,
        shortest_minutes=shortest_minutes(rates, volume) if rates and volume and not steps else None,
    )


def together(days: Iterable[Given]) -> Given:
    """Add up what several doses take; a vial that is opened on one day is not kept for another.

    Args: what each dose takes.
    Returns: the sums; no steps.
    """
    days = list(days)
    vials, wasted = _vials(day.vials for day in days), _sum(day.wasted_g for day in days)
    return Given(
        volume_ml=_sum(day.volume_ml for day in days),
        vials=vials,
        wasted_g=wasted,
        wasted_percent=None if vials is None or wasted is None else wasted / sum(size * count for size, count in vials) * 100,
        minutes=_sum(day.minutes for day in days),
        shortest_minutes=_sum(day.shortest_minutes for day in days),
    )


def _sum(amounts: Iterable[Fraction | None]) -> Fraction | None:
    known = list(amounts)
    return None if None in known else sum((amount for amount in known if amount is not None), Fraction(0))


def _vials(picked: Iterable[Counts | None]) -> Counts | None:
    counts: Counter[Fraction] = Counter()
    for vials in picked:
        if vials is None:
            return None
        counts.update(dict(vials))
    return tuple(sorted(counts.items(), reverse=True))
