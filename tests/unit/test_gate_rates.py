"""How often the gate is right, on a small scale; docs/statistics-evidence.md has the large one."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest

from codeeval.gate import load_policy
from codeeval.gate.rule import gate
from codeeval.gate.verdict import GatePolicy, GateVerdict
from codeeval.stats.compare import CompareOptions
from codeeval.stats.run_counts import RunCounts

POLICY = GatePolicy(compare=CompareOptions(resamples=100))


def sampled(rates: list[float], generator: random.Random) -> RunCounts:
    """One run of 10 samples per problem."""
    drawn = {f"p{i}": (10, sum(generator.random() < rate for _ in range(10))) for i, rate in enumerate(rates)}
    return RunCounts("run", drawn)


def fails(before: list[float], after: list[float], pairs: int, seed: int) -> float:
    """The share of pairs of runs that fail the gate."""
    generator = random.Random(seed)
    verdicts = [gate(sampled(after, generator), sampled(before, generator), POLICY).verdict for _ in range(pairs)]
    return verdicts.count(GateVerdict.FAIL) / pairs


@pytest.mark.parametrize("mean", [0.3, 0.5, 0.8])
def test_the_same_model_seldom_fails_and_a_worse_one_does(mean: float) -> None:
    """164 problems, n = 10: of 200 reruns of one model at most 5% fail; of 60 of one that is 5 points worse, 95% or more."""
    generator = random.Random(5)
    rates = [generator.betavariate(mean, 1 - mean) for _ in range(164)]
    drop = 0.05 / (sum(rates) / len(rates))
    assert fails(rates, rates, 200, 3) <= 0.05
    assert fails(rates, [rate * (1 - drop) for rate in rates], 60, 2) >= 0.95


def test_the_policy_of_the_documentation_is_one(tmp_path: Path) -> None:
    """docs/ci.md shows a file that is read as it stands, with both of its tiers."""
    text = (Path(__file__).resolve().parents[2] / "docs" / "ci.md").read_text("utf-8")
    shown = re.search(r"```toml\n(.*?)```", text, re.DOTALL)
    assert shown
    (tmp_path / "gate.toml").write_text(shown[1], "utf-8")
    margins = [load_policy(tmp_path / "gate.toml", tier).for_task("rustarter").gate.margin for tier in (None, "pr")]
    assert margins == [0.03, 0.06]
    assert load_policy(tmp_path / "gate.toml", "release").strict
