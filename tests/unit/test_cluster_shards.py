"""Shards on the nodes of a cluster: the same rows as one shard in the driver, whatever happens to nodes. On nodes that are
threads; `tests/e2e/test_cluster_runs.py` does it with Ray."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from shard_pools import Instant
from test_shards import JUDGING, completion, filled, judge, rows
from thread_nodes import FACTS, ThreadCluster

import codeeval
from codeeval.code_digest import code_digest
from codeeval.evaluation.pipeline import Progress
from codeeval.evaluation.shards import node
from codeeval.evaluation.shards.batches import Batch, Rows
from codeeval.evaluation.shards.frames import ROWS
from codeeval.evaluation.shards.node import NodeShard
from codeeval.evaluation.shards.node_actor import package
from codeeval.evaluation.shards.nodes import ClusterShards
from codeeval.evaluation.shards.router import MAX_LOSSES
from codeeval.store import Counts
from sandbox import BackendUnavailable, Job, SandboxError, ray_pool
from sandbox.ray_places import Place

VERSIONS = {name: FACTS[name] for name in ("python", "ray", "code")}
DONE = Counts(executed=12 * 9 * 2, deduplicated=12 * 11 * 2)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waits of seconds are hundredths."""
    monkeypatch.setattr(ray_pool, "versions", lambda: VERSIONS)
    monkeypatch.setattr(node, "REST_S", 0.05)
    for module, name, value in (
        ("ray_pool", "_LOOK_S", 0.02),
        ("ray_pool", "_AGAIN_S", 0.01),
        ("ray_pool", "_LONGEST_S", 0.05),
        ("ray_link", "_IDLE_S", 0.05),
    ):
        monkeypatch.setattr(f"sandbox.{module}.{name}", value)
    monkeypatch.setattr("codeeval.evaluation.shards.router.LOOK_EVERY_S", 0.02)


@pytest.fixture
def cluster(monkeypatch: pytest.MonkeyPatch) -> Iterator[ThreadCluster]:
    """Two nodes that work."""
    made = ThreadCluster({"a": FACTS, "b": FACTS})
    monkeypatch.setattr(ray_pool, "Connection", lambda settings: made)
    yield made
    made.headless = False


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> list[object]:
    """What a run with one shard in the driver gives."""
    with filled(tmp_path_factory.mktemp("whole") / "r") as store:
        judge(store, Instant())
        return rows(store)


def in_the_middle(do: Callable[[], None]) -> Callable[[Progress], None]:
    """Does something once, after some rows have come."""
    waiting = [do]

    def tell(progress: Progress) -> None:
        if progress.judged >= 20 and waiting:
            waiting.pop()()

    return tell


def test_nodes_give_the_rows_of_one_shard_in_the_driver(
    tmp_path: Path, cluster: ThreadCluster, whole: list[object]
) -> None:
    """The same judgements and evidence, the same work, done on both nodes; and once more for a second run file."""
    with ClusterShards("x:1") as shards:
        for name in ("r", "s"):
            with filled(tmp_path / name) as store:
                result = judge(store, shards)
                assert rows(store) == whole
                assert result.counts == DONE
                assert result.sandbox_error is None
    assert all(pool.jobs > 20 for pool in cluster.pools)
    assert len(cluster.pools) == 2


def test_a_node_with_many_workers_holds_several_shards(
    tmp_path: Path, cluster: ThreadCluster, whole: list[object]
) -> None:
    """As many as one interpreter can serve in each; the node is one for the user."""
    with filled(tmp_path / "r") as store, ClusterShards("x:1", 18) as shards:
        assert shards.nodes() == {"a": 18, "b": 18}
        judge(store, shards)
        assert rows(store) == whole
    assert sorted(cluster.started) == [f"node {name}, part {part} of 3" for name in "ab" for part in (1, 2, 3)]


def test_a_node_that_is_lost_and_one_that_joins(tmp_path: Path, cluster: ThreadCluster, whole: list[object]) -> None:
    """What the lost one had is done by others; every row once."""

    def happen() -> None:
        del cluster.live["a"]
        cluster.live["c"] = FACTS

    def pause(place: Place, job: Job, number: int) -> None:
        """A job takes a while; from the tenth on, until the change has been seen, so that the run can't end before."""
        time.sleep(0.002)
        if number == 10 and waiting:
            waiting.pop()()
        until = time.monotonic() + 20
        while "a" not in cluster.live and set(shards.nodes()) != {"b", "c"} and time.monotonic() < until:
            time.sleep(0.01)

    waiting = [happen]
    cluster.happens = pause
    with filled(tmp_path / "r") as store, ClusterShards("x:1", 1) as shards:
        result = judge(store, shards)
        assert rows(store) == whole
        assert result.counts.executed == DONE.executed
        assert store.sessions()[-1].end == "complete"
        assert set(shards.nodes()) == {"b", "c"}


def test_all_nodes_are_lost_for_a_while(tmp_path: Path, cluster: ThreadCluster, whole: list[object]) -> None:
    """The run waits, and goes on with what comes."""

    def happen() -> None:
        cluster.live.clear()

    def come_back() -> dict[str, dict[str, str]]:
        cluster.live["d"] = FACTS
        return cluster.live

    cluster.happens = lambda place, job, number: time.sleep(0.01)
    with filled(tmp_path / "r") as store, ClusterShards("x:1", patience_s=60.0) as shards:
        tell = in_the_middle(happen)

        def watch(progress: Progress) -> None:
            tell(progress)
            if not shards.nodes():
                come_back()

        result = judge(store, shards, watch)
        assert rows(store) == whole
        assert result.sandbox_error is None


@pytest.mark.parametrize("headless", [False, True])
def test_a_cluster_that_does_not_come_back(
    tmp_path: Path, cluster: ThreadCluster, whole: list[object], headless: bool
) -> None:
    """Its nodes are gone, or its head: after the patience the rest is pending with the reason, and can be done elsewhere."""

    def happen() -> None:
        cluster.headless = headless
        if not headless:
            cluster.live.clear()

    def pause(place: Place, job: Job, number: int) -> None:
        time.sleep(0.02 if number < 60 else 0)

    cluster.happens = pause
    with filled(tmp_path / "r") as store:
        with ClusterShards("x:1", 1, patience_s=0.4) as shards:
            result = judge(store, shards, in_the_middle(happen))
        why = "head of the cluster has not answered" if headless else "has had no node with workers"
        assert why in (result.sandbox_error or "")
        assert 0 < len(store.execution_keys()) < DONE.executed
        assert why in store.incidents()[0].reason
        assert store.sessions()[-1].end == "incomplete"
        judge(store, Instant())
        assert rows(store) == whole


def test_a_sample_that_takes_nodes_down_stays_pending_alone(tmp_path: Path, cluster: ThreadCluster) -> None:
    """Three nodes were lost with it; no other sample is charged."""

    def text(pid: str, index: int) -> str:
        return "\n    return n  # deadly" if (pid, index) == ("5", 3) else completion(pid, index)

    def happen(place: Place, job: Job, number: int) -> None:
        if "deadly" in job.source:
            cluster.live.pop(place.address, None)
            cluster.live[f"{place.address}'"] = FACTS

    cluster.happens = happen
    with filled(tmp_path / "r", text=text) as store, ClusterShards("x:1") as shards:
        judge(store, shards)
        assert [store.pending((name,)) for name in ("mera-code", "strict")] == [{"5": {3}}] * 2
        why = store.incidents()[0].reason
        assert f"{MAX_LOSSES} shards were lost with it: node " in why
        assert "Ended" not in why
        assert {(one.problem_id, one.index) for one in store.incidents()} == {("5", 3)}


@pytest.mark.parametrize("lasting", [False, True])
def test_a_node_whose_sandbox_fails(tmp_path: Path, cluster: ThreadCluster, whole: list[object], lasting: bool) -> None:
    """Its jobs go to others; one that fails and fails is lost, and starts anew."""

    def happen(place: Place, job: Job, number: int) -> None:
        if place.address == "a" and (lasting or number % 10 == 0):
            raise SandboxError("no engine answers")

    cluster.happens = happen
    with filled(tmp_path / "r") as store, ClusterShards("x:1") as shards:
        result = judge(store, shards)
        assert rows(store) == whole
        assert result.sandbox_error is None
        assert store.incidents() == ()
    assert (cluster.started.count("node a") > 1) is lasting


def test_a_job_that_no_node_can_execute_is_pending(tmp_path: Path, cluster: ThreadCluster) -> None:
    """Tried three times, then pending with the sandbox's reason."""

    def text(pid: str, index: int) -> str:
        return "\n    return n  # fails" if (pid, index) == ("5", 3) else completion(pid, index)

    with filled(tmp_path / "r", text=text) as store, ClusterShards("x:1") as shards:
        judge(store, shards)
        assert [store.pending((name,)) for name in ("mera-code", "strict")] == [{"5": {3}}] * 2
        assert "no worker" in store.incidents()[0].reason
        assert len(store.incidents()) == 2
    assert len(cluster.started) == 2


def test_single_jobs_and_samples_at_once(tmp_path: Path, cluster: ThreadCluster, whole: list[object]) -> None:
    """The preflight, repairs and reference solutions take the same links."""
    jobs = [Job(f"# returns {number}", "f", ("{'n': 1}",)) for number in range(200)]
    with filled(tmp_path / "r") as store, ClusterShards("x:1") as shards:
        futures = [shards.submit(job) for job in jobs[:100]]
        judge(store, shards)
        assert rows(store) == whole
        assert [future.result(60).observations[0].text for future in futures] == list(map(str, range(100)))
        assert [found.observations[0].text for found in shards.map(jobs)] == list(map(str, range(200)))


def test_a_node_with_another_codeeval_is_named(cluster: ThreadCluster) -> None:
    """At the start an error with both versions; one that joins later is left out."""
    cluster.live["b"] = {**FACTS, "codeeval": "0.0.1 (0123456789abcdef)"}
    with pytest.raises(BackendUnavailable, match=r"node b differs from the others: codeeval 0\.0\.1 \(0123") as error:
        ClusterShards("x:1", patience_s=5.0)
    assert f"instead of {FACTS['codeeval']}" in str(error.value)


def test_batches_are_small_where_a_node_may_hold_few(
    tmp_path: Path, cluster: ThreadCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A node gets more before all of what it has is done: else its workers would wait for the last of a batch."""
    sent: dict[str, list[tuple[int, int]]] = {}
    send = NodeShard.send

    def look(shard: NodeShard, batch: Batch) -> None:
        sent.setdefault(shard.name, []).append((len(batch.samples), shard.room))
        send(shard, batch)

    monkeypatch.setattr(NodeShard, "send", look)
    with filled(tmp_path / "r") as store, ClusterShards("x:1", 4) as shards:
        judge(store, shards)
    for sizes in sent.values():
        assert sizes[0] == (2, 8)
        assert max(size for size, _ in sizes) <= 32


def test_a_slow_node_gets_less_and_bytes_are_bounded() -> None:
    """By its speed, within a most; and frames of one call by their size."""
    woken: list[int] = []
    slow, fast = (NodeShard(f"node {name}", 4, lambda: woken.append(1)) for name in "ab")
    for shard, pause in ((slow, 0.05), (fast, 0.0)):
        shard.judge(JUDGING, lambda handle, news: None)
        assert shard.room == 8
        for number in range(3):
            shard.send(Batch(number, "1", ((("1", 0), ("strict",)),) * 32))
            time.sleep(pause)
            shard.hear([(ROWS, (1).to_bytes(4, "big") + Rows(done=(number,)).packed())])
    assert 8 < slow.room < fast.room <= 4 * 64
    assert woken
    fast.outgoing()
    for number in range(3):
        fast.send(Batch(10 + number, "1", ((("1", 0, "", "x" * 3_000_000), ("strict",)),)))
    assert [len(fast.outgoing()) for _ in range(3)] == [2, 1, 0]


def test_nodes_are_compared_by_all_of_the_package() -> None:
    """Engines and shards use one digest, which any file of the package changes."""
    root = Path(codeeval.__file__).parent
    digest = hashlib.sha256()
    for path in sorted(root.rglob("*.py")):
        digest.update(f"\0{path.relative_to(root)}\0".encode() + path.read_bytes())
    assert code_digest() == digest.hexdigest()[:16]
    assert package() == {"codeeval": f"{codeeval.__version__} ({code_digest()})"}
