"""Notice a sample that holds very many record locks (fcntl(2), F_SETLK).

Each takes some 200 bytes of the kernel's memory, which is charged to no control group, and no limit of a process bounds
their number: within its limit of processor time a program could take a gigabyte of the machine's memory. Refusing them
would stop programs that use SQLite. The kernel lists the locks of a worker's processes in /proc/locks, but listing them
keeps all others waiting that use locks. So they are only counted if the kernel's memory has grown.

Covered: samples that run longer than `processor_waits.LOOK_S`. Not covered: a program that gives back as much other memory
of the kernel at the same time, which is at most its limit; kernels without /proc/locks (gVisor). Locks of open file
descriptions, and of processes that share theirs and have ended, are ascribed to no one by the kernel: the filters of system
calls refuse both.
"""

from __future__ import annotations

import os

from sandbox.guest import meters

#: More than any program needs: SQLite has up to four for each connection.
MOST = 20_000
#: The kernel's own memory has to grow by this much (KiB) before the locks are counted.
_GROWTH_KB = 8_192
_MEMORY, _LOCKS = "/proc/meminfo", "/proc/locks"


class RecordLocks:
    """Call `too_many` now and then during samples. The growth since the last sample counts, too: a program may take its
    locks before the first look."""

    def __init__(self) -> None:
        self._before_kb = _kernel_kb()

    def too_many(self) -> bool:
        """Whether the worker's processes hold more than `MOST`. Counts them only if memory has grown since the last count,
        or above the least since then."""
        now_kb = _kernel_kb()
        self._before_kb = min(self._before_kb, now_kb)
        if now_kb - self._before_kb < _GROWTH_KB:
            return False
        self._before_kb = now_kb
        return _held(MOST) > MOST


def _kernel_kb() -> int:
    """Memory of the kernel that can't be reclaimed, of the whole machine."""
    return meters.field(meters.read(_MEMORY).replace(b":", b"").replace(b" kB", b""), b"SUnreclaim")


def _held(most: int) -> int:
    """How many record locks the worker's processes hold; the count ends soon after `most`."""
    try:
        fd = os.open(_LOCKS, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return 0
    held = 0
    try:
        while held <= most and (text := os.read(fd, 65_536)):
            held += text.count(b" POSIX ")
    finally:
        os.close(fd)
    return held
