"""Permutation test of the mean difference of pass@k between runs with different numbers of samples. Needs numpy.

Exchanging the labels of two runs, problem by problem (`sign_flip_p`), assumes that a difference is as likely as its opposite.
That holds if both runs have equally many samples of each problem. It does not hold for pass@k of 50 samples against pass@k of
10: the estimate from few samples varies more and is skewed, so differences of 0.1 and -0.1 are not equally likely. Here the
samples themselves are exchanged within their problem: any n_b of them may have been run b's (Pitman 1937; Good 2005, ch. 5).
pass@k stays unbiased under this exchange, so equal rates give a mean difference of 0 for any n.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from codeeval.i18n.messages import msg
from codeeval.stats.chance import Pair
from codeeval.stats.dealing import Dealt, dealt
from codeeval.stats.paired import sign_flip_p

if TYPE_CHECKING:
    from numpy.random import Generator
    from numpy.typing import NDArray

#: Up to this many outcomes of a problem, all problems of its kind are drawn at once.
_AT_ONCE = 256
SIGN_FLIP, EXCHANGE = msg("sign-flip permutation"), msg("permutation of samples within problems")


@dataclass(frozen=True, slots=True)
class Sampled:
    """Two runs problem by problem: their (n, c), the differences of pass@k, k, and the indices of problems whose samples count as
    one."""

    pairs: Sequence[Pair]
    differences: Sequence[float]
    k: int
    blocks: frozenset[int] = frozenset()


def permutation_p(found: Sampled, seed: int, resamples: int) -> tuple[float, str]:
    """Two-sided p of the mean difference, and the name of the method.

    Seeded Monte Carlo with (count + 1) / (resamples + 1), so that p is never too small. Labels are exchanged if every problem has
    equally many samples in both runs, or counts as one; otherwise samples are, except for problems that count as one."""
    if all(a[0] == b[0] or place in found.blocks for place, (a, b) in enumerate(found.pairs)):
        return sign_flip_p(found.differences, seed, resamples), SIGN_FLIP
    return exchange_p(found, seed, resamples), EXCHANGE


def exchange_p(sampled: Sampled, seed: int, resamples: int) -> float:
    """Two-sided p by exchanging samples within problems."""
    import numpy as np

    generator = np.random.default_rng(seed)
    kinds: dict[tuple[int, int, int], int] = {}
    flips: list[float] = []
    for place, ((n_a, c_a), (n_b, c_b)) in enumerate(sampled.pairs):
        if place in sampled.blocks:
            flips.append(sampled.differences[place])
        else:
            kinds[n_a, n_b, c_a + c_b] = kinds.get((n_a, n_b, c_a + c_b), 0) + 1
    sums = np.zeros(resamples)
    for (n_a, n_b, total), many in sorted(kinds.items()):
        found = dealt(n_a, n_b, total)
        if len(found.chances) > 1:
            sums += _drawn(found, _changes(found, (n_a, n_b, total), sampled.k), many, resamples, generator)
    for flip in sorted(map(abs, flips)):
        sums += flip * (2.0 * generator.binomial(1, 0.5, resamples) - 1.0)
    observed = abs(float(np.sum(sampled.differences)))
    return (int(np.count_nonzero(np.abs(sums) >= observed - 1e-9)) + 1) / (resamples + 1)


def _changes(found: Dealt, key: tuple[int, int, int], k: int) -> NDArray[Any]:
    """The difference of pass@k for each possible number of correct samples of run b."""
    import numpy as np

    n_a, n_b, total = key
    moved = found.lowest + np.arange(len(found.chances))
    change: NDArray[Any] = _missed(n_a, k)[total - moved] - _missed(n_b, k)[moved]
    return change


def _missed(n: int, k: int) -> NDArray[Any]:
    """1 - pass@k for c = 0 .. n, by the ratios of neighbours."""
    import numpy as np

    left = np.arange(n, 0, -1, dtype=float)  # n - c for c = 0 .. n - 1
    found: NDArray[Any] = np.concatenate([[1.0], np.cumprod(np.maximum(0.0, left - k) / left)])
    return found


def _drawn(found: Dealt, change: NDArray[Any], many: int, resamples: int, generator: Generator) -> NDArray[Any]:
    """The sum over `many` problems of one kind, for each of `resamples` draws."""
    import numpy as np

    if len(change) <= _AT_ONCE and many > 1:
        sums: NDArray[Any] = generator.multinomial(many, found.chances / found.chances.sum(), resamples) @ change
        return sums
    sums = np.zeros(resamples)
    for _ in range(many):
        places = np.searchsorted(found.below, generator.random(resamples) * found.below[-1], side="right")
        sums += change[np.minimum(places, len(change) - 1)]
    return sums
