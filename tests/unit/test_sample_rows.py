"""Completions from files: what is recognised, and what foreign input can't do."""

from __future__ import annotations

import bz2
import json
import lzma
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from codeeval import sample_rows
from codeeval.errors import DataError
from codeeval.sample_rows import BadRow, json_lines
from codeeval.samples import Entry, read

IN_ONE_FOLDER = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
NAMES = ("task_id", "problem_id", "doc_id", "doc", "completion", "resps", "solution", "meta", "id")


def entries(path: Path) -> tuple[Entry, ...]:
    return read(path, "t").entries


def lines(path: Path) -> list[tuple[int, object] | BadRow]:
    with path.open("rb") as stream:
        return list(json_lines(stream))


def write(folder: Path, *rows: object) -> Path:
    path = folder / "samples.jsonl"
    lines = (row if isinstance(row, bytes) else json.dumps(row).encode() for row in rows)
    path.write_bytes(b"\n".join(lines) + b"\n")
    return path


@pytest.mark.parametrize(
    ("row", "problem_id", "task"),
    [
        ({"task_id": 7, "completion": "x"}, "7", None),
        ({"task_id": 7.0, "completion": "x"}, "7", None),
        ({"task_id": " 7", "completion": "x"}, "7", None),
        ({"task_id": "HumanEval/7", "completion": "x"}, "7", "HumanEval"),
        ({"task_id": "owner/set/7", "completion": "x"}, "7", "owner/set"),
        ({"problem_id": "7", "index": 3, "completion": "x", "passed": True}, "7", None),
        ({"doc_id": 7, "resps": [["x"]]}, "7", None),
        ({"doc_id": 0, "doc": {"meta": {"id": 7}}, "resps": [["x"]]}, "7", None),
        ({"doc_id": 0, "doc": {"task_id": "HumanEval/7"}, "resps": ["x"]}, "7", "HumanEval"),
    ],
)
def test_forms_of_a_row(tmp_path: Path, row: object, problem_id: str, task: str | None) -> None:
    """Every recognised form names the same problem 7 and the same completion."""
    (entry,) = entries(write(tmp_path, row, row))[:1]
    assert (entry.problem_id, entry.text, entry.line, entry.task) == (problem_id, "x", 1, task)


def test_several_rows_are_successive_samples(tmp_path: Path) -> None:
    """The order of the file is the order of the samples, across problems and across forms."""
    path = write(
        tmp_path,
        {"task_id": 1, "completion": "a"},
        {"task_id": 2, "completion": "b"},
        {"doc_id": 1, "resps": [["c", "d"]]},
        {"task_id": "1", "completion": ""},
    )
    grouped = read(path, "t").by_problem()
    assert {key: [row.text for row in rows] for key, rows in grouped.items()} == {
        "1": ["a", "c", "d", ""],
        "2": ["b"],
    }


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (b"{", "not JSON"),
        (b'"text"', "this one is a text"),
        (b"[1]", "a list"),
        (b"\xff\xfe", "not UTF-8"),
        (b"1" * 5000, "number too long"),
        (b"[" * 200_000, "nested"),
        ({"completion": "x"}, "names the problem"),
        ({"task_id": 1}, "no field completion"),
        ({"task_id": 1, "completion": 5}, "a number"),
        ({"task_id": 1, "completion": ["x", {}]}, "an object"),
        ({"task_id": 1, "completion": [[[["x"]]]]}, "a list"),
        ({"task_id": True, "completion": "x"}, "a boolean"),
        ({"task_id": 1.5, "completion": "x"}, "a number"),
        ({"task_id": "HumanEval/", "completion": "x"}, "empty"),
        ({"task_id": 1, "solution": True}, "a boolean"),
        ({"doc_id": 1, "resps": [[]]}, "no response"),
        ({"doc_id": 1, "resps": [[["x", 1]]]}, "a number"),
    ],
)
def test_unusable_rows_are_reported_with_their_line(tmp_path: Path, row: object, reason: str) -> None:
    """A bad row is named by line and reason, and the rows around it are kept."""
    good = {"task_id": 1, "completion": "x"}
    found = read(write(tmp_path, good, b"", row, good), "t")
    assert [r.line for r in found.entries] == [1, 4]
    assert [b.line for b in found.bad] == [3]
    assert reason in found.bad[0].reason


@pytest.mark.parametrize("rows", [[], [b"", b"  "], [b"{"]])
def test_file_without_usable_rows(tmp_path: Path, rows: list[bytes]) -> None:
    """A file that holds nothing is an error that shows what a row looks like."""
    with pytest.raises(DataError, match="no usable row") as caught:
        read(write(tmp_path, *rows), "t")
    assert "task_id" in str(caught.value)


@pytest.mark.parametrize("name", ["missing.jsonl", "nul\0.jsonl", "x" * 300])
def test_files_that_cannot_be_read(tmp_path: Path, name: str) -> None:
    """A missing file and impossible names are one clear error."""
    with pytest.raises(DataError, match="can't read the samples"):
        read(Path(f"{tmp_path}/{name}"), "t")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (lzma.compress(b"{}"), "compressed by xz: unpack it"),
        (bz2.compress(b"{}"), "compressed by bzip2: unpack it"),
        (b"\x28\xb5\x2f\xfd\x04\x00", "compressed by Zstandard: unpack it"),
        ('{"task_id": 1}'.encode("utf-16"), "UTF-16: save it as UTF-8"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:a\n", "git lfs pull"),
        (b"<html><body>404</body></html>", "HTML"),
        (b'{"task_id": 1, "answer": "x"}', "it has task_id, answer"),
    ],
)
def test_files_of_other_kinds_are_named(tmp_path: Path, content: bytes, said: str) -> None:
    """What it is, and what to do with it."""
    (tmp_path / "s.jsonl").write_bytes(content)
    with pytest.raises(DataError, match=said):
        read(tmp_path / "s.jsonl", "t")


def test_byte_order_mark_and_windows_line_ends(tmp_path: Path) -> None:
    """Files written on Windows are read."""
    path = tmp_path / "samples.jsonl"
    path.write_bytes(b'\xef\xbb\xbf{"task_id": 1, "completion": "x"}\r\n{"task_id": 1, "completion": "y"}\r\n')
    assert [row.text for row in entries(path)] == ["x", "y"]


def test_a_line_too_long_is_skipped_not_held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lines at the limit are read, longer ones are reported, and reading goes on at the next line."""
    monkeypatch.setattr(sample_rows, "MAX_LINE_BYTES", 60)
    fitting = b'{"task_id": 1, "completion": "x"}'.ljust(59)
    path = write(tmp_path, fitting, b"y" * 60, b"z" * 500, b"w" * 120, fitting, b"v" * 200)
    found = lines(path)
    assert [row[0] for row in found if not isinstance(row, BadRow)] == [1, 5]
    assert [row.line for row in found if isinstance(row, BadRow)] == [2, 3, 4, 6]


@IN_ONE_FOLDER
@given(st.lists(st.tuples(st.integers() | st.text(alphabet="abc", min_size=1), st.text()), min_size=1, max_size=8))
def test_round_trip(tmp_path: Path, samples: list[tuple[int | str, str]]) -> None:
    """What was written comes back, any text included."""
    path = write(tmp_path, *({"task_id": key, "completion": text} for key, text in samples))
    assert [(row.problem_id, row.text) for row in entries(path)] == [(str(k), t) for k, t in samples]


@IN_ONE_FOLDER
@given(st.lists(JSON | st.dictionaries(st.sampled_from(NAMES), JSON) | st.binary(max_size=40), max_size=6))
def test_foreign_input_never_ends_the_reading(tmp_path: Path, rows: list[object]) -> None:
    """Whatever stands in a file, every line is used, reported, or blank."""
    path = write(tmp_path, *rows)
    numbered = enumerate(path.read_bytes().split(b"\n"), 1)
    found = {row.line if isinstance(row, BadRow) else row[0] for row in lines(path)}
    assert found == {number for number, line in numbered if not is_blank(number, line)}


def is_blank(number: int, line: bytes) -> bool:
    try:
        return not line.decode("utf-8-sig" if number == 1 else "utf-8").strip()
    except UnicodeDecodeError:
        return False
