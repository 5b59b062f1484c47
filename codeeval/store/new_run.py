"""Where a new run may be created: not where there is one, but where a process was killed before it had created one."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

from codeeval.errors import DataError, StoreError, UsageError
from codeeval.files import reason
from codeeval.i18n import msg
from codeeval.store import locks, schema
from codeeval.store.connection import FILE_NAME, open_read_only
from codeeval.store.inside import remove
from codeeval.store.side_files import JOURNAL, SHM, WAL, beside


def remove_files(path: Path) -> None:
    """Remove a run file, with what SQLite has put beside it. Raises OSError."""
    for name in (path, *(beside(path, suffix) for suffix in (JOURNAL, WAL, SHM))):
        remove(name)


def hold_new(run_dir: Path) -> int:
    """Make the folder of a new run, hold it like `locks.hold`, and remove what is left there of a run that never came to be.
    Raises UsageError if it holds a run or another process holds it, and StoreError if it can't be made."""
    try:
        run_dir.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(
            msg(
                "{run_dir}: {reason}\n  Choose another place with -o RUN_DIR.",
                run_dir=run_dir,
                reason=reason(error),
            )
        ) from None
    lock = locks.hold(run_dir)
    try:
        refuse_existing(run_dir)
        remove_files(run_dir / FILE_NAME)
    except BaseException:
        os.close(lock)
        raise
    return lock


def refuse_existing(run_dir: Path) -> None:
    """Raise UsageError if `run_dir` holds a run. A file left without a manifest by a killed process is not a run."""
    path = run_dir / FILE_NAME
    if (path.exists() or path.is_symlink()) and not _is_unborn(path):
        raise UsageError(
            msg(
                "{run} already holds a run\n  Continue it with `codeeval run --resume {run}`, or choose another folder "
                "with -o.",
                run=run_dir,
            )
        )


def _is_unborn(path: Path) -> bool:
    try:
        if not path.stat().st_size:
            return True
        connection = open_read_only(path)
    except (DataError, StoreError, OSError):
        return False  # not a run file, or unreadable: leave it alone
    try:
        if not connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
            return True
        return schema.is_ours(connection) and not connection.execute("SELECT count(*) FROM meta").fetchone()[0]
    except sqlite3.Error:
        return False
    finally:
        connection.close()
