"""How long a sample was ready to run while other work had the processors: wall time that is not the sample's.

The kernel reports for every task of the worker how long it has computed and how long it has waited for a processor
(/proc/PID/task/TID/schedstat). A wait is added only when it ends, and one for a group's quota not at all by newer kernels.
So a task that has not slept between two looks (it was ready to run, and has given up no processor of its own accord since)
has also waited for whatever time it did not compute. A sample must not be able to create such time by itself, with many
processes that wait for one another. While a task waits for another one of the same sample, that one computes:
so a task's wait, less what all others in the worker have computed in the same period, is at most what other work has
cost. Of claims for overlapping periods the largest counts; those for successive periods add up, so that processes that
take turns are found one after the other. A task that has lowered its own priority or chosen its processors has no
claim: it may be waiting for that reason.

An uninterruptible sleep is a wait for the kernel: on a loaded machine for a lock whose holder, a process of someone else that
maps the same library, has no processor. Such a sleep counts like a wait for a processor, but only that of a sample's only
task, because what is waited for may be another task (vfork(2)), and for no longer than the wall limit in all.

A thread that executes another program becomes the first thread of its process (execve(2)): it has that thread's id from
then on, and times of its own. So the times of a thread that is gone may be continued under its process's id.

Covered: samples that run longer than `LOOK_S`. Not covered: processes that begin and end between two looks, the waits
of which are lost; those that sleep between any two looks, where a quota's waits are lost; kernels without schedstat, where
nothing is found; a machine that stalled as a whole.
"""

from __future__ import annotations

import os
import time
from typing import NamedTuple

from sandbox.guest import meters

#: Seconds between two looks, and before the first one: short samples cost nothing.
LOOK_S = 0.1
#: The kernel adds a running task's time to its account at least so often (ns, a tick of 100 Hz).
_TICK_NS = 10_000_000

_Task = tuple[str, str]  # process, thread
_SUPERVISOR = "1"


class _Times(NamedTuple):
    """A task's report: nanoseconds computed and waited (added when a wait ends), whether it is computing or waiting now,
    how often it has begun to sleep, and whether it is in an uninterruptible sleep."""

    ran: int
    waited: int
    runnable: bool
    sleeps: int
    held_up: bool = False


class _Awake(NamedTuple):
    """When a task was seen ready to run, its report then, what it had waited by then, and the most that was found since."""

    at: int
    times: _Times
    waited: int
    most: int


class _Base(NamedTuple):
    """The beginning of a task's period: when, its own times then, what the worker had computed, and what had been
    found."""

    at: int
    ran: int
    waited: int
    computed: float
    found: float


class _Look(NamedTuple):
    """A look at all tasks. `by`: the task with the claim that raised `found`; `known` and `started`: the process or
    thread that was started last, before the tasks were read and after it."""

    at: int
    tasks: dict[_Task, _Times]
    computed: float
    found: float
    by: _Task | None
    known: bytes
    started: bytes


_NOTHING = _Look(0, {}, 0.0, 0.0, None, b"", b"")


class Waits:
    """Call `begin` and set `candidate` for each sample, then `look` now and then; `seconds` is what has been found so far."""

    def __init__(self, meter: meters.Meter) -> None:
        self._meter = meter
        #: The sample's first process; to be set before the first look.
        self.candidate = 0
        #: The process of its tests, if it has one.
        self.judge = 0
        self._bases: dict[_Task, _Base] = {}
        self._awake: dict[_Task, _Awake] = {}
        self._chose: set[_Task] = set()
        self._last = _NOTHING
        self._before_ms, self._before_ns, self._start = 0.0, 0, 0
        self._held_up_ns, self._most_held_up_ns = 0, 0
        self._own = _standing(_SUPERVISOR, _SUPERVISOR)
        self.output_stood = False

    @property
    def seconds(self) -> float:
        return self._last.found / 1e9

    def begin(self, cpu_ms: float, wall_limit_ms: int) -> None:
        """Call before a sample is started; `cpu_ms` is the meter's value now.

        Every sample is begun, few are looked at: what only a look needs is made there.
        """
        self._before_ms, self._before_ns = cpu_ms, time.process_time_ns()
        self._last, self.output_stood, self._start = _NOTHING, False, time.monotonic_ns()
        self._held_up_ns, self._most_held_up_ns = 0, wall_limit_ms * 1_000_000

    def look(self) -> None:
        """Add what was waited since the last look, or since the beginning.

        `output_stood`: since then the sample has had to wait for the supervisor to read its output. Only then is the
        supervisor's own wait the sample's.
        """
        known, at, early, now = meters.last_process(), time.monotonic_ns(), self._computed(), _read()
        seen, now = time.monotonic_ns(), self._with_held_up(now, at)
        started = b"" if self._meter.counts_everything else meters.last_process()
        end, late = time.monotonic_ns(), self._computed()
        if self._last is _NOTHING:
            self._last = _NOTHING._replace(at=self._start)
        if not self._last.tasks:  # what existed before, or may have, counts from now on
            candidate = str(self.candidate)
            older = {task: times for task, times in now.items() if task[0] != candidate}
            self._bases = {
                task: _Base(self._last.at, times.ran, times.waited, 0.0, 0.0) for task, times in older.items()
            }
            self._last = self._last._replace(tasks=older, started=started)
            self._awake, self._chose = {}, set()
        heirs, unsure = self._replaced(now, known)
        self._awake = {task: self._since(task, times, at, seen, asleep=task in unsure) for task, times in now.items()}
        found, by = self._last.found, None
        for task, times in now.items():
            base, total = self._base(task, times), self._awake[task].most
            # some kernels count sleep as waiting if a sleeping task is moved to another processor: the period bounds it
            waited = min(total - base.waited, end - base.at)
            claim = waited - max(0.0, late - base.computed - (times.ran - base.ran))
            if (
                base.found + claim > found
                and started == self._last.started
                and task not in heirs
                and self._may_claim(task)
            ):
                found, by = base.found + claim, task
        look = _Look(at, now, early, found, by, known, started)
        self._bases = {task: self._next_base(task, times, look, heir=task in heirs) for task, times in now.items()}
        self._last, self.output_stood = look, False

    def _with_held_up(self, now: dict[_Task, _Times], at: int) -> dict[_Task, _Times]:
        """The same, where the sample's only task counts as waiting while it sleeps uninterruptibly."""
        own = [task for task in now if task[0] not in (_SUPERVISOR, str(self.judge))]
        if len(own) != 1 or not now[own[0]].held_up:
            return now
        times, before = now[own[0]], self._last.tasks.get(own[0])
        if before is not None and before.held_up and before.sleeps == times.sleeps:
            self._held_up_ns += at - self._last.at
        return {**now, own[0]: times._replace(runnable=self._held_up_ns <= self._most_held_up_ns)}

    def _replaced(self, now: dict[_Task, _Times], known: bytes) -> tuple[set[_Task], set[_Task]]:
        """The first threads of processes that may be another task than at the last look: such as may be one that was seen
        then, and all of them. Whoever has not run since is the same."""
        last = self._last.tasks
        ran = {task for task in now.keys() & last.keys() if task[0] == task[1] and now[task][:2] != last[task][:2]}
        gone = last.keys() - now.keys()
        heirs = {task for task in ran if any(task[0] == one[0] and _continues(last[one], now[task]) for one in gone)}
        return heirs, heirs if known == self._last.known else ran - {(_SUPERVISOR, _SUPERVISOR)}

    def _since(self, task: _Task, times: _Times, at: int, seen: int, *, asleep: bool) -> _Awake:
        """What a task has waited: by the kernel's account, or by the clock since it was seen awake. All were read between
        `at` and `seen`. `asleep`: it may have slept since the last look, whatever its number of sleeps."""
        last, awake = self._last.tasks.get(task), self._awake.get(task)
        if last is None or awake is None or times.ran < last.ran or times.waited < last.waited:  # or its id is reused
            return _Awake(seen, times, times.waited, times.waited)
        most = max(awake.most, awake.waited + times.waited - awake.times.waited)
        if asleep or not last.runnable or times.sleeps != last.sleeps or times.sleeps < 0:
            return _Awake(seen, times, most, most)
        by_clock = at - awake.at - (times.ran - awake.times.ran) - _TICK_NS
        return awake._replace(most=max(most, awake.waited + by_clock))

    def _base(self, task: _Task, times: _Times) -> _Base:
        """The base of a new task, which has begun since the last look; or which reuses an id."""
        base = self._bases.get(task)
        if base is None or times.ran < base.ran or self._awake[task].most < base.waited:
            return _Base(self._last.at, 0, 0, self._last.computed, self._last.found)
        return base

    def _next_base(self, task: _Task, times: _Times, look: _Look, *, heir: bool) -> _Base:
        """A task that is not runnable does not wait: its next period begins now. One that is may have been waiting
        since it last ran, so its period begins with the look before that."""
        waited = self._awake[task].most
        if not times.runnable:
            return _Base(look.at, times.ran, waited, look.computed, look.found)
        if heir:
            return _Base(self._last.at, times.ran, waited, self._last.computed, look.found)
        before = self._last.tasks.get(task)
        if before is not None and before[:2] == times[:2]:
            return self._base(task, times)
        found = look.found if look.by in (None, task) else self._last.found
        ran = before.ran if before is not None else 0
        return _Base(self._last.at, ran, waited, self._last.computed, found)

    def _may_claim(self, task: _Task) -> bool:
        """A task that has lowered its priority has no claim later either: its session's can be raised again."""
        if _standing(*task) != self._own:
            self._chose.add(task)
        return task not in self._chose and (task[0] != _SUPERVISOR or self.output_stood)

    def _computed(self) -> float:
        """Time computed by everything in the worker since the sample began, including the supervisor."""
        return (self._meter.cpu_ms() - self._before_ms) * 1e6 + time.process_time_ns() - self._before_ns


def _continues(before: _Times, now: _Times) -> bool:
    """Whether both may be reports of one task."""
    return now.ran >= before.ran and now.waited >= before.waited and now.sleeps >= before.sleeps


def _read() -> dict[_Task, _Times]:
    found = {}
    for pid in (_SUPERVISOR, *meters.others()):
        for tid in _threads(pid):
            # whoever is awake after this number was read has not slept until it grows
            status = meters.read(f"/proc/{pid}/task/{tid}/status").replace(b":\t", b" ")
            sleeps = meters.field(status, b"voluntary_ctxt_switches", absent=-1)
            # the state before the times: a process that sleeps then has ended all waits that they do not include yet
            state = meters.read(f"/proc/{pid}/task/{tid}/stat").rpartition(b") ")[2][:1]
            fields = meters.read(f"/proc/{pid}/task/{tid}/schedstat").split()
            if len(fields) == 3:
                found[pid, tid] = _Times(int(fields[0]), int(fields[1]), state == b"R", sleeps, state == b"D")
    return found


def _threads(pid: str) -> list[str]:
    try:
        return os.listdir(f"/proc/{pid}/task")
    except OSError:
        return []  # it ended between the listing and now


def _standing(pid: str, tid: str) -> tuple[object, ...]:
    """What determines a task's share of the processors, as far as the task can choose it."""
    number = int(tid)
    try:
        priority = os.getpriority(os.PRIO_PROCESS, number), os.sched_getscheduler(number)
        return *priority, os.sched_getaffinity(number), meters.read(f"/proc/{pid}/autogroup").rpartition(b" ")[2]
    except OSError:
        return ()
