"""The options of the command line as text -> what they say: the patient, and every choice beside the regimen."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Literal, TypeVar

from ivigcalc.errors import InputError
from ivigcalc.model import MOST_CYCLES, MOST_DAYS, Choices, Formulary, Patient, Phase, PhaseChoice, Regimen, Rounding, RoundingRules
from ivigcalc.numbers import read_whole
from ivigcalc.units import Dose, read_age, read_dose, read_height, read_weight
from ivigcalc.when import Interval, read_date, read_interval, read_weekdays

F = TypeVar("F", Dose, int, Interval)

Options = Mapping[str, str | tuple[str, ...]]
"""Options by their long name without dashes, as typed; a repeatable one as a tuple."""


PHARMACY = (
    *("round", "direction", "round-over", "round-limit", "product", "concentration", "vials"),
    *("ramp", "at-risk", "pump-step", "rate-for", "start-time"),
)
"""The options that pharmacy.py reads."""
RECORD = ("blood-group", "history", "last-course", "weight-date", "previous-weight")
"""The options of the patient's record, which record.py reads."""
GetFormulary = Callable[[], Formulary]
"""The products and ramps, read only when they are asked for."""


def default_rounding(rules: RoundingRules) -> Rounding:
    """How a dose is rounded when nothing is said of it: to 0.01 g, and never by more than the published limit."""
    source = "; ".join(cited.source.citation for cited in rules.cited)
    return Rounding(limit_percent=rules.limit_percent, limit_source=source, published_limit=rules.limit_percent)


def one(options: Options, name: str) -> str:
    """The text of an option that was given."""
    value = options[name]
    assert isinstance(value, str)
    return value


def many(options: Options, name: str) -> tuple[str, ...]:
    """The texts of a repeatable option; none where it was not given."""
    value = options.get(name, ())
    assert isinstance(value, tuple)
    return value


def given(options: Options, name: str) -> str | None:
    """The text of an option, or None."""
    return one(options, name) if name in options else None


def clean(text: str) -> str:
    """Strip control characters from free text, so that it cannot steer a terminal or break a row."""
    return " ".join(re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]", " ", text).split())


def read_patient(options: Options) -> Patient:
    """Read what was said of the patient.

    Args: options as typed, with the weight.
    Returns: the patient.
    Raises: InputError.
    """
    if "weight" not in options:
        raise InputError('--weight is needed: the body weight, such as --weight 62 or --weight "137 lb"')
    label, height, sex, age = (given(options, name) for name in ("label", "height", "sex", "age"))
    if sex is not None and sex.lower() not in ("female", "male"):
        raise InputError(f"--sex: {sex!r} is not known; write female or male, as the formulas of ideal weight are published for these")
    if "pregnant" in options and "not-pregnant" in options:
        raise InputError("--pregnant and --not-pregnant contradict each other; write one of them")
    if "pregnant" in options and sex is not None and sex.lower() == "male":
        raise InputError("--pregnant and --sex male contradict each other; mend one of them")
    before = given(options, "pre-pregnancy-weight")
    if before is not None and "pregnant" not in options:
        raise InputError("--pre-pregnancy-weight is of a pregnant patient; add --pregnant, or leave it out")
    return Patient(
        label=None if label is None else _label(label),
        weight_kg=read_weight(one(options, "weight")),
        height_cm=None if height is None else read_height(height),
        sex=None if sex is None else "female" if sex.lower() == "female" else "male",
        age_years=None if age is None else read_age(age),
        pregnant=True if "pregnant" in options else False if "not-pregnant" in options else None,
        pre_pregnancy_kg=None if before is None else read_weight(before, "--pre-pregnancy-weight"),
    )


def _label(text: str) -> str:
    if not clean(text):
        raise InputError('--label: nothing was given; write a text, such as --label "bed 4", or leave it out')
    return clean(text)


def read_choices(options: Options, regimen: Regimen | None, today: date) -> Choices:
    """Read what is chosen of the dose and the dates, and refuse what contradicts itself.

    Args: options as typed; the regimen, None for a dose entered by hand; today's date.
    Returns: the choices; rounding, product and rates are read by pharmacy.py.
    Raises: InputError.
    """

    def day(name: str) -> date | None:
        text = given(options, name)
        return None if text is None else read_date(text, today, f"--{name}")

    if "begins" in options and not (regimen and len(regimen.phases) > 1):
        raise InputError("--begins belongs to a regimen with several phases, such as --regimen cidp/gammagard-us; leave it out")
    cycles, weekdays = given(options, "cycles"), given(options, "infuse-on")
    dose, of_dose = _chosen(options, "dose", regimen, read_dose)
    days, of_days = _chosen(options, "days", regimen, lambda text: read_whole(text, "--days", most=MOST_DAYS))
    every, of_every = _chosen(options, "every", regimen, read_interval)
    begins, of_begins = _chosen(options, "begins", regimen, lambda text: read_interval(text, "--begins"))
    choices = Choices(
        dose=dose,
        days=days,
        every=every,
        cycles=None if cycles is None else _read_cycles(cycles, regimen),
        begins=begins,
        by_phase=(*of_dose, *of_days, *of_every, *of_begins),
        until=day("until"),
        start=day("start"),
        infuse_on=None if weekdays is None else read_weekdays(weekdays),
        closed=frozenset(read_date(text, today, "--closed") for text in many(options, "closed")),
        event=day("bispecific-start"),
        dosing_weight=None if (policy := given(options, "dosing-weight")) is None else policy.strip().lower(),
    )
    if choices.start is None:
        for name in ("until", "infuse-on", "closed"):
            if name in options:
                raise InputError(f"--{name} needs the first day; add --start, such as --start 2027-01-04")
    if choices.cycles and choices.until:
        raise InputError("--cycles and --until both say how many courses; write one of them")
    if choices.until and choices.start and choices.until < choices.start:
        raise InputError(f"--until {choices.until} is before --start {choices.start}; write a later --until")
    if choices.event and not (regimen and regimen.window):
        raise InputError("--bispecific-start belongs to a regimen with a start window, such as --regimen myeloma-teclistamab; leave it out")
    return choices


def _chosen(
    options: Options, name: Literal["dose", "days", "every", "begins"], regimen: Regimen | None, read: Callable[[str], F]
) -> tuple[F | None, tuple[PhaseChoice, ...]]:
    """Read a figure, or one for each phase by its name, such as "loading 4, maintenance 1"."""
    text = given(options, name)
    if text is None:
        return None, ()
    if not _is_by_name(text, regimen):
        return read(text), ()
    assert regimen
    phases = tuple(phase for phase in regimen.phases if name != "begins" or phase.follows)
    return None, tuple(PhaseChoice(phase.name, name, read(figure)) for phase, figure in _by_name(text, name, phases).items())


def _read_cycles(text: str, regimen: Regimen | None) -> int:
    """Read how many courses in all; by name, how many of the last phase follow those that the source states before."""
    if not _is_by_name(text, regimen):
        return read_whole(text, "--cycles", most=MOST_CYCLES)
    assert regimen
    *before, last = regimen.phases
    figures = _by_name(text, "cycles", regimen.phases)
    if last not in figures:
        raise InputError(f'--cycles: how many courses of {last.name} was not said; write --cycles "{last.name} N"')
    stated = 0
    for phase in before:
        courses = (phase.cycles and phase.cycles.fixed) or 1  # a phase that another follows states one figure
        if phase in figures and read_whole(figures[phase], "--cycles", most=MOST_CYCLES) != courses:
            raise InputError(f'--cycles: the source states {courses} of {phase.name}, not {figures[phase]}; write --cycles "{last.name} N"')
        stated += courses
    return stated + read_whole(figures[last], "--cycles", most=MOST_CYCLES - stated)


def _is_by_name(text: str, regimen: Regimen | None) -> bool:
    """Whether figures stand after the names of phases."""
    return bool(regimen and len(regimen.phases) > 1 and text.strip()[:1].isalpha())


def _by_name(text: str, name: str, phases: tuple[Phase, ...]) -> dict[Phase, str]:
    """Part a text such as "loading 4, maintenance 1" into the phases and the texts of their figures."""
    names = " and ".join(phase.name for phase in phases)
    found: dict[Phase, str] = {}
    for part in text.split(","):
        words = " ".join(part.split())
        fits = [phase for phase in phases if words.lower().startswith(f"{phase.name.lower()} ")]
        if not fits:
            form = ", ".join(f"{phase.name} FIGURE" for phase in phases)
            raise InputError(f'--{name}: {words!r} is no phase with its figure; write {names} by name, such as --{name} "{form}"')
        phase = max(fits, key=lambda phase: len(phase.name))
        if phase in found:
            raise InputError(f"--{name}: {phase.name} stands twice; write one figure for each phase")
        found[phase] = words[len(phase.name) + 1 :]
    return found
