"""What the reader keeps: everything that the function needs, whatever stands beside it."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reading_cases import PROBLEM

from codeeval.reading import read
from codeeval.reading.code import scan
from codeeval.reading.names import local_to, modules

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from shaped_answers import fenced

PROMPT = 'def f(n):\n    """A number."""\n'
CALLED = replace(PROBLEM, prompt=PROMPT, entry_point="f")
NAMES = ("a", "b", "c", "d")
#: How a value is filled, after `{0} = [1, 2]` or as it.
FILLS = (
    "{0} = [1, 2]\n{0}.append(3)\n",
    "{0} = [1, 2]\n{0}[0] = 7\n",
    "{0} = [1, 2]\nfor i in range(3):\n    {0}.append(i)\n",
    "def fill_{0}():\n    {0}.append(4)\n\n\n{0} = [1, 2]\nfill_{0}()\n",
    "steps_{0} = (5, 6)\n{0} = []\nfor step in steps_{0}:\n    {0}.append(step)\n",
    "{0}, other_{0} = [8], 9\n",
    "try:\n    import math\n    {0} = [math.floor(2.5)]\nexcept ImportError:\n    {0} = []\n",
    "if True:\n    {0} = [3]\nelse:\n    {0} = [4]\n",
    "class C_{0}:\n    x = 1\n\n\nC_{0}.x = 6\n{0} = [C_{0}.x]\n",
)
#: What is not part of the answer, below it.
BESIDE = (
    "print(f(2, 3, 4))\n",
    "import not_there\n\n\n@not_there.mark\ndef test_it():\n    assert f(1) == not_there.x\n",
    "def main():\n    show()\n\n\ndef show():\n    print(f())\n\n\nmain()\n",
    "x = f(1)\ndel x\n",
    "Сложность (время): O(n)\n",
    "Вход: numbers = [1, 2], n = 3\n",
    "total += 1\n",
    "def test_it():\n    assert f(1",
)
#: What is shown before the answer, in a block of its own.
SHOWN = (
    "total = sum(items)\n",
    "for x in items:\n    total += x\n",
    "return n\n",
    "class A(Base):\n    pass\n",
    "f(1)\n",
)


@st.composite
def _programs(draw: st.DrawFn) -> tuple[str, list[str], str]:
    """A function with all that it needs: values, helpers that may call each other and the function, and the function."""
    values = draw(st.lists(st.sampled_from(NAMES), unique=True, max_size=3))
    filled = "".join(draw(st.sampled_from(FILLS)).format(f"v_{name}") for name in values)
    helpers = draw(st.lists(st.sampled_from(NAMES), unique=True, max_size=3))
    readable = [*(f"len(v_{name}) + sum(v_{name})" for name in values), *(f"h_{name}(n - 1)" for name in helpers)]

    def body() -> str:
        terms = draw(st.lists(st.sampled_from([*readable, "f(n - 2)", "n"]), min_size=1, max_size=2))
        return f"    if n <= 0:\n        return 1\n    return {' + '.join(terms)}\n"

    return filled, [f"def h_{name}(n):\n{body()}\n\n" for name in helpers], f"def f(n):\n{body()}\n\n"


def _value(program: str) -> object:
    names: dict[str, Any] = {"__name__": "candidate"}
    exec(compile(program, "<program>", "exec"), names)  # noqa: S102 - it is this file's own
    return names["f"](4)


@given(_programs(), st.data())
def test_what_the_function_needs_is_kept(program: tuple[str, list[str], str], data: st.DataObject) -> None:
    """In one block or in several, between examples, tests, fragments, sentences and an end that was cut off."""
    filled, helpers, function = program
    wanted = _value(filled + "".join(helpers) + function)
    order = data.draw(st.permutations([*helpers, function]))
    beside = data.draw(st.sampled_from(["", *BESIDE]))
    if data.draw(st.booleans()):
        assert _value(read(CALLED, f"{filled}\n\n{''.join(order)}{beside}").program) == wanted
        return
    shown = [fenced(code) for code in data.draw(st.lists(st.sampled_from(SHOWN), max_size=2))]
    parts = [filled, *order] if filled else order
    blocks = [fenced(part) for part in parts[:-1]] + [f"```python\n{parts[-1]}{beside}"]
    assert _value(read(CALLED, "Так:\n".join([*shown, *blocks])).program) == wanted


@pytest.mark.parametrize(
    ("code", "local"),
    [
        ("def f(a, b=1, *c, **d):\n    pass\n", {"a", "b", "c", "d"}),
        ("@cached\ndef f(a):\n    x, y = a\n    self.z, t[i] = 1, 2\n", {"a", "x", "y"}),
        ("def f(\n    a: int,\n    b: str = '',\n):\n    n += 1\n    m: int = 2\n", {"a", "b", "n", "m"}),
        ("def f():\n    for i, (j, k) in x:\n        pass\n", {"i", "j", "k"}),
        ("def f():\n    return [u for u, v in x if (w := u)]\n", {"u", "v", "w"}),
        ("def f():\n    g = lambda p, q=x: p\n    import os.path as o, re\n", {"g", "p", "q", "o", "re"}),
        ("def f():\n    with open(x) as h:\n        def inner(r):\n            s = 1\n", {"h", "inner", "r", "s"}),
        ("def f(a):\n    global g\n    g = a == 1\n", {"a"}),
        ("def f(a, b=b):\n    if x: y = 1\n    return a == x\n", {"a", "y"}),
    ],
)
def test_names_that_a_function_does_not_take_from_outside(code: str, local: set[str]) -> None:
    """Parameters, and whatever a statement in it binds."""
    assert local_to(scan(code).bare) == local


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("import a.b as c, d", {"a", "d"}),
        ("from a.b import (c)", {"a"}),
        ("from . import a", {""}),
        ("from .a import b", {""}),
        ("import", set()),
        ("x = 1", set()),
    ],
)
def test_the_packages_of_an_import(line: str, wanted: set[str]) -> None:
    """Of each module that it names; a relative one has none."""
    assert modules(line) == wanted
