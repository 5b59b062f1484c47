"""Indexes that let a million samples be counted in about a second. A file without them gives the same answers, only
slower: the writer adds them, no reader needs them, and they are not part of the schema's version.
"""

from __future__ import annotations

import sqlite3

#: Finds programs above this many milliseconds of CPU time without reading the evidence of all others.
SLOW_MS = 100
#: True for every program that may be slow: compressed or damaged evidence is examined.
MAY_BE_SLOW = (
    "CASE WHEN typeof({0}outcome) = 'text' AND json_valid({0}outcome)"
    " THEN coalesce(json_extract({0}outcome, '$.cpu_ms'), 0) >= %d ELSE 1 END" % SLOW_MS
)

_INDEXES = (
    # counts by cause, without reading outputs
    "CREATE INDEX IF NOT EXISTS by_cause ON judgements (protocol, problem_id, verdict, signature, passed, idx)",
    # counts by problem, without reading completions
    "CREATE INDEX IF NOT EXISTS by_problem ON samples (problem_id, idx)",
    f"CREATE INDEX IF NOT EXISTS slow ON executions (problem_id, job_digest) WHERE {MAY_BE_SLOW.format('')}",
)


def add(connection: sqlite3.Connection) -> None:
    """Add missing indexes. Takes some seconds for an old file with a million samples, nothing for a new one."""
    for statement in _INDEXES:
        connection.execute(statement)


def has(connection: sqlite3.Connection, name: str) -> bool:
    query = "SELECT count(*) FROM sqlite_master WHERE type = 'index' AND name = ?"
    return bool(connection.execute(query, (name,)).fetchone()[0])
