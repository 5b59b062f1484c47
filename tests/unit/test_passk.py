"""pass@k, and pass^k against brute force, exact rationals and their own algebra."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations
from math import comb, isnan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from codeeval.stats.passk import pass_at_k, pass_at_k_array, pass_hat_k

SMALL = [(n, c, k) for n in range(1, 9) for c in range(n + 1) for k in range(1, n + 1)]


def known(value: float | None) -> float:
    """The value, which must be one."""
    assert value is not None
    return value


@pytest.mark.parametrize(("n", "c", "k"), SMALL)
def test_equals_the_share_of_subsets_with_a_correct_sample(n: int, c: int, k: int) -> None:
    """Both estimators are the shares of k-subsets of the samples with any, and with only, correct ones."""
    samples = [True] * c + [False] * (n - c)
    subsets = list(combinations(samples, k))
    assert pass_at_k(n, c, k) == sum(map(any, subsets)) / len(subsets)
    assert pass_hat_k(n, c, k) == sum(map(all, subsets)) / len(subsets)


@given(st.integers(1, 400), st.data())
def test_is_the_exact_rational_rounded_once(n: int, data: st.DataObject) -> None:
    """No error beyond the last bit, for any n that anybody samples."""
    c, k = data.draw(st.integers(0, n)), data.draw(st.integers(1, n))
    assert pass_at_k(n, c, k) == float(1 - Fraction(comb(n - c, k), comb(n, k)))
    assert pass_hat_k(n, c, k) == float(Fraction(comb(c, k), comb(n, k)))


@given(st.integers(2, 60), st.data())
def test_grows_with_c_and_with_k(n: int, data: st.DataObject) -> None:
    """More correct samples or more tries never lower pass@k; more tries never raise pass^k."""
    c, k = data.draw(st.integers(0, n - 1)), data.draw(st.integers(1, n - 1))
    here = known(pass_at_k(n, c, k))
    assert here <= known(pass_at_k(n, c + 1, k))
    assert here <= known(pass_at_k(n, c, k + 1))
    assert known(pass_hat_k(n, c, k)) >= known(pass_hat_k(n, c, k + 1))


@given(st.integers(1, 40), st.integers(1, 10), st.fractions(0, 1))
def test_is_unbiased(n: int, k: int, p: Fraction) -> None:
    """Its expectation over c ~ Binomial(n, p) is exactly 1 - (1-p)^k."""
    k = min(n, k)
    expectation = sum(
        comb(n, c) * p**c * (1 - p) ** (n - c) * (1 - Fraction(comb(n - c, k), comb(n, k))) for c in range(n + 1)
    )
    assert expectation == 1 - (1 - p) ** k
    direct = sum(float(comb(n, c) * p**c * (1 - p) ** (n - c)) * known(pass_at_k(n, c, k)) for c in range(n + 1))
    assert direct == pytest.approx(float(expectation), abs=1e-12)


def test_is_the_share_of_correct_samples_for_one_try() -> None:
    """pass@1 = pass^1 = c / n."""
    for n, c in ((7, 3), (10, 0), (10, 10), (1, 1)):
        assert pass_at_k(n, c, 1) == pass_hat_k(n, c, 1) == c / n


def test_is_none_where_more_samples_are_asked_for_than_there_are() -> None:
    """k > n gives None, not 1.0, even where all samples are correct."""
    assert pass_at_k(5, 5, 6) is None
    assert pass_hat_k(5, 5, 6) is None
    assert pass_at_k(0, 0, 1) is None


@pytest.mark.parametrize(("n", "c", "k"), [(5, 6, 1), (5, -1, 1), (-1, 0, 1), (5, 1, 0), (5, 1, -3)])
def test_refuses_impossible_counts(n: int, c: int, k: int) -> None:
    """Counts that no run can have are refused, not computed with."""
    with pytest.raises(ValueError, match=r"need 0 <= c <= n|k must be"):
        pass_at_k(n, c, k)
    with pytest.raises(ValueError, match=r"need 0 <= c <= n|k must be"):
        pass_at_k_array([max(n, 0), n], [0, c], k)


@given(st.lists(st.integers(0, 30).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n)))), st.integers(1, 12))
def test_arrays_equal_the_scalars(pairs: list[tuple[int, int]], k: int) -> None:
    """The array function gives the scalars' values, NaN for None, in the same places."""
    n, c = np.array([p[0] for p in pairs], dtype=int), np.array([p[1] for p in pairs], dtype=int)
    for pair, value in zip(pairs, pass_at_k_array(n, c, k).tolist(), strict=True):
        expected = pass_at_k(*pair, k)
        assert isnan(value) if expected is None else value == expected


def test_arrays_broadcast_and_take_large_keys() -> None:
    """One n for many c, two dimensions, and n too large for a table of keys."""
    assert pass_at_k_array(10, [[0, 1], [5, 10]], 1).tolist() == [[0.0, 0.1], [0.5, 1.0]]
    assert pass_at_k_array([100_000, 10], [50_000, 1], 1).tolist() == [0.5, 0.1]
    assert pass_at_k_array([], [], 3).shape == (0,)


def test_arrays_refuse_what_is_not_whole() -> None:
    """Rates in place of counts are a mistake that must not pass silently."""
    with pytest.raises(ValueError, match="integers"):
        pass_at_k_array([10], [0.5], 1)
