"""`--backend vllm -M replicas=N`, here and on a cluster, whose engines are killed in the middle of a run:
what `test_lost_engines` says of `hf`. `CODEEVAL_VLLM_PYTHON` names the interpreter that has vLLM."""

from __future__ import annotations

import os
import re
import signal
from pathlib import Path
from typing import Any

import pytest
from cli_runs import ROOT, codeeval, document, start
from engine_runs import (
    PROBLEMS,
    SAMPLES,
    VLLM,
    VLLM_ENGINE,
    engines_of,
    generated,
    killing,
    middle,
    rows,
    stands_still,
    told,
    with_vllm,
)

pytestmark = [pytest.mark.vllm, pytest.mark.local, pytest.mark.slow]

#: What the machine may need for anything; nothing is measured by it.
PATIENCE_S = 600


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> list[Any]:
    """What one engine writes."""
    folder = tmp_path_factory.mktemp("alone")
    done = codeeval(folder, *with_vllm("r"), env=VLLM, limit=PATIENCE_S)
    assert done.returncode == 0, done.stderr
    found = rows(folder / "r")
    assert len(found) == 3 * PROBLEMS * SAMPLES
    return found


def counts_of(cwd: Path) -> dict[str, int]:
    found: dict[str, int] = document(codeeval(cwd, "report", "r", "--format", "json"))["servers"]
    assert sum(found.values()) == PROBLEMS * SAMPLES
    return found


def test_kill_9_of_an_engine_that_comes_back(tmp_path: Path, alone: list[Any]) -> None:
    """The other one is told to drop what it has not begun, and the one that is back draws it: every sample once."""
    process = start(tmp_path, *with_vllm("r", "-M", "replicas=2"), env=VLLM)
    middle(process, tmp_path / "r")
    first, second = sorted(engines_of(process.pid, VLLM_ENGINE))
    os.kill(first, signal.SIGKILL)
    with stands_still(second):  # there is work left when it comes back
        lines = told(process, "is at work again")
        assert first not in engines_of(process.pid, VLLM_ENGINE)
        assert len(engines_of(process.pid, VLLM_ENGINE)) == 2
        before = generated(tmp_path / "r")
        while generated(tmp_path / "r") < before + 2:
            assert process.poll() is None, process.communicate()
    _, errors = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 0, errors
    said = "".join([*lines, errors])
    assert said.count("is started again in 5 s") == said.count("is at work again") == 1
    assert "ended by signal SIGKILL" in said
    assert rows(tmp_path / "r") == alone
    counts = counts_of(tmp_path)
    assert sorted(counts) == ["replica 1", "replica 2"]
    assert all(counts.values())


#: Options, the engines' names, and how they are resumed.
HERE = pytest.param(["-M", "replicas=2"], ["replica 1", "replica 2"], [], id="here")
THERE = ["--cluster", "local"]
CLUSTER = pytest.param(["-M", "replicas=1", *THERE], ["replica 1"], THERE, id="cluster", marks=pytest.mark.ray)


@pytest.mark.parametrize(("options", "names", "again"), [HERE, CLUSTER])
def test_engines_that_are_killed_each_time_are_given_up(
    tmp_path: Path, alone: list[Any], options: list[str], names: list[str], again: list[str]
) -> None:
    """The run ends incomplete, with the reason, and --resume draws the rest."""
    process = start(tmp_path, *with_vllm("r", *options), env=marks(tmp_path))
    middle(process, tmp_path / "r")
    with killing(lambda: marked(tmp_path)):
        out, errors = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 3, errors
    assert "Traceback" not in out + errors
    assert "INCOMPLETE" in out
    assert "--resume r" in out
    for name in names:
        assert errors.count(f"warning: {name} is not started again: {name} ended by signal SIGKILL") == 1
        assert 1 <= errors.count(f"warning: {name} is started again in") <= 3
    assert 0 < generated(tmp_path / "r") < PROBLEMS * SAMPLES
    resumed = codeeval(tmp_path, "run", "--resume", "r", *again, env=marks(tmp_path), limit=PATIENCE_S)
    assert resumed.returncode == 0, resumed.stderr
    assert rows(tmp_path / "r") == alone
    assert not marked(tmp_path)


@pytest.mark.ray
def test_the_only_engine_of_a_cluster_is_waited_for(tmp_path: Path, alone: list[Any]) -> None:
    """`--cluster local -M replicas=1`: its process is killed, and another one draws the rest."""
    process = start(tmp_path, *with_vllm("r", "--cluster", "local", "-M", "replicas=1"), env=marks(tmp_path))
    middle(process, tmp_path / "r")
    (engine,) = marked(tmp_path)
    os.kill(engine, signal.SIGKILL)
    lines = told(process, "is at work again")
    _, errors = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 0, errors
    assert "".join([*lines, errors]).count("is started again in 5 s") == 1
    assert rows(tmp_path / "r") == alone
    assert all(re.fullmatch(r"replica 1 on [\d.]+", name) for name in counts_of(tmp_path))
    assert not marked(tmp_path)


def marks(folder: Path) -> dict[str, str]:
    """An environment by which the processes of a run are known, wherever they are started."""
    return {**VLLM, "CODEEVAL_TEST_MARK": str(folder), "PYTHONPATH": str(ROOT)}


def marked(folder: Path) -> list[int]:
    """vLLM's processes with that environment."""
    found = []
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            words = Path(f"/proc/{name}/cmdline").read_bytes()
            is_ours = f"\0CODEEVAL_TEST_MARK={folder}\0".encode() in Path(f"/proc/{name}/environ").read_bytes()
        except OSError:
            continue
        if VLLM_ENGINE.encode() in words and is_ours:
            found.append(int(name))
    return found
