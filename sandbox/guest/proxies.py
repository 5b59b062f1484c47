"""The proxies of one sample: stand-ins in the judge's process for objects of the candidate that are not plain.

What a proxy does is a matter of its class (`proxy_classes.py`).
"""

from __future__ import annotations

from typing import Any

from sandbox.guest import derived_contents
from sandbox.guest import questions as asks
from sandbox.guest.built_in_values import MOMENTS, new_moment
from sandbox.guest.derived_classes import derived_class
from sandbox.guest.descriptions import BASES, SHOWN
from sandbox.guest.made_exceptions import Makers
from sandbox.guest.proxy_classes import new_remote_class, remote_class
from sandbox.guest.questions import Host
from sandbox.guest.raised import EXCEPTION, EXCEPTION_CLASS
from sandbox.guest.remote_objects import (
    IS_DERIVED,
    Remote,
    an_object_of,
    is_proxy,
    is_remote,
    number_of,
    number_of_class,
)
from sandbox.guest.sent_subclasses import CHANGING, holds, items_of
from sandbox.guest.value_writer import BEGUN, NOTHING, Malformed


class Proxies:
    """Makes the proxies of one sample: the same object always has the same proxy."""

    def __init__(self, host: Host, makers: Makers) -> None:
        self._host, self._makers = host, makers
        self._made: dict[int, Any] = {}
        self._classes: dict[int, type] = {}
        self._numbers: dict[int, int] = {}
        self._class_of: dict[int, type] = {}
        self._came: dict[int, list[Any]] = {}  # the items of mutable objects, as the candidate knows them
        self._raised: list[BaseException] = []
        self._followed: set[int] = set()  # the ids of those of which the candidate tells every change

    def make(self, number: int, told: Any, bare: Any) -> Any:
        """The proxy of an object, of which a description is sent once. Raises an Exception for an invalid
        description."""
        known = self._made.get(number)
        if known is not None and number not in self._came:
            return known
        if told is not None and told[0] in (EXCEPTION_CLASS, EXCEPTION):
            one = self._makers.class_of(told[1]) if told[0] == EXCEPTION_CLASS else self._makers.exception(told[1])
            self._made[number], self._numbers[id(one)] = one, number
            return one
        kind = self._class_of.get(number) or self._class(*(told or (-1, "object", 0, -1, -1, ())))
        if known is not None:
            self._as_it_came(number)
            if bare is not NOTHING and bare is not BEGUN:
                self._fill(number, known, bare)
            return known
        if bare is NOTHING:
            if not issubclass(kind, Remote):
                raise Malformed("an object without its value")
            made = self._made[number] = kind(self._host, number)
            return made
        made = _made(kind, bare)
        self._class_of[number], self._made[number], self._numbers[id(made)] = kind, made, number
        if bare is BEGUN:
            self._came[number] = items_of(made, kind.__mro__[1])
        return made

    def _fill(self, number: int, made: Any, told: tuple[Any, ...]) -> None:
        """Put the items that were received into a mutable object. Raises an Exception if it can't have them."""
        base: Any = type(made).__mro__[1]
        if type(told) is not tuple:
            raise Malformed("a value of another type")
        follows, first, *items = told
        if not 0 <= first <= len(self._came[number]):
            raise Malformed("more than there is")
        derived_contents.put(made, base, first, tuple(items))
        self._came[number] = items_of(made, base)
        if follows is True:
            self._followed.add(number)

    def follows(self, value: object) -> bool:
        """Whether the candidate tells what becomes of a mutable object."""
        return self._numbers.get(id(value)) in self._followed

    def changed_by_tests(self) -> list[int]:
        """The numbers of followed objects that the tests have changed."""
        return [
            number
            for number in self._followed
            if not holds(self._made[number], type(self._made[number]).__mro__[1], self._came[number])
        ]

    def tell(self, number: int) -> tuple[Any, ...]:
        """The question by which the candidate learns of such a change."""
        made = self._made[number]
        self._came[number] = items_of(made, type(made).__mro__[1])
        return asks.PUT, made, tuple(self._came[number]), (), ()

    def not_told(self, number: int) -> None:
        """The candidate can't learn of it: using the object ends the sample."""
        self._followed.discard(number)
        self._came[number] = [NOTHING]

    def know(self, error: BaseException, number: int) -> None:
        """The candidate's number of an exception that it has raised."""
        if 0 <= number < 1 << 31:
            self._raised.append(error)  # an earlier one keeps its number
            self._made[number], self._numbers[id(error)] = error, number

    def made(self, number: int) -> Any:
        """What stands for an object that has been received. Raises KeyError."""
        return self._made[number]

    def number(self, value: object) -> int | None:
        """The candidate's number for a proxy; None for any other object."""
        if is_remote(value):
            return number_of(value)
        number = self._numbers.get(id(value))
        if number is None and is_proxy(value):
            self._host.not_carried(f"a copy of {an_object_of(type(value).__name__)}", number_of_class(value))
        if number in self._came:
            self._as_it_came(number)
        return number

    def _as_it_came(self, number: int) -> None:
        """End the sample if the tests have changed a candidate's object, because the candidate does not know of the
        change."""
        made = self._made[number]
        if not holds(made, type(made).__mro__[1], self._came[number]):
            self._host.not_carried(f"a change of {an_object_of(type(made).__name__)}", number_of_class(made))

    def _class(self, number: Any, name: Any, specials: Any, shown: Any, base: Any, replaced: Any) -> type:
        known = self._classes.get(number)
        if known is None:
            if (
                type(name) is not str
                or type(specials) is not int
                or type(shown) is not int
                or not -1 <= base < len(BASES)
            ):
                raise Malformed("no class")
            if base >= 0:
                known = derived_class(self._host, (number, name), specials, BASES[base], replaced, self.follows)
            elif shown > 0:
                self._classes[number] = known = remote_class(SHOWN[shown].__name__, specials, shown)
                return known
            else:
                known = new_remote_class(name, specials, shown, number, replaced, self._host)
            self._classes[number] = known
            self._numbers[id(known)] = number
        return known


def _made(kind: type, bare: Any) -> Any:
    """An instance of a subclass of a built-in type; a mutable one is still empty."""
    base: Any = kind.__mro__[1]
    changes = base in CHANGING
    if IS_DERIVED not in kind.__dict__ or changes is not (bare is BEGUN) or not (changes or type(bare) is base):
        raise Malformed("a value of another type")
    if base in MOMENTS:
        return new_moment(kind, base, bare)
    return base.__new__(kind) if changes else base.__new__(kind, bare)
