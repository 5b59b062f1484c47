"""Which instances of the program's subclasses of list, dict, set and bytearray have changed since the judge got their contents.

The judge has a copy of the contents (`derived_classes.py`). Without this a program that changes such an object would be
judged by what it was before.
"""

from __future__ import annotations

from collections.abc import Iterable
from operator import is_
from typing import Any

from sandbox.guest.built_in_values import pairs_of

#: How many of them are looked at, and up to how many items: each answer has that cost.
_MOST, _MOST_ITEMS = 16, 1_000


class SentSubclasses:
    """Those of one sample."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[Any, Any, list[Any]]] = {}

    def sent(self, told: Iterable[tuple[Any, Any, list[Any]]]) -> None:
        """The judge has got these: (the object, its built-in type, what `items_of` returned)."""
        for one in told:
            if id(one[0]) in self._known or (len(self._known) < _MOST and len(one[2]) <= _MOST_ITEMS):
                self._known[id(one[0])] = one

    def changed(self) -> list[Any]:
        """Those that hold other items now."""
        return [value for value, base, items in self._known.values() if not _holds(value, base, items)]


def items_of(value: Any, base: Any) -> list[Any]:
    """What it holds, by the methods of its built-in type."""
    if base is dict:
        return [item for pair in pairs_of(value) for item in pair]
    return list(memoryview(value) if base is bytearray else base.__iter__(value))


def _holds(value: Any, base: Any, items: list[Any]) -> bool:
    found = items_of(value, base)
    return len(found) == len(items) and all(map(is_, found, items))
