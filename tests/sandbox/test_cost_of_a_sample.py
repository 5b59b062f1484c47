"""What samples can cost a run that write, wait or sleep until their wall limit: that limit, on all workers at once."""

from __future__ import annotations

import pytest

from sandbox import Job, Limits, Outcome, Pool
from sandbox.backends import Backend

BEGIN = "import os, time\n\ndef f():\n    os.write(2, str(time.monotonic()).encode())\n"
FLOOD = (
    BEGIN
    + """    while True:
        try:
            os.write(1, bytes(65_536))
        except BrokenPipeError:
            time.sleep(0.01)
"""
)
SLEEPER = BEGIN + "    time.sleep(60)\n"


def span(outcome: Outcome) -> tuple[float, float]:
    """When it ran. The clock is the machine's, in every worker."""
    start = float(outcome.stderr)
    return start, start + outcome.wall_ms / 1000


@pytest.mark.parametrize("source", [FLOOD, SLEEPER], ids=["endless output", "sleep"])
def test_each_is_executed_once_and_beside_others(backend: Backend, source: str) -> None:
    """Neither again nor alone, so that k of them cost the wall limit k times, divided by the number of workers."""
    with Pool(backend, workers=2, limits=Limits(cpu_s=60.0, wall_s=1.0)) as pool:
        pool.wait_ready()
        outcomes = list(pool.map([Job(source, "f", ("{}",))] * 6))
    assert [(one.status, one.limit, one.attempts) for one in outcomes] == [("timeout", "wall", ())] * 6
    spans = [span(one) for one in outcomes]
    beside = [
        any(start < other_end and other < end for other, other_end in spans if other != start) for start, end in spans
    ]
    assert sum(beside) >= 4
