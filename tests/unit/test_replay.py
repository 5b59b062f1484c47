"""Completions replayed from a file."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from codeeval.errors import DataError, UsageError
from codeeval.generators import create
from codeeval.prompts.templates import prompt_digest
from codeeval.stops import MERA_STOPS
from codeeval.types import Prompt, Request, Sampling

PROMPT = Prompt(text="Допишите.")
SAMPLING = Sampling(n=2, stop=MERA_STOPS)


def request(problem_id: str, *indices: int) -> Request:
    return Request(problem_id, PROMPT, indices)


@pytest.fixture
def samples(tmp_path: Path) -> Path:
    rows = [("A/1", "\n    return 1\n\ndef g():"), (2, "\n    return 2"), ("1", "\n    pass"), (2, ""), (2, "third")]
    path = tmp_path / "samples.jsonl"
    lines = (json.dumps({"task_id": key, "completion": text}) for key, text in rows)
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_rows_become_samples_in_order(samples: Path) -> None:
    """Index i is row i of its problem; stops are applied here as everywhere, and the uncut text is kept."""
    got = list(create("replay", str(samples)).generate([request("2", 0, 1), request("1", 0, 1)], SAMPLING))
    assert [(s.problem_id, s.index, s.completion) for s in got] == [
        ("2", 0, "\n    return 2"),
        ("2", 1, ""),
        ("1", 0, "\n    return 1\n"),
        ("1", 1, "\n    pass"),
    ]
    assert [(s.finish_reason, s.raw) for s in got[1:3]] == [("unknown", None), ("stop", "\n    return 1\n\ndef g():")]
    assert {s.prompt_digest for s in got} == {prompt_digest(PROMPT)}


def test_a_slash_may_be_a_part_of_an_id(samples: Path) -> None:
    """A problem with the id `A/1` gets the rows that say exactly that."""
    got = list(create("replay", str(samples)).generate([request("A/1", 0)], SAMPLING))
    assert [(s.problem_id, s.completion) for s in got] == [("A/1", "\n    return 1\n")]


def test_missing_indices_alone_can_be_asked(samples: Path) -> None:
    """A resumed run asks for what it lacks and gets exactly that."""
    got = list(create("replay", str(samples)).generate([request("1", 1), request("2")], SAMPLING))
    assert [(s.problem_id, s.index, s.completion) for s in got] == [("1", 1, "\n    pass")]


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ([("2", 0), ("1", 0, 1, 2)], "problem 1 has 2 completions, the run needs 3; ask for fewer with --n"),
        ([("9", 0)], "problem 9 has 0 completions, the run needs 1"),
        ([("9", 0), ("8", 0)], r"\(2 problems have too few\)"),
    ],
)
def test_a_run_that_needs_more_than_the_file_has(
    samples: Path, asked: list[tuple[str, *tuple[int, ...]]], message: str
) -> None:
    """It is refused before any sample is given out, naming the file, the problem and both numbers."""
    generator = create("replay", str(samples))
    with pytest.raises(UsageError, match=message) as caught:
        generator.generate([request(*one) for one in asked], SAMPLING)
    assert str(samples) in str(caught.value)


def test_a_broken_row_is_named_by_file_and_line(samples: Path) -> None:
    """Replaying half a file in silence would be a wrong score."""
    samples.write_text(samples.read_text(encoding="utf-8") + "\n{}\n[]\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"samples.jsonl, line 6: no field .* \(and 1 more such lines\)"):
        create("replay", str(samples))


def test_missing_file_and_unknown_option(samples: Path, tmp_path: Path) -> None:
    """Both are errors of use, with the path or the option in them."""
    with pytest.raises(DataError, match=r"missing\.jsonl"):
        create("replay", str(tmp_path / "missing.jsonl"))
    with pytest.raises(UsageError, match="-M dtype=…: backend replay has no such option; known: none"):
        create("replay", str(samples), {"dtype": "auto"})


def test_description_names_the_file(samples: Path) -> None:
    """The manifest can tell which completions were judged."""
    described = create("replay", str(samples)).describe()
    assert described["samples_sha256"] == hashlib.sha256(samples.read_bytes()).hexdigest()
    assert (described["engine"], described["samples"], described["problems"]) == ("replay", 5, 2)
