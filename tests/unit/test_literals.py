"""The reader of plain data: what `repr` writes is read back, everything else is refused, and nothing is expensive."""

from __future__ import annotations

import ast
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codeeval.scoring import literals
from codeeval.scoring.literals import parse

HASHABLE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.complex_numbers() | st.text() | st.binary(),
    lambda inner: st.tuples(inner) | st.tuples(inner, inner) | st.frozensets(inner, max_size=3),
    max_leaves=5,
)
PLAIN = st.recursive(
    HASHABLE,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.tuples()
        | st.tuples(inner, inner)
        | st.dictionaries(HASHABLE, inner, max_size=3)
        | st.sets(HASHABLE, max_size=3)
    ),
    max_leaves=12,
)


def spelled(value: object) -> str:
    """`repr`, but with the elements of sets in one order: theirs depends on the history of the set."""
    if isinstance(value, set | frozenset):
        return f"{type(value).__name__}({sorted(map(spelled, value))})"
    if isinstance(value, list | tuple):
        return f"{type(value).__name__}({[spelled(one) for one in value]})"
    if isinstance(value, dict):
        return f"dict({[(spelled(key), spelled(one)) for key, one in value.items()]})"
    return repr(value)


@given(PLAIN)
def test_plain_data_is_read_back(value: object) -> None:
    """The value and all types in it, to the sign of a zero."""
    assert spelled(parse(repr(value))) == spelled(value)


@given(st.text() | st.lists(st.sampled_from([*"[](){},:'\"\\-+.0123456789ejnu ", "inf", "set(", "None"])).map("".join))
def test_what_is_read_is_what_python_reads(text: str) -> None:
    """No text gives another value than Python's own reader does (which reads no inf, nan, set() and frozenset)."""
    try:
        value = parse(text)
    except ValueError:
        return
    if not any(name in text for name in ("inf", "nan", "set")):
        assert spelled(ast.literal_eval(text.strip())) == spelled(value)


NO_LITERALS = (
    *("", " ", "01", "-01", "1_0", "0x1", "--1", "- 1", "1.2.3", "1e", "1jj", "nanx", "True1", "true", "a", "x" * 99),
    *("[", "]", "[1 2]", "[,]", "(,)", "(1,,)", "{1: 2, 3}", "{1, 2: 3}", "[1: 2]", "{[]}", "{{}: 1}", "[...]", "1, 2"),
    *("set(1)", "set([1])", "set({1},)", "'a' 'b'", "'\\d'", "'\\N{DASH}'", "'a", "'a\nb'", "b'я'", "f''", "\0"),
)


@pytest.mark.parametrize("text", NO_LITERALS)
def test_what_is_no_literal_is_refused(text: str) -> None:
    """Also what Python's grammar allows but `repr` never writes."""
    with pytest.raises(ValueError):  # noqa: PT011 - the type is the contract, the texts differ
        parse(text)


def test_numbers_without_digits() -> None:
    """`inf` and `nan` are read as the floats whose text they are."""
    assert parse("[inf, -inf]") == [math.inf, -math.inf]
    assert parse("[nan]") == parse("[nan]")


@pytest.mark.parametrize(
    "text",
    [
        "9" * 5000,
        "[" * (literals.MAX_DEPTH + 1) + "]" * (literals.MAX_DEPTH + 1),
        "[" * 500_000,
        "-" * 500_000 + "1",
        "{" + ", ".join(str(i * (2**61 - 1)) for i in range(1000)) + "}",
        "{" + ", ".join(f"{i * (2**61 - 1)}: 0" for i in range(1000)) + "}",
        "'" + "a" * literals.MAX_CHARS + "'",
    ],
)
def test_hostile_texts_are_refused(text: str) -> None:
    """Long integers, depth, keys that collide on purpose, and length."""
    with pytest.raises(ValueError):  # noqa: PT011 - the type is the contract, the texts differ
        parse(text)


def test_large_honest_sets_are_read() -> None:
    """The guard against collisions does not hit ordinary numbers."""
    value = set(range(-20_000, 20_000, 3))
    assert parse(str(value)) == value
