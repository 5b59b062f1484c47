"""The driver's end of one node: a thread that supplies its actor with jobs, and reports its loss.

Jobs held by a lost node were not judged: they return to the queue, each with one more loss. The outcome that a running
node reports is final, and a job is answered once.
"""

from __future__ import annotations

import marshal
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sandbox.errors import PoolClosed, SandboxError
from sandbox.job_queue import JobQueue, Pending, answer, fail
from sandbox.packed import Failed, JobPacker, read_outcome, size_of
from sandbox.ray_cluster import Connection
from sandbox.ray_node import Node, NodeSettings
from sandbox.ray_places import Place

#: A job is given up after this many nodes were lost with it.
MAX_LOSSES = 3
#: One call of a node returns after this many outcomes, or this many seconds.
WANTED, WAIT_S = 32, 0.05
#: A node gets this many seconds of work ahead, estimated by its speed: a slow node gets less.
AHEAD_S = 0.3
#: The most jobs per worker that a node may hold, and the most bytes of them.
MOST_PER_WORKER, MOST_BYTES = 64, 32 * 1024 * 1024
#: How long a node that failed by itself is left alone while others work (s).
REST_S = 5.0
_IDLE_S = 1.0


@dataclass(frozen=True, slots=True)
class Crew:
    """What the links of a pool share. `share` of a link: its current share of the jobs; `welcome` receives a node's
    description and returns why the node can never be used, or ""; `gone`: called when the link has ended."""

    connection: Connection
    settings: NodeSettings
    queue: JobQueue
    stop: threading.Event
    silence_s: float
    share: Callable[[Link], int]
    welcome: Callable[[Link, dict[str, str]], str]
    gone: Callable[[Link, Ended], None]


@dataclass(frozen=True, slots=True)
class Ended:
    """Why a link has ended; `for_good`: the node can't take part, whatever is tried, and `why` is a sentence that names
    it."""

    why: str
    for_good: bool = False


class Link:
    """`run` is the body of its thread. `workers` is 0 until the node has been accepted, and after it is lost."""

    def __init__(self, crew: Crew, place: Place) -> None:
        self.place, self.workers = place, 0
        self._crew = crew
        self._actor: Any = None
        self._packer = JobPacker()
        self.held: dict[int, Pending] = {}
        self._bytes: dict[int, int] = {}
        self._last, self._rate, self._rest_until = 0, 0.0, 0.0

    def run(self) -> None:
        crew = self._crew
        ended = Ended("the pool was closed")
        try:
            self._open()
            while not crew.stop.is_set():
                self._exchange()
        except Unusable as error:
            ended = Ended(str(error), for_good=True)
        except Exception as error:  # whatever Ray raises, this node is no longer used
            missing = _not_installed(self.place, error)
            ended = Ended(reason(error)) if missing is None else Ended(missing, for_good=True)
        self.workers = 0
        if crew.stop.is_set() and self._actor is not None:
            self._close()
        self._give_back(ended.why)
        if self._actor is not None:
            crew.connection.kill(self._actor)
        crew.gone(self, ended)

    # --- the node ------------------------------------------------------------------------------------------------

    def _open(self) -> None:
        """Start the actor; waits while other users' work occupies the node's processors."""
        crew = self._crew
        self._actor = crew.connection.start(self._actor_class(), self.place, crew.settings)
        reference = self._actor.open.remote()
        while not crew.connection.is_done(reference, _IDLE_S):
            if crew.stop.is_set():
                return
        why = crew.welcome(self, crew.connection.result(reference, crew.silence_s))
        if why:
            raise Unusable(why)

    def _close(self) -> None:
        try:
            self._crew.connection.result(self._actor.close.remote(), 5.0)
        except Exception:  # it is ended in any case
            return

    def _exchange(self) -> None:
        crew = self._crew
        taken = self._take()
        if not taken and not self.held and not self._has_more():
            crew.queue.wait(_IDLE_S, self._has_more)
            taken = self._take()
            if not taken and len(crew.queue) and not self._has_more():
                crew.stop.wait(WAIT_S)  # the waiting jobs are for other nodes
        jobs = self._packer.pack((number, pending.job) for number, pending in taken) if taken else b""
        want = max(1, min(WANTED, len(self.held) // 2)) if self.held else 0
        began = time.monotonic()
        answers = self._ask(jobs, want)
        for packed in answers:
            self._settle(*read_outcome(packed))
        if answers:
            rate = len(answers) / max(1e-3, time.monotonic() - began)
            self._rate = rate if not self._rate else 0.7 * self._rate + 0.3 * rate

    # --- overridden by other kinds of links ----------------------------------------------------------------------

    def _actor_class(self) -> type[Node]:
        return Node

    def _has_more(self) -> bool:
        """Whether the node has, or should get, anything other than jobs."""
        return False

    def _ask(self, jobs: bytes, want: int) -> list[bytes]:
        """Call the node once: send jobs, return packed outcomes."""
        reply = self._result(self._actor.exchange.remote(jobs, WAIT_S, want))
        answers: list[bytes] = marshal.loads(reply)
        return answers

    def _result(self, reference: Any) -> Any:
        """The result of a call. Raises what Ray raises, or TimeoutError, if the node is gone or silent."""
        return self._crew.connection.result(reference, self._crew.silence_s)

    # --- jobs ----------------------------------------------------------------------------------------------------

    def _take(self) -> list[tuple[int, Pending]]:
        """New jobs for the node; a suspected job is given alone."""
        taken: list[tuple[int, Pending]] = []
        if time.monotonic() < self._rest_until or any(pending.alone for pending in self.held.values()):
            return taken
        window = min(self.workers * MOST_PER_WORKER, 2 * self.workers + int(AHEAD_S * self._rate))
        free = min(window, self._crew.share(self)) - len(self.held)
        while len(taken) < free and sum(self._bytes.values()) < MOST_BYTES:
            pending = self._crew.queue.take(wait=False)
            if pending is None:
                break
            if pending.alone and self.held:
                self._requeue(pending)
                break
            if not pending.claim():
                continue
            self._last += 1
            self.held[self._last], self._bytes[self._last] = pending, size_of(pending.job)
            taken.append((self._last, pending))
            if pending.alone:
                break
        return taken

    def _settle(self, number: int, outcome: Any) -> None:
        self._bytes.pop(number, None)
        pending = self.held.pop(number, None)
        if pending is None:
            return
        if not isinstance(outcome, Failed):
            answer(pending.future, outcome)
            return
        self._rest_until = time.monotonic() + REST_S
        self._again(pending, f"node {self.place.address}: {outcome.reason}")

    def _give_back(self, why: str) -> None:
        for number in sorted(self.held, reverse=True):
            self._again(self.held.pop(number), f"node {self.place.address}: {why}")

    def _again(self, pending: Pending, why: str) -> None:
        """Return the job to the queue, or give it up. The last attempt runs alone, so that a job that crashes nodes
        takes no other job with it."""
        pending.tries += 1
        pending.alone = pending.tries >= MAX_LOSSES - 1
        if pending.tries >= MAX_LOSSES:
            fail(pending.future, SandboxError(f"no node could execute the job in {MAX_LOSSES} tries: {why}"))
        else:
            self._requeue(pending)

    def _requeue(self, pending: Pending) -> None:
        if not self._crew.queue.put(pending, first=True):
            fail(pending.future, PoolClosed("the pool was closed"))


class Unusable(SandboxError):
    """A node that can't take part, whatever is tried."""


def _not_installed(place: Place, error: BaseException) -> str | None:
    """The reason if the actor can't be imported on its node."""
    missing = re.search(r"No module named '([\w.]+)'", str(error))
    if missing is None or type(error).__name__ not in ("ActorDiedError", "RayActorError"):
        return None
    remedy = "Install codeeval there, of the version that this machine has, for the Python that runs Ray."
    return f"{place}: its Python has no module {missing[1]}. {remedy}"


def reason(error: BaseException) -> str:
    """Ray's message on one line: of a lost actor why it is dead, which Ray tells after what it knows of the actor."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    why = next((line for line in lines if line.startswith("The actor is dead because")), lines[0] if lines else "")
    why = why.partition(" Some common causes include")[0][:300].rstrip(".")
    return f"{type(error).__name__}: {why}" if why else type(error).__name__
