"""Workers' users are nobody else's: what the kernel counts per user is not used up by others, nor for others."""

from __future__ import annotations

import ctypes
import os
import time
from pathlib import Path

import pytest

from sandbox import Job, Limits, Pool, select
from sandbox.backends import user_ids
from sandbox.guest import worker_setup

TAKES_ALL = """
import ctypes, time

def f():
    libc, taken = ctypes.CDLL(None), 0
    while libc.inotify_init1(0) >= 0:
        taken += 1
    print(taken, flush=True)
    time.sleep(60)
"""


def test_each_worker_has_ids_of_its_own() -> None:
    """Above those of people and services, and within what the kernel takes."""
    firsts = [user_ids.first_of_a_worker() for _ in range(1_000)]
    ids = {first + number for first in firsts for number in range(user_ids.PER_WORKER)}
    assert len(ids) == 1_000 * user_ids.PER_WORKER
    assert min(ids) >= 0x7000_0000
    assert max(ids) < 2**31


@pytest.mark.parametrize(
    ("ranges", "same"),
    [
        ("0 0 4294967295", True),
        ("0 1000 1\n1 100000 65535", False),
        ("0 0 1000\n1879048192 0 200000000", True),
        ("0 165536 65536", False),
    ],
)
def test_ids_exist_in_the_workers_namespace(tmp_path: Path, ranges: str, same: bool) -> None:
    """Rootless engines map few; then two neighbouring ids are taken that exist."""
    (tmp_path / "uid_map").write_text(ranges + "\n")
    found = worker_setup.existing(0x7000_0007, str(tmp_path / "uid_map"))
    assert (found == 0x7000_0007) is same
    assert same or 10_000 <= found < 59_999


@pytest.mark.local
@pytest.mark.skipif(os.geteuid() != 0, reason="a user's samples share what that user has")
def test_a_sample_takes_no_inotify_from_root() -> None:
    """A sample holds all instances that it can get, and this process, which is root, gets one."""
    backend = select("local", lambda line: None)
    libc = ctypes.CDLL(None, use_errno=True)
    numbers = []
    with Pool(backend, workers=1) as pool:
        held = pool.submit(Job(TAKES_ALL, "f", ("{}",), Limits(wall_s=4.0)))
        while not held.done():
            numbers.append(libc.inotify_init1(os.O_CLOEXEC))
            if numbers[-1] >= 0:
                os.close(numbers[-1])
            time.sleep(0.05)
        outcome = held.result()
    backend.close()
    assert (outcome.limit, int(outcome.stdout) > 50) == ("wall", True)
    assert len(numbers) > 10
    assert min(numbers) >= 0
