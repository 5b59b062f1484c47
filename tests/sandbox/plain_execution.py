"""What tests that are code say of a program in one process with it: the measure for the judge, inside the sandbox as well."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sandbox import Job, Limits, Outcome, Pool, Tests

LIMITS = Limits(cpu_s=30.0, wall_s=60.0)
_DRIVER = """

def _carried_out(tests):
    try:
        exec(compile(tests, "<tests>", "exec"), globals())
    except BaseException as error:
        return f"failed {type(error).__name__}: {error}"
    return "passed"
"""


@dataclass(frozen=True, slots=True)
class Case:
    """A program whose entry point is `f`, its tests, and what is executed before both."""

    program: str
    tests: str
    prelude: str = ""
    names: tuple[str, ...] = ()


def in_one_process(pool: Pool, cases: Sequence[Case], limits: Limits = LIMITS) -> list[str]:
    """`passed` or `failed …` for each, or how the process ended."""
    jobs = [
        Job(f"{one.prelude}\n{one.program}{_DRIVER}", "_carried_out", (repr({"tests": one.tests}),), limits)
        for one in cases
    ]
    return [outcome.observations[0].text or outcome.status for outcome in pool.map(jobs)]


def judged(pool: Pool, cases: Sequence[Case]) -> list[str]:
    """For each `passed`, `failed …`, `not carried …` (an object's operation), `not supported …` (the tests' own value), or the
    outcome's status."""
    jobs = [Job(one.program, "f", (), LIMITS, "assert", Tests(one.tests, one.prelude, one.names)) for one in cases]
    return [_told(outcome) for outcome in pool.map(jobs)]


def _told(outcome: Outcome) -> str:
    ruling = outcome.ruling
    if ruling is None or outcome.status != "completed":
        return f"not supported {ruling.message}" if ruling is not None and ruling.message else outcome.status
    if ruling.status == "failed":
        how = "not carried" if ruling.not_carried else "failed"
        return f"{how} {ruling.exc_type}: {ruling.message}"
    return ruling.status
