"""Runs whose engines are disturbed in the middle."""

from __future__ import annotations

import contextlib
import os
import signal
import sqlite3
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from codeeval.generators.vllm.engines import command as vllm_command
from codeeval.store import RunReader

PROBLEMS, SAMPLES = 12, 16
PATIENCE_S = 300.0
_RUN = (
    *("run", "-t", "rustarter", "-m", "demo-model", "--template", "code-user", "--limit", PROBLEMS, "--n", SAMPLES),
    *("--max-tokens", 48, "--sandbox", "local", "-j", 1),
)
#: In the command of an engine's process.
ENGINE, VLLM_ENGINE = "generators.hf.replica", vllm_command("")[-1]
#: One thread that goes where there is room: several that wait for each other stand still on a busy machine.
VLLM = {
    "CODEEVAL_VLLM_PYTHON": os.environ.get("CODEEVAL_VLLM_PYTHON", ""),
    "OMP_NUM_THREADS": "1",
    "VLLM_CPU_OMP_THREADS_BIND": "nobind",
}


def command(run: str, *more: object) -> list[object]:
    """What comes after `codeeval`. Few rows at a time, so that there is a middle to be disturbed in."""
    return [*_RUN, "-M", "rows=2", "-M", "threads=1", "-o", run, *more]


def with_vllm(run: str, *more: object) -> list[object]:
    """The same with vLLM, whose engine works on few samples at a time."""
    return [
        *_RUN,
        "--backend",
        "vllm",
        "-M",
        "max_num_seqs=2",
        "-M",
        f"kv_cache_memory_bytes={2**26}",
        "-o",
        run,
        *more,
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


def engines_of(parent: int, engine: str = ENGINE) -> list[int]:
    """Processes with a model that this one has started."""
    found = []
    for name in filter(str.isdigit, os.listdir("/proc")):
        with contextlib.suppress(OSError):
            after = Path(f"/proc/{name}/stat").read_text("utf-8").rpartition(")")[2].split()
            words = Path(f"/proc/{name}/cmdline").read_bytes()
            if int(after[1]) == parent and engine.encode() in words:
                found.append(int(name))
    return found


@contextlib.contextmanager
def killing(engines: Callable[[], list[int]]) -> Iterator[None]:
    """Ends every engine of a run as soon as it is there."""
    done = threading.Event()

    def kill() -> None:
        while not done.wait(0.05):
            for pid in engines():
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)

    thread = threading.Thread(target=kill)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
