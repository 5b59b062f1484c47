"""Open a pool in a thread, so that its workers start while the caller prepares their work.

What the caller prints stays the same: what the opening has to say, or raises, waits until the caller asks for the pool. An
image is pulled or built only then, too, because that is announced first: nobody waits for it whose input is refused.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import ExitStack
from queue import SimpleQueue

from sandbox.backends import load, select
from sandbox.backends.base import Progress, worker_limits
from sandbox.front import Isolation
from sandbox.pool import Pool
from sandbox.wire import Limits

#: How long `begin` leaves the interpreter to the opening thread, which has asked the engine for a worker by then (s). Otherwise
#: the caller's imports would give it up only every few milliseconds.
_HEAD_START_S = 0.05
#: How long `close` waits for an opening that has started no pool, and that may be waiting for an engine (s).
_PATIENCE_S = 5.0


class EarlyPool:
    """A pool that one thread opens, keeps and ends. `begin` starts to open it, `end` starts to end it, and `close` waits
    for the end. `meanwhile`: what its user may call while the first worker starts."""

    def __init__(
        self,
        kind: str,
        workers: int,
        isolation: Isolation,
        limits: Limits,
        meanwhile: Callable[[], None] = lambda: None,
    ) -> None:
        self.meanwhile = meanwhile
        self._kind, self._workers, self._isolation, self._limits = kind, workers, isolation, limits
        self._thread = threading.Thread(target=self._run, name="sandbox-opening", daemon=True)
        self._asked, self._over, self._failed = threading.Event(), threading.Event(), threading.Event()
        self._news: SimpleQueue[str | Pool | BaseException] = SimpleQueue()
        self._holds_pool = False

    def begin(self) -> None:
        """Start to open it."""
        load(self._kind)
        self._thread.start()
        self._failed.wait(_HEAD_START_S)

    def fits(self, limits: Limits) -> bool:
        """Whether workers with these limits are being started."""
        return worker_limits(limits) == worker_limits(self._limits)

    def pool(self, limits: Limits, progress: Progress) -> Pool:
        """The pool, with the limits of jobs that bring none, as soon as it is there: its workers may still be starting.
        Raises what opening it has raised."""
        self._asked.set()
        while isinstance(found := self._news.get(), str):
            progress(found)
        if isinstance(found, BaseException):
            raise found
        found.limits = limits
        return found

    def end(self) -> None:
        """Start to end the workers."""
        self._over.set()
        self._asked.set()

    def close(self) -> None:
        """End the workers. May be called twice."""
        self.end()
        if self._thread.is_alive():
            self._thread.join(None if self._holds_pool else _PATIENCE_S)

    def _run(self) -> None:
        with ExitStack() as held:
            try:
                backend = select(self._kind, self._announce)
                held.callback(backend.close)
                self._holds_pool = True
                if self._over.is_set():
                    return
                pool = held.enter_context(Pool(backend, self._workers, self._limits, self._isolation))
            except BaseException as error:  # for the thread that asks for the pool
                self._news.put(error)
                self._failed.set()
                return
            self._news.put(pool)
            self._over.wait()

    def _announce(self, line: str) -> None:
        """Called before a step that takes long, in the thread that opens the pool."""
        self._asked.wait()
        if self._over.is_set():
            raise _GivenUp
        self._news.put(line)


class _GivenUp(Exception):
    """The caller gave up before it asked for the pool."""
