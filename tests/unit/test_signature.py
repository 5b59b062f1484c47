"""Names of failure groups: stable, readable, and safe to print."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mera_rows import raised

from codeeval.scoring.signature import calls_text, mask, one_line, signature
from codeeval.types import Verdict


@pytest.mark.parametrize(
    ("message", "masked"),
    [
        ("name 'foo' is not defined", "name '…' is not defined"),
        ('no "x" and `y`', "no '…' and '…'"),
        ("can't multiply by 'float', can't", "can't multiply by '…', can't"),
        ("'it\\'s' and 'b'", "'…' and '…'"),
        ("<object at 0x7f3a9c> is 12 of 3.5e-7", "<object at 0x…> is # of #"),
        ("list index 5 out of 1000", "list index # out of #"),
        ("invalid syntax (line 12)", "invalid syntax (line #)"),
        ("деление на 'ноль' № 3", "деление на '…' № #"),
    ],
)
def test_what_differs_from_sample_to_sample_is_masked(message: str, masked: str) -> None:
    """Quoted text, addresses and numbers; an apostrophe opens no quote."""
    assert mask(message) == masked


@given(st.text())
def test_masking_twice_changes_nothing(text: str) -> None:
    """So a group's name can be made from a name."""
    assert mask(mask(text)) == mask(text)


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.text("abc", min_size=1), st.text("abc", min_size=1))
def test_samples_of_one_cause_have_one_name(a: int, b: int, x: str, y: str) -> None:
    """Numbers and names in the message do not split a group."""
    first = signature(Verdict.EXCEPTION, raised("KeyError", f"no '{x}' in {a}"), (1, 2), 5)
    assert first == signature(Verdict.EXCEPTION, raised("KeyError", f"no '{y}' in {b}"), (1, 2), 5)


def test_a_name_tells_verdict_cause_and_calls() -> None:
    """What it reads like, with and without an exception and calls."""
    error = raised("ZeroDivisionError", "division by zero")
    assert signature(Verdict.EXCEPTION, error, (0, 1, 2, 7), 9) == (
        "exception ZeroDivisionError: division by zero · calls 0-2, 7"
    )
    assert signature(Verdict.WRONG_OUTPUT, None, (0, 1), 2) == "wrong_output · all calls"
    assert signature(Verdict.TIMEOUT, None, (3,), 5) == "timeout · call 3"
    assert signature(Verdict.EMPTY, None, (), 5) == "empty"
    assert signature(Verdict.EXCEPTION, raised("StopIteration"), (0,), 1) == "exception StopIteration · all calls"


@given(st.sets(st.integers(0, 30), min_size=1))
def test_the_set_of_calls_can_be_read_back(calls: set[int]) -> None:
    """The short form loses no call and invents none."""
    text = calls_text(sorted(calls), 31)
    back: set[int] = set(range(31)) if text == "all calls" else set()
    for part in [] if back else text.split(" ", 1)[1].split(", "):
        first, _, last = part.partition("-")
        back |= set(range(int(first), int(last or first) + 1))
    assert back == calls


@given(st.text(st.characters()), st.text(st.characters()))
def test_a_name_is_one_short_printable_line(kind: str, message: str) -> None:
    """Whatever was raised: no control characters, no lone surrogates, no line breaks, bounded."""
    name = signature(Verdict.EXCEPTION, raised(kind, message), (0,), 1)
    assert name.isprintable()
    name.encode("utf-8")
    assert len(name) < 1000


def test_long_texts_are_cut_visibly() -> None:
    """An ellipsis says that something is missing."""
    assert one_line("x" * 5000) == "x" * 199 + "…"
    assert one_line("a\n\tb\x00\ud800c") == "a b c"
