"""What the tests have changed in one of their containers, done to the program's copy of it as well.

In one process there is only one container: it has the program's changes and then the tests'. Only what it holds can be compared
here, not what the tests did, so a change of what the program has changed in another way may come out otherwise than there.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable
from typing import Any

from sandbox.guest import numpy_values
from sandbox.guest.built_in_values import factory_of, pairs_of
from sandbox.guest.container_contents import CONTAINERS, put
from sandbox.guest.declared_classes import attributes


def held_by(container: Any) -> Any:
    """What it holds, to be compared with later: a list, a set, or a dict by key or attribute; None for a container that is
    only copied as a whole."""
    kind = type(container)
    if kind is list or kind is deque:
        return list(container)
    if kind is set:
        return set(container)
    if isinstance(container, dict):
        return dict(pairs_of(container))
    if kind in CONTAINERS or numpy_values.is_array(kind):
        return None
    found = attributes(container)
    return dict(zip(found[::2], found[1::2], strict=True))


def take_over(before: Any, own: Any, copy: Any, instead: Callable[[Any], Any]) -> None:
    """Change the program's copy as the tests have changed their own, which held `before`. `instead` returns the copy of what is
    in it. Raises an Exception if the copy can't hold it."""
    now = held_by(own)
    if not now:  # cleared
        put(copy, _content(own, now) if isinstance(now, dict) else now)
    elif isinstance(now, list):
        put(copy, _spliced([*map(instead, before)], [*map(instead, now)], list(copy)))
    elif isinstance(now, set):
        put(copy, (set(copy) - (before - now)) | (now - before))
    else:
        merged = held_by(copy)
        for key in before.keys() - now.keys():
            merged.pop(key, None)
        merged |= {key: instead(one) for key, one in now.items() if key not in before or before[key] is not one}
        put(copy, _content(own, merged))


def _content(own: Any, merged: dict[Any, Any]) -> Any:
    """What `put` is given."""
    if not isinstance(own, dict):
        return [type(own), *(item for pair in merged.items() for item in pair)]
    pairs = list(merged.items())
    return (factory_of(own), pairs) if type(own) is defaultdict else pairs


def _spliced(before: list[Any], now: list[Any], copy: list[Any]) -> list[Any]:
    """The items of the copy, with the part replaced in which `now` and `before` differ."""
    shorter = min(len(before), len(now))
    first = next((place for place in range(shorter) if before[place] is not now[place]), shorter)
    rest = shorter - first
    last = next((place for place in range(rest) if before[-1 - place] is not now[-1 - place]), rest)
    end = len(before) - last
    if first == len(before):
        return copy + now[first:]
    replaced = copy[first:end]
    same = len(replaced) == end - first and all(
        one is two for one, two in zip(replaced, before[first:end], strict=True)
    )
    if len(copy) != len(before) and not same:
        return now
    return copy[:first] + now[first : len(now) - last] + copy[end:]
