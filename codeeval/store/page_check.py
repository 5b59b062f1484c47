"""Are the pages of a run file those of a tree? Asked of every small run file when it is opened.

A tree of pages that refers to one page many times has billions of rows in a few kilobytes. Covered: files up to
MAX_CHECKED_BYTES. Not covered: the structure of larger files, which takes seconds to check; the schema (`schema.py`); values
(`damage.py`).
"""

from __future__ import annotations

import os
import sqlite3

from codeeval.errors import DataError
from codeeval.i18n import msg

#: Checked in half a second (1.7 GB/s where the file is in memory).
MAX_CHECKED_BYTES = 512 * 1024 * 1024
#: (device, inode) of files whose structure was sound. A run that goes on is written by codeeval itself.
_SOUND: set[tuple[int, int]] = set()


def refuse_odd_pages(connection: sqlite3.Connection, where: str) -> None:
    """Raises DataError if the pages of a small file are not sound. `where` is the path of the file."""
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
        raise DataError(where, msg("a damaged run file: {reason}", reason=reason), msg("The run file is damaged."))
    _SOUND.add(key)
