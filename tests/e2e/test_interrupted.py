"""Ctrl-C and SIGTERM at any moment, once and again: exit code 130, never a traceback, the command that continues the run if
there is one, and nothing is left."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from cli_runs import ROOT, codeeval, environment, start, write_samples, write_tasks
from test_resume import command, folder, kill_after, look  # noqa: F401 - `folder` is a fixture

from sandbox import owner

sys.path.append(str(ROOT / "tests" / "sandbox"))

from leftovers import containers, descendants, settles

INT, TERM = signal.SIGINT, signal.SIGTERM
#: Sends a signal to itself when a module is imported.
WHILE_IMPORTED = """
import os, signal, sys
class Finder:
    def find_spec(self, name, path=None, target=None):
        if name == {module!r}:
            os.kill(os.getpid(), {number})
sys.meta_path.insert(0, Finder())
from codeeval.__main__ import main
main()
"""


def interrupted_while(module: str, number: int, cwd: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """The command is sent the signal when it imports the module."""
    program = WHILE_IMPORTED.format(module=module, number=int(number))
    return subprocess.run(
        [sys.executable, "-c", program, *words],
        cwd=cwd,
        env=environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.fixture
def unfinished(folder: Path) -> Path:  # noqa: F811
    """A folder with a run that lacks samples, and what it has."""
    process = start(folder, *command("local", "r"))
    assert kill_after(process, folder / "r", 1, process.send_signal, signal.SIGKILL)
    process.communicate()
    return folder


@pytest.mark.local
@pytest.mark.parametrize(
    ("module", "number"),
    [
        ("typer", INT),
        ("typer", TERM),
        ("codeeval.cli.run", TERM),
        ("codeeval.evaluation.resolve", INT),
        ("codeeval.evaluation.resume", TERM),
        ("codeeval.evaluation.preflight", INT),
        ("codeeval.evaluation.repair", TERM),
    ],
)
def test_a_resumed_run_says_how_to_go_on(unfinished: Path, module: str, number: int) -> None:
    """From its first import on, and that command works."""
    done = interrupted_while(module, number, unfinished, "run", "--resume", "r", "--sandbox", "local", "-j", "2")
    assert (done.returncode, done.stdout) == (130, ""), done.stderr
    assert "Traceback" not in done.stderr
    assert done.stderr.endswith("everything that had finished is kept\n  Continue with: codeeval run --resume r\n")
    assert codeeval(unfinished, "run", "--resume", "r", "--sandbox", "local", "-j", 2).returncode == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("run", "--resume=r"), "codeeval run --resume r\n"),
        (("run", "-t", "tasks.jsonl"), "codeeval: interrupted\n"),
        (("report", "--resume", "r"), "codeeval: interrupted\n"),
        (("run", "--resume"), "codeeval: interrupted\n"),
    ],
)
def test_only_a_resumed_run_is_continued(tmp_path: Path, words: tuple[str, ...], said: str) -> None:
    done = interrupted_while("typer", INT, tmp_path, *words)
    assert done.returncode == 130
    assert done.stderr.endswith(said)


def until(process: subprocess.Popen[str], condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 240
    while not condition():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.mark.parametrize(
    ("sandbox", "workers"),
    [
        pytest.param("local", 2, marks=pytest.mark.local),
        pytest.param("docker", 2, marks=pytest.mark.docker),
        pytest.param("docker", 9, marks=pytest.mark.docker),
    ],
)
def test_more_of_them_cut_nothing_off(
    folder: Path,  # noqa: F811
    sandbox: str,
    workers: int,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """Ctrl-C again and again, while the first one ends the workers: in this process, and in processes with shards."""
    scratch = tmp_path_factory.mktemp("tmp")
    process = start(folder, *command(sandbox, "r"), "-j", workers, env={"TMPDIR": str(scratch)})
    until(process, lambda: look(folder / "r", lambda reader: len(reader.execution_keys()), 0))
    below = {pid: owner._started(pid) for pid in descendants(process.pid)}
    owners = [f"{owner._boot()}:{pid}:{owner._started(pid)}" for pid in (process.pid, *below)]
    while process.poll() is None:
        os.killpg(process.pid, INT)
        time.sleep(0.03)
    out, err = process.communicate()
    assert (process.returncode, out) == (130, "")
    assert "Traceback" not in err
    assert err.endswith("Continue with: codeeval run --resume r\n")
    assert not settles(lambda: [pid for pid, when in below.items() if when and owner._started(pid) == when], 10)
    if sandbox == "docker":
        assert not [each for who in owners for each in containers(who)]
    assert not os.listdir(scratch)


@pytest.mark.ray
@pytest.mark.slow
@pytest.mark.local
@pytest.mark.parametrize("number", [INT, TERM], ids=lambda number: number.name)
@pytest.mark.parametrize("begun", ["gcs_server", "raylet/raylet"])
def test_while_ray_is_started(tmp_path: Path, begun: str, number: int) -> None:
    """Ray's own handler of SIGTERM would end it with code 1 or 15. No process and no folder of `--cluster local` is left."""
    write_tasks(tmp_path)
    write_samples(tmp_path, {1: ["\n    return a + b"]})
    before = set(Path("/tmp").glob("sandbox-ray-*"))
    words = ("score", "-t", "tasks.jsonl", "--samples", "samples.jsonl", "--sandbox", "local", "--cluster", "local")
    process = start(tmp_path, *words, "-o", "r")
    commands: dict[int, str] = {}

    def has_begun() -> bool:
        for pid in descendants(process.pid):
            try:
                commands[pid] = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace")
            except OSError:
                continue
        return any(begun in each for each in commands.values())

    until(process, has_begun)
    ours = set(Path("/tmp").glob("sandbox-ray-*")) - before
    assert ours
    started = {pid: owner._started(pid) for pid in commands}
    process.send_signal(number)
    out, err = process.communicate(timeout=120)
    assert (process.returncode, out) == (130, ""), err
    assert "Traceback" not in err
    assert err.endswith("codeeval: interrupted\n")
    assert not settles(lambda: [pid for pid, when in started.items() if when and owner._started(pid) == when], 30)
    assert not [path for path in ours if path.exists()]
    assert not (tmp_path / "r").exists()
