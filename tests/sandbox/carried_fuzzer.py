"""Programs that return a value, and tests that use it in many ways; what each use gave is written into a list.

In one process with the program the list is the truth. The judge has to come to the same one: then nothing that the tests did has
gone another way than in one process, whatever they would have asserted of it.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from plain_execution import LIMITS, Case, judged

from sandbox import Job, Pool

_LEAVES = (
    *(
        "None",
        "True",
        "False",
        "0",
        "1",
        "-7",
        "2**70",
        "0.5",
        "-0.0",
        "float('inf')",
        "1j",
        "''",
        "'a'",
        "'жук'",
        "'x y'",
        "b'ab'",
    ),
    *(
        "()",
        "[]",
        "{}",
        "set()",
        "Decimal('1.50')",
        "Fraction(2, 3)",
        "date(2024, 2, 29)",
        "range(3)",
        "...",
        "int",
        "KeyError",
    ),
)
_HASHABLE = ("None", "True", "3", "0.5", "'a'", "'b'", "(1, 'z')", "b'k'", "frozenset({1})", "Hue.RED")
#: Objects that are not plain, by what makes them.
_OBJECTS = (
    *(
        "(i * i for i in range(4))",
        "iter([3, 1])",
        "map(str, [1, 2])",
        "zip('ab', [1, 2])",
        "enumerate('ab')",
        "reversed([1, 2])",
    ),
    *("Box(2)", "Box([1])", "Bag([3, 1])", "Shade.DARK", "Hue.RED", "len", "(lambda x, y=2: [x, y])", "counted"),
    *(
        "counted(3)",
        "Text('Abc')",
        "Row([2, 1])",
        "Whole(5)",
        "re.compile('a+')",
        "re.match('(a)(b)?', 'a')",
        "Box(1).double",
    ),
    *(
        "partial(max, 3)",
        "SimpleNamespace(a=1)",
        "ValueError('x', [1])",
        "Own('y')",
        "Filled({'k': 1})",
        "chain([1], [2])",
        "Cents('1.50')",
        "Day(2024, 5, 1)",
        "Third(1, 3)",
        "UUID(int=5)",
        "PurePosixPath('a/b')",
        "timezone(timedelta(hours=2))",
        "memoryview(b'ab')",
        "memoryview(bytearray(b'ab'))",
        "{'a': 1}.keys()",
        "{'a': [1]}.items()",
        "MappingProxyType({'a': 1})",
        "list[int]",
        "int | str",
        "IGNORECASE",
        "NAN",
    ),
    *(
        "OrderedDict(b=1, a=2).items()",
        "OrderedDict(b=1).keys()",
        "Counter('aab').keys()",
        "defaultdict(list, a=[1]).values()",
        "MappingProxyType(Counter('aab'))",
        "MappingProxyType(OrderedDict(a=1))",
        "raised(lambda: open('/missing'))",
        "raised(lambda: chained(1))",
        "raised(lambda: chained(0))",
        "raised(lambda: [].missing)",
        "raised(lambda: int('x'))",
        "ExceptionGroup('g', [ValueError(1), Own('y')])",
        "IPv4Address('10.0.0.1')",
        "HTTPStatus.OK",
        "datetime(2024, 5, 1, 12, tzinfo=timezone.utc)",
        "time(1, 2, fold=1)",
        "slice(1, None)",
        "complex(0, -0.0)",
        "Sides.LEFT | Sides.TOP",
        "Low('b')",
        "Point",
        "Hue",
        "functools.lru_cache(len)",
        "numpy.float32(0.5)",
        "numpy.array([[1, 2], [3, 4]])",
    ),
)
_LIBRARY = ("Counter('aab')", "OrderedDict([('b', 1), ('a', 2)])", "deque([1, 2, 3])", "deque([1, 2, 3], 2)", "Point(1, 2)",
            "defaultdict(list, a=[1])", "defaultdict(int)", "Pair(x=1, y='b')", "bytearray(b'xy')",
            "array('i', [1, 2])", "SimpleNamespace(a=[1], value=2)", "ChainMap({'a': 1}, {'b': 2})", "UserDict(a=1)", "UserList([3, 1])")  # fmt: skip
PROGRAM = """
import functools, numpy, re
from array import array
from collections import ChainMap, Counter, OrderedDict, UserDict, UserList, defaultdict, deque, namedtuple
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from enum import Enum, Flag, IntEnum
from fractions import Fraction
from functools import partial
from http import HTTPStatus
from ipaddress import IPv4Address
from itertools import chain
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
"""
_IMPORTS = """
from decimal import Decimal
from fractions import Fraction
from datetime import date
import collections, copy, functools, inspect, json, numbers, re, types
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Sized, Hashable, Generator, Container
log = []
def shown(value):
    kind = type(value).__name__
    text = re.sub('0x[0-9a-f]+', '0x', repr(value)) if type(value) != set else re.sub('0x[0-9a-f]+', '0x', repr(sorted(map(repr, value))))
    return kind + ' ' + text.replace('candidate.', '').replace('tests.', '')
def use(make):
    try:
        log.append(shown(make()))
    except Exception as error:
        log.append('raised ' + type(error).__name__ + ' ' + (str(error.args) if kept(error) else ''))
def kept(error):
    return isinstance(error, (KeyError, ValueError, IndexError, StopIteration)) and 'object' not in str(error) and ' at 0x' not in str(error)
"""
#: The beginning of the entry point.
_F = """def f(again=0, given=None, call=None, change=None, other=None):
    if given is not None: return given
    if change is not None: return changed(change)
"""
#: Uses of `v`, a value that was returned.
_USES = (
    *(
        "v",
        "str(v)",
        "repr(v)",
        "f'{{v}}'",
        "len(v)",
        "bool(v)",
        "not v",
        "v == {o}",
        "v != {o}",
        "{o} == v",
        "v is v",
        "v == v",
    ),
    *(
        "v is None",
        "type(v).__name__",
        "callable(v)",
        "v.__class__.__name__",
        "v.__doc__ is None",
        "hash(v) == hash(v)",
    ),
    *(
        "isinstance(v, {t})",
        "isinstance(v, ({t}, {t}))",
        "isinstance(v, {abc})",
        "hasattr(v, {a!r})",
        "list(v)",
        "sorted(v)",
    ),
    *(
        "sorted(v, key=str)",
        "tuple(v)[:2]",
        "sum(v)",
        "min(v)",
        "max(v)",
        "set(v)",
        "v[0]",
        "v[-1]",
        "v[{k}]",
        "v[1:]",
        "v[::-1]",
    ),
    *(
        "{k} in v",
        "{k} not in v",
        "v + v",
        "v + {o}",
        "v * 2",
        "v - 1",
        "v < {o}",
        "v >= v",
        "abs(v)",
        "-v",
        "round(v, 1)",
        "v % 2",
    ),
    *(
        "int(v)",
        "float(v)",
        "'%s' % (v,)",
        "'{{}}'.format(v)",
        "v.get({k})",
        "v.keys()",
        "list(v.items())",
        "v.value",
        "v.name",
        "v.x",
    ),
    *(
        "v.upper()",
        "v.shout()",
        "v.count(1)",
        "v.index(1)",
        "v.append(5)",
        "v.pop()",
        "v.add(1)",
        "v.update({{}})",
        "v.copy()",
    ),
    *(
        "v.popleft()",
        "v.most_common(1)",
        "v._asdict()",
        "v._fields",
        "v.double()",
        "v.items",
        "v.args",
        "v.text",
        "next(v)",
    ),
    *(
        "next(iter(v))",
        "v.send(None)",
        "v.close()",
        "iter(v) is v",
        "v(3)",
        "v(3, y=4)",
        "v('abc')",
        "v.__name__",
        "v.group(1)",
    ),
    *(
        "v.match('aa').group()",
        "[x for x in v]",
        "[*v]",
        "{{**v}}",
        "dict(v)",
        "any(v)",
        "all(v)",
        "list(enumerate(v))",
    ),
    *("list(zip(v, v))", "list(map(str, v))", "list(reversed(v))", "inspect.isgenerator(v)", "inspect.isfunction(v)"),
    *(
        "inspect.isclass(v)",
        "(lambda *a: a)(*v)",
        "copy.copy(v) == v",
        "copy.deepcopy(v) == v",
        "f(0, v)",
        "f(0, [v, v])",
    ),
    *(
        "f(0, v) == v",
        "{{1: v}}[1] is v",
        "[v].index(v)",
        "(v, 1) == (v, 1)",
        "[v] == [v]",
        "v and 1",
        "v or 2",
        "v if v else 0",
    ),
    *(
        "str(type(v) is {t})",
        "v.maxlen",
        "v.default_factory",
        "issubclass(type(v), {t})",
        "v.real",
        "v.a",
        "v['a']",
        "type(v) is types.{m}",
        "type(v) is type(f())",
        "type(v) in (int, list, tuple, map, types.FunctionType)",
        "f(call=lambda x: [x])",
        "f(call=lambda x, y=1: (y, x))",
        "f(call=lambda x: x is f(0, x))",
        "f(call=lambda x: type(x).__name__)",
        "f(call=repr)",
        "f(call=lambda x: f(call=lambda y: [x, y]))",
        "f(call=lambda x: next(x))",
        "f(call=lambda x: x.append(7))",
        "f(call=lambda x: 1 // 0)",
        "f(0, len) is len",
        "f(0, use) is use",
        "next(f(0, iter([v, 2])))",
        "list(f(0, (x for x in [1, v])))",
        "type(f(0, KeyError('k'))) is KeyError and f(0, KeyError) is KeyError",
        "f(0, [use, v])[0] is use",
        "sorted([2, 1], key=f(0, lambda x: -x))",
        "f(0, (1, v)) == (1, v)",
        "v[('z')]",
    ),
    *(
        "[f(change=x) for x in [v]]",
        "(v, f(change=v), v)",
        "[(x, f(change=v)) for x in v]",
        "[(x, f(change=[], other=v)) for x in v]",
        "[next(iter(v)), f(change=v), list(v)]",
        "[list(v), f(change=v), v == {o}]",
        "[v, f(change=[v])]",
        "f(0, v) is v",
        "v.__cause__ is v.__context__",
        "v.__suppress_context__",
        "type(v.__cause__)",
        "v.errno",
        "v.obj",
        "v.exceptions",
        "v.mapping",
        "v.tzinfo",
        "v.shape",
        "v.tolist()",
        "v.sum()",
        "v.dtype",
        "v.name",
        "v(1, 2)",
        "v['b']",
        "v.B",
        "list(v.__members__)",
        "'b' in v",
        "v | v",
        "v & v",
        "v.start",
        "divmod(v, 2)",
        "v ** 2",
        "~v",
        "json.dumps(v)",
        "f(0, json.dumps) is json.dumps",
        "f(call=json.dumps)",
        "f(call=functools.reduce)",
        "f(call=str.upper)",
        "f(call=int.__add__)",
        "f(call=[].append)",
        "f(call={{'a': 1}}.get)",
        "f(call=functools.lru_cache(lambda x: [x]))",
        "f(call=functools.partial(max, 3))",
        "f(call=dict.fromkeys)",
        "f(call=shown)",
    ),
)
_BLOCKS = (
    "a, *b = v\n    return [a, b]",
    "a, b = v\n    return [a, b]",
    "match v:\n        case [x, *_]: return x\n        case {'a': x}: return x\n        case str(): return 's'\n        case None | True: return 'n'\n        case _: return 'other'",
    "w = v\n    w += v\n    return [w is v, w]",
    "v[0] = 9\n    return v",
    "v['n'] = 9\n    return v",
    "del v[0]\n    return v",
    "for x in v:\n        if x: return x\n    else:\n        return 'none'",
    "v.sort()\n    return v",
    "raise v",
    "v.attribute = 1\n    return v.attribute",
    "try:\n        raise v\n    except LookupError as e:\n        return [type(e).__name__, e.args, str(e)]",
    "g = v(2)\n    return [next(g), g.send(4), next(g)]",
    "it = iter(v)\n    return [next(it, 'end'), next(it, 'end'), list(it)]",
    "with v as x:\n        return x",
    "return isinstance(v, type) and issubclass(v, Exception)",
)  # fmt: skip
_KINDS = (
    "GeneratorType",
    "FunctionType",
    "MethodType",
    "BuiltinFunctionType",
    "SimpleNamespace",
    "MappingProxyType",
    "GenericAlias",
)
_TYPES = ("int", "str", "list", "tuple", "dict", "set", "float", "bool", "bytes", "type", "object", "Exception", "LookupError",
          "collections.Counter", "collections.OrderedDict", "collections.deque", "types.FunctionType", "types.GeneratorType")  # fmt: skip
_ABCS = (
    "Callable",
    "Iterable",
    "Iterator",
    "Mapping",
    "Sequence",
    "Sized",
    "Hashable",
    "Generator",
    "Container",
    "numbers.Number",
)
_ATTRIBUTES = (
    "__len__",
    "__iter__",
    "__next__",
    "__call__",
    "__getitem__",
    "append",
    "items",
    "value",
    "x",
    "shout",
    "__add__",
    "nothing",
)


@dataclass(frozen=True, slots=True)
class Drawn:
    """A program with its uses, and how many there are."""

    case: Case
    uses: tuple[str, ...]


def _value(draw: random.Random, depth: int = 0) -> str:
    sort = draw.random()
    if depth > 2 or sort < 0.25:
        return draw.choice(_LEAVES)
    if sort < 0.45:
        return draw.choice(_OBJECTS)
    if sort < 0.6:
        return draw.choice(_LIBRARY)
    inner = [_value(draw, depth + 1) for _ in range(draw.randint(0, 3))]
    if sort < 0.75:
        return "[" + ", ".join(inner) + "]"
    if sort < 0.85:
        return "(" + "".join(one + ", " for one in inner) + ")"
    keys = draw.sample(_HASHABLE, len(inner))
    if sort < 0.95:
        return "{" + ", ".join(f"{key}: {one}" for key, one in zip(keys, inner, strict=True)) + "}"
    return "{" + ", ".join(draw.sample(_HASHABLE, 1)) + "}"


def draw_case(seed: int, uses: int = 12) -> Drawn:
    """A program and tests without their last line."""
    draw = random.Random(seed)
    value = _value(draw)
    program = f"{PROGRAM}\n{_F}    return {value} if call is None else call({value})\n"
    if draw.random() < 0.3:
        program = f"{PROGRAM}\nKEPT = {value}\n{_F}    return KEPT if call is None else call(KEPT)\n"
    lines, asked = [], []
    for number in range(uses):
        if draw.random() < 0.15:
            text = draw.choice(_BLOCKS)
            lines.append(f"def block{number}(v):\n    {text}\nuse(lambda: block{number}(f()))\n")
        else:
            text = draw.choice(_USES).format(o=draw.choice(_LEAVES[:21]), t=draw.choice(_TYPES), abc=draw.choice(_ABCS),
                                             k=draw.choice(_HASHABLE[:6]), a=draw.choice(_ATTRIBUTES), m=draw.choice(_KINDS))  # fmt: skip
            lines.append(
                f"use(lambda v=f(): {text})\n"
                if draw.random() < 0.7
                else f"v = f()\nuse(lambda: {text})\nuse(lambda: {text})\n"
            )
        asked.append(text)
    return Drawn(Case(program, _IMPORTS + "".join(lines)), tuple(asked))


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
        )
        for one, text in known
    ]
    return [(one, said) for (one, _), said in zip(known, judged(pool, cases), strict=True)]
