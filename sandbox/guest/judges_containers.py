"""The judge's common containers: how many there may be, and which of them are the tests' own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sandbox.guest.common_containers import Common, Encoders
from sandbox.guest.declared_classes import Declared
from sandbox.guest.programs_copies import ProgramsCopies

#: How many of the containers that both sides have are tracked, and up to how many bytes: each question and answer has
#: that cost.
_MAX_SHARED, _MAX_SHARED_BYTES = 64, 4_096
#: Up to so many bytes as long as that has not cost the sample too much: the bytes that were compared and sent again, of which
#: those that have not changed count an eighth.
_MAX_LARGE_BYTES, _MAX_COST, _UNCHANGED = 65_536, 1 << 21, 8
#: With the tests' own, if the program gets copies of these.
_MAX_OWN = 8


class JudgesContainers(Common):
    """Those of one sample. `in_place`: the tests check what the candidate does to its arguments."""

    def __init__(self, encoders: Encoders, declared: Callable[[], Declared]) -> None:
        super().__init__(encoders, declared)
        self.in_place = True
        self.copies = ProgramsCopies(declared)
        #: The places of those that are the tests' own and must not change: the tests don't check what becomes of them.
        self.own: set[int] = set()
        self._cost = 0  # of those that are large

    def replace(self, containers: list[Any]) -> None:
        """These instead: all of them are read again, here and on the other side."""
        super().replace(containers)
        self._spend(self.size)

    def _spend(self, cost: int) -> None:
        if self.size > _MAX_SHARED_BYTES:
            self._cost += cost

    def _fits(self) -> bool:
        return self.size <= (_MAX_LARGE_BYTES if self._cost < _MAX_COST else _MAX_SHARED_BYTES)

    def keep_unchanged(self, first: int) -> None:
        """Those from this place on are the tests' own, but not the program's copies."""
        if not self.in_place:
            places = range(first, len(self))
            self.own |= {place for place in places if not self.copies.is_copy(self.containers[place])}

    def separate(self) -> None:
        """The candidate changes something: from now on it has copies of the tests' own."""
        if self.own:
            containers = self.copies.separate(self.containers, self.own)
            self.own.clear()
            self.replace(containers)

    def begin(self) -> None:
        """A message is going to be written: the tests may have changed containers of which the program has copies."""
        self.copies.begin(self.containers)

    def begun(self, passed: list[Any]) -> list[Any]:
        """What to put into what the candidate has left in these, which it was passed."""
        return passed if self.in_place else [self.copies.begun(one) for one in passed]

    def forget(self) -> None:
        """There are none any more."""
        self.clear()
        self.own.clear()

    def share(self, containers: list[Any], floor: int, changed: bool = False) -> None:
        """Keep as many of these as may be kept, and at least `floor`. `changed`: those that were common have other contents."""
        if not containers:
            return
        count = min(len(containers), max(_MAX_SHARED, floor))
        if changed or count < len(self):
            self.replace(containers[:count])
        elif count > len(self):
            self.extend(containers[:count])
        self._spend(self.size // _UNCHANGED)
        while len(self) > floor and not self._fits():
            self.replace(self.containers[: max(len(self) // 2, floor)])
        self.own = {place for place in self.own if place < len(self)}

    def share_own(self, passed: list[Any]) -> None:
        """Keep what the tests have passed as well, if there is room: the program has kept some of it, and may change it."""
        count = len(self)
        if count + len(passed) <= _MAX_OWN:
            self.extend([*self.containers, *passed])
            if not self._fits():
                self.truncate(count)
            self.keep_unchanged(count)
