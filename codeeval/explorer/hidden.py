"""Why samples of problems with hidden answers failed, as far as known: how their programs ended."""

from __future__ import annotations

from dataclasses import dataclass, field

from codeeval.report.values import FailureGroup
from codeeval.scoring import protocols
from codeeval.scoring.grade import Ending, ending
from codeeval.store.tallies import Head
from codeeval.store.views import RunViews

#: Problem -> sample -> how it ended; only those that did not return from every call.
Endings = dict[str, dict[int, Ending]]


def endings(reader: RunViews, protocol: str) -> Endings:
    """The endings of all judged samples without a verdict. Raises DataError and StoreError."""
    rules = protocols.get(protocol)
    by_program: dict[tuple[str, str], Ending] = {}
    for pid, digest, outcome in reader.hidden_endings():
        if (found := ending(outcome, rules)) is not None:
            by_program[pid, digest] = found
    known: Endings = {}
    if by_program:
        for pid, index, digest in reader.hidden_programs(protocol):
            if (pid, digest) in by_program:
                known.setdefault(pid, {})[index] = by_program[pid, digest]
    return known


def groups(found: Endings, heads: tuple[Head, ...]) -> list[FailureGroup]:
    """By signature; the example is the first in the order of the run."""
    made: dict[str, _Group] = {}
    for head in heads:
        for index, how in sorted(found.get(head.id, {}).items()):
            group = made.setdefault(how.signature, _Group(head.id, index, how.error))
            group.n += 1
            group.problems.add(head.id)
    return [
        FailureGroup(name, group.n, len(group.problems), group.problem_id, group.index, group.error)
        for name, group in made.items()
    ]


@dataclass(slots=True)
class _Group:
    problem_id: str
    index: int
    error: str
    n: int = 0
    problems: set[str] = field(default_factory=set)
