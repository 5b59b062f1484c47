"""Run untrusted Python programs and observe what they do. Independent of models, tasks and verdicts.

from sandbox import Job, Limits, Pool, select

with Pool(select("auto"), workers=2) as pool:
    outcome = pool.submit(Job(source, "entry_point", ('{"x": 1}', '{"x": 2}'))).result()
"""

from sandbox.backends import select, sweep
from sandbox.errors import BackendUnavailable, PoolClosed, ProtocolError, SandboxError, WorkerLost
from sandbox.outcomes import Observation, Outcome, Ruling
from sandbox.pool import Pool
from sandbox.ray_places import Cluster
from sandbox.ray_pool import RayPool
from sandbox.wire import Job, Limits, Tests

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
