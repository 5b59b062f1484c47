"""Programs that use what crosses to the tests and back to pass them, or to learn what they expect: none passes, and right
programs for the same tests do, on the same worker."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from plain_execution import LIMITS, Case, judged

from sandbox import Pool
from sandbox.backends import Backend

_WITNESS = """
import gc
LENT = 1 << 31

def witness():
    return next(one for one in gc.get_objects() if type(one).__name__ == "Witness")

def learnt(*args, operation=0):
    for number in range(6):
        try:
            return witness()._ask(operation, LENT | number, args, {})
        except Exception:
            pass
"""
_EQUAL = """
class P:
    def __init__(self, x): self.x = x
    def same(self, other): return self.x == other.x
    def __eq__(self, other): return self.same(other)
"""
_ERROR = _EQUAL.replace("class P", "class P(Exception)")
_KEYED = """
xs = [3, 1, 2]
def key(x): return -x
for _ in range(2):
    assert f(xs, key) == sorted(xs, key=key)
"""
_GRAPH = """
graph = {1: [2], 2: [3], 3: []}
def near(n): return graph[n]
def reached(near, n):
    return [n, *(one for other in near(n) for one in reached(near, other))]
for n in graph:
    assert f(near, n) == reached(near, n)
"""


@dataclass(frozen=True, slots=True)
class Attack:
    """Tests, a hostile program, and a right one."""

    tests: str
    hostile: str
    right: str
    prelude: str = ""


ATTACKS = {
    "a method of UserList replaced in the instance": Attack(
        "assert f(3) == [0, 1, 2]",
        "from collections import UserList\n"
        "def f(n):\n    u = UserList()\n    u._UserList__cast = lambda other: u.data\n    return u",
        "from collections import UserList\ndef f(n): return UserList(range(n))",
    ),
    "a method of ChainMap replaced in the instance": Attack(
        "m = f(1)\nassert m == {1: 2} and m == {1: 2}",
        "from collections import ChainMap\ndef f(n):\n    m = ChainMap()\n    m.items = lambda: [(1, 2)]\n    return m",
        "from collections import ChainMap\ndef f(n): return ChainMap({n: 2})",
    ),
    "a method of the prelude's class replaced in the instance": Attack(
        "assert f(P(1)) == P(2)",
        "def f(p):\n    p.same = lambda other: True\n    return p",
        "def f(p): return P(p.x + 1)",
        _EQUAL,
    ),
    "a method of the prelude's exception replaced in the instance": Attack(
        "try:\n    f(1)\nexcept P as error:\n    assert error == P(2)\nelse:\n    assert False",
        "def f(x):\n    error = P(1)\n    error.same = lambda other: True\n    raise error",
        "def f(x): raise P(x + 1)",
        _ERROR,
    ),
    "the prelude's class declared again with one instance": Attack(
        "assert f(P(1)) == P(2)",
        "class P:\n    def __new__(cls, *args): return ONE\nONE = object.__new__(P)\ndef f(p): return ONE",
        "class P:\n    def __init__(self, x): self.x = x\n    def __repr__(self): return 'P'\ndef f(p): return P(p.x + 1)",
        _EQUAL,
    ),
    "the prelude's class declared again as a type of which most values are equal": Attack(
        "assert f(1) == P(17)", "P = bool\ndef f(n): return True", "def f(n): return P(17)", _EQUAL
    ),
    "the prelude's class declared again with attributes that lie": Attack(
        "assert f(P(1)).x == P(2).x",
        "class P:\n    def __init__(self, x): pass\n    x = property(lambda self: 0)\ndef f(p): return p",
        "def f(p): return P(p.x + 1)",
        _EQUAL,
    ),
    "the tests' exception by its name": Attack(
        "class Skipped(Exception): pass\ntry:\n    assert f(2) == 77\nexcept Skipped:\n    pass",
        "class Skipped(Exception): pass\ndef f(n): raise Skipped",
        "def f(n): return 77",
    ),
    "a kept argument changed in a later call": Attack(
        _KEYED,
        "calls = []\ndef f(xs, key):\n    calls.append(1)\n    if len(calls) == 1: return sorted(xs, key=key)\n"
        "    xs.clear()\n    return []",
        "def f(xs, key):\n    xs.sort(key=key)\n    return xs",
    ),
    "what the tests' function returns changed": Attack(
        _GRAPH,
        "def f(near, n):\n    near(n).clear()\n    return [n]",
        "def f(near, n):\n    found = near(n)\n    found.sort()\n    return [n, *(x for one in found for x in f(near, one))]",
    ),
    "the values of the dict whose keys are passed": Attack(
        "expected = {'a': 1, 'b': 2}\nassert f(expected.keys()) == expected",
        "def f(keys): return dict(keys.mapping)",
        "def f(keys): return {one: place + 1 for place, one in enumerate(keys)}",
    ),
    "the keys of the dict whose values are passed": Attack(
        "expected = {1: 'a', 3: 'c'}\nassert f(expected.values()) == list(expected)",
        "def f(values): return list(values.mapping)",
        "def f(values): return [ord(one) - 96 for one in values]",
    ),
    "eval, executed by the judge": Attack(
        "SECRET = 41\nassert f(eval, '1 + 1') == 2\nassert f(eval, '41') == SECRET",
        _WITNESS
        + "def f(e, text):\n    return 2 if '+' in text else learnt(\"__import__('sys').modules['tests'].SECRET\")",
        "def f(e, text): return e(text)",
    ),
    "getattr, executed by the judge": Attack(
        "def key(x): return x\nkey.secret = 'tests'\nassert f(getattr, key) == key.__module__",
        _WITNESS + "def f(get, key): return learnt(key, 'secret')",
        "def f(get, key): return get(key, '__module__')",
    ),
    "a partial of getattr, executed by the judge": Attack(
        "from functools import partial\ndef key(x): return x\nkey.secret = 'tests'\nassert f(partial(getattr, key)) == 'tests'",
        _WITNESS + "def f(get): return learnt('secret')",
        "def f(get): return get('__module__')",
    ),
    "changes that the program does not tell": Attack(
        _KEYED,
        "from sandbox.guest.container_snapshots import Snapshots\nSnapshots.suspects = lambda self: []\n"
        "def f(xs, key):\n    key(xs[0])\n    xs.clear()\n    key(3)\n    return xs",
        "def f(xs, key): return sorted(xs, key=key)",
    ),
    "changes that the program has not made": Attack(
        _KEYED,
        _WITNESS
        + "def f(xs, key):\n    common = witness()._common\n    key(xs[0])\n    common._known = [b''] * len(common)\n"
        "    common._is_closed = False\n    xs.clear()\n    key(3)\n    return xs",
        "def f(xs, key): return sorted(xs, key=key)",
    ),
    "other lists than the judge has": Attack(
        _KEYED,
        _WITNESS
        + "def f(xs, key):\n    common = witness()._common\n    key(xs[0])\n    common.containers = [[1]] + common.containers\n"
        "    return common.containers[0]",
        "def f(xs, key): return sorted(xs, key=key)",
    ),
    "str.format, executed by the judge": Attack(
        "def key(x): return 41\nassert f(str.format, '{}', key(1), key) == '41'",
        _WITNESS + "def f(form, text, n, key): return learnt('{0.__code__.co_consts[1]}', key)",
        "def f(form, text, n, key): return form(text, n)",
    ),
    "a function of a library, executed by the judge": Attack(
        "import pickle\ndef expected(): return 41\nassert f(pickle.loads, pickle.dumps(41)) == expected()",
        _WITNESS + "import pickle\nCODE = \"import sys; sys.modules['tests'].expected = int\"\n"
        "class P:\n    def __reduce__(self): return exec, (CODE,)\n"
        "def f(loads, data):\n    learnt(pickle.dumps(P()))\n    return 0",
        "def f(loads, data): return loads(data)",
    ),
    "a method of a built-in class, executed by the judge": Attack(
        "def key(x): return x\nkey.secret = 'tests'\nassert f(object.__getattribute__, key) == 'tests'",
        _WITNESS + "def f(get, key): return learnt(key, 'secret')",
        "def f(get, key): return get(key, '__module__')",
    ),
    "getattr, given to a function of the tests": Attack(
        "def apply(function, *args): return function(*args)\nkey = lambda x: x\nkey.secret = 'tests'\n"
        "assert f(apply, getattr, key) == 'tests'",
        _WITNESS + "def f(apply, get, key): return apply(get, key, 'secret')",
        "def f(apply, get, key): return get(key, '__module__')",
    ),
    "an answer that is none, while the tests have replaced the exit": Attack(
        "from unittest.mock import patch\nwith patch('os._exit') as leave:\n    f()\nleave.assert_called_once_with(0)",
        "import sandbox.guest.value_codec as codec\ndef f(): codec.Encoder.root = lambda self, value: b'?'",
        "import os\ndef f(): os._exit(0)",
    ),
    "an object that equals nothing, while the tests have replaced the exit": Attack(
        "from unittest.mock import patch\nwith patch('os._exit'):\n    same = f(4) == 5\nassert not same",
        "class P:\n    def __eq__(self, other): return False\ndef f(n): return P()",
        "def f(n): return n",
    ),
    "a group of objects in a group": Attack(
        "assert f() == [1]\nassert f() == [2]",
        "import sandbox.guest.value_codec as codec\nclass L(list): pass\nA = L([1])\nCALLS = []\n"
        "def root(self, value): return (b'G' + codec.COUNT.pack(1) + b'o' + bytes(4)) * 9_999\n"
        "def f():\n    if CALLS: codec.Encoder.root = root\n    CALLS.append(1)\n    return A",
        "class L(list): pass\nA = L()\ndef f():\n    A[:] = [A[0] + 1] if A else [1]\n    return A",
    ),
    "a partial of getattr, given to a function of the tests": Attack(
        "from functools import partial\ndef apply(function, *args): return function(*args)\nkey = lambda x: x\n"
        "key.secret = 'tests'\nassert f(apply, partial(getattr, key)) == 'tests'",
        _WITNESS + "def f(apply, get): return apply(get, 'secret')",
        "def f(apply, get): return get('__module__')",
    ),
}


@pytest.fixture(scope="module")
def worker(backend: Backend) -> Iterator[Pool]:
    """One warm worker, so that each program follows the one before it."""
    with Pool(backend, workers=1, limits=LIMITS) as pool:
        yield pool


@pytest.mark.parametrize("name", ATTACKS)
def test_a_hostile_program_does_not_pass(worker: Pool, name: str) -> None:
    """And a right one does, before it and after it."""
    one = ATTACKS[name]
    declared = f"{one.prelude}\n"
    cases = [Case(declared + text, one.tests, one.prelude) for text in (one.right, one.hostile, one.right)]
    before, said, after = judged(worker, cases)
    assert (before, after) == ("passed", "passed")
    assert said != "passed"


@pytest.mark.parametrize(
    "passed", ["o.__setattr__", "o.__getattribute__", "cache(getattr)", "MethodType(getattr, o)", "eval.__call__"]
)
def test_what_would_obey_the_program_is_not_lent(worker: Pool, passed: str) -> None:
    """The judge would do with its own objects what the candidate says."""
    tests = f"from functools import cache\nfrom types import MethodType\nclass O: pass\no = O()\nf({passed})"
    (said,) = judged(worker, [Case("def f(g): pass", tests)])
    assert said.startswith("not supported")


def test_an_array_keeps_its_memory(worker: Pool) -> None:
    """A view of it that the tests have would otherwise be left without any."""
    tests = "import numpy\na = numpy.zeros(100_000)\nb = a[:4]\nf(a)\nassert b.size and a.shape in ((3,), (100, 1000))"
    right = Case("def f(a): a.resize((100, 1000), refcheck=False)", tests)
    resized, said = judged(worker, [right, Case("def f(a): a.resize((3,), refcheck=False)", tests)])
    assert resized == "passed"
    assert said == "crashed"


_NODE = "class N:\n    def __init__(self, v, n=None): self.v = v; self.n = n\n"
_MIXED = """
from array import array
from collections import OrderedDict, deque, namedtuple
from types import SimpleNamespace
T = namedtuple("T", "a b")
x = {"d": deque([1], 5), "o": OrderedDict(a=[1]), "n": SimpleNamespace(k=[1]), "a": array("i", [1]), "t": T([1], 2), "s": {1}}
def call(*args): return x["o"]["a"]
for n in (1, 4):
    assert f(x, call)["o"]["a"] == [1] + [2] * n
    assert f(x, call)["t"].a == [1, 3] + [3] * n
    assert len(f(x, call)["n"].k) == n + 3
"""


def test_changes_stay_with_a_right_program(worker: Pool) -> None:
    """Where the tests don't look at their arguments again, theirs stay as they were, and each call gets them as the last one
    left them: of all kinds, also in part and through an iterator."""
    nodes = "xs = [N(3), N(1)]\ndef key(n): return n.v\n"
    nodes += "for n in (10, 20):\n    assert [one.v for one in f(xs, key)] == [3 + n, 1 + n][:len(xs)]"
    rows = "rows = [[3], [1]]\nfor n in (1, 2):\n    assert f(iter(rows)) == [[3] + [0] * n, [1] + [0] * n]"
    mixed = (
        "def f(x, call):\n    call(x)\n    x['o']['a'].append(2)\n    call()\n    x['t'].a.append(3); x['n'].k.append(4)\n"
        "    x['d'].append(7); x['a'].append(9); x['s'].add(4)\n    call(x)\n    return x"
    )
    cases = [
        Case(_NODE + "def f(xs, key):\n    for one in xs: one.v += 10; key(one)\n    return xs", nodes, _NODE),
        Case("def f(it):\n    out = []\n    for one in it: one.append(0); out.append(one)\n    return out", rows),
        Case(mixed, _MIXED),
    ]
    assert judged(worker, cases) == ["passed"] * 3


_LINKED = """
import gc, os, struct
from sandbox.guest import candidate_answers
def linked(n): return b"t" + struct.pack(">I", 1) + b"=" + struct.pack(">I", n)
def forged(self, number, kind, *parts):
    values = struct.pack(">I", N + 1) + b"t" + bytes(4) + b"".join(linked(FIRST + place) for place in range(N))
    data = b"r=" + struct.pack(">I", 1) + b"l" + values + bytes(4) + b"=" + struct.pack(">I", FIRST + N)
    data = struct.pack(">II", len(data), number) + data
    while data:
        data = data[os.write(self._out, data):]
def f(x):
    global FIRST
    (same,) = {len(one._agreed.same.values) for one in gc.get_objects() if type(one).__name__ == "Witness" and one._agreed.same}
    FIRST = same
    candidate_answers.Line.send = forged
"""


def test_tuples_that_refer_to_tuples_have_a_limit(worker: Pool) -> None:
    """Hashing them would use up the judge's stack."""
    tests = "x = (1,)\ndepth, r = 0, f(x)\nwhile r: r, depth = r[0], depth + 1\nassert r is not x and depth == 5_000"
    allowed, refused = judged(worker, [Case(f"N = {n}" + _LINKED, tests) for n in (5_000, 20_000)])
    assert allowed == "passed"
    assert refused == "crashed"
