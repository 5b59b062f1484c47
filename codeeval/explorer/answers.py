"""Group a problem's samples that fail with the same outputs, and describe what is wrong with these. Pure; work is
bounded."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from codeeval.explorer.values import how_they_differ
from codeeval.scoring.literals import parse
from codeeval.store import StoredJudgement

Outputs = tuple[str | None, ...]

#: How many groups are shown, how many samples of each are named, and how many characters of outputs are examined.
GROUPS_SHOWN, _SAMPLES_NAMED, _MAX_CHARS = 20, 12, 200_000


@dataclass(frozen=True, slots=True)
class WrongAnswer:
    """Samples with the same outputs, identified by `id` in URLs. `what`: a description of what is wrong on all failing
    calls; empty if none fits. `call`: the first failing one of `n_failed`, with what it returned."""

    id: str
    n: int
    samples: tuple[int, ...]
    what: str
    call: int
    n_failed: int
    actual: str | None


@dataclass(frozen=True, slots=True)
class WrongAnswers:
    """The largest group first; `more`: the number of groups that are left out."""

    groups: tuple[WrongAnswer, ...] = ()
    more: int = 0


NO_ANSWERS = WrongAnswers()


def answer_id(outputs: Outputs) -> str:
    """The id of a vector of outputs in URLs."""
    return hashlib.sha256(json.dumps(outputs).encode("ascii")).hexdigest()[:10]


def failed_with(row: StoredJudgement) -> Outputs | None:
    """The outputs with which a sample failed; None if it passed, if that is unknown, or if no failing call returned."""
    found = row.judgement
    if found is None or found.passed or not isinstance(row.outputs, tuple):
        return None
    return row.outputs if any(row.outputs[at] is not None for at in found.failed_calls) else None


def wrong_answers(expected: Sequence[str], judged: Sequence[StoredJudgement]) -> WrongAnswers:
    """The failed samples of one problem by their outputs."""
    members: dict[Outputs, list[StoredJudgement]] = {}
    for row in judged:
        if (outputs := failed_with(row)) is not None:
            members.setdefault(outputs, []).append(row)
    ordered = sorted(members.items(), key=lambda item: (-len(item[1]), item[1][0].index))
    groups = tuple(_group(expected, outputs, rows) for outputs, rows in ordered[:GROUPS_SHOWN])
    return WrongAnswers(groups, len(ordered) - len(groups))


def _group(expected: Sequence[str], outputs: Outputs, rows: list[StoredJudgement]) -> WrongAnswer:
    failed = rows[0].judgement.failed_calls if rows[0].judgement else ()
    pairs = [(expected[at], outputs[at]) for at in failed]
    indices = tuple(row.index for row in rows[:_SAMPLES_NAMED])
    return WrongAnswer(
        answer_id(outputs), len(rows), indices, describe(pairs), failed[0], len(failed), outputs[failed[0]]
    )


def describe(pairs: Sequence[tuple[str, str | None]]) -> str:
    """What is wrong with these answers: (expected, actual) of each failing call, None if nothing was returned. Empty if
    no description fits all of them."""
    returned = [(wanted, actual) for wanted, actual in pairs if actual is not None]
    if not returned or len(returned) < len(pairs) or sum(len(a) + len(b) for a, b in returned) > _MAX_CHARS:
        return ""
    texts = {actual for _, actual in returned}
    if texts == {"None"}:
        return "returns None on all failing calls"
    values = [(_value(wanted), _value(actual)) for wanted, actual in returned]
    for what, fits in _RULES:
        if all(fits(wanted, actual) for wanted, actual in values):
            return what
    how = {how_they_differ(wanted, actual) for wanted, actual in returned}
    if len(how) == 1 and "" not in how:
        return how.pop()
    if len(texts) == 1 and len(returned) > 1:
        return "the same value on all failing calls"
    return ""


@lru_cache(maxsize=4096)
def _value(text: str) -> object:
    """The value of a literal; any other text is its own value."""
    try:
        return parse(text)
    except ValueError:
        return text


def _only_type(wanted: object, actual: object) -> bool:
    return repr(wanted) != repr(actual) and _bare(wanted) == _bare(actual)


def _bare(value: object) -> object:
    """Without distinctions that only types make: a list from a tuple, a text from the value that it spells."""
    if isinstance(value, str):
        inner = _value(value)
        return value if isinstance(inner, str) else _bare(inner)
    if isinstance(value, list | tuple):
        return [_bare(one) for one in value]
    if isinstance(value, set | frozenset):
        return ["set", set(value)]
    return value


def _number(value: object) -> float | int | None:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _apart_by(*steps: int) -> Callable[[object, object], bool]:
    def fits(wanted: object, actual: object) -> bool:
        one, two = _number(wanted), _number(actual)
        return one is not None and two is not None and any(_sum(one, step) == two for step in steps)

    return fits


def _sum(one: float | int, two: int) -> float | int | None:
    """None if the numbers are so large that a step of one is lost."""
    found = one + two
    return found if found != one else None


def _negated(wanted: object, actual: object) -> bool:
    one, two = _number(wanted), _number(actual)
    return one is not None and two is not None and one == -two


def _opposite(wanted: object, actual: object) -> bool:
    return isinstance(wanted, bool) and isinstance(actual, bool) and wanted is not actual


def _sequence(value: object) -> list[object] | None:
    if isinstance(value, list | tuple):
        return list(value)
    return list(value) if isinstance(value, str) else None


def _sequences(fits: Callable[[list[object], list[object]], bool]) -> Callable[[object, object], bool]:
    def both(wanted: object, actual: object) -> bool:
        one, two = _sequence(wanted), _sequence(actual)
        return one is not None and two is not None and type(wanted) is type(actual) and fits(one, two)

    return both


def _sorted_the_other_way(wanted: object, actual: object) -> bool:
    if isinstance(wanted, str) or not _sequences(lambda one, two: one == two[::-1])(wanted, actual):
        return False
    return any(_is_sorted(list(one)) for one in (wanted, actual) if isinstance(one, list | tuple))


def _is_sorted(values: list[object]) -> bool:
    try:
        return all(a <= b for a, b in pairwise(values))  # type: ignore[operator]
    except TypeError:
        return False


def _same_elements(wanted: list[object], actual: list[object]) -> bool:
    return len(wanted) == len(actual) and sorted(map(repr, wanted)) == sorted(map(repr, actual))


#: The first that fits all failing calls is used.
_RULES: tuple[tuple[str, Callable[[object, object], bool]], ...] = (
    ("only the type differs", _only_type),
    ("too large by one", _apart_by(1)),
    ("too small by one", _apart_by(-1)),
    ("off by one", _apart_by(1, -1)),
    ("the sign is wrong", _negated),
    ("True and False are swapped", _opposite),
    ("sorted the other way", _sorted_the_other_way),
    ("in reverse order", _sequences(lambda wanted, actual: wanted == actual[::-1])),
    ("the right elements in another order", _sequences(_same_elements)),
    ("the first element is missing", _sequences(lambda wanted, actual: len(wanted) > 0 and wanted[1:] == actual)),
    ("the last element is missing", _sequences(lambda wanted, actual: len(wanted) > 0 and wanted[:-1] == actual)),
)
