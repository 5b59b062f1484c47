"""Exceptions between candidate and judge.

The candidate describes an exception's class by the built-in classes that it derives from, found by identity: a class
that is merely named ValueError is not one. The judge raises an exception of a class that it makes itself, with the same
names and bases, or of the built-in class itself, or of the prelude's class if the program's module has the class under
the same name.
"""

from __future__ import annotations

import builtins
import contextlib
import types
from collections.abc import Callable
from inspect import getattr_static
from typing import Any, NoReturn

from sandbox.guest.declared_classes import is_method
from sandbox.guest.descriptions import SPECIALS
from sandbox.guest.exception_members import Attribute, Member
from sandbox.guest.library_exceptions import FIELDS, library_class, library_name
from sandbox.guest.library_types import name_of
from sandbox.guest.value_writer import Malformed

BUILT_IN: dict[str, type[BaseException]] = {
    kind.__name__: kind
    for kind in vars(builtins).values()
    if isinstance(kind, type) and issubclass(kind, BaseException)
}
_NAMES = {id(kind): name for name, kind in BUILT_IN.items()}
_mro = type.__dict__["__mro__"].__get__
_bases = type.__dict__["__bases__"].__get__
_members = type.__dict__["__dict__"].__get__
_own = BaseException.__dict__["__dict__"].__get__
_args, _cause, _context, _suppressed = (
    BaseException.__dict__[name].__get__ for name in ("args", "__cause__", "__context__", "__suppress_context__")
)
_SENT_SPECIALS = frozenset(("__notes__", "__suppress_context__"))
_SLOT = types.MemberDescriptorType
_slot = _SLOT.__get__
#: Attributes of classes that are sent: values of these types, and what an instance has in its slots.
_SENT = frozenset((type(None), bool, int, float, complex, str, bytes, _SLOT))
TESTS_MODULE = "tests"
_UNREADABLE = "<the exception's text could not be made>"
_MAX_DEPTH, _MAX_CHAIN, _MAX_ATTRIBUTES = 20, 40, 1_000
#: Where an exception made by the judge stores a text that is not its built-in class's.
_TEXT = "_text_in_the_program"
#: Special methods that would be used if they were not carried; `__str__` is carried as text.
_SPECIALS = frozenset(SPECIALS) - {"__str__"}


#: The first items of these two descriptions when sent as values.
EXCEPTION_CLASS, EXCEPTION = "exception class", "exception"


# --- the candidate's side -------------------------------------------------------------------------------------------


def is_exception_class(value: object) -> bool:
    """Whether it is a class that can be raised."""
    return id(type) in map(id, _mro(type(value))) and id(BaseException) in map(id, _mro(value))


def is_exception(value: object) -> bool:
    """Whether it could be raised unchanged."""
    return id(BaseException) in map(id, _mro(type(value)))


def _known_name(kind: type) -> str | None:
    """The name of a class that the other side has as well, built in or from a library."""
    return _NAMES.get(id(kind)) or library_name(kind)


def describe_class(kind: type, number: Callable[[object], int], module: dict[str, Any], depth: int = 0) -> Any:
    """The name of a class that is built in or a library's; for another class (number, name, whether the program's module
    has it so, its bases, names of what it defines that is not sent, or with simple values that it defines)."""
    name = _known_name(kind)
    if name is not None or depth > _MAX_DEPTH:
        return name or "BaseException"
    name = name_of(kind)
    bases = [base for base in _bases(kind) if id(BaseException) in map(id, _mro(base))]
    told = tuple(describe_class(base, number, module, depth + 1) for base in bases)
    owners = [one for one in _mro(kind) if one is kind or id(BaseException) not in map(id, _mro(one))][:-1]
    members = [pair for one in owners for pair in dict(_members(one)).items()]
    kept: list[Any] = [key for key, value in members if type(key) is str and _is_kept(key, value)]
    plain = [pair for pair in dict(_members(kind)).items() if _is_plain(*pair)]
    return number(kind), name, module.get(name) is kind, told, (*kept[:_MAX_ATTRIBUTES], *plain[:_MAX_ATTRIBUTES])


def _is_kept(name: str, value: object) -> bool:
    """Whether it is neither a simple value nor a slot: a method, a property and the like."""
    return name in _SPECIALS or name == "__init__" or not (name.startswith("_") or type(value) in _SENT)


def _is_plain(name: Any, value: object) -> bool:
    return type(name) is str and name[:1] != "_" and type(value) in _SENT and type(value) is not _SLOT


def _data_of(error: BaseException) -> list[tuple[str, Any]]:
    """Simple values and slots that its classes define, those that are not built in."""
    found: dict[str, Any] = {}
    for one in reversed(_mro(type(error))):
        if id(one) == id(object) or _known_name(one) is not None:
            continue
        for name, value in dict(_members(one)).items():
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
        if id(base) in map(id, _mro(kind)):
            values = [(field, vars(base)[field].__get__(error)) for field in fields if field not in left_out]
            attributes += [pair for pair in values if pair[1] is not None]  # texts show a None that has been set
    attributes += _data_of(error)
    attributes += [(name, value) for name, value in dict(_own(error)).items() if type(name) is str]
    chain = [None if one is None or len(told) > _MAX_CHAIN else describe(one, number, module, told, left_out)
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
    if id(BaseExceptionGroup) in map(id, _mro(type(error))) and len(args) == 2 and type(args[1]) is list:
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
    return next((_known_name(one) is None for one in _mro(kind) if "__str__" in _members(one)), False)


# --- the judge's side -----------------------------------------------------------------------------------------------


class Makers:
    """Makes the exceptions of one sample that the other side has. `module` are the names that both sides have;
    `not_carried` ends the sample; `own` returns an object of this side by its number, None for one of the other side;
    `construct` calls a class of the other side, `attribute` returns what it has of an exception."""

    def __init__(
        self,
        module: dict[str, Any],
        not_carried: Callable[[str], NoReturn],
        own: Callable[[int], Any] = lambda number: None,
        construct: Callable[[Any, tuple[Any, ...], dict[str, Any]], Any] | None = None,
        attribute: Attribute | None = None,
    ) -> None:
        self._module, self._not_carried, self._own, self._construct = module, not_carried, own, construct
        self._attribute = attribute
        #: The names that the tests' prelude defines, once it has been executed.
        self.prelude: dict[str, Any] | None = None
        self._classes: dict[int, type[BaseException]] = {}
        #: The other side's numbers for the classes that were made here.
        self.numbers: dict[int, int] = {}

    def class_of(self, told: Any, depth: int = 0) -> type[BaseException]:
        """The class for a description. Raises Malformed and whatever `type` raises."""
        if type(told) is str:
            return BUILT_IN.get(told) or library_class(told)
        number, name, known, bases, kept = told
        if depth > _MAX_DEPTH or type(name) is not str or type(number) is not int:
            raise Malformed("no class of exceptions")
        if number in self._classes:
            return self._classes[number]
        ours = self._own(number)
        if ours is None and known is True:
            ours = self._known_to_both(name)
        if isinstance(ours, type) and issubclass(ours, BaseException):
            made = ours
        else:
            parents = tuple(self.class_of(base, depth + 1) for base in bases)
            members: dict[str, Any] = {"__module__": "candidate", "__str__": _shown}
            above = [one for parent in parents for one in parent.__mro__ if id(one) not in self.numbers]
            library = frozenset(one for kind in above for one in vars(kind))
            for one in kept:
                if type(one) is tuple and _is_plain(*one) and one[0] not in library:
                    members[one[0]] = one[1]
                elif type(one) is str and (one in _SPECIALS or not (one.startswith("_") or one in library)):
                    members[one] = Member(self._not_carried, self._attribute, one, name)
            if "__init__" in kept or any("__init__" in vars(parent) for parent in parents if id(parent) not in _NAMES):
                members |= self._constructors(number, name)
            made = type(name, parents, members)
            self.numbers[id(made)] = number
        self._classes[number] = made
        return made

    def _known_to_both(self, name: str) -> Any:
        """What both sides have under this name: of the prelude, or imported. The tests' own classes are theirs alone."""
        found = self._module.get(name)
        imported = getattr(found, "__module__", None) != TESTS_MODULE
        return found if imported or self.prelude is None or self.prelude.get(name) is found else None

    def _constructors(self, number: int, name: str) -> dict[str, Any]:
        """A class with a constructor of its own is called where it is from."""

        def new(kind: type, /, *args: Any, **keywords: Any) -> Any:
            if self._construct is None or self.numbers.get(id(kind)) != number:
                self._not_carried(f"a subclass of the exception class {name}")
            return self._construct(kind, args, keywords)

        return {"__new__": new, "__init__": lambda self, /, *args, **keywords: None}

    def exception(self, told: Any, depth: int = 0) -> BaseException:
        """The exception for a description. Raises an Exception if the description is invalid."""
        class_told, args, text, attributes, *chain = told
        kind = self.class_of(class_told)
        if type(args) is not tuple or depth > _MAX_CHAIN or len(chain) != 2:
            raise Malformed("no exception")
        error = _bare(kind, args)
        if isinstance(error, BaseExceptionGroup) and len(args) == 2:
            error.args = (args[0], list(error.exceptions))
        for name, value in attributes:
            if type(name) is str and (not name.startswith("__") or name in _SENT_SPECIALS):
                put_attribute(error, name, value)
        if type(text) is str:
            put_attribute(error, _TEXT, text)
        cause, context = (
            self.exception(one, depth + 1) if one is not None and one is not True else None for one in chain
        )
        if chain[1] is True:
            context = cause
        if context is not None:
            error.__context__ = context
        if cause is not None:
            error.__cause__ = cause
        return error


def _bare(kind: type[BaseException], args: tuple[Any, ...]) -> BaseException:
    """An exception with these arguments, made without calling a prelude class's constructor."""
    base: Any = next(one for one in kind.__mro__ if id(one) in _NAMES)
    try:
        error: BaseException = base.__new__(kind, *args)
        base.__init__(error, *args)
    except Exception:  # its constructor requires something else
        error = BaseException.__new__(kind)
    error.args = args
    return error


def put_attribute(error: BaseException, name: str, value: object) -> None:
    """Give the copy of an exception an attribute, unless that takes the place of a method."""
    if is_method(type(error), name) and type(getattr_static(type(error), name)) is not Member:
        return  # the method may be what compares it
    try:
        object.__setattr__(error, name, value)
    except Exception:  # a field of another type
        return


def _shown(self: BaseException) -> str:
    text = vars(self).get(_TEXT)
    if type(text) is str:
        return text
    base: Any = next(one for one in type(self).__mro__ if vars(one).get("__str__", _shown) is not _shown)
    return str(base.__str__(self))
