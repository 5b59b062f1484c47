"""A separate control group for each local worker, if this process may create one (usually: as root).

The kernel then caps memory and processes of the whole worker and counts the processor time of everything in it; no
program can escape that through its processes or pages. Supports versions 1 and 2 of the interface. If no group can be
made (`parents` is None, or making one fails), the guest's `ProcMeter` measures as well as it can.

A group carries its owner's name, so that a later run can remove those of dead owners, with what is left in them.
"""

from __future__ import annotations

import os
import re
import secrets
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from sandbox import owner
from sandbox.wire import Limits

_PREFIX = "codeeval-sandbox:"
_OVERHEAD_MB, _SUPERVISOR_PIDS = 64, 16
_REMOVE_S = 5.0
#: What a worker may read of its own group, and where the guest's CgroupMeter and Charge find it (controller of version
#: 1, file).
_V1_FILES = (
    ("cpuacct", "cpuacct.usage"),
    *(("memory", f"memory.{name}") for name in ("oom_control", "usage_in_bytes", "stat")),
)
_V2_FILES = ("cpu.stat", "memory.events", "memory.current", "memory.stat")
_GUEST = "/sys/fs/cgroup"


@dataclass(frozen=True, slots=True)
class Parents:
    """The folders in which this process's workers get their groups: one per controller in version 1, `unified` in
    version 2."""

    folders: dict[str, Path]

    @property
    def version(self) -> int:
        return 2 if "unified" in self.folders else 1


@dataclass(frozen=True, slots=True)
class Group:
    """One worker's group. `join`: files into which its first process writes 0; `binds`: (file, its path in the
    guest)."""

    folders: tuple[Path, ...]
    join: tuple[str, ...]
    binds: tuple[tuple[str, str], ...]

    def remove(self) -> None:
        """Kill what is still in it, wait, and remove it; what can't be removed in time is left to a later sweep."""
        for folder in self.folders:
            _remove(folder)


def parents(mounts: str | None = None, own: str | None = None) -> Parents | None:
    """Where groups with the required controllers can be made; None if nowhere. The arguments are the texts of
    /proc/self/mountinfo and /proc/self/cgroup."""
    try:
        mounts = read("/proc/self/mountinfo") if mounts is None else mounts
        own = read("/proc/self/cgroup") if own is None else own
    except OSError:
        return None
    where = dict(hierarchies(mounts, own))
    if all(name in where for name in ("cpuacct", "memory", "pids")):
        return Parents({name: where[name][1] for name in ("cpuacct", "memory", "pids")})
    if "unified" in where and (found := _delegating(*where["unified"])) is not None:
        return Parents({"unified": found})
    return None


def read(path: str) -> str:
    """A file of /proc with names of mounts or groups, which can be any bytes: a stick's mount point, for example."""
    return os.fsdecode(Path(path).read_bytes())


def make(above: Parents, limits: Limits) -> Group:
    """A new group with these limits. Raises OSError, leaving nothing behind, if it can't be made."""
    name = f"{_PREFIX}{owner.me()}:{secrets.token_hex(4)}"
    made: list[Path] = []
    try:
        for folder in dict.fromkeys(above.folders.values()):  # controllers may be mounted together
            (folder / name).mkdir()
            made.append(folder / name)
        at = {controller: folder / name for controller, folder in above.folders.items()}
        binds = _limit_v2(at["unified"], limits) if above.version == 2 else _limit_v1(at, limits)
    except OSError:
        for folder in made:
            _remove(folder)
        raise
    return Group(tuple(made), tuple(str(folder / "cgroup.procs") for folder in made), binds)


def sweep() -> list[str]:
    """Remove the groups of dead owners with what is still in them; return their names."""
    removed: dict[str, None] = {}
    above = parents() if os.geteuid() == 0 else None
    for folder in _left_below(above) if above is not None else ():
        if owner.is_dead(folder.name.removeprefix(_PREFIX).rpartition(":")[0]):
            _remove(folder)
            removed[folder.name] = None
    return list(removed)


def hierarchies(mounts: str, own: str) -> Iterator[tuple[str, tuple[Path, Path]]]:
    """(controller or `unified`, (mount point, this process's folder below it)) of each mounted hierarchy."""
    paths: dict[str, str] = {}
    for line in filter(None, own.split("\n")):  # not at the other line ends of Unicode, which a name may contain
        _, _, rest = line.partition(":")
        controllers, _, path = rest.partition(":")
        paths |= dict.fromkeys(controllers.split(",") if controllers else ["unified"], path)
    for line in mounts.split("\n"):
        first, _, last = line.partition(" - ")
        fields, kind = first.split(" "), last.split(" ")
        if len(fields) < 5 or len(kind) < 3 or kind[0] not in ("cgroup", "cgroup2"):
            continue
        point = Path(re.sub(r"\\([0-7]{3})", lambda found: chr(int(found[1], 8)), fields[4]))
        for name in ["unified"] if kind[0] == "cgroup2" else kind[2].split(","):
            whole = paths.get(name)
            if whole is None:
                continue
            # the mount may show only a part of the hierarchy: in a container, that of the container
            root = fields[3].rstrip("/")
            inside = whole.removeprefix(root) if whole == root or whole.startswith(root + "/") else ""
            yield name, (point, Path(f"{point}/{inside.strip('/')}"))


def _delegating(point: Path, own: Path) -> Path | None:
    """The nearest folder, from this process's upwards, with children that have a memory and a process limit (version 2
    gives no limits to the children of a group that has processes itself)."""
    folder = own
    while True:
        with suppress(OSError):
            if {"memory", "pids"} <= set((folder / "cgroup.subtree_control").read_text().split()):
                return folder
        if folder == point or point not in folder.parents:
            return None
        folder = folder.parent


def _limit_v1(at: dict[str, Path], limits: Limits) -> tuple[tuple[str, str], ...]:
    memory = str((limits.memory_mb + _OVERHEAD_MB) << 20)
    if b"oom_kill " not in (at["memory"] / "memory.oom_control").read_bytes():
        raise OSError("this kernel does not count what it has killed for memory")
    _write(at["memory"] / "memory.limit_in_bytes", memory)
    if (at["memory"] / "memory.memsw.limit_in_bytes").exists():
        _write(at["memory"] / "memory.memsw.limit_in_bytes", memory)
    else:
        _write(at["memory"] / "memory.swappiness", "0")
    _write(at["pids"] / "pids.max", str(limits.pids + _SUPERVISOR_PIDS))
    return tuple((str(at[name] / file), f"{_GUEST}/{name}/{file}") for name, file in _V1_FILES)


def _limit_v2(folder: Path, limits: Limits) -> tuple[tuple[str, str], ...]:
    _write(folder / "memory.max", str((limits.memory_mb + _OVERHEAD_MB) << 20))
    if (folder / "memory.swap.max").exists():
        _write(folder / "memory.swap.max", "0")
    _write(folder / "pids.max", str(limits.pids + _SUPERVISOR_PIDS))
    return tuple((str(folder / file), f"{_GUEST}/{file}") for file in _V2_FILES if (folder / file).stat())


def _write(path: Path, text: str) -> None:
    fd = os.open(path, os.O_WRONLY | os.O_CLOEXEC)
    try:
        os.write(fd, text.encode())
    finally:
        os.close(fd)


def _remove(folder: Path) -> None:
    """Kill everything in the group until it is empty; takes a few milliseconds, because its first process takes the
    others with it."""
    deadline, pause = time.monotonic() + _REMOVE_S, 0.001
    while True:
        with suppress(OSError, ValueError):
            for pid in (folder / "cgroup.procs").read_text().split():
                os.kill(int(pid), signal.SIGKILL)
        try:
            folder.rmdir()
            return
        except FileNotFoundError:
            return
        except OSError:
            if time.monotonic() > deadline:
                return
        time.sleep(pause)
        pause = min(2 * pause, 0.05)


def _left_below(above: Parents) -> Iterator[Path]:
    """All groups with codeeval's prefix, wherever an earlier run was started, in the hierarchies in use."""
    for folder in dict.fromkeys(above.folders.values()):
        point = folder
        while point.parent.joinpath("cgroup.procs").exists():
            point = point.parent
        for path, names, _ in os.walk(point):
            yield from (Path(path, name) for name in names if name.startswith(_PREFIX))
