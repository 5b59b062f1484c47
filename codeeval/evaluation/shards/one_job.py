"""Rules for every job, whoever submits it: which jobs are never submitted, which are repeated, and how an
infrastructure failure is described."""

from __future__ import annotations

from codeeval.scoring.grade import may_have_stalled
from sandbox import Job, Outcome
from sandbox.wire import MAX_JOB_BYTES, is_mera

#: Safely below what `sandbox.Pool` accepts (which counts bytes), whatever the characters.
MAX_PROGRAM_CHARS = MAX_JOB_BYTES // 12
TOO_LARGE = f"the program is larger than {MAX_PROGRAM_CHARS} characters"


def is_too_large(job: Job) -> bool:
    """Whether no pool accepts the job. That is the model's doing, so it gets a verdict and does not stay pending."""
    tests = len(job.tests.source) + len(job.tests.prelude) if job.tests else 0
    return len(job.source) + sum(map(len, job.calls)) + tests > MAX_PROGRAM_CHARS


def wants_repeating(job: Job, outcome: Outcome) -> bool:
    """Whether the program ended by itself but, by wall time, too late for MERA: a program that waits does so again; one
    that a loaded machine delayed does not."""
    return is_mera(job.mode) and may_have_stalled(outcome)


def failure(error: BaseException) -> str:
    """Why a job was not executed."""
    return f"{type(error).__name__}: {error}"
