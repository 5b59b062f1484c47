"""The gate over one or several tasks: the statistical rule, floors, and one verdict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from codeeval.errors import UsageError
from codeeval.gate.baseline import Baseline, BaselineTask
from codeeval.gate.candidate import Candidate
from codeeval.gate.policy import Policy, TaskPolicy
from codeeval.gate.rule import GateResult, gate
from codeeval.gate.verdict import GateVerdict
from codeeval.gate.warnings import baseline_warnings, corrected, exempted
from codeeval.i18n import msg
from codeeval.stats import KEstimate, summarize
from codeeval.stats.words import apart

SCHEMA_VERSION = 1
_WORST_FIRST = (GateVerdict.FAIL, GateVerdict.INCONCLUSIVE, GateVerdict.PASS)


@dataclass(frozen=True, slots=True)
class TaskGate:
    """One task. `result` is the comparison with the baseline; `floor_verdict` is None if the policy has no floor;
    `verdict` is the worse of both. An `advisory` task never fails a release."""

    task: str
    protocol: str
    baseline_model: str
    model: str
    verdict: GateVerdict
    result: GateResult
    estimate: KEstimate
    floor: float | None
    floor_verdict: GateVerdict | None
    advisory: bool
    warnings: tuple[str, ...]

    @property
    def reasons(self) -> tuple[str, ...]:
        """One sentence per rule."""
        found = [self.result.reason]
        if self.floor is not None and self.floor_verdict is not None:
            said = {
                GateVerdict.FAIL: msg("lies below it beyond sampling noise"),
                GateVerdict.INCONCLUSIVE: msg("is below it, but no further than sampling noise reaches"),
                GateVerdict.PASS: msg("reaches it"),
            }[self.floor_verdict]
            seen, floor = apart(100 * (self.estimate.estimate or 0), 100 * self.floor)
            found.append(msg("floor {value}%: pass@1 of {seen}% {said}", value=floor, seen=seen, said=said))
        return tuple(found)

    def to_json(self) -> dict[str, object]:
        """One JSON object."""
        return {
            "task": self.task,
            "protocol": self.protocol,
            "verdict": self.verdict,
            "advisory": self.advisory,
            "baseline_model": self.baseline_model,
            "model": self.model,
            "reasons": list(self.reasons),
            "floor": self.floor,
            "floor_verdict": self.floor_verdict,
            "pass_at_1": self.estimate.to_json(),
            "warnings": list(self.warnings),
            **{name: value for name, value in self.result.to_json().items() if name not in ("verdict", "reason")},
        }


@dataclass(frozen=True, slots=True)
class GateReport:
    """All tasks. `skipped`: tasks of the baseline for which no run was given."""

    tasks: tuple[TaskGate, ...]
    strict: bool
    skipped: tuple[str, ...] = ()

    @property
    def verdict(self) -> GateVerdict:
        """The worst verdict of the tasks that count; PASS if all are advisory."""
        found = {item.verdict for item in self.tasks if not item.advisory}
        return next((verdict for verdict in _WORST_FIRST if verdict in found), GateVerdict.PASS)

    @property
    def exit_code(self) -> int:
        """0 pass, 1 fail; inconclusive is 4 if the policy is strict, otherwise 0."""
        if self.verdict is GateVerdict.INCONCLUSIVE:
            return 4 if self.strict else 0
        return 1 if self.verdict is GateVerdict.FAIL else 0

    def to_json(self) -> dict[str, object]:
        """The document of `codeeval gate --format json`."""
        return {
            "schema": SCHEMA_VERSION,
            "verdict": self.verdict,
            "exit_code": self.exit_code,
            "strict": self.strict,
            "skipped": list(self.skipped),
            "tasks": [item.to_json() for item in self.tasks],
        }


def judge(
    candidates: Sequence[Candidate], baseline: Baseline, policy: Policy, allow_different: bool = False
) -> GateReport:
    """Judge every candidate against its task in the baseline. Raises UsageError if a task is missing or duplicated, or
    if the runs are incomparable, and NothingToEvaluate if they share no problem."""
    names = [item.task for item in candidates]
    _check(names, baseline, policy)
    counting = sum(not policy.is_advisory(name) for name in names)
    found = [
        _judge_task(item, baseline.tasks[item.task], policy.for_task(item.task, counting, allow_different))
        for item in candidates
    ]
    skipped = tuple(name for name in baseline.tasks if name not in names)
    return GateReport(tuple(found), policy.strict, skipped)


def _check(names: Sequence[str], baseline: Baseline, policy: Policy) -> None:
    known = ", ".join(baseline.tasks) or "-"
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise UsageError(msg("gate: two runs of the task {names}; give one run per task", names=", ".join(twice)))
    for name in names:
        if name not in baseline.tasks:
            raise UsageError(
                msg(
                    "gate: the baseline has no task {name}, it has {names}\n  `codeeval export baseline RUN -o FILE` adds the "
                    "task of RUN to the file.",
                    name=repr(name),
                    names=known,
                )
            )
    lacking = [name for name in policy.required if name not in names]
    if lacking:
        raise UsageError(
            msg("gate: the policy requires a run of {names}, and none was given", names=", ".join(lacking))
        )


def _judge_task(found: Candidate, task: BaselineTask, policy: TaskPolicy) -> TaskGate:
    stated, corrections = corrected(task.counts("baseline"), found)
    before, now, exemptions = exempted(stated, found.counts, policy.allow_different)
    result = gate(now, before, policy.gate)
    estimate = summarize(list(now.counts.values()), 1, policy.gate.compare.level)
    floor = None if policy.floor is None else _floor(list(now.counts.values()), policy.floor, policy.floor_level)
    verdict = next(each for each in _WORST_FIRST if each in (result.verdict, floor))
    return TaskGate(
        task=found.task,
        protocol=found.protocol,
        baseline_model=task.model,
        model=found.model,
        verdict=verdict,
        result=result,
        estimate=estimate,
        floor=policy.floor,
        floor_verdict=floor,
        advisory=policy.advisory,
        warnings=(
            *corrections,
            *exemptions,
            *baseline_warnings(found, task, before, now),
            *result.comparison.warnings,
            *result.warnings,
            *estimate.warnings,
        ),
    )


def _floor(counts: Sequence[tuple[int, int]], floor: float, level: float) -> GateVerdict:
    """Compare with the floor: below beyond noise; below within noise; not below."""
    estimate = summarize(counts, 1, level)
    assert estimate.estimate is not None  # every problem has a sample
    assert estimate.rerun is not None
    if estimate.estimate >= floor:
        return GateVerdict.PASS
    return GateVerdict.FAIL if estimate.rerun[1] < floor else GateVerdict.INCONCLUSIVE
