"""Disks that are really full, under the run file and under the engine: what is kept is right, the rest is pending, exit 3."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from cli_runs import COMMAND, ROOT, codeeval, environment, write_samples, write_tasks

from codeeval.errors import CodeevalError
from codeeval.store import RunReader
from codeeval.types import Verdict

sys.path.append(str(ROOT / "tests" / "sandbox"))

from leftovers import settles
from second_engine import SecondEngine, needs_root, worker_images

COUNT = 60
RUN = ("run", "-t", "tasks.jsonl", "-m", "samples.jsonl", "--n", "1", "--protocol", "strict", "-j", "2")
WORK = "\n    total = sum(range({}))\n    return a + b"


def write(folder: Path, loops: int, padding: int = 0) -> None:
    """60 problems with one right sample each, all different."""
    write_tasks(folder, COUNT)
    write_samples(folder, {pid: [f"{WORK.format(loops)}  # {pid} {'x' * padding}"] for pid in range(1, COUNT + 1)})


def executed(run: Path) -> int:
    try:
        with RunReader(run) as reader:
            return len(reader.execution_keys())
    except CodeevalError:
        return 0


def verdicts(run: Path) -> list[Verdict]:
    """Those that the run file holds."""
    with RunReader(run) as reader:
        return [row.judgement.verdict for row in reader.judgements("strict") if row.judgement is not None]


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 1 MB."""
    if os.geteuid() != 0:
        pytest.skip("mounting needs root")
    folder = tmp_path / "disk"
    folder.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "run", str(folder)], capture_output=True).returncode:
        pytest.skip("nothing can be mounted here")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.mark.local
def test_a_full_disk_under_the_run_file(tmp_path: Path, disk: Path) -> None:
    """It fills up in the middle: exit 3 and how to go on; the report reads what is there; with room the run is completed."""
    write(tmp_path, loops=1_000, padding=20_000)
    command = [*RUN, "--sandbox", "local", "-o", "disk/r"]
    done = codeeval(tmp_path, *command)
    assert done.returncode == 3, done.stderr
    assert "full" in done.stderr
    assert "--resume disk/r" in done.stderr
    assert set(verdicts(disk / "r")) <= {Verdict.PASSED}
    assert len(verdicts(disk / "r")) < COUNT
    report = codeeval(tmp_path, "report", "disk/r", "--format", "json")
    assert (report.returncode, '"complete": false' in report.stdout) == (0, True), report.stderr
    subprocess.run(["mount", "-o", "remount,size=64m", str(disk)], check=True)
    resumed = codeeval(tmp_path, "run", "--resume", "disk/r", "--sandbox", "local")
    assert resumed.returncode == 0, resumed.stderr
    assert verdicts(disk / "r") == [Verdict.PASSED] * COUNT
    assert [path.name for path in (disk / "r").iterdir()] == ["run.sqlite"]


@pytest.mark.docker
@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:Exception ignored in. <socket.socket:pytest.PytestUnraisableExceptionWarning")
def test_a_full_disk_under_the_engine_of_a_run(tmp_path: Path) -> None:
    """Its workers are lost and no other can be started: the run ends incomplete with exit 3, and nothing is left of it."""
    needs_root()
    images = worker_images()
    engine = SecondEngine(disk_mb=1_500)
    try:
        engine.start()
        engine.load(*images)
        run_on_a_full_disk(tmp_path, engine)
    finally:
        engine.make_room()
        engine.remove()


def run_on_a_full_disk(folder: Path, engine: SecondEngine) -> None:
    write(folder, loops=10_000_000)
    more = {"DOCKER_HOST": engine.host}
    command = [*COMMAND, *RUN, "--sandbox", "docker", "-o", "r"]
    with subprocess.Popen(
        command, cwd=folder, env=environment(more), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        while executed(folder / "r") < 4:
            assert process.poll() is None
            time.sleep(0.02)
        engine.fill()
        engine.docker("kill", *engine.docker("ps", "-q").stdout.decode().split())
        printed, said = process.communicate(timeout=550)
    assert process.returncode == 3, said.decode()
    assert b"Traceback" not in said
    assert b"INCOMPLETE" in printed
    assert b"codeeval run --resume r" in printed
    done = verdicts(folder / "r")
    assert 4 <= len(done) < COUNT
    assert set(done) == {Verdict.PASSED}
    assert not settles(lambda: engine.docker("ps", "-aq").stdout)
    engine.make_room()
    resumed = codeeval(folder, "run", "--resume", "r", "--sandbox", "docker", env=more, limit=550)
    assert resumed.returncode == 0, resumed.stderr
    assert verdicts(folder / "r") == [Verdict.PASSED] * COUNT
    assert not settles(lambda: engine.docker("ps", "-aq").stdout)
