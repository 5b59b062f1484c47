"""The candidate's description of an object that is not plain, so that its proxy behaves like an object of that class
and no more: which special methods its class has, and which built-in type it is if `isinstance` may ask for one.

This runs beside hostile code, which may change it. A description is only a claim: an object that claims to be callable
is asked when it is called.
"""

from __future__ import annotations

import functools
import itertools
import re
import types
from collections import Counter, OrderedDict, defaultdict, deque
from decimal import Decimal
from fractions import Fraction
from typing import Any

from sandbox.guest import abstract_classes
from sandbox.guest.built_in_values import MOMENTS, base_of
from sandbox.guest.class_attributes import members_of, mro_of
from sandbox.guest.data_classes import names_of_fields
from sandbox.guest.library_types import name_of

#: Special methods that a proxy forwards.
ASKED = (
    *(
        "__call__",
        "__iter__",
        "__next__",
        "__len__",
        "__bool__",
        "__getitem__",
        "__setitem__",
        "__delitem__",
        "__reversed__",
    ),
    *("__enter__", "__str__", "__repr__", "__format__"),
)
#: Special methods that are not forwarded, because their results would decide whether a value is correct, or that are in another
#: way (`awaited.py`, `derived_classes.py`).
KEPT = (
    *(
        "__eq__",
        "__ne__",
        "__lt__",
        "__le__",
        "__gt__",
        "__ge__",
        "__hash__",
        "__contains__",
        "__missing__",
        "__exit__",
    ),
    *("__add__", "__sub__", "__mul__", "__matmul__", "__truediv__", "__floordiv__", "__mod__", "__divmod__", "__pow__"),
    *("__lshift__", "__rshift__", "__and__", "__xor__", "__or__", "__radd__", "__rsub__", "__rmul__", "__rmatmul__"),
    *("__rtruediv__", "__rfloordiv__", "__rmod__", "__rdivmod__", "__rpow__", "__rlshift__", "__rrshift__", "__rand__"),
    *(
        "__rxor__",
        "__ror__",
        "__iadd__",
        "__isub__",
        "__imul__",
        "__imatmul__",
        "__itruediv__",
        "__ifloordiv__",
        "__imod__",
    ),
    *("__ipow__", "__ilshift__", "__irshift__", "__iand__", "__ixor__", "__ior__", "__neg__", "__pos__", "__abs__"),
    *(
        "__invert__",
        "__complex__",
        "__int__",
        "__float__",
        "__index__",
        "__round__",
        "__trunc__",
        "__floor__",
        "__ceil__",
    ),
    *("__await__", "__aiter__", "__anext__", "__aenter__", "__aexit__", "__fspath__", "__bytes__"),
)
#: Those by which an object is an attribute of a class of the tests.
OF_DESCRIPTORS = ("__get__", "__set__", "__delete__", "__set_name__")
SPECIALS = (*ASKED, *KEPT, *OF_DESCRIPTORS)
#: Types that an object may show to `isinstance`; it must be exactly of one.
SHOWN: tuple[type, ...] = (
    *(type, types.FunctionType, types.BuiltinFunctionType, types.MethodType, types.GeneratorType, types.CoroutineType),
    *(types.AsyncGeneratorType, types.ModuleType, types.SimpleNamespace),
    *(map, filter, zip, enumerate, reversed, functools.partial, re.Match, re.Pattern),
    *(type(iter([])), type(iter(())), type(iter({})), type(iter("")), type(iter(set())), type(iter(range(0)))),
    *(kind for kind in vars(itertools).values() if isinstance(kind, type) and not kind.__name__.startswith("_")),
    *(type(reversed([])), type(iter({}.values())), type(iter({}.items())), type(iter(b"")), type(iter(bytearray()))),
    *(property, staticmethod, classmethod, functools.cached_property),
)
#: Built-in types with instances that are sent with their value, for any subclass.
BASES: tuple[type, ...] = (
    *(int, float, complex, str, bytes, tuple, frozenset, list, dict, set, bytearray),
    *(Decimal, Fraction, *MOMENTS),
    *(OrderedDict, Counter, defaultdict, deque),
)
#: Attributes that instances of these read, or call with the other operand, when they are compared or used in arithmetic:
#: `Fraction.__eq__` calls `from_float`. A proxy does not forward them.
OPERANDS = frozenset((int, float, complex, Decimal, Fraction, *MOMENTS))
READ = frozenset(
    (
        *("numerator", "denominator", "real", "imag", "as_integer_ratio", "from_float", "from_decimal"),
        *("toordinal", "utcoffset", "tzinfo", *(field for _, fields in MOMENTS.values() for field in fields)),
    )
)
_SHOWN = {id(kind): place for place, kind in enumerate(SHOWN)}
_MAX_NAMES = 100


def describe(value: object, number: int) -> tuple[Any, ...]:
    """(the class's number, its name, special methods as bits, index into SHOWN or -1, index into BASES or -1, other
    attributes of the base that the class replaces, or the fields of a data class, and its abstract classes). `number` is that
    of the class."""
    kind = type(value)
    return (number, *(KNOWN.get(id(kind)) or _describe(kind)))


def _describe(kind: type) -> tuple[Any, ...]:
    found = base_of(kind)
    base: type = (
        found if found in BASES and found is not kind else object
    )  # as an object: it is nested too deeply to be sent with its value
    specials = sum(
        1 << place for place, name in enumerate(SPECIALS) if _resolved(kind, name) is not _resolved(base, name)
    )
    if base is object and _resolved(kind, "__hash__") is None:
        # not hashable, so more than an object that equals only itself; without a method, the stand-in isn't hashable either
        specials = (specials | 1 << SPECIALS.index("__eq__")) & ~(1 << SPECIALS.index("__hash__"))
    shown = 0 if id(type) in map(id, mro_of(kind)) else _SHOWN.get(id(kind), -1)
    replaced: tuple[str, ...] = ()
    if base is not object:
        public = [name for name in dir(base) if not name.startswith("_")]
        if base in MOMENTS:  # whose methods and operators make instances of the class
            public += ["__new__", "__init__"]
        replaced = tuple(name for name in public if _resolved(kind, name) is not _resolved(base, name))[:_MAX_NAMES]
    else:
        replaced = _fields(kind)
    replaced += abstract_classes.told(mro_of(kind))[:_MAX_NAMES] if shown < 0 else ()
    return name_of(kind), specials, shown, BASES.index(base) if base is not object else -1, replaced


def _fields(kind: type) -> tuple[str, ...]:
    """What is told of a data class's fields."""
    found: Any = _resolved(kind, "__dataclass_fields__")
    return names_of_fields(found)[:_MAX_NAMES] if type(found) is dict else ()


#: Descriptions of built-in types, made once.
KNOWN: dict[int, tuple[Any, ...]] = {}


def _resolved(kind: type, name: str) -> object:
    """What the class has under this name, by the dictionaries of its bases; None if nothing, or if the method is
    None."""
    for one in mro_of(kind):
        members = members_of(one)
        if name in members:
            return members[name]
    return None


KNOWN |= {id(kind): _describe(kind) for kind in SHOWN}
