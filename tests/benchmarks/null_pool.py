"""A pool that answers at once, for benchmarks of everything around it."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from functools import cache

from codeeval.evaluation.shards.process_main import Spec
from sandbox import Job, Observation, Outcome


@cache
def observations(calls: int) -> tuple[Observation, ...]:
    return tuple(Observation("returned", str(n + 1), "int", plain=True, cpu_ms=0.01) for n in range(calls))


class NullPool:
    """Every call returns its argument and one."""

    def submit(self, job: Job) -> Future[Outcome]:
        future: Future[Outcome] = Future()
        seen = observations(len(job.calls))
        future.set_result(Outcome("completed", seen, cpu_ms=1, wall_ms=1, max_rss_kb=9000, exit_code=0))
        return future


@contextmanager
def null_pool(spec: Spec) -> Iterator[NullPool]:
    yield NullPool()
