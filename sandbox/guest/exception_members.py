"""Methods and properties of the program's exceptions, which the tests have copies of (`made_exceptions.py`)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn

#: How many exceptions are looked at after each call of the program.
_MOST = 4
#: Returns an attribute of the program's exception for which this one was made; ends the sample if there is none any more.
Attribute = Callable[[BaseException, str], Any]


def has_members(told: Any) -> bool:
    """Whether the class that was described so has methods or properties."""
    if type(told) is not tuple:
        return False
    return any(type(one) is str and one[:1] != "_" for one in told[4]) or any(map(has_members, told[3]))


class Member:
    """In place of a method or the like that is not sent: requests it for an exception, and ends the sample if it is a special
    method or looked up in the class."""

    def __init__(
        self, not_carried: Callable[[str], NoReturn], attribute: Attribute | None, what: str, name: str
    ) -> None:
        self._not_carried, self._attribute, self._what, self._name = not_carried, attribute, what, name

    def __get__(self, error: Any, _: object) -> Any:
        special = self._what.startswith("__")
        if error is None and special:  # Python looks these up in classes for purposes of its own
            return self
        if error is None or special or self._attribute is None:
            return self._not_carried(f"{self._what} of an exception of the program's class {self._name}")
        return self._attribute(error, self._what)


class Used:
    """The latest exceptions of which the tests have used methods, which may change them. `ask` returns an exception's attributes
    as the program has them, `put` gives the copy one."""

    def __init__(self, ask: Callable[[BaseException], Any], put: Callable[[BaseException, str, object], None]) -> None:
        self._ask, self._put = ask, put
        self._errors: list[BaseException] = []

    def add(self, error: BaseException) -> None:
        """The tests use one."""
        others = [one for one in self._errors if one is not error]
        self._errors = [*others[1 - _MOST :], error]

    def refresh(self) -> None:
        """A call of the program has ended."""
        for error in self._errors:
            found = self._ask(error)
            for name, value in found.items() if type(found) is dict else ():
                if type(name) is str and not name.startswith("__"):
                    self._put(error, name, value)
