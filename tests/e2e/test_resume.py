"""Kill it, again and again: what was kept is kept, what was executed is not executed again, and the result is the same."""

from __future__ import annotations

import json
import os
import random
import re
import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cli_runs import codeeval, document, failed, start, write_samples, write_tasks

from codeeval.errors import CodeevalError
from codeeval.store import RunReader
from sandbox import owner

PROBLEMS, SAMPLES = 6, 6
LABEL = "codeeval.sandbox.owner"
Key = tuple[str, str]


def completion(pid: int, index: int) -> str:
    """A program that takes some 60 ms; the last of each problem equals the first, every third is wrong."""
    number = index % (SAMPLES - 1)
    sign = "-" if number % 3 == 2 else "+"
    return f"\n    total = 0\n    for i in range({450_000 + 1_000 * number + pid}):\n        total += i\n    return a {sign} b"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """36 samples of 6 problems. A run commits every quarter of a second: there is a middle to be interrupted in."""
    write_tasks(tmp_path, PROBLEMS)
    write_samples(tmp_path, {pid: [completion(pid, i) for i in range(SAMPLES)] for pid in range(1, PROBLEMS + 1)})
    return tmp_path


def command(sandbox: str, run: str) -> list[object]:
    """What comes after `codeeval`."""
    tasks, samples = ("-t", "tasks.jsonl"), ("-m", "samples.jsonl")
    return ["run", *tasks, *samples, "--n", SAMPLES, "--sandbox", sandbox, "-j", 2, "-o", run]


def look(run: Path, question: Callable[[RunReader], Any], otherwise: Any) -> Any:
    """What the run file says right now, or `otherwise` while it is not there yet."""
    try:
        with RunReader(run) as reader:
            return question(reader)
    except CodeevalError:
        return otherwise


def kill_after(
    process: subprocess.Popen[str], run: Path, executions: int, send: Callable[[int], None], number: int
) -> bool:
    """Send a signal once so many executions are committed; False when the process had ended before. It stands still while
    `send` looks around: a busy machine must not let it end meanwhile."""
    deadline = time.monotonic() + 240
    while look(run, lambda reader: len(reader.execution_keys()), -1) < executions:
        if process.poll() is not None:
            process.communicate()
            return False
        assert time.monotonic() < deadline, "no further commit"
        time.sleep(0.005)
    process.send_signal(signal.SIGSTOP)
    send(number)
    process.send_signal(signal.SIGCONT)
    return True


def evidence(run: Path) -> dict[Key, int]:
    """(problem, job) -> row of its execution: a row that was written again would have another number."""
    connection = sqlite3.connect(f"{(run / 'run.sqlite').as_uri()}?mode=ro", uri=True)
    try:
        rows = connection.execute("SELECT rowid, problem_id, job_digest FROM executions").fetchall()
    finally:
        connection.close()
    return {(problem_id, digest): rowid for rowid, problem_id, digest in rows}


def judgements(run: Path) -> list[list[Any]]:
    with RunReader(run) as reader:
        return [list(reader.judgements(protocol)) for protocol in reader.manifest().protocols]


def completions(run: Path) -> dict[tuple[str, int], str]:
    with RunReader(run) as reader:
        return {(sample.problem_id, sample.index): sample.completion for sample in reader.samples()}


def killed_and_resumed(folder: Path, sandbox: str, seed: int) -> list[str]:
    """Who the killed processes were, as their containers say."""
    whole = document(codeeval(folder, *command(sandbox, "whole"), "--format", "json"))
    rng, run = random.Random(seed), folder / "r"
    moments = sorted(rng.sample(range(whole["counts"]["executed"]), 3))
    next_command, killed = command(sandbox, "r"), []
    for moment in moments:
        process = start(folder, *next_command)
        who = f"{owner._boot()}:{process.pid}:{owner._started(process.pid)}"
        if not kill_after(process, run, moment, process.send_signal, signal.SIGKILL):
            break
        process.communicate()
        if process.returncode == 0:  # it ended just then
            break
        assert process.returncode == -signal.SIGKILL
        killed.append(who)
        had, texts = evidence(run), completions(run)
        next_command = ["run", "--resume", "r", "--sandbox", sandbox, "-j", "2"]
    assert killed
    done = document(codeeval(folder, "run", "--resume", "r", "--sandbox", sandbox, "--format", "json"))
    assert (done["complete"], done["pending"]) == (True, 0)
    assert done["scores"] == whole["scores"]
    assert judgements(run) == judgements(folder / "whole")
    now = evidence(run)
    assert {key: now[key] for key in had} == had
    assert {key: text for key, text in completions(run).items() if key in texts} == texts
    assert set(now) == set(evidence(folder / "whole"))
    assert done["counts"]["executed"] == len(now) == whole["counts"]["executed"]
    assert done["counts"]["generated"] == PROBLEMS * SAMPLES
    return killed


@pytest.mark.local
@pytest.mark.parametrize("seed", [1, *(pytest.param(seed, marks=pytest.mark.slow) for seed in (2, 3))])
def test_kill_9_and_resume_equals_an_uninterrupted_run(folder: Path, seed: int) -> None:
    """Killed at three moments drawn with a seed, then resumed: the same verdicts, and no evidence made twice."""
    killed_and_resumed(folder, "local", seed)


@pytest.mark.docker
def test_kill_9_leaves_no_container(folder: Path) -> None:
    """The same over Docker; the containers of the killed processes are gone once the run is resumed."""
    killed = killed_and_resumed(folder, "docker", 4)
    listed = subprocess.run(
        ["docker", "ps", "-a", "--filter", f"label={LABEL}", "--format", f'{{{{.Label "{LABEL}"}}}}'],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert set(killed).isdisjoint(listed.stdout.split())


@pytest.mark.local
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda number: number.name)
def test_an_interrupted_run_says_how_to_go_on(folder: Path, number: int) -> None:
    """Ctrl-C, which a terminal sends to the whole group, and SIGTERM: exit code 130, one message with the command that
    continues, and that command works."""
    waits = "\n    import time\n    time.sleep(0.2)\n    return a + b + 0 * {}"
    write_samples(folder, {pid: [waits.format(i) for i in range(SAMPLES)] for pid in range(1, PROBLEMS + 1)})
    process = start(folder, *command("local", "r"))
    group = process.send_signal if number == signal.SIGTERM else lambda sent: os.killpg(process.pid, sent)
    assert kill_after(process, folder / "r", 5, group, number)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (130, "")
    assert "Traceback" not in err
    assert "codeeval run --resume r" in err
    assert re.search(rf"interrupted: \d+ of {PROBLEMS * SAMPLES} samples generated, \d+ judged", err)
    with RunReader(folder / "r") as reader:
        assert reader.sessions()[-1].end == "interrupted"
    assert [path.name for path in (folder / "r").iterdir()] == ["run.sqlite"]
    incomplete = json.loads(codeeval(folder, "report", "r", "--format", "json").stdout)
    assert incomplete["complete"] is False
    assert incomplete["pending"] > 0
    assert any("incomplete" in text for text in incomplete["warnings"])
    assert codeeval(folder, "run", "--resume", "r", "--sandbox", "local", "-j", 8).returncode == 0


@pytest.mark.local
def test_two_processes_never_write_one_run(folder: Path) -> None:
    """Resuming a run that is still going is refused, and disturbs nothing."""
    process = start(folder, *command("local", "r"))
    deadline = time.monotonic() + 240
    while not look(folder / "r", lambda reader: bool(reader.manifest()), False):
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.005)
    process.send_signal(signal.SIGSTOP)  # still going, however long the other one takes to start
    try:
        failed(codeeval(folder, "run", "--resume", "r"), 2, "another codeeval is writing this run")
    finally:
        process.send_signal(signal.SIGCONT)
        process.communicate(timeout=240)
    assert process.returncode == 0


def shards_of(process: subprocess.Popen[str]) -> list[int]:
    """The processes with shards of a running codeeval."""
    found = []
    for children in Path(f"/proc/{process.pid}/task").glob("*/children"):
        for pid in children.read_text().split():
            if b"shards.process_main" in Path(f"/proc/{pid}/cmdline").read_bytes():
                found.append(int(pid))
    return found


@pytest.mark.local
def test_kill_9_of_a_shard_changes_nothing(folder: Path) -> None:
    """Nine workers are two processes; one is killed in the middle. The run ends complete, with the verdicts of an undisturbed
    one, and nothing is executed twice."""
    whole = document(codeeval(folder, *command("local", "whole"), "--format", "json"))
    process = start(folder, *command("local", "r"), "-j", 9, "--format", "json")
    killed = []

    def kill(number: int) -> None:
        killed.extend(shards_of(process))
        os.kill(killed[0], number)

    assert kill_after(process, folder / "r", 1, kill, signal.SIGKILL)
    out, err = process.communicate(timeout=240)
    assert (process.returncode, len(killed)) == (0, 2), err
    done = json.loads(out)
    assert (done["complete"], done["scores"]) == (True, whole["scores"])
    assert judgements(folder / "r") == judgements(folder / "whole")
    assert set(evidence(folder / "r")) == set(evidence(folder / "whole"))
    assert done["counts"]["executed"] == whole["counts"]["executed"]
