"""How long a worker waits for what the kernel does a little later."""

from __future__ import annotations

import itertools

import pytest

from sandbox.guest import processes


@pytest.mark.parametrize(
    ("late_s", "seconds", "at_least"),
    [(0.0, 5.0, 250), (0.05, 5.0, 125), (1.0, 5.0, 9), (60.0, 5.0, 2), (0.3, 0.5, 4)],
    ids=["idle", "loaded", "overloaded", "stood still", "a short wait"],
)
def test_a_loaded_machine_gets_as_many_looks(
    monkeypatch: pytest.MonkeyPatch, late_s: float, seconds: float, at_least: int
) -> None:
    """The clock here stands still but while it sleeps, for `late_s` longer than it was asked to."""
    now = [0.0]

    def sleep(pause: float) -> None:
        now[0] += pause + late_s

    monkeypatch.setattr(processes.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(processes.time, "sleep", sleep)
    made = sum(1 for _ in itertools.islice(processes.looks(seconds), 10_000))
    assert at_least <= made < 1_000
    assert now[0] >= seconds
    assert now[0] <= 2 * seconds + 1 + late_s
