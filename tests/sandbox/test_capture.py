"""A stream's first bytes are kept, the rest is taken unread, and no more than a bound of it."""

from __future__ import annotations

import os
import select
from collections.abc import Iterator

import pytest

from sandbox.guest import capture

KEEP = 1_000


@pytest.fixture
def target() -> Iterator[int]:
    """A descriptor that the candidate's stream may take the place of."""
    number = os.open("/dev/null", os.O_WRONLY)
    yield number
    os.close(number)


@pytest.fixture
def stream(target: int) -> Iterator[capture.Capture]:
    made = capture.Capture(target, select.poll())
    made.open(KEEP)
    yield made
    made.close()


def test_the_beginning_is_kept(stream: capture.Capture, target: int) -> None:
    """And `truncated` tells that there was more."""
    os.write(target, b"a" * 600)
    assert stream.drain() == 600
    assert (bytes(stream.view()), stream.truncated) == (b"a" * 600, False)
    os.write(target, b"b" * 600)
    stream.drain()
    assert not stream.truncated
    assert (stream.drain(), stream.truncated) == (200, True)
    assert bytes(stream.view()) == b"a" * 600 + b"b" * 400


def test_nothing_there_is_nothing_taken(stream: capture.Capture) -> None:
    """Somebody else may have read it."""
    assert stream.drain() == 0


def test_a_flood_ends(stream: capture.Capture, target: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the bound nobody reads: who writes is told so, and the next sample's stream is whole again."""
    monkeypatch.setattr(capture, "MOST_TAKEN", 300_000)
    written = 0
    while stream.read_end >= 0:
        written += os.write(target, b"x" * 60_000)
        while stream.read_end >= 0 and stream.drain():
            continue
    with pytest.raises(BrokenPipeError):
        os.write(target, b"x")
    assert 300_000 < written < 500_000
    assert (stream.size, stream.truncated, stream.read_end) == (KEEP, True, -1)
    stream.close()
    stream.open(KEEP)
    os.write(target, b"again")
    assert (stream.drain(), bytes(stream.view()), stream.truncated) == (5, b"again", False)


def test_small_portions_are_taken_at_intervals(
    stream: capture.Capture, target: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A program that writes in bytes does not keep the supervisor busy; one that fills its pipe doesn't wait for it."""
    pauses: list[float] = []
    monkeypatch.setattr(capture.time, "sleep", pauses.append)
    for _ in range(30):
        os.write(target, b"x")
        stream.drain()
    small = len(pauses)
    for _ in range(30):
        os.write(target, b"x" * 60_000)
        while stream.drain():
            continue
    assert (small, len(pauses) - small) == (30 - capture._AT_ONCE, 1)
