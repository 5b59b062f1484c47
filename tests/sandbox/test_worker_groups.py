"""The control groups of real Docker workers: where they are, that they cap and count alike, and that none is left."""

from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from leftovers import containers, settles
from second_engine import SecondEngine, needs_root, worker_images

from sandbox import Job, Limits, Pool
from sandbox.backends import cgroup_parent, docker
from sandbox.errors import BackendUnavailable, SandboxError

pytestmark = pytest.mark.docker
DOCKER = Path("/sys/fs/cgroup/cpu/docker")


def paths(container: str, backend: docker.DockerBackend) -> set[str]:
    """Where the groups of a running container are, in the hierarchies with controllers."""
    pid = backend._client.api.inspect_container(container)["State"]["Pid"]
    lines = [line.split(":", 2) for line in Path(f"/proc/{pid}/cgroup").read_text().splitlines()]
    return {path for _, names, path in lines if names and not names.startswith("name=")}


def folders(container: str) -> list[Path]:
    """Its groups, wherever they are."""
    return [Path(at, name) for at, names, _ in os.walk("/sys/fs/cgroup") for name in names if container in name]


@pytest.fixture
def backend(monkeypatch: pytest.MonkeyPatch) -> Iterator[docker.DockerBackend]:
    """The usual engine, if it puts containers into a group that they can leave."""
    monkeypatch.delenv("CODEEVAL_CGROUP_PARENT", raising=False)
    with closing(docker.DockerBackend(lambda line: None)) as made:
        info = made._client.info()
        if (info["CgroupDriver"], info["CgroupVersion"]) != ("cgroupfs", "1") or os.uname().nodename != info["Name"]:
            pytest.skip("the engine makes no groups of version 1 on this machine")
        if not DOCKER.parent.is_dir() or Path("/sys/fs/cgroup/cpu/system.slice").exists():
            pytest.skip("the groups are not visible, or slices divide the processors")
        yield made


def test_others_wait_only_for_the_first_one_s_group(
    backend: docker.DockerBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The engine makes it early, and takes several times as long for all of the start."""
    if DOCKER.is_dir() and cgroup_parent._neighbours(backend._client, DOCKER):
        pytest.skip("other containers are in Docker's group just now")
    start, known = backend._client.api.start, []

    def starting(container: str) -> None:
        start(container)
        known.append(backend._parent._known.wait(30))

    monkeypatch.setattr(backend._client.api, "start", starting)
    workers = [backend.start(Limits()) for _ in range(2)]
    try:
        assert known == [True, True]
        assert paths(workers[1]._container, backend) == {f"/{workers[1]._container}"}
    finally:
        for worker in workers:
            worker.kill()


def test_a_worker_s_place(backend: docker.DockerBackend) -> None:
    """The first one is in Docker's group, the others below the root, and no group is left of them."""
    before = cgroup_parent._neighbours(backend._client, DOCKER) if DOCKER.is_dir() else ()
    workers = [backend.start(Limits()) for _ in range(3)]
    first, *others = [worker._container for worker in workers]
    try:
        if before or cgroup_parent.look(backend._client, first).neighbours:
            pytest.skip("other containers are in Docker's group just now")
        assert paths(first, backend) == {f"/docker/{first}"}
        assert [paths(each, backend) for each in others] == [{f"/{each}"} for each in others]
    finally:
        for worker in workers:
            worker.kill()
    assert not settles(lambda: [folder for each in (first, *others) for folder in folders(each)])


def test_beside_other_containers(backend: docker.DockerBackend) -> None:
    """Workers stay in Docker's group with containers that are none: those would lose weight."""
    other = backend._client.api.create_container(backend.image_id, ["sleep", "600"])["Id"]
    try:
        backend._client.api.start(other)
        workers = [backend.start(Limits()) for _ in range(2)]
        try:
            assert other in cgroup_parent.look(backend._client, workers[0]._container).neighbours
            assert [paths(w._container, backend) for w in workers] == [{f"/docker/{w._container}"} for w in workers]
        finally:
            for worker in workers:
                worker.kill()
    finally:
        backend._client.api.remove_container(other, force=True)


@pytest.mark.parametrize("parent", ["/", "/docker"])
def test_limits_in_both_places(parent: str, backend: docker.DockerBackend, monkeypatch: pytest.MonkeyPatch) -> None:
    """Processor time, memory and processes are counted and capped alike, and a worker is clean after each sample."""
    programs = {
        "def f():\n    while True: pass\n": "timeout",
        "def f():\n    return len(bytearray(400 << 20))\n": "memory",
        "import os, signal\ndef f():\n    while os.fork(): pass\n    signal.pause()\n": "completed",
        "def f():\n    return 1\n": "completed",
    }
    monkeypatch.setenv("CODEEVAL_CGROUP_PARENT", parent)
    limits = Limits(cpu_s=0.3, wall_s=20, memory_mb=128)
    with closing(docker.DockerBackend(lambda line: None)) as made, Pool(made, workers=1, limits=limits) as pool:
        pool.wait_ready()
        (worker,) = containers()
        assert paths(worker, made) == {f"{parent.rstrip('/')}/{worker}"}
        for source, status in programs.items():
            assert pool.submit(Job(source, "f", ("{}",))).result(120).status == status
        assert containers() == [worker]


@pytest.fixture
def small() -> Iterator[Path]:
    """A group below the root in every hierarchy; its folder among those of the memory controller."""
    needs_root()
    (memory := Path("/sys/fs/cgroup/memory/codeeval-small")).mkdir()
    yield memory
    for folder in Path("/sys/fs/cgroup").glob("*/codeeval-small"):  # the engine has made the others
        folder.rmdir()


def test_a_parent_that_is_too_small(
    small: Path, backend: docker.DockerBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A program would reach the limit of the group that the user named, and not its own: that is no verdict."""
    (limit := small / "memory.limit_in_bytes").write_text(str(200 << 20))
    monkeypatch.setenv("CODEEVAL_CGROUP_PARENT", f"/{small.name}")
    with closing(docker.DockerBackend(lambda line: None)) as made, Pool(made, workers=2) as pool:
        future = pool.submit(Job("def f():\n    return 1\n", "f", ("{}",)))
        with pytest.raises(BackendUnavailable, match=f"{limit} is {200 << 20}, and .*\n.*CODEEVAL_CGROUP_PARENT"):
            future.result(120)
    assert not settles(containers)


def test_kill_9_leaves_no_group(backend: docker.DockerBackend) -> None:
    """The engine removes the groups with the containers, which end with their channels."""
    script = [sys.executable, str(Path(__file__).parent / "host_script.py"), "docker"]
    process = subprocess.Popen(script, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    who = process.stdout.readline().strip()
    found = containers(who)
    process.kill()
    process.wait()
    process.stdout.close()
    assert len(found) == 2
    assert not settles(lambda: [folder for each in found for folder in folders(each)])
    backend.sweep()  # its socket folder


def test_the_old_place(backend: docker.DockerBackend, monkeypatch: pytest.MonkeyPatch) -> None:
    """CODEEVAL_CGROUP_PARENT=/docker keeps all workers in Docker's group."""
    monkeypatch.setenv("CODEEVAL_CGROUP_PARENT", "/docker")
    with closing(docker.DockerBackend(lambda line: None)) as old:
        workers = [old.start(Limits()) for _ in range(2)]
        try:
            assert [paths(each._container, old) for each in workers] == [{f"/docker/{w._container}"} for w in workers]
        finally:
            for worker in workers:
                worker.kill()


@pytest.mark.slow
def test_an_engine_with_a_chosen_parent(backend: docker.DockerBackend, monkeypatch: pytest.MonkeyPatch) -> None:
    """An engine that was started with `--cgroup-parent` keeps all workers below it."""
    needs_root()
    chosen = f"codeeval-test-{os.getpid()}"
    tag, base = worker_images()
    engine = SecondEngine(options=[f"--cgroup-parent=/{chosen}"])
    try:
        engine.start()
        engine.load(tag, base)
        monkeypatch.setenv("DOCKER_HOST", engine.host)
        with closing(docker.DockerBackend(lambda line: None)) as made:
            workers = [made.start(Limits()) for _ in range(2)]
            try:
                assert [paths(w._container, made) for w in workers] == [{f"/{chosen}/{w._container}"} for w in workers]
            finally:
                for worker in workers:
                    worker.kill()
    finally:
        engine.remove()
        for folder in folders(chosen):
            folder.rmdir()


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:Exception ignored in. <socket.socket:pytest.PytestUnraisableExceptionWarning")
def test_an_engine_that_comes_back_with_a_parent(
    backend: docker.DockerBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Workers that are started after an outage stay where the engine puts them now."""
    needs_root()
    chosen = f"codeeval-test-{os.getpid()}"
    tag, base = worker_images()
    engine = SecondEngine()
    try:
        engine.start()
        engine.load(tag, base)
        monkeypatch.setenv("DOCKER_HOST", engine.host)
        with closing(docker.DockerBackend(lambda line: None)) as made:
            made.start(Limits()).kill()
            assert made._parent.chosen == "/"
            engine.stop(signal.SIGTERM)
            with pytest.raises(SandboxError, match="has not answered"):
                made.start(Limits())
            gc.collect()  # the SDK's socket
            engine.options = [f"--cgroup-parent=/{chosen}"]
            engine.start()
            for _ in range(2):
                worker = made.start(Limits())
                assert paths(worker._container, made) == {f"/{chosen}/{worker._container}"}
                worker.kill()
    finally:
        engine.remove()
        for folder in folders(chosen):
            folder.rmdir()
