"""The plain data in a value that is made of instances of subclasses of built-in types and of numpy's numbers.

A Counter is a dict with these items, a named tuple a tuple, an IntEnum an int: as Python's `==` has it. The contents are read by
the base's own methods, never by those of the class, so that what an object says of itself counts for nothing.
"""

from __future__ import annotations

from typing import Any

from sandbox.guest.plain import base_of, pairs_of, plain_leaf, python_number

_MAX_NODES, _MAX_DEPTH, _MAX_CHARS = 20_000, 50, 16_384
_LEAVES = (type(None), bool, int, float, complex, str, bytes)
_SEQUENCES = (list, tuple, set, frozenset)


class _NotBare(Exception):
    """There is something in it that is no plain data, or there is too much of it."""


def literal(value: object) -> str | None:
    """The literal of the plain data in `value`; None where it holds anything else, or is very long."""
    try:
        text = repr(_bare(value, [_MAX_NODES], 0))
    except Exception:  # classes may be made so that reading them fails; an integer may be too long
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
    if base is dict:
        return {_bare(key, room, depth + 1): _bare(item, room, depth + 1) for key, item in pairs_of(value)}
    raise _NotBare
