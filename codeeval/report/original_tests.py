"""pass@k on the original tests alone, for sets that extend another set's tests (EvalPlus calls this `base`)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from codeeval.stats.means import mean_of_all
from codeeval.stats.passk import pass_at_k
from codeeval.store import RunReader, StoredJudgement


def base_scores(reader: RunReader, rows: Iterable[StoredJudgement], ks: Sequence[int]) -> dict[int, float | None]:
    """By k, the mean over problems; None if some problem has fewer than k samples; empty for any other set."""
    base = {p.problem.id: p.problem.oracle.base for p in reader.problems() if p.problem.oracle is not None}
    if not base:
        return {}
    counts: dict[str, tuple[int, int]] = {}
    for row in rows:
        if row.judgement is not None:
            n, c = counts.get(row.problem_id, (0, 0))
            counts[row.problem_id] = n + 1, c + _passed(row, base[row.problem_id])
    return {k: mean_of_all([pass_at_k(n, c, k) for n, c in counts.values()]) for k in ks}


def _passed(row: StoredJudgement, base: int) -> bool:
    """Whether every failure is after the first `base` calls."""
    assert row.judgement is not None
    failed = row.judgement.failed_calls
    return row.judgement.passed or (bool(failed) and min(failed) >= base)
