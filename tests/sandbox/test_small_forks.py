"""What a worker saves: modules that few samples need are not in every fork, and nothing is ended where nothing is left."""

from __future__ import annotations

import subprocess
import sys

from sandbox import Job, Pool, Tests
from sandbox.backends import Backend

_MODULES = Job("import sys\ndef f():\n    return sorted(sys.modules)\n", "f", ("{}",))
_DIGEST = Job("import hashlib\ndef f(x):\n    return hashlib.md5(x.encode()).hexdigest()\n", "f", ('{"x": "a"}',))
_JUDGED = Job(
    "def f(x):\n    return 2 * x\n",
    "f",
    (),
    mode="assert",
    tests=Tests("def check(candidate):\n    assert candidate(2) == 4\n\ncheck(f)\n", ""),
)

#: Has a child that tells of its end by no signal, and looks for it as the supervisor does.
_ODD_CHILD = """
import ctypes, os, platform, signal, time
from sandbox.guest import processes
assert processes.alone()
number = {"x86_64": 56, "aarch64": 220}[platform.machine()]
pid = ctypes.CDLL(None).syscall(number, 0, 0, 0, 0, 0)
if pid == 0:
    time.sleep(60)
    os._exit(0)
assert not processes.alone(), "a child without SIGCHLD was not seen"
os.kill(pid, signal.SIGKILL)
assert any(processes.alone() for _ in processes.looks(10.0))
"""

#: More children end than are reaped at once: as many as programs leave that fork and exit in turn.
_MANY = """
import os, time
from sandbox.guest import processes
pids = [os.fork() or os._exit(0) for _ in range(processes._MOST_REAPED + 1)]
for pid in pids:
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
assert not processes.alone(), "the number of processes that are reaped has no bound"
assert processes.alone()
"""


def _modules(pool: Pool) -> set[str]:
    outcome = pool.submit(_MODULES).result()
    assert outcome.status == "completed"
    return {name.strip(" []'") for name in str(outcome.observations[0].text).split(",")}


def test_the_judge_is_imported_by_the_first_tests_that_are_code(backend: Backend) -> None:
    """One worker serves plain samples, then judged ones, then plain ones again."""
    with Pool(backend, workers=1) as pool:
        before = _modules(pool)
        assert "sandbox.guest.child" in before
        assert not before & {
            "sandbox.guest.judge_session",
            "sandbox.guest.judge",
            "sandbox.guest.proxies",
            "sandbox.guest.proxy_classes",
            "hashlib",
        }
        for _ in range(2):
            judged = pool.submit(_JUDGED).result()
            assert judged.ruling is not None
            assert (judged.status, judged.ruling.status) == ("completed", "passed")
            assert pool.submit(_DIGEST).result().observations[0].text == "0cc175b9c0f1b6a831c399e269772661"
        assert "sandbox.guest.judge_session" in _modules(pool)


def test_modules_of_mera_are_imported_by_its_first_program(backend: Backend) -> None:
    """A program that imports them itself finds them as ever."""
    import_them = Job("import shutil, subprocess, tempfile\ndef f():\n    return tempfile.gettempdir()\n", "f", ("{}",))
    mera = Job("def f(x):\n    return x + 1\n", "f", ('{"x": 1}',), mode="mera")
    with Pool(backend, workers=1) as pool:
        needed = {"sandbox.guest.mera", "sandbox.guest.mera_names", "shutil", "subprocess", "tempfile"}
        assert not _modules(pool) & needed
        assert pool.submit(import_them).result().observations[0].text == "/tmp"
        assert pool.submit(mera).result().observations[0].text == "2"
        assert needed <= _modules(pool)
        assert pool.submit(import_them).result().observations[0].text == "/tmp"


def test_children_that_tell_of_their_end_in_another_way_are_seen() -> None:
    """Where no child is found the supervisor sends no signal to what may be left: so it has to find every kind."""
    subprocess.run([sys.executable, "-c", _ODD_CHILD], check=True, timeout=60)


def test_programs_that_fork_and_exit_in_turn_are_killed() -> None:
    """They leave children as fast as these are reaped, so that comes to an end before anything else is tried."""
    subprocess.run([sys.executable, "-c", _MANY], check=True, timeout=60)


#: Leaves gaps of one block each all over the memory, then counts the pages that new objects lie on.
_GAPS = """
from sandbox.guest import memory_gaps
def pages():
    made = [bytes(47) for _ in range(32)]
    return len({id(block) >> 12 for block in made})
many = [bytes(47) for _ in range(40_000)]
del many[::50]
assert pages() > 16
memory_gaps.close()
assert pages() <= 2
"""


def test_what_is_allocated_after_startup_lies_together() -> None:
    """Each page that a fork writes to is copied."""
    subprocess.run([sys.executable, "-c", _GAPS], check=True, timeout=60)


#: Leaves gaps of many sizes, then looks where new blocks are, but for a few that the interpreter has freed meanwhile.
_POOLS = """
import ctypes
from sandbox.guest import memory_gaps
many = [bytes(size) for size in range(15, 480, 16) for _ in range(300)]
del many[::7]
memory_gaps.close()
malloc = ctypes.pythonapi.PyObject_Malloc
malloc.restype, malloc.argtypes = ctypes.c_size_t, (ctypes.c_size_t,)
blocks = [[malloc(size) for _ in range(4)] for size in range(64, 513, 16)]
pages = [{at >> 12 for at in each} for each in blocks]
at_begin = [min(each) % (memory_gaps._POOL >> 12) == 0 for each in pages]
assert sum(map(len, pages)) < 1.5 * len(pages) and sum(at_begin) > 0.8 * len(pages), blocks
"""


def test_what_is_allocated_after_startup_begins_a_pool() -> None:
    """pymalloc writes to the first page of a pool for each of its blocks."""
    subprocess.run([sys.executable, "-c", _POOLS], check=True, timeout=60)


#: As with an allocator that never puts one block beside another.
_NO_ROWS = """
from sandbox.guest import memory_gaps
def resident():
    with open("/proc/self/statm") as told:
        return int(told.read().split()[1]) * 4096
memory_gaps._ENOUGH = 1 << 30
memory_gaps.close()
before = resident()
for _ in range(4):
    memory_gaps.close()
assert resident() - before < 4 << 20
"""


def test_an_unknown_allocator_costs_a_worker_no_memory() -> None:
    """What was tried there is given back."""
    subprocess.run([sys.executable, "-c", _NO_ROWS], check=True, timeout=60)
