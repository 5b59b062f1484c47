"""Statistics of paired differences between two runs on the same problems. Standard library; numpy for the permutations.

Sources: paired t and its power: Student 1908; Miller 2024, "Adding error bars to evals", section 4. Sign-flip permutation:
Fisher 1935, section 21; Phipson & Smyth 2010 for the +1. McNemar 1947 in its exact (binomial) form. Fisher's exact test:
Fisher 1934. Step-down adjustment: Holm 1979. Pseudo-observations where few pairs differ: Agresti & Min 2005. What skewness
does to the t interval: Johnson 1978; Hall 1992, "The Bootstrap and Edgeworth Expansion", section 3.5.

Why not the t interval alone. If one run lost a few problems completely, most differences are noise and a few are nearly 1; those
few decide both the mean and its error. If by luck none of them is in the sample, the interval is that of the noise; if fewer than
usual are, it is too short and on the wrong side. So it is never shorter than one problem that differs by 1 would make it, and
it is longer towards the long tail. On ordinary data neither correction changes anything (docs/statistics-evidence.md).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import fsum, inf, sqrt

from codeeval.i18n.messages import msg
from codeeval.stats.dealing import dealt
from codeeval.stats.intervals import Interval
from codeeval.stats.quantiles import normal_quantile, t_quantile, t_two_sided_p

_TAIL = 3.0  # by simulation (tests/benchmarks/difference_grid.py): with it and the pseudo pair, every cell covers at least 93%
_BY_CHANCE = 4.0 * 6.0  # squared skewness up to this over N is within two standard errors of zero
OWN_NOISE, CAPPED = msg("sampling variance of both runs, normal"), msg("variance of the differences, normal")
#: Method names, by whether there is a pseudo pair and whether skewness is corrected.
_METHODS = {
    (False, False): msg("paired t"),
    (True, False): msg("paired t with pseudo pair"),
    (False, True): msg("paired t with skewness"),
    (True, True): msg("paired t with pseudo pair and skewness"),
}
_FADES = 2.0  # the pseudo-observation counts half when the square of the number of differing pairs equals this


@dataclass(frozen=True, slots=True)
class MeanDifference:
    """Mean of per-problem differences, its standard error, and the method that made the interval and p from it. The interval at
    level 1 - p ends at 0."""

    difference: float
    error: float
    interval: Interval
    p: float
    method: str


def paired_t(differences: Sequence[float], level: float = 0.95) -> MeanDifference:
    """Student's t over problems: the difference on other problems of this kind. Raises ValueError if there are no problems.

    Its error is at least that of one additional pair that differs by 1, in both directions (Agresti & Min 2005). It
    grows towards the long tail if skewness is beyond chance."""
    mean, variance = _moments(differences)
    size = len(differences)
    seen, least = variance / size, 1.0 / (size + 2) ** 2
    skew = _skewness(differences, mean)
    tail = seen * _TAIL * max(0.0, skew * skew - _BY_CHANCE / size) / size
    error, longer = sqrt(max(seen, least)), sqrt(max(seen, least) + tail)
    sides = (longer, error) if skew < 0.0 else (error, longer)
    return _with_errors(mean, sides, max(1, size - 1), level, _METHODS[least > seen, tail > 0.0])


def _skewness(differences: Sequence[float], mean: float) -> float:
    """Third central moment over the 3/2 power of the second one, both with divisor N; 0 where nothing varies."""
    second = fsum((d - mean) ** 2 for d in differences) / len(differences)
    third = fsum((d - mean) ** 3 for d in differences) / len(differences)
    return third / second**1.5 if second > 1e-18 else 0.0


def plain_error(values: Sequence[float]) -> float | None:
    """The standard error of the mean: sample standard deviation (divisor N - 1) over the square root of N; None for one value."""
    return sqrt(_moments(values)[1] / len(values)) if len(values) > 1 else None


def rerun_difference(
    differences: Sequence[float], variance: float, unit: float = 0.0, level: float = 0.95, blocks: bool = False
) -> MeanDifference:
    """The difference that infinitely many samples of exactly these problems would show.

    `variance`: mean over problems of the sampling variance of the difference, summed over both runs. `unit`: the change that one
    sample makes to one problem (1/n). The variance observed between problems contains the sampling variance, so it (plus two
    standard errors of a variance) is an upper bound. It is the smaller one if the runs share samples: equal seeds, or a run
    compared with itself; `method` is CAPPED then. `blocks`: some differences are of problems whose samples count as one; then
    `variance` is used unchanged.
    """
    mean, observed = _moments(differences)
    bound = inf if blocks else observed * (1.0 + 2.0 * sqrt(2.0 / len(differences)))
    error = sqrt(min(variance, bound) / len(differences) + _unseen(differences, unit))
    return _with_errors(mean, (error, error), inf, level, CAPPED if bound < variance else OWN_NOISE)


def unseen_blocks(differences: Sequence[float]) -> float:
    """The summed sampling variance of differences of problems that count as one sample each: their squares, plus one more that
    differs by 1 if hardly any do."""
    events = sum(d != 0.0 for d in differences)
    return fsum(d * d for d in differences) + _FADES / (_FADES + events * events)


def _moments(differences: Sequence[float]) -> tuple[float, float]:
    """Mean and sample variance."""
    size = len(differences)
    if not size:
        raise ValueError("no problems to compare")
    mean = fsum(differences) / size
    return mean, fsum((d - mean) ** 2 for d in differences) / max(1, size - 1)


def _unseen(differences: Sequence[float], unit: float) -> float:
    """Squared error added if hardly any problem differs: one additional pair that differs by `unit`, in both directions.

    Without it two runs that agree everywhere would differ by 0 ± 0, however few problems there are. It fades as soon as
    a few pairs differ.
    """
    events = sum(d != 0.0 for d in differences)
    return _FADES / (_FADES + events * events) * (unit / (len(differences) + 2)) ** 2


def _with_errors(mean: float, errors: Interval, df: float, level: float, method: str) -> MeanDifference:
    """`errors`: downwards and upwards. p uses the one on the side of 0, so that it agrees with the interval."""
    quantile, (below, above) = t_quantile(0.5 + level / 2, df), errors
    facing = below if mean > 0.0 else above
    p = t_two_sided_p(mean / facing, df) if facing else float(mean == 0.0)
    interval = max(-1.0, mean - quantile * below), min(1.0, mean + quantile * above)
    return MeanDifference(mean, min(errors), interval, p, method)


def sign_flip_p(differences: Sequence[float], seed: int = 1234, resamples: int = 10_000) -> float:
    """Two-sided p of the mean difference when the two runs' labels are exchanged at random, problem by problem.

    Flipping m equal differences sums to v (2 Binomial(m, 1/2) - m), so equal differences are drawn together and the cost does not
    depend on the number of problems. (count + 1) / (resamples + 1): never 0, never below the nominal level. Seeded.
    """
    import numpy as np

    sizes: dict[float, int] = {}
    for difference in differences:
        size = round(abs(difference), 12)
        if size:
            sizes[size] = sizes.get(size, 0) + 1
    if not sizes:
        return 1.0
    generator = np.random.default_rng(seed)
    sums = np.zeros(resamples)
    for size, many in sorted(sizes.items()):
        sums += size * (2.0 * generator.binomial(many, 0.5, resamples) - many)
    observed = abs(fsum(differences))
    return (int(np.count_nonzero(np.abs(sums) >= observed - 1e-9)) + 1) / (resamples + 1)


def mcnemar_p(only_a: int, only_b: int) -> float:
    """Exact two-sided McNemar test: each direction is equally likely among the pairs that differ."""
    pairs = only_a + only_b
    tail, ways = 1, 1
    for i in range(min(only_a, only_b)):
        ways = ways * (pairs - i) // (i + 1)
        tail += ways
    return min(1.0, 2 * tail / (1 << pairs))


def fisher_p(n_a: int, c_a: int, n_b: int, c_b: int) -> float:
    """Fisher's exact two-sided p for c_a of n_a against c_b of n_b: the sum over all tables no likelier than the observed one."""
    return dealt(n_a, n_b, c_a + c_b).two_sided(c_b)


def detectable(error: float, df: float = inf, level: float = 0.95, power: float = 0.8) -> float:
    """Minimum detectable effect: the true difference for which an interval at `level` excludes 0 with probability `power`."""
    return (t_quantile(0.5 + level / 2, df) + normal_quantile(power)) * error


def holm(p_values: Mapping[str, float]) -> dict[str, float]:
    """Holm's adjusted p per name: reject if it is at most the wanted family-wise error rate. Keeps the order of the input."""
    adjusted: dict[str, float] = {}
    running = 0.0
    for rank, name in enumerate(sorted(p_values, key=lambda key: (p_values[key], key))):
        running = max(running, min(1.0, (len(p_values) - rank) * p_values[name]))
        adjusted[name] = running
    return {name: adjusted[name] for name in p_values}
