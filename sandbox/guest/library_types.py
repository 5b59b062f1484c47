"""What judge and candidate can exchange besides built-in values: containers of `collections`, named tuples and
built-in types themselves.

Each table here is closed. When written, a type is found by its identity; when read, by a name in a table: no name in a
message is looked up anywhere else.
"""

from __future__ import annotations

import builtins
import collections.abc
import keyword
import math
import numbers
import operator
from collections import Counter, OrderedDict, defaultdict, deque, namedtuple
from collections.abc import Callable
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from fractions import Fraction
from types import (
    BuiltinFunctionType,
    CoroutineType,
    FunctionType,
    GeneratorType,
    GenericAlias,
    MappingProxyType,
    MethodDescriptorType,
    MethodType,
    ModuleType,
    UnionType,
)
from typing import Any

from sandbox.guest import library_values, named_classes
from sandbox.guest.class_attributes import class_name_of, members_of, mro_of

#: Containers of the standard library, of exactly these types.
LIBRARY: dict[int, tuple[type, int]] = {
    id(kind): (kind, tag)
    for kind, tag in (
        *((OrderedDict, ord("O")), (Counter, ord("C")), (defaultdict, ord("D")), (deque, ord("q"))),
        *library_values.CONTAINERS,
    )
}
NEW: dict[int, Callable[[], Any]] = {tag: kind for kind, tag in LIBRARY.values()}
_DICTS: tuple[Any, ...] = ({}, OrderedDict())
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
            type(...),
            type(NotImplemented),
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
            timezone,
        ),
        *(FunctionType, MethodType, BuiltinFunctionType, GeneratorType, CoroutineType, ModuleType),
        *(type(getattr(one, what)()) for one in _DICTS for what in ("keys", "values", "items")),
        *(slice, memoryview, MappingProxyType, GenericAlias, UnionType, map, filter, zip, enumerate, reversed),
        *(kind for kind in vars(builtins).values() if isinstance(kind, type) and issubclass(kind, BaseException)),
    )
}
TYPE_NAMES = {id(kind): name for name, kind in TYPES.items()}
#: What tests may additionally pass to a program: functions of these modules, methods of built-in types. A candidate can
#: only send back what the tests have passed, because the tests would call it.
SENT: dict[str, Any] = {
    f"{module.__name__}.{name}": value
    for module in (builtins, math, operator)
    for name, value in vars(module).items()
    if isinstance(value, BuiltinFunctionType) and not name.startswith("_")
}
SENT |= {
    f"{kind.__name__}.{name}": value
    for kind in (str, bytes, bytearray, int, float, complex, list, tuple, dict, set, frozenset)
    for name, value in vars(kind).items()
    if isinstance(value, MethodDescriptorType) and not name.startswith("_")
}
SENT |= {
    f"{module.__name__}.{name}": value
    for module in (collections.abc, numbers)
    for name, value in vars(module).items()
    if isinstance(value, type) and not name.startswith("_")
}
SENT_NAMES = {id(value): name for name, value in SENT.items()}
_NAMED = frozenset(vars(namedtuple("_", ())))
_MAX_FIELDS = 255
#: Classes of named tuples, by name and fields: those that were made for the other side's, those of this side that were
#: sent, and those that both sides declare alike.
_Classes = dict[tuple[str, tuple[str, ...]], type]
_named: _Classes = {}
_sent: _Classes = {}
_agreed: _Classes = {}


def named_fields(kind: type) -> tuple[str, ...] | None:
    """The fields of a class that is a named tuple and nothing more."""
    members = members_of(kind)
    fields = members.get("_fields")
    if type(fields) is not tuple or [id(one) for one in mro_of(kind)[1:]] != [id(tuple), id(object)]:
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
    name = class_name_of(kind)
    return name if type(name) is str else "object"


def is_sent(kind: object) -> bool:
    """Whether it is a type that may be sent by name in any place."""
    return kind is not type and id(kind) in TYPE_NAMES


def make_named(parts: list[Any], read: Callable[[bytes], Any]) -> Any:
    """A named tuple from (name of the class, fields, value of each). Equal names and fields give the same class. The fields may
    be in a tuple with what `named_classes` adds, which `read` reads. Raises an Exception."""
    name, fields, *values = parts
    added = b""
    if type(fields) is tuple and len(fields) == 2 and type(fields[0]) is tuple:
        fields, added = fields
    if type(name) is tuple:
        ours, name = (_sent, *name) if len(name) == 1 else (_agreed, name[0])
        kind: type | None = ours[name, fields]
    else:
        kind = _named.get((name, fields))
    key = (name, fields)
    if kind is None:
        if type(fields) is not tuple or len(fields) > _MAX_FIELDS or not all(map(_is_name, (name, *fields))):
            raise ValueError("no named tuple")
        kind = _named[key] = named_classes.new_class(name, fields, read(added) if added else None, is_sent)
    if len(values) != len(fields):
        raise ValueError("no named tuple")
    return tuple.__new__(kind, values)


def named_key(kind: type, fields: tuple[str, ...]) -> Any:
    """What tells the other side the class: its name; in a tuple if it is one of the other side's; with None if both
    declare it."""
    name = name_of(kind)
    if _agreed.get((name, fields)) is kind:
        return name, None
    if _named.get((name, fields)) is kind:
        return (name,)
    _sent[name, fields] = kind
    return name


def own_key(kind: type, fields: tuple[str, ...]) -> Any:
    """What tells this side itself the class."""
    key = named_key(kind, fields)
    return (key,) if type(key) is str else key[0] if len(key) == 1 else key


def is_made(kind: type) -> bool:
    """Whether this class of named tuples was made for one of the other side's."""
    fields = named_fields(kind)
    return fields is not None and _named.get((name_of(kind), fields)) is kind


def agree(kind: type) -> None:
    """Both sides declare this class of named tuples."""
    fields = named_fields(kind)
    if fields is not None:
        _agreed[name_of(kind), fields] = kind


def forget_named() -> None:
    """Forget the classes, so that the next sample's named tuples have separate ones."""
    for classes in (_named, _sent, _agreed):
        classes.clear()


def _is_name(text: object) -> bool:
    return type(text) is str and text.isascii() and text.isidentifier() and not keyword.iskeyword(text)
