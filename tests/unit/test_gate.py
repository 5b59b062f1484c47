"""The gate: its rule, its false alarms, its power, and what it tells a build."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from codeeval.errors import UsageError
from codeeval.gate.rule import Evidence, decide, gate
from codeeval.gate.verdict import GatePolicy, GateVerdict
from codeeval.stats.compare import CompareOptions
from codeeval.stats.run_counts import RunCounts

POLICY = GatePolicy()


def run(name: str, correct: list[int], n: int = 10) -> RunCounts:
    """A run whose problems are named p0, p1, …"""
    return RunCounts(name, {f"p{i}": (n, c) for i, c in enumerate(correct)})


@pytest.mark.parametrize(
    ("difference", "low", "p_drop", "p_regressed", "verdict"),
    [
        (-0.05, -0.08, 0.001, 1.0, "FAIL"),
        (-0.02, -0.025, 0.034, 1.0, "FAIL"),
        (-0.005, -0.008, 0.01, 1.0, "PASS"),
        (0.0, -0.02, 0.5, 1.0, "PASS"),
        (0.0, -0.04, 0.5, 1.0, "INCONCLUSIVE"),
        (-0.005, -0.04, 0.03, 1.0, "INCONCLUSIVE"),
        (0.02, -0.03, 0.9, 1.0, "INCONCLUSIVE"),
        (-0.04, -0.08, 0.035, 1.0, "INCONCLUSIVE"),
        (-0.04, -0.08, 0.2, 0.004, "FAIL"),
        (-0.005, -0.02, 0.2, 0.004, "PASS"),
        (0.1, 0.05, 1.0, 1.0, "PASS"),
    ],
)
def test_rule(difference: float, low: float, p_drop: float, p_regressed: float, verdict: str) -> None:
    """Fail only by min_effect or more, and beyond chance; pass only above -margin; the limits themselves decide nothing."""
    assert decide(Evidence(difference, (low, difference + 0.04), p_drop, p_regressed), POLICY) == verdict


@given(st.floats(-0.5, 0.5), st.floats(0.0001, 0.4), st.floats(0.001, 0.2), st.floats(0, 1), st.floats(0, 1))
def test_a_better_result_never_gets_a_worse_verdict(
    difference: float, half: float, gain: float, p: float, share: float
) -> None:
    """At the same width of interval, a larger difference with no smaller p never turns PASS into FAIL or INCONCLUSIVE."""
    rank = {GateVerdict.FAIL: 0, GateVerdict.INCONCLUSIVE: 1, GateVerdict.PASS: 2}
    here = decide(Evidence(difference, (difference - half, difference + half), p), POLICY)
    higher = difference + gain
    there = decide(Evidence(higher, (higher - half, higher + half), p + share * (1 - p)), POLICY)
    assert rank[there] >= rank[here]


def verdicts(rates: np.ndarray, worse: np.ndarray, repeats: int = 300) -> dict[GateVerdict, float]:
    """Shares of verdicts of the gate on simulated runs with n = 10."""
    generator, policy = np.random.default_rng(18), GatePolicy(compare=CompareOptions(resamples=100))
    found = dict.fromkeys(GateVerdict, 0.0)
    for _ in range(repeats):
        a, b = (generator.binomial(10, side).tolist() for side in (rates, worse))
        found[gate(run("new", b), run("old", a), policy).verdict] += 1 / repeats
    return found


@pytest.mark.parametrize("mean", [0.15, 0.5, 0.85])
def test_same_model_fails_in_at_most_five_percent(mean: float) -> None:
    """300 pairs of runs of one model on 164 problems: at most 5% FAIL (about 3% are due), at every level of skill."""
    rates = np.random.default_rng(1).beta(mean, 1 - mean, 164)
    assert verdicts(rates, rates)[GateVerdict.FAIL] <= 0.05


@pytest.mark.parametrize("mean", [0.15, 0.5, 0.85])
@pytest.mark.parametrize("lost", [False, True])
def test_model_worse_by_five_points_fails(mean: float, lost: bool) -> None:
    """A model 5 points worse, evenly or by losing some problems for good, FAILs in at least 95% of 300 runs."""
    rates = np.random.default_rng(1).beta(mean, 1 - mean, 164)
    worse = rates * (1 - 0.05 / rates.mean())
    if lost:
        worse = rates.copy()
        worse[np.argsort(-rates)[: int(np.ceil(0.05 * 164 / np.sort(rates)[-9:].mean()))]] = 0.0
    assert verdicts(rates, worse)[GateVerdict.FAIL] >= 0.95


@pytest.mark.parametrize("problems", [5, 30, 164])
def test_same_counts_pass(problems: int) -> None:
    """A run against itself passes, on however few problems, with nothing regressed and nothing more to sample."""
    counts = [i % 11 for i in range(problems)]
    same = gate(run("new", counts), run("old", counts))
    assert (same.verdict, same.exit_code, same.samples_to_decide) == (GateVerdict.PASS, 0, None)
    assert same.comparison.with_change("regressed") == ()


def test_clear_drop_fails_and_names_the_problems() -> None:
    """Twenty problems lost for good fail the gate, and are the ones that it lists."""
    before = [10] * 100 + [0] * 64
    after = [0] * 20 + before[20:]
    found = gate(run("new", after), run("old", before))
    assert (found.verdict, found.exit_code) == (GateVerdict.FAIL, 1)
    assert {item.problem_id for item in found.comparison.with_change("regressed")} == {f"p{i}" for i in range(20)}


def test_undecided_says_how_many_samples_would_decide() -> None:
    """With two samples the same rates are inconclusive; with the number of samples that it names they decide."""
    before, after = [0, 1, 2, 1] * 40, [1, 0, 2, 1, 0, 1, 1, 2] * 20
    few = gate(run("new", after, 2), run("old", before, 2))
    assert (few.verdict, few.exit_code) == (GateVerdict.INCONCLUSIVE, 4)
    assert few.samples_to_decide is not None
    assert str(few.samples_to_decide) in few.reason
    times = few.samples_to_decide // 2 + 1
    more = gate(run("new", [c * times for c in after], 2 * times), run("old", [c * times for c in before], 2 * times))
    assert more.difference == pytest.approx(few.difference)
    assert more.verdict is not GateVerdict.INCONCLUSIVE


def test_one_sample_uses_the_interval_over_problems() -> None:
    """With n = 1 sampling noise is unknown: the paired t decides, and says so."""
    found = gate(run("new", [1, 0] * 80, 1), run("old", [1, 0] * 80, 1))
    assert found.interval_kind == "population"
    assert found.interval == found.comparison.population


def test_policy_is_checked() -> None:
    """Points in place of shares, and other k, are mistakes with a message."""
    with pytest.raises(UsageError, match="margin"):
        GatePolicy(margin=3)
    with pytest.raises(UsageError, match="drop_p"):
        GatePolicy(drop_p=4)
    with pytest.raises(UsageError, match="pass@1"):
        GatePolicy(compare=CompareOptions(k=5))


def test_json_can_be_written() -> None:
    """The document carries verdict, interval, changed problems and the whole comparison."""
    document = json.loads(json.dumps(gate(run("new", [0] * 40), run("old", [10] * 40)).to_json()))
    assert document["verdict"] == "FAIL"
    assert len(document["regressed"]) == 40
    assert document["comparison"]["problems"] == 40
