"""What holds for every job, whoever gives it to a pool: which are never given, which are done once more, and how a failure of the
machinery is told."""

from __future__ import annotations

from codeeval.scoring.grade import may_have_stalled
from sandbox import Job, Outcome
from sandbox.wire import MAX_JOB_BYTES, is_mera

#: Safely below what `sandbox.Pool` takes (counted in bytes there), whatever the characters.
MAX_PROGRAM_CHARS = MAX_JOB_BYTES // 12
TOO_LARGE = f"the program is larger than {MAX_PROGRAM_CHARS} characters"


def is_too_large(job: Job) -> bool:
    """Whether no pool accepts it: the model's doing, so it gets a verdict, and nobody waits for it."""
    tests = len(job.tests.source) + len(job.tests.prelude) if job.tests else 0
    return len(job.source) + sum(map(len, job.calls)) + tests > MAX_PROGRAM_CHARS


def wants_repeating(job: Job, outcome: Outcome) -> bool:
    """Whether it ended by itself but, by the clock, too late for MERA: a program that waits does so again, one that a loaded
    machine kept from running does not."""
    return is_mera(job.mode) and may_have_stalled(outcome)


def failure(error: BaseException) -> str:
    """Why a job was not executed."""
    return f"{type(error).__name__}: {error}"
