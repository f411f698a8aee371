"""What changes between two catalogues on the screen: in grams at one dosing weight, then in figures, then in words."""

from collections.abc import Callable, Iterator
from fractions import Fraction

from ivigcalc.changes import CatalogueChange, Change, DoseAt, RegimenChange
from ivigcalc.export import words
from ivigcalc.export.screen import Screen
from ivigcalc.model import NOT_STATED, Ages, Cap, Cited, Phase, Regimen, Span, Window
from ivigcalc.numbers import screen_text
from ivigcalc.when import Interval

DosesAt = Callable[[Phase, Fraction], tuple[DoseAt, ...]]


def diff_page(change: CatalogueChange, doses_at: DosesAt, weight_kg: Fraction, width: int, *, colour: bool) -> str:
    """Show what changes from one catalogue to another.

    Args: what changes; how the doses of a phase are calculated; dosing weight [kg]; width [characters]; whether colour may be used.
    Returns: the text of the screen.
    """
    screen = Screen(width, colour=colour)
    screen.entry("Regimens", f"{change.before} before, {change.now} now; {_counts(change)}")
    if not (change.regimens or change.around):
        return screen.text()
    screen.entry("Grams", f"for a dosing weight of {screen_text(weight_kg)} kg, whichever weight the source names, not rounded")
    for regimen in sorted(change.regimens, key=_weight_of):
        screen.gap()
        _regimen(screen, regimen, lambda phase: _doses(phase, doses_at(phase, weight_kg), weight_kg))
    if change.around:
        screen.gap()
        screen.entry("Around", [_around(other) for other in change.around])
    return screen.text()


def _kind(change: RegimenChange) -> str:
    return "Added" if change.old is None else "Removed" if change.new is None else "Changed" if change.figures else "Words"


def _weight_of(change: RegimenChange) -> int:
    """What changes a dose comes first."""
    return ("Changed", "Removed", "Added", "Words").index(_kind(change))


def _counts(change: CatalogueChange) -> str:
    kinds = [_kind(regimen) for regimen in change.regimens]
    named = {"Changed": "changed in what plans rest on", "Removed": "removed", "Added": "added", "Words": "changed in words alone"}
    found = [f"{kinds.count(kind)} {text}" for kind, text in named.items() if kind in kinds]
    return ", ".join(found) or "none changes"


def _regimen(screen: Screen, change: RegimenChange, lines: Callable[[Phase], list[str]]) -> None:
    kind, shown = _kind(change), change.new or change.old
    assert shown is not None
    screen.entry(kind, [change.id, shown.name], "bold")
    if kind == "Words":
        screen.entry("Doses", "no change")
    else:
        for label, regimen in (("Before", change.old), ("Now", change.new)):
            if regimen:
                screen.entry(label, _all_doses(regimen, lines))
    if change.figures:
        screen.entry("Changes", [_changed(figure) for figure in change.figures])
    if change.words:
        screen.entry("Text", [_changed(text) for text in change.words])


def _all_doses(regimen: Regimen, lines: Callable[[Phase], list[str]]) -> list[str]:
    if regimen.choose:
        return [f"stands for the choice between {' and '.join(regimen.choose)}"]
    found = []
    for phase in regimen.phases:
        found += [f"{phase.name}:"] if len(regimen.phases) > 1 else []
        found += lines(phase)
    return [*found, f"on {regimen.weight_basis}" if regimen.weight_basis else "weight used for dosing not stated"]


def _doses(phase: Phase, doses: tuple[DoseAt, ...], weight_kg: Fraction) -> list[str]:
    days = _value("days", phase.days) if phase.days else "days not stated"
    stated = f"{_value('dose', phase.dose)} per {phase.per}, {days}, at the ends of what is stated"
    return [
        *([stated] if len(doses) > 1 else [] if doses else ["dose not stated"]),
        *(_dose(dose, weight_kg) for dose in doses),
        f"{words.interval(phase.every)}, {words.courses(phase.cycles)}",
        *([f"begins {phase.begins} after the start of the last course before"] if phase.begins else []),
        *(_cap(cap, weight_kg) for cap in phase.caps),
    ]


def _dose(dose: DoseAt, weight_kg: Fraction) -> str:
    """A dose in grams and in grams per kg, of the day and of the course as far as both are known."""
    if dose.refused:
        return f"refused: {dose.refused}"
    if dose.course_g is None:
        assert dose.day_g is not None
        return f"{words.grams(dose.day_g)} a day, {_per_kg(dose.day_g, weight_kg)} per day; days not stated, so no total"
    course = f"{_per_kg(dose.course_g, weight_kg)} per course"
    if dose.day_g is None:
        return f"{words.grams(dose.course_g)} per course, {course}; days not stated, so no dose of a day"
    if dose.days == 1:
        return f"{words.grams(dose.course_g)} once, on one day; {course}"
    daily = f"{words.grams(dose.day_g)} once daily for {dose.days} days, {words.grams(dose.course_g)} per course"
    return f"{daily}; {_per_kg(dose.day_g, weight_kg)} per day, {course}"


def _per_kg(grams: Fraction, weight_kg: Fraction) -> str:
    return f"{screen_text(grams / weight_kg)} g per kg"


def _cap(cap: Cap, weight_kg: Fraction | None = None) -> str:
    figure = words.grams(cap.grams) if cap.grams is not None else f"{screen_text(cap.g_per_kg or Fraction(0))} g per kg"
    here = f", {words.grams(cap.at(weight_kg))}" if weight_kg and cap.grams is None else ""
    return f"at most {figure} per {cap.per}{here}{', of an external source, which only warns' if cap.cited.source.external else ''}"


def _changed(change: Change) -> str:
    place = f" {change.place}" if change.place else ""
    return f"{change.key}{place}: {_value(change.key, change.old)}; now {_value(change.key, change.new)}"


def _value(key: str, value: object) -> str:
    """A value as people read it."""
    if key == "quote":
        return f'"{value}"'
    if isinstance(value, Span):
        low, high = value
        if not isinstance(low, int | Fraction):
            return words.interval(value)
        ends = screen_text(Fraction(low)) if low == high else f"{screen_text(Fraction(low))} to {screen_text(Fraction(high))}"
        return {"dose": f"{ends} g per kg", "days": f"{ends} day{'' if high == 1 else 's'}"}.get(key, ends)
    if isinstance(value, Window):
        return f"within {value.days} days of the {value.event}"
    if isinstance(value, Ages):
        ages = (("from", value.from_years), ("below", value.below_years))
        return ", ".join(f"{name} {screen_text(age)} years" for name, age in ages if age is not None)
    if isinstance(value, Interval):
        return str(value)
    if isinstance(value, Cited):
        return f'{value.source.key}, {value.locator}: "{value.quote}"'
    if isinstance(value, tuple):
        return ", ".join(_items(value)) or "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return NOT_STATED if value is None else str(value)


def _items(values: tuple[object, ...]) -> Iterator[str]:
    for value in values:
        yield _cap(value) if isinstance(value, Cap) else _value("", value)


def _around(change: Change) -> str:
    """What stands around the regimens: what was added or removed by its name, what was changed with both values."""
    if change.old is None or change.new is None:
        return f"{change.key}: {change.place} {'added' if change.old is None else 'removed'}"
    return _changed(change)
