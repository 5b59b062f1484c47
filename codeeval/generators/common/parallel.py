"""Run several calls at a time, never more than requested, and never further ahead than the consumer can follow."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

Item = TypeVar("Item")
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Done(Generic[Item, Value]):
    """One finished call: its item, and its value or what it raised."""

    item: Item
    value: Value | None = None
    error: Exception | None = None


def run_ahead(
    call: Callable[[Item], Value], items: Iterable[Item], threads: int, stop: threading.Event
) -> Generator[Done[Item, Value], None, None]:
    """Yield every finished call, in order of completion.

    At most `threads` items are started before their results are consumed: a consumer that waits for a full sandbox
    stops the requests. The threads are daemons: a call that hangs must not keep an interrupted program alive. Once
    `stop` is set no further item is started; closing this iterator sets it.
    """
    work: queue.SimpleQueue[Item | None] = queue.SimpleQueue()
    finished: queue.SimpleQueue[Done[Item, Value]] = queue.SimpleQueue()

    def serve() -> None:
        while (item := work.get()) is not None:
            try:
                finished.put(Done(item, value=call(item)))
            except Exception as error:
                finished.put(Done(item, error=error))

    source, open_items, started = iter(items), 0, 0
    try:
        while True:
            while open_items < threads and not stop.is_set() and (item := next(source, None)) is not None:
                if started <= open_items:
                    threading.Thread(target=serve, name=f"request-{started}", daemon=True).start()
                    started += 1
                work.put(item)
                open_items += 1
            if not open_items:
                return
            done = finished.get()
            open_items -= 1
            yield done
    finally:
        stop.set()
        for _ in range(started):
            work.put(None)
