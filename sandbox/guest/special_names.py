"""Special names that the tests themselves look up in an object of the program: `hasattr(Point, "__slots__")`.

Protocols of Python and its library look up such names as well (`copy`, `pickle`, numpy's arrays), and get what a stand-in has for
them. So the candidate is asked only for a name that the tests' text mentions, and only where their own code looks it up.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import CodeType
from typing import Any

from sandbox import wire

#: Names that every stand-in has for Python's protocols, and not every object of a program.
OF_STAND_INS = frozenset(
    (
        "__slots__",
        "__copy__",
        "__deepcopy__",
        "__getattr__",
        "__instancecheck__",
        "__mro_entries__",
        "__subclasscheck__",
    )
)
#: What numpy reads memory by.
_NEVER = ("__array", "__buffer__", "__release_buffer__")


def mentioned_in(code: CodeType) -> frozenset[str]:
    """The special names in this code, as attributes or texts."""
    found: set[str] = set()
    waiting = [code]
    while waiting:
        one = waiting.pop()
        waiting += [constant for constant in one.co_consts if type(constant) is CodeType]
        for texts in (one.co_names, *(one.co_consts, *(part for part in one.co_consts if type(part) is tuple))):
            found.update(text for text in texts if type(text) is str and is_special(text))
    return frozenset(name for name in found if not name.startswith(_NEVER))


def is_special(name: str) -> bool:
    """Whether it has two underscores on either side."""
    return name.startswith("__") and name.endswith("__")


def tests_look_up() -> bool:
    """Whether the innermost code outside the sandbox's own is that of the tests."""
    frame = sys._getframe(1)
    while frame.f_back is not None and str(frame.f_globals.get("__name__")).startswith("sandbox."):
        frame = frame.f_back
    return frame.f_code.co_filename in (wire.TESTS, wire.PRELUDE)


def hiding(names: frozenset[str], base: type) -> dict[str, Any]:
    """Members of a class of stand-ins that derives from `base`. If the tests mention these special names, what every stand-in has
    under one of them is hidden from the tests' own code, which finds there what the program's object has."""
    if names.isdisjoint(OF_STAND_INS):
        return {}
    hidden = names & OF_STAND_INS
    look_up: Callable[[Any, str], Any] = base.__getattribute__  # type: ignore[assignment]

    def attribute(self: Any, name: str) -> Any:
        if name in hidden and tests_look_up():
            raise AttributeError(name)
        return look_up(self, name)

    return {"__getattribute__": attribute}
