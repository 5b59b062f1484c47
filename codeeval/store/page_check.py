"""Check that the pages of a run file form trees. Done for every small run file when it is opened.

A tree that refers to one page many times has billions of rows in a few kilobytes. Covered: files up to
MAX_CHECKED_BYTES. Not covered: the structure of larger files, which takes seconds to check; the schema (`schema.py`);
values (`damage.py`).
"""

from __future__ import annotations

import os
import sqlite3

from codeeval.errors import DataError
from codeeval.i18n import msg

#: Checked in half a second (1.7 GB/s if the file is in memory).
MAX_CHECKED_BYTES = 512 * 1024 * 1024
#: (device, inode) of files already found sound. From then on codeeval itself writes a continued run.
_SOUND: set[tuple[int, int]] = set()


def refuse_odd_pages(connection: sqlite3.Connection, where: str) -> None:
    """Raise DataError if the pages of a small file are not sound. `where` is the path of the file."""
    try:
        status = os.stat(where)
    except OSError:
        return  # a missing file is reported by whoever reads it next
    key = (status.st_dev, status.st_ino)
    if key in _SOUND or status.st_size > MAX_CHECKED_BYTES:
        return
    told = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    if told != "ok":
        reason = " ".join(str(told).split())[:200]
        raise DataError(where, msg("a damaged run file: {reason}", reason=reason), msg("The run file is damaged."))
    _SOUND.add(key)
