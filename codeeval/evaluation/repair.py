"""Would a failed sample pass if only its format were right? Repairs every failed sample and executes the repairs.

One program per failed sample at most, chosen by the text alone (`formats.repair`), judged under `strict`. What comes of it
is stored in a table of its own, beside the judgements and never among them. Only what the file lacks is done: after
`kill -9` the next invocation goes on, and equal programs are executed once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass, replace

from codeeval.evaluation.sandbox import as_executed
from codeeval.evaluation.shard import GIVE_UP_AFTER, MAX_PROGRAM_CHARS
from codeeval.evaluation.shard_interface import JobRunner
from codeeval.scoring import protocols
from codeeval.scoring.grade import grade
from codeeval.scoring.job import job_digest, make_job
from codeeval.scoring.repair import FormatFailure, Repair, names, repair
from codeeval.store import Counterfactual, RunStore, StoredExecution
from codeeval.types import Extraction, Problem, Sample
from sandbox import Job, Limits, Outcome, SandboxError

#: Repairs given to the pool at a time; after each such batch the work is committed.
BATCH = 64


@dataclass(frozen=True, slots=True)
class Explored:
    """What one invocation did: failed samples looked at, repaired programs executed, samples left for another time."""

    looked_at: int = 0
    executed: int = 0
    left: int = 0
    reason: str = ""


@dataclass(frozen=True, slots=True)
class _Unit:
    sample: Sample
    problem: Problem
    classes: tuple[str, ...]
    fix: Repair
    job: Job
    digest: str

    @property
    def key(self) -> tuple[str, str]:
        return self.problem.id, self.digest


def explore(store: RunStore, pool: JobRunner | None, limits: Limits) -> Explored:
    """Look at every failed sample of the file that has not been looked at. With `pool` None nothing is executed: repairs
    without evidence are left. Raises StoreError."""
    explorer = _Explorer(store, pool, limits)
    keys = store.unexplained()
    for start in range(0, len(keys), BATCH):
        explorer.take(keys[start : start + BATCH])
        store.commit()
    return explorer.done


class _Explorer:
    """Works through failed samples, a batch at a time; `done` counts."""

    def __init__(self, store: RunStore, pool: JobRunner | None, limits: Limits) -> None:
        self._store, self._pool, self._limits = store, pool, limits
        self._strict = as_executed(protocols.get("strict"), store.manifest())
        self._problems = {planned.problem.id: planned.problem for planned in store.problems()}
        self._passed = {
            (row.problem_id, row.index) for row in store.judgements("strict") if row.judgement and row.judgement.passed
        }
        self._known = store.execution_keys()
        self._failures = 0
        self.done = Explored()

    def take(self, keys: Sequence[tuple[str, int]]) -> None:
        """Repair, execute what has no evidence, judge, store."""
        units: list[_Unit] = []
        for key in keys:
            sample = self._store.sample(*key)
            assert sample is not None  # a judgement belongs to a sample
            unit = self._unit(self._problems[key[0]], sample, repaired=key not in self._passed)
            if isinstance(unit, Counterfactual):
                self._keep(unit)
            else:
                units.append(unit)
        self._execute({unit.key: unit.job for unit in units if unit.key not in self._known})
        for unit in units:
            if unit.key in self._known:
                self._keep(_judged(self._store, unit))
            else:
                self.done = replace(self.done, left=self.done.left + 1)

    def _execute(self, jobs: dict[tuple[str, str], Job]) -> None:
        pool = self._pool if self._failures < GIVE_UP_AFTER else None
        for key, job, outcome in _execute(jobs, pool):
            if isinstance(outcome, str):
                self._failures += 1
                self.done = replace(self.done, reason=outcome)
                continue
            self._store.add_execution(StoredExecution(*key, job.mode, job.source, outcome))
            self._known.add(key)
            self.done = replace(self.done, executed=self.done.executed + 1)

    def _keep(self, row: Counterfactual) -> None:
        self._store.add_counterfactuals([row])
        self.done = replace(self.done, looked_at=self.done.looked_at + 1)

    def _unit(self, problem: Problem, sample: Sample, *, repaired: bool) -> _Unit | Counterfactual:
        """A program to execute; or the finished row where there is nothing to execute."""
        below = replace(problem, prompt="\n") if sample.is_program else problem  # a program continues nothing
        classes = names(below, sample)
        if sample.is_program:
            classes = tuple(name for name in classes if name != FormatFailure.WHOLE_FUNCTION.value)
        fix = repair(below, sample) if repaired else None
        if fix is None or len(fix.program) > MAX_PROGRAM_CHARS // 2:
            return Counterfactual(sample.problem_id, sample.index, classes)
        job = make_job(problem, Extraction(fix.program, fix.program), self._strict, self._limits)
        return _Unit(sample, problem, classes, fix, job, job_digest(job))


def _execute(
    jobs: dict[tuple[str, str], Job], pool: JobRunner | None
) -> Iterable[tuple[tuple[str, str], Job, Outcome | str]]:
    """What each job did, or why it could not be executed."""
    waiting: list[tuple[tuple[str, str], Job, Future[Outcome] | str]] = []
    for key, job in jobs.items():
        try:
            waiting.append((key, job, pool.submit(job) if pool is not None else "not executed yet"))
        except (SandboxError, ValueError) as error:  # ValueError: no worker could take it
            waiting.append((key, job, f"{type(error).__name__}: {error}"))
    for key, job, future in waiting:
        try:
            yield key, job, future if isinstance(future, str) else future.result()
        except (SandboxError, CancelledError) as error:
            yield key, job, f"{type(error).__name__}: {error}"


def _judged(store: RunStore, unit: _Unit) -> Counterfactual:
    outcome = store.outcome(unit.problem.id, unit.digest)
    extraction = Extraction(unit.fix.program, unit.fix.program)
    judgement = grade(unit.problem, extraction, outcome, protocols.get("strict"))
    return Counterfactual(
        problem_id=unit.problem.id,
        index=unit.sample.index,
        classes=unit.classes,
        steps=unit.fix.steps,
        job_digest=unit.digest,
        verdict=judgement.verdict,
        passed=judgement.passed,
    )
