"""Check whether an unreadable run file is damaged: in the background, once per state of the file."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

from codeeval.errors import CodeevalError, DataError
from codeeval.explorer.library import RunFile
from codeeval.i18n import msg

#: How long a request waits for the result (s); small files are checked by then.
WAIT_S = 1.0


@dataclass(slots=True)
class _Check:
    version: str
    done: threading.Event = field(default_factory=threading.Event)
    found: CodeevalError | None = None


class Checks:
    """The checks of all runs of one explorer."""

    def __init__(self) -> None:
        self._checks: dict[str, _Check] = {}
        self._lock = threading.Lock()

    def ask(self, run: RunFile) -> tuple[bool, CodeevalError | None]:
        """(whether the check is done, what is wrong with the file). The first call for a state of the file starts the
        check."""
        with self._lock:
            check = self._checks.get(run.slug)
            if check is None or (check.done.is_set() and check.version != run.version()):
                check = self._checks[run.slug] = _Check(run.version())
                threading.Thread(target=_look, args=(run, check), daemon=True).start()
        return check.done.wait(WAIT_S), check.found


def _look(run: RunFile, check: _Check) -> None:
    try:
        if found := run.damage():
            check.found = DataError(str(run.path), found, msg("The run file is damaged."))
    except CodeevalError as error:
        check.found = error
    finally:
        check.done.set()
