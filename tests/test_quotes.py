"""Every quote of the data files, word for word, against the hashes of the documents and sources that it is taken from."""

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from ivigcalc.catalogue import data_file, load_catalogue, load_limits
from ivigcalc.catalogue.formulary import load_formulary
from ivigcalc.model import Cited, Source
from tests.data.make_shingles import WINDOW, main, read_shingles, shingles_of, words_of

SHINGLES = read_shingles(Path(__file__).parent.joinpath("data", "document_shingles.txt").read_text(encoding="utf-8"))

DOCUMENTS = {
    "lin-2022": "000_765b82e258b5c024.txt",
    "recchia-2008": "001_64f5b5a5718fec9d.txt",
    "teclistamab-blog": "002_abaeba49b044f1e0.txt",
    "hoa-2023": "003_33cf99d758d4212d.txt",
    "laham-2025": "004_329b82cdb00b6aef.txt",
}
"""Source key -> document. Any other source is held against the words that were copied from its address."""

ADDRESSES = {
    "takehara-2013": "https://accounts.public.ce.basespace.illumina.com/b/search/article.nb?id=23910617",
    "schachter-2006": "https://www.sec.gov/Archives/edgar/data/1141222/000114420406052288/v060214_ex99-1.htm",
    "privigen-us-label": "https://prescriberpoint.com/therapies/privigen-7e5649d",
    "lifeblood-2026": (
        "https://www.lifeblood.com.au/news-and-stories/health-professionals-news/coming-1-july-2026-adjusted-body-weight-ig-dosing-in"
    ),
    "nba-bloodstar": "https://nba.gov.au/bloodstar-calculator-adjusting-ig-dose-ideal-body-weight",
    "uk-form": "https://docslib.org/doc/13685911/immunoglobulin-request-form",
    "seton-protocol": "http://medicinelakex1.com/c/cds.seton.net1.html",
    "us-order-form": "https://studyres.com/doc/6558262/dose-interval-dose-interval",
    "fda-privigen-2012": "http://www.fda.gov/Safety/MedWatch/SafetyInformation/ucm311070.htm",
    "gamunex-trial": "http://ashpublications.com/view-large/figure/9589116/advancesADV2019001343f1.tif",
    "siegel-2010": "https://www.pppmag.com/article/753",
    "hopa": "https://www.docwirenews.com/conference-coverage/dose-rounding-3-million-savings/",
    "ontario-calculator": "https://ivig.transfusionontario.org/dose",
}
SHORTENED = {
    "nzbs-privigen": (
        "https://www.nzblood.co.nz/.../5-4-11-privigen-nz-privigen-normal-immunoglobulin-10-intravenous-immunoglobulin-ivig/"
    ),
}
"""Where the words were copied from, of a source whose whole address was not kept."""

# Counted in the sources: windows of words do not see that a quote has lost its first or last word.
COUNTED = {
    "itp.cited[1]": ("lin-2022", 28),
    "icaht.cited[1]": ("laham-2025", 30),
    "icaht.cited[2]": ("laham-2025", 19),
    "melanoma-q3w.cited[1]": ("lin-2022", 26),
    "melanoma-q3w.phases[1].caps[1]": ("schachter-2006", 23),
    "melanoma-high-dose.cited[1]": ("lin-2022", 27),
    "multiple-sclerosis.cited[1]": ("lin-2022", 33),
    "systemic-sclerosis.cited[1]": ("hoa-2023", 26),
    "systemic-sclerosis.cited[2]": ("hoa-2023", 30),
    "systemic-sclerosis-takehara.cited[1]": ("takehara-2013", 19),
    "systemic-sclerosis-takehara.cited[2]": ("hoa-2023", 27),
    "myeloma-teclistamab.cited[1]": ("teclistamab-blog", 34),
    "myeloma-teclistamab.cited[2]": ("teclistamab-blog", 39),
    "il-2.cited[1]": ("recchia-2008", 11),
    "daily-dose.cited[1]": ("privigen-us-label", 8),
    "course-dose.cited[1]": ("privigen-us-label", 15),
    "australia-2026.cited[1]": ("lifeblood-2026", 15),
    "australia-2026.cited[2]": ("nba-bloodstar", 15),
    "uk-request-form.cited[1]": ("uk-form", 13),
    "seton.cited[1]": ("seton-protocol", 22),
    "us-120.cited[1]": ("us-order-form", 12),
    "28-day-dose.cited[1]": ("privigen-us-label", 15),
    "haemolysis.cited[1]": ("fda-privigen-2012", 20),
    # of the guidelines, labels and trials: counted in the words that were copied from their addresses
    "pid/ontario-adult.cited[1]": ("ontario-older-pid", 5),
    "pid/ontario-child.cited[1]": ("ontario-older-pid", 6),
    "sid/ontario.cited[1]": ("ontario-sid", 12),
    "cll.cited[1]": ("cll-trial-1988", 19),
    "myeloma-plateau.cited[1]": ("chapel-1994", 25),
    "hiv-child.cited[1]": ("nichd-1991", 18),
    "itp/ontario.cited[1]": ("ontario-older-itp-adult", 14),
    "itp/ontario.cited[2]": ("ash-2011", 24),
    "itp/ontario-child.cited[1]": ("ontario-older-itp-child", 16),
    "itp/ontario-child.cited[2]": ("ash-2011", 19),
    "itp/us-label.cited[1]": ("octagam-10-us-label", 11),
    "fnait/maternal.cited[1]": ("ontario-fnait", 18),
    "fnait/maternal-high-risk.cited[1]": ("ontario-fnait", 20),
    "fnait/infant.cited[1]": ("ontario-fnait", 11),
    "hdn/low-dose.cited[1]": ("elalfy-2010", 25),
    "hdn/high-dose.cited[1]": ("elalfy-2010", 25),
    "ptp/2-days.cited[1]": ("practical-transfusion", 18),
    "ptp/5-days.cited[1]": ("practical-transfusion", 18),
    "avwd.cited[1]": ("avwd-1999", 20),
    "hlh.cited[1]": ("nba-hlh", 11),
    "catastrophic-aps/ontario.cited[1]": ("ontario-caps", 17),
    "catastrophic-aps/australia.cited[1]": ("nba-caps", 9),
    "cidp/induction.cited[1]": ("gammagard-us-cidp", 18),
    "cidp/maintenance.cited[1]": ("gammagard-us-cidp", 17),
    "cidp/ontario-induction.cited[1]": ("ontario-older-cidp", 10),
    "cidp/ontario-maintenance.cited[1]": ("ontario-older-cidp", 7),
    "gbs/checkpoint-inhibitor.cited[1]": ("asco-gbs", 17),
    "mmn/induction.cited[1]": ("efns-2006", 18),
    "mmn/maintenance-1g.cited[1]": ("efns-2006", 18),
    "mmn/maintenance-2g.cited[1]": ("efns-2006", 18),
    "mg/ontario.cited[1]": ("ontario-older-mg", 10),
    "mg/ontario.cited[2]": ("zinman-2007", 18),
    "mg/checkpoint-inhibitor.cited[1]": ("asco-mg", 16),
    "lems.cited[1]": ("bain-1996", 20),
    "dermatomyositis/us-label.cited[1]": ("octagam-10-us-label", 14),
    "dermatomyositis/ontario.cited[1]": ("ontario-iim", 16),
    "juvenile-dermatomyositis.cited[1]": ("ontario-older-jdm", 11),
    "stiff-person.cited[1]": ("practical-neurology", 11),
    "ms/ontario-relapse.cited[1]": ("ontario-ms", 17),
    "ms/ontario-prevention.cited[1]": ("ontario-ms", 16),
    "ms/trial-loading.cited[1]": ("achiron-1998", 23),
    "ms/trial-boosters.cited[1]": ("achiron-1998", 17),
    "pandas.cited[1]": ("perlmutter-1999", 19),
    "kawasaki-disease.cited[1]": ("ijid-2005", 14),
    "mis-c/acr.cited[1]": ("acr-mis-c", 17),
    "mis-c/nih.cited[1]": ("nih-mis-c", 13),
    "mis-c/ontario.cited[1]": ("ontario-mis-c", 21),
    "pemphigus/ontario-older.cited[1]": ("ontario-older-pemphigus", 13),
    "pemphigus/ontario.cited[1]": ("ontario-blistering", 19),
    "ten.cited[1]": ("prins-2003", 20),
    "pyoderma/induction.cited[1]": ("ontario-pyoderma", 12),
    "pyoderma/maintenance.cited[1]": ("ontario-pyoderma", 20),
    "scleromyxoedema/series.cited[1]": ("blum-2008", 21),
    "scleromyxoedema/monthly.cited[1]": ("scleromyxoedema-two", 8),
    "systemic-sclerosis/monthly.cited[1]": ("poelman-2015", 13),
    "systemic-sclerosis/monthly.cited[2]": ("cantarini-2014", 10),
    "abmr/ivig-alone.cited[1]": ("ontario-abmr", 13),
    "abmr/ivig-alone.cited[2]": ("ontario-abmr", 25),
    "abmr/plasma-exchange.cited[1]": ("ontario-abmr", 21),
    "measles/ontario.cited[1]": ("ontario-measles", 20),
    "varicella/ontario.cited[1]": ("ontario-varicella", 23),
    "enterovirus/ontario.cited[1]": ("ontario-sid", 10),
    # of labels: counted in the words that were copied from their copies and the manufacturers' pages
    "pid/gamunex-c.cited[1]": ("gamunex-c-label", 14),
    "pid/gammagard-us.cited[1]": ("gammagard-us-pi", 13),
    "pid/privigen-us.cited[1]": ("privigen-us-label", 7),
    "pid/octagam-5-us.cited[1]": ("octagam-5-us-label", 14),
    "pid/panzyga-us.cited[1]": ("panzyga-us-label", 6),
    "pid/asceniv-us.cited[1]": ("asceniv-us", 9),
    "pid/flebogamma-10-us.cited[1]": ("flebogamma-10-us-label", 20),
    "pid/gammaplex-5-us.cited[1]": ("gammaplex-5-us-label", 7),
    "pid/gammaplex-10-us.cited[1]": ("gammaplex-10-us-label", 8),
    "pid/iqymune-start.cited[1]": ("iqymune-uk-leaflet", 17),
    "pid/iqymune.cited[1]": ("iqymune-uk-leaflet", 17),
    "sid/iqymune.cited[1]": ("iqymune-uk-leaflet", 14),
    "itp/privigen-us.cited[1]": ("privigen-us-label", 8),
    "itp/panzyga-us.cited[1]": ("panzyga-us-label", 14),
    "itp/flebogamma-10-us.cited[1]": ("flebogamma-10-us-label", 15),
    "itp/gammaplex-5-us.cited[1]": ("gammaplex-5-us-label", 8),
    "itp/gammaplex-10-us.cited[1]": ("gammaplex-10-us-label", 9),
    "cidp/privigen-us-loading.cited[1]": ("privigen-us-label", 15),
    "cidp/privigen-us-maintenance.cited[1]": ("privigen-us-label", 16),
    "cidp/panzyga-us-loading.cited[1]": ("panzyga-us-label", 14),
    "cidp/panzyga-us-maintenance.cited[1]": ("panzyga-us-label", 18),
    "cidp/gammagard-us.cited[1]": ("gammagard-us-cidp", 18),
    "cidp/gammagard-us.cited[2]": ("gammagard-us-cidp", 17),
    "cidp/ontario.cited[1]": ("ontario-older-cidp", 10),
    "cidp/ontario.cited[2]": ("ontario-older-cidp", 7),
    "cidp/privigen-us.cited[1]": ("privigen-us-label", 15),
    "cidp/privigen-us.cited[2]": ("privigen-us-label", 16),
    "cidp/panzyga-us.cited[1]": ("panzyga-us-label", 14),
    "cidp/panzyga-us.cited[2]": ("panzyga-us-label", 18),
    "mmn/efns-1g.cited[1]": ("efns-2006", 18),
    "mmn/efns-1g.cited[2]": ("efns-2006", 18),
    "mmn/efns-2g.cited[1]": ("efns-2006", 18),
    "mmn/efns-2g.cited[2]": ("efns-2006", 18),
    "ms/trial.cited[1]": ("achiron-1998", 23),
    "ms/trial.cited[2]": ("achiron-1998", 17),
    "gbs/iqymune.cited[1]": ("iqymune-uk-leaflet", 6),
    "mmn/gammagard-us.cited[1]": ("gammagard-us-mmn", 10),
    "acquired-haemophilia-a.cited[1]": ("haemophilia-review", 12),
    "autologous-bone-marrow-transplant.cited[1]": ("autologous-bmt-trial", 13),
    "motor-neuron-disease.cited[1]": ("ontario-do-not-use", 3),
    "progressive-multiple-sclerosis.cited[1]": ("ontario-do-not-use", 3),
    "ocular-myasthenia.cited[1]": ("ontario-do-not-use", 3),
    "narcolepsy.cited[1]": ("ontario-do-not-use", 3),
    "neuropathic-pain.cited[1]": ("ontario-do-not-use", 3),
    "poems.cited[1]": ("ontario-do-not-use", 3),
    "post-polio.cited[1]": ("ontario-do-not-use", 3),
    "antiphospholipid-syndrome.cited[1]": ("ontario-do-not-use", 3),
    "behcet.cited[1]": ("ontario-do-not-use", 3),
    "inclusion-body-myositis.cited[1]": ("ontario-do-not-use", 3),
    "conflict of sid/ontario.cited[1]": ("ontario-sid", 25),
    "conflict of hdn/low-dose.cited[1]": ("ictmg-2022", 6),
    "fnait/maternal.phases[1].caps[1]": ("ontario-fnait", 18),
    "fnait/maternal-high-risk.phases[1].caps[1]": ("ontario-fnait", 20),
    "dermatomyositis/ontario.phases[1].caps[1]": ("ontario-iim", 16),
    "ms/ontario-relapse.phases[1].caps[1]": ("ontario-ms", 17),
    "mis-c/nih.phases[1].caps[1]": ("nih-mis-c", 13),
    "ramps.gamunex-trial": ("gamunex-trial", 12),
    "ramps.us-order-form": ("us-order-form", 24),
    "departure.cited[1]": ("siegel-2010", 19),
    "departure.cited[2]": ("hopa", 15),
    "round-ontario.cited[1]": ("ontario-calculator", 4),
    "round-seton.cited[1]": ("seton-protocol", 19),
    "round-new-zealand.cited[1]": ("nzbs-privigen", 11),
}


CONFLICTS = tuple(
    dict.fromkeys(conflict for regimen in load_catalogue(data_file("regimens.yaml")).regimens.values() for conflict in regimen.conflicts)
)


def _quotes() -> Iterator[tuple[str, Cited]]:
    catalogue = load_catalogue(data_file("regimens.yaml"))
    limits = load_limits(data_file("limits.yaml"))
    owners = {
        **{key: regimen.cited for key, regimen in catalogue.regimens.items()},
        **{key: other.cited for key, other in catalogue.not_ivig.items()},
        **{key: other.cited for key, other in catalogue.not_recommended.items()},
        **{f"conflict of {conflict.between[0]}": conflict.cited for conflict in CONFLICTS if conflict.cited},
        **{limit.code: limit.cited for limit in limits.doses},
        **{policy.id: policy.cited for policy in limits.weights.offered.values()},
        "departure": limits.rounding.cited,
        **{f"round-{rule.id}": rule.cited for rule in limits.rounding.rules.values()},
    }
    cautions = limits.cautions
    assert cautions
    passages = {name: caution.cited for name, caution in cautions.of.items()}
    passages |= {name: table.cited for name, table in cautions.vaccines.items()}
    for name, said in passages.items():
        owners[name] = tuple(Cited(passage.source, passage.locator, passage.quote) for passage in said if passage.quote)
    for key, places in owners.items():
        for number, cited in enumerate(places, 1):
            yield f"{key}.cited[{number}]", cited
    for regimen in catalogue.regimens.values():
        for phase_number, phase in enumerate(regimen.phases, 1):
            for number, cap in enumerate(phase.caps, 1):
                yield f"{regimen.id}.phases[{phase_number}].caps[{number}]", cap.cited
    for ramp in load_formulary(data_file("products.yaml")).ramps.values():
        if ramp.cited:
            yield f"ramps.{ramp.name}", ramp.cited


QUOTES = dict(_quotes())


def _section(source: Source) -> str:
    return DOCUMENTS.get(source.key) or SHORTENED.get(source.key) or source.url or "not stated"


def _wrong(place: str, source: Source, words: list[str]) -> list[str]:
    """Say what is wrong with a quote: nothing, or which words are not in which document."""
    section = _section(source)
    if section not in SHINGLES:
        return [f"{place}: no words of {source.key} ({section}) are known; add them with tests/data/make_shingles.py"]
    if len(words) < WINDOW and shingles_of(words)[0] not in SHINGLES[section]:
        return [f"{place}: a quote of {len(words)} words, expected at least {WINDOW}, so that it can be found in {section}"]
    known = SHINGLES[section]
    wrong = [
        f"{place}: the quote's words {' '.join(words[start : start + WINDOW])!r} are not in {section} ({source.key})"
        for start, shingle in enumerate(shingles_of(words))
        if shingle not in known
    ]
    _, count = COUNTED.get(place, ("", len(words)))
    if not wrong and len(words) != count:
        wrong.append(f"{place}: the quote has {len(words)} words, counted in {section}: {count}")
    return wrong


@pytest.mark.parametrize("place", QUOTES)
def test_a_quote_stands_word_for_word_in_its_source(place: str) -> None:
    cited = QUOTES[place]
    assert _wrong(place, cited.source, words_of(cited.quote)) == []


def test_every_counted_quote_is_there_with_its_source() -> None:
    assert {place: QUOTES[place].source.key for place in COUNTED} == {place: key for place, (key, _) in COUNTED.items()}


def test_sources_outside_the_documents_name_the_address_that_the_words_were_copied_from() -> None:
    sources = {cited.source.key: cited.source for cited in QUOTES.values()}
    assert {key: sources[key].url for key in ADDRESSES} == ADDRESSES
    assert DOCUMENTS.keys() <= sources.keys()


@pytest.mark.parametrize("place", QUOTES)
def test_a_quote_is_in_no_other_document(place: str) -> None:
    cited = QUOTES[place]
    elsewhere = {key: name for key, name in DOCUMENTS.items() if name != _section(cited.source)}
    found = [key for key in elsewhere if not _wrong(place, cited.source._replace(key=key), words_of(cited.quote))]
    assert found == [], f"{place}: its words are also in {found}, so they do not show which document they come from"


def _mutated(words: list[str]) -> Iterator[tuple[str, list[str]]]:
    for at, word in enumerate(words):
        yield f"word {at}, {word!r}, dropped", words[:at] + words[at + 1 :]
        yield f"word {at}, {word!r}, changed", [*words[:at], _changed(word), *words[at + 1 :]]
        if words[at : at + 1] != words[at + 1 : at + 2] and at + 1 < len(words):
            yield f"word {at}, {word!r}, swapped with the next", [*words[:at], words[at + 1], word, *words[at + 2 :]]


def _changed(word: str) -> str:
    """Another number, a thousandfold smaller unit, or another word."""
    if digit := re.search(r"[0-9]", word):
        return word[: digit.start()] + str((int(digit[0]) + 1) % 10) + word[digit.end() :]
    return word.replace("g", "mg", 1) if re.match(r"\(?g\b", word) else word + "s"


@pytest.mark.parametrize("place", COUNTED)
def test_a_word_or_number_changed_dropped_or_swapped_is_noticed(place: str) -> None:
    cited = QUOTES[place]
    words = words_of(cited.quote)
    mutations = dict(_mutated(words))
    assert len(mutations) >= 2 * len(words)
    assert [what for what, mutated in mutations.items() if not _wrong(place, cited.source, mutated)] == []


def test_what_is_wrong_names_the_quote_the_words_and_the_document() -> None:
    place = "icaht.cited[1]"
    cited = QUOTES[place]
    per_day = words_of(cited.quote.replace("(2 g/kg)", "(2 g/kg/day)"))
    assert _wrong(place, cited.source, per_day)[0] == (
        "icaht.cited[1]: the quote's words 'of high-dose ivig (2 g/kg/day),' are not in 004_329b82cdb00b6aef.txt (laham-2025)"
    )
    assert _wrong(place, cited.source, words_of(cited.quote)[:4])[0].startswith("icaht.cited[1]: a quote of 4 words")
    assert "the quote has 29 words" in _wrong(place, cited.source, words_of(cited.quote)[:-1])[0]
    unknown = cited.source._replace(key="smith-1999", url=None)
    assert _wrong(place, unknown, words_of(cited.quote))[0].startswith("icaht.cited[1]: no words of smith-1999 (not stated) are known")


def test_markup_and_white_space_make_no_difference_and_numbers_do() -> None:
    assert words_of("## A **dose**\u00a0of <sup>1</sup>\n\u201c0.4 g/kg\u201d, 2\u20135 days") == [
        "a",
        "dose",
        "of",
        "1",
        '"0.4',
        'g/kg",',
        "2-5",
        "days",
    ]
    assert words_of("ANC <0.5 and >1") == ["anc", "<0.5", "and", ">1"]
    assert words_of("0.4 g/kg") != words_of("4 g/kg")
    assert words_of("0.4 g/kg") != words_of("0.4 mg/kg")


def test_the_hashes_are_made_of_documents_and_of_copied_quotes(tmp_path: Path) -> None:
    (tmp_path / "one.txt").write_text("# One two\nthree *four* Five six", encoding="utf-8")
    (tmp_path / "error_reports.md").write_text(
        '### E1\n- "a b c d e" and "too short"\n- https://report.test/1 ; https://report.test/2\n### E2\n- "f g h i j"\n', encoding="utf-8"
    )
    (tmp_path / "document_regimens_external.yaml").write_text(
        "entries:\n- sources:\n  - {url: 'https://paper.test', quote: k l m n o}\n  - {url: 'https://paper.test', quote: null}\n",
        encoding="utf-8",
    )
    (tmp_path / "products.yaml").write_text(
        "products: {p: {dose: {source: 'https://label.test', quote: p q r s t}, rate: {source: 'https://label.test', quote: u v w x y}}}\n",
        encoding="utf-8",
    )
    (tmp_path / "guideline_regimens.yaml").write_text(
        "regimens:\n- evidence:\n  - {url: 'https://guide.test', quote: e f g h i}\n"
        "not_recommended:\n- {url: 'https://short.test', quote: Do Not Use}\n"
        "conflicts:\n- {values: 'one says \"j k l m n\"; another', url: 'https://against.test'}\n- {values: 'without \"an address\"'}\n",
        encoding="utf-8",
    )
    (tmp_path / "ramps.yaml").write_text(
        "ladders:\n- {source: ['https://ramp.test', 'https://ramp.test/2'], quote: one two three four five}\n- {source: [null]}\n",
        encoding="utf-8",
    )
    (tmp_path / "weights_rounding.md").write_text('| one | "z a b c d" | https://policy.test |\n| two | none |\n', encoding="utf-8")
    (tmp_path / "weights_rounding.md").write_text(
        '| one | "z a b c d" | https://policy.test |\n| two | none |\n| three | "e f" | policy.test copy |\n', encoding="utf-8"
    )
    out = tmp_path / "out"
    main(tmp_path, tmp_path, out)
    made = out.read_bytes()

    def hashes(*windows: str) -> frozenset[str]:
        return frozenset(hashlib.sha256(window.encode()).hexdigest()[:10] for window in windows)

    assert read_shingles(made.decode()) == {
        "one.txt": hashes("one two three four five", "two three four five six"),
        "https://report.test/1": hashes("a b c d e", "too short"),
        "https://report.test/2": hashes("a b c d e", "too short"),
        "https://policy.test": hashes("z a b c d", "e f"),
        "https://paper.test": hashes("k l m n o"),
        "https://label.test": hashes("p q r s t", "u v w x y"),
        "https://guide.test": hashes("e f g h i"),
        "https://short.test": hashes("do not use"),
        "https://against.test": hashes("j k l m n"),
        "https://ramp.test": hashes("one two three four five"),
        "https://ramp.test/2": hashes("one two three four five"),
    }
    main(tmp_path, tmp_path, out)
    assert out.read_bytes() == made
