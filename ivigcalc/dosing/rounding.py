"""The one rounding step, and the split of a course over its days."""

from fractions import Fraction

DEFAULT_STEP_G = Fraction("0.01")  # design: "Numbers out"; 0.1 mL of a 10% product


def round_to_step(amount: Fraction, step: Fraction, most: Fraction | None = None) -> Fraction:
    """Round to the nearest multiple of a step; a tie goes to the lower one, since no published rule says otherwise.

    Args: amount [g]; step [g]; the most that may come out [g], such as a cap of the source, None for no bound.
    Returns: a multiple of the step [g].
    """
    steps, rest = divmod(amount, step)
    up = step * (steps + 1)
    return up if rest * 2 > step and (most is None or up <= most) else step * steps


def split_over_days(course: Fraction, days: int, step: Fraction) -> tuple[Fraction, ...]:
    """Split a course over its days in whole steps, larger days last; the days add up to the course exactly.

    Args: course [g], a multiple of step; days [count]; step [g].
    Returns: one amount [g] a day.
    """
    steps, larger = divmod(int(course / step), days)
    return (step * steps,) * (days - larger) + (step * (steps + 1),) * larger
