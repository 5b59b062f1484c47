"""A shard in a separate process: `main` is what that process runs.

It lives as long as its driver: at the end of the stream it closes its pool and exits; if it can't do so in time, or is
stopped, the kernel kills it together with the driver. Its workers end with it, as with any pool. It ignores signals to
the terminal's process group, which the driver handles.
"""

from __future__ import annotations

import ctypes
import importlib
import os
import pickle
import queue
import signal
import socket
import threading
import time
from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Literal, cast

from codeeval.evaluation.batches import Batch, Judging
from codeeval.evaluation.shard import Arrival, Shard
from codeeval.evaluation.shard_frames import (
    ALIVE,
    BATCH,
    DOWN,
    JOB,
    JUDGING,
    NO_OUTCOME,
    OUTCOME,
    ROWS,
    UP,
    Frames,
)
from codeeval.evaluation.shard_interface import JobRunner
from codeeval.store.codec import pack_outcome
from sandbox import Job, Limits, Outcome, SandboxError

#: Seconds between signs of life of a shard that has nothing else to send.
ALIVE_EVERY_S = 2.0
#: Rows are sent when this many have collected, the oldest has waited this many seconds, or nothing else is due.
ROWS_AT_ONCE, LINGER_S = 32, 0.05
#: Seconds that a shard has for closing its pool after the driver's end.
END_S = 20.0
#: How many things are handled before rows are looked at.
AT_ONCE = 32
_PR_SET_PDEATHSIG = 1

Event = tuple[bytes, bytes] | Arrival | Callable[[], None] | None


@dataclass(frozen=True, slots=True)
class Spec:
    """How a shard makes its pool. `maker` is `module:function`, called with this Spec; the context manager it returns
    gives the pool."""

    kind: str
    workers: int
    limits: Limits
    isolation: Literal["warm", "fresh"] = "warm"
    maker: str = "codeeval.evaluation.sandbox:pool_of_shard"
    python: str | None = None


def main(descriptor: int, driver: int) -> None:
    """`descriptor`: the connected socket to the driver; `driver`: its pid."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != driver:
        return
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    frames = Frames(socket.socket(fileno=descriptor))
    first = frames.receive()
    if first is None:
        return
    spec = pickle.loads(first[1])  # noqa: S301 - of the driver
    inbox: queue.SimpleQueue[Event] = queue.SimpleQueue()
    threading.Thread(target=_read, args=(frames, inbox), name="driver", daemon=True).start()
    module, _, function = spec.maker.partition(":")
    try:
        opened: AbstractContextManager[JobRunner] = getattr(importlib.import_module(module), function)(spec)
        with opened as pool:
            frames.send(UP)
            _Process(frames, inbox, pool).run()
    except Exception as error:  # whatever it is, the driver reports it
        frames.send(DOWN, f"{type(error).__name__}: {error}".encode("utf-8", "replace"))


def _read(frames: Frames, inbox: queue.SimpleQueue[Event]) -> None:
    try:
        while (frame := frames.receive()) is not None:
            inbox.put(frame)
    except OSError:
        pass
    inbox.put(None)
    time.sleep(END_S)
    os._exit(1)


class _Process:
    """The loop of a shard's process."""

    def __init__(self, frames: Frames, inbox: queue.SimpleQueue[Event], pool: JobRunner) -> None:
        self._frames, self._inbox, self._pool = frames, inbox, pool
        self._shard: Shard | None = None
        self._judging = 0
        self._said_at = self._drained_at = time.monotonic()

    def run(self) -> None:
        """Run until the driver ends."""
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
                if done == AT_ONCE:
                    break
                event = self._inbox.get_nowait()
        except queue.Empty:
            pass
        self._say()
        return True

    def _do(self, event: Event) -> None:
        if isinstance(event, Arrival):
            assert self._shard is not None
            self._shard.settle(event)
        elif isinstance(event, tuple):
            self._obey(*event)
        elif event is not None:
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
            self._frames.send(OUTCOME, head + bytes([is_text]) + body)
        else:
            text = f"{type(found).__name__}: {found}".encode("utf-8", "replace")
            self._frames.send(NO_OUTCOME, head + bytes([isinstance(found, ValueError)]) + text)

    def _say(self) -> None:
        now = time.monotonic()
        shard = self._shard
        if shard is not None and shard.finished:
            due = shard.finished >= ROWS_AT_ONCE or not shard.outstanding or now - self._drained_at >= LINGER_S
            if due and (rows := shard.drain()) is not None:
                self._frames.send(ROWS, self._judging.to_bytes(4, "big") + rows.packed())
                self._said_at = self._drained_at = now
        else:
            self._drained_at = now
        if now - self._said_at >= ALIVE_EVERY_S:
            self._frames.send(ALIVE)
            self._said_at = now


def _found(done: Future[Outcome]) -> Outcome | BaseException:
    try:
        return done.result()
    except (SandboxError, CancelledError) as error:
        return error
