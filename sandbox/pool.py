"""A pool of warm workers: jobs in, outcomes out.

>>> from sandbox import Job, Pool, select
>>> with Pool(select("auto"), workers=2) as pool:                                           # doctest: +SKIP
...     pool.submit(Job("def f(x):\\n    return x + 1\\n", "f", ('{"x": 1}',))).result().observations[0].text
'2'
"""

from __future__ import annotations

import os
import threading
from concurrent.futures import ThreadPoolExecutor

from sandbox.backends.base import Backend
from sandbox.errors import PoolClosed
from sandbox.front import Front, Isolation
from sandbox.job_queue import fail
from sandbox.wire import Limits
from sandbox.worker_supply import SPARES, Shared
from sandbox.worker_thread import WorkerLane


class Pool(Front):
    """A pool on this machine. `max_pending`: by default 64 per worker.

    `isolation="fresh"` gives every job a new worker. `patience_s`: how long a lane keeps trying to start a worker while
    the engine does not answer.
    """

    def __init__(
        self,
        backend: Backend,
        workers: int | None = None,
        limits: Limits | None = None,
        isolation: Isolation = "warm",
        *,
        max_pending: int | None = None,
        patience_s: float = 60.0,
    ) -> None:
        count = workers or os.cpu_count() or 1
        if count < 1 or isolation not in ("warm", "fresh"):
            raise ValueError("workers must be positive and isolation 'warm' or 'fresh'")
        super().__init__(limits or Limits(), isolation, max_pending or 64 * count)
        self.backend, self.workers = backend, count
        backend.sweep()
        self._stop = threading.Event()
        self._helpers = ThreadPoolExecutor(2 * (1 + SPARES) * count, thread_name_prefix="sandbox-helper")
        shared = Shared(backend, self.limits, isolation == "fresh", self._queue, self._helpers, patience_s, self._stop)
        self._lanes = [WorkerLane(shared) for _ in range(count)]
        self._threads = [
            threading.Thread(target=lane.run, name=f"sandbox-{index}", daemon=True)
            for index, lane in enumerate(self._lanes)
        ]
        for thread in self._threads:
            thread.start()

    @property
    def has_worker(self) -> bool:
        """Whether the first worker has been started, or has failed to."""
        return any(lane.started.is_set() for lane in self._lanes)

    def wait_ready(self) -> None:
        """Block until every lane has started its first worker, or has failed to."""
        self._check_process()
        for lane in self._lanes:
            lane.started.wait()

    def close(self) -> None:
        """Fail waiting jobs with PoolClosed, stop running ones, remove every worker. May be called twice, and from a
        callback."""
        if self._process != os.getpid():
            return
        self._stop.set()
        self._room.close()
        for pending in self._queue.close():
            if pending.claim():
                fail(pending.future, PoolClosed("the pool was closed"))
        for lane in self._lanes:
            lane.abort()
        for thread in self._threads:
            if thread is not threading.current_thread():  # a job's callback: the thread ends when it returns
                thread.join()
        self._helpers.shutdown(wait=True)
