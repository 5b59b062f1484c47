"""`-M replicas=N --cluster`: the models are on the nodes of a cluster that are disturbed in the middle of a run. The samples and
verdicts are those of a run on this machine alone, and no process is left."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from cli_runs import ROOT, codeeval, document, start
from engine_runs import ENGINE, PATIENCE_S, PROBLEMS, SAMPLES, command, middle, rows, stands_still, told

sys.path.append(str(ROOT / "tests" / "sandbox"))

from leftovers import settles, worker_processes
from loopback_cluster import LoopbackCluster

pytestmark = [pytest.mark.ray, pytest.mark.local, pytest.mark.hf, pytest.mark.slow]

FIRST, SECOND, THIRD = "127.0.0.3", "127.0.0.4", "127.0.0.5"


def on(cluster: LoopbackCluster, replicas: int, *more: object) -> list[object]:
    return ["--cluster", cluster.address, "-M", f"replicas={replicas}", "--cluster-option", "patience_s=60", *more]


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> list[Any]:
    """What a run on this machine alone gives."""
    folder = tmp_path_factory.mktemp("alone")
    done = codeeval(folder, *command("r"))
    assert done.returncode == 0, done.stderr
    found = rows(folder / "r")
    assert len(found) == 3 * PROBLEMS * SAMPLES
    return found


@pytest.fixture
def cluster() -> Iterator[LoopbackCluster]:
    """A head without processors, and two nodes with room for a pool and an engine each."""
    with LoopbackCluster({"PYTHONPATH": str(ROOT)}) as made:
        made.add(FIRST, cpus=2)
        made.add(SECOND, cpus=2)
        made.wait(FIRST, SECOND)
        yield made


def engines(cluster: LoopbackCluster, address: str) -> list[int]:
    """Processes that hold a model on a node."""
    return cluster.processes(address, ENGINE)


def all_engines() -> list[int]:
    found = []
    for name in os.listdir("/proc"):
        try:
            words = Path(f"/proc/{name}/cmdline").read_bytes() if name.isdigit() else b""
        except OSError:
            continue
        if ENGINE.encode() in words and _started_here(int(name)):
            found.append(int(name))
    return found


def _started_here(pid: int) -> bool:
    """Other runs of these tests on this machine have engines as well."""
    try:
        return f"\0CODEEVAL_TEST_MARK={os.getpid()}\0".encode() in Path(f"/proc/{pid}/environ").read_bytes()
    except OSError:
        return False


@pytest.fixture(autouse=True)
def _marked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CODEEVAL_TEST_MARK", str(os.getpid()))


def nothing_is_left(cluster: LoopbackCluster) -> None:
    assert not settles(all_engines, 60)
    assert not settles(lambda: [p for a in (FIRST, SECOND, THIRD) for p in cluster_processes(cluster, a)], 60)
    assert not settles(worker_processes, 60)


def cluster_processes(cluster: LoopbackCluster, address: str) -> list[int]:
    try:
        return cluster.processes(address, "ray::EngineActor")
    except KeyError:  # it was ended
        return []


@pytest.mark.parametrize("replicas", [1, 2])
def test_models_on_nodes_write_what_one_here_writes(
    cluster: LoopbackCluster, tmp_path: Path, alone: list[Any], replicas: int
) -> None:
    """The same samples and verdicts; the manifest says which node answered how much."""
    assert codeeval(tmp_path, *command("r", *on(cluster, replicas))).returncode == 0
    assert rows(tmp_path / "r") == alone
    counts = document(codeeval(tmp_path, "report", "r", "--format", "json"))["servers"]
    assert len(counts) == replicas
    assert all(re.fullmatch(r"replica [12] on 127\.0\.0\.[34]", name) for name in counts)
    assert sum(counts.values()) == PROBLEMS * SAMPLES
    nothing_is_left(cluster)


# --- what happens to an engine -----------------------------------------------------------------------------------


def an_engine(cluster: LoopbackCluster) -> None:
    os.kill(engines(cluster, FIRST)[0], signal.SIGKILL)


def an_actor(cluster: LoopbackCluster) -> None:
    os.kill(cluster.processes(FIRST, "ray::EngineActor")[0], signal.SIGKILL)


def a_whole_node(cluster: LoopbackCluster) -> None:
    cluster.kill(FIRST)


def an_actor_that_stands_still(cluster: LoopbackCluster) -> None:
    os.kill(cluster.processes(FIRST, "ray::EngineActor")[0], signal.SIGSTOP)


@pytest.mark.parametrize(
    "happens", [an_engine, an_actor, a_whole_node, an_actor_that_stands_still], ids=lambda each: each.__name__
)
def test_what_happens_to_an_engine(
    cluster: LoopbackCluster, tmp_path: Path, alone: list[Any], happens: Callable[[LoopbackCluster], None]
) -> None:
    """Its problems go to the other node, and come out as they would have."""
    process = start(tmp_path, *command("r", *on(cluster, 2)))
    middle(process, tmp_path / "r")
    assert engines(cluster, FIRST)
    assert engines(cluster, SECOND)
    happens(cluster)
    _, errors = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 0, errors
    assert rows(tmp_path / "r") == alone
    nothing_is_left(cluster)


@pytest.mark.parametrize("happens", [an_engine, an_actor, a_whole_node], ids=lambda each: each.__name__)
def test_an_engine_that_is_lost_is_started_again(
    cluster: LoopbackCluster, tmp_path: Path, alone: list[Any], happens: Callable[[LoopbackCluster], None]
) -> None:
    """On its node, or on one that joined after the loss. It takes part again, and is counted where it runs."""
    process = start(tmp_path, *command("r", *on(cluster, 2)))
    middle(process, tmp_path / "r")
    with stands_still(engines(cluster, SECOND)[0]):  # there is work left when the other one is back
        happens(cluster)
        lines = told(process, "is started again in 5 s")
        assert f" on {FIRST}" in lines[-1]  # which node lost it
        if happens is a_whole_node:
            cluster.add(THIRD, cpus=2)
        lines += told(process, "is at work again")
    _, errors = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 0, errors
    said = "".join([*lines, errors])  # the pool's warning about a lost node ends with "given out again; …"
    assert (said.count("is started again"), said.count("is at work again")) == (1, 1)
    place = THIRD if happens is a_whole_node else FIRST
    found = re.search(rf"warning: (replica [12]) on {place} is at work again", lines[-1])
    assert found, lines
    assert rows(tmp_path / "r") == alone
    counts = document(codeeval(tmp_path, "report", "r", "--format", "json"))["servers"]
    assert counts[f"{found[1]} on {place}"] > 0
    assert len(counts) == (3 if happens is a_whole_node else 2)
    assert sum(counts.values()) == PROBLEMS * SAMPLES
    nothing_is_left(cluster)


def test_the_only_engine_is_waited_for(cluster: LoopbackCluster, tmp_path: Path, alone: list[Any]) -> None:
    """Its node is killed: the other node gets an engine, and the run is complete."""
    process = start(tmp_path, *command("r", *on(cluster, 1)))
    middle(process, tmp_path / "r")
    cluster.kill(FIRST if engines(cluster, FIRST) else SECOND)
    _, errors = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 0, errors
    assert rows(tmp_path / "r") == alone
    nothing_is_left(cluster)


def test_no_room_is_left(cluster: LoopbackCluster, tmp_path: Path, alone: list[Any]) -> None:
    """The only node with an engine's resource is killed, and none joins: the run ends incomplete, and is resumed elsewhere."""
    cluster.add(THIRD, cpus=2, resources='{"model": 1}')
    cluster.wait(THIRD)
    there = ("--cluster-option", "engine_resource.model=1", "--cluster-option", "patience_s=20")
    process = start(tmp_path, *command("r", *on(cluster, 1, *there)))
    middle(process, tmp_path / "r")
    cluster.kill(THIRD)
    _, errors = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 3, errors
    assert errors.count("replica 1 is not started again: 0 of 1 engines found a place on the cluster within 20 s") == 2
    resumed = codeeval(tmp_path, "run", "--resume", "r", "--cluster", cluster.address)
    assert resumed.returncode == 0, resumed.stderr
    assert rows(tmp_path / "r") == alone


def test_the_driver_is_killed_and_the_run_resumed(cluster: LoopbackCluster, tmp_path: Path, alone: list[Any]) -> None:
    """kill -9: the engines end by themselves; --resume asks other engines for the rest."""
    process = start(tmp_path, *command("r", *on(cluster, 2)))
    middle(process, tmp_path / "r")
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    nothing_is_left(cluster)
    resumed = codeeval(tmp_path, "run", "--resume", "r", "--cluster", cluster.address)
    assert resumed.returncode == 0, resumed.stderr
    assert rows(tmp_path / "r") == alone


# --- where there is no place -------------------------------------------------------------------------------------


def test_no_room_and_other_code(cluster: LoopbackCluster, tmp_path: Path) -> None:
    """One error, exit code 3, that says what to ask for, or which node has what."""
    short = ("--cluster-option", "patience_s=40")
    done = codeeval(tmp_path, *command("r", *on(cluster, 2, "--cluster-option", "engine_gpus=1", *short)))
    assert done.returncode == 3
    assert "0 of 2 engines found a place on the cluster within 40 s" in done.stderr
    assert "engine_gpus" in done.stderr
    bad = codeeval(tmp_path, *command("q", *on(cluster, 2, "--cluster-option", "engine_gpus=x")))
    assert bad.returncode == 2
    nothing_is_left(cluster)


OTHER = """
import sys
sys.path.insert(0, {folder!r})
import codeeval
sys.path.pop(0)
"""


def test_a_node_with_another_codeeval_is_named(cluster: LoopbackCluster, tmp_path: Path) -> None:
    """A real other copy of the package, and a node that has none. Programs are judged on another node, so that the check
    of the engines is the one that is met."""
    cluster.add("127.0.0.7", cpus=1, resources='{"judge": 1}')
    cluster.wait("127.0.0.7")
    other, none = tmp_path / "other", tmp_path / "none"
    for folder in (other, none):
        folder.mkdir()
    subprocess.run(["cp", "-r", ROOT / "codeeval", other], check=True)
    init = other / "codeeval" / "__init__.py"
    init.write_text(init.read_text("utf-8").replace('__version__ = "', '__version__ = "9.'), "utf-8")
    (other / "sitecustomize.py").write_text(OTHER.format(folder=str(other)), "utf-8")
    (none / "sitecustomize.py").write_text("import sys\nsys.modules['codeeval'] = None\n", "utf-8")
    for address, folder, words in (
        ("127.0.0.5", other, "node 127.0.0.5 differs from this machine: codeeval 9."),
        ("127.0.0.6", none, "node 127.0.0.6 can't hold an engine: ModuleNotFoundError"),
    ):
        cluster.add(
            address, cpus=2, resources='{"%s": 1}' % folder.name, environment={"PYTHONPATH": f"{folder}:{ROOT}"}
        )
        cluster.wait(address)
        there = ("--cluster-option", f"engine_resource.{folder.name}=1", "--cluster-option", "resource.judge=1")
        done = codeeval(tmp_path, *command(f"r-{folder.name}", *on(cluster, 1, *there)))
        assert done.returncode == 3, done.stderr
        assert words in done.stderr
        cluster.kill(address)
    nothing_is_left(cluster)
