"""The options that several commands take in the same words: what is said of a patient, of the dates and of rounding."""

from contextlib import suppress
from typing import Annotated

import typer

from ivigcalc.errors import IvigcalcError


def complete_policy() -> list[str]:
    """Complete the dosing weights and policies."""
    from ivigcalc.catalogue import data_file, load_limits

    with suppress(IvigcalcError):
        return ["actual", "ideal", "adjusted", *load_limits(data_file("limits.yaml")).weights.offered]
    return []


Height = Annotated[str | None, typer.Option("--height", metavar="HEIGHT", help='165 (cm), "1.65\u00a0m", "5\u00a0ft\u00a05\u00a0in".')]
Age = Annotated[str | None, typer.Option("--age", metavar="AGE", help='54 (years) or "8\u00a0months".')]
Pregnant = Annotated[bool, typer.Option("--pregnant", help="Pregnant; unsaid is not taken as no.")]
NotPregnant = Annotated[bool, typer.Option("--not-pregnant", help="Not pregnant.")]
PrePregnancyWeight = Annotated[
    str | None, typer.Option("--pre-pregnancy-weight", metavar="WEIGHT", help="Of a pregnant patient, where a source names it.")
]
BloodGroup = Annotated[str | None, typer.Option("--blood-group", metavar="GROUP", help="O, A, B or AB.")]
AtRisk = Annotated[str | None, typer.Option("--at-risk", metavar="RISKS", help="kidney, thrombosis, earlier-reactions.")]
History = Annotated[
    list[str] | None,
    typer.Option(
        "--history",
        metavar="WHAT",
        help=(
            "anaphylaxis-to-immunoglobulin, iga-deficiency, iga-deficiency-with-antibodies, hyperprolinaemia, fructose-intolerance, "
            "corn-allergy or none; repeatable."
        ),
    ),
]
LastCourse = Annotated[
    str | None,
    typer.Option(
        "--last-course",
        metavar="COURSE",
        help='Its last day, or first and last, and its grams in all: "2027-01-04 to 2027-01-08 124\u00a0g".',
    ),
]
DosingWeight = Annotated[
    str | None,
    typer.Option("--dosing-weight", metavar="WHICH", help="actual, ideal, adjusted or a policy.", autocompletion=complete_policy),
]
Days = Annotated[
    str | None, typer.Option("--days", metavar="N", help='Consecutive days of a course, 1 to 31; of phases "loading 4, maintenance 1".')
]
Begins = Annotated[
    str | None,
    typer.Option("--begins", metavar="INTERVAL", help="When maintenance begins, from the start of the last loading course."),
]
Cycles = Annotated[str | None, typer.Option("--cycles", metavar="N", help='How many courses in all; of the last phase "maintenance 4".')]
Until = Annotated[str | None, typer.Option("--until", metavar="DATE", help="Courses that start on or before this date.")]
Closed = Annotated[list[str] | None, typer.Option("--closed", metavar="DATE", help="A date without infusions; repeatable.")]
BispecificStart = Annotated[
    str | None, typer.Option("--bispecific-start", metavar="DATE", help="First day of the bispecific antibody (myeloma-teclistamab).")
]
Vials = Annotated[str | None, typer.Option("--vials", metavar="SIZES", help="Vials on the shelf, in grams: 5,10,20.")]
Direction = Annotated[str | None, typer.Option("--direction", metavar="WAY", help="nearest, down or up.")]
RoundOver = Annotated[str | None, typer.Option("--round-over", metavar="WHAT", help="Round the day or the course.")]
RoundLimit = Annotated[
    str | None, typer.Option("--round-limit", metavar="PERCENT", help="The most that rounding may change; 10% unless set.")
]
OwnFile = Annotated[
    str | None, typer.Option("--site", metavar="FILE", help="The hospital's own file of defaults and regimens; none for none.")
]
