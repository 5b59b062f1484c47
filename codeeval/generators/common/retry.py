"""Retry what may succeed later: with growing random waits, following the server's advice, within limits.

The openai package also retries, but only a few times within seconds. Evaluations last for hours: a server that restarts
is worth waiting for, a run has a budget of requests, and a closed run must not sleep on. So the package's retries are
disabled and these are used.
"""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import TypeVar

from codeeval.errors import GenerationError
from codeeval.i18n import msg

logger = logging.getLogger(__name__)

FIRST_WAIT_S, LONGEST_WAIT_S = 0.5, 30.0
#: The longest wait that a server's advice can cause, in seconds.
LONGEST_ADVICE_S = 300.0
Value = TypeVar("Value")


class Later(Exception):
    """The call failed in a way that may pass. `after_s`: how long the server asks to wait, None if it does not say."""

    def __init__(self, reason: str, after_s: float | None = None) -> None:
        self.reason, self.after_s = reason, after_s
        super().__init__(reason)


class Exhausted(GenerationError):
    """No more requests will be made: patience or budget is exhausted, or the run was closed."""


@dataclass(frozen=True, slots=True)
class RetryLimits:
    """`patience_s`: how long one call may keep failing; `budget`: requests of all calls together, 0 means no limit."""

    patience_s: float = 300.0
    budget: int = 0


class Retrier:
    """Shared by all threads of one generator. `draw` gives random numbers in [0, 1)."""

    def __init__(self, limits: RetryLimits, stop: threading.Event, draw: Callable[[], float] = random.random) -> None:
        self._limits, self._stop, self._draw = limits, stop, draw
        self._lock = threading.Lock()
        self.requests = self.retries = 0

    def call(self, do: Callable[[], Value]) -> Value:
        """What `do` returns once it no longer raises Later. Raises Exhausted; other exceptions of `do` propagate."""
        failing_since: float | None = None
        attempt = 0
        while True:
            self._count(retry=attempt > 0)
            try:
                return do()
            except Later as error:
                now = time.monotonic()
                failing_since = now if failing_since is None else failing_since
                wait = self.wait_s(attempt, error.after_s)
                if now + wait - failing_since > self._limits.patience_s:
                    raise Exhausted(
                        msg(
                            "no answer within {n} s: {why}; everything that had finished is kept, continue with --resume, or "
                            "wait longer with -M patience=SECONDS",
                            n=f"{self._limits.patience_s:g}",
                            why=error.reason,
                        )
                    ) from error
                logger.debug("asking again in %.1f s: %s", wait, error.reason)
            attempt += 1
            if self._stop.wait(wait):
                raise Exhausted("closed while waiting to ask again")

    def wait_s(self, attempt: int, advised_s: float | None) -> float:
        """Doubles from half a second; random between half of that and all of it, so that many threads don't return
        together; never less than the server advises."""
        longest = min(LONGEST_WAIT_S, FIRST_WAIT_S * 2.0 ** min(attempt, 20))
        wait = longest * (0.5 + self._draw() / 2)
        return max(wait, min(advised_s, LONGEST_ADVICE_S)) if advised_s is not None else wait

    def _count(self, retry: bool) -> None:
        with self._lock:
            if self._stop.is_set():
                raise Exhausted("closed")
            if self._limits.budget and self.requests >= self._limits.budget:
                raise Exhausted(
                    msg(
                        "the budget of {n} requests is used up; everything that had finished is kept, continue with --resume and "
                        "a larger -M budget",
                        n=self._limits.budget,
                    )
                )
            self.requests += 1
            self.retries += retry


def retry_after_s(value: str | None, now: Callable[[], float] = time.time) -> float | None:
    """The seconds in a Retry-After header: a number or an HTTP date. None for anything else."""
    if value is None:
        return None
    try:
        seconds = float(value)
    except ValueError:
        try:
            seconds = parsedate_to_datetime(value).timestamp() - now()
        except (ValueError, OverflowError):
            return None
    return max(0.0, seconds) if seconds < float("inf") else None
