"""Grams -> millilitres, and a ramp -> what to set on the pump and for how long. Exact: no minute is rounded here."""

from collections.abc import Callable
from fractions import Fraction

from ivigcalc.errors import Refused
from ivigcalc.model import PumpStep, RampStep, RateCap
from ivigcalc.numbers import exact_text

MOST_STEPS = 200
"""Our own bound on the steps of a ramp that goes on rising."""


def volume_ml(grams: Fraction, g_per_ml: Fraction) -> Fraction:
    """Volume of a dose [mL]: grams [g] / concentration [g/mL]."""
    return grams / g_per_ml


def pump_rate(ml_per_kg_per_h: Fraction, weight_kg: Fraction, pump_step: Fraction, *, less_than: bool = False) -> Fraction:
    """Turn a rate per kg into what the pump can run, never above it.

    Formula: rate x weight, rounded down to a whole number of pump steps; "less than" is at least one step below.

    Args: rate [mL/kg/h]; weight that the rate rests on [kg]; the pump's step [mL/h]; whether the rate itself is too much.
    Returns: rate [mL/h], 0 where the pump cannot run so slowly.
    """
    steps, rest = divmod(ml_per_kg_per_h * weight_kg, pump_step)
    return pump_step * max(steps - (1 if less_than and rest == 0 else 0), 0)


def run_ramp(
    ramp: tuple[RampStep, ...], volume: Fraction, weight_kg: Fraction, pump_step: Fraction, cap: RateCap | None
) -> tuple[PumpStep, ...]:
    """Run a ramp until the volume is in, no step above the cap; steps that come to the same rate are one.

    Args: the ramp in mL/kg/h, its last step without end; volume [mL]; weight that the rate rests on [kg]; pump's step [mL/h];
    the label's maximum, None where nothing states one.
    Returns: the steps that are needed, their volumes adding up to the volume exactly.
    Raises: Refused where the pump cannot run as slowly as a step asks.
    """
    steps: list[PumpStep] = []
    rest, clock = volume, Fraction(0)
    for wanted in ramp:
        if rest == 0:
            break
        rate, per_kg, capped = _capped(wanted, weight_kg, pump_step, cap)
        if rate == 0:
            asked = exact_text(wanted.rate * weight_kg)
            raise Refused(
                f"{asked} mL per hour is less than the pump's step of {exact_text(pump_step)} mL per hour; "
                "write a smaller --pump-step if the pump has one"
            )
        most = rest * 60 / rate
        minutes = most if wanted.minutes is None else min(wanted.minutes, most)
        given = rate * minutes / 60
        rest, clock = rest - given, clock + minutes
        if steps and steps[-1].ml_per_h == rate:
            last = steps.pop()
            per_kg, capped = last.ml_per_kg_per_h, last.capped or capped
            minutes, given = minutes + last.minutes, given + last.volume_ml
        steps.append(PumpStep(per_kg, rate, minutes, given, volume - rest, clock, capped))
    assert rest == 0, "the last step of a ramp has no end"
    return tuple(steps)


def _capped(wanted: RampStep, weight_kg: Fraction, pump_step: Fraction, cap: RateCap | None) -> tuple[Fraction, Fraction, bool]:
    """The pump's rate [mL/h] of a step, the rate per kg behind it, and whether the label's maximum lowered it."""
    if cap is None or not above(wanted.rate, cap):
        return pump_rate(wanted.rate, weight_kg, pump_step), wanted.rate, False
    most = pump_rate(cap.ml_per_kg_per_h, weight_kg, pump_step, less_than=cap.less_than)
    return most, most / weight_kg if cap.less_than else cap.ml_per_kg_per_h, True


def above(ml_per_kg_per_h: Fraction, cap: RateCap) -> bool:
    """Whether a rate [mL/kg/h] is more than a label allows."""
    most = cap.ml_per_kg_per_h
    return ml_per_kg_per_h >= most if cap.less_than else ml_per_kg_per_h > most


def rising(first: Fraction, minutes: Fraction, most: Fraction, following: Callable[[Fraction], Fraction]) -> tuple[RampStep, ...]:
    """A ramp that rises at equal times until the most that is allowed, which then runs to the end.

    Args: first rate [mL/kg/h]; minutes of each step; the most [mL/kg/h]; the rate after a rate [mL/kg/h].
    Returns: the steps.
    Raises: Refused for a ramp of more than 200 steps (a bound of our own).
    """
    steps: list[RampStep] = []
    rate = first
    while rate < most:
        if len(steps) == MOST_STEPS:
            raise Refused(f"--ramp: more than {MOST_STEPS} steps (a bound of our own) before the label's maximum; write larger steps")
        steps.append(RampStep(rate, minutes))
        rate = following(rate)
    return (*steps, RampStep(most, None))
