"""Calling the command line as a user does: a process of its own, in a folder of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
COMMAND = (sys.executable, "-m", "codeeval")


def environment(more: Mapping[str, str] | None = None) -> dict[str, str]:
    """The user's environment without codeeval's settings, and with this checkout on the path."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CODEEVAL_")}
    base = os.environ.get("CODEEVAL_BASE")
    return {
        **kept,
        "PYTHONPATH": str(ROOT),
        "NO_COLOR": "1",
        **({"CODEEVAL_BASE": base} if base else {}),
        **(more or {}),
    }


def codeeval(
    cwd: Path, *arguments: object, env: Mapping[str, str] | None = None, limit: int = 300
) -> subprocess.CompletedProcess[str]:
    """The finished process. Whatever happened, no traceback may have reached the user."""
    done = subprocess.run(
        [*COMMAND, *map(str, arguments)],
        cwd=cwd,
        env=environment(env),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=limit,
    )
    assert "Traceback" not in done.stderr + done.stdout, done.stderr
    return done


def start(
    cwd: Path, *arguments: object, env: Mapping[str, str] | None = None, stdin: int = subprocess.DEVNULL
) -> subprocess.Popen[str]:
    """The process as it begins, at the head of a process group of its own."""
    return subprocess.Popen(
        [*COMMAND, *map(str, arguments)],
        cwd=cwd,
        env=environment(env),
        stdin=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def document(done: subprocess.CompletedProcess[str], code: int = 0) -> dict[str, Any]:
    """stdout as the one JSON document that it must be."""
    assert done.returncode == code, done.stderr
    found = json.loads(done.stdout)
    assert isinstance(found, dict)
    return found


def failed(done: subprocess.CompletedProcess[str], code: int, *words: str) -> str:
    """stderr of a call that must fail with `code`, print nothing on stdout, and say each of `words`."""
    assert done.returncode == code, (done.returncode, done.stderr)
    assert done.stdout == ""
    for word in words:
        assert word in done.stderr, (word, done.stderr)
    return done.stderr


PROBLEM = {
    "instruction": "Допишите функцию.\n{function}",
    "inputs": {
        "function": 'def add(a: int, b: int) -> int:\n    """Сумма двух чисел."""',
        "tests": "[{'a': 1, 'b': 2}, {'a': 20, 'b': 22}]",
    },
    "outputs": ["3", "42"],
    "meta": {"id": 1, "entry_point": "add", "canonical_solution": "\n    return a + b"},
}
RIGHT, WRONG, RAISES = "\n    return a + b", "\n    return a - b", "\n    return a / 0"


def problem(pid: int | str = 1, **changes: Any) -> dict[str, Any]:
    """The problem `add` with another id and, by top-level field, other content."""
    return {**PROBLEM, "meta": {**PROBLEM["meta"], "id": pid}, **changes}  # type: ignore[dict-item]


def write_lines(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


def write_tasks(folder: Path, count: int = 2) -> Path:
    """tasks.jsonl with `count` problems, ids from 1."""
    return write_lines(folder / "tasks.jsonl", [problem(pid) for pid in range(1, count + 1)])


def write_samples(folder: Path, completions: Mapping[int, list[str]]) -> Path:
    """samples.jsonl: problem id -> its successive completions."""
    rows = [{"task_id": pid, "completion": text} for pid, texts in completions.items() for text in texts]
    return write_lines(folder / "samples.jsonl", rows)
