"""The one rounding step, and the split of a course over its days."""

from fractions import Fraction

DEFAULT_STEP_G = Fraction("0.01")  # design: "Numbers out"; 0.1 mL of a 10% product


def round_to_step(amount: Fraction, step: Fraction) -> Fraction:
    """Round to the nearest multiple of a step; a tie goes to the lower one, since no published rule says otherwise.

    Args: amount [g]; step [g].
    Returns: a multiple of the step [g].
    """
    steps, rest = divmod(amount, step)
    return step * (steps + (1 if rest * 2 > step else 0))


def split_over_days(course: Fraction, days: int, step: Fraction) -> tuple[Fraction, ...]:
    """Split a course over its days in whole steps, larger days last; the days add up to the course exactly.

    Args: course [g], a multiple of step; days [count]; step [g].
    Returns: one amount [g] a day.
    """
    steps, larger = divmod(int(course / step), days)
    return (step * steps,) * (days - larger) + (step * (steps + 1),) * larger
