"""Would a failed sample pass if only its format were right? Repairs failed samples and executes the repaired programs.

At most one program per failed sample, chosen by the text alone (`codeeval.scoring.repair`) and judged under `strict`. Repaired
programs are processed like samples, by a `Router` and its shards; the results are stored in a separate table, never
among the judgements. Only what the file lacks is done: after `kill -9` the next invocation continues, and equal
programs are executed once.
"""

from __future__ import annotations

import queue
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from codeeval.evaluation.batches import Judging
from codeeval.evaluation.clock import Clock
from codeeval.evaluation.one_job import MAX_PROGRAM_CHARS
from codeeval.evaluation.router import Router
from codeeval.evaluation.sandbox import Sandbox, as_executed, worker_limits
from codeeval.scoring import protocols
from codeeval.scoring.repair import FormatFailure, Repair, names, repair
from codeeval.store import Counterfactual, Incident, PlannedProblem, RunStore
from codeeval.store.rows import Row, incident_of, judgement_of, sample_row
from codeeval.types import Problem, Sample
from sandbox import Outcome

#: How many repairs are looked up at a time if nothing is executed; how many results `kill -9` can cost.
AT_A_TIME = 64
STRICT = ("strict",)


@dataclass(frozen=True, slots=True)
class Explored:
    """What one invocation did: failed samples examined, repaired programs executed, samples left for another time."""

    looked_at: int = 0
    executed: int = 0
    left: int = 0
    reason: str = ""


def explore(store: RunStore, sandbox: Sandbox | None) -> Explored:
    """Examine every failed sample that has not been examined. If `sandbox` is None nothing is executed: repairs without
    evidence are left. Raises StoreError."""
    repairs = _Repairs(store)
    inbox: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
    pool = sandbox.pool if sandbox else None
    router = Router(
        repairs.judging, repairs, pool, inbox.put, Clock(), lambda: sandbox.parallel if sandbox else AT_A_TIME
    )
    try:
        rows, more = repairs.rows(), True
        while more or router.outstanding:
            while more and router.has_room:
                row = next(rows, None)
                if more := row is not None:
                    router.accept(row, STRICT)
            router.flush()
            router.tend()
            store.commit()
            if router.outstanding or not router.has_room:
                with suppress(queue.Empty):
                    inbox.get(timeout=1.0)()
    finally:
        router.close()
    reason = repairs.reason if sandbox else "not executed yet"
    return Explored(repairs.looked_at, router.counts.executed, len(repairs.waiting), reason)


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A repaired program, as a sample that is a self-contained program, and what is stored with its verdict."""

    program: Sample
    classes: tuple[str, ...]
    fix: Repair


class _Repairs:
    """A `Ledger`: the run file as seen by a router, with repaired programs in place of the samples. `looked_at` counts
    the finished samples, `waiting` are the others, `reason` says why."""

    def __init__(self, store: RunStore) -> None:
        self._store, manifest = store, store.manifest()
        self._planned = store.problems()
        self._problems = {planned.problem.id: planned.problem for planned in self._planned}
        # a repaired program is executed unchanged: nothing more is extracted from it
        protocol = replace(as_executed(protocols.get("strict"), manifest), extraction="none")
        self.judging = Judging((protocol,), worker_limits(manifest.sandbox))
        self.waiting: dict[tuple[str, int], _Waiting] = {}
        self.looked_at = 0
        self.reason = ""

    def rows(self) -> Iterator[Row]:
        """The repaired programs of all failed samples not yet examined, as rows of samples. Samples without anything to
        execute are finished at once."""
        passed = {
            (row.problem_id, row.index)
            for row in self._store.judgements("strict")
            if row.judgement and row.judgement.passed
        }
        for key in self._store.unexplained():
            sample = self._store.sample(*key)
            assert sample is not None  # a judgement belongs to a sample
            classes, fix = _repaired(self._problems[key[0]], sample, repairable=key not in passed)
            if fix is None:
                self._keep(Counterfactual(*key, classes))
                continue
            program = Sample(*key, sample.prompt_digest, fix.program, is_program=True)
            self.waiting[key] = _Waiting(program, classes, fix)
            yield sample_row(program)

    def _keep(self, row: Counterfactual) -> None:
        self._store.add_counterfactuals([row])
        self.looked_at += 1
        if self.looked_at % AT_A_TIME == 0:  # among samples without anything to execute `explore` gets no turn
            self._store.commit()

    # -- what a router reads and writes

    def problems(self) -> tuple[PlannedProblem, ...]:
        return self._planned

    def execution_digests(self, problem_id: str) -> tuple[str, ...]:
        return self._store.execution_digests(problem_id)

    def sample(self, problem_id: str, index: int) -> Sample | None:
        return self.waiting[problem_id, index].program

    def outcome(self, problem_id: str, job_digest: str) -> Outcome | None:
        return self._store.outcome(problem_id, job_digest)

    def is_judged(self, protocol: str, problem_id: str, index: int) -> bool:
        return (problem_id, index) not in self.waiting

    def add_judged(self, executions: Sequence[Row], judgements: Sequence[Row], late: set[Row]) -> list[Row]:
        disputed = self._store.add_judged(executions, (), late)
        for row in judgements:
            if (row[1], row[3]) in late:
                disputed.append(row)
            else:
                self._judge(row)
        return disputed

    def _judge(self, row: Row) -> None:
        stored = judgement_of(row[1:])
        found = self.waiting.pop((stored.problem_id, stored.index))
        assert stored.judgement is not None  # what failed has answers
        verdict, passed = stored.judgement.verdict, stored.judgement.passed
        key = (stored.problem_id, stored.index)
        self._keep(Counterfactual(*key, found.classes, found.fix.steps, stored.job_digest, verdict, passed))

    def add_incidents(self, incidents: Iterable[Incident]) -> None:
        for incident in incidents:
            self.reason = incident.reason

    def add_incident_rows(self, rows: Sequence[Row]) -> None:
        self.add_incidents(map(incident_of, rows))


def _repaired(problem: Problem, sample: Sample, *, repairable: bool) -> tuple[tuple[str, ...], Repair | None]:
    """The failures of format of a sample, and its repair if there is one to execute."""
    below = replace(problem, prompt="\n") if sample.is_program else problem  # a program continues nothing
    classes = names(below, sample)
    if sample.is_program:
        classes = tuple(name for name in classes if name != FormatFailure.WHOLE_FUNCTION.value)
    fix = repair(below, sample) if repairable else None
    return classes, fix if fix is not None and len(fix.program) <= MAX_PROGRAM_CHARS // 2 else None
