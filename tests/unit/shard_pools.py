"""Pools for shards that execute nothing: what a job does is read from its program."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager

from codeeval.evaluation.shards.process_main import Spec
from sandbox import Job, Observation, Outcome, SandboxError


def spec(workers: int, maker: str = "instant") -> Spec:
    from sandbox import Limits

    return Spec("none", workers, Limits(), maker=f"shard_pools:{maker}")


class Instant:
    """Every call returns 2, or what `# returns X` in the program says, at once. `# kills` ends the process, `# stops` makes it
    stand still, `# fails` is a failure of the machinery."""

    def submit(self, job: Job) -> Future[Outcome]:
        if "# kills" in job.source:
            os.kill(os.getpid(), signal.SIGKILL)
        if "# stops" in job.source:
            os.kill(os.getpid(), signal.SIGSTOP)
        future: Future[Outcome] = Future()
        if "# fails" in job.source:
            future.set_exception(SandboxError("no worker"))
            return future
        told = re.search(r"# returns (\S+)", job.source)
        seen = Observation("returned", told[1] if told else "2", "int", plain=True)
        future.set_result(Outcome("completed", (seen,) * len(job.calls), cpu_ms=1))
        return future


@contextmanager
def instant(spec: Spec) -> Iterator[Instant]:
    yield Instant()


@contextmanager
def broken(spec: Spec) -> Iterator[Instant]:
    raise SandboxError("no engine answers")
    yield
