"""Mutated files of every kind through every reader: an exit code that is documented, no traceback, little memory and time."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

TOOL = Path(__file__).resolve().parents[1] / "fuzz" / "readers.py"


def fuzz(count: int, seed: int, folder: Path) -> str:
    memory = Path("/dev/shm")  # the files are synced to disk many times: in memory that is quick
    where = memory if os.access(memory, os.W_OK) else folder
    done = subprocess.run(
        [sys.executable, str(TOOL), str(count), str(seed)],
        env={**os.environ, "TMPDIR": str(where), "CODEEVAL_DEBUG": "1"},
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=1_800,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_mutated_files_do_no_harm(tmp_path: Path) -> None:
    """Some dozens of files, the same ones every time."""
    assert "60 inputs" in fuzz(60, 0, tmp_path)


@pytest.mark.slow
def test_thousands_of_mutated_files_do_no_harm(tmp_path: Path) -> None:
    """Prints how many inputs there were, the peak of memory and the slowest."""
    said = fuzz(4_000, 10_000, tmp_path)
    print(said)
    assert "4000 inputs" in said
