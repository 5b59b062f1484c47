"""The worker of one lane: started when one is needed, waited for while the engine does not answer, ended when used up.

If each worker serves one sample, the next ones are started ahead.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from concurrent.futures import Executor, Future
from dataclasses import dataclass

from sandbox import replies, wire
from sandbox.backends.base import Backend, Worker
from sandbox.errors import BackendUnavailable, ProtocolError, SandboxError
from sandbox.job_queue import JobQueue
from sandbox.wire import Limits

READY_S = 60.0
#: How many workers a lane starts ahead if each serves one sample: a start mostly waits for the engine.
SPARES = 2


@dataclass(frozen=True, slots=True)
class Shared:
    """What all lanes of a pool share."""

    backend: Backend
    limits: Limits
    fresh: bool
    queue: JobQueue
    helpers: Executor
    patience_s: float
    stop: threading.Event


class WorkerSupply:
    """`current` is the lane's worker, None while it has none; `guest` is the Python in the last one that was started."""

    def __init__(self, shared: Shared) -> None:
        self._shared = shared
        self._spares: deque[Future[Worker]] = deque()
        self._patient = True
        self.current: Worker | None = None
        self.guest = ""

    def prepare(self) -> None:
        """Start the first worker, if possible."""
        try:
            self.ensure()
        except Exception:
            self.drop()  # the first job will try again, with patience, and report what fails

    def ensure(self) -> Worker:
        """The current worker, started now if there is none. Raises SandboxError if none can be started in time."""
        if self.current is not None:
            return self.current
        # an outage is waited for once: later jobs ask again, but none waits as long
        deadline = time.monotonic() + (self._shared.patience_s if self._patient else 0.0)
        pause = 0.2
        while True:
            try:
                worker = self.current = self._next()
                self._greet(worker)
                self._patient = True
                break
            except BackendUnavailable:
                raise
            except SandboxError as error:
                self.drop()
                if time.monotonic() + pause > deadline or self._shared.stop.wait(pause):
                    self._patient = False
                    raise SandboxError(f"no worker could be started: {error}") from error
                pause = min(pause * 2, 5.0)
        shared = self._shared
        while shared.fresh and len(self._spares) < SPARES and not shared.stop.is_set():
            self._spares.append(shared.helpers.submit(shared.backend.start, shared.limits))
        return worker

    def drop(self) -> None:
        """End the current worker."""
        worker, self.current = self.current, None
        if worker is None:
            return
        if self._shared.fresh and not self._shared.stop.is_set():
            self._shared.helpers.submit(worker.kill)
        else:
            worker.kill()

    def end(self) -> None:
        """End the current worker and those that were started ahead."""
        self.drop()
        for spare in self._spares:
            spare.add_done_callback(_kill_started)

    def _next(self) -> Worker:
        return self._spares.popleft().result() if self._spares else self._shared.backend.start(self._shared.limits)

    def _greet(self, worker: Worker) -> None:
        kind, payload = worker.channel.receive(READY_S, wire.MAX_READY_BYTES)
        if kind != wire.READY:
            raise ProtocolError("a worker must say READY first")
        self.guest = "python " + replies.read_ready(payload).get("python", "?")


def _kill_started(spare: Future[Worker]) -> None:
    if not spare.cancelled() and spare.exception() is None:
        spare.result().kill()
