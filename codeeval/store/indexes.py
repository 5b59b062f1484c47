"""Indexes that make counting a million samples a matter of a second. A file without them answers the same, only later: the
writer adds them, no reader needs them, and they do not count in the schema's version.
"""

from __future__ import annotations

import sqlite3

#: Programs that took so many milliseconds of CPU time are found without reading the evidence of all others.
SLOW_MS = 100
#: True for every program that can be slow: evidence that is compressed, or damaged, is looked at.
MAY_BE_SLOW = (
    "CASE WHEN typeof({0}outcome) = 'text' AND json_valid({0}outcome)"
    " THEN coalesce(json_extract({0}outcome, '$.cpu_ms'), 0) >= %d ELSE 1 END" % SLOW_MS
)

_INDEXES = (
    # counted by cause, without reading what was returned
    "CREATE INDEX IF NOT EXISTS by_cause ON judgements (protocol, problem_id, verdict, signature, passed, idx)",
    # counted by problem, without reading completions
    "CREATE INDEX IF NOT EXISTS by_problem ON samples (problem_id, idx)",
    f"CREATE INDEX IF NOT EXISTS slow ON executions (problem_id, job_digest) WHERE {MAY_BE_SLOW.format('')}",
)


def add(connection: sqlite3.Connection) -> None:
    """Add what is missing. Takes some seconds for an old file with a million samples, nothing for a new one."""
    for statement in _INDEXES:
        connection.execute(statement)


def has(connection: sqlite3.Connection, name: str) -> bool:
    query = "SELECT count(*) FROM sqlite_master WHERE type = 'index' AND name = ?"
    return bool(connection.execute(query, (name,)).fetchone()[0])
