"""The driver's end of a shard outside its process: sends batches, delivers rows, and the loss of the shard."""

from __future__ import annotations

import pickle
import threading
from abc import ABC, abstractmethod

from codeeval.evaluation.shards.batches import Batch, Judging, Rows
from codeeval.evaluation.shards.frames import BATCH, JUDGING
from codeeval.evaluation.shards.interface import Deliver, ShardLost


class ShardEnd(ABC):
    """The common part of every `ShardHandle` that exchanges frames. It serves several pipelines in turn: `judge` begins
    with the next one."""

    def __init__(self, name: str) -> None:
        self.name, self.lost = name, ""
        self._deliver: Deliver | None = None
        self._judgings = 0
        self._lock = threading.Lock()

    @property
    @abstractmethod
    def workers(self) -> int: ...

    @property
    @abstractmethod
    def room(self) -> int: ...

    @abstractmethod
    def _put(self, kind: bytes, payload: bytes) -> None:
        """Send a frame without waiting."""

    def judge(self, judging: Judging, deliver: Deliver) -> None:
        """From now on it accepts batches, to be judged as `judging` says."""
        with self._lock:
            self._deliver, lost = deliver, self.lost
            self._judgings += 1
        self._put(JUDGING, pickle.dumps(judging, 5))
        if lost:
            deliver(self, ShardLost(lost))

    def send(self, batch: Batch) -> None:
        self._put(BATCH, batch.packed())

    def close(self) -> None:
        with self._lock:
            self._deliver = None

    def lose(self, why: str) -> bool:
        """Deliver the loss, and nothing after it. False if it was lost before."""
        with self._lock:
            if self.lost:
                return False
            self.lost, deliver, self._deliver = why, self._deliver, None
        if deliver is not None:
            deliver(self, ShardLost(why))
        return True

    def _rows(self, payload: bytes) -> tuple[Rows, Deliver] | None:
        """The rows of a frame and who gets them; None if they belong to an earlier judging."""
        with self._lock:
            deliver = self._deliver
            current = int.from_bytes(payload[:4], "big") == self._judgings
        return (Rows.unpacked(payload[4:]), deliver) if deliver is not None and current else None
