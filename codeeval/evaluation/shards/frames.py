"""Frames between the driver and a shard's process: length (4 bytes, of what follows), kind (1 byte), payload.

Both ends are codeeval's own and on one machine; `batches.py` describes the payloads.
"""

from __future__ import annotations

import select
import socket
import struct
from contextlib import suppress

#: To the shard: how to make its pool (once, first), how to judge, a batch, a job for its pool.
SPEC, JUDGING, BATCH, JOB = b"S", b"G", b"B", b"J"
#: From the shard: its pool is ready, or can't be made; rows; a job's outcome, or why there is none; a sign of life.
UP, DOWN, ROWS, OUTCOME, NO_OUTCOME, ALIVE = b"U", b"D", b"R", b"O", b"N", b"H"

_HEAD = struct.Struct(">Ic")
MAX_FRAME_BYTES = 1 << 30


class Frames:
    """Whole frames over a connected stream socket. One thread may send while another receives."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock, self._buffer = sock, bytearray()
        self._poll = select.poll()
        self._poll.register(sock, select.POLLIN)

    def send(self, kind: bytes, payload: bytes = b"") -> None:
        """Raises OSError if the other end is gone, ValueError for a payload that is too large."""
        if len(payload) > MAX_FRAME_BYTES:
            raise ValueError(f"{len(payload)} bytes in one frame")
        self._sock.sendall(b"".join((_HEAD.pack(len(payload), kind), payload)))

    def receive(self, timeout_s: float | None = None) -> tuple[bytes, bytes] | None:
        """The next frame, None at the end. Raises TimeoutError if nothing arrived in time (it may be called again then)
        and OSError."""
        while True:
            if len(self._buffer) >= _HEAD.size:
                size, kind = _HEAD.unpack_from(self._buffer)
                if size > MAX_FRAME_BYTES:
                    raise OSError(f"a frame of {size} bytes")
                if len(self._buffer) >= _HEAD.size + size:
                    payload = bytes(self._buffer[_HEAD.size : _HEAD.size + size])
                    del self._buffer[: _HEAD.size + size]
                    return kind, payload
            if timeout_s is not None and not self._poll.poll(timeout_s * 1000):
                raise TimeoutError
            data = self._sock.recv(1 << 18)
            if not data:
                return None
            self._buffer += data

    def end(self) -> None:
        """Signal the end of the stream to the other end, which may still send."""
        with suppress(OSError):
            self._sock.shutdown(socket.SHUT_WR)

    def close(self) -> None:
        self._sock.close()
