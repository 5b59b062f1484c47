"""What the tests change in a container of theirs is changed in the program's copy, which the program has changed as well."""

from __future__ import annotations

from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Callable
from typing import Any

import pytest

from sandbox.guest.tests_changes import held_by, take_over


class _Node:
    def __init__(self, value: int, rest: object = None) -> None:
        self.value, self.rest = value, rest


@pytest.mark.parametrize(
    ("held", "program", "tests", "expected"),
    [
        ([1, 2], lambda x: x.__setitem__(0, 0), lambda x: x.append(3), [0, 2, 3]),
        ([1, 2], lambda x: x.clear(), lambda x: x.append(3), [3]),
        ([1, 2], lambda x: x.append(0), lambda x: x.append(3), [1, 2, 0, 3]),
        ([1, 2], lambda x: x.append(0), lambda x: x.insert(0, 3), [3, 1, 2, 0]),
        ([1, 2, 3], lambda x: x.append(0), lambda x: x.__setitem__(1, 7), [1, 7, 3, 0]),
        ([1, 2, 3], lambda x: x.__setitem__(2, 0), lambda x: x.pop(0), [2, 0]),
        ([1, 2, 3], lambda x: x.clear(), lambda x: x.pop(), [1, 2]),
        ([1, 2, 3], lambda x: x.pop(), lambda x: x.clear(), []),
        ([1, 2], lambda x: x.append(0), lambda x: x.clear(), []),
        ({1: 1}, lambda x: x.update({2: 2}), lambda x: x.clear(), {}),
        ({1}, lambda x: x.add(2), lambda x: x.clear(), set()),
        ([3, 1], lambda x: x.append(0), lambda x: x.reverse(), [1, 3, 0]),
        (deque([1, 2]), lambda x: x.popleft(), lambda x: x.append(3), deque([2, 3])),
        ({1, 2}, lambda x: x.discard(1), lambda x: x.add(3), {2, 3}),
        ({1, 2}, lambda x: x.add(3), lambda x: x.discard(1), {2, 3}),
        ({1: 1, 2: 2}, lambda x: x.pop(1), lambda x: x.update({3: 3}), {2: 2, 3: 3}),
        ({1: 1, 2: 2}, lambda x: x.update({1: 0}), lambda x: x.pop(2), {1: 0}),
        ({1: 1}, lambda x: x.update({1: 0}), lambda x: x.update({1: 5}), {1: 5}),
        (Counter("ab"), lambda x: x.subtract("a"), lambda x: x.update("b"), Counter({"a": 0, "b": 2})),
        (OrderedDict(a=1), lambda x: x.update(b=2), lambda x: x.update(c=3), OrderedDict(a=1, b=2, c=3)),
        (defaultdict(int, a=1), lambda x: x.pop("a"), lambda x: x.update(c=3), defaultdict(int, c=3)),
    ],
)
def test_both_changes(
    held: Any, program: Callable[[Any], object], tests: Callable[[Any], object], expected: Any
) -> None:
    """The copy has the program's change and the tests'; where they can't both be, the tests'."""
    before, copy = held_by(held), held.copy()
    program(copy)
    tests(held)
    take_over(before, held, copy, lambda one: one)
    assert type(copy) is type(expected)
    assert copy == expected


def test_attributes() -> None:
    """The attributes of an instance of the prelude's class, and another instance in place of which there is a copy."""
    own, copy, other, instead = _Node(1), _Node(1), _Node(2), _Node(3)
    before = held_by(own)
    copy.value = 0
    own.rest = other
    take_over(before, own, copy, lambda one: instead if one is other else one)
    assert copy.value == 0
    assert copy.rest is instead


def test_containers_that_are_copied_as_a_whole() -> None:
    """Nothing is known of the parts of bytes."""
    assert held_by(bytearray(b"a")) is None
