"""The closed encoding between judge and candidate: values of built-in types, and numbers for everything else.

Theory of operation. A message is

    number of new containers · their kinds · the content of each container · the root

Lists, dicts, sets, bytearrays and the containers of `collections` ("containers") are written once each, in a table, and
referenced by their index; so values that share a list still share it on the other side, and a list that contains itself
can be sent. All other values are written in place. Any other object is sent as a number, which each side maps to what
it stands for (`other`), with a description if the other side does not have one; so is an instance of a subclass of a
built-in type, together with its built-in value.

Covered: for any bytes, the decoder (`value_decoder.py`) makes None, bool, int, float, complex, str, bytes, bytearray,
list, tuple, set, frozenset, dict and its views, range, Decimal, Fraction, date, time and datetime (without a time zone,
or with a `timezone`), timedelta, what `library_types` lists and what `make` returns, of exactly these types, or raises
an Exception; work and memory are bounded by the length of the message, recursion by `MAX_DEPTH`. Classes are looked up
by name only in a closed table, and nothing is executed. Not covered: whether a value is honest. The candidate may send
any value.
"""

from __future__ import annotations

import struct
from array import array
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, time
from decimal import Decimal
from fractions import Fraction
from typing import Any

from sandbox.guest import library_types, library_values
from sandbox.guest.built_in_values import (
    ITEMS,
    KINDS,
    LEAVES,
    MOMENTS,
    VIEWS,
    bare_value,
    base_of,
    container_of,
    factory_of,
    pairs_of,
    python_number,
    sized,
)
from sandbox.guest.identities import Identities
from sandbox.guest.library_types import LIBRARY, TYPE_NAMES

MAX_DEPTH = 100
_COUNT = struct.Struct(">I")
COUNT = _COUNT
BOUNDED = ord("b")
#: The tags of values that have no identity of their own when they are written.
_IMMUTABLE = frozenset(bytes((tag,)) for tag in b"isfbIcetzgLqyhwxpnuV")
_bound = vars(deque)["maxlen"].__get__
#: Containers whose contents are in their attributes.
HOLDERS = frozenset(kind for kind, _ in library_values.CONTAINERS if kind is not array)


class Malformed(Exception):
    """The bytes are not a valid message."""


class TooLarge(BaseException):
    """The message would exceed its size limit."""


#: Returns the other side's number of an object, and a description if the other side does not have one. May raise if the
#: object can't be sent.
Other = Callable[[Any], tuple[int, Any]]
#: In place of the built-in value of an object that has none.
NOTHING = object()


def _is_readable(value: Any, kind: Any) -> bool:
    """Whether a container of a library type holds what such a container can hold."""
    if kind is array:
        return library_values.is_plain_array(value)
    return kind not in HOLDERS or library_values.items_of(value, kind) is not None


def _items_of(container: Any, base: Any) -> list[Any]:
    items = library_values.items_of(container, base) if base in HOLDERS else list(base.__iter__(container))
    if items is None:
        raise Malformed("contents of another type")
    return items


class Encoder:
    """Writes one message of at most `most` bytes. `known` are containers that the other side has already, in its order.

    An instance of a subclass is written as an object with its base's value, or as an object alone if `exact`.
    """

    def __init__(
        self,
        other: Other,
        most: int,
        known: Iterable[Any] = (),
        *,
        exact: bool = False,
        names: Mapping[int, str] = TYPE_NAMES,
        same: Identities | None = None,
    ) -> None:
        self._other, self._left, self._exact, self._names = other, most, exact, names
        self._values = library_values.SENT_VALUES if exact else library_values.VALUES
        #: the containers, in the order in which the other side has them
        self.table: list[Any] = list(known)
        self._index = {id(container): place for place, container in enumerate(self.table)}
        self._kinds = bytearray()
        self._bounds: list[bytes] = []  # of deques that have a bound
        self._same = same
        self._new: list[bytes] = []  # immutable values that are sent for the first time
        self._met: list[Any] = []  # these values
        self._numbers: dict[int, int] = {}  # and their numbers
        if same is not None:
            self._write, self.write = self.write, self._identified  # type: ignore[method-assign]
        self._keep: list[Any] = []  # keeps objects alive while their identity is in use

    def contents(self, start: int, stop: int | None = None) -> bytes:
        """The contents of the containers from `start` to `stop`, or to the last, including those found on the way."""
        out: list[bytes] = []
        while start < (len(self.table) if stop is None else stop):
            container = self.table[start]
            base = container_of(container)
            if base is bytearray:
                data = bytes(memoryview(container))
                out += [_COUNT.pack(len(data)), data]
            elif base is array:
                data = container.tobytes()
                out += [_COUNT.pack(len(data)), data]
            elif base is dict or issubclass(base, dict):
                pairs = pairs_of(container)
                out.append(self._counted(len(pairs)))
                if base is defaultdict:
                    self.write(factory_of(container), out, 0)
                for key, value in pairs:
                    self.write(key, out, 0)
                    self.write(value, out, 0)
            else:
                items = _items_of(container, base)
                out.append(self._counted(len(items)))
                for item in items:
                    self.write(item, out, 0)
            start += 1
        return self._bounded(out)

    def root(self, value: object) -> bytes:
        """The encoded root. Containers that it mentions for the first time are written by `contents`."""
        out: list[bytes] = []
        self.write(value, out, 0)
        return self._bounded(out)

    def root_object(self, value: object) -> bytes:
        """A root that is sent as an object, whatever it is."""
        out: list[bytes] = []
        self._object(value, out)
        return self._bounded(out)

    def head(self) -> bytes:
        """The number and kinds of new containers; call it last, send its result first."""
        kinds = (_COUNT.pack(len(self._kinds)), self._kinds, *self._bounds)
        return b"".join(kinds if self._same is None else (*kinds, _COUNT.pack(len(self._new)), *self._new))

    def sent(self) -> None:
        """The message is going to be sent: from now on the other side has what it brings."""
        for value in self._met:
            self._same.add(value)  # type: ignore[union-attr]

    def _identified(self, value: Any, out: list[bytes], depth: int) -> None:
        """Write a value, or its number if it is immutable."""
        kind = type(value)
        if kind in KINDS or value is None:
            self._write(value, out, depth)
            return
        number = self._numbers.get(id(value))
        if number is None:
            number = self._same.numbers.get(id(value))  # type: ignore[union-attr]
        if number is None:
            parts: list[bytes] = []
            self._write(value, parts, depth)
            if parts[0][:1] not in _IMMUTABLE or kind is memoryview:
                out += parts
                return
            number = self._numbers[id(value)] = len(self._same.values) + len(self._met)  # type: ignore[union-attr]
            self._met.append(value)
            self._new.append(b"".join(parts))
        out.append(sized(b"=", number))

    def _counted(self, items: int) -> bytes:
        """Each of these items takes at least a byte: what can't fit is not even started."""
        if items > self._left:
            raise TooLarge
        return _COUNT.pack(items)

    def _bounded(self, out: list[bytes]) -> bytes:
        data = b"".join(out)
        self._left -= len(data)
        if self._left < 0:
            raise TooLarge
        return data

    def write(self, value: Any, out: list[bytes], depth: int) -> None:
        """Write one value to `out`."""
        kind = type(value)
        leaf = LEAVES.get(kind)
        if leaf is not None:
            out.append(leaf(value))
        elif kind is list or kind is dict or kind is set or kind is bytearray:
            self._refer(value, kind, out)
        elif kind is tuple and depth < MAX_DEPTH:
            self._several(b"t", value, out, depth)
        else:
            self._unusual(value, kind, out, depth)

    def _several(self, tag: bytes, items: Any, out: list[bytes], depth: int) -> None:
        out += (tag, self._counted(len(items)))
        for item in items:
            self.write(item, out, depth + 1)

    def _object(self, value: object, out: list[bytes]) -> None:
        number, description = self._other(value)
        if description is None:
            out.append(sized(b"o", number))
        else:
            out.append(sized(b"O", number))
            self.write(description, out, 0)

    def _refer(self, container: Any, base: type, out: list[bytes]) -> None:
        place = self._index.get(id(container))
        if place is None:
            place = self._index[id(container)] = len(self.table)
            self.table.append(container)
            bound = _bound(container) if base is deque else None
            if bound is not None:
                self._bounds.append(_COUNT.pack(min(bound, 0xFFFFFFFF)))
                self._kinds.append(BOUNDED)
            elif base is array:
                self._bounds.append(container.typecode.encode("ascii"))
                self._kinds.append(library_values.ARRAY)
            else:
                self._kinds.append(KINDS[base] if base in KINDS else LIBRARY[id(base)][1])
            if len(self._kinds) > self._left:
                raise TooLarge
        out.append(sized(b"r", place))

    def _unusual(self, value: Any, kind: type, out: list[bytes], depth: int) -> None:
        if depth >= MAX_DEPTH:
            if self._exact and (base_of(kind) is not None or id(kind) in LIBRARY):
                raise TooLarge  # it can be sent and is merely nested too deeply: it may be a result that is passed back
            self._object(value, out)
            return
        base = base_of(kind)
        zone = base.tzinfo.__get__(value) if base is datetime or base is time else None
        if zone is not None and not library_values.is_zone(zone):
            base = None
        if id(kind) in LIBRARY and _is_readable(value, kind):
            self._refer(value, kind, out)
        elif (parts := library_values.parts_of(value, kind, self._values)) is not None:
            self._keep.append(parts)
            self._several(b"V", parts, out, depth)
        elif (numbers := library_types.numpy_parts(value, kind)) is not None:
            self._several(b"u", numbers, out, depth)
        elif base is None:
            self._foreign(value, kind, out, depth)
        elif base is not kind and base not in VIEWS:
            self._derived(value, kind, base, out, depth)
        else:
            self._rare(value, base, out, depth)

    def _rare(self, value: Any, base: Any, out: list[bytes], depth: int) -> None:
        """An instance of a supported type that is neither a container nor frequent."""
        if base is tuple or base is frozenset:
            self._several(b"t" if base is tuple else b"z", list(base.__iter__(value)), out, depth)
        elif base is range or base is slice:
            tag = b"g" if base is range else b"L"
            self._several(tag, (value.start, value.stop, value.step), out, depth)
        elif base is Fraction:
            self._several(b"q", (int(value.numerator), int(value.denominator)), out, depth)
        elif base in MOMENTS:
            tag, fields = MOMENTS[base]
            parts = [getattr(base, field).__get__(value) for field in fields]
            zone = base.tzinfo.__get__(value) if base is datetime or base is time else None
            if zone is not None:
                tag, parts = b"p", [tag.decode(), zone, *parts]
            self._several(tag, parts, out, depth)
        elif base is Decimal:
            text = Decimal.__str__(value).encode()
            out.append(sized(b"e", len(text)) + text)
        else:
            items = [item for pair in value for item in pair] if base is ITEMS else list(value)
            self._keep.append(items)
            self._several(VIEWS[base], items, out, depth)

    def _foreign(self, value: Any, kind: type, out: list[bytes], depth: int) -> None:
        """An object that is not an instance of any supported type."""
        if id(value) in self._names:
            name = self._names[id(value)].encode()
            out.append(sized(b"B", len(name)) + name)
        elif value is NotImplemented or value is Ellipsis:
            out.append(b"!" if value is NotImplemented else b".")
        elif (number := python_number(value)) is not value and type(number) in LEAVES:
            out.append(LEAVES[type(number)](number))
        else:
            self._object(value, out)

    def _derived(self, value: Any, kind: type, base: Any, out: list[bytes], depth: int) -> None:
        """An instance of a subclass: the object, followed by its base's value."""
        fields = library_types.named_fields(kind) if base is tuple else None
        if fields is not None:
            parts = (library_types.name_of(kind), fields, *tuple.__iter__(value))
            self._keep.append(parts)
            self._several(b"n", parts, out, depth)
        elif self._exact:
            self._object(value, out)
        else:
            out.append(b"S")
            self._object(value, out)
            bare = bare_value(value, base)
            self._keep.append(bare)
            self.write(bare, out, depth + 1)
