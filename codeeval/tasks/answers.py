"""Answers for a set whose own answers are hidden: a file of id -> outputs, checked against the set.

{"7": ["1", "2"], …}                                       JSON: an object
{"id": 7, "outputs": ["1", "2"]}                           JSON Lines or a JSON list; also `task_id`, or `meta.id`
{"data": {"test": [{"outputs": …, "meta": {"id": 7}}]}}    a set in MERA's schema
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path

from codeeval import bounded_json
from codeeval.errors import DataError, UsageError
from codeeval.i18n import msg
from codeeval.tasks.bundled import page
from codeeval.tasks.mera import digest
from codeeval.tasks.rows import MAX_VALUES, SourceRow, check_file, read_rows
from codeeval.types import Problem, Task

_SHAPE = msg(
    "A row looks like {example}; see {path}.", example='{"id": 7, "outputs": ["1", "2"]}', path=page("mera.md")
)


@dataclass(frozen=True, slots=True)
class Answers:
    """problem id -> outputs, one per test; with the file's name and sha256 for the record."""

    path: str
    sha256: str
    outputs: dict[str, tuple[str, ...]]


def read_answers(path: Path) -> Answers:
    """Read answers. Raises UsageError (no such file) and DataError (what is wrong, and in which row)."""
    outputs: dict[str, tuple[str, ...]] = {}
    for row in _rows(path):
        problem_id, given = _entry(row)
        if problem_id in outputs:
            raise DataError(
                row.where,
                msg("the id {problem} was used before", problem=repr(problem_id)),
                msg("Give each problem's answers once."),
            )
        outputs[problem_id] = given
    if not outputs:
        raise DataError(str(path), msg("there is no answer in it"), _SHAPE)
    return Answers(str(path), hashlib.sha256(path.read_bytes()).hexdigest(), outputs)


def _rows(path: Path) -> list[SourceRow]:
    if path.suffix.lower() == ".json":
        check_file(path)
        try:
            whole = bounded_json.loads(path.read_text("utf-8-sig"), MAX_VALUES)
        except (OSError, ValueError):
            return read_rows(path)  # raises with what is wrong, and where
        lists = isinstance(whole, dict) and all(isinstance(value, list) for value in whole.values())
        if lists and not set(whole) & {"data", "test", "train"}:
            return [SourceRow(f"{path}, id {name}", {"id": name, "outputs": given}) for name, given in whole.items()]
    return read_rows(path)


def _entry(row: SourceRow) -> tuple[str, tuple[str, ...]]:
    value = row.value
    if not isinstance(value, dict):
        raise DataError(row.where, msg("a row must be an object"), _SHAPE)
    meta = value.get("meta")
    names = [value.get("id"), value.get("task_id"), meta.get("id") if isinstance(meta, dict) else None]
    found = next((name for name in names if isinstance(name, int | str) and not isinstance(name, bool)), None)
    if found is None:
        raise DataError(row.where, msg("no id, task_id or meta.id"), _SHAPE)
    outputs = value.get("outputs")
    if not isinstance(outputs, list) or not outputs or not all(isinstance(text, str) for text in outputs):
        raise DataError(
            msg("{where}, field {field}", where=row.where, field="outputs"),
            msg("must be a list of texts, one per test"),
            _SHAPE,
        )
    return str(found).rpartition("/")[2], tuple(outputs)


def apply(task: Task, answers: Answers) -> tuple[Task, tuple[str, ...]]:
    """The task with the answers filled in, and notes about answers that did not fit. Answers that the set already has
    are kept; different ones for the same problem are an error. Raises DataError and UsageError."""
    known = {problem.id for problem in task.problems}
    problems = tuple(_with_answer(problem, answers) for problem in task.problems)
    if not known & answers.outputs.keys():
        some = ", ".join(list(answers.outputs)[:3])
        raise UsageError(
            msg(
                "{path}: none of its ids ({some}, …) is a problem of {task}",
                path=answers.path,
                some=some,
                task=task.name,
            )
        )
    given = sum(problem.id in answers.outputs for problem in task.problems)
    notes = [
        msg(
            "answers of {n} of {m} problems from {file} (sha256 {digest})",
            n=given,
            m=len(problems),
            file=Path(answers.path).name,
            digest=answers.sha256[:12],
        )
    ]
    if unknown := sorted(answers.outputs.keys() - known):
        notes.append(
            msg(
                "{file}: {n} ids are no problems of {task} ({ids})",
                file=Path(answers.path).name,
                n=len(unknown),
                task=task.name,
                ids=", ".join(unknown[:3]),
            )
        )
    if problems == task.problems:
        return task, tuple(notes)
    return replace(task, problems=problems, digest=digest(problems)), tuple(notes)


def _with_answer(problem: Problem, answers: Answers) -> Problem:
    given = answers.outputs.get(problem.id)
    if given is None:
        return problem
    where = msg("{path}, problem {id}", path=answers.path, id=problem.id)
    n, tests = len(given), len(problem.calls)
    if n != tests:
        text = msg("{n} {n:output|outputs} for {m} {m:test|tests}", n=n, m=tests)
        raise DataError(where, text, msg("Give one per test, in their order."))
    if problem.expected is not None and problem.expected != given:
        raise DataError(
            where, msg("the set has other answers for this problem"), msg("Leave them out, or use another set.")
        )
    return replace(problem, expected=given)
