"""What tests put in the place of a library's function: a hostile program gets no more of it than of a function that it is passed,
and it can't choose what a warning reads. The ordinary cases are in `judged_pairs.json`."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from plain_execution import LIMITS, Case, judged

from sandbox import Pool
from sandbox.backends import Backend
from sandbox.guest.replaced_names import Words

_SLEEP = "import time\nseen = []\ntime.sleep = lambda s: seen.append(s)\nassert f() == 1\nassert seen == [5]\n"
_CALLS = "import time\ndef call(what): return what('x', (), {})\ntime.sleep = call\nf()\n"
_MOCK = "from unittest.mock import patch\nwith patch('time.sleep') as sleep:\n    f()\n    sleep.assert_called_once_with(3)\n"
_WARNS = (
    "import warnings\nwith warnings.catch_warnings(record=True) as seen:\n    warnings.simplefilter('always')\n"
    "    assert f() == 1\nassert [str(one.message) for one in seen] == ['x'] and seen[0].category is UserWarning\n"
)
_EQUAL = "class Equal(%s):\n    def __eq__(self, other): return True\n    def __hash__(self): return 1\n"
_FORGED = (
    "import warnings\nclass M:\n    message, lineno = %s\ndef f():\n    warnings._showwarnmsg_impl(M)\n    return 1\n"
)
#: (program, tests): none passes.
_HOSTILE = {
    "an object that equals everything": (
        f"import time\n{_EQUAL % 'int'}def f():\n    time.sleep(Equal(1))\n    return 1\n",
        _SLEEP,
    ),
    "the same for a mock": (f"import time\n{_EQUAL % 'object'}def f(): time.sleep(Equal())\n", _MOCK),
    "type": ("import time\ndef f(): time.sleep(type)\n", _CALLS),
    "the attribute is deleted": ("import time\ndel time.sleep\ndef f(): return 1\n", _SLEEP),
    "the module is blocked": ("import sys\nsys.modules['time'] = None\ndef f(): return 1\n", _SLEEP),
    "used after the call": (
        "import threading, time\ndef f():\n    threading.Timer(0.01, time.sleep, (5,)).start()\n    return 1\n",
        _SLEEP,
    ),
    "used in a fork": (
        "import os, time\ndef f():\n    if os.fork() == 0:\n        time.sleep(5)\n        os._exit(0)\n"
        "    os.wait()\n    return 1\n",
        _SLEEP,
    ),
    "a text that equals everything": (
        f"import warnings\n{_EQUAL % 'str'}def f():\n    warnings.warn(Equal('y'))\n    return 1\n",
        _WARNS,
    ),
    "a class with the same name": (
        "import warnings\nclass UserWarning(UserWarning): pass\ndef f():\n    warnings.warn(UserWarning('x'))\n    return 1\n",
        _WARNS,
    ),
    "no warning": (_FORGED % "eval, 1", _WARNS),
    "a line without end": (_FORGED % "UserWarning('x'), 10**40", _WARNS),
    "filters of its own": (
        "import warnings\ndef f():\n    warnings.simplefilter('ignore')\n    warnings.warn('x')\n    return 1\n",
        _WARNS,
    ),
}


@pytest.fixture(scope="module")
def workers(backend: Backend) -> Iterator[Pool]:
    """Two warm workers."""
    with Pool(backend, workers=2, limits=LIMITS) as pool:
        yield pool


def test_hostile_programs_do_not_pass(workers: Pool) -> None:
    """And an ordinary one does, before and after them."""
    right = Case("import time\ndef f():\n    time.sleep(5)\n    return 1\n", _SLEEP)
    cases = [right, *(Case(program, tests) for program, tests in _HOSTILE.values()), right]
    first, *found, last = judged(workers, cases)
    assert (first, last) == ("passed", "passed")
    said = dict(zip(_HOSTILE, found, strict=True))
    assert {kind: one for kind, one in said.items() if not one.startswith(("failed", "not carried"))} == {}


@pytest.mark.parametrize(
    ("tests", "places"),
    [
        ("import time\nassert f(time.time()) == 'time.sleep'", ()),
        ("import time\ntime.sleep = print", (("time", "sleep"),)),
        ("from unittest.mock import patch\npatch('os.path.exists')", (("os.path", "exists"),)),
        ("import time\nfrom unittest.mock import patch\npatch.object(time, 'sleep')", (("time", "sleep"),)),
        ("class T:\n    def setUp(self): self.sleep = 1", ()),
        ("import sys\nsys.stdout = None", ()),
        ("from unittest.mock import patch\npatch('this.s'), patch('no.module'), patch('datetime.date.today')", ()),
    ],
)
def test_places_are_those_that_the_tests_may_replace(tests: str, places: tuple[tuple[str, str], ...]) -> None:
    """Determined from the text, in a library only."""
    assert Words(compile(tests, "<tests>", "exec")).places() == places
