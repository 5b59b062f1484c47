"""A candidate's output streams, drained while it runs and kept up to a cap: in a mapping, not in the supervisor's
heap."""

from __future__ import annotations

import mmap
import os
import select
import time

#: The default capacity of a pipe.
CAPACITY = 65_536
#: The most bytes of one stream accepted from a sample; writing more fails with EPIPE. 4,096 times what is kept by
#: default, and more than any program prints for a reader.
MOST_TAKEN = 1 << 28
#: After this many small reads, output is read at intervals, so that the supervisor does not keep a second processor
#: busy.
_AT_ONCE, _PAUSE_S = 16, 0.0002


class Capture:
    """One stream, which candidates inherit as descriptor `target`. The mapping is reused for all samples of a worker
    and zeroed in between; every sample gets a new pipe, because flags and sizes that a candidate sets on a pipe would
    outlive it.

    The supervisor keeps the write end as well (it is its own descriptor `target`): what is done before the fork costs a
    candidate no page, and a sample ends with its process, not with its output.
    """

    def __init__(self, target: int, poll: select.poll) -> None:
        self._target, self._poll = target, poll
        self._kept = mmap.mmap(-1, 4096, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
        self._null = os.open("/dev/null", os.O_WRONLY | os.O_CLOEXEC)
        self._limit = self.size = self._taken = self._times = 0
        self.truncated = False
        self.read_end = -1

    def open(self, keep: int) -> None:
        """A new pipe for the next sample; keeps the first `keep` bytes."""
        if len(self._kept) < keep:
            self._kept = mmap.mmap(-1, keep, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
        self._limit, self.size, self.truncated = keep, 0, False
        self._taken = self._times = 0
        self.read_end, write_end = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
        os.set_blocking(write_end, True)
        os.fchmod(write_end, 0o622)  # so that the candidate, a different user, can open /dev/stdout by name
        os.dup2(write_end, self._target)
        os.close(write_end)
        self._poll.register(self.read_end, select.POLLIN)

    def drain(self) -> int:
        """Read what is available, up to about one pipe's capacity, and return the number of bytes. Bytes beyond the cap
        are discarded unread.

        Called when poll reports data; a candidate that may open its own output (one user only) may have read it first.
        """
        try:
            if self.size < self._limit:
                with memoryview(self._kept) as view:
                    count = os.readv(self.read_end, [view[self.size : min(self._limit, self.size + CAPACITY)]])
                self.size += count
            else:
                count = os.splice(self.read_end, self._null, 1 << 20)
                self.truncated = count > 0 or self.truncated
        except BlockingIOError:
            return 0
        self._taken += count
        self._times += 1
        if self._taken > MOST_TAKEN:
            self.close()
        elif self._times > _AT_ONCE and count < CAPACITY // 2:
            time.sleep(_PAUSE_S)
        return count

    def close(self) -> None:
        """Accept no more. May be called twice."""
        if self.read_end < 0:
            return
        self._poll.unregister(self.read_end)
        os.close(self.read_end)
        self.read_end = -1

    def view(self) -> memoryview:
        """What was kept."""
        return memoryview(self._kept)[: self.size]

    def forget(self) -> None:
        """Zero what was kept."""
        if self.size:
            self._kept.madvise(mmap.MADV_DONTNEED)
