"""EvalPlus' files, HumanEvalPlus.jsonl and MbppPlus.jsonl: inputs, and a reference solution that gives the answers.

    task_id, entry_point, prompt, canonical_solution     prompt + canonical_solution is the reference program
    base_input, plus_input                               lists of positional arguments: the original tests, and the added ones
    atol                                                 absolute tolerance for numbers
    contract                                             not used; EvalPlus' own scorer does not use it either

JSON has no tuples, sets or complex numbers. Which arguments of MBPP+ should be converted to them is known per problem
only (EvalPlus 0.3.1, `evalplus/data/mbpp.py`); see `_SHAPES`. Inputs that can't be sent are listed as left out.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable
from functools import partial
from typing import cast

from codeeval.prompts.templates import FIELD
from codeeval.tasks.fields import Fields, as_compiled
from codeeval.tasks.rows import SourceRow
from codeeval.types import Oracle, OracleRule, Problem
from sandbox.wire import MAX_TOKENS, has_more_tokens, refuse_collisions

#: The most characters of all calls of one problem; the pool accepts about 5 million, including the program.
MAX_CALLS_CHARS = 4 * 1024 * 1024
#: Key in `Problem.extra` of the inputs that are left out: a list of [number, reason].
LEFT_OUT = "left_out"

#: Levels of lists in an argument; Python parses two hundred.
MAX_DEPTH = 150
_TOO_DEEP = f"nested more than {MAX_DEPTH} deep"

_Arguments = list[object]


def problem_of(row: SourceRow) -> Problem:
    """One row, checked. Its answers come later, from `codeeval.evaluation.reference_answers`."""
    fields = Fields(row)
    entry_point, mbpp = fields.function("entry_point"), _is_mbpp(fields)
    number = fields.id()
    base, plus = _inputs(fields, "base_input"), _inputs(fields, "plus_input")
    if not base + plus:
        fields.fail("base_input", "there is no input in it, nor in plus_input")
    shape = _SHAPES.get(number) if mbpp else None
    calls, left_out = _calls(fields, [*base, *plus], shape)
    skipped = {index for index, _ in left_out}
    return Problem(
        id=number,
        instruction=FIELD,
        prompt=fields.text("prompt"),
        entry_point=entry_point,
        calls=calls,
        expected=None,
        canonical_solution=fields.text("canonical_solution"),
        extra=((LEFT_OUT, json.dumps(left_out)),) if left_out else (),
        oracle=Oracle(
            _rule(entry_point, mbpp),
            fields.number("atol") if "atol" in fields else 0.0,
            sum(index not in skipped for index in range(len(base))),
        ),
    )


def is_mbpp(row: SourceRow) -> bool:
    return _is_mbpp(Fields(row))


def _is_mbpp(fields: Fields) -> bool:
    """Whether a row is of MBPP+: by the problems' names, or, if they are numbers only, by a prompt without a
    function."""
    name = fields.value("task_id")
    if isinstance(name, str) and "/" in name:
        return name.lower().startswith("mbpp")
    return f"def {as_compiled(fields.text('entry_point'))}" not in as_compiled(fields.text("prompt"))


def _inputs(fields: Fields, name: str) -> list[_Arguments]:
    value = fields.value(name)
    if isinstance(value, dict) and not value:  # EvalPlus writes {} if there is no added input
        return []
    if not isinstance(value, list) or not all(isinstance(item, list) for item in value):
        fields.fail(name, "must be a list of lists of arguments")
    return cast(list[_Arguments], value)


def _calls(
    fields: Fields, inputs: Iterable[_Arguments], shape: Callable[[_Arguments], object] | None
) -> tuple[tuple[str, ...], list[tuple[int, str]]]:
    """The calls that can be sent, and (number, reason) for the inputs that can't."""
    calls: list[str] = []
    left_out: list[tuple[int, str]] = []
    size = 0
    for number, arguments in enumerate(inputs):
        try:
            shaped = arguments if shape is None else list(cast(Iterable[object], shape(arguments)))
            call = _call(shaped)
        except (TypeError, AttributeError, IndexError) as error:
            fields.fail("base_input", f"input {number} is not of the form that this problem's inputs have: {error}")
        except RecursionError:
            left_out.append((number, _TOO_DEEP))
            continue
        except ValueError as error:
            left_out.append((number, str(error)))
            continue
        if size + len(call) > MAX_CALLS_CHARS:
            left_out.append((number, "too large"))
            continue
        size += len(call)
        calls.append(call)
    if not calls:
        fields.fail("base_input", f"no input can be sent: {left_out[0][1]}")
    return tuple(calls), left_out


def _call(arguments: list[object]) -> str:
    """The text of a call. Raises ValueError for one that Python would not parse."""
    text = f"{{'*': {literal(arguments)}}}"
    if has_more_tokens(text, MAX_TOKENS):
        raise ValueError(f"more than {MAX_TOKENS} words, numbers and signs")
    return text


def literal(value: object, depth: int = 0) -> str:
    """Python text that `ast.literal_eval` reads back. Raises ValueError for values without one: nan, integers of more
    than 4,300 digits, values of other types, and what is nested more than MAX_DEPTH deep."""
    if depth > MAX_DEPTH:
        raise ValueError(_TOO_DEEP)
    if isinstance(value, float) and math.isinf(value):
        return "1e999" if value > 0 else "-1e999"
    if isinstance(value, float) and math.isnan(value):
        raise ValueError("nan has no literal")
    if isinstance(value, complex):
        literal(value.real), literal(value.imag)
    if value is None or isinstance(value, bool | int | float | complex | str):
        return repr(value)
    inside = partial(literal, depth=depth + 1)
    if isinstance(value, tuple):
        return f"({', '.join(map(inside, value))}{',' if len(value) == 1 else ''})"
    if isinstance(value, list):
        return f"[{', '.join(map(inside, value))}]"
    if isinstance(value, set):
        return f"{{{', '.join(map(inside, value))}}}" if value else "set()"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{inside(key)}: {inside(item)}' for key, item in value.items())}}}"
    raise ValueError(f"a value of type {type(value).__name__} has no literal")


#: MBPP+: functions with results in any order, and functions for which only the presence or truth of the result counts
#: (EvalPlus 0.3.1, `evalplus/eval/_special_oracle.py`).
_SAME_SET = (
    *("similar_elements", "find_char_long", "common_in_nested_lists", "extract_singly"),
    *("larg_nnum", "intersection_array", "find_dissimilar", "Diff"),
)
_NOT_NONE = ("check_str", "text_match_three", "text_starta_endb")
_BY_NAME: dict[str, OracleRule] = {
    "are_equivalent": "anything",
    "sum_div": "or_zero",
    "surface_Area": "or_pyramid",
    "digit_distance_nums": "or_digits",
    **dict.fromkeys(_SAME_SET, "same_set"),
    **dict.fromkeys(_NOT_NONE, "not_none"),
}


def _rule(entry_point: str, mbpp: bool) -> OracleRule:
    if mbpp:
        return _BY_NAME.get(entry_point, "equal")
    return "root" if entry_point == "find_zero" else "equal"


def _tuples(items: object) -> list[object]:
    """Convert every item to a tuple."""
    return [tuple(item) for item in cast(Iterable[Iterable[object]], items)]


def _arguments(inputs: _Arguments) -> object:
    return _tuples(inputs)


def _items(inputs: _Arguments) -> object:
    return [_tuples(argument) for argument in inputs]


def _arguments_and_items(inputs: _Arguments) -> object:
    return [tuple(_tuples(argument)) for argument in inputs]


def _items_of_first(inputs: _Arguments) -> object:
    return [_tuples(inputs[0]), *inputs[1:]]


def _first(inputs: _Arguments) -> object:
    return [tuple(cast(list[object], inputs[0])), *inputs[1:]]


def _second(inputs: _Arguments) -> object:
    return [inputs[0], tuple(cast(list[object], inputs[1]))]


def _nested(inputs: _Arguments) -> object:
    return [tuple(tuple(i) if isinstance(i, list) else i for i in cast(list[object], inputs[0]))]


def _sets(inputs: _Arguments) -> object:
    return [[_set(item) if isinstance(item, list) and item else {} for item in cast(list[object], inputs[0])]]


def _set(items: list[object]) -> set[object]:
    refuse_collisions(items)
    return set(items)


def _values(inputs: _Arguments) -> object:
    first = cast(dict[str, list[object]], inputs[0])
    return [{key: tuple(value) for key, value in first.items()}, *inputs[1:]]


def _complex(inputs: _Arguments) -> object:
    return [complex(str(inputs[0]))]


def _float_and_complex(inputs: _Arguments) -> object:
    return [float(str(inputs[0])), complex(str(inputs[1]))]


def _everything(inputs: object) -> object:
    return tuple(map(_everything, inputs)) if isinstance(inputs, list) else inputs


_BY_SHAPE: tuple[tuple[Callable[[_Arguments], object], str], ...] = (
    (_arguments, "2 116 132 143 222 261 273 394 399 421 424 429 470 560 579 596 616 630 726 740 744 809"),
    (_items, "63 64 70 94 120 237 272 299 400 409 417 438 473 614 780"),
    (_arguments_and_items, "259 401 445"),
    (_items_of_first, "75 413 444 753"),
    (_first, "250 307 405 446 617 720 763 808"),
    (_second, "106 750"),
    (_nested, "278"),
    (_sets, "115"),
    (_values, "722"),
    (_complex, "252"),
    (_float_and_complex, "124"),
    (_everything, "580 615 791"),
)
_SHAPES = {number: shape for shape, numbers in _BY_SHAPE for number in numbers.split()}
