"""The loop of a shard outside the driver's process, independent of the transport: take what the driver sends, settle
what the pool has done, send finished rows. The kinds of frames are in `frames.py`."""

from __future__ import annotations

import pickle
import queue
import time
from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from typing import Protocol as Interface
from typing import cast

from codeeval.evaluation.shards.batches import Batch, Judging
from codeeval.evaluation.shards.frames import ALIVE, BATCH, JOB, JUDGING, NO_OUTCOME, OUTCOME, ROWS
from codeeval.evaluation.shards.interface import JobRunner
from codeeval.evaluation.shards.shard import Arrival, Shard
from codeeval.store.codec import pack_outcome
from sandbox import Job, Outcome, SandboxError

#: Seconds between signs of life of a shard that has nothing else to send.
ALIVE_EVERY_S = 2.0
#: Rows are sent when this many have collected, the oldest has waited this many seconds, or nothing else is due.
ROWS_AT_ONCE, LINGER_S = 32, 0.05
#: How many things are handled before rows are looked at.
AT_ONCE = 32

#: A frame, a function to call, or None at the end.
Event = tuple[bytes, bytes] | Callable[[], None] | None


class Say(Interface):
    """Send a frame to the driver. Raises OSError if it has ended."""

    def __call__(self, kind: bytes, payload: bytes = b"", /) -> None: ...


class ShardLoop:
    """`run` belongs to one thread; others fill `inbox`."""

    def __init__(self, say: Say, inbox: queue.SimpleQueue[Event], pool: JobRunner) -> None:
        self._send, self._inbox, self._pool = say, inbox, pool
        self._shard: Shard | None = None
        self._judging = 0
        self._said_at = self._drained_at = time.monotonic()

    def run(self) -> None:
        """Run until the end, or until the driver ends."""
        try:
            while self._step():
                pass
        except OSError:  # the driver has ended
            return

    def _step(self) -> bool:
        """Wait for work, do it, send what is finished. False at the end."""
        waiting = self._shard.finished if self._shard else 0
        left = self._drained_at + LINGER_S - time.monotonic() if waiting else ALIVE_EVERY_S
        done = 0
        try:
            event = self._inbox.get(timeout=max(0.0, left))
            while True:
                if event is None:
                    return False
                self._do(event)
                done += 1
                if done == AT_ONCE or isinstance(event, tuple):  # a batch may take long
                    break
                event = self._inbox.get_nowait()
        except queue.Empty:
            pass
        self._say()
        return True

    def _do(self, event: tuple[bytes, bytes] | Callable[[], None]) -> None:
        if isinstance(event, tuple):
            self._obey(*event)
        else:
            event()

    def _obey(self, kind: bytes, payload: bytes) -> None:
        if kind == BATCH:
            assert self._shard is not None
            self._shard.take(Batch.unpacked(payload))
        elif kind == JUDGING:
            self._judge(pickle.loads(payload))  # noqa: S301 - of the driver
        elif kind == JOB:
            self._submit(*cast(tuple[int, Job], pickle.loads(payload)))  # noqa: S301 - of the driver

    def _judge(self, judging: Judging) -> None:
        """Judge like this from now on; results of an earlier judging are dropped."""
        self._judging += 1
        this = self._judging

        def deliver(arrival: Arrival) -> None:
            self._inbox.put(lambda: shard.settle(arrival) if this == self._judging else None)

        self._shard = shard = Shard(judging, self._pool, deliver)

    def _submit(self, number: int, job: Job) -> None:
        try:
            future = self._pool.submit(job)
        except (SandboxError, ValueError) as error:
            self._answer(number, error)
            return
        future.add_done_callback(lambda done: self._inbox.put(lambda: self._answer(number, _found(done))))

    def _answer(self, number: int, found: Outcome | BaseException) -> None:
        head = number.to_bytes(8, "big")
        if isinstance(found, Outcome):
            packed = pack_outcome(found)
            is_text = isinstance(packed, str)
            body = packed.encode() if isinstance(packed, str) else packed
            self._send(OUTCOME, head + bytes([is_text]) + body)
        else:
            text = f"{type(found).__name__}: {found}".encode("utf-8", "replace")
            self._send(NO_OUTCOME, head + bytes([isinstance(found, ValueError)]) + text)

    def _say(self) -> None:
        now = time.monotonic()
        shard = self._shard
        if shard is not None and shard.finished:
            due = shard.finished >= ROWS_AT_ONCE or not shard.outstanding or now - self._drained_at >= LINGER_S
            if due and (rows := shard.drain()) is not None:
                self._send(ROWS, self._judging.to_bytes(4, "big") + rows.packed())
                self._said_at = self._drained_at = now
        else:
            self._drained_at = now
        if now - self._said_at >= ALIVE_EVERY_S:
            self._send(ALIVE)
            self._said_at = now


def _found(done: Future[Outcome]) -> Outcome | BaseException:
    try:
        return done.result()
    except (SandboxError, CancelledError) as error:
        return error
