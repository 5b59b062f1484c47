"""Runs whose engines are disturbed in the middle."""

from __future__ import annotations

import contextlib
import os
import signal
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from codeeval.store import RunReader

PROBLEMS, SAMPLES = 12, 16
PATIENCE_S = 300.0
ENGINE = "generators.hf.replica"


def command(run: str, *more: object) -> list[object]:
    """What comes after `codeeval`. Few rows at a time, so that there is a middle to be disturbed in."""
    return [
        *("run", "-t", "rustarter", "-m", "demo-model", "--template", "code-user", "--limit", PROBLEMS, "--n", SAMPLES),
        *("--max-tokens", 48, "--sandbox", "local", "-j", 1, "-M", "rows=2", "-M", "threads=1", "-o", run, *more),
    ]


def rows(run: Path) -> list[Any]:
    """Every completion with its seed, and every judgement."""
    with RunReader(run) as reader:
        samples = [(one.problem_id, one.index, one.completion, one.seed) for one in reader.samples()]
        return [*sorted(samples), *(row for name in ("mera-code", "strict") for row in reader.judgements(name))]


def generated(run: Path) -> int:
    try:
        with sqlite3.connect(f"{(run / 'run.sqlite').as_uri()}?mode=ro", uri=True) as connection:
            return int(connection.execute("SELECT count(*) FROM samples").fetchone()[0])
    except sqlite3.Error:
        return 0


def middle(process: subprocess.Popen[str], run: Path) -> None:
    """Waits for a run that has a fifth of its samples."""
    deadline = time.monotonic() + PATIENCE_S
    while generated(run) < 0.2 * PROBLEMS * SAMPLES:
        assert time.monotonic() < deadline
        assert process.poll() is None, process.communicate()
        time.sleep(0.02)


def told(process: subprocess.Popen[str], words: str) -> list[str]:
    """The lines that a run writes to stderr up to one with these words."""
    assert process.stderr is not None
    lines: list[str] = []
    while not lines or words not in lines[-1]:
        lines.append(process.stderr.readline())
        assert lines[-1], lines
    return lines


@contextlib.contextmanager
def stands_still(pid: int) -> Iterator[None]:
    """A process that does nothing meanwhile."""
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)


def engines_of(parent: int) -> list[int]:
    """Processes with a model that this one has started."""
    found = []
    for name in filter(str.isdigit, os.listdir("/proc")):
        with contextlib.suppress(OSError):
            after = Path(f"/proc/{name}/stat").read_text("utf-8").rpartition(")")[2].split()
            words = Path(f"/proc/{name}/cmdline").read_bytes()
            if int(after[1]) == parent and ENGINE.encode() in words:
                found.append(int(name))
    return found
