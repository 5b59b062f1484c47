"""Compare what a call returned with what was expected, by two rules. Pure.

`strict`: correct if the texts are equal, or if the expected text is exactly the `str()` of a plain value that equals
the returned plain data. Numbers are compared by Python's `==`, and floats with a tolerance (`RTOL`, `ATOL`), at any
depth; a bool is not a number. Sets and dicts are equal whatever their order; a list never equals a tuple. A value that
holds anything but exact built-in types (a Counter, a named tuple, numpy's numbers) is compared by its text only.

`mera`: correct if `str(expected) == str(got)`, where `got` is None for a call that raised or returned None. So a call
that raised is correct if the text "None" is expected: that is what MERA's scorer computes.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache

from codeeval.scoring import literals
from sandbox.outcomes import Observation

#: Relative and absolute tolerance of floats. Integers are exact.
RTOL, ATOL = 1e-6, 1e-9
#: Equal data with different texts differ by little (1 and 1.0, quotes, order), so longer texts are not parsed.
_MAX_GROWTH, _MAX_EXTRA = 4, 64


class _NotALiteral:
    """Stands for an expected text that is not a plain value's; equals nothing."""


_NOT_A_LITERAL = _NotALiteral()


def strict_equal(observed: Observation, expected: str) -> bool:
    """Whether one call is correct under `strict`. Never raises, whatever the text; linear in its length."""
    if observed.status != "returned" or observed.text is None:
        return False
    if observed.text == expected:
        return True
    if not observed.plain or observed.type_name == "str":  # a string is compared by its characters only
        return False
    if len(observed.text) > _MAX_GROWTH * len(expected) + _MAX_EXTRA:
        return False
    wanted = _value(expected)
    if wanted is _NOT_A_LITERAL:
        return False
    try:
        return close(literals.parse(observed.text), wanted)
    except ValueError:
        return False


@lru_cache(maxsize=4096)
def _value(expected: str) -> object:
    """The expected value, parsed once for all samples of a problem; never modified. A text counts as a value only if
    `str()` of the value gives this very text: `12.50` and `+5` are texts, `12.5` and `5` are numbers."""
    try:
        value = literals.parse(expected)
    except ValueError:
        return _NOT_A_LITERAL
    if isinstance(value, str | bytes) or not literals.is_spelled(value, expected):
        return _NOT_A_LITERAL
    return value


def close(got: object, wanted: object) -> bool:
    """Whether plain data are equal, floats within the tolerance. Linear for anything that `literals` parses."""
    waiting = [(got, wanted)]
    while waiting:
        one, other = waiting.pop()
        if isinstance(one, bool) or isinstance(other, bool):
            if one is not other:
                return False
        elif isinstance(one, int | float | complex) and isinstance(other, int | float | complex):
            if not _close(one, other):
                return False
        elif (pairs := _pairs(one, other)) is not None:
            waiting += pairs
        else:
            return False
    return True


def _close(one: object, other: object) -> bool:
    """For two numbers."""
    if one == other:
        return True
    if isinstance(one, complex) and isinstance(other, complex):
        return _close(one.real, other.real) and _close(one.imag, other.imag)
    if not isinstance(one, float) or not isinstance(other, float):
        return False
    if math.isnan(one) or math.isnan(other):
        return math.isnan(one) and math.isnan(other)
    return math.isclose(one, other, rel_tol=RTOL, abs_tol=ATOL)


def _pairs(one: object, other: object) -> list[tuple[object, object]] | None:
    """The pairs that must agree for two values of one kind to agree; None if the values can't."""
    for kind, parts in _PARTS:
        if isinstance(one, kind) and isinstance(other, kind):
            return parts(one, other)
    return [] if type(one) is type(other) and one == other else None


def _of_rows(one: list[object], other: list[object]) -> list[tuple[object, object]] | None:
    return list(zip(one, other, strict=True)) if len(one) == len(other) else None


def _of_dicts(one: dict[object, object], other: dict[object, object]) -> list[tuple[object, object]] | None:
    keys = _matched(list(one), list(other))
    if keys is None:
        return None
    return [pair for mine, theirs in keys for pair in ((mine, theirs), (one[mine], other[theirs]))]


def _of_sets(one: set[object], other: set[object]) -> list[tuple[object, object]] | None:
    return _matched(list(one), list(other))


_PARTS: tuple[tuple[type | tuple[type, ...], Callable[..., list[tuple[object, object]] | None]], ...] = (
    (list, _of_rows),
    (tuple, _of_rows),
    (dict, _of_dicts),
    ((set, frozenset), _of_sets),
)


def _matched(mine: list[object], theirs: list[object]) -> list[tuple[object, object]] | None:
    """Pair the members of unordered collections, each with the one it can equal: by value, floats by size."""
    if len(mine) != len(theirs):
        return None
    return list(zip(sorted(mine, key=_rank), sorted(theirs, key=_rank), strict=True))


def _rank(value: object) -> tuple[object, ...]:
    """A sort key for any hashable plain values; close values are neighbours unless another lies between them."""
    if isinstance(value, bool) or value is None:
        return ("0", str(value))
    if isinstance(value, int | float):
        return ("1", (1, 0.0) if value != value else (0, value))
    if isinstance(value, complex):
        return ("2", str(value))
    if isinstance(value, tuple):
        return ("3", len(value), tuple(_rank(item) for item in value))
    if isinstance(value, frozenset):
        return ("4", len(value), tuple(sorted(_rank(item) for item in value)))
    return ("5", value) if isinstance(value, str) else ("6", value)


def mera_text(observed: Observation) -> str | None:
    """What MERA's executor records for one call: `str(value)`, or None if the call returned None or raised."""
    if observed.status != "returned" or (observed.type_name == "NoneType" and observed.plain):
        return None
    return observed.text


def mera_equal(got: str | None, expected: str) -> bool:
    """Whether one entry of MERA's list is correct."""
    return str(got) == expected
