"""The regimens of an indication side by side on the screen: one block each, since days, basis and weight may differ."""

from fractions import Fraction
from itertools import groupby

from ivigcalc.export import words
from ivigcalc.export.screen import Screen
from ivigcalc.export.words import grams
from ivigcalc.model import Comparison, Option
from ivigcalc.numbers import screen_text

_MARKS = {"refusal": "refused", "warning": "warning"}


def blocks(screen: Screen, comparison: Comparison) -> None:
    """Show each regimen with the grams of every choice that it leaves, then those that have none.

    Args: the screen; the comparison.
    """
    shared = len({option.weight for option in comparison.options}) == 1
    for regimen, options in groupby(comparison.options, key=lambda option: option.regimen):
        assert regimen is not None
        screen.heading(regimen.id)
        lines = [regimen.name if regimen.standing in (None, "standard") else f"{regimen.name}; {regimen.standing}"]
        own = list(options)
        if not shared and own[0].weight:
            lines.append(f"on {words.kilograms(own[0].weight.kg)}, {own[0].weight.basis} body weight; {own[0].weight.reason}")
        for dose, choices in groupby(own, key=lambda option: option.phase.dose_g_per_kg):
            lines += _dose(dose, list(choices))
        screen.lines(lines, 2)
        said = {finding.text: finding for option in own for finding in option.findings}
        for finding in said.values():
            source = f" Source: {finding.source}." if finding.source else ""
            screen.lines([f"{_MARKS.get(finding.level, finding.level).capitalize()}: {finding.text}{source}"], 2)
    for left in comparison.left_out:
        screen.heading(left.regimen.id)
        screen.lines([left.regimen.name, f"No grams: {left.why}"], 2)


def _dose(g_per_kg: Fraction, options: list[Option]) -> list[str]:
    """A dose, and what each number of days that its source leaves would give."""
    per = options[0].phase.per if options[0].phase.days > 1 else "course"
    lines = [f"{screen_text(g_per_kg)} g per kg per {per}, {words.interval(options[0].every)}"]
    for option in options:
        least, most = option.ordered_g[0], option.ordered_g[-1]
        day = f"{grams(most)} a day" if least == most else f"{screen_text(least)} to {grams(most)} a day"
        days = "on 1 day" if option.phase.days == 1 else f"over {option.phase.days} days"
        marks = [_MARKS[finding.level] for finding in option.findings if finding.level in _MARKS]
        lines.append(", ".join((f"{days} {day}", f"{grams(sum(option.ordered_g, Fraction(0)))} per course", *marks[:1])))
    return lines
