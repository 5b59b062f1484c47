"""Rewards in a Rubric of verifiers."""

from __future__ import annotations

import json
import math
from pathlib import Path

import neighbours
import pytest


@pytest.mark.slow
@pytest.mark.verifiers
@pytest.mark.local
def test_a_rubric(tmp_path: Path) -> None:
    """Right, wrong, and lost, which is no zero."""
    script = str(Path(__file__).parent / "verifiers_rubric.py")
    right, wrong, lost = json.loads(neighbours.run("verifiers", script, folder=tmp_path).splitlines()[-1])
    assert (right, wrong) == (1.0, 0.0)
    assert math.isnan(lost)
