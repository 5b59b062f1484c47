"""Which containers something else than the judge's tables refers to: those, and what is in them."""

from __future__ import annotations

from collections import OrderedDict, UserDict, deque
from types import SimpleNamespace
from typing import Any

import pytest

from sandbox.guest.held_containers import held


def _put_in_all() -> list[Any]:
    """Containers of which each holds the next, the last one the first."""
    inner: list[Any] = []
    found: list[Any] = [inner]
    for make in (
        lambda one: [one, one],
        lambda one: {"k": (1, (one,))},
        lambda one: deque([one]),
        lambda one: UserDict(a=one),
        lambda one: SimpleNamespace(b=one),
        lambda one: OrderedDict(c=one),
        lambda one: [(one,)],
    ):
        found.insert(0, make(found[0]))
    inner.append(found[0])
    return found


def test_what_nobody_refers_to_is_not_held() -> None:
    """Although these refer to each other, through tuples and attributes as well."""
    containers = _put_in_all()
    vars(containers[2])  # a dict of its attributes is made
    assert held(containers, []) == [False] * len(containers)
    assert held([], []) == []


@pytest.mark.parametrize("place", range(8))
def test_all_that_can_be_reached_is_held(place: int) -> None:
    """From any of them all others can be."""
    containers = _put_in_all()
    kept = containers[place]
    assert held(containers, []) == [True] * len(containers)
    del kept
    assert held(containers, []) == [False] * len(containers)
    assert held(containers, [place]) == [True] * len(containers)


def test_what_is_only_in_one_that_is_held_does_not_hold_it() -> None:
    """References have a direction."""
    inner: list[int] = []
    containers = [[inner], inner, [[1]]]
    assert held(containers, []) == [False, True, False]


@pytest.mark.parametrize(
    "wrap", [lambda one: (one,), lambda one: iter(one), lambda one: lambda: one, lambda one: [one]]
)
def test_whatever_refers_to_one_holds_it(wrap: Any) -> None:
    """A tuple, an iterator, a closure, a container that is not among them."""
    containers: list[Any] = [[1], {2: [3]}]
    kept = wrap(containers[0])
    assert held(containers, []) == [True, False]
    assert kept is not None
