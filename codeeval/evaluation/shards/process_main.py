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
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Literal

from codeeval.evaluation.shards.frames import DOWN, UP, Frames
from codeeval.evaluation.shards.interface import JobRunner
from codeeval.evaluation.shards.loop import Event, ShardLoop
from sandbox import Limits

#: Seconds that a shard has for closing its pool after the driver's end.
END_S = 20.0
_PR_SET_PDEATHSIG = 1


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
            ShardLoop(frames.send, inbox, pool).run()
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
