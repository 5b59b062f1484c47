"""Check that completions belong to a set. Ids alone don't show it: every set counts from 0 or 1. Pure.

If a log has the functions that were to be completed (runs of codeeval, lm-eval's documents), a completion belongs to a
problem with the same id and the same function, whatever the set and its file are called. If it has no ids, a completion
belongs to the problem at its position and must define that problem's function. Otherwise ids have to suffice, and a
published set's name in front of them must not be that of another set.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from codeeval.errors import UsageError
from codeeval.i18n import msg
from codeeval.sample_rows import BadRow
from codeeval.samples.entries import Entry, FoundSamples
from codeeval.tasks.fields import MAX_ID_CHARS
from codeeval.types import Problem, Task

#: Sets known by these names: `HumanEval/3` is not a problem of MBPP, whatever its id.
_FAMILIES = {
    "humaneval": "humaneval",
    "humanevalplus": "humaneval",
    "ruhumaneval": "humaneval",
    "mbpp": "mbpp",
    "mbppplus": "mbpp",
    "rucodeeval": "rucodeeval",
    "rustarter": "rustarter",
}
_DEFINITION = re.compile(r"^[ \t]*+(?:async[ \t]++)?(?:def|class)[ \t]", re.MULTILINE)
_OF_TABLE, _WITH_NAME = re.compile(r"(\d+)\.0+"), re.compile(r"([A-Za-z]+)_(\d+)")
_Row = TypeVar("_Row", Entry, BadRow)


def fitting(found: FoundSamples, task: Task) -> FoundSamples:
    """The part of `found` that belongs to `task`, with the other rows among the unusable ones. Raises UsageError if
    most of its problems are not those of the set."""
    known = {problem.id: problem for problem in task.problems}
    found = _placed(found, task)
    found = replace(
        found,
        entries=tuple(_whole(entry, known) for entry in found.entries),
        bad=tuple(_known(_whole(row, known), known) for row in found.bad),
    )
    _refuse_another_name(found, task)
    faults = _faults(found, task, known)
    if faults.most:
        raise UsageError(_refusal(found, task, faults))
    bad = [_bad(entry, faults) for entry in found.entries if _fault(entry, faults) is not None]
    kept = tuple(entry for entry in found.entries if _fault(entry, faults) is None)
    once = dict.fromkeys((*found.bad, *bad))
    rows = tuple(sorted(once, key=lambda row: (row.source, row.line)))
    return replace(found, entries=kept, bad=rows, notes=(*found.notes, *_named_otherwise(kept, task)))


# -- problems by position


def _placed(found: FoundSamples, task: Task) -> FoundSamples:
    """Turn positions in the set into ids. Raises UsageError if there are more than the set has, or if most completions
    don't name the function of the problem at their position."""
    by_place = [entry for entry in found.entries if entry.position is not None]
    if not by_place:
        return found
    places = {entry.position for entry in by_place if entry.position is not None}
    if max(places) >= len(task.problems):
        raise UsageError(
            msg(
                "{path}: completions of problem {n} by its place, but {task} has {m} problems\n  Name the set that they "
                "were made for with -t.",
                path=found.path,
                n=max(places) + 1,
                task=task.name,
                m=len(task.problems),
            )
        )
    told = dict.fromkeys(places, False)
    for entry in by_place:
        if entry.position is not None:
            told[entry.position] |= _names(entry, task.problems[entry.position])
    if 2 * sum(told.values()) < len(told):
        raise UsageError(
            msg(
                "{path}: most completions don't have the function of the problem at their place in {task}\n  Name the set "
                "that they were made for with -t; their order must be the set's.",
                path=found.path,
                task=task.name,
            )
        )
    note = msg(
        "the rows name no problem: they are taken for the first {n} of {task}, in its order",
        n=max(places) + 1,
        task=task.name,
    )
    entries = tuple(_at_place(entry, task) for entry in found.entries)
    bad = tuple(_bad_at_place(row, task) for row in found.bad)
    return replace(found, entries=entries, bad=bad, notes=(*found.notes, note))


def _names(entry: Entry, problem: Problem) -> bool:
    """Whether the text names the function at that position. A text that defines nothing (a function body, an empty
    answer) does not count against it."""
    context = entry.context or ""
    return problem.entry_point in context or _DEFINITION.search(context) is None


def _at_place(entry: Entry, task: Task) -> Entry:
    return entry if entry.position is None else replace(entry, problem_id=task.problems[entry.position].id)


def _bad_at_place(row: BadRow, task: Task) -> BadRow:
    own = row.problem_id is None and row.position is not None and row.position < len(task.problems)
    return replace(row, problem_id=task.problems[row.position or 0].id) if own else row


# -- problems by id


@dataclass(frozen=True, slots=True)
class _Faults:
    """Why entries of these problems can't be used: id -> reason; `elsewhere` are the ids of problems with functions
    that the set certainly lacks. `most`: there are so many that the file must be of another set."""

    unknown: dict[str, str]
    others: dict[str, str]
    elsewhere: frozenset[str]
    most: bool


def _faults(found: FoundSamples, task: Task, known: Mapping[str, Problem]) -> _Faults:
    groups = found.by_problem()
    unknown = [pid for pid in groups if pid not in known]
    others = [pid for pid in groups if pid in known and not _same(groups[pid], known[pid])]
    proven = any(entry.prompt is not None for pid, entries in groups.items() if pid in known for entry in entries)
    fits = len(groups) - len(unknown) - len(others)
    # a log with more problems than the set is accepted as soon as the functions are the same
    strange = len(others) + (0 if proven and fits else len(unknown))
    sure = frozenset(pid for pid in unknown if all(entry.prompt is not None for entry in groups[pid]))
    return _Faults(
        {pid: msg("{task} has no problem {problem}", task=task.name, problem=repr(pid)) for pid in unknown},
        {
            pid: msg("problem {problem} of {task} has another function", problem=repr(pid), task=task.name)
            for pid in others
        },
        sure if proven else frozenset(),
        fits == 0 or 2 * strange > len(groups),
    )


def _fault(entry: Entry, faults: _Faults) -> str | None:
    return faults.unknown.get(entry.problem_id) or faults.others.get(entry.problem_id)


def _bad(entry: Entry, faults: _Faults) -> BadRow:
    """An unusable row. A problem that certainly belongs elsewhere leaves no gap in this set."""
    other = entry.problem_id in faults.unknown
    return BadRow(
        line=entry.line,
        reason=_fault(entry, faults) or "",
        problem_id=None if other else entry.problem_id,
        lost=entry.problem_id not in faults.elsewhere,
        source=entry.source,
        unit=entry.unit,
    )


def _whole(row: _Row, known: Mapping[str, Problem]) -> _Row:
    """Resolve an id: a slash separates the set's name from the problem's, or is part of the problem's own id; the set
    decides. `HumanEval_7` and a table's `7.0` are problem 7 if the set has no problem with such a name."""
    name = f"{row.task}/{row.problem_id}"
    if row.task is not None and name in known:
        return replace(row, problem_id=name, task=None)
    if row.problem_id is None or row.problem_id in known or len(row.problem_id) > MAX_ID_CHARS:
        return row
    if (table := _OF_TABLE.fullmatch(row.problem_id)) and table[1] in known:
        return replace(row, problem_id=table[1])
    if (told := _WITH_NAME.fullmatch(row.problem_id)) and _family(told[1]) and told[2] in known:
        return replace(row, problem_id=told[2], task=told[1])
    return row


def _known(row: BadRow, known: Mapping[str, Problem]) -> BadRow:
    """An id that is not in the set is treated like a missing one."""
    return row if row.problem_id in known else replace(row, problem_id=None)


def _same(entries: list[Entry], problem: Problem) -> bool:
    """Compare, ignoring white space, in which editions of a set differ."""
    prompts = {entry.prompt for entry in entries if entry.prompt is not None}
    return all(prompt.split() == problem.prompt.split() for prompt in prompts)


def _refusal(found: FoundSamples, task: Task, faults: _Faults) -> str:
    unknown, others = list(faults.unknown), list(faults.others)
    total = len(found.by_problem())
    text = msg(
        "{path}: these are no samples of {task}: of {n} problems in it {a} have an id that {again} lacks and {b} "
        "have another function",
        path=found.path,
        task=task.name,
        n=total,
        a=len(unknown),
        again=task.name,
        b=len(others),
    )
    if found.origin is not None:
        return msg(
            "{text}\n  The run is one of {task} ({source}): name that with -t.",
            text=text,
            task=found.origin.task.name,
            source=found.origin.task.source,
        )
    some, ids = ", ".join(unknown[:3] or others[:3]), ", ".join(problem.id for problem in task.problems[:3])
    return msg(
        "{text}\n  The samples name {some}, the problems are {ids}, …: name the set that they were made for with -t.",
        text=text,
        some=some,
        ids=ids,
    )


# -- the name in front of an id


def _refuse_another_name(found: FoundSamples, task: Task) -> None:
    """Raise UsageError if rows without functions name a published set other than the one being scored, or several
    sets."""
    own = _family(task.name)
    names = sorted({entry.task for entry in found.entries if entry.task and entry.prompt is None})
    other = next((name for name in names if own and _family(name) not in (None, own)), None)
    if other is None and names and not all(_alike(names[0], name) for name in names):
        other = next((name for name in names if not _alike(name, task.name)), names[-1])
    if other is not None:
        row = next(entry for entry in found.entries if entry.task == other)
        raise UsageError(
            msg(
                "{path}, {place}: a sample of {name}, and not of {task}\n  Score the samples of each set on their own: "
                "name the set that they were made for with -t.",
                path=found.path,
                place=found.place(row),
                name=other,
                task=task.name,
            )
        )


def _family(name: str) -> str | None:
    return _FAMILIES.get(_plain(name))


def _named_otherwise(entries: tuple[Entry, ...], task: Task) -> tuple[str, ...]:
    """A note: `HumanEval/3` may be problem 3 of a set with another name, but that should be checked."""
    names = sorted({entry.task for entry in entries if entry.task and entry.prompt is None})
    strange = [name for name in names if not _alike(name, task.name)]
    return (
        (msg("the rows name the set {names}; scored as {task}", names=", ".join(strange[:3]), task=task.name),)
        if strange
        else ()
    )


def _alike(one: str, other: str) -> bool:
    first, second = _plain(one), _plain(other)
    return first in second or second in first


def _plain(name: str) -> str:
    return "".join(filter(str.isalnum, name.lower()))
