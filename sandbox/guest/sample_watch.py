"""Wait for the end of a sample, the exit of its candidate or judge or the first limit that it reaches; read its output."""

from __future__ import annotations

import os
import select
import time
from collections.abc import Sequence

from sandbox import wire
from sandbox.guest import meters, processor_waits, record_locks
from sandbox.guest.capture import CAPACITY, Capture
from sandbox.guest.host_channel import HostChannel, HostGone, JobLimits

_MIN_TICK_S = 0.005
_MEMORY_TICK_S = 0.02
#: How often in a row no wall limit is found because the supervisor itself had no processor for a while.
_MOST_LATE = 5
_RDHUP = getattr(select, "POLLRDHUP", 0x2000) | select.POLLHUP | select.POLLERR


class Watch:
    """Call `begin` before the sample's first process is forked, set `waits.candidate`, then call `wait` and `drain_rest`.

    Most samples end before the first timeout, so `begin` computes that one: after the fork every page written is copied.
    """

    def __init__(self, host: HostChannel, meter: meters.Meter, memory_mb: int) -> None:
        self._host, self._meter = host, meter
        self._memory_kb = memory_mb * 1024
        self._cpus = os.sysconf("SC_NPROCESSORS_ONLN")  # unaffected by a patched `os.cpu_count`
        self._poll = select.poll()
        self._poll.register(host.read_end, _RDHUP)
        self.streams: Sequence[Capture] = (Capture(1, self._poll), Capture(2, self._poll))
        self.waits = processor_waits.Waits(meter)
        self._locks = record_locks.RecordLocks()
        self._limits: JobLimits = (0, 0, 0, 0)
        self._cpu_before = 0.0
        self._first_ms = 0.0
        self._number = self._told = 0

    def begin(self, number: int, limits: JobLimits, cpu_before: float) -> None:
        """`number`: the job's; `cpu_before`: what the meter says now."""
        self._number, self._told, self._cpu_before = number, 0, cpu_before
        if limits != self._limits:
            self._limits = limits
            first = min(self._tick(limits[0]), processor_waits.LOOK_S, limits[1] / 1000)
            self._first_ms = first * 1000 + 1
        self.waits.begin(cpu_before, limits[1])

    def wait(self, handle: int) -> str:
        """Block until `handle` is readable or a limit is reached; return that limit's name, or "". Raises HostGone."""
        self._poll.register(handle, select.POLLIN)
        end = self._wait(handle)
        self._poll.unregister(handle)
        return end

    def drain_rest(self) -> None:
        """Read what the pipes still hold. Bounded: no process is left to write."""
        for _ in range(64):
            ready = self._poll.poll(0)
            if not ready:
                break
            self._drain(ready)
        for stream in self.streams:
            stream.close()

    def _drain(self, ready: list[tuple[int, int]]) -> None:
        for fd, _ in ready:
            if fd == self._host.read_end:
                raise HostGone
            for stream in self.streams:
                if fd == stream.read_end and stream.drain() >= CAPACITY:
                    self.waits.output_stood = True

    def _wait(self, handle: int) -> str:
        start, timeout_ms = time.monotonic(), self._first_ms
        check = look = next_look = 0.0
        late = 0
        while True:
            ready = self._poll.poll(timeout_ms)
            if handle in dict(ready):
                return self._at_exit(start)
            self._drain(ready)
            cpu_limit_ms, wall_s = self._limits[0], self._limits[1] / 1000
            if not look:
                check, look = start + self._tick(cpu_limit_ms), start + processor_waits.LOOK_S
                next_look = min(look, start + wall_s)
            now = time.monotonic()
            if now >= next_look:
                self.waits.look()
                # what kept this process waiting may have kept the sample, whose wait is told when it ends: look again
                late = late + 1 if now - look > processor_waits.LOOK_S else 0
                look = now + processor_waits.LOOK_S
                if end := self._by_the_clock(now - start, wall_s, excused=0 < late <= _MOST_LATE):
                    return end
                if self._locks.too_many():
                    return "memory"
            if now >= check:
                left_ms = cpu_limit_ms - (self._meter.cpu_ms() - self._cpu_before)
                if left_ms <= 0:
                    return "cpu_limit"
                if self._meter.watches_memory and self._meter.resident_kb() > self._memory_kb:
                    return "memory"
                check = now + self._tick(left_ms)
            next_look = look if late else min(look, start + wall_s + self.waits.seconds)
            timeout_ms = max(0.0, min(check, next_look) - now) * 1000 + 1

    def _by_the_clock(self, passed_s: float, limit_s: float, *, excused: bool) -> str:
        """Why a sample that has run for this long must end; "" if it may continue, of which the host is notified."""
        waited = self.waits.seconds
        if passed_s - waited >= limit_s and not excused:
            return "wall_limit"
        if waited >= wire.MOST_WAITS * limit_s:
            return "starved"
        if passed_s >= (self._told + 1) * limit_s and self._told < wire.MOST_WAITS:
            self._told += 1
            self._host.send(wire.WAIT, wire.ACCEPT_HEADER.pack(self._number))
        return ""

    def _at_exit(self, start: float) -> str:
        """A sample that ended just before the limit would have been noticed has exceeded it all the same, on any
        machine."""
        passed_s = time.monotonic() - start
        if passed_s > processor_waits.LOOK_S:
            self.waits.look()
        cpu_limit_ms = self._limits[0]
        if passed_s * 1000 * self._cpus < cpu_limit_ms:
            return ""  # it can't have used that much
        return "cpu_limit" if self._meter.cpu_ms() - self._cpu_before > cpu_limit_ms else ""

    def _tick(self, left_ms: float) -> float:
        """Seconds until the limit could be reached at the earliest, if the sample used every processor."""
        tick = max(_MIN_TICK_S, left_ms / 1000 / self._cpus)
        return min(tick, _MEMORY_TICK_S) if self._meter.watches_memory else tick
