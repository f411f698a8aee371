"""A few thousand of the patients of `python -m tests.many`; one that differs, is lost or is not reported is seen."""

from pathlib import Path
from typing import Any

import pytest

from tests import many
from tests.many import EVERY, hold
from tests.patients import BROKEN


def test_every_row_of_5_000_mixed_ones_is_as_plan_does_it_and_none_is_lost(tmp_path: Path) -> None:
    held = hold(tmp_path, 5_000, jobs=2)
    assert held.rows == 5_000 == held.planned + held.refused + held.faulty
    assert held.planned > 1_500
    assert held.broken == 50
    assert held.ways == len(BROKEN) >= 30
    for name, every in EVERY.items():
        assert len(every & held.planned_with[name]) > len(every) * 3 // 4, name


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("out.jsonl", b'"p4', b'"p5'),
        ("out.csv", b"\r\np4", b"\r\np5"),
        ("out.csv", b",0.01 g nearest,", b",0.1 g nearest,"),
        ("errors-csv.csv", b",refused,", b",faulty,"),
        ("out.jsonl", b"", b"{}\n"),
        ("out.csv", b"", b"p4\r\n"),
        ("errors-csv.csv", b"", b"999,p4,faulty,no\r\n"),
    ],
)
def test_a_row_that_differs_or_is_too_many_is_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, old: bytes, new: bytes
) -> None:
    real = many._hold_rows

    def changed(folder: Path, *rows: dict[int, Any]) -> Any:
        path = folder / name
        data = path.read_bytes()
        path.write_bytes(data.replace(old, new) if old else data + new)
        assert path.read_bytes() != data
        return real(folder, *rows)

    monkeypatch.setattr(many, "_hold_rows", changed)
    with pytest.raises(AssertionError):
        hold(tmp_path, 100)
