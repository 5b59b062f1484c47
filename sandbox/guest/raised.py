"""Exceptions between candidate and judge: how one is described. The other side makes its own (`made_exceptions.py`).

A class is described by the built-in classes that it derives from, found by identity: a class that is merely named ValueError
is not one.
"""

from __future__ import annotations

import builtins
import contextlib
import types
from collections.abc import Callable
from typing import Any

from sandbox.guest.class_attributes import bases_of, members_of, mro_of
from sandbox.guest.descriptions import SPECIALS
from sandbox.guest.library_exceptions import FIELDS, library_name
from sandbox.guest.library_types import name_of

BUILT_IN: dict[str, type[BaseException]] = {
    kind.__name__: kind
    for kind in vars(builtins).values()
    if isinstance(kind, type) and issubclass(kind, BaseException)
}
#: By the ids of these classes.
NAMES = {id(kind): name for name, kind in BUILT_IN.items()}
_own = BaseException.__dict__["__dict__"].__get__
_args, _cause, _context, _suppressed = (
    BaseException.__dict__[name].__get__ for name in ("args", "__cause__", "__context__", "__suppress_context__")
)
_SLOT = types.MemberDescriptorType
_slot = _SLOT.__get__
#: Attributes of classes that are sent: values of these types, and what an instance has in its slots.
_SENT = frozenset((type(None), bool, int, float, complex, str, bytes, _SLOT))
_UNREADABLE = "<the exception's text could not be made>"
#: How deeply classes may be nested in a description, how many causes and contexts it may have, and how many attributes are told.
MAX_DEPTH, MAX_CHAIN, _MAX_ATTRIBUTES = 20, 40, 1_000
#: Special methods that would be used if they were not carried; `__str__` is carried as text.
USED_SPECIALS = frozenset(SPECIALS) - {"__str__"}

#: The first items of these two descriptions when sent as values.
EXCEPTION_CLASS, EXCEPTION = "exception class", "exception"


def is_exception_class(value: object) -> bool:
    """Whether it is a class that can be raised."""
    return id(type) in map(id, mro_of(type(value))) and id(BaseException) in map(id, mro_of(value))


def is_exception(value: object) -> bool:
    """Whether it could be raised unchanged."""
    return id(BaseException) in map(id, mro_of(type(value)))


def _known_name(kind: type) -> str | None:
    """The name of a class that the other side has as well, built in or from a library."""
    return NAMES.get(id(kind)) or library_name(kind)


def describe_class(kind: type, number: Callable[[object], int], module: dict[str, Any], depth: int = 0) -> Any:
    """The name of a class that is built in or a library's; for another class (number, name, whether the program's module
    has it so, its bases, names of what it defines that is not sent, or with simple values that it defines)."""
    name = _known_name(kind)
    if name is not None or depth > MAX_DEPTH:
        return name or "BaseException"
    name = name_of(kind)
    bases = [base for base in bases_of(kind) if id(BaseException) in map(id, mro_of(base))]
    told = tuple(describe_class(base, number, module, depth + 1) for base in bases)
    owners = [one for one in mro_of(kind) if one is kind or id(BaseException) not in map(id, mro_of(one))][:-1]
    members = [pair for one in owners for pair in dict(members_of(one)).items()]
    kept: list[Any] = [key for key, value in members if type(key) is str and _is_kept(key, value)]
    plain = [pair for pair in dict(members_of(kind)).items() if is_plain(*pair)]
    return number(kind), name, module.get(name) is kind, told, (*kept[:_MAX_ATTRIBUTES], *plain[:_MAX_ATTRIBUTES])


def _is_kept(name: str, value: object) -> bool:
    """Whether it is neither a simple value nor a slot: a method, a property and the like."""
    return name in USED_SPECIALS or name == "__init__" or not (name.startswith("_") or type(value) in _SENT)


def is_plain(name: Any, value: object) -> bool:
    """Whether it is a simple value that is sent with its class."""
    return type(name) is str and name[:1] != "_" and type(value) in _SENT and type(value) is not _SLOT


def _data_of(error: BaseException) -> list[tuple[str, Any]]:
    """Simple values and slots that its classes define, those that are not built in."""
    found: dict[str, Any] = {}
    for one in reversed(mro_of(type(error))):
        if id(one) == id(object) or _known_name(one) is not None:
            continue
        for name, value in dict(members_of(one)).items():
            found.pop(name, None)  # of a base
            if type(name) is str and not name.startswith("_") and type(value) in _SENT:
                with contextlib.suppress(AttributeError):  # an empty slot
                    found[name] = _slot(value, error) if type(value) is _SLOT else value
    return list(found.items())


def describe(
    error: BaseException,
    number: Callable[[object], int],
    module: dict[str, Any],
    told: list[None] | None = None,
    left_out: frozenset[str] = frozenset(),
) -> tuple[Any, ...]:
    """(class, arguments, text if the class defines its own, attributes without those left out, cause, context). `told` has an
    item for each that is described, this one and the causes and contexts."""
    told = [] if told is None else told
    told.append(None)
    kind = type(error)
    cause, context = _cause(error), _context(error)
    attributes: list[tuple[str, Any]] = [("__suppress_context__", True)] if cause is None and _suppressed(error) else []
    for base, fields in FIELDS:
        if id(base) in map(id, mro_of(kind)):
            values = [(field, vars(base)[field].__get__(error)) for field in fields if field not in left_out]
            attributes += [pair for pair in values if pair[1] is not None]  # texts show a None that has been set
    attributes += _data_of(error)
    attributes += [(name, value) for name, value in dict(_own(error)).items() if type(name) is str]
    chain = [None if one is None or len(told) > MAX_CHAIN else describe(one, number, module, told, left_out)
             for one in (cause, None if context is cause else context)]  # fmt: skip
    return (
        describe_class(kind, number, module),
        _args_of(error),
        text_of(error) if _has_own_text(kind) else None,
        tuple(attributes[:_MAX_ATTRIBUTES]),
        chain[0],
        True if context is cause and cause is not None else chain[1],
    )


def _args_of(error: BaseException) -> tuple[Any, ...]:
    """Its arguments; a group's list as a tuple, because a list is filled too late to make the group."""
    args = tuple(_args(error))
    if id(BaseExceptionGroup) in map(id, mro_of(type(error))) and len(args) == 2 and type(args[1]) is list:
        return args[0], tuple(args[1])
    return args


def describe_briefly(error: BaseException, number: Callable[[object], int], module: dict[str, Any]) -> tuple[Any, ...]:
    """The same for an exception that can't be read completely."""
    return describe_class(type(error), number, module), (text_of(error)[:2_000],), None, (), None, None


def text_of(error: BaseException) -> str:
    """Its `str`, as a string of exactly that type."""
    try:
        text = str(error)
        return text if type(text) is str else str.__str__(text)
    except BaseException:
        return _UNREADABLE


def _has_own_text(kind: type) -> bool:
    """Whether a class that the other side does not have defines what `str` returns."""
    return next((_known_name(one) is None for one in mro_of(kind) if "__str__" in members_of(one)), False)
