"""Values of the standard library that are sent as the plain data which they hold: UUIDs, paths, addresses, time zones,
views, and containers such as arrays and namespaces.

Each table is closed. A class is found by its identity when it is written, and by a name in the table when it is read.
"""

from __future__ import annotations

import functools
import gc
import importlib
import operator
import sys
from array import array
from collections import ChainMap, Counter, OrderedDict, UserDict, UserList, defaultdict
from collections.abc import Callable
from datetime import timedelta, timezone
from types import GenericAlias, MappingProxyType, SimpleNamespace, UnionType
from typing import Any

from sandbox.guest.class_attributes import class_name_of

_modules = sys.modules
_TYPECODES = frozenset("bBhHiIlLqQfd")
#: Those of which the dict holds more than they show.
_PARTIAL = frozenset(("dict_keys", "dict_values", "odict_keys", "odict_values"))
#: Those of them that are sent as what they show; `Writer` does so with the others.
_ORDERED = frozenset(("odict_keys", "odict_values"))
_VIEWS: dict[str, Callable[[Any], Any]] = {
    f"{prefix}_{what}": vars(kind)[what]
    for prefix, kind in (("dict", dict), ("odict", OrderedDict))
    for what in ("keys", "values", "items")
}
#: The dicts that can be seen through a view or a proxy, of exactly these types.
_SEEN = (dict, OrderedDict, Counter, defaultdict)

# --- containers -----------------------------------------------------------------------------------------------------

#: Containers, of exactly these types; an array's kind is followed by its type code.
ARRAY = ord("A")
CONTAINERS: tuple[tuple[Any, int], ...] = (
    *((array, ARRAY), (SimpleNamespace, ord("n")), (ChainMap, ord("m")), (UserDict, ord("u")), (UserList, ord("U"))),
)
#: The attribute that holds a container's contents, and the type of it.
_HELD: dict[Any, tuple[str, type]] = {ChainMap: ("maps", list), UserDict: ("data", dict), UserList: ("data", list)}


def is_sound(container: Any, kind: Any) -> bool:
    """Whether it holds what its own class puts there, and nothing else: an attribute may take the place of a method."""
    return (kind is not SimpleNamespace and kind not in _HELD) or _may_have(kind, vars(container))


def _may_have(kind: Any, attributes: dict[Any, Any]) -> bool:
    """Whether a container of this kind may have these attributes: its own one, or, of a namespace, any that is not named
    like a special method."""
    if kind in _HELD:
        name, held = _HELD[kind]
        return list(attributes) == [name] and type(attributes[name]) is held
    return all(type(name) is str and not name.startswith("__") for name in attributes)


def items_of(container: Any) -> list[Any]:
    """What to write for a container: its attributes, names and values in turn."""
    return [item for pair in vars(container).items() for item in pair]


def put_items(container: Any, items: list[Any]) -> None:
    """Replace the attributes by those that were written. Raises TypeError or ValueError if it can't have them."""
    pairs = dict(zip(items[::2], items[1::2], strict=True))
    if not _may_have(type(container), pairs):
        raise TypeError("contents of another type")
    vars(container).clear()
    vars(container).update(pairs)


def new_array(code: bytes) -> Any:
    """An empty array. Raises ValueError."""
    if code.decode("ascii") not in _TYPECODES:
        raise ValueError("no type code")
    return array(code.decode("ascii"))


def is_plain_array(value: Any) -> bool:
    """Whether it is an array of numbers."""
    return value.typecode in _TYPECODES


# --- immutable values -----------------------------------------------------------------------------------------------


def _only(kind: type, parts: tuple[Any, ...]) -> Any:
    """The only part, which is of this type. Raises ValueError."""
    if len(parts) != 1 or type(parts[0]) is not kind:
        raise ValueError("a part of another type")
    return parts[0]


def _text_of(kind: Any, parts: tuple[Any, ...]) -> Any:
    return kind(_only(str, parts))


def _member(kind: Any, parts: tuple[Any, ...]) -> Any:
    (value,) = parts
    if type(value) not in (int, str):  # a flag keeps the value that it is made of, also for later samples
        raise ValueError("no value of a member")
    return kind(value)


def _pattern(kind: Any, parts: tuple[Any, ...]) -> Any:
    return importlib.import_module("re").compile(*parts)


#: name -> (module, the parts of a value, the value of such parts).
_Entry = tuple[str, Callable[[Any], tuple[Any, ...]], Callable[[Any, tuple[Any, ...]], Any]]
_BY_TEXT = (
    ("pathlib", "PurePosixPath"),
    ("pathlib", "PureWindowsPath"),
    *(("ipaddress", f"IPv{version}{what}") for version in "46" for what in ("Address", "Network", "Interface")),
)
_ENUMS = (
    ("http", "HTTPStatus"),
    ("http", "HTTPMethod"),
    ("re", "RegexFlag"),
    ("calendar", "Month"),
    ("calendar", "Day"),
)
#: What both sides may send.
VALUES: dict[str, _Entry] = {name: (module, lambda value: (str(value),), _text_of) for module, name in _BY_TEXT} | {
    "UUID": ("uuid", lambda value: (value.int,), lambda kind, parts: kind(int=_only(int, parts))),
    **{name: (module, lambda value: (value.value,), _member) for module, name in _ENUMS},
    "ZoneInfo": ("zoneinfo", lambda value: (value.key,), _text_of),
}
#: What only the tests may send: the candidate would choose files to be read and expressions to be compiled.
SENT_VALUES: dict[str, _Entry] = VALUES | {
    "PosixPath": ("pathlib", lambda value: (str(value),), _text_of),
    "Pattern": ("re", lambda value: (value.pattern, value.flags), _pattern),
}


def parts_of(value: Any, kind: type, table: dict[str, _Entry]) -> tuple[Any, ...] | None:
    """(name, parts of the value); None if it can't be sent so."""
    name = class_name_of(kind)
    if kind is timezone:
        return name, *timezone.__getinitargs__(value)  # type: ignore[attr-defined]
    if name in _PARTIAL and table is SENT_VALUES:  # the dict may hold what the tests expect
        return (name, tuple(value)) if name in _ORDERED else None
    if kind is MappingProxyType or name in _VIEWS:
        (whole,) = gc.get_referents(value) or (None,)
        is_own = name not in _VIEWS or (type(whole) in _SEEN and kind is type(_view(name, whole)))
        return (name, whole) if type(whole) in _SEEN and is_own else None
    if kind is GenericAlias:
        return name, value.__origin__, *value.__args__
    if kind is UnionType:
        return name, *value.__args__
    if kind is memoryview:
        return _parts_of_memory(value)
    if name not in table:
        return None
    module, parts, _ = table[name]
    if module not in _modules or vars(_modules[module]).get(name) is not kind:
        return None
    found = parts(value)
    return None if None in found else (name, *found)


def _view(name: str, whole: Any) -> Any:
    """The view of that name, or a proxy. Raises TypeError if there is none of such a dict."""
    if type(whole) not in _SEEN or (name[0] == "o" and type(whole) is not OrderedDict):
        raise TypeError("no view of it")
    return _VIEWS.get(name, MappingProxyType)(whole)


def _parts_of_memory(value: memoryview) -> tuple[Any, ...] | None:
    whole: Any = value.obj
    if value.format == "B" and value.ndim == 1:
        if type(whole) in (bytes, bytearray) and value.nbytes == len(whole) and value.c_contiguous:
            return "memoryview", whole, value.readonly
        if value.readonly:
            return "memoryview", bytes(value), True
    return None


def make_value(parts: list[Any], table: dict[str, _Entry]) -> Any:
    """The value of `parts_of`. Raises an Exception if there is none."""
    name, *rest = parts
    if name == "timezone":
        if not 1 <= len(rest) <= 2 or type(rest[0]) is not timedelta:
            raise ValueError("no time zone")
        return timezone(*rest)
    if name in _VIEWS or name == "mappingproxy":
        (whole,) = rest
        if name in _ORDERED and type(whole) is tuple:
            return _view(name, OrderedDict.fromkeys(whole) if name == "odict_keys" else OrderedDict(enumerate(whole)))
        return _view(name, whole)
    if name == "GenericAlias":
        if not issubclass(type(rest[0]), type):
            raise ValueError("no type")
        return GenericAlias(rest[0], tuple(rest[1:]))
    if name == "UnionType":
        if not rest or not all(isinstance(one, type | GenericAlias) for one in rest):
            raise ValueError("no types")
        return functools.reduce(operator.or_, rest)
    if name == "memoryview":
        whole, readonly = rest
        if type(whole) not in (bytes, bytearray):
            raise ValueError("no memory")
        return memoryview(whole).toreadonly() if readonly else memoryview(whole)
    module, _, make = table[name]
    if name == "Pattern":
        return make(None, tuple(rest))
    return make(getattr(importlib.import_module(module), name), tuple(rest))


def is_zone(value: object) -> bool:
    """Whether it is a time zone that can be sent."""
    zone_info = getattr(_modules.get("zoneinfo"), "ZoneInfo", None)
    return type(value) is timezone or (zone_info is not None and type(value) is zone_info)


def is_shown(value: object, kind: type) -> bool:
    """Whether `repr` shows it without using objects that it holds."""
    return kind is timezone or (class_name_of(kind) in SENT_VALUES and parts_of(value, kind, SENT_VALUES) is not None)
