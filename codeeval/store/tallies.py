"""Counts of a run file: samples by problem, verdict and cause, counted in SQLite, never by loading the evidence."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from codeeval import bounded_json
from codeeval.store.codec import pack_text, unpack_json, unpack_optional, unpack_text
from codeeval.store.pending import PendingReader

#: How many fields of a problem, values, and characters of each can help to tell problems apart.
_MOST_FIELDS, _MOST_VALUES, _LONGEST_FIELD, _LONGEST_VALUE = 50, 50, 5_000, 200


@dataclass(frozen=True, slots=True)
class Tally:
    """The number of samples of one problem with one verdict and signature (both None if the expected outputs are
    hidden), and the first of them."""

    problem_id: str
    verdict: str | None
    signature: str | None
    passed: bool | None
    n: int
    first: int


@dataclass(frozen=True, slots=True)
class Head:
    """A problem as lists show it. `fields`: other fields of its `meta`, with their values as texts; a list gives
    several."""

    position: int
    id: str
    entry_point: str
    prompt: str
    wanted: int
    hidden: bool
    fields: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @property
    def topics(self) -> tuple[str, ...]:
        """The value of `meta.topics`."""
        return dict(self.fields).get("topics", ())


class Tallies(PendingReader):
    """Queries with counts as results."""

    def heads(self) -> tuple[Head, ...]:
        """All problems, in the order of the run."""
        query = (
            "SELECT position, id, entry_point, prompt, wanted, expected IS NULL, extra FROM problems ORDER BY position"
        )
        return tuple(
            Head(
                position, unpack_text(pid), unpack_text(name), unpack_text(prompt), wanted, bool(hidden), _fields(extra)
            )
            for position, pid, name, prompt, wanted, hidden, extra in self._rows(query)
        )

    def positions(self) -> dict[str, int]:
        """The place of each problem in the order of the run, in that order."""
        rows = self._rows("SELECT id, position FROM problems ORDER BY position")
        return {unpack_text(pid): position for pid, position in rows}

    def tallies(self, protocol: str) -> Iterator[Tally]:
        """Every judged sample under a protocol, counted by problem, verdict and signature; unordered."""
        query = (
            "SELECT problem_id, verdict, signature, passed, count(*), min(idx) FROM judgements WHERE protocol = ?"
            " GROUP BY problem_id, verdict, signature"
        )
        for pid, verdict, signature, passed, n, first in self._rows(query, (protocol,)):
            judged = None if passed is None else bool(passed)
            yield Tally(unpack_text(pid), verdict, unpack_optional(signature), judged, n, first)

    def passed(self, protocol: str) -> dict[str, str]:
        """Indices of passed samples, joined by commas into one text, per problem that has any."""
        query = (
            "SELECT problem_id, group_concat(idx) FROM judgements WHERE protocol = ? AND verdict = 'passed' AND passed = 1"
            " GROUP BY problem_id"
        )
        return {unpack_text(pid): indices for pid, indices in self._rows(query, (protocol,))}

    def disagreements(self, protocol: str, other: str) -> tuple[tuple[str, str, int, str, int], ...]:
        """Where two protocols disagree: (verdict and cause under each, number of samples, problem and index of an
        example)."""
        passed = {name: self.passed(name) for name in (protocol, other)}
        query = "SELECT idx, signature FROM judgements WHERE protocol = ? AND problem_id = ? AND passed = 0"
        found: dict[tuple[str, str], list[Any]] = {}
        for pid, position in self.positions().items():
            for passing, failing in ((protocol, other), (other, protocol)):
                ours, theirs = passed[passing].get(pid, ""), passed[failing].get(pid, "")
                only = set(ours.split(",")) - set(theirs.split(",")) if ours != theirs else ()
                for index, signature in self._rows(query, (failing, pack_text(pid))) if only else ():
                    if str(index) not in only:
                        continue
                    sides = ("passed", _cause(signature)) if passing == protocol else (_cause(signature), "passed")
                    entry = found.setdefault(sides, [0, (position, index), pid])
                    entry[0] += 1
                    entry[1:] = min((entry[1], entry[2]), ((position, index), pid))
        ordered = sorted(found.items(), key=lambda item: (-item[1][0], item[0]))
        return tuple((*sides, n, pid, index) for sides, (n, (_, index), pid) in ordered)

    def error_of(self, protocol: str, problem_id: str, index: int) -> str:
        """The message of one judgement, empty if there is none."""
        query = "SELECT error FROM judgements WHERE protocol = ? AND problem_id = ? AND idx = ?"
        for (error,) in self._rows(query, (protocol, pack_text(problem_id), index)):
            return unpack_optional(error) or ""
        return ""


def _fields(extra: Any) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The fields of a problem's `meta` that are texts, numbers, booleans, or lists of these."""
    found = []
    for name, text in list(unpack_json(extra))[:_MOST_FIELDS]:
        if (value := _value(text)) is not None:
            texts = [_text(one) for one in (value if isinstance(value, list) else [value])[:_MOST_VALUES]]
            if values := tuple(dict.fromkeys(one for one in texts if one)):
                found.append((str(name), values))
    return tuple(found)


def _value(text: object) -> object:
    """A stored field's value; None if it is too long or not JSON, which can occur only in another user's file."""
    if not isinstance(text, str) or len(text) > _LONGEST_FIELD:
        return None
    try:
        return bounded_json.loads(text)
    except ValueError:
        return None


def _text(value: object) -> str:
    """A plain value as text; empty for anything else."""
    if isinstance(value, str):
        return value if len(value) <= _LONGEST_VALUE else ""
    return json.dumps(value) if isinstance(value, bool | int | float) else ""


def _cause(signature: Any) -> str:
    return unpack_text(signature).split(" · ")[0]
