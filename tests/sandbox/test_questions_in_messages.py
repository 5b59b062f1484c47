"""Programs that bring the judge to ask them, or to use what they say, where it must not: while a message is read, while values
are compared, or in an answer about a type. None passes, and right programs for the same tests do, on the same worker."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from plain_execution import LIMITS, Case, judged

from sandbox import Pool
from sandbox.backends import Backend

_WITNESS = """
import gc
LENT = 1 << 31
def witness():
    return next(one for one in gc.get_objects() if type(one).__name__ == "Witness")
"""
#: An exception group of which the list is an object of the program: making the group asks for its items.
_GROUP = f"""{_WITNESS}
from sandbox.guest import raised
class Items:
    def __init__(self, act): self.act = act
    def __getitem__(self, place): return [ValueError()][place]
    def __iter__(self):
        self.act()
        return iter([ValueError()])
def group(act):
    error, items, own = ExceptionGroup("", [ValueError()]), Items(act), raised._args_of
    raised._args_of = lambda one: ("", items) if one is error else own(one)
    return error
"""
_KEYED = "def key(x): return -x\nxs = [3, 1, 2]\nassert f(xs, key) == sorted(xs, key=key)"
_CHANGES_IN_THE_REQUEST = f"""{_GROUP}
def f(xs, key):
    try: witness()._ask(0, LENT, (group(lambda: xs.append(9)),), {{}})
    except Exception: pass
    xs.clear()
    try: key(1)
    except Exception: pass
    return []
"""
_FRACTION = "from fractions import Fraction\nclass F(Fraction):\n    %s\ndef f(n): return F(1)"
_FLOATS = "def from_float(self, x): return Fraction(1)"
_OWN_TYPE = """
ops = [len]
def run(place, *args): return ops[place](*args)
r = f(ops, run)
assert type(r) is not int
assert len(ops) == 1
assert f(ops, run) == 5
assert len(ops) == 1
"""
_SAYS_A_TYPE = """
from sandbox.guest import candidate_answers, questions, value_writer
class Object: pass
one, calls, all_ops = Object(), [], []
def f(ops, run):
    calls.append(1)
    if len(calls) == 1:
        all_ops.append(ops)
        own = questions.OPERATIONS
        def type_of(value):
            ops[0] = type
            return Object
        changed = list(own)
        changed[questions.TYPE] = type_of
        candidate_answers.OPERATIONS = tuple(changed)
        return one
    return run(0, "X", (), {"__eq__": bool, "__module__": "tests"})()
"""
_COLOURS = "import enum\nclass A: pass\nclass Colour(enum.Enum):\n    RED = 1\n"
_MAKES_A_MEMBER = """
from sandbox.guest import declared_classes, value_codec
def f(n):
    made, own = A(), value_codec.Encoder._unusual_contents
    made._value_ = n
    def contents(self, container, base, out):
        if type(container) is not A: return own(self, container, base, out)
        self._items([Colour, *declared_classes.attributes(container)], out)
    value_codec.Encoder._unusual_contents = contents
    return made
"""
#: kind -> (tests, hostile, right, prelude).
ATTACKS: dict[str, tuple[str, str, str, str]] = {
    "an argument changed after a question in a request": (
        _KEYED, _CHANGES_IN_THE_REQUEST, "def f(xs, key): return sorted(xs, key=key)", ""),
    "a fraction that turns each float into itself": (
        "assert f(2) == 3.5\nassert 3.5 == f(2)", _FRACTION % _FLOATS,
        "from fractions import Fraction\ndef f(n): return Fraction(7, n)", ""),
    "a fraction that is almost each float": (
        "import unittest\nunittest.TestCase().assertAlmostEqual(f(2), 3.5)", _FRACTION % _FLOATS,
        "from fractions import Fraction\ndef f(n): return Fraction(7, n)", ""),
    "a fraction that equals each Decimal": (
        "from decimal import Decimal\nassert Decimal('3.5') == f(2)", _FRACTION % "numerator = denominator = 0",
        "from decimal import Decimal\ndef f(n): return Decimal('3.5')", ""),
    "a fraction that is another number than it says": (
        "assert f(2) - 0.5 == 3.0", _FRACTION % "numerator, denominator = 7, 2",
        "from fractions import Fraction\nclass F(Fraction): pass\ndef f(n): return F(7, n)", ""),
    "a type in what a question for a type changes": (
        _OWN_TYPE, _SAYS_A_TYPE,
        "class Object: pass\ncalls = []\ndef f(ops, run):\n    calls.append(1)\n"
        "    return Object() if len(calls) == 1 else run(0, 'fives')", ""),
    "a member of an enumeration that it does not have": (
        "r = f(77)\nassert isinstance(r, Colour) and r._value_ in (1, 77)", _MAKES_A_MEMBER,
        "def f(n): return Colour.RED", _COLOURS),
}  # fmt: skip


@pytest.fixture(scope="module")
def worker(backend: Backend) -> Iterator[Pool]:
    """One warm worker, so that each program follows the one before it."""
    with Pool(backend, workers=1, limits=LIMITS) as pool:
        yield pool


@pytest.mark.parametrize("kind", ATTACKS)
def test_no_hostile_one_passes(worker: Pool, kind: str) -> None:
    """Right ones before and after it do."""
    tests, hostile, right, prelude = ATTACKS[kind]
    said = judged(worker, [Case(f"{prelude}\n{text}", tests, prelude) for text in (right, hostile, right)])
    assert (said[0], said[2]) == ("passed", "passed")
    assert said[1] != "passed"


_FLAGS_OF_ITS_OWN = """
import re
from sandbox.guest import library_values
class I(int):
    def __rsub__(self, other): return 0
def f(n):
    module, parts, made = library_values.VALUES["RegexFlag"]
    library_values.VALUES["RegexFlag"] = (module, lambda value: (I(int(value)),), made)
    return re.I | re.M | re.S
"""


def test_a_flag_of_a_program_is_not_that_of_the_next(worker: Pool) -> None:
    """`re` keeps each combination of flags with the value that it was made of."""
    tests = "import re\nassert type((re.I | re.M | re.S).value) is int\nassert f(1) == 1"
    right = "def f(n): return n"
    told = judged(worker, [Case(right, "assert f(1) == 1"), Case(_FLAGS_OF_ITS_OWN, "f(1)"), Case(right, tests)])
    assert (told[0], told[2]) == ("passed", "passed")
