"""Find the first corrupt value in a run file, to tell a damaged file from a bug.

Called only after something has failed over a file, so that reading costs nothing extra. Covered: the type of every
value, its JSON, numbers out of range. Not covered: values that are possible but false.
"""

from __future__ import annotations

import sqlite3

from codeeval.errors import DataError
from codeeval.i18n import msg
from codeeval.store.codec import unpack_json
from codeeval.store.columns import MAX_WANTED, TABLES, selection, why_wrong

#: The most samples that all problems of a run may have together.
MAX_TOTAL = 2_000_000


def damage(connection: sqlite3.Connection) -> str | None:
    """`table samples, row 3, column seed: a whole number is expected` for the first wrong value; None if there is none.

    Reads the whole file."""
    for table, columns in TABLES.items():
        for number, row in enumerate(connection.execute(f"SELECT {selection(table)} FROM {table}"), 1):
            for (column, kind), value in zip(columns.items(), row, strict=True):
                if (reason := why_wrong(kind.check, value)) is not None:
                    return f"table {table}, row {number}, column {column}: {reason}"
    return _unequal(connection)


def _unequal(connection: sqlite3.Connection) -> str | None:
    """Check what must agree: a problem's tests with its answers, a judgement with its verdict."""
    for number, (calls, expected) in enumerate(connection.execute("SELECT calls, expected FROM problems"), 1):
        if expected is not None and len(unpack_json(calls)) != len(unpack_json(expected)):
            return f"table problems, row {number}: not as many outputs as calls"
    query = "SELECT count(*) FROM judgements WHERE (verdict IS NULL) != (passed IS NULL) OR (passed = 0 AND signature IS NULL)"
    if connection.execute(query).fetchone()[0]:
        return "table judgements: a verdict without its result"
    return _stray(connection)


def _stray(connection: sqlite3.Connection) -> str | None:
    """A row about a problem, or a sample, that the run does not have."""
    for table, columns in TABLES.items():
        if "problem_id" not in columns:
            continue
        lacking = "problem_id NOT IN (SELECT id FROM problems)"
        if connection.execute(f"SELECT count(*) FROM {table} WHERE {lacking}").fetchone()[0]:
            return f"table {table}: a problem that the run does not have"
    query = (
        "SELECT count(*) FROM judgements AS j WHERE NOT EXISTS"
        " (SELECT 1 FROM samples AS s WHERE s.problem_id = j.problem_id AND s.idx = j.idx)"
    )
    if connection.execute(query).fetchone()[0]:
        return "table judgements: a sample that the run does not have"
    return None


def refuse_odd_counts(connection: sqlite3.Connection, where: str) -> None:
    """Refuse numbers of samples whose enumeration would exhaust memory. Raises DataError."""
    query = "SELECT count(*) FROM problems WHERE typeof(wanted) != 'integer' OR wanted NOT BETWEEN 0 AND ?"
    if connection.execute(query, (MAX_WANTED,)).fetchone()[0]:
        raise DataError(
            where, msg("table problems, column wanted: no possible number of samples"), msg("The file is damaged.")
        )
    if (connection.execute("SELECT sum(wanted) FROM problems").fetchone()[0] or 0) > MAX_TOTAL:
        raise DataError(where, msg("more than {n} samples are wanted", n=MAX_TOTAL), msg("The file is damaged."))
