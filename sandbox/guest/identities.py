"""The identity of immutable values, for tests that ask for it: `f(t) is t` with a tuple, or a list that holds a NaN.

Immutable values are sent in place, so that a tuple that comes back is another one. If the tests compare identities, both
sides keep every immutable value that either has sent, in the same order; a value is then written once, before the
contents of the containers, and afterwards as its number.
"""

from __future__ import annotations

import dis
from types import CodeType
from typing import Any

_IS, _CONSTANT = dis.opmap["IS_OP"], dis.opmap["LOAD_CONST"]
#: Names and texts that mean that identities may count: a NaN is in a list only if it is the same object.
_NAMES = frozenset(("id", "is_", "is_not", "assertIs", "assertIsNot", "nan", "NaN"))
_TEXTS = frozenset(("nan", "NaN", "NAN"))


class Identities:
    """The immutable values that both sides have."""

    def __init__(self) -> None:
        self.values: list[Any] = []
        self.numbers: dict[int, int] = {}
        self.depths: dict[int, int] = {}  # how deeply those are nested that the other side has sent, if at all

    def add(self, value: object, depth: int = 0) -> None:
        """Keep another one."""
        if depth:
            self.depths[len(self.values)] = depth
        self.numbers.setdefault(id(value), len(self.values))
        self.values.append(value)


def compares_identities(code: CodeType) -> bool:
    """Whether this code may compare the identities of values other than constants such as None."""
    operations = code.co_code[::2]
    place = operations.find(_IS)
    while place >= 0:
        if operations[place - 1] != _CONSTANT:
            return True
        place = operations.find(_IS, place + 1)
    if not _NAMES.isdisjoint(code.co_names):
        return True
    return any(
        compares_identities(one) if type(one) is CodeType else type(one) is str and one in _TEXTS
        for one in code.co_consts
    )
