"""The interface of every pool: `submit`, `map`, `run`, and a bound on the number of unfinished jobs."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future
from functools import partial
from types import TracebackType
from typing import Literal, Self

from sandbox.backends.base import worker_limits
from sandbox.errors import PoolClosed
from sandbox.job_queue import JobQueue, Pending, Room
from sandbox.marks import is_slow
from sandbox.outcomes import Outcome
from sandbox.wire import MAX_JOB_BYTES, Job, Limits, Tests, encode_job_body, encode_tests

Isolation = Literal["warm", "fresh"]


class Front(ABC):
    """Thread-safe. `submit` blocks while `max_pending` jobs are unfinished. Belongs to the process that made it: in a
    fork of that process it refuses jobs, and `close` does nothing. Use as a context manager, or call `close`."""

    def __init__(self, limits: Limits, isolation: Isolation, max_pending: int) -> None:
        self.limits, self.isolation = limits, isolation
        self._max_pending = max_pending
        self._queue, self._room, self._process = JobQueue(), Room(max_pending), os.getpid()

    def submit(self, job: Job) -> Future[Outcome]:
        """Queue a job. The future raises SandboxError if the infrastructure failed; a candidate's failure is an
        Outcome. It can be cancelled until a worker gets the job, which is then never executed.

        Raises ValueError for a job that no worker of this pool could accept: another worker's limits, calls that are
        not literals, a program too large. Raises PoolClosed after `close`, and in a process other than the pool's.
        """
        limits, body = self._limits_of(job), _body_of(job)
        self._room.acquire()
        return self._queued(job, limits, body)

    def map(self, jobs: Iterable[Job]) -> Iterator[Outcome]:
        """Outcomes in the order of the jobs, submitting at most `max_pending` jobs ahead."""
        waiting: deque[Future[Outcome]] = deque()
        try:
            for job in jobs:
                waiting.append(self.submit(job))
                while waiting and (waiting[0].done() or len(waiting) >= self._max_pending):
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:  # abandoned or failed: the other jobs are not needed
            for future in waiting:
                future.cancel()

    async def run(self, job: Job) -> Outcome:
        """The same for asyncio: waits for room and for the outcome without blocking the event loop or a thread of its
        executor. A cancelled task frees its place."""
        import asyncio

        limits = self._limits_of(job)
        await self._room.acquire_async()
        try:
            body = await asyncio.get_running_loop().run_in_executor(None, _body_of, job)
        except BaseException:
            self._room.release()
            raise
        return await asyncio.wrap_future(self._queued(job, limits, body))

    @abstractmethod
    def close(self) -> None:
        """Fail waiting jobs with PoolClosed, stop running ones, remove every worker. May be called twice, and from a
        callback."""

    def _queued(self, job: Job, limits: Limits, body: tuple[bytes, bytes]) -> Future[Outcome]:
        """Called after room was acquired: queue the job, or release the room and raise PoolClosed."""
        future: Future[Outcome] = Future()
        pending = Pending(job, body[0], limits, future, body[1])
        if not self._queue.put(pending):
            self._room.release()
            raise PoolClosed("the pool was closed")
        # by id, because a reference would be a cycle: thousands of programs would wait for the garbage collector
        future.add_done_callback(partial(self._is_done, id(pending)))
        return future

    def _is_done(self, which: int, future: Future[Outcome]) -> None:
        if future.cancelled() and (pending := self._queue.discard(which)) is not None:
            pending.claim()
        self._room.release()

    def _check_process(self) -> None:
        if self._process != os.getpid():
            raise PoolClosed(
                f"this pool belongs to process {self._process}, where its threads are: make one in this process"
            )

    def _limits_of(self, job: Job) -> Limits:
        self._check_process()
        limits = job.limits or self.limits
        if worker_limits(limits) != worker_limits(self.limits):
            raise ValueError(
                "memory_mb, pids and tmp_mb belong to the worker: a job can't differ from its pool in them"
            )
        return limits

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


def _texts_parsed_here(job: Job) -> tuple[str, ...]:
    """What this process parses of a job; the program itself is compiled by its own process."""
    return job.calls if job.tests is None else (job.tests.prelude, job.tests.source)


def _encoded(tests: Tests, entry_point: str) -> bytes:
    from sandbox.mutated_arguments import sees_arguments  # most runs have no such tests

    return encode_tests(tests, entry_point, sees_arguments(tests, entry_point))


def _body_of(job: Job) -> tuple[bytes, bytes]:
    """(for the candidate, for its judge). Encoded by the caller, so that a job that can't be sent is refused there and
    affects no other job."""
    try:
        if why := next(filter(None, map(is_slow, _texts_parsed_here(job))), ""):
            raise ValueError(why)
        body = encode_job_body(job)
        tests = b"" if job.tests is None else _encoded(job.tests, job.entry_point)
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError) as error:
        raise ValueError(f"the job can't be sent: {error or type(error).__name__}") from error
    if len(body) + len(tests) > MAX_JOB_BYTES:
        raise ValueError(f"the job can't be sent: the program and its calls take more than {MAX_JOB_BYTES >> 20} MiB")
    return body, tests
