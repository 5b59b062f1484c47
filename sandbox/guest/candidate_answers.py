"""The candidate's side of assert-style tests: answers the judge's questions, one after the other.

This runs beside hostile code and may be changed by it. What it says is a value that the judge compares, and nothing else: a
forged answer gains nothing over a right one.
"""

from __future__ import annotations

import contextlib
import operator
import os
from collections.abc import Callable
from typing import Any

from sandbox.guest import value_codec
from sandbox.guest.frames import Line, Lost
from sandbox.guest.main_module import end_fork

#: What the judge may ask of an object, by its place here.
OPERATIONS: tuple[Callable[..., Any], ...] = (
    lambda function, /, *args, **kwargs: function(*args, **kwargs),
    lambda namespace, *names: tuple((namespace[name],) if name in namespace else () for name in names),
    iter,
    next,
    len,
    bool,
    operator.getitem,
    getattr,
    str,
    repr,
)
CALL, FIND, ITER, NEXT, LEN, BOOL, ITEM, ATTRIBUTE, STR, REPR = range(len(OPERATIONS))
RETURNED, RAISED = b"r", b"e"
SAME, CHANGED = b"=", b"~"
_getpid = os.getpid
_MAX_TEXT = 2_000
_ANY = 1 << 30  # the judge may send what it likes
_mro = type.__dict__["__mro__"].__get__
_name = type.__dict__["__name__"].__get__


class Witness:
    """`line_of` finds the program's line in an exception; `before_answer` is done whenever a call has ended.

    Object 0 is the program's namespace.
    """

    def __init__(
        self,
        line: Line,
        most: int,
        line_of: Callable[[BaseException], int | None],
        before_answer: Callable[[], None],
        namespace: dict[str, Any],
    ) -> None:
        self._line, self._most, self._line_of, self._before_answer = line, most, line_of, before_answer
        self._objects: list[Any] = [namespace]
        self._numbers: dict[int, int] = {}
        self._own = _getpid()

    def serve(self) -> None:
        """Answers until the judge is gone. Raises value_codec.TooLarge for an answer above the limit."""
        while self.answer_one():
            pass

    def answer_one(self) -> bool:
        """One question; False where the judge is gone."""
        try:
            number, data = self._line.receive(_ANY)
        except Lost:
            return False
        decoder = self._decoder(data)
        decoder.head()
        state = decoder.fill(0)
        operation, target, args, names, values = decoder.value()
        keywords = dict(zip(names, values, strict=True))
        kind, raised = RETURNED, None
        try:
            value = OPERATIONS[operation](target, *args, **keywords)
        except value_codec.TooLarge:
            raise
        except BaseException as error:
            kind, value, raised = RAISED, self._describe(error), error
        if _getpid() != self._own:
            end_fork(raised)  # a fork of the program that came back: only the first process is asked
        self._before_answer()
        self._answer(number, kind, value, tuple(decoder.table), state)
        return True

    def _decoder(self, data: bytes) -> value_codec.Decoder:
        return value_codec.Decoder(data, self._objects.__getitem__)

    def _number(self, value: object) -> int:
        """Objects that are not plain stay here; the same one gets the same number."""
        number = self._numbers.get(id(value))
        if number is None:
            number = self._numbers[id(value)] = len(self._objects)
            self._objects.append(value)
        return number

    def _answer(self, number: int, kind: bytes, value: object, known: tuple[Any, ...], state: bytes) -> None:
        try:
            parts = self._encode(value, known, state)
        except Exception:  # an object that can't be read to its end
            parts = self._encode_object(value)
        with contextlib.suppress(Lost):  # the next question will not come either
            self._line.send(number, kind, *parts)

    def _encode(self, value: object, known: tuple[Any, ...], state: bytes) -> tuple[bytes, ...]:
        """The containers that came with the question go back only if they hold something else by now."""
        encoder = value_codec.Encoder(self._number, self._most, known)
        root = encoder.root(value)
        now = encoder.contents(0, len(known)) if known else b""
        rest = encoder.contents(len(known))
        if now == state:
            return SAME, encoder.head(), rest, root
        return CHANGED, encoder.head(), now, rest, root

    def _encode_object(self, value: object) -> tuple[bytes, ...]:
        encoder = value_codec.Encoder(self._number, self._most)
        return SAME, encoder.head(), encoder.root_object(value)

    def _describe(self, error: BaseException) -> tuple[Any, ...]:
        """(names of its classes, nearest first; its arguments where they are plain; its text; the line)."""
        names = tuple(_name(kind) for kind in _mro(type(error)))[:20]
        try:
            text = str(error)
            text = (text if type(text) is str else str.__str__(text))[:_MAX_TEXT]
        except BaseException:
            text = "<the exception's text could not be made>"
        args = BaseException.args.__get__(error)  # type: ignore[attr-defined]
        simple = all(type(one) in (str, int, float, bool, type(None)) for one in args) and len(repr(args)) < _MAX_TEXT
        return names, args if simple else None, text, self._line_of(error)
