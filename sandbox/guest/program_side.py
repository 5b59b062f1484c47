"""What the candidate's side knows during one sample: its objects by number, the tests' objects that it has borrowed, and
the containers that the judge has as well."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from typing import Any, NoReturn

from sandbox.guest import (
    derived_contents,
    descriptions,
    lent_objects,
    library_types,
    library_values,
    made_exceptions,
    raised,
    value_codec,
    value_decoder,
)
from sandbox.guest.agreed import Agreed
from sandbox.guest.borrowed_objects import Borrowed
from sandbox.guest.built_in_values import base_of
from sandbox.guest.common_containers import Common, State
from sandbox.guest.declared_classes import Declared, fits
from sandbox.guest.exception_members import has_members
from sandbox.guest.frames import Line
from sandbox.guest.lent_objects import LENT
from sandbox.guest.not_a_numbers import NotANumbers
from sandbox.guest.questions import CHANGED, SAME, STOP
from sandbox.guest.sent_subclasses import SentSubclasses, items_of

_ANY = 1 << 30  # the judge may send any size


class ProgramSide(ABC):
    """Encodes and decodes for the candidate. Object 0 is the program's namespace."""

    def __init__(
        self, line: Line, most: int, line_of: Callable[[BaseException], int | None], namespace: dict[str, Any]
    ) -> None:
        self._line, self._most, self._line_of = line, most, line_of
        self._room = most  # for a message: longer than the questions that are being answered by `most` bytes
        self._objects: list[Any] = [namespace]
        self._numbers: dict[int, int] = {}
        self._module = namespace
        self._common = Common(self._encoder_of_contents, lambda: self._agreed.declared)
        self._descriptions: dict[int, tuple[Any, ...]] = {}  # of objects, by the numbers of their classes
        self._told: set[int] = set()  # the numbers of objects already described to the judge
        self._fresh: set[int] = set()
        self._agreed, self._subclasses = Agreed(nans=NotANumbers(0)), SentSubclasses()
        makers = made_exceptions.Makers(
            namespace,
            self._stop,
            lambda number: None if number & LENT else self._objects[number],
            lambda kind, args, keywords: self._ask(lent_objects.CALL, makers.numbers[id(kind)], args, keywords),
        )
        self._borrowed = Borrowed(self._ask, makers, self._stop_for_tests)

    @abstractmethod
    def _ask(self, operation: int, number: int, args: tuple[Any, ...], keywords: dict[str, Any]) -> Any:
        """Use an object of the tests."""

    def _declare(self, namespace: dict[str, Any], *told: tuple[str, str, bool]) -> tuple[bool, ...]:
        """For each class of the prelude whether the program has one that fits it."""
        classes = [namespace.get(name) for name, _, _ in told]
        found = [fits(kind, text, holds) for kind, (_, text, holds) in zip(classes, told, strict=True)]
        both = [kind for kind, one in zip(classes, found, strict=True) if one]
        self._agreed = self._agreed._replace(declared=Declared(both))  # type: ignore[arg-type]
        for kind in both:
            library_types.agree(kind)  # type: ignore[arg-type]
        return tuple(found)

    def _put(self, value: Any, *items: Any) -> None:
        """The tests have changed what an object holds."""
        base = base_of(type(value))
        derived_contents.put(value, base, 0, items)
        self._subclasses.sent([(value, base, items_of(value, base), True)])

    def _make(self, number: int, told: Any, _: Any) -> Any:
        return self._borrowed.make(number, told) if number & LENT else self._objects[number]

    def _decoder_of(self, data: bytes) -> value_decoder.Decoder:
        known = self._common.containers
        return value_decoder.Decoder(data, self._make, known, self._agreed, values=library_values.SENT_VALUES)

    def _message(self) -> value_codec.Encoder:
        """The encoder of a message that is begun."""
        self._fresh.clear()
        common = self._common
        return self._encoder_of(max(self._room - len(common), 0), common.containers, common.places)

    def _encoder_of(
        self, most: int, known: Iterable[Any] = (), places: dict[int, int] | None = None
    ) -> value_codec.Encoder:
        more: dict[str, Any] = {"places": places, "subclasses": self._subclasses}
        return value_codec.encoder(self._other, most, known, self._agreed, **more)

    def _encoder_of_contents(self, known: list[Any], places: dict[int, int] | None = None) -> value_codec.Encoder:
        return self._encoder_of(_ANY, known, places)

    def _number(self, value: object) -> int:
        """The number of an object that is not plain and so is not sent; the same object always has the same number."""
        number = self._borrowed.number(value)
        if number is None:
            number = self._numbers.get(id(value))
        if number is None:
            number = self._numbers[id(value)] = len(self._objects)
            self._objects.append(value)
        return number

    def _other(self, value: object) -> tuple[int, Any]:
        """Its number, and its description if the judge does not have it."""
        number = self._number(value)
        if number in self._told or number & LENT:
            return number, None
        is_class = raised.is_exception_class(value)
        if not is_class and not raised.is_exception(value):
            self._fresh.add(number)
            return number, self._description(value)
        if number in self._fresh:  # an exception that contains itself
            return number, None
        self._fresh.add(number)
        if is_class:
            return number, (raised.EXCEPTION_CLASS, raised.describe_class(value, self._number, self._module))  # type: ignore[arg-type]
        return number, (raised.EXCEPTION, raised.describe(value, self._number, self._module))  # type: ignore[arg-type]

    def _description(self, value: object) -> tuple[Any, ...]:
        """Made once for each class: the judge has only one of each as well."""
        number = self._number(type(value))
        if number not in self._descriptions:
            self._descriptions[number] = descriptions.describe(value, number)
        return self._descriptions[number]

    def _describe(self, error: BaseException) -> tuple[Any, ...]:
        """What `raised.describe` returns, or an exception of the tests; then its number if it has methods, and the line."""
        if self._borrowed.number(error) is not None:
            return error, None, self._line_of(error)
        try:
            told = raised.describe(error, self._number, self._module)
        except Exception:  # a class may be made unreadable
            told = raised.describe_briefly(error, self._number, self._module)
        line = self._line_of(error)
        if not has_members(told[0]):
            return (*told, None, line)
        BaseException.with_traceback(error, None)  # it is kept, and would keep what the program's functions have used
        return (*told, self._number(error), line)

    def _require_unchanged(self, in_a_call: bool) -> None:
        """End the sample if the program has changed a stand-in: the tests' object, which they look at, has not changed."""
        name = self._borrowed.changed()
        if name is not None:
            self._stop(f"a change of the tests' {name}")
        if not in_a_call:
            self._borrowed.forget_used()

    def _require_readable(self, containers: list[Any]) -> None:
        """End the sample if what the program has put into these can't be told."""
        try:
            self._encoder_of_contents(containers).contents(0, len(containers))
        except Exception:
            self._stop("what the program has put into an argument")

    def _stop_for_tests(self, name: str) -> NoReturn:
        """Report a use of an instance of the tests: they have passed something of which more is needed than can be sent."""
        self._stop(name, CHANGED)

    def _stop(self, what: str, whose: bytes = SAME) -> NoReturn:
        """Report a use of a tests' object that can't be sent: the sample ends."""
        self._line.send(0, STOP, whose, what.encode())
        while True:
            self._line.receive(_ANY)  # raises Lost

    # --- answers ----------------------------------------------------------------------------------------------------

    def _encoded(
        self, value: object, known: tuple[Any, ...], before: tuple[list[State], bytes], failed: BaseException | None
    ) -> tuple[bytes, tuple[bytes, ...], list[Any], bool]:
        """(flags, the answer, the containers that the judge learns about with it, whether one that it has holds them)."""
        try:
            flag, parts, new, held = self._encode(value, known, before)
        except Exception:  # an object that can't be read completely
            self._fresh.clear()
            self._require_readable(list(known))
            flag, new, held = SAME, [], False
            parts = self._encode_object(value) if failed is None else self._encode_briefly(failed)
        self._told |= self._fresh
        return flag, parts, new, held

    def _encode(
        self, value: object, known: tuple[Any, ...], before: tuple[list[State], bytes]
    ) -> tuple[bytes, tuple[bytes, ...], list[Any], bool]:
        """Containers that the judge has are sent back only if they changed; new ones are always sent."""
        shared = len(self._common)
        changed = self._common.have_changed(before[0])
        self._fresh.clear()
        encoder = self._encoder_of(self._room, known)
        root = encoder.root(value)
        count = len(encoder.table)
        now = encoder.contents(0, shared) if changed else b""
        passed = encoder.contents(shared, len(known)) if len(known) > shared else b""
        if not changed and passed != before[1]:
            changed, now = True, encoder.contents(0, shared)
        held = shared > 0 and len(encoder.table) > count
        rest = encoder.contents(len(known))
        new = encoder.table[len(known) :]
        encoder.sent()
        if changed:
            return CHANGED, (encoder.head(), now, passed, rest, root), new, held
        return SAME, (encoder.head(), rest, root), new, held

    def _encode_object(self, value: object) -> tuple[bytes, ...]:
        encoder = self._encoder_of(self._room)
        root = encoder.root_object(value)
        encoder.sent()
        return encoder.head(), root

    def _encode_briefly(self, error: BaseException) -> tuple[bytes, ...]:
        encoder = self._encoder_of(self._room)
        told = (*raised.describe_briefly(error, self._number, self._module), None, self._line_of(error))
        root = encoder.root(told)
        encoder.sent()
        return encoder.head(), root
