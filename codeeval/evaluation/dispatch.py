"""From a stored sample to stored judgements: extract, look for evidence, execute what has none, grade.

Evidence is looked up by (problem, job digest): equal programs of one problem are executed once, whoever wrote them,
and what an earlier invocation executed is not executed again. What the sandbox could not execute becomes an incident,
never a verdict.

Everything here is called from one thread; only `deliver` is called from the pool's threads.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass, replace
from typing import Protocol as Interface

from codeeval.evaluation.clock import Clock
from codeeval.reading.extract import extract
from codeeval.scoring.grade import grade, may_have_stalled, needs_execution, not_judged, outputs
from codeeval.scoring.job import job_digest, make_job
from codeeval.store import Counts, Execution, Incident, RunStore, StoredJudgement
from codeeval.types import Extraction, Problem, Sample, ScoringProtocol
from sandbox import Job, Limits, Observation, Outcome, SandboxError
from sandbox.wire import MAX_JOB_BYTES, is_mera

#: After so many jobs in a row that the sandbox could not execute, it gets no more of them in this invocation.
GIVE_UP_AFTER = 8

#: Safely below what `sandbox.Pool` takes (counted in bytes there), whatever the characters.
MAX_PROGRAM_CHARS = MAX_JOB_BYTES // 12

Key = tuple[str, str]


class JobRunner(Interface):
    """What of `sandbox.Pool` is needed here."""

    def submit(self, job: Job) -> Future[Outcome]: ...


@dataclass(frozen=True, slots=True)
class Arrival:
    """A job came back: with an outcome, or failed."""

    key: Key
    future: Future[Outcome]


@dataclass(frozen=True, slots=True)
class Judging:
    """How samples become judgements: the same for a run, a resumed run and a rescore."""

    problems: Mapping[str, Problem]
    limits: Limits
    dedup: bool = True


@dataclass(frozen=True, slots=True)
class _Unit:
    """One sample under one protocol. `job` is None where nothing is left to execute."""

    sample: Sample
    protocol: ScoringProtocol
    extraction: Extraction
    job: Job | None
    key: Key


class Dispatcher:
    """`accept` samples, `settle` what arrives. With `pool` None nothing is executed: the rest stays pending."""

    def __init__(
        self,
        judging: Judging,
        store: RunStore,
        pool: JobRunner | None,
        deliver: Callable[[Arrival], None],
        clock: Clock,
    ) -> None:
        self._judging, self._store, self._pool, self._deliver, self._clock = judging, store, pool, deliver, clock
        #: evidence in the file -> the sample that brought it in this invocation, None for an earlier one
        self._known: dict[Key, Key | None] = dict.fromkeys(store.execution_keys())
        self._waiting: dict[Key, list[_Unit]] = {}
        self._repeated: set[Key] = set()
        self._failures = 0
        self.counts = Counts()
        self.judged = 0
        self.sandbox_error: str | None = None if pool else "not executed under this protocol yet"

    @property
    def outstanding(self) -> int:
        """Jobs given to the pool that have not been settled."""
        return len(self._waiting)

    def accept(self, sample: Sample, protocols: Sequence[ScoringProtocol]) -> None:
        """Judge a stored sample under each of the protocols, now or when its job is settled."""
        for protocol in protocols:
            unit = self._unit(sample, protocol)
            if unit.job is None:
                self._judge(unit, None)
            elif unit.key in self._waiting:
                self._share(unit, self._waiting[unit.key][0])
            elif unit.key in self._known:
                self._reuse(unit)
            else:
                self._execute(unit, unit.job)

    def settle(self, arrival: Arrival) -> None:
        """Store what a job did and judge every sample that waited for it."""
        if self._is_repeated(arrival):
            return
        units = self._waiting.pop(arrival.key)
        if not self._waiting:
            self._clock.leave("execution")
        try:
            outcome = arrival.future.result()
        except (SandboxError, CancelledError) as error:
            self._fail(units, f"{type(error).__name__}: {error}")
            return
        self._failures = 0
        first = units[0]
        assert first.job is not None
        self._known[arrival.key] = _identity(first.sample)
        self._store.add_execution(Execution(*arrival.key, first.job.mode, first.job.source, outcome))
        self.counts = replace(self.counts, executed=self.counts.executed + 1)
        for unit in units:
            self._judge(unit, outcome)

    def _is_repeated(self, arrival: Arrival) -> bool:
        """Do once more what ended by itself but, by the clock, too late for MERA: a program that waits does so again, one that
        a loaded machine kept from running does not."""
        job, future = self._waiting[arrival.key][0].job, arrival.future
        if job is None or not is_mera(job.mode) or self._pool is None or arrival.key in self._repeated:
            return False
        if future.cancelled() or future.exception() or not may_have_stalled(future.result()):
            return False
        self._repeated.add(arrival.key)
        try:
            again = self._pool.submit(job)
        except SandboxError:
            return False
        again.add_done_callback(lambda done: self._deliver(Arrival(arrival.key, done)))
        return True

    def _unit(self, sample: Sample, protocol: ScoringProtocol) -> _Unit:
        problem = self._judging.problems[sample.problem_id]
        extraction = extract(problem, sample.completion, protocol.extraction, is_program=sample.is_program)
        if not needs_execution(extraction, protocol):
            return _Unit(sample, protocol, extraction, None, (problem.id, ""))
        job = make_job(problem, extraction, protocol, self._judging.limits)
        salt = "" if self._judging.dedup else str(sample.index)
        return _Unit(sample, protocol, extraction, job, (problem.id, job_digest(job, salt)))

    def _share(self, unit: _Unit, first: _Unit) -> None:
        self._waiting[unit.key].append(unit)
        if _identity(unit.sample) != _identity(first.sample):
            self.counts = replace(self.counts, deduplicated=self.counts.deduplicated + 1)

    def _reuse(self, unit: _Unit) -> None:
        owner = self._known[unit.key]
        if owner is None:
            self.counts = replace(self.counts, cached=self.counts.cached + 1)
        elif owner != _identity(unit.sample):
            self.counts = replace(self.counts, deduplicated=self.counts.deduplicated + 1)
        self._judge(unit, self._store.outcome(*unit.key))

    def _execute(self, unit: _Unit, job: Job) -> None:
        if self._pool is None or self.sandbox_error:
            self._remember([unit], self.sandbox_error or "")
            return
        tests = len(job.tests.source) + len(job.tests.prelude) if job.tests else 0
        if len(job.source) + sum(map(len, job.calls)) + tests > MAX_PROGRAM_CHARS:
            self._judge(unit, _too_large(job))
            return
        try:
            future = self._pool.submit(job)
        except SandboxError as error:
            self._fail([unit], f"{type(error).__name__}: {error}")
            return
        if not self._waiting:
            self._clock.enter("execution")
        self._waiting[unit.key] = [unit]
        future.add_done_callback(lambda done: self._deliver(Arrival(unit.key, done)))

    def _fail(self, units: Sequence[_Unit], reason: str) -> None:
        self._failures += 1
        if self._failures >= GIVE_UP_AFTER:
            self.sandbox_error = reason
        self._remember(units, reason)

    def _remember(self, units: Sequence[_Unit], reason: str) -> None:
        self._store.add_incidents(
            Incident(unit.sample.problem_id, unit.sample.index, f"execution:{unit.protocol.name}", reason)
            for unit in units
        )

    def _judge(self, unit: _Unit, outcome: Outcome | None) -> None:
        problem = self._judging.problems[unit.sample.problem_id]
        if (why := not_judged(outcome)) is not None:
            self._remember([unit], why)
            return
        digest = unit.key[1] if unit.job else None
        if problem.expected is None:
            got = outputs(problem, outcome, unit.protocol)
            row = StoredJudgement(problem.id, unit.sample.index, digest, got, None)
        else:
            judgement = grade(problem, unit.extraction, outcome, unit.protocol)
            row = StoredJudgement(problem.id, unit.sample.index, digest, judgement.outputs, judgement)
        self._store.add_judgements(unit.protocol.name, [row])
        self.judged += 1


def _too_large(job: Job) -> Outcome:
    """A program that no pool accepts: the model's doing, so it gets a verdict, and the run does not wait for it."""
    calls = tuple(Observation("not_reached") for _ in job.calls)
    return Outcome("output_limit", calls, stderr=f"the program is larger than {MAX_PROGRAM_CHARS} characters")


def _identity(sample: Sample) -> Key:
    return sample.problem_id, str(sample.index)
