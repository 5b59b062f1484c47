"""Ctrl-C before and after the command: it ends the process at once, because there is nothing to finish.

Python starts with a handler that shows a traceback, so this imports only what Python itself has imported by then.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False  # importing typing takes longer than Python's own start
if TYPE_CHECKING:
    import signal
    from types import FrameType
    from typing import NoReturn
else:
    import _signal as signal  # `signal` itself imports enum

#: 128 + SIGINT, as shells report it.
INTERRUPTED = 130


def end_on_signals() -> None:
    """From now on Ctrl-C ends the process, and so does SIGTERM if it has a handler. An ignored signal stays ignored, as
    below nohup."""
    for number in (signal.SIGINT, signal.SIGTERM):
        if callable(signal.getsignal(number)):
            signal.signal(number, _end)


def restore() -> None:
    """Let Ctrl-C raise KeyboardInterrupt again."""
    if signal.getsignal(signal.SIGINT) is _end:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def _end(number: int, frame: FrameType | None) -> NoReturn:
    os.write(2, b"codeeval: interrupted\n")
    os._exit(INTERRUPTED)
