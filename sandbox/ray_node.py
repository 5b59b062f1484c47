"""The actor on a node of a cluster: it holds a local pool and exchanges batches with its driver.

Ray repeats nothing of it (`ray_pool` starts it without restarts and retries). It exits by itself if its driver has been
silent for a while, whatever Ray reports about that driver; its workers end with it.
"""

from __future__ import annotations

import hashlib
import marshal
import os
import platform
import threading
import time
from collections import deque
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from sandbox.backends import Backend, select
from sandbox.errors import SandboxError
from sandbox.front import Isolation
from sandbox.outcomes import Outcome
from sandbox.packed import Failed, JobReader, pack_outcome
from sandbox.pool import Pool
from sandbox.wire import Limits

#: The most bytes of outcomes in one answer; the rest comes with the next one.
ANSWER_BYTES = 8 * 1024 * 1024
#: A node exits after its driver was silent for this many seconds. A running driver calls once a second.
DRIVER_SILENCE_S = 60.0


@dataclass(frozen=True, slots=True)
class NodeSettings:
    """A driver's requirements for a node."""

    kind: str
    limits: Limits
    isolation: Isolation
    workers: int
    patience_s: float


class Node:
    """Called by one driver, one call at a time; `open` comes first."""

    def __init__(self, settings: NodeSettings) -> None:
        self._settings = settings
        self._backend: Backend | None = None
        self._pool: Pool | None = None
        self._reader = JobReader()
        self._finished: deque[bytes] = deque()
        self._arrived = threading.Condition()
        self._heard = time.monotonic()
        threading.Thread(target=self._end_without_driver, name="driver-watch", daemon=True).start()

    def open(self) -> dict[str, str]:
        """Start the workers. Return what is known about the sandbox here, or why there is none, under "error"."""
        settings = self._settings
        try:
            self._backend = select(settings.kind, lambda line: None)
            self._pool = Pool(
                self._backend,
                settings.workers,
                settings.limits,
                settings.isolation,
                max_pending=1 << 30,  # the driver bounds what it sends
                patience_s=settings.patience_s,
            )
        except SandboxError as error:
            return {"error": str(error)}
        self._heard = time.monotonic()
        return {**versions(), **self._backend.describe(), "why": self._backend.why}

    def exchange(self, jobs: bytes, wait_s: float, want: int) -> bytes:
        """Start new jobs; return finished outcomes once there are `want` of them, or after `wait_s`."""
        self._start(jobs)
        with self._arrived:
            self._arrived.wait_for(lambda: len(self._finished) >= want, wait_s)
            answer = self._take()
        self._heard = time.monotonic()
        return marshal.dumps(answer)

    def _start(self, jobs: bytes) -> None:
        """Start new jobs. A job that the pool refuses is answered with the reason."""
        self._heard = time.monotonic()
        assert self._pool is not None
        for number, job in self._reader.read(jobs) if jobs else ():
            try:
                future = self._pool.submit(job)
            except Exception as error:
                self._keep(pack_outcome(number, Failed(f"{type(error).__name__}: {error}")))
                continue
            future.add_done_callback(partial(self._finish, number))

    def close(self) -> None:
        """Stop the workers. The driver kills the actor afterwards."""
        if self._pool is not None:
            self._pool.close()
        if self._backend is not None:
            self._backend.close()

    def _finish(self, number: int, future: Future[Outcome]) -> None:
        error = future.exception()
        self._keep(pack_outcome(number, future.result() if error is None else Failed(str(error))))

    def _keep(self, packed: bytes) -> None:
        with self._arrived:
            self._finished.append(packed)
            self._arrived.notify_all()

    def _take(self) -> list[bytes]:
        taken: list[bytes] = []
        size = 0
        while self._finished and (not taken or size + len(self._finished[0]) <= ANSWER_BYTES):
            taken.append(self._finished.popleft())
            size += len(taken[-1])
        return taken

    def _end_without_driver(self) -> None:
        while time.monotonic() - self._heard < DRIVER_SILENCE_S:
            time.sleep(1.0)
        os._exit(1)  # the workers end with their connections


def versions() -> dict[str, str]:
    """What driver and nodes must have in common to understand each other: Python, Ray and this package."""
    import ray

    package = Path(__file__).resolve().parent
    code = hashlib.sha256()
    for path in sorted(package.rglob("*.py")):
        code.update(f"\0{path.relative_to(package)}\0".encode() + path.read_bytes())
    return {"python": platform.python_version(), "ray": ray.__version__, "code": code.hexdigest()[:16]}
