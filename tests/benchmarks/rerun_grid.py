"""Coverage of the rerun interval in one cell, and what no interval could avoid there."""

from __future__ import annotations

from itertools import accumulate, product
from math import comb, lgamma

import numpy as np
from cells import Cell, Vector, solve_rate, values_of

from codeeval.stats.intervals import rerun_interval
from codeeval.stats.rerun import rerun_noises

SHORT = 0.07  # an interval that keeps 93% may miss in this share of runs
LEAST = 0.1  # to each side of its estimate an interval reaches at least this far, in problems
BOUNDED = 0.99  # above this coverage the bounds are computed as well
_SETS, _AGAIN, _RUNS = 24, 500, 500


def rerun_cell(cell: Cell, repeats: int, generator: np.random.Generator) -> dict[str, float]:
    """Coverage of the rerun interval; every run has its own problems. Where it exceeds BOUNDED, also two bounds for any
    interval: "known" and "forced", see `known_rates` and `forced`."""
    rate, values, size = solve_rate(cell.alike, cell.k, cell.mean), values_of(cell.n, cell.k), cell.problems
    rates = generator.beta(cell.alike * rate, cell.alike * (1 - rate), (repeats, size))
    truths = np.mean(1 - (1 - rates) ** cell.k, axis=1)
    counts = histograms(generator.binomial(cell.n, rates), cell.n)
    means = np.clip(counts @ values / size, 0.0, 1.0)
    noises = rerun_noises([(cell.n, c) for c in range(cell.n + 1)], counts, cell.k)
    found = [rerun_interval(mean, noise, size, 0.95) for mean, noise in zip(means.tolist(), noises, strict=True)]
    result = {"ours": within(np.array(found), truths)}
    if result["ours"] > BOUNDED:
        result["known"] = float(np.mean([known_rates(row, cell, generator) for row in rates[:_SETS]]))
        runs = zip(counts[:_RUNS].astype(int).tolist(), truths.tolist(), strict=False)
        result["forced"] = float(np.mean([forced(cell.n, cell.k, tuple(row), truth) for row, truth in runs]))
    return result


def histograms(correct: np.ndarray[tuple[int, int], np.dtype[np.int64]], n: int) -> Vector:
    """(runs, problems) of correct samples -> (runs, n + 1), how many problems have 0..n."""
    runs = len(correct)
    flat = (correct + (n + 1) * np.arange(runs)[:, None]).ravel()
    return np.bincount(flat, minlength=runs * (n + 1)).reshape(runs, n + 1).astype(float)


def within(intervals: Vector, truths: Vector) -> float:
    """Share of intervals, as rows, that contain their truth."""
    return float(((intervals[:, 0] - 1e-12 <= truths) & (truths <= intervals[:, 1] + 1e-12)).mean())


def known_rates(rates: Vector, cell: Cell, generator: np.random.Generator) -> float:
    """Somebody who knows the success rates of all problems cuts off both tails of the possible results, at most 2.5% each:
    the chance of what is left."""
    again = generator.binomial(cell.n, rates, (_AGAIN, cell.problems))
    scores = histograms(again, cell.n) @ values_of(cell.n, cell.k) / cell.problems
    _, counts = np.unique(scores.round(9), return_counts=True)
    upto = np.cumsum(counts) / _AGAIN
    kept = (upto > 0.025) & (1 - upto + counts / _AGAIN > 0.025)
    return float(counts[kept].sum() / _AGAIN)


def forced(n: int, k: int, histogram: tuple[int, ...], truth: float) -> bool:
    """Whether the score `truth` lies where it must be covered after this run by every interval that
    - covers 93% where some problems are always solved, some never, and the others are all equally hard;
    - never lowers an end because a sample more is correct;
    - reaches to each side of its estimate by LEAST problems.

    For if its upper end after this run lay below the score of such problems, then it also would after every run with no more
    correct samples anywhere; so these must not have more than 7% of chance with those problems. Likewise below."""
    size, full, none = sum(histogram), histogram[-1], histogram[0]
    mean = float(np.dot(histogram, values_of(n, k))) / size
    if abs(truth - mean) <= LEAST / size:
        return True
    for always, never in product({0, full}, {0, none}):
        if (others := size - always - never) > 0:
            left = (histogram[0] - never, *histogram[1:-1], histogram[-1] - always)
            share = min(
                1.0, max(0.0, (truth * size - always) / others)
            )  # pass@k of the others, for the score to be this
            rate = 1 - (1 - share) ** (1 / k)
            reached = (always + others * share) / size
            if reached > truth - 1e-12 and truth > mean and no_more(n, rate, others, at_least(left)) > SHORT:
                return True
            if reached < truth + 1e-12 and truth < mean and no_more(n, 1 - rate, others, at_least(left[::-1])) > SHORT:
                return True
    return False


def at_least(histogram: tuple[int, ...]) -> list[int]:
    """How many problems have 1, 2, ... n correct samples or more."""
    return list(accumulate(histogram[:0:-1]))[::-1]


def no_more(n: int, rate: float, size: int, caps: list[int]) -> float:
    """The chance that of `size` problems at most caps[c-1] have c or more correct samples, for every c from 1 to n."""
    chances = [comb(n, c) * rate**c * (1 - rate) ** (n - c) for c in range(n + 1)]
    ways = np.ones(1)  # by how many problems have c or more; in units of size^-j, which keeps them from overflowing
    for c in range(n, 0, -1):
        steps = np.arange(1, caps[c - 1] + 1)
        terms = np.concatenate([[1.0], np.cumprod(size * chances[c] / steps)])
        ways = np.convolve(ways, terms)[: caps[c - 1] + 1]
    used = range(min(len(ways), size + 1))
    logs = [
        lgamma(size + 1) - lgamma(size - j + 1) - j * np.log(size) + (size - j) * np.log(max(chances[0], 1e-300))
        for j in used
    ]
    return float(ways[: len(logs)] @ np.exp(np.array(logs)))
