"""Ctrl-C before and after the command: it ends the process at once, because there is nothing to finish.

Python starts with a handler that shows a traceback, so this imports only what Python itself has imported by then.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False  # importing typing takes longer than Python's own start
if TYPE_CHECKING:
    import signal
    from types import FrameType
    from typing import NoReturn
else:
    import _signal as signal  # `signal` itself imports enum

#: 128 + SIGINT, as shells report it.
INTERRUPTED = 130
RESUME = "--resume"


def end_on_signals(*, told: bool = False) -> None:
    """From now on Ctrl-C and SIGTERM end the process; `told`: without a message, as there was one. An ignored signal
    stays ignored, as below nohup."""
    for number in (signal.SIGINT, signal.SIGTERM):
        if signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, _end_silently if told else _end)


def ignore_signals() -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)


def resumed(words: list[str]) -> str | None:
    """The run that a command line without the program's name continues, if it does."""
    if words[:1] != ["run"]:
        return None
    for place, word in enumerate(words):
        if word == RESUME and len(words) > place + 1:
            return words[place + 1]
        if word.startswith(f"{RESUME}="):
            return word.partition("=")[2]
    return None


def end(said: str) -> NoReturn:
    """End the process at once, as interrupted."""
    try:
        os.write(2, f"codeeval: {said}\n".encode("utf-8", "backslashreplace"))
    finally:
        os._exit(INTERRUPTED)


def _end_silently(number: int, frame: FrameType | None) -> NoReturn:
    os._exit(INTERRUPTED)


def _end(number: int, frame: FrameType | None) -> NoReturn:
    run = resumed(sys.argv[1:])
    kept = "; everything that had finished is kept\n  Continue with: codeeval run --resume"
    end("interrupted" if run is None else f"interrupted{kept} {run}")
