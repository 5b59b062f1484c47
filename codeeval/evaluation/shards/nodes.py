"""Shards on the nodes of a Ray cluster: the driver's side.

Which nodes are used, refused, lost and tried again is decided as in `sandbox.RayPool`. In addition to single jobs, each link
carries the frames of a shard, which reads, executes and grades samples on the node.
"""

from __future__ import annotations

import marshal
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import cast

from codeeval.evaluation.shards import PER_SHARD
from codeeval.evaluation.shards.batches import Judging
from codeeval.evaluation.shards.interface import Deliver, ShardHandle
from codeeval.evaluation.shards.node import NodeShard
from codeeval.evaluation.shards.node_actor import ShardNode, package
from codeeval.i18n import msg
from sandbox import RayPool, SandboxError
from sandbox.ray_link import Crew, Ended, Link
from sandbox.ray_node import Node
from sandbox.ray_places import Place

#: A call returns after this many seconds at most: a third of the work that a node is given ahead.
CALL_S = 0.1


class ShardLink(Link):
    """A node, or a part of one, and its shard."""

    def __init__(self, crew: Crew, place: Place) -> None:
        super().__init__(crew, place)
        self.shard = NodeShard(str(place), crew.settings.workers, crew.queue.wake)

    def _actor_class(self) -> type[Node]:
        return ShardNode

    def _has_more(self) -> bool:
        return self.shard.has_work

    def _ask(self, jobs: bytes, want: int) -> list[bytes]:
        shard = self.shard
        reply = self._actor.work.remote(jobs, shard.outgoing(), CALL_S, want, shard.wanted)
        answers, frames = marshal.loads(self._result(reply))
        if why := shard.hear(frames):
            raise SandboxError(why)
        return cast(list[bytes], answers)


class ClusterShards(RayPool):
    """Both a `ShardSource` and a pool for single jobs; see `RayPool` for arguments and errors. A node with more workers
    than one interpreter can serve holds several actors."""

    _given: set[NodeShard]

    def open_shards(self, judging: Judging, deliver: Deliver) -> Sequence[ShardHandle]:
        self._given = set()
        opened: list[ShardHandle] = []
        while (shard := self.replacement(judging, deliver)) is not None:
            opened.append(shard)
        return opened

    def replacement(self, judging: Judging, deliver: Deliver) -> ShardHandle | None:
        with self._state:
            if self._error is not None:
                raise self._error
            shards = [cast(ShardLink, link).shard for link in self._links.values() if link.workers]
            self._given &= set(shards)
            new = next((shard for shard in shards if shard not in self._given), None)
            if new is not None:
                self._given.add(new)
        if new is not None:
            new.judge(judging, deliver)
        return new

    def _link(self, crew: Crew, place: Place) -> Link:
        return ShardLink(crew, place)

    def _parts(self, place: Place) -> Iterable[Place]:
        parts = -(-place.workers(self._wished) // PER_SHARD)
        return (replace(place, part=part, parts=parts) for part in range(parts))

    def _versions(self) -> dict[str, str]:
        return {**super()._versions(), **package()}

    def _gone(self, link: Link, ended: Ended) -> None:
        super()._gone(link, ended)
        cast(ShardLink, link).shard.lose(
            msg("node {address} was lost: {why}", address=link.place.address, why=ended.why)
        )

    def _give_up(self, why: str) -> None:
        super()._give_up(why)
        for link in list(self._links.values()):
            cast(ShardLink, link).shard.lose(str(self._error))
