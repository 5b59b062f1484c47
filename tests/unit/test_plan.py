"""The plan: its formula, its power by simulation, its costs and its refusals."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from codeeval.errors import UsageError
from codeeval.stats.plan import Costs, PlanInput, detectable_at, plan, render


def test_known_value() -> None:
    """3 points on 164 problems with evenly spread rates: n = 2 (1/6) / 164 · (2.8016 / 0.03)², rounded up."""
    assert plan(PlanInput(0.03)).n == 18
    assert plan(PlanInput(0.03)).samples == 18 * 164


@given(st.floats(0.005, 0.3), st.integers(10, 1000), st.floats(0.05, 0.95), st.floats(0, 0.9))
def test_is_the_smallest_n_that_suffices(mde: float, problems: int, mean: float, spread: float) -> None:
    """n samples detect the wish; n - 1 don't."""
    wish = PlanInput(mde, problems, mean=mean, spread=spread)
    found = plan(wish)
    assert detectable_at(found.n, found.within, wish) <= mde * (1 + 1e-6)
    if found.n > 1:
        assert detectable_at(found.n - 1, found.within, wish) > mde * (1 - 1e-6)


def test_planned_samples_have_the_power_promised() -> None:
    """At the planned n a true difference of the wished size is seen in 80% of 1,000 simulated comparisons, give or take 4."""
    generator = np.random.default_rng(2)
    rates = generator.beta(1, 1, 164)
    worse = rates * (1 - 0.04 / rates.mean())
    within = float((rates * (1 - rates)).mean())
    wish = PlanInput(0.04, mean=0.5, spread=1 - within / 0.25)
    n = plan(wish).n
    differences = (generator.binomial(n, worse, (1000, 164)) - generator.binomial(n, rates, (1000, 164))) / n
    error = np.sqrt(((rates * (1 - rates)).mean() + (worse * (1 - worse)).mean()) / n / 164)
    assert 0.76 <= (differences.mean(axis=1) < -1.96 * error).mean() <= 0.87


def test_an_earlier_run_replaces_the_guess() -> None:
    """Counts of a run with most problems always or never solved need fewer samples; the estimate is near the truth."""
    generator = np.random.default_rng(4)
    rates = generator.beta(0.2, 0.2, 400)
    counts = [(10, int(c)) for c in generator.binomial(10, rates)]
    found = plan(PlanInput(0.03), counts)
    assert found.within == pytest.approx(float((rates * (1 - rates)).mean()), rel=0.15)
    assert found.n < plan(PlanInput(0.03)).n
    mixed = plan(PlanInput(0.03), counts[:200] + [(20, 2 * c) for _, c in counts[200:]])
    assert mixed.within == pytest.approx(found.within, rel=0.2)


def test_costs_are_multiples() -> None:
    """Samples, tokens, CPU hours and hours of generation follow from n."""
    found = plan(PlanInput(0.03, costs=Costs(0.5, 200, 100, 1000)))
    assert found.completion_tokens == 2952 * 100
    assert found.prompt_tokens == 164 * 200
    assert found.cpu_hours == pytest.approx(2952 * 0.5 / 3600)
    assert found.generation_hours == pytest.approx(295_200 / 1000 / 3600)
    assert "hours of generation" in render(found)
    assert "hours of generation" not in render(plan(PlanInput(0.03)))


def test_other_n_are_shown_beside() -> None:
    """The table of detectable effects falls with n and contains the planned n; the JSON can be written."""
    found = plan(PlanInput(0.03))
    assert [n for n, _ in found.mde_at] == [1, 5, 10, 18, 20, 50, 100]
    effects = [mde for _, mde in found.mde_at]
    assert effects == sorted(effects, reverse=True)
    assert json.loads(json.dumps(found.to_json()))["mde_at"][0][0] == 1


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"mde": 3}, "3 points = 0.03"),
        ({"mde": 0}, "detectable effect"),
        ({"problems": 1}, "at least 2 problems"),
        ({"power": 0.3}, "power"),
        ({"mean": 1.0}, "mean"),
    ],
)
def test_impossible_wishes_are_refused(changes: dict[str, float], message: str) -> None:
    """Each wrong flag has its own message."""
    with pytest.raises(UsageError, match=message):
        PlanInput(**{"mde": 0.03, **changes})  # type: ignore[arg-type]


def test_costs_and_counts_are_checked() -> None:
    """Negative costs and a run of single samples are refused."""
    with pytest.raises(UsageError, match="negative"):
        Costs(cpu_s=-1)
    with pytest.raises(UsageError, match="at least two samples"):
        plan(PlanInput(0.03), [(1, 0), (1, 1)])
