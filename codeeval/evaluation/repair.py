"""Would a failed sample pass if only its format were right? Repairs every failed sample and executes the repairs.

One program per failed sample at most, chosen by the text alone (`formats.repair`), judged under `strict`. Repaired programs
take the way of all samples, through a `Router` and its shards; what comes of them is stored in a table of its own, beside the
judgements and never among them. Only what the file lacks is done: after `kill -9` the next invocation goes on, and equal
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

#: Repairs looked up at a time where nothing is executed.
AT_A_TIME = 64
STRICT = ("strict",)


@dataclass(frozen=True, slots=True)
class Explored:
    """What one invocation did: failed samples looked at, repaired programs executed, samples left for another time."""

    looked_at: int = 0
    executed: int = 0
    left: int = 0
    reason: str = ""


def explore(store: RunStore, sandbox: Sandbox | None) -> Explored:
    """Look at every failed sample of the file that has not been looked at. With `sandbox` None nothing is executed: repairs
    without evidence are left. Raises StoreError."""
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
    """A repaired program, as a sample that is a program of its own, and what is kept with its verdict."""

    program: Sample
    classes: tuple[str, ...]
    fix: Repair


class _Repairs:
    """The run file as a router sees it, with repaired programs in place of the samples: a `Ledger`. `looked_at` counts the
    samples that are done with, `waiting` are the others, `reason` says why."""

    def __init__(self, store: RunStore) -> None:
        self._store, manifest = store, store.manifest()
        self._planned = store.problems()
        self._problems = {planned.problem.id: planned.problem for planned in self._planned}
        # a repaired program is executed as it stands: nothing more is read from it
        protocol = replace(as_executed(protocols.get("strict"), manifest), extraction="none")
        self.judging = Judging((protocol,), worker_limits(manifest.sandbox))
        self.waiting: dict[tuple[str, int], _Waiting] = {}
        self.looked_at = 0
        self.reason = ""

    def rows(self) -> Iterator[Row]:
        """The repaired programs of all failed samples that were not looked at, as rows of samples. Where there is nothing to
        execute the sample is done with."""
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

    # -- what a router asks and tells

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
    """The failures of format of a sample, and its repair where there is one to execute."""
    below = replace(problem, prompt="\n") if sample.is_program else problem  # a program continues nothing
    classes = names(below, sample)
    if sample.is_program:
        classes = tuple(name for name in classes if name != FormatFailure.WHOLE_FUNCTION.value)
    fix = repair(below, sample) if repairable else None
    return classes, fix if fix is not None and len(fix.program) <= MAX_PROGRAM_CHARS // 2 else None
