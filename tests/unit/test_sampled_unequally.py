"""Runs whose problems have different numbers of samples: permutation, exact tests, the rerun interval, and very large numbers."""

from __future__ import annotations

import time
from itertools import combinations
from math import comb
from typing import Any

import numpy as np
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st

from codeeval.errors import UsageError
from codeeval.stats import bootstrap_interval, dealing, summarize
from codeeval.stats.chance import drop_p, worst_p
from codeeval.stats.compare import CompareOptions, compare
from codeeval.stats.dealing import dealt
from codeeval.stats.paired import sign_flip_p
from codeeval.stats.passk import pass_at_k, pass_at_k_array
from codeeval.stats.permutation import EXCHANGE, SIGN_FLIP, Sampled, exchange_p, permutation_p
from codeeval.stats.rerun import rerun_noise
from codeeval.stats.run_counts import RunCounts

Pair = tuple[tuple[int, int], tuple[int, int]]


def counted(name: str, counts: list[tuple[int, int]]) -> RunCounts:
    return RunCounts(name, {f"p{i}": pair for i, pair in enumerate(counts)}, dependent=frozenset())


def test_equal_rates_are_no_difference() -> None:
    """20 problems at 35/50 and 44 at 50/50, against 7/10 and 10/10: no difference, and p says so at every k."""
    a = counted("a", [(50, 35)] * 20 + [(50, 50)] * 44)
    b = counted("b", [(10, 7)] * 20 + [(10, 10)] * 44)
    for k in (1, 5, 10):
        assert compare(a, b, CompareOptions(k=k)).p_permutation > 0.05


@pytest.mark.parametrize("k", [1, 5, 10])
def test_one_model_sampled_unequally_has_the_p_that_it_should(k: int) -> None:
    """50 against 10 samples of one model: p of 5% and less in at most 5% of 300 comparisons, give or take three errors."""
    generator = np.random.default_rng(3)
    rates = generator.beta(0.85, 0.15, 64)
    low = 0
    for _ in range(300):
        a, b = generator.binomial(50, rates).tolist(), generator.binomial(10, rates).tolist()
        pairs = [((50, c), (10, d)) for c, d in zip(a, b, strict=True)]
        values = [(pass_at_k(*two, k) or 0.0) - (pass_at_k(*one, k) or 0.0) for one, two in pairs]
        low += exchange_p(Sampled(pairs, values, k), 1, 500) <= 0.05
    assert low / 300 <= 0.05 + 3 * (0.05 * 0.95 / 300) ** 0.5


def test_the_exchange_of_samples_against_all_of_them() -> None:
    """Every way to deal the samples of two problems is enumerated."""
    pairs: list[Pair] = [((4, 3), (2, 0)), ((3, 2), (2, 1))]
    k = 2

    def outcomes(pair: Pair) -> list[float]:
        (n_a, c_a), (n_b, c_b) = pair
        right = [i < c_a + c_b for i in range(n_a + n_b)]
        found = []
        for mine in combinations(range(n_a + n_b), n_b):
            moved = sum(right[i] for i in mine)
            found.append((pass_at_k(n_b, moved, k) or 0.0) - (pass_at_k(n_a, sum(right) - moved, k) or 0.0))
        return found

    seen = [(pass_at_k(*b, k) or 0.0) - (pass_at_k(*a, k) or 0.0) for a, b in pairs]
    every = [x + y for x in outcomes(pairs[0]) for y in outcomes(pairs[1])]
    exact = sum(abs(value) >= abs(sum(seen)) - 1e-9 for value in every) / len(every)
    found = exchange_p(Sampled(pairs, seen, k), 5, 20_000)
    assert found == pytest.approx(exact, abs=4 * (exact * (1 - exact) / 20_000) ** 0.5 + 1e-4)
    assert exchange_p(Sampled(pairs, seen, k), 5, 20_000) == found


def test_labels_are_exchanged_where_that_is_right() -> None:
    """Equal n: the sign-flip p, to the last digit, as before; unequal: samples; and the method is named."""
    equal: list[Pair] = [((10, 5 + i % 4), (10, 4 + i % 3)) for i in range(30)]
    values = [(b[1] - a[1]) / 10 for a, b in equal]
    assert permutation_p(Sampled(equal, values, 1), 7, 1000) == (sign_flip_p(values, 7, 1000), SIGN_FLIP)
    other: list[Pair] = [*equal, ((20, 3), (10, 2))]
    assert permutation_p(Sampled(other, [*values, 0.05], 1), 7, 1000)[1] == EXCHANGE


@given(st.integers(1, 40), st.integers(1, 40), st.data())
def test_dealt_samples_agree_with_scipy(n_a: int, n_b: int, data: st.DataObject) -> None:
    """Chances, lower tails and Fisher's p, exactly and as they are computed for many samples."""
    total = data.draw(st.integers(0, n_a + n_b))
    for found in (dealt(n_a, n_b, total), dealing._near(n_a, n_b, total)):
        for c_b in range(max(0, total - n_a), min(n_b, total) + 1):
            table = [[total - c_b, n_a - total + c_b], [c_b, n_b - c_b]]
            assert found.two_sided(c_b) == pytest.approx(scipy.stats.fisher_exact(table).pvalue, abs=1e-12, rel=1e-9)
            assert found.at_most(c_b) == pytest.approx(
                scipy.stats.hypergeom.cdf(c_b, n_a + n_b, total, n_b), abs=1e-12, rel=1e-9
            )


def test_a_drop_with_uneven_numbers_is_rounded_the_safe_way() -> None:
    """Numbers of samples without a common lattice: close to the normal p, and not below the one of a finer grid."""
    generator = np.random.default_rng(2)
    sizes = generator.integers(7, 53, (150, 2)).tolist()
    pairs: list[Pair] = [((a, a // 2), (b, b // 2 - (b > 20))) for a, b in sizes]
    draws = np.zeros(40_000)
    for (n_a, c_a), (n_b, c_b) in pairs:
        moved = generator.hypergeometric(c_a + c_b, n_a + n_b - c_a - c_b, n_b, draws.size)
        draws += moved / n_b - (c_a + c_b - moved) / n_a
    seen = sum(c_b / n_b - c_a / n_a for (n_a, c_a), (n_b, c_b) in pairs)
    simulated = float((draws <= seen + 1e-9).mean())
    assert drop_p(pairs) == pytest.approx(simulated, abs=4 * (simulated * (1 - simulated) / draws.size) ** 0.5 + 0.002)


@given(
    st.lists(
        st.tuples(st.integers(1, 4), st.integers(1, 4), st.integers(0, 8), st.integers(0, 4)), min_size=1, max_size=4
    )
)
def test_the_worst_loss_against_all_ways_to_deal(raw: list[tuple[int, int, int, int]]) -> None:
    """The chance that the smallest tail is as small as the one seen, from the product of all outcomes."""
    pairs: list[Pair] = []
    for n_a, n_b, total, moved in raw:
        total = min(total, n_a + n_b)
        c_b = min(max(moved, max(0, total - n_a)), min(n_b, total))
        pairs.append(((n_a, total - c_b), (n_b, c_b)))

    def tails(pair: Pair) -> list[tuple[float, float]]:
        (n_a, c_a), (n_b, c_b) = pair
        total = c_a + c_b
        ways = {i: comb(n_b, i) * comb(n_a, total - i) for i in range(max(0, total - n_a), min(n_b, total) + 1)}
        whole = sum(ways.values())
        return [(sum(w for j, w in ways.items() if j <= i) / whole, way / whole) for i, way in ways.items()]

    least = min((scipy.stats.hypergeom.cdf(b[1], a[0] + b[0], a[1] + b[1], b[0]) for a, b in pairs), default=1.0)
    spared = 1.0
    for pair in pairs:
        spared *= sum(chance for tail, chance in tails(pair) if tail > least * (1 + 1e-9))
    assert worst_p(pairs) == pytest.approx(1 - spared, abs=1e-9)


def test_each_problem_counts_with_its_own_number_of_samples() -> None:
    """5 samples of hard problems and 50 of easy ones: the noise of pass@5 is that of the hard ones, not that of a mixture."""
    generator = np.random.default_rng(4)
    rates = np.concatenate([generator.beta(1, 4, 32), generator.beta(4, 1, 32)])
    for first, second in ((5, 50), (50, 5)):
        n = np.repeat([first, second], 32)
        truth = float(np.mean([_variance(m, p) for m, p in zip(n, rates, strict=True)]))
        found = []
        for _ in range(20):
            cells: dict[tuple[int, int], int] = {}
            for pair in zip(n.tolist(), generator.binomial(n, rates).tolist(), strict=True):
                cells[pair] = cells.get(pair, 0) + 1
            found.append(rerun_noise(cells, 5).variance)
        assert 0.75 < np.mean(found) / truth < 1.5


def _variance(n: int, p: float) -> float:
    values = np.array([pass_at_k(n, c, 5) for c in range(n + 1)], dtype=float)
    chances = scipy.stats.binom.pmf(np.arange(n + 1), n, p)
    return float(chances @ values**2 - (chances @ values) ** 2)


def test_very_many_samples_are_no_more_work() -> None:
    """100,000 samples of each problem, and numbers without a common lattice: processor time far from that of exact integers."""
    start = time.process_time()
    many = counted("a", [(100_000, 1_000 * i) for i in range(20)])
    assert compare(many, counted("b", [(10, min(10, i)) for i in range(20)])).p_drop > 0
    assert compare(many, counted("b", [(99_991, 900 * i) for i in range(20)])).p_drop < 1
    uneven = [((7 + i % 47, 3 + i % 5), (11 + i % 43, 2 + i % 9)) for i in range(164)]
    assert 0 < drop_p(uneven) < 1
    assert time.process_time() - start < 60


@pytest.mark.parametrize("dtype", [np.uint8, np.int16, np.uint64, np.int64])
def test_any_integers_count_the_same(dtype: type[np.generic]) -> None:
    """Short and unsigned integers neither overflow nor turn negative."""
    n, c = np.array([200, 200, 100], dtype=dtype), np.array([150, 0, 100], dtype=dtype)
    plain = [(200, 150), (200, 0), (100, 100)]
    assert summarize(np.stack([n, c], axis=1), 1) == summarize(plain, 1)
    assert summarize(list(zip(n, c, strict=True)), 1) == summarize(plain, 1)
    assert pass_at_k_array(n, c, 3).tolist() == [pass_at_k(*pair, 3) for pair in plain]
    mixed = {f"p{i}": pair for i, pair in enumerate(zip(n, c, strict=True))}
    exact = {f"p{i}": pair for i, pair in enumerate(plain)}
    assert compare(RunCounts("a", mixed), RunCounts("b", exact)).difference == 0


@pytest.mark.parametrize("pair", [(10, -1), (10, 11), (-1, -1), (10**9, 10**8)])
def test_counts_that_can_not_be_are_refused(pair: tuple[int, int]) -> None:
    """Negative, more correct than there are, or more than are counted in bearable time: named where they stand."""
    with pytest.raises(ValueError, match="0 <= c <= n"):
        summarize([pair, (10, 5)], 1)
    with pytest.raises(ValueError, match="0 <= c <= n"):
        summarize(np.array([pair, (10, 5)]), 1)
    with pytest.raises(UsageError, match="a, problem x: need 0 <= correct <= samples"):
        compare(RunCounts("a", {"x": pair}), RunCounts("b", {"x": (10, 1)}))


@pytest.mark.parametrize("pair", [(None, None), ("10", "3"), (10.5, 3), (10, 3.0), (10, float("nan")), (2**70, 5)])
def test_counts_that_are_no_whole_numbers_are_refused(pair: tuple[Any, Any]) -> None:
    """Nothing is rounded, read out of a text or left to fail further down."""
    with pytest.raises(ValueError, match=r"whole numbers|0 <= c <= n"):
        summarize([pair] * 3, 1)
    with pytest.raises(ValueError, match="whole numbers"):
        bootstrap_interval([pair] * 3, 1)
    with pytest.raises(UsageError, match="b, problem x: need 0 <= correct <= samples <= 1,000,000 in whole numbers"):
        compare(RunCounts("a", {"x": (10, 5)}), RunCounts("b", {"x": pair}))


@given(st.integers(20, 60), st.integers(1, 60), st.integers(1, 200_000))
def test_no_chance_is_nothing(problems: int, n_b: int, n_a: int) -> None:
    """A model that lost everything: the chance of it is very small, and never 0."""
    pairs: list[Pair] = [((n_a, n_a), (n_b, 0))] * problems
    assert 0 < drop_p(pairs) < 1
    assert 0 < worst_p(pairs) <= 1
