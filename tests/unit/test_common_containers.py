"""What is kept of the containers that judge and candidate both have: it says of each whether it has changed, and writes only
those that may have."""

from __future__ import annotations

import random
from collections import OrderedDict, deque
from collections.abc import Callable
from types import MappingProxyType
from typing import Any

from sandbox.guest.agreed import Agreed
from sandbox.guest.common_containers import Common, Reading, State, states
from sandbox.guest.declared_classes import Declared
from sandbox.guest.value_codec import Encoder
from sandbox.guest.value_decoder import Decoder

_ANY = 1 << 30


class Node:
    def __init__(self, value: Any) -> None:
        self.value = value


class Slotted:
    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value


class Row(list[Any]):
    """An object of the candidate: it is sent with its value."""


DECLARED = Declared([Node, Slotted])
for _kind in DECLARED.classes:
    _kind.__module__ = "tests"


class Side:
    """One end; `encoded` counts the containers of which the contents have been written."""

    def __init__(self) -> None:
        self.encoded = 0
        self._objects: list[Any] = []
        self.common = Common(self.encoder, lambda: DECLARED)

    def _other(self, value: object) -> tuple[int, None]:
        self._objects.append(value)
        return [id(one) for one in self._objects].index(id(value)), None

    def encoder(self, known: list[Any], places: dict[int, int] | None = None) -> Encoder:
        side = self

        class Counting(Encoder):
            def contents(self, start: int, stop: int | None = None) -> bytes:
                side.encoded += (len(self.table) if stop is None else stop) - start
                return super().contents(start, stop)

        return Counting(self._other, _ANY, known, Agreed(DECLARED), places=places)

    def message(self) -> Encoder:
        return self.encoder(self.common.containers, self.common.places)

    def states(self) -> list[State]:
        """What each holds, all of them written."""
        return states(self.encoder(self.common.containers), len(self.common))


def _containers(draw: random.Random) -> list[Any]:
    inner = [1, "a"]
    made: list[Callable[[], Any]] = [
        *(lambda: [1, 2.5, "x", None], lambda: [inner, (inner, 3)], lambda: {"a": 1, 2: inner}, lambda: {1, "q"}),
        *(lambda: deque([1, 2], 3), lambda: OrderedDict(a=1, b=2), lambda: bytearray(b"xy"), lambda: Node([inner, 1])),
        *(
            lambda: Slotted(inner),
            lambda: [Row([1, 2])],
            lambda: [MappingProxyType({"k": 1})],
            lambda: [Node(1), Slotted(2)],
        ),
    ]
    return [draw.choice(made)() for _ in range(draw.randrange(1, 6))]


def _change(draw: random.Random, one: Any) -> None:
    kind = type(one)
    value = draw.choice([1, True, 1.0, "a", "".join("b"), [7], (1, [2])])
    if kind is list:
        if one and type(one[0]) is Row and draw.random() < 0.5:
            one[0].append(value)
        elif one and draw.random() < 0.5:
            one[draw.randrange(len(one))] = value
        else:
            draw.choice(
                (lambda: one.append(value), one.reverse, one.clear, lambda: one.__setitem__(slice(0, 0), one[:1]))
            )()
    elif kind is deque:
        draw.choice((lambda: one.append(value), lambda: one.rotate(1), one.clear))()
    elif kind is dict or kind is OrderedDict:
        draw.choice((lambda: one.update(k=value), one.clear, lambda: one.update({next(iter(one), 0): value})))()
        if kind is OrderedDict and one:
            one.move_to_end(next(iter(one)))
    elif kind is set:
        draw.choice((lambda: one.add(draw.randrange(9)), one.clear))()
    elif kind is bytearray:
        one.append(65)
    elif kind is Node and draw.random() < 0.3:
        one.__dict__ = {"value": value}
    else:
        one.value = value


def test_a_change_is_noticed_whatever_it_is() -> None:
    """Compared with writing all of them before and after; nor is a change made up."""
    changes = 0
    for seed in range(1_500):
        draw, side = random.Random(seed), Side()
        encoder = side.encoder([])
        encoder.root(_containers(draw))
        encoder.contents(0)
        side.common.extend(encoder.table)
        for _ in range(6):
            before = side.states()
            for _ in range(draw.randrange(3)):
                _change(draw, draw.choice(side.common.containers))
            after, count = side.states(), len(side.common)
            differ = [place for place in range(count) if not after[place].is_same(before[place])]
            assert side.common.have_changed() is bool(differ)
            flags = side.common.written(side.message, None)[1]
            assert [place for place in range(count) if flags[place : place + 1] == b"~"] == differ
            side.common.sent()
            assert not side.common.have_changed()
            if draw.random() < 0.2:
                side.common.truncate(draw.randrange(1, len(side.common) + 1))
                side.common.replace(side.common.containers)
            changes += bool(differ)
    assert changes > 1_000


def test_the_other_side_gets_what_has_changed() -> None:
    """And gives it back, both ways, with the same objects in the same places."""
    for seed in range(300):
        draw = random.Random(seed)
        here, there = Side(), Side()
        here.common.extend([[1, 2], {"a": [3]}["a"], {"k": 1}, deque([1])])
        there.common.extend([[1, 2], [3], {"k": 1}, deque([1])])
        for one, other in ((here, there), (there, here)) * 3:
            for container in one.common.containers:
                if draw.random() < 0.3:
                    _change(draw, container)
            parts = one.common.written(one.message, one.common.containers[0])
            one.common.sent()
            decoder = Decoder(b"".join(parts), lambda *_: None, other.common.containers, Agreed(DECLARED))
            reading = Reading(decoder, len(other.common))
            assert reading.value() is other.common.containers[0]
            other.common.received(reading)
            assert list(map(repr, one.common.containers)) == list(map(repr, other.common.containers))
            assert [one.common.have_changed(), other.common.have_changed()] == [False, False]


def test_a_message_writes_only_what_may_have_changed() -> None:
    """However many there are: a program that sorts a thousand lists by a key of the tests sends thousands of messages."""
    side = Side()
    side.common.extend([[place, "a", 1.5] for place in range(1_000)])
    side.common.extend([*side.common.containers, *({"k": place} for place in range(500)), *map(Node, range(500))])
    side.encoded = 0
    for place in range(50):
        side.common.written(side.message, side.common.containers[place])
        side.common.sent()
    assert side.encoded == 0
    side.common.containers[7].append(1)
    side.common.containers[1_003]["k"] = 0
    side.common.containers[1_800].value = None
    parts = side.common.written(side.message, None)
    assert parts[1].count(b"~") == 3
    side.common.sent()
    assert side.encoded == 9  # to see that they have, for the message, and to know them


def test_a_container_in_one_that_is_replaced_by_an_equal_one() -> None:
    """Both are written alike while the other side has neither."""
    side, inner = Side(), [1]
    side.common.extend([{"a": inner}])
    before = side.common.states
    side.common.containers[0]["a"] = list(inner)
    assert side.common.have_changed()
    assert side.common.have_changed(before)
    side.common.containers[0]["a"] = inner
    assert not side.common.have_changed(before)
