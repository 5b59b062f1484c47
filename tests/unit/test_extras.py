"""Figures beside pass@k, against counting all draws."""

from __future__ import annotations

from itertools import combinations

import pytest

from codeeval.report.other_metrics import extras
from codeeval.store import ScoredSample
from codeeval.types import Verdict


def judged(pid: str, index: int, *, passed: bool) -> ScoredSample:
    if passed:
        return ScoredSample(pid, index, Verdict.PASSED, True, ("2", "3"))
    return ScoredSample(pid, index, Verdict.WRONG_OUTPUT, False, ("1", "3"), (0,))


ROWS = [
    *(judged("1", index, passed=index < 3) for index in range(4)),
    *(judged("2", index, passed=index < 1) for index in range(4)),
]


def test_all_of_k_against_all_draws() -> None:
    """pass^2 is the share of pairs of samples that are both correct; avg@n the share of correct samples."""
    found = extras(ROWS, (1, 2))
    both = [sum(max(pair) < c for pair in combinations(range(4), 2)) / 6 for c in (3, 1)]
    assert found.avg == pytest.approx((3 / 4 + 1 / 4) / 2)
    assert found.pass_hat == {1: pytest.approx(0.5), 2: pytest.approx(sum(both) / 2)}


def test_consensus_of_the_whole_run() -> None:
    """At k = n the majority is the most frequent output: right for problem 1, wrong for problem 2; 3 of 4 stand behind it."""
    found = extras(ROWS, (4,))
    assert found.majority == {4: pytest.approx(0.5)}
    assert found.agreement == {4: pytest.approx(0.75)}


def test_hidden_answers_have_agreement_and_nothing_else() -> None:
    """Without verdicts only the agreement can be told."""
    rows = [ScoredSample("1", index, None, False, ("2",) if index else (None,)) for index in range(3)]
    found = extras(rows, (3,))
    assert (found.avg, found.pass_hat, found.majority) == (None, {3: None}, {3: None})
    assert found.agreement == {3: pytest.approx(2 / 3)}


def test_too_few_samples_give_null() -> None:
    """k above n is never extrapolated."""
    found = extras(ROWS, (5,))
    assert (found.pass_hat, found.agreement, found.majority) == ({5: None}, {5: None}, {5: None})
    assert found.to_json()["cons_at_k"] == {"5": {"agreement": None, "accuracy": None}}


def test_tests_that_are_code_leave_nothing_to_vote_with() -> None:
    """No agreement and no majority, which is not the same as none agreeing."""
    found = extras(ROWS, (1, 4), votes_are_known=False)
    assert (found.majority, found.agreement) == ({1: None, 4: None}, {1: None, 4: None})
    assert found.pass_hat[1] == pytest.approx(0.5)
