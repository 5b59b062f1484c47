"""Mark the runs made here: a mark in the run file, keyed with this user's secret, which is kept outside run folders.

The mark is an HMAC-SHA256 over the bytes of the manifest and of what the model is asked: ids, prompts, numbers of
samples. Changing one of these, or copying a mark into another file, invalidates it; moving or copying a whole folder
does not. It does not cover samples, evidence and verdicts, which can't harm a machine.

The key is `$XDG_STATE_HOME/codeeval/key` (`~/.local/state/codeeval/key`), created at the first run. Not covered:
programs that run as the same user, which can read it.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import sqlite3
import stat
from contextlib import suppress
from pathlib import Path

from codeeval.files import reason
from codeeval.i18n import at, msg
from codeeval.store.codec import unpack_text
from codeeval.store.inside import draft

#: The mark's row in the table `meta`.
MARK = "mark"
_KEY_BYTES = 32
_PURPOSE = b"codeeval run file, mark 1"


class NoKeyError(Exception):
    """There is no key to make or check a mark with; the text says why."""


def key_path() -> Path:
    """The path of the key. Raises RuntimeError if there is no home folder."""
    given = os.environ.get("XDG_STATE_HOME", "")
    state = Path(given) if given.startswith("/") else Path.home() / ".local" / "state"
    return state / "codeeval" / "key"


def mark_of(connection: sqlite3.Connection) -> str:
    """The mark for the file's current content; creates the key if there is none. Raises NoKeyError, sqlite3.Error."""
    return _mark(connection, _key(make=True))


def is_own(connection: sqlite3.Connection) -> bool:
    """Whether the file carries this user's mark; False if there is no key. Raises sqlite3.Error."""
    row = connection.execute("SELECT value FROM meta WHERE key = ?", (MARK,)).fetchone()
    if row is None or not isinstance(row[0], str) or not row[0].isascii():
        return False
    try:
        return hmac.compare_digest(row[0], _mark(connection, _key(make=False)))
    except (NoKeyError, ValueError, TypeError):
        return False


def _mark(connection: sqlite3.Connection, key: bytes) -> str:
    found = hmac.new(key, _PURPOSE, hashlib.sha256)
    for (manifest,) in connection.execute("SELECT value FROM meta WHERE key = 'manifest'"):
        _add(found, manifest)
    for row in connection.execute("SELECT id, model_prompt, wanted FROM problems ORDER BY position"):
        for value in row:
            _add(found, value)
    return found.hexdigest()


def _add(found: hmac.HMAC, value: object) -> None:
    """Add a value preceded by its type and length, so that different rows never give the same bytes."""
    data = unpack_text(value).encode("utf-8", "surrogatepass")
    found.update(f"{type(value).__name__} {len(data)}:".encode() + data)


def _key(*, make: bool) -> bytes:
    try:
        path = key_path()
        if make:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
        try:
            _refuse_shared(os.fstat(folder), path.parent)
            if make:
                _make(folder, path.name)
            return _read(folder, path)
        finally:
            os.close(folder)
    except OSError as error:
        raise NoKeyError(at(str(key_path()), reason(error))) from None
    except (ValueError, RuntimeError) as error:  # a NUL in the name, or no home folder
        raise NoKeyError(str(error)) from None


def _refuse_shared(found: os.stat_result, path: Path) -> None:
    """Refuse a key that others can read or replace: it proves nothing."""
    if found.st_uid != os.geteuid():
        raise NoKeyError(msg("{path} belongs to another user", path=path))
    if found.st_mode & 0o077:
        raise NoKeyError(msg("{path} is open to other users (chmod go= {other})", path=path, other=path))


def _read(folder: int, path: Path) -> bytes:
    descriptor = os.open(path.name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=folder)
    with open(descriptor, "rb") as stream:
        found = os.fstat(descriptor)
        _refuse_shared(found, path)
        key = stream.read(_KEY_BYTES + 1) if stat.S_ISREG(found.st_mode) else b""
    if len(key) != _KEY_BYTES:
        raise NoKeyError(msg("{path} is not a key; remove it, and the next run makes a new one", path=path))
    return key


def _make(folder: int, name: str) -> None:
    """Create the key atomically: if two processes do so at once, one wins and both read its key."""
    with suppress(FileNotFoundError):
        os.stat(name, dir_fd=folder, follow_symlinks=False)
        return
    with draft(folder, name, secrets.token_bytes(_KEY_BYTES), 0o600) as part:
        try:
            os.link(part, name, src_dir_fd=folder, dst_dir_fd=folder)
        except FileExistsError:
            pass
        except OSError:  # a file system without hard links
            os.rename(part, name, src_dir_fd=folder, dst_dir_fd=folder)
