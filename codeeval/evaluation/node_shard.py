"""The driver's end of a shard on a node of a cluster, without Ray: what waits to be sent, what the node has, and its speed."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace

from codeeval.evaluation.batches import Batch, Judging
from codeeval.evaluation.shard_end import ShardEnd
from codeeval.evaluation.shard_frames import DOWN, ROWS
from codeeval.evaluation.shard_interface import Deliver
from codeeval.i18n import msg
from sandbox.ray_link import AHEAD_S, MOST_PER_WORKER, REST_S

#: Bytes of frames in one call of a node, if it is more than one frame.
CALL_BYTES = 8 * 1024 * 1024
#: Frames of rows that a call waits for at most, and samples in a node's hands for each of them.
MOST_FRAMES, PER_FRAME = 8, 64
#: Seconds without a frame of a node that answers, after which its shard is lost.
SILENCE_S = 60.0

Frame = tuple[bytes, bytes]


class NodeShard(ShardEnd):
    """Executes `workers` jobs at a time. `wake` is called when there is something to send; the thread of the node's link takes it
    with `outgoing`, and brings what the node says to `hear`."""

    def __init__(self, name: str, workers: int, wake: Callable[[], None]) -> None:
        super().__init__(name)
        self._workers, self._wake = workers, wake
        self._outbox: deque[Frame] = deque()
        self._batches: dict[int, int] = {}
        self._held = 0
        self._rate, self._since = 0.0, 0.0
        self._rest_until, self._spoke_at = 0.0, time.monotonic()

    @property
    def workers(self) -> int:
        return self._workers

    @property
    def room(self) -> int:
        """By its speed: a slow node gets less ahead, and one whose sandbox has failed rests."""
        if time.monotonic() < self._rest_until:
            return 0
        return min(MOST_PER_WORKER * self._workers, 2 * self._workers + int(AHEAD_S * self._rate))

    @property
    def has_work(self) -> bool:
        """Whether the node has something to do, or to get."""
        return bool(self._held or self._outbox)

    @property
    def wanted(self) -> int:
        """Frames that are worth waiting for."""
        return min(MOST_FRAMES, 1 + self._held // PER_FRAME) if self._held else 0

    def judge(self, judging: Judging, deliver: Deliver) -> None:
        with self._lock:
            self._batches, self._held = {}, 0  # what it does for an earlier judging is nobody's
        super().judge(judging, deliver)

    def send(self, batch: Batch) -> None:
        with self._lock:
            if not self._held:
                self._since = time.monotonic()
            self._batches[batch.number] = len(batch.samples)
            self._held += len(batch.samples)
        super().send(batch)

    def outgoing(self) -> list[Frame]:
        """The next frames for the node."""
        frames: list[Frame] = []
        size = 0
        while self._outbox and (not frames or size + len(self._outbox[0][1]) <= CALL_BYTES):
            frames.append(self._outbox.popleft())
            size += len(frames[-1][1])
        return frames

    def hear(self, frames: Sequence[Frame]) -> str:
        """What the node says; not empty, and why, if that was its last word."""
        now = time.monotonic()
        if frames:
            self._spoke_at = now
        elif now - self._spoke_at > SILENCE_S:
            return msg("nothing was heard of it for {n} s", n=int(SILENCE_S))
        done = 0
        for kind, payload in frames:
            if kind == DOWN:
                return payload.decode("utf-8", "replace")
            if kind != ROWS or (found := self._rows(payload)) is None:
                continue
            rows, deliver = found
            done += self._finished(rows.done)
            if rows.incidents:
                self._rest_until = now + REST_S
            # a shard that executes nothing more is lost, not failing: its node gets another one
            deliver(self, replace(rows, failing=None))
            if rows.failing is not None:
                return rows.failing
        if done:
            rate = done / max(1e-3, now - self._since)
            self._rate, self._since = 0.7 * self._rate + 0.3 * rate if self._rate else rate, now
        return ""

    def _finished(self, numbers: Sequence[int]) -> int:
        """Samples of these batches."""
        with self._lock:
            done = sum(self._batches.pop(number, 0) for number in numbers)
            self._held -= done
        return done

    def _put(self, kind: bytes, payload: bytes) -> None:
        self._outbox.append((kind, payload))
        self._wake()
