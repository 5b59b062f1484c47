"""Who has a job when a node is lost, and when it is given up: on nodes that are threads, so without Ray."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import pytest

from sandbox import BackendUnavailable, Job, Outcome, PoolClosed, RayPool, SandboxError, packed, ray_pool
from sandbox.outcomes import Observation
from sandbox.ray_link import reason
from sandbox.ray_places import Place

VERSIONS = {"python": "3", "ray": "2", "code": "c"}
FACTS = {**VERSIONS, "backend": "local", "image": "i", "why": "named"}

#: What a node makes of a job: an answer, or an exception, with which the whole node is lost.
Work = Callable[[Place, Job], Outcome | packed.Failed]


class NodeLost(Exception):
    """As Ray says it."""


def named(job: Job) -> Outcome:
    return Outcome("completed", (Observation("returned", job.source),))


def named_after(seconds: float) -> Work:
    """Work that takes a while."""

    def work(place: Place, job: Job) -> Outcome:
        time.sleep(seconds)
        return named(job)

    return work


@dataclass
class FakeCluster:
    """Takes the place of a connection; `live` are the nodes that there are."""

    live: dict[str, Mapping[str, str]] = field(default_factory=dict)
    work: Work = lambda place, job: named(job)
    cpus: int = 2
    headless: threading.Event = field(default_factory=threading.Event)
    seen: list[tuple[str, str]] = field(default_factory=list)
    batches: dict[str, list[int]] = field(default_factory=dict)
    alone: list[bool] = field(default_factory=list)
    started: list[str] = field(default_factory=list)
    closed: bool = False
    _threads: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(16))

    def places(self) -> list[Place]:
        while self.headless.is_set() and not self.closed:
            time.sleep(0.01)
        return [Place(f"id-{name}", name, self.cpus) for name in list(self.live)]

    def shortage(self) -> str:
        return "no node has CPU 2"

    def start(self, actor: type, place: Place, *arguments: object) -> FakeNode:
        self.started.append(place.address)
        return FakeNode(self, place)

    def is_done(self, reference: Future[Any], wait_s: float) -> bool:
        return True

    def result(self, reference: Future[Any], timeout_s: float) -> Any:
        return reference.result(timeout_s)

    def kill(self, actor: object) -> None:
        pass

    def close(self, wait_s: float = 0.0, callers: object = ()) -> None:
        self.closed = True
        self._threads.shutdown(wait=False)


class FakeNode:
    """Answers in the order in which it was asked, a few at a time."""

    def __init__(self, cluster: FakeCluster, place: Place) -> None:
        self._cluster, self._place = cluster, place
        self._reader = packed.JobReader()
        self._held: list[tuple[int, Job]] = []

    def __getattr__(self, name: str) -> Any:
        def remote(*arguments: Any) -> Future[Any]:
            return self._cluster._threads.submit(getattr(self, f"do_{name}"), *arguments)

        return type("Method", (), {"remote": staticmethod(remote)})

    def do_open(self) -> dict[str, str]:
        return dict(self._cluster.live[self._place.address])

    def do_close(self) -> None:
        pass

    def do_exchange(self, jobs: bytes, wait_s: float, want: int) -> bytes:
        import marshal

        self._held += self._reader.read(jobs) if jobs else []
        self._cluster.batches.setdefault(self._place.address, []).append(len(self._held))
        answers = []
        for number, job in self._held[:4]:
            self._cluster.seen.append((self._place.address, job.source))
            if job.source == "deadly":
                self._cluster.alone.append(len(self._held) == 1)
            answers.append(packed.pack_outcome(number, self._cluster.work(self._place, job)))
        del self._held[:4]
        if not answers:
            time.sleep(0.005)
        return marshal.dumps(answers)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waits of seconds are hundredths."""
    monkeypatch.setattr(ray_pool, "versions", lambda: VERSIONS)
    for module, name, value in (
        ("ray_pool", "_LOOK_S", 0.02),
        ("ray_pool", "_AGAIN_S", 0.01),
        ("ray_pool", "_LONGEST_S", 0.05),
        ("ray_link", "_IDLE_S", 0.02),
        ("ray_link", "REST_S", 0.1),
    ):
        monkeypatch.setattr(f"sandbox.{module}.{name}", value)


@pytest.fixture
def cluster(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeCluster]:
    """Two nodes that work."""
    made = FakeCluster({"a": FACTS, "b": FACTS})
    monkeypatch.setattr(ray_pool, "Connection", lambda settings: made)
    yield made
    made.headless.clear()


def jobs(count: int) -> list[Job]:
    return [Job(str(number), "f", (f"{{'x': {number % 7}}}",)) for number in range(count)]


def texts(outcomes: list[Outcome]) -> list[str | None]:
    return [outcome.observations[0].text for outcome in outcomes]


def test_work_is_shared_and_in_order(cluster: FakeCluster) -> None:
    """Every job once, both nodes at work, neither greedy."""
    cluster.work = named_after(0.001)
    with RayPool("x:1") as pool:
        assert pool.workers == 4
        assert texts(list(pool.map(jobs(500)))) == [str(number) for number in range(500)]
    assert sorted(source for _, source in cluster.seen) == sorted(str(number) for number in range(500))
    assert {node for node, _ in cluster.seen} == {"a", "b"}
    assert cluster.closed


def test_a_lost_node_gives_its_jobs_back(cluster: FakeCluster) -> None:
    """What it held is done once more, here or there; the node gets another actor; every future ends well."""
    losses = iter(range(2))

    def work(place: Place, job: Job) -> Outcome:
        if int(job.source) % 50 == 10 and next(losses, None) is not None:
            raise NodeLost("The actor died.")
        return named(job)

    cluster.work = work
    notes: list[str] = []
    with RayPool("x:1", progress=notes.append) as pool:
        assert texts(list(pool.map(jobs(200)))) == [str(number) for number in range(200)]
        deadline = time.monotonic() + 20
        while len(cluster.started) < 4 and time.monotonic() < deadline:
            time.sleep(0.01)
    assert len(cluster.started) >= 3
    told = [note for note in notes if note.startswith("warning")]
    lost = r"warning: node [ab] was lost: NodeLost: The actor died\. What it had not answered is given out again; it is used .*"
    assert told
    assert all(re.fullmatch(lost, note) for note in told), told


def test_who_takes_down_three_nodes_is_pending_and_nobody_with_him(cluster: FakeCluster) -> None:
    """Never a verdict; the last try is made with nothing beside it, so that no innocent job is lost three times."""

    def work(place: Place, job: Job) -> Outcome:
        if job.source == "deadly":
            raise NodeLost("the actor is dead")
        return named(job)

    cluster.work = work
    with RayPool("x:1") as pool:
        others = [pool.submit(job) for job in jobs(20)]
        deadly = pool.submit(Job("deadly", "f", ()))
        others += [pool.submit(job) for job in jobs(20)]
        with pytest.raises(SandboxError, match=r"no node could execute the job in 3 tries: node [ab]: NodeLost"):
            deadly.result(30)
        assert texts([future.result(30) for future in others]) == 2 * [str(number) for number in range(20)]
    assert len(cluster.alone) == 3
    assert cluster.alone[-1]


def test_a_node_that_fails_leaves_its_jobs_to_the_others(cluster: FakeCluster) -> None:
    """Its engine is down, say: that is no verdict, and no end either."""
    cluster.work = lambda place, job: packed.Failed("no engine") if place.address == "a" else named(job)
    with RayPool("x:1") as pool:
        assert texts(list(pool.map(jobs(60)))) == [str(number) for number in range(60)]


def test_all_nodes_fail(cluster: FakeCluster) -> None:
    """The job's future says which node said what."""
    cluster.work = lambda place, job: packed.Failed("no engine")
    with RayPool("x:1") as pool, pytest.raises(SandboxError, match=r"3 tries: node [ab]: no engine"):
        pool.submit(jobs(1)[0]).result(30)


@pytest.mark.parametrize("name", ["image", "python", "ray", "code", "backend"])
def test_nodes_that_are_not_alike_are_refused(cluster: FakeCluster, name: str) -> None:
    """At the start an error with the node's address and what differs."""
    cluster.live["c"] = {**FACTS, name: "other"}
    cluster.live.pop("b")
    with pytest.raises(BackendUnavailable, match=r"node [ac] differs from the others: .*(other|instead)"):
        RayPool("x:1", patience_s=5.0)
    assert cluster.closed


def test_a_node_without_a_sandbox_is_named(cluster: FakeCluster) -> None:
    cluster.live["b"] = {"error": "no Docker engine"}
    with pytest.raises(BackendUnavailable, match="node b: no Docker engine"):
        RayPool("x:1", patience_s=5.0)


def until(condition: Callable[[], bool], seconds: float = 20.0) -> bool:
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.01)
    return condition()


def test_a_node_that_joins_is_used_and_another_image_is_not(cluster: FakeCluster) -> None:
    """The workers are counted anew, and a note says why one is left out."""
    notes: list[str] = []
    cluster.work = named_after(0.002)
    with RayPool("x:1", progress=notes.append) as pool:
        cluster.live.update(c=FACTS, d={**FACTS, "image": "other"})
        assert until(lambda: pool.workers == 6)
        assert until(lambda: any("d differs" in note for note in notes))
        assert texts(list(pool.map(jobs(300)))) == [str(number) for number in range(300)]
        assert sorted(pool.nodes()) == ["a", "b", "c"]
    (told,) = [note for note in notes if note.startswith("warning")]
    assert told.count("node d") == 1, told
    assert "Unusable" not in told, told
    assert told.endswith("It is not used")
    assert {node for node, _ in cluster.seen} == {"a", "b", "c"}


def test_an_engine_that_comes_back(cluster: FakeCluster) -> None:
    """A node that joins while its engine does not answer is asked again."""
    with RayPool("x:1") as pool:
        cluster.live["c"] = {"error": "no Docker engine"}
        assert until(lambda: cluster.started.count("c") >= 2)
        cluster.live["c"] = FACTS
        assert until(lambda: pool.workers == 6)


def test_no_head_for_longer_than_patience(cluster: FakeCluster) -> None:
    """What waits fails, and so does what comes: infrastructure, with a word of how to go on."""
    release = threading.Event()

    def work(place: Place, job: Job) -> Outcome:
        release.wait(30)
        return named(job)

    cluster.work = work
    with RayPool("x:1", patience_s=0.4) as pool:
        waiting = [pool.submit(job) for job in jobs(30)]
        cluster.headless.set()
        for future in waiting:
            with pytest.raises(BackendUnavailable, match=r"head of the cluster has not answered.*--resume"):
                future.result(30)
        with pytest.raises(BackendUnavailable, match="head of the cluster"):
            pool.submit(jobs(1)[0])
        release.set()


def test_nodes_that_can_not_start_their_workers_are_named(cluster: FakeCluster) -> None:
    """With what Ray says of each."""
    cluster.live = {"a": None}  # type: ignore[dict-item]
    with pytest.raises(
        BackendUnavailable, match=r"could take workers within 0.5 s: node a: TypeError: .*\n.*ray status"
    ):
        RayPool("x:1", patience_s=0.5)


def test_no_node_has_room(cluster: FakeCluster) -> None:
    cluster.live.clear()
    with pytest.raises(BackendUnavailable, match=r"could take workers within 0.3 s: no node has CPU 2\.\n.*num_cpus"):
        RayPool("x:1", patience_s=0.3)


def test_close_ends_what_waits(cluster: FakeCluster) -> None:
    """As with any pool."""
    release = threading.Event()
    cluster.work = lambda place, job: (release.wait(5), named(job))[1]
    pool = RayPool("x:1")
    waiting = [pool.submit(job) for job in jobs(100)]
    timer = threading.Timer(0.2, release.set)
    timer.start()
    pool.close()
    pool.close()
    timer.join()
    for future in waiting:
        assert isinstance(future.exception(10), PoolClosed | None)
    with pytest.raises(PoolClosed):
        pool.submit(jobs(1)[0])


def test_why_an_actor_is_dead() -> None:
    """Ray tells it after what it knows of the actor."""
    said = (
        "The actor died unexpectedly before finishing this task.\n\tclass_name: Node\n\tpid: 7\n\tip: 10.0.0.7\n"
        "The actor is dead because its worker process has died. Worker exit detail: it exits with code 2. End of file. "
        "Some common causes include: (1) the process was killed"
    )
    assert reason(NodeLost(said)) == (
        "NodeLost: The actor is dead because its worker process has died. Worker exit detail: it exits with code 2. End of file"
    )
    assert reason(NodeLost("no room.\n  at all")) == "NodeLost: no room"
    assert reason(NodeLost()) == "NodeLost"
