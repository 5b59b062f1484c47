"""pass@k of a run with its two intervals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import fsum, inf, sqrt
from operator import index
from typing import TYPE_CHECKING, Any

from codeeval.i18n.messages import msg
from codeeval.stats.intervals import Interval, population_interval, rerun_interval
from codeeval.stats.passk import pass_at_k
from codeeval.stats.rerun import rerun_noise

if TYPE_CHECKING:
    from numpy.typing import NDArray

_FEW_PROBLEMS = 30
#: The most samples of one problem that are accepted: beyond, the exact sums take minutes.
MOST = 1_000_000
#: The method if there is no estimate.
NONE = msg("none")
POPULATION_METHOD = msg("Wilson score with effective sample size")


@dataclass(frozen=True, slots=True)
class KEstimate:
    """Mean pass@k over problems with its intervals, all in [0, 1]; None if the data don't determine it.

    `population`: the mean over other problems of this kind. `rerun`: the mean over the same problems if they were sampled for
    ever (a single new run of the same size scatters 1.4 times as wide). `stderr`: the plain standard error over problems, sample
    standard deviation over the square root of their number, as lm-evaluation-harness and Inspect report it. `method` names both
    methods.
    """

    estimate: float | None
    population: Interval | None
    rerun: Interval | None
    method: str
    warnings: tuple[str, ...] = ()
    stderr: float | None = None

    def to_json(self) -> dict[str, object]:
        """The form in which reports publish it."""
        return {
            "estimate": self.estimate,
            "stderr": self.stderr,
            "population": None if self.population is None else list(self.population),
            "rerun": None if self.rerun is None else list(self.rerun),
            "method": self.method,
            "warnings": list(self.warnings),
        }


def summarize(counts: Sequence[tuple[int, int]] | NDArray[Any], k: int, level: float = 0.95) -> KEstimate:
    """pass@k over problems and its `level` intervals.

    `counts`: (n, c) per problem, samples and correct samples; an integer array of shape (problems, 2) is accepted as well. If any
    problem has fewer than k samples the estimate is None, with a warning: leaving such problems out would bias it.
    Raises ValueError unless 0 <= c <= n <= MOST in whole numbers, k >= 1 and 0 < level < 1.
    """
    if not 0.0 < level < 1.0:
        raise ValueError(f"level must lie strictly between 0 and 1, got {level}")
    pass_at_k(0, 0, k)  # checks k even if there are no problems
    histogram = count_pairs(counts)
    problems = sum(histogram.values())
    values = {pair: pass_at_k(*pair, k) for pair in histogram}
    if not problems:
        return KEstimate(None, None, None, NONE, ("there are no problems",))
    short = sum(histogram[pair] for pair, value in values.items() if value is None)
    if short:
        reason = msg(
            "pass@{k} needs {a} samples of every problem; {n} of {m} have fewer", k=k, a=k, n=short, m=problems
        )
        return KEstimate(None, None, None, NONE, (reason,))
    known = [(value, histogram[pair]) for pair, value in values.items() if value is not None]
    mean, variance = mean_and_variance(known)
    noise = rerun_noise(histogram, k)
    return KEstimate(
        estimate=mean,
        population=population_interval(mean, variance, problems, level, kurtosis(known, mean)),
        rerun=rerun_interval(mean, noise, problems, level),
        method=msg(
            "{level}: population: {population}; rerun: {rerun}",
            level=f"{level:.4g}",
            population=POPULATION_METHOD,
            rerun=_rerun_method(histogram, k),
        ),
        warnings=_warnings(histogram, problems),
        stderr=sqrt(variance / problems) if problems > 1 else None,
    )


def count_pairs(counts: Sequence[tuple[int, int]] | NDArray[Any]) -> Mapping[tuple[int, int], int]:
    """How many problems have each (n, c). All later work is on a few dozen cells, however many problems there are."""
    if hasattr(counts, "shape"):
        import numpy as np

        array = np.asarray(counts)
        if array.ndim != 2 or array.shape[1] != 2 or not np.issubdtype(array.dtype, np.integer):
            raise ValueError("counts must be an integer array of shape (problems, 2)")
        if array.size and (int(array.max()) > MOST or int(array.min()) < 0 or bool((array[:, 1] > array[:, 0]).any())):
            raise ValueError(f"need 0 <= c <= n <= {MOST:,} for every problem")
        wide = array.astype(np.int64)  # whatever the input type: unsigned and short integers overflow
        pairs, sizes = np.unique(wide[:, 0] << 32 | wide[:, 1], return_counts=True)
        return {(int(key) >> 32, int(key) & 0xFFFFFFFF): int(size) for key, size in zip(pairs, sizes, strict=True)}
    found: Counter[tuple[int, int]] = Counter()
    for pair, many in Counter((n, c) for n, c in counts).items():
        found[whole(pair)] += many
    return found


def whole(pair: tuple[object, object]) -> tuple[int, int]:
    """(n, c) as Python integers, because numpy's overflow. Raises ValueError for values that are not whole numbers, are negative
    or too large, or have c > n."""
    try:
        n, c = (index(each) for each in pair)  # type: ignore[arg-type]
    except TypeError:
        raise ValueError(f"n and c must be whole numbers, got {pair[0]!r} and {pair[1]!r}") from None
    if not 0 <= c <= n <= MOST:
        raise ValueError(f"need 0 <= c <= n <= {MOST:,}, got n={n}, c={c}")
    return n, c


def mean_and_variance(weighted: Sequence[tuple[float, int]]) -> tuple[float, float]:
    """Mean and sample variance (divisor N-1; 0 for N = 1) of pairs (value, number of problems with it)."""
    size = sum(count for _, count in weighted)
    mean = fsum(value * count for value, count in weighted) / size
    squares = fsum((value - mean) ** 2 * count for value, count in weighted)
    return min(1.0, max(0.0, mean)), squares / max(1, size - 1)


def kurtosis(weighted: Sequence[tuple[float, int]], mean: float) -> float:
    """Fourth central moment over the squared second one, of pairs (value, number of problems with it).

    Infinite if nothing varies: then nothing is known about the variance either."""
    size = sum(count for _, count in weighted)
    second = fsum((value - mean) ** 2 * count for value, count in weighted) / size
    fourth = fsum((value - mean) ** 4 * count for value, count in weighted) / size
    return fourth / second**2 if second > 0.0 and second**2 > 0.0 else inf


def _rerun_method(histogram: Mapping[tuple[int, int], int], k: int) -> str:
    fewest = min(n for n, _ in histogram)
    if max(n for n, _ in histogram) == 1:
        return msg("{method}, worst-case sampling variance", method=POPULATION_METHOD)
    variance = msg("unbiased or fitted") if 2 * k <= fewest else msg("fitted")
    return msg("{method}, {variance} sampling variance", method=POPULATION_METHOD, variance=variance)


def _warnings(histogram: Mapping[tuple[int, int], int], problems: int) -> tuple[str, ...]:
    found = []
    sizes = [n for n, _ in histogram]
    if problems < _FEW_PROBLEMS:
        found.append(msg("only {n} problems: the intervals were checked for {m} and more", n=problems, m=_FEW_PROBLEMS))
    if min(sizes) != max(sizes):
        found.append(msg("problems have between {a} and {b} samples", a=min(sizes), b=max(sizes)))
    if max(sizes) == 1:
        found.append(
            msg("one sample per problem: the rerun interval is an upper bound, sampling noise was not observed")
        )
    return tuple(found)
