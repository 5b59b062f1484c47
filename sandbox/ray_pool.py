"""A pool with workers on the nodes of a Ray cluster: the interface of `sandbox.Pool`, backed by one actor per node.

>>> from sandbox import Job, RayPool
>>> with RayPool("auto") as pool:                                                           # doctest: +SKIP
...     pool.submit(Job("def f(x):\\n    return x + 1\\n", "f", ('{"x": 1}',))).result().observations[0].text
'2'

Nodes that join are used; jobs of nodes that leave are returned to the queue. All nodes must use the same image: a node
with another one is refused by name, at the start with an error, later with a note. If the cluster does not answer for
`patience_s`, every job fails as infrastructure.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterable
from concurrent.futures import Future

from sandbox.backends.base import Progress
from sandbox.errors import BackendUnavailable, PoolClosed, SandboxError
from sandbox.front import Front, Isolation
from sandbox.job_queue import fail
from sandbox.outcomes import Outcome
from sandbox.ray_backend import ClusterBackend
from sandbox.ray_cluster import Connection
from sandbox.ray_link import MOST_PER_WORKER, Crew, Ended, Link
from sandbox.ray_node import NodeSettings, versions
from sandbox.ray_places import Cluster, Key, Place
from sandbox.ray_session import token_hint
from sandbox.wire import Job, Limits

#: What must be the same on all nodes of a run, and its name for users.
_ALIKE = {
    "python": "Python",
    "ray": "Ray",
    "code": "the sandbox's code",
    "codeeval": "codeeval",
    "backend": "sandbox",
    "image": "image",
}
_REFUSED, _LOST = "It is not used", "What it had not answered is given out again; it is used once it answers"
_LOOK_S = 1.0
#: Seconds before a node with a lost actor gets another one, doubled with each loss.
_AGAIN_S, _LONGEST_S = 1.0, 30.0


class RayPool(Front):
    """`workers` per node; None: as many as the node has processors. `kind`: which sandbox the nodes use. `patience_s`:
    overrides the cluster's. Raises BackendUnavailable if there is no cluster, if no node has room in time, or if nodes
    differ."""

    def __init__(
        self,
        cluster: Cluster | str = "auto",
        workers: int | None = None,
        limits: Limits | None = None,
        isolation: Isolation = "warm",
        *,
        kind: str = "auto",
        max_pending: int | None = None,
        patience_s: float | None = None,
        progress: Progress | None = None,
    ) -> None:
        if (workers is not None and workers < 1) or isolation not in ("warm", "fresh"):
            raise ValueError("workers must be positive and isolation 'warm' or 'fresh'")
        super().__init__(limits or Limits(), isolation, max_pending or MOST_PER_WORKER)
        self._grows = max_pending is None
        named = Cluster(cluster) if isinstance(cluster, str) else cluster
        self._wished, self._kind = workers, kind
        self._patience_s = named.patience_s if patience_s is None else patience_s
        self._progress = progress or (lambda line: None)
        self._connection = Connection(named)
        self.facts: dict[str, str] = {}
        self._state = threading.Condition()
        self._links: dict[Key, Link] = {}
        self._threads: dict[Link, threading.Thread] = {}
        self._refused: dict[Key, str] = {}
        self._losses: dict[Key, tuple[int, float]] = {}
        self._reasons: dict[str, str] = {}
        self._shortage = ""
        self._error: SandboxError | None = None
        self._looked = self._ready = False
        self._seen = self._worked = time.monotonic()
        self._stop = threading.Event()
        self._open()
        self.backend = ClusterBackend(self.facts, self.nodes)

    @property
    def workers(self) -> int:
        """How many jobs are executed at a time now. At least 1, so that whatever plans by it keeps waiting."""
        return max(1, sum(self.nodes().values()))

    def nodes(self) -> dict[str, int]:
        """The workers of each node in use, by address."""
        found: dict[str, int] = {}
        with self._state:
            for link in self._links.values():
                if link.workers:  # an address may have several nodes, or bundles
                    found[link.place.address] = found.get(link.place.address, 0) + link.workers
        return found

    def close(self) -> None:
        if self._process != os.getpid():
            return
        first = not self._stop.is_set()
        self._stop.set()
        self._room.close()
        self._fail_waiting(self._error or PoolClosed("the pool was closed"))
        for thread in list(self._threads.values()):
            if thread is not threading.current_thread():
                thread.join(2.0 if self._error else 15.0)
        for link in list(self._threads):
            for number in sorted(link.held):  # its thread still waits for a cluster that is gone
                if (pending := link.held.pop(number, None)) is not None:
                    fail(pending.future, PoolClosed("the pool was closed"))
        if first:
            self._connection.close(2.0 if self._error else 15.0, list(self._threads.values()))

    def _queued(self, job: Job, limits: Limits, body: tuple[bytes, bytes]) -> Future[Outcome]:
        if self._error is not None:
            self._room.release()
            raise self._error
        return super()._queued(job, limits, (b"", b""))  # encoded again on the node; here it only has to be valid

    # --- nodes ---------------------------------------------------------------------------------------------------

    def _open(self) -> None:
        for name, body in (("look", self._look), ("watch", self._watch)):
            threading.Thread(target=body, name=f"sandbox-ray-{name}", daemon=True).start()
        try:
            self._wait_for_nodes()
        except BaseException:
            self.close()
            raise
        self._ready = True

    def _wait_for_nodes(self) -> None:
        """Wait until every node found at first is in use; once one is, nodes that are busy with other users' work are
        not waited for."""
        deadline = time.monotonic() + self._patience_s
        with self._state:
            while not self._error:
                starting = [link for link in self._links.values() if not link.workers]
                if self._refused:
                    raise BackendUnavailable("\n".join(dict.fromkeys(self._refused.values())))
                if self._looked and self._links and not starting:
                    return
                left = deadline - time.monotonic()
                if not self._state.wait(max(0.0, min(1.0, left))) and time.monotonic() > deadline:
                    break
        if self._error:
            raise self._error
        if not any(self.nodes()):
            raise BackendUnavailable(self._no_node())

    def _no_node(self) -> str:
        reasons = "; ".join(f"node {address}: {reason}" for address, reason in sorted(self._reasons.items()))
        why = reasons or self._shortage or "other work has the processors and resources that were asked for"
        hint = (reasons and token_hint()) or "See `ray status`, or ask for less: --cluster-option num_cpus=…"
        return f"no node of the cluster could take workers within {self._patience_s:g} s: {why}.\n  {hint}"

    def _look(self) -> None:
        """The only thread that asks Ray for the nodes: without a head the call never returns."""
        while not self._stop.is_set():
            try:
                places = self._connection.places()
                self._shortage = "" if places else self._connection.shortage()
            except Exception:  # retried; `_watch` limits the time
                self._stop.wait(_LOOK_S)
                continue
            self._seen = time.monotonic()
            for place in places:
                for part in self._parts(place):
                    self._use(part)
            with self._state:
                self._looked = True
                self._state.notify_all()
            self._stop.wait(_LOOK_S)

    def _use(self, place: Place) -> None:
        with self._state:
            _, not_before = self._losses.get(place.key, (0, 0.0))
            known = place.key in self._links or place.key in self._refused
            if known or self._stop.is_set() or time.monotonic() < not_before:
                return
            wished = place.workers(self._wished)
            settings = NodeSettings(self._kind, self.limits, self.isolation, wished, self._patience_s)
            crew = Crew(
                self._connection,
                settings,
                self._queue,
                self._stop,
                max(2.0, self._patience_s / 2),
                self._share,
                self._welcome,
                self._gone,
            )
            link = self._links[place.key] = self._link(crew, place)
            thread = threading.Thread(target=link.run, name=f"sandbox-ray-{place.address}", daemon=True)
            self._threads[link] = thread
        thread.start()

    # overridden by pools with another kind of link

    def _link(self, crew: Crew, place: Place) -> Link:
        return Link(crew, place)

    def _parts(self, place: Place) -> Iterable[Place]:
        """The places of the actors on a node."""
        return (place,)

    def _versions(self) -> dict[str, str]:
        """What must be the same on a node as in this process."""
        return versions()

    def _welcome(self, link: Link, said: dict[str, str]) -> str:
        """Why a node can't be used, or "" if it is now in use. Raises SandboxError for a node to retry: once the pool
        is at work, an engine that does not answer may come back."""
        if "error" in said:
            if self._ready:
                raise SandboxError(said["error"])
            return f"{link.place}: {said['error']}"
        facts = {**said, "image": said.get("image_tag") or said["image"]}
        with self._state:
            expected = {**facts, **self._versions(), **self.facts}
            wrong = [name for name in _ALIKE if name in expected and facts.get(name) != expected[name]]
            if wrong:
                found = "; ".join(f"{_ALIKE[name]} {facts.get(name)} instead of {expected[name]}" for name in wrong)
                return f"{link.place} differs from the others: {found}. Verdicts of one run come from one image"
            self.facts = self.facts or facts
            link.workers = link.place.workers(self._wished)
            self._worked = time.monotonic()
            if self._grows:
                more = MOST_PER_WORKER * link.workers
                self._max_pending += more
                for _ in range(more):
                    self._room.release()
            self._state.notify_all()
        many = f"{link.workers} worker{'' if link.workers == 1 else 's'}"
        self._progress(f"{link.place}: {many}, {facts['backend']} {facts['image']}")
        return ""

    def _gone(self, link: Link, ended: Ended) -> None:
        key = link.place.key
        with self._state:
            self._links.pop(key, None)
            self._threads.pop(link, None)
            if ended.for_good:
                self._refused[key] = ended.why
            else:
                self._reasons[link.place.address] = ended.why
            losses, _ = self._losses.get(key, (0, 0.0))
            pause = min(_LONGEST_S, _AGAIN_S * 2**losses)
            self._losses[key] = (losses + 1, time.monotonic() + pause)
            self._state.notify_all()
        if not self._stop.is_set():
            why = ended.why if ended.for_good else f"{link.place} was lost: {ended.why}"
            self._progress(f"warning: {why.rstrip('.')}. {_REFUSED if ended.for_good else _LOST}")

    def _share(self, link: Link) -> int:
        """A node's share of all open jobs, by its workers; otherwise the first to ask would leave nothing to the
        others."""
        with self._state:
            links = [each for each in self._links.values() if each.workers]
        workers = sum(each.workers for each in links) or 1
        unfinished = len(self._queue) + sum(len(each.held) for each in links)
        return max(1, -(-unfinished * link.workers // workers))

    # --- the end -------------------------------------------------------------------------------------------------

    def _watch(self) -> None:
        """Give up if the head has not answered, or no node has worked, for `patience_s`."""
        while not self._stop.wait(min(1.0, self._patience_s / 4)):
            now = time.monotonic()
            if self.nodes():
                self._worked = now
            if now - self._seen > self._patience_s:
                self._give_up(f"the head of the cluster has not answered for {self._patience_s:g} s")
            elif now - self._worked > self._patience_s and self.facts:
                self._give_up(f"the cluster has had no node with workers for {self._patience_s:g} s")

    def _give_up(self, why: str) -> None:
        if self._error is None:
            self._error = BackendUnavailable(f"{why}; what it had not finished is pending, continue with --resume")
            with self._state:
                self._state.notify_all()
        self._fail_waiting(self._error)
        for link in list(self._links.values()):
            for number in sorted(link.held):
                if (pending := link.held.pop(number, None)) is not None:
                    fail(pending.future, self._error)

    def _fail_waiting(self, error: SandboxError) -> None:
        """Fail every job that no node has."""
        for pending in self._queue.close():
            if pending.claim():
                fail(pending.future, error)
