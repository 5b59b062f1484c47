"""Functions of the standard library and of numpy, which judge and candidate both have. The tests pass them by name, and each side
calls its own: `pickle.loads` or `object.__getattribute__`, called in the judge for the candidate, would do there what the
candidate wants.
"""

from __future__ import annotations

import array
import collections
import datetime
import decimal
import fractions
import functools
import importlib
import io
import itertools
import queue
import random
import re
import sys
import types
from typing import Any

from sandbox import wire
from sandbox.guest.library_types import SENT, SENT_NAMES

_CACHED = type(functools.lru_cache(len))
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
#: Types of which bound methods, written in C, may be called in the judge with values of the candidate. Those of any other type
#: are not lent: what they do (`sqlite3.Connection.execute`, `Unpickler.load`) would be for the candidate to choose.
_LENDING = frozenset(
    (
        *(
            bool,
            int,
            float,
            complex,
            str,
            bytes,
            bytearray,
            memoryview,
            list,
            tuple,
            dict,
            set,
            frozenset,
            range,
            slice,
        ),
        *map(type, ({}.keys(), {}.values(), {}.items())),
        *map(
            type,
            (
                iter(""),
                iter("ä"),
                iter(b""),
                iter(bytearray()),
                iter([]),
                iter(()),
                iter({}),
                iter(set()),
                iter(range(0)),
            ),
        ),
        *map(
            type, (iter(range(1 << 70)), iter({}.values()), iter({}.items()), reversed([]), reversed({}), iter(int, 0))
        ),
        *(enumerate, filter, map, reversed, zip, types.GeneratorType, types.MappingProxyType),
        *(kind for kind in vars(itertools).values() if type(kind) is type and kind.__module__ == "itertools"),
        *(collections.deque, collections.defaultdict, collections.OrderedDict, collections.Counter),
        *(datetime.date, datetime.datetime, datetime.time, datetime.timedelta, datetime.timezone),
        *(decimal.Decimal, fractions.Fraction, array.array, random.Random, random.Random.__base__),
        *(re.Pattern, re.Match, queue.SimpleQueue, io.StringIO, io.BytesIO),
    )
)
#: Methods of these that look up what they are told, or change what the object is.
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
        function = value.__func__
        return type(function) is types.FunctionType and (
            function.__module__ in _PLAIN_METHODS
            or str(function.__module__).partition(".")[0] not in _LIBRARIES
            or (function.__module__ == "string" and function.__qualname__.startswith("Template."))
        )
    if kind is _CACHED:
        return type(value.__wrapped__) is types.FunctionType and library_path(value.__wrapped__) is None
    if kind is types.MethodWrapperType and value.__name__ == "__call__":
        return type(value.__self__) is types.FunctionType
    if kind is types.BuiltinFunctionType or kind is types.MethodWrapperType:
        return value.__name__ not in _OBEYING_METHODS and _defining(value) in _LENDING
    return False


def _defining(method: Any) -> type | None:
    """The class that has this method, of the type of what it is bound to, or of that itself for a method of a class."""
    bound, name = method.__self__, method.__name__
    kinds = (bound, type(bound)) if isinstance(bound, type) else (type(bound),)
    return next((one for kind in kinds for one in type.mro(kind) if name in vars(one)), None)


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
