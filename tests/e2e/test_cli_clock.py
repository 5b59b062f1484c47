"""The clock is set while a run goes on, by hours, there and back: the verdicts are as without, and no time is negative."""

from __future__ import annotations

import json
import subprocess
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cli_runs import COMMAND, codeeval, environment, write_samples, write_tasks
from jumping_clock import JUMPS, JumpingClock

from codeeval.store import RunReader

WORK = "\n    total = sum(range({}))\n    return a {} b"
WAITS = "\n    import time\n    time.sleep(1)\n    return a + b"


def write(folder: Path) -> list[str]:
    """40 samples of 8 problems; returns the verdicts that they must get."""
    texts, verdicts = {}, []
    for pid in range(1, 9):
        texts[pid] = [WORK.format(600_000 + 10 * pid + n, "-" if n % 3 == 2 else "+") for n in range(4)]
        texts[pid].append(WAITS if pid in (3, 6) else "\n    return a * b")
        verdicts += ["passed", "passed", "wrong_output", "passed"]
        verdicts.append("passed" if pid in (3, 6) else "wrong_output")
    write_tasks(folder, 8)
    write_samples(folder, texts)
    return verdicts


def run(folder: Path, sandbox: str, clock: JumpingClock) -> subprocess.CompletedProcess[str]:
    """`codeeval run` whose time of day, and only that, is set again and again once the run has its file."""
    arguments = ["run", "-t", "tasks.jsonl", "-m", "samples.jsonl", "--n", "5", "-j", "2", "-o", "r"]
    process = subprocess.Popen(
        [*COMMAND, *arguments, "--sandbox", sandbox, "--protocol", "strict", "--format", "json"],
        cwd=folder,
        env=environment(clock.environment(clock.library, clock.shift)),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        while not (folder / "r" / "run.sqlite").exists() and process.poll() is None:
            time.sleep(0.01)
        with clock.jumping():
            out, err = process.communicate(timeout=300)
    finally:
        process.kill()
    return subprocess.CompletedProcess(arguments, process.returncode, out, err)


@pytest.mark.clock
@pytest.mark.parametrize(
    "sandbox", [pytest.param("local", marks=pytest.mark.local), pytest.param("docker", marks=pytest.mark.docker)]
)
def test_a_clock_that_jumps(tmp_path: Path, sandbox: str) -> None:
    """Hours that pass in no time end nobody's sample, and nothing is measured by them."""
    expected, started = write(tmp_path), datetime.now(UTC)
    done = run(tmp_path, sandbox, JumpingClock(tmp_path))
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    document = json.loads(done.stdout)
    assert (document["complete"], document["pending"]) == (True, 0)
    assert all(0 <= seconds < 3600 for seconds in document["timing"].values()), document["timing"]
    with RunReader(tmp_path / "r") as reader:
        created = datetime.fromisoformat(reader.manifest().created_at)
        rows = sorted(reader.judgements("strict"), key=lambda row: (int(row.problem_id), row.index))
        outcomes = [reader.outcome(row.problem_id, row.job_digest) for row in rows if row.job_digest]
    shifts = [timedelta(seconds=seconds) for seconds in JUMPS if abs(seconds) >= 3600]
    late = created - started
    assert any(shift - timedelta(seconds=2) <= late < shift + timedelta(hours=0.5) for shift in shifts), late
    assert [row.judgement and row.judgement.verdict.value for row in rows] == expected
    assert not [one for one in outcomes if one and not 0 <= one.wall_ms < 300_000]
    assert codeeval(tmp_path, "report", "r").returncode == 0
    assert [path.name for path in (tmp_path / "r").iterdir()] == ["run.sqlite"]
