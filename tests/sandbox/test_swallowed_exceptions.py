"""Programs that raise what Python, unittest or asyncio take for a signal, so that tests end without failing: in one process most
of these pass. Right programs for the same tests pass, and so do those of which tests expect such an exception."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from plain_execution import LIMITS, Case, judged

from sandbox import Pool
from sandbox.backends import Backend

_RUNNER = """
import unittest
class Test(unittest.TestCase):
    def test(self):
        self.assertEqual(f(1), 2)
    def test_parts(self):
        with self.subTest(x=2):
            self.assertEqual(f(2), 3)
result = unittest.TestResult()
unittest.defaultTestLoader.loadTestsFromTestCase(Test).run(result)
assert result.wasSuccessful() and result.testsRun == 2
"""
_GROUP = """
import asyncio
async def test(x, y):
    assert await f(x) == y
async def main():
    async with asyncio.TaskGroup() as group:
        group.create_task(test(1, 2))
        group.create_task(test(2, 3))
asyncio.run(main())
"""
_ALL = "assert all(map(lambda case: f(case[0]) == case[1], [(1, 2), (2, 3)]))"
_ADDS = "def f(x): return x + 1"
_STOPS = "def f(x): raise StopIteration"
_CANCELS = "import asyncio\nasync def f(x): raise asyncio.CancelledError"
#: name -> (tests, a right program, one that raises instead).
SIGNALS: dict[str, tuple[str, str, str]] = {
    "all and map": (_ALL, _ADDS, _STOPS),
    "zip and map": ("for a, b in zip(map(f, [1, 2]), [2, 3]): assert a == b", _ADDS, _STOPS),
    "the first that is wrong": (
        "assert next(filter(lambda x: f(x) != x + 1, [1, 2]), None) is None",
        _ADDS,
        "class Stop(StopIteration): pass\ndef f(x): raise Stop",
    ),
    "a method": (
        "x = f()\nassert all(map(lambda n: x.put(n) == n, [1, 2]))",
        "class X:\n    def put(self, n): return n\ndef f(): return X()",
        "class X:\n    def put(self, n): raise StopIteration\ndef f(): return X()",
    ),
    "a property": (
        "assert all(map(lambda n: f(n).value == n, [1, 2]))",
        "class X:\n    def __init__(self, n): self.value = n\nf = X",
        "class X:\n    def __init__(self, n): pass\n    value = property(lambda self: next(iter(())))\nf = X",
    ),
    "a length": (
        "assert not any(map(lambda n: len(f(n)) != n, [1, 2]))",
        "def f(n): return [0] * n",
        "class X:\n    def __len__(self): raise StopIteration\ndef f(n): return X()",
    ),
    "the tests' own, passed through": (
        "assert all(map(lambda xs: f(iter(xs)) == 3, [[1, 2], [3]]))",
        "def f(xs): return sum(xs)",
        "def f(xs):\n    while True: next(xs)",
    ),
    "an except of another class": (f"try:\n    {_ALL}\nexcept ValueError:\n    raise", _ADDS, _STOPS),
    "a runner of unittest": (_RUNNER, _ADDS, "import unittest\ndef f(x): raise unittest.SkipTest('x')"),
    "a runner of unittest, a subclass": (
        _RUNNER,
        _ADDS,
        "import unittest\nclass Skip(unittest.SkipTest): pass\ndef f(x): raise Skip",
    ),
    "a group of tasks": (_GROUP, f"async {_ADDS}", _CANCELS),
    "tasks that are waited for": (
        "import asyncio\nasync def test(x): assert await f(x) == x + 1\n"
        "async def main(): await asyncio.wait([asyncio.ensure_future(test(1))])\nasyncio.run(main())",
        f"async {_ADDS}",
        _CANCELS,
    ),
}
_FIRST = "def f(xs): return next(iter(xs))"
_SLEEPS = "import asyncio\nasync def f(x):\n    await asyncio.sleep(60 * x)\n    return x"
#: Tests that expect such an exception, or in which it means what it usually does, and a right program.
EXPECTED: tuple[tuple[str, str], ...] = (
    ("try:\n    f([])\nexcept StopIteration: pass\nelse: assert False", _FIRST),
    ("try:\n    f([])\nexcept Exception as error: assert type(error) is StopIteration\nelse: assert False", _FIRST),
    ("try:\n    f([])\nexcept ValueError: assert False\nexcept: pass\nelse: assert False", _FIRST),
    (
        "from unittest import TestCase\nwith TestCase().assertRaises(StopIteration): f([])\nassert f([3]) == 3",
        _FIRST,
    ),
    ("def sends():\n    yield (yield from f())\nx = sends()\nassert next(x) == 1 and x.send(5) == 6",
     "def f(): return (yield 1) + 1"),
    ("import unittest\ntry:\n    f(1)\nexcept unittest.SkipTest as error: assert str(error) == 'x'\nelse: assert False",
     "import unittest\ndef f(x): raise unittest.SkipTest('x')"),
    ("assert list(zip(f(2), f(3))) == [(0, 0), (1, 1)]", "def f(n): return iter(range(n))"),
    ("import asyncio\nasync def main():\n    try: await asyncio.wait_for(f(1), 0.02)\n    except TimeoutError: return 1\n"
     "assert asyncio.run(main()) == 1", _SLEEPS),
    ("import asyncio\nasync def main():\n    left = asyncio.ensure_future(f(1))\n    return await f(0)\n"
     "assert asyncio.run(main()) == 0", _SLEEPS),
    ("import asyncio\nasync def main():\n    async with asyncio.TaskGroup() as group:\n        for x in (0, 1):\n"
     "            group.create_task(f(x))\ntry: asyncio.run(main())\nexcept* ValueError: pass\nelse: assert False",
     "import asyncio\nasync def f(x):\n    await asyncio.sleep(60 * x)\n    raise ValueError"),
)  # fmt: skip


@pytest.fixture(scope="module")
def worker(backend: Backend) -> Iterator[Pool]:
    """One warm worker, so that each program follows the one before it."""
    with Pool(backend, workers=1, limits=LIMITS) as pool:
        yield pool


def test_no_program_ends_the_tests_by_a_signal(worker: Pool) -> None:
    """It fails with the exception that it has raised."""
    found = judged(worker, [Case(right, tests) for tests, right, _ in SIGNALS.values()])
    assert [(name, said) for name, said in zip(SIGNALS, found, strict=True) if said != "passed"] == []
    found = judged(worker, [Case(wrong, tests) for tests, _, wrong in SIGNALS.values()])
    assert {said.split(":")[0].split()[-1] for said in found} == {
        *("StopIteration", "Stop", "SkipTest", "Skip", "CancelledError")
    }


def test_tests_may_expect_it(worker: Pool) -> None:
    """By a name in their text; and iterators and time limits use such exceptions themselves."""
    found = judged(worker, [Case(program, tests) for tests, program in EXPECTED])
    assert [(one, said) for one, said in zip(EXPECTED, found, strict=True) if said != "passed"] == []
