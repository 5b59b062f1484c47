"""Replace what an instance of a subclass of a mutable type holds, by the methods of that type, whatever its class has."""

from __future__ import annotations

from collections import OrderedDict, defaultdict, deque
from typing import Any

from sandbox.guest.container_contents import is_same, put_into_deque, set_factory

_MAX_LENGTH = (1 << 63) - 1


def put(value: Any, base: Any, first: int, items: tuple[Any, ...]) -> None:
    """Replace the items from the place `first` on. `base` is the value's type in `sent_subclasses.CHANGING`. Iterations over it
    go on where the program's own change would let them. Raises an Exception for items that it can't hold."""
    if base is list:
        list.__setitem__(value, slice(first, None), items)
    elif base is bytearray:
        bytearray.__setitem__(value, slice(first, None), bytes(items))
    elif base is set:
        set.clear(value)
        set.update(value, items)
    elif base is deque:
        if not first:
            _set_length(value, items[0])
        put_into_deque(value, max(first - 1, 0), items if first else items[1:])
    else:
        if base is defaultdict and not first:
            set_factory(value, items[0])
            first, items = 1, items[1:]
        first -= base is defaultdict
        _put_into_dict(value, OrderedDict if base is OrderedDict else dict, first // 2, items)


def _set_length(value: Any, most: Any) -> None:
    """An empty deque gets the length that the other one was made with."""
    if most is not None and (type(most) is not int or not 0 <= most <= _MAX_LENGTH):
        raise ValueError("no length of a deque")
    if not deque.__len__(value) and vars(deque)["maxlen"].__get__(value) != most:
        deque.__init__(value, (), most)


def _put_into_dict(value: Any, base: Any, first: int, items: tuple[Any, ...]) -> None:
    before = list(base.keys(value))[first:]
    keys = items[::2]
    if len(keys) != len(before) or not all(map(is_same, before, keys)):
        for key in before:
            base.__delitem__(value, key)
    for key, item in zip(keys, items[1::2], strict=True):
        base.__setitem__(value, key, item)
