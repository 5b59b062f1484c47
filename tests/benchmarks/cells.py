"""The grid of coverage.py: cells, success rates of problems, and what both kinds of interval have in common."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from math import lgamma
from typing import Any, NamedTuple

import numpy as np

from codeeval.stats.passk import pass_at_k

MEANS = (0.02, 0.05, 0.1, 0.3, 0.5, 0.7, 0.9, 0.95, 0.98)
ALIKE = (0.3, 1.0, 3.0, 10.0)
PROBLEMS = (30, 60, 164, 500)
N_AND_K = ((5, 1), (10, 1), (20, 1), (50, 1), (5, 5), (10, 5), (20, 5), (50, 5), (10, 10), (20, 10), (50, 10))
Vector = np.ndarray[Any, np.dtype[np.float64]]


class Cell(NamedTuple):
    """One cell of the grid."""

    n: int
    k: int
    alike: float
    mean: float
    problems: int

    def __str__(self) -> str:
        return f"pass@{self.k} of {self.mean}, n = {self.n}, s = {self.alike:g}, {self.problems} problems"


def grid() -> Iterator[Cell]:
    """All cells."""
    for (n, k), alike, mean, problems in product(N_AND_K, ALIKE, MEANS, PROBLEMS):
        yield Cell(n, k, alike, mean, problems)


def beta_binomial(n: int, a: float, b: float) -> Vector:
    """P(c of n) for c = 0..n when the success rate is Beta(a, b)."""
    tail = lgamma(a + b) - lgamma(n + a + b) - lgamma(a) - lgamma(b) + lgamma(n + 1)
    logs = [tail + lgamma(c + a) + lgamma(n - c + b) - lgamma(c + 1) - lgamma(n - c + 1) for c in range(n + 1)]
    weights = np.exp(np.array(logs))
    return weights / weights.sum()


def solve_rate(alike: float, k: int, wanted: float) -> float:
    """The mean success rate with which Beta(alike) problems have mean pass@k `wanted`, by bisection."""
    low, high = 1e-9, 1 - 1e-9
    for _ in range(60):
        middle = (low + high) / 2
        miss = np.exp(sum(np.log(alike * (1 - middle) + i) - np.log(alike + i) for i in range(k)))
        low, high = (middle, high) if 1 - miss < wanted else (low, middle)
    return (low + high) / 2


def values_of(n: int, k: int) -> Vector:
    """pass@k for c = 0..n."""
    return np.array([pass_at_k(n, c, k) for c in range(n + 1)], dtype=float)
