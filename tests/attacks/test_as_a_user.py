"""Both corpora in an ordinary user's local sandbox, where this suite runs as root: the last column of SECURITY.md's table."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

#: Above the ids of people and services, below those that the sandbox gives to workers.
USER = 61_184
CORPORA = ("tests/attacks/test_corpus.py", "tests/attacks/test_assert_corpus.py")
#: A few programs whose isolation differs most between users: they reach for the supervisor, the judge, memory and what is left.
SOME = (
    *("a_equal_to_everything", "c_next_job", "f_supervisor_memory", "g_cpu_in_threads", "h_folder_rights", "j_kill_supervisor"),
    *("g_names_like_memory", "g_record_locks", "j_trace"),
    *("k_plain", "k_subprocess", "f_judge_mem", "f_ptrace", "j_kill_judge", "j_stop_judge", "j_limits_of_the_judge"),
)  # fmt: skip


def _python() -> str | None:
    """An interpreter of this version that the user can execute: root's own may lie in root's home."""
    name = f"python{sys.version_info.major}.{sys.version_info.minor}"
    for path in (sys.executable, shutil.which(name, path="/usr/local/bin:/usr/bin")):
        if path is not None and _runs(path):
            return path
    return None


def _runs(path: str) -> bool:
    command = [path, "-c", "import ctypes, sqlite3"]
    try:
        done = subprocess.run(
            command, user=USER, group=USER, extra_groups=[], cwd="/", capture_output=True, check=False
        )
    except OSError:
        return False
    return done.returncode == 0


@pytest.fixture(scope="module")
def tree(repository: Path) -> Iterator[Path]:
    """A copy that the user can read, wherever this checkout lies, and a home of the user's beside it."""
    there = Path(tempfile.mkdtemp(prefix="codeeval-user-"))  # pytest's own folders are closed to others
    for folder in ("codeeval", "sandbox", "tests", "docker"):
        shutil.copytree(repository / folder, there / folder, ignore=shutil.ignore_patterns("__pycache__", "browser"))
    shutil.copy(repository / "pyproject.toml", there)
    (there / "home").mkdir()
    os.chown(there / "home", USER, USER)
    subprocess.run(["chmod", "-R", "a+rX", there], check=True)
    yield there
    shutil.rmtree(there)


@pytest.mark.local
@pytest.mark.skipif(os.geteuid() != 0, reason="an ordinary user runs the corpora themselves")
@pytest.mark.parametrize("which", ["some", pytest.param("all", marks=pytest.mark.slow)])
def test_the_corpora_as_a_user(tree: Path, which: str) -> None:
    """Every program gets its verdict, and so do the probes after it."""
    python = _python()
    if python is None:
        pytest.skip("no Python of this version that another user can execute")
    packages = [path for path in sys.path if path.endswith("-packages")]
    environment = {
        "PATH": os.defpath, "HOME": str(tree / "home"), "TMPDIR": str(tree / "home"), "LANG": "C.UTF-8", "CI": "true",
        "PYTHONPATH": os.pathsep.join([str(tree), *packages]), "PYTHONDONTWRITEBYTECODE": "1",
    }  # fmt: skip
    wanted = ["-k", " or ".join(f"[local-{name}]" for name in SOME)] if which == "some" else []
    command = [python, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-m", "local and not slow", *wanted, *CORPORA]
    done = subprocess.run(
        command, cwd=tree, env=environment, user=USER, group=USER, extra_groups=[], capture_output=True, text=True, check=False
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-2000:]
    passed = re.search(r"(\d+) passed", done.stdout)
    assert passed is not None
    assert int(passed[1]) >= len(SOME)
