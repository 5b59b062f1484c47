"""Opening run files, and turning SQLite's errors into ours."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from codeeval.errors import DataError, StoreError, UsageError
from codeeval.i18n import form

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


def run_path(path: Path) -> Path:
    """The run file that `path` (a run folder or the file itself) means. Raises UsageError when there is none."""
    file = path if path.suffix == ".sqlite" or path.is_file() else path / FILE_NAME
    if file.is_file():
        return file
    if not path.exists():
        raise UsageError(f"{path}: no such run folder")
    inside = sorted(file.parent.name for file in path.glob(f"*/{FILE_NAME}"))
    if inside:
        raise UsageError(
            f"{path}: it holds {len(inside)} {form(len(inside), 'run', 'runs')}; name one: {path / inside[-1]}"
        )
    raise UsageError(f"{path}: no {FILE_NAME} in it, so this is no run folder of codeeval")


@contextmanager
def translating(path: Path) -> Iterator[None]:
    """SQLite's errors as StoreError or DataError, with what to do about them."""
    try:
        yield
    except sqlite3.Error as error:
        text = str(error)
        if "not a database" in text or "malformed" in text:
            raise DataError(str(path), f"not a run file, or a damaged one ({text})") from error
        hint = next((hint for part, hint in _HINTS if part in text), "")
        raise StoreError(f"{path}: {text}" + (f"\n  {hint.format(run=path.parent)}" if hint else "")) from error


def open_read_only(path: Path) -> sqlite3.Connection:
    """A connection that can't write. The file of a finished run is read as it lies, also on read-only media; one that a
    run is writing at this moment, or that a killed run left, is read together with its write-ahead log."""
    uri = f"{path.resolve().as_uri()}?mode=ro"
    with translating(path):
        try:
            return _probed(uri)
        except sqlite3.OperationalError:
            if path.with_name(path.name + "-wal").exists() or os.access(path.parent, os.W_OK):
                raise
            # a log can't be made beside the file, and there is none to read: nobody can be writing
            return _probed(uri + "&immutable=1")


def _probed(uri: str) -> sqlite3.Connection:
    connection = sqlite3.connect(uri, uri=True, timeout=10, check_same_thread=False)
    try:
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        connection.execute("PRAGMA query_only = 1")
    except BaseException:
        connection.close()
        raise
    return connection


def open_for_writing(path: Path) -> sqlite3.Connection:
    """A connection in WAL mode with synchronous=NORMAL: what is committed survives `kill -9` of this process (the log
    is in the kernel's hands by then); a power cut may cost the last commits, never the file."""
    with translating(path):
        connection = sqlite3.connect(path, timeout=10, isolation_level=None, check_same_thread=False)
        try:
            connection.execute("PRAGMA journal_mode = WAL")  # without shared memory (NFS) SQLite keeps its old mode
            connection.execute("PRAGMA synchronous = NORMAL")
        except BaseException:
            connection.close()
            raise
        return connection
