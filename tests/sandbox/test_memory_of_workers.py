"""Nothing of a sample stays in the memory of its worker, of which every later sample is a fork: read from outside, as root."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path

import pytest
from leftovers import worker_processes

from sandbox import Job, Limits, Outcome, Pool
from sandbox.backends.local import LocalBackend

pytestmark = [
    pytest.mark.local,
    pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to read the memory of workers"),
]
MARK = b"mark of an earlier sample"
#: It has the mark in its text, its output, its answer, its argument and its exception; the second call stands still.
PROGRAM = """
import sys, time

def f(text, wait=0.0, fail=False):
    held = [text, "mark of an earlier sample" * 40]
    print(text, flush=True)
    print(text, file=sys.stderr, flush=True)
    time.sleep(wait)
    if fail:
        raise ValueError(text)
    return held
"""


def writable(pid: int) -> Iterator[bytes]:
    """The contents of a process's writable memory, mapping by mapping."""
    with open(f"/proc/{pid}/mem", "rb", buffering=0) as memory:
        for line in Path(f"/proc/{pid}/maps").read_text("utf-8").splitlines():
            area, rights = line.split()[:2]
            if rights.startswith("rw"):
                start, end = (int(number, 16) for number in area.split("-"))
                with suppress(OSError):  # mappings of devices can't be read
                    memory.seek(start)
                    yield memory.read(end - start)


def found() -> int:
    """How often the mark is in the memory of all workers, those of candidates included."""
    count = 0
    for pid in worker_processes():
        with suppress(FileNotFoundError, ProcessLookupError):
            count += sum(len(re.findall(MARK, data)) for data in writable(pid))
    return count


def eventually(seconds: float, future: Future[Outcome] | None = None) -> int:
    """The marks found as soon as there are any, while `future` is not done; without one as soon as there are none."""
    until = time.monotonic() + seconds
    while True:
        count = found()
        if (count > 0) == (future is not None) or time.monotonic() > until or (future is not None and future.done()):
            return count
        time.sleep(0.05)


def test_nothing_of_a_sample_stays_in_its_worker() -> None:
    """Neither its program nor what it printed, returned or raised; while it runs all of it is found."""
    text = repr(MARK.decode())
    calls = (f"{{'text': {text}}}", f"{{'text': {text}, 'wait': 2}}", f"{{'text': {text}, 'fail': True}}")
    with Pool(LocalBackend(), workers=1, limits=Limits(cpu_s=20.0, wall_s=60.0)) as pool:
        assert eventually(10.0) == 0
        future = pool.submit(Job(PROGRAM, "f", calls))
        assert eventually(60.0, future) > 0
        outcome = future.result()
        assert [each.status for each in outcome.observations] == ["returned", "returned", "raised"]
        assert MARK.decode() in outcome.stdout
        assert eventually(10.0) == 0
