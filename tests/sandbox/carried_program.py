"""The beginning of the programs that `carried_fuzzer.py` draws: classes and functions of the values that they return."""

from __future__ import annotations

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
class Putting:
    def put(self, x): self._put(x); return self
    def total(self): return [len(self), str(sorted(map(str, self)))]
class Steps(Putting, list):
    def _put(self, x): self.append(x)
    def take(self): return self.pop()
class Recent(Putting, OrderedDict):
    def _put(self, x): self[x] = 0; self.move_to_end(x, last=False)
    def take(self): return self.popitem(last=False)
class Tally(Putting, Counter):
    def _put(self, x): self[x] += 2
    def take(self): return self.most_common(1)
class Groups(Putting, defaultdict):
    def _put(self, x): self[str(x)].append(x)
    def take(self): return self.pop("3", None)
class Window(Putting, deque):
    def _put(self, x): self.append(x)
    def take(self): return self.popleft()
class Quick(Putting, dict):
    def __missing__(self, key): return [key]
    def __repr__(self): return f"Quick({dict.__repr__(self)})"
    def _put(self, x): self[x] = 1
    def take(self): return self.popitem()
class Long(Putting, list):
    def __len__(self): return 2 * list.__len__(self)
    def __getitem__(self, place): return [list.__getitem__(self, place)]
    def _put(self, x): self.insert(0, x)
    def take(self): return list.pop(self)
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
