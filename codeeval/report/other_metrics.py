"""Figures beside pass@k: pass^k, cons@k, pass@k on the original tests, as means over problems. See docs/statistics.md."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from codeeval.stats import ConsensusScore, consensus_at_k
from codeeval.stats.means import mean_of_all
from codeeval.stats.passk import pass_at_k, pass_hat_k
from codeeval.store import ScoredSample
from codeeval.types import Problem

#: The exact expectation over all draws of k grows with k and n; above this it would delay a report.
MOST_K, MOST_N = 10, 64


@dataclass(frozen=True, slots=True)
class Extras:
    """Shares in [0, 1]; None if some problem has fewer than k samples, or none has a verdict.

    `pass_hat`: pass^k by k, all of k samples are correct. `agreement`: cons@k by k, the share of k samples that gave
    the most frequent vector of outputs, also for hidden answers; `majority`: how often that vector is correct."""

    avg: float | None = None
    pass_hat: dict[int, float | None] = field(default_factory=dict)
    agreement: dict[int, float | None] = field(default_factory=dict)
    majority: dict[int, float | None] = field(default_factory=dict)

    def to_json(self) -> dict[str, object]:
        """As the report publishes it."""
        return {
            "avg_at_n": self.avg,
            "pass_hat_k": {str(k): value for k, value in self.pass_hat.items()},
            "cons_at_k": {
                str(k): {"agreement": value, "accuracy": self.majority[k]} for k, value in self.agreement.items()
            },
        }


def extras(rows: Iterable[ScoredSample], ks: Sequence[int], votes_are_known: bool = True) -> Extras:
    """From the judgements of one protocol, in the order of problems. `votes_are_known`: false for sets with test code:
    their samples have no outputs to vote with, so agreement and majority are undefined, which differs from 0."""
    problems = [list(group) for _, group in groupby(rows, key=lambda row: row.problem_id)]
    judged = [[row.passed for row in group if row.verdict is not None] for group in problems]
    pairs = [(len(group), sum(group)) for group in judged if group]
    small = [k for k in ks if k <= MOST_K]
    if max(map(len, problems), default=0) > MOST_N:
        small = []
    unknown: dict[int, ConsensusScore | None] = dict.fromkeys(small)
    votes = [_consensus(group, small) if votes_are_known else unknown for group in problems]
    return Extras(
        avg=mean_of_all([pass_at_k(n, c, 1) for n, c in pairs]),
        pass_hat={k: mean_of_all([pass_hat_k(n, c, k) for n, c in pairs]) for k in ks},
        agreement={k: mean_of_all([found.agreement if (found := by_k[k]) else None for by_k in votes]) for k in small},
        majority={k: mean_of_all([found.accuracy if (found := by_k[k]) else None for by_k in votes]) for k in small},
    )


def _consensus(group: Sequence[ScoredSample], ks: Sequence[int]) -> dict[int, ConsensusScore | None]:
    votes = [_vote(row) for row in group]
    correct: dict[Hashable, bool] = {vote: row.passed for vote, row in zip(votes, group, strict=True) if vote}
    known = None if any(row.verdict is None for row in group) else correct
    return {k: consensus_at_k(votes, k, known) for k in ks}


def _vote(row: ScoredSample) -> tuple[str | None, ...] | None:
    """A sample that hung, or in which no call returned anything, has no vote."""
    outputs = row.outputs
    return outputs if not isinstance(outputs, str) and outputs.count(None) < len(outputs) else None


def base_scores(
    problems: Iterable[Problem], rows: Iterable[ScoredSample], ks: Sequence[int]
) -> dict[int, float | None]:
    """pass@k on the original tests alone, of sets that added tests to another set's (EvalPlus), which calls it `base`: by k, the
    mean over problems; None if some problem has fewer than k samples; nothing for any other set."""
    base = {problem.id: problem.oracle.base for problem in problems if problem.oracle is not None}
    if not base:
        return {}
    counts: dict[str, tuple[int, int]] = {}
    for row in rows:
        if row.verdict is not None:
            n, c = counts.get(row.problem_id, (0, 0))
            counts[row.problem_id] = n + 1, c + _passed_base(row, base[row.problem_id])
    return {k: mean_of_all([pass_at_k(n, c, k) for n, c in counts.values()]) for k in ks}


def _passed_base(row: ScoredSample, base: int) -> bool:
    """Whether every failure is after the first `base` calls."""
    return row.passed or (bool(row.failed_calls) and min(row.failed_calls) >= base)
