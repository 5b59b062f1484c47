"""What instances of subclasses of mutable types hold, and which of the program's have changed since the judge got their contents.

The judge has a copy of the contents (`derived_classes.py`). Without this a program that changes such an object would be
judged by what it was before.
"""

from __future__ import annotations

from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Iterable
from operator import is_
from typing import Any

from sandbox.guest.built_in_values import factory_of, pairs_of

#: Types with mutable instances.
CHANGING = (list, dict, set, bytearray, OrderedDict, Counter, defaultdict, deque)
#: How many of them are looked at, and up to how many items all of them may have when another one is added: each answer has that
#: cost.
_MOST, _MOST_ITEMS = 256, 20_000


class SentSubclasses:
    """Those of one sample."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[Any, Any, list[Any]]] = {}
        self._items = 0

    def follows(self, value: Any, items: list[Any]) -> bool:
        """Whether the judge will be told what becomes of this one."""
        if id(value) in self._known:
            return True
        return len(self._known) < _MOST and self._items + len(items) <= _MOST_ITEMS

    def sent(self, told: Iterable[tuple[Any, Any, list[Any], bool]]) -> None:
        """The judge has got these: (the object, its built-in type, what `items_of` returned, what `follows` returned)."""
        for value, base, items, follows in told:
            if follows:
                self._items += len(items) - len(self._known.get(id(value), (None, None, ()))[2])
                self._known[id(value)] = value, base, items

    def changed(self) -> list[tuple[Any, int]]:
        """Those that hold other items now, with the number of items at the beginning that are the same."""
        return [
            (value, same_at_first(base, items_of(value, base), items))
            for value, base, items in self._known.values()
            if not holds(value, base, items)
        ]


def items_of(value: Any, base: Any) -> list[Any]:
    """What it holds, by the methods of its built-in type: keys and values in turn; what a defaultdict and a deque were made with
    comes first."""
    if issubclass(base, dict):
        found = [item for pair in pairs_of(value) for item in pair]
        return [factory_of(value), *found] if base is defaultdict else found
    if base is deque:
        return [vars(deque)["maxlen"].__get__(value), *deque.__iter__(value)]
    return list(memoryview(value) if base is bytearray else base.__iter__(value))


def holds(value: Any, base: Any, items: list[Any]) -> bool:
    """Whether it still holds these items, by identity."""
    found = _with_length_of(items, base, items_of(value, base))
    return len(found) == len(items) and all(map(is_, found, items))


def _with_length_of(items: list[Any], base: Any, found: list[Any]) -> list[Any]:
    """The length that a deque was made with is a new number each time."""
    return [items[0], *found[1:]] if base is deque and found[0] == items[0] else found


def same_at_first(base: Any, found: list[Any], items: list[Any]) -> int:
    """How many items at the beginning of both are the same. Those of a set have no order."""
    if base is set:
        return 0
    same = [*map(is_, _with_length_of(items, base, found), items), False].index(False)
    pairs_before = base is defaultdict and same > 0
    return same - (same - pairs_before) % 2 if issubclass(base, dict) else same
