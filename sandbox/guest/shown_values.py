"""A value as text for a reader, with bounded length, depth and work, without calling any of its own methods.

Plain values look the way `repr` writes them; instances of other classes are shown by their class's name. For subclasses of
built-in types the base's value is shown, read with the base's own methods. No method of a class that the program defined is
called, so no proxy sends a question to the candidate.
"""

from __future__ import annotations

import itertools
import sys
from array import array
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

from sandbox.guest import library_values
from sandbox.guest.built_in_values import ITEMS, MOMENTS, VIEWS, base_of, factory_of, python_number
from sandbox.guest.class_attributes import mro_of
from sandbox.guest.library_types import LIBRARY, name_of, named_fields

_MAX_DEPTH, _MAX_NAME = 20, 60
#: Of a larger integer only the size is shown: converting it takes time quadratic in the number of its digits.
_MAX_BITS = 6_600
#: Of a larger array only the shape is shown. numpy leaves out the middle of each dimension, and so writes up to
#: `_EDGES ** ndim` of many elements: seconds if there are many dimensions.
_MAX_ELEMENTS, _EDGES = 1_000, 6
_ELLIPSIS = "…"
_args = BaseException.__dict__["args"].__get__
#: The brackets of each container, by its base.
_SIGNS = {list: ("[", "]"), tuple: ("(", ")"), set: ("{", "}"), frozenset: ("frozenset({", "})")}
_REPR: dict[Any, Any] = {kind: kind.__repr__ for kind in (float, complex, Decimal, *MOMENTS)}
_VIEW_NAMES = {kind: kind.__name__ for kind in (*VIEWS, ITEMS)}


class _Full(Exception):
    """The text has reached its maximum length."""


def shown(value: object, most: int) -> str:
    """At most `most` characters, all printable, followed by `…` if there is more. Never raises."""
    return _text(most, lambda writer: writer.value(value))


def shown_call(name: str, args: Iterable[object], keywords: Iterable[tuple[str, object]], most: int) -> str:
    """A call as source code, with the same bounds. Never raises."""
    return _text(most, lambda writer: writer.call(name, args, keywords))


def _text(most: int, write: Any) -> str:
    writer = _Writer(most)
    try:
        write(writer)
    except Exception:  # full, or a value that can't be read completely
        writer.out.append(_ELLIPSIS)
    return "".join(writer.out)


def class_name(kind: type) -> str:
    """A class's name, or "object" if it is not a printable identifier."""
    name = name_of(kind)
    return name[:_MAX_NAME] if name.isidentifier() and name.isprintable() else "object"


class _Writer:
    def __init__(self, most: int) -> None:
        self._left = most
        self.out: list[str] = []
        self._around: set[int] = set()  # ids of the containers being written

    def put(self, text: str) -> None:
        self.out.append(text[: self._left])
        self._left -= len(text)
        if self._left < 0:
            raise _Full

    def call(self, name: str, args: Iterable[object], keywords: Iterable[tuple[str, object]]) -> None:
        self.put(f"{name}(")
        between = ""
        for arg in args:
            self.put(between)
            self.value(arg)
            between = ", "
        for key, arg in keywords:
            self.put(f"{between}{key if key.isidentifier() and key.isprintable() else repr(key)}=")
            self.value(arg)
            between = ", "
        self.put(")")

    def value(self, value: Any) -> None:
        value = python_number(value)
        kind = type(value)
        base = kind if id(kind) in LIBRARY else base_of(kind)
        if base is None:
            self._foreign(value, kind)
        elif id(value) in self._around or len(self._around) >= _MAX_DEPTH:
            self.put("...")
        else:
            self._around.add(id(value))
            self._known(value, kind, base)
            self._around.discard(id(value))

    def _known(self, value: Any, kind: Any, base: Any) -> None:
        fields = named_fields(kind) if base is tuple and kind is not tuple else None
        if fields is not None:
            self.call(class_name(kind), (), zip(fields, tuple.__iter__(value), strict=False))
            return
        derived = kind is not base and base not in MOMENTS
        if derived:
            self.put(f"{class_name(kind)}(")
        self._of_base(value, base)
        if derived:
            self.put(")")

    def _of_base(self, value: Any, base: Any) -> None:
        if base is str or base is bytes:
            self.put(repr(base.__getitem__(value, slice(0, self._left + 1))))
        elif base is int:
            self._integer(int.__index__(value))
        elif base in _SIGNS:
            self._items(value, base)
        elif base is dict or base in (OrderedDict, Counter, defaultdict):
            self._dict(value, base)
        elif base is deque:
            self.call("deque", (list(itertools.islice(deque.__iter__(value), self._left + 1)),), ())
        elif base is bytearray:
            self.call("bytearray", (bytes(memoryview(value)[: self._left + 1]),), ())
        elif base is range or base is slice:
            parts = (value.start, value.stop, value.step)
            self.call(base.__name__, parts[: 2 if base is range and value.step == 1 else 3], ())
        elif base is Fraction:
            self.call("Fraction", (value.numerator, value.denominator), ())
        elif base is array:
            self.call("array", (value.typecode, list(itertools.islice(value, self._left + 1))), ())
        elif id(base) in LIBRARY:
            self._attributes(value, base)
        elif base in _VIEW_NAMES:
            self.call(_VIEW_NAMES[base], (list(itertools.islice(base.__iter__(value), self._left + 1)),), ())
        else:
            self.put(_REPR[base](value) if base in _REPR else repr(value))

    def _attributes(self, value: Any, base: Any) -> None:
        """A container whose contents are in its attributes, without calling their methods."""
        if base is SimpleNamespace:
            self.call("namespace", (), vars(value).items())
        else:
            self.call(base.__name__, tuple(vars(value).values())[:1], ())

    def _integer(self, value: int) -> None:
        bits = value.bit_length()
        self.put(repr(value) if bits <= _MAX_BITS else f"<int of {bits} bits>")

    def _items(self, value: Any, base: Any) -> None:
        size = base.__len__(value)
        if not size and base in (set, frozenset):
            self.put(f"{base.__name__}()")
            return
        begin, end = _SIGNS[base]
        self.put(begin)
        for number, item in enumerate(base.__iter__(value)):
            self.put(", " if number else "")
            self.value(item)
        self.put("," + end if base is tuple and size == 1 else end)

    def _dict(self, value: Any, base: Any) -> None:
        if base is defaultdict:
            self.put("defaultdict(")
            self.value(factory_of(value))
            self.put(", ")
        elif base is not dict:
            self.put(f"{base.__name__}(")
        self.put("{")
        for number, (key, item) in enumerate((OrderedDict if base is OrderedDict else dict).items(value)):
            self.put(", " if number else "")
            self.value(key)
            self.put(": ")
            self.value(item)
        self.put("}" if base is dict else "})")

    def _foreign(self, value: Any, kind: type) -> None:
        numpy: Any = sys.modules.get("numpy")
        if library_values.is_shown(value, kind) or value is NotImplemented or value is Ellipsis:
            self.put(repr(value))
        elif kind is type:
            self.put(f"<class '{class_name(value)}'>")
        elif BaseException in mro_of(kind):
            self.call(class_name(kind), _args(value), ())
        elif numpy is not None and kind is numpy.ndarray and not value.dtype.hasobject:
            self._array(value)
        else:
            self.put(f"<{class_name(kind)} object>")

    def _array(self, value: Any) -> None:
        if min(value.size, _EDGES**value.ndim) > _MAX_ELEMENTS:
            self.put(f"<array of shape {value.shape}>")
        else:
            self.put(" ".join(repr(value).split()))
