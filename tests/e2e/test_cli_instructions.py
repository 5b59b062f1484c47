"""`run --instructions`: a model that minds its words, killed, interrupted, resumed and reported."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from cli_runs import (
    RIGHT,
    ROOT,
    WRONG,
    codeeval,
    document,
    failed,
    problem,
    start,
    write_lines,
    write_samples,
)

sys.path.insert(0, str(ROOT / "tests" / "unit"))
from misbehaving_server import Behaviour, Reply, serving

pytestmark = pytest.mark.local
WORDS = ("Допишите функцию.\n{function}", "Продолжите код: {function}", "{function}\nЧто дальше?")
LOCAL = ("--sandbox", "local", "-j", "2")


def reply(number: int, body: dict[str, Any]) -> Reply:
    """Right under the first two wordings; under the third every second request is answered wrongly."""
    text = WRONG if "Что дальше?" in body["prompt"] and number % 2 else RIGHT
    choices = [{"index": i, "text": text, "finish_reason": "stop"} for i in range(body.get("n") or 1)]
    return 200, {}, json.dumps({"id": "x", "object": "text_completion", "choices": choices}).encode()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Six problems, two of each wording, and a file with four completions of each."""
    rows = [problem(pid, instruction=WORDS[pid % 3]) for pid in range(1, 7)]
    write_lines(tmp_path / "tasks.jsonl", rows)
    write_samples(tmp_path, {pid: [RIGHT, WRONG, RIGHT + " ", RIGHT + "  "] for pid in range(1, 7)})
    return tmp_path


def check(found: dict[str, Any]) -> dict[str, Any]:
    schema = json.loads((ROOT / "docs/schemas/instructions.schema.json").read_text("utf-8"))
    jsonschema.Draft202012Validator(schema).validate(found)
    return found


def test_a_model_that_minds_its_words(folder: Path) -> None:
    """Every problem under every wording: the worst one is found, compared and told in every format; the single runs are
    ordinary ones, of which only the set's own can be submitted."""
    with serving(Behaviour(fail=reply)) as server:
        flags = ("-t", "tasks.jsonl", "-m", "m", "--base-url", server.url, "-M", "patience=60", "-M", "n=1", *LOCAL)
        done = codeeval(folder, "run", *flags, "--n", 4, "--instructions", "all", "-o", "words", "--format", "json")
    found = check(document(done))
    assert [(row["name"], row["own"]) for row in found["instructions"]] == [("own", 6), ("1", 2), ("2", 2), ("3", 2)]
    worst = next(row for row in found["instructions"] if (row["text"] or "").startswith("{function}"))
    spread = found["spread"]["mera-code"]["1"]
    assert found["compared"][spread["lowest"]] == worst["name"]
    assert spread["range"] == pytest.approx(1 - worst["scores"]["mera-code"]["1"]["estimate"])
    assert worst["versus_own"]["difference"] < 0
    assert check(document(codeeval(folder, "report", "words", "--format", "json"))) == found
    text = codeeval(folder, "report", "words").stdout
    assert "spread over 3 instructions" in text
    assert f"(instruction {worst['name']})" in text
    assert "разброс по 3 инструкциям" in codeeval(folder, "report", "words", "--lang", "ru").stdout
    assert "| own" in codeeval(folder, "report", "words", "--format", "markdown").stdout
    assert codeeval(folder, "report", "words", "--plot", "words.svg").returncode == 0
    assert (folder / "words.svg").read_text("utf-8").count("own") >= 1
    assert codeeval(folder, "report", "words", "--format", "quiet").stdout.startswith("spread pass@1 0.")
    assert codeeval(folder, "compare", "words/own", "words/2", "--allow-different").returncode == 0
    assert codeeval(folder, "export", "mera", "words/own", "-o", "own.zip").returncode == 0
    failed(codeeval(folder, "export", "mera", "words/2", "-o", "no.zip"), 2, "instruction 2 for every problem")
    failed(codeeval(folder, "export", "mera", "words", "-o", "no.zip"), 2, "it holds 4 runs")


def interrupted(folder: Path, name: str, number: int) -> str | None:
    """stderr of a program that got the signal during the second of its runs; None where it had ended before."""
    process = start(folder, *REPLAY, "--limit", "3", "-o", name)
    deadline = time.monotonic() + 240
    while process.poll() is None and not (folder / name / "1" / "run.sqlite-wal").exists():
        assert time.monotonic() < deadline
        time.sleep(0.002)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, number)
    out, err = process.communicate(timeout=120)
    if process.returncode == 0:
        return None
    assert (process.returncode, out) == (130 if number == signal.SIGINT else -number, "")
    return err


REPLAY = ("run", "-t", "tasks.jsonl", "-m", "samples.jsonl", "--n", "4", "--instructions", "all", *LOCAL)


@pytest.mark.parametrize("number", [signal.SIGKILL, pytest.param(signal.SIGINT, marks=pytest.mark.slow)])
def test_killed_in_the_middle(folder: Path, number: int) -> None:
    """`kill -9` and Ctrl-C during the second of four runs; `--resume` of the folder does the rest, once, and the result is that
    of a folder that nobody disturbed."""
    slow = [
        f"\n    total = sum(i for i in range(500_000 + {i}))\n    return a {'+' if i % 2 else '-'} b" for i in range(4)
    ]
    write_samples(folder, dict.fromkeys(range(1, 7), slow))
    whole = check(document(codeeval(folder, *REPLAY, "--limit", "3", "-o", "whole", "--format", "json")))
    name, err = next(
        (each, said)
        for each in ("words", "words2", "words3")
        if (said := interrupted(folder, each, number)) is not None
    )
    if number == signal.SIGINT:
        assert f"codeeval run --resume {name}" in err
    assert not list(folder.glob(".words*"))
    half = check(document(codeeval(folder, "report", name, "--format", "json")))
    assert (half["complete"], half["spread"]) == (False, {})
    if number == signal.SIGKILL:
        assert "INCOMPLETE" in codeeval(folder, "report", name).stdout
        failed(codeeval(folder, *REPLAY, "-o", name), 2, f"--resume {name}")
        failed(codeeval(folder, "run", "--resume", name, "--n", "5"), 2, "--n", "can't be changed")
    done = codeeval(folder, "run", "--resume", name, *LOCAL[:2], "--format", "json")
    assert "instruction own" not in done.stderr
    found = check(document(done))
    assert found["spread"] == whole["spread"]
    assert [row["scores"] for row in found["instructions"]] == [row["scores"] for row in whole["instructions"]]
    if number == signal.SIGKILL:
        assert "nothing is left to do" in codeeval(folder, "run", "--resume", name).stderr


def test_what_is_refused(folder: Path) -> None:
    """One instruction, an unknown number, a file of results, a folder in use, too few completions: exit 2, and no folder."""
    failed(codeeval(folder, *REPLAY, "--instructions", "9", "-o", "x"), 2, "numbers from 1 to 3")
    failed(codeeval(folder, *REPLAY, "--results", "r.jsonl", "-o", "x"), 2, "--results")
    failed(codeeval(folder, *REPLAY, "--n", "5", "-o", "x"), 2, "has 4 completions, the run needs 5")
    assert not (folder / "x").exists()
    (folder / "x").mkdir()
    (folder / "x" / "file").touch()
    failed(codeeval(folder, *REPLAY, "-o", "x"), 2, "must be new or empty")
    write_lines(folder / "tasks.jsonl", [problem(1), problem(2)])
    failed(codeeval(folder, *REPLAY, "-o", "y"), 2, "has 1 different instructions")
