"""`codeeval samples` lists what the explorer lists, and one sample of a run is scored again by its name."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from cli_runs import codeeval, problem, write_lines

RIGHT, WRONG, SLOW = "\n    return a + b", "\n    return a - b", "\n    raise ValueError('x' * 20)"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A scored run of two problems with topics."""
    root = tmp_path_factory.mktemp("samples")
    rows = [{**problem(1), "outputs": ["3", "42"]}, {**problem(2), "outputs": ["3", "42"]}]
    for row, topics in zip(rows, (["numbers"], ["numbers", "strings"]), strict=True):
        row["meta"] = {**row["meta"], "topics": topics}
    write_lines(root / "tasks.jsonl", rows)
    texts = {1: [RIGHT, WRONG, SLOW], 2: [WRONG, "x" * 200_000 + "'\n", RIGHT]}
    lines = [{"task_id": pid, "completion": text} for pid, found in texts.items() for text in found]
    (root / "s.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), "ascii")
    done = codeeval(root, "score", "-t", "tasks.jsonl", "--samples", "s.jsonl", "-o", "run", "--sandbox", "local")
    assert done.returncode == 0, done.stderr
    return root


def test_lists_by_verdict_group_topic_and_text(folder: Path) -> None:
    """Each filter alone and together, in every format."""

    def listed(*flags: str) -> list[str]:
        done = codeeval(folder, "samples", "run", "--format", "jsonl", *flags)
        assert done.returncode == 0, done.stderr
        return [f"{row['problem_id']}/{row['index']}" for row in map(json.loads, done.stdout.splitlines())]

    assert listed() == ["1/0", "1/1", "1/2", "2/0", "2/1", "2/2"]
    assert listed("--verdict", "failed") == ["1/1", "1/2", "2/0", "2/1"]
    assert listed("--verdict", "wrong_output", "--topic", "strings") == ["2/0"]
    assert listed("--verdict", "wrong_output", "--meta", "topics:strings") == ["2/0"]
    assert listed("--group", "exception ValueError") == ["1/2"]
    assert listed("--problem", "2", "--limit", "2") == ["2/0", "2/1"]
    done = codeeval(folder, "samples", "run", "--verdict", "exception", "--format", "csv")
    [row] = csv.DictReader(io.StringIO(done.stdout))
    assert (row["problem_id"], row["index"], row["text"]) == ("1", "2", "raise ValueError('x' * 20)")
    assert "1/2" in codeeval(folder, "samples", "run", "--verdict", "exception", "--lang", "ru").stdout
    document = json.loads(codeeval(folder, "samples", "run", "--format", "json").stdout)
    assert len(document["samples"]) == 6


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (["--verdict", "timeouts"], "Did you mean timeout"),
        (["--group", "nothing like it"], "no failure group"),
        (["--topic", "x"], "numbers, strings"),
        (["--meta", "level:hard"], "as in difficulty:hard; they have topics"),
        (["--meta", "topics:x"], "no problem of the run has it; they have topics:numbers, topics:strings"),
        (["--tag", "x"], "--tag 'x': no note of the run has a tag"),
        (["--problem", "9"], "no problem"),
        (["--protocol", "mera"], "Known: "),
        (["--format", "xml"], "jsonl"),
    ],
)
def test_what_is_not_there_is_refused(folder: Path, flags: list[str], said: str) -> None:
    """With what there is."""
    done = codeeval(folder, "samples", "run", *flags)
    assert done.returncode == 2
    assert said in done.stderr


def test_the_groups_that_a_beginning_may_mean_are_named(tmp_path: Path) -> None:
    """However many larger groups there are."""
    others = ("Arithmetic", "Attribute", "Buffer", "EOF", "Import", "Lookup", "Name", "OS", "Runtime", "Type", "Value")
    texts = [f"\n    raise {name}Error" for name in others for _ in range(2)]
    texts += ["\n    raise KeyError(a)", "\n    if a == 1: raise KeyError(a)\n    return a + b"]
    write_lines(tmp_path / "tasks.jsonl", [{**problem(1), "outputs": ["3", "42"]}])
    write_lines(tmp_path / "s.jsonl", [{"task_id": 1, "completion": text} for text in texts])
    done = codeeval(tmp_path, "score", "-t", "tasks.jsonl", "--samples", "s.jsonl", "-o", "run", "--sandbox", "local")
    assert done.returncode == 0, done.stderr
    done = codeeval(tmp_path, "samples", "run", "--group", "exception Key")
    assert "the beginning of several failure groups" in done.stderr
    named = [line.strip() for line in done.stderr.splitlines()[2:]]
    assert named == ["exception KeyError: # · all calls", "exception KeyError: # · call 0"]


def test_one_sample_is_scored_again(folder: Path) -> None:
    """However long it is, by its name; one that is not there is refused."""
    flags = [
        "score",
        "-t",
        "tasks.jsonl",
        "--samples",
        "run",
        "--problems",
        "2",
        "--sandbox",
        "local",
        "--format",
        "json",
    ]
    for name, verdict in (("2/1", "syntax_error"), ("2/2", "passed")):
        done = codeeval(folder, *flags, "--sample", name, "-o", f"again-{name[-1]}")
        assert done.returncode == 0, done.stderr
        found = json.loads(done.stdout)
        assert (found["n_samples"], found["verdicts"]) == (1, {verdict: 1})
    for name in ("2/3", "9/0", "2", "2/x"):
        done = codeeval(folder, *flags, "--sample", name, "-o", "none")
        assert done.returncode == 2
        assert "PROBLEM/INDEX" in done.stderr
