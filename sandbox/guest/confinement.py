"""What a fresh fork of the supervisor gives up before it executes anything of a sample."""

from __future__ import annotations

import os
import resource
import signal
from collections.abc import Callable, Iterator, Sequence
from functools import partial

Steps = tuple[Callable[[], object], ...]


def keep_descriptors(*kept: int) -> None:
    """Close all descriptors but 0, 1, 2 and these."""
    for first, end in _between(kept):
        os.closerange(first, end)


def _between(kept: Sequence[int]) -> Iterator[tuple[int, int]]:
    first = 3
    for fd in sorted(kept):
        yield first, fd
        first = fd + 1
    yield first, 512


def steps(uid: int | None, cpu_s: int, *kept: int) -> Steps:
    """The calls that turn a fresh fork of the supervisor into a process that has nothing of it but descriptors 0, 1 and
    2 (and `kept`). They are prepared before the fork, because what a function touches in the fork has to be copied.

    `cpu_s` is a second safeguard, because it counts one process only.
    """
    closing = (partial(os.closerange, first, end) for first, end in _between(kept))
    if uid is None:  # SIGINT as in any program; the supervisor has no handler
        own: Callable[[], object] = partial(signal.signal, signal.SIGINT, signal.default_int_handler)
    else:  # also clears all capabilities and makes the process undumpable
        own = partial(os.setresuid, uid, uid, uid)
    return *closing, partial(resource.setrlimit, resource.RLIMIT_CPU, (cpu_s, cpu_s)), own
