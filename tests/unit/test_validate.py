"""Sets are judged by their own reference solutions before they may judge a model."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest
from mera_rows import NONE, make_problem, outcome, raised, returned

from codeeval.evaluation.validate import validate
from codeeval.types import Problem, Task
from sandbox.errors import BackendUnavailable
from sandbox.outcomes import Outcome
from sandbox.wire import Job

SOLUTION = "\n    return n + 1\n"


def task(*problems: Problem) -> Task:
    return Task("t", "test", "d", problems)


def solved(pid: str, expected: tuple[str, ...] | None = ("1", "2")) -> Problem:
    return replace(make_problem(expected), id=pid, canonical_solution=SOLUTION)


def answers(*found: Outcome) -> tuple[list[Job], Callable[[Sequence[Job]], Sequence[Outcome]]]:
    """A stand-in for the pool that records what it was asked and gives these outcomes."""
    asked: list[Job] = []

    def run(jobs: Sequence[Job]) -> Sequence[Outcome]:
        asked.extend(jobs)
        return found

    return asked, run


def test_a_sound_set_has_no_findings() -> None:
    """The reference solution is executed as a continuation of its prompt, in one batch, under strict."""
    asked, run = answers(outcome(returned("1"), returned("2")), outcome(returned("1"), returned("2.0", "float")))
    assert validate(task(solved("a"), solved("b")), run) == []
    assert [job.source for job in asked] == [solved("a").prompt + SOLUTION] * 2
    assert {job.mode for job in asked} == {"module"}


def test_findings_name_problem_field_and_reason() -> None:
    """A wrong answer points at the outputs, another failure at the solution; order is that of the set."""
    _, run = answers(outcome(returned("1"), returned("3")), outcome(raised("NameError", "x"), returned("2")))
    assert [str(finding) for finding in validate(task(solved("a"), solved("b")), run)] == [
        "problem a, field outputs: the reference solution does not pass: wrong_output, call 1: expected '2', got '3'",
        "problem b, field meta.canonical_solution: the reference solution does not pass: "
        "exception, NameError: x (call 0)",
    ]


def test_a_problem_without_a_solution_is_a_finding() -> None:
    """Nothing shows that its outputs are right, and nothing is executed for it."""
    asked, run = answers()
    found = validate(task(make_problem()), run)
    assert [(finding.field, "no reference solution" in finding.what) for finding in found] == [
        ("meta.canonical_solution", True)
    ]
    assert asked == []


def test_a_problem_that_nothing_solves_too_is_a_finding() -> None:
    """If every output is None, a function without a body passes."""
    _, run = answers(outcome(NONE, NONE))
    found = validate(task(solved("a", ("None", "None"))), run)
    assert [(finding.problem_id, finding.field) for finding in found] == [("a", "outputs")]


def test_hidden_answers_are_not_checked() -> None:
    """A closed set can't be validated here and is not blamed for it."""
    asked, run = answers()
    assert validate(task(solved("a", None)), run) == []
    assert asked == []


def test_infrastructure_failures_are_not_findings() -> None:
    """What the sandbox raises goes through: it says nothing about the set."""

    def broken(jobs: Sequence[Job]) -> Sequence[Outcome]:
        raise BackendUnavailable(f"no engine for {len(jobs)} jobs")

    with pytest.raises(BackendUnavailable):
        validate(task(solved("a")), broken)


def test_a_pool_that_loses_outcomes_is_noticed() -> None:
    """Fewer outcomes than jobs must not pass as success."""
    _, run = answers()
    with pytest.raises(ValueError, match="zip"):
        validate(task(solved("a")), run)
