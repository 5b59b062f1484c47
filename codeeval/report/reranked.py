"""Best-of-k of a run's reward models, shown beside pass@k and never in its place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from codeeval.manifest import Manifest
from codeeval.stats import KEstimate, best_of
from codeeval.stats.passk import pass_at_k
from codeeval.store import RunReader, ScoredSample

#: The label of "as many as each problem has".
ALL = "n"


@dataclass(frozen=True, slots=True)
class BestOf:
    """`chosen`: how often the best scored of k samples is correct, with its interval for other problems. `possible`:
    pass@k, which a perfect reward model would reach."""

    chosen: KEstimate
    possible: float | None

    def to_json(self) -> dict[str, object]:
        return {
            "estimate": self.chosen.estimate,
            "population": None if self.chosen.population is None else list(self.chosen.population),
            "upper_bound": self.possible,
            "method": self.chosen.method,
            "warnings": list(self.chosen.warnings),
        }


@dataclass(frozen=True, slots=True)
class Reranked:
    """One reward model. `scores`: protocol -> k as text, or "n" -> best-of-k; empty while some judged sample has no
    score. `missing` samples have none; the inputs of `cut` samples were longer than the model's context."""

    model: str
    missing: int = 0
    cut: int = 0
    scores: dict[str, dict[str, BestOf]] = field(default_factory=dict)

    def to_json(self) -> dict[str, object]:
        """As the report publishes it."""
        scores = {name: {k: found.to_json() for k, found in by_k.items()} for name, by_k in self.scores.items()}
        return {"model": self.model, "unscored": self.missing, "cut_inputs": self.cut, "best_of_k": scores}


def reranked(reader: RunReader, manifest: Manifest, ks: Sequence[int]) -> tuple[Reranked, ...]:
    """One entry per reward model of the manifest."""
    found = []
    for position, info in enumerate(manifest.rankers):
        rewards = {(row.problem_id, row.index): row for row in reader.rewards(position)}
        missing = len(reader.unscored(position))
        scores = {}
        if rewards and not missing:
            values = {key: row.score for key, row in rewards.items()}
            scores = {name: _scores(reader.scored(name), values, ks) for name in manifest.protocols}
        cut = sum(row.cut for row in rewards.values())
        found.append(Reranked(info.name, missing, cut, scores))
    return tuple(found)


def _scores(
    rows: Iterable[ScoredSample], values: Mapping[tuple[str, int], float], ks: Sequence[int]
) -> dict[str, BestOf]:
    problems = []
    for _, group in groupby((row for row in rows if row.verdict is not None), key=lambda row: row.problem_id):
        problems.append([(values[row.problem_id, row.idx], row.passed) for row in group])
    wanted: dict[str, int | None] = {str(k): k for k in sorted({1, *ks})} | {ALL: None}
    return {label: BestOf(best_of(problems, k), _possible(problems, k)) for label, k in wanted.items()}


def _possible(problems: Sequence[Sequence[tuple[float, bool]]], k: int | None) -> float | None:
    values = [pass_at_k(len(one), sum(passed for _, passed in one), k or len(one)) for one in problems]
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known and len(known) == len(values) else None


def columns(found: Reranked) -> list[str]:
    """The k shown as columns: "n" is left out if another column says the same."""
    if not found.scores:
        return []
    by_k = next(iter(found.scores.values()))
    last = [label for label in by_k if label != ALL][-1]
    same = by_k[last].chosen == by_k[ALL].chosen and by_k[last].possible == by_k[ALL].possible
    return [label for label in by_k if label != ALL or not same]
