"""Whether the memory that a sample has cost its worker's control group has come back.

Not all of it belongs to processes and files: names that were looked up, rules, buffers and the like are the kernel's own memory,
charged to the group. Some of it stays until it is wanted elsewhere, and the first to want it pays for the search; some is given
back by a thread of the kernel, at its leisure. The next sample would meet a lower limit of memory, or be charged with processor
time that is not its own. So the charge has to be near what it was before the first sample; pages of files that can be dropped at
once may be more.

Not covered: workers without a control group of their own. No limit counts such memory there, and the next sample is not charged
with it; it is the machine's.
"""

from __future__ import annotations

import os

from sandbox.guest import meters, processes

_V1, _V2 = "/sys/fs/cgroup/memory/memory.usage_in_bytes", "/sys/fs/cgroup/memory.current"
_V1_PARTS, _V2_PARTS = "/sys/fs/cgroup/memory/memory.stat", "/sys/fs/cgroup/memory.stat"
#: Bytes that may be charged beyond the base: caches of small objects, and per processor what the kernel charges ahead.
_SPARE, _SPARE_PER_CPU = 24 << 20, 1 << 18
#: Bytes of files' pages beyond the base. To drop them takes some 30 ms of processor time.
_MOST_PAGES = 96 << 20
#: Seconds for the kernel to give back what it has not yet.
_SETTLE_S = 0.5


class Charge:
    """To be made before the first sample; `watched` False: a worker without a control group, whose charge is always fine."""

    def __init__(self, watched: bool) -> None:
        self._now = self._parts = -1
        if watched:
            v2 = os.path.exists(_V2)
            self._now = _opened(_V2 if v2 else _V1)
            self._parts = _opened(_V2_PARTS if v2 else _V1_PARTS)
        self._most = self._read() + _SPARE + _SPARE_PER_CPU * (os.cpu_count() or 1)
        self._pages = self._file_pages() + _MOST_PAGES

    def is_back(self, held: int) -> bool:
        """`held`: bytes of the sample that the supervisor itself still holds. One system call, where nothing was left."""
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
