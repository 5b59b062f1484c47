"""A shard holds problems with their expected outputs and a pool of workers, and does everything between a stored sample
and its rows: read → job → execute → grade → packed evidence and judgements.

A shard is host code, never guest: the guest's bytes are consumed here, and what a shard sends is made by the host. Its
`ShardHandle` decides where it runs: in the driver, in a separate process, in an actor on another machine. `Shard` has
no thread and is independent of the transport, so each of them can hold it.

Blame: what a shard sends is final. Rows are written once, keyed by (problem, index, protocol) and (problem, digest). A
batch of a lost shard was not judged, except for rows that arrived: the rest goes to another shard. Only the pool of a
running shard may blame a program.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass, field
from typing import NamedTuple

from codeeval.evaluation.shards.batches import Batch, Judging, Rows, Stored
from codeeval.evaluation.shards.interface import JobRunner
from codeeval.evaluation.shards.judged import judged
from codeeval.evaluation.shards.one_job import TOO_LARGE, failure, is_too_large, wants_repeating
from codeeval.scoring.grade import needs_execution
from codeeval.scoring.job import JobMaker
from codeeval.store import Incident, StoredExecution
from codeeval.store.rows import Row, execution_row, incident_row, sample_of
from codeeval.types import Extraction, Problem, Sample, ScoringProtocol
from sandbox import Job, Observation, Outcome, SandboxError

#: After this many jobs in a row that its pool could not execute, a shard stops executing.
GIVE_UP_AFTER = 8

#: How many characters of programs and evidence a shard keeps for later equal programs; older evidence is in the run
#: file.
KEPT_CHARS = 64 * 1024 * 1024
#: What an observation takes in addition to its text.
OBSERVATION_CHARS = 64

NOT_EXECUTED = "not executed under this protocol yet"

Key = tuple[str, str]


class Arrival(NamedTuple):
    """A finished job: with an outcome, or failed."""

    key: Key
    future: Future[Outcome]


@dataclass(slots=True)
class _Known:
    """A problem, what its jobs share, and its evidence in the run file or on the way there: digest -> index of the
    sample that produced it, None for an earlier invocation."""

    problem: Problem
    makers: dict[str, JobMaker]
    evidence: dict[str, int | None] = field(default_factory=dict)


@dataclass(slots=True)
class _Unit:
    """One sample under one protocol. `job` is None if nothing is left to execute."""

    batch: int
    problem: Problem
    sample: Sample
    protocol: ScoringProtocol
    extraction: Extraction
    key: Key
    job: Job | None = None


@dataclass(slots=True)
class _Told:
    """`Rows` being collected."""

    executions: list[Row] = field(default_factory=list)
    judgements: list[Row] = field(default_factory=list)
    incidents: list[Row] = field(default_factory=list)
    stored: list[Row] = field(default_factory=list)
    done: list[int] = field(default_factory=list)
    executed: int = 0
    deduplicated: int = 0
    cached: int = 0


class Shard:
    """`take` batches, `settle` what arrives, `drain` what is finished. If `pool` is None nothing is executed: samples
    without evidence stay pending.

    Everything is called from one thread, except `deliver`, which is called from the pool's threads. Evidence is looked
    up by (problem, job digest): equal programs of one problem are executed once. What the pool could not execute
    becomes an incident, never a verdict.
    """

    def __init__(self, judging: Judging, pool: JobRunner | None, deliver: Callable[[Arrival], None]) -> None:
        self._judging, self._pool, self._deliver = judging, pool, deliver
        self._protocols = {protocol.name: protocol for protocol in judging.protocols}
        self._problems: dict[str, _Known] = {}
        self._waiting: dict[Key, list[_Unit]] = {}
        self._kept: OrderedDict[Key, tuple[Outcome, int]] = OrderedDict()
        self._kept_chars = 0
        self._repeated: set[Key] = set()
        self._left: dict[int, int] = {}
        self._failures = 0
        self._told = _Told()
        self.failing: str | None = None if pool is not None else NOT_EXECUTED

    @property
    def outstanding(self) -> int:
        """Number of jobs submitted to the pool that are not settled."""
        return len(self._waiting)

    @property
    def finished(self) -> int:
        """How many things `drain` would report."""
        told = self._told
        return len(told.judgements) + len(told.incidents) + len(told.stored) + len(told.done)

    def take(self, batch: Batch) -> None:
        """Judge each sample under each of its protocols, now or when its job is settled."""
        if batch.problem is not None:
            self._problems.setdefault(batch.problem_id, _Known(batch.problem, self._makers(batch.problem)))
        known = self._problems[batch.problem_id]
        for digest in batch.known:
            known.evidence.setdefault(digest, None)
        self._left[batch.number] = 1 + sum(len(names) for _, names in batch.samples)
        for row, names in batch.samples:
            sample = sample_of(row)
            for name in names:
                self._accept(batch.number, known, sample, self._protocols[name])
        self._finish(batch.number)

    def settle(self, arrival: Arrival) -> None:
        """Store what a job did and judge every sample that waited for it."""
        try:
            outcome = arrival.future.result()
        except (SandboxError, CancelledError) as error:
            self._fail(self._arrived(arrival.key), failure(error))
            return
        if self._is_repeated(arrival.key, outcome):
            return
        units = self._arrived(arrival.key)
        self._failures = 0
        first, (problem_id, digest) = units[0], arrival.key
        assert first.job is not None
        row = execution_row(StoredExecution(problem_id, digest, first.job.mode, first.job.source, outcome))
        self._told.executions.append(row)
        self._told.executed += 1
        if self._judging.dedup:
            self._problems[problem_id].evidence[digest] = first.sample.index
            self._keep(arrival.key, outcome, len(row[3]) + _chars(outcome))
        for unit in units:
            self._judge(unit, outcome)

    def drain(self) -> Rows | None:
        """What was finished since the last call; None if nothing was."""
        told = self._told
        if not self.finished:
            return None
        self._told = _Told()
        return Rows(
            tuple(told.executions),
            tuple(told.judgements),
            tuple(told.incidents),
            tuple(told.stored),
            tuple(told.done),
            told.executed,
            told.deduplicated,
            told.cached,
            self.failing,
        )

    def _makers(self, problem: Problem) -> dict[str, JobMaker]:
        limits = self._judging.limits
        return {protocol.name: JobMaker(problem, protocol, limits) for protocol in self._judging.protocols}

    def _accept(self, batch: int, known: _Known, sample: Sample, protocol: ScoringProtocol) -> None:
        problem = known.problem
        extraction = self._judging.extraction(problem, sample, protocol)
        unit = _Unit(batch, problem, sample, protocol, extraction, (problem.id, ""))
        if not needs_execution(extraction, protocol):
            self._judge(unit, None)
            return
        maker = known.makers[protocol.name]
        digest = maker.digest(extraction.program, "" if self._judging.dedup else str(sample.index))
        unit.key = (problem.id, digest)
        if unit.key in self._waiting:
            self._share(unit)
        elif digest in known.evidence:
            self._reuse(unit, known.evidence[digest])
        else:
            self._execute(unit, maker.job(extraction.program))

    def _arrived(self, key: Key) -> list[_Unit]:
        """The samples that waited for a job, for which nothing is outstanding any more."""
        self._repeated.discard(key)
        return self._waiting.pop(key)

    def _is_repeated(self, key: Key, outcome: Outcome) -> bool:
        """Repeat a job if its outcome may be the machine's fault."""
        job = self._waiting[key][0].job
        if job is None or self._pool is None or not wants_repeating(job, outcome) or key in self._repeated:
            return False
        self._repeated.add(key)
        try:
            again = self._pool.submit(job)
        except SandboxError:
            return False
        again.add_done_callback(lambda done: self._deliver(Arrival(key, done)))
        return True

    def _share(self, unit: _Unit) -> None:
        waiting = self._waiting[unit.key]
        unit.job = waiting[0].job
        waiting.append(unit)
        self._told.deduplicated += unit.sample.index != waiting[0].sample.index

    def _reuse(self, unit: _Unit, owner: int | None) -> None:
        self._told.cached += owner is None
        self._told.deduplicated += owner is not None and owner != unit.sample.index
        if unit.key in self._kept:
            self._kept.move_to_end(unit.key)
            self._judge(unit, self._kept[unit.key][0])
            return
        stored = Stored(unit.problem.id, unit.sample.index, unit.protocol.name, unit.key[1])
        self._told.stored.append(stored.row())
        self._finish(unit.batch)

    def _execute(self, unit: _Unit, job: Job) -> None:
        if self._pool is None or self.failing:
            self._remember([unit], self.failing or "")
            return
        if is_too_large(job):
            self._judge(unit, _too_large(job))
            return
        try:
            future = self._pool.submit(job)
        except SandboxError as error:
            self._fail([unit], failure(error))
            return
        unit.job = job
        self._waiting[unit.key] = [unit]
        future.add_done_callback(lambda done: self._deliver(Arrival(unit.key, done)))

    def _keep(self, key: Key, outcome: Outcome, chars: int) -> None:
        self._kept[key] = (outcome, chars)
        self._kept_chars += chars
        while self._kept_chars > KEPT_CHARS:
            self._kept_chars -= self._kept.popitem(last=False)[1][1]

    def _fail(self, units: Sequence[_Unit], reason: str) -> None:
        self._failures += 1
        if self._failures >= GIVE_UP_AFTER:
            self.failing = reason
        self._remember(units, reason)

    def _remember(self, units: Iterable[_Unit], reason: str) -> None:
        for unit in units:
            stage = f"execution:{unit.protocol.name}"
            self._told.incidents.append(incident_row(Incident(unit.problem.id, unit.sample.index, stage, reason)))
            self._finish(unit.batch)

    def _judge(self, unit: _Unit, outcome: Outcome | None) -> None:
        digest = unit.key[1] or None
        row = judged(unit.problem, unit.extraction, outcome, unit.protocol, (unit.sample.index, digest))
        self._told.judgements.append(row)
        self._finish(unit.batch)

    def _finish(self, batch: int) -> None:
        """Count down what is left to do for this batch."""
        self._left[batch] -= 1
        if not self._left[batch]:
            del self._left[batch]
            self._told.done.append(batch)


def _chars(outcome: Outcome) -> int:
    """About how much memory evidence takes, in characters; its row is compressed."""
    said = sum([len(seen.text) for seen in outcome.observations if seen.text])
    return said + len(outcome.stdout) + len(outcome.stderr) + OBSERVATION_CHARS * len(outcome.observations)


def _too_large(job: Job) -> Outcome:
    return Outcome("output_limit", tuple(Observation("not_reached") for _ in job.calls), stderr=TOO_LARGE)
