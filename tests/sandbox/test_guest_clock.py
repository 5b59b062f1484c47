"""The clock is set forward and back by hours inside a worker while samples run: limits are kept, and nothing is late."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from jumping_clock import JumpingClock

from sandbox import Job, Limits, Pool
from sandbox.backends.local import LocalBackend

pytestmark = [pytest.mark.local, pytest.mark.clock]
LIBRARY, SHIFT = "/opt/sandbox/clock.so", "/opt/sandbox/shift"
SEES_JUMPS = """
import time
def f():
    seen = []
    for _ in range(12):
        seen.append(time.time())
        time.sleep(0.1)
    return max(seen) - min(seen) > 3000
"""
COMPUTES = "def f():\n    return sum(range(3_000_000))\n"
HANGS = "def f():\n    while True: pass\n"
SLEEPS = "import time\ndef f(): time.sleep(600)\n"


@pytest.fixture
def backend(tmp_path: Path) -> Iterator[LocalBackend]:
    """Workers in which all processes, the supervisor included, see a clock that jumps."""
    clock, made = JumpingClock(tmp_path), LocalBackend()
    made.close()  # ends the worker that it has started to see whether it can
    seen = [(str(clock.library), LIBRARY), (str(clock.shift), SHIFT)]
    made._plan["extras"] = [*made._plan["extras"], *seen]  # type: ignore[misc]
    made._plan["environment"] |= clock.environment(LIBRARY, SHIFT)  # type: ignore[operator]
    with clock.jumping():
        yield made


def test_limits_do_not_depend_on_the_time_of_day(backend: LocalBackend) -> None:
    """Programs that wait or compute are answered, those that hang meet the limit they would have met, and no time is negative."""
    limits = Limits(cpu_s=0.5, wall_s=120.0)
    jobs = [Job(source, "f", ("{}",), limits) for source in (SEES_JUMPS, COMPUTES, HANGS, COMPUTES) * 2]
    jobs.append(Job(SLEEPS, "f", ("{}",), Limits(cpu_s=60.0, wall_s=1.0)))
    with Pool(backend, workers=2) as pool:
        found = list(pool.map(jobs))
    computed = ("completed", str(sum(range(3_000_000))))
    round_ = [("completed", "True"), computed, ("timeout", "cpu"), computed]
    assert [(one.status, one.observations[0].text or one.limit) for one in found] == [
        *round_,
        *round_,
        ("timeout", "wall"),
    ]
    assert all(0 <= one.wall_ms < 300_000 and 0 <= one.cpu_ms < 60_000 for one in found)
