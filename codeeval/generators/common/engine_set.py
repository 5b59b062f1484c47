"""Engines side by side: their messages, how many samples each has drawn, and what happens when one ends.

A lost engine is started again while the others go on: on this machine with the same GPUs, on a cluster wherever there is
room by then. What it had not finished is the generator's to give to others. Restarts are bounded, because each loads the
model, and because an engine may have been lost to something that happens again: a GPU whose memory is not free yet, a
machine with too little memory, a problem that no engine survives.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from codeeval.generators.base import Scalar
from codeeval.generators.common.engine_process import QUIT_S, Inbox, Message
from codeeval.generators.common.launch import Engine, EngineSpec, Launcher, NoRoom
from codeeval.i18n import msg

logger = logging.getLogger(__name__)

#: Seconds before a lost engine is started again, doubled with each restart. A driver needs some to free a GPU's memory.
FIRST_PAUSE_S, LONGEST_PAUSE_S = 5.0, 60.0
#: How often one engine is started again.
MAX_RESTARTS = 5
#: After so many ends in a row before any sample, an engine is given up.
MAX_IN_VAIN = 3
#: Seconds between two looks at starts that may never return.
_LOOK_S = 1.0
#: Seconds that a start in progress gets to notice the end.
_JOIN_S = 5.0

#: What is told of engines that are not at work: one of them is, from now on, or never will be.
CHANGED: Message = {"event": "changed"}


@dataclass(slots=True, eq=False)
class _Place:
    """What is known of one engine across its restarts. `started`: how many of these the launcher has carried out;
    `starting_since`: when it was asked for the next one, None while it is not."""

    spec: EngineSpec
    state: Literal["loading", "ready", "lost", "given up"] = "loading"
    restarts: int = 0
    started: int = 0
    starting_since: float | None = None
    in_vain: int = 0
    was_useful: bool = False

    @property
    def goes_on(self) -> bool:
        """Whether the engine is at work, or loads the model."""
        return self.state == "ready" or (self.state == "lost" and self.started == self.restarts)


class EngineSet:
    """Starts the engines on construction; `wait_ready` next. `alive`: those that have loaded the model and run. `restarts`:
    whether lost ones are started again, which may be changed at any time. `answered`: number of samples by name; `over`: why
    the last of those that are given up is."""

    def __init__(self, specs: Sequence[EngineSpec], launcher: Launcher, *, restarts: bool) -> None:
        self.restarts, self.over = restarts, ""
        self._launcher = launcher
        self._inbox: Inbox = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._closing = threading.Event()
        self._threads: list[threading.Thread] = []
        self._failures: dict[Engine, tuple[str, str]] = {}
        self._places = {spec.name: _Place(spec) for spec in specs}
        self._all = launcher.start(specs, self._inbox)
        self.alive: list[Engine] = []
        self.answered = dict.fromkeys((engine.name for engine in self._all), 0)

    @property
    def left(self) -> bool:
        """Whether some engine is at work, or may be again."""
        return any(place.state != "given up" for place in self._places.values())

    def wait_ready(self) -> tuple[Engine, Message]:
        """The last "ready" once all have loaded the model, or the first "ended"."""
        while True:
            engine, message = self._inbox.get()
            self._remember_failure(engine, message)
            if message["event"] == "ended":
                self.alive = [other for other in self.alive if other is not engine]
                return engine, message
            if message["event"] == "ready":
                self._is_ready(engine)
                if len(self.alive) == len(self._all):
                    return engine, message

    def receive(self, *events: str) -> tuple[Engine | None, Message]:
        """The next message of one of these kinds, "ended" of an engine that was at work, or CHANGED (of none) after which
        others are alive or none is left."""
        while True:
            engine, message = self._next()
            if engine is None:
                self._lost(self._places[message["place"]], message["why"], for_good=message["for_good"])
                return None, CHANGED
            place = self._places[engine.place]
            if place.state == "given up":
                continue
            self._remember_failure(engine, message)
            if message["event"] == "ended":
                was_at_work = engine in self.alive
                self.alive = [other for other in self.alive if other is not engine]
                self._lost(place, self.why(engine))
                return (engine, message) if was_at_work else (None, CHANGED)
            if message["event"] == "ready":
                self._is_ready(engine)
                self.answered.setdefault(engine.name, 0)
                _warn(msg("{name} is at work again", name=engine.name))
                return None, CHANGED
            if message["event"] in events:
                return engine, message

    def count(self, engine: Engine) -> None:
        """Note that a sample came from this engine."""
        self.answered[engine.name] += 1
        self._places[engine.place].was_useful = True

    def failure(self, engine: Engine) -> tuple[str, str]:
        """(kind, message) of the error by which an engine ended, both empty if it could not report one."""
        return self._failures.get(engine, ("", ""))

    def why(self, engine: Engine) -> str:
        """How an engine ended, in one line."""
        kind, said = self.failure(engine)
        if not kind:
            return engine.last_words()
        return msg("{name} failed: {kind}: {why}", name=engine.name, kind=kind, why=" ".join(said.split())[:600])

    def facts(self, engine: Engine, model_path: str | None) -> dict[str, Scalar]:
        """See `Launcher.facts`."""
        return self._launcher.facts(engine, model_path)

    def close(self, quit_s: float = QUIT_S) -> None:
        """Stop all engines and release their resources; those at work get `quit_s` to leave. May be called twice."""
        with self._lock:
            self._closing.set()
        for thread in self._threads:
            thread.join(_JOIN_S)
        for engine in self._all:
            engine.send({"op": "quit"})
        until = time.monotonic() + quit_s
        for engine in self._all:
            engine.close(max(0.0, until - time.monotonic()) if engine in self.alive else 0.0)
        self._launcher.close()

    def _remember_failure(self, engine: Engine, message: Message) -> None:
        if message["event"] == "failed":
            self._failures[engine] = (message["kind"], message["message"])

    def _is_ready(self, engine: Engine) -> None:
        self.alive.append(engine)
        self._places[engine.place].state = "ready"

    def _next(self) -> tuple[Engine | None, Message]:
        """The next message. While no engine is at work, starts that don't return are given up after some time: without a
        head, a cluster never answers."""
        while True:
            try:
                return self._inbox.get(timeout=None if self.alive else _LOOK_S)
            except queue.Empty:
                now = time.monotonic()
                for place in self._places.values():
                    since = place.starting_since
                    if place.state == "lost" and since is not None and now - since > self._launcher.start_s:
                        why = msg("{name} could not be started in time", name=place.spec.name)
                        return None, _not_started(place, why, for_good=True)

    # -- losses

    def _lost(self, place: _Place, why: str, *, for_good: bool = False) -> None:
        """Have a lost engine started again, or give it up, and say so."""
        name, wanted = place.spec.name, self.restarts and not self._closing.is_set()
        place.in_vain = 0 if place.was_useful else place.in_vain + 1
        place.was_useful = False
        if not wanted or for_good or place.in_vain >= MAX_IN_VAIN or place.restarts >= MAX_RESTARTS:
            place.state = "given up"
            self.over = msg("{name} is not started again: {why}", name=name, why=why) if wanted else why
            if wanted:
                _warn(self.over)
            return
        pause = min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2**place.restarts)
        place.restarts += 1
        place.state = "lost"
        _warn(msg("{name} is started again in {n} s: {why}", name=name, n=f"{pause:g}", why=why))
        thread = threading.Thread(
            target=self._start_again, args=(place, place.restarts, pause), name="engine-restart", daemon=True
        )
        self._threads.append(thread)
        thread.start()

    def _start_again(self, place: _Place, number: int, pause: float) -> None:
        """The thread of one restart."""
        if self._closing.wait(pause):
            return
        try:
            engine = self._started(place)
        except Exception as error:  # whatever the system or Ray raises, this engine could not be started
            if not self._closing.is_set() and place.state == "lost":
                self._inbox.put((None, _not_started(place, str(error), for_good=isinstance(error, NoRoom))))
            return
        finally:
            place.starting_since = None
        with self._lock:
            is_wanted = not self._closing.is_set() and place.state != "given up"
            if is_wanted:
                self._all.append(engine)
                place.started = number
        if not is_wanted:
            engine.close(0.0)

    def _started(self, place: _Place) -> Engine:
        """While others go on, this waits for room as long as they do. Raises NoRoom, and what starting an engine raises."""
        while True:
            place.starting_since = time.monotonic()
            try:
                return self._launcher.start([place.spec], self._inbox, self._closing.is_set)[0]
            except NoRoom:
                others = (other for other in self._places.values() if other is not place)
                if self._closing.is_set() or not any(other.goes_on for other in others):
                    raise


def _not_started(place: _Place, why: str, *, for_good: bool) -> Message:
    return {"event": "not started", "place": place.spec.name, "why": why, "for_good": for_good}


def _warn(note: str) -> None:
    logger.warning(msg("warning: {note}", note=note))
