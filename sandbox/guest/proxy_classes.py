"""The classes of proxies: which special methods a stand-in for a candidate's object has, and what each of them does.

A proxy has the special methods that, according to the candidate, its class has. Those that only use the object are
forwarded (calling it, iterating it, showing it). Those that would let the object decide whether it is correct are not:
comparisons, arithmetic, hashes. If the class does not define such a method, the tests get Python's default, as in one
process; if it does, the sample ends there, and has not passed (`Host.not_carried`).

An instance of a subclass of a built-in type is represented by an instance of a subclass (`derived_classes.py`), under the
same rule.
"""

from __future__ import annotations

import functools
import re
import types
from collections.abc import Callable
from typing import Any

from sandbox.guest import questions as asks
from sandbox.guest.abstract_classes import names_of_members, shown_class
from sandbox.guest.awaited import ASYNCHRONOUS, OF_COROUTINES
from sandbox.guest.data_classes import Fields
from sandbox.guest.descriptions import ASKED, KEPT, KNOWN, OF_DESCRIPTORS, SHOWN, SPECIALS
from sandbox.guest.questions import Host
from sandbox.guest.remote_objects import (
    CLASS_NUMBER,
    SHOWN_TYPE,
    Remote,
    an_object_of,
    host_of,
    is_proxy,
    kept,
    number_of_class,
    shown_type,
)
from sandbox.guest.special_names import hiding

#: The classes of enumerations.
_ENUMERATIONS = ("EnumType", "EnumMeta")
#: Special methods that a class has for its instances: those that not every object has, and its constructor.
_OF_INSTANCES = frozenset(SPECIALS) - frozenset(dir(object)) | {"__init__"}
#: What is asked for each special method.
FORWARDED = dict(
    zip(ASKED, (asks.CALL, asks.ITER, asks.NEXT, asks.LEN, asks.BOOL, asks.ITEM, asks.SET_ITEM, asks.DELETE_ITEM, asks.REVERSED,
                asks.ENTER, asks.STR, asks.REPR, asks.FORMAT), strict=True)
)  # fmt: skip
#: Shown types that compare only with objects of their own type.
_EQUAL_TO_THEIR_OWN = (types.MethodType, types.BuiltinFunctionType, types.SimpleNamespace, re.Pattern)


def new_remote_class(name: str, specials: int, shown: int, number: int = -1, told: Any = (), host: Any = None) -> type:
    members: dict[str, Any] = {"__slots__": (), SHOWN_TYPE: SHOWN[shown] if shown >= 0 else None, CLASS_NUMBER: number}
    members |= {name: Remote.__dict__[name] for name in ("__doc__", "__module__")}  # otherwise `type` makes some
    for special in names_of(specials):
        if special in KEPT:
            members[special] = kept(special)
        elif special in OF_DESCRIPTORS:
            members[special] = _as_descriptor(special)
        elif special not in members and special not in ("__str__", "__repr__"):
            members[special] = _asking(FORWARDED[special])
    if own := names_of_members(told):
        members["__dataclass_fields__"] = Fields(own)
    if host is not None and shown < 0:
        members |= _constructors(host, number)
        shown_as = shown_class(name, told, Remote(host, number), host.ask)
        if shown_as is not None:
            members["__class__"] = shown_as
    members |= {special: method for special, method in ASYNCHRONOUS.items() if special in members}
    if "__exit__" in members:
        members["__exit__"] = _leave
    if "__next__" in members:
        members["__copy__"] = _OfTheClass()
    if host is not None:  # a class statement looks up `__mro_entries__` as well, and may be expected to fail
        members |= hiding(host.special_names - ({"__mro_entries__"} if shown == 0 else set()), object)
    if shown == 0:
        members["__getattribute__"] = _of_the_class(members.get("__getattribute__", object.__getattribute__))
        if name in _ENUMERATIONS:
            members["__contains__"] = _is_member
        members.setdefault("__getitem__", _asking(asks.ITEM))  # it may have `__class_getitem__`
        members.setdefault("__iter__", None)
    if shown > 0:
        _adapt(members, SHOWN[shown])
    if "__eq__" not in members:
        members.pop("__hash__", None)  # objects that equal only themselves: any hash will do
    elif "__hash__" not in members:
        members["__hash__"] = None
    if shown >= 0:
        members["__class__"] = property(shown_type)
    return type(name, (Remote,), members)


def _adapt(members: dict[str, Any], kind: type) -> None:
    """Make the methods of a proxy those of this type, which the object has."""
    if kind is types.FunctionType:
        members["__get__"] = _bind
    if "__getitem__" in members and "__iter__" not in members:
        members["__iter__"] = None  # for example a match: it takes more than an index
    for special in ("__lt__", "__le__", "__gt__", "__ge__"):
        members.pop(special, None)  # built-in types have them all, and most return nothing useful
    if kind is types.CoroutineType:
        members |= OF_COROUTINES
    if kind in _EQUAL_TO_THEIR_OWN:
        members["__eq__"] = _equal_to_its_own
        members["__hash__"] = None if kind is types.SimpleNamespace else object.__hash__
        members.pop("__ne__", None)


def _is_member(self: Any, item: object) -> bool:
    """Whether an object of the candidate is a member of its enumeration; of other values Python's version decides."""
    if not is_proxy(item):
        host_of(self).not_carried(f"__contains__ of {an_object_of(type(self).__name__)}", number_of_class(self))
    return any(one is item for one in (*self, *self.__members__.values()))


def _constructors(host: Host, number: int) -> dict[str, Any]:
    """The judge makes proxies; a call by the tests, as in `dataclasses.replace`, makes an object of the candidate's class."""

    def new(kind: type, /, *args: Any, **keywords: Any) -> Any:
        if args and args[0] is host:
            return object.__new__(kind)
        if CLASS_NUMBER not in kind.__dict__:
            host.not_carried(f"a subclass of the program's class {kind.__mro__[1].__name__}", number)
        return host.ask(asks.CALL, Remote(host, number), args, keywords)

    def init(self: Any, /, *args: Any, **_: Any) -> None:
        if args and args[0] is host:
            Remote.__init__(self, *args)

    return {"__new__": new, "__init__": init}


#: Classes of built-in types are the same in every sample.
remote_class = functools.lru_cache(maxsize=64)(new_remote_class)


def names_of(specials: int) -> list[str]:
    """The special methods of these bits."""
    return [name for place, name in enumerate(SPECIALS) if specials >> place & 1]


def _asking(operation: int) -> Callable[..., Any]:
    def method(self: Any, /, *args: Any, **kwargs: Any) -> Any:
        return host_of(self).ask(operation, self, args, kwargs)

    return method


def _as_descriptor(special: str) -> Callable[..., Any]:
    def method(self: Any, /, *args: Any) -> Any:
        return host_of(self).ask(asks.OF_DESCRIPTOR, self, (special, *args))

    return method


def _equal_to_its_own(self: Any, other: object) -> Any:
    if self is not other and isinstance(other, shown_type(self)):
        if shown_type(self) is re.Pattern:
            return (self.pattern, self.flags) == (other.pattern, other.flags)
        host_of(self).not_carried(f"== of {an_object_of(type(self).__name__)}", number_of_class(self))
    return True if self is other else NotImplemented


def _bind(self: Any, instance: object, _: object = None) -> Any:
    """What a class has where the tests put a function of the program into it."""
    return self if instance is None else types.MethodType(self, instance)


def _leave(self: Any, kind: Any, error: Any, traceback: Any) -> Any:
    if kind is not None:
        host_of(self).not_carried(
            f"an exception in a `with` of {an_object_of(type(self).__name__)}", number_of_class(self)
        )
    return host_of(self).ask(asks.EXIT, self)


class _OfTheClass:
    """The method `__copy__`, which `copy` looks up in the class; `itertools.tee` would copy an object that has it."""

    def __get__(self, instance: object, _: object = None) -> Any:
        if instance is not None:
            raise AttributeError("__copy__")
        return Remote.__copy__


def _of_the_class(look_up: Callable[[Any, str], Any]) -> Callable[[Any, str], Any]:
    """An attribute of a class: special methods are those of its instances, which `attribute_of` requests."""

    def attribute(self: Any, name: str) -> Any:
        if name in _OF_INSTANCES:
            raise AttributeError(name)
        return look_up(self, name)

    return attribute


for _kind in SHOWN[1:]:  # made once, in the supervisor
    remote_class(_kind.__name__, KNOWN[id(_kind)][1], KNOWN[id(_kind)][2])
