"""The candidate's side of assert-style tests: answers the judge's questions one by one.

This runs beside hostile code, which may change it. Its answers are values for the judge to compare, and nothing else: a
forged answer gains nothing over a correct one.
"""

from __future__ import annotations

import copy
import inspect
import operator
import os
import sys
from collections.abc import Callable
from typing import Any

from sandbox.guest import descriptions, library_types, library_values, raised, value_codec, value_decoder
from sandbox.guest.frames import Line, Lost
from sandbox.guest.main_module import end_fork

_mro = type.__dict__["__mro__"].__get__


def _parameters(function: Any) -> tuple[Any, ...]:
    """(name, kind, default if any) of each parameter."""
    return tuple(
        (one.name, int(one.kind), () if one.default is one.empty else (one.default,))
        for one in inspect.signature(function).parameters.values()
    )


#: The operations that the judge may request on an object; sent as indices into this table.
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
    operator.setitem,
    operator.delitem,
    reversed,
    lambda manager: type(manager).__enter__(manager),
    lambda manager: type(manager).__exit__(manager, None, None, None),
    format,
    setattr,
    delattr,
    lambda value: list(dir(value)),
    copy.copy,
    copy.deepcopy,
    lambda kind, value: any(one is kind for one in _mro(type(value))),
    _parameters,
    type,
)
CALL, FIND, ITER, NEXT, LEN, BOOL, ITEM, ATTRIBUTE, STR, REPR, *_MORE = range(len(OPERATIONS))
(
    SET_ITEM,
    DELETE_ITEM,
    REVERSED,
    ENTER,
    EXIT,
    FORMAT,
    SET_ATTRIBUTE,
    DELETE_ATTRIBUTE,
    DIR,
    COPY,
    DEEP_COPY,
    IS_INSTANCE,
    SIGNATURE,
    TYPE,
) = _MORE
RETURNED, RAISED = b"r", b"e"
#: Flags of an answer: whether containers that the judge has were changed; and whether the program keeps some of the
#: containers sent with this answer, and may change them later.
SAME, CHANGED, SAME_KEPT, CHANGED_KEPT = b"=", b"~", b"#", b"*"
_getpid, _references = os.getpid, sys.getrefcount
_ANY = 1 << 30  # the judge may send any size


def _most_references(containers: list[Any]) -> int:
    most = 0
    for one in containers:
        most = max(most, _references(one))
    return most


def _unkept() -> tuple[int, int]:
    """The reference counts that `_most_references` reports in `answer_one` for containers without other references: for
    new ones, and for those that were passed."""
    value: list[list[int]] = [[]]
    new = [value, value[0]]
    args: tuple[list[int], ...] = ([],)
    table = [args[0]]
    return _most_references(new), _most_references(table[0:])


_NEW_REFERENCES, _PASSED_REFERENCES = _unkept()


class Witness:
    """`line_of` finds the program's line in an exception; `before_answer` is called whenever a call has ended.

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
        self._module = namespace
        self._shared: list[Any] = []  # containers that the judge also has
        self._told: set[int] = set()  # the numbers of objects already described to the judge
        self._fresh: set[int] = set()
        self._own = _getpid()

    def serve(self) -> bool:
        """Answer until the judge is gone; False after an answer above the limit."""
        try:
            while self.answer_one():
                pass
        except value_codec.TooLarge:
            return False
        return True

    def answer_one(self) -> bool:
        """Answer one question; False if the judge is gone."""
        try:
            number, data = self._line.receive(_ANY)
        except Lost:
            return False
        decoder, shared = self._decoder(data), len(self._shared)
        state = decoder.fill(shared)
        operation, target, args, names, values, in_place = decoder.value()
        before = self._contents_of_shared()
        keywords = dict(zip(names, values, strict=True))
        kind, failed = RETURNED, None
        try:
            value = OPERATIONS[operation](target, *args, **keywords)
        except value_codec.TooLarge:
            raise
        except BaseException as error:
            kind, value, failed = RAISED, self._describe(error), error
        if _getpid() != self._own:
            end_fork(failed)  # a fork of the program that returned into this code: only the first process answers
        self._before_answer()
        flag, parts, new = self._encoded(value, tuple(decoder.table), (before, state), failed)
        passed = decoder.table[shared:] if in_place else []
        if _most_references(new) > _NEW_REFERENCES or _most_references(passed) > _PASSED_REFERENCES:
            flag = SAME_KEPT if flag == SAME else CHANGED_KEPT
            self._shared += [*passed, *new]
        try:
            self._line.send(number, kind, flag, *parts)
        except Lost:
            pass  # the next question will not come either
        return True

    def _decoder(self, data: bytes) -> value_decoder.Decoder:
        """The decoder of a question, which has read up to the contents of its new containers."""
        count = value_codec.COUNT.size
        shared = value_codec.COUNT.unpack_from(data)[0]
        del self._shared[shared:]
        changed = data[count : count + 1] == CHANGED
        decoder = value_decoder.Decoder(
            data[count + 1 :],
            lambda number, *_: self._objects[number],
            self._shared,
            named=library_types.SENT,
            values=library_values.SENT_VALUES,
        )
        decoder.head()
        for container, content in [(one, decoder.content(type(one))) for one in self._shared if changed]:
            value_decoder.put(container, content)
        return decoder

    def _contents_of_shared(self) -> bytes:
        return (
            value_codec.Encoder(self._other, _ANY, self._shared).contents(0, len(self._shared)) if self._shared else b""
        )

    def _number(self, value: object) -> int:
        """The number of an object that is not plain and so is not sent; the same object always has the same number."""
        number = self._numbers.get(id(value))
        if number is None:
            number = self._numbers[id(value)] = len(self._objects)
            self._objects.append(value)
        return number

    def _other(self, value: object) -> tuple[int, Any]:
        """Its number, and its description if the judge does not have it."""
        number = self._number(value)
        if number in self._told:
            return number, None
        is_class = raised.is_exception_class(value)
        if not is_class and not raised.is_exception(value):
            self._fresh.add(number)
            return number, descriptions.describe(value, self._number(type(value)))
        if number in self._fresh:  # an exception that contains itself
            return number, None
        self._fresh.add(number)
        if is_class:
            return number, (raised.EXCEPTION_CLASS, raised.describe_class(value, self._number, self._module))  # type: ignore[arg-type]
        return number, (raised.EXCEPTION, raised.describe(value, self._number, self._module))  # type: ignore[arg-type]

    def _encoded(
        self, value: object, known: tuple[Any, ...], states: tuple[bytes, bytes], failed: BaseException | None
    ) -> tuple[bytes, tuple[bytes, ...], list[Any]]:
        """(flags, the answer, the containers that the judge learns about with it)."""
        self._fresh.clear()
        try:
            flag, parts, new = self._encode(value, known, states)
        except Exception:  # an object that can't be read completely
            self._fresh.clear()
            flag, new = SAME, []
            parts = self._encode_object(value) if failed is None else self._encode_briefly(failed)
        self._told |= self._fresh
        return flag, parts, new

    def _encode(
        self, value: object, known: tuple[Any, ...], states: tuple[bytes, bytes]
    ) -> tuple[bytes, tuple[bytes, ...], list[Any]]:
        """Containers that the judge has are sent back only if they changed; new ones are always sent."""
        encoder = value_codec.Encoder(self._other, self._most, known)
        root = encoder.root(value)
        shared = len(self._shared)
        now = (encoder.contents(0, shared), encoder.contents(shared, len(known))) if known else (b"", b"")
        rest = encoder.contents(len(known))
        new = encoder.table[len(known) :]
        if now == states:
            return SAME, (encoder.head(), rest, root), new
        return CHANGED, (encoder.head(), *now, rest, root), new

    def _encode_object(self, value: object) -> tuple[bytes, ...]:
        encoder = value_codec.Encoder(self._other, self._most)
        return encoder.head(), encoder.root_object(value)

    def _encode_briefly(self, error: BaseException) -> tuple[bytes, ...]:
        encoder = value_codec.Encoder(self._other, self._most)
        told = (*raised.describe_briefly(error, self._number, self._module), self._line_of(error))
        return encoder.head(), encoder.root(told)

    def _describe(self, error: BaseException) -> tuple[Any, ...]:
        """What `raised.describe` returns, followed by the line."""
        try:
            told = raised.describe(error, self._number, self._module)
        except Exception:  # a class may be made unreadable
            told = raised.describe_briefly(error, self._number, self._module)
        return (*told, self._line_of(error))
