"""The grammar of orders: a text -> its parts. It is closed: a word that it does not know is refused by name, never skipped.

Texts are matched in lower case with single spaces; in the patterns " ?" is a space that may be missing.
"""

import re
from collections.abc import Callable
from datetime import date
from fractions import Fraction
from typing import Literal

from ivigcalc.checking import Body, Unit, WeightBasis
from ivigcalc.errors import InputError
from ivigcalc.model import MOST_CYCLES, MOST_DAYS
from ivigcalc.numbers import read_number, read_whole
from ivigcalc.rates import read_concentration
from ivigcalc.safety.order_parts import (
    EXAMPLE,
    WHAT,
    Amount,
    Aside,
    CourseNumber,
    Courses,
    Day,
    Days,
    Gap,
    Length,
    On,
    Part,
    Per,
    Repeat,
    Strength,
)
from ivigcalc.units import KG_PER_LB, read_weight
from ivigcalc.when import MOST_INTERVAL, WEEKDAYS, Interval, screen_date

MOST_ORDER = 60_000
"""Our own bound on the characters of an order; one with the dates of 1,000 courses stays below it."""

DAY_HOURS = 24
"""Beyond it an infusion goes on into another day, and hours would hide a number of days."""

Match = re.Match[str]
Made = Callable[[Match], Part | None]


def either(*patterns: str) -> str:
    """One pattern of several, the first that fits."""
    return "|".join(patterns)


def then(*patterns: str) -> str:
    """One pattern after another."""
    return "".join(patterns)


_NUMBER_WORDS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH_NAMES = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_BASES: dict[str, WeightBasis] = {"actual": "actual", "ideal": "ideal", "adjusted": "adjusted", "ibw": "ideal", "adjbw": "adjusted"}

_N = r"(?P<n>[+-]?[0-9](?:[0-9.,]*[0-9])?(?:e[+-]?[0-9]+)?|[.,][0-9]+)"
_ANY = r"[0-9.,]{1,24} ?"  # no number is longer (numbers.py), and a row of 60,000 commas is not searched again from each of them
_COUNT = rf"(?P<count>[0-9]+|{either(*_NUMBER_WORDS)})"
_DAYS = r"(?:(?:consecutive|successive) )?(?:days?|d)"
_MASS = r"(?:g|gms?|grams?|mg|milligrams?)"
_VOLUME = r"(?:mls?|millilit(?:er|re)s?)"
_PER = r" ?(?:/|per |an? |each ) ?"
_OVER = r" ?(?:/|per) ?"
_MONTH = rf"(?:{either(*sorted({*_MONTH_NAMES, *_MONTHS}, key=len, reverse=True))})"
_TH = r"(?:st|nd|rd|th)?"
_ROLE = r"(?:(?P<role>(?:to )?(?:start(?:s|ing)?|begin(?:s|ning)?|commencing|from|until|through)(?: on| from)?|to|-|on) )?"
_WEEKDAY = r"(?:(?P<weekday>mon|tue|wed|thu|fri|sat|sun)(?:day|sday|nesday|rsday|urday)?,? )?"
_WEIGHT = r"(?:body ?)?(?:weight|wt)"
_ONE_DAY = r"(?:one|a single) day"
_REPEATED = r"(?:(?:to be )?repeat(?:ed)? )?(?:once )?"


def _number(match: Match, most: int = MOST_DAYS) -> int:
    word = match["count"]
    return _NUMBER_WORDS.index(word) + 1 if word in _NUMBER_WORDS else read_whole(word, f"{WHAT}: {match[0].strip()!r}", most=most)


def _half(number: str) -> Fraction:
    return Fraction(1, 2 * 10 ** len(number.partition(".")[2]))


def _amount(match: Match) -> Amount:
    number, unit, words = match["n"], match["unit"], match[0].strip()
    if re.fullmatch(r"[1-9][0-9]{0,2}(?:,[0-9]{3})+(?:\.[0-9]+)?", number):
        number = number.replace(",", "")  # the comma that ISMP asks for from 1,000; a dose has no three decimals after a comma
    written: Unit = "g" if unit.startswith("g") else "mg" if unit.startswith(("mg", "millig")) else "mL"
    return Amount(read_number(number, WHAT, words, "30"), written, bool(match["kg"]), _half(number), words)


def _date(match: Match) -> Day:
    words, found = match[0].strip(), match.groupdict()
    if found.get("iso"):
        year, month, day = (int(part) for part in found["iso"].split("-"))
    else:
        year, month, day = int(match["year"]), _MONTHS.index(match["month"][:3]) + 1, int(match["day"])
    try:
        when = date(year, month, day)
    except ValueError:
        raise InputError(f"{WHAT}: there is no day {words!r}; write a day of the calendar, such as 2027-02-28") from None
    if match["weekday"] and match["weekday"] != WEEKDAYS[when.weekday()]:
        raise InputError(f"{WHAT}: {words!r} contradicts itself, as that day is {screen_date(when)}; mend the weekday or the date")
    role = match["role"] or "on"
    return Day(when, "end" if role in ("to", "-", "until", "through") else "on" if role == "on" else "start")


def _on(match: Match) -> On:
    first, last = int(match["first"]), match["last"]
    days = tuple(range(first, int(last) + 1)) if last else (first, *(int(word) for word in re.findall("[0-9]+", match["more"])))
    if not days or not 1 <= first <= max(days) <= MOST_DAYS or list(days) != sorted(set(days)):
        raise InputError(f"{WHAT}: {match[0].strip()!r} does not count days upwards from 1 to {MOST_DAYS}; write such as days 1 to 5")
    return On(days)


def _repeat(match: Match) -> Repeat:
    found = match.groupdict()
    unit: Literal["day", "week", "month"] = "month" if found["unit"][0] == "m" else "day" if found["unit"][0] == "d" else "week"
    number = _number(match, MOST_INTERVAL) if found.get("count") else 2 if found["unit"] == "fortnightly" else 1
    if (number, unit) == (1, "day"):
        raise InputError(f"{WHAT}: {match[0]!r} is not read; write daily, and for how many days, such as 30 g daily for 5 days")
    return Repeat(Interval(number, unit))


def _body(match: Match) -> Body:
    kg = read_weight(f"{match['n']} {match['unit']}", WHAT)
    half = _half(match["n"]) * (KG_PER_LB if match["unit"][0] in "lp" else 1)
    return Body(kg, half, _BASES[match["which"]] if match["which"] else None)


def _duration(match: Match) -> Aside:
    if not 0 < int(match["to"] or match["hours"]) <= DAY_HOURS:
        raise InputError(f"{WHAT}: {match[0]!r} is no time of one infusion; write days where these are meant, such as over 2 days")
    return Aside(f"{match[0]}: the time of an infusion is not judged")


def _days(how: Length) -> Made:
    return lambda match: Days(1 if how == "once" else _number(match), how, match[0].strip())


def _per(of: Literal["day", "course", "dose", "all"], *, bound: bool = True) -> Made:
    return lambda match: Per(of, bound, match[0].strip())


def _no(why: str) -> Made:
    """What can be recognised and is no order of one clear dose, with the mend."""

    def refuse(match: Match) -> Part:
        raise InputError(f"{WHAT}: {match[0].strip()!r} {why}")

    return refuse


# The first rule that fits at a place is taken, so what is refused or longer stands before what is shorter.
_GRAMMAR: tuple[tuple[str, Made], ...] = (
    (
        either(
            r"(?:twice|thrice|(?:two|three|2|3) times)(?: daily| a day| per day| weekly| a week| per week)?",
            r"b\.?i\.?d\.?|t\.?i\.?d\.?|q\.?i\.?d\.?|bd|tds",
        ),
        _no("is more often than once, and one infusion a day is read; write the grams of each day, such as 30 g daily for 5 days"),
    ),
    (
        r"(?:every|on) (?:other|second|alternate) days?|alternate days?|q\.?o\.?d\.?",
        _no("leaves days out; write each date with its grams, such as 30 g on 2027-01-04, 2027-01-06"),
    ),
    (r"[0-9]+[ -]?(?:week|month)ly", _no('can mean every so many weeks or so many times a week; write such as "every 3 weeks"')),
    (
        r"s\.?c\.?|sub-?cut(?:aneous(?:ly)?)?|scig|i\.?m\.?|intramuscular(?:ly)?|p\.?o\.?|per os|by mouth|oral(?:ly)?",
        _no("is another route or product; only orders for intravenous use are checked"),
    ),
    (
        rf"(?:{_ANY}(?:x )?)?(?:vials?|bottles?|amps?|ampoules?)",
        _no("counts vials, which come in several sizes; write grams, such as 30 g daily for 5 days"),
    ),
    (
        rf"{_ANY}(?:mcg|{_MASS}|{_VOLUME})(?:{_OVER}kg)?{_OVER}(?:h|hr|hour|min|minute)",
        _no("is a rate of infusion, which the check of a dose does not read; leave it out"),
    ),
    (
        rf"{_ANY}(?:mcg|ug|micrograms?|ng|iu|units?|u|gr|grains?|oz|cc|l|litres?|liters?)",
        _no("has a unit in which immunoglobulin is not ordered here; write g, mg or mL, such as 30 g daily for 5 days"),
    ),
    (
        then(
            r"(?:over |for |every |in |q ?)?[0-9.]+ ?(?:-|to|or) ?[0-9.]+",
            rf"(?= ?(?:{_MASS}|{_VOLUME}|days?|weeks?|wks?|months?|doses?|divided|consecutive|d|w)\b)",
        ),
        _no("is a range, and an order names one figure; write it"),
    ),
    (
        then(_ROLE, r"(?:[0-9]{1,4}[/.][0-9]{1,2}[/.][0-9]{2,4}|[0-9]{1,2}-[0-9]{1,2}-[0-9]{2,4})"),
        _no("is a date whose day and month can be mistaken; write such as 2027-01-04 or 04-Jan-2027"),
    ),
    (
        then(_ROLE, _WEEKDAY, rf"(?:[0-9]{{1,2}}{_TH}[ -]{_MONTH}(?![ -][0-9]{{4}})|{_MONTH} [0-9]{{1,2}}{_TH}(?!,? [0-9]{{4}}))"),
        _no("is a date without a year; write such as 2027-01-04 or 04-Jan-2027"),
    ),
    (
        rf"{_ANY}(?:{_MASS}|{_VOLUME})? ?(?:x|times) ?{_ANY}(?:{_MASS}|{_VOLUME})",
        _no("multiplies; write the grams of a day and the days, such as 30 g daily for 5 days"),
    ),
    (r"abw", _no("stands for actual body weight in some hospitals and for adjusted in others; write the word, such as actual body weight")),
    (r"[0-9]+ ?/ ?(?:12|52)", _no("is shorthand for months or weeks; write such as every 4 weeks")),
    (
        r"up to|at least|at most|max(?:imum)?|min(?:imum)?|about|approx(?:imately)?|around|prn|(?:if|as|when) needed",
        _no("leaves the dose open; write the one dose that is ordered"),
    ),
    # days and dates
    (rf"{_ROLE}{_WEEKDAY}(?P<iso>[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}})", _date),
    (rf"{_ROLE}{_WEEKDAY}(?P<day>[0-9]{{1,2}}){_TH}[ -](?P<month>{_MONTH})[ -](?P<year>[0-9]{{4}})", _date),
    (rf"{_ROLE}{_WEEKDAY}(?P<month>{_MONTH}) (?P<day>[0-9]{{1,2}}){_TH},? (?P<year>[0-9]{{4}})", _date),
    (
        then(
            r"(?:on )?(?:days?|d) ?(?P<first>[0-9]{1,2})(?: ?(?:to|-|through) ?d?(?P<last>[0-9]{1,2})",
            r"|(?P<more>(?:(?: ?, ?(?:and )?| and )[0-9]{1,2}(?![0-9]* ?(?:[.,][0-9]|m?g|ml|x|gm|days?|/|%|-)))*))",
        ),
        _on,
    ),
    (r"(?:course|cycle) (?P<number>[0-9]{1,4})(?= on | ?:)", lambda match: CourseNumber(int(match["number"]))),
    # body weight, concentration, duration
    (
        then(
            r"(?:(?:at|on|for|using|x) )?(?:an? )?(?:dosing )?(?:(?P<which>actual|ideal|adjusted) )?",
            rf"(?:{_WEIGHT}|bw)?(?: ?[:=]| of| is)? ?",
            rf"{_N} ?(?P<unit>kgs?|kilograms?|lbs?|pounds?)(?: (?:patient|{_WEIGHT}|bw))?",
        ),
        _body,
    ),
    (
        rf"(?:(?:on|by|using|of) )?(?P<which>(?:actual|ideal|adjusted)(?= {_WEIGHT})|ibw|adjbw)(?: {_WEIGHT})?",
        lambda match: Body(None, Fraction(0), _BASES[match["which"]]),
    ),
    (
        either(
            r"(?:of |as )?(?:an? )?(?P<strength>[0-9.]+ ?%|[0-9.]+ ?m?g ?(?:/|per) ?(?:[0-9.]+ ?)?ml)(?: (?:solution|product))?",
            r"(?:of |as )(?:an? )?(?P<solution>[0-9.]+ ?m?g ?in ?(?:[0-9.]+ ?)?ml)(?: (?:solution|product))?",
        ),
        lambda match: Strength(read_concentration(match["strength"] or match["solution"], WHAT)),
    ),
    (r"in (?P<volume>[0-9.,]+) ?mls?", lambda match: Aside(f"in {match['volume']} mL: the volume of an infusion is not judged")),
    (
        r"over (?P<hours>[0-9]{1,3})(?: ?(?:-|to) ?(?P<to>[0-9]{1,3}))? ?(?:hours?|hrs?|h)(?: ?[0-9]+ ?(?:minutes?|mins?))?",
        _duration,
    ),
    # amounts
    (
        rf"{_N} ?(?P<unit>{_MASS}|{_VOLUME})(?P<kg>(?: ?/| per) ?(?:kg|kilogram)(?: (?:of )?(?:body ?weight|bw))?)?",
        _amount,
    ),
    # how many days: as a total, of each day, or without saying which
    (
        then(
            rf"(?:(?:given|as|divided) )*(?:in|into) {_COUNT} ",
            r"(?:(?:equally|equal|divided|split|daily|consecutive|separate) )+(?:doses|infusions|portions|parts)",
        ),
        _days("over"),
    ),
    (
        either(
            r"(?:given )?in (?:equal(?:ly)? )?(?:divided|split) (?:equal )?doses",
            r"(?:given )?(?:equally )?(?:divided|split|spread)(?: (?:equally|evenly))?(?= over)",
        ),
        _per("course"),
    ),
    (rf"(?:(?:given|to be given|equally|evenly) )*(?:over|across) (?:a period of |the course of )?{_COUNT}[ -]?{_DAYS}", _days("over")),
    (rf"(?:on )?each of {_COUNT} {_DAYS}", _days("each")),
    (r"(?:for |x ?)?(?P<count>[0-9]+) ?/ ?7", _days("shorthand")),
    (rf"(?:for|x) ?(?:a total of )?{_COUNT}[ -]?{_DAYS}", _days("plain")),
    (rf"(?:(?:for|x) ?)?{_COUNT} ?(?:(?:daily )?doses?|infusions?)(?: of)?", _days("times")),
    (rf"(?:(?:as )?an? |on |in )?{_COUNT}[ -]?{_DAYS}(?: course)?(?: of)?", _days("plain")),
    (r"x ?(?P<count>[0-9]+)(?![.,/-]?[0-9])(?! ?(?:m?g|mls?|gms?|weeks?|months?|cycles?|courses?))", _days("times")),
    (
        either(
            rf"(?:once|given),? (?:on|in) {_ONE_DAY}",
            r"once only|once(?! (?:an?|per|each|every|daily|weekly|monthly)\b)",
            r"(?:as )?(?:an? )?(?:single|one) (?:dose|infusion)",
            rf"(?:in|on) {_ONE_DAY}",
        ),
        _days("once"),
    ),
    # what an amount is for
    (r"(?:total )?daily dose(?: of)?", _per("day")),
    (
        either(
            r"once (?:daily|a day|per day|each day|every day)|daily|every day|each day",
            r"o\.?d\.?|q\.?d\.?|q ?24 ?h(?:ours|rs?)?|every 24 ?(?:hours|hrs|h)|q ?day",
        ),
        _per("day", bound=False),
    ),
    (rf"{_PER}(?:day|d|24 ?(?:hours|hrs|h))", _per("day")),
    (rf"{_PER}(?:dose|infusion)", _per("dose")),
    (r"(?:given )?in all|altogether", _per("all")),
    (rf"{_PER}(?:course|cycle|episode)|in total", _per("course")),
    (
        r"(?:(?:for|as|to|giving) )?(?:an? )?(?:(?:total|cumulative)(?: course)?(?: doses?)?|course (?:total|dose))(?: of| is| ?=| ?:)?",
        _per("course"),
    ),
    (r"(?:a )?course of", _per("course")),
    # intervals and courses
    (
        rf"{_REPEATED}(?:every |each |q ?)(?:{_COUNT}[ -]?)?(?P<unit>days?|d|weeks?|wks?|w|months?)(?: from start to start)?",
        _repeat,
    ),
    (rf"{_REPEATED}(?P<unit>weekly|fortnightly|monthly)", _repeat),
    (rf"once{_PER}(?P<unit>week|month)", _repeat),
    (rf"(?:for |x ?)?{_COUNT} (?:courses?|cycles?)", lambda match: Courses(_number(match, MOST_CYCLES))),
    # words that say nothing of the dose
    (r"(?:give |given )?(?:as|at)(?= [0-9.,]+ ?(?:g|gm|grams?|mg|ml)\b)", lambda _: None),
    (r"calculated(?= [0-9.,]+ ?g per kg\b)", lambda _: None),  # as our own order line says it beside a rounded dose
    (r"please|give|prescribe|order|administer|infuse|rx|start|commence|dose(?: of)?|infusion", lambda _: None),
    (r"(?:human )?(?:normal )?(?:ivigs?|igiv|hnig|immune globulin|immunoglobulins?)|ig|(?:for )?intravenous use", lambda _: None),
    (r"(?:by |as |via )?(?:an? )?(?:i\.?v\.?|intravenous(?:ly)?)(?: infusion)?", lambda _: None),
)
_RULES = [(re.compile(rf"(?:{pattern})(?![a-z0-9])", re.ASCII), made) for pattern, made in _GRAMMAR]
_pause = re.compile(r"and(?= )|i\.e\.|ie(?= )|[=,;:()]|-(?= )|\.(?=$| )| ").match


def parts_of(text: str, names: tuple[str, ...] = ()) -> tuple[Part, ...]:
    """Take an order apart.

    Args: the order as typed; names that may stand in it, such as those of the product and the regimen.
    Returns: its parts in their order; every character of the text is accounted for.
    Raises: InputError that names the first word, number or unit that cannot be read, with the mend.
    """
    if len(text) > MOST_ORDER:
        raise InputError(f"{WHAT}: a text of {len(text):,} characters; write at most {MOST_ORDER:,}")
    words = " ".join(text.replace("\u00d7", "x").replace("\u2013", "-").split())
    if not words:
        raise InputError(f"{WHAT}: nothing was given; write the order, {EXAMPLE}")
    if odd := next((word for word in words.split() if not word.isascii()), None):
        raise InputError(f"{WHAT}: {odd!r} has letters that are not read; write the order in English, {EXAMPLE}")
    words = words.lower()
    known = [(re.compile(rf"(?:for )?{re.escape(name.lower())}(?![a-z0-9])"), _nothing) for name in sorted(names, key=len, reverse=True)]
    rules = [*known, *_RULES]
    found: list[Part] = []
    place = 0
    while place < len(words):
        for pattern, made in rules:
            if match := pattern.match(words, place):
                part = made(match)
                break
        else:
            match = _pause(words, place)
            part = None if match and match[0] == " " else Gap()
        if not match:
            raise InputError(_unknown(words, place))
        if part is not None:
            found.append(part)
        place = match.end()
    return tuple(found)


def _nothing(_: Match) -> None:
    return None


def _unknown(words: str, place: int) -> str:
    """Name the word that cannot be read, with the one after it where it is only a preposition or a number."""
    if match := re.match(r"[0-9]+\.(?= )", words[place:]):
        read_number(match[0], WHAT, example="30")
    word = re.match(r"(?:(?:for|over|in|on|at|by|per|to|with|x|of|[0-9]+) )?[^ ]+", words[place:])
    assert word is not None
    given = word[0].rstrip(",;:.()") or word[0]
    if match := re.match(_N, given):
        read_number(match[0], f"{WHAT}: {given!r}", example="30")
        return f"{WHAT}: {given!r} has no unit that is read there; write g, mg, mL, g/kg, days or weeks, {EXAMPLE}"
    return f"{WHAT}: {given!r} is not read in an order, and no word is skipped; leave it out or write it otherwise, {EXAMPLE}"
