"""Proxies in the judge's process: what each of them has, whatever its class (`proxy_classes.py`)."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any

from sandbox.guest import questions as asks
from sandbox.guest.data_classes import fields_of_class
from sandbox.guest.descriptions import KEPT, SHOWN, SPECIALS
from sandbox.guest.library_askers import is_kept, reads_hints_of
from sandbox.guest.library_types import is_made
from sandbox.guest.questions import Host
from sandbox.guest.special_names import is_special, tests_look_up

#: Dunder attributes that are requested from the candidate; all others are looked up by protocols: copying, numpy's
#: arrays and the like.
_ASKED_ATTRIBUTES = frozenset(
    (
        *("__name__", "__qualname__", "__doc__", "__module__", "__dict__", "__annotations__", "__defaults__"),
        *("__kwdefaults__", "__code__", "__wrapped__", "__self__", "__func__", "__members__", "__match_args__"),
        *("__notes__", "__args__", "__origin__", "__dataclass_params__"),
    )
)
#: Attributes of a function that can't be sent.
_KEPT_ATTRIBUTES = frozenset(("__globals__", "__closure__"))
#: Attributes of a class that are requested as well.
_OF_CLASSES = frozenset(("__bases__", "__mro__", "__init__", "__abstractmethods__", "__flags__"))


class Remote:
    """A proxy of an object without a built-in value. Equality and hash are those of a bare object."""

    __slots__ = ("__host", "__number")

    def __init__(self, host: Host, number: int) -> None:
        object.__setattr__(self, "_Remote__host", host)
        object.__setattr__(self, "_Remote__number", number)

    @property
    def __doc__(self) -> Any:  # type: ignore[override]
        return attribute_of(self.__host, self, "__doc__")

    @property
    def __module__(self) -> Any:  # type: ignore[override]
        return self.__host.ask(asks.ATTRIBUTE, self, ("__module__",))

    def __getattr__(self, name: str) -> Any:
        return attribute_of(self.__host, self, name)

    def __setattr__(self, name: str, value: object) -> None:
        self.__host.ask(asks.SET_ATTRIBUTE, self, (name, value))

    def __delattr__(self, name: str) -> None:
        self.__host.ask(asks.DELETE_ATTRIBUTE, self, (name,))

    def __str__(self) -> Any:
        return self.__host.ask(asks.STR, self)

    def __repr__(self) -> Any:
        return self.__host.ask(asks.REPR, self)

    def __dir__(self) -> Any:
        return self.__host.ask(asks.DIR, self)

    def __copy__(self) -> Any:
        return self.__host.ask(asks.COPY, self)

    def __deepcopy__(self, _: object) -> Any:
        return self.__host.ask(asks.DEEP_COPY, self)

    def __reduce_ex__(self, _: object) -> Any:
        self.__host.not_carried(f"a copy of {an_object_of(type(self).__name__)}")

    def __mro_entries__(self, _: object) -> Any:
        """Python asks a base of a class that the tests define. Otherwise they would get a TypeError, and may expect one."""
        self.__host.not_carried("a subclass of a class of the program", number_of(self))

    def __instancecheck__(self, value: object) -> bool:
        if not is_remote(self) or shown_type(self) is not type:
            raise TypeError("isinstance() arg 2 must be a type, a tuple of types, or a union")
        return (is_proxy(value) or is_made(type(value))) and self.__host.ask(asks.IS_INSTANCE, self, (value,)) is True

    def __subclasscheck__(self, kind: Any) -> bool:
        if not is_remote(self) or shown_type(self) is not type:
            raise TypeError("issubclass() arg 2 must be a class, a tuple of classes, or a union")
        return is_remote(kind) and self.__host.ask(asks.IS_SUBCLASS, self, (kind,)) is True


#: The judge that a proxy belongs to, and the candidate's number for it. The class itself has no attributes with ordinary names,
#: because those of the candidate's objects may have the same.
host_of: Callable[[Any], Any] = vars(Remote)["_Remote__host"].__get__
number_of: Callable[[Any], int] = vars(Remote)["_Remote__number"].__get__
#: What a class of stand-ins has for the judge, under names that no attribute of an object can be written with: the type that
#: its instances show or None, the candidate's number for its class, whether it derives from a built-in type.
SHOWN_TYPE, CLASS_NUMBER, IS_DERIVED = "shown type", "number of the class", "is derived"


def shown_type(value: object) -> Any:
    """The type that a stand-in shows; None if it shows none."""
    return getattr(type(value), SHOWN_TYPE, None)


def number_of_class(value: object) -> int:
    """The candidate's number for the class of the object that a stand-in stands for."""
    return int(getattr(type(value), CLASS_NUMBER))


def is_remote(value: object) -> bool:
    """Whether it is a proxy of an object without a built-in value, whatever `__class__` claims."""
    return issubclass(type(value), Remote)


def is_proxy(value: object) -> bool:
    """Whether it stands for an object of the candidate."""
    return is_remote(value) or IS_DERIVED in type(value).__dict__


def attribute_of(host: Host, proxy: object, name: str) -> Any:
    """An attribute that the candidate says the object has."""
    is_function = issubclass(type(proxy), Remote) and shown_type(proxy) in SHOWN[1:4]
    if name in _KEPT_ATTRIBUTES and (is_function or is_kept(name, None)):
        if name == "__globals__" and reads_hints_of(proxy):
            raise AttributeError(name)
        host.not_carried(f"the attribute {name} of a function")
    if name == "__dataclass_fields__" and shown_type(proxy) is type:
        return fields_of_class(host.ask(asks.ATTRIBUTE, proxy, (name,)))
    wanted = name in host.special_names and tests_look_up()
    if name == "__signature__" and not wanted and hasattr(type(proxy), "__call__"):  # noqa: B004 - of the class, not of the object
        return _signature(host.ask(asks.SIGNATURE, proxy))
    if shown_type(proxy) is type and (name in _OF_CLASSES or name in SPECIALS):
        asked = host.ask(asks.ATTRIBUTE, proxy, (name,))
        return functools.partial(kept(name), proxy) if name in KEPT else asked
    if is_special(name) and name not in _ASKED_ATTRIBUTES and not wanted:
        raise AttributeError(name)
    found = host.ask(asks.ATTRIBUTE, proxy, (name,))
    if is_kept(name, found):
        host.not_carried(f"the attribute {name} of {an_object_of(type(proxy).__name__)}", number_of_class(proxy))
    return found


def kept(special: str) -> Callable[..., Any]:
    """In the place of a special method that must not be used: it ends the sample."""

    def method(self: Any, /, *_: Any) -> Any:
        host_of(self).not_carried(f"{special} of {an_object_of(type(self).__name__)}", number_of_class(self))

    return method


def _signature(told: Any) -> inspect.Signature:
    empty = inspect.Parameter.empty
    kinds = tuple(inspect._ParameterKind)
    return inspect.Signature(
        [inspect.Parameter(name, kinds[kind], default=default[0] if default else empty) for name, kind, default in told]
    )


def an_object_of(name: str) -> str:
    """How messages name an object of a class with this name."""
    return f"an object of the program's class {name}"
