"""Best-of-k: the closed form against counting subsets, and its two limits."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codeeval.stats import best_of, best_of_k, summarize
from codeeval.stats.passk import pass_at_k

#: Few different scores, so that ties are frequent.
SCORED = st.lists(st.tuples(st.sampled_from([-1.5, 0.0, 0.25, 3.0]), st.booleans()), min_size=1, max_size=8)


def counted(samples: list[tuple[float, bool]], k: int) -> Fraction:
    """Over all subsets of k: the share of correct ones among those that share the best score."""
    found = []
    for subset in combinations(samples, k):
        top = max(score for score, _ in subset)
        best = [passed for score, passed in subset if score == top]
        found.append(Fraction(sum(best), len(best)))
    return sum(found, Fraction()) / len(found)


@given(SCORED, st.integers(1, 8))
def test_the_closed_form_counts_all_subsets(samples: list[tuple[float, bool]], k: int) -> None:
    """Ties included, whatever the order of the samples; None beyond their number."""
    value = best_of_k(samples, k)
    assert value == best_of_k(samples[::-1], k)
    if k > len(samples):
        assert value is None
    else:
        assert value == pytest.approx(float(counted(samples, k)), abs=1e-12)


@given(SCORED, st.integers(1, 8))
def test_between_blind_and_all_knowing(samples: list[tuple[float, bool]], k: int) -> None:
    """No reward model beats pass@k, one that knows the answer reaches it, one that knows nothing has pass@1."""
    n, correct = len(samples), sum(passed for _, passed in samples)
    most = pass_at_k(n, correct, k)
    if most is None:
        return
    value = best_of_k(samples, k)
    assert value is not None
    assert value <= most + 1e-12
    assert best_of_k([(float(passed), passed) for _, passed in samples], k) == pytest.approx(most)
    assert best_of_k([(0.0, passed) for _, passed in samples], k) == pytest.approx(correct / n)
    assert best_of_k(samples, 1) == pytest.approx(correct / n)


def test_wrong_arguments_are_refused() -> None:
    """No k below 1; and a score that is no number sorts nowhere."""
    with pytest.raises(ValueError, match="at least 1"):
        best_of_k([(0.0, True)], 0)
    with pytest.raises(ValueError, match="not a number"):
        best_of_k([(float("nan"), True)], 1)


def test_the_mean_over_problems_has_an_interval() -> None:
    """Each problem's own number of samples is used where k is left open; one that is too small leaves no estimate."""
    problems = [[(1.0, True), (0.0, False)], [(1.0, False), (0.0, True), (2.0, True)]] * 20
    found = best_of(problems, None)
    assert found.estimate == 1.0
    assert found.population is not None
    assert found.population[0] < 1.0
    assert found.rerun is None
    two = best_of(problems, 2)
    assert two.estimate == pytest.approx((1 + 2 / 3) / 2)
    blind = best_of([[(0.0, passed) for _, passed in one] for one in problems], None)
    known = summarize([(len(one), sum(passed for _, passed in one)) for one in problems], 1)
    assert blind.estimate == pytest.approx(known.estimate)
    assert blind.population == pytest.approx(known.population)
    short = best_of(problems, 3)
    assert (short.estimate, short.population) == (None, None)
    assert short.warnings == ("best-of-3 needs 3 samples of every problem; 20 of 40 have fewer",)
    assert best_of([], 1).estimate is None
