"""Check whether the memory that a sample has cost its worker's control group was returned.

Not all of it belongs to processes and files: name lookups, rules, buffers and the like are the kernel's own memory,
charged to the group. Some of it stays until it is needed elsewhere, and whoever needs it first pays for the search;
some is released by a kernel thread, some time later. The next sample would have a lower memory limit, or be charged for
processor time that is not its own. So the charge has to return to nearly what it was before the first sample; file
pages that can be dropped at once may exceed it.

Not covered: workers without their own control group. No limit counts such memory there, and the next sample is not
charged for it; it is the machine's.
"""

from __future__ import annotations

import os

from sandbox.guest import meters, processes

_V1, _V2 = "/sys/fs/cgroup/memory/memory.usage_in_bytes", "/sys/fs/cgroup/memory.current"
_V1_PARTS, _V2_PARTS = "/sys/fs/cgroup/memory/memory.stat", "/sys/fs/cgroup/memory.stat"
#: Bytes that may be charged beyond the base: caches of small objects, and what the kernel precharges per processor.
_SPARE, _SPARE_PER_CPU = 24 << 20, 1 << 18
#: Bytes of file pages beyond the base. Dropping them takes some 30 ms of processor time.
_MOST_PAGES = 96 << 20
#: Seconds for the kernel to return the rest.
_SETTLE_S = 0.5


class Charge:
    """Create before the first sample. `watched` False: a worker without a control group, for which the charge is always
    fine."""

    def __init__(self, watched: bool) -> None:
        self._now = self._parts = -1
        if watched:
            v2 = os.path.exists(_V2)
            self._now = _opened(_V2 if v2 else _V1)
            self._parts = _opened(_V2_PARTS if v2 else _V1_PARTS)
        self._most = self._read() + _SPARE + _SPARE_PER_CPU * (os.cpu_count() or 1)
        self._pages = self._file_pages() + _MOST_PAGES

    def is_back(self, held: int) -> bool:
        """`held`: bytes of the sample that the supervisor itself still holds. One system call if nothing was left."""
        if self._read() <= self._most + held:
            return True
        for _ in processes.looks(_SETTLE_S):
            pages = self._file_pages()
            if self._read() - pages <= self._most + held and pages <= self._pages:
                return True
        return False

    def _read(self) -> int:
        return int(os.pread(self._now, 64, 0)) if self._now >= 0 else 0

    def _file_pages(self) -> int:
        if self._parts < 0:
            return 0
        text = os.pread(self._parts, 16_384, 0)
        return meters.field(text, b"inactive_file") + meters.field(text, b"active_file")


def _opened(path: str) -> int:
    try:
        return os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return -1
