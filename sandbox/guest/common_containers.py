"""The containers that judge and candidate both have while a call of the candidate uses what the tests lent it.

Theory of operation. As long as a call runs, either side may send the other a message: the candidate a request (to call
a function of the tests), the judge its result. Both keep the same list of containers in the same order, and for each
its contents as last sent or received. A message is

    number of new containers · their kinds · a flag for each known container · the contents of those that have changed
    · the contents of the new ones · the root

so that a container that nobody has changed is left alone: it may be in the middle of an iteration.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable
from typing import Any

from sandbox.guest import library_types, library_values
from sandbox.guest.container_contents import empty, put
from sandbox.guest.declared_classes import Declared
from sandbox.guest.value_codec import Encoder
from sandbox.guest.value_decoder import Decoder

#: Makes an encoder for these known containers.
Encoders = Callable[[list[Any]], Encoder]
_SAME, _CHANGED = b"=", b"~"


class State:
    """What a container holds: its contents as they are written, and the containers in it that the other side does not have. They
    are written as numbers that mean something else in another message."""

    __slots__ = ("data", "others")

    def __init__(self, data: bytes, others: list[Any]) -> None:
        self.data, self.others = data, others

    def is_same(self, other: State) -> bool:
        """Whether it holds the same values and containers."""
        if self.data != other.data:
            return False
        mine, theirs = self.others, other.others
        return mine is theirs or (len(mine) == len(theirs) and all(map(operator.is_, mine, theirs)))

    @property
    def known(self) -> bytes | None:
        """The contents in any message; None if they depend on it."""
        return None if self.others else self.data


#: What holds no containers that the other side does not have has this list of them.
_NONE: list[Any] = []


def states(encoders: Encoders, containers: list[Any]) -> list[State]:
    """What each of them holds."""
    return _states(encoders(containers), len(containers))


def _states(encoder: Encoder, count: int) -> list[State]:
    found = []
    for place in range(count):
        data, others = encoder.contents(place, place + 1), _NONE
        if len(encoder.table) > count:
            others = encoder.table[count:]
            encoder.forget(count)
        found.append(State(data, others))
    return found


def are_same(some: list[State], others: list[State]) -> bool:
    """Whether none has changed."""
    return len(some) == len(others) and all(map(State.is_same, some, others))


class _Copying(Encoder):
    """Writes what this side itself reads."""

    def _named_key(self, kind: type, fields: tuple[str, ...]) -> Any:
        return library_types.own_key(kind, fields)


def copies_of(passed: list[Any], known: list[Any], declared: Declared) -> list[Any]:
    """Copies of these containers, with the same objects in them."""
    objects: list[Any] = []

    def other(value: object) -> tuple[int, None]:
        objects.append(value)
        return len(objects) - 1, None

    first, end = len(known), len(known) + len(passed)
    encoder = _Copying(other, 1 << 30, [*known, *passed], exact=True, declared=declared)
    contents = encoder.contents(first, end)
    copies = [empty(one) for one in passed]
    decoder = Decoder(
        contents,
        lambda number, *_: objects[number],
        [*known, *copies, *encoder.table[end:]],
        values=library_values.SENT_VALUES,
        declared=declared,
    )
    decoder.fill(first, end)
    return copies


def written(
    encoders: Encoders, containers: list[Any], known: list[State], value: object, begin: Callable[[], None]
) -> tuple[list[Any], list[bytes]]:
    """(all containers, the parts of the message with this root). `begin` is called if the message is begun again."""
    encoder, count = encoders(containers), len(containers)
    now = _states(encoder, count)
    flags = [_SAME if one.is_same(before) else _CHANGED for one, before in zip(now, known, strict=True)]
    if any(one.others for one in now):
        begin()
        encoder = encoders(containers)
        now = [
            State(encoder.contents(place, place + 1), _NONE) if flags[place] == _CHANGED else one
            for place, one in enumerate(now)
        ]
    changed = [one.data for one, flag in zip(now, flags, strict=True) if flag == _CHANGED]
    root = encoder.root(value)
    rest = encoder.contents(count)
    encoder.sent()
    return encoder.table, [encoder.head(), b"".join(flags), *changed, rest, root]


class Reading:
    """Reads a message: first which containers have changed, then the rest."""

    def __init__(self, decoder: Decoder, count: int) -> None:
        self._decoder, self._count = decoder, count
        decoder.head()
        self._flags = decoder.take(count)

    @property
    def table(self) -> list[Any]:
        """All containers, those that are new at the end."""
        return self._decoder.table

    def has_changes(self, places: Iterable[int]) -> bool:
        """Whether one of the containers in these places has changed."""
        return _CHANGED in self._flags and any(self._flags[place : place + 1] == _CHANGED for place in places)

    def replace(self, containers: list[Any]) -> None:
        """Read into these containers instead of those that are known."""
        self._decoder.table[: self._count] = containers

    def value(self) -> Any:
        """The root, after all contents have been put in their places. Raises an Exception for an invalid message."""
        decoder, table = self._decoder, self._decoder.table
        changed = [table[place] for place in range(self._count) if self._flags[place : place + 1] == _CHANGED]
        contents = [(one, decoder.content(type(one))) for one in changed]
        decoder.fill(self._count)
        value = decoder.value()
        decoder.end()
        for container, content in contents:
            put(container, content)
        return value
