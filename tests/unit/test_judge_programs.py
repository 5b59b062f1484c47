"""Programs judged without a run file. Those that waited for MERA's whole time are executed twice, and side by side."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from dataclasses import replace

from codeeval.evaluation.judge_programs import ProgramJob, judge
from codeeval.scoring import protocols
from codeeval.scoring.job import job
from codeeval.types import Extraction, Judgement, Problem, Verdict
from sandbox import Job, Outcome
from sandbox.outcomes import Observation

PROBLEM = Problem("1", "{function}", "def f():\n", "f", ("{}",), ("1",))
RULES = protocols.get("mera-1.1")
SLEPT = Outcome("completed", (Observation("returned", "1", "int", True),), wall_ms=10_000)


class Sleepers:
    """A pool of `workers` sleeping programs, which all end once each worker has one; or after a while, if that never happens."""

    def __init__(self, workers: int, outcomes: list[Outcome]) -> None:
        self.workers, self._outcomes = workers, outcomes
        self._running: list[Future[Outcome]] = []
        self.waves: list[int] = []
        self._lock = threading.Lock()

    def submit(self, _: Job) -> Future[Outcome]:
        future: Future[Outcome] = Future()
        self._running.append(future)
        if len(self._running) == self.workers:
            self._end()
        else:
            threading.Timer(5.0, self._end).start()
        return future

    def _end(self) -> None:
        with self._lock:
            done, self._running = self._running, []
        if done:
            outcome = self._outcomes[min(len(self.waves), len(self._outcomes) - 1)]
            self.waves.append(len(done))
            for future in done:
                future.set_result(outcome)

    def map(self, jobs: object) -> object:
        raise NotImplementedError


def judged(pool: Sleepers) -> list[Verdict]:
    """Four programs, all given to the pool at once."""
    extraction = Extraction("def f(): pass", "def f(): pass")
    asked = [ProgramJob(PROBLEM, extraction, job(PROBLEM, extraction, RULES)) for _ in range(4)]
    found = list(judge(pool, asked, RULES, 4))  # type: ignore[arg-type]
    assert all(isinstance(one, Judgement) for one in found)
    return [one.verdict for one in found if isinstance(one, Judgement)]


def test_programs_that_wait_are_repeated_side_by_side() -> None:
    """Twice the time of one, whatever their number; the second outcome counts."""
    pool = Sleepers(4, [SLEPT])
    assert judged(pool) == [Verdict.TIMEOUT] * 4
    assert pool.waves == [4, 4]
    pool = Sleepers(4, [SLEPT, replace(SLEPT, wall_ms=10)])
    assert judged(pool) == [Verdict.PASSED] * 4
    assert pool.waves == [4, 4]


def test_other_programs_are_executed_once() -> None:
    """They ended in time."""
    pool = Sleepers(4, [replace(SLEPT, wall_ms=10)])
    assert judged(pool) == [Verdict.PASSED] * 4
    assert pool.waves == [4]
