"""Tests that change settings or patch modules do so for themselves alone: the next sample's tests have another judge."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sandbox import Job, Limits, Pool, Tests
from sandbox.backends import Backend
from sandbox.guest.lasting_effects import may_last

LIMITS = Limits(cpu_s=30.0, wall_s=60.0)

#: What tests change, and other tests that notice it.
LEFT = {
    "warnings": ("import warnings\nwarnings.simplefilter('error')", "import warnings\nwarnings.warn('x')"),
    "decimal": ("import decimal\ndecimal.getcontext().Emax = 3", "from decimal import Decimal\nDecimal(10) ** 9"),
    "alarm": (
        "import signal\nsignal.alarm(1000)",
        "import signal\nassert signal.getitimer(signal.ITIMER_REAL) == (0, 0)",
    ),
    "streams": ("import sys\nsys.stdout = None", "import sys\nsys.stdout.write('')"),
    "a patched module": ("import math\nmath.sqrt = None", "import math\nassert math.sqrt(4) == 2"),
    "a patched class": (
        "from collections import Counter\nsetattr(Counter, '__eq__', lambda *_: True)",
        "from collections import Counter\nassert Counter('a') != Counter('b')",
    ),
    "a patched namespace": ("import math\nvars(math)['sqrt'] = None", "import math\nassert math.sqrt(4) == 2"),
    "a registered class": (
        "from collections.abc import Sequence\nSequence.register(set)",
        "from collections.abc import Sequence\nassert not isinstance(set(), Sequence)",
    ),
    "limits": ("import resource as r\nr.setrlimit(r.RLIMIT_NOFILE, (8, 8))", "[open('/dev/null') for _ in range(20)]"),
}


@pytest.fixture(scope="module")
def judged(backend: Backend) -> Iterator[Pool]:
    """One warm worker."""
    with Pool(backend, workers=1, limits=LIMITS) as pool:
        yield pool


@pytest.mark.parametrize("what", LEFT)
def test_what_tests_change_is_not_there_for_the_next(judged: Pool, what: str) -> None:
    """The same tests pass before and after others that changed what they use."""
    changes, notices = (f"{text}\nassert f(1) == 1\n" for text in LEFT[what])
    for tests in (notices, changes, notices):
        outcome = judged.submit(Job("def f(n): return n", "f", (), LIMITS, "assert", Tests(tests))).result(timeout=120)
        assert outcome.ruling is not None
        assert (outcome.status, outcome.ruling.status) == ("completed", "passed"), outcome


#: Tests of which something ends when the collector finds it, in the middle of a later sample.
LATE = {
    "a call in a destructor": "class D:\n    def __del__(self): f(5)\nd = D()\nc = [d]\nc.append(c)\nf(1)\n",
    "a call in a finally": "def g():\n    try:\n        yield f(1)\n    finally:\n        f(2)\ng = g()\nnext(g)\n",
    "a comparison in a finally": "def g(v):\n    try:\n        yield 1\n    finally:\n        v == 3\ng = g(f(1))\nnext(g)\n",
}
RIGHT = "class C:\n    def __eq__(self, other): return True\n\ndef f(n): return C() if n == 1 else n\n"
#: Makes so many objects that the collector runs several times.
BUSY = "for n in range(30):\n    lists = [[each] for each in range(400)]\n    assert f(n + 2) == n + 2\n"


@pytest.mark.parametrize("what", LATE)
def test_what_ends_late_has_no_part_in_the_next_sample(judged: Pool, what: str) -> None:
    """It neither asks the next program nor fails it."""
    for _ in range(2):
        for tests in (LATE[what], BUSY, BUSY):
            outcome = judged.submit(Job(RIGHT, "f", (), LIMITS, "assert", Tests(tests))).result(timeout=120)
            assert outcome.ruling is not None
            assert (outcome.status, outcome.ruling.status) == ("completed", "passed"), outcome


@pytest.mark.parametrize(
    "source",
    [
        "def check(candidate):\n    import math, random\n    assert candidate([1], b={2}) == math.pi, 'text'\n",
        "from typing import *\nimport collections.abc\ndef helper(n):\n    x = [0]\n    x[0] += n\n    return x\n",
        "class Case:\n    size = 3\n    def test(self): assert f(self.size)\n",
    ],
)
def test_ordinary_tests_change_nothing(source: str) -> None:
    """Imports without settings, items, classes."""
    assert not may_last(compile(source, "tests", "exec"))


@pytest.mark.parametrize(
    "source",
    [
        "import warnings",
        "def check(c):\n    def inner():\n        from os import environ\n    inner()\n",
        "math.sqrt = f",
        "del math.sqrt",
        "check = lambda c: setattr(c, 'x', 1)",
        "class A:\n    from sys import path\n",
        "\n".join([f"v{number}.a" for number in range(70_000)] + ["import locale"]),
    ],
    ids=["import", "deep", "store", "delete", "setattr", "class", "many names"],
)
def test_what_may_last(source: str) -> None:
    """Wherever it stands; also where a name's number takes more than a byte."""
    assert may_last(compile(source, "tests", "exec"))


def test_the_number_of_a_name_may_be_large() -> None:
    """An import after 70,000 names is still read as that import."""
    source = "\n".join([f"v{number}.a" for number in range(70_000)] + ["import math"])
    assert not may_last(compile(source, "tests", "exec"))
