"""Determine a value's built-in type, and its value by that type's own methods, whatever its class claims."""

from __future__ import annotations

import struct
import sys
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from sandbox.guest.class_attributes import mro_of

_int, _float, _complex = struct.Struct(">cq").pack, struct.Struct(">cd").pack, struct.Struct(">cdd").pack
#: A tag and a number.
sized = struct.Struct(">cI").pack
_modules = sys.modules
_EMPTY: dict[Any, Any] = {}
_KEYS, _VALUES, ITEMS = type(_EMPTY.keys()), type(_EMPTY.values()), type(_EMPTY.items())


def _long(value: int) -> bytes:
    if -0x8000000000000000 <= value <= 0x7FFFFFFFFFFFFFFF:
        return _int(b"i", value)
    data = value.to_bytes(value.bit_length() // 8 + 1, "big", signed=True)
    return sized(b"I", len(data)) + data


def _text(value: str) -> bytes:
    data = value.encode("utf-8", "surrogatepass")
    return sized(b"s", len(data)) + data


#: How values of types without parts are encoded.
LEAVES: dict[type, Callable[[Any], bytes]] = {
    type(None): lambda _: b"N",
    bool: lambda value: b"T" if value else b"F",
    int: _long,
    str: _text,
    float: lambda value: _float(b"f", value),
    bytes: lambda value: sized(b"b", len(value)) + value,
    complex: lambda value: _complex(b"c", value.real, value.imag),
}
KINDS: dict[type, int] = {list: ord("l"), dict: ord("d"), set: ord("s"), bytearray: ord("a")}
VIEWS: dict[type, bytes] = {_KEYS: b"k", _VALUES: b"v", ITEMS: b"m"}
_DAY, _HOUR = ("year", "month", "day"), ("hour", "minute", "second", "microsecond", "fold")
MOMENTS: dict[type, tuple[bytes, tuple[str, ...]]] = {
    date: (b"y", _DAY),
    time: (b"h", _HOUR),
    datetime: (b"w", (*_DAY, *_HOUR)),
    timedelta: (b"x", ("days", "seconds", "microseconds")),
}
# by identity: a metaclass may say that its classes equal any other
_BASES = {
    id(one): one
    for one in (
        *(*LEAVES, *KINDS, *VIEWS, *MOMENTS, tuple, frozenset, range, slice, Fraction, Decimal),
        *(OrderedDict, Counter, defaultdict, deque),
    )
}


def base_of(kind: type) -> Any:
    """The supported type that this one is or derives from."""
    for one in mro_of(kind):
        if id(one) in _BASES:
            return _BASES[id(one)]
    return None


def python_number(value: Any) -> Any:
    """numpy's numbers as Python's; anything else unchanged."""
    generic = getattr(_modules.get("numpy"), "generic", None)
    return value.item() if generic is not None and generic in mro_of(type(value)) else value


def factory_of(value: Any) -> Any:
    """The default factory of a defaultdict."""
    return vars(defaultdict)["default_factory"].__get__(value)


def bare_value(value: Any, base: Any) -> Any:
    """The value of an immutable base in an instance of a subclass, read by the base's own methods."""
    if base in LEAVES:
        return plain_leaf(value, base)
    if base in MOMENTS:
        return new_moment(base, base, value)
    if base is Decimal:
        return Decimal(value)
    if base is Fraction:
        return Fraction(int(Fraction.numerator.__get__(value)), int(Fraction.denominator.__get__(value)))
    return base(base.__iter__(value))


def new_moment(kind: Any, base: Any, value: Any) -> Any:
    """An instance of `kind`, which is the base or derives from it, with the fields that the base has in `value`."""
    fields: list[Any] = [getattr(base, field).__get__(value) for field in MOMENTS[base][1]]
    if base is not time and base is not datetime:
        return base.__new__(kind, *fields)
    keywords = {"tzinfo": base.tzinfo.__get__(value), "fold": fields.pop()}
    return base.__new__(kind, *fields, **keywords)


def pairs_of(value: Any) -> list[tuple[Any, Any]]:
    """A dict's items by dict's own method; an OrderedDict has its own order."""
    is_ordered = any(one is OrderedDict for one in mro_of(type(value)))
    return list(OrderedDict.items(value) if is_ordered else dict.items(value))


def plain_leaf(value: Any, base: Any) -> Any:
    """The plain value in an instance of a subclass, by the base's own methods."""
    if base is str:
        return str.__str__(value)
    if base is bytes:
        return bytes.__getitem__(value, slice(None))
    if base is complex:
        return complex.__pos__(value)
    return int.__index__(value) if base is int else float.__float__(value)
