"""What is beside a sample in its problem: the samples before and after it, the failures, those with the same program. Pure."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from codeeval.explorer.evidence import ProblemEvidence
from codeeval.explorer.sample_model import Near, Neighbours
from codeeval.store import StoredJudgement


def beside(evidence: ProblemEvidence, index: int) -> Neighbours:
    pid = evidence.planned.problem.id
    before, after = _neighbours(evidence.there, index)
    return Neighbours(
        previous=Near(pid, before) if before is not None else None,
        next=Near(pid, after) if after is not None else None,
        previous_failure=_failure_near(evidence, index, forward=False),
        next_failure=_failure_near(evidence, index, forward=True),
    )


def twins(evidence: ProblemEvidence, row: StoredJudgement | None) -> tuple[int, ...]:
    if row is None or row.job_digest is None:
        return ()
    return tuple(index for index in evidence.by_program[row.job_digest] if index != row.index)


def _neighbours(there: Sequence[int], index: int) -> tuple[int | None, int | None]:
    """`there` ascends."""
    left, right = bisect_left(there, index), bisect_right(there, index)
    return there[left - 1] if left else None, there[right] if right < len(there) else None


def _failure_near(evidence: ProblemEvidence, index: int, *, forward: bool) -> Near | None:
    pid = evidence.planned.problem.id
    before, after = _neighbours(evidence.failed, index)
    inside = after if forward else before
    if inside is not None:
        return Near(pid, inside)
    return evidence.failure_after if forward else evidence.failure_before
