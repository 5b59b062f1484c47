"""The candidate's stand-ins for objects of the tests: functions, iterators and exceptions that they pass to the program.

A stand-in is what the original is as far as a program usually looks: a function with the same name and parameters, a
generator, an iterator, an exception of a class with the same bases. Using it asks the judge.
"""

from __future__ import annotations

import functools
import itertools
import operator
import random
import types
from collections.abc import Callable, Generator
from typing import Any, NoReturn

from sandbox.guest import candidate_loop, forwarded_streams
from sandbox.guest import lent_objects as lent
from sandbox.guest.descriptions import SHOWN
from sandbox.guest.library_functions import library_function
from sandbox.guest.library_types import SENT
from sandbox.guest.made_exceptions import Makers
from sandbox.guest.raised import EXCEPTION, EXCEPTION_CLASS, is_exception

#: Asks the judge: an operation of `lent_objects`, the object's number, arguments, keywords.
Ask = Callable[[int, int, tuple[Any, ...], dict[str, Any]], Any]
_own, _cause, _args = (BaseException.__dict__[name].__get__ for name in ("__dict__", "__cause__", "args"))
#: Types of iterators that `isinstance` may ask for, by name.
_ITERATORS = {kind.__name__: kind for kind in SHOWN}
_VAR_POSITIONAL, _KEYWORD_ONLY, _VAR_KEYWORD = 2, 3, 4


class Borrowed:
    """The stand-ins of one sample; `makers` makes exceptions and their classes, `stop` ends the sample."""

    def __init__(self, ask: Ask, makers: Makers, stop: Callable[[str], NoReturn]) -> None:
        self._ask, self._makers, self._stop = ask, makers, stop
        self._objects: dict[int, Any] = {}
        self._numbers: dict[int, int] = {}
        self._parts: dict[int, list[Any]] = {}  # what some of them consist of, by number
        self._used: set[int] = set()  # the numbers of those that the messages since `forget_used` mention

    def __bool__(self) -> bool:
        return bool(self._objects)

    def number(self, value: object) -> int | None:
        """The tests' number for a stand-in; None for any other object."""
        number = self._numbers.get(id(value))
        return self._makers.numbers.get(id(value)) if number is None else number

    def make(self, number: int, told: Any) -> Any:
        """The stand-in for an object, of which a description is sent once."""
        self._used.add(number)
        if number in self._objects:
            return self._objects[number]
        if told[0] == EXCEPTION_CLASS:
            made: Any = self._makers.class_of(told[1])
        elif told[0] == EXCEPTION:
            made = self._makers.exception(told[1])
        else:
            made = self._stand_in(number, *told)
        self._objects[number] = made
        self._numbers[id(made)] = number
        parts = _parts_of(made)
        if parts:
            self._parts[number] = parts
        return made

    def changed(self) -> str | None:
        """The name of the class of a stand-in that the program has changed, which the tests would not see."""
        for number in self._used & self._parts.keys():
            now, before = _parts_of(self._objects[number]), self._parts[number]
            if len(now) != len(before) or not all(map(operator.is_, now, before)):
                return type(self._objects[number]).__name__
        return None

    def forget_used(self) -> None:
        """A call has ended that is in no other."""
        self._used.clear()

    def _stand_in(self, number: int, kind: int, *told: Any) -> Any:
        if kind == lent.FUNCTION:
            return _function(self._ask, number, *told)
        if kind == lent.BOUND:
            return functools.partial(_function(self._ask, number, *told))
        if kind == lent.PARTIAL:
            function, args, keywords = told
            return functools.partial(function, *args, **keywords)
        if kind == lent.GETTER:
            name, args, keywords = told
            return getattr(operator, name)(*args, **keywords)
        if kind == lent.GENERATOR:
            return _generator(self._ask, number, *told)
        if kind == lent.COROUTINE:
            return _coroutine(self._ask, number, *told)
        if kind == lent.BARE:
            return object()
        if kind == lent.NAMED:
            return SENT[told[0]]
        if kind == lent.LIBRARY:
            return library_function(told[0])
        if kind == lent.KEY:
            return functools.cmp_to_key(told[0])
        if kind == lent.RANDOM:
            made = random.Random()
            made.setstate(told[0])
            return made
        if kind == lent.STREAM:
            return forwarded_streams.stand_in(told[0], lambda *args: self._ask(lent.METHOD, number, args, {}))
        if kind == lent.INSTANCE:
            return _instance(self._ask, number, told, self._stop)
        return (_callable if kind == lent.CALLABLE else _iterator)(self._ask, number, *told)


def _parts_of(made: Any) -> list[Any]:
    """What a program may replace in a function, a partial or an exception, besides attributes of its own."""
    kind = type(made)
    if kind is types.FunctionType:
        own = (made.__name__, made.__qualname__, made.__doc__, made.__code__, made.__defaults__, made.__kwdefaults__)
        return [*own, *(part for pair in made.__annotations__.items() for part in pair)]
    if kind is functools.partial:
        return [made.func, *made.args, *(part for pair in made.keywords.items() for part in pair)]
    if is_exception(made):
        attributes = [part for pair in dict(_own(made)).items() for part in pair]
        return [kind, _cause(made), *_args(made), *attributes]
    return []


def _function(
    ask: Ask, number: int, name: str, qualified: str, text: str | None, parameters: Any, annotations: Any, awaits: bool
) -> Any:
    """A function with these parameters: programs look at a function's code to count them."""
    wanted = parameters if parameters is not None else (("args", _VAR_POSITIONAL, ()), ("kwargs", _VAR_KEYWORD, ()))
    names = {one for one, _, _ in wanted}
    asking, default = "ask", "default"
    while not names.isdisjoint((asking, default)):
        asking, default = asking + "_", default + "_"
    head, told = _parameters_of(wanted, default)
    source = f"def made({head}):\n    return {asking}({told})\n"
    if awaits:
        source = f"async {source.replace('return ', 'return await ')}"
    missing = _Untold()
    space: dict[str, Any] = {
        "__name__": "tests",
        asking: functools.partial(_pass_on, functools.partial(ask, lent.CALL, number), missing),
        default: [missing if value is None else value[0] if value else None for _, _, value in wanted],
    }
    exec(compile(source, "<a function of the tests>", "exec"), space)  # noqa: S102 - parameters of trusted code
    made = space.pop("made")
    made.__name__, made.__qualname__, made.__doc__ = name, qualified, text
    made.__annotations__ = annotations or {}
    return made


def _parameters_of(wanted: Any, default: str) -> tuple[str, str]:
    """The parameters as they are written in a `def`, and as arguments of `_pass_on`. `default`: the name of the defaults."""
    heads, args, rest, keywords, before = [], [], "()", [], None
    for place, (one, kind, value) in enumerate(wanted):
        if before == 0 and kind != 0:
            heads.append("/")
        if kind == _KEYWORD_ONLY and before not in (_VAR_POSITIONAL, _KEYWORD_ONLY):
            heads.append("*")
        stars = {_VAR_POSITIONAL: "*", _VAR_KEYWORD: "**"}.get(kind, "")
        heads.append(stars + one + (f"={default}[{place}]" if value != () else ""))
        if kind in (_KEYWORD_ONLY, _VAR_KEYWORD):
            keywords.append(f"{one!r}: {one}" if kind == _KEYWORD_ONLY else f"**{one}")
        elif stars:
            rest = one
        else:
            args.append(f"({one!r}, {one}), ")
        before = kind
    if before == 0:
        heads.append("/")
    told = f"({''.join(args)}), {rest}, {{{', '.join(keywords)}}}"
    return ", ".join(heads), told


class _Untold:
    """In place of a default that stays with the tests."""

    def __repr__(self) -> str:
        return "..."


def _pass_on(
    call: Callable[..., Any], untold: object, named: tuple[tuple[str, Any], ...], rest: Any, keywords: dict[str, Any]
) -> Any:
    """Call the tests' function without the arguments that it is to have by default; what follows one is passed by name."""
    given = [pair for pair in named if pair[1] is not untold]
    first = next((place for place, (_, value) in enumerate(named) if value is untold), len(named))
    by_name = {name: value for name, value in (*given[first:], *keywords.items()) if value is not untold}
    return call((*(value for _, value in given[:first]), *rest), by_name)


def _generator(ask: Ask, number: int, name: str, qualified: str) -> Any:
    def relay() -> Generator[Any, Any, Any]:
        operation = lent.NEXT
        args: tuple[Any, ...] = ()
        while True:
            try:
                value = ask(operation, number, args, {})
            except StopIteration as stop:
                return stop.value
            try:
                operation, args = lent.SEND, ((yield value),)
            except GeneratorExit:
                ask(lent.CLOSE, number, (), {})
                raise
            except BaseException as error:
                operation, args = lent.THROW, (error,)

    made: Any = relay()
    made.__name__, made.__qualname__ = name, qualified
    return made


def _coroutine(ask: Ask, number: int, name: str, qualified: str) -> Any:
    async def relay() -> Any:
        cancel, waited = False, 0
        while not (ended := ask(lent.STEP, number, (cancel,), {})):
            try:
                await candidate_loop.pause(waited)
                cancel, waited = False, waited + 1
            except candidate_loop.cancellation():
                cancel = True
        return ended[0]

    made: Any = relay()
    made.__name__, made.__qualname__ = name, qualified
    return made


def _iterator(ask: Ask, number: int, name: str) -> Any:
    members = {"__slots__": (), "__iter__": lambda self: self, "__next__": lambda self: ask(lent.NEXT, number, (), {})}
    members["__module__"] = "itertools" if hasattr(itertools, name) else "builtins"
    if name in _ITERATORS:
        members["__class__"] = property(lambda self: _ITERATORS[name])
    return type(name, (), members)()


def _callable(ask: Ask, number: int, name: str, text: str) -> Any:
    members = {"__call__": lambda self, /, *args, **keywords: ask(lent.CALL, number, args, keywords)}
    made: Any = type("builtin_function_or_method", (), {**members, "__module__": "builtins"})()
    made.__name__, made.__qualname__, made.__doc__ = name, name, text
    return made


def _instance(ask: Ask, number: int, told: Any, stop: Callable[[str], NoReturn]) -> Any:
    """An object or class of the tests. It can be called and passed; all else of it stays with the tests."""
    name, name_of_class, specials = told

    def uses(_: Any, *__: Any, **___: Any) -> NoReturn:
        stop(name)

    def attribute(_: Any, wanted: str) -> Any:
        if wanted in ("__name__", "__qualname__") and name_of_class is not None:
            return name_of_class
        if wanted.startswith("__") and wanted not in _TELLING:
            raise AttributeError(wanted)
        return stop(name)

    members: dict[str, Any] = dict.fromkeys((*specials, *_USES), uses)
    if "__call__" in specials:
        members["__call__"] = lambda self, /, *args, **keywords: ask(lent.CALL, number, args, keywords)
    members |= {
        "__getattr__": attribute,
        "__dict__": property(uses),
        "__dataclass_fields__": property(uses),
        "__slots__": (),
        "__module__": "tests",
    }
    return type(name, (), members)()


#: Attributes by which a program finds out what an object is; it looks for others without need.
_TELLING = ("__mro_entries__", "__members__", "__mro__", "__bases__", "__subclasses__")
_USES = ("__setattr__", "__delattr__", "__reduce_ex__", "__dir__", "__instancecheck__", "__subclasscheck__")
