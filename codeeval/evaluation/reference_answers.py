"""The answers of sets that come as inputs and a reference solution (EvalPlus): executed once, in the sandbox, then
cached.

The reference never runs on the host, although it is trusted: a file of problems is untrusted input like any other. The
results are cached as JSON in the user's cache folder by the digest of the data; a damaged cache file is recomputed.

Inputs with an answer that can't be compared as data (the reference raised, or returned a value that is not plain) are
left out, and `notes` names them, so that a score never silently covers fewer tests than its set has.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import cast

from codeeval.errors import DataError
from codeeval.evaluation.reporter import Reporter
from codeeval.evaluation.sandbox import Placement, open_sandbox
from codeeval.files import written
from codeeval.i18n import msg
from codeeval.scoring import literals, protocols
from codeeval.scoring.job import job
from codeeval.scoring.signature import one_line, raised
from codeeval.tasks.evalplus import LEFT_OUT
from codeeval.tasks.mera import digest
from codeeval.types import Extraction, Oracle, Problem, Task
from sandbox.outcomes import Observation, Outcome
from sandbox.wire import Job

#: Version of the cache format.
_VERSION = 1
#: How many problems with left-out inputs a note names; the rest is counted.
_NAMED = 8

#: One answer, or why there is none: [literal, None] or [None, reason].
Answer = tuple[str | None, str | None]
Runner = Callable[[Sequence[Job]], Sequence[Outcome]]


def answered(task: Task, placement: Placement, reporter: Reporter) -> tuple[Task, tuple[str, ...]]:
    """The task with its answers, and notes about them: from the cache, otherwise by executing the reference solutions
    in the sandbox. Other tasks are returned unchanged. Raises DataError and SandboxError."""
    if not is_needed(task):
        return task, ()
    found = cached(task)
    if found is None:
        reporter.note(
            msg("executing the reference solutions of {task} once, to compute the correct answers", task=task.name)
        )
        with open_sandbox(placement, (protocols.get("strict"),), reporter) as sandbox:
            found = computed(task, lambda jobs: list(sandbox.pool.map(jobs)))
    return found, notes(found)


def is_needed(task: Task) -> bool:
    """Whether answers have to be computed with the reference solutions."""
    return any(problem.oracle is not None and problem.expected is None for problem in task.problems)


def cached(task: Task) -> Task | None:
    """The task with its answers, if they were computed before."""
    try:
        kept = json.loads(_path(task).read_text(encoding="ascii"))
        answers = {pid: [_answer(item) for item in found] for pid, found in kept["answers"].items()}
        return _with_answers(task, answers) if kept["version"] == _VERSION else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def computed(task: Task, run: Runner) -> Task:
    """The task with its answers. `run` executes jobs and returns one outcome each, in order. Raises DataError for a
    reference solution that can't be executed, and what `run` raises."""
    asked = [problem for problem in task.problems if problem.oracle is not None and problem.expected is None]
    outcomes = run([_job(problem) for problem in asked])
    answers = {problem.id: _answers(problem, outcome) for problem, outcome in zip(asked, outcomes, strict=True)}
    found = _with_answers(task, answers)
    _keep(task, answers)
    return found


def notes(task: Task) -> tuple[str, ...]:
    """What a reader of a score has to know: which inputs are left out."""
    left_out = {
        problem.id: list(json.loads(dict(problem.extra)[LEFT_OUT])) for problem in task.problems if _lacks(problem)
    }
    if not left_out:
        return ()
    total = sum(map(len, left_out.values()))
    named = [f"{len(found)} of problem {pid} ({found[0][1]})" for pid, found in list(left_out.items())[:_NAMED]]
    more = f"; and of {len(left_out) - _NAMED} more problems" if len(left_out) > _NAMED else ""
    reason = "; ".join(named) + more
    return (
        msg(
            "{n} inputs are left out, because they or their answers are no plain data: {reason}", n=total, reason=reason
        ),
    )


def _lacks(problem: Problem) -> bool:
    return problem.oracle is not None and LEFT_OUT in dict(problem.extra)


def _job(problem: Problem) -> Job:
    program = problem.prompt + (problem.canonical_solution or "")
    return job(problem, Extraction(program, program), protocols.get("strict"))


def _answers(problem: Problem, outcome: Outcome) -> list[Answer]:
    if not any(seen.status == "returned" for seen in outcome.observations):
        first = outcome.definition or next(iter(outcome.observations), None)
        why = raised(first) if first is not None and first.exc_type else outcome.status
        raise DataError(
            msg("problem {problem}, field {field}", problem=problem.id, field="canonical_solution"),
            f"the reference solution gave no answer: {why}",
        )
    assert problem.oracle is not None
    return [_of_observation(seen, problem.oracle, outcome) for seen in outcome.observations]


def _of_observation(seen: Observation, oracle: Oracle, outcome: Outcome) -> Answer:
    if seen.status == "not_reached":
        return None, f"the reference solution did not come so far: {outcome.status}"
    if seen.status == "raised" or seen.text is None:
        return None, f"the reference solution raised {one_line(raised(seen))}"
    if oracle.rule == "not_none":  # EvalPlus keeps only this much of the answer
        return str(seen.type_name != "NoneType"), None
    if not seen.plain:
        return None, f"the answer is a {one_line(seen.type_name or 'value')}, which is no plain data"
    text = repr(seen.text) if seen.type_name == "str" else seen.text
    try:
        literals.parse(text)
    except ValueError as error:
        return None, f"the answer can't be read back: {error}"
    return text, None


def _with_answers(task: Task, answers: dict[str, list[Answer]]) -> Task:
    problems = tuple(
        _answered(problem, answers[problem.id]) if problem.oracle is not None and problem.expected is None else problem
        for problem in task.problems
    )
    return replace(task, problems=problems, digest=digest(problems))


def _answered(problem: Problem, answers: list[Answer]) -> Problem:
    """The problem without the calls that have no answer. Raises ValueError for the answers of another problem."""
    assert problem.oracle is not None
    if len(answers) != len(problem.calls):
        raise ValueError(f"problem {problem.id}: {len(problem.calls)} calls, {len(answers)} answers")
    kept = [(number, text) for number, (text, _) in enumerate(answers) if text is not None]
    left_out = [[number, why] for number, (text, why) in enumerate(answers) if text is None]
    extra = dict(problem.extra)
    if left_out:
        extra[LEFT_OUT] = json.dumps([*json.loads(extra.get(LEFT_OUT, "[]")), *left_out])
    return replace(
        problem,
        calls=tuple(problem.calls[number] for number, _ in kept),
        expected=tuple(text for _, text in kept),
        extra=tuple(sorted(extra.items())),
        oracle=replace(problem.oracle, base=sum(number < problem.oracle.base for number, _ in kept)),
    )


def _answer(item: object) -> Answer:
    text, why = cast(tuple[object, object], tuple(cast(list[object], item)))
    if not (isinstance(text, str) or (text is None and isinstance(why, str))):
        raise ValueError("not an answer")
    return text, cast(str | None, why)


def _path(task: Task) -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base, "codeeval", "answers", f"{task.digest}.json")


def _keep(task: Task, answers: dict[str, list[Answer]]) -> None:
    """Write the cache file atomically. If the cache can't be written, work continues without it."""
    path = _path(task)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with written(path) as stream:
            stream.write(json.dumps({"version": _VERSION, "task": task.name, "answers": answers}).encode("ascii"))
    except OSError:
        return
