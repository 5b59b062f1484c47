"""The parts of a file of completions: lines of JSON, the problem that a row names, the answers that a field holds.

Such a file is untrusted: lines have a size limit, nothing but JSON is parsed, and an invalid row never stops the
reading. The formats are in `codeeval/samples`.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import IO, Literal

from codeeval import bounded_json
from codeeval.i18n import msg

#: The longest line that is read. lm-eval rows hold the document and all responses; ten of 8,000 tokens are far below.
MAX_LINE_BYTES = 32 * 1024 * 1024
#: The most answers in a row: far more than anyone samples of one problem.
MAX_ANSWERS = 100_000
#: The longest id of a problem together with the name of its set; longer ones are of no set, and no message shows them.
_MAX_ID = 1_000
_NOTHING = "an empty list"
#: The deepest list in a log is `[[["…"]]]`.
_MAX_DEPTH = 3

#: Fields that name the problem, the most reliable first.
_ID_FIELDS = ("task_id", "problem_id", "doc_id", "custom_id", "id", "question_id")
#: Fields with whole programs, and fields with either a program or a continuation; the reader of answers decides.
PROGRAMS = ("solution", "solutions")
ANSWERS = (
    *("completions", "generation", "generations", "generated_text", "output", "outputs"),
    *("response", "responses", "prediction", "predictions"),
)
#: Fields by which a row of completions is recognised if a problem is expected.
COMPLETION_FIELDS = ("completion", *PROGRAMS, *ANSWERS, "resps", "filtered_resps")
#: Fields of an object that wraps an answer: a chat message, a pipeline's result.
_TEXT_FIELDS = ("content", "text", "generated_text", "completion")
#: Where an answer in OpenAI's protocol, or in its batches, holds the model's text.
_INNER_FIELDS = ("body", "choices", "message")

Row = dict[str, object]
Unit = Literal["line", "row", "sample"]


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that could not be used, counted from 1 (a sample of a run from 0, as everywhere), and why.

    `problem_id` (with `task`, the part before its slash) is None if the row does not name its problem; `samples` is how
    many answers it has, or 1 if that is unknown. `lost` is false for a row that the score does not lack: the same
    answers occur elsewhere, or certainly belong to another problem. `position` is the problem's index in the set, from
    0, if the row has no id; `source` is the index of the file, from 0."""

    line: int
    reason: str
    problem_id: str | None = None
    task: str | None = None
    samples: int = 1
    lost: bool = True
    source: int = 0
    unit: Unit = "line"
    position: int | None = None


#: How non-text files begin, and what to do with them.
_BEGINNINGS = (
    (b"\xfd7zXZ\0", msg("compressed by xz: unpack it, or compress it by gzip")),
    (b"BZh", msg("compressed by bzip2: unpack it, or compress it by gzip")),
    (b"\x28\xb5\x2f\xfd", msg("compressed by Zstandard: unpack it, or compress it by gzip")),
    (b"7z\xbc\xaf", msg("an archive of 7-Zip: unpack it")),
    (b"\xff\xfe", msg("UTF-16: save it as UTF-8")),
    (b"\xfe\xff", msg("UTF-16: save it as UTF-8")),
    (b"version https://git-lfs", msg("a pointer of Git LFS, not the file: fetch it with `git lfs pull`")),
    (b"<", msg("HTML or XML")),
)


def not_text(begun: bytes) -> str | None:
    """What a file that begins like this is, if it is not text, with what to do; None if it is not recognised."""
    return next((said for beginning, said in _BEGINNINGS if begun.lstrip(b" \t\r\n").startswith(beginning)), None)


def place(unit: Unit, number: int) -> str:
    """`line 7`"""
    if unit == "line":
        return msg("line {n}", n=number)
    return msg("row {n}", n=number) if unit == "row" else msg("sample {n}", n=number)


def json_lines(stream: IO[bytes]) -> Iterator[tuple[int, object] | BadRow]:
    """(line number from 1, JSON value) of each non-blank line of a file; a BadRow for what can't be read."""
    for number, line in enumerate(_lines(stream), 1):
        yield from _parse_line(number, line)


def _lines(stream: IO[bytes]) -> Iterator[bytes | None]:
    """Lines with their line ends; None for one that is too long, the rest of which is skipped without being held."""
    while line := stream.readline(MAX_LINE_BYTES + 1):
        if len(line) <= MAX_LINE_BYTES:
            yield line
            continue
        while line and not line.endswith(b"\n"):
            line = stream.readline(MAX_LINE_BYTES)
        yield None


def _parse_line(number: int, line: bytes | None) -> Iterator[tuple[int, object] | BadRow]:
    if line is None:
        yield BadRow(number, msg("the line is longer than {n} MiB", n=MAX_LINE_BYTES >> 20))
        return
    try:
        text = line.decode("utf-8-sig" if number == 1 else "utf-8")
        if not text.strip():
            return
        row = bounded_json.loads(text)
    except UnicodeDecodeError:
        known = not_text(line) if number == 1 else None
        yield BadRow(number, msg("not UTF-8: {reason}", reason=known) if known else msg("not UTF-8"))
    except json.JSONDecodeError as error:
        if number == 1 and (known := not_text(line)):
            yield BadRow(number, msg("not JSON: {reason}", reason=known))
        elif line.endswith(b"\n"):
            yield BadRow(number, msg("not JSON: {reason} at column {n}", reason=error.msg, n=error.colno))
        else:
            yield BadRow(
                number,
                msg(
                    "not JSON: {reason} at column {n}; the file ends in the middle of a row",
                    reason=error.msg,
                    n=error.colno,
                ),
            )
    except ValueError:  # an integer of thousands of digits; a thousand brackets, or millions
        yield BadRow(number, msg("not JSON that can be read: a number too long, nested too deeply, or too many values"))
    else:
        yield number, row


class UnusableRowError(Exception):
    """Why a row gives no completion. `lost` and `samples` are those of the BadRow."""

    def __init__(self, reason: str, samples: int = 1, *, lost: bool = True) -> None:
        super().__init__(reason)
        self.samples, self.lost = samples, lost


def as_object(row: object) -> Row:
    """Raises UnusableRowError for a JSON value other than an object."""
    if not isinstance(row, dict):
        raise UnusableRowError(msg("a row must be a JSON object, this one is {value}", value=kind_of(row)))
    return row


def problem_of(row: Row) -> tuple[str | None, str]:
    """(task or None, problem id) that a row names. Raises UnusableRowError."""
    return split_id(_find_id(row))


def _find_id(row: Row) -> object:
    doc, meta = row.get("doc"), row.get("meta")
    if not isinstance(doc, dict) and (usual := row.get(_ID_FIELDS[0])) is not None:
        return usual
    # lm-eval: `doc_id` counts rows of the set; the document has its own id
    places = [(doc.get("meta"), "id"), (doc, "task_id")] if isinstance(doc, dict) else []
    places += [*((row, name) for name in _ID_FIELDS[:2]), (meta, "id"), *((row, name) for name in _ID_FIELDS[2:])]
    places += [(doc, "doc_id"), (doc, "id")]
    for holder, name in places:
        if isinstance(holder, dict) and holder.get(name) is not None:
            return holder[name]
    raise UnusableRowError(msg("no field {names}; it names the problem", names=" or ".join(_ID_FIELDS[:3])))


def split_id(value: object) -> tuple[str | None, str]:
    """`7`, `7.0`, `"7"` and `"Task/7"` all mean problem 7. Raises UnusableRowError."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:  # tables turn integers into floats
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        raise UnusableRowError(msg("the problem's id must be a number or a text, it is {value}", value=kind_of(value)))
    if len(value) > _MAX_ID:
        raise UnusableRowError(
            msg("the problem's id has {n} characters, and {m} are the most", n=len(value), m=_MAX_ID)
        )
    task, slash, name = value.strip().rpartition("/")
    if not name.strip():
        raise UnusableRowError(msg("the problem's id is empty"))
    return (task.strip() if slash else None), name.strip()


def answers_in(value: object, field: str) -> list[str]:
    """The answers in a field: a text, null (an empty answer, which counts like any other), an object with a text (or a
    server's answer), or a list of these, nested at most three deep. Raises UnusableRowError for anything else, and if
    there are none."""
    found: list[str] = []
    wrong = next(_collect(value, found, 0), None)
    if wrong == _NOTHING or (wrong is None and not found):
        raise UnusableRowError(msg("field {name} holds no response", name=field))
    if wrong is not None:
        samples = max(1, len(value) if isinstance(value, list) else 1)
        raise UnusableRowError(
            msg("field {name} must hold texts, it holds {value}", name=field, value=wrong), min(samples, MAX_ANSWERS)
        )
    return found


def _collect(value: object, found: list[str], depth: int) -> Iterator[str]:
    """Add answers to `found`; yield descriptions of what can't be an answer."""
    for _ in _INNER_FIELDS:  # no answer is wrapped deeper
        value = _unwrapped(value) if isinstance(value, dict) else value
    if isinstance(value, str):
        found.append(value)
    elif value is None or (isinstance(value, float) and math.isnan(value)):  # a table's missing value
        found.append("")
    elif isinstance(value, list) and depth < _MAX_DEPTH:
        if depth and not value:
            yield _NOTHING
        for item in _of_the_model(value):
            yield from _collect(item, found, depth + 1)
    else:
        yield kind_of(value)
    if len(found) > MAX_ANSWERS:
        yield f"more than {MAX_ANSWERS} texts"


def _of_the_model(value: list[object]) -> list[object]:
    """The last turn of a conversation, if it is the model's; all of any other list."""
    roles = [item.get("role") for item in value if isinstance(item, dict)]
    if len(roles) < len(value) or not {"user", "human", "system"} & {*map(str, roles)}:
        return value
    return value[-1:] if roles[-1] in ("assistant", "model", "gpt", "bot") else [None]


def _unwrapped(value: Row) -> object:
    """The answer inside a wrapping object; any other value unchanged."""
    found = next((value[name] for name in _TEXT_FIELDS if isinstance(value.get(name), str)), None)
    if found is not None:
        return found
    if "content" in value:
        parts = value["content"]
        texts = [part.get("text") for part in parts if isinstance(part, dict)] if isinstance(parts, list) else []
        return "".join(text for text in texts if isinstance(text, str)) if texts or parts is None else value
    return next((value[name] for name in _INNER_FIELDS if isinstance(value.get(name), dict | list)), value)


def first_field(row: Mapping[str, object], names: Sequence[str]) -> str | None:
    """The first of these fields with a value in the row; otherwise the first that the row has at all."""
    there = [name for name in names if name in row]
    return next((name for name in there if row[name] is not None), there[0] if there else None)


def kind_of(value: object) -> str:
    """The kind of a JSON value, in words."""
    names = {
        bool: msg("a boolean"),
        int: msg("a number"),
        float: msg("a number"),
        str: msg("a text"),
        list: msg("a list"),
        dict: msg("an object"),
    }
    return names.get(type(value), "null" if value is None else msg("another kind of value"))
