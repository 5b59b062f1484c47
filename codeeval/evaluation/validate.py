"""Check a problem set by executing its reference solutions on this machine."""

from __future__ import annotations

from codeeval.evaluation import reference
from codeeval.evaluation.reference_check import ReferenceFinding
from codeeval.evaluation.reference_check import validate as findings_of
from codeeval.evaluation.reporter import Reporter
from codeeval.evaluation.sandbox import Placement, open_sandbox
from codeeval.scoring import protocols
from codeeval.types import Task


def validate(task: Task, placement: Placement, reporter: Reporter) -> tuple[Task, list[ReferenceFinding]]:
    """(the task with the answers of its reference solutions, what is wrong with it). Raises SandboxError."""
    with open_sandbox(placement, (protocols.get("strict"),), reporter) as sandbox:
        if reference.is_needed(task):
            task = reference.computed(task, lambda jobs: list(sandbox.pool.map(jobs)))
        return task, findings_of(task, lambda jobs: list(sandbox.pool.map(jobs)))
