"""Show tasks and problems on a terminal, and as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from codeeval.cli.console import Console
from codeeval.evaluation.validate import ReferenceFinding
from codeeval.i18n import form
from codeeval.types import Problem, Task


def show_task(task: Task, console: Console) -> None:
    """Name, origin, digest and one line per problem."""
    hidden = sum(problem.expected is None and problem.oracle is None for problem in task.problems)
    if console.format == "json":
        rows = [
            {"id": p.id, "entry_point": p.entry_point, "calls": len(p.calls), "hidden": p.expected is None}
            for p in task.problems
        ]
        console.document({"task": task.name, "source": task.source, "digest": task.digest, "problems": rows})
        return
    console.result(f"{task.name}: {_n_problems(task)} from {task.source}")
    console.result(f"digest {task.digest}" + (f", {hidden} with hidden answers" if hidden else ""))
    for problem in task.problems:
        console.result(f"{problem.id:>6}  {problem.entry_point:<32} {_n_tests(problem)}")


def _n_problems(task: Task) -> str:
    return f"{len(task.problems)} {form(len(task.problems), 'problem', 'problems')}"


def _n_tests(problem: Problem) -> str:
    """Test code is counted in lines: how many asserts a loop executes is unknown."""
    if problem.tests is not None:
        return f"{len(problem.tests.source.splitlines())} lines of tests"
    return f"{len(problem.calls)} {form(len(problem.calls), 'test', 'tests')}"


def show_problem(problem: Problem, console: Console) -> None:
    """Everything about one problem."""
    if console.format == "json":
        console.document(asdict(problem))
        return
    blocks = [("instruction", problem.instruction), ("prompt", problem.prompt)]
    if problem.canonical_solution is not None:
        blocks.append(("reference solution", problem.canonical_solution.strip("\n")))
    console.result(f"problem {problem.id}, function {problem.entry_point}")
    for name, text in blocks:
        console.result(f"\n-- {name}\n{text}")
    console.result("\n-- tests")
    if problem.tests is not None:
        console.result(problem.tests.source.rstrip())
        return
    unknown = "(hidden)" if problem.oracle is None else "(what the reference solution returns)"
    expected = problem.expected or (unknown,) * len(problem.calls)
    for call, right in zip(problem.calls, expected, strict=True):
        console.result(f"{call} -> {right}")


def show_findings(task: Task, findings: Sequence[ReferenceFinding], console: Console) -> None:
    if console.format == "json":
        console.document({"task": task.name, "problems": len(task.problems), "findings": [asdict(f) for f in findings]})
        return
    for finding in findings:
        console.result(str(finding))
    state = (
        f"{len(findings)} {form(len(findings), 'finding', 'findings')}"
        if findings
        else "every reference solution passes"
    )
    console.result(f"{task.name}: {_n_problems(task)}, {state}")
