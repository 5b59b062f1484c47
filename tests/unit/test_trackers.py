"""Runs in trackers of experiments: values as the report has them, read back from what the real packages wrote."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import neighbours
import pytest
from explorer_runs import make_run

from codeeval.errors import StoreError, UsageError
from codeeval.exports.tracked import COLUMNS, package, tracked
from codeeval.report import build
from codeeval.store import RunReader

READS = str(Path(__file__).parent / "tracker_reads.py")
SAMPLES = {"1": ["right", "wrong"], "2": ["right", "hostile"]}


@pytest.fixture
def run(tmp_path: Path) -> Path:
    return make_run(tmp_path / "r", SAMPLES)


def exported(package: str, run: Path) -> dict[str, Any]:
    """What the package's own files say after `codeeval export`."""
    folder = run.parent
    neighbours.run(package, "-m", "codeeval", "export", package, str(run), "-o", "out", folder=folder)
    told: dict[str, Any] = json.loads(neighbours.run(package, READS, package, "out", folder=folder))
    return told


def test_values_are_those_of_the_report(run: Path) -> None:
    """pass@k with both intervals under every protocol; a row per sample, in texts that can be encoded."""
    found = tracked(run)
    with RunReader(run) as reader:
        report = build(reader)
    for protocol, by_k in report.estimates.items():
        for k, one in by_k.items():
            assert found.metrics[protocol, f"pass@{k}"] == one.estimate
            assert one.population is not None
            low, high = (found.metrics[protocol, f"pass@{k}_population_{end}"] for end in ("low", "high"))
            assert (low, high) == one.population
    assert [row[:2] for row in found.samples] == [("1", 0), ("1", 1), ("2", 0), ("2", 1)]
    assert all(cell.encode() for row in found.samples for cell in row if isinstance(cell, str))


def test_what_is_pending_is_no_number(tmp_path: Path) -> None:
    """An estimate that is not known is left out, never a zero."""
    found = tracked(make_run(tmp_path / "r", {"1": ["right"]}, unjudged=1))
    assert not [name for name in found.metrics if "pass@" in name[1]]
    assert found.samples[0][COLUMNS.index("passed")] is None


def test_a_missing_package_and_a_place_that_cannot_be(tmp_path: Path) -> None:
    """Named, with what to do."""
    with pytest.raises(UsageError, match="needs no_such_tracker, which is not installed: pip install no_such_tracker"):
        package("no_such_tracker", tmp_path / "out")
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="Choose another place"):
        package("json", tmp_path / "file" / "out")


@pytest.mark.slow
@pytest.mark.wandb
def test_wandb_reads_it_back(run: Path) -> None:
    """An offline run with metrics, a table of all samples, and the pages."""
    told = exported("wandb", run)
    for (protocol, name), value in tracked(run).metrics.items():
        assert told["logged"][f"{protocol}/{name}"] == pytest.approx(value)
    assert told["table"]["columns"] == list(COLUMNS)
    assert len(told["table"]["data"]) == 4
    assert "index.html" in told["files"]


@pytest.mark.slow
@pytest.mark.mlflow
def test_mlflow_reads_it_back(run: Path) -> None:
    """Metrics, settings, the samples and the pages; a second run is added to the same store."""
    told = exported("mlflow", run)
    for (protocol, name), value in tracked(run).metrics.items():
        assert told["logged"][f"{protocol}/{name.replace('@', '_at_')}"] == pytest.approx(value)
    assert told["params"]["task"] == "rustarter"
    assert (told["table"]["columns"], len(told["table"]["data"])) == (list(COLUMNS), 4)
    assert "report/index.html" in told["files"]
    assert exported("mlflow", run)["runs"] == 2
