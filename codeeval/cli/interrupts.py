"""Ctrl-C while a command is at work: once, again, and where Python would lose its exception."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import TYPE_CHECKING

from codeeval.cli.signals import end
from codeeval.errors import Interrupted
from codeeval.i18n import message, msg

if TYPE_CHECKING:
    from sys import UnraisableHookArgs

_SIGNALS = (signal.SIGINT, signal.SIGTERM)
#: Seconds that an interrupted command has for ending its workers before another Ctrl-C ends it at once.
_PATIENCE_S = 10.0
#: Seconds after which a lost interruption is repeated.
_AGAIN_S = 0.02


class Interruptions:
    """`handle` is the handler of both signals. The first interrupts the command. While that ends its workers, more of
    them change nothing: what they would cut off is left on the machine, until the next start removes it."""

    def __init__(self) -> None:
        self._began: float | None = None
        self._told = False

    def install(self) -> None:
        """Main thread only. SIGINT stays ignored if it is, as below nohup."""
        for number in _SIGNALS:
            if number == signal.SIGTERM or signal.getsignal(number) != signal.SIG_IGN:
                signal.signal(number, self.handle)

    def handle(self, number: int, frame: FrameType | None) -> None:
        stopped = _interruption(sys.exc_info()[1])
        if stopped is None or self._began is None:
            self._began = time.monotonic()
            raise KeyboardInterrupt
        if time.monotonic() - self._began > _PATIENCE_S:
            end(message(str(stopped) or msg("interrupted")))
        if not self._told:
            self._told = True
            said = msg("already ending; if it takes longer than {n} s, Ctrl-C ends at once", n=f"{_PATIENCE_S:g}")
            with suppress(OSError):  # not through a stream, of which the main program may be in the middle
                os.write(2, f"codeeval: {message(said)}\n".encode())


def _interruption(error: BaseException | None) -> BaseException | None:
    """The interruption that is being handled, if `error` is one or was raised while one was handled."""
    while error is not None and not isinstance(error, (KeyboardInterrupt, Interrupted)):
        error = error.__context__
    return error


@contextmanager
def after_imports() -> Iterator[None]:
    """Let Ctrl-C and SIGTERM wait until the block ends, and interrupt then. KeyboardInterrupt that is raised within an
    import may get lost: the import system has callbacks, of which Python ignores exceptions. Main thread only."""
    came: list[int] = []

    def remember(number: int, frame: FrameType | None) -> None:
        came.append(number)

    # an ignored signal stays ignored
    handlers = {number: handler for number in _SIGNALS if callable(handler := signal.getsignal(number))}
    for number in handlers:
        signal.signal(number, remember)
    try:
        yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
    if came:
        signal.raise_signal(came[0])


@contextmanager
def never_lost() -> Iterator[None]:
    """Interrupt again, a moment later, where Python ignores the exception: in a destructor, in a callback, in C code.
    The command would continue as if nothing had happened, after a traceback. Main thread only."""
    before = sys.unraisablehook

    def repeat(lost: UnraisableHookArgs) -> None:
        if not issubclass(lost.exc_type, KeyboardInterrupt):
            before(lost)
            return
        from threading import Timer

        number = next((each for each in _SIGNALS if callable(signal.getsignal(each))), signal.SIGTERM)
        timer = Timer(_AGAIN_S, os.kill, (os.getpid(), number))
        timer.daemon = True
        timer.start()

    sys.unraisablehook = repeat
    try:
        yield
    finally:
        sys.unraisablehook = before
