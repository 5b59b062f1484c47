"""The abstract classes of the library that a program's class derives from, and `Enum`: tests ask `isinstance` for them.

The candidate tells their names, among the names of what the class defines, and those of other classes of the library
(`library_instances.py`). A stand-in's `__class__` is then a class that derives from them. As with other descriptions, this is
a claim that decides how an object can be used, and not whether it is equal. So those are left out with which values of the
tests compare themselves by asking the other for attributes or items: a Fraction or Decimal with any `numbers.Rational`, a set
of a class of its own with any `collections.abc.Set`.
"""

from __future__ import annotations

import collections.abc
import enum
import types
from collections.abc import Callable, Iterable
from typing import Any

from sandbox.guest import library_instances
from sandbox.guest import questions as asks

_MARK = "is "
_ABSTRACT = (
    *("Sequence", "MutableSequence", "Mapping", "MutableMapping", "Collection", "Reversible", "Iterator", "Iterable"),
    *("Container", "Sized", "Callable", "Hashable"),
)
_KNOWN: dict[str, type] = {
    **{f"abc.{name}": getattr(collections.abc, name) for name in _ABSTRACT},
    **{f"enum.{kind.__name__}": kind for kind in (enum.Enum, enum.IntEnum, enum.StrEnum, enum.Flag, enum.IntFlag)},
}
_NAMES = {id(kind): name for name, kind in _KNOWN.items()}


def told(mro: Iterable[type]) -> tuple[str, ...]:
    """What tells the judge those among these classes, the most derived ones first, and other classes of the library."""
    known = (_NAMES[id(one)] for one in mro if id(one) in _NAMES)
    return tuple(_MARK + name for name in (*known, *library_instances.told(mro)))


def names_of_members(names: Iterable[Any]) -> tuple[str, ...]:
    """The names that tell something else."""
    return tuple(one for one in names if type(one) is str and not one.startswith(_MARK))


def shown_class(name: str, names: Iterable[Any], proxy: Any, ask: Callable[..., Any]) -> property | None:
    """`__class__` of an object of this name: the class that it is said to have; None if it derives from none that are known here.
    `proxy` stands for the candidate's class, of which `ask` requests everything else."""
    told = [one[len(_MARK) :] for one in names if type(one) is str and one.startswith(_MARK)]
    bases: list[type] = []
    for one in told:
        if one in _KNOWN and not any(issubclass(base, _KNOWN[one]) for base in bases):
            bases.append(_KNOWN[one])
    kind = _made(name, tuple(bases), proxy, ask)
    if len(told) > len(bases) and any(one not in _KNOWN for one in told):
        return _of_library(told, kind, lambda more: _made(name, (*more, *bases), proxy, ask))
    return property(lambda self: kind) if kind is not None else None


def _of_library(told: list[str], kind: type | None, make: Callable[[tuple[type, ...]], type | None]) -> property:
    """`__class__` of an object that the tests may take for one of the library's; for others its class is `kind`, or what a
    stand-in's is if that is None."""
    made: dict[tuple[type, ...], type | None] = {}

    def class_of(self: Any) -> Any:
        is_exact, bases = library_instances.bases_of(told) if library_instances.tests_ask() else (False, ())
        if bases and not is_exact and bases not in made:
            made[bases] = make(bases)
        return (bases and (bases[0] if is_exact else made[bases])) or kind or type(self)

    return property(class_of)


def _made(name: str, bases: tuple[type, ...], proxy: Any, ask: Callable[..., Any]) -> type | None:
    if not bases:
        return None
    others = (one for one in dict.fromkeys(map(type, bases)) if one is not type)
    try:
        how = type("type", (_Shown, *others), {})
        made = types.new_class(name, bases, {"metaclass": how})
    except (TypeError, ValueError):  # no class of the program can have such bases
        return None
    type.__setattr__(made, _ASKED, (proxy, ask))
    return made


_ASKED = "_asked_of_the_candidate"


class _Shown(type):
    """The metaclass of such a class: it is asked for what the program's class has."""

    def __getattribute__(cls, name: str) -> Any:
        asked = type.__getattribute__(cls, "__dict__").get(_ASKED)
        if asked is None or name == "_abc_impl" or (name.startswith("__") and name not in _OF_THE_PROGRAM):
            return type.__getattribute__(cls, name)
        return _ask(cls, asks.ATTRIBUTE, name)

    def __call__(cls, /, *args: Any, **keywords: Any) -> Any:
        if _ASKED not in vars(cls):
            raise TypeError("a subclass of the program's class does not cross to the tests")
        proxy, ask = vars(cls)[_ASKED]
        return ask(asks.CALL, proxy, args, keywords)

    def __iter__(cls) -> Any:
        return _ask(cls, asks.ITER) if _ASKED in vars(cls) else iter(())  # while it is made: it is empty

    def __reversed__(cls) -> Any:
        return _ask(cls, asks.REVERSED)

    def __len__(cls) -> Any:
        return _ask(cls, asks.LEN)

    def __bool__(cls) -> bool:
        return True

    def __getitem__(cls, key: object) -> Any:
        return _ask(cls, asks.ITEM, key)

    def __contains__(cls, item: object) -> bool:
        return any(one is item for one in cls)

    def __repr__(cls) -> Any:
        return _ask(cls, asks.REPR)


#: Special attributes that the class above does not have as the program's has them.
_OF_THE_PROGRAM = frozenset(("__members__", "__doc__", "__annotations__", "__dataclass_fields__"))


def _ask(cls: type, operation: int, *args: Any) -> Any:
    proxy, ask = vars(cls)[_ASKED]
    return ask(operation, proxy, args)
