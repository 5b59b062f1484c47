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

from array import array
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from sandbox.guest import declared_classes, library_values, numpy_values
from sandbox.guest.agreed import USUALLY_AGREED, Agreed
from sandbox.guest.built_in_values import KINDS, base_of, factory_of, pairs_of, sized
from sandbox.guest.identities import Identities
from sandbox.guest.library_types import LIBRARY, is_sent
from sandbox.guest.named_classes import additions_of
from sandbox.guest.sent_subclasses import CHANGING, SentSubclasses, items_of
from sandbox.guest.value_writer import COUNT, HOLDERS, Other, TooLarge, Writer

#: The tags of values that have no identity of their own when they are written.
_IMMUTABLE = frozenset(bytes((tag,)) for tag in b"isfbIcetzgLqyhwxpnuV")

_MOST_ADDED = 1 << 20


def _container_of(value: object) -> Any:
    """The container type of a value, from the standard library or built in."""
    kind = type(value)
    return kind if id(kind) in LIBRARY else base_of(kind)


class Encoder(Writer):
    """Writes one message of at most `most` bytes. `known` are containers that the other side has already, in its order.

    `places`: the place of each in it, by its id, if that has been found out already; `instead_of` returns what is written in
    place of a container.

    An instance of a subclass is written as an object with its base's value, or as an object alone if `exact`. `subclasses`:
    instances of which the other side has a copy; those that have changed are written before the root.
    """

    def __init__(
        self,
        other: Other,
        most: int,
        known: Iterable[Any] = (),
        agreed: Agreed = USUALLY_AGREED,
        *,
        exact: bool = False,
        places: Mapping[int, int] | None = None,
        instead_of: Callable[[Any], Any] | None = None,
        subclasses: SentSubclasses | None = None,
    ) -> None:
        super().__init__(other, most, known, agreed, exact, places, instead_of)
        self._subclasses = subclasses
        #: The mutable instances of subclasses that are being written: (the object, its built-in type, its first item); their ids.
        self._group: list[tuple[Any, Any, int]] = []
        self._grouped: set[int] = set()

    def contents(self, start: int, stop: int | None = None) -> bytes:
        """The contents of the containers from `start` to `stop`, or to the last, including those found on the way."""
        out: list[bytes] = []
        while start < (len(self.table) if stop is None else stop):
            container = self.table[start]
            base = _container_of(container)
            if base is list or base is set:
                items = list(base.__iter__(container))
                if base is set:
                    self._require_hashes(items, container)
                self._items(items, out)
            elif base is None or base is bytearray or base is array:
                self._unusual_contents(container, base, out)
            elif issubclass(base, dict):
                pairs = pairs_of(container)
                self._require_hashes([key for key, _ in pairs], container)
                out.append(self._counted(len(pairs)))
                if base is defaultdict:
                    self.write(factory_of(container), out, 0)
                for key, value in pairs:
                    self.write(key, out, 0)
                    self.write(value, out, 0)
            elif base in HOLDERS:
                self._require(library_values.is_sound(container, base), container)
                self._items(library_values.items_of(container), out)
            else:
                self._items(list(container), out)
            start += 1
        return self._bounded(out)

    def _changing(self, value: Any, base: Any, out: list[bytes], depth: int, first: int = 0) -> None:
        """A mutable instance of a subclass, its items from the place `first` on, and whatever such instances these hold. All are
        named first, then follow the contents of each: so they may hold each other, however deeply."""
        if self._grouped:
            self._object(value, out)
            if id(value) not in self._grouped:
                self._grouped.add(id(value))
                self._group.append((value, base, 0))
            return
        self._grouped, self._group = {id(value)}, [(value, base, first)]
        names: list[bytes] = []
        contents: list[bytes] = []
        for one in self._group:  # which grows meanwhile
            self._object(one[0], names)
            self._several(b"t", self._told_of(*one), contents, 0)
        out += (b"G", self._counted(len(self._group)), *names, *contents)
        self._grouped = set()

    def _told_of(self, value: Any, base: Any, first: int) -> tuple[Any, ...]:
        """Whether the other side will be told what becomes of it, and its items."""
        items = items_of(value, base)
        follows, self.unsettled = self._subclasses is not None and self._subclasses.follows(value, items), True
        self.changing.append((value, base, items, follows))
        told = (follows, first, *items[first:])
        self._keep.append(told)
        return told

    def _fields_of(self, kind: type, fields: tuple[str, ...]) -> Any:
        """The program's class has what its statement has added."""
        return fields if self._exact else _fields_with_additions(kind, fields)

    def forget(self, count: int) -> None:
        """Forget the containers after the first `count`: what mentions them is not sent."""
        for container in self.table[count:]:
            del self._index[id(container)]
        del self.table[count:]
        self._kinds.clear()
        self._bounds.clear()

    def _unusual_contents(self, container: Any, base: Any, out: list[bytes]) -> None:
        """Those of bytes, of numbers, and of an instance of a class that both sides have."""
        if base is None and not numpy_values.is_array(type(container)):
            self._require(not declared_classes.takes_methods_place(container), container)
            self._require(id(type(container)) in self._declared.places, container)
            self._items([type(container), *declared_classes.attributes(container)], out)
            return
        if base is bytearray:
            data = bytes(memoryview(container))
        else:
            data = container.tobytes() if base is array else numpy_values.contents_of(container)
        out += [COUNT.pack(len(data)), data]

    def _require(self, sound: bool, container: Any) -> None:
        """Raise an exception for a container that both sides have and that can no longer be sent."""
        if not sound:
            self._other(container)  # the judge's raises
            raise TypeError("an attribute that is not sent")

    def _items(self, items: list[Any], out: list[bytes]) -> None:
        out.append(self._counted(len(items)))
        for item in items:
            self.write(item, out, 0)

    def root(self, value: object) -> bytes:
        """The encoded root. Containers that it mentions for the first time are written by `contents`."""
        out: list[bytes] = []
        changed = self._subclasses.changed() if self._subclasses is not None else ()
        if changed:
            out += (b"U", self._counted(len(changed)))
            for one, first in changed:
                self._changing(one, base_of(type(one)), out, 0, first)
        self.write(value, out, 0)
        return self._bounded(out)

    def question(self, parts: tuple[Any, ...]) -> bytes:
        """The encoded root of a question or request: its parts, of which some are tuples of values."""
        return self.root(parts)

    def root_object(self, value: object) -> bytes:
        """A root that is sent as an object, whatever it is."""
        out: list[bytes] = []
        self._object(value, out)
        return self._bounded(out)

    def head(self) -> bytes:
        """The number and kinds of new containers; call it last, send its result first."""
        return b"".join([COUNT.pack(len(self._kinds)), bytes(self._kinds), *self._bounds])

    def sent(self) -> None:
        """The message is going to be sent: from now on the other side has what it brings."""
        if self._subclasses is not None:
            self._subclasses.sent(self.changing)

    def _bounded(self, out: list[bytes]) -> bytes:
        data = b"".join(out)
        self._left -= len(data)
        if self._left < 0:
            raise TooLarge
        return data


#: (class, what is told of its fields) by the ids of classes of named tuples. A class is told anew with each of its instances.
_fields: dict[int, tuple[type, Any]] = {}


def _fields_with_additions(kind: type, fields: tuple[str, ...]) -> Any:
    """The fields, in a tuple with the encoded additions if there are any."""
    if id(kind) not in _fields:
        added = additions_of(kind, fields, is_sent)
        data = b"" if added is None else Encoder(lambda _: (0, None), _MOST_ADDED).root(added)
        _fields[id(kind)] = kind, (fields, data) if data else fields
    return _fields[id(kind)][1]


class IdentifyingEncoder(Encoder):
    """One that writes an immutable value only once. `same`: those that both sides have."""

    def __init__(
        self, same: Identities, other: Other, most: int, known: Iterable[Any], agreed: Agreed, **more: Any
    ) -> None:
        super().__init__(other, most, known, agreed, **more)
        self._same, self._nans = same, None  # a float that is no number is an immutable value like any other
        self._new: list[bytes] = []  # immutable values that are sent for the first time
        self._met: list[Any] = []  # these values
        self._numbers: dict[int, int] = {}  # and their numbers
        self._parts: list[Any] = []  # tuples that only the message has

    def question(self, parts: tuple[Any, ...]) -> bytes:
        """Its own tuples have no identity, so that nothing keeps what they hold."""
        self._parts = [parts, *(one for one in parts if type(one) is tuple)]
        return super().question(parts)

    def head(self) -> bytes:
        """The immutable values follow the kinds."""
        return b"".join([super().head(), COUNT.pack(len(self._new)), *self._new])

    def sent(self) -> None:
        """From now on the other side has them."""
        for value in self._met:
            self._same.add(value)
        super().sent()

    def write(self, value: Any, out: list[bytes], depth: int) -> None:
        """Write a value, or its number if it is immutable."""
        kind = type(value)
        if kind in KINDS or value is None or any(value is one for one in self._parts):
            super().write(value, out, depth)
            return
        number = self._numbers.get(id(value))
        if number is None:
            number = self._same.numbers.get(id(value))
        if number is None:
            parts: list[bytes] = []
            group = self._group, self._grouped
            if base_of(kind) not in CHANGING:
                self._grouped = set()  # it may be read before the group
            super().write(value, parts, depth)
            self._group, self._grouped = group
            if parts[0][:1] not in _IMMUTABLE:
                out += parts
                return
            number = self._numbers[id(value)] = len(self._same.values) + len(self._met)
            self._met.append(value)
            self._new.append(self._bounded(parts))
        out.append(sized(b"=", number))


def encoder(other: Other, most: int, known: Iterable[Any], agreed: Agreed, **more: Any) -> Encoder:
    """One for this sample: whether the identities of immutable values count is agreed."""
    if agreed.same is None:
        return Encoder(other, most, known, agreed, **more)
    return IdentifyingEncoder(agreed.same, other, most, known, agreed, **more)
