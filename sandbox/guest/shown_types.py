"""What the tests' `type` is: it says of a stand-in what `type` says of the object that it stands for.

Only tests that use the name get it. Everything else, the standard library included, has Python's own `type`.
"""

from __future__ import annotations

import types
from collections.abc import Callable
from typing import Any

from sandbox.guest.class_attributes import bases_of, mro_of
from sandbox.guest.code_objects import codes_in
from sandbox.guest.library_types import is_made
from sandbox.guest.remote_objects import is_proxy


class _Asking(type):
    """The class of `Type`, and of the classes that tests derive from it."""

    _of: Callable[[Any], Any]

    def __call__(cls, /, *args: Any, **kwargs: Any) -> Any:
        if cls.__dict__.get("_of") is None:
            return super().__call__(*args, **kwargs)
        if len(args) != 1 or kwargs:
            return type(*args, **kwargs)
        kind = cls.__dict__["_of"](args[0]) if is_proxy(args[0]) or is_made(type(args[0])) else type(args[0])
        return cls if kind is type or kind is _Asking else kind

    def __instancecheck__(cls, value: object) -> bool:
        return isinstance(value, type) if "_of" in cls.__dict__ else super().__instancecheck__(value)

    def __subclasscheck__(cls, kind: type) -> bool:
        return issubclass(kind, type) if "_of" in cls.__dict__ else super().__subclasscheck__(kind)

    def __eq__(cls, other: object) -> bool:
        return cls is other or ("_of" in cls.__dict__ and other is type)

    def __hash__(cls) -> int:
        return hash(type) if "_of" in cls.__dict__ else super().__hash__()

    def __repr__(cls) -> str:
        return repr(type) if "_of" in cls.__dict__ else super().__repr__()

    @property
    def __bases__(cls) -> Any:  # type: ignore[override]
        return (object,) if "_of" in cls.__dict__ else bases_of(cls)

    @property
    def __mro__(cls) -> Any:
        return (cls, object) if "_of" in cls.__dict__ else mro_of(cls)

    def __getitem__(cls, item: object) -> Any:
        return types.GenericAlias(type, item)


def type_of_the_tests(of: Callable[[Any], Any]) -> Any:
    """A class in the place of `type`. `of` returns the type of what a stand-in stands for."""
    return _Asking("type", (type,), {"_of": staticmethod(of), "__module__": "builtins"})


def uses_type(code: types.CodeType) -> bool:
    """Whether this code mentions the name."""
    return any("type" in one.co_names for one in codes_in(code))
