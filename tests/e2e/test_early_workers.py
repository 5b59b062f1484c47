"""`codeeval score` starts its workers before it has read its files. Whatever happens meanwhile, they end with it, and what it
says is what it would say without them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from cli_runs import ROOT, codeeval, failed, start, write_samples, write_tasks

from sandbox import owner
from sandbox.backends import cgroups

sys.path.append(str(ROOT / "tests" / "sandbox"))

from leftovers import containers, descendants, settles

SANDBOXES = [pytest.param("local", marks=pytest.mark.local), pytest.param("docker", marks=pytest.mark.docker)]
#: More workers than one process serves: none of them starts early.
LATE = ("--workers", "9")


def what_is_left(sandbox: str, who: str, scratch: Path) -> Callable[[], list[object]]:
    """Containers, control groups, folders."""

    def look() -> list[object]:
        above = cgroups.parents() if os.geteuid() == 0 else None
        groups = [path for path in cgroups._left_below(above) if who in path.name] if above is not None else []
        return [*groups, *os.listdir(scratch), *(containers(who) if sandbox == "docker" else [])]

    return look


def reading(folder: Path, sandbox: str, scratch: Path) -> subprocess.Popen[str]:
    """A process that waits for samples on its standard input, and has workers by now."""
    write_tasks(folder)
    words = ["--task", "tasks.jsonl", "--samples", "-", "--sandbox", sandbox, "-o", "r"]
    process = start(folder, "score", *words, env={"TMPDIR": str(scratch)}, stdin=subprocess.PIPE)
    who = owner_of(process)
    found = settles(lambda: not (containers(who) if sandbox == "docker" else list(descendants(process.pid))))
    assert not found, "it has started no workers"
    return process


def owner_of(process: subprocess.Popen[str]) -> str:
    return f"{owner._boot()}:{process.pid}:{owner._started(process.pid)}"


@pytest.mark.parametrize("sandbox", SANDBOXES)
@pytest.mark.parametrize(
    "refused", ["{}\n", '{"task_id": "other", "completion": "x"}\n'], ids=["no sample", "another set"]
)
def test_refused_samples(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, sandbox: str, refused: str) -> None:
    """The same words and code as without early workers, and nothing is left."""
    scratch = tmp_path_factory.mktemp("tmp")
    process = reading(tmp_path, sandbox, scratch)
    who, below = owner_of(process), {pid: owner._started(pid) for pid in descendants(process.pid)}
    said = process.communicate(refused, timeout=120)
    (tmp_path / "refused").write_text(refused)
    assert isinstance(process.args, list)
    late = start(tmp_path, *process.args[3:], *LATE, stdin=os.open(tmp_path / "refused", os.O_RDONLY))
    assert (*said, process.returncode) == (*late.communicate(timeout=120), late.returncode)
    assert late.returncode in (2, 5)
    assert not what_is_left(sandbox, who, scratch)()
    assert not [pid for pid, when in below.items() if when and owner._started(pid) == when]
    assert not (tmp_path / "r").exists()


@pytest.mark.parametrize("sandbox", SANDBOXES)
@pytest.mark.parametrize("waits", [False, True], ids=["importing", "reading"])
def test_interrupted(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, sandbox: str, waits: bool) -> None:
    """As soon as it has workers, or while it waits for samples: it says so, and nothing is left."""
    scratch = tmp_path_factory.mktemp("tmp")
    process = reading(tmp_path, sandbox, scratch)
    who, below = owner_of(process), {pid: owner._started(pid) for pid in descendants(process.pid)}
    assert process.stderr is not None
    if waits:
        assert process.stderr.readline().startswith("/dev/stdin is a pipe")
    process.send_signal(signal.SIGINT)
    assert process.communicate(timeout=120) == ("", "codeeval: interrupted\n")
    assert process.returncode == 130
    assert not what_is_left(sandbox, who, scratch)()
    assert not [pid for pid, when in below.items() if when and owner._started(pid) == when]


@pytest.mark.parametrize("sandbox", SANDBOXES)
def test_refused_settings(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, sandbox: str) -> None:
    """Only what workers need of them is known when these begin to start."""
    write_tasks(tmp_path)
    write_samples(tmp_path, {1: ["    return 1\n"]})
    scratch = tmp_path_factory.mktemp("tmp")
    words = ["--task", "tasks.jsonl", "--samples", "samples.jsonl", "--sandbox", sandbox, "--k", "0"]
    process = start(tmp_path, "score", *words, env={"TMPDIR": str(scratch)})
    who = owner_of(process)
    said = process.communicate(timeout=120)
    late = start(tmp_path, "score", *words, *LATE)
    assert (*said, process.returncode) == (*late.communicate(timeout=120), late.returncode)
    assert late.returncode == 2
    assert not what_is_left(sandbox, who, scratch)()


@pytest.mark.parametrize(("flag", "name", "value"), [("-j", "WORKERS", "0"), ("--isolation", "ISOLATION", "cold")])
def test_settings_of_workers_that_are_refused(tmp_path: Path, flag: str, name: str, value: str) -> None:
    """None begins to start, wherever the setting comes from."""
    write_tasks(tmp_path)
    write_samples(tmp_path, {1: ["    return 1\n"]})
    command = ["score", "--task", "tasks.jsonl", "--samples", "samples.jsonl"]
    failed(codeeval(tmp_path, *command, flag, value), 2, f"{flag}: ", value)
    failed(codeeval(tmp_path, *command, env={f"CODEEVAL_{name}": value}), 2, f"CODEEVAL_{name}: ", value)


@pytest.mark.parametrize("sandbox", ["docker", "auto"])
def test_what_is_wrong_first_is_said_first(tmp_path: Path, sandbox: str) -> None:
    """The files, then the sandbox: a container engine that does not answer is not mentioned if the samples are refused."""
    write_tasks(tmp_path)
    env = {"DOCKER_HOST": f"unix://{tmp_path}/no.sock"}
    words = ["--task", "tasks.jsonl", "--samples", "no.jsonl", "--sandbox", sandbox]
    said = failed(codeeval(tmp_path, "score", *words, env=env), 2, "no.jsonl")
    assert "engine" not in said


def test_a_missing_engine_is_said_after_the_files(tmp_path: Path) -> None:
    """In the order in which the command needs them."""
    write_tasks(tmp_path)
    write_samples(tmp_path, {1: ["    return n + 1\n"]})
    env = {"DOCKER_HOST": f"unix://{tmp_path}/no.sock"}
    words = ["--task", "tasks.jsonl", "--samples", "samples.jsonl", "--sandbox", "docker"]
    said = failed(codeeval(tmp_path, "score", *words, env=env), 3, "no Docker engine answers").splitlines()
    assert said[0].startswith("samples.jsonl (")
    assert next(line for line in said if line.startswith("codeeval: ")).startswith("codeeval: no Docker engine")


@pytest.mark.docker
def test_no_image_is_built_for_refused_samples(tmp_path: Path) -> None:
    """Building takes long, and is announced."""
    write_tasks(tmp_path)
    env = {"CODEEVAL_BASE": "codeeval-no-such-image:1"}
    words = ["--task", "tasks.jsonl", "--samples", "no.jsonl", "--sandbox", "docker"]
    said = failed(codeeval(tmp_path, "score", *words, env=env), 2, "no.jsonl")
    assert "pulling" not in said
    write_samples(tmp_path, {1: ["    return n + 1\n"]})
    words[3] = "samples.jsonl"
    assert "pulling codeeval-no-such-image:1" in failed(codeeval(tmp_path, "score", *words, env=env), 3)
