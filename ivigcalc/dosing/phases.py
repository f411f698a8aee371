"""What was chosen -> what of it each phase of a regimen with several gets; nothing that could be meant for two is guessed."""

from typing import Any, Literal

from ivigcalc.dosing.settle import missing
from ivigcalc.errors import InputError
from ivigcalc.model import Choices, Phase

Figure = Literal["dose", "days", "every", "begins"]
PLACEHOLDERS: dict[Figure, str] = {"dose": "DOSE", "days": "N", "every": "INTERVAL", "begins": "INTERVAL"}
"""What stands for a figure in the words of what to type."""
BARE: dict[Figure, str] = {"begins": "--begins INTERVAL"}
"""An option that is less known gets what is to be typed even where it stands without names."""


def choices_for(phase: Phase, phases: tuple[Phase, ...], choices: Choices) -> Choices:
    """Give a phase what was chosen for it by its name, and a bare figure where it is the only phase that leaves this one open.

    Args: the phase; all phases of its regimen; what was chosen.
    Returns: the choices of this phase.
    Raises: InputError for a bare figure that no phase, or more than one, leaves open.
    """
    own = choices._replace(dose=None, days=None, every=None, begins=None)
    for figure in PLACEHOLDERS:
        if (bare := getattr(choices, figure)) is None:
            continue
        takers = _takers(figure, phases)
        if len(takers) != 1:
            names = " and ".join(other.name for other in phases)
            raise InputError(
                f"--{figure}: this regimen has the phases {names}, and it is not clear which is meant; write it by name, such as "
                + by_name(figure, takers or tuple(other for other in phases if figure != "begins" or other.follows))
            )
        if takers[0] is phase:
            own = own._replace(**{figure: bare})
    named: dict[str, Any] = {chosen.figure: chosen.value for chosen in choices.by_phase if chosen.phase == phase.name}
    return own._replace(**named)


def still_open(rows: list[tuple[Phase, Choices]]) -> tuple[str, ...]:
    """Name the options that would settle what the phases leave open, with the names of the phases where several share one.

    Args: each phase with its choices.
    Returns: options as they are typed, such as --begins INTERVAL or --days "loading N, maintenance N".
    """
    phases = tuple(phase for phase, _ in rows)
    wanted = {option for phase, own in rows for option in missing(phase, own)}
    return tuple(
        by_name(figure, takers) if len(takers := _takers(figure, phases)) > 1 else BARE.get(figure, f"--{figure}")
        for figure in PLACEHOLDERS
        if f"--{figure}" in wanted
    )


def by_name(figure: Figure, phases: tuple[Phase, ...]) -> str:
    """Write an option with a figure for each phase by its name.

    Args: what is chosen; the phases.
    Returns: such as --days "loading N, maintenance N".
    """
    return f'--{figure} "{", ".join(f"{phase.name} {PLACEHOLDERS[figure]}" for phase in phases)}"'


def _takers(figure: Figure, phases: tuple[Phase, ...]) -> tuple[Phase, ...]:
    """The phases that need a figure because their source does not settle it."""
    return tuple(phase for phase in phases if _leaves_open(phase, figure, phases))


def _leaves_open(phase: Phase, figure: Figure, phases: tuple[Phase, ...]) -> bool:
    if f"--{figure}" in missing(phase, Choices()):
        return True
    repeats = phase is phases[-1] or phase.cycles is None or phase.cycles.high > 1
    return figure == "every" and phase.every is None and repeats
