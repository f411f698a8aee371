"""What ivigcalc is for, in short, and what it holds: `ivigcalc about`. docs/intended-use.md holds these words too, and why."""

from collections.abc import Mapping
from typing import NamedTuple

from ivigcalc.export.screen import Screen

PURPOSE = (
    "From a body weight and a named, cited regimen, or a dose entered by hand, to the grams of each day, each course and each date, "
    "with vials, volumes and pump rates where a product is named, laid out so that a second person can recompute it by hand."
)
USERS = "Prescribers and pharmacists who can judge the basis of a dose. Not patients or carers."
NOT_FOR = (
    "deciding whether to treat, or with which regimen, dose or product",
    "subcutaneous, intramuscular or hyperimmune immunoglobulin",
    "choosing the dose of a child",
    "emergencies that leave no time to recompute the plan",
)
STATUS = "Not a registered medical device in any jurisdiction. No clinician has signed it off."
FIRST = (
    (
        "Whoever deploys it settles which rules on medical devices apply, reviews and signs the data files and the hazard log, and "
        "names who answers for it."
    ),
    "A second person recalculates every plan, and does not only confirm it, before it is used.",
)
LIMITS = (
    "Most product labels were read in copies, often only in part: check every figure against the current label.",
    "The regimens are those of their sources, some of them single cases; that one is listed does not recommend it.",
)
SOURCES = "The source of each figure stands with it: ivigcalc regimens show ID, ivigcalc products show ID, and in the data files."
LICENCE = "MIT, without any warranty; the file LICENSE holds its words."
FAULT = (
    "Report it to the maintainers as CONTRIBUTING.md says, with the command and what it printed, and without a patient's name; "
    "where a dose is wrong, begin the title with the words: wrong dose."
)
MORE = "docs/intended-use.md and docs/hazards.md of the source distribution."


class DataFile(NamedTuple):
    """A data file in use."""

    name: str
    holds: str  # in words
    sha256: str


class About(NamedTuple):
    """What is installed here."""

    version: str
    files: tuple[DataFile, ...]
    grades: Mapping[str, int]  # how much of a label was read -> number of products


def about_page(about: About, width: int, *, colour: bool) -> str:
    """Show what ivigcalc is for, what it holds, and how to report a fault.

    Args: what is installed here; width of the screen [characters]; whether colour may be used.
    Returns: the text of the screen.
    """
    screen = Screen(width, colour=colour)
    screen.heading(f"ivigcalc {about.version}, a calculator for intravenous immunoglobulin")
    screen.gap()
    screen.entry("Purpose", PURPOSE)
    screen.entry("For", USERS)
    screen.entry("Not for", [f"{text}{'.' if text is NOT_FOR[-1] else ';'}" for text in NOT_FOR])
    screen.entry("Status", STATUS)
    screen.entry("Before use", FIRST)
    screen.entry("Limits", [*LIMITS, _labels(about.grades)])
    screen.gap()
    screen.entry(
        "Data", ["each with its digest, SHA-256", *(line for file in about.files for line in (f"{file.name}: {file.holds}", file.sha256))]
    )
    screen.gap()
    screen.entry("Sources", SOURCES)
    screen.entry("Licence", LICENCE)
    screen.entry("A fault", FAULT)
    screen.entry("More", MORE)
    return screen.text()


def _labels(grades: Mapping[str, int]) -> str:
    """Say of how many products the label was read, and how far."""
    words = {"full": "in full", "mostly": "for the most part", "partial": "in part"}
    read = ", ".join(f"{grades.get(grade, 0)} {text}" for grade, text in words.items())
    return f"Labels of {sum(grades.values())} products were read: {read}."
