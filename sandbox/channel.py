"""The host's end of a worker's connection: whole frames in and out, every wait with a deadline, every size with a
cap."""

from __future__ import annotations

import os
import socket
import struct
import time
from weakref import WeakSet

from sandbox import wire
from sandbox.errors import ProtocolError, WorkerLost

_CHUNK = 262_144
_DOCKER_HEADER = struct.Struct(">BxxxI")
_open: WeakSet[Channel] = WeakSet()


class Channel:
    """Frames over a connected stream socket. Not thread-safe, but `abort` may be called from any thread."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._buffer = bytearray()
        _open.add(self)

    def send(self, data: bytes, timeout_s: float) -> None:
        """Send everything. Raises WorkerLost if the guest is gone or does not read in time."""
        try:
            self._sock.settimeout(timeout_s)
            self._sock.sendall(data)
        except OSError as error:
            raise WorkerLost(f"the worker takes no more jobs: {error}") from error

    def receive(self, timeout_s: float, max_bytes: int) -> tuple[bytes, bytes]:
        """The next frame as (kind, payload), within `timeout_s` seconds.

        Raises WorkerLost at end of file or when time is up, ProtocolError for a frame larger than `max_bytes`.
        """
        head, size = wire.LENGTH.size, self.expect(timeout_s, max_bytes)
        kind = bytes(self._buffer[head : head + 1])
        payload = bytes(self._buffer[head + 1 : head + size])
        del self._buffer[: head + size]
        return kind, payload

    def expect(self, timeout_s: float, max_bytes: int) -> int:
        """Wait for the next frame without taking it, and return its size. Raises what `receive` raises."""
        deadline = time.monotonic() + timeout_s
        head = wire.LENGTH.size
        self._fill(head, deadline)
        (size,) = wire.LENGTH.unpack_from(self._buffer)
        if not 1 <= size <= max_bytes:
            raise ProtocolError(f"a frame of {size} bytes where at most {max_bytes} are possible")
        self._fill(head + size, deadline)
        return int(size)

    def _fill(self, size: int, deadline: float) -> None:
        while len(self._buffer) < size:
            left = deadline - time.monotonic()
            if left <= 0:
                raise WorkerLost("the worker did not answer in time")
            try:
                self._sock.settimeout(left)
                data = self._sock.recv(_CHUNK)
            except TimeoutError:
                continue
            except OSError as error:
                raise WorkerLost(f"the connection to the worker broke: {error}") from error
            if not data:
                raise WorkerLost("the worker closed its connection")
            self._accept(data)

    def _accept(self, data: bytes) -> None:
        self._buffer += data

    def abort(self) -> None:
        """Wake the waiting thread with WorkerLost."""
        try:
            self._sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            return

    def close(self) -> None:
        """Close the connection; the guest then exits."""
        self.abort()
        self._sock.close()

    def forget(self) -> None:
        """Close this process's copy of a connection that another owner keeps using."""
        self._sock.close()


class AttachChannel(Channel):
    """The engine's attach stream, in which stdout and stderr of the container are multiplexed."""

    def __init__(self, sock: socket.socket) -> None:
        super().__init__(sock)
        self._raw = bytearray()

    def _accept(self, data: bytes) -> None:
        self._raw += data
        while len(self._raw) >= _DOCKER_HEADER.size:
            stream, size = _DOCKER_HEADER.unpack_from(self._raw)
            end = _DOCKER_HEADER.size + size
            if len(self._raw) < end:
                return
            if stream == 1:  # stderr carries the supervisor's last messages, not the protocol
                self._buffer += self._raw[_DOCKER_HEADER.size : end]
            del self._raw[:end]


def _forget_all() -> None:
    """In a fork of the host's process: close the connections, because a worker must not outlive the host through the
    fork."""
    for channel in list(_open):
        channel.forget()


os.register_at_fork(after_in_child=_forget_all)
