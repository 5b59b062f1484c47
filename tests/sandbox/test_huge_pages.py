"""The interpreter's code in huge pages: the same code at the same place, or nothing is changed."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from sandbox import Job, Pool
from sandbox.backends import Backend

_ENABLED = Path("/sys/kernel/mm/transparent_hugepage/enabled")


def _given() -> bool:
    return _ENABLED.exists() and "[never]" not in _ENABLED.read_text()


needs_huge_pages = pytest.mark.skipif(not _given(), reason="the kernel gives no huge pages")

#: Prints how much was moved, in huge pages that hold code, after work that uses the interpreter all over.
_MOVED = """
import ctypes, decimal, json, re, resource
from sandbox.guest import huge_pages
inside = ctypes.cast(ctypes.pythonapi.PyObject_Malloc, ctypes.c_void_p).value
start, end = huge_pages._interpreter(inside)
code = ctypes.string_at(start, end - start)
{before}
moved = huge_pages.move_code()
resource.setrlimit(resource.RLIMIT_AS, (-1, -1))
assert ctypes.string_at(start, end - start) == code, "another code"
assert json.loads(json.dumps({{"a": [1.5, None]}})) == {{"a": [1.5, None]}}
assert sorted(map(str, range(1000)))[4] == "101" and re.sub("b+", "c", "abba") == "aca"
try:
    raise ValueError(decimal.Decimal("1.5"))
except ValueError as error:
    assert error.args == (decimal.Decimal("1.5"),)
print(moved)
"""


def _moved(before: str = "") -> int:
    done = subprocess.run(
        [sys.executable, "-c", _MOVED.format(before=before)], check=True, stdout=subprocess.PIPE, text=True, timeout=60
    )
    return int(done.stdout)


@needs_huge_pages
def test_the_code_is_the_same_afterwards() -> None:
    assert _moved() > 0


@pytest.mark.parametrize(
    "before",
    [
        pytest.param("huge_pages._SIZE = 1 << 40", id="another size"),
        pytest.param("huge_pages._huge_bytes = lambda start: 0", id="no huge page"),
        pytest.param("resource.setrlimit(resource.RLIMIT_AS, (1 << 20, -1))", id="no memory"),
        pytest.param("huge_pages.mmap.PROT_EXEC = 1 << 20", id="no code outside of files"),
        pytest.param("huge_pages._MREMAP_FIXED = 1 << 20", id="not movable"),
        pytest.param("huge_pages._mappings = lambda: iter(())", id="no file"),
    ],
)
def test_otherwise_nothing_is_changed(before: str) -> None:
    assert _moved(before) == 0


@needs_huge_pages
def test_workers_have_it(backend: Backend) -> None:
    source = "def f():\n    with open('/proc/self/smaps') as file:\n        return file.read()\n"
    with Pool(backend, workers=1) as pool:
        outcome = pool.submit(Job(source, "f", ("{}",))).result()
    if outcome.observations[0].status == "raised":
        pytest.skip("this worker's processes can't read their own mappings")
    text = str(outcome.observations[0].text)
    huge = [int(found) for found in re.findall(r"AnonHugePages: +(\d+) kB", text)]
    assert sum(huge) >= 2048
