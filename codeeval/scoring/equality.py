"""What a call returned against what was expected, by the two comparison rules. Pure.

`strict`: right if the texts are equal, or if the expected text is what `str()` of a plain value gives and that value equals
the plain data that was returned. Numbers are equal by Python's `==`, and floats also where they are close (`RTOL`, `ATOL`), at
any depth; a bool is not a number. Sets and dicts are equal whatever their order, but a list is never a tuple. A value that holds
anything but exact built-in types (a Counter, a named tuple, numpy's numbers) is its text and nothing more.

`mera`: right if `str(expected) == str(got)`, where a call that raised or returned None gives None. So a call that
raised is right where the text "None" is expected: that is what MERA's scorer computes.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache

from codeeval.scoring import literals
from sandbox.wire import Observation

#: Floats agree within so much of the larger one, or within so much at all. Integers are exact.
RTOL, ATOL = 1e-6, 1e-9
#: Equal data of different text differ by little (1 and 1.0, quotes, order): longer texts are not worth reading.
_MAX_GROWTH, _MAX_EXTRA = 4, 64


class _NotALiteral:
    """Stands for an expected text that no plain value has: equal to nothing."""


_NOT_A_LITERAL = _NotALiteral()


def strict_equal(observed: Observation, expected: str) -> bool:
    """Whether one call is right under `strict`. Never raises, whatever the text; work is linear in its length."""
    if observed.status != "returned" or observed.text is None:
        return False
    if observed.text == expected:
        return True
    if not observed.plain or observed.type_name == "str":  # a text is right by its characters alone
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
    """The expected value, read once for all samples of a problem. Nothing ever changes it. A text counts as a value only if
    the value has this very text: `12.50` and `+5` are texts, `12.5` and `5` are numbers."""
    try:
        value = literals.parse(expected)
    except ValueError:
        return _NOT_A_LITERAL
    if isinstance(value, str | bytes) or not literals.is_spelled(value, expected):
        return _NOT_A_LITERAL
    return value


def close(got: object, wanted: object) -> bool:
    """Whether plain data are equal, floats within the tolerance. Linear for what `literals` reads."""
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
    """What has to agree for two values of one kind to agree; None if they can't."""
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
    """Members without an order, each with the one that it can equal: by their values, floats by their size."""
    if len(mine) != len(theirs):
        return None
    return list(zip(sorted(mine, key=_rank), sorted(theirs, key=_rank), strict=True))


def _rank(value: object) -> tuple[object, ...]:
    """A key that sorts any hashable plain values; close ones lie beside each other unless another lies between them."""
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
    """What MERA's executor writes down for one call: `str(value)`, None for a value of None and for a call that
    raised."""
    if observed.status != "returned" or (observed.type_name == "NoneType" and observed.plain):
        return None
    return observed.text


def mera_equal(got: str | None, expected: str) -> bool:
    """Whether one entry of MERA's list is right."""
    return str(got) == expected
