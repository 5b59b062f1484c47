"""Rewards in a real trainer."""

from __future__ import annotations

import json
from pathlib import Path
from statistics import fmean

import neighbours
import pytest

from codeeval.tasks.bundled import DEMO_MODEL, bundled


@pytest.mark.slow
@pytest.mark.trl
@pytest.mark.local
def test_two_steps_of_grpo(tmp_path: Path) -> None:
    """The trainer's mean is that of what was judged: a lost completion pulls no reward down."""
    script = str(Path(__file__).parent / "trl_step.py")
    told = json.loads(neighbours.run("trl", script, str(bundled(DEMO_MODEL)), "out", folder=tmp_path).splitlines()[-1])
    steps = [told["given"][:6], told["given"][6:]]
    assert all(step[2] is step[5] is None and None not in (step[0], step[1], step[3], step[4]) for step in steps)
    assert told["logged"] == pytest.approx([fmean(one for one in step if one is not None) for step in steps])
    assert {0.0, 1.0} <= set(told["given"])
    assert any(abs(loss) > 1e-6 for loss in told["losses"])
