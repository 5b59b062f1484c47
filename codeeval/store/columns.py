"""The tables of a run file, described once: the columns in order, and for each how a value is packed for SQLite,
unpacked, and checked. `packing.py` converts whole rows.

The SQL definitions are in `schema.py`, as migrations, which never change once released. A test compares the two.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, astuple, dataclass, is_dataclass, replace
from functools import partial
from types import UnionType
from typing import Any, Literal, Union, cast, get_args, get_origin, get_type_hints

from codeeval.errors import DataError
from codeeval.store.codec import (
    pack_int,
    pack_json,
    pack_numbers,
    pack_outcome,
    pack_outputs,
    pack_reading,
    pack_text,
    unpack_int,
    unpack_json,
    unpack_large,
    unpack_outcome,
    unpack_text,
)
from codeeval.store.records import Reading, Session
from codeeval.types import Oracle, ProblemTests, Prompt, Verdict
from sandbox.outcomes import Outcome

#: A row of a table, in column order.
Row = tuple[Any, ...]
Check = Callable[[Any], object]

#: The exceptions that decoding a wrong value can raise.
MISREADINGS = (ValueError, TypeError, LookupError, AttributeError, AssertionError, ArithmeticError, RecursionError)
#: The most samples that one problem may have: more than any run, and few enough to enumerate.
MAX_WANTED = 1_000_000


@dataclass(frozen=True, slots=True)
class ColumnKind:
    """What a column holds. `check` raises one of MISREADINGS or DataError for a stored value that a run never
    writes. A column that `is_optional` may hold NULL for None, which is neither packed nor unpacked."""

    pack: Callable[[Any], Any]
    unpack: Callable[[Any], Any]
    check: Check
    is_optional: bool = False


def why_wrong(check: Check, value: Any) -> str | None:
    """What is wrong with a value according to a check; None if it is valid."""
    try:
        check(value)
    except DataError as error:
        return error.what
    except MISREADINGS as error:
        told = str(error)[:200]
        return told if type(error) is ValueError and told else f"{type(error).__name__}: {told}"
    return None


def _need(holds: bool, what: str) -> None:
    if not holds:
        raise ValueError(what)


def _text(value: Any) -> None:
    _need(isinstance(value, str | bytes), "a text is expected")
    unpack_text(value)


def _whole(low: int, high: int = 2**63) -> Check:
    return lambda value: _need(type(value) is int and low <= value < high, "a whole number in range is expected")


def _seed(value: Any) -> None:
    _need(isinstance(value, int | str), "a whole number is expected")
    int(value)


def _real(value: Any) -> None:
    _need(isinstance(value, int | float), "a number is expected")


def _absent_or(check: Check) -> Check:
    return lambda value: None if value is None else check(value)


def _list(item: Check) -> Check:
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
        _list(_absent_or(_word))(value)


def _prompt(value: Any) -> None:
    _absent_or(_word)(value["text"])
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
        _whole(0)(cut.start)
        _whole(0)(cut.end)


def _session(value: Any) -> None:
    found = Session.from_json(value)
    _list(_word)(list(found.command))
    _word(found.started_at)
    _word(found.end)
    for number in (*astuple(found.counts), *astuple(found.timing)):
        _real(number)


def _fits(value: Any, hint: Any) -> None:
    """Check that a value matches the annotation of an outcome's field."""
    origin, inside = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        _need(any(why_wrong(partial(_fits, hint=part), value) is None for part in inside), f"{hint} is expected")
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


def same(value: Any) -> Any:
    return value


def _or_null(kind: ColumnKind) -> ColumnKind:
    return ColumnKind(kind.pack, kind.unpack, _absent_or(kind.check), is_optional=True)


def _json(check: Check, build: Callable[[Any], Any] = tuple, plain: Callable[[Any], object] = same) -> ColumnKind:
    """JSON that `check` accepts; `plain` converts a value to JSON types, `build` converts back."""

    def checked(stored: Any) -> None:
        _text(stored)
        check(unpack_json(stored))

    return ColumnKind(lambda value: pack_json(plain(value)), lambda stored: build(unpack_json(stored)), checked)


_ROW_NUMBER = ColumnKind(same, same, same)
TEXT = ColumnKind(pack_text, unpack_text, _text)
#: Text that UTF-8 can always encode: digests, names of protocols.
_NAME = ColumnKind(same, same, _text)
_INDEX = ColumnKind(same, same, _whole(0))
_FLAG = ColumnKind(int, bool, _whole(0, 2))
_NAMES = _json(_list(_word))
_KEY = {"problem_id": TEXT, "idx": _INDEX}
_VERDICT = {
    "verdict": _or_null(
        ColumnKind(lambda verdict: verdict.value, {each.value: each for each in Verdict}.__getitem__, Verdict)
    ),
    "passed": _or_null(_FLAG),
}

TABLES: dict[str, dict[str, ColumnKind]] = {
    "meta": {"key": _NAME, "value": TEXT},
    "problems": {
        "position": _ROW_NUMBER,
        **dict.fromkeys(("id", "instruction", "prompt", "entry_point"), TEXT),
        "calls": _NAMES,
        "expected": _or_null(_NAMES),
        "canonical_solution": _or_null(TEXT),
        "extra": _json(_list(_pair), lambda pairs: tuple((name, value) for name, value in pairs)),
        "model_prompt": _or_null(
            _json(
                _prompt, lambda raw: Prompt(raw["text"], tuple((role, said) for role, said in raw["messages"])), asdict
            )
        ),
        "prompt_digest": TEXT,
        "wanted": ColumnKind(same, same, _whole(0, MAX_WANTED + 1)),
        "tests": _or_null(
            _json(_tests, lambda raw: ProblemTests(raw["source"], raw["prelude"], tuple(raw["names"])), asdict)
        ),
        "oracle": _or_null(_json(_oracle, lambda raw: Oracle(**raw), asdict)),
    },
    "samples": {
        **_KEY,
        "prompt_digest": TEXT,
        "completion": TEXT,
        "finish_reason": _NAME,
        **dict.fromkeys(("tokens_in", "tokens_out"), _or_null(_INDEX)),
        "seed": _or_null(ColumnKind(pack_int, unpack_int, _seed)),
        **dict.fromkeys(("raw", "thought"), _or_null(TEXT)),
        "is_program": ColumnKind(int, bool, _absent_or(_FLAG.check)),  # NULL in older files
    },
    "executions": {
        "problem_id": TEXT,
        "job_digest": _NAME,
        "mode": _NAME,
        "source": TEXT,
        "outcome": ColumnKind(
            pack_outcome,
            lambda stored: unpack_outcome(stored, "outcome"),
            lambda stored: _fits(unpack_outcome(stored, "outcome"), Outcome),
        ),
    },
    "judgements": {
        "protocol": _NAME,
        **_KEY,
        "job_digest": _or_null(_NAME),
        **_VERDICT,
        "outputs": ColumnKind(
            pack_outputs,
            lambda stored: read if isinstance(read := unpack_large(stored), str) else tuple(read),
            lambda stored: _outputs(unpack_large(stored)),
        ),
        "call": _or_null(_INDEX),
        **dict.fromkeys(("error", "signature"), _or_null(TEXT)),
        "failed_calls": _or_null(replace(_json(_list(_INDEX.check)), pack=pack_numbers)),
        "reading": _or_null(replace(_json(_reading, Reading.from_json), pack=pack_reading)),
    },
    "incidents": {**_KEY, "stage": _NAME, "reason": TEXT},
    "sessions": {"id": _ROW_NUMBER, "record": _json(_session, Session.from_json, Session.to_json)},
    "counterfactuals": {**_KEY, "classes": _NAMES, "steps": _NAMES, "job_digest": _or_null(_NAME), **_VERDICT},
    "rewards": {"ranker": _INDEX, **_KEY, "score": ColumnKind(same, same, _real), "cut": _FLAG},
}


def selection(table: str, alias: str = "", first: int = 0) -> str:
    """The columns of a table for a query, skipping the first `first`."""
    prefix = f"{alias}." if alias else ""
    return ", ".join(f"{prefix}{name}" for name in [*TABLES[table]][first:])


def insertion(table: str, otherwise: str = "") -> str:
    """The INSERT statement. `otherwise`: what to do if the row exists, `OR REPLACE` or `OR IGNORE`."""
    return f"INSERT {otherwise} INTO {table} VALUES ({', '.join('?' * len(TABLES[table]))})"
