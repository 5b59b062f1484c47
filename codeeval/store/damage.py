"""Is it the file? Looks for the first value of a run file that no run of ours wrote.

Asked only after something has failed over a file: reading costs nothing extra, and a damaged or hostile file is told
apart from a bug of ours. Covered: the type of every value, its JSON, numbers out of range. Not covered: values that are
possible and not true.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import astuple, is_dataclass
from functools import partial
from types import UnionType
from typing import Any, Literal, Union, cast, get_args, get_origin, get_type_hints

from codeeval.errors import DataError
from codeeval.i18n import msg
from codeeval.store.codec import unpack_json, unpack_large, unpack_outcome, unpack_text
from codeeval.store.records import Reading, Session
from codeeval.types import Oracle, Verdict
from sandbox.wire import Outcome

#: What reading wrong values can end in.
MISREADINGS = (ValueError, TypeError, LookupError, AttributeError, AssertionError, ArithmeticError, RecursionError)
#: Samples that one problem may want: more than any run has, and little enough to be counted one by one.
MAX_WANTED = 1_000_000
#: Samples that all problems of a run may want.
MAX_TOTAL = 2_000_000

_Check = Callable[[Any], object]


def _need(holds: bool, what: str) -> None:
    if not holds:
        raise ValueError(what)


def _text(value: Any) -> None:
    _need(isinstance(value, str | bytes), "a text is expected")
    unpack_text(value)


def _whole(low: int, high: int = 2**63) -> _Check:
    return lambda value: _need(type(value) is int and low <= value < high, "a whole number in range is expected")


def _seed(value: Any) -> None:
    _need(isinstance(value, int | str), "a whole number is expected")
    int(value)


def _real(value: Any) -> None:
    _need(isinstance(value, int | float), "a number is expected")


def _optional(check: _Check) -> _Check:
    return lambda value: None if value is None else check(value)


def _json(check: _Check) -> _Check:
    def checked(value: Any) -> None:
        _text(value)
        check(unpack_json(value))

    return checked


def _list(item: _Check) -> _Check:
    def checked(value: Any) -> None:
        _need(isinstance(value, list), "a list is expected")
        for part in value:
            item(part)

    return checked


def _word(value: Any) -> None:
    _need(isinstance(value, str), "a text is expected")


def _pair(value: Any) -> None:
    _need(isinstance(value, list) and len(value) == 2 and all(isinstance(part, str) for part in value), "a pair")


def _outputs(value: Any) -> None:
    if not isinstance(value, str):
        _list(_optional(_word))(value)


def _prompt(value: Any) -> None:
    _optional(_word)(value["text"])
    _list(_pair)(value["messages"])


def _tests(value: Any) -> None:
    _word(value["source"])
    _word(value["prelude"])
    _list(_word)(value["names"])


def _oracle(value: Any) -> None:
    found = Oracle(**value)
    _word(found.rule)
    _real(found.atol)
    _whole(0)(found.base)


def _reading(value: Any) -> None:
    found = Reading.from_json(value)
    _list(_word)(list(found.added))
    for cut in found.trace:
        _word(cut.rule)
        _INDEX(cut.start)
        _INDEX(cut.end)


def _session(value: Any) -> None:
    found = Session.from_json(value)
    _list(_word)(list(found.command))
    _word(found.started_at)
    _word(found.end)
    for number in (*astuple(found.counts), *astuple(found.timing)):
        _real(number)


def _outcome(value: Any) -> None:
    _fits(unpack_outcome(value, "outcome"), Outcome)


def _fits(value: Any, hint: Any) -> None:
    """Whether a value is what an annotation of an outcome says."""
    origin, inside = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        _need(any(_reason(partial(_fits, hint=part), value) is None for part in inside), f"{hint} is expected")
    elif origin is Literal:
        _need(value in inside, f"one of {inside} is expected")
    elif origin is tuple:
        for part in value:
            _fits(part, inside[0])
    elif is_dataclass(hint):
        _need(isinstance(value, cast(type, hint)), f"{hint} is expected")
        for name, kind in get_type_hints(hint).items():
            _fits(getattr(value, name), kind)
    else:
        _need(isinstance(value, (int, float) if hint is float else hint), f"{hint} is expected")


_INDEX, _FLAG, _VERDICT = _whole(0), _optional(_whole(0, 2)), _optional(Verdict)
_NAMES = _json(_list(_word))
_CHECKS: dict[str, dict[str, _Check]] = {
    "meta": {"key": _text, "value": _text},
    "problems": {
        **dict.fromkeys(("id", "instruction", "prompt", "entry_point", "prompt_digest"), _text),
        "calls": _NAMES,
        "expected": _optional(_NAMES),
        "canonical_solution": _optional(_text),
        "extra": _json(_list(_pair)),
        "model_prompt": _optional(_json(_prompt)),
        "wanted": _whole(0, MAX_WANTED + 1),
        "tests": _optional(_json(_tests)),
        "oracle": _optional(_json(_oracle)),
    },
    "samples": {
        **dict.fromkeys(("problem_id", "prompt_digest", "completion", "finish_reason"), _text),
        "idx": _INDEX,
        **dict.fromkeys(("tokens_in", "tokens_out"), _optional(_INDEX)),
        "seed": _optional(_seed),
        **dict.fromkeys(("raw", "thought"), _optional(_text)),
        "is_program": _FLAG,
    },
    "executions": {
        **dict.fromkeys(("problem_id", "job_digest", "mode", "source"), _text),
        "outcome": _outcome,
    },
    "judgements": {
        **dict.fromkeys(("protocol", "problem_id"), _text),
        "idx": _INDEX,
        **dict.fromkeys(("job_digest", "error", "signature"), _optional(_text)),
        "verdict": _VERDICT,
        "passed": _FLAG,
        "outputs": lambda value: _outputs(unpack_large(value)),
        "call": _optional(_INDEX),
        "failed_calls": _optional(_json(_list(_INDEX))),
        "reading": _optional(_json(_reading)),
    },
    "incidents": {**dict.fromkeys(("problem_id", "stage", "reason"), _text), "idx": _INDEX},
    "sessions": {"record": _json(_session)},
    "counterfactuals": {
        "problem_id": _text,
        "idx": _INDEX,
        **dict.fromkeys(("classes", "steps"), _NAMES),
        "job_digest": _optional(_text),
        "verdict": _VERDICT,
        "passed": _FLAG,
    },
    "rewards": {"ranker": _INDEX, "problem_id": _text, "idx": _INDEX, "score": _real, "cut": _whole(0, 2)},
}


def damage(connection: sqlite3.Connection) -> str | None:
    """`table samples, row 3, column seed: a whole number is expected` of the first wrong value; None where there is none.

    Reads the whole file."""
    for table, columns in _CHECKS.items():
        rows = connection.execute(f"SELECT {', '.join(columns)} FROM {table}")
        for number, row in enumerate(rows, 1):
            for (column, check), value in zip(columns.items(), row, strict=True):
                if (reason := _reason(check, value)) is not None:
                    return f"table {table}, row {number}, column {column}: {reason}"
    return _unequal(connection)


def _reason(check: _Check, value: Any) -> str | None:
    try:
        check(value)
    except DataError as error:
        return error.what
    except MISREADINGS as error:
        told = str(error)[:200]
        return told if type(error) is ValueError and told else f"{type(error).__name__}: {told}"
    return None


def _unequal(connection: sqlite3.Connection) -> str | None:
    """What must agree: the tests of a problem with its answers, a judgement with its verdict."""
    for number, (calls, expected) in enumerate(connection.execute("SELECT calls, expected FROM problems"), 1):
        if expected is not None and len(unpack_json(calls)) != len(unpack_json(expected)):
            return f"table problems, row {number}: not as many outputs as calls"
    query = "SELECT count(*) FROM judgements WHERE (verdict IS NULL) != (passed IS NULL) OR (passed = 0 AND signature IS NULL)"
    if connection.execute(query).fetchone()[0]:
        return "table judgements: a verdict without its result"
    return None


def refuse_odd_counts(connection: sqlite3.Connection, where: str) -> None:
    """Numbers of samples that would be counted one by one until memory ends. Raises DataError."""
    query = "SELECT count(*) FROM problems WHERE typeof(wanted) != 'integer' OR wanted NOT BETWEEN 0 AND ?"
    if connection.execute(query, (MAX_WANTED,)).fetchone()[0]:
        raise DataError(
            where, msg("table problems, column wanted: no possible number of samples"), msg("The file is damaged.")
        )
    if (connection.execute("SELECT sum(wanted) FROM problems").fetchone()[0] or 0) > MAX_TOTAL:
        raise DataError(where, msg("more than {n} samples are wanted", n=MAX_TOTAL), msg("The file is damaged."))
