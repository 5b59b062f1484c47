"""Exceptions between candidate and judge: made on one side from the description of the other (`raised.py`).

The judge raises an exception of a class that it makes itself, with the same names and bases, or of the built-in class itself, or
of the prelude's class if the program's module has the class under the same name.
"""

from __future__ import annotations

from collections.abc import Callable
from inspect import getattr_static
from typing import Any, NoReturn

from sandbox.guest.declared_classes import is_method
from sandbox.guest.exception_members import Attribute, Member
from sandbox.guest.library_exceptions import library_class
from sandbox.guest.raised import BUILT_IN, MAX_CHAIN, MAX_DEPTH, NAMES, USED_SPECIALS, is_plain
from sandbox.guest.value_writer import Malformed

_TESTS_MODULE = "tests"
_SENT_SPECIALS = frozenset(("__notes__", "__suppress_context__"))
#: Where an exception made by the judge stores a text that is not its built-in class's.
_TEXT = "_text_in_the_program"


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
        if depth > MAX_DEPTH or type(name) is not str or type(number) is not int:
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
                if type(one) is tuple and is_plain(*one) and one[0] not in library:
                    members[one[0]] = one[1]
                elif type(one) is str and (one in USED_SPECIALS or not (one.startswith("_") or one in library)):
                    members[one] = Member(self._not_carried, self._attribute, one, name)
            if "__init__" in kept or any("__init__" in vars(parent) for parent in parents if id(parent) not in NAMES):
                members |= self._constructors(number, name)
            made = type(name, parents, members)
            self.numbers[id(made)] = number
        self._classes[number] = made
        return made

    def _known_to_both(self, name: str) -> Any:
        """What both sides have under this name: of the prelude, or imported. The tests' own classes are theirs alone."""
        found = self._module.get(name)
        imported = getattr(found, "__module__", None) != _TESTS_MODULE
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
        if type(args) is not tuple or depth > MAX_CHAIN or len(chain) != 2:
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
    base: Any = next(one for one in kind.__mro__ if id(one) in NAMES)
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
