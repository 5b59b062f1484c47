"""Samples of problems with hidden answers: how their programs ended, how many agree with the consensus, and the failures of
format of those that do not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from codeeval.explorer.agreement import agreement
from codeeval.explorer.filters import AGREEMENT
from codeeval.report.values import FailureGroup
from codeeval.scoring import protocols
from codeeval.scoring.grade import Ending, ending
from codeeval.scoring.repair import names
from codeeval.store.tallies import Head
from codeeval.store.views import RunViews
from codeeval.types import Problem, Sample

#: Limit of the samples whose format is checked, so that a large file does not delay its first page.
FORMATS_READ = 5_000

#: Problem -> sample -> how it ended; only those that did not return from every call.
Endings = dict[str, dict[int, Ending]]


#: Problem -> sample -> failures of format; only those that have some.
Formats = dict[str, dict[int, tuple[str, ...]]]


def format_of(problem: Problem, sample: Sample, code: str) -> tuple[str, ...]:
    """The failures of format of a sample with this relation to the consensus; none for one that agrees."""
    return names(problem, sample) if code in AGREEMENT[1:] and not sample.is_program else ()


class Standing:
    """The relation of a run's samples to the consensus, under each protocol; the format of each sample is read once."""

    def __init__(self, reader: RunViews, heads: Iterable[Head]) -> None:
        self._reader = reader
        self._hidden = [head.id for head in heads if head.hidden]
        self._read: dict[tuple[str, int], tuple[str, ...]] = {}

    def under(self, protocol: str) -> tuple[dict[str, int], Formats]:
        """Counts by relation to the consensus, and the failures of format of the first `FORMATS_READ` samples that do not
        agree. Raises DataError and StoreError."""
        counts, found = Counter(dict.fromkeys(AGREEMENT, 0)), Formats()
        left = FORMATS_READ
        for pid in self._hidden:
            codes = agreement(self._reader, protocol, pid)
            counts.update(codes.values())
            odd = [index for index, code in sorted(codes.items()) if code != AGREEMENT[0]][:left]
            left -= len(odd)
            if classes := self._formats(pid, {index: codes[index] for index in odd}):
                found[pid] = classes
        return dict(counts), found

    def _formats(self, problem_id: str, codes: dict[int, str]) -> dict[int, tuple[str, ...]]:
        if any((problem_id, index) not in self._read for index in codes):
            planned = self._reader.planned(problem_id)
            for sample in self._reader.samples(problem_id) if planned is not None else ():
                if sample.index in codes and planned is not None:
                    key = problem_id, sample.index
                    self._read[key] = format_of(planned.problem, sample, codes[sample.index])
        return {index: classes for index in codes if (classes := self._read.get((problem_id, index), ()))}


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
