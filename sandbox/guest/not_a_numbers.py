"""Which NaN is which: one equals nothing, but a list that holds it equals another one that holds the same object.

Each side numbers those that it sends first; the other side makes one object for each number, and sends that number back.
"""

from __future__ import annotations

import struct

_double = struct.Struct(">d")


class NotANumbers:
    """Those of one sample that both sides have. `own` is a bit of the numbers that this side gives."""

    def __init__(self, own: int) -> None:
        self._own = own
        self._values: dict[int, float] = {}
        self._numbers: dict[int, int] = {}

    def number(self, value: float) -> int:
        """The number of this object."""
        number = self._numbers.get(id(value))
        return self._add(value, self._own | len(self._values)) if number is None else number

    def get(self, number: int, data: bytes) -> float:
        """The object of that number; a new one with these bytes if there is none."""
        if number not in self._values:
            self._add(_double.unpack(data)[0], number)
        return self._values[number]

    def _add(self, value: float, number: int) -> int:
        self._values[number] = value
        self._numbers[id(value)] = number
        return number
