"""Files of completions, as a user scores them: nothing is left out in silence, and every tool's file is read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from cli_runs import RIGHT, WRONG, codeeval, document, failed, write_lines, write_samples, write_tasks

pytestmark = pytest.mark.local
LOCAL = ("--sandbox", "local", "-j", 2)
PROGRAM = "def add(a, b):\n    return a + b\n"


def score(cwd: Path, *arguments: object, task: str = "tasks.jsonl", code: int = 0) -> dict[str, Any]:
    return document(codeeval(cwd, "score", "-t", task, *LOCAL, "--format", "json", *arguments), code)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_tasks(tmp_path, 3)
    return tmp_path


def rows(*broken: object) -> list[Any]:
    """Problems 1 and 2 right, ten times each; problem 3 wrong, nine times, and whatever is given."""
    good = [{"task_id": pid, "completion": RIGHT if pid < 3 else WRONG} for pid in (1, 2, 3) for _ in range(10)]
    return [*good[:-1], *broken]


def write(path: Path, lines: list[Any]) -> Path:
    path.write_text("".join((one if isinstance(one, str) else json.dumps(one)) + "\n" for one in lines))
    return path


def test_an_answer_of_nothing_counts(folder: Path) -> None:
    """A null is an empty answer: a model that answered nothing has not answered a problem less."""
    write(folder / "s.jsonl", [*rows()[:20], *({"task_id": 3, "completion": None} for _ in range(10))])
    found = score(folder, "--samples", "s.jsonl", "--protocol", "strict")
    assert (found["n_problems"], found["pass_at_k"]["1"]["estimate"]) == (3, pytest.approx(2 / 3))


@pytest.mark.parametrize("row", ['{"task_id": 3, "compl', {"task_id": 3, "completion": ["x", 5]}], ids=["cut", "wrong"])
def test_a_row_that_cannot_be_read_is_pending(folder: Path, row: object) -> None:
    """Never left out so that the score rises: exit code 3, and the reason names the line; --skip-bad-rows scores without it, and
    the report says so in every form."""
    write(folder / "s.jsonl", rows(row))
    found = score(folder, "--samples", "s.jsonl", "-o", "r", code=3)
    lost = 1 if isinstance(row, str) else 2
    assert (found["complete"], found["pending"], found["n_samples"], found["skipped_samples"]) == (False, lost, 29, 0)
    assert any("line 30" in text and text.startswith(f"pending ({lost})") for text in found["warnings"])
    assert any("--skip-bad-rows" in text for text in found["warnings"])
    skipped = score(folder, "--samples", "s.jsonl", "--skip-bad-rows", "-o", "s")
    assert (skipped["complete"], skipped["pending"], skipped["skipped_samples"]) == (True, 0, lost)
    for form in ("human", "markdown"):
        shown = codeeval(folder, "report", "s", "--format", form).stdout
        assert "could not be read and" in shown, shown


def test_rows_of_another_set_are_refused(folder: Path) -> None:
    """Even one; also in a file of a single row."""
    write(
        folder / "s.jsonl", rows({"task_id": "Other/3", "completion": WRONG}, {"task_id": "More/3", "completion": ""})
    )
    done = codeeval(folder, "score", "-t", "tasks.jsonl", "--samples", "s.jsonl", *LOCAL)
    failed(done, 2, "line 31: a sample of More, and not of tasks")
    (folder / "one.json").write_text(json.dumps({"task_id": "9", "completion": RIGHT}, indent=1))
    done = codeeval(folder, "score", "-t", "tasks.jsonl", "--samples", "one.json", *LOCAL)
    failed(done, 2, "these are no samples of tasks")
    (folder / "one.json").write_text(json.dumps({"task_id": "2", "completion": RIGHT}, indent=1))
    assert score(folder, "--samples", "one.json")["pass_at_k"]["1"]["estimate"] == 1.0


def test_completions_in_place_of_problems_are_pointed_to_score(folder: Path) -> None:
    """`-t` wants problems; a list of generations, rows and a single one are recognised."""
    write_samples(folder, {1: [RIGHT]})
    (folder / "generations.json").write_text(json.dumps([[PROGRAM]]))
    (folder / "one.json").write_text(json.dumps({"problem_id": 1, "responses": ["x"]}))
    for name in ("samples.jsonl", "generations.json", "one.json"):
        done = codeeval(folder, "score", "-t", name, "--samples", "samples.jsonl", *LOCAL)
        failed(done, 2, "a row of completions, not a problem", "codeeval score -t SET --samples FILE")


def test_several_files_a_pattern_and_a_folder(folder: Path) -> None:
    """Successive samples across files, each file once; a bad row names its file."""
    for number, text in enumerate((RIGHT, WRONG)):
        write(folder / f"part{number}.jsonl", [{"task_id": pid, "completion": text} for pid in (1, 2, 3)])
    for given in (("--samples", "part0.jsonl", "--samples", "part1.jsonl"), ("--samples", "part?.jsonl")):
        found = score(folder, *given)
        assert (found["n_samples"], found["pass_at_k"]["1"]["estimate"]) == (6, 0.5)
    twice = score(folder, "--samples", "part*.jsonl", "--samples", "part0.jsonl")
    assert twice["n_samples"] == 6
    with (folder / "part1.jsonl").open("a") as stream:
        stream.write("?\n")
    found = score(folder, "--samples", "part?.jsonl", code=3)
    assert any("part1.jsonl, line 4: not JSON" in text for text in found["warnings"])
    failed(codeeval(folder, "score", "-t", "tasks.jsonl", "--samples", "none*.jsonl", *LOCAL), 2, "no file fits")
    (folder / "lm" / "org__model").mkdir(parents=True)
    log = [{"doc_id": pid, "doc": {"meta": {"id": pid}}, "resps": [[RIGHT, WRONG]]} for pid in (1, 2, 3)]
    write(folder / "lm/org__model/samples_tasks_2025-01-01T00-00-00.000001.jsonl", log)
    (folder / "lm/org__model/results_2025-01-01T00-00-00.000001.json").write_text("{}")
    assert score(folder, "--samples", "lm")["pass_at_k"]["1"]["estimate"] == 0.5


HUMAN_EVAL = {"prompt": 'def twice(n):\n    """Two times n."""\n', "entry_point": "twice"}
UNITTEST = "import unittest\nclass T(unittest.TestCase):\n    def setUp(self):\n        self.f = twice\n" + (
    "    def test_a(self):\n        self.assertEqual(self.f(2), 4)\n"
    "    def test_b(self):\n        with self.assertRaises(TypeError):\n            twice(None)\n\nunittest.main()\n"
)
TESTS = {
    "1": "def check(candidate):\n    assert candidate(2) == 4\n",
    "2": "assert twice(2) == 4\nassert candidate(0) == 0\n",
    "3": UNITTEST,
}
ANSWERS = {
    "right": "    if n is None:\n        raise TypeError(n)\n    return 2 * n\n",
    "wrong": "    return 3 * n\n",
    "raises": "    raise ValueError(n)\n",
    "skips": "    import unittest\n    raise unittest.SkipTest('x')\n",
    "exits": "    raise SystemExit(0)\n",
    "equal to all": "    class E:\n        def __eq__(self, other):\n            return True\n    return E()\n",
}


def test_asserts_and_unittest_are_carried_out(folder: Path) -> None:
    """Under each of the three forms the right program passes and no other does."""
    problems = [{**HUMAN_EVAL, "task_id": f"x/{pid}", "test": test} for pid, test in TESTS.items()]
    write_lines(folder / "forms.jsonl", problems)
    answers = [{"task_id": f"x/{pid}", "completion": text} for pid in TESTS for text in ANSWERS.values()]
    write_lines(folder / "s.jsonl", answers)
    found = score(folder, "--samples", "s.jsonl", "--results", "out.jsonl", task="forms.jsonl")
    assert (found["complete"], found["n_samples"]) == (True, 18)
    results = [json.loads(line) for line in (folder / "out.jsonl").read_text().splitlines()]
    for name, index in zip(ANSWERS, range(len(ANSWERS)), strict=True):
        judged = {row["problem_id"]: row["passed"] for row in results if row["index"] == index}
        assert judged == dict.fromkeys(TESTS, name == "right"), (name, judged)
    failure = next(row for row in results if row["problem_id"] == "3" and row["index"] == 1)
    assert failure["verdict"] == "wrong_output"
    assert "line 6 of the tests" in failure["error"]


def test_a_program_of_its_own_is_kept_as_one(folder: Path) -> None:
    """EvalPlus' `solution` stands alone under every protocol, and is still one when the run's samples are exported and scored."""
    lines = [{"task_id": "1", "solution": PROGRAM}, {"task_id": "2", "solution": "    return a + b"}]
    write(folder / "s.jsonl", lines)
    found = score(folder, "--samples", "s.jsonl", "--protocol", "mera-code", "-o", "r")
    assert {name: found["scores"][name]["1"]["estimate"] for name in ("mera-code", "strict")} == {
        "mera-code": 0.5,
        "strict": 0.5,
    }
    codeeval(folder, "export", "jsonl", "r", "-o", "again.jsonl")
    assert [sorted(json.loads(line)) for line in (folder / "again.jsonl").read_text().splitlines()] == [
        ["solution", "task_id"]
    ] * 2
    assert score(folder, "--samples", "again.jsonl")["pass_at_k"]["1"]["estimate"] == 0.5
    assert score(folder, "--samples", "r")["pass_at_k"]["1"]["estimate"] == 0.5
