"""Figures about samples other than pass@k: share of tests passed, share that compiles, and cons@k. Pure.

cons@k: draw k of a problem's n samples without replacement and let them vote with their whole vector of per-test outputs.
`agreement` is the expected share of the k that voted for the winning vector (it needs no expected outputs, so it works if
they are hidden); `accuracy` is the probability that the winner is correct (majority voting of Wang et al. 2023,
"Self-consistency", Lewkowycz et al. 2022, maj@k), with ties broken at random. A sample without outputs (it did not
compile, it hung) casts no vote. Both are exact expectations over all C(n, k) draws, not simulations.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import comb
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


@dataclass(frozen=True, slots=True)
class ConsensusScore:
    """cons@k of one problem. `accuracy` is None if correctness is unknown."""

    agreement: float
    accuracy: float | None


def mean_over_problems(problem: ArrayLike, value: ArrayLike) -> float | None:
    """Mean over problems of the mean over that problem's samples; None if there are none.

    `problem`: for each sample, the integer index of its problem; `value`: a number per sample, for example 1 or 0 for
    "compiles", passed / total for "share of tests passed". Raises ValueError if the lengths differ.
    """
    import numpy as np

    index, values = np.asarray(problem, dtype=np.int64), np.asarray(value, dtype=float)
    if index.shape != values.shape or index.ndim != 1:
        raise ValueError("problem and value must be one-dimensional and of one length")
    if not index.size:
        return None
    sizes = np.bincount(index)
    seen = sizes > 0
    return float((np.bincount(index, weights=values)[seen] / sizes[seen]).mean())


def share_of_tests_passed(problem: ArrayLike, passed: ArrayLike, total: ArrayLike) -> float | None:
    """Mean share of tests passed, per sample, then per problem. Raises ValueError if passed > total or total < 1."""
    import numpy as np

    right, tests = np.asarray(passed, dtype=float), np.asarray(total, dtype=float)
    if right.shape != tests.shape or bool(np.any(tests < 1)) or bool(np.any((right < 0) | (right > tests))):
        raise ValueError("need 0 <= passed <= total and total >= 1 for every sample")
    return mean_over_problems(problem, right / tests)


def consensus_at_k(
    votes: Sequence[Hashable | None], k: int, correct: Mapping[Hashable, bool] | None = None
) -> ConsensusScore | None:
    """cons@k of one problem, or None if k > n. `votes`: output vectors, None for a sample without outputs.

    `correct` says which vectors are right; None if expected outputs are hidden. Raises ValueError for k < 1.
    """
    if k < 1:
        raise ValueError(f"k must be at least 1, got {k}")
    if k > len(votes):
        return None
    sizes: dict[Hashable, int] = {}
    for vote in votes:
        if vote is not None:
            sizes[vote] = sizes.get(vote, 0) + 1
    silent = len(votes) - sum(sizes.values())
    draws = comb(len(votes), k)
    agreement = _expected_largest(tuple(sorted(sizes.values())), silent, k) / (k * draws)
    if correct is None:
        return ConsensusScore(agreement, None)
    right = [vote for vote in sizes if correct.get(vote, False)]
    wins = sum(
        _wins(sizes[vote], tuple(sorted(size for other, size in sizes.items() if other != vote)), silent, k)
        for vote in right
    )
    return ConsensusScore(agreement, wins / draws)


#: A problem's samples are told apart only by how many gave which vector; few such shapes occur in a run.
_SHAPES = 4096


@lru_cache(maxsize=_SHAPES)
def _expected_largest(sizes: tuple[int, ...], silent: int, k: int) -> int:
    """Sum over all draws of k of the size of the largest group: the sum over m of the draws whose largest group is >= m."""
    total, result = comb(sum(sizes) + silent, k), 0
    for m in range(1, min(k, max(sizes, default=0)) + 1):
        ways = [comb(silent, j) for j in range(k + 1)]
        for size in sizes:
            ways = _times(ways, [comb(size, j) for j in range(min(size, m - 1, k) + 1)], k)
        result += total - ways[k]
    return result


@lru_cache(maxsize=_SHAPES)
def _wins(votes: int, others: tuple[int, ...], silent: int, k: int) -> float:
    """Draws of k in which a vector with so many votes has the most; a tie among t counts 1/t."""
    result = 0.0
    for m in range(1, min(k, votes) + 1):
        by_ties = [[comb(silent, j) for j in range(k + 1)]]  # by_ties[t][j]: t others tie at m, j samples used
        for size in others:
            fewer = [comb(size, j) for j in range(min(size, m - 1, k) + 1)]
            by_ties = _with_one_more(by_ties, fewer, comb(size, m), m, k)
        mine = comb(votes, m)
        result += sum(mine * ways[k - m] / (ties + 1) for ties, ways in enumerate(by_ties))
    return result


def _with_one_more(by_ties: list[list[int]], fewer: list[int], equal: int, m: int, k: int) -> list[list[int]]:
    below = [_times(ways, fewer, k) for ways in by_ties]
    if not equal:
        return below
    tied = [[0] * m + [equal * way for way in ways[: k + 1 - m]] for ways in by_ties]
    zero = [0] * (k + 1)
    return [[a + b for a, b in zip(x, y, strict=True)] for x, y in zip([*below, zero], [zero, *tied], strict=True)]


def _times(a: list[int], b: list[int], top: int) -> list[int]:
    """Product of two polynomials, without terms above x^top; the result has top + 1 coefficients."""
    result = [0] * (top + 1)
    for i, x in enumerate(a):
        if x:
            for j, y in enumerate(b[: top + 1 - i]):
                result[i + j] += x * y
    return result
