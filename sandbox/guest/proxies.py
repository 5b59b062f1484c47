"""Stand-ins in the judge's process for objects of the candidate that are not plain.

A proxy has the special methods that, according to the candidate, its class has. Those that only use the object are
forwarded (calling it, iterating it, showing it). Those that would let the object decide whether it is correct are not:
comparisons, arithmetic, hashes. If the class does not define such a method, the tests get Python's default, as in one
process; if it does, the sample ends there, and has not passed (`Host.not_carried`).

An instance of a subclass of a built-in type is represented by an instance of a subclass, with the base's value, under
the same rule.
"""

from __future__ import annotations

import functools
import inspect
import re
import types
from collections.abc import Callable
from typing import Any, NoReturn, Protocol

from sandbox.guest import candidate_answers as asks
from sandbox.guest.built_in_values import bare_value
from sandbox.guest.descriptions import ASKED, BASES, KEPT, KNOWN, SHOWN, SPECIALS
from sandbox.guest.raised import EXCEPTION, EXCEPTION_CLASS, Makers
from sandbox.guest.value_codec import NOTHING, Malformed


class Host(Protocol):
    """The judge, as seen by proxies."""

    def ask(self, operation: int, target: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None) -> Any:
        """The candidate's answer."""

    def not_carried(self, what: str, kind: int = -1) -> NoReturn:
        """End the sample, which has not passed. `kind` is the candidate's number for the object's class."""


#: Dunder attributes that are requested from the candidate; all others are looked up by protocols: copying, numpy's
#: arrays and the like.
_ASKED_ATTRIBUTES = frozenset(
    (
        *(
            "__name__",
            "__qualname__",
            "__doc__",
            "__module__",
            "__dict__",
            "__annotations__",
            "__defaults__",
            "__kwdefaults__",
        ),
        *(
            "__code__",
            "__wrapped__",
            "__self__",
            "__func__",
            "__members__",
            "__match_args__",
            "__notes__",
            "__args__",
            "__origin__",
        ),
    )
)
#: Attributes of a function that can't be sent.
_KEPT_ATTRIBUTES = frozenset(("__globals__", "__closure__"))
_OPERATIONS = dict(
    zip(ASKED, (asks.CALL, asks.ITER, asks.NEXT, asks.LEN, asks.BOOL, asks.ITEM, asks.SET_ITEM, asks.DELETE_ITEM, asks.REVERSED,
                asks.ENTER, asks.STR, asks.REPR, asks.FORMAT), strict=True)
)  # fmt: skip


#: Shown types that compare only with objects of their own type.
_EQUAL_TO_THEIR_OWN = (types.MethodType, types.BuiltinFunctionType, types.SimpleNamespace, re.Pattern)
#: Built-in types with mutable instances.
CHANGING = (list, dict, set, bytearray)
#: What `bare_value` returns for each.
_BROUGHT: dict[Any, Any] = {list: tuple, dict: tuple, set: frozenset, bytearray: bytes}


class Remote:
    """A proxy of an object without a built-in value. Equality and hash are those of a bare object."""

    __slots__ = ("__host", "__number")

    def __init__(self, host: Host, number: int) -> None:
        object.__setattr__(self, "_Remote__host", host)
        object.__setattr__(self, "_Remote__number", number)

    @property
    def __doc__(self) -> Any:  # type: ignore[override]
        return self.__host.ask(asks.ATTRIBUTE, self, ("__doc__",))

    @property
    def __module__(self) -> Any:  # type: ignore[override]
        return self.__host.ask(asks.ATTRIBUTE, self, ("__module__",))

    def __getattr__(self, name: str) -> Any:
        return _attribute(self.__host, self, name)

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
        self.__host.not_carried(f"a copy of {_a(type(self).__name__)}")

    def __instancecheck__(self, value: object) -> bool:
        if not is_remote(self) or type(self).__dict__.get("_shown") is not type:
            raise TypeError("isinstance() arg 2 must be a type, a tuple of types, or a union")
        return is_proxy(value) and self.__host.ask(asks.IS_INSTANCE, self, (value,)) is True

    @staticmethod
    def host(value: Any) -> Any:
        """The judge that a proxy belongs to."""
        return value.__host

    @staticmethod
    def number(value: Any) -> int:
        """The candidate's number for a proxy."""
        return int(value.__number)


def is_remote(value: object) -> bool:
    """Whether it is a proxy of an object without a built-in value, whatever `__class__` claims."""
    return issubclass(type(value), Remote)


def is_proxy(value: object) -> bool:
    """Whether it stands for an object of the candidate."""
    return is_remote(value) or "_of_the_candidate" in type(value).__dict__


def _attribute(host: Host, proxy: object, name: str) -> Any:
    if (
        name in _KEPT_ATTRIBUTES
        and issubclass(type(proxy), Remote)
        and type(proxy).__dict__.get("_shown") in SHOWN[1:4]
    ):
        host.not_carried(f"the attribute {name} of a function")
    if name == "__signature__" and hasattr(type(proxy), "__call__"):  # noqa: B004 - of the class, not of the object
        return _signature(host.ask(asks.SIGNATURE, proxy))
    if name.startswith("__") and name.endswith("__") and name not in _ASKED_ATTRIBUTES:
        raise AttributeError(name)
    return host.ask(asks.ATTRIBUTE, proxy, (name,))


def _signature(told: Any) -> inspect.Signature:
    empty = inspect.Parameter.empty
    kinds = tuple(inspect._ParameterKind)
    return inspect.Signature(
        [inspect.Parameter(name, kinds[kind], default=default[0] if default else empty) for name, kind, default in told]
    )


def _a(name: str) -> str:
    return f"an object of the program's class {name}"


class Proxies:
    """Makes the proxies of one sample: the same object always has the same proxy."""

    def __init__(self, host: Host, makers: Makers) -> None:
        self._host, self._makers = host, makers
        self._made: dict[int, Any] = {}
        self._classes: dict[int, type] = {}
        self._numbers: dict[int, int] = {}
        self._class_of: dict[int, type] = {}
        self._came: dict[int, Any] = {}  # the contents of mutable objects, as last received

    def make(self, number: int, told: Any, bare: Any) -> Any:
        """The proxy of an object, of which a description is sent once. Raises an Exception for an invalid
        description."""
        known = self._made.get(number)
        if known is not None and number not in self._came:
            return known
        if told is not None and told[0] in (EXCEPTION_CLASS, EXCEPTION):
            one = self._makers.class_of(told[1]) if told[0] == EXCEPTION_CLASS else self._makers.exception(told[1])
            self._made[number], self._numbers[id(one)] = one, number
            return one
        kind = self._class_of.get(number) or self._class(*(told or (-1, "object", 0, -1, -1, ())))
        if bare is NOTHING:
            if not issubclass(kind, Remote):
                raise Malformed("an object without its value")
            made = self._made[number] = kind(self._host, number)
            return made
        if known is None:
            self._class_of[number], known = kind, _made(kind, bare)
            self._made[number], self._numbers[id(known)] = known, number
        else:
            self._as_it_came(number)
        if kind.__mro__[1] in CHANGING:
            _fill(known, bare)
            self._came[number] = bare
        return known

    def number(self, value: object) -> int | None:
        """The candidate's number for a proxy; None for any other object."""
        if is_remote(value):
            return Remote.number(value)
        number = self._numbers.get(id(value))
        if number is None and is_proxy(value):
            self._host.not_carried(f"a copy of {_a(type(value).__name__)}", type(value)._kind)  # type: ignore[attr-defined]
        if number in self._came:
            self._as_it_came(number)
        return number

    def _as_it_came(self, number: int) -> None:
        """End the sample if the tests have changed a candidate's object, because the candidate does not know of the
        change."""
        made = self._made[number]
        if bare_value(made, type(made).__mro__[1]) != self._came[number]:
            self._host.not_carried(f"a change of {_a(type(made).__name__)}", type(made)._kind)

    def _class(self, number: Any, name: Any, specials: Any, shown: Any, base: Any, replaced: Any) -> type:
        known = self._classes.get(number)
        if known is None:
            if (
                type(name) is not str
                or type(specials) is not int
                or type(shown) is not int
                or not -1 <= base < len(BASES)
            ):
                raise Malformed("no class")
            if base >= 0:
                known = _derived_class(self._host, (number, name), specials, BASES[base], replaced)
            elif shown > 0:
                self._classes[number] = known = _remote_class(SHOWN[shown].__name__, specials, shown)
                return known
            else:
                known = _new_remote_class(name, specials, shown, number)
            self._classes[number] = known
            self._numbers[id(known)] = number
        return known


def _new_remote_class(name: str, specials: int, shown: int, number: int = -1) -> type:
    members: dict[str, Any] = {"__slots__": (), "_shown": SHOWN[shown] if shown >= 0 else None, "_kind": number}
    members |= {name: Remote.__dict__[name] for name in ("__doc__", "__module__")}  # otherwise `type` makes some
    for special in _names(specials):
        if special in KEPT:
            members[special] = _kept(special)
        elif special not in members and special not in ("__str__", "__repr__"):
            members[special] = _asking(_OPERATIONS[special])
    if "__exit__" in members:
        members["__exit__"] = _leave
    if shown > 0:
        if "__getitem__" in members and "__iter__" not in members:
            members["__iter__"] = None  # for example a match: it takes more than an index
        for special in ("__lt__", "__le__", "__gt__", "__ge__"):
            members.pop(special, None)  # built-in types have them all, and most return nothing useful
        if SHOWN[shown] in _EQUAL_TO_THEIR_OWN:
            members["__eq__"] = _equal_to_its_own
            members["__hash__"] = None if SHOWN[shown] is types.SimpleNamespace else object.__hash__
            members.pop("__ne__", None)
    if "__eq__" not in members:
        members.pop("__hash__", None)  # objects that equal only themselves: any hash will do
    elif "__hash__" not in members:
        members["__hash__"] = None
    if shown >= 0:
        members["__class__"] = property(lambda self: type(self)._shown)
    return type(name, (Remote,), members)


#: Classes of built-in types are the same in every sample.
_remote_class = functools.lru_cache(maxsize=64)(_new_remote_class)


def _names(specials: int) -> list[str]:
    return [name for place, name in enumerate(SPECIALS) if specials >> place & 1]


def _asking(operation: int) -> Callable[..., Any]:
    def method(self: Any, /, *args: Any, **kwargs: Any) -> Any:
        return Remote.host(self).ask(operation, self, args, kwargs)

    return method


def _kept(special: str) -> Callable[..., Any]:
    def method(self: Any, /, *_: Any) -> Any:
        Remote.host(self).not_carried(f"{special} of {_a(type(self).__name__)}", type(self)._kind)

    return method


def _equal_to_its_own(self: Any, other: object) -> Any:
    if self is not other and isinstance(other, type(self)._shown):
        Remote.host(self).not_carried(f"== of {_a(type(self).__name__)}", type(self)._kind)
    return True if self is other else NotImplemented


def _leave(self: Any, kind: Any, error: Any, traceback: Any) -> Any:
    if kind is not None:
        Remote.host(self).not_carried(f"an exception in a `with` of {_a(type(self).__name__)}", type(self)._kind)
    return Remote.host(self).ask(asks.EXIT, self)


def _derived_class(host: Host, called: tuple[int, str], specials: int, base: type, replaced: Any) -> type:
    """A subclass of a built-in type."""
    number, name = called
    changes = base in CHANGING
    members: dict[str, Any] = {"_of_the_candidate": True, "_kind": number, "__module__": "candidate"}

    def kept(what: str) -> Callable[..., Any]:
        return lambda self, *args, **kwargs: host.not_carried(f"{what} of {_a(name)}", number)

    def attribute(self: Any, wanted: str) -> Any:
        found = _attribute(host, self, wanted)
        if changes and is_remote(found):  # a method, which would work on the candidate's copy
            host.not_carried(f"the attribute {wanted} of {_a(name)}", number)
        return found

    for special in _names(specials):
        shows = special in ("__str__", "__repr__", "__format__")
        members[special] = _asking_of(host, _OPERATIONS[special]) if shows and not changes else kept(special)
    for other in replaced:
        if type(other) is str and not other.startswith("_"):
            get = kept(other) if changes else (lambda self, other=other: host.ask(asks.ATTRIBUTE, self, (other,)))
            members[other] = property(get)
    members["__getattr__"] = attribute
    if not changes:  # others are copied here, and the copy can't be passed back
        members["__copy__"] = _asking_of(host, asks.COPY)
        members["__deepcopy__"] = lambda self, _: host.ask(asks.DEEP_COPY, self)
    return type(name, (base,), members)


def _asking_of(host: Host, operation: int) -> Callable[..., Any]:
    return lambda self, *args: host.ask(operation, self, args)


def _made(kind: type, bare: Any) -> Any:
    """An instance of a subclass of a built-in type; a mutable one is still empty."""
    base: Any = kind.__mro__[1]
    if "_of_the_candidate" not in kind.__dict__ or (base not in CHANGING and type(bare) is not base):
        raise Malformed("a value of another type")
    return base.__new__(kind) if base in CHANGING else base.__new__(kind, bare)


def _fill(made: Any, bare: Any) -> None:
    """Put the received contents into it. Raises an Exception if they are of another type."""
    base: Any = type(made).__mro__[1]
    if type(bare) is not _BROUGHT[base]:
        raise Malformed("a value of another type")
    base.clear(made)
    (base.extend if base in (list, bytearray) else base.update)(made, bare)


for _kind in SHOWN[1:]:  # made once, in the supervisor
    _remote_class(_kind.__name__, KNOWN[id(_kind)][1], KNOWN[id(_kind)][2])
