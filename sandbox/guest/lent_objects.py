"""What the tests pass to the program without being plain data: functions, iterators and exceptions. They stay with the
judge, and the candidate gets a stand-in (`borrowed_objects.py`).

The candidate can use only what the tests have passed to it, and only by the operations below. It never gets an attribute
of such an object besides those that describe it: a function's globals are the tests themselves.
"""

from __future__ import annotations

import abc
import functools
import gc
import inspect
import itertools
import operator
import random
import types
from collections.abc import Callable, Iterator
from typing import Any, Generic

from sandbox.guest import raised
from sandbox.guest.built_in_values import LEAVES, base_of
from sandbox.guest.descriptions import SPECIALS
from sandbox.guest.forwarded_streams import FORWARDED, Streams, forward
from sandbox.guest.library_functions import is_bound_to_tests, library_path, obeys, relays
from sandbox.guest.library_types import SENT_NAMES, TYPE_NAMES
from sandbox.guest.tests_coroutines import Coroutines
from sandbox.guest.written_defaults import Written

#: Numbers with this bit are those of the tests' objects.
LENT = 1 << 31
#: What a candidate may ask a lent object to do; sent as indices into this table.
OPERATIONS: tuple[Callable[..., Any], ...] = (
    lambda function, /, *args, **kwargs: function(*args, **kwargs),
    next,
    lambda generator, value: generator.send(value),
    lambda generator, error: generator.throw(error),
    lambda generator: generator.close(),
    forward,
)
CALL, NEXT, SEND, THROW, CLOSE, METHOD = range(len(OPERATIONS))
#: Let a coroutine run; carried out by `Coroutines`.
STEP = len(OPERATIONS)
#: The kinds of descriptions.
(
    FUNCTION,
    CALLABLE,
    PARTIAL,
    GETTER,
    GENERATOR,
    ITERATOR,
    BARE,
    NAMED,
    LIBRARY,
    KEY,
    RANDOM,
    STREAM,
    INSTANCE,
    BOUND,
    COROUTINE,
) = range(15)
#: What the candidate may ask for. Functions of libraries, partials and getters it uses on its own side: executed here,
#: `eval` would execute the candidate's text.
_USES: dict[Any, tuple[int, ...]] = {
    FUNCTION: (CALL,),
    CALLABLE: (CALL,),
    BOUND: (CALL,),
    GENERATOR: (NEXT, SEND, THROW, CLOSE),
    ITERATOR: (NEXT,),
    STREAM: (METHOD,),
    COROUTINE: (STEP,),
    INSTANCE: (CALL,),
    raised.EXCEPTION_CLASS: (CALL,),
}
_GETTERS = (operator.itemgetter, operator.attrgetter, operator.methodcaller)
#: Attributes of exceptions that a function of the tests raises: the object may be any.
_LEFT_OUT = frozenset(("obj",))
_KEY: type = type(functools.cmp_to_key(max))
_BOUND = (types.MethodType, types.BuiltinFunctionType, types.MethodWrapperType)


class Lender:
    """The tests' objects that the candidate of one sample has. `prelude`: the names that the tests' prelude defines."""

    def __init__(self) -> None:
        self._objects: list[Any] = []
        self._numbers: dict[Any, int] = {}
        self._told: set[int] = set()
        self._fresh: set[int] = set()
        self._uses: dict[int, tuple[int, ...]] = {}  # by number, of what can be lent
        self.prelude: dict[str, Any] = {}
        self.written = Written()
        self.streams, self.coroutines = Streams(), Coroutines()
        self.has_instances = False  # whether the candidate has objects of which it can use less than in one process
        #: The candidate's number for a class of exceptions that was made for it, or None.
        self.number_of_class: Callable[[type], int | None] = lambda kind: None

    def __len__(self) -> int:
        return len(self._objects)

    def get(self, number: int) -> Any:
        """The object of that number. Raises KeyError."""
        return self.streams.returned(number, self._object(number))

    def _object(self, number: int) -> Any:
        if number not in self._uses:
            raise KeyError(number)
        return self._objects[number & ~LENT]

    def use(self, operation: int, number: int) -> Callable[..., Any]:
        """What carries out this operation on the object of that number. Raises KeyError or ValueError."""
        target = self.streams.used(number, self._object(number))
        if type(operation) is not int or operation not in self._uses[number]:
            raise ValueError("not for such an object")
        return functools.partial(self.coroutines.step if operation == STEP else OPERATIONS[operation], target)

    def other(self, value: object) -> tuple[int, Any] | None:
        """Its number, and its description unless the candidate has it; None if it can't be lent."""
        number = self._number(value)
        self.streams.pass_on(number, value)
        if number in self._told:
            return number, None
        if number in self._fresh and raised.is_exception(value):  # one that contains itself
            return number, None
        if raised.is_exception_class(value):
            told: Any = (raised.EXCEPTION_CLASS, raised.describe_class(value, self._class_number, self.prelude))  # type: ignore[arg-type]
        elif raised.is_exception(value):
            told = (raised.EXCEPTION, raised.describe(value, self._class_number, self.prelude, left_out=_LEFT_OUT))  # type: ignore[arg-type]
        else:
            told = _describe(value, self.written, self.prelude) or _describe_own(value, self.prelude)
            self.has_instances |= told is not None and told[0] == INSTANCE
        if told is None:
            return None
        self._uses.setdefault(number, _USES.get(told[0], ()))
        self._fresh.add(number)
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

    def _number(self, value: Any) -> int:
        own: Any = id(value)
        number = self._numbers.get(own)
        if number is None and type(value) in _BOUND:  # each access makes a new one: `bus.remove(seen.append)`
            own = id(value.__self__), getattr(value, "__name__", "")
            number = self._numbers.get(own)
            if number is not None and self._objects[number & ~LENT] != value:
                own, number = id(value), None
        if number is None:
            number = self._numbers[own] = LENT | len(self._objects)
            self._objects.append(value)
        return number


def _describe(value: Any, written: Written, prelude: dict[str, Any]) -> tuple[Any, ...] | None:
    kind = type(value)
    if id(value) in SENT_NAMES:
        return NAMED, SENT_NAMES[id(value)]
    path = library_path(value)
    if path is not None:
        return LIBRARY, path
    if kind is types.FunctionType and not relays(value):
        return (
            FUNCTION,
            value.__name__,
            value.__qualname__,
            value.__doc__,
            written.parameters(value),
            _annotations(value) or None,
            inspect.iscoroutinefunction(value),
        )
    if kind is functools.partial and not vars(value):
        return _describe_partial(value, prelude)
    if kind in _GETTERS:
        made, args = value.__reduce__()
        keywords = made.keywords if made is not kind else {}
        return GETTER, kind.__name__, tuple(args) if made is kind else (*made.args[0:], *args), keywords
    if kind is _KEY:
        return KEY, next(one for one in gc.get_referents(value) if one is not kind)
    if kind is random.Random:
        return RANDOM, value.getstate()
    if kind in FORWARDED:
        return STREAM, kind.__name__
    if is_bound_to_tests(value):
        return CALLABLE, str(getattr(value, "__name__", "")), str(getattr(value, "__doc__", ""))
    if kind is types.GeneratorType or kind is types.CoroutineType:
        return GENERATOR if kind is types.GeneratorType else COROUTINE, value.__name__, value.__qualname__
    if isinstance(value, Iterator) and (kind.__module__ == "builtins" or kind in vars(itertools).values()):
        return ITERATOR, kind.__name__
    return (BARE,) if kind is object else None


def _describe_partial(value: Any, prelude: dict[str, Any]) -> tuple[Any, ...]:
    """That of a function of the tests is called here: its arguments may be what the tests expect."""
    function = value.func
    own = type(function) is types.FunctionType and library_path(function) is None
    own = own or is_bound_to_tests(function) or _describe_own(function, prelude) is not None
    if not own or any(map(obeys, (*value.args, *value.keywords.values()))):
        return PARTIAL, function, value.args, value.keywords
    name = str(getattr(function, "__name__", "partial"))
    try:
        return BOUND, name, name, None, Written().parameters(value), None, False
    except (TypeError, ValueError):  # no signature
        return BOUND, name, name, None, None, None, False


def _describe_own(value: Any, prelude: dict[str, Any]) -> tuple[Any, ...] | None:
    """An instance of a class of the tests, such a class, or a mock: the program can keep it, pass it and call it. Not those of
    the prelude's classes, which the program may know otherwise."""
    kind = type(value)
    shown = value if issubclass(kind, type) else kind
    above = [one for one in type.mro(shown) if one not in (object, abc.ABC, Generic)]
    own = above and all(one.__module__ == "tests" for one in above)
    calls = above and above[0].__module__ in ("tests", "unittest.mock")
    calls = calls and type(vars(kind).get("__call__") or getattr(kind, "__call__", None)) is types.FunctionType  # noqa: B004
    if (
        (not own and not calls)
        or relays(value)
        or base_of(shown) is not None
        or any(one is two for one in above for two in prelude.values())
    ):
        return None
    specials = [name for name in SPECIALS if _own_special(kind, name) or (name == "__call__" and shown is value)]
    name = str(shown.__name__)
    return INSTANCE, name, name if shown is value else None, tuple(specials)


def _own_special(kind: type, name: str) -> bool:
    return getattr(kind, name, None) is not getattr(type if issubclass(kind, type) else object, name, None)


def _annotations(function: types.FunctionType) -> dict[str, Any]:
    """Those that are plain data or built-in types."""
    found = inspect.get_annotations(function)
    return {name: kind for name, kind in found.items() if type(kind) in LEAVES or id(kind) in TYPE_NAMES}
