"""The containers that judge and candidate both have, and what is sent of them while a call of the candidate uses what the
tests lent it.

Theory of operation. Both sides keep the same list of containers in the same order, and for each its contents as last
sent or received. As long as a call runs, either side may send the other a message: the candidate a request (to call a
function of the tests), the judge its result. A message is

    number of new containers · their kinds · a flag for each known container · the contents of those that have changed
    · the contents of the new ones · the root

so that a container that nobody has changed is left alone: it may be in the middle of an iteration. Most have not changed,
which `container_snapshots.py` tells without writing their contents: there may be thousands of such messages.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable
from typing import Any

from sandbox.guest import library_types
from sandbox.guest.container_contents import put
from sandbox.guest.container_snapshots import Snapshots
from sandbox.guest.declared_classes import Declared
from sandbox.guest.value_codec import Encoder
from sandbox.guest.value_decoder import Decoder

#: Makes an encoder, of which nothing is sent, for these known containers, with the place of each by its id.
Encoders = Callable[[list[Any], dict[int, int]], Encoder]
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


def _state(encoder: Encoder, place: int, count: int) -> State:
    data = encoder.contents(place, place + 1)
    if len(encoder.table) == count:
        return State(data, _NONE)
    others = encoder.table[count:]
    encoder.forget(count)
    return State(data, others)


def states(encoder: Encoder, count: int) -> list[State]:
    """What each of the first `count` containers of the encoder holds. Nothing else may be written with it."""
    return [_state(encoder, place, count) for place in range(count)]


class Common:
    """One side's. `declared` returns the classes that both sides have."""

    def __init__(self, encoders: Encoders, declared: Callable[[], Declared]) -> None:
        self._encoders, self._declared = encoders, declared
        self.containers: list[Any] = []
        self.places: dict[int, int] = {}  # by the containers' ids
        self._known: list[State] = []  # what each holds, as the other side knows it
        self._snapshots = Snapshots()
        self._is_closed = True  # whether what is in them, and is a container, is one of them
        self._sent: tuple[list[Any], list[int]] = [], []

    def __len__(self) -> int:
        return len(self.containers)

    @property
    def states(self) -> list[State]:
        """What each holds, as the other side knows it."""
        return list(self._known)

    @property
    def size(self) -> int:
        """How many bytes the contents of all have."""
        return sum(len(one.data) for one in self._known)

    def clear(self) -> None:
        """There are none."""
        self.replace([])

    def replace(self, containers: list[Any]) -> None:
        """These instead, with the contents that they have now."""
        self.containers, self._known, self._snapshots, self._is_closed = [], [], Snapshots(), True
        self.places = {}
        self.extend(containers)

    def refresh(self) -> None:
        """Keep the contents that they have now."""
        count = len(self._known)
        changed = [place for place in self._suspects() if place < count] if count else []
        self.extend(self.containers, changed)

    def extend(self, containers: list[Any], changed: Iterable[int] = ()) -> None:
        """These instead: more than before, of which those in the places `changed` have other contents."""
        for place in range(len(self._known), len(containers)):
            self.places[id(containers[place])] = place
        self.containers = containers
        self._note([*changed, *range(len(self._known), len(containers))])

    def truncate(self, count: int) -> None:
        """Only the first ones."""
        if count < len(self.containers):
            for one in self.containers[count:]:
                self.places.pop(id(one), None)
            self.containers = self.containers[:count]
            del self._known[count:]
            self._snapshots.drop(lambda place: place < count)

    def _note(self, places: list[int]) -> None:
        """Keep the present contents of those in these places."""
        if not self._is_closed:
            places = list(range(len(self.containers)))
        if not places:
            return
        count = len(self._known)
        old = {place for place in places if place < count}
        if old:
            self._snapshots.drop(lambda place: place not in old)
        self._known += [State(b"", _NONE)] * (len(self.containers) - count)
        encoder, declared = self._encoders(self.containers, self.places), self._declared()
        for place in places:
            encoder.unsettled = False
            self._known[place] = _state(encoder, place, len(self.containers))
            self._snapshots.add(place, self.containers[place], not encoder.unsettled, declared)
        self._is_closed = not any(self._known[place].others for place in places)

    def _suspects(self) -> Iterable[int]:
        return self._snapshots.suspects() if self._is_closed else range(len(self.containers))

    def _changed(self, before: list[State]) -> Iterable[int]:
        """The places of those that hold something else than `before`."""
        places = self._suspects() if self.containers else ()
        if not places:
            return
        encoder, count = self._encoders(self.containers, self.places), len(self.containers)
        for place in places:
            if not _state(encoder, place, count).is_same(before[place]):
                yield place

    def have_changed(self, before: list[State] | None = None) -> bool:
        """Whether this side has changed one since its contents were sent or received, or since these were the `states`."""
        return any(True for _ in self._changed(self._known if before is None else before))

    def changed(self) -> list[int]:
        """The places of those that this side has changed since."""
        return list(self._changed(self._known))

    def written(self, begin: Callable[[], Encoder], value: Any, asks: bool = False) -> list[bytes]:
        """The parts of the message with this root, which may be a question. `begin` returns its encoder. Once it is going to be
        sent, call `sent`."""
        changed = self.changed()
        encoder, count = begin(), len(self.containers)
        contents = [encoder.contents(place, place + 1) for place in changed]
        root = encoder.question(value) if asks else encoder.root(value)
        rest = encoder.contents(count)
        flags = bytearray(_SAME * count)
        for place in changed:
            flags[place : place + 1] = _CHANGED
        encoder.sent()
        self._sent = encoder.table, changed
        return [encoder.head(), bytes(flags), *contents, rest, root]

    def sent(self) -> None:
        """The other side will know what `written` has written."""
        self.extend(*self._sent)

    def received(self, reading: Reading) -> None:
        """The other side has sent this."""
        self.extend(reading.table, reading.changed)


class Reading:
    """Reads a message: first which containers have changed, then the rest."""

    def __init__(self, decoder: Decoder, count: int) -> None:
        self._decoder, self._count = decoder, count
        decoder.head()
        flags = decoder.take(count)
        #: The places of those that have changed.
        self.changed = (
            [place for place in range(count) if flags[place : place + 1] == _CHANGED] if _CHANGED in flags else []
        )

    @property
    def table(self) -> list[Any]:
        """All containers, those that are new at the end."""
        return self._decoder.table

    def has_changes(self, places: set[int]) -> bool:
        """Whether one of the containers in these places has changed."""
        return not places.isdisjoint(self.changed)

    def replace(self, containers: list[Any]) -> None:
        """Read into these containers instead of those that are known."""
        self._decoder.table[: self._count] = containers

    def value(self) -> Any:
        """The root, after all contents have been put in their places. Raises an Exception for an invalid message."""
        decoder, table = self._decoder, self._decoder.table
        contents = [(table[place], decoder.content(type(table[place]))) for place in self.changed]
        decoder.fill(self._count)
        value = decoder.value()
        decoder.end()
        for container, content in contents:
            put(container, content)
        return value


class Copying(Encoder):
    """Writes what this side itself reads."""

    def _named_key(self, kind: type, fields: tuple[str, ...]) -> Any:
        return library_types.own_key(kind, fields)
