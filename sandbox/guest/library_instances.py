"""Classes of the library of which a program's object is an instance, or from which its class derives: tests ask `isinstance` for
them (`isinstance(f(), logging.Logger)`).

The candidate tells their names, among those of abstract classes. It is a claim, like these, and only where the tests' own code or
`assertIsInstance` asks is it heard: a library's object that the tests compare with one of the program asks `isinstance` as well,
before it reads what it compares. Nothing is imported for such a name: tests that ask have the class.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Any

from sandbox import wire
from sandbox.guest.library_askers import asking_frame
from sandbox.guest.library_types import TYPE_NAMES

#: The object is an instance of just this class; its class derives from it.
_OF, _FROM = "of:", "from:"
_LIBRARIES = sys.stdlib_module_names | {"numpy"}
#: Those of which the classes say what can be done with a value, or are told otherwise.
_LEFT_OUT = frozenset(("builtins", "abc", "collections.abc", "_collections_abc", "enum", "numbers", "types", "typing"))
_MOST, _LONGEST = 4, 200
_module, _name = (type.__dict__[name].__get__ for name in ("__module__", "__qualname__"))
_modules = sys.modules


def told(mro: Iterable[type]) -> tuple[str, ...]:
    """What tells the judge those among these classes from which no other one of them derives."""
    found: list[type] = []
    for place, one in enumerate(mro):
        path = _path_of(one)
        if path is not None and not place:
            return (_OF + path,)
        if path is not None and not any(type.__subclasscheck__(one, derived) for derived in found):
            found.append(one)
    return tuple(_FROM + str(_path_of(one)) for one in found[:_MOST])


def _path_of(kind: Any) -> str | None:
    if id(kind) in TYPE_NAMES:
        return None
    try:
        module, name = _module(kind), _name(kind)
    except AttributeError:  # made where there is no `__name__`
        return None
    if type(module) is not str or type(name) is not str:
        return None
    path = f"{module}:{name}"
    return path if len(path) <= _LONGEST and _class_of(path) is kind else None


def _class_of(path: str) -> Any:
    """The class of that name, if its module has been imported; None if there is none."""
    module, _, name = path.partition(":")
    if module.partition(".")[0] not in _LIBRARIES or module in _LEFT_OUT or module not in _modules:
        return None
    found: Any = _modules[module]
    for part in name.split("."):
        found = vars(found).get(part) if type(found) in (type(sys), type) or isinstance(found, type) else None
    return found if isinstance(found, type) and id(found) not in TYPE_NAMES else None


def bases_of(names: Iterable[str]) -> tuple[bool, tuple[type, ...]]:
    """Whether an object is an instance of just the first of the classes that have been told, and these."""
    paths = [one for one in names if one.startswith((_OF, _FROM))]
    found = (_class_of(one.partition(":")[2]) for one in paths[:_MOST])
    return any(one.startswith(_OF) for one in paths), tuple(one for one in found if one is not None)


def tests_ask() -> bool:
    """Whether the tests ask for an object's class, or `assertIsInstance` does."""
    frame: Any = asking_frame()
    if _place(frame) == ("abc", "__instancecheck__"):
        frame = frame.f_back
    is_asserted = _place(frame) in (("unittest.case", "assertIsInstance"), ("unittest.case", "assertNotIsInstance"))
    return is_asserted or frame.f_code.co_filename in (wire.TESTS, wire.PRELUDE)


def _place(frame: Any) -> tuple[Any, str]:
    return frame.f_globals.get("__name__"), frame.f_code.co_name
