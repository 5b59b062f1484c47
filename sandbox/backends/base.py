"""What a backend is: it starts a supervisor somewhere isolated and hands back its channel. Nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from sandbox.channel import Channel
from sandbox.wire import Limits

Progress = Callable[[str], None]

#: What every supervisor, and so every candidate, finds in its environment.
ENVIRONMENT = {
    "PYTHONHASHSEED": "0",
    "LD_BIND_NOW": "1",  # symbols are resolved once, not in every fork on pages of its own
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONUTF8": "1",
    "LANG": "C.UTF-8",
    "HOME": "/tmp",
    "USER": "sandbox",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
}


class Worker(Protocol):
    """A started supervisor. Its READY has not been read yet."""

    channel: Channel

    def kill(self) -> None:
        """Ends the worker with everything in it and removes what it left. Never raises; may be called twice."""


class Backend(Protocol):
    """A way to start workers. All methods may be called from several threads."""

    name: str
    why: str

    def describe(self) -> dict[str, str]:
        """Facts for the manifest: engine version, image id, isolation features."""

    def start(self, limits: Limits) -> Worker:
        """Starts one worker. Raises SandboxError if the machinery fails, BackendUnavailable where it can't work."""

    def alive(self) -> bool:
        """Whether the machinery behind this backend answers right now (asked after a worker was lost)."""

    def sweep(self) -> list[str]:
        """Removes what dead runs left behind; returns the names of what was removed."""

    def close(self) -> None:
        """Gives back connections and folders; workers are the pool's to end. May be called twice."""
