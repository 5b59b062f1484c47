"""The shard of a run with few workers: in the driver's process."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from codeeval.evaluation.shards.batches import Judging
from codeeval.evaluation.shards.interface import JobRunner
from codeeval.evaluation.shards.shard import Shard

#: Called, from any thread, with what the driver's thread should do.
Post = Callable[[Callable[[], None]], None]


class ShardInDriver:
    """The only shard of a run with few workers: in the driver's process and thread, with its pool's threads."""

    name, workers = "driver", 1

    def __init__(self, judging: Judging, pool: JobRunner | None, post: Post, parallel: Callable[[], int]) -> None:
        self._shard = Shard(judging, pool, lambda arrival: post(partial(self._shard.settle, arrival)))
        self.send, self.drain, self._parallel = self._shard.take, self._shard.drain, parallel

    @property
    def room(self) -> int:
        return self._parallel()

    def close(self) -> None:
        """Does nothing: the pool belongs to the caller."""
