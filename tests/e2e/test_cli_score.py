"""`codeeval score`, `rescore` and `report`, as a user calls them."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from cli_runs import (
    COMMAND,
    RAISES,
    RIGHT,
    ROOT,
    WRONG,
    codeeval,
    document,
    environment,
    failed,
    problem,
    write_lines,
    write_samples,
    write_tasks,
)

from codeeval.store import RunReader

pytestmark = pytest.mark.local
LOCAL = ("--sandbox", "local", "-j", 2)


def score(cwd: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    return codeeval(cwd, "score", "-t", "tasks.jsonl", "--samples", "samples.jsonl", *LOCAL, *arguments)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two problems, three samples each: c = 2 and c = 0."""
    write_tasks(tmp_path)
    write_samples(tmp_path, {1: [RIGHT, WRONG, RIGHT], 2: [RAISES, WRONG, "\n    retur a"]})
    return tmp_path


def check_schema(found: dict[str, Any]) -> None:
    schema = json.loads((ROOT / "docs/schemas/result.schema.json").read_text("utf-8"))
    jsonschema.Draft202012Validator(schema).validate(found)


def results(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("ascii").splitlines()]


def test_scores_verdicts_and_results(folder: Path) -> None:
    """One JSON document that keeps to the published schema, and one line per sample in the order of the file."""
    done = score(folder, "--protocol", "strict", "--format", "json", "--results", "out.jsonl", "-k", "1,3", "-o", "r")
    found = document(done)
    check_schema(found)
    assert found["pass_at_k"]["1"]["estimate"] == pytest.approx(1 / 3)
    assert found["pass_at_k"]["3"]["estimate"] == 0.5
    assert found["verdicts"] == {"passed": 2, "wrong_output": 2, "exception": 1, "syntax_error": 1}
    assert (found["complete"], found["n_problems"], found["n_samples"], found["pending"]) == (True, 2, 6, 0)
    assert found["counts"] == {"generated": 0, "executed": 5, "deduplicated": 1, "cached": 0}
    assert (found["run"], found["kind"], found["scores"]["strict"]) == ("r", "score", found["pass_at_k"])
    rows = results(folder / "out.jsonl")
    assert [(row["problem_id"], row["index"], row["verdict"]) for row in rows] == [
        ("1", 0, "passed"),
        ("1", 1, "wrong_output"),
        ("1", 2, "passed"),
        ("2", 0, "exception"),
        ("2", 1, "wrong_output"),
        ("2", 2, "syntax_error"),
    ]
    assert rows[1]["outputs"] == ["-1", "-2"]
    assert rows[3]["outputs"] == [None, None]
    assert "ZeroDivisionError" in rows[3]["error"]
    assert all(row["passed"] == row["passed_by_protocol"]["strict"] == (row["verdict"] == "passed") for row in rows)
    assert all(isinstance(row["cpu_ms"], int) for row in rows)


def test_mera_protocols_score_strict_beside(folder: Path) -> None:
    """Under a MERA protocol both scores are there, and what the samples failed of is explained."""
    write_samples(folder, {1: ["\n    return a + b if a < 2 else add(a - 1, b + 1)"], 2: [RIGHT]})
    found = document(score(folder, "--protocol", "mera-code", "--format", "json", "--results", "out.jsonl"))
    check_schema(found)
    assert found["pass_at_k"]["1"]["estimate"] == found["scores"]["mera-code"]["1"]["estimate"] == 0.5
    assert found["scores"]["strict"]["1"]["estimate"] == 1.0
    assert [difference["n_samples"] for difference in found["differences"]] == [1]
    first = results(folder / "out.jsonl")[0]
    assert first["outputs"] == ["3", None]
    assert first["passed_by_protocol"] == {"mera-code": False, "strict": True}


def test_the_table_for_people(folder: Path) -> None:
    """The text has scores with intervals, verdicts, failures with an example, times, the run, and no colour codes."""
    done = score(folder, "-o", "r")
    assert done.returncode == 0
    for word in (
        "pass@1",
        "95% CI, new problems (total)",
        "95% CI, these problems (sampling only)",
        "verdicts",
        "ZeroDivisionError",
        "generation",
        "r",
    ):
        assert word in done.stdout
    assert "\x1b" not in done.stdout
    assert "e.g. problem" in done.stdout


def test_the_run_file_tells_the_same_later(folder: Path) -> None:
    """`report` gives from the file alone what `score` printed; Markdown too."""
    first = document(score(folder, "--format", "json", "-o", "r"))
    (folder / "tasks.jsonl").unlink()
    (folder / "samples.jsonl").unlink()
    again = document(codeeval(folder, "report", "r", "--format", "json"))
    check_schema(again)
    assert again == first
    markdown = codeeval(folder, "report", "r", "--format", "markdown").stdout
    assert "| strict | 1 | 0.333 |" in markdown
    quiet = codeeval(folder, "report", "r", "--format", "quiet").stdout
    assert quiet.startswith("pass@1 0.333 (mera-code)")


def test_rescore_executes_nothing_and_agrees(folder: Path) -> None:
    """Judging again from the evidence gives the same scores without a sandbox, even one that could not start."""
    first = document(score(folder, "--format", "json", "-o", "r"))
    again = codeeval(folder, "rescore", "r", "--format", "json", env={"PATH": "", "DOCKER_HOST": "unix:///nowhere"})
    found = document(again)
    check_schema(found)
    assert (found["scores"], found["verdicts"]) == (first["scores"], first["verdicts"])
    assert found["counts"]["executed"] == first["counts"]["executed"]


def test_rescore_under_a_protocol_without_evidence_is_incomplete_until_resumed(folder: Path) -> None:
    """What was never executed under a protocol gets no verdict; resuming the run executes it."""
    document(score(folder, "--protocol", "strict", "--format", "json", "-o", "r"))
    found = document(codeeval(folder, "rescore", "r", "--protocol", "mera-code", "--format", "json"), 3)
    assert (found["complete"], found["pending"], found["verdicts"]) == (False, 6, {})
    done = document(codeeval(folder, "run", "--resume", "r", "--sandbox", "local", "--format", "json"))
    assert (done["complete"], done["protocol"], done["scores"]["mera-code"]["1"]["estimate"]) == (
        True,
        "mera-code",
        pytest.approx(1 / 3),
    )


def test_unequal_numbers_of_samples(folder: Path) -> None:
    """Problems may have different n: pass@k is over all where all have k, and null with a warning where one has fewer."""
    write_samples(folder, {1: [RIGHT, WRONG], 2: [RIGHT]})
    found = document(score(folder, "--format", "json"))
    assert list(found["pass_at_k"]) == ["1"]
    assert found["pass_at_k"]["1"]["estimate"] == 0.75
    assert any("between 1 and 2 samples" in text for text in found["warnings"])
    found = document(score(folder, "--format", "json", "-k", "1,2"))
    assert found["pass_at_k"]["2"]["estimate"] is None
    assert any("pass@2" in text for text in found["warnings"])


def test_problems_without_samples_are_named(folder: Path) -> None:
    """The score is over the problems that have samples, and says over how many."""
    write_tasks(folder, 3)
    found = document(score(folder, "--format", "json", "-o", "all"))
    assert (found["n_problems"], found["n_selected"], found["complete"]) == (2, 3, True)
    assert any("1 of 3 problems have no samples" in text for text in found["warnings"])
    subset = document(score(folder, "--format", "json", "--problems", "1-2", "-o", "subset"))
    assert not any("no samples" in text for text in subset["warnings"])


def test_rows_that_can_not_be_used_are_reported(folder: Path) -> None:
    """Broken rows and unknown problems are named with their line and stay pending; on request the rest is scored without them."""
    with (folder / "samples.jsonl").open("a") as stream:
        stream.write('{"task_id": 1}\nnot json\n{"task_id": 77, "completion": "x"}\n')
    done = score(folder, "--format", "json")
    found = document(done, 3)
    check_schema(found)
    assert (found["n_samples"], found["pending"], found["complete"]) == (6, 3, False)
    warning = next(text for text in found["warnings"] if "could not be used" in text)
    for word in ("3 rows", "line 7: no field completion", "line 8: not JSON", "line 9", "no problem '77'"):
        assert word in warning
    assert warning in done.stderr
    without = document(score(folder, "--format", "json", "--skip-bad-rows"))
    check_schema(without)
    assert (without["complete"], without["skipped_samples"], without["scores"]) == (True, 3, found["scores"])


def test_completions_of_any_text_survive(folder: Path) -> None:
    """Lone surrogates, NULs and megabytes in a completion get a verdict, and the results can be written."""
    rows = [{"task_id": 1, "completion": text} for text in ("\ud800", "\x00", RIGHT + "  # \x00", "a" * 100_000)]
    (folder / "samples.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    found = document(score(folder, "--protocol", "strict", "--format", "json", "--results", "out.jsonl"))
    assert found["complete"]
    assert len(results(folder / "out.jsonl")) == 4
    assert found["verdicts"].get("passed", 0) == 0


def test_hidden_answers_have_no_score(folder: Path) -> None:
    """A set without answers is executed; pass@k is null, and the outputs are in the results."""
    write_lines(folder / "tasks.jsonl", [problem(1, outputs=[]), problem(2, outputs=["", ""])])
    found = document(score(folder, "--protocol", "strict", "--format", "json", "--results", "out.jsonl"))
    check_schema(found)
    assert (found["hidden"], found["n_samples"], found["verdicts"]) == (6, 0, {})
    assert found["pass_at_k"]["1"]["estimate"] is None
    assert any("hidden" in text for text in found["warnings"])
    rows = results(folder / "out.jsonl")
    assert rows[0]["outputs"] == ["3", "42"]
    assert rows[0]["verdict"] is rows[0]["passed"] is rows[0]["passed_by_protocol"]["strict"] is None


def test_a_task_can_be_checked_and_shown(folder: Path) -> None:
    """`tasks validate` executes the reference solutions; a set that is wrong is named problem by problem."""
    assert codeeval(folder, "tasks", "validate", "tasks.jsonl", *LOCAL).returncode == 0
    shown = codeeval(folder, "tasks", "show", "tasks.jsonl", "2")
    assert "def add(a: int, b: int)" in shown.stdout
    assert "{'a': 1, 'b': 2} -> 3" in shown.stdout
    write_lines(folder / "tasks.jsonl", [problem(1), problem(2, outputs=["3", "41"])])
    done = codeeval(folder, "tasks", "validate", "tasks.jsonl", *LOCAL, "--format", "json")
    found = document(done, 2)
    assert [finding["problem_id"] for finding in found["findings"]] == ["2"]
    names = [task["name"] for task in json.loads(codeeval(folder, "tasks", "list", "--format", "json").stdout)]
    assert "rustarter" in names


def test_the_selftest_and_the_doctor(folder: Path) -> None:
    """Both say that this machine can execute programs, in words and as JSON."""
    found = document(codeeval(folder, "sandbox", "selftest", *LOCAL, "--format", "json"))
    assert found["ok"] is True
    assert document(codeeval(folder, "doctor", "--format", "json"))["usable"] is True
    assert "local worker" in codeeval(folder, "doctor").stdout


def test_nothing_is_left_to_evaluate(folder: Path) -> None:
    """Samples of the set, but of none of the problems that were selected: exit code 5, and what is on both sides."""
    write_samples(folder, {2: [RIGHT]})
    failed(score(folder, "--problems", "1"), 5, "no sample belongs to a selected problem", "2")


def test_samples_of_another_set_are_refused(folder: Path) -> None:
    """Ids alone don't say whose samples they are: a run of another set is refused although its ids fit, and a file whose ids
    don't fit is, too; no run folder is made."""
    document(score(folder, "--format", "json", "-o", "mine"))
    other = {"function": 'def sub(a: int, b: int) -> int:\n    """Разность."""', "tests": "[{'a': 1, 'b': 2}]"}
    meta = {"entry_point": "sub", "canonical_solution": ""}
    rows = [problem(pid, inputs=other, outputs=["-1"], meta={**meta, "id": pid}) for pid in (1, 2)]
    write_lines(folder / "other.jsonl", rows)
    flags = ("score", "-t", "other.jsonl", *LOCAL, "-o", "no")
    failed(codeeval(folder, *flags, "--samples", "mine"), 2, "no samples of other", "one of tasks", "name that with -t")
    write_samples(folder, {1: [RIGHT], 70: [RIGHT], 71: [RIGHT]})
    failed(score(folder, "-o", "no"), 2, "no samples of tasks", "2 have an id", "70, 71")
    assert not (folder / "no").exists()


def test_the_same_set_under_another_name(folder: Path) -> None:
    """A run is scored with the same problems from another file, here with the answers of one problem and a third problem."""
    document(score(folder, "--format", "json", "-o", "mine"))
    rows = [problem(1), problem(2, outputs=[]), problem(3)]
    write_lines(folder / "again.jsonl", rows)
    (folder / "answers.json").write_text('{"2": ["3", "42"]}')
    flags = ("-t", "again.jsonl", "--samples", "mine", "--answers", "answers.json", *LOCAL, "--format", "json")
    found = document(codeeval(folder, "score", *flags))
    assert found["scores"]["strict"]["1"]["estimate"] == pytest.approx(1 / 3)
    assert any(text.startswith("1 of 3 problems have no samples") for text in found["warnings"])


@pytest.mark.parametrize("name", ["-", "/dev/stdin"])
def test_samples_out_of_a_pipe(folder: Path, name: str) -> None:
    """`score --samples -` reads the standard input, which can be read only once."""
    text = (folder / "samples.jsonl").read_bytes()
    flags = ("score", "-t", "tasks.jsonl", "--samples", name, *LOCAL, "--format", "json")
    done = subprocess.run([*COMMAND, *map(str, flags)], cwd=folder, env=environment(), input=text, capture_output=True)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["scores"]["strict"]["1"]["estimate"] == pytest.approx(1 / 3)
    assert found["model"] == "stdin"
    empty = subprocess.run([*COMMAND, *map(str, flags)], cwd=folder, env=environment(), input=b"", capture_output=True)
    assert (empty.returncode, b"no usable row" in empty.stderr) == (2, True)


@pytest.mark.local
def test_limits_by_flag_decide_and_come_back(tmp_path: Path) -> None:
    """A sample of 1.5 s of CPU time fails under 1 s and passes under 4; rescored and resumed, the limits are those of the run."""
    row = {
        "instruction": "{function}",
        "inputs": {"function": 'def add(a: int, b: int) -> int:\n    """Сумма."""', "tests": "[{'a': 1, 'b': 2}]"},
        "outputs": ["3"],
        "meta": {"id": 1, "canonical_solution": "\n    return a + b\n", "entry_point": "add"},
    }
    body = "\n    from time import process_time as now\n    t = now()\n    while now() - t < 1.5:\n        pass\n"
    body += "    return a + b\n"
    (tmp_path / "own.jsonl").write_text(json.dumps(row) + "\n", "utf-8")
    (tmp_path / "s.jsonl").write_text(json.dumps({"task_id": 1, "completion": body}) + "\n", "utf-8")
    asked = ("score", "-t", "own.jsonl", "--samples", "s.jsonl", "--sandbox", "local", "--format", "json")
    for seconds, right in ((1, 0.0), (4, 1.0)):
        for more in (
            (*asked, "--cpu-s", seconds, "--out", f"r{seconds}"),
            ("rescore", f"r{seconds}", "--format", "json"),
        ):
            found = json.loads(codeeval(tmp_path, *more).stdout)
            assert found["pass_at_k"]["1"]["estimate"] == right
            with RunReader(tmp_path / f"r{seconds}") as reader:
                assert reader.manifest().sandbox.limits["cpu_s"] == seconds
    refused = codeeval(tmp_path, "compare", "r1", "r4")
    assert (refused.returncode, "different limits" in refused.stderr) == (2, True)
