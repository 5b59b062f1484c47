"""Start the workers of a command while it imports its modules and reads its files. Nothing heavy is imported here."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, get_args

from codeeval.errors import UsageError
from codeeval.evaluation.resolve import PREFIX, resolve
from codeeval.evaluation.settings import Settings
from codeeval.evaluation.shards import PER_SHARD, worker_count
from sandbox import Limits
from sandbox.backends import KINDS
from sandbox.early_pool import EarlyPool
from sandbox.front import Isolation

#: The settings that workers depend on.
_NEEDED = ("cluster", "python", "sandbox", "workers", "isolation", "memory_mb")


@contextmanager
def early_pool(
    flags: Mapping[str, object], config: Path | None, meanwhile: Callable[[], None]
) -> Iterator[EarlyPool | None]:
    """The pool of a command with these settings, being opened; None if that needs more than the settings, as on a cluster.
    `meanwhile` is called while the command would only wait for the first worker.
    What is wrong with the settings is found, and raised, where they are used."""
    settings = _settings(flags, config)
    if settings is None or not _is_usual(settings):
        yield None
        return
    limits = Limits() if settings.memory_mb is None else Limits(memory_mb=settings.memory_mb)
    opening = EarlyPool(settings.sandbox, worker_count(settings.workers), settings.isolation, limits, meanwhile)
    try:
        opening.begin()
        yield opening
    finally:
        opening.close()


def _is_usual(settings: Settings) -> bool:
    elsewhere = settings.cluster is not None or settings.python is not None
    known = settings.sandbox in KINDS and settings.isolation in get_args(Isolation)
    return known and not elsewhere and 0 < worker_count(settings.workers) <= PER_SHARD


def _settings(flags: Mapping[str, object], config: Path | None) -> Settings | None:
    """The settings, or only those that are needed, if these are flags or defaults: to check all takes as long as starting half
    a worker. None for settings that are refused."""
    given: dict[str, Any] = {name: flags[name] for name in _NEEDED if flags.get(name) is not None}
    elsewhere = config is not None or any(os.environ.get(PREFIX + name.upper()) for name in _NEEDED)
    if not elsewhere and "memory_mb" not in given:  # a worker with an impossible limit would be a container that fails
        return Settings(**given)
    try:
        return resolve(flags, config).settings
    except UsageError:
        return None
