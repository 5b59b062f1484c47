"""Functions of the standard library and of numpy, which judge and candidate both have. The tests pass them by name, and each side
calls its own: `pickle.loads` or `object.__getattribute__`, called in the judge for the candidate, would do there what the
candidate wants.
"""

from __future__ import annotations

import functools
import importlib
import random
import sys
import types
from typing import Any

from sandbox import wire
from sandbox.guest.library_types import SENT, SENT_NAMES

_LIBRARIES = sys.stdlib_module_names | {"numpy"}
_MAX_PARTIALS = 50
#: That of the functions of `random`: they are its methods. Each side has one.
_GENERATOR = random.random.__self__  # type: ignore[attr-defined]
#: Modules with classes of which the methods, written in Python, do not execute or look up what they are told.
_PLAIN_METHODS = frozenset(
    (
        *(
            "collections",
            "_collections_abc",
            "collections.abc",
            "datetime",
            "fractions",
            "json.decoder",
            "json.encoder",
        ),
        *("logging", "queue", "random", "statistics", "threading"),
        "unittest.case",
    )
)
_BOUND = (types.BuiltinFunctionType, types.MethodType)
_DESCRIPTORS = (types.MethodDescriptorType, types.WrapperDescriptorType)
#: Those of `SENT` that execute text or look up what they are told.
_OBEYING = frozenset(
    id(SENT[name])
    for name in (
        *("builtins.eval", "builtins.exec", "builtins.compile", "builtins.getattr", "builtins.setattr"),
        *("builtins.delattr", "builtins.vars", "builtins.dir", "builtins.globals", "builtins.locals"),
        *("builtins.open", "builtins.input", "builtins.breakpoint", "str.format", "str.format_map"),
    )
    if name in SENT
)
#: Methods of objects that do the same.
_OBEYING_METHODS = frozenset(
    (
        *("__getattribute__", "__setattr__", "__delattr__", "__get__", "__set__", "__delete__", "__dir__", "__new__"),
        *("__init__", "__reduce__", "__reduce_ex__", "__getstate__", "__setstate__", "__subclasses__", "mro"),
    )
)


def library_path(value: Any) -> str | None:
    """`module:name` of a function of a library, or of a method of a library's class; None for anything else."""
    if type(value) in _DESCRIPTORS:
        module: Any = value.__objclass__.__module__
    elif type(value) in _BOUND and value.__self__ is _GENERATOR:
        return f"random:{value.__name__}" if vars(random).get(value.__name__) == value else None
    elif type(value) in (types.FunctionType, types.BuiltinFunctionType):
        module = value.__module__
    else:
        return None
    name = value.__qualname__
    if type(module) is not str or type(name) is not str or module.partition(".")[0] not in _LIBRARIES:
        return None
    found: Any = sys.modules.get(module)
    for part in name.split("."):
        found = getattr(found, part, None)
    return f"{module}:{name}" if found is value else None


def library_function(path: str) -> Any:
    """The function of that path."""
    module, _, name = path.partition(":")
    found: Any = importlib.import_module(module)
    for part in name.split("."):
        found = getattr(found, part)
    return found


def is_bound_to_tests(value: Any) -> bool:
    """Whether it is a method of an object of the tests, or a function of theirs in a cache, that does not obey its
    arguments."""
    kind = type(value)
    if kind is types.MethodType:
        path = library_path(value.__func__)
        is_plain = path is None or path.partition(":")[0] in _PLAIN_METHODS or path.startswith("string:Template.")
        return type(value.__func__) is types.FunctionType and is_plain
    if kind is type(functools.lru_cache(len)):
        return type(value.__wrapped__) is types.FunctionType and library_path(value.__wrapped__) is None
    if kind is types.MethodWrapperType and value.__name__ == "__call__":
        return type(value.__self__) is types.FunctionType
    if kind is types.BuiltinFunctionType or kind is types.MethodWrapperType:
        own = value.__self__ is not None and type(value.__self__) is not types.ModuleType
        return own and value.__name__ not in _OBEYING_METHODS
    return False


def relays(value: Any) -> bool:
    """Whether it is a library's function or a mock around one that would obey: `singledispatch(getattr)`, `Mock(wraps=eval)`."""
    if type(value) is types.FunctionType and value.__code__.co_filename in (wire.TESTS, wire.PRELUDE):
        return False
    own = getattr(value, "__dict__", {})
    return any(obeys(own.get(name)) for name in ("__wrapped__", "_mock_wraps", "_mock_side_effect"))


def obeys(value: Any) -> bool:
    """Whether a function of the tests that calls this one would do what the candidate wants."""
    for _ in range(_MAX_PARTIALS):
        if type(value) is not functools.partial:
            break
        value = value.func
    else:
        return True
    return id(value) in _OBEYING or (id(value) not in SENT_NAMES and library_path(value) is not None)
