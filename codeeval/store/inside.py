"""Access files inside a run folder, which may come from anyone: always relative to the folder, and never through a
link.

The folder itself was named by the user and may be a link. Not covered: another user who changes the folder meanwhile.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from codeeval.errors import DataError
from codeeval.i18n import msg

_SAFELY = os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
#: The hint for a file that does not belong to a run.
MOVE_AWAY = msg("Move it away; it is not part of the run.")


@contextmanager
def folder_of(path: Path) -> Iterator[int]:
    """A descriptor of the folder that holds `path`. Raises OSError."""
    descriptor = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def open_file(path: Path, flags: int = os.O_RDONLY, remedy: str = MOVE_AWAY) -> int:
    """A descriptor of the ordinary file at `path`. Raises OSError (ELOOP for a link), and DataError for a pipe, a
    device, a folder, and, if `flags` allow writing, for a file with a second hard link; `remedy` is its hint."""
    with folder_of(path) as folder:
        descriptor = os.open(path.name, flags | _SAFELY, 0o600, dir_fd=folder)
    found = os.fstat(descriptor)
    if not stat.S_ISREG(found.st_mode):
        os.close(descriptor)
        raise DataError(str(path), msg("is not an ordinary file"), remedy)
    if flags & (os.O_RDWR | os.O_WRONLY) and found.st_nlink > 1:
        os.close(descriptor)
        raise DataError(str(path), msg("is a hard link, so another file would be written too"), remedy)
    return descriptor


def read_file(path: Path, most: int, remedy: str = MOVE_AWAY) -> bytes:
    """The first `most` bytes. Raises OSError and DataError as `open_file` does."""
    with open(open_file(path, remedy=remedy), "rb") as stream:
        return stream.read(most)


def replace_file(path: Path, data: bytes) -> None:
    """Atomically replace `path` with a new file of `data`; a link at that path is replaced, not followed. Raises
    OSError."""
    with folder_of(path) as folder, draft(folder, path.name, data) as part:
        os.replace(part, path.name, src_dir_fd=folder, dst_dir_fd=folder)


@contextmanager
def draft(folder: int, name: str, data: bytes, mode: int = 0o666) -> Iterator[str]:
    """Write `data` to a new file in `folder`, synced to disk, and give its name. The file is removed afterwards unless it
    was renamed. Raises OSError."""
    part = f".{name[:200]}.{secrets.token_hex(8)}.part"
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _SAFELY, mode, dir_fd=folder)
    try:
        with open(descriptor, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        yield part
    finally:
        with suppress(OSError):
            os.unlink(part, dir_fd=folder)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the lock file `path`, creating it if necessary. Raises OSError and DataError."""
    descriptor = open_file(path, os.O_RDWR | os.O_CREAT)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def remove(path: Path) -> None:
    """Remove the name `path` if it exists; of a link, only the link. Raises OSError."""
    with folder_of(path) as folder, suppress(FileNotFoundError):
        os.unlink(path.name, dir_fd=folder)


def status(path: Path) -> os.stat_result | None:
    """The status of the name itself, without following a link; None if it does not exist. Raises OSError."""
    try:
        with folder_of(path) as folder:
            return os.stat(path.name, dir_fd=folder, follow_symlinks=False)
    except (FileNotFoundError, NotADirectoryError):
        return None


def is_file(path: Path) -> bool:
    """Whether `path` is an ordinary file and not a link."""
    try:
        found = status(path)
    except (OSError, ValueError):
        return False
    return found is not None and stat.S_ISREG(found.st_mode)
