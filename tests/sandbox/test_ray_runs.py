"""Runs on a cluster of real Ray: the rows are those of a local run, also when the head is killed and the run continued."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from loopback_cluster import LoopbackCluster

pytestmark = [pytest.mark.ray, pytest.mark.local, pytest.mark.slow]

#: What the programs do after a while: the time is longer than the patience with a cluster without a head.
BODIES = ("    return None\n", "    raise ValueError('no')\n")


def codeeval(*words: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "codeeval", *words]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def judged(run: Path) -> dict[str, object]:
    """What a report says of the samples, without what was measured."""
    reporting = codeeval("report", str(run), "--format", "json")
    said, complained = reporting.communicate(timeout=300)
    assert reporting.returncode == 0, complained[-2000:]
    report = json.loads(said)
    names = ("n_samples", "n_wanted", "pending", "scores", "verdicts", "verdicts_by_protocol", "failure_groups")
    return {name: report[name] for name in names}


def test_the_head_is_killed(tmp_path: Path) -> None:
    """Incomplete, exit code 3 and never Ray's own; continued here, every row is there once and as in a local run."""
    samples = tmp_path / "samples.jsonl"
    samples.write_text(
        "".join(
            json.dumps(
                {"task_id": f"rustarter/{problem}", "completion": f"    import time\n    time.sleep(1.5)\n{body}"}
            )
            + "\n"
            for problem in range(1, 41)
            for body in BODIES
        )
    )
    words = (
        "score",
        "-t",
        "rustarter",
        "--samples",
        str(samples),
        "-k",
        "1",
        "--problems",
        "1-40",
        "--sandbox",
        "local",
    )
    with LoopbackCluster() as cluster:
        cluster.add("127.0.0.3")
        time.sleep(20)
        run = tmp_path / "run"
        driver = codeeval(*words, "-j", "1", "--cluster", cluster.address, "-o", str(run))
        deadline = time.monotonic() + 120
        while not cluster.actors() and time.monotonic() < deadline:
            time.sleep(0.2)
        time.sleep(15)
        for pid in cluster.head_pids("gcs_server"):
            os.kill(pid, signal.SIGKILL)
        said, complained = driver.communicate(timeout=300)
        assert driver.returncode == 3, complained[-2000:]
        assert "incomplete" in said
        assert "(raylet)" not in said + complained
    more = codeeval("run", "--resume", str(run), "--sandbox", "local", "-j", "2")
    _, complained = more.communicate(timeout=300)
    assert more.returncode == 0, complained[-2000:]
    alone = codeeval(*words, "-j", "2", "-o", str(tmp_path / "alone"))
    _, complained = alone.communicate(timeout=300)
    assert alone.returncode == 0, complained[-2000:]
    assert judged(run) == judged(tmp_path / "alone")
    assert judged(run)["n_samples"] == 80
