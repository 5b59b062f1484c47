"""Sets that come with a reference solution instead of answers: where a run gets the answers from."""

from __future__ import annotations

from codeeval.cli.console import Console
from codeeval.cli.settings import Settings
from codeeval.cli.work import Placement, open_sandbox
from codeeval.evaluation import reference
from codeeval.scoring import protocols
from codeeval.types import Task


def answered(task: Task, settings: Settings) -> tuple[Task, tuple[str, ...]]:
    """The task with its answers, and notes about them: from the cache, else by executing the reference solutions in the
    sandbox. Any other task as it is. Raises DataError and SandboxError."""
    if not reference.is_needed(task):
        return task, ()
    found = reference.cached(task)
    if found is None:
        console = Console(settings.format)
        console.note(f"executing the reference solutions of {task.name} once, to know the right answers")
        placement = Placement(settings.sandbox, settings.workers, settings.isolation)
        with open_sandbox(placement, (protocols.get("strict"),), console) as sandbox:
            found = reference.computed(task, lambda jobs: list(sandbox.pool.map(jobs)))
    return found, reference.notes(found)
