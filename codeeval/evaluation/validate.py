"""Check a problem set: its reference solutions must pass on this machine before it judges a model."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from codeeval.evaluation import reference_answers
from codeeval.evaluation.reporter import Reporter
from codeeval.evaluation.sandbox import Placement, open_sandbox
from codeeval.reading import extract
from codeeval.scoring import grade, protocols
from codeeval.scoring.job import job
from codeeval.types import Problem, Task
from sandbox.outcomes import Outcome
from sandbox.wire import Job


@dataclass(frozen=True, slots=True)
class ReferenceFinding:
    """Something wrong with one problem. `field` is its name in the file."""

    problem_id: str
    field: str
    what: str

    def __str__(self) -> str:
        return f"problem {self.problem_id}, field {self.field}: {self.what}"


def validated(task: Task, placement: Placement, reporter: Reporter) -> tuple[Task, list[ReferenceFinding]]:
    """(the task with the answers of its reference solutions, what is wrong with it). Raises SandboxError."""
    with open_sandbox(placement, (protocols.get("strict"),), reporter) as sandbox:

        def run(jobs: Sequence[Job]) -> Sequence[Outcome]:
            return list(sandbox.pool.map(jobs))

        task = reference_answers.computed(task, run) if reference_answers.is_needed(task) else task
        return task, validate(task, run)


def validate(task: Task, run: Callable[[Sequence[Job]], Sequence[Outcome]]) -> list[ReferenceFinding]:
    """What is wrong with the problems of a set, in order; empty if nothing is.

    `run` executes jobs and returns one outcome each, in order (a sandbox pool does). Checks that every problem with
    visible answers has a reference solution that passes under `strict`, and at least one answer that an empty body does
    not give. Problems with hidden answers can't be checked and give no finding. Raises what `run` raises.
    """
    strict = protocols.get("strict")
    checked = [problem for problem in task.problems if problem.expected is not None]
    solved = [problem for problem in checked if (problem.canonical_solution or "").strip()]
    extractions = {
        problem.id: extract.extract(problem, problem.canonical_solution or "", "strict") for problem in solved
    }
    jobs = [job(problem, extractions[problem.id], strict) for problem in solved]
    outcomes = dict(zip((problem.id for problem in solved), run(jobs), strict=True))
    findings = []
    for problem in checked:
        findings += _static(problem)
        if problem.id in outcomes:
            why = grade.not_judged(outcomes[problem.id])
            if why is not None:
                findings.append(ReferenceFinding(problem.id, "test", why))
                continue
            judgement = grade.grade(problem, extractions[problem.id], outcomes[problem.id], strict)
            if not judgement.passed:
                field = _field(problem, "outputs" if judgement.verdict == "wrong_output" else "meta.canonical_solution")
                what = f"the reference solution does not pass: {judgement.verdict.value}, {judgement.error}"
                findings.append(ReferenceFinding(problem.id, field, what))
    return findings


def _field(problem: Problem, name: str) -> str:
    """The field's name in the problem's own schema."""
    if problem.tests is None and problem.oracle is None:
        return name
    return {"outputs": "test", "meta.canonical_solution": "canonical_solution"}[name]


def _static(problem: Problem) -> list[ReferenceFinding]:
    findings = []
    if not (problem.canonical_solution or "").strip():
        what = "there is no reference solution, so nothing shows that the outputs are right"
        findings.append(ReferenceFinding(problem.id, _field(problem, "meta.canonical_solution"), what))
    if problem.expected and set(problem.expected) == {"None"}:
        findings.append(
            ReferenceFinding(problem.id, "outputs", "a function that does nothing passes: every output is None")
        )
    return findings
