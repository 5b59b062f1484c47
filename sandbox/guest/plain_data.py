"""Extract the plain data from a value that consists of instances of subclasses of built-in types, numpy's numbers and
the like.

A Counter is a dict with these items, a named tuple a tuple, an IntEnum an int, a Decimal or Fraction the int or float
that it equals, a dict's keys or items a set, a bytearray bytes: consistent with Python's `==`. The contents are read by
the base's own methods, never by those of the class, so that an object's claims about itself count for nothing.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

from sandbox.guest.built_in_values import base_of, pairs_of, plain_leaf, python_number

_MAX_NODES, _MAX_DEPTH, _MAX_CHARS = 50_000, 50, 131_072
#: A Decimal with a larger exponent is not written out as an integer.
_MAX_EXPONENT = 4_300
_LEAVES = (type(None), bool, int, float, complex, str, bytes)
_SEQUENCES = (list, tuple, set, frozenset)
_NOTHING: dict[Any, Any] = {}
_WHOLE = slice(None)
_SETS = (type(_NOTHING.keys()), type(_NOTHING.items()))


class _NotBare(Exception):
    """It holds something other than plain data, or too much."""


def literal(value: object) -> str | None:
    """The literal of the plain data in `value`; None if it holds anything else, or is very long."""
    try:
        text = repr(_bare(value, [_MAX_NODES], 0))
    except Exception:  # classes may be made unreadable; an integer may be too long
        return None
    return text if len(text) <= _MAX_CHARS else None


def _bare(value: Any, room: list[int], depth: int) -> object:
    room[0] -= 1
    if room[0] < 0 or depth > _MAX_DEPTH:
        raise _NotBare
    value = python_number(value)
    base = base_of(type(value))
    if base in _LEAVES:
        return value if type(value) is base else plain_leaf(value, base)
    if base in _SEQUENCES:
        return base([_bare(item, room, depth + 1) for item in base.__iter__(value)])
    if base is not None and issubclass(base, dict):
        return {_bare(key, room, depth + 1): _bare(item, room, depth + 1) for key, item in pairs_of(value)}
    if base in _SETS:
        return {_bare(item, room, depth + 1) for item in value}
    return bytes(bytearray.__getitem__(value, _WHOLE)) if base is bytearray else _number(value)


def _number(value: Any) -> int | float:
    """The built-in number that equals a Decimal or Fraction; nothing else that is plain does."""
    kind = type(value)
    if not (kind is Fraction or (kind is Decimal and value.adjusted() <= _MAX_EXPONENT)):
        raise _NotBare
    try:
        number = int(value) if value == int(value) else float(value)
    except OverflowError:  # infinite
        number = float(value)
    if number != value:
        raise _NotBare
    return number
