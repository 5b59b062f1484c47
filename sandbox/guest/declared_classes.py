"""Classes that the tests' prelude declares and that the program has under the same name, as the prompt of a problem does:
the nodes of a list or tree, data classes, enumerations.

Each side has a class of its own. An instance is sent as its attributes, like any other container, whatever methods the
program's class has; named tuples and members of enumerations are sent if both classes are declared alike (`shape`). On the
judge's side such an instance is one of the prelude's class, so that its methods are the prelude's.
"""

from __future__ import annotations

import abc
import enum
import functools
import re
import typing
from collections import deque
from collections.abc import Callable, Iterable
from types import CodeType, FunctionType, GetSetDescriptorType, MemberDescriptorType
from typing import Any

from sandbox.guest.built_in_values import LEAVES, base_of
from sandbox.guest.class_attributes import bases_of, members_of, mro_of
from sandbox.guest.library_types import name_of, named_fields

MOST = 250
_LEFT_OUT = frozenset(
    (
        *("__module__", "__dict__", "__weakref__", "__doc__", "__annotations__", "__firstlineno__"),
        *("__static_attributes__", "__annotate__", "__annotate_func__", "__annotations_cache__"),
        *("__abstractmethods__", "_abc_impl", "__orig_bases__", "__parameters__", "__type_params__"),
    )
)
#: What differs between the two sides in how a class is shown.
_PLACE = re.compile(r" at 0x[0-9a-f]+|\b(tests|candidate)\.")
_MAX_DEPTH, _MAX_TEXT = 8, 65_536
#: The metaclasses of classes that are declared without one of their own, and what they may derive from.
_METACLASSES = (type, abc.ABCMeta, type(typing.Protocol))
_ABSTRACT = (object, abc.ABC, typing.Generic, typing.Protocol)
_ENUMS = (enum.Enum, enum.IntEnum, enum.StrEnum, enum.Flag, enum.IntFlag)
#: What `Generic` puts into an instance; it is not sent.
_PARAMETERS = "__orig_class__"
#: Some of these are looked up in the instance: `copy.deepcopy` calls its `__deepcopy__`.
_SPECIAL = re.compile(r"__\w+__")


class Declared:
    """The classes of one sample that both sides have: a class has the same place on either."""

    def __init__(self, classes: Iterable[type] = ()) -> None:
        self.classes: list[Any] = list(classes)
        self.places = {id(kind): place for place, kind in enumerate(self.classes)}
        #: The classes themselves are sent by such names.
        self.named = {f"prelude.{place}": kind for place, kind in enumerate(self.classes)}
        self.names = {id(kind): name for name, kind in self.named.items()}

    def new(self, place: int) -> Any:
        """An instance without attributes. Raises an Exception if there is no such class."""
        if not is_container(self.classes[place]):
            raise ValueError("no class with attributes")
        return object.__new__(self.classes[place])

    def member(self, parts: list[Any]) -> Any:
        """A member of an enumeration from (place of the class, name). Raises an Exception if there is none."""
        place, name = parts
        kind = self.classes[place]
        if not isinstance(kind, enum.EnumMeta):
            raise ValueError("no enumeration")
        return kind(name) if type(name) is int and issubclass(kind, enum.Flag) else kind.__members__[name]

    def parts_of_member(self, value: Any) -> tuple[int, Any]:
        """What `member` makes this one of."""
        name = value._name_
        known = type(name) is str and name in type(value).__members__
        return self.places[id(type(value))], name if known else value._value_


NO_CLASSES = Declared()


def declared_in(namespace: dict[str, Any]) -> dict[str, tuple[str, bool]]:
    """The names of classes of which the instances could be sent, with the shape of each, and `is_container`."""
    own = [(name, kind) for name, kind in namespace.items() if isinstance(kind, type) and kind.__module__ == "tests"]
    found = [(name, kind, shape(kind)) for name, kind in own[:MOST] if kind.__name__ == name]
    return {name: (text, is_container(kind)) for name, kind, text in found if text}


def fits(kind: Any, text: str, holds_attributes: bool) -> bool:
    """Whether this class has that shape, or one of instances that hold attributes as well."""
    if not isinstance(kind, type) or kind is object:
        return False
    own = shape(kind)
    return own == text or (holds_attributes and is_container(kind) and own != "")


def is_container(kind: type) -> bool:
    """Whether instances of this declared class are sent as their attributes."""
    return type(kind) in _METACLASSES and tuple not in mro_of(kind)


def shape(kind: Any, depth: int = 0) -> str:
    """A text that is the same for classes that are declared alike; empty if instances can't be sent."""
    if depth > _MAX_DEPTH:
        return ""
    if (fields := named_fields(kind)) is not None:
        return f"{name_of(kind)}{fields!r}{_plain(members_of(kind)['_field_defaults'])}"
    is_enum = type(kind) is enum.EnumMeta
    if not is_enum and type(kind) not in _METACLASSES:
        return ""
    above = [_shape_of_base(base, is_enum, depth) for base in bases_of(kind)]
    if not all(above):
        return ""
    members = [] if is_enum else [*members_of(kind).items()]
    if is_enum:
        plain = [pair for pair in members_of(kind).items() if type(pair[1]) in (FunctionType, property)]
        members = [*((name, one.value) for name, one in kind.__members__.items()), *plain]
    told = sorted(f"{name}={_plain(value)}" for name, value in members if name not in _LEFT_OUT)
    text = f"{name_of(kind)}({','.join(above)}){{{';'.join(told)}}}"
    return text if len(text) <= _MAX_TEXT else ""


def _shape_of_base(base: type, is_enum: bool, depth: int) -> str:
    if base in (*_ENUMS, *LEAVES) if is_enum else base in _ABSTRACT:
        return base.__name__
    if base is object:  # of an enumeration
        return "object"
    if base.__module__ in ("builtins", "enum", "typing", "abc") or (is_enum and type(base) is not enum.EnumMeta):
        return ""
    if base is deque or base_of(base) not in (None, tuple):  # such as Decimal: an instance is sent as the base's value
        return ""
    return shape(base, depth + 1)


def _plain(value: Any) -> str:
    kind = type(value)
    if kind in LEAVES:
        return repr(value)
    if kind is FunctionType:
        return f"{_code(value.__code__)}{_plain(value.__defaults__)}{_plain(value.__kwdefaults__)}"
    if kind in (staticmethod, classmethod):
        return f"{kind.__name__}{_plain(value.__func__)}"
    if kind is property:
        return "".join(_plain(one) for one in (value.fget, value.fset, value.fdel))
    if kind in (tuple, list):
        return f"[{','.join(map(_plain, value))}]"
    if kind is dict:
        return f"{{{','.join(f'{key!r}:{_plain(one)}' for key, one in value.items())}}}"
    if kind is MemberDescriptorType:
        return "slot"
    text = repr(value) if kind.__module__ == "dataclasses" else kind.__name__
    return _PLACE.sub("", text)


def _code(code: CodeType) -> str:
    constants = [_code(one) if type(one) is CodeType else _plain(one) for one in code.co_consts]
    counts = (code.co_argcount, code.co_kwonlyargcount, code.co_posonlyargcount, code.co_flags)
    return f"<{code.co_code.hex()}{code.co_names}{code.co_varnames}{code.co_freevars}{counts}{constants}>"


def attributes(value: Any) -> list[Any]:
    """The attributes of an instance: names and values in turn."""
    found: list[Any] = []
    for name, slot in _slots(type(value)).items():
        try:
            found += (name, MemberDescriptorType.__get__(slot, value))
        except AttributeError:  # an empty slot
            continue
    return found + [item for pair in (_dict_of(value) or {}).items() if pair[0] != _PARAMETERS for item in pair]


def dict_of_instance(value: Any) -> Callable[[], Any] | None:
    """A function that returns the dict that holds all attributes of an instance; None if some are in slots."""
    own = None if _slots(type(value)) else _dict_getter(type(value))
    return None if own is None else functools.partial(own, value)


def takes_methods_place(value: Any) -> bool:
    """Whether an attribute of the instance is in the place of a method of its class, which may be what compares it."""
    return any(_replaces(type(value), name) for name in _dict_of(value) or () if name != _PARAMETERS)


def _replaces(kind: type, name: Any) -> bool:
    return is_method(kind, name) or (type(name) is str and _SPECIAL.fullmatch(name) is not None)


def is_method(kind: type, name: Any) -> bool:
    """Whether this class has a method of that name that an attribute of an instance would replace."""
    for one in mro_of(kind):
        if name in members_of(one):
            member = members_of(one)[name]
            how = type(member)
            binds = hasattr(how, "__get__") and not hasattr(how, "__set__") and how is not functools.cached_property
            return binds or callable(member)
    return False


def put_attributes(value: Any, items: list[Any]) -> None:
    """Give an instance this class, the first item, and exactly the attributes that follow. Raises TypeError if it can't
    have them, or if one would take a method's place."""
    kind, *items = items
    if kind is not type(value):
        if not is_container(kind):
            raise TypeError("a class without attributes")
        object.__setattr__(value, "__class__", kind)
    wanted = dict(zip(items[::2], items[1::2], strict=True))
    slots, own = _slots(type(value)), _dict_of(value)
    if not all(type(name) is str and (own is not None or name in slots) for name in wanted):
        raise TypeError("an attribute that it can't have")
    if any(_replaces(type(value), name) for name in wanted if name not in slots):
        raise TypeError("an attribute in place of a method")
    for name in attributes(value)[::2]:
        if name in slots and name not in wanted:
            MemberDescriptorType.__delete__(slots[name], value)
    if own is not None:
        own.clear()
        own.update((name, one) for name, one in wanted.items() if name not in slots)
    for name in slots.keys() & wanted.keys():
        MemberDescriptorType.__set__(slots[name], value, wanted[name])


def _slots(kind: type) -> dict[str, Any]:
    members = [pair for one in reversed(mro_of(kind)) for pair in members_of(one).items()]
    return {name: member for name, member in members if type(member) is MemberDescriptorType}


def _dict_of(value: Any) -> dict[str, Any] | None:
    own = _dict_getter(type(value))
    return None if own is None else own(value)


def _dict_getter(kind: type) -> Callable[[Any], dict[str, Any]] | None:
    for one in mro_of(kind):
        member = members_of(one).get("__dict__")
        if type(member) is GetSetDescriptorType:
            return member.__get__
    return None
