"""Compare answers with a reference solution's as EvalPlus 0.3.1 does, on plain data, on the host. Pure.

A call is correct if the returned value equals the reference's by `==`, or, if a tolerance applies, has the same type
and is close (|got - wanted| <= atol + 1e-7 |wanted|, item by item). A tolerance applies if the problem has one;
otherwise it is 1e-6 from the first reference value on that is a float or a list or tuple of floats.

| rule         | what is correct                                                                    | problems        |
|--------------|-------------------------------------------------------------------------------------|-----------------|
| `equal`      | nothing else                                                                        | most            |
| `root`       | only a root of the polynomial that was given, within `atol`                         | HumanEval 32    |
| `same_set`   | the same elements in any order                                                      | MBPP, 8 of them |
| `not_none`   | something where the reference gives something (or the same truth value)              | MBPP, 3 of them |
| `anything`   | everything                                                                          | Mbpp/164        |
| `or_zero`    | also 0                                                                              | Mbpp/295        |
| `or_pyramid` | also the surface for a perpendicular height                                         | Mbpp/581        |
| `or_digits`  | also the distance after padding with zeros                                          | Mbpp/558        |

Instances of subclasses of built-in types, numpy's numbers, Decimal, Fraction and the like count as the plain data that
they hold or equal (`sandbox/guest/plain_data.py`), but closeness requires the same type. A value of any other class is
wrong, whatever it reports about itself.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from itertools import zip_longest
from typing import cast

from codeeval import syntax
from codeeval.scoring import literals
from codeeval.types import Oracle, Problem
from sandbox import wire
from sandbox.outcomes import Observation

RTOL, FLOAT_ATOL = 1e-7, 1e-6
#: A returned text longer than this times the reference's (plus a constant) is not parsed: it can't be equal or close.
_MAX_GROWTH, _MAX_EXTRA = 8, 4_096


def failed_calls(problem: Problem, oracle: Oracle, seen: Sequence[Observation]) -> tuple[int, ...]:
    """The indices of wrong calls, ascending. Raises ValueError if the reference's answers are not known."""
    if problem.expected is None:
        raise ValueError(f"problem {problem.id}: the reference solution was not executed")
    tolerances = _tolerances(problem.expected, oracle)
    is_equal = oracle.rule == "equal"
    return tuple(
        [
            number
            for number, (observed, wanted, atol) in enumerate(zip(seen, problem.expected, tolerances, strict=True))
            if not (
                is_equal and observed.text == wanted and observed.plain and observed.type_name != "str"
            )  # most calls
            and not _right(observed, wanted, atol, oracle, problem.calls[number])
        ]
    )


@lru_cache(maxsize=512)
def _tolerances(expected: tuple[str, ...], oracle: Oracle) -> tuple[float, ...]:
    """The tolerance of each call. The original tests and the added ones are judged separately, each from the start."""
    found, atol = [], oracle.atol
    for number, wanted in enumerate(expected):
        if number == oracle.base:
            atol = oracle.atol
        if atol == 0 and _is_floats(_value(wanted)):
            atol = FLOAT_ATOL
        found.append(atol)
    return tuple(found)


def _is_floats(value: object) -> bool:
    if isinstance(value, list | tuple):
        return bool(value) and all(isinstance(item, float) for item in value)
    return isinstance(value, float)


@lru_cache(maxsize=65_536)
def _value(wanted: str) -> object:
    """The reference value, parsed once for all samples of a problem; never modified. None if the text is not such a
    literal."""
    try:
        return literals.parse(wanted)
    except ValueError:
        return None


def _right(observed: Observation, wanted: str, atol: float, oracle: Oracle, call: str) -> bool:
    """Whether one call is correct. Never raises, whatever was returned."""
    if observed.status != "returned" or observed.text is None:
        return False
    if oracle.rule == "anything":
        return True
    if oracle.rule == "not_none":
        is_bool = observed.plain and observed.type_name == "bool"
        return wanted == (observed.text if is_bool else str(observed.type_name != "NoneType"))
    data = observed.text if observed.plain else observed.literal
    if data is None or len(data) > _MAX_GROWTH * len(wanted) + _MAX_EXTRA:
        return False
    is_text = observed.plain and observed.type_name == "str"
    if oracle.rule == "equal" and not is_text and data == wanted:
        return True
    try:
        value = _value(wanted)
        close = observed.plain or observed.type_name == type(value).__name__  # closeness requires the same type
        return _fits(data if is_text else literals.parse(data), value, atol if close else 0.0, oracle, call)
    except (ValueError, TypeError, ArithmeticError, LookupError, RecursionError, SyntaxError):
        return False


def _fits(got: object, wanted: object, atol: float, oracle: Oracle, call: str) -> bool:
    """Raises TypeError, ValueError and ArithmeticError for values that can't be compared."""
    if oracle.rule == "root":
        (xs,) = _arguments(call)
        return abs(_polynomial(cast(list[float], xs), cast(float, got))) <= oracle.atol
    if oracle.rule == "same_set":
        for values in (got, wanted):
            literals.refuse_collisions(cast(list[object], values))
        return set(cast(list[object], got)) == set(cast(list[object], wanted))
    if got == wanted or _fits_otherwise(got, atol, oracle, call):
        return True
    if atol == 0 or type(got) is not type(wanted):
        return False
    return _close(got, wanted, atol)


def _fits_otherwise(got: object, atol: float, oracle: Oracle, call: str) -> bool:
    if oracle.rule == "or_zero":
        return got == 0
    if oracle.rule == "or_pyramid":
        base, height = cast(tuple[float, float], _arguments(call))
        surface = round(base**2 + 2 * base * math.hypot(base / 2, height))
        return abs(cast(float, got) - surface) <= atol
    if oracle.rule == "or_digits":
        one, two = _arguments(call)
        pairs = zip_longest(reversed(str(one)), reversed(str(two)), fillvalue="0")
        return got == sum(abs(int(a) - int(b)) for a, b in pairs)
    return False


def _arguments(call: str) -> tuple[object, ...]:
    """The positional arguments of a call, which another user's run may have made up: raises SyntaxError, ValueError, TypeError
    or LookupError for any other text."""
    return tuple(wire.literal(syntax.parse_expression(call, len(call)))["*"])


def _polynomial(xs: list[float], x: float) -> float:
    return sum(coefficient * math.pow(x, power) for power, coefficient in enumerate(xs))


def _close(got: object, wanted: object, atol: float) -> bool:
    """Numbers, and lists and tuples of them to any depth; TypeError for anything else."""
    if isinstance(wanted, list | tuple):
        if not isinstance(got, list | tuple) or len(got) != len(wanted):
            return False
        return all(_close(one, other, atol) for one, other in zip(got, wanted, strict=True))
    if not isinstance(got, int | float | complex) or not isinstance(wanted, int | float | complex):
        raise TypeError("only numbers are close to each other")
    return got == wanted or bool(abs(got - wanted) <= atol + RTOL * abs(wanted) < math.inf)
