"""`-M replicas=N` on this machine, whose engines are killed in the middle of a run: they are started again, or given up, and the
samples are those of a run that was left in peace."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any

import pytest
from cli_runs import codeeval, document, start
from engine_runs import PROBLEMS, SAMPLES, command, engines_of, generated, killing, middle, rows, stands_still, told

pytestmark = [pytest.mark.local, pytest.mark.hf, pytest.mark.slow]


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> list[Any]:
    """What one model writes."""
    folder = tmp_path_factory.mktemp("alone")
    done = codeeval(folder, *command("r"))
    assert done.returncode == 0, done.stderr
    return rows(folder / "r")


def test_kill_9_of_an_engine_that_comes_back(tmp_path: Path, alone: list[Any]) -> None:
    """One line for the loss and one for the return, in the language of the run, and the same name in the counts."""
    process = start(tmp_path, *command("r", "-M", "replicas=2", "--lang", "ru"))
    middle(process, tmp_path / "r")
    first, second = sorted(engines_of(process.pid))
    os.kill(first, signal.SIGKILL)
    with stands_still(second):  # there is work left when it comes back
        lines = told(process, "снова работает")
        assert {first, second}.isdisjoint(set(engines_of(process.pid)) - {second})
        assert len(engines_of(process.pid)) == 2
    _, errors = process.communicate(timeout=300)
    assert process.returncode == 0, errors
    said = "".join([*lines, errors])
    assert said.count("новый запуск через") == said.count("снова работает") == 1
    assert "процесс завершён сигналом SIGKILL" in said
    assert rows(tmp_path / "r") == alone
    counts = document(codeeval(tmp_path, "report", "r", "--format", "json"))["servers"]
    assert sorted(counts) == ["replica 1", "replica 2"]
    assert all(counts.values())
    assert sum(counts.values()) == PROBLEMS * SAMPLES


def test_engines_that_are_killed_each_time_are_given_up(tmp_path: Path, alone: list[Any]) -> None:
    """The run ends incomplete, with the reason, and --resume draws the rest."""
    process = start(tmp_path, *command("r", "-M", "replicas=2"))
    middle(process, tmp_path / "r")
    with killing(lambda: engines_of(process.pid)):
        out, errors = process.communicate(timeout=600)
    assert process.returncode == 3, errors
    assert "INCOMPLETE" in out
    assert "--resume r" in out
    for name in ("replica 1", "replica 2"):
        assert errors.count(f"warning: {name} is not started again: {name} ended by signal SIGKILL") == 1
        assert 1 <= errors.count(f"warning: {name} is started again in") <= 3
    assert 0 < generated(tmp_path / "r") < PROBLEMS * SAMPLES
    resumed = codeeval(tmp_path, "run", "--resume", "r")
    assert resumed.returncode == 0, resumed.stderr
    assert rows(tmp_path / "r") == alone
