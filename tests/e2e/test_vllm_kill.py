"""kill -9 with vLLM at work: of codeeval, and of the engine. `CODEEVAL_VLLM_PYTHON` names the interpreter that has it."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from cli_runs import codeeval, document, start
from engine_runs import VLLM, VLLM_ENGINE, engines_of

from codeeval.errors import CodeevalError
from codeeval.store import RunReader

pytestmark = [pytest.mark.vllm, pytest.mark.slow, pytest.mark.local]

PROBLEMS, SAMPLES = 8, 8
#: Few sequences at a time, so that there is a middle to be killed in.
RUN = (
    *("run", "-t", "rustarter", "-m", "demo-model", "--backend", "vllm", "--template", "code-user"),
    *("--limit", str(PROBLEMS), "--n", str(SAMPLES), "--max-tokens", "48", "--sandbox", "local", "-j", "2"),
    *("-M", "max_num_seqs=2", "-M", "kv_cache_memory_bytes=67108864", "-M", "keep_raw=1"),
)
#: What the machine may need for anything; nothing is measured by it.
PATIENCE_S = 400
Texts = dict[tuple[str, int], tuple[str, int | None]]


def completions(run: Path) -> Texts:
    """What the file has by now; nothing while it is not there yet."""
    try:
        with RunReader(run) as reader:
            return {(sample.problem_id, sample.index): (sample.completion, sample.seed) for sample in reader.samples()}
    except CodeevalError:
        return {}


def verdicts(run: Path) -> list[object]:
    with RunReader(run) as reader:
        return [list(reader.judgements(protocol)) for protocol in reader.manifest().protocols]


def processes() -> Iterator[tuple[int, str, int]]:
    """(pid, state, process group) of each."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                fields = (entry / "stat").read_text("utf-8").rpartition(")")[2].split()
                yield int(entry.name), fields[0], int(fields[2])


def engine_of(parent: int) -> int:
    """The engine's process, which leads a process group of its own."""
    (engine,) = engines_of(parent, VLLM_ENGINE)
    assert os.getpgid(engine) == engine
    return engine


def wait_until_gone(group: int) -> None:
    """Nothing of the group survives; what has not been waited for yet is dead all the same."""
    deadline = time.monotonic() + PATIENCE_S
    while alive := [pid for pid, state, its in processes() if its == group and state not in "ZX"]:
        assert time.monotonic() < deadline, f"still there: {alive}"
        time.sleep(0.1)


def started(cwd: Path, name: str) -> tuple[subprocess.Popen[str], int]:
    """A run in whose file there are some samples by now, and its engine."""
    process = start(cwd, *RUN, "-o", name, env=VLLM)
    deadline = time.monotonic() + PATIENCE_S
    while len(completions(cwd / name)) < 3:
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return process, engine_of(process.pid)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same run, left in peace."""
    folder = tmp_path_factory.mktemp("whole")
    assert document(codeeval(folder, *RUN, "-o", "r", "--format", "json", env=VLLM, limit=PATIENCE_S))["complete"]
    return folder / "r"


def resumed(cwd: Path, name: str, whole: Path, kept: Texts) -> None:
    """--resume keeps what was there, generates the rest as it would have been, and nothing else."""
    assert 0 < len(kept) < PROBLEMS * SAMPLES
    assert kept.items() <= completions(cwd / name).items()
    done = document(
        codeeval(cwd, "run", "--resume", name, "--sandbox", "local", "--format", "json", env=VLLM, limit=PATIENCE_S)
    )
    assert (done["complete"], done["counts"]["generated"]) == (True, PROBLEMS * SAMPLES)
    assert completions(cwd / name) == completions(whole)
    assert verdicts(cwd / name) == verdicts(whole)


def test_kill_9_of_codeeval_takes_the_engine_along(tmp_path: Path, whole: Path) -> None:
    """No process of the engine outlives it, and the run that is resumed is the run that was left in peace."""
    process, engine = started(tmp_path, "r")
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=PATIENCE_S)
    assert process.returncode == -signal.SIGKILL
    wait_until_gone(engine)
    resumed(tmp_path, "r", whole, completions(tmp_path / "r"))


def test_kill_9_of_the_engine_is_told_and_costs_nothing_that_was_finished(tmp_path: Path, whole: Path) -> None:
    """The exit code of an incomplete run, one clear message, every finished sample kept and judged, and --resume goes on."""
    process, engine = started(tmp_path, "r")
    os.kill(engine, signal.SIGKILL)
    out, err = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 3, err
    assert "Traceback" not in out + err
    assert "vLLM's process ended by signal SIGKILL" in err
    assert "--resume r" in out
    assert "INCOMPLETE" in out
    wait_until_gone(engine)
    kept = completions(tmp_path / "r")
    with RunReader(tmp_path / "r") as reader:
        assert reader.n_unjudged("strict") == 0
        assert reader.sessions()[-1].end == "incomplete"
    resumed(tmp_path, "r", whole, kept)
