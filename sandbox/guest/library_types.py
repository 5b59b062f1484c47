"""What judge and candidate can exchange besides built-in values: containers of `collections`, named tuples, numpy's
numbers and arrays, and built-in types themselves.

Each table here is closed. When written, a type is found by its identity; when read, by a name in a table: no name in a
message is looked up anywhere else, and nothing is imported for it except numpy.
"""

from __future__ import annotations

import builtins
import importlib
import keyword
import math
import operator
import sys
from collections import Counter, OrderedDict, defaultdict, deque, namedtuple
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from types import BuiltinFunctionType
from typing import Any

from sandbox.guest import library_values

#: Containers of the standard library, of exactly these types.
LIBRARY: dict[int, tuple[type, int]] = {
    id(kind): (kind, tag)
    for kind, tag in (
        *((OrderedDict, ord("O")), (Counter, ord("C")), (defaultdict, ord("D")), (deque, ord("q"))),
        *library_values.CONTAINERS,
    )
}
NEW: dict[int, Callable[[], Any]] = {tag: kind for kind, tag in LIBRARY.values()}
#: Types that may be sent by name: what they make of data is data.
TYPES: dict[str, type] = {
    kind.__name__: kind
    for kind in (
        *(
            bool,
            int,
            float,
            complex,
            str,
            bytes,
            bytearray,
            list,
            tuple,
            set,
            frozenset,
            dict,
            range,
            object,
            type,
            type(None),
        ),
        *(
            OrderedDict,
            Counter,
            defaultdict,
            deque,
            *(kind for kind, _ in library_values.CONTAINERS),
            Decimal,
            Fraction,
            date,
            time,
            datetime,
            timedelta,
        ),
        *(kind for kind in vars(builtins).values() if isinstance(kind, type) and issubclass(kind, BaseException)),
    )
}
TYPE_NAMES = {id(kind): name for name, kind in TYPES.items()}
#: What tests may additionally pass to a program: functions of these modules. A candidate can't send any, because the
#: tests would call it.
SENT: dict[str, Any] = TYPES | {
    f"{module.__name__}.{name}": value
    for module in (builtins, math, operator)
    for name, value in vars(module).items()
    if isinstance(value, BuiltinFunctionType) and not name.startswith("_")
}
SENT_NAMES = {id(value): name for name, value in SENT.items()}
_mro = type.__dict__["__mro__"].__get__
_members = type.__dict__["__dict__"].__get__
_name = type.__dict__["__name__"].__get__
_modules = sys.modules  # whatever a program puts in its place
_NAMED = frozenset(vars(namedtuple("_", ())))
_MAX_FIELDS = 255
_NUMPY = frozenset(
    ("|b1", "|i1", "|u1", "<i2", "<u2", "<i4", "<u4", "<i8", "<u8", "<f2", "<f4", "<f8", "<c8", "<c16"),
)
_named: dict[tuple[str, tuple[str, ...]], type] = {}


def named_fields(kind: type) -> tuple[str, ...] | None:
    """The fields of a class that is a named tuple and nothing more."""
    members = _members(kind)
    fields = members.get("_fields")
    if type(fields) is not tuple or [id(one) for one in _mro(kind)[1:]] != [id(tuple), id(object)]:
        return None
    if not all(type(field) is str for field in fields):
        return None
    return fields if not set(members) - _NAMED - set(fields) - _ANNOTATED else None


#: What a class statement adds to a named tuple.
_ANNOTATED = frozenset(
    (
        *("__annotations__", "__orig_bases__", "__annotate__", "__annotate_func__", "__annotations_cache__"),
        *("__slotnames__", "__firstlineno__", "__static_attributes__"),
    )
)


def name_of(kind: type) -> str:
    """A class's name, by the base's own method."""
    name = _name(kind)
    return name if type(name) is str else "object"


def make_named(parts: list[Any]) -> Any:
    """A named tuple from (name of the class, fields, value of each). Equal names and fields give the same class. Raises
    ValueError."""
    name, fields, *values = parts
    key = (name, fields)
    kind = _named.get(key)
    if kind is None:
        if type(fields) is not tuple or len(fields) > _MAX_FIELDS or not all(map(_is_name, (name, *fields))):
            raise ValueError("no named tuple")
        kind = _named[key] = namedtuple(name, fields)
    if len(values) != len(fields):
        raise ValueError("no named tuple")
    return tuple.__new__(kind, values)


def forget_named() -> None:
    """Forget the classes, so that the next sample's named tuples have separate ones."""
    _named.clear()


def _is_name(text: object) -> bool:
    return type(text) is str and text.isascii() and text.isidentifier() and not keyword.iskeyword(text)


def numpy_parts(value: Any, kind: type) -> tuple[str, tuple[int, ...] | None, bytes] | None:
    """(type, shape or None, bytes) of one of numpy's own numbers, or of an array of such."""
    numpy = _modules.get("numpy")
    if numpy is None or (kind is not numpy.ndarray and numpy.generic not in _mro(kind)):
        return None
    name = numpy.dtype(value.dtype).str
    if name not in _NUMPY:
        return None
    if kind is numpy.ndarray:
        return name, tuple(map(int, value.shape)), value.tobytes()
    return (name, None, value.tobytes()) if numpy.dtype(name).type is kind else None


def make_numpy(parts: list[Any]) -> Any:
    """The number or array of `numpy_parts`. Raises ValueError."""
    name, shape, data = parts
    if type(name) is not str or name not in _NUMPY or type(data) is not bytes:
        raise ValueError("nothing of numpy's")
    numpy = importlib.import_module("numpy")
    flat = numpy.frombuffer(data, numpy.dtype(name))
    if shape is None:
        if len(flat) != 1:
            raise ValueError("nothing of numpy's")
        return flat[0]
    if type(shape) is not tuple or not all(type(one) is int and one >= 0 for one in shape):
        raise ValueError("nothing of numpy's")
    return flat.reshape(shape).copy()
