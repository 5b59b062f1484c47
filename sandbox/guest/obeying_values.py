"""Functions that do what they are told: those of libraries that execute or look up what they are given, and `type`, which makes
classes that compare as they like. A function of the tests that called one with values of the candidate would execute, in the
judge, what the candidate wants.

So the candidate may not send one while a function of the tests is running: with a request, or in its answer to a question
that is asked meanwhile. Nor may it call a function of the tests once the tests have received one otherwise, because that function
may find it where it was put.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn

from sandbox.guest.lent_objects import METHOD
from sandbox.guest.library_functions import obeys


class ObeyingValues:
    """Those that the candidate of one sample sends. `stop` ends the sample."""

    def __init__(self, stop: Callable[[str], NoReturn]) -> None:
        self._stop = stop
        self._received = False  # whether the tests have one
        self._answers, self._allowed = True, False
        self._types = 0  # how often this message has said `type`
        self.type: Any = type  # what the tests have for it

    def begin(self, answers: bool, allowed: bool) -> None:
        """A message is going to be read. `answers`: no function of the tests is running, or called by it; `allowed`: it says an
        object's type, which may be `type`; then call `end`."""
        self._answers, self._allowed, self._types = answers, allowed, 0

    def meet(self, value: Any) -> None:
        """The candidate sends an object that both sides have."""
        if self._allowed and self._is_type(value):
            self._types += 1
        elif self._obeys(value):
            self._receive()

    def end(self, value: Any) -> None:
        """An answer has been read: this value. Nothing else in it may be `type`."""
        if self._types > self._is_type(value):
            self._receive()

    def _receive(self) -> None:
        self._received = True
        if not self._answers:
            self._stop(_OBEYING)

    def check(self, operation: int) -> None:
        """A request is going to be carried out."""
        if self._received and operation != METHOD:
            self._stop(_OBEYING)

    def _obeys(self, value: Any) -> bool:
        return self._is_type(value) or obeys(value)

    def _is_type(self, value: Any) -> bool:
        return value is type or value is self.type


_OBEYING = "what executes, looks up or makes what it is told, for a function of the tests,"
