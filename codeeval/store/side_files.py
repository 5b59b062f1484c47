"""Check the files beside a run file that SQLite would use, before SQLite does.

A rollback journal can name a super-journal, any file on the machine, which SQLite deletes; a side file that is a link
or has a second name leads outside the folder. A write-ahead log holds pages of its database, and nothing else.
"""

from __future__ import annotations

import os
import stat
import time
from dataclasses import dataclass
from pathlib import Path

from codeeval.errors import DataError, StoreError
from codeeval.files import reason
from codeeval.i18n import msg
from codeeval.store.inside import open_file, status

JOURNAL, WAL, SHM = "-journal", "-wal", "-shm"
#: Seconds that a writer may take to change from one journal mode to the other.
_CHANGING_S = 1.0
_MAGIC = b"SQLite format 3\0"
_JOURNAL_MAGIC = bytes.fromhex("d9d505f920a163d7")


@dataclass(frozen=True, slots=True)
class Lying:
    """The state of a run file in its folder. `in_wal_mode`: from its header; `names`: its number of hard links."""

    empty: bool
    in_wal_mode: bool
    names: int
    journal: bool
    wal: bool


def beside(path: Path, suffix: str) -> Path:
    return path.with_name(path.name + suffix)


def look(path: Path) -> Lying:
    """The state of the file, once no other process is changing its journal mode. Raises DataError for what no run
    leaves behind (a link, a file that is not an ordinary one, a header that is not SQLite's, a journal that names other
    files), and StoreError."""
    deadline = time.monotonic() + _CHANGING_S
    while True:
        head, names = _head(path)
        journal, wal, _ = (_is_there(beside(path, suffix)) for suffix in (JOURNAL, WAL, SHM))
        if journal:
            _refuse_super_journal(beside(path, JOURNAL))
        if not journal or time.monotonic() > deadline:
            break
        time.sleep(0.02)
    if head and (head[:16] != _MAGIC or head[18] not in (1, 2) or head[19] not in (1, 2)):
        raise DataError(str(path), msg("not a run file, or a damaged one (file is not a database)"))
    return Lying(not head, bool(head) and 2 in head[18:20], names, journal, wal)


def refuse_journal(path: Path) -> None:
    """Raise DataError about a journal beside another user's file."""
    journal = beside(path, JOURNAL)
    raise DataError(
        str(journal),
        msg("a journal beside a run that was not made by you on this machine is not used"),
        msg("Delete it to read the run without it."),
    )


def _head(path: Path) -> tuple[bytes, int]:
    """(the header, or b"" for an empty file; the number of hard links)."""
    try:
        with open(open_file(path), "rb") as stream:
            found = os.fstat(stream.fileno())
            return (stream.read(100).ljust(20, b"\0") if found.st_size else b"", found.st_nlink)
    except OSError as error:
        if status(path) is not None and stat.S_ISLNK(os.lstat(path).st_mode):
            raise DataError(str(path), msg("is a link; a run file must be an ordinary file")) from None
        raise StoreError(msg("{path}: {reason}", path=path, reason=reason(error))) from None


def _is_there(path: Path) -> bool:
    """Whether a side file exists. Raises DataError for one that leads outside."""
    try:
        found = status(path)
    except OSError as error:
        raise StoreError(msg("{path}: {reason}", path=path, reason=reason(error))) from None
    if found is None:
        return False
    if not stat.S_ISREG(found.st_mode) or found.st_nlink > 1:
        raise DataError(
            str(path),
            msg("is a link or no ordinary file, and no run leaves that"),
            msg("Delete it to read the run without it."),
        )
    return True


def _refuse_super_journal(path: Path) -> None:
    try:
        with open(open_file(path), "rb") as stream:
            size = os.fstat(stream.fileno()).st_size
            stream.seek(max(0, size - len(_JOURNAL_MAGIC)))
            named = stream.read() == _JOURNAL_MAGIC
    except FileNotFoundError:
        return
    except OSError as error:
        raise StoreError(msg("{path}: {reason}", path=path, reason=reason(error))) from None
    if named:
        raise DataError(
            str(path),
            msg("names other files, which no journal of a run does"),
            msg("Delete it to read the run without it."),
        )
