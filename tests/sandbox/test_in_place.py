"""Whether tests look at their arguments again is read from their text."""

from __future__ import annotations

import pytest
from plain_execution import LIMITS, Case, judged

from sandbox import Job, Pool, SandboxError, Tests, mutated_arguments
from sandbox.mutated_arguments import sees_arguments


@pytest.mark.parametrize(
    "source",
    [
        "x = [3, 1]\ncandidate(x)\nassert x == [1, 3]\n",
        "def check(candidate):\n    x = [3, 1]\n    assert candidate(x) is None\n    assert x == [1, 3]\n",
        "x = [1]\nn = candidate([x])\nassert x[0] == n\n",
        "x = {}\ncandidate(1, into=x)\nif x:\n    pass\n",
        "x = [1]\ntry:\n    candidate(*x)\nexcept ValueError:\n    assert x == []\n",
        "for x in ([1], [2]):\n    candidate(x)\n    assert not x\n",
        "x = [[1]]\ncandidate(x[0])\nassert x == [[]]\n",
        "x = [1]\ncandidate(x)\nassert sorted(x) == [1]\n",
        "x = [1]\nassert candidate(x) is None\nassert len(x) == 1\n",
        "x = [1, 1]\nn = candidate(x)\nassert x[:n] == [1]\n",
        "x = [1, 1]\nn = candidate(x)\nassert sorted(x[:n]) == [1]\n",
        "def both(x): return candidate(x), x\nassert both([1]) == (1, [1])\n",
        "use(lambda x=[1]: [candidate(x), x])\n",
        "use(lambda x=[1]: [candidate(x), list(x)])\n",
        "x = [1, 1]\nn = candidate(x)\ny = sorted(x[:n])\nassert all(a == b for a, b in zip(y, [1]))\n",
        "x = [1]\ny = candidate(x)\nif not x:\n    pass\n",
        "x = [1]\nassert candidate(x) == 1 and x == [1]\n",
        "x = [1]\nassert (candidate(x), x) == (1, [1])\n",
        "x = [1]\nr = candidate(x)\nmatch x:\n    case [1]: pass\n    case _: assert False\n",
        "x = [1]\nr = candidate(x)\nassert next(iter(x)) == 1\n",
        "import json\nx = [1]\nr = candidate(x)\nassert json.dumps(x) == '[1]'\n",
        "x = ['a']\nr = candidate(x)\nassert ''.join(x) == 'a'\n",
        "import numpy as np\na = np.array([1])\nr = candidate(a)\nassert np.array_equal(a, [1])\n",
        "import numpy as np\na = np.array([1])\nr = candidate(a)\nnp.testing.assert_array_equal(a, [1])\n",
        "class T:\n    def test(self):\n        x = [1]\n        r = candidate(x)\n        self.assertEqual(x, [1])\n",
        "def same(a, b):\n    assert a == b\nx = [1]\nr = candidate(x)\nsame(x, [1])\n",
        "class C: pass\no = C()\nr = candidate(o)\nassert o.get() == 1\n",
        "def first(o): return o[0]\nx = [1]\nr = candidate(x)\nassert first(x) == 1\n",
        "X = [1]\ndef test():\n    assert candidate(X) == 1\ntest()\nassert X == [1]\n",
        "X = [1]\ndef same(): assert X == [1]\nr = candidate(X)\nsame()\n",
        "x = [1]\nr = candidate(x)\ny = sorted(x)\nassert y == [1]\n",
        "x = [1]\nassert candidate(x) == 1\nassert candidate(x) == 1\n",
        "b = bytearray(b'a')\ncandidate(memoryview(b))\nassert b == b'b'\n",
        "import numpy as np\nb = [1]\ncandidate(np.asarray(b))\nassert b == [1]\n",
        "x = [1]\nassert candidate(x) is None and x == [1]\n",
        "x = {}\n@candidate(x)\ndef g(): pass\nassert list(x) == ['g']\n",
        "import io\nx = io.StringIO()\ny = candidate(x)\nassert x.getvalue() == ''\n",
        "x = [1]\nr = candidate(x)\nassert sorted(x, key=lambda y: -y) == [1]\n",
        "x = [1]\nr = candidate(x)\nassert sorted(x, reverse=True) == [1]\n",
        "x = [1]\nr = candidate(x)\nassert list(map(str, x)) == ['1']\n",
        "x = [1]\nr = candidate(x)\nsame = lambda a: a == [1]\nassert same(x)\n",
        "x = [1]\nr = candidate(x)\nassert (lambda a: a == [1])(x)\n",
        "import operator\nx = [1]\nr = candidate(x)\nassert operator.eq(x, [1])\n",
        "from itertools import chain\nx = [1]\nr = candidate(x)\nassert list(chain(x, [2])) == [1, 2]\n",
        "from functools import reduce\nx = [1]\nr = candidate(x)\nassert reduce(lambda a, b: a + b, x, 0) == 1\n",
        "class P: pass\nfrom dataclasses import asdict\nx = P(1)\nr = candidate(x)\nassert asdict(x) == {'a': 1}\n",
        "class P: pass\nx = P(1)\nr = candidate(x)\nassert vars(x) == {'a': 1}\n",
        "x = [1]\nr = candidate(x)\nassert str.join(',', map(str, x)) == '1'\n",
        "x = [1]\nr = candidate(x)\nn = 0\nn += sum(x)\nassert n == 1\n",
        "x = [1]\nr = candidate(x)\nn = 0\nfor one in x: n += one\nassert n == 1\n",
        "x = [1]\nr = candidate(x)\ny = []\ny.extend(x)\nassert y == [1]\n",
        "x = [1]\nr = candidate(x)\ny = [a for a in x]\nassert y == [1]\n",
        "x = [1]\ny = {}\ny['a'] = x\nr = candidate(y['a'])\nassert x == [1]\n",
        "class P: pass\nx = P(1)\ny = P(2)\ny.next = x\nr = candidate(y.next)\nassert x.a == 1\n",
        "x = {'a': [1]}\nr = candidate(x.get('a'))\nassert x == {'a': [1]}\n",
        "x = {'a': [1]}\nfor y in x.values(): r = candidate(y)\nassert x == {'a': [1]}\n",
        "x = [[1]]\nr = candidate(next(iter(x)))\nassert x == [[1]]\n",
        "x = [1]\nassert [candidate(x), x] == [1, [1]]\n",
        "x = [1]\nassert all([candidate(x) == 1, x == [1]])\n",
        "x = [1]\nif candidate(x) != 1 or x != [1]: raise AssertionError\n",
        "x = [1]\nok = candidate(x) == 1 and x == [1]\nassert ok\n",
        "assert all(candidate(x) == y and x == z for x, y, z in CASES)\n",
        "x = [1]\nassert candidate(x) is not x\n",
        "x = y = [1]\nr = candidate(x)\nassert y == [1]\n",
        "x[0] = y = z = [1]\nr = candidate(z)\nassert x == {0: [1]} and y\n",
        "assert candidate(x := [1]) == 1\nassert x == [1]\n",
        "def test():\n    x = [1]\n    def same(): assert x == [1]\n    assert candidate(x) == 1\n    same()\n",
        "def test():\n    x = [1]\n    def go(): return candidate(x)\n    assert go() == 1\n    assert x == [1]\n",
        "X = [1]\ndef a(): assert candidate(X) == 1\ndef b(): assert len(X) == 1\n",
        "class T:\n    def a(self): assert candidate(self.x) == 1\n    def b(self): assert self.x == [1]\n",
        "fs = [candidate]\ndef go(x): return fs[0](x)\nx = [1]\nassert go(x) == 1\nassert x == [1]\n",
        "class C: run = staticmethod(candidate)\ndef go(x): return C.run(x)\nx = [1]\nassert go(x) == 1\nassert x == [1]\n",
        "class C:\n    def __init__(self, x): self.r = candidate(x)\nx = [1]\nassert C(x).r == 1\nassert x == [1]\n",
        "sorted = candidate\nx = [1]\nassert sorted(x) == 1\nassert x == [1]\n",
        "x = [1]\nfor _ in range(2): assert candidate(x) == 1\n",
        "x = [1]\nassert [candidate(x) for _ in range(2)] == [1, 1]\n",
        "x = [1] * 2\nassert candidate(x) == 1\nassert candidate(x) == 1\n",
        "from types import SimpleNamespace as N\no = N(x=[1])\nr = candidate(o.x)\nassert len(o.x) == 1\n",
        "from collections import namedtuple\nP = namedtuple('P', 'x')\no = P([1])\nr = candidate(o.x)\nassert len(o.x) == 1\n",
        "from collections import defaultdict\no = defaultdict(list)\nr = candidate(o['a'])\nassert len(o['a']) == 1\n",
        "x, n = [1], 1\nassert candidate(x) == n\nassert candidate(x) == n\n",
        "for x in ([1], [2]):\n    r = candidate(x)\n    assert r == candidate(x)\n",
    ],
)
def test_arguments_that_are_looked_at(source: str) -> None:
    """A name that was passed, and is read in a later statement."""
    assert sees_arguments(Tests(source))


@pytest.mark.parametrize(
    "source",
    [
        "assert candidate([3, 1]) == [1, 3]\n",
        "x = [1]\nassert candidate(x) == reference(x)\n",
        "x = [1]\ny = candidate(x)\nassert y == reference(x)\n",
        "for x in CASES:\n    y = candidate(x)\n    z = reference(x)\n    assert y == z\n",
        "x = [1]\ny = candidate(x)\nassert y == sorted(x)\n",
        "for x in CASES:\n    assert candidate(x) == reference(x)\n",
        "for args, expected in zip(CASES, WANTED):\n    assert candidate(*args) == expected\n",
        "x = [1]\ncandidate(x)\nx = [2]\nassert x\n",
        "def check(candidate):\n    assert candidate('a') == 1\ncheck(f)\n",
        "def reference(x): return sorted(x)\nfor x in CASES:\n    y = candidate(x)\n    z = reference(x)\n    assert y == z\n",
        "def reference(x): return sorted(x)\nfor x in CASES:\n    assert candidate(x) == reference(x)\n",
        "def right(x, y):\n    assert y == sorted(x)\nx = [1]\ny = candidate(x)\nright(x, y)\n",
        "def right(x, y): return y == sorted(x)\nx = [1]\ny = candidate(x)\nok = right(x, y)\nassert ok\n",
        "x = [1]\ny = candidate(x)\nz = sorted(x)\nassert y == z\n",
        "x = [1]\ny = (candidate(x), sorted(x))\nassert y[0] == y[1]\n",
        "import random\nx = [1, 2]\nrandom.shuffle(x)\nassert candidate(x) == sorted(x)\n",
        "import numpy as np\na = np.array([1])\nr = candidate(a)\nassert np.allclose(r, np.sort(a))\n",
        "import numpy as np\na = np.array([1])\nr = candidate(a)\nnp.testing.assert_array_equal(r, np.sort(a))\n",
        "import statistics\nx = [1]\nr = candidate(x)\nm = statistics.mean(x)\nassert r == m\n",
        "for x, y in zip(CASES, WANTED):\n    assertion(candidate(*x), y, 0)\n",
        "for x in CASES:\n    assertion(candidate(*x), reference(*x), 0)\n",
        "def same(a, b, c): assert a == b\nfor x in CASES:\n    same(candidate(*x), reference(*x), 0)\n",
        "def same(a, b):\n    if a != b: raise AssertionError\nx = [1]\nsame(candidate(x), sorted(x))\n",
        "def right(y, x): assert y == sorted(x)\nx = [1]\nright(candidate(x), x)\n",
        "class T:\n    def test(self):\n        x = [1]\n        self.assertEqual(candidate(x), sorted(x))\n",
        "class T:\n    def test(self):\n        x = [1]\n        with self.assertRaises(ValueError):\n            candidate(x)\n",
        "x = [1]\nassert candidate(x) == 1\nx = [2]\nassert candidate(x) == 2\n",
        "x = [1]\nassert candidate(x) == max(x)\nassert candidate(x) == max(x)\n",
        "n = 3\nassert candidate(n) == 1\nassert candidate(n) == 1\n",
        "x = [1]\ny = candidate(x)\nassert y == sorted(x, key=lambda a: -a)\n",
        "x = [1]\ny = candidate(x)\nz = [a + 1 for a in x]\nassert y == z\n",
        "x = [1]\ny = candidate(x)\nz = 0\nfor a in x: z += a\nassert y == z\n",
        "x = [1]\ny = candidate(x)\nright = lambda a: sorted(a)\nz = right(x)\nassert y == z\n",
        "for x in CASES:\n    assert candidate(x) == reference(x) and candidate(x) == reference(x)\n",
        "from collections import defaultdict\no = defaultdict(list)\nr = candidate(o['a'])\nassert r == sorted(o['a'])\n",
        "from collections import defaultdict\no = defaultdict(candidate)\nr = candidate(o['a'])\nassert len(o['a']) == 1\n",
        "out = []\nfor x in CASES: out.append(candidate(x))\nassert out == [reference(x) for x in CASES]\n",
        "for x in ([1], [2]):\n    assert candidate(x) == max(x)\n",
        "import operator\nx = [1]\nr = candidate(x)\nassert operator.eq(r, sorted(x))\n",
        "not python (",
        "x" + "[0]" * 5_000,
    ],
)
def test_arguments_that_nobody_looks_at(source: str) -> None:
    """Not in the statement that passed them: what is expected must not come from what the candidate had in hand."""
    assert not sees_arguments(Tests(source))


_CHANGES = "def f(x):\n    x.sort()\n    return x[-1]\n"
_KEEPS = "def f(x): return max(x)\n"
_CHECKS = (
    "x = [3, 1]\nassert f(x) == 3 and x == [3, 1]",
    "x = [3, 1]\nr = f(x)\nassert r == 3\nmatch x:\n    case [3, 1]: pass\n    case _: assert False",
    "import json\nx = [3, 1]\nr = f(x)\nassert r == 3\nassert json.dumps(x) == '[3, 1]'",
    "from unittest import TestCase\nx = [3, 1]\nr = f(x)\nassert r == 3\nTestCase().assertEqual(x, [3, 1])",
    "def first(x): return x[0]\nx = [3, 1]\nr = f(x)\nassert r == 3\nassert first(x) == 3",
    "def same(x): assert x == [3, 1]\nx = [3, 1]\nr = f(x)\nassert r == 3\nsame(x)",
    "x = [3, 1]\ndef test():\n    assert f(x) == 3\ntest()\nassert x == [3, 1]",
    "x = [3, 1]\nr = f(x)\nassert r == 3\nassert list(map(str, x)) == ['3', '1']",
    "x = [3, 1]\nr = f(x)\nassert r == 3\nassert sorted(x, key=lambda a: 0) == [3, 1]",
    "x = [3, 1]\nr = f(x)\nassert r == 3\nfound = []\nfor a in x: found += [a]\nassert found == [3, 1]",
    "assert all(f(x) == y and x == z for x, y, z in [([3, 1], 3, [3, 1])])",
    "x = [3, 1]\nbox = {}\nbox['k'] = x\nassert f(box['k']) == 3\nassert x == [3, 1]",
)


def test_a_program_that_changes_its_argument_does_not_pass(pool: Pool) -> None:
    """Where the tests see it, as in one process."""
    assert judged(pool, [Case(_KEEPS, tests) for tests in _CHECKS]) == ["passed"] * len(_CHECKS)
    assert "passed" not in judged(pool, [Case(_CHANGES, tests) for tests in _CHECKS])


_EXPECTED_LATER = (
    "def assertion(out, exp, atol):\n    exact = out == exp\n    if not exact and atol: assert abs(out - exp) < atol\n"
    "    else: assert exact\ndef ref_func(x): return sorted(x)\ndef check(candidate):\n    for inp in [[[3, 1]], [[2, 1]]]:\n"
    "        assertion(candidate(*inp), ref_func(*inp), 0)\ncheck(f)",
    "def right(y, x): assert y == sorted(x)\nx = [3, 1]\nright(f(x), x)",
)


def test_a_program_that_empties_its_argument_does_not_pass(pool: Pool) -> None:
    """Where a function of the tests compares the result with what they compute from the argument afterwards."""
    right, wrong = "def f(x): return sorted(x)", "def f(x):\n    x.clear()\n    return []"
    assert judged(pool, [Case(right, tests) for tests in _EXPECTED_LATER]) == ["passed"] * len(_EXPECTED_LATER)
    assert "passed" not in judged(pool, [Case(wrong, tests) for tests in _EXPECTED_LATER])


#: Checks of an argument that are not known from the text.
_UNUSUAL_CHECKS = (
    "x = [3, 1]\nright = lambda r: r == 3 and x == [3, 1]\nassert right(f(x))",
    "def run(x):\n    r = f(x)\n    return r, x\nassert run([3, 1]) == (3, [3, 1])",
    "def run():\n    x = [3, 1]\n    yield f(x)\n    yield x\nassert list(run()) == [3, [3, 1]]",
    "class C:\n    def __init__(self): self.x = [3, 1]\n    def run(self): return f(self.x)\nc = C()\n"
    "assert c.run() == 3\nassert c.x == [3, 1]",
    "class Kept:\n    def __init__(self, x): self.x = x\n    def __enter__(self): self.was = list(self.x)\n"
    "    def __exit__(self, *_): assert self.x == self.was\nx = [3, 1]\nwith Kept(x): assert f(x) == 3",
    "x = [3, 1]\nr = f(x)\nassert (x if r == 3 else None) == [3, 1]",
    "x = [3, 1]\nr = f(x)\nassert r == 3\nassert {tuple(x): 1}.get((3, 1)) == 1",
    "import hashlib\ndigest = lambda v: hashlib.md5(repr(v).encode()).digest()\nx = [3, 1]\nd = digest(x)\nr = f(x)\n"
    "assert r == 3\nassert digest(x) == d",
    "x = [3, 1]\nassert eval('f(x)') == 3\nassert x == [3, 1]",
    "X = [[3, 1], [2, 1]]\nassert max(X, key=f) == [3, 1]",
    "x = [3, 1]\nr = f(x)\ny = x + [r]\nassert y == [3, 1, 3]",
    "x = [3, 1]\nassert sum([f(x) == 3, x == [3, 1]]) == 2",
    "x = [3, 1]\nassert (f(x) == 3) & (x == [3, 1])",
    "import numpy as np\nx = np.array([3, 1])\nb = x.copy()\nr = f(x)\nassert r == 3\nassert np.abs(x - b).sum() == 0",
    "for c in [{'in': [3, 1], 'out': 3}]:\n    x = c['in']\n    assert (f(c['in']) == c['out']) & (x == [3, 1])",
    "for x in [[3, 1], [3, 2]]:\n    o = eval(repr(x))\n    assert f(x) == 3\n    same = lambda: x == o\n    assert same()",
    "import io\ns = io.StringIO('3\\n1')\nassert f([3, *s], s) == 3\nassert (lambda: s.read())() == ''",
)


def test_a_program_that_passes_only_without_what_it_did_to_its_arguments_does_not_pass(pool: Pool) -> None:
    """Tests that are not seen to check an argument are executed with and without the program's changes of it."""
    right = "def f(x, *_): return max(x, key=int)"
    wrong = "def f(x, *other):\n    for s in other: s.seek(0)\n    if not other: x.sort()\n    return max(x, key=int)"
    assert judged(pool, [Case(right, tests) for tests in _UNUSUAL_CHECKS]) == ["passed"] * len(_UNUSUAL_CHECKS)
    assert "passed" not in judged(pool, [Case(wrong, tests) for tests in _UNUSUAL_CHECKS])


_EXPECTING = "def largest(w): return max(w, key=int)\nfor v in [[2], [5, 1]]: assert f(v) == largest(v)\n"


def test_so_it_is_beside_what_is_computed_from_arguments(pool: Pool) -> None:
    """Calls in a statement that computes what it expects from an argument change a copy, those elsewhere the tests' own."""
    right = "def f(x, *_): return max(x, key=int)"
    wrong = "def f(x, *other):\n    for s in other: s.seek(0)\n    if not other: x.sort(key=int)\n    return max(x, key=int)"
    tests = [_EXPECTING + one for one in _UNUSUAL_CHECKS]
    assert judged(pool, [Case(right, one) for one in tests]) == ["passed"] * len(tests)
    assert "passed" not in judged(pool, [Case(wrong, one) for one in tests])
    chooses = "def f(x, *_):\n    if len(x) < 2 or 5 in x: x[:] = [0]\n    return max(x, key=int)"
    assert "passed" not in judged(pool, [Case(chooses, one) for one in tests if not sees_arguments(Tests(one), "f")])


def test_what_is_expected_is_not_computed_from_what_the_program_has_left(pool: Pool) -> None:
    """So a program that does what is right with the contents of its argument passes, although one process would fail it."""
    empties = "def f(x):\n    y = sorted(x)\n    x.clear()\n    return y"
    expecting = (
        "x = [3, 1]\nassert f(x) == sorted(x)",
        "x = [3, 1]\ny = f(x)\nz = sorted(x)\nassert y == z",
        "x = [3, 1]\nout = []\nfor y in [x]: out.append((f(y), sorted(y)))\nassert all(a == b for a, b in out)",
        "def right(y, x): assert y == sorted(x)\nx = [3, 1]\nright(f(x), x)",
        "from unittest import TestCase\nx = [3, 1]\nTestCase().assertEqual(f(x), sorted(x))",
    )
    assert judged(pool, [Case(empties, tests) for tests in expecting]) == ["passed"] * len(expecting)


def test_an_error_while_the_tests_are_read_is_the_answer(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are read again when the program has passed. If that fails, whoever waits for the job must learn of it."""

    def fails(*_: object) -> bool:
        raise RuntimeError("a bug")

    monkeypatch.setattr(mutated_arguments, "expecting_lines", fails)
    job = Job(
        "def f(x):\n    x.append(1)\n    return 1", "f", (), LIMITS, "assert", Tests("x = [0]\nassert f(x) == 1\n")
    )
    with pytest.raises(SandboxError, match="the pool failed: RuntimeError: a bug"):
        pool.submit(job).result(timeout=60)
