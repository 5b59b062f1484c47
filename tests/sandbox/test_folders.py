"""Folders that a sample may write to, beside those that it should."""

from __future__ import annotations

from pathlib import Path

import pytest

from sandbox import Job, Limits, Pool, Tests
from sandbox.backends import Backend, Worker
from sandbox.guest import scratch_folders

OPENED = "import os\nos.umask(0)\n"
#: A program and its tests, which leave files as two users: each may be inside the other's folders.
LEFT = {
    "a file of the tests": ("def f(): pass", "import tempfile\ntempfile.mkstemp()\nf()"),
    "a folder of the tests": ("def f(): pass", "import os\nos.makedirs('/dev/shm/a/b', 0o700)\nopen('/dev/shm/a/b/c', 'w')\nf()"),
    "the tests in the program's folder": (
        OPENED + "def f(): os.mkdir('/tmp/a', 0o777)",
        "import os\nf()\nos.mkdir('/tmp/a/b', 0o700)\nopen('/tmp/a/b/c', 'w')",
    ),
    "the program in the tests' folder": (
        "import os\ndef f(): os.mkdir('/tmp/a/b', 0o700); open('/tmp/a/b/c', 'w')",
        OPENED + "os.mkdir('/tmp/a', 0o777)\nf()",
    ),
}  # fmt: skip


def test_strays_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everybody's folders in writable temporary file systems; not those of root, of read-only mounts, or of other kinds."""
    for name, mode in (("open", 0o1777), ("root", 0o755), ("root/lock", 0o1777), ("closed", 0o755), ("disk", 0o777)):
        (tmp_path / name).mkdir()
        (tmp_path / name).chmod(mode)
    kinds = {"open": "rw - tmpfs", "root": "rw - tmpfs", "closed": "rw - tmpfs", "disk": "rw - ext4"}
    lines = [f"1 2 0:4 / {tmp_path}/{name} {kind} x rw" for name, kind in kinds.items()]
    lines += [f"1 2 0:5 / {tmp_path}/open ro,nosuid master:1 - tmpfs x rw", "1 2 0:6 / /tmp rw - tmpfs x rw"]
    (tmp_path / "mounts").write_text("\n".join(lines) + "\n")
    monkeypatch.setattr(scratch_folders, "_MOUNTS", str(tmp_path / "mounts"))
    assert scratch_folders.strays() == [str(tmp_path / "open"), str(tmp_path / "root/lock")]


@pytest.mark.parametrize("name", LEFT)
def test_files_of_tests_cost_no_worker(backend: Backend, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Tests write files as another user than the program; both are removed, and the worker is used again."""
    started: list[Worker] = []
    start = backend.start

    def counted(limits: Limits) -> Worker:
        started.append(start(limits))
        return started[-1]

    monkeypatch.setattr(backend, "start", counted)
    program, tests = LEFT[name]
    gone = Job("import os\ndef f(): return os.listdir('/tmp') + os.listdir('/dev/shm')", "f", ("{}",))
    with Pool(backend, workers=1) as pool:
        left, after = pool.map([Job(program, "f", (), mode="assert", tests=Tests(tests)), gone])
    assert left.ruling is not None
    assert left.ruling.status == "passed", left
    assert after.observations[0].text == "[]"
    assert len(started) == 1
