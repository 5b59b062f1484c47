"""Decode what `value_codec` encodes, from any sender."""

from __future__ import annotations

import struct
from array import array
from collections import defaultdict, deque
from collections.abc import Callable, Iterable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from sandbox.guest import library_types, library_values, numpy_values
from sandbox.guest.agreed import USUALLY_AGREED, Agreed
from sandbox.guest.container_contents import CONTAINERS, put
from sandbox.guest.identities import Identities
from sandbox.guest.value_writer import BEGUN, BOUNDED, DECLARED, MAX_DEPTH, NOTHING, NUMPY, Malformed

#: How deeply descriptions may be nested: an exception holds its arguments.
_MAX_DESCRIPTIONS = 10
#: How deeply values may be nested that refer to earlier ones: hashing a tuple uses the stack.
_MAX_LINKED = 10_000
_q, _d, _dd, _i = (struct.Struct(form).unpack_from for form in (">q", ">d", ">dd", ">I"))
_from_bytes = int.from_bytes
_NEW: dict[int, Callable[[], Any]] = {
    ord("l"): list,
    ord("d"): dict,
    ord("s"): set,
} | {tag: kind for tag, kind in library_types.NEW.items() if tag != library_values.ARRAY}

_BYTES = ord("a")

#: Makes what stands for an object from its number, the description or None, and its built-in value (`NOTHING`: none).
Make = Callable[[int, Any, Any], Any]


class Decoder:
    """Decodes one message. `known` are the containers that the message refers to before its own.

    `make` returns what stands for an object that is not plain; `met` is called with what is sent by a name.
    """

    def __init__(
        self,
        data: bytes,
        make: Make,
        known: Iterable[Any] = (),
        agreed: Agreed = USUALLY_AGREED,
        *,
        values: dict[str, Any] = library_values.VALUES,
        met: Callable[[Any], None] = lambda value: None,
    ) -> None:
        self._data, self._make, self._at, self._met = data, make, 0, met
        self._declared, self._nans, self._same, self._types = agreed.declared, agreed.nans, agreed.same, agreed.types
        self._deepest = 0  # how deeply the value being read is nested
        self._grouping = False  # the contents of a group are being read
        self._describing, self._values = 0, values
        self.table: list[Any] = list(known)

    def head(self) -> None:
        """Create the new containers, empty; read the immutable values of which the identity counts."""
        count = self._count()
        self.table += [_NEW[kind]() if kind in _NEW else self._new(kind) for kind in self.take(count)]
        if self._same is not None:
            for _ in range(self._count()):
                self._deepest = 0
                self._same.add(self.value(0), self._deepest)

    def _new(self, kind: int) -> Any:
        if kind == BOUNDED:
            return deque(maxlen=self._count())
        if kind == _BYTES:
            size = self._count()
            return bytearray(min(size, len(self._data)))
        if kind == DECLARED:
            return self._declared.new(self.take(1)[0])
        if kind == NUMPY:
            return numpy_values.new_array(self.take, len(self._data))
        if kind != library_values.ARRAY:
            raise Malformed("no kind of containers")
        return library_values.new_array(self.take(1))

    def fill(self, start: int, stop: int | None = None) -> bytes:
        """Fill the containers from `start` to `stop` with the contents that follow; return the bytes that held them."""
        begin = self._at
        if not self._declared.classes:
            for container in self.table[start:stop]:
                put(container, self.content(type(container)))
        else:
            contents = [(container, self.content(type(container))) for container in self.table[start:stop]]
            for first in (True, False):  # attributes first: hashes may depend on them
                for container, content in contents:
                    if first is (type(container) not in CONTAINERS):
                        put(container, content)
        return self._data[begin : self._at]

    def content(self, kind: type) -> Any:
        """The new content of one container of this type."""
        count = self._count()
        if kind is list:
            return [self.value(0) for _ in range(count)]
        if kind is bytearray or kind is array or numpy_values.is_array(kind):
            return self.take(count)
        if issubclass(kind, dict):
            factory = self.value(0) if kind is defaultdict else None
            pairs = [(self.value(0), self.value(0)) for _ in range(count)]
            return (factory, pairs) if kind is defaultdict else pairs
        items = [self.value(0) for _ in range(count)]
        if id(kind) in self._declared.places and id(items[0]) not in self._declared.places:
            raise Malformed("no class that both sides have")
        return items

    def contents(self, containers: Iterable[Any], known: Iterable[bytes | None]) -> list[tuple[Any, Any]]:
        """(container, new content) of those of which the content that follows is not the one that is known."""
        found = []
        for container, before in zip(containers, known, strict=True):
            begin = self._at
            content = self.content(type(container))
            if self._data[begin : self._at] != before:
                found.append((container, content))
        return found

    def value(self, depth: int = 0) -> Any:
        """The next value."""
        data, at = self._data, self._at
        tag = data[at]
        self._at = at + 1
        if tag == 105:  # i
            self._at = at + 9
            return _q(data, at + 1)[0]
        if tag == 115:  # s
            return self.take(self._count()).decode("utf-8", "surrogatepass")
        if tag == 114:  # r
            return self.table[self._count()]
        if tag == 116:  # t
            return tuple(self._several(depth))
        if tag == 102:  # f
            self._at = at + 9
            return _d(data, at + 1)[0]
        if tag in _SINGLE:
            return _SINGLE[tag]
        return self._rare(chr(tag), depth)

    def _rare(self, tag: str, depth: int) -> Any:
        if tag == "o" or tag == "O":
            return self._make(*self._named(tag, depth), NOTHING)
        if tag == "S":
            tag = chr(self.take(1)[0])
            return self._make(*self._named(tag, depth), self.value(depth + 1))
        if tag == "G":
            return self._group(depth)
        if tag == "U":  # objects that have other contents now, which `make` puts in their place
            self._several(depth)
            return self.value(depth + 1)
        if tag == "~" and self._nans is not None:
            return self._nans.get(self._count(), self.take(8))
        if tag == "b":
            return self.take(self._count())
        if tag == "I":
            return _from_bytes(self.take(self._count()), "big", signed=True)
        if tag == "c":
            self._at += 16
            return complex(*_dd(self._data, self._at - 16))
        if tag == "e":
            return Decimal(self.take(self._count()).decode("ascii"))
        if tag == "B":
            name = self.take(self._count()).decode("ascii")
            if name in self._declared.named:
                return self._declared.named[name]
            self._met(self._types[name])
            return self._types[name]
        if tag == "=" and self._same is not None:
            return self._linked(self._same, self._count(), depth)
        if tag == "E":
            return self._declared.member(self._several(depth))
        if tag == "V":
            return library_values.make_value(self._several(depth), self._values)
        make = _COLLECTED[tag]
        return make(self._several(depth))

    def _linked(self, same: Identities, number: int, depth: int) -> Any:
        """A value that both sides have."""
        self._deepest = max(self._deepest, depth + same.depths.get(number, 0))
        if self._deepest > _MAX_LINKED:
            raise Malformed("too deep")
        self._met(same.values[number])
        return same.values[number]

    def _group(self, depth: int) -> Any:
        """The first of objects of which each may hold the others."""
        if self._grouping:
            raise Malformed("a group in a group")
        named = [self._named(chr(self.take(1)[0]), depth) for _ in range(self._count())]
        made = [self._make(*one, BEGUN) for one in named]
        self._grouping = True
        for number, _ in named:
            self._make(number, None, self.value(0))
        self._grouping = False
        return made[0]

    def _named(self, tag: str, depth: int) -> tuple[int, Any]:
        """(an object's number, its description or None)."""
        if tag not in ("o", "O") or depth > MAX_DEPTH + 1 or self._describing > _MAX_DESCRIPTIONS:
            raise Malformed("no object")
        number = self._count()
        if tag == "o":
            return number, None
        self._describing += 1
        description = self.value(0)
        self._describing -= 1
        return number, description

    def end(self) -> None:
        """Raise Malformed unless the whole message has been read."""
        if self._at != len(self._data):
            raise Malformed("more than a message")

    def _several(self, depth: int) -> list[Any]:
        if depth > MAX_DEPTH:
            raise Malformed("too deep")
        self._deepest = max(self._deepest, depth + 1)
        return [self.value(depth + 1) for _ in range(self._count())]

    def _count(self) -> int:
        (count,) = _i(self._data, self._at)
        self._at += 4
        return int(count)

    def take(self, count: int) -> bytes:
        """The next bytes."""
        end = self._at + count
        if end > len(self._data):
            raise Malformed("cut short")
        piece = self._data[self._at : end]
        self._at = end
        return piece


def _of_integers(make: Callable[..., Any], count: int) -> Callable[[list[Any]], Any]:
    def made(numbers: list[Any]) -> Any:
        if len(numbers) != count or not all(type(number) is int for number in numbers):
            raise Malformed("something else than so many integers")
        return make(*numbers)

    return made


def _with_zone(parts: list[Any]) -> Any:
    """A time or datetime from (its tag, its time zone, its numbers)."""
    kind, zone, *numbers = parts
    if kind not in ("h", "w") or not library_values.is_zone(zone):
        raise Malformed("no time")
    return _COLLECTED[kind](numbers).replace(tzinfo=zone)


def _value_without_objects(data: bytes) -> Any:
    def no_object(number: int, told: Any, bare: Any) -> Any:
        raise Malformed("an object")

    return Decoder(data, no_object).value()


_SINGLE: dict[int, Any] = {
    ord("N"): None,
    ord("T"): True,
    ord("F"): False,
    ord("!"): NotImplemented,
    ord("."): Ellipsis,
}
_COLLECTED: dict[str, Callable[[list[Any]], Any]] = {
    "z": frozenset,
    "g": _of_integers(range, 3),
    "q": _of_integers(Fraction, 2),
    "y": _of_integers(date, 3),
    "h": _of_integers(lambda *parts: time(*parts[:4], fold=parts[4]), 5),
    "w": _of_integers(lambda *parts: datetime(*parts[:7], fold=parts[7]), 8),
    "x": _of_integers(timedelta, 3),
    "p": _with_zone,
    "k": lambda items: dict.fromkeys(items).keys(),
    "L": lambda parts: slice(*parts),
    "n": lambda parts: library_types.make_named(parts, _value_without_objects),
    "u": numpy_values.make_numpy,
    "v": lambda items: dict(enumerate(items)).values(),
    "m": lambda items: dict(zip(items[::2], items[1::2], strict=True)).items(),
}
