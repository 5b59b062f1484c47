"""Programs whose classes derive from containers and lie about what they hold: none passes, and right programs for the same tests
do, on the same worker. In one process most of these would pass."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from plain_execution import LIMITS, Case, judged

from sandbox import Pool
from sandbox.backends import Backend

_IMPORTS = "from collections import Counter, OrderedDict, defaultdict, deque\n"
#: name -> (tests, the base, methods of the right class, methods of the lying one).
LIES: dict[str, tuple[str, str, str, str]] = {
    "a list that equals everything": (
        "x.put(3)\nassert x == [3]\nassert [3] == x",
        "list",
        "def put(self, x): self.append(x)",
        "def put(self, x): pass\n    def __eq__(self, other): return True\n    __hash__ = None",
    ),
    "a list that shows other items": (
        "x.put(3)\nassert x == [3]",
        "list",
        "def put(self, x): self.append(x)",
        "def put(self, x): pass\n    def __len__(self): return 1\n    def __iter__(self): return iter([3])\n"
        "    def __getitem__(self, place): return 3",
    ),
    "a list that contains everything": (
        "x.put(3)\nassert 3 in x",
        "list",
        "def put(self, x): self.append(x)",
        "def put(self, x): pass\n    def __contains__(self, item): return True",
    ),
    "a set that is shorter than it says": (
        "x.update((1, 2))\nx.put(3)\nx.discard(3)\nassert {1: 0, 2: 0}.keys() == x",
        "set",
        "def put(self, x): self.add(x)",
        "def put(self, x): self.update((3, 4))\n    def __len__(self): return 2",
    ),
    "a set that is above every other": (
        "x.put(1)\nassert x.issuperset({1})",
        "set",
        "def put(self, x): self.add(x)",
        "def put(self, x): pass\n    def issuperset(self, other): return True",
    ),
    "a frozenset that is above every other": (
        "assert x.of(1).issuperset({1})",
        "frozenset",
        "def of(self, x): return X((x,))",
        "def of(self, x): return self\n    def issuperset(self, other): return True",
    ),
    "a Counter that counts what is asked for": (
        "x.put('a')\nassert Counter('a') == x",
        "Counter",
        "def put(self, x): self[x] += 1",
        "def put(self, x): pass\n    def __getitem__(self, key): return 1\n    def __iter__(self): return iter(())",
    ),
    "a Counter that has what is missing": (
        "x.put('a')\nassert Counter('a') == x",
        "Counter",
        "def put(self, x): self[x] += 1",
        "def put(self, x): pass\n    def __missing__(self, key): return 1",
    ),
    "a Counter from which nothing is left": (
        "x.put('a')\nassert x - Counter('a') == Counter()",
        "Counter",
        "def put(self, x): self[x] += 1",
        "def put(self, x): self[x] += 2\n    def items(self): return []",
    ),
    "a Counter that stores zeros": (
        "x.put('a')\nx -= Counter('a')\nassert not x",
        "Counter",
        "def put(self, x): self[x] += 1",
        "def put(self, x): dict.__setitem__(self, x, 2)\n    def __setitem__(self, key, value): dict.__setitem__(self, key, 0)",
    ),
    "a deque that shows other items": (
        "x.put(1)\nassert deque([1]) == x",
        "deque",
        "def put(self, x): self.append(x)",
        "def put(self, x): self.append(0)\n    def __iter__(self): return iter([1])",
    ),
    "an OrderedDict with any order": (
        "x.put(1)\nx.put(2)\nx.put(1)\nassert OrderedDict([(2, 0), (1, 0)]) == x",
        "OrderedDict",
        "def put(self, x):\n        self[x] = 0\n        self.move_to_end(x)",
        "def put(self, x): self[x] = 0\n    def __eq__(self, other): return True\n    __hash__ = None",
    ),
    "a defaultdict that equals by what it lacks": (
        "x.put('a')\nassert {'a': 1} == x and x == {'a': 1}",
        "defaultdict",
        "def put(self, x): self[x] = 1",
        "def put(self, x): pass\n    def __missing__(self, key): return 1\n    def __len__(self): return 1",
    ),
    "a dict with a method that changes it and says so to nobody": (
        "x['a'] = 1\nassert x.look('a') == 1 and x == {'a': 1}",
        "dict",
        "def look(self, key): return self[key]",
        "def look(self, key): return self.pop(key)",
    ),
}


@pytest.fixture(scope="module")
def worker(backend: Backend) -> Iterator[Pool]:
    """One warm worker, so that each program follows the one before it."""
    with Pool(backend, workers=1, limits=LIMITS) as pool:
        yield pool


def _case(tests: str, base: str, methods: str) -> Case:
    program = f"{_IMPORTS}class X({base}):\n    {methods}\ndef f(): return X()\n"
    return Case(program, f"{_IMPORTS}x = f()\n{tests}")


def test_no_container_decides_what_it_equals(worker: Pool) -> None:
    """A right one with ordinary methods passes."""
    rights = [_case(tests, base, right) for tests, base, right, _ in LIES.values()]
    found = judged(worker, rights)
    assert [(name, said) for name, said in zip(LIES, found, strict=True) if said != "passed"] == []
    lying = [_case(tests, base, lies) for tests, base, _, lies in LIES.values()]
    found = judged(worker, lying)
    assert [(name, said) for name, said in zip(LIES, found, strict=True) if said == "passed"] == []
    assert {said.split()[0] for said in found} <= {"failed", "not"}


def test_what_the_judge_does_not_follow_has_no_methods(worker: Pool) -> None:
    """It would see the contents that the object had before: an instance with very many items, and those after very many."""
    taking = "class Q(list):\n    def take(self): return self.pop()\ndef f(n): return Q(range(n))\n"
    looking = taking.replace("self.pop()", "self[-1]")
    large = "q = f(30_000)\nassert q.take() == 29_999 and len(q) == 30_000"
    many = "qs = [f(200) for _ in range(300)]\nfor q in qs: assert q.take() == 199 and len(q) == {}"
    said = judged(
        worker,
        [
            Case(taking, large),
            Case(looking, large),
            Case(taking, many.format(200)),
            Case(taking, many.format(199).replace("300", "50")),
            Case(looking, many.format(200).replace("300", "50")),
        ],
    )
    assert [one.split()[0] for one in said] == ["not", "not", "failed", "passed", "passed"]


_FORGED = """
import gc
from sandbox.guest import value_codec
class X({base}): pass
def changing(self, value, base, out, depth, first=0):
    out.append(b"G" + value_codec.COUNT.pack(1))
    self._object(value, out)
    self.write({told}, out, depth)
def f():
    value_codec.Encoder._changing = changing
    return X()
"""


@pytest.mark.parametrize(
    ("base", "told"),
    [
        ("list", "(True, 5)"),
        ("list", "(True, -1)"),
        ("list", "(True, 'x')"),
        ("list", "[True, 0]"),
        ("list", "(True,)"),
        ("dict", "(True, 0, 'a')"),
        ("dict", "(True, 0, [], 1)"),
        ("bytearray", "(True, 0, 256)"),
        ("deque", "(True, 0)"),
        ("deque", "(True, 0, -1)"),
        ("deque", "(True, 0, 10**30)"),
        ("defaultdict", "(True, 0)"),
        ("defaultdict", "(True, 0, 3)"),
    ],
)
def test_contents_that_none_can_have(worker: Pool, base: str, told: str) -> None:
    """The sample has crashed."""
    program = _IMPORTS + _FORGED.format(base=base, told=told)
    assert judged(worker, [Case(program, "x = f()\nassert len(x) == 0")]) == ["crashed"]
