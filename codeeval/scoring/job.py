"""From a problem and an extraction to the job that is executed, and the name under which its evidence is kept. Pure."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, replace

from codeeval.scoring import grade
from codeeval.scoring.limits import limits_for
from codeeval.types import Extraction, Problem, ScoringProtocol
from sandbox.wire import Job, Limits


def make_job(problem: Problem, extraction: Extraction, protocol: ScoringProtocol, worker: Limits) -> Job:
    """The job of `problem` under `protocol`. Memory, processes and scratch space are those of the pool's workers."""
    job = grade.job(problem, extraction, protocol)
    return replace(job, limits=limits_for(problem, protocol, worker))


def job_digest(job: Job, salt: str = "") -> str:
    """128 bits in hex over everything that decides what a job does: program, calls or tests, entry point, mode and limits.

    Equal jobs have equal digests, so that one execution serves them all; a `salt` keeps them apart.
    """
    limits = json.dumps(asdict(job.limits) if job.limits else None, sort_keys=True)
    digest = hashlib.sha256()
    tests = (job.tests.source, job.tests.prelude, *job.tests.names) if job.tests else ()
    for part in (salt, job.mode, limits, job.entry_point, job.source, *job.calls, *tests):
        data = part.encode("utf-8", "surrogatepass")
        digest.update(len(data).to_bytes(8, "big") + data)  # the length keeps neighbours apart
    return digest.hexdigest()[:32]
