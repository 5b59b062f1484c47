"""MERA's schema: turn one row into one checked Problem.

    instruction       Russian text with {function}
    inputs.function   imports, signature and docstring (no newline follows the docstring)
    inputs.tests      a string: a Python literal, a list of dicts of keyword arguments
    outputs           a list of strings, the str() of the expected value per test; empty, null or all "": hidden
    meta              id (integer or string, unique), entry_point, canonical_solution (may be missing); more is kept

The tests are data that reach an interpreter in the sandbox, so only literals are accepted, and each is stored as
`ast.unparse` spells it.
"""

from __future__ import annotations

import ast
import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from keyword import iskeyword
from typing import TYPE_CHECKING, NamedTuple, cast

from codeeval import syntax
from codeeval.errors import DataError
from codeeval.i18n import msg
from codeeval.sample_rows import kind_of
from codeeval.tasks.bundled import page
from codeeval.tasks.fields import ID_HINT, as_compiled, id_fault
from codeeval.tasks.rows import SourceRow
from codeeval.types import Problem
from sandbox.wire import literal

if TYPE_CHECKING:
    from pydantic import ValidationError

#: Limits for all tests of one problem, as written in the file and as sent to the sandbox (which accepts 5 million).
MAX_TESTS_CHARS = 2 * 1024 * 1024
_SEE = msg("See {path} for the schema.", path=page("tasks.md"))
#: Hints that help more than the schema, by field.
_HINTS = {
    "meta.id": ID_HINT,
    "inputs.tests": msg('Write the list as a text: "[{one}, {two}]".', one="{'n': 3}", two="{'n': 4}"),
    "outputs": msg('Each is the text of the right value, so "3" and not 3. Hidden answers are null or [].'),
}
_CALL_HINT = msg("A test is a dict of keyword arguments, for example {example}.", example="{'n': 3}")
_DEFINITION = r"^[ \t]*(?:async[ \t]+)?(?:def|class)[ \t]+"
_DEFINED = re.compile(rf"{_DEFINITION}(\w+)", re.MULTILINE)
#: pydantic's names of types -> codeeval's wording.
_KINDS = {
    "string_type": msg("a text"),
    "list_type": msg("a list"),
    "model_type": msg("an object"),
    "dict_type": msg("an object"),
}


class _Fields(NamedTuple):
    instruction: str
    function: str
    tests: str
    outputs: list[str] | None
    id: str
    entry_point: str
    canonical_solution: str | None
    extra: tuple[tuple[str, str], ...]


def problems(rows: Iterable[SourceRow]) -> tuple[Problem, ...]:
    """The problems of a set, in order. Raises DataError, naming file, row or line, and field."""
    found: dict[str, str] = {}
    result = []
    for row in rows:
        problem = problem_of(row)
        if problem.id in found:
            raise DataError(
                msg("{where}, field {field}", where=row.where, field="meta.id"),
                msg("the id {problem} was used before, in {place}", problem=repr(problem.id), place=found[problem.id]),
                msg('Give every problem an id of its own (the number 1 and the text "1" count as the same).'),
            )
        found[problem.id] = row.where
        result.append(problem)
    return tuple(result)


def problem_of(row: SourceRow) -> Problem:
    """One row, checked. Raises DataError, naming the row and the field."""
    fields = _fields(row)
    _check_prompt(row.where, fields)
    calls = _calls(msg("{where}, field {field}", where=row.where, field="inputs.tests"), fields.tests)
    return Problem(
        id=fields.id,
        instruction=fields.instruction,
        prompt=fields.function,
        entry_point=fields.entry_point,
        calls=calls,
        expected=_expected(msg("{where}, field {field}", where=row.where, field="outputs"), fields.outputs, len(calls)),
        canonical_solution=fields.canonical_solution,
        extra=fields.extra,
    )


def digest(problems: Sequence[Problem]) -> str:
    """sha256 in hex over the problems as canonical JSON: all fields, sorted keys, ASCII, no spaces."""
    text = json.dumps([_canonical(problem) for problem in problems], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def _canonical(problem: Problem) -> dict[str, object]:
    """Leaves out unused fields that were added later, so that the digests of MERA's sets don't change."""
    later = ("tests", "oracle")
    return {name: value for name, value in asdict(problem).items() if name not in later or value is not None}


def _fields(row: SourceRow) -> _Fields:
    from pydantic import ValidationError

    from codeeval.tasks.mera_schema import MeraRow

    if not isinstance(row.value, Mapping):
        raise DataError(row.where, msg("a row must be an object with instruction, inputs, outputs and meta"), _SEE)
    _refuse_odd_outputs(row)
    try:
        checked = MeraRow.model_validate(row.value)
    except ValidationError as error:
        raise _data_error(row, error) from None
    meta = checked.meta
    extra = {name: json.dumps(value, sort_keys=True, default=str) for name, value in (meta.model_extra or {}).items()}
    return _Fields(
        instruction=checked.instruction,
        function=checked.inputs.function,
        tests=checked.inputs.tests,
        outputs=checked.outputs,
        id=_id(row, str(meta.id)),
        entry_point=as_compiled(meta.entry_point),
        canonical_solution=meta.canonical_solution or None,
        extra=tuple(sorted(extra.items())),
    )


def _refuse_odd_outputs(row: SourceRow) -> None:
    """Report the first output that is not a text. pydantic would describe every one, in two kilobytes each."""
    outputs = cast(Mapping[str, object], row.value).get("outputs")
    for number, output in enumerate(outputs if isinstance(outputs, list) else ()):
        if not isinstance(output, str):
            wanted, place = (
                _KINDS["string_type"],
                msg("{where}, field {field}", where=row.where, field=f"outputs[{number}]"),
            )
            raise DataError(
                place, msg("must be {wanted}, it is {value}", wanted=wanted, value=kind_of(output)), _HINTS["outputs"]
            )


def _data_error(row: SourceRow, error: ValidationError) -> DataError:
    """The first fault that pydantic found, worded like the other errors."""
    first = error.errors(include_url=False, include_context=False)[0]
    # For meta.id pydantic appends which alternative failed (int, str), which is not part of the field's name.
    path = [part for part in first["loc"] if part not in ("int", "str")]
    field = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).lstrip(".")
    where = msg("{where}, field {field}", where=row.where, field=field)
    hint = _HINTS.get("outputs" if path[0] == "outputs" else field, _SEE)
    if first["type"] == "missing":
        return DataError(where, msg("is missing"), _found(row) if len(path) == 1 else hint)
    wanted = msg("a whole number or a text") if field == "meta.id" else _KINDS.get(first["type"])
    return DataError(
        where,
        msg("must be {wanted}, it is {value}", wanted=wanted, value=kind_of(first["input"]))
        if wanted
        else first["msg"],
        hint,
    )


def _found(row: SourceRow) -> str:
    """List the fields that are there: it shows when the wrong file was named."""
    names = ", ".join(repr(name)[1:-1] for name in list(cast(Mapping[str, object], row.value))[:8])
    return msg("The row has {names}. {rest}", names=names, rest=_SEE) if names else _SEE


def _id(row: SourceRow, name: str) -> str:
    if fault := id_fault(name):
        raise DataError(msg("{where}, field {field}", where=row.where, field="meta.id"), fault, ID_HINT)
    return name


def _check_prompt(where: str, fields: _Fields) -> None:
    if "{function}" not in fields.instruction:
        raise DataError(
            msg("{where}, field {field}", where=where, field="instruction"),
            msg("there is no {field} in it, so the model would never see the function", field="{function}"),
            msg("Put {field} where the function belongs.", field="{function}"),
        )
    name = fields.entry_point
    if not name.isidentifier() or iskeyword(name):
        raise DataError(
            msg("{where}, field {field}", where=where, field="meta.entry_point"),
            msg("{name} is not a name of Python", name=repr(name)),
            _SEE,
        )
    if not _defines(fields.function, name):
        raise DataError(
            msg("{where}, field {field}", where=where, field="inputs.function"),
            msg("the function {name}, named in meta.entry_point, is not defined in it", name=repr(name)),
            msg("Write `def {name}(…):` there, or correct meta.entry_point.", name=name),
        )


def _defines(text: str, name: str) -> bool:
    """Whether a function or a class of this name is defined in the text."""
    text = text if name.isascii() else as_compiled(text)
    if name in _DEFINED.findall(text):
        return True
    # a name may have characters that to a regular expression are not part of a word
    return re.search(rf"{_DEFINITION}{re.escape(name)}(?!\w)", text, re.MULTILINE) is not None


def _calls(where: str, tests: str) -> tuple[str, ...]:
    """Each test as the text of a dict of keyword arguments."""
    try:
        tree = syntax.parse_expression(tests, MAX_TESTS_CHARS)
    except SyntaxError as error:
        place = f" (line {error.lineno}, column {error.offset} of the string)" if error.lineno else ""
        raise DataError(
            where,
            msg("not a Python literal: {reason}", reason=f"{error.msg}{place}"),
            msg("It must be a list of dicts."),
        ) from None
    if not isinstance(tree, ast.List | ast.Tuple):
        raise DataError(
            where, msg("a Python literal, but not a list"), msg("It must be a list of dicts, one per test.")
        )
    if not tree.elts:
        raise DataError(where, msg("a list without a test: nothing could be judged"), msg("Give at least one test."))
    calls = tuple(_call(msg("{where}, test {n}", where=where, n=i), node) for i, node in enumerate(tree.elts))
    if sum(map(len, calls)) > MAX_TESTS_CHARS:
        raise DataError(
            where,
            msg("longer than {n} characters when written as literals", n=MAX_TESTS_CHARS),
            msg("Use smaller tests."),
        )
    return calls


def _call(where: str, node: ast.expr) -> str:
    if not isinstance(node, ast.Dict):
        raise DataError(where, msg("not a dict"), _CALL_HINT)
    for key in node.keys:
        if not (isinstance(key, ast.Constant) and isinstance(key.value, str)):
            raise DataError(where, msg("a key is not a string"), _CALL_HINT)
    names = [cast(ast.Constant, key).value for key in node.keys]
    if len(set(names)) != len(names):
        raise DataError(where, msg("an argument is given twice"), _CALL_HINT)
    try:
        literal(node)
        return ast.unparse(node)
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError) as error:
        raise DataError(where, msg("a value is not a literal: {reason}", reason=_short(error)), _CALL_HINT) from None


def _short(error: Exception) -> str:
    # "malformed node or string on line 1: <ast.Call object at 0x…>": the address is useless
    return re.sub(r"<(?:_?ast)\.(\w+) object at 0x[0-9a-f]+>", r"\1", str(error)) or type(error).__name__


def _expected(where: str, outputs: list[str] | None, n_tests: int) -> tuple[str, ...] | None:
    """The expected outputs; None for a closed set, whose outputs are missing or empty."""
    if not outputs or (len(outputs) == n_tests and not any(outputs)):
        return None
    if len(outputs) != n_tests:
        raise DataError(
            where,
            msg("{n} {n:output|outputs} for {m} {m:test|tests}", n=len(outputs), m=n_tests),
            msg("Give one output per test, in the same order, or none at all if they are hidden."),
        )
    return tuple(outputs)
