"""Frames over a real socket: in any chunks, too large, cut off, late, from a guest that is gone or never reads."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox import ProtocolError, WorkerLost, wire
from sandbox.channel import AttachChannel, Channel

frames = st.lists(st.tuples(st.sampled_from([b"R", b"A", b"E", b"?"]), st.binary(max_size=300)), max_size=6)
SOON = 10.0


@pytest.fixture
def pair() -> Iterator[tuple[Channel, socket.socket]]:
    """The host's end as a channel, and the guest's end as a plain socket."""
    ours, theirs = socket.socketpair()
    channel = Channel(ours)
    yield channel, theirs
    channel.close()
    theirs.close()


def chunks(data: bytes, sizes: list[int]) -> Iterator[bytes]:
    """Cuts data into pieces of the given sizes, over and over."""
    at = index = 0
    while at < len(data):
        size = sizes[index % len(sizes)]
        yield data[at : at + size]
        at, index = at + size, index + 1


def dribble(guest: socket.socket, data: bytes, sizes: list[int]) -> None:
    """Sends data in pieces, from a thread: a connection holds only so many."""
    for piece in chunks(data, sizes):
        guest.sendall(piece)
    guest.shutdown(socket.SHUT_WR)


def read_all(channel: Channel, expected: int) -> list[tuple[bytes, bytes]]:
    return [channel.receive(SOON, 1_000) for _ in range(expected)]


@settings(max_examples=60)
@given(frames, st.lists(st.integers(1, 40), min_size=1, max_size=5))
def test_chunks_do_not_matter(sent: list[tuple[bytes, bytes]], sizes: list[int]) -> None:
    """The same frames arrive however the stream was cut, then the end of the stream is a lost worker."""
    ours, theirs = socket.socketpair()
    channel = Channel(ours)
    with theirs:
        data = b"".join(wire.frame(kind, payload) for kind, payload in sent)

        guest = threading.Thread(target=dribble, args=(theirs, data, sizes))
        guest.start()
        assert read_all(channel, len(sent)) == sent
        with pytest.raises(WorkerLost, match="closed"):
            channel.receive(SOON, 1_000)
        guest.join()
    channel.close()


@pytest.mark.parametrize("size", [0, 101, 2**31, 2**32 - 1])
def test_a_wrong_length_is_refused_by_its_header_alone(pair: tuple[Channel, socket.socket], size: int) -> None:
    """Nothing of a frame that is empty or too large is waited for."""
    channel, guest = pair
    guest.send(struct.pack(">I", size))
    with pytest.raises(ProtocolError, match=f"a frame of {size} bytes"):
        channel.receive(SOON, 100)


def test_the_largest_allowed_frame_arrives(pair: tuple[Channel, socket.socket]) -> None:
    """The cap counts the kind and the payload."""
    channel, guest = pair
    guest.send(wire.frame(b"E", b"x" * 99))
    assert channel.receive(SOON, 100) == (b"E", b"x" * 99)


@pytest.mark.parametrize("cut", range(1, 9))
def test_a_truncated_frame_is_a_lost_worker(pair: tuple[Channel, socket.socket], cut: int) -> None:
    """A stream that ends within a frame gives no frame."""
    channel, guest = pair
    guest.send(wire.frame(b"E", b"1234")[:cut])
    guest.close()
    with pytest.raises(WorkerLost, match="closed"):
        channel.receive(SOON, 100)


@pytest.mark.parametrize("said", [b"", b"\0", b"\0\0\0\x05E12"])
def test_silence_is_a_lost_worker(pair: tuple[Channel, socket.socket], said: bytes) -> None:
    """A guest that stops in the middle is given up when the time is over."""
    channel, guest = pair
    guest.send(said)
    with pytest.raises(WorkerLost, match="in time"):
        channel.receive(0.05, 100)


def test_a_trickle_does_not_extend_the_deadline(pair: tuple[Channel, socket.socket]) -> None:
    """The deadline is for the frame and not for the next byte."""
    channel, guest = pair
    stop = threading.Event()

    def trickle() -> None:
        guest.send(struct.pack(">I", 100_000))
        while not stop.wait(0.01):
            guest.send(b"x")

    thread = threading.Thread(target=trickle)
    thread.start()
    try:
        with pytest.raises(WorkerLost, match="in time"):
            channel.receive(0.2, 200_000)
    finally:
        stop.set()
        thread.join()


def test_a_guest_that_never_reads_is_a_lost_worker(pair: tuple[Channel, socket.socket]) -> None:
    """Sending ends at its deadline when the connection is full."""
    channel, _ = pair
    with pytest.raises(WorkerLost, match="takes no more jobs"):
        channel.send(b"x" * (8 << 20), 0.05)


def test_a_guest_that_is_gone_is_a_lost_worker(pair: tuple[Channel, socket.socket]) -> None:
    """Sending to a closed connection is no other error, and what had been said before can still be read."""
    channel, guest = pair
    guest.send(wire.frame(b"A", b"last words"))
    guest.close()
    with pytest.raises(WorkerLost):
        channel.send(b"x", SOON)
    assert channel.receive(SOON, 100) == (b"A", b"last words")
    with pytest.raises(WorkerLost):
        channel.receive(SOON, 100)


def test_abort_wakes_whoever_waits(pair: tuple[Channel, socket.socket]) -> None:
    """Another thread can end a wait; doing so twice, or after the end, is harmless."""
    channel, _ = pair
    timer = threading.Timer(0.05, channel.abort)
    timer.start()
    with pytest.raises(WorkerLost, match="closed"):
        channel.receive(60.0, 100)
    timer.join()
    channel.close()
    channel.abort()
    channel.close()
    with pytest.raises(WorkerLost):
        channel.receive(SOON, 100)
    with pytest.raises(WorkerLost):
        channel.send(b"x", SOON)


pieces = st.lists(st.tuples(st.sampled_from([0, 1, 2]), st.binary(max_size=40)), max_size=8)


@settings(max_examples=60)
@given(frames, pieces, st.lists(st.integers(1, 30), min_size=1, max_size=4), st.randoms())
def test_the_attach_stream_is_taken_apart(sent, noise, sizes, random) -> None:
    """Frames spread over the engine's packets, mixed with packets of stderr, arrive as they were, whatever the chunks."""
    data = b"".join(wire.frame(kind, payload) for kind, payload in sent)
    packets = [(1, piece) for piece in chunks(data, sizes)]
    for stream, text in noise:
        if stream != 1:
            packets.insert(random.randint(0, len(packets)), (stream, text))
    raw = b"".join(struct.pack(">BxxxI", stream, len(piece)) + piece for stream, piece in packets)
    ours, theirs = socket.socketpair()
    channel = AttachChannel(ours)
    with theirs:
        guest = threading.Thread(target=dribble, args=(theirs, raw, sizes[::-1]))
        guest.start()
        assert read_all(channel, len(sent)) == sent
        with pytest.raises(WorkerLost, match="closed"):
            channel.receive(SOON, 1_000)
        guest.join()
    channel.close()
