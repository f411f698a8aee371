"""What a name means: one regimen, several, a refusal or a suggestion; never a guess."""

import re
from pathlib import Path

import pytest

from ivigcalc.catalogue import data_file, find, known_names, load_catalogue
from ivigcalc.catalogue.search import find_all, why_none
from ivigcalc.cli import run
from ivigcalc.errors import InputError, Refused
from ivigcalc.model import Catalogue

ITP = [
    *("itp", "itp/ontario", "itp/ontario-child", "itp/us-label", "itp/privigen-us", "itp/panzyga-us"),
    *("itp/flebogamma-10-us", "itp/gammaplex-5-us", "itp/gammaplex-10-us"),
]
CIDP = [
    *("cidp/induction", "cidp/maintenance", "cidp/ontario-induction", "cidp/ontario-maintenance"),
    *("cidp/privigen-us-loading", "cidp/privigen-us-maintenance", "cidp/panzyga-us-loading", "cidp/panzyga-us-maintenance"),
    *("cidp/gammagard-us", "cidp/ontario", "cidp/privigen-us", "cidp/panzyga-us"),
]
MMN = ["mmn/induction", "mmn/maintenance-1g", "mmn/maintenance-2g", "mmn/gammagard-us", "mmn/efns-1g", "mmn/efns-2g"]


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue(data_file("regimens.yaml"))


def _ids(catalogue: Catalogue, name: str) -> list[str]:
    return [regimen.id for regimen in find(catalogue, name)]


def test_every_id_and_alias_is_known_by_exactly_one_regimen(catalogue: Catalogue) -> None:
    for regimen in catalogue.regimens.values():
        for name in (regimen.id, *regimen.aliases):
            assert find(catalogue, name) == (regimen,)


@pytest.mark.parametrize(
    ("name", "ids"),
    [
        ("ITP", ["itp"]),
        (" Itp\t", ["itp"]),
        ("MS", ["multiple-sclerosis"]),
        ("SSc", ["systemic-sclerosis"]),
        ("Scleroderma", ["systemic-sclerosis"]),
        ("Multiple Sclerosis", ["multiple-sclerosis"]),
        ("multiple_sclerosis", ["multiple-sclerosis"]),
        ("MULTIPLE  sclerosis", ["multiple-sclerosis"]),
        ("melanoma q3w", ["melanoma-q3w"]),
        ("Melanoma_High-Dose", ["melanoma-high-dose"]),
        ("melanoma", ["melanoma"]),
        ("GBS Checkpoint Inhibitor", ["gbs/checkpoint-inhibitor"]),
        ("Kawasaki", ["kawasaki-disease"]),
        ("cidp/induction", ["cidp/induction"]),
        ("CIDP / Induction", ["cidp/induction"]),
        ("cidp induction", ["cidp/induction"]),
        ("cidp-ontario-maintenance", ["cidp/ontario-maintenance"]),
        ("ITP/Ontario", ["itp/ontario"]),
    ],
)
def test_case_spaces_and_underscores_make_no_difference(catalogue: Catalogue, name: str, ids: list[str]) -> None:
    assert _ids(catalogue, name) == ids


@pytest.mark.parametrize(
    ("name", "ids"),
    [
        ("immune thrombocytopenia", ITP),
        ("CIDP", CIDP),
        ("chronic inflammatory demyelinating polyneuropathy", CIDP),
        ("GBS", ["gbs/checkpoint-inhibitor", "gbs/iqymune"]),
        ("sid", ["sid/ontario", "sid/iqymune"]),
        ("mg", ["mg/ontario", "mg/checkpoint-inhibitor"]),
        ("mmn", MMN),
        ("dm", ["dermatomyositis/us-label", "dermatomyositis/ontario"]),
        ("mis-c", ["mis-c/acr", "mis-c/nih", "mis-c/ontario"]),
        ("hdn", ["hdn/low-dose", "hdn/high-dose"]),
        (
            "RRMS",
            ["multiple-sclerosis", "ms/ontario-relapse", "ms/ontario-prevention", "ms/trial-loading", "ms/trial-boosters", "ms/trial"],
        ),
        ("metastatic melanoma", ["melanoma-q3w", "melanoma-high-dose"]),
        ("Myeloma bispecific antibody", ["myeloma-teclistamab"]),
    ],
)
def test_an_indication_means_all_its_regimens(catalogue: Catalogue, name: str, ids: list[str]) -> None:
    assert _ids(catalogue, name) == ids


def test_an_id_wins_over_the_indication_of_the_same_name(catalogue: Catalogue) -> None:
    indications = {regimen.id: regimen.indication for regimen in catalogue.regimens.values()}
    assert indications["systemic-sclerosis"] == indications["systemic-sclerosis-takehara"] == "systemic-sclerosis"
    assert _ids(catalogue, "systemic sclerosis") == ["systemic-sclerosis"]


@pytest.mark.parametrize("name", ["itp", "ms"])
def test_an_id_or_alias_wins_over_every_other_meaning_of_the_name(catalogue: Catalogue, name: str) -> None:
    other = catalogue.not_ivig["il-2"]._replace(id=name, aliases=(name,))
    icaht = catalogue.regimens["icaht"]._replace(indication=name)
    crowded = catalogue._replace(
        regimens={"icaht": icaht, **catalogue.regimens},
        ambiguous={name: ("icaht", "itp")},
        not_ivig={name: other},
    )
    assert _ids(crowded, name) == _ids(catalogue, name)


@pytest.mark.parametrize("name", ["sclerosis", "Sclerosis "])
def test_sclerosis_names_both_and_resolves_neither(catalogue: Catalogue, name: str) -> None:
    with pytest.raises(InputError) as caught:
        find(catalogue, name)
    message = str(caught.value)
    assert "more than one meaning" in message
    assert "--regimen multiple-sclerosis (Multiple sclerosis" in message
    assert "--regimen systemic-sclerosis (Systemic sclerosis" in message
    assert "takehara" not in message


@pytest.mark.parametrize(
    "name",
    [
        "il-2",
        "IL2",
        "il 2",
        "interleukin 2",
        "13-cis retinoic acid",
        "maintenance immunotherapy",
        "Breast cancer",
        "metastatic breast cancer",
    ],
)
def test_il_2_is_explained_and_not_answered_with_the_regimen_of_the_patient_with_breast_cancer(catalogue: Catalogue, name: str) -> None:
    with pytest.raises(Refused) as caught:
        find(catalogue, name)
    message = str(caught.value)
    for words in (repr(name), "is not IVIG", "interleukin-2", "13-cis retinoic acid", "no immunoglobulin", "Recchia F"):
        assert words in message
    assert "treats immune thrombocytopenia: --regimen itp" in message


@pytest.mark.parametrize(
    ("name", "suggestion"),
    [
        ("icath", "did you mean icaht (immune effector cell associated haematotoxicity)?"),
        ("melanomas", "did you mean melanoma"),
        ("multiple-sclerosi", "did you mean multiple-sclerosis"),
        ("sclerosus", "did you mean sclerosis"),
        ("Takahera", "did you mean takehara (systemic sclerosis)?"),
        ("interleukin2", "did you mean interleukin-2 (not IVIG)"),
        ("thrombocytopenia", "immune-thrombocytopenia"),
        # by a synonym or a word of the indication
        ("polyneuropathy", "did you mean cidp (Chronic inflammatory demyelinating polyneuropathy)?"),
        ("demyelinating neuropathy", "did you mean cidp ("),
        ("neuropathy", "did you mean cidp (Chronic inflammatory demyelinating polyneuropathy) or mmn (Multifocal motor neuropathy)?"),
        ("purpura", "did you mean immune-thrombocytopenia or post-transfusion-purpura?"),
        ("kawasky", "did you mean kawasaki (kawasaki disease)?"),
        ("multifocl moter", "did you mean multifocal-motor-neuropathy?"),
        ("blistring diseeses", "did you mean pemphigus (Pemphigus and other autoimmune blistering diseases)?"),
        ("hdn/ontario", "did you mean hdn/low-dose (Haemolytic disease of the newborn) or hdn/high-dose ("),
        ("itp/ontario-adult", "did you mean itp/ontario (Immune thrombocytopenia) or itp/ontario-child (Immune thrombocytopenia)? See"),
        ("ipt", "did you mean itp (Immune thrombocytopenia)?"),
        ("cipd", "did you mean cidp ("),
        ("itq", "did you mean itp (Immune thrombocytopenia)?"),
        ("mmnn", "did you mean mmn ("),
        ("cipd/maintenance", "did you mean cidp/maintenance ("),
        ("neuropatic-pains", "did you mean neuropathic-pain (not recommended)?"),
        ("sclerosus ", "did you mean sclerosis (more than one meaning)?"),
    ],
)
def test_a_slip_of_the_keyboard_gets_a_suggestion(catalogue: Catalogue, name: str, suggestion: str) -> None:
    with pytest.raises(InputError) as caught:
        find(catalogue, name)
    assert f"--regimen: {name!r} is not known; did you mean " in str(caught.value)
    assert suggestion in str(caught.value)
    assert str(caught.value).endswith("See: ivigcalc regimens")


@pytest.mark.parametrize("name", ["sle", "asthma", "als/ontario", "zzz/ontario", "lupus", "cvid", "tss", "ivg"])
def test_another_disease_is_no_slip_of_the_keyboard(catalogue: Catalogue, name: str) -> None:
    with pytest.raises(InputError, match=r"is not known; list the known ones with: ivigcalc regimens$"):
        find(catalogue, name)


def test_an_indication_with_many_regimens_is_listed(catalogue: Catalogue) -> None:
    with pytest.raises(InputError, match=r"'itp/adult' is not known; it may mean 8 regimens; list them with: ivigcalc regimens itp$"):
        find(catalogue, "itp/adult")


def test_a_word_of_many_indications_points_to_those_that_hold_it(catalogue: Catalogue) -> None:
    with pytest.raises(InputError) as caught:
        find(catalogue, "neurology")
    several = {regimen.indication for regimen in find_all(catalogue, "neurology")}
    assert len(several) > 3
    assert str(caught.value).endswith(f"it may mean {len(several)} indications; list them with: ivigcalc regimens neurology")


@pytest.mark.parametrize("name", ["Guillain-Barré", "GUILLAIN BARRÉ", "guillain-barre\u0301"])
def test_accents_make_no_difference(catalogue: Catalogue, name: str) -> None:
    assert find(catalogue, name) == find(catalogue, "guillain-barre")


@pytest.mark.parametrize("name", ["xyzzy", "", "  ", "?", "whooping", "ⅰⅼ-2", "it", "i\x1b[31mtp"])
def test_a_name_like_no_other_points_to_the_list(catalogue: Catalogue, name: str) -> None:
    with pytest.raises(InputError) as caught:
        find(catalogue, name)
    message = str(caught.value)
    assert message.startswith(f"--regimen: {name!r} is not known; ")
    assert "ivigcalc regimens" in message
    assert message.isprintable()


def test_every_suggestion_can_be_typed(catalogue: Catalogue) -> None:
    for name in (
        "icath",
        "melanomas",
        "sclerosus",
        "takahera",
        "interleukin2",
        "thrombocytopenia",
        "neuropathy",
        "kawasky",
        "multifocl moter",
    ):
        with pytest.raises(InputError) as caught:
            find(catalogue, name)
        _, found, rest = str(caught.value).partition("did you mean ")
        suggested = re.sub(r" \([^()]*\)", "", rest.partition("?")[0]).split(" or ") if found else []
        assert suggested
        assert [suggestion for suggestion in suggested if not _is_known(catalogue, suggestion)] == []


def _is_known(catalogue: Catalogue, name: str) -> bool:
    try:
        return bool(find(catalogue, name))
    except (InputError, Refused) as answer:
        return "is not known" not in str(answer)


def test_the_known_names_are_the_ids_then_the_aliases_then_the_indications(catalogue: Catalogue) -> None:
    names = known_names(catalogue)
    ids = tuple(catalogue.regimens)
    aliases = tuple(alias for regimen in catalogue.regimens.values() for alias in regimen.aliases)
    assert names[: len(ids) + len(aliases)] == (*ids, *aliases)
    assert aliases[:5] == ("ms", "scleroderma", "ssc", "takehara", "teclistamab")
    assert {"cidp", "gbs", "mmn", "mg", "dermatomyositis", "kawasaki", "rrms", "itp/ontario"} <= set(names)
    assert len(set(names)) == len(names)
    assert all(find(catalogue, name) for name in names)


@pytest.mark.parametrize(
    ("words", "ids"),
    [
        ("sclerosis monthly", ["systemic-sclerosis/monthly"]),
        ("SCLEROSIS takehara", ["systemic-sclerosis-takehara"]),
        ("high melanoma", ["melanoma-high-dose"]),
        ("ssc", ["systemic-sclerosis"]),
        ("thrombocytopenia refractory", ["itp"]),
        ("dermatology trial", []),
        ("dermatology cohort", ["ten"]),
        (
            "neurology label",
            [
                *(key for key in CIDP if "ontario" not in key),
                *("gbs/iqymune", "mmn/gammagard-us", "dermatomyositis/us-label"),
            ],
        ),
        ("thailand", ["pid/gamunex-c"]),
        ("united kingdom", ["pid/iqymune-start", "pid/iqymune", "sid/iqymune", "gbs/iqymune"]),
        ("australia", ["hlh", "catastrophic-aps/australia"]),
        ("historical", ["hiv-child"]),
        ("not routine", ["pandas", "systemic-sclerosis/monthly"]),
        ("newborns 0.5", []),
        ("hdfn", ["hdn/low-dose", "hdn/high-dose"]),
        ("63", ["systemic-sclerosis-takehara"]),
        # spelling: haem and hem, oedema and edema, accents
        ("hemolytic", ["hdn/low-dose", "hdn/high-dose"]),
        ("haemolytic", ["hdn/low-dose", "hdn/high-dose"]),
        ("scleromyxedema monthly", ["scleromyxoedema/monthly"]),
        ("barré", ["gbs/checkpoint-inhibitor", "gbs/iqymune"]),
        # a short word is a word, or the beginning of one
        (
            "us label haematology",
            ["itp/us-label", "itp/privigen-us", "itp/panzyga-us", "itp/flebogamma-10-us", "itp/gammaplex-5-us", "itp/gammaplex-10-us"],
        ),
        (
            "usa label hematology",
            ["itp/us-label", "itp/privigen-us", "itp/panzyga-us", "itp/flebogamma-10-us", "itp/gammaplex-5-us", "itp/gammaplex-10-us"],
        ),
        ("aps", ["catastrophic-aps/ontario", "catastrophic-aps/australia"]),
        # a dose as the source states it, or of the course in all: 0.4 g per kg on each of 5 days are 2 g per kg
        ("0.4 g/kg itp", ["itp"]),
        ("400mg/kg itp", ["itp"]),
        ("takehara 2 g/kg", ["systemic-sclerosis-takehara"]),
        ("takehara 2 g/kg/day", []),
        ("itp 1.2 g/kg/course", ["itp"]),
        ("itp 1.2 g per kg per course", ["itp"]),
        (
            "itp 2 g/kg",
            ["itp/us-label", "itp/privigen-us", "itp/panzyga-us", "itp/flebogamma-10-us", "itp/gammaplex-5-us", "itp/gammaplex-10-us"],
        ),
        (
            "itp 1 g/kg",
            ["itp/ontario", "itp/ontario-child", "itp/privigen-us", "itp/flebogamma-10-us", "itp/gammaplex-5-us", "itp/gammaplex-10-us"],
        ),
        ("itp 0.9 g/kg/day", ["itp/ontario-child"]),
        (
            "itp 1 g/kg/day",
            [
                "itp/ontario",
                "itp/ontario-child",
                "itp/us-label",
                "itp/privigen-us",
                "itp/panzyga-us",
                "itp/flebogamma-10-us",
                "itp/gammaplex-5-us",
                "itp/gammaplex-10-us",
            ],
        ),
        ("icaht 0.5 g/kg", []),
        ("icaht 0.5 g/kg/day", ["icaht"]),
        ("kawasaki 2 g/kg/course", ["kawasaki-disease"]),
        ("3 g/kg/course", ["ten"]),
        ("teclistamab 0.4 g/kg", []),
        ("melanoma itp", []),
    ],
)
def test_a_search_finds_what_holds_every_word(catalogue: Catalogue, words: str, ids: list[str]) -> None:
    assert [regimen.id for regimen in find_all(catalogue, words)] == ids


@pytest.mark.parametrize("words", ["", "  "])
def test_a_search_for_nothing_lists_all_in_the_order_of_the_file(catalogue: Catalogue, words: str) -> None:
    assert find_all(catalogue, words) == tuple(catalogue.regimens.values())


@pytest.mark.parametrize(
    ("name", "code", "words"),
    [
        ("sclerosis", 2, "has more than one meaning"),
        ("il-2", 1, "is not IVIG"),
        ("icath", 2, "did you mean icaht ("),
    ],
)
@pytest.mark.parametrize("command", [["regimens", "show"], ["plan", "--weight", "62", "--regimen"]])
def test_the_command_line_answers_a_name_in_the_same_way(
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    command: list[str],
    name: str,
    code: int,
    words: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run([*command, name]) == code
    out, err = capsys.readouterr()
    assert out == ""
    assert words in err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("kawasky", "no regimen holds 'kawasky'; did you mean kawasaki (kawasaki disease)? list all with: ivigcalc regimens"),
        ("neurolgy label", "no regimen holds 'neurolgy'; did you mean neurology ("),
        ("zzzz", "no regimen holds 'zzzz'; list all with: ivigcalc regimens"),
        ("zzzz qqqq label", "no regimen holds 'zzzz' or 'qqqq'; list all with: ivigcalc regimens"),
        ("newborns 0.512", "no regimen holds '0.512'; a dose is written with its unit, such as \"0.512 g/kg\"; list all with"),
        ("label 5 g/kg", "no regimen states 5 g per kg; list all with: ivigcalc regimens"),
        ("5000 mg/kg/day", "no regimen states 5 g per kg per day; list all"),
        (
            "transplant historical",
            "no regimen holds all of these together: 'transplant' by 2, 'historical' by 1; leave one out, or list all",
        ),
        ("transplant 3 g/kg", "no regimen holds all of these together: 'transplant' by 2, 3 g per kg by 1; leave one out"),
    ],
)
def test_a_search_that_finds_nothing_says_why_and_what_would(catalogue: Catalogue, words: str, why: str) -> None:
    assert find_all(catalogue, words) == ()
    assert why_none(catalogue, words).startswith(why)


@pytest.mark.parametrize("words", ["50 g/kg", "0.001 g/kg", "2 g/kg/week", "1,5 g/kg"])
def test_a_dose_that_is_none_is_told(catalogue: Catalogue, words: str) -> None:
    with pytest.raises(InputError, match=r"^regimens: "):
        find_all(catalogue, words)
