"""Programs that return a value, and tests that use it in many ways; what each use gave is written into a list.

In one process with the program the list is the truth. The judge has to come to the same one: then nothing that the tests did has
gone another way than in one process, whatever they would have asserted of it. What is drawn is in `carried_vocabulary.json`.
"""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from carried_program import PROGRAM
from plain_execution import LIMITS, Case, judged

from sandbox import Job, Pool

_WORDS: dict[str, list[str]] = json.loads(Path(__file__).with_name("carried_vocabulary.json").read_text("utf-8"))
_IMPORTS = """
from decimal import Decimal
from fractions import Fraction
from datetime import date, timedelta
import bisect, collections, copy, functools, heapq, inspect, itertools, json, math, numbers, operator, re, statistics, types
from collections.abc import (Awaitable, Callable, Collection, Container, Generator, Hashable, Iterable, Iterator, KeysView,
    Mapping, MutableMapping, MutableSequence, Reversible, Sequence, Sized, ValuesView)
log = []
def text(value, depth=0):
    kind = type(value)
    if kind in (set, frozenset) and len(value) > 1:
        return kind.__name__ + str(sorted(text(one, depth + 1) for one in value))
    if kind in (list, tuple) and depth < 6:
        return f'{kind.__name__}[' + ', '.join(text(one, depth + 1) for one in value) + ']'
    return repr(value)
def shown(value):
    kind = type(value).__name__
    clean = re.sub(r'\\b(candidate|tests|functools|itertools|collections|re)\\.', '', text(value))
    return kind + ' ' + re.sub('0x[0-9a-f]+', '0x', clean).replace("doesn't", 'does not')
def use(make):
    try:
        log.append(shown(make()))
    except Exception as error:
        log.append('raised ' + type(error).__name__ + ' ' + (str(error.args) if kept(error) else ''))
def kept(error):
    return isinstance(error, (KeyError, ValueError, IndexError, StopIteration)) and 'object' not in str(error) and ' at 0x' not in str(error)
class Near:
    def __init__(self, x): self.x = x
    def __eq__(self, other): return abs(self.x - other) < 0.01
    def __contains__(self, other): return self == other
    def __add__(self, other): return ['add', other]
    def __radd__(self, other): return ['radd', other]
"""
#: What the tests use of the program by name.
NAMES = (
    *(
        "f",
        "Point",
        "Pair",
        "Hue",
        "Shade",
        "Sides",
        "Low",
        "Box",
        "Bag",
        "Text",
        "Row",
        "Whole",
        "Filled",
        "Own",
        "Fib",
    ),
    *("Stack", "Grid", "Node", "Temperature", "Item", "Frozen", "adder", "counter", "memo", "counted"),
)
#: What is executed before tests that mention this name.
_LATER = {
    "TEST": "import unittest\nTEST = unittest.TestCase()\n",
    "ANY": "from unittest.mock import ANY\n",
    "numpy_": "def numpy_():\n    import numpy\n    return numpy\n",
    "asyncio_": "def asyncio_():\n    import asyncio\n    return asyncio\n",
    **{name: f"import {name}\n" for name in ("contextlib", "dataclasses", "io", "os", "traceback")},
}
#: The beginning of the entry point.
_F = """CALLS = {'len': len, 'list': list, 'str': str, 'iter': iter, 'next': next, 'sorted': sorted, 'sum': sum, 'bool': bool, 'hash': hash,
         'type': type, 'dict': dict, 'max': max}
def f(again=0, given=None, call=None, change=None, other=None, show=None, use=None, raises=None):
    if use is not None: return CALLS[use](given)
    if given is not None: return given
    if change is not None: return changed(change)
    if show is not None: return [type(show).__name__, re.sub('0x[0-9a-f]+', '0x', repr(show)).replace('candidate.', '').replace('tests.', '')]
    if raises is not None: raise raises
"""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A program with its uses, and how many there are."""

    case: Case
    uses: tuple[str, ...]


def _value(draw: random.Random, depth: int = 0) -> str:
    sort = draw.random()
    if depth > 2 or sort < 0.25:
        return draw.choice(_WORDS["leaves"])
    if sort < 0.45:
        return draw.choice(_WORDS["objects"])
    if sort < 0.6:
        return draw.choice(_WORDS["library"])
    inner = [_value(draw, depth + 1) for _ in range(draw.randint(0, 3))]
    if sort < 0.75:
        return "[" + ", ".join(inner) + "]"
    if sort < 0.85:
        return "(" + "".join(one + ", " for one in inner) + ")"
    keys = draw.sample(_WORDS["hashable"], len(inner))
    if sort < 0.95:
        return "{" + ", ".join(f"{key}: {one}" for key, one in zip(keys, inner, strict=True)) + "}"
    return "{" + ", ".join(draw.sample(_WORDS["hashable"], 1)) + "}"


def draw_case(seed: int, uses: int = 12) -> Drawn:
    """A program and tests without their last line."""
    draw = random.Random(seed)
    value = _value(draw)
    program = f"{PROGRAM}\n{_F}    return {value} if call is None else call({value})\n"
    if draw.random() < 0.3:
        program = f"{PROGRAM}\nKEPT = {value}\n{_F}    return KEPT if call is None else call(KEPT)\n"
    lines, asked = [], []
    for number in range(uses):
        if draw.random() < 0.2:
            text = draw.choice(_WORDS["blocks"])
            lines.append(f"def block{number}(v):\n    {text}\nuse(lambda: block{number}(f()))\n")
        else:
            text = draw.choice(_WORDS["uses"]).format(o=draw.choice(_WORDS["leaves"][:21]), t=draw.choice(_WORDS["types"]), abc=draw.choice(_WORDS["abstract"]),
                                             k=draw.choice(_WORDS["hashable"][:6]), a=draw.choice(_WORDS["attributes"]), m=draw.choice(_WORDS["kinds"]))  # fmt: skip
            lines.append(
                f"use(lambda v=f(): {text})\n"
                if draw.random() < 0.7 or "change" in text  # a changed argument is looked at in one expression
                else f"v = f()\nuse(lambda: {text})\nuse(lambda: {text})\n"
            )
        asked.append(text)
    later = "".join(text for name, text in _LATER.items() if any(name in line for line in lines))
    return Drawn(Case(program, _IMPORTS + later + "".join(lines), names=NAMES), tuple(asked))


def truths(pool: Pool, drawn: Sequence[Drawn]) -> list[str]:
    """The list that each has in one process, as a literal; the empty text where the process ended."""
    driver = "\ndef _log(tests):\n    space = dict(globals())\n    exec(compile(tests, '<tests>', 'exec'), space)\n    return repr(space['log'])\n"
    jobs = [Job(one.case.program + driver, "_log", (repr({"tests": one.case.tests}),), LIMITS) for one in drawn]
    return [outcome.observations[0].text or "" for outcome in pool.map(jobs)]


def compared(pool: Pool, drawn: Sequence[Drawn]) -> list[tuple[Drawn, str]]:
    """What the judge says of the lists that are true; those that could not be made in one process are left out."""
    known = [(one, text) for one, text in zip(drawn, truths(pool, drawn), strict=True) if text]
    cases = [
        Case(
            one.case.program,
            f"{one.case.tests}for got, right in zip(log, {text}, strict=True):\n    assert got == right, (got, right)\n",
            names=NAMES,
        )
        for one, text in known
    ]
    return [(one, said) for (one, _), said in zip(known, judged(pool, cases), strict=True)]
