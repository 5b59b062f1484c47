"""The driver's end of a shard that lives elsewhere: how to judge, batches to it, rows from it, and its loss."""

from __future__ import annotations

import pickle
import threading
from abc import ABC, abstractmethod

from codeeval.evaluation.batches import Batch, Judging, Rows
from codeeval.evaluation.shard_frames import BATCH, JUDGING
from codeeval.evaluation.shard_interface import Deliver, ShardLost


class ShardEnd(ABC):
    """What every `ShardHandle` needs that speaks in frames. It outlives its pipelines: `judge` begins with another one."""

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
        """Sends a frame, without waiting."""

    def judge(self, judging: Judging, deliver: Deliver) -> None:
        """From now on it takes batches, to be judged so."""
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
        """Nothing more is delivered but this. False where it was lost before."""
        with self._lock:
            if self.lost:
                return False
            self.lost, deliver, self._deliver = why, self._deliver, None
        if deliver is not None:
            deliver(self, ShardLost(why))
        return True

    def _rows(self, payload: bytes) -> tuple[Rows, Deliver] | None:
        """Of a frame, with whom to tell; None where they belong to an earlier judging."""
        with self._lock:
            deliver = self._deliver
            current = int.from_bytes(payload[:4], "big") == self._judgings
        return (Rows.unpacked(payload[4:]), deliver) if deliver is not None and current else None
