"""State shared by the lanes of a pool: room for jobs, and their queue."""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict, deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, InvalidStateError
from contextlib import contextmanager
from dataclasses import dataclass, field

from sandbox.errors import PoolClosed, SandboxError
from sandbox.outcomes import Outcome
from sandbox.wire import Job, Limits


@dataclass(slots=True)
class Pending:
    """A job in progress, with what has gone wrong so far."""

    job: Job
    body: bytes  # the job as the candidate's process will read it
    limits: Limits
    future: Future[Outcome]
    tests: bytes = b""  # what only the judge will read
    #: attempts that ended before ACCEPT: infrastructure
    tries: int = 0
    #: earlier outcomes, and deaths of the worker after ACCEPT, that led to another attempt
    attempts: list[Outcome] = field(default_factory=list)
    deaths: int = 0
    claimed: bool = False
    #: executed again, because its tests have passed without what it did to their arguments
    again: bool = False
    #: on a cluster: nothing else is given to a node together with it, because it may be what crashes nodes
    alone: bool = False

    def claim(self) -> bool:
        """Called by the thread that took it from the queue: False if it was cancelled before, of which its waiters are
        then notified. From then on it can't be cancelled, because a worker may have it."""
        if not self.claimed:
            self.claimed = True
            return self.future.set_running_or_notify_cancel()
        return True


def answer(future: Future[Outcome], outcome: Outcome) -> None:
    """Resolve a future with its job's outcome, unless it is done already."""
    with _whatever_callbacks_raise():
        future.set_result(outcome)


def fail(future: Future[Outcome], error: SandboxError) -> None:
    """Resolve a future with an error, unless it is done already."""
    with _whatever_callbacks_raise():
        future.set_exception(error)


@contextmanager
def _whatever_callbacks_raise() -> Iterator[None]:
    """Exceptions from callbacks, even SystemExit, are swallowed: the thread serves other jobs."""
    try:
        yield
    except InvalidStateError:
        return
    except BaseException:  # ordinary exceptions have been logged by the future
        logging.getLogger(__name__).exception("a callback of a job's future failed")


class Room:
    """Permits for unfinished jobs, granted in order of request to threads and to tasks alike."""

    def __init__(self, permits: int) -> None:
        self._lock = threading.Lock()
        self._free = permits
        self._waiting: deque[Future[None]] = deque()
        self._closed = False

    def acquire(self) -> None:
        """Block until there is room. Raises PoolClosed."""
        if self._taken():
            return
        waiter = self._ask()
        try:
            waiter.result()
        except BaseException:  # the pool was closed, or Ctrl-C
            self._withdraw(waiter)
            raise

    async def acquire_async(self) -> None:
        """The same without blocking the event loop."""
        import asyncio

        waiter = self._ask()
        try:
            await asyncio.wrap_future(waiter)
        except BaseException:
            self._withdraw(waiter)
            raise

    def release(self) -> None:
        with self._lock:
            while self._waiting:
                waiter = self._waiting.popleft()
                if waiter.set_running_or_notify_cancel():
                    break
            else:
                self._free += 1
                return
        waiter.set_result(None)

    def close(self) -> None:
        """Raise PoolClosed in threads that wait, now or later."""
        with self._lock:
            self._closed = True
            waiting, self._waiting = self._waiting, deque()
        for waiter in waiting:
            if waiter.set_running_or_notify_cancel():
                waiter.set_exception(PoolClosed("the pool was closed"))

    def _taken(self) -> bool:
        """Take a permit without waiting, if there is one: a submitting thread need not make a future then."""
        with self._lock:
            there = self._free > 0 and not self._closed
            self._free -= there
            return there

    def _ask(self) -> Future[None]:
        waiter: Future[None] = Future()
        with self._lock:
            if self._closed:
                raise PoolClosed("the pool was closed")
            if self._free:
                self._free -= 1
                waiter.set_result(None)
            else:
                self._waiting.append(waiter)
        return waiter

    def _withdraw(self, waiter: Future[None]) -> None:
        """Give up a wait: a permit granted at the same moment goes to the next in line."""
        if not waiter.cancel() and waiter.exception() is None:
            self.release()


class JobQueue:
    """A locked deque that also supports removal by job id; `close` hands back what will not be executed."""

    def __init__(self) -> None:
        self._items: OrderedDict[int, Pending] = OrderedDict()
        self._ready = threading.Condition()
        self._closed = False

    def put(self, pending: Pending, first: bool = False) -> bool:
        """False if the queue is closed and the job was not accepted."""
        with self._ready:
            if self._closed:
                return False
            self._items[id(pending)] = pending
            if first:
                self._items.move_to_end(id(pending), last=False)
            self._ready.notify()
            return True

    def take(self, wait: bool) -> Pending | None:
        """The next job; None if there is none now (`wait` False) or there will never be another."""
        with self._ready:
            while wait and not self._items and not self._closed:
                self._ready.wait()
            return self._items.popitem(last=False)[1] if self._items else None

    def wait(self, timeout_s: float, or_else: Callable[[], bool] = lambda: False) -> None:
        """Wait until there is a job, the queue is closed, `or_else` is true when `wake` is called, or the time is over."""
        with self._ready:
            if not self._items and not self._closed and not or_else():
                self._ready.wait(timeout_s)

    def wake(self) -> None:
        """Make all waiting threads evaluate their `or_else`."""
        with self._ready:
            self._ready.notify_all()

    def discard(self, which: int) -> Pending | None:
        """Remove the job with this `id`; None if it is not in the queue (any longer)."""
        with self._ready:
            return self._items.pop(which, None)

    def __len__(self) -> int:
        return len(self._items)

    @property
    def closed(self) -> bool:
        return self._closed

    def close(self) -> list[Pending]:
        with self._ready:
            self._closed = True
            left, self._items = list(self._items.values()), OrderedDict()
            self._ready.notify_all()
            return left
