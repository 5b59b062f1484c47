"""The candidate's side of assert-style tests: answers the judge's questions one by one.

This runs beside hostile code, which may change it. Its answers are values for the judge to compare, and nothing else: a
forged answer gains nothing over a correct one.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable
from itertools import compress
from typing import Any

from sandbox.guest import candidate_loop, value_decoder, value_writer
from sandbox.guest.common_containers import Reading, states
from sandbox.guest.container_contents import put
from sandbox.guest.frames import Line, Lost
from sandbox.guest.identities import Identities
from sandbox.guest.main_module import end_fork
from sandbox.guest.program_side import ProgramSide
from sandbox.guest.questions import (
    CALLED,
    CHANGED,
    CHANGED_KEPT,
    DECLARE,
    FORGOTTEN,
    IDENTITIES,
    IN_LOOP,
    IN_PLACE,
    OPERATIONS,
    PUT,
    RAISED,
    REQUEST,
    RETURNED,
    SAME,
    SAME_KEPT,
)

_getpid, _references = os.getpid, sys.getrefcount
_ANY = 1 << 30  # the judge may send any size


def _most_references(containers: list[Any]) -> int:
    most = 0
    for one in containers:
        most = max(most, _references(one))
    return most


def _unkept() -> tuple[int, int]:
    """The reference counts that `_most_references` reports in `_are_held` for containers without other references: for
    new ones, and for those that were passed."""
    value: list[list[int]] = [[]]
    new = [value, value[0]]
    args: tuple[list[int], ...] = ([],)
    table = [args[0]]
    return _most_references(new), _most_references(table[0:])


_NEW_REFERENCES, _PASSED_REFERENCES = _unkept()


class _Call:
    """A question that is being answered while the program has objects of the tests. `asked`: it has used one."""

    __slots__ = ("asked", "number")

    def __init__(self, number: int) -> None:
        self.number, self.asked = number, False


class Witness(ProgramSide):
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
        super().__init__(line, most, line_of, namespace)
        self._before_answer = before_answer
        self._own = _getpid()
        self._own_operations = {DECLARE: self._declare, PUT: self._put}
        self._asking = threading.RLock()  # a message and its answer belong to one thread
        #: The calls that are running. The containers that they were passed are common ones.
        self._calls: list[_Call] = []

    def serve(self) -> bool:
        """Answer until the judge is gone; False after an answer above the limit."""
        try:
            while self.answer_one():
                pass
        except value_writer.TooLarge:
            return False
        return True

    def answer_one(self) -> bool:
        """Answer one question; False if the judge is gone."""
        try:
            number, data = self._line.receive(_ANY)
        except Lost:
            return False
        self._room = self._most + len(data)
        try:
            self._answer(number, data)
        except Lost:
            pass  # the next question will not come either
        return True

    def _answer(self, number: int, data: bytes) -> None:
        decoder, common = self._decoder(data), self._common
        shared = len(common)
        state = decoder.fill(shared)
        operation, target, args, names, values, how = decoder.value()
        if shared and (not self._calls or data[value_writer.COUNT.size :][:1] == CHANGED):
            common.refresh()
        before = common.states
        keywords = dict(zip(names, values, strict=True))
        call = self._call(number, decoder.table) if self._borrowed else None
        failed: BaseException | None = None
        try:
            value = self._operation(operation, how)(target, *args, **keywords)
        except value_writer.TooLarge:
            raise
        except BaseException as error:
            value, failed = self._describe(error), error
        if call is not None:
            with self._asking:
                self._calls.pop()
        if _getpid() != self._own:
            end_fork(failed)  # a fork of the program that returned into this code: only the first process answers
        self._require_unchanged(bool(self._calls))
        self._before_answer()
        kind = RETURNED if failed is None else RAISED
        if call is not None and call.asked:
            self._line.send(number, kind, CALLED, *self._after_requests(value, failed))
            return
        common.truncate(shared)
        flag, parts, new, held = self._encoded(value, tuple(decoder.table), (before, state), failed)
        passed = decoder.table[shared:]
        if held or self._are_held(new, passed):
            flag = SAME_KEPT if flag == SAME else CHANGED_KEPT
            self._keep([*passed, *new] if how & IN_PLACE else [*new, *passed])
        elif flag == CHANGED and self._calls:
            common.replace(common.containers)
        self._line.send(number, kind, flag, *parts)

    def _operation(self, number: int, how: int) -> Callable[..., Any]:
        """What carries out an operation that the judge requests."""
        perform = self._own_operations.get(number) or OPERATIONS[number]
        return candidate_loop.within(perform) if how & IN_LOOP else perform

    def _are_held(self, new: list[Any], passed: list[Any]) -> bool:
        """Whether the program may have kept one of these: new containers, and those that it was passed."""
        if self._agreed.same is not None and (new or passed):
            return True  # an immutable value may hold them, which is not sent again
        return _most_references(new) > _NEW_REFERENCES or _most_references(passed) > _PASSED_REFERENCES

    def _call(self, number: int, containers: list[Any]) -> _Call:
        """A call during which the program may use objects of the tests."""
        call = _Call(number)
        self._common.extend(containers)
        self._calls.append(call)
        return call

    def _keep(self, containers: list[Any]) -> None:
        """From now on the judge has these as well."""
        common = self._common
        if self._calls:
            common.replace([*common.containers, *containers])
        else:  # the next question is preceded by reading those that the judge keeps
            common.containers = [*common.containers, *containers]

    # --- requests: the program uses an object of the tests ----------------------------------------------------------

    def _ask(self, operation: int, number: int, args: tuple[Any, ...], keywords: dict[str, Any]) -> Any:
        """The judge's answer; raises what the tests' object raised."""
        if _getpid() != self._own:
            raise RuntimeError("an object of the tests can't be used in another process")
        with self._asking:
            if not self._calls:
                raise RuntimeError("an object of the tests can be used only during a call of the program")
            call = self._calls[-1]
            request = (operation, number, tuple(args), tuple(keywords), tuple(keywords.values()))
            self._send_request(call, request)
            kind, value = self._result()
        if kind == RAISED:
            raise value
        return value

    def _send_request(self, call: _Call, request: tuple[Any, ...]) -> None:
        call.asked = True
        parts = self._common.written(self._message, request, asks=True)
        self._told |= self._fresh
        self._common.sent()
        self._line.send(call.number, REQUEST, SAME, *parts)

    def _result(self) -> tuple[bytes, Any]:
        """(kind, value) of the judge's answer to a request, after its questions that come first."""
        start = value_writer.COUNT.size
        while True:
            number, data = self._line.receive(_ANY)
            kind = data[start : start + 1]
            if kind in (RETURNED, RAISED):
                break
            self._room += len(data)
            self._answer(number, data)
            self._room -= len(data)
        count = value_writer.COUNT.unpack_from(data)[0]
        self._common.truncate(count)
        reading = Reading(self._decoder_of(data[start + 1 :]), count)
        value = reading.value()
        self._common.received(reading)
        return kind, value

    def _after_requests(self, value: Any, failed: BaseException | None) -> list[bytes]:
        """The answer to a question during which there were requests."""
        try:
            parts = self._common.written(self._message, value)
        except Exception:  # an object that can't be read completely
            self._fresh.clear()
            self._require_readable(self._common.containers)
            head, root = self._encode_object(value) if failed is None else self._encode_briefly(failed)
            self._told |= self._fresh
            return [head, SAME * len(self._common), root]
        self._told |= self._fresh
        self._common.sent()
        return parts

    # --- questions --------------------------------------------------------------------------------------------------

    def _decoder(self, data: bytes) -> value_decoder.Decoder:
        """The decoder of a question, which has read up to the contents of its new containers."""
        count = value_writer.COUNT.size
        shared = value_writer.COUNT.unpack_from(data)[0]
        if shared & IDENTITIES and self._agreed.same is None:
            self._agreed = self._agreed._replace(same=Identities())
        self._common.truncate(shared & ~(IDENTITIES | FORGOTTEN))
        changed, start = data[count : count + 1] == CHANGED, count + 1
        if shared & FORGOTTEN:
            kept = data[start : start + len(self._common)]
            start += len(kept)
            self._common.replace(list(compress(self._common.containers, kept)))
        decoder = self._decoder_of(data[start:])
        decoder.head()
        if changed:
            containers = self._common.containers
            known = states(self._encoder_of_contents(containers), len(containers))
            for container, content in decoder.contents(containers, [one.known for one in known]):
                put(container, content)
        return decoder
