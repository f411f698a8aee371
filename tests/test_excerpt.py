"""A plan by an id reads only its part of the catalogue: the same regimen, word for word, or else the whole file."""

import re
from pathlib import Path
from typing import Final

import pytest

from ivigcalc.catalogue import data_file, files, find, known_names, load_catalogue
from ivigcalc.catalogue.excerpt import excerpt
from ivigcalc.errors import CatalogueError
from tests.conftest import RunCli

PATH: Final = data_file("regimens.yaml")
TEXT: Final = PATH.read_text(encoding="utf-8")
WHOLE: Final = load_catalogue(PATH)
NAMES: Final = [name for key, regimen in WHOLE.regimens.items() for name in (key, *regimen.aliases)]


@pytest.mark.parametrize("name", [*NAMES, "ITP", " Cidp / Induction", "mis-c nih", "Kawasaki Disease"])
def test_a_regimen_is_the_same_as_in_the_whole_file(name: str) -> None:
    part = load_catalogue(PATH, name)
    (found,) = find(part, name)
    assert (found,) == find(WHOLE, name)
    assert part.data == WHOLE.data
    assert part.regimens == {key: regimen for key, regimen in WHOLE.regimens.items() if key in (found.id, *found.choose)}
    beside = {key for key, regimen in WHOLE.regimens.items() if regimen.indication == found.indication} - part.regimens.keys()
    assert part.others == tuple(key for key in WHOLE.regimens if key in beside)


@pytest.mark.parametrize("name", [*sorted(set(known_names(WHOLE)) - set(NAMES)), "sclerosis", "il-2", "narcolepsy", "icath", "", "?"])
def test_any_other_name_needs_the_whole_file(name: str) -> None:
    assert load_catalogue(PATH, name) == WHOLE


def test_every_line_stays_where_it_is() -> None:
    part = excerpt(TEXT, "ten")
    assert part
    kept = part.text.split("\n")
    lines = TEXT.split("\n")
    assert len(kept) == len(lines)
    assert [line for line, was in zip(kept, lines, strict=True) if line not in ("", was)] == []
    assert part.ids == tuple(WHOLE.regimens)


def _write(tmp_path: Path, text: str | bytes) -> Path:
    path = tmp_path / "regimens.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("# The regimens", "\ufeff# The regimens"),
        ("\n", "\r\n"),
        ("\n  ten:\n", '\n  "ten":\n'),
        ("\n  lin-2022:\n", "\n  lin-2022: # a case report\n"),
        ("\nsources:\n", '\n"sources":\n'),
        ("    indication: cidp\n", "    indication:\n      cidp\n"),
        ("    aliases: [kawasaki]\n", "    aliases:\n      - kawasaki\n"),
    ],
)
def test_a_file_in_another_layout_is_read_as_a_whole_or_the_same(tmp_path: Path, old: str, new: str) -> None:
    assert old in TEXT
    path = _write(tmp_path, TEXT.replace(old, new))
    for name in ("itp", "ten", "kawasaki", "cidp/maintenance"):
        assert find(load_catalogue(path, name), name) == find(WHOLE, name)


def test_a_file_that_is_not_utf8_or_has_a_section_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match="is not UTF-8"):
        load_catalogue(_write(tmp_path, TEXT.replace("Behçet", "Behcet").encode("latin-1", "replace") + b"# \xe4\n"), "itp")
    with pytest.raises(CatalogueError, match="conflicts: stands twice in one table"):
        load_catalogue(_write(tmp_path, TEXT + "conflicts:\n  - says: again\n"), "itp")


def test_a_fault_of_the_regimen_that_is_asked_for_tells_every_fault_of_the_file(tmp_path: Path) -> None:
    broken = TEXT.replace("        dose: 0.4 g/kg\n", "        dose: 0.4\n").replace("    name: PANDAS", "    nom: PANDAS")
    path = _write(tmp_path, broken)
    with pytest.raises(CatalogueError) as whole:
        load_catalogue(path)
    assert len(whole.value.faults) > 5
    with pytest.raises(CatalogueError) as asked:
        load_catalogue(path, "itp")
    assert asked.value.faults == whole.value.faults


def test_a_name_of_two_regimens_is_never_planned(tmp_path: Path) -> None:
    path = _write(tmp_path, TEXT.replace("    aliases: [kawasaki]\n", "    aliases: [kawasaki, lems]\n"))
    for name in ("lems", "kawasaki"):
        if name == "lems":
            with pytest.raises(CatalogueError, match="lems is also a name of regimens"):
                load_catalogue(path, name)
        else:
            assert find(load_catalogue(path, name), name)


def test_a_fault_elsewhere_is_found_by_the_check_and_by_whatever_reads_the_whole_file(
    run_cli: RunCli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = _write(tmp_path, re.sub(r"(?s)(\n  ten:\n.*?        dose: )1 g/kg", r"\g<1>1", TEXT, count=1))
    (tmp_path / "limits.yaml").write_bytes(data_file("limits.yaml").read_bytes())
    monkeypatch.setattr(files, "_PACKAGE", tmp_path)
    assert run_cli("plan", "--weight", "62", "--regimen", "itp").code == 0
    for words in (
        ("catalogue", "check", str(path)), ("regimens",), ("plan", "--weight", "62", "--regimen", "ten"),
        ("plan", "--weight", "62", "--regimen", "cidp"), ("plan", "--weight", "62", "--dose", "1 g/kg", "--days", "1"),
    ):  # fmt: skip
        done = run_cli(*words)
        assert (done.code, done.out) == (3, b"")
        assert "regimens.ten.phases[1].dose: '1'" in done.err


def test_sections_that_are_missing_are_told(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match="regimens: is missing"):
        load_catalogue(_write(tmp_path, "sources:\n  a:\n    url: not stated\n"), "itp")
    with pytest.raises(CatalogueError, match="the file holds no table"):
        load_catalogue(_write(tmp_path, "words\n"), "itp")
