"""Programs that change stand-ins of the tests' objects, classes of instances, items of sets, or arrays. In one process the
tests notice, and so they do here; right programs for the same tests pass."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from plain_execution import LIMITS, Case, in_one_process, judged

from sandbox import Pool
from sandbox.backends import Backend

_THROUGH = "class E(Exception): pass\ndef cb(): raise E(1)\n"
_THROUGH += "try:\n    f(cb)\nexcept E as e:\n    assert %s\nelse:\n    assert False"
_LET_THROUGH = "def f(cb):\n    try: return cb()\n    except Exception as e:\n        %s\n        raise"
_CHAIN = "n = 0\ntry: f()\nexcept ValueError as e:\n    while e is not None:\n        n += 1\n        e = e.%s\nassert n == 4"
_RAISES = "def f(k=%d):\n    if k == 0: raise ValueError\n    try: f(k - 1)\n    except ValueError as e: raise ValueError(k)%s"
_HASHED = (
    "class P:\n    def __init__(self, x): self.x = x\n    def __eq__(self, other): return self.x == other.x\n"
    "    def __hash__(self): return hash(self.x)\n"
)
_TWO = "class A:\n    n = 0\n    def name(self): return 'A'\nclass B:\n    n = 0\n    def name(self): return 'B'\n"
_METHOD = "class P:\n    x = 0\n    def same(self): return self.x\n"
_NUMPY = "import numpy as np\n"
#: kind -> (tests, right, wrong, prelude).
PAIRS: dict[str, tuple[str, str, str, str]] = {
    "arguments of the tests' exception": (
        _THROUGH % "e.args == (1,)", _LET_THROUGH % "e.args", _LET_THROUGH % "e.args = (2,)", ""),
    "note on the tests' exception": (
        _THROUGH % "not hasattr(e, '__notes__')", _LET_THROUGH % "e.args", _LET_THROUGH % "e.add_note('n')", ""),
    "cause of the tests' exception": (
        _THROUGH % "e.__cause__ is None", _LET_THROUGH % "e.args", _LET_THROUGH % "raise e from ValueError()", ""),
    "exception that is passed": (
        "e = ValueError('a')\nassert f(e) is e\nassert e.args == ('a',)",
        "def f(e): return e", "def f(e):\n    e.args = ()\n    return e", ""),
    "name of the tests' function": (
        "def cb(x): return x\ng = f(cb)\nassert g.__name__ == 'cb'",
        "def f(cb): return cb", "def f(cb):\n    cb.__name__ = 'wrapper'\n    return cb", ""),
    "code of the tests' function": (
        "def cb(x): return x\nassert f(cb) == 1\nassert cb(2) == 2",
        "def f(cb): return cb(1)", "def f(cb):\n    cb.__code__ = (lambda x: 7).__code__\n    return 1", ""),
    "keywords of a partial": (
        "from functools import partial\np = partial(max, key=None)\nassert f(p) == 1\nassert p.keywords == {'key': None}",
        "def f(p): return p([1])", "def f(p):\n    p.keywords['key'] = 6\n    return 1", ""),
    "length of a chain of causes": (
        _CHAIN % "__cause__", _RAISES % (3, " from e"), _RAISES % (8, " from e"), ""),
    "length of a chain of contexts": (_CHAIN % "__context__", _RAISES % (3, ""), _RAISES % (8, ""), ""),
    "attributes of an exception": (
        "try: f()\nexcept ValueError as e: assert len(vars(e)) == 100",
        "def f(n=100):\n    e = ValueError()\n    vars(e).update({f'a{i}': i for i in range(n)})\n    raise e",
        "def f(n=150):\n    e = ValueError()\n    vars(e).update({f'a{i}': i for i in range(n)})\n    raise e", ""),
    "objects that can't be hashed": (
        "assert len({f(), f()}) == 2", "class C: pass\ndef f(): return C()",
        "class C: __hash__ = None\ndef f(): return C()", ""),
    "class of an argument": (
        "a = A()\nf(a)\nassert a.name() == 'A' and type(a) is A", "def f(a): a.n = 1", "def f(a): a.__class__ = B", _TWO),
    "class of an argument, changed rightly": (
        "a = A()\nf(a)\nassert a.name() == 'B' and type(a) is B", "def f(a): a.__class__ = B", "def f(a): a.n = 1", _TWO),
    "class of an argument, of the program": (
        "a = A()\nf(a)\nassert a.name() == 'A'", "def f(a): a.n = 1",
        "class C:\n    def name(self): return 'C'\ndef f(a): a.__class__ = C", _TWO),
    "class of an object that is kept": (
        "a = f()\nf()\nassert a.name() == 'A'", "K = A()\ndef f():\n    K.n += 1\n    return K",
        "K = A()\ndef f():\n    if K.n: K.__class__ = B\n    K.n += 1\n    return K", _TWO),
    "argument with something that can't be sent": (
        "p = P()\nf(p)\nassert p.x == 0", "def f(p): p.y = 5", "def f(p):\n    p.x = 2\n    p.same = 5", _METHOD),
    "the same after a request": (
        "p = P()\nf(p, lambda: 1)\nassert p.x == 0", "def f(p, cb): p.y = cb()",
        "def f(p, cb):\n    cb()\n    p.x = 2\n    p.same = 5", _METHOD),
    "item of a set that has changed": (
        "assert P(2) in f()", "def f(): return {P(2)}",
        "def f():\n    p = P(1)\n    s = {p}\n    p.x = 2\n    return s", _HASHED),
    "key of a dict that has changed": (
        "assert f()[P(2)] == 1", "def f(): return {P(2): 1}",
        "def f():\n    p = P(1)\n    s = {p: 1}\n    p.x = 2\n    return s", _HASHED),
    "items that have become equal": (
        "assert len(f()) == 1", "def f(): return frozenset({P(1), P(1)})",
        "def f():\n    p, q = P(1), P(2)\n    s = frozenset({p, q})\n    q.x = 1\n    return s", _HASHED),
    "type of an array": (
        _NUMPY + "a = np.array([1, 2])\nf(a)\nassert a.dtype == np.int64 and a[1] == 3",
        "def f(a): a[1] = 3", "def f(a):\n    a[1] = 3\n    a.dtype = 'u8'", ""),
    "array that can't be changed": (
        _NUMPY + "r = f()\nr[0] = 5\nassert r.tolist() == [5, 1, 1]", _NUMPY + "def f(): return np.ones(3)",
        _NUMPY + "def f(): return np.broadcast_to(np.ones(1), (3,))", ""),
    "class of the prompt that derives from Fraction": (
        "r = f()\nassert r == 0.5 and r + 1 == 1.5", "def f(): return C(1, 2)", "def f(): return C(1, 3)",
        "from fractions import Fraction\nclass C(Fraction): pass\n"),
    "class of the prompt that derives from date": (
        "import datetime\nassert f() == datetime.date(2020, 1, 2)", "def f(): return C(2020, 1, 2)",
        "def f(): return C(2020, 1, 3)", "from datetime import date\nclass C(date): pass\n"),
    "class of the prompt that derives from deque": (
        "assert list(f()) == [1]", "def f(): return C([1])", "def f(): return C([2])",
        "from collections import deque\nclass C(deque): pass\n"),
    "array of the tests that can't be changed": (
        _NUMPY + "a = np.zeros(3)\nf(a)\na[0] = 1\nassert a[0] == 1", "def f(a): a[1] = 2",
        "def f(a): a.setflags(write=False)", ""),
}  # fmt: skip


@pytest.fixture(scope="module")
def worker(backend: Backend) -> Iterator[Pool]:
    """One warm worker, so that each program follows the one before it."""
    with Pool(backend, workers=1, limits=LIMITS) as pool:
        yield pool


@pytest.mark.parametrize("kind", PAIRS)
def test_what_a_program_changes_is_noticed(worker: Pool, kind: str) -> None:
    """A wrong one does not pass, and right ones before and after it do, as in one process."""
    tests, right, wrong, prelude = PAIRS[kind]
    cases = [Case(f"{prelude}\n{text}", tests, prelude) for text in (right, wrong, right)]
    for said in (judged(worker, cases), in_one_process(worker, cases)):
        assert (said[0], said[2]) == ("passed", "passed")
        assert said[1] != "passed"
