"""What one model shows against itself, problems called regressed and drops of the score: against enumeration and simulation."""

from __future__ import annotations

import random
from fractions import Fraction
from itertools import combinations, product
from math import comb

import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st

from codeeval.gate.rule import gate
from codeeval.gate.verdict import GatePolicy, GateVerdict
from codeeval.stats import chance
from codeeval.stats.chance import at_least, drop_p, named_by_chance
from codeeval.stats.compare import compare
from codeeval.stats.run_counts import RunCounts


@pytest.mark.parametrize(("a", "b"), [((4, 3), (4, 1)), ((3, 2), (5, 1)), ((2, 0), (2, 0)), ((1, 1), (1, 0))])
def test_one_problem_against_all_ways_to_deal_the_samples(a: tuple[int, int], b: tuple[int, int]) -> None:
    """Which of the samples fall to run b is enumerated; the rule here: b has fewer correct than a."""

    def rule(one: tuple[int, int], two: tuple[int, int]) -> bool:
        return two[1] * one[0] < one[1] * two[0]

    samples = [index < a[1] + b[1] for index in range(a[0] + b[0])]
    deals = list(combinations(range(len(samples)), b[0]))
    hits = sum(
        rule((a[0], sum(samples) - right), (b[0], right)) for deal in deals for right in [sum(samples[i] for i in deal)]
    )
    assert named_by_chance(a, b, rule) == pytest.approx(hits / len(deals))


@given(st.lists(st.floats(0, 1), min_size=1, max_size=7), st.integers(0, 8))
def test_the_sum_against_all_outcomes(chances: list[float], seen: int) -> None:
    """At least `seen` of independent events, against the sum over all 2^n outcomes."""
    expected = 0.0
    for outcome in product((0, 1), repeat=len(chances)):
        chance = 1.0
        for event, p in zip(outcome, chances, strict=True):
            chance *= p if event else 1 - p
        expected += chance if sum(outcome) >= seen else 0.0
    assert at_least(chances, seen) == pytest.approx(expected, abs=1e-9)


def test_equal_chances_are_binomial() -> None:
    """The far tail agrees with scipy's binomial."""
    for seen in (1, 15, 60):
        assert at_least([0.02] * 300, seen) == pytest.approx(scipy.stats.binom.sf(seen - 1, 300, 0.02), rel=1e-9)


def run(name: str, correct: list[int], n: int = 10) -> RunCounts:
    return RunCounts(name, {f"p{i}": (n, c) for i, c in enumerate(correct)})


def test_the_same_model_has_the_p_that_it_should() -> None:
    """Over 300 pairs of runs of one model, p_regressed falls below 10% in at most 10% (it is exact, so never more often
    but by luck), and the expected number is the mean of what is seen."""
    generator = random.Random(11)
    rates = [generator.random() for _ in range(60)]
    below, seen, expected = 0, 0, 0.0
    for _ in range(300):
        one, two = ([sum(generator.random() < p for _ in range(10)) for p in rates] for _ in range(2))
        found = compare(run("a", one), run("b", two))
        below += found.p_regressed <= 0.1
        seen += len(found.with_change("regressed"))
        expected += found.expected_regressed
    assert below / 300 <= 0.1 + 3 * (0.1 * 0.9 / 300) ** 0.5
    assert seen == pytest.approx(expected, abs=4 * expected**0.5)


def test_a_few_lost_problems_fail_although_the_mean_hardly_moves() -> None:
    """Four problems that fell from 10/10 to 0/10 among 60 shaky ones: the interval reaches 0, the count does not lie."""
    before = [10] * 4 + [5] * 56
    after = [0] * 4 + [5 + (1, 0, 0, -1)[i % 4] for i in range(52)] + [8] * 4
    found = gate(run("new", after), run("old", before))
    assert found.interval[1] >= 0
    assert found.verdict is GateVerdict.FAIL
    assert "4 problems regressed where chance explains" in found.reason
    lenient = gate(run("new", after), run("old", before), GatePolicy(lost_p=0.0))
    assert lenient.verdict is GateVerdict.INCONCLUSIVE


SIZES = st.integers(1, 4).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n)))


@given(st.lists(st.tuples(SIZES, SIZES), min_size=1, max_size=4))
def test_a_drop_against_all_ways_to_deal_the_samples(pairs: list[tuple[tuple[int, int], tuple[int, int]]]) -> None:
    """In exact fractions, also for problems with other numbers of samples than their neighbours."""
    sums = {Fraction(0): Fraction(1)}
    for (n_a, c_a), (n_b, c_b) in pairs:
        total, longer = c_a + c_b, dict[Fraction, Fraction]()
        for right in range(max(0, total - n_a), min(n_b, total) + 1):
            likely = Fraction(comb(n_b, right) * comb(n_a, total - right), comb(n_a + n_b, total))
            change = Fraction(right, n_b) - Fraction(total - right, n_a)
            for value, so_far in sums.items():
                longer[value + change] = longer.get(value + change, Fraction(0)) + so_far * likely
        sums = longer
    seen = sum(Fraction(c_b, n_b) - Fraction(c_a, n_a) for (n_a, c_a), (n_b, c_b) in pairs)
    expected = sum(likely for value, likely in sums.items() if value <= seen)
    assert drop_p(pairs) == pytest.approx(float(expected), abs=1e-12)


def test_a_drop_of_one_sample_per_problem_is_mcnemar() -> None:
    """Where the runs have one sample per problem, only the problems that differ count: a one-sided sign test."""
    pairs = [((1, 1), (1, 0))] * 9 + [((1, 0), (1, 1))] * 3 + [((1, 1), (1, 1))] * 50
    assert drop_p(pairs) == pytest.approx(scipy.stats.binom.cdf(3, 12, 0.5))


def test_a_drop_of_very_many_samples_is_normal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the length of the exact distribution the normal one takes over, and says nearly the same."""
    pairs = [((50, 25 + i % 7), (50, 23 + i % 5)) for i in range(400)]
    exact = drop_p(pairs)
    monkeypatch.setattr(chance, "_LONGEST", 10)
    assert drop_p(pairs) == pytest.approx(exact, rel=0.05)
    assert drop_p([((2, 2), (2, 2))]) == 1.0
