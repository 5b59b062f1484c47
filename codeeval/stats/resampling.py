"""Intervals on request: a seeded bootstrap, and clusters of problems that are not independent of each other.

Problems that share a source or a topic vary together; an interval that counts them one by one is too short. If a field names
the cluster of each problem, whole clusters are the units, both for the linearised standard error of a ratio of sums (Cochran
1977, section 6.3; Liang & Zeger 1986) and for the bootstrap.

The bootstrap is Bayesian (Rubin 1981): instead of drawing units with replacement it gives each a random weight (normalised
gamma numbers), so that none drops out. A bootstrap uses only the observed values; near 0 and 1, and with few units, that is
too little, and it collapses. Therefore
- the weights scatter as widely as Student's t requires for this number of units (Korn & Graubard 1998, effective size);
- as far as the observed variance can't be trusted (codeeval/stats/intervals.py), coin tosses with the same mean replace the
  units, and one success and one failure are added to them (Laplace; Agresti & Coull 1998). If all values are 0 or 1
  this is the Bayesian interval for a proportion under a uniform prior.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING, Any

from codeeval.stats.intervals import Interval, population_interval, variance_trust
from codeeval.stats.passk import pass_at_k_array
from codeeval.stats.quantiles import normal_quantile, t_quantile

if TYPE_CHECKING:
    from numpy.typing import NDArray

_LEAST = 2.0  # fewer than six equal units have less weight, and can't scatter as widely as Student's t requires
_PSEUDO = 1.0  # successes and failures added to the coin tosses
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
    """Interval for mean pass@k if only whole clusters are independent: the population interval with clusters as units.

    Clusters of unequal size count as fewer: total² / sum of sizes² (Kish 1965). If every problem is its own cluster it is the
    population interval. `clusters[i]` names the cluster of problem i. Raises ValueError if the lengths differ, if there are fewer
    than two clusters, or if some problem has fewer than k samples.
    """
    sums, sizes = _cluster_sums(_values(counts, k), clusters)
    if len(sums) < 2:
        raise ValueError("an interval over clusters needs at least two of them")
    seen = _seen(sums, sizes)
    return population_interval(seen.mean, seen.variance, seen.units, level, seen.kurtosis)


def bootstrap_interval(
    counts: Sequence[tuple[int, int]],
    k: int,
    clusters: Sequence[Hashable] | None = None,
    resampling: Resampling | None = None,
) -> Interval:
    """Bayesian bootstrap interval for mean pass@k, corrected near 0 and 1 and for few units (see above); clusters stay whole.

    The same seed gives the same interval, whatever the order of the problems. Raises ValueError if the lengths differ,
    if there are no problems, or if some problem has fewer than k samples.
    """
    import numpy as np

    options = resampling or Resampling()
    units, multiplicity = _distinct_units(*_cluster_sums(_values(counts, k), clusters))
    sums, sizes = units  # of the distinct units, so that their order does not change a bit of the result
    seen = _seen(sums, sizes, multiplicity)
    means = _bootstrap_means(units, multiplicity, seen, options)
    low, high = np.quantile(means, [0.5 - options.level / 2, 0.5 + options.level / 2]).tolist()
    return max(0.0, min(low, seen.mean)), min(1.0, max(high, seen.mean))


@dataclass(frozen=True, slots=True)
class _Seen:
    """Of the units: their number, the number of equal units they are worth, the ratio of sums, and the variance and kurtosis of
    one unit around it."""

    groups: int
    units: float
    mean: float
    variance: float
    kurtosis: float


def _seen(sums: NDArray[Any], sizes: NDArray[Any], many: NDArray[Any] | int = 1) -> _Seen:
    """`many`: the number of units with each sum and size."""
    total, groups = float((many * sizes).sum()), int((many + 0 * sizes).sum())
    mean = min(1.0, float((many * sums).sum()) / total)
    residual = sums - mean * sizes
    squared, units = float(many * residual @ residual), total * total / float(many * sizes @ sizes)
    variance = groups / max(1, groups - 1) * squared / (total * total) * units
    kurtosis = float((many * residual**4).sum()) * groups / squared**2 if squared > 1e-24 else inf
    return _Seen(groups, units, mean, variance, kurtosis)


def _values(counts: Sequence[tuple[int, int]], k: int) -> NDArray[Any]:
    import numpy as np

    array = np.asarray(counts).reshape(-1, 2)
    if array.size and not np.issubdtype(array.dtype, np.integer):
        raise ValueError("n and c must be whole numbers")
    values = pass_at_k_array(array[:, 0], array[:, 1], k)
    if not len(values) or bool(np.isnan(values).any()):
        raise ValueError(f"pass@{k} needs at least one problem and {k} samples of every problem")
    return values


def _cluster_sums(values: NDArray[Any], clusters: Sequence[Hashable] | None) -> tuple[NDArray[Any], NDArray[Any]]:
    """Sum of values and number of problems of each cluster; None: every problem is its own cluster."""
    import numpy as np

    if clusters is None:
        return values, np.ones(len(values))
    if len(clusters) != len(values):
        raise ValueError(f"{len(values)} problems but {len(clusters)} cluster names")
    numbers: dict[Hashable, int] = {}
    index = np.fromiter((numbers.setdefault(name, len(numbers)) for name in clusters), np.int64, len(values))
    return np.bincount(index, weights=values), np.bincount(index).astype(float)


def _distinct_units(sums: NDArray[Any], sizes: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Distinct (sum, size) of clusters and how often each occurs, so that resampling is one multinomial draw."""
    import numpy as np

    rounded = np.round(sums, 12)
    if bool((sizes == 1.0).all()):  # sorting numbers is ten times as fast as sorting pairs
        single, multiplicity = np.unique(rounded, return_counts=True)
        return np.stack([single, np.ones_like(single)]), multiplicity
    units, multiplicity = np.unique(np.stack([rounded, sizes]), axis=1, return_counts=True)
    return units, multiplicity


def _bootstrap_means(units: NDArray[Any], multiplicity: NDArray[Any], seen: _Seen, options: Resampling) -> NDArray[Any]:
    """Means under random weights of the observed units and of coin tosses."""
    import numpy as np

    probability = 0.5 + options.level / 2
    size = seen.units * (normal_quantile(probability) / t_quantile(probability, max(1.0, seen.units - 1))) ** 2
    weight = size * (seen.groups - 1) / seen.groups
    trust = variance_trust(seen.kurtosis, seen.units) if weight > _LEAST else 0.0
    coins = [(1.0 - trust) * (size * share + _PSEUDO) for share in (seen.mean, 1.0 - seen.mean)]
    shapes = multiplicity * (trust * max(0.0, weight) / seen.groups)
    toss = float(multiplicity @ units[1]) / seen.groups  # problems per coin toss
    generator, parts = np.random.default_rng(options.seed), []
    step = max(1, _CHUNK // len(shapes))
    for start in range(0, options.resamples, step):
        many = min(step, options.resamples - start)
        drawn = generator.standard_gamma(shapes, (many, len(shapes)))
        heads, tails = (toss * generator.standard_gamma(shape, many) for shape in coins)
        parts.append((drawn @ units[0] + heads) / (drawn @ units[1] + heads + tails))
    return np.concatenate(parts)
