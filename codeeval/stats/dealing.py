"""How the correct samples of a problem divide between two runs of one model: hypergeometric tails and Fisher's p.

Given `total` correct ones among n_a + n_b samples, every choice of n_b of them is equally likely to be run b's (Fisher
1934). Up to a few hundred samples everything is computed in whole numbers and rounded once. Beyond that the distribution is
built from ratios of neighbours, outwards from its mode, over the range that holds all but 1e-30 of it, so the work grows
with the square root of the number of samples.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import comb, sqrt
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray

_EXACT = 400  # samples of a problem in both runs
_WIDE, _MORE = 12.0, 30  # standard deviations on each side of the mean, and counts
_TIE = 1e-9  # probabilities that differ by less, relatively, count as equal: they carry rounding errors


@dataclass(frozen=True, slots=True, eq=False)
class Dealt:
    """The probabilities that `lowest`, lowest + 1, ... of the correct samples are run b's. `below` holds their cumulative sums;
    `fisher`, for each, the sum of all that are at most as likely."""

    lowest: int
    chances: NDArray[Any]
    below: NDArray[Any]
    fisher: NDArray[Any]

    def at(self, c_b: int) -> int | None:
        """The index of a count, or None if it was too unlikely to be kept."""
        place = c_b - self.lowest
        return place if 0 <= place < len(self.chances) else None

    def at_most(self, c_b: int) -> float:
        """The probability of `c_b` or fewer."""
        place = c_b - self.lowest
        return 0.0 if place < 0 else float(self.below[min(place, len(self.below) - 1)])

    def two_sided(self, c_b: int) -> float:
        """Fisher's two-sided p of `c_b`."""
        place = self.at(c_b)
        return 0.0 if place is None else float(self.fisher[place])


@lru_cache(maxsize=2048)
def dealt(n_a: int, n_b: int, total: int) -> Dealt:
    """For `total` correct samples among n_a + n_b. Raises ValueError unless 0 <= total <= n_a + n_b and both n are positive."""
    if n_a < 1 or n_b < 1 or not 0 <= total <= n_a + n_b:
        raise ValueError(f"need n >= 1 and 0 <= c <= n, got {total} correct of {n_a} and {n_b} samples")
    return _exact(n_a, n_b, total) if n_a + n_b <= _EXACT else _near(n_a, n_b, total)


def _exact(n_a: int, n_b: int, total: int) -> Dealt:
    import numpy as np

    lowest = max(0, total - n_a)
    ways = [comb(n_b, i) * comb(n_a, total - i) for i in range(lowest, min(n_b, total) + 1)]
    whole = comb(n_a + n_b, total)
    below, so_far, rare = [], 0, {}
    for way in ways:
        so_far += way
        below.append(so_far / whole)
    so_far = 0
    for way in sorted(ways):
        so_far += way
        rare[way] = so_far
    fisher = [rare[way] / whole for way in ways]
    return Dealt(lowest, np.array([way / whole for way in ways]), np.array(below), np.array(fisher))


def _near(n_a: int, n_b: int, total: int) -> Dealt:
    import numpy as np

    size = n_a + n_b
    low, high = max(0, total - n_a), min(n_b, total)
    mean = n_b * total / size
    reach = _WIDE * sqrt(mean * (1 - total / size) * n_a / max(1, size - 1)) + _MORE
    low, high = max(low, int(mean - reach)), min(high, int(mean + reach) + 1)
    i = np.arange(low, high, dtype=float)  # from i to i + 1
    steps = np.log((n_b - i) * (total - i)) - np.log((i + 1.0) * (n_a - total + i + 1.0))
    logs = np.concatenate([[0.0], np.cumsum(steps)])
    chances = np.exp(logs - logs.max())
    chances /= chances.sum()
    order = np.argsort(chances, kind="stable")
    sums = np.cumsum(chances[order])
    last = np.searchsorted(chances[order], chances * (1.0 + _TIE), side="right") - 1
    return Dealt(low, chances, np.minimum(1.0, np.cumsum(chances)), np.minimum(1.0, sums[last]))
