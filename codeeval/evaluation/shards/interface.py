"""The interfaces of shards, of their sources, and of the pools in them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Protocol as Interface
from typing import runtime_checkable

from codeeval.evaluation.shards.batches import Batch, Judging, Rows
from sandbox import Job, Outcome


class JobRunner(Interface):
    """The part of `sandbox.Pool` that is needed here."""

    def submit(self, job: Job) -> Future[Outcome]: ...


class ShardLost(Exception):
    """A shard is gone or silent: what it held and did not answer was not judged."""


#: A handle's message to the driver, from any thread: rows, or that the shard is lost (its last message).
Deliver = Callable[["ShardHandle", Rows | ShardLost], None]


class ShardHandle(Interface):
    """The driver's end of one shard. Called only from the driver's thread.

    Contract: every batch sent is answered by `Rows` with its number in `done`, or the handle delivers one `ShardLost`
    and nothing after it. Rows of a batch may come in parts, before its end or without it. The handle never executes
    anything twice: repeating is the driver's decision.
    """

    @property
    def name(self) -> str:
        """For messages: which process or node this is."""

    @property
    def workers(self) -> int:
        """How many jobs it executes at a time. May change over time."""

    @property
    def room(self) -> int:
        """How many samples it may hold now: enough that no worker waits, and no more. 0: give it nothing now."""

    def send(self, batch: Batch) -> None:
        """Hand over a batch without waiting for its work or for the shard. If the shard turns out to be lost, the
        handle delivers that; nothing is raised."""

    def close(self) -> None:
        """The driver needs this shard no longer: nothing is delivered from then on. May be called twice, and for a lost
        shard."""


@runtime_checkable
class ShardSource(Interface):
    """Where shards come from: given to a pipeline in place of a pool in its own process. It owns them: they may serve
    several pipelines in turn, and end with the source."""

    def open_shards(self, judging: Judging, deliver: Deliver) -> Sequence[ShardHandle]:
        """The existing shards, ready for batches. Raises SandboxError if there are none."""

    def replacement(self, judging: Judging, deliver: Deliver) -> ShardHandle | None:
        """A shard that has joined, or a replacement of a lost one; None if there is none now. Called after a loss and
        about once a second. Raises SandboxError if no shard is left and none will come."""
