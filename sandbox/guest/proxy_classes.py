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
import inspect
import re
import types
from collections.abc import Callable
from typing import Any

from sandbox.guest import questions as asks
from sandbox.guest.abstract_classes import names_of_members, shown_class
from sandbox.guest.awaited import steps
from sandbox.guest.data_classes import Fields, fields_of_class
from sandbox.guest.descriptions import ASKED, KEPT, KNOWN, SHOWN, SPECIALS
from sandbox.guest.library_askers import is_kept
from sandbox.guest.library_types import is_made
from sandbox.guest.questions import Host
from sandbox.guest.special_names import hiding, is_special, tests_look_up

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
_OF_CLASSES = frozenset(("__bases__", "__mro__", "__init__"))
#: Special methods that a class has for its instances: those that not every object has, and its constructor.
_OF_INSTANCES = frozenset(SPECIALS) - frozenset(dir(object)) | {"__init__"}
#: What is asked for each special method.
FORWARDED = dict(
    zip(ASKED, (asks.CALL, asks.ITER, asks.NEXT, asks.LEN, asks.BOOL, asks.ITEM, asks.SET_ITEM, asks.DELETE_ITEM, asks.REVERSED,
                asks.ENTER, asks.STR, asks.REPR, asks.FORMAT), strict=True)
)  # fmt: skip


#: Shown types that compare only with objects of their own type.
_EQUAL_TO_THEIR_OWN = (types.MethodType, types.BuiltinFunctionType, types.SimpleNamespace, re.Pattern)


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

    def __instancecheck__(self, value: object) -> bool:
        if not is_remote(self) or shown_type(self) is not type:
            raise TypeError("isinstance() arg 2 must be a type, a tuple of types, or a union")
        return (is_proxy(value) or is_made(type(value))) and self.__host.ask(asks.IS_INSTANCE, self, (value,)) is True


#: The judge that a proxy belongs to, and the candidate's number for it. The class itself has no attributes with ordinary names,
#: because those of the candidate's objects may have the same.
_host_of: Callable[[Any], Any] = vars(Remote)["_Remote__host"].__get__
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
        host.not_carried(f"the attribute {name} of a function")
    if name == "__dataclass_fields__" and shown_type(proxy) is type:
        return fields_of_class(host.ask(asks.ATTRIBUTE, proxy, (name,)))
    wanted = name in host.special_names and tests_look_up()
    if name == "__signature__" and not wanted and hasattr(type(proxy), "__call__"):  # noqa: B004 - of the class, not of the object
        return _signature(host.ask(asks.SIGNATURE, proxy))
    if shown_type(proxy) is type and (name in _OF_CLASSES or name in SPECIALS):
        asked = host.ask(asks.ATTRIBUTE, proxy, (name,))
        return functools.partial(_kept(name), proxy) if name in KEPT else asked
    if is_special(name) and name not in _ASKED_ATTRIBUTES and not wanted:
        raise AttributeError(name)
    found = host.ask(asks.ATTRIBUTE, proxy, (name,))
    if is_kept(name, found):
        host.not_carried(f"the attribute {name} of {an_object_of(type(proxy).__name__)}", number_of_class(proxy))
    return found


def _signature(told: Any) -> inspect.Signature:
    empty = inspect.Parameter.empty
    kinds = tuple(inspect._ParameterKind)
    return inspect.Signature(
        [inspect.Parameter(name, kinds[kind], default=default[0] if default else empty) for name, kind, default in told]
    )


def an_object_of(name: str) -> str:
    return f"an object of the program's class {name}"


def new_remote_class(name: str, specials: int, shown: int, number: int = -1, told: Any = (), host: Any = None) -> type:
    members: dict[str, Any] = {"__slots__": (), SHOWN_TYPE: SHOWN[shown] if shown >= 0 else None, CLASS_NUMBER: number}
    members |= {name: Remote.__dict__[name] for name in ("__doc__", "__module__")}  # otherwise `type` makes some
    for special in names_of(specials):
        if special in KEPT:
            members[special] = _kept(special)
        elif special not in members and special not in ("__str__", "__repr__"):
            members[special] = _asking(FORWARDED[special])
    if own := names_of_members(told):
        members["__dataclass_fields__"] = Fields(own)
    if host is not None and shown < 0:
        members |= _constructors(host, number)
        kind = shown_class(name, told, Remote(host, number), host.ask)
        if kind is not None:
            members["__class__"] = property(lambda self: kind)
    if "__exit__" in members:
        members["__exit__"] = _leave
    if "__next__" in members:
        members["__copy__"] = _OfTheClass()
    members |= hiding(host.special_names, object) if host is not None else {}
    if shown == 0:
        members["__getattribute__"] = _of_the_class(members.get("__getattribute__", object.__getattribute__))
        members.setdefault("__getitem__", _asking(asks.ITEM))  # it may have `__class_getitem__`
        members.setdefault("__iter__", None)
    if shown > 0:
        if SHOWN[shown] is types.FunctionType:
            members["__get__"] = _bind
        if "__getitem__" in members and "__iter__" not in members:
            members["__iter__"] = None  # for example a match: it takes more than an index
        for special in ("__lt__", "__le__", "__gt__", "__ge__"):
            members.pop(special, None)  # built-in types have them all, and most return nothing useful
        if SHOWN[shown] is types.CoroutineType:
            members["__await__"] = steps
        if SHOWN[shown] in _EQUAL_TO_THEIR_OWN:
            members["__eq__"] = _equal_to_its_own
            members["__hash__"] = None if SHOWN[shown] is types.SimpleNamespace else object.__hash__
            members.pop("__ne__", None)
    if "__eq__" not in members:
        members.pop("__hash__", None)  # objects that equal only themselves: any hash will do
    elif "__hash__" not in members:
        members["__hash__"] = None
    if shown >= 0:
        members["__class__"] = property(shown_type)
    return type(name, (Remote,), members)


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
        return _host_of(self).ask(operation, self, args, kwargs)

    return method


def _kept(special: str) -> Callable[..., Any]:
    def method(self: Any, /, *_: Any) -> Any:
        _host_of(self).not_carried(f"{special} of {an_object_of(type(self).__name__)}", number_of_class(self))

    return method


def _equal_to_its_own(self: Any, other: object) -> Any:
    if self is not other and isinstance(other, shown_type(self)):
        if shown_type(self) is re.Pattern:
            return (self.pattern, self.flags) == (other.pattern, other.flags)
        _host_of(self).not_carried(f"== of {an_object_of(type(self).__name__)}", number_of_class(self))
    return True if self is other else NotImplemented


def _bind(self: Any, instance: object, _: object = None) -> Any:
    """What a class has where the tests put a function of the program into it."""
    return self if instance is None else types.MethodType(self, instance)


def _leave(self: Any, kind: Any, error: Any, traceback: Any) -> Any:
    if kind is not None:
        _host_of(self).not_carried(
            f"an exception in a `with` of {an_object_of(type(self).__name__)}", number_of_class(self)
        )
    return _host_of(self).ask(asks.EXIT, self)


class _OfTheClass:
    """The method `__copy__`, which `copy` looks up in the class; `itertools.tee` would copy an object that has it."""

    def __get__(self, instance: object, _: object = None) -> Any:
        if instance is not None:
            raise AttributeError("__copy__")
        return Remote.__copy__


def _of_the_class(look_up: Callable[[Any, str], Any]) -> Callable[[Any, str], Any]:
    """An attribute of a class: special methods are those of its instances, which `_attribute` requests."""

    def attribute(self: Any, name: str) -> Any:
        if name in _OF_INSTANCES:
            raise AttributeError(name)
        return look_up(self, name)

    return attribute


for _kind in SHOWN[1:]:  # made once, in the supervisor
    remote_class(_kind.__name__, KNOWN[id(_kind)][1], KNOWN[id(_kind)][2])
