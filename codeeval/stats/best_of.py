"""Best-of-k: let a reward model choose one of k samples, and count how often the chosen one is right. Pure.

A run has n samples of each problem, each with a score. The expectation over all k of the n, drawn without replacement, is
exact. Sorted by score, the best of the subset lies in a given group of equal scores with probability

    (C(at most that score, k) - C(below that score, k)) / C(n, k)

Ties for the best score are broken at random, so by symmetry every member of the group is equally likely. Hence a model that
gives everything the same score has best-of-k = pass@1, a perfect one has best-of-k = pass@k, and best-of-1 is pass@1 under
every model.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from math import comb, fsum, isnan

from codeeval.i18n.messages import at
from codeeval.stats.intervals import population_interval
from codeeval.stats.summary import NONE, POPULATION_METHOD, KEstimate, kurtosis, mean_and_variance

#: (score, passed)
Scored = tuple[float, bool]


def best_of_k(samples: Sequence[Scored], k: int) -> float | None:
    """The probability that the best scored of k samples is correct, or None if there are fewer than k. Raises ValueError if
    k < 1 or a score is NaN."""
    if k < 1:
        raise ValueError(f"k must be at least 1, got {k}")
    if any(isnan(score) for score, _ in samples):
        raise ValueError("a score is not a number")
    n = len(samples)
    if k > n:
        return None
    total, below, parts = comb(n, k), 0, []
    for _, tied in groupby(sorted(samples), key=lambda sample: sample[0]):
        group = [passed for _, passed in tied]
        ways = comb(below + len(group), k) - comb(below, k)
        parts.append(ways * sum(group) / (total * len(group)))
        below += len(group)
    return min(1.0, fsum(parts))


def best_of(problems: Sequence[Sequence[Scored]], k: int | None, level: float = 0.95) -> KEstimate:
    """Mean best-of-k over problems, with its interval for other problems; k None: each problem's own number of samples.

    If any problem has fewer than k samples the estimate is None, with a warning, as for pass@k. There is no rerun interval:
    the data don't tell how the scores of new samples would be distributed.
    """
    values = [best_of_k(samples, k or len(samples)) for samples in problems if samples]
    known = [value for value in values if value is not None]
    if not values:
        return KEstimate(None, None, None, NONE, ("there are no problems",))
    if len(known) < len(values):
        short = len(values) - len(known)
        reason = f"best-of-{k} needs {k} samples of every problem; {short} of {len(values)} have fewer"
        return KEstimate(None, None, None, NONE, (reason,))
    weighted = [(value, 1) for value in known]
    mean, variance = mean_and_variance(weighted)
    interval = population_interval(mean, variance, len(known), level, kurtosis(weighted, mean))
    return KEstimate(mean, interval, None, at(f"{level:.4g}: population", POPULATION_METHOD))
