"""Counts of a large run, kept in its file, so that its first page and its slow samples need no pass over all rows.

The writer adds them to the table `meta` when it closes the file, and removes them in the transaction with which it first
changes anything. Each is used only if the file is still in the state in which it was counted (`state`: a writer that
does not know of them leaves others behind) and if it has the form that the writer gives it. A file without them gives
the same answers, only slower. Not covered: numbers that are possible but false, as everywhere in a run file.
"""

from __future__ import annotations

import hashlib
import re
import sqlite3
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from codeeval.store.codec import pack_json, unpack_json, unpack_text
from codeeval.store.columns import MISREADINGS
from codeeval.types import Verdict

#: Runs with fewer samples are counted in a moment.
FEWEST_SAMPLES = 50_000
#: More rows than this are not kept: reading them would take as long as counting.
MOST_ROWS = 200_000
#: The beginning of their keys in the table `meta`, and what follows all of them.
_FIRST, _END = "count:", "count;"
_STATE = f"{_FIRST}state"
_NUMBERS = re.compile(r"[0-9]{1,18}(?:,[0-9]{1,18})*+")
_VERDICTS = frozenset(verdict.value for verdict in Verdict)


def state(connection: sqlite3.Connection) -> str:
    """Differs after every invocation that has written the file, and after more evidence. Raises sqlite3.Error."""
    found = connection.execute("SELECT (SELECT max(rowid) FROM executions), (SELECT max(id) FROM sessions)").fetchone()
    session = connection.execute("SELECT record FROM sessions WHERE id = ?", found[1:]).fetchone()
    said = repr((*found, unpack_text(session[0]) if session else ""))
    return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()


def keep(connection: sqlite3.Connection, counts: Mapping[str, object]) -> None:
    """Add counts by their names, for the state in which the file is. Raises sqlite3.Error."""
    rows = [(f"{_FIRST}{name}", pack_json(value)) for name, value in counts.items()]
    connection.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", [*rows, (_STATE, state(connection))])


def drop(connection: sqlite3.Connection) -> None:
    """Remove all counts. Raises sqlite3.Error."""
    connection.execute("DELETE FROM meta WHERE key >= ? AND key < ?", (_FIRST, _END))


def kept(connection: sqlite3.Connection, name: str, fits: Callable[[Any], bool]) -> Any:
    """The value of a count, or None if there is none that can be used. Raises sqlite3.Error."""
    query = "SELECT value FROM meta WHERE key = ?"
    found = connection.execute(query, (f"{_FIRST}{name}",)).fetchone()
    if found is None:
        return None
    try:
        if connection.execute(query, (_STATE,)).fetchone() != (state(connection),):
            return None
        value = unpack_json(found[0])
        return value if fits(value) else None
    except MISREADINGS:
        return None


# -- the form of each value


def are_tallies(value: Any, problems: Iterable[str]) -> bool:
    """Rows of (problem, verdict, signature, whether passed, number, first index)."""
    known = frozenset(problems)
    return isinstance(value, list) and all(
        pid in known
        and (verdict is None or verdict in _VERDICTS)
        and (signature is None or isinstance(signature, str))
        and (passed is None or type(passed) is bool)
        and _is_number(n)
        and _is_number(first)
        for pid, verdict, signature, passed, n, first in value
    )


def are_numbers(value: Any, problems: Iterable[str]) -> bool:
    """A number per problem."""
    return value.keys() <= frozenset(problems) and all(map(_is_number, value.values()))


def are_pairs(value: Any, problems: Iterable[str]) -> bool:
    """Samples and how many of them passed, per problem."""
    pairs = value.values()
    return value.keys() <= frozenset(problems) and all(_is_number(n) and _is_number(c) and c <= n for n, c in pairs)


def are_formats(value: Any) -> bool:
    """Rows of (name, samples, how many pass once repaired)."""
    return isinstance(value, list) and all(
        isinstance(name, str) and _is_number(n) and _is_number(c) for name, n, c in value
    )


def are_disagreements(value: Any, problems: Iterable[str]) -> bool:
    """Rows of (cause, other cause, number, problem, index)."""
    known = frozenset(problems)
    return isinstance(value, list) and all(
        isinstance(one, str) and isinstance(other, str) and _is_number(n) and pid in known and _is_number(index)
        for one, other, n, pid, index in value
    )


def are_times(value: Any, problems: Iterable[str]) -> bool:
    """Indices and milliseconds per problem, as numbers with commas."""
    return value.keys() <= frozenset(problems) and all(
        indices.count(",") == times.count(",") and _NUMBERS.fullmatch(indices) and _NUMBERS.fullmatch(times)
        for indices, times in value.values()
    )


def _is_number(value: object) -> bool:
    return type(value) is int and 0 <= value < 1 << 63
