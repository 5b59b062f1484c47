"""Where a run gets the answers of sets that come with a reference solution instead of answers."""

from __future__ import annotations

from codeeval.evaluation import reference
from codeeval.evaluation.reporter import Reporter
from codeeval.evaluation.sandbox import Placement, open_sandbox
from codeeval.i18n import msg
from codeeval.scoring import protocols
from codeeval.types import Task


def answered(task: Task, placement: Placement, reporter: Reporter) -> tuple[Task, tuple[str, ...]]:
    """The task with its answers, and notes about them: from the cache, otherwise by executing the reference solutions
    in the sandbox. Other tasks are returned unchanged. Raises DataError and SandboxError."""
    if not reference.is_needed(task):
        return task, ()
    found = reference.cached(task)
    if found is None:
        reporter.note(
            msg("executing the reference solutions of {task} once, to compute the correct answers", task=task.name)
        )
        with open_sandbox(placement, (protocols.get("strict"),), reporter) as sandbox:
            found = reference.computed(task, lambda jobs: list(sandbox.pool.map(jobs)))
    return found, reference.notes(found)
