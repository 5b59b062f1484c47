"""The driver's end of a shard on a node of a cluster, independent of Ray: frames to send, batches that the node holds, and
its speed."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace

from codeeval.evaluation.shards.batches import Batch, Judging
from codeeval.evaluation.shards.driver_end import ShardEnd
from codeeval.evaluation.shards.frames import DOWN, ROWS
from codeeval.evaluation.shards.interface import Deliver
from codeeval.i18n import msg
from sandbox.ray_link import AHEAD_S, MOST_PER_WORKER, REST_S

#: The most bytes of frames in one call of a node, unless a single frame is larger.
CALL_BYTES = 8 * 1024 * 1024
#: The most frames of rows that a call waits for: one per this many samples that the node holds.
MOST_FRAMES, PER_FRAME = 8, 64
#: A shard is lost after this many seconds without a frame, even if its node answers.
SILENCE_S = 60.0

Frame = tuple[bytes, bytes]


class NodeShard(ShardEnd):
    """Executes `workers` jobs at a time. `wake` is called when there is a frame to send; the thread of the node's link
    takes frames with `outgoing`, and passes those that it receives to `hear`."""

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
        """By its speed: a slow node gets less, and a node whose sandbox has failed gets nothing for some seconds."""
        if time.monotonic() < self._rest_until:
            return 0
        return min(MOST_PER_WORKER * self._workers, 2 * self._workers + int(AHEAD_S * self._rate))

    @property
    def has_work(self) -> bool:
        """Whether the node holds samples, or has frames to get."""
        return bool(self._held or self._outbox)

    @property
    def wanted(self) -> int:
        """The number of frames that a call should wait for."""
        return min(MOST_FRAMES, 1 + self._held // PER_FRAME) if self._held else 0

    def judge(self, judging: Judging, deliver: Deliver) -> None:
        with self._lock:
            self._batches, self._held = {}, 0  # results for an earlier judging are dropped
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
        """Handle received frames. Returns the reason if the shard is lost, or ""."""
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
            # a failing shard counts as lost, so that its node gets another one
            deliver(self, replace(rows, failing=None))
            if rows.failing is not None:
                return rows.failing
        if done:
            rate = done / max(1e-3, now - self._since)
            self._rate, self._since = 0.7 * self._rate + 0.3 * rate if self._rate else rate, now
        return ""

    def _finished(self, numbers: Sequence[int]) -> int:
        """Take these batches off; returns their number of samples."""
        with self._lock:
            done = sum(self._batches.pop(number, 0) for number in numbers)
            self._held -= done
        return done

    def _put(self, kind: bytes, payload: bytes) -> None:
        self._outbox.append((kind, payload))
        self._wake()
