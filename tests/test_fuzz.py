"""A short run of every fuzzer of tests/fuzz.py, and that they can see a fault. CONTRIBUTING.md has the long run."""

import re
import signal
import time
from fractions import Fraction

import pytest

from ivigcalc.errors import InputError
from tests import fuzz
from tests.conftest import Run


@pytest.mark.parametrize("name", [*fuzz.READERS])
def test_no_text_is_met_with_a_traceback(name: str) -> None:
    done = fuzz.fuzz(name, 300, first_seed=27)
    assert done.inputs == 300
    assert done.counts["read"] >= 3
    assert done.counts["refused"] >= 100


@pytest.mark.parametrize("name", [*fuzz.READERS])
def test_every_reader_is_given_real_texts(name: str) -> None:
    assert len(fuzz.REAL[name]()) >= 8


def test_a_reader_that_lets_something_out_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    def faulty(text: str) -> None:
        if "lb" in text:
            raise ValueError(text)
        raise InputError("no")

    monkeypatch.setitem(fuzz.READERS, "weight", fuzz.READERS["weight"]._replace(check=faulty))
    with pytest.raises(ValueError, match="lb"):
        fuzz.fuzz("weight", 300)


def test_a_weight_out_of_bounds_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fuzz, "read_weight", lambda text: Fraction(651))
    with pytest.raises(AssertionError, match="651"):
        fuzz.hold("weight", "651")


def test_a_value_that_does_not_read_back_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fuzz, "read_height", lambda text: Fraction(165 if text.endswith("cm") else 164))
    with pytest.raises(AssertionError, match="164"):
        fuzz.hold("height", "164")


@pytest.mark.parametrize("message", ["", "Traceback (most recent call last)", "<class 'int'>", "ValueError(3)", "a\x1b[31m"])
def test_a_message_with_the_programs_inside_is_seen(monkeypatch: pytest.MonkeyPatch, message: str) -> None:
    with pytest.raises(AssertionError):
        fuzz.keeps_its_words(message)


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="needs a timer of the system")
def test_a_hang_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(text: str) -> None:
        until = time.process_time() + 5
        while time.process_time() < until:
            pass

    monkeypatch.setattr(fuzz, "MOST_SECONDS", Fraction(1, 20))
    monkeypatch.setitem(fuzz.READERS, "weight", fuzz.READERS["weight"]._replace(check=busy))
    with pytest.raises(fuzz.Hang):
        fuzz.hold("weight", "62")


def test_the_program_ending_in_a_bug_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fuzz, "type_to", lambda *words: Run(70, b"", "ivigcalc: a bug in ivigcalc"))
    with pytest.raises(AssertionError, match="code=70"):
        fuzz.type_in("weight", "62")


def test_the_command_says_how_it_went(capsys: pytest.CaptureFixture[str]) -> None:
    assert fuzz.main(["--inputs", "100", "date"]) == 0
    assert re.fullmatch(r"date: 100 inputs, \d+ read, \d+ refused, no traceback; \d+ s, the slowest \d+\.\d\d s\n", capsys.readouterr().out)
    with pytest.raises(SystemExit):
        fuzz.main(["sex"])
