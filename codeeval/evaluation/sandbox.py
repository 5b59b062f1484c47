"""The sandbox of a use case: the one place that chooses a backend and starts a pool of workers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from typing import Literal

from codeeval.evaluation.choice import choose
from codeeval.evaluation.reporter import Reporter
from codeeval.manifest import SandboxInfo
from codeeval.types import Protocol
from sandbox import Limits, Pool

KINDS = ("auto", "docker", "local")


@dataclass(frozen=True, slots=True)
class Placement:
    """Where programs are executed: the settings of the sandbox. `limits` None: those of the requested protocol."""

    kind: str = "auto"
    workers: int | None = None
    isolation: Literal["warm", "fresh"] = "warm"
    limits: Limits | None = None


@dataclass(frozen=True, slots=True)
class Sandbox:
    """A pool that has passed the preflight, and what the manifest says of it."""

    pool: Pool
    info: SandboxInfo


@contextmanager
def open_sandbox(placement: Placement, protocols: tuple[Protocol, ...], reporter: Reporter) -> Iterator[Sandbox]:
    """Choose a backend, start the workers, test them. Raises UsageError (unknown kind) and SandboxError (no backend works
    here, or it gives wrong verdicts)."""
    from codeeval.preflight import preflight
    from sandbox import select

    choose("--sandbox", placement.kind, KINDS)
    backend = select(placement.kind, reporter.note)
    if placement.kind == "auto":
        reporter.note(f"sandbox: {backend.name} ({backend.why})")
    limits = placement.limits or protocols[0].limits
    try:
        with Pool(backend, placement.workers, limits, placement.isolation) as pool:
            preflight(pool, protocols, limits)
            info = SandboxInfo(
                backend=backend.name,
                isolation=placement.isolation,
                workers=pool.workers,
                limits=asdict(limits),
                describe=backend.describe(),
                why=backend.why,
            )
            yield Sandbox(pool, info)
    finally:
        backend.close()


def worker_limits(info: SandboxInfo) -> Limits:
    """The limits that the workers of a run had."""
    return limits_from(info.limits)


def limits_from(stored: Mapping[str, float]) -> Limits:
    """Limits as a manifest keeps them; what it does not name has its default."""
    return replace(Limits(), **{name: type(getattr(Limits(), name))(value) for name, value in stored.items()})
