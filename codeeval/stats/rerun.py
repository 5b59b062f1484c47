"""How much one problem's pass@k estimate moves when the same problem is sampled again.

For one problem with success rate p the estimate Y = 1 - u, u = C(n-c, k)/C(n, k), varies around 1 - (1-p)^k with
variance E[u²] - (1-p)^{2k}. Two estimates of its mean over problems, of which the larger is used:

- where 2k <= n: u² - C(n-c, 2k)/C(n, 2k), unbiased, because the second term is unbiased for (1-p)^{2k} (for k = 1 it
  is the textbook c/n (1 - c/n) / (n-1));
- always: the variance as a function of p, averaged over the distribution of p among the problems. No function of n
  draws is unbiased for (1-p)^{2k} when 2k > n, so the distribution must be estimated: a beta distribution fitted by moments
  (Williams 1975), mixed with a little of the arcsine one, is improved by EM steps towards the nonparametric maximum of the
  likelihood (Kiefer & Wolfowitz 1956; Laird 1978). Few steps keep it smooth; the larger of the values after 5 and after 15.
  On a grid of rates the two ends stand for the mass beside them, which is nearly all where problems are solved always or never.

How large can that variance be, whatever the distribution of p, at a given mean of pass@k? The upper concave envelope of the
points (1 - (1-p)^k, variance at p) says so: for k = 1 it is mean (1 - mean) / n, for k = n mean (1 - mean).

With one sample per problem sampling noise and difficulty can't be told apart: the bound is used.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
_ARCSINE = 0.1  # its part in the starting distribution
_ALIKE = (1 / 101, 0.95)  # correlations within a problem that a start may have
_GRID = (101, 401)

#: (samples, correct samples) of a problem.
Cell = tuple[int, int]
Histogram = Mapping[Cell, int]


def rerun_noise(histogram: Histogram, k: int) -> Noise:
    """From how many problems have each (n, c). Raises ValueError where some n < k or the histogram is empty."""
    import numpy as np

    if not histogram:
        raise ValueError("there are no problems")
    cells = sorted(histogram)
    return rerun_noises(cells, np.array([[histogram[cell] for cell in cells]], dtype=float), k)[0]


def rerun_noises(cells: Sequence[Cell], counts: NDArray[Any], k: int) -> list[Noise]:
    """`rerun_noise` of several runs that have equally many samples of each problem.

    `counts`: (runs, cells), how many problems of each run have the (n, c) of each cell; 0 is allowed."""
    import numpy as np

    n = np.array([size for size, _ in cells])
    if int(n.min()) < k:
        raise ValueError(f"pass@{k} needs at least {k} samples of every problem")
    total, groups = float(counts[0].sum()), int(counts[0] @ (n // k))
    means = np.clip(counts @ np.array([pass_at_k(*cell, k) for cell in cells], dtype=float) / total, 0.0, 1.0).tolist()
    if int(n.max()) == 1:
        return [Noise(mean * (1.0 - mean), 1.0, groups) for mean in means]
    rates = _rates(int(n.max()))
    variance = _mean_variance(n, counts[0], k, rates.size)
    found = _fitted(cells, counts, rates, variance)
    if 2 * k <= int(n.min()):
        found = np.maximum(found, counts @ np.array([_unbiased(*cell, k) for cell in cells]) / total)
    hull = _hull(k, rates, variance)
    return [Noise(one, _most(mean, hull), groups) for one, mean in zip(found.tolist(), means, strict=True)]


def rerun_variance(histogram: Histogram, k: int) -> float:
    """Mean over problems of Var(pass@k estimate | that problem). Raises ValueError as `rerun_noise` does."""
    return rerun_noise(histogram, k).variance


def _unbiased(n: int, c: int, k: int) -> float:
    whole, double = comb(n, k), comb(n, 2 * k)
    miss = comb(n - c, k)
    return (miss * miss * double - comb(n - c, 2 * k) * whole * whole) / (whole * whole * double)


def _rates(largest: int) -> NDArray[Any]:
    """Success rates between 0 and 1, as dense everywhere as `largest` samples can tell them apart."""
    return _spaced(min(_GRID[1], max(_GRID[0], int(6.3 * largest**0.5) + 2)))


@lru_cache(maxsize=8)
def _spaced(size: int) -> NDArray[Any]:
    import numpy as np

    result: NDArray[Any] = np.sin(np.linspace(0.0, np.pi / 2, size)) ** 2
    return result


def _mean_variance(n: NDArray[Any], count: NDArray[Any], k: int, size: int) -> NDArray[Any]:
    """At each success rate, the mean over the numbers of samples that the problems have."""
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
    cells: Sequence[Cell], counts: NDArray[Any], rates: NDArray[Any], variance: NDArray[Any]
) -> NDArray[np.float64]:
    """Per run, the larger of the mean variances under the distribution of rates after few and after more steps."""
    import numpy as np

    likelihood = np.array([_binomial(n, c, rates.size) for n, c in cells])
    start = _starts(np.array(cells, dtype=float), counts, rates)
    total = counts.sum(axis=1, keepdims=True)
    weights, found = start, []
    for step in range(1, max(_STEPS) + 1):
        expected = weights * ((counts / np.maximum(weights @ likelihood.T, 1e-300)) @ likelihood)
        weights = (expected + _PRIOR_PROBLEMS * start) / (total + _PRIOR_PROBLEMS)
        if step in _STEPS:
            found.append(weights @ variance)
    result: NDArray[np.float64] = np.max(found, axis=0)
    return result


def _starts(cells: NDArray[Any], counts: NDArray[Any], rates: NDArray[Any]) -> NDArray[Any]:
    """Weights over the rates, which are evenly spaced in arcsine: a beta distribution by moments, and a little even weight."""
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
    # its density has no bound at 0 and 1: there the mass of half a step, x^a / a, takes the place of density times step
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

    first, second = np.zeros(size), np.zeros(size)
    for c in range(n + 1):
        value = pass_at_k(n, c, k)
        assert value is not None  # the caller made sure that n >= k
        probability = _binomial(n, c, size)
        first += value * probability
        second += value * value * probability
    result: NDArray[Any] = np.maximum(second - first * first, 0.0)
    return result


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
