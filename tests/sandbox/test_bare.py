"""The plain data in values of other classes, read without asking them."""

from __future__ import annotations

import math
from collections import Counter, OrderedDict, defaultdict, deque, namedtuple
from decimal import Decimal
from enum import Enum, IntEnum
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from codeeval.scoring import literals
from sandbox.guest import plain_data

Point = namedtuple("Point", "x y")


class Colour(IntEnum):
    RED = 1


class Liar(list[int]):
    """Shows others what it does not hold."""

    def __iter__(self):
        return iter((7,))

    def __repr__(self) -> str:
        return "[7]"

    __len__ = __getitem__ = None  # type: ignore[assignment]


@pytest.mark.parametrize(
    ("value", "data"),
    [
        (Counter("aab"), {"a": 2, "b": 1}),
        (defaultdict(int, {"a": 1}), {"a": 1}),
        (OrderedDict([(2, 1), (1, 2)]), {2: 1, 1: 2}),
        ([Point(1, Point(2, 3))], [(1, (2, 3))]),
        ({Colour.RED: [Colour.RED]}, {1: [1]}),
        ([np.int64(1), np.float64(0.5), np.bool_(True), np.str_("a")], [1, 0.5, True, "a"]),
        ((np.complex128(1j), np.float32(0.5)), (1j, 0.5)),
        (Liar([1, 2]), [1, 2]),
        ([Decimal("2.00"), Decimal("0.5"), Fraction(6, 3), Fraction(1, 4)], [2, 0.5, 2, 0.25]),
        ((Decimal("-Infinity"), Decimal("1E+20")), (-math.inf, 10**20)),
        ([{1: 2}.keys(), {1: 2}.items(), bytearray(b"a")], [{1}, {(1, 2)}, b"a"]),
        ([np.int64(1)] * 20_000, [1] * 20_000),
    ],
)
def test_what_is_held(value: object, data: object) -> None:
    """Subclasses are their base and numpy's numbers Python's, at any depth, whatever their own methods say."""
    text = plain_data.literal(value)
    assert text is not None
    assert repr(literals.parse(text)) == repr(data)


@pytest.mark.parametrize(
    "value",
    [
        np.arange(3),
        deque([1]),
        Decimal("0.1"),
        Decimal("sNaN"),
        Decimal("1E+999999999"),
        Fraction(1, 3),
        Fraction(3**2000, 2),
        {1: []}.items(),
        {1: 2}.values(),
        [object()],
        Enum("E", "A"),
        range(3),
        [10**5000],
        ["x" * 200_000],
        [0] * 60_000,
    ],
)
def test_what_is_no_plain_data(value: object) -> None:
    """Anything else, or too much of it, has no literal."""
    assert plain_data.literal(value) is None


def test_endless_nesting() -> None:
    """A list that holds itself ends the search."""
    value: list[object] = [Colour.RED]
    value.append(value)
    assert plain_data.literal(value) is None


_PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.binary(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4) | st.tuples(inner, inner),
    max_leaves=20,
)


@given(_PLAIN)
def test_plain_data_is_itself(value: object) -> None:
    """What is plain already keeps its literal."""
    assert plain_data.literal(value) == repr(value)
