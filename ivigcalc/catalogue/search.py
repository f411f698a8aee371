"""Words as people search them -> the regimens that hold them; and for a name that is not known, those that are close to it."""

import re
import unicodedata
from collections.abc import Callable, Iterable
from fractions import Fraction

from ivigcalc.catalogue.names import flat
from ivigcalc.model import Catalogue, Phase, Regimen
from ivigcalc.units import Basis, Dose, read_dose

SHORT = 3
"""Words of no more letters than this count at the beginning of a word only, those of two letters as a whole word."""
ABBREVIATION = 4
"""Names of no more letters than this are taken for abbreviations, of which one letter makes another disease."""
MOST_NAMED = 3
VERY_CLOSE, CLOSE_WORD, CLOSE = 80, 75, 60
"""How much [%] of two names has to be the same, by difflib's measure."""
_dose = re.compile(r"(?<!\S)\d\S*?\s*m?g(?:\s*/\s*|\s+per\s+)kg(?:\s*/\s*[a-z]+|\s+per\s+[a-z]+)?(?!\S)", re.ASCII | re.IGNORECASE)
_COUNTRIES = {"united states": "us usa", "united kingdom": "uk", "europe": "eu"}


def find_all(catalogue: Catalogue, words: str) -> tuple[Regimen, ...]:
    """List the regimens that hold every word in what is known of them beside their figures, and state every dose.

    Args: the catalogue; words, in any case of letters, with or without accents, doses such as 0.4 g/kg among them; none for all.
    Returns: the regimens, in the order of the file.
    Raises: InputError for a dose outside of what is read as one.
    """
    wanted, doses = _terms(words)
    tests: list[Callable[[Regimen], bool]] = [_word_test(catalogue, word) for word in wanted]
    tests += [_dose_test(dose) for dose in doses]
    return tuple(regimen for regimen in catalogue.regimens.values() if all(holds(regimen) for holds in tests))


def why_none(catalogue: Catalogue, words: str) -> str:
    """Say why no regimen holds all of some words, and what would be found instead.

    Args: the catalogue; the words that `find_all` found nothing for.
    Returns: the words of a message.
    """
    wanted, doses = _terms(words)
    counts = {repr(word): len(find_all(catalogue, word)) for word in wanted}
    counts |= {_dose_words(dose): sum(map(_dose_test(dose), catalogue.regimens.values())) for dose in doses}
    alone = [word for word in wanted if not counts[repr(word)]]
    if alone:
        close = next((found for word in alone if (found := _nearest(catalogue, word))), None)
        unit = next((f'; a dose is written with its unit, such as "{word} g/kg"' for word in alone if re.fullmatch(r"\d*\.?\d+", word)), "")
        mend = f"; did you mean {close} ({_held_by(catalogue, close)})?" if close else f"{unit};"
        return f"no regimen holds {' or '.join(map(repr, alone))}{mend} list all with: ivigcalc regimens"
    if missing := [name for name, count in counts.items() if not count]:
        return f"no regimen states {' or '.join(missing)}; list all with: ivigcalc regimens"
    each = ", ".join(f"{name} by {count}" for name, count in counts.items())
    return f"no regimen holds all of these together: {each}; leave one out, or list all with: ivigcalc regimens"


def suggest(catalogue: Catalogue, key: str, names: Iterable[str]) -> str:
    """Name what is close to a name that is not known, each with what it is for.

    Args: the catalogue; the name in small letters, with hyphens for spaces; every name that can be typed.
    Returns: the end of a message.
    """
    words = [word for word in re.split(r"[-/]", key) if word]
    if "/" in key:
        close = _with_slash(key, list(catalogue.regimens))
    else:
        close = _close(key, names, VERY_CLOSE) or _indications_of(catalogue, words) or _alike(key, names)
    if not close:
        close = _indications_of(catalogue, [(len(word) > ABBREVIATION and _nearest(catalogue, word)) or word for word in words])
    if len(close) > MOST_NAMED:
        kind, word = ("regimens", close[0].partition("/")[0]) if "/" in key else ("indications", key.replace("-", " "))
        return f"it may mean {len(close)} {kind}; list them with: ivigcalc regimens {word}"
    if not close:
        return "list the known ones with: ivigcalc regimens"
    return f"did you mean {' or '.join(_with_meaning(catalogue, name) for name in close)}? See: ivigcalc regimens"


def _close(key: str, names: Iterable[str], percent: int) -> list[str]:
    from difflib import get_close_matches

    return sorted(dict.fromkeys(get_close_matches(key, list(names), MOST_NAMED, percent / 100)), key=lambda name: name[:1] != key[:1])


def _alike(key: str, names: Iterable[str]) -> list[str]:
    """Names that are less close: with the same first letter or as many letters, since asthma is no slip for myasthenia; an abbreviation
    that one slip makes of another, since cvid is none for cidp."""
    close = _close(key, names, CLOSE)
    if len(key) <= ABBREVIATION:
        return [name for name in close if _one_slip(key, name)]
    return [name for name in close if name[0] == key[0] or len(name) == len(key)]


def _one_slip(key: str, name: str) -> bool:
    """Whether letters changed places, one is too many or too few, or one after the first is another."""
    one_less, name_less = ({word[:at] + word[at + 1 :] for at in range(len(word))} for word in (key, name))
    other = len(key) == len(name) and key[0] == name[0] and sum(one != two for one, two in zip(key, name, strict=True)) == 1
    return other or sorted(key) == sorted(name) or key in name_less or name in one_less


def _with_slash(key: str, names: list[str]) -> list[str]:
    """Of a name such as cidp/adult the names with the same before the slash, or almost the same: those whose ends are close, else all."""
    before, _, end = key.partition("/")
    families: dict[str, list[str]] = {}
    for name in (name for name in names if "/" in name):
        families.setdefault(name.partition("/")[0], []).append(name.partition("/")[2])
    family = before if before in families else next(iter(_close(before, families, CLOSE_WORD)), None)
    return [f"{family}/{close}" for close in _close(end, families[family], CLOSE) or families[family]] if family else []


def _indications_of(catalogue: Catalogue, words: list[str]) -> list[str]:
    """The indications of the regimens that hold every word, one of which is long enough to say something."""
    if all(len(word) <= SHORT for word in words):
        return []
    return list(dict.fromkeys(regimen.indication for regimen in find_all(catalogue, " ".join(words))))


def folded(text: str) -> str:
    """A text in small letters without accents, in which haem and hem, oedema and edema are the same."""
    return unaccented(text).lower().replace("ae", "e").replace("oe", "e")


def unaccented(text: str) -> str:
    """A text without its accents; signs that only look like letters stay as they are."""
    return "".join(char for char in unicodedata.normalize("NFD", text) if not unicodedata.combining(char))


def _terms(words: str) -> tuple[list[str], list[Dose]]:
    """The words and the doses of a search."""
    doses = [read_dose(found, "regimens") for found in _dose.findall(words)]
    return _dose.sub(" ", words).split(), doses


def _word_test(catalogue: Catalogue, word: str) -> Callable[[Regimen], bool]:
    pattern = re.escape(folded(word))
    if len(word) <= SHORT:
        pattern = rf"(?<![^\W_]){pattern}" + (r"(?![^\W_])" if len(word) < SHORT else "")
    holds = re.compile(pattern).search
    return lambda regimen: bool(holds(_searched(catalogue, regimen)))


def _dose_test(dose: Dose) -> Callable[[Regimen], bool]:
    return lambda regimen: any(_states(phase, dose) for phase in regimen.phases)


def _states(phase: Phase, dose: Dose) -> bool:
    """Whether a dose lies in what a phase states. One without a basis is that of the source, or of the course in all."""
    if phase.dose is None:
        return False
    spans: dict[Basis, tuple[Fraction, Fraction]] = {phase.per: (phase.dose.low, phase.dose.high)}
    if phase.days and phase.per == "day":
        spans["course"] = (phase.dose.low * phase.days.low, phase.dose.high * phase.days.high)
    elif phase.days and dose.per:
        spans["day"] = (phase.dose.low / phase.days.high, phase.dose.high / phase.days.low)
    return any(low <= dose.g_per_kg <= high for per, (low, high) in spans.items() if dose.per in (None, per))


def _dose_words(dose: Dose) -> str:
    from ivigcalc.numbers import screen_text

    return f"{screen_text(dose.g_per_kg)} g per kg{f' per {dose.per}' if dose.per else ''}"


def _searched(catalogue: Catalogue, regimen: Regimen) -> str:
    indication = catalogue.indications.get(regimen.indication)
    where = (regimen.jurisdiction or "").lower()
    short = (names for country, names in _COUNTRIES.items() if country in where)
    known = (regimen.population, regimen.specialty, regimen.standing, where, *short, *regimen.evidence)
    named = (indication.name, *indication.aliases) if indication else ()
    return folded(" ".join((regimen.id, regimen.name, *regimen.aliases, regimen.indication, *named, *filter(None, known))))


def _nearest(catalogue: Catalogue, word: str) -> str | None:
    """The word of the catalogue that a mistyped one is closest to."""
    held = " ".join(_searched(catalogue, regimen) for regimen in catalogue.regimens.values())
    vocabulary = dict.fromkeys(found for found in re.findall(r"[^\W_]+", held) if len(found) > SHORT)
    return next(iter(_close(folded(word), vocabulary, CLOSE_WORD)), None)


def _held_by(catalogue: Catalogue, word: str) -> str:
    """What holds a word: its indication where there is one, else how many regimens."""
    found = find_all(catalogue, word)
    indications = {regimen.indication for regimen in found}
    return _indication(catalogue, indications.pop()) if len(indications) == 1 else f"{len(found)} regimens"


def _indication(catalogue: Catalogue, key: str) -> str:
    return catalogue.indications[key].name if key in catalogue.indications else key.replace("-", " ")


def _with_meaning(catalogue: Catalogue, name: str) -> str:
    """A name that can be typed with what it is for, where it does not say so itself."""
    meaning = _meaning(catalogue, name)
    return name if folded(flat(name)).replace("-", " ") == folded(meaning).replace("-", " ") else f"{name} ({meaning})"


def _meaning(catalogue: Catalogue, name: str) -> str:
    if any(name == other.id or name in other.aliases for other in catalogue.not_ivig.values()):
        return "not IVIG"
    if any(name == entry.id or name in entry.aliases for entry in catalogue.not_recommended.values()):
        return "not recommended"
    if name in catalogue.ambiguous:
        return "more than one meaning"
    of_regimen = (regimen.indication for regimen in catalogue.regimens.values() if name in (regimen.id, *regimen.aliases))
    of_indication = (entry.id for entry in catalogue.indications.values() if name in entry.aliases)
    return _indication(catalogue, next(of_regimen, next(of_indication, name)))
