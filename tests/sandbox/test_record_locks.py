"""Record locks are counted when the kernel's memory has grown, and only those of the worker's processes."""

from __future__ import annotations

import fcntl
import os
import struct
from pathlib import Path

import pytest

from sandbox.guest import record_locks

LINES = (
    "1: POSIX  ADVISORY  WRITE 7 fe:00:1 0 0\n"
    "1: -> POSIX  ADVISORY  WRITE 8 fe:00:1 0 0\n"
    "2: FLOCK  ADVISORY  WRITE 7 fe:00:1 0 EOF\n"
)


class Machine:
    """Files in the place of those in /proc."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self._memory, self._locks = folder / "meminfo", folder / "locks"
        monkeypatch.setattr(record_locks, "_MEMORY", str(self._memory))
        monkeypatch.setattr(record_locks, "_LOCKS", str(self._locks))
        self.has(memory_kb=100_000, pairs=0)

    def has(self, memory_kb: int, pairs: int) -> None:
        self._memory.write_text(f"SReclaimable:     5 kB\nSUnreclaim:   {memory_kb} kB\n")
        self._locks.write_text(LINES * pairs)


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    return Machine(tmp_path, monkeypatch)


def test_locks_are_counted_when_memory_has_grown(machine: Machine) -> None:
    """Waiting requests are memory as well; locks of whole files are one for each opening, and not counted."""
    locks = record_locks.RecordLocks()
    seen = []
    for memory_kb, pairs in (
        (100_000, 20_000),
        (104_000, 20_000),
        (110_000, 10_000),
        (111_000, 20_000),
        (119_000, 10_001),
    ):
        machine.has(memory_kb, pairs)
        seen.append(locks.too_many())
    assert seen == [False, False, False, False, True]


def test_locks_that_were_taken_before_the_first_look(machine: Machine) -> None:
    """A program can take very many within a tenth of a second, and then wait."""
    locks = record_locks.RecordLocks()
    machine.has(500_000, 10_001)
    assert locks.too_many()


def test_memory_that_is_given_back_hides_no_growth(machine: Machine) -> None:
    """What counts is the growth above the least."""
    locks = record_locks.RecordLocks()
    for memory_kb in (500_000, 400_000):
        machine.has(memory_kb, 0)
        assert not locks.too_many()
    machine.has(409_000, 20_000)
    assert locks.too_many()


def test_a_kernel_without_the_files_ends_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("_MEMORY", "_LOCKS"):
        monkeypatch.setattr(record_locks, name, str(tmp_path / "missing"))
    locks = record_locks.RecordLocks()
    assert not locks.too_many()
    assert record_locks._held(1) == 0


def test_the_kernel_lists_them(tmp_path: Path) -> None:
    """Each lock of a part of a file is a line of the real /proc/locks."""
    before = record_locks._held(1_000_000)
    with open(tmp_path / "file", "w+b") as file:
        for at in range(100):
            fcntl.fcntl(file, fcntl.F_SETLK, struct.pack("hhqqi4x", fcntl.F_WRLCK, os.SEEK_SET, 2 * at, 1, 0))
        assert record_locks._held(1_000_000) >= before + 90  # others may come and go
