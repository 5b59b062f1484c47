"""The closed encoding in which judge and candidate talk: values of built-in types, and numbers for everything else.

Theory of operation. A message is

    number of new containers · their kinds · the content of each container · the root

Lists, dicts, sets and bytearrays ("containers") are written once each, in a table, and referred to by their place in it; so
values that share a list still share it on the other side, and a list that holds itself can be sent. All other values stand
where they are used. An object that is none of these crosses as a number, for which each side keeps what it means (`other`).

Covered: the decoder makes None, bool, int, float, complex, str, bytes, bytearray, list, tuple, set, frozenset, dict and its
views, range, Decimal, Fraction, date, time and datetime (without a time zone), timedelta and what `make` gives, of these exact
types, whatever bytes it is fed, or raises an Exception; work and memory are bounded by the length of the message, recursion by
`MAX_DEPTH`. No class is looked up by a name, nothing is executed. Not covered: what a value is worth. The candidate may send
any value it likes.
"""

from __future__ import annotations

import struct
import sys
from collections import OrderedDict
from collections.abc import Callable, Iterable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

MAX_DEPTH = 100
_COUNT = struct.Struct(">I")
_INT, _FLOAT, _COMPLEX, _SIZED = struct.Struct(">cq"), struct.Struct(">cd"), struct.Struct(">cdd"), struct.Struct(">cI")
_int, _float, _complex, _sized = _INT.pack, _FLOAT.pack, _COMPLEX.pack, _SIZED.pack
_q, _d, _dd, _i = (struct.Struct(form).unpack_from for form in (">q", ">d", ">dd", ">I"))
_from_bytes = int.from_bytes
_mro = type.__dict__["__mro__"].__get__
_EMPTY: dict[Any, Any] = {}
_KEYS, _VALUES, _ITEMS = type(_EMPTY.keys()), type(_EMPTY.values()), type(_EMPTY.items())
_NEW: dict[int, Callable[[], Any]] = {ord("l"): list, ord("d"): dict, ord("s"): set, ord("a"): bytearray}


class Malformed(Exception):
    """The bytes are no message."""


class TooLarge(BaseException):
    """The message would be longer than it may be."""


#: What the other side calls an object: its number. May raise where there is no such thing.
Other = Callable[[Any], int]


class Encoder:
    """Writes one message of at most `most` bytes. `known` are containers that the other side has already, in its order.

    An instance of a subclass is written as its base, or handed to `other` where `exact`.
    """

    def __init__(self, other: Other, most: int, known: Iterable[Any] = (), *, exact: bool = False) -> None:
        self._other, self._left, self._exact = other, most, exact
        #: the containers, in the order in which the other side knows them
        self.table: list[Any] = list(known)
        self._index = {id(container): place for place, container in enumerate(self.table)}
        self._kinds = bytearray()
        self._keep: list[Any] = []  # nothing whose identity was used may go away

    def contents(self, start: int, stop: int | None = None) -> bytes:
        """The contents of the containers from `start`: to `stop`, or to the last, those included that are found on the way."""
        out: list[bytes] = []
        while start < (len(self.table) if stop is None else stop):
            container = self.table[start]
            base = _container(container)
            if base is bytearray:
                data = bytes(memoryview(container))
                out += [_COUNT.pack(len(data)), data]
            elif base is dict:
                pairs = pairs_of(container)
                out.append(self._counted(len(pairs)))
                for key, value in pairs:
                    self.write(key, out, 0)
                    self.write(value, out, 0)
            else:
                items = list(base.__iter__(container))
                out.append(self._counted(len(items)))
                for item in items:
                    self.write(item, out, 0)
            start += 1
        return self._bounded(out)

    def root(self, value: object) -> bytes:
        """The encoded root. Containers that it mentions first wait for `contents`."""
        out: list[bytes] = []
        self.write(value, out, 0)
        return self._bounded(out)

    def root_object(self, value: object) -> bytes:
        """A root that is sent as an object, whatever it is."""
        return self._object(value)

    def head(self) -> bytes:
        """The new containers' number and kinds; to be asked for last, and to be sent first."""
        return _COUNT.pack(len(self._kinds)) + bytes(self._kinds)

    def _counted(self, items: int) -> bytes:
        """So many items take a byte each at least: what can't fit is not even begun."""
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
        """One value, into `out`."""
        kind = type(value)
        leaf = _LEAVES.get(kind)
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

    def _object(self, value: object) -> bytes:
        return _sized(b"o", self._other(value))

    def _refer(self, container: Any, base: type, out: list[bytes]) -> None:
        place = self._index.get(id(container))
        if place is None:
            place = self._index[id(container)] = len(self.table)
            self.table.append(container)
            self._kinds.append(_KIND[base])
            if len(self._kinds) > self._left:
                raise TooLarge
        out.append(_sized(b"r", place))

    def _unusual(self, value: Any, kind: type, out: list[bytes], depth: int) -> None:
        base = base_of(kind) if depth < MAX_DEPTH else None
        if (base is datetime or base is time) and base.tzinfo.__get__(value) is not None:
            base = None
        if base is None or (self._exact and base is not kind):
            out.append(
                _LEAVES[kind](value)
                if (kind := type(value := python_number(value))) in _LEAVES
                else self._object(value)
            )
        elif base in _KIND:
            self._refer(value, base, out)
        elif base is tuple or base is frozenset:
            self._several(b"t" if base is tuple else b"z", list(base.__iter__(value)), out, depth)
        elif base is range:
            self._several(b"g", (value.start, value.stop, value.step), out, depth)
        elif base is Fraction:
            self._several(b"q", (int(value.numerator), int(value.denominator)), out, depth)
        elif base in _MOMENTS:
            tag, fields = _MOMENTS[base]
            self._several(tag, [getattr(base, field).__get__(value) for field in fields], out, depth)
        elif base is Decimal:
            text = Decimal.__str__(value).encode()
            out.append(_sized(b"e", len(text)) + text)
        elif base in _VIEWS:
            items = [item for pair in value for item in pair] if base is _ITEMS else list(value)
            self._keep.append(items)
            self._several(_VIEWS[base], items, out, depth)
        else:
            out.append(_LEAVES[base](plain_leaf(value, base)))


def _long(value: int) -> bytes:
    if -0x8000000000000000 <= value <= 0x7FFFFFFFFFFFFFFF:
        return _int(b"i", value)
    data = value.to_bytes(value.bit_length() // 8 + 1, "big", signed=True)
    return _sized(b"I", len(data)) + data


def _text(value: str) -> bytes:
    data = value.encode("utf-8", "surrogatepass")
    return _sized(b"s", len(data)) + data


_LEAVES: dict[type, Callable[[Any], bytes]] = {
    type(None): lambda _: b"N",
    bool: lambda value: b"T" if value else b"F",
    int: _long,
    str: _text,
    float: lambda value: _float(b"f", value),
    bytes: lambda value: _sized(b"b", len(value)) + value,
    complex: lambda value: _complex(b"c", value.real, value.imag),
}
_KIND: dict[type, int] = {list: ord("l"), dict: ord("d"), set: ord("s"), bytearray: ord("a")}
_VIEWS: dict[type, bytes] = {_KEYS: b"k", _VALUES: b"v", _ITEMS: b"m"}
_DAY, _HOUR = ("year", "month", "day"), ("hour", "minute", "second", "microsecond", "fold")
_MOMENTS: dict[type, tuple[bytes, tuple[str, ...]]] = {
    date: (b"y", _DAY),
    time: (b"h", _HOUR),
    datetime: (b"w", (*_DAY, *_HOUR)),
    timedelta: (b"x", ("days", "seconds", "microseconds")),
}
# by identity: a metaclass may say that its classes equal any other
_BASES = {id(one): one for one in (*_LEAVES, *_KIND, *_VIEWS, *_MOMENTS, tuple, frozenset, range, Fraction, Decimal)}


def base_of(kind: type) -> Any:
    """The type of ours that this one is or derives from."""
    for one in _mro(kind):
        if id(one) in _BASES:
            return _BASES[id(one)]
    return None


def python_number(value: Any) -> Any:
    """numpy's numbers as Python's; anything else as it is."""
    generic = getattr(sys.modules.get("numpy"), "generic", None)
    return value.item() if generic is not None and generic in _mro(type(value)) else value


def _container(value: object) -> Any:
    return base_of(type(value))


def pairs_of(value: Any) -> list[tuple[Any, Any]]:
    """A dict's items by dict's own method; an OrderedDict has an order of its own."""
    return list(OrderedDict.items(value) if type(value) is OrderedDict else dict.items(value))


def plain_leaf(value: Any, base: Any) -> Any:
    """The plain value in an instance of a subclass, by the base's own methods."""
    if base is str:
        return str.__str__(value)
    if base is bytes:
        return bytes.__getitem__(value, slice(None))
    if base is complex:
        return complex.__pos__(value)
    return int.__index__(value) if base is int else float.__float__(value)


class Decoder:
    """Reads one message. `known` are the containers that the message refers to before its own.

    `make(number)` gives what stands for an object that is not plain.
    """

    def __init__(self, data: bytes, make: Callable[[int], Any], known: Iterable[Any] = ()) -> None:
        self._data, self._make, self._at = data, make, 0
        self.table: list[Any] = list(known)

    def head(self) -> None:
        """The new containers, made empty."""
        count = self._count()
        self.table += [_NEW[kind]() for kind in self._take(count)]

    def fill(self, start: int) -> bytes:
        """The containers from `start` get the contents that come next; returns the bytes that held them."""
        begin = self._at
        for container in self.table[start:]:
            put(container, self.content(type(container)))
        return self._data[begin : self._at]

    def content(self, kind: type) -> Any:
        """What one container of this type shall hold."""
        count = self._count()
        if kind is bytearray:
            return self._take(count)
        if kind is dict:
            return [(self.value(0), self.value(0)) for _ in range(count)]
        return [self.value(0) for _ in range(count)]

    def value(self, depth: int = 0) -> Any:
        """The value that comes next."""
        data, at = self._data, self._at
        tag = data[at]
        self._at = at + 1
        if tag == 105:  # i
            self._at = at + 9
            return _q(data, at + 1)[0]
        if tag == 115:  # s
            return self._take(self._count()).decode("utf-8", "surrogatepass")
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
        if tag == "o":
            return self._make(self._count())
        if tag == "b":
            return self._take(self._count())
        if tag == "I":
            return _from_bytes(self._take(self._count()), "big", signed=True)
        if tag == "c":
            self._at += 16
            return complex(*_dd(self._data, self._at - 16))
        if tag == "e":
            return Decimal(self._take(self._count()).decode("ascii"))
        make = _COLLECTED[tag]
        return make(self._several(depth))

    def end(self) -> None:
        """Raises Malformed unless all of the message has been read."""
        if self._at != len(self._data):
            raise Malformed("more than a message")

    def _several(self, depth: int) -> list[Any]:
        if depth > MAX_DEPTH:
            raise Malformed("too deep")
        return [self.value(depth + 1) for _ in range(self._count())]

    def _count(self) -> int:
        (count,) = _i(self._data, self._at)
        self._at += 4
        return int(count)

    def _take(self, count: int) -> bytes:
        end = self._at + count
        if end > len(self._data):
            raise Malformed("cut short")
        piece = self._data[self._at : end]
        self._at = end
        return piece


def put(container: Any, content: Any) -> None:
    """Gives a container this content in place of its own. Raises TypeError for what can't be hashed."""
    if type(container) is list or type(container) is bytearray:
        container[:] = content
    else:
        container.clear()
        container.update(content)


def _of_integers(make: Callable[..., Any], count: int) -> Callable[[list[Any]], Any]:
    def made(numbers: list[Any]) -> Any:
        if len(numbers) != count or not all(type(number) is int for number in numbers):
            raise Malformed("something else than so many integers")
        return make(*numbers)

    return made


_SINGLE: dict[int, Any] = {ord("N"): None, ord("T"): True, ord("F"): False}
_COLLECTED: dict[str, Callable[[list[Any]], Any]] = {
    "z": frozenset,
    "g": _of_integers(range, 3),
    "q": _of_integers(Fraction, 2),
    "y": _of_integers(date, 3),
    "h": _of_integers(lambda *parts: time(*parts[:4], fold=parts[4]), 5),
    "w": _of_integers(lambda *parts: datetime(*parts[:7], fold=parts[7]), 8),
    "x": _of_integers(timedelta, 3),
    "k": lambda items: dict.fromkeys(items).keys(),
    "v": lambda items: dict(enumerate(items)).values(),
    "m": lambda items: dict(zip(items[::2], items[1::2], strict=True)).items(),
}
