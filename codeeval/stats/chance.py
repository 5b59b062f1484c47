"""What two runs of one model would show against each other. Exact, given the total number of correct samples. Pure.

Answers three questions: how many problems would chance alone list as changed (`at_least`), how often would the score drop
this far (`drop_p`), and how often would some problem lose as much as the one that lost most (`worst_p`).

If two runs come from one model, the samples of a problem are exchangeable: given t correct ones among both runs' samples,
the number in run b is hypergeometric, whatever the model's success rate (codeeval/stats/dealing.py). So the probability
that a rule calls this problem regressed is a plain sum, and the number of regressed problems is a sum of independent coin
tosses with known probabilities (Poisson binomial; Wang 1993).

This assumes that the samples of a problem are independent. Where they are not (temperature 0, one seed), the problem is a
`block`: its samples count as one, and only whole runs can be exchanged.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import expm1, gcd, lcm, log1p, sqrt
from typing import TYPE_CHECKING, Any

from codeeval.stats.dealing import dealt
from codeeval.stats.quantiles import normal_cdf

if TYPE_CHECKING:
    from numpy.typing import NDArray

Counts = tuple[int, int]
Pair = tuple[Counts, Counts]
#: (n, c) of run a, (n, c) of run b -> whether the rule names this problem
Rule = Callable[[Counts, Counts], bool]


def named_by_chance(a: Counts, b: Counts, rule: Rule) -> float:
    """The probability that `rule` names a problem with these totals when both runs come from one model."""
    (n_a, c_a), (n_b, c_b) = a, b
    total = c_a + c_b
    found = dealt(n_a, n_b, total)
    moved = range(found.lowest, found.lowest + len(found.chances))
    named = [rule((n_a, total - i), (n_b, i)) for i in moved]
    return min(1.0, float(found.chances[named].sum()))


def at_least(chances: Sequence[float], seen: int) -> float:
    """The probability that at least `seen` of these independent events occur."""
    import numpy as np

    if seen <= 0:
        return 1.0
    below = np.zeros(seen)  # below[j]: exactly j events so far
    below[0], reached = 1.0, 0.0
    for chance in chances:
        if chance:
            reached += float(below[-1]) * chance  # summed from small to large, so that a far tail loses no digits
            below[1:] = below[1:] * (1.0 - chance) + below[:-1] * chance
            below[0] *= 1.0 - chance
    return min(1.0, reached)


_LEAST = 1e-15  # the precision of a Fourier transform: no smaller probability is reported
_RAREST = 1e-30  # `dealt` leaves out probabilities below it
_LONGEST = 1 << 22  # cells of the exact distribution
_WORK = 1 << 25  # cells times kinds of problems
_GRID, _KINDS = 1 << 17, 300  # cells of the rounded distribution; kinds of problems up to which it is used
_ROUNDED = 4.0  # the rounded distribution errs towards a larger p by this many standard deviations of the rounding


@dataclass(frozen=True, slots=True)
class _Part:
    """Problems of one kind: the probabilities of 0, 1, ... steps above the lowest outcome; what one step adds to the score, in
    units of the exact lattice and as a share; and the number of problems of this kind."""

    chances: NDArray[Any]
    step: int
    size: float
    many: int


def drop_p(pairs: Sequence[Pair], blocks: Sequence[Pair] = ()) -> float:
    """The probability that run b scores this low against run a, or lower, when both come from one model. One-sided.

    `pairs`: (n, c) of run a and of run b, per problem; the score is the mean over problems of c / n. `blocks`: the same for
    problems whose samples count as one.

    Conditions on how many samples of each problem were correct in both runs together; the score is then a sum of independent
    hypergeometric numbers, computed by Fourier transform. It is exact if the numbers of samples have a common lattice of
    manageable length. Otherwise each contribution is rounded to a grid, erring towards a larger p; if several hundred problems
    differ in their numbers of samples, a normal approximation is used. Against the alternative that all odds of success are
    divided by one number, no unbiased test is more powerful (Lehmann & Romano, Testing Statistical Hypotheses, section 4.4);
    for one sample per problem it is McNemar's test.
    """
    parts, seen, share = _parts(pairs, blocks)
    length = 1 + sum((len(part.chances) - 1) * part.step * part.many for part in parts)
    if length <= _LONGEST and length * len(parts) <= _WORK:
        return _sum_at_most(parts, seen, length)
    if len(parts) <= _KINDS and 8 * sum(part.many for part in parts) <= _GRID:
        return _rounded_at_most(parts, share)
    return _roughly_at_most(parts, share)


def _parts(pairs: Sequence[Pair], blocks: Sequence[Pair]) -> tuple[list[_Part], int, float]:
    """The kinds of problems that can vary, and run b's score above the lowest possible: on the lattice, and as a share."""
    import numpy as np

    unit = lcm(*{n for pair in (*pairs, *blocks) for n, _ in pair})
    sizes = {(a[0], b[0]): unit // a[0] + unit // b[0] for a, b in pairs}
    flips = [c_b * (unit // n_b) - c_a * (unit // n_a) for (n_a, c_a), (n_b, c_b) in blocks]
    common = gcd(*sizes.values(), *flips) or 1
    groups: dict[tuple[int, int, int], int] = {}
    seen = 0
    for (n_a, c_a), (n_b, c_b) in pairs:
        key = n_a, n_b, c_a + c_b
        found = dealt(*key)
        if len(found.chances) > 1:
            groups[key] = groups.get(key, 0) + 1
            seen += (c_b - found.lowest) * (sizes[n_a, n_b] // common)
    parts = [
        _Part(dealt(*key).chances, sizes[key[:2]] // common, sizes[key[:2]] / unit, many)
        for key, many in sorted(groups.items())
    ]
    for size in sorted({abs(flip) for flip in flips if flip}):
        many = sum(abs(flip) == size for flip in flips)
        parts.append(_Part(np.array([0.5, 0.5]), size // common, size / unit, many))
        seen += flips.count(size) * (size // common)
    return parts, seen, seen * common / unit


def _sum_at_most(parts: Sequence[_Part], seen: int, length: int) -> float:
    import numpy as np

    if seen < 0:  # rarer than what `dealt` keeps
        return _LEAST
    size = 1 << (length - 1).bit_length()
    spectrum = np.ones(size // 2 + 1, dtype=complex)
    for part in parts:
        spread = np.zeros(size)
        spread[: (len(part.chances) - 1) * part.step + 1 : part.step] = part.chances
        spectrum *= np.fft.rfft(spread) ** part.many
    below = float(np.fft.irfft(spectrum, size)[: seen + 1].sum())
    return min(1.0, max(_LEAST, below))


def _rounded_at_most(parts: Sequence[_Part], seen: float) -> float:
    """Split every outcome between the two neighbouring cells of a grid, which keeps its mean and adds a little variance; raise
    the limit by a few standard deviations of that rounding."""
    import numpy as np

    problems = sum(part.many for part in parts)
    span = sum(part.many * part.size * (len(part.chances) - 1) for part in parts)
    cell = span / (_GRID - 2 * problems - 2)
    spectrum, added = np.ones(_GRID // 2 + 1, dtype=complex), 0.0
    for part in parts:
        place, part_of_cell = np.divmod(part.size * np.arange(len(part.chances)) / cell, 1.0)
        spread = np.bincount(place.astype(int), part.chances * (1.0 - part_of_cell), minlength=_GRID)
        spread += np.bincount(place.astype(int) + 1, part.chances * part_of_cell, minlength=_GRID)
        added += part.many * float((part.chances * part_of_cell * (1.0 - part_of_cell)).sum())
        spectrum *= np.fft.rfft(spread) ** part.many
    last = int(seen / cell + _ROUNDED * sqrt(added) + 1e-6)
    below = float(np.fft.irfft(spectrum, _GRID)[: max(0, last + 1)].sum())
    return min(1.0, max(_LEAST, below))


def _roughly_at_most(parts: Sequence[_Part], seen: float) -> float:
    import numpy as np

    mean = variance = 0.0
    for part in parts:
        outcomes = part.size * np.arange(len(part.chances))
        first = float(outcomes @ part.chances)
        mean += part.many * first
        variance += part.many * float((outcomes - first) ** 2 @ part.chances)
    return max(_LEAST, normal_cdf((seen - mean) / sqrt(variance))) if variance else 1.0


def worst_p(pairs: Sequence[Pair], blocks: Sequence[Pair] = ()) -> float:
    """The probability that some problem loses as much as the one that lost most, or more, when both runs come from one model.

    A problem's loss is measured by the probability that so few of its correct samples, or fewer, fall to run b; the smallest of
    these is compared with the exact distribution of the minimum (Tippett 1931; for discrete tests: Westfall & Wolfinger 1997).
    Unlike the number of regressed problems, this keeps its power when one run has many more samples than the other: a problem
    that went from always solved to never solved stands out on its own. For a block the probability is 1/2 or 1.
    """
    least = min((dealt(n_a, n_b, c_a + c_b).at_most(c_b) for (n_a, c_a), (n_b, c_b) in pairs), default=1.0)
    moved = sum(c_a * n_b != c_b * n_a for (n_a, c_a), (n_b, c_b) in blocks)
    if any(c_b * n_a < c_a * n_b for (n_a, c_a), (n_b, c_b) in blocks):
        least = min(least, 0.5)
    if least >= 1.0:
        return 1.0
    reached: dict[tuple[int, int, int], float] = {}
    spared = 0.0  # logarithm of the probability that no problem loses as much
    for (n_a, c_a), (n_b, c_b) in pairs:
        key = n_a, n_b, c_a + c_b
        if key not in reached:
            below = dealt(*key).below
            place = int((below <= least * (1.0 + 1e-9)).sum())
            reached[key] = float(below[place - 1]) if place else 0.0
        if reached[key] >= 1.0:
            return 1.0
        spared += log1p(-reached[key])
    spared += moved * log1p(-0.5) if least >= 0.5 else 0.0
    return min(1.0, max(_RAREST, -expm1(spared)))
