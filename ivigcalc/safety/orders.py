"""An order in words -> what it says, in grams of each day and of the course; or both of its readings where it has two. Pure.

An order is read with nothing beside it, neither the regimen nor the limits, so that a reading is never bent towards what was expected.
"""

from collections.abc import Sequence
from fractions import Fraction

from ivigcalc.checking import Body, Doses, Reading
from ivigcalc.errors import InputError
from ivigcalc.numbers import exact_text, screen_text
from ivigcalc.safety.order_days import FOR, Stated, calendar_of, dates_from, days_text, length_of, one_of
from ivigcalc.safety.order_parts import (
    EXAMPLE,
    WHAT,
    Amount,
    Aside,
    Courses,
    Days,
    On,
    Part,
    Per,
    Repeat,
    Strength,
)
from ivigcalc.safety.order_words import parts_of
from ivigcalc.units import Basis
from ivigcalc.when import days_in


def read_order(text: str, g_per_ml: Fraction | None = None, names: tuple[str, ...] = ()) -> tuple[Reading, ...]:
    """Read an order as people write it.

    Args: the order as typed, such as "30 g daily for 5 days"; concentration [g/mL] for an order in mL, None if not known;
    names that may stand in it, such as those of the product and the regimen.
    Returns: what it says; two readings where it can be the dose of each day and the whole course.
    Raises: InputError where a word cannot be read, something is missing, or the order contradicts itself.
    """
    parts = parts_of(text, names)
    named = one_of("concentrations", [part.g_per_ml for part in parts if isinstance(part, Strength)])
    if named and g_per_ml and named != g_per_ml:
        both = f"{exact_text(named * 100)}%, and the product has {exact_text(g_per_ml * 100)}%"
        raise InputError(f"{WHAT}: names a concentration of {both}; mend the order or the product")
    amounts = _amounts(parts, named or g_per_ml)
    if not amounts:
        raise InputError(f"{WHAT}: names no dose; write the grams, {EXAMPLE}")
    amounts, calendar = calendar_of(parts, amounts)
    _refuse_two(amounts)
    lengths = [part for part in parts if isinstance(part, Days)]
    count, said = length_of(lengths, amounts, calendar)
    if calendar.listed and not lengths:
        amounts = [amount._replace(per=amount.per or "day") for amount in amounts]  # "31 g on 2027-01-04, 2027-01-05": on each
    if all(amount.per for amount in amounts) and (short := next((length for length in lengths if length.how == "shorthand"), None)):
        raise InputError(f"{WHAT}: {short.words!r} can be {days_text(count)} or a date; write for {days_text(count)}")
    every = one_of("intervals", [part.every for part in parts if isinstance(part, Repeat)])
    if every and (bare := next((length for length in lengths if length.how == "times"), None)):
        raise InputError(f"{WHAT}: {bare.words!r} can count days or courses; write for {days_text(bare.number)}, or {bare.number} courses")
    if every and count > 1 and days_in(every) < count:
        raise InputError(f"{WHAT}: {days_text(count)} do not fit into an interval of {every}; mend one of them")
    courses = one_of("numbers of courses", [part.number for part in parts if isinstance(part, Courses)])
    if len(calendar.dates) > 1:
        courses = one_of("numbers of courses", [*([courses] if courses else []), len(calendar.dates)])
    common = Reading(
        grams=None,
        per_kg=None,
        stated="day",
        unit=amounts[0].unit,
        days_said=said,
        every=every,
        courses=courses,
        dates=calendar.dates or dates_from(calendar.start, count),
        body=_body([part for part in parts if isinstance(part, Body)]),
        strength=named or g_per_ml,
        notes=tuple(part.note for part in parts if isinstance(part, Aside)),
    )
    readings: list[Reading] = []
    problems: list[InputError] = []
    for basis in _bases(amounts, count):
        try:
            found = _reading(common, [amount._replace(per=amount.per or basis) for amount in amounts], count)
        except InputError as problem:
            problems.append(problem)
        else:
            readings.append(found)
    if not readings:
        raise problems[0]
    return tuple(readings)


def _refuse_two(amounts: list[Stated]) -> None:
    """Refuse two doses for the same: "30 g, 30 g" may be 60 g; one of them in another unit says the same thing twice."""
    seen: dict[tuple[object, ...], Stated] = {}
    for amount in amounts:
        if not amount.on:
            first = seen.setdefault((amount.per_kg, amount.per, amount.unit), amount)
            if first is not amount:
                both = f"{first.words!r} and {amount.words!r}"
                raise InputError(f"{WHAT}: contradicts itself: it says {both} for the same; write one of them, with its days, {EXAMPLE}")


def _bases(amounts: list[Stated], count: int) -> tuple[Basis, ...]:
    """What an amount that says neither may be for; over one day both are the same."""
    if all(amount.per for amount in amounts):
        return ("day",)
    return ("day", "course") if count > 1 else ("course",)


def _amounts(parts: Sequence[Part], g_per_ml: Fraction | None) -> list[Stated]:
    """Give every word on a day or a course to its amount."""
    found: list[Stated] = []
    waiting: Per | None = None
    leading: Days | None = None
    for place, part in enumerate(parts):
        if isinstance(part, Amount):
            found.append(_stated(part, g_per_ml))
            if waiting:
                found[-1] = found[-1]._replace(per=waiting.of, bound=waiting.bound)
            waiting = None
            if leading:
                _spread(found, leading)
                leading = None
        elif isinstance(part, Per):
            before = isinstance(parts[place - 1], Amount) if place else False
            follows = place + 1 < len(parts) and isinstance(parts[place + 1], Amount)
            if found and (before or not follows):
                if not _splits(parts, place, part, found[-1]):
                    found[-1] = _said(found[-1], part)
            else:
                waiting = _waiting(waiting, part)
        elif isinstance(part, Days) and part.how in ("over", "each"):
            _spread(found, part)
            leading = leading or (None if found else part)
    if waiting:
        raise InputError(f"{WHAT}: {waiting.words!r} has no dose after it; write the grams, {EXAMPLE}")
    return found


def _splits(parts: Sequence[Part], place: int, part: Per, amount: Stated) -> bool:
    """Whether a word for a total may belong to the days beside an amount: "150 g for 5 days total", "150 g, total 5 days"."""
    if part.of not in ("course", "all") or amount.per is not None:
        return False
    own = max(number for number, other in enumerate(parts[:place]) if isinstance(other, Amount))
    beside = [*parts[max(own - 1, 0) : place], *(parts[place + 1 : place + 2] if place > own + 1 else ())]
    return any(isinstance(other, Days | On) for other in beside)


def _stated(amount: Amount, g_per_ml: Fraction | None) -> Stated:
    """An amount in g, from mg by a thousand or from mL by the concentration."""
    if amount.unit == "mL" and g_per_ml is None:
        raise InputError(
            f"{WHAT}: {amount.words!r} is a volume, and the concentration is not known; add --product ID, "
            'or --concentration such as "100 mg/mL", or write grams'
        )
    factor = g_per_ml if amount.unit == "mL" and g_per_ml else Fraction(1, 1000 if amount.unit == "mg" else 1)
    return Stated(amount.number * factor, amount.half * factor, amount.unit, amount.per_kg, amount.words)


def _said(amount: Stated, part: Per) -> Stated:
    """An amount with a word on what it is for; a second word has to say the same."""
    if amount.per is None:
        return amount._replace(per=part.of, bound=part.bound)
    if {amount.per, part.of} <= {"day", "dose"} or {amount.per, part.of} <= {"course", "all"}:
        return amount
    raise InputError(f"{WHAT}: {amount.words!r} is said to be for a {FOR[amount.per]} and {part.words!r}; say one of them, {EXAMPLE}")


def _waiting(waiting: Per | None, part: Per) -> Per:
    if waiting and waiting.of != part.of:
        raise InputError(f"{WHAT}: {waiting.words!r} and {part.words!r} contradict each other; say one of them, {EXAMPLE}")
    return part


def _spread(found: list[Stated], length: Days) -> None:
    """Days that make their amount a total ("over 5 days") or a day's dose ("on each of 5 days")."""
    of: Basis = "course" if length.how == "over" else "day"
    open_ones = [number for number, amount in enumerate(found) if amount.per is None]
    if open_ones:
        found[open_ones[-1]] = found[open_ones[-1]]._replace(per=of, bound=True)
    elif found and found[-1].per != of:
        last = found[-1]
        if of == "course" and last.per == "day":
            if not last.bound:
                found[-1] = last._replace(per=None)  # "30 g daily over 5 days": the two words say different things
        elif last.per == "dose" or of == "day":
            raise InputError(f"{WHAT}: {last.words!r} is for a {last.per}, and {length.words!r} says otherwise; say one of them, {EXAMPLE}")


def _reading(common: Reading, amounts: list[Stated], count: int) -> Reading:
    """Put the amounts together, those in g and those per kg each for themselves."""
    notes: list[str] = []
    courses = common.courses or 1
    grams = _doses([amount for amount in amounts if not amount.per_kg], count, courses, notes)
    per_kg = _doses([amount for amount in amounts if amount.per_kg], count, courses, [])
    stated: Basis = "day" if amounts[0].per in ("day", "dose") and count > 1 else "course"
    return common._replace(grams=grams, per_kg=per_kg, stated=stated, notes=(*common.notes, *notes))


def _doses(amounts: list[Stated], count: int, courses: int, notes: list[str]) -> Doses | None:
    """The dose of each day and of the course; amounts that say the same thing twice have to agree.

    A day's dose and the total may differ by the rounding of whichever was written in fewer digits; that is noted.
    """
    if not amounts:
        return None
    own = [amount for amount in amounts if amount.on]
    day = _same([amount for amount in amounts if amount.per in ("day", "dose") and not amount.on], count)
    course = _same([amount for amount in amounts if amount.per == "course"], count)
    treatment = _same([amount for amount in amounts if amount.per == "all"], count)
    if treatment:
        treatment = treatment._replace(value=treatment.value / courses, half=treatment.half / courses)
    whole = [amount for amount in (course, treatment) if amount]
    if own:
        by_day = sorted((on, amount.value) for amount in own for on in amount.on)
        days, half = tuple(value for _, value in by_day), max(amount.half for amount in own)
    elif day and not (day.per_kg and whole):
        days, half = (day.value,) * count, day.half
    else:
        days, half = (whole[0].value / count,) * count, whole[0].half / count
    total = sum(days, Fraction(0))
    if len(days) != count:
        raise InputError(f"{WHAT}: {len(days)} of {days_text(count)} have a dose; write the dose of each day")
    for amount in (*whole, *([day] if day else [])):
        times = count if amount is day else 1
        difference = abs(amount.value * times - total)
        if difference > max(half * count, amount.half * times):
            unit = "g per kg" if amount.per_kg else "g"
            both = f"{screen_text(total, 6)} {unit} and {amount.words!r}{f' for each of {days_text(count)}' if times > 1 else ''}"
            raise InputError(f"{WHAT}: contradicts itself: it says {both}; mend one of them")
        if difference and amount is not day and not amount.per_kg:
            notes.append(f"the days add up to {screen_text(total)} g, and the order says {screen_text(amount.value)} g")
    return Doses(days, total)


def _same(amounts: list[Stated], count: int) -> Stated | None:
    """The one amount that is said; perhaps in a second unit, and over one day perhaps as the course as well."""
    if count > 1 and len({amount.unit for amount in amounts}) < len(amounts):
        both = f"{amounts[0].words!r} and {amounts[-1].words!r}"
        raise InputError(f"{WHAT}: contradicts itself: it says {both} for the same; write one of them, {EXAMPLE}")
    if other := next((amount for amount in amounts if amount.value != amounts[0].value), None):
        raise InputError(f"{WHAT}: contradicts itself: it says {amounts[0].words!r} and {other.words!r} for the same; mend one of them")
    return amounts[0] if amounts else None


def _body(bodies: list[Body]) -> Body | None:
    """The body weight that the order names, put together from its number and its kind."""
    kg = one_of("body weights", [body.kg for body in bodies if body.kg])
    basis = one_of("kinds of body weight", [body.basis for body in bodies if body.basis])
    return Body(kg, max(body.half for body in bodies), basis) if bodies else None
