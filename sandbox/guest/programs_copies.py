"""Copies that the program has of the tests' own containers.

If the tests don't check what becomes of their arguments, what the program does to one is done to a copy, because the tests may
compute what they expect from their own. When they pass the same container again, the program gets its copy again, with what it
has left in it: in one process it would find that, too. What the tests have changed meanwhile is changed in the copy as well
(`tests_changes.py`).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any

from sandbox.guest import library_values
from sandbox.guest.agreed import Agreed
from sandbox.guest.common_containers import Common, Copying
from sandbox.guest.container_contents import empty
from sandbox.guest.declared_classes import Declared
from sandbox.guest.tests_changes import held_by, take_over
from sandbox.guest.value_decoder import Decoder
from sandbox.guest.value_writer import TooLarge

#: How many bytes of the tests' containers are remembered, besides the latest, and what is added for those of each call; older
#: ones are passed as they are.
_MOST, _EACH = 1 << 21, 1 << 10


class _Passed:
    """Containers that were passed together, with the contents that they had."""

    def __init__(self, containers: list[Any], copies: list[Any], declared: Callable[[], Declared]) -> None:
        self.containers, self.copies = containers, copies
        self._objects: list[Any] = []
        self._numbers: dict[int, int] = {}
        self._contents = Common(
            lambda known, places: Copying(self._number, 1 << 30, known, Agreed(declared()), exact=True, places=places),
            declared,
        )
        self._contents.extend(containers)
        self._held = [held_by(one) for one in containers]
        self._declared = declared
        self.size = _EACH + sum(len(one.data) for one in self._contents.states)

    def _number(self, value: Any) -> tuple[int, None]:
        if id(value) not in self._numbers:
            self._numbers[id(value)] = len(self._objects)
            self._objects.append(value)
        return self._numbers[id(value)], None

    def take_over(self, instead: Callable[[Any], Any]) -> None:
        """Do to the copies what the tests have done to their own. Raises an Exception or TooLarge if that can't be."""
        changed = self._contents.changed()
        for place in changed:
            own, copy = self.containers[place], self.copies[place]
            if self._held[place] is None:
                _fill([copy], [own], [], self._declared())
            else:
                take_over(self._held[place], own, copy, instead)
                self._held[place] = held_by(own)
        if changed:
            self._contents.extend(self.containers, changed)


class ProgramsCopies:
    """Those of one sample. `declared` returns the classes that both sides have."""

    def __init__(self, declared: Callable[[], Declared]) -> None:
        self._declared = declared
        self.were_made = False
        self._passed: deque[_Passed] = deque()
        self._size = 0
        self._copies: dict[int, tuple[_Passed, Any]] = {}  # by the id of the tests' own
        self._made: dict[int, _Passed] = {}  # by the ids of the copies
        self._checked: set[int] = set()  # the ids of those of `_passed` whose copies have the tests' changes

    def begin(self, shared: list[Any]) -> None:
        """A message is going to be written: the tests may have changed their containers. The program has `shared`, which may be
        copies, from earlier messages."""
        self._checked.clear()
        for one in shared if self._made else ():
            if id(one) in self._made:
                self._check(self._made[id(one)])

    def is_copy(self, container: Any) -> bool:
        """Whether the program may change this one itself."""
        return id(container) in self._made

    def begun(self, container: Any) -> Any:
        """What to put into what the program has left in a container that it was passed."""
        return container if self.is_copy(container) else empty(container)

    def add(self, containers: list[Any], copies: list[Any]) -> None:
        """From now on the program has these copies of those containers. Their contents are those that were passed."""
        if copies is containers:
            return
        pairs = [(own, copy) for own, copy in zip(containers, copies, strict=True) if own is not copy]
        if not pairs:
            return
        self.were_made = True
        passed = _Passed([own for own, _ in pairs], [copy for _, copy in pairs], self._declared)
        for own, copy in pairs:
            self._copies[id(own)] = passed, copy
            self._made[id(copy)] = passed
        self._passed.append(passed)
        self._size += passed.size
        while self._size > _MOST and len(self._passed) > 1:
            self._forget(self._passed[0])

    def separate(self, containers: list[Any], own: set[int]) -> list[Any]:
        """These containers, with copies of the tests' own, in the places `own`: the program is going to change one."""
        passed = [containers[place] for place in sorted(own)]
        others = [one for place, one in enumerate(containers) if place not in own]
        made = _copies(passed, others, self._declared())
        self.add(passed, made)
        instead = iter(made)
        return [next(instead) if place in own else one for place, one in enumerate(containers)]

    def instead_of(self, container: Any) -> Any:
        """What to pass to the program in place of this container."""
        found = self._copies.get(id(container))
        if found is None:
            return container
        passed, copy = found
        return copy if self._check(passed) else container

    def _check(self, passed: _Passed) -> bool:
        """Do to these copies what the tests have done to their own; False if there are none any more, because the tests have put
        something into theirs that can't be sent."""
        if id(passed) in self._checked:
            return True
        try:
            passed.take_over(lambda one: self._copies.get(id(one), (None, one))[1])
        except (Exception, TooLarge):
            self._forget(passed)
            return False
        self._checked.add(id(passed))
        return True

    def _forget(self, passed: _Passed) -> None:
        self._passed.remove(passed)
        self._size -= passed.size
        for own, copy in zip(passed.containers, passed.copies, strict=True):
            if self._copies.get(id(own), (None,))[0] is passed:
                del self._copies[id(own)]
            self._made.pop(id(copy), None)


def _copies(passed: list[Any], known: list[Any], declared: Declared) -> list[Any]:
    """Copies of these containers, with the same objects in them; those in `known` are not copied."""
    made = [empty(one) for one in passed]
    _fill(made, passed, known, declared)
    return made


def _fill(made: list[Any], passed: list[Any], known: list[Any], declared: Declared) -> None:
    """Put into these what is in those that were passed: the same objects, except that they refer to each other. `known`: others
    that they may hold."""
    objects: list[Any] = []

    def other(value: object) -> tuple[int, None]:
        objects.append(value)
        return len(objects) - 1, None

    first, end = len(known), len(known) + len(passed)
    agreed = Agreed(declared)
    encoder = Copying(other, 1 << 30, [*known, *passed], agreed, exact=True)
    contents = encoder.contents(first, end)
    decoder = Decoder(
        contents,
        lambda number, *_: objects[number],
        [*known, *made, *encoder.table[end:]],
        agreed,
        values=library_values.SENT_VALUES,
    )
    decoder.fill(first, end)
