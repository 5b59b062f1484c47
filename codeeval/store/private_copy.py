"""Read, from a copy, another user's run file that is being written or whose writer was killed.

Nothing is written beside the original, and its shared memory (`-shm`) is not used. The copy is unlinked as soon as it
is open, so that it disappears with the connection, however the process ends.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from pathlib import Path

from codeeval.errors import StoreError
from codeeval.files import reason
from codeeval.i18n import msg
from codeeval.store.inside import open_file
from codeeval.store.side_files import WAL, beside

#: A writer checkpoints its log into the file now and then; parts copied before and after that would not fit together.
_TRIES = 10
_LOG_HEADER = 32


def distrust(connection: sqlite3.Connection) -> None:
    """Keep statements from reaching other files, and detect pages with corrupt cells. (`schema.refuse_odd_schema`
    ensures that every definition is codeeval's; an untrusted schema could not have the index that calls
    `json_valid`.)"""
    connection.execute("PRAGMA cell_size_check = 1")
    connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
    connection.setlimit(sqlite3.SQLITE_LIMIT_TRIGGER_DEPTH, 1)


def private_copy(path: Path) -> sqlite3.Connection:
    """A connection to a copy of the file with its write-ahead log. Raises StoreError, DataError, sqlite3.Error."""
    try:
        with tempfile.TemporaryDirectory(prefix="codeeval-run-") as folder:
            copy = Path(folder, path.name)
            for _ in range(_TRIES):
                if _copied(path, copy):
                    return _opened(copy)
    except OSError as error:
        raise StoreError(
            msg(
                "{path}: can't be copied to {folder}: {reason}",
                path=path,
                folder=tempfile.gettempdir(),
                reason=reason(error),
            )
        ) from None
    raise StoreError(
        msg("{path}: it changes faster than it can be copied; try again, or wait until the run has ended", path=path)
    )


def _opened(copy: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(copy, timeout=10, check_same_thread=False)
    # no shared memory: the index of the log is not shared
    return only_read(connection, "PRAGMA locking_mode = EXCLUSIVE")


def only_read(connection: sqlite3.Connection, *first: str) -> sqlite3.Connection:
    """Make the connection read-only, after a first read and the statements `first`. Closes it if that fails."""
    try:
        distrust(connection)
        for statement in (*first, "SELECT count(*) FROM sqlite_master"):
            connection.execute(statement).fetchone()
        connection.execute("PRAGMA query_only = 1")
    except BaseException:
        connection.close()
        raise
    return connection


def _copied(path: Path, copy: Path) -> bool:
    """Whether file and log were copied without a checkpoint in between."""
    before = _version(path)
    _copy(path, copy)
    try:
        _copy(beside(path, WAL), beside(copy, WAL))
    except FileNotFoundError:
        return False
    return before is not None and before == _version(path)


def _copy(source: Path, target: Path) -> None:
    with open(open_file(source), "rb") as stream, target.open("wb") as out:
        shutil.copyfileobj(stream, out, 1 << 20)


def _version(path: Path) -> tuple[int, int, bytes] | None:
    """Changes at every checkpoint of the log; None while there is no log."""
    try:
        with open(open_file(path), "rb") as file, open(open_file(beside(path, WAL)), "rb") as log:
            found = os.fstat(file.fileno())
            return found.st_size, found.st_mtime_ns, log.read(_LOG_HEADER)
    except FileNotFoundError:
        return None
