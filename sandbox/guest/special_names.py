"""Special names that the tests themselves look up in an object of the program: `hasattr(Point, "__slots__")`.

Protocols of Python and its library look up such names as well (`copy`, `pickle`, numpy's arrays), and get what a stand-in has for
them. So the candidate is asked only for a name that the tests' text mentions, and only where their own code looks it up.
"""

from __future__ import annotations

from collections.abc import Callable
from types import CodeType
from typing import Any

from sandbox import wire
from sandbox.guest.code_objects import codes_in, texts_of
from sandbox.guest.library_askers import asking_frame

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
    found = (name for one in codes_in(code) for name in (*one.co_names, *texts_of(one)))
    return frozenset(name for name in found if is_special(name) and not name.startswith(_NEVER))


def is_special(name: str) -> bool:
    """Whether it has two underscores on either side."""
    return name.startswith("__") and name.endswith("__")


def tests_look_up() -> bool:
    """Whether the innermost code outside the sandbox's own is that of the tests."""
    return asking_frame().f_code.co_filename in (wire.TESTS, wire.PRELUDE)


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
