"""Nodes of a cluster that are threads of this process: what `ClusterShards` sees, without Ray."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from shard_pools import Instant

from codeeval.evaluation.shards.node_actor import ShardNode, package
from sandbox import Job, Outcome, SandboxError
from sandbox.ray_node import NodeSettings
from sandbox.ray_places import Place

FACTS = {"python": "3", "ray": "2", "code": "c", "backend": "local", "image": "i", "why": "named", **package()}


class NodeLost(Exception):
    """As Ray says it."""


@dataclass
class Pool:
    """Of one node: counts its jobs, and does `happens` before each, which may fail as the machinery does."""

    place: Place
    happens: Callable[[Place, Job, int], None]
    jobs: int = 0

    def submit(self, job: Job) -> Future[Outcome]:
        self.jobs += 1
        try:
            self.happens(self.place, job, self.jobs)
        except SandboxError as error:
            future: Future[Outcome] = Future()
            future.set_exception(error)
            return future
        return Instant().submit(job)

    def close(self) -> None:
        return None


class ThreadNode(ShardNode):
    """Lives in this process, so it does not end it."""

    def __init__(self, settings: NodeSettings, facts: dict[str, str], pool: Pool) -> None:
        self._facts = facts
        super().__init__(settings)
        self._pool = pool  # type: ignore[assignment]

    def open(self) -> dict[str, str]:
        self._begin()
        return self._facts

    def close(self) -> None:
        self._inbox.put(None)

    def _end_without_driver(self) -> None:
        return None


@dataclass
class ThreadCluster:
    """Takes the place of a connection. `live`: what each node says of itself; one that is taken out is lost."""

    live: dict[str, dict[str, str]] = field(default_factory=dict)
    happens: Callable[[Place, Job, int], None] = lambda place, job, number: None
    cpus: int = 2
    started: list[str] = field(default_factory=list)
    pools: list[Pool] = field(default_factory=list)
    headless: bool = False
    _threads: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(32))

    def places(self) -> list[Place]:
        while self.headless:
            time.sleep(0.01)
        return [Place(f"id-{name}", name, self.cpus) for name in list(self.live)]

    def shortage(self) -> str:
        return "no node has CPU 2"

    def start(self, actor: type, place: Place, settings: NodeSettings) -> Handle:
        assert actor is ShardNode
        self.started.append(str(place))
        self.pools.append(Pool(place, self.happens))
        return Handle(self, place, ThreadNode(settings, self.live[place.address], self.pools[-1]))

    def is_done(self, reference: Future[Any], wait_s: float) -> bool:
        return True

    def result(self, reference: Future[Any], timeout_s: float) -> Any:
        return reference.result(timeout_s)

    def kill(self, actor: Handle) -> None:
        actor.node.close()

    def close(self, wait_s: float = 0.0, callers: object = ()) -> None:
        self.headless = False
        self._threads.shutdown(wait=False)


@dataclass
class Handle:
    """An actor as Ray gives it."""

    cluster: ThreadCluster
    place: Place
    node: ThreadNode

    def __getattr__(self, name: str) -> Any:
        def call(*arguments: Any) -> Any:
            if self.place.address not in self.cluster.live:
                raise NodeLost("the actor died")
            found = getattr(self.node, name)(*arguments)
            if self.place.address not in self.cluster.live:
                raise NodeLost("the actor died")
            return found

        def remote(*arguments: Any) -> Future[Any]:
            return self.cluster._threads.submit(call, *arguments)

        return type("Method", (), {"remote": staticmethod(remote)})
