"""The actor on a node of a cluster: a local pool, and the shard that uses it. One driver calls it, one call at a time."""

from __future__ import annotations

import marshal
import queue
import threading
import time
from collections import deque

import codeeval
from codeeval.code_digest import code_digest
from codeeval.evaluation.shards.frames import DOWN, ROWS
from codeeval.evaluation.shards.loop import Event, ShardLoop
from sandbox.ray_node import ANSWER_BYTES, Node, NodeSettings

Frame = tuple[bytes, bytes]


class ShardNode(Node):
    """Call `open` first. `work` is `exchange` with frames of the shard in addition to jobs."""

    def __init__(self, settings: NodeSettings) -> None:
        super().__init__(settings)
        self._inbox: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self._said: deque[Frame] = deque()
        self._waiting = 0  # frames of rows that have not been fetched

    def open(self) -> dict[str, str]:
        found = super().open()
        if "error" not in found:
            self._begin()
        return {**package(), **found}

    def _begin(self) -> None:
        threading.Thread(target=self._judge, name="shard", daemon=True).start()

    def work(self, jobs: bytes, frames: list[Frame], wait_s: float, want: int, wanted: int) -> bytes:
        """Start new jobs and pass frames to the shard; return (outcomes, frames), marshalled, once there are `want`
        outcomes or `wanted` frames of rows, or after `wait_s`."""
        for frame in frames:
            self._inbox.put(frame)
        self._start(jobs)
        with self._arrived:
            self._arrived.wait_for(lambda: self._has(want, wanted), wait_s)
            answer = (self._take(), self._take_frames())
        self._heard = time.monotonic()
        return marshal.dumps(answer)

    def _has(self, want: int, wanted: int) -> bool:
        if not want and not wanted:
            return True
        return bool(want and len(self._finished) >= want) or bool(wanted and self._waiting >= wanted)

    def _judge(self) -> None:
        try:
            assert self._pool is not None
            ShardLoop(self._say, self._inbox, self._pool).run()
        except Exception as error:  # whatever it is, the driver reports it
            self._say(DOWN, f"{type(error).__name__}: {error}".encode("utf-8", "replace"))

    def _say(self, kind: bytes, payload: bytes = b"") -> None:
        with self._arrived:
            self._said.append((kind, payload))
            self._waiting += kind in (ROWS, DOWN)
            self._arrived.notify_all()

    def _take_frames(self) -> list[Frame]:
        taken: list[Frame] = []
        size = 0
        while self._said and (not taken or size + len(self._said[0][1]) <= ANSWER_BYTES):
            taken.append(self._said.popleft())
            size += len(taken[-1][1])
            self._waiting -= taken[-1][0] in (ROWS, DOWN)
        return taken


def package() -> dict[str, str]:
    """What must be the same on the driver and the nodes: the version of codeeval, with a digest of its code."""
    return {"codeeval": f"{codeeval.__version__} ({code_digest()})"}
