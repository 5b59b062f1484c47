"""Whether this machine was too busy for a wall-clock limit to mean anything."""

from __future__ import annotations

import time
from pathlib import Path

from sandbox.wire import Limits, Outcome

#: Idle share of all processors below which the machine counts as overloaded.
BUSY = 0.10
#: A program that sleeps uses almost no CPU however fast the machine is; one that was starved got at least this share.
STARVED = 0.02


_cached: tuple[float, tuple[int, int]] = (float("-inf"), (0, 0))


def recent(max_age_s: float = 0.5) -> tuple[int, int]:
    """A snapshot at most this old: reading /proc/stat for every sample would cost more than it tells."""
    global _cached
    taken, ticks = _cached
    now = time.monotonic()
    if now - taken > max_age_s:
        ticks = snapshot()
        _cached = (now, ticks)
    return ticks


def snapshot() -> tuple[int, int]:
    """(idle, total) ticks of all processors since boot; zeros where /proc/stat is missing."""
    try:
        fields = list(map(int, Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]))
    except (OSError, ValueError):
        return 0, 0
    return fields[3] + fields[4], sum(fields)


def spoiled(outcome: Outcome, limits: Limits, before: tuple[int, int]) -> bool:
    """True for a wall-limit timeout of a program that was computing while the machine had no processor to spare."""
    if outcome.limit != "wall" or outcome.cpu_ms < STARVED * limits.wall_s * 1000:
        return False
    idle, total = (after - start for after, start in zip(snapshot(), before, strict=True))
    return total > 0 and idle / total < BUSY
