"""Run untrusted Python programs and observe what they do. Independent of models, tasks and verdicts.

from sandbox import Job, Limits, Pool, select

with Pool(select("auto"), workers=2) as pool:
    outcome = pool.submit(Job(source, "entry_point", ('{"x": 1}', '{"x": 2}'))).result()
"""

from typing import TYPE_CHECKING

from sandbox.backends import select, sweep
from sandbox.errors import BackendUnavailable, PoolClosed, ProtocolError, SandboxError, WorkerLost
from sandbox.outcomes import Observation, Outcome, Ruling
from sandbox.pool import Pool
from sandbox.ray_places import Cluster
from sandbox.wire import Job, Limits, Tests

if TYPE_CHECKING:
    from sandbox.ray_pool import RayPool

__all__ = [
    "BackendUnavailable",
    "Cluster",
    "Job",
    "Limits",
    "Observation",
    "Outcome",
    "Pool",
    "PoolClosed",
    "ProtocolError",
    "RayPool",
    "Ruling",
    "SandboxError",
    "Tests",
    "WorkerLost",
    "select",
    "sweep",
]


def __getattr__(name: str) -> object:
    """Import what only a cluster needs when it is used."""
    if name == "RayPool":
        from sandbox.ray_pool import RayPool

        return RayPool
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
