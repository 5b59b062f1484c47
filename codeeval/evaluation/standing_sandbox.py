"""Workers that persist between calls, for trainers and harnesses that call a function with batch after batch."""

from __future__ import annotations

import atexit
import os
import threading
from contextlib import ExitStack

from codeeval.evaluation.reporter import SILENT
from codeeval.evaluation.sandbox import Placement, Sandbox, open_sandbox
from codeeval.types import ScoringProtocol

#: The sandbox to use if no caller can choose it: auto, docker or local. Also read by `codeeval run --sandbox`.
VARIABLE = "CODEEVAL_SANDBOX"


def wished() -> Placement:
    """The sandbox that the environment selects."""
    return Placement(os.environ.get(VARIABLE) or Placement().kind)


class StandingSandbox:
    """Opened on first use, closed by `close` or with the process. May be used from any thread.

    A fork of the process opens its own workers; the parent's remain the parent's to use and to stop."""

    def __init__(self, placement: Placement, protocols: tuple[ScoringProtocol, ...]) -> None:
        self._placement, self._protocols = placement, protocols
        self._lock = threading.Lock()
        self._opened: Sandbox | None = None
        self._closing = ExitStack()
        self._process = os.getpid()

    def __reduce__(self) -> tuple[type[StandingSandbox], tuple[Placement, tuple[ScoringProtocol, ...]]]:
        """A copy in another process opens its own workers."""
        return StandingSandbox, (self._placement, self._protocols)

    def get(self) -> Sandbox:
        """The workers, which have passed the preflight. Raises UsageError and SandboxError, on each call until it
        succeeds."""
        if self._process != os.getpid():  # the lock may have been held by a thread that does not exist in the fork
            self._lock, self._opened, self._process = threading.Lock(), None, os.getpid()
            self._closing.pop_all()
        with self._lock:
            if self._opened is None:
                self._opened = self._closing.enter_context(open_sandbox(self._placement, self._protocols, SILENT))
                atexit.register(self.close)
            return self._opened

    def close(self) -> None:
        """Stop the workers, with whatever they execute; the next use starts new ones. May be called twice."""
        if self._process != os.getpid():
            return
        atexit.unregister(self.close)
        with self._lock:
            self._opened = None
            self._closing.close()
