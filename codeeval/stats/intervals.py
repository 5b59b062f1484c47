"""Confidence intervals for a mean of values in [0, 1] with an estimated variance. Standard library only.

Why neither plain t nor Wilson with N = problems. The values are pass@k estimates in [0, 1]. The t interval uses their observed
variance and is right in the middle. Near 0 and 1, however, often no problem deviates: the variance comes out as (nearly) zero
and the interval collapses; coverage falls to 44% in the grid of docs/statistics-evidence.md. Wilson's interval with
N = problems treats every value as 0 or 1: never too short, but far too long if problems contribute graded values (coverage
above 99% in a third of the grid).

Instead this module uses Wilson's score interval with an effective size (Korn & Graubard 1998; Franco et al. 2019,
"Comparative study of confidence intervals for proportions in complex sample surveys"):

    ratio = variance / (mean (1 - mean))       1 for 0/1 values, smaller for graded ones
    size  = N / ratio

It equals the t interval to first order in the middle and is skewed the right way near the ends. Where the variance can't be
trusted, the ratio is shrunk towards its upper bound:

    ratio' = trust ratio + (1 - trust) most

- Population: `most` is 1. A variance estimated from N values has the relative variance (kurtosis - 1)/N (Cramér 1946, section
  27.4), which is large if few problems deviate, but by much; trust falls with its cube.
- Rerun: `most` follows from the mean alone (codeeval/stats/rerun.py), and trust grows with the square of
  N mean (1 - mean) / most, roughly the number of samples that deviate.

The two constants were chosen by simulation (tests/benchmarks/coverage.py): about the smallest that keep coverage at 93% or
more in the whole grid.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

from codeeval.stats.quantiles import t_quantile

Interval = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Noise:
    """What sampling the same problems again does to a mean. `variance`: mean over problems of the variance of one problem's
    estimate around its own expectation. `most`: the largest possible value at this mean, as a share of mean (1 - mean); the limit
    of that share if the mean is 0 or 1. `groups`: the number of groups of k samples."""

    variance: float
    most: float
    groups: int


POPULATION_CAUTION = 2.7
RERUN_CAUTION = 2.0
_FEWEST = (
    4  # degrees of freedom of the rerun interval: the mean bounds the variance even where little of it is observed
)


def wilson(mean: float, size: float, quantile: float) -> Interval:
    """Wilson's score interval (1927) for a share `mean` observed in `size` > 0 trials; `size` may be fractional."""
    q2 = quantile * quantile / size
    centre = (mean + q2 / 2) / (1 + q2)
    half = sqrt(q2 * (mean * (1 - mean) + q2 / 4)) / (1 + q2)
    return max(0.0, min(centre - half, mean)), min(1.0, max(centre + half, mean))


def population_interval(
    mean: float, variance: float, size: float, level: float, kurtosis: float | None = None
) -> Interval:
    """Interval for the mean over all problems of this kind, from `size` problems with sample variance (divisor N-1). `size` is
    fractional if problems come in clusters: it is then the number of independent problems that they are worth.

    `kurtosis`: fourth central moment over the squared variance; None: that of 0/1 values with this mean.
    """
    binary, quantile = mean * (1.0 - mean), t_quantile(0.5 + level / 2, max(1, size - 1))
    if binary <= 0.0 or variance <= 0.0:  # nothing varies, so nothing is known about the variance
        return _scored(mean, 1.0, size, quantile)
    trust = variance_trust(kurtosis if kurtosis is not None else 1.0 / binary - 3.0, size)
    return _scored(mean, _drawn(variance / binary, 1.0, trust), size, quantile)


def variance_trust(kurtosis: float, size: float) -> float:
    """How far a variance estimated from `size` values can be trusted, from 0 to 1."""
    return 1.0 / (1.0 + (POPULATION_CAUTION * max(0.0, kurtosis - 1.0) / size) ** 3)


def rerun_interval(mean: float, noise: Noise, size: int, level: float) -> Interval:
    """Interval for the mean that infinitely many samples of the same `size` problems would give.

    Few groups of samples show little of their own variance: Student's quantile has one degree of freedom less than groups.
    """
    binary, most = mean * (1.0 - mean), noise.most
    quantile = t_quantile(0.5 + level / 2, max(_FEWEST, noise.groups - 1))
    if binary <= 0.0 or most <= 0.0:
        return _scored(mean, most, size, quantile)
    deviating = size * binary / most
    trust = deviating * deviating / (deviating * deviating + RERUN_CAUTION**2)
    ratio = _drawn(noise.variance / binary, most, trust)
    return _scored(mean, ratio, size, quantile)


def _drawn(ratio: float, most: float, trust: float) -> float:
    return min(most, trust * ratio + (1.0 - trust) * most)


def _scored(mean: float, ratio: float, size: float, quantile: float) -> Interval:
    if ratio <= 0.0:  # nothing can vary
        return mean, mean
    return wilson(mean, size / ratio, quantile)
