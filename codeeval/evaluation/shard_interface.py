"""What shards, those that give them, and the pools in them offer to others: the contracts alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Protocol as Interface
from typing import runtime_checkable

from codeeval.evaluation.batches import Batch, Judging, Rows
from sandbox import Job, Outcome


class JobRunner(Interface):
    """What of `sandbox.Pool` is needed here."""

    def submit(self, job: Job) -> Future[Outcome]: ...


class ShardLost(Exception):
    """A shard is gone, or says nothing any more: what it held and did not answer was not judged."""


#: What a handle tells the driver, from any thread: rows, or that the shard is lost (the last thing that it says).
Deliver = Callable[["ShardHandle", Rows | ShardLost], None]


class ShardHandle(Interface):
    """The driver's end of one shard. Called from the driver's thread alone.

    Contract: every batch sent is answered by `Rows` whose `done` has its number, or the handle delivers one `ShardLost` and
    nothing after it. Rows of a batch may come in parts, before and without its end. Nothing is executed twice by the handle:
    repeating is the driver's decision.
    """

    @property
    def name(self) -> str:
        """For messages: which process or node this is."""

    @property
    def workers(self) -> int:
        """How many jobs it executes at a time. May change while it lives."""

    @property
    def room(self) -> int:
        """How many samples it may hold now: enough that its workers never wait, and no more. 0: give it nothing now."""

    def send(self, batch: Batch) -> None:
        """Hands over a batch without waiting for its work or for the shard. A handle that finds its shard lost here delivers
        that; it raises nothing."""

    def close(self) -> None:
        """The driver has no more for this shard: nothing is delivered from then on. May be called twice, and for a lost one."""


@runtime_checkable
class ShardSource(Interface):
    """Where shards come from: what a pipeline is given in place of a pool of its own process. It owns them: they may serve
    several pipelines, one after the other, and end with the source."""

    def open_shards(self, judging: Judging, deliver: Deliver) -> Sequence[ShardHandle]:
        """The shards there are, ready for batches. Raises SandboxError where there is none."""

    def replacement(self, judging: Judging, deliver: Deliver) -> ShardHandle | None:
        """A shard that has joined, or one in place of a lost one; None where there is none now. Asked for after a loss and
        about once a second. Raises SandboxError where no shard is left and none will come."""
