"""Open run files, and translate SQLite's errors into codeeval's."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from codeeval.errors import DataError, StoreError, UsageError
from codeeval.i18n import at, msg
from codeeval.store import marks, schema
from codeeval.store.inside import is_file, status
from codeeval.store.private_copy import distrust, only_read, private_copy
from codeeval.store.side_files import WAL, beside, look, refuse_journal

FILE_NAME = "run.sqlite"

_HINTS = (
    (
        "database or disk is full",
        "The disk is full. Free some space, then continue with `codeeval run --resume {run}`.",
    ),
    ("disk I/O error", "The disk or its quota is full, or failing. Then continue with `codeeval run --resume {run}`."),
    ("readonly database", "The run folder is read-only. Copy it elsewhere, or make it writable."),
    ("database is locked", "Another program holds the file open. Close it, then try again."),
    ("unable to open", "Check that the folder exists and is readable (and writable, for a run)."),
)


#: Errors that are about what is in the file.
_OF_CONTENT = ("not a database", "malformed", "integer overflow")


def run_path(path: Path) -> Path:
    """The run file for `path` (a run folder or the file itself). Raises UsageError if there is none, and DataError if a
    link is in its place."""
    file = path if path.suffix == ".sqlite" or path.is_file() else path / FILE_NAME
    if file.is_symlink():
        raise DataError(
            str(file), msg("is a link; a run file must be an ordinary file"), msg("Name the folder that it points to.")
        )
    if file.is_file():
        return file
    if not path.exists():
        raise UsageError(msg("{path}: no such run folder", path=path))
    inside = [file.parent.name for file in runs_in(path)]
    if inside:
        raise UsageError(
            msg(
                "{path}: it holds {n} {n:run|runs}; name one: {example}",
                path=path,
                n=len(inside),
                example=path / inside[-1],
            )
        )
    raise UsageError(msg("{path}: no {name} in it, so this is not a run folder of codeeval", path=path, name=FILE_NAME))


def runs_in(folder: Path) -> list[Path]:
    """The run files in a folder of run folders, sorted by name. Links are skipped: they may lead anywhere."""
    found = sorted(folder.glob(f"*/{FILE_NAME}"))
    return [file for file in found if not file.parent.is_symlink() and is_file(file)]


@contextmanager
def translating(path: Path) -> Iterator[None]:
    """Translate SQLite's errors into StoreError or DataError, with what to do about them."""
    try:
        yield
    except sqlite3.Error as error:
        text = str(error)
        if any(part in text for part in _OF_CONTENT):
            raise DataError(str(path), msg("not a run file, or a damaged one ({reason})", reason=text)) from error
        hint = next((hint for part, hint in _HINTS if part in text), "")
        raise StoreError(at(str(path), text, hint.format(run=path.parent))) from error


def open_read_only(path: Path) -> sqlite3.Connection:
    """A connection that can't write. The file of a finished run is read in place, also on read-only media. A file that
    this user's run is writing now, or that a killed run left, is read together with its write-ahead log; if such a run
    is another user's, a private copy is read. Raises DataError for a folder that no run leaves behind, and
    StoreError."""
    lying, uri = look(path), f"{path.resolve().as_uri()}?mode=ro"
    with translating(path):
        if not (lying.journal or lying.wal or lying.in_wal_mode):
            return _probed(uri)
        if _is_own(path):
            return _of_own(uri, path)
        if lying.journal:
            refuse_journal(path)
        if lying.wal:
            return private_copy(path)
        return _probed(uri + "&immutable=1")


def _of_own(uri: str, path: Path) -> sqlite3.Connection:
    try:
        return _probed(uri)
    except sqlite3.OperationalError:
        if beside(path, WAL).exists() or os.access(path.parent, os.W_OK):
            raise
        # there is no log and none can be created beside the file, so no process can be writing
        return _probed(uri + "&immutable=1")


def _is_own(path: Path) -> bool:
    """Whether the file alone, ignoring its side files, carries this user's mark."""
    try:
        with closing(_probed(f"{path.resolve().as_uri()}?mode=ro&immutable=1")) as connection:
            schema.refuse_odd_schema(connection, str(path))
            return marks.is_own(connection)
    except (sqlite3.Error, DataError):
        return False  # it is empty, or is being written


def _probed(uri: str) -> sqlite3.Connection:
    return only_read(sqlite3.connect(uri, uri=True, timeout=10, check_same_thread=False))


def open_for_writing(path: Path) -> sqlite3.Connection:
    """A connection in WAL mode with synchronous=NORMAL: what is committed survives `kill -9` of this process (the
    kernel has the log by then); a power cut may lose the last commits, never the file. Raises DataError for a folder
    that no run leaves behind, and StoreError."""
    with translating(path):
        if status(path) is not None:
            _refuse_foreign_sides(path)
        connection = sqlite3.connect(path, timeout=10, isolation_level=None, check_same_thread=False)
        try:
            distrust(connection)
            schema.refuse_odd_schema(connection, str(path))
            connection.execute("PRAGMA journal_mode = WAL")  # without shared memory (NFS) SQLite keeps its old mode
            connection.execute("PRAGMA synchronous = NORMAL")
        except BaseException:
            connection.close()
            raise
        return connection


def _refuse_foreign_sides(path: Path) -> None:
    lying = look(path)
    if (lying.journal or lying.names > 1) and not _is_own(path):
        if lying.journal and not lying.empty:
            refuse_journal(path)
        if lying.names > 1:
            raise DataError(
                str(path),
                msg("has a second name elsewhere, so another file would be written too"),
                msg("Copy the run folder, and work on the copy."),
            )
