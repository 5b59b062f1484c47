"""Tasks and timers of the program that go on while the tests' loop runs, and nobody awaits them.

They belong to the program's own loop (`candidate_loop.py`). As long as it has some, the judge lets it run from time to time.
"""

from __future__ import annotations

from typing import Any

from sandbox.guest import questions
from sandbox.guest.questions import Host

_PAUSE_S = 0.005


class BackgroundTasks:
    """Those of one sample. Object `program` of the candidate stands for its module."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._waiting: Any = None  # the tests' loop, if it will let them run
        self.program: Any = None

    def may_exist(self) -> None:
        """The program has been asked for something: look soon, if the tests run in a loop."""
        loop = questions.running_loop()
        if loop is not None and loop is not self._waiting:
            self._waiting = loop
            loop.call_later(_PAUSE_S, self._go_on)

    def _go_on(self) -> None:
        go_on = self._host.ask(questions.GO_ON, self.program)
        self._waiting = None
        if go_on is True:
            self.may_exist()
