"""The program's coroutines that the tests await, on an event loop in the candidate's process.

The loop of the tests can't run them: a task, a timer or a lock belongs to the loop that is running where it is made. So the judge
asks again until a coroutine has ended, and other tasks of the tests run in between. All coroutines have the same loop.

This runs beside hostile code, which may change it.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

#: How long the judge waits for each answer while a coroutine waits for something.
_SLICE_S = 0.005
#: How many turns of the loop tasks get that nobody awaits, before the judge goes on.
_MOST_TURNS = 100
#: The task of each coroutine, by the coroutine's id; the coroutine itself once its result has been told.
_tasks: dict[int, Any] = {}
_loops: list[Any] = []
_pauses: list[None] = []  # since tasks have last run that nobody awaits


def step(coroutine: Any, cancel: bool = False) -> tuple[Any, ...]:
    """Its result in a tuple, which is empty if it has not ended; raises what it raises. The first call only begins it, so that
    coroutines that the tests begin together take turns as on one loop."""
    loop = _loop()
    task = _tasks.get(id(coroutine))
    if task is coroutine:
        raise RuntimeError("cannot reuse already awaited coroutine")
    if task is None:
        task = _tasks[id(coroutine)] = loop.create_task(coroutine)
        if not cancel:
            return ()
    if cancel:
        task.cancel()
    if not task.done():
        run(loop, task)
    if not task.done():
        return ()
    _tasks[id(coroutine)] = coroutine
    return (task.result(),)


def within(perform: Callable[..., Any]) -> Callable[..., Any]:
    """This operation, carried out as in the running loop, of which a function may make tasks and timers."""

    def performed(*args: Any, **keywords: Any) -> Any:
        events: Any = importlib.import_module("asyncio.events")
        before = events._get_running_loop()
        events._set_running_loop(_loop())
        try:
            return perform(*args, **keywords)
        finally:
            events._set_running_loop(before)

    return performed


def go_on(_: object) -> bool:
    """Let tasks and timers run that nobody awaits. Returns whether there are any."""
    for loop in _loops:
        before = len(_pauses)
        for _ in range(_MOST_TURNS):
            loop.call_soon(loop.stop)
            loop.run_forever()
            if not loop._ready or len(_pauses) > before:
                break
        _pauses.clear()
        asyncio: Any = importlib.import_module("asyncio")
        return bool(asyncio.all_tasks(loop)) or not all(timer.cancelled() for timer in loop._scheduled)
    return False


def _loop() -> Any:
    if not _loops:
        asyncio: Any = importlib.import_module("asyncio")
        _loops.append(asyncio.new_event_loop())
    return _loops[0]


def run(loop: Any, task: Any) -> None:
    """For a while, or until the task has ended."""

    def stop(_: object = None) -> None:
        loop.stop()

    task.add_done_callback(stop)
    timer = loop.call_later(_SLICE_S, stop)
    try:
        loop.run_forever()
    finally:
        timer.cancel()
        task.remove_done_callback(stop)


async def pause(waited: int) -> None:
    """Let the tests' loop run, for one of their coroutines, for which the program has `waited` so many times before."""
    events: Any = importlib.import_module("asyncio.events")
    loop = events._get_running_loop()
    if loop in _loops:
        loop.call_soon(loop.stop)
        _pauses.append(None)
    done = loop.create_future()  # the tests may have something else in the place of `asyncio.sleep`
    timer = loop.call_later(0 if loop in _loops and waited < _MOST_TURNS else _SLICE_S / 2, done.set_result, None)
    try:
        await done
    finally:
        timer.cancel()


def cancellation() -> type[BaseException]:
    """What a cancelled coroutine raises."""
    kind: type[BaseException] = importlib.import_module("asyncio").CancelledError
    return kind


async def awaited(value: Any) -> Any:
    """What awaiting it gives."""
    return await value


def following(iterator: Any) -> Any:
    """A coroutine that returns the next item."""
    return awaited(type(iterator).__anext__(iterator))


def entered(manager: Any) -> Any:
    """A coroutine that enters a context manager."""
    return awaited(type(manager).__aenter__(manager))


def left(manager: Any) -> Any:
    """A coroutine that leaves it."""
    return awaited(type(manager).__aexit__(manager, None, None, None))
