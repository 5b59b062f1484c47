"""Open the sandbox of a use case: choose a backend and start a pool of workers. Nothing else does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Literal
from typing import Protocol as Interface

from codeeval.errors import DataError, UsageError
from codeeval.evaluation.choice import choose
from codeeval.evaluation.cluster import cluster_of
from codeeval.evaluation.reporter import SILENT, Reporter
from codeeval.evaluation.settings import Settings
from codeeval.evaluation.shards import PER_SHARD, worker_count
from codeeval.i18n import at, msg, recognised
from codeeval.manifest import Manifest, SandboxInfo
from codeeval.store.runcounts import limits_of
from codeeval.types import ScoringProtocol
from sandbox import Cluster, Job, Limits, Outcome, Pool
from sandbox.backends import KINDS
from sandbox.backends.base import Backend
from sandbox.backends.interpreter import BadInterpreter, named
from sandbox.early_pool import EarlyPool

if TYPE_CHECKING:
    from codeeval.evaluation.shards.nodes import ClusterShards
    from codeeval.evaluation.shards.process_main import Spec
    from codeeval.evaluation.shards.processes import ProcessShards
    from sandbox.ray_backend import ClusterBackend

#: Outstanding jobs per worker: enough that no worker waits for the host.
AHEAD_PER_WORKER = 32


@dataclass(frozen=True, slots=True)
class Placement:
    """Where programs are executed: the settings of the sandbox. `limits` None: those of the requested protocol.
    `cluster` None: on this machine; otherwise `workers` is a number per node. `python`: the interpreter that executes
    programs, None for the image's, or this process's. `early`: a pool with these settings that is being opened."""

    kind: str = "auto"
    workers: int | None = None
    isolation: Literal["warm", "fresh"] = "warm"
    limits: Limits | None = None
    cluster: Cluster | None = None
    python: str | None = None
    early: EarlyPool | None = None


def placement(settings: Settings, early: EarlyPool | None = None) -> Placement:
    """Where settings want programs to be executed. Raises UsageError for a cluster that can't be meant, and for a Python that
    can't execute programs."""
    cluster = cluster_of(settings.cluster, settings.cluster_options)
    found = Placement(
        settings.sandbox, settings.workers, settings.isolation, cluster=cluster, python=settings.python, early=early
    )
    check_python(found)
    return found


class Workers(Interface):
    """The part of `sandbox.Pool` that use cases need; anything that executes jobs can take its place."""

    @property
    def workers(self) -> int:
        """How many jobs are executed at a time."""

    def submit(self, job: Job) -> Future[Outcome]:
        """Raises SandboxError if jobs can no longer be executed."""

    def map(self, jobs: Iterable[Job]) -> Iterator[Outcome]:
        """Outcomes in the order of the jobs."""


@dataclass(frozen=True, slots=True)
class Sandbox:
    """Workers that have passed the preflight, and what the manifest records about them."""

    pool: Workers
    info: SandboxInfo

    @property
    def parallel(self) -> int:
        """How many jobs a pool of this process may be given now."""
        return AHEAD_PER_WORKER * self.pool.workers


@contextmanager
def open_sandbox(placement: Placement, protocols: tuple[ScoringProtocol, ...], reporter: Reporter) -> Iterator[Sandbox]:
    """Choose a backend, start the workers, test them. Raises UsageError (unknown kind) and SandboxError (no backend
    works here, or it gives wrong verdicts)."""
    from codeeval.evaluation.preflight import preflight

    with open_workers(placement, placement.limits or protocols[0].limits, reporter) as (pool, backend):
        if placement.kind == "auto" and placement.cluster is None:
            reporter.note(msg("sandbox: {backend} ({reason})", backend=backend.name, reason=backend.why))
        if placement.python is not None and "without numpy" in backend.describe()["image"]:
            reporter.complain(
                msg(
                    "warning: {python} has no numpy, so programs that import it fail; `{python} -m pip install numpy` adds it",
                    python=placement.python,
                )
            )
        preflight(pool, protocols, pool.limits)
        info = SandboxInfo(
            backend=backend.name,
            isolation=placement.isolation,
            workers=pool.workers,
            limits=asdict(pool.limits),
            describe=backend.describe(),
            why=backend.why,
        )
        yield Sandbox(pool, info)


@contextmanager
def open_workers(
    placement: Placement, limits: Limits, reporter: Reporter
) -> Iterator[tuple[Pool | ClusterShards | ProcessShards, Backend | ClusterBackend]]:
    """Workers that are not tested yet: a pool in this process, processes with a pool each if one interpreter can't
    serve so many workers, or shards on the nodes of a cluster. Raises UsageError and SandboxError."""
    choose("--sandbox", placement.kind, KINDS)
    check_python(placement)
    workers = worker_count(placement.workers)
    if placement.cluster is not None:
        from codeeval.evaluation.shards.nodes import ClusterShards

        with ClusterShards(
            placement.cluster,
            placement.workers,
            limits,
            placement.isolation,
            kind=placement.kind,
            progress=reporter.note,
        ) as nodes:
            yield nodes, nodes.backend
        return
    if workers <= PER_SHARD:
        with open_pool(placement, limits, reporter) as pool:
            yield pool, pool.backend
        return
    from codeeval.evaluation.shards.process_main import Spec
    from codeeval.evaluation.shards.processes import ProcessShards

    with (
        open_backend(placement, reporter) as backend,
        ProcessShards(Spec(backend.name, workers, limits, placement.isolation, python=placement.python)) as shards,
    ):
        yield shards, backend


@contextmanager
def pool_of_shard(spec: Spec) -> Iterator[Pool]:
    """The pool in a shard's process. Raises what `open_pool` raises."""
    with open_pool(Placement(spec.kind, spec.workers, spec.isolation, python=spec.python), spec.limits, SILENT) as pool:
        yield pool


@contextmanager
def open_backend(placement: Placement, reporter: Reporter) -> Iterator[Backend]:
    """The backend that starts workers. Raises UsageError and SandboxError."""
    from sandbox import select

    choose("--sandbox", placement.kind, KINDS)
    backend = select(placement.kind, reporter.note, placement.python)
    try:
        yield backend
    finally:
        backend.close()


@contextmanager
def open_pool(placement: Placement, limits: Limits, reporter: Reporter) -> Iterator[Pool]:
    """A pool in this process. Raises UsageError and SandboxError."""
    early = placement.early
    if early is not None and early.fits(limits):
        try:
            pool = early.pool(limits, reporter.note)
            if not pool.has_worker:
                early.meanwhile()
            yield pool
        finally:
            early.end()
        return
    if early is not None:
        early.close()
    with (
        open_backend(placement, reporter) as backend,
        Pool(backend, placement.workers, limits, placement.isolation) as pool,
    ):
        yield pool


def check_python(placement: Placement) -> None:
    """Raise UsageError for an interpreter that can't execute programs, or if it can't be chosen here."""
    if placement.python is None:
        return
    if placement.kind == "docker":
        raise UsageError(
            msg(
                "--python is for --sandbox local: the docker sandbox has the Python of its image\n"
                "  `codeeval sandbox build --base python:3.13-slim` makes one with another."
            )
        )
    if placement.cluster is not None:
        raise UsageError(msg("--python is for the local sandbox of this machine: leave out --cluster or --python"))
    try:
        named(placement.python)
    except BadInterpreter as error:
        raise UsageError(at(f"--python {placement.python}", recognised(str(error)))) from None


def worker_limits(info: SandboxInfo) -> Limits:
    """The limits that the workers of a run had."""
    return limits_from(info.limits)


def limits_from(stored: Mapping[str, float]) -> Limits:
    """Limits as stored in a manifest, with defaults for missing ones. Raises DataError for invalid limits."""
    usual = asdict(Limits())
    try:
        return Limits(**{name: type(value)(stored.get(name, value)) for name, value in usual.items()})
    except (ValueError, OverflowError) as error:
        raise DataError(
            msg("{where}, field {field}", where="manifest", field="sandbox.limits"),
            str(error),
            msg("The file is damaged."),
        ) from None


def as_executed(protocol: ScoringProtocol, manifest: Manifest) -> ScoringProtocol:
    """The protocol with this run's limits for calls, if they were chosen by hand."""
    return replace(
        protocol, limits=limits_from({**asdict(protocol.limits), **limits_of(manifest, protocol.name, "calls")})
    )
