"""The folder of a run: choose a name, check that it can be written, and remove one in which nothing was done."""

from __future__ import annotations

from pathlib import Path

from codeeval.errors import UsageError
from codeeval.files import reason
from codeeval.i18n import msg
from codeeval.store import RunStore
from codeeval.store.new_run import refuse_existing


def check_run_dir(run_dir: Path) -> None:
    """Check before a model is loaded: raises UsageError for a run that exists already, and for a place that can't be
    written."""
    import os

    hint = msg("Choose another place with -o RUN_DIR.")
    try:
        nearest = next(folder for folder in (run_dir, *run_dir.absolute().parents) if os.path.lexists(folder))
        if not nearest.is_dir():
            raise UsageError(
                msg("{run_dir}: {path} is not a folder\n  {hint}", run_dir=run_dir, path=nearest, hint=hint)
            )
        refuse_existing(run_dir)
    except OSError as error:  # a name that is too long, a deleted working directory
        raise UsageError(
            msg("{run_dir}: {reason}\n  {hint}", run_dir=run_dir, reason=reason(error), hint=hint)
        ) from None
    if not os.access(nearest, os.W_OK | os.X_OK):
        raise UsageError(
            msg("{run_dir}: no permission to write in {path}\n  {hint}", run_dir=run_dir, path=nearest, hint=hint)
        )


def new_run_dir(*words: str) -> Path:
    """runs/task-model-time, using only letters, digits, dots, hyphens and underscores."""
    import re
    import time

    names = [re.sub(r"[^\w.-]+", "-", Path(word).name, flags=re.ASCII).strip("-.") or "x" for word in words]
    base = "-".join([*names, time.strftime("%Y%m%d-%H%M%S")])
    tries = (Path("runs", base + suffix) for suffix in ("", *(f"-{number}" for number in range(2, 1000))))
    return next((path for path in tries if not path.exists()), Path("runs", base))


def discard(store: RunStore) -> None:
    """Remove a run file in which nothing was done."""
    path = store.path
    store.close()
    path.unlink(missing_ok=True)
    if not any(path.parent.iterdir()):
        path.parent.rmdir()
