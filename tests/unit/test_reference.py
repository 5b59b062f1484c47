"""Answers from a reference solution: which are kept, which inputs are left out, and where they are remembered."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from english_rows import HUMAN_EVAL_PLUS, MBPP_PLUS, write_rows

from codeeval.errors import DataError
from codeeval.evaluation import reference_answers
from codeeval.tasks import load
from codeeval.types import Task
from sandbox.outcomes import Observation, Outcome
from sandbox.wire import Job


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache folder of the test's own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "codeeval" / "answers"


@pytest.fixture
def task(tmp_path: Path) -> Task:
    """One problem: two base inputs, two added ones, the last without an answer."""
    return load(str(write_rows(tmp_path / "plus.jsonl", HUMAN_EVAL_PLUS)))


def value(text: str, kind: str = "float", plain: bool = True) -> Observation:
    return Observation("returned", text, kind, plain)


RAISED = Observation("raised", exc_type="ZeroDivisionError", message="division by zero")
SEEN = (value("2.0"), value("2.0"), value("0.2"), RAISED)


def answering(*seen: Observation, status: str = "completed") -> reference_answers.Runner:
    def run(jobs: Sequence[Job]) -> list[Outcome]:
        return [Outcome(status, seen) for _ in jobs]  # type: ignore[arg-type]

    return run


def test_the_reference_is_prompt_and_solution(task: Task) -> None:
    """Executed in the sandbox, with the calls of the problem."""
    jobs: list[Job] = []

    def run(given: Sequence[Job]) -> list[Outcome]:
        jobs.extend(given)
        return [Outcome("completed", SEEN)]

    reference_answers.computed(task, run)
    (job,) = jobs
    assert job.source == HUMAN_EVAL_PLUS["prompt"] + HUMAN_EVAL_PLUS["canonical_solution"]
    assert job.calls == task.problems[0].calls


def test_answers_are_kept_and_inputs_without_one_are_left_out(task: Task) -> None:
    """The count of base inputs follows, and a note names what is missing."""
    assert reference_answers.is_needed(task)
    found = reference_answers.computed(task, answering(*SEEN))
    (problem,) = found.problems
    assert not reference_answers.is_needed(found)
    assert problem.expected == ("2.0", "2.0", "0.2")
    assert len(problem.calls) == 3
    assert problem.oracle is not None
    assert problem.oracle.base == 2
    (note,) = reference_answers.notes(found)
    assert "1 inputs are left out" in note
    assert "1 of problem 0 (the reference solution raised ZeroDivisionError: division by zero)" in note
    assert found.digest != task.digest


@pytest.mark.parametrize(
    ("seen", "why"),
    [
        (value("<x>", "Liar", plain=False), "the answer is a Liar, which is no plain data"),
        (value("[...]", "list"), "the answer can't be read back"),
        (Observation("not_reached"), "did not come so far"),
    ],
)
def test_what_cannot_be_compared_is_left_out(task: Task, seen: Observation, why: str) -> None:
    """Not plain, not readable, not there."""
    found = reference_answers.computed(task, answering(seen, *SEEN[1:3], seen))
    assert why in reference_answers.notes(found)[0]
    assert found.problems[0].oracle is not None
    assert found.problems[0].oracle.base == 1


def test_texts_are_kept_as_literals(task: Task) -> None:
    """A text is not the number that it spells."""
    found = reference_answers.computed(
        task, answering(value("1", "str"), value("1", "int"), value("a'b", "str"), value("None"))
    )
    assert found.problems[0].expected == ("'1'", "1", '"a\'b"', "None")


def test_something_or_nothing_is_all_that_is_kept_where_nothing_else_counts(tmp_path: Path) -> None:
    """MBPP+ has three functions that return match objects."""
    row = {**MBPP_PLUS, "entry_point": "check_str"}
    task = load(str(write_rows(tmp_path / "m.jsonl", row)))
    found = reference_answers.computed(
        task, answering(value("<re.Match>", "Match", plain=False), value("None", "NoneType"))
    )
    assert found.problems[0].expected == ("True", "False")


def test_a_reference_without_any_answer_is_an_error_of_the_file(task: Task) -> None:
    """Nothing could be judged by it."""
    with pytest.raises(DataError, match=r"problem 0, field canonical_solution: .* gave no answer: ZeroDivisionError"):
        reference_answers.computed(task, answering(RAISED, RAISED, RAISED, RAISED))


def test_answers_are_remembered_by_the_data(task: Task, tmp_path: Path, cache: Path) -> None:
    """The second time nothing is executed; other data have other answers."""
    assert reference_answers.cached(task) is None
    found = reference_answers.computed(task, answering(*SEEN))
    assert reference_answers.cached(task) == found
    other = load(str(write_rows(tmp_path / "other.jsonl", {**HUMAN_EVAL_PLUS, "plus_input": []})))
    assert reference_answers.cached(other) is None
    assert [path.name for path in cache.iterdir()] == [f"{task.digest}.json"]


@pytest.mark.parametrize(
    "damage",
    [
        "",
        "[]",
        '{"version": 1}',
        '{"version": 1, "answers": {}}',
        '{"version": 1, "answers": {"0": [["1", null]]}}',
        '{"version": 1, "answers": {"0": [1, 2, 3, 4]}}',
        '{"version": 1, "answers": {"0": [[1, null], [1, null], [1, null], [1, null]]}}',
    ],
)
def test_a_damaged_file_is_made_again(task: Task, cache: Path, damage: str) -> None:
    """It is a cache: what can't be used is as good as not there."""
    reference_answers.computed(task, answering(*SEEN))
    (path,) = cache.iterdir()
    path.write_text(damage)
    assert reference_answers.cached(task) is None
    found = reference_answers.computed(task, answering(*SEEN))
    assert reference_answers.cached(task) == found
    assert json.loads(path.read_text())["task"] == "plus"


def test_a_cache_that_cannot_be_written_is_no_error(task: Task, cache: Path) -> None:
    """A file stands where the folder should be."""
    cache.parent.parent.mkdir(parents=True)
    cache.parent.write_text("in the way")
    assert reference_answers.computed(task, answering(*SEEN)).problems[0].expected is not None
    assert reference_answers.cached(task) is None
