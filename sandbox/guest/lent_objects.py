"""What the tests pass to the program without being plain data: functions, iterators and exceptions. They stay with the
judge, and the candidate gets a stand-in (`borrowed_objects.py`).

The candidate can use only what the tests have passed to it, and only by the operations below. It never gets an attribute
of such an object besides those that describe it: a function's globals are the tests themselves.
"""

from __future__ import annotations

import functools
import inspect
import itertools
import operator
import types
from collections.abc import Callable, Iterator
from typing import Any

from sandbox.guest import raised
from sandbox.guest.built_in_values import LEAVES
from sandbox.guest.library_functions import is_bound_to_tests, library_path
from sandbox.guest.library_types import SENT_NAMES

#: Numbers with this bit are those of the tests' objects.
LENT = 1 << 31
#: What a candidate may ask a lent object to do; sent as indices into this table.
OPERATIONS: tuple[Callable[..., Any], ...] = (
    lambda function, /, *args, **kwargs: function(*args, **kwargs),
    next,
    lambda generator, value: generator.send(value),
    lambda generator, error: generator.throw(error),
    lambda generator: generator.close(),
)
CALL, NEXT, SEND, THROW, CLOSE = range(len(OPERATIONS))
#: The kinds of descriptions.
FUNCTION, CALLABLE, PARTIAL, GETTER, GENERATOR, ITERATOR, BARE, NAMED, LIBRARY = range(9)
#: What the candidate may ask for. Functions of libraries, partials and getters it uses on its own side: executed here,
#: `eval` would execute the candidate's text.
_USES: dict[Any, tuple[int, ...]] = {
    FUNCTION: (CALL,),
    CALLABLE: (CALL,),
    GENERATOR: (NEXT, SEND, THROW, CLOSE),
    ITERATOR: (NEXT,),
    raised.EXCEPTION_CLASS: (CALL,),
}
_GETTERS = (operator.itemgetter, operator.attrgetter, operator.methodcaller)


class Lender:
    """The tests' objects that the candidate of one sample has. `prelude`: the names that the tests' prelude defines."""

    def __init__(self) -> None:
        self._objects: list[Any] = []
        self._numbers: dict[int, int] = {}
        self._told: set[int] = set()
        self._fresh: set[int] = set()
        self._uses: dict[int, tuple[int, ...]] = {}  # by number, of what can be lent
        self.prelude: dict[str, Any] = {}
        #: The candidate's number for a class of exceptions that was made for it, or None.
        self.number_of_class: Callable[[type], int | None] = lambda kind: None

    def __len__(self) -> int:
        return len(self._objects)

    def get(self, number: int) -> Any:
        """The object of that number. Raises KeyError."""
        if number not in self._uses:
            raise KeyError(number)
        return self._objects[number & ~LENT]

    def use(self, operation: int, number: int) -> Callable[..., Any]:
        """What carries out this operation on the object of that number. Raises KeyError or ValueError."""
        target = self.get(number)
        if type(operation) is not int or operation not in self._uses[number]:
            raise ValueError("not for such an object")
        return functools.partial(OPERATIONS[operation], target)

    def other(self, value: object) -> tuple[int, Any] | None:
        """Its number, and its description unless the candidate has it; None if it can't be lent."""
        if id(value) in self._told:
            return self._numbers[id(value)], None
        number = self._number(value)
        if id(value) in self._fresh and raised.is_exception(value):  # one that contains itself
            return number, None
        if raised.is_exception_class(value):
            told: Any = (raised.EXCEPTION_CLASS, raised.describe_class(value, self._class_number, self.prelude))  # type: ignore[arg-type]
        elif raised.is_exception(value):
            told = (raised.EXCEPTION, raised.describe(value, self._class_number, self.prelude))  # type: ignore[arg-type]
        else:
            told = _describe(value)
        if told is None:
            return None
        self._uses.setdefault(number, _USES.get(told[0], ()))
        self._fresh.add(id(value))
        return number, told

    def begin(self) -> None:
        """A message is going to be written."""
        self._fresh.clear()

    def sent(self) -> None:
        """The message has been sent."""
        self._told |= self._fresh
        self._fresh.clear()

    def _class_number(self, kind: Any) -> int:
        known = self.number_of_class(kind)
        if known is not None:
            return known
        number = self._number(kind)
        self._uses.setdefault(number, _USES[raised.EXCEPTION_CLASS])
        return number

    def _number(self, value: object) -> int:
        number = self._numbers.get(id(value))
        if number is None:
            number = self._numbers[id(value)] = LENT | len(self._objects)
            self._objects.append(value)
        return number


def _describe(value: Any) -> tuple[Any, ...] | None:
    kind = type(value)
    if id(value) in SENT_NAMES:
        return NAMED, SENT_NAMES[id(value)]
    path = library_path(value)
    if path is not None:
        return LIBRARY, path
    if kind is types.FunctionType:
        return FUNCTION, value.__name__, value.__qualname__, value.__doc__, _parameters(value)
    if kind is functools.partial and not vars(value):
        return PARTIAL, value.func, value.args, value.keywords
    if kind in _GETTERS:
        made, args = value.__reduce__()
        keywords = made.keywords if made is not kind else {}
        return GETTER, kind.__name__, tuple(args) if made is kind else (*made.args[0:], *args), keywords
    if is_bound_to_tests(value):
        return CALLABLE, str(getattr(value, "__name__", "")), str(getattr(value, "__doc__", ""))
    if kind is types.GeneratorType:
        return GENERATOR, value.__name__, value.__qualname__
    if isinstance(value, Iterator) and (kind.__module__ == "builtins" or kind in vars(itertools).values()):
        return ITERATOR, kind.__name__
    return (BARE,) if kind is object else None


def _parameters(function: types.FunctionType) -> tuple[Any, ...] | None:
    """(name, kind, default if any) of each parameter; None if they can't be told: the function keeps its defaults."""
    told = []
    for one in inspect.signature(function, follow_wrapped=False).parameters.values():
        default = () if one.default is one.empty else (one.default,)
        if not one.name.isidentifier() or (default and type(default[0]) not in LEAVES):
            return None
        told.append((one.name, int(one.kind), default))
    return tuple(told)
