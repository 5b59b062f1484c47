"""`--cluster` on a cluster of processes that are killed, stopped and added in the middle of a run: the run file is that of a run
on this machine alone, or says that it is incomplete and becomes it with --resume; and nothing is left."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from cli_runs import ROOT, codeeval, start, write_samples, write_tasks

from codeeval.store import RunReader
from sandbox import owner

sys.path.append(str(ROOT / "tests" / "sandbox"))

from leftovers import containers, settles, worker_processes
from loopback_cluster import HEAD, LoopbackCluster

pytestmark = [pytest.mark.ray, pytest.mark.local, pytest.mark.slow]

PROBLEMS, SAMPLES = 6, 30
FIRST, SECOND, LATE = "127.0.0.3", "127.0.0.4", "127.0.0.5"
PATIENCE_S = 40


def completion(pid: int, index: int, nap_s: float) -> str:
    """Sleeps; right, wrong, an exception, a lost worker, or no program."""
    text = f"\n    import os, time\n    time.sleep({nap_s})  # {pid}.{index}\n"
    ends = {3: "    return a - b", 5: "    return a / 0", 7: "    os._exit(3)", 9: "    return ("}
    return text + ends.get(index % 10, "    return a + b")


def fill(folder: Path, nap_s: float = 0.05) -> Path:
    write_tasks(folder, PROBLEMS)
    texts = {pid: [completion(pid, i, nap_s) for i in range(SAMPLES)] for pid in range(1, PROBLEMS + 1)}
    write_samples(folder, texts)
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return fill(tmp_path)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> list[Any]:
    """What a run on this machine alone gives."""
    folder = fill(tmp_path_factory.mktemp("local"))
    assert codeeval(folder, *command("r")).returncode == 0
    found = rows(folder / "r")
    assert len(found) > 2 * PROBLEMS * SAMPLES
    return found


@pytest.fixture
def cluster() -> Iterator[LoopbackCluster]:
    """A head that holds no workers, and two nodes."""
    with LoopbackCluster() as made:
        made.add(FIRST)
        made.add(SECOND)
        made.wait(FIRST, SECOND)
        yield made


def command(run: str, sandbox: str = "local", *more: object) -> list[object]:
    """What comes after `codeeval`."""
    return ["score", "-t", "tasks.jsonl", "--samples", "samples.jsonl", "--sandbox", sandbox, "-o", run, "-j", 1, *more]


def on(cluster: LoopbackCluster, *more: object, patience_s: int = PATIENCE_S) -> list[object]:
    return ["--cluster", cluster.address, "--cluster-option", f"patience_s={patience_s}", *more]


def rows(run: Path) -> list[Any]:
    """Every judgement with its evidence, without what is measured."""
    with RunReader(run) as reader:
        evidence = [(key, _told(reader.outcome(*key))) for key in sorted(reader.execution_keys())]
        return [*(row for name in ("mera-code", "strict") for row in reader.judgements(name)), *evidence]


def _told(outcome: Any) -> object:
    seen = tuple((each.status, each.text, each.exc_type, each.message) for each in outcome.observations)
    return outcome.status, outcome.stderr, outcome.exit_signal, seen


def judged(run: Path) -> int:
    try:
        with sqlite3.connect(f"{(run / 'run.sqlite').as_uri()}?mode=ro", uri=True) as connection:
            return int(connection.execute("SELECT count(*) FROM judgements").fetchone()[0])
    except sqlite3.Error:
        return 0


def until(condition: Callable[[], object], seconds: float = 300.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def middle(process: subprocess.Popen[str], run: Path, share: float = 0.2) -> None:
    """Waits for a run to have judged so much of what there is."""
    until(lambda: process.poll() is not None or judged(run) >= share * 2 * PROBLEMS * SAMPLES)
    assert process.poll() is None, process.communicate()


def both_work(cluster: LoopbackCluster) -> None:
    """Waits for the second node, which may be slower to start."""
    until(lambda: len([each for each in cluster.actors() if worker_processes(each)]) == 2)
    for node in (FIRST, SECOND):  # samples are graded where they are executed
        assert cluster.processes(node, "ray::ShardNode")


def ends(process: subprocess.Popen[str], code: int) -> str:
    """stderr of a run that ends with this code."""
    _, errors = process.communicate(timeout=300)
    if process.returncode != code:
        pytest.fail(f"exit code {process.returncode}:\n{errors}")
    assert "Traceback" not in errors
    assert "(raylet" not in errors
    return errors


def nothing_is_left(cluster: LoopbackCluster) -> None:
    assert not settles(cluster.actors, 60)
    assert not settles(worker_processes, 60)


# --- what happens to a node --------------------------------------------------------------------------------------


def an_actor(cluster: LoopbackCluster) -> None:
    os.kill(cluster.actors(FIRST)[0], signal.SIGKILL)


def a_worker(cluster: LoopbackCluster) -> None:
    os.kill(worker_processes(cluster.actors(FIRST)[0])[0], signal.SIGKILL)


def a_raylet(cluster: LoopbackCluster) -> None:
    for pid in cluster.processes(FIRST, "raylet/raylet"):
        os.kill(pid, signal.SIGKILL)


def a_whole_node(cluster: LoopbackCluster) -> None:
    cluster.kill(FIRST)


def a_node_for_a_while(cluster: LoopbackCluster) -> None:
    cluster.signal(FIRST, signal.SIGSTOP)
    time.sleep(PATIENCE_S / 2 + 3)  # it is lost after half of the patience, and comes back
    cluster.signal(FIRST, signal.SIGCONT)


def a_late_node(cluster: LoopbackCluster) -> None:
    cluster.add(LATE)


@pytest.mark.parametrize(
    "happens",
    [an_actor, a_worker, a_raylet, a_whole_node, a_node_for_a_while, a_late_node],
    ids=lambda each: each.__name__,
)
def test_what_happens_to_a_node(
    cluster: LoopbackCluster, folder: Path, undisturbed: list[Any], happens: Callable[[LoopbackCluster], None]
) -> None:
    """The run goes on without it, or with it, and its rows are those of this machine."""
    process = start(folder, *command("r", "local", *on(cluster)))
    both_work(cluster)
    middle(process, folder / "r")
    happens(cluster)
    ends(process, 0)
    assert rows(folder / "r") == undisturbed
    nothing_is_left(cluster)


def test_all_nodes_stand_still(cluster: LoopbackCluster, tmp_path: Path) -> None:
    """For longer than the patience: incomplete, exit code 3, although calls of the nodes are still open. When they continue,
    the same cluster does the rest."""
    folder = fill(tmp_path, 0.3)
    process = start(folder, *command("r", "local", *on(cluster, patience_s=12)))
    both_work(cluster)
    middle(process, folder / "r", 0.1)
    for node in (FIRST, SECOND):
        cluster.signal(node, signal.SIGSTOP)
    errors = ends(process, 3)
    assert "has had no node with workers for 12 s" in errors
    assert "core_worker" not in errors
    for node in (FIRST, SECOND):
        cluster.signal(node, signal.SIGCONT)
    done = codeeval(folder, "run", "--resume", "r", "-j", 4, *on(cluster))
    assert done.returncode == 0, done.stderr
    assert codeeval(folder, *command("whole", "local"), "-j", 8).returncode == 0
    assert rows(folder / "r") == rows(folder / "whole")
    nothing_is_left(cluster)


@pytest.mark.docker
def test_a_node_that_is_killed_with_its_containers(
    cluster: LoopbackCluster, folder: Path, undisturbed: list[Any]
) -> None:
    """Containers that nobody ended are removed by the next pool on that machine, by their label."""
    process = start(folder, *command("r", "docker", *on(cluster)))
    until(lambda: len(cluster.actors()) == 2)
    middle(process, folder / "r")
    owners = {f"{owner._boot()}:{pid}:{owner._started(pid)}" for pid in cluster.actors(FIRST)}
    assert [each for who in owners for each in containers(who)]
    a_whole_node(cluster)
    ends(process, 0)
    assert rows(folder / "r") == undisturbed
    nothing_is_left(cluster)
    assert codeeval(folder, *command("q", "docker", *on(cluster, "--limit", 1))).returncode == 0
    assert not settles(lambda: [each for who in owners for each in containers(who)], 60)


# --- what happens to the head ------------------------------------------------------------------------------------


def the_gcs(cluster: LoopbackCluster) -> None:
    (pid,) = cluster.processes(HEAD, "gcs_server")
    os.kill(pid, signal.SIGKILL)


def the_raylet_of_the_driver(cluster: LoopbackCluster) -> None:
    for pid in cluster.processes(HEAD, "raylet/raylet"):
        os.kill(pid, signal.SIGKILL)


def the_head(cluster: LoopbackCluster) -> None:
    cluster.kill(HEAD)


@pytest.mark.parametrize("happens", [the_gcs, the_head], ids=lambda each: each.__name__)
def test_the_head_is_killed(
    cluster: LoopbackCluster, tmp_path: Path, happens: Callable[[LoopbackCluster], None]
) -> None:
    """The nodes work on for the patience; then the run stops by itself: incomplete, exit code 3, the way to go on. On another
    cluster it becomes what it would have been."""
    folder = fill(tmp_path, 0.5)
    process = start(folder, *command("r", "local", *on(cluster, patience_s=20)))
    middle(process, folder / "r", 0.1)
    happens(cluster)
    errors = ends(process, 3)
    assert "the head of the cluster has not answered for 20 s" in errors
    assert "--resume" in errors
    assert 0 < judged(folder / "r") < 2 * PROBLEMS * SAMPLES
    assert not settles(worker_processes, 90)  # the nodes' actors end, and their workers with them
    with LoopbackCluster() as another:
        another.add(LATE, cpus=4)
        another.wait(LATE)
        done = codeeval(folder, "run", "--resume", "r", "-j", 4, *on(another))
        assert done.returncode == 0, done.stderr
        nothing_is_left(another)
    assert codeeval(folder, *command("whole", "local"), "-j", 8).returncode == 0
    assert rows(folder / "r") == rows(folder / "whole")


def test_the_raylet_of_the_driver_is_killed(cluster: LoopbackCluster, folder: Path, undisturbed: list[Any]) -> None:
    """Ray may end the run or go on; the exit code is ours, and what is missing can be done."""
    process = start(folder, *command("r", "local", *on(cluster)))
    middle(process, folder / "r")
    the_raylet_of_the_driver(cluster)
    _, errors = process.communicate(timeout=300)
    assert process.returncode in (0, 3), (process.returncode, errors)
    if process.returncode == 3:
        assert codeeval(folder, "run", "--resume", "r", "-j", 1).returncode == 0
    assert rows(folder / "r") == undisturbed


# --- what happens to the driver ----------------------------------------------------------------------------------


def test_a_killed_driver_is_resumed(cluster: LoopbackCluster, folder: Path, undisturbed: list[Any]) -> None:
    """Its actors end by themselves; on the same cluster the next one does the rest."""
    process = start(folder, *command("r", "local", *on(cluster)))
    middle(process, folder / "r")
    process.kill()
    process.communicate()
    nothing_is_left(cluster)
    before = judged(folder / "r")
    assert 0 < before < 2 * PROBLEMS * SAMPLES
    done = codeeval(folder, "run", "--resume", "r", "-j", 1, *on(cluster))
    assert done.returncode == 0, done.stderr
    assert rows(folder / "r") == undisturbed
    nothing_is_left(cluster)


def test_two_drivers(cluster: LoopbackCluster, folder: Path, undisturbed: list[Any]) -> None:
    """Both are served where their processors fit on a node together."""
    half = ("--cluster-option", "num_cpus=0.5")
    both = [start(folder, *command(name, "local", *on(cluster, *half))) for name in ("a", "b")]
    middle(both[0], folder / "a", 0.1)
    middle(both[1], folder / "b", 0.1)
    assert len(cluster.actors()) == 4
    for process in both:
        ends(process, 0)
    assert rows(folder / "a") == undisturbed
    assert rows(folder / "b") == undisturbed
    nothing_is_left(cluster)


# --- where workers are placed ------------------------------------------------------------------------------------


def test_a_custom_resource_chooses_nodes(cluster: LoopbackCluster, folder: Path, undisturbed: list[Any]) -> None:
    """Only the node that has it is used, and says so."""
    cluster.add(LATE, resources='{"judge": 1}')
    cluster.wait(LATE)
    done = codeeval(folder, *command("r", "local", *on(cluster, "--cluster-option", "resource.judge=1")))
    assert done.returncode == 0, done.stderr
    assert f"node {LATE}: 1 worker" in done.stderr
    assert FIRST not in done.stderr
    assert rows(folder / "r") == undisturbed


def test_rays_client(folder: Path, undisturbed: list[Any]) -> None:
    """`ray://` through the head's client server: the rows of a run on this machine."""
    pytest.importorskip("grpc", reason="pip install 'ray[client]'")
    # otherwise gRPC's threads may outlive Ray's fork, and the server does not start
    forks = {"GRPC_ENABLE_FORK_SUPPORT": "0"}
    with LoopbackCluster(forks, client=True) as cluster:
        cluster.add(FIRST)
        cluster.add(SECOND)
        cluster.wait(FIRST, SECOND)
        there = ("--cluster", f"ray://{cluster.client}", "--cluster-option", f"patience_s={PATIENCE_S}")
        done = codeeval(folder, *command("r", "local", *there))
        assert done.returncode == 0, done.stderr
        assert f"node {FIRST}: 1 worker" in done.stderr
        assert rows(folder / "r") == undisturbed
    assert not settles(worker_processes, 60)


def test_a_placement_group_chooses_bundles(cluster: LoopbackCluster, folder: Path, undisturbed: list[Any]) -> None:
    """One actor in each bundle of the group that is named; another name is an error."""
    made = subprocess.run([sys.executable, "-c", GROUP.format(address=cluster.address)], check=False)
    assert made.returncode == 0
    group = ("--cluster-option", "placement_group=judges", "--cluster-option", "namespace=ours")
    done = codeeval(folder, *command("r", "local", *on(cluster, *group)))
    assert done.returncode == 0, done.stderr
    assert f"node {FIRST}: 1 worker" in done.stderr
    assert f"node {SECOND}: 1 worker" in done.stderr
    assert rows(folder / "r") == undisturbed
    other = codeeval(folder, *command("q", "local", *on(cluster, "--cluster-option", "placement_group=others")))
    assert other.returncode == 3
    assert "no placement group others" in other.stderr


def test_what_no_node_has(cluster: LoopbackCluster, folder: Path) -> None:
    """A resource of no node, a group whose bundles find no room, other work on every node: exit code 3 after the patience,
    each with its reason, and no run."""
    subprocess.run([sys.executable, "-c", HUGE_GROUP.format(address=cluster.address)], check=True)
    group = ("--cluster-option", "placement_group=huge", "--cluster-option", "namespace=ours")
    for option, said in (
        (
            ("--cluster-option", "resource.judge=1"),
            f"no node has CPU 1, judge 1 ({HEAD} has CPU 0, judge 0; {FIRST} has CPU 1,",
        ),
        (group, "the cluster has no room for the bundles of the placement group huge: it is PENDING"),
    ):
        process = start(folder, *command("r", "local", *on(cluster, *option, patience_s=5)))
        assert said in ends(process, 3)
    with subprocess.Popen(
        [sys.executable, "-c", BUSY.format(address=cluster.address)], stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None
        other.stdout.readline()
        process = start(folder, *command("r", "local", *on(cluster, patience_s=5)))
        assert "other work has the processors and resources that were asked for" in ends(process, 3)
        other.kill()
    assert not (folder / "r").exists()
    nothing_is_left(cluster)


HUGE_GROUP = """
import ray
ray.init(address="{address}", _node_ip_address="127.0.0.2", namespace="ours", log_to_driver=False)
ray.util.placement_group([dict(CPU=1), dict(CPU=100)], name="huge", lifetime="detached")
"""

BUSY = """
import ray, time
ray.init(address="{address}", _node_ip_address="127.0.0.2", log_to_driver=False)

@ray.remote(num_cpus=1)
class Work:
    def begun(self):
        return True

held = [Work.remote() for _ in range(2)]
ray.get([each.begun.remote() for each in held])
print("begun", flush=True)
time.sleep(600)
"""

GROUP = """
import ray
ray.init(address="{address}", _node_ip_address="127.0.0.2", namespace="ours", log_to_driver=False)
group = ray.util.placement_group([dict(CPU=1)] * 2, strategy="STRICT_SPREAD", name="judges", lifetime="detached")
assert group.wait(60)
"""
