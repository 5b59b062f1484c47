"""The tests' coroutines that the program awaits: they run in the judge, on the loop of the tests, or on one of their own if the
tests have none. The program asks again until one has ended."""

from __future__ import annotations

import importlib
from typing import Any

from sandbox.guest import candidate_loop
from sandbox.guest.questions import running_loop


class Coroutines:
    """Those of one sample."""

    def __init__(self) -> None:
        self._tasks: dict[int, Any] = {}  # by the coroutine's id
        self._kept: list[Any] = []
        self._loop: Any = None  # in place of one of the tests

    def step(self, coroutine: Any, cancel: bool) -> tuple[Any, ...]:
        """Its result in a tuple, which is empty if it has not ended; raises what it raises."""
        task = self._tasks.get(id(coroutine))
        if task is None:
            task = self._tasks[id(coroutine)] = self._begin(coroutine)
            self._kept.append(coroutine)
        if cancel is True:
            task.cancel()
        loop = task.get_loop()
        if loop is self._loop and not loop.is_running() and not task.done():
            candidate_loop.run(loop, task)
        return (task.result(),) if task.done() else ()

    def _begin(self, coroutine: Any) -> Any:
        loop = running_loop() or self._loop
        if loop is None:
            asyncio: Any = importlib.import_module("asyncio")
            loop = self._loop = asyncio.new_event_loop()
        return loop.create_task(coroutine)

    def end(self) -> None:
        """The tests have ended."""
        if self._loop is not None:
            self._loop.close()
