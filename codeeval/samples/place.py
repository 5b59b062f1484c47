"""Assign every row, readable or not, to a sample of a problem. Pure.

A row that can't be read keeps its place among the samples of its problem: that sample is pending, so that the score
does not ignore it. If the row does not even name its problem, it counts as one more sample of the problem with the
fewest: if every problem has equally many samples, that is where it is missing.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from codeeval.sample_rows import BadRow
from codeeval.samples.entries import Entry, FoundSamples, to_sample
from codeeval.types import Sample, Task

Key = tuple[str, int]


@dataclass(frozen=True, slots=True)
class MissingSample:
    """A sample that exists but can't be read, and why."""

    problem_id: str
    index: int
    reason: str


@dataclass(frozen=True, slots=True)
class Placed:
    """`samples`: problem id -> its samples, for problems that have any; their indices leave room for `missing`. `rows`:
    (file, line) -> the sample of each row that gives exactly one."""

    samples: Mapping[str, Sequence[Sample]]
    missing: tuple[MissingSample, ...]
    rows: Mapping[tuple[int, int], Key]
    #: problem id -> its samples, read or not
    wanted: Mapping[str, int]


def place(found: FoundSamples, task: Task, skip: bool = False) -> Placed:
    """Place the samples of `task`. `skip`: rows that can't be read leave no gap."""
    known = {problem.id: problem for problem in task.problems}
    lost = () if skip else found.lost
    own = [row for row in lost if row.problem_id in known]
    in_order: list[Entry | BadRow] = [*(entry for entry in found.entries if entry.problem_id in known), *own]
    in_order.sort(key=lambda row: (row.source, row.line))  # stable: keeps the entries of one row in order
    sizes = dict.fromkeys(known, 0)
    samples: dict[str, list[Sample]] = {}
    missing: list[MissingSample] = []
    rows: dict[tuple[int, int], Key] = {}
    for row in in_order:
        pid = str(row.problem_id)
        if isinstance(row, Entry):
            samples.setdefault(pid, []).append(to_sample(known[pid], row, sizes[pid]))
            rows[row.source, row.line] = pid, sizes[pid]
            sizes[pid] += 1
        else:
            missing += _missing(found, row, pid, sizes)
    for row, pid in zip((row for row in lost if row.problem_id is None), _fewest(sizes)):  # noqa: B905 (without end)
        missing += _missing(found, row, pid, sizes)
    ordered = {pid: samples[pid] for pid in known if pid in samples}
    return Placed(ordered, tuple(missing), rows, sizes)


def _missing(found: FoundSamples, row: BadRow, pid: str, sizes: dict[str, int]) -> list[MissingSample]:
    reason = f"{found.place(row)}: {row.reason}"
    first = sizes[pid]
    sizes[pid] += row.samples
    return [MissingSample(pid, index, reason) for index in range(first, first + row.samples)]


def _fewest(sizes: Mapping[str, int]) -> Iterator[str]:
    """Problems to add one sample each to: the first with the fewest samples among those that have any; if all have
    equally many, also the problems without any."""
    there = {pid: size for pid, size in sizes.items() if size}
    among = there if len(set(there.values())) > 1 else sizes
    heap = [(size, number, pid) for number, (pid, size) in enumerate(among.items())]
    heapq.heapify(heap)
    while heap:
        size, number, pid = heap[0]
        yield pid
        heapq.heapreplace(heap, (size + 1, number, pid))
