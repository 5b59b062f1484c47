"""Many runs of one set beside each other: order, problems by change, and what is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codeeval.errors import NothingToEvaluate, UsageError
from codeeval.stats.compare import CompareOptions, compare
from codeeval.stats.run_counts import RunCounts
from codeeval.stats.series import numbers, ordered, series
from codeeval.stats.summary import summarize


def run(name: str, correct: dict[str, int], n: int = 10, **digests: str) -> RunCounts:
    return RunCounts(name, {pid: (n, c) for pid, c in correct.items()}, digests)


counts = st.lists(st.lists(st.integers(0, 10), min_size=5, max_size=5), min_size=2, max_size=6)


@given(counts, st.sampled_from([1, 2, 10]))
def test_it_says_of_the_first_and_the_last_what_a_comparison_says(rows: list[list[int]], k: int) -> None:
    """The same kinds, differences and p; every run's estimate is that of a report; kinds come in their order."""
    runs = [run(f"r{at}", {f"p{i}": c for i, c in enumerate(row)}) for at, row in enumerate(rows)]
    found, pair = series(runs, CompareOptions(k=k)), compare(runs[0], runs[-1], CompareOptions(k=k))
    expected = {one.problem_id: (one.change, one.difference, one.p) for one in pair.changes}
    assert {one.problem_id: (one.change, one.difference, one.p) for one in found.problems} == expected
    assert [one.estimate for one in found.runs] == [summarize(list(each.counts.values()), k) for each in runs]
    kinds = [("regressed", "fixed", "changed", "same").index(one.change) for one in found.problems]
    assert kinds == sorted(kinds)
    for one in found.problems:
        assert one.range == max(one.rates) - min(one.rates) >= abs(one.difference) - 1e-12
        assert one.cells == tuple(each.counts[one.problem_id] for each in runs)


def test_runs_that_differ_are_refused_as_a_comparison_refuses_them() -> None:
    """By digest and by problems, also in the middle; with --allow-different what all have is shown, with a warning."""
    runs = [run("a", {"1": 1, "2": 5}), run("b", {"1": 2, "2": 5}, image="x"), run("c", {"1": 3})]
    with pytest.raises(UsageError, match="only in a: 2"):
        series(runs)
    other = [run("a", {"1": 1}, image="x"), run("b", {"1": 2}, image="y")]
    with pytest.raises(UsageError, match="different image"):
        series(other)
    found = series(runs, CompareOptions(allow_different=True))
    assert [one.problem_id for one in found.problems] == ["1"]
    assert any("only in a" in text for text in found.warnings)
    with pytest.raises(NothingToEvaluate):
        series([run("a", {"1": 1}), run("b", {"2": 1})], CompareOptions(allow_different=True))
    with pytest.raises(UsageError, match="pass@11"):
        series([run("a", {"1": 1}), run("b", {"1": 1})], CompareOptions(k=11))


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["step-1000", "step-200"], [1000, 200]),
        (["model-7b-step-20-eval", "model-7b-step-3-eval"], [20, 3]),
        (["ckpt-1", "final-2"], [1, 2]),
        (["ckpt-1", "final"], None),
        (["a1-b1", "a2-b2"], None),
        (["x", "y"], None),
        (["step-5", "step-5"], None),
        (["only-1"], None),
    ],
)
def test_numbers_in_names(names: list[str], expected: list[int] | None) -> None:
    """The one that tells the names apart, or none."""
    assert numbers(names) == expected


def test_runs_are_ordered() -> None:
    """By number rather than by letter; by date where there is no number; as given."""
    names, dates = ["step-1000", "step-200", "step-30"], ["2026-01-02", "2026-01-01", "2026-01-03"]
    assert ordered(names, dates, "number") == [2, 1, 0]
    assert ordered(names, dates, "date") == [1, 0, 2]
    assert ordered(names, dates, "given") == [0, 1, 2]
    assert ordered(["a", "b", "c"], dates, "number") == [1, 0, 2]


@given(st.lists(st.text(max_size=30), max_size=8))
def test_any_names_have_an_order(names: list[str]) -> None:
    """Whatever folders are called."""
    assert sorted(ordered(names, [""] * len(names), "number")) == list(range(len(names)))
