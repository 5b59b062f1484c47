"""Paired comparison of two runs: each test against scipy or brute force, and what is refused."""

from __future__ import annotations

import json
import random
import statistics
from itertools import product
from math import sqrt

import numpy as np
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st

from codeeval.errors import NothingToEvaluate, UsageError
from codeeval.stats.compare import CompareOptions, compare
from codeeval.stats.difference_lines import render
from codeeval.stats.paired import (
    detectable,
    fisher_p,
    holm,
    mcnemar_p,
    paired_t,
    rerun_difference,
    sign_flip_p,
)
from codeeval.stats.run_counts import RunCounts, agree, shared_problems


def run(name: str, correct: list[int], n: int = 10) -> RunCounts:
    """A run whose problems are named p0, p1, …"""
    return RunCounts(name, {f"p{i}": (n, c) for i, c in enumerate(correct)})


GENERATOR = random.Random(3)
BEFORE = [GENERATOR.randint(0, 10) for _ in range(120)]
AFTER = [min(10, max(0, c + GENERATOR.randint(-3, 2))) for c in BEFORE]


def test_paired_t_agrees_with_scipy() -> None:
    """Difference, interval and p are those of scipy's paired t test on ordinary data, and nothing else is named."""
    found = compare(run("a", BEFORE), run("b", AFTER))
    expected = scipy.stats.ttest_rel([c / 10 for c in AFTER], [c / 10 for c in BEFORE])
    interval = expected.confidence_interval(0.95)
    assert found.difference == pytest.approx(sum(AFTER) / 1200 - sum(BEFORE) / 1200)
    assert found.population == pytest.approx((interval.low, interval.high), abs=1e-9)
    assert found.p_t == pytest.approx(expected.pvalue, rel=1e-6)
    assert found.population_method == "paired t"
    assert found.mean_b - found.mean_a == pytest.approx(found.difference)


@given(st.lists(st.sampled_from([d / 10 for d in range(-10, 11)]), min_size=2, max_size=40), st.floats(0.5, 0.999))
def test_paired_t_is_never_shorter_and_agrees_with_its_p(differences: list[float], level: float) -> None:
    """It holds the plain t interval and that of one pair, leaves out 0 just where p says so, and turns with its sign."""
    found = paired_t(differences, level)
    size, mean = len(differences), sum(differences) / len(differences)
    half = scipy.stats.t.ppf(0.5 + level / 2, size - 1) * max(
        statistics.stdev(differences) / sqrt(size), 1 / (size + 2)
    )
    low, high = found.interval
    assert low <= max(-1.0, mean - half) + 1e-9
    assert high >= min(1.0, mean + half) - 1e-9
    if abs(found.p - (1 - level)) > 1e-9:
        assert (low <= 0.0 <= high) == (found.p > 1 - level)
    turned = paired_t([-d for d in differences], level)
    assert turned.interval == pytest.approx((-high, -low))
    assert (turned.p, turned.method) == (pytest.approx(found.p), found.method)


def test_a_few_lost_problems_lengthen_the_interval_downwards() -> None:
    """Three of thirty lost: longer below than above and named; runs that nearly agree are as far apart as one problem."""
    lost = paired_t([-1.0] * 3 + [0.1, -0.1, 0.0] * 9)
    below, above = lost.difference - lost.interval[0], lost.interval[1] - lost.difference
    assert 1.1 < below / above < 2.0
    assert lost.method == "paired t with skewness"
    noise = paired_t([0.1, -0.1, 0.0] * 10)
    assert noise.method == "paired t with pseudo pair"
    assert noise.interval == pytest.approx(paired_t([0.0] * 30).interval)
    rare = paired_t([-0.5] + [0.0] * 29)
    assert rare.method == "paired t with pseudo pair and skewness"


@pytest.mark.parametrize(("alike", "problems"), [(0.3, 30), (1.0, 30), (10.0, 30), (0.3, 164)])
def test_lost_problems_are_covered(alike: float, problems: int) -> None:
    """A tenth of the problems lost: the population's difference is held by 91% and more of 600 simulated intervals."""
    generator = np.random.default_rng(6)
    rates = generator.beta(alike / 2, alike / 2, (600, problems))
    after = np.where(generator.random(rates.shape) < 0.1, 0.0, rates)
    found = ((generator.binomial(10, after) - generator.binomial(10, rates)) / 10).tolist()
    held = [low <= -0.05 <= high for low, high in (paired_t(each).interval for each in found)]
    assert sum(held) / len(held) >= 0.91


def test_permutation_p_agrees_with_all_sign_flips() -> None:
    """The seeded estimate is within three standard errors of the share over all 2^12 sign patterns, and repeats."""
    differences = [0.3, -0.1, 0.2, 0.2, 0.0, 0.4, -0.3, 0.1, 0.1, 0.2, -0.1, 0.3]
    seen = abs(sum(differences))
    signs = list(product((1, -1), repeat=len(differences)))
    exact = sum(abs(sum(s * d for s, d in zip(sign, differences, strict=True))) >= seen - 1e-9 for sign in signs)
    share = exact / len(signs)
    found = sign_flip_p(differences, seed=7, resamples=20_000)
    assert found == pytest.approx(share, abs=3 * sqrt(share * (1 - share) / 20_000))
    assert sign_flip_p(differences, seed=7, resamples=20_000) == found
    assert sign_flip_p(differences[::-1], seed=7, resamples=20_000) == found
    assert sign_flip_p([0.0, 0.0]) == 1.0


@given(st.integers(0, 30), st.integers(0, 30))
def test_mcnemar_agrees_with_scipy(b: int, c: int) -> None:
    """Exact McNemar is the two-sided binomial test of the pairs that differ."""
    expected = scipy.stats.binomtest(b, b + c).pvalue if b + c else 1.0
    assert mcnemar_p(b, c) == pytest.approx(expected, rel=1e-9)


@given(st.integers(1, 15), st.integers(1, 15), st.data())
def test_fisher_agrees_with_scipy(n_a: int, n_b: int, data: st.DataObject) -> None:
    """Fisher's exact test is scipy's."""
    c_a, c_b = data.draw(st.integers(0, n_a)), data.draw(st.integers(0, n_b))
    expected = scipy.stats.fisher_exact([[c_a, n_a - c_a], [c_b, n_b - c_b]]).pvalue
    assert fisher_p(n_a, c_a, n_b, c_b) == pytest.approx(expected, rel=1e-9)


def test_mcnemar_is_given_for_one_sample_each() -> None:
    """With n = 1 on both sides there is an exact McNemar p and no rerun interval; with more, the other way round."""
    single = compare(run("a", [1] * 30 + [0] * 20, 1), run("b", [0] * 9 + [1] * 24 + [0] * 17, 1))
    assert single.p_mcnemar == mcnemar_p(9, 3)
    assert single.rerun is None
    assert "rerun" not in single.method
    assert len(single.with_change("regressed")) == 9
    assert len(single.with_change("fixed")) == 3
    assert compare(run("a", BEFORE), run("b", AFTER)).p_mcnemar is None


@pytest.mark.parametrize(
    ("a", "b", "change"),
    [
        ((10, 10), (10, 4), "regressed"),
        ((10, 10), (10, 8), "changed"),
        ((10, 0), (10, 6), "fixed"),
        ((10, 5), (20, 10), "same"),
        ((2, 2), (2, 0), "regressed"),
        ((2, 0), (2, 2), "fixed"),
        ((2, 2), (2, 1), "changed"),
        ((1, 1), (100, 0), "regressed"),
    ],
)
def test_changes_are_named(a: tuple[int, int], b: tuple[int, int], change: str) -> None:
    """Beyond noise, within noise, equal; and all or nothing where so few samples can't prove anything."""
    found = compare(RunCounts("a", {"x": a}), RunCounts("b", {"x": b}))
    assert found.changes[0].change == change


def test_equal_runs_differ_by_nothing_but_not_for_certain() -> None:
    """Two runs that agree everywhere differ by 0 ± 1.2 points on 164 problems, not by 0 ± 0."""
    same = compare(run("a", [10] * 164), run("b", [10] * 164))
    assert same.difference == 0
    assert same.population == pytest.approx((-0.012, 0.012), abs=0.001)
    assert (same.p_t, same.p_permutation) == (1.0, 1.0)


def test_swapping_the_runs_flips_the_sign() -> None:
    """b against a is a against b with every sign turned."""
    one, other = compare(run("a", BEFORE), run("b", AFTER)), compare(run("b", AFTER), run("a", BEFORE))
    assert other.difference == pytest.approx(-one.difference)
    assert other.population == pytest.approx((-one.population[1], -one.population[0]))
    assert len(other.with_change("fixed")) == len(one.with_change("regressed"))
    assert other.p_permutation == one.p_permutation


def test_detectable_effect_is_detected_as_often_as_said() -> None:
    """A true difference of the minimum detectable effect is seen in about 80% of simulated comparisons."""
    generator = random.Random(5)
    rates = [generator.betavariate(1, 1) for _ in range(164)]
    draw = lambda p: sum(generator.random() < p for _ in range(10))  # noqa: E731  (one line reads better here)
    mde = compare(run("a", [draw(p) for p in rates]), run("b", [draw(p) for p in rates])).mde_rerun
    assert mde is not None
    seen = 0
    for _ in range(200):
        factor = 1 - mde / (sum(rates) / len(rates))
        differences = [(draw(p * factor) - draw(p)) / 10 for p in rates]
        noise = sum(2 * p * (1 - p) / 10 for p in rates) / len(rates)
        seen += rerun_difference(differences, noise).interval[1] < 0
    assert 0.7 <= seen / 200 <= 0.9


def test_detectable_effect_shrinks_with_error() -> None:
    """2.80 standard errors at 95% and 80%, as every textbook has it."""
    assert detectable(0.01) == pytest.approx(0.028016, abs=1e-6)


def test_holm_agrees_with_the_definition() -> None:
    """Sorted p times what is left, made monotone, at most 1; names keep their order."""
    assert holm({"x": 0.04, "y": 0.01, "z": 0.03}) == pytest.approx({"x": 0.06, "y": 0.03, "z": 0.06})
    assert list(holm({"x": 0.9, "y": 0.8})) == ["x", "y"]
    assert holm({"x": 0.9, "y": 0.8}) == {"x": 1.0, "y": 1.0}
    assert holm({}) == {}


def test_different_runs_are_refused() -> None:
    """Other problems or other digests are refused with both values, and compared with a warning when that is allowed."""
    a = RunCounts("a", {"x": (5, 1), "y": (5, 2)}, {"image": "sha256:1", "only-a": "1"})
    b = RunCounts("b", {"x": (5, 1), "z": (5, 2)}, {"image": "sha256:2"})
    with pytest.raises(
        UsageError, match=r"different image: sha256:1 in a, sha256:2 in b\n.*1 problems are only in a: y"
    ):
        compare(a, b)
    allowed = compare(a, b, CompareOptions(allow_different=True))
    assert allowed.problems == 1
    assert len(allowed.warnings) == 3


def test_nothing_in_common_is_said() -> None:
    """No shared problem, too few samples for k, and impossible options are each an error of their own."""
    with pytest.raises(NothingToEvaluate, match="no problem in common"):
        compare(RunCounts("a", {"x": (5, 1)}), RunCounts("b", {"y": (5, 1)}), CompareOptions(allow_different=True))
    with pytest.raises(UsageError, match="needs 5 samples"):
        compare(run("a", [1], 3), run("b", [1], 5), CompareOptions(k=5))
    with pytest.raises(UsageError, match="level"):
        CompareOptions(level=0)
    with pytest.raises(ValueError, match="no problems"):
        paired_t([])


def test_text_and_json_hold_the_same_numbers() -> None:
    """The text names both runs, both intervals and the problems; the JSON can be written and counts the changes."""
    found = compare(run("old", [10, 9, 0, 5] * 10), run("new", [2, 9, 8, 4] * 10))
    text = render(found, most=3)
    for part in (
        "old: 60.0%",
        "new: 57.5%",
        "-2.5 points",
        "paired t",
        "95% CI, new problems (total)",
        "95% CI, these problems (sampling only)",
        "standard error",
        "regressed: 10",
        "fixed: 10",
        "7 more",
    ):
        assert part in text
    document = json.loads(json.dumps(found.to_json()))
    assert document["counts"] == {"regressed": 10, "fixed": 10, "changed": 10, "same": 10}
    assert document["difference"] == pytest.approx(-0.025)


COUNTED = st.builds(
    RunCounts,
    st.just("r"),
    st.dictionaries(st.sampled_from("ab"), st.just((2, 1))),
    st.dictionaries(st.sampled_from(("prompt", "image")), st.sampled_from("xy")),
)


@given(COUNTED, COUNTED)
def test_runs_agree_if_a_comparison_is_not_refused(a: RunCounts, b: RunCounts) -> None:
    """Asking whether is the same rule as asking what differs."""
    try:
        refused = not shared_problems(a, b, allow_different=False)
    except (UsageError, NothingToEvaluate):
        refused = True
    assert agree(a, b) is not refused
