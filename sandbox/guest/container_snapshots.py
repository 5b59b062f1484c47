"""Which of many containers may have changed, without reading what is in their items.

An item that is the same object, and of a kind that can't change or is sent as a reference, is written as before. So a list
with the same items as before need not be written to know that it has not changed: comparing identities, in C, takes a
hundredth of that time.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection
from itertools import chain
from operator import is_
from typing import Any

from sandbox.guest.declared_classes import Declared, dict_of_instance


class Snapshots:
    """The items of containers, by place. `declared`: the classes that both sides have."""

    def __init__(self) -> None:
        self._places: list[int] = []  # of each view
        self._views: list[Collection[Any]] = []
        self._items: list[tuple[Any, ...]] = []  # what was in each
        self._sizes: list[int] = []
        self._dicts: list[tuple[int, Callable[[], Any], Any]] = []  # the attributes of instances
        self._others: list[int] = []  # the places of those that may have changed at any time

    def add(self, place: int, container: Any, settled: bool, declared: Declared) -> None:
        """Remember what is in it. `settled`: its items can't change, or are sent as references."""
        views = self._views_of(place, container, declared) if settled else ()
        for view in views:
            items = tuple(view)
            self._places.append(place)
            self._views.append(view)
            self._items.append(items)
            self._sizes.append(len(items))
        if not views:
            self._others.append(place)

    def _views_of(self, place: int, container: Any, declared: Declared) -> tuple[Collection[Any], ...]:
        kind = type(container)
        if kind is list or kind is set or kind is deque:
            return (container,)
        if kind is dict:
            return container.keys(), container.values()
        own = dict_of_instance(container) if id(kind) in declared.places else None
        if own is None:
            return ()
        attributes = own()
        self._dicts.append((place, lambda: own() if type(container) is kind else None, attributes))
        return attributes.keys(), attributes.values()

    def drop(self, wanted: Callable[[int], bool]) -> None:
        """Keep only those in places for which this is true."""
        kept = [number for number, place in enumerate(self._places) if wanted(place)]
        self._places = [self._places[number] for number in kept]
        self._views = [self._views[number] for number in kept]
        self._items = [self._items[number] for number in kept]
        self._sizes = [self._sizes[number] for number in kept]
        self._dicts = [one for one in self._dicts if wanted(one[0])]
        self._others = [place for place in self._others if wanted(place)]

    def suspects(self) -> list[int]:
        """The places of those that may have changed, in order."""
        if self._are_as_before():
            return sorted(self._others)
        found = {*self._others, *(place for place, own, before in self._dicts if own() is not before)}
        found |= {
            place
            for place, view, items in zip(self._places, self._views, self._items, strict=True)
            if not _holds(view, items)
        }
        return sorted(found)

    def _are_as_before(self) -> bool:
        try:
            return (
                list(map(len, self._views)) == self._sizes
                and all(map(is_, chain.from_iterable(self._views), chain.from_iterable(self._items)))
                and all(own() is before for _, own, before in self._dicts)
            )
        except RuntimeError:  # a thread changes one meanwhile
            return False


def _holds(view: Collection[Any], items: tuple[Any, ...]) -> bool:
    try:
        return len(view) == len(items) and all(map(is_, view, items))
    except RuntimeError:
        return False
