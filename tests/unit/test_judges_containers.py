"""How long the judge tracks what the program keeps: small containers always, larger ones until that has cost too much."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.guest.declared_classes import NO_CLASSES
from sandbox.guest.judges_containers import JudgesContainers
from sandbox.guest.value_codec import Encoder


def _tracked(containers: list[Any]) -> JudgesContainers:
    made = JudgesContainers(
        lambda known, places: Encoder(lambda value: (0, None), 1 << 30, known, places=places), lambda: NO_CLASSES
    )
    made.share(containers, 0)
    return made


@pytest.mark.parametrize(("changed", "least", "most"), [(True, 20, 60), (False, 200, 600)])
def test_a_large_one_is_tracked_for_so_many_answers(changed: bool, least: int, most: int) -> None:
    """Fewer if it changes each time."""
    common = _tracked([list(range(5_000))])
    answers = 0
    while len(common):
        common.share(common.containers, 0, changed)
        answers += 1
        assert answers <= most
    assert answers >= least


def test_a_small_one_is_always_tracked() -> None:
    """However often it changes."""
    common = _tracked([list(range(400))])
    for _ in range(1_000):
        common.share(common.containers, 0, True)
    assert len(common) == 1


def test_one_that_is_too_large_is_not_tracked() -> None:
    """Each answer would have to be compared with it."""
    assert len(_tracked([list(range(10_000))])) == 0
