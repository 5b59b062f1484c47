"""Tables of a run file, and migrations of older ones.

`PRAGMA application_id` marks a SQLite file as a run file; `PRAGMA user_version` counts the migrations applied to it. A
migration is never changed once released; a new one is appended.

Text is stored as TEXT, or as a BLOB if it is not valid Unicode (see `codec.py`); hence the columns without a type.
"""

from __future__ import annotations

import json
import re
import sqlite3
from functools import cache

from codeeval.errors import DataError
from codeeval.i18n import msg
from codeeval.store import damage, indexes, page_check

APPLICATION_ID = 0x63455641  # "cEVA"

_V1 = """
CREATE TABLE meta (
    key TEXT PRIMARY KEY,
    value NOT NULL
);
-- the problems of this run, whole, so that the file explains itself; `wanted` samples have the indices 0 .. wanted-1
CREATE TABLE problems (
    position INTEGER PRIMARY KEY,
    id NOT NULL UNIQUE,
    instruction NOT NULL,
    prompt NOT NULL,
    entry_point NOT NULL,
    calls NOT NULL,
    expected,
    canonical_solution,
    extra NOT NULL,
    model_prompt,
    prompt_digest NOT NULL,
    wanted INTEGER NOT NULL
);
CREATE TABLE samples (
    problem_id NOT NULL,
    idx INTEGER NOT NULL,
    prompt_digest NOT NULL,
    completion NOT NULL,
    finish_reason TEXT NOT NULL,
    tokens_in INTEGER,
    tokens_out INTEGER,
    seed,
    raw,
    PRIMARY KEY (problem_id, idx)
) WITHOUT ROWID;
-- evidence: what one program of one problem did, once, whichever samples hold it
CREATE TABLE executions (
    problem_id NOT NULL,
    job_digest TEXT NOT NULL,
    mode TEXT NOT NULL,
    source NOT NULL,
    outcome NOT NULL,
    PRIMARY KEY (problem_id, job_digest)
);
-- judgement: apart from evidence, so that it can be made again; no verdict where the expected outputs are hidden
CREATE TABLE judgements (
    protocol TEXT NOT NULL,
    problem_id NOT NULL,
    idx INTEGER NOT NULL,
    job_digest TEXT,
    verdict TEXT,
    passed INTEGER,
    outputs NOT NULL,
    call INTEGER,
    error,
    signature,
    failed_calls TEXT,
    PRIMARY KEY (protocol, problem_id, idx)
) WITHOUT ROWID;
-- why a sample is still pending: never a verdict
CREATE TABLE incidents (
    problem_id NOT NULL,
    idx INTEGER NOT NULL,
    stage TEXT NOT NULL,
    reason NOT NULL,
    PRIMARY KEY (problem_id, idx, stage)
) WITHOUT ROWID;
-- one row per invocation that worked on this file
CREATE TABLE sessions (
    id INTEGER PRIMARY KEY,
    record NOT NULL
);
"""

_V2 = """
-- failed samples with their failures of format, and what the repaired program did: apart from judgements, which are of
-- what the model wrote
CREATE TABLE counterfactuals (
    problem_id NOT NULL,
    idx INTEGER NOT NULL,
    classes TEXT NOT NULL,
    steps TEXT NOT NULL,
    job_digest TEXT,
    verdict TEXT,
    passed INTEGER,
    PRIMARY KEY (problem_id, idx)
) WITHOUT ROWID;
"""

#: What a reasoning model wrote before its answer.
_V3 = "ALTER TABLE samples ADD COLUMN thought;"

_V4 = """
-- how reward models rank the samples: never a verdict; `ranker` is the position of the model in the manifest
CREATE TABLE rewards (
    ranker INTEGER NOT NULL,
    problem_id NOT NULL,
    idx INTEGER NOT NULL,
    score REAL NOT NULL,
    cut INTEGER NOT NULL,
    PRIMARY KEY (ranker, problem_id, idx)
) WITHOUT ROWID;
"""

#: Tests that are code, and how answers are compared with those of a reference solution; both are JSON.
_V5 = "ALTER TABLE problems ADD COLUMN tests; ALTER TABLE problems ADD COLUMN oracle;"

#: 1 if the completion is a self-contained program, NULL or 0 if it may continue the prompt.
_V6 = "ALTER TABLE samples ADD COLUMN is_program INTEGER;"

#: How `strict` read the completion, as JSON; NULL under protocols that take it verbatim.
_V7 = "ALTER TABLE judgements ADD COLUMN reading;"

MIGRATIONS: tuple[str, ...] = (_V1, _V2, _V3, _V4, _V5, _V6, _V7)


def version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def is_ours(connection: sqlite3.Connection) -> bool:
    return bool(connection.execute("PRAGMA application_id").fetchone()[0] == APPLICATION_ID)


def check(connection: sqlite3.Connection, where: str) -> None:
    """Raise DataError unless this is a run file that this version can read without migration."""
    if not is_ours(connection):
        raise DataError(where, msg("this is a SQLite file, but not a run of codeeval"))
    found, known = version(connection), len(MIGRATIONS)
    if found > known:
        raise DataError(
            where,
            msg("written by a newer codeeval (schema {n}, known here: {m})", n=found, m=known),
            msg("Upgrade codeeval."),
        )
    if found < known:
        raise DataError(
            where,
            msg("written by an older codeeval (schema {n}, now {m})", n=found, m=known),
            msg("`codeeval rescore RUN` brings the file up to date."),
        )
    refuse_odd_schema(connection, where)
    page_check.refuse_odd_pages(connection, where)
    damage.refuse_odd_counts(connection, where)


def migrate(connection: sqlite3.Connection, where: str) -> None:
    """Bring a file to the newest schema, each step in its own transaction. An empty file gets all tables."""
    found = version(connection)
    if found == 0 and not connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    if not is_ours(connection) or found > len(MIGRATIONS):
        check(connection, where)
    refuse_odd_schema(connection, where)
    page_check.refuse_odd_pages(connection, where)
    for number, script in enumerate(MIGRATIONS[found:], start=found + 1):
        connection.executescript(f"BEGIN;\n{script}\nPRAGMA user_version = {number};\nCOMMIT;")
    damage.refuse_odd_counts(connection, where)
    indexes.add(connection)


def refuse_odd_schema(connection: sqlite3.Connection, where: str) -> None:
    """Raise DataError unless the file has exactly the tables that a run makes: it may come from another user, and
    neither reading nor writing it may run anything that its author put there. `check` refuses another program's
    files."""
    found, known = version(connection), len(MIGRATIONS)
    if not is_ours(connection) or found > known:
        return
    if found < 0:
        raise DataError(where, msg("not a run file of codeeval: it has the schema {n}", n=found))
    expected, optional = _objects(found), _objects(known, indexed=True)
    seen = set()
    for kind, name, table, sql in connection.execute("SELECT type, name, tbl_name, sql FROM sqlite_master"):
        entry = (kind, name, table, _plain(sql))
        if entry in seen or (entry not in expected and not (kind == "index" and entry in optional)):
            raise DataError(
                where,
                msg(
                    "not a run file of codeeval: it has a {kind} {name} that no run writes",
                    kind=kind,
                    name=json.dumps(str(name)[:100]),
                ),
            )
        seen.add(entry)
    if lacking := sorted(f"{kind} {name}" for kind, name, *_ in expected - seen):
        raise DataError(where, msg("not a run file of codeeval: it lacks the {what}", what=lacking[0]))


@cache
def _objects(number: int, *, indexed: bool = False) -> frozenset[tuple[object, ...]]:
    """The schema objects of a file of this version: (kind, name, table, definition)."""
    connection = sqlite3.connect(":memory:")
    try:
        for script in MIGRATIONS[:number]:
            connection.executescript(script)
        if indexed:
            indexes.add(connection)
        rows = connection.execute("SELECT type, name, tbl_name, sql FROM sqlite_master").fetchall()
        return frozenset((kind, name, table, _plain(sql)) for kind, name, table, sql in rows)
    finally:
        connection.close()


def _plain(sql: object) -> str | None:
    """A definition without comments and with normalised white space: versions of SQLite lay it out differently."""
    if not isinstance(sql, str):
        return None if sql is None else ""
    bare = re.sub(r"[ \t\n\f\r]+", " ", re.sub(r"--[^\n]*", "", sql))
    return re.sub(r" ?([(),]) ?", r"\1", bare).strip(" ;")
