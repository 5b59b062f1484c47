"""Files that are one JSON document: which rows they hold. Pure except for reading the given stream.

[row, row, …]                                     rows, as of JSON Lines
{"data": [row, …]}                                also `samples`, `rows`, `predictions`, `generations`
{…}                                               a single row
[["…", "…"], ["…", "…"], …]                       BigCode's generations.json: by the problems' positions in the set
{"0": {"origin_prompt", "prediction"}, …}         OpenCompass' predictions
{"7": ["…", "…"], …}                              problem id -> its answers
{"eval": …, "samples": […], "status": …}          Inspect's JSON log
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import IO

from codeeval import bounded_json
from codeeval.i18n import msg
from codeeval.sample_rows import COMPLETION_FIELDS, MAX_LINE_BYTES
from codeeval.samples.formats import Positional
from codeeval.samples.inspect_rows import is_log, log_notes

#: A document is held in memory as a whole, and its Python objects are several times as large.
MAX_DOCUMENT_BYTES = 256 * 1024 * 1024
#: Values of such a document: an answer is one of them.
MAX_VALUES = 8_000_000
_LISTS = ("data", "samples", "rows", "predictions", "generations", "results")
#: Fields of a row; those of the second kind may also describe a whole file.
_ROW_FIELDS = frozenset({"task_id", "problem_id", "doc_id", "question_id", "doc", "prompt"})
_NAME_FIELDS = frozenset({"id", "name", "meta"})
NOT_ONE = object()
#: Stands for a missing prediction: not a text, so that the row counts as unreadable.
_NO_TEXT = False


@dataclass(frozen=True, slots=True)
class Document:
    """`rows` are JSON values of rows, or Positional; `notes` is what a reader of the score must know. `is_row`: the
    document is itself a row."""

    rows: Iterator[object]
    notes: tuple[str, ...] = ()
    is_row: bool = False


def whole(stream: IO[bytes]) -> object:
    """The value of a stream that is one JSON document; NOT_ONE if it is JSON Lines (even of one line), or neither.

    The stream must be at its beginning; its position afterwards is unspecified. Raises ValueError for a list that is
    broken or too large: its lines are not rows."""
    first = stream.readline(MAX_LINE_BYTES + 1)
    while first and not first.strip(b"\xef\xbb\xbf \t\r\n"):
        first = stream.readline(MAX_LINE_BYTES + 1)
    opening = first.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    if opening not in (b"[", b"{"):
        return NOT_ONE
    row = _parsed(first)
    if row is not NOT_ONE:
        return NOT_ONE if document(row).is_row or _has_more(stream) else row
    data = first + stream.read(MAX_DOCUMENT_BYTES + 1)
    found = _parsed(data) if len(data) <= MAX_DOCUMENT_BYTES else NOT_ONE
    if found is NOT_ONE and opening == b"[":
        raise ValueError(_broken(data))
    return found


def _has_more(stream: IO[bytes]) -> bool:
    """Whether another non-blank line follows; consumes it."""
    while line := stream.readline(MAX_LINE_BYTES):
        if line.strip():
            return True
    return False


def _parsed(data: bytes) -> object:
    try:
        return bounded_json.loads(data.decode("utf-8-sig"), MAX_VALUES)
    except ValueError:
        return NOT_ONE


def _broken(data: bytes) -> str:
    if len(data) > MAX_DOCUMENT_BYTES:
        return f"a JSON list of more than {MAX_DOCUMENT_BYTES >> 20} MiB; write one row per line"
    try:
        bounded_json.loads(data.decode("utf-8-sig"), MAX_VALUES)
    except json.JSONDecodeError as error:
        return f"a JSON list that is broken in line {error.lineno}, column {error.colno}: {error.msg}"
    except UnicodeDecodeError:
        return msg("not UTF-8")
    except ValueError:
        pass
    return msg("not JSON that can be read: a number too long, nested too deeply, or too many values")


def document(value: object) -> Document:
    """The rows of a document, in its order."""
    if isinstance(value, list):
        return Document(_of_list(value))
    if not isinstance(value, dict):
        return Document(iter((value,)))
    if is_log(value):
        samples = value.get("samples")
        return Document(iter(samples if isinstance(samples, list) else ()), log_notes(value["status"]))
    wrapped = next((value[name] for name in _LISTS if isinstance(value.get(name), list)), None)
    of_rows = wrapped is not None and all(isinstance(one, dict) for one in wrapped)
    if wrapped is not None and not _ROW_FIELDS & value.keys() and (of_rows or not _NAME_FIELDS & value.keys()):
        return Document(_of_list(wrapped))
    if value and all(isinstance(one, dict) and {"prediction", "origin_prompt"} & one.keys() for one in value.values()):
        return Document({"idx": key, "prediction": _NO_TEXT, **one} for key, one in value.items())
    if not (_ROW_FIELDS | _NAME_FIELDS | {*COMPLETION_FIELDS}) & value.keys() and _are_answers(value.values()):
        return Document({"task_id": key, "completions": one} for key, one in value.items())
    if value and not (_ROW_FIELDS | {*COMPLETION_FIELDS}) & value.keys() and all(map(_are_rows, value.values())):
        return Document(_by_key(value))
    return Document(iter((value,)), is_row=True)


def _are_rows(value: object) -> bool:
    """Whether these are rows of one problem, or one row, keyed by the problem."""
    rows = value if isinstance(value, list) else [value]
    return bool(rows) and all(isinstance(row, dict) and {*COMPLETION_FIELDS} & row.keys() for row in rows)


def _by_key(value: dict[str, object]) -> Iterator[object]:
    for key, held in value.items():
        for row in held if isinstance(held, list) else [held]:
            yield {"task_id": key, **row} if isinstance(row, dict) else row


def _of_list(value: list[object]) -> Iterator[object]:
    """Rows; or, if nothing in the list is an object, each problem's values by position."""
    if value and all(isinstance(one, list | str | None) for one in value):
        return (Positional(number, one) for number, one in enumerate(value))
    return iter(value)


def _are_answers(values: Collection[object]) -> bool:
    """Whether these are texts, lists of texts and nulls, and not nulls alone."""
    lists = [one if isinstance(one, list) else [one] for one in values]
    return any(map(bool, values)) and all(isinstance(text, str | None) for one in lists for text in one)
