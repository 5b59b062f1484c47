"""Where Docker's workers get groups below the root, and where they stay in the engine's place, in particular in one that an
administrator chose. The workers themselves are in test_worker_groups.py."""

from __future__ import annotations

import threading
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sandbox.backends.cgroup_parent import Seen, WorkerParent, choose, tighter_above

ID = "7da8bb56062fd1dbddddca2370a00b3b7a8a637503c35fe95fe20d41cdf24bdd"
RUNC = {"path": "runc"}
#: What engines answered to `docker info`, without what is not about control groups.
DEBIAN_12 = {  # 20.10.24+dfsg1, no systemd
    "CgroupDriver": "cgroupfs",
    "CgroupVersion": "1",
    "DefaultRuntime": "runc",
    "Plugins": {"Volume": ["local"], "Network": ["bridge", "host"], "Authorization": None},
    "Runtimes": {"io.containerd.runc.v2": RUNC, "io.containerd.runtime.v1.linux": RUNC, "runc": RUNC},
    "SecurityOptions": ["name=seccomp,profile=default"],
}
UBUNTU_22 = {  # 24.0.7
    **DEBIAN_12,
    "CgroupDriver": "systemd",
    "CgroupVersion": "2",
    "Runtimes": {"io.containerd.runc.v2": RUNC, "runc": RUNC, "nvidia": {"path": "nvidia-container-runtime"}},
    "SecurityOptions": ["name=apparmor", "name=seccomp,profile=builtin", "name=cgroupns"],
}
DESKTOP = {  # 20.10.17, Docker Desktop
    **DEBIAN_12,
    "CgroupVersion": "2",
    "SecurityOptions": ["name=seccomp,profile=default", "name=cgroupns"],
}
ROOTLESS_V1 = {
    **DEBIAN_12,
    "CgroupDriver": "none",
    "SecurityOptions": ["name=seccomp,profile=default", "name=rootless"],
}
PLACES = {"cpu": "cpu,cpuacct", "cpuset": "cpuset", "memory": "memory", "pids": "pids", "blkio": "blkio"}
#: The settings of the root's group and of Docker's, as the kernel makes them.
FRESH = {
    "cpu": {"cpu.shares": "1024", "cpu.cfs_quota_us": "-1"},
    "cpuset": {"cpuset.cpus": "0-1", "cpuset.mems": "0"},
    "memory": {"memory.limit_in_bytes": "9223372036854771712"},
    "pids": {"pids.max": "max"},
    "blkio": {"blkio.throttle.read_bps_device": ""},
}


@pytest.fixture
def mounts(tmp_path: Path) -> str:
    """The hierarchies of a machine without systemd, in a folder; the text of /proc/self/mountinfo that shows them."""
    lines = []
    for controller, files in FRESH.items():
        (tmp_path / controller / "docker" / ID).mkdir(parents=True)
        for name, text in files.items():
            (tmp_path / controller / "docker" / name).write_text(f"{text}\n")
            if controller != "pids":  # has no file in the root
                (tmp_path / controller / name).write_text(f"{text}\n")
        lines.append(f"3 2 0:3 / {tmp_path}/{controller} rw - cgroup cgroup rw,{PLACES[controller]}\n")
    return "".join(lines)


def seen(mounts: str, where: str = f"/docker/{ID}", from_root: bool = True) -> Seen:
    """A worker in this place, on a machine where systemd has its own hierarchy and knows nothing of containers."""
    lines = [f"{n}:{names}:{where}\n" for n, names in enumerate(PLACES.values(), 2)]
    return Seen(
        ID, "".join([*lines, "1:name=systemd:/system.slice/docker.service\n", "0::/\n"]), mounts, from_root, frozenset()
    )


def test_below_the_root(mounts: str) -> None:
    """Docker's own default on a machine that no slices divide: every worker can have the weight of a session."""
    assert choose(DEBIAN_12, None, seen(mounts)) == "/"
    assert choose(DEBIAN_12, "io.containerd.runc.v2", seen(mounts)) == "/"


@pytest.mark.parametrize(
    ("info", "runtime"),
    [
        (UBUNTU_22, None),
        (DESKTOP, None),
        (ROOTLESS_V1, None),
        ({**DEBIAN_12, "SecurityOptions": ["name=rootless"]}, None),
        ({**DEBIAN_12, "Plugins": {"Authorization": ["opa-docker-authz"]}}, None),
        ({**DEBIAN_12, "Runtimes": {"runsc": {"path": "/usr/bin/runsc"}}}, "runsc"),
        ({**DEBIAN_12, "DefaultRuntime": "nvidia", "Runtimes": UBUNTU_22["Runtimes"]}, None),
        ({}, None),
    ],
)
def test_engines_that_keep_their_place(info: dict[str, Any], runtime: str | None, mounts: str) -> None:
    """The driver of systemd, version 2, rootless, a plugin that may refuse it, and runtimes with which it was not tried."""
    assert choose(info, runtime, seen(mounts)) is None


@pytest.mark.parametrize(
    "where",
    [
        f"/chosen/{ID}",
        f"/docker/limited/{ID}",
        f"/system.slice/docker-{ID}.scope",
        f"/docker/{ID[::-1]}/docker/{ID}",  # Docker in Docker
        f"/kubepods/burstable/pod1/{ID[::-1]}/docker/{ID}",
        f"/../{ID}",  # seen from a container with the engine's socket
        f"/libpod_parent/libpod-{ID}",
        f"/docker/{ID[::-1]}",  # the process has that number here, but is another engine's
        "/",
        "/user.slice/user-1000.slice",
    ],
)
def test_places_that_are_not_docker_s_default(where: str, mounts: str) -> None:
    """A parent that somebody chose, an engine in a container or elsewhere: its workers stay where it puts them."""
    assert choose(DEBIAN_12, None, seen(mounts, where)) is None


def test_a_container_s_view(mounts: str) -> None:
    """In a control-group namespace the engine's place looks like the default; and nothing may be visible of the groups."""
    assert choose(DEBIAN_12, None, seen(mounts, from_root=False)) is None
    assert choose(DEBIAN_12, None, seen("")) is None
    assert choose(DEBIAN_12, None, seen(mounts.replace(" / ", " /docker "))) is None


def test_other_containers(mounts: str) -> None:
    """They share the weight of Docker's group, and would lose it to workers that leave."""
    assert choose(DEBIAN_12, None, replace(seen(mounts), neighbours=frozenset({ID[::-1]}))) is None


def test_slices_divide_the_processors(mounts: str, tmp_path: Path) -> None:
    """Beside systemd's slices a worker would weigh as much as all users together."""
    (tmp_path / "cpu" / "system.slice").mkdir()
    assert choose(DEBIAN_12, None, seen(mounts)) is None


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("cpu/docker/cpu.shares", "512"),
        ("cpu/docker/cpu.shares", "4096"),
        ("cpu/docker/cpu.cfs_quota_us", "50000"),
        ("cpu/docker/cpu.idle", "1"),
        ("cpuset/docker/cpuset.cpus", "1"),
        ("memory/docker/memory.limit_in_bytes", "8589934592"),
        ("pids/docker/pids.max", "1000"),
        ("blkio/docker/blkio.throttle.read_bps_device", "8:0 1048576"),
    ],
)
def test_a_default_with_limits(setting: str, value: str, mounts: str, tmp_path: Path) -> None:
    """An administrator who limits or weighs Docker's own group has chosen it."""
    (tmp_path / setting).write_text(f"{value}\n")
    assert choose(DEBIAN_12, None, seen(mounts)) is None


@pytest.mark.parametrize(
    ("above", "found"),
    [
        ({"memory/memory.limit_in_bytes": "5000", "memory/docker/memory.limit_in_bytes": "max"}, None),
        ({"pids/docker/pids.max": "80"}, None),
        ({"pids/docker/pids.max": "79"}, "pids/docker/pids.max is 79, and a worker may use 80"),
        ({"memory/memory.limit_in_bytes": "4999"}, "memory/memory.limit_in_bytes is 4999, and a worker may use 5000"),
    ],
)
def test_limits_above_a_worker(above: dict[str, str], found: str | None, mounts: str, tmp_path: Path) -> None:
    """Only those count that a worker reaches before its own, in whatever group."""
    own = {f"memory/docker/{ID}/memory.limit_in_bytes": "5000", f"pids/docker/{ID}/pids.max": "80"}
    for name, text in (own | above).items():
        (tmp_path / name).write_text(f"{text}\n")
    assert tighter_above(mounts, seen(mounts).groups) == (found and f"{tmp_path}/{found}")


def test_others_wait_for_the_first() -> None:
    """They learn from it; if it can't be started they are started all the same, where the engine puts them."""
    parent, inside, over = WorkerParent(None, DEBIAN_12, None), threading.Event(), threading.Event()
    order: list[str] = []

    def first() -> None:
        with suppress(OSError), parent.turn():
            inside.set()
            over.wait(60)
            order.append("first")
            raise OSError

    def second() -> None:
        with parent.turn():
            order.append("second")

    threads = [threading.Thread(target=first), threading.Thread(target=second)]
    threads[0].start()
    assert inside.wait(60)
    threads[1].start()
    over.set()
    for thread in threads:
        thread.join(60)
    assert order == ["first", "second"]
    assert parent.chosen is None


def test_a_wish_is_not_questioned() -> None:
    """What the user names is for all workers; an engine of another kind keeps its place unless told."""
    assert WorkerParent("/docker", DEBIAN_12, None).chosen == "/docker"
    assert WorkerParent("-.slice", UBUNTU_22, None).chosen == "-.slice"
    assert WorkerParent("", UBUNTU_22, None).chosen is None


@pytest.mark.parametrize("info", [UBUNTU_22, DESKTOP, ROOTLESS_V1, {}])
def test_nobody_waits_where_nothing_is_to_be_learned(info: dict[str, Any]) -> None:
    parent = WorkerParent(None, info, None)
    with parent.turn(), parent.turn():  # a second turn begins while the first worker starts
        assert parent.chosen is None
