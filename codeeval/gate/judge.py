"""The gate over one or several tasks: the statistical rule, floors, and one verdict."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from codeeval.errors import UsageError
from codeeval.gate.baseline import SAMPLING, Baseline, BaselineTask
from codeeval.gate.policy import Policy, TaskPolicy
from codeeval.gate.rule import GateResult, gate
from codeeval.gate.verdict import GateVerdict
from codeeval.i18n import msg
from codeeval.manifest import package_version
from codeeval.stats import KEstimate, summarize
from codeeval.stats.run_counts import RunCounts
from codeeval.stats.words import apart
from codeeval.store import RunReader
from codeeval.store.runcounts import MUST_AGREE, kinds_in, require_complete, run_counts, stated_before

SCHEMA_VERSION = 1
_ROUNDED = 1e-5  # pass_at_1 of a baseline has six decimals
_WORST_FIRST = (GateVerdict.FAIL, GateVerdict.INCONCLUSIVE, GateVerdict.PASS)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A run to be released. `limits_before`: what a baseline of an earlier version states as such a run's limits, if
    that differs from what was executed."""

    task: str
    model: str
    protocol: str
    counts: RunCounts
    sampling: dict[str, int | float | None]
    limits_before: str | None = None


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


def candidate(reader: RunReader, protocol: str | None = None, baseline: Baseline | None = None) -> Candidate:
    """A run under `protocol`, by default the leading one. A run led by strict, because its answers were requested in a
    chat, is measured under the protocol of its `baseline` if it was judged under that as well.

    Raises IncompleteRun, NothingToEvaluate, and UsageError for a protocol that the run was not judged under."""
    require_complete(reader)
    manifest = reader.manifest()
    known = baseline.tasks.get(manifest.task.name) if baseline is not None else None
    if protocol is None and known is not None and manifest.protocol == "strict":
        protocol = known.protocol if known.protocol in manifest.protocols else None
    sampling = manifest.sampling.model_dump(include=set(SAMPLING))
    counts = run_counts(reader, protocol, "this run")
    chosen = protocol or manifest.protocol
    before = stated_before(manifest, chosen, kinds_in(reader, chosen))
    return Candidate(manifest.task.name, manifest.model.name, chosen, counts, sampling, before)


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
    stated, corrected = _corrected(task.counts("baseline"), found)
    before, now, exempted = _exempted(stated, found.counts, policy.allow_different)
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
            *corrected,
            *exempted,
            *_unchecked(before, now),
            *_newer(task),
            *_misstated(task),
            *_sampling(found, task),
            *result.comparison.warnings,
            *result.warnings,
            *estimate.warnings,
        ),
    )


def _corrected(before: RunCounts, found: Candidate) -> tuple[RunCounts, list[str]]:
    """The baseline with the limits that were executed, if an earlier version stated the protocol's instead; and a
    warning."""
    stated, executed = before.digests.get("limits"), found.counts.digests.get("limits")
    if stated is None or executed is None or stated == executed or stated != found.limits_before:
        return before, []
    one, two = stated.split(), executed.split()
    was, is_now = (" ".join(part for part in mine if part not in other) for mine, other in ((one, two), (two, one)))
    note = msg(
        "the baseline is of an earlier version and states the limits {stated}, and its programs had {limits}: "
        "export it again to correct it",
        stated=was,
        limits=is_now,
    )
    return replace(before, digests={**before.digests, "limits": executed}), [note]


def _exempted(a: RunCounts, b: RunCounts, names: Sequence[str]) -> tuple[RunCounts, RunCounts, list[str]]:
    """Both without the digests that may differ, and a warning for each that does."""
    notes = [
        msg(
            "different {name}, which the policy allows: {value} in {a}, {other} in {b}",
            name=name,
            value=a.digests[name],
            a=a.name,
            other=b.digests[name],
            b=b.name,
        )
        for name in names
        if name in a.digests and name in b.digests and a.digests[name] != b.digests[name]
    ]
    one, two = (
        replace(side, digests={name: value for name, value in side.digests.items() if name not in names})
        for side in (a, b)
    )
    return one, two, notes


def _unchecked(before: RunCounts, now: RunCounts) -> list[str]:
    """What could not be compared because one side lacks it."""
    names = dict.fromkeys((*MUST_AGREE, *before.digests))  # a later version may have more
    lacking = [name for name in names if (name in before.digests) != (name in now.digests)]
    return [
        msg(
            "not checked: {digest}, which {name} does not record",
            digest=name,
            name=before.name if name in now.digests else now.name,
        )
        for name in lacking
    ]


def _newer(task: BaselineTask) -> list[str]:
    """Warn about a baseline from a later version, where the numbers may have another meaning."""
    here = package_version()
    if not _release(task.codeeval_version):
        said = repr(task.codeeval_version[:40])
        return [msg("which version of codeeval wrote the baseline is not known: it says {value}", value=said)]
    if not _release(here) or _release(task.codeeval_version) <= _release(here):
        return []
    return [
        msg(
            "the baseline was written by codeeval {one}, which is newer than this one, {two}",
            one=task.codeeval_version,
            two=here,
        )
    ]


def _misstated(task: BaselineTask) -> list[str]:
    """Warn if what a reviewer of the file reads differs from what the gate computes."""
    mean = sum(c / n for n, c in task.problems.values()) / len(task.problems)
    if abs(task.pass_at_1 - mean) <= _ROUNDED:
        return []
    return [
        msg(
            "the baseline says pass_at_1 {one}, and its problems have {two}, which is what counts",
            one=f"{task.pass_at_1:g}",
            two=f"{mean:.6g}",
        )
    ]


def _release(version: str) -> tuple[int, ...]:
    """The leading numbers of a version."""
    return tuple(int(part) for part in re.findall(r"\d{1,9}", re.split(r"[^\d.]", version, maxsplit=1)[0]))


def _floor(counts: Sequence[tuple[int, int]], floor: float, level: float) -> GateVerdict:
    """Compare with the floor: below beyond noise; below within noise; not below."""
    estimate = summarize(counts, 1, level)
    assert estimate.estimate is not None  # every problem has a sample
    assert estimate.rerun is not None
    if estimate.estimate >= floor:
        return GateVerdict.PASS
    return GateVerdict.FAIL if estimate.rerun[1] < floor else GateVerdict.INCONCLUSIVE


def _sampling(found: Candidate, task: BaselineTask) -> list[str]:
    """Warn about different sampling settings, which change a given model's score."""
    return [
        f"sampled differently: {name} was {task.sampling[name]:g} in the baseline, is {now:g} now"
        for name in SAMPLING
        if (now := found.sampling.get(name)) is not None
        and task.sampling.get(name) is not None
        and task.sampling[name] != now
    ]
