"""How much a problem's pass@k estimate moves when the same problem is sampled again.

For one problem with success rate p the estimate Y = 1 - u, u = C(n-c, k)/C(n, k), varies around 1 - (1-p)^k with
variance E[u²] - (1-p)^{2k}. There are two estimates of its mean over problems, and the larger is used:

- if 2k <= n: u² - C(n-c, 2k)/C(n, 2k), unbiased, because the second term is unbiased for (1-p)^{2k} (for k = 1 it
  is the textbook c/n (1 - c/n) / (n-1));
- always: the variance as a function of p, averaged over the distribution of p among the problems. No function of n
  draws is unbiased for (1-p)^{2k} when 2k > n, so the distribution must be estimated: a beta distribution fitted by moments
  (Williams 1975), mixed with a little of the arcsine distribution, is improved by EM steps towards the nonparametric maximum
  likelihood (Kiefer & Wolfowitz 1956; Laird 1978). Few steps keep it smooth; the larger of the values after 5 and after 15 is
  taken. On a grid of rates the two ends stand for the mass beside them, which is nearly all of it if problems are solved
  always or never.

The largest possible variance at a given mean of pass@k, for any distribution of p, is the upper concave envelope of the points
(1 - (1-p)^k, variance at p): for k = 1 it is mean (1 - mean) / n, for k = n it is mean (1 - mean).

With one sample per problem, sampling noise and difficulty can't be separated, and the bound is used. If problems have different
numbers of samples, each counts with the variance at its own number, and the bound is that of the smallest number.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import comb, lgamma
from typing import TYPE_CHECKING, Any

from codeeval.stats.intervals import Noise
from codeeval.stats.passk import pass_at_k

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_STEPS = (5, 15)
_PRIOR_PROBLEMS = 0.3  # weight of the starting distribution, in problems: keeps every p possible
_ARCSINE = 0.1  # its share of the starting distribution
_ALIKE = (1 / 101, 0.95)  # range of correlations within a problem that a start may have
_GRID = (101, 401)
_ENOUGH = 10  # as many problems with one number of samples show their own distribution of success rates
_MANY = 2_000  # from this many samples on, the variance is summed over likely counts only

#: (samples, correct samples) of a problem.
Cell = tuple[int, int]
Histogram = Mapping[Cell, int]


def rerun_noise(histogram: Histogram, k: int) -> Noise:
    """Noise from how many problems have each (n, c). Raises ValueError if some n < k or the histogram is empty."""
    import numpy as np

    if not histogram:
        raise ValueError("there are no problems")
    cells = sorted(histogram)
    return rerun_noises(cells, np.array([[histogram[cell] for cell in cells]], dtype=float), k)[0]


def rerun_noises(cells: Sequence[Cell], counts: NDArray[Any], k: int) -> list[Noise]:
    """`rerun_noise` of several runs with equally many samples of each problem.

    `counts`: (runs, cells), the number of problems of each run with each cell's (n, c); may be 0."""
    import numpy as np

    n = np.array([size for size, _ in cells])
    if int(n.min()) < k:
        raise ValueError(f"pass@{k} needs at least {k} samples of every problem")
    total, groups = float(counts[0].sum()), int(counts[0] @ (n // k))
    means = np.clip(counts @ np.array([pass_at_k(*cell, k) for cell in cells], dtype=float) / total, 0.0, 1.0).tolist()
    if int(n.max()) == 1:
        return [Noise(mean * (1.0 - mean), 1.0, groups) for mean in means]
    parts = _parted(n, counts)
    if len(parts) > 1:
        return _joined([_part(cells, counts, k, part) for part in parts], means, groups)
    rates = _rates(int(n.max()))
    variances = _variances(n, counts[0], k, rates.size)
    found = _fitted(cells, counts, rates, variances)
    if 2 * k <= int(n.min()):
        found = np.maximum(found, counts @ np.array([_unbiased(*cell, k) for cell in cells]) / total)
    hull = _hull(k, rates, variances.max(axis=0))
    return [Noise(one, _most(mean, hull), groups) for one, mean in zip(found.tolist(), means, strict=True)]


@dataclass(frozen=True, slots=True)
class _Stratum:
    """A subset of the problems: how many, each run's mean over them, and each run's noise."""

    problems: float
    means: tuple[float, ...]
    noises: tuple[Noise, ...]


def _parted(n: NDArray[Any], counts: NDArray[Any]) -> list[NDArray[Any]]:
    """Group the cells that are judged together: each number of samples with enough problems, and all the others."""
    import numpy as np

    sizes = [n == one for one in sorted(set(n.tolist()))]
    enough = [size for size in sizes if counts[0][size].sum() >= _ENOUGH]
    others = ~np.any(enough, axis=0) if enough else np.ones(n.size, dtype=bool)
    return [*enough, *([others] if counts[0][others].sum() else [])]


def _part(cells: Sequence[Cell], counts: NDArray[Any], k: int, chosen: NDArray[Any]) -> _Stratum:
    import numpy as np

    own = [cell for cell, here in zip(cells, chosen, strict=True) if here]
    total = float(counts[0][chosen].sum())
    means = counts[:, chosen] @ np.array([pass_at_k(*cell, k) for cell in own], dtype=float) / total
    return _Stratum(total, tuple(means.tolist()), tuple(rerun_noises(own, counts[:, chosen], k)))


def _joined(parts: Sequence[_Stratum], means: Sequence[float], groups: int) -> list[Noise]:
    """The noise over all problems. The bound on a part's variance is evaluated at a mean that is pulled to the middle by one
    additional half-solved problem, because even a part that is all right or all wrong varies."""
    total, found = sum(part.problems for part in parts), []
    for run, mean in enumerate(means):
        variance = sum(part.problems * part.noises[run].variance for part in parts) / total
        most = max(part.noises[run].most for part in parts)
        if 0.0 < mean < 1.0:
            drawn = [(part.means[run] * part.problems + 0.5) / (part.problems + 1.0) for part in parts]
            heights = [
                part.problems * part.noises[run].most * m * (1.0 - m) for part, m in zip(parts, drawn, strict=True)
            ]
            most = min(1.0, sum(heights) / total / (mean * (1.0 - mean)))
        found.append(Noise(variance, most, groups))
    return found


def rerun_variance(histogram: Histogram, k: int) -> float:
    """Mean over problems of Var(pass@k estimate | that problem). Raises ValueError as `rerun_noise` does."""
    return rerun_noise(histogram, k).variance


def _unbiased(n: int, c: int, k: int) -> float:
    whole, double = comb(n, k), comb(n, 2 * k)
    miss = comb(n - c, k)
    return (miss * miss * double - comb(n - c, 2 * k) * whole * whole) / (whole * whole * double)


def _rates(largest: int) -> NDArray[Any]:
    """Success rates between 0 and 1, as dense everywhere as `largest` samples can resolve."""
    return _spaced(min(_GRID[1], max(_GRID[0], int(6.3 * largest**0.5) + 2)))


@lru_cache(maxsize=8)
def _spaced(size: int) -> NDArray[Any]:
    import numpy as np

    result: NDArray[Any] = np.sin(np.linspace(0.0, np.pi / 2, size)) ** 2
    return result


def _variances(n: NDArray[Any], count: NDArray[Any], k: int, size: int) -> NDArray[Any]:
    """The variance of each cell at its own number of samples, at each success rate."""
    import numpy as np

    if len(set(n.tolist())) == 1:
        return np.repeat(_mean_variance(n, count, k, size)[None], len(n), axis=0)
    return np.array([_variance(int(one), k, size) for one in n])


def _mean_variance(n: NDArray[Any], count: NDArray[Any], k: int, size: int) -> NDArray[Any]:
    """At each success rate, the variance averaged over the problems' numbers of samples."""
    import numpy as np

    parts = [float(count[n == one].sum()) * _variance(int(one), k, size) for one in np.unique(n)]
    result: NDArray[Any] = np.sum(parts, axis=0) / float(count.sum())
    return result


def _hull(k: int, rates: NDArray[Any], variance: NDArray[Any]) -> list[tuple[float, float]]:
    """The upper concave envelope of (pass@k, variance) over the rates."""
    hull: list[tuple[float, float]] = []
    for x, y in zip((1.0 - (1.0 - rates) ** k).tolist(), variance.tolist(), strict=True):
        while len(hull) > 1 and (hull[-1][1] - hull[-2][1]) * (x - hull[-2][0]) <= (y - hull[-2][1]) * (
            hull[-1][0] - hull[-2][0]
        ):
            hull.pop()  # below the line from its neighbour to the new point
        hull.append((x, y))
    return hull


def _most(mean: float, hull: Sequence[tuple[float, float]]) -> float:
    """The envelope at the mean, divided by mean (1 - mean)."""
    right = next(i for i, (x, _) in enumerate(hull) if x >= mean and i)
    (x0, y0), (x1, y1) = hull[right - 1], hull[right]
    if mean <= 0.0:
        return min(1.0, y1 / x1)
    if mean >= 1.0:
        return min(1.0, y0 / (1.0 - x0))
    height = y0 + (y1 - y0) * (mean - x0) / (x1 - x0)
    return min(1.0, height / (mean * (1.0 - mean)))


def _fitted(
    cells: Sequence[Cell], counts: NDArray[Any], rates: NDArray[Any], variances: NDArray[Any]
) -> NDArray[np.float64]:
    """Per run, the larger of the mean variances under the distribution of rates after few and after more steps.

    `variances`: of each cell, at each rate. If problems have different numbers of samples, that number may depend on how hard the
    problem is; so each problem counts with the variance at its own number, averaged over the rates that its own count leaves
    possible."""
    import numpy as np

    likelihood = np.array([_binomial(n, c, rates.size) for n, c in cells])
    start = _starts(np.array(cells, dtype=float), counts, rates)
    total = counts.sum(axis=1, keepdims=True)
    alike = len({n for n, _ in cells}) == 1
    weights, found = start, []
    for step in range(1, max(_STEPS) + 1):
        expected = weights * ((counts / np.maximum(weights @ likelihood.T, 1e-300)) @ likelihood)
        weights = (expected + _PRIOR_PROBLEMS * start) / (total + _PRIOR_PROBLEMS)
        if step in _STEPS and alike:
            found.append(weights @ variances[0])
        elif step in _STEPS:
            each = (weights @ (likelihood * variances).T) / np.maximum(weights @ likelihood.T, 1e-300)
            found.append((counts * each).sum(axis=1) / total[:, 0])
    result: NDArray[np.float64] = np.max(found, axis=0)
    return result


def _starts(cells: NDArray[Any], counts: NDArray[Any], rates: NDArray[Any]) -> NDArray[Any]:
    """Weights over the rates, which are evenly spaced in arcsine: a beta distribution by moments plus a small uniform weight."""
    import numpy as np

    n, c = cells.T
    problems, samples = counts.sum(axis=1), counts @ n
    mean = np.clip((counts @ c) / samples, 0.25 / samples, 1.0 - 0.25 / samples)[:, None]
    seen = (counts * (c - n * mean) ** 2).sum(axis=1) * problems / np.maximum(1.0, problems - 1.0)
    alike = (seen / (mean * (1.0 - mean))[:, 0] - samples) / np.maximum(1.0, counts @ (n * (n - 1.0)))
    scale = 1.0 / np.clip(alike, *_ALIKE)[:, None] - 1.0
    first, second = scale * mean, scale * (1.0 - mean)  # parameters of the beta distribution
    step = np.pi / 2 / (rates.size - 1)
    logs = np.empty((len(counts), rates.size))
    logs[:, 1:-1] = (first - 0.5) * np.log(rates[1:-1]) + (second - 0.5) * np.log1p(-rates[1:-1])
    # the density is unbounded at 0 and 1: there the mass of half a step, x^a / a, replaces density times step
    edge = 2.0 * np.log(np.sin(step / 2))
    for place, shape in ((0, first), (-1, second)):
        logs[:, place] = (shape * edge - np.log(2.0 * step * shape))[:, 0]
    weights = np.exp(logs - logs.max(axis=1, keepdims=True))
    result: NDArray[Any] = (1.0 - _ARCSINE) * weights / weights.sum(axis=1, keepdims=True) + _ARCSINE / rates.size
    return result


@lru_cache(maxsize=64)
def _variance(n: int, k: int, size: int) -> NDArray[Any]:
    """Variance of the estimate from n samples at each of `size` success rates."""
    import numpy as np

    if n > _MANY:
        return _variance_of_many(n, k, size)
    first, second = np.zeros(size), np.zeros(size)
    for c in range(n + 1):
        value = pass_at_k(n, c, k)
        assert value is not None  # the caller checked n >= k
        probability = _binomial(n, c, size)
        first += value * probability
        second += value * value * probability
    result: NDArray[Any] = np.maximum(second - first * first, 0.0)
    return result


def _variance_of_many(n: int, k: int, size: int) -> NDArray[Any]:
    """The same for very many samples: at each rate, over the counts within twelve standard deviations."""
    import numpy as np

    left = np.arange(n, 0, -1, dtype=float)
    missed = np.concatenate([[1.0], np.cumprod(np.maximum(0.0, left - k) / left)])
    found = np.zeros(size)
    for place, rate in enumerate(_spaced(size).tolist()):
        if not 0.0 < rate < 1.0:
            continue
        reach = 12.0 * (n * rate * (1.0 - rate)) ** 0.5 + 30.0
        low, high = max(0, int(n * rate - reach)), min(n, int(n * rate + reach) + 1)
        c = np.arange(low, high, dtype=float)
        steps = np.log(n - c) - np.log(c + 1.0) + (np.log(rate) - np.log1p(-rate))
        logs = np.concatenate([[0.0], np.cumsum(steps)])
        chances = np.exp(logs - logs.max())
        chances /= chances.sum()
        values = missed[low : high + 1]
        found[place] = chances @ (values - chances @ values) ** 2
    return found


@lru_cache(maxsize=1024)
def _binomial(n: int, c: int, size: int) -> NDArray[Any]:
    """P(c of n) at each of `size` rates; logarithms, because C(n, c) overflows for large n."""
    import numpy as np

    rates = _spaced(size)
    with np.errstate(divide="ignore", invalid="ignore"):
        hit = c * np.log(rates) if c else np.zeros_like(rates)
        miss = (n - c) * np.log1p(-rates) if c < n else np.zeros_like(rates)
    result: NDArray[Any] = np.exp(lgamma(n + 1) - lgamma(c + 1) - lgamma(n - c + 1) + hit + miss)
    return result
