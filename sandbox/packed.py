"""Serialise jobs and outcomes for another machine running host code: plain tuples, marshalled.

Both ends run the same version of Python, which the driver verifies before anything is sent (`ray_pool`). Here marshal
is three times as fast as pickle, and loading it executes nothing.
"""

from __future__ import annotations

import marshal
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from sandbox.outcomes import LastCall, Observation, Outcome, Ruling
from sandbox.wire import Job, Limits, Tests

#: Bytes of calls and tests that a node caches. Evicted ones are sent again when a job needs them.
KEPT_BYTES = 64 * 1024 * 1024

Shared = tuple[tuple[str, ...], Tests | None]


def _values(value: Any) -> tuple[Any, ...]:
    return tuple(getattr(value, name) for name in value.__slots__)


def outcome_values(outcome: Outcome) -> tuple[Any, ...]:
    """An outcome as nested tuples of plain data, in the order of the class's fields."""
    return tuple(_PACKED.get(spec.name, _same)(getattr(outcome, spec.name)) for spec in fields(Outcome))


def outcome_from(values: Sequence[Any]) -> Outcome:
    """The inverse of `outcome_values`."""
    named = {spec.name: value for spec, value in zip(fields(Outcome), values, strict=True)}
    return Outcome(**{name: _READ.get(name, _same)(value) for name, value in named.items()})


def _same(value: Any) -> Any:
    return value


def _ruling(values: Sequence[Any]) -> Ruling:
    return replace(Ruling(*values[:-1]), last_calls=tuple(map(LastCall._make, values[-1])))


#: Converters for fields of an outcome that hold other values; the rest is sent unchanged.
_PACKED: dict[str, Callable[[Any], Any]] = {
    "observations": lambda each: tuple(map(tuple, each)),
    "definition": lambda one: None if one is None else tuple(one),
    "attempts": lambda each: tuple(map(outcome_values, each)),
    "ruling": lambda one: None if one is None else (*_values(one)[:-1], tuple(map(tuple, one.last_calls))),
}
_READ: dict[str, Callable[[Any], Any]] = {
    "observations": lambda each: tuple(map(Observation._make, each)),
    "definition": lambda values: None if values is None else Observation._make(values),
    "attempts": lambda each: tuple(map(outcome_from, each)),
    "ruling": lambda values: None if values is None else _ruling(values),
}


@dataclass(frozen=True, slots=True)
class Failed:
    """A job that a node's infrastructure could not execute, and why."""

    reason: str


class JobPacker:
    """The driver's side of one node: tracks which calls and tests the node has, and sends missing ones with a job."""

    def __init__(self, kept_bytes: int = KEPT_BYTES) -> None:
        self._kept: OrderedDict[Shared, tuple[int, int]] = OrderedDict()
        self._bytes, self._most, self._last = 0, kept_bytes, 0

    def pack(self, jobs: Iterable[tuple[int, Job]]) -> bytes:
        """Numbered jobs, with the entries that a node must add to its cache and may evict before it reads them."""
        new: list[tuple[int, tuple[str, ...], tuple[Any, ...] | None]] = []
        packed = []
        for number, job in jobs:
            key: Shared = (job.calls, job.tests)
            if key in self._kept:
                self._kept.move_to_end(key)
            else:
                self._last += 1
                self._kept[key] = (self._last, _size(key))
                self._bytes += self._kept[key][1]
                new.append((self._last, job.calls, None if job.tests is None else _values(job.tests)))
            limits = None if job.limits is None else _values(job.limits)
            packed.append((number, job.source, job.entry_point, self._kept[key][0], limits, job.mode))
        return marshal.dumps((new, packed, self._forgotten()))

    def _forgotten(self) -> list[int]:
        """The oldest entries beyond the bound; evicted after the jobs of this message have been read."""
        found = []
        while self._bytes > self._most and len(self._kept) > 1:
            _, (number, size) = self._kept.popitem(last=False)
            self._bytes -= size
            found.append(number)
        return found


class JobReader:
    """The node's side of `JobPacker`."""

    def __init__(self) -> None:
        self._kept: dict[int, Shared] = {}

    def read(self, data: bytes) -> list[tuple[int, Job]]:
        """The jobs with their numbers, calls and tests filled in."""
        new, packed, forgotten = marshal.loads(data)
        for number, calls, tests in new:
            self._kept[number] = (calls, None if tests is None else Tests(*tests))
        jobs = []
        for number, source, entry_point, shared, limits, mode in packed:
            calls, tests = self._kept[shared]
            jobs.append((number, Job(source, entry_point, calls, limits and Limits(*limits), mode, tests)))
        for number in forgotten:
            del self._kept[number]
        return jobs


def pack_outcome(number: int, outcome: Outcome | Failed) -> bytes:
    """One answer of a node."""
    if isinstance(outcome, Failed):
        return marshal.dumps((number, outcome.reason))
    return marshal.dumps((number, outcome_values(outcome)))


def read_outcome(data: bytes) -> tuple[int, Outcome | Failed]:
    """The inverse of `pack_outcome`."""
    number, values = marshal.loads(data)
    return number, Failed(values) if isinstance(values, str) else outcome_from(values)


def _size(key: Shared) -> int:
    calls, tests = key
    return sum(map(len, calls)) + (0 if tests is None else len(tests.source) + len(tests.prelude))


def size_of(job: Job) -> int:
    """The approximate size of a job in bytes if nothing of it is cached."""
    return len(job.source) + _size((job.calls, job.tests))
