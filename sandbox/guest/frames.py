"""The two pipes between judge and candidate: frames with a length and a number, strictly request/response.

Covered: whatever is in the pipe, the reader gets at most `most` bytes that claim to be the answer to its question, or
Lost.
"""

from __future__ import annotations

import os
import select
import struct
from collections.abc import Collection

_HEAD = struct.Struct(">II")
#: How many bytes a frame may be longer than its message: kind, flags and the like.
MARGIN = 64
_PIPE = 65_536
_read, _write, _unpack, _set_affinity = os.read, os.write, _HEAD.unpack_from, os.sched_setaffinity


class Lost(BaseException):
    """The other side is gone, or violates the protocol."""


def pin(cpus: Collection[int]) -> None:
    """Run this process on these processors only. If that is refused, or there are none, it is merely slower."""
    if not cpus:
        return
    try:
        _set_affinity(0, cpus)
    except (OSError, ValueError):
        return


class Line:
    """One side's two descriptors. `partner` is a pidfd: its end is noticed even while others hold the pipe.

    `meet` is the processor on which both sides wait for each other, and `work` are those on which this side works: a
    question and its answer are then two switches on one processor, without waiting for another one to wake up or become
    free.
    """

    def __init__(
        self,
        read_fd: int,
        write_fd: int,
        partner: int = -1,
        *,
        meet: Collection[int] = (),
        work: Collection[int] = (),
    ) -> None:
        self._in, self._out, self._partner, self._meet, self._work = read_fd, write_fd, partner, meet, work
        self._poll = select.poll()
        if partner >= 0:
            self._poll.register(read_fd, select.POLLIN)
            self._poll.register(partner, select.POLLIN)

    def send(self, number: int, *parts: bytes) -> None:
        """Send one frame. Raises Lost."""
        data = b"".join((_HEAD.pack(sum(map(len, parts)), number), *parts))
        if self._meet:
            pin(self._meet)
        try:
            done = _write(self._out, data)
            while done < len(data):
                done += _write(self._out, data[done : done + 65_536])
        except OSError as error:
            raise Lost(f"writing: {error}") from None

    def receive(self, most: int) -> tuple[int, bytes]:
        """(number, payload). Raises Lost at the end, or for a frame above `most` bytes.

        The protocol is strictly request/response, so one read takes all there is.
        """
        data = self._some()
        if self._work:
            pin(self._work)
        while len(data) < _HEAD.size:
            data += self._some()
        size, number = _unpack(data)
        left = size + _HEAD.size - len(data)
        if size > most + MARGIN or left < 0:
            raise Lost("a frame of a wrong size")
        if not left:
            return number, data[_HEAD.size :]
        pieces = [data[_HEAD.size :]]
        while left > 0:
            pieces.append(self._some(left))
            left -= len(pieces[-1])
        return number, b"".join(pieces)

    def _some(self, most: int = _PIPE) -> bytes:
        """Read what is available, waiting until something is. Raises Lost if nothing more can arrive."""
        if self._partner >= 0 and not any(fd == self._in for fd, _ in self._poll.poll()):
            raise Lost("the process has ended")
        try:
            data = _read(self._in, min(most, _PIPE))
        except OSError as error:
            raise Lost(f"reading: {error}") from None
        if not data:
            raise Lost("the end of the pipe")
        return data
