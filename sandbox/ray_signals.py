"""Ctrl-C and SIGTERM while Ray connects this process.

Ray handles SIGTERM itself from the moment it connects, and would end a run without a message and with another exit
code. And Python's exceptions in the middle of its connecting leave a process that can't connect again: the C++ code is
connected, the Python code doesn't know that, and a second attempt ends the process with exit code 1.
"""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from collections.abc import Iterator
from types import FrameType
from typing import Any

_SIGNALS = (signal.SIGINT, signal.SIGTERM)
#: Seconds that a signal waits for Ray, which connects within a fraction of a second, to a head that hangs never.
_LONGEST_S = 5.0
_LOOK_S = 0.1


@contextlib.contextmanager
def signals_kept() -> Iterator[None]:
    """Preserve signal handlers while Ray connects, and let them wait for the part that must not be cut off."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    from ray._private import utils, worker

    kept = {number: signal.getsignal(number) for number in _SIGNALS}
    with contextlib.ExitStack() as undone:
        _replace(undone, utils, "set_sigterm_handler", lambda handler: None)
        if (connect := getattr(worker, "connect", None)) is not None:
            _replace(undone, worker, "connect", after_signals(_LONGEST_S)(connect))
        try:
            yield
        finally:
            for number, handler in kept.items():
                if handler is not None:  # one that was not installed from Python can't be
                    signal.signal(number, handler)


def _replace(undone: contextlib.ExitStack, module: Any, name: str, by: Any) -> None:
    """Until `undone` is closed, and only if the module has this name."""
    if hasattr(module, name):
        undone.callback(setattr, module, name, getattr(module, name))
        setattr(module, name, by)


@contextlib.contextmanager
def after_signals(longest_s: float) -> Iterator[None]:
    """Let Ctrl-C and SIGTERM wait until the block ends, or until this many seconds have passed; a second one does not
    wait. Ignored signals stay ignored, and SIGTERM ends a process that does not handle it. Main thread only."""
    handlers = {number: handler for number in _SIGNALS if callable(handler := signal.getsignal(number))}
    came: list[int] = []
    waiting, done = True, threading.Event()

    def remember(number: int, frame: FrameType | None) -> None:  # takes no lock: the block may hold any
        nonlocal waiting
        if came:
            waiting = False
            handlers[signal.Signals(number)](number, frame)
        else:
            came.append(number)

    def repeat() -> None:
        while not came:
            if done.wait(_LOOK_S):
                return
        if not done.wait(longest_s):
            os.kill(os.getpid(), came[0])

    thread = threading.Thread(target=repeat, name="sandbox-ray-signals", daemon=True)
    try:
        for number in handlers:
            signal.signal(number, remember)
        thread.start()
        yield
    finally:
        done.set()
        for number, handler in handlers.items():
            signal.signal(number, handler)
        if thread.ident is not None:
            thread.join()
        if came and waiting:
            signal.raise_signal(came[0])
