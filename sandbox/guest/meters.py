"""Measure what the sample has used: CPU, out-of-memory kills and resident memory, from the cgroup if there is one.

`CgroupMeter` reads the counters of the container's control group (v1 and v2). `ProcMeter` is for a worker without one:
it adds up /proc for running processes and getrusage for reaped ones; a child with a parent that ignores SIGCHLD escapes
it, and is ended by the wall limit.
"""

from __future__ import annotations

import os
import resource
import time

_V1_CPU, _V2_CPU = "/sys/fs/cgroup/cpuacct/cpuacct.usage", "/sys/fs/cgroup/cpu.stat"
_V1_OOM, _V2_OOM = "/sys/fs/cgroup/memory/memory.oom_control", "/sys/fs/cgroup/memory.events"
_V1_CAP, _V2_CAP = "/sys/fs/cgroup/memory/memory.limit_in_bytes", "/sys/fs/cgroup/memory.max"
#: What a worker's group may have beyond its samples' memory.
_SPARE_MB = 256
_TICK_MS = 1000 // os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")


class CgroupMeter:
    """Counters that only grow; callers use differences."""

    watches_memory = False
    counts_everything = True

    def __init__(self) -> None:
        self._v2 = os.path.exists(_V2_CPU)
        self._cpu = os.open(_V2_CPU if self._v2 else _V1_CPU, os.O_RDONLY | os.O_CLOEXEC)
        self._oom = os.open(_V2_OOM if self._v2 else _V1_OOM, os.O_RDONLY | os.O_CLOEXEC)

    def cpu_ms(self) -> float:
        """CPU time of everything in the group so far except this process: the supervisor's work on a loaded machine
        (longer waits, cold caches) must not push a sample over its limit."""
        text = os.pread(self._cpu, 4096, 0)
        group = field(text, b"usage_usec") / 1000 if self._v2 else int(text) / 1_000_000
        return group - time.process_time() * 1000

    def oom_events(self) -> bytes:
        """What the kernel tells of memory that ran out in this group; for `has_killed`."""
        return os.pread(self._oom, 4096, 0)

    def resident_kb(self) -> int:
        """Not needed here: the kernel enforces the limit."""
        return 0


class ProcMeter:
    """For workers without their own control group: a process that is not waited for is not counted once it is gone.

    The supervisor must be PID 1 and see only its descendants.
    """

    watches_memory = True
    counts_everything = False

    def cpu_ms(self) -> float:
        used = sum(_cpu_ticks(pid) for pid in others()) * float(_TICK_MS)
        reaped = resource.getrusage(resource.RUSAGE_CHILDREN)
        return used + (reaped.ru_utime + reaped.ru_stime) * 1000

    def oom_events(self) -> bytes:
        return b""

    def resident_kb(self) -> int:
        """Anonymous memory of all processes of the sample, less what each still shares with the supervisor, plus shared
        memory.

        The kernel does not report which processes share a page: the largest share counts, or a quarter of the sum, so
        that four processes may work on one array but forty can't hold one each.
        """
        own, pids = _anonymous_pages("1"), others()
        anonymous = sum(max(0, _anonymous_pages(pid) - own) for pid in pids) * _PAGE // 1024
        shared = [_shared_kb(pid) for pid in pids]
        return anonymous + max(0, sum(shared) // 4, *shared)


Meter = CgroupMeter | ProcMeter


def best(memory_mb: int) -> Meter:
    """The control group's counters if they are this worker's alone, otherwise /proc."""
    try:
        return CgroupMeter() if _capped(memory_mb) else ProcMeter()
    except OSError:  # the local backend mounts no control group
        return ProcMeter()


def _capped(memory_mb: int) -> bool:
    """Whether the visible group was made for this worker: a rootless engine on version 1 can't make one and shows the
    machine's, with shared counters. Locally the limit is not visible, and the counters only if they are this
    worker's."""
    for path in (_V2_CAP, _V1_CAP):
        if os.path.exists(path):
            limit = read(path).strip()
            return limit.isdigit() and int(limit) <= (memory_mb + _SPARE_MB) << 20
    return True


def has_killed(before: bytes, after: bytes) -> bool:
    """Whether the kernel has killed a process for memory between two `oom_events`."""
    return after != before and field(after, b"oom_kill") > field(before, b"oom_kill")


def field(text: bytes, name: bytes, absent: int = 0) -> int:
    """The number with this name in lines of names and numbers; `absent` if there is none.

    Only a line feed ends a line: a process may have a name with carriage returns, which the kernel writes as they are.
    """
    for line in text.split(b"\n"):
        key, _, value = line.partition(b" ")
        if key == name:
            return int(value)
    return absent


def others() -> list[str]:
    """All processes of the worker except the supervisor."""
    return [name for name in os.listdir("/proc") if name.isdigit() and name != "1"]


def last_process() -> bytes:
    """The id of the process or thread that was started last in this pid namespace."""
    return read("/proc/loadavg").rpartition(b" ")[2]


def read(path: str) -> bytes:
    """The first 4096 bytes of a file; empty if it does not exist."""
    try:
        fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return b""  # it ended between the listing and now
    try:
        return os.read(fd, 4096)
    except OSError:
        return b""
    finally:
        os.close(fd)


def _cpu_ticks(pid: str) -> int:
    # the command's name, in parentheses, is the candidate's to choose: count from the last ')'
    fields = read(f"/proc/{pid}/stat").rpartition(b")")[2].split()
    return sum(map(int, fields[11:15])) if len(fields) > 15 else 0


def _shared_kb(pid: str) -> int:
    return field(read(f"/proc/{pid}/status").replace(b":\t", b" ").replace(b" kB", b""), b"RssShmem")


def _anonymous_pages(pid: str) -> int:
    fields = read(f"/proc/{pid}/statm").split()
    return int(fields[1]) - int(fields[2]) if len(fields) > 2 else 0
