"""The formats of rows, one class each: which rows it claims, and what completions they hold."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from codeeval.samples.entries import Entry
from codeeval.samples.samples_file import UnusableRowError, kind_of, problem_of, texts_in

Row = dict[str, object]


class RowFormat(Protocol):
    """Recognised by the fields of a row, so that a file may mix formats."""

    name: str

    def claims(self, row: Row) -> bool: ...

    def entries(self, row: Row, line: int) -> Iterator[Entry]:
        """Raises UnusableRowError for a row that gives none."""
        ...


class HumanEval:
    """OpenAI's human-eval, and our own `jsonl` export: the completion alone, stops already applied."""

    name = "human-eval"

    def claims(self, row: Row) -> bool:
        return "completion" in row

    def entries(self, row: Row, line: int) -> Iterator[Entry]:
        task, problem_id = problem_of(row)
        yield Entry(problem_id, _text(row, "completion"), line, task)


class EvalPlus:
    """EvalPlus: `solution` is a whole program, the prompt included. Its `_identifier` says nothing that is needed."""

    name = "evalplus"

    def claims(self, row: Row) -> bool:
        return "solution" in row

    def entries(self, row: Row, line: int) -> Iterator[Entry]:
        task, problem_id = problem_of(row)
        yield Entry(problem_id, _text(row, "solution"), line, task, whole=True)


class LmEval:
    """lm-evaluation-harness, `samples_*.jsonl`: a row has all responses of a document.

    `resps` is [[text, …]]: per request the responses as the model gave them, cut at the stops. `filtered_resps` is what
    the task's filter made of them: texts, or, with MERA's scoring filter, the outputs of the executed programs. A task
    with several filters writes every document once per filter: the first filter's rows count.
    """

    name = "lm-eval"

    def __init__(self, responses: str) -> None:
        self._responses = responses
        self._first: dict[str, object] = {}

    def claims(self, row: Row) -> bool:
        return "resps" in row or "filtered_resps" in row

    def entries(self, row: Row, line: int) -> Iterator[Entry]:
        task, problem_id = problem_of(row)
        name = row.get("filter")
        if self._first.setdefault(problem_id, name) != name:
            raise UnusableRowError(
                f"the same responses under another filter ({name}; used: {self._first[problem_id]}, the first)"
            )
        field = self._responses
        if field not in row:
            raise UnusableRowError(f"no field {field}; --responses names the other one")
        if field == "filtered_resps" and _holds_outputs(row[field]):
            raise UnusableRowError(
                "filtered_resps holds outputs of executed programs (MERA's scoring filter), not code: "
                "use --responses resps, or judge the outputs with `codeeval validate-submission`"
            )
        found = list(texts_in(row[field]))
        if not found:
            raise UnusableRowError(f"field {field} holds no response")
        prompt = _function(row)
        for text in found:
            whole = _is_whole(text, row) and field == "filtered_resps"
            yield Entry(problem_id, text, line, task, whole=whole, prompt=prompt)


def _holds_outputs(value: object, depth: int = 0) -> bool:
    """[1][n][n_tests] of texts and null, with "timed out" in place of some lists."""
    if not isinstance(value, list):
        return value is None
    return depth >= 2 or any(isinstance(item, list) and _holds_outputs(item, depth + 1) for item in value)


def _function(row: Row) -> str | None:
    """The function to be completed, of a document in MERA's schema."""
    doc = row.get("doc")
    inputs = doc.get("inputs") if isinstance(doc, dict) else None
    function = inputs.get("function") if isinstance(inputs, dict) else None
    return function if isinstance(function, str) else None


def _is_whole(text: str, row: Row) -> bool:
    """A filter like `create_test` puts the prompt in front; without the document one can't know."""
    doc = row.get("doc")
    prompt = doc.get("prompt") if isinstance(doc, dict) else None
    prompt = _function(row) if prompt is None else prompt
    return isinstance(prompt, str) and bool(prompt) and text.startswith(prompt)


def _text(row: Row, field: str) -> str:
    value = row[field]
    if not isinstance(value, str):
        raise UnusableRowError(f"field {field} must be a text, it is {kind_of(value)}")
    return value


def formats(responses: str) -> tuple[RowFormat, ...]:
    """All formats, in the order in which they are tried."""
    return HumanEval(), LmEval(responses), EvalPlus()
