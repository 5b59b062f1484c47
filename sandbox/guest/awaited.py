"""`await` of a candidate's objects in the tests: coroutines, asynchronous iterators and context managers."""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator
from typing import Any

from sandbox.guest import questions as asks
from sandbox.guest.remote_objects import an_object_of, attribute_of, host_of, number_of_class


def _send(self: Any, value: Any) -> Any:
    """Let a coroutine run for a while, on the candidate's own loop. Without a loop in the tests these drive it themselves."""
    return _step(self, False) if asks.running_loop() is not None else attribute_of(host_of(self), self, "send")(value)


def _throw(self: Any, error: Any, *more: Any) -> Any:
    """The tests' loop cancels it."""
    kind = getattr(sys.modules.get("asyncio"), "CancelledError", None)
    if asks.running_loop() is not None and kind is not None and (error is kind or isinstance(error, kind)):
        return _step(self, True)
    return attribute_of(host_of(self), self, "throw")(error, *more)


def _step(coroutine: Any, cancel: bool) -> None:
    ended = host_of(coroutine).ask(asks.STEP, coroutine, (cancel,))
    if type(ended) is tuple and len(ended) == 1:
        raise StopIteration(*ended)


class _Steps:
    """A coroutine as the iterator that `yield from` asks."""

    def __init__(self, coroutine: Any) -> None:
        self.send, self.throw, self.close = coroutine.send, coroutine.throw, coroutine.close

    def __iter__(self) -> _Steps:
        return self

    def __next__(self) -> Any:
        return self.send(None)


def _steps(self: Any) -> Generator[Any, Any, Any]:
    return (yield from _Steps(self))


def _asking(operation: int) -> Callable[[Any], Any]:
    return lambda self: host_of(self).ask(operation, self)


def _wait(self: Any) -> Any:
    """The `__await__` of another object than a coroutine."""
    return _steps(host_of(self).ask(asks.AWAITED, self))


def _leave(self: Any, kind: Any, error: Any, traceback: Any) -> Any:
    if kind is not None:
        what = f"an exception in an `async with` of {an_object_of(type(self).__name__)}"
        host_of(self).not_carried(what, number_of_class(self))
    return host_of(self).ask(asks.ASYNC_LEFT, self)


#: What a proxy has in place of these special methods.
ASYNCHRONOUS: dict[str, Callable[..., Any]] = {
    "__await__": _wait,
    "__aiter__": _asking(asks.ASYNC_ITER),
    "__anext__": _asking(asks.ASYNC_NEXT),
    "__aenter__": _asking(asks.ASYNC_ENTERED),
    "__aexit__": _leave,
}
#: What the proxy of a coroutine has.
OF_COROUTINES: dict[str, Callable[..., Any]] = {"__await__": _steps, "send": _send, "throw": _throw}
