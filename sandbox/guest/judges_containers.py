"""The judge's common containers: how many there may be, and which of them are the tests' own."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from typing import Any

from sandbox.guest.common_containers import Common, Encoders
from sandbox.guest.declared_classes import Declared
from sandbox.guest.held_containers import held
from sandbox.guest.programs_copies import ProgramsCopies

#: How many of the containers that both sides have are tracked, and up to how many bytes: each question and answer has
#: that cost.
_MAX_SHARED, _MAX_SHARED_BYTES = 64, 4_096
#: Up to so many bytes as long as that has not cost the sample too much: the bytes that were compared and sent again, of which
#: those that have not changed count an eighth.
_MAX_LARGE_BYTES, _MAX_COST, _UNCHANGED = 65_536, 1 << 21, 8
#: With the tests' own, if the program gets copies of these.
_MAX_OWN = 8
#: Tests may put something else in their place.
_threads, _count_references = threading.active_count, sys.getrefcount


class JudgesContainers(Common):
    """Those of one sample. `in_place`: the tests check what the candidate does to its arguments."""

    def __init__(self, encoders: Encoders, declared: Callable[[], Declared]) -> None:
        super().__init__(encoders, declared)
        self.in_place = True
        self.copies = ProgramsCopies(declared)
        #: The places of those that are the tests' own and must not change: the tests don't check what becomes of them.
        self.own: set[int] = set()
        self._cost = 0  # of those that are large
        #: How many there were when those that the tests don't hold were last forgotten, their bytes, and the references to them.
        self._held = 0, 0, 0
        self._left_out = False  # whether there was no room for some since

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

    def forget_unheld(self, changed: list[int]) -> bytes:
        """Make room: forget those that the tests don't hold any more, unless there is enough. A byte for each that there was says
        whether it is kept; none if all of them are. No question may be waiting for its answer. `changed`: the places of those
        that are going to be sent, because the tests have changed them."""
        if self._has_room() or _threads() > 1:
            return b""
        containers, own = self.containers, self.own
        self.clear()
        self._sent = [], []
        kept = held(containers, changed)
        places = [place for place, is_held in enumerate(kept) if is_held]
        super().replace([containers[place] for place in places])
        self.own = {place for place, before in enumerate(places) if before in own}
        self._left_out = False
        del containers  # so that the references are as before the next question
        self._held = len(places), self.size, self._references()
        return b"" if all(kept) else bytes(kept)

    def _has_room(self) -> bool:
        """Whether there is room for more, or the tests hold all of them, as far as can be told quickly."""
        if not self.containers:
            return True
        most = _MAX_SHARED if self.in_place else _MAX_OWN
        count, size, references = self._held
        enough = min(count + most // 8, most) if count < most else count + _MAX_OWN
        if len(self) >= max(enough, most // 2) or self.size > max(2 * size, _MAX_SHARED_BYTES // 2):
            return False
        return not self._left_out or self._references() == references

    def _references(self) -> int:
        """How many references there are to all of them."""
        return sum(map(_count_references, self.containers))

    def share(self, containers: list[Any], floor: int, changed: bool = False) -> None:
        """Keep as many of these as may be kept, and at least `floor`. `changed`: those that were common have other contents."""
        if not containers:
            return
        count = min(len(containers), max(_MAX_SHARED, floor))
        self._left_out |= count < len(containers)
        if changed or count < len(self):
            self.replace(containers[:count])
        elif count > len(self):
            self.extend(containers[:count])
        self._spend(self.size // _UNCHANGED)
        while len(self) > floor and not self._fits():
            self._left_out = True
            self.replace(self.containers[: max(len(self) // 2, floor)])
        self.own = {place for place in self.own if place < len(self)}

    def share_own(self, passed: list[Any]) -> None:
        """Keep what the tests have passed as well, if there is room: the program has kept some of it, and may change it."""
        count = len(self)
        self._left_out |= bool(passed) and count + len(passed) > _MAX_OWN
        if count + len(passed) <= _MAX_OWN:
            self.extend([*self.containers, *passed])
            if not self._fits():
                self.truncate(count)
            self.keep_unchanged(count)
