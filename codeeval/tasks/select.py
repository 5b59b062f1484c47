"""`--limit N` and `--problems 1,5-9`: a part of a set."""

from __future__ import annotations

import re
from dataclasses import replace

from codeeval.errors import NothingToEvaluate, UsageError
from codeeval.i18n import msg
from codeeval.tasks.mera import digest
from codeeval.types import Problem, Task

_RANGE = re.compile(r"(\d{1,18})-(\d{1,18})")


def select_problems(task: Task, limit: int | None = None, ids: str | None = None) -> Task:
    """The task restricted to the named problems (`ids`: ids and ranges of numeric ids, separated by commas) and then to
    the first `limit`, in the set's order. Its digest covers the selected problems.

    Raises UsageError for an id that the set lacks and for a limit below 1, and NothingToEvaluate if nothing is left.
    """
    if limit is not None and limit < 1:
        raise UsageError(msg("--limit must be at least 1, got {value}", value=limit))
    chosen = task.problems if ids is None else _chosen(task, ids)
    chosen = chosen[:limit]
    if not chosen:
        raise NothingToEvaluate(msg("{name}: no problem is left to evaluate", name=task.name))
    return task if chosen == task.problems else replace(task, problems=chosen, digest=digest(chosen))


def _chosen(task: Task, ids: str) -> tuple[Problem, ...]:
    known = {problem.id for problem in task.problems}
    wanted: set[str] = set()
    for part in filter(None, (part.strip() for part in ids.split(","))):
        span = _RANGE.fullmatch(part)
        if part in known:
            wanted.add(part)
        elif span:
            wanted |= _between(known, int(span[1]), int(span[2]), part)
        else:
            raise UsageError(
                msg(
                    "--problems: {task} has no problem {problem}; it has {names}",
                    task=task.name,
                    problem=repr(part),
                    names=_some(task),
                )
            )
    return tuple(problem for problem in task.problems if problem.id in wanted)


def _between(known: set[str], first: int, last: int, part: str) -> set[str]:
    found = {name for name in known if name.isascii() and name.isdigit() and first <= int(name) <= last}
    if not found:
        raise UsageError(msg("--problems: no problem has an id in the range {name}", name=part))
    return found


def _some(task: Task) -> str:
    names = [problem.id for problem in task.problems]
    return ", ".join(names) if len(names) <= 6 else f"{', '.join(names[:3])}, … {names[-1]} ({len(names)} in all)"
