"""Is this the schema and the structure that a run writes? Asked of every run file when it is opened.

SQLite evaluates what a schema says while it reads: a generated column, an index on an expression or a view of somebody else
would compute as long, and take as much memory, as its author likes. A tree of pages that refers to one page many times has
billions of rows in a few kilobytes. Covered: every object of the schema, by its text; pages used twice, for files up to
MAX_CHECKED_BYTES. Not covered: the structure of larger files, which takes seconds to check; values (`damage.py`).
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Sequence
from functools import lru_cache

from codeeval.errors import DataError
from codeeval.store import indexes

#: Checked in half a second (1.7 GB/s where the file is in memory).
MAX_CHECKED_BYTES = 512 * 1024 * 1024
#: (device, inode) of files whose structure was sound. A run that goes on is written by codeeval itself.
_SOUND: set[tuple[int, int]] = set()

_Object = tuple[str, str, str | None]


def refuse_odd_file(connection: sqlite3.Connection, where: str, migrations: Sequence[str]) -> None:
    """Raises DataError unless the schema is exactly what `migrations` (those that the file has seen) make of an empty file, with
    some of our indexes, and the pages of a small file are sound. `where` is the path of the file."""
    own, optional = _expected(tuple(migrations))
    found = set(_objects(connection))
    for kind, name, _ in sorted(found - own - optional, key=lambda item: item[:2]):
        raise DataError(where, f"no run file of ours: it has a {kind} {json.dumps(name[:100])} that no run writes")
    for kind, name, _ in sorted(own - found, key=lambda item: item[:2]):
        raise DataError(where, f"no run file of ours: it has no {kind} {json.dumps(name)}")
    _refuse_odd_pages(connection, where)


@lru_cache(maxsize=16)
def _expected(migrations: tuple[str, ...]) -> tuple[frozenset[_Object], frozenset[_Object]]:
    """The objects that must be there, and those that may be."""
    with sqlite3.connect(":memory:") as memory:
        for script in migrations:
            memory.executescript(script)
        own = frozenset(_objects(memory))
        if own:
            indexes.add(memory)
        optional = frozenset(_objects(memory)) - own
    memory.close()
    return own, optional


def _objects(connection: sqlite3.Connection) -> list[_Object]:
    """(type, name, text without regard to white space) of everything in the schema."""
    rows = connection.execute("SELECT type, name, tbl_name, sql FROM sqlite_master")
    return [(kind, name, None if sql is None else " ".join(sql.split())) for kind, name, _, sql in rows]


def _refuse_odd_pages(connection: sqlite3.Connection, where: str) -> None:
    try:
        status = os.stat(where)
    except OSError:
        return  # a file that is gone is reported by what reads it next
    key = (status.st_dev, status.st_ino)
    if key in _SOUND or status.st_size > MAX_CHECKED_BYTES:
        return
    told = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    if told != "ok":
        reason = " ".join(str(told).split())[:200]
        raise DataError(where, f"a damaged run file: {reason}", "The run file is damaged.")
    _SOUND.add(key)
