"""Classify what happened to one problem between two runs. Pure.

A problem's change is
- `regressed` (or `fixed`) if it exceeds sampling noise: Fisher's exact two-sided p of its two counts is at most 0.05. If the
  samples are too few to ever reach that, it is called so when all samples were right and now none is (or the reverse); such
  a change is not `beyond_noise`;
- `changed` if the rates differ by less than that;
- `same` if they are equal.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from codeeval.errors import UsageError
from codeeval.i18n.messages import msg
from codeeval.stats.chance import Counts, named_by_chance
from codeeval.stats.paired import fisher_p
from codeeval.stats.passk import pass_at_k
from codeeval.stats.summary import whole

_NOISE = 0.05
Change = Literal["regressed", "fixed", "changed", "same"]


@dataclass(frozen=True, slots=True)
class ProblemChange:
    """One problem in both runs: (n, c) each, the difference of its pass@k, Fisher's p, and the resulting class. `as_one`: its
    samples are dependent and count as one in each run, so p is 1."""

    problem_id: str
    a: tuple[int, int]
    b: tuple[int, int]
    difference: float
    p: float
    change: Change
    as_one: bool = False

    @property
    def beyond_noise(self) -> bool:
        """Whether its two counts differ by more than sampling noise does one time in twenty."""
        return self.p <= _NOISE


def rate(n: int, c: int, k: int) -> float:
    """pass@k of one problem. Raises UsageError if it has fewer than k samples."""
    value = pass_at_k(n, c, k)
    if value is None:
        raise UsageError(msg("pass@{k} needs {n} samples of every problem, one has {m}", k=k, n=k, m=n))
    return value


def change_of(problem: str, before: Counts, after: Counts, k: int, as_one: bool) -> ProblemChange:
    """Classify the change of one problem between two runs. Raises UsageError if it has fewer than k samples in either."""
    one, two = whole(before), whole(after)
    difference = rate(*two, k) - rate(*one, k)
    if as_one:
        return ProblemChange(problem, one, two, difference, 1.0, all_or_none(one, two), as_one=True)
    p = fisher_p(*one, *two)
    return ProblemChange(problem, one, two, difference, p, _kind(one, two, p))


def _kind(a: Counts, b: Counts, p: float) -> Change:
    (n_a, c_a), (n_b, c_b) = a, b
    if p <= _NOISE and c_a * n_b != c_b * n_a:
        return "fixed" if c_b * n_a > c_a * n_b else "regressed"
    found = all_or_none(a, b)
    return found if found not in ("regressed", "fixed") or fisher_p(n_a, n_a, n_b, 0) > _NOISE else "changed"


def all_or_none(a: Counts, b: Counts) -> Change:
    """The class of a change when no test could tell: all right and then all wrong, or the reverse."""
    (n_a, c_a), (n_b, c_b) = a, b
    if c_a * n_b == c_b * n_a:
        return "same"
    if (c_a, c_b) == (n_a, 0):
        return "regressed"
    return "fixed" if (c_a, c_b) == (0, n_b) else "changed"


@lru_cache(maxsize=65_536)
def regressed_by_chance(a: Counts, b: Counts) -> float:
    """The probability that a problem with these counts is called regressed if both runs come from one model."""
    return named_by_chance(a, b, lambda one, two: _kind(one, two, fisher_p(*one, *two)) == "regressed")
