"""The worker's end of the channel: jobs in, frames out. A job's parts go into mappings and never into this process's
heap."""

from __future__ import annotations

import mmap
import os
from collections.abc import Callable

from sandbox import wire

JobLimits = tuple[int, int, int, int]  # cpu ms, wall ms, bytes kept of each stream, bytes of the reply


class HostGone(Exception):
    """The channel has ended: there is no more work."""


class HostChannel:
    """`fds`: where to read and where to write, blocking."""

    def __init__(self, fds: tuple[int, int]) -> None:
        self.read_end, self._write_end = fds

    def receive(self, body: mmap.mmap, room: Callable[[int], memoryview]) -> tuple[int, JobLimits, int]:
        """The next job's number, limits and size; puts its body into `body`, and its tests, if it has any, into the memory
        that `room` returns for their size. Raises HostGone."""
        header = bytearray(wire.LENGTH.size + 1 + wire.JOB_HEADER.size)
        self._read_into(memoryview(header))
        number, cpu_ms, wall_ms, output_bytes, reply_bytes, tests = wire.JOB_HEADER.unpack_from(
            header, wire.LENGTH.size + 1
        )
        size = wire.LENGTH.unpack_from(header)[0] - 1 - wire.JOB_HEADER.size - tests
        if header[wire.LENGTH.size : wire.LENGTH.size + 1] != wire.JOB or not 0 < size <= wire.MAX_JOB_BYTES - tests:
            raise HostGone  # another host or version: never guess
        with memoryview(body) as view:
            self._read_into(view[:size])
        if tests:
            with room(tests) as view:
                self._read_into(view)
        return number, (cpu_ms, wall_ms, output_bytes, max(4096, reply_bytes)), size

    def _read_into(self, view: memoryview) -> None:
        done = 0
        while done < len(view):
            count = os.readv(self.read_end, [view[done:]])
            if not count:
                raise HostGone
            done += count

    def send(self, kind: bytes, *parts: bytes | memoryview) -> None:
        """Send one whole frame."""
        total = 1 + sum(len(part) for part in parts)
        pending: list[bytes | memoryview] = [wire.LENGTH.pack(total) + kind, *(part for part in parts if len(part))]
        while pending:
            count = os.writev(self._write_end, pending)
            while pending and count >= len(pending[0]):
                count -= len(pending.pop(0))
            if count:
                pending[0] = memoryview(pending[0])[count:]
