"""docs/regimens.md: every regimen with its figures, quotes and sources, and its arithmetic at 70 kg."""

from collections.abc import Iterable
from datetime import date
from fractions import Fraction
from itertools import groupby

from ivigcalc.errors import InputError, Refused
from ivigcalc.export import words
from ivigcalc.export.reference import phase_words, regimen_entries
from ivigcalc.export.words import grams
from ivigcalc.model import NOT_STATED, Catalogue, Cited, Comparison, Finding, Option, Plan, Regimen, Settled
from ivigcalc.numbers import screen_text
from ivigcalc.request import answer, missing_choice
from tests.markdown import MARK, Markdown, anchors, data, escaped, text_of

WEIGHT = "70"
"""The body weight [kg] of the arithmetic."""
ADDED: tuple[tuple[dict[str, str], str], ...] = (
    ({}, ""),
    ({"height": "175", "sex": "male"}, "a man of 175 cm, whose ideal and adjusted weight are not below 70 kg"),
    ({"age": "54"}, "an age of 54 years"),
    ({"age": "12"}, "an age of 12 years"),
    ({"age": "54", "height": "175", "sex": "male"}, "a man of 175 cm and 54 years, whose ideal and adjusted weight are not below 70 kg"),
    ({"age": "12", "height": "175", "sex": "male"}, "a boy of 175 cm and 12 years, whose ideal and adjusted weight are not below 70 kg"),
)
"""What is said of the patient beside the weight: the first that gives grams is shown, below the refusal without it."""
TODAY = date(2027, 1, 4)
INTRODUCTION = f"""\
Everything that [`regimens.yaml`](../regimens.yaml) holds, with the arithmetic for a body weight of {WEIGHT} kg and nothing else said of
the patient; where that is refused, the reason, and what is added to get grams. `ivigcalc plan` does the same for a patient,
`ivigcalc regimens compare` lays several side by side. A dose is the dose per kg times the weight; a course is split over its days in
steps of 0.01 g, larger days last. These are examples of the arithmetic, not doses for anybody."""


def regimens_page() -> str:
    """Write every regimen with its figures, quotes and sources, and its arithmetic at 70 kg."""
    catalogue, _, _ = data()
    of: dict[str, list[Regimen]] = {}
    for regimen in catalogue.regimens.values():
        of.setdefault(regimen.indication, []).append(regimen)
    headings = ["Regimens", "Contents"]
    for indication, members in of.items():
        headings += [indication_name(catalogue, indication), *(member.id for member in members)]
    # where an indication is called the same, the heading of the regimen comes later and wins
    anchor = dict(zip(headings, anchors(headings), strict=True))
    lines = [
        MARK,
        "# Regimens",
        "",
        INTRODUCTION,
        "",
        words.INTENDED_USE,
        "",
        f"{len(catalogue.regimens)} regimens for {len(of)} indications.",
        "",
        "## Contents",
        "",
        f"| Regimen | For | Dose | At {WEIGHT} kg | Evidence | Country |",
        "|---|---|---|---|---|---|",
    ]
    for members in of.values():
        lines += [_contents(member, anchor[member.id]) for member in members]
    lines += [
        "",
        "Below them: [not recommended](#not-recommended), [not IVIG](#not-ivig), [more than one meaning](#more-than-one-meaning).",
    ]
    for indication, members in of.items():
        lines += ["", f"## {escaped(indication_name(catalogue, indication))}", *_also(catalogue, indication)]
        for member in members:
            lines += _regimen(member)
    return text_of([*lines, *_not_planned(catalogue)])


def indication_name(catalogue: Catalogue, key: str) -> str:
    """What an indication is called."""
    name = catalogue.indications[key].name if key in catalogue.indications else key.replace("-", " ")
    return name[0].upper() + name[1:]


def _also(catalogue: Catalogue, indication: str) -> list[str]:
    aliases = catalogue.indications[indication].aliases if indication in catalogue.indications else ()
    names = dict.fromkeys((indication, *aliases))
    return ["", f"Asked for as {', '.join(f'`{name}`' for name in names)}."]


def _contents(regimen: Regimen, anchor: str) -> str:
    doses = "; ".join(phase_words(phase) for phase in regimen.phases) or f"the choice between {' and '.join(regimen.choose)}"
    cells = (regimen.name, doses, _short(regimen), ", ".join(regimen.evidence) or NOT_STATED, regimen.jurisdiction or NOT_STATED)
    return f"| [{regimen.id}](#{anchor}) | {' | '.join(map(escaped, cells))} |"


def _regimen(regimen: Regimen) -> list[str]:
    """A regimen with its arithmetic."""
    catalogue, _, _ = data()
    screen = Markdown(4)
    regimen_entries(screen, catalogue, regimen)
    return [
        "",
        f"### {regimen.id}",
        "",
        f"**{escaped(regimen.name)}**",
        "",
        *_arithmetic(regimen),
        "",
        "Figures and sources:",
        "",
        *screen.written(),
    ]


def answers(regimen: Regimen) -> list[tuple[str, Plan | Comparison | str]]:
    """What a plan at 70 kg says of a regimen: with nothing else said of the patient and, where that is refused, with what gives grams.

    Args: the regimen.
    Returns: what was added, in words, with the answer; a refusal as its text.
    """
    catalogue, limits, _ = data()
    found: list[tuple[str, Plan | Comparison | str]] = []
    for options, said in ADDED:
        try:
            result = answer({"weight": WEIGHT, "regimen": regimen.id, **options}, catalogue, limits, TODAY)
        except (Refused, InputError) as error:
            if not found:
                found.append((said, str(error)))
        else:
            return [*found, (said, result)]
    return found


def _short(regimen: Regimen) -> str:
    """The grams at 70 kg in a few words."""
    said, result = answers(regimen)[-1]
    if isinstance(result, str):
        return "no grams"
    if isinstance(result, Plan):
        found = [
            f"{grams(course.calculated_g / course.phase.days)} a day, {grams(course.calculated_g)} per course" for course in result.courses
        ]
    else:
        found = [_range([option.course_g for option in result.options]) + " per course", "a choice is open"]
    return "; ".join((*found, *([f"for {said}"] if said else [])))


def _range(figures: list[Fraction]) -> str:
    least, most = min(figures), max(figures)
    return grams(least) if least == most else f"{screen_text(least)} to {grams(most)}"


def _arithmetic(regimen: Regimen) -> list[str]:
    """Dose × weight = grams, days, grams a day; or why there are none, or what has to be chosen."""
    lines: list[str] = []
    for said, result in answers(regimen):
        whom = f"**At {WEIGHT} kg{', ' + said if said else ''}**"
        if isinstance(result, str):
            lines += [f"{whom}, refused: {escaped(result)}", ""]
            continue
        lines += [f"{whom}, on {escaped(_weight(result))}:", ""]
        lines += [f"- {escaped(line)}" for line in (_planned(result) if isinstance(result, Plan) else _open(result))]
    return lines


def _weight(result: Plan | Comparison) -> str:
    weight = result.weight
    return f"{screen_text(weight.kg)} kg, {weight.basis} body weight; {weight.reason}"


def _planned(plan: Plan) -> list[str]:
    lines = []
    for phase in plan.phases:
        course = next((course for course in plan.courses if course.phase is phase), None)
        name = f"{phase.name}: " if len(plan.phases) > 1 else ""
        if course is None:
            lines.append(f"{name}begins {phase.begins} after the phase before")
            continue
        infusions = [infusion for infusion in plan.infusions if infusion.cycle == course.cycle]
        lines += [name + line for line in _product(phase, plan.weight.kg, course.uncapped_g, course.calculated_g)]
        if course.calculated_g != course.ordered_g or len({infusion.ordered_g for infusion in infusions}) > 1:
            lines.append(f"{name}ordered {words.days_of(infusions)}, {grams(course.ordered_g)} per course")
    return [*lines, *_warnings(plan.findings)]


def _open(comparison: Comparison) -> list[str]:
    lines = []
    several = len(comparison.regimens) > 1
    for (regimen, _), choices in groupby(comparison.options, key=lambda option: (option.regimen, option.phase.dose_g_per_kg)):
        name = f"{regimen.id}: " if several and regimen else ""
        lines += [name + line for line in _choices(list(choices), comparison)]
    found = dict.fromkeys(finding for option in comparison.options for finding in option.findings)
    return [*lines, *_warnings(found), f"to plan it: {missing_choice(comparison)}"]


def _choices(options: list[Option], comparison: Comparison) -> list[str]:
    """A dose on every number of days that its source leaves."""
    first, kg = options[0], (options[0].weight or comparison.weight).kg
    days = {option.phase.days for option in options}
    stated = first.regimen and first.regimen.phases and first.regimen.phases[0].days
    shown = [] if stated else [f"the source states no number of days; {min(days)} to {max(days)} are shown, a choice of ours"]
    if len(options) == 1 or len({option.course_g for option in options}) > 1:
        return [
            *(line for option in options for line in _marked(option, _product(option.phase, kg, option.uncapped_g, option.course_g))),
            *shown,
        ]
    whole = _whole(first.phase, kg, first.uncapped_g, first.course_g)
    return [*whole, *(line for option in options for line in _marked(option, [_split(option.phase, option.course_g)])), *shown]


def _marked(option: Option, lines: list[str]) -> list[str]:
    """The arithmetic of an option, with a mark where a plan of it is refused."""
    refused = any(finding.level == "refusal" for finding in option.findings)
    return [*lines[:-1], f"{lines[-1]}, refused"] if refused else lines


def _product(phase: Settled, kg: Fraction, uncapped_g: Fraction, course_g: Fraction) -> list[str]:
    """The arithmetic of a dose: that of a day and the course, or of the course and its days."""
    if phase.days == 1:
        return [
            f"{screen_text(phase.dose_g_per_kg)} g per kg × {screen_text(kg)} kg = {grams(uncapped_g)}",
            *_capped(uncapped_g, course_g),
            _split(phase, course_g),
        ]
    if phase.per == "course":
        return [*_whole(phase, kg, uncapped_g, course_g), _split(phase, course_g)]
    day = uncapped_g / phase.days
    return [
        f"{screen_text(phase.dose_g_per_kg)} g per kg a day × {screen_text(kg)} kg = {grams(day)} a day",
        f"{grams(day)} a day × {phase.days} days = {grams(uncapped_g)} per course",
        *([] if uncapped_g == course_g else [*_capped(uncapped_g, course_g), _split(phase, course_g)]),
    ]


def _whole(phase: Settled, kg: Fraction, uncapped_g: Fraction, course_g: Fraction) -> list[str]:
    product = f"{screen_text(phase.dose_g_per_kg)} g per kg per course × {screen_text(kg)} kg = {grams(uncapped_g)} per course"
    return [product, *_capped(uncapped_g, course_g)]


def _capped(uncapped_g: Fraction, course_g: Fraction) -> list[str]:
    return [] if uncapped_g == course_g else [f"the source caps the {grams(uncapped_g)}: {grams(course_g)} per course"]


def _split(phase: Settled, course_g: Fraction) -> str:
    if phase.days == 1:
        return f"on 1 day: {grams(course_g)} a day, {grams(course_g)} per course"
    return f"over {phase.days} days: {grams(course_g)} per course ÷ {phase.days} days = {grams(course_g / phase.days)} a day"


def _warnings(findings: Iterable[Finding]) -> list[str]:
    """What a plan warns of or would refuse; the source stands with the limit itself."""
    said = {"warning": "warning", "refusal": "refused"}
    return list(dict.fromkeys(f"{said[finding.level]}: {finding.text}" for finding in findings if finding.level in said))


def _not_planned(catalogue: Catalogue) -> list[str]:
    """What is asked for and not planned."""
    lines = ["", "## Not recommended", "", "A source says that IVIG is not to be given for these; a plan is refused with its words."]
    for entry in catalogue.not_recommended.values():
        lines += ["", f"### {entry.id}", "", f"**{escaped(entry.name)}**", "", *_refused(entry.aliases, entry.explanation, entry.cited)]
    lines += ["", "## Not IVIG", "", "Asked for here, and another treatment."]
    for other in catalogue.not_ivig.values():
        lines += ["", f"### {other.id}", "", *_refused(other.aliases, other.explanation, other.cited)]
    lines += ["", "## More than one meaning", "", "Never resolved for you; the regimens that each of these may mean:", ""]
    return [*lines, *(f"- `{name}`: {', '.join(f'`{key}`' for key in meant)}" for name, meant in catalogue.ambiguous.items())]


def _refused(aliases: tuple[str, ...], explanation: str, cited: tuple[Cited, ...]) -> list[str]:
    screen = Markdown(4)
    if aliases:
        screen.entry("Also", ", ".join(aliases))
    screen.entry("Why", explanation)
    for one in cited:
        screen.entry("Source", [*words.source_lines(one.source), f'{one.locator}: "{one.quote}"'])
    return screen.written()
