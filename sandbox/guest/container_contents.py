"""Replace what a container holds by what a message says it holds."""

from __future__ import annotations

from array import array
from collections import OrderedDict, defaultdict, deque
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from sandbox.guest import library_types, library_values, numpy_values
from sandbox.guest.declared_classes import put_attributes
from sandbox.guest.value_writer import HOLDERS

CONTAINERS = frozenset((list, dict, set, bytearray, *(kind for kind, _ in library_types.LIBRARY.values())))


def empty(container: Any) -> Any:
    """A new container of the same kind."""
    if type(container) is array:
        return array(container.typecode)
    if numpy_values.is_array(type(container)):
        return numpy_values.empty(container)
    if type(container) not in CONTAINERS:
        return object.__new__(type(container))
    return deque(maxlen=container.maxlen) if type(container) is deque else type(container)()


def put(container: Any, content: Any) -> None:
    """Replace a container's content, so that iterations over it go on where the program's own change would let them.
    Raises TypeError for unhashable items."""
    if type(container) is list or type(container) is bytearray:
        container[:] = content
    elif type(container) is array:
        container[:] = array(container.typecode, content)
    elif isinstance(container, dict):
        if type(container) is defaultdict:
            factory, content = content
            set_factory(container, factory)
        if len(content) != len(container) or not all(map(is_same, container, (key for key, _ in content))):
            container.clear()
        (OrderedDict if type(container) is OrderedDict else dict).update(container, content)
    elif type(container) is deque:
        put_into_deque(container, 0, content)
    elif type(container) in HOLDERS:
        library_values.put_items(container, content)
    elif numpy_values.is_array(type(container)):
        numpy_values.put_contents(container, content)
    elif type(container) not in CONTAINERS:
        put_attributes(container, content)
    else:
        container.clear()
        container.update(content)


def set_factory(value: Any, factory: Any) -> None:
    """Set the default factory of a defaultdict, or of an instance of a subclass."""
    if factory is not None and not callable(factory):
        raise TypeError("a factory that is none")
    vars(defaultdict)["default_factory"].__set__(value, factory)


def put_into_deque(value: Any, first: int, items: Sequence[Any]) -> None:
    """Replace the items of a deque, or of an instance of a subclass, from the place `first` on."""
    if deque.__len__(value) == first + len(items):
        for place, item in enumerate(items, first):
            deque.__setitem__(value, place, item)
        return
    if not first:
        deque.clear(value)
    while deque.__len__(value) > first:
        deque.pop(value)
    deque.extend(value, items)


#: Immutable types of which equal values that are shown alike are the same.
_PLAIN = frozenset((float, complex, Decimal, Fraction, date, time, datetime, timedelta))
_MOST_ITEMS = 8  # of a frozenset, which is compared item by item


def is_same(one: Any, other: Any) -> bool:
    """Whether two keys are certainly the same."""
    if one is other:
        return True
    kind = type(one)
    if kind is not type(other):
        return False
    if kind is tuple:
        return len(one) == len(other) and all(map(is_same, one, other))
    if kind is frozenset:
        return len(one) == len(other) <= _MOST_ITEMS and all(any(is_same(item, two) for two in other) for item in one)
    if kind in (str, int, bytes):
        return bool(one == other)
    return kind in _PLAIN and bool(one == other) and repr(one) == repr(other)
