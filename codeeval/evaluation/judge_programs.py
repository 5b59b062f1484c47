"""Judge programs without a run file, for callers that want a verdict and keep nothing."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass

from codeeval.evaluation.sandbox import Workers
from codeeval.evaluation.shards.one_job import TOO_LARGE, failure, is_too_large, wants_repeating
from codeeval.scoring.grade import grade, needs_execution, not_judged
from codeeval.types import Extraction, Judgement, Problem, ScoringProtocol, Verdict
from sandbox import Job, Outcome, SandboxError


@dataclass(frozen=True, slots=True)
class ProgramJob:
    """One program, the problem with the tests that judge it, and the job that executes it."""

    problem: Problem
    extraction: Extraction
    job: Job


@dataclass(frozen=True, slots=True)
class NotJudged:
    """Why a program could not be judged. `of_tests`: the tests need something that can't be passed to the program's
    process, so no program can be judged; otherwise the sandbox could not execute this one."""

    reason: str
    of_tests: bool = False


def judge(
    pool: Workers, asked: Sequence[ProgramJob], protocol: ScoringProtocol, at_a_time: int
) -> Iterator[Judgement | NotJudged]:
    """One answer per program, in order, with at most `at_a_time` submitted to the pool. Raises ValueError if a
    problem's answers are hidden."""
    waiting: deque[Future[Outcome] | Judgement | NotJudged] = deque()
    given = iter(asked)
    for one in asked:
        while len(waiting) < at_a_time and (following := next(given, None)) is not None:
            waiting.append(_submitted(pool, following, protocol))
        yield _settled(pool, one, waiting.popleft(), protocol)


def _submitted(pool: Workers, one: ProgramJob, protocol: ScoringProtocol) -> Future[Outcome] | Judgement | NotJudged:
    if not needs_execution(one.extraction, protocol):
        return grade(one.problem, one.extraction, None, protocol)
    if is_too_large(one.job):
        return Judgement(Verdict.OUTPUT_LIMIT, False, (), error=TOO_LARGE, signature=Verdict.OUTPUT_LIMIT.value)
    try:
        return pool.submit(one.job)
    except SandboxError as error:
        return NotJudged(failure(error))


def _settled(
    pool: Workers, one: ProgramJob, sent: Future[Outcome] | Judgement | NotJudged, protocol: ScoringProtocol
) -> Judgement | NotJudged:
    if not isinstance(sent, Future):
        return sent
    try:
        outcome = sent.result()
        if wants_repeating(one.job, outcome):
            outcome = pool.submit(one.job).result()
    except (SandboxError, CancelledError) as error:
        return NotJudged(failure(error))
    if (why := not_judged(outcome)) is not None:
        return NotJudged(why, of_tests=True)
    return grade(one.problem, one.extraction, outcome, protocol)
