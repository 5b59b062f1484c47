"""The abstract classes of the library that a program's class derives from, and `Enum`: tests ask `isinstance` for them.

The candidate tells their names, among the names of what the class defines. A stand-in's `__class__` is then an empty class
that derives from them. As with other descriptions, this is a claim that decides how an object can be used, and not whether it
is equal. So those of `numbers` are left out: a Fraction or Decimal of the tests compares with any `numbers.Rational` by asking
it for attributes.
"""

from __future__ import annotations

import abc
import collections.abc
import enum
import types
from collections.abc import Callable, Iterable
from typing import Any

_MARK = "is "
_KNOWN: dict[str, type] = {
    **{f"abc.{name}": kind for name, kind in vars(collections.abc).items() if isinstance(kind, abc.ABCMeta)},
    **{f"enum.{kind.__name__}": kind for kind in (enum.Enum, enum.IntEnum, enum.StrEnum, enum.Flag, enum.IntFlag)},
}
_NAMES = {id(kind): name for name, kind in _KNOWN.items()}


def told(mro: Iterable[type]) -> tuple[str, ...]:
    """What tells the judge those among these classes, the most derived ones first."""
    return tuple(_MARK + _NAMES[id(one)] for one in mro if id(one) in _NAMES)


def names_of_members(names: Iterable[Any]) -> tuple[str, ...]:
    """The names that tell something else."""
    return tuple(one for one in names if type(one) is str and not one.startswith(_MARK))


def shown_class(name: str, names: Iterable[Any], new: Callable[..., Any] | None) -> type | None:
    """The class that an object of this name is said to have; `new` is its `__new__`. None if it derives from no such class."""
    bases: list[type] = []
    for one in names:
        kind = _KNOWN.get(one[len(_MARK) :]) if type(one) is str and one.startswith(_MARK) else None
        if kind is not None and not any(issubclass(base, kind) for base in bases):
            bases.append(kind)
    members = {} if new is None or any(isinstance(base, enum.EnumMeta) for base in bases) else {"__new__": new}
    try:
        return types.new_class(name, tuple(bases), exec_body=lambda space: space.update(members)) if bases else None
    except (TypeError, ValueError):  # no class of the program can have such bases
        return None
