"""What tests that are code expect, read from their text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codeeval.explorer.asserted import expected


@pytest.mark.parametrize(
    ("test", "wanted"),
    [
        ("assert candidate(1) == 2", "2"),
        ("assert f(1) == [ 1,2.50, {'a':(1,)} ]", "[1, 2.5, {'a': (1,)}]"),
        ("assert -2 == f(1), 'text'", "-2"),
        ("assert f(1) is None", "None"),
        ("assert (f(1)\n    == 'a')", "'a'"),
        ("def check(candidate):\n    assert candidate(1) == 2\ncheck(f)", None),  # another line
        ("assert f(1) == f(2)", None),
        ("assert f(1) == x", None),
        ("assert g(1) == 2", None),
        ("assert sorted(f(1)) == [1]", None),
        ("assert f(1) != 2", None),
        ("assert 1 < f(1) < 3", None),
        ("assert f(1)", None),
        ("assert f(1) == 2; assert f(2) == 3", None),
        ("assert f(1) == 2 if True else 3", None),
        ("not python", None),
        ("assert f(1) == " + "(" * 1_000 + ")" * 1_000, None),
        ("assert f(1) == 0x" + "f" * 5_000, None),
    ],
)
def test_a_literal_on_the_other_side(test: str, wanted: str | None) -> None:
    """Only of an assert that compares the function's own result."""
    assert expected(test, 1, "f") == wanted


def test_the_line_counts() -> None:
    """The assert of the failing line, wherever it stands; no line is no assert."""
    source = "def check(candidate):\n    assert candidate(1) == 2\n    assert candidate(2) == 3\n"
    assert [expected(source, line, "f") for line in (None, 0, 1, 2, 3, 4)] == [None, None, None, "2", "3", None]


@given(st.text(max_size=60), st.integers(-1, 5))
def test_any_text(text: str, line: int) -> None:
    """Never an error."""
    found = expected(text, line, "f") or expected(f"assert f() == {text}", line, "f")
    assert found is None or isinstance(found, str)
