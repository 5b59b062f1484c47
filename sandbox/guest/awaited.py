"""`await` of a candidate's coroutine in the tests."""

from __future__ import annotations

from typing import Any


class _Steps:
    """A coroutine as the iterator that `yield from` asks."""

    def __init__(self, coroutine: Any) -> None:
        self.send, self.throw, self.close = coroutine.send, coroutine.throw, coroutine.close

    def __iter__(self) -> _Steps:
        return self

    def __next__(self) -> Any:
        return self.send(None)


def steps(self: Any) -> Any:
    """Its `__await__`: the coroutine runs in the candidate's process, and the tests' loop drives it."""
    return (yield from _Steps(self))
