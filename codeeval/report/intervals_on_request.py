"""Intervals on request, beside those of every report: over clusters of dependent problems, and by bootstrap."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from codeeval.errors import UsageError
from codeeval.i18n import message, msg, tr
from codeeval.report.terminal import interval, safe, table
from codeeval.stats import Resampling, bootstrap_interval, clustered_interval, words
from codeeval.stats.intervals import Interval
from codeeval.store import RunReader
from codeeval.types import Problem

OVER_CLUSTERS = "Wilson score over clusters"
BOOTSTRAP = "Bayesian bootstrap"


@dataclass(frozen=True, slots=True)
class Wish:
    """`cluster`: the field of the problems' `meta` with the clusters' names; None: every problem is its own. `seed`: of
    the bootstrap; None: no bootstrap."""

    cluster: str | None = None
    seed: int | None = None
    level: float = 0.95


@dataclass(frozen=True, slots=True)
class Further:
    """One method's intervals of mean pass@k over other problems, by k; None if some problem has fewer than k samples.
    `units`: the number of independent units, problems or clusters."""

    method: str
    cluster: str | None
    units: int
    seed: int | None
    level: float
    intervals: dict[int, Interval | None]

    def to_json(self) -> dict[str, object]:
        """One JSON object."""
        found = {str(k): None if pair is None else list(pair) for k, pair in self.intervals.items()}
        names = {"method": self.method, "cluster": self.cluster, "units": self.units, "seed": self.seed}
        return {**names, "level": self.level, "intervals": found}


def further(reader: RunReader, protocol: str, ks: Sequence[int], wish: Wish) -> tuple[Further, ...]:
    """Clusters first, then the bootstrap, which draws whole clusters if there are any.

    Raises UsageError if a problem lacks the field, and if there are fewer than two units."""
    counted = {pid: (n, c) for pid, n, c in reader.counts(protocol) if n}
    counts = list(counted.values())
    if len(counts) < 2:
        raise UsageError(msg("an interval over problems needs at least two that were judged"))
    clusters = None
    if wish.cluster is not None:
        problems = [planned.problem for planned in reader.problems() if planned.problem.id in counted]
        clusters = [_cluster(problem, wish.cluster) for problem in problems]
    units = len(set(clusters)) if clusters else len(counts)
    if units < 2:
        raise UsageError(
            msg("--cluster {field}: all problems are of one cluster, and an interval needs two", field=wish.cluster)
        )
    fewest, found = min(n for n, _ in counts), []
    if clusters is not None:
        by_k = {k: clustered_interval(counts, clusters, k, wish.level) if k <= fewest else None for k in ks}
        found.append(Further(OVER_CLUSTERS, wish.cluster, units, None, wish.level, by_k))
    if wish.seed is not None:
        options = Resampling(wish.seed, level=wish.level)
        by_k = {k: bootstrap_interval(counts, k, clusters, options) if k <= fewest else None for k in ks}
        found.append(Further(BOOTSTRAP, wish.cluster, units, wish.seed, wish.level, by_k))
    return tuple(found)


def _cluster(problem: Problem, name: str) -> str:
    """The field's value as JSON text: equal values, one cluster."""
    fields = dict(problem.extra)
    if name not in fields:
        known = ", ".join(sorted(fields)) or "none"
        raise UsageError(
            msg(
                "--cluster {field}: problem {problem} has no such field in its meta; it has {names}",
                field=name,
                problem=problem.id,
                names=known,
            )
        )
    return json.dumps(json.loads(fields[name]), sort_keys=True)


def text(found: Sequence[Further]) -> str:
    """Lines for a terminal."""
    head = tr("further methods: {interval}", interval=message(words.population(found[0].level)))
    rows = [[head, *(f"pass@{k}" for k in found[0].intervals)]]
    rows += [[f"  {_named(one)}", *map(interval, one.intervals.values())] for one in found]
    return "\n".join(table(rows))


def markdown(found: Sequence[Further]) -> str:
    """A table."""
    head = tr("further methods: {interval}", interval=message(words.population(found[0].level)))
    ks = found[0].intervals
    lines = [f"| {head} | " + " | ".join(f"pass@{k}" for k in ks) + " |", "|---" * (1 + len(ks)) + "|"]
    for one in found:
        name = _named(one).replace("|", "\\|")
        lines.append(f"| {name} | " + " | ".join(map(interval, one.intervals.values())) + " |")
    return "\n".join(lines)


def _named(one: Further) -> str:
    if one.cluster is None:
        return tr("Bayesian bootstrap over {n} {n:problem|problems}, seed {seed}", n=one.units, seed=one.seed)
    field = safe(one.cluster)
    if one.seed is None:
        return tr("Wilson score over {n} {n:cluster|clusters} by {field}", n=one.units, field=field)
    return tr(
        "Bayesian bootstrap over {n} {n:cluster|clusters} by {field}, seed {seed}",
        n=one.units,
        field=field,
        seed=one.seed,
    )
