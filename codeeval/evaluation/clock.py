"""How the wall time of a run divides into generation, execution, both at once, and neither."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Literal

from codeeval.store.records import TimeSplit

Activity = Literal["generation", "execution"]


class Clock:
    """Adds up the time during which each activity was in progress. Thread-safe. `now` gives seconds and never goes
    back."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now, self._lock = now, threading.Lock()
        self._active = {"generation": 0, "execution": 0}
        self._spent = {(generation, execution): 0.0 for generation in (False, True) for execution in (False, True)}
        self._last = now()

    def enter(self, activity: Activity) -> None:
        """Activities nest: each `enter` needs its `leave`."""
        with self._lock:
            self._advance()
            self._active[activity] += 1

    def leave(self, activity: Activity) -> None:
        with self._lock:
            self._advance()
            self._active[activity] -= 1

    @contextmanager
    def during(self, activity: Activity) -> Iterator[None]:
        self.enter(activity)
        try:
            yield
        finally:
            self.leave(activity)

    def split(self) -> TimeSplit:
        """The times so far, in seconds."""
        with self._lock:
            self._advance()
            spent = self._spent
            return TimeSplit(
                total=sum(spent.values()),
                generation=spent[True, False] + spent[True, True],
                execution=spent[False, True] + spent[True, True],
                overlap=spent[True, True],
                other=spent[False, False],
            )

    def _advance(self) -> None:
        now = self._now()
        self._spent[self._active["generation"] > 0, self._active["execution"] > 0] += now - self._last
        self._last = now
