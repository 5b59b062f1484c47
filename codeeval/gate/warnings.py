"""What makes a comparison with a baseline say less than it seems to: what a reader of the verdict is warned of."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from codeeval.environment import package_version
from codeeval.gate.baseline import SAMPLING, BaselineTask
from codeeval.gate.candidate import Candidate
from codeeval.i18n import msg
from codeeval.stats.run_counts import RunCounts
from codeeval.store.runcounts import MUST_AGREE

_ROUNDED = 1e-5  # pass_at_1 of a baseline has six decimals


def corrected(before: RunCounts, found: Candidate) -> tuple[RunCounts, list[str]]:
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


def exempted(a: RunCounts, b: RunCounts, names: Sequence[str]) -> tuple[RunCounts, RunCounts, list[str]]:
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


def baseline_warnings(found: Candidate, task: BaselineTask, before: RunCounts, now: RunCounts) -> list[str]:
    """What the baseline does not say, what it says wrongly, and what was sampled otherwise; `before` and `now`: the counts
    that are compared."""
    return [*_unchecked(before, now), *_newer(task), *_misstated(task), *_sampling(found, task)]


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


def _release(version: str) -> tuple[int, ...]:
    """The leading numbers of a version."""
    return tuple(int(part) for part in re.findall(r"\d{1,9}", re.split(r"[^\d.]", version, maxsplit=1)[0]))


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


def _sampling(found: Candidate, task: BaselineTask) -> list[str]:
    """Warn about different sampling settings, which change a given model's score."""
    return [
        f"sampled differently: {name} was {task.sampling[name]:g} in the baseline, is {now:g} now"
        for name in SAMPLING
        if (now := found.sampling.get(name)) is not None
        and task.sampling.get(name) is not None
        and task.sampling[name] != now
    ]
