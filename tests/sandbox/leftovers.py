"""Looks for what a pool must not leave behind: containers, worker processes, socket folders, threads."""

from __future__ import annotations

import ctypes
import os
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from sandbox import owner
from sandbox.backends import docker_engine

_SUBREAPER = 36
_WORKERS = (b"sandbox.guest.boot", b"backends/enter_namespaces.py")


def adopt_orphans() -> None:
    """Makes this process the parent of orphaned descendants, so that `worker_processes` finds them too."""
    assert ctypes.CDLL(None).prctl(_SUBREAPER, 1, 0, 0, 0) == 0


def _stat(pid: str) -> tuple[str, int] | None:
    """(state, parent) of a process that exists."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()
    except OSError:
        return None
    return fields[0].decode(), int(fields[1])


def descendants(root: int) -> Iterator[int]:
    """Process ids of all living descendants; zombies have ended."""
    parents = {int(name): found for name in os.listdir("/proc") if name.isdigit() and (found := _stat(name))}
    for pid, (state, _) in parents.items():
        at = pid
        while at in parents and at != root:
            at = parents[at][1]
        if at == root and pid != root and state not in "ZX":
            yield pid


def worker_processes(root: int | None = None) -> list[int]:
    """Supervisors and their outer processes below `root` (this process), candidates included."""
    found = []
    for pid in descendants(root or os.getpid()):
        try:
            command = Path(f"/proc/{pid}/cmdline").read_bytes()
        except OSError:
            continue
        if any(mark in command for mark in _WORKERS):
            found.append(pid)
    return found


def containers(started_by: str | None = None) -> list[str]:
    """Ids of all containers with our label, of one owner (this process unless told)."""
    client = docker_engine.connect()
    try:
        label = f"{docker_engine.LABEL}={started_by or owner.me()}"
        return [str(found["Id"]) for found in client.api.containers(all=True, filters={"label": label})]
    finally:
        client.close()


def socket_folders(started_by: str | None = None) -> list[Path]:
    """Folders for the workers' sockets that belong to one owner (this process unless told)."""
    marks = Path(tempfile.gettempdir()).glob("codeeval-sandbox-*/owner")
    return [mark.parent for mark in marks if mark.read_text() == (started_by or owner.me())]


def pool_threads() -> list[str]:
    """Names of the living threads of pools."""
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("sandbox-")]


def settles(look: Callable[[], object], seconds: float = 120.0) -> object:
    """Looks until there is nothing to see; returns what is still there when time is up (engines and kernels tidy up late)."""
    deadline = time.monotonic() + seconds
    while (seen := look()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return seen
