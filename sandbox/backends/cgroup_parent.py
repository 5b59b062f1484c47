"""Which control group the groups of Docker's workers are made in.

With the driver `cgroupfs`, Docker puts all containers into one group, `/docker`, which weighs as much as a single login
session: beside 16 busy sessions all workers together get a seventeenth of the machine. Directly below the root each
worker's group has that weight, like the session of a local worker. The engine makes it and removes it with the container.

The engine doesn't report a parent that its administrator chose (`dockerd --cgroup-parent`). So the first worker is
started where the engine puts it, and the others go below the root only if that was Docker's own default, without limits
and without other people's containers, which would lose weight against workers that leave it.

Covered: version 1 on the machine of an ordinary engine. Workers stay where the engine puts them with the driver
`systemd` or wherever systemd's slices divide the processors (a worker would count as much as all users together), with
version 2, rootless, in or beside an engine in a container, with Podman, another runtime, or an authorization plugin.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sandbox.backends import cgroups, docker_engine
from sandbox.errors import BackendUnavailable

if TYPE_CHECKING:
    import docker

_ROOT = "/"
_DEFAULT = "docker"
#: How long other workers wait for the first one to be started (s; 3 beside 16 busy processes on two processors); later they
#: are started where the engine puts them.
_WAIT_S = 30.0
#: How often a container that is starting is looked for (s).
_LOOK_S = 0.01
#: The number of the control-group namespace that the machine starts with (PROC_CGROUP_INIT_INO).
_FIRST_NAMESPACE = 0xEFFFFFFB
#: By controller, the settings of Docker's default group that an administrator may have changed.
_SETTINGS = {
    "cpu": ("cpu.shares", "cpu.cfs_quota_us", "cpu.idle"),
    "cpuset": ("cpuset.cpus", "cpuset.mems"),
    "memory": ("memory.limit_in_bytes", "memory.memsw.limit_in_bytes"),
    "pids": ("pids.max",),
    "blkio": tuple(f"blkio.throttle.{way}_{unit}_device" for way in ("read", "write") for unit in ("bps", "iops")),
}
#: Limits at which a program would fail, in either version.
_CAPS = ("memory.limit_in_bytes", "memory.max", "pids.max")


@dataclass(frozen=True, slots=True)
class Seen:
    """What a running worker shows: its container's id, the texts of its /proc/PID/cgroup and of this process's
    /proc/self/mountinfo, whether this process sees the groups from the machine's root (not from a container's), and the
    containers beside it that are not workers."""

    container: str
    groups: str
    mounts: str
    from_root: bool
    neighbours: frozenset[str]


def choose(info: Mapping[str, Any], runtime: str | None, seen: Seen) -> str | None:
    """The parent for further workers; None: the engine's. `info` is the engine's description of itself, `runtime` the
    requested one."""
    if not _is_ordinary(info, runtime) or not seen.from_root or not _is_in_default(seen) or seen.neighbours:
        return None
    where = dict(cgroups.hierarchies(seen.mounts, seen.groups))
    if "cpu" not in where or (where["cpu"][0] / "system.slice").exists():
        return None
    for controller, names in _SETTINGS.items():
        if controller in where:
            root, folder = where[controller]
            if folder != root / _DEFAULT / seen.container or not _is_unlimited(root, names):
                return None
    return _ROOT


def _is_ordinary(info: Mapping[str, Any], runtime: str | None) -> bool:
    program = (info.get("Runtimes") or {}).get(runtime or info.get("DefaultRuntime"), {}).get("path", "")
    return (
        info.get("CgroupDriver") == "cgroupfs"
        and str(info.get("CgroupVersion", "1")) == "1"
        and not docker_engine.is_rootless(info)
        and os.path.basename(program) == "runc"
        and not (info.get("Plugins") or {}).get("Authorization")
    )


def _is_in_default(seen: Seen) -> bool:
    """In every hierarchy with controllers. Inside a container the paths have more parts, or none of ours is there."""
    lines = [line.split(":", 2) for line in seen.groups.split("\n") if line]
    places = {path for _, controllers, path in lines if controllers and not controllers.startswith("name=")}
    return places == {f"/{_DEFAULT}/{seen.container}"}


def _is_unlimited(root: Path, names: tuple[str, ...]) -> bool:
    return all(_text(root / _DEFAULT / name) in (_text(root / name), "max") for name in names)


def _text(path: Path) -> str | None:
    """None if there is no such setting."""
    try:
        return path.read_text().strip()
    except FileNotFoundError:
        return None


def tighter_above(mounts: str, groups: str) -> str | None:
    """The first limit of a group above a worker's that is lower than the worker's own: a program would fail at it through
    no fault of its own. The arguments are as in `Seen`."""
    for _, (point, folder) in cgroups.hierarchies(mounts, groups):
        for name in _CAPS:
            own = _text(folder / name) or ""
            for above in folder.parents[: len(folder.parts) - len(point.parts)]:
                allowed = _text(above / name) or ""
                if own.isdigit() and allowed.isdigit() and int(allowed) < int(own):
                    return f"{above / name} is {allowed}, and a worker may use {own}"
    return None


class WorkerParent:
    """The parent of a backend's workers. Start each in `turn`, with the parent `chosen`, while it is `watched`, and then call
    `learn`."""

    def __init__(self, wished: str | None, info: Mapping[str, Any], runtime: str | None) -> None:
        """`wished` is used for all workers. `info` is the engine's description of itself: with most engines nothing is to
        be learned, and all workers start at once."""
        self.chosen = wished or None
        self._unchecked = bool(wished)
        self._wished, self._info, self._runtime = wished, info, runtime
        self._known = threading.Event()
        self._first = threading.Lock()  # taken once and kept
        if wished or not _is_ordinary(info, runtime):
            self._known.set()

    def anew(self) -> WorkerParent:
        """One that has learned nothing. An engine that was away may have another parent."""
        return WorkerParent(self._wished, self._info, self._runtime)

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait until the first worker has been started, except for that one."""
        if self._known.is_set() or not self._first.acquire(blocking=False):
            self._known.wait(_WAIT_S)
            yield
            return
        try:
            yield
        finally:
            self._known.set()

    @contextmanager
    def watched(self, client: docker.DockerClient, container: str) -> Iterator[None]:
        """While the engine starts the first worker. It makes the group early, so others need not wait for all of the start."""
        if self._known.is_set():
            yield
            return
        over = threading.Event()
        watcher = threading.Thread(
            target=self._watch, args=(client, container, over), name="sandbox-group", daemon=True
        )
        watcher.start()
        try:
            yield
        finally:
            over.set()
            watcher.join()

    def _watch(self, client: docker.DockerClient, container: str, over: threading.Event) -> None:
        from docker.errors import DockerException
        from requests.exceptions import RequestException

        while not over.wait(_LOOK_S):
            # not there yet, or not in all hierarchies: `learn` will see where it is in the end
            with suppress(DockerException, RequestException, OSError, LookupError):
                seen = look_early(client, container)
                if _is_in_default(seen):
                    self.chosen = choose(self._info, self._runtime, seen)
                    self._known.set()
                    return

    def learn(self, client: docker.DockerClient, container: str) -> None:
        """Choose the parent by the first worker, which has been started. If it can't be looked at, the engine's stays.
        Raises BackendUnavailable if the parent that was wished has too low a limit."""
        from docker.errors import DockerException
        from requests.exceptions import RequestException

        if self._known.is_set() and not self._unchecked:
            return
        with suppress(DockerException, RequestException, OSError):
            seen = look(client, container)
            if not self._known.is_set():
                self.chosen = choose(self._info, self._runtime, seen)
            elif container in seen.groups and (found := tighter_above(seen.mounts, seen.groups)) is not None:
                raise BackendUnavailable(
                    f"the group {self.chosen} is too small for a worker: {found}.\n"
                    "  Raise the limit, or name another group in CODEEVAL_CGROUP_PARENT."
                )
            self._unchecked = False


def look(client: docker.DockerClient, container: str) -> Seen:
    """Raises DockerException or OSError if the container is gone, or on another machine."""
    pid = client.api.inspect_container(container)["State"]["Pid"]
    return _seen(client, container, pid, cgroups.read("/proc/self/mountinfo"))


def look_early(client: docker.DockerClient, container: str) -> Seen:
    """The same of a container that is starting, if the engine puts it into its default group. Raises OSError or LookupError if
    it isn't there (yet)."""
    mounts = cgroups.read("/proc/self/mountinfo")
    where = dict(cgroups.hierarchies(mounts, f"1:cpu:/{_DEFAULT}/{container}\n"))
    pid = (where["cpu"][1] / "cgroup.procs").read_text().split()[0]
    return _seen(client, container, int(pid), mounts)


def _seen(client: docker.DockerClient, container: str, pid: int, mounts: str) -> Seen:
    groups = cgroups.read(f"/proc/{pid}/cgroup")
    where = dict(cgroups.hierarchies(mounts, groups))
    return Seen(
        container,
        groups,
        mounts,
        from_root=os.stat("/proc/self/ns/cgroup").st_ino == _FIRST_NAMESPACE,
        neighbours=_neighbours(client, where["cpu"][1].parent) if "cpu" in where else frozenset(),
    )


def _neighbours(client: docker.DockerClient, group: Path) -> frozenset[str]:
    beside = [path for path in group.iterdir() if path.is_dir()]
    workers = {found["Id"] for found in client.api.containers(all=True, filters={"label": docker_engine.LABEL})}
    return frozenset(path.name for path in beside if path.name not in workers and path.exists())  # not just removed
