"""What a failed test says of the calls before it: as the program answered, in bounds, and without a word from the program."""

from __future__ import annotations

import datetime
import decimal
import fractions
from collections import Counter, OrderedDict, defaultdict, deque, namedtuple
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox import Job, Limits, Outcome, Pool, Tests
from sandbox.backends import Backend
from sandbox.guest.last_calls import LastCalls
from sandbox.guest.shown_values import shown, shown_call
from sandbox.outcomes import LastCall
from sandbox.packed import outcome_from, outcome_values

LIMITS = Limits(cpu_s=30.0, wall_s=60.0)

leaves = (
    *(st.none(), st.booleans(), st.integers(), st.floats(), st.complex_numbers(), st.binary(max_size=20)),
    *(st.text(max_size=20), st.decimals(allow_nan=False), st.fractions(), st.dates(), st.timedeltas()),
)
hashable = st.one_of(*leaves)
plain = st.recursive(
    hashable,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=4).map(tuple)
        | st.dictionaries(hashable, inner, max_size=4)
        | st.sets(hashable, max_size=4)
        | st.frozensets(hashable, max_size=4)
        | st.lists(inner, max_size=4).map(deque)
    ),
    max_leaves=20,
)


@given(plain)
def test_plain_values_look_as_in_python(value: object) -> None:
    """Where there is room, the text is that of `repr`."""
    assert shown(value, 1_000_000) == repr(value)


@given(plain | st.text(max_size=300, alphabet=st.characters()), st.integers(0, 200))
def test_what_is_cut_begins_as_in_python(value: object, most: int) -> None:
    """Never longer than asked, always printable, and the beginning of the whole text."""
    text = shown(value, most)
    assert text.isprintable()
    assert text == repr(value) if len(repr(value)) <= most else text == repr(value)[:most] + "…"


class Noisy:
    """Says of itself whatever it likes, and makes a noise when it is asked."""

    def __repr__(self) -> str:
        raise AssertionError("asked")

    __str__ = __hash__ = __eq__ = __iter__ = __len__ = __getattr__ = __repr__  # type: ignore[assignment, misc]  # called or not is the question, not how


class NoisyList(list):
    """A list that counts on being asked."""

    __repr__ = __iter__ = __len__ = __getitem__ = __eq__ = Noisy.__repr__  # type: ignore[assignment]


class NoisyText(str):
    """A text that counts on being asked."""

    __repr__ = __str__ = __len__ = __getitem__ = Noisy.__repr__  # type: ignore[assignment]


Point = namedtuple("Point", "x y")
RING: list[object] = [1]
RING.append(RING)
NESTED: list[object] = []
for _ in range(100):
    NESTED = [NESTED]


UNASKED: list[tuple[object, str]] = [
    (Noisy(), "<Noisy object>"),
    (Noisy, "<class 'Noisy'>"),
    (NoisyList([1, "a"]), "NoisyList([1, 'a'])"),
    (NoisyText("ab"), "NoisyText('ab')"),
    (Point(1, Noisy()), "Point(x=1, y=<Noisy object>)"),
    (ValueError("no", 3), "ValueError('no', 3)"),
    (Counter("aab"), "Counter({'a': 2, 'b': 1})"),
    (OrderedDict(a=1), "OrderedDict({'a': 1})"),
    (defaultdict(int, {1: 2}), "defaultdict(<class 'int'>, {1: 2})"),
    ({"a": 1}.items(), "dict_items([('a', 1)])"),
    (range(3), "range(0, 3)"),
    (range(0, 9, 2), "range(0, 9, 2)"),
    (slice(1), "slice(None, 1, None)"),
    (decimal.Decimal("1e999999"), "Decimal('1E+999999')"),
    (fractions.Fraction(10**9_000, 3), "Fraction(<int of 29898 bits>, 3)"),
    (datetime.date(2020, 1, 2), "datetime.date(2020, 1, 2)"),
    (10**9_000, "<int of 29898 bits>"),
    (RING, "[1, ...]"),
    (NESTED, "[" * 20 + "..." + "]" * 20),
    ("\ud800\x1b[31m\u202e<b>", "'\\ud800\\x1b[31m\\u202e<b>'"),
    (type("\x1b[31m", (), {})(), "<object object>"),
    (..., "Ellipsis"),
    (bytearray(b"a"), "bytearray(b'a')"),
]


@pytest.mark.parametrize("number", range(len(UNASKED)), ids=[text[:20] for _, text in UNASKED])
def test_values_that_are_not_asked(number: int) -> None:
    """The text comes from the built-in types and the name of the class."""
    value, text = UNASKED[number]
    assert shown(value, 2_000) == text


def test_elements_of_an_array_are_not_asked() -> None:
    numpy = pytest.importorskip("numpy")
    assert shown(numpy.array([1, 2]), 100) == "array([1, 2])"
    array = numpy.empty(1, dtype=object)
    array[0] = type("Loud", (), {"__repr__": Noisy.__repr__})()
    assert shown(array, 100) == "<ndarray object>"


def test_names_of_attributes_are_printable() -> None:
    """A program chooses those of a namespace."""
    named = SimpleNamespace(**{"a": 1, "\x1b[31m\u202e": 2})
    assert shown(named, 100) == r"namespace(a=1, '\x1b[31m\u202e'=2)"


def test_a_large_value_takes_no_time() -> None:
    """Of a million elements only those that are shown are looked at."""

    many: list[object] = [[1]] * 1_000_000
    assert len(shown(many, 100)) == 101
    assert shown("x" * 10_000_000, 10) == "'xxxxxxxxx…"
    shared: list[object] = [0]
    for _ in range(60):
        shared = [shared, shared]  # 2 ** 60 elements, if each is followed
    assert len(shown(shared, 500)) == 501


def test_an_array_of_many_dimensions_takes_no_time() -> None:
    """numpy writes six elements of each dimension: a million of them here."""
    numpy = pytest.importorskip("numpy")
    assert shown(numpy.zeros((7,) * 8, "i1"), 2_000) == "<array of shape (7, 7, 7, 7, 7, 7, 7, 7)>"
    assert shown([numpy.zeros((2, 2), "i1")], 2_000) == "[array([[0, 0], [0, 0]], dtype=int8)]"
    assert shown(numpy.zeros(10**7), 2_000).startswith("array([0., 0., 0., ..., 0., 0., 0.]")
    assert shown(numpy.zeros((0,) * 9), 2_000).startswith("array([]")


def test_a_call() -> None:
    """With keywords, and cut."""
    assert shown_call("f", (1, "a"), [("key", [2])], 100) == "f(1, 'a', key=[2])"
    assert shown_call("f", ("a" * 100,), [], 10) == "f('aaaaaaa…"


def test_a_record_keeps_within_its_room() -> None:
    """Calls that do not fit are left out, whole, the oldest first."""
    calls = LastCalls()
    for number in range(3):
        calls.begin("f", ("ж" * 100,), {}, None, changes=False).returned(number, 10)
        calls._calls[-1].place = (0, -1)  # as if they were in one statement
    assert calls.fields(None, 1_350).count('"a') == 2
    assert calls.fields(None, 10) == ""


@pytest.fixture(scope="module")
def judged(backend: Backend) -> Iterator[Pool]:
    """One warm worker."""
    with Pool(backend, workers=1, limits=LIMITS) as pool:
        yield pool


def told(pool: Pool, program: str, tests: str, status: str = "failed") -> list[tuple[str, str]]:
    """(call, what came of it) of each, and the ruling as another machine of the host would get it."""
    outcome = pool.submit(Job(program, "f", (), LIMITS, "assert", Tests(tests))).result(timeout=120)
    assert outcome.ruling is not None
    assert (outcome.status, outcome.ruling.status) == ("completed", status)
    same: Outcome = outcome_from(outcome_values(outcome))
    assert same == outcome
    assert all(type(call) is LastCall for call in outcome.ruling.last_calls)
    return [(one.call, f"!{one.raised}" if one.returned is None else one.returned) for one in outcome.ruling.last_calls]


@pytest.mark.parametrize(
    ("tests", "calls"),
    [
        ("def check(c):\n    assert c(1) == 1\n    assert c(2) == 3\ncheck(f)", [("f(2)", "2")]),
        ("assert f(1) == 1; assert f(n=2) == f(3)", [("f(1)", "1"), ("f(n=2)", "2"), ("f(3)", "3")]),
        ("assert f(1) == 1\nassert f(2) == f(3)", [("f(2)", "2"), ("f(3)", "3")]),
        ("for n in range(9):\n    assert f(n) < 5", [("f(5)", "5")]),
        ("assert all(f(n) < 5 for n in range(9))", [("f(5)", "5")]),
        ("a = f(1)\nb = f(2)\nassert a == b", [("f(1)", "1"), ("f(2)", "2")]),
        ("assert f(1) + f(2) + f(3) + f(4) == 0", [("f(2)", "2"), ("f(3)", "3"), ("f(4)", "4")]),
        ("f(1)\nassert f('a' * 3)", [("f('aaa')", "!ValueError('a text', 'aaa')")]),
        ("try:\n    f('')\nexcept ValueError:\n    assert f(0)", [("f(0)", "0")]),
        ("assert False", []),
        ("1 / 0", []),
    ],
)
def test_the_calls_of_the_failing_test(judged: Pool, tests: str, calls: list[tuple[str, str]]) -> None:
    """Those in its line, at most three; else those before it."""
    program = "def f(n):\n    if type(n) is str: raise ValueError('a text', n)\n    return n\n"
    assert told(judged, program, tests) == calls


def test_tests_that_pass_tell_nothing(judged: Pool) -> None:
    """There is no failure to explain."""
    assert told(judged, "def f(n): return n", "assert f(1) == 1", "passed") == []


def test_arguments_are_those_of_the_call(judged: Pool) -> None:
    """Also where the program changes them and the tests see it."""
    tests = "xs = [3, 1]\nf(xs)\nassert xs == [1, 2]\n"
    assert told(judged, "def f(xs): xs.sort()", tests) == [("f([3, 1])", "None")]


HOSTILE = """
class Any:
    def __eq__(self, other): return True
    def __repr__(self): open('/proc/self/fd/1', 'w').write('asked'); raise SystemExit
    def __getattr__(self, name): return self
class Text(str):
    def __repr__(self): return '4'
def f(n):
    print('called')
    return [Any(), Text("3"), "\\ud800\\x1b]0;x\\x07\\u202e</script>", "ж" * 100_000, [[0] * 9] * 9_000, 7 ** 50_000, f][n]
"""


@pytest.mark.parametrize(
    ("number", "begin", "size"),
    [
        (0, "<Any object>", 12),
        (1, "Text('3')", 9),
        (2, r"'\ud800\x1b]0;x\x07\u202e</script>'", 35),
        (3, "'жжж", 2_001),
        (4, "[[0, 0, 0, 0, 0, 0, 0, 0, 0], [0", 2_001),
        (5, "<int of 140368 bits>", 20),
        (6, "<function object>", 17),
    ],
)
def test_hostile_answers(judged: Pool, number: int, begin: str, size: int) -> None:
    """The verdict stands, the text is bounded and printable, and no object of the program's is asked for it."""
    outcome = judged.submit(
        Job(HOSTILE, "f", (), LIMITS, "assert", Tests(f"assert f({number}) is None, 'ы' * 3000\n"))
    ).result(timeout=120)
    assert outcome.ruling is not None
    assert (outcome.status, outcome.ruling.status, outcome.stdout) == ("completed", "failed", "called\n")
    (call,) = outcome.ruling.last_calls
    assert (call.call, call.raised) == (f"f({number})", None)
    assert call.returned is not None
    assert call.returned.startswith(begin)
    assert len(call.returned) == size
    assert call.returned.isprintable()
