"""The classes of stand-ins for instances of a program's subclasses of built-in types: subclasses with the base's value.

The same rule as for other proxies holds (`proxy_classes.py`): methods that could decide a test are not used. Attributes, other
than those of the base, are the candidate's.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from sandbox.guest import questions as asks
from sandbox.guest.abstract_classes import names_of_members, shown_class
from sandbox.guest.descriptions import OPERANDS, READ
from sandbox.guest.proxy_classes import (
    CLASS_NUMBER,
    FORWARDED,
    IS_DERIVED,
    Remote,
    an_object_of,
    attribute_of,
    is_remote,
    names_of,
)
from sandbox.guest.questions import Host
from sandbox.guest.special_names import hiding

#: Built-in types with mutable instances.
CHANGING = (list, dict, set, bytearray)


def derived_class(host: Host, called: tuple[int, str], specials: int, base: type, replaced: Any) -> type:
    """A subclass of a built-in type."""
    number, name = called
    changes = base in CHANGING
    members: dict[str, Any] = {IS_DERIVED: True, CLASS_NUMBER: number, "__module__": "candidate"}

    def kept(what: str) -> Callable[..., Any]:
        return lambda self, *args, **kwargs: host.not_carried(f"{what} of {an_object_of(name)}", number)

    def attribute(self: Any, wanted: str) -> Any:
        found = attribute_of(host, self, wanted)
        if changes and is_remote(found):  # a method, which would work on the candidate's copy
            host.not_carried(f"the attribute {wanted} of {an_object_of(name)}", number)
        return found

    def set_attribute(self: Any, wanted: str, value: object) -> None:
        if base is Fraction and wanted in Fraction.__slots__:  # it is being made
            object.__setattr__(self, wanted, value)
        else:
            host.ask(asks.SET_ATTRIBUTE, self, (wanted, value))

    for special in names_of(specials):
        shows = special in ("__str__", "__repr__", "__format__")
        members[special] = _asking_of(host, FORWARDED[special]) if shows and not changes else kept(special)
    for other in names_of_members(replaced):
        if other == "__new__" or other == "__init__":
            members["__new__"] = kept("constructing")
        elif not other.startswith("_"):
            keeps = changes or (base in OPERANDS and other in READ)
            get = kept(other) if keeps else (lambda self, other=other: attribute_of(host, self, other))
            members[other] = property(get)
    kind = shown_class(name, replaced, Remote(host, number), host.ask)
    if kind is not None:
        members["__class__"] = property(lambda self: kind)
    members["__getattr__"] = attribute
    members["__slots__"] = ()  # attributes are the candidate's
    members["__dict__"] = property(lambda self: attribute_of(host, self, "__dict__"))
    members["__setattr__"] = set_attribute
    members["__delattr__"] = lambda self, *told: host.ask(asks.DELETE_ATTRIBUTE, self, told)
    if not changes:  # others are copied here, and the copy can't be passed back
        members["__copy__"] = _asking_of(host, asks.COPY)
        members["__deepcopy__"] = lambda self, _: host.ask(asks.DEEP_COPY, self)
    return type(name, (base,), members | hiding(host.special_names, base))


def _asking_of(host: Host, operation: int) -> Callable[..., Any]:
    return lambda self, *args: host.ask(operation, self, args)
