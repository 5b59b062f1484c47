"""One writer per run: a kernel lock on its folder, released when the process that holds it ends, however it ends."""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path

from codeeval.errors import StoreError, UsageError
from codeeval.files import reason
from codeeval.i18n import msg

#: A process that only checks holds the lock for a moment, so a writer retries: how often, and how long apart (s).
_TRIES, _PAUSE_S = 10, 0.02


def hold(run_dir: Path) -> int:
    """Hold the run folder for this process until the returned descriptor is closed. Raises UsageError if another
    process holds it, and StoreError if the folder can't be opened."""
    descriptor = _opened(run_dir)
    for _ in range(_TRIES):
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(_PAUSE_S)
        except OSError:  # a file system without locks: SQLite's own lock still protects every transaction
            return descriptor
        else:
            return descriptor
    os.close(descriptor)
    raise UsageError(
        msg("{run_dir}: another codeeval is writing this run; wait for it, or stop it first", run_dir=run_dir)
    )


def is_held(run_dir: Path) -> bool | None:
    """Whether a running process is writing the run; None if that can't be determined."""
    try:
        descriptor = _opened(run_dir)
    except StoreError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return None
    finally:
        os.close(descriptor)
    return False


def _opened(run_dir: Path) -> int:
    try:
        return os.open(run_dir, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as error:
        raise StoreError(msg("{run_dir}: {reason}", run_dir=run_dir, reason=reason(error))) from None
