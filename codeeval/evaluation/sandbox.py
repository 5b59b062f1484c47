"""The sandbox of a use case: the one place that chooses a backend and starts a pool of workers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Literal
from typing import Protocol as Interface

from codeeval.errors import DataError
from codeeval.evaluation.choice import choose
from codeeval.evaluation.reporter import Reporter
from codeeval.manifest import SandboxInfo
from codeeval.types import ScoringProtocol
from sandbox import Cluster, Job, Limits, Outcome, Pool, RayPool, select

KINDS = ("auto", "docker", "local")
#: Jobs per worker that may be outstanding: enough that no worker ever waits for the host, or for the way to its node.
AHEAD_PER_WORKER, AHEAD_ON_A_NODE = 8, 32


@dataclass(frozen=True, slots=True)
class Placement:
    """Where programs are executed: the settings of the sandbox. `limits` None: those of the requested protocol. `cluster`
    None: on this machine; else `workers` is a number per node."""

    kind: str = "auto"
    workers: int | None = None
    isolation: Literal["warm", "fresh"] = "warm"
    limits: Limits | None = None
    cluster: Cluster | None = None


class Workers(Interface):
    """What use cases need of `sandbox.Pool`; anything that executes jobs may take its place."""

    @property
    def workers(self) -> int:
        """How many jobs are executed at a time."""

    def submit(self, job: Job) -> Future[Outcome]:
        """Raises SandboxError where jobs can't be executed any more."""

    def map(self, jobs: Iterable[Job]) -> Iterator[Outcome]:
        """Outcomes in the order of the jobs."""


@dataclass(frozen=True, slots=True)
class Sandbox:
    """Workers that have passed the preflight, and what the manifest says of them."""

    pool: Workers
    info: SandboxInfo
    ahead: int = AHEAD_PER_WORKER

    @property
    def parallel(self) -> int:
        """How many jobs may be outstanding now; nodes come and go."""
        return self.ahead * self.pool.workers


@contextmanager
def open_sandbox(placement: Placement, protocols: tuple[ScoringProtocol, ...], reporter: Reporter) -> Iterator[Sandbox]:
    """Choose a backend, start the workers, test them. Raises UsageError (unknown kind) and SandboxError (no backend works
    here, or it gives wrong verdicts)."""
    from codeeval.evaluation.preflight import preflight

    with open_pool(placement, placement.limits or protocols[0].limits, reporter) as pool:
        backend = pool.backend
        if placement.kind == "auto" and placement.cluster is None:
            reporter.note(f"sandbox: {backend.name} ({backend.why})")
        preflight(pool, protocols, pool.limits)
        info = SandboxInfo(
            backend=backend.name,
            isolation=placement.isolation,
            workers=pool.workers,
            limits=asdict(pool.limits),
            describe=backend.describe(),
            why=backend.why,
        )
        yield Sandbox(pool, info, AHEAD_ON_A_NODE if placement.cluster else AHEAD_PER_WORKER)


@contextmanager
def open_pool(placement: Placement, limits: Limits, reporter: Reporter) -> Iterator[Pool | RayPool]:
    """Workers that nobody has tested yet. Raises UsageError and SandboxError."""
    choose("--sandbox", placement.kind, KINDS)
    if placement.cluster is not None:
        with RayPool(
            placement.cluster,
            placement.workers,
            limits,
            placement.isolation,
            kind=placement.kind,
            progress=reporter.note,
        ) as nodes:
            yield nodes
        return
    backend = select(placement.kind, reporter.note)
    try:
        with Pool(backend, placement.workers, limits, placement.isolation) as pool:
            yield pool
    finally:
        backend.close()


def worker_limits(info: SandboxInfo) -> Limits:
    """The limits that the workers of a run had."""
    return limits_from(info.limits)


def limits_from(stored: Mapping[str, float]) -> Limits:
    """Limits as a manifest keeps them; what it does not name has its default. Raises DataError for what can't be limits."""
    usual = asdict(Limits())
    try:
        return Limits(**{name: type(value)(stored.get(name, value)) for name, value in usual.items()})
    except (ValueError, OverflowError) as error:
        raise DataError("manifest, field sandbox.limits", str(error), "The file is damaged.") from None
