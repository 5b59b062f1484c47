"""What the tests put in the place of standard streams, `input` and `print`, and the seeds that they set: a program is given
the same. So it is for functions of libraries (`replaced_names.py`).

The judge tells the candidate about it before its next question. Random numbers that tests without a seed draw do not count, and
what the candidate does to its own generators stays there.
"""

from __future__ import annotations

import builtins
import importlib
import operator
import random
import sys
from collections.abc import Callable
from types import CodeType, FunctionType
from typing import Any

from sandbox.guest.code_objects import codes_in
from sandbox.guest.forwarded_streams import Input, Output
from sandbox.guest.replaced_names import ReplacedNames, put

#: (module, attribute, what stands for the tests' object).
_PLACES: tuple[tuple[Any, str, Callable[[Any], Any]], ...] = (
    (sys, "stdin", Input),
    (sys, "stdout", Output),
    (sys, "stderr", Output),
    (builtins, "input", lambda value: value if type(value) is FunctionType else _calling(value)),
    (builtins, "print", lambda value: value if type(value) is FunctionType else _calling(value)),
)
_GENERATORS = ("random", "numpy.random")
_SYSTEM, _BUILT_IN = vars(sys), vars(builtins)
_original: dict[Any, Any] = {}  # the candidate's own objects that have been replaced, by their places


def _calling(value: Any) -> Callable[..., Any]:
    return lambda *args, **keywords: value(*args, **keywords)


def _current() -> tuple[Any, ...]:
    """What is in `_PLACES`; before each question, so without a loop."""
    system, built_in = _SYSTEM.get, _BUILT_IN.get
    return system("stdin"), system("stdout"), system("stderr"), built_in("input"), built_in("print")


class Replaced:
    """The judge's record of what the tests have replaced in one sample."""

    def __init__(self) -> None:
        self._first = self._known = _current()
        self._names: ReplacedNames | None = None

    def watch(self, tests: CodeType) -> None:
        """These tests are going to be executed."""
        names = ReplacedNames(tests)
        self._names = names if names.looks else None

    def news(self) -> tuple[tuple[Any, ...], ...]:
        """What the candidate does not know: the place, and the new object unless it is the original one again."""
        more = tuple(self._names.news()) if self._names is not None else ()
        now = _current()
        if all(map(operator.is_, now, self._known)):
            return more
        told = tuple(
            (place,) if one is self._first[place] else (place, _PLACES[place][2](one))
            for place, (one, known) in enumerate(zip(now, self._known, strict=True))
            if one is not known
        )
        self._known = now
        return told + more


def replace(_: Any, *news: tuple[Any, ...]) -> None:
    """On the candidate's side: put the tests' objects in these places."""
    for place, *value in news:
        if type(place) is not int:
            put(place, tuple(value), _original)
            continue
        module, name, _stand = _PLACES[place]
        own = _original.setdefault(place, vars(module)[name])
        setattr(module, name, value[0] if value else own)


def seed(_: Any, place: int, *args: Any) -> None:
    """On the candidate's side: seed a generator as the tests have seeded theirs, or give it the state of theirs."""
    if place < len(_GENERATORS):
        importlib.import_module(_GENERATORS[place]).seed(*args)
    elif place == len(_GENERATORS):
        random.setstate(*args)
    else:
        importlib.import_module(_GENERATORS[1]).set_state(*args)


def _state(place: int) -> Any:
    """That of the judge's generator, as plain data."""
    if not place:
        return random.getstate()
    kind, keys, *rest = importlib.import_module(_GENERATORS[place]).get_state()
    return (kind, keys.tolist(), *rest)


class Seeds:
    """While the tests are executed, the judge's functions `seed` report to `tell` what they were called with. What tests draw
    after that is reported before the program is asked: in one process it has the same generator."""

    def __init__(self, tell: Callable[..., None]) -> None:
        self._tell = tell
        self._own: dict[str, Any] = {}
        self._known: dict[int, Any] = {}  # the last states that were reported, of generators that the tests have seeded

    def news(self) -> None:
        """The program is going to be asked."""
        for place, known in list(self._known.items()):
            state = _state(place)
            if state != known:
                self._known[place] = state
                self._tell(len(_GENERATORS) + place, state)

    def watch(self, tests: CodeType) -> None:
        """Begin, if these tests mention a seed."""
        if mentions(tests, "seed"):
            self._watch(0, random)
            if mentions(tests, "numpy") or mentions(tests, _GENERATORS[1]):
                self._watch(1, importlib.import_module(_GENERATORS[1]))

    def _watch(self, place: int, module: Any) -> None:
        own = self._own[_GENERATORS[place]] = module.seed

        def seed(*args: Any, **keywords: Any) -> None:
            own(*args, **keywords)
            self._known[place] = _state(place)
            self._tell(place, *args, *keywords.values())

        seed.__module__, seed.__qualname__ = (
            _GENERATORS[place],
            "seed",
        )  # passed to the program, it is the program's own
        module.seed = seed

    def end(self) -> None:
        """Restore the judge's functions."""
        for name, own in self._own.items():
            sys.modules[name].seed = own  # type: ignore[attr-defined]


def mentions(code: CodeType, name: str) -> bool:
    """Whether this code, or code in it, uses the name."""
    return any(name in one.co_names for one in codes_in(code))
