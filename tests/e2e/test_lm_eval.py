"""Inside the real lm-eval: its own tasks with our `code_eval`, and our sets as its tasks."""

from __future__ import annotations

import json
from pathlib import Path

import neighbours
import pytest

HIDDEN = {
    "instruction": "Допишите функцию.\n{function}",
    "inputs": {"function": 'def f(x):\n    """Икс."""', "tests": "[{'x': 1}]"},
    "outputs": [],
    "meta": {"id": 1, "entry_point": "f"},
}
pytestmark = [pytest.mark.lm_eval, pytest.mark.local, pytest.mark.slow]


def test_tasks_of_both(tmp_path: Path) -> None:
    """HumanEval's 164 references, every other one replaced by a wrong program, give a half; so do MBPP and rustarter, and a set
    without answers gives no number."""
    script = str(Path(__file__).parent / "lm_eval_runs.py")
    printed = neighbours.run("lm_eval", script, str(tmp_path), json.dumps(HIDDEN), folder=tmp_path)
    told = json.loads(printed.splitlines()[-1])
    assert told["humaneval"]["pass@1,create_test"] == 0.5
    assert told["small"]["pass@1,create_test"] == pytest.approx(2 / 3)
    assert told["mbpp"]["pass_at_1,none"] == 0.5
    assert told["rustarter"]["pass@1,strict"] == 0.5
    assert told["rustarter"]["pass@1,mera-code"] <= 0.5
    assert "answers are hidden" in told["hidden"]


def test_the_command(tmp_path: Path) -> None:
    """The module takes lm-eval's arguments, and the folder of tasks has a way to be named."""
    assert "lm-eval" in neighbours.run("lm_eval", "-m", "codeeval.compat.lm_eval", "--help", folder=tmp_path)
    printed = neighbours.run("lm_eval", "-m", "codeeval.integrations.lm_eval_tasks", folder=tmp_path)
    assert {path.stem for path in Path(printed.strip()).glob("*.yaml")} == {"rustarter", "ruhumaneval", "rucodeeval"}
