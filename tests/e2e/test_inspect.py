"""The scorer and the task inside the real Inspect."""

from __future__ import annotations

import json
from pathlib import Path

import neighbours
import pytest


@pytest.mark.slow
@pytest.mark.inspect_ai
@pytest.mark.local
def test_a_task_of_inspect(tmp_path: Path) -> None:
    """Two of four answers are right; answers that the sandbox lost are errors of their samples, and no zero."""
    script = str(Path(__file__).parent / "inspect_runs.py")
    told = json.loads(neighbours.run("inspect_ai", script, str(tmp_path / "logs"), folder=tmp_path).splitlines()[-1])
    assert told["half"]["status"] == "success"
    assert told["half"]["scores"] == [1.0, 0.0, 1.0, 0.0]
    assert told["half"]["metrics"]["accuracy"] == 0.5
    assert told["lost"]["scores"] == [None, None]
    assert told["lost"]["errors"] == [True, True]
