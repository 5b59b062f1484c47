"""Programs that change or keep what the tests pass to them, and tests that don't check it afterwards but pass it again, or change
it themselves: what one process says, the judge says."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from plain_execution import LIMITS, Case, in_one_process, judged

from sandbox import Pool
from sandbox.backends import Backend

_SUM = "def f(xs): return sum(xs)"
_EMPTIES = "def f(xs):\n    total = 0\n    while xs: total += xs.pop()\n    return total"
_MERGES = "def f(a, b):\n    a.update(b)\n    return a"
_ADDS = (
    "class f:\n    def __init__(self, xs): self.xs = %s\n    def add(self, x): self.xs.append(x); return len(self.xs)\n"
)
_ADDS += "    def total(self): return sum(self.xs)\n    def all(self): return self.xs"
_COPIES, _KEEPS = _ADDS % "list(xs)", _ADDS % "xs"
_GRID = "def f(g):\n    n = 0\n    for row in g:\n        for i, one in enumerate(row): n += one%s\n    return n"
_BESIDE = _GRID.replace("(g)", "(g, w)").replace("n = 0", "n = len(w)")
_UNITTEST = (
    "import unittest\nclass T(unittest.TestCase):\n%s\nunittest.defaultTestLoader.loadTestsFromTestCase(T).debug()"
)
_TWO = "    def test_a(self): self.assertEqual(f(self.x), 6)\n    def test_b(self): self.assertEqual(f(self.x), 6)"
_OWN_CALL = "def test():\n    def run(x, n): assert f(x) == n\n    "
#: Tests that pass one container to the program twice; a program that has changed it the first time fails the second time.
_AGAIN = {
    "class of unittest": _UNITTEST % f"    x = [3, 1, 2]\n{_TWO}",
    "setUpClass": _UNITTEST % f"    @classmethod\n    def setUpClass(cls): cls.x = [3, 1, 2]\n{_TWO}",
    "setUp": _UNITTEST
    % "    def setUp(self): self.x = [3, 1, 2]\n    def test(self):\n        for _ in '12': self.assertEqual(f(self.x), 6)",
    "message": "x = [3, 1, 2]\nassert f(x) == 6, f'for {x}'\nassert f(x) == 6, f'for {x}'",
    "item": "x = {'a': [3, 1, 2]}\nassert f(x['a']) == 6\nassert f(x['a']) == 6",
    "cases": "CASES = [([3, 1, 2], 6), ([1], 1)]\nfor _ in range(2):\n    for x, n in CASES: assert f(x) == n",
    "starred cases": "CASES = [(([3, 1, 2],), 6)] * 2\nfor x, n in CASES: assert f(*x) == n",
    "lists of inputs and results": "X, N = [[3, 1, 2], [1]], [6, 1]\nfor _ in '12':\n    for x, n in zip(X, N): assert f(x) == n",
    "one list in two inputs": "x = [3, 1, 2]\nfor one in [[x], [x]]: assert f(*one) == 6",
    "function": "def x(known=[3, 1, 2]): return known\nassert f(x()) == 6\nassert f(x()) == 6",
    "function of the tests": _OWN_CALL + "x = ([3, 1, 2],)\n    run(*x, 6)\n    run(*x, 6)\ntest()",
    "callback": "x = {'a': [3, 1, 2]}\nfor _ in '12': assert (lambda run: run(x['a']))(f) == 6",
}
#: kind -> (tests, right, wrong).
_OTHERS = {
    "dict that is updated": (
        "x = {'a': {1: 1}}\nfor n in (2, 3): assert f(x['a'], {n: n}) == {1: 1, n: n}",
        "def f(a, b): return {**a, **b}", _MERGES),
    "updated dict": (
        "x = {'a': {1: 1}}\nassert f(x['a'], {2: 2}) == {1: 1, 2: 2}\nassert f(x['a'], {3: 3}) == {1: 1, 2: 2, 3: 3}",
        _MERGES, "def f(a, b): return {**a, **b}"),
    "rows": (
        "X = {'grid': [[1, 0], [1, 1]]}\nfor _ in '12': assert f(X['grid']) == 3", _GRID % "", _GRID % "; row[i] = 0"),
    "program that keeps its argument": (
        _UNITTEST % "    x = [3]\n    def test_a(self): assert f(self.x).add(1) == 2\n    test_b = test_a",
        _COPIES, _KEEPS),
    "kept argument that the tests change": ("x = [3]\no = f(x)\nx.append(4)\nassert o.total() == 3", _COPIES, _KEEPS),
    "kept argument that the tests sort": ("x = [3, 1]\no = f(x)\nx.sort()\nassert o.all() == [3, 1]", _COPIES, _KEEPS),
    "kept argument that the tests clear": (
        _UNITTEST % "    def setUp(self): self.x = [3]; self.o = f(self.x)\n"
        "    def test(self):\n        self.x.clear()\n        self.assertEqual(self.o.total(), 3)", _COPIES, _KEEPS),
    "lazy program": (
        "x = [1]\ng = f(x)\nx.append(2)\nassert list(g) == [1, 2]",
        "def f(x): yield from x", "def f(x): return iter(tuple(x))"),
    "argument that the tests change": (
        "x = {'a': [1]}\nassert f(x['a']) == 1\nx['a'].append(2)\nx['a'][:] = [5]\nassert f(x['a']) == 5", _SUM,
        "def f(xs):\n    xs.append(7)\n    return sum(xs) - 7 if len(xs) == 2 and xs[0] == 1 else 0"),
    "list of the tests beside one that is changed": (
        "d = {'g': [[1, 0], [1, 1]], 'w': [1]}\nassert f(d['g'], d['w']) == 4\nd['w'].append(2)\nassert f(d['g'], d['w']) == 5",
        _BESIDE % "", _BESIDE % "; row[i] = 0"),
    "table of cases of which the tests change a part": (
        "X = [([[1, 1]], [])]\nfor k in range(3):\n    for g, w in X:\n        assert f(g, w) == 2 + len(w)\n        w.append(k)",
        _BESIDE % "", _BESIDE % "; row[i] = 0"),
    "row that the tests add": (
        "x = {'g': [[1, 0], [1]]}\nassert f(x['g']) == 2\nx['g'].append([1])\nassert f(x['g']) == 3",
        _GRID % "", _GRID % "; row[i] = 0"),
    "item that the tests add to a row": (
        "x = {'g': [[1, 0], [1]]}\nassert f(x['g']) == 2\nx['g'][1].append(1)\nassert f(x['g']) == 3",
        _GRID % "", _GRID % "; row[i] = 0"),
    "key that the tests add": (
        "x = {'a': {1: 1}}\nassert f(x['a']) == 1\nx['a'][2] = 5\nassert f(x['a']) == 6",
        "def f(d): return sum(d.values())", "def f(d):\n    n = sum(d.values())\n    d[1] = 0\n    return n"),
    "kept argument that both change": (
        "x = {'a': [3]}\no = f(x['a'])\nassert o.add(4) == 2\nx['a'].append(5)\nassert o.all() == [3, 4, 5]", _KEEPS, _COPIES),
    "copied argument that both change": (
        "x = {'a': [3]}\no = f(x['a'])\nassert o.add(4) == 2\nx['a'].append(5)\nassert o.all() == [3, 4]", _COPIES, _KEEPS),
    "large arguments": (
        "X = {n: [[1] * 40 for _ in range(900)] for n in 'ab'}\nfor n in 'aba': assert f(X[n]) == 36_000",
        _GRID % "", _GRID % "; row[i] = 0"),
    "result that is the argument": (
        "x = {'a': [1]}\nr = f(x['a'])\nassert r == [1, 0]\nassert f(x['a']) == [1, 0, 0] and f(r)[-2:] == [0, 0]",
        "def f(x):\n    x.append(0)\n    return x", "def f(x): return [*x, 0]"),
}  # fmt: skip
_REQUESTS = "def f(xs, call=len):\n    call(xs)\n    n = 0\n    while xs: n += xs.pop()\n    call(xs)\n    return n"
_AGAIN_WITH_CALLBACK = "x = {'a': [3, 1, 2]}\ndef call(one): return one\nfor _ in '12': assert f(x['a'], call) == 6"


@pytest.fixture(scope="module")
def worker(backend: Backend) -> Iterator[Pool]:
    """One warm worker."""
    with Pool(backend, workers=1, limits=LIMITS) as pool:
        yield pool


def _pairs() -> dict[str, tuple[str, str, str]]:
    pairs = {kind: (tests, _SUM, _EMPTIES) for kind, tests in _AGAIN.items()}
    right = "def f(xs, call):\n    call(xs)\n    return sum(xs)"
    return {**pairs, **_OTHERS, "callback between": (_AGAIN_WITH_CALLBACK, right, _REQUESTS)}


def test_what_a_program_has_left_is_what_it_gets_again(worker: Pool) -> None:
    """Wrong programs fail because of it, in both ways of execution, and right ones pass."""
    pairs = _pairs()
    for place, expected in ((1, True), (2, False)):
        cases = [Case(pair[place], pair[0]) for pair in pairs.values()]
        for told in (in_one_process(worker, cases), judged(worker, cases)):
            assert [kind for kind, said in zip(pairs, told, strict=True) if (said == "passed") is not expected] == []


def test_what_the_tests_expect_is_not_computed_from_it(worker: Pool) -> None:
    """Theirs stay as they were; many containers are passed as they are."""
    tests = "X = {'a': [3, 1, 2]}\nfor n in (6, 0): assert f(X['a']) == n * sum(X['a']) / 6"
    many = "X = [[n] for n in range(1, 3_000)]\nfor _ in '12':\n    for x in X[1:]: f(x)\nassert f(X[0]) == 1"
    kept = "K = []\ndef f(xs):\n    K.append(xs)\n    return sum(map(sum, K))"
    slots = "X = [[1] for _ in range(50)]\nassert [f(x) for x in X][-1] == 50\nX[0].append(5)\nassert f([1]) == 56"
    cases = [Case(_EMPTIES, tests), Case(_EMPTIES, many), Case(kept, slots), Case(_SUM, many)]
    assert judged(worker, cases) == ["passed"] * len(cases)


def test_a_large_argument_that_is_passed_again_is_as_it_was_left(worker: Pool) -> None:
    """Copies of large ones are not kept, but a program that changes its arguments has to pass without copies as well."""
    tests = "X = [[1] * 100_000 for _ in range(9)]\nfor x in X: assert f(x) == 100_000\nassert f(X[8]) < 1 < f(X[0])"
    assert "passed" not in [*judged(worker, [Case(_EMPTIES, tests)]), *in_one_process(worker, [Case(_EMPTIES, tests)])]


_SEARCHES = """
from sandbox.guest import candidate_answers, questions
K = []
def f(xs):
    K.append(xs)
    xs.clear()
    return [1, 2, 3]
own = candidate_answers.Witness._encode
def forged(self, value, known, before):
    flag, parts, new, held = own(self, value, known, before)
    for xs in K: xs[:] = [0, 0, 0]
    return flag, parts, new, True
candidate_answers.Witness._encode = forged
"""


def test_a_program_does_not_change_what_the_tests_have(worker: Pool) -> None:
    """By keeping it, and saying so of everything."""
    tests = "X = {'a': [3, 1, 2]}\nfor _ in '123': assert f(X['a']) == sorted(X['a'])"
    (said,) = judged(worker, [Case(_SEARCHES, tests)])
    assert said == "passed"
