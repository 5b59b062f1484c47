"""How far the scores of several runs on the same problems spread, compared with chance. Needs numpy.

The best and the worst of ten runs of one model always differ. So the spread is compared with that of the same samples dealt out
again at random: if the runs do not differ, a problem's correct samples are equally likely to lie in any of them (a permutation
test within problems; Fisher 1935, section 21; Good 2005, ch. 5; Phipson & Smyth 2010 for the +1). It is exact for independent
samples; runs that share samples (temperature 0, equal seeds on equal prompts) differ less than it assumes, so p is too large.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from math import fsum, sqrt
from typing import TYPE_CHECKING

from codeeval.stats.passk import pass_at_k

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

#: (samples, correct samples) of a problem in one run.
Counts = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Spread:
    """Spread of the means of several runs, all in [0, 1]. `range` is highest - lowest; `sd` has the divisor runs - 1;
    `range_chance` is the mean range if the runs did not differ, and chance exceeds `range_chance_95` one time in
    twenty; `p` is the probability of this range or a larger one. `lowest` and `highest` are indices into the runs."""

    k: int
    means: tuple[float, ...]
    lowest: int
    highest: int
    range: float
    sd: float
    range_chance: float
    range_chance_95: float
    p: float

    def to_json(self) -> dict[str, object]:
        return asdict(self)


def spread(
    runs: Sequence[Mapping[str, Counts]], ks: Sequence[int], seed: int = 1234, resamples: int = 2_000
) -> dict[int, Spread]:
    """k -> the spread of pass@k over `runs`, for each k for which every problem has enough samples. All runs must have the same
    problems. Raises ValueError for fewer than two runs, no problems, or different ones."""
    if len(runs) < 2 or not runs[0]:
        raise ValueError("a spread needs two runs or more, and a problem")
    if any(run.keys() != runs[0].keys() for run in runs):
        raise ValueError("the runs have different problems")
    fewest = min(n for run in runs for n, _ in run.values())
    possible = [k for k in ks if k <= fewest]
    ranges = _by_chance(runs, possible, seed, resamples)
    return {k: _spread(runs, k, ranges[k]) for k in possible}


def _spread(runs: Sequence[Mapping[str, Counts]], k: int, ranges: NDArray[np.float64]) -> Spread:
    import numpy as np

    means = tuple(fsum(_value(n, c, k) for n, c in run.values()) / len(run) for run in runs)
    middle = fsum(means) / len(means)
    seen = max(means) - min(means)
    return Spread(
        k=k,
        means=means,
        lowest=means.index(min(means)),
        highest=means.index(max(means)),
        range=seen,
        sd=sqrt(fsum((mean - middle) ** 2 for mean in means) / (len(means) - 1)),
        range_chance=float(ranges.mean()),
        range_chance_95=float(np.quantile(ranges, 0.95)),
        p=(int(np.count_nonzero(ranges >= seen - 1e-9)) + 1) / (len(ranges) + 1),
    )


def _by_chance(
    runs: Sequence[Mapping[str, Counts]], ks: Sequence[int], seed: int, resamples: int
) -> dict[int, NDArray[np.float64]]:
    """k -> `resamples` ranges of pass@k of the runs, each with every problem's samples dealt out to them again."""
    import numpy as np

    generator = np.random.default_rng(seed)
    sums = {k: np.zeros((resamples, len(runs))) for k in ks}
    for problem in runs[0]:
        sizes = [run[problem][0] for run in runs]
        right = sum(run[problem][1] for run in runs)
        dealt = generator.multivariate_hypergeometric(sizes, right, resamples, method="marginals")
        for k in ks:
            for place, n in enumerate(sizes):
                values = np.array([_value(n, c, k) for c in range(n + 1)])
                sums[k][:, place] += values[dealt[:, place]]
    return {k: (found.max(axis=1) - found.min(axis=1)) / len(runs[0]) for k, found in sums.items()}


def _value(n: int, c: int, k: int) -> float:
    value = pass_at_k(n, c, k)
    if value is None:
        raise ValueError(f"pass@{k} needs {k} samples of every problem")
    return value
