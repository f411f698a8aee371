"""When a measles- or varicella-containing vaccine may follow, by the table of one jurisdiction. Pure."""

from collections.abc import Iterator
from fractions import Fraction

from ivigcalc.errors import InputError
from ivigcalc.model import Finding, Plan, VaccineTable
from ivigcalc.numbers import screen_text
from ivigcalc.safety.cautions import per_kg, sources
from ivigcalc.when import add_months, screen_date

VACCINES = "Measles- or varicella-containing vaccine"


def check_vaccines(plan: Plan, table: VaccineTable) -> Iterator[Finding]:
    """Count the months of a table from the last infusion of the plan; it is stepwise, so nothing is interpolated.

    The dose that counts is that of the highest course as a whole, before rounding: a reading of ours, as the tables do not say what
    divided doses count.

    Args: plan; the table.
    Returns: one finding.
    Raises: InputError for a date past the year 9999.
    """
    dose = max(per_kg(plan, course.calculated_g) for course in plan.courses)
    what = f"{VACCINES}, {table.name}"
    course = f"{screen_text(dose)} g per kg, the whole course, which counts by a reading of ours"
    source = sources(table.cited)
    row = next((row for row in table.rows if dose <= row.to_g_per_kg), None)
    if row is None:
        most = screen_text(table.rows[-1].to_g_per_kg)
        yield Finding(
            "vaccines-not-stated", "warning", f"{what}: no interval is stated above {most} g per kg, and this is {course}.", source
        )
        return
    said = [] if dose >= row.from_g_per_kg else [f"it is no row of the table, and the next higher one, {_row(row[0], row[1])}, counts"]
    said += [note for note in (row.note, *table.notes) if note]
    last = plan.infusions[-1].date
    when = f"{row.months} months after the last infusion of this plan"
    if last:
        try:
            when = f"not before {screen_date(add_months(last, row.months))}, {row.months} months after the last infusion"
        except (ValueError, OverflowError):
            raise InputError(f"--vaccines: {row.months} months after {screen_date(last)} is past the year 9999; leave it out") from None
    yield Finding("vaccines", "note", f"{what}: {when}, for {'; '.join((course, *said))}.", source)


def _row(low: Fraction, high: Fraction) -> str:
    return f"{screen_text(low)} g per kg" if low == high else f"{screen_text(low)} to {screen_text(high)} g per kg"
