"""Why MERA scores a sample otherwise than `strict` stands on the run's and on the sample's page."""

from __future__ import annotations

from pathlib import Path

import explorer_runs
import pytest
from explorer_runs import BEHAVIOURS, CODE, make_run
from starlette.testclient import TestClient

from codeeval.explorer.library import Library
from codeeval.explorer.security import Gate
from codeeval.explorer.server import application
from codeeval.store import RunStore
from codeeval.types import Problem, Sample
from sandbox import Observation, Outcome


@pytest.mark.parametrize(
    ("code", "lost", "why"),
    [
        ("\n    return f(n - 1) + 1 if n > 1 else 2", "f", "recursion"),
        ("\n    return helper(n)\n\ndef helper(n):\n    return n + 1", "helper", "helper"),
        ("\n    return math.floor(n) + 1\n\nimport math", "math", "import"),
    ],
)
def test_the_reason_is_on_both_pages(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str, lost: str, why: str
) -> None:
    """Under MERA's rules a program's own names are not there when its function is called."""
    judge = explorer_runs._judge

    def by_protocol(store: RunStore, one: Problem, sample: Sample, name: str, protocol: str) -> None:
        missing = Observation("raised", exc_type="NameError", message=f"name '{lost}' is not defined", line=3)
        found = Outcome("completed", (missing,) * 2, cpu_ms=3) if protocol == "mera-code" else BEHAVIOURS["right"]
        monkeypatch.setitem(BEHAVIOURS, "other", found)
        judge(store, one, sample, name, protocol)

    monkeypatch.setattr(explorer_runs, "_judge", by_protocol)
    monkeypatch.setitem(CODE, "other", code)
    run = make_run(tmp_path / "r", {"1": ["other"]})
    explorer = TestClient(application(Library.of([run]), Gate()), base_url="http://127.0.0.1")
    [on_run] = explorer.get("/r/index.json").json()["reasons"]
    on_sample = explorer.get("/r/p/1/0.json").json()["disagreement"]
    assert why in on_run
    assert on_run == on_sample
    assert on_run in explorer.get("/r/").text
    assert on_run in explorer.get("/r/p/1/0").text
