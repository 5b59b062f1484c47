"""The interface of a backend: it starts a supervisor somewhere isolated and returns its channel, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from sandbox.channel import Channel
from sandbox.wire import Limits

Progress = Callable[[str], None]

#: The environment of every supervisor, and so of every candidate.
ENVIRONMENT = {
    "PYTHONHASHSEED": "0",
    "LD_BIND_NOW": "1",  # symbols are resolved once, instead of in every fork on copied pages
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONUTF8": "1",
    "LANG": "C.UTF-8",
    "HOME": "/tmp",
    "USER": "sandbox",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
}


def worker_limits(limits: Limits) -> tuple[int, int, int]:
    """The limits that belong to a worker, and are the same for all of its samples."""
    return limits.memory_mb, limits.pids, limits.tmp_mb


class Worker(Protocol):
    """A started supervisor. Its READY has not been read yet."""

    channel: Channel

    def kill(self) -> None:
        """Kill the worker with everything in it and remove what it left. Never raises; may be called twice."""


class Backend(Protocol):
    """A way to start workers. All methods may be called from several threads."""

    name: str
    why: str

    def describe(self) -> dict[str, str]:
        """Facts for the manifest: engine version, image id, isolation features."""

    def start(self, limits: Limits) -> Worker:
        """Start one worker. Raises SandboxError if the infrastructure fails, BackendUnavailable if it can't work
        here."""

    def alive(self) -> bool:
        """Whether the infrastructure behind this backend answers right now (called after a worker was lost)."""

    def sweep(self) -> list[str]:
        """Remove what dead runs left behind; return the names of what was removed."""

    def close(self) -> None:
        """Release connections and folders; the pool stops workers. May be called twice."""
