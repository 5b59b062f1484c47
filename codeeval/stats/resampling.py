"""Intervals on request: a seeded bootstrap, and clusters of problems that are not independent of each other.

Problems that share a source or a topic rise and fall together; an interval that counts them one by one is too short.
Where a field names the cluster of each problem, whole clusters are the units: both for the linearised standard error of
a ratio of sums (Cochran 1977, section 6.3; Liang & Zeger 1986) and for the bootstrap (Davison & Hinkley 1997, 3.8).
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING, Any

from codeeval.passk import pass_at_k_array
from codeeval.stats.intervals import Interval, population_interval
from codeeval.stats.quantiles import normal_cdf, normal_quantile

if TYPE_CHECKING:
    from numpy.typing import NDArray

_CHUNK = 4_000_000  # resampled cells held at once: bounds memory, not the result


@dataclass(frozen=True, slots=True)
class Resampling:
    """How to resample. `seed` fixes the result; `resamples` is the number of bootstrap means."""

    seed: int = 1234
    resamples: int = 10_000
    level: float = 0.95

    def __post_init__(self) -> None:
        if self.resamples < 100 or not 0.0 < self.level < 1.0:
            raise ValueError("need at least 100 resamples and a level strictly between 0 and 1")


def clustered_interval(
    counts: Sequence[tuple[int, int]], clusters: Sequence[Hashable], k: int, level: float = 0.95
) -> Interval:
    """Interval for mean pass@k where only whole clusters are independent: the population interval with clusters for units.

    Clusters of unequal size count as fewer: total² / sum of sizes² (Kish 1965). With every problem a cluster of its own it is the
    population interval. `clusters[i]` names the cluster of problem i. Raises ValueError for other lengths, for fewer than two
    clusters, and where some problem has fewer than k samples.
    """
    sums, sizes = _cluster_sums(_values(counts, k), clusters)
    if len(sums) < 2:
        raise ValueError("an interval over clusters needs at least two of them")
    total, groups = float(sizes.sum()), len(sums)
    mean = float(sums.sum()) / total
    residual = sums - mean * sizes
    squared, units = float(residual @ residual), total * total / float(sizes @ sizes)
    variance = groups / (groups - 1) * squared / (total * total) * units
    kurtosis = float((residual**4).sum()) * groups / squared**2 if squared > 1e-24 else inf
    return population_interval(mean, variance, units, level, kurtosis)


def bootstrap_interval(
    counts: Sequence[tuple[int, int]],
    k: int,
    clusters: Sequence[Hashable] | None = None,
    resampling: Resampling | None = None,
) -> Interval:
    """Bias-corrected and accelerated bootstrap interval (BCa; Efron 1987) for mean pass@k; clusters are drawn whole.

    Collapses to a point where all problems have the same value, as every bootstrap does: near 0 and 1 prefer
    `summarize`. The same seed gives the same interval, whatever the order of the problems. Raises ValueError as
    `clustered_interval` does.
    """
    options = resampling or Resampling()
    values = _values(counts, k)
    sums, sizes = _cluster_sums(values, clusters)
    units, multiplicity = _distinct_units(sums, sizes)
    means = _bootstrap_means(units, multiplicity, options)
    mean = float(sums.sum() / sizes.sum())
    return _bca(means, mean, _acceleration(sums, sizes), options.level)


def _values(counts: Sequence[tuple[int, int]], k: int) -> NDArray[Any]:
    import numpy as np

    array = np.asarray(counts, dtype=np.int64).reshape(-1, 2)
    values = pass_at_k_array(array[:, 0], array[:, 1], k)
    if not len(values) or bool(np.isnan(values).any()):
        raise ValueError(f"pass@{k} needs at least one problem and {k} samples of every problem")
    return values


def _cluster_sums(values: NDArray[Any], clusters: Sequence[Hashable] | None) -> tuple[NDArray[Any], NDArray[Any]]:
    """Sum of values and number of problems of each cluster; None: every problem is its own."""
    import numpy as np

    if clusters is None:
        return values, np.ones(len(values))
    if len(clusters) != len(values):
        raise ValueError(f"{len(values)} problems but {len(clusters)} cluster names")
    numbers: dict[Hashable, int] = {}
    index = np.fromiter((numbers.setdefault(name, len(numbers)) for name in clusters), np.int64, len(values))
    return np.bincount(index, weights=values), np.bincount(index).astype(float)


def _distinct_units(sums: NDArray[Any], sizes: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Distinct (sum, size) of clusters and how often each occurs: then resampling is one multinomial draw."""
    import numpy as np

    rounded = np.round(sums, 12)
    if bool((sizes == 1.0).all()):  # one sort of numbers is ten times as fast as one of pairs
        single, multiplicity = np.unique(rounded, return_counts=True)
        return np.stack([single, np.ones_like(single)]), multiplicity
    units, multiplicity = np.unique(np.stack([rounded, sizes]), axis=1, return_counts=True)
    return units, multiplicity


def _bootstrap_means(units: NDArray[Any], multiplicity: NDArray[Any], options: Resampling) -> NDArray[Any]:
    import numpy as np

    generator = np.random.default_rng(options.seed)
    total = int(multiplicity.sum())
    step = max(1, _CHUNK // units.shape[1])
    parts = []
    for start in range(0, options.resamples, step):
        drawn = generator.multinomial(total, multiplicity / total, size=min(step, options.resamples - start))
        parts.append((drawn @ units[0]) / (drawn @ units[1]))
    return np.concatenate(parts)


def _acceleration(sums: NDArray[Any], sizes: NDArray[Any]) -> float:
    """A sixth of the skewness of the influence values of a ratio of sums."""
    influence = sums - sums.sum() / sizes.sum() * sizes
    spread = float(influence @ influence)
    return 0.0 if spread <= 1e-24 else float((influence**3).sum()) / (6.0 * spread**1.5)


def _bca(means: NDArray[Any], mean: float, acceleration: float, level: float) -> Interval:
    import numpy as np

    below = float((means < mean - 1e-12).mean() + 0.5 * (abs(means - mean) <= 1e-12).mean())
    bias = normal_quantile(min(max(below, 0.5 / len(means)), 1.0 - 0.5 / len(means)))

    def corrected(probability: float) -> float:
        shifted = bias + normal_quantile(probability)
        return normal_cdf(bias + shifted / max(1e-6, 1.0 - acceleration * shifted))

    low, high = np.quantile(means, [corrected(0.5 - level / 2), corrected(0.5 + level / 2)])
    return max(0.0, float(low)), min(1.0, float(high))
