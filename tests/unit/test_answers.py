"""Answers for hidden sets: every shape of file, and what can be wrong with one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codeeval.errors import DataError, UsageError
from codeeval.tasks.answers import apply, read_answers
from codeeval.types import Problem, Task

HIDDEN = Task("t", "f", "d", tuple(Problem(str(i), "{function}", "def f(n):", "f", ("{}", "{}"), None) for i in (1, 2)))
FORMS = {
    "object.json": json.dumps({"1": ["a", "b"], "2": ["c", "d"]}),
    "list.json": json.dumps([{"id": 1, "outputs": ["a", "b"]}, {"task_id": "ru/2", "outputs": ["c", "d"]}]),
    "mera.json": json.dumps(
        {"data": {"test": [{"meta": {"id": i}, "outputs": [x, y]} for i, x, y in ((1, *"ab"), (2, *"cd"))]}}
    ),
    "rows.jsonl": '{"id": 1, "outputs": ["a", "b"]}\n{"meta": {"id": 2}, "outputs": ["c", "d"]}\n',
}


@pytest.mark.parametrize("name", FORMS)
def test_every_shape_of_file(tmp_path: Path, name: str) -> None:
    """Object, list, MERA's schema and JSON Lines give the same answers."""
    (tmp_path / name).write_text(FORMS[name])
    answers = read_answers(tmp_path / name)
    assert answers.outputs == {"1": ("a", "b"), "2": ("c", "d")}
    task, notes = apply(HIDDEN, answers)
    assert [problem.expected for problem in task.problems] == [("a", "b"), ("c", "d")]
    assert task.digest != HIDDEN.digest
    assert "answers of 2 of 2 problems" in notes[0]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('{"1": ["a", "b"], "1x": "no list"}', "object without a list"),
        ('[{"outputs": ["a"]}]', "no id"),
        ('[{"id": 1, "outputs": [1]}]', "list of texts"),
        ('[{"id": 1, "outputs": []}]', "list of texts"),
        ('[{"id": 1, "outputs": ["a"]}, {"id": "1", "outputs": ["a"]}]', "used before"),
        ("[]", "no answer"),
        ("{", "broken JSON"),
        ("[7]", "must be an object"),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, content: str, said: str) -> None:
    """File, row and field, never a traceback."""
    path = tmp_path / "answers.json"
    path.write_text(content)
    with pytest.raises(DataError, match=said):
        read_answers(path)


def test_answers_must_fit_the_set(tmp_path: Path) -> None:
    """One output per test; not other answers than the set has; at least one known id."""
    path = tmp_path / "answers.json"
    path.write_text('{"1": ["a"]}')
    with pytest.raises(DataError, match="1 output for 2 tests"):
        apply(HIDDEN, read_answers(path))
    path.write_text('{"1": ["a", "b"], "77": ["x"]}')
    known, notes = apply(HIDDEN, read_answers(path))
    assert known.problems[1].expected is None
    assert "1 ids are no problems" in notes[1]
    path.write_text('{"1": ["a", "c"]}')
    with pytest.raises(DataError, match="other answers"):
        apply(known, read_answers(path))
    path.write_text('{"77": ["a", "c"]}')
    with pytest.raises(UsageError, match="none of its ids"):
        apply(HIDDEN, read_answers(path))


@given(
    st.dictionaries(st.integers(0, 999).map(str), st.lists(st.text(), min_size=1, max_size=3), min_size=1, max_size=5)
)
def test_round_trip(tmp_path_factory: pytest.TempPathFactory, answers: dict[str, list[str]]) -> None:
    """What json.dump wrote is read back, whatever the texts."""
    path = tmp_path_factory.mktemp("a") / "answers.json"
    path.write_text(json.dumps(answers))
    assert read_answers(path).outputs == {pid: tuple(outputs) for pid, outputs in answers.items()}
