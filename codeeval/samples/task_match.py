"""Do these completions belong to this set? Ids alone don't say so: every set counts from 0 or 1. Pure.

Where a log has the functions that were to be completed (our own runs, lm-eval's documents), a completion belongs to a problem of
the same id with the same function, whatever the set is called and whatever file it came from. Elsewhere ids have to do.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from codeeval.errors import UsageError
from codeeval.samples.entries import Entry, Found
from codeeval.samples.samples_file import BadRow
from codeeval.types import Problem, Task


def fitting(found: Found, task: Task) -> Found:
    """What of `found` belongs to `task`, with the other rows among those that could not be used. Raises UsageError where most
    of its problems are not those of the set."""
    known = {problem.id: problem for problem in task.problems}
    found = replace(found, entries=tuple(_whole(entry, known) for entry in found.entries))
    groups = found.by_problem()
    unknown = [pid for pid in groups if pid not in known]
    others = [pid for pid in groups if pid in known and not _same(groups[pid], known[pid])]
    proven = any(entry.prompt is not None for pid, entries in groups.items() if pid in known for entry in entries)
    fits = len(groups) - len(unknown) - len(others)
    # a log of more problems than the set has is one of this set as soon as the functions are the same
    strange = len(others) + (0 if proven and fits else len(unknown))
    if fits == 0 or 2 * strange > len(groups):
        raise UsageError(_refusal(found, task, unknown, others))
    reasons = {pid: f"{task.name} has no problem {pid!r}" for pid in unknown}
    reasons |= {pid: f"problem {pid!r} of {task.name} has another function" for pid in others}
    bad = [BadRow(entry.line, reasons[entry.problem_id]) for entry in found.entries if entry.problem_id in reasons]
    kept = tuple(entry for entry in found.entries if entry.problem_id not in reasons)
    once = tuple(sorted(dict.fromkeys((*found.bad, *bad)), key=lambda row: row.line))
    return replace(found, entries=kept, bad=once, notes=(*found.notes, *_named_otherwise(kept, task)))


def _whole(entry: Entry, known: Mapping[str, Problem]) -> Entry:
    """A slash parts the set's name from the problem's, or is a part of the problem's own: the set knows."""
    name = f"{entry.task}/{entry.problem_id}"
    return replace(entry, problem_id=name, task=None) if entry.task is not None and name in known else entry


def _same(entries: list[Entry], problem: Problem) -> bool:
    """White space may differ: editions of a set differ in it."""
    prompts = {entry.prompt for entry in entries if entry.prompt is not None}
    return all(prompt.split() == problem.prompt.split() for prompt in prompts)


def _refusal(found: Found, task: Task, unknown: list[str], others: list[str]) -> str:
    total = len(found.by_problem())
    text = (
        f"{found.path}: these are no samples of {task.name}: of {total} problems in it {len(unknown)} have an id that "
        f"{task.name} lacks and {len(others)} have another function"
    )
    if found.origin is not None:
        return f"{text}\n  The run is one of {found.origin.task.name} ({found.origin.task.source}): name that with -t."
    some, ids = ", ".join(unknown[:3] or others[:3]), ", ".join(problem.id for problem in task.problems[:3])
    return (
        f"{text}\n  The samples name {some}, the problems are {ids}, …: name the set that they were made for with -t."
    )


def _named_otherwise(entries: tuple[Entry, ...], task: Task) -> tuple[str, ...]:
    """`HumanEval/3` may well be problem 3 of a set of another name, but somebody should look."""
    names = sorted({entry.task for entry in entries if entry.task and entry.prompt is None})
    strange = [name for name in names if not _alike(name, task.name)]
    return (f"the rows name the set {', '.join(strange[:3])}; scored as {task.name}",) if strange else ()


def _alike(one: str, other: str) -> bool:
    first, second = ("".join(filter(str.isalnum, name.lower())) for name in (one, other))
    return first in second or second in first
