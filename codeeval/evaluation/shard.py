"""A shard: holds problems with their expected outputs and a pool of some workers, and does everything between a stored sample
and its rows: read → job → execute → grade → packed evidence and judgements.

A shard is host, never guest: the guest's bytes end in it, and what it sends is made by the host. Where it lives is the
affair of its `ShardHandle`: in the driver, in a process of its own, in an actor on another machine. `Shard` has no thread and
knows no transport, so each of them can hold it.

Blame. What a shard sends is final: rows are written once, keyed by (problem, index, protocol) and (problem, digest). A batch
whose shard is lost was not judged, as far as its rows did not come: what is left of it goes to another shard. Only the pool
of a shard that lives may blame a program.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol as Interface

from codeeval.evaluation.batches import Batch, Judging, Rows
from sandbox import Job


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
        """How many jobs it executes at a time. May change while it lives; 0: send nothing now."""

    def send(self, batch: Batch) -> None:
        """Hands over a batch without waiting for its work. A handle that finds its shard lost here delivers that, it raises
        nothing."""

    def close(self) -> None:
        """Ends the shard and its workers. Nothing is delivered from then on. May be called twice."""


class ShardSource(Interface):
    """Where shards come from: what a pipeline is given in place of a pool of its own process."""

    def open_shards(self, judging: Judging, deliver: Deliver) -> Sequence[ShardHandle]:
        """The shards there are, ready for batches. Raises SandboxError where there is none."""

    def replacement(self, judging: Judging, deliver: Deliver) -> ShardHandle | None:
        """A shard that has joined, or one in place of a lost one; None where there is none now."""


__all__ = ["Batch", "Deliver", "Job", "Judging", "Rows", "ShardHandle", "ShardLost", "ShardSource"]
