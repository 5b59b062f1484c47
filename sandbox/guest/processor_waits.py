"""How long a sample was ready to run while other work had the processors: time on the clock that is not the sample's.

Every task of the worker tells how long it has computed and how long it has waited for a processor (/proc/PID/task/TID/schedstat).
A sample must not be able to make such time by itself, with many processes that wait for one another. While a task waits for
another one of the same sample, that one computes: so a task's wait, less what all others in the worker have computed in the same
period, is at most what other work has cost. Of claims for periods that overlap the largest counts; those of periods that follow
one another add up, so that processes that take turns are found one after the other. Nobody has a claim who has lowered its own
priority, or chosen its processors: then it might be waiting for that reason.

Covered: samples that run longer than `LOOK_S`. Not covered: processes that begin and end between two looks, whose waits are lost;
kernels without schedstat, where nothing is found; a machine that stood still as a whole.
"""

from __future__ import annotations

import os
from typing import NamedTuple

from sandbox.guest import meters

#: Seconds between two looks, and how long a sample runs before the first: short samples cost nothing.
LOOK_S = 0.1

_Task = tuple[str, str]  # process, thread
_Times = tuple[int, int]  # nanoseconds computed, and waited for a processor
_SUPERVISOR = "1"


class _Since(NamedTuple):
    """Where a task's period begins: its times then, and what the sample had computed and lost until then."""

    ran: int
    waited: int
    computed: float
    found: float
    started: bytes


class Waits:
    """`begin` for each sample, then `look` now and then; `seconds` is what has been found so far."""

    def __init__(self, meter: meters.Meter) -> None:
        self._meter = meter
        self._candidate = ""
        self._since: dict[_Task, _Since] = {}
        self._before = _Since(0, 0, 0.0, 0.0, b"")
        self._base_ms = 0.0
        self._own = _standing(_SUPERVISOR, _SUPERVISOR)
        self.output_stood = False

    @property
    def seconds(self) -> float:
        return self._before.found / 1e9

    def begin(self, candidate: int, cpu_ms: float) -> None:
        """The sample's first process has just been started; `cpu_ms` is the meter's value before that."""
        self._candidate, self._base_ms, self.output_stood = str(candidate), cpu_ms, False
        self._since, self._before = {}, _Since(0, 0, 0.0, 0.0, b"")

    def look(self) -> None:
        """Adds what was waited since the last look, or since the beginning.

        `output_stood`: since then the sample has had to wait until the supervisor took its output. Only then the
        supervisor's own wait is the sample's.
        """
        now = _read()
        if not self._since:
            self._since = self._older(now)
        computed = self._computed(now)
        started = b"" if self._meter.counts_everything else meters.last_process()
        found = self._before.found
        for task, (ran, waited) in now.items():
            since = self._of(task, ran)
            claim = (waited - since.waited) - max(0.0, computed - since.computed - (ran - since.ran))
            if since.found + claim > found and started == since.started and self._may_claim(task):
                found = since.found + claim
        self._before = _Since(0, 0, computed, found, started)
        kept = self._since
        self._since = {
            task: kept[task]
            if task in kept and kept[task][:2] == times
            else self._before._replace(ran=times[0], waited=times[1])
            for task, times in now.items()
        }
        self.output_stood = False

    def _of(self, task: _Task, ran: int) -> _Since:
        """A task that was not there has begun since the last look; so has one whose number belonged to another then."""
        since = self._since.get(task)
        return since if since is not None and since.ran <= ran else self._before

    def _may_claim(self, task: _Task) -> bool:
        return _standing(*task) == self._own and (task[0] != _SUPERVISOR or self.output_stood)

    def _computed(self, now: dict[_Task, _Times]) -> float:
        """By everything in the worker since the sample began, the supervisor included."""
        own = now.get((_SUPERVISOR, _SUPERVISOR), (0, 0))[0]
        return (self._meter.cpu_ms() - self._base_ms) * 1e6 + own

    def _older(self, now: dict[_Task, _Times]) -> dict[_Task, _Since]:
        """What was there before the sample, or may have been, counts from now on: everything but the candidate."""
        computed, started = self._computed(now), b"" if self._meter.counts_everything else meters.last_process()
        self._before = self._before._replace(computed=now.get((_SUPERVISOR, _SUPERVISOR), (0, 0))[0], started=started)
        return {
            task: _Since(*times, computed, 0.0, started) for task, times in now.items() if task[0] != self._candidate
        }


def _read() -> dict[_Task, _Times]:
    found = {}
    for pid in (_SUPERVISOR, *meters.others()):
        for tid in _threads(pid):
            fields = meters.read(f"/proc/{pid}/task/{tid}/schedstat").split()
            if len(fields) == 3:
                found[pid, tid] = int(fields[0]), int(fields[1])
    return found


def _threads(pid: str) -> list[str]:
    try:
        return os.listdir(f"/proc/{pid}/task")
    except OSError:
        return []  # it ended between the listing and now


def _standing(pid: str, tid: str) -> tuple[object, ...]:
    """What decides a task's share of the processors, as far as it can choose that itself."""
    number = int(tid)
    try:
        priority = os.getpriority(os.PRIO_PROCESS, number), os.sched_getscheduler(number)
        return *priority, os.sched_getaffinity(number), meters.read(f"/proc/{pid}/autogroup").rpartition(b" ")[2]
    except OSError:
        return ()
