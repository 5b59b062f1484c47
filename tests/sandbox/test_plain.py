"""The encoding between judge and candidate: plain values survive, and no bytes give anything but plain values or an error."""

from __future__ import annotations

import io
import math
import struct
from array import array
from collections import ChainMap, Counter, OrderedDict, UserDict, UserList, defaultdict, deque
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from decimal import Decimal
from enum import IntEnum
from fractions import Fraction
from ipaddress import IPv4Address, IPv6Address
from types import MappingProxyType, SimpleNamespace
from typing import Any, NamedTuple
from uuid import UUID

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sandbox.guest import library_types, numpy_values, value_codec, value_decoder, value_writer

PLAIN = {
    *(type(None), bool, int, float, complex, str, bytes, bytearray, list, tuple, set, frozenset, dict, range),
    *(Decimal, Fraction, type({}.keys()), type({}.values()), type({}.items())),
    *(date, time, datetime, timedelta, timezone, UUID, IPv4Address, IPv6Address, array, SimpleNamespace),
    *(ChainMap, UserDict, UserList, memoryview, MappingProxyType),
    *(Counter, OrderedDict, defaultdict, deque, type, type(...), type(NotImplemented)),
}
hashable = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.complex_numbers(allow_nan=False)
    | st.text(st.characters())
    | st.binary()
    | st.fractions()
    | st.decimals(allow_nan=False)
    | st.builds(range, st.integers(), st.integers(), st.integers(1, 9))
    | st.dates()
    | st.times()
    | st.datetimes()
    | st.timedeltas()
    | st.uuids()
    | st.ip_addresses(),
    lambda inner: st.lists(inner, max_size=4).map(tuple) | st.frozensets(inner, max_size=4),
    max_leaves=8,
)
values = st.recursive(
    hashable
    | st.binary().map(bytearray)
    | st.lists(st.integers(0, 9)).map(lambda numbers: array("i", numbers))
    | st.dictionaries(st.sampled_from(["a", "b"]), st.integers()).map(lambda values: SimpleNamespace(**values)),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(hashable, inner, max_size=4)
        | st.sets(hashable, max_size=4)
        | st.lists(inner, max_size=3).map(tuple)
    ),
    max_leaves=20,
)


class Thing:
    """Not plain."""


def no_number(_: object) -> tuple[int, Any]:
    raise KeyError("not plain")


def encode(value: object, most: int = 1 << 24, **options: Any) -> bytes:
    """A message as a question is: head, contents, root."""
    encoder = value_codec.Encoder(options.pop("other", no_number), most, **options)
    root = encoder.root(value)
    contents = encoder.contents(0)
    return encoder.head() + contents + root


def decode(data: bytes, make: Any = lambda number, told, bare: ("object", number)) -> Any:
    decoder = value_decoder.Decoder(data, make)
    decoder.head()
    decoder.fill(0)
    value = decoder.value()
    decoder.end()
    return value


def types_in(value: Any, seen: set[int] | None = None) -> set[type]:
    """The types of everything in a value."""
    seen = seen if seen is not None else set()
    if id(value) in seen:
        return set()
    seen.add(id(value))
    inner: list[Any] = []
    if isinstance(value, dict):
        inner = [*value, *value.values()]
    elif isinstance(value, list | tuple | set | frozenset):
        inner = list(value)
    return {type(value)}.union(*(types_in(one, seen) for one in inner))


@given(values)
@example("\ud800\0")
@example([-(2**63), 2**63, -(2**64), 2**4000, -0.0, math.inf])
@example({"a": [(), {1, 2}, {}], (1,): None})
def test_plain_values_survive(value: object) -> None:
    """What is sent comes back equal, and of the same types in the same order."""
    back = decode(encode(value))
    assert back == value
    assert repr(back) == repr(value) or types_in(value) & {set, frozenset}
    assert types_in(back) == types_in(value)


@given(st.binary(max_size=200) | st.binary(max_size=40).map(lambda data: b"\0\0\0\0" + data))
@example(b"\0\0\0\1l\xff\xff\xff\xff")
@example(b"\0\0\0\0" + (b"t" + struct.pack(">I", 1)) * 5_000 + b"N")
@example(b"\0\0\0\0q" + struct.pack(">I", 2) + b"i" + bytes(8) + b"i" + bytes(8))
def test_any_bytes_are_plain_or_refused(data: bytes) -> None:
    """Arbitrary bytes give values of the closed set of types, or an Exception; never anything else."""
    try:
        value = decode(data)
    except Exception:
        return
    assert types_in(value) <= PLAIN


@given(values, st.data())
def test_bent_messages(value: object, data: st.DataObject) -> None:
    """An honest message with some bytes changed is still plain or refused."""
    message = bytearray(encode(value))
    for _ in range(data.draw(st.integers(1, 3))):
        message[data.draw(st.integers(0, len(message) - 1))] = data.draw(st.integers(0, 255))
    try:
        back = decode(bytes(message))
    except Exception:
        return
    assert types_in(back) <= PLAIN


def test_sharing_and_rings_survive() -> None:
    """Two names of one list stay one list, and a list that holds itself does so on the other side."""
    shared = [1]
    ring: list[Any] = [shared, {"again": shared}]
    ring.append(ring)
    back = decode(encode(ring))
    assert back[0] is back[1]["again"]
    assert back[2] is back


class Point(NamedTuple):
    x: int
    y: int


class Colour(IntEnum):
    RED = 1


class Liar(list[Any]):
    """Says that it is something else."""

    def __iter__(self) -> Any:
        return iter(["other"])

    def __len__(self) -> int:
        return 99

    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = None


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Colour.RED, 1),
        (Liar([1, 2]), (False, 0, 1, 2)),
        (type("K", (dict,), {"items": lambda self: "lie"})(a=[1]), (False, 0, "a", [1])),
        (type("Q", (set,), {"__iter__": lambda self: iter("lie")})([1]), (False, 0, 1)),
        (type("O", (OrderedDict,), {"items": lambda self: "lie"})(a=1), (False, 0, "a", 1)),
        (type("D", (defaultdict,), {"items": lambda self: "lie"})(list, a=1), (False, 0, list, "a", 1)),
        (type("R", (deque,), {"__iter__": lambda self: iter("lie")})([1], 3), (False, 0, 3, 1)),
        (type("A", (bytearray,), {"__iter__": lambda self: iter("lie")})(b"true"), (False, 0, *b"true")),
        (type("S", (str,), {"__str__": lambda self: "lie"})("true"), "true"),
        (type("F", (float,), {"__float__": lambda self: 9.0})(1.5), 1.5),
        (type("I", (int,), {"__index__": lambda self: 9, "__int__": lambda self: 9})(4), 4),
        (type("B", (bytes,), {"__getitem__": lambda self, key: b"lie"})(b"true"), b"true"),
        (type("C", (complex,), {"__pos__": lambda self: 9j})(1j), 1j),
    ],
)
def test_instances_of_subclasses_bring_their_base(value: object, expected: object) -> None:
    """By the base's own methods, whatever the subclass says of itself; of what can be changed, the items."""
    encoded = encode(value, other=lambda one: (5, ("described",)))
    made: list[tuple[int, object, object]] = []
    decode(encoded, make=lambda *given: made.append(given))
    assert made[0][:2] == (5, ("described",))
    number, _, bare = made[-1]  # a mutable one is named first, then filled
    assert number == 5
    assert type(bare) is type(expected)
    assert (bare, repr(bare)) == (expected, repr(expected))


@pytest.mark.parametrize(
    "value",
    [
        Counter("aab"),
        defaultdict(list, a=[1]),
        OrderedDict([("b", 1), ("a", 2)]),
        deque([1, [2]]),
        deque([1, 2, 3], 2),
        [int, ValueError, Counter, ..., NotImplemented],
    ],
)
@pytest.mark.parametrize("exact", [False, True])
def test_the_library_crosses(value: object, exact: bool) -> None:
    """Containers of `collections` and built-in types, as what they are."""
    back = decode(encode(value, exact=exact))
    assert type(back) is type(value)
    assert (back, repr(back)) == (value, repr(value))


def test_named_tuples_keep_their_names() -> None:
    """One class for the same name and fields; its names are names, and nothing that could be executed."""
    back = decode(encode([Point(1, 2), Point(3, 4)]))
    assert back == [(1, 2), (3, 4)]
    assert (back[0].y, type(back[0]).__name__, type(back[0])) == (2, "Point", type(back[1]))
    for name, fields in (
        ("a b", ("x",)),
        ("A", ("x)",)),
        ("A", ("class",)),
        ("A", (1,)),
        (1, ("x",)),
        ("A", ("x", "x")),
    ):
        with pytest.raises((ValueError, TypeError)):
            library_types.make_named([name, fields, *fields], bytes)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (type("D", (date,), {"year": 9})(2024, 2, 29), date(2024, 2, 29)),
        (
            type("W", (datetime,), {"day": property(lambda self: 1 / 0)})(2024, 2, 29, 1, 2, 3, 4),
            datetime(2024, 2, 29, 1, 2, 3, 4),
        ),
    ],
)
def test_subclasses_become_their_base(value: object, expected: object) -> None:
    """By the base's own methods, whatever the subclass says of itself."""
    told = encode(value, other=lambda _: (5, None))
    number, back = decode(told, lambda number, told, bare: (number, bare))
    assert number == 5
    assert type(back) is type(expected)
    assert back == expected
    assert repr(back) == repr(expected)


@pytest.mark.parametrize("zone", [UTC, timezone(timedelta(hours=-3), "Z")], ids=str)
@pytest.mark.parametrize("value", [datetime(2024, 2, 29, fold=1), time(1, 2, 3)])
def test_fixed_offsets_cross(value: datetime | time, zone: timezone) -> None:
    """With their names."""
    aware = value.replace(tzinfo=zone)
    back = decode(encode(aware))
    assert (type(back), repr(back), back.tzname()) == (type(aware), repr(aware), aware.tzname())


class Zone(tzinfo):
    """A zone that says what it likes."""

    def utcoffset(self, _: datetime | None) -> timedelta:
        raise AssertionError("asked")

    def dst(self, _: datetime | None) -> timedelta:
        raise AssertionError("asked")

    def tzname(self, _: datetime | None) -> str:
        raise AssertionError("asked")


@pytest.mark.parametrize("value", [datetime(2024, 2, 29, tzinfo=Zone()), time(1, tzinfo=Zone())])
def test_other_time_zones_do_not_cross(value: object) -> None:
    """Such a zone may be an object of any class, so the time is an object as well."""
    with pytest.raises(KeyError):
        encode(value)


@pytest.mark.parametrize("parts", [(), ("w",), ("x", *[1] * 8), ("h", None, *[1] * 5), ("w", timedelta(3), *[1] * 8)])
def test_offsets_that_are_none(parts: tuple[object, ...]) -> None:
    """Whoever sends them: nothing is made of them."""
    encoder = value_codec.Encoder(lambda _: (0, None), 1_000)
    message = encoder.root(parts)
    with pytest.raises((value_writer.Malformed, IndexError, ValueError)):
        value_decoder.Decoder(b"p" + message[1:], lambda *_: Thing()).value()


@pytest.mark.parametrize(
    "message",
    [b"y" + struct.pack(">I", 3) + b"TTT", b"x" + struct.pack(">I", 0), b"g" + struct.pack(">I", 4) + b"TTTT"],
)
def test_numbers_of_the_wrong_kind(message: bytes) -> None:
    """What is made of integers is made of so many of them, and of nothing else."""
    with pytest.raises(value_writer.Malformed):
        value_decoder.Decoder(message, lambda *_: Thing()).value()


def test_an_exact_encoder_takes_no_subclasses() -> None:
    """What the tests pass must not silently become something else."""
    with pytest.raises(KeyError):
        encode([type("Own", (Counter,), {})("a")], exact=True)


def test_objects_are_numbers() -> None:
    """What is not plain crosses as the number that its side gave it; so does what is nested too deeply."""
    deep: tuple[Any, ...] = ()
    for _ in range(value_writer.MAX_DEPTH + 5):
        deep = (deep,)
    assert decode(encode([Thing(), len], other=lambda one: (7, None))) == [("object", 7), ("object", 7)]
    assert "('object', 8)" in repr(decode(encode(deep, other=lambda one: (8, None))))


def _taking(data: bytes) -> Callable[[int], bytes]:
    rest = io.BytesIO(data)
    return rest.read


def test_views_and_numbers_of_numpy() -> None:
    """A dict's views stay views, numpy's numbers and arrays what they are."""
    numpy = pytest.importorskip("numpy")
    numbers = [numpy.int64(3), numpy.bool_(True), numpy.float64(0.5), numpy.float32(0.1)]
    back = decode(encode([{"a": 1}.keys(), {"a": 1}.items(), *numbers]))
    assert back == [{"a": 1}.keys(), {"a": 1}.items(), *numbers]
    assert list(map(type, back[2:])) == list(map(type, numbers))
    table = numpy.arange(6, dtype="<i4").reshape(2, 3)
    assert (decode(encode(table)) == table).all()
    assert decode(encode(table)).dtype == table.dtype
    with pytest.raises(KeyError):
        encode(numpy.array([object()]))
    with pytest.raises(ValueError, match="numpy"):
        numpy_values.make_numpy(["|O", b"12345678"])
    head = numpy_values.array_head(table)
    assert head is not None
    with pytest.raises(ValueError, match="more than"):
        numpy_values.new_array(_taking(head[:2] + b"\x7f" * 16), 1_000)
    assert list(decode(encode({"a": 1}.values()))) == [1]


@pytest.mark.parametrize("value", ["x" * 2_000, [None] * 2_000, [[] for _ in range(500)]])
def test_the_bound_holds(value: object) -> None:
    """A message above the bound is refused while it is made."""
    with pytest.raises(value_writer.TooLarge):
        encode(value, most=1_000)


def test_unchanged_containers_are_recognised() -> None:
    """The contents of the containers that came with a question are the same bytes until they are changed."""
    shared = [1, {"k": {2}}]
    question = value_codec.Encoder(no_number, 1 << 20)
    root = question.root(([shared, shared], "x"))
    contents = question.contents(0)
    there = value_decoder.Decoder(question.head() + contents + root, lambda *_: None)
    there.head()
    state = there.fill(0)
    args, _ = there.value()
    assert state == contents
    assert value_codec.Encoder(no_number, 1 << 20, there.table).contents(0, len(there.table)) == state
    args[0][1]["k"].add(3)
    assert value_codec.Encoder(no_number, 1 << 20, there.table).contents(0, len(there.table)) != state
