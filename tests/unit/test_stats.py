"""Intervals of one run: quantiles against scipy, both intervals against simulation, and the figures beside pass@k."""

from __future__ import annotations

import random
import subprocess
import sys
from collections import Counter
from fractions import Fraction
from itertools import combinations, pairwise
from math import comb

import numpy as np
import pytest
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as st

from codeeval.stats import (
    Resampling,
    bootstrap_interval,
    clustered_interval,
    consensus_at_k,
    mean_over_problems,
    share_of_tests_passed,
    summarize,
)
from codeeval.stats.intervals import wilson
from codeeval.stats.passk import pass_at_k
from codeeval.stats.quantiles import normal_quantile, regularised_beta, t_quantile, t_two_sided_p
from codeeval.stats.rerun import (
    _hull,
    _mean_variance,
    _most,
    _rates,
    _unbiased,
    rerun_noise,
    rerun_noises,
    rerun_variance,
)

COUNTS = st.lists(
    st.integers(1, 12).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n))), min_size=1, max_size=60
)
DEGREES = [1, 1.3, 2, 2.5, 3, 4, 7, 29, 163, 499, 999, 1000, 5000, 1e6]


@pytest.mark.parametrize("df", DEGREES)
def test_t_quantiles_agree_with_scipy(df: float) -> None:
    """Student's quantiles and p values agree with scipy to 1e-9 over six orders of tails."""
    for probability in (1e-6, 0.0005, 0.025, 0.1, 0.4, 0.5, 0.51, 0.9, 0.975, 0.995, 0.9999, 1 - 1e-6):
        expected = scipy.stats.t.ppf(probability, df)
        assert t_quantile(probability, df) == pytest.approx(expected, rel=1e-9, abs=1e-9)
    for t in (0.0, 0.3, -1.96, 2.6, 8.0):
        assert t_two_sided_p(t, df) == pytest.approx(2 * scipy.stats.t.sf(abs(t), df), rel=1e-8, abs=1e-12)


def test_normal_and_beta_agree_with_scipy() -> None:
    """So do the normal quantile and the incomplete beta function, and infinite degrees are the normal."""
    for probability in (1e-9, 0.025, 0.5, 0.8, 0.975):
        assert normal_quantile(probability) == pytest.approx(scipy.stats.norm.ppf(probability), rel=1e-9, abs=1e-12)
        assert t_quantile(probability, float("inf")) == pytest.approx(normal_quantile(probability), rel=1e-9, abs=1e-12)
    for a, b, x in ((0.5, 0.5, 0.3), (82, 0.5, 0.97), (3, 7, 0.0), (3, 7, 1.0), (400, 300, 0.57)):
        assert regularised_beta(a, b, x) == pytest.approx(scipy.stats.beta.cdf(x, a, b), rel=1e-10)


def test_quantiles_refuse_what_is_no_probability() -> None:
    """0, 1 and negative degrees of freedom have no quantile."""
    for probability in (0.0, 1.0, -0.1):
        with pytest.raises(ValueError, match="strictly between"):
            t_quantile(probability, 3)
    with pytest.raises(ValueError, match="degrees of freedom"):
        t_quantile(0.9, 0)


@given(st.integers(1, 500), st.data())
def test_wilson_agrees_with_scipy(size: int, data: st.DataObject) -> None:
    """Wilson's score interval is scipy's."""
    hits = data.draw(st.integers(0, size))
    expected = scipy.stats.binomtest(hits, size).proportion_ci(0.95, method="wilson")
    assert wilson(hits / size, size, normal_quantile(0.975)) == pytest.approx((expected.low, expected.high), abs=1e-9)


@settings(max_examples=40)
@given(COUNTS, st.integers(1, 12), st.randoms(use_true_random=False))
def test_summary_holds_together(counts: list[tuple[int, int]], k: int, generator: random.Random) -> None:
    """The estimate is the mean, both intervals contain it and stay in [0, 1]; the order of the problems is nothing."""
    found = summarize(counts, k)
    if min(n for n, _ in counts) < k:
        assert (found.estimate, found.population, found.rerun) == (None, None, None)
        assert "fewer" in found.warnings[0]
        return
    values = [pass_at_k(n, c, k) for n, c in counts]
    assert found.estimate is not None
    assert found.estimate == pytest.approx(sum(v for v in values if v is not None) / len(values), abs=1e-12)
    for interval in (found.population, found.rerun):
        assert interval is not None
        assert 0 <= interval[0] <= found.estimate <= interval[1] <= 1
    shuffled = generator.sample(counts, len(counts))
    again = summarize(shuffled, k)
    assert again.population == pytest.approx(found.population, abs=1e-12)
    assert again.rerun == pytest.approx(found.rerun, abs=1e-12)


def test_published_row_is_reproduced() -> None:
    """25 problems with one correct sample of ten and 139 with none are 0.015 / 0.076 / 0.152."""
    counts = [(10, 1)] * 25 + [(10, 0)] * 139
    assert [round(summarize(counts, k).estimate or 0, 3) for k in (1, 5, 10)] == [0.015, 0.076, 0.152]


def test_nothing_collapses_at_the_ends() -> None:
    """A run that solves nothing, or all, still has intervals of some width, about 3.8 problems of N."""
    for c in (0, 10):
        for k in (1, 5, 10):
            found = summarize([(10, c)] * 164, k)
            assert found.population is not None
            assert found.population[1] - found.population[0] == pytest.approx(3.9 / 168, rel=0.05)


@pytest.mark.parametrize("problems", [1, 12, 164])
def test_equal_problems_do_not_make_a_point(problems: int) -> None:
    """Where all problems have the same rate their variance is unknown, not 0: the population interval is Wilson's over them."""
    found = summarize([(3, 2)] * problems, 1)
    quantile = scipy.stats.t.ppf(0.975, max(1, problems - 1))
    assert found.population == pytest.approx(wilson(2 / 3, problems, float(quantile)), abs=1e-6)


def test_summary_says_what_it_can_not_know() -> None:
    """Few problems, unequal n, one sample each, no problems: each is said, none is an error."""
    assert summarize([], 1).warnings == ("there are no problems",)
    assert any("only 3 problems" in warning for warning in summarize([(5, 1)] * 3, 1).warnings)
    assert any("between 5 and 6" in warning for warning in summarize([(5, 1), (6, 1)] * 20, 1).warnings)
    single = summarize([(1, 1), (1, 0)] * 50, 1)
    assert any("upper bound" in warning for warning in single.warnings)
    assert "worst-case" in single.method
    assert single.to_json()["rerun"] == list(single.rerun or ())


def test_summary_takes_arrays_and_refuses_nonsense() -> None:
    """An integer array of shape (problems, 2) gives the same; other shapes, rates, levels and k are refused."""
    counts = [(10, 3), (10, 0), (8, 8)] * 20
    assert summarize(np.array(counts), 5) == summarize(counts, 5)
    for bad in (np.zeros((3, 3), dtype=int), np.array([[10.0, 3.0]])):
        with pytest.raises(ValueError, match="integer array"):
            summarize(bad, 1)
    with pytest.raises(ValueError, match="level"):
        summarize(counts, 1, level=1.0)
    with pytest.raises(ValueError, match="k must be"):
        summarize([], 0)
    with pytest.raises(ValueError, match="0 <= c <= n"):
        summarize([(3, 4)], 1)


def test_wider_level_and_fewer_samples_widen() -> None:
    """99% is wider than 95%, and a tenth of the samples widens the rerun interval by about the root of ten."""
    counts = [(100, 10 * (i % 11)) for i in range(165)]
    wide, narrow = summarize(counts, 1, 0.99), summarize(counts, 1, 0.95)
    fewer = summarize([(10, i % 11) for i in range(165)], 1)
    lengths = [b - a for a, b in (x.rerun for x in (wide, narrow, fewer) if x.rerun is not None)]
    assert lengths[0] / lengths[1] == pytest.approx(2.576 / 1.96, rel=0.02)
    assert lengths[2] / lengths[1] == pytest.approx(10**0.5, rel=0.1)


@pytest.mark.parametrize(("n", "k"), [(2, 1), (5, 2), (6, 3), (10, 5)])
def test_sampling_variance_is_estimated_without_bias(n: int, k: int) -> None:
    """For 2k <= n the expectation of the estimate over c is the estimator's true variance, at any success rate."""
    for p in (Fraction(1, 10), Fraction(1, 2), Fraction(4, 5)):
        chance = [float(comb(n, c) * p**c * (1 - p) ** (n - c)) for c in range(n + 1)]
        value = [pass_at_k(n, c, k) or 0.0 for c in range(n + 1)]
        mean = sum(w * v for w, v in zip(chance, value, strict=True))
        truth = sum(w * (v - mean) ** 2 for w, v in zip(chance, value, strict=True))
        assert sum(w * _unbiased(n, c, k) for c, w in enumerate(chance)) == pytest.approx(truth, abs=1e-12)


@pytest.mark.parametrize(("n", "k"), [(10, 1), (10, 5), (10, 10), (20, 10)])
def test_sampling_variance_is_right_on_average(n: int, k: int) -> None:
    """Also for 2k > n, where no unbiased estimate exists, it is within 20% on 2,000 problems of mixed difficulty."""
    generator = np.random.default_rng(5)
    rates = generator.beta(0.6, 0.8, 2000)
    counts = Counter((n, int(c)) for c in generator.binomial(n, rates))
    value = np.array([pass_at_k(n, c, k) for c in range(n + 1)], dtype=float)
    chance = scipy.stats.binom.pmf(np.arange(n + 1)[:, None], n, rates)
    truth = float((value**2 @ chance - (value @ chance) ** 2).mean())
    assert rerun_variance(counts, k) == pytest.approx(truth, rel=0.2)


@given(st.integers(2, 20), st.data())
def test_the_most_that_sampling_can_vary(n: int, data: st.DataObject) -> None:
    """One n-th of mean (1 - mean) for k = 1, all of it for k = n; in between no set of problems varies more."""
    correct = data.draw(st.lists(st.integers(0, n), min_size=1, max_size=30))
    histogram = Counter((n, c) for c in correct)
    assert rerun_noise(histogram, 1).most == pytest.approx(1 / n, rel=0.01)
    assert rerun_noise(histogram, n).most == pytest.approx(1, rel=0.03)
    k = data.draw(st.integers(1, n))
    rates = np.array(data.draw(st.lists(st.floats(0.001, 0.999), min_size=1, max_size=10)))
    value = np.array([pass_at_k(n, c, k) for c in range(n + 1)], dtype=float)
    chance = scipy.stats.binom.pmf(np.arange(n + 1)[:, None], n, rates)
    mean = value @ chance
    variance = float((value**2 @ chance - mean**2).mean())
    spread = _mean_variance(np.array([n]), np.ones(1), k, _rates(n).size)
    bound = _most(float(mean.mean()), _hull(k, _rates(n), spread))
    assert variance <= bound * float(mean.mean() * (1 - mean.mean())) * 1.05 + 1e-9


@given(st.integers(1, 12), st.data())
def test_many_runs_at_once_are_as_one_by_one(n: int, data: st.DataObject) -> None:
    """The simulation's way, several runs in one go, gives each run what it gets alone."""
    runs = data.draw(st.lists(st.lists(st.integers(0, n), min_size=7, max_size=7), min_size=1, max_size=5))
    k = data.draw(st.integers(1, n))
    counts = np.array([np.bincount(correct, minlength=n + 1) for correct in runs], dtype=float)
    for correct, found in zip(runs, rerun_noises([(n, c) for c in range(n + 1)], counts, k), strict=True):
        alone = rerun_noise(Counter((n, c) for c in correct), k)
        assert (found.variance, found.most) == pytest.approx((alone.variance, alone.most), abs=1e-9)
        assert found.groups == alone.groups


def test_a_run_without_noise_in_sight_is_as_long_as_its_samples() -> None:
    """Where all samples agree, the rerun interval at k = 1 is that of N n samples, a tenth of the other one for n = 10."""
    found = summarize([(10, 10)] * 164, 1)
    assert found.rerun is not None
    assert found.population is not None
    assert 1 - found.rerun[0] == pytest.approx((1 - found.population[0]) / 10, rel=0.05)


def test_sampling_variance_needs_k_samples() -> None:
    """It is refused where pass@k itself is unknown, and bounded where there is one sample."""
    with pytest.raises(ValueError, match="at least 5"):
        rerun_variance({(4, 1): 3}, 5)
    assert rerun_variance({(1, 1): 3, (1, 0): 1}, 1) == 0.75 * 0.25


def simulated(alike: float, mean: float, n: int, k: int, problems: int) -> tuple[float, float]:
    """Coverage of both intervals in 300 runs on Beta problems."""
    generator = np.random.default_rng(11)
    a, b = alike * mean, alike * (1 - mean)
    population = 1 - float(np.prod([(b + i) / (a + b + i) for i in range(k)]))
    hits = [0, 0]
    for _ in range(300):
        rates = generator.beta(a, b, problems)
        found = summarize([(n, int(c)) for c in generator.binomial(n, rates)], k)
        for i, (interval, truth) in enumerate(
            ((found.population, population), (found.rerun, float((1 - (1 - rates) ** k).mean())))
        ):
            assert interval is not None
            hits[i] += interval[0] <= truth <= interval[1]
    return hits[0] / 300, hits[1] / 300


@pytest.mark.parametrize(
    ("alike", "mean", "n", "k", "problems"),
    [(1, 0.5, 10, 1, 164), (1, 0.02, 10, 1, 60), (1, 0.6, 10, 10, 164), (0.3, 0.95, 10, 5, 164), (3, 0.3, 20, 10, 100)],
)
def test_intervals_cover(alike: float, mean: float, n: int, k: int, problems: int) -> None:
    """Both cover between 91% and 99.5% of 300 simulated runs (95% with three standard errors), also near the ends."""
    population, rerun = simulated(alike, mean, n, k, problems)
    assert 0.91 <= population <= 0.995
    assert 0.91 <= rerun <= 0.995


def test_clusters_widen_the_interval() -> None:
    """Problems that come in identical eights carry an eighth of the information; singletons give the population interval, and
    clusters of unequal size count as fewer."""
    counts = [(10, c) for c in (0, 10, 3, 9, 1, 7, 10, 0, 5, 5, 2, 8, 10, 10, 0, 1) for _ in range(8)]
    single = clustered_interval(counts, list(range(len(counts))), 1)
    eight = clustered_interval(counts, [i // 8 for i in range(len(counts))], 1)
    values = [c / n for n, c in counts]
    expected = scipy.stats.t.interval(0.95, len(values) - 1, np.mean(values), scipy.stats.sem(values))
    assert single == pytest.approx(expected, abs=0.003)
    assert single == summarize(counts, 1).population
    assert (eight[1] - eight[0]) / (single[1] - single[0]) == pytest.approx(8**0.5, rel=0.12)
    drawn = bootstrap_interval(counts, 1, [i // 8 for i in range(len(counts))])
    assert drawn == pytest.approx(eight, abs=0.03)
    uneven = clustered_interval(counts, [min(i // 8, 4) for i in range(len(counts))], 1)
    assert uneven[1] - uneven[0] > 1.3 * (eight[1] - eight[0])
    assert clustered_interval([(10, 0)] * 40, [i // 8 for i in range(40)], 1)[1] > 0.3


def test_clusters_are_checked() -> None:
    """One cluster, or names for other problems, can't give an interval."""
    with pytest.raises(ValueError, match="at least two"):
        clustered_interval([(5, 1), (5, 2)], ["a", "a"], 1)
    with pytest.raises(ValueError, match="cluster names"):
        clustered_interval([(5, 1), (5, 2)], ["a"], 1)
    with pytest.raises(ValueError, match="every problem"):
        clustered_interval([(5, 1), (5, 2)], ["a", "b"], 6)


def test_bootstrap_is_seeded_and_agrees_with_scipy() -> None:
    """One seed, one interval, whatever the order; another seed, another; close to scipy's BCa."""
    counts = [(10, c) for c in (0, 10, 3, 9, 1, 7, 10, 0, 5, 5, 2, 8, 10, 10, 0, 1)] * 4
    first = bootstrap_interval(counts, 5)
    assert bootstrap_interval(counts[::-1], 5) == first
    assert bootstrap_interval(counts, 5, resampling=Resampling(seed=2)) != first
    values = np.array([pass_at_k(n, c, 5) for n, c in counts], dtype=float)
    expected = scipy.stats.bootstrap((values,), np.mean, rng=1, n_resamples=5000).confidence_interval
    assert first == pytest.approx((expected.low, expected.high), abs=0.01)
    with pytest.raises(ValueError, match="100 resamples"):
        Resampling(resamples=10)


@given(st.integers(1, 12), st.data())
@settings(max_examples=40)
def test_bootstrap_keeps_to_its_seed_and_bounds(n: int, data: st.DataObject) -> None:
    """Whatever the counts: within [0, 1], around the estimate, never a point, the same in any order, mirrored where all are."""
    correct = data.draw(st.lists(st.integers(0, n), min_size=1, max_size=40))
    names = data.draw(st.none() | st.lists(st.sampled_from("abcdefgh"), min_size=len(correct), max_size=len(correct)))
    few = Resampling(seed=data.draw(st.integers(0, 99)), resamples=1_000)
    low, high = bootstrap_interval([(n, c) for c in correct], 1, names, few)
    mean = sum(correct) / (n * len(correct))
    assert 0.0 <= low <= mean + 1e-9
    assert mean - 1e-9 <= high <= 1.0
    assert high - low > 0.0
    assert (low, high) == bootstrap_interval([(n, c) for c in correct[::-1]], 1, names and names[::-1], few)
    turned = bootstrap_interval([(n, n - c) for c in correct], 1, names, few)
    assert turned == pytest.approx((1 - high, 1 - low), abs=0.01 + 0.2 * (high - low))


def test_bootstrap_knows_of_what_it_did_not_see() -> None:
    """Where all values are 0 it is Bayes' interval under an even prior, shortened by Student's t; few units widen it, and a
    better run is never lower."""
    none = bootstrap_interval([(10, 0)] * 30, 5)
    size = 30 * (scipy.stats.norm.ppf(0.975) / scipy.stats.t.ppf(0.975, 29)) ** 2
    assert none[0] == 0.0
    assert none[1] == pytest.approx(scipy.stats.beta.ppf(0.975, 1, size + 1), rel=0.05)
    counts = [(10, c) for c in (4, 5, 6, 5, 4, 6)]
    assert bootstrap_interval(counts[:3], 1)[1] > bootstrap_interval(counts * 5, 1)[1] + 0.2
    wide, narrow = (bootstrap_interval(counts * 5, 1, resampling=Resampling(level=level)) for level in (0.99, 0.9))
    assert wide[0] < narrow[0] < narrow[1] < wide[1]
    steps = [bootstrap_interval([(10, 0)] * (30 - c) + [(10, 10)] * c, 1) for c in range(31)]
    assert all(a <= b + 0.01 and x <= y + 0.01 for (a, x), (b, y) in pairwise(steps))


@pytest.mark.parametrize(("mean", "problems", "clusters"), [(0.02, 30, False), (0.5, 60, False), (0.9, 60, True)])
def test_bootstrap_covers(mean: float, problems: int, clusters: bool) -> None:
    """91% and more of 300 simulated runs, near the end and with twelve clusters of five as well."""
    generator = np.random.default_rng(12)
    names = [i // 5 for i in range(problems)] if clusters else None
    hits = 0
    for _ in range(300):
        rates = generator.beta(mean, 1 - mean, problems)
        rates = rates if names is None else rates[names]
        counts = [(10, int(c)) for c in generator.binomial(10, rates)]
        low, high = bootstrap_interval(counts, 1, names, Resampling(resamples=500))
        hits += low <= mean <= high
    assert hits >= 273


def brute_consensus(votes: list[str | None], k: int, right: set[str]) -> tuple[float, float]:
    """cons@k by looking at every draw."""
    agreement, accuracy, draws = Fraction(0), Fraction(0), list(combinations(votes, k))
    for drawn in draws:
        sizes = Counter(vote for vote in drawn if vote is not None)
        top = max(sizes.values(), default=0)
        winners = [vote for vote, size in sizes.items() if size == top]
        agreement += Fraction(top, k)
        accuracy += Fraction(sum(vote in right for vote in winners), max(1, len(winners)))
    return float(agreement / len(draws)), float(accuracy / len(draws))


@given(st.lists(st.sampled_from(["a", "b", "c", "d", None]), min_size=1, max_size=9), st.integers(1, 9))
def test_consensus_equals_brute_force(votes: list[str | None], k: int) -> None:
    """cons@k is the mean over all draws: of the winner's share, and of the chance that the winner is right."""
    found = consensus_at_k(votes, k, {"a": True, "b": False, "d": True})
    if k > len(votes):
        assert found is None
        return
    assert found is not None
    assert found.accuracy is not None
    assert (found.agreement, found.accuracy) == pytest.approx(brute_consensus(votes, k, {"a", "d"}), abs=1e-12)


def test_consensus_works_without_expected_outputs() -> None:
    """Where the right outputs are hidden there is an agreement and no accuracy."""
    found = consensus_at_k([("1", "2"), ("1", "2"), ("1", None), None], 4)
    assert found is not None
    assert (found.agreement, found.accuracy) == (0.5, None)
    with pytest.raises(ValueError, match="at least 1"):
        consensus_at_k(["a"], 0)


def test_shares_are_means_of_problems() -> None:
    """A problem with many samples weighs no more than one with few."""
    assert share_of_tests_passed([0, 0, 0, 4], [2, 2, 2, 0], [2, 2, 2, 4]) == 0.5
    assert mean_over_problems([1, 1, 0], [1, 0, 1]) == 0.75
    assert mean_over_problems([], []) is None
    with pytest.raises(ValueError, match="passed <= total"):
        share_of_tests_passed([0], [3], [2])
    with pytest.raises(ValueError, match="one length"):
        mean_over_problems([0, 1], [1])


def test_importing_costs_no_numpy() -> None:
    """`codeeval --help` may import the statistics without paying for numpy."""
    modules = "codeeval.stats, codeeval.gate.rule, codeeval.stats.audit, codeeval.stats.plan"
    code = f"import sys, {modules}; sys.exit('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
