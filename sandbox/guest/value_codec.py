"""The closed encoding in which judge and candidate talk: values of built-in types, and numbers for everything else.

Theory of operation. A message is

    number of new containers · their kinds · the content of each container · the root

Lists, dicts, sets, bytearrays and the containers of `collections` ("containers") are written once each, in a table, and
referred to by their place in it; so values that share a list still share it on the other side, and a list that holds itself can
be sent. All other values stand where they are used. An object that is none of these crosses as a number, for which each side
keeps what it means (`other`), with a description where the other side has not heard of it; an instance of a subclass of a
built-in type likewise, with the built-in value that it is.

Covered: the decoder makes None, bool, int, float, complex, str, bytes, bytearray, list, tuple, set, frozenset, dict and its
views, range, Decimal, Fraction, date, time and datetime (without a time zone), timedelta, what `library_types` lists and what
`make` gives, of these exact types, whatever bytes it is fed, or raises an Exception; work and memory are bounded by the length
of the message, recursion by `MAX_DEPTH`. No class is looked up by a name but in a closed table, nothing is executed. Not
covered: what a value is worth. The candidate may send any value it likes.
"""

from __future__ import annotations

import struct
import sys
from collections import OrderedDict, defaultdict, deque
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from sandbox.guest import library_types
from sandbox.guest.library_types import LIBRARY, TYPE_NAMES, TYPES

MAX_DEPTH = 100
#: How many descriptions may stand in one another: an exception holds its arguments.
_MAX_DESCRIPTIONS = 10
_COUNT = struct.Struct(">I")
_INT, _FLOAT, _COMPLEX, _SIZED = struct.Struct(">cq"), struct.Struct(">cd"), struct.Struct(">cdd"), struct.Struct(">cI")
COUNT = _COUNT
_int, _float, _complex, _sized = _INT.pack, _FLOAT.pack, _COMPLEX.pack, _SIZED.pack
_q, _d, _dd, _i = (struct.Struct(form).unpack_from for form in (">q", ">d", ">dd", ">I"))
_from_bytes = int.from_bytes
_modules = sys.modules
_mro = type.__dict__["__mro__"].__get__
_EMPTY: dict[Any, Any] = {}
_KEYS, _VALUES, _ITEMS = type(_EMPTY.keys()), type(_EMPTY.values()), type(_EMPTY.items())
_NEW: dict[int, Callable[[], Any]] = {
    ord("l"): list,
    ord("d"): dict,
    ord("s"): set,
    ord("a"): bytearray,
} | library_types.NEW


_BOUNDED = ord("b")
_bound = vars(deque)["maxlen"].__get__


class Malformed(Exception):
    """The bytes are no message."""


class TooLarge(BaseException):
    """The message would be longer than it may be."""


#: What the other side calls an object: its number, and what it is where the other side does not know it. May raise where there
#: is no such thing.
Other = Callable[[Any], tuple[int, Any]]
#: What stands for an object: its number, the description or None, and the built-in value in it (`NOTHING`: there is none).
Make = Callable[[int, Any, Any], Any]
#: In place of the built-in value in an object that holds none.
NOTHING = object()


class Encoder:
    """Writes one message of at most `most` bytes. `known` are containers that the other side has already, in its order.

    An instance of a subclass is written as an object with the value of its base, or as an object alone where `exact`.
    """

    def __init__(
        self,
        other: Other,
        most: int,
        known: Iterable[Any] = (),
        *,
        exact: bool = False,
        names: Mapping[int, str] = TYPE_NAMES,
    ) -> None:
        self._other, self._left, self._exact, self._names = other, most, exact, names
        #: the containers, in the order in which the other side knows them
        self.table: list[Any] = list(known)
        self._index = {id(container): place for place, container in enumerate(self.table)}
        self._kinds = bytearray()
        self._bounds: list[bytes] = []  # of deques that have one
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
            elif base is dict or issubclass(base, dict):
                pairs = pairs_of(container)
                out.append(self._counted(len(pairs)))
                if base is defaultdict:
                    self.write(_factory(container), out, 0)
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
        out: list[bytes] = []
        self._object(value, out)
        return self._bounded(out)

    def head(self) -> bytes:
        """The new containers' number and kinds; to be asked for last, and to be sent first."""
        return b"".join((_COUNT.pack(len(self._kinds)), self._kinds, *self._bounds))

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

    def _object(self, value: object, out: list[bytes]) -> None:
        number, description = self._other(value)
        if description is None:
            out.append(_sized(b"o", number))
        else:
            out.append(_sized(b"O", number))
            self.write(description, out, 0)

    def _refer(self, container: Any, base: type, out: list[bytes]) -> None:
        place = self._index.get(id(container))
        if place is None:
            place = self._index[id(container)] = len(self.table)
            self.table.append(container)
            bound = _bound(container) if base is deque else None
            if bound is not None:
                self._bounds.append(_COUNT.pack(min(bound, 0xFFFFFFFF)))
                self._kinds.append(_BOUNDED)
            else:
                self._kinds.append(_KIND[base] if base in _KIND else LIBRARY[id(base)][1])
            if len(self._kinds) > self._left:
                raise TooLarge
        out.append(_sized(b"r", place))

    def _unusual(self, value: Any, kind: type, out: list[bytes], depth: int) -> None:
        if depth >= MAX_DEPTH:
            if self._exact and (base_of(kind) is not None or id(kind) in LIBRARY):
                raise TooLarge  # it can cross, and only lies too deep: it may be a result that is passed back
            self._object(value, out)
            return
        base = base_of(kind)
        if (base is datetime or base is time) and base.tzinfo.__get__(value) is not None:
            base = None
        if id(kind) in LIBRARY:
            self._refer(value, kind, out)
        elif (numbers := library_types.numpy_parts(value, kind)) is not None:
            self._several(b"u", numbers, out, depth)
        elif base is None:
            self._foreign(value, kind, out, depth)
        elif base is not kind and base not in _AS_BASE:
            self._derived(value, kind, base, out, depth)
        elif base is not kind and base not in _VIEWS and self._exact:
            self._object(value, out)
        else:
            self._rare(value, base, out, depth)

    def _rare(self, value: Any, base: Any, out: list[bytes], depth: int) -> None:
        """An instance of one of our types that is neither a container nor frequent."""
        if base is tuple or base is frozenset:
            self._several(b"t" if base is tuple else b"z", list(base.__iter__(value)), out, depth)
        elif base is range or base is slice:
            tag = b"g" if base is range else b"L"
            self._several(tag, (value.start, value.stop, value.step), out, depth)
        elif base is Fraction:
            self._several(b"q", (int(value.numerator), int(value.denominator)), out, depth)
        elif base in _MOMENTS:
            tag, fields = _MOMENTS[base]
            self._several(tag, [getattr(base, field).__get__(value) for field in fields], out, depth)
        elif base is Decimal:
            text = Decimal.__str__(value).encode()
            out.append(_sized(b"e", len(text)) + text)
        else:
            items = [item for pair in value for item in pair] if base is _ITEMS else list(value)
            self._keep.append(items)
            self._several(_VIEWS[base], items, out, depth)

    def _foreign(self, value: Any, kind: type, out: list[bytes], depth: int) -> None:
        """What is no instance of any of our types."""
        if id(value) in self._names:
            name = self._names[id(value)].encode()
            out.append(_sized(b"B", len(name)) + name)
        elif value is NotImplemented or value is Ellipsis:
            out.append(b"!" if value is NotImplemented else b".")
        elif (number := python_number(value)) is not value and type(number) in _LEAVES:
            out.append(_LEAVES[type(number)](number))
        else:
            self._object(value, out)

    def _derived(self, value: Any, kind: type, base: Any, out: list[bytes], depth: int) -> None:
        """An instance of a subclass: the object that it is, then the base's value in it."""
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
#: Instances of subclasses of these are written as theirs.
_AS_BASE = frozenset((*_MOMENTS, *_VIEWS, Fraction, Decimal))
# by identity: a metaclass may say that its classes equal any other
_BASES = {
    id(one): one for one in (*_LEAVES, *_KIND, *_VIEWS, *_MOMENTS, tuple, frozenset, range, slice, Fraction, Decimal)
}


def base_of(kind: type) -> Any:
    """The type of ours that this one is or derives from."""
    for one in _mro(kind):
        if id(one) in _BASES:
            return _BASES[id(one)]
    return None


def python_number(value: Any) -> Any:
    """numpy's numbers as Python's; anything else as it is."""
    generic = getattr(_modules.get("numpy"), "generic", None)
    return value.item() if generic is not None and generic in _mro(type(value)) else value


def _container(value: object) -> Any:
    kind = type(value)
    return kind if id(kind) in LIBRARY else base_of(kind)


def _factory(value: Any) -> Any:
    return vars(defaultdict)["default_factory"].__get__(value)


def bare_value(value: Any, base: Any) -> Any:
    """The base's value in an instance of a subclass, by the base's own methods, as what can't be changed: a list as a tuple, a
    dict as a tuple of pairs, a set as a frozenset, a bytearray as bytes."""
    if base in _LEAVES:
        return plain_leaf(value, base)
    if base is dict:
        return tuple(pairs_of(value))
    if base is bytearray:
        return bytes(memoryview(value))
    return (frozenset if base is set or base is frozenset else tuple)(base.__iter__(value))


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

    `make` gives what stands for an object that is not plain.
    """

    def __init__(self, data: bytes, make: Make, known: Iterable[Any] = (), *, named: Mapping[str, Any] = TYPES) -> None:
        self._data, self._make, self._at, self._names = data, make, 0, named
        self._describing = 0
        self.table: list[Any] = list(known)

    def head(self) -> None:
        """The new containers, made empty."""
        count = self._count()
        self.table += [deque(maxlen=self._count()) if kind == _BOUNDED else _NEW[kind]() for kind in self._take(count)]

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
        if issubclass(kind, dict):
            factory = self.value(0) if kind is defaultdict else None
            pairs = [(self.value(0), self.value(0)) for _ in range(count)]
            return (factory, pairs) if kind is defaultdict else pairs
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
        if tag == "o" or tag == "O":
            return self._make(*self._named(tag, depth), NOTHING)
        if tag == "S":
            tag = chr(self._take(1)[0])
            return self._make(*self._named(tag, depth), self.value(depth + 1))
        if tag == "b":
            return self._take(self._count())
        if tag == "I":
            return _from_bytes(self._take(self._count()), "big", signed=True)
        if tag == "c":
            self._at += 16
            return complex(*_dd(self._data, self._at - 16))
        if tag == "e":
            return Decimal(self._take(self._count()).decode("ascii"))
        if tag == "B":
            return self._names[self._take(self._count()).decode("ascii")]
        make = _COLLECTED[tag]
        return make(self._several(depth))

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


def empty(container: Any) -> Any:
    """A new one of its kind."""
    return deque(maxlen=container.maxlen) if type(container) is deque else type(container)()


def put(container: Any, content: Any) -> None:
    """Gives a container this content in place of its own. Raises TypeError for what can't be hashed."""
    if type(container) is list or type(container) is bytearray:
        container[:] = content
    elif isinstance(container, dict):
        container.clear()
        if type(container) is defaultdict:
            factory, content = content
            if factory is not None and not callable(factory):
                raise TypeError("a factory that is none")
            container.default_factory = factory
        (OrderedDict if type(container) is OrderedDict else dict).update(container, content)
    elif type(container) is deque:
        container.clear()
        container.extend(content)
    else:
        container.clear()
        container.update(content)


def _of_integers(make: Callable[..., Any], count: int) -> Callable[[list[Any]], Any]:
    def made(numbers: list[Any]) -> Any:
        if len(numbers) != count or not all(type(number) is int for number in numbers):
            raise Malformed("something else than so many integers")
        return make(*numbers)

    return made


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
    "k": lambda items: dict.fromkeys(items).keys(),
    "L": lambda parts: slice(*parts),
    "n": library_types.make_named,
    "u": library_types.make_numpy,
    "v": lambda items: dict(enumerate(items)).values(),
    "m": lambda items: dict(zip(items[::2], items[1::2], strict=True)).items(),
}
