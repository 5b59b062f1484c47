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

from plain_execution import LIMITS, Case, judged

from sandbox import Job, Pool

_WORDS: dict[str, list[str]] = json.loads(Path(__file__).with_name("carried_vocabulary.json").read_text("utf-8"))
PROGRAM = """
import functools, numpy, re
from dataclasses import dataclass, field
from array import array
from collections import ChainMap, Counter, OrderedDict, UserDict, UserList, defaultdict, deque, namedtuple
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from enum import Enum, Flag, IntEnum
from fractions import Fraction
from functools import partial
from http import HTTPStatus
from ipaddress import IPv4Address
from itertools import chain, count, islice
from pathlib import PurePosixPath
from re import IGNORECASE
from types import MappingProxyType, SimpleNamespace
from typing import NamedTuple
from uuid import UUID

NAN = float("nan")
Point = namedtuple("Point", "x y")
class Pair(NamedTuple):
    x: int
    y: str = "q"
class Hue(Enum):
    RED = 1
    BLUE = "b"
class Shade(IntEnum):
    DARK = 1
    LIGHT = 2
class Sides(Flag):
    LEFT = 1
    TOP = 2
class Low(str, Enum):
    B = "b"
class Box:
    "A box."
    def __init__(self, value): self.value = value
    def double(self): return [self.value, self.value]
    def __repr__(self): return f"Box({self.value!r})"
class Bag:
    def __init__(self, items): self.items = items
    def __len__(self): return len(self.items)
    def __iter__(self): return iter(self.items)
    def __getitem__(self, key): return self.items[key]
    def add(self, item): self.items.append(item)
class Text(str):
    def shout(self): return self.upper() + "!"
class Row(list):
    pass
class Whole(int):
    pass
class Filled(dict):
    pass
class Cents(Decimal):
    def shout(self): return f"{self}!"
class Day(date):
    def double(self): return [self.day, self.day]
class Third(Fraction):
    pass
class Own(LookupError):
    def __init__(self, text): super().__init__(text); self.text = text
def raised(call):
    try: call()
    except Exception as error: return error
def chained(hide):
    try: 1 // 0
    except ZeroDivisionError as error:
        if hide: raise KeyError("k") from None
        raise KeyError("k") from error
def changed(v):
    if isinstance(v, dict):
        for key in list(v): v[key] = [v[key]]
    elif isinstance(v, (list, deque, UserList)) and len(v): v[0] = [v[0]]
    elif isinstance(v, (bytearray, array)): v[0] = 1
    elif isinstance(v, SimpleNamespace): v.a = 2
def counted(n):
    "Counts."
    for i in range(n):
        got = yield i
        if got: yield [got]
    return "done"
class Fib:
    def __init__(self, most): self.most, self.now, self.after = most, 0, 1
    def __iter__(self): return self
    def __next__(self):
        if self.now > self.most: raise StopIteration
        found, self.now, self.after = self.now, self.after, self.now + self.after
        return found
class Stack:
    '''A stack.

    Last in, first out.
    '''
    made = 0
    def __init__(self, items=()): self._items = list(items); Stack.made += 1
    def push(self, item): self._items.append(item)
    def pop(self):
        if not self._items: raise IndexError("pop from an empty stack")
        return self._items.pop()
    def size(self): return len(self._items)
    def __len__(self): return len(self._items)
    def __iter__(self): return reversed(self._items)
    @classmethod
    def of(cls, *items): return cls(items)
    @staticmethod
    def make(number): return [number]
class Grid:
    def __init__(self, rows, columns): self.cells = [[0] * columns for _ in range(rows)]
    def __getitem__(self, place): return self.cells[place[0]][place[1]] if isinstance(place, tuple) else self.cells[place]
    def __setitem__(self, place, value): self.cells[place[0]][place[1]] = value
    def __call__(self, *given): return [self.cells, given]
    def __enter__(self): return self.cells
    def __exit__(self, *told): return False
    @property
    def area(self): return sum(map(len, self.cells))
class Node:
    def __init__(self, value, next=None): self.value, self.next, self.left = value, next, next
    def __str__(self): return f"Node {self.value}"
class Temperature:
    def __init__(self, celsius): self._celsius = celsius
    @property
    def celsius(self): return self._celsius
    @celsius.setter
    def celsius(self, value):
        if value < -273: raise ValueError("too cold")
        self._celsius = value
    def __format__(self, how): return f"{self._celsius}C{how}"
    def __bool__(self): return self._celsius > 0
class Owner:
    def __init__(self): self.items, self.tags, self.box = [1], {"a": 1}, Box(1)
class Walk:
    def __init__(self, tree): self.tree = tree
    def __iter__(self):
        for item in self.tree: yield from Walk(item) if isinstance(item, list) else [item]
@dataclass
class Item:
    x: int
    name: str = "q"
    tags: list = field(default_factory=list)
    def area(self): return self.x * 2
@dataclass(order=True)
class Ranked:
    x: int
@dataclass(frozen=True)
class Frozen:
    x: int
def adder(x):
    def add(y=1): return [x, y]
    return add
def counter():
    number = 0
    def step():
        nonlocal number
        number += 1
        return number
    return step
def memo(function):
    @functools.wraps(function)
    def wrapped(*args, **kwargs):
        wrapped.calls += 1
        return function(*args, **kwargs)
    wrapped.calls = 0
    return wrapped
async def coroutine(): return [1]
def bound(): return Stack([1]).push
"""
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
