"""Judge programs without a run file, for callers that want a verdict and keep nothing."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import CancelledError, Future, wait
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


@dataclass(slots=True)
class _Sent:
    """A program in the pool, or its answer."""

    asked: ProgramJob
    answer: Future[Outcome] | Judgement | NotJudged
    repeated: bool = False

    def wait(self) -> None:
        if isinstance(self.answer, Future):
            wait((self.answer,))

    def repeat(self, pool: Workers) -> None:
        """Execute it once more if it has ended so that MERA's rules require that."""
        done = self.answer
        if self.repeated or not isinstance(done, Future) or not done.done() or done.cancelled() or done.exception():
            return
        if wants_repeating(self.asked.job, done.result()):
            self.repeated, self.answer = True, _submitted_job(pool, self.asked.job)


def judge(
    pool: Workers, asked: Sequence[ProgramJob], protocol: ScoringProtocol, at_a_time: int
) -> Iterator[Judgement | NotJudged]:
    """One answer per program, in order, with at most `at_a_time` submitted to the pool. Raises ValueError if a
    problem's answers are hidden."""
    waiting: deque[_Sent] = deque()
    given = iter(asked)
    for _ in asked:
        while len(waiting) < at_a_time and (following := next(given, None)) is not None:
            waiting.append(_Sent(following, _submitted(pool, following, protocol)))
        waiting[0].wait()
        for each in waiting:  # those that wait are executed again side by side, not each when it is the first
            each.repeat(pool)
        yield _settled(waiting.popleft(), protocol)


def _submitted(pool: Workers, one: ProgramJob, protocol: ScoringProtocol) -> Future[Outcome] | Judgement | NotJudged:
    if not needs_execution(one.extraction, protocol):
        return grade(one.problem, one.extraction, None, protocol)
    if is_too_large(one.job):
        return Judgement(Verdict.OUTPUT_LIMIT, False, (), error=TOO_LARGE, signature=Verdict.OUTPUT_LIMIT.value)
    return _submitted_job(pool, one.job)


def _submitted_job(pool: Workers, job: Job) -> Future[Outcome] | NotJudged:
    try:
        return pool.submit(job)
    except SandboxError as error:
        return NotJudged(failure(error))


def _settled(sent: _Sent, protocol: ScoringProtocol) -> Judgement | NotJudged:
    one, answer = sent.asked, sent.answer
    if not isinstance(answer, Future):
        return answer
    try:
        outcome = answer.result()
    except (SandboxError, CancelledError) as error:
        return NotJudged(failure(error))
    if (why := not_judged(outcome)) is not None:
        return NotJudged(why, of_tests=True)
    return grade(one.problem, one.extraction, outcome, protocol)
