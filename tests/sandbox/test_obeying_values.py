"""What the tests lend to a program does not execute, in the judge, what the program wants, and does not tell what they expect."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from plain_execution import LIMITS, Case, judged

from sandbox import Pool
from sandbox.backends import Backend

_NODE = "class N:\n    def __init__(self, v): self.v = v\n"
#: Ways in which the program's values reach a function of the tests: the function, and an expression that calls `x` with `args`
#: by it.
_WAYS = {
    "an argument": ("def go(fn, *args): return fn(*args)", "go(x, *args)"),
    "a list": ("def go(pair): return pair[0](*pair[1])", "go([x, args])"),
    "a tuple in a dict": ("def go(d): return d['a'][0](*d['a'][1])", "go({'a': (x, args)})"),
    "a keyword": ("def go(*args, fn): return fn(*args)", "go(*args, fn=x)"),
    "a default dict": ("def go(d, *args): return d.default_factory(*args)", "go(defaultdict(x), *args)"),
    "an instance": ("def go(n, *args): return n.v(*args)", "go(N(x), *args)"),
    "an attribute": ("def go(o): return o.v(*o.args)", "go(Holder())"),
    "an iterator": ("def go(tasks): return [fn(*args) for fn, args in tasks][0]", "go((x, args) for _ in '1')"),
    "a result": ("def go(fn): return lambda *args: fn()(*args)", "go(lambda: x)(*args)"),
    "an exception": (
        "def go(fn):\n    try: fn()\n    except ValueError as error: return error.args[0](*error.args[1:])",
        "go(lambda: fail(x, *args))",
    ),
    "a generator": (
        "def go():\n    fn, args = yield\n    yield fn(*args)\ngo = go()",
        "(next(go), go.send((x, args)))[1]",
    ),
    "a list of an earlier call": ("def go(*args): return kept[0](*args)", "go(*args)"),
    "a result of an earlier call": ("def go(*args): return first(*args)", "go(*args)"),
}
_EXECUTED = "(\"__import__('sys').modules['tests'].SECRET\",)"
_MADE = "('X', (), {'__eq__': lambda self, other: True, '__hash__': None})"
_VALUES = {
    "eval": ("eval", _EXECUTED, ""),
    "a partial of eval": ("partial(eval)", _EXECUTED, ""),
    "getattr": ("getattr", "(key, 'secret')", ""),
    "type": ("None", _MADE, "    x = type\n"),
    "type, which the tests mention": ("type and None", _MADE, "    x = type\n"),
}
_TESTS = """
from functools import partial
SECRET = 4711
kept = [None]
def key(x): return x
key.secret = SECRET
{go}
first = f({passed}, None, kept, None)
assert len(kept) == 1
assert f({passed}, go, None, key) == SECRET
"""
_PROGRAM = """
from collections import defaultdict
def fail(*args): raise ValueError(*args)
class Holder: pass
def f(x, go, kept, key):
{prepare}    if go is None:
        {first}
    args = {args}
    Holder.v, Holder.args = staticmethod(x), args
    found = {call}
    return found() if x is type else found
"""
_RIGHT = "def f(*args): return 4711"
_SEARCH = """
def f(compare):
    low, high = 0, 100
    while low < high:
        middle = (low + high) // 2
        low, high = (middle + 1, high) if compare(middle) < 0 else (low, middle)
    return low
"""


@pytest.fixture(scope="module")
def worker(backend: Backend) -> Iterator[Pool]:
    """One warm worker, so that each program follows the one before it."""
    with Pool(backend, workers=1, limits=LIMITS) as pool:
        yield pool


@pytest.mark.parametrize("value", _VALUES)
def test_the_program_sends_no_function_that_obeys_to_functions_of_the_tests(worker: Pool, value: str) -> None:
    """In whatever the tests' function takes it from: `eval` would execute the program's text, and `type` make an object that
    equals everything."""
    passed, args, prepare = _VALUES[value]
    cases = []
    for way, (go, call) in _WAYS.items():
        first = {"a list of an earlier call": "kept[0] = x", "a result of an earlier call": "return x"}.get(way, "pass")
        text = _PROGRAM.format(prepare=prepare, first=f"{first}; return", args=args, call=call)
        text = text.replace("return x; return", "return x")
        tests = _TESTS.format(go=go, passed=passed)
        cases += [Case(_NODE + one, tests, _NODE) for one in (_RIGHT, text)]
    said = judged(worker, cases)
    assert said[::2] == ["passed"] * len(_WAYS)
    assert {way: told for way, told in zip(_WAYS, said[1::2], strict=True) if not told.startswith("not carried")} == {}


def test_functions_of_a_library_are_returned(worker: Pool) -> None:
    """The tests ask for the type of a class in a function of theirs, and get functions back."""
    cases = [
        Case("def f(g): return g", "import json\nassert f(json.loads) is json.loads and f(eval) is eval"),
        Case("def f(kind, g): return g(kind)", "assert f(int, lambda x: type(x) is type)"),
        Case("class C: pass\ndef f(g): return g(C)", "assert f(lambda x: type(x) is type)"),
        Case(
            "def f(g, xs): return sorted(xs, key=g)", "assert f(lambda x: -x, [1, 2]) == [2, 1] and type(f) is not type"
        ),
    ]
    assert judged(worker, cases) == ["passed"] * len(cases)


_COMPARE = "def compare(secret, n): return (n > secret) - (n < secret)\n"
_HIDDEN = {
    "a partial": (_COMPARE + "from functools import partial\nassert f(partial(compare, 77)) == 77", "c.args[0]"),
    "a partial's keyword": (
        _COMPARE + "from functools import partial\nassert f(partial(compare, secret=77)) == 77",
        "c.keywords['secret']",
    ),
    "a partial of an object": (
        "from functools import partial\nclass C:\n    def __call__(self, a, b): return (b > a) - (b < a)\n"
        "assert f(partial(C(), 77)) == 77",
        "c.args[0]",
    ),
    "a default": ("for s in (77, 12):\n    assert f(lambda n, s=s: (n > s) - (n < s)) == s", "c.__defaults__[0]"),
    "a keyword's default": (
        "for s in (77, 12):\n    assert f(lambda n, *, s=s: (n > s) - (n < s)) == s",
        "c.__kwdefaults__['s']",
    ),
    "a default among constants": ("s = 77\nassert f(lambda n, a=3, s=s: (n > s) - (n < s)) == s", "c.__defaults__[1]"),
    "the object without an attribute": (
        "from types import SimpleNamespace\ns = SimpleNamespace(n=77)\n"
        "def c(n): return s.missing if n is None else (n > s.n) - (n < s.n)\n"
        "assert f(c) == 77",
        "seen(c)",
    ),
}
_SEEN = "def seen(c):\n    try: c(None)\n    except AttributeError as error: return error.obj.n\n"


@pytest.mark.parametrize("kind", _HIDDEN)
def test_what_the_tests_expect_is_not_in_what_they_lend(worker: Pool, kind: str) -> None:
    """The arguments of a partial and computed defaults stay in the judge."""
    tests, looks = _HIDDEN[kind]
    search = "compare(n=middle)" if kind == "a partial's keyword" else "compare(middle)"
    right, said = judged(
        worker,
        [Case(_SEARCH.replace("compare(middle)", search), tests), Case(f"{_SEEN}def f(c): return {looks}", tests)],
    )
    assert right == "passed"
    assert said.startswith("failed")


def test_functions_are_called_with_defaults_that_are_not_told(worker: Pool) -> None:
    """Whatever arguments come before and after; constants in the text are told."""
    mixed = (
        "n = 5\ng = lambda a, b=n, *r, k=n, **kw: (a, b, r, k, kw)\n"
        "assert f(g) == [(1, 5, (), 5, {}), (1, 2, (3,), 5, {}), (1, 5, (), 9, {'z': 1}), (1, 4, (), 5, {})]"
    )
    gaps = "n = 5\ndef g(a, b=n, /, c=n, d=n): return (a, b, c, d)\nassert f(g) == [(1, 5, 5, 2), (1, 3, 5, 5), (1, 3, 4, 6)]"
    shown = "import inspect\ndef f(g): return str(inspect.signature(g))"
    cases = [
        Case("def f(g): return [g(1), g(1, 2, 3), g(1, k=9, z=1), g(b=4, a=1)]", mixed),
        Case("def f(g): return [g(1, d=2), g(1, 3), g(1, 3, 4, d=6)]", gaps),
        Case(shown, "def g(a, /, b=2, *, c=3, d='x'): pass\nassert f(g) == \"(a, /, b=2, *, c=3, d='x')\""),
        Case(shown, "n = 7\ndef g(a, b=n, *, c=n, d=3): pass\nassert f(g) == '(a, b=..., *, c=..., d=...)'"),
    ]
    assert judged(worker, cases) == ["passed"] * len(cases)


@pytest.mark.parametrize(
    "passed",
    [
        "string.Formatter().format",
        "code.InteractiveInterpreter().runsource",
        "Mock(wraps=getattr)",
        "Mock(side_effect=eval)",
        "singledispatch(getattr)",
        "pickle.Unpickler(io.BytesIO()).find_class",
        "pickle._Unpickler(io.BytesIO()).find_class",
        "itertools.__loader__.load_module",
        "operator.attrgetter('x').__call__",
    ],
)
def test_what_would_obey_the_program_is_not_lent(worker: Pool, passed: str) -> None:
    """A method of a library's object, a mock or a library's wrapper that does what it is told."""
    imports = "import string, code, io, itertools, operator, pickle\nfrom unittest.mock import Mock\n"
    tests = f"{imports}from functools import singledispatch\nf({passed})"
    (said,) = judged(worker, [Case("def f(g): pass", tests)])
    assert said.startswith("not supported")


def test_methods_of_built_in_objects_are_lent(worker: Pool) -> None:
    """And of the library's containers, numbers, random numbers, dates and patterns, also of the tests' subclasses."""
    tests = (
        "import re, itertools, datetime, random\nclass L(list): pass\nxs = L()\n"
        "assert f(xs.append, 1) is None and xs == [1]\nassert f({1: 2}.get, 1) == 2\nassert f(', '.join, ['a', 'b']) == 'a, b'\n"
        "assert f(itertools.chain.from_iterable, [[1]]) is not None\nassert f(re.compile('a').findall, 'aa') == ['a', 'a']\n"
        "assert f(datetime.datetime.strptime, '2020', '%Y').year == 2020\nassert f((5).__add__, 2) == 7\n"
        "assert f(random.Random(1).choice, [4]) == 4\nassert f(itertools.count(3).__next__) == 3\n"
    )
    (said,) = judged(worker, [Case("def f(g, *args): return g(*args)", tests)])
    assert said == "passed"


@pytest.mark.parametrize(
    ("module", "used"),
    [("random", "seed(7)"), ("random", "random()"), ("random", "shuffle([1, 2, 3])"), ("numpy.random", "seed(7)")],
)
def test_random_functions_are_each_sides_own(worker: Pool, module: str, used: str) -> None:
    """The program does not change the judge's generators through them."""
    name = used.partition("(")[0]
    tests = f"import {module} as r\nr.seed(5)\na = r.random()\nr.seed(5)\nf(r.{name})\nassert r.random() == a"
    (said,) = judged(worker, [Case(f"def f({name}): {used}", tests)])
    assert said == "passed"


_ANY_SET = "def difference(self, other): return set()\n    def __iter__(self): return iter([3, 4])"
#: kind -> (tests, hostile, right).
_DECIDING = {
    "unittest's sets": (
        "import unittest\nunittest.TestCase().assertSetEqual(f(1), {3, 4})",
        f"class P:\n    {_ANY_SET}\ndef f(n): return P()",
        "def f(n): return {3, 4}",
    ),
    "unittest's sets and a set of its own class": (
        "import unittest\nunittest.TestCase().assertSetEqual(f(1), {3, 4})",
        "class P(frozenset):\n    def difference(self, other): return set()\ndef f(n): return P(range(9))",
        "class P(frozenset): pass\ndef f(n): return P({3, 4})",
    ),
    "a ChainMap of its own object": (
        "assert f(1) | {'a': 1} == {'a': 1}",
        "from collections import ChainMap\nclass P:\n    def copy(self): return self\n"
        "    def update(self, other): self.o = other\n    def __iter__(self): return iter(self.o)\n"
        "    def __getitem__(self, key): return self.o[key]\ndef f(n): return ChainMap(P())",
        "from collections import ChainMap\ndef f(n): return ChainMap({'a': 2})",
    ),
    "a context manager made of a generator": (
        "import contextlib\nwith contextlib.contextmanager(f)(1) as x:\n    assert x == 5",
        "def f(n):\n    try: yield 4\n    except AssertionError: pass",
        "def f(n): yield 5",
    ),
}


@pytest.mark.parametrize("kind", _DECIDING)
def test_functions_of_a_library_do_not_let_the_program_decide(worker: Pool, kind: str) -> None:
    """By a method that they call of what the program has returned."""
    tests, hostile, right = _DECIDING[kind]
    before, said, after = judged(worker, [Case(one, tests) for one in (right, hostile, right)])
    assert (before, after) == ("passed", "passed")
    assert said.startswith("not carried")


_EFFECT = "\"[__import__('sys').modules['tests'].__dict__.__setitem__('x', 2), int][1]\""
_TEXTS = f"""
class F:
    '''
    >>> __import__('sys').modules['tests'].__dict__.__setitem__('x', 2)
    '''
    __name__ = "f"
    __annotations__ = {{"n": {_EFFECT}}}
    def __call__(self, n): return n
f = F()
"""
_WRAPPER = "import functools\n@functools.wraps(f)\ndef g(): pass\n"
#: kind -> (tests, hostile).
_EVALUATED = {
    "hints of an object": ("import typing\ntyping.get_type_hints(f)", _TEXTS),
    "hints of a class": ("import typing\ntyping.get_type_hints(f)", f"class f:\n    n: {_EFFECT}"),
    "hints of a function": ("import typing\ntyping.get_type_hints(f, {})", f"def f(n: {_EFFECT}): pass"),
    "hints of a function alone": ("import typing\ntyping.get_type_hints(f)", f"def f(n: {_EFFECT}): pass"),
    "hints of what a function wraps": (
        "import typing\ntyping.get_type_hints(f)",
        f"def g(n: {_EFFECT}): pass\ndef f(n: int): pass\nf.__wrapped__ = g",
    ),
    "hints in a list": ("import typing\ntyping.get_type_hints(f, {})", f"def f(n: list[{_EFFECT}]): pass"),
    "hints of a wrapper": (f"import typing\n{_WRAPPER}typing.get_type_hints(g)", _TEXTS),
    "annotations": ("import inspect\ninspect.get_annotations(f, eval_str=True)", _TEXTS),
    "dispatch": ("import functools\nfunctools.singledispatch(lambda a: a).register(f)", _TEXTS),
    "examples": ("import doctest\ndoctest.run_docstring_examples(f, {})", _TEXTS),
}


@pytest.mark.parametrize("kind", _EVALUATED)
def test_the_text_of_annotations_and_docstrings_is_not_evaluated(worker: Pool, kind: str) -> None:
    """By functions of the library that read them from what the program has returned or defines."""
    tests, hostile = _EVALUATED[kind]
    (said,) = judged(
        worker, [Case(hostile, f"x = 1\ntry:\n    f(1)\nexcept BaseException: pass\n{tests}\nassert False")]
    )
    assert said.startswith("not carried")


def test_annotations_without_text_are_read(worker: Pool) -> None:
    """Also by these functions; the tests themselves see all texts."""
    hints = "import typing\nassert typing.get_type_hints(f, {}) == {'n': int, 'm': list[int] | None}"
    cases = [
        Case("def f(n: int, m: list[int] | None): pass", hints),
        Case("class f:\n    n: int", "import typing\nassert typing.get_type_hints(f) == {'n': int}"),
        Case("def f(n: 'int'): '>>> 1'", "assert f.__annotations__ == {'n': 'int'} and f.__doc__ == '>>> 1'"),
        Case("def f(n): 'Text.'", "import doctest\ndoctest.run_docstring_examples(f, {})"),
    ]
    assert judged(worker, cases) == ["passed"] * len(cases)
