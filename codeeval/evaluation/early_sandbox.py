"""Start the workers of a command while it imports its modules and reads its files. Nothing heavy is imported here."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from codeeval.evaluation.settings import Settings
from codeeval.evaluation.shards import PER_SHARD, worker_count
from sandbox import Limits
from sandbox.backends import KINDS
from sandbox.early_pool import EarlyPool


@contextmanager
def early_pool(settings: Settings) -> Iterator[EarlyPool | None]:
    """The pool of a command with these settings, being opened; None if that needs more than the settings, as on a cluster.
    Raises nothing: what is wrong with the settings is found where they are used."""
    workers = worker_count(settings.workers)
    usual = settings.cluster is None and settings.python is None and settings.sandbox in KINDS
    if not usual or workers > PER_SHARD:
        yield None
        return
    limits = Limits() if settings.memory_mb is None else Limits(memory_mb=settings.memory_mb)
    opening = EarlyPool(settings.sandbox, workers, settings.isolation, limits)
    try:
        opening.begin()
        yield opening
    finally:
        opening.close()
