"""What tests put in the place of a library's function or value (`patch("time.sleep")`, `builtins.sorted = forbidden`,
`sys.argv = [...]`), the limits that they set (recursion, digits of an integer as text), and the warnings that they look for.

Determined from the tests' text before they are executed, so that nothing is looked for in most samples. What can't be sent,
such as a mock of a class, concerns the judge only.
"""

from __future__ import annotations

import builtins
import dis
import importlib
import operator
import sys
import types
import warnings
from collections.abc import Callable, Iterator, Set
from typing import Any

from sandbox import wire
from sandbox.guest.built_in_values import LEAVES
from sandbox.guest.code_objects import codes_in, named_by, texts_of
from sandbox.guest.library_functions import is_bound_to_tests, relays

#: In place of (module, attribute): the limits, and the function that shows warnings.
LIMIT, DIGITS, WARNINGS = "recursion limit", "digits", "warnings"
#: The functions of `sys` that set and return each limit.
_LIMITS = {
    LIMIT: ("setrecursionlimit", sys.setrecursionlimit, sys.getrecursionlimit),
    DIGITS: ("set_int_max_str_digits", sys.set_int_max_str_digits, sys.get_int_max_str_digits),
}
_STORE, _DELETE, _IMPORT = (dis.opmap[name] for name in ("STORE_ATTR", "DELETE_ATTR", "IMPORT_NAME"))
_SETTERS = frozenset(("patch", "setattr", "delattr"))
_WARNING = frozenset(("warnings", "assertWarns", "assertWarnsRegex"))
_LIBRARIES = (sys.stdlib_module_names | {"numpy"}) - {"antigravity", "this"}
#: Those whose attributes are what tests use to replace others, or replaced otherwise.
_LEFT_OUT = frozenset(("unittest", "warnings", "logging", "gc"))
_STREAMS = frozenset(("stdin", "stdout", "stderr", "input", "print"))
_MOST = 200
_BUILT_INS = dict(vars(builtins))
_FILE, _MODULE = "<candidate>", "candidate"
#: The candidate's own frames in addition to the tests'.
_FRAMES = 30


class Words:
    """The names and texts of the tests."""

    def __init__(self, code: types.CodeType) -> None:
        self.names: set[str] = set()
        self.texts: set[str] = set()
        self.stored: set[str] = set()
        self.modules: set[str] = set()
        for one in codes_in(code):
            self.names.update(one.co_names)
            self.texts.update(texts_of(one))
            operations = one.co_code[::2]
            self.modules.update(named_by(_IMPORT, one, operations))
            self.stored.update(*(named_by(store, one, operations) for store in (_STORE, _DELETE)))

    def places(self) -> tuple[tuple[str, str], ...]:
        """(module, attribute) of the library that these tests may replace."""
        attributes = self.stored if _SETTERS.isdisjoint(self.names) else self.stored | self.texts
        if not attributes:
            return ()
        found = {(module, name) for module in self.modules for name in attributes & _attributes_of(module)}
        for text in self.texts if "patch" in self.names else ():
            module, _, name = text.rpartition(".")
            if name in _attributes_of(module):
                found.add((module, name))
        return tuple(sorted(pair for pair in found if pair[1] not in _STREAMS))[:_MOST]

    def looks_for_warnings(self) -> bool:
        """Whether these tests may look for warnings, or change what becomes of them."""
        return not _WARNING.isdisjoint(self.names)


def _attributes_of(path: str) -> Set[str]:
    """The attributes of a module of the library, which is imported; of anything else none."""
    top = path.partition(".")[0]
    if top not in _LIBRARIES or top in _LEFT_OUT or not all(map(str.isidentifier, path.split("."))):
        return frozenset()
    try:
        return vars(importlib.import_module(path)).keys()
    except Exception:  # a class, or nothing
        return frozenset()


class ReplacedNames:
    """The judge's record of these in one sample. `looks`: whether there may be any."""

    def __init__(self, tests: types.CodeType) -> None:
        words = Words(tests)
        self._places: list[tuple[Any, Callable[[], Any]]] = [
            (pair, _getter(vars(importlib.import_module(pair[0])), pair[1])) for pair in words.places()
        ]
        self._places += [(place, get) for place, (name, _, get) in _LIMITS.items() if name in words.names]
        self._first = self._known = [get() for _, get in self._places]
        self._warns = words.looks_for_warnings()  # and the candidate does not know it yet
        self.looks = bool(self._places) or self._warns
        self._seen: dict[Any, Any] = {}

    def news(self) -> Iterator[tuple[Any, ...]]:
        """What the candidate does not know, as `Replaced.news` tells it."""
        if self._warns:
            self._warns = False
            yield WARNINGS, self._warn
        now = [get() for _, get in self._places]
        before, self._known = self._known, now
        for (place, _), one, known, first in zip(self._places, now, before, self._first, strict=True):
            same = operator.eq if type(place) is str else operator.is_
            if not same(one, known):
                yield (place,) if same(one, first) else (place, *_stand_for(one))

    def _warn(self, message: Any, line: Any) -> None:
        """The program warns. Where it says so is not the candidate's to choose: it would be read."""
        if isinstance(message, Warning) and type(line) is int:
            warnings.warn_explicit(message, type(message), _FILE, line, _MODULE, self._seen)


def _getter(own: dict[str, Any], name: str) -> Callable[[], Any]:
    return lambda: own.get(name)


def _stand_for(value: Any) -> tuple[Any, ...]:
    """What the program gets in place of it; nothing if it keeps its own."""
    if type(value) in (list, tuple):
        return (value,) if all(type(one) in LEAVES for one in value) else ()
    if type(value) in LEAVES or is_bound_to_tests(value):
        return (value,)
    if type(value).__module__ == "unittest.mock":
        calls = callable(value) and not relays(value)
    else:
        calls = type(value) is types.FunctionType and value.__code__.co_filename in (wire.TESTS, wire.PRELUDE)
    return (lambda *args, **keywords: value(*args, **keywords),) if calls else ()


def put_own_built_ins() -> dict[str, Any]:
    """Put Python's built-in functions back, and return what the tests had there: a function of theirs is described with the help
    of libraries, which may need just that one."""
    names = vars(builtins)
    theirs = {name: names[name] for name, own in _BUILT_INS.items() if name in names and names[name] is not own}
    names.update((name, _BUILT_INS[name]) for name in theirs)
    return theirs


# --- the candidate's side -------------------------------------------------------------------------------------------


def put(place: Any, value: tuple[Any, ...], original: dict[Any, Any]) -> None:
    """Put the tests' object in that place, or the program's own if there is none."""
    if place in _LIMITS:
        _, set_limit, get = _LIMITS[place]
        own = original.setdefault(place, get())
        set_limit(own if not value else value[0] + _FRAMES if place == LIMIT else value[0])
    elif place == WARNINGS:
        warnings.simplefilter("always")
        vars(warnings)["_showwarnmsg_impl"] = lambda told: value[0](told.message, told.lineno)
    else:
        module, name = place
        found = sys.modules.get(module) or importlib.import_module(module)  # which uses built-in functions
        own = original.setdefault(place, vars(found)[name])
        setattr(found, name, value[0] if value else own)
