"""Write single values of the encoding that `value_codec` describes."""

from __future__ import annotations

import struct
from array import array
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, time
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from types import GenericAlias, UnionType
from typing import Any

from sandbox.guest import declared_classes, library_types, library_values, numpy_values
from sandbox.guest.agreed import Agreed
from sandbox.guest.built_in_values import (
    ITEMS,
    KINDS,
    LEAVES,
    MOMENTS,
    VIEWS,
    bare_value,
    base_of,
    python_number,
    sized,
)
from sandbox.guest.library_types import LIBRARY
from sandbox.guest.sent_subclasses import CHANGING

MAX_DEPTH = 100
COUNT = struct.Struct(">I")
BOUNDED = ord("b")
#: The kind of an instance of a class that both sides have; its place among them follows.
DECLARED = ord("I")
#: The kind of an array of numpy's; its type and shape follow.
NUMPY = ord("P")
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
#: In place of that of an object of which the built-in value follows later.
BEGUN = object()


def _is_container(value: Any, kind: Any, base: Any) -> bool:
    """Whether it is a container of a library, and holds what such a container can hold."""
    if kind is array:
        return library_values.is_plain_array(value)
    if id(kind) in LIBRARY:
        return library_values.is_sound(value, kind)
    return base is None and numpy_values.is_array(kind) and numpy_values.array_head(value) is not None


class Writer:
    """Writes values. Containers get a place in the table, and their contents are written by the `Encoder`."""

    def __init__(
        self,
        other: Other,
        most: int,
        known: Iterable[Any],
        agreed: Agreed,
        exact: bool,
        places: Mapping[int, int] | None,
        instead_of: Callable[[Any], Any] | None,
    ) -> None:
        self._other, self._left, self._exact, self._instead_of = other, most, exact, instead_of
        self._declared, self._nans, self._names = agreed.declared, agreed.nans, agreed.names
        self._values = library_values.SENT_VALUES if exact else library_values.VALUES
        #: the containers, in the order in which the other side has them
        self.table: list[Any] = list(known)
        self._places = {id(one): place for place, one in enumerate(self.table)} if places is None else places
        self._index: dict[int, int] = {}  # the places of those that are new
        self._kinds = bytearray()
        self._bounds: list[bytes] = []  # what follows some of the kinds
        self._keep: list[Any] = []  # keeps objects alive while their identity is in use
        #: Whether a value was written in place that may be written differently later, although it is the same object.
        self.unsettled = False
        #: Mutable instances of subclasses that were written: (the object, its built-in type, its items, whether it is followed).
        self.changing: list[tuple[Any, Any, list[Any], bool]] = []

    def _counted(self, items: int) -> bytes:
        """Each of these items takes at least a byte: what can't fit is not even started."""
        if items > self._left:
            raise TooLarge
        return COUNT.pack(items)

    def write(self, value: Any, out: list[bytes], depth: int) -> None:
        """Write one value to `out`."""
        kind = type(value)
        leaf = LEAVES.get(kind)
        if leaf is not None:
            if kind is float and value != value and self._nans is not None:
                out.append(sized(b"~", self._nans.number(value)) + leaf(value)[1:])
            else:
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
        if self._instead_of is not None:
            container = self._instead_of(container)
            base = type(container)
        place = self._places.get(id(container))
        if place is None:
            place = self._index.get(id(container))
        if place is None:
            place = self._index[id(container)] = len(self.table)
            self.table.append(container)
            bound = _bound(container) if base is deque else None
            if bound is not None:
                self._bounds.append(COUNT.pack(min(bound, 0xFFFFFFFF)))
                self._kinds.append(BOUNDED)
            elif numpy_values.is_array(base):
                self._bounds.append(numpy_values.array_head(container) or b"")
                self._kinds.append(NUMPY)
            elif id(base) in self._declared.places:
                self._bounds.append(bytes((self._declared.places[id(base)],)))
                self._kinds.append(DECLARED)
            elif base is bytearray:  # a view of it may be made before its contents are read
                self._bounds.append(COUNT.pack(len(container)))
                self._kinds.append(KINDS[bytearray])
            elif base is array:
                self._bounds.append(container.typecode.encode("ascii"))
                self._kinds.append(library_values.ARRAY)
            else:
                self._kinds.append(KINDS[base] if base in KINDS else LIBRARY[id(base)][1])
            self._left -= 1
            if self._left < 0:
                raise TooLarge
        out.append(sized(b"r", place))

    def _unusual(self, value: Any, kind: type, out: list[bytes], depth: int) -> None:
        if depth >= MAX_DEPTH:
            if self._exact and (base_of(kind) is not None or id(kind) in LIBRARY):
                raise TooLarge  # it can be sent and is merely nested too deeply: it may be a result that is passed back
            self._object(value, out)
            return
        if id(kind) in self._declared.places and self._is_declared(value, kind, out, depth):
            return
        base = base_of(kind)
        zone = base.tzinfo.__get__(value) if base is datetime or base is time else None
        if zone is not None and not library_values.is_zone(zone):
            base = None
        if _is_container(value, kind, base):
            self._refer(value, kind, out)
        elif (parts := library_values.parts_of(value, kind, self._values)) is not None and self._has_known_types(value):
            self._keep.append(parts)
            self.unsettled = True
            self._several(b"V", parts, out, depth)
        elif (numbers := numpy_values.numpy_parts(value, kind)) is not None:
            self._several(b"u", numbers, out, depth)
        elif base is None:
            self._foreign(value, kind, out, depth)
        elif base is not kind and base not in VIEWS:
            self._derived(value, kind, base, out, depth)
        else:
            self._rare(value, base, out, depth)

    def _has_known_types(self, value: Any) -> bool:
        """Whether what it is made of, if it is `list[int]` or `int | str`, are types that both sides have."""
        if type(value) is GenericAlias:
            return self._known_name(value.__origin__) is not None and not value.__unpacked__
        return type(value) is not UnionType or all(
            self._known_name(one) is not None or (type(one) is GenericAlias and self._has_known_types(one))
            for one in value.__args__
        )

    def _known_name(self, value: object) -> str | None:
        return self._names.get(id(value)) or self._declared.names.get(id(value))

    def _is_declared(self, value: Any, kind: type, out: list[bytes], depth: int) -> bool:
        """Write an instance of a class that both sides have, unless it is a named tuple."""
        if declared_classes.is_container(kind):
            if declared_classes.takes_methods_place(value):
                return False
            self._refer(value, kind, out)
        elif isinstance(value, Enum):
            self._several(b"E", self._declared.parts_of_member(value), out, depth)
        else:
            return False
        return True

    def _rare(self, value: Any, base: Any, out: list[bytes], depth: int) -> None:
        """An instance of a supported type that is neither a container nor frequent."""
        if base is tuple or base is frozenset:
            items = list(base.__iter__(value))
            if base is frozenset:
                self._require_hashes(items, value)
            self._several(b"t" if base is tuple else b"z", items, out, depth)
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
            self.unsettled = True
            self._several(VIEWS[base], items, out, depth)

    def _require_hashes(self, items: list[Any], container: Any) -> None:
        """Raise an exception if instances of the prelude's classes have changed since they were put into a set or dict: the
        other side's would find them."""
        if self._exact or not any(id(type(item)) in self._declared.places for item in items):
            return
        if len(set(items)) != len(items) or not all(item in container for item in items):
            raise TypeError("items that have changed")

    def _foreign(self, value: Any, kind: type, out: list[bytes], depth: int) -> None:
        """An object that is not an instance of any supported type."""
        known = self._known_name(value)
        if known is not None:
            name = known.encode()
            out.append(sized(b"B", len(name)) + name)
        elif value is NotImplemented or value is Ellipsis:
            out.append(b"!" if value is NotImplemented else b".")
        elif (number := python_number(value)) is not value and type(number) in LEAVES:
            out.append(LEAVES[type(number)](number))
        else:
            self._object(value, out)

    def _named_key(self, kind: type, fields: tuple[str, ...]) -> Any:
        """What tells the reader a class of named tuples."""
        return library_types.named_key(kind, fields)

    def _derived(self, value: Any, kind: type, base: Any, out: list[bytes], depth: int) -> None:
        """An instance of a subclass: the object, followed by its base's value."""
        fields = library_types.named_fields(kind) if base is tuple else None
        if fields is not None:
            parts = (self._named_key(kind, fields), self._fields_of(kind, fields), *tuple.__iter__(value))
            self._keep.append(parts)
            self._several(b"n", parts, out, depth)
        elif self._exact:
            self._object(value, out)
        elif base in CHANGING:
            self._changing(value, base, out, depth)
        else:
            self._with_value(value, bare_value(value, base), out, depth)

    def _fields_of(self, kind: type, fields: tuple[str, ...]) -> Any:
        """What is told of the fields of a class of named tuples."""
        return fields

    def _changing(self, value: Any, base: Any, out: list[bytes], depth: int) -> None:
        """A mutable one."""
        raise NotImplementedError

    def _with_value(self, value: object, bare: Any, out: list[bytes], depth: int) -> None:
        self._keep.append(bare)
        out.append(b"S")
        self._object(value, out)
        self.write(bare, out, depth + 1)
